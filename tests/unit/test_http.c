/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP in streams: a table of conversations and the exchanges that must come of them, in whatever
 * segments they arrive; and what is remarked on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http.h"
#include "talk.h"

/* What one side says; who 'C' client, 'S' server, in small letters: and closes. */
struct step {
	char who;
	const char *says;
	size_t n;
};

enum { STEPS = 8 };

struct conversation {
	const char *name;
	struct step steps[STEPS];
	const char *expect;   /* a line an exchange; see print() */
	const char *messages; /* their lengths, as shown */
	uint32_t odd;         /* 1 << enum http_odd: remarks of all messages together */
};

#define GET   "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"
#define OK(n) "HTTP/1.1 200 OK\r\nContent-Length: " #n "\r\n\r\n"
#define C(x)                                                                                       \
	{                                                                                          \
		'C', x, sizeof(x) - 1                                                              \
	}
#define S(x)                                                                                       \
	{                                                                                          \
		'S', x, sizeof(x) - 1                                                              \
	}
#define C_END(x)                                                                                   \
	{                                                                                          \
		'c', x, sizeof(x) - 1                                                              \
	}
#define S_END(x)                                                                                   \
	{                                                                                          \
		's', x, sizeof(x) - 1                                                              \
	}
#define BIT(x) (1U << HTTP_##x)

