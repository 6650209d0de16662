/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairing of DHCP and NTP messages; see exchanges.h. */
#include "exchanges.h"

#include <stdlib.h>
#include <string.h>

#include "netinspect/proto.h"
#include "waiting.h"

enum {
	DEFAULT_MAX = 1024,
	DISCOVER = 1,
	OFFER,
	REQUEST,
	DECLINE,
	ACK,
	NAK,
	RELEASE,
	SYMMETRIC_ACTIVE = 1,
	SYMMETRIC_PASSIVE,
	CLIENT,
	SERVER,
};

/* A client that hears nothing doubles its pause from 4 s up to 64 s (RFC 2131 4.1). */
static const int64_t dhcp_patience_ns = 70000000000;
/* A request that is not answered by the next poll never will be; 16 s is the fastest (RFC 5905). */
static const int64_t ntp_patience_ns = 16000000000;

/* All zero where nothing is set, so that they can be hashed and compared as bytes. */
struct dhcp_key {
	uint32_t xid, tag;
	uint8_t mac[16];
	uint8_t mac_len;
	uint8_t zero[3];
};

struct dhcp_item {
	struct ni_dhcp_exchange x;
	bool told;
};

struct ntp_key {
	uint8_t client[16], server[16];
	uint64_t xmt;
	uint32_t tag;
	uint16_t client_port, server_port;
	uint8_t addr_len, mode;
	uint8_t zero[6];
};

struct ntp_item {
	struct ni_ntp_exchange x;
	bool answered; /* kept for a while, for responses sent again */
};

struct ni_exchanges {
	struct ni_exchanges_opts o;
	struct ni_waiting *dhcp, *ntp;
	uint8_t dhcp_proto, ntp_proto;
	uint64_t frame; /* being taken in; 0: none */
	int64_t now_ns;
	uint64_t evicted;
};

static struct ni_event
event(const struct ni_exchanges *x, enum ni_event_kind kind)
{
	return (struct ni_event){.kind = (uint8_t)kind, .frame = x->frame, .ts_ns = x->now_ns};
}

/* ---- DHCP ---- */

static void
tell_dhcp(const struct ni_exchanges *x, const struct ni_dhcp_exchange *dhcp)
{
	struct ni_event e = event(x, NI_EV_DHCP);
	e.dhcp = dhcp;
	x->o.tell(x->o.ctx, &e);
}

static void
dhcp_gone(void *ctx, void *item, enum ni_gone why)
{
	struct ni_exchanges *x = ctx;
	const struct dhcp_item *i = item;
	if (i->told)
		return;
	x->evicted += why == NI_GONE_EVICTED;
	tell_dhcp(x, &i->x);
}

/* Whether @m ends the exchange it belongs to, and how. */
static bool
dhcp_ends(const struct ni_dhcp_brief *m, uint8_t *outcome)
{
	switch (m->type) {
	case ACK:
		*outcome = NI_DHCP_ACKNOWLEDGED;
		return true;
	case NAK:
		*outcome = NI_DHCP_REFUSED;
		return true;
	case DECLINE:
		*outcome = NI_DHCP_DECLINED;
		return true;
	case RELEASE:
		*outcome = NI_DHCP_RELEASED;
		return true;
	case OFFER:
		*outcome = NI_DHCP_OFFERED;
		return false;
	default:
		if (m->type == 0 && m->reply)
			*outcome = NI_DHCP_ANSWERED;
		return m->type == 0 && m->reply;
	}
}

static void
keep_addr(struct ni_addr *a, const struct ni_addr *before)
{
	if (!a->len)
		*a = *before;
}

/* The last word of the server counts; its silence leaves what the client said. */
static void
dhcp_join(struct ni_dhcp_exchange *x, const struct ni_dhcp_brief *m)
{
	struct ni_dhcp_brief before = x->last;
	x->last = *m;
	keep_addr(&x->last.ip, &before.ip);
	keep_addr(&x->last.router, &before.router);
	keep_addr(&x->last.dns, &before.dns);
	keep_addr(&x->last.mask, &before.mask);
	keep_addr(&x->last.server, &before.server);
	if (!m->has_lease) {
		x->last.has_lease = before.has_lease;
		x->last.lease_s = before.lease_s;
	}
	if (!m->name[0])
		memcpy(x->last.name, before.name, sizeof(x->last.name));
}

