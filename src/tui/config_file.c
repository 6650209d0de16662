/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ~/.config/netinspect/config: a setting a line, # begins a comment.
 *
 *   theme dark|light|mono
 *   color ROLE FOREGROUND [BACKGROUND] [bold]
 *   key KEY ACTION
 *   columns VIEW NAME,NAME …
 *   time relative|delta|clock|date|utc|epoch
 *   layout auto|beside|below
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "i18n.h"

enum { LINE = 256, WORDS = 5 };

static int
color(const char *name)
{
	static const char *const names[] = {"black", "red",     "green", "yellow",
					    "blue",  "magenta", "cyan",  "white"};
	char *end;
	if (!name || !strcmp(name, "default"))
		return -1;
	for (int i = 0; i < 8; i++)
		if (!strcmp(names[i], name))
			return i;
	long v = strtol(name, &end, 10);
	return *end || v < 0 || v > 255 ? -2 : (int)v;
}

static int
set_color(char *const *w, int n, struct ni_err *err)
{
	bool bold = n > 2 && !strcmp(w[n - 1], "bold");
	int colors = n - 2 - bold;
	int fg = color(colors > 0 ? w[2] : NULL);
	int bg = color(colors > 1 ? w[3] : NULL);
	if (n < 2 || fg == -2 || bg == -2) {
		ni_fail(err, NI_ERR_INPUT, "%s", _("color: ROLE FOREGROUND [BACKGROUND] [bold]"));
		return NI_ERR_INPUT;
	}
	if (!ni_screen_color(w[1], fg, bg, bold))
		return ni_fail(err, NI_ERR_INPUT, _("color: %s is no role"), w[1]);
	return NI_SUCCESS;
}

static int
set(struct ni_app *a, char *const *w, int n, struct ni_err *err)
{
	char line[LINE];
	if (!strcmp(w[0], "key"))
		return n == 3 ? ni_keymap_set(&a->keys, w[1], w[2], err)
			      : ni_fail(err, NI_ERR_INPUT, "%s", _("key: KEY ACTION"));
	if (!strcmp(w[0], "color"))
		return set_color(w, n, err);
	if (n != 2 + !strcmp(w[0], "columns"))
		return ni_fail(err, NI_ERR_INPUT, n < 2 ? _("%s: what?") : _("%s: too many words"),
			       w[0]);
	snprintf(line, sizeof(line), "set %s %s %s", w[0], w[1], n > 2 ? w[2] : "");
	line[strlen(line) - (n == 2)] = '\0';
	a->message[0] = '\0';
	ni_app_command(a, line);
	return a->message[0] ? ni_fail(err, NI_ERR_INPUT, "%s", a->message) : NI_SUCCESS;
}

static FILE *
open_file(char *path, size_t n)
{
	const char *dir = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	if (dir && *dir)
		snprintf(path, n, "%s/netinspect/config", dir);
	else
		snprintf(path, n, "%s/.config/netinspect/config", home ? home : "");
	return fopen(path, "re");
}

void
ni_app_config(struct ni_app *a)
{
	char path[4096];
	char line[LINE];
	char bad[NI_APP_MESSAGE] = "";
	FILE *f = open_file(path, sizeof(path));
	for (int number = 1; f && fgets(line, sizeof(line), f); number++) {
		struct ni_err err = {.what = "", .hint = ""};
		char *w[WORDS];
		char *save = NULL;
		int n = 0;
		for (char *s = strtok_r(line, " \t\n", &save); s && n < WORDS && (n || *s != '#');
		     s = strtok_r(NULL, " \t\n", &save))
			w[n++] = s;
		if (n && set(a, w, n, &err) && !*bad)
			snprintf(bad, sizeof(bad), _("line %d of the configuration: %.400s"),
				 number, err.what);
	}
	if (f)
		fclose(f);
	a->message[0] = '\0';
	if (*bad)
		ni_app_say(a, NI_ROLE_BAD, "%s", bad);
}
