/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parser of the filter language, from weak to strong:
 *
 *   or:       xor { ("or" | "||") xor }
 *   xor:      and { ("xor" | "^^") and }
 *   and:      not { ("and" | "&&") not }
 *   not:      { "not" | "!" } relation
 *   relation: "(" or ")" | ["any" | "all"] value { comparison value }
 *             | value ["not"] "in" "{" element { "," element } "}"
 *   value:    sum { "&" sum }    sum: product { ("+" | "-") product }
 *   product:  unary { ("*" | "/" | "%") unary }    unary: ["-" | "+"] postfix
 *   postfix:  primary { "[" ranges "]" }
 *   primary:  field ["#" layers] | literal | name "(" value { "," value } ")" | "{" value "}"
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "syntax.h"

static int parse_or(struct ni_tree *t);
static int parse_value(struct ni_tree *t);

void
ni_flt_advance(struct ni_tree *t)
{
	t->last_end = t->tok.at + t->tok.len;
	t->tok = ni_flt_token(t->text, t->last_end);
}

/* Something else was expected where the next token stands. */
static int
unexpected(struct ni_tree *t, const char *wanted)
{
	const struct ni_token *k = &t->tok;
	if (k->kind == NI_TOK_END)
		ni_flt_fail(t->err, k->at, 1, _("the filter ends too early"));
	else if (k->kind == NI_TOK_BAD && strchr("\"'r", t->text[k->at]))
		return ni_flt_fail(t->err, k->at, k->len, _("the closing quote is missing"));
	else
		ni_flt_fail(t->err, k->at, k->len, _("\"%.*s\" was not expected here"), (int)k->len,
			    t->text + k->at);
	if (t->text[k->at] == '=')
		ni_flt_hint(t->err, _("\"==\" compares"));
	else
		ni_flt_hint(t->err, _("expected: %s"), wanted);
	return -1;
}

static int
no_memory(struct ni_tree *t)
{
	return ni_flt_fail(t->err, 0, 0, _("no memory"));
}

int
ni_flt_new_node(struct ni_tree *t, enum ni_node_kind kind, size_t at)
{
	if (t->nnodes + 1 >= t->max) /* cannot be: there is room for all that the text can hold */
		return no_memory(t);
	int i = ++t->nnodes;
	t->nodes[i] = (struct ni_node){.kind = (uint8_t)kind, .at = at};
	return i;
}

/* A node over two others. */
static int
pair(struct ni_tree *t, enum ni_node_kind kind, int left, int right)
{
	int n = ni_flt_new_node(t, kind, t->nodes[left].at);
	if (n > 0) {
		const struct ni_node *r = &t->nodes[right];
		t->nodes[n].left = left;
		t->nodes[n].right = right;
		t->nodes[n].len = r->at + r->len - t->nodes[n].at;
	}
	return n;
}

static bool
is_sign(const struct ni_tree *t, int sign)
{
	return t->tok.kind == NI_TOK_SIGN && t->tok.op == sign;
}

static int
deeper(struct ni_tree *t)
{
	if (++t->depth > NI_FLT_MAX_DEPTH)
		return ni_flt_fail(t->err, t->tok.at, 1, _("nested too deeply"));
	return 0;
}

/* ---- values ---- */

static bool
is_key(const struct ni_tree *t, const char *p, size_t n)
{
	char key[128];
	if (!n || n >= sizeof(key))
		return false;
	memcpy(key, p, n);
	key[n] = '\0';
	return ni_registry_find(t->reg, key) || ni_field_lookup(t->reg, key, NULL, 0);
}

static int
parse_layers(struct ni_tree *t, int i)
{
	struct ni_node *n = &t->nodes[i];
	size_t sign = t->tok.at;
	ni_flt_advance(t);
	if (is_sign(t, '['))
		return ni_flt_parse_ranges(t, n) ? -1 : i;
	struct ni_part_range *r = n->parts = t->parts + t->nparts;
	const char *p = t->text + t->tok.at;
	if (!ni_flt_parse_number(&p, &r->from) || r->from < 1) {
		ni_flt_fail(t->err, sign, 1, _("behind # stands the number of a layer"));
		ni_flt_hint(t->err, _("ip.addr#1 is the outermost, ip.addr#[-1] the innermost"));
		return -1;
	}
	r->to = r->from;
	r->counted = r->open = false;
	t->nparts++;
	n->nparts = 1;
	ni_flt_advance(t);
	n->len = t->last_end - n->at;
	return i;
}

