/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stack of views, and what keys do everywhere; see app.h. */
#include "config.h"

#include "app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"

/* ---- views ---- */

struct ni_view *
ni_app_top(struct ni_app *a)
{
	return a->depth ? a->stack[a->depth - 1] : a->tabs[a->tab];
}

struct ni_view *
ni_app_active(struct ni_app *a)
{
	return ni_panes_view(ni_app_top(a));
}

unsigned
ni_app_place(struct ni_app *a)
{
	return ni_app_active(a)->ops->place | ni_app_top(a)->ops->place;
}

uint64_t
ni_app_packet(struct ni_app *a)
{
	const struct ni_view *v = ni_app_active(a);
	if (!v->ops->packet)
		v = ni_app_top(a);
	return v->ops->packet ? v->ops->packet(v) : 0;
}

void
ni_app_append(char *text, size_t size, const char *line)
{
	size_t n = strlen(text);
	size_t more = strlen(line) + 1;
	while (n && n + more >= size) {
		size_t oldest = strcspn(text, "\n") + 1;
		memmove(text, text + oldest, n - oldest + 1);
		n -= oldest;
	}
	if (n + more < size)
		snprintf(text + n, size - n, "%s\n", line);
}

void
ni_app_say(struct ni_app *a, enum ni_role role, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(a->message, sizeof(a->message), fmt, ap);
	va_end(ap);
	a->message_role = role;
	ni_app_append(a->said, sizeof(a->said), a->message);
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
	a->turns++;
	a->dirty = true;
	return true;
}

bool
ni_app_pop(struct ni_app *a)
{
	if (!a->depth)
		return false;
	struct ni_view *v = a->stack[--a->depth];
	a->turns++;
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
	a->turns++;
	a->dirty = true;
}

bool
ni_app_follows(struct ni_app *a)
{
	const struct ni_view *v = ni_app_active(a);
	return v->ops->follows && v->ops->follows(v);
}

void
ni_app_go(struct ni_app *a, uint64_t number)
{
	struct ni_view *v = ni_app_active(a);
	if (!v->ops->go)
		v = ni_app_top(a);
	if (!v->ops->go) {
		ni_app_tab(a, 0);
		v = ni_app_top(a);
	}
	if (ni_app_packet(a))
		a->came_from = ni_app_packet(a);
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
	if (act == NI_ACT_SCROLL_UP || act == NI_ACT_SCROLL_DOWN)
		ni_list_scroll(l, act == NI_ACT_SCROLL_UP ? -1 : 1);
	else if (act == NI_ACT_SCREEN_TOP)
		ni_list_go(l, l->top);
	else if (act == NI_ACT_SCREEN_MIDDLE)
		ni_list_go(l, l->top + (uint64_t)(l->height > 0 ? l->height / 2 : 0));
	else if (act == NI_ACT_SCREEN_BOTTOM)
		ni_list_go(l, l->top + (uint64_t)page);
	else if (act == NI_ACT_TOP)
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
	char *mem = malloc(PAGE);
	if (!mem)
		return;
	struct ni_buf b = ni_buf(mem, PAGE);
	for (const struct ni_key_row *r = ni_keys_table(); r->name; r++) {
		char keys[64];
		struct ni_buf k = ni_buf(keys, sizeof(keys));
		if (!r->help || !(r->places & ni_app_place(a)))
			continue;
		ni_keymap_keys(&k, &a->keys, r->act, ni_app_place(a), 6);
		ni_buf_str(&b, "  ");
		ni_line_fit(&b, ni_buf_z(&k), 14, NI_FIT_LEFT);
		ni_buf_fmt(&b, "  %s\n", _(r->help));
	}
	ni_buf_fmt(&b, "\n%s\n",
		   _("Command line: :N goes to packet N; :filter, :w FILE, :view N, "
		     ":capture IFACE FILTER, :sort COLUMN, :set time|theme|columns|layout …, "
		     ":messages, :q"));
	struct ni_view_arg arg = {.text = ni_buf_z(&b), .title = _("Keys")};
	ni_app_push(a, &ni_page_view, &arg);
	free(mem);
}

