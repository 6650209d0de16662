/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two captures, one after the other, each in a session of its own; then compared; see two.h. */
#include "config.h"

#include "two.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "decode_as.h"
#include "i18n.h"
#include "outputs.h"
#include "points.h"
#include "privilege.h"
#include "run.h"
#include "source.h"

struct two {
	struct ni_cli *cli;
	struct ni_out out;
	struct ni_source *source[2];
	struct ni_point point[2];
};

static volatile sig_atomic_t stop_asked;

static void
on_stop(int sig)
{
	(void)sig;
	stop_asked = 1;
}

static int
open_all(struct two *t, struct ni_err *err)
{
	const char *paths[2] = {t->cli->read_file, t->cli->read_second};
	struct ni_user user = {.known = false};
	struct ni_err note = {.what = "", .hint = ""};
	int rc = ni_user_find(&user, t->cli->user, err);
	for (unsigned i = 0; i < 2 && !rc; i++) {
		struct ni_file_options o = {.path = paths[i], .filter = t->cli->filter};
		rc = ni_source_open_file(&t->source[i], &o, err);
		ni_point_init(&t->point[i], paths[i]);
	}
	if (!rc)
		rc = ni_privilege_drop(&user, false, &note, err);
	if (!rc && note.what[0])
		fprintf(stderr, "netinspect: %s\n", note.what);
	struct ni_sandbox s = {.line = -1};
	if (!rc && ni_run_sandbox(t->cli, &s, &note))
		fprintf(stderr, "netinspect: %s\n", note.what);
	return rc ? rc : ni_outputs_stdout(&t->out, t->cli, err);
}

static int
begin(struct two *t, unsigned i, struct ni_session *s, const struct ni_report_input *about,
      struct ni_err *err)
{
	struct ni_report_opts report = {.full = t->cli->full,
					.head_only = true,
					.input = about,
					.session = s,
					.net = t->cli->net};
	int rc = NI_SUCCESS;
	for (size_t k = 0; k < t->cli->decode_as.n && !rc; k++)
		rc = ni_decode_as(ni_session_registry(s), t->cli->decode_as.v[k], err);
	if (!rc)
		rc = ni_outputs_add(s, ni_report_sink(&t->out, &report, err), err);
	return rc ? rc : ni_outputs_add(s, ni_point_sink(&t->point[i]), err);
}

/* Take in one file. What is wrong with it is told at the end; what is whole of it counts. */
static int
take_file(struct two *t, unsigned i, struct ni_err *err)
{
	struct ni_session_opts opts = {.check_checksums = t->cli->check_checksums};
	struct ni_report_input about = {.filter = t->cli->filter};
	struct ni_source_info info;
	struct ni_frame f;
	uint64_t frames = 0;
	int got = NI_SOURCE_IDLE;
	struct ni_session *s = ni_session_new(&opts, err);
	int rc = s ? begin(t, i, s, &about, err) : NI_ERR_RUN;
	while (!rc && !stop_asked && got != NI_SOURCE_END &&
	       (!t->cli->count || frames < t->cli->count)) {
		got = ni_source_next(t->source[i], &f, err);
		if (got < 0)
			break;
		if (got == NI_SOURCE_FRAME) {
			ni_session_frame(s, &f);
			frames++;
		}
	}
	if (!rc) {
		ni_source_info(t->source[i], &info);
		if (i)
			ni_buf_c(&t->out.b, '\n');
		about.name = info.name;
		about.format = info.format;
		about.problem = got < 0 ? err->what : NULL;
		struct ni_err later = {.what = "", .hint = ""};
		rc = ni_session_end(s, &later);
		if (rc)
			*err = later;
	}
	ni_session_free(&s);
	return rc ? rc : got < 0 ? got : NI_SUCCESS;
}

int
ni_run_two(struct ni_cli *cli, struct ni_err *err)
{
	static struct two t;
	struct sigaction sa = {.sa_handler = on_stop};
	struct ni_err second = {.what = "", .hint = ""};
	t.cli = cli;
	int rc = open_all(&t, err);
	bool opened = rc == NI_SUCCESS;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (opened) {
		rc = take_file(&t, 0, err);
		int other = rc == NI_ERR_RUN ? rc : take_file(&t, 1, rc ? &second : err);
		struct rp_page page = rp_page(&t.out);
		page.begun = true;
		if (rc != NI_ERR_RUN && other != NI_ERR_RUN &&
		    !ni_points_compare(&t.point[0], &t.point[1], &page, cli->full))
			other = ni_fail(&second, NI_ERR_RUN, _("output: no memory"));
		if (!rc && other && second.what[0])
			*err = second;
		rc = rc ? rc : other;
		int flushed = ni_out_flush(&t.out, rc ? NULL : err);
		rc = rc ? rc : flushed;
	}
	for (unsigned i = 0; i < 2; i++) {
		ni_point_free(&t.point[i]);
		ni_source_close(&t.source[i]);
	}
	ni_out_free(&t.out);
	return rc;
}
