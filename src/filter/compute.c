/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Slices, functions and arithmetic: values made of values. What has no result yields no value. */
#include <ctype.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/buf.h"
#include "program.h"

/* ---- slices ---- */

/* Where part @r of @n bytes lies; false if not all of it is there. */
static bool
part(const struct ni_part_range *r, uint32_t n, uint32_t *from, uint32_t *to)
{
	int64_t a = r->from < 0 ? (int64_t)n + r->from : r->from;
	int64_t b = r->counted ? a + r->to : (r->to < 0 ? (int64_t)n + r->to : r->to) + 1;
	if (r->open)
		b = n;
	if (a < 0 || a >= n || b <= a)
		return false;
	*from = (uint32_t)a;
	*to = b < n ? (uint32_t)b : n;
	return b <= n;
}

static void
slice_one(struct ni_filter *f, const struct ni_insn *i, const struct ni_val *v)
{
	uint32_t from = 0;
	uint32_t to = 0;
	uint32_t total = 0;
	for (unsigned k = 0; k < i->nparts; k++) {
		if (!part(&i->parts[k], v->n, &from, &to))
			return;
		total += to - from;
	}
	const uint8_t *p = v->p + from;
	if (i->nparts > 1) {
		uint8_t *copy = ni_flt_bytes(f, total);
		if (!copy)
			return;
		p = copy;
		for (unsigned k = 0; k < i->nparts; k++) {
			part(&i->parts[k], v->n, &from, &to);
			memcpy(copy, v->p + from, to - from);
			copy += to - from;
		}
	}
	struct ni_val *out = ni_flt_more(f);
	if (out)
		*out = (struct ni_val){.p = p,
				       .n = total,
				       .len = total,
				       .type = v->type == NI_FT_STR ? NI_FT_STR : NI_FT_BYTES};
}

void
ni_flt_slice(struct ni_filter *f, const struct ni_insn *i)
{
	const struct ni_reg in = f->regs[i->a];
	uint32_t first = f->nvals;
	for (uint32_t k = 0; k < in.n; k++)
		slice_one(f, i, &in.v[k]);
	f->regs[i->c] = (struct ni_reg){f->vals + first, f->nvals - first};
}

/* ---- functions ---- */

static bool
takes_all(enum ni_ft t)
{
	return t != NI_FT_NONE;
}

static bool
takes_text(enum ni_ft t)
{
	return t == NI_FT_STR;
}

static bool
takes_numbers(enum ni_ft t)
{
	return ni_flt_is_int(t) || t == NI_FT_DOUBLE || t == NI_FT_RELTIME;
}

static bool
takes_ordered(enum ni_ft t)
{
	return t != NI_FT_NONE && t != NI_FT_PROTO;
}

static bool
takes_printable(enum ni_ft t)
{
	return t != NI_FT_NONE && t != NI_FT_PROTO;
}

/* clang-format off */
const struct ni_fn_def ni_fns[NI_NFN] = {
	[NI_FN_LEN] = {"len", 1, 1, takes_all, NI_FT_UINT, N_("a field")},
	[NI_FN_COUNT] = {"count", 1, 1, takes_all, NI_FT_UINT, N_("a field")},
	[NI_FN_UPPER] = {"upper", 1, 1, takes_text, NI_FT_STR, N_("a character string")},
	[NI_FN_LOWER] = {"lower", 1, 1, takes_text, NI_FT_STR, N_("a character string")},
	[NI_FN_ABS] = {"abs", 1, 1, takes_numbers, NI_FT_NONE, N_("a number")},
	[NI_FN_MIN] = {"min", 1, NI_FLT_ARGS, takes_ordered, NI_FT_NONE,
		N_("fields of one type")},
	[NI_FN_MAX] = {"max", 1, NI_FLT_ARGS, takes_ordered, NI_FT_NONE,
		N_("fields of one type")},
	[NI_FN_STRING] = {"string", 1, 1, takes_printable, NI_FT_STR, N_("a field")},
	[NI_FN_LABEL] = {NULL, 1, 1, takes_numbers, NI_FT_STR, ""},
};
/* clang-format on */

static void
put_number(struct ni_filter *f, uint64_t u)
{
	struct ni_val *v = ni_flt_more(f);
	if (v)
		*v = (struct ni_val){.u = u, .type = NI_FT_UINT, .len = 8};
}

