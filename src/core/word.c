/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How alike two words are, to guess what somebody meant to type; see lookup.h. A file of its own,
 * so that a program that wants only this links nothing else. */
#include <string.h>

#include "netinspect/lookup.h"

enum { MAX_WORD = 64, MANY = 99 };

/* One row of the classic table, from the two rows above it (two, because of swaps). */
static void
distance_row(const char *a, const char *b, size_t i, size_t nb, unsigned rows[3][MAX_WORD + 1])
{
	unsigned *now = rows[i % 3];
	const unsigned *up = rows[(i + 2) % 3];
	const unsigned *up2 = rows[(i + 1) % 3];
	now[0] = (unsigned)i;
	for (size_t j = 1; j <= nb; j++) {
		unsigned best = up[j - 1] + (a[i - 1] != b[j - 1]);
		if (up[j] + 1 < best)
			best = up[j] + 1;
		if (now[j - 1] + 1 < best)
			best = now[j - 1] + 1;
		if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
		    up2[j - 2] + 1 < best)
			best = up2[j - 2] + 1;
		now[j] = best;
	}
}

unsigned
ni_word_distance(const char *a, const char *b)
{
	size_t na = strlen(a);
	size_t nb = strlen(b);
	unsigned rows[3][MAX_WORD + 1];
	if (na > MAX_WORD || nb > MAX_WORD)
		return MANY;
	for (size_t j = 0; j <= nb; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++)
		distance_row(a, b, i, nb, rows);
	return rows[na % 3][nb];
}
