/* SPDX-License-Identifier: GPL-2.0-or-later */
/* View 6: the interfaces of this machine, what goes over them, and the capture on them. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "i18n.h"
#include "iflist.h"
#include "ifrates.h"
#include "table.h"

static const int64_t LIST_NS = 3000000000;

enum column { NAME, CAPTURE, STATE, RX_P, RX_B, TX_P, TX_B, DROPS, ADDRESS, PAST, NCOLS };

/* clang-format off */
static const struct ni_column_def columns[NCOLS] = {
	[NAME] = {N_("interface"), "interface", 6, 24, 9, NI_FIT_MIDDLE, 3, 0},
	[CAPTURE] = {N_("capture"), "capture", 7, 8, 0, NI_FIT_LEFT, 0, 0},
	[STATE] = {N_("state"), "state", 4, 12, 0, NI_FIT_LEFT, 0, 1},
	[RX_P] = {N_("in p/s"), "in-packets", 6, 10, 0, NI_FIT_RIGHT, 0, 5},
	[RX_B] = {N_("in B/s"), "in-bytes", 7, 10, 0, NI_FIT_RIGHT, 0, 0},
	[TX_P] = {N_("out p/s"), "out-packets", 7, 10, 0, NI_FIT_RIGHT, 0, 6},
	[TX_B] = {N_("out B/s"), "out-bytes", 7, 10, 0, NI_FIT_RIGHT, 0, 0},
	[DROPS] = {N_("drops"), "drops", 5, 10, 0, NI_FIT_RIGHT, 0, 4},
	[ADDRESS] = {N_("addresses"), "addresses", 9, 48, 15, NI_FIT_LEFT, 6, 2},
	[PAST] = {"", "past", 8, 0, 10, NI_FIT_LEFT, 8, 3},
};
/* clang-format on */

struct ifaces {
	struct ni_view view;
	struct ni_table table;
	struct ni_iflist *list;
	struct ni_ifrates rates;
	uint64_t version;
	unsigned known;  /* interfaces in the rates when the list was asked for */
	unsigned lists;  /* of those that the keeper has made, the one that is shown */
	int64_t list_ns; /* when it was asked for */
	char chosen[NI_WISH_IFACES][NI_WISH_NAME];
	uint32_t nchosen;
};

/* Row @i; one without a name if there is none. */
static const struct ni_ifentry *
entry(const struct ni_view *v, uint64_t i)
{
	static char nobody[] = "";
	static const struct ni_ifentry none = {.name = nobody};
	const struct ni_iflist *l = ((const struct ifaces *)v)->list;
	return l && i < l->n ? &l->entries[i] : &none;
}

static const struct ni_ifrate *
rates(const struct ni_view *v, uint64_t i)
{
	static const struct ni_ifrate none;
	const struct ifaces *f = (const struct ifaces *)v;
	const struct ni_ifrate *r = ni_ifrates_find(&f->rates, entry(v, i)->name);
	return r ? r : &none;
}

/* Whether @name is one of the names of the capture, which are separated by commas. */
static bool
is_captured(const struct ni_app *a, const char *name)
{
	const char *s = ni_model_name(a->model);
	size_t n = strlen(name);
	if (!ni_model_live(a->model))
		return false;
	for (;;) {
		s += strspn(s, ", ");
		size_t k = strcspn(s, ", ");
		if (!k)
			return false;
		if (k == n && !memcmp(s, name, n))
			return true;
		s += k;
	}
}

/* Its place among those that are chosen; nchosen if it is not. */
static uint32_t
choice(const struct ifaces *f, const char *name)
{
	uint32_t i = 0;
	while (i < f->nchosen && strcmp(f->chosen[i], name) != 0)
		i++;
	return i;
}

/* ---- cells ---- */

static const char *
capture_state(const struct ni_view *v, const struct ni_ifentry *e)
{
	const struct ifaces *f = (const struct ifaces *)v;
	if (choice(f, e->name) < f->nchosen)
		return _("chosen");
	if (!is_captured(v->app, e->name))
		return "";
	switch (ni_model_stats(v->app->model).state) {
	case NI_MODEL_LIVE:
		return _("running");
	case NI_MODEL_STOPPED:
		return _("stopped");
	case NI_MODEL_LOADING:
	case NI_MODEL_DONE:
		break;
	}
	return _("over");
}

