/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which response answers which request: in the order of the requests (RFC 9112 section 9.3.2), with
 * a bounded queue for each connection.
 */
#ifndef NI_HTTP_EXCHANGE_H
#define NI_HTTP_EXCHANGE_H

#include "http.h"
#include "netinspect/http.h"

/* An exchange in the making. From its request's head on it stands in the connection's queue; the
 * response takes it out. It is told when both sides are through with it. */
struct http_node {
	struct ni_http_exchange x;
	struct http_node *next;
	bool queued;
	bool request_open, response_open;
	bool answered; /* a response has ended, or none will come */
	bool head;     /* its response has no body (RFC 9112 section 6.3) */
	bool connect;
	char full_uri[];
};

struct http_queue {
	struct http_node *first, *last; /* requests waiting for their response */
	struct http_node *open[2];      /* by direction: that of the message being received */
	uint32_t count;
	uint32_t lost; /* requests behind them that found no room */
	uint32_t exchanges, responses;
	uint64_t last_request, last_response; /* frames */
	bool pipelines;     /* a request came before the answer to the one before */
	bool response_lost; /* bytes are missing from the responses: an answer may be among them */
};

/** A request's head is there, in the bytes @p: make its exchange and let it wait. NULL: no room. */
struct http_node *http_begin_request(struct ni_scan_ctx *c, const uint8_t *p,
				     const struct http_start *s, const struct http_framing *f);

/** A response's head is there: find its request. Interim ones leave it waiting. May be NULL. */
struct http_node *http_begin_response(struct ni_scan_ctx *c, const uint8_t *p,
				      const struct http_start *s, const struct http_framing *f);

/** The request has ended. @node may be NULL. */
void http_end_request(struct ni_scan_ctx *c, struct http_node *node, uint64_t body);

/** The response has ended. @node may be NULL, or that of a request still waiting. */
void http_end_response(struct ni_scan_ctx *c, struct http_node *node, uint64_t body);

/** Copy what @to, a copy of @from byte by byte, points to. False: no room for all of it. */
bool http_queue_copy(void *to, const void *from, struct ni_stream_host *h);

/** Tell of all that is left, answered or not. */
void http_end_all(struct ni_scan_ctx *c);

#endif
