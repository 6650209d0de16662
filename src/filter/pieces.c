/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of the filter language: strings with their escapes, ranges of bytes and layers, errors. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "syntax.h"

int
ni_flt_fail(struct ni_filter_error *err, size_t at, size_t len, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(err->what, sizeof(err->what), fmt, ap);
	va_end(ap);
	err->hint[0] = '\0';
	err->at = at;
	err->len = len;
	return -1;
}

void
ni_flt_hint(struct ni_filter_error *err, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}

/* ---- literals ---- */

static int
digits(const char *p, int max, int base, unsigned *v)
{
	int n = 0;
	*v = 0;
	for (; n < max; n++) {
		int c = tolower((unsigned char)p[n]);
		int d = isdigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
		if (d >= base)
			break;
		*v = *v * (unsigned)base + (unsigned)d;
	}
	return n;
}

static void
put_utf8(char *to, size_t *n, unsigned c)
{
	if (c < 0x80) {
		to[(*n)++] = (char)c;
		return;
	}
	int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
	to[(*n)++] = (char)(lead[more] | c >> 6 * more);
	while (more-- > 0)
		to[(*n)++] = (char)(0x80 | (c >> 6 * more & 0x3f));
}

/* The escape behind the backslash at @p, as C has them; how many characters, or 0: none. */
static int
escape(const char *p, char *to, size_t *n)
{
	static const char from[] = "abfnrtv\\'\"";
	static const char means[] = "\a\b\f\n\r\t\v\\'\"";
	unsigned v = 0;
	int k = 0;
	const char *simple = p[0] ? strchr(from, p[0]) : NULL;
	if (simple) {
		to[(*n)++] = means[simple - from];
		return 1;
	}
	if (p[0] == 'x' && (k = digits(p + 1, 2, 16, &v)) > 0) {
		to[(*n)++] = (char)v;
		return 1 + k;
	}
	if ((k = digits(p, 3, 8, &v)) > 0 && v < 256) {
		to[(*n)++] = (char)v;
		return k;
	}
	if (p[0] == 'u' && digits(p + 1, 4, 16, &v) == 4)
		k = 5;
	else if (p[0] == 'U' && digits(p + 1, 8, 16, &v) == 8 && v < 0x110000)
		k = 9;
	else
		return 0;
	put_utf8(to, n, v);
	return k;
}

/* A string or character. Of a pattern only \" and \\ are escapes of the string: "\." and "\\." mean
 * the same. */
int
ni_flt_parse_quoted(struct ni_tree *t, bool pattern)
{
	struct ni_token k = t->tok;
	int i = ni_flt_new_node(t, k.kind == NI_TOK_CHAR ? NI_N_CHAR : NI_N_STRING, k.at);
	if (i < 0)
		return -1;
	struct ni_node *n = &t->nodes[i];
	const char *p = t->text + k.at + 1 + (k.kind == NI_TOK_RAW);
	const char *end = t->text + k.at + k.len - 1;
	char *to = t->strings + t->nstrings;
	size_t len = 0;
	n->raw = k.kind == NI_TOK_RAW;
	n->len = k.len;
	n->text = to;
	while (p < end) {
		int used = 0;
		if (*p != '\\' || n->raw) {
			to[len++] = *p++;
			continue;
		}
		if (!pattern)
			used = escape(p + 1, to, &len);
		if (!used && !pattern) {
			ni_flt_fail(t->err, (size_t)(p - t->text), 2,
				    _("\"\\%c\" is no escape in a string"), p[1]);
			ni_flt_hint(t->err,
				    _("write \\\\ for a backslash, or r\"...\" for a string "
				      "in which it means itself"));
			return -1;
		}
		if (pattern && (p[1] == '"' || p[1] == '\\')) {
			to[len++] = p[1];
			used = 1;
		} else if (pattern) { /* PCRE2's own escape */
			to[len++] = *p;
			to[len++] = p[1];
			used = 1;
		}
		p += 1 + used;
	}
	n->text_len = len;
	t->nstrings += len;
	if (n->kind == NI_N_CHAR && len != 1)
		return ni_flt_fail(t->err, k.at, k.len,
				   _("between single quotes stands one character"));
	ni_flt_advance(t);
	return i;
}

/* ---- ranges: of slices and layers ---- */

bool
ni_flt_parse_number(const char **p, int32_t *v)
{
	char *end = NULL;
	while (isspace((unsigned char)**p))
		++*p;
	if (!isdigit((unsigned char)**p) && !(**p == '-' && isdigit((unsigned char)(*p)[1])))
		return false;
	long x = strtol(*p, &end, 0);
	if (x > INT32_MAX / 2 || x < -INT32_MAX / 2)
		return false;
	*v = (int32_t)x;
	*p = end;
	while (isspace((unsigned char)**p))
		++*p;
	return true;
}

/* i:n (n from i on), i-j, i, i:, :n; NULL when it is none of them. */
static const char *
one_range(const char *p, struct ni_part_range *r)
{
	*r = (struct ni_part_range){0};
	if (*p == ':') {
		p++;
		r->counted = true;
		return ni_flt_parse_number(&p, &r->to) && r->to > 0 ? p : NULL;
	}
	if (!ni_flt_parse_number(&p, &r->from))
		return NULL;
	if (*p == ':') {
		p++;
		r->counted = true;
		if (!ni_flt_parse_number(&p, &r->to)) {
			r->open = true;
			return p;
		}
		return r->to > 0 ? p : NULL;
	}
	if (*p == '-') {
		p++;
		return ni_flt_parse_number(&p, &r->to) &&
			       (r->to >= r->from || r->to < 0 || r->from < 0)
			   ? p
			   : NULL;
	}
	r->to = r->from;
	return p;
}

/* The ranges from behind the bracket at the next token up to "]"; the next token is behind it. */
int
ni_flt_parse_ranges(struct ni_tree *t, struct ni_node *n)
{
	size_t at = t->tok.at + 1;
	const char *p = t->text + at;
	n->parts = t->parts + t->nparts;
	do {
		while (isspace((unsigned char)*p))
			p++;
		const char *start = p;
		const char *end =
		    n->nparts < NI_FLT_MAX_PARTS ? one_range(p, &n->parts[n->nparts]) : NULL;
		while (end && isspace((unsigned char)*end))
			end++;
		if (!end || (*end != ',' && *end != ']')) {
			size_t len = strcspn(start, ",]");
			ni_flt_fail(t->err, (size_t)(start - t->text), len ? len : 1,
				    _("this is no range of bytes or layers"));
			ni_flt_hint(t->err, _("[offset:length], [first-last], [offset], [offset:], "
					      "[:length], or several with commas"));
			return -1;
		}
		n->nparts++;
		t->nparts++;
		p = end + 1;
	} while (p[-1] == ',');
	t->last_end = (size_t)(p - t->text);
	n->len = t->last_end - n->at;
	t->tok = ni_flt_token(t->text, t->last_end);
	return 0;
}
