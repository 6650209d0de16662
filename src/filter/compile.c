/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compiler, first half: fields, literals and what is made of them become registers. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "program.h"

const struct ni_node *
ni_flt_node(const struct ni_filter *f, int n)
{
	return &f->tree.nodes[n];
}

enum ni_ft
ni_flt_type(unsigned field_type)
{
	static const uint8_t types[] = {
	    [NI_NONE] = NI_FT_NONE,       [NI_BOOL] = NI_FT_BOOL,       [NI_U8] = NI_FT_UINT,
	    [NI_U16] = NI_FT_UINT,        [NI_U24] = NI_FT_UINT,        [NI_U32] = NI_FT_UINT,
	    [NI_U64] = NI_FT_UINT,        [NI_I32] = NI_FT_SINT,        [NI_I64] = NI_FT_SINT,
	    [NI_DOUBLE] = NI_FT_DOUBLE,   [NI_STR] = NI_FT_STR,         [NI_BYTES] = NI_FT_BYTES,
	    [NI_ETHER] = NI_FT_ETHER,     [NI_IP4] = NI_FT_IP4,         [NI_IP6] = NI_FT_IP6,
	    [NI_RELTIME] = NI_FT_RELTIME, [NI_ABSTIME] = NI_FT_ABSTIME,
	};
	return (enum ni_ft)types[field_type];
}

const char *
ni_flt_type_name(const struct ni_operand *o)
{
	static const uint8_t types[] = {
	    [NI_FT_BOOL] = NI_BOOL,     [NI_FT_UINT] = NI_U64,        [NI_FT_SINT] = NI_I64,
	    [NI_FT_DOUBLE] = NI_DOUBLE, [NI_FT_RELTIME] = NI_RELTIME, [NI_FT_ABSTIME] = NI_ABSTIME,
	    [NI_FT_STR] = NI_STR,       [NI_FT_BYTES] = NI_BYTES,     [NI_FT_ETHER] = NI_ETHER,
	    [NI_FT_IP4] = NI_IP4,       [NI_FT_IP6] = NI_IP6,
	};
	if (o->type == NI_FT_PROTO)
		return _("protocol");
	return _(ni_type_name(o->field ? o->field->type : types[o->type]));
}

struct ni_insn *
ni_flt_emit(struct ni_filter *f, enum ni_op op)
{
	static struct ni_insn none; /* there is room for all that the nodes can need */
	if (f->ncode == f->max_code)
		return &none;
	struct ni_insn *i = &f->code[f->ncode++];
	*i = (struct ni_insn){.op = (uint8_t)op};
	return i;
}

bool
ni_flt_is_literal(const struct ni_node *n)
{
	return n->kind == NI_N_WORD || n->kind == NI_N_STRING || n->kind == NI_N_CHAR;
}

bool
ni_flt_compatible(enum ni_ft a, enum ni_ft b)
{
	if ((a == NI_FT_STR && b == NI_FT_PROTO) || (a == NI_FT_PROTO && b == NI_FT_STR))
		return false; /* a forgotten pair of quotes: conn.service == http */
	return a == b || (ni_flt_is_int(a) && ni_flt_is_int(b)) ||
	       (ni_flt_is_bytes(a) && ni_flt_is_bytes(b));
}

/* ---- fields ---- */

static void
unknown_field(struct ni_filter *f, const struct ni_node *n)
{
	char key[128];
	char like[200];
	struct ni_buf b = ni_buf(like, sizeof(like));
	size_t len = n->text_len < sizeof(key) ? n->text_len : sizeof(key) - 1;
	memcpy(key, n->text, len);
	key[len] = '\0';
	ni_flt_fail(f->tree.err, n->at, n->len, _("%.*s is neither a field nor a protocol"),
		    ni_flt_quote(n), f->text + n->at);
	ni_field_suggest(f->reg, key, &b);
	if (b.len)
		ni_flt_hint(f->tree.err, _("did you mean %s?"), ni_buf_z(&b));
	else
		ni_flt_hint(f->tree.err, _("'netinspect -G fields' lists all fields"));
}

