/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The core without a socket: every request whole, cut in two at every offset, and byte by byte must
 * give the same bytes. The input lies in exact-size heap copies, so that ASan sees an over-read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conn_priv.h"
#include "core.h"

struct answer {
	char p[300000];
	size_t n;
	bool closed, aborted, shut;
};

static struct ni_hd_core core;
static struct ni_hd_env env;

static void
reset_core(void)
{
	memset(&core, 0, sizeof(core));
	memset(&env, 0, sizeof(env));
	core.limits = (struct ni_hd_limits){.head_ms = 10000,
					    .body_ms = 10000,
					    .body_rate = 1000,
					    .keepalive_ms = 15000,
					    .write_ms = 30000,
					    .linger_ms = 2000,
					    .body_max = 1000};
	core.site = ni_hd_site_builtin();
	core.url_knobs = true;
	ni_hd_env_set(&env, 1000, 1767225600);
}

/* Do what a driver does, with memory for a network: until the connection waits for input or time.
 */
static void
drain(struct ni_hd_conn *c, struct answer *a)
{
	for (;;) {
		unsigned w = ni_hd_conn_wants(c);
		struct ni_hd_piece piece;
		if (w & (NI_HD_WANT_CLOSE | NI_HD_WANT_ABORT)) {
			a->closed = true;
			a->aborted = (w & NI_HD_WANT_ABORT) != 0;
			return;
		}
		if (w & NI_HD_WANT_SHUT) {
			a->shut = true;
			ni_hd_conn_shut(c);
		} else if ((w & NI_HD_WANT_WRITE) && ni_hd_conn_piece(c, &piece)) {
			size_t n = piece.n > 700 ? 700 : piece.n;
			assert_true(a->n + n <= sizeof(a->p));
			memcpy(a->p + a->n, piece.p, n);
			a->n += n;
			ni_hd_conn_sent(c, n);
		} else {
			return;
		}
	}
}

static void
feed(struct ni_hd_conn *c, struct answer *a, const char *p, size_t n)
{
	char *copy = malloc(n ? n : 1);
	memcpy(copy, p, n);
	if (!a->closed && n) {
		ni_hd_conn_feed(c, copy, n);
		drain(c, a);
	}
	free(copy);
}

static void
run(struct answer *a, const char *in, size_t n, size_t cut, bool bytewise, bool eof)
{
	struct ni_hd_conn c;
	a->n = 0;
	a->closed = a->aborted = a->shut = false;
	ni_hd_conn_init(&c, &core, &env);
	if (bytewise) {
		for (size_t i = 0; i < n; i++)
			feed(&c, a, in + i, 1);
	} else {
		feed(&c, a, in, cut);
		feed(&c, a, in + cut, n - cut);
	}
	if (eof && !a->closed) {
		ni_hd_conn_eof(&c);
		drain(&c, a);
	}
	ni_hd_conn_fini(&c);
}

/* The final status codes in @a, as "200 404", in @to. Trusts Content-Length; good for our answers.
 */
static void
statuses(const struct answer *a, bool head, char *to, size_t size)
{
	size_t i = 0;
	to[0] = '\0';
	while (i + 12 < a->n) {
		char num[5] = {' ', a->p[i + 9], a->p[i + 10], a->p[i + 11], 0};
		const char *at = a->p + i;
		assert_memory_equal(at, "HTTP/1.", 7);
		const char *end = memmem(at, a->n - i, "\r\n\r\n", 4);
		assert_non_null(end);
		const char *len = memmem(at, (size_t)(end - at), "Content-Length: ", 16);
		const char *te = memmem(at, (size_t)(end - at), "chunked", 7);
		strncat(to, *to ? num : num + 1, size - strlen(to) - 1);
		i = (size_t)(end + 4 - a->p);
		if (te) {
			end = memmem(end, a->n - (size_t)(end - a->p), "\r\n0\r\n\r\n", 7);
			assert_non_null(end);
			i = (size_t)(end + 7 - a->p);
		} else if (len && !head) {
			i += strtoul(len + 16, NULL, 10);
		}
	}
	assert_int_equal(i, a->n);
}

