/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The response reader of netlab client: whole, and cut at every offset, it must find the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client.h"

struct sample {
	const char *text;
	bool no_content;
	int rc, status;
	uint64_t bytes;
	size_t rest; /* bytes after the response */
};

static const struct sample samples[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/", false, NL_HTTP_DONE, 200, 5, 5},
    {"HTTP/1.1 200 OK\r\ncontent-length:  0 \r\n\r\n", false, NL_HTTP_DONE, 200, 0, 0},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", false, NL_HTTP_MORE, 200, 3, 0},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true, NL_HTTP_DONE, 200, 0, 0},
    {"HTTP/1.1 204 No Content\r\n\r\n", false, NL_HTTP_DONE, 204, 0, 0},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", false, NL_HTTP_DONE, 304, 0, 0},
    {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx", false,
     NL_HTTP_DONE, 404, 1, 0},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n!",
     false, NL_HTTP_DONE, 200, 5, 1},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n0\r\nT: x\r\n\r\n", false,
     NL_HTTP_DONE, 200, 0, 0},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", false, NL_HTTP_BROKEN, 200, 0,
     0},
    {"HTTP/1.0 200 OK\r\n\r\nuntil the end", false, NL_HTTP_MORE, 200, 13, 0},
    {"<p>1991", false, NL_HTTP_MORE, 0, 7, 0},
    {"HTTP was here", false, NL_HTTP_MORE, 0, 13, 0},
    {"HTTP/1.1 2x0 OK\r\n\r\n", false, NL_HTTP_BROKEN, 0, 0, 0},
    {"HTTP/\r\n\r\n", false, NL_HTTP_BROKEN, 0, 0, 0},
};

enum { NSAMPLES = sizeof(samples) / sizeof(samples[0]) };

/* Feed @n bytes at @p, from a copy of exactly that size. Returns what was not used. */
static size_t
feed(struct nl_http *h, const char *p, size_t n, int *rc)
{
	size_t used = n;
	char *copy = malloc(n ? n : 1);
	assert_non_null(copy);
	memcpy(copy, p, n);
	*rc = n ? nl_http_feed(h, copy, &used) : NL_HTTP_MORE;
	free(copy);
	return n - used;
}

static void
compare(const struct sample *s, const struct nl_http *h, int rc, size_t rest)
{
	assert_int_equal(rc, s->rc);
	if (rc == NL_HTTP_BROKEN)
		return;
	assert_int_equal(h->status, s->status);
	assert_int_equal(h->bytes, s->bytes);
	assert_int_equal(rest, s->rest);
}

static void
test_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < NSAMPLES; i++) {
		const struct sample *s = &samples[i];
		size_t n = strlen(s->text);
		for (size_t cut = 0; cut <= n; cut++) {
			struct nl_http h = {.no_content = s->no_content};
			int rc;
			size_t rest = feed(&h, s->text, cut, &rc);
			if (rc == NL_HTTP_MORE)
				rest = feed(&h, s->text + cut, n - cut, &rc);
			else
				rest += n - cut;
			compare(s, &h, rc, rest);
			nl_http_fini(&h);
		}
	}
}

static void
test_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < NSAMPLES; i++) {
		const struct sample *s = &samples[i];
		size_t n = strlen(s->text);
		struct nl_http h = {.no_content = s->no_content};
		int rc = NL_HTTP_MORE;
		size_t at = 0;
		while (at < n && rc == NL_HTTP_MORE)
			assert_int_equal(feed(&h, s->text + at++, 1, &rc), 0);
		compare(s, &h, rc, n - at);
		nl_http_fini(&h);
	}
}

static void
test_end(void **state)
{
	struct nl_http h = {.no_content = false};
	int rc;
	(void)state;
	assert_false(nl_http_eof(&h));
	feed(&h, "HTTP/1.0 200 OK\r\n\r\nabc", 22, &rc);
	assert_true(nl_http_eof(&h));
	nl_http_fini(&h);
	h = (struct nl_http){.no_content = false};
	feed(&h, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", 41, &rc);
	assert_false(nl_http_eof(&h));
	nl_http_fini(&h);
}

/* A server that never ends its header gets no more memory than NL_HEAD_MAX. */
static void
test_bound(void **state)
{
	static const char line[] =
	    "X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n";
	struct nl_http h = {.no_content = false};
	int rc;
	size_t sent = 0;
	(void)state;
	feed(&h, "HTTP/1.1 200 OK\r\n", 17, &rc);
	while (rc == NL_HTTP_MORE && sent < 2 * NL_HEAD_MAX) {
		feed(&h, line, sizeof(line) - 1, &rc);
		sent += sizeof(line) - 1;
	}
	assert_int_equal(rc, NL_HTTP_BROKEN);
	nl_http_fini(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_end),
	    cmocka_unit_test(test_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
