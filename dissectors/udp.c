/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP: RFC 768, RFC 2675 (jumbograms); UDP-Lite: RFC 3828
 *
 * OFFSET SIZE FIELD
 *      0    2 source port
 *      2    2 destination port
 *      4    2 length, header included (UDP); bytes that the checksum covers, 0 = all (UDP-Lite)
 *      6    2 checksum; 0: none (UDP over IPv4 only)
 */
#include "i18n.h"
#include "netinspect/proto.h"

#include "cksum.h"
#include "conn_fields.h"
#include "inet.h"
#include "netinspect/conn.h"
#include "protos.h"

enum { HDR = 8, UDP = 17, UDP_LITE = 136 };

static const struct ni_note_def note_len_short = {"udp.length_below_header",
						  N_("the UDP length is shorter than the header"),
						  "RFC 768", NI_ERROR};
static const struct ni_note_def note_len_long = {
    "udp.length_exceeds_payload", N_("the UDP length claims more bytes than the IP packet has"),
    "RFC 768", NI_ERROR};
static const struct ni_note_def note_coverage = {
    "udplite.coverage",
    N_("the UDP-Lite checksum coverage is neither 0 nor between 8 and the packet's length"),
    "RFC 3828 3.1", NI_ERROR};
static const struct ni_note_def note_zero = {
    "udp.checksum_zero", N_("no checksum, which IPv6 and UDP-Lite do not allow"), "RFC 8200 8.1",
    NI_WARN};
static const struct ni_note_def note_bad = {"udp.checksum_bad", N_("the UDP checksum is wrong"),
					    "RFC 768", NI_ERROR};
static const struct ni_note_def note_offload = {
    "udp.checksum_offload",
    N_("the UDP checksum covers the pseudo-header alone: left to the network card (offload)"), NULL,
    NI_CHAT};

static bool
is_lite(const struct ni_layer *l)
{
	return l->aux == UDP_LITE;
}

/* What the checksum of UDP and UDP-Lite covers. */
static struct ni_cksum_field
coverage(const struct ni_layer *l, struct ni_span s)
{
	uint32_t n = ni_be16(s.p + 4);
	struct ni_cksum_field f = {.off = 6, .proto = UDP, .pseudo = true};
	f.cover = n ? n : l->len;
	f.claim = l->len;
	if (is_lite(l))
		f.proto = UDP_LITE;
	return f;
}

/* Only UDP over IPv4 may do without (RFC 8200 8.1, RFC 3828 3.1). */
static bool
needs_checksum(const struct ni_dis *d, const struct ni_layer *l)
{
	return is_lite(l) ||
	       ni_layer_find(d, l, &ni_proto_ipv6) > ni_layer_find(d, l, &ni_proto_ipv4);
}

static struct ni_cksum_result
verify(const struct ni_dis *d, const struct ni_layer *l, struct ni_span s)
{
	struct ni_cksum_result r = {.status = NI_CKSUM_UNVERIFIED};
	if (!ni_be16(s.p + 6)) {
		r.status = needs_checksum(d, l) ? NI_CKSUM_ILLEGAL : NI_CKSUM_NOT_PRESENT;
		return r;
	}
	struct ni_cksum_field f = coverage(l, s);
	return ni_checking(d) ? ni_cksum_segment(d, l, &f) : r;
}

static bool
get_status(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	v->u = s.cap >= HDR ? verify(d, l, s).status : 0;
	return s.cap >= HDR;
}

static bool
get_length(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < 6)
		return false;
	v->u = is_lite(l) ? l->len : ni_be16(s.p + 4);
	return true;
}

static bool
get_coverage(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < 6 || !is_lite(l))
		return false;
	v->u = ni_be16(s.p + 4) ? ni_be16(s.p + 4) : l->len;
	return true;
}

static bool
get_stream(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	if (!d->conn || !ni_is_transport(d, l))
		return false;
	v->u = d->conn->id;
	return true;
}

static bool
get_relative(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	if (!d->conn || !ni_is_transport(d, l))
		return false;
	v->i = d->frame->ts_ns - d->conn->first_ns;
	return true;
}

enum {
	F_SPORT,
	F_DPORT,
	F_LENGTH,
	F_COVERAGE,
	F_CHECKSUM,
	F_STATUS,
	F_STREAM,
	F_RELATIVE,
	F_PAYLOAD,
	F_CONN_FIRST,
	F_NFIELDS = F_CONN_FIRST + CONN_NFIELDS,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_SPORT] = {"udp.srcport", "Source Port", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .alias = "udp.port", .ref = "RFC 768"},
	[F_DPORT] = {"udp.dstport", "Destination Port", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 2, .len = 2, .alias = "udp.port", .ref = "RFC 768"},
	[F_LENGTH] = {"udp.length", "Length", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 4, .len = 2, .get = get_length, .ref = "RFC 768",
		.doc = "As the header says, the header's 8 bytes included; UDP-Lite: as IP says."},
	[F_COVERAGE] = {"udp.checksum_coverage", "Checksum coverage", NI_U16, NI_DEC,
		.flags = NI_F_FIXED, .off = 4, .len = 2, .get = get_coverage, .ref = "RFC 3828",
		.doc = "UDP-Lite: bytes that the checksum covers."},
	[F_CHECKSUM] = {"udp.checksum", "Checksum", NI_U16, NI_HEX, .flags = NI_F_FIXED,
		.off = 6, .len = 2, .ref = "RFC 768"},
	[F_STATUS] = {"udp.checksum.status", "Checksum Status", NI_U8, NI_DEC, .depth = 1,
		.flags = NI_F_FIXED | NI_F_COMPUTED, .labels = ni_cksum_status, .get = get_status},
	[F_STREAM] = {"udp.stream", "Stream index", NI_U32, NI_DEC,
		.flags = NI_F_FIXED | NI_F_COMPUTED, .get = get_stream,
		.doc = "Number of the conversation, from 0 in the order of first sight."},
	[F_RELATIVE] = {"udp.time_relative", "Time since first frame", NI_RELTIME,
		.flags = NI_F_FIXED | NI_F_COMPUTED, .get = get_relative},
	[F_PAYLOAD] = {"udp.payload", "Payload", NI_BYTES},
