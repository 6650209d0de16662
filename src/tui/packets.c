/* SPDX-License-Identifier: GPL-2.0-or-later */
/* View 1: packets as a list, the selected one as a tree and as bytes. */
#include "config.h"

#include "packets.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "told.h"

enum { INFO_STEP = 8 };

static void
packets_destroy(struct ni_view *v)
{
	struct ni_packets *p = (struct ni_packets *)v;
	ni_detail_free(&p->detail);
	ni_sorted_free(&p->order);
	ni_rows_free(&p->rows);
	ni_set_free(&p->scope);
	free(p->visible);
	free(p);
}

static struct ni_view *
packets_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct ni_packets *p = calloc(1, sizeof(*p));
	if (p)
		p->rows = ni_rows_new(a->model);
	if (!p || !p->rows) {
		free(p);
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	p->view = (struct ni_view){.ops = &ni_packets_view, .app = a};
	p->conn = arg->conn;
	p->selected = arg->packet;
	p->view.panes.n = NI_NPANES;
	p->list.follow = ni_model_live(a->model) && arg->conn == NI_IX_NO_CONN;
	return &p->view;
}

/* ---- panes ---- */

static void
packets_pane_title(const struct ni_view *v, unsigned pane, struct ni_buf *b)
{
	const struct ni_packets *p = (const struct ni_packets *)v;
	if (pane == NI_PANE_TREE && p->selected && p->list.count)
		ni_buf_fmt(b, _("packet %llu"), (unsigned long long)p->selected);
}

/* The list has as much as the rest; bytes a little less than the tree, but sixteen in a line. */
static int
packets_border(struct ni_view *v, unsigned border, struct ni_rect r, bool beside)
{
	(void)v;
	if (border == 0)
		return beside ? r.w * 5 / 8 : r.h / 2;
	if (!beside)
		return r.h * 3 / 5;
	return r.w - NI_HEX_WIDE - 1 > r.w / 3 ? r.w - NI_HEX_WIDE - 1 : r.w / 3;
}

static void
packets_draw_pane(struct ni_view *v, unsigned pane, struct ni_rect r)
{
	struct ni_packets *p = (struct ni_packets *)v;
	p->at[pane] = r;
	if (pane == NI_PANE_LIST)
		ni_packets_draw_list(p, r);
	else if (pane == NI_PANE_TREE && p->list.count)
		ni_packets_draw_tree(p, r);
	else if (p->list.count)
		ni_packets_draw_hex(p, r);
}

static void
packets_draw(struct ni_view *v, struct ni_rect r)
{
	struct ni_packets *p = (struct ni_packets *)v;
	if (p->restyled != v->app->restyled) {
		ni_rows_clear(p->rows);
		ni_detail_free(&p->detail);
		p->tree.count = 0;
		p->restyled = v->app->restyled;
	}
	ni_packets_sync(p);
	ni_panes_draw(v, r);
}

/* ---- keys ---- */

static bool
act_list(struct ni_packets *p, enum ni_act act)
{
	if (ni_list_act(&p->list, act)) {
		p->stay = false;
		if (act == NI_ACT_BOTTOM && !p->order && ni_model_live(p->view.app->model))
			p->list.follow = true;
		ni_packets_select(p);
	} else if (act == NI_ACT_RIGHT) {
		p->info_from += INFO_STEP;
	} else if (act == NI_ACT_LEFT) {
		p->info_from -= p->info_from ? INFO_STEP : 0;
	} else if (act == NI_ACT_OPEN) {
		p->view.panes.active = NI_PANE_TREE;
	} else {
		return false;
	}
	return true;
}

static bool
act_tree(struct ni_packets *p, enum ni_act act)
{
	const struct ni_detail_line *l = ni_packets_line(p);
	if (act == NI_ACT_RIGHT || act == NI_ACT_LEFT) {
		ni_packets_fold(p, act == NI_ACT_RIGHT);
	} else if (act == NI_ACT_OPEN && l) {
		uint64_t before = p->tree.count;
		ni_packets_fold(p, true);
		if (p->tree.count == before &&
		    ni_detail_has_children(&p->detail, p->visible[p->tree.cursor]))
			ni_packets_fold(p, false);
		else if (p->tree.count == before)
			p->view.panes.active = NI_PANE_HEX;
	} else {
		return ni_list_act(&p->tree, act);
	}
	return true;
}

static bool
is_sorting(const struct ni_packets *p)
{
	return p->order && ni_sorted_percent(p->order) < 100;
}

static bool
packets_work(struct ni_view *v, int64_t ns)
{
	return ni_packets_sort_work((struct ni_packets *)v, ns);
}

static uint64_t
packets_bytes(const struct ni_view *v)
{
	const struct ni_packets *p = (const struct ni_packets *)v;
	return p->order ? ni_sorted_bytes(p->order) : 0;
}

static void
packets_busy(const struct ni_view *v, struct ni_buf *b)
{
	const struct ni_packets *p = (const struct ni_packets *)v;
	if (is_sorting(p))
		ni_buf_fmt(b, _("sorting  %u%%  Esc stops"), ni_sorted_percent(p->order));
}

static void
follow(struct ni_packets *p)
{
	ni_sorted_free(&p->order); /* the newest is last in order of time alone */
	p->list.follow = !p->list.follow;
	ni_packets_sync(p);
}

