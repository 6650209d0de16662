/* SPDX-License-Identifier: GPL-2.0-or-later */
/* View 2: conversations, how they opened and closed, and what they carried. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "arranged.h"
#include "conns.h"
#include "i18n.h"
#include "mono.h"
#include "report.h"
#include "told.h"

enum {
	MAX_ROWS = 400,
	WORDS = 4096,          /* of an explanation */
	ARRANGE_NS = 10000000, /* for a picture */
	SPARE = 10,            /* times as long as sorting took passes before it is done again */
};

struct conns {
	struct ni_view view;
	struct ni_list list;
	/* Rows ever that are shown, sorted; none and not arranged: all, as they came. */
	struct ni_arranged order;
	bool arranged;
	uint64_t n;
	enum ni_conns_column sort;
	bool reverse, sorted;
	uint64_t table_version, filter_version; /* that order was made for */
	uint64_t filter_changes;
	uint64_t dropped;             /* rows of the table, then */
	int64_t arranged_ns, took_ns; /* when, and how long it took */
	uint32_t selected;            /* key of the conversation */
	struct ni_rect at;
	bool shown_trouble;    /* T was pressed before: go on behind the cursor */
	struct ni_inner inner; /* the ladder or stream of it */
	int width[NI_CONNS_N]; /* of the columns, in the last picture */
};

enum pane { LIST, LADDER, NPANES };

static void
conns_destroy(struct ni_view *v)
{
	struct conns *c = (struct conns *)v;
	ni_inner_free(&c->inner);
	ni_arranged_free(&c->order);
	free(c);
}

static struct ni_view *
conns_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct conns *c = calloc(1, sizeof(*c));
	(void)arg;
	if (!c) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	c->view = (struct ni_view){.ops = &ni_conns_view, .app = a};
	c->view.panes.n = NPANES;
	c->selected = NI_IX_NO_CONN;
	return &c->view;
}

/* ---- order ---- */

static const struct ni_conntab *
table(const struct conns *c)
{
	return ni_model_conns(c->view.app->model);
}

/* Row @i of all that there ever were. */
static const struct ni_conn_row *
row_ever(const struct conns *c, uint64_t i)
{
	uint64_t gone = ni_conntab_dropped(table(c));
	return i < gone ? NULL : ni_conntab_row(table(c), i - gone);
}

static bool
is_shown(void *ctx, uint64_t i)
{
	const struct conns *c = ctx;
	const struct ni_conn_row *r = row_ever(c, i);
	return r && ni_filtering_has_conn(c->view.app->filter, r->key);
}

static int
compare(void *ctx, uint64_t a, uint64_t b)
{
	const struct conns *c = ctx;
	const struct ni_conn_row *x = row_ever(c, a);
	const struct ni_conn_row *y = row_ever(c, b);
	int64_t ka = x ? ni_conns_key(x, c->sort) : 0;
	int64_t kb = y ? ni_conns_key(y, c->sort) : 0;
	return ka < kb ? -1 : ka > kb;
}

static void
begin_arranging(struct conns *c)
{
	static const struct ni_arranged_ops as_they_came = {is_shown, NULL};
	static const struct ni_arranged_ops sorted = {is_shown, compare};
	const struct ni_app *a = c->view.app;
	uint64_t gone = ni_conntab_dropped(table(c));
	bool filtered = ni_filtering_found(a->filter) != NULL;
	c->dropped = gone;
	c->table_version = ni_model_version(a->model) + 1;
	c->filter_version = ni_filtering_version(a->filter) + 1;
	if (!filtered && !c->sorted) {
		ni_arranged_free(&c->order);
		c->arranged = false;
		c->n = ni_conntab_count(table(c));
		return;
	}
	if (c->filter_changes != ni_filtering_changes(a->filter)) {
		c->order.n = 0; /* they were found by another filter */
		c->arranged = true;
	}
	c->filter_changes = ni_filtering_changes(a->filter);
	c->order.reverse = c->reverse;
	ni_arranged_begin(&c->order, c->sorted ? &sorted : &as_they_came, c, gone,
			  gone + ni_conntab_count(table(c)));
}

