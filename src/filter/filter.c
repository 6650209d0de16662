/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters from outside: making one, asking it, completing what is being typed; see filter.h. */
#include "netinspect/filter.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/dis.h"
#include "program.h"

static bool
make(struct ni_filter *f, struct ni_filter_error *err)
{
	f->vals = malloc(NI_FLT_VALUES * sizeof(*f->vals));
	f->scratch = malloc(NI_FLT_SCRATCH);
	if (f->vals && f->scratch)
		return true;
	ni_flt_fail(err, 0, 0, _("no memory"));
	return false;
}

struct ni_filter *
ni_filter_compile(const struct ni_registry *reg, const char *text, struct ni_filter_error *err)
{
	*err = (struct ni_filter_error){.at = 0};
	struct ni_filter *f = calloc(1, sizeof(*f));
	if (f)
		f->text = strdup(text);
	if (!f || !f->text) {
		free(f);
		ni_flt_fail(err, 0, 0, _("no memory"));
		return NULL;
	}
	f->reg = reg;
	f->tree = (struct ni_tree){.reg = reg, .text = f->text, .err = err};
	int root = ni_flt_parse(&f->tree);
	if (root < 0 || (root > 0 && (ni_flt_compile(f, root) || !make(f, err))))
		ni_filter_free(&f);
	else
		f->tree.err = NULL; /* the caller's, and not needed any more */
	return f;
}

void
ni_filter_free(struct ni_filter **f)
{
	struct ni_filter *p = *f;
	if (!p)
		return;
	for (unsigned i = 0; i < p->nres; i++)
		ni_re_free(&p->res[i]);
	for (unsigned i = 0; i < p->nslots; i++)
		free(p->slots[i].refs);
	ni_flt_tree_free(&p->tree);
	free(p->text);
	free(p->code);
	free(p->regs);
	free(p->consts);
	free(p->slots);
	free(p->res);
	free(p->args);
	free(p->literals);
	free(p->vals);
	free(p->scratch);
	free(p);
	*f = NULL;
}

bool
ni_filter_needs_finals(const struct ni_filter *f)
{
	return f->finals;
}

unsigned
ni_filter_needs(const struct ni_filter *f)
{
	unsigned needs = 0;
	for (unsigned i = 0; i < f->nslots; i++) {
		const struct ni_slot *s = &f->slots[i];
		for (unsigned k = 0; k < s->nrefs; k++)
			needs |= ni_field_needs(f->reg, &s->refs[k]);
		for (unsigned id = 1; !s->nrefs && id <= ni_registry_count(f->reg); id++)
			if (s->protos[id / 8] >> id % 8 & 1)
				needs |= ni_layer_needs(ni_registry_proto(f->reg, id));
	}
	return needs;
}

struct ni_filter_limits
ni_filter_limits(const struct ni_filter *f)
{
	return f->limits;
}

/* ---- matching ---- */

static bool
is_true(const struct ni_insn *i, const struct ni_reg *r)
{
	for (uint32_t k = 0; k < r->n; k++) {
		const struct ni_val *v = &r->v[k];
		if (i->fn || (v->type < NI_FT_STR && v->u))
			return true;
		for (uint32_t b = 0; v->type >= NI_FT_STR && b < v->n; b++)
			if (v->p[b])
				return true;
	}
	return false;
}

static bool
match_one(struct ni_filter *f, struct ni_re *re, const struct ni_val *v)
{
	int rc = ni_re_match(re, v->p, v->n);
	f->limits.patterns_stopped += rc < 0;
	return rc > 0;
}

static bool
match(struct ni_filter *f, const struct ni_insn *i)
{
	const struct ni_reg *r = &f->regs[i->a];
	for (uint32_t k = 0; k < r->n; k++)
		if (match_one(f, f->res[i->b], &r->v[k]) != i->all)
			return !i->all;
	return i->all && r->n;
}

/* An instruction that only makes values; false if it is another. */
static bool
make_values(struct ni_filter *f, const struct ni_insn *i)
{
	switch (i->op) {
	case NI_OP_LOAD:
		ni_flt_load(f, &f->slots[i->a]);
		f->regs[i->c] = f->slots[i->a].reg;
		return true;
	case NI_OP_SLICE:
		ni_flt_slice(f, i);
		return true;
	case NI_OP_CALL:
		ni_flt_call(f, i);
		return true;
	case NI_OP_NEG:
		ni_flt_negate(f, i);
		return true;
	case NI_OP_ARITH:
		ni_flt_arith(f, i);
		return true;
	default:
		return false;
	}
}

/* An instruction that tests something. */
static bool
test(struct ni_filter *f, const struct ni_insn *i)
{
	const struct ni_reg *r = f->regs;
	switch (i->op) {
	case NI_OP_CMP:
		return ni_flt_compare(i, &r[i->a], &r[i->b]);
	case NI_OP_MEMBER:
		return ni_flt_member(f, i);
	case NI_OP_MATCH:
		return match(f, i);
	case NI_OP_EXISTS: {
		struct ni_slot *s = &f->slots[i->a];
		if (!s->nrefs)
			return ni_flt_exists(f, s);
		ni_flt_load(f, s);
		return s->reg.n != 0;
	}
	default:
		return is_true(i, &r[i->a]);
	}
}

