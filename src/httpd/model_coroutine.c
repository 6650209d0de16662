/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Model "coroutine": every client is served by the same straight code as one at a time
 * (ni_hd_serve()), each on a stack of its own. Where that code would wait, it is put aside with
 * swapcontext() and another one that is ready goes on. epoll says which one that is.
 */
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "process.h"
#include "server.h"

enum { PAGE = 4096, STACK = 65536, BATCH = 256 };

struct coroutine {
	ucontext_t context;
	char *stack; /* below it one page that must not be touched: an overflow ends in a signal,
		      * not in another client's data */
	struct ni_hd_link *link;
	bool over;
};

static ucontext_t scheduler;      /* where a coroutine goes when it waits */
static struct coroutine *running; /* and which one that is */

/* What ni_hd_serve() calls where a thread would block. */
static void
yield_until_ready(struct ni_hd_link *l)
{
	struct coroutine *co = l->mine;
	swapcontext(&co->context, &scheduler);
}

/* The last step of ni_hd_serve(), without ni_hd_link_free(): the scheduler has to forget the link.
 */
static void
body(void)
{
	struct coroutine *co = running;
	while (ni_hd_link_run(co->link))
		yield_until_ready(co->link);
	co->over = true;
}

static bool
create(struct ni_hd_link *l)
{
	struct coroutine *co = calloc(1, sizeof(*co));
	if (!co)
		return false;
	co->stack = mmap(NULL, PAGE + STACK, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
	if (co->stack == MAP_FAILED || mprotect(co->stack, PAGE, PROT_NONE)) {
		if (co->stack != MAP_FAILED)
			munmap(co->stack, PAGE + STACK);
		free(co);
		return false;
	}
	getcontext(&co->context);
	co->context.uc_stack.ss_sp = co->stack + PAGE;
	co->context.uc_stack.ss_size = STACK;
	co->context.uc_link = &scheduler; /* where it goes when it is over */
	makecontext(&co->context, body, 0);
	co->link = l;
	l->mine = co;
	return true;
}

static void
destroy(struct coroutine *co)
{
	munmap(co->stack, PAGE + STACK);
	free(co);
}

/* Let the coroutine of @l run until it waits or is over. */
static void
resume(struct ni_hd_loop *loop, int ep, struct ni_hd_link *l)
{
	struct coroutine *co = l->mine;
	running = co;
	swapcontext(&scheduler, &co->context);
	if (co->over) {
		destroy(co);
		ni_hd_loop_drop(loop, l);
		return;
	}
	ni_hd_loop_schedule(loop, l);
	unsigned wants = ni_hd_conn_wants(&l->conn);
	if ((wants & NI_HD_WANT_READ && l->readable) || (wants & NI_HD_WANT_WRITE && l->writable)) {
		struct epoll_event e = {
		    .events = (uint32_t)EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = l};
		epoll_ctl(ep, EPOLL_CTL_MOD, l->fd, &e); /* a new edge, so that it goes on */
	}
}

static void
accept_some(struct ni_hd_loop *loop, int ep, int listener)
{
	struct ni_hd_link *l;
	for (unsigned n = 0; n < BATCH && (l = ni_hd_loop_accept(loop, listener)); n++) {
		struct epoll_event e = {
		    .events = (uint32_t)EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = l};
		if (!create(l)) {
			ni_hd_loop_drop(loop, l);
			continue;
		}
		epoll_ctl(ep, EPOLL_CTL_ADD, l->fd, &e);
		resume(loop, ep, l);
	}
}

static void
ready(struct ni_hd_loop *loop, int ep, const struct epoll_event *e)
{
	struct ni_hd_server *s = loop->server;
	const char *at = e->data.ptr;
	const char *first = (const char *)s->listener;
	if (!at) {
		ni_hd_stop_seen();
		epoll_ctl(ep, EPOLL_CTL_DEL, ni_hd_stop_fd(), NULL);
	} else if (at >= first && at < first + sizeof(s->listener)) {
		accept_some(loop, ep, *(const int *)e->data.ptr);
	} else {
		struct ni_hd_link *l = e->data.ptr;
		ni_hd_link_ready(l, e->events);
		resume(loop, ep, l);
	}
}

int
ni_hd_run_coroutine(struct ni_hd_server *s)
{
	struct ni_hd_loop loop;
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
	struct epoll_event events[BATCH];
	struct ni_hd_link *l;
	ni_hd_loop_init(&loop, s);
	epoll_ctl(ep, EPOLL_CTL_ADD, ni_hd_stop_fd(), &e);
	for (unsigned i = 0; i < s->nlisteners; i++) {
		e.data.ptr = &s->listener[i];
		epoll_ctl(ep, EPOLL_CTL_ADD, s->listener[i], &e);
	}
	while (!ni_hd_loop_done(&loop)) {
		int n = epoll_wait(ep, events, BATCH, ni_hd_loop_timeout(&loop));
		ni_hd_loop_tick(&loop);
		for (int i = 0; i < n; i++)
			ready(&loop, ep, &events[i]);
		while ((l = ni_hd_loop_expired(&loop)))
			resume(&loop, ep, l);
	}
	for (l = s->links; l; l = l->next)
		destroy(l->mine);
	ni_hd_loop_fini(&loop);
	close(ep);
	return 0;
}