static char *
repeat(const char *head, char c, size_t n, const char *tail)
{
	char *p = malloc(strlen(head) + n + strlen(tail) + 1);
	size_t k = strlen(head);
	memcpy(p, head, k);
	memset(p + k, c, n);
	memcpy(p + k + n, tail, strlen(tail) + 1);
	return p;
}

#define H "Host: a\r\n"

static const struct {
	const char *in, *want;
	bool closed; /* without an end from the client, or lingering to that end */
} cases[] = {
    {"GET / HTTP/1.1\r\n" H "\r\n", "200", false},
    {"\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n", "200", false},
    {"GET / HTTP/1.0\r\n\r\n", "200", true},
    {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "200", false},
    {"GET / HTTP/1.1\r\n" H "Connection: x, Close\r\n\r\n", "200", true},
    {"GET / HTTP/1.1\r\n" H "\r\nGET /style.css HTTP/1.1\r\n" H "\r\nGET /x HTTP/1.1\r\n" H "\r\n",
     "200 200 404", false},
    {"GET /\r\n", "400", true},
    {"GET / HTTP/1.1\r\n\r\n", "400", true},
    {"GET / HTTP/1.1\r\n" H H "\r\n", "400", true},
    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "400", true},
    {"BREW / HTTP/1.1\r\n" H "\r\n", "501", true},
    {"DELETE / HTTP/1.1\r\n" H "\r\n", "405", false},
    {"POST /style.css HTTP/1.1\r\n" H "Content-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n" H "\r\n",
     "405 200", false},
    {"OPTIONS * HTTP/1.1\r\n" H "\r\n", "204", false},
    {"GET / HTTP/3.0\r\n" H "\r\n", "505", true},
    {"GET / HTTP/1.10\r\n" H "\r\n", "400", true},
    {"GET / HTTP/1.1 \r\n" H "\r\n", "400", true},
    {"GET  / HTTP/1.1\r\n" H "\r\n", "400", true},
    {"GET / HTTP/1.1\r\n" H "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     "400", true},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", "400", true},
    {"POST / HTTP/1.1\r\n" H "Content-Length: +3\r\n\r\nabc", "400", true},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 3, 3\r\n\r\nabc", "400", true},
    {"POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\nabc", "400", true},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 10000000000\r\n\r\nabc", "413", true},
    {"POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\nabc", "413", true},
    {"POST / HTTP/1.1\r\n" H "Content-Length : 0\r\n\r\n", "400", true},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip\r\n\r\n", "400", true},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", "501", true},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked, chunked\r\n\r\n", "400", true},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n", "400", true},
    {"POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n", "400", true},
    {"GET / HTTP/1.1\nHost: a\n\n", "400", true},
    {"GET / HTTP/1.1\r\nHost: a\n\r\n", "400", true},
    {"GET / HTTP/1.1\r\n" H "a: b\r\n c\r\n\r\n", "400", true},
    {"GET / HTTP/1.1\r\n" H "a: b\rc\r\n\r\n", "400", true},
    {"GET / HTTP/1.1\r\n" H "a\r\n\r\n", "400", true},
    {"GET / HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n" H "\r\n", "200 200",
     false},
    {"GET http://x/style.css HTTP/1.1\r\n" H "\r\n", "200", false},
    {"GET http://x HTTP/1.1\r\n" H "\r\n", "200", false},
    {"GET x HTTP/1.1\r\n" H "\r\n", "400", true},
    {"GET /../x HTTP/1.1\r\n" H "\r\n", "400", true},
    {"GET /a/.. HTTP/1.1\r\n" H "\r\n", "400", true},
    {"GET /%2e%2e/x HTTP/1.1\r\n" H "\r\n", "400", true},
    {"GET /a%2fb HTTP/1.1\r\n" H "\r\n", "400", true},
    {"GET /a%00 HTTP/1.1\r\n" H "\r\n", "400", true},
    {"GET /a% HTTP/1.1\r\n" H "\r\n", "400", true},
    {"GET /.git HTTP/1.1\r\n" H "\r\n", "404", false},
    {"GET /.//style.css HTTP/1.1\r\n" H "\r\n", "200", false},
    {"GET /style.css/ HTTP/1.1\r\n" H "\r\n", "404", false},
    {"POST /echo HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\nhello", "200", false},
    {"PUT / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
     "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: no\r\n\r\n",
     "200", false},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n", "400", true},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\nz\r\n", "400", true},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n0\n\n", "400", true},
    {"POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n3e9\r\n", "413", true},
    {"POST / HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok", "100 200",
     false},
    {"POST /style.css HTTP/1.1\r\n" H "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n", "405",
     true},
    {"POST / HTTP/1.1\r\n" H "Expect: tea\r\nContent-Length: 2\r\n\r\n", "417", true},
    {"GET /style.css HTTP/1.1\r\n" H "Range: bytes=0-3\r\n\r\n", "206", false},
    {"GET /style.css HTTP/1.1\r\n" H "Range: bytes=0-3,-2, 9-9\r\n\r\n", "206", false},
    {"GET /style.css HTTP/1.1\r\n" H "Range: bytes=99999-\r\n\r\n", "416", false},
    {"GET /style.css HTTP/1.1\r\n" H "Range: lines=1\r\n\r\n", "200", false},
    {"GET /style.css HTTP/1.1\r\n" H "Range: bytes=0-,0-,0-\r\n\r\n", "200", false},
    {"GET /style.css HTTP/1.1\r\n" H "If-None-Match: *\r\n\r\n", "304", false},
    {"GET /style.css HTTP/1.1\r\n" H "If-Match: \"x\"\r\n\r\n", "412", false},
    {"GET /style.css HTTP/1.1\r\n" H "If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT\r\n\r\n",
     "304", false},
    {"GET /style.css HTTP/1.1\r\n" H "If-Modified-Since: Friday, 01-Jan-38 00:00:00 GMT\r\n\r\n",
     "304", false},
    {"GET /style.css HTTP/1.1\r\n" H "If-Modified-Since: rubbish\r\n\r\n", "200", false},
    {"GET /stream?bytes=250&chunks=1,10,100 HTTP/1.1\r\n" H "\r\n", "200", false},
    {"GET /stream HTTP/1.0\r\n\r\n", "200", true},
    {"GET /?drip=x HTTP/1.1\r\n" H "\r\n", "400", true},
    {"GET /?http10 HTTP/1.1\r\n" H "\r\n", "200", true},
    {"GET /?abort=linger0 HTTP/1.1\r\n" H "\r\n", "200", true},
};