/* clang-format off */
static const struct conversation conversations[] = {
	{"one exchange", {C(GET), S(OK(5) "hello")}, "1 GET h /a 200 0/5 k\n", "28 43", 0},
	{"no answer", {C(GET), C_END("")}, "1 GET h /a 0 0/0 k\n", "28", 0},
	{"keep-alive", {C(GET), S(OK(1) "x"), C(GET), S(OK(0))},
		"1 GET h /a 200 0/1 k\n2 GET h /a 200 0/0 k\n", "28 39 28 38", 0},
	{"pipelined", {C(GET GET GET), S(OK(1) "x" OK(2) "yy"), S(OK(0))},
		"1 GET h /a 200 0/1 k\n2 GET h /a 200 0/2 kp\n3 GET h /a 200 0/0 kp\n",
		"28 28 28 39 40 38", 0},
	{"connection close", {C("GET / HTTP/1.1\r\nConnection: x, Close\r\n\r\n"), S(OK(0))},
		"1 GET  / 200 0/0 \n", "40 38", 0},
	{"HTTP/1.0", {C("GET / HTTP/1.0\r\n\r\n"), S_END("HTTP/1.0 200 OK\r\n\r\nabc")},
		"1 GET  / 200 0/3 u\n", "18 22", 0},
	{"HTTP/1.0 keep-alive", {C("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
		S("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx")},
		"1 GET  / 200 0/1 k\n", "42 63", 0},
	{"HTTP/0.9", {C("GET /old\r\n"), S_END("<p>as it is</p>")}, "1 GET  /old 0 0/15 u\n", "10", 0},
	{"until close", {C(GET), S_END("HTTP/1.1 200 OK\r\n\r\nabcdef")},
		"1 GET h /a 200 0/6 ku\n", "28 25", 0},
	{"HEAD", {C("HEAD / HTTP/1.1\r\n\r\n"), S(OK(99)), C(GET), S(OK(0))},
		"1 HEAD  / 200 0/0 k\n2 GET h /a 200 0/0 k\n", "19 39 28 38", 0},
	{"204 and 304", {C(GET GET), S("HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n")},
		"1 GET h /a 204 0/0 k\n2 GET h /a 304 0/0 kp\n", "28 28 46 48", 0},
	{"continue", {C("POST /p HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"),
		S("HTTP/1.1 100 Continue\r\n\r\n"), C("data"), S(OK(0))},
		"1 POST  /p 200 4/0 k1\n", "25 65 38", 0},
	{"refused early", {C("POST /p HTTP/1.1\r\nContent-Length: 4\r\n\r\nda"),
		S("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"), C("ta")},
		"1 POST  /p 413 4/0 k\n", "45 43", 0},
	{"chunked", {C(GET), S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		"5\r\nhello\r\n00A;ext=\"v\"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"), C(GET), S(OK(0))},
		"1 GET h /a 200 0/15 kc\n2 GET h /a 200 0/0 k\n", "28 99 28 38", 0},
	{"chunked request", {C("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n" GET),
		S(OK(0) OK(0))}, "1 PUT  / 200 2/0 k\n2 GET h /a 200 0/0 kp\n", "58 28 38 38", 0},
	{"chunked, LF alone", {C(GET), S("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n1\nx\n0\n\n")},
		"1 GET h /a 200 0/1 kc\n", "28 51", BIT(BARE_LF) | BIT(CHUNK_ODD)},
	{"no chunk size", {C(GET), S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nx\r\n")},
		"1 GET h /a 200 0/0 kcX\n", "28", 0},
	{"gzip, chunked", {C(GET), S("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")},
		"1 GET h /a 200 0/0 kc\n", "28 58", 0},
	{"unknown coding", {C(GET), S_END("HTTP/1.1 200 OK\r\nTransfer-Encoding: foo\r\n\r\nabc")},
		"1 GET h /a 200 0/3 ku\n", "28 46", BIT(TE_UNKNOWN)},
	{"interim only", {C(GET), S("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"), S_END("")},
		"1 GET h /a 0 0/0 k1\n", "28 37", 0},
	{"upgrade", {C("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
		S("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"),
		S("\x81\x05GET /"), C(GET)},
		"1 GET  /ws 101 0/0 kU\n1 GET h /a 0 0/0 k\n", "61 56 28", 0},
	{"connect", {C("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"),
		S("HTTP/1.1 200 Established\r\n\r\n"), C("\x16\x03\x01 no HTTP"), S("nor this")},
		"1 CONNECT h:443 h:443 200 0/0 kU\n", "39 28", 0},
	{"connect refused", {C("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"),
		S("HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno"), C(GET), S(OK(0))},
		"1 CONNECT h:443 h:443 407 0/2 k\n2 GET h /a 200 0/0 k\n", "39 40 28 38", 0},
	{"folded, space before colon", {C("GET / HTTP/1.1\r\nHost : h\r\nX: a\r\n  b\r\n\r\n"), S(OK(0))},
		"1 GET h / 200 0/0 k\n", "39 38", BIT(FOLDED) | BIT(SPACE_BEFORE_COLON)},
	{"no colon, bad name", {C("GET / HTTP/1.1\r\nnothing\r\nA B: c\r\n\r\n"), S(OK(0))},
		"1 GET  / 200 0/0 k\n", "35 38", BIT(NO_COLON) | BIT(BAD_NAME)},
	{"NUL and CR", {C("GET / HTTP/1.1\r\nA: \0\r\nB: x\ry\r\n\r\n"), S(OK(0))},
		"1 GET  / 200 0/0 k\n", "32 38", BIT(NUL) | BIT(BARE_CR)},
	{"both lengths", {C("POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" GET),
		S(OK(0) OK(0))}, "1 POST  / 200 0/0 k\n2 GET h /a 200 0/0 kp\n", "71 28 38 38",
		BIT(TE_AND_LENGTH)},
	{"lengths differ", {C("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx" GET),
		S(OK(0) OK(0))}, "1 POST  / 200 1/0 k\n2 GET h /a 200 0/0 kp\n", "58 28 38 38",
		BIT(LENGTHS_DIFFER)},
	{"equal lengths", {C("POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\nx"), S(OK(0))},
		"1 POST  / 200 1/0 k\n", "42 38", 0},
	{"length that is none", {C(GET), S_END("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc")},
		"1 GET h /a 200 0/3 ku\n", "28 41", BIT(LENGTH_BAD)},
	{"empty lines before", {C("POST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx\r\n" GET), S(OK(0) OK(0))},
		"1 POST  / 200 1/0 k\n2 GET h /a 200 0/0 kp\n", "39 28 38 38", BIT(LEADING_CRLF)},
	{"empty lines first", {C("\r\n" GET), S(OK(0))}, "1 GET h /a 200 0/0 k\n", "28 38",
		BIT(LEADING_CRLF)},
	{"unknown method", {C("BREW /pot HTTP/1.1\r\n\r\n"), S("HTTP/1.1 418 I'm a teapot\r\n\r\n"), S_END("")},
		"1 BREW  /pot 418 0/0 ku\n", "22 29", 0},
	{"cut body", {C(GET), S_END(OK(10) "abc")}, "1 GET h /a 200 0/3 kX\n", "28", 0},
	{"no request", {S(OK(2) "hi")}, "1    200 0/2 n\n", "40", 0},
	{"not HTTP", {C("EHLO example.org\r\n"), S("250 hello\r\n")}, "", "", 0},
	{"HTTP/2", {C("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")}, "", "", 0},
	{"RTSP", {C("OPTIONS rtsp://h/ RTSP/1.0\r\n\r\n")}, "", "", 0},
	{"garbage between", {C(GET "\1\2\3"), S(OK(0)), C(GET), S(OK(0))},
		"1 GET h /a 200 0/0 k\n2 GET h /a 200 0/0 k\n", "28 38 28 38", 0},
	{"server first by content", {S(GET), C(OK(0))}, "1 GET h /a 200 0/0 k\n", "28 38", 0},
};
/* clang-format on */

static struct talk t;

/* "NUMBER METHOD HOST URI STATUS REQUEST/RESPONSE-BODY FLAGS" */
static void
print(char *out, size_t size)
{
	static const struct {
		uint16_t flag;
		char letter;
	} flags[] = {
	    {NI_HTTP_KEEP_ALIVE, 'k'},  {NI_HTTP_PIPELINED, 'p'},  {NI_HTTP_CHUNKED, 'c'},
	    {NI_HTTP_UNTIL_CLOSE, 'u'}, {NI_HTTP_GAP, 'G'},        {NI_HTTP_CUT, 'X'},
	    {NI_HTTP_UPGRADED, 'U'},    {NI_HTTP_NO_REQUEST, 'n'},
	};
	size_t n = 0;
	out[0] = '\0';
	for (unsigned i = 0; i < t.nhttp; i++) {
		const struct ni_http_exchange *x = &t.http[i];
		n += (size_t)snprintf(out + n, size - n, "%u %s %s %s %u %llu/%llu ", x->number,
				      x->method, x->host, x->uri, x->status,
				      (unsigned long long)x->request_body,
				      (unsigned long long)x->response_body);
		for (unsigned k = 0; k < sizeof(flags) / sizeof(flags[0]); k++)
			if (x->flags & flags[k].flag && n + 2 < size)
				out[n++] = flags[k].letter;
		if (x->informational && n + 2 < size)
			out[n++] = (char)('0' + x->informational);
		out[n++] = '\n';
		out[n] = '\0';
	}
}

static void
print_messages(char *out, size_t size)
{
	size_t n = 0;
	out[0] = '\0';
	for (unsigned i = 0; i < t.nlayers; i++)
		if (!strcmp(t.layers[i].key, "http"))
			n += (size_t)snprintf(out + n, size - n, "%s%llu", n ? " " : "",
					      (unsigned long long)t.layers[i].len);
}

/* Hold a conversation; its @at-th byte is the first of a segment, @mss the length of all others. */
static void
hold(const struct conversation *c, size_t at, size_t mss)
{
	struct ni_session_opts o = {.seed = 1};
	assert_true(talk_begin(&t, &o));
	talk_handshake(&t, 40000, 7788);
	size_t passed = 0;
	for (const struct step *s = c->steps; s < c->steps + STEPS && s->who; s++) {
		unsigned from = s->who == 'S' || s->who == 's';
		size_t n = s->n, first = at > passed && at < passed + n ? at - passed : 0;
		if (first)
			talk_send_cut(&t, from, s->says, first, mss);
		talk_send_cut(&t, from, s->says + first, n - first, mss);
		talk_ack(&t, !from);
		if (s->who == 's' || s->who == 'c')
			talk_segment(&t, from, TALK_FIN | TALK_ACK, t.next[from]++, NULL, 0);
		passed += n;
	}
	talk_end(&t);
}

static void
check(const struct conversation *c, const char *how, size_t at)
{
	char got[2048], messages[512];
	print(got, sizeof(got));
	print_messages(messages, sizeof(messages));
	if (!strcmp(got, c->expect) && !strcmp(messages, c->messages))
		return;
	fail_msg("%s, %s %zu:\n--- expected\n%s[%s]\n--- got\n%s[%s]", c->name, how, at, c->expect,
		 c->messages, got, messages);
}

static void
test_conversations(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(conversations) / sizeof(conversations[0]); i++) {
		hold(&conversations[i], 0, 100000);
		check(&conversations[i], "whole", 0);
	}
}

/* "garbage between" is found again where a segment begins, which is then somewhere else. */
static bool
depends_on_segments(const struct conversation *c)
{
	return !strcmp(c->name, "garbage between");
}

static void
test_every_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(conversations) / sizeof(conversations[0]); i++) {
		const struct conversation *c = &conversations[i];
		size_t all = 0;
		for (const struct step *s = c->steps; s < c->steps + STEPS && s->who; s++)
			all += s->n;
		for (size_t at = 1; at < all && !depends_on_segments(c); at++) {
			hold(c, at, 100000);
			check(c, "split at", at);
		}
		for (size_t mss = 1; mss < 12 && !depends_on_segments(c); mss++) {
			hold(c, 0, mss);
			check(c, "segments of", mss);
		}
	}
}

