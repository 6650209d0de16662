/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The menu of columns that the view below can be sorted by. */
#include "config.h"

#include <stdlib.h>

#include "app.h"
#include "i18n.h"

struct choose {
	struct ni_view view;
	struct ni_list list;
	struct ni_sorts sorts;
	int column[NI_COLUMNS_MAX]; /* behind each row */
	struct ni_rect at;
};

static void
choose_destroy(struct ni_view *v)
{
	free(v);
}

static struct ni_view *
choose_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct ni_view *under = ni_app_top(a);
	struct choose *c = calloc(1, sizeof(*c));
	(void)arg;
	if (!c || !under->ops->sorts) {
		ni_fail(err, NI_ERR_RUN, "%s",
			c ? _("this view has no columns to sort by") : _("view: no memory"));
		free(c);
		return NULL;
	}
	c->view = (struct ni_view){.ops = &ni_choose_view, .app = a};
	c->sorts = under->ops->sorts(under);
	uint64_t n = 0;
	for (int i = 0; i < c->sorts.n; i++) {
		if (!*c->sorts.columns[i].title)
			continue;
		if (i == c->sorts.by)
			c->list.cursor = n;
		c->column[n++] = i;
	}
	ni_list_resize(&c->list, n, (int)n);
	return &c->view;
}

static void
choose_title(const struct ni_view *v, struct ni_buf *b)
{
	(void)v;
	ni_buf_str(b, _("Sort by; the same column again: the other way round"));
}

static void
choose_draw(struct ni_view *v, struct ni_rect r)
{
	enum { WIDTH = 24 };
	struct choose *c = (struct choose *)v;
	c->at = (struct ni_rect){r.y, r.x + 1, r.h, WIDTH};
	ni_list_resize(&c->list, c->list.count, r.h);
	for (int y = 0; y < r.h && c->list.top + (uint64_t)y < c->list.count; y++) {
		uint64_t i = c->list.top + (uint64_t)y;
		char line[64];
		struct ni_buf b = ni_buf(line, sizeof(line));
		int column = c->column[i];
		ni_buf_fmt(&b, " %s ", ni_column_title(&c->sorts.columns[column]));
		if (column == c->sorts.by)
			ni_buf_str(&b, c->sorts.reverse ? "↓" : "↑");
		ni_screen_text(r.y + y, c->at.x, WIDTH, ni_buf_z(&b),
			       i == c->list.cursor ? NI_ROLE_SELECTED : NI_ROLE_TEXT, true);
	}
}

static void
take(struct choose *c)
{
	struct ni_app *a = c->view.app;
	int column = c->column[c->list.cursor];
	ni_app_pop(a); /* which was this one */
	struct ni_view *v = ni_app_top(a);
	v->ops->sort(v, column);
}

static bool
choose_act(struct ni_view *v, enum ni_act act)
{
	struct choose *c = (struct choose *)v;
	if (act == NI_ACT_OPEN)
		take(c);
	else if (act == NI_ACT_SORT)
		ni_app_pop(v->app);
	else
		return ni_list_act(&c->list, act);
	return true;
}

static void
choose_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	struct choose *c = (struct choose *)v;
	uint64_t i = c->list.top + (uint64_t)(m->y - c->at.y);
	if (m->wheel) {
		ni_list_move(&c->list, m->wheel);
		return;
	}
	if (!ni_rect_has(&c->at, m->y, m->x) || i >= c->list.count)
		return;
	ni_list_go(&c->list, i);
	take(c);
}

const struct ni_view_ops ni_choose_view = {
    .name = N_("Sort"),
    .place = NI_AT_CHOICE,
    .create = choose_create,
    .destroy = choose_destroy,
    .draw = choose_draw,
    .title = choose_title,
    .act = choose_act,
    .mouse = choose_mouse,
};
