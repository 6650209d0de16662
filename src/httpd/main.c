/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netinspect-httpd: put the parts together. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "opts.h"
#include "process.h"
#include "server.h"

static struct ni_hd_server server = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Sockets of the workers, opened while there may still be a right to: a port below 1024, and
 * SO_REUSEPORT shares a port only within one user. */
static struct {
	int listener[NI_HD_LISTENERS_MAX];
	unsigned n;
} * worker;

static void
print_models(void)
{
	for (const struct ni_hd_model *m = ni_hd_models(); m->name; m++)
		printf("%s\n%s\n    cost of a client: %s\n    limit: %s\n\n", m->name, m->how,
		       m->cost, m->limit);
}

/* The sockets are open: what systemd or a file's capabilities gave for that is needed no more. Root
 * loses them with setuid(), or wants to stay root. */
static void
drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (geteuid())
		syscall(SYS_capset, &head, none);
}

/* Become --user for good. */
static int
drop_privilege(const char *name, struct ni_err *err)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (!name) {
		drop_capabilities();
		return NI_SUCCESS;
	}
	const struct passwd *u = getpwnam(name);
	if (!u)
		return ni_fail(err, NI_ERR_INPUT, "--user %s: no such user", name);
	if (u->pw_uid == getuid() && u->pw_gid == getgid())
		return NI_SUCCESS;
	/* In a user namespace with a single id setgroups() is forbidden; there are no groups to
	 * lose there either, so only the ids count. */
	if (setgroups(0, NULL) && errno != EPERM)
		return ni_fail(err, NI_ERR_RUN, "--user %s: setgroups: %s", name, strerror(errno));
	if (setgid(u->pw_gid) || setuid(u->pw_uid))
		return ni_fail(err, NI_ERR_RUN, "--user %s: %s", name, strerror(errno));
	if (u->pw_uid && !setuid(0))
		return ni_fail(err, NI_ERR_RUN, "--user %s: the rights could be taken back", name);
	return NI_SUCCESS;
}

/* As many clients as there can be descriptors, with some to spare for what they ask for. */
static void
fit_limits(struct ni_hd_opts *o)
{
	enum { SPARE = 64 };
	struct rlimit r;
	if (getrlimit(RLIMIT_NOFILE, &r))
		return;
	if (r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max;
		setrlimit(RLIMIT_NOFILE, &r);
		getrlimit(RLIMIT_NOFILE, &r);
	}
	rlim_t most = r.rlim_cur > 2UL * SPARE ? r.rlim_cur - SPARE : r.rlim_cur / 2;
	if (o->max_conns > most)
		o->max_conns = (uint32_t)most;
}

/* Addresses are counted over all workers, in memory that is there before they are. */
static int
count_peers(struct ni_hd_server *s, struct ni_err *err)
{
	unsigned n = s->opts.workers > NI_HD_PREFORK_USUAL ? s->opts.workers : NI_HD_PREFORK_USUAL;
	if (s->opts.max_per_ip && !(s->peers = ni_hd_peers_new(n)))
		return ni_fail(err, NI_ERR_RUN, "out of memory");
	return NI_SUCCESS;
}

static int
set_up(struct ni_hd_server *s, struct ni_err *err)
{
	const struct ni_hd_opts *o = &s->opts;
	s->core.limits = (struct ni_hd_limits){.head_ms = o->head_s * 1000,
					       .body_ms = o->body_s * 1000,
					       .body_rate = o->body_rate,
					       .keepalive_ms = o->keepalive_s * 1000,
					       .write_ms = o->write_s * 1000,
					       .linger_ms = o->linger_ms,
					       .body_max = o->max_body,
					       .requests_max = o->max_requests};
	s->core.body_used = &s->body_used;
	s->core.body_total = o->max_bodies;
	s->core.knobs = o->knobs;
	/* On real files a wrong length by request would be a gift to whoever poisons caches. */
	s->core.url_knobs = o->url_knobs || !o->root;
	s->core.list = o->list;
	s->core.log = ni_hd_log_request;
	s->core.status = ni_hd_status;
	s->core.socket_knob = ni_hd_socket_knob;
	const struct ni_hd_model *m = ni_hd_models();
	while (strcmp(m->name, o->model) != 0) /* it is there: options.c has looked */
		m++;
	s->model = m;
	s->core.model = m->name;
	if (o->mime_types && ni_hd_mime_read(o->mime_types, err))
		return NI_ERR_INPUT;
	s->core.site =
	    o->root ? ni_hd_site_dir(o->root, o->cache_s * 1000, err) : ni_hd_site_builtin();
	if (!s->core.site)
		return NI_ERR_INPUT;
	if (o->access_log && !(s->log = ni_hd_log_open(o, m->name, err)))
		return NI_ERR_INPUT;
	return count_peers(s, err);
}

/* Whether --workers means processes with sockets of their own in this model. */
static bool
has_workers(const struct ni_hd_server *s)
{
	return s->model && s->opts.workers > 1 && s->model->run != ni_hd_run_prefork &&
	       s->model->run != ni_hd_run_pool;
}

static int
listen_all(struct ni_hd_server *s, struct ni_err *err)
{
	unsigned n = has_workers(s) ? s->opts.workers : 1;
	worker = calloc(n, sizeof(*worker));
	if (!worker)
		return ni_fail(err, NI_ERR_RUN, "out of memory");
	for (unsigned i = 0; i < n; i++) {
		int rc = ni_hd_listen(s, n > 1 || s->opts.tcp.reuseport, err);
		if (rc)
			return rc;
		memcpy(worker[i].listener, s->listener, sizeof(s->listener));
		worker[i].n = s->nlisteners;
	}
	return NI_SUCCESS;
}

static int
run(struct ni_hd_server *s)
{
	return s->model ? s->model->run(s) : NI_ERR_RUN;
}

static int
run_worker(struct ni_hd_server *s, unsigned mine)
{
	for (unsigned i = 0; i < s->opts.workers; i++)
		for (unsigned k = 0; i != mine && k < worker[i].n; k++)
			close(worker[i].listener[k]);
	memcpy(s->listener, worker[mine].listener, sizeof(s->listener));
	s->nlisteners = worker[mine].n;
	s->worker = mine;
	return run(s);
}

int
main(int argc, char **argv)
{
	struct ni_hd_server *s = &server;
	struct ni_err err = {"", ""};
	/* For the build, which makes the manual page from the table. */
	if (argc == 2 && !strcmp(argv[1], "--man-options")) {
		ni_hd_opts_man();
		return 0;
	}
	int rc = ni_hd_opts_parse(&s->opts, argc, argv, &err);
	if (rc)
		return ni_opts_fail("netinspect-httpd", &err, rc);
	if (s->opts.help)
		ni_hd_opts_help();
	else if (s->opts.version)
		puts("netinspect-httpd " PACKAGE_VERSION);
	else if (s->opts.models)
		print_models();
	if (s->opts.help || s->opts.version || s->opts.models)
		return 0;
	fit_limits(&s->opts);
	if (ni_hd_signals()) {
		perror("netinspect-httpd: pipe");
		return 1;
	}
	rc = set_up(s, &err);
	if (!rc)
		rc = listen_all(s, &err);
	if (!rc)
		rc = drop_privilege(s->opts.user, &err);
	if (rc)
		return ni_opts_fail("netinspect-httpd", &err, rc);
	ni_hd_listen_print(s);
	rc = has_workers(s) ? ni_hd_processes(s, s->opts.workers, run_worker) : run(s);
	if (s->log)
		ni_hd_log_flush(s->log);
	return rc;
}
