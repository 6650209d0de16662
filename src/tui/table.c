/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables; see table.h. */
#include "config.h"

#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "lines.h"

enum {
	MAX_ROWS = 400,
	ARRANGE_NS = 10000000,
	FIRST_NS = 50000000,
	LINE = NI_COLUMNS_MAX * NI_TABLE_CELL
};

void
ni_table_init(struct ni_table *t, const struct ni_table_ops *ops, struct ni_view *v)
{
	*t = (struct ni_table){.ops = ops, .v = v, .sort = -1, .selected = UINT64_MAX};
}

void
ni_table_free(struct ni_table *t)
{
	ni_arranged_free(&t->arranged);
	t->order = NULL;
}

/* The columns that were chosen for the view whose own table this is; of others all. */
static struct ni_columns
shown(const struct ni_table *t)
{
	for (unsigned i = 0; i < NI_APP_TABS; i++)
		if (ni_app_tabs[i] && ni_app_tabs[i]->columns == t->ops->columns)
			return t->v->app->columns[i];
	return ni_columns_all(t->ops->n);
}

/* ---- order ---- */

static bool
is_shown(void *ctx, uint64_t row)
{
	const struct ni_table *t = ctx;
	return !t->ops->shown || t->ops->shown(t->v, row);
}

static int
compare(void *ctx, uint64_t a, uint64_t b)
{
	const struct ni_table *t = ctx;
	return t->ops->compare(t->v, a, b, t->sort);
}

void
ni_table_arrange(struct ni_table *t, uint64_t rows, uint64_t version)
{
	static const struct ni_arranged_ops as_they_came = {is_shown, NULL};
	static const struct ni_arranged_ops sorted = {is_shown, compare};
	if (rows < t->all) { /* they were forgotten, also while the display is held */
		t->arranged.n = t->n = 0;
		t->version = 0;
	}
	bool again = !t->version; /* others are to be shown, or in another order */
	if (t->version == version + 1 || (t->v->app->held && t->version))
		return;
	if (again || !t->arranged.busy) {
		t->made_for = version + 1;
		t->all = rows;
		t->arranged.reverse = t->reverse;
		ni_arranged_begin(&t->arranged, t->sort < 0 ? &as_they_came : &sorted, t, 0, rows);
	}
	/* What takes longer goes on with the next pictures. */
	if (ni_arranged_work(&t->arranged, t->n ? ARRANGE_NS : FIRST_NS))
		t->v->app->dirty = true;
	t->version = t->arranged.busy ? UINT64_MAX : t->made_for;
	t->order = t->arranged.row;
	t->n = t->arranged.n;
}

/* The selected row stays selected wherever it has moved. */
static void
settle(struct ni_table *t)
{
	uint64_t c = t->list.cursor;
	bool moved = c >= t->n || t->order[c] != t->selected;
	if (!t->list.follow && t->selected != UINT64_MAX && moved) {
		for (uint64_t i = 0; i < t->n; i++) {
			if (t->order[i] != t->selected)
				continue;
			t->list.cursor = i;
			break;
		}
	}
	ni_list_resize(&t->list, t->n, t->list.height);
	t->selected = ni_table_row(t);
}

uint64_t
ni_table_row(const struct ni_table *t)
{
	return t->list.cursor < t->n ? t->order[t->list.cursor] : UINT64_MAX;
}

/* ---- drawing ---- */

typedef char cells[NI_COLUMNS_MAX][NI_TABLE_CELL];

static void
draw_cells(const struct ni_table *t, struct ni_rect at, const int *width, cells *text,
	   enum ni_role role)
{
	char line[LINE];
	struct ni_buf b = ni_buf(line, sizeof(line));
	struct ni_columns c = shown(t);
	ni_columns_line(&b, &c, t->ops->columns, width, (*text)[0], NI_TABLE_CELL);
	ni_screen_text(at.y, at.x, at.w, ni_buf_z(&b), role, true);
}

