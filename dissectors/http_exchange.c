/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exchanges in the making; see http_exchange.h. */
#include "http_exchange.h"

#include <string.h>

#include "netinspect/conn.h"

enum {
	OUTSTANDING_MAX = 256, /* requests of one connection that wait for their response */
	URI_MAX = 8 * 1024,    /* kept of a full URI */
};

static void
copy(char *to, size_t size, const uint8_t *p, struct http_part part)
{
	size_t n = part.len < size - 1 ? part.len : size - 1;
	memcpy(to, p + part.off, n);
	to[n] = '\0';
}

static void
tell(struct ni_scan_ctx *c, struct http_node *node)
{
	c->host->tell_http(c->host, c->conn, &node->x);
	c->host->release(c->host, node);
}

/* Nobody writes into @node any more: tell of it. */
static void
settle(struct ni_scan_ctx *c, struct http_node *node)
{
	if (node->answered && !node->request_open && !node->response_open)
		tell(c, node);
}

static void
push(struct http_queue *q, struct http_node *node)
{
	if (q->last)
		q->last->next = node;
	else
		q->first = node;
	q->last = node;
	node->queued = true;
	q->count++;
}

static struct http_node *
pop(struct http_queue *q)
{
	struct http_node *node = q->first;
	if (!node)
		return NULL;
	q->first = node->next;
	if (!q->first)
		q->last = NULL;
	node->queued = false;
	q->count--;
	return node;
}

static struct http_node *
new_node(struct ni_scan_ctx *c, size_t uri)
{
	struct http_queue *q = c->shared;
	struct http_node *node = c->host->alloc(c->host, sizeof(*node) + uri);
	if (!node) {
		c->host->dropped(c->host);
		return NULL;
	}
	node->x.stream = c->conn->id;
	node->x.number = ++q->exchanges;
	node->x.request_before = q->last_request;
	node->x.response_before = q->last_response;
	return node;
}

static void
fill_uri(struct http_node *node, const uint8_t *p, const struct http_start *s,
	 const struct http_framing *f, bool host)
{
	static const char scheme[] = "http://";
	size_t n = 0;
	size_t room = URI_MAX;
	if (host) {
		size_t len = f->host.len < room / 2 ? f->host.len : room / 2;
		memcpy(node->full_uri, scheme, sizeof(scheme) - 1);
		n = sizeof(scheme) - 1;
		memcpy(node->full_uri + n, p + f->host.off, len);
		n += len;
	}
	size_t len = s->uri.len < room - n ? s->uri.len : room - n;
	memcpy(node->full_uri + n, p + s->uri.off, len);
	node->x.full_uri = node->full_uri;
	node->x.full_uri_len = (uint32_t)(n + len);
}

struct http_node *
http_begin_request(struct ni_scan_ctx *c, const uint8_t *p, const struct http_start *s,
		   const struct http_framing *f)
{
	struct http_queue *q = c->shared;
	bool host = http_wants_host(p, s, f);
	size_t uri = s->uri.len + (host ? f->host.len + sizeof("http://") : 0);
	/* Behind one that found no room none can be found again. */
	if (q->lost || q->count == OUTSTANDING_MAX) {
		q->lost++;
		c->host->dropped(c->host);
		return NULL;
	}
	struct http_node *node = new_node(c, uri < URI_MAX ? uri : URI_MAX);
	if (!node) {
		q->lost++;
		return NULL;
	}
	struct ni_http_exchange *x = &node->x;
	fill_uri(node, p, s, f, host);
	copy(x->method, sizeof(x->method), p, s->method);
	copy(x->uri, sizeof(x->uri), p, s->uri);
	copy(x->host, sizeof(x->host), p, f->host);
	copy(x->user_agent, sizeof(x->user_agent), p, f->agent);
	copy(x->referrer, sizeof(x->referrer), p, f->referrer);
	x->request_version = s->version;
	x->request_first = c->first_frame;
	x->request_first_ns = c->first_ns;
	node->request_open = true;
	node->head = http_is(p, s->method, "HEAD");
	node->connect = http_is(p, s->method, "CONNECT");
	if (q->first && !q->response_lost && !c->peer_lost) {
		x->flags |= NI_HTTP_PIPELINED;
		q->pipelines = true;
	}
	/* RFC 9112 section 9.3: HTTP/1.1 goes on unless told otherwise, 1.0 the other way round. */
	if (!f->close && (s->version >= 11 || f->keep_alive))
		x->flags |= NI_HTTP_KEEP_ALIVE;
	push(q, node);
	return node;
}

/*
 * The request that the response now beginning answers. After a loss, who never sends two requests
 * at once must have had the answers to all but the last.
 */
