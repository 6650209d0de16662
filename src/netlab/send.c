/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlab send: frames that say what they are told to say. For the exercises about what an attacker
 * in the network can do; see world.h for where that is allowed.
 */
#include <getopt.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "arp.h"
#include "i18n.h"
#include "look.h"
#include "netlab.h"
#include "sockopts.h"
#include "tool.h"
#include "world.h"

enum { COUNT_MAX = 1000, TIME_MAX_US = NL_MINUTE, DATA_MAX = 1400 };

struct end {
	uint8_t ip[4];
	uint16_t port;
	bool set;
};

struct mac {
	uint8_t a[6];
	bool set;
};

struct options {
	const char *link, *data;
	struct mac eth_src, eth_dst, sender_mac, target_mac;
	struct end sender, target, from, to;
	uint32_t count, seq, ack, seq_step, window, mss, ttl, id;
	int64_t interval_us;
	uint8_t flags;
	bool vary, df, help;
};

#define AT(member) offsetof(struct options, member)

static int
set_mac(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	char name[64];
	struct mac *m = (struct mac *)(void *)((char *)o + opt->at);
	snprintf(name, sizeof(name), "--%s ", opt->name);
	m->set = true;
	return nl_take_mac(name, arg, m->a, err);
}

static int
set_ip(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	char name[64];
	struct end *e = (struct end *)(void *)((char *)o + opt->at);
	snprintf(name, sizeof(name), "--%s ", opt->name);
	e->set = true;
	return nl_take_ip4(name, arg, e->ip, err);
}

static int
set_end(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	char name[64];
	struct end *e = (struct end *)(void *)((char *)o + opt->at);
	struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
	socklen_t len = 0;
	snprintf(name, sizeof(name), "--%s ", opt->name);
	int rc = ni_address_parse(name, arg, 0, &a, &len, err);
	if (rc)
		return rc;
	if (a.ss_family != AF_INET || !ni_address_port(&a)) {
		ni_fail(err, NI_ERR_INPUT, _("%s%s: not an IPv4 address and a port"), name, arg);
		ni_hint(err, _("for example 192.168.1.7:80"));
		return NI_ERR_INPUT;
	}
	struct sockaddr_in in;
	memcpy(&in, &a, sizeof(in));
	memcpy(e->ip, &in.sin_addr, 4);
	e->port = ni_address_port(&a);
	e->set = true;
	return NI_SUCCESS;
}

