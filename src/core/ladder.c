/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a ladder keeps; see netinspect/ladder.h. Segments and messages stand in cells of one size,
 * sixteen to a block; blocks come from a pool that many ladders share. A ladder is a list of blocks
 * for its beginning and a queue of blocks for its end; what leaves either on the inner side is
 * added to the gap between them.
 */
#include "netinspect/ladder.h"

#include <stdlib.h>
#include <string.h>

#include "ladder_priv.h"
#include "netinspect/buf.h"
#include "netinspect/dis.h"
#include "netinspect/proto.h"
#include "netinspect/stream.h"
#include "protos.h"

enum { LEAST_KEPT = 16 };

struct ni_ladder_pool {
	struct ni_block *block;
	struct ni_block *free;
	size_t size, used;     /* blocks; those from used on were never handed out */
	struct ni_ladder rich; /* head of a ring: who gives way next */
};

struct ni_ladder_pool *
ni_ladder_pool_new(size_t bytes)
{
	struct ni_ladder_pool *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->size = bytes / sizeof(struct ni_block) + 2;
	p->block = malloc(p->size * sizeof(struct ni_block));
	p->rich.rich_next = p->rich.rich_prev = &p->rich;
	if (!p->block)
		ni_ladder_pool_free(&p);
	return p;
}

void
ni_ladder_pool_free(struct ni_ladder_pool **p)
{
	if (!*p)
		return;
	free((*p)->block);
	free(*p);
	*p = NULL;
}

/* ---- who can spare a block ---- */

static void
leave_ring(struct ni_ladder *l)
{
	if (!l->rich_next)
		return;
	l->rich_next->rich_prev = l->rich_prev;
	l->rich_prev->rich_next = l->rich_next;
	l->rich_next = l->rich_prev = NULL;
}

/* Everybody keeps one block of its beginning and one of its end. */
static void
update_ring(struct ni_ladder *l)
{
	struct ni_ladder *ring = &l->pool->rich;
	bool rich = l->head.blocks > 1 || l->tail.blocks > 1;
	if (!rich) {
		leave_ring(l);
	} else if (!l->rich_next) {
		l->rich_prev = ring->rich_prev;
		l->rich_next = ring;
		ring->rich_prev->rich_next = l;
		ring->rich_prev = l;
	}
}

static void
release(struct ni_ladder_pool *p, struct ni_block *b)
{
	b->next = p->free;
	p->free = b;
}

/* ---- the gap ---- */

static void
widen(struct ni_ladder_gap *g, uint64_t frame, int64_t ts_ns)
{
	if (!g->first_frame || frame < g->first_frame) {
		g->first_frame = frame;
		g->first_ns = ts_ns;
	}
	if (frame > g->last_frame) {
		g->last_frame = frame;
		g->last_ns = ts_ns;
	}
}

static void
count_out(struct ni_ladder *l, const struct ni_cell *c)
{
	struct ni_ladder_gap *g = &l->gap;
	if (c->kind == NI_CELL_MESSAGE)
		g->messages++;
	if (c->kind != NI_CELL_SEGMENT)
		return;
	g->segments[c->rung.side]++;
	g->bytes[c->rung.side] += c->rung.len;
	g->marked += c->rung.marks != 0;
	widen(g, c->rung.frame, c->rung.ts_ns);
}

/* The oldest block of the end, or the youngest of the beginning, goes into the gap. */
static void
give_way(struct ni_ladder *l)
{
	struct ni_blocks *from = l->tail.blocks > 1 ? &l->tail : &l->head;
	struct ni_block *b = from->first;
	struct ni_block *before = NULL;
	if (from == &l->head)
		for (; b->next; b = b->next)
			before = b;
	for (uint32_t i = b->from; i < b->to; i++)
		count_out(l, &b->cell[i]);
	from->blocks--;
	from->cells -= b->to - b->from;
	if (before) {
		before->next = NULL;
		from->last = before;
	} else {
		from->first = b->next;
	}
	release(l->pool, b);
}

