/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of packets: which of them are in it, and how its rows are drawn. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/clock.h"
#include "packets.h"

enum { CELL = 512, MAX_ROWS = 400, SCAN = 200000, ROWS_NS = 25000000 };

enum column {
	NUMBER,
	TIME,
	SOURCE,
	ARROW,
	DESTINATION,
	PROTOCOL,
	LENGTH,
	INFO,
	NCOLS = NI_PACKETS_COLUMNS
};

/* clang-format off */
const struct ni_column_def ni_packets_columns[NI_PACKETS_COLUMNS] = {
	[NUMBER] = {N_("No."), "number", 5, 12, 0, NI_FIT_RIGHT, 0, 0},
	[TIME] = {N_("Time"), "time", 8, 27, 0, NI_FIT_RIGHT, 0, 3},
	[SOURCE] = {N_("Source"), "source", 9, 39, 13, NI_FIT_MIDDLE, 3, 0},
	[ARROW] = {"", "arrow", 1, 1, 0, NI_FIT_LEFT, 0, 0},
	[DESTINATION] = {N_("Destination"), "destination", 11, 39, 13, NI_FIT_MIDDLE, 3, 0},
	[PROTOCOL] = {N_("Protocol"), "protocol", 4, 12, 0, NI_FIT_LEFT, 0, 0},
	[LENGTH] = {N_("Length"), "length", 4, 8, 0, NI_FIT_RIGHT, 0, 4},
	[INFO] = {N_("Info"), "info", 12, 0, 20, NI_FIT_LEFT, 9, 0},
};
/* clang-format on */

/* ---- which packets ---- */

static const struct ni_set *
members(const struct ni_packets *p)
{
	return p->conn == NI_IX_NO_CONN ? ni_filtering_found(p->view.app->filter) : &p->scope;
}

/* Extend the set of this conversation's packets. */
static void
extend_scope(struct ni_packets *p)
{
	const struct ni_index *ix = ni_model_index(p->view.app->model);
	const struct ni_filtering *filter = p->view.app->filter;
	const struct ni_set *found = ni_filtering_found(filter);
	uint64_t last = ni_index_last(ix);
	uint64_t k = p->scope.seen + 1;
	if (p->scope_filter != ni_filtering_changes(filter) || last < p->scope.seen) {
		ni_set_free(&p->scope);
		p->scope_filter = ni_filtering_changes(filter);
		k = 1;
	}
	if (found && last > found->seen)
		last = found->seen;
	if (k < ni_index_first(ix))
		k = ni_index_first(ix);
	for (unsigned i = 0; k <= last && i < SCAN; k++, i++) {
		bool in = ni_index_conn(ix, k) == p->conn && (!found || ni_set_has(found, k));
		if (!ni_set_add(&p->scope, k, in))
			break;
	}
}

/* The last packet that is shown: what came since the display was held is not. */
static uint64_t
last_shown(const struct ni_packets *p)
{
	const struct ni_app *a = p->view.app;
	uint64_t last = ni_index_last(ni_model_index(a->model));
	return a->held && a->held_stats.packets < last ? a->held_stats.packets : last;
}

static uint64_t
first_row(const struct ni_packets *p)
{
	return ni_set_rank(members(p), ni_index_first(ni_model_index(p->view.app->model)));
}

static uint64_t
row_of(const struct ni_packets *p, uint64_t number)
{
	uint64_t first = ni_index_first(ni_model_index(p->view.app->model));
	uint64_t before = number > first ? number - first : 0;
	if (p->order)
		return ni_sorted_row(p->order, number);
	return members(p) ? ni_set_rank(members(p), number) - first_row(p) : before;
}

uint64_t
ni_packets_number(const struct ni_packets *p, uint64_t row)
{
	uint64_t first = ni_index_first(ni_model_index(p->view.app->model));
	if (row >= p->list.count)
		return 0;
	if (p->order)
		return ni_sorted_number(p->order, row);
	return members(p) ? ni_set_select(members(p), first_row(p) + row) : first + row;
}

void
ni_packets_sync(struct ni_packets *p)
{
	if (p->conn != NI_IX_NO_CONN)
		extend_scope(p);
	uint64_t rows = p->order ? ni_sorted_count(p->order) : row_of(p, last_shown(p) + 1);
	uint64_t top = p->list.cursor - p->list.top;
	if (p->stay) {
		p->list.cursor = 0;
		p->stay = p->order && ni_sorted_percent(p->order) < 100;
	} else if (p->selected && !p->list.follow) {
		p->list.cursor = row_of(p, p->selected);
		p->list.top = p->list.cursor > top ? p->list.cursor - top : 0;
	}
	ni_list_resize(&p->list, rows, p->list.height);
	/* The row under the cursor is the selected one, also when the filter hides the one before.
	 */
	ni_packets_select(p);
}

