/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Community ID version 1: "1:" and the base64 of the SHA-1 of
 *
 * OFFSET SIZE FIELD
 *      0    2 seed: 0
 *      2    n the smaller address, 4 or 16 bytes
 *    2+n    n the larger address
 *   2+2n    1 IP protocol
 *   3+2n    1 0
 *   4+2n    2 port of the smaller address, and
 *   6+2n    2 port of the larger one: only where the protocol has ports
 *
 * The ports of ICMP are the type and that of its answer, or, where a type has none, its code; such
 * a message has a direction and is not turned around.
 */
#include "netinspect/community_id.h"

#include <string.h>

#include <nettle/base64.h>
#include <nettle/sha1.h>

enum { ICMP = 1, TCP = 6, UDP = 17, ICMP6 = 58, SCTP = 132, INPUT = 2 + 2 * 16 + 2 + 4 };

/* Messages that ask, and those that answer them. */
struct counterpart {
	uint8_t ipproto, type, other;
};

static const struct counterpart counterparts[] = {
    {ICMP, 8, 0},      /* echo */
    {ICMP, 13, 14},    /* timestamp */
    {ICMP, 15, 16},    /* information */
    {ICMP, 10, 9},     /* router solicitation, advertisement */
    {ICMP, 17, 18},    /* address mask */
    {ICMP6, 128, 129}, /* echo */
    {ICMP6, 133, 134}, /* router solicitation, advertisement */
    {ICMP6, 135, 136}, /* neighbour solicitation, advertisement */
    {ICMP6, 130, 131}, /* multicast listener query, report */
    {ICMP6, 139, 140}, /* node information */
    {ICMP6, 144, 145}, /* home agent discovery */
};

/* Make ports of an ICMP message's type and code. False: it has no counterpart. */
static bool
icmp_ports(uint16_t port[2], uint8_t ipproto)
{
	for (size_t i = 0; i < sizeof(counterparts) / sizeof(counterparts[0]); i++) {
		const struct counterpart *c = &counterparts[i];
		if (c->ipproto != ipproto || (port[0] != c->type && port[0] != c->other))
			continue;
		port[1] = port[0] == c->type ? c->other : c->type;
		return true;
	}
	return false;
}

/* Whether the first end goes first. */
static bool
in_order(const struct ni_addr addr[2], const uint16_t port[2])
{
	int d = memcmp(addr[0].b, addr[1].b, addr[0].len);
	return d < 0 || (d == 0 && port[0] < port[1]);
}

static size_t
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return 2;
}

static void
write_id(char out[NI_COMMUNITY_ID], const uint8_t *p, size_t n)
{
	struct sha1_ctx sha;
	uint8_t digest[SHA1_DIGEST_SIZE];
	sha1_init(&sha);
	sha1_update(&sha, n, p);
	sha1_digest(&sha, sizeof(digest), digest);
	memcpy(out, "1:", 2);
	base64_encode_raw(out + 2, sizeof(digest), digest);
	out[NI_COMMUNITY_ID - 1] = '\0';
}

bool
ni_community_id(char out[NI_COMMUNITY_ID], const struct ni_addr addr[2], const uint16_t port[2],
		uint8_t ipproto)
{
	uint8_t b[INPUT] = {0};
	uint16_t ports[2] = {port[0], port[1]};
	size_t len = addr[0].len;
	bool icmp = ipproto == ICMP || ipproto == ICMP6;
	bool has_ports = icmp || ipproto == TCP || ipproto == UDP || ipproto == SCTP;
	out[0] = '\0';
	if ((len != 4 && len != 16) || addr[1].len != len)
		return false;
	if (!has_ports)
		ports[0] = ports[1] = 0;
	bool directed = icmp && !icmp_ports(ports, ipproto);
	unsigned first = !directed && !in_order(addr, ports);
	size_t n = 2;
	memcpy(b + n, addr[first].b, len);
	memcpy(b + n + len, addr[!first].b, len);
	n += 2 * len;
	b[n] = ipproto;
	n += 2;
	if (has_ports) {
		n += put16(b + n, ports[first]);
		n += put16(b + n, ports[!first]);
	}
	write_id(out, b, n);
	return true;
}

void
ni_conn_ports(uint16_t port[2], const struct ni_conn *c)
{
	/* Of ICMP only echoes are conversations, and the client is who asks. */
	bool icmp = c->ipproto == ICMP || c->ipproto == ICMP6;
	port[NI_CLIENT] = !icmp ? c->port[NI_CLIENT] : c->ipproto == ICMP ? 8 : 128;
	port[NI_SERVER] = !icmp ? c->port[NI_SERVER] : 0;
}

bool
ni_conn_community_id(char out[NI_COMMUNITY_ID], const struct ni_conn *c)
{
	uint16_t port[2];
	ni_conn_ports(port, c);
	return ni_community_id(out, c->addr, port, c->ipproto);
}