/* Which rows are shown, and in which order. What takes long goes on with the next pictures. */
static void
arrange(struct conns *c)
{
	struct ni_app *a = c->view.app;
	bool again = !c->table_version;
	if (a->held && !again && !c->order.busy)
		return;
	bool same = c->table_version == ni_model_version(a->model) + 1 &&
		    c->filter_version == ni_filtering_version(a->filter) + 1;
	/* Live, with many rows: sorting has to leave time for everything else. */
	bool soon = c->arranged && !again && ni_mono_ns() - c->arranged_ns < SPARE * c->took_ns;
	bool other = c->filter_changes != ni_filtering_changes(a->filter);
	a->dirty |= !same && soon;
	if (again || other || (!c->order.busy && !same && !soon))
		begin_arranging(c);
	if (c->order.busy && !ni_arranged_work(&c->order, ARRANGE_NS)) {
		c->arranged = true;
		c->arranged_ns = ni_mono_ns();
		c->took_ns = c->order.spent_ns;
	}
	a->dirty |= c->order.busy;
	if (c->arranged && c->dropped != ni_conntab_dropped(table(c))) {
		c->dropped = ni_conntab_dropped(table(c));
		ni_arranged_forget(&c->order, c->dropped);
	}
	if (c->arranged)
		c->n = c->order.n;
	else if (!c->order.busy)
		c->n = ni_conntab_count(table(c));
}

static const struct ni_conn_row *
row(const struct conns *c, uint64_t i)
{
	if (i >= c->n)
		return NULL;
	return c->arranged ? row_ever(c, c->order.row[i]) : ni_conntab_row(table(c), i);
}

/* The selected conversation stays selected wherever it has moved. */
static void
settle(struct conns *c)
{
	arrange(c);
	const struct ni_conn_row *r = row(c, c->list.cursor);
	if (!c->list.follow && c->selected != NI_IX_NO_CONN && (!r || r->key != c->selected)) {
		for (uint64_t i = 0; i < c->n; i++) {
			r = row(c, i);
			if (!r || r->key != c->selected)
				continue;
			c->list.cursor = i;
			break;
		}
	}
	ni_list_resize(&c->list, c->n, c->list.height);
	r = row(c, c->list.cursor);
	c->selected = r ? r->key : NI_IX_NO_CONN;
}

/* ---- drawing ---- */

static enum ni_role
role_of(const struct ni_conn_row *r)
{
	static const enum ni_role roles[] = {NI_ROLE_TEXT, NI_ROLE_NOTE, NI_ROLE_WARN, NI_ROLE_BAD};
	return r ? roles[ni_conns_severity(r)] : NI_ROLE_TEXT;
}

static const struct ni_columns *
shown(const struct conns *c)
{
	return &c->view.app->columns[1];
}

static void
draw_row(const struct conns *c, const struct ni_rect *at, const int *width,
	 const char (*text)[NI_CONNS_CELL], enum ni_role role)
{
	char line[NI_CONNS_N * NI_CONNS_CELL];
	struct ni_buf b = ni_buf(line, sizeof(line));
	ni_columns_line(&b, shown(c), ni_conns_columns, width, text[0], NI_CONNS_CELL);
	ni_screen_text(at->y, at->x, at->w, ni_buf_z(&b), role, true);
}

static void
draw_empty(const struct conns *c, struct ni_rect r)
{
	char line[128];
	struct ni_buf b = ni_buf(line, sizeof(line));
	uint64_t all = ni_conntab_count(table(c));
	if (all) {
		ni_app_none(c->view.app, &b, all);
	} else {
		ni_buf_str(&b, _("no connections yet"));
	}
	ni_screen_text(r.y + 1, r.x + 2, r.w - 2, ni_buf_z(&b), NI_ROLE_DIM, false);
}

static void
draw_titles(const struct conns *c, struct ni_rect r, const int *width)
{
	char titles[NI_CONNS_N][NI_CONNS_CELL];
	for (int i = 0; i < NI_CONNS_N; i++) {
		struct ni_buf b = ni_buf(titles[i], NI_CONNS_CELL);
		ni_buf_str(&b, ni_column_title(&ni_conns_columns[i]));
		if (c->sorted && i == (int)c->sort)
			ni_buf_str(&b, c->reverse ? "↓" : "↑");
		ni_buf_z(&b);
	}
	r.h = 1;
	draw_row(c, &r, width, (const char(*)[NI_CONNS_CELL])titles, NI_ROLE_TITLE);
}

