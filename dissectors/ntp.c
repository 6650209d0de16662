/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NTP: RFC 5905 7.3 (version 4), RFC 1305 (3), RFC 1119 (2), RFC 1059 (1), RFC 4330 3 (eras),
 * RFC 7822 (extension fields), RFC 9327 (control), ntpd's private mode
 *
 * OFFSET SIZE FIELD
 *      0    1 leap indicator 2, version 3, mode 3
 *      1    1 stratum
 *      2    1 polling interval, log2 of seconds
 *      3    1 precision, log2 of seconds, signed
 *      4    4 root delay, 16.16 seconds
 *      8    4 root dispersion, 16.16 seconds
 *     12    4 reference id: text (stratum 0, 1), IPv4 address or hash of an IPv6 one (above)
 *     16    8 reference timestamp; timestamps are 32.32 seconds since 1900 or, from 2036 on, since
 *             then; the first bit tells. All zero: there is none
 *     24    8 origin timestamp
 *     32    8 receive timestamp
 *     40    8 transmit timestamp
 *     48      extension fields: type 2, length 2 (all of it, at least 16), value
 *             then nothing, or key id 4 and a digest, mostly of 16 or 20 bytes
 *
 * Not decoded: what control and private messages carry behind their headers; NTS and Autokey.
 */
#include "i18n.h"
#include "netinspect/proto.h"

#include <stdio.h>

enum {
	TIME_HDR = 48,
	CONTROL_HDR = 12,
	PRIVATE_HDR = 8,
	MODE_CONTROL = 6,
	MODE_PRIVATE = 7,
	XNTPD = 3,
	MIN_EXTENSION = 16,
	MIN_MAC = 20,
	NS = 1000000000,
};

/* From 1900, and from the turn of the era in 2036, to 1970. */
#define ERA_0_TO_UNIX 2208988800LL
#define ERA_1_TO_UNIX (ERA_0_TO_UNIX - (1LL << 32))

static const struct ni_note_def note_trailer = {
    "ntp.trailer_length",
    N_("what follows is neither extension fields nor a digest of a known size"), "RFC 7822 3",
    NI_WARN};

/* clang-format off */
static const struct ni_label leaps[] = {
	{0, 0, "no warning"},
	{1, 1, "last minute of the day has 61 seconds"},
	{2, 2, "last minute of the day has 59 seconds"},
	{3, 3, "clock not synchronized"},
	{0, 0, NULL},
};

static const struct ni_label versions[] = {
	{1, 1, "NTP Version 1"},
	{2, 2, "NTP Version 2"},
	{3, 3, "NTP Version 3"},
	{4, 4, "NTP Version 4"},
	{0, 7, "reserved"},
	{0, 0, NULL},
};

static const struct ni_label modes[] = {
	{0, 0, "reserved"},
	{1, 1, "symmetric active"},
	{2, 2, "symmetric passive"},
	{3, 3, "client"},
	{4, 4, "server"},
	{5, 5, "broadcast"},
	{6, 6, "control"},
	{7, 7, "private"},
	{0, 0, NULL},
};

static const struct ni_label strata[] = {
	{0, 0, "unspecified or invalid"},
	{1, 1, "primary reference"},
	{2, 15, "secondary reference"},
	{16, 16, "unsynchronized"},
	{17, 255, "reserved"},
	{0, 0, NULL},
};

static const struct ni_label extensions[] = {
	{0x0104, 0x0104, "Unique identifier (NTS)"},
	{0x0204, 0x0204, "NTS cookie"},
	{0x0304, 0x0304, "NTS cookie placeholder"},
	{0x0404, 0x0404, "NTS authenticator and encrypted extension fields"},
	{0x0002, 0x0002, "No-operation request"},
	{0x0102, 0x0102, "Association request"},
	{0x0202, 0x0202, "Certificate request"},
	{0x0302, 0x0302, "Cookie request"},
	{0x0402, 0x0402, "Autokey request"},
	{0x0502, 0x0502, "Leap seconds request"},
	{0x0602, 0x0602, "Sign request"},
	{0x0702, 0x0702, "IFF identity request"},
	{0x0802, 0x0802, "GQ identity request"},
	{0x0902, 0x0902, "MV identity request"},
	{0x2005, 0x2005, "Checksum complement"},
	{0x8002, 0x8002, "No-operation response"},
	{0x8102, 0x8102, "Association response"},
	{0x8202, 0x8202, "Certificate response"},
	{0x8302, 0x8302, "Cookie response"},
	{0x8402, 0x8402, "Autokey response"},
	{0x8502, 0x8502, "Leap seconds response"},
	{0x8602, 0x8602, "Sign response"},
	{0x8702, 0x8702, "IFF identity response"},
	{0x8802, 0x8802, "GQ identity response"},
	{0x8902, 0x8902, "MV identity response"},
	{0, 0, NULL},
};

