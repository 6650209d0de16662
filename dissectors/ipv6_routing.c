/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 routing headers: RFC 8200 4.4, RFC 5095 (type 0 is deprecated), RFC 6275 6.4 (type 2, mobile
 * IPv6), RFC 6554 (type 3, RPL), RFC 8754 (type 4, segment routing)
 *
 * OFFSET SIZE FIELD
 *      0    1 next header
 *      1    1 length in units of 8 bytes, not counting the first
 *      2    1 type
 *      3    1 segments left
 *      4    4 by type: reserved; RPL: CmprI, CmprE (4 bits each), pad (4), reserved (20);
 *             segment routing: last entry (1 byte), flags (1), tag (2)
 *      8  var addresses; RPL's without the bytes that they share with the destination
 *
 * Not decoded: compact routing headers (types 5 and 6), the TLVs of segment routing.
 */
#include "netinspect/proto.h"

#include "i18n.h"
#include "inet.h"
#include "labels.h"

enum { FIXED = 8, ADDR = 16, ROUTING = 43 };
enum { SOURCE = 0, MIPV6 = 2, RPL = 3, SRH = 4 };

static const struct ni_note_def note_deprecated = {
    "ipv6.routing_deprecated", N_("a type 0 routing header, which hosts must not process"),
    "RFC 5095 3", NI_WARN};
static const struct ni_note_def note_left = {
    "ipv6.routing_segments_left", N_("more segments left than the routing header has addresses"),
    "RFC 8200 4.4", NI_ERROR};

static const struct ni_label types[] = {
    {0, 0, "Source Route"},
    {1, 1, "Nimrod"},
    {2, 2, "Type 2 Routing"},
    {3, 3, "RPL Source Route"},
    {4, 4, "Segment Routing"},
    {5, 5, "Compact Routing Header 16"},
    {6, 6, "Compact Routing Header 32"},
    {253, 253, "Experiment 1"},
    {254, 254, "Experiment 2"},
    {0, 0, NULL},
};

enum {
	F_NXT,
	F_LEN,
	F_LEN_OCT,
	F_TYPE,
	F_LEFT,
	F_SRC_RESERVED,
	F_SRC_ADDR,
	F_MIP_RESERVED,
	F_MIP_HOME,
	F_RPL_CMPRI,
	F_RPL_CMPRE,
	F_RPL_PAD,
	F_RPL_RESERVED,
	F_RPL_ADDRESS,
	F_RPL_FULL,
	F_SRH_LAST,
	F_SRH_FLAGS,
	F_SRH_TAG,
	F_SRH_ADDR,
	F_UNKNOWN,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_NXT] = {"ipv6.routing.nxt", "Next Header", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .labels = ni_ipprotos, .ref = "RFC 8200 4.4"},
	[F_LEN] = {"ipv6.routing.len", "Length", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 1, .len = 1, .ref = "RFC 8200 4.4",
		.doc = "In units of 8 bytes, not counting the first."},
	[F_LEN_OCT] = {"ipv6.routing.len_oct", "Length", NI_U16, NI_DEC, 1,
		NI_F_FIXED | NI_F_COMPUTED, .get = ni_ipv6_ext_octets, .doc = "In bytes."},
	[F_TYPE] = {"ipv6.routing.type", "Type", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 2, .len = 1, .labels = types, .ref = "RFC 8200 4.4"},
	[F_LEFT] = {"ipv6.routing.segleft", "Segments Left", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 3, .len = 1, .ref = "RFC 8200 4.4"},
	[F_SRC_RESERVED] = {"ipv6.routing.src.reserved", "Reserved", NI_BYTES},
	[F_SRC_ADDR] = {"ipv6.routing.src.addr", "Address", NI_IP6, .ref = "RFC 2460 4.4"},
	[F_MIP_RESERVED] = {"ipv6.routing.mipv6.reserved", "Reserved", NI_BYTES},
	[F_MIP_HOME] = {"ipv6.routing.mipv6.home_address", "Home Address", NI_IP6,
		.ref = "RFC 6275 6.4"},
	[F_RPL_CMPRI] = {"ipv6.routing.rpl.cmprI", "Compressed Internal Octets (CmprI)", NI_U32,
		NI_DEC, .len = 4, .mask = 0xf0000000, .ref = "RFC 6554"},
	[F_RPL_CMPRE] = {"ipv6.routing.rpl.cmprE", "Compressed Final Octets (CmprE)", NI_U32,
		NI_DEC, .len = 4, .mask = 0x0f000000, .ref = "RFC 6554"},
	[F_RPL_PAD] = {"ipv6.routing.rpl.pad", "Padding Bytes", NI_U32, NI_DEC,
		.len = 4, .mask = 0x00f00000, .ref = "RFC 6554"},
	[F_RPL_RESERVED] = {"ipv6.routing.rpl.reserved", "Reserved", NI_U32, NI_DEC,
		.len = 4, .mask = 0x000fffff},
	[F_RPL_ADDRESS] = {"ipv6.routing.rpl.address", "Address", NI_BYTES, .ref = "RFC 6554",
		.doc = "Without the bytes that it shares with the destination."},
	[F_RPL_FULL] = {"ipv6.routing.rpl.full_address", "Full Address", NI_IP6,
		.flags = NI_F_COMPUTED, .ref = "RFC 6554"},
	[F_SRH_LAST] = {"ipv6.routing.srh.last_entry", "Last Entry", NI_U8, NI_DEC,
		.ref = "RFC 8754 2"},
	[F_SRH_FLAGS] = {"ipv6.routing.srh.flags", "Flags", NI_U8, NI_HEX, .ref = "RFC 8754 2"},
	[F_SRH_TAG] = {"ipv6.routing.srh.tag", "Tag", NI_BYTES, .ref = "RFC 8754 2"},
	[F_SRH_ADDR] = {"ipv6.routing.srh.addr", "Address", NI_IP6, .ref = "RFC 8754 2"},
	[F_UNKNOWN] = {"ipv6.routing.unknown_data", "Type-Specific Data", NI_BYTES},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, 4);
	if (rc != NI_OK)
		return rc;
	uint32_t hdr = ni_ipv6_ext_len(s.p);
	rc = ni_need_quoted(d, s, hdr);
	l->hdr = (uint16_t)(hdr < s.len ? hdr : s.len);
	if (rc != NI_OK)
		return rc;
	if (s.p[2] == SOURCE)
		ni_note(d, l, &note_deprecated);
	if ((s.p[2] == SOURCE || s.p[2] == MIPV6) && s.p[3] > s.p[1] / 2)
		ni_note(d, l, &note_left);
	ni_set_ipproto(d, s.p[0]);
	ni_next(d, NI_BY_IPPROTO, s.p[0], ni_from(s, hdr));
	return NI_OK;
}

