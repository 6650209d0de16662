/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of the server. Every option stands in the table below, or among the knobs of
 * knobs.c, and nowhere else; both feed parsing, --help and the manual page. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netinspect/buf.h"
#include "server.h"

enum kind { HEADING, FLAG, STRING, LISTEN, NUMBER, BIG };

struct opt {
	enum kind kind;
	char letter;
	const char *name, *arg, *help;
	size_t at;
	uint32_t max; /* NUMBER */
};

#define AT(member) offsetof(struct ni_hd_opts, member)

/* clang-format off */
static const struct opt options[] = {
	{HEADING, 0, "Where and what", NULL, NULL, 0, 0},
	{LISTEN, 'l', "listen", "ADDRESS[:PORT]", "listen there instead of 127.0.0.1 and [::1]; may be repeated", 0, 0},
	{NUMBER, 'p', "port", "PORT", "default 7788; 0 takes a free one and prints it", AT(port), 65535},
	{STRING, 'r', "root", "DIR", "serve the files below DIR instead of the built-in site", AT(root), 0},
	{FLAG, 0, "list", NULL, "list directories that have no index.html", AT(list), 0},
	{NUMBER, 0, "cache", "SECONDS", "serve a file from memory for so long before looking at the disk again (default 1)", AT(cache_s), 3600},

	{HEADING, 0, "How clients are served", NULL, NULL, 0, 0},
	{STRING, 'm', "model", "NAME", "default epoll-et; --models lists all", AT(model), 0},
	{FLAG, 0, "models", NULL, "print how each model works, what it costs and what limits it", AT(models), 0},
	{NUMBER, 'w', "workers", "N", "processes with sockets of their own (SO_REUSEPORT); of prefork the processes, of pool the threads", AT(workers), 1024},
	{FLAG, 0, "et-bug", NULL, "epoll-et: read once per event and no more, the classic mistake", AT(et_bug), 0},
	{FLAG, 0, "lt-busy", NULL, "epoll-lt: always ask for readiness to write, the other one", AT(lt_busy), 0},

	{HEADING, 0, "Limits", NULL, NULL, 0, 0},
	{NUMBER, 0, "max-connections", "N", "then 503 (default 10000, less if ulimit -n is)", AT(max_conns), 10000000},
	{NUMBER, 0, "max-per-address", "N", "of another host (default 256, 0: no limit)", AT(max_per_ip), 10000000},
	{NUMBER, 0, "max-requests", "N", "of one connection, then close (default 0: no limit)", AT(max_requests), 1000000000},
	{BIG, 0, "max-body", "BYTES", "of a request, then 413 (default 1048576)", AT(max_body), 0},
	{BIG, 0, "max-bodies", "BYTES", "of all requests together, in a process, then 503 (default 67108864)", AT(max_bodies), 0},
	{NUMBER, 0, "header-timeout", "SECONDS", "for a whole request header, then 408 (default 10)", AT(head_s), 86400},
	{NUMBER, 0, "body-timeout", "SECONDS", "for a body, and more for each --min-rate bytes (default 10)", AT(body_s), 86400},
	{NUMBER, 0, "write-timeout", "SECONDS", "for a response, likewise (default 30)", AT(write_s), 86400},
	{NUMBER, 0, "min-rate", "BYTES", "a second that a client must send or take (default 1000)", AT(body_rate), 1000000000},
	{NUMBER, 0, "keepalive", "SECONDS", "between two requests (default 15)", AT(keepalive_s), 86400},
	{NUMBER, 0, "linger", "MS", "for a client to close after our last word (default 2000)", AT(linger_ms), 60000},
	{NUMBER, 0, "drain", "SECONDS", "for open requests after SIGTERM (default 10)", AT(drain_s), 3600},

	{HEADING, 0, "Operation", NULL, NULL, 0, 0},
	{STRING, 0, "access-log", "FILE", "log requests, - for standard output", AT(access_log), 0},
	{STRING, 0, "log-format", "FORMAT", "combined (default) or json", AT(log_format), 0},
	{STRING, 'Z', "user", "USER", "run as USER once the sockets are open", AT(user), 0},

	{HEADING, 0, "Knobs of TCP", NULL, NULL, 0, 0},
	{NUMBER, 0, "backlog", "N", "length of the accept queue (default 4096)", AT(tcp.backlog), 65535},
	{NUMBER, 0, "delay-accept", "MS", "wait before each accept (models with blocking accept)", AT(tcp.delay_accept_ms), 60000},
	{NUMBER, 0, "defer-accept", "SECONDS", "accept only when the first bytes are there", AT(tcp.defer_accept), 3600},
	{NUMBER, 0, "reuseaddr", "0|1", "bind although old connections are in TIME_WAIT (default 1)", AT(tcp.reuseaddr), 1},
	{NUMBER, 0, "fastopen", "N", "take data in the SYN, N pending at most", AT(tcp.fastopen), 65535},
	{NUMBER, 0, "rcvbuf", "BYTES", "receive buffer, and so the window", AT(tcp.rcvbuf), 1000000000},
	{NUMBER, 0, "sndbuf", "BYTES", "send buffer", AT(tcp.sndbuf), 1000000000},
	{NUMBER, 0, "window-clamp", "BYTES", "never announce a larger window", AT(tcp.window_clamp), 1000000000},
	{NUMBER, 0, "mss", "BYTES", "maximum segment size", AT(tcp.mss), 65535},
	{NUMBER, 0, "nodelay", "0|1", "0 turns Nagle's algorithm on (default 1)", AT(tcp.nodelay), 1},
	{FLAG, 0, "cork", NULL, "send full segments only, the rest after 200 ms", AT(tcp.cork), 0},
	{NUMBER, 0, "quickack", "0|1", "acknowledge late or at once, at first", AT(tcp.quickack), 1},
	{STRING, 0, "tcp-keepalive", "I,V,C", "probe after I idle seconds, every V seconds, C times", AT(tcp.keepalive), 0},
	{STRING, 0, "cc", "NAME", "congestion control: reno, cubic, bbr", AT(tcp.cc), 0},
	{NUMBER, 0, "ttl", "N", "time to live of what we send", AT(tcp.ttl), 255},
	{NUMBER, 0, "tos", "N", "type of service byte", AT(tcp.tos), 255},
	{FLAG, 0, "url-knobs", NULL, "with --root too, take the knobs below from the query of a URL (always on for the built-in site)", AT(url_knobs), 0},

	{HEADING, 0, "Help", NULL, NULL, 0, 0},
	{FLAG, 'h', "help", NULL, "this text", AT(help), 0},
	{FLAG, 'v', "version", NULL, "print the version", AT(version), 0},
	{FLAG, 0, "man-options", NULL, "print the OPTIONS section of the manual page", AT(man), 0},
};
/* clang-format on */

