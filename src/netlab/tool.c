/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the small clients share; see tool.h. */
#include "tool.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "i18n.h"

enum { HOUR = 3600 };

static volatile sig_atomic_t stopped;

static const struct nl_word *
word(const struct nl_words *w, size_t i)
{
	return (const struct nl_word *)(const void *)((const char *)w->first + i * w->size);
}

static void
help_words(const struct nl_words *w)
{
	if (w)
		printf("\n%s\n", _(w->title));
	for (size_t i = 0; w && i < w->n; i++) {
		const struct nl_word *v = word(w, i);
		int n = printf("  %s%s", v->name, v->arg ? v->arg : "");
		printf("%*s%s\n", n < 17 ? 18 - n : 1, "", _(v->help));
	}
}

static void
man_words(const struct nl_words *w)
{
	if (w)
		printf(".SS %s\n", w->title);
	for (size_t i = 0; w && i < w->n; i++) {
		const struct nl_word *v = word(w, i);
		fputs(".TP\n\\fB", stdout);
		ni_opts_roff(stdout, v->name);
		printf("\\fR%s\n", v->arg ? v->arg : "");
		ni_opts_roff(stdout, v->help);
		puts(".");
	}
}

void
nl_tool_man(const struct nl_tool *t)
{
	man_words(t->words);
	man_words(t->settings);
	ni_opts_man(&t->table, stdout);
}

int
nl_tool_begin(const struct nl_tool *t, void *o, int argc, char **argv)
{
	struct ni_err err = {"", ""};
	int rc = ni_opts_parse(&t->table, o, argc, argv, &err);
	if (rc)
		return nl_tool_fail(t, &err, rc);
	if (!*(const bool *)((const char *)o + t->help_at))
		return -1;
	puts(_(t->usage));
	help_words(t->words);
	help_words(t->settings);
	ni_opts_help(&t->table, stdout);
	printf("\n%s\n", _(t->after));
	return 0;
}

int
nl_tool_fail(const struct nl_tool *t, const struct ni_err *err, int rc)
{
	return ni_opts_fail(t->table.program, err, rc);
}

int
nl_take_thousandths(const struct ni_opt *opt, const char *arg, int64_t max, const char *unit,
		    int64_t *v, struct ni_err *err)
{
	char name[64];
	int decimals = -1; /* behind the point; -1: it has not come */
	const char *p = arg;
	int64_t n = 0;
	for (; (*p >= '0' && *p <= '9') || (*p == '.' && decimals < 0); p++) {
		if (*p != '.')
			n = n * 10 + (*p - '0');
		if (decimals >= 0 || *p == '.')
			decimals++;
		if (decimals > 3 || n > max)
			break;
	}
	for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
		n *= 10;
	if (p == arg || *p || decimals == 0 || n > max) {
		ni_fail(err, NI_ERR_INPUT, _("%s %s: not such a number"), ni_opts_called(opt, name),
			arg);
		ni_hint(err, _("%s, at most %lld, with up to three decimals"), unit,
			(long long)(max / 1000));
		return NI_ERR_INPUT;
	}
	*v = n;
	return NI_SUCCESS;
}

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c | 0x20) : NULL;
	return at ? (int)(at - digits) : -1;
}

int
nl_opt_ms(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	int64_t *us = (int64_t *)(void *)((char *)o + opt->at);
	return nl_take_thousandths(opt, arg, (int64_t)opt->max, _("milliseconds"), us, err);
}

int
nl_opt_hex(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	uint32_t *at = (uint32_t *)(void *)((char *)o + opt->at);
	uint64_t max = opt->max ? opt->max : UINT32_MAX;
	char *end = NULL;
	char name[64];
	uint64_t v = 0;
	int rc = NI_SUCCESS;
	if (arg[0] != '0' || (arg[1] | 0x20) != 'x') {
		rc = ni_opts_number(opt, arg, max, &v, err);
	} else {
		if (hex(arg[2]) >= 0)
			v = strtoull(arg, &end, 16);
		if (!end || *end || v > max)
			rc = ni_fail(err, NI_ERR_INPUT, _("%s %s: not a number up to 0x%llx"),
				     ni_opts_called(opt, name), arg, (unsigned long long)max);
	}
	*at = (uint32_t)v;
	return rc;
}

int
nl_take_mac(const char *name, const char *arg, uint8_t mac[static 6], struct ni_err *err)
{
	const char *p = arg;
	for (int i = 0; i < 6; i++, p += 2) {
		if (i && *p != ':' && *p != '-')
			break;
		p += i != 0;
		int high = hex(p[0]);
		int low = high < 0 ? -1 : hex(p[1]);
		if (low < 0)
			break;
		mac[i] = (uint8_t)(high << 4 | low);
		if (i == 5 && !p[2])
			return NI_SUCCESS;
	}
	ni_fail(err, NI_ERR_INPUT, _("%s%s: not a MAC address"), name, arg);
	ni_hint(err, _("for example 02:00:00:00:00:01"));
	return NI_ERR_INPUT;
}

int
nl_take_ip4(const char *name, const char *arg, uint8_t ip[static 4], struct ni_err *err)
{
	if (inet_pton(AF_INET, arg, ip) == 1)
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, _("%s%s: not an IPv4 address"), name, arg);
	ni_hint(err, _("for example 192.168.1.7"));
	return NI_ERR_INPUT;
}

int64_t
nl_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NL_SECOND + t.tv_nsec / 1000;
}

static void
on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

/* The signals are blocked but while something is waited for, so that none comes just before. */
void
nl_stop_on_signals(void)
{
	struct sigaction act = {.sa_handler = on_signal};
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGALRM, &act, NULL);
	alarm(HOUR);
}

bool
nl_stopped(void)
{
	return stopped;
}

int
nl_wait(struct pollfd *fds, nfds_t n, int64_t until)
{
	int64_t us = until - nl_now();
	struct timespec t = {0};
	sigset_t none;
	if (us > 0)
		t = (struct timespec){us / NL_SECOND, us % NL_SECOND * 1000};
	sigemptyset(&none);
	int rc = ppoll(fds, n, &t, &none);
	if (rc >= 0)
		return rc;
	for (nfds_t i = 0; i < n; i++)
		fds[i].revents = 0;
	return errno == EINTR ? 0 : rc;
}
