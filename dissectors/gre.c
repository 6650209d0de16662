/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRE: RFC 2784, RFC 2890 (key, sequence number), RFC 1701 (routing); version 1: RFC 2637 (PPTP)
 *
 * OFFSET SIZE FIELD
 *      0    2 checksum, routing, key, sequence, strict route (1 bit each), recursion (3),
 *             acknowledgment (1), reserved (4), version (3)
 *      2    2 protocol: an EtherType
 *      4    2 checksum, and 2 of offset: only with the checksum or routing bit
 *           4 key: only with its bit; version 1: payload length and call id
 *           4 sequence number: only with its bit
 *           4 acknowledgment number: version 1, only with its bit
 *         var source route entries: only with the routing bit
 *
 * Not decoded: what PPTP's PPP frames hold when it is enciphered; ERSPAN and WCCP, named only.
 */
#include "netinspect/proto.h"

#include "cksum.h"
#include "inet.h"
#include "labels.h"
#include "ppp.h"

enum { HDR = 4, GRE = 47, PPP = 0x880b };
enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, ACK = 0x0080 };
enum { VERSION = 7, V1 = 1 };

static const struct ni_label protocols[] = {
    {0x0000, 0x0000, "Possible GRE keepalive packet"},
    {0x0800, 0x0800, "IP"},
    {0x6558, 0x6558, "Transparent Ethernet bridging"},
    {0x86dd, 0x86dd, "IPv6"},
    {0x880b, 0x880b, "PPP"},
    {0x883e, 0x883e, "WCCP"},
    {0x8847, 0x8848, "MPLS label switched packet"},
    {0x88be, 0x88be, "ERSPAN"},
    {0x22eb, 0x22eb, "ERSPAN III"},
    {0, 0, NULL},
};

enum {
	F_FLAGS,
	F_FLAG_CHECKSUM,
	F_FLAG_ROUTING,
	F_FLAG_KEY,
	F_FLAG_SEQUENCE,
	F_FLAG_STRICT,
	F_RECURSION,
	F_FLAG_ACK,
	F_RESERVED,
	F_RESERVED_V1,
	F_VERSION,
	F_PROTO,
	F_CHECKSUM,
	F_CHECKSUM_STATUS,
	F_OFFSET,
	F_KEY,
	F_PAYLOAD_LENGTH,
	F_CALL_ID,
	F_SEQUENCE,
	F_ACK,
	F_ROUTING,
	F_FAMILY,
	F_SRE_OFFSET,
	F_SRE_LENGTH,
	F_SRE_INFO,
};

#define FLAG(k, n, bit)                                                                            \
	{                                                                                          \
		.key = (k), .name = (n), .type = NI_BOOL, .depth = 1, .flags = NI_F_FIXED,         \
		.off = 0, .len = 2, .mask = (bit), .labels = ni_set, .ref = "RFC 2890"             \
	}

