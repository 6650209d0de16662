/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compiler, second half: tests and how they are joined. Types that do not go together end here.
 */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "program.h"

static int test(struct ni_filter *f, int n);

/* Where only text and bytes will do, a number that has names is taken by its name. */
static int
as_text(struct ni_filter *f, const struct ni_node *n, const char *op, struct ni_operand *o)
{
	if (ni_flt_is_bytes(o->type))
		return 0;
	if (!ni_flt_is_int(o->type) || !o->field || !o->field->labels) {
		ni_flt_fail(f->tree.err, n->at, n->len,
			    _("%.*s is of type %s; %s works on text and bytes"), ni_flt_quote(n),
			    f->text + n->at, ni_flt_type_name(o), op);
		ni_flt_hint(f->tree.err, _("as text it is string(%.*s)"), ni_flt_quote(n),
			    f->text + n->at);
		return -1;
	}
	struct ni_insn *i = ni_flt_emit(f, NI_OP_CALL);
	i->fn = NI_FN_LABEL;
	i->field = o->field;
	i->a = (uint16_t)f->nargs;
	i->b = 1;
	f->args[f->nargs++] = (uint16_t)o->reg;
	*o = (struct ni_operand){.type = NI_FT_STR, .reg = f->nregs++};
	i->c = (uint16_t)o->reg;
	return 0;
}

static int
matches(struct ni_filter *f, const struct ni_node *n)
{
	struct ni_operand left;
	char what[128];
	size_t place = 0;
	const struct ni_node *r = ni_flt_node(f, n->right);
	if (ni_flt_value(f, n->left, NULL, &left) ||
	    as_text(f, ni_flt_node(f, n->left), "matches", &left))
		return -1;
	if (r->kind != NI_N_STRING) {
		ni_flt_fail(f->tree.err, r->at, r->len,
			    _("behind matches stands a regular expression in double quotes"));
		ni_flt_hint(f->tree.err, "\"%.*s\"", ni_flt_quote(r), f->text + r->at);
		return -1;
	}
	struct ni_re *re = ni_re_new(r->text, r->text_len, what, sizeof(what), &place);
	if (!re)
		return ni_flt_fail(f->tree.err, r->at + 1 + r->raw + place, 1,
				   _("wrong regular expression: %s"), what);
	struct ni_insn *i = ni_flt_emit(f, NI_OP_MATCH);
	i->a = (uint16_t)left.reg;
	i->b = (uint16_t)f->nres;
	i->all = n->all;
	f->res[f->nres++] = re;
	return 0;
}

static int
mismatch(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *left,
	 const struct ni_operand *right)
{
	const struct ni_node *l = ni_flt_node(f, n->left);
	const struct ni_node *r = ni_flt_node(f, n->right);
	ni_flt_fail(f->tree.err, r->at, r->len, _("%.*s (%s) and %.*s (%s) cannot be compared"),
		    ni_flt_quote(l), f->text + l->at, ni_flt_type_name(left), ni_flt_quote(r),
		    f->text + r->at, ni_flt_type_name(right));
	if (left->type == NI_FT_STR && right->type == NI_FT_PROTO)
		ni_flt_hint(f->tree.err, _("a word that is also a protocol needs quotes: \"%.*s\""),
			    ni_flt_quote(r), f->text + r->at);
	return -1;
}

/*
 * Whether the comparison of @a with the constant @b is the usual one: a whole number of the packet
 * with one that is given. Then the instruction that was to load the field becomes that test.
 */
static bool
is_usual(const struct ni_filter *f, const struct ni_operand *a, const struct ni_operand *b, int op)
{
	const struct ni_insn *last = f->ncode ? &f->code[f->ncode - 1] : NULL;
	const struct ni_val *v = f->regs[b->reg].v;
	return last && last->op == NI_OP_LOAD && last->c == a->reg && op != NI_CMP_CONTAINS &&
	       (a->type == NI_FT_UINT || a->type == NI_FT_BOOL) && v &&
	       (v->type == NI_FT_UINT || v->type == NI_FT_BOOL) &&
	       ni_flt_is_plain(&f->slots[last->a]);
}

static int
compare(struct ni_filter *f, const struct ni_node *n)
{
	struct ni_operand a;
	struct ni_operand b;
	const struct ni_node *l = ni_flt_node(f, n->left);
	bool right_first = ni_flt_is_literal(l) && !ni_flt_is_literal(ni_flt_node(f, n->right));
	bool contains = n->op == NI_CMP_CONTAINS;
	if (ni_flt_value(f, right_first && !contains ? n->right : n->left, NULL,
			 right_first && !contains ? &b : &a))
		return -1;
	if (contains && as_text(f, l, "contains", &a))
		return -1;
	struct ni_operand like = right_first && !contains ? b : a;
	if (contains && like.type == NI_FT_ETHER)
		like.type = NI_FT_BYTES;
	if (contains)
		like.field = NULL; /* part of a value is no value */
	if (ni_flt_value(f, right_first && !contains ? n->left : n->right, &like,
			 right_first && !contains ? &a : &b))
		return -1;
	if (!ni_flt_compatible(a.type, b.type))
		return mismatch(f, n, &a, &b);
	bool usual = !right_first && is_usual(f, &a, &b, n->op);
	struct ni_insn *i = usual ? &f->code[f->ncode - 1] : ni_flt_emit(f, NI_OP_CMP);
	i->fn = n->op;
	i->all = n->all;
	if (usual) {
		i->op = NI_OP_PLAIN;
		i->b = (uint16_t)b.reg;
		return 0;
	}
	i->a = (uint16_t)a.reg;
	i->b = (uint16_t)b.reg;
	return 0;
}

