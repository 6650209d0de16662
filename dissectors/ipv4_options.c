/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4 options: RFC 791 3.1, RFC 1063 (MTU), RFC 1108 (security), RFC 1393 (traceroute), RFC 1770
 * (directed broadcast), RFC 2113 (router alert), RFC 4782 (quick-start), FIPS 188 (CIPSO)
 *
 * OFFSET SIZE FIELD
 *      0    1 type: copied (1 bit), class (2), number (5); types 0 and 1 have no more than this
 *      1    1 length, these two bytes included
 *      2  var data
 */
#include "ipv4.h"

#include <stddef.h>

enum {
	IPV4_HDR = 20,
	OPT_END = 0,
	OPT_NOP = 1,
	OPT_RECORD_ROUTE = 7,
	OPT_MTU_PROBE = 11,
	OPT_MTU_REPLY = 12,
	OPT_QUICK_START = 25,
	OPT_TIME_STAMP = 68,
	OPT_TRACEROUTE = 82,
	OPT_SECURITY = 130,
	OPT_LOOSE = 131,
	OPT_EXT_SECURITY = 133,
	OPT_CIPSO = 134,
	OPT_STREAM = 136,
	OPT_STRICT = 137,
	OPT_ALERT = 148,
	OPT_BROADCAST = 149,
	RATE_REQUEST = 0,
};

/* One option: c stands behind its length byte and ends where the option does. */
struct option {
	struct ni_walk *w;
	struct ni_cur c;
	uint32_t off; /* of its type byte */
	uint8_t type;
	uint8_t len;
};

static uint8_t
put8(struct option *o, enum ni_ipv4_field f)
{
	uint32_t off = o->c.off;
	uint8_t v = ni_take8(&o->c);
	if (o->c.rc == NI_OK)
		ni_put_uint(o->w, &ni_ipv4_fields[f], off, 1, v);
	return v;
}

static void
put16(struct option *o, enum ni_ipv4_field f)
{
	uint32_t off = o->c.off;
	uint16_t v = ni_take16(&o->c);
	if (o->c.rc == NI_OK)
		ni_put_uint(o->w, &ni_ipv4_fields[f], off, 2, v);
}

static void
put32(struct option *o, enum ni_ipv4_field f)
{
	uint32_t off = o->c.off;
	uint32_t v = ni_take32(&o->c);
	if (o->c.rc == NI_OK)
		ni_put_uint(o->w, &ni_ipv4_fields[f], off, 4, v);
}

static void
put_bytes(struct option *o, enum ni_ipv4_field f, uint32_t n)
{
	uint32_t off = o->c.off;
	if (ni_take(&o->c, n))
		ni_put_bytes(o->w, &ni_ipv4_fields[f], off, n);
}

/*
 * Routes. Below the pointer stands what was recorded on the way, at and behind it what is still to
 * be visited (source routes) or free (record route). The last address of a source route that is not
 * used up is where the packet really goes.
 */
static void
put_route(struct option *o)
{
	uint32_t ptr = put8(o, IP_OPT_PTR);
	bool source = o->type != OPT_RECORD_ROUTE;
	while (ni_more(&o->c) && o->c.len - o->c.off >= 4) {
		uint32_t at = o->c.off - o->off + 1; /* as the pointer counts */
		bool last = o->c.len - o->c.off < 8;
		enum ni_ipv4_field f = at < ptr  ? IP_REC_RT
				       : !source ? IP_EMPTY_RT
				       : last    ? IP_DST
						 : IP_SRC_RT;
		put_bytes(o, f, 4);
	}
}

static void
put_time_stamp(struct option *o)
{
	put8(o, IP_OPT_PTR);
	uint32_t off = o->c.off;
	uint8_t v = ni_take8(&o->c);
	if (o->c.rc != NI_OK)
		return;
	ni_put_uint(o->w, &ni_ipv4_fields[IP_OPT_OVERFLOW], off, 1, v);
	ni_put_uint(o->w, &ni_ipv4_fields[IP_OPT_FLAG], off, 1, v);
	bool addresses = (v & 15) == 1 || (v & 15) == 3;
	uint32_t n = addresses ? 8 : 4;
	while (ni_more(&o->c) && o->c.len - o->c.off >= n) {
		if (addresses)
			put_bytes(o, IP_OPT_TIME_ADDR, 4);
		put32(o, IP_OPT_TIME);
	}
}

