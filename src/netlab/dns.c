/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab dns: ask one server one question, and show all of its answer. */
#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "i18n.h"
#include "netlab.h"
#include "query.h"
#include "sockopts.h"
#include "tool.h"

enum {
	PORT = 53,
	TRIES_MAX = 10,
	SECONDS_MAX = 60,
	TYPE_A = 1,
	ANY_ID = UINT32_MAX,
	TC = 0x02 /* of the third byte */
};

struct options {
	uint32_t id, port, tries, wait_s, edns, type;
	bool tcp, no_recursion, help;
};

#define AT(member) offsetof(struct options, member)

static int
set_type(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	uint16_t type = nl_query_type(arg);
	(void)opt;
	if (!type) {
		ni_fail(err, NI_ERR_INPUT, _("--type %s: no such record type"), arg);
		ni_hint(err, _("for example A, AAAA, CNAME, MX, NS, PTR, SOA, TXT, ANY, TYPE257"));
		return NI_ERR_INPUT;
	}
	((struct options *)o)->type = type;
	return NI_SUCCESS;
}

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, N_("The question"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_CALL, 't', "type", "TYPE", N_("of record: A (default), AAAA, CNAME, MX, NS, PTR, SOA, TXT, ANY …; PTR takes an IPv4 address, too"), 0, 0, set_type},
	{NI_OPT_CALL, 0, "id", "N", N_("of the message (default: made up)"), AT(id), 65535, nl_opt_hex},
	{NI_OPT_FLAG, 0, "no-recursion", NULL, N_("the server is to say what it knows itself"), AT(no_recursion), 0, NULL},
	{NI_OPT_NUMBER, 0, "edns", "BYTES", N_("say that we take so many over UDP (EDNS)"), AT(edns), 65535, NULL},

	{NI_OPT_HEADING, 0, N_("How it is asked"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_FLAG, 0, "tcp", NULL, N_("over TCP"), AT(tcp), 0, NULL},
	{NI_OPT_NUMBER, 'p', "port", "PORT", N_("of the server (default 53)"), AT(port), 65535, NULL},
	{NI_OPT_NUMBER, 0, "tries", "N", N_("over UDP, ask up to N times (default 3)"), AT(tries), TRIES_MAX, NULL},
	{NI_OPT_NUMBER, 'w', "wait", "SECONDS", N_("for each answer (default 2)"), AT(wait_s), SECONDS_MAX, NULL},
	{NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL},
};
/* clang-format on */

static const struct nl_tool tool = {
    {"netlab dns", options, sizeof(options) / sizeof(options[0])},
    N_("Usage: netlab dns [options] @SERVER NAME\n\n"
       "Ask a DNS server (an IP address) and print its answer, a line a record."),
    N_("Exit status: 0 if the server had no error to report, 1 if it had or did not answer,\n"
       "2 on wrong usage."),
    AT(help),
    NULL,
    NULL,
};

struct talk {
	const struct options *o;
	struct nl_look *look;
	struct nl_packet query;
	int fd;
	int64_t asked;
	char server[64];
	uint8_t buf[65536];
};

/* Wait until @fd is ready for @events; fails at @until. */
static int
ready(const struct talk *t, short events, int64_t until, struct ni_err *err)
{
	struct pollfd f = {.fd = t->fd, .events = events};
	while (!nl_stopped() && nl_now() < until)
		if (nl_wait(&f, 1, until) > 0)
			return NI_SUCCESS;
	return ni_fail(err, NI_ERR_RUN, nl_stopped() ? _("interrupted") : _("no answer"));
}

static int
broken(const struct talk *t, struct ni_err *err)
{
	return ni_fail(err, NI_ERR_RUN, "%s: %s", t->server, strerror(errno));
}

/* One datagram there, and the first one back that answers it; *@n stays 0 without any. */
static int
try_udp(struct talk *t, uint32_t *n, struct ni_err *err)
{
	const char *why;
	t->asked = nl_now();
	int64_t until = t->asked + (int64_t)t->o->wait_s * NL_SECOND;
	if (send(t->fd, t->query.p, t->query.n, 0) < 0)
		return broken(t, err);
	while (!ready(t, POLLIN, until, err)) {
		ssize_t got = recv(t->fd, t->buf, sizeof(t->buf), 0);
		if (got < 0 && errno != EAGAIN)
			return broken(t, err);
		if (got < 0)
			continue;
		if (nl_query_answered(t->look, &t->query, t->buf, (uint32_t)got, &why)) {
			*n = (uint32_t)got;
			return NI_SUCCESS;
		}
		printf(_("ignored    %zd bytes: %s\n"), got, why);
	}
	return NI_SUCCESS;
}

static int
ask_udp(struct talk *t, uint32_t *n, struct ni_err *err)
{
	int rc = NI_SUCCESS;
	for (uint32_t i = 0; i < t->o->tries && !*n && !rc && !nl_stopped(); i++)
		rc = try_udp(t, n, err);
	if (!rc && !*n)
		rc = ni_fail(err, NI_ERR_RUN, _("no answer, asked %u times"), t->o->tries);
	return rc;
}