/* The registers of the lowest and the highest value, the same for one that stands alone. */
static int
element(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *left,
	uint16_t regs[2])
{
	struct ni_operand lo;
	struct ni_operand hi;
	bool range = n->kind == NI_N_RANGE;
	int first = range ? n->left : (int)(n - f->tree.nodes);
	if (ni_flt_value(f, first, left, &lo))
		return -1;
	hi = lo;
	if (range && ni_flt_value(f, n->right, left, &hi))
		return -1;
	if (!ni_flt_compatible(left->type, lo.type) || !ni_flt_compatible(left->type, hi.type))
		return ni_flt_fail(f->tree.err, n->at, n->len, _("this is of type %s, not %s"),
				   ni_flt_type_name(&lo), ni_flt_type_name(left));
	regs[0] = (uint16_t)lo.reg;
	regs[1] = (uint16_t)hi.reg;
	return 0;
}

static int
member(struct ni_filter *f, const struct ni_node *n)
{
	struct ni_operand left;
	unsigned count = 0;
	uint16_t regs[2];
	for (int e = n->right; e; e = ni_flt_node(f, e)->next)
		count++;
	if (ni_flt_value(f, n->left, NULL, &left))
		return -1;
	unsigned first = f->nargs;
	f->nargs += 2 * count; /* functions among the elements have theirs behind */
	for (int e = n->right; e; e = ni_flt_node(f, e)->next, first += 2) {
		if (element(f, ni_flt_node(f, e), &left, regs))
			return -1;
		memcpy(f->args + first, regs, sizeof(regs));
	}
	struct ni_insn *i = ni_flt_emit(f, NI_OP_MEMBER);
	i->all = n->all;
	i->a = (uint16_t)left.reg;
	i->b = (uint16_t)(first - 2 * count);
	i->c = (uint16_t)count;
	return 0;
}

static int
exists(struct ni_filter *f, const struct ni_node *n)
{
	const struct ni_node *l = ni_flt_node(f, n->left);
	struct ni_operand o;
	if (l->kind == NI_N_FIELD) {
		int k = ni_flt_slot(f, l);
		if (k < 0)
			return -1;
		ni_flt_emit(f, NI_OP_EXISTS)->a = (uint16_t)k;
		return 0;
	}
	if (l->kind == NI_N_CALL) {
		ni_flt_fail(f->tree.err, l->at, l->len, _("what %.*s() gives is to be compared"),
			    (int)l->text_len, l->text);
		ni_flt_hint(f->tree.err, _("for example %.*s > 0"), ni_flt_quote(l),
			    f->text + l->at);
		return -1;
	}
	if (ni_flt_value(f, n->left, NULL, &o))
		return -1;
	struct ni_insn *i = ni_flt_emit(f, NI_OP_TRUE);
	i->a = (uint16_t)o.reg;
	i->fn = l->kind == NI_N_SLICE; /* there is enough that it is there */
	return 0;
}

static int
both(struct ni_filter *f, const struct ni_node *n)
{
	if (n->kind == NI_N_XOR && f->xors == NI_FLT_XORS)
		return ni_flt_fail(f->tree.err, n->at, 1, _("xor more than %d times"), NI_FLT_XORS);
	if (test(f, n->left))
		return -1;
	if (n->kind == NI_N_XOR) {
		unsigned bit = f->xors++;
		ni_flt_emit(f, NI_OP_SAVE)->c = (uint16_t)bit;
		if (test(f, n->right))
			return -1;
		ni_flt_emit(f, NI_OP_XOR)->c = (uint16_t)bit;
		return 0;
	}
	unsigned jump = f->ncode;
	ni_flt_emit(f, n->kind == NI_N_AND ? NI_OP_UNLESS : NI_OP_IF);
	if (test(f, n->right))
		return -1;
	f->code[jump].c = (uint16_t)f->ncode;
	return 0;
}

static int
test(struct ni_filter *f, int i)
{
	const struct ni_node *n = ni_flt_node(f, i);
	switch (n->kind) {
	case NI_N_OR:
	case NI_N_AND:
	case NI_N_XOR:
		return both(f, n);
	case NI_N_NOT:
		if (test(f, n->left))
			return -1;
		ni_flt_emit(f, NI_OP_NOT);
		return 0;
	case NI_N_CMP:
		return n->op == NI_CMP_MATCHES ? matches(f, n) : compare(f, n);
	case NI_N_IN:
		return member(f, n);
	default:
		return exists(f, n);
	}
}

int
ni_flt_compile(struct ni_filter *f, int root)
{
	size_t n = 2 * (size_t)f->tree.nnodes + 2;
	f->max_code = 4 * (unsigned)n < UINT16_MAX ? 4 * (unsigned)n : UINT16_MAX;
	f->code = calloc(f->max_code, sizeof(*f->code));
	f->regs = calloc(n, sizeof(*f->regs));
	f->consts = calloc(n, sizeof(*f->consts));
	f->slots = calloc(n, sizeof(*f->slots));
	f->res = calloc(n, sizeof(struct ni_re *));
	f->args = calloc(n + NI_FLT_ARGS, sizeof(*f->args));
	f->literals = malloc(2 * (strlen(f->text) + 1) + 16 * n);
	if (!f->code || !f->regs || !f->consts || !f->slots || !f->res || !f->args || !f->literals)
		return ni_flt_fail(f->tree.err, 0, 0, _("no memory"));
	if (test(f, root))
		return -1;
	if (f->ncode == f->max_code)
		return ni_flt_fail(f->tree.err, 0, 1, _("the filter is too long"));
	return 0;
}
