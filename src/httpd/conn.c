/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state machine of a connection; see core.h. */
#include <stdlib.h>
#include <string.h>

#include "conn_priv.h"

enum { WAIT_FIN_MS = 20000, HALF_SECOND_MS = 500, EMPTY_LINES_MAX = 8 };

void
ni_hd_env_set(struct ni_hd_env *env, int64_t now_ms, time_t wall)
{
	env->now_ms = now_ms;
	if (env->wall == wall && env->date[0])
		return;
	env->wall = wall;
	ni_hd_date(env->date, wall);
}

static void
set_deadline(struct ni_hd_conn *c, uint32_t ms)
{
	c->deadline_ms = c->env->now_ms + ms;
	c->phase_bytes = 0;
}

/* Bytes that moved give more time, at the rate asked for; so a trickle runs out of it. */
static int64_t
deadline(const struct ni_hd_conn *c)
{
	uint32_t rate = c->core->limits.body_rate;
	if (c->phase == NI_HD_LINGER || (c->phase == NI_HD_REQUEST && !c->out) || !rate)
		return c->deadline_ms;
	return c->deadline_ms + (int64_t)c->phase_bytes * 1000 / rate;
}

void
ni_hd_conn_init(struct ni_hd_conn *c, const struct ni_hd_core *core, const struct ni_hd_env *env)
{
	*c = (struct ni_hd_conn){.core = core, .env = env, .knobs = &core->knobs};
	set_deadline(c, core->limits.head_ms);
	if (core->knobs.no_read_ms)
		c->read_hold_ms = env->now_ms + core->knobs.no_read_ms;
}

void
ni_hd_conn_fini(struct ni_hd_conn *c)
{
	ni_hd_outq_free(c);
	ni_hd_body_free(c->core, c->body);
	c->body = NULL;
	free(c->in);
	free(c->own_knobs);
	c->in = NULL;
	c->own_knobs = NULL;
	c->in_len = c->in_cap = 0;
}

static void
end(struct ni_hd_conn *c, enum ni_hd_phase phase)
{
	ni_hd_conn_fini(c);
	c->knobs = &c->core->knobs;
	c->phase = phase;
}

/* The client's FIN is here and all is sent: close now, or late if a knob says so. */
static void
passive_close(struct ni_hd_conn *c)
{
	const struct ni_hd_knobs *k = c->knobs;
	if (k->close_delay_ms) {
		c->phase = NI_HD_HOLD;
		set_deadline(c, k->close_delay_ms);
	} else {
		end(c, NI_HD_CLOSED);
	}
}

/* Everything queued before the end of the connection is sent. */
static void
finish(struct ni_hd_conn *c)
{
	const struct ni_hd_knobs *k = c->knobs;
	if (k->abort == NI_HD_ABORT_UNREAD && c->unread) {
		end(c, NI_HD_CLOSED); /* the kernel answers unread data with a reset */
		return;
	}
	if (k->abort == NI_HD_ABORT_LINGER0) {
		end(c, NI_HD_ABORTED);
	} else if (c->eof) {
		passive_close(c);
	} else if (k->close_first == NI_HD_CLOSE_CLIENT) {
		c->phase = NI_HD_WAIT_FIN;
		set_deadline(c, WAIT_FIN_MS);
	} else if (k->close_first == NI_HD_CLOSE_BOTH) {
		/* The client waits for the same tick of the clock. */
		c->phase = NI_HD_HOLD;
		set_deadline(c, HALF_SECOND_MS - (uint32_t)(c->env->now_ms % HALF_SECOND_MS));
	} else if (c->unread || c->in_len || k->half_close) {
		/* RFC 9112 section 9.6: closing with data unread resets the connection, and the
		 * reset may reach the client before it has read the response. */
		c->phase = NI_HD_SHUT;
	} else {
		end(c, NI_HD_CLOSED);
	}
}

