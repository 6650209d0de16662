/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LLC and SNAP: IEEE 802.2, IEEE 802 clause 9 (SNAP), RFC 1042 (IP over it)
 *
 * OFFSET SIZE FIELD
 *      0    1 destination service access point; lowest bit: group
 *      1    1 source service access point; lowest bit: response
 *      2  1/2 control: one byte for unnumbered frames, two for information and supervisory ones
 * with both SAPs 0xaa and control 0x03 (unnumbered information):
 *      3    3 organisation; 0: what follows is an EtherType
 *      6    2 EtherType or the organisation's own protocol number
 *
 * Not decoded: spanning tree and other payloads, which are named by their SAP.
 */
#include "eth.h"

#include "labels.h"
#include "protos.h"

enum { SNAP = 0xaa, UI = 0x03, SNAP_HDR = 8, OUI_BRIDGED = 0x0000f8, OUI_CISCO = 0x00000c };

static const struct ni_label saps[] = {
    {0x00, 0x01, "NULL LSAP"},
    {0x02, 0x03, "LLC Sub-Layer Management"},
    {0x04, 0x05, "SNA Path Control"},
    {0x06, 0x07, "TCP/IP"},
    {0x08, 0x09, "SNA"},
    {0x0c, 0x0d, "SNA"},
    {0x0e, 0x0f, "PROWAY (IEC955) Network Management and Initialization"},
    {0x10, 0x11, "NetWare (unofficial?)"},
    {0x14, 0x15, "ISO Network Layer (OSLAN 1)"},
    {0x18, 0x19, "Texas Instruments"},
    {0x20, 0x21, "ISO Network Layer (unofficial?)"},
    {0x34, 0x35, "ISO Network Layer (unofficial?)"},
    {0x42, 0x43, "Spanning Tree BPDU"},
    {0x4e, 0x4f, "EIA RS-511 Manufacturing Message Service"},
    {0x54, 0x55, "ISO Network Layer (OSLAN 2)"},
    {0x7e, 0x7f, "ISO 8208 (X.25 over 802.2)"},
    {0x80, 0x81, "XNS"},
    {0x82, 0x83, "BACnet"},
    {0x86, 0x87, "Nestar"},
    {0x8e, 0x8f, "PROWAY (IEC955) Active Station List Maintenance"},
    {0x98, 0x99, "ARP"},
    {0xaa, 0xab, "SNAP"},
    {0xb4, 0xb5, "HP JetDirect Printer"},
    {0xba, 0xba, "Banyan Vines"},
    {0xbc, 0xbd, "Banyan Vines"},
    {0xe0, 0xe1, "NetWare"},
    {0xf0, 0xf1, "NetBIOS"},
    {0xf4, 0xf5, "IBM Net Management"},
    {0xf8, 0xf9, "HP Extended LLC"},
    {0xfa, 0xfb, "Ungermann-Bass"},
    {0xfc, 0xfd, "Remote Program Load"},
    {0xfe, 0xfe, "ISO Network Layer"},
    {0xff, 0xff, "Global LSAP"},
    {0, 0, NULL},
};

static const struct ni_label group[] = {{0, 0, "Individual"}, {1, 1, "Group"}, {0, 0, NULL}};
static const struct ni_label response[] = {{0, 0, "Command"}, {1, 1, "Response"}, {0, 0, NULL}};

static const struct ni_label frame_types[] = {
    {0, 0, "Information frame"},
    {2, 2, "Information frame"},
    {1, 1, "Supervisory frame"},
    {3, 3, "Unnumbered frame"},
    {0, 0, NULL},
};

static const struct ni_label supervisory[] = {
    {0, 0, "Receiver ready"},
    {1, 1, "Receiver not ready"},
    {2, 2, "Reject"},
    {3, 3, "Selective reject"},
    {0, 0, NULL},
};

/* By the modifier bits with the low two gone: 0xec >> 2. */
static const struct ni_label unnumbered[] = {
    {0x00, 0x00, "Unnumbered Information"},
    {0x08, 0x08, "Unnumbered Poll"},
    {0x10, 0x10, "Disconnect"},
    {0x18, 0x18, "Unnumbered Acknowledge"},
    {0x20, 0x20, "Set Normal Response Mode"},
    {0x38, 0x38, "Test"},
    {0x01, 0x01, "Set Initialization Mode"},
    {0x21, 0x21, "Frame reject"},
    {0x03, 0x03, "Set Asynchronous Response Mode"},
    {0x0b, 0x0b, "Set Asynchronous Balanced Mode"},
    {0x1b, 0x1b, "Set Asynchronous Balanced Mode Extended"},
    {0x23, 0x23, "Reset"},
    {0x2b, 0x2b, "Exchange identification"},
    {0, 0, NULL},
};