static const struct ni_label opcodes[] = {
	{1, 1, "read status"},
	{2, 2, "read variables"},
	{3, 3, "write variables"},
	{4, 4, "read clock variables"},
	{5, 5, "write clock variables"},
	{6, 6, "set trap address/port"},
	{7, 7, "asynchronous message"},
	{8, 8, "runtime configuration"},
	{9, 9, "save configuration to file"},
	{10, 10, "read MRU list"},
	{11, 11, "read ordered list"},
	{12, 12, "request a nonce"},
	{31, 31, "unset trap address/port"},
	{0, 31, "reserved"},
	{0, 0, NULL},
};

static const struct ni_label directions[] = {
	{0, 0, "Request"},
	{1, 1, "Response"},
	{0, 0, NULL},
};

static const struct ni_label implementations[] = {
	{0, 0, "UNIV"},
	{2, 2, "XNTPD_OLD"},
	{3, 3, "XNTPD"},
	{0, 0, NULL},
};

static const struct ni_label requests[] = {
	{0, 0, "PEER_LIST"},
	{1, 1, "PEER_LIST_SUM"},
	{2, 2, "PEER_INFO"},
	{3, 3, "PEER_STATS"},
	{4, 4, "SYS_INFO"},
	{5, 5, "SYS_STATS"},
	{6, 6, "IO_STATS"},
	{7, 7, "MEM_STATS"},
	{8, 8, "LOOP_INFO"},
	{9, 9, "TIMER_STATS"},
	{10, 10, "CONFIG"},
	{11, 11, "UNCONFIG"},
	{12, 12, "SET_SYS_FLAG"},
	{13, 13, "CLR_SYS_FLAG"},
	{14, 14, "MONITOR"},
	{15, 15, "NOMONITOR"},
	{16, 16, "GET_RESTRICT"},
	{17, 17, "RESADDFLAGS"},
	{18, 18, "RESSUBFLAGS"},
	{19, 19, "UNRESTRICT"},
	{20, 20, "MON_GETLIST"},
	{21, 21, "RESET_STATS"},
	{22, 22, "RESET_PEER"},
	{23, 23, "REREAD_KEYS"},
	{24, 24, "DO_DIRTY_HACK"},
	{25, 25, "DONT_DIRTY_HACK"},
	{26, 26, "TRUSTKEY"},
	{27, 27, "UNTRUSTKEY"},
	{28, 28, "AUTHINFO"},
	{29, 29, "TRAPS"},
	{30, 30, "ADD_TRAP"},
	{31, 31, "CLR_TRAP"},
	{32, 32, "REQUEST_KEY"},
	{33, 33, "CONTROL_KEY"},
	{34, 34, "GET_CTLSTATS"},
	{35, 35, "GET_LEAPINFO"},
	{36, 36, "GET_CLOCKINFO"},
	{37, 37, "SET_CLKFUDGE"},
	{38, 38, "GET_KERNEL"},
	{39, 39, "GET_CLKBUGINFO"},
	{41, 41, "SET_PRECISION"},
	{42, 42, "MON_GETLIST_1"},
	{43, 43, "HOSTNAME_ASSOCID"},
	{44, 44, "IF_STATS"},
	{45, 45, "IF_RELOAD"},
	{0, 0, NULL},
};

static const struct ni_label errors[] = {
	{0, 0, "no error"},
	{1, 1, "other implementation number"},
	{2, 2, "unimplemented request code"},
	{3, 3, "format error"},
	{4, 4, "no data"},
	{7, 7, "authentication failure"},
	{0, 0, NULL},
};
/* clang-format on */

