/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Beginning a capture from within the view: what the user wants, and what the keeper answers. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "i18n.h"

void
ni_starting_names(const struct ni_wish *w, struct ni_buf *b)
{
	for (uint32_t i = 0; i < w->n; i++) {
		if (i)
			ni_buf_str(b, ", ");
		ni_buf_escape(b, (const uint8_t *)w->iface[i], strlen(w->iface[i]));
	}
}

/* Whether it may begin: not while another one does, and packets are not lost without a word. */
static bool
may_begin(struct ni_app *a)
{
	struct ni_starting *s = &a->starting;
	if (s->opening) {
		ni_app_say(a, NI_ROLE_WARN, "%s", _("another capture is being opened"));
		return false;
	}
	if (!ni_app_unsaved(a) || s->asked)
		return true;
	s->asked = true;
	ni_app_say(a, NI_ROLE_WARN, "%s",
		   _("the packets are not saved: once more to let them go, w to write them"));
	return false;
}

static void
prompt(struct ni_app *a, const char *filter)
{
	char names[256];
	struct ni_buf b = ni_buf(names, sizeof(names));
	ni_starting_names(&a->starting.wish, &b);
	ni_app_ask(a, NI_PROMPT_CAPTURE, filter);
	ni_app_say(a, NI_ROLE_NOTE,
		   _("Enter captures on %s; for example: tcp port 80 and host 10.0.0.1"),
		   ni_buf_z(&b));
}

void
ni_starting_ask(struct ni_app *a)
{
	if (may_begin(a))
		prompt(a, a->starting.wish.filter);
}

void
ni_starting_go(struct ni_app *a)
{
	struct ni_starting *s = &a->starting;
	struct ni_keeper_msg m;
	const char *display = ni_filtering_text(a->filter);
	if (!may_begin(a))
		return;
	memset(&m, 0, sizeof(m));
	m.kind = NI_KEEPER_START;
	if (strlen(display) < sizeof(s->wish.display))
		snprintf(s->wish.display, sizeof(s->wish.display), "%s", display);
	memcpy(s->wish.settings, a->settings, sizeof(s->wish.settings));
	s->wish.time = (uint32_t)a->time;
	s->wish.absolute = a->absolute;
	m.wish = s->wish;
	s->asked = false;
	s->opening = ni_keeper_send(a->o.keeper->fd, &m);
	if (!s->opening) {
		ni_app_say(a, NI_ROLE_BAD, "%s", _("the process that could capture has ended"));
		return;
	}
	char names[256];
	struct ni_buf b = ni_buf(names, sizeof(names));
	ni_starting_names(&s->wish, &b);
	ni_app_say(a, NI_ROLE_NOTE, _("opening %s …"), ni_buf_z(&b));
}

void
ni_starting_entered(struct ni_app *a, const char *filter)
{
	snprintf(a->starting.wish.filter, sizeof(a->starting.wish.filter), "%s", filter);
	a->starting.asked = true; /* before the prompt */
	ni_starting_go(a);
}

void
ni_starting_command(struct ni_app *a, const char *arg)
{
	struct ni_wish *w = &a->starting.wish;
	size_t names = strcspn(arg, " ");
	const char *filter = arg + names + strspn(arg + names, " ");
	if (!names) {
		ni_app_tab(a, NI_ACT_VIEW_6 - NI_ACT_VIEW_1);
		return;
	}
	w->n = 0;
	for (const char *s = arg; s < arg + names && w->n < NI_WISH_IFACES;) {
		size_t n = strcspn(s, ", ");
		if (n)
			snprintf(w->iface[w->n++], NI_WISH_NAME, "%.*s", (int)n, s);
		s += n + (s[n] == ',');
	}
	snprintf(w->filter, sizeof(w->filter), "%s", filter);
	if (w->n)
		ni_starting_go(a);
}

void
ni_starting_list(struct ni_app *a)
{
	if (!a->starting.listing)
		a->starting.listing = ni_keeper_tell(a->o.keeper->fd, NI_KEEPER_LIST);
}

/* Nothing has happened to the capture that runs. What was typed can be mended where it is wrong. */
static void
refused(struct ni_app *a, const struct ni_err *err, size_t at)
{
	struct ni_starting *s = &a->starting;
	bool idle = !a->asking || a->asking == NI_PROMPT_CAPTURE;
	s->opening = false;
	if (at && idle) {
		ni_app_ask(a, NI_PROMPT_CAPTURE, s->wish.filter);
		a->caret_at = at - 1 < a->prompt.len ? at - 1 : a->prompt.len;
		a->caret_len = strcspn(a->prompt.text + a->caret_at, " \t()");
		a->caret_len += !a->caret_len;
		a->prompt.at = a->caret_at;
	}
	ni_app_say(a, NI_ROLE_BAD, err->hint[0] ? "%s: %s" : "%s%s", err->what, err->hint);
}

void
ni_starting_hear(struct ni_app *a)
{
	struct ni_keeper_msg m;
	int got = ni_keeper_take(a->o.keeper->fd, &m, false);
	if (got < 0 || (got > 0 && m.kind == NI_KEEPER_LEAVE))
		a->quit = true;
	if (got <= 0)
		return;
	if (m.kind == NI_KEEPER_REFUSED)
		refused(a, &m.err, m.at);
	if (m.kind == NI_KEEPER_LISTED) {
		a->starting.listing = false;
		a->starting.lists++;
	}
	a->dirty = true;
}
