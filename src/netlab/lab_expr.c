/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions of a lab file: `POINT | FILTER | TAKE`, `calc EXPRESSION`, or plain text; and what
 * {names} in them stand for.
 */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "lab.h"
#include "lab_lines.h"
#include "netinspect/buf.h"

enum { FILLED_MAX = 8192 };

static const struct take_word {
	const char *word;
	enum nl_take take;
	unsigned least, most; /* fields */
} takes[] = {
    {"first", NL_FIRST, 1, NL_FIELDS_MAX},
    {"last", NL_LAST, 1, NL_FIELDS_MAX},
    {"nth", NL_NTH, 1, NL_FIELDS_MAX},
    {"any", NL_ANY, 1, NL_FIELDS_MAX},
    {"count", NL_COUNT, 0, 0},
    {"distinct", NL_DISTINCT, 1, 1},
    {"list", NL_LIST, 1, NL_FIELDS_MAX},
    {"set", NL_SET, 1, NL_FIELDS_MAX},
    {"turns", NL_TURNS, 1, 1},
    {"sum", NL_SUM, 1, 1},
    {"min", NL_MIN, 1, 1},
    {"max", NL_MAX, 1, 1},
    {"median", NL_MEDIAN, 1, 1},
    {"gap", NL_GAP, 1, 1},
};

int
nl_point_find(const struct nl_lab *lab, const char *name, size_t n)
{
	for (unsigned i = 0; i < lab->npoints; i++)
		if (strlen(lab->point[i].name) == n && !memcmp(lab->point[i].name, name, n))
			return (int)i;
	return -1;
}

unsigned
nl_small_number(const char *s)
{
	char *end;
	if (*s < '0' || *s > '9')
		return 0;
	unsigned long v = strtoul(s, &end, 10);
	return *end || v > 9999 ? 0 : (unsigned)v;
}

/* "KEY" or "KEY#2" */
static int
add_field(struct nl_pool *pool, struct nl_expr *e, const char *word, struct ni_err *err)
{
	const char *hash = strchr(word, '#');
	unsigned nth = hash ? nl_small_number(hash + 1) : 1;
	if (e->nfields == NL_FIELDS_MAX)
		return ni_fail(err, NI_ERR_INPUT, _("more than %d fields"), NL_FIELDS_MAX);
	if (!nth || hash == word)
		return ni_fail(err, NI_ERR_INPUT, _("%s: not a field"), word);
	e->field[e->nfields] = hash ? nl_copy(pool, word, (size_t)(hash - word)) : word;
	e->occurrence[e->nfields++] = nth;
	return NI_SUCCESS;
}

/* "first ip.src tcp.srcport" */
static int
parse_take(struct nl_pool *pool, const char *text, struct nl_expr *e, struct ni_err *err)
{
	const char *p = text;
	const char *word = nl_word_next(pool, &p);
	const struct take_word *t = NULL;
	for (size_t i = 0; word && i < sizeof(takes) / sizeof(takes[0]); i++)
		if (!strcmp(word, takes[i].word))
			t = &takes[i];
	if (!t) {
		ni_fail(err, NI_ERR_INPUT, _("%s: not a way to take values"), word ? word : "");
		ni_hint(err, _("one of: %s"),
			"first last nth any count distinct list set turns sum min max gap");
		return NI_ERR_INPUT;
	}
	e->take = t->take;
	if (t->take == NL_NTH) {
		e->nth = nl_word_next(pool, &p);
		if (!e->nth || (*e->nth != '{' && !nl_small_number(e->nth)))
			return ni_fail(err, NI_ERR_INPUT, _("nth: no number"));
	}
	while ((word = nl_word_next(pool, &p))) {
		int rc = add_field(pool, e, word, err);
		if (rc)
			return rc;
	}
	if (e->nfields < t->least || e->nfields > t->most)
		return ni_fail(err, NI_ERR_INPUT, _("%s: %u fields, but it takes %u to %u"),
			       t->word, e->nfields, t->least, t->most);
	return NI_SUCCESS;
}