enum {
	F_FLAGS,
	F_LI,
	F_VN,
	F_MODE,
	F_STRATUM,
	F_POLL,
	F_PRECISION,
	F_ROOTDELAY,
	F_ROOTDISPERSION,
	F_REFID,
	F_REFTIME,
	F_ORG,
	F_REC,
	F_XMT,
	F_EXT,
	F_EXT_TYPE,
	F_EXT_LENGTH,
	F_EXT_VALUE,
	F_KEYID,
	F_MAC,
	F_CTRL_FLAGS2,
	F_CTRL_R,
	F_CTRL_ERROR,
	F_CTRL_MORE,
	F_CTRL_OPCODE,
	F_CTRL_SEQUENCE,
	F_CTRL_STATUS,
	F_CTRL_ASSOCID,
	F_CTRL_OFFSET,
	F_CTRL_COUNT,
	F_CTRL_DATA,
	F_PRIV_R,
	F_PRIV_MORE,
	F_PRIV_AUTH_SEQ,
	F_PRIV_AUTH,
	F_PRIV_SEQ,
	F_PRIV_IMPL,
	F_PRIV_REQCODE,
	F_PRIV_ERR,
	F_PRIV_NUMITEMS,
	F_PRIV_RESERVED,
	F_PRIV_ITEMSIZE,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_FLAGS] = {"ntp.flags", "Flags", NI_U8, NI_HEX, .flags = NI_F_FIXED, .off = 0, .len = 1,
		.ref = "RFC 5905 7.3"},
	[F_LI] = {"ntp.flags.li", "Leap Indicator", NI_U8, .depth = 1, .off = 0, .len = 1,
		.mask = 0xc0, .labels = leaps},
	[F_VN] = {"ntp.flags.vn", "Version number", NI_U8, .depth = 1, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .mask = 0x38, .labels = versions},
	[F_MODE] = {"ntp.flags.mode", "Mode", NI_U8, .depth = 1, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .mask = 0x07, .labels = modes},
	[F_STRATUM] = {"ntp.stratum", "Peer Clock Stratum", NI_U8, .off = 1, .len = 1,
		.labels = strata},
	[F_POLL] = {"ntp.ppoll", "Peer Polling Interval", NI_U8, .off = 2, .len = 1,
		.doc = "Log2 of seconds."},
	[F_PRECISION] = {"ntp.precision", "Peer Clock Precision", NI_U8, .off = 3, .len = 1,
		.doc = "Log2 of seconds, as a signed number."},
	[F_ROOTDELAY] = {"ntp.rootdelay", "Root Delay", NI_U32, .off = 4, .len = 4,
		.doc = "In 1/65536 of a second."},
	[F_ROOTDISPERSION] = {"ntp.rootdispersion", "Root Dispersion", NI_U32, .off = 8, .len = 4,
		.doc = "In 1/65536 of a second."},
	[F_REFID] = {"ntp.refid", "Reference ID", NI_BYTES, .off = 12, .len = 4},
	[F_REFTIME] = {"ntp.reftime", "Reference Timestamp", NI_ABSTIME, .ref = "RFC 4330 3",
		.doc = "When the clock was last set; absent if it never was."},
	[F_ORG] = {"ntp.org", "Origin Timestamp", NI_ABSTIME,
		.doc = "When the request left its sender, by the sender's clock."},
	[F_REC] = {"ntp.rec", "Receive Timestamp", NI_ABSTIME,
		.doc = "When the request arrived, by the server's clock."},
	[F_XMT] = {"ntp.xmt", "Transmit Timestamp", NI_ABSTIME,
		.doc = "When this message left, by its sender's clock."},
	[F_EXT] = {"ntp.ext", "Extension", NI_NONE, .ref = "RFC 7822 3"},
	[F_EXT_TYPE] = {"ntp.ext.type", "Field Type", NI_U16, NI_HEX, .depth = 1,
		.labels = extensions},
	[F_EXT_LENGTH] = {"ntp.ext.length", "Length", NI_U16, .depth = 1,
		.doc = "Of the whole extension field."},
	[F_EXT_VALUE] = {"ntp.ext.value", "Value", NI_BYTES, .depth = 1},
	[F_KEYID] = {"ntp.keyid", "Key ID", NI_BYTES},
	[F_MAC] = {"ntp.mac", "Message Authentication Code", NI_BYTES},
	[F_CTRL_FLAGS2] = {"ntp.ctrl.flags2", "Flags 2", NI_U8, NI_HEX, .off = 1, .len = 1,
		.ref = "RFC 9327 2"},
	[F_CTRL_R] = {"ntp.ctrl.flags2.r", "Response bit", NI_U8, .depth = 1, .off = 1, .len = 1,
		.mask = 0x80, .labels = directions},
	[F_CTRL_ERROR] = {"ntp.ctrl.flags2.error", "Error bit", NI_U8, .depth = 1,
		.off = 1, .len = 1, .mask = 0x40},
	[F_CTRL_MORE] = {"ntp.ctrl.flags2.more", "More bit", NI_U8, .depth = 1,
		.off = 1, .len = 1, .mask = 0x20},
	[F_CTRL_OPCODE] = {"ntp.ctrl.flags2.opcode", "Opcode", NI_U8, .depth = 1,
		.off = 1, .len = 1, .mask = 0x1f, .labels = opcodes},
	[F_CTRL_SEQUENCE] = {"ntp.ctrl.sequence", "Sequence", NI_U16, .off = 2, .len = 2},
	[F_CTRL_STATUS] = {"ntp.ctrl.status", "Status", NI_U16, NI_HEX, .off = 4, .len = 2},
	[F_CTRL_ASSOCID] = {"ntp.ctrl.associd", "AssociationID", NI_U16, .off = 6, .len = 2},
	[F_CTRL_OFFSET] = {"ntp.ctrl.offset", "Offset", NI_U16, .off = 8, .len = 2},
	[F_CTRL_COUNT] = {"ntp.ctrl.count", "Count", NI_U16, .off = 10, .len = 2},
	[F_CTRL_DATA] = {"ntp.ctrl.data", "Data", NI_NONE},
	[F_PRIV_R] = {"ntp.priv.flags.r", "Response bit", NI_U8, .depth = 1, .off = 0, .len = 1,
		.mask = 0x80, .labels = directions},
	[F_PRIV_MORE] = {"ntp.priv.flags.more", "More bit", NI_U8, .depth = 1, .off = 0, .len = 1,
		.mask = 0x40},
	[F_PRIV_AUTH_SEQ] = {"ntp.priv.auth_seq", "Auth, sequence", NI_U8, .off = 1, .len = 1},
	[F_PRIV_AUTH] = {"ntp.priv.auth", "Auth bit", NI_U8, .depth = 1, .off = 1, .len = 1,
		.mask = 0x80},
	[F_PRIV_SEQ] = {"ntp.priv.seq", "Sequence number", NI_U8, .depth = 1, .off = 1, .len = 1,
		.mask = 0x7f},
	[F_PRIV_IMPL] = {"ntp.priv.impl", "Implementation", NI_U8, .off = 2, .len = 1,
		.labels = implementations},
	[F_PRIV_REQCODE] = {"ntp.priv.reqcode", "Request code", NI_U8, .off = 3, .len = 1,
		.labels = requests},
	[F_PRIV_ERR] = {"ntp.priv.err", "Err", NI_U8, NI_HEX, .off = 4, .len = 1, .mask = 0xf0,
		.labels = errors},
	[F_PRIV_NUMITEMS] = {"ntp.priv.numitems", "Number of data items", NI_U16,
		.off = 4, .len = 2, .mask = 0x0fff},
	[F_PRIV_RESERVED] = {"ntp.priv.reserved", "Reserved", NI_U8, NI_HEX, .off = 6, .len = 1,
		.mask = 0xf0},
	[F_PRIV_ITEMSIZE] = {"ntp.priv.itemsize", "Size of data item", NI_U16, .off = 6, .len = 2,
		.mask = 0x0fff},
	{0},
};
/* clang-format on */

