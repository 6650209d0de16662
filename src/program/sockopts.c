/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Socket options and addresses; see sockopts.h. */
#include "sockopts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"

void
ni_sockopt(int fd, int level, int name, uint32_t v)
{
	int value = (int)v;
	setsockopt(fd, level, name, &value, sizeof(value));
}

static void
set_keepalive(int fd, const char *spec)
{
	static const int names[] = {TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT};
	ni_sockopt(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	for (unsigned i = 0; i < 3 && *spec; i++) {
		char *end = NULL;
		unsigned long v = strtoul(spec, &end, 10);
		if (v && v < 32767)
			ni_sockopt(fd, IPPROTO_TCP, names[i], (uint32_t)v);
		spec = *end == ',' ? end + 1 : end;
	}
}

/* With the first data the kernel computes the clamp anew from the size of the buffer (at least
 * Linux 6.18 does), so that size must be right too. */
static void
clamp(int fd, const struct ni_sockopts *o)
{
	if (!o->rcvbuf)
		ni_sockopt(fd, SOL_SOCKET, SO_RCVBUF, o->window_clamp);
	ni_sockopt(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, o->window_clamp);
}

int
ni_sockopts_set(int fd, int family, const struct ni_sockopts *o, struct ni_err *err)
{
	bool v6 = family == AF_INET6;
	ni_sockopt(fd, SOL_SOCKET, SO_REUSEADDR, o->reuseaddr);
	ni_sockopt(fd, IPPROTO_TCP, TCP_NODELAY, o->nodelay);
	if (o->rcvbuf)
		ni_sockopt(fd, SOL_SOCKET, SO_RCVBUF, o->rcvbuf);
	if (o->sndbuf)
		ni_sockopt(fd, SOL_SOCKET, SO_SNDBUF, o->sndbuf);
	if (o->mss)
		ni_sockopt(fd, IPPROTO_TCP, TCP_MAXSEG, o->mss);
	if (o->window_clamp)
		clamp(fd, o);
	if (o->keepalive)
		set_keepalive(fd, o->keepalive);
	if (o->ttl)
		ni_sockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_UNICAST_HOPS : IP_TTL,
			   o->ttl);
	if (o->tos)
		ni_sockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS, o->tos);
	if (o->cc && setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, o->cc, (socklen_t)strlen(o->cc)))
		return ni_fail(err, NI_ERR_INPUT, "--cc %s: %s", o->cc, strerror(errno));
	return NI_SUCCESS;
}

void
ni_sockopts_connected(int fd, const struct ni_sockopts *o)
{
	if (o->quickack <= 1)
		ni_sockopt(fd, IPPROTO_TCP, TCP_QUICKACK, o->quickack);
	if (o->cork)
		ni_sockopt(fd, IPPROTO_TCP, TCP_CORK, 1);
}

/* Split @text into @host and what follows the colon, NULL if there is none. */
static const char *
split(const char *text, char *host, size_t n)
{
	const char *colon = strrchr(text, ':');
	const char *close = strchr(text, ']');
	if (text[0] == '[' && close) {
		snprintf(host, n, "%.*s", (int)(close - text - 1), text + 1);
		return close[1] == ':' ? close + 2 : NULL;
	}
	if (colon && strchr(text, ':') == colon) {
		snprintf(host, n, "%.*s", (int)(colon - text), text);
		return colon + 1;
	}
	snprintf(host, n, "%s", text);
	return NULL;
}

int
ni_address_parse(const char *name, const char *text, uint16_t port, struct sockaddr_storage *to,
		 socklen_t *len, struct ni_err *err)
{
	char host[64] = "";
	const char *digits = split(text, host, sizeof(host));
	if (digits) {
		char *end = NULL;
		unsigned long v = strtoul(digits, &end, 10);
		if (digits[0] < '0' || digits[0] > '9' || *end || v > 65535)
			return ni_fail(err, NI_ERR_INPUT, _("%s%s: no such port"), name, text);
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
		ni_fail(err, NI_ERR_INPUT, _("%s%s: not an IP address"), name, text);
		ni_hint(err, _("for example 127.0.0.1:7788, [::1]:7788 or 0.0.0.0"));
		return NI_ERR_INPUT;
	}
	return NI_SUCCESS;
}

uint16_t
ni_address_port(const struct sockaddr_storage *a)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	memcpy(&in, a, sizeof(in));
	memcpy(&in6, a, sizeof(in6));
	return ntohs(a->ss_family == AF_INET6 ? in6.sin6_port : in.sin_port);
}

void
ni_address_set_port(struct sockaddr_storage *a, uint16_t port)
{
	uint16_t be = htons(port);
	size_t at = a->ss_family == AF_INET6 ? offsetof(struct sockaddr_in6, sin6_port)
					     : offsetof(struct sockaddr_in, sin_port);
	memcpy((char *)a + at, &be, sizeof(be));
}

void
ni_address_text(const struct sockaddr_storage *a, char *to, size_t n)
{
	char host[INET6_ADDRSTRLEN] = "?";
	bool v6 = a->ss_family == AF_INET6;
	size_t at =
	    v6 ? offsetof(struct sockaddr_in6, sin6_addr) : offsetof(struct sockaddr_in, sin_addr);
	inet_ntop(a->ss_family, (const char *)a + at, host, sizeof(host));
	snprintf(to, n, v6 ? "[%s]:%u" : "%s:%u", host, ni_address_port(a));
}