static void
dhcp_frame(struct ni_exchanges *x, const struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_dhcp_brief m;
	if (!ni_dhcp_brief(d, l, &m))
		return;
	struct dhcp_key k = {.xid = m.xid, .tag = d->flow_tag, .mac_len = m.mac.len};
	memcpy(k.mac, m.mac.b, m.mac.len);
	struct dhcp_item *i = ni_waiting_find(x->dhcp, &k);
	if (i && i->told && !m.reply) {
		ni_waiting_drop(x->dhcp, i); /* the client begins anew with an old number */
		i = NULL;
	}
	if (i)
		ni_waiting_touch(x->dhcp, i, x->now_ns);
	else
		i = ni_waiting_add(x->dhcp, &k, x->now_ns);
	if (i->told)
		return; /* another server, or the same answer again */
	struct ni_dhcp_exchange *e = &i->x;
	if (!e->total) {
		e->first_ns = d->frame->ts_ns;
		e->outcome = NI_DHCP_SILENT;
	}
	if (e->total < NI_DHCP_MESSAGES) {
		e->type[e->total] = m.type;
		e->frame[e->total] = d->frame->number;
	}
	e->total++;
	e->last_frame = d->frame->number;
	e->last_ns = d->frame->ts_ns;
	/* What was refused says nothing about a lease; what was offered before it is no longer. */
	dhcp_join(e, &m);
	if (dhcp_ends(&m, &e->outcome)) {
		i->told = true;
		tell_dhcp(x, e);
	}
}

/* ---- NTP ---- */

static void
tell_ntp(const struct ni_exchanges *x, const struct ni_ntp_exchange *ntp)
{
	struct ni_event e = event(x, NI_EV_NTP);
	e.ntp = ntp;
	x->o.tell(x->o.ctx, &e);
}

static void
ntp_gone(void *ctx, void *item, enum ni_gone why)
{
	struct ni_exchanges *x = ctx;
	const struct ntp_item *i = item;
	if (i->answered)
		return;
	x->evicted += why == NI_GONE_EVICTED;
	tell_ntp(x, &i->x);
}

static bool
ntp_key(struct ntp_key *k, const struct ni_dis *d, const struct ni_ntp_brief *m)
{
	bool response = m->mode == SERVER || m->mode == SYMMETRIC_PASSIVE;
	const uint8_t *addr[2] = {d->net.src, d->net.dst};
	memset(k, 0, sizeof(*k));
	k->addr_len = d->net.kind == NI_ADDR_IP4 ? 4 : d->net.kind == NI_ADDR_IP6 ? 16 : 0;
	if (!k->addr_len || (!response && m->mode != CLIENT && m->mode != SYMMETRIC_ACTIVE))
		return false;
	memcpy(k->client, addr[response], k->addr_len);
	memcpy(k->server, addr[!response], k->addr_len);
	k->client_port = d->port[response];
	k->server_port = d->port[!response];
	k->xmt = response ? m->org : m->xmt;
	k->tag = d->flow_tag;
	/* That of the request. */
	k->mode = m->mode == SERVER || m->mode == CLIENT ? CLIENT : SYMMETRIC_ACTIVE;
	return true;
}

static struct ni_ntp_exchange
ntp_begin(const struct ntp_key *k, const struct ni_dis *d, const struct ni_ntp_brief *m)
{
	struct ni_ntp_exchange x = {
	    .client = {.len = k->addr_len},
	    .server = {.len = k->addr_len},
	    .client_port = k->client_port,
	    .server_port = k->server_port,
	    .request = *m,
	    .request_frame = d->frame->number,
	    .request_ns = d->frame->ts_ns,
	    .rtt_ns = -1,
	};
	memcpy(x.client.b, k->client, k->addr_len);
	memcpy(x.server.b, k->server, k->addr_len);
	return x;
}

