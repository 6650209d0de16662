/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetching the values of fields and protocols from a dissected frame. */
#include <string.h>

#include "netinspect/dis.h"
#include "program.h"

struct ni_val *
ni_flt_more(struct ni_filter *f)
{
	if (f->nvals == NI_FLT_VALUES) {
		f->limits.values_dropped++;
		return NULL;
	}
	return &f->vals[f->nvals++];
}

uint8_t *
ni_flt_bytes(struct ni_filter *f, size_t n)
{
	if (n > NI_FLT_SCRATCH - f->nscratch) {
		f->limits.values_dropped++;
		return NULL;
	}
	f->nscratch += n;
	return f->scratch + f->nscratch - n;
}

/* Whether bytes at @p live as long as the frame does: made ones end with the walk. */
static bool
in_packet(const struct ni_dis *d, const uint8_t *p)
{
	uintptr_t a = (uintptr_t)p;
	for (unsigned i = 0; i < d->nsources; i++) {
		uintptr_t start = (uintptr_t)d->sources[i].p;
		if (a >= start && a - start < d->sources[i].cap)
			return true;
	}
	return false;
}

static uint32_t
width(unsigned type)
{
	switch (type) {
	case NI_BOOL:
	case NI_U8:
		return 1;
	case NI_U16:
		return 2;
	case NI_U24:
		return 3;
	case NI_U32:
	case NI_I32:
		return 4;
	default:
		return 8;
	}
}

static void
take(struct ni_filter *f, const struct ni_field *field, const struct ni_value *v, bool walked)
{
	enum ni_ft type = ni_flt_type(field->type);
	struct ni_val *to = ni_flt_more(f);
	if (!to)
		return;
	*to = (struct ni_val){.type = (uint8_t)type, .len = width(field->type)};
	if (type < NI_FT_STR) {
		to->u = type == NI_FT_NONE ? 1 : v->u;
		return;
	}
	to->n = to->len = v->n;
	to->p = v->p;
	to->bits = type == NI_FT_IP4 ? 32 : 128;
	if (type == NI_FT_IP4 || type == NI_FT_IP6) /* these need not say how many */
		to->n = to->len = type == NI_FT_IP4 ? 4 : 16;
	if (walked && to->n && !in_packet(f->dis, v->p)) {
		uint8_t *copy = ni_flt_bytes(f, to->n);
		if (!copy) {
			f->nvals--;
			return;
		}
		memcpy(copy, v->p, to->n);
		to->p = copy;
	}
}

struct visit {
	struct ni_filter *f;
	const struct ni_slot *slot;
};

static void
visit(void *ctx, const struct ni_field *field, const struct ni_value *v, unsigned depth)
{
	const struct visit *w = ctx;
	(void)depth;
	for (unsigned i = 0; i < w->slot->nrefs; i++)
		if (w->slot->refs[i].field == field) {
			take(w->f, field, v, true);
			return;
		}
}

static void
take_protocol(struct ni_filter *f, const struct ni_layer *l)
{
	struct ni_val *v = ni_flt_more(f);
	struct ni_span s = ni_layer_span(f->dis, l);
	uint32_t own = l->hdr ? l->hdr : l->len;
	if (v)
		*v = (struct ni_val){
		    .p = s.p, .n = s.cap, .len = own < s.cap ? own : s.cap, .type = NI_FT_PROTO};
}

static void
take_layer(struct ni_filter *f, const struct ni_slot *s, const struct ni_layer *l)
{
	struct visit w = {f, s};
	struct ni_value v;
	if (!s->nrefs)
		take_protocol(f, l);
	else if (s->walk)
		ni_walk_layer(f->dis, l, visit, &w, false);
	else
		for (unsigned i = 0; i < s->nrefs; i++)
			if (s->refs[i].proto == l->proto &&
			    ni_field_get(f->dis, l, s->refs[i].field, &v))
				take(f, s->refs[i].field, &v, false);
}

static bool
holds(const struct ni_slot *s, const struct ni_layer *l)
{
	return s->protos[l->proto / 8] >> l->proto % 8 & 1;
}