static void
draw_list(struct conns *c, struct ni_rect r)
{
	int natural[NI_CONNS_N];
	int *width = c->width;
	int rows = r.h - 1 < MAX_ROWS ? r.h - 1 : MAX_ROWS;
	char(*text)[NI_CONNS_N][NI_CONNS_CELL] =
	    calloc((size_t)(rows > 0 ? rows : 1), sizeof(*text));
	int n = 0;
	c->at = r;
	c->list.height = rows;
	settle(c);
	for (int i = 0; i < NI_CONNS_N; i++)
		natural[i] = ni_line_width(ni_column_title(&ni_conns_columns[i]),
					   strlen(ni_column_title(&ni_conns_columns[i]))) +
			     (c->sorted && i == (int)c->sort);
	for (; text && n < rows && row(c, c->list.top + (uint64_t)n); n++) {
		for (int i = 0; i < NI_CONNS_N; i++) {
			struct ni_buf b = ni_buf(text[n][i], NI_CONNS_CELL);
			ni_conns_cell(&b, row(c, c->list.top + (uint64_t)n),
				      (enum ni_conns_column)i);
			int w = ni_line_width(text[n][i], strlen(text[n][i]));
			natural[i] = natural[i] > w ? natural[i] : w;
		}
	}
	if (!n) {
		draw_empty(c, r);
		free(text);
		return;
	}
	ni_columns_fit_shown(shown(c), ni_conns_columns, natural, r.w, width);
	draw_titles(c, r, width);
	for (int k = 0; k < n; k++) {
		uint64_t i = c->list.top + (uint64_t)k;
		struct ni_rect at = {r.y + 1 + k, r.x, 1, r.w};
		draw_row(c, &at, width, (const char(*)[NI_CONNS_CELL])text[k],
			 i == c->list.cursor ? ni_panes_cursor(&c->view, LIST)
					     : role_of(row(c, i)));
	}
	free(text);
}

/* ---- the second pane ---- */

/* What a conversation is drawn as. */
static const struct ni_view_ops *
drawn_as(uint32_t key)
{
	unsigned kind = key >> NI_IX_CONN_SHIFT;
	if (key == NI_IX_NO_CONN)
		return NULL;
	return kind == NI_IX_TCP ? &ni_ladder_view : kind == NI_IX_UDP ? &ni_stream_view : NULL;
}

static struct ni_view *
conns_inner(struct ni_view *v, unsigned pane)
{
	const struct conns *c = (const struct conns *)v;
	struct ni_view_arg arg = {.conn = c->selected};
	return pane == LADDER ? ni_inner_view(&c->inner, drawn_as(c->selected), &arg) : NULL;
}

/* As many rows as the list needs, but half of them at most; half of the columns, if the ladder can
 * do with the rest. */
static int
conns_border(struct ni_view *v, unsigned border, struct ni_rect r, bool beside)
{
	enum { LEAST = 4, NARROW = 45 };
	const struct conns *c = (const struct conns *)v;
	int half = beside ? r.w / 2 : r.h / 2;
	int want = c->n < (uint64_t)half ? (int)c->n + 1 : half;
	(void)border;
	if (!beside)
		return want < LEAST ? LEAST : want;
	want = half < r.w - 1 - NI_LADDER_ROOM ? half : r.w - 1 - NI_LADDER_ROOM;
	return want < NARROW ? NARROW : want;
}

static void
conns_draw_pane(struct ni_view *v, unsigned pane, struct ni_rect r)
{
	struct conns *c = (struct conns *)v;
	if (pane == LIST)
		draw_list(c, r);
	else if (c->selected != NI_IX_NO_CONN && !drawn_as(c->selected))
		ni_screen_text(r.y, r.x + 2, r.w - 2, _("Enter lists its packets"), NI_ROLE_DIM,
			       false);
}

static void
conns_draw(struct ni_view *v, struct ni_rect r)
{
	settle((struct conns *)v);
	ni_panes_draw(v, r);
}