static void
ntp_frame(struct ni_exchanges *x, const struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_ntp_brief m;
	struct ntp_key k;
	if (!ni_ntp_brief(d, l, &m) || !ntp_key(&k, d, &m))
		return;
	struct ntp_item *i = ni_waiting_find(x->ntp, &k);
	if (m.mode == CLIENT || m.mode == SYMMETRIC_ACTIVE) {
		if (i && !i->answered) {
			i->x.repeats++;
			ni_waiting_touch(x->ntp, i, x->now_ns);
			return;
		}
		if (i)
			ni_waiting_drop(x->ntp, i);
		i = ni_waiting_add(x->ntp, &k, x->now_ns);
		i->x = ntp_begin(&k, d, &m);
	} else if (i && !i->answered) {
		i->answered = true;
		i->x.response = m;
		i->x.response_frame = d->frame->number;
		i->x.rtt_ns = d->frame->ts_ns - i->x.request_ns;
		tell_ntp(x, &i->x);
	}
}

/* ---- both ---- */

struct ni_exchanges *
ni_exchanges_new(const struct ni_exchanges_opts *o)
{
	struct ni_exchanges *x = calloc(1, sizeof(*x));
	if (!x)
		return NULL;
	x->o = *o;
	if (!x->o.max)
		x->o.max = DEFAULT_MAX;
	struct ni_waiting_opts w = {
	    .seed = o->seed,
	    .max = x->o.max,
	    .key = sizeof(struct dhcp_key),
	    .item = sizeof(struct dhcp_item),
	    .patience_ns = dhcp_patience_ns,
	    .gone = dhcp_gone,
	    .ctx = x,
	};
	x->dhcp = ni_waiting_new(&w);
	w.key = sizeof(struct ntp_key);
	w.item = sizeof(struct ntp_item);
	w.patience_ns = ntp_patience_ns;
	w.gone = ntp_gone;
	x->ntp = ni_waiting_new(&w);
	if (!x->dhcp || !x->ntp)
		ni_exchanges_free(&x);
	else {
		x->dhcp_proto = ni_proto_number(o->reg, ni_registry_find(o->reg, "dhcp"));
		x->ntp_proto = ni_proto_number(o->reg, ni_registry_find(o->reg, "ntp"));
	}
	return x;
}

void
ni_exchanges_free(struct ni_exchanges **x)
{
	if (!*x)
		return;
	ni_waiting_free(&(*x)->dhcp);
	ni_waiting_free(&(*x)->ntp);
	free(*x);
	*x = NULL;
}

void
ni_exchanges_frame(struct ni_exchanges *x, const struct ni_dis *d, int64_t now_ns)
{
	unsigned i = d->transport_layer + 1U;
	if (i >= d->nlayers)
		return;
	const struct ni_layer *l = &d->layers[i];
	if (l->proto != x->dhcp_proto && l->proto != x->ntp_proto)
		return;
	x->frame = d->frame->number;
	x->now_ns = now_ns;
	if (l->proto == x->dhcp_proto)
		dhcp_frame(x, d, l);
	else
		ntp_frame(x, d, l);
}

void
ni_exchanges_tick(struct ni_exchanges *x, int64_t now_ns)
{
	x->frame = 0;
	x->now_ns = now_ns;
	ni_waiting_tick(x->dhcp, now_ns);
	ni_waiting_tick(x->ntp, now_ns);
}

void
ni_exchanges_end(struct ni_exchanges *x)
{
	x->frame = 0;
	ni_waiting_end(x->dhcp);
	ni_waiting_end(x->ntp);
}

uint64_t
ni_exchanges_evicted(const struct ni_exchanges *x)
{
	return x->evicted;
}

const char *
ni_dhcp_outcome_name(unsigned outcome)
{
	static const char *const names[] = {
	    [NI_DHCP_ACKNOWLEDGED] = "acknowledged", [NI_DHCP_REFUSED] = "refused",
	    [NI_DHCP_OFFERED] = "offered",           [NI_DHCP_DECLINED] = "declined",
	    [NI_DHCP_RELEASED] = "released",         [NI_DHCP_ANSWERED] = "answered",
	    [NI_DHCP_SILENT] = "no-answer",
	};
	_Static_assert(sizeof(names) / sizeof(names[0]) == NI_DHCP_NOUTCOMES, "a name each");
	return outcome < NI_DHCP_NOUTCOMES ? names[outcome] : "?";
}
