/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 neighbour discovery: RFC 4861; options: RFC 3122 (inverse), RFC 3971 (timestamp, nonce), RFC
 * 4191 (routes), RFC 5175 (flags), RFC 6275 (home agents), RFC 8106 (DNS), RFC 8781 (PREF64), RFC
 * 8910 (captive portal)
 *
 * OFFSET SIZE FIELD (behind type, code and checksum)
 *      4    4 solicitations, redirect: reserved; neighbour advertisement: router, solicited,
 * override (1 bit each); router advertisement: hop limit (1), flags (1), router lifetime (2) 8    8
 * router advertisement: reachable time, retransmission timer 8   16 neighbour messages and
 * redirect: target 24   16 redirect: destination var options: type (1), length in units of 8 bytes
 * (1), data
 */
#include "icmpv6.h"

enum opt {
	SOURCE = 1,
	TARGET = 2,
	PREFIX = 3,
	REDIRECTED = 4,
	MTU = 5,
	ADV_INTERVAL = 7,
	HOME_AGENT = 8,
	SOURCE_LIST = 9,
	TARGET_LIST = 10,
	TIMESTAMP = 13,
	NONCE = 14,
	ROUTE = 24,
	RDNSS = 25,
	FLAGS = 26,
	DNSSL = 31,
	PORTAL = 37,
	PREF64 = 38,
};

/* One option whose bytes are all captured. */
struct option {
	struct ni_walk *w;
	const uint8_t *p; /* its type byte */
	uint32_t off;     /* of that byte in the layer */
	uint32_t len;     /* bytes, header included */
};

static void
put_bytes(const struct option *o, enum ni_icmpv6_field f, uint32_t at, uint32_t n)
{
	if (at + n <= o->len)
		ni_put_bytes(o->w, &ni_icmpv6_fields[f], o->off + at, n);
}

static void
put(const struct option *o, enum ni_icmpv6_field f, uint32_t at, uint32_t n)
{
	if (at + n <= o->len)
		ni_icmpv6_put(o->w, f, o->off + at, n);
}

static void
put_mark(const struct option *o, enum ni_icmpv6_field f, uint32_t at, uint32_t n)
{
	ni_put_label(o->w, &ni_icmpv6_fields[f], o->off + at, n, NULL);
}

static void
put_link_address(const struct option *o, enum ni_icmpv6_field f)
{
	/* Addresses of other links than Ethernet are padded, and nothing says by how much. */
	uint32_t n = o->len == 8 ? 6 : o->len - 2;
	put_bytes(o, I6_OPT_LINKADDR, 2, n);
	put_bytes(o, f, 2, n);
}

static void
put_prefix(const struct option *o)
{
	put(o, I6_OPT_PREFIX_LEN, 2, 1);
	put(o, I6_OPT_PREFIX_FLAG, 3, 1);
	ni_icmpv6_put_bits(o->w, I6_OPT_PREFIX_L, I6_OPT_PREFIX_RSV, o->off + 3, 1);
	put(o, I6_OPT_VALID, 4, 4);
	put(o, I6_OPT_PREFERRED, 8, 4);
	put_mark(o, I6_OPT_RESERVED, 12, 4);
	put_bytes(o, I6_OPT_PREFIX, 16, 16);
}

/* The prefix may be cut to 8 or 0 bytes (RFC 4191 2.3). */
static void
put_route(const struct option *o)
{
	uint8_t prefix[16] = {0};
	uint32_t n = o->len - 8 < sizeof(prefix) ? o->len - 8 : sizeof(prefix);
	for (uint32_t i = 0; i < n; i++)
		prefix[i] = o->p[8 + i];
	put(o, I6_OPT_PREFIX_LEN, 2, 1);
	put(o, I6_OPT_ROUTE_FLAG, 3, 1);
	ni_icmpv6_put_bits(o->w, I6_OPT_ROUTE_PREF, I6_OPT_ROUTE_RSV, o->off + 3, 1);
	put(o, I6_OPT_ROUTE_LIFETIME, 4, 4);
	ni_put_made(o->w, &ni_icmpv6_fields[I6_OPT_PREFIX], o->off + 8, n, prefix, sizeof(prefix));
}