static void
put_security(struct option *o)
{
	if (o->len == 11) {
		put16(o, IP_OPT_SEC_RFC791);
		put16(o, IP_OPT_SEC_COMP);
		put_bytes(o, IP_OPT_SEC_HR, 2);
		put_bytes(o, IP_OPT_SEC_TCC, 3);
		return;
	}
	put8(o, IP_OPT_SEC_CL);
	while (ni_more(&o->c))
		put8(o, IP_OPT_SEC_FLAGS);
}

static void
put_cipso(struct option *o)
{
	put32(o, IP_CIPSO_DOI);
	while (ni_more(&o->c)) {
		uint8_t type = put8(o, IP_CIPSO_TAG_TYPE);
		uint8_t len = ni_take8(&o->c);
		if (o->c.rc != NI_OK || len < 2)
			return;
		uint32_t rest = len - 2U;
		if (rest > ni_left(&o->c))
			rest = ni_left(&o->c);
		if ((type == 1 || type == 2 || type == 5) && rest >= 2) {
			ni_take8(&o->c); /* alignment */
			put8(o, IP_CIPSO_LEVEL);
			rest -= 2;
		}
		if (rest)
			put_bytes(o, IP_CIPSO_TAG_DATA, rest);
	}
}

static void
put_traceroute(struct option *o)
{
	put16(o, IP_OPT_ID_NUMBER);
	put16(o, IP_OPT_OHC);
	put16(o, IP_OPT_RHC);
	put_bytes(o, IP_OPT_ORIGINATOR, 4);
}

static void
put_quick_start(struct option *o)
{
	uint32_t off = o->c.off;
	uint8_t v = ni_take8(&o->c);
	if (o->c.rc != NI_OK)
		return;
	ni_put_uint(o->w, &ni_ipv4_fields[IP_OPT_QS_FUNC], off, 1, v);
	ni_put_uint(o->w, &ni_ipv4_fields[IP_OPT_QS_RATE], off, 1, v);
	put8(o, v >> 4 == RATE_REQUEST ? IP_OPT_QS_TTL : IP_OPT_QS_UNUSED);
	off = o->c.off;
	uint32_t nonce = ni_take32(&o->c);
	if (o->c.rc != NI_OK)
		return;
	ni_put_uint(o->w, &ni_ipv4_fields[IP_OPT_QS_NONCE], off, 4, nonce);
	ni_put_uint(o->w, &ni_ipv4_fields[IP_OPT_QS_RESERVED], off, 4, nonce);
}

static void
put_data(struct option *o)
{
	switch (o->type) {
	case OPT_RECORD_ROUTE:
	case OPT_LOOSE:
	case OPT_STRICT:
		put_route(o);
		break;
	case OPT_TIME_STAMP:
		put_time_stamp(o);
		break;
	case OPT_SECURITY:
		put_security(o);
		break;
	case OPT_EXT_SECURITY:
		put8(o, IP_OPT_EXT_CODE);
		if (ni_more(&o->c))
			put_bytes(o, IP_OPT_EXT_INFO, ni_left(&o->c));
		break;
	case OPT_CIPSO:
		put_cipso(o);
		break;
	case OPT_STREAM:
		put16(o, IP_OPT_SID);
		break;
	case OPT_MTU_PROBE:
	case OPT_MTU_REPLY:
		put16(o, IP_OPT_MTU);
		break;
	case OPT_TRACEROUTE:
		put_traceroute(o);
		break;
	case OPT_ALERT:
		put16(o, IP_OPT_RA);
		break;
	case OPT_BROADCAST:
		while (ni_more(&o->c) && o->c.len - o->c.off >= 4)
			put_bytes(o, IP_OPT_ADDR, 4);
		break;
	case OPT_QUICK_START:
		put_quick_start(o);
		break;
	default:
		break;
	}
}

