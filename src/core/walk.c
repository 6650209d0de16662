/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walking the fields of one layer: what dissectors call from walk(), and the default walk. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "netinspect/proto.h"

bool
ni_put(struct ni_walk *w, const struct ni_field *f)
{
	struct ni_value v;
	if (!ni_field_get(w->dis, w->layer, f, &v))
		return false;
	w->visit(w->ctx, f, &v, (unsigned)f->depth + w->depth);
	return true;
}

void
ni_put_range(struct ni_walk *w, const struct ni_field *first, const struct ni_field *last)
{
	for (; first <= last; first++)
		ni_put(w, first);
}

static struct ni_value
value_at(const struct ni_walk *w, uint32_t off, uint32_t len)
{
	return (struct ni_value){.off = w->layer->off + off, .len = len};
}

void
ni_put_uint(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len, uint64_t value)
{
	struct ni_value v = value_at(w, off, len);
	v.u = value;
	if (f->mask)
		v.u = (v.u & f->mask) >> __builtin_ctzll(f->mask);
	w->visit(w->ctx, f, &v, (unsigned)f->depth + w->depth);
}

void
ni_put_time(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len, int64_t ns)
{
	struct ni_value v = value_at(w, off, len);
	v.i = ns;
	w->visit(w->ctx, f, &v, (unsigned)f->depth + w->depth);
}

static bool
is_address(unsigned type)
{
	return type == NI_ETHER || type == NI_IP4 || type == NI_IP6;
}

void
ni_put_bytes(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len)
{
	struct ni_span s = ni_from(ni_layer_span(w->dis, w->layer), off);
	uint32_t n = len < s.cap ? len : s.cap;
	struct ni_value v = value_at(w, off, len);
	if (n < len && (!n || is_address(f->type)))
		return;
	v.p = s.p;
	v.n = n;
	w->visit(w->ctx, f, &v, (unsigned)f->depth + w->depth);
}

void
ni_put_made(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len, const void *p,
	    uint32_t n)
{
	struct ni_value v = value_at(w, off, len);
	v.p = p;
	v.n = n;
	w->visit(w->ctx, f, &v, (unsigned)f->depth + w->depth);
}

void
ni_put_label(struct ni_walk *w, const struct ni_field *f, uint32_t off, uint32_t len,
	     const char *fmt, ...)
{
	struct ni_value v = value_at(w, off, len);
	v.text = f->name;
	if (w->want_text && fmt) {
		va_list ap;
		va_start(ap, fmt);
		vsnprintf(w->scratch, sizeof(w->scratch), fmt, ap);
		va_end(ap);
		v.text = w->scratch;
	}
	w->visit(w->ctx, f, &v, (unsigned)f->depth + w->depth);
}

void
ni_walk_layer(const struct ni_dis *d, const struct ni_layer *l, ni_visit_fn *visit, void *ctx,
	      bool want_text)
{
	const struct ni_proto *p = ni_layer_proto(d, l);
	struct ni_walk w; /* set member by member: the scratch space need not be cleared */
	w.dis = d;
	w.layer = l;
	w.proto = p;
	w.visit = visit;
	w.ctx = ctx;
	w.want_text = want_text;
	w.depth = 0;
	if (p->walk) {
		p->walk(&w);
		return;
	}
	for (const struct ni_field *f = p->fields; f && f->key; f++)
		ni_put(&w, f);
}
