/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6: RFC 8200, RFC 6437 (flow label), RFC 2675 (jumbograms)
 *
 * OFFSET SIZE FIELD
 *      0    4 version (4 bits), DSCP (6), ECN (2), flow label (20)
 *      4    2 payload length, extension headers included; 0: jumbogram, or not cut up yet
 *      6    1 next header
 *      7    1 hop limit
 *      8   16 source
 *     24   16 destination
 *
 * Extension headers are layers of their own: ipv6_options.c, ipv6_routing.c, ipv6_fragment.c, ah.c.
 *
 * Not decoded: what addresses embed beyond a SLAAC MAC (6to4, Teredo, ISATAP).
 */
#include "netinspect/proto.h"

#include "i18n.h"
#include "inet.h"
#include "labels.h"
#include "protos.h"

enum { HDR = 40, HOP_BY_HOP = 0, NO_NEXT = 59 };

static const struct ni_note_def note_version = {
    "ipv6.version", N_("the version field of this IPv6 header is not 6"), "RFC 8200 3", NI_ERROR};
static const struct ni_note_def note_len_long = {
    "ipv6.plen_exceeds_frame", N_("the IPv6 payload length claims more bytes than the frame has"),
    "RFC 8200 3", NI_ERROR};
static const struct ni_note_def note_len_zero = {
    "ipv6.plen_zero",
    N_("the IPv6 payload length is 0: captured before the network card cut it up (TSO)"), NULL,
    NI_CHAT};

enum {
	F_VERSION,
	F_TCLASS,
	F_DSCP,
	F_ECN,
	F_FLOW,
	F_PLEN,
	F_NXT,
	F_HLIM,
	F_SRC,
	F_DST,
	F_SRC_MAC,
	F_DST_MAC,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_VERSION] = {"ipv6.version", "Version", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .mask = 0xf0, .alias = "ip.version", .ref = "RFC 8200 3"},
	[F_TCLASS] = {"ipv6.tclass", "Traffic Class", NI_U32, NI_HEX, .flags = NI_F_FIXED,
		.off = 0, .len = 4, .mask = 0x0ff00000, .ref = "RFC 8200 7"},
	[F_DSCP] = {"ipv6.tclass.dscp", "Differentiated Services Codepoint", NI_U32, NI_DEC, 1,
		NI_F_FIXED, .off = 0, .len = 4, .mask = 0x0fc00000, .labels = ni_dscp,
		.ref = "RFC 2474"},
	[F_ECN] = {"ipv6.tclass.ecn", "Explicit Congestion Notification", NI_U32, NI_DEC, 1,
		NI_F_FIXED, .off = 0, .len = 4, .mask = 0x00300000, .labels = ni_ecn,
		.ref = "RFC 3168"},
	[F_FLOW] = {"ipv6.flow", "Flow Label", NI_U24, NI_HEX, .flags = NI_F_FIXED,
		.off = 1, .len = 3, .mask = 0x0fffff, .ref = "RFC 6437"},
	[F_PLEN] = {"ipv6.plen", "Payload Length", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 4, .len = 2, .ref = "RFC 8200 3"},
	[F_NXT] = {"ipv6.nxt", "Next Header", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 6, .len = 1, .labels = ni_ipprotos, .ref = "RFC 8200 3"},
	[F_HLIM] = {"ipv6.hlim", "Hop Limit", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 7, .len = 1, .ref = "RFC 8200 3"},
	[F_SRC] = {"ipv6.src", "Source Address", NI_IP6, .flags = NI_F_FIXED,
		.off = 8, .len = 16, .alias = "ipv6.addr", .ref = "RFC 8200 3"},
	[F_DST] = {"ipv6.dst", "Destination Address", NI_IP6, .flags = NI_F_FIXED,
		.off = 24, .len = 16, .alias = "ipv6.addr", .ref = "RFC 8200 3"},
	[F_SRC_MAC] = {"ipv6.src_slaac_mac", "Source SLAAC MAC", NI_ETHER, .flags = NI_F_COMPUTED,
		.alias = "ipv6.slaac_mac", .ref = "RFC 4291 A"},
	[F_DST_MAC] = {"ipv6.dst_slaac_mac", "Destination SLAAC MAC", NI_ETHER,
		.flags = NI_F_COMPUTED, .alias = "ipv6.slaac_mac", .ref = "RFC 4291 A"},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, 1);
	if (rc != NI_OK)
		return rc;
	if (s.p[0] >> 4 == 4) {
		l->proto = ni_proto_number(d->reg, &ni_proto_ipv4);
		return ni_proto_ipv4.decode(d, l, s);
	}
	if (s.p[0] >> 4 != 6) {
		ni_note(d, l, &note_version);
		return NI_MALFORMED;
	}
	rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	l->hdr = HDR;
	ni_set_net(d, l, (struct ni_addr_pair){s.p + 8, s.p + 24, NI_ADDR_IP6}, s.p[6]);
	uint32_t plen = ni_be16(s.p + 4);
	struct ni_span rest = ni_from(s, HDR);
	if (plen > rest.len && !ni_quoted(d))
		ni_note(d, l, &note_len_long);
	if (!plen && rest.len && s.p[6] != HOP_BY_HOP)
		ni_note(d, l, &note_len_zero);
	if (plen || s.p[6] == NO_NEXT) {
		rest = ni_clip(rest, plen);
		l->len = HDR + rest.len;
	}
	ni_next(d, NI_BY_IPPROTO, s.p[6], rest);
	return NI_OK;
}

