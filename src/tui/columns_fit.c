/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Widths of columns; see columns_fit.h. */
#include "columns_fit.h"

#include <string.h>

#include "i18n.h"

/* Columns of the screen that all of them take. */
static int
used(const int *width, int n)
{
	int sum = 0;
	for (int i = 0; i < n; i++)
		sum += width[i] ? width[i] + 1 : 0;
	return sum ? sum - 1 : 0;
}

/* What column @i may not be narrower than. */
static int
least(const struct ni_column_def *d, bool soft)
{
	return soft && d->soft > d->min ? d->soft : d->min;
}

static int
next_to_shrink(const struct ni_column_def *defs, int n, const int *width, bool soft)
{
	int best = -1;
	for (int i = 0; i < n; i++)
		if (defs[i].shrink && width[i] > least(&defs[i], soft) &&
		    (best < 0 || defs[i].shrink > defs[best].shrink ||
		     (defs[i].shrink == defs[best].shrink && width[i] > width[best])))
			best = i;
	return best;
}

/* The columns as wide as they would like to be, without the @drops that are missed least. */
static void
natural_widths(const struct ni_column_def *defs, int n, const int *natural, int drops, int *width)
{
	for (int i = 0; i < n; i++) {
		width[i] = natural[i] < defs[i].min ? defs[i].min : natural[i];
		if (defs[i].max && width[i] > defs[i].max)
			width[i] = defs[i].max;
	}
	while (drops-- > 0) {
		int best = -1;
		for (int i = 0; i < n; i++)
			if (width[i] && defs[i].drop &&
			    (best < 0 || defs[i].drop > defs[best].drop))
				best = i;
		if (best < 0)
			return;
		width[best] = 0;
	}
}

static bool
try_fit(const struct ni_column_def *defs, int n, int total, bool soft, int *width)
{
	int i;
	while (used(width, n) > total && (i = next_to_shrink(defs, n, width, soft)) >= 0)
		width[i]--;
	return used(width, n) <= total;
}

/* Not even the last ones fit: they are cut. */
static void
cut(int n, int total, int *width)
{
	for (int i = n; i-- > 0 && used(width, n) > total;) {
		int others = used(width, n) - width[i];
		width[i] = others >= total ? 0 : total - others;
	}
}

void
ni_columns_fit(const struct ni_column_def *defs, int n, const int *natural, int total, int *width)
{
	int widest = -1;
	bool fits = false;
	for (int soft = 1; soft >= 0 && !fits; soft--)
		for (int drops = 0; drops <= n && !fits; drops++) {
			natural_widths(defs, n, natural, drops, width);
			fits = try_fit(defs, n, total, soft, width);
		}
	if (!fits)
		cut(n, total, width);
	for (int i = 0; i < n; i++)
		if (width[i] && (widest < 0 || defs[i].shrink > defs[widest].shrink))
			widest = i;
	if (widest >= 0)
		width[widest] += total - used(width, n);
}

const char *
ni_column_title(const struct ni_column_def *c)
{
	return *c->title ? _(c->title) : ""; /* of nothing gettext has the catalogue's header */
}

/* ---- those that are shown ---- */

struct ni_columns
ni_columns_all(int n)
{
	struct ni_columns c = {.n = (uint8_t)n, .all = (uint8_t)n};
	for (uint8_t i = 0; i < c.n; i++)
		c.which[i] = i;
	return c;
}

int
ni_columns_at(const struct ni_columns *c, int i)
{
	return i < c->n ? c->which[i] : -1;
}

int
ni_columns_step(const struct ni_columns *c, int at, int way)
{
	const uint8_t *p = memchr(c->which, at, c->n);
	if (!p)
		return ni_columns_at(c, 0); /* it is not shown any more */
	return ni_columns_at(c, (int)(p - c->which + way + c->n) % c->n);
}

void
ni_columns_fit_shown(const struct ni_columns *c, const struct ni_column_def *defs,
		     const int *natural, int total, int *width)
{
	struct ni_column_def shown[NI_COLUMNS_MAX];
	int wish[NI_COLUMNS_MAX];
	int got[NI_COLUMNS_MAX];
	for (int k = 0; k < c->n; k++) {
		shown[k] = defs[c->which[k]];
		wish[k] = natural[c->which[k]];
	}
	ni_columns_fit(shown, c->n, wish, total, got);
	memset(width, 0, c->all * sizeof(*width));
	for (int k = 0; k < c->n; k++)
		width[c->which[k]] = got[k];
}

int
ni_columns_hit(const struct ni_columns *c, const int *width, int x)
{
	int from = 0;
	for (int k = 0; k < c->n; k++) {
		int w = width[c->which[k]];
		if (w && x >= from && x < from + w)
			return c->which[k];
		from += w ? w + 1 : 0;
	}
	return -1;
}

void
ni_columns_line(struct ni_buf *b, const struct ni_columns *c, const struct ni_column_def *defs,
		const int *width, const char *text, size_t cell)
{
	for (int k = 0; k < c->n; k++) {
		unsigned i = c->which[k];
		if (!width[i])
			continue;
		ni_line_fit(b, text + i * cell, width[i], (enum ni_fit)defs[i].fit);
		ni_buf_c(b, ' ');
	}
}

static int
find(const struct ni_column_def *defs, int n, const char *name, size_t len)
{
	for (int i = 0; i < n; i++)
		if (strlen(defs[i].name) == len && !strncmp(defs[i].name, name, len))
			return i;
	return -1;
}

static int
no_such(const struct ni_column_def *defs, int n, struct ni_err *err)
{
	char names[256];
	struct ni_buf b = ni_buf(names, sizeof(names));
	for (int i = 0; i < n; i++) {
		if (i)
			ni_buf_c(&b, ',');
		ni_buf_str(&b, defs[i].name);
	}
	ni_hint(err, "%s", ni_buf_z(&b));
	return NI_ERR_INPUT;
}

int
ni_columns_parse(struct ni_columns *c, const struct ni_column_def *defs, const char *names,
		 struct ni_err *err)
{
	struct ni_columns new = {.all = c->all};
	for (const char *s = names; *s;) {
		size_t len = strcspn(s, ",");
		int i = find(defs, c->all, s, len);
		if (i < 0) {
			ni_fail(err, NI_ERR_INPUT, _("%.*s: no such column"), (int)len, s);
			return no_such(defs, c->all, err);
		}
		if (memchr(new.which, i, new.n))
			return ni_fail(err, NI_ERR_INPUT, _("%.*s: twice"), (int)len, s);
		new.which[new.n++] = (uint8_t)i;
		s += len + (s[len] == ',');
	}
	if (!new.n)
		return no_such(defs, c->all, err);
	*c = new;
	return NI_SUCCESS;
}
