/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models "fork" and "prefork": processes. fork() doubles everything, also the open socket: both
 * sides have it now, and the parent must close its copy, or the client never gets a FIN.
 */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"
#include "server.h"

/* Take away the children that ended; without this they stay as zombies. */
static void
reap(struct ni_hd_server *s)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		atomic_fetch_sub(&s->children, 1);
}

static void
child(struct ni_hd_server *s, int fd, const struct sockaddr_in6 *peer)
{
	ni_hd_child_begin();
	ni_hd_listen_forget(s); /* the parent's business */
	ni_hd_serve_blocking(s, fd, peer);
	if (s->log)
		ni_hd_log_flush(s->log);
	_exit(0);
}

int
ni_hd_run_fork(struct ni_hd_server *s)
{
	for (;;) {
		struct sockaddr_in6 peer;
		int fd = ni_hd_accept_wait(s, &peer);
		reap(s);
		if (fd == NI_HD_STOPPING)
			break;
		if (fd < 0)
			continue;
		if (s->log)
			ni_hd_log_flush(s->log); /* or the child would write it a second time */
		pid_t pid = fork();
		if (pid == 0)
			child(s, fd, &peer);
		if (pid < 0) {
			ni_hd_refuse(s, fd, "No process left for you.");
			continue;
		}
		atomic_fetch_add(&s->children, 1);
		close(fd);
	}
	ni_hd_listen_close(s);
	/* Drain: children see the stop in their own waits. */
	for (uint32_t i = 0; s->children && i < s->opts.drain_s * 100; i++) {
		usleep(10000);
		reap(s);
	}
	return 0;
}

static int
prefork_child(struct ni_hd_server *s, unsigned i)
{
	(void)i;
	/* All of them wait in the same accept queue; the kernel gives each client to one. */
	return ni_hd_run_serial(s);
}

int
ni_hd_run_prefork(struct ni_hd_server *s)
{
	enum { USUAL = 8 };
	return ni_hd_processes(s, s->opts.workers ? s->opts.workers : USUAL, prefork_child);
}
