/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PPPoE: RFC 2516, RFC 4638 (larger payloads)
 *
 * OFFSET SIZE FIELD
 *      0    1 version 1 (4 bits), type 1 (4)
 *      1    1 code; 0 in a session
 *      2    2 session id
 *      4    2 length of what follows
 *      6  var session: PPP without address and control; discovery: tags
 * a tag:
 *      0    2 type
 *      2    2 length of its value
 *      4  var value
 *
 * Not decoded: vendor specific tags, credits and metrics (RFC 5578).
 */
#include "netinspect/proto.h"

#include "i18n.h"
#include "ppp.h"

enum { HDR = 6, SESSION = 0x8864, DISCOVERY = 0x8863, LINKTYPE = 51 };

static const struct ni_note_def note_len = {
    "pppoe.length_exceeds_frame", N_("the PPPoE length claims more bytes than the frame has"),
    "RFC 2516 4", NI_ERROR};

static const struct ni_label codes[] = {
    {0x00, 0x00, "Session Data"},
    {0x07, 0x07, "Active Discovery Offer (PADO)"},
    {0x09, 0x09, "Active Discovery Initiation (PADI)"},
    {0x0a, 0x0a, "Active Discovery Session-Grant (PADG)"},
    {0x0b, 0x0b, "Active Discovery Session-Credit Resp.(PADC)"},
    {0x0c, 0x0c, "Active Discovery Quality (PADQ)"},
    {0x19, 0x19, "Active Discovery Request (PADR)"},
    {0x65, 0x65, "Active Discovery Session-confirmation (PADS)"},
    {0xa7, 0xa7, "Active Discovery Terminate (PADT)"},
    {0xd3, 0xd3, "Active Discovery Message (PADM)"},
    {0xd4, 0xd4, "Active Discovery Network (PADN)"},
    {0, 0, NULL},
};

static const struct ni_label tags[] = {
    {0x0000, 0x0000, "End-Of-List"},
    {0x0101, 0x0101, "Service-Name"},
    {0x0102, 0x0102, "AC-Name"},
    {0x0103, 0x0103, "Host-Uniq"},
    {0x0104, 0x0104, "AC-Cookie"},
    {0x0105, 0x0105, "Vendor-Specific"},
    {0x0106, 0x0106, "Credits"},
    {0x0107, 0x0107, "Metrics"},
    {0x0108, 0x0108, "Sequence Number"},
    {0x0109, 0x0109, "Credit Scale Factor"},
    {0x0110, 0x0110, "Relay-Session-Id"},
    {0x0111, 0x0111, "HURL"},
    {0x0112, 0x0112, "MOTM"},
    {0x0120, 0x0120, "PPP-Max-Payload"},
    {0x0121, 0x0121, "IP Route Add"},
    {0x0201, 0x0201, "Service-Name-Error"},
    {0x0202, 0x0202, "AC-System-Error"},
    {0x0203, 0x0203, "Generic-Error"},
    {0, 0, NULL},
};

enum {
	F_VERSION,
	F_TYPE,
	F_CODE,
	F_SESSION,
	F_LENGTH,
	F_TAGS,
	F_TAG,
	F_TAG_LENGTH,
	F_SERVICE_NAME,
	F_AC_NAME,
	F_HOST_UNIQ,
	F_AC_COOKIE,
	F_RELAY,
	F_HURL,
	F_MOTM,
	F_MAX_PAYLOAD,
	F_SERVICE_ERROR,
	F_SYSTEM_ERROR,
	F_GENERIC_ERROR,
	F_UNKNOWN,
};

/* clang-format off */
#define HEADER                                                                                     \
	[F_VERSION] = {"pppoe.version", "Version", NI_U8, NI_DEC, .flags = NI_F_FIXED,             \
		.off = 0, .len = 1, .mask = 0xf0, .ref = "RFC 2516 4"},                            \
	[F_TYPE] = {"pppoe.type", "Type", NI_U8, NI_DEC, .flags = NI_F_FIXED,                      \
		.off = 0, .len = 1, .mask = 0x0f, .ref = "RFC 2516 4"},                            \
	[F_CODE] = {"pppoe.code", "Code", NI_U8, NI_HEX, .flags = NI_F_FIXED,                      \
		.off = 1, .len = 1, .labels = codes, .ref = "RFC 2516 4"},                         \
	[F_SESSION] = {"pppoe.session_id", "Session ID", NI_U16, NI_HEX, .flags = NI_F_FIXED,      \
		.off = 2, .len = 2, .ref = "RFC 2516 4"},                                          \
	[F_LENGTH] = {"pppoe.payload_length", "Payload Length", NI_U16, NI_DEC,                    \
		.flags = NI_F_FIXED, .off = 4, .len = 2, .ref = "RFC 2516 4"}

static const struct ni_field session_fields[] = {HEADER, {0}};

