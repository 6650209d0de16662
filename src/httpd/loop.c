/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the event loops share: the clock, and the links as a binary heap by deadline; see server.h.
 * Most deadlines only ever move away (a keep-alive connection that is used again), and moving away
 * costs nothing: the old time stays in the heap, and a link that comes up too early goes back.
 */
#include <stdlib.h>
#include <string.h>

#include "server.h"

void
ni_hd_loop_init(struct ni_hd_loop *o, struct ni_hd_server *s)
{
	*o = (struct ni_hd_loop){.server = s};
	ni_hd_env_now(&o->env);
}

void
ni_hd_loop_fini(struct ni_hd_loop *o)
{
	while (o->server->links)
		ni_hd_link_free(o->server->links);
	free(o->heap);
}

static void
place(struct ni_hd_loop *o, struct ni_hd_link *l, uint32_t i)
{
	o->heap[i] = l;
	l->heap = i;
}

static void
up(struct ni_hd_loop *o, struct ni_hd_link *l, uint32_t i)
{
	for (; i > 1 && o->heap[i / 2]->due > l->due; i /= 2)
		place(o, o->heap[i / 2], i);
	place(o, l, i);
}

static void
down(struct ni_hd_loop *o, struct ni_hd_link *l, uint32_t i)
{
	while (2 * i <= o->n) {
		uint32_t child = 2 * i;
		if (child < o->n && o->heap[child + 1]->due < o->heap[child]->due)
			child++;
		if (o->heap[child]->due >= l->due)
			break;
		place(o, o->heap[child], i);
		i = child;
	}
	place(o, l, i);
}

/* Among the oldest, one that has waited for a while without asking for anything: who only holds a
 * place must not keep out who would use it. NULL if there is none. */
static struct ni_hd_link *
find_waiting(const struct ni_hd_loop *o)
{
	enum { LOOKED_AT = 64, WAITED_MS = 1000 };
	struct ni_hd_link *l = o->server->oldest;
	for (unsigned n = 0; l && n < LOOKED_AT; n++, l = l->prev)
		if (ni_hd_conn_waited(&l->conn) >= WAITED_MS)
			return l;
	return NULL;
}

struct ni_hd_link *
ni_hd_loop_accept(struct ni_hd_loop *o, int listener)
{
	enum { WANTED = 32 };
	if (o->server->nlinks >= o->server->opts.max_conns && find_waiting(o)) {
		o->wanted = WANTED; /* the client stays in the queue for one more round */
		return NULL;
	}
	struct ni_hd_peer peer;
	int fd = ni_hd_accept(o->server, listener, &peer);
	if (fd < 0)
		return NULL;
	if (o->n + 2 > o->cap) {
		uint32_t cap = o->cap ? 2 * o->cap : 256;
		struct ni_hd_link **heap = realloc(o->heap, cap * sizeof(struct ni_hd_link *));
		if (!heap) {
			ni_hd_refuse(o->server, fd, &peer, "Out of memory.");
			return NULL;
		}
		o->heap = heap;
		o->cap = cap;
	}
	struct ni_hd_link *l = ni_hd_link_new(o->server, &o->env, fd, &peer);
	if (l) {
		l->due = ni_hd_conn_deadline(&l->conn);
		up(o, l, ++o->n);
	}
	return l;
}

bool
ni_hd_loop_turn(struct ni_hd_loop *o, struct ni_hd_link *l)
{
	bool goes_on = ni_hd_link_run(l);
	if (goes_on)
		ni_hd_loop_schedule(o, l);
	else
		ni_hd_loop_drop(o, l);
	return goes_on;
}

void
ni_hd_loop_accept_some(struct ni_hd_loop *o, int listener)
{
	enum { SOME = 256 };
	struct ni_hd_link *l;
	for (unsigned n = 0; n < SOME && (l = ni_hd_loop_accept(o, listener)); n++)
		ni_hd_loop_turn(o, l);
}

void
ni_hd_loop_schedule(struct ni_hd_loop *o, struct ni_hd_link *l)
{
	int64_t due = ni_hd_conn_deadline(&l->conn);
	if (due >= l->due)
		return;
	l->due = due;
	up(o, l, l->heap);
}

void
ni_hd_loop_drop(struct ni_hd_loop *o, struct ni_hd_link *l)
{
	uint32_t i = l->heap;
	struct ni_hd_link *last = o->heap[o->n--];
	if (last != l) {
		if (i > 1 && o->heap[i / 2]->due > last->due)
			up(o, last, i);
		else
			down(o, last, i);
	}
	ni_hd_link_free(l);
}

int
ni_hd_loop_timeout(const struct ni_hd_loop *o)
{
	int64_t left = o->n ? o->heap[1]->due - o->env.now_ms : 60000;
	if (o->draining && left > 100)
		left = 100;
	if (o->server->log && left > 1000)
		left = 1000; /* to write out what is waiting */
	return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

void
ni_hd_loop_tick(struct ni_hd_loop *o)
{
	ni_hd_env_now(&o->env);
	ni_hd_check_reload(o->server);
	if (o->server->log)
		ni_hd_log_settle(o->server->log, o->env.wall);
}

struct ni_hd_link *
ni_hd_loop_expired(struct ni_hd_loop *o)
{
	while (o->n && o->heap[1]->due <= o->env.now_ms) {
		struct ni_hd_link *l = o->heap[1];
		int64_t due = ni_hd_conn_deadline(&l->conn);
		unsigned over = ni_hd_conn_wants(&l->conn) & (NI_HD_WANT_CLOSE | NI_HD_WANT_ABORT);
		if (due <= o->env.now_ms || over) {
			if (!over)
				ni_hd_conn_tick(&l->conn);
			l->due = ni_hd_conn_deadline(&l->conn);
			if (l->due <= o->env.now_ms)
				l->due = o->env.now_ms + 1; /* its turn decides */
			down(o, l, 1);
			return l;
		}
		l->due = due;
		down(o, l, 1);
	}
	struct ni_hd_link *l = o->wanted ? find_waiting(o) : NULL;
	o->wanted = l ? o->wanted - 1 : 0;
	if (l)
		ni_hd_conn_dismiss(&l->conn);
	return l;
}

bool
ni_hd_loop_done(struct ni_hd_loop *o)
{
	struct ni_hd_server *s = o->server;
	if (!ni_hd_stopping())
		return false;
	if (!o->draining) {
		o->draining = true;
		o->drain_ms = o->env.now_ms + (int64_t)s->opts.drain_s * 1000;
		ni_hd_listen_close(s);
		for (struct ni_hd_link *l = s->links; l; l = l->next) {
			ni_hd_conn_drain(&l->conn);
			/* Its turn comes by the clock. */
			l->due = o->env.now_ms;
			up(o, l, l->heap);
		}
	}
	return !o->n || o->env.now_ms >= o->drain_ms;
}