static void
make_cells(const struct ni_table *t, uint64_t row, const int *width, cells *text)
{
	for (int i = 0; i < t->ops->n; i++) {
		struct ni_buf b = ni_buf((*text)[i], NI_TABLE_CELL);
		if (i != t->ops->wide)
			t->ops->cell(t->v, row, i, &b);
		else if (width)
			t->ops->fill(t->v, row, width[i], &b);
		ni_buf_z(&b);
	}
}

static void
make_titles(const struct ni_table *t, const int *width, cells *text)
{
	for (int i = 0; i < t->ops->n; i++) {
		struct ni_buf b = ni_buf((*text)[i], NI_TABLE_CELL);
		if (i == t->ops->wide && t->ops->head && width)
			t->ops->head(t->v, width[i], &b);
		else
			ni_buf_str(&b, ni_column_title(&t->ops->columns[i]));
		if (i == t->sort)
			ni_buf_str(&b, t->reverse ? "↓" : "↑");
		ni_buf_z(&b);
	}
}

static void
widen(const struct ni_table *t, cells *text, int *natural)
{
	for (int i = 0; i < t->ops->n; i++) {
		int w = ni_line_width((*text)[i], strlen((*text)[i]));
		natural[i] = natural[i] > w ? natural[i] : w;
	}
}

static void
draw_empty(const struct ni_table *t, struct ni_rect r)
{
	char line[128];
	struct ni_buf b = ni_buf(line, sizeof(line));
	if (t->all)
		ni_app_none(t->v->app, &b, t->all);
	else
		ni_buf_str(&b, _(t->ops->none));
	ni_screen_text(r.y + 1, r.x + 2, r.w - 2, ni_buf_z(&b), NI_ROLE_DIM, false);
}

static enum ni_role
role_of(const struct ni_table *t, uint64_t i, unsigned pane)
{
	if (i == t->list.cursor)
		return ni_panes_cursor(t->v, pane);
	return t->ops->role ? t->ops->role(t->v, t->order[i]) : NI_ROLE_TEXT;
}

/* Where the column that is made for its width stands in row @r. */
static struct ni_rect
wide_column(const struct ni_table *t, struct ni_rect r, const int *width)
{
	struct ni_columns c = shown(t);
	int x = r.x;
	for (int k = 0; k < c.n && c.which[k] != t->ops->wide; k++)
		x += width[c.which[k]] ? width[c.which[k]] + 1 : 0;
	int most = r.x + r.w - x;
	int w = width[t->ops->wide] < most ? width[t->ops->wide] : most;
	return (struct ni_rect){r.y, x, 1, w > 0 ? w : 0};
}

void
ni_table_draw(struct ni_table *t, struct ni_rect r, uint64_t rows, uint64_t version, unsigned pane)
{
	int natural[NI_COLUMNS_MAX] = {0};
	int *width = t->width;
	cells text;
	t->at = r;
	t->list.height = r.h - 1 < MAX_ROWS ? r.h - 1 : MAX_ROWS;
	ni_table_arrange(t, rows, version);
	settle(t);
	uint64_t top = t->list.top;
	int n = t->n - top < (uint64_t)t->list.height ? (int)(t->n - top) : t->list.height;
	make_titles(t, NULL, &text);
	widen(t, &text, natural);
	if (t->ops->prepare && n > 0)
		t->ops->prepare(t->v, t->order + top, n);
	for (int k = 0; k < n; k++) {
		make_cells(t, t->order[top + (uint64_t)k], NULL, &text);
		widen(t, &text, natural);
	}
	struct ni_columns c = shown(t);
	ni_columns_fit_shown(&c, t->ops->columns, natural, r.w, width);
	make_titles(t, width, &text);
	draw_cells(t, r, width, &text, NI_ROLE_TITLE);
	for (int k = 0; k < n; k++) {
		struct ni_rect at = {r.y + 1 + k, r.x, 1, r.w};
		uint64_t i = top + (uint64_t)k;
		make_cells(t, t->order[i], width, &text);
		draw_cells(t, at, width, &text, role_of(t, i, pane));
		if (t->ops->paint && i != t->list.cursor)
			t->ops->paint(t->v, t->order[i], wide_column(t, at, width));
	}
	if (n <= 0)
		draw_empty(t, r);
}

/* ---- keys ---- */

