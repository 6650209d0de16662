/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of a lab file; see lab_lines.h. */
#include "lab_lines.h"

#include <stdint.h>
#include <string.h>

#include "i18n.h"

enum { LINE_MAX_BYTES = 4096 };

size_t
nl_utf8(const char *p, size_t n)
{
	const uint8_t *b = (const uint8_t *)p;
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = b[0] < 0x80 ? 1 : b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
	if (len == 1)
		return 1;
	if (b[0] < 0xc2 || b[0] > 0xf4 || len > n)
		return 0;
	uint32_t c = b[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((b[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (b[i] & 0x3fU);
	}
	return c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : len;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

const char *
nl_word_next(struct nl_pool *pool, const char **p)
{
	while (is_blank(**p))
		(*p)++;
	const char *from = *p;
	while (**p && !is_blank(**p))
		(*p)++;
	return *p > from ? nl_copy(pool, from, (size_t)(*p - from)) : NULL;
}

/* One line without its end: @from, @n bytes. */
struct line {
	const char *from;
	size_t n, tabs;
};

static int
check_line(const struct nl_lines *l, const struct line *s, struct ni_err *err)
{
	if (s->n > LINE_MAX_BYTES)
		return ni_fail(err, NI_ERR_INPUT, _("%s:%u: longer than %d bytes"), l->path,
			       l->line, LINE_MAX_BYTES);
	for (size_t i = 0; i < s->n;) {
		size_t len = nl_utf8(s->from + i, s->n - i);
		uint8_t c = (uint8_t)s->from[i];
		if (!len)
			return ni_fail(err, NI_ERR_INPUT, _("%s:%u: not UTF-8"), l->path, l->line);
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return ni_fail(err, NI_ERR_INPUT, _("%s:%u: a control character"), l->path,
				       l->line);
		i += len;
	}
	return NI_SUCCESS;
}

/* Look at the next line without taking it: its tabs are counted, blanks at its end are cut. */
static const char *
look(const struct nl_lines *l, struct line *s)
{
	const char *end = memchr(l->p, '\n', (size_t)(l->end - l->p));
	const char *next = end ? end + 1 : l->end;
	if (!end)
		end = l->end;
	while (end > l->p && (is_blank(end[-1]) || end[-1] == '\r'))
		end--;
	*s = (struct line){l->p, (size_t)(end - l->p), 0};
	while (s->n && *s->from == '\t') {
		s->from++;
		s->n--;
		s->tabs++;
	}
	return next;
}

static bool
nothing(const struct line *s)
{
	return !s->n || *s->from == '#';
}

/* Whether a text that ends in @a and one that begins with @b are joined without a space: between
 * Chinese characters. */
static bool
joined_closely(char a, char b)
{
	return (uint8_t)a >= 0x80 && (uint8_t)b >= 0x80;
}

/* Take the lines behind two tabs. */
static int
take_more(struct nl_lines *l, struct nl_entry *e, struct ni_err *err)
{
	struct line s;
	e->more = "";
	while (l->p < l->end) {
		const char *next = look(l, &s);
		if (s.tabs < 2)
			return NI_SUCCESS;
		l->p = next;
		l->line++;
		int rc = check_line(l, &s, err);
		if (rc)
			return rc;
		size_t have = strlen(e->more);
		if (!s.n)
			continue;
		bool closely = !have || joined_closely(e->more[have - 1], *s.from);
		e->more =
		    nl_fmt(l->pool, "%s%s%.*s", e->more, closely ? "" : " ", (int)s.n, s.from);
	}
	return NI_SUCCESS;
}

/* Split "KEY.LANGUAGE VALUE"; a comment between blanks ends the value, but not that of a text. */
static int
split(const struct nl_lines *l, const struct line *s, struct nl_entry *e, struct ni_err *err)
{
	const char *text = nl_copy(l->pool, s->from, s->n);
	char *key = nl_copy(l->pool, text, strcspn(text, " \t"));
	const char *value = text + strlen(key);
	value += strspn(value, " \t");
	char *dot = strchr(key, '.');
	e->language = dot ? dot + 1 : "";
	if (dot)
		*dot = '\0';
	if (!*key || is_blank(*text))
		return ni_fail(err, NI_ERR_INPUT, _("%s:%u: no key; indent with tabs"), l->path,
			       l->line);
	size_t n = strlen(value);
	if (strcmp(key, "text") != 0 && strcmp(key, "title") != 0)
		for (size_t i = 0; i < n; i++)
			if (value[i] == '#' && (!i || is_blank(value[i - 1])) &&
			    (i + 1 == n || is_blank(value[i + 1])))
				n = i;
	while (n && is_blank(value[n - 1]))
		n--;
	e->key = key;
	e->value = nl_copy(l->pool, value, n);
	return NI_SUCCESS;
}

int
nl_lines_next(struct nl_lines *l, struct nl_entry *e, struct ni_err *err)
{
	struct line s;
	do {
		if (l->p >= l->end)
			return NL_LINES_END;
		l->p = look(l, &s);
		l->line++;
	} while (nothing(&s));
	*e = (struct nl_entry){.property = s.tabs > 0, .line = l->line};
	int rc = check_line(l, &s, err);
	if (!rc && s.tabs > 1)
		rc = ni_fail(err, NI_ERR_INPUT,
			     _("%s:%u: nothing above that this line could continue"), l->path,
			     l->line);
	if (!rc)
		rc = split(l, &s, e, err);
	return rc ? rc : take_more(l, e, err);
}
