/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segments in flight: a list a side, ordered by sequence number, in a pool shared by all
 * connections. In the ordinary case a segment is added at the tail and taken from the head.
 */
#include <stddef.h>

#include "tcp_priv.h"

void
ni_tcp_pool_init(struct ni_tcp_pool *pool, struct ni_tcp_seg *seg, uint32_t n)
{
	*pool = (struct ni_tcp_pool){.seg = seg, .size = n, .free = n ? 0 : NI_TCP_NO_SEG};
	for (uint32_t i = 0; i < n; i++)
		seg[i].next = i + 1 < n ? i + 1 : NI_TCP_NO_SEG;
}

static void
give_back(struct ni_tcp_pool *pool, uint32_t i)
{
	pool->seg[i].next = pool->free;
	pool->free = i;
	pool->used--;
}

uint32_t
ni_tcp_segs_copy(const struct ni_tcp_pool *pool, const struct ni_tcp_side *side,
		 struct ni_tcp_seg *to, uint32_t n)
{
	uint32_t k = 0;
	for (uint32_t i = side->head; i != NI_TCP_NO_SEG && k < n; i = pool->seg[i].next)
		to[k++] = pool->seg[i];
	return k;
}

void
ni_tcp_segs_put(struct ni_tcp_pool *pool, struct ni_tcp_side *side, const struct ni_tcp_seg *seg,
		uint32_t n)
{
	side->head = side->tail = NI_TCP_NO_SEG;
	side->count = 0;
	for (uint32_t k = 0; k < n && pool->free != NI_TCP_NO_SEG; k++) {
		uint32_t i = pool->free;
		pool->free = pool->seg[i].next;
		pool->used++;
		pool->seg[i] = seg[k];
		pool->seg[i].next = NI_TCP_NO_SEG;
		if (side->tail == NI_TCP_NO_SEG)
			side->head = i;
		else
			pool->seg[side->tail].next = i;
		side->tail = i;
		side->count++;
	}
}

/* Make a segment behind @prev, or at the head if that is NI_TCP_NO_SEG. */
static void
insert(struct ni_tcp_pool *pool, struct ni_tcp_side *s, uint32_t prev, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	uint32_t end = x->end;

	if (s->count >= NI_TCP_QUEUE || pool->free == NI_TCP_NO_SEG) {
		/* An unbroken run may go on in its last segment; all but its own round trip stays
		 * true. */
		if (prev != NI_TCP_NO_SEG && prev == s->tail && pool->seg[prev].end == in->seq)
			pool->seg[prev].end = end;
		pool->missed++;
		return;
	}
	uint32_t i = pool->free;
	struct ni_tcp_seg *g = &pool->seg[i];
	pool->free = g->next;
	pool->used++;
	s->count++;
	*g = (struct ni_tcp_seg){.ts_ns = in->ts_ns,
				 .re_ns = in->ts_ns,
				 .frame = in->frame,
				 .seq = in->seq,
				 .end = end,
				 .lost = x->dropped};
	if (prev == NI_TCP_NO_SEG) {
		g->next = s->head;
		s->head = i;
	} else {
		g->next = pool->seg[prev].next;
		pool->seg[prev].next = i;
	}
	if (g->next == NI_TCP_NO_SEG)
		s->tail = i;
}

void
ni_tcp_segs_add(struct ni_tcp_pool *pool, struct ni_tcp_side *s, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	uint32_t end = x->end;

	if (!pool)
		return;
	if (s->tail == NI_TCP_NO_SEG || seq_ge(in->seq, pool->seg[s->tail].end)) {
		insert(pool, s, s->tail, x);
		return;
	}
	uint32_t prev = NI_TCP_NO_SEG;
	bool known = false;
	for (uint32_t i = s->head; i != NI_TCP_NO_SEG; i = pool->seg[i].next) {
		struct ni_tcp_seg *g = &pool->seg[i];
		if (seq_gt(g->seq, in->seq))
			break;
		if (seq_ge(in->seq, g->seq) && seq_le(end, g->end)) {
			g->lost &= x->dropped;
			g->re_ns = in->ts_ns;
			known |= g->seq == in->seq && g->end == end;
		}
		prev = i;
	}
	/* A longer one that swallows several sent before: all of them are there again. */
	for (uint32_t i = prev == NI_TCP_NO_SEG ? s->head : pool->seg[prev].next;
	     i != NI_TCP_NO_SEG && seq_le(pool->seg[i].end, end); i = pool->seg[i].next) {
		pool->seg[i].lost &= x->dropped;
		pool->seg[i].re_ns = in->ts_ns;
	}
	if (!known)
		insert(pool, s, prev, x);
}

