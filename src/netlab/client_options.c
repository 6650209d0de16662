/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of netlab client: one table; see client.h. */
#include <arpa/inet.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "i18n.h"
#include "netinspect/buf.h"
#include "netlab.h"
#include "opts.h"

#define AT(member) offsetof(struct nl_client_opts, member)

enum { WAIT_MAX_MS = 600000, NUMBER_MAX = 1000000000 };

static int
no_such_value(const struct ni_opt *opt, const char *arg, const char *right, struct ni_err *err)
{
	ni_fail(err, NI_ERR_INPUT, _("--%s %s: no such value"), opt->name, arg);
	ni_hint(err, _("one of: %s"), right);
	return NI_ERR_INPUT;
}

static int
set_close_first(void *opts, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	static const char *const words[] = {"auto", "client", "server", "both"};
	struct nl_client_opts *o = opts;
	for (unsigned i = 0; i < 4; i++) {
		if (!strcmp(arg, words[i])) {
			o->close_first = (enum nl_close_first)i;
			return NI_SUCCESS;
		}
	}
	return no_such_value(opt, arg, "client, server, both", err);
}

static int
set_abort(void *opts, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct nl_client_opts *o = opts;
	uint64_t v = 0;
	if (!strcmp(arg, "linger0")) {
		o->abort = NL_ABORT_LINGER0;
	} else if (!strcmp(arg, "unread")) {
		o->abort = NL_ABORT_UNREAD;
	} else if (!strncmp(arg, "after=", 6) &&
		   !ni_opts_number(opt, arg + 6, NUMBER_MAX, &v, err) && v) {
		o->abort = NL_ABORT_AFTER;
		o->abort_after = (uint32_t)v;
	} else {
		return no_such_value(opt, arg, "linger0, unread, after=BYTES", err);
	}
	return NI_SUCCESS;
}

static int
set_pace(void *opts, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct nl_pace *p = (struct nl_pace *)(void *)((char *)opts + opt->at);
	char *end = NULL;
	unsigned long bytes = strtoul(arg, &end, 10);
	unsigned long wait = *end == '/' ? strtoul(end + 1, &end, 10) : 0;
	if (arg[0] < '0' || arg[0] > '9' || *end || !bytes || bytes > NUMBER_MAX || !wait ||
	    wait > WAIT_MAX_MS)
		return no_such_value(opt, arg, _("BYTES/MS, for example 1/50"), err);
	*p = (struct nl_pace){(uint32_t)bytes, (uint32_t)wait};
	return NI_SUCCESS;
}

