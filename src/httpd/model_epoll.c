/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Models "epoll-lt" and "epoll-et". The kernel keeps the set: a descriptor is registered once, and
 * epoll_wait() returns only those that are ready, so idle clients cost nothing.
 *
 * Level-triggered: a descriptor is returned as long as it is ready. What is not wanted at the
 * moment (readiness to write, mostly) must be taken out, or epoll_wait() returns at once for ever:
 * that is --lt-busy.
 * Edge-triggered: it is returned once when something new happens. Everything is registered once and
 * never changed, but what was announced must be used up, or the rest waits for an event that does
 * not come: that is --et-bug.
 */
#include <sys/epoll.h>
#include <unistd.h>

#include "process.h"
#include "server.h"

enum { BATCH = 256, ACCEPT = 32 };

struct poller {
	struct ni_hd_loop loop;
	int ep;
	bool edge;
	uint32_t knocked; /* listeners with clients waiting, as bits */
};

/* Tell the kernel what is wanted of @l now. */
static void
update(struct poller *p, struct ni_hd_link *l)
{
	unsigned wants = ni_hd_conn_wants(&l->conn);
	uint32_t events = (wants & NI_HD_WANT_READ ? (uint32_t)EPOLLIN : 0) |
			  (wants & NI_HD_WANT_WRITE ? (uint32_t)EPOLLOUT : 0);
	int op = l->mine ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
	if (p->loop.server->opts.lt_busy)
		events |= EPOLLOUT;
	if (p->edge) {
		bool more = (wants & NI_HD_WANT_READ && l->readable) ||
			    (wants & NI_HD_WANT_WRITE && l->writable);
		/* Its turn ended although it could go on: registering again makes a new edge. */
		if (l->mine && !more)
			return;
		events = (uint32_t)EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
	} else if (!events) {
		/* Waits for time alone; a hangup would be told for ever. */
		if (l->mine)
			epoll_ctl(p->ep, EPOLL_CTL_DEL, l->fd, NULL);
		l->mine = NULL;
		return;
	} else if (l->mine && events == l->interest) {
		return;
	}
	struct epoll_event e = {.events = events, .data.ptr = l};
	l->interest = events;
	l->mine = p;
	epoll_ctl(p->ep, op, l->fd, &e);
}

static void
turn(struct poller *p, struct ni_hd_link *l)
{
	if (ni_hd_loop_turn(&p->loop, l)) /* else close() has taken it out of the set */
		update(p, l);
}

/* Accept some clients before the first gets its turn: meanwhile their requests arrive, and one that
 * is answered and closed in its first turn is never registered. Only some: those who are here wait
 * meanwhile, and the listener is level-triggered in both models, so it is told of again. */
static void
accept_some(struct poller *p, int listener)
{
	struct ni_hd_link *some[ACCEPT];
	unsigned n = 0;
	while (n < ACCEPT && (some[n] = ni_hd_loop_accept(&p->loop, listener)))
		n++;
	for (unsigned i = 0; i < n; i++)
		turn(p, some[i]);
}

/* New clients come after those that are here, for the same reason. */
static void
answer_door(struct poller *p)
{
	const struct ni_hd_server *s = p->loop.server;
	for (unsigned i = 0; p->knocked && i < s->nlisteners; i++)
		if (p->knocked & 1U << i)
			accept_some(p, s->listener[i]);
	p->knocked = 0;
}

static void
ready(struct poller *p, const struct epoll_event *e)
{
	const struct ni_hd_server *s = p->loop.server;
	const int *at = e->data.ptr;
	if (!at) {
		ni_hd_stop_seen();
		epoll_ctl(p->ep, EPOLL_CTL_DEL, ni_hd_stop_fd(), NULL);
	} else if (at >= s->listener && at < s->listener + NI_HD_LISTENERS_MAX) {
		p->knocked |= 1U << (at - s->listener);
	} else {
		struct ni_hd_link *l = e->data.ptr;
		ni_hd_link_ready(l, e->events);
		turn(p, l);
	}
}

static int
run(struct ni_hd_server *s, bool edge)
{
	struct poller p = {.ep = epoll_create1(EPOLL_CLOEXEC), .edge = edge};
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
	struct epoll_event events[BATCH];
	struct ni_hd_link *l;
	ni_hd_loop_init(&p.loop, s);
	epoll_ctl(p.ep, EPOLL_CTL_ADD, ni_hd_stop_fd(), &e);
	for (unsigned i = 0; i < s->nlisteners; i++) {
		e.data.ptr = &s->listener[i];
		epoll_ctl(p.ep, EPOLL_CTL_ADD, s->listener[i], &e);
	}
	while (!ni_hd_loop_done(&p.loop)) {
		int n = epoll_wait(p.ep, events, BATCH, ni_hd_loop_timeout(&p.loop));
		ni_hd_loop_tick(&p.loop);
		for (int i = 0; i < n; i++)
			ready(&p, &events[i]);
		answer_door(&p);
		while ((l = ni_hd_loop_expired(&p.loop)))
			turn(&p, l);
	}
	ni_hd_loop_fini(&p.loop);
	close(p.ep);
	return 0;
}

int
ni_hd_run_epoll_lt(struct ni_hd_server *s)
{
	return run(s, false);
}

int
ni_hd_run_epoll_et(struct ni_hd_server *s)
{
	return run(s, true);
}
