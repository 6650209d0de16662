/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 fragment header: RFC 8200 4.5, RFC 5722 (overlaps), RFC 6946 (atomic fragments)
 *
 * OFFSET SIZE FIELD
 *      0    1 next header
 *      1    1 reserved
 *      2    2 offset / 8 (13 bits), reserved (2), more fragments (1)
 *      4    4 identification
 */
#include "netinspect/proto.h"

#include "defrag.h"
#include "inet.h"
#include "labels.h"

enum { HDR = 8, IP6_HDR = 40, OFFSET = 0xfff8, MORE = 1 };

enum {
	F_NXT,
	F_RESERVED,
	F_OFFSET,
	F_RESERVED_BITS,
	F_MORE,
	F_IDENT,
	F_FRAGMENTS,
	F_FRAGMENT,
	F_OVERLAP,
	F_CONFLICT,
	F_COUNT,
	F_LENGTH,
	F_DATA,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_NXT] = {"ipv6.fraghdr.nxt", "Next header", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .labels = ni_ipprotos, .ref = "RFC 8200 4.5"},
	[F_RESERVED] = {"ipv6.fraghdr.reserved_octet", "Reserved octet", NI_U8, NI_HEX,
		.flags = NI_F_FIXED, .off = 1, .len = 1},
	[F_OFFSET] = {"ipv6.fraghdr.offset", "Offset", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 2, .len = 2, .mask = OFFSET, .ref = "RFC 8200 4.5",
		.doc = "In units of 8 bytes."},
	[F_RESERVED_BITS] = {"ipv6.fraghdr.reserved_bits", "Reserved bits", NI_U16, NI_DEC,
		.flags = NI_F_FIXED, .off = 2, .len = 2, .mask = 6},
	[F_MORE] = {"ipv6.fraghdr.more", "More Fragments", NI_BOOL, .flags = NI_F_FIXED,
		.off = 2, .len = 2, .mask = MORE, .ref = "RFC 8200 4.5"},
	[F_IDENT] = {"ipv6.fraghdr.ident", "Identification", NI_U32, NI_HEX, .flags = NI_F_FIXED,
		.off = 4, .len = 4, .ref = "RFC 8200 4.5"},
	[F_FRAGMENTS] = {"ipv6.fragments", "IPv6 Fragments", NI_NONE, .flags = NI_F_COMPUTED},
	[F_FRAGMENT] = {"ipv6.fragment", "IPv6 Fragment", NI_U64, NI_DEC, 1, NI_F_COMPUTED,
		.doc = "Number of a frame that carries a piece of this packet."},
	[F_OVERLAP] = {"ipv6.fragment.overlap", "Fragment overlap", NI_BOOL, 0, 1, NI_F_COMPUTED},
	[F_CONFLICT] = {"ipv6.fragment.overlap.conflict", "Conflicting data in fragment overlap",
		NI_BOOL, 0, 1, NI_F_COMPUTED},
	[F_COUNT] = {"ipv6.fragment.count", "Fragment count", NI_U32, NI_DEC, 1, NI_F_COMPUTED},
	[F_LENGTH] = {"ipv6.reassembled.length", "Reassembled IPv6 length", NI_U32, NI_DEC, 1,
		NI_F_COMPUTED},
	[F_DATA] = {"ipv6.reassembled.data", "Reassembled IPv6 data", NI_BYTES, .depth = 1,
		.flags = NI_F_COMPUTED},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	l->hdr = HDR;
	ni_set_ipproto(d, s.p[0]);
	struct ni_span payload = ni_from(s, HDR);
	uint16_t frag = ni_be16(s.p + 2);
	if (!(frag & (OFFSET | MORE)) || d->net.kind != NI_ADDR_IP6 || d->net_layer == 0xff) {
		ni_next(d, NI_BY_IPPROTO, s.p[0], payload);
		return NI_OK;
	}
	struct ni_frag f = {
	    .src = d->net.src,
	    .dst = d->net.dst,
	    .addr_len = 16,
	    .proto = s.p[0],
	    .more = frag & MORE,
	    .id = ni_be32(s.p + 4),
	    .off = frag & OFFSET,
	};
	/* The IPv6 header may claim more than there is; what it lacks is lacking here too. */
	const struct ni_layer *ip = &d->layers[d->net_layer];
	struct ni_span h = ni_layer_span(d, ip);
	uint32_t end = ni_be16(h.p + 4) + (uint32_t)IP6_HDR;
	uint32_t lacking = ni_be16(h.p + 4) && end > ip->len ? end - ip->len : 0;
	ni_next_fragment(d, l, &f, payload, payload.len + lacking);
	return NI_OK;
}

static void
walk(struct ni_walk *w)
{
	ni_put_range(w, &fields[F_NXT], &fields[F_IDENT]);
	ni_put_reassembled(w, &fields[F_FRAGMENTS]);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap >= HDR)
		ni_buf_fmt(b, "IPv6 fragment (off=%u more=%c ident=0x%08x nxt=%u)",
			   ni_be16(s.p + 2) & OFFSET, s.p[3] & MORE ? 'y' : 'n', ni_be32(s.p + 4),
			   s.p[0]);
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, 44},
    {NI_NTABLES, 0},
};

static const struct ni_proto proto_fragment = {
    .key = "ipv6.fraghdr",
    .name = "IPv6",
    .title = "Fragment Header for IPv6",
    .ref = "RFC 8200 4.5",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
};

const struct ni_proto *const ni_protos_ipv6_fragment[] = {&proto_fragment, NULL};