static bool
packets_act(struct ni_view *v, enum ni_act act)
{
	struct ni_packets *p = (struct ni_packets *)v;
	if (act == NI_ACT_SORT_LEFT || act == NI_ACT_SORT_RIGHT)
		ni_packets_sort(p, act == NI_ACT_SORT_LEFT ? -1 : 1);
	else if (act == NI_ACT_SORT_REVERSE)
		ni_packets_sort(p, 0);
	else if (act == NI_ACT_BACK && is_sorting(p))
		ni_sorted_free(&p->order);
	else if (act == NI_ACT_FOLLOW)
		follow(p);
	else
		return v->panes.active == NI_PANE_LIST   ? act_list(p, act)
		       : v->panes.active == NI_PANE_TREE ? act_tree(p, act)
							 : ni_list_act(&p->hex, act);
	return true;
}

static void
packets_position(const struct ni_view *v, uint64_t *row, uint64_t *rows)
{
	const struct ni_packets *p = (const struct ni_packets *)v;
	*rows = p->list.count;
	*row = p->list.count ? p->list.cursor + 1 : 0;
}

static bool
packets_follows(const struct ni_view *v)
{
	return ((const struct ni_packets *)v)->list.follow;
}

static uint64_t
packets_packet(const struct ni_view *v)
{
	return ((const struct ni_packets *)v)->selected;
}

static void
packets_go(struct ni_view *v, uint64_t number)
{
	struct ni_packets *p = (struct ni_packets *)v;
	const struct ni_index *ix = ni_model_index(v->app->model);
	uint64_t last = ni_index_last(ix);
	number = number > last ? last : number;
	p->list.follow = false;
	p->selected = number < ni_index_first(ix) ? ni_index_first(ix) : number;
	ni_packets_sync(p);
	ni_packets_select(p);
}

static void
packets_copy(struct ni_view *v, struct ni_buf *b)
{
	struct ni_packets *p = (struct ni_packets *)v;
	const struct ni_row *r = ni_rows_get(p->rows, p->selected);
	const struct ni_detail_line *l = ni_packets_line(p);
	unsigned pane = v->panes.active;
	if (pane == NI_PANE_LIST && r)
		ni_buf_fmt(b, "%llu %s %s %s %s", (unsigned long long)r->number, r->source,
			   r->destination, r->protocol, r->info);
	else if (pane == NI_PANE_TREE && l)
		ni_buf_str(b, ni_detail_text(&p->detail, p->visible[p->tree.cursor]));
	else if (pane == NI_PANE_HEX && l && l->source < p->detail.nsources &&
		 l->off < p->detail.source[l->source].n) {
		const struct ni_detail_source *s = &p->detail.source[l->source];
		uint32_t n = l->len < s->n - l->off ? l->len : s->n - l->off;
		ni_buf_hexbytes(b, s->p + l->off, n, ' ');
	}
}

static void
click(struct ni_packets *p, const struct ni_mouse *m)
{
	struct ni_list *lists[] = {&p->list, &p->tree, &p->hex};
	for (unsigned i = 0; i < NI_NPANES; i++) {
		int y = m->y - p->at[i].y - (i == NI_PANE_LIST);
		if (!ni_panes_seen(&p->view, i) || !ni_rect_has(&p->at[i], m->y, m->x))
			continue;
		if (m->wheel)
			ni_list_scroll(lists[i], 3 * (int64_t)m->wheel);
		else if (y >= 0 && lists[i]->top + (uint64_t)y < lists[i]->count)
			ni_list_go(lists[i], lists[i]->top + (uint64_t)y);
		if (i == NI_PANE_LIST)
			ni_packets_select(p);
	}
}

static void
packets_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	struct ni_packets *p = (struct ni_packets *)v;
	const struct ni_rect *r = &p->at[NI_PANE_LIST];
	int column = ni_columns_hit(&v->app->columns[0], p->width, m->x - r->x);
	bool head = m->y == r->y && ni_rect_has(r, m->y, m->x) && !m->wheel;
	if (head && ni_panes_seen(v, NI_PANE_LIST) && column >= 0 &&
	    *ni_packets_columns[column].title) {
		ni_packets_sort_by(v, column);
		return;
	}
	click(p, m);
	if (m->twice)
		packets_act(v, NI_ACT_OPEN);
}

static void
packets_explain(struct ni_view *v, struct ni_buf *b)
{
	ni_told_packet(b, v->app->model, ((struct ni_packets *)v)->selected);
}

static struct ni_sorts
packets_sorts(const struct ni_view *v)
{
	const struct ni_packets *p = (const struct ni_packets *)v;
	return (struct ni_sorts){ni_packets_columns, NI_PACKETS_COLUMNS, p->sort, p->reverse};
}

const struct ni_view_ops ni_packets_view = {
    .name = N_("Packets"),
    .place = NI_AT_PACKETS,
    .create = packets_create,
    .destroy = packets_destroy,
    .draw = packets_draw,
    .draw_pane = packets_draw_pane,
    .pane_title = packets_pane_title,
    .border = packets_border,
    .act = packets_act,
    .position = packets_position,
    .copy = packets_copy,
    .mouse = packets_mouse,
    .go = packets_go,
    .packet = packets_packet,
    .follows = packets_follows,
    .sorts = packets_sorts,
    .sort = ni_packets_sort_by,
    .write = ni_packets_write,
    .explain = packets_explain,
    .work = packets_work,
    .busy = packets_busy,
    .bytes = packets_bytes,
    .columns = ni_packets_columns,
    .ncolumns = NI_PACKETS_COLUMNS,
};
