/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab dhcp: a DHCP client that does its steps when it is told to, and shows every message. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "dhcp_talk.h"
#include "i18n.h"
#include "netlab.h"
#include "tool.h"

enum {
	STEPS_MAX = 100,
	TRIES_MAX = 10,
	WAIT_MAX_MS = 60000,
	ANY_XID = 0,
};

#define AT(member) offsetof(struct nl_dhcp_opts, member)

static int
set_ip(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	char name[64];
	snprintf(name, sizeof(name), "--%s ", opt->name);
	return nl_take_ip4(name, arg, (uint8_t *)o + opt->at, err);
}

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, N_("What is said"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_STRING, 'I', "interface", "NAME", N_("say it there (default: the only one that is up)"), AT(link), 0, NULL},
	{NI_OPT_CALL, 'r', "request", "ADDRESS", N_("ask for this address"), AT(requested), 0, set_ip},
	{NI_OPT_CALL, 's', "server", "ADDRESS", N_("take the offers of this server alone"), AT(server), 0, set_ip},
	{NI_OPT_STRING, 0, "hostname", "NAME", N_("say that we are called so"), AT(hostname), 0, NULL},
	{NI_OPT_FLAG, 'b', "broadcast", NULL, N_("ask for answers to everybody"), AT(broadcast), 0, NULL},
	{NI_OPT_CALL, 0, "xid", "N", N_("first transaction id (default: made up)"), AT(xid), 0, nl_opt_hex},

	{NI_OPT_HEADING, 0, N_("What is done"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_FLAG, 'a', "apply", NULL, N_("give the interface the address, and the default route"), AT(apply), 0, NULL},
	{NI_OPT_CALL, 'w', "wait", "MS", N_("for an answer, twice as long with each try (default 2000)"), AT(wait_us), NL_MINUTE, nl_opt_ms},
	{NI_OPT_NUMBER, 0, "tries", "N", N_("say it up to N times (default 3)"), AT(tries), TRIES_MAX, NULL},
	{NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL},
};
/* clang-format on */

enum how { DISCOVER, LEASE, REBOOT, AGAIN, LEAVE, WAIT };

/* clang-format off */
static const struct step {
	struct nl_word word;
	enum how how;
	enum nl_dhcp_type type;
	bool to_server; /* to the one that gave the address alone */
} steps[] = {
	{{"lease", NULL, N_("discover and request an address (default)")}, LEASE, NL_REQUEST, false},
	{{"discover", NULL, N_("only ask who would offer one")}, DISCOVER, NL_DISCOVER, false},
	{{"reboot", NULL, N_("request that of --request at once, as who had it before")}, REBOOT, NL_REQUEST, false},
	{{"renew", NULL, N_("request it for longer from the server that gave it")}, AGAIN, NL_REQUEST, true},
	{{"rebind", NULL, N_("the same from any server")}, AGAIN, NL_REQUEST, false},
	{{"inform", NULL, N_("ask for the other settings only")}, AGAIN, NL_INFORM, false},
	{{"release", NULL, N_("give it back")}, LEAVE, NL_RELEASE, true},
	{{"decline", NULL, N_("say that somebody else has it")}, LEAVE, NL_DECLINE, false},
	{{"wait", "=MS", N_("do nothing")}, WAIT, NL_NAK, false},
};
/* clang-format on */

enum { NSTEPS = sizeof(steps) / sizeof(steps[0]) };

static const struct nl_words words = {N_("Steps"), &steps[0].word, NSTEPS, sizeof(steps[0])};

static const struct nl_tool tool = {
    {"netlab dhcp", options, sizeof(options) / sizeof(options[0])},
    N_("Usage: netlab dhcp [options] [STEP...]\n\n"
       "Get an address by DHCP, step by step, and show every message."),
    N_("Exit status: 0 if every step went well, 1 if one was refused or not answered,\n"
       "2 on wrong usage."),
    AT(help),
    &words,
    NULL,
};

static struct nl_dhcp
message(struct nl_dhcp_talk *c, enum nl_dhcp_type type)
{
	struct nl_dhcp m = {
	    .type = type, .xid = c->xid, .broadcast = c->o->broadcast, .hostname = c->o->hostname};
	memcpy(m.mac, c->link.mac, 6);
	return m;
}