static void
put_text(struct ni_filter *f, const void *p, size_t n)
{
	struct ni_val *v = ni_flt_more(f);
	if (v)
		*v = (struct ni_val){
		    .p = p, .n = (uint32_t)n, .len = (uint32_t)n, .type = NI_FT_STR};
}

static void
change_case(struct ni_filter *f, const struct ni_val *v, int (*how)(int))
{
	uint8_t *to = ni_flt_bytes(f, v->n);
	if (!to)
		return;
	for (uint32_t i = 0; i < v->n; i++)
		to[i] = v->p[i] < 0x80 ? (uint8_t)how(v->p[i]) : v->p[i];
	put_text(f, to, v->n);
}

/* As -T fields prints it. */
static void
print(struct ni_filter *f, const struct ni_field *field, const struct ni_val *v)
{
	static const uint8_t types[] = {
	    [NI_FT_NONE] = NI_NONE,       [NI_FT_BOOL] = NI_BOOL,     [NI_FT_UINT] = NI_U64,
	    [NI_FT_SINT] = NI_I64,        [NI_FT_DOUBLE] = NI_DOUBLE, [NI_FT_RELTIME] = NI_RELTIME,
	    [NI_FT_ABSTIME] = NI_ABSTIME, [NI_FT_STR] = NI_STR,       [NI_FT_BYTES] = NI_BYTES,
	    [NI_FT_ETHER] = NI_ETHER,     [NI_FT_IP4] = NI_IP4,       [NI_FT_IP6] = NI_IP6,
	    [NI_FT_PROTO] = NI_BYTES,
	};
	struct ni_field plain = {.type = types[v->type]};
	struct ni_value value = {.n = v->n, .u = v->u};
	if (v->type >= NI_FT_STR)
		value.p = v->p;
	if (v->type == NI_FT_STR) {
		put_text(f, v->p, v->n);
		return;
	}
	size_t room = 3 * (size_t)v->n + 64;
	uint8_t *to = ni_flt_bytes(f, room);
	if (!to)
		return;
	struct ni_buf b = ni_buf((char *)to, room);
	ni_field_print(&b, field ? field : &plain, &value);
	f->nscratch -= room - b.len;
	put_text(f, to, b.len);
}

static void
absolute(struct ni_filter *f, const struct ni_val *v)
{
	struct ni_val *out = ni_flt_more(f);
	if (!out)
		return;
	*out = *v;
	if (v->type == NI_FT_DOUBLE && v->d < 0)
		out->d = -v->d;
	else if ((v->type == NI_FT_SINT || v->type == NI_FT_RELTIME) && v->i < 0)
		out->u = 0 - v->u;
}

static void
call_one(struct ni_filter *f, const struct ni_insn *i, const struct ni_val *v)
{
	switch ((enum ni_fn)i->fn) {
	case NI_FN_LEN:
		put_number(f, v->len);
		break;
	case NI_FN_UPPER:
		change_case(f, v, toupper);
		break;
	case NI_FN_LOWER:
		change_case(f, v, tolower);
		break;
	case NI_FN_ABS:
		absolute(f, v);
		break;
	case NI_FN_STRING:
		print(f, i->field, v);
		break;
	case NI_FN_LABEL: {
		const char *label = ni_label_find(i->field->labels, v->u);
		if (label)
			put_text(f, label, strlen(label));
		break;
	}
	case NI_FN_COUNT:
	case NI_FN_MIN:
	case NI_FN_MAX:
	case NI_NFN:
		break;
	}
}

/* The least or greatest of all values of all arguments. */
static void
extreme(struct ni_filter *f, const struct ni_insn *i)
{
	const struct ni_val *best = NULL;
	for (unsigned a = 0; a < i->b; a++) {
		const struct ni_reg *r = &f->regs[f->args[i->a + a]];
		for (uint32_t k = 0; k < r->n; k++) {
			int order = best ? ni_flt_order(&r->v[k], best) : 0;
			if (!best || (i->fn == NI_FN_MIN ? order < 0 : order > 0))
				best = &r->v[k];
		}
	}
	struct ni_val *out = best ? ni_flt_more(f) : NULL;
	if (out)
		*out = *best;
}