/* Read one name in DNS form, without compression, at @at. Returns where it ends; 0 if it does not.
 */
static uint32_t
read_name(const struct option *o, uint32_t at, struct ni_buf *b)
{
	while (at < o->len && o->p[at]) {
		uint32_t n = o->p[at++];
		if (n > 63 || n > o->len - at)
			return 0;
		if (b->len)
			ni_buf_c(b, '.');
		ni_buf_mem(b, o->p + at, n);
		at += n;
	}
	return at < o->len ? at + 1 : 0;
}

static void
put_names(const struct option *o)
{
	char text[256];
	put_mark(o, I6_OPT_RESERVED, 2, 2);
	put(o, I6_OPT_DNSSL_LIFETIME, 4, 4);
	for (uint32_t at = 8, end; at < o->len; at = end) {
		struct ni_buf b = ni_buf(text, sizeof(text));
		if (!o->p[at]) {
			put_mark(o, I6_OPT_PADDING, at, o->len - at);
			return;
		}
		end = read_name(o, at, &b);
		if (!end)
			return;
		ni_put_made(o->w, &ni_icmpv6_fields[I6_OPT_DNSSL], o->off + at, end - at, text,
			    (uint32_t)b.len);
	}
}

static void
put_servers(const struct option *o)
{
	put_mark(o, I6_OPT_RESERVED, 2, 2);
	put(o, I6_OPT_RDNSS_LIFETIME, 4, 4);
	for (uint32_t at = 8; at + 16 <= o->len; at += 16)
		put_bytes(o, I6_OPT_RDNSS, at, 16);
}

static void
put_portal(const struct option *o)
{
	uint32_t n = o->len - 2;
	while (n && !o->p[2 + n - 1])
		n--;
	if (n)
		put_bytes(o, I6_OPT_PORTAL, 2, n);
}

/* How much of the prefix is given (RFC 8781 4); the rest is 0. */
static void
put_pref64(const struct option *o)
{
	uint8_t prefix[16] = {0};
	for (uint32_t i = 0; i < 12 && 4 + i < o->len; i++)
		prefix[i] = o->p[4 + i];
	put(o, I6_OPT_P64_LIFETIME, 2, 2);
	put(o, I6_OPT_P64_PLC, 2, 2);
	ni_put_made(o->w, &ni_icmpv6_fields[I6_OPT_P64_PREFIX], o->off + 4, o->len - 4, prefix,
		    sizeof(prefix));
}

/* Seconds in 48 bits and a fraction in 16 (RFC 3971 5.3.1). */
static void
put_timestamp(const struct option *o)
{
	uint64_t t = o->len >= 16 ? ni_be64(o->p + 8) : 0;
	put_mark(o, I6_OPT_RESERVED, 2, 6);
	if (t >> 16 <= UINT32_MAX)
		ni_put_time(o->w, &ni_icmpv6_fields[I6_OPT_TIMESTAMP], o->off + 8, 8,
			    (int64_t)((t >> 16) * 1000000000 + (t & 0xffff) * 1000000000 / 65536));
}

static void
put_home_agent(const struct option *o)
{
	put_mark(o, I6_OPT_RESERVED, 2, 2);
	put(o, I6_OPT_HA_PREFERENCE, 4, 2);
	put(o, I6_OPT_HA_LIFETIME, 6, 2);
}