/* How long options may be; those that are not here are unknown, and shown by their number alone. */
static const struct limit {
	uint8_t type, min, max;
} limits[] = {
    {OPT_RECORD_ROUTE, 3, 255}, {OPT_MTU_PROBE, 4, 4},    {OPT_MTU_REPLY, 4, 4},
    {OPT_QUICK_START, 8, 8},    {OPT_TIME_STAMP, 4, 255}, {OPT_TRACEROUTE, 12, 12},
    {OPT_SECURITY, 3, 255},     {OPT_LOOSE, 3, 255},      {OPT_EXT_SECURITY, 3, 255},
    {OPT_CIPSO, 10, 255},       {OPT_STREAM, 4, 4},       {OPT_STRICT, 3, 255},
    {OPT_ALERT, 4, 4},          {OPT_BROADCAST, 6, 255},
};

static const struct limit *
limit_of(uint8_t type)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		if (limits[i].type == type)
			return &limits[i];
	return NULL;
}

static void
put_heading(struct ni_walk *w, uint32_t off, uint32_t len, uint8_t type)
{
	const char *name = ni_label_find(ni_ipv4_fields[IP_OPT_NUMBER].labels, type & 31);
	ni_put_label(w, &ni_ipv4_fields[IP_OPT], off, len, "IP Option - %s (%u)",
		     name ? name : "Unknown", type);
}

static void
put_type(struct ni_walk *w, uint32_t off, uint8_t type)
{
	for (unsigned f = IP_OPT_TYPE; f <= IP_OPT_NUMBER; f++)
		ni_put_uint(w, &ni_ipv4_fields[f], off, 1, type);
}

/* An option of more than its type byte. The cursor stands behind that. */
static void
put_option(struct option *o, struct ni_cur *c)
{
	const struct limit *limit = limit_of(o->type);
	o->len = ni_take8(c);
	put_heading(o->w, o->off, o->len, o->type);
	if (c->rc != NI_OK)
		return;
	bool bad = o->len < 2 || o->len - 2U > ni_left(c);
	if (!bad && limit)
		bad = o->len < limit->min || o->len > limit->max;
	if (limit) {
		put_type(o->w, o->off, o->type);
		ni_put_uint(o->w, &ni_ipv4_fields[IP_OPT_LEN], o->off + 1, 1, o->len);
	}
	if (bad)
		ni_put_label(o->w, &ni_ipv4_fields[IP_OPT_BAD_LEN], o->off + 1, 1, NULL);
	if (o->len < 2) {
		c->rc = NI_MALFORMED;
		return;
	}
	o->c = ni_sub(c, o->len - 2U);
	if (limit && !bad)
		put_data(o);
}

void
ni_ipv4_put_options(struct ni_walk *w, uint32_t len)
{
	struct ni_cur c = ni_cur(ni_clip(ni_layer_span(w->dis, w->layer), IPV4_HDR + len));
	ni_skip(&c, IPV4_HDR);
	while (ni_more(&c)) {
		struct option o = {.w = w, .off = c.off};
		o.type = ni_take8(&c);
		if (c.rc != NI_OK)
			return;
		if (o.type != OPT_END && o.type != OPT_NOP) {
			put_option(&o, &c);
			continue;
		}
		put_heading(w, o.off, 1, o.type);
		put_type(w, o.off, o.type);
		if (o.type == OPT_END)
			return;
	}
}

uint32_t
ni_ipv4_route_end(const uint8_t *ip, uint32_t hdr)
{
	for (uint32_t off = IPV4_HDR; off < hdr && ip[off] != OPT_END;) {
		uint32_t left = hdr - off;
		if (ip[off] == OPT_NOP) {
			off++;
			continue;
		}
		if (left < 2 || ip[off + 1] < 2 || ip[off + 1] > left)
			return 0;
		uint32_t len = ip[off + 1];
		if (ip[off] == OPT_LOOSE || ip[off] == OPT_STRICT) {
			bool used_up = len < 7 || ip[off + 2] > len;
			return used_up ? 0 : off + 3 + (len - 3) / 4 * 4 - 4 - 16;
		}
		off += len;
	}
	return 0;
}