int
nl_expr_parse(const struct nl_lab *lab, struct nl_pool *pool, const char *text, struct nl_expr *e,
	      struct ni_err *err)
{
	size_t word = strcspn(text, " \t|");
	const char *first = strchr(text, '|');
	const char *last = strrchr(text, '|');
	int point = nl_point_find(lab, text, word);
	bool whole = first && text + word + strspn(text + word, " \t") == first;
	*e = (struct nl_expr){.how = NL_PLAIN, .text = text};
	if (!strncmp(text, "calc", 4) && (text[4] == ' ' || text[4] == '\t')) {
		e->how = NL_CALC;
		e->text = text + 5;
		return NI_SUCCESS;
	}
	if (!whole)
		return NI_SUCCESS;
	if (point < 0)
		return ni_fail(err, NI_ERR_INPUT, _("%.*s: no such capture point"), (int)word,
			       text);
	if (last == first)
		return ni_fail(err, NI_ERR_INPUT, _("not of the form POINT | FILTER | TAKE"));
	const char *from = first + 1 + strspn(first + 1, " \t");
	const char *end = last;
	while (end > from && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	e->how = NL_FRAMES;
	e->point = (unsigned)point;
	e->text = nl_copy(pool, from, end > from ? (size_t)(end - from) : 0);
	return parse_take(pool, last + 1, e, err);
}

/* The value of a name, "" while it has none; NULL: there is no such name. */
static const char *
value_of(struct nl_world *w, const char *name, size_t n, bool loose, const struct nl_expr **none)
{
	const struct nl_lab *lab = w->lab;
	if (n == 4 && !memcmp(name, "seed", n))
		return w->params.seed ? w->params.seed : "";
	if (n == 5 && !memcmp(name, "nonce", n))
		return w->params.nonce ? w->params.nonce : "";
	for (unsigned i = 0; i < lab->ndraws; i++)
		if (strlen(lab->draw[i].name) == n && !memcmp(lab->draw[i].name, name, n))
			return !w->params.draw[i] ? ""
			       : loose && lab->draw[i].nwords
				   ? nl_word_shown(w->pool, w->params.draw[i])
				   : w->params.draw[i];
	for (unsigned i = 0; i < lab->nlets; i++) {
		const struct nl_value *v = &w->let[i];
		if (strlen(lab->let[i].name) != n || memcmp(lab->let[i].name, name, n) != 0)
			continue;
		if (w->has_let[i] && v->none)
			*none = v->none;
		if (!w->has_let[i] || !v->nrows)
			return "";
		return nl_join(w->pool, v->row[0].cell, v->row[0].n);
	}
	return NULL;
}

const char *
nl_fill(struct nl_world *w, const char *text, bool loose, const struct nl_expr **none,
	struct ni_err *err)
{
	const struct nl_expr *ignored = NULL;
	char mem[FILLED_MAX];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	while (*text) {
		size_t n = 0;
		/* A set of a filter, {80, 443}, does not begin with a letter. */
		if (*text == '{' && text[1] >= 'a' && text[1] <= 'z')
			n = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
		if (!n || text[n + 1] != '}') {
			ni_buf_c(&b, *text++);
			continue;
		}
		const char *value = value_of(w, text + 1, n, loose, none ? none : &ignored);
		if (!value) {
			ni_fail(err, NI_ERR_INPUT, _("{%.*s}: no draw or let of this name above"),
				(int)n, text + 1);
			return NULL;
		}
		if (loose && !*value)
			ni_buf_mem(&b, text, n + 2);
		else
			ni_buf_str(&b, value);
		text += n + 2;
	}
	if (b.cut) {
		ni_fail(err, NI_ERR_INPUT, _("longer than %d bytes with its names filled in"),
			FILLED_MAX);
		return NULL;
	}
	return nl_copy(w->pool, mem, b.len);
}
