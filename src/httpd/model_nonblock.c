/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Model "nonblock": no call waits, so one thread can ask every socket in a list in turn whether
 * something has arrived. It works, and it wastes a system call on every client that has nothing to
 * say, and the processor all the time. Only with no client at all does this one sleep.
 */
#include <poll.h>

#include "process.h"
#include "server.h"

static void
sleep_until_client(struct ni_hd_server *s)
{
	struct pollfd p[NI_HD_LISTENERS_MAX + 1];
	for (unsigned i = 0; i < s->nlisteners; i++)
		p[i] = (struct pollfd){.fd = s->listener[i], .events = POLLIN};
	p[s->nlisteners] = (struct pollfd){.fd = ni_hd_stop_fd(), .events = POLLIN};
	if (poll(p, s->nlisteners + 1, -1) > 0 && p[s->nlisteners].revents)
		ni_hd_stop_seen();
}

int
ni_hd_run_nonblock(struct ni_hd_server *s)
{
	struct ni_hd_loop loop;
	struct ni_hd_link *l;
	struct ni_hd_link *next;
	ni_hd_loop_init(&loop, s);
	while (!ni_hd_loop_done(&loop)) {
		if (!s->links)
			sleep_until_client(s);
		ni_hd_loop_tick(&loop);
		/* accept() returns at once: with a new client, or with EAGAIN */
		for (unsigned i = 0; i < s->nlisteners; i++)
			ni_hd_loop_accept_some(&loop, s->listener[i]);
		/* recv() too: every socket is asked, ready or not */
		for (l = s->links; l; l = next) {
			next = l->next;
			l->readable = l->writable = true;
			ni_hd_loop_turn(&loop, l);
		}
		while ((l = ni_hd_loop_expired(&loop)))
			ni_hd_loop_turn(&loop, l);
	}
	ni_hd_loop_fini(&loop);
	return 0;
}
