/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is there; see netmap.h. */
#include "netmap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netinspect/dns.h"
#include "netinspect/event.h"
#include "netinspect/exchange.h"
#include "table_sink.h"

enum {
	HOST_KEY = sizeof(struct ni_addr) + 6,
	NAME_KEY = NI_NETMAP_NAME + 8,
	MAC_KEY = 8,
};

static const uint8_t nobody[6];

static bool
same_addr(const struct ni_addr *a, const struct ni_addr *b)
{
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

/* ---- ARP, neighbour discovery, DHCP ---- */

static struct ni_netmap_host *
host(struct ni_netmap *t, const struct ni_addr *ip, const uint8_t mac[6])
{
	uint8_t key[HOST_KEY] = {0};
	struct ni_addr clean = {.len = ip->len};
	memcpy(clean.b, ip->b, ip->len <= sizeof(clean.b) ? ip->len : 0);
	memcpy(key, &clean, sizeof(clean));
	memcpy(key + sizeof(clean), mac, 6);
	t->hosts.key = HOST_KEY;
	t->hosts.items.item = sizeof(struct ni_netmap_host);
	t->hosts.items.max = NI_NETMAP_HOSTS;
	return rp_map_get(&t->hosts, key);
}

/* What is known of an address without a MAC belongs to whoever has it. Once for each row. */
static void
join(struct ni_netmap *t, struct ni_netmap_host *h)
{
	bool known = memcmp(h->mac, nobody, sizeof(nobody)) != 0;
	for (uint32_t i = 0; i < t->hosts.items.n; i++) {
		struct ni_netmap_host *o = rp_list_at(&t->hosts.items, i);
		bool other = memcmp(o->mac, nobody, sizeof(nobody)) != 0;
		if (known == other || !same_addr(&h->ip, &o->ip))
			continue;
		(known ? o : h)->superseded = true;
		h->router |= o->router;
	}
}

static void
seen(struct ni_netmap *t, struct ni_netmap_host *h, const struct ni_event *e, uint64_t packet)
{
	if (!h->first_ns) {
		h->first_ns = e->ts_ns;
		join(t, h);
	}
	h->last_ns = e->ts_ns;
	h->packet = packet ? packet : h->packet;
}

static void
take_arp(struct ni_netmap *t, const struct ni_event *e)
{
	const struct ni_arp_event *a = e->arp;
	uint64_t packet = a->reply_frame ? a->reply_frame : a->request_frame;
	struct ni_netmap_host *h = host(t, &a->ip, a->mac);
	if (h) {
		h->kinds |= (uint8_t)(1U << a->kind);
		h->asked += a->tries;
		seen(t, h, e, packet);
	}
	if (a->kind == NI_ARP_CONFLICT && (h = host(t, &a->ip, a->other_mac))) {
		h->kinds |= 1U << NI_ARP_CONFLICT;
		seen(t, h, e, packet);
	}
}

static void
take_dhcp(struct ni_netmap *t, const struct ni_event *e)
{
	const struct ni_addr *router = &e->dhcp->last.router;
	if (!router->len)
		return;
	bool found = false;
	for (uint32_t i = 0; i < t->hosts.items.n; i++) {
		struct ni_netmap_host *h = rp_list_at(&t->hosts.items, i);
		if (same_addr(&h->ip, router))
			h->router = found = true;
	}
	struct ni_netmap_host *h = found ? NULL : host(t, router, nobody);
	if (!h)
		return;
	h->router = true;
	seen(t, h, e, e->dhcp->last_frame);
}

/* ---- who forwards ---- */

static bool
is_unicast(const struct ni_addr *a)
{
	static const uint8_t link_local[2] = {0xfe, 0x80};
	static const uint8_t unset[16];
	if (!memcmp(a->b, unset, a->len))
		return false;
	if (a->len == 4)
		return a->b[0] < 224 && a->b[0] != 127 && !(a->b[0] == 169 && a->b[1] == 254);
	return a->b[0] != 0xff && memcmp(a->b, link_local, 2) != 0;
}

static void
add_behind(struct ni_netmap *t, const uint8_t *mac, const uint8_t *ip, unsigned len)
{
	uint8_t key[MAC_KEY] = {0};
	struct ni_addr a = {.len = (uint8_t)len};
	memcpy(a.b, ip, len);
	if (!mac || (mac[0] & 1) || !memcmp(mac, nobody, 6) || !is_unicast(&a))
		return;
	memcpy(key, mac, 6);
	t->macs.key = MAC_KEY;
	t->macs.items.item = sizeof(struct ni_netmap_mac);
	t->macs.items.max = NI_NETMAP_HOSTS;
	struct ni_netmap_mac *m = rp_map_get(&t->macs, key);
	if (!m)
		return;
	for (unsigned i = 0; i < m->nbehind; i++)
		if (same_addr(&m->behind[i], &a))
			return;
	if (m->nbehind < NI_NETMAP_BEHIND)
		m->behind[m->nbehind++] = a;
	else
		m->addresses++;
}

/* Only the first packet of a conversation each way: the others say the same. */
static void
take_frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct ni_netmap *t = ((struct ni_table_sink *)s)->table;
	if (!d->conn || d->link.kind != NI_ADDR_ETHER || d->conn->packets[d->dir] > 1)
		return;
	unsigned len = d->net.kind == NI_ADDR_IP4 ? 4 : d->net.kind == NI_ADDR_IP6 ? 16 : 0;
	if (!len)
		return;
	add_behind(t, d->link.src, d->net.src, len);
	add_behind(t, d->link.dst, d->net.dst, len);
}