/* ---- remarks ---- */

static uint32_t odds; /* of all messages */

static void
see_odd(struct ni_sink *s, const struct ni_dis *d)
{
	(void)s;
	for (unsigned i = 0; i < d->nnotes; i++)
		for (unsigned k = 0; k < HTTP_NODDS; k++)
			if (d->notes[i].def == &http_notes[k])
				odds |= 1U << k;
}

static void
test_remarks(void **state)
{
	static const struct ni_sink_ops ops = {.name = "odd", .frame = see_odd};
	(void)state;
	for (size_t i = 0; i < sizeof(conversations) / sizeof(conversations[0]); i++) {
		const struct conversation *c = &conversations[i];
		struct ni_sink sink = {.ops = &ops};
		assert_true(talk_begin(&t, NULL));
		ni_session_add(t.s, &sink, NULL);
		odds = 0;
		talk_handshake(&t, 40000, 7788);
		for (const struct step *s = c->steps; s < c->steps + STEPS && s->who; s++) {
			unsigned from = s->who == 'S' || s->who == 's';
			talk_send(&t, from, s->says, s->n);
			if (s->who == 's')
				talk_segment(&t, from, TALK_FIN | TALK_ACK, t.next[from]++, NULL,
					     0);
		}
		talk_end(&t);
		if (odds != c->odd)
			fail_msg("%s: remarks %#x, expected %#x", c->name, odds, c->odd);
	}
}