static struct http_node *
match(struct ni_scan_ctx *c)
{
	struct http_queue *q = c->shared;
	while (q->response_lost && !q->pipelines && q->first && q->first->next) {
		struct http_node *node = q->first;
		pop(q);
		node->x.flags |= NI_HTTP_GAP;
		node->answered = true;
		settle(c, node);
	}
	q->response_lost = false;
	return q->first;
}

static void
fill_response(struct ni_scan_ctx *c, struct ni_http_exchange *x, const uint8_t *p,
	      const struct http_start *s, const struct http_framing *f)
{
	x->status = s->status;
	x->response_version = s->version;
	copy(x->reason, sizeof(x->reason), p, s->phrase);
	copy(x->type, sizeof(x->type), p, f->type);
	copy(x->encoding, sizeof(x->encoding), p, f->encoding);
	x->response_first = c->first_frame;
	x->response_first_ns = c->first_ns;
	if (f->chunked)
		x->flags |= NI_HTTP_CHUNKED;
	if (f->close || (s->version < 11 && !f->keep_alive))
		x->flags &= (uint16_t)~NI_HTTP_KEEP_ALIVE;
}

static bool
is_interim(const struct http_start *s)
{
	return s->status / 100 == 1 && s->status != 101;
}

struct http_node *
http_begin_response(struct ni_scan_ctx *c, const uint8_t *p, const struct http_start *s,
		    const struct http_framing *f)
{
	struct http_queue *q = c->shared;
	struct http_node *node = match(c);
	q->responses++;
	if (node && is_interim(s)) {
		node->x.informational++;
		node->x.response_number = q->responses;
		return node;
	}
	if (is_interim(s))
		return NULL;
	if (node) {
		pop(q);
	} else if (q->lost) {
		q->lost--;
		return NULL;
	} else {
		node = new_node(c, 0);
		if (!node)
			return NULL;
		node->x.flags |= NI_HTTP_NO_REQUEST;
	}
	node->response_open = true;
	node->x.response_number = q->responses;
	node->x.response_before = q->last_response;
	fill_response(c, &node->x, p, s, f);
	return node;
}

void
http_end_request(struct ni_scan_ctx *c, struct http_node *node, uint64_t body)
{
	struct http_queue *q = c->shared;
	q->last_request = c->frame;
	c->request = true;
	if (!node)
		return;
	node->x.request_frame = c->frame;
	node->x.request_last_ns = c->ts_ns;
	node->x.request_body = body;
	node->request_open = false;
	settle(c, node);
}

void
http_end_response(struct ni_scan_ctx *c, struct http_node *node, uint64_t body)
{
	struct http_queue *q = c->shared;
	q->last_response = c->frame;
	if (!node || !node->response_open)
		return; /* an interim one */
	node->x.response_frame = c->frame;
	node->x.response_last_ns = c->ts_ns;
	node->x.response_body = body;
	node->response_open = false;
	node->answered = true;
	settle(c, node);
}

void
http_end_all(struct ni_scan_ctx *c)
{
	struct http_queue *q = c->shared;
	for (unsigned i = 0; i < 2; i++) {
		struct http_node *node = q->open[i];
		if (node && !node->queued && node != q->open[!i])
			tell(c, node);
		q->open[i] = NULL;
	}
	for (struct http_node *node; (node = pop(q));)
		tell(c, node);
}

static struct http_node *
copy_node(const struct http_node *from, struct ni_stream_host *h)
{
	size_t uri = from->x.full_uri ? from->x.full_uri_len : 0;
	struct http_node *node = h->alloc(h, sizeof(*node) + uri);
	if (!node)
		return NULL;
	memcpy(node, from, sizeof(*node));
	memcpy(node->full_uri, from->full_uri, uri);
	node->next = NULL;
	if (from->x.full_uri)
		node->x.full_uri = node->full_uri;
	return node;
}

bool
http_queue_copy(void *to, const void *from, struct ni_stream_host *h)
{
	struct http_queue *q = to;
	const struct http_queue *was = from;
	bool ok = true;
	q->first = q->last = q->open[0] = q->open[1] = NULL;
	q->count = 0;
	for (const struct http_node *x = was->first; x && ok; x = x->next) {
		struct http_node *node = copy_node(x, h);
		ok = node != NULL;
		if (!node)
			break;
		push(q, node);
		for (unsigned i = 0; i < 2; i++)
			if (was->open[i] == x)
				q->open[i] = node;
	}
	for (unsigned i = 0; i < 2 && ok; i++) {
		const struct http_node *x = was->open[i];
		if (!x || x->queued)
			continue;
		q->open[i] = i && x == was->open[0] ? q->open[0] : copy_node(x, h);
		ok = q->open[i] != NULL;
	}
	return ok;
}
