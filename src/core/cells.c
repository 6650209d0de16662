/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells of a terminal; see netinspect/cells.h. */
#include "netinspect/cells.h"

#include <stdint.h>
#include <string.h>

#include "netinspect/buf.h"

/* What our own texts use beyond ASCII, and what stands for it where there is nothing else. */
static const struct {
	const char *utf8, *ascii;
} stand_ins[] = {
    {"→", "->"}, {"←", "<-"}, {"…", "..."}, {"─", "-"},   {"µ", "u"}, {"×", "x"},
    {"≥", ">="}, {"≤", "<="}, {"–", "-"},   {"↔", "<->"}, {"·", "-"}, {"└", "`"},
    {"│", "|"},  {"├", "|"},  {"┤", "|"},   {"▶", ">"},   {"◀", "<"}, {"═", "="},
    {"╞", "|"},  {"╡", "|"},  {"»", ">>"},  {"«", "<<"},  {"⋮", ":"},
};

/* Bytes of the UTF-8 sequence at @s; 0 if it is none. */
static size_t
sequence(const char *s, size_t n)
{
	uint8_t c = (uint8_t)s[0];
	size_t k = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	if (k > n)
		return 0;
	for (size_t i = 1; i < k; i++)
		if (((uint8_t)s[i] & 0xc0) != 0x80)
			return 0;
	return k;
}

static uint32_t
code_point(const char *s, size_t k)
{
	static const uint8_t lead[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = (uint8_t)s[0] & lead[k];
	for (size_t i = 1; i < k; i++)
		c = c << 6 | ((uint8_t)s[i] & 0x3f);
	return c;
}

/* Columns of the character at @s, *k bytes long. wcwidth() would depend on the user's locale. */
static unsigned
char_columns(const char *s, size_t n, size_t *k)
{
	static const uint32_t wide[][2] = {
	    {0x1100, 0x115f},   {0x231a, 0x231b},   {0x2329, 0x232a},   {0x2e80, 0x303e},
	    {0x3041, 0xa4cf},   {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
	    {0xfe10, 0xfe19},   {0xfe30, 0xfe6f},   {0xff01, 0xff60},   {0xffe0, 0xffe6},
	    {0x16fe0, 0x18cff}, {0x1aff0, 0x1b2ff}, {0x1f004, 0x1f9ff}, {0x1fa70, 0x1faff},
	    {0x20000, 0x3fffd},
	};
	static const uint32_t none[][2] = {
	    {0x300, 0x36f}, {0x483, 0x489}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
	*k = sequence(s, n);
	if (*k < 2) {
		*k = 1;
		return 1;
	}
	uint32_t c = code_point(s, *k);
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (c >= wide[i][0] && c <= wide[i][1])
			return 2;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		if (c >= none[i][0] && c <= none[i][1])
			return 0;
	return 1;
}

/* Append one character that is not ASCII as it can be shown. */
static void
convert_char(struct ni_buf *b, const char *s, size_t k, bool ascii)
{
	if (k && !ascii) {
		ni_buf_mem(b, s, k);
		return;
	}
	for (size_t i = 0; k && i < sizeof(stand_ins) / sizeof(stand_ins[0]); i++) {
		if (!strncmp(s, stand_ins[i].utf8, k) && !stand_ins[i].utf8[k]) {
			ni_buf_str(b, stand_ins[i].ascii);
			return;
		}
	}
	for (size_t i = 0; i < (k ? k : 1); i++) {
		ni_buf_str(b, "\\x");
		ni_buf_hex(b, (uint8_t)s[i], 2);
	}
}

void
ni_cells_show(struct ni_buf *b, const char *s, size_t n, bool ascii)
{
	for (size_t i = 0; i < n;) {
		size_t run = i;
		while (run < n && !((uint8_t)s[run] & 0x80))
			run++;
		ni_buf_mem(b, s + i, run - i);
		i = run;
		if (i == n)
			break;
		size_t k = sequence(s + i, n - i);
		/* Never half a character, even where the room ends. */
		if (b->cap - b->len < 16)
			return;
		convert_char(b, s + i, k, ascii);
		i += k ? k : 1;
	}
}

unsigned
ni_cells(const char *s, size_t n)
{
	unsigned cols = 0;
	for (size_t i = 0, k; i < n; i += k)
		cols += char_columns(s + i, n - i, &k);
	return cols;
}

size_t
ni_cells_fit(const char *s, size_t n, unsigned cells)
{
	size_t i = 0;
	unsigned used = 0;
	while (i < n) {
		size_t k;
		used += char_columns(s + i, n - i, &k);
		if (used > cells)
			break;
		i += k;
	}
	return i;
}

void
ni_cells_elide(struct ni_buf *b, const char *s, size_t n, unsigned cells, bool ascii)
{
	const char *mark = ascii ? "..." : "…";
	unsigned mark_cells = ascii ? 3 : 1;
	unsigned all = ni_cells(s, n);
	if (all <= cells) {
		ni_buf_mem(b, s, n);
		return;
	}
	if (cells <= mark_cells) {
		ni_buf_mem(b, s, ni_cells_fit(s, n, cells));
		return;
	}
	unsigned head = (cells - mark_cells + 1) / 2;
	unsigned tail = cells - mark_cells - head;
	size_t from = 0;
	ni_buf_mem(b, s, ni_cells_fit(s, n, head));
	ni_buf_str(b, mark);
	while (all > tail) {
		size_t k;
		all -= char_columns(s + from, n - from, &k);
		from += k;
	}
	ni_buf_mem(b, s + from, n - from);
}

void
ni_cells_cut(struct ni_buf *b, const char *s, size_t n, unsigned cells, bool ascii)
{
	unsigned mark_cells = ascii ? 3 : 1;
	if (ni_cells(s, n) <= cells) {
		ni_buf_mem(b, s, n);
		return;
	}
	if (cells < mark_cells)
		return;
	ni_buf_mem(b, s, ni_cells_fit(s, n, cells - mark_cells));
	ni_buf_str(b, ascii ? "..." : "…");
}

/* Is the character at @s one of a script that is written without spaces, or its punctuation? */
static bool
is_dense(const char *s)
{
	return (uint8_t)*s >= 0xe3 && (uint8_t)*s < 0xf0;
}

/* Does the text at @s begin with one of @all, each of three bytes? */
static bool
is_one_of(const char *s, size_t n, const char *all)
{
	for (; n >= 3 && *all; all += 3)
		if (!memcmp(s, all, 3))
			return true;
	return false;
}

/* May a line end between the @k first bytes of @s and the others? */
static bool
may_break(const char *s, size_t n, size_t k)
{
	static const char closing[] = "，。；：、）”》！？";
	static const char opening[] = "（“《";
	size_t before = k;
	if (s[k - 1] == ' ')
		return true;
	if (((uint8_t)s[k] & 0xc0) == 0x80)
		return false;
	do
		before--;
	while (before && ((uint8_t)s[before] & 0xc0) == 0x80);
	return (is_dense(s + k) || is_dense(s + before)) && !is_one_of(s + k, n - k, closing) &&
	       !is_one_of(s + before, n - before, opening);
}

size_t
ni_cells_line(const char *s, size_t n, unsigned cells, size_t *next)
{
	size_t fit = ni_cells_fit(s, n, cells);
	if (fit < n && s[fit] != ' ') {
		size_t k = fit;
		while (k && !may_break(s, n, k))
			k--;
		fit = k ? k : fit; /* a word longer than the line is broken */
	}
	*next = fit;
	while (fit && s[fit - 1] == ' ')
		fit--;
	while (*next < n && s[*next] == ' ')
		++*next;
	return fit;
}