void
ni_packets_select(struct ni_packets *p)
{
	uint64_t number = ni_packets_number(p, p->list.cursor);
	if (number)
		p->selected = number;
}

int
ni_packets_write(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err)
{
	struct ni_packets *p = (struct ni_packets *)v;
	(void)said; /* once it is done */
	return ni_app_write(v->app, path, members(p), last_shown(p), err);
}

/* ---- sorting ---- */

/* By the column, and in the direction, that p says. */
static void
sort(struct ni_packets *p)
{
	static const enum ni_sorted_key keys[NCOLS] = {
	    [NUMBER] = NI_SORTED_NUMBER,     [TIME] = NI_SORTED_TIME,
	    [SOURCE] = NI_SORTED_SOURCE,     [DESTINATION] = NI_SORTED_DESTINATION,
	    [PROTOCOL] = NI_SORTED_PROTOCOL, [LENGTH] = NI_SORTED_LENGTH,
	    [INFO] = NI_SORTED_TROUBLE,
	};
	struct ni_app *a = p->view.app;
	p->stay = !p->list.cursor || p->list.follow;
	p->list.follow = false;
	ni_sorted_free(&p->order);
	if (p->sort == NUMBER && !p->reverse)
		return; /* as they came */
	p->order = ni_sorted_new(a->model, keys[p->sort], p->reverse);
	if (!p->order)
		ni_app_say(a, NI_ROLE_BAD, "%s", _("there is no memory left"));
	ni_packets_sort_work(p, 0);
}

void
ni_packets_sort(struct ni_packets *p, int way)
{
	const struct ni_columns *c = &p->view.app->columns[0];
	if (way)
		p->sort = ni_columns_step(c, p->sort, way);
	else
		p->reverse = !p->reverse;
	if (p->sort == ARROW)
		p->sort = ni_columns_step(c, p->sort, way);
	sort(p);
}

void
ni_packets_sort_by(struct ni_view *v, int column)
{
	struct ni_packets *p = (struct ni_packets *)v;
	p->reverse = p->sort == column && !p->reverse;
	p->sort = column;
	sort(p);
}

bool
ni_packets_sort_work(struct ni_packets *p, int64_t ns)
{
	if (!p->order)
		return false;
	struct ni_sorted_of of = {
	    .members = members(p),
	    .last = last_shown(p),
	    .changes = ni_filtering_changes(p->view.app->filter),
	};
	if (p->conn != NI_IX_NO_CONN)
		extend_scope(p);
	return ni_sorted_work(p->order, &of, ns);
}

/* ---- drawing ---- */

struct cells {
	char text[NCOLS][CELL];
	uint8_t level;
	bool there;
};

static void
print_time(struct ni_packets *p, const struct ni_entry *e, uint64_t before, struct ni_buf *b)
{
	const struct ni_app *a = p->view.app;
	struct ni_entry last = {.ts_ns = e->ts_ns};
	if (before)
		ni_index_get(ni_model_index(a->model), before, &last);
	struct ni_clock c = {ni_model_first_ns(a->model), last.ts_ns, last.ts_ns};
	ni_time_print(b, e->ts_ns, ni_model_ts_digits(a->model, e->iface), &c, a->time);
}

static void
fill(struct ni_packets *p, uint64_t number, uint64_t before, struct cells *c)
{
	struct ni_entry e;
	const struct ni_row *r = ni_rows_get(p->rows, number);
	struct ni_buf b[NCOLS];
	for (int i = 0; i < NCOLS; i++)
		b[i] = ni_buf(c->text[i], CELL);
	c->there = ni_index_get(ni_model_index(p->view.app->model), number, &e);
	c->level = c->there ? e.level : (uint8_t)NI_IX_PLAIN;
	if (c->there) {
		ni_buf_u64(&b[NUMBER], number);
		print_time(p, &e, before, &b[TIME]);
		ni_buf_u64(&b[LENGTH], e.len);
	}
	if (c->there && r) {
		ni_buf_str(&b[SOURCE], r->source);
		ni_buf_str(&b[ARROW], "→");
		ni_buf_str(&b[DESTINATION], r->destination);
		ni_buf_str(&b[PROTOCOL], r->protocol);
		ni_buf_str(&b[INFO], r->info);
	}
	for (int i = 0; i < NCOLS; i++)
		ni_buf_z(&b[i]);
}

