/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of the server. Every option stands in the table below, or among the knobs of
 * knobs.c, and nowhere else; both feed parsing, --help and the manual page. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "netinspect/buf.h"
#include "opts.h"
#include "server.h"

#define AT(member) offsetof(struct ni_hd_opts, member)

static int
add_listen(void *opts, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_hd_opts *o = opts;
	if (o->nlisten == NI_HD_LISTENERS_MAX)
		return ni_fail(err, NI_ERR_INPUT, "--%s: more than %d addresses", opt->name,
			       NI_HD_LISTENERS_MAX);
	o->listen[o->nlisten++] = arg;
	return NI_SUCCESS;
}

/* clang-format off */
static const struct ni_opt options[] = {
	{NI_OPT_HEADING, 0, "Where and what", NULL, NULL, 0, 0, NULL},
	{NI_OPT_CALL, 'l', "listen", "ADDRESS[:PORT]", "listen there instead of 127.0.0.1 and [::1]; may be repeated", 0, 0, add_listen},
	{NI_OPT_NUMBER, 'p', "port", "PORT", "default 7788; 0 takes a free one and prints it", AT(port), 65535, NULL},
	{NI_OPT_STRING, 'r', "root", "DIR", "serve the files below DIR instead of the built-in site", AT(root), 0, NULL},
	{NI_OPT_STRING, 0, "mime-types", "FILE", "more media types: lines of a type and its extensions, as in /etc/mime.types", AT(mime_types), 0, NULL},
	{NI_OPT_FLAG, 0, "list", NULL, "list directories that have no index.html", AT(list), 0, NULL},
	{NI_OPT_NUMBER, 0, "cache", "SECONDS", "serve a file from memory for so long before looking at the disk again (default 1)", AT(cache_s), 3600, NULL},

	{NI_OPT_HEADING, 0, "How clients are served", NULL, NULL, 0, 0, NULL},
	{NI_OPT_STRING, 'm', "model", "NAME", "default epoll-et; --models lists all", AT(model), 0, NULL},
	{NI_OPT_FLAG, 0, "models", NULL, "print how each model works, what it costs and what limits it", AT(models), 0, NULL},
	{NI_OPT_NUMBER, 'w', "workers", "N", "processes with sockets of their own (SO_REUSEPORT); of prefork the processes, of pool the threads", AT(workers), 1024, NULL},
	{NI_OPT_FLAG, 0, "et-bug", NULL, "epoll-et: read once per event and no more, the classic mistake", AT(et_bug), 0, NULL},
	{NI_OPT_FLAG, 0, "lt-busy", NULL, "epoll-lt: always ask for readiness to write, the other one", AT(lt_busy), 0, NULL},

	{NI_OPT_HEADING, 0, "Limits", NULL, NULL, 0, 0, NULL},
	{NI_OPT_NUMBER, 0, "max-connections", "N", "then who waits without a request makes place, or 503 (default 10000, less if ulimit -n is)", AT(max_conns), 10000000, NULL},
	{NI_OPT_NUMBER, 0, "max-per-address", "N", "of another host, in all workers together (default 256, 0: no limit)", AT(max_per_ip), 10000000, NULL},
	{NI_OPT_NUMBER, 0, "max-requests", "N", "of one connection, then close (default 0: no limit)", AT(max_requests), 1000000000, NULL},
	{NI_OPT_BIG, 0, "max-body", "BYTES", "of a request, then 413 (default 1048576)", AT(max_body), UINT64_MAX >> 8, NULL},
	{NI_OPT_BIG, 0, "max-bodies", "BYTES", "of requests and of answers to them, all together, in a process, then 503 (default 67108864)", AT(max_bodies), UINT64_MAX >> 8, NULL},
	{NI_OPT_NUMBER, 0, "header-timeout", "SECONDS", "for a whole request header, then 408 (default 10)", AT(head_s), 86400, NULL},
	{NI_OPT_NUMBER, 0, "body-timeout", "SECONDS", "for a body, and more for each --min-rate bytes (default 10)", AT(body_s), 86400, NULL},
	{NI_OPT_NUMBER, 0, "write-timeout", "SECONDS", "for a response, likewise (default 30)", AT(write_s), 86400, NULL},
	{NI_OPT_NUMBER, 0, "min-rate", "BYTES", "a second that a client must send or take (default 1000)", AT(body_rate), 1000000000, NULL},
	{NI_OPT_NUMBER, 0, "keepalive", "SECONDS", "between two requests (default 15)", AT(keepalive_s), 86400, NULL},
	{NI_OPT_NUMBER, 0, "linger", "MS", "for a client to close after our last word (default 2000)", AT(linger_ms), 60000, NULL},
	{NI_OPT_NUMBER, 0, "drain", "SECONDS", "for open requests after SIGTERM (default 10)", AT(drain_s), 3600, NULL},

	{NI_OPT_HEADING, 0, "Operation", NULL, NULL, 0, 0, NULL},
	{NI_OPT_STRING, 0, "access-log", "FILE", "log requests, - for standard output", AT(access_log), 0, NULL},
	{NI_OPT_STRING, 0, "log-format", "FORMAT", "combined (default), or json, which also says who closed a connection", AT(log_format), 0, NULL},
	{NI_OPT_STRING, 'Z', "user", "USER", "run as USER once the sockets are open", AT(user), 0, NULL},

	{NI_OPT_HEADING, 0, "Knobs of TCP; (*) also in the query of a URL, then for the whole connection", NULL, NULL, 0, 0, NULL},
	{NI_OPT_NUMBER, 0, "backlog", "N", "length of the accept queue (default 4096)", AT(tcp.backlog), 65535, NULL},
	{NI_OPT_NUMBER, 0, "delay-accept", "MS", "wait before each accept (models with blocking accept)", AT(tcp.delay_accept_ms), 60000, NULL},
	{NI_OPT_NUMBER, 0, "defer-accept", "SECONDS", "accept only when the first bytes are there", AT(tcp.defer_accept), 3600, NULL},
	{NI_OPT_NUMBER, 0, "reuseaddr", "0|1", "bind although old connections are in TIME_WAIT (default 1)", AT(tcp.sock.reuseaddr), 1, NULL},
	{NI_OPT_FLAG, 0, "reuseport", NULL, "share the port with other servers of this user that say so too (SO_REUSEPORT)", AT(tcp.reuseport), 0, NULL},
	{NI_OPT_NUMBER, 0, "fastopen", "N", "take data in the SYN, N pending at most", AT(tcp.fastopen), 65535, NULL},
	{NI_OPT_NUMBER, 0, "rcvbuf", "BYTES", "receive buffer, and so the window (*)", AT(tcp.sock.rcvbuf), 1000000000, NULL},
	{NI_OPT_NUMBER, 0, "sndbuf", "BYTES", "send buffer (*)", AT(tcp.sock.sndbuf), 1000000000, NULL},
	{NI_OPT_NUMBER, 0, "window-clamp", "BYTES", "announce windows of about so much at most (*)", AT(tcp.sock.window_clamp), 1000000000, NULL},
	{NI_OPT_NUMBER, 0, "mss", "BYTES", "maximum segment size", AT(tcp.sock.mss), 65535, NULL},
	{NI_OPT_NUMBER, 0, "nodelay", "0|1", "0 turns Nagle's algorithm on (default 1) (*)", AT(tcp.sock.nodelay), 1, NULL},
	{NI_OPT_FLAG, 0, "cork", NULL, "send full segments only, the rest after 200 ms (*)", AT(tcp.sock.cork), 0, NULL},
	{NI_OPT_NUMBER, 0, "quickack", "0|1", "acknowledge late or at once, at first (*)", AT(tcp.sock.quickack), 1, NULL},
	{NI_OPT_STRING, 0, "tcp-keepalive", "I,V,C", "probe after I idle seconds, every V seconds, C times (*)", AT(tcp.sock.keepalive), 0, NULL},
	{NI_OPT_STRING, 0, "cc", "NAME", "congestion control: reno, cubic, bbr (*)", AT(tcp.sock.cc), 0, NULL},
	{NI_OPT_NUMBER, 0, "ttl", "N", "time to live of what we send (*)", AT(tcp.sock.ttl), 255, NULL},
	{NI_OPT_NUMBER, 0, "tos", "N", "type of service byte (*)", AT(tcp.sock.tos), 255, NULL},
	{NI_OPT_FLAG, 0, "url-knobs", NULL, "with --root too, take the knobs below from the query of a URL (always on for the built-in site)", AT(url_knobs), 0, NULL},

	{NI_OPT_HEADING, 0, "Help", NULL, NULL, 0, 0, NULL},
	{NI_OPT_FLAG, 'h', "help", NULL, "this text", AT(help), 0, NULL},
	{NI_OPT_FLAG, 'v', "version", NULL, "print the version", AT(version), 0, NULL},
};
/* clang-format on */