static bool
same_layers(const struct ni_slot *s, const struct ni_node *n)
{
	return !s->nlayers && !n->nparts;
}

bool
ni_filter_is_final(const char *key)
{
	return !strncmp(key, "conn.", 5) || !strcmp(key, "tcp.completeness");
}

static void
set_bit(struct ni_slot *s, unsigned proto)
{
	s->protos[proto / 8] |= (uint8_t)(1U << proto % 8);
}

static int
fill_slot(struct ni_filter *f, struct ni_slot *s, const char *key)
{
	bool protocol = false;
	for (unsigned id = 1; id <= ni_registry_count(f->reg); id++) {
		if (strcmp(ni_registry_proto(f->reg, id)->key, key) != 0)
			continue;
		s->key = ni_registry_proto(f->reg, id)->key;
		set_bit(s, id);
		protocol = true;
	}
	if (protocol)
		return 0;
	s->nrefs = (unsigned)ni_field_lookup(f->reg, key, NULL, 0);
	s->refs = calloc(s->nrefs, sizeof(*s->refs));
	if (!s->refs)
		return ni_flt_fail(f->tree.err, 0, 0, _("no memory"));
	ni_field_lookup(f->reg, key, s->refs, s->nrefs);
	s->key = s->refs[0].field->key;
	if (strcmp(s->key, key) != 0)
		s->key = s->refs[0].field->alias;
	f->finals |= ni_filter_is_final(key);
	for (unsigned i = 0; i < s->nrefs; i++) {
		s->walk |= !(s->refs[i].field->flags & NI_F_FIXED);
		s->of_frame |= ni_registry_proto(f->reg, s->refs[i].proto)->of_frame;
		set_bit(s, s->refs[i].proto);
	}
	return 0;
}

/* The slot of a field; -1 when memory is short. */
int
ni_flt_slot(struct ni_filter *f, const struct ni_node *n)
{
	char key[128];
	memcpy(key, n->text, n->text_len); /* the parser found it: it is shorter */
	key[n->text_len] = '\0';
	for (unsigned i = 0; i < f->nslots; i++)
		if (same_layers(&f->slots[i], n) && !strcmp(f->slots[i].key, key))
			return (int)i;
	struct ni_slot *s = &f->slots[f->nslots];
	s->layers = n->parts;
	s->nlayers = n->nparts;
	if (fill_slot(f, s, key))
		return -1;
	return (int)f->nslots++;
}

static int
field(struct ni_filter *f, const struct ni_node *n, struct ni_operand *out)
{
	int k = ni_flt_slot(f, n);
	if (k < 0)
		return -1;
	const struct ni_slot *s = &f->slots[k];
	out->key = s->key;
	out->field = s->nrefs ? s->refs[0].field : NULL;
	out->type = s->nrefs ? ni_flt_type(out->field->type) : NI_FT_PROTO;
	out->reg = f->nregs++;
	if (out->type == NI_FT_NONE) {
		ni_flt_fail(f->tree.err, n->at, n->len, _("%s has no value: it is there or not"),
			    s->key);
		ni_flt_hint(f->tree.err, _("write it alone: %s"), s->key);
		return -1;
	}
	struct ni_insn *i = ni_flt_emit(f, NI_OP_LOAD);
	i->a = (uint16_t)k;
	i->c = (uint16_t)out->reg;
	return 0;
}

/* ---- values ---- */

static int
literal(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *like,
	struct ni_operand *out)
{
	struct ni_val *v = &f->consts[f->nconsts];
	if (!like) {
		if (n->kind == NI_N_WORD)
			unknown_field(f, n);
		else
			ni_flt_fail(f->tree.err, n->at, n->len, _("a field must stand here"));
		return -1;
	}
	if (ni_flt_literal(f, n, like, v))
		return -1;
	f->nconsts++;
	*out = (struct ni_operand){
	    .type = like->type, .field = like->field, .key = like->key, .reg = f->nregs};
	f->regs[f->nregs++] = (struct ni_reg){v, 1};
	return 0;
}

