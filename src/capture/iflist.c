/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interfaces that can be captured on; see iflist.h. */
#include "config.h"

#include "iflist.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "i18n.h"
#include "netinspect/cells.h"

static unsigned
count_ones(const uint8_t *p, size_t n)
{
	unsigned ones = 0;
	for (size_t i = 0; i < n; i++)
		ones += (unsigned)__builtin_popcount(p[i]);
	return ones;
}

/* Write the address and its prefix length; nothing for families that nobody captures by. */
static bool
format_inet(struct ni_ifaddr *a, const struct pcap_addr *pa)
{
	size_t at = 0;
	size_t n = 0;
	if (pa->addr->sa_family == AF_INET) {
		at = offsetof(struct sockaddr_in, sin_addr);
		n = 4;
	} else if (pa->addr->sa_family == AF_INET6) {
		at = offsetof(struct sockaddr_in6, sin6_addr);
		n = 16;
	} else {
		return false;
	}
	char text[INET6_ADDRSTRLEN];
	if (!inet_ntop(pa->addr->sa_family, (const uint8_t *)pa->addr + at, text, sizeof(text)))
		return false;
	if (pa->netmask) {
		unsigned prefix = count_ones((const uint8_t *)pa->netmask + at, n);
		snprintf(a->text, sizeof(a->text), "%s/%u", text, prefix);
	} else {
		snprintf(a->text, sizeof(a->text), "%s", text);
	}
	return true;
}

static bool
format_link(struct ni_ifaddr *a, const struct sockaddr *sa)
{
	struct sockaddr_ll ll;
	memcpy(&ll, sa, sizeof(ll));
	static const uint8_t zero[8];
	if (ll.sll_halen == 0 || ll.sll_halen > sizeof(ll.sll_addr) ||
	    memcmp(ll.sll_addr, zero, ll.sll_halen) == 0)
		return false;
	char *p = a->text;
	for (int i = 0; i < ll.sll_halen; i++)
		p += snprintf(p, 4, i ? ":%02x" : "%02x", ll.sll_addr[i]);
	return true;
}

static bool
format_addr(struct ni_ifaddr *a, const struct pcap_addr *pa)
{
	if (!pa->addr)
		return false;
	return pa->addr->sa_family == AF_PACKET ? format_link(a, pa->addr) : format_inet(a, pa);
}

static bool
fill_entry(struct ni_ifentry *e, const pcap_if_t *d)
{
	e->name = strdup(d->name);
	e->description = d->description ? strdup(d->description) : NULL;
	if (!e->name || (d->description && !e->description))
		return false;
	e->up = d->flags & PCAP_IF_UP;
	e->running = d->flags & PCAP_IF_RUNNING;
	e->loopback = d->flags & PCAP_IF_LOOPBACK;
	e->wireless = d->flags & PCAP_IF_WIRELESS;
	unsigned status = d->flags & PCAP_IF_CONNECTION_STATUS;
	e->disconnected = status == PCAP_IF_CONNECTION_STATUS_DISCONNECTED;
	/* libpcap says "not applicable" of loopback, too, but that can be up. */
	e->stateless = !e->up && if_nametoindex(d->name) == 0;
	size_t n = 0;
	for (const struct pcap_addr *a = d->addresses; a; a = a->next)
		n++;
	e->addrs = calloc(n ? n : 1, sizeof(*e->addrs));
	if (!e->addrs)
		return false;
	for (const struct pcap_addr *a = d->addresses; a; a = a->next) {
		if (format_addr(&e->addrs[e->n_addrs], a))
			e->n_addrs++;
	}
	return true;
}

static struct ni_iflist *
copy_list(const pcap_if_t *all)
{
	size_t n = 0;
	for (const pcap_if_t *d = all; d; d = d->next)
		n++;
	struct ni_iflist *list = calloc(1, sizeof(*list));
	if (!list)
		return NULL;
	list->entries = calloc(n ? n : 1, sizeof(*list->entries));
	bool ok = list->entries != NULL;
	for (const pcap_if_t *d = all; d && ok; d = d->next) {
		list->entries[list->n].number = (unsigned)list->n + 1;
		ok = fill_entry(&list->entries[list->n++], d);
	}
	if (!ok)
		ni_iflist_free(&list);
	return list;
}