/* The MAC that the interface identifier of the address at @off was made of (RFC 4291 appendix A).
 */
static void
put_mac(struct ni_walk *w, const struct ni_field *f, uint32_t off)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	const uint8_t *id = s.p + off + 8;
	if (w->layer->rc == NI_MALFORMED || s.cap < HDR || id[3] != 0xff || id[4] != 0xfe ||
	    !(id[0] & 2))
		return;
	uint8_t mac[6] = {id[0] ^ 2, id[1], id[2], id[5], id[6], id[7]};
	ni_put_made(w, f, off + 8, 8, mac, sizeof(mac));
}

static void
walk(struct ni_walk *w)
{
	ni_put_range(w, &fields[F_VERSION], &fields[F_DST]);
	put_mac(w, &fields[F_SRC_MAC], 8);
	put_mac(w, &fields[F_DST_MAC], 24);
}

void
ni_ipv6_print_next(const struct ni_dis *d, const struct ni_layer *l, uint8_t nxt, struct ni_buf *b)
{
	const struct ni_layer *next = l + 1;
	if (nxt == NO_NEXT) {
		ni_buf_str(b, "IPv6 no next header");
	} else if (next < d->layers + d->nlayers && ni_layer_proto(d, next) == &ni_proto_data) {
		const char *name = ni_label_find(ni_ipprotos, nxt);
		ni_buf_fmt(b, "Unknown IP Protocol: %s (%u)", name ? name : "Unknown", nxt);
	}
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (l->rc == NI_MALFORMED || s.cap < HDR)
		return;
	ni_ipv6_print_next(d, l, s.p[6], b);
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < HDR)
		return;
	ni_buf_str(b, ", Src: ");
	ni_buf_ip6(b, s.p + 8);
	ni_buf_str(b, ", Dst: ");
	ni_buf_ip6(b, s.p + 24);
}

static const struct ni_bind binds[] = {
    {NI_BY_ETHERTYPE, 0x86dd}, {NI_BY_IPPROTO, 41}, {NI_BY_PPP, 0x0057},
    {NI_BY_LINKTYPE, 229},     {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_ipv6 = {
    .key = "ipv6",
    .name = "IPv6",
    .title = "Internet Protocol Version 6",
    .ref = "RFC 8200",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
};

const struct ni_proto *const ni_protos_ipv6[] = {&ni_proto_ipv6, NULL};
