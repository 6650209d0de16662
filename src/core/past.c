/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sessions know of TCP connections, copied to be gone on from later: a view makes a row far
 * into a long connection without taking in all that came before. See netinspect/session.h.
 */
#include "past.h"

#include <stdlib.h>
#include <string.h>

#include "netinspect/proto.h"
#include "netinspect/session.h"
#include "stream_priv.h"
#include "tcp_priv.h"

struct ni_pasts {
	struct ni_streams *room;
};

struct ni_pasts *
ni_pasts_new(size_t max_bytes)
{
	struct ni_pasts *p = calloc(1, sizeof(*p));
	struct ni_streams_opts o = {.max_bytes = max_bytes};
	if (p)
		p->room = ni_streams_new(NULL, &o);
	if (p && !p->room)
		ni_pasts_free(&p);
	return p;
}

void
ni_pasts_free(struct ni_pasts **p)
{
	if (!*p)
		return;
	ni_streams_free(&(*p)->room);
	free(*p);
	*p = NULL;
}

size_t
ni_pasts_bytes(const struct ni_pasts *p)
{
	return p->room->mem.used;
}

struct ni_streams *
ni_pasts_room(struct ni_pasts *p)
{
	return p->room;
}

void
ni_past_free(struct ni_past **p)
{
	if (!*p)
		return;
	struct ni_streams *room = (*p)->room;
	ni_stream_forget(room, &(*p)->stream, &(*p)->tcp.c);
	ni_bound_free(&room->mem, *p);
	*p = NULL;
}

static struct ni_tcp *
tcp_of(const struct ni_flow *f)
{
	void *p = f->conn;
	return p;
}

struct ni_past *
ni_past_make(struct ni_streams *room, const struct ni_flow *f, const struct ni_tcp_pool *pool)
{
	const struct ni_tcp *t = tcp_of(f);
	uint32_t n = (uint32_t)t->side[0].count + t->side[1].count;
	struct ni_past *p = ni_bound_alloc(&room->mem, sizeof(*p) + n * sizeof(p->seg[0]));
	if (!p)
		return NULL;
	*p = (struct ni_past){
	    .room = room,
	    .key = {.len = f->key_len},
	    .first = f->first,
	    .list = f->list,
	    .opaque = f->opaque,
	    .tcp = *t,
	};
	memcpy(p->key.b, f->key, f->key_len);
	for (unsigned i = 0; i < 2; i++)
		p->nsegs[i] = ni_tcp_segs_copy(pool, &t->side[i], p->seg + (i ? p->nsegs[0] : 0),
					       t->side[i].count);
	if (!ni_stream_copy(room, &p->stream, f->stream, &p->tcp.c))
		ni_past_free(&p);
	return p;
}

bool
ni_past_put(const struct ni_past *p, struct ni_flow *f, struct ni_tcp_pool *pool,
	    struct ni_streams *ss)
{
	struct ni_tcp *t = tcp_of(f);
	*t = p->tcp;
	ni_tcp_segs_put(pool, &t->side[0], p->seg, p->nsegs[0]);
	ni_tcp_segs_put(pool, &t->side[1], p->seg + p->nsegs[0], p->nsegs[1]);
	f->opaque = p->opaque;
	if (ni_stream_copy(ss, &f->stream, p->stream, f->conn))
		return true;
	ni_tcp_segs_free(pool, &t->side[0]);
	ni_tcp_segs_free(pool, &t->side[1]);
	return false;
}

/* ---- streams ---- */

static size_t
aligned(size_t n)
{
	return (n + 15) & ~(size_t)15;
}

struct ni_stream_layout
ni_stream_layout(const struct ni_proto *proto)
{
	const struct ni_stream_ops *ops = proto->stream;
	return (struct ni_stream_layout){aligned(ops->state_size), aligned(ops->shared_size)};
}

void
ni_stream_place(struct ni_stream *st, const struct ni_proto *proto, uint8_t *block)
{
	struct ni_stream_layout is = ni_stream_layout(proto);
	st->proto = proto;
	st->block = block;
	st->state[0] = block;
	st->state[1] = block + is.one;
	st->shared = block + 2 * is.one;
}

static bool
copy_chunks(struct ni_streams *ss, struct ni_order *to, const struct ni_order *from)
{
	struct ni_chunk **end = &to->first;
	for (const struct ni_chunk *c = from->first; c; c = c->after) {
		struct ni_chunk *own = ni_bound_alloc(&ss->mem, sizeof(*own) + c->cap);
		if (!own)
			return false;
		memcpy(own, c, sizeof(*own) + c->cap);
		own->after = NULL;
		*end = to->last = own;
		end = &own->after;
		to->nchunks++;
		to->bytes += c->cap;
	}
	return true;
}

static bool
copy_half(struct ni_streams *ss, struct ni_half *to, const struct ni_half *from)
{
	*to = *from;
	to->head = NULL;
	to->start = NULL;
	to->head_cap = 0;
	to->order.first = to->order.last = NULL;
	to->order.prev = to->order.later = NULL;
	to->order.nchunks = 0;
	to->order.bytes = 0;
	if (from->head && from->head_cap) {
		to->head = ni_bound_alloc(&ss->mem, from->head_cap);
		if (!to->head)
			return false;
		to->head_cap = from->head_cap;
		memcpy(to->head, from->head, from->head_len);
	}
	bool ok = copy_chunks(ss, &to->order, &from->order);
	ni_stream_queue(ss, &to->order);
	return ok;
}

static bool
copy_protocol(struct ni_streams *ss, struct ni_stream *to, const struct ni_stream *from)
{
	if (!from->proto)
		return true;
	struct ni_stream_layout is = ni_stream_layout(from->proto);
	uint8_t *block = ni_bound_alloc(&ss->mem, 2 * is.one + is.shared);
	if (!block)
		return false;
	memcpy(block, from->block, 2 * is.one + is.shared);
	ni_stream_place(to, from->proto, block);
	return !from->proto->stream->copy ||
	       from->proto->stream->copy(to->shared, from->shared, &ss->host);
}

bool
ni_stream_copy(struct ni_streams *ss, struct ni_stream **to, const struct ni_stream *from,
	       struct ni_conn *conn)
{
	*to = NULL;
	if (!from)
		return true;
	struct ni_stream *st = ni_bound_alloc(&ss->mem, sizeof(*st));
	if (!st)
		return false;
	memset(st, 0, sizeof(*st));
	st->messages = from->messages;
	st->changes = from->changes;
	*to = st;
	bool ok = copy_half(ss, &st->half[0], &from->half[0]) &&
		  copy_half(ss, &st->half[1], &from->half[1]) && copy_protocol(ss, st, from);
	if (!ok)
		ni_stream_forget(ss, to, conn);
	return ok;
}

void
ni_stream_forget(struct ni_streams *ss, struct ni_stream **st, struct ni_conn *conn)
{
	struct ni_run r = {.ss = ss, .st = *st, .conn = conn};
	struct ni_streams_opts o = ss->o;
	if (!*st)
		return;
	for (unsigned i = 0; i < 2; i++) {
		struct ni_half *h = &(*st)->half[i];
		ni_order_clear(&h->order, &ss->mem);
		ni_stream_queue(ss, &h->order);
		ni_bound_free(&ss->mem, h->head);
	}
	ss->o.tell = NULL;
	ni_message_end(&r);
	ss->o = o;
	ni_bound_sweep(&ss->mem);
	ni_bound_free(&ss->mem, *st);
	*st = NULL;
}
