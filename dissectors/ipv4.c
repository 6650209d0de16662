/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv4: RFC 791, RFC 2474 (DSCP), RFC 3168 (ECN), RFC 6864 (identification)
 *
 * OFFSET SIZE FIELD
 *      0    1 version (4 bits), header length in words (4)
 *      1    1 DSCP (6 bits), ECN (2)
 *      2    2 total length, header included; 0 in frames that the card still has to cut up
 *      4    2 identification
 *      6    2 reserved, don't fragment, more fragments (3 bits), fragment offset / 8 (13)
 *      8    1 time to live
 *      9    1 protocol
 *     10    2 header checksum
 *     12    4 source
 *     16    4 destination
 *     20  var options; see ipv4_options.c
 *
 * Fragments are put together (src/core/defrag.h): all but the last show as data, the last one shows
 * the whole datagram. A first fragment that cannot be kept is taken apart for what it holds.
 *
 * Not decoded: names of addresses.
 */
#include "ipv4.h"

#include "defrag.h"
#include "i18n.h"
#include "inet.h"
#include "labels.h"
#include "protos.h"

enum { HDR = 20, MORE = 0x2000, OFFSET = 0x1fff };

static const struct ni_note_def note_version = {
    "ipv4.version", N_("the version field of this IPv4 header is not 4"), "RFC 791 3.1", NI_ERROR};
static const struct ni_note_def note_hdr_len = {
    "ipv4.hdr_len", N_("the IPv4 header claims to be shorter than 20 bytes"), "RFC 791 3.1",
    NI_ERROR};
static const struct ni_note_def note_len_short = {
    "ipv4.len_below_header", N_("the IPv4 total length is shorter than the header"), "RFC 791 3.1",
    NI_ERROR};
static const struct ni_note_def note_len_long = {
    "ipv4.len_exceeds_frame", N_("the IPv4 total length claims more bytes than the frame has"),
    "RFC 791 3.1", NI_ERROR};
static const struct ni_note_def note_len_zero = {
    "ipv4.len_zero",
    N_("the IPv4 total length is 0: captured before the network card cut it up (TSO)"), NULL,
    NI_CHAT};
static const struct ni_note_def note_checksum = {
    "ipv4.checksum_bad", N_("the IPv4 header checksum is wrong"), "RFC 791 3.1", NI_ERROR};
static const struct ni_note_def note_checksum_zero = {
    "ipv4.checksum_offload",
    N_("the IPv4 header checksum is 0: most likely left to the network card (offload)"), NULL,
    NI_CHAT};
static void
check_sum(struct ni_dis *d, const struct ni_layer *l, struct ni_span s)
{
	uint16_t sum = ni_ipv4_header_sum(d, s);
	if (sum && sum != 0xffff)
		ni_note(d, l, ni_be16(s.p + 10) ? &note_checksum : &note_checksum_zero);
}

static void
next_fragment(struct ni_dis *d, struct ni_layer *l, const uint8_t *ip, struct ni_span payload)
{
	uint16_t frag = ni_be16(ip + 6);
	struct ni_frag f = {
	    .src = ip + 12,
	    .dst = ip + 16,
	    .addr_len = 4,
	    .proto = ip[9],
	    .more = frag & MORE,
	    .id = ni_be16(ip + 4),
	    .off = (frag & OFFSET) * 8U,
	};
	uint32_t total = ni_be16(ip + 2);
	ni_next_fragment(d, l, &f, payload, total > l->hdr ? total - l->hdr : 0);
}