static unsigned
mode_of(uint8_t flags)
{
	return flags & 7;
}

static uint32_t
header_of(uint8_t flags)
{
	unsigned mode = mode_of(flags);
	return mode == MODE_CONTROL ? CONTROL_HDR : mode == MODE_PRIVATE ? PRIVATE_HDR : TIME_HDR;
}

/*
 * An extension field or, if its length makes no sense as one, the key id: a field is followed by
 * nothing, by another or by key id and digest (RFC 7822 3).
 */
static bool
is_extension(const struct ni_cur *c)
{
	struct ni_cur ahead = *c;
	uint32_t left = ni_left(c);
	ni_take16(&ahead);
	uint32_t n = ni_take16(&ahead);
	if (ahead.rc != NI_OK || n < MIN_EXTENSION || n % 4 || n > left)
		return false;
	left -= n;
	if (!left || left >= MIN_MAC)
		return true;
	ni_skip(&ahead, n - 4);
	ni_take16(&ahead);
	return left >= MIN_EXTENSION && ni_take16(&ahead) == left;
}

static bool
is_digest(uint32_t n)
{
	return n == 0 || n == 16 || n == 20 || n == 28 || n == 32 || n == 48 || n == 64;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need(s, 1);
	if (rc == NI_OK)
		rc = ni_need(s, header_of(s.p[0]));
	if (rc != NI_OK)
		return rc == NI_MALFORMED && l->flags & NI_L_QUOTED ? NI_TRUNCATED : rc;
	l->hdr = (uint16_t)(s.len < UINT16_MAX ? s.len : UINT16_MAX);
	if (s.cap < s.len)
		return NI_TRUNCATED;
	if (mode_of(s.p[0]) >= MODE_CONTROL)
		return NI_OK;
	struct ni_cur c = ni_cur(s);
	ni_skip(&c, TIME_HDR);
	while (is_extension(&c))
		ni_skip(&c, ni_be16(c.p + c.off + 2));
	if (ni_more(&c) && (ni_left(&c) < 4 || !is_digest(ni_left(&c) - 4)))
		ni_note(d, l, &note_trailer);
	return NI_OK;
}

