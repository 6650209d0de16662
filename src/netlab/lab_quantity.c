/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers as people write them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lab.h"

enum { NUMBER_MAX = 64 };

static const struct unit {
	const char *word;
	bool time;
	long double factor;
} units[] = {
    {"s", true, 1},
    {"sec", true, 1},
    {"second", true, 1},
    {"seconds", true, 1},
    {"秒", true, 1},
    {"ms", true, 1e-3L},
    {"msec", true, 1e-3L},
    {"millisecond", true, 1e-3L},
    {"milliseconds", true, 1e-3L},
    {"毫秒", true, 1e-3L},
    {"us", true, 1e-6L},
    {"µs", true, 1e-6L},
    {"μs", true, 1e-6L},
    {"微秒", true, 1e-6L},
    {"ns", true, 1e-9L},
    {"纳秒", true, 1e-9L},
    {"min", true, 60},
    {"minute", true, 60},
    {"minutes", true, 60},
    {"分", true, 60},
    {"分钟", true, 60},
    {"h", true, 3600},
    {"hour", true, 3600},
    {"hours", true, 3600},
    {"小时", true, 3600},
    {"B", false, 1},
    {"byte", false, 1},
    {"bytes", false, 1},
    {"octets", false, 1},
    {"字节", false, 1},
    {"kB", false, 1000},
    {"KiB", false, 1024},
    {"MB", false, 1e6L},
    {"MiB", false, 1048576},
};

/* Digits at @p, with separators between groups of three, into @to. Returns the bytes read. */
static size_t
digits(const char *p, char *to)
{
	size_t i = 0;
	size_t n = 0;
	size_t group = 0;
	bool grouped = false;
	while (n < NUMBER_MAX - 1) {
		if (p[i] >= '0' && p[i] <= '9') {
			to[n++] = p[i++];
			group++;
			continue;
		}
		bool separator = p[i] && strchr(",_' ", p[i]) && n &&
				 (grouped ? group == 3 : group <= 3) &&
				 strspn(p + i + 1, "0123456789") == 3;
		if (!separator)
			break;
		grouped = true;
		group = 0;
		i++;
	}
	to[n] = '\0';
	return n == NUMBER_MAX - 1 ? 0 : i;
}

static const struct unit *
find_unit(const char *word, size_t n)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strlen(units[i].word) == n && !strncasecmp(units[i].word, word, n))
			return &units[i];
	return NULL;
}

/* The unit behind a number: one word without digits. */
static bool
read_unit(const char *p, struct nl_quantity *q)
{
	p += strspn(p, " ");
	size_t n = strlen(p);
	while (n && p[n - 1] == ' ')
		n--;
	if (n && p[n - 1] == '.') /* the end of a sentence */
		n--;
	if (!n)
		return true;
	const struct unit *u = find_unit(p, n);
	if (u) {
		q->unit = u->time ? NL_UNIT_TIME : NL_UNIT_BYTES;
		q->v *= u->factor;
		return true;
	}
	q->unit = NL_UNIT_OTHER;
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < 'A' || (p[i] > 'Z' && p[i] < 'a' && p[i] > 0))
			return false;
	return true;
}

long double
nl_unit_factor(const char *unit)
{
	const struct unit *u = find_unit(unit, strlen(unit));
	return u ? u->factor : 1;
}

bool
nl_quantity_read(const char *text, struct nl_quantity *q)
{
	char number[2 * NUMBER_MAX + 1];
	char *end;
	const char *p = text + strspn(text, " ");
	bool minus = *p == '-';
	*q = (struct nl_quantity){.unit = NL_UNIT_NONE};
	p += *p == '-' || *p == '+';
	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		if (!strspn(p + 2, "0123456789abcdefABCDEF"))
			return false;
		q->v = (long double)strtoull(p + 2, &end, 16);
		p = end;
	} else {
		size_t n = digits(p, number);
		if (!n && *p != '.')
			return false;
		p += n;
		if (*p == '.' && p[1] >= '0' && p[1] <= '9') {
			size_t decimals = strspn(p + 1, "0123456789");
			if (decimals >= NUMBER_MAX)
				return false;
			strncat(number, p, decimals + 1);
			p += decimals + 1;
		}
		q->v = strtold(number, &end);
		if (end == number)
			return false;
	}
	if (minus)
		q->v = -q->v;
	return read_unit(p, q);
}
