/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Odd conversations; see oddities.h. */
#include "oddities.h"

#include <string.h>

enum { TURNS = 8, MSS = 1460 };

/* What one side says before the other goes on. Side 0 is the client; "" ends the list. */
struct oddity {
	const char *name;
	struct {
		unsigned from;
		const char *text;
	} turn[TURNS];
};

#define GET(uri) "GET " uri " HTTP/1.1\r\nHost: a.example\r\nUser-Agent: odd/1\r\n\r\n"
#define OK(n, b) "HTTP/1.1 200 OK\r\nContent-Length: " n "\r\nContent-Type: text/plain\r\n\r\n" b
#define CHUNKED  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
#define GET_OK(u)                                                                                  \
	{0, GET(u)},                                                                               \
	{                                                                                          \
		1, OK("5", "hello")                                                                \
	}

static const struct oddity oddities[] = {
    {"plain", {GET_OK("/1"), GET_OK("/2"), GET_OK("/3")}},
    {"pipeline",
     {{0, GET("/1") GET("/2") GET("/3")}, {1, OK("5", "hello") OK("0", "") OK("3", "abc")}}},
    {"pipeline-mixed",
     {{0, GET("/1") "HEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n" GET("/3")},
      {1, OK("5", "hello") OK("500", "") CHUNKED "3\r\nabc\r\n0\r\n\r\n"}}},
    {"post",
     {{0, "POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello=world"},
      {1, OK("2", "ok")},
      GET_OK("/after")}},
    {"post-chunked",
     {{0, "POST /f HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"},
      {1, OK("2", "ok")},
      GET_OK("/after")}},
    {"chunk-extension",
     {{0, GET("/1")},
      {1, CHUNKED "5;name=value\r\nhello\r\nA;q=\"x\"\r\n0123456789\r\n0;last\r\n"
		  "Trailer: t\r\n\r\n"},
      GET_OK("/2")}},
    {"chunk-padded", {{0, GET("/1")}, {1, CHUNKED "0005  \r\nhello\r\n00\r\n\r\n"}, GET_OK("/2")}},
    {"chunk-uppercase",
     {{0, GET("/1")},
      {1, CHUNKED "a\r\n0123456789\r\nB\r\n0123456789x\r\n0\r\n\r\n"},
      GET_OK("/2")}},
    {"chunk-lf", {{0, GET("/1")}, {1, CHUNKED "5\nhello\n0\n\n"}, GET_OK("/2")}},
    {"chunk-bad", {{0, GET("/1")}, {1, CHUNKED "xyz\r\nhello\r\n0\r\n\r\n"}}},
    {"lf-only",
     {{0, "GET /lf HTTP/1.1\nHost: lf.example\n\n"},
      {1, "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"},
      GET_OK("/2")}},
    {"folded",
     {{0, "GET /fold HTTP/1.1\r\nHost: a.example\r\nUser-Agent: one\r\n two\r\n\r\n"},
      {1, "HTTP/1.1 200 OK\r\nContent-Type: text/plain;\r\n\tcharset=x\r\n"
	  "Content-Length: 5\r\n\r\nhello"},
      GET_OK("/2")}},
    {"length-twice",
     {{0, GET("/1")},
      {1, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
      GET_OK("/2")}},
    {"length-list",
     {{0, GET("/1")}, {1, "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello"}, GET_OK("/2")}},
    {"length-differs",
     {{0, GET("/1")},
      {1, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"
	  "hello"}}},
    {"length-bad", {{0, GET("/1")}, {1, "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nhello"}}},
    {"length-padded",
     {{0, GET("/1")},
      {1, "HTTP/1.1 200 OK\r\nContent-Length:\t  005 \r\n\r\nhello"},
      GET_OK("/2")}},
    {"length-post-differs",
     {{0, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n"
	  "Content-Length: 3\r\n\r\nabc"},
      {1, OK("2", "ok")}}},
    {"te-and-length",
     {{0, GET("/1")},
      {1, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n"
	  "\r\n5\r\nhello\r\n0\r\n\r\n"},
      GET_OK("/2")}},
    {"te-post-and-length",
     {{0, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
	  "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
      {1, OK("2", "ok")},
      GET_OK("/2")}},
    {"te-unknown",
     {{0, GET("/1")}, {1, "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nsome bytes"}}},
    {"te-identity",
     {{0, GET("/1")},
      {1, "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n"
	  "\r\nhello"},
      GET_OK("/2")}},
    {"te-case",
     {{0, GET("/1")},
      {1, "HTTP/1.1 200 OK\r\ntransfer-ENCODING: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
      GET_OK("/2")}},
    {"continue",
     {{0, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"
	  "\r\n"},
      {1, "HTTP/1.1 100 Continue\r\n\r\n"},
      {0, "hello"},
      {1, OK("2", "ok")},
      GET_OK("/2")}},
    {"early-hints",
     {{0, GET("/1")},
      {1, "HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n" OK("5", "hello")},
      GET_OK("/2")}},
    {"processing",
     {{0, GET("/1")},
      {1, "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" OK("5", "hello")},
      GET_OK("/2")}},
    {"head", {{0, "HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n"}, {1, OK("5000", "")}, GET_OK("/2")}},
    {"head-chunked", {{0, "HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n"}, {1, CHUNKED}, GET_OK("/2")}},
    {"no-content",
     {{0, GET("/1")}, {1, "HTTP/1.1 204 No Content\r\nServer: s\r\n\r\n"}, GET_OK("/2")}},
    {"not-modified",
     {{0, GET("/1")},
      {1, "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n"},
      GET_OK("/2")}},
    {"connect",
     {{0, "CONNECT b.example:443 HTTP/1.1\r\nHost: b.example:443\r\n\r\n"},
      {1, "HTTP/1.1 200 Connection established\r\n\r\n"},
      {0, "\x16\x03\x01\x02\x03\x04"},
      {1, "\x16\x03\x03\x01\x02"}}},
    {"connect-refused",
     {{0, "CONNECT b.example:443 HTTP/1.1\r\nHost: b.example:443\r\n\r\n"},
      {1, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"},
      GET_OK("/2")}},
    {"upgrade",
     {{0, "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n"
	  "Upgrade: websocket\r\n\r\n"},
      {1, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
	  "Upgrade: websocket\r\n\r\n"},
      {0, "\x81\x02hi"},
      {1, "\x81\x02ho"}}},
    {"unanswered", {GET_OK("/1"), {0, GET("/2")}}},
    {"unanswered-pipeline", {{0, GET("/1") GET("/2") GET("/3")}, {1, OK("5", "hello")}}},
    {"old", {{0, "GET /old\r\n"}, {1, "<html>old</html>"}}},
    {"http10",
     {{0, "GET /x HTTP/1.0\r\n\r\n"},
      {1, "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nuntil the close"}}},
    {"until-close",
     {{0, GET("/1")}, {1, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the close"}}},
    {"cut-body", {{0, GET("/1")}, {1, OK("50", "too short")}}},
    {"cut-chunked", {{0, GET("/1")}, {1, CHUNKED "50\r\ntoo short"}}},
    {"cut-request", {{0, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nshort"}}},
    {"cut-head", {{0, GET("/1")}, {1, "HTTP/1.1 200 OK\r\nContent-Le"}}},
    {"too-long", {{0, GET("/1")}, {1, OK("5", "hello") " and more"}, GET_OK("/2")}},
    {"too-long-lines", {{0, GET("/1")}, {1, OK("5", "hello") "\r\n\r\n"}, GET_OK("/2")}},
    {"too-long-head",
     {{0, "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\n"}, {1, OK("5", "hello")}, GET_OK("/2")}},
    {"unasked", {GET_OK("/1"), {1, OK("5", "again")}, GET_OK("/2")}},
    {"unasked-first", {{1, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nlate"}}},
    {"empty-lines",
     {{0, "\r\n\r\n" GET("/1")},
      {1, OK("5", "hello")},
      {0, "\r\n" GET("/2")},
      {1, OK("5", "hello")}}},
    {"no-reason",
     {{0, GET("/1")}, {1, "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello"}, GET_OK("/2")}},
    {"long-reason",
     {{0, GET("/1")},
      {1, "HTTP/1.1 404 Not found at all, sorry\r\nContent-Length: 0\r\n\r\n"},
      GET_OK("/2")}},
    {"absolute",
     {{0, "GET http://c.example/x HTTP/1.1\r\nHost: c.example\r\n\r\n"}, {1, OK("5", "hello")}}},
    {"options", {{0, "OPTIONS * HTTP/1.1\r\nHost: c.example\r\n\r\n"}, {1, OK("0", "")}}},
    {"coded",
     {{0, GET("/1")},
      {1, "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello"},
      GET_OK("/2")}},
    {"space-before-colon",
     {{0, GET("/1")}, {1, "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello"}, GET_OK("/2")}},
    {"spaces-in-uri", {{0, "GET /a b c HTTP/1.1\r\nHost: a\r\n\r\n"}, {1, OK("5", "hello")}}},
    {"no-colon",
     {{0, "GET /1 HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n"}, {1, OK("5", "hello")}, GET_OK("/2")}},
    {"methods",
     {{0, "PROPFIND / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"},
      {1, "HTTP/1.1 207 Multi-Status\r\nContent-Length: 2\r\n\r\nok"},
      {0, "DELETE /x HTTP/1.1\r\nHost: a\r\n\r\n"},
      {1, OK("0", "")},
      {0, "PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"},
      {1, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"}}},
    {"answer-first",
     {{0, "POST /big HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello"},
      {1, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"},
      {0, "world"},
      GET_OK("/2")}},
};

const char *
oddity_name(size_t i)
{
	return i < sizeof(oddities) / sizeof(oddities[0]) ? oddities[i].name : NULL;
}

size_t
oddity_talk(struct talk *t, size_t i, uint32_t seed, size_t drop)
{
	const struct oddity *o = &oddities[i];
	uint32_t random = seed * 2654435761U + 1;
	size_t segments = 0;
	talk_handshake(t, 40000, 80);
	for (unsigned k = 0; k < TURNS && o->turn[k].text; k++) {
		const char *p = o->turn[k].text;
		unsigned from = o->turn[k].from;
		for (size_t n = strlen(p); n;) {
			/* The first seed has whole turns, as they mostly are. */
			size_t most = seed ? 1 + talk_random(&random) % 40 : MSS;
			size_t now = n < most ? n : most;
			if (segments++ == drop)
				t->next[from] += (uint32_t)now;
			else
				talk_send(t, from, p, now);
			p += now;
			n -= now;
		}
		talk_ack(t, !from);
	}
	talk_close(t, 1);
	return segments;
}