static void
put_addresses(struct ni_buf *b, const struct ni_ifentry *e)
{
	/* Those of IP, which have a prefix, are what people look for. */
	for (int mac = 0; mac < 2; mac++)
		for (size_t i = 0; i < e->n_addrs; i++)
			if ((strchr(e->addrs[i].text, '/') == NULL) == mac)
				ni_buf_fmt(b, b->len ? " %s" : "%s", e->addrs[i].text);
	if (!e->n_addrs && e->description)
		ni_buf_escape(b, (const uint8_t *)e->description, strlen(e->description));
	if (e->wireless && !e->stateless)
		ni_buf_fmt(b, b->len ? " %s" : "%s", _("wireless"));
}

static void
ifaces_cell(struct ni_view *v, uint64_t i, int col, struct ni_buf *b)
{
	const struct ni_ifentry *e = entry(v, i);
	const struct ni_ifrate *r = rates(v, i);
	switch ((enum column)col) {
	case NAME:
		ni_buf_escape(b, (const uint8_t *)e->name, strlen(e->name));
		break;
	case CAPTURE:
		ni_buf_str(b, capture_state(v, e));
		break;
	case STATE:
		ni_buf_str(b, e->stateless      ? ""
			      : !e->up          ? _("down")
			      : e->disconnected ? _("no carrier")
						: _("up"));
		break;
	case RX_P:
	case TX_P:
		if (r->there)
			ni_app_number(b, (uint64_t)(r->packets_s[col == TX_P] + 0.5));
		break;
	case RX_B:
	case TX_B:
		if (r->there)
			ni_app_bytes(b, (uint64_t)(r->bytes_s[col == TX_B] + 0.5));
		break;
	case DROPS:
		if (r->there)
			ni_app_number(b, r->drops[0] + r->drops[1]);
		break;
	case ADDRESS:
		put_addresses(b, e);
		break;
	case PAST:
	case NCOLS:
		break;
	}
}

/* The last minute, a character a second. */
static void
ifaces_fill(struct ni_view *v, uint64_t i, int width, struct ni_buf *b)
{
	static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	const struct ni_ifrate *r = rates(v, i);
	int n = width < NI_IFRATES_PAST ? width : NI_IFRATES_PAST;
	const float *past = r->past + (NI_IFRATES_PAST - n);
	float most = 0;
	for (int k = 0; k < n; k++)
		most = past[k] > most ? past[k] : most;
	for (int k = 0; k < n; k++) {
		int eighths = most > 0 ? (int)(past[k] / most * 8 + 0.5F) : 0;
		if (past[k] > 0 && !eighths)
			eighths = 1;
		if (ni_screen_ascii())
			eighths = eighths > 3 ? 8 : 0;
		ni_buf_str(b, blocks[eighths]);
	}
}

static double
number_of(struct ni_view *v, uint64_t i, enum column c)
{
	const struct ni_ifrate *r = rates(v, i);
	switch (c) {
	case RX_P:
	case TX_P:
		return r->packets_s[c == TX_P];
	case RX_B:
	case TX_B:
		return r->bytes_s[c == TX_B];
	case DROPS:
		return (double)(r->drops[0] + r->drops[1]);
	case STATE:
		return !entry(v, i)->up;
	case CAPTURE:
		return !is_captured(v->app, entry(v, i)->name);
	case NAME:
	case ADDRESS:
	case PAST:
	case NCOLS:
		break;
	}
	return 0;
}

static int
ifaces_compare(struct ni_view *v, uint64_t a, uint64_t b, int col)
{
	if (col == NAME)
		return strcmp(entry(v, a)->name, entry(v, b)->name);
	double x = number_of(v, a, (enum column)col);
	double y = number_of(v, b, (enum column)col);
	return x < y ? -1 : x > y;
}

static enum ni_role
ifaces_role(struct ni_view *v, uint64_t i)
{
	const struct ni_ifentry *e = entry(v, i);
	if (is_captured(v->app, e->name))
		return NI_ROLE_GOOD;
	return e->up || e->stateless ? NI_ROLE_TEXT : NI_ROLE_DIM;
}