static int
parse_call(struct ni_tree *t)
{
	int call = ni_flt_new_node(t, NI_N_CALL, t->tok.at);
	int last = 0;
	if (call < 0 || deeper(t))
		return -1;
	t->nodes[call].text = t->text + t->tok.at;
	t->nodes[call].text_len = t->tok.len;
	ni_flt_advance(t);
	ni_flt_advance(t);
	while (!is_sign(t, ')')) {
		int arg = parse_value(t);
		if (arg < 0)
			return -1;
		if (last)
			t->nodes[last].next = arg;
		else
			t->nodes[call].left = arg;
		last = arg;
		if (is_sign(t, ','))
			ni_flt_advance(t);
		else if (!is_sign(t, ')'))
			return unexpected(t, "\")\"");
	}
	ni_flt_advance(t);
	t->depth--;
	t->nodes[call].len = t->last_end - t->nodes[call].at;
	return call;
}

/* Whether "(" stands directly behind the next token. */
static bool
before_paren(const struct ni_tree *t)
{
	return ni_flt_token(t->text, t->tok.at + t->tok.len).op == '(';
}

static int
parse_word(struct ni_tree *t)
{
	const char *p = t->text + t->tok.at;
	size_t n = t->tok.len;
	bool forced = *p == '.';
	int i = ni_flt_new_node(t, NI_N_WORD, t->tok.at);
	if (i < 0)
		return -1;
	t->nodes[i].text = p + forced;
	t->nodes[i].text_len = n - forced;
	t->nodes[i].len = n;
	if (is_key(t, p + forced, n - forced))
		t->nodes[i].kind = NI_N_FIELD;
	ni_flt_advance(t);
	return t->nodes[i].kind == NI_N_FIELD && is_sign(t, '#') ? parse_layers(t, i) : i;
}

static int
parse_primary(struct ni_tree *t)
{
	int i = -1;
	switch (t->tok.kind) {
	case NI_TOK_WORD:
		return before_paren(t) && !isdigit((unsigned char)t->text[t->tok.at])
			   ? parse_call(t)
			   : parse_word(t);
	case NI_TOK_STRING:
	case NI_TOK_RAW:
	case NI_TOK_CHAR:
		return ni_flt_parse_quoted(t, false);
	case NI_TOK_SIGN:
		if (t->tok.op != '{' || deeper(t))
			break;
		ni_flt_advance(t);
		i = parse_value(t);
		if (i >= 0 && !is_sign(t, '}'))
			return unexpected(t, "\"}\"");
		ni_flt_advance(t);
		t->depth--;
		return i;
	case NI_TOK_END:
	case NI_TOK_CMP:
	case NI_TOK_AND:
	case NI_TOK_OR:
	case NI_TOK_XOR:
	case NI_TOK_NOT:
	case NI_TOK_IN:
	case NI_TOK_ANY:
	case NI_TOK_ALL:
	case NI_TOK_ARITH:
	case NI_TOK_DOTS:
	case NI_TOK_BAD:
		break;
	}
	return t->err->what[0] ? -1 : unexpected(t, _("a field or a value"));
}

static int
parse_postfix(struct ni_tree *t)
{
	int i = parse_primary(t);
	while (i > 0 && is_sign(t, '[')) {
		int slice = ni_flt_new_node(t, NI_N_SLICE, t->nodes[i].at);
		if (slice < 0 || ni_flt_parse_ranges(t, &t->nodes[slice]))
			return -1;
		t->nodes[slice].left = i;
		i = slice;
	}
	return i;
}

