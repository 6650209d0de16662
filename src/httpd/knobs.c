/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Knobs of a response; see knobs.h. */
#include "knobs.h"

#include <string.h>

static const struct ni_hd_knob table[] = {
    {"close-first", "WHO",
     "server, client or both: who sends the first FIN (both: at the next half second)"},
    {"close-delay", "MS",
     "wait between the client's FIN and ours: 0 closes in three segments, 60 or more in four"},
    {"half-close", NULL,
     "after the response close only our direction and read on until the client closes"},
    {"fin-with-data", NULL,
     "when we close first, send our FIN in the segment of the last bytes, a segment less"},
    {"late-data", "BYTES", "send so many bytes after the client's FIN, before our own"},
    {"abort", "HOW",
     "reset the connection: linger0 (after the response), unread (by leaving the body unread), "
     "after=BYTES"},
    {"delay-first", "MS", "wait before the first byte of a response"},
    {"drip", "BYTES/MS", "send BYTES every MS"},
    {"segment", "BYTES", "hand the kernel at most BYTES at a time"},
    {"no-read", "MS", "read nothing for so long: at first, and before a body (fills the window)"},
    {"chunks", "LIST", "chunked coding with these sizes, as 1,10,100; the last one repeats"},
    {"bad-length", "+N|-N", "a Content-Length that is wrong by so much"},
    {"bad-chunk", NULL, "a chunk size that is no number"},
    {"no-length", NULL, "neither Content-Length nor chunks: the end is the close"},
    {"http10", NULL, "answer as an HTTP/1.0 server, and close"},
    {"http09", NULL,
     "answer without any header, and close; as an option, also take GET /PATH without a version"},
    {NULL, NULL, NULL},
};

const struct ni_hd_knob *
ni_hd_knob_table(void)
{
	return table;
}

enum { NUMBER_MAX = 1000000000, WAIT_MAX_MS = 60000 };

/* A number of digits alone, at most @max, up to @stop or the end; NULL if it is none. */
static const char *
number(const char *p, const char *end, uint32_t max, uint32_t *v)
{
	uint64_t n = 0;
	const char *q = p;
	for (; q < end && *q >= '0' && *q <= '9'; q++) {
		n = 10 * n + (uint64_t)(*q - '0');
		if (n > max)
			return NULL;
	}
	*v = (uint32_t)n;
	return q == p ? NULL : q;
}

static bool
is_number(const char *v, size_t n, uint32_t max, uint32_t *to)
{
	return number(v, v + n, max, to) == v + n;
}

static bool
is_word(const char *v, size_t n, const char *word)
{
	return strlen(word) == n && !memcmp(v, word, n);
}

static bool
set_close_first(struct ni_hd_knobs *k, const char *v, size_t n)
{
	static const char *const who[] = {"auto", "server", "client", "both"};
	for (unsigned i = 0; i < 4; i++) {
		if (is_word(v, n, who[i])) {
			k->close_first = (enum ni_hd_close_first)i;
			return true;
		}
	}
	return false;
}

static bool
set_abort(struct ni_hd_knobs *k, const char *v, size_t n)
{
	if (is_word(v, n, "linger0"))
		k->abort = NI_HD_ABORT_LINGER0;
	else if (is_word(v, n, "unread"))
		k->abort = NI_HD_ABORT_UNREAD;
	else if (n > 6 && !memcmp(v, "after=", 6) &&
		 is_number(v + 6, n - 6, NUMBER_MAX, &k->abort_after))
		k->abort = NI_HD_ABORT_AFTER;
	else
		return false;
	return true;
}

static bool
set_drip(struct ni_hd_knobs *k, const char *v, size_t n)
{
	const char *end = v + n;
	const char *q = number(v, end, NUMBER_MAX, &k->drip_bytes);
	return q && q < end && *q == '/' && k->drip_bytes &&
	       is_number(q + 1, (size_t)(end - q - 1), WAIT_MAX_MS, &k->drip_ms);
}

static bool
set_chunks(struct ni_hd_knobs *k, const char *v, size_t n)
{
	const char *end = v + n;
	k->nchunks = 0;
	while (v < end && k->nchunks < NI_HD_CHUNKS_MAX) {
		uint32_t *size = &k->chunks[k->nchunks++];
		v = number(v, end, NUMBER_MAX, size);
		if (!v || !*size)
			return false;
		if (v == end)
			return true;
		if (*v++ != ',')
			return false;
	}
	return false;
}

