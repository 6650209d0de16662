/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The selected packet's tree, which folds, and its bytes, with those of the selected field marked.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "packets.h"

enum { BYTES = 16, LINE = 1280 };

/* ---- folding ---- */

static int
opened(const struct ni_packets *p, const struct ni_detail_line *l)
{
	for (unsigned i = 0; i < p->nopened; i++)
		if (p->opened[i].proto == l->proto && p->opened[i].field == l->field)
			return (int)i;
	return -1;
}

static void
set_opened(struct ni_packets *p, const struct ni_detail_line *l, bool open)
{
	int i = opened(p, l);
	if (open && i < 0 && p->nopened < NI_OPENED_MAX) {
		p->opened[p->nopened].proto = l->proto;
		p->opened[p->nopened++].field = l->field;
	} else if (!open && i >= 0) {
		p->opened[i] = p->opened[--p->nopened];
	}
}

static void
show_lines(struct ni_packets *p)
{
	const struct ni_detail *d = &p->detail;
	uint64_t n = 0;
	unsigned hidden_below = UINT16_MAX; /* lines deeper than this are folded away */
	for (uint32_t i = 0; i < d->n; i++) {
		const struct ni_detail_line *l = &d->lines[i];
		if (l->depth > hidden_below)
			continue;
		p->visible[n++] = i;
		bool folds = ni_detail_has_children(d, i) && opened(p, l) < 0;
		hidden_below = folds ? l->depth : UINT16_MAX;
	}
	ni_list_resize(&p->tree, n, p->tree.height);
}

const struct ni_detail_line *
ni_packets_line(const struct ni_packets *p)
{
	if (p->tree.cursor >= p->tree.count || !p->visible)
		return NULL;
	return &p->detail.lines[p->visible[p->tree.cursor]];
}

void
ni_packets_detail(struct ni_packets *p)
{
	struct ni_app *a = p->view.app;
	struct ni_err err = {.what = ""};
	if (p->detail.number == p->selected && p->visible)
		return;
	free(p->visible);
	p->visible = NULL;
	p->source = 0;
	p->tree.count = 0;
	if (!p->selected || ni_detail_make(&p->detail, a->model, p->selected, &err)) {
		ni_detail_free(&p->detail);
		return;
	}
	p->visible = malloc((p->detail.n + 1) * sizeof(*p->visible));
	if (p->visible)
		show_lines(p);
}

/* Open or close the line under the cursor; to close one inside, its parent. */
void
ni_packets_fold(struct ni_packets *p, bool open)
{
	const struct ni_detail_line *l = ni_packets_line(p);
	if (!l)
		return;
	uint32_t i = p->visible[p->tree.cursor];
	bool folds = ni_detail_has_children(&p->detail, i);
	if (!open && (!folds || opened(p, l) < 0)) {
		while (p->tree.cursor &&
		       p->detail.lines[p->visible[p->tree.cursor]].depth >= l->depth)
			p->tree.cursor--;
	} else if (folds) {
		set_opened(p, l, open);
	}
	show_lines(p);
}

/* ---- drawing ---- */

void
ni_packets_draw_tree(struct ni_packets *p, struct ni_rect r)
{
	char line[LINE];
	ni_packets_detail(p);
	ni_list_resize(&p->tree, p->tree.count, r.h);
	for (int k = 0; k < r.h && p->visible; k++) {
		uint64_t row = p->tree.top + (uint64_t)k;
		struct ni_buf b = ni_buf(line, sizeof(line));
		if (row >= p->tree.count)
			break;
		uint32_t i = p->visible[row];
		const struct ni_detail_line *l = &p->detail.lines[i];
		bool folds = ni_detail_has_children(&p->detail, i);
		ni_buf_pad(&b, ' ', 2 * (size_t)l->depth);
		ni_buf_str(&b, !folds ? "  " : opened(p, l) >= 0 ? "▾ " : "▸ ");
		ni_buf_str(&b, ni_detail_text(&p->detail, i));
		enum ni_role role = row == p->tree.cursor ? ni_panes_cursor(&p->view, NI_PANE_TREE)
				    : l->level == NI_IX_PLAIN ? NI_ROLE_TEXT
				    : l->level == NI_ERROR    ? NI_ROLE_BAD
							      : NI_ROLE_WARN;
		ni_screen_text(r.y + k, r.x, r.w, ni_buf_z(&b), role, row == p->tree.cursor);
	}
}

struct bytes {
	const struct ni_detail_source *s;
	uint32_t from, to; /* marked */
	int a_line;
};

static void
draw_bytes(const struct bytes *h, uint32_t off, int y, int x, int w)
{
	char text[8];
	struct ni_buf b = ni_buf(text, sizeof(text));
	ni_buf_hex(&b, off, 4);
	ni_screen_text(y, x, w, ni_buf_z(&b), NI_ROLE_DIM, false);
	for (uint32_t i = 0; i < (uint32_t)h->a_line && off + i < h->s->n; i++) {
		uint8_t c = h->s->p[off + i];
		bool hit = off + i >= h->from && off + i < h->to;
		enum ni_role role = hit ? NI_ROLE_HIT : NI_ROLE_TEXT;
		char ascii[2] = {(char)(c >= 0x20 && c < 0x7f ? c : '.'), '\0'};
		int hex_x = 6 + 3 * (int)i + (i >= 8);
		int text_x = 6 + 3 * h->a_line + 2 + (int)i;
		b = ni_buf(text, sizeof(text));
		ni_buf_hex(&b, c, 2);
		if (hex_x + 2 <= w)
			ni_screen_text(y, x + hex_x, 2, ni_buf_z(&b), role, false);
		if (text_x < w)
			ni_screen_text(y, x + text_x, 1, ascii, role, false);
	}
}

void
ni_packets_draw_hex(struct ni_packets *p, struct ni_rect r)
{
	uint64_t top = p->hex.top;
	ni_packets_detail(p);
	const struct ni_detail_line *l = ni_packets_line(p);
	if (!p->detail.nsources)
		return;
	unsigned source = l ? l->source : 0;
	if (source >= p->detail.nsources)
		source = 0;
	struct bytes h = {.s = &p->detail.source[source],
			  .a_line = r.w >= NI_HEX_WIDE ? BYTES : BYTES / 2};
	if (l && l->len) {
		h.from = l->off;
		h.to = l->off + l->len < h.s->n ? l->off + l->len : h.s->n;
	}
	uint64_t lines = (h.s->n + (uint32_t)h.a_line - 1) / (uint32_t)h.a_line;
	int head = p->detail.nsources > 1;
	ni_list_resize(&p->hex, lines, r.h - head);
	/* Another field: its bytes come into sight. */
	if (p->view.panes.active != NI_PANE_HEX && h.to > h.from) {
		p->hex.cursor = h.from / (uint32_t)h.a_line;
		p->hex.top = top;
		ni_list_resize(&p->hex, lines, r.h - head);
	}
	if (head)
		ni_screen_text(r.y, r.x, r.w, h.s->name, NI_ROLE_DIM, false);
	for (int k = 0; k < r.h - head && p->hex.top + (uint64_t)k < lines; k++)
		draw_bytes(&h, (uint32_t)(p->hex.top + (uint64_t)k) * (uint32_t)h.a_line,
			   r.y + head + k, r.x, r.w);
}
