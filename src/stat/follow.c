/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -z follow: what the two ends of a conversation said, in the order of capture. Printed as it comes
 * where nothing else is printed; else kept until the end, as much as fits.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "follow.h"
#include "i18n.h"
#include "netinspect/stream.h"
#include "sink.h"

enum { KEEP_MAX = 64 * 1024 * 1024 };

/* What is kept of a chunk: this, then its bytes. */
struct kept {
	struct kept *next;
	uint64_t offset;
	size_t n;
	unsigned from;
	uint8_t bytes[];
};

struct follow {
	struct ni_sink sink;
	struct ni_out *out;
	struct follow_what what;
	struct follow_end node[2];
	struct ni_follow_http *http; /* NULL: not asked for */
	uint8_t first_side;          /* enum ni_side that is node 0 */
	bool begun;                  /* a packet of it was seen */
	bool alone, head_written;
	uint32_t chunks;
	uint64_t offset[2]; /* bytes that each node has sent */
	struct kept *first, **last;
	size_t kept;
	uint64_t dropped;
};

static bool
same_end(const struct follow_end *e, const struct ni_conn *c, unsigned side)
{
	return e->port == c->port[side] && e->addr.len == c->addr[side].len &&
	       !memcmp(e->addr.b, c->addr[side].b, e->addr.len);
}

static bool
is_ours(const struct follow *f, const struct ni_conn *c)
{
	const struct follow_end *e = f->what.end;
	if (c->ipproto != f->what.ipproto)
		return false;
	if (!f->what.by_ends)
		return c->id == f->what.stream;
	return (same_end(&e[0], c, 0) && same_end(&e[1], c, 1)) ||
	       (same_end(&e[0], c, 1) && same_end(&e[1], c, 0));
}

/* Node 0 is who is heard first, for HTTP of the messages. The same ends may meet again. */
static void
meet(struct follow *f, const struct ni_event *e)
{
	const struct ni_conn *c = e->conn;
	if (!f->begun && e->kind == (f->http ? NI_EV_BODY : NI_EV_CONN_NEW)) {
		f->begun = true;
		for (unsigned i = 0; i < 2; i++) {
			unsigned s = e->side ^ i;
			f->node[i] = (struct follow_end){c->addr[s], c->port[s]};
		}
	}
	if (f->begun)
		f->first_side = !same_end(&f->node[0], c, NI_CLIENT);
}

static void
write_head(struct follow *f)
{
	if (!f->head_written)
		ni_follow_head(f->out, &f->what, f->node);
	f->head_written = true;
}

static void
keep(struct follow *f, unsigned from, const uint8_t *p, size_t n)
{
	struct kept *k = NULL;
	if (n + sizeof(*k) <= KEEP_MAX - f->kept)
		k = malloc(sizeof(*k) + n);
	if (!k) {
		f->dropped += n;
		return;
	}
	*k = (struct kept){.offset = f->offset[from], .n = n, .from = from};
	memcpy(k->bytes, p, n);
	*f->last = k;
	f->last = &k->next;
	f->kept += n + sizeof(*k);
}

static void
chunk(struct follow *f, unsigned from, const uint8_t *p, size_t n)
{
	f->chunks++;
	if (f->chunks >= f->what.from && f->chunks <= f->what.to) {
		if (f->alone) {
			write_head(f);
			ni_follow_chunk(f->out, f->what.mode, from, f->offset[from], p, n);
		} else {
			keep(f, from, p, n);
		}
	}
	f->offset[from] += n;
}

/* @n bytes that node @from sent are not there. */
static void
missing(struct follow *f, unsigned from, uint64_t n)
{
	char s[64];
	struct ni_buf b = ni_buf(s, sizeof(s));
	ni_buf_fmt(&b,
		   NI_PLURAL("[%llu byte missing in capture file]",
			     "[%llu bytes missing in capture file]", n),
		   (unsigned long long)n);
	ni_buf_z(&b);
	chunk(f, from, (const uint8_t *)s, b.len + 1); /* with its NUL, as in tshark */
}

static void
http_chunk(void *ctx, unsigned side, const uint8_t *p, size_t n)
{
	struct follow *f = ctx;
	chunk(f, side ^ f->first_side, p, n);
}

static void
http_missing(void *ctx, unsigned side, uint64_t n)
{
	struct follow *f = ctx;
	missing(f, side ^ f->first_side, n);
}

static void
bytes(struct follow *f, unsigned from, const struct ni_stream_bytes *b)
{
	if (b->n)
		chunk(f, from, b->p, b->n);
	if (b->lost)
		missing(f, from, b->lost);
}

static void
event(struct ni_sink *s, const struct ni_event *e)
{
	struct follow *f = (struct follow *)s;
	if (!e->conn || !is_ours(f, e->conn))
		return;
	meet(f, e);
	if (e->kind == NI_EV_STREAM && !f->http)
		bytes(f, e->side ^ f->first_side, e->stream);
	else if (e->kind == NI_EV_BODY && f->http)
		ni_follow_http_event(f->http, e->side, e->body);
	else if (e->kind == NI_EV_CONN_END && f->http)
		ni_follow_http_end(f->http);
}

/* UDP has no streams: a chunk is a datagram. */
static void
datagram(struct ni_sink *s, const struct ni_dis *d)
{
	struct follow *f = (struct follow *)s;
	if (!d->conn || d->transport_layer >= d->nlayers || !is_ours(f, d->conn))
		return;
	struct ni_span data = ni_layer_payload(d, &d->layers[d->transport_layer]);
	unsigned from = d->dir ^ f->first_side;
	if (data.cap)
		chunk(f, from, data.p, data.cap);
	if (data.len > data.cap)
		missing(f, from, data.len - data.cap);
}

static int
finish(struct ni_sink *s, struct ni_err *err)
{
	struct follow *f = (struct follow *)s;
	write_head(f);
	for (const struct kept *k = f->first; k; k = k->next)
		ni_follow_chunk(f->out, f->what.mode, k->from, k->offset, k->bytes, k->n);
	if (f->dropped) {
		ni_buf_fmt(&f->out->b,
			   _("[%llu bytes did not fit into memory; -q with this -z alone shows "
			     "them all]\n"),
			   (unsigned long long)f->dropped);
		ni_out_line(f->out);
	}
	ni_follow_tail(f->out);
	return ni_out_flush(f->out, err);
}

static void
destroy(struct ni_sink *s)
{
	struct follow *f = (struct follow *)s;
	while (f->first) {
		struct kept *k = f->first;
		f->first = k->next;
		free(k);
	}
	ni_follow_http_free(&f->http);
	free(f);
}

static const struct ni_sink_ops tcp_ops = {
    .name = "follow", .event = event, .finish = finish, .free = destroy};
static const struct ni_sink_ops udp_ops = {
    .name = "follow,udp", .frame = datagram, .event = event, .finish = finish, .free = destroy};

struct ni_sink *
ni_stat_follow(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
	       struct ni_err *err)
{
	struct follow_what what;
	if (ni_stat_only_text(env, stat, args, err) || ni_follow_parse(&what, stat, args, err))
		return NULL;
	struct follow *f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->what = what;
	f->out = env->out;
	f->alone = env->alone;
	f->last = &f->first;
	f->sink.ops = what.ipproto == 17 ? &udp_ops : &tcp_ops;
	f->sink.want_streams = what.ipproto != 17 && !what.http;
	f->sink.want_bodies = what.http;
	struct ni_follow_out out = {http_chunk, http_missing, f};
	if (what.http && !(f->http = ni_follow_http_new(&out))) {
		free(f);
		return NULL;
	}
	return &f->sink;
}
