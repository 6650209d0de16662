/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text in columns of a terminal, cut or padded to fit, a character at a time. No curses in here. */
#ifndef NI_LINE_H
#define NI_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/buf.h"
#include "netinspect/cells.h"

enum ni_fit {
	NI_FIT_LEFT,   /* text at the left, cut at its end */
	NI_FIT_RIGHT,  /* text at the right */
	NI_FIT_MIDDLE, /* text at the left, cut in the middle, as long addresses are */
};

/** Take one character (or one byte that is none) off *@s, which ends at @end. Returns its code. */
uint32_t ni_line_next(const char **s, const char *end);

/** Append character @c in UTF-8. */
void ni_line_put(struct ni_buf *b, uint32_t c);

/** Columns that character @c takes: 0, 1 or 2. */
int ni_line_of(uint32_t c);

/** Columns that @s (@n bytes of UTF-8) takes. */
static inline int
ni_line_width(const char *s, size_t n)
{
	return (int)ni_cells(s, n);
}

/** Bytes of @s that fit into @width columns. */
static inline size_t
ni_line_prefix(const char *s, size_t n, int width)
{
	return width > 0 ? ni_cells_fit(s, n, (unsigned)width) : 0;
}

/** Bytes of @s (@n of them, no line feed) that go on a line of @width columns: broken between words
 * where that can be done; at least one. */
size_t ni_line_break(const char *s, size_t n, int width);

/** Append @s so that it takes exactly @width columns: cut with "…", padded with spaces. */
void ni_line_fit(struct ni_buf *b, const char *s, int width, enum ni_fit fit);

/** What stands for character @c on a terminal that shows ASCII alone. */
char ni_line_ascii(uint32_t c);

#endif
