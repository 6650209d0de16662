/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Made-up TCP connections; see talk.h. */
#include "talk.h"

#include <stdlib.h>
#include <string.h>

#include "netinspect/stream.h"

enum { ETH = 14, IP = 20, TCP = 20, UDP = 8, MS = 1000000 };

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

uint32_t
talk_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* ---- what comes out ---- */

static void
take_layers(struct talk *t, const struct ni_dis *d)
{
	for (unsigned i = 0; i < d->nlayers; i++) {
		const struct ni_layer *l = &d->layers[i];
		const char *key = ni_layer_proto(d, l)->key;
		if (i <= d->transport_layer || t->nlayers == TALK_MAX)
			continue;
		struct talk_layer *to = &t->layers[t->nlayers++];
		*to = (struct talk_layer){.frame = d->frame->number, .len = l->len, .rc = l->rc};
		strncpy(to->key, key, sizeof(to->key) - 1);
		if (d->pdus && l->aux < d->npdus) {
			to->len = d->pdus[l->aux].len;
			to->segments = d->pdus[l->aux].segments;
			to->gap = d->pdus[l->aux].gap;
			to->cut = d->pdus[l->aux].cut;
		}
	}
}

static void
frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct talk *t = (struct talk *)sink;
	take_layers(t, d);
	t->notes += d->nnotes;
	t->part = d->part && d->part->of_pdu;
	t->title[0] = '\0';
	if (d->part && d->part->title && d->part->title_len < sizeof(t->title)) {
		memcpy(t->title, d->part->title, d->part->title_len);
		t->title[d->part->title_len] = '\0';
	}
	t->id = d->conn ? d->conn->id : UINT32_MAX;
	t->dir = d->dir;
}

static void
event(struct ni_sink *sink, const struct ni_event *e)
{
	struct talk *t = (struct talk *)sink;
	switch ((enum ni_event_kind)e->kind) {
	case NI_EV_HTTP:
		if (t->nhttp < TALK_MAX)
			t->http[t->nhttp++] = *e->http;
		break;
	case NI_EV_CONN_END:
		if (t->nended < TALK_MAX)
			t->ended[t->nended] = *e->conn;
		t->nended++;
		break;
	case NI_EV_ARP:
		if (t->narp < TALK_MAX)
			t->arp[t->narp++] = *e->arp;
		break;
	case NI_EV_DHCP:
		if (t->ndhcp < TALK_MAX)
			t->dhcp[t->ndhcp++] = *e->dhcp;
		break;
	case NI_EV_NTP:
		if (t->nntp < TALK_MAX)
			t->ntp[t->nntp++] = *e->ntp;
		break;
	case NI_EV_CONN_NEW:
		t->nnew++;
		break;
	case NI_EV_CONN_STATE:
		t->nstates++;
		break;
	case NI_EV_DNS:
	case NI_EV_STREAM:
	case NI_EV_BODY:
		break;
	}
}

static const struct ni_sink_ops ops = {.name = "talk", .frame = frame, .event = event};

bool
talk_begin(struct talk *t, const struct ni_session_opts *opts)
{
	memset(t, 0, sizeof(*t));
	t->sink.ops = &ops;
	t->ts_ns = INT64_C(1700000000000000000);
	t->s = ni_session_new(opts, NULL);
	if (!t->s)
		return false;
	return ni_session_add(t->s, &t->sink, NULL) == 0;
}

void
talk_end(struct talk *t)
{
	ni_session_end(t->s, NULL);
	ni_session_free(&t->s);
}

/* ---- what goes in ---- */

void
talk_frame(struct talk *t, const uint8_t *p, uint32_t cap, uint32_t len)
{
	/* A copy of just this size: the sanitizer sees a byte too many. */
	uint8_t *copy = malloc(cap ? cap : 1);
	if (!copy)
		return;
	memcpy(copy, p, cap);
	t->ts_ns += MS;
	struct ni_frame f = {
	    .data = copy,
	    .cap = cap,
	    .len = len,
	    .number = ++t->number,
	    .ts_ns = t->ts_ns,
	    .linktype = 1,
	};
	ni_session_frame(t->s, &f);
	free(copy);
}

/* Ethernet and IPv4 in front of @n bytes of @proto. */
static void
headers(uint8_t *p, unsigned from, uint8_t proto, size_t n)
{
	memset(p, 0, ETH + IP);
	p[5] = (uint8_t)(2 - from);
	p[11] = (uint8_t)(1 + from);
	p[12] = 0x08;
	p[ETH] = 0x45;
	put16(p + ETH + 2, (uint32_t)(IP + n));
	p[ETH + 8] = 64;
	p[ETH + 9] = proto;
	put32(p + ETH + 12, 0x0a000001 + from);
	put32(p + ETH + 16, 0x0a000002 - from);
}