static struct answer whole, parts;

static void
split_everywhere(const char *in, size_t n, const char *want, bool closed)
{
	char got[64];
	run(&whole, in, n, n, false, false);
	statuses(&whole, false, got, sizeof(got));
	if (strcmp(got, want) != 0 || closed != (whole.closed || whole.shut))
		fail_msg("%.300s: got %s%s, want %s%s", in, got,
			 whole.closed || whole.shut ? " closed" : "", want,
			 closed ? " closed" : "");
	size_t step = n > 2000 ? 97 : 1;
	for (size_t cut = 0; cut <= n + 1; cut += step) {
		size_t at = cut > n ? n : cut;
		run(&parts, in, n, at, cut > n, false);
		if (parts.n != whole.n || memcmp(parts.p, whole.p, whole.n) != 0 ||
		    parts.aborted != whole.aborted)
			fail_msg("%.300s: cut at %zu: %.*s", in, cut, (int)parts.n, parts.p);
	}
	/* A client that half-closes after its request gets the same bytes (RFC 9112 9.6). */
	run(&parts, in, n, n, false, true);
	assert_int_equal(parts.n, whole.n);
	assert_true(parts.closed);
}

static void
test_split(void **state)
{
	(void)state;
	reset_core();
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		split_everywhere(cases[i].in, strlen(cases[i].in), cases[i].want, cases[i].closed);
}