const struct ni_tcp_seg *
ni_tcp_segs_ack(struct ni_tcp_pool *pool, struct ni_tcp_side *s, uint32_t ack)
{
	const struct ni_tcp_seg *hit = NULL;
	if (!pool)
		return NULL;
	while (s->head != NI_TCP_NO_SEG && seq_le(pool->seg[s->head].end, ack)) {
		uint32_t i = s->head;
		const struct ni_tcp_seg *g = &pool->seg[i];
		/* Given back, but untouched until the next one is taken. */
		if (g->end == ack && (!hit || g->frame < hit->frame))
			hit = g;
		s->head = g->next;
		s->count--;
		if (s->head == NI_TCP_NO_SEG)
			s->tail = NI_TCP_NO_SEG;
		give_back(pool, i);
	}
	if (s->head != NI_TCP_NO_SEG && seq_lt(pool->seg[s->head].seq, ack))
		pool->seg[s->head].seq = ack;
	return hit;
}

void
ni_tcp_segs_free(struct ni_tcp_pool *pool, struct ni_tcp_side *s)
{
	while (pool && s->head != NI_TCP_NO_SEG) {
		uint32_t i = s->head;
		s->head = pool->seg[i].next;
		give_back(pool, i);
	}
	s->head = s->tail = NI_TCP_NO_SEG;
	s->count = 0;
}

struct ni_tcp_seg *
ni_tcp_segs_find(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s, uint32_t seq)
{
	for (uint32_t i = pool ? s->head : NI_TCP_NO_SEG; i != NI_TCP_NO_SEG; i = pool->seg[i].next)
		if (seq_ge(pool->seg[i].seq, seq))
			return &pool->seg[i];
	return NULL;
}

/* How far segments follow one another from @from, with those known to be lost or without. */
static uint32_t
reach(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s, uint32_t from, bool lost)
{
	for (uint32_t i = pool ? s->head : NI_TCP_NO_SEG; i != NI_TCP_NO_SEG;
	     i = pool->seg[i].next) {
		const struct ni_tcp_seg *g = &pool->seg[i];
		if (seq_gt(g->seq, from))
			break;
		if ((lost || !g->lost) && seq_gt(g->end, from))
			from = g->end;
	}
	return from;
}

uint32_t
ni_tcp_segs_reach(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s, uint32_t from)
{
	return reach(pool, s, from, false);
}

uint32_t
ni_tcp_segs_cover(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s, uint32_t from)
{
	return reach(pool, s, from, true);
}

uint32_t
ni_tcp_segs_top(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s, uint32_t from)
{
	for (uint32_t i = pool ? s->head : NI_TCP_NO_SEG; i != NI_TCP_NO_SEG; i = pool->seg[i].next)
		if (!pool->seg[i].lost && seq_gt(pool->seg[i].end, from))
			from = pool->seg[i].end;
	return from;
}

static bool
sacked(const struct ni_tcp_opts *o, const struct ni_tcp_seg *g)
{
	for (unsigned i = 0; i < o->nsack; i++)
		if (seq_le(o->sack[i][0], g->seq) && seq_ge(o->sack[i][1], g->end))
			return true;
	return false;
}

void
ni_tcp_segs_lost(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s,
		 const struct ni_tcp_seen *x, int64_t before)
{
	uint32_t ack = x->in->ack;
	for (uint32_t i = pool ? s->head : NI_TCP_NO_SEG; i != NI_TCP_NO_SEG;
	     i = pool->seg[i].next) {
		struct ni_tcp_seg *g = &pool->seg[i];
		if (sacked(&x->opt, g))
			g->lost = false;
		else if (seq_le(g->seq, ack) ||
			 ((x->opt.nsack || !x->in->win) && g->re_ns < before))
			g->lost = true;
	}
}

uint32_t
ni_tcp_segs_span(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s)
{
	if (!pool || s->head == NI_TCP_NO_SEG)
		return 0;
	uint32_t end = pool->seg[s->tail].end;
	return (seq_gt(s->snd_nxt, end) ? s->snd_nxt : end) - pool->seg[s->head].seq;
}
