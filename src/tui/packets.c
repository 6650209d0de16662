/* SPDX-License-Identifier: GPL-2.0-or-later */
/* View 1: packets as a list, the selected one as a tree and as bytes. */
#include "config.h"

#include "packets.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "told.h"

enum { WIDE = 120, MIN_SHARE = 10, STEP = 5, INFO_STEP = 8 };

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
	p->view = (struct ni_view){&ni_packets_view, a};
	p->conn = arg->conn;
	p->selected = arg->packet;
	p->share[NI_PANE_LIST] = 50;
	p->share[NI_PANE_TREE] = 60;
	p->list.follow = ni_model_live(a->model) && arg->conn == NI_IX_NO_CONN;
	return &p->view;
}

/* ---- layout ---- */

/* Two panes below the list, beside each other where there is room for that. */
static void
lay_out(struct ni_packets *p, struct ni_rect r)
{
	int list = r.h * p->share[NI_PANE_LIST] / 100;
	memset(p->at, 0, sizeof(p->at));
	if (p->zoom) {
		p->at[p->pane] = r;
		return;
	}
	list = list < 3 ? 3 : list;
	int below = r.h - list - 1;
	p->at[NI_PANE_LIST] = (struct ni_rect){r.y, r.x, list, r.w};
	int y = r.y + list + 1;
	if (r.w >= WIDE) {
		int left = r.w - 74 > r.w / 3 ? r.w - 74 : r.w / 3;
		p->at[NI_PANE_TREE] = (struct ni_rect){y, r.x, below, left};
		p->at[NI_PANE_HEX] = (struct ni_rect){y, r.x + left + 1, below, r.w - left - 1};
		return;
	}
	if (below < 7) {
		enum ni_pane shown = p->pane == NI_PANE_HEX ? NI_PANE_HEX : NI_PANE_TREE;
		p->at[shown] = (struct ni_rect){y, r.x, below, r.w};
		return;
	}
	int tree = below * p->share[NI_PANE_TREE] / 100;
	p->at[NI_PANE_TREE] = (struct ni_rect){y, r.x, tree, r.w};
	p->at[NI_PANE_HEX] = (struct ni_rect){y + tree + 1, r.x, below - tree - 1, r.w};
}

static void
draw_lines(const struct ni_packets *p, struct ni_rect r)
{
	char title[64];
	struct ni_buf b = ni_buf(title, sizeof(title));
	const struct ni_rect *t = &p->at[NI_PANE_TREE];
	const struct ni_rect *h = &p->at[NI_PANE_HEX];
	if (p->zoom)
		return;
	int y = p->at[NI_PANE_LIST].y + p->at[NI_PANE_LIST].h;
	ni_screen_hline(y, r.x, r.w, NI_ROLE_DIM);
	ni_buf_fmt(&b, _(" packet %llu "), (unsigned long long)p->selected);
	int w = ni_line_width(ni_buf_z(&b), b.len);
	if (p->selected)
		ni_screen_text(y, r.w - w - 2, w, title, NI_ROLE_DIM, false);
	if (t->h && h->h && h->x > t->x)
		ni_screen_vline(t->y, h->x - 1, t->h, NI_ROLE_DIM);
	else if (t->h && h->h)
		ni_screen_hline(h->y - 1, r.x, r.w, NI_ROLE_DIM);
}

static void
packets_draw(struct ni_view *v, struct ni_rect r)
{
	struct ni_packets *p = (struct ni_packets *)v;
	lay_out(p, r);
	if (p->restyled != v->app->restyled) {
		ni_rows_clear(p->rows);
		ni_detail_free(&p->detail);
		p->tree.count = 0;
		p->restyled = v->app->restyled;
	}
	p->list.height = p->at[NI_PANE_LIST].h ? p->at[NI_PANE_LIST].h - 1 : r.h - 1;
	ni_packets_sync(p);
	if (p->at[NI_PANE_LIST].h)
		ni_packets_draw_list(p, p->at[NI_PANE_LIST]);
	if (!p->list.count)
		return;
	draw_lines(p, r);
	if (p->at[NI_PANE_TREE].h)
		ni_packets_draw_tree(p, p->at[NI_PANE_TREE]);
	if (p->at[NI_PANE_HEX].h)
		ni_packets_draw_hex(p, p->at[NI_PANE_HEX]);
}