static void
test_limits(void **state)
{
	(void)state;
	reset_core();
	char *p = repeat("GET /", 'a', 20000, " HTTP/1.1\r\n" H "\r\n");
	split_everywhere(p, strlen(p), "414", true);
	free(p);
	p = repeat("GET /", 'a', 1100, " HTTP/1.1\r\n" H "\r\n");
	split_everywhere(p, strlen(p), "414", true);
	free(p);
	p = repeat("GET / HTTP/1.1\r\n" H "x: ", 'a', 40000, "\r\n\r\n");
	split_everywhere(p, strlen(p), "431", true);
	free(p);
	char many[8000] = "GET / HTTP/1.1\r\n" H;
	for (int i = 0; i < 500; i++)
		strcat(many, "a: b\r\n");
	strcat(many, "\r\n");
	split_everywhere(many, strlen(many), "431", true);
	static const char nul[] = "GET / HTTP/1.1\r\n" H "a: b\0c\r\n\r\n";
	split_everywhere(nul, sizeof(nul) - 1, "400", true);
}

/* Every byte in a field's name and in a host: RFC 9110 section 5.6.2, RFC 3986 section 3.2.2. */
static void
test_characters(void **state)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char foul[] = "/?#@\\,\"<>";
	(void)state;
	for (int ch = 0; ch < 256; ch++) {
		static const char start[] = "GET / HTTP/1.1\r\nHost: a";
		struct ni_hd_request r;
		char in[64];
		int n = snprintf(in, sizeof(in), "%s\r\nx_: b\r\n\r\n", start);
		in[sizeof(start) + 2] = (char)ch; /* for the '_' */
		bool good = ch == ':' || (ch && strchr(token, ch));
		assert_int_equal(ni_hd_request_parse(&r, in, (size_t)n), good ? 0 : 400);
		in[sizeof(start) + 2] = '_';
		in[sizeof(start) - 2] = (char)ch; /* for the 'a' */
		good = ch == ' ' || ch == '\t' || (ch > 0x20 && ch < 0x7f && !strchr(foul, ch));
		assert_int_equal(ni_hd_request_parse(&r, in, (size_t)n), good ? 0 : 400);
	}
}

static void
test_head_has_no_content(void **state)
{
	(void)state;
	char got[64];
	reset_core();
	static const char in[] = "HEAD / HTTP/1.1\r\n" H "\r\nHEAD /x HTTP/1.1\r\n" H "\r\n";
	run(&whole, in, sizeof(in) - 1, 20, false, true);
	statuses(&whole, true, got, sizeof(got));
	assert_string_equal(got, "200 404");
}

static void
test_echo_bytes(void **state)
{
	(void)state;
	reset_core();
	static const char in[] = "POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n"
				 "3\r\nabc\r\n00002\r\nde\r\n0\r\n\r\n";
	run(&whole, in, sizeof(in) - 1, 20, false, false);
	assert_memory_equal(whole.p + whole.n - 9, "\r\n\r\nabcde", 9);
	static const char part[] = "GET /style.css HTTP/1.1\r\n" H "Range: bytes=0-3\r\n\r\n";
	run(&whole, part, sizeof(part) - 1, 20, false, false);
	assert_memory_equal(whole.p + whole.n - 8, "\r\n\r\nbody", 8);
}

/* The memory for bodies: what comes in and what is made to go out, and all of it given back. */
static void
test_memory(void **state)
{
	static const char get[] = "GET /stream?bytes=20000 HTTP/1.1\r\n" H "\r\n";
	static const struct {
		uint64_t total;
		const char *want;
	} rows[] = {{0, "503"}, {10000, "503"}, {100000, "200"}};
	static atomic_ullong used;
	(void)state;
	char *post =
	    repeat("POST /echo HTTP/1.1\r\n" H "Content-Length: 20000\r\n\r\n", 'x', 20000, "");
	reset_core();
	core.body_used = &used;
	core.limits.body_max = 100000;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char got[64];
		core.body_total = rows[i].total;
		split_everywhere(get, sizeof(get) - 1, rows[i].want, rows[i].want[0] == '5');
		run(&whole, post, strlen(post), strlen(post), false, false);
		statuses(&whole, false, got, sizeof(got));
		assert_string_equal(got, rows[i].want);
		assert_int_equal(used, 0);
	}
	free(post);
}

