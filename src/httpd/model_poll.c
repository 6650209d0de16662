/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Model "poll": as select, with an array of descriptors instead of bit sets, so there is no 1024.
 * The whole array still crosses into the kernel at every call, and the kernel looks at every entry.
 */
#include <poll.h>
#include <stdlib.h>

#include "process.h"
#include "server.h"

struct set {
	struct pollfd *p;
	struct ni_hd_link **link; /* whose entry; NULL: a listener, or the stop */
	size_t n, cap;
};

static bool
add(struct set *t, int fd, short events, struct ni_hd_link *l)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 64;
		struct pollfd *p = realloc(t->p, cap * sizeof(*p));
		if (p)
			t->p = p;
		struct ni_hd_link **link = realloc(t->link, cap * sizeof(struct ni_hd_link *));
		if (link)
			t->link = link;
		if (!p || !link)
			return false;
		t->cap = cap;
	}
	t->p[t->n] = (struct pollfd){.fd = fd, .events = events};
	t->link[t->n++] = l;
	return true;
}

static void
fill(struct set *t, struct ni_hd_server *s)
{
	t->n = 0;
	for (unsigned i = 0; i < s->nlisteners; i++)
		add(t, s->listener[i], POLLIN, NULL);
	if (!ni_hd_stopping())
		add(t, ni_hd_stop_fd(), POLLIN, NULL);
	for (struct ni_hd_link *l = s->links; l; l = l->next) {
		unsigned wants = ni_hd_conn_wants(&l->conn);
		short events = (short)((wants & NI_HD_WANT_READ ? POLLIN : 0) |
				       (wants & NI_HD_WANT_WRITE ? POLLOUT : 0));
		/* One that waits for time alone is left out: a hangup would be told for ever. */
		if (events)
			add(t, l->fd, events, l);
	}
}

int
ni_hd_run_poll(struct ni_hd_server *s)
{
	struct ni_hd_loop loop;
	struct set t = {0};
	struct ni_hd_link *l;
	ni_hd_loop_init(&loop, s);
	while (!ni_hd_loop_done(&loop)) {
		fill(&t, s);
		int n = poll(t.p, t.n, ni_hd_loop_timeout(&loop));
		ni_hd_loop_tick(&loop);
		for (size_t i = 0; n > 0 && i < t.n; i++) {
			short ready = t.p[i].revents;
			if (!ready)
				continue;
			l = t.link[i];
			if (l) {
				l->readable |= (ready & ~POLLOUT) != 0;
				l->writable |= (ready & ~POLLIN) != 0;
				ni_hd_loop_turn(&loop, l);
			} else if (t.p[i].fd == ni_hd_stop_fd()) {
				ni_hd_stop_seen();
			} else {
				ni_hd_loop_accept_some(&loop, t.p[i].fd);
			}
		}
		while ((l = ni_hd_loop_expired(&loop)))
			ni_hd_loop_turn(&loop, l);
	}
	ni_hd_loop_fini(&loop);
	free(t.p);
	free(t.link);
	return 0;
}
