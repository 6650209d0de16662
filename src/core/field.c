/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fetching field values from packet bytes; printing them is in print.c. */
#include "netinspect/field.h"

#include <stddef.h>

#include "i18n.h"
#include "netinspect/dis.h"

const char *
ni_label_find(const struct ni_label *labels, uint64_t value)
{
	for (; labels && labels->text; labels++)
		if (value >= labels->lo && value <= labels->hi)
			return labels->text;
	return NULL;
}

static uint64_t
load(const uint8_t *p, uint32_t n, bool little)
{
	uint64_t v = 0;
	for (uint32_t i = 0; i < n; i++)
		v = v << 8 | p[little ? n - 1 - i : i];
	return v;
}

static bool
is_number(unsigned type)
{
	return type <= NI_I64 && type != NI_NONE;
}

bool
ni_field_get(const struct ni_dis *d, const struct ni_layer *l, const struct ni_field *f,
	     struct ni_value *v)
{
	*v = (struct ni_value){.off = l->off + f->off, .len = f->len};
	if (f->get)
		return f->get(d, l, v);
	const struct ni_source_bytes *s = &d->sources[l->src];
	uint32_t end = (uint32_t)f->off + f->len;
	if (!f->len || end > l->len || l->off > s->cap || end > s->cap - l->off)
		return false;
	const uint8_t *p = s->p + v->off;
	if (!is_number(f->type)) {
		v->p = p;
		v->n = f->len;
		return true;
	}
	v->u = load(p, f->len, f->flags & NI_F_LE);
	if (f->mask)
		v->u = (v->u & f->mask) >> __builtin_ctzll(f->mask);
	return true;
}

const char *
ni_type_name(unsigned type)
{
	static const char *const names[] = {
	    [NI_NONE] = N_("label"),
	    [NI_BOOL] = N_("boolean"),
	    [NI_U8] = N_("unsigned integer, 8 bits"),
	    [NI_U16] = N_("unsigned integer, 16 bits"),
	    [NI_U24] = N_("unsigned integer, 24 bits"),
	    [NI_U32] = N_("unsigned integer, 32 bits"),
	    [NI_U64] = N_("unsigned integer, 64 bits"),
	    [NI_I32] = N_("signed integer, 32 bits"),
	    [NI_I64] = N_("signed integer, 64 bits"),
	    [NI_DOUBLE] = N_("floating point number"),
	    [NI_STR] = N_("character string"),
	    [NI_BYTES] = N_("sequence of bytes"),
	    [NI_ETHER] = N_("Ethernet address"),
	    [NI_IP4] = N_("IPv4 address"),
	    [NI_IP6] = N_("IPv6 address"),
	    [NI_RELTIME] = N_("time span"),
	    [NI_ABSTIME] = N_("date and time"),
	};
	return type < sizeof(names) / sizeof(names[0]) ? names[type] : "?";
}