static bool
set_bad_length(struct ni_hd_knobs *k, const char *v, size_t n)
{
	uint32_t u = 0;
	bool minus = n && *v == '-';
	/* In a query a '+' may have become a space, or be written %2B. */
	if (n > 3 && !memcmp(v, "%2", 2) && (v[2] == 'B' || v[2] == 'b')) {
		v += 3;
		n -= 3;
	} else if (n && (*v == '+' || *v == '-' || *v == ' ')) {
		v++;
		n--;
	}
	if (!is_number(v, n, NUMBER_MAX, &u))
		return false;
	k->bad_length = minus ? -(int32_t)u : (int32_t)u;
	return true;
}

bool
ni_hd_knob_set(struct ni_hd_knobs *k, const char *name, size_t name_len, const char *v, size_t n)
{
	static const struct {
		const char *name;
		size_t at;
		uint32_t max;
	} numbers[] = {
	    {"close-delay", offsetof(struct ni_hd_knobs, close_delay_ms), WAIT_MAX_MS},
	    {"late-data", offsetof(struct ni_hd_knobs, late_data), 1 << 20},
	    {"delay-first", offsetof(struct ni_hd_knobs, delay_first_ms), WAIT_MAX_MS},
	    {"segment", offsetof(struct ni_hd_knobs, segment), NUMBER_MAX},
	    {"no-read", offsetof(struct ni_hd_knobs, no_read_ms), WAIT_MAX_MS},
	};
	static const struct {
		const char *name;
		size_t at;
	} switches[] = {
	    {"half-close", offsetof(struct ni_hd_knobs, half_close)},
	    {"fin-with-data", offsetof(struct ni_hd_knobs, fin_with_data)},
	    {"bad-chunk", offsetof(struct ni_hd_knobs, bad_chunk)},
	    {"no-length", offsetof(struct ni_hd_knobs, no_length)},
	    {"http10", offsetof(struct ni_hd_knobs, http10)},
	    {"http09", offsetof(struct ni_hd_knobs, http09)},
	};
	static const struct {
		const char *name;
		bool (*set)(struct ni_hd_knobs *k, const char *v, size_t n);
	} calls[] = {
	    {"close-first", set_close_first}, {"abort", set_abort},           {"drip", set_drip},
	    {"chunks", set_chunks},           {"bad-length", set_bad_length},
	};
	k->any = true;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (is_word(name, name_len, numbers[i].name))
			return is_number(v, n, numbers[i].max,
					 (uint32_t *)(void *)((char *)k + numbers[i].at));
	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
		if (is_word(name, name_len, switches[i].name)) {
			*(bool *)((char *)k + switches[i].at) = !is_word(v, n, "0");
			return true;
		}
	}
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (is_word(name, name_len, calls[i].name))
			return calls[i].set(k, v, n);
	return false;
}

static bool
is_knob(const char *name, size_t n)
{
	for (const struct ni_hd_knob *k = table; k->name; k++)
		if (is_word(name, n, k->name))
			return true;
	return false;
}

bool
ni_hd_query_next(struct ni_hd_span *q, struct ni_hd_span *name, struct ni_hd_span *value)
{
	if (!q->n)
		return false;
	const char *amp = memchr(q->p, '&', q->n);
	size_t n = amp ? (size_t)(amp - q->p) : q->n;
	const char *eq = memchr(q->p, '=', n);
	size_t k = eq ? (size_t)(eq - q->p) : n;
	*name = (struct ni_hd_span){q->p, k};
	*value = (struct ni_hd_span){q->p + k + (eq != NULL), n - k - (eq != NULL)};
	n += amp != NULL;
	q->p += n;
	q->n -= n;
	return true;
}

bool
ni_hd_knobs_query(struct ni_hd_knobs *k, struct ni_hd_span q)
{
	struct ni_hd_span name;
	struct ni_hd_span value;
	while (ni_hd_query_next(&q, &name, &value))
		if (is_knob(name.p, name.n) && !ni_hd_knob_set(k, name.p, name.n, value.p, value.n))
			return false;
	return true;
}