enum {
	F_DSAP,
	F_DSAP_SAP,
	F_DSAP_IG,
	F_SSAP,
	F_SSAP_SAP,
	F_SSAP_CR,
	F_CONTROL,
	F_N_R,
	F_N_S,
	F_P,
	F_F,
	F_S_FTYPE,
	F_COMMAND,
	F_RESPONSE,
	F_FTYPE,
	F_FTYPE_U,
	F_OUI,
	F_TYPE,
	F_PID,
	F_CISCO_PID,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_DSAP] = {"llc.dsap", "DSAP", NI_U8, NI_HEX, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .labels = saps, .ref = "IEEE 802.2 3.3.1"},
	[F_DSAP_SAP] = {"llc.dsap.sap", "SAP", NI_U8, NI_DEC, 1, NI_F_FIXED,
		.off = 0, .len = 1, .mask = 0xfe},
	[F_DSAP_IG] = {"llc.dsap.ig", "IG Bit", NI_BOOL, 0, 1, NI_F_FIXED,
		.off = 0, .len = 1, .mask = 1, .labels = group},
	[F_SSAP] = {"llc.ssap", "SSAP", NI_U8, NI_HEX, .flags = NI_F_FIXED,
		.off = 1, .len = 1, .labels = saps, .ref = "IEEE 802.2 3.3.1"},
	[F_SSAP_SAP] = {"llc.ssap.sap", "SAP", NI_U8, NI_DEC, 1, NI_F_FIXED,
		.off = 1, .len = 1, .mask = 0xfe},
	[F_SSAP_CR] = {"llc.ssap.cr", "CR Bit", NI_BOOL, 0, 1, NI_F_FIXED,
		.off = 1, .len = 1, .mask = 1, .labels = response},
	[F_CONTROL] = {"llc.control", "Control", NI_U16, NI_HEX, .ref = "IEEE 802.2 5.2"},
	[F_N_R] = {"llc.control.n_r", "N(R)", NI_U16, NI_DEC, 1, .len = 2, .mask = 0xfe00},
	[F_N_S] = {"llc.control.n_s", "N(S)", NI_U16, NI_DEC, 1, .len = 2, .mask = 0x00fe},
	[F_P] = {"llc.control.p", "Poll", NI_BOOL, 0, 1},
	[F_F] = {"llc.control.f", "Final", NI_BOOL, 0, 1},
	[F_S_FTYPE] = {"llc.control.s_ftype", "Supervisory frame type", NI_U16, NI_HEX, 1,
		.len = 2, .mask = 0x000c, .labels = supervisory},
	[F_COMMAND] = {"llc.control.u_modifier_cmd", "Command", NI_U8, NI_HEX, 1,
		.len = 1, .mask = 0xec, .labels = unnumbered},
	[F_RESPONSE] = {"llc.control.u_modifier_resp", "Response", NI_U8, NI_HEX, 1,
		.len = 1, .mask = 0xec, .labels = unnumbered},
	[F_FTYPE] = {"llc.control.ftype", "Frame type", NI_U16, NI_HEX, 1,
		.labels = frame_types},
	[F_FTYPE_U] = {"llc.control.ftype", "Frame type", NI_U8, NI_HEX, 1,
		.labels = frame_types},
	[F_OUI] = {"llc.oui", "Organization Code", NI_U24, NI_DEC, .ref = "RFC 1042"},
	[F_TYPE] = {"llc.type", "Type", NI_U16, NI_HEX, .labels = ni_ethertypes,
		.ref = "RFC 1042"},
	[F_PID] = {"llc.pid", "Protocol ID", NI_U16, NI_HEX},
	[F_CISCO_PID] = {"llc.cisco_pid", "PID", NI_U16, NI_HEX},
	{0},
};
/* clang-format on */

static bool
is_unnumbered(const uint8_t *p)
{
	return (p[2] & 3) == 3;
}

