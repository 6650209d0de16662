/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makers of network cards; see vendor.h. */
#include "vendor.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"

enum { MAX_VENDORS = 100000, NAME = 28, DIGITS = 6 };

struct vendor {
	uint32_t oui;
	char name[NAME];
};

struct ni_vendors {
	struct vendor *list;
	size_t n, room;
};

/* Six digits with or without separators; what follows begins at *@rest. False: no such line. */
static bool
parse_oui(const char *s, uint32_t *oui, const char **rest)
{
	unsigned digits = 0;
	*oui = 0;
	for (; digits < DIGITS; s++) {
		if (digits && digits % 2 == 0 && (*s == '-' || *s == ':'))
			s++;
		if (!isxdigit((unsigned char)*s))
			return false;
		unsigned c = (unsigned)tolower((unsigned char)*s);
		*oui = *oui << 4 | (c <= '9' ? c - '0' : c - 'a' + 10);
		digits++;
	}
	*rest = s;
	return *s == ' ' || *s == '\t';
}

static void
add(struct ni_vendors *v, uint32_t oui, const char *name)
{
	if (v->n == MAX_VENDORS)
		return;
	if (v->n == v->room) {
		size_t room = v->room ? 2 * v->room : 4096;
		struct vendor *list = realloc(v->list, room * sizeof(*list));
		if (!list)
			return;
		v->list = list;
		v->room = room;
	}
	struct vendor *x = &v->list[v->n++];
	x->oui = oui;
	snprintf(x->name, sizeof(x->name), "%.*s", (int)sizeof(x->name) - 1, name);
}

static void
parse(struct ni_vendors *v, char *line)
{
	static const char hex[] = "(hex)";
	const char *s;
	uint32_t oui;
	line[strcspn(line, "\r\n")] = '\0';
	if (!parse_oui(line, &oui, &s))
		return;
	s += strspn(s, " \t");
	if (!strncmp(s, hex, sizeof(hex) - 1))
		s += sizeof(hex) - 1;
	else if (!strncmp(s, "(base 16)", strlen("(base 16)")))
		return; /* the same one again */
	s += strspn(s, " \t");
	/* A short name may stand before the long one. */
	const char *tab = strchr(s, '\t');
	s = tab ? tab + 1 + strspn(tab + 1, " \t") : s;
	if (*s)
		add(v, oui, s);
}

static int
compare(const void *a, const void *b)
{
	const struct vendor *x = a;
	const struct vendor *y = b;
	return x->oui < y->oui ? -1 : x->oui > y->oui;
}

static FILE *
open_list(const char *path)
{
	static const char *const usual[] = {
	    "/usr/share/ieee-data/oui.txt",      "/usr/share/misc/oui.txt",
	    "/var/lib/ieee-data/oui.txt",        "/usr/share/wireshark/manuf",
	    "/usr/share/nmap/nmap-mac-prefixes",
	};
	if (path)
		return fopen(path, "re");
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		FILE *f = fopen(usual[i], "re");
		if (f)
			return f;
	}
	return NULL;
}

struct ni_vendors *
ni_vendors_new(const char *path)
{
	struct ni_vendors *v = calloc(1, sizeof(*v));
	FILE *f = v ? open_list(path) : NULL;
	char line[512];
	if (!f)
		return v;
	while (fgets(line, sizeof(line), f))
		parse(v, line);
	fclose(f);
	if (v->n)
		qsort(v->list, v->n, sizeof(*v->list), compare);
	return v;
}

void
ni_vendors_free(struct ni_vendors **v)
{
	if (!*v)
		return;
	free((*v)->list);
	free(*v);
	*v = NULL;
}

size_t
ni_vendors_count(const struct ni_vendors *v)
{
	return v->n;
}

const char *
ni_vendor(const struct ni_vendors *v, const uint8_t mac[6])
{
	struct vendor key = {.oui = (uint32_t)(mac[0] << 16 | mac[1] << 8 | mac[2])};
	static const uint8_t all[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	if (!memcmp(mac, all, sizeof(all)))
		return _("broadcast");
	if (mac[0] & 1)
		return _("multicast");
	const struct vendor *x = v->n ? bsearch(&key, v->list, v->n, sizeof(key), compare) : NULL;
	if (x)
		return x->name;
	return mac[0] & 2 ? _("locally administered") : "";
}