/* clang-format off */
static const struct ni_field fields[] = {
	[F_FLAGS] = {"gre.flags_and_version", "Flags and Version", NI_U16, NI_HEX,
		.flags = NI_F_FIXED, .off = 0, .len = 2, .ref = "RFC 2784"},
	[F_FLAG_CHECKSUM] = FLAG("gre.flags.checksum", "Checksum Bit", CHECKSUM),
	[F_FLAG_ROUTING] = FLAG("gre.flags.routing", "Routing Bit", ROUTING),
	[F_FLAG_KEY] = FLAG("gre.flags.key", "Key Bit", KEY),
	[F_FLAG_SEQUENCE] = FLAG("gre.flags.sequence_number", "Sequence Number Bit", SEQUENCE),
	[F_FLAG_STRICT] = FLAG("gre.flags.strict_source_route", "Strict Source Route Bit", 0x0800),
	[F_RECURSION] = {"gre.flags.recursion_control", "Recursion control", NI_U16, NI_DEC, 1,
		NI_F_FIXED, .off = 0, .len = 2, .mask = 0x0700, .ref = "RFC 1701"},
	[F_FLAG_ACK] = {"gre.flags.ack", "Acknowledgment", NI_BOOL, .depth = 1,
		.off = 0, .len = 2, .mask = ACK, .labels = ni_set, .ref = "RFC 2637"},
	[F_RESERVED] = {"gre.flags.reserved", "Flags (Reserved)", NI_U16, NI_DEC, 1,
		.off = 0, .len = 2, .mask = 0x00f8},
	[F_RESERVED_V1] = {"gre.flags.reserved", "Flags (Reserved)", NI_U16, NI_DEC, 1,
		.off = 0, .len = 2, .mask = 0x0078},
	[F_VERSION] = {"gre.flags.version", "Version", NI_U16, NI_DEC, 1, NI_F_FIXED,
		.off = 0, .len = 2, .mask = VERSION, .ref = "RFC 2784"},
	[F_PROTO] = {"gre.proto", "Protocol Type", NI_U16, NI_HEX, .flags = NI_F_FIXED,
		.off = 2, .len = 2, .labels = protocols, .ref = "RFC 2784"},
	[F_CHECKSUM] = {"gre.checksum", "Checksum", NI_U16, NI_HEX, .ref = "RFC 2784"},
	[F_CHECKSUM_STATUS] = {"gre.checksum.status", "Checksum Status", NI_U8, NI_DEC,
		.flags = NI_F_COMPUTED, .labels = ni_cksum_status},
	[F_OFFSET] = {"gre.offset", "Offset", NI_U16, NI_DEC, .ref = "RFC 1701"},
	[F_KEY] = {"gre.key", "Key", NI_U32, NI_HEX, .ref = "RFC 2890"},
	[F_PAYLOAD_LENGTH] = {"gre.key.payload_length", "Payload Length", NI_U16, NI_DEC, 1,
		.ref = "RFC 2637"},
	[F_CALL_ID] = {"gre.key.call_id", "Call ID", NI_U16, NI_DEC, 1, .ref = "RFC 2637"},
	[F_SEQUENCE] = {"gre.sequence_number", "Sequence Number", NI_U32, NI_DEC,
		.ref = "RFC 2890"},
	[F_ACK] = {"gre.ack_number", "Acknowledgment Number", NI_U32, NI_DEC, .ref = "RFC 2637"},
	[F_ROUTING] = {"gre.routing", "Routing", NI_NONE, .ref = "RFC 1701"},
	[F_FAMILY] = {"gre.routing.address_family", "Address Family", NI_U16, NI_DEC, 1},
	[F_SRE_OFFSET] = {"gre.routing.sre_offset", "SRE Offset", NI_U8, NI_DEC, 1},
	[F_SRE_LENGTH] = {"gre.routing.src_length", "SRE Length", NI_U8, NI_DEC, 1},
	[F_SRE_INFO] = {"gre.routing.information", "Routing Information", NI_BYTES, .depth = 1},
	{0},
};
/* clang-format on */

/* Bytes from the start of the header to the source routes. */
static uint32_t
fixed_part(uint16_t flags)
{
	uint32_t n = HDR;
	n += flags & (CHECKSUM | ROUTING) ? 4 : 0;
	n += flags & KEY ? 4 : 0;
	n += flags & SEQUENCE ? 4 : 0;
	n += (flags & VERSION) == V1 && flags & ACK ? 4 : 0;
	return n;
}

/* Step over the source routes; they end with an empty one. */
static void
skip_routes(struct ni_cur *c)
{
	while (ni_more(c)) {
		uint16_t family = ni_take16(c);
		ni_skip(c, 1);
		uint8_t len = ni_take8(c);
		if (!family && !len)
			return;
		ni_skip(c, len);
	}
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need(s, HDR);
	if (rc != NI_OK)
		return rc;
	uint16_t flags = ni_be16(s.p);
	uint16_t proto = ni_be16(s.p + 2);
	struct ni_cur c = ni_cur(s);
	l->hdr = HDR;
	ni_skip(&c, fixed_part(flags));
	if (flags & ROUTING)
		skip_routes(&c);
	if (c.rc != NI_OK)
		return c.rc;
	l->hdr = (uint16_t)(c.off < UINT16_MAX ? c.off : UINT16_MAX);
	if (flags & KEY && !(flags & VERSION)) {
		uint32_t at = HDR + (flags & (CHECKSUM | ROUTING) ? 4 : 0);
		ni_tag_flow(d, ni_be32(s.p + at));
	}
	if (proto == PPP)
		ni_next_proto(d, &ni_proto_ppp, ni_from(s, l->hdr));
	else
		ni_next(d, NI_BY_ETHERTYPE, proto, ni_from(s, l->hdr));
	return NI_OK;
}