enum { NOPTIONS = sizeof(options) / sizeof(options[0]), NKNOBS_MAX = 32, LONG_BASE = 256 };

static int
number(const char *name, const char *arg, uint64_t max, uint64_t *v, struct ni_err *err)
{
	char *end = NULL;
	errno = 0;
	*v = strtoull(arg, &end, 10);
	if (arg[0] < '0' || arg[0] > '9' || *end || errno)
		return ni_fail(err, NI_ERR_INPUT, "--%s %s: not a number", name, arg);
	if (*v > max)
		return ni_fail(err, NI_ERR_INPUT, "--%s %s: at most %llu", name, arg,
			       (unsigned long long)max);
	return NI_SUCCESS;
}

static int
apply(struct ni_hd_opts *o, const struct opt *opt, const char *arg, struct ni_err *err)
{
	void *at = (char *)o + opt->at;
	uint64_t v = 0;
	int rc = NI_SUCCESS;
	switch (opt->kind) {
	case HEADING:
		break;
	case FLAG:
		*(bool *)at = true;
		break;
	case STRING:
		*(const char **)at = arg;
		break;
	case LISTEN:
		if (o->nlisten == NI_HD_LISTENERS_MAX)
			return ni_fail(err, NI_ERR_INPUT, "--listen: more than %d addresses",
				       NI_HD_LISTENERS_MAX);
		o->listen[o->nlisten++] = arg;
		break;
	case NUMBER:
		rc = number(opt->name, arg, opt->max, &v, err);
		*(uint32_t *)at = (uint32_t)v;
		break;
	case BIG:
		rc = number(opt->name, arg, UINT64_MAX >> 8, &v, err);
		*(uint64_t *)at = v;
		break;
	}
	return rc;
}