static void
put_data(const struct option *o)
{
	switch ((enum opt)o->p[0]) {
	case SOURCE:
		put_link_address(o, I6_OPT_SRC_LINKADDR);
		break;
	case TARGET:
		put_link_address(o, I6_OPT_TGT_LINKADDR);
		break;
	case PREFIX:
		put_prefix(o);
		break;
	case REDIRECTED:
		put_mark(o, I6_OPT_RESERVED, 2, 6);
		put_mark(o, I6_OPT_REDIRECTED, 8, o->len - 8);
		break;
	case MTU:
		put_mark(o, I6_OPT_RESERVED, 2, 2);
		put(o, I6_OPT_MTU, 4, 4);
		break;
	case ADV_INTERVAL:
		put_mark(o, I6_OPT_RESERVED, 2, 2);
		put(o, I6_OPT_ADV_INTERVAL, 4, 4);
		break;
	case HOME_AGENT:
		put_home_agent(o);
		break;
	case SOURCE_LIST:
	case TARGET_LIST:
		put_mark(o, I6_OPT_RESERVED, 2, 6);
		for (uint32_t at = 8; at + 16 <= o->len; at += 16)
			put_bytes(o, I6_OPT_IPV6, at, 16);
		break;
	case TIMESTAMP:
		put_timestamp(o);
		break;
	case NONCE:
		put_bytes(o, I6_OPT_NONCE, 2, o->len - 2);
		break;
	case ROUTE:
		put_route(o);
		break;
	case RDNSS:
		put_servers(o);
		break;
	case FLAGS:
		put(o, I6_OPT_EFO, 2, 2);
		ni_icmpv6_put_bits(o->w, I6_OPT_EFO_M, I6_OPT_EFO_RSV, o->off + 2, 2);
		put_mark(o, I6_OPT_RESERVED, 4, 4);
		break;
	case DNSSL:
		put_names(o);
		break;
	case PORTAL:
		put_portal(o);
		break;
	case PREF64:
		put_pref64(o);
		break;
	default:
		if (!ni_label_find(ni_icmpv6_fields[I6_OPT_TYPE].labels, o->p[0]))
			put_bytes(o, I6_DATA, 2, o->len - 2);
		break;
	}
}

void
ni_icmpv6_put_options(struct ni_walk *w, uint32_t off)
{
	struct ni_cur c = ni_cur(ni_layer_span(w->dis, w->layer));
	ni_skip(&c, off);
	while (ni_more(&c)) {
		struct option o = {.w = w, .off = c.off};
		o.p = ni_take(&c, 2);
		if (!o.p)
			return;
		o.len = o.p[1] * 8U;
		const char *name = ni_label_find(ni_icmpv6_fields[I6_OPT_TYPE].labels, o.p[0]);
		ni_put_label(w, &ni_icmpv6_fields[I6_OPT], o.off, o.len, "ICMPv6 Option (%s)",
			     name ? name : "Unknown");
		ni_icmpv6_put(w, I6_OPT_TYPE, o.off, 1);
		ni_icmpv6_put(w, I6_OPT_LENGTH, o.off + 1, 1);
		if (!o.len || !ni_take(&c, o.len - 2))
			return;
		put_data(&o);
	}
}

static void
put_target(struct ni_walk *w, enum ni_icmpv6_field f)
{
	ni_put_bytes(w, &ni_icmpv6_fields[f], 8, 16);
}

bool
ni_icmpv6_put_nd(struct ni_walk *w, struct ni_span s)
{
	switch (s.p[0]) {
	case I6T_RS:
	case I6T_IND_SOLICIT:
	case I6T_IND_ADVERT:
		ni_put_bytes(w, &ni_icmpv6_fields[I6_RESERVED], 4, 4);
		break;
	case I6T_RA:
		ni_icmpv6_put(w, I6_RA_HLIM, 4, 1);
		ni_icmpv6_put_bits(w, I6_RA_FLAG, I6_RA_RSV, 5, 1);
		ni_icmpv6_put(w, I6_RA_LIFETIME, 6, 2);
		ni_icmpv6_put(w, I6_RA_REACHABLE, 8, 4);
		ni_icmpv6_put(w, I6_RA_RETRANS, 12, 4);
		break;
	case I6T_NS:
		ni_put_bytes(w, &ni_icmpv6_fields[I6_RESERVED], 4, 4);
		put_target(w, I6_NS_TARGET);
		break;
	case I6T_NA:
		ni_icmpv6_put_bits(w, I6_NA_FLAG, I6_NA_RSV, 4, 4);
		put_target(w, I6_NA_TARGET);
		break;
	case I6T_REDIRECT:
		ni_put_bytes(w, &ni_icmpv6_fields[I6_RESERVED], 4, 4);
		put_target(w, I6_RD_TARGET);
		ni_put_bytes(w, &ni_icmpv6_fields[I6_RD_DST], 24, 16);
		break;
	default:
		return false;
	}
	ni_icmpv6_put_options(w, ni_icmpv6_options_offset(s.p[0]));
	return true;
}