static void
sort(struct ni_table *t, int way)
{
	struct ni_columns c = shown(t);
	int left = c.n;
	do
		t->sort = t->sort < 0 ? ni_columns_at(&c, way > 0 ? 0 : c.n - 1)
				      : ni_columns_step(&c, t->sort, way);
	while (left-- && (t->sort == t->ops->wide || !*t->ops->columns[t->sort].title));
	t->version = 0;
}

void
ni_table_sort(struct ni_table *t, int column)
{
	t->reverse = t->sort == column && !t->reverse;
	t->sort = column;
	t->version = 0;
}

struct ni_sorts
ni_table_sorts(const struct ni_table *t)
{
	return (struct ni_sorts){t->ops->columns, t->ops->n, t->sort, t->reverse};
}

bool
ni_table_act(struct ni_table *t, enum ni_act act)
{
	if (ni_list_act(&t->list, act)) {
		t->selected = ni_table_row(t);
	} else if (act == NI_ACT_SORT_LEFT || act == NI_ACT_SORT_RIGHT) {
		sort(t, act == NI_ACT_SORT_LEFT ? -1 : 1);
	} else if (act == NI_ACT_SORT_REVERSE) {
		t->reverse = !t->reverse;
		t->sort = t->sort < 0 ? 0 : t->sort;
		t->version = 0;
	} else if (act == NI_ACT_FOLLOW) {
		t->list.follow = !t->list.follow;
	} else {
		return false;
	}
	return true;
}

static void
print_row(const struct ni_table *t, uint64_t row, struct ni_buf *b)
{
	bool some = false;
	for (int i = 0; i < t->ops->n; i++) {
		if (i == t->ops->wide)
			continue;
		if (some)
			ni_buf_c(b, ' ');
		t->ops->cell(t->v, row, i, b);
		some = true;
	}
}

bool
ni_table_search(struct ni_table *t, const char *text, int way)
{
	char line[LINE];
	struct ni_app *app = t->v->app;
	for (uint64_t i = app->look.looked; i <= t->n && ni_app_looks(app, i); i++) {
		uint64_t at = (t->list.cursor + (way > 0 ? i : t->n - i)) % t->n;
		struct ni_buf b = ni_buf(line, sizeof(line));
		print_row(t, t->order[at], &b);
		if (!strcasestr(ni_buf_z(&b), text))
			continue;
		ni_list_go(&t->list, at);
		t->selected = ni_table_row(t);
		return true;
	}
	return false;
}

void
ni_table_mouse(struct ni_table *t, const struct ni_mouse *m)
{
	int y = m->y - t->at.y - 1;
	struct ni_columns c = shown(t);
	int column = y == -1 && !m->wheel ? ni_columns_hit(&c, t->width, m->x - t->at.x) : -1;
	if (column >= 0 && *t->ops->columns[column].title)
		ni_table_sort(t, column);
	if (m->wheel)
		ni_list_scroll(&t->list, 3 * (int64_t)m->wheel);
	else if (y >= 0 && y < t->list.height && t->list.top + (uint64_t)y < t->n)
		ni_list_go(&t->list, t->list.top + (uint64_t)y);
	t->selected = ni_table_row(t);
}

void
ni_table_copy(const struct ni_table *t, struct ni_buf *b)
{
	if (ni_table_row(t) != UINT64_MAX)
		print_row(t, ni_table_row(t), b);
}

int
ni_table_write(const struct ni_table *t, const char *path, struct ni_buf *said, struct ni_err *err)
{
	struct ni_lines l = {.text = NULL};
	char line[LINE];
	for (uint64_t i = 0; i < t->n; i++) {
		struct ni_buf b = ni_buf(line, sizeof(line));
		print_row(t, t->order[i], &b);
		ni_buf_c(&b, '\n');
		ni_lines_buf(&l, &b, INT16_MAX, NI_ROLE_TEXT);
	}
	int rc = ni_lines_write(&l, path, said, err);
	ni_lines_free(&l);
	return rc;
}

void
ni_table_position(const struct ni_table *t, uint64_t *at, uint64_t *rows)
{
	*rows = t->list.count;
	*at = t->list.count ? t->list.cursor + 1 : 0;
}