static const struct ni_table_ops table_ops = {
    .columns = columns,
    .n = NCOLS,
    .wide = PAST,
    .none = N_("no interface that this user may see"),
    .cell = ifaces_cell,
    .fill = ifaces_fill,
    .compare = ifaces_compare,
    .role = ifaces_role,
};

/* ---- the view ---- */

static void
ifaces_destroy(struct ni_view *v)
{
	struct ifaces *f = (struct ifaces *)v;
	ni_table_free(&f->table);
	ni_iflist_free(&f->list);
	free(f);
}

static struct ni_view *
ifaces_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct ifaces *f = calloc(1, sizeof(*f));
	(void)arg;
	if (!f) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	f->view = (struct ni_view){.ops = &ni_ifaces_view, .app = a};
	ni_table_init(&f->table, &table_ops, &f->view);
	return &f->view;
}

/* Another list: the same interface stays selected, or that of the capture at first. */
static void
take_list(struct ifaces *f)
{
	const struct ni_app *a = f->view.app;
	char name[NI_WISH_NAME] = "";
	struct ni_iflist *fresh = ni_keeper_published(a->o.keeper->list);
	if (!fresh)
		return;
	bool first = !f->list;
	if (!first)
		snprintf(name, sizeof(name), "%s", entry(&f->view, ni_table_row(&f->table))->name);
	for (size_t i = fresh->n; i-- > 0;)
		if (first ? is_captured(a, fresh->entries[i].name)
			  : !strcmp(name, fresh->entries[i].name))
			f->table.selected = i;
	ni_iflist_free(&f->list);
	f->list = fresh;
	f->lists = a->starting.lists;
	f->version++;
}

/* Samples once a second; the list itself now and then, and when interfaces have come or gone. */
static bool
ifaces_work(struct ni_view *v, int64_t ns)
{
	struct ifaces *f = (struct ifaces *)v;
	unsigned there = 0;
	(void)ns;
	if (f->lists != v->app->starting.lists)
		take_list(f);
	if (!ni_ifrates_sample(&f->rates))
		return false;
	for (unsigned i = 0; i < f->rates.n; i++)
		there += f->rates.rate[i].there;
	if (there != f->known || f->rates.sampled_ns - f->list_ns > LIST_NS) {
		ni_starting_list(v->app);
		f->list_ns = f->rates.sampled_ns;
		f->known = there;
	}
	f->version++;
	v->app->dirty = true;
	return false;
}

/* What Enter and S would capture on: what was chosen, or else what is selected. */
static bool
gather(const struct ifaces *f, struct ni_wish *w)
{
	const struct ni_ifentry *e = entry(&f->view, ni_table_row(&f->table));
	w->n = f->nchosen;
	memcpy(w->iface, f->chosen, f->nchosen * sizeof(f->chosen[0]));
	if (!w->n && *e->name)
		snprintf(w->iface[w->n++], sizeof(w->iface[0]), "%s", e->name);
	return w->n;
}

/* Whether Enter and S are about the capture that is there. */
static bool
about_ours(const struct ifaces *f)
{
	const struct ni_ifentry *e = entry(&f->view, ni_table_row(&f->table));
	return !f->nchosen && is_captured(f->view.app, e->name);
}

/* What can be done with the selected one, in the last lines. */
static void
draw_advice(const struct ifaces *f, struct ni_rect r)
{
	char line[512];
	char names[256];
	struct ni_buf b = ni_buf(line, sizeof(line));
	struct ni_buf n = ni_buf(names, sizeof(names));
	const char *filter = f->view.app->starting.wish.filter;
	struct ni_wish w; /* of which the names alone are looked at */
	if (!gather(f, &w))
		return;
	ni_starting_names(&w, &n);
	if (about_ours(f))
		ni_buf_str(&b,
			   _("Enter or S stops the capture; Enter or R then begins a new one."));
	else
		ni_buf_fmt(&b, _("Enter captures on %s, S at once; Space chooses several."),
			   ni_buf_z(&n));
	ni_screen_text(r.y, r.x, r.w, ni_buf_z(&b), NI_ROLE_DIM, false);
	b.len = 0;
	n.len = 0;
	ni_buf_escape(&n, (const uint8_t *)filter, strlen(filter));
	if (n.len)
		ni_buf_fmt(&b, _("capture filter: %s"), ni_buf_z(&n));
	else
		ni_buf_str(&b, _("no capture filter; Enter asks for one"));
	ni_screen_text(r.y + 1, r.x, r.w, ni_buf_z(&b), NI_ROLE_DIM, false);
}

