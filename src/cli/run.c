/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run; see run.h. The order matters: open all, drop all rights, only then look. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "decode_as.h"
#include "display_filter.h"
#include "export.h"
#include "i18n.h"
#include "limits.h"
#include "netinspect/finals.h"
#include "outfile.h"
#include "outputs.h"
#include "privilege.h"
#include "source.h"
#include "view.h"
#include "writer.h"

struct run {
	struct ni_cli *cli;
	struct ni_source *source;
	struct ni_source *ahead;    /* the same file for the first of two passes, or NULL */
	struct ni_writer *writer;   /* NULL: nothing is written */
	struct ni_session *session; /* NULL: nothing is shown */
	struct ni_finals *finals;   /* NULL: conn.* mean the state so far */
	struct ni_export objects;
	struct ni_out out;
	struct ni_outfile html_file; /* of --html; zeroed: none */
	struct ni_out html;
	struct ni_report_input about; /* for the report's first lines */
	struct ni_source_info info;
	struct ni_user user; /* who we work for */
	struct ni_limits limits;
	struct ni_progress progress; /* of a run without a writer, which counts for itself */
	bool begun;
	bool finals_asked; /* by the display filter */
	char problem[512];
};

/* What signals left behind; the loop looks at it. */
static volatile sig_atomic_t stop_asked, stats_asked;
static struct ni_source *signal_source;

static void
on_stop(int sig)
{
	(void)sig;
	stop_asked = stop_asked + 1;
	if (stop_asked > 2)
		_exit(1);
	if (signal_source)
		ni_source_break(signal_source);
}

static void
on_stats(int sig)
{
	(void)sig;
	stats_asked = 1;
}

static void
catch_signals(struct run *r)
{
	struct sigaction sa = {.sa_handler = on_stop};
	signal_source = r->source;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sa.sa_handler = on_stats;
	sigaction(SIGUSR1, &sa, NULL);
}