static int
parse_unary(struct ni_tree *t)
{
	size_t at = t->tok.at;
	if (t->tok.kind != NI_TOK_ARITH || (t->tok.op != '-' && t->tok.op != '+'))
		return parse_postfix(t);
	bool minus = t->tok.op == '-';
	if (deeper(t))
		return -1;
	ni_flt_advance(t);
	/* -5 is one literal */
	bool glued = t->tok.kind == NI_TOK_WORD && t->tok.at == at + 1 &&
		     isdigit((unsigned char)t->text[at + 1]);
	int i = parse_unary(t);
	t->depth--;
	if (i < 0)
		return -1;
	if (glued && t->nodes[i].kind == NI_N_WORD) {
		t->nodes[i].at = at;
		t->nodes[i].len++;
		t->nodes[i].text = t->text + at + !minus;
		t->nodes[i].text_len += minus;
		return i;
	}
	int neg = minus ? ni_flt_new_node(t, NI_N_NEG, at) : i;
	if (minus && neg > 0) {
		t->nodes[neg].left = i;
		t->nodes[neg].len = t->last_end - at;
	}
	return neg;
}

/* Operators by strength: & weakest, then + -, then * / %. */
static int
parse_arith(struct ni_tree *t, unsigned level)
{
	static const char *const ops[] = {"&", "+-", "*/%"};
	if (level == 3)
		return parse_unary(t);
	int left = parse_arith(t, level + 1);
	while (left > 0 && t->tok.kind == NI_TOK_ARITH && strchr(ops[level], t->tok.op)) {
		int op = t->tok.op;
		ni_flt_advance(t);
		int right = parse_arith(t, level + 1);
		if (right < 0)
			return -1;
		left = pair(t, NI_N_ARITH, left, right);
		if (left > 0)
			t->nodes[left].op = (uint8_t)op;
	}
	return left;
}

static int
parse_value(struct ni_tree *t)
{
	return parse_arith(t, 0);
}

/* ---- tests ---- */

static int
parse_element(struct ni_tree *t)
{
	int from = parse_value(t);
	if (from < 0 || t->tok.kind != NI_TOK_DOTS)
		return from;
	ni_flt_advance(t);
	int to = parse_value(t);
	return to < 0 ? -1 : pair(t, NI_N_RANGE, from, to);
}

static int
parse_set(struct ni_tree *t, int left, bool all)
{
	int set = ni_flt_new_node(t, NI_N_IN, t->nodes[left].at);
	int last = 0;
	if (set < 0)
		return -1;
	t->nodes[set].left = left;
	t->nodes[set].all = all;
	ni_flt_advance(t);
	if (!is_sign(t, '{'))
		return unexpected(t, "\"{\"");
	do {
		ni_flt_advance(t);
		int e = parse_element(t);
		if (e < 0)
			return -1;
		if (last)
			t->nodes[last].next = e;
		else
			t->nodes[set].right = e;
		last = e;
	} while (is_sign(t, ','));
	if (!is_sign(t, '}'))
		return unexpected(t, _("\",\" or \"}\""));
	ni_flt_advance(t);
	t->nodes[set].len = t->last_end - t->nodes[set].at;
	return set;
}

static int
negate(struct ni_tree *t, int i)
{
	int n = i > 0 ? ni_flt_new_node(t, NI_N_NOT, t->nodes[i].at) : i;
	if (n > 0) {
		t->nodes[n].left = i;
		t->nodes[n].len = t->nodes[i].len;
	}
	return n;
}

/* a < b < c means a < b and b < c. */
static int
parse_comparisons(struct ni_tree *t, int left, const struct ni_token *quantifier)
{
	int all = 0;
	while (t->tok.kind == NI_TOK_CMP) {
		struct ni_token op = t->tok;
		ni_flt_advance(t);
		bool pattern = op.op == NI_CMP_MATCHES && t->tok.kind == NI_TOK_STRING;
		int right = pattern ? ni_flt_parse_quoted(t, true) : parse_value(t);
		int n = right < 0 ? -1 : pair(t, NI_N_CMP, left, right);
		if (n < 0)
			return -1;
		t->nodes[n].op = (uint8_t)op.op;
		t->nodes[n].all = quantifier ? quantifier->kind == NI_TOK_ALL : op.all;
		all = all ? pair(t, NI_N_AND, all, n) : n;
		if (all < 0)
			return -1;
		left = right;
	}
	return all;
}

