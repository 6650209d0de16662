/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IGMP: RFC 1112 (version 1), RFC 2236 (version 2), RFC 3376 (version 3)
 *
 * OFFSET SIZE FIELD (queries, and reports of versions 1 and 2)
 *      0    1 type
 *      1    1 longest response time in 1/10 s; version 1: 0
 *      2    2 checksum
 *      4    4 group; 0 in a general query
 * a query of version 3 goes on:
 *      8    1 reserved (4 bits), suppress (1), querier's robustness (3)
 *      9    1 querier's interval, coded as the response time
 *     10    2 number of sources
 *     12 4n   sources
 * a report of version 3:
 *      4    2 reserved
 *      6    2 number of group records
 *      8  var records: type (1), words of auxiliary data (1), number of sources (2), group (4),
 *             sources (4 each), auxiliary data
 *
 * Not decoded: version 0, DVMRP, PIM version 1 and traceroute, which share the protocol number.
 */
#include "netinspect/proto.h"

#include "cksum.h"
#include "i18n.h"
#include "inet.h"

enum { HDR = 8, V3_QUERY = 12, RECORD = 8, IGMP = 2, FLOATING = 0x80 };
enum { QUERY = 0x11, V1_REPORT = 0x12, DVMRP = 0x13, PIM = 0x14, V2_REPORT = 0x16, LEAVE = 0x17 };
enum { V3_REPORT = 0x22 };

static const struct ni_note_def note_bad = {"igmp.checksum_bad", N_("the IGMP checksum is wrong"),
					    "RFC 2236 2.3", NI_ERROR};

static const struct ni_label types[] = {
    {0x01, 0x01, "Create Group Request"},  {0x02, 0x02, "Create Group Reply"},
    {0x03, 0x03, "Join Group Request"},    {0x04, 0x04, "Join Group Reply"},
    {0x05, 0x05, "Leave Group Request"},   {0x06, 0x06, "Leave Group Reply"},
    {0x07, 0x07, "Confirm Group Request"}, {0x08, 0x08, "Confirm Group Reply"},
    {0x11, 0x11, "Membership Query"},      {0x12, 0x12, "Membership Report"},
    {0x13, 0x13, "DVMRP Protocol"},        {0x14, 0x14, "PIM Routing Message"},
    {0x16, 0x16, "Membership Report"},     {0x17, 0x17, "Leave Group"},
    {0x1e, 0x1e, "Traceroute Response"},   {0x1f, 0x1f, "Traceroute Query"},
    {0x22, 0x22, "Membership Report"},     {0, 0, NULL},
};

enum record_type { INCLUDE = 1, EXCLUDE, TO_INCLUDE, TO_EXCLUDE, ALLOW, BLOCK };

static const struct ni_label record_types[] = {
    {1, 1, "Mode Is Include"},
    {2, 2, "Mode Is Exclude"},
    {3, 3, "Change To Include Mode"},
    {4, 4, "Change To Exclude Mode"},
    {5, 5, "Allow New Sources"},
    {6, 6, "Block Old Sources"},
    {0, 0, NULL},
};

/* 0: not a message that is taken apart. */
static unsigned
version_of(struct ni_span s)
{
	if (s.cap < 2)
		return 0;
	switch (s.p[0]) {
	case QUERY:
		return s.len >= V3_QUERY ? 3 : s.p[1] ? 2 : 1;
	case V1_REPORT:
		return 1;
	case V2_REPORT:
	case LEAVE:
		return 2;
	case V3_REPORT:
		return 3;
	default:
		return 0;
	}
}

/* Values from 128 are a floating point number (RFC 3376 4.1.1). */
static unsigned
decode_time(uint8_t v)
{
	return v < FLOATING ? v : ((v & 15U) | 16U) << ((v >> 4 & 7) + 3);
}

static bool
get_version(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	v->u = version_of(s);
	return v->u != 0;
}

