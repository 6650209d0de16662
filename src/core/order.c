/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Segments that came early; see order.h. Chunks never overlap and stand in the order of sequence.
 */
#include "order.h"

#include <stddef.h>
#include <string.h>

static uint32_t
end_of(const struct ni_chunk *c)
{
	return c->seq + c->len;
}

/* Do the first @n bytes of @p say the same as @c does of that stretch? */
static bool
agrees(const struct ni_chunk *c, const struct ni_piece *p, uint32_t n)
{
	uint32_t off = p->seq - c->seq;
	uint32_t held = off < c->cap ? c->cap - off : 0;
	if (n > held)
		n = held;
	if (n > p->data.cap)
		n = p->data.cap;
	return !n || !memcmp(c->data + off, p->data.p, n);
}

static void
cut(struct ni_piece *p, uint32_t n)
{
	p->seq += n;
	p->data = ni_from(p->data, n);
}

/* Two stretches of which no bytes are held can be one. */
static bool
extend(struct ni_chunk *before, const struct ni_piece *p, uint32_t n)
{
	if (!before || !p->unseen || !before->unseen || end_of(before) != p->seq)
		return false;
	before->len += n;
	return true;
}

/* Make the first @n bytes of @p a chunk between @before (NULL: none) and what follows it. */
static struct ni_chunk *
add(struct ni_order *o, struct ni_bound *mem, struct ni_chunk *before, const struct ni_piece *p,
    uint32_t n)
{
	uint32_t cap = p->unseen ? 0 : n < p->data.cap ? n : p->data.cap;
	if (extend(before, p, n))
		return before;
	if (o->nchunks == NI_ORDER_CHUNKS)
		return NULL;
	struct ni_chunk *c = ni_bound_alloc(mem, sizeof(*c) + cap);
	if (!c)
		return NULL;
	*c = (struct ni_chunk){
	    .after = before ? before->after : o->first,
	    .frame = p->frame,
	    .ts_ns = p->ts_ns,
	    .seq = p->seq,
	    .len = n,
	    .cap = cap,
	    .unseen = p->unseen,
	};
	if (cap)
		memcpy(c->data, p->data.p, cap);
	if (before)
		before->after = c;
	else
		o->first = c;
	if (!c->after)
		o->last = c;
	o->nchunks++;
	o->bytes += cap;
	return c;
}

enum ni_put
ni_order_put(struct ni_order *o, struct ni_bound *mem, const struct ni_piece *whole)
{
	struct ni_piece p = *whole;
	enum ni_put rc = NI_PUT_OK;
	struct ni_chunk *before = NULL;
	if (o->last && !ni_seq_before(p.seq, end_of(o->last)))
		before = o->last;
	while (p.data.len) {
		struct ni_chunk *c = before ? before->after : o->first;
		uint32_t n = p.data.len;
		if (c && !ni_seq_before(p.seq, end_of(c))) {
			before = c;
			continue;
		}
		if (c && !ni_seq_before(p.seq, c->seq)) {
			n = end_of(c) - p.seq < n ? end_of(c) - p.seq : n;
			if (!agrees(c, &p, n))
				rc = NI_PUT_CONFLICT;
			before = c;
		} else {
			n = c && c->seq - p.seq < n ? c->seq - p.seq : n;
			before = add(o, mem, before, &p, n);
			if (!before)
				return NI_PUT_FULL;
		}
		cut(&p, n);
	}
	return rc;
}

struct ni_chunk *
ni_order_pop(struct ni_order *o)
{
	struct ni_chunk *c = o->first;
	if (!c || c->seq != o->next)
		return NULL;
	o->first = c->after;
	if (!o->first)
		o->last = NULL;
	o->nchunks--;
	o->bytes -= c->cap;
	return c;
}

uint32_t
ni_order_hole(const struct ni_order *o)
{
	return o->first ? o->first->seq - o->next : 0;
}

uint32_t
ni_order_clear(struct ni_order *o, struct ni_bound *mem)
{
	uint32_t bytes = o->bytes;
	while (o->first) {
		struct ni_chunk *c = o->first;
		o->first = c->after;
		ni_bound_free(mem, c);
	}
	o->last = NULL;
	o->nchunks = 0;
	o->bytes = 0;
	return bytes;
}
