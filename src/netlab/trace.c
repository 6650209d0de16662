/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab trace: packets that live one hop longer each, and who says that one died. */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "columns.h"
#include "i18n.h"
#include "look.h"
#include "netlab.h"
#include "packet.h"
#include "tool.h"

enum {
	HOPS_MAX = 64,
	PROBES_MAX = 10,
	SIZE_MAX_BYTES = 1472,
	BASE_PORT = 33434, /* nobody listens there, by an old habit */
	REPLY = 0,         /* ICMP types */
	UNREACHABLE = 3,
	EXCEEDED = 11,
};

struct options {
	uint32_t hops, first, probes, port, size;
	int64_t wait_us;
	bool icmp, udp, df, help;
};

#define AT(member) offsetof(struct options, member)

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, N_("Probes"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_FLAG, 'I', "icmp", NULL, N_("ICMP echo requests"), AT(icmp), 0, NULL},
	{NI_OPT_FLAG, 'U', "udp", NULL, N_("UDP datagrams to ports where nobody listens (default)"), AT(udp), 0, NULL},
	{NI_OPT_NUMBER, 'p', "port", "PORT", N_("of the first datagram; each has the next one (default 33434)"), AT(port), 65535, NULL},
	{NI_OPT_NUMBER, 's', "size", "BYTES", N_("behind the UDP or ICMP header (default 32)"), AT(size), SIZE_MAX_BYTES, NULL},
	{NI_OPT_FLAG, 0, "df", NULL, N_("don't fragment"), AT(df), 0, NULL},
	{NI_OPT_NUMBER, 'f', "first", "TTL", N_("begin with this time to live (default 1)"), AT(first), HOPS_MAX, NULL},
	{NI_OPT_NUMBER, 'm', "hops", "TTL", N_("end with this one, at most 64 (default 30)"), AT(hops), HOPS_MAX, NULL},
	{NI_OPT_NUMBER, 'q', "probes", "N", N_("for each hop, at most 10 (default 1)"), AT(probes), PROBES_MAX, NULL},
	{NI_OPT_CALL, 'w', "wait", "MS", N_("for each answer (default 1000)"), AT(wait_us), NL_MINUTE, nl_opt_ms},
	{NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL},
};
/* clang-format on */

static const struct nl_tool tool = {
    {"netlab trace", options, sizeof(options) / sizeof(options[0])},
    N_("Usage: netlab trace [options] ADDRESS\n\n"
       "Find the routers on the way to an IPv4 address. Prints a line for each probe: its time to\n"
       "live, who answered and when, and the answer's ICMP type and code."),
    N_("Exit status: 0 if ADDRESS itself answered, 1 if not, 2 on wrong usage."),
    AT(help),
    NULL,
    NULL,
};

struct trace {
	const struct options *o;
	struct sockaddr_in to;
	int out, in; /* sockets of probes and answers; the same for ICMP */
	uint16_t id; /* of ICMP probes; source port of UDP probes */
	struct nl_look *look;
	uint8_t buf[65536];
};

/* Probes say what the options say, whatever the kernel has learned of the path before. */
static int
open_sockets(struct trace *t, struct ni_err *err)
{
	const int df = t->o->df ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;
	struct sockaddr_in own = {.sin_family = AF_INET};
	socklen_t len = sizeof(own);
	t->in = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_ICMP);
	if (t->in < 0) {
		ni_fail(err, NI_ERR_RUN, "ICMP: %s", strerror(errno));
		ni_hint(err, _("to see what the routers say needs CAP_NET_RAW: be root, on the "
			       "machine or in a lab"));
		return NI_ERR_RUN;
	}
	t->id = (uint16_t)getpid();
	t->out = t->in;
	if (!t->o->icmp) {
		t->out = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (t->out < 0 || bind(t->out, (struct sockaddr *)&own, sizeof(own)) ||
		    getsockname(t->out, (struct sockaddr *)&own, &len))
			return ni_fail(err, NI_ERR_RUN, "UDP: %s", strerror(errno));
		t->id = ntohs(own.sin_port);
	}
	if (setsockopt(t->out, IPPROTO_IP, IP_MTU_DISCOVER, &df, sizeof(df)))
		return ni_fail(err, NI_ERR_RUN, "%s", strerror(errno));
	return NI_SUCCESS;
}

static uint16_t
port_of(const struct trace *t, uint32_t number)
{
	return (uint16_t)(t->o->port + number - 1);
}