/* Versions 1 and 2 have 8 bytes, and what stands behind them is not summed. */
static struct ni_cksum_result
verify(const struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_span s = ni_layer_span(d, l);
	struct ni_cksum_field f = {.off = 2, .cover = l->len};
	unsigned version = version_of(s);
	if ((version == 1 || version == 2) && l->len > HDR)
		f.cover = HDR;
	return ni_cksum_segment(d, l, &f);
}

static bool
get_status(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	v->u = verify(d, l).status;
	return s.cap >= 4 && version_of(s);
}

enum {
	F_VERSION,
	F_TYPE,
	F_MAX_RESP,
	F_MAX_RESP_EXP,
	F_MAX_RESP_MANT,
	F_RESERVED,
	F_CHECKSUM,
	F_CHECKSUM_STATUS,
	F_MADDR,
	F_S,
	F_QRV,
	F_QQIC,
	F_NUM_SRC,
	F_SADDR,
	F_NUM_RECORDS,
	F_RECORD_TYPE,
	F_AUX_LEN,
	F_REC_NUM_SRC,
	F_REC_MADDR,
	F_REC_SADDR,
	F_AUX_DATA,
	F_DATA,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_VERSION] = {"igmp.version", "IGMP Version", NI_U8, NI_DEC, .flags = NI_F_COMPUTED,
		.get = get_version},
	[F_TYPE] = {"igmp.type", "Type", NI_U8, NI_HEX, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .labels = types, .ref = "RFC 3376 4"},
	[F_MAX_RESP] = {"igmp.max_resp", "Max Resp Time", NI_U8, NI_DEC, .ref = "RFC 3376 4.1.1",
		.doc = "In tenths of a second."},
	[F_MAX_RESP_EXP] = {"igmp.max_resp.exp", "Exponent", NI_U8, NI_HEX, 1,
		.len = 1, .mask = 0x70},
	[F_MAX_RESP_MANT] = {"igmp.max_resp.mant", "Mantissa", NI_U8, NI_HEX, 1,
		.len = 1, .mask = 0x0f},
	[F_RESERVED] = {"igmp.reserved", "Reserved", NI_BYTES},
	[F_CHECKSUM] = {"igmp.checksum", "Checksum", NI_U16, NI_HEX, .off = 2, .len = 2,
		.ref = "RFC 3376 4.1.2"},
	[F_CHECKSUM_STATUS] = {"igmp.checksum.status", "Checksum Status", NI_U8, NI_DEC,
		.flags = NI_F_COMPUTED, .labels = ni_cksum_status, .get = get_status},
	[F_MADDR] = {"igmp.maddr", "Multicast Address", NI_IP4, .ref = "RFC 3376 4.1.3"},
	[F_S] = {"igmp.s", "S", NI_BOOL, .len = 1, .mask = 0x08, .ref = "RFC 3376 4.1.5",
		.doc = "Routers are not to process this query."},
	[F_QRV] = {"igmp.qrv", "QRV", NI_U8, NI_DEC, .len = 1, .mask = 0x07,
		.ref = "RFC 3376 4.1.6"},
	[F_QQIC] = {"igmp.qqic", "QQIC", NI_U8, NI_DEC, .ref = "RFC 3376 4.1.7"},
	[F_NUM_SRC] = {"igmp.num_src", "Num Src", NI_U16, NI_DEC, .ref = "RFC 3376 4.1.8"},
	[F_SADDR] = {"igmp.saddr", "Source Address", NI_IP4, .ref = "RFC 3376 4.1.9"},
	[F_NUM_RECORDS] = {"igmp.num_grp_recs", "Num Group Records", NI_U16, NI_DEC,
		.ref = "RFC 3376 4.2.3"},
	[F_RECORD_TYPE] = {"igmp.record_type", "Record Type", NI_U8, NI_DEC,
		.labels = record_types, .ref = "RFC 3376 4.2.12"},
	[F_AUX_LEN] = {"igmp.aux_data_len", "Aux Data Len", NI_U8, NI_DEC, 1,
		.ref = "RFC 3376 4.2.6"},
	[F_REC_NUM_SRC] = {"igmp.num_src", "Num Src", NI_U16, NI_DEC, 1,
		.ref = "RFC 3376 4.2.7"},
	[F_REC_MADDR] = {"igmp.maddr", "Multicast Address", NI_IP4, .depth = 1,
		.ref = "RFC 3376 4.2.8"},
	[F_REC_SADDR] = {"igmp.saddr", "Source Address", NI_IP4, .depth = 1,
		.ref = "RFC 3376 4.2.9"},
	[F_AUX_DATA] = {"igmp.aux_data", "Aux Data", NI_BYTES, .depth = 1,
		.ref = "RFC 3376 4.2.10"},
	[F_DATA] = {"igmp.data", "Data", NI_BYTES},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	l->hdr = (uint16_t)(s.len < UINT16_MAX ? s.len : UINT16_MAX);
	if (ni_checking(d) && version_of(s) && verify(d, l).status == NI_CKSUM_BAD)
		ni_note(d, l, &note_bad);
	return NI_OK;
}