static enum ni_role
role_of(uint8_t level)
{
	return level == NI_ERROR  ? NI_ROLE_BAD
	       : level == NI_WARN ? NI_ROLE_WARN
	       : level == NI_NOTE ? NI_ROLE_NOTE
				  : NI_ROLE_TEXT;
}

static const struct ni_columns *
shown(const struct ni_packets *p)
{
	return &p->view.app->columns[0];
}

static void
draw_row(const struct ni_packets *p, struct ni_rect r, const int *width, char (*text)[CELL],
	 enum ni_role role)
{
	char line[NCOLS * CELL];
	struct ni_buf b = ni_buf(line, sizeof(line));
	if (p->info_from) {
		size_t skip = ni_line_prefix(text[INFO], strlen(text[INFO]), p->info_from);
		memmove(text[INFO], text[INFO] + skip, strlen(text[INFO] + skip) + 1);
	}
	ni_columns_line(&b, shown(p), ni_packets_columns, width, text[0], CELL);
	ni_screen_text(r.y, r.x, r.w, ni_buf_z(&b), role, true);
}

static void
draw_empty(struct ni_packets *p, struct ni_rect r)
{
	char line[256];
	struct ni_buf b = ni_buf(line, sizeof(line));
	struct ni_app *a = p->view.app;
	if (*ni_filtering_text(a->filter)) {
		ni_app_none(a, &b, ni_index_last(ni_model_index(a->model)));
	} else {
		ni_buf_str(&b, _("no packets yet"));
	}
	ni_screen_text(r.y + 1, r.x + 2, r.w - 2, ni_buf_z(&b), NI_ROLE_DIM, false);
}

static int
title_width(const struct ni_packets *p, int i)
{
	const char *title = ni_column_title(&ni_packets_columns[i]);
	return ni_line_width(title, strlen(title)) + (p->order && i == p->sort);
}

/* Make the rows' text, and learn how wide it is. */
static int
prepare(struct ni_packets *p, int rows, uint64_t *numbers, struct cells *cells, int *natural)
{
	int n = 0;
	for (; n < rows && n < MAX_ROWS; n++) {
		numbers[n] = ni_packets_number(p, p->list.top + (uint64_t)n);
		if (!numbers[n])
			break;
	}
	/* What takes longer comes with the next picture. */
	p->view.app->dirty |= ni_rows_want(p->rows, numbers, (size_t)n, ROWS_NS);
	for (int i = 0; i < NCOLS; i++)
		natural[i] = title_width(p, i);
	for (int k = 0; k < n; k++) {
		uint64_t before = k ? numbers[k - 1] : 0;
		if (!k && p->list.top)
			before = ni_packets_number(p, p->list.top - 1);
		fill(p, numbers[k], before, &cells[k]);
		for (int i = 0; i < NCOLS; i++) {
			int w = ni_line_width(cells[k].text[i], strlen(cells[k].text[i]));
			natural[i] = natural[i] > w ? natural[i] : w;
		}
	}
	return n;
}

void
ni_packets_draw_list(struct ni_packets *p, struct ni_rect r)
{
	int natural[NCOLS];
	int *width = p->width;
	char titles[NCOLS][CELL];
	uint64_t numbers[MAX_ROWS];
	int rows = r.h - 1 < MAX_ROWS ? r.h - 1 : MAX_ROWS;
	struct cells *cells = malloc((size_t)(rows > 0 ? rows : 1) * sizeof(*cells));
	p->list.height = rows;
	ni_packets_sync(p);
	int n = cells ? prepare(p, rows, numbers, cells, natural) : 0;
	if (!n) {
		draw_empty(p, r);
		free(cells);
		return;
	}
	ni_columns_fit_shown(shown(p), ni_packets_columns, natural, r.w, width);
	for (int i = 0; i < NCOLS; i++) {
		struct ni_buf b = ni_buf(titles[i], CELL);
		ni_buf_str(&b, i == INFO && p->info_from ? ""
							 : ni_column_title(&ni_packets_columns[i]));
		if (p->order && i == p->sort)
			ni_buf_str(&b, p->reverse ? "↓" : "↑");
		ni_buf_z(&b);
	}
	draw_row(p, (struct ni_rect){r.y, r.x, 1, r.w}, width, titles, NI_ROLE_TITLE);
	for (int k = 0; k < n; k++) {
		bool here = p->list.top + (uint64_t)k == p->list.cursor;
		enum ni_role role =
		    here ? ni_panes_cursor(&p->view, NI_PANE_LIST) : role_of(cells[k].level);
		draw_row(p, (struct ni_rect){r.y + 1 + k, r.x, 1, r.w}, width, cells[k].text, role);
	}
	free(cells);
}