/* ---- what the exchange knows ---- */

static void
test_exchange(void **state)
{
	(void)state;
	static const char ask[] = "GET /x?q=1 HTTP/1.1\r\nHost: www.example\r\nUser-Agent: me\r\n"
				  "Referer: http://r/\r\n\r\n";
	static const char tell[] = "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n"
				   "Content-Encoding: br\r\nContent-Length: 3000\r\n\r\n";
	char body[3000] = {0};
	assert_true(talk_begin(&t, NULL));
	talk_handshake(&t, 40000, 80);                  /* frames 1 to 3 */
	talk_send_cut(&t, 0, ask, sizeof(ask) - 1, 40); /* 4, 5 */
	talk_send(&t, 1, tell, sizeof(tell) - 1);       /* 6 */
	talk_send_cut(&t, 1, body, sizeof(body), 1000); /* 7 to 9 */
	talk_close(&t, 0);
	talk_end(&t);
	assert_int_equal(t.nhttp, 1);
	const struct ni_http_exchange *x = &t.http[0];
	assert_string_equal(x->method, "GET");
	assert_string_equal(x->uri, "/x?q=1");
	assert_string_equal(x->host, "www.example");
	assert_string_equal(x->user_agent, "me");
	assert_string_equal(x->referrer, "http://r/");
	assert_string_equal(x->reason, "Not Found");
	assert_string_equal(x->type, "text/plain");
	assert_string_equal(x->encoding, "br");
	assert_int_equal(x->status, 404);
	assert_int_equal(x->request_version, 11);
	assert_int_equal(x->request_first, 4);
	assert_int_equal(x->request_frame, 5);
	assert_int_equal(x->response_first, 6);
	assert_int_equal(x->response_frame, 9);
	assert_int_equal(x->response_body, 3000);
	assert_true(x->response_last_ns > x->response_first_ns);
	assert_true(x->response_first_ns > x->request_last_ns);
	assert_int_equal(t.nlayers, 2);
	assert_int_equal(t.layers[0].frame, 5);
	assert_int_equal(t.layers[0].segments, 2);
	assert_int_equal(t.layers[1].frame, 9);
	assert_int_equal(t.layers[1].segments, 4);
	assert_int_equal(t.ended[0].requests, 1);
	assert_string_equal(t.ended[0].service, "http");
}