/* Receive exactly @n bytes to @p. */
static int
receive(struct talk *t, uint8_t *p, uint32_t n, int64_t until, struct ni_err *err)
{
	for (uint32_t have = 0; have < n;) {
		int rc = ready(t, POLLIN, until, err);
		if (rc)
			return rc;
		ssize_t got = recv(t->fd, p + have, n - have, 0);
		if (got < 0 && errno != EAGAIN)
			return broken(t, err);
		if (got == 0)
			return ni_fail(err, NI_ERR_RUN, _("the server closed the connection"));
		have += got > 0 ? (uint32_t)got : 0;
	}
	return NI_SUCCESS;
}

/* RFC 7766 8: messages behind their length. A query fits into a fresh connection's buffer. */
static int
ask_tcp(struct talk *t, uint32_t *n, struct ni_err *err)
{
	struct nl_packet k = {.n = 0};
	uint8_t length[2] = {0};
	const char *why;
	t->asked = nl_now();
	int64_t until = t->asked + (int64_t)t->o->wait_s * NL_SECOND;
	nl_put16(&k, (uint16_t)t->query.n);
	nl_put(&k, t->query.p, t->query.n);
	int rc = ready(t, POLLOUT, until, err);
	if (!rc && send(t->fd, k.p, k.n, MSG_NOSIGNAL) != (ssize_t)k.n)
		rc = broken(t, err);
	if (!rc)
		rc = receive(t, length, 2, until, err);
	*n = (uint32_t)(length[0] << 8 | length[1]);
	if (!rc)
		rc = receive(t, t->buf, *n, until, err);
	if (!rc && !nl_query_answered(t->look, &t->query, t->buf, *n, &why))
		rc = ni_fail(err, NI_ERR_RUN, _("what came is no answer: %s"), why);
	return rc;
}

static int
ask(struct talk *t, const struct sockaddr_storage *to, socklen_t len, struct ni_err *err)
{
	uint32_t n = 0;
	ni_address_text(to, t->server, sizeof(t->server));
	t->fd = socket(to->ss_family,
		       (t->o->tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (t->fd < 0 || (connect(t->fd, (const struct sockaddr *)to, len) && errno != EINPROGRESS))
		return broken(t, err);
	nl_query_show(t->look, stdout, t->query.p, t->query.n);
	int rc = t->o->tcp ? ask_tcp(t, &n, err) : ask_udp(t, &n, err);
	if (rc)
		return rc;
	double ms = (double)(nl_now() - t->asked) / NL_MS;
	int rcode = nl_query_show(t->look, stdout, t->buf, n);
	printf(_("%-10s %s over %s, after %.3f ms\n"), "server", t->server,
	       t->o->tcp ? "TCP" : "UDP", ms);
	if (!t->o->tcp && n > 2 && t->buf[2] & TC)
		puts(_("the answer did not fit: --tcp gets all of it, or --edns more"));
	return rcode ? 1 : NI_SUCCESS;
}

/* "@SERVER NAME" */
static int
operands(const struct options *o, char *const *v, int n, struct sockaddr_storage *to,
	 socklen_t *len, struct ni_err *err)
{
	if (n != 2 || v[0][0] != '@') {
		ni_fail(err, NI_ERR_INPUT, _("needs a server and a name"));
		ni_hint(err, _("for example netlab dns @192.168.1.1 www.example.com"));
		return NI_ERR_INPUT;
	}
	if (!o->tries || !o->wait_s)
		return ni_fail(err, NI_ERR_INPUT, _("--%s 0: at least 1"),
			       o->tries ? "wait" : "tries");
	return ni_address_parse("@", v[0] + 1, (uint16_t)o->port, to, len, err);
}

int
nl_dns(int argc, char **argv)
{
	static struct options o = {
	    .id = ANY_ID, .port = PORT, .tries = 3, .wait_s = 2, .type = TYPE_A};
	static struct talk t = {.fd = -1};
	struct sockaddr_storage to = {.ss_family = AF_UNSPEC};
	socklen_t len = 0;
	struct ni_err err = {"", ""};
	int rc = nl_tool_begin(&tool, &o, argc, argv);
	if (rc >= 0)
		return rc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = operands(&o, argv + optind, argc - optind, &to, &len, &err);
	if (rc)
		return nl_tool_fail(&tool, &err, rc);
	struct nl_query q = {.name = argv[optind + 1],
			     .id = (uint16_t)o.id,
			     .type = (uint16_t)o.type,
			     .edns = (uint16_t)o.edns,
			     .recursion = !o.no_recursion};
	/* An id that others cannot guess (RFC 5452 4.4). */
	if (o.id == ANY_ID && getrandom(&q.id, sizeof(q.id), 0) < 0)
		q.id = (uint16_t)nl_now();
	t.o = &o;
	rc = nl_query_make(&t.query, &q, &err);
	if (!rc && !(t.look = nl_look_new(&err)))
		rc = NI_ERR_RUN;
	if (!rc) {
		nl_stop_on_signals();
		rc = ask(&t, &to, len, &err);
	}
	if (t.fd >= 0)
		close(t.fd);
	nl_look_free(&t.look);
	return rc < 0 ? nl_tool_fail(&tool, &err, rc) : rc;
}

void
nl_dns_man(void)
{
	nl_tool_man(&tool);
}
