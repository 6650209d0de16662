/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Screens as text; see golden.h. */
#include "golden.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK = 64 };

static void
add_color(const VTermColor *c, const char *what, char *look, size_t n)
{
	size_t at = strlen(look);
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return;
	if (VTERM_COLOR_IS_INDEXED(c))
		snprintf(look + at, n - at, " %s %d", what, c->indexed.idx);
	else
		snprintf(look + at, n - at, " %s rgb", what);
}

static void
look_of(const struct term *t, int row, int col, char look[LOOK])
{
	VTermScreenCell c = term_cell(t, row, col);
	/* What libvterm says of the second cell of a wide character is of what stood there before.
	 */
	if (col && c.chars[0] == UINT32_MAX)
		c = term_cell(t, row, col - 1);
	snprintf(look, LOOK, "%s%s%s", c.attrs.reverse ? " reverse" : "",
		 c.attrs.bold ? " bold" : "", c.attrs.underline ? " underlined" : "");
	add_color(&c.fg, "colour", look, LOOK);
	add_color(&c.bg, "on", look, LOOK);
}

static void
write_looks(const struct term *t, int row, FILE *f)
{
	char look[LOOK], next[LOOK];
	for (int col = 0; col < t->cols;) {
		int end = col;
		look_of(t, row, col, look);
		do {
			end++;
			look_of(t, row, end, next);
		} while (end < t->cols && !strcmp(look, next));
		if (*look)
			fprintf(f, "%d: %d-%d%s\n", row + 1, col + 1, end, look);
		col = end;
	}
}

void
golden_write(const struct term *t, FILE *f)
{
	char line[TERM_LINE];
	for (int row = 0; row < t->rows; row++) {
		term_line(t, row, line);
		fprintf(f, "%s\n", line);
	}
	fprintf(f, "--\n");
	for (int row = 0; row < t->rows; row++)
		write_looks(t, row, f);
}

void
golden_show(const struct term *t, FILE *f)
{
	char line[TERM_LINE];
	for (int row = 0; row < t->rows; row++) {
		term_line(t, row, line);
		fprintf(f, "        |%s\n", line);
	}
}

static char *
read_all(const char *path)
{
	size_t n = 0;
	size_t room = 1 << 20;
	char *text = calloc(1, room);
	FILE *f = fopen(path, "re");
	if (f && text)
		n = fread(text, 1, room - 1, f);
	if (f)
		fclose(f);
	if (text)
		text[n] = '\0';
	return text;
}

bool
golden_same(const struct term *t, const char *path, bool update)
{
	char *now = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&now, &n);
	if (!f)
		return false;
	golden_write(t, f);
	fclose(f);
	char *before = read_all(path);
	bool same = before && !strcmp(before, now);
	if (!same && update) {
		f = fopen(path, "we");
		same = f && fwrite(now, 1, n, f) == n;
		if (f)
			same = fclose(f) == 0 && same;
	}
	free(before);
	free(now);
	return same;
}