/* The first line of a message that goes on is told, for the Info column. */
static void
test_part(void **state)
{
	(void)state;
	assert_true(talk_begin(&t, NULL));
	talk_handshake(&t, 40000, 80);
	talk_send(&t, 0, GET, sizeof(GET) - 1);
	assert_false(t.part);
	talk_send(&t, 1, OK(10) "abc", sizeof(OK(10) "abc") - 1);
	assert_true(t.part);
	assert_string_equal(t.title, "HTTP/1.1 200 OK");
	talk_send(&t, 1, "def", 3);
	assert_true(t.part);
	assert_string_equal(t.title, "");
	talk_send(&t, 1, "ghij", 4);
	assert_false(t.part);
	talk_end(&t);
}

/* More requests than are remembered: the answers to the others do not go astray. */
static void
test_many_outstanding(void **state)
{
	(void)state;
	enum { MANY = 400 };
	assert_true(talk_begin(&t, NULL));
	talk_handshake(&t, 40000, 80);
	for (unsigned i = 0; i < MANY; i++) {
		char text[64];
		int n = snprintf(text, sizeof(text), "GET /%u HTTP/1.1\r\n\r\n", i);
		talk_send(&t, 0, text, (size_t)n);
	}
	for (unsigned i = 0; i < MANY; i++) {
		char text[64];
		int n =
		    snprintf(text, sizeof(text), "HTTP/1.1 200 %u\r\nContent-Length: 0\r\n\r\n", i);
		talk_send(&t, 1, text, (size_t)n);
	}
	struct ni_session_drops drops = ni_session_drops(t.s);
	talk_send(&t, 0, GET, sizeof(GET) - 1);
	talk_send(&t, 1, OK(0), sizeof(OK(0)) - 1);
	talk_end(&t);
	assert_int_equal(drops.messages_dropped, MANY - 256);
	assert_int_equal(t.nhttp, 256 + 1);
	for (unsigned i = 0; i < 256; i++) {
		assert_int_equal(strtoul(t.http[i].uri + 1, NULL, 10), i);
		assert_int_equal(strtoul(t.http[i].reason, NULL, 10), i);
	}
	assert_string_equal(t.http[256].uri, "/a");
	assert_int_equal(t.http[256].status, 200);
}

