/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the command line to the terminal view: open all, drop all rights, only then look. */
#include "config.h"

#include "view.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "bpf.h"
#include "display_filter.h"
#include "i18n.h"
#include "netinspect/buf.h"
#include "outputs.h"
#include "privilege.h"
#include "run.h"

#ifdef HAVE_CURSES

#include "app.h"
#include "keeping.h"
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

/* As ni_live_options.notice, from whatever thread. */
static void
take_notice(void *ctx, const struct ni_err *what)
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
	struct ni_user user;
	bool picks; /* nothing is captured before somebody chooses an interface */
	bool wished;
	uint32_t wrong_at; /* byte of the capture filter, from 1; 0: it is not that */
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

/* What another view wishes for instead of what the command line says. */
static void
take_wish(struct view *v, const struct ni_wish *w)
{
	struct ni_cli *c = v->cli;
	for (c->ifaces.n = 0; c->ifaces.n < w->n; c->ifaces.n++)
		c->ifaces.v[c->ifaces.n] = w->iface[c->ifaces.n];
	c->filter = w->filter[0] ? w->filter : NULL;
	c->display_filter = w->display[0] ? w->display : NULL;
	c->time = (enum ni_time_format)w->time;
	c->absolute_seq = w->absolute;
	c->read_file = c->linktype = NULL;
	v->picks = false;
	v->wished = true;
}

static int
open_source(struct view *v, struct ni_err *err)
{
	struct ni_live_options o;
	if (v->picks)
		return ni_source_open_none(&v->source, _("no capture yet"), err);
	if (v->cli->read_file)
		return ni_run_source(v->cli, &v->source, err);
	o = ni_run_live(v->cli);
	o.notice = take_notice;
	o.filter_later = true;
	o.not_asked = v->wished;
	return ni_source_open_live(&v->source, &o, err);
}

/* libpcap reads the filter with no more rights than the one who typed it. */
static int
filter_source(struct view *v, struct ni_err *err)
{
	const char *filter = v->cli->filter;
	int rc = ni_source_live_filter(v->source, filter, err);
	if (rc == NI_ERR_INPUT) {
		int place = ni_bpf_locate(filter, ni_source_iface(v->source, 0)->linktype);
		v->wrong_at = (uint32_t)(place < 0 ? strlen(filter) : (size_t)place) + 1;
		if (ni_display_filter_instead(filter, err) && v->wished)
			ni_hint(err, "%s", _("this is a display filter; f takes those"));
	}
	return rc;
}

/* Rights are given up, and whoever keeps some must not leave this process behind. */
static int
drop(struct view *v, const struct ni_keeper *line, struct ni_err *err)
{
	struct ni_err note = {.what = "", .hint = ""};
	int rc = ni_privilege_drop(&v->user, false, &note, err);
	if (!rc && (prctl(PR_SET_PDEATHSIG, SIGHUP) < 0 || getppid() != line->pid))
		rc = ni_fail(err, NI_ERR_RUN, _("view: its keeper has ended"));
	return rc;
}

static int
open_all(struct view *v, const struct ni_keeper *line, struct ni_err *err)
{
	struct ni_model_opts o = {.session = make_session, .ctx = v, .count = v->cli->count};
	int rc = open_source(v, err);
	if (rc)
		return rc;
	o.source = v->source;
	o.memory = v->cli->memory;
	o.spool = v->cli->spool;
	rc = ni_model_new(&v->model, &o, err);
	if (!rc && !(v->tables = ni_tables_new(v->model)))
		rc = ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	if (!rc)
		rc = drop(v, line, err);
	if (!rc && !v->picks && !v->cli->read_file)
		rc = filter_source(v, err);
	struct ni_source_info info;
	ni_source_info(v->source, &info);
	struct ni_sandbox s = {
	    .files = true, .view = true, .devices = info.devices, .line = line->fd};
	struct ni_err note;
	if (!rc && ni_run_sandbox(v->cli, &s, &note))
		take_notice(NULL, &note);
	return rc ? rc : ni_model_start(v->model, err);
}

/* Tell the view that has the screen how it went, and wait until it has gone. */
static int
take_turn(const struct view *v, const struct ni_keeper *line, int rc, struct ni_err *err)
{
	struct ni_keeper_msg m;
	memset(&m, 0, sizeof(m));
	m.kind = rc ? NI_KEEPER_FAILED : NI_KEEPER_READY;
	m.rc = rc;
	m.at = v->wrong_at;
	if (rc)
		m.err = *err;
	bool told = ni_keeper_send(line->fd, &m);
	err->what[0] = '\0'; /* the other view says it */
	if (rc || !told || ni_keeper_take(line->fd, &m, true) <= 0 || m.kind != NI_KEEPER_GO)
		return rc ? rc : NI_ERR_RUN;
	return NI_SUCCESS;
}

/* One view, in a process of its own. */
static int
view_main(void *ctx, const struct ni_wish *wish, struct ni_keeper *line, struct ni_err *err)
{
	struct view *v = ctx;
	const struct ni_cli *c = v->cli;
	if (wish)
		take_wish(v, wish);
	int rc = open_all(v, line, err);
	if (wish)
		rc = take_turn(v, line, rc, err);
	if (!rc) {
		struct ni_app_opts o = {
		    .model = v->model,
		    .tables = v->tables,
		    .capture_filter = c->filter,
		    .filter = c->display_filter,
		    .ascii = c->ascii,
		    .mouse = !c->no_mouse,
		    .color = ni_outputs_color(c),
		    .absolute = wish && c->absolute_seq,
		    .time = c->time,
		    .notices = take_notices,
		    .keeper = line,
		    .picks = v->picks,
		    .settings = wish ? wish->settings : NULL,
		};
		rc = ni_app_run(&o, err);
	}
	ni_model_free(&v->model);
	ni_tables_free(&v->tables);
	ni_source_close(&v->source);
	return rc;
}

/* For the keeper of rights, when it has to do with the terminal. */
static void
drop_late(void *ctx)
{
	struct view *v = ctx;
	struct ni_err note;
	struct ni_err err;
	if (ni_privilege_drop(&v->user, false, &note, &err))
		_exit(1);
}

int
ni_view_run(struct ni_cli *c, struct ni_err *err)
{
	static struct view v;
	bool finals;
	v.cli = c;
	if (c->write_file) {
		ni_fail(err, NI_ERR_INPUT, _("--tui and -w: one or the other"));
		ni_hint(err, _("in the view, w writes the packets that are shown to a file"));
		return NI_ERR_INPUT;
	}
	int rc = ni_user_find(&v.user, c->user, err);
	if (!rc && c->display_filter)
		rc = ni_display_filter_check(c->display_filter, "-Y", &finals, err);
	/* Who may not capture is told so, and how that can be had. */
	v.picks = !c->read_file && !c->ifaces.n && ni_live_allowed();
	return rc ? rc : ni_keeping_run(view_main, drop_late, &v, err);
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
		ni_keymap_keys(&b, &k, r->act, 0, 6);
		fputs(".TP\n\\fB", f);
		roff(f, ni_buf_z(&b));
		fprintf(f, "\\fR\n\\&%s.\n", r->help);
	}
}

#else

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