/* ---- keys ---- */

static void
change_share(struct ni_packets *p, int by)
{
	enum ni_pane which = p->pane == NI_PANE_LIST ? NI_PANE_LIST : NI_PANE_TREE;
	int share = p->share[which] + (p->pane == NI_PANE_HEX ? -by : by);
	if (share >= MIN_SHARE && share <= 100 - MIN_SHARE)
		p->share[which] = share;
}

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
		p->pane = NI_PANE_TREE;
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
			p->pane = NI_PANE_HEX;
	} else if (act == NI_ACT_BACK) {
		p->pane = NI_PANE_LIST;
	} else {
		return ni_list_act(&p->tree, act);
	}
	return true;
}

static bool
act_hex(struct ni_packets *p, enum ni_act act)
{
	if (act == NI_ACT_BACK)
		p->pane = NI_PANE_TREE;
	else
		return ni_list_act(&p->hex, act);
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
	if (act == NI_ACT_NEXT_PANE)
		p->pane = (enum ni_pane)((p->pane + 1) % NI_NPANES);
	else if (act == NI_ACT_PREVIOUS_PANE)
		p->pane = (enum ni_pane)((p->pane + 2) % NI_NPANES);
	else if (act == NI_ACT_ZOOM)
		p->zoom = !p->zoom;
	else if (act == NI_ACT_LARGER || act == NI_ACT_SMALLER)
		change_share(p, act == NI_ACT_LARGER ? STEP : -STEP);
	else if (act == NI_ACT_SORT_LEFT || act == NI_ACT_SORT_RIGHT)
		ni_packets_sort(p, act == NI_ACT_SORT_LEFT ? -1 : 1);
	else if (act == NI_ACT_SORT_REVERSE)
		ni_packets_sort(p, 0);
	else if (act == NI_ACT_BACK && is_sorting(p))
		ni_sorted_free(&p->order);
	else if (act == NI_ACT_FOLLOW)
		follow(p);
	else
		return p->pane == NI_PANE_LIST   ? act_list(p, act)
		       : p->pane == NI_PANE_TREE ? act_tree(p, act)
						 : act_hex(p, act);
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
	if (p->pane == NI_PANE_LIST && r)
		ni_buf_fmt(b, "%llu %s %s %s %s", (unsigned long long)r->number, r->source,
			   r->destination, r->protocol, r->info);
	else if (p->pane == NI_PANE_TREE && l)
		ni_buf_str(b, ni_detail_text(&p->detail, p->visible[p->tree.cursor]));
	else if (p->pane == NI_PANE_HEX && l && l->source < p->detail.nsources &&
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
		const struct ni_rect *r = &p->at[i];
		int y = m->y - r->y - (i == NI_PANE_LIST);
		if (m->y < r->y || m->y >= r->y + r->h || m->x < r->x || m->x >= r->x + r->w)
			continue;
		if (m->wheel) {
			ni_list_scroll(lists[i], 3 * (int64_t)m->wheel);
		} else if (y >= 0) {
			p->pane = (enum ni_pane)i;
			if (lists[i]->top + (uint64_t)y < lists[i]->count)
				ni_list_go(lists[i], lists[i]->top + (uint64_t)y);
		}
		if (i == NI_PANE_LIST)
			ni_packets_select(p);
	}
}

static void
packets_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	click((struct ni_packets *)v, m);
	if (m->twice)
		packets_act(v, NI_ACT_OPEN);
}

static void
packets_explain(struct ni_view *v, struct ni_buf *b)
{
	ni_told_packet(b, v->app->model, ((struct ni_packets *)v)->selected);
}

const struct ni_view_ops ni_packets_view = {
    .name = N_("Packets"),
    .place = NI_AT_PACKETS,
    .create = packets_create,
    .destroy = packets_destroy,
    .draw = packets_draw,
    .act = packets_act,
    .position = packets_position,
    .copy = packets_copy,
    .mouse = packets_mouse,
    .go = packets_go,
    .packet = packets_packet,
    .follows = packets_follows,
    .write = ni_packets_write,
    .explain = packets_explain,
    .work = packets_work,
    .busy = packets_busy,
    .bytes = packets_bytes,
    .columns = ni_packets_columns,
    .ncolumns = NI_PACKETS_COLUMNS,
};
