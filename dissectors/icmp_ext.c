/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP extensions: RFC 4884, RFC 4950 (MPLS), RFC 5837 (interface information), RFC 8335 (interface
 * identification)
 *
 * OFFSET SIZE FIELD
 *      0    2 version 2 (4 bits), reserved (12)
 *      2    2 checksum of the extensions
 * then objects:
 *      0    2 length, header included
 *      2    1 class
 *      3    1 C-type
 *      4  var data
 */
#include "cksum.h"
#include "icmp.h"

enum { VERSION = 2, MPLS = 1, INTERFACE = 2, IDENTIFICATION = 3, AFI_IPV4 = 1, AFI_IPV6 = 2 };
enum { HAS_INDEX = 8, HAS_ADDR = 4, HAS_NAME = 2, HAS_MTU = 1 };
enum { BY_NAME = 1, BY_INDEX = 2, BY_ADDRESS = 3 };

/* What the walk of one extension structure goes by. */
struct ext {
	struct ni_walk *w;
	const struct ni_field *rows;
};

static const struct ni_field *
row(const struct ext *e, unsigned f)
{
	return &e->rows[f - ICMP_EXT];
}

static uint64_t
put(const struct ext *e, struct ni_cur *c, enum ni_icmp_field f, uint32_t n)
{
	uint32_t off = c->off;
	const uint8_t *p = ni_take(c, n);
	uint64_t v = 0;
	for (uint32_t i = 0; p && i < n; i++)
		v = v << 8 | p[i];
	if (p)
		ni_put_uint(e->w, row(e, f), off, n, v);
	return v;
}

static void
put_bytes(const struct ext *e, struct ni_cur *c, enum ni_icmp_field f, uint32_t n)
{
	uint32_t off = c->off;
	if (n && ni_take(c, n))
		ni_put_bytes(e->w, row(e, f), off, n);
}

/* A name that zeros pad to @n bytes. */
static void
put_name(const struct ext *e, struct ni_cur *c, enum ni_icmp_field f, uint32_t n)
{
	uint32_t off = c->off;
	const uint8_t *p = ni_take(c, n);
	while (p && n && !p[n - 1])
		n--;
	if (p && n)
		ni_put_bytes(e->w, row(e, f), off, n);
}

static void
put_mpls(const struct ext *e, struct ni_cur *c)
{
	while (ni_left(c) >= 4) {
		uint32_t off = c->off;
		const uint8_t *p = ni_take(c, 3);
		if (!p)
			return;
		for (unsigned f = ICMP_MPLS_LABEL; f <= ICMP_MPLS_S; f++)
			ni_put_uint(e->w, row(e, f), off, 3, ni_be24(p));
		put(e, c, ICMP_MPLS_TTL, 1);
	}
}

/* An address with its family, as two objects carry it. */
static void
put_address(const struct ext *e, struct ni_cur *c, uint64_t afi, enum ni_icmp_field ipv4,
	    uint32_t n)
{
	if (afi == AFI_IPV4 && n >= 4)
		put_bytes(e, c, ipv4, 4);
	else if (afi == AFI_IPV6 && n >= 16)
		put_bytes(e, c, ipv4 + 1, 16);
	else
		put_bytes(e, c, ipv4 + 2, n);
}

static void
put_interface(const struct ext *e, struct ni_cur *c, uint32_t ctype_off, uint8_t ctype)
{
	for (unsigned f = ICMP_INT_ROLE; f <= ICMP_INT_HAS_MTU; f++)
		ni_put_uint(e->w, row(e, f), ctype_off, 1, ctype);
	if (ctype & HAS_INDEX)
		put(e, c, ICMP_INT_INDEX, 4);
	if (ctype & HAS_ADDR) {
		uint64_t afi = put(e, c, ICMP_INT_AFI, 2);
		ni_skip(c, 2);
		put_address(e, c, afi, ICMP_INT_IPV4, ni_left(c));
	}
	if (ctype & HAS_NAME) {
		uint64_t n = put(e, c, ICMP_INT_NAME_LENGTH, 1);
		if (n > 1 && n - 1 <= ni_left(c))
			put_name(e, c, ICMP_INT_NAME, (uint32_t)n - 1);
	}
	if (ctype & HAS_MTU)
		put(e, c, ICMP_INT_MTU, 4);
}

static void
put_identification(const struct ext *e, struct ni_cur *c, uint8_t ctype)
{
	if (ctype == BY_NAME) {
		put_name(e, c, ICMP_IDENT_NAME, ni_left(c));
	} else if (ctype == BY_INDEX) {
		put(e, c, ICMP_IDENT_INDEX, 4);
	} else if (ctype == BY_ADDRESS) {
		uint64_t afi = put(e, c, ICMP_IDENT_AFI, 2);
		uint64_t n = put(e, c, ICMP_IDENT_ADDR_LENGTH, 1);
		put_bytes(e, c, ICMP_IDENT_RESERVED, 1);
		put_address(e, c, afi, ICMP_IDENT_IPV4, n < ni_left(c) ? (uint32_t)n : ni_left(c));
	}
}

/* One object. The cursor moves behind it; a length that makes no sense ends the loop. */
static void
put_object(const struct ext *e, struct ni_cur *c)
{
	uint32_t off = c->off;
	uint32_t len = (uint32_t)put(e, c, ICMP_EXT_LENGTH, 2);
	uint8_t class = (uint8_t)put(e, c, ICMP_EXT_CLASS, 1);
	uint8_t ctype = (uint8_t)put(e, c, ICMP_EXT_CTYPE, 1);
	if (c->rc != NI_OK)
		return;
	if (len < 4) {
		c->rc = NI_MALFORMED;
		return;
	}
	struct ni_cur o = ni_sub(c, len - 4 < ni_left(c) ? len - 4 : ni_left(c));
	if (class == MPLS && ctype == 1)
		put_mpls(e, &o);
	else if (class == INTERFACE)
		put_interface(e, &o, off + 3, ctype);
	else if (class == IDENTIFICATION)
		put_identification(e, &o, ctype);
	else
		put_bytes(e, &o, ICMP_EXT_DATA, ni_left(&o));
}

void
ni_icmp_put_extensions(struct ni_walk *w, uint32_t off, const struct ni_field *rows)
{
	const struct ext e = {w, rows};
	struct ni_span s = ni_from(ni_layer_span(w->dis, w->layer), off);
	struct ni_cur c = ni_cur(ni_layer_span(w->dis, w->layer));
	if (s.cap < 4)
		return;
	ni_skip(&c, off + 4);
	ni_put_label(w, row(&e, ICMP_EXT), off, s.len, NULL);
	ni_put_uint(w, row(&e, ICMP_EXT_VERSION), off, 1, s.p[0] >> 4);
	ni_put_uint(w, row(&e, ICMP_EXT_RES), off, 2, ni_be16(s.p));
	ni_put_uint(w, row(&e, ICMP_EXT_CHECKSUM), off + 2, 2, ni_be16(s.p + 2));
	enum ni_cksum_status status = NI_CKSUM_UNVERIFIED;
	if (!ni_be16(s.p + 2))
		status = NI_CKSUM_NOT_PRESENT;
	else if (s.cap == s.len)
		status = ni_cksum_fold(ni_cksum_add(0, s.p, s.len)) == 0xffff ? NI_CKSUM_GOOD
									      : NI_CKSUM_BAD;
	ni_put_uint(w, row(&e, ICMP_EXT_CHECKSUM_STATUS), 0, 0, status);
	while (s.p[0] >> 4 == VERSION && ni_more(&c))
		put_object(&e, &c);
}
