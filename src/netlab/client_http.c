/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading responses, RFC 9112 sections 4 to 7; see client.h. Tolerant where the server's knobs
 * break the rules on purpose: what cannot be read ends the connection with a word that says so. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client.h"

static struct ni_hd_span
field(const struct nl_http *h, const char *name)
{
	size_t k = strlen(name);
	const char *end = h->head + h->head_len;
	const char *p = h->head;
	while ((p = memchr(p, '\n', (size_t)(end - p))) && (size_t)(end - ++p) > k) {
		if (strncasecmp(p, name, k) != 0 || p[k] != ':')
			continue;
		const char *v = p + k + 1;
		const char *stop = memchr(v, '\n', (size_t)(end - v));
		stop = stop ? stop : end;
		while (v < stop && (*v == ' ' || *v == '\t'))
			v++;
		while (stop > v && (stop[-1] == '\r' || stop[-1] == ' '))
			stop--;
		return (struct ni_hd_span){v, (size_t)(stop - v)};
	}
	return (struct ni_hd_span){NULL, 0};
}

/* The head is complete: what comes after it? */
static int
on_head(struct nl_http *h)
{
	struct ni_hd_span length = field(h, "content-length");
	if (h->head_len < 12 || h->head[8] != ' ')
		return NL_HTTP_BROKEN;
	h->status = 0;
	for (int i = 9; i < 12; i++) {
		if (h->head[i] < '0' || h->head[i] > '9')
			return NL_HTTP_BROKEN;
		h->status = 10 * h->status + h->head[i] - '0';
	}
	h->bytes = 0;
	h->chunks = (struct ni_hd_chunked){0};
	if (h->status < 200) {
		h->head_len = 0; /* interim: the real one follows */
		return NL_HTTP_MORE;
	}
	if (h->no_content || h->status == 204 || h->status == 304)
		return NL_HTTP_DONE;
	if (ni_hd_has_token(field(h, "transfer-encoding"), "chunked")) {
		h->state = NL_HTTP_CHUNKED;
	} else if (length.p) {
		h->left = strtoull(length.p, NULL, 10);
		h->state = NL_HTTP_LENGTH;
		if (!h->left)
			return NL_HTTP_DONE;
	} else {
		h->state = NL_HTTP_TO_END;
	}
	return NL_HTTP_MORE;
}

/* Collect the head up to its empty line; @*n becomes what belongs to it. */
static int
take_head(struct nl_http *h, const char *p, size_t *n)
{
	static const char version[] = "HTTP/";
	if (!h->head)
		h->head = malloc(NL_HEAD_MAX);
	if (!h->head)
		return NL_HTTP_BROKEN;
	for (size_t i = 0; i < *n; i++) {
		if (h->head_len == NL_HEAD_MAX)
			return NL_HTTP_BROKEN;
		h->head[h->head_len++] = p[i];
		if (h->head_len <= 5 && memcmp(h->head, version, h->head_len) != 0) {
			/* HTTP/0.9: no head at all. */
			h->state = NL_HTTP_TO_END;
			h->status = 0;
			h->bytes = h->head_len - 1;
			*n = i;
			return NL_HTTP_MORE;
		}
		if (h->head_len >= 4 && !memcmp(h->head + h->head_len - 4, "\r\n\r\n", 4)) {
			*n = i + 1;
			return on_head(h);
		}
	}
	return NL_HTTP_MORE;
}

static int
take_body(struct nl_http *h, const char *p, size_t *n)
{
	size_t got = 0;
	int rc;
	if (h->state == NL_HTTP_CHUNKED) {
		rc = ni_hd_chunked_decode(&h->chunks, p, n, NULL, &got, UINT64_MAX);
		h->bytes += got;
		return rc > 1 ? NL_HTTP_BROKEN : rc;
	}
	if (h->state == NL_HTTP_LENGTH && *n > h->left)
		*n = (size_t)h->left;
	h->bytes += *n;
	h->left -= h->state == NL_HTTP_LENGTH ? *n : 0;
	return h->state == NL_HTTP_LENGTH && !h->left ? NL_HTTP_DONE : NL_HTTP_MORE;
}

int
nl_http_feed(struct nl_http *h, const char *p, size_t *n)
{
	size_t all = *n;
	size_t used = 0;
	int rc = NL_HTTP_MORE;
	while (rc == NL_HTTP_MORE && used < all) {
		size_t part = all - used;
		rc = h->state == NL_HTTP_HEAD ? take_head(h, p + used, &part)
					      : take_body(h, p + used, &part);
		used += part;
	}
	*n = used;
	if (rc == NL_HTTP_DONE) {
		h->state = NL_HTTP_HEAD;
		h->head_len = 0;
		free(h->head);
		h->head = NULL;
	}
	return rc;
}

bool
nl_http_eof(const struct nl_http *h)
{
	return h->state == NL_HTTP_TO_END;
}

void
nl_http_fini(struct nl_http *h)
{
	free(h->head);
	h->head = NULL;
}
