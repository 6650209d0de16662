/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Byte streams: whatever the network did to the segments, the same messages come out; what is
 * missing is a gap and nothing else; memory has its bound, and when there is none nothing breaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static unsigned long allocations, fail_at; /* this one fails; 0: none */

static bool
fails(void)
{
	return ++allocations == fail_at;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

static struct talk t;

/* ---- a long conversation and what it must come to ---- */

enum { EXCHANGES = 30, TEXT = 64 * 1024 };

static char requests[TEXT], responses[TEXT];
static size_t request_len, response_len;

static uint32_t
body_len(unsigned i)
{
	return i * i * 7 % 1900;
}

/* Requests pipelined, responses of every kind. */
static void
make_texts(void)
{
	size_t n = 0, k = 0;
	for (unsigned i = 0; i < EXCHANGES; i++) {
		uint32_t body = body_len(i);
		n += (size_t)snprintf(requests + n, TEXT - n,
				      "GET /%u HTTP/1.1\r\nHost: example\r\nX: %.*s\r\n\r\n", i,
				      (int)(i * 13 % 100),
				      "...................................."
				      "...................................."
				      "....................................");
		k += (size_t)snprintf(responses + k, TEXT - k, "HTTP/1.1 200 r%u\r\n", i);
		if (i % 3 == 1 && body)
			k += (size_t)snprintf(responses + k, TEXT - k,
					      "Transfer-Encoding: chunked\r\n\r\n%x\r\n", body);
		else
			k += (size_t)snprintf(responses + k, TEXT - k, "Content-Length: %u\r\n\r\n",
					      body);
		memset(responses + k, 'a' + (int)(i % 26), body);
		k += body;
		if (i % 3 == 1 && body)
			k += (size_t)snprintf(responses + k, TEXT - k, "\r\n0\r\n\r\n");
	}
	request_len = n;
	response_len = k;
}

static void
check_exchanges(void)
{
	assert_int_equal(t.nhttp, EXCHANGES);
	for (unsigned i = 0; i < EXCHANGES; i++) {
		const struct ni_http_exchange *x = &t.http[i];
		assert_int_equal(x->number, i + 1);
		assert_int_equal(strtoul(x->uri + 1, NULL, 10), i);
		assert_int_equal(strtoul(x->reason + 1, NULL, 10), i);
		assert_int_equal(x->response_body, body_len(i));
		assert_int_equal(x->flags & (NI_HTTP_GAP | NI_HTTP_CUT | NI_HTTP_NO_REQUEST), 0);
	}
}

/* ---- segments ---- */

struct seg {
	uint32_t off, len;
};

enum { SEGS = 4096 };

static struct seg segs[SEGS];
static unsigned nsegs;
static uint32_t seed;

/* Cut @n bytes into segments of random length; some are sent twice, or again with their neighbours.
 */
static void
cut(size_t n, uint32_t most, bool repeats)
{
	uint32_t off = 0;
	nsegs = 0;
	while (off < n && nsegs < SEGS - 2) {
		uint32_t len = 1 + talk_random(&seed) % most;
		if (len > n - off)
			len = (uint32_t)(n - off);
		segs[nsegs++] = (struct seg){off, len};
		if (repeats && talk_random(&seed) % 8 == 0) {
			uint32_t back = talk_random(&seed) % (off + 1);
			back = back < 2 * most ? back : 2 * most;
			segs[nsegs++] = (struct seg){off - back, back + len};
		}
		off += len;
	}
}

/* Let each segment change places with one at most @window behind it. */
static void
shuffle(unsigned window)
{
	for (unsigned i = 0; i < nsegs; i++) {
		unsigned k = i + talk_random(&seed) % window;
		if (k >= nsegs)
			continue;
		struct seg s = segs[i];
		segs[i] = segs[k];
		segs[k] = s;
	}
}

static void
send_segs(unsigned from, const char *text, size_t n)
{
	uint32_t base = t.next[from];
	for (unsigned i = 0; i < nsegs; i++)
		talk_segment(&t, from, TALK_ACK, base + segs[i].off, text + segs[i].off,
			     segs[i].len);
	t.next[from] = base + (uint32_t)n;
	talk_ack(&t, !from);
}

static void
test_in_order(void **state)
{
	(void)state;
	for (uint32_t most = 1; most < 3000; most = most * 3 + 1) {
		assert_true(talk_begin(&t, NULL));
		talk_handshake(&t, 40000, 7788);
		seed = most;
		cut(request_len, most, false);
		send_segs(0, requests, request_len);
		cut(response_len, most, false);
		send_segs(1, responses, response_len);
		talk_end(&t);
		if (most > 20) /* else more segments than there is room for here */
			check_exchanges();
	}
}

static void
test_permutations(void **state)
{
	(void)state;
	for (uint32_t round = 0; round < 150; round++) {
		struct ni_session_opts o = {.seed = 1};
		assert_true(talk_begin(&t, &o));
		talk_handshake(&t, 40000, 7788);
		seed = round;
		cut(request_len, 20 + round * 11, true);
		shuffle(2 + round % 40);
		send_segs(0, requests, request_len);
		cut(response_len, 20 + round * 11, true);
		shuffle(2 + round % 40);
		send_segs(1, responses, response_len);
		struct ni_session_drops d = ni_session_drops(t.s);
		talk_close(&t, 0);
		talk_end(&t);
		check_exchanges();
		assert_int_equal(d.gaps, 0);
		assert_int_equal(d.stream_bytes_dropped, 0);
	}
}

/* Some segments were not captured: what is said of the rest is true. */
static void
test_gaps(void **state)
{
	(void)state;
	unsigned whole = 0, damaged = 0;
	for (uint32_t round = 0; round < 60; round++) {
		assert_true(talk_begin(&t, NULL));
		talk_handshake(&t, 40000, 7788);
		seed = round;
		cut(request_len, 100000, false);
		send_segs(0, requests, request_len);
		cut(response_len, 200, false);
		for (unsigned i = 0; i < nsegs; i++)
			if (talk_random(&seed) % 30 == 0)
				segs[i].len = 0;
		send_segs(1, responses, response_len);
		talk_close(&t, 0);
		talk_end(&t);
		for (unsigned i = 0; i < t.nhttp; i++) {
			const struct ni_http_exchange *x = &t.http[i];
			unsigned n = (unsigned)strtoul(x->reason + 1, NULL, 10);
			damaged += !x->status || x->flags & (NI_HTTP_GAP | NI_HTTP_CUT);
			if (!x->status || x->flags & (NI_HTTP_GAP | NI_HTTP_CUT))
				continue;
			assert_int_equal(x->response_body, body_len(n));
			whole++;
		}
	}
	assert_true(whole > 100);
	assert_true(damaged > 10);
}

/* ---- one thing at a time ---- */

#define ASK   "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
#define REPLY "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody"

static void
begin(void)
{
	assert_true(talk_begin(&t, NULL));
	talk_handshake(&t, 40000, 7788);
}

/* Bytes that came first win, whatever comes later. */
static void
test_first_wins(void **state)
{
	(void)state;
	static const char real[] = "GET /first HTTP/1.1\r\n\r\n",
			  fake[] = "GET /XXXXX HTTP/1.1\r\n\r\n";
	begin();
	uint32_t at = t.next[0];
	talk_segment(&t, 0, TALK_ACK, at + 5, real + 5, 10);
	unsigned notes = t.notes;
	talk_segment(&t, 0, TALK_ACK, at, fake, sizeof(fake) - 1);
	assert_true(t.notes > notes);
	talk_end(&t);
	assert_int_equal(t.nhttp, 1);
	assert_string_equal(t.http[0].uri, "/first");

	/* A repeat of what has been passed on, as long as it is still there to compare with. */
	begin();
	at = t.next[0];
	talk_segment(&t, 0, TALK_ACK, at, real, 15);
	notes = t.notes;
	talk_segment(&t, 0, TALK_ACK, at, real, 15);
	assert_int_equal(t.notes, notes);
	talk_segment(&t, 0, TALK_ACK, at, fake, 15);
	assert_true(t.notes > notes);
	talk_segment(&t, 0, TALK_ACK, at + 15, real + 15, sizeof(real) - 16);
	talk_end(&t);
	assert_string_equal(t.http[0].uri, "/first");
}

/* A hole that was acknowledged is not waited for; the messages behind it are seen. */
static void
test_acknowledged_hole(void **state)
{
	(void)state;
	begin();
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	t.next[0] += 100; /* not captured */
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	assert_int_equal(t.nlayers, 1);
	talk_ack(&t, 1);
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	assert_int_equal(t.nlayers, 3);
	assert_int_equal(ni_session_drops(t.s).gaps, 1);
	assert_int_equal(ni_session_drops(t.s).gap_bytes, 100);
	talk_end(&t);
	assert_int_equal(t.nhttp, 3);
}

/* The beginning was not captured: requests are found all the same, and so are their answers. */
static void
test_mid_stream(void **state)
{
	(void)state;
	assert_true(talk_begin(&t, NULL));
	t.port[0] = 40000;
	t.port[1] = 7788;
	t.next[0] = 1000;
	t.next[1] = 77;
	talk_send(&t, 1, "the end of a body", 17);
	talk_send(&t, 1, "and more of it", 14);
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	talk_send(&t, 1, REPLY, sizeof(REPLY) - 1);
	talk_end(&t);
	assert_int_equal(t.nhttp, 1);
	assert_int_equal(t.http[0].status, 200);
	assert_int_equal(t.http[0].response_body, 4);
}

/* Snap length: heads are seen as far as they go, bodies are counted. */
static void
test_snap(void **state)
{
	(void)state;
	char big[2000] = "HTTP/1.1 200 OK\r\nContent-Length: 1950\r\n\r\n";
	size_t head = strlen(big);
	begin();
	t.snap = 60;
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	talk_send_cut(&t, 1, big, head + 1950, 700);
	t.snap = 20;
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	talk_send(&t, 1, REPLY, sizeof(REPLY) - 1);
	talk_end(&t);
	assert_int_equal(t.nhttp, 2);
	assert_int_equal(t.http[0].response_body, 1950);
	assert_true(t.http[0].flags & NI_HTTP_GAP || t.layers[1].gap);
	assert_string_equal(t.http[1].uri, "/a");
	assert_int_equal(t.http[1].status, 200);
	assert_true(t.http[1].flags & NI_HTTP_GAP);
	assert_int_equal(t.nlayers, 4);
	assert_int_equal(t.layers[2].rc, NI_TRUNCATED);
}

/* A body that nobody looks at needs no memory, in whatever order it comes. */
static void
test_body_out_of_order(void **state)
{
	(void)state;
	enum { BODY = 3000000, MSS = 1000 };
	struct ni_session_opts o = {.seed = 1, .max_stream_kib = 64};
	char head[128], body[MSS] = {0};
	assert_true(talk_begin(&t, &o));
	talk_handshake(&t, 40000, 7788);
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	int n = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", BODY);
	talk_send(&t, 1, head, (size_t)n);
	uint32_t base = t.next[1];
	for (uint32_t i = 1; i < BODY / MSS; i++)
		talk_segment(&t, 1, TALK_ACK, base + i * MSS, body, MSS);
	assert_int_equal(t.nlayers, 1);
	talk_segment(&t, 1, TALK_ACK, base, body, MSS);
	assert_int_equal(t.nlayers, 2);
	assert_false(t.layers[1].gap);
	assert_int_equal(ni_session_drops(t.s).gaps, 0);
	talk_end(&t);
	assert_int_equal(t.http[0].response_body, BODY);
}

static void
test_ends(void **state)
{
	(void)state;
	/* A FIN that overtakes the last segment. */
	begin();
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	static const char old[] = "HTTP/1.0 200 OK\r\n\r\nuntil the end";
	uint32_t at = t.next[1];
	talk_segment(&t, 1, TALK_ACK, at, old, 10);
	talk_segment(&t, 1, TALK_ACK | TALK_FIN, at + 20, old + 20, sizeof(old) - 21);
	assert_int_equal(t.nhttp, 0);
	talk_segment(&t, 1, TALK_ACK, at + 10, old + 10, 10);
	assert_int_equal(t.nhttp, 1);
	assert_int_equal(t.http[0].response_body, 13);
	assert_int_equal(t.http[0].flags & NI_HTTP_CUT, 0);
	talk_end(&t);
	assert_int_equal(t.nhttp, 1);

	/* A reset cuts what a close would have ended. */
	begin();
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	talk_send(&t, 1, old, sizeof(old) - 1);
	talk_reset(&t, 1);
	assert_int_equal(t.nhttp, 1);
	assert_true(t.http[0].flags & NI_HTTP_CUT);
	unsigned layers = t.nlayers;
	talk_send(&t, 0, ASK, sizeof(ASK) - 1); /* nobody listens any more */
	assert_int_equal(t.nlayers, layers);
	talk_end(&t);
	assert_int_equal(t.nhttp, 1);
}

/* What the user says of a port counts, whatever the bytes look like. */
static void
test_decode_as(void **state)
{
	(void)state;
	begin();
	ni_registry_bind(ni_session_registry(t.s), NI_BY_TCP_PORT, 7788, NULL);
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	talk_end(&t);
	assert_int_equal(t.nhttp, 0);

	begin();
	struct ni_registry *r = ni_session_registry(t.s);
	ni_registry_bind(r, NI_BY_TCP_PORT, 7788, ni_registry_find(r, "dns"));
	talk_send(&t, 0, ASK, sizeof(ASK) - 1);
	talk_end(&t);
	assert_int_equal(t.nhttp, 0);
}

/* ---- no memory ---- */

static void
everything(void)
{
	struct ni_session_opts o = {.seed = 1};
	if (talk_begin(&t, &o)) {
		talk_handshake(&t, 40000, 7788);
		seed = 7;
		cut(request_len / 4, 300, true);
		shuffle(5);
		send_segs(0, requests, request_len / 4);
		cut(response_len / 4, 300, true);
		shuffle(5);
		send_segs(1, responses, response_len / 4);
		talk_close(&t, 1);
	}
	if (t.s)
		talk_end(&t);
}

static void
test_memory(void **state)
{
	(void)state;
	unsigned long n = 1;
	for (; n < 5000; n += n < 300 ? 1 : 17) {
		allocations = 0;
		fail_at = n;
		everything();
		if (allocations < n)
			break;
	}
	fail_at = 0;
	assert_true(n > 50 && n < 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_in_order),
	    cmocka_unit_test(test_permutations),
	    cmocka_unit_test(test_gaps),
	    cmocka_unit_test(test_first_wins),
	    cmocka_unit_test(test_acknowledged_hole),
	    cmocka_unit_test(test_mid_stream),
	    cmocka_unit_test(test_snap),
	    cmocka_unit_test(test_body_out_of_order),
	    cmocka_unit_test(test_ends),
	    cmocka_unit_test(test_decode_as),
	    cmocka_unit_test(test_memory),
	};
	make_texts();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