bool
ni_app_unsaved(const struct ni_app *a)
{
	return ni_model_live(a->model) && ni_model_stats(a->model).packets > a->saved;
}

static void
leave(struct ni_app *a, bool even_at_top)
{
	if (ni_app_pop(a))
		return;
	if (a->tab != a->home) {
		ni_app_tab(a, a->home);
		return;
	}
	if (!even_at_top)
		return;
	if (ni_app_unsaved(a) && !a->ask_quit) {
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
	struct ni_view *v = ni_app_active(a);
	if (!v->ops->explain)
		v = ni_app_top(a);
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
	enum { MOST = 65536 };
	char *mem = malloc(MOST);
	struct ni_buf b = ni_buf(mem, mem ? MOST : 0);
	struct ni_view *v = ni_app_active(a);
	if (!v->ops->copy)
		v = ni_app_top(a);
	if (v->ops->copy)
		v->ops->copy(v, &b);
	if (b.len) {
		ni_screen_copy(b.p, b.len);
		ni_app_say(a, NI_ROLE_NOTE, _("%zu bytes are in the clipboard"), b.len);
	}
	free(mem);
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
	a->turns++; /* no key is for rows that are gone */
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
	else if (act == NI_ACT_SORT)
		ni_app_push(a, &ni_choose_view, NULL);
	else if (act == NI_ACT_MARK || act == NI_ACT_JUMP || act == NI_ACT_WINDOW)
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

/* Esc ends what takes long before it goes anywhere. */
static bool
stops(struct ni_view *v)
{
	char mem[128];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (v->ops->busy)
		v->ops->busy(v, &b);
	return b.len && v->ops->act(v, NI_ACT_BACK);
}

/* Live, the end of a list is where the newest will be. */
static void
follow_again(struct ni_app *a, struct ni_view *v)
{
	bool knows = v->ops == &ni_packets_view; /* whether its end is the newest */
	if (ni_model_live(a->model) && !knows && v->ops->follows && !v->ops->follows(v))
		v->ops->act(v, NI_ACT_FOLLOW);
}

/* A key that means nothing in an inner pane may mean something around it. */
static bool
act_around(struct ni_app *a, enum ni_act act)
{
	struct ni_view *v = ni_app_top(a);
	return act != NI_ACT_BACK && act != NI_ACT_LEAVE && v->ops->act(v, act);
}

void
ni_app_act(struct ni_app *a, enum ni_act act)
{
	struct ni_view *v = ni_app_active(a);
	a->dirty = true;
	if (act == NI_ACT_BACK && a->writing) {
		ni_app_say(a, NI_ROLE_WARN, _("stopped: %s was not written"),
			   ni_writing_path(a->writing));
		ni_writing_free(&a->writing);
		a->quit_written = false;
		return;
	}
	if (act == NI_ACT_BACK && a->search_way) {
		a->search_way = 0; /* Esc ends what takes long */
		return;
	}
	if (act != NI_ACT_LEAVE)
		a->ask_quit = false;
	if (act != NI_ACT_OPEN && act != NI_ACT_STOP && act != NI_ACT_COMMAND)
		a->starting.asked = false;
	if ((act == NI_ACT_BACK && stops(v)) || ni_panes_act(ni_app_top(a), act) ||
	    v->ops->act(v, act)) {
		if (act == NI_ACT_BOTTOM)
			follow_again(a, v);
		return;
	}
	if (v != ni_app_top(a) && act_around(a, act))
		return;
	if (!act_prompt(a, act) && !act_anywhere(a, act) && act != NI_ACT_NONE)
		ni_app_say(a, NI_ROLE_NOTE, "%s", _("that key does nothing here"));
}

/* The letter behind m or '. */
static void
mark(struct ni_app *a, uint32_t key)
{
	enum ni_act act = a->pending;
	uint64_t now = ni_app_packet(a);
	a->pending = NI_ACT_NONE;
	if (key == '\'' && act == NI_ACT_JUMP && a->came_from) {
		ni_app_go(a, a->came_from);
		return;
	}
	if (key < 'a' || key > 'z')
		return;
	uint64_t *m = &a->marks[key - 'a'];
	if (act == NI_ACT_MARK && !now)
		ni_app_say(a, NI_ROLE_WARN, "%s", _("there is no packet here to mark"));
	else if (act == NI_ACT_MARK)
		*m = now;
	else if (*m)
		ni_app_go(a, *m);
	else
		ni_app_say(a, NI_ROLE_WARN, _("mark %c is not set"), (char)key);
}

/* The key behind ^W, as in vi. */
static void
window(struct ni_app *a, uint32_t key)
{
	static const struct {
		uint32_t key;
		enum ni_act act;
	} map[] = {
	    {'w', NI_ACT_NEXT_PANE},
	    {'W' - '@', NI_ACT_NEXT_PANE},
	    {'j', NI_ACT_NEXT_PANE},
	    {'l', NI_ACT_NEXT_PANE},
	    {NI_KEY_DOWN, NI_ACT_NEXT_PANE},
	    {NI_KEY_RIGHT, NI_ACT_NEXT_PANE},
	    {'W', NI_ACT_PREVIOUS_PANE},
	    {'p', NI_ACT_PREVIOUS_PANE},
	    {'k', NI_ACT_PREVIOUS_PANE},
	    {'h', NI_ACT_PREVIOUS_PANE},
	    {NI_KEY_UP, NI_ACT_PREVIOUS_PANE},
	    {NI_KEY_LEFT, NI_ACT_PREVIOUS_PANE},
	    {'o', NI_ACT_ZOOM},
	    {'_', NI_ACT_ZOOM},
	    {'|', NI_ACT_ZOOM},
	    {'=', NI_ACT_ZOOM},
	    {'+', NI_ACT_LARGER},
	    {'>', NI_ACT_LARGER},
	    {'-', NI_ACT_SMALLER},
	    {'<', NI_ACT_SMALLER},
	    {'c', NI_ACT_LEAVE},
	    {'q', NI_ACT_LEAVE},
	};
	a->pending = NI_ACT_NONE;
	for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].key == key)
			ni_app_act(a, map[i].act);
}