static void
getopt_tables(char *letters, struct option *longs)
{
	*letters++ = ':';
	for (size_t i = 0; i < NOPTIONS; i++) {
		const struct opt *o = &options[i];
		if (o->kind == HEADING)
			continue;
		if (o->letter) {
			*letters++ = o->letter;
			if (o->arg)
				*letters++ = ':';
		}
		*longs++ = (struct option){o->name, o->arg ? required_argument : no_argument, NULL,
					   LONG_BASE + (int)i};
	}
	const struct ni_hd_knob *k = ni_hd_knob_table();
	for (int i = 0; k[i].name; i++)
		*longs++ = (struct option){k[i].name, k[i].arg ? required_argument : no_argument,
					   NULL, LONG_BASE + NOPTIONS + i};
	*letters = '\0';
	*longs = (struct option){NULL, 0, NULL, 0};
}

static int
knob(struct ni_hd_opts *o, int i, const char *arg, struct ni_err *err)
{
	const struct ni_hd_knob *k = &ni_hd_knob_table()[i];
	if (!arg)
		arg = "";
	if (ni_hd_knob_set(&o->knobs, k->name, strlen(k->name), arg, strlen(arg)))
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, "--%s %s: no such value", k->name, arg);
	ni_hint(err, "%s: %s", k->arg ? k->arg : "a switch", k->help);
	return NI_ERR_INPUT;
}

static const struct opt *
find(int c)
{
	if (c >= LONG_BASE)
		return &options[c - LONG_BASE];
	for (size_t i = 0; i < NOPTIONS; i++)
		if (options[i].letter && options[i].letter == c)
			return &options[i];
	return NULL;
}

static int
check(struct ni_hd_opts *o, int argc, char **argv, struct ni_err *err)
{
	char all[256];
	struct ni_buf b = ni_buf(all, sizeof(all));
	if (optind < argc) {
		ni_fail(err, NI_ERR_INPUT, "%s: not an option", argv[optind]);
		ni_hint(err, "to serve a directory: --root %s", argv[optind]);
		return NI_ERR_INPUT;
	}
	if (o->log_format && strcmp(o->log_format, "json") != 0 &&
	    strcmp(o->log_format, "combined") != 0)
		return ni_fail(err, NI_ERR_INPUT, "--log-format %s: combined or json",
			       o->log_format);
	for (const struct ni_hd_model *m = ni_hd_models(); m->name; m++) {
		if (!strcmp(m->name, o->model))
			return NI_SUCCESS;
		ni_buf_fmt(&b, "%s%s", b.len ? ", " : "", m->name);
	}
	ni_fail(err, NI_ERR_INPUT, "--model %s: no such model", o->model);
	ni_hint(err, "one of: %s", ni_buf_z(&b));
	return NI_ERR_INPUT;
}

