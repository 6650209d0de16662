/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between a socket and the core; see server.h. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <time.h>
#include <unistd.h>

#include "process.h"
#include "server.h"

enum { HEAD_READ = 2048, BODY_READ = 16384, ROUNDS_MAX = 64, REFUSED_MAX = 64, ET_BUG_READ = 64 };

void
ni_hd_env_now(struct ni_hd_env *env)
{
	struct timespec mono;
	struct timespec wall;
	clock_gettime(CLOCK_MONOTONIC, &mono);
	clock_gettime(CLOCK_REALTIME_COARSE, &wall);
	ni_hd_env_set(env, (int64_t)mono.tv_sec * 1000 + mono.tv_nsec / 1000000, wall.tv_sec);
}

void
ni_hd_refuse(struct ni_hd_server *s, int fd, const struct ni_hd_peer *peer, const char *why)
{
	char text[512];
	int n = snprintf(text, sizeof(text),
			 "HTTP/1.1 503 Service Unavailable\r\nServer: netinspect-httpd\r\n"
			 "Content-Type: text/plain\r\nContent-Length: %zu\r\nRetry-After: 5\r\n"
			 "Connection: close\r\n\r\n%s\n",
			 strlen(why) + 1, why);
	char drop[4096];
	send(fd, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(fd, SHUT_WR);
	/* What has arrived already must not turn our FIN into a reset. */
	while (recv(fd, drop, sizeof(drop), MSG_DONTWAIT) > 0)
		;
	close(fd);
	ni_hd_peer_gone(s, peer);
	atomic_fetch_add(&s->refused, 1);
}

void
ni_hd_peer_gone(struct ni_hd_server *s, const struct ni_hd_peer *peer)
{
	if (s->peers)
		ni_hd_peers_leave(s->peers, s->worker, peer->place);
}

/* Where one more client of @peer is counted; loopback has no limit. */
static int
count(const struct ni_hd_server *s, const struct ni_hd_peer *peer)
{
	const struct in6_addr *a = &peer->addr.sin6_addr;
	if (!s->peers || ni_hd_is_loopback(a))
		return NI_HD_UNCOUNTED;
	return ni_hd_peers_enter(s->peers, s->worker, a, s->opts.max_per_ip);
}

int
ni_hd_accept(struct ni_hd_server *s, int listener, struct ni_hd_peer *peer)
{
	/* However many have to be refused: those who are here wait meanwhile. */
	for (unsigned refused = 0; refused < REFUSED_MAX; refused++) {
		struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
		socklen_t len = sizeof(a);
		int fd =
		    accept4(listener, (struct sockaddr *)&a, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			/* Out of descriptors: the client stays in the queue; without a pause an
			 * event loop would spin on it. */
			if (errno == EMFILE || errno == ENFILE)
				usleep(10000);
			return NI_HD_NO_CLIENT;
		}
		ni_hd_map_address(&peer->addr, &a);
		peer->place = NI_HD_UNCOUNTED;
		atomic_fetch_add(&s->accepted, 1);
		pthread_mutex_lock(&s->lock);
		bool full = s->nlinks >= s->opts.max_conns || s->children >= s->opts.max_conns;
		pthread_mutex_unlock(&s->lock);
		if (s->fd_max && fd >= s->fd_max) {
			ni_hd_refuse(
			    s, fd, peer,
			    "The model 'select' can watch descriptors below 1024 (FD_SETSIZE) "
			    "only. Try --model=poll or epoll-et.");
		} else if (full) {
			ni_hd_refuse(s, fd, peer, "The server has as many clients as it may have.");
		} else if ((peer->place = count(s, peer)) == NI_HD_CROWDED) {
			ni_hd_refuse(s, fd, peer, "Too many connections from your address.");
		} else {
			ni_hd_tcp_client(s, fd);
			return fd;
		}
	}
	return NI_HD_NO_CLIENT;
}

int
ni_hd_accept_wait(struct ni_hd_server *s, struct ni_hd_peer *peer)
{
	struct pollfd p[NI_HD_LISTENERS_MAX + 1];
	for (unsigned i = 0; i < s->nlisteners; i++)
		p[i] = (struct pollfd){.fd = s->listener[i], .events = POLLIN};
	p[s->nlisteners] = (struct pollfd){.fd = ni_hd_stop_fd(), .events = POLLIN};
	for (;;) {
		ni_hd_check_reload(s);
		if (ni_hd_stopping())
			return NI_HD_STOPPING;
		if (poll(p, s->nlisteners + 1, -1) < 0)
			return NI_HD_NO_CLIENT; /* a signal */
		if (p[s->nlisteners].revents)
			ni_hd_stop_seen();
		else if (s->opts.tcp.delay_accept_ms)
			usleep(s->opts.tcp.delay_accept_ms * 1000);
		for (unsigned i = 0; i < s->nlisteners; i++) {
			int fd =
			    p[i].revents ? ni_hd_accept(s, s->listener[i], peer) : NI_HD_NO_CLIENT;
			if (fd >= 0)
				return fd;
		}
	}
}

struct ni_hd_link *
ni_hd_link_new(struct ni_hd_server *s, struct ni_hd_env *env, int fd, const struct ni_hd_peer *peer)
{
	struct ni_hd_link *l = calloc(1, sizeof(*l));
	if (!l) {
		ni_hd_refuse(s, fd, peer, "Out of memory.");
		return NULL;
	}
	ni_hd_conn_init(&l->conn, &s->core, env);
	l->server = s;
	l->env = env;
	l->fd = fd;
	l->peer = *peer;
	l->since_ms = env->now_ms;
	l->readable = l->writable = true; /* trying costs less than asking */
	pthread_mutex_lock(&s->lock);
	l->next = s->links;
	if (l->next)
		l->next->prev = l;
	else
		s->oldest = l;
	s->links = l;
	s->nlinks++;
	pthread_mutex_unlock(&s->lock);
	return l;
}

void
ni_hd_link_ready(struct ni_hd_link *l, uint32_t events)
{
	/* An error or a hangup is for whoever tries next, to read or to write. */
	l->readable |= (events & ~(uint32_t)EPOLLOUT) != 0;
	l->writable |= (events & ~(uint32_t)(EPOLLIN | EPOLLRDHUP)) != 0;
	l->fin |= (events & (EPOLLRDHUP | EPOLLHUP)) != 0;
}

void
ni_hd_link_free(struct ni_hd_link *l)
{
	struct ni_hd_server *s = l->server;
	pthread_mutex_lock(&s->lock);
	if (l->prev)
		l->prev->next = l->next;
	else
		s->links = l->next;
	if (l->next)
		l->next->prev = l->prev;
	else
		s->oldest = l->prev;
	s->nlinks--;
	pthread_mutex_unlock(&s->lock);
	if (s->log)
		ni_hd_log_end(l);
	if (ni_hd_conn_wants(&l->conn) & NI_HD_WANT_ABORT) {
		/* A linger time of zero: close() sends a reset instead of a FIN. */
		struct linger reset = {.l_onoff = 1, .l_linger = 0};
		setsockopt(l->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	} else if (l->corked) {
		/* close() would throw the last bytes away if more input has just come. */
		shutdown(l->fd, SHUT_WR);
	}
	close(l->fd);
	ni_hd_peer_gone(s, &l->peer);
	ni_hd_conn_fini(&l->conn);
	free(l);
}

/* Returns false if the connection is broken. */
static bool
receive_into(struct ni_hd_link *l, char *buf, size_t room)
{
	bool bug = l->server->opts.et_bug;
	if (bug)
		room = ET_BUG_READ;
	ssize_t n = recv(l->fd, buf, room, 0);
	if (n > 0) {
		/* A short read means that nothing is left but perhaps a FIN we were told of. */
		if (bug || ((size_t)n < room && !l->fin))
			l->readable = false;
		ni_hd_conn_feed(&l->conn, buf, (size_t)n);
	} else if (n == 0) {
		l->readable = false;
		ni_hd_env_now(l->env); /* a delay that begins now must not begin in the past */
		ni_hd_conn_eof(&l->conn);
	} else if (errno == EAGAIN) {
		l->readable = false;
	} else if (errno != EINTR) {
		return false;
	}
	return true;
}

/* A function of its own, so that its pages of stack are touched for bodies only. */
static bool __attribute__((noinline)) receive_body(struct ni_hd_link *l)
{
	char buf[BODY_READ];
	return receive_into(l, buf, sizeof(buf));
}

/* A thread or a coroutine that waits for a request keeps the stack it has touched: read little. */
static bool __attribute__((noinline)) receive(struct ni_hd_link *l)
{
	char buf[HEAD_READ];
	if (l->conn.phase != NI_HD_REQUEST)
		return receive_body(l);
	return receive_into(l, buf, sizeof(buf));
}

static bool
transmit(struct ni_hd_link *l)
{
	struct ni_hd_piece piece;
	ssize_t n;
	if (!ni_hd_conn_piece(&l->conn, &piece))
		return false;
	if (piece.p) {
		int more = piece.more ? MSG_MORE : 0;
		n = send(l->fd, piece.p, piece.n, MSG_NOSIGNAL | more);
		l->corked = piece.more;
	} else {
		off_t off = (off_t)piece.off;
		l->corked = false;
		n = sendfile(l->fd, piece.fd, &off, piece.n);
		if (n == 0)
			return false; /* the file became shorter: the length we announced is wrong
				       */
	}
	if (n >= 0) {
		/* A signal cuts sendfile() short as well: then no edge would follow. */
		if ((size_t)n < piece.n && piece.p)
			l->writable = false;
		ni_hd_conn_sent(&l->conn, (size_t)n);
	} else if (errno == EAGAIN) {
		l->writable = false;
	} else if (errno != EINTR) {
		return false;
	}
	return true;
}

bool
ni_hd_link_run(struct ni_hd_link *l)
{
	for (unsigned round = 0; round < ROUNDS_MAX; round++) {
		unsigned wants = ni_hd_conn_wants(&l->conn);
		bool fine = true;
		if (wants & (NI_HD_WANT_CLOSE | NI_HD_WANT_ABORT)) {
			return false;
		} else if (wants & NI_HD_WANT_SHUT) {
			l->answered_fin = l->server->log && ni_hd_fin_came(l->fd);
			shutdown(l->fd, SHUT_WR);
			ni_hd_conn_shut(&l->conn);
		} else if ((wants & NI_HD_WANT_WRITE) && l->writable) {
			fine = transmit(l);
		} else if ((wants & NI_HD_WANT_READ) && l->readable) {
			fine = receive(l);
		} else {
			return true;
		}
		if (!fine) {
			l->broken = true;
			return false;
		}
	}
	return true;
}

void
ni_hd_wait(struct ni_hd_link *l)
{
	unsigned wants = ni_hd_conn_wants(&l->conn);
	bool stopping = l->conn.draining;
	struct pollfd p[2] = {{.fd = l->fd},
			      {.fd = stopping ? -1 : ni_hd_stop_fd(), .events = POLLIN}};
	if ((wants & NI_HD_WANT_READ) && !l->readable)
		p[0].events |= POLLIN;
	if ((wants & NI_HD_WANT_WRITE) && !l->writable)
		p[0].events |= POLLOUT;
	int64_t left = ni_hd_conn_deadline(&l->conn) - l->env->now_ms;
	bool ready =
	    (wants & NI_HD_WANT_READ && l->readable) || (wants & NI_HD_WANT_WRITE && l->writable);
	/* poll() reports a dead connection even when nothing is asked of it; while we wait for time
	 * alone that would be a busy loop. */
	if (!p[0].events)
		p[0].fd = -1;
	int n = poll(p, 2, left < 0 || ready ? 0 : left > 60000 ? 60000 : (int)left);
	if (n > 0 && p[0].revents) {
		l->readable |= (p[0].revents & ~POLLOUT) != 0;
		l->writable |= (p[0].revents & ~POLLIN) != 0;
	}
	if (p[1].revents)
		ni_hd_stop_seen();
	ni_hd_env_now(l->env);
	if (l->env->now_ms >= ni_hd_conn_deadline(&l->conn))
		ni_hd_conn_tick(&l->conn);
	if (ni_hd_stopping() && !stopping)
		ni_hd_conn_drain(&l->conn);
}

void
ni_hd_serve(struct ni_hd_link *l, void (*wait)(struct ni_hd_link *l))
{
	while (ni_hd_link_run(l))
		wait(l);
	ni_hd_link_free(l);
}

void
ni_hd_serve_blocking(struct ni_hd_server *s, int fd, const struct ni_hd_peer *peer)
{
	struct ni_hd_env env = {0};
	ni_hd_env_now(&env);
	struct ni_hd_link *l = ni_hd_link_new(s, &env, fd, peer);
	if (l)
		ni_hd_serve(l, ni_hd_wait);
	if (s->log)
		ni_hd_log_flush(s->log);
}
