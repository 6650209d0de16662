/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines, paragraphs and tables of the report; see report_page.h. */
#include "report_page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct rp_page
rp_page(struct ni_out *o)
{
	return (struct rp_page){.o = o, .width = o->width < RP_MIN_WIDTH ? RP_MIN_WIDTH : o->width};
}

/* ---- characters ---- */

/* What our own texts use beyond ASCII, and what stands for it where there is nothing else. */
static const struct {
	const char *utf8, *ascii;
} stand_ins[] = {
    {"→", "->"}, {"←", "<-"}, {"…", "..."}, {"─", "-"},   {"µ", "u"}, {"×", "x"},
    {"≥", ">="}, {"≤", "<="}, {"–", "-"},   {"↔", "<->"}, {"·", "-"}, {"└", "`"},
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

/* Append one character that is not ASCII as this page can show it. */
static void
convert_char(const struct rp_page *p, struct ni_buf *b, const char *s, size_t k)
{
	if (k && !p->o->ascii) {
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

/* Append @s as this page can show it: valid UTF-8, or ASCII alone. */
static void
convert(const struct rp_page *p, struct ni_buf *b, const char *s, size_t n)
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
		convert_char(p, b, s + i, k);
		i += k ? k : 1;
	}
}

static unsigned
columns(const char *s, size_t n)
{
	unsigned cols = 0;
	for (size_t i = 0, k; i < n; i += k)
		cols += char_columns(s + i, n - i, &k);
	return cols;
}

/* Bytes of @s that fit into @cols columns. */
static size_t
fitting(const char *s, size_t n, unsigned cols)
{
	size_t i = 0;
	unsigned used = 0;
	while (i < n) {
		size_t k;
		used += char_columns(s + i, n - i, &k);
		if (used > cols)
			break;
		i += k;
	}
	return i;
}

/* Append converted text, in at most @cols columns, with "…" for what is left out of its middle. */
static void
elide(const struct rp_page *p, struct ni_buf *b, const char *s, size_t n, unsigned cols)
{
	const char *mark = p->o->ascii ? "..." : "…";
	unsigned mark_cols = p->o->ascii ? 3 : 1;
	unsigned all = columns(s, n);
	if (all <= cols) {
		ni_buf_mem(b, s, n);
		return;
	}
	if (cols <= mark_cols) {
		ni_buf_mem(b, s, fitting(s, n, cols));
		return;
	}
	unsigned head = (cols - mark_cols + 1) / 2;
	unsigned tail = cols - mark_cols - head;
	size_t from = 0;
	ni_buf_mem(b, s, fitting(s, n, head));
	ni_buf_str(b, mark);
	while (all > tail) {
		size_t k;
		all -= char_columns(s + from, n - from, &k);
		from += k;
	}
	ni_buf_mem(b, s + from, n - from);
}

unsigned
rp_columns(const struct rp_page *p, const char *text)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	convert(p, &b, text, strlen(text));
	return columns(mem, b.len);
}

/* ---- lines ---- */

/* Append converted text; what does not fit on the line is cut off, and that is shown. */
static void
put_converted(struct rp_page *p, const char *s, size_t n)
{
	unsigned room = p->width - p->col;
	unsigned cols = columns(s, n);
	if (cols > room) {
		unsigned mark = p->o->ascii ? 3 : 1;
		if (room < mark)
			return;
		ni_buf_mem(&p->o->b, s, fitting(s, n, room - mark));
		ni_buf_str(&p->o->b, p->o->ascii ? "..." : "…");
		p->col = p->width;
		return;
	}
	ni_buf_mem(&p->o->b, s, n);
	p->col += cols;
}

void
rp_put(struct rp_page *p, const char *text)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	convert(p, &b, text, strlen(text));
	put_converted(p, mem, b.len);
}

void
rp_fmt(struct rp_page *p, const char *fmt, ...)
{
	char mem[RP_CELL];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(mem, sizeof(mem), fmt, ap);
	va_end(ap);
	rp_put(p, mem);
}