int
ni_hd_opts_parse(struct ni_hd_opts *o, int argc, char **argv, struct ni_err *err)
{
	char letters[3 * NOPTIONS + 2];
	struct option longs[NOPTIONS + NKNOBS_MAX + 1];
	int c;
	int rc = NI_SUCCESS;
	*o = (struct ni_hd_opts){
	    .port = 7788,
	    .model = "epoll-et",
	    .cache_s = 1,
	    .max_conns = 10000,
	    .max_per_ip = 256,
	    .max_body = 1 << 20,
	    .max_bodies = 1 << 26,
	    .head_s = 10,
	    .body_s = 10,
	    .write_s = 30,
	    .body_rate = 1000,
	    .keepalive_s = 15,
	    .linger_ms = 2000,
	    .drain_s = 10,
	    .tcp = {.backlog = 4096, .reuseaddr = 1, .nodelay = 1, .quickack = UINT32_MAX},
	};
	getopt_tables(letters, longs);
	opterr = 0;
	while (!rc && (c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == ':' || c == '?') {
			ni_fail(err, NI_ERR_INPUT,
				c == ':' ? "%s: needs an argument"
					 : "%s: no such option, or it takes no argument",
				argv[optind - 1]);
			ni_hint(err, "'netinspect-httpd --help' lists all options");
			return NI_ERR_INPUT;
		}
		const struct opt *opt = c < LONG_BASE + NOPTIONS ? find(c) : NULL;
		if (opt)
			rc = apply(o, opt, optarg, err);
		else
			rc = knob(o, c - LONG_BASE - NOPTIONS, optarg, err);
	}
	return rc ? rc : check(o, argc, argv, err);
}

enum { HELP_COLUMN = 34, HELP_WIDTH = 80 };

/* @text from column HELP_COLUMN on, broken between words; @at is where the pen stands. */
static void
wrap(const char *text, int at)
{
	if (at >= HELP_COLUMN) {
		putchar('\n');
		at = 0;
	}
	printf("%*s", HELP_COLUMN - at, "");
	for (int column = HELP_COLUMN; *text;) {
		int n = (int)strcspn(text, " ");
		if (column + n > HELP_WIDTH && column > HELP_COLUMN) {
			printf("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		printf("%s%.*s", column > HELP_COLUMN ? " " : "", n, text);
		column += n + 1;
		text += n + (text[n] == ' ');
	}
	putchar('\n');
}

static void
help_row(char letter, const char *name, const char *arg, const char *help)
{
	int n = letter ? printf("  -%c, --%s", letter, name) : printf("      --%s", name);
	if (arg)
		n += printf(" %s", arg);
	wrap(help, n);
}

void
ni_hd_opts_help(void)
{
	fputs("Usage: netinspect-httpd [options]\n\n"
	      "Serve files over HTTP/1.1, in every way a server can be built, and make traffic\n"
	      "worth looking at.\n",
	      stdout);
	for (size_t i = 0; i < NOPTIONS; i++) {
		const struct opt *o = &options[i];
		if (o->kind == HEADING)
			printf("\n%s\n", o->name);
		else
			help_row(o->letter, o->name, o->arg, o->help);
	}
	puts("\nKnobs of a response (or in a URL: /?drip=10/200&close-first=client)");
	for (const struct ni_hd_knob *k = ni_hd_knob_table(); k->name; k++)
		help_row(0, k->name, k->arg, k->help);
	puts("\nSIGTERM ends it when open requests are answered, a second one at once; SIGHUP "
	     "opens\n"
	     "--root and the log again.");
}

static void
roff(const char *s)
{
	for (; *s; s++)
		printf(*s == '-' || *s == '\\' ? "\\%c" : "%c", *s);
}

static void
man_row(char letter, const char *name, const char *arg, const char *help)
{
	fputs(".TP\n\\fB", stdout);
	if (letter)
		printf("\\-%c\\fR, \\fB", letter);
	fputs("\\-\\-", stdout);
	roff(name);
	fputs("\\fR", stdout);
	if (arg)
		printf(" \\fI%s\\fR", arg);
	putchar('\n');
	roff(help);
	puts(".");
}

void
ni_hd_opts_man(void)
{
	for (size_t i = 0; i < NOPTIONS; i++) {
		const struct opt *o = &options[i];
		if (o->kind == HEADING)
			printf(".SS %s\n", o->name);
		else
			man_row(o->letter, o->name, o->arg, o->help);
	}
	puts(".SS Knobs of a response, also in the query of a URL");
	for (const struct ni_hd_knob *k = ni_hd_knob_table(); k->name; k++)
		man_row(0, k->name, k->arg, k->help);
}