static const struct ni_field fields[] = {
	HEADER,
	[F_TAGS] = {"pppoed.tags", "PPPoE Tags", NI_NONE, .ref = "RFC 2516 appendix A"},
	[F_TAG] = {"pppoed.tag", "Tag", NI_U16, NI_HEX, 1, .labels = tags,
		.doc = "Of a tag whose value has no field of its own."},
	[F_TAG_LENGTH] = {"pppoed.tag_length", "Tag Length", NI_U16, NI_DEC, 2},
	[F_SERVICE_NAME] = {"pppoed.tags.service_name", "Service-Name", NI_STR, .depth = 2},
	[F_AC_NAME] = {"pppoed.tags.ac_name", "AC-Name", NI_STR, .depth = 2},
	[F_HOST_UNIQ] = {"pppoed.tags.host_uniq", "Host-Uniq", NI_BYTES, .depth = 2},
	[F_AC_COOKIE] = {"pppoed.tags.ac_cookie", "AC-Cookie", NI_BYTES, .depth = 2},
	[F_RELAY] = {"pppoed.tags.relay_session_id", "Relay-Session-Id", NI_BYTES, .depth = 2},
	[F_HURL] = {"pppoed.tags.hurl", "HURL", NI_BYTES, .depth = 2},
	[F_MOTM] = {"pppoed.tags.motm", "MOTM", NI_BYTES, .depth = 2},
	[F_MAX_PAYLOAD] = {"pppoed.tags.max_payload", "PPP-Max-Payload", NI_BYTES, .depth = 2,
		.ref = "RFC 4638"},
	[F_SERVICE_ERROR] = {"pppoed.tags.service_name_error", "Service-Name-Error", NI_STR,
		.depth = 2},
	[F_SYSTEM_ERROR] = {"pppoed.tags.ac_system_error", "AC-System-Error", NI_STR, .depth = 2},
	[F_GENERIC_ERROR] = {"pppoed.tags.generic_error", "Generic-Error", NI_STR, .depth = 2},
	[F_UNKNOWN] = {"pppoed.tag.unknown_data", "Unknown Data", NI_BYTES, .depth = 2},
	{0},
};
/* clang-format on */

static const struct {
	uint16_t tag;
	uint8_t row;
} values[] = {
    {0x0101, F_SERVICE_NAME}, {0x0102, F_AC_NAME},       {0x0103, F_HOST_UNIQ},
    {0x0104, F_AC_COOKIE},    {0x0110, F_RELAY},         {0x0111, F_HURL},
    {0x0112, F_MOTM},         {0x0120, F_MAX_PAYLOAD},   {0x0201, F_SERVICE_ERROR},
    {0x0202, F_SYSTEM_ERROR}, {0x0203, F_GENERIC_ERROR},
};

/* Check the header and shorten @s to the length it claims. */
static enum ni_rc
header(struct ni_dis *d, struct ni_layer *l, struct ni_span *s)
{
	enum ni_rc rc = ni_need(*s, HDR);
	if (rc != NI_OK)
		return rc;
	uint32_t n = ni_be16(s->p + 4);
	l->hdr = HDR;
	if (n > s->len - HDR)
		ni_note(d, l, &note_len);
	*s = ni_clip(*s, HDR + n);
	l->len = s->len;
	return NI_OK;
}

static enum ni_rc
decode_session(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = header(d, l, &s);
	if (rc == NI_OK)
		ni_next_proto(d, &ni_proto_ppp, ni_from(s, HDR));
	return rc;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = header(d, l, &s);
	if (rc == NI_OK)
		l->hdr = (uint16_t)(s.len < UINT16_MAX ? s.len : UINT16_MAX);
	return rc;
}

static unsigned
value_row(uint16_t tag)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (values[i].tag == tag)
			return values[i].row;
	return F_UNKNOWN;
}

static void
walk(struct ni_walk *w)
{
	struct ni_cur c = ni_cur(ni_layer_span(w->dis, w->layer));
	ni_put_range(w, &fields[F_VERSION], &fields[F_LENGTH]);
	ni_skip(&c, HDR);
	if (!ni_more(&c))
		return;
	ni_put_label(w, &fields[F_TAGS], HDR, ni_left(&c), NULL);
	while (ni_more(&c)) {
		uint32_t off = c.off;
		uint16_t tag = ni_take16(&c);
		uint16_t len = ni_take16(&c);
		if (c.rc != NI_OK)
			return;
		if (!tag)
			return;
		if (value_row(tag) == F_UNKNOWN) {
			ni_put_uint(w, &fields[F_TAG], off, 2, tag);
			ni_put_uint(w, &fields[F_TAG_LENGTH], off + 2, 2, len);
		}
		if (len && len <= ni_left(&c))
			ni_put_bytes(w, &fields[value_row(tag)], off + 4, len);
		ni_skip(&c, len);
	}
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < 2)
		return;
	const char *name = ni_label_find(codes, s.p[1]);
	ni_buf_str(b, name ? name : "Unknown code");
}

static const struct ni_bind session_binds[] = {
    {NI_BY_ETHERTYPE, SESSION},
    {NI_BY_LINKTYPE, LINKTYPE},
    {NI_NTABLES, 0},
};

static const struct ni_bind binds[] = {
    {NI_BY_ETHERTYPE, DISCOVERY},
    {NI_NTABLES, 0},
};

static const struct ni_proto session = {
    .key = "pppoes",
    .name = "PPPoES",
    .title = "PPP-over-Ethernet Session",
    .ref = "RFC 2516",
    .fields = session_fields,
    .binds = session_binds,
    .decode = decode_session,
    .summary = summary,
};

static const struct ni_proto discovery = {
    .key = "pppoed",
    .name = "PPPoED",
    .title = "PPP-over-Ethernet Discovery",
    .ref = "RFC 2516",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
};

const struct ni_proto *const ni_protos_pppoe[] = {&session, &discovery, NULL};