#define CONN_ROW(n) [F_CONN_FIRST + (n)]
#include "conn_fields.def"
	[F_NFIELDS] = {0},
};
/* clang-format on */

static void
check_sum(struct ni_dis *d, const struct ni_layer *l, struct ni_span s)
{
	struct ni_cksum_result r = verify(d, l, s);
	if (r.status == NI_CKSUM_BAD)
		ni_note(d, l, r.partial ? &note_offload : &note_bad);
	else if (r.status == NI_CKSUM_ILLEGAL)
		ni_note(d, l, &note_zero);
}

/* Shorten @s to what the header claims, and say so if the header lies. */
static enum ni_rc
clip_to_claim(struct ni_dis *d, struct ni_layer *l, struct ni_span *s)
{
	uint32_t n = ni_be16(s->p + 4);
	bool part = l->flags & (NI_L_QUOTED | NI_L_FRAGMENT);
	if (is_lite(l)) {
		if (n && (n < HDR || (n > s->len && !part)))
			ni_note(d, l, &note_coverage);
		return NI_OK;
	}
	if (!n && s->len > UINT16_MAX) /* RFC 2675 4 */
		return NI_OK;
	if (n < HDR) {
		ni_note(d, l, &note_len_short);
		return NI_MALFORMED;
	}
	if (n > s->len && !part)
		ni_note(d, l, &note_len_long);
	*s = ni_clip(*s, n);
	l->len = s->len;
	return NI_OK;
}

/* Try the lower port first, as servers have low ones; what the user bound by hand goes before all.
 */
static uint16_t
service_port(const struct ni_dis *d, uint16_t sport, uint16_t dport)
{
	uint16_t low = sport < dport ? sport : dport;
	uint16_t high = sport < dport ? dport : sport;
	if (ni_registry_forced(d->reg, NI_BY_UDP_PORT, low))
		return low;
	if (ni_registry_forced(d->reg, NI_BY_UDP_PORT, high))
		return high;
	return ni_lookup_number(d->reg, NI_BY_UDP_PORT, low) ? low : high;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	l->hdr = HDR;
	uint16_t sport = ni_be16(s.p);
	uint16_t dport = ni_be16(s.p + 2);
	ni_set_transport(d, l, is_lite(l) ? UDP_LITE : UDP, sport, dport);
	rc = clip_to_claim(d, l, &s);
	if (rc != NI_OK)
		return rc;
	if (ni_checking(d))
		check_sum(d, l, s);
	ni_next(d, NI_BY_UDP_PORT, service_port(d, sport, dport), ni_from(s, HDR));
	return NI_OK;
}

static void
walk(struct ni_walk *w)
{
	ni_put_range(w, &fields[F_SPORT], &fields[F_RELATIVE]);
	if (w->layer->len > HDR && w->layer->hdr == HDR)
		ni_put_bytes(w, &fields[F_PAYLOAD], HDR, w->layer->len - HDR);
	ni_put_range(w, &fields[F_CONN_FIRST], &fields[F_CONN_FIRST + CONN_NSHOWN - 1]);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < 4)
		return;
	ni_buf_fmt(b, "%u \xe2\x86\x92 %u", ni_be16(s.p), ni_be16(s.p + 2));
	if (s.cap < HDR)
		return;
	uint32_t n = ni_be16(s.p + 4);
	uint32_t len = l->len;
	bool part = l->flags & (NI_L_QUOTED | NI_L_FRAGMENT);
	if (l->rc == NI_MALFORMED) {
		ni_buf_fmt(b, " [BAD UDP LENGTH %u < %u]", n, HDR);
		return;
	}
	if (!is_lite(l) && n > len) {
		ni_buf_str(b, part ? "" : " [BAD UDP LENGTH ");
		if (!part)
			ni_buf_fmt(b, "%u > IP PAYLOAD LENGTH]", n);
		len = n;
	}
	ni_buf_fmt(b, " Len=%u", len - HDR);
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap >= 4)
		ni_buf_fmt(b, ", Src Port: %u, Dst Port: %u", ni_be16(s.p), ni_be16(s.p + 2));
}

static const char *
column(const struct ni_dis *d, const struct ni_layer *l)
{
	(void)d;
	return is_lite(l) ? "UDPlite" : "UDP";
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, UDP},
    {NI_BY_IPPROTO, UDP_LITE},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_udp = {
    .key = "udp",
    .name = "UDP",
    .title = "User Datagram Protocol",
    .ref = "RFC 768",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
    .column = column,
};

const struct ni_proto *const ni_protos_udp[] = {&ni_proto_udp, NULL};