/* The names of the views, and the key bar. */
static bool
click_around(struct ni_app *a, const struct ni_mouse *m)
{
	if (m->y == 0) {
		for (unsigned i = 0; i < NI_APP_TABS; i++)
			if (m->x >= a->tab_x[i] && m->x < a->tab_x[i + 1] - 1)
				ni_app_tab(a, i);
		return true;
	}
	if (m->y != ni_screen_rows() - 1)
		return false;
	ni_app_act(a, ni_keymap_bar_at(&a->keys, ni_app_place(a), ni_screen_cols(), m->x));
	return true;
}

static void
take_mouse(struct ni_app *a, const struct ni_mouse *m)
{
	if (!a->asking && (m->wheel || !click_around(a, m)))
		ni_panes_mouse(ni_app_top(a), m);
}

void
ni_app_key(struct ni_app *a, uint32_t key)
{
	struct ni_mouse m;
	a->dirty = a->pressed = true;
	if (key == NI_KEY_RESIZE || (key == NI_KEY_MOUSE && !ni_screen_mouse(&m)))
		return;
	a->message[0] = '\0';
	ni_app_look_end(a);
	if (key == NI_KEY_MOUSE)
		take_mouse(a, &m);
	else if (a->asking)
		ni_app_prompt_key(a, key);
	else if (a->pending == NI_ACT_WINDOW)
		window(a, key);
	else if (a->pending)
		mark(a, key);
	else
		ni_app_act(a, ni_keymap_find(&a->keys, key, ni_app_place(a)));
}
