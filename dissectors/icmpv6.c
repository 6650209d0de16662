/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMPv6: RFC 4443; neighbour discovery RFC 4861 (icmpv6_nd.c), multicast listeners RFC 2710 and
 * 3810 (icmpv6_mld.c), node information RFC 4620, mobile IPv6 RFC 6275, extended echo RFC 8335
 *
 * OFFSET SIZE FIELD
 *      0    1 type; below 128: an error
 *      1    1 code
 *      2    2 checksum of a pseudo-header and the whole message
 *      4  var what the type says; for errors 4 bytes and the beginning of the packet that caused it
 *
 * The quoted packet is taken apart like any other, but nothing in it counts as traffic.
 *
 * Not decoded: router renumbering, SEND, RPL, fast handovers, MPL.
 */
#include "icmpv6.h"

#include "cksum.h"
#include "i18n.h"
#include "inet.h"
#include "pings.h"
#include "protos.h"
#include "state.h"

enum { HDR = 8, ICMPV6 = 58, IP6_HDR = 40, NS_PER_MS = 1000000 };

static const struct ni_note_def note_bad = {
    "icmpv6.checksum_bad", N_("the ICMPv6 checksum is wrong"), "RFC 4443 2.3", NI_ERROR};
static const struct ni_note_def note_option = {
    "icmpv6.option_length",
    N_("a neighbour discovery option of length 0, or longer than the message"), "RFC 4861 4.6",
    NI_ERROR};

static bool
is_error(uint8_t type)
{
	return type >= I6T_UNREACHABLE && type <= I6T_PARAMETER;
}

static bool
is_echo(uint8_t type)
{
	return type == I6T_ECHO || type == I6T_ECHO_REPLY;
}

static void
next_quote(struct ni_dis *d, struct ni_span quote)
{
	if (!quote.len)
		return;
	d->lflags |= NI_L_QUOTED;
	ni_next_proto(d, &ni_proto_ipv6, quote);
}

uint32_t
ni_icmpv6_options_offset(uint8_t type)
{
	switch (type) {
	case I6T_RS:
	case I6T_IND_SOLICIT:
	case I6T_IND_ADVERT:
	case I6T_MP_ADVERT:
		return 8;
	case I6T_RA:
		return 16;
	case I6T_NS:
	case I6T_NA:
		return 24;
	case I6T_REDIRECT:
		return 40;
	default:
		return 0;
	}
}

uint32_t
ni_icmpv6_find_option(struct ni_span s, uint8_t type)
{
	uint32_t off = s.cap ? ni_icmpv6_options_offset(s.p[0]) : 0;
	while (off && off + 2 <= s.cap && s.p[off + 1]) {
		uint32_t len = s.p[off + 1] * 8U;
		if (len > s.cap - off)
			return 0;
		if (s.p[off] == type)
			return off;
		off += len;
	}
	return 0;
}

/* Options must be there whole; what is wrong with them does not spoil the message. */
static void
check_options(struct ni_dis *d, const struct ni_layer *l, struct ni_span s)
{
	struct ni_cur c = ni_cur(s);
	ni_skip(&c, ni_icmpv6_options_offset(s.p[0]));
	while (ni_more(&c)) {
		ni_skip(&c, 1);
		uint32_t len = ni_take8(&c) * 8U;
		if (c.rc == NI_OK && !len)
			c.rc = NI_MALFORMED;
		else if (c.rc == NI_OK)
			ni_skip(&c, len - 2);
	}
	if (c.rc == NI_MALFORMED && !ni_quoted(d))
		ni_note(d, l, &note_option);
}

/* Behind the message's own bytes: the quoted packet, the data of an echo. */
static void
next_message(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	uint8_t type = s.p[0];
	if (is_echo(type)) {
		ni_icmp_match_echo(d, s.p, I6T_ECHO);
		ni_next_proto(d, &ni_proto_data, ni_from(s, HDR));
		return;
	}
	if (is_error(type)) {
		bool sized = type == I6T_UNREACHABLE || type == I6T_EXCEEDED; /* RFC 4884 4.4 */
		struct ni_span quote = ni_from(s, HDR);
		if (sized && s.p[4])
			quote = ni_clip(quote, s.p[4] * 8U);
		next_quote(d, quote);
		return;
	}
	l->hdr = (uint16_t)(s.len < UINT16_MAX ? s.len : UINT16_MAX);
	if (ni_icmpv6_options_offset(type))
		check_options(d, l, s);
	uint32_t off = type == I6T_REDIRECT ? ni_icmpv6_find_option(s, I6O_REDIRECTED) : 0;
	if (off)
		next_quote(d, ni_from(ni_clip(s, off + s.p[off + 1] * 8U), off + 8));
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, 4);
	if (rc != NI_OK)
		return rc;
	l->hdr = 4;
	ni_set_transport(d, l, ICMPV6, s.p[0], s.p[1]);
	if (ni_checking(d)) {
		struct ni_cksum_field f = {
		    .off = 2, .proto = ICMPV6, .pseudo = true, .cover = l->len, .claim = l->len};
		if (ni_cksum_segment(d, l, &f).status == NI_CKSUM_BAD)
			ni_note(d, l, &note_bad);
	}
	if (s.p[0] >= 151 && s.p[0] <= 153) /* RFC 4286: nothing behind the checksum */
		return NI_OK;
	rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	l->hdr = HDR;
	next_message(d, l, s);
	return NI_OK;
}