static int
parse_relation(struct ni_tree *t)
{
	struct ni_token quantifier = t->tok;
	bool quantified = quantifier.kind == NI_TOK_ANY || quantifier.kind == NI_TOK_ALL;
	if (is_sign(t, '(')) {
		if (deeper(t))
			return -1;
		ni_flt_advance(t);
		int i = parse_or(t);
		if (i >= 0 && !is_sign(t, ')'))
			return unexpected(t, "\")\"");
		ni_flt_advance(t);
		t->depth--;
		return i;
	}
	if (quantified)
		ni_flt_advance(t);
	int left = parse_value(t);
	if (left < 0)
		return -1;
	if (t->tok.kind == NI_TOK_CMP)
		return parse_comparisons(t, left, quantified ? &quantifier : NULL);
	if (t->tok.kind == NI_TOK_IN)
		return parse_set(t, left, quantifier.kind == NI_TOK_ALL);
	if (quantified)
		return unexpected(t, _("a comparison (==, >, contains ...)"));
	if (t->tok.kind == NI_TOK_NOT &&
	    ni_flt_token(t->text, t->tok.at + t->tok.len).kind == NI_TOK_IN) {
		ni_flt_advance(t);
		return negate(t, parse_set(t, left, false));
	}
	int test = ni_flt_new_node(t, NI_N_TEST, t->nodes[left].at);
	if (test > 0) {
		t->nodes[test].left = left;
		t->nodes[test].len = t->nodes[left].len;
	}
	return test;
}

static int
parse_not(struct ni_tree *t)
{
	bool odd = false;
	for (; t->tok.kind == NI_TOK_NOT; odd = !odd)
		ni_flt_advance(t);
	int i = parse_relation(t);
	return odd ? negate(t, i) : i;
}

/* "and" binds tighter than "xor", "xor" tighter than "or". */
static int
parse_logic(struct ni_tree *t, unsigned level)
{
	static const struct {
		enum ni_tok tok;
		enum ni_node_kind kind;
	} ops[] = {{NI_TOK_OR, NI_N_OR}, {NI_TOK_XOR, NI_N_XOR}, {NI_TOK_AND, NI_N_AND}};
	if (level == 3)
		return parse_not(t);
	int left = parse_logic(t, level + 1);
	while (left > 0 && t->tok.kind == ops[level].tok) {
		ni_flt_advance(t);
		int right = parse_logic(t, level + 1);
		left = right < 0 ? -1 : pair(t, ops[level].kind, left, right);
	}
	return left;
}

static int
parse_or(struct ni_tree *t)
{
	return parse_logic(t, 0);
}

void
ni_flt_tree_free(struct ni_tree *t)
{
	free(t->nodes);
	free(t->parts);
	free(t->strings);
}

int
ni_flt_parse(struct ni_tree *t)
{
	size_t len = strlen(t->text);
	if (len > NI_FLT_MAX_TEXT)
		return ni_flt_fail(t->err, NI_FLT_MAX_TEXT, 1,
				   _("the filter is longer than %d bytes"), NI_FLT_MAX_TEXT);
	/* Every token makes at most three nodes, every byte at most one character. */
	t->max = (int)(3 * len + 8);
	t->nodes = calloc((size_t)t->max, sizeof(*t->nodes));
	t->parts = calloc(len + 1, sizeof(*t->parts));
	t->strings = malloc(len + 1);
	if (!t->nodes || !t->parts || !t->strings)
		return no_memory(t);
	t->tok = ni_flt_token(t->text, 0);
	if (t->tok.kind == NI_TOK_END)
		return 0;
	int root = parse_or(t);
	if (root > 0 && t->tok.kind != NI_TOK_END)
		return unexpected(t, _("and, or, a comparison, or the end"));
	return root;
}
