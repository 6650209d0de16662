/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Panes of a view; see panes.h. */
#include "config.h"

#include "panes.h"

#include <string.h>

#include "app.h"

enum {
	WIDE = 120,     /* columns from which on panes stand side by side */
	LEAST_ROWS = 3, /* of a pane */
	LEAST_COLS = 20,
	SOON_NS = 4 * 1000000,   /* that a picture waits for what most often takes less */
	AHEAD_NS = 30 * 1000000, /* that a key waits for the view it is meant for */
	STEP = 5,                /* percent of the room that + and - move a border by */
};

static const char *const names[NI_NLAYOUTS] = {"auto", "beside", "below"};

const char *
ni_layout_name(unsigned layout)
{
	return layout < NI_NLAYOUTS ? names[layout] : NULL;
}

/* ---- where they are ---- */

static int
clamp(int n, int least, int most)
{
	n = n > most ? most : n;
	return n < least ? least : n;
}

/* Divide @r; @first: rows or columns of the first part. False: there is no room for both. */
static bool
divide(struct ni_rect r, bool beside, int first, struct ni_rect *a, struct ni_rect *b)
{
	int room = (beside ? r.w : r.h) - 1;
	int least = beside ? LEAST_COLS : LEAST_ROWS;
	if (room < 2 * least)
		return false;
	first = clamp(first, least, room - least);
	*a = r;
	*b = r;
	if (beside) {
		a->w = first;
		b->x += first + 1;
		b->w = room - first;
	} else {
		a->h = first;
		b->y += first + 1;
		b->h = room - first;
	}
	return true;
}

/* What the view would like, and what the user made of it. */
static int
wanted(struct ni_view *v, unsigned border, struct ni_rect r, bool beside)
{
	int room = beside ? r.w : r.h;
	int want = v->ops->border ? v->ops->border(v, border, r, beside) : room / 2;
	return want + v->panes.moved[border] * room / 100;
}

static void
lay_out(struct ni_view *v, struct ni_rect r)
{
	struct ni_panes *p = &v->panes;
	enum ni_layout layout = v->app->layout;
	struct ni_rect rest;
	memset(p->at, 0, sizeof(p->at));
	p->active = p->active < p->n ? p->active : 0;
	bool wide = r.w >= WIDE;
	p->beside = layout == NI_LAYOUT_BESIDE || (layout == NI_LAYOUT_AUTO && wide);
	bool room = !v->ops->least_rows || p->beside || r.h >= v->ops->least_rows;
	if (p->n < 2 || p->zoom || !room ||
	    !divide(r, p->beside, wanted(v, 0, r, p->beside), &p->at[0], &rest)) {
		p->at[p->active] = r;
		return;
	}
	bool last_beside = !p->beside && wide;
	if (p->n == 2)
		p->at[1] = rest;
	else if (!divide(rest, last_beside, wanted(v, 1, rest, last_beside), &p->at[1], &p->at[2]))
		p->at[p->active == 2 ? 2 : 1] = rest;
}

bool
ni_panes_seen(const struct ni_view *v, unsigned pane)
{
	return v->panes.at[pane].h > 0;
}

enum ni_role
ni_panes_cursor(const struct ni_view *v, unsigned pane)
{
	return v->panes.active == pane && !v->passive ? NI_ROLE_SELECTED : NI_ROLE_SHADOW;
}

/* ---- drawing ---- */

static struct ni_view *
inner(struct ni_view *v, unsigned pane)
{
	return v->ops->inner && pane ? v->ops->inner(v, pane) : NULL;
}

/* What stands on the border above or at the top of @pane. */
static void
put_title(struct ni_view *v, unsigned pane, struct ni_buf *b)
{
	struct ni_view *in = inner(v, pane);
	if (in && in->ops->title)
		in->ops->title(in, b);
	else if (!in && v->ops->pane_title)
		v->ops->pane_title(v, pane, b);
}

/* A line across @r at @y, with a title at its end. */
static void
draw_border(int y, struct ni_rect r, const char *title, bool active)
{
	enum { AROUND = 4 };
	char fit[256];
	struct ni_buf b = ni_buf(fit, sizeof(fit));
	ni_screen_hline(y, r.x, r.w, NI_ROLE_DIM);
	int w = ni_line_width(title, strlen(title));
	int most = r.w - AROUND - 1;
	if (!w || most < 1)
		return;
	ni_buf_c(&b, ' ');
	if (w > most)
		ni_line_fit(&b, title, most, NI_FIT_LEFT);
	else
		ni_buf_str(&b, title);
	ni_buf_c(&b, ' ');
	w = (w < most ? w : most) + 2;
	ni_screen_text(y, r.x + r.w - w - 2, w, ni_buf_z(&b), active ? NI_ROLE_TITLE : NI_ROLE_DIM,
		       false);
}

/* Whether one pane ends just above @pane, so that a border is between them. */
static bool
has_border(const struct ni_view *v, unsigned pane)
{
	const struct ni_rect *at = v->panes.at;
	for (unsigned i = 0; i < pane; i++)
		if (ni_panes_seen(v, i) && at[i].y + at[i].h + 1 == at[pane].y)
			return true;
	return false;
}

