/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What netlab client prints: a line an exchange, a line a connection, and the sums; see client.h.
 */
#include <inttypes.h>
#include <string.h>

#include "client.h"
#include "i18n.h"

static const char *const who[] = {"-", "client", "server"};

static double
as_ms(int64_t us)
{
	return (double)us / 1000;
}

static void
count_exchange(struct nl_sums *s, const struct nl_conn *c, int64_t first)
{
	s->responses++;
	s->first_sum += first;
	if (s->responses == 1 || first < s->first_min)
		s->first_min = first;
	if (first > s->first_max)
		s->first_max = first;
	for (size_t i = 0; i < sizeof(s->status) / sizeof(s->status[0]); i++) {
		if (!s->status[i].n || s->status[i].status == c->http.status) {
			s->status[i].status = c->http.status;
			s->status[i].n++;
			return;
		}
	}
}

void
nl_report_exchange(struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	int64_t from = c->asked ? c->asked : c->connected;
	int64_t first = c->first ? c->first - from : 0;
	int64_t all = c->run->now - from;
	count_exchange(c->run->sums, c, first);
	if (o->quiet)
		return;
	if (o->json)
		fprintf(c->run->out,
			"{\"connection\":%" PRIu32 ",\"request\":%" PRIu32
			",\"status\":%d,\"bytes\":%" PRIu64
			",\"first_ms\":%.3f,\"complete_ms\":%.3f}\n",
			c->number, c->answered, c->http.status, c->http.bytes, as_ms(first),
			as_ms(all));
	else
		fprintf(c->run->out,
			_("%" PRIu32 ".%" PRIu32 "  status %d, %" PRIu64
			  " bytes; first byte after %.3f ms, complete after %.3f ms\n"),
			c->number, c->answered, c->http.status, c->http.bytes, as_ms(first),
			as_ms(all));
	fflush(c->run->out);
}

static void
count_connection(struct nl_sums *s, const struct nl_conn *c, bool good)
{
	s->served += good;
	s->failed += !good;
	s->bytes_in += c->bytes_in;
	s->bytes_out += c->bytes_out;
	for (size_t i = 0; i < sizeof(s->end) / sizeof(s->end[0]); i++) {
		if (!s->end[i].word || !strcmp(s->end[i].word, c->end)) {
			s->end[i].word = c->end;
			s->end[i].n++;
			return;
		}
	}
}

/* Whether it ended as it was asked to. */
static bool
as_asked(const struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	const char *wanted = o->abort ? "aborted" : o->vanish ? "vanished" : "fin";
	return !strcmp(c->end, wanted);
}

void
nl_report_connection(struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	char remote[64];
	int64_t took = c->run->now - c->began;
	int64_t connect = c->connected ? c->connected - c->began : 0;
	count_connection(c->run->sums, c, as_asked(c));
	if (o->quiet)
		return;
	ni_address_text(&o->to, remote, sizeof(remote));
	if (o->json)
		fprintf(c->run->out,
			"{\"connection\":%" PRIu32 ",\"local\":\"%s\",\"remote\":\"%s\","
			"\"requests\":%" PRIu32 ",\"responses\":%" PRIu32 ",\"bytes_out\":%" PRIu64
			",\"bytes_in\":%" PRIu64 ",\"connect_ms\":%.3f,\"duration_ms\":%.3f,"
			"\"closed_first\":\"%s\",\"end\":\"%s\",\"error\":\"%s\"}\n",
			c->number, c->local, remote, c->sent, c->answered, c->bytes_out,
			c->bytes_in, as_ms(connect), as_ms(took), who[c->closed_first], c->end,
			c->error ? strerror(c->error) : "");
	else
		fprintf(c->run->out,
			_("%" PRIu32 "  %s > %s: %" PRIu32 " requests, %" PRIu32
			  " responses, %" PRIu64 " bytes out, %" PRIu64
			  " in; connected after %.3f ms, over after %.3f ms; "
			  "closed first by: %s; end: %s%s%s\n"),
			c->number, c->local, remote, c->sent, c->answered, c->bytes_out,
			c->bytes_in, as_ms(connect), as_ms(took), who[c->closed_first], c->end,
			c->error ? ", " : "", c->error ? strerror(c->error) : "");
	fflush(c->run->out);
}

static void
sums_json(const struct nl_run *r, int64_t us)
{
	const struct nl_sums *s = r->sums;
	fprintf(r->out,
		"{\"connections\":%" PRIu32 ",\"as_asked\":%" PRIu32 ",\"failed\":%" PRIu32
		",\"responses\":%" PRIu64 ",\"bytes_out\":%" PRIu64 ",\"bytes_in\":%" PRIu64
		",\"duration_ms\":%.3f,\"first_min_ms\":%.3f,\"first_mean_ms\":%.3f,"
		"\"first_max_ms\":%.3f,\"status\":{",
		s->begun, s->served, s->failed, s->responses, s->bytes_out, s->bytes_in, as_ms(us),
		as_ms(s->first_min), s->responses ? as_ms(s->first_sum) / (double)s->responses : 0,
		as_ms(s->first_max));
	for (size_t i = 0; i < sizeof(s->status) / sizeof(s->status[0]) && s->status[i].n; i++)
		fprintf(r->out, "%s\"%d\":%" PRIu64, i ? "," : "", s->status[i].status,
			s->status[i].n);
	fputs("},\"end\":{", r->out);
	for (size_t i = 0; i < sizeof(s->end) / sizeof(s->end[0]) && s->end[i].word; i++)
		fprintf(r->out, "%s\"%s\":%" PRIu32, i ? "," : "", s->end[i].word, s->end[i].n);
	fputs("}}\n", r->out);
}

void
nl_report_sums(const struct nl_run *r, int64_t us, bool all)
{
	const struct nl_sums *s = r->sums;
	if (!all)
		fprintf(stderr,
			_("netlab client: time is up: %" PRIu32 " of %" PRIu32
			  " connections were made\n"),
			s->begun, r->o->connections);
	if (r->o->connections == 1 && !r->o->quiet)
		return;
	if (r->o->json) {
		sums_json(r, us);
		return;
	}
	fprintf(r->out,
		_("%" PRIu32 " connections in %.3f ms: %" PRIu32 " as asked, %" PRIu32
		  " not; %" PRIu64 " responses, %" PRIu64 " bytes out, %" PRIu64 " in\n"),
		s->begun, as_ms(us), s->served, s->failed, s->responses, s->bytes_out, s->bytes_in);
	if (s->responses)
		fprintf(r->out,
			_("first byte after %.3f ms at least, %.3f on average, %.3f at most\n"),
			as_ms(s->first_min), as_ms(s->first_sum) / (double)s->responses,
			as_ms(s->first_max));
	for (size_t i = 0; i < sizeof(s->status) / sizeof(s->status[0]) && s->status[i].n; i++)
		fprintf(r->out, _("status %d: %" PRIu64 "\n"), s->status[i].status, s->status[i].n);
	for (size_t i = 0; i < sizeof(s->end) / sizeof(s->end[0]) && s->end[i].word; i++)
		fprintf(r->out, _("end %s: %" PRIu32 "\n"), s->end[i].word, s->end[i].n);
}
