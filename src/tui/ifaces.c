/* SPDX-License-Identifier: GPL-2.0-or-later */
/* View 6: the interfaces of this machine, what goes over them, and the capture on them. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "i18n.h"
#include "iflist.h"
#include "ifrates.h"
#include "table.h"

enum column { NAME, CAPTURE, STATE, RX_P, RX_B, TX_P, TX_B, DROPS, ADDRESS, PAST, NCOLS };

/* clang-format off */
static const struct ni_column_def columns[NCOLS] = {
	[NAME] = {N_("interface"), "interface", 6, 24, 9, NI_FIT_MIDDLE, 3, 0},
	[CAPTURE] = {N_("capture"), "capture", 7, 8, 0, NI_FIT_LEFT, 0, 0},
	[STATE] = {N_("state"), "state", 4, 12, 0, NI_FIT_LEFT, 0, 4},
	[RX_P] = {N_("in p/s"), "in-packets", 6, 10, 0, NI_FIT_RIGHT, 0, 2},
	[RX_B] = {N_("in B/s"), "in-bytes", 7, 10, 0, NI_FIT_RIGHT, 0, 0},
	[TX_P] = {N_("out p/s"), "out-packets", 7, 10, 0, NI_FIT_RIGHT, 0, 2},
	[TX_B] = {N_("out B/s"), "out-bytes", 7, 10, 0, NI_FIT_RIGHT, 0, 0},
	[DROPS] = {N_("drops"), "drops", 5, 10, 0, NI_FIT_RIGHT, 0, 3},
	[ADDRESS] = {N_("addresses"), "addresses", 9, 48, 15, NI_FIT_LEFT, 6, 5},
	[PAST] = {"", "past", 8, 0, 10, NI_FIT_LEFT, 8, 1},
};
/* clang-format on */

struct ifaces {
	struct ni_view view;
	struct ni_table table;
	struct ni_iflist *list;
	struct ni_ifrates rates;
	uint64_t version;
	unsigned known; /* interfaces in the rates when the list was made */
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

/* ---- cells ---- */

static const char *
capture_state(const struct ni_view *v, const struct ni_ifentry *e)
{
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
	for (size_t i = 0; i < e->n_addrs; i++) {
		if (i)
			ni_buf_c(b, ' ');
		ni_buf_str(b, e->addrs[i].text);
	}
	if (!e->n_addrs && e->description)
		ni_buf_escape(b, (const uint8_t *)e->description, strlen(e->description));
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

/* Samples once a second; the list itself when interfaces have come or gone. */
static bool
ifaces_work(struct ni_view *v, int64_t ns)
{
	struct ifaces *f = (struct ifaces *)v;
	unsigned there = 0;
	(void)ns;
	if (!ni_ifrates_sample(&f->rates))
		return false;
	for (unsigned i = 0; i < f->rates.n; i++)
		there += f->rates.rate[i].there;
	if (!f->list || there != f->known) {
		struct ni_iflist *fresh = NULL;
		if (!ni_iflist_get(&fresh, NULL)) {
			bool first = !f->list;
			ni_iflist_free(&f->list);
			f->list = fresh;
			for (size_t i = 0; first && i < fresh->n; i++)
				if (is_captured(v->app, fresh->entries[i].name))
					f->table.selected = i;
		}
		f->known = there;
	}
	f->version++;
	v->app->dirty = true;
	return false;
}

/* What can be done with the selected one, in the last lines. */
static void
draw_advice(const struct ifaces *f, struct ni_rect r)
{
	char line[512];
	char exe[256] = "netinspect";
	struct ni_buf b = ni_buf(line, sizeof(line));
	const struct ni_ifentry *e = entry(&f->view, ni_table_row(&f->table));
	if (!*e->name)
		return;
	if (is_captured(f->view.app, e->name)) {
		ni_buf_str(&b,
			   _("Enter or S stops the capture; Enter or R then begins a new one."));
		ni_screen_text(r.y, r.x, r.w, ni_buf_z(&b), NI_ROLE_DIM, false);
		return;
	}
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n > 0)
		exe[n] = '\0';
	/* Rights are given up before the first packet is looked at: another start is needed. */
	ni_buf_str(&b, _("to capture here: "));
	ni_buf_str(&b, "sudo netinspect -i ");
	ni_buf_escape(&b, (const uint8_t *)e->name, strlen(e->name));
	ni_screen_text(r.y, r.x, r.w, ni_buf_z(&b), NI_ROLE_DIM, false);
	b.len = 0;
	ni_buf_str(&b, _("without sudo, once for all: "));
	ni_buf_str(&b, "sudo setcap cap_net_raw,cap_net_admin+ep ");
	ni_buf_escape(&b, (const uint8_t *)exe, strlen(exe));
	ni_screen_text(r.y + 1, r.x, r.w, ni_buf_z(&b), NI_ROLE_DIM, false);
}

static void
ifaces_draw(struct ni_view *v, struct ni_rect r)
{
	enum { ADVICE = 2 };
	struct ifaces *f = (struct ifaces *)v;
	struct ni_rect at = {r.y, r.x, r.h - ADVICE, r.w};
	if (!f->list)
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

/* Stop the capture on the selected interface, or begin a new one there. */
static void
toggle(struct ifaces *f)
{
	struct ni_app *a = f->view.app;
	const struct ni_ifentry *e = entry(&f->view, ni_table_row(&f->table));
	if (!*e->name)
		return;
	if (!is_captured(a, e->name)) {
		ni_app_say(a, NI_ROLE_WARN, _("in another terminal: sudo netinspect -i %s"),
			   e->name);
		return;
	}
	bool runs = ni_model_stats(a->model).state == NI_MODEL_LIVE;
	ni_app_act(a, runs ? NI_ACT_STOP : NI_ACT_RESTART);
}

static bool
ifaces_act(struct ni_view *v, enum ni_act act)
{
	struct ifaces *f = (struct ifaces *)v;
	if (act != NI_ACT_OPEN)
		return ni_table_act(&f->table, act);
	toggle(f);
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
		toggle(f);
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