static void
begin(struct ni_filter *f, const struct ni_dis *d)
{
	f->dis = d;
	f->frame++;
	f->nvals = 0;
	f->nscratch = 0;
}

bool
ni_filter_match(struct ni_filter *f, const struct ni_dis *d)
{
	bool result = true;
	begin(f, d);
	for (unsigned pc = 0; pc < f->ncode; pc++) {
		const struct ni_insn *i = &f->code[pc];
		if (i->op == NI_OP_PLAIN)
			result = ni_flt_test_plain(f, i);
		else if (make_values(f, i))
			continue;
		else if (i->op == NI_OP_NOT)
			result = !result;
		else if (i->op == NI_OP_SAVE)
			f->saved[i->c] = result;
		else if (i->op == NI_OP_XOR)
			result = result != f->saved[i->c];
		else if (i->op == NI_OP_IF || i->op == NI_OP_UNLESS)
			pc = result == (i->op == NI_OP_IF) ? i->c - 1U : pc;
		else
			result = test(f, i);
	}
	return result;
}

/* ---- the groups of a pattern ---- */

bool
ni_filter_is_pattern(const struct ni_filter *f)
{
	for (unsigned pc = 0; pc + 1 < f->ncode; pc++)
		if (f->code[pc].op > NI_OP_ARITH)
			return false;
	return f->ncode && f->code[f->ncode - 1].op == NI_OP_MATCH;
}

static void
show_groups(const struct ni_re *re, const struct ni_val *v, ni_filter_group_fn *show, void *ctx)
{
	size_t from = 0;
	size_t to = 0;
	bool named = false;
	unsigned n = ni_re_groups(re);
	for (unsigned i = 1; i <= n; i++)
		named |= ni_re_name(re, i) != NULL;
	for (unsigned i = n ? 1 : 0; i <= n; i++)
		if ((!named || ni_re_name(re, i)) && ni_re_group(re, i, &from, &to) && to <= v->n)
			show(ctx, ni_re_name(re, i), v->p + from, to - from);
}

void
ni_filter_groups(struct ni_filter *f, const struct ni_dis *d, ni_filter_group_fn *show, void *ctx)
{
	begin(f, d);
	const struct ni_insn *i = f->code;
	while (make_values(f, i))
		i++;
	const struct ni_reg *r = &f->regs[i->a];
	for (uint32_t k = 0; k < r->n; k++)
		if (match_one(f, f->res[i->b], &r->v[k]))
			show_groups(f->res[i->b], &r->v[k], show, ctx);
}

/* ---- completion ---- */

static bool
quoted_at(const char *text, size_t cursor)
{
	for (size_t at = 0; at < cursor;) {
		struct ni_token t = ni_flt_token(text, at);
		if (t.kind == NI_TOK_END || t.at >= cursor)
			return false;
		bool quoted = strchr("\"'", text[t.at]) ||
			      (t.len > 1 && text[t.at] == 'r' && text[t.at + 1] == '"');
		if (quoted && (cursor < t.at + t.len || t.kind == NI_TOK_BAD))
			return true;
		at = t.at + t.len;
	}
	return false;
}

/* Put @key into its place among the first @max of @n sorted keys; how many there are now. */
static size_t
insert(const char **keys, size_t n, size_t max, const char *key)
{
	size_t have = n < max ? n : max;
	size_t i = have;
	while (i > 0 && strcmp(keys[i - 1], key) > 0)
		i--;
	if (i > 0 && !strcmp(keys[i - 1], key))
		return n;
	if (i < max) {
		size_t moved = have < max ? have - i : max - 1 - i;
		memmove(keys + i + 1, keys + i, moved * sizeof(*keys));
		keys[i] = key;
	}
	return n + 1;
}

size_t
ni_filter_complete(const struct ni_registry *reg, const char *text, size_t cursor, size_t *start,
		   const char **keys, size_t max)
{
	size_t at = cursor;
	size_t n = 0;
	while (at > 0 && ni_flt_is_word((unsigned char)text[at - 1]))
		at--;
	*start = at;
	if (quoted_at(text, cursor))
		return 0;
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_proto *p = ni_registry_proto(reg, id);
		if (!strncmp(p->key, text + at, cursor - at))
			n = insert(keys, n, max, p->key);
		for (const struct ni_field *f = p->fields; f && f->key; f++) {
			if (!strncmp(f->key, text + at, cursor - at))
				n = insert(keys, n, max, f->key);
			if (f->alias && !strncmp(f->alias, text + at, cursor - at))
				n = insert(keys, n, max, f->alias);
		}
	}
	return n;
}
