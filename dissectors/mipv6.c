/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mobility header of mobile IPv6: RFC 6275 6.1
 *
 * OFFSET SIZE FIELD
 *      0    1 payload protocol
 *      1    1 length in units of 8 bytes, not counting the first
 *      2    1 message type
 *      3    1 reserved
 *      4    2 checksum
 *      6  var message
 *
 * Not decoded: the messages, which are named only.
 */
#include "netinspect/proto.h"

#include "inet.h"
#include "labels.h"

enum { HDR = 6, NO_NEXT = 59, OLD_MOBILITY = 62, MOBILITY = 135 };

static const struct ni_label types[] = {
    {0, 0, "Binding Refresh Request"},
    {1, 1, "Home Test Init"},
    {2, 2, "Care-of Test Init"},
    {3, 3, "Home Test"},
    {4, 4, "Care-of Test"},
    {5, 5, "Binding Update"},
    {6, 6, "Binding Acknowledgement"},
    {7, 7, "Binding Error"},
    {8, 8, "Fast Binding Update"},
    {9, 9, "Fast Binding Acknowledgment"},
    {10, 10, "Fast Neighbor Advertisement"},
    {12, 12, "Home Agent Switch"},
    {13, 13, "Heartbeat"},
    {16, 16, "Binding Revocation Indication"},
    {0, 0, NULL},
};

/* clang-format off */
static const struct ni_field fields[] = {
	{"mip6.proto", "Payload protocol", NI_U8, NI_DEC, .flags = NI_F_FIXED, .off = 0, .len = 1,
		.labels = ni_ipprotos, .ref = "RFC 6275 6.1.1"},
	{"mip6.hlen", "Header length", NI_U8, NI_DEC, .flags = NI_F_FIXED, .off = 1, .len = 1,
		.ref = "RFC 6275 6.1.1"},
	{"mip6.mhtype", "Mobility Header Type", NI_U8, NI_DEC, .flags = NI_F_FIXED, .off = 2,
		.len = 1, .labels = types, .ref = "RFC 6275 6.1.1"},
	{"mip6.reserved", "Reserved", NI_U8, NI_HEX, .flags = NI_F_FIXED, .off = 3, .len = 1},
	{"mip6.csum", "Checksum", NI_U16, NI_HEX, .flags = NI_F_FIXED, .off = 4, .len = 2,
		.ref = "RFC 6275 6.1.1"},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	uint32_t hdr = ni_ipv6_ext_len(s.p);
	rc = ni_need_quoted(d, s, hdr);
	if (rc != NI_OK)
		return rc;
	l->hdr = (uint16_t)hdr;
	if (s.p[0] != NO_NEXT)
		ni_next(d, NI_BY_IPPROTO, s.p[0], ni_from(s, hdr));
	return NI_OK;
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	const char *name = s.cap > 2 ? ni_label_find(types, s.p[2]) : NULL;
	ni_buf_str(b, name ? name : "Unknown mobility message");
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, OLD_MOBILITY},
    {NI_BY_IPPROTO, MOBILITY},
    {NI_NTABLES, 0},
};

static const struct ni_proto proto_mipv6 = {
    .key = "mipv6",
    .name = "MIPv6",
    .title = "Mobile IPv6",
    .ref = "RFC 6275",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .summary = summary,
};

const struct ni_proto *const ni_protos_mipv6[] = {&proto_mipv6, NULL};