static int
set_flags(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	static const char letters[] = "FSRPAUEC"; /* from the lowest bit on */
	uint8_t flags = 0;
	(void)opt;
	for (const char *p = arg; *p; p++) {
		const char *at = strchr(letters, *p & ~0x20);
		if (!at || !*at) {
			ni_fail(err, NI_ERR_INPUT, _("--flags %s: not such flags"), arg);
			ni_hint(err, _("letters of FIN SYN RST PSH ACK URG ECE CWR: S, SA, R, "
				       "RA, FA, PA"));
			return NI_ERR_INPUT;
		}
		flags |= (uint8_t)(1U << (at - letters));
	}
	((struct options *)o)->flags = flags;
	return NI_SUCCESS;
}

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, N_("Frames"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_STRING, 'I', "interface", "NAME", N_("send there (default: the only one that is up)"), AT(link), 0, NULL},
	{NI_OPT_NUMBER, 'c', "count", "N", N_("so many, at most 1000 (default 1)"), AT(count), COUNT_MAX, NULL},
	{NI_OPT_CALL, 'i', "interval", "MS", N_("one every MS (default 100); all of them take a minute at most"), AT(interval_us), TIME_MAX_US, nl_opt_ms},
	{NI_OPT_CALL, 0, "eth-src", "MAC", N_("from this address (default: the interface's)"), AT(eth_src), 0, set_mac},
	{NI_OPT_CALL, 0, "eth-dst", "MAC", N_("to this address (default: everybody for ARP requests, else whose --target or --to is)"), AT(eth_dst), 0, set_mac},

	{NI_OPT_HEADING, 0, N_("ARP"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_CALL, 0, "sender", "ADDRESS", N_("who asks, or who claims to have it (default: the interface's)"), AT(sender), 0, set_ip},
	{NI_OPT_CALL, 0, "sender-mac", "MAC", N_("and with which MAC address (default: the interface's)"), AT(sender_mac), 0, set_mac},
	{NI_OPT_CALL, 0, "target", "ADDRESS", N_("who is asked for, or to whom the reply goes"), AT(target), 0, set_ip},
	{NI_OPT_CALL, 0, "target-mac", "MAC", N_("and his MAC address (default: in a reply --eth-dst, else zeros)"), AT(target_mac), 0, set_mac},

	{NI_OPT_HEADING, 0, N_("TCP and UDP"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_CALL, 0, "from", "ADDRESS:PORT", N_("from this endpoint"), AT(from), 0, set_end},
	{NI_OPT_CALL, 0, "to", "ADDRESS:PORT", N_("to this one"), AT(to), 0, set_end},
	{NI_OPT_FLAG, 0, "vary", NULL, N_("each frame from the next port"), AT(vary), 0, NULL},
	{NI_OPT_STRING, 0, "data", "TEXT", N_("what it carries"), AT(data), 0, NULL},
	{NI_OPT_NUMBER, 0, "ttl", "N", N_("time to live (default 64)"), AT(ttl), 255, NULL},
	{NI_OPT_CALL, 0, "id", "N", N_("identification in the IP header (default 0)"), AT(id), 65535, nl_opt_hex},
	{NI_OPT_FLAG, 0, "df", NULL, N_("don't fragment"), AT(df), 0, NULL},
	{NI_OPT_CALL, 0, "flags", "LETTERS", N_("of FIN SYN RST PSH ACK URG ECE CWR (default S)"), 0, 0, set_flags},
	{NI_OPT_CALL, 0, "seq", "N", N_("sequence number as it stands on the wire (default 0)"), AT(seq), 0, nl_opt_hex},
	{NI_OPT_CALL, 0, "seq-step", "N", N_("add so much from frame to frame"), AT(seq_step), 0, nl_opt_hex},
	{NI_OPT_CALL, 0, "ack", "N", N_("acknowledgment number (default 0)"), AT(ack), 0, nl_opt_hex},
	{NI_OPT_NUMBER, 0, "window", "N", N_("window (default 64240)"), AT(window), 65535, NULL},
	{NI_OPT_NUMBER, 0, "mss", "N", N_("maximum segment size, as an option (default: none)"), AT(mss), 65535, NULL},
	{NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL},
};
/* clang-format on */

static const struct nl_tool tool = {
    {"netlab send", options, sizeof(options) / sizeof(options[0])},
    N_("Usage: netlab send arp-request|arp-reply|arp-gratuitous|tcp|udp [options]\n\n"
       "Send forged frames: they say what the options say, with right lengths and checksums.\n"
       "Only inside of a lab's own network; everywhere else it refuses. Prints a line for each."),
    N_("Exit status: 0 if all were sent, 1 if not, 2 on wrong usage and outside of a lab."),
    AT(help),
    NULL,
    NULL,
};

enum kind { ARP_REQUEST, ARP_REPLY, ARP_GRATUITOUS, TCP, UDP, NKINDS };

static const char *const kinds[NKINDS] = {"arp-request", "arp-reply", "arp-gratuitous", "tcp",
					  "udp"};

/* What the options leave open is said by the interface. */
static struct nl_arp
arp_of(const struct options *o, enum kind kind, const struct nl_link *l)
{
	struct nl_arp a = {.op = kind == ARP_REPLY ? NL_ARP_REPLY : NL_ARP_REQUEST};
	memcpy(a.sender_mac, o->sender_mac.set ? o->sender_mac.a : l->mac, 6);
	memcpy(a.sender_ip, o->sender.set ? o->sender.ip : l->ip, 4);
	memcpy(a.target_ip, kind == ARP_GRATUITOUS ? a.sender_ip : o->target.ip, 4);
	if (o->target_mac.set || kind == ARP_REPLY)
		memcpy(a.target_mac, o->target_mac.set ? o->target_mac.a : o->eth_dst.a, 6);
	return a;
}

/* The @i-th frame. */
static void
build(struct nl_packet *k, const struct options *o, enum kind kind, const struct nl_link *l,
      uint32_t i)
{
	struct nl_ip ip = {.ttl = (uint8_t)o->ttl, .id = (uint16_t)o->id, .df = o->df};
	uint32_t n = o->data ? (uint32_t)strlen(o->data) : 0;
	uint16_t sport = (uint16_t)(o->from.port + (o->vary ? i : 0));
	const struct nl_tcp tcp = {.sport = sport,
				   .dport = o->to.port,
				   .seq = o->seq + i * o->seq_step,
				   .ack = o->ack,
				   .flags = o->flags,
				   .window = (uint16_t)o->window,
				   .mss = (uint16_t)o->mss};
	memcpy(ip.src, o->from.ip, 4);
	memcpy(ip.dst, o->to.ip, 4);
	k->n = 0;
	nl_put_ethernet(k, o->eth_dst.a, o->eth_src.set ? o->eth_src.a : l->mac,
			kind < TCP ? NL_ETHERTYPE_ARP : NL_ETHERTYPE_IP);
	if (kind == TCP) {
		nl_put_tcp(k, &ip, &tcp, o->data, n);
	} else if (kind == UDP) {
		nl_put_udp(k, &ip, sport, o->to.port, o->data, n);
	} else {
		const struct nl_arp a = arp_of(o, kind, l);
		nl_put_arp(k, &a);
	}
}

/* Where the frames are to go, if nobody said so. */
static int
find_destination(struct options *o, enum kind kind, const struct nl_link *l, struct nl_look *k,
		 struct ni_err *err)
{
	const uint8_t *ip = kind < TCP ? o->target.ip : o->to.ip;
	if (o->eth_dst.set)
		return NI_SUCCESS;
	if (kind == ARP_REQUEST || kind == ARP_GRATUITOUS) {
		memcpy(o->eth_dst.a, nl_broadcast, 6);
		return NI_SUCCESS;
	}
	if (!nl_link_near(l, ip)) {
		ni_fail(err, NI_ERR_INPUT, _("%u.%u.%u.%u is not in the network of %s"), ip[0],
			ip[1], ip[2], ip[3], l->name);
		ni_hint(err, _("give the router's MAC address: --eth-dst"));
		return NI_ERR_INPUT;
	}
	return nl_arp_ask(l, k, ip, o->eth_dst.a, err);
}

static int
send_all(const struct options *o, enum kind kind, const struct nl_link *l, struct nl_look *k,
	 struct ni_err *err)
{
	struct nl_packet packet = {.n = 0};
	char text[1024];
	int64_t start = nl_now();
	for (uint32_t i = 0; i < o->count; i++) {
		int64_t due = start + o->interval_us * i;
		while (!nl_stopped() && nl_now() < due)
			nl_wait(NULL, 0, due);
		if (nl_stopped())
			return ni_fail(err, NI_ERR_RUN, _("interrupted"));
		build(&packet, o, kind, l, i);
		int rc = nl_link_send(l, packet.p, packet.n, err);
		if (rc)
			return rc;
		struct ni_buf b = ni_buf(text, sizeof(text));
		ni_buf_sec(&b, (nl_now() - start) * 1000, 6);
		ni_buf_c(&b, ' ');
		nl_look_line(&b, nl_look_at(k, NL_FROM_ETHERNET, packet.p, packet.n));
		puts(ni_buf_z(&b));
	}
	return NI_SUCCESS;
}

static int
check(const struct options *o, enum kind kind, const struct nl_link *l, struct ni_err *err)
{
	if (kind >= TCP && (!o->from.set || !o->to.set))
		return ni_fail(err, NI_ERR_INPUT, _("%s: needs --from and --to"), kinds[kind]);
	if ((kind == ARP_REQUEST || kind == ARP_REPLY) && !o->target.set)
		return ni_fail(err, NI_ERR_INPUT, _("%s: needs --target"), kinds[kind]);
	if (kind < TCP && !o->sender.set && !l->has_ip)
		return ni_fail(err, NI_ERR_INPUT, _("%s has no IPv4 address: needs --sender"),
			       l->name);
	if (!o->count)
		return ni_fail(err, NI_ERR_INPUT, _("--%s 0: at least 1"), "count");
	if (o->interval_us * (o->count - 1) > TIME_MAX_US)
		return ni_fail(err, NI_ERR_INPUT,
			       _("%u frames at this interval take more than a minute"), o->count);
	if (o->data && strlen(o->data) > DATA_MAX)
		return ni_fail(err, NI_ERR_INPUT, _("--data: more than %d bytes"), DATA_MAX);
	return NI_SUCCESS;
}

static int
find_kind(int argc, char **argv, enum kind *kind, struct ni_err *err)
{
	for (unsigned i = 0; i < NKINDS && argc - optind == 1; i++) {
		if (!strcmp(argv[optind], kinds[i])) {
			*kind = (enum kind)i;
			return NI_SUCCESS;
		}
	}
	if (argc - optind == 1)
		ni_fail(err, NI_ERR_INPUT, _("%s: no such kind of frame"), argv[optind]);
	else
		ni_fail(err, NI_ERR_INPUT, _("one kind of frame, please"));
	ni_hint(err, _("one of: %s"), "arp-request, arp-reply, arp-gratuitous, tcp, udp");
	return NI_ERR_INPUT;
}

int
nl_send(int argc, char **argv)
{
	static struct options o = {.count = 1,
				   .ttl = 64,
				   .window = 64240,
				   .interval_us = 100 * (int64_t)NL_MS,
				   .flags = 0x02};
	struct nl_link l = {.fd = -1};
	struct nl_look *k = NULL;
	struct ni_err err = {"", ""};
	enum kind kind = NKINDS;
	int rc = nl_tool_begin(&tool, &o, argc, argv);
	if (rc >= 0)
		return rc;
	rc = find_kind(argc, argv, &kind, &err);
	if (!rc)
		rc = nl_world_check(&err);
	if (!rc)
		rc = nl_link_open_for(&l, o.link, kind < TCP ? o.target.ip : o.to.ip, &err);
	if (!rc)
		rc = nl_world_check_cable(l.name, &err);
	if (!rc)
		rc = check(&o, kind, &l, &err);
	if (!rc && !(k = nl_look_new(&err)))
		rc = NI_ERR_RUN;
	if (!rc) {
		nl_stop_on_signals();
		rc = find_destination(&o, kind, &l, k, &err);
	}
	if (!rc)
		rc = send_all(&o, kind, &l, k, &err);
	nl_look_free(&k);
	nl_link_close(&l);
	return rc ? nl_tool_fail(&tool, &err, rc) : 0;
}

void
nl_send_man(void)
{
	nl_tool_man(&tool);
}
