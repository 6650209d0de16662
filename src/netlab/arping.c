/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab arping: ask by ARP who has an address, or tell that we have it. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "arp.h"
#include "i18n.h"
#include "look.h"
#include "netlab.h"
#include "tool.h"

enum { COUNT_MAX = 1000, SECONDS_MAX = 600, STATIONS_MAX = 8 };

struct options {
	const char *link;
	uint32_t count, wait_s;
	int64_t interval_us;
	bool gratuitous, probe, help;
};

#define AT(member) offsetof(struct options, member)

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, N_("What is asked"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_STRING, 'I', "interface", "NAME", N_("ask there (default: where the network of ADDRESS is)"), AT(link), 0, NULL},
	{NI_OPT_NUMBER, 'c', "count", "N", N_("so many requests, at most 1000 (default 3)"), AT(count), COUNT_MAX, NULL},
	{NI_OPT_CALL, 'i', "interval", "MS", N_("one every MS (default 1000)"), AT(interval_us), NL_MINUTE, nl_opt_ms},
	{NI_OPT_NUMBER, 'w', "wait", "SECONDS", N_("end after so long, at most 600 (default: when the last request had its time)"), AT(wait_s), SECONDS_MAX, NULL},
	{NI_OPT_FLAG, 'g', "gratuitous", NULL, N_("tell everybody that we have ADDRESS, which must be ours"), AT(gratuitous), 0, NULL},
	{NI_OPT_FLAG, 'p', "probe", NULL, N_("ask as one who has no address yet: is ADDRESS free?"), AT(probe), 0, NULL},
	{NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL},
};
/* clang-format on */

static const struct nl_tool tool = {
    {"netlab arping", options, sizeof(options) / sizeof(options[0])},
    N_("Usage: netlab arping [options] ADDRESS\n\n"
       "Ask by ARP who has an IPv4 address. Prints a line for each answer."),
    N_("Exit status: 0 if somebody has it (--probe: nobody), 1 if not, 2 on wrong usage."),
    AT(help),
    NULL,
    NULL,
};

/* Who answered. */
struct tally {
	uint32_t replies;
	unsigned stations;
	uint8_t mac[STATIONS_MAX][6];
};

static void
count(struct tally *t, const uint8_t *mac)
{
	t->replies++;
	for (unsigned i = 0; i < t->stations; i++)
		if (!memcmp(t->mac[i], mac, 6))
			return;
	if (t->stations < STATIONS_MAX)
		memcpy(t->mac[t->stations++], mac, 6);
}

static void
print_mac(const uint8_t *mac)
{
	char text[32];
	struct ni_buf b = ni_buf(text, sizeof(text));
	ni_buf_ether(&b, mac);
	fputs(ni_buf_z(&b), stdout);
}

/* Take answers until @until. To a probe, whoever speaks as one who has the address says that he has
 * it, even if he asks for another (RFC 5227 2.1.1). */
static int
hear(const struct nl_link *l, struct nl_look *k, const struct nl_arp *ask, int64_t until,
     struct tally *t, struct ni_err *err)
{
	static uint8_t frame[NL_FRAME_MAX];
	int64_t asked = nl_now();
	struct nl_got got = {.n = 1};
	struct nl_arp a;
	static const uint8_t nobody[4];
	bool probe = !memcmp(ask->sender_ip, nobody, 4);
	while (got.n) {
		int rc = nl_link_receive(l, frame, &got, until, err);
		if (rc)
			return rc;
		if (!nl_arp_read(k, frame, got.n, &a) || (a.op != NL_ARP_REPLY && !probe) ||
		    memcmp(a.sender_ip, ask->target_ip, 4) != 0)
			continue;
		count(t, a.sender_mac);
		printf("%u.%u.%u.%u ", a.sender_ip[0], a.sender_ip[1], a.sender_ip[2],
		       a.sender_ip[3]);
		print_mac(a.sender_mac);
		printf(" %.3f ms %s\n", (double)(nl_now() - asked) / NL_MS,
		       memcmp(frame, nl_broadcast, 6) != 0 ? _("to us") : _("to everybody"));
	}
	return NI_SUCCESS;
}