/* A block for @l: a free one, or one that a richer ladder gives up, or NULL. */
static struct ni_block *
obtain(struct ni_ladder *l)
{
	struct ni_ladder_pool *p = l->pool;
	if (!p->free && p->used < p->size)
		release(p, &p->block[p->used++]);
	struct ni_ladder *rich = p->rich.rich_next;
	if (!p->free && rich != &p->rich) {
		give_way(rich);
		leave_ring(rich);
		update_ring(rich);
	}
	struct ni_block *b = p->free;
	if (!b)
		return NULL;
	p->free = b->next;
	b->next = NULL;
	b->from = b->to = 0;
	return b;
}

/* ---- cells ---- */

/* The oldest cell of the end goes into the gap. */
static void
drop_oldest(struct ni_ladder *l)
{
	struct ni_block *b = l->tail.first;
	count_out(l, &b->cell[b->from++]);
	l->tail.cells--;
	if (b->from < b->to || b == l->tail.last)
		return;
	l->tail.first = b->next;
	l->tail.blocks--;
	release(l->pool, b);
}

static struct ni_cell *
append(struct ni_ladder *l)
{
	bool whole = !l->tail.blocks && !l->gap.first_frame && !l->gap.messages;
	bool at_head = whole && l->head.cells < l->keep;
	struct ni_blocks *to = at_head ? &l->head : &l->tail;
	if (!at_head && l->tail.cells >= l->keep)
		drop_oldest(l);
	if (!to->last || to->last->to == NI_CELLS) {
		struct ni_block *b = obtain(l);
		if (!b)
			return NULL;
		/* What was obtained may have been the last of the beginning: go on at the end. */
		if (at_head && l->gap.first_frame)
			to = &l->tail;
		if (to->last)
			to->last->next = b;
		else
			to->first = b;
		to->last = b;
		to->blocks++;
		update_ring(l);
	}
	to->cells++;
	struct ni_cell *c = &to->last->cell[to->last->to++];
	c->toggled = false;
	return c;
}

struct ni_cell *
ni_ladder_cell(const struct ni_ladder *l, uint32_t at)
{
	const struct ni_blocks *in = &l->head;
	if (at >= in->cells) {
		at -= in->cells;
		in = &l->tail;
	}
	struct ni_block *b = in->first;
	while (at >= b->to - b->from) {
		at -= b->to - b->from;
		b = b->next;
	}
	return &b->cell[b->from + at];
}

/* ---- from outside ---- */

struct ni_ladder *
ni_ladder_new(struct ni_ladder_pool *p, uint32_t keep)
{
	struct ni_ladder *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->pool = p;
	l->keep = keep < LEAST_KEPT ? LEAST_KEPT : keep;
	l->said_side = NI_NOBODY;
	return l;
}

static void
release_all(struct ni_ladder *l, struct ni_blocks *list)
{
	for (struct ni_block *b = list->blocks ? list->first : NULL, *next; b; b = next) {
		next = b->next;
		release(l->pool, b);
	}
}

void
ni_ladder_free(struct ni_ladder **l)
{
	if (!*l)
		return;
	leave_ring(*l);
	release_all(*l, &(*l)->head);
	release_all(*l, &(*l)->tail);
	free((*l)->row);
	free(*l);
	*l = NULL;
}

void
ni_ladder_segment(struct ni_ladder *l, const struct ni_rung *r)
{
	if (!l->begun) {
		l->begun = true;
		l->was[0] = r->was[0];
		l->was[1] = r->was[1];
	}
	if (r->frame > l->last_frame)
		l->last_frame = r->frame;
	struct ni_cell *c = append(l);
	if (!c) {
		struct ni_cell lost = {.kind = NI_CELL_SEGMENT, .rung = *r};
		count_out(l, &lost);
		return;
	}
	c->kind = NI_CELL_SEGMENT;
	c->rung = *r;
}

static uint32_t
hash(const char *s, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (uint8_t)s[i]) * 16777619u;
	return h;
}