void
rp_put_color(struct rp_page *p, enum ni_color c, const char *text)
{
	if (c != NI_C_NONE)
		ni_out_color(p->o, c);
	rp_put(p, text);
	if (c != NI_C_NONE)
		ni_out_color(p->o, NI_C_NONE);
}

static void
blanks(struct rp_page *p, unsigned n)
{
	if (n > p->width - p->col)
		return;
	ni_buf_pad(&p->o->b, ' ', n);
	p->col += n;
}

void
rp_to(struct rp_page *p, unsigned col)
{
	const struct ni_buf *b = &p->o->b;
	if (p->col > col || (p->col && p->col == col && b->p[b->len - 1] != ' '))
		col = p->col + 1;
	blanks(p, col - p->col);
}

void
rp_end(struct rp_page *p)
{
	ni_buf_c(&p->o->b, '\n');
	p->col = 0;
	p->begun = true;
	ni_out_line(p->o);
}

void
rp_heading(struct rp_page *p, const char *title, const char *right)
{
	unsigned end = p->width - (right ? rp_columns(p, right) + 1 : 0);
	if (p->begun)
		rp_end(p);
	rp_put(p, "── ");
	rp_put_color(p, NI_C_BOLD, title);
	rp_put(p, " ");
	while (p->col < end)
		rp_put(p, "─");
	if (right) {
		rp_put(p, " ");
		rp_put(p, right);
	}
	rp_end(p);
}

void
rp_para(struct rp_page *p, unsigned left, const char *label, const char *text)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	convert(p, &b, text, strlen(text));
	const char *s = mem;
	const char *end = mem + b.len;

	if (label) {
		blanks(p, RP_INDENT);
		rp_put_color(p, NI_C_DIM, label);
	}
	while (s < end) {
		unsigned room = p->width - left;
		size_t n = fitting(s, (size_t)(end - s), room);
		if (s + n < end && s[n] != ' ') {
			size_t k = n;
			while (k && s[k - 1] != ' ')
				k--;
			n = k ? k : n; /* a word longer than the line is broken */
		}
		size_t next = n;
		while (n && s[n - 1] == ' ')
			n--;
		while (s + next < end && s[next] == ' ')
			next++;
		rp_to(p, left);
		put_converted(p, s, n);
		rp_end(p);
		s += next;
	}
	if (p->col)
		rp_end(p);
}

void
rp_more(struct rp_page *p, uint64_t shown, uint64_t total)
{
	char mem[64];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (shown >= total)
		return;
	ni_buf_str(&b, "… and ");
	rp_num(&b, total - shown);
	ni_buf_str(&b, " more (--full shows all)");
	rp_to(p, RP_INDENT);
	rp_put_color(p, NI_C_DIM, ni_buf_z(&b));
	rp_end(p);
}

void
rp_not_kept(struct rp_page *p, uint64_t lost, const char *one, const char *many)
{
	char mem[128];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (!lost)
		return;
	rp_num(&b, lost);
	ni_buf_fmt(&b, " further %s not kept: no room", lost == 1 ? one : many);
	ni_buf_str(&b, lost == 1 ? " for it" : " for them");
	rp_to(p, RP_INDENT);
	rp_put_color(p, NI_C_WARN, ni_buf_z(&b));
	rp_end(p);
}

/* ---- tables ---- */

struct layout {
	unsigned width[RP_MAX_COLS];   /* 0: left out */
	unsigned natural[RP_MAX_COLS]; /* as wide as its widest cell */
	unsigned n;
	unsigned gap;
};

/* The text of one cell as this page shows it. */
static size_t
cell(const struct rp_page *p, const struct rp_table *t, size_t row, unsigned col,
     char mem[static RP_CELL])
{
	char raw[RP_CELL];
	struct ni_buf r = ni_buf(raw, sizeof(raw));
	struct ni_buf b = ni_buf(mem, RP_CELL);
	t->cell(t->ctx, row, col, &r);
	convert(p, &b, raw, r.len);
	return b.len;
}

