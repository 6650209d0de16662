/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Widths of columns; see columns_fit.h. */
#include "columns_fit.h"

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