void
ni_hd_conn_shut(struct ni_hd_conn *c)
{
	if (c->phase != NI_HD_SHUT)
		return;
	c->fin_sent = !c->eof;
	c->phase = NI_HD_LINGER;
	set_deadline(c, c->knobs->half_close ? WAIT_FIN_MS : c->core->limits.linger_ms);
}

/* Refuse a request that cannot be parsed; nothing after it can be trusted. */
static void
refuse(struct ni_hd_conn *c, const char *p, size_t n, int status)
{
	struct ni_hd_request r;
	memset(&r, 0, offsetof(struct ni_hd_request, path));
	r.path_len = 0;
	r.method = NI_HD_UNKNOWN;
	r.minor = 1;
	const char *lf = n ? memchr(p, '\n', n) : NULL;
	size_t len = lf ? (size_t)(lf - p) : n;
	r.line = (struct ni_hd_span){p, len && p[len - 1] == '\r' ? len - 1 : len};
	/* A refused HEAD gets no content either. */
	if (n > 5 && !memcmp(p, "HEAD ", 5))
		r.method = NI_HD_HEAD;
	c->unread = true;
	ni_hd_body_free(c->core, c->body);
	c->body = NULL;
	ni_hd_respond(c, &r, status, NULL, 0);
}

static bool
take_socket_knobs(struct ni_hd_conn *c, struct ni_hd_span query)
{
	struct ni_hd_span name;
	struct ni_hd_span value;
	while (c->core->socket_knob && ni_hd_query_next(&query, &name, &value))
		if (!c->core->socket_knob(c, name, value))
			return false;
	return true;
}

/* Knobs in the query hold for this response alone, but for those of the socket. */
static bool
take_knobs(struct ni_hd_conn *c, const struct ni_hd_request *r)
{
	free(c->own_knobs);
	c->own_knobs = NULL;
	c->knobs = &c->core->knobs;
	if (!r->query.n || !c->core->url_knobs)
		return true;
	struct ni_hd_knobs k = c->core->knobs;
	bool was = k.any;
	k.any = false;
	if (!ni_hd_knobs_query(&k, r->query) || !take_socket_knobs(c, r->query))
		return false;
	if (!k.any) {
		k.any = was;
		return true;
	}
	c->own_knobs = malloc(sizeof(k));
	if (!c->own_knobs)
		return true;
	*c->own_knobs = k;
	c->knobs = c->own_knobs;
	return true;
}

static int
start_body(struct ni_hd_conn *c, const struct ni_hd_request *r, const char *p, size_t n)
{
	struct ni_hd_body *b = calloc(1, sizeof(*b));
	if (!b)
		return 503;
	c->body = b;
	b->head = malloc(n);
	if (!b->head)
		return 503;
	memcpy(b->head, p, n);
	b->head_len = n;
	b->chunked = r->chunked;
	b->left = r->length;
	b->keep = ni_hd_is_echo(r);
	c->phase = NI_HD_BODY;
	set_deadline(c, c->core->limits.body_ms);
	if (c->knobs->no_read_ms)
		c->read_hold_ms = c->env->now_ms + c->knobs->no_read_ms;
	return 0;
}

/* A complete head of @n bytes at @p. */
static void
on_head(struct ni_hd_conn *c, const char *p, size_t n)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	struct ni_hd_request r;
	int rc = ni_hd_request_parse(&r, p, n);
	c->requests++;
	if (!rc && !take_knobs(c, &r))
		rc = 400;
	bool body = r.chunked || r.length;
	if (!rc && r.length > c->core->limits.body_max)
		rc = 413;
	if (!rc && ni_hd_is_echo(&r) && !r.chunked && !r.has_length)
		rc = 411; /* RFC 9112 section 6.3 allows that: better than an empty echo */
	if (rc) {
		refuse(c, p, n, rc);
		return;
	}
	if (body && c->knobs->abort == NI_HD_ABORT_UNREAD)
		r.keep_alive = false;
	/* A client that waits for leave to send and does not get it may or may not send its body:
	 * the only safe end is to close (RFC 9110 section 10.1.1). */
	if (body &&
	    (c->knobs->abort == NI_HD_ABORT_UNREAD || (r.expect_continue && !ni_hd_is_echo(&r)))) {
		c->unread = true;
		r.keep_alive = false;
		ni_hd_respond(c, &r, 0, "", 0);
		return;
	}
	if (!body) {
		ni_hd_respond(c, &r, 0, "", 0);
		return;
	}
	rc = start_body(c, &r, p, n);
	if (rc)
		refuse(c, p, n, rc);
	else if (r.expect_continue)
		ni_hd_put(c, go_on, sizeof(go_on) - 1);
}