static bool
is_snap(const uint8_t *p)
{
	return p[0] == SNAP && p[1] == SNAP && p[2] == UI;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need(s, 3);
	if (rc != NI_OK)
		return rc;
	uint32_t hdr = is_snap(s.p) ? SNAP_HDR : is_unnumbered(s.p) ? 3 : 4;
	rc = ni_need(s, hdr);
	if (rc != NI_OK)
		return rc;
	l->hdr = (uint16_t)hdr;
	struct ni_span rest = ni_from(s, hdr);
	if (!is_snap(s.p)) {
		bool carries = (s.p[2] & 1) == 0 || s.p[2] == UI;
		if (carries)
			ni_next(d, NI_BY_LLC, s.p[0], rest);
		else
			ni_next_proto(d, &ni_proto_data, rest);
		return NI_OK;
	}
	uint32_t oui = ni_be24(s.p + 3);
	if (oui == 0 || oui == OUI_BRIDGED)
		ni_next(d, NI_BY_ETHERTYPE, ni_be16(s.p + 6), rest);
	else
		ni_next_proto(d, &ni_proto_data, rest);
	return NI_OK;
}

static void
put_control(struct ni_walk *w, struct ni_span s)
{
	bool final = s.p[1] & 1;
	if (is_unnumbered(s.p)) {
		ni_put_uint(w, &fields[F_CONTROL], 2, 1, s.p[2]);
		ni_put_uint(w, &fields[final ? F_RESPONSE : F_COMMAND], 2, 1, s.p[2]);
		if (s.p[2] & 0x10)
			ni_put_uint(w, &fields[final ? F_F : F_P], 2, 1, 1);
		ni_put_uint(w, &fields[F_FTYPE_U], 2, 1, 3);
		return;
	}
	if (s.cap < 4)
		return;
	uint16_t v = (uint16_t)(s.p[3] << 8 | s.p[2]);
	ni_put_uint(w, &fields[F_CONTROL], 2, 2, v);
	ni_put_uint(w, &fields[F_N_R], 2, 2, v);
	if (v & 1)
		ni_put_uint(w, &fields[F_S_FTYPE], 2, 2, v);
	else
		ni_put_uint(w, &fields[F_N_S], 2, 2, v);
	if (v & 0x100)
		ni_put_uint(w, &fields[final ? F_F : F_P], 2, 2, 1);
	ni_put_uint(w, &fields[F_FTYPE], 2, 2, v & 1);
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	ni_put_range(w, &fields[F_DSAP], &fields[F_SSAP_CR]);
	if (s.cap < 3)
		return;
	put_control(w, s);
	if (!is_snap(s.p) || s.cap < SNAP_HDR)
		return;
	uint32_t oui = ni_be24(s.p + 3);
	unsigned row = oui == 0 || oui == OUI_BRIDGED ? F_TYPE
		       : oui == OUI_CISCO             ? F_CISCO_PID
						      : F_PID;
	ni_put_uint(w, &fields[F_OUI], 3, 3, oui);
	ni_put_uint(w, &fields[row], 6, 2, ni_be16(s.p + 6));
}

static void
print_sap(struct ni_buf *b, uint8_t sap)
{
	const char *name = ni_label_find(saps, sap & 0xfe);
	if (name)
		ni_buf_str(b, name);
	else
		ni_buf_fmt(b, "0x%02x", sap & 0xfe);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	static const char *const s_names[4] = {"RR", "RNR", "REJ", "SREJ"};
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < 4)
		return;
	if (is_unnumbered(s.p)) {
		const char *name = ni_label_find(unnumbered, (s.p[2] & 0xec) >> 2);
		ni_buf_fmt(b, "U, func=%s", s.p[2] == UI ? "UI" : name ? name : "Unknown");
	} else if (s.p[2] & 1) {
		ni_buf_fmt(b, "S, func=%s, N(R)=%u", s_names[s.p[2] >> 2 & 3], s.p[3] >> 1);
	} else {
		ni_buf_fmt(b, "I, N(R)=%u, N(S)=%u", s.p[3] >> 1, s.p[2] >> 1);
	}
	ni_buf_str(b, "; DSAP ");
	print_sap(b, s.p[0]);
	ni_buf_fmt(b, " %s, SSAP ", group[s.p[0] & 1].text);
	print_sap(b, s.p[1]);
	ni_buf_fmt(b, " %s", response[s.p[1] & 1].text);
}

static const struct ni_bind binds[] = {
    {NI_BY_LLC, NI_LLC_ITSELF},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_llc = {
    .key = "llc",
    .name = "LLC",
    .title = "Logical-Link Control",
    .ref = "IEEE 802.2",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
};

const struct ni_proto *const ni_protos_llc[] = {&ni_proto_llc, NULL};
