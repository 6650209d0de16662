/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of the terminal view, its stack of views, and what keys do everywhere; see app.h. */
#include "config.h"

#include "app.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "i18n.h"

enum {
	MS = 1000000,
	DRAW_NS = 50 * MS,   /* at most 20 pictures a second */
	GOING_NS = 100 * MS, /* nobody pressed a key: there is no hurry */
	SLICE_NS = 8 * MS,   /* of each kind of work between two looks at the keyboard */
	IDLE_MS = 1000,      /* counters in the status line */
	DEAD_READS = 20,     /* keyboard ready, but no key: its terminal has gone */
};

static volatile sig_atomic_t end_asked;
static sigset_t usual_signals; /* those that are let through while nothing is done */

static void
on_end(int sig)
{
	(void)sig;
	end_asked = 1;
}

static int64_t
mono_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ---- views ---- */

struct ni_view *
ni_app_top(struct ni_app *a)
{
	return a->depth ? a->stack[a->depth - 1] : a->tabs[a->tab];
}

void
ni_app_say(struct ni_app *a, enum ni_role role, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(a->message, sizeof(a->message), fmt, ap);
	va_end(ap);
	a->message_role = role;
	a->dirty = true;
}

bool
ni_app_push(struct ni_app *a, const struct ni_view_ops *ops, const struct ni_view_arg *arg)
{
	struct ni_err err = {.what = "", .hint = ""};
	struct ni_view *v = NULL;
	if (a->depth == NI_APP_DEPTH)
		ni_fail(&err, NI_ERR_RUN, "%s", _("too many views on top of each other"));
	else
		v = ops->create(a, arg, &err);
	if (!v) {
		ni_app_say(a, NI_ROLE_BAD, "%s", err.what);
		return false;
	}
	a->stack[a->depth++] = v;
	a->dirty = true;
	return true;
}

bool
ni_app_pop(struct ni_app *a)
{
	if (!a->depth)
		return false;
	struct ni_view *v = a->stack[--a->depth];
	v->ops->destroy(v);
	a->dirty = true;
	return true;
}

void
ni_app_tab(struct ni_app *a, unsigned tab)
{
	static const struct ni_view_arg all = {.conn = NI_IX_NO_CONN};
	struct ni_err err = {.what = "", .hint = ""};
	if (tab >= NI_APP_TABS || !ni_app_tabs[tab]) {
		ni_app_say(a, NI_ROLE_WARN, "%s", _("there is no such view"));
		return;
	}
	if (!a->tabs[tab])
		a->tabs[tab] = ni_app_tabs[tab]->create(a, &all, &err);
	if (!a->tabs[tab]) {
		ni_app_say(a, NI_ROLE_BAD, "%s", err.what);
		return;
	}
	while (ni_app_pop(a))
		;
	a->tab = tab;
	a->dirty = true;
}

bool
ni_app_follows(struct ni_app *a)
{
	const struct ni_view *v = ni_app_top(a);
	return v->ops->follows && v->ops->follows(v);
}

void
ni_app_go(struct ni_app *a, uint64_t number)
{
	struct ni_view *v = ni_app_top(a);
	if (!v->ops->go) {
		ni_app_tab(a, 0);
		v = ni_app_top(a);
	}
	if (v->ops->packet && v->ops->packet(v))
		a->came_from = v->ops->packet(v);
	if (v->ops->go)
		v->ops->go(v, number);
	a->dirty = true;
}

bool
ni_list_act(struct ni_list *l, enum ni_act act)
{
	int64_t page = l->height > 1 ? l->height - 1 : 1;
	static const struct {
		enum ni_act act;
		int rows, pages; /* pages in halves */
	} moves[] = {
	    {NI_ACT_UP, -1, 0},       {NI_ACT_DOWN, 1, 0},     {NI_ACT_PAGE_UP, 0, -2},
	    {NI_ACT_PAGE_DOWN, 0, 2}, {NI_ACT_HALF_UP, 0, -1}, {NI_ACT_HALF_DOWN, 0, 1},
	};
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		if (moves[i].act != act)
			continue;
		ni_list_move(l, moves[i].rows + moves[i].pages * page / 2);
		return true;
	}
	if (act == NI_ACT_TOP)
		ni_list_go(l, 0);
	else if (act == NI_ACT_BOTTOM)
		ni_list_end(l);
	else
		return false;
	return true;
}

/* ---- keys ---- */