void
talk_segment(struct talk *t, unsigned from, unsigned flags, uint32_t seq, const void *data,
	     size_t n)
{
	uint8_t *p = malloc(ETH + IP + TCP + n);
	if (!p)
		return;
	uint8_t *tcp = p + ETH + IP;
	size_t cap = t->snap && t->snap < n ? t->snap : n;
	headers(p, from, 6, TCP + n);
	memset(tcp, 0, TCP);
	put16(tcp, t->port[from]);
	put16(tcp + 2, t->port[!from]);
	put32(tcp + 4, seq);
	put32(tcp + 8, flags & TALK_ACK ? t->next[!from] : 0);
	tcp[12] = 0x50;
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 0xffff);
	if (n)
		memcpy(tcp + TCP, data, n);
	talk_frame(t, p, (uint32_t)(ETH + IP + TCP + cap), (uint32_t)(ETH + IP + TCP + n));
	free(p);
}

void
talk_send(struct talk *t, unsigned from, const void *p, size_t n)
{
	uint32_t seq = t->next[from];
	t->next[from] += (uint32_t)n;
	talk_segment(t, from, TALK_PSH | TALK_ACK, seq, p, n);
}

void
talk_send_cut(struct talk *t, unsigned from, const void *p, size_t n, size_t mss)
{
	const uint8_t *b = p;
	for (size_t i = 0; i < n; i += mss)
		talk_send(t, from, b + i, n - i < mss ? n - i : mss);
}

void
talk_ack(struct talk *t, unsigned from)
{
	talk_segment(t, from, TALK_ACK, t->next[from], NULL, 0);
}

void
talk_handshake(struct talk *t, uint16_t client_port, uint16_t server_port)
{
	t->port[0] = client_port;
	t->port[1] = server_port;
	t->next[0] = UINT32_MAX - 100; /* the numbers wrap soon */
	t->next[1] = 5000;
	talk_segment(t, 0, TALK_SYN, t->next[0]++, NULL, 0);
	talk_segment(t, 1, TALK_SYN | TALK_ACK, t->next[1]++, NULL, 0);
	talk_ack(t, 0);
}

void
talk_close(struct talk *t, unsigned first)
{
	talk_segment(t, first, TALK_FIN | TALK_ACK, t->next[first]++, NULL, 0);
	talk_segment(t, !first, TALK_FIN | TALK_ACK, t->next[!first]++, NULL, 0);
	talk_ack(t, first);
}

void
talk_reset(struct talk *t, unsigned from)
{
	talk_segment(t, from, TALK_RST | TALK_ACK, t->next[from], NULL, 0);
}

void
talk_datagram(struct talk *t, unsigned from, const void *data, size_t n)
{
	uint8_t p[ETH + IP + UDP + 512];
	if (n > 512)
		n = 512;
	headers(p, from, 17, UDP + n);
	put16(p + ETH + IP, t->port[from]);
	put16(p + ETH + IP + 2, t->port[!from]);
	put16(p + ETH + IP + 4, (uint32_t)(UDP + n));
	put16(p + ETH + IP + 6, 0);
	if (n)
		memcpy(p + ETH + IP + UDP, data, n);
	talk_frame(t, p, (uint32_t)(ETH + IP + UDP + n), (uint32_t)(ETH + IP + UDP + n));
}

void
talk_unreachable(struct talk *t, uint8_t code)
{
	uint8_t p[ETH + IP + 8 + IP + 8];
	uint8_t quoted[ETH + IP];
	uint8_t *icmp = p + ETH + IP;
	headers(p, 1, 1, 8 + IP + 8);
	headers(quoted, 0, 6, TCP);
	memset(icmp, 0, 8);
	icmp[0] = 3;
	icmp[1] = code;
	memcpy(icmp + 8, quoted + ETH, IP);
	put16(icmp + 8 + IP, t->port[0]);
	put16(icmp + 8 + IP + 2, t->port[1]);
	put32(icmp + 8 + IP + 4, t->next[0] - 1);
	talk_frame(t, p, sizeof(p), sizeof(p));
}

void
talk_ping(struct talk *t, unsigned from, uint8_t type, uint16_t ident)
{
	uint8_t p[ETH + IP + 8];
	headers(p, from, 1, 8);
	memset(p + ETH + IP, 0, 8);
	p[ETH + IP] = type;
	put16(p + ETH + IP + 4, ident);
	talk_frame(t, p, sizeof(p), sizeof(p));
}
