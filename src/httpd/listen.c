/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Listening sockets and the options of TCP; see server.h. What is set on a listening socket holds
 * for every client accepted from it, so most options cost nothing per connection. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server.h"

/* Parse "ADDRESS", "ADDRESS:PORT", "[V6]:PORT" or "PORT" (every address). */
static int
parse_address(const char *text, uint16_t port, struct sockaddr_storage *to, socklen_t *len,
	      struct ni_err *err)
{
	char host[64] = "";
	const char *colon = strrchr(text, ':');
	const char *close = strchr(text, ']');
	if (text[0] == '[' && close) {
		snprintf(host, sizeof(host), "%.*s", (int)(close - text - 1), text + 1);
		colon = close[1] == ':' ? close + 1 : NULL;
	} else if (colon && strchr(text, ':') == colon) {
		snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	} else {
		snprintf(host, sizeof(host), "%s", text);
		colon = NULL;
	}
	if (colon) {
		char *end = NULL;
		unsigned long v = strtoul(colon + 1, &end, 10);
		if (!colon[1] || *end || v > 65535)
			return ni_fail(err, NI_ERR_INPUT, "--listen %s: no such port", text);
		port = (uint16_t)v;
	}
	memset(to, 0, sizeof(*to));
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		memcpy(to, &in, *len = sizeof(in));
	} else if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
		memcpy(to, &in6, *len = sizeof(in6));
	} else {
		ni_fail(err, NI_ERR_INPUT, "--listen %s: not an IP address", text);
		ni_hint(err, "for example 127.0.0.1:7788, [::1]:7788 or 0.0.0.0");
		return NI_ERR_INPUT;
	}
	return NI_SUCCESS;
}

static void
set(int fd, int level, int name, uint32_t v)
{
	int value = (int)v;
	setsockopt(fd, level, name, &value, sizeof(value));
}

static void
set_keepalive(int fd, const char *spec)
{
	static const int names[] = {TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT};
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	for (unsigned i = 0; i < 3 && *spec; i++) {
		char *end = NULL;
		unsigned long v = strtoul(spec, &end, 10);
		if (v && v < 32767)
			set(fd, IPPROTO_TCP, names[i], (uint32_t)v);
		spec = *end == ',' ? end + 1 : end;
	}
}

static int
set_options(int fd, int family, const struct ni_hd_tcp *t, struct ni_err *err)
{
	set(fd, SOL_SOCKET, SO_REUSEADDR, t->reuseaddr);
	set(fd, IPPROTO_TCP, TCP_NODELAY, t->nodelay);
	if (family == AF_INET6)
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (t->rcvbuf)
		set(fd, SOL_SOCKET, SO_RCVBUF, t->rcvbuf);
	if (t->sndbuf)
		set(fd, SOL_SOCKET, SO_SNDBUF, t->sndbuf);
	if (t->mss)
		set(fd, IPPROTO_TCP, TCP_MAXSEG, t->mss);
	if (t->window_clamp)
		set(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, t->window_clamp);
	if (t->defer_accept)
		set(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, t->defer_accept);
	if (t->fastopen)
		set(fd, IPPROTO_TCP, TCP_FASTOPEN, t->fastopen);
	if (t->keepalive)
		set_keepalive(fd, t->keepalive);
	if (t->ttl)
		set(fd, family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP,
		    family == AF_INET6 ? IPV6_UNICAST_HOPS : IP_TTL, t->ttl);
	if (t->tos)
		set(fd, family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP,
		    family == AF_INET6 ? IPV6_TCLASS : IP_TOS, t->tos);
	if (t->cc && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, t->cc, (socklen_t)strlen(t->cc)))
		return ni_fail(err, NI_ERR_INPUT, "--cc %s: %s", t->cc, strerror(errno));
	return NI_SUCCESS;
}

static uint16_t
port_of(const struct sockaddr_storage *a)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	memcpy(&in, a, sizeof(in));
	memcpy(&in6, a, sizeof(in6));
	return ntohs(a->ss_family == AF_INET6 ? in6.sin6_port : in.sin_port);
}

static int
listen_on(struct ni_hd_server *s, const char *text, uint16_t *port, bool reuseport, bool optional,
	  struct ni_err *err)
{
	struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(a);
	int rc = parse_address(text, *port, &a, &len, err);
	if (rc)
		return rc;
	int fd = socket(a.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return optional ? 0 : ni_fail(err, NI_ERR_RUN, "%s: %s", text, strerror(errno));
	rc = set_options(fd, a.ss_family, &s->opts.tcp, err);
	if (reuseport)
		set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
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
		*port = port_of(&a);
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
		char host[INET6_ADDRSTRLEN] = "?";
		if (getsockname(s->listener[i], (struct sockaddr *)&a, &len))
			continue;
		if (a.ss_family == AF_INET6) {
			struct sockaddr_in6 in6;
			memcpy(&in6, &a, sizeof(in6));
			inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof(host));
			printf("http://[%s]:%u/\n", host, ntohs(in6.sin6_port));
		} else if (a.ss_family == AF_INET) {
			struct sockaddr_in in;
			memcpy(&in, &a, sizeof(in));
			inet_ntop(AF_INET, &in.sin_addr, host, sizeof(host));
			printf("http://%s:%u/\n", host, ntohs(in.sin_port));
		}
	}
	fflush(stdout);
}

void
ni_hd_tcp_client(const struct ni_hd_server *s, int fd)
{
	const struct ni_hd_tcp *t = &s->opts.tcp;
	if (t->quickack <= 1)
		set(fd, IPPROTO_TCP, TCP_QUICKACK, t->quickack);
	if (t->cork)
		set(fd, IPPROTO_TCP, TCP_CORK, 1);
}
