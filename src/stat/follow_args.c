/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arguments of -z follow: MODE,STREAM or MODE,ADDRESS:PORT,ADDRESS:PORT, then a range. */
#include "config.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "follow.h"
#include "i18n.h"

enum { TCP = 6, UDP = 17 };

/* Read a decimal number of at most @max and go behind it. */
static bool
number(const char **p, uint32_t max, uint32_t *v)
{
	uint64_t n = 0;
	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; ++*p) {
		n = n * 10 + (unsigned)(**p - '0');
		if (n > max)
			return false;
	}
	*v = (uint32_t)n;
	return true;
}

/* "10.0.0.1:80" or "[2001:db8::1]:80". */
static bool
end(const char **p, struct follow_end *e)
{
	char text[INET6_ADDRSTRLEN];
	bool six = **p == '[';
	const char *a = *p + six;
	size_t n = strcspn(a, six ? "]" : ":,");
	uint32_t port = 0;
	if (n >= sizeof(text) || a[n] != (six ? ']' : ':'))
		return false;
	memcpy(text, a, n);
	text[n] = '\0';
	e->addr = (struct ni_addr){.len = six ? 16 : 4};
	if (inet_pton(six ? AF_INET6 : AF_INET, text, e->addr.b) != 1)
		return false;
	*p = a + n + six;
	if (**p != ':')
		return false;
	++*p;
	if (!number(p, UINT16_MAX, &port))
		return false;
	e->port = (uint16_t)port;
	return true;
}

static bool
mode(const char **p, uint8_t *m)
{
	static const char *const names[] = {
	    [FOLLOW_ASCII] = "ascii", [FOLLOW_HEX] = "hex", [FOLLOW_RAW] = "raw"};
	size_t n = strcspn(*p, ",");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (n == strlen(names[i]) && !strncmp(*p, names[i], n)) {
			*m = (uint8_t)i;
			*p += n;
			return true;
		}
	}
	return false;
}

static bool
range(const char **p, struct follow_what *w)
{
	w->from = 1;
	w->to = UINT32_MAX;
	if (!**p)
		return true;
	if (*(*p)++ != ',' || !number(p, UINT32_MAX, &w->from))
		return false;
	w->to = w->from;
	if (**p == '-') {
		++*p;
		if (!number(p, UINT32_MAX, &w->to))
			return false;
	}
	return !**p && w->from >= 1 && w->to >= w->from;
}

static bool
ends(const char **p, struct follow_what *w)
{
	w->by_ends = true;
	if (!end(p, &w->end[0]) || *(*p)++ != ',' || !end(p, &w->end[1]))
		return false;
	return w->end[0].addr.len == w->end[1].addr.len;
}

int
ni_follow_parse(struct follow_what *w, const struct ni_stat *stat, const char *args,
		struct ni_err *err)
{
	const char *p = args;
	*w = (struct follow_what){.proto = strchr(stat->name, ',') + 1};
	w->ipproto = strcmp(w->proto, "udp") ? TCP : UDP;
	w->http = !strcmp(w->proto, "http");
	if (!mode(&p, &w->mode))
		return ni_stat_bad(stat, args, _("neither ascii nor hex nor raw"), err);
	if (*p++ != ',')
		return ni_stat_bad(stat, args, _("which conversation?"), err);
	const char *which = p;
	w->by_ends = !number(&p, UINT32_MAX, &w->stream) || (*p && *p != ',');
	if (w->by_ends) {
		p = which;
		if (!ends(&p, w))
			return ni_stat_bad(
			    stat, args, _("neither a stream's number nor two ADDRESS:PORT"), err);
	}
	if (!range(&p, w))
		return ni_stat_bad(stat, args, _("the range of chunks is not N or N-M"), err);
	return NI_SUCCESS;
}
