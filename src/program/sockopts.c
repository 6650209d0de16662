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
clamp(int fd, uint32_t window, uint32_t rcvbuf)
{
	if (!rcvbuf)
		ni_sockopt(fd, SOL_SOCKET, SO_RCVBUF, window);
	ni_sockopt(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, window);
}

#define AT(member) offsetof(struct ni_sockopts, member)

/* The options that are one number. */
static const struct {
	const char *name;
	size_t at;
	uint32_t max;
	int level, opt;   /* of IPv4 */
	int level6, opt6; /* of IPv6 */
	bool zero;        /* 0 is set as well */
	bool live;        /* on a connection too */
} numbers[] = {
    {"reuseaddr", AT(reuseaddr), 1, SOL_SOCKET, SO_REUSEADDR, SOL_SOCKET, SO_REUSEADDR, true,
     false},
    {"nodelay", AT(nodelay), 1, IPPROTO_TCP, TCP_NODELAY, IPPROTO_TCP, TCP_NODELAY, true, true},
    {"rcvbuf", AT(rcvbuf), 1000000000, SOL_SOCKET, SO_RCVBUF, SOL_SOCKET, SO_RCVBUF, false, true},
    {"sndbuf", AT(sndbuf), 1000000000, SOL_SOCKET, SO_SNDBUF, SOL_SOCKET, SO_SNDBUF, false, true},
    {"mss", AT(mss), 65535, IPPROTO_TCP, TCP_MAXSEG, IPPROTO_TCP, TCP_MAXSEG, false, false},
    {"ttl", AT(ttl), 255, IPPROTO_IP, IP_TTL, IPPROTO_IPV6, IPV6_UNICAST_HOPS, false, true},
    {"tos", AT(tos), 255, IPPROTO_IP, IP_TOS, IPPROTO_IPV6, IPV6_TCLASS, false, true},
};
enum { NNUMBERS = sizeof(numbers) / sizeof(numbers[0]) };

int
ni_sockopts_set(int fd, int family, const struct ni_sockopts *o, struct ni_err *err)
{
	bool v6 = family == AF_INET6;
	for (unsigned i = 0; i < NNUMBERS; i++) {
		uint32_t v;
		memcpy(&v, (const char *)o + numbers[i].at, sizeof(v));
		if (v || numbers[i].zero)
			ni_sockopt(fd, v6 ? numbers[i].level6 : numbers[i].level,
				   v6 ? numbers[i].opt6 : numbers[i].opt, v);
	}
	if (o->window_clamp)
		clamp(fd, o->window_clamp, o->rcvbuf);
	if (o->keepalive)
		set_keepalive(fd, o->keepalive);
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

static bool
set_number(int fd, unsigned i, const char *text)
{
	int domain = AF_INET;
	socklen_t len = sizeof(domain);
	char *end = NULL;
	unsigned long v = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end || v > numbers[i].max)
		return false;
	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);
	bool v6 = domain == AF_INET6;
	int value = (int)v;
	return !setsockopt(fd, v6 ? numbers[i].level6 : numbers[i].level,
			   v6 ? numbers[i].opt6 : numbers[i].opt, &value, sizeof(value));
}

static bool
set_switch(int fd, int opt, const char *text)
{
	if (strcmp(text, "") != 0 && strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
		return false;
	ni_sockopt(fd, IPPROTO_TCP, opt, *text != '0');
	return true;
}

bool
ni_sockopt_turn(int fd, const char *name, const char *text)
{
	for (unsigned i = 0; i < NNUMBERS; i++)
		if (numbers[i].live && !strcmp(name, numbers[i].name))
			return set_number(fd, i, text);
	if (!strcmp(name, "cork"))
		return set_switch(fd, TCP_CORK, text);
	if (!strcmp(name, "quickack"))
		return set_switch(fd, TCP_QUICKACK, text);
	if (!strcmp(name, "cc"))
		return !setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, text, (socklen_t)strlen(text));
	if (!strcmp(name, "tcp-keepalive")) {
		if (!*text || text[strspn(text, "0123456789,")])
			return false;
		set_keepalive(fd, text);
	} else if (!strcmp(name, "window-clamp")) {
		char *end = NULL;
		unsigned long v = strtoul(text, &end, 10);
		if (*text < '0' || *text > '9' || *end || v > INT32_MAX)
			return false;
		clamp(fd, (uint32_t)v, 0);
	}
	return true;
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
