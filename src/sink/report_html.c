/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report's page as HTML: what its sections write through rp_page becomes headings, lists of
 * what is said, tables, and for lines that are laid out by columns preformatted text.
 */
#include "html.h"
#include "i18n.h"
#include "report_page.h"

enum { ROWS = 2000 }; /* of one table */

static void
text(struct rp_page *p, const char *s)
{
	ni_html_text(&p->o->b, s, strlen(s));
}

/* End what is open and begin @element (NULL: nothing). */
static void
element(struct rp_page *p, const char *name)
{
	if (p->element == name)
		return;
	if (p->element)
		ni_buf_fmt(&p->o->b, "</%s>\n", p->element);
	p->element = name;
	p->col = 0;
	if (name)
		ni_buf_fmt(&p->o->b, "<%s>", name);
	ni_out_line(p->o);
}

static const char element_dl[] = "dl";
static const char element_pre[] = "pre";

static const char *
class_of(enum ni_color c)
{
	static const char *const names[] = {
	    [NI_C_NONE] = "",     [NI_C_DIM] = "dim",   [NI_C_BOLD] = "bold", [NI_C_GOOD] = "good",
	    [NI_C_NOTE] = "note", [NI_C_WARN] = "warn", [NI_C_BAD] = "bad",
	};
	return names[c];
}

void
rp_html_close(struct rp_page *p)
{
	element(p, NULL);
}

void
rp_html_heading(struct rp_page *p, const char *title, const char *right)
{
	element(p, NULL);
	ni_buf_str(&p->o->b, "<h2>");
	text(p, title);
	if (right) {
		ni_buf_str(&p->o->b, " <span class=\"n\">");
		text(p, right);
		ni_buf_str(&p->o->b, "</span>");
	}
	ni_buf_str(&p->o->b, "</h2>\n");
}

void
rp_html_para(struct rp_page *p, const char *label, const char *words)
{
	bool item = label && *label;
	element(p, item ? element_dl : NULL);
	ni_buf_str(&p->o->b, item ? "<dt>" : "<p>");
	if (item) {
		text(p, label);
		ni_buf_str(&p->o->b, "</dt><dd>");
	}
	text(p, words);
	ni_buf_str(&p->o->b, item ? "</dd>\n" : "</p>\n");
	ni_out_line(p->o);
}

void
rp_html_put(struct rp_page *p, enum ni_color c, const char *words)
{
	element(p, element_pre);
	if (c != NI_C_NONE)
		ni_buf_fmt(&p->o->b, "<span class=\"%s\">", class_of(c));
	text(p, words);
	if (c != NI_C_NONE)
		ni_buf_str(&p->o->b, "</span>");
	p->col += rp_columns(p, words);
}

void
rp_html_to(struct rp_page *p, unsigned col)
{
	element(p, element_pre);
	unsigned n = p->col < col ? col - p->col : p->col ? 1 : 0;
	ni_buf_pad(&p->o->b, ' ', n);
	p->col += n;
}

void
rp_html_end(struct rp_page *p)
{
	if (p->element != element_pre)
		return;
	ni_buf_c(&p->o->b, '\n');
	p->col = 0;
	ni_out_line(p->o);
}

/* ---- tables ---- */

/* "#12" in the first column leads to the drawing of connection 12, if there is one. */
static bool
put_link(struct rp_page *p, const struct ni_buf *b)
{
	uint64_t id = 0;
	if (b->len < 2 || b->len > 11 || b->p[0] != '#' || !p->html->drawn)
		return false;
	for (size_t i = 1; i < b->len; i++) {
		if (b->p[i] < '0' || b->p[i] > '9')
			return false;
		id = 10 * id + (uint64_t)(b->p[i] - '0');
	}
	if (id > UINT32_MAX || !p->html->drawn(p->html->ctx, (uint32_t)id))
		return false;
	ni_buf_fmt(&p->o->b, "<a href=\"#conn-%u\">#%u</a>", (unsigned)id, (unsigned)id);
	return true;
}

static void
put_cell(struct rp_page *p, const struct rp_table *t, size_t row, unsigned col)
{
	char mem[RP_CELL];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	unsigned flags = t->cols[col].flags;
	t->cell(t->ctx, row, col, &b);
	ni_buf_str(&p->o->b, flags & RP_RIGHT   ? "<td class=\"r\">"
			     : flags & RP_ELIDE ? "<td class=\"long\">"
						: "<td>");
	if (col || !put_link(p, &b))
		ni_html_text(&p->o->b, mem, b.len);
	ni_buf_str(&p->o->b, "</td>");
}

/* Which columns have anything in them. */
static unsigned
used_columns(const struct rp_table *t, size_t rows)
{
	char mem[RP_CELL];
	unsigned used = 0;
	for (size_t row = 0; row < rows; row++) {
		for (unsigned c = 0; t->cols[c].title; c++) {
			struct ni_buf b = ni_buf(mem, sizeof(mem));
			t->cell(t->ctx, row, c, &b);
			used |= (unsigned)(b.len > 0) << c;
		}
	}
	return used;
}

static void
put_titles(struct rp_page *p, const struct rp_table *t, unsigned used)
{
	for (unsigned c = 0; t->cols[c].title; c++) {
		if (!(used >> c & 1))
			continue;
		ni_buf_str(&p->o->b, t->cols[c].flags & RP_RIGHT ? "<th class=\"r\">" : "<th>");
		text(p, rp_title(&t->cols[c]));
		ni_buf_str(&p->o->b, "</th>");
	}
}

void
rp_html_table(struct rp_page *p, const struct rp_table *t)
{
	struct ni_buf *b = &p->o->b;
	size_t rows = t->rows < ROWS ? t->rows : ROWS;
	unsigned used = used_columns(t, rows);
	element(p, NULL);
	ni_buf_str(b, "<div class=\"scroll\"><table><thead><tr>");
	put_titles(p, t, used);
	ni_buf_str(b, "</tr></thead><tbody>\n");
	for (size_t row = 0; row < rows; row++) {
		enum ni_color color = t->color ? t->color(t->ctx, row) : NI_C_NONE;
		if (color != NI_C_NONE)
			ni_buf_fmt(b, "<tr class=\"%s\">", class_of(color));
		else
			ni_buf_str(b, "<tr>");
		for (unsigned c = 0; t->cols[c].title; c++)
			if (used >> c & 1)
				put_cell(p, t, row, c);
		ni_buf_str(b, "</tr>\n");
		ni_out_line(p->o);
	}
	ni_buf_str(b, "</tbody></table></div>\n");
	if (rows == t->rows)
		return;
	ni_buf_str(b, "<p class=\"warn\">");
	ni_buf_fmt(b,
		   NI_PLURAL("%zu further row is not on this page.",
			     "%zu further rows are not on this page.", t->rows - rows),
		   t->rows - rows);
	ni_buf_str(b, "</p>\n");
}
