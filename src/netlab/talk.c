/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab tcp, netlab udp: their command lines and connections; see talk.h. */
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "i18n.h"
#include "netlab.h"
#include "talk.h"

enum { SECONDS_MAX = 600 };

struct options {
	uint32_t wait_s;
	bool quiet, help;
};

#define AT(member) offsetof(struct options, member)

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, N_("Options"), NULL, NULL, 0, 0, NULL},
	{NI_OPT_NUMBER, 'w', "wait", "SECONDS", N_("for what a step needs, at most 600 (default 30)"), AT(wait_s), SECONDS_MAX, NULL},
	{NI_OPT_FLAG, 'q', "quiet", NULL, N_("print nothing"), AT(quiet), 0, NULL},
	{NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL},
};
/* clang-format on */

static const char after[] =
    N_("Exit status: 0 if all steps were done, 1 if not (refused, reset, or waited in vain),\n"
       "2 on wrong usage.");

static const struct nl_tool tcp_tool = {
    {"netlab tcp", options, sizeof(options) / sizeof(options[0])},
    N_("Usage: netlab tcp listen [ADDRESS:]PORT [STEP...]\n"
       "       netlab tcp connect ADDRESS:PORT [STEP...]\n\n"
       "One end of one TCP connection, which does what it is told, step by step, and prints it.\n"
       "What is open at the end is closed."),
    after,
    AT(help),
    &nl_tcp_steps,
    &nl_tcp_settings,
};

static const struct nl_tool udp_tool = {
    {"netlab udp", options, sizeof(options) / sizeof(options[0])},
    N_("Usage: netlab udp listen [ADDRESS:]PORT [STEP...]\n"
       "       netlab udp connect ADDRESS:PORT [STEP...]\n\n"
       "One end of a conversation over UDP, which does what it is told, step by step, and prints\n"
       "it. Who listens talks with the first that speaks to him."),
    after,
    AT(help),
    &nl_udp_steps,
    &nl_udp_settings,
};

static int
bind_to(const struct nl_talk *t, int family, const struct sockaddr_storage *a, socklen_t len)
{
	struct sockaddr_storage any = {.ss_family = (sa_family_t)family};
	const int on = 1;
	setsockopt(t->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a)
		return bind(t->fd, (const struct sockaddr *)a, len);
	ni_address_set_port(&any, (uint16_t)t->port);
	return bind(t->fd, (struct sockaddr *)&any,
		    family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
}

/* Wait for somebody, and talk to him alone. */
static int
accept_one(struct nl_talk *t)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);
	if (!t->udp && listen(t->fd, 1))
		return nl_talk_over(t, "listen", errno);
	nl_talk_tell(t, "listen", "");
	int rc = nl_talk_ready(t, "listen", POLLIN);
	if (rc)
		return rc;
	if (t->udp) {
		if (recvfrom(t->fd, t->buf, 1, MSG_PEEK, (struct sockaddr *)&peer, &len) < 0 ||
		    connect(t->fd, (struct sockaddr *)&peer, len))
			return nl_talk_over(t, "listen", errno);
		return NI_SUCCESS;
	}
	int fd = accept4(t->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return nl_talk_over(t, "listen", errno);
	close(t->fd);
	t->fd = fd;
	return NI_SUCCESS;
}

static int
connect_to(struct nl_talk *t, const struct sockaddr_storage *a, socklen_t len)
{
	int error = 0;
	socklen_t n = sizeof(error);
	if (t->port && bind_to(t, a->ss_family, NULL, 0))
		return nl_talk_over(t, "port", errno);
	if (connect(t->fd, (const struct sockaddr *)a, len) && errno != EINPROGRESS)
		return nl_talk_over(t, "connect", errno);
	int rc = nl_talk_ready(t, "connect", POLLOUT);
	if (!rc && !getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &n) && error)
		rc = nl_talk_over(t, "connect", error);
	return rc;
}