static int
run(const struct options *o, const struct nl_link *l, const struct nl_arp *ask, struct tally *t,
    struct ni_err *err)
{
	int64_t start = nl_now();
	int64_t end = o->wait_s ? start + (int64_t)o->wait_s * NL_SECOND : INT64_MAX;
	uint32_t sent = 0;
	struct nl_look *k = nl_look_new(err);
	int rc = k ? NI_SUCCESS : NI_ERR_RUN;
	while (!rc && sent < o->count && !nl_stopped() && nl_now() < end) {
		int64_t until = start + o->interval_us * ++sent;
		rc = nl_arp_send(l, nl_broadcast, ask, err);
		if (!rc && !(o->gratuitous && sent == o->count))
			rc = hear(l, k, ask, until < end ? until : end, t, err);
	}
	nl_look_free(&k);
	if (rc)
		return rc;
	printf(_("requests: %u, replies: %u, from stations: %u\n"), sent, t->replies, t->stations);
	if (t->stations > 1)
		puts(_("more than one station says that it has this address"));
	return NI_SUCCESS;
}

/* The question, from what the interface is and what the options say. */
static int
question(const struct options *o, const struct nl_link *l, const uint8_t *ip, struct nl_arp *ask,
	 struct ni_err *err)
{
	*ask = (struct nl_arp){.op = NL_ARP_REQUEST};
	memcpy(ask->sender_mac, l->mac, 6);
	memcpy(ask->target_ip, ip, 4);
	if (!o->probe)
		memcpy(ask->sender_ip, o->gratuitous ? ip : l->ip, 4);
	if (o->gratuitous && (!l->has_ip || memcmp(ip, l->ip, 4) != 0)) {
		ni_fail(err, NI_ERR_INPUT, _("--gratuitous: the address of %s is another"),
			l->name);
		ni_hint(err, _("in a lab: netlab send arp-gratuitous --sender ADDRESS"));
		return NI_ERR_INPUT;
	}
	if (!o->probe && !l->has_ip) {
		ni_fail(err, NI_ERR_INPUT, _("%s has no IPv4 address to ask from"), l->name);
		ni_hint(err, _("--probe asks without one"));
		return NI_ERR_INPUT;
	}
	return NI_SUCCESS;
}

static int
check(const struct options *o, int argc, char **argv, uint8_t *ip, struct ni_err *err)
{
	if (argc - optind != 1)
		return ni_fail(err, NI_ERR_INPUT, _("one address, please"));
	if (o->gratuitous && o->probe)
		return ni_fail(err, NI_ERR_INPUT,
			       _("--gratuitous and --probe: tell or ask, not both"));
	if (!o->count || !o->interval_us)
		return ni_fail(err, NI_ERR_INPUT, _("--%s 0: at least 1"),
			       o->count ? "interval" : "count");
	return nl_take_ip4("", argv[optind], ip, err);
}

int
nl_arping(int argc, char **argv)
{
	static struct options o = {.count = 3, .interval_us = NL_SECOND};
	struct nl_link l = {.fd = -1};
	struct nl_arp ask;
	struct tally t = {.replies = 0};
	struct ni_err err = {"", ""};
	uint8_t ip[4] = {0};
	int rc = nl_tool_begin(&tool, &o, argc, argv);
	if (rc >= 0)
		return rc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = check(&o, argc, argv, ip, &err);
	if (!rc)
		rc = nl_link_open_for(&l, o.link, ip, &err);
	if (!rc)
		rc = question(&o, &l, ip, &ask, &err);
	if (!rc) {
		nl_stop_on_signals();
		rc = run(&o, &l, &ask, &t, &err);
	}
	nl_link_close(&l);
	if (rc)
		return nl_tool_fail(&tool, &err, rc);
	return o.gratuitous || (t.replies > 0) != o.probe ? 0 : 1;
}

void
nl_arping_man(void)
{
	nl_tool_man(&tool);
}