static void
help(struct ni_app *a)
{
	enum { PAGE = 16384 };
	struct ni_view *v = ni_app_top(a);
	char *mem = malloc(PAGE);
	if (!mem)
		return;
	struct ni_buf b = ni_buf(mem, PAGE);
	for (const struct ni_key_row *r = ni_keys_table(); r->name; r++) {
		char keys[64];
		struct ni_buf k = ni_buf(keys, sizeof(keys));
		if (!r->help || !(r->places & v->ops->place))
			continue;
		ni_keymap_keys(&k, &a->keys, r->act, 6);
		ni_buf_str(&b, "  ");
		ni_line_fit(&b, ni_buf_z(&k), 14, NI_FIT_LEFT);
		ni_buf_fmt(&b, "  %s\n", _(r->help));
	}
	ni_buf_fmt(&b, "\n%s\n",
		   _("Command line: :N goes to packet N; :filter, :w FILE, :view N, "
		     ":set time|theme|mouse …, :q"));
	struct ni_view_arg arg = {.text = ni_buf_z(&b), .title = _("Keys")};
	ni_app_push(a, &ni_page_view, &arg);
	free(mem);
}

static void
leave(struct ni_app *a, bool even_at_top)
{
	if (ni_app_pop(a))
		return;
	if (a->tab) {
		ni_app_tab(a, 0);
		return;
	}
	if (!even_at_top)
		return;
	bool live = ni_model_live(a->model) && ni_model_stats(a->model).packets > a->saved;
	if (live && !a->ask_quit) {
		a->ask_quit = true;
		ni_app_say(a, NI_ROLE_WARN, "%s",
			   _("the packets are not saved: q again to leave, w to write them"));
		return;
	}
	a->quit = true;
}

static void
hold(struct ni_app *a)
{
	a->held = !a->held;
	a->held_stats = ni_model_stats(a->model);
}

static void
explain(struct ni_app *a)
{
	char mem[4096];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct ni_view *v = ni_app_top(a);
	if (v->ops->explain)
		v->ops->explain(v, &b);
	if (!b.len) {
		ni_app_say(a, NI_ROLE_NOTE, "%s", _("there is nothing to explain here"));
		return;
	}
	struct ni_view_arg arg = {.text = ni_buf_z(&b), .title = _("Explanation")};
	ni_app_push(a, &ni_page_view, &arg);
}

static void
copy(struct ni_app *a)
{
	char mem[8192];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct ni_view *v = ni_app_top(a);
	if (v->ops->copy)
		v->ops->copy(v, &b);
	if (!b.len)
		return;
	ni_screen_copy(b.p, b.len);
	ni_app_say(a, NI_ROLE_NOTE, _("%zu bytes are in the clipboard"), b.len);
}

static void
restart(struct ni_app *a)
{
	struct ni_err err = {.what = "", .hint = ""};
	ni_search_free(&a->search);
	ni_writing_free(&a->writing);
	if (ni_model_restart(a->model, &err)) {
		ni_app_say(a, NI_ROLE_WARN, "%s", err.what);
		return;
	}
	ni_filtering_restart(a->filter);
	a->restyled++;
	a->saved = 0;
	memset(a->marks, 0, sizeof(a->marks));
	ni_app_say(a, NI_ROLE_NOTE, "%s", _("begun again"));
}

static void
next_time(struct ni_app *a)
{
	static const enum ni_time_format order[] = {NI_TIME_RELATIVE, NI_TIME_DELTA,
						    NI_TIME_ABSOLUTE, NI_TIME_EPOCH};
	unsigned i = 0;
	while (i < 3 && order[i] != a->time)
		i++;
	a->time = order[(i + 1) % 4];
}

static void
change_sequence(struct ni_app *a)
{
	a->absolute = !a->absolute;
	a->restyled++;
	ni_model_absolute(a->model, a->absolute);
	ni_app_say(a, NI_ROLE_NOTE, "%s",
		   a->absolute ? _("sequence numbers as on the wire")
			       : _("sequence numbers from 0"));
}

/* The view of connections knows which one is next. */
static void
show_trouble(struct ni_app *a)
{
	enum { CONNS = NI_ACT_VIEW_2 - NI_ACT_VIEW_1 };
	ni_app_tab(a, CONNS);
	struct ni_view *v = ni_app_top(a);
	v->ops->act(v, NI_ACT_TROUBLE);
}