static void
put_sources(struct ni_walk *w, struct ni_cur *c, const struct ni_field *f, uint32_t n)
{
	while (n-- && c->rc == NI_OK) {
		uint32_t off = c->off;
		if (ni_take(c, 4))
			ni_put_bytes(w, f, off, 4);
	}
}

static void
put_query(struct ni_walk *w, struct ni_span s)
{
	struct ni_cur c = ni_cur(s);
	if (s.cap < V3_QUERY)
		return;
	ni_put_uint(w, &fields[F_S], 8, 1, s.p[8]);
	ni_put_uint(w, &fields[F_QRV], 8, 1, s.p[8]);
	ni_put_uint(w, &fields[F_QQIC], 9, 1, s.p[9]);
	ni_put_uint(w, &fields[F_NUM_SRC], 10, 2, ni_be16(s.p + 10));
	ni_skip(&c, V3_QUERY);
	put_sources(w, &c, &fields[F_SADDR], ni_be16(s.p + 10));
}

static void
put_records(struct ni_walk *w, struct ni_span s)
{
	struct ni_cur c = ni_cur(s);
	uint32_t n = ni_be16(s.p + 6);
	ni_put_bytes(w, &fields[F_RESERVED], 4, 2);
	ni_put_uint(w, &fields[F_NUM_RECORDS], 6, 2, n);
	ni_skip(&c, HDR);
	while (n-- && ni_more(&c)) {
		uint32_t off = c.off;
		const uint8_t *p = ni_take(&c, RECORD);
		if (!p)
			return;
		uint32_t sources = ni_be16(p + 2);
		uint32_t aux = p[1] * 4U;
		ni_put_uint(w, &fields[F_RECORD_TYPE], off, 1, p[0]);
		ni_put_uint(w, &fields[F_AUX_LEN], off + 1, 1, p[1]);
		ni_put_uint(w, &fields[F_REC_NUM_SRC], off + 2, 2, sources);
		ni_put_bytes(w, &fields[F_REC_MADDR], off + 4, 4);
		put_sources(w, &c, &fields[F_REC_SADDR], sources);
		off = c.off;
		if (aux && ni_take(&c, aux))
			ni_put_bytes(w, &fields[F_AUX_DATA], off, aux);
	}
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	unsigned version = version_of(s);
	ni_put_range(w, &fields[F_VERSION], &fields[F_TYPE]);
	if (!version || s.cap < HDR) {
		if (s.len > 1)
			ni_put_bytes(w, &fields[F_DATA], 1, s.len - 1);
		return;
	}
	bool timed = version == 2 || (version == 3 && s.p[0] == QUERY);
	if (timed)
		ni_put_uint(w, &fields[F_MAX_RESP], 1, 1,
			    version == 3 ? decode_time(s.p[1]) : s.p[1]);
	else
		ni_put_bytes(w, &fields[F_RESERVED], 1, 1);
	if (timed && version == 3 && s.p[1] >= FLOATING) {
		ni_put_uint(w, &fields[F_MAX_RESP_EXP], 1, 1, s.p[1]);
		ni_put_uint(w, &fields[F_MAX_RESP_MANT], 1, 1, s.p[1]);
	}
	ni_put_range(w, &fields[F_CHECKSUM], &fields[F_CHECKSUM_STATUS]);
	if (s.p[0] == V3_REPORT) {
		put_records(w, s);
		return;
	}
	ni_put_bytes(w, &fields[F_MADDR], 4, 4);
	if (version == 3)
		put_query(w, s);
}