/* A head without end is given up, and so is a line between chunks. */
static void
test_huge(void **state)
{
	(void)state;
	enum { HUGE = 200 * 1024 };
	char *text = malloc(HUGE);
	assert_non_null(text);
	memset(text, 'x', HUGE);
	memcpy(text, "GET / HTTP/1.1\r\nX: ", 19);
	assert_true(talk_begin(&t, NULL));
	talk_handshake(&t, 40000, 80);
	talk_send(&t, 0, GET, sizeof(GET) - 1);
	talk_send_cut(&t, 0, text, HUGE, 1400);
	talk_send(&t, 0, GET, sizeof(GET) - 1);
	talk_end(&t);
	free(text);
	assert_int_equal(t.nhttp, 2);
	assert_string_equal(t.http[1].uri, "/a");
}

/* A loss among the responses does not shift the answers of who asks one thing at a time. */
static void
test_response_lost(void **state)
{
	(void)state;
	assert_true(talk_begin(&t, NULL));
	talk_handshake(&t, 40000, 80);
	for (unsigned i = 0; i < 4; i++) {
		char ask[64], tell[64];
		int n = snprintf(ask, sizeof(ask), "GET /%u HTTP/1.1\r\n\r\n", i);
		int k =
		    snprintf(tell, sizeof(tell), "HTTP/1.1 200 %u\r\nContent-Length: 0\r\n\r\n", i);
		talk_send(&t, 0, ask, (size_t)n);
		if (i == 1)
			t.next[1] += (uint32_t)k; /* not captured */
		else
			talk_send(&t, 1, tell, (size_t)k);
		talk_ack(&t, 0);
	}
	talk_close(&t, 0);
	talk_end(&t);
	assert_int_equal(t.nhttp, 4);
	for (unsigned i = 0; i < 4; i++) {
		const struct ni_http_exchange *x = &t.http[i];
		assert_int_equal(strtoul(x->uri + 1, NULL, 10), i);
		assert_int_equal(x->status, i == 1 ? 0 : 200);
		assert_int_equal((x->flags & NI_HTTP_GAP) != 0, i == 1);
		if (i != 1)
			assert_int_equal(strtoul(x->reason, NULL, 10), i);
	}
}