/* The @n bytes at @p are no request of HTTP/1: perhaps one of HTTP/0.9, if the knob is turned. */
static void
on_other(struct ni_hd_conn *c, const char *p, size_t n, int status)
{
	struct ni_hd_request r;
	c->requests++;
	if (c->core->knobs.http09 && !ni_hd_request_simple(&r, p, n))
		ni_hd_respond(c, &r, 0, "", 0);
	else
		refuse(c, p, n, status);
}

/* Take what belongs to the body from @n bytes at @p; returns how much that was. */
static size_t
take_body(struct ni_hd_conn *c, const char *p, size_t n)
{
	struct ni_hd_body *b = c->body;
	size_t used = n;
	int rc = ni_hd_body_take(c->core, b, p, &used);
	c->phase_bytes += used;
	if (!rc)
		return used;
	c->body = NULL;
	c->phase = NI_HD_REQUEST;
	if (rc == 1) {
		struct ni_hd_request r;
		/* What comes back is counted in its turn; for the moment of copying there are two.
		 */
		ni_hd_memory_give(c->core, b->cap);
		b->cap = 0;
		ni_hd_request_parse(&r, b->head, b->head_len); /* it was good before */
		ni_hd_respond(c, &r, 0, b->keep ? b->data : "", b->keep ? b->len : 0);
	} else {
		refuse(c, b->head, b->head_len, rc);
	}
	ni_hd_body_free(c->core, b);
	return used;
}

/* Use up what can be used of @n bytes at @p, which begin where the scan began. */
static size_t
process(struct ni_hd_conn *c, const char *p, size_t n)
{
	size_t used = 0;
	while (used < n && (c->phase == NI_HD_REQUEST || c->phase == NI_HD_BODY)) {
		if (c->phase == NI_HD_BODY) {
			used += take_body(c, p + used, n - used);
			continue;
		}
		/* Requests that wait behind a response are answered in order and in memory bounded
		 * by one read. */
		if (c->out && (c->knobs->any || c->out->len > 65536 || c->out->n > 1))
			break;
		const char *at = p + used;
		size_t left = n - used;
		if (!c->begun) {
			c->begun = true;
			if (!c->out && c->requests)
				set_deadline(c, c->core->limits.head_ms);
		}
		/* RFC 9112 section 2.2: an empty line before the request line is ignored; not
		 * any number of them. */
		if (!c->scan.lines && *at == '\r' && (left < 2 || at[1] == '\n')) {
			if (left < 2)
				break;
			c->scan = (struct ni_hd_scan){0};
			used += 2;
			if (++c->empty_lines > EMPTY_LINES_MAX)
				refuse(c, at, 2, 400);
			continue;
		}
		int rc = ni_hd_scan(&c->scan, at, left);
		if (rc == NI_HD_SCAN_MORE)
			break;
		size_t len = c->scan.pos;
		c->scan = (struct ni_hd_scan){0};
		c->begun = false;
		c->empty_lines = 0;
		if (rc == NI_HD_SCAN_DONE)
			on_head(c, at, len);
		else
			on_other(c, at, len, rc);
		used += len;
	}
	return used;
}