static void
draw_inside(struct ni_view *v, unsigned pane, struct ni_rect r)
{
	struct ni_view *in = inner(v, pane);
	if (!in) {
		v->ops->draw_pane(v, pane, r);
		return;
	}
	in->passive = v->panes.active != pane;
	in->ops->draw(in, r);
}

static void
draw_pane(struct ni_view *v, unsigned pane)
{
	struct ni_rect r = v->panes.at[pane];
	bool border = has_border(v, pane);
	bool active = v->panes.active == pane && !v->passive;
	char mem[256];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	put_title(v, pane, &b);
	int head = !border && b.len && r.h > 1;
	draw_inside(v, pane, (struct ni_rect){r.y + head, r.x, r.h - head, r.w});
	b.len = 0;
	put_title(v, pane, &b); /* which may know more by now */
	if (border)
		draw_border(r.y - 1, r, ni_buf_z(&b), active);
	else if (head)
		ni_screen_text(r.y, r.x, r.w, ni_buf_z(&b), active ? NI_ROLE_TITLE : NI_ROLE_DIM,
			       true);
}

void
ni_panes_draw(struct ni_view *v, struct ni_rect r)
{
	const struct ni_panes *p = &v->panes;
	lay_out(v, r);
	for (unsigned i = 0; i < p->n || !i; i++) {
		if (!ni_panes_seen(v, i))
			continue;
		if (i && v->ops->inner && !inner(v, i))
			v->ops->work(v, SOON_NS);
		draw_pane(v, i);
		if (p->at[i].x == r.x)
			continue;
		int above = has_border(v, i);
		ni_screen_vline(p->at[i].y - above, p->at[i].x - 1, p->at[i].h + above,
				NI_ROLE_DIM);
	}
}

/* ---- keys ---- */

struct ni_view *
ni_panes_view(struct ni_view *v)
{
	unsigned pane = v->panes.active;
	if (v->panes.n < 2)
		return v;
	if (pane && v->ops->inner && !inner(v, pane))
		v->ops->work(v, AHEAD_NS); /* whoever types ahead means what will be there */
	struct ni_view *in = inner(v, pane);
	return in ? in : v;
}

/* The border that the active pane can move, and which way makes it larger. */
static void
resize(struct ni_panes *p, int by)
{
	unsigned border = p->n > 2 && p->active > 0;
	bool behind = p->active > border;
	int moved = p->moved[border] + (behind ? -by : by);
	p->moved[border] = clamp(moved, -90, 90);
}

static void
next_layout(struct ni_app *a, const struct ni_panes *p)
{
	a->layout = p->beside ? NI_LAYOUT_BELOW : NI_LAYOUT_BESIDE;
}

bool
ni_panes_act(struct ni_view *v, enum ni_act act)
{
	struct ni_panes *p = &v->panes;
	if (p->n < 2)
		return false;
	if (act == NI_ACT_NEXT_PANE)
		p->active = (p->active + 1) % p->n;
	else if (act == NI_ACT_PREVIOUS_PANE)
		p->active = (p->active + p->n - 1) % p->n;
	else if (act == NI_ACT_ZOOM)
		p->zoom = !p->zoom;
	else if (act == NI_ACT_LARGER || act == NI_ACT_SMALLER)
		resize(p, act == NI_ACT_LARGER ? STEP : -STEP);
	else if (act == NI_ACT_LAYOUT)
		next_layout(v->app, p);
	else if ((act == NI_ACT_BACK || act == NI_ACT_LEAVE) && p->active)
		p->active--;
	else
		return false;
	return true;
}

void
ni_panes_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	struct ni_panes *p = &v->panes;
	unsigned pane = 0;
	while (pane < p->n && !ni_rect_has(&p->at[pane], m->y, m->x))
		pane++;
	if (p->n > 1 && pane == p->n)
		return; /* on a border */
	struct ni_view *in = p->n > 1 ? inner(v, pane) : NULL;
	if (p->n > 1 && !m->wheel)
		p->active = pane;
	if (in && in->ops->mouse)
		in->ops->mouse(in, m);
	else if (!in && v->ops->mouse)
		v->ops->mouse(v, m);
}

/* ---- views in panes ---- */

void
ni_inner_free(struct ni_inner *i)
{
	if (i->view)
		i->view->ops->destroy(i->view);
	*i = (struct ni_inner){.view = NULL};
}

static bool
is_of(const struct ni_inner *i, const struct ni_view_ops *ops, const struct ni_view_arg *arg)
{
	return i->ops == ops && i->conn == arg->conn && i->number == arg->number &&
	       i->packet == arg->packet;
}

struct ni_view *
ni_inner_view(const struct ni_inner *i, const struct ni_view_ops *ops,
	      const struct ni_view_arg *arg)
{
	return is_of(i, ops, arg) ? i->view : NULL;
}

bool
ni_inner_work(struct ni_inner *i, struct ni_app *a, const struct ni_view_ops *ops,
	      const struct ni_view_arg *arg, int64_t ns)
{
	if (!is_of(i, ops, arg)) {
		ni_inner_free(i);
		*i = (struct ni_inner){NULL, ops, arg->conn, arg->number, arg->packet};
		i->view = ops ? ops->create(a, arg, NULL) : NULL;
		a->dirty = true;
	}
	return i->view && i->view->ops->work && i->view->ops->work(i->view, ns);
}