static int
slice(struct ni_filter *f, const struct ni_node *n, struct ni_operand *out)
{
	struct ni_operand of;
	if (ni_flt_value(f, n->left, NULL, &of))
		return -1;
	if (!ni_flt_is_bytes(of.type) && of.type != NI_FT_IP4 && of.type != NI_FT_IP6) {
		ni_flt_fail(f->tree.err, n->at, n->len, _("%.*s has no slices (its type: %s)"),
			    ni_flt_quote(ni_flt_node(f, n->left)), f->text + n->at,
			    ni_flt_type_name(&of));
		return -1;
	}
	*out = (struct ni_operand){.type = of.type == NI_FT_STR ? NI_FT_STR : NI_FT_BYTES,
				   .reg = f->nregs++};
	struct ni_insn *i = ni_flt_emit(f, NI_OP_SLICE);
	i->a = (uint16_t)of.reg;
	i->c = (uint16_t)out->reg;
	i->parts = n->parts;
	i->nparts = n->nparts;
	return 0;
}

static int
unknown_function(struct ni_filter *f, const struct ni_node *n)
{
	char all[128];
	struct ni_buf b = ni_buf(all, sizeof(all));
	for (unsigned k = 0; k < NI_NFN; k++)
		if (ni_fns[k].name)
			ni_buf_fmt(&b, "%s%s", k ? ", " : "", ni_fns[k].name);
	ni_flt_fail(f->tree.err, n->at, n->text_len, _("there is no function %.*s"),
		    (int)n->text_len, n->text);
	ni_flt_hint(f->tree.err, _("there are %s"), ni_buf_z(&b));
	return -1;
}

/* One argument; the first says what the others have to be. */
static int
argument(struct ni_filter *f, const struct ni_fn_def *fn, int a, struct ni_operand *first,
	 unsigned nth)
{
	struct ni_operand o;
	const struct ni_node *n = ni_flt_node(f, a);
	if (ni_flt_value(f, a, nth ? first : NULL, &o))
		return -1;
	if (!fn->takes(o.type) || (nth && !ni_flt_compatible(o.type, first->type)))
		return ni_flt_fail(f->tree.err, n->at, n->len,
				   _("%.*s is of type %s; %s() takes %s"), ni_flt_quote(n),
				   f->text + n->at, ni_flt_type_name(&o), fn->name, _(fn->wants));
	f->args[f->nargs + nth] = (uint16_t)o.reg;
	if (!nth)
		*first = o;
	return 0;
}

static int
call(struct ni_filter *f, const struct ni_node *n, struct ni_operand *out)
{
	struct ni_operand first = {.type = NI_FT_NONE};
	unsigned k = 0;
	unsigned nargs = 0;
	uint16_t regs[NI_FLT_ARGS];
	while (k < NI_NFN && (!ni_fns[k].name || strlen(ni_fns[k].name) != n->text_len ||
			      strncmp(ni_fns[k].name, n->text, n->text_len) != 0))
		k++;
	if (k == NI_NFN)
		return unknown_function(f, n);
	const struct ni_fn_def *fn = &ni_fns[k];
	for (int a = n->left; a; a = ni_flt_node(f, a)->next, nargs++) {
		if (nargs == fn->max_args)
			return ni_flt_fail(f->tree.err, ni_flt_node(f, a)->at,
					   ni_flt_node(f, a)->len, _("too many arguments for %s()"),
					   fn->name);
		if (argument(f, fn, a, &first, nargs))
			return -1;
		regs[nargs] = f->args[f->nargs + nargs];
	}
	if (nargs < fn->min_args)
		return ni_flt_fail(f->tree.err, n->at, n->len, _("%s() takes %s"), fn->name,
				   _(fn->wants));
	memcpy(f->args + f->nargs, regs, nargs * sizeof(regs[0]));
	*out = (struct ni_operand){.type = fn->gives ? fn->gives : first.type, .reg = f->nregs++};
	struct ni_insn *i = ni_flt_emit(f, NI_OP_CALL);
	i->fn = (uint8_t)k;
	i->a = (uint16_t)f->nargs;
	i->b = (uint16_t)nargs;
	i->c = (uint16_t)out->reg;
	i->field = first.field;
	f->nargs += nargs;
	return 0;
}