enum { NOPTIONS = sizeof(options) / sizeof(options[0]) };

static int
set_knob(void *opts, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	struct ni_hd_opts *o = opts;
	if (ni_hd_knob_set(&o->knobs, opt->name, strlen(opt->name), arg, strlen(arg)))
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, "--%s %s: no such value", opt->name, arg);
	ni_hint(err, "%s: %s", opt->arg ? opt->arg : "a switch", opt->help);
	return NI_ERR_INPUT;
}

/* The options and after them the knobs, in @all. */
static struct ni_opt_table
all_options(struct ni_opt *all)
{
	size_t n = NOPTIONS;
	memcpy(all, options, sizeof(options));
	all[n++] = (struct ni_opt){
	    .kind = NI_OPT_HEADING,
	    .name = "Knobs of a response, also in the query of a URL: /?drip=10/200&half-close"};
	for (const struct ni_hd_knob *k = ni_hd_knob_table(); k->name; k++)
		all[n++] = (struct ni_opt){
		    NI_OPT_CALL, 0, k->name, k->arg, k->help, 0, 0, set_knob,
		};
	return (struct ni_opt_table){"netinspect-httpd", all, n};
}

/* A knob of one model, given for another, would do nothing and not say so. */
static int
check_model(const struct ni_hd_opts *o, const struct ni_hd_model *m, struct ni_err *err)
{
	bool waits = m->run == ni_hd_run_serial || m->run == ni_hd_run_fixed ||
		     m->run == ni_hd_run_fork || m->run == ni_hd_run_prefork ||
		     m->run == ni_hd_run_thread || m->run == ni_hd_run_pool;
	const struct {
		bool wrong;
		const char *option, *models;
	} only[] = {
	    {o->et_bug && m->run != ni_hd_run_epoll_et, "et-bug", "epoll-et"},
	    {o->lt_busy && m->run != ni_hd_run_epoll_lt, "lt-busy", "epoll-lt"},
	    {o->tcp.delay_accept_ms && !waits, "delay-accept",
	     "fixed, file, fork, prefork, thread or pool"},
	};
	for (size_t i = 0; i < sizeof(only) / sizeof(*only); i++) {
		if (!only[i].wrong)
			continue;
		ni_fail(err, NI_ERR_INPUT, "--%s: not in the model %s", only[i].option, m->name);
		ni_hint(err, "with --model %s", only[i].models);
		return NI_ERR_INPUT;
	}
	return NI_SUCCESS;
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
			return check_model(o, m, err);
		ni_buf_fmt(&b, "%s%s", b.len ? ", " : "", m->name);
	}
	ni_fail(err, NI_ERR_INPUT, "--model %s: no such model", o->model);
	ni_hint(err, "one of: %s", ni_buf_z(&b));
	return NI_ERR_INPUT;
}