static void
test_deadlines(void **state)
{
	(void)state;
	struct ni_hd_conn c;
	struct answer *a = &whole;
	reset_core();
	memset(a, 0, sizeof(*a));
	/* A byte every two seconds does not move the deadline of the head. */
	ni_hd_conn_init(&c, &core, &env);
	for (int i = 0; i < 4; i++) {
		feed(&c, a, "GET /" + i, 1);
		env.now_ms += 2000;
		assert_int_equal(ni_hd_conn_deadline(&c), 11000);
		ni_hd_conn_tick(&c);
	}
	env.now_ms = 11000;
	ni_hd_conn_tick(&c);
	drain(&c, a);
	assert_memory_equal(a->p, "HTTP/1.1 408", 12);
	assert_true(a->shut);
	env.now_ms = 13000;
	ni_hd_conn_tick(&c);
	assert_int_equal(ni_hd_conn_wants(&c), NI_HD_WANT_CLOSE);
	ni_hd_conn_fini(&c);
	/* Between requests: silence, and the other deadline. */
	memset(a, 0, sizeof(*a));
	ni_hd_conn_init(&c, &core, &env);
	static const char in[] = "GET /style.css HTTP/1.1\r\n" H "\r\n";
	feed(&c, a, in, sizeof(in) - 1);
	size_t n = a->n;
	assert_int_equal(ni_hd_conn_deadline(&c), env.now_ms + 15000);
	env.now_ms += 15000;
	ni_hd_conn_tick(&c);
	drain(&c, a);
	assert_true(a->closed && a->n == n);
	ni_hd_conn_fini(&c);
}

static void
test_knob_holds(void **state)
{
	(void)state;
	struct ni_hd_conn c;
	struct answer *a = &whole;
	reset_core();
	memset(a, 0, sizeof(*a));
	ni_hd_conn_init(&c, &core, &env);
	static const char in[] = "GET /?delay-first=500&drip=100/50 HTTP/1.1\r\n" H "\r\n";
	feed(&c, a, in, sizeof(in) - 1);
	assert_int_equal(a->n, 0);
	assert_int_equal(ni_hd_conn_deadline(&c), env.now_ms + 500);
	env.now_ms += 500;
	ni_hd_conn_tick(&c);
	drain(&c, a);
	assert_int_equal(a->n, 100);
	assert_int_equal(ni_hd_conn_deadline(&c), env.now_ms + 50);
	ni_hd_conn_fini(&c);
	memset(a, 0, sizeof(*a));
	ni_hd_conn_init(&c, &core, &env);
	static const char late[] =
	    "GET /?close-first=client&close-delay=60&late-data=10 HTTP/1.0\r\n\r\n";
	feed(&c, a, late, sizeof(late) - 1);
	assert_int_equal(ni_hd_conn_wants(&c), NI_HD_WANT_READ);
	size_t n = a->n;
	ni_hd_conn_eof(&c);
	drain(&c, a);
	assert_int_equal(a->n, n + 10);
	assert_int_equal(ni_hd_conn_wants(&c), 0);
	env.now_ms += 60;
	ni_hd_conn_tick(&c);
	assert_int_equal(ni_hd_conn_wants(&c), NI_HD_WANT_CLOSE);
	ni_hd_conn_fini(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_split),      cmocka_unit_test(test_limits),
	    cmocka_unit_test(test_characters), cmocka_unit_test(test_head_has_no_content),
	    cmocka_unit_test(test_echo_bytes), cmocka_unit_test(test_deadlines),
	    cmocka_unit_test(test_memory),     cmocka_unit_test(test_knob_holds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