static int
add_header(void *opts, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct nl_client_opts *o = opts;
	if (o->nheaders == NL_HEADERS_MAX)
		return ni_fail(err, NI_ERR_INPUT, _("--%s: more than %d lines"), opt->name,
			       NL_HEADERS_MAX);
	o->header[o->nheaders++] = arg;
	return NI_SUCCESS;
}

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, N_("What is asked"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_NUMBER, 'n', "requests", "N", N_("so many on each connection (default 1)"), AT(requests), 1000000, NULL},
	{NI_OPT_NUMBER, 0, "pipeline", "N", N_("send up to N requests before the first answer (default 1)"), AT(pipeline), 10000, NULL},
	{NI_OPT_STRING, 'X', "method", "NAME", N_("default GET, or POST with a body"), AT(method), 0, NULL},
	{NI_OPT_BIG, 0, "body", "BYTES", N_("send a body of so many bytes"), AT(body), 1 << 26, NULL},
	{NI_OPT_CALL, 'H', "header", "LINE", N_("one more line in the header, Host: in place of our own; may be repeated"), 0, 0, add_header},
	{NI_OPT_FLAG, 0, "http09", NULL, N_("ask as in 1991: GET /PATH, and nothing else"), AT(http09), 0, NULL},
	{NI_OPT_FLAG, 0, "no-request", NULL, N_("connect and ask nothing"), AT(no_request), 0, NULL},
	{NI_OPT_NUMBER, 0, "partial", "BYTES", N_("send only so much of a request, then nothing"), AT(partial), NUMBER_MAX, NULL},

	{NI_OPT_HEADING, 0, N_("How the bytes move"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_NUMBER, 0, "delay-send", "MS", N_("wait between the handshake and the first byte"), AT(delay_send_ms), WAIT_MAX_MS, NULL},
	{NI_OPT_CALL, 0, "send", "BYTES/MS", N_("send BYTES every MS; 1/50 is byte by byte"), AT(send), 0, set_pace},
	{NI_OPT_NUMBER, 0, "segment", "BYTES", N_("hand the kernel at most BYTES at a time"), AT(segment), NUMBER_MAX, NULL},
	{NI_OPT_NUMBER, 0, "no-read", "MS", N_("read nothing for so long after the handshake (the window closes)"), AT(no_read_ms), WAIT_MAX_MS, NULL},
	{NI_OPT_CALL, 0, "read", "BYTES/MS", N_("read at most BYTES every MS"), AT(read), 0, set_pace},

	{NI_OPT_HEADING, 0, N_("How it ends"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_CALL, 0, "close-first", "WHO", N_("client (default), server (default with --close-delay or --late-data), or both: at the next half second"), 0, 0, set_close_first},
	{NI_OPT_NUMBER, 0, "close-delay", "MS", N_("wait between the server's FIN and ours: 0 closes in three segments, 60 or more in four"), AT(close_delay_ms), WAIT_MAX_MS, NULL},
	{NI_OPT_FLAG, 0, "half-close", NULL, N_("close our direction as soon as the last request is sent, and read on"), AT(half_close), 0, NULL},
	{NI_OPT_NUMBER, 0, "late-data", "BYTES", N_("send so much after the server's FIN, before our own"), AT(late_data), 1 << 20, NULL},
	{NI_OPT_CALL, 0, "abort", "HOW", N_("reset the connection: linger0 (after the last response), unread (with the response unread), after=BYTES (of response)"), 0, 0, set_abort},
	{NI_OPT_FLAG, 0, "vanish", NULL, N_("go without FIN or RST, as a machine that lost power; needs CAP_NET_ADMIN"), AT(vanish), 0, NULL},
	{NI_OPT_NUMBER, 0, "hold", "MS", N_("stay so long when all is said, before the end"), AT(hold_ms), WAIT_MAX_MS, NULL},
	{NI_OPT_NUMBER, 0, "timeout", "SECONDS", N_("for one connection, all in all (default 10)"), AT(timeout_s), 3600, NULL},

	{NI_OPT_HEADING, 0, N_("TCP"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_STRING, 0, "source", "ADDRESS", N_("connect from this address of ours"), AT(source), 0, NULL},
	{NI_OPT_NUMBER, 0, "source-port", "PORT", N_("connect from this port; further connections take the next ones"), AT(source_port), 65535, NULL},
	{NI_OPT_NUMBER, 0, "reuseaddr", "0|1", N_("bind although the port is in TIME_WAIT (default 1)"), AT(sock.reuseaddr), 1, NULL},
	{NI_OPT_FLAG, 0, "reuseport", NULL, N_("share the port with another socket (SO_REUSEPORT)"), AT(reuseport), 0, NULL},
	{NI_OPT_FLAG, 0, "fastopen", NULL, N_("send the request in the SYN, once a first connection has brought a cookie"), AT(fastopen), 0, NULL},
	{NI_OPT_FLAG, 0, "tick", NULL, N_("connect at the next half second: two clients bound to each other's ports open simultaneously"), AT(tick), 0, NULL},
	{NI_OPT_NUMBER, 0, "rcvbuf", "BYTES", N_("receive buffer, and so the window"), AT(sock.rcvbuf), NUMBER_MAX, NULL},
	{NI_OPT_NUMBER, 0, "sndbuf", "BYTES", N_("send buffer"), AT(sock.sndbuf), NUMBER_MAX, NULL},
	{NI_OPT_NUMBER, 0, "window-clamp", "BYTES", N_("announce windows of about so much at most"), AT(sock.window_clamp), NUMBER_MAX, NULL},
	{NI_OPT_NUMBER, 0, "mss", "BYTES", N_("maximum segment size"), AT(sock.mss), 65535, NULL},
	{NI_OPT_NUMBER, 0, "nodelay", "0|1", N_("0 turns Nagle's algorithm on (default 1)"), AT(sock.nodelay), 1, NULL},
	{NI_OPT_FLAG, 0, "cork", NULL, N_("send full segments only, the rest after 200 ms"), AT(sock.cork), 0, NULL},
	{NI_OPT_NUMBER, 0, "quickack", "0|1", N_("acknowledge late or at once, at first"), AT(sock.quickack), 1, NULL},
	{NI_OPT_STRING, 0, "tcp-keepalive", "I,V,C", N_("probe after I idle seconds, every V seconds, C times"), AT(sock.keepalive), 0, NULL},
	{NI_OPT_STRING, 0, "cc", "NAME", N_("congestion control: reno, cubic, bbr"), AT(sock.cc), 0, NULL},
	{NI_OPT_NUMBER, 0, "ttl", "N", N_("time to live of what we send"), AT(sock.ttl), 255, NULL},
	{NI_OPT_NUMBER, 0, "tos", "N", N_("type of service byte"), AT(sock.tos), 255, NULL},

	{NI_OPT_HEADING, 0, N_("How many connections"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_NUMBER, 'c', "connections", "N", N_("so many, at most 100000 (default 1)"), AT(connections), NL_CONNECTIONS_MAX, NULL},
	{NI_OPT_NUMBER, 'C', "concurrency", "N", N_("at most so many at a time (default 1)"), AT(concurrency), NL_CONNECTIONS_MAX, NULL},
	{NI_OPT_NUMBER, 0, "rate", "N", N_("begin at most N a second (default: no limit)"), AT(rate), 1000000, NULL},
	{NI_OPT_NUMBER, 0, "seconds", "N", N_("end a run of several connections after so long, at most 300 (default 10)"), AT(seconds), NL_SECONDS_MAX, NULL},
	{NI_OPT_FLAG, 0, "any-target", NULL, N_("allow more than 4 connections to an address that is neither this host nor private"), AT(any_target), 0, NULL},

	{NI_OPT_HEADING, 0, N_("What is printed"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_FLAG, 'j', "json", NULL, N_("one JSON object a line"), AT(json), 0, NULL},
	{NI_OPT_FLAG, 'q', "quiet", NULL, N_("only the sums"), AT(quiet), 0, NULL},
	{NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL},
};
/* clang-format on */

static const struct ni_opt_table table = {"netlab client", options,
					  sizeof(options) / sizeof(options[0])};

void
nl_client_help(void)
{
	puts(_("Usage: netlab client [options] [ADDRESS[:PORT]][/PATH]\n\n"
	       "Ask an HTTP server, by default 127.0.0.1:7788/, and choose what the wire shows.\n"
	       "Prints a line for each exchange and one for each connection."));
	ni_opts_help(&table, stdout);
	puts(_("\nExit status: 0 if every connection ended as asked, 1 if not, 2 on wrong usage."));
}

void
nl_client_man(void)
{
	ni_opts_man(&table, stdout);
}

/* This host, RFC 1918, RFC 6598, RFC 3927, RFC 4193, RFC 4291 link-local. */
static bool
is_private(const struct sockaddr_storage *to)
{
	if (to->ss_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, to, sizeof(in));
		uint32_t a = ntohl(in.sin_addr.s_addr);
		return a >> 24 == 127 || a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 ||
		       a >> 22 == 0x191 || a >> 16 == 0xa9fe;
	}
	struct sockaddr_in6 in6;
	memcpy(&in6, to, sizeof(in6));
	const uint8_t *b = in6.sin6_addr.s6_addr;
	return IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr) || (b[0] & 0xfe) == 0xfc ||
	       (b[0] == 0xfe && (b[1] & 0xc0) == 0x80);
}

/* "[http://][ADDRESS[:PORT]][/PATH]" */
static int
set_target(struct nl_client_opts *o, const char *text, struct ni_err *err)
{
	char host[128];
	struct ni_buf b = ni_buf(host, sizeof(host));
	const char *rest = !strncmp(text, "http://", 7) ? text + 7 : text;
	size_t n = strcspn(rest, "/?");
	o->path = rest[n] ? rest + n : "/";
	ni_buf_mem(&b, rest, n);
	if (b.cut)
		return ni_fail(err, NI_ERR_INPUT, _("%s: not an IP address"), text);
	for (const char *p = o->path; *p; p++)
		if (*p <= ' ' || *p == 0x7f)
			return ni_fail(err, NI_ERR_INPUT,
				       _("%s: a path has no spaces or control characters"), text);
	if (!strcmp(host, "localhost") || !n)
		return ni_address_parse("", "127.0.0.1", 7788, &o->to, &o->to_len, err);
	bool url = rest != text;
	return ni_address_parse("", ni_buf_z(&b), url ? 80 : 7788, &o->to, &o->to_len, err);
}

static int
check_source(const struct nl_client_opts *o, struct ni_err *err)
{
	struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
	socklen_t len = 0;
	if (o->source_port && o->source_port + o->connections - 1 > 65535)
		return ni_fail(err, NI_ERR_INPUT, _("--source-port %u: not enough ports above it"),
			       o->source_port);
	if (!o->source)
		return NI_SUCCESS;
	int rc = ni_address_parse("--source ", o->source, 0, &a, &len, err);
	if (!rc && a.ss_family != o->to.ss_family)
		rc = ni_fail(err, NI_ERR_INPUT,
			     _("--source %s: the target is of the other version of IP"), o->source);
	return rc;
}

static int
check(struct nl_client_opts *o, struct ni_err *err)
{
	const struct {
		const char *name;
		uint32_t v;
	} positive[] = {{"requests", o->requests},       {"pipeline", o->pipeline},
			{"connections", o->connections}, {"concurrency", o->concurrency},
			{"seconds", o->seconds},         {"timeout", o->timeout_s}};
	for (size_t i = 0; i < sizeof(positive) / sizeof(positive[0]); i++)
		if (!positive[i].v)
			return ni_fail(err, NI_ERR_INPUT, _("--%s 0: at least 1"),
				       positive[i].name);
	/* Both are about a FIN that comes before ours. */
	if ((o->close_delay_ms || o->late_data) && o->close_first == NL_CLOSE_AUTO)
		o->close_first = NL_CLOSE_SERVER;
	for (const char *p = o->method; *p; p++)
		if (*p <= ' ' || *p >= 0x7f)
			return ni_fail(err, NI_ERR_INPUT, _("--method: not a word"));
	if (o->connections > NL_UNPROTECTED_CONNECTIONS && !o->any_target && !is_private(&o->to)) {
		char text[64];
		ni_address_text(&o->to, text, sizeof(text));
		ni_fail(err, NI_ERR_INPUT,
			_("%s: %u connections to an address that is neither this host nor private"),
			text, o->connections);
		ni_hint(err, _("if it is yours to load: --any-target"));
		return NI_ERR_INPUT;
	}
	return check_source(o, err);
}

int
nl_client_parse(struct nl_client_opts *o, int argc, char **argv, struct ni_err *err)
{
	*o = (struct nl_client_opts){
	    .requests = 1,
	    .pipeline = 1,
	    .timeout_s = 10,
	    .connections = 1,
	    .concurrency = 1,
	    .seconds = 10,
	    .sock = {.reuseaddr = 1, .nodelay = 1, .quickack = UINT32_MAX},
	};
	int rc = ni_opts_parse(&table, o, argc, argv, err);
	if (rc || o->help)
		return rc;
	if (optind + 1 < argc)
		return ni_fail(err, NI_ERR_INPUT, _("%s: one target is enough"), argv[optind + 1]);
	if (!o->method)
		o->method = o->body ? "POST" : "GET";
	rc = set_target(o, optind < argc ? argv[optind] : "/", err);
	return rc ? rc : check(o, err);
}