static bool
conns_work(struct ni_view *v, int64_t ns)
{
	struct conns *c = (struct conns *)v;
	struct ni_view_arg arg = {.conn = c->selected};
	const struct ni_conn_row *r = row(c, c->list.cursor);
	arg.trouble = r && r->key == c->selected && ni_conn_row_is_troubled(r);
	bool seen = ni_panes_seen(v, LADDER) || v->panes.active == LADDER;
	return ni_inner_work(&c->inner, v->app, seen ? drawn_as(c->selected) : NULL, &arg, ns);
}

/* ---- keys ---- */

static void
sort(struct conns *c, int way)
{
	int by = (int)c->sort;
	do
		by = ni_columns_step(shown(c), by, c->sorted ? way : 0);
	while (by == NI_CONNS_ARROW && shown(c)->n > 1 && (c->sorted = true));
	c->sort = (enum ni_conns_column)by;
	c->sorted = true;
	c->table_version = 0;
}

static struct ni_sorts
conns_sorts(const struct ni_view *v)
{
	const struct conns *c = (const struct conns *)v;
	int by = c->sorted ? (int)c->sort : -1;
	return (struct ni_sorts){ni_conns_columns, NI_CONNS_N, by, c->reverse};
}

static void
conns_sort(struct ni_view *v, int column)
{
	struct conns *c = (struct conns *)v;
	c->reverse = c->sorted && (int)c->sort == column && !c->reverse;
	c->sort = (enum ni_conns_column)column;
	c->sorted = true;
	c->table_version = 0;
}

static void
open_row(struct conns *c)
{
	settle(c);
	const struct ni_conn_row *r = row(c, c->list.cursor);
	if (!r)
		return;
	struct ni_view_arg arg = {
	    .conn = r->key, .packet = r->first_frame, .trouble = ni_conn_row_is_troubled(r)};
	bool ladder = r->key >> NI_IX_CONN_SHIFT == NI_IX_TCP;
	ni_app_push(c->view.app, ladder ? &ni_ladder_view : &ni_packets_view, &arg);
}

/* From the cursor on, and on from the top. */
static void
next_trouble(struct conns *c)
{
	struct ni_app *a = c->view.app;
	for (uint64_t i = 1; i <= c->n; i++) {
		uint64_t at = (c->list.cursor + i - !c->shown_trouble) % c->n;
		const struct ni_conn_row *r = row(c, at);
		if (!r || !ni_conn_row_is_troubled(r))
			continue;
		c->shown_trouble = true;
		ni_list_go(&c->list, at);
		c->selected = r->key;
		ni_app_say(a, NI_ROLE_NOTE, _("connection %u, %s: e explains, Enter draws it"),
			   r->key & NI_IX_CONN_ID, ni_conns_trouble(r));
		return;
	}
	ni_app_say(a, NI_ROLE_GOOD, "%s",
		   *ni_filtering_text(a->filter) ? _("no connection here is in trouble")
						 : _("no connection is in trouble"));
}

static bool
conns_act(struct ni_view *v, enum ni_act act)
{
	struct conns *c = (struct conns *)v;
	settle(c);
	if (ni_list_act(&c->list, act)) {
		const struct ni_conn_row *r = row(c, c->list.cursor);
		c->selected = r ? r->key : NI_IX_NO_CONN;
	} else if (act == NI_ACT_OPEN) {
		open_row(c);
	} else if (act == NI_ACT_STREAM) {
		struct ni_view_arg arg = {.conn = c->selected};
		ni_app_push(c->view.app, &ni_stream_view, &arg);
	} else if (act == NI_ACT_SORT_LEFT || act == NI_ACT_SORT_RIGHT) {
		sort(c, act == NI_ACT_SORT_LEFT ? -1 : 1);
	} else if (act == NI_ACT_SORT_REVERSE) {
		c->reverse = !c->reverse;
		c->sorted = true;
		c->table_version = 0;
	} else if (act == NI_ACT_TROUBLE) {
		next_trouble(c);
	} else if (act == NI_ACT_FOLLOW) {
		c->list.follow = !c->list.follow;
	} else {
		return false;
	}
	return true;
}

static void
conns_position(const struct ni_view *v, uint64_t *at, uint64_t *rows)
{
	const struct conns *c = (const struct conns *)v;
	*rows = c->list.count;
	*at = c->list.count ? c->list.cursor + 1 : 0;
}

static bool
conns_follows(const struct ni_view *v)
{
	return ((const struct conns *)v)->list.follow;
}

