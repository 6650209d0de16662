/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4's fields; the header and its decoder are in ipv4.c. */
#include "cksum.h"
#include "inet.h"
#include "ipv4.h"
#include "labels.h"
#include "state.h"

enum { HDR = 20, OFFSET = 0x1fff };

static bool
get_hdr_len(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	v->u = s.cap ? (s.p[0] & 15) * 4U : 0;
	return s.cap > 0;
}

/* 0 stands for what the frame has: the card has yet to cut it up. */
static bool
get_len(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < 4)
		return false;
	v->u = ni_be16(s.p + 2) ? ni_be16(s.p + 2) : l->len;
	return true;
}

/* Where a source route leads to, or the destination field. */
static bool
get_dst(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	uint32_t off = 16;
	if (s.cap < HDR)
		return false;
	if (l->hdr > HDR && s.cap >= l->hdr)
		off += ni_ipv4_route_end(s.p, l->hdr);
	v->off = l->off + off;
	v->p = s.p + off;
	v->n = 4;
	return true;
}

uint16_t
ni_ipv4_header_sum(const struct ni_dis *d, struct ni_span s)
{
	uint32_t hdr = s.cap ? (s.p[0] & 15) * 4U : 0;
	if (!d->state || !d->state->check_checksums || hdr < HDR || s.cap < hdr)
		return 0;
	return ni_cksum_fold(ni_cksum_add(0, s.p, hdr));
}

static bool
get_status(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	uint16_t sum = ni_ipv4_header_sum(d, s);
	v->u = !sum ? NI_CKSUM_UNVERIFIED : sum == 0xffff ? NI_CKSUM_GOOD : NI_CKSUM_BAD;
	v->len = 0;
	return s.cap >= 12;
}

static bool
get_calculated(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	uint16_t sum = ni_ipv4_header_sum(d, s);
	v->u = sum ? ni_cksum_expected(sum, ni_be16(s.p + 10)) : 0;
	v->len = 0;
	return sum != 0;
}

static const struct ni_label option_class[] = {
    {0, 0, "Control"},
    {2, 2, "Debugging and measurement"},
    {1, 3, "Reserved for future use"},
    {0, 0, NULL},
};

static const struct ni_label option_number[] = {
    {0, 0, "End of Option List (EOL)"},
    {1, 1, "No-Operation (NOP)"},
    {2, 2, "Security"},
    {3, 3, "Loose source route"},
    {4, 4, "Time stamp"},
    {5, 5, "Extended security"},
    {6, 6, "Commercial IP security option"},
    {7, 7, "Record route"},
    {8, 8, "Stream identifier"},
    {9, 9, "Strict source route"},
    {10, 10, "Experimental Measurement"},
    {11, 11, "MTU probe"},
    {12, 12, "MTU Reply"},
    {13, 13, "Experimental Flow Control"},
    {14, 14, "Experimental Access Control"},
    {15, 15, "Ask Estrin"},
    {16, 16, "IMI Traffic Descriptor"},
    {17, 17, "Extended Internet Protocol"},
    {18, 18, "Traceroute"},
    {19, 19, "Address Extension"},
    {20, 20, "Router Alert"},
    {21, 21, "Selective Directed Broadcast"},
    {22, 22, "Unassigned"},
    {23, 23, "Dynamic Packet State"},
    {24, 24, "Upstream Multicast Packet"},
    {25, 25, "Quick-Start"},
    {30, 30, "RFC 3692-style experiment"},
    {0, 0, NULL},
};

static const struct ni_label time_stamp_flag[] = {
    {0, 0, "Time stamps only"},
    {1, 1, "Time stamp and address"},
    {3, 3, "Time stamps for prespecified addresses"},
    {0, 0, NULL},
};

static const struct ni_label router_alert[] = {
    {0, 0, "Router shall examine packet"},
    {1, 65535, "Reserved"},
    {0, 0, NULL},
};

static const struct ni_label classification[] = {
    {0x01, 0x01, "Reserved 4"}, {0x3d, 0x3d, "Top secret"},   {0x5a, 0x5a, "Secret"},
    {0x66, 0x66, "Reserved 3"}, {0x96, 0x96, "Confidential"}, {0xab, 0xab, "Unclassified"},
    {0xcc, 0xcc, "Reserved 2"}, {0xf1, 0xf1, "Reserved 1"},   {0, 0, NULL},
};