static bool
can_calculate(enum ni_ft t, int op)
{
	if (op == '&')
		return ni_flt_is_int(t) || t == NI_FT_IP4 || t == NI_FT_IP6 ||
		       (ni_flt_is_bytes(t) && t != NI_FT_STR);
	return ni_flt_is_int(t) || t == NI_FT_DOUBLE || (t == NI_FT_RELTIME && op != '%');
}

static int
cannot_calculate(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *o, int op)
{
	return ni_flt_fail(f->tree.err, n->at, n->len,
			   _("%.*s is of type %s, with which %c is not possible"), ni_flt_quote(n),
			   f->text + n->at, ni_flt_type_name(o), op);
}

static int
arith(struct ni_filter *f, const struct ni_node *n, struct ni_operand *out)
{
	struct ni_operand a;
	struct ni_operand b;
	const struct ni_node *l = ni_flt_node(f, n->left);
	const struct ni_node *r = ni_flt_node(f, n->right);
	bool right_first = ni_flt_is_literal(l);
	if (ni_flt_value(f, right_first ? n->right : n->left, NULL, right_first ? &b : &a))
		return -1;
	struct ni_operand like = right_first ? b : a;
	if (!can_calculate(like.type, n->op))
		return cannot_calculate(f, right_first ? r : l, &like, n->op);
	like.field = NULL;
	if (like.type == NI_FT_RELTIME && (n->op == '*' || n->op == '/'))
		like.type = NI_FT_DOUBLE; /* a time by a number */
	if (ni_flt_is_int(like.type))
		like.type = NI_FT_UINT;
	if (ni_flt_value(f, right_first ? n->left : n->right, &like, right_first ? &a : &b))
		return -1;
	if (!ni_flt_compatible(a.type, b.type) &&
	    !(a.type == NI_FT_RELTIME && b.type == NI_FT_DOUBLE))
		return cannot_calculate(f, r, &b, n->op);
	*out = (struct ni_operand){.type = a.type, .reg = f->nregs++};
	if (a.type == NI_FT_BOOL)
		out->type = NI_FT_UINT;
	struct ni_insn *i = ni_flt_emit(f, NI_OP_ARITH);
	i->fn = n->op;
	i->a = (uint16_t)a.reg;
	i->b = (uint16_t)b.reg;
	i->c = (uint16_t)out->reg;
	return 0;
}

static int
minus(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *like,
      struct ni_operand *out)
{
	struct ni_operand o;
	if (ni_flt_value(f, n->left, like, &o))
		return -1;
	if (!can_calculate(o.type, '-'))
		return cannot_calculate(f, n, &o, '-');
	*out = (struct ni_operand){.type = ni_flt_is_int(o.type) ? NI_FT_SINT : o.type,
				   .reg = f->nregs++};
	struct ni_insn *i = ni_flt_emit(f, NI_OP_NEG);
	i->a = (uint16_t)o.reg;
	i->c = (uint16_t)out->reg;
	return 0;
}

/* A value; a literal becomes one of the type of @like (NULL: it may not be one). */
int
ni_flt_value(struct ni_filter *f, int n, const struct ni_operand *like, struct ni_operand *out)
{
	const struct ni_node *k = ni_flt_node(f, n);
	*out = (struct ni_operand){.type = NI_FT_NONE};
	if (ni_flt_is_literal(k))
		return literal(f, k, like, out);
	switch (k->kind) {
	case NI_N_FIELD:
		return field(f, k, out);
	case NI_N_SLICE:
		return slice(f, k, out);
	case NI_N_CALL:
		return call(f, k, out);
	case NI_N_NEG:
		return minus(f, k, like, out);
	default:
		return arith(f, k, out);
	}
}
