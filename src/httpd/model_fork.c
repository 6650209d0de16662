/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models "fork" and "prefork": processes. fork() doubles everything, also the open socket: both
 * sides have it now, and the parent must close its copy, or the client never gets a FIN.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"
#include "server.h"

/* The children, and whom each of them serves. */
static struct {
	struct guest {
		pid_t pid;
		struct ni_hd_peer peer;
	} * v;
	uint32_t n, cap;
} guests;

/* Room for one more, before there is a process that could not be noted. */
static bool
make_room(void)
{
	if (guests.n < guests.cap)
		return true;
	uint32_t cap = guests.cap ? 2 * guests.cap : 64;
	struct guest *v = realloc(guests.v, cap * sizeof(*v));
	if (v) {
		guests.v = v;
		guests.cap = cap;
	}
	return v;
}

/* Take away the children that ended; without this they stay as zombies. */
static void
reap(struct ni_hd_server *s)
{
	for (pid_t pid; (pid = waitpid(-1, NULL, WNOHANG)) > 0;) {
		uint32_t i = 0;
		while (i < guests.n && guests.v[i].pid != pid)
			i++;
		if (i == guests.n)
			continue;
		ni_hd_peer_gone(s, &guests.v[i].peer);
		guests.v[i] = guests.v[--guests.n];
		atomic_fetch_sub(&s->children, 1);
	}
}

static void
child(struct ni_hd_server *s, int fd, struct ni_hd_peer *peer)
{
	ni_hd_child_begin();
	ni_hd_listen_forget(s);        /* the parent's business, */
	peer->place = NI_HD_UNCOUNTED; /* and so is this: it knows when we end, however we do */
	ni_hd_serve_blocking(s, fd, peer);
	if (s->log)
		ni_hd_log_flush(s->log);
	_exit(0);
}

int
ni_hd_run_fork(struct ni_hd_server *s)
{
	for (;;) {
		struct ni_hd_peer peer;
		int fd = ni_hd_accept_wait(s, &peer);
		reap(s);
		if (fd == NI_HD_STOPPING)
			break;
		if (fd < 0)
			continue;
		if (s->log)
			ni_hd_log_flush(s->log); /* or the child would write it a second time */
		pid_t pid = make_room() ? fork() : -1;
		if (pid == 0)
			child(s, fd, &peer);
		if (pid < 0) {
			ni_hd_refuse(s, fd, &peer, "No process left for you.");
			continue;
		}
		guests.v[guests.n++] = (struct guest){pid, peer};
		atomic_fetch_add(&s->children, 1);
		close(fd);
	}
	ni_hd_listen_close(s);
	/* Drain: children see the stop in their own waits. */
	for (uint32_t i = 0; s->children && i < s->opts.drain_s * 100; i++) {
		usleep(10000);
		reap(s);
	}
	free(guests.v);
	return 0;
}

static int
prefork_child(struct ni_hd_server *s, unsigned i)
{
	s->worker = i;
	/* All of them wait in the same accept queue; the kernel gives each client to one. */
	return ni_hd_run_serial(s);
}

int
ni_hd_run_prefork(struct ni_hd_server *s)
{
	unsigned n = s->opts.workers ? s->opts.workers : NI_HD_PREFORK_USUAL;
	return ni_hd_processes(s, n, prefork_child);
}
