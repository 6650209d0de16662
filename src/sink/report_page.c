/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines, paragraphs and tables of the report; see report_page.h. */
#include "report_page.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/cells.h"

struct rp_page
rp_page(struct ni_out *o)
{
	return (struct rp_page){.o = o, .width = o->width < RP_MIN_WIDTH ? RP_MIN_WIDTH : o->width};
}

unsigned
rp_columns(const struct rp_page *p, const char *text)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_cells_show(&b, text, strlen(text), p->o->ascii);
	return ni_cells(mem, b.len);
}

/* ---- lines ---- */

/* Append converted text; what does not fit on the line is cut off, and that is shown. */
static void
put_converted(struct rp_page *p, const char *s, size_t n)
{
	unsigned room = p->width - p->col;
	unsigned cols = ni_cells(s, n);
	ni_cells_cut(&p->o->b, s, n, room, p->o->ascii);
	if (cols <= room)
		p->col += cols;
	else if (room >= (p->o->ascii ? 3 : 1))
		p->col = p->width;
}

void
rp_put(struct rp_page *p, const char *text)
{
	if (p->html) {
		rp_html_put(p, NI_C_NONE, text);
		return;
	}
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_cells_show(&b, text, strlen(text), p->o->ascii);
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
	if (p->html) {
		rp_html_put(p, c, text);
		return;
	}
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
	if (p->html) {
		rp_html_to(p, col);
		return;
	}
	const struct ni_buf *b = &p->o->b;
	if (p->col > col || (p->col && p->col == col && b->p[b->len - 1] != ' '))
		col = p->col + 1;
	blanks(p, col - p->col);
}

void
rp_end(struct rp_page *p)
{
	if (p->html) {
		rp_html_end(p);
		return;
	}
	ni_buf_c(&p->o->b, '\n');
	p->col = 0;
	p->begun = true;
	ni_out_line(p->o);
}

const char *
rp_title(const struct rp_col *c)
{
	return *c->title ? _(c->title) : "";
}

void
rp_heading(struct rp_page *p, const char *title, const char *right)
{
	if (p->html) {
		rp_html_heading(p, title, right);
		return;
	}
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
	if (p->html) {
		rp_html_para(p, label, text);
		return;
	}
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_cells_show(&b, text, strlen(text), p->o->ascii);
	const char *s = mem;
	const char *end = mem + b.len;

	if (label) {
		blanks(p, RP_INDENT);
		rp_put_color(p, NI_C_DIM, label);
	}
	while (s < end) {
		size_t next;
		size_t n = ni_cells_line(s, (size_t)(end - s), p->width - left, &next);
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
	if (shown >= total || p->html) /* tables of HTML say it themselves */
		return;
	rp_count(&b, total - shown, _("… and %s more (--full shows all)"));
	rp_to(p, RP_INDENT);
	rp_put_color(p, NI_C_DIM, ni_buf_z(&b));
	rp_end(p);
}

void
rp_not_kept(struct rp_page *p, uint64_t lost, const char *words)
{
	char mem[256];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (!lost)
		return;
	rp_count(&b, lost, words);
	if (p->html) {
		rp_html_para(p, NULL, ni_buf_z(&b));
		return;
	}
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
	ni_cells_show(&b, raw, r.len, p->o->ascii);
	return b.len;
}

static void
measure(const struct rp_page *p, const struct rp_table *t, struct layout *l)
{
	char mem[RP_CELL];
	for (size_t row = 0; row < t->rows; row++) {
		for (unsigned c = 0; c < l->n; c++) {
			unsigned w = ni_cells(mem, cell(p, t, row, c, mem));
			l->natural[c] = w > l->natural[c] ? w : l->natural[c];
		}
	}
	for (unsigned c = 0; c < l->n; c++) {
		unsigned w = rp_columns(p, rp_title(&t->cols[c]));
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
	unsigned cols = ni_cells(text->p, text->len);
	unsigned room = start < p->width ? p->width - start : 0;
	if (width > room)
		width = room;
	if (!cols || (cols > width && width < TOO_NARROW))
		return;
	ni_cells_elide(&b, text->p, text->len, width, p->o->ascii);
	cols = ni_cells(mem, b.len);
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
		const char *title = rp_title(&t->cols[c]);
		if (row == SIZE_MAX)
			ni_cells_show(&b, title, strlen(title), p->o->ascii);
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
	if (p->html) {
		rp_html_table(p, t);
		return;
	}
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
