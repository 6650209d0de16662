/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP: RFC 792, RFC 950 (address mask), RFC 1191 (MTU), RFC 1256 (router discovery), RFC 4884
 * (extensions; see icmp_ext.c), RFC 5944 (mobile IP), RFC 8335 (extended echo)
 *
 * OFFSET SIZE FIELD
 *      0    1 type
 *      1    1 code
 *      2    2 checksum of the whole message
 *      4    4 what the type says: identifier and sequence number, gateway, MTU, pointer …
 *      8  var data; for errors the beginning of the datagram that caused it
 *
 * The quoted datagram is taken apart like any other, but nothing in it counts as traffic.
 *
 * Not decoded: traceroute messages (RFC 1393), Photuris beyond its code.
 */
#include "icmp.h"

#include "cksum.h"
#include "i18n.h"
#include "inet.h"
#include "pings.h"
#include "protos.h"
#include "state.h"

enum { HDR = 8, ICMP = 1, COMPAT = 128, EXT_VERSION = 2, NS_PER_US = 1000, NS_PER_MS = 1000000 };

enum { MIP_AGENT = 16, MIP_PREFIXES = 19, MIP_CHALLENGE = 24 };

enum type {
	ECHO_REPLY = 0,
	UNREACHABLE = 3,
	QUENCH = 4,
	REDIRECT = 5,
	ECHO = 8,
	ROUTER_AD = 9,
	EXCEEDED = 11,
	PARAMETER = 12,
	TIMESTAMP = 13,
	TIMESTAMP_REPLY = 14,
	INFO = 15,
	INFO_REPLY = 16,
	MASK = 17,
	MASK_REPLY = 18,
	EXT_ECHO = 42,
	EXT_ECHO_REPLY = 43,
};

static const struct ni_note_def note_bad = {"icmp.checksum_bad", N_("the ICMP checksum is wrong"),
					    "RFC 792", NI_ERROR};

static bool
is_error(uint8_t type)
{
	return type == UNREACHABLE || type == QUENCH || type == REDIRECT || type == EXCEEDED ||
	       type == PARAMETER;
}

static bool
has_ident(uint8_t type)
{
	return type == ECHO || type == ECHO_REPLY || (type >= TIMESTAMP && type <= MASK_REPLY);
}

/*
 * Where extensions begin: behind the quoted datagram where its length is given, else behind 128
 * bytes, which is where routers put them before RFC 4884 (its section 5.5). 0: there are none. With
 * extensions a quote has at least 128 bytes (4.1), so a smaller length is no length.
 */
static uint32_t
extension_offset(struct ni_span s)
{
	uint8_t type = s.p[0];
	if (type != UNREACHABLE && type != EXCEEDED && type != PARAMETER)
		return 0;
	uint32_t quote = s.p[5] * 4U;
	if (quote && quote < COMPAT)
		return 0;
	uint32_t off = HDR + (quote ? quote : COMPAT);
	if (s.cap < off + 4)
		return 0;
	return quote || s.p[off] >> 4 == EXT_VERSION ? off : 0;
}

/* The time at which the sender says it sent an echo request, if its data begins with one. */
struct stamp {
	int64_t ns;
	uint32_t len; /* bytes; 0: none */
};

static uint32_t
le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void
try_stamp(struct stamp *best, int64_t now, uint64_t sec, uint64_t usec, uint32_t len)
{
	const int64_t day = INT64_C(86400) * 1000 * NS_PER_MS;
	if (sec > UINT32_MAX || usec >= 1000000)
		return;
	int64_t ns = (int64_t)(sec * 1000000 + usec) * NS_PER_US;
	int64_t away = ns < now ? now - ns : ns - now;
	int64_t other = best->ns < now ? now - best->ns : best->ns - now;
	if (away <= day && (!best->len || away < other))
		*best = (struct stamp){ns, len};
}