void
ni_icmpv6_put(struct ni_walk *w, enum ni_icmpv6_field f, uint32_t off, uint32_t n)
{
	struct ni_span s = ni_from(ni_layer_span(w->dis, w->layer), off);
	uint64_t v = 0;
	if (s.cap < n)
		return;
	for (uint32_t i = 0; i < n; i++)
		v = v << 8 | s.p[i];
	ni_put_uint(w, &ni_icmpv6_fields[f], off, n, v);
}

void
ni_icmpv6_put_bits(struct ni_walk *w, enum ni_icmpv6_field first, enum ni_icmpv6_field last,
		   uint32_t off, uint32_t n)
{
	for (unsigned f = first; f <= last; f++)
		ni_icmpv6_put(w, f, off, n);
}

static void
put_error(struct ni_walk *w, uint8_t type, uint8_t length)
{
	if (type == I6T_TOO_BIG) {
		ni_icmpv6_put(w, I6_MTU, 4, 4);
	} else if (type == I6T_PARAMETER) {
		ni_icmpv6_put(w, I6_POINTER, 4, 4);
	} else if (length) {
		ni_icmpv6_put(w, I6_LENGTH, 4, 1);
		ni_put_bytes(w, &ni_icmpv6_fields[I6_RESERVED], 5, 3);
	} else {
		ni_put_bytes(w, &ni_icmpv6_fields[I6_RESERVED], 4, 4);
	}
	if (length && (type == I6T_UNREACHABLE || type == I6T_EXCEEDED))
		ni_icmp_put_extensions(w, HDR + length * 8U, &ni_icmpv6_fields[I6_EXT_FIRST]);
}

static void
put_echo(struct ni_walk *w, uint8_t type)
{
	const struct ni_dis *d = w->dis;
	uint64_t request;
	int64_t rtt;
	ni_icmpv6_put(w, I6_ECHO_IDENT, 4, 2);
	ni_icmpv6_put(w, I6_ECHO_SEQ, 6, 2);
	if (type != I6T_ECHO_REPLY || !ni_is_transport(d, w->layer) || !d->state ||
	    !d->state->pings ||
	    !ni_ping_answered(d->state->pings, d->frame->number, &request, &rtt))
		return;
	struct ni_value v = {.d = (double)rtt / NS_PER_MS};
	ni_put_uint(w, &ni_icmpv6_fields[I6_RESP_TO], 0, 0, request);
	w->visit(w->ctx, &ni_icmpv6_fields[I6_RESPTIME], &v, w->depth);
}

