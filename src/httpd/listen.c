/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listening sockets and the options of TCP; see server.h. What is set on a listening socket holds
 * for every client accepted from it, so most options cost nothing per connection. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

static int
set_options(int fd, int family, const struct ni_hd_tcp *t, struct ni_err *err)
{
	if (family == AF_INET6)
		ni_sockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (t->defer_accept)
		ni_sockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, t->defer_accept);
	if (t->fastopen)
		ni_sockopt(fd, IPPROTO_TCP, TCP_FASTOPEN, t->fastopen);
	return ni_sockopts_set(fd, family, &t->sock, err);
}

static int
listen_on(struct ni_hd_server *s, const char *text, uint16_t *port, bool reuseport, bool optional,
	  struct ni_err *err)
{
	struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(a);
	int rc = ni_address_parse("--listen ", text, *port, &a, &len, err);
	if (rc)
		return rc;
	int fd = socket(a.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return optional ? 0 : ni_fail(err, NI_ERR_RUN, "%s: %s", text, strerror(errno));
	rc = set_options(fd, a.ss_family, &s->opts.tcp, err);
	if (reuseport)
		ni_sockopt(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (!rc && bind(fd, (struct sockaddr *)&a, len)) {
		int why = errno;
		close(fd);
		if (optional && why == EADDRNOTAVAIL)
			return NI_SUCCESS; /* a host without IPv6 */
		ni_fail(err, NI_ERR_RUN, "%s port %u: %s", text, *port, strerror(why));
		if (why == EADDRINUSE)
			ni_hint(err, "another server is there; --port 0 takes any free port");
		else if (why == EACCES)
			ni_hint(err, "ports below 1024 need root or CAP_NET_BIND_SERVICE");
		return NI_ERR_RUN;
	}
	if (!rc && listen(fd, (int)s->opts.tcp.backlog))
		rc = ni_fail(err, NI_ERR_RUN, "%s port %u: %s", text, *port, strerror(errno));
	if (rc) {
		close(fd);
		return rc;
	}
	/* With --port 0 the first socket finds the port and the others take it too. */
	len = sizeof(a);
	getsockname(fd, (struct sockaddr *)&a, &len);
	if (!*port)
		*port = ni_address_port(&a);
	s->listener[s->nlisteners++] = fd;
	return NI_SUCCESS;
}

/* systemd's socket activation: descriptors from 3 on, if they are meant for this process. */
static void
inherit(struct ni_hd_server *s)
{
	enum { FIRST = 3 };
	const char *pid = getenv("LISTEN_PID");
	const char *n = getenv("LISTEN_FDS");
	if (!pid || !n || strtol(pid, NULL, 10) != (long)getpid())
		return;
	long count = strtol(n, NULL, 10);
	for (long i = 0; i < count && s->nlisteners < NI_HD_LISTENERS_MAX; i++) {
		int fd = FIRST + (int)i;
		int listening = 0;
		socklen_t len = sizeof(listening);
		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) || !listening)
			continue;
		fcntl(fd, F_SETFL, O_NONBLOCK);
		fcntl(fd, F_SETFD, FD_CLOEXEC);
		s->listener[s->nlisteners++] = fd;
	}
	s->activated = s->nlisteners > 0;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
}

int
ni_hd_listen(struct ni_hd_server *s, bool reuseport, struct ni_err *err)
{
	static const char *const usual[] = {"127.0.0.1", "::1"};
	uint16_t port = (uint16_t)s->opts.port;
	int rc = NI_SUCCESS;
	s->nlisteners = 0;
	inherit(s);
	if (s->nlisteners)
		return NI_SUCCESS;
	for (unsigned i = 0; !rc && i < s->opts.nlisten; i++)
		rc = listen_on(s, s->opts.listen[i], &port, reuseport, false, err);
	for (unsigned i = 0; !rc && !s->opts.nlisten && i < 2; i++)
		rc = listen_on(s, usual[i], &port, reuseport, i > 0, err);
	s->opts.port = port;
	return rc;
}

void
ni_hd_listen_close(struct ni_hd_server *s)
{
	/* Other processes may hold the same sockets; nobody is to come in by those either. What
	 * systemd handed us stays its own. */
	for (unsigned i = 0; !s->activated && i < s->nlisteners; i++)
		shutdown(s->listener[i], SHUT_RDWR);
	ni_hd_listen_forget(s);
}

void
ni_hd_listen_forget(struct ni_hd_server *s)
{
	for (unsigned i = 0; i < s->nlisteners; i++)
		close(s->listener[i]);
	s->nlisteners = 0;
}

void
ni_hd_listen_print(const struct ni_hd_server *s)
{
	for (unsigned i = 0; i < s->nlisteners; i++) {
		struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
		socklen_t len = sizeof(a);
		char text[INET6_ADDRSTRLEN + 8];
		if (getsockname(s->listener[i], (struct sockaddr *)&a, &len))
			continue;
		ni_address_text(&a, text, sizeof(text));
		printf("http://%s/\n", text);
	}
	fflush(stdout);
}

void
ni_hd_tcp_client(const struct ni_hd_server *s, int fd)
{
	ni_sockopts_connected(fd, &s->opts.tcp.sock);
}

bool
ni_hd_socket_knob(struct ni_hd_conn *c, struct ni_hd_span name, struct ni_hd_span value)
{
	const struct ni_hd_link *l = (struct ni_hd_link *)(void *)c;
	char word[16];
	char text[32];
	struct ni_buf w = ni_buf(word, sizeof(word) - 1);
	struct ni_buf t = ni_buf(text, sizeof(text) - 1);
	ni_buf_mem(&w, name.p, name.n);
	ni_buf_mem(&t, value.p, value.n);
	if (w.cut)
		return true; /* none of them is so long */
	w.cap++;
	t.cap++;
	return ni_sockopt_turn(l->fd, ni_buf_z(&w), ni_buf_z(&t)) && !t.cut;
}
