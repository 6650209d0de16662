/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VXLAN: RFC 7348, and Cisco's group policy extension
 *
 * OFFSET SIZE FIELD
 *      0    2 flags: group policy (0x8000), network id present (0x0800), don't learn (0x0040),
 *             policy applied (0x0008)
 *      2    2 group policy id
 *      4    3 VXLAN network identifier
 *      7    1 reserved
 *      8  var an Ethernet frame
 *
 * Not decoded: VXLAN-GPE (port 4790).
 */
#include "netinspect/proto.h"

#include "inet.h"
#include "labels.h"

enum { HDR = 8, PORT = 4789, ETHERNET = 0x6558 };

enum { F_FLAGS, F_G, F_I, F_D, F_A, F_RESERVED, F_GBP, F_VNI, F_RESERVED8 };

#define FLAG(k, n, bit)                                                                            \
	{                                                                                          \
		.key = (k), .name = (n), .type = NI_BOOL, .depth = 1, .flags = NI_F_FIXED,         \
		.off = 0, .len = 2, .mask = (bit), .labels = ni_set, .ref = "RFC 7348 5"           \
	}

/* clang-format off */
static const struct ni_field fields[] = {
	[F_FLAGS] = {"vxlan.flags", "Flags", NI_U16, NI_HEX, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .ref = "RFC 7348 5"},
	[F_G] = FLAG("vxlan.flag_g", "GBP Extension", 0x8000),
	[F_I] = FLAG("vxlan.flag_i", "VXLAN Network ID (VNI)", 0x0800),
	[F_D] = FLAG("vxlan.flag_d", "Don't Learn", 0x0040),
	[F_A] = FLAG("vxlan.flag_a", "Policy Applied", 0x0008),
	[F_RESERVED] = {"vxlan.flags_reserved", "Reserved(R)", NI_U16, NI_HEX, 1, NI_F_FIXED,
		.off = 0, .len = 2, .mask = 0x77b7},
	[F_GBP] = {"vxlan.gbp", "Group Policy ID", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 2, .len = 2},
	[F_VNI] = {"vxlan.vni", "VXLAN Network Identifier (VNI)", NI_U24, NI_DEC,
		.flags = NI_F_FIXED, .off = 4, .len = 3, .ref = "RFC 7348 5"},
	[F_RESERVED8] = {"vxlan.reserved8", "Reserved", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 7, .len = 1},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need(s, HDR);
	if (rc != NI_OK)
		return rc;
	l->hdr = HDR;
	ni_tag_flow(d, 1U << 31 | ni_be24(s.p + 4));
	ni_next(d, NI_BY_ETHERTYPE, ETHERNET, ni_from(s, HDR));
	return NI_OK;
}

static const struct ni_bind binds[] = {
    {NI_BY_UDP_PORT, PORT},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_vxlan = {
    .key = "vxlan",
    .name = "VxLAN",
    .title = "Virtual eXtensible Local Area Network",
    .ref = "RFC 7348",
    .fields = fields,
    .binds = binds,
    .decode = decode,
};

const struct ni_proto *const ni_protos_vxlan[] = {&ni_proto_vxlan, NULL};