void
ni_ladder_message(struct ni_ladder *l, unsigned side, uint64_t frame, const char *text, size_t n)
{
	uint32_t h = hash(text, n);
	/* One record of encrypted data after another says nothing new. */
	if (!n || (l->said_side == side && l->said_hash == h))
		return;
	l->said_side = (uint8_t)side;
	l->said_hash = h;
	for (unsigned i = 0; i < NI_TEXT_CELLS && (!i || n); i++) {
		struct ni_cell *c = append(l);
		size_t k = n < NI_CELL_TEXT ? n : NI_CELL_TEXT;
		if (!c) {
			l->gap.messages += i == 0;
			return;
		}
		*c = (struct ni_cell){.kind = i ? NI_CELL_MORE : NI_CELL_MESSAGE,
				      .side = (uint8_t)side,
				      .len = (uint8_t)k};
		c->message.frame = frame;
		memcpy(c->message.text, text, k);
		text += k;
		n -= k;
	}
}

/* ---- messages of a frame ---- */

static void
say(struct ni_ladder *l, const struct ni_dis *d, const struct ni_buf *b)
{
	size_t n = b->len;
	while (n && b->p[n - 1] == ' ')
		n--;
	ni_ladder_message(l, d->dir, d->frame->number, b->p, n);
}

/* Messages whose first line says what they are. */
static void
say_line(struct ni_ladder *l, const struct ni_dis *d, const uint8_t *p, size_t n)
{
	char mem[NI_TEXT_CELLS * NI_CELL_TEXT];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	const uint8_t *end = n ? memchr(p, '\n', n) : NULL;
	if (end)
		n = (size_t)(end - p);
	while (n && p[n - 1] == '\r')
		n--;
	ni_buf_escape(&b, p, n);
	say(l, d, &b);
}

/* A message that ends in this frame. */
static void
take_message(struct ni_ladder *l, const struct ni_dis *d, const struct ni_layer *layer,
	     const struct ni_proto *proto)
{
	const struct ni_pdu *pdu = layer->aux < d->npdus ? &d->pdus[layer->aux] : NULL;
	bool begun_before = pdu && pdu->first_frame < d->frame->number;
	bool told = l->title_open[d->dir] && begun_before;
	l->title_open[d->dir] = false;
	if (told)
		return;
	if (proto == &ni_proto_http) {
		struct ni_span s = ni_layer_span(d, layer);
		say_line(l, d, s.p, s.cap);
		/* The same request again is another one. */
		l->said_side = pdu && pdu->http ? NI_NOBODY : l->said_side;
		return;
	}
	char mem[NI_TEXT_CELLS * NI_CELL_TEXT];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (proto->summary)
		proto->summary(d, layer, &b);
	say(l, d, &b);
}

static void
take_messages(struct ni_ladder *l, const struct ni_dis *d)
{
	for (unsigned i = d->transport_layer + 1u; i < d->nlayers; i++) {
		const struct ni_layer *layer = &d->layers[i];
		const struct ni_proto *proto = ni_layer_proto(d, layer);
		bool last = i + 1u == d->nlayers || d->layers[i + 1].proto != layer->proto;
		/* Summaries but HTTP's are of all layers of a kind together. */
		if (proto->stream && (last || proto == &ni_proto_http))
			take_message(l, d, layer, proto);
	}
	if (!d->part || !d->part->title)
		return;
	uint32_t h = hash((const char *)d->part->title, d->part->title_len);
	if (l->title_open[d->dir] && l->title_hash[d->dir] == h)
		return;
	l->title_open[d->dir] = true;
	l->title_hash[d->dir] = h;
	l->said_side = NI_NOBODY;
	say_line(l, d, d->part->title, d->part->title_len);
}

bool
ni_ladder_take(struct ni_ladder *l, const struct ni_dis *d)
{
	struct ni_rung r;
	if (!ni_rung_of(d, &r))
		return false;
	ni_ladder_segment(l, &r);
	take_messages(l, d);
	return true;
}