/* Seconds and microseconds of 4 or 8 bytes, in either byte order, not more than a day away. */
static struct stamp
find_stamp(const struct ni_dis *d, struct ni_span data)
{
	struct stamp best = {0, 0};
	int64_t now = d->frame->ts_ns;
	const uint8_t *p = data.p;
	if (data.cap >= 16) {
		try_stamp(&best, now, ni_be64(p), ni_be64(p + 8), 16);
		try_stamp(&best, now, (uint64_t)le32(p + 4) << 32 | le32(p),
			  (uint64_t)le32(p + 12) << 32 | le32(p + 8), 16);
	}
	if (data.cap >= 8) {
		try_stamp(&best, now, ni_be32(p), ni_be32(p + 4), 8);
		try_stamp(&best, now, le32(p), le32(p + 4), 8);
	}
	return best;
}

void
ni_icmp_match_echo(struct ni_dis *d, const uint8_t *p, uint8_t request)
{
	bool reply = p[0] != request;
	uint8_t kind = d->net.kind;
	if (!d->state || !d->state->pings || ni_quoted(d) ||
	    (kind != NI_ADDR_IP4 && kind != NI_ADDR_IP6))
		return;
	struct ni_ping_key k = {
	    .asker = reply ? d->net.dst : d->net.src,
	    .asked = reply ? d->net.src : d->net.dst,
	    .addr_len = kind == NI_ADDR_IP4 ? 4 : 16,
	    .kind = request,
	    .ident = ni_be16(p + 4),
	    .seq = ni_be16(p + 6),
	    .tag = d->flow_tag,
	};
	if (reply)
		ni_ping_reply(d->state->pings, &k, d->frame->number, d->frame->ts_ns);
	else
		ni_ping_request(d->state->pings, &k, d->frame->number, d->frame->ts_ns);
}

static void
next_quote(struct ni_dis *d, struct ni_span s)
{
	struct ni_span quote = ni_from(s, HDR);
	uint32_t ext = extension_offset(s);
	if (ext)
		quote = ni_clip(quote, ext - HDR);
	if (!quote.len)
		return;
	d->lflags |= NI_L_QUOTED;
	ni_next(d, NI_BY_ETHERTYPE, 0x0800, quote);
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, 4);
	if (rc != NI_OK)
		return rc;
	l->hdr = 4;
	uint8_t type = s.p[0];
	ni_set_transport(d, l, ICMP, type, s.p[1]);
	if (ni_checking(d)) {
		struct ni_cksum_field f = {.off = 2, .cover = l->len};
		if (ni_cksum_segment(d, l, &f).status == NI_CKSUM_BAD)
			ni_note(d, l, &note_bad);
	}
	rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	l->hdr = HDR;
	if (type == ECHO || type == ECHO_REPLY) {
		ni_icmp_match_echo(d, s.p, ECHO);
		l->hdr = (uint16_t)(HDR + find_stamp(d, ni_from(s, HDR)).len);
		ni_next_proto(d, &ni_proto_data, ni_from(s, l->hdr));
	} else if (is_error(type)) {
		next_quote(d, s);
	} else {
		l->hdr = (uint16_t)(s.len < UINT16_MAX ? s.len : UINT16_MAX);
	}
	return NI_OK;
}

static void
put(struct ni_walk *w, enum ni_icmp_field f, uint32_t off, uint32_t len)
{
	struct ni_span s = ni_from(ni_layer_span(w->dis, w->layer), off);
	uint64_t v = 0;
	if (s.cap < len)
		return;
	for (uint32_t i = 0; i < len; i++)
		v = v << 8 | s.p[i];
	ni_put_uint(w, &ni_icmp_fields[f], off, len, v);
}

static uint16_t
swap16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static void
put_echo(struct ni_walk *w, struct ni_span s)
{
	const struct ni_dis *d = w->dis;
	uint64_t request;
	int64_t rtt;
	if (s.p[0] == ECHO_REPLY && ni_is_transport(d, w->layer) && d->state && d->state->pings &&
	    ni_ping_answered(d->state->pings, d->frame->number, &request, &rtt)) {
		struct ni_value v = {.d = (double)rtt / NS_PER_MS};
		ni_put_uint(w, &ni_icmp_fields[ICMP_RESP_TO], 0, 0, request);
		w->visit(w->ctx, &ni_icmp_fields[ICMP_RESPTIME], &v, w->depth);
	}
	struct stamp t = find_stamp(d, ni_from(s, HDR));
	if (!t.len)
		return;
	ni_put_time(w, &ni_icmp_fields[ICMP_DATA_TIME], HDR, t.len, t.ns);
	ni_put_time(w, &ni_icmp_fields[ICMP_DATA_TIME_RELATIVE], 0, 0, d->frame->ts_ns - t.ns);
}

