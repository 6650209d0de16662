/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets made from scratch; see packet.h. RFC 826 (ARP), RFC 791 (IP), RFC 768 (UDP), RFC 792
 * (ICMP), RFC 9293 (TCP).
 */
#include "packet.h"

#include <netinet/in.h>
#include <string.h>

#include "cksum.h"

enum { IP_HEADER = 20, UDP_HEADER = 8, TCP_HEADER = 20, ECHO_REQUEST = 8 };

void
nl_put(struct nl_packet *k, const void *p, uint32_t n)
{
	if (n > sizeof(k->p) - k->n) {
		k->cut = true;
		n = (uint32_t)sizeof(k->p) - k->n;
	}
	if (n)
		memcpy(k->p + k->n, p, n);
	k->n += n;
}

void
nl_put8(struct nl_packet *k, uint8_t v)
{
	nl_put(k, &v, 1);
}

void
nl_put16(struct nl_packet *k, uint16_t v)
{
	const uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};
	nl_put(k, b, 2);
}

void
nl_put32(struct nl_packet *k, uint32_t v)
{
	nl_put16(k, (uint16_t)(v >> 16));
	nl_put16(k, (uint16_t)v);
}

void
nl_put_ethernet(struct nl_packet *k, const uint8_t dst[static 6], const uint8_t src[static 6],
		uint16_t type)
{
	nl_put(k, dst, 6);
	nl_put(k, src, 6);
	nl_put16(k, type);
}

void
nl_put_arp(struct nl_packet *k, const struct nl_arp *a)
{
	nl_put16(k, 1); /* Ethernet */
	nl_put16(k, NL_ETHERTYPE_IP);
	nl_put8(k, 6);
	nl_put8(k, 4);
	nl_put16(k, a->op);
	nl_put(k, a->sender_mac, 6);
	nl_put(k, a->sender_ip, 4);
	nl_put(k, a->target_mac, 6);
	nl_put(k, a->target_ip, 4);
}

/* Write the checksum of the bytes from @from on into the field at @at, which is 0 so far; @sum is
 * what else it covers. */
static void
seal(struct nl_packet *k, uint32_t from, uint32_t at, uint32_t sum)
{
	if (k->cut)
		return;
	uint16_t v = (uint16_t)~ni_cksum_fold(ni_cksum_add(sum, k->p + from, k->n - from));
	k->p[at] = (uint8_t)(v >> 8);
	k->p[at + 1] = (uint8_t)v;
}

/* An IPv4 header for @n further bytes. Returns the sum of the pseudo-header. */
static uint32_t
put_ip(struct nl_packet *k, const struct nl_ip *ip, uint8_t proto, uint32_t n)
{
	uint32_t start = k->n;
	uint32_t sum = ni_cksum_add(proto + n, ip->src, 4);
	nl_put8(k, 0x45);
	nl_put8(k, ip->tos);
	nl_put16(k, (uint16_t)(IP_HEADER + n));
	nl_put16(k, ip->id);
	nl_put16(k, ip->df ? 0x4000 : 0);
	nl_put8(k, ip->ttl);
	nl_put8(k, proto);
	nl_put16(k, 0);
	nl_put(k, ip->src, 4);
	nl_put(k, ip->dst, 4);
	seal(k, start, start + 10, 0);
	return ni_cksum_add(sum, ip->dst, 4);
}

void
nl_put_udp(struct nl_packet *k, const struct nl_ip *ip, uint16_t sport, uint16_t dport,
	   const void *data, uint32_t n)
{
	uint32_t pseudo = put_ip(k, ip, IPPROTO_UDP, UDP_HEADER + n);
	uint32_t start = k->n;
	nl_put16(k, sport);
	nl_put16(k, dport);
	nl_put16(k, (uint16_t)(UDP_HEADER + n));
	nl_put16(k, 0);
	nl_put(k, data, n);
	seal(k, start, start + 6, pseudo);
	/* 0 would say that there is no checksum (RFC 768). */
	if (!k->cut && !k->p[start + 6] && !k->p[start + 7])
		k->p[start + 6] = k->p[start + 7] = 0xff;
}

void
nl_put_tcp(struct nl_packet *k, const struct nl_ip *ip, const struct nl_tcp *t, const void *data,
	   uint32_t n)
{
	uint32_t header = TCP_HEADER + (t->mss ? 4 : 0);
	uint32_t pseudo = put_ip(k, ip, IPPROTO_TCP, header + n);
	uint32_t start = k->n;
	nl_put16(k, t->sport);
	nl_put16(k, t->dport);
	nl_put32(k, t->seq);
	nl_put32(k, t->ack);
	nl_put8(k, (uint8_t)(header / 4 << 4));
	nl_put8(k, t->flags);
	nl_put16(k, t->window);
	nl_put32(k, 0); /* checksum, urgent pointer */
	if (t->mss) {
		nl_put16(k, 0x0204);
		nl_put16(k, t->mss);
	}
	nl_put(k, data, n);
	seal(k, start, start + 16, pseudo);
}

void
nl_put_echo(struct nl_packet *k, uint16_t id, uint16_t seq, const void *data, uint32_t n)
{
	uint32_t start = k->n;
	nl_put16(k, ECHO_REQUEST << 8);
	nl_put16(k, 0);
	nl_put16(k, id);
	nl_put16(k, seq);
	nl_put(k, data, n);
	seal(k, start, start + 2, 0);
}