/* Show a number as the time that it stands for. */
static void
put_seconds(struct ni_walk *w, const struct ni_field *f, int decimals, double x)
{
	struct ni_value v;
	char text[80];
	if (!ni_field_get(w->dis, w->layer, f, &v))
		return;
	if (w->want_text) {
		snprintf(text, sizeof(text), "%s: %.*f seconds", f->name, decimals, x);
		v.text = text;
	}
	w->visit(w->ctx, f, &v, (unsigned)f->depth + w->depth);
}

/* Two to the power of the signed number that a byte holds. */
static double
power(uint8_t log2)
{
	int n = log2 < 128 ? log2 : log2 - 256;
	double x = 1;
	for (; n > 0; n--)
		x *= 2;
	for (; n < 0; n++)
		x /= 2;
	return x;
}

static void
put_refid(struct ni_walk *w, const uint8_t *p, uint8_t stratum)
{
	struct ni_value v;
	char text[64];
	struct ni_buf b = ni_buf(text, sizeof(text));
	if (!ni_field_get(w->dis, w->layer, &fields[F_REFID], &v))
		return;
	ni_buf_fmt(&b, "%s: ", fields[F_REFID].name);
	if (stratum > 1) {
		ni_buf_ip4(&b, p);
	} else {
		/* Four letters of the source or, in stratum 0, of the reason for a refusal. */
		unsigned n = 4;
		while (n && !p[n - 1])
			n--;
		for (unsigned i = 0; i < n; i++)
			ni_buf_c(&b, (char)(p[i] >= ' ' && p[i] < 0x7f ? p[i] : '.'));
		ni_buf_str(&b, n ? "" : "(none)");
	}
	v.text = ni_buf_z(&b);
	w->visit(w->ctx, &fields[F_REFID], &v, fields[F_REFID].depth + (unsigned)w->depth);
}

static void
put_timestamp(struct ni_walk *w, const struct ni_field *f, const struct ni_span *s, uint32_t off)
{
	if (s->cap < off + 8 || !ni_be64(s->p + off))
		return;
	uint32_t seconds = ni_be32(s->p + off);
	uint64_t fraction = ni_be32(s->p + off + 4);
	int64_t unix_s = (int64_t)seconds - (seconds & 0x80000000 ? ERA_0_TO_UNIX : ERA_1_TO_UNIX);
	ni_put_time(w, f, off, 8, unix_s * NS + (int64_t)(fraction * NS >> 32));
}