static void
print_ip(const char *name, const uint8_t *ip)
{
	if (!nl_no_ip(ip))
		printf(" %s=%u.%u.%u.%u", name, ip[0], ip[1], ip[2], ip[3]);
}

/* The answer to a request: it is ours now, or not any more. */
static int
settle(struct nl_dhcp_talk *c, const struct nl_lease *l, struct ni_err *err)
{
	if (l->type == NL_NAK) {
		memset(c->lease.ip, 0, 4);
		if (c->o->apply)
			nl_lease_apply(&c->link, NULL, NULL);
		return ni_fail(err, NI_ERR_RUN, _("the server refuses"));
	}
	c->lease = *l;
	printf("lease");
	print_ip("address", l->ip);
	print_ip("mask", l->mask);
	print_ip("server", l->server);
	print_ip("router", l->router);
	print_ip("dns", l->dns);
	printf(" seconds=%u\n", l->seconds);
	return c->o->apply ? nl_lease_apply(&c->link, l, err) : NI_SUCCESS;
}

static int
do_discover(struct nl_dhcp_talk *c, bool all, struct nl_lease *offer, struct ni_err *err)
{
	struct nl_dhcp m = message(c, NL_DISCOVER);
	memcpy(m.requested, c->o->requested, 4);
	return nl_dhcp_converse(c, &m, false, all, offer, err);
}

static int
do_lease(struct nl_dhcp_talk *c, struct ni_err *err)
{
	struct nl_lease l = {.seconds = 0};
	int rc = do_discover(c, false, &l, err);
	if (rc)
		return rc;
	struct nl_dhcp m = message(c, NL_REQUEST);
	memcpy(m.requested, l.ip, 4);
	memcpy(m.server, l.server, 4);
	rc = nl_dhcp_converse(c, &m, false, false, &l, err);
	return rc ? rc : settle(c, &l, err);
}

/* RFC 2131 4.3.2: neither server nor client address. */
static int
do_reboot(struct nl_dhcp_talk *c, struct ni_err *err)
{
	struct nl_lease l = {.seconds = 0};
	struct nl_dhcp m = message(c, NL_REQUEST);
	memcpy(m.requested, c->o->requested, 4);
	if (nl_no_ip(m.requested))
		return ni_fail(err, NI_ERR_INPUT, _("reboot: needs --request"));
	int rc = nl_dhcp_converse(c, &m, false, false, &l, err);
	return rc ? rc : settle(c, &l, err);
}

static int
no_lease(const struct nl_dhcp_talk *c, const struct step *s, struct ni_err *err)
{
	bool server = s->to_server || s->how == LEAVE;
	if (!nl_no_ip(c->lease.ip) && !(server && nl_no_ip(c->lease.server)))
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, _("%s: there is no lease"), s->word.name);
	ni_hint(err, _("'netlab dhcp lease %s', or an address on the interface and --server"),
		s->word.name);
	return NI_ERR_INPUT;
}

static int
do_again(struct nl_dhcp_talk *c, const struct step *s, struct ni_err *err)
{
	struct nl_lease l = {.seconds = 0};
	struct nl_dhcp m = message(c, s->type);
	int rc = no_lease(c, s, err);
	if (rc)
		return rc;
	memcpy(m.client, c->lease.ip, 4);
	rc = nl_dhcp_converse(c, &m, s->to_server, false, &l, err);
	if (!rc && s->type == NL_REQUEST)
		rc = settle(c, &l, err);
	return rc;
}

/* Without an answer: the address is not ours any more. */
static int
do_leave(struct nl_dhcp_talk *c, const struct step *s, struct ni_err *err)
{
	struct nl_dhcp m = message(c, s->type);
	int rc = no_lease(c, s, err);
	if (rc)
		return rc;
	memcpy(s->type == NL_RELEASE ? m.client : m.requested, c->lease.ip, 4);
	memcpy(m.server, c->lease.server, 4);
	rc = nl_dhcp_say(c, &m, s->to_server, err);
	memset(c->lease.ip, 0, 4);
	return !rc && c->o->apply ? nl_lease_apply(&c->link, NULL, err) : rc;
}