/* What mobility agents add to their advertisements (RFC 5944 2.1, RFC 4721); @off is in them. */
static uint32_t
put_mobile(struct ni_walk *w, struct ni_span s, uint32_t off)
{
	uint8_t type = s.p[off];
	uint32_t len = type ? 2U + s.p[off + 1] : 1;
	uint32_t end = off + len;
	put(w, ICMP_MIP_TYPE, off, 1);
	if (!type)
		return end;
	put(w, ICMP_MIP_LENGTH, off + 1, 1);
	if (type == MIP_AGENT) {
		put(w, ICMP_MIP_SEQ, off + 2, 2);
		put(w, ICMP_MIP_LIFE, off + 4, 2);
		put(w, ICMP_MIP_FLAGS, off + 6, 2);
		for (uint32_t at = off + 8; at + 4 <= end; at += 4)
			ni_put_bytes(w, &ni_icmp_fields[ICMP_MIP_COA], at, 4);
	} else if (type == MIP_PREFIXES) {
		for (uint32_t at = off + 2; at < end; at++)
			put(w, ICMP_MIP_PREFIX_LENGTH, at, 1);
	} else if (len > 2) {
		unsigned f = type == MIP_CHALLENGE ? ICMP_MIP_CHALLENGE : ICMP_MIP_CONTENT;
		ni_put_bytes(w, &ni_icmp_fields[f], off + 2, len - 2);
	}
	return end;
}

/* Whether something follows the addresses of a router advertisement: it is a mobility agent's. */
static bool
is_mobile(struct ni_span s)
{
	return (s.p[1] == 0 || s.p[1] == 16) && HDR + s.p[4] * s.p[5] * 4U < s.len;
}

static void
put_router_ad(struct ni_walk *w, struct ni_span s)
{
	put(w, ICMP_NUM_ADDRS, 4, 1);
	put(w, ICMP_ENTRY_SIZE, 5, 1);
	put(w, ICMP_LIFETIME, 6, 2);
	uint32_t off = HDR;
	uint32_t size = s.p[5] * 4U;
	for (unsigned i = 0; i < s.p[4] && size >= 8 && off + 8 <= s.cap; i++, off += size) {
		struct ni_value v = {.off = w->layer->off + off + 4, .len = 4};
		ni_put_bytes(w, &ni_icmp_fields[ICMP_ROUTER], off, 4);
		v.i = (int32_t)ni_be32(s.p + off + 4);
		w->visit(w->ctx, &ni_icmp_fields[ICMP_PREFERENCE], &v, w->depth);
	}
	while (size >= 8 && is_mobile(s) && off + 2 <= s.cap)
		off = put_mobile(w, s, off);
}

static void
put_ext_echo(struct ni_walk *w, struct ni_span s)
{
	put(w, ICMP_IDENT, 4, 2);
	ni_put_uint(w, &ni_icmp_fields[ICMP_IDENT_LE], 4, 2, swap16(s.p + 4));
	put(w, ICMP_EXT_ECHO_SEQ, 6, 1);
	if (s.p[0] == EXT_ECHO) {
		put(w, ICMP_EXT_ECHO_RES, 7, 1);
		put(w, ICMP_EXT_ECHO_LOCAL, 7, 1);
		if (s.len > HDR + 4)
			ni_icmp_put_extensions(w, HDR, &ni_icmp_fields[ICMP_EXT]);
		return;
	}
	for (unsigned f = ICMP_EXT_ECHO_STATE; f <= ICMP_EXT_ECHO_IPV6; f++)
		put(w, f, 7, 1);
}