static void
put(struct ni_walk *w, struct ni_cur *c, unsigned row, uint32_t n)
{
	uint32_t off = c->off;
	const uint8_t *p = ni_take(c, n);
	if (p)
		ni_put_uint(w, &fields[row], off, n,
			    n == 4   ? ni_be32(p)
			    : n == 2 ? ni_be16(p)
				     : *p);
}

static void
put_checksum(struct ni_walk *w, struct ni_cur *c, bool present)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	put(w, c, F_CHECKSUM, 2);
	enum ni_cksum_status status = NI_CKSUM_UNVERIFIED;
	if (present && s.cap == s.len)
		status = ni_cksum_fold(ni_cksum_add(0, s.p, s.len)) == 0xffff ? NI_CKSUM_GOOD
									      : NI_CKSUM_BAD;
	ni_put_uint(w, &fields[F_CHECKSUM_STATUS], 0, 0, status);
	put(w, c, F_OFFSET, 2);
}

static void
put_routes(struct ni_walk *w, struct ni_cur *c)
{
	ni_put_label(w, &fields[F_ROUTING], c->off, 0, NULL);
	while (ni_more(c)) {
		const uint8_t *p = ni_take(c, 4);
		if (!p)
			return;
		uint32_t off = c->off;
		ni_put_uint(w, &fields[F_FAMILY], off - 4, 2, ni_be16(p));
		ni_put_uint(w, &fields[F_SRE_OFFSET], off - 2, 1, p[2]);
		ni_put_uint(w, &fields[F_SRE_LENGTH], off - 1, 1, p[3]);
		if (!ni_be16(p) && !p[3])
			return;
		ni_skip(c, p[3]);
		if (p[3])
			ni_put_bytes(w, &fields[F_SRE_INFO], off, p[3]);
	}
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	struct ni_cur c = ni_cur(s);
	if (s.cap < HDR)
		return;
	uint16_t flags = ni_be16(s.p);
	bool v1 = (flags & VERSION) == V1;
	ni_put_range(w, &fields[F_FLAGS], &fields[F_RECURSION]);
	if (v1)
		ni_put(w, &fields[F_FLAG_ACK]);
	ni_put(w, &fields[v1 ? F_RESERVED_V1 : F_RESERVED]);
	ni_put_range(w, &fields[F_VERSION], &fields[F_PROTO]);
	ni_skip(&c, HDR);
	if (flags & (CHECKSUM | ROUTING))
		put_checksum(w, &c, flags & CHECKSUM);
	if (flags & KEY && v1) {
		put(w, &c, F_PAYLOAD_LENGTH, 2);
		put(w, &c, F_CALL_ID, 2);
	} else if (flags & KEY) {
		put(w, &c, F_KEY, 4);
	}
	if (flags & SEQUENCE)
		put(w, &c, F_SEQUENCE, 4);
	if (v1 && flags & ACK)
		put(w, &c, F_ACK, 4);
	if (flags & ROUTING)
		put_routes(w, &c);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < HDR)
		return;
	const char *name = ni_label_find(protocols, ni_be16(s.p + 2));
	if (!name)
		name = ni_label_find(ni_ethertypes, ni_be16(s.p + 2));
	if (name)
		ni_buf_fmt(b, "Encapsulated %s", name);
	else
		ni_buf_fmt(b, "Encapsulated 0x%04x (unknown)", ni_be16(s.p + 2));
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < HDR)
		return;
	const char *name = ni_label_find(protocols, ni_be16(s.p + 2));
	ni_buf_fmt(b, " (%s)", name ? name : "Unknown");
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, GRE},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_gre = {
    .key = "gre",
    .name = "GRE",
    .title = "Generic Routing Encapsulation",
    .ref = "RFC 2784",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
};

const struct ni_proto *const ni_protos_gre[] = {&ni_proto_gre, NULL};