int
ni_iflist_get(struct ni_iflist **out, struct ni_err *err)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_if_t *all;
	*out = NULL;
	if (pcap_findalldevs(&all, why) < 0)
		return ni_fail(err, NI_ERR_RUN, _("interfaces: cannot be listed: %s"), why);
	*out = copy_list(all);
	pcap_freealldevs(all);
	return *out ? NI_SUCCESS : ni_fail(err, NI_ERR_RUN, _("interfaces: out of memory"));
}

void
ni_iflist_free(struct ni_iflist **list)
{
	if (!*list)
		return;
	for (size_t i = 0; i < (*list)->n; i++) {
		struct ni_ifentry *e = &(*list)->entries[i];
		free(e->name);
		free(e->description);
		free(e->addrs);
	}
	free((*list)->entries);
	free(*list);
	*list = NULL;
}

static const char *
state(const struct ni_ifentry *e)
{
	if (e->stateless)
		return "-";
	if (!e->up)
		return _("down");
	if (e->disconnected)
		return _("no carrier");
	return e->running ? _("up") : _("up, idle");
}

void
ni_iflist_print(const struct ni_iflist *list, FILE *f)
{
	enum { STATE = 10 }; /* columns */
	int width = 4;
	for (size_t i = 0; i < list->n; i++) {
		int n = (int)strlen(list->entries[i].name);
		width = n > width ? n : width;
	}
	for (size_t i = 0; i < list->n; i++) {
		const struct ni_ifentry *e = &list->entries[i];
		const char *s = state(e);
		unsigned cells = ni_cells(s, strlen(s));
		fprintf(f, "%3u  %-*s  %s%*s", e->number, width, e->name, s,
			cells < STATE ? (int)(STATE - cells) : 0, "");
		const char *sep = "  ";
		for (size_t a = 0; a < e->n_addrs; a++) {
			fprintf(f, "%s%s", sep, e->addrs[a].text);
			sep = ", ";
		}
		if (e->loopback)
			fprintf(f, "  %s", _("loopback"));
		if (e->wireless)
			fprintf(f, "  %s", _("wireless"));
		if (e->description)
			fprintf(f, "  (%s)", e->description);
		fputc('\n', f);
	}
}

const struct ni_ifentry *
ni_iflist_find(const struct ni_iflist *list, const char *spec)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->entries[i].name, spec) == 0)
			return &list->entries[i];
	}
	if (!spec[0] || strlen(spec) > 6 || spec[strspn(spec, "0123456789")])
		return NULL;
	unsigned long n = strtoul(spec, NULL, 10);
	return n >= 1 && n <= list->n ? &list->entries[n - 1] : NULL;
}

/* Edits (insert, delete, replace) that turn @a into @b. */
static size_t
distance(const char *a, const char *b)
{
	enum { MAX = 32 };
	size_t n = strnlen(b, MAX);
	size_t row[MAX + 1];
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i] && i < MAX; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i] != b[j - 1]);
			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[n];
}

const char *
ni_iflist_nearest(const struct ni_iflist *list, const char *name)
{
	/* More than half of a name changed is no slip of the pen. */
	size_t best = strlen(name) / 2 + 1;
	best = best > 3 ? 3 : best;
	const char *found = NULL;
	for (size_t i = 0; i < list->n; i++) {
		size_t d = distance(name, list->entries[i].name);
		if (d < best || (d == best && !found && d <= strlen(name) / 2)) {
			best = d;
			found = list->entries[i].name;
		}
	}
	return found;
}

void
ni_linktypes_free(struct ni_linktypes **types)
{
	if (!*types)
		return;
	free((*types)->entries);
	free(*types);
	*types = NULL;
}

void
ni_linktypes_print(const struct ni_linktypes *types, FILE *f)
{
	for (size_t i = 0; i < types->n; i++) {
		const struct ni_linktype_entry *e = &types->entries[i];
		fprintf(f, "%-14s  %s (%u)\n", e->name ? e->name : "-",
			e->description ? e->description : _("unknown to libpcap"), e->linktype);
	}
}