/* The four bytes behind the checksum of an error. */
static void
put_error(struct ni_walk *w, struct ni_span s)
{
	const struct ni_field *unused = &ni_icmp_fields[ICMP_UNUSED];
	uint8_t type = s.p[0];
	bool mtu = type == UNREACHABLE && s.p[1] == 4;
	if (type == REDIRECT)
		ni_put_bytes(w, &ni_icmp_fields[ICMP_REDIR_GW], 4, 4);
	if (type == REDIRECT || type == QUENCH)
		return;
	if (type == PARAMETER)
		put(w, ICMP_POINTER, 4, 1);
	if (s.p[5]) {
		if (type != PARAMETER)
			ni_put_bytes(w, unused, 4, 1);
		put(w, ICMP_LENGTH, 5, 1);
		ni_put_uint(w, &ni_icmp_fields[ICMP_ORIGINAL_LENGTH], 0, 0, s.p[5] * UINT64_C(4));
	} else if (type == PARAMETER || mtu) {
		ni_put_bytes(w, unused, type == PARAMETER ? 5 : 4, type == PARAMETER ? 3 : 2);
	}
	if (mtu)
		put(w, ICMP_MTU, 6, 2);
	else if (s.p[5])
		ni_put_bytes(w, unused, 6, 2);
	else if (type != PARAMETER)
		ni_put_bytes(w, unused, 4, 4);
	uint32_t ext = extension_offset(s);
	if (ext)
		ni_icmp_put_extensions(w, ext, &ni_icmp_fields[ICMP_EXT]);
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	ni_put_range(w, &ni_icmp_fields[ICMP_TYPE], &ni_icmp_fields[ICMP_CHECKSUM_STATUS]);
	if (s.cap < HDR)
		return;
	uint8_t type = s.p[0];
	if (has_ident(type)) {
		put(w, ICMP_IDENT, 4, 2);
		ni_put_uint(w, &ni_icmp_fields[ICMP_IDENT_LE], 4, 2, swap16(s.p + 4));
		put(w, ICMP_SEQ, 6, 2);
		ni_put_uint(w, &ni_icmp_fields[ICMP_SEQ_LE], 6, 2, swap16(s.p + 6));
	}
	if (type == ECHO || type == ECHO_REPLY)
		put_echo(w, s);
	else if (is_error(type))
		put_error(w, s);
	else if (type == ROUTER_AD)
		put_router_ad(w, s);
	else if (type == TIMESTAMP || type == TIMESTAMP_REPLY) {
		put(w, ICMP_ORIGINATE, 8, 4);
		put(w, ICMP_RECEIVE, 12, 4);
		put(w, ICMP_TRANSMIT, 16, 4);
	} else if (type == MASK || type == MASK_REPLY)
		ni_put_bytes(w, &ni_icmp_fields[ICMP_MASK], 8, 4);
	else if (type == EXT_ECHO || type == EXT_ECHO_REPLY)
		put_ext_echo(w, s);
}

/* Time to live of the datagram that carries @l. */
static unsigned
ttl_of(const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_layer *ip = ni_layer_find(d, l, &ni_proto_ipv4);
	struct ni_span s = ip ? ni_layer_span(d, ip) : (struct ni_span){0};
	return s.cap > 8 ? s.p[8] : 0;
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	uint64_t request;
	int64_t rtt;
	if (s.cap < 2)
		return;
	uint8_t type = s.p[0];
	const char *code = ni_icmp_code_name(type, s.p[1]);
	bool mobile = type == ROUTER_AD && s.cap >= HDR && is_mobile(s);
	ni_buf_fmt(b, "%-20s", mobile ? "Mobile IP Advertisement" : ni_icmp_type_name(type));
	if (code && *code)
		ni_buf_fmt(b, " (%s)", code);
	else if (code)
		ni_buf_fmt(b, " (Unknown code: %u)", s.p[1]);
	if (s.cap < HDR || !has_ident(type))
		return;
	ni_buf_fmt(b, " id=0x%04x, seq=%u/%u, ttl=%u", ni_be16(s.p + 4), ni_be16(s.p + 6),
		   swap16(s.p + 6), ttl_of(d, l));
	if (type == ECHO_REPLY && ni_is_transport(d, l) && d->state && d->state->pings &&
	    ni_ping_answered(d->state->pings, d->frame->number, &request, &rtt))
		ni_buf_fmt(b, " (request in %llu)", (unsigned long long)request);
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, ICMP},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_icmp = {
    .key = "icmp",
    .name = "ICMP",
    .title = "Internet Control Message Protocol",
    .ref = "RFC 792",
    .fields = ni_icmp_fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
};

const struct ni_proto *const ni_protos_icmp[] = {&ni_proto_icmp, NULL};