int
ni_hd_opts_parse(struct ni_hd_opts *o, int argc, char **argv, struct ni_err *err)
{
	struct ni_opt all[NI_OPTS_MAX];
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
	    .tcp = {.backlog = 4096,
		    .sock = {.reuseaddr = 1, .nodelay = 1, .quickack = UINT32_MAX}},
	};
	const struct ni_opt_table table = all_options(all);
	int rc = ni_opts_parse(&table, o, argc, argv, err);
	return rc ? rc : check(o, argc, argv, err);
}

void
ni_hd_opts_help(void)
{
	struct ni_opt all[NI_OPTS_MAX];
	fputs("Usage: netinspect-httpd [options]\n\n"
	      "Serve files over HTTP/1.1, in every way a server can be built, and make traffic\n"
	      "worth looking at.\n",
	      stdout);
	const struct ni_opt_table table = all_options(all);
	ni_opts_help(&table, stdout);
	puts("\nSIGTERM ends it when open requests are answered, a second one at once; SIGHUP "
	     "opens\n"
	     "--root, the log and --mime-types again.\n"
	     "\nExamples\n"
	     "  netinspect-httpd --root . --list\n"
	     "  netinspect-httpd --model thread --port 8000\n"
	     "  netinspect-httpd --close-first client --close-delay 60");
}

void
ni_hd_opts_man(void)
{
	struct ni_opt all[NI_OPTS_MAX];
	const struct ni_opt_table table = all_options(all);
	ni_opts_man(&table, stdout);
}
