/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of the terminal view: keys, work, pictures, signals; see app.h. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app.h"
#include "i18n.h"
#include "mono.h"

enum {
	MS = 1000000,
	DRAW_NS = 50 * MS,   /* at most 20 pictures a second */
	GOING_NS = 100 * MS, /* nobody pressed a key: there is no hurry */
	SLICE_NS = 8 * MS,   /* of each kind of work between two looks at the keyboard */
	HURRY_NS = 2 * MS,   /* the same while a key waits to be drawn */
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

/* One slice of everything that goes on by itself. Returns whether there is more at once. */
static bool
work(struct ni_app *a, int64_t ns)
{
	uint64_t before = ni_model_version(a->model) + ni_filtering_version(a->filter);
	bool more = ni_model_work(a->model, ns);
	more |= ni_app_write_work(a, ns);
	more |= ni_filtering_work(a->filter, ns);
	struct ni_view *v = ni_app_top(a);
	if (v->ops->work)
		more |= v->ops->work(v, ns);
	if (a->search && a->search_way) {
		more |= ni_search_work(a->search, ns);
		ni_app_find(a, NULL, 0);
	}
	more |= a->look.v && ni_app_look_work(a);
	const char *problem = ni_model_problem(a->model);
	if (problem && !a->problem_said) {
		a->problem_said = true;
		ni_app_say(a, NI_ROLE_BAD, "%s", problem);
	}
	a->dirty |= more || before != ni_model_version(a->model) + ni_filtering_version(a->filter);
	return more;
}

static void
once_a_second(struct ni_app *a, int64_t now)
{
	uint64_t packets = ni_model_stats(a->model).packets;
	char text[NI_APP_MESSAGE];
	if (now - a->rate_ns < 1000000000)
		return;
	if (a->o.notices && a->o.notices(text, sizeof(text)))
		ni_app_say(a, NI_ROLE_WARN, "%s", text);
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
	struct pollfd p[3] = {{.fd = ni_screen_fd(), .events = POLLIN},
			      {.fd = ni_model_fd(a->model), .events = POLLIN},
			      {.fd = a->o.keeper->fd, .events = POLLIN}};
	int rc = ppoll(p, 3, &t, &usual_signals);
	if (rc > 0) {
		/* A file is always ready, and then ppoll() lets no signal in. */
		sigset_t held;
		sigprocmask(SIG_SETMASK, &usual_signals, &held);
		sigprocmask(SIG_SETMASK, &held, NULL);
	}
	a->dirty |= ni_screen_stop();
	if (rc < 0)
		return errno == EINTR;
	if (p[2].revents)
		ni_starting_hear(a);
	return !(p[0].revents & (POLLHUP | POLLERR | POLLNVAL));
}

/*
 * Take the keys there are, up to one that brings another view up: what was typed ahead is meant for
 * what that will show. False: the terminal says it has some, but never gives any.
 */
static bool
take_keys(struct ni_app *a, unsigned *dead)
{
	struct pollfd p = {.fd = ni_screen_fd(), .events = POLLIN};
	if (a->turns != a->drawn_turns)
		return true;
	uint32_t key = ni_screen_key();
	bool ready = poll(&p, 1, 0) > 0;
	if (key == NI_KEY_NONE) {
		*dead = ready ? *dead + 1 : 0;
		return *dead < DEAD_READS;
	}
	for (*dead = 0; key != NI_KEY_NONE; key = ni_screen_key()) {
		ni_app_key(a, key);
		if (a->quit || a->turns != a->drawn_turns)
			break;
	}
	return true;
}

static void
loop(struct ni_app *a)
{
	int64_t drawn = 0;
	a->pressed = true;
	unsigned dead = 0;
	bool more = work(a, SLICE_NS); /* so that the first picture has rows */
	a->dirty = true;
	while (!a->quit && !end_asked) {
		int64_t now = ni_mono_ns();
		once_a_second(a, now);
		int64_t pause = a->pressed ? DRAW_NS : GOING_NS;
		if (a->dirty && now - drawn >= pause) {
			a->dirty = false;
			a->pressed = !ni_model_stats(a->model).packets;
			ni_app_draw(a);
			drawn = ni_mono_ns();
		}
		int ms = more ? 0 : a->dirty ? (int)((pause - (now - drawn)) / MS) + 1 : IDLE_MS;
		if (!wait(a, ms < 0 ? 0 : ms) || !take_keys(a, &dead))
			break;
		/* A key that was pressed waits for nothing but the picture before. */
		if (!a->pressed || !a->dirty)
			more = work(a, SLICE_NS);
		else if (ni_mono_ns() - drawn < DRAW_NS)
			more = work(a, HURRY_NS);
		else
			more = true; /* the key may have brought some */
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
	for (unsigned i = 0; i < NI_NPROMPTS; i++)
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
	snprintf(a->starting.wish.filter, sizeof(a->starting.wish.filter), "%s",
		 o->capture_filter ? o->capture_filter : "");
	ni_keymap_init(&a->keys);
	for (unsigned i = 0; i < NI_APP_TABS; i++)
		if (ni_app_tabs[i])
			a->columns[i] = ni_columns_all(ni_app_tabs[i]->ncolumns);
	catch_signals();
	rc = ni_screen_open(o->ascii, o->color, o->mouse, err);
	if (!rc) {
		ni_app_config(a);
		if (o->filter)
			ni_filtering_set(a->filter, o->filter, &(struct ni_filter_error){.at = 0});
		a->home = o->picks ? NI_ACT_VIEW_6 - NI_ACT_VIEW_1 : 0;
		ni_app_tab(a, a->home);
		if (o->settings) {
			ni_app_settings(a, o->settings);
			a->time = o->time; /* a key may have changed it since */
		}
		if (a->tabs[a->home] && o->absolute)
			ni_app_act(a, NI_ACT_SEQUENCE);
		if (a->tabs[a->home])
			loop(a);
		ni_screen_close();
		ni_keeper_tell(o->keeper->fd, NI_KEEPER_LEFT);
	}
	close_views(a);
	free(a);
	return rc;
}
