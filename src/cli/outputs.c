/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From options to sinks; see outputs.h. */
#include "outputs.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "decode_as.h"
#include "i18n.h"
#include "language.h"
#include "stat.h"
#include "story.h"

/* Whether packets are to be printed, or the report, beside statistics. */
static bool
main_asked(const struct ni_cli *c)
{
	bool asked = c->print || c->format != NI_FORMAT_DEFAULT || c->tree || c->hex || c->explain;
	return (!c->write_file || asked) &&
	       (!c->quiet || c->format == NI_FORMAT_REPORT || c->format == NI_FORMAT_LADDER ||
		c->format == NI_FORMAT_RECORDS);
}

bool
ni_outputs_asked(const struct ni_cli *c)
{
	return main_asked(c) || c->stats.n || c->html || c->export_objects;
}

unsigned
ni_outputs_width(const struct ni_cli *c)
{
	enum { DEFAULT = 80, WIDEST = 1000 };
	struct winsize w;
	if (c->width)
		return c->width;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) && w.ws_col)
		return w.ws_col < WIDEST ? w.ws_col : WIDEST;
	return DEFAULT;
}

/* Whether the user's locale can show what is not ASCII. */
static bool
has_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static struct ni_sink *
make_sink(struct ni_out *out, struct ni_cli *c, struct ni_session *s,
	  const struct ni_report_input *about, struct ni_err *err)
{
	struct ni_text_opts text = {
	    .time = c->time,
	    .summary = !c->tree,
	    .tree = c->tree,
	    .only = c->only[0] ? c->only : NULL,
	    .hex = c->hex,
	    .explain = c->explain,
	};
	struct ni_ladder_opts ladder = {.time = c->time,
					.full = c->full,
					.conns = c->conns,
					.nconns = c->nconns,
					.explain = c->explain,
					.live = !c->read_file};
	struct ni_report_opts report = {
	    .full = c->full, .input = about, .session = s, .net = c->net};
	switch (c->format) {
	case NI_FORMAT_FIELDS:
		c->layout.keys = c->fields.v;
		c->layout.time = c->time;
		return ni_fields_sink(out, &c->layout, ni_session_registry(s), err);
	case NI_FORMAT_JSON:
		return ni_json_sink(out, c->hex);
	case NI_FORMAT_RECORDS:
		return ni_records_sink(out, c->records, about->live);
	case NI_FORMAT_REPORT:
		return ni_report_sink(out, &report, err);
	case NI_FORMAT_LADDER:
		out->ascii |= !has_utf8();
		return ni_ladder_sink(out, &ladder);
	case NI_FORMAT_DEFAULT:
	case NI_FORMAT_TEXT:
	case NI_FORMAT_TREE:
		break;
	}
	return ni_text_sink(out, &text);
}

bool
ni_outputs_color(const struct ni_cli *c)
{
	const char *no = getenv("NO_COLOR");
	if (c->color && !strcmp(c->color, "always"))
		return true;
	if ((c->color && !strcmp(c->color, "never")) || (no && *no))
		return false;
	return isatty(STDOUT_FILENO) == 1;
}

int
ni_outputs_stdout(struct ni_out *out, const struct ni_cli *c, struct ni_err *err)
{
	int rc = ni_out_init(out, STDOUT_FILENO, err);
	if (rc)
		return rc;
	out->color = ni_outputs_color(c);
	out->ascii = c->ascii;
	out->width = ni_outputs_width(c);
	out->line_flush = c->line_buffered || isatty(STDOUT_FILENO) == 1;
	return NI_SUCCESS;
}

int
ni_outputs_add(struct ni_session *s, struct ni_sink *sink, struct ni_err *err)
{
	if (sink)
		return ni_session_add(s, sink, err);
	if (err->what[0])
		return NI_ERR_INPUT; /* a field or argument that is none */
	return ni_fail(err, NI_ERR_RUN, _("output: no memory"));
}

int
ni_outputs_open(struct ni_out *out, struct ni_cli *c, struct ni_session *s,
		const struct ni_report_input *about, struct ni_err *err)
{
	struct ni_net net;
	int rc = c->net ? ni_net_parse(&net, c->net, err) : NI_SUCCESS;
	if (!rc)
		rc = ni_check_protocols(ni_session_registry(s), c->only, err);
	if (!rc)
		rc = ni_outputs_stdout(out, c, err);
	if (!rc && main_asked(c))
		rc = ni_outputs_add(s, make_sink(out, c, s, about, err), err);
	struct ni_stat_env env = {.json = c->stats_json,
				  .out = out,
				  .session = s,
				  .about = about,
				  .net = c->net,
				  .alone = !main_asked(c) && c->stats.n == 1};
	for (size_t i = 0; i < c->stats.n && !rc; i++)
		rc = ni_outputs_add(s, ni_stat_open(&env, c->stats.v[i], err), err);
	return rc;
}

int
ni_outputs_open_html(struct ni_out *out, int fd, const struct ni_cli *c, struct ni_session *s,
		     const struct ni_report_input *about, struct ni_err *err)
{
	struct ni_report_opts opts = {
	    .full = c->full, .input = about, .session = s, .net = c->net, .page = ni_language_page};
	int rc = ni_out_init(out, fd, err);
	return rc ? rc : ni_outputs_add(s, ni_html_sink(out, &opts), err);
}