static void
ifaces_draw(struct ni_view *v, struct ni_rect r)
{
	enum { ADVICE = 2 };
	struct ifaces *f = (struct ifaces *)v;
	struct ni_rect at = {r.y, r.x, r.h - ADVICE, r.w};
	if (!f->rates.sampled_ns)
		ifaces_work(v, 0);
	if (f->rates.left_out) {
		char line[128];
		struct ni_buf b = ni_buf(line, sizeof(line));
		ni_buf_fmt(&b, _("%u interfaces have no rates here for lack of room"),
			   f->rates.left_out);
		ni_screen_text(at.y + --at.h, at.x, at.w, ni_buf_z(&b), NI_ROLE_WARN, false);
	}
	ni_table_draw(&f->table, at, f->list ? f->list->n : 0,
		      f->version + ni_model_version(v->app->model), 0);
	draw_advice(f, (struct ni_rect){r.y + r.h - ADVICE, r.x, ADVICE, r.w});
}

static void
choose(struct ifaces *f)
{
	const struct ni_ifentry *e = entry(&f->view, ni_table_row(&f->table));
	uint32_t i = choice(f, e->name);
	if (!*e->name)
		return;
	if (i < f->nchosen)
		memmove(f->chosen[i], f->chosen[i + 1], (--f->nchosen - i) * sizeof(f->chosen[0]));
	else if (f->nchosen < NI_WISH_IFACES)
		snprintf(f->chosen[f->nchosen++], sizeof(f->chosen[0]), "%s", e->name);
	f->version++;
	ni_table_act(&f->table, NI_ACT_DOWN);
}

/* Enter: stop the capture or begin it anew where it is, else begin another one. */
static void
open_selected(struct ifaces *f)
{
	struct ni_app *a = f->view.app;
	bool runs = ni_model_stats(a->model).state == NI_MODEL_LIVE;
	if (about_ours(f))
		ni_app_act(a, runs ? NI_ACT_STOP : NI_ACT_RESTART);
	else if (gather(f, &a->starting.wish))
		ni_starting_ask(a);
}

static bool
ifaces_act(struct ni_view *v, enum ni_act act)
{
	struct ifaces *f = (struct ifaces *)v;
	struct ni_app *a = v->app;
	if (act == NI_ACT_OPEN)
		open_selected(f);
	else if (act == NI_ACT_CHOOSE)
		choose(f);
	else if (act == NI_ACT_STOP && !about_ours(f) && gather(f, &a->starting.wish))
		ni_starting_go(a);
	else
		return ni_table_act(&f->table, act);
	return true;
}

static void
ifaces_position(const struct ni_view *v, uint64_t *at, uint64_t *rows)
{
	ni_table_position(&((const struct ifaces *)v)->table, at, rows);
}

static void
ifaces_copy(struct ni_view *v, struct ni_buf *b)
{
	ni_table_copy(&((struct ifaces *)v)->table, b);
}

static bool
ifaces_search(struct ni_view *v, const char *text, int way)
{
	return ni_table_search(&((struct ifaces *)v)->table, text, way);
}

static void
ifaces_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	struct ifaces *f = (struct ifaces *)v;
	ni_table_mouse(&f->table, m);
	if (m->twice)
		open_selected(f);
}

static struct ni_sorts
ifaces_sorts(const struct ni_view *v)
{
	const struct ifaces *f = (const struct ifaces *)v;
	return ni_table_sorts(&f->table);
}

static void
ifaces_sort(struct ni_view *v, int column)
{
	struct ifaces *f = (struct ifaces *)v;
	ni_table_sort(&f->table, column);
}

const struct ni_view_ops ni_ifaces_view = {
    .name = N_("Interfaces"),
    .place = NI_AT_IFACES,
    .create = ifaces_create,
    .destroy = ifaces_destroy,
    .draw = ifaces_draw,
    .act = ifaces_act,
    .position = ifaces_position,
    .work = ifaces_work,
    .copy = ifaces_copy,
    .mouse = ifaces_mouse,
    .search = ifaces_search,
    .sorts = ifaces_sorts,
    .sort = ifaces_sort,
    .columns = columns,
    .ncolumns = NCOLS,
};