static int
send_probe(const struct trace *t, int ttl, uint32_t number, struct ni_err *err)
{
	static const uint8_t nothing[SIZE_MAX_BYTES];
	struct sockaddr_in to = t->to;
	struct nl_packet k = {.n = 0};
	if (t->o->icmp) {
		nl_put_echo(&k, t->id, (uint16_t)number, nothing, t->o->size);
	} else {
		nl_put(&k, nothing, t->o->size);
		to.sin_port = htons(port_of(t, number));
	}
	setsockopt(t->out, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	if (sendto(t->out, k.p, k.n, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return ni_fail(err, NI_ERR_RUN, "%s", strerror(errno));
	return NI_SUCCESS;
}

/* Whether @key of what the error quotes is @v. */
static bool
quotes(const struct ni_dis *d, const char *key, uint64_t v)
{
	uint64_t have;
	return nl_look_number(d, key, true, &have) && have == v;
}

/* Whether this answers probe @number. */
static bool
answers(const struct trace *t, const struct ni_dis *d, uint64_t type, uint32_t number)
{
	uint64_t id;
	uint64_t seq;
	uint8_t dst[4];
	if (type == REPLY)
		return t->o->icmp && nl_look_number(d, "icmp.ident", false, &id) && id == t->id &&
		       nl_look_number(d, "icmp.seq", false, &seq) && seq == number;
	if (!nl_look_bytes(d, "ip.dst", true, dst, 4) || memcmp(dst, &t->to.sin_addr, 4) != 0)
		return false;
	if (t->o->icmp)
		return quotes(d, "icmp.ident", t->id) && quotes(d, "icmp.seq", number);
	return quotes(d, "udp.srcport", t->id) && quotes(d, "udp.dstport", port_of(t, number));
}

enum verdict { SILENT, ON_THE_WAY, UNREACHED, REACHED };

static enum verdict
show(const struct trace *t, const struct ni_dis *d, uint64_t type, int64_t us)
{
	char text[1024];
	struct ni_buf b = ni_buf(text, sizeof(text));
	uint8_t src[4] = {0};
	uint64_t code = 0;
	uint64_t mtu = 0;
	nl_look_bytes(d, "ip.src", false, src, 4);
	nl_look_number(d, "icmp.code", false, &code);
	ni_buf_ip4(&b, src);
	ni_buf_fmt(&b, "  %.3f ms  %u/%u ", (double)us / NL_MS, (unsigned)type, (unsigned)code);
	ni_column_print(&b, d, NI_COL_INFO, NI_TIME_RELATIVE);
	if (nl_look_number(d, "icmp.mtu", false, &mtu) && mtu)
		ni_buf_fmt(&b, ", MTU %u", (unsigned)mtu);
	puts(ni_buf_z(&b));
	if (type == EXCEEDED)
		return ON_THE_WAY;
	return memcmp(src, &t->to.sin_addr, 4) != 0 ? UNREACHED : REACHED;
}

/* Wait for the answer to probe @number, sent at @sent. */
static enum verdict
await(struct trace *t, uint32_t number, int64_t sent)
{
	struct pollfd f = {.fd = t->in, .events = POLLIN};
	int64_t until = sent + t->o->wait_us;
	while (!nl_stopped() && nl_now() < until) {
		if (nl_wait(&f, 1, until) <= 0)
			continue;
		uint64_t type;
		ssize_t n = recv(t->in, t->buf, sizeof(t->buf), 0);
		if (n < 0)
			continue;
		const struct ni_dis *d = nl_look_at(t->look, NL_FROM_IP, t->buf, (uint32_t)n);
		if (nl_look_number(d, "icmp.type", false, &type) && answers(t, d, type, number))
			return show(t, d, type, nl_now() - sent);
	}
	puts("*");
	return SILENT;
}

static int
run(struct trace *t, struct ni_err *err)
{
	uint32_t number = 0;
	enum verdict last = SILENT;
	int rc = open_sockets(t, err);
	for (uint32_t ttl = t->o->first; !rc && ttl <= t->o->hops && last < UNREACHED; ttl++) {
		for (uint32_t i = 0; !rc && i < t->o->probes && !nl_stopped(); i++) {
			int64_t sent = nl_now();
			rc = send_probe(t, (int)ttl, ++number, err);
			if (rc)
				break;
			printf("%2u  ", ttl);
			enum verdict v = await(t, number, sent);
			if (v > last)
				last = v;
		}
	}
	if (t->out >= 0 && t->out != t->in)
		close(t->out);
	if (t->in >= 0)
		close(t->in);
	return rc ? rc : last != REACHED;
}

static int
check(const struct options *o, int argc, char **argv, struct sockaddr_in *to, struct ni_err *err)
{
	if (argc - optind != 1)
		return ni_fail(err, NI_ERR_INPUT, _("one address, please"));
	if (o->icmp && o->udp)
		return ni_fail(err, NI_ERR_INPUT, _("--icmp and --udp: one of them"));
	if (!o->first || !o->probes || !o->hops || !o->wait_us || !o->port)
		return ni_fail(err, NI_ERR_INPUT, _("--%s 0: at least 1"),
			       !o->first    ? "first"
			       : !o->probes ? "probes"
			       : !o->hops   ? "hops"
			       : !o->port   ? "port"
					    : "wait");
	if (o->first > o->hops)
		return ni_fail(err, NI_ERR_INPUT, _("--first %u: more than --hops %u"), o->first,
			       o->hops);
	if (o->port + o->hops * o->probes > 65535)
		return ni_fail(err, NI_ERR_INPUT, _("--port %u: not enough ports above it"),
			       o->port);
	uint8_t ip[4];
	int rc = nl_take_ip4("", argv[optind], ip, err);
	memcpy(&to->sin_addr, ip, 4);
	to->sin_family = AF_INET;
	return rc;
}

int
nl_trace(int argc, char **argv)
{
	static struct options o = {.hops = 30,
				   .first = 1,
				   .probes = 1,
				   .port = BASE_PORT,
				   .size = 32,
				   .wait_us = NL_SECOND};
	static struct trace t = {.o = &o, .out = -1, .in = -1};
	struct ni_err err = {"", ""};
	int rc = nl_tool_begin(&tool, &o, argc, argv);
	if (rc >= 0)
		return rc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = check(&o, argc, argv, &t.to, &err);
	if (!rc && !(t.look = nl_look_new(&err)))
		rc = NI_ERR_RUN;
	if (!rc) {
		nl_stop_on_signals();
		rc = run(&t, &err);
	}
	nl_look_free(&t.look);
	return rc < 0 ? nl_tool_fail(&tool, &err, rc) : rc;
}

void
nl_trace_man(void)
{
	nl_tool_man(&tool);
}