static int64_t
clock_ns(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
notice(void *ctx, const struct ni_err *what)
{
	(void)ctx;
	fprintf(stderr, "netinspect: %s\n", what->what);
	if (what->hint[0])
		fprintf(stderr, "  %s\n", what->hint);
}

struct ni_live_options
ni_run_live(const struct ni_cli *c)
{
	static const char *const first_iface[] = {"1"};
	return (struct ni_live_options){
	    .ifaces = c->ifaces.n ? c->ifaces.v : first_iface,
	    .n_ifaces = c->ifaces.n ? c->ifaces.n : 1,
	    .filter = c->filter,
	    .linktype = c->linktype,
	    .snaplen = c->snaplen,
	    .buffer_mib = c->buffer_mib,
	    .no_promisc = c->no_promisc,
	};
}

int
ni_run_source(const struct ni_cli *c, struct ni_source **source, struct ni_err *err)
{
	if (c->read_file) {
		struct ni_file_options o = {
		    .path = c->read_file, .filter = c->filter, .follow = c->follow};
		return ni_source_open_file(source, &o, err);
	}
	struct ni_live_options o = ni_run_live(c);
	o.notice = notice;
	return ni_source_open_live(source, &o, err);
}

static int
parse_limits(struct run *r, struct ni_err *err)
{
	const struct ni_cli *c = r->cli;
	int rc = NI_SUCCESS;
	for (size_t i = 0; i < c->autostop.n && !rc; i++)
		rc = ni_limits_autostop(&r->limits, c->autostop.v[i], err);
	for (size_t i = 0; i < c->ring.n && !rc; i++)
		rc = ni_limits_ring(&r->limits, c->ring.v[i], err);
	return rc ? rc : ni_limits_check(&r->limits, c->write_file, err);
}

static int
open_writer(struct run *r, struct ni_err *err)
{
	const struct ni_cli *c = r->cli;
	struct ni_writer_options o = {
	    .path = c->write_file,
	    .input = r->source,
	    .limits = &r->limits,
	    .capture_time = !r->info.live,
	    .owner = &r->user,
	};
	int rc =
	    c->write_format ? ni_writer_format_parse(c->write_format, &o.format, err) : NI_SUCCESS;
	return rc || !c->write_file ? rc : ni_writer_open(&r->writer, &o, err);
}

static int
open_html(struct run *r, struct ni_err *err)
{
	const struct ni_cli *c = r->cli;
	struct ni_outfile_place at = {
	    .dir = AT_FDCWD,
	    .base = c->html,
	    .name = c->html,
	    .owner = &r->user,
	    .input_dev = r->info.dev,
	    .input_ino = r->info.ino,
	};
	return c->html ? ni_outfile_open(&r->html_file, &at, err) : NI_SUCCESS;
}

/* Everything is open: from here on packets are looked at, by a process that may do nothing else. */
static int
drop_rights(struct run *r, struct ni_err *err)
{
	struct ni_err note = {.what = "", .hint = ""};
	bool later = (r->writer && r->limits.several) || r->objects.opts.dir >= 0;
	int rc = ni_privilege_drop(&r->user, later, &note, err);
	if (!rc && note.what[0])
		notice(NULL, &note);
	if (!rc && r->writer)
		rc = ni_writer_check_ring(r->writer, err);
	struct ni_sandbox s = {.files = later, .devices = r->info.devices, .line = -1};
	if (!rc && ni_run_sandbox(r->cli, &s, &note))
		notice(NULL, &note);
	return rc;
}

bool
ni_run_sandbox(const struct ni_cli *c, struct ni_sandbox *s, struct ni_err *note)
{
	note->what[0] = '\0';
	s->patterns = c->display_filter || c->fields.n;
	if (!c->no_sandbox)
		ni_sandbox_enter(s, note);
	return note->what[0];
}

struct ni_session *
ni_run_session(const struct ni_cli *c, const struct ni_session_opts *o, struct ni_err *err)
{
	struct ni_session_opts opts = *o;
	opts.check_checksums = c->check_checksums;
	opts.absolute_seq |= c->absolute_seq;
	struct ni_session *s = ni_session_new(&opts, err);
	int rc = s ? NI_SUCCESS : NI_ERR_RUN;
	for (size_t i = 0; i < c->decode_as.n && !rc; i++)
		rc = ni_decode_as(ni_session_registry(s), c->decode_as.v[i], err);
	if (rc)
		ni_session_free(&s);
	return s;
}

static int
open_session(struct run *r, struct ni_err *err)
{
	const struct ni_cli *c = r->cli;
	struct ni_session_opts opts = {.finals = r->finals, .spares = NI_NEED_ALL};
	r->session = ni_run_session(r->cli, &opts, err);
	if (!r->session)
		return NI_ERR_INPUT;
	int rc = NI_SUCCESS;
	if (c->display_filter) {
		struct ni_filter *f =
		    ni_display_filter(ni_session_registry(r->session), c->display_filter, "-Y");
		rc = f ? ni_session_set_filter(r->session, f, err) : NI_ERR_INPUT;
	}
	if (rc || !ni_outputs_asked(c))
		return rc;
	rc = ni_outputs_open(&r->out, r->cli, r->session, &r->about, err);
	if (!rc && c->html)
		rc = ni_outputs_open_html(&r->html, r->html_file.fd, c, r->session, &r->about, err);
	return rc ? rc : ni_export_add(&r->objects, r->session, err);
}

static void
print_stats(struct run *r)
{
	struct ni_source_stats st;
	if (!r->info.live)
		return;
	ni_source_stats(r->source, &st);
	fprintf(stderr,
		_("%llu packets captured\n%llu packets received by filter\n"
		  "%llu packets dropped by kernel\n%llu packets dropped by interface\n"),
		(unsigned long long)st.captured, (unsigned long long)st.received,
		(unsigned long long)st.dropped, (unsigned long long)st.if_dropped);
}

static void
describe(struct run *r)
{
	struct ni_source_stats st;
	const struct ni_source_iface *i = ni_source_iface(r->source, 0);
	ni_source_info(r->source, &r->info);
	ni_source_stats(r->source, &st);
	r->about = (struct ni_report_input){
	    .name = r->info.name,
	    .format = r->info.format,
	    .filter = r->cli->filter,
	    .live = r->info.live,
	    .snaplen = i ? i->snaplen : 0,
	    .have_stats = r->info.live,
	    .received = st.received,
	    .dropped_kernel = st.dropped,
	    .dropped_interface = st.if_dropped,
	    .problem = r->problem[0] ? r->problem : NULL,
	};
}

/* Whether -a says stop in a run that writes no file; 1 if so. */
static int
over_by_itself(struct run *r, const struct ni_frame *f)
{
	struct ni_now now = r->info.live || !f ? ni_now() : (struct ni_now){f->ts_ns, f->ts_ns};
	if (!r->begun)
		ni_progress_start(&r->progress, now);
	r->begun = true;
	return ni_limits_by_time(&r->limits, &r->progress, now) == NI_DUE_STOP;
}

/* Nothing came for a moment: show what there is, and let timeouts happen. */
static int
idle(struct run *r, struct ni_err *err)
{
	if (r->session) {
		ni_session_tick(r->session, clock_ns(CLOCK_REALTIME));
		ni_out_flush(&r->out, NULL);
	}
	if (!r->writer)
		return r->info.live ? over_by_itself(r, NULL) : NI_WRITER_GO;
	int rc = ni_writer_flush(r->writer, err);
	return rc ? rc : ni_writer_tick(r->writer, err);
}

static int
take(struct run *r, const struct ni_frame *f, struct ni_err *err)
{
	int rc = NI_WRITER_GO;
	if (!r->writer && over_by_itself(r, f))
		return NI_WRITER_STOP;
	if (r->session)
		ni_session_frame(r->session, f);
	if (r->writer && (!r->session || ni_session_passed(r->session)))
		rc = ni_writer_put(r->writer, f, err);
	r->progress.packets++;
	if (rc == NI_WRITER_GO && !r->writer && r->limits.stop_packets &&
	    r->progress.packets >= r->limits.stop_packets)
		return NI_WRITER_STOP;
	return rc;
}

static bool
is_over(struct run *r)
{
	if (r->cli->count && r->progress.packets >= r->cli->count)
		return true;
	return r->session && r->out.error;
}

/* Move frames until the source ends or something says stop. */
static int
loop(struct run *r, struct ni_err *err)
{
	struct ni_frame f;
	int rc = NI_WRITER_GO;
	while (rc == NI_WRITER_GO && !is_over(r)) {
		int got = ni_source_next(r->source, &f, err);
		if (stats_asked) {
			stats_asked = 0;
			print_stats(r);
		}
		if (got < 0)
			return got;
		if (got == NI_SOURCE_END)
			break;
		rc = got == NI_SOURCE_FRAME ? take(r, &f, err) : idle(r, err);
	}
	return rc < 0 ? rc : NI_SUCCESS;
}

/* A reader of -w - that has seen enough is no fault: *@rc becomes success. */
static int
close_writer(struct run *r, int *rc, struct ni_err *err)
{
	struct ni_writer_stats st;
	if (!r->writer)
		return NI_SUCCESS;
	ni_writer_stats(r->writer, &st);
	if (st.lost_comments)
		fprintf(stderr,
			_("netinspect: %s: %llu packet comments are lost, pcap has no place for "
			  "them\n"),
			st.path ? st.path : "output", (unsigned long long)st.lost_comments);
	if (st.hung_up)
		*rc = NI_SUCCESS;
	int closed = ni_writer_close(&r->writer, err);
	return st.hung_up ? NI_SUCCESS : closed;
}

/* What the display filter could not look at. */
static void
say_limits(const struct run *r)
{
	struct ni_session_drops d = ni_session_drops(r->session);
	if (d.filter_patterns)
		fprintf(stderr,
			_("netinspect: -Y: a regular expression was stopped %llu times, which "
			  "counts as no match\n"),
			(unsigned long long)d.filter_patterns);
	if (d.filter_values)
		fprintf(stderr, _("netinspect: -Y: %llu values were too many to look at\n"),
			(unsigned long long)d.filter_values);
}

/* A fault while frames were moved must not keep what was whole from being shown. */
static int
finish(struct run *r, int rc, struct ni_err *err)
{
	struct ni_err later = {.what = "", .hint = ""};
	int end = NI_SUCCESS;
	if (rc)
		memcpy(r->problem, err->what, sizeof(r->problem));
	describe(r);
	if (r->session)
		end = ni_session_end(r->session, &later);
	if (r->session)
		say_limits(r);
	if (r->session && r->out.error == EPIPE)
		end = NI_SUCCESS;
	int closed = close_writer(r, &rc, end ? NULL : &later);
	end = end ? end : closed;
	print_stats(r);
	ni_export_sum_up(&r->objects);
	if (!rc && end)
		*err = later;
	return rc ? rc : end;
}

/* The first of two passes: how every conversation of the file ends. */
static int
look_ahead(struct run *r, struct ni_err *err)
{
	enum { MAX_CONNS = 50000 };
	struct ni_frame f;
	int got;
	r->finals = ni_finals_new(MAX_CONNS);
	r->session = r->finals ? ni_session_new(NULL, err) : NULL;
	struct ni_sink *sink = r->session ? ni_finals_sink(r->finals) : NULL;
	if (!sink || ni_session_add(r->session, sink, err))
		return ni_fail(err, NI_ERR_RUN, _("%s: no memory"), r->cli->read_file);
	/* What is wrong with the file is told in the second pass. */
	while (!stop_asked && (got = ni_source_next(r->ahead, &f, NULL)) >= 0 &&
	       got != NI_SOURCE_END)
		if (got == NI_SOURCE_FRAME)
			ni_session_frame(r->session, &f);
	ni_session_end(r->session, err);
	ni_session_free(&r->session);
	ni_source_close(&r->ahead);
	if (ni_finals_missed(r->finals))
		fprintf(stderr, _("netinspect: of %llu conversations conn.* is the state so far\n"),
			(unsigned long long)ni_finals_missed(r->finals));
	return NI_SUCCESS;
}

/* On a file conn.* fields mean the final state, which takes two passes; a pipe has but one. */
static bool
needs_look_ahead(const struct run *r)
{
	struct stat st;
	if (r->info.live || r->cli->follow || stat(r->cli->read_file, &st) || !S_ISREG(st.st_mode))
		return false;
	if (r->finals_asked)
		return true;
	for (size_t i = 0; i < r->cli->fields.n; i++)
		if (ni_filter_is_final(r->cli->fields.v[i]))
			return true;
	return false;
}

/* Before anything is opened: a wrong filter must not cost a file that -w would overwrite. */
static int
check_display_filter(struct run *r, struct ni_err *err)
{
	const char *text = r->cli->display_filter;
	return text ? ni_display_filter_check(text, "-Y", &r->finals_asked, err) : NI_SUCCESS;
}

static bool
needs_session(const struct run *r)
{
	return ni_outputs_asked(r->cli) || r->cli->display_filter;
}

static int
open_all(struct run *r, struct ni_err *err)
{
	int rc = parse_limits(r, err);
	if (!rc)
		rc = ni_user_find(&r->user, r->cli->user, err);
	if (!rc)
		rc = check_display_filter(r, err);
	if (!rc)
		rc = ni_run_source(r->cli, &r->source, err);
	if (rc == NI_ERR_INPUT && r->cli->filter && !r->source)
		ni_display_filter_instead(r->cli->filter, err);
	if (rc)
		return rc;
	ni_source_info(r->source, &r->info);
	if (needs_session(r) && needs_look_ahead(r))
		rc = ni_run_source(r->cli, &r->ahead, err);
	if (!rc)
		rc = open_writer(r, err);
	if (!rc && r->cli->export_objects)
		rc = ni_export_open(&r->objects, r->cli->export_objects, &r->user, err);
	if (!rc)
		rc = open_html(r, err);
	if (!rc)
		rc = drop_rights(r, err);
	catch_signals(r);
	if (!rc && r->ahead)
		rc = look_ahead(r, err);
	if (!rc && needs_session(r))
		rc = open_session(r, err);
	return rc;
}

int
ni_run(struct ni_cli *cli, struct ni_err *err)
{
	static struct run r = {.objects = {.opts = {.dir = -1}}};
	r.cli = cli;
	int rc = open_all(&r, err);
	if (rc == NI_SUCCESS) {
		describe(&r);
		if (r.info.live && !cli->quiet)
			fprintf(stderr, _("Capturing on %s\n"), r.info.name);
		rc = loop(&r, err);
		rc = finish(&r, rc, err);
	}
	signal_source = NULL;
	ni_writer_close(&r.writer, NULL);
	ni_session_free(&r.session);
	ni_finals_free(&r.finals);
	ni_export_close(&r.objects);
	ni_out_free(&r.out);
	ni_out_free(&r.html);
	ni_outfile_close(&r.html_file, NULL);
	ni_source_close(&r.ahead);
	ni_source_close(&r.source);
	return rc;
}