/* Shorten @s to what the header claims, and say so if the header lies. */
static enum ni_rc
clip_to_claim(struct ni_dis *d, struct ni_layer *l, struct ni_span *s, uint32_t hdr)
{
	uint32_t total = ni_be16(s->p + 2);
	if (!total) {
		ni_note(d, l, &note_len_zero);
		return NI_OK;
	}
	if (total < hdr) {
		ni_note(d, l, &note_len_short);
		return NI_MALFORMED;
	}
	if (total > s->len && !ni_quoted(d))
		ni_note(d, l, &note_len_long);
	*s = ni_clip(*s, total);
	l->len = s->len;
	return NI_OK;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, 1);
	if (rc != NI_OK)
		return rc;
	if (s.p[0] >> 4 == 6) {
		l->proto = ni_proto_number(d->reg, &ni_proto_ipv6);
		return ni_proto_ipv6.decode(d, l, s);
	}
	if (s.p[0] >> 4 != 4) {
		ni_note(d, l, &note_version);
		return NI_MALFORMED;
	}
	rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	uint32_t hdr = (s.p[0] & 15) * 4U;
	if (hdr < HDR) {
		ni_note(d, l, &note_hdr_len);
		return NI_MALFORMED;
	}
	rc = clip_to_claim(d, l, &s, hdr);
	if (rc != NI_OK)
		return rc;
	l->hdr = (uint16_t)hdr;
	rc = ni_need_quoted(d, s, hdr);
	const uint8_t *dst = s.p + 16 + (rc == NI_OK ? ni_ipv4_route_end(s.p, hdr) : 0);
	ni_set_net(d, l, (struct ni_addr_pair){s.p + 12, dst, NI_ADDR_IP4}, s.p[9]);
	if (rc != NI_OK)
		return rc;
	check_sum(d, l, s);
	if (ni_be16(s.p + 6) & (MORE | OFFSET))
		next_fragment(d, l, s.p, ni_from(s, hdr));
	else
		ni_next(d, NI_BY_IPPROTO, s.p[9], ni_from(s, hdr));
	return NI_OK;
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	ni_put_range(w, &ni_ipv4_fields[IP_VERSION], &ni_ipv4_fields[IP_SRC]);
	if (w->layer->hdr > HDR && s.cap >= w->layer->hdr && ni_ipv4_route_end(s.p, w->layer->hdr))
		ni_put_bytes(w, &ni_ipv4_fields[IP_CUR_RT], 16, 4); /* the options hold ip.dst */
	else
		ni_put(w, &ni_ipv4_fields[IP_DST]);
	if (w->layer->hdr > HDR && s.cap > HDR)
		ni_ipv4_put_options(w, w->layer->hdr - HDR);
	ni_put_reassembled(w, &ni_ipv4_fields[IP_FRAGMENTS]);
}

static void
print_malformed(struct ni_buf *b, struct ni_span s)
{
	uint32_t hdr = s.cap ? (s.p[0] & 15) * 4U : 0;
	if (s.cap && s.p[0] >> 4 != 4)
		ni_buf_fmt(b, "Bogus IPv4 version (%u, must be 4)", s.p[0] >> 4);
	else if (s.cap && hdr < HDR)
		ni_buf_fmt(b, "Bogus IP header length (%u, must be at least %u)", hdr, HDR);
	else if (s.cap >= 4 && ni_be16(s.p + 2) < hdr)
		ni_buf_fmt(b, "Bogus IP length (%u, less than header length %u)", ni_be16(s.p + 2),
			   hdr);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (l->rc == NI_MALFORMED)
		print_malformed(b, s);
	if (l->rc == NI_MALFORMED || s.cap < HDR)
		return;
	const char *name = ni_label_find(ni_ipprotos, s.p[9]);
	if (l->flags & NI_L_FRAGMENT)
		ni_buf_fmt(b, "Fragmented IP protocol (proto=%s %u, off=%u, ID=%04x)",
			   name ? name : "Unknown", s.p[9], (ni_be16(s.p + 6) & OFFSET) * 8U,
			   ni_be16(s.p + 4));
	else
		ni_buf_fmt(b, "%s (%u)", name ? name : "Unknown", s.p[9]);
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	struct ni_value v;
	if (s.cap < HDR || !ni_field_get(d, l, &ni_ipv4_fields[IP_DST], &v))
		return;
	ni_buf_str(b, ", Src: ");
	ni_buf_ip4(b, s.p + 12);
	ni_buf_str(b, ", Dst: ");
	ni_buf_ip4(b, v.p);
}

static const struct ni_bind binds[] = {
    {NI_BY_ETHERTYPE, 0x0800}, {NI_BY_IPPROTO, 4},    {NI_BY_LLC, 0x06},
    {NI_BY_PPP, 0x0021},       {NI_BY_LINKTYPE, 228}, {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_ipv4 = {
    .key = "ip",
    .name = "IPv4",
    .title = "Internet Protocol Version 4",
    .ref = "RFC 791",
    .fields = ni_ipv4_fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
};

const struct ni_proto *const ni_protos_ipv4[] = {&ni_proto_ipv4, NULL};