static const struct ni_label rfc791_security[] = {
    {0x0000, 0x0000, "Unclassified"},
    {0xf135, 0xf135, "Confidential"},
    {0x789a, 0x789a, "EFTO"},
    {0xbc4d, 0xbc4d, "MMMM"},
    {0x5e26, 0x5e26, "PROG"},
    {0xaf13, 0xaf13, "Restricted"},
    {0xd788, 0xd788, "Secret"},
    {0x6bc5, 0x6bc5, "Top secret"},
    {0, 0, NULL},
};

/* clang-format off */
const struct ni_field ni_ipv4_fields[] = {
	[IP_VERSION] = {"ip.version", "Version", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .mask = 0xf0, .ref = "RFC 791 3.1"},
	[IP_HDR_LEN] = {"ip.hdr_len", "Header Length", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .get = get_hdr_len, .ref = "RFC 791 3.1", .doc = "In bytes."},
	[IP_DSFIELD] = {"ip.dsfield", "Differentiated Services Field", NI_U8, NI_HEX,
		.flags = NI_F_FIXED, .off = 1, .len = 1, .ref = "RFC 2474"},
	[IP_DSCP] = {"ip.dsfield.dscp", "Differentiated Services Codepoint", NI_U8, NI_DEC, 1,
		NI_F_FIXED, .off = 1, .len = 1, .mask = 0xfc, .labels = ni_dscp, .ref = "RFC 2474"},
	[IP_ECN] = {"ip.dsfield.ecn", "Explicit Congestion Notification", NI_U8, NI_DEC, 1,
		NI_F_FIXED, .off = 1, .len = 1, .mask = 0x03, .labels = ni_ecn, .ref = "RFC 3168"},
	[IP_LEN] = {"ip.len", "Total Length", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 2, .len = 2, .get = get_len, .ref = "RFC 791 3.1",
		.doc = "Where the packet says 0 (segmentation offload): what the frame has."},
	[IP_ID] = {"ip.id", "Identification", NI_U16, NI_HEX_DEC, .flags = NI_F_FIXED,
		.off = 4, .len = 2, .ref = "RFC 6864"},
	[IP_FLAGS] = {"ip.flags", "Flags", NI_U8, NI_HEX, .flags = NI_F_FIXED,
		.off = 6, .len = 1, .mask = 0xe0, .ref = "RFC 791 3.1"},
	[IP_FLAGS_RB] = {"ip.flags.rb", "Reserved bit", NI_BOOL, 0, 1, NI_F_FIXED,
		.off = 6, .len = 1, .mask = 0x80, .labels = ni_set, .ref = "RFC 791 3.1"},
	[IP_FLAGS_DF] = {"ip.flags.df", "Don't fragment", NI_BOOL, 0, 1, NI_F_FIXED,
		.off = 6, .len = 1, .mask = 0x40, .labels = ni_set, .ref = "RFC 791 3.1"},
	[IP_FLAGS_MF] = {"ip.flags.mf", "More fragments", NI_BOOL, 0, 1, NI_F_FIXED,
		.off = 6, .len = 1, .mask = 0x20, .labels = ni_set, .ref = "RFC 791 3.1"},
	[IP_FRAG_OFFSET] = {"ip.frag_offset", "Fragment Offset", NI_U16, NI_DEC,
		.flags = NI_F_FIXED, .off = 6, .len = 2, .mask = OFFSET, .ref = "RFC 791 3.1",
		.doc = "In units of 8 bytes."},
	[IP_TTL] = {"ip.ttl", "Time to Live", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 8, .len = 1, .ref = "RFC 791 3.1"},
	[IP_PROTO] = {"ip.proto", "Protocol", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 9, .len = 1, .labels = ni_ipprotos, .ref = "RFC 791 3.1"},
	[IP_CHECKSUM] = {"ip.checksum", "Header Checksum", NI_U16, NI_HEX, .flags = NI_F_FIXED,
		.off = 10, .len = 2, .ref = "RFC 791 3.1"},
	[IP_CHECKSUM_STATUS] = {"ip.checksum.status", "Header checksum status", NI_U8, NI_DEC,
		.flags = NI_F_FIXED | NI_F_COMPUTED, .labels = ni_cksum_status, .get = get_status},
	[IP_CHECKSUM_CALCULATED] = {"ip.checksum_calculated", "Calculated Checksum", NI_U16, NI_HEX,
		.flags = NI_F_FIXED | NI_F_COMPUTED, .get = get_calculated},
	[IP_SRC] = {"ip.src", "Source Address", NI_IP4, .flags = NI_F_FIXED,
		.off = 12, .len = 4, .alias = "ip.addr", .ref = "RFC 791 3.1"},
	[IP_DST] = {"ip.dst", "Destination Address", NI_IP4, .flags = NI_F_FIXED,
		.off = 16, .len = 4, .get = get_dst, .alias = "ip.addr", .ref = "RFC 791 3.1",
		.doc = "With a source route that is not used up: its last address."},
	[IP_OPT] = {"ip.opt", "Option", NI_NONE},
	[IP_OPT_TYPE] = {"ip.opt.type", "Type", NI_U8, NI_DEC, 1, .ref = "RFC 791 3.1"},
	[IP_OPT_COPY] = {"ip.opt.type.copy", "Copy on fragmentation", NI_BOOL, 0, 2,
		.len = 1, .mask = 0x80, .ref = "RFC 791 3.1"},
	[IP_OPT_CLASS] = {"ip.opt.type.class", "Class", NI_U8, NI_DEC, 2,
		.len = 1, .mask = 0x60, .labels = option_class, .ref = "RFC 791 3.1"},
	[IP_OPT_NUMBER] = {"ip.opt.type.number", "Number", NI_U8, NI_DEC, 2,
		.len = 1, .mask = 0x1f, .labels = option_number, .ref = "RFC 791 3.1"},
	[IP_OPT_LEN] = {"ip.opt.len", "Length", NI_U8, NI_DEC, 1},
	[IP_OPT_PTR] = {"ip.opt.ptr", "Pointer", NI_U8, NI_DEC, 1},
	[IP_OPT_OVERFLOW] = {"ip.opt.overflow", "Overflow", NI_U8, NI_DEC, 1,
		.len = 1, .mask = 0xf0},
	[IP_OPT_FLAG] = {"ip.opt.flag", "Flag", NI_U8, NI_HEX, 1,
		.len = 1, .mask = 0x0f, .labels = time_stamp_flag},
	[IP_OPT_TIME] = {"ip.opt.time_stamp", "Time stamp", NI_U32, NI_DEC, 1,
		.doc = "Milliseconds since midnight UTC."},
	[IP_OPT_TIME_ADDR] = {"ip.opt.time_stamp_addr", "Address", NI_IP4, .depth = 1},
	[IP_REC_RT] = {"ip.rec_rt", "Recorded Route", NI_IP4, .depth = 1},
	[IP_CUR_RT] = {"ip.cur_rt", "Current Route", NI_IP4, .depth = 1},
	[IP_SRC_RT] = {"ip.src_rt", "Source Route", NI_IP4, .depth = 1},
	[IP_EMPTY_RT] = {"ip.empty_rt", "Empty Route", NI_IP4, .depth = 1},
	[IP_OPT_SID] = {"ip.opt.sid", "Stream Identifier", NI_U16, NI_DEC, 1},
	[IP_OPT_MTU] = {"ip.opt.mtu", "MTU", NI_U16, NI_DEC, 1, .ref = "RFC 1063"},
	[IP_OPT_ID_NUMBER] = {"ip.opt.id_number", "ID Number", NI_U16, NI_DEC, 1,
		.ref = "RFC 1393"},
	[IP_OPT_OHC] = {"ip.opt.ohc", "Outbound Hop Count", NI_U16, NI_DEC, 1, .ref = "RFC 1393"},
	[IP_OPT_RHC] = {"ip.opt.rhc", "Return Hop Count", NI_U16, NI_DEC, 1, .ref = "RFC 1393"},
	[IP_OPT_ORIGINATOR] = {"ip.opt.originator", "Originator IP Address", NI_IP4, .depth = 1,
		.ref = "RFC 1393"},
	[IP_OPT_RA] = {"ip.opt.ra", "Router Alert", NI_U16, NI_DEC, 1, .labels = router_alert,
		.ref = "RFC 2113"},
	[IP_OPT_ADDR] = {"ip.opt.addr", "IP Address", NI_IP4, .depth = 1, .ref = "RFC 1770"},
	[IP_OPT_PADDING] = {"ip.opt.padding", "Padding", NI_BYTES, .depth = 1},
	[IP_OPT_QS_FUNC] = {"ip.opt.qs_func", "Function", NI_U8, NI_DEC, 1,
		.len = 1, .mask = 0xf0, .labels = ni_quick_start_func, .ref = "RFC 4782"},
	[IP_OPT_QS_RATE] = {"ip.opt.qs_rate", "Rate", NI_U8, NI_DEC, 1,
		.len = 1, .mask = 0x0f, .labels = ni_quick_start_rate, .ref = "RFC 4782"},
	[IP_OPT_QS_TTL] = {"ip.opt.qs_ttl", "QS TTL", NI_U8, NI_DEC, 1, .ref = "RFC 4782"},
	[IP_OPT_QS_UNUSED] = {"ip.opt.qs_unused", "Not Used", NI_U8, NI_DEC, 1},
	[IP_OPT_QS_NONCE] = {"ip.opt.qs_nonce", "QS Nonce", NI_U32, NI_HEX, 1,
		.len = 4, .mask = 0xfffffffc, .ref = "RFC 4782"},
	[IP_OPT_QS_RESERVED] = {"ip.opt.qs_reserved", "Reserved", NI_U32, NI_HEX, 1,
		.len = 4, .mask = 3},
	[IP_OPT_SEC_CL] = {"ip.opt.sec_cl", "Classification Level", NI_U8, NI_HEX, 1,
		.labels = classification, .ref = "RFC 1108"},
	[IP_OPT_SEC_FLAGS] = {"ip.opt.sec_prot_auth_flags", "Protection Authority Flags", NI_U8,
		NI_HEX, 1, .ref = "RFC 1108"},
	[IP_OPT_SEC_RFC791] = {"ip.opt.sec_rfc791_sec", "Security", NI_U16, NI_HEX, 1,
		.labels = rfc791_security, .ref = "RFC 791 3.1"},
	[IP_OPT_SEC_COMP] = {"ip.opt.sec_rfc791_comp", "Compartments", NI_U16, NI_DEC, 1,
		.ref = "RFC 791 3.1"},
	[IP_OPT_SEC_HR] = {"ip.opt.sec_rfc791_hr", "Handling Restrictions", NI_STR, .depth = 1,
		.ref = "RFC 791 3.1"},
	[IP_OPT_SEC_TCC] = {"ip.opt.sec_rfc791_tcc", "Transmission Control Code", NI_STR,
		.depth = 1, .ref = "RFC 791 3.1"},
	[IP_OPT_EXT_CODE] = {"ip.opt.ext_sec_add_sec_info_format_code",
		"Additional Security Info Format Code", NI_U8, NI_HEX, 1, .ref = "RFC 1108"},
	[IP_OPT_EXT_INFO] = {"ip.opt.ext_sec_add_sec_info", "Additional Security Info", NI_BYTES,
		.depth = 1, .ref = "RFC 1108"},
	[IP_CIPSO_DOI] = {"ip.cipso.doi", "DOI", NI_U32, NI_DEC, 1, .ref = "FIPS 188"},
	[IP_CIPSO_TAG_TYPE] = {"ip.cipso.tag_type", "Tag Type", NI_U8, NI_DEC, 1,
		.ref = "FIPS 188"},
	[IP_CIPSO_LEVEL] = {"ip.cipso.sensitivity_level", "Sensitivity Level", NI_U8, NI_DEC, 1,
		.ref = "FIPS 188"},
	[IP_CIPSO_TAG_DATA] = {"ip.cipso.tag_data", "Tag data", NI_BYTES, .depth = 1},
	[IP_OPT_BAD_LEN] = {"ip.opt.len.invalid", "Invalid length for option", NI_NONE, .depth = 1},
	[IP_FRAGMENTS] = {"ip.fragments", "IPv4 Fragments", NI_BYTES, .flags = NI_F_COMPUTED},
	[IP_FRAGMENT] = {"ip.fragment", "IPv4 Fragment", NI_U64, NI_DEC, 1, NI_F_COMPUTED,
		.doc = "Number of a frame that carries a piece of this datagram."},
	[IP_FRAGMENT_OVERLAP] = {"ip.fragment.overlap", "Fragment overlap", NI_BOOL, 0, 1,
		NI_F_COMPUTED},
	[IP_FRAGMENT_CONFLICT] = {"ip.fragment.overlap.conflict",
		"Conflicting data in fragment overlap", NI_BOOL, 0, 1, NI_F_COMPUTED},
	[IP_FRAGMENT_COUNT] = {"ip.fragment.count", "Fragment count", NI_U32, NI_DEC, 1,
		NI_F_COMPUTED},
	[IP_REASSEMBLED_LEN] = {"ip.reassembled.length", "Reassembled IPv4 length", NI_U32, NI_DEC,
		1, NI_F_COMPUTED},
	[IP_REASSEMBLED_DATA] = {"ip.reassembled.data", "Reassembled IPv4 data", NI_BYTES,
		.depth = 1, .flags = NI_F_COMPUTED},
	{0},
};
/* clang-format on */