/* What is the same in every view. */
static bool
act_anywhere(struct ni_app *a, enum ni_act act)
{
	static void (*const simple[])(struct ni_app *) = {
	    [NI_ACT_HELP] = help,
	    [NI_ACT_HOLD] = hold,
	    [NI_ACT_COPY] = copy,
	    [NI_ACT_EXPLAIN] = explain,
	    [NI_ACT_RESTART] = restart,
	    [NI_ACT_SEQUENCE] = change_sequence,
	    [NI_ACT_TIME] = next_time,
	    [NI_ACT_STREAM] = ni_stream_follow,
	    [NI_ACT_TROUBLE] = show_trouble,
	};
	if (act >= NI_ACT_VIEW_1 && act <= NI_ACT_VIEW_6)
		ni_app_tab(a, (unsigned)act - NI_ACT_VIEW_1);
	else if (act == NI_ACT_QUIT)
		a->quit = true;
	else if (act == NI_ACT_LEAVE)
		leave(a, true);
	else if (act == NI_ACT_BACK)
		leave(a, false);
	else if (act == NI_ACT_REDRAW)
		ni_screen_refresh_all();
	else if (act == NI_ACT_SUSPEND)
		ni_screen_suspend();
	else if (act == NI_ACT_STOP)
		ni_model_stop(a->model);
	else if (act < sizeof(simple) / sizeof(simple[0]) && simple[act])
		simple[act](a);
	else if (act == NI_ACT_MARK || act == NI_ACT_JUMP)
		a->pending = act;
	else
		return false;
	return true;
}

static bool
act_prompt(struct ni_app *a, enum ni_act act)
{
	if (act == NI_ACT_FILTER)
		ni_app_ask(a, NI_PROMPT_FILTER, ni_filtering_text(a->filter));
	else if (act == NI_ACT_SEARCH)
		ni_app_ask(a, NI_PROMPT_SEARCH, "");
	else if (act == NI_ACT_COMMAND)
		ni_app_ask(a, NI_PROMPT_COMMAND, "");
	else if (act == NI_ACT_WRITE)
		ni_app_ask(a, NI_PROMPT_WRITE, "");
	else if (act == NI_ACT_SEARCH_NEXT || act == NI_ACT_SEARCH_PREVIOUS)
		ni_app_find(a, NULL, act == NI_ACT_SEARCH_NEXT ? 1 : -1);
	else
		return false;
	return true;
}

void
ni_app_act(struct ni_app *a, enum ni_act act)
{
	struct ni_view *v = ni_app_top(a);
	a->dirty = true;
	if (act == NI_ACT_BACK && a->writing) {
		ni_app_say(a, NI_ROLE_WARN, _("stopped: %s was not written"),
			   ni_writing_path(a->writing));
		ni_writing_free(&a->writing);
		return;
	}
	if (act == NI_ACT_BACK && a->search_way) {
		a->search_way = 0; /* Esc ends what takes long */
		return;
	}
	if (act != NI_ACT_LEAVE)
		a->ask_quit = false;
	if (v->ops->act(v, act))
		return;
	if (!act_prompt(a, act) && !act_anywhere(a, act) && act != NI_ACT_NONE)
		ni_app_say(a, NI_ROLE_NOTE, "%s", _("that key does nothing here"));
}

/* The letter behind m or '. */
static void
mark(struct ni_app *a, uint32_t key)
{
	struct ni_view *v = ni_app_top(a);
	enum ni_act act = a->pending;
	uint64_t now = v->ops->packet ? v->ops->packet(v) : 0;
	a->pending = NI_ACT_NONE;
	if (key == '\'' && act == NI_ACT_JUMP && a->came_from) {
		ni_app_go(a, a->came_from);
		return;
	}
	if (key < 'a' || key > 'z')
		return;
	uint64_t *m = &a->marks[key - 'a'];
	if (act == NI_ACT_MARK)
		*m = now;
	else if (*m)
		ni_app_go(a, *m);
	else
		ni_app_say(a, NI_ROLE_WARN, _("mark %c is not set"), (char)key);
}

static void
take_mouse(struct ni_app *a)
{
	struct ni_mouse m;
	struct ni_view *v = ni_app_top(a);
	if (ni_screen_mouse(&m) && v->ops->mouse && !a->asking)
		v->ops->mouse(v, &m);
}

static void
take_key(struct ni_app *a, uint32_t key)
{
	a->dirty = a->pressed = true;
	if (key == NI_KEY_RESIZE)
		return;
	a->message[0] = '\0';
	a->problem_seen |= ni_model_problem(a->model) != NULL;
	if (key == NI_KEY_MOUSE)
		take_mouse(a);
	else if (a->asking)
		ni_app_prompt_key(a, key);
	else if (a->pending)
		mark(a, key);
	else
		ni_app_act(a, ni_keymap_find(&a->keys, key, ni_app_top(a)->ops->place));
}

/* ---- the loop ---- */

/* One slice of everything that goes on by itself. Returns whether there is more at once. */
static bool
work(struct ni_app *a)
{
	uint64_t before = ni_model_version(a->model) + ni_filtering_version(a->filter);
	bool more = ni_model_work(a->model, SLICE_NS);
	more |= ni_app_write_work(a, SLICE_NS);
	more |= ni_filtering_work(a->filter, SLICE_NS);
	struct ni_view *v = ni_app_top(a);
	if (v->ops->work)
		more |= v->ops->work(v, SLICE_NS);
	if (a->search && a->search_way) {
		more |= ni_search_work(a->search, SLICE_NS);
		ni_app_find(a, NULL, 0);
	}
	a->dirty |= more || before != ni_model_version(a->model) + ni_filtering_version(a->filter);
	return more;
}

