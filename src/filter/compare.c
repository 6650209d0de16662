/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comparing values. */
#include <string.h>

#include "program.h"

static int
sign(bool less, bool greater)
{
	return greater - less;
}

static int
order_int(const struct ni_val *a, const struct ni_val *b)
{
	bool below_a = a->type == NI_FT_SINT && a->i < 0;
	bool below_b = b->type == NI_FT_SINT && b->i < 0;
	if (below_a != below_b)
		return below_a ? -1 : 1;
	return sign(a->u<b->u, a->u> b->u); /* of two negative ones too */
}

static int
order_bytes(const struct ni_val *a, const struct ni_val *b)
{
	uint32_t n = a->n < b->n ? a->n : b->n;
	int c = n ? memcmp(a->p, b->p, n) : 0;
	return c ? c : sign(a->n<b->n, a->n> b->n);
}

/* Addresses, as far as both prefixes reach. */
static int
order_prefix(const struct ni_val *a, const struct ni_val *b)
{
	unsigned bits = a->bits < b->bits ? a->bits : b->bits;
	int c = memcmp(a->p, b->p, bits / 8);
	if (c || !(bits % 8))
		return c;
	unsigned mask = 0xffU << (8 - bits % 8) & 0xff;
	return (int)(a->p[bits / 8] & mask) - (int)(b->p[bits / 8] & mask);
}

int
ni_flt_order(const struct ni_val *a, const struct ni_val *b)
{
	switch ((enum ni_ft)a->type) {
	case NI_FT_BOOL:
	case NI_FT_UINT:
	case NI_FT_SINT:
		return order_int(a, b);
	case NI_FT_DOUBLE:
		return sign(a->d<b->d, a->d> b->d);
	case NI_FT_RELTIME:
	case NI_FT_ABSTIME:
		return sign(a->i<b->i, a->i> b->i);
	case NI_FT_IP4:
	case NI_FT_IP6:
		return order_prefix(a, b);
	case NI_FT_STR:
	case NI_FT_BYTES:
	case NI_FT_ETHER:
	case NI_FT_PROTO:
	case NI_FT_NONE:
		break;
	}
	return order_bytes(a, b);
}

bool
ni_flt_holds(enum ni_cmp op, int order)
{
	switch (op) {
	case NI_CMP_EQ:
		return order == 0;
	case NI_CMP_NE:
		return order != 0;
	case NI_CMP_LT:
		return order < 0;
	case NI_CMP_LE:
		return order <= 0;
	case NI_CMP_GT:
		return order > 0;
	case NI_CMP_GE:
		return order >= 0;
	case NI_CMP_CONTAINS:
	case NI_CMP_MATCHES:
		break;
	}
	return false;
}

static bool
holds(enum ni_cmp op, const struct ni_val *a, const struct ni_val *b)
{
	if (op == NI_CMP_CONTAINS)
		return !b->n || memmem(a->p, a->n, b->p, b->n);
	return ni_flt_holds(op, ni_flt_order(a, b));
}

bool
ni_flt_compare(const struct ni_insn *i, const struct ni_reg *a, const struct ni_reg *b)
{
	for (uint32_t k = 0; k < a->n; k++)
		for (uint32_t m = 0; m < b->n; m++)
			if (holds((enum ni_cmp)i->fn, &a->v[k], &b->v[m]) != i->all)
				return !i->all;
	return i->all && a->n && b->n;
}

/* Whether @v is among the values of @lo, or between those of @lo and @hi. */
static bool
is_within(const struct ni_val *v, const struct ni_reg *lo, const struct ni_reg *hi)
{
	if (lo != hi)
		return lo->n && hi->n && ni_flt_order(v, lo->v) >= 0 && ni_flt_order(v, hi->v) <= 0;
	for (uint32_t k = 0; k < lo->n; k++)
		if (ni_flt_order(v, &lo->v[k]) == 0)
			return true;
	return false;
}

bool
ni_flt_member(const struct ni_filter *f, const struct ni_insn *i)
{
	const struct ni_reg *a = &f->regs[i->a];
	for (uint32_t k = 0; k < a->n; k++) {
		bool in = false;
		for (unsigned e = 0; !in && e < i->c; e++) {
			const uint16_t *pair = f->args + i->b + (size_t)2 * e;
			in = is_within(&a->v[k], &f->regs[pair[0]], &f->regs[pair[1]]);
		}
		if (in != i->all)
			return !i->all;
	}
	return i->all && a->n;
}