static bool
claims(const struct ni_netmap *t, const uint8_t mac[6], const struct ni_addr *ip)
{
	for (uint32_t i = 0; i < t->hosts.items.n; i++) {
		const struct ni_netmap_host *h = rp_list_at(&t->hosts.items, i);
		if (!memcmp(h->mac, mac, 6) && same_addr(&h->ip, ip))
			return true;
	}
	return false;
}

unsigned
ni_netmap_mac_behind(const struct ni_netmap *t, const struct ni_netmap_mac *m)
{
	unsigned own = 0;
	unsigned foreign = 0; /* addresses of IPv4 that somebody else must have */
	bool known = false;   /* its own one, from ARP */
	for (unsigned k = 0; k < m->nbehind; k++) {
		bool its = claims(t, m->mac, &m->behind[k]);
		own += its;
		known |= its && m->behind[k].len == 4;
		foreign += !its && m->behind[k].len == 4;
	}
	if (known && foreign)
		return m->nbehind - own + m->addresses;
	/* Hosts may well have one address of IPv4 and one or two of IPv6. */
	if (m->nbehind < NI_NETMAP_BEHIND)
		return 0;
	/* One is its own even where nobody asked for it. */
	unsigned others = m->nbehind - (own ? own : 1);
	return others > 1 ? others + m->addresses : 0;
}

unsigned
ni_netmap_behind(const struct ni_netmap *t, const uint8_t mac[6])
{
	for (uint32_t i = 0; i < t->macs.items.n; i++) {
		const struct ni_netmap_mac *m = rp_list_at(&t->macs.items, i);
		if (!memcmp(m->mac, mac, sizeof(m->mac)))
			return ni_netmap_mac_behind(t, m);
	}
	return 0;
}

/* ---- DNS ---- */

static void
take_dns(struct ni_netmap *t, const struct ni_event *e)
{
	const struct ni_dns_lookup *l = e->dns;
	char key[NAME_KEY] = {0};
	size_t n = strlen(l->query);
	memcpy(key, l->query, n < NI_NETMAP_NAME ? n : NI_NETMAP_NAME - 1);
	memcpy(key + NI_NETMAP_NAME, &l->qtype, sizeof(l->qtype));
	t->names.key = NAME_KEY;
	t->names.items.item = sizeof(struct ni_netmap_name);
	t->names.items.max = NI_NETMAP_NAMES;
	struct ni_netmap_name *x = rp_map_get(&t->names, key);
	if (!x)
		return;
	snprintf(x->type, sizeof(x->type), "%s", l->type_name);
	x->lookups++;
	x->packet = l->query_frame ? l->query_frame : l->response_frame;
	x->last_ns = l->query_ns;
	if (!l->response_frame)
		return;
	x->answered++;
	x->rtt_ns = l->rtt_ns;
	snprintf(x->rcode, sizeof(x->rcode), "%.*s", (int)sizeof(x->rcode) - 1, l->rcode_name);
	if (l->nanswers)
		snprintf(x->answer, sizeof(x->answer), "%.*s", (int)sizeof(x->answer) - 1,
			 l->answers[l->nanswers - 1].text);
}

/* ---- the table ---- */

static void
take_event(struct ni_sink *s, const struct ni_event *e)
{
	struct ni_netmap *t = ((struct ni_table_sink *)s)->table;
	if (e->kind == NI_EV_ARP)
		take_arp(t, e);
	else if (e->kind == NI_EV_DHCP)
		take_dhcp(t, e);
	else if (e->kind == NI_EV_DNS)
		take_dns(t, e);
}

static const struct ni_sink_ops ops = {
    .name = "network", .frame = take_frame, .event = take_event, .free = ni_table_sink_free};

static struct ni_sink *
make_sink(void *table)
{
	return ni_table_sink(&ops, table);
}

static void
clear(void *table)
{
	struct ni_netmap *t = table;
	rp_map_free(&t->hosts);
	rp_map_free(&t->macs);
	rp_map_free(&t->names);
	memset(t, 0, sizeof(*t));
}

struct ni_model_table
ni_netmap_table(struct ni_netmap *t)
{
	return (struct ni_model_table){t, make_sink, clear};
}

const struct ni_netmap_host *
ni_netmap_host(const struct ni_netmap *t, uint64_t i)
{
	return i < t->hosts.items.n ? rp_list_at(&t->hosts.items, i) : NULL;
}

const struct ni_netmap_name *
ni_netmap_name(const struct ni_netmap *t, uint64_t i)
{
	return i < t->names.items.n ? rp_list_at(&t->names.items, i) : NULL;
}

const struct ni_netmap_mac *
ni_netmap_mac(const struct ni_netmap *t, uint64_t i)
{
	return i < t->macs.items.n ? rp_list_at(&t->macs.items, i) : NULL;
}
