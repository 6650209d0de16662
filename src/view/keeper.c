/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keeper and views say to each other; see keeper.h. */
#include "keeper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "i18n.h"

bool
ni_keeper_send(int fd, const struct ni_keeper_msg *m)
{
	return send(fd, m, sizeof(*m), MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)sizeof(*m);
}

bool
ni_keeper_tell(int fd, enum ni_keeper_kind kind)
{
	struct ni_keeper_msg m;
	memset(&m, 0, sizeof(m));
	m.kind = kind;
	return ni_keeper_send(fd, &m);
}

int
ni_keeper_take(int fd, struct ni_keeper_msg *m, bool wait)
{
	ssize_t n;
	do {
		n = recv(fd, m, sizeof(*m), wait ? 0 : MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return 0;
	return n == (ssize_t)sizeof(*m) ? 1 : -1;
}

static bool
ends(const char *s, size_t size)
{
	return memchr(s, '\0', size) != NULL;
}

static const struct ni_ifentry *
called(const struct ni_iflist *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->entries[i].name, name))
			return &list->entries[i];
	return NULL;
}

bool
ni_wish_check(const struct ni_wish *w, const struct ni_iflist *list, struct ni_err *err)
{
	bool whole = w->n >= 1 && w->n <= NI_WISH_IFACES && ends(w->filter, sizeof(w->filter)) &&
		     ends(w->display, sizeof(w->display)) && ends(w->settings, sizeof(w->settings));
	for (uint32_t i = 0; whole && i < w->n; i++)
		whole = ends(w->iface[i], sizeof(w->iface[i]));
	if (!whole) {
		ni_fail(err, NI_ERR_INPUT, _("capture: not understood"));
		return false;
	}
	for (uint32_t i = 0; i < w->n; i++) {
		if (called(list, w->iface[i]))
			continue;
		ni_fail(err, NI_ERR_INPUT, _("%s: no such interface"), w->iface[i]);
		return false;
	}
	return true;
}

/* ---- the list ---- */

void
ni_keeper_publish(struct ni_keeper_list *to, const struct ni_iflist *list)
{
	to->n = 0;
	for (size_t i = 0; i < list->n && to->n < NI_KEEPER_IFACES; i++) {
		const struct ni_ifentry *e = &list->entries[i];
		struct ni_keeper_iface *x = &to->iface[to->n];
		if (strlen(e->name) >= sizeof(x->name))
			continue;
		snprintf(x->name, sizeof(x->name), "%s", e->name);
		snprintf(x->description, sizeof(x->description), "%s",
			 e->description ? e->description : "");
		x->up = e->up;
		x->running = e->running;
		x->loopback = e->loopback;
		x->wireless = e->wireless;
		x->disconnected = e->disconnected;
		x->stateless = e->stateless;
		size_t room = e->n_addrs < NI_KEEPER_ADDRESSES ? e->n_addrs : NI_KEEPER_ADDRESSES;
		x->n_addrs = (uint32_t)room;
		for (size_t k = 0; k < room; k++)
			x->addrs[k] = e->addrs[k];
		to->n++;
	}
}

/* Nothing is believed but the sizes: another view may have written there. */
static bool
copy(struct ni_ifentry *e, const struct ni_keeper_iface *x)
{
	uint32_t n = x->n_addrs < NI_KEEPER_ADDRESSES ? x->n_addrs : NI_KEEPER_ADDRESSES;
	e->name = strndup(x->name, sizeof(x->name) - 1);
	if (x->description[0])
		e->description = strndup(x->description, sizeof(x->description) - 1);
	e->up = x->up;
	e->running = x->running;
	e->loopback = x->loopback;
	e->wireless = x->wireless;
	e->disconnected = x->disconnected;
	e->stateless = x->stateless;
	e->addrs = calloc(n ? n : 1, sizeof(*e->addrs));
	if (!e->name || !e->addrs)
		return false;
	for (; e->n_addrs < n; e->n_addrs++)
		snprintf(e->addrs[e->n_addrs].text, sizeof(e->addrs[0].text), "%.*s",
			 (int)sizeof(e->addrs[0].text) - 1, x->addrs[e->n_addrs].text);
	return true;
}

struct ni_iflist *
ni_keeper_published(const struct ni_keeper_list *from)
{
	struct ni_iflist *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	uint32_t n = from->n < NI_KEEPER_IFACES ? from->n : NI_KEEPER_IFACES;
	l->entries = calloc(n ? n : 1, sizeof(*l->entries));
	bool ok = l->entries;
	for (uint32_t i = 0; ok && i < n; i++) {
		l->entries[i].number = i + 1;
		ok = copy(&l->entries[l->n++], &from->iface[i]);
	}
	if (!ok)
		ni_iflist_free(&l);
	return l;
}
