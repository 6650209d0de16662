/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that fits; see cells.h. */
#include "line.h"

#include <string.h>

enum { BAD = 0xfffd };

uint32_t
ni_line_next(const char **s, const char *end)
{
	const uint8_t *p = (const uint8_t *)*s;
	size_t left = (size_t)(end - *s);
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (!n || n > left || p[0] > 0xf4) {
		*s += 1;
		return BAD;
	}
	uint32_t c = n == 1 ? p[0] : p[0] & (0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			*s += 1;
			return BAD;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	*s += n;
	return c;
}

int
ni_line_of(uint32_t c)
{
	char s[5];
	struct ni_buf b = ni_buf(s, sizeof(s));
	if (c < 0x80 || c == BAD)
		return 1; /* control characters are never sent as they are */
	ni_line_put(&b, c);
	return (int)ni_cells(s, b.len);
}

void
ni_line_put(struct ni_buf *b, uint32_t c)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	char s[4];
	for (size_t i = n; i-- > 1; c >>= 6)
		s[i] = (char)(0x80 | (c & 0x3f));
	s[0] = (char)(n == 1 ? c : (0xf00U >> n & 0xf0) | c);
	ni_buf_mem(b, s, n);
}

static void
pad(struct ni_buf *b, int n)
{
	if (n > 0)
		ni_buf_pad(b, ' ', (size_t)n);
}

size_t
ni_line_break(const char *s, size_t n, int width)
{
	size_t fits = ni_line_prefix(s, n, width);
	if (fits == n)
		return n;
	size_t next;
	size_t at = ni_cells_line(s, n, (unsigned)width, &next);
	return at ? at : fits ? fits : 1;
}

void
ni_line_fit(struct ni_buf *b, const char *s, int width, enum ni_fit fit)
{
	size_t n = strlen(s);
	int w = ni_line_width(s, n);
	if (width <= 0)
		return;
	if (w > width) {
		size_t start = b->len;
		if (fit == NI_FIT_MIDDLE)
			ni_cells_elide(b, s, n, (unsigned)width, false);
		else
			ni_cells_cut(b, s, n, (unsigned)width, false);
		pad(b, width - ni_line_width(b->p + start, b->len - start));
		return;
	}
	if (fit == NI_FIT_RIGHT)
		pad(b, width - w);
	ni_buf_mem(b, s, n);
	if (fit != NI_FIT_RIGHT)
		pad(b, width - w);
}

char
ni_line_ascii(uint32_t c)
{
	static const struct {
		uint32_t c;
		char ascii;
	} table[] = {
	    {0x2192, '>'}, {0x2190, '<'}, {0x2026, '~'}, {0x2500, '-'}, {0x2502, '|'},
	    {0x251c, '|'}, {0x2524, '|'}, {0x25b6, '>'}, {0x25c0, '<'}, {0x2013, '-'},
	    {0x2588, '#'}, {0x25b8, '+'}, {0x25be, '-'}, {0x00b7, '.'}, {0x2191, '^'},
	    {0x2193, 'v'}, {0x2014, '-'}, {0x2194, '='}, {0x253c, '+'}, {0x00ab, '<'},
	    {0x00bb, '>'},
	};
	if (c < 0x80)
		return (char)(c < 0x20 || c == 0x7f ? '?' : c);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].c == c)
			return table[i].ascii;
	return c >= 0x2581 && c <= 0x258f ? '#' : '?';
}