static void
count_rate(struct ni_app *a, int64_t now)
{
	uint64_t packets = ni_model_stats(a->model).packets;
	if (now - a->rate_ns < 1000000000)
		return;
	uint64_t new = packets > a->rate_packets ? packets - a->rate_packets : 0;
	uint64_t rate = a->rate_ns ? new * 1000000000 / (uint64_t)(now - a->rate_ns) : 0;
	a->dirty |= rate != a->rate || ni_model_live(a->model);
	a->rate = rate;
	a->rate_packets = packets;
	a->rate_ns = now;
}

/* Wait for a key, for packets, or a signal, which comes only here. False: the terminal is gone. */
static bool
wait(struct ni_app *a, int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * (long)MS};
	struct pollfd p[2] = {{.fd = ni_screen_fd(), .events = POLLIN},
			      {.fd = ni_model_fd(a->model), .events = POLLIN}};
	if (ppoll(p, 2, &t, &usual_signals) < 0)
		return errno == EINTR;
	return !(p[0].revents & (POLLHUP | POLLERR | POLLNVAL));
}

/* Take all keys there are. False: the terminal says it has some, but never gives any. */
static bool
take_keys(struct ni_app *a, unsigned *dead)
{
	struct pollfd p = {.fd = ni_screen_fd(), .events = POLLIN};
	uint32_t key = ni_screen_key();
	bool ready = poll(&p, 1, 0) > 0;
	if (key == NI_KEY_NONE) {
		*dead = ready ? *dead + 1 : 0;
		return *dead < DEAD_READS;
	}
	for (*dead = 0; key != NI_KEY_NONE && !a->quit; key = ni_screen_key())
		take_key(a, key);
	return true;
}

static void
loop(struct ni_app *a)
{
	int64_t drawn = 0;
	a->pressed = true;
	unsigned dead = 0;
	bool more = work(a); /* so that the first picture has rows */
	a->dirty = true;
	while (!a->quit && !end_asked) {
		int64_t now = mono_ns();
		count_rate(a, now);
		int64_t pause = a->pressed ? DRAW_NS : GOING_NS;
		if (a->dirty && now - drawn >= pause) {
			a->dirty = false;
			a->pressed = !ni_model_stats(a->model).packets;
			ni_app_draw(a);
			drawn = mono_ns();
		}
		int ms = more ? 0 : a->dirty ? (int)((pause - (now - drawn)) / MS) + 1 : IDLE_MS;
		if (!wait(a, ms < 0 ? 0 : ms) || !take_keys(a, &dead))
			break;
		more = work(a);
	}
}

static void
catch_signals(void)
{
	struct sigaction sa = {.sa_handler = on_end};
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sigset_t held;
	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigaddset(&held, SIGWINCH);
	sigaddset(&held, SIGTSTP);
	sigprocmask(SIG_BLOCK, &held, &usual_signals);
}

static void
close_views(struct ni_app *a)
{
	while (ni_app_pop(a))
		;
	for (unsigned i = 0; i < NI_APP_TABS; i++)
		if (a->tabs[i])
			a->tabs[i]->ops->destroy(a->tabs[i]);
	for (unsigned i = 0; i <= NI_PROMPT_WRITE; i++)
		ni_history_free(&a->history[i]);
	ni_writing_free(&a->writing);
	ni_search_free(&a->search);
	ni_filtering_free(&a->filter);
}

int
ni_app_run(const struct ni_app_opts *o, struct ni_err *err)
{
	struct ni_app *a = calloc(1, sizeof(*a));
	int rc = NI_SUCCESS;
	if (a)
		a->filter = ni_filtering_new(o->model);
	if (!a || !a->filter) {
		free(a);
		return ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	}
	a->o = *o;
	a->model = o->model;
	a->time = o->time;
	ni_keymap_init(&a->keys);
	for (unsigned i = 0; i < NI_APP_TABS; i++)
		if (ni_app_tabs[i])
			a->columns[i] = ni_columns_all(ni_app_tabs[i]->ncolumns);
	rc = ni_screen_open(o->ascii, o->mouse, err);
	if (!rc) {
		catch_signals();
		if (!o->color)
			ni_screen_theme(NI_THEME_MONO);
		ni_app_config(a);
		if (o->filter)
			ni_filtering_set(a->filter, o->filter, &(struct ni_filter_error){.at = 0});
		ni_app_tab(a, 0);
		if (a->tabs[0])
			loop(a);
		ni_screen_close();
	}
	close_views(a);
	free(a);
	return rc;
}