/* Find the step @text, and the time that a wait is to take. */
static int
parse_step(const char *text, const struct step **s, int64_t *us, struct ni_err *err)
{
	static const struct ni_opt as_option = {.name = "wait"};
	size_t n = strcspn(text, "=");
	*s = NULL;
	for (size_t i = 0; i < NSTEPS && !*s; i++)
		if (strlen(steps[i].word.name) == n && !strncmp(steps[i].word.name, text, n) &&
		    !steps[i].word.arg == !text[n])
			*s = &steps[i];
	if (*s && (*s)->how == WAIT)
		return nl_take_thousandths(&as_option, text + n + 1, (int64_t)WAIT_MAX_MS * 1000,
					   _("milliseconds"), us, err);
	if (*s)
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, _("%s: no such step"), text);
	ni_hint(err, _("'%s --help' lists them"), tool.table.program);
	return NI_ERR_INPUT;
}

static int
do_step(struct nl_dhcp_talk *c, const struct step *s, int64_t us, struct ni_err *err)
{
	struct nl_lease offer = {.seconds = 0};
	int64_t until = nl_now() + us;
	switch (s->how) {
	case DISCOVER:
		return do_discover(c, true, &offer, err);
	case LEASE:
		return do_lease(c, err);
	case REBOOT:
		return do_reboot(c, err);
	case AGAIN:
		return do_again(c, s, err);
	case LEAVE:
		return do_leave(c, s, err);
	case WAIT:
		break;
	}
	while (!nl_stopped() && nl_now() < until)
		nl_wait(NULL, 0, until);
	return NI_SUCCESS;
}

static int
run(struct nl_dhcp_talk *c, char *const *text, int n, struct ni_err *err)
{
	const struct step *s = &steps[0];
	int64_t us = 0;
	int rc = NI_SUCCESS;
	int port = nl_dhcp_occupy_port(&c->link);
	c->xid = c->o->xid;
	if (c->xid == ANY_XID && getrandom(&c->xid, sizeof(c->xid), 0) < 0)
		c->xid = (uint32_t)nl_now();
	c->start = nl_now();
	if (c->link.has_ip) {
		memcpy(c->lease.ip, c->link.ip, 4);
		memcpy(c->lease.server, c->o->server, 4);
	}
	if (!n)
		rc = do_step(c, s, us, err);
	for (int i = 0; i < n && !rc && !nl_stopped(); i++) {
		rc = parse_step(text[i], &s, &us, err);
		if (!rc)
			rc = do_step(c, s, us, err);
		c->xid += s->how != WAIT;
	}
	if (port >= 0)
		close(port);
	return rc;
}

static int
check(const struct nl_dhcp_opts *o, char *const *text, int n, struct ni_err *err)
{
	const struct step *s;
	int64_t us;
	int rc = NI_SUCCESS;
	if (!o->tries || !o->wait_us)
		return ni_fail(err, NI_ERR_INPUT, _("--%s 0: at least 1"),
			       o->tries ? "wait" : "tries");
	if (n > STEPS_MAX)
		return ni_fail(err, NI_ERR_INPUT, _("more than %d steps"), STEPS_MAX);
	for (int i = 0; i < n && !rc; i++)
		rc = parse_step(text[i], &s, &us, err);
	return rc;
}

int
nl_dhcp(int argc, char **argv)
{
	static struct nl_dhcp_opts o = {.tries = 3, .wait_us = 2 * (int64_t)NL_SECOND};
	static struct nl_dhcp_talk c = {.o = &o, .link = {.fd = -1}};
	struct ni_err err = {"", ""};
	int rc = nl_tool_begin(&tool, &o, argc, argv);
	if (rc >= 0)
		return rc;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = check(&o, argv + optind, argc - optind, &err);
	if (!rc)
		rc = nl_link_open(&c.link, o.link, &err);
	if (!rc && !(c.look = nl_look_new(&err)))
		rc = NI_ERR_RUN;
	if (!rc) {
		nl_stop_on_signals();
		rc = run(&c, argv + optind, argc - optind, &err);
	}
	nl_look_free(&c.look);
	nl_link_close(&c.link);
	return rc ? nl_tool_fail(&tool, &err, rc) : 0;
}

void
nl_dhcp_man(void)
{
	nl_tool_man(&tool);
}