static void
measure(const struct rp_page *p, const struct rp_table *t, struct layout *l)
{
	char mem[RP_CELL];
	for (size_t row = 0; row < t->rows; row++) {
		for (unsigned c = 0; c < l->n; c++) {
			unsigned w = columns(mem, cell(p, t, row, c, mem));
			l->natural[c] = w > l->natural[c] ? w : l->natural[c];
		}
	}
	for (unsigned c = 0; c < l->n; c++) {
		unsigned w = rp_columns(p, t->cols[c].title);
		if (l->natural[c] && w > l->natural[c])
			l->natural[c] = w;
	}
}

static unsigned
total(const struct layout *l)
{
	unsigned sum = RP_INDENT;
	unsigned shown = 0;
	for (unsigned c = 0; c < l->n; c++) {
		sum += l->width[c];
		shown += l->width[c] != 0;
	}
	return shown ? sum + (shown - 1) * l->gap : sum;
}

/* Take one column of room from the widest cell that may be shortened. */
static bool
shrink(const struct rp_table *t, struct layout *l)
{
	unsigned widest = l->n;
	for (unsigned c = 0; c < l->n; c++)
		if (t->cols[c].flags & RP_ELIDE && l->width[c] > t->cols[c].min &&
		    (widest == l->n || l->width[c] > l->width[widest]))
			widest = c;
	if (widest == l->n)
		return false;
	l->width[widest]--;
	return true;
}

/* Leave out the last optional column. */
static bool
drop(const struct rp_table *t, struct layout *l)
{
	for (unsigned c = l->n; c-- > 0;) {
		if (t->cols[c].flags & RP_OPTION && l->natural[c]) {
			l->natural[c] = 0;
			return true;
		}
	}
	return false;
}

static void
fit(const struct rp_page *p, const struct rp_table *t, struct layout *l)
{
	do {
		memcpy(l->width, l->natural, sizeof(l->width));
		l->gap = 2;
		if (total(l) > p->width)
			l->gap = 1;
		while (total(l) > p->width)
			if (!shrink(t, l))
				break;
	} while (total(l) > p->width && drop(t, l));
}

/* Write one cell that begins at column @start; blanks only where something follows them. */
static void
put_cell(struct rp_page *p, unsigned start, unsigned width, const struct ni_buf *text, bool right)
{
	enum { TOO_NARROW = 4 }; /* a number cut to less would pass for another one */
	char mem[RP_CELL];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	unsigned cols = columns(text->p, text->len);
	unsigned room = start < p->width ? p->width - start : 0;
	if (width > room)
		width = room;
	if (!cols || (cols > width && width < TOO_NARROW))
		return;
	elide(p, &b, text->p, text->len, width);
	cols = columns(mem, b.len);
	blanks(p, start - p->col + (right ? width - cols : 0));
	put_converted(p, mem, b.len);
}

/* Write a row, or the line of titles (@row SIZE_MAX). */
static void
put_row(struct rp_page *p, const struct rp_table *t, const struct layout *l, size_t row)
{
	char mem[RP_CELL];
	unsigned start = RP_INDENT;
	for (unsigned c = 0; c < l->n; c++) {
		struct ni_buf b = ni_buf(mem, sizeof(mem));
		if (!l->width[c])
			continue;
		if (row == SIZE_MAX)
			convert(p, &b, t->cols[c].title, strlen(t->cols[c].title));
		else
			b.len = cell(p, t, row, c, mem);
		put_cell(p, start, l->width[c], &b, t->cols[c].flags & RP_RIGHT);
		start += l->width[c] + l->gap;
	}
}

void
rp_table(struct rp_page *p, const struct rp_table *t)
{
	struct layout l = {0};
	if (!t->rows)
		return;
	while (t->cols[l.n].title)
		l.n++;
	measure(p, t, &l);
	fit(p, t, &l);
	ni_out_color(p->o, NI_C_DIM);
	put_row(p, t, &l, SIZE_MAX);
	ni_out_color(p->o, NI_C_NONE);
	rp_end(p);
	for (size_t row = 0; row < t->rows; row++) {
		enum ni_color color = t->color ? t->color(t->ctx, row) : NI_C_NONE;
		if (color != NI_C_NONE)
			ni_out_color(p->o, color);
		put_row(p, t, &l, row);
		if (color != NI_C_NONE)
			ni_out_color(p->o, NI_C_NONE);
		rp_end(p);
	}
}
