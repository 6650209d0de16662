/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the dissectors of the IP family share; see inet.h. */
#include "inet.h"

#include <stddef.h>

#include "cksum.h"
#include "ipv4.h"
#include "protos.h"
#include "state.h"

enum { IP4_HDR = 20, IP6_HDR = 40, ROUTING = 43, RH_HDR = 8, IP6_ADDR = 16 };

/*
 * The address that the packet will have as destination when it arrives: behind a routing header
 * with segments left the last one listed (RFC 8200 8.1), for a segment routing header the first
 * one, because it lists them in reverse (RFC 8754 2).
 */
static const uint8_t *
ip6_destination(const struct ni_dis *d, const struct ni_layer *ip, const struct ni_layer *l)
{
	for (const struct ni_layer *h = ip + 1; h < l; h++) {
		struct ni_span r = ni_layer_span(d, h);
		if (h->aux != ROUTING || h->src != ip->src || r.cap < RH_HDR + IP6_ADDR || !r.p[3])
			continue;
		uint32_t end = RH_HDR + r.p[1] / 2U * IP6_ADDR;
		if (r.p[2] == 4)
			return r.p + RH_HDR;
		if ((r.p[2] == 0 || r.p[2] == 2) && end > RH_HDR && r.cap >= end)
			return r.p + end - IP6_ADDR;
	}
	return ni_layer_span(d, ip).p + 24;
}

static uint32_t
sum_ip4(struct ni_span s, uint32_t sum)
{
	uint32_t hdr = (s.p[0] & 15) * 4U;
	uint32_t dst = 16 + (hdr > IP4_HDR && s.cap >= hdr ? ni_ipv4_route_end(s.p, hdr) : 0);
	return ni_cksum_add(ni_cksum_add(sum, s.p + 12, 4), s.p + dst, 4);
}

/* The sum of the pseudo-header of @l, a segment of @proto with @len bytes (RFC 9293 3.1, 8200 8.1).
 */
static bool
sum_pseudo(const struct ni_dis *d, const struct ni_layer *l, uint8_t proto, uint32_t len,
	   uint32_t *sum)
{
	for (const struct ni_layer *ip = l; ip-- > d->layers;) {
		const struct ni_proto *p = ni_layer_proto(d, ip);
		struct ni_span s = ni_layer_span(d, ip);
		*sum = proto + (len >> 16) + (len & 0xffff);
		if (p == &ni_proto_ipv4 && s.cap >= IP4_HDR) {
			*sum = sum_ip4(s, *sum);
			return true;
		}
		if (p == &ni_proto_ipv6 && s.cap >= IP6_HDR) {
			*sum = ni_cksum_add(*sum, s.p + 8, IP6_ADDR);
			*sum = ni_cksum_add(*sum, ip6_destination(d, ip, l), IP6_ADDR);
			return true;
		}
	}
	return false;
}

bool
ni_checking(const struct ni_dis *d)
{
	return d->state && d->state->check_checksums;
}

struct ni_cksum_result
ni_cksum_segment(const struct ni_dis *d, const struct ni_layer *l, const struct ni_cksum_field *f)
{
	struct ni_span s = ni_layer_span(d, l);
	struct ni_cksum_result r = {.status = NI_CKSUM_UNVERIFIED};
	uint32_t pseudo = 0;
	if (s.cap < f->cover || s.len < f->cover || f->cover < f->off + 2U ||
	    l->flags & (NI_L_FRAGMENT | NI_L_QUOTED))
		return r;
	if (f->pseudo && !sum_pseudo(d, l, f->proto, f->claim, &pseudo))
		return r;
	uint16_t have = ni_be16(s.p + f->off);
	uint32_t sum = ni_cksum_add(pseudo, s.p, f->cover);
	r.expected = ni_cksum_expected(sum, have);
	r.status = ni_cksum_fold(sum) == 0xffff ? NI_CKSUM_GOOD : NI_CKSUM_BAD;
	r.partial = r.status == NI_CKSUM_BAD && f->pseudo && have == ni_cksum_fold(pseudo);
	return r;
}

bool
ni_ipv6_ext_octets(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	v->u = s.cap >= 2 ? ni_ipv6_ext_len(s.p) : 0;
	return s.cap >= 2;
}