void
ni_flt_call(struct ni_filter *f, const struct ni_insn *i)
{
	const struct ni_reg in = f->regs[f->args[i->a]];
	uint32_t first = f->nvals;
	if (i->fn == NI_FN_COUNT && in.n)
		put_number(f, in.n);
	else if (i->fn == NI_FN_MIN || i->fn == NI_FN_MAX)
		extreme(f, i);
	else
		for (uint32_t k = 0; k < in.n; k++)
			call_one(f, i, &in.v[k]);
	f->regs[i->c] = (struct ni_reg){f->vals + first, f->nvals - first};
}

/* ---- arithmetic ---- */

static bool
whole(int op, int64_t a, int64_t b, int64_t *r)
{
	switch (op) {
	case '+':
		return !__builtin_add_overflow(a, b, r);
	case '-':
		return !__builtin_sub_overflow(a, b, r);
	case '*':
		return !__builtin_mul_overflow(a, b, r);
	default:
		if (!b || (a == INT64_MIN && b == -1))
			return false;
		*r = op == '/' ? a / b : a % b;
		return true;
	}
}

static bool
real(int op, double a, double b, double *r)
{
	if (op == '+')
		*r = a + b;
	else if (op == '-')
		*r = a - b;
	else if (op == '*')
		*r = a * b;
	else if (op == '/' && b != 0)
		*r = a / b;
	else
		return false;
	return true;
}

static bool
mask_bytes(struct ni_filter *f, const struct ni_val *a, const struct ni_val *b, struct ni_val *out)
{
	uint32_t n = a->n < b->n ? a->n : b->n;
	uint8_t *to = ni_flt_bytes(f, n);
	if (!to)
		return false;
	for (uint32_t i = 0; i < n; i++)
		to[i] = a->p[i] & b->p[i];
	*out = *a;
	out->p = to;
	out->n = out->len = n;
	return n == a->n;
}

static bool
calculate(struct ni_filter *f, int op, const struct ni_val *a, const struct ni_val *b,
	  struct ni_val *out)
{
	if (a->type >= NI_FT_STR)
		return mask_bytes(f, a, b, out);
	*out = *a;
	if (a->type == NI_FT_DOUBLE)
		return real(op, a->d, b->d, &out->d);
	if (a->type == NI_FT_RELTIME && b->type == NI_FT_DOUBLE) {
		double d = 0;
		bool ok = real(op, (double)a->i, b->d, &d) && d > -9e18 && d < 9e18;
		out->i = ok ? (int64_t)d : 0;
		return ok;
	}
	if (a->type == NI_FT_RELTIME)
		return whole(op, a->i, b->i, &out->i);
	if (op == '&') {
		out->u = a->u & b->u;
		out->type = NI_FT_UINT;
		return true;
	}
	if ((a->type != NI_FT_SINT && a->u > INT64_MAX) ||
	    (b->type != NI_FT_SINT && b->u > INT64_MAX))
		return false;
	out->type = NI_FT_SINT;
	return whole(op, a->i, b->i, &out->i);
}

void
ni_flt_arith(struct ni_filter *f, const struct ni_insn *i)
{
	const struct ni_reg a = f->regs[i->a];
	const struct ni_reg b = f->regs[i->b];
	uint32_t first = f->nvals;
	for (uint32_t k = 0; k < a.n; k++)
		for (uint32_t m = 0; m < b.n; m++) {
			struct ni_val v;
			struct ni_val *out;
			if (calculate(f, i->fn, &a.v[k], &b.v[m], &v) && (out = ni_flt_more(f)))
				*out = v;
		}
	f->regs[i->c] = (struct ni_reg){f->vals + first, f->nvals - first};
}

void
ni_flt_negate(struct ni_filter *f, const struct ni_insn *i)
{
	const struct ni_reg a = f->regs[i->a];
	uint32_t first = f->nvals;
	for (uint32_t k = 0; k < a.n; k++) {
		struct ni_val *out = ni_flt_more(f);
		if (!out)
			break;
		*out = a.v[k];
		if (out->type == NI_FT_DOUBLE) {
			out->d = -out->d;
			continue;
		}
		if (ni_flt_is_int((enum ni_ft)out->type))
			out->type = NI_FT_SINT;
		out->u = 0 - out->u;
	}
	f->regs[i->c] = (struct ni_reg){f->vals + first, f->nvals - first};
}