/* Its first one. */
static uint64_t
conns_packet(const struct ni_view *v)
{
	const struct conns *c = (const struct conns *)v;
	const struct ni_conn_row *r = row(c, c->list.cursor);
	return r ? r->first_frame : 0;
}

static void
print_row(const struct ni_conn_row *r, struct ni_buf *b)
{
	for (int i = 0; i < NI_CONNS_N; i++) {
		char cell[NI_CONNS_CELL];
		struct ni_buf one = ni_buf(cell, sizeof(cell));
		ni_conns_cell(&one, r, (enum ni_conns_column)i);
		if (i)
			ni_buf_c(b, ' ');
		ni_buf_str(b, cell);
	}
}

static void
conns_copy(struct ni_view *v, struct ni_buf *b)
{
	struct conns *c = (struct conns *)v;
	const struct ni_conn_row *r = row(c, c->list.cursor);
	if (r)
		print_row(r, b);
}

/* The packets of the selected conversation. */
static int
conns_write(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err)
{
	const struct conns *c = (const struct conns *)v;
	(void)said; /* once it is done */
	if (c->selected == NI_IX_NO_CONN)
		return ni_fail(err, NI_ERR_RUN, "%s", _("no connection is selected"));
	return ni_app_write_conn(v->app, path, c->selected, err);
}

static bool
conns_search(struct ni_view *v, const char *text, int way)
{
	struct conns *c = (struct conns *)v;
	char line[NI_CONNS_N * NI_CONNS_CELL];
	settle(c);
	struct ni_app *app = v->app;
	for (uint64_t i = app->look.looked; i <= c->n && ni_app_looks(app, i); i++) {
		uint64_t at = (c->list.cursor + (way > 0 ? i : c->n - i)) % c->n;
		struct ni_buf b = ni_buf(line, sizeof(line));
		const struct ni_conn_row *r = row(c, at);
		if (r)
			print_row(r, &b);
		if (!r || !strcasestr(ni_buf_z(&b), text))
			continue;
		ni_list_go(&c->list, at);
		c->selected = r->key;
		return true;
	}
	return false;
}

static void
conns_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	struct conns *c = (struct conns *)v;
	int y = m->y - c->at.y - 1;
	int column = ni_columns_hit(shown(c), c->width, m->x - c->at.x);
	if (y == -1 && !m->wheel && column >= 0 && column != NI_CONNS_ARROW) {
		conns_sort(v, column);
		return;
	}
	if (m->wheel) {
		ni_list_scroll(&c->list, 3 * (int64_t)m->wheel);
	} else if (y >= 0 && y < c->list.height && c->list.top + (uint64_t)y < c->n) {
		ni_list_go(&c->list, c->list.top + (uint64_t)y);
	}
	const struct ni_conn_row *r = row(c, c->list.cursor);
	c->selected = r ? r->key : NI_IX_NO_CONN;
	if (m->twice)
		open_row(c);
}

static void
conns_explain(struct ni_view *v, struct ni_buf *b)
{
	struct conns *c = (struct conns *)v;
	settle(c);
	const struct ni_conn_row *r = row(c, c->list.cursor);
	if (r && ni_conn_row_is_troubled(r))
		ni_buf_fmt(b, _("What is wrong: %s.\n\n"), ni_conns_trouble(r));
	char mem[WORDS];
	struct ni_buf told = ni_buf(mem, sizeof(mem));
	ni_told_conn(&told, v->app->model, c->selected);
	ni_buf_str(b, ni_buf_z(&told));
}

const struct ni_view_ops ni_conns_view = {
    .name = N_("Connections"),
    .place = NI_AT_CONNS,
    .create = conns_create,
    .destroy = conns_destroy,
    .draw = conns_draw,
    .draw_pane = conns_draw_pane,
    .border = conns_border,
    .least_rows = 18,
    .inner = conns_inner,
    .act = conns_act,
    .position = conns_position,
    .work = conns_work,
    .copy = conns_copy,
    .mouse = conns_mouse,
    .search = conns_search,
    .write = conns_write,
    .sorts = conns_sorts,
    .sort = conns_sort,
    .follows = conns_follows,
    .packet = conns_packet,
    .explain = conns_explain,
    .columns = ni_conns_columns,
    .ncolumns = NI_CONNS_N,
};