/* After input or output: the deadline of what the connection does now. */
static void
settle(struct ni_hd_conn *c, bool was_busy)
{
	const struct ni_hd_limits *l = &c->core->limits;
	if (c->phase == NI_HD_FLUSH && !c->out)
		finish(c);
	else if (c->phase == NI_HD_REQUEST && !c->out && was_busy)
		set_deadline(c, c->begun ? l->head_ms : l->keepalive_ms);
	if (c->eof && !c->out && (c->phase == NI_HD_REQUEST || c->phase == NI_HD_BODY)) {
		if (c->phase == NI_HD_BODY)
			refuse(c, NULL, 0, 400);
		else
			passive_close(c);
	}
	if (c->draining && ni_hd_conn_idle(c))
		end(c, NI_HD_CLOSED);
}

static bool
save(struct ni_hd_conn *c, const char *p, size_t n)
{
	if (c->in_cap - c->in_len < n) {
		size_t cap = c->in_len + n + 512;
		char *to = realloc(c->in, cap);
		if (!to) {
			end(c, NI_HD_ABORTED);
			return false;
		}
		c->in = to;
		c->in_cap = (uint32_t)cap;
	}
	memcpy(c->in + c->in_len, p, n);
	c->in_len += (uint32_t)n;
	return true;
}

/* Go on with the input that was kept. */
static void
resume(struct ni_hd_conn *c)
{
	if (!c->in_len || !c->in)
		return;
	size_t used = process(c, c->in, c->in_len);
	if (!c->in)
		return;
	c->in_len -= (uint32_t)used;
	if (c->in_len) {
		memmove(c->in, c->in + used, c->in_len);
	} else {
		free(c->in);
		c->in = NULL;
		c->in_cap = 0;
	}
}

void
ni_hd_conn_feed(struct ni_hd_conn *c, const char *p, size_t n)
{
	bool was_busy = c->out != NULL;
	c->bytes_in += n;
	if (c->phase != NI_HD_REQUEST && c->phase != NI_HD_BODY)
		return; /* lingering: read and drop */
	if (c->in_len) {
		if (!save(c, p, n))
			return;
		resume(c);
	} else {
		size_t used = process(c, p, n);
		if (used < n && (c->phase == NI_HD_REQUEST || c->phase == NI_HD_BODY))
			save(c, p + used, n - used);
		else if (used < n)
			c->unread = true;
	}
	settle(c, was_busy || c->out);
}

void
ni_hd_conn_eof(struct ni_hd_conn *c)
{
	c->eof = true;
	c->unread = false;
	if (c->phase == NI_HD_WAIT_FIN) {
		if (c->knobs->late_data)
			c->phase = NI_HD_FLUSH;
		else
			passive_close(c);
	} else if (c->phase == NI_HD_LINGER) {
		end(c, NI_HD_CLOSED);
	}
	if (c->knobs->late_data && c->requests && c->phase != NI_HD_CLOSED) {
		/* The late bytes stand in for a response that came after the client's FIN. */
		char late[64];
		memset(late, 'l', sizeof(late));
		for (uint32_t n = c->knobs->late_data; n; n -= n < 64 ? n : 64)
			ni_hd_put(c, late, n < 64 ? n : 64);
	}
	settle(c, false);
}

void
ni_hd_conn_sent(struct ni_hd_conn *c, size_t n)
{
	struct ni_hd_outq *q = c->out;
	const struct ni_hd_knobs *k = c->knobs;
	struct ni_hd_seg *s = &q->seg[q->first];
	c->bytes_out += n;
	c->phase_bytes += n;
	s->off += n;
	s->n -= n;
	if (!s->n) {
		if (s->file)
			c->core->site->put(c->core->site, s->file);
		q->first++;
	}
	if (k->any && k->abort == NI_HD_ABORT_AFTER && c->phase_bytes >= k->abort_after) {
		end(c, NI_HD_ABORTED);
		return;
	}
	if (q->first < q->n) {
		if (k->any && k->drip_ms) {
			c->hold_ms = c->env->now_ms + k->drip_ms;
			c->deadline_ms = c->hold_ms + c->core->limits.write_ms;
		}
		return;
	}
	ni_hd_outq_free(c);
	if (c->phase != NI_HD_FLUSH)
		resume(c);
	settle(c, true);
}