static void
tell_ends(const struct nl_talk *t)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	char here[64] = "-";
	char there[64] = "-";
	char both[160];
	if (!getsockname(t->fd, (struct sockaddr *)&a, &len))
		ni_address_text(&a, here, sizeof(here));
	len = sizeof(a);
	if (!getpeername(t->fd, (struct sockaddr *)&a, &len))
		ni_address_text(&a, there, sizeof(there));
	snprintf(both, sizeof(both), "%s %s", here, there);
	nl_talk_tell(t, "connected", both);
}

static int
converse(struct nl_talk *t, bool listens, const struct sockaddr_storage *a, socklen_t len,
	 struct ni_err *err)
{
	t->start = nl_now();
	t->fd = socket(a->ss_family,
		       (t->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		return nl_talk_over(t, "socket", errno);
	/* Of TCP's options UDP takes none, and says so to nobody. */
	if (ni_sockopts_set(t->fd, a->ss_family, &t->sock, err))
		return NI_ERR_RUN;
	if (listens && bind_to(t, a->ss_family, a, len))
		return nl_talk_over(t, "listen", errno);
	int rc = listens ? accept_one(t) : connect_to(t, a, len);
	if (rc)
		return rc;
	if (!t->udp)
		ni_sockopts_connected(t->fd, &t->sock);
	tell_ends(t);
	return NI_SUCCESS;
}

/* "listen [ADDRESS:]PORT" or "connect ADDRESS:PORT" */
static int
take_end(const struct nl_talk *t, char **v, int n, struct sockaddr_storage *a, socklen_t *len,
	 struct ni_err *err)
{
	char any[64];
	const char *text = n > 1 ? v[1] : "";
	bool listens = n && !strcmp(v[0], "listen");
	if (n < 2 || (!listens && strcmp(v[0], "connect") != 0)) {
		ni_fail(err, NI_ERR_INPUT, _("needs listen or connect, and where"));
		ni_hint(err, "%s listen 7788 recv close", t->program);
		return NI_ERR_INPUT;
	}
	if (listens && text[strspn(text, "0123456789")] == '\0') {
		snprintf(any, sizeof(any), "0.0.0.0:%.20s", text);
		text = any;
	}
	int rc = ni_address_parse("", text, 0, a, len, err);
	if (!rc && !ni_address_port(a)) {
		ni_fail(err, NI_ERR_INPUT, _("%s: needs a port"), text);
		ni_hint(err, _("for example 192.168.1.7:80"));
		rc = NI_ERR_INPUT;
	}
	return rc;
}

static int
run(const struct nl_tool *tool, bool udp, int argc, char **argv)
{
	static struct options o = {.wait_s = 30};
	static struct nl_talk t = {.fd = -1,
				   .sock = {.nodelay = 1, .quickack = UINT32_MAX, .reuseaddr = 1}};
	struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
	socklen_t len = 0;
	struct ni_err err = {"", ""};
	int rc = nl_tool_begin(tool, &o, argc, argv);
	if (rc >= 0)
		return rc;
	char **v = argv + optind;
	int n = argc - optind;
	t.program = tool->table.program;
	t.udp = udp;
	t.quiet = o.quiet;
	t.wait_s = o.wait_s;
	setvbuf(stdout, NULL, _IOLBF, 0);
	rc = take_end(&t, v, n, &a, &len, &err);
	if (!rc)
		rc = nl_talk_check(&t, v + 2, n - 2, &err);
	if (!rc) {
		nl_stop_on_signals();
		rc = converse(&t, !strcmp(v[0], "listen"), &a, len, &err);
	}
	if (!rc)
		rc = nl_talk_steps(&t, v + 2, n - 2);
	if (t.fd >= 0)
		close(t.fd);
	return rc < 0 ? nl_tool_fail(tool, &err, rc) : rc;
}

int
nl_tcp(int argc, char **argv)
{
	return run(&tcp_tool, false, argc, argv);
}

void
nl_tcp_man(void)
{
	nl_tool_man(&tcp_tool);
}

int
nl_udp(int argc, char **argv)
{
	return run(&udp_tool, true, argc, argv);
}

void
nl_udp_man(void)
{
	nl_tool_man(&udp_tool);
}