static void
put_addresses(struct ni_walk *w, const struct ni_field *f, uint32_t from, uint32_t max)
{
	for (uint32_t off = from; max && off + ADDR <= w->layer->hdr; off += ADDR, max--)
		ni_put_bytes(w, f, off, ADDR);
}

/* All but the last address leave out CmprI bytes that they share with the destination, that CmprE.
 */
static void
put_rpl(struct ni_walk *w, struct ni_span s)
{
	uint32_t v = ni_be32(s.p + 4);
	for (unsigned f = F_RPL_CMPRI; f <= F_RPL_RESERVED; f++)
		ni_put_uint(w, &fields[f], 4, 4, v);
	uint32_t inner = ADDR - (v >> 28);
	uint32_t last = ADDR - (v >> 24 & 15);
	uint32_t pad = v >> 20 & 15;
	const uint8_t *dst = w->dis->net.kind == NI_ADDR_IP6 ? w->dis->net.dst : NULL;
	uint32_t end = w->layer->hdr > pad ? w->layer->hdr - pad : 0;
	uint32_t n = 0;
	for (uint32_t off = FIXED; off + last <= end; off += n) {
		n = end - off >= last + inner ? inner : last;
		uint8_t full[ADDR];
		for (uint32_t i = 0; i < ADDR; i++)
			full[i] = i < ADDR - n ? (dst ? dst[i] : 0) : s.p[off + i - (ADDR - n)];
		ni_put_bytes(w, &fields[F_RPL_ADDRESS], off, n);
		ni_put_made(w, &fields[F_RPL_FULL], off, n, full, ADDR);
	}
}

static void
put_srh(struct ni_walk *w, struct ni_span s)
{
	ni_put_uint(w, &fields[F_SRH_LAST], 4, 1, s.p[4]);
	ni_put_uint(w, &fields[F_SRH_FLAGS], 5, 1, s.p[5]);
	ni_put_bytes(w, &fields[F_SRH_TAG], 6, 2);
	put_addresses(w, &fields[F_SRH_ADDR], FIXED, s.p[4] + 1U);
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	ni_put_range(w, &fields[F_NXT], &fields[F_LEFT]);
	if (w->layer->rc == NI_MALFORMED || s.cap < FIXED || w->layer->hdr < FIXED)
		return;
	switch (s.p[2]) {
	case SOURCE:
		ni_put_bytes(w, &fields[F_SRC_RESERVED], 4, 4);
		put_addresses(w, &fields[F_SRC_ADDR], FIXED, UINT32_MAX);
		break;
	case MIPV6:
		ni_put_bytes(w, &fields[F_MIP_RESERVED], 4, 4);
		put_addresses(w, &fields[F_MIP_HOME], FIXED, 1);
		break;
	case RPL:
		if (s.cap >= w->layer->hdr)
			put_rpl(w, s);
		break;
	case SRH:
		put_srh(w, s);
		break;
	default:
		ni_put_bytes(w, &fields[F_UNKNOWN], 4, w->layer->hdr - 4U);
		break;
	}
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	size_t before = b->len;
	if (l->rc == NI_OK && s.cap)
		ni_ipv6_print_next(d, l, s.p[0], b);
	if (b->len == before)
		ni_buf_str(b, "IPv6 routing");
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, ROUTING},
    {NI_NTABLES, 0},
};

static const struct ni_proto proto_routing = {
    .key = "ipv6.routing",
    .name = "IPv6",
    .title = "Routing Header for IPv6",
    .ref = "RFC 8200 4.4",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
};

const struct ni_proto *const ni_protos_ipv6_routing[] = {&proto_routing, NULL};
