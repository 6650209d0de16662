/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One of two points of capture: what is remembered; see points.h. */
#include "points.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "netinspect/dis.h"
#include "netinspect/proto.h"

enum { TCP = 6, ICMP = 1, ICMP6 = 58, PRINTED = 64, TCP_FLAGS = 0x1ff, TCP_SYN = 2 };

void
ni_point_init(struct ni_point *p, const char *name)
{
	*p = (struct ni_point){.name = name};
	p->flows.key = 2 * sizeof(uint32_t);
	p->flows.items.item = sizeof(struct ni_point_flow);
	p->flows.items.max = NI_POINT_FLOWS;
	p->packets.item = sizeof(struct ni_point_packet);
	p->packets.max = NI_POINT_PACKETS;
}

void
ni_point_free(struct ni_point *p)
{
	rp_map_free(&p->flows);
	rp_list_free(&p->packets);
}

static uint64_t
print_of(const uint8_t *p, size_t n, uint64_t seed)
{
	uint64_t h = XXH3_64bits_withSeed(p, n, seed);
	return h ? h : 1;
}

/*
 * What no router or NAT changes: of TCP sequence numbers, flags and payload, and the options, by
 * whose timestamps a retransmission is not what it repeats (a SYN's maximum segment size may be
 * changed); of an echo type, sequence number and data; of a datagram its payload. Of the payload
 * the beginning is enough, and only what every snap length leaves.
 */
static uint64_t
fingerprint(const struct ni_dis *d, const struct ni_layer *l, uint64_t *said)
{
	struct ni_span s = ni_layer_span(d, l);
	struct ni_span data = ni_layer_payload(d, l);
	uint8_t key[24] = {d->ipproto, d->dir};
	uint64_t options = 0;
	if (d->ipproto == TCP && s.cap >= 20) {
		memcpy(key + 2, s.p + 4, 8);
		key[10] = s.p[12] & (TCP_FLAGS >> 8);
		key[11] = s.p[13];
		uint32_t header = s.cap < l->hdr ? s.cap : l->hdr;
		if (!(s.p[13] & TCP_SYN) && header > 20)
			options = print_of(s.p + 20, header - 20, 0);
	} else if ((d->ipproto == ICMP || d->ipproto == ICMP6) && s.cap >= 8) {
		key[2] = s.p[0];
		memcpy(key + 3, s.p + 6, 2);
		data = ni_from(s, 8);
	}
	uint32_t n = data.cap < PRINTED ? data.cap : PRINTED;
	for (unsigned i = 0; i < 4; i++)
		key[12 + i] = (uint8_t)(data.len >> 8 * i);
	uint64_t of_data = print_of(data.p, n, 0);
	*said = data.len ? of_data : 0;
	return print_of(key, sizeof(key), of_data ^ options);
}

static uint8_t
ttl_of(const struct ni_dis *d)
{
	if (d->net_layer >= d->nlayers)
		return 0;
	struct ni_span s = ni_layer_span(d, &d->layers[d->net_layer]);
	if (d->net.kind == NI_ADDR_IP4)
		return s.cap > 8 ? s.p[8] : 0;
	return s.cap > 7 ? s.p[7] : 0;
}

/* What a side's first packet tells. */
static void
first_of(struct ni_point_flow *f, const struct ni_dis *d, unsigned dir)
{
	f->ttl[dir] = ttl_of(d);
	if (d->link.kind != NI_ADDR_ETHER || !d->link.src || !d->link.dst)
		return;
	f->has_mac[dir] = true;
	memcpy(f->mac[dir][0], d->link.src, 6);
	memcpy(f->mac[dir][1], d->link.dst, 6);
}

struct point_sink {
	struct ni_sink sink;
	struct ni_point *p;
};

static void
frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct ni_point *p = ((struct point_sink *)sink)->p;
	const struct ni_conn *c = d->conn;
	unsigned dir = d->dir & 1;
	uint64_t said;
	p->total++;
	if (!c || d->transport_layer >= d->nlayers)
		return;
	uint32_t key[2] = {c->id, c->ipproto};
	struct ni_point_flow *f = rp_map_get(&p->flows, key);
	if (!f)
		return;
	for (unsigned i = 0; i < 2 && !f->packets[0] && !f->packets[1]; i++) {
		f->index = p->flows.items.n - 1;
		f->first_frame = d->frame->number;
		f->addr[i] = rp_addr_key(&c->addr[i]);
		f->port[i] = c->port[i];
	}
	if (!f->ends)
		f->ends =
		    print_of((const uint8_t *)f->addr, sizeof(f->addr),
			     (uint64_t)f->port[0] << 32 | (uint64_t)f->port[1] << 8 | c->ipproto);
	if (!f->packets[dir]++)
		first_of(f, d, dir);
	f->isn_known = c->isn_known[0];
	f->isn[0] = c->isn[0];
	f->isn[1] = c->isn[1];
	struct ni_point_packet *k = rp_list_add(&p->packets);
	uint64_t print = fingerprint(d, &d->layers[d->transport_layer], &said);
	if (said && dir == NI_CLIENT && !f->said)
		f->said = said;
	if (!k)
		return;
	*k = (struct ni_point_packet){print, d->frame->number, d->frame->ts_ns, 0, dir};
	k->flow = f->index;
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {.name = "point", .frame = frame, .free = destroy};

struct ni_sink *
ni_point_sink(struct ni_point *p)
{
	struct point_sink *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->sink.ops = &ops;
	s->p = p;
	return &s->sink;
}