/* Whether the @nth of @total layers is asked for. */
static bool
is_asked(const struct ni_slot *s, int nth, int total)
{
	for (unsigned i = 0; i < s->nlayers; i++) {
		const struct ni_part_range *r = &s->layers[i];
		int from = r->from < 0 ? total + 1 + r->from : r->from ? r->from : 1;
		int to = r->to < 0 ? total + 1 + r->to : r->to;
		if (r->counted)
			to = from + r->to - 1;
		if (r->open)
			to = total;
		else if (r->from < 0 && r->to == r->from)
			to = from;
		if (nth >= from && nth <= to)
			return true;
	}
	return !s->nlayers;
}

static int
count_layers(const struct ni_filter *f, const struct ni_slot *s)
{
	int n = 0;
	for (unsigned i = 0; s->nlayers && i < f->dis->nlayers; i++)
		n += holds(s, &f->dis->layers[i]);
	return n;
}

static void
take_of_frame(struct ni_filter *f, const struct ni_slot *s)
{
	struct ni_value v;
	for (unsigned i = 0; i < s->nrefs; i++)
		if (ni_field_get(f->dis, &f->dis->layers[0], s->refs[i].field, &v))
			take(f, s->refs[i].field, &v, false);
}

/* The usual case, in few steps: one row, which is in every layer of its protocol. */
static void
take_plain(struct ni_filter *f, const struct ni_slot *s)
{
	const struct ni_layer *end = f->dis->layers + f->dis->nlayers;
	struct ni_value v;
	for (const struct ni_layer *l = f->dis->layers; l < end; l++)
		if (l->proto == s->refs[0].proto && ni_field_get(f->dis, l, s->refs[0].field, &v))
			take(f, s->refs[0].field, &v, false);
}

static void
take_all(struct ni_filter *f, const struct ni_slot *s)
{
	int total = count_layers(f, s);
	int nth = 0;
	for (unsigned i = 0; i < f->dis->nlayers; i++) {
		const struct ni_layer *l = &f->dis->layers[i];
		if (holds(s, l) && is_asked(s, ++nth, total))
			take_layer(f, s, l);
	}
	if (s->of_frame)
		take_of_frame(f, s);
}

bool
ni_flt_is_plain(const struct ni_slot *s)
{
	return s->nrefs == 1 && !s->walk && !s->of_frame && !s->nlayers;
}

/* Most filters are tests like tcp.port == 80: the values need not be kept to be compared. */
bool
ni_flt_test_plain(const struct ni_filter *f, const struct ni_insn *i)
{
	const struct ni_field_ref *ref = f->slots[i->a].refs;
	const struct ni_layer *end = f->dis->layers + f->dis->nlayers;
	uint64_t b = f->regs[i->b].v->u;
	bool any = false;
	struct ni_value v;
	for (const struct ni_layer *l = f->dis->layers; l < end; l++) {
		if (l->proto != ref->proto || !ni_field_get(f->dis, l, ref->field, &v))
			continue;
		if (ni_flt_holds((enum ni_cmp)i->fn, (v.u > b) - (v.u < b)) != i->all)
			return !i->all;
		any = true;
	}
	return i->all && any;
}

void
ni_flt_load(struct ni_filter *f, struct ni_slot *s)
{
	if (s->seen == f->frame)
		return;
	uint32_t first = f->nvals;
	s->seen = f->frame;
	if (ni_flt_is_plain(s))
		take_plain(f, s);
	else
		take_all(f, s);
	s->reg = (struct ni_reg){f->vals + first, f->nvals - first};
}

bool
ni_flt_exists(const struct ni_filter *f, const struct ni_slot *s)
{
	int total = count_layers(f, s);
	int nth = 0;
	for (unsigned i = 0; i < f->dis->nlayers; i++) {
		const struct ni_layer *l = &f->dis->layers[i];
		if (holds(s, l) && is_asked(s, ++nth, total))
			return true;
	}
	return false;
}