static void
print_list(struct ni_buf *b, struct ni_cur *c, uint32_t n)
{
	ni_buf_c(b, '{');
	for (bool first = true; n && c->rc == NI_OK; n--, first = false) {
		const uint8_t *p = ni_take(c, 4);
		if (!p)
			break;
		ni_buf_str(b, first ? "" : ", ");
		ni_buf_ip4(b, p);
	}
	ni_buf_c(b, '}');
}

/* What a record means: mode "include nothing" is leaving, mode "exclude nothing" joining. */
static void
print_record(struct ni_buf *b, const uint8_t *p, struct ni_cur *c)
{
	uint32_t n = ni_be16(p + 2);
	bool include = p[0] == INCLUDE || p[0] == TO_INCLUDE;
	if (include || p[0] == EXCLUDE || p[0] == TO_EXCLUDE) {
		ni_buf_str(b, include && !n ? " / Leave group " : " / Join group ");
		ni_buf_ip4(b, p + 4);
		if (!include)
			ni_buf_str(b, n ? " for source not in " : " for any sources");
		else if (n)
			ni_buf_str(b, " for source ");
		if (n)
			print_list(b, c, n);
		return;
	}
	ni_buf_str(b, " / Group ");
	ni_buf_ip4(b, p + 4);
	if (p[0] == ALLOW || p[0] == BLOCK) {
		ni_buf_str(b, p[0] == ALLOW ? ", new source " : ", block source ");
		print_list(b, c, n);
		return;
	}
	ni_buf_str(b, ", ");
	print_list(b, c, n);
}

static void
print_records(struct ni_buf *b, struct ni_span s)
{
	struct ni_cur c = ni_cur(s);
	uint32_t n = ni_be16(s.p + 6);
	ni_skip(&c, HDR);
	while (n-- && ni_more(&c)) {
		const uint8_t *p = ni_take(&c, RECORD);
		if (!p)
			return;
		struct ni_cur sources = ni_sub(&c, ni_be16(p + 2) * 4U);
		print_record(b, p, &sources);
		ni_skip(&c, p[1] * 4U);
	}
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (!s.cap)
		return;
	const char *name = ni_label_find(types, s.p[0]);
	unsigned version = version_of(s);
	if (name)
		ni_buf_str(b, name);
	else
		ni_buf_fmt(b, "Unknown Type:0x%02x", s.p[0]);
	if (s.cap < HDR || version < 2)
		return;
	if (s.p[0] == V3_REPORT) {
		print_records(b, s);
		return;
	}
	if (s.p[0] != QUERY) {
		ni_buf_str(b, s.p[0] == LEAVE ? " " : " group ");
		ni_buf_ip4(b, s.p + 4);
		return;
	}
	if (!ni_be32(s.p + 4)) {
		ni_buf_str(b, ", general");
		return;
	}
	ni_buf_str(b, ", specific for group ");
	ni_buf_ip4(b, s.p + 4);
	if (version == 3 && s.cap >= V3_QUERY && ni_be16(s.p + 10)) {
		struct ni_cur c = ni_cur(s);
		ni_skip(&c, V3_QUERY);
		ni_buf_str(b, ", sources ");
		print_list(b, &c, ni_be16(s.p + 10));
	}
}

static const char *
column(const struct ni_dis *d, const struct ni_layer *l)
{
	static const char *const names[] = {"IGMP", "IGMPv1", "IGMPv2", "IGMPv3"};
	struct ni_span s = ni_layer_span(d, l);
	return names[version_of(s)];
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, IGMP},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_igmp = {
    .key = "igmp",
    .name = "IGMP",
    .title = "Internet Group Management Protocol",
    .ref = "RFC 3376",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .column = column,
};

const struct ni_proto *const ni_protos_igmp[] = {&ni_proto_igmp, NULL};