static void
put_extension(struct ni_walk *w, struct ni_cur *c)
{
	uint32_t off = c->off;
	uint16_t type = ni_take16(c);
	uint16_t n = ni_take16(c);
	const char *name = ni_label_find(extensions, type);
	ni_put_label(w, &fields[F_EXT], off, n, "Extension: %s", name ? name : "unknown");
	ni_put_uint(w, &fields[F_EXT_TYPE], off, 2, type);
	ni_put_uint(w, &fields[F_EXT_LENGTH], off + 2, 2, n);
	ni_put_bytes(w, &fields[F_EXT_VALUE], off + 4, n - 4U);
	ni_skip(c, n - 4U);
}

static void
walk_time(struct ni_walk *w, struct ni_span s)
{
	struct ni_cur c = ni_cur(s);
	ni_put_range(w, &fields[F_FLAGS], &fields[F_STRATUM]);
	if (s.cap > 3) {
		put_seconds(w, &fields[F_POLL], 0, power(s.p[2]));
		put_seconds(w, &fields[F_PRECISION], 9, power(s.p[3]));
	}
	if (s.cap >= 16) {
		put_seconds(w, &fields[F_ROOTDELAY], 6, ni_be32(s.p + 4) / 65536.0);
		put_seconds(w, &fields[F_ROOTDISPERSION], 6, ni_be32(s.p + 8) / 65536.0);
		put_refid(w, s.p + 12, s.p[1]);
	}
	for (unsigned i = 0; i < 4; i++)
		put_timestamp(w, &fields[F_REFTIME + i], &s, 16 + 8 * i);
	ni_skip(&c, TIME_HDR);
	while (is_extension(&c))
		put_extension(w, &c);
	if (ni_left(&c) >= 4) {
		ni_put_bytes(w, &fields[F_KEYID], c.off, 4);
		ni_skip(&c, 4);
	}
	if (ni_more(&c))
		ni_put_bytes(w, &fields[F_MAC], c.off, ni_left(&c));
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	if (!s.cap)
		return;
	switch (mode_of(s.p[0])) {
	case MODE_CONTROL:
		ni_put_range(w, &fields[F_FLAGS], &fields[F_MODE]);
		ni_put_range(w, &fields[F_CTRL_FLAGS2], &fields[F_CTRL_COUNT]);
		if (s.cap > CONTROL_HDR)
			ni_put_label(w, &fields[F_CTRL_DATA], CONTROL_HDR, s.len - CONTROL_HDR,
				     NULL);
		break;
	case MODE_PRIVATE:
		ni_put(w, &fields[F_FLAGS]);
		ni_put_range(w, &fields[F_PRIV_R], &fields[F_PRIV_MORE]);
		ni_put_range(w, &fields[F_VN], &fields[F_MODE]);
		ni_put_range(w, &fields[F_PRIV_AUTH_SEQ], &fields[F_PRIV_REQCODE]);
		/* What follows is the implementation's own. */
		if (s.cap >= 3 && s.p[2] == XNTPD)
			ni_put_range(w, &fields[F_PRIV_ERR], &fields[F_PRIV_ITEMSIZE]);
		break;
	default:
		walk_time(w, s);
	}
}

static void
describe(struct ni_span s, struct ni_buf *b)
{
	ni_buf_str(b, ni_label_find(versions, s.p[0] >> 3 & 7));
	ni_buf_str(b, ", ");
	ni_buf_str(b, ni_label_find(modes, mode_of(s.p[0])));
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (!s.cap)
		return;
	describe(s, b);
	if (mode_of(s.p[0]) != MODE_PRIVATE || s.cap < PRIVATE_HDR)
		return;
	const char *request = ni_label_find(requests, s.p[3]);
	ni_buf_str(b, s.p[0] & 0x80 ? ", Response" : ", Request");
	ni_buf_fmt(b, ", %s", request ? request : "Unknown");
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (!s.cap)
		return;
	ni_buf_str(b, " (");
	describe(s, b);
	ni_buf_c(b, ')');
}

static const struct ni_bind binds[] = {
    {NI_BY_UDP_PORT, 123},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_ntp = {
    .key = "ntp",
    .name = "NTP",
    .title = "Network Time Protocol",
    .ref = "RFC 5905",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
};

const struct ni_proto *const ni_protos_ntp[] = {&ni_proto_ntp, NULL};
