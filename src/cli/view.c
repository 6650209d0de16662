/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the command line to the terminal view: open all, drop all rights, only then look. */
#include "config.h"

#include "view.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "display_filter.h"
#include "netinspect/buf.h"
#include "outputs.h"
#include "privilege.h"
#include "run.h"

#ifdef HAVE_CURSES

#include "app.h"
#include "i18n.h"
#include "tables.h"

bool
ni_view_asked(const struct ni_cli *c)
{
	const char *term = getenv("TERM");
	bool other = c->write_file || c->format != NI_FORMAT_DEFAULT || c->tree || c->hex ||
		     c->quiet || c->explain || c->stats.n || c->line_buffered;
	bool dumb = !term || !*term || !strcmp(term, "dumb");
	return c->tui || (!other && !dumb && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
}

/* What the capture thread has to say, until the view has read it. */
static struct {
	pthread_mutex_t lock;
	char text[1024];
} notices = {.lock = PTHREAD_MUTEX_INITIALIZER};

void
ni_view_notice(void *ctx, const struct ni_err *what)
{
	(void)ctx;
	pthread_mutex_lock(&notices.lock);
	struct ni_buf b = ni_buf(notices.text, sizeof(notices.text));
	b.len = strlen(notices.text);
	if (b.len)
		ni_buf_str(&b, "; ");
	ni_buf_str(&b, what->what);
	if (what->hint[0])
		ni_buf_fmt(&b, ": %s", what->hint);
	ni_buf_z(&b);
	pthread_mutex_unlock(&notices.lock);
}

static bool
take_notices(char *text, size_t n)
{
	pthread_mutex_lock(&notices.lock);
	snprintf(text, n, "%s", notices.text);
	notices.text[0] = '\0';
	pthread_mutex_unlock(&notices.lock);
	return *text;
}

struct view {
	struct ni_cli *cli;
	struct ni_source *source;
	struct ni_model *model;
	struct ni_tables *tables;
};

static struct ni_session *
make_session(void *ctx, const struct ni_session_opts *o, struct ni_err *err)
{
	const struct view *v = ctx;
	return ni_run_session(v->cli, o, err);
}

static int
open_all(struct view *v, struct ni_err *err)
{
	struct ni_user user;
	struct ni_err note = {.what = "", .hint = ""};
	struct ni_model_opts o = {.session = make_session, .ctx = v, .count = v->cli->count};
	int rc = ni_user_find(&user, v->cli->user, err);
	bool finals;
	if (!rc && v->cli->display_filter)
		rc = ni_display_filter_check(v->cli->display_filter, "-Y", &finals, err);
	if (!rc)
		rc = ni_run_source(v->cli, &v->source, err);
	if (rc)
		return rc;
	o.source = v->source;
	o.memory = v->cli->memory;
	o.spool = v->cli->spool;
	rc = ni_model_new(&v->model, &o, err);
	if (!rc && !(v->tables = ni_tables_new(v->model)))
		rc = ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	if (!rc)
		rc = ni_privilege_drop(&user, false, &note, err);
	return rc ? rc : ni_model_start(v->model, err);
}

int
ni_view_run(struct ni_cli *c, struct ni_err *err)
{
	struct view v = {.cli = c};
	if (c->write_file) {
		ni_fail(err, NI_ERR_INPUT, _("--tui and -w: one or the other"));
		ni_hint(err, _("in the view, w writes the packets that are shown to a file"));
		return NI_ERR_INPUT;
	}
	int rc = open_all(&v, err);
	if (!rc) {
		struct ni_app_opts o = {
		    .model = v.model,
		    .tables = v.tables,
		    .capture_filter = c->filter,
		    .filter = c->display_filter,
		    .ascii = c->ascii,
		    .mouse = !c->no_mouse,
		    .color = ni_outputs_color(c),
		    .time = c->time,
		    .notices = take_notices,
		};
		rc = ni_app_run(&o, err);
	}
	ni_model_free(&v.model);
	ni_tables_free(&v.tables);
	ni_source_close(&v.source);
	return rc;
}

static void
roff(FILE *f, const char *s)
{
	for (; *s; s++) {
		if (*s == '\'')
			fputs("\\(aq", f);
		else if (*s == '^')
			fputs("\\(ha", f);
		else if (*s == '-')
			fputs("\\-", f);
		else
			fputc(*s, f);
	}
}

void
ni_view_man(FILE *f)
{
	struct ni_keymap k;
	ni_keymap_init(&k);
	for (const struct ni_key_row *r = ni_keys_table(); r->name; r++) {
		char keys[64];
		struct ni_buf b = ni_buf(keys, sizeof(keys));
		if (!r->help)
			continue;
		ni_keymap_keys(&b, &k, r->act, 6);
		fputs(".TP\n\\fB", f);
		roff(f, ni_buf_z(&b));
		fprintf(f, "\\fR\n\\&%s.\n", r->help);
	}
}

#else

void
ni_view_notice(void *ctx, const struct ni_err *what)
{
	(void)ctx;
	(void)what;
}

bool
ni_view_asked(const struct ni_cli *c)
{
	return c->tui;
}

int
ni_view_run(struct ni_cli *c, struct ni_err *err)
{
	(void)c;
	ni_fail(err, NI_ERR_INPUT, _("--tui: this netinspect was built without the terminal view"));
	ni_hint(err, _("ncursesw was missing; -T text prints a line a packet"));
	return NI_ERR_INPUT;
}

void
ni_view_man(FILE *f)
{
	fputs("This netinspect was built without the terminal view.\n", f);
}

#endif