static void
put_other(struct ni_walk *w, struct ni_span s)
{
	switch (s.p[0]) {
	case I6T_NI_QUERY:
	case I6T_NI_REPLY:
		ni_icmpv6_put(w, I6_NI_QTYPE, 4, 2);
		ni_icmpv6_put(w, I6_NI_FLAG, 6, 2);
		ni_icmpv6_put(w, I6_NI_NONCE, 8, 8);
		break;
	case I6T_HA_REQUEST:
	case I6T_HA_REPLY:
	case I6T_MP_SOLICIT:
		ni_icmpv6_put(w, I6_MIP_IDENT, 4, 2);
		ni_put_bytes(w, &ni_icmpv6_fields[I6_RESERVED], 6, 2);
		for (uint32_t off = 8; s.p[0] == I6T_HA_REPLY && off + 16 <= s.len; off += 16)
			ni_put_bytes(w, &ni_icmpv6_fields[I6_MIP_HA], off, 16);
		break;
	case I6T_MP_ADVERT:
		ni_icmpv6_put(w, I6_MIP_IDENT, 4, 2);
		ni_icmpv6_put_options(w, ni_icmpv6_options_offset(I6T_MP_ADVERT));
		break;
	case I6T_EXT_ECHO:
		ni_icmpv6_put(w, I6_ECHO_IDENT, 4, 2);
		ni_icmpv6_put(w, I6_EXT_SEQ, 6, 1);
		ni_icmpv6_put_bits(w, I6_EXT_RES, I6_EXT_LOCAL, 7, 1);
		ni_icmp_put_extensions(w, HDR, &ni_icmpv6_fields[I6_EXT_FIRST]);
		break;
	case I6T_EXT_ECHO_REPLY:
		ni_icmpv6_put(w, I6_ECHO_IDENT, 4, 2);
		ni_icmpv6_put(w, I6_EXT_SEQ, 6, 1);
		ni_icmpv6_put_bits(w, I6_EXT_STATE, I6_EXT_IPV6, 7, 1);
		break;
	default:
		if (s.len > 4 && (!ni_icmpv6_type_name(s.p[0]) || s.p[0] == 127 || s.p[0] >= 200 ||
				  s.p[0] < 128))
			ni_put_bytes(w, &ni_icmpv6_fields[I6_DATA], 4, s.len - 4);
		break;
	}
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	ni_put_range(w, &ni_icmpv6_fields[I6_TYPE], &ni_icmpv6_fields[I6_CHECKSUM_STATUS]);
	if (s.cap < 5)
		return;
	if (is_error(s.p[0]))
		put_error(w, s.p[0], s.p[4]);
	else if (is_echo(s.p[0]))
		put_echo(w, s.p[0]);
	else if (!ni_icmpv6_put_nd(w, s) && !ni_icmpv6_put_mld(w, s))
		put_other(w, s);
}

static void
print_ether_option(struct ni_buf *b, struct ni_span s, uint8_t type, const char *before)
{
	uint32_t off = ni_icmpv6_find_option(s, type);
	if (!off || s.p[off + 1] != 1)
		return;
	ni_buf_str(b, before);
	ni_buf_ether(b, s.p + off + 2);
}

static void
print_na(struct ni_buf *b, const uint8_t *p)
{
	static const char names[3][4] = {"rtr", "sol", "ovr"};
	bool first = true;
	ni_buf_c(b, ' ');
	ni_buf_ip6(b, p + 8);
	ni_buf_str(b, " (");
	for (int i = 0; i < 3; i++) {
		if (!(p[4] >> (7 - i) & 1))
			continue;
		ni_buf_str(b, first ? "" : ", ");
		ni_buf_str(b, names[i]);
		first = false;
	}
	ni_buf_str(b, first ? "none)" : ")");
}

static void
print_echo(const struct ni_dis *d, const struct ni_layer *l, struct ni_span s, struct ni_buf *b)
{
	const struct ni_layer *ip = ni_layer_find(d, l, &ni_proto_ipv6);
	struct ni_span h = ip ? ni_layer_span(d, ip) : (struct ni_span){0};
	uint64_t request;
	int64_t rtt;
	ni_buf_fmt(b, " id=0x%04x, seq=%u, hop limit=%u", ni_be16(s.p + 4), ni_be16(s.p + 6),
		   h.cap >= IP6_HDR ? h.p[7] : 0);
	if (s.p[0] == I6T_ECHO_REPLY && ni_is_transport(d, l) && d->state && d->state->pings &&
	    ni_ping_answered(d->state->pings, d->frame->number, &request, &rtt))
		ni_buf_fmt(b, " (request in %llu)", (unsigned long long)request);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < 2)
		return;
	uint8_t type = s.p[0];
	const char *name = ni_icmpv6_type_name(type);
	const struct ni_label *codes = ni_icmpv6_codes(type);
	if (name)
		ni_buf_str(b, name);
	else
		ni_buf_fmt(b, "Unknown (%u)", type);
	if (codes) {
		const char *code = ni_label_find(codes, s.p[1]);
		if (code)
			ni_buf_fmt(b, " (%s)", code);
		else
			ni_buf_fmt(b, " (Unknown (%u))", s.p[1]);
	}
	if (is_echo(type) && s.cap >= HDR)
		print_echo(d, l, s, b);
	else if (type == I6T_NA && s.cap >= 24)
		print_na(b, s.p);
	else if (type == I6T_NS && s.cap >= 24) {
		ni_buf_str(b, " for ");
		ni_buf_ip6(b, s.p + 8);
	}
	print_ether_option(b, s, I6O_SOURCE, " from ");
	print_ether_option(b, s, I6O_TARGET, " is at ");
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, ICMPV6},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_icmpv6 = {
    .key = "icmpv6",
    .name = "ICMPv6",
    .title = "Internet Control Message Protocol v6",
    .ref = "RFC 4443",
    .fields = ni_icmpv6_fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
};

const struct ni_proto *const ni_protos_icmpv6[] = {&ni_proto_icmpv6, NULL};
