/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Model "select": the oldest way to wait for many. The sets are arrays of FD_SETSIZE (1024) bits;
 * a descriptor beyond that would be written into whatever lies behind them, so such a client is
 * refused. The kernel changes the sets, so they are filled anew each time.
 */
#include <sys/select.h>
#include <unistd.h>

#include "process.h"
#include "server.h"

static void
watch(fd_set *set, int fd, int *max)
{
	FD_SET(fd, set);
	if (fd > *max)
		*max = fd;
}

static int
fill(struct ni_hd_server *s, fd_set *in, fd_set *out)
{
	int max = -1;
	FD_ZERO(in);
	FD_ZERO(out);
	for (unsigned i = 0; i < s->nlisteners; i++)
		watch(in, s->listener[i], &max);
	if (!ni_hd_stopping())
		watch(in, ni_hd_stop_fd(), &max);
	for (struct ni_hd_link *l = s->links; l; l = l->next) {
		unsigned wants = ni_hd_conn_wants(&l->conn);
		if (wants & NI_HD_WANT_READ)
			watch(in, l->fd, &max);
		if (wants & NI_HD_WANT_WRITE)
			watch(out, l->fd, &max);
	}
	return max;
}

int
ni_hd_run_select(struct ni_hd_server *s)
{
	struct ni_hd_loop loop;
	struct ni_hd_link *l;
	struct ni_hd_link *next;
	ni_hd_loop_init(&loop, s);
	s->fd_max = FD_SETSIZE;
	while (!ni_hd_loop_done(&loop)) {
		fd_set in;
		fd_set out;
		int max = fill(s, &in, &out);
		int ms = ni_hd_loop_timeout(&loop);
		struct timeval t = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000L};
		if (select(max + 1, &in, &out, NULL, &t) < 0) {
			FD_ZERO(&in); /* a signal: the sets mean nothing */
			FD_ZERO(&out);
		}
		ni_hd_loop_tick(&loop);
		if (!ni_hd_stopping() && FD_ISSET(ni_hd_stop_fd(), &in))
			ni_hd_stop_seen();
		for (l = s->links; l; l = next) {
			next = l->next;
			l->readable |= FD_ISSET(l->fd, &in);
			l->writable |= FD_ISSET(l->fd, &out);
			if (FD_ISSET(l->fd, &in) || FD_ISSET(l->fd, &out))
				ni_hd_loop_turn(&loop, l);
		}
		for (unsigned i = 0; i < s->nlisteners; i++)
			if (FD_ISSET(s->listener[i], &in))
				ni_hd_loop_accept_some(&loop, s->listener[i]);
		while ((l = ni_hd_loop_expired(&loop)))
			ni_hd_loop_turn(&loop, l);
	}
	ni_hd_loop_fini(&loop);
	return 0;
}