/* What the connection's end cuts off: the exchange has what came before. */
static void
test_cut(void **state)
{
	static const struct {
		const char *tell;
		uint16_t status;
		uint64_t body;
	} cut[] = {
	    {"HTTP/1.1 200 OK\r\nContent-Le", 200, 0},
	    {"HTTP/1.1 2", 0, 0},
	    {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", 200, 3},
	    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n9\r\nabc", 200, 7},
	};
	static const char ask[] = "GET / HTTP/1.1\r\n\r\n";
	(void)state;
	for (unsigned i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
		assert_true(talk_begin(&t, NULL));
		talk_handshake(&t, 40000, 80);
		talk_send(&t, 0, ask, sizeof(ask) - 1);
		talk_send(&t, 1, cut[i].tell, strlen(cut[i].tell));
		talk_close(&t, 1);
		talk_end(&t);
		assert_int_equal(t.nhttp, 1);
		assert_int_equal(t.http[0].status, cut[i].status);
		assert_int_equal(t.http[0].response_body, cut[i].body);
		assert_int_equal((t.http[0].flags & NI_HTTP_CUT) != 0, cut[i].status != 0);
	}
}

/* The end of the last request was never captured, which its FIN tells. */
static void
test_tail_lost(void **state)
{
	static const char ask[] = "GET /x HTTP/1.1\r\nHost: a";
	(void)state;
	assert_true(talk_begin(&t, NULL));
	talk_handshake(&t, 40000, 80);
	talk_send(&t, 0, ask, sizeof(ask) - 1);
	t.next[0] += 4;
	talk_close(&t, 0);
	talk_end(&t);
	assert_int_equal(t.nhttp, 1);
	assert_string_equal(t.http[0].uri, "/x");
	assert_true(t.http[0].flags & NI_HTTP_GAP);
}

static bool stray;

static void
see_stray(struct ni_sink *s, const struct ni_dis *d)
{
	(void)s;
	for (unsigned i = 0; i < d->nnotes; i++)
		stray |= d->notes[i].def == &http_note_stray;
}

/* More bytes than the response announced are remarked on; the next response is none of them. */
static void
test_stray(void **state)
{
	static const struct ni_sink_ops ops = {.name = "stray", .frame = see_stray};
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	static const char *const more[] = {"", "\r\n", ok, " and more", "x", "AND MORE"};
	static const char ask[] = "GET / HTTP/1.1\r\n\r\n";
	(void)state;
	for (unsigned i = 0; i < 2 * sizeof(more) / sizeof(more[0]); i++) {
		struct ni_sink sink = {.ops = &ops};
		const char *behind = more[i / 2];
		char tell[128];
		size_t n = sizeof(ok) - 1 + strlen(behind);
		snprintf(tell, sizeof(tell), "%s%s", ok, behind);
		assert_true(talk_begin(&t, NULL));
		ni_session_add(t.s, &sink, NULL);
		stray = false;
		talk_handshake(&t, 40000, 80);
		talk_send(&t, 0, ask, sizeof(ask) - 1);
		talk_send_cut(&t, 1, tell, n, i % 2 ? sizeof(ok) - 1 : n);
		talk_close(&t, 1);
		talk_end(&t);
		assert_int_equal(stray, i / 2 > 2);
	}
}

/* ---- heads alone ---- */

static void
test_probe(void **state)
{
	static const struct {
		const char *text;
		uint32_t more; /* bytes claimed beyond */
		enum ni_probe answer;
	} rows[] = {
	    {"G", 0, NI_PROBE_MORE},
	    {"GE", 0, NI_PROBE_MORE},
	    {"GET /", 0, NI_PROBE_MORE},
	    {"GET / HTTP/1.1\r\n", 0, NI_PROBE_YES},
	    {"GET / HTTP/2.0\r\n", 0, NI_PROBE_NO},
	    {"GET / RTSP/1.0\r\n", 0, NI_PROBE_NO},
	    {"GET /\r\n", 0, NI_PROBE_YES},
	    {"GET x\r\n", 0, NI_PROBE_NO},
	    {"GET /x", 99, NI_PROBE_YES},
	    {"GET x", 99, NI_PROBE_NO},
	    {"FOO / HTTP/1.0\n", 0, NI_PROBE_YES},
	    {"FOO /", 0, NI_PROBE_MORE},
	    {"foo /", 0, NI_PROBE_NO},
	    {"H", 0, NI_PROBE_MORE},
	    {"HTTP/1.", 0, NI_PROBE_YES},
	    {"HTTP/2.0 ", 0, NI_PROBE_NO},
	    {"\r\nGET / HTTP/1.1\r\n", 0, NI_PROBE_YES},
	    {"\r\n", 0, NI_PROBE_MORE},
	    {"\x16\x03", 0, NI_PROBE_NO},
	    {"SSH-2.0", 0, NI_PROBE_NO},
	    {"", 0, NI_PROBE_MORE},
	    {"\n\n\n\n\n\n", 0, NI_PROBE_NO},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t n = (uint32_t)strlen(rows[i].text);
		struct ni_span s = {(const uint8_t *)rows[i].text, n, n + rows[i].more};
		if (http_probe(s) != rows[i].answer)
			fail_msg("'%s': %d", rows[i].text, http_probe(s));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_probe),
	    cmocka_unit_test(test_conversations),
	    cmocka_unit_test(test_every_split),
	    cmocka_unit_test(test_remarks),
	    cmocka_unit_test(test_exchange),
	    cmocka_unit_test(test_part),
	    cmocka_unit_test(test_many_outstanding),
	    cmocka_unit_test(test_huge),
	    cmocka_unit_test(test_response_lost),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_tail_lost),
	    cmocka_unit_test(test_stray),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