static void
timed_out(struct ni_hd_conn *c)
{
	c->timed_out = true;
	switch (c->phase) {
	case NI_HD_REQUEST:
	case NI_HD_BODY:
		if (c->out) {
			end(c, NI_HD_ABORTED); /* the client does not read */
			break;
		}
		/* Between requests silence is the answer; else say why (RFC 9110 section 15.5.9).
		 */
		if (c->phase == NI_HD_REQUEST && !c->begun && c->requests) {
			end(c, NI_HD_CLOSED);
			break;
		}
		refuse(c, c->in, c->in_len, 408);
		break;
	case NI_HD_FLUSH:
	case NI_HD_SHUT:
		end(c, NI_HD_ABORTED);
		break;
	case NI_HD_LINGER:
	case NI_HD_WAIT_FIN:
	case NI_HD_HOLD:
	case NI_HD_CLOSED:
		end(c, NI_HD_CLOSED);
		break;
	case NI_HD_ABORTED:
		break;
	}
}

void
ni_hd_conn_tick(struct ni_hd_conn *c)
{
	int64_t now = c->env->now_ms;
	if (c->hold_ms && now >= c->hold_ms)
		c->hold_ms = 0;
	if (c->read_hold_ms && now >= c->read_hold_ms)
		c->read_hold_ms = 0;
	if (now >= deadline(c))
		timed_out(c);
}

int64_t
ni_hd_conn_deadline(const struct ni_hd_conn *c)
{
	int64_t d = deadline(c);
	if (c->hold_ms && c->hold_ms < d)
		d = c->hold_ms;
	if (c->read_hold_ms && c->read_hold_ms < d)
		d = c->read_hold_ms;
	return d;
}

unsigned
ni_hd_conn_wants(const struct ni_hd_conn *c)
{
	unsigned w = 0;
	switch (c->phase) {
	case NI_HD_REQUEST:
	case NI_HD_BODY:
		if (!c->eof && (!c->out || c->phase == NI_HD_BODY) && !c->read_hold_ms)
			w = NI_HD_WANT_READ;
		break;
	case NI_HD_LINGER:
	case NI_HD_WAIT_FIN:
		if (!c->eof)
			w = NI_HD_WANT_READ;
		break;
	case NI_HD_SHUT:
		return NI_HD_WANT_SHUT;
	case NI_HD_CLOSED:
		return NI_HD_WANT_CLOSE;
	case NI_HD_ABORTED:
		return NI_HD_WANT_ABORT;
	case NI_HD_FLUSH:
	case NI_HD_HOLD:
		break;
	}
	if (c->out && !c->hold_ms)
		w |= NI_HD_WANT_WRITE;
	return w;
}

bool
ni_hd_conn_idle(const struct ni_hd_conn *c)
{
	return c->phase == NI_HD_REQUEST && !c->begun && !c->out && !c->in_len;
}

void
ni_hd_conn_drain(struct ni_hd_conn *c)
{
	c->draining = true;
	settle(c, false);
}

int64_t
ni_hd_conn_waited(const struct ni_hd_conn *c)
{
	const struct ni_hd_limits *l = &c->core->limits;
	if (c->phase != NI_HD_REQUEST || c->out || c->read_hold_ms)
		return -1;
	/* The deadline was set when the waiting began. */
	uint32_t ms = c->begun || !c->requests ? l->head_ms : l->keepalive_ms;
	return c->env->now_ms - (c->deadline_ms - ms);
}

void
ni_hd_conn_dismiss(struct ni_hd_conn *c)
{
	end(c, NI_HD_CLOSED);
}
