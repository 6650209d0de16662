/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP: RFC 9293, RFC 3168 (ECN), RFC 7323 (window scale)
 *
 * OFFSET SIZE FIELD
 *      0    2 source port
 *      2    2 destination port
 *      4    4 sequence number
 *      8    4 acknowledgment number
 *     12    2 header length in words (4 bits), reserved (3), AE CWR ECE URG ACK PSH RST SYN FIN
 *     14    2 window
 *     16    2 checksum
 *     18    2 urgent pointer
 *     20  var options; see tcp_options.c
 *
 * The payload belongs to the streams, which go on with it. Relative numbers, scaled windows, states
 * and analysis are the tracker's (src/core/tcp_track.h); without it numbers are shown as they
 * stand.
 *
 * Not decoded: SYN cookies.
 */
#include "tcp_analysis.h"

#include <string.h>

#include "cksum.h"
#include "i18n.h"
#include "inet.h"
#include "netinspect/stream.h"
#include "protos.h"
#include "tcp_track.h"

enum { HDR = 20, TCP = 6, ALL_FLAGS = 0x0fff };

static const struct ni_note_def note_hdr_len = {
    "tcp.hdr_len_below_20", N_("the TCP header claims to be shorter than 20 bytes"), "RFC 9293 3.1",
    NI_ERROR};
static const struct ni_note_def note_hdr_long = {
    "tcp.hdr_len_exceeds_segment", N_("the TCP header claims to be longer than the segment"),
    "RFC 9293 3.1", NI_ERROR};
static const struct ni_note_def note_bad = {"tcp.checksum_bad", N_("the TCP checksum is wrong"),
					    "RFC 9293 3.1", NI_ERROR};
static const struct ni_note_def note_offload = {
    "tcp.checksum_offload",
    N_("the TCP checksum covers the pseudo-header alone: left to the network card (offload)"), NULL,
    NI_CHAT};

static void
check_sum(struct ni_dis *d, struct ni_layer *l)
{
	struct ni_cksum_result r = ni_tcp_verify(d, l);
	if (r.status == NI_CKSUM_BAD && !r.partial)
		l->flags |= NI_L_BAD_SUM;
	if (r.status == NI_CKSUM_BAD)
		ni_note(d, l, r.partial ? &note_offload : &note_bad);
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	uint32_t hdr = (s.p[12] >> 4) * 4U;
	if (hdr < HDR) {
		ni_note(d, l, &note_hdr_len);
		return NI_MALFORMED;
	}
	if (hdr > s.len && !(l->flags & (NI_L_QUOTED | NI_L_FRAGMENT))) {
		ni_note(d, l, &note_hdr_long);
		return NI_MALFORMED;
	}
	l->hdr = (uint16_t)(hdr < s.len ? hdr : s.len);
	ni_set_transport(d, l, TCP, ni_be16(s.p), ni_be16(s.p + 2));
	rc = ni_need(s, hdr);
	if (rc != NI_OK)
		return NI_TRUNCATED;
	if (ni_checking(d))
		check_sum(d, l);
	return NI_OK;
}

static void
put_flags(struct ni_walk *w, uint16_t flags)
{
	/* A dot (U+00B7) for each of the 12 bits that is not set. */
	static const char letters[] = "RRRACEUAPRSF";
	char text[32];
	struct ni_buf b = ni_buf(text, sizeof(text));
	for (int i = 0; i < 12; i++) {
		if (flags >> (11 - i) & 1)
			ni_buf_c(&b, letters[i]);
		else
			ni_buf_str(&b, "\xc2\xb7");
	}
	ni_put_made(w, &ni_tcp_fields[TCP_FLAGS_STR], 12, 2, text, (uint32_t)b.len);
}

static void
put_marks(struct ni_walk *w, const struct ni_tcp_out *seg)
{
	uint32_t marks = tcp_marks_of(seg);
	if (!marks)
		return;
	ni_put_label(w, &ni_tcp_fields[TCP_ANALYSIS_FLAGS], 0, 0, NULL);
	for (unsigned m = 0; m < NI_NMARKS; m++)
		if (marks >> m & 1)
			ni_put_label(w, &ni_tcp_fields[TCP_MARK_FIRST + m], 0, 0, NULL);
	ni_put_range(w, &ni_tcp_fields[TCP_DUP_ACK_NUM], &ni_tcp_fields[TCP_RTO_FRAME]);
}

static void
put_analysis(struct ni_walk *w)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(w->dis, w->layer);
	if (!seg)
		return;
	ni_put_range(w, &ni_tcp_fields[TCP_STATE_CLIENT], &ni_tcp_fields[TCP_STATE_SERVER]);
	if (ni_tcp_analysed(seg))
		ni_put_label(w, &ni_tcp_fields[TCP_ANALYSIS], 0, 0, NULL);
	ni_put_range(w, &ni_tcp_fields[TCP_ACKS_FRAME], &ni_tcp_fields[TCP_PUSH_BYTES]);
	put_marks(w, seg);
	ni_put_range(w, &ni_tcp_fields[TCP_TIME_RELATIVE], &ni_tcp_fields[TCP_TIME_DELTA]);
	ni_put_range(w, &ni_tcp_fields[TCP_CONN_FIRST],
		     &ni_tcp_fields[TCP_CONN_FIRST + CONN_NSHOWN - 1]);
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	ni_put_range(w, &ni_tcp_fields[TCP_SPORT], &ni_tcp_fields[TCP_FLAGS_FIN]);
	if (s.cap >= 14)
		put_flags(w, ni_be16(s.p + 12) & ALL_FLAGS);
	ni_put_range(w, &ni_tcp_fields[TCP_WINDOW_VALUE], &ni_tcp_fields[TCP_URGENT]);
	if (w->layer->hdr > HDR && s.cap > HDR) {
		ni_put_bytes(w, &ni_tcp_fields[TCP_OPTIONS], HDR, w->layer->hdr - HDR);
		ni_tcp_put_options(w);
	}
	put_analysis(w);
	if (w->layer->hdr && w->layer->len > w->layer->hdr)
		ni_put_bytes(w, &ni_tcp_fields[TCP_PAYLOAD], w->layer->hdr,
			     w->layer->len - w->layer->hdr);
}

/* What tshark puts in front of the line, the last one first. */
static void
print_marks(struct ni_buf *b, const struct ni_tcp_out *seg)
{
	static const struct {
		uint8_t mark;
		const char *text;
	} order[] = {
	    {NI_MARK_ZERO_WINDOW_PROBE_ACK, "[TCP ZeroWindowProbeAck] "},
	    {NI_MARK_ZERO_WINDOW, "[TCP ZeroWindow] "},
	    {NI_MARK_ZERO_WINDOW_PROBE, "[TCP ZeroWindowProbe] "},
	    {NI_MARK_DUPLICATE_ACK, NULL},
	    {NI_MARK_KEEP_ALIVE_ACK, "[TCP Keep-Alive ACK] "},
	    {NI_MARK_KEEP_ALIVE, "[TCP Keep-Alive] "},
	    {NI_MARK_WINDOW_FULL, "[TCP Window Full] "},
	    {NI_MARK_WINDOW_UPDATE, "[TCP Window Update] "},
	    {NI_MARK_ACK_LOST_SEGMENT, "[TCP ACKed unseen segment] "},
	    {NI_MARK_LOST_SEGMENT, "[TCP Previous segment not captured] "},
	    {NI_MARK_REUSED_PORTS, "[TCP Port numbers reused] "},
	    {NI_MARK_OUT_OF_ORDER, "[TCP Out-Of-Order] "},
	    {NI_MARK_SPURIOUS_RETRANSMISSION, "[TCP Spurious Retransmission] "},
	    {NI_MARK_FAST_RETRANSMISSION, "[TCP Fast Retransmission] "},
	    {NI_MARK_RETRANSMISSION, "[TCP Retransmission] "},
	};
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!(seg->marks >> order[i].mark & 1))
			continue;
		if (order[i].text)
			ni_buf_str(b, order[i].text);
		else
			ni_buf_fmt(b, "[TCP Dup ACK %llu#%u] ",
				   (unsigned long long)seg->dup_ack_frame, seg->dup_ack_num);
	}
}

static void
print_flags(struct ni_buf *b, uint16_t flags)
{
	static const char names[12][10] = {"FIN", "SYN", "RST", "PSH",      "ACK",      "URG",
					   "ECE", "CWR", "AE",  "Reserved", "Reserved", "Reserved"};
	bool first = true;
	for (int i = 0; i < 12; i++) {
		if (!(flags >> i & 1) || (i > 9 && flags >> 9 & ((1 << (i - 9)) - 1)))
			continue;
		ni_buf_str(b, first ? "" : ", ");
		ni_buf_str(b, names[i]);
		first = false;
	}
	if (first)
		ni_buf_str(b, "<None>");
}

static void
print_number(struct ni_buf *b, const char *name, const struct ni_dis *d, const struct ni_layer *l,
	     enum ni_tcp_field f)
{
	struct ni_value v;
	if (!ni_field_get(d, l, &ni_tcp_fields[f], &v))
		return;
	ni_buf_str(b, name);
	ni_buf_u64(b, v.u);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	if (s.cap < HDR && s.len < HDR) {
		ni_buf_str(b, "Short segment");
		return;
	}
	if (s.cap < 4)
		return;
	if (seg)
		print_marks(b, seg);
	if (d->part && d->part->title) {
		ni_buf_escape(b, d->part->title, d->part->title_len);
		ni_buf_str(b, "  [TCP segment of a reassembled PDU]");
		return;
	}
	ni_buf_u64(b, ni_be16(s.p));
	ni_buf_str(b, " \xe2\x86\x92 ");
	ni_buf_u64(b, ni_be16(s.p + 2));
	if (s.cap < HDR)
		return;
	uint16_t flags = ni_be16(s.p + 12) & ALL_FLAGS;
	ni_buf_str(b, " [");
	print_flags(b, flags);
	ni_buf_c(b, ']');
	print_number(b, " Seq=", d, l, TCP_SEQ);
	if (flags & NI_TH_ACK)
		print_number(b, " Ack=", d, l, TCP_ACK);
	print_number(b, " Win=", d, l, TCP_WINDOW);
	if (flags & NI_TH_URG)
		print_number(b, " Urg=", d, l, TCP_URGENT);
	if (!l->hdr) {
		uint32_t hdr = (s.p[12] >> 4) * 4U;
		ni_buf_fmt(b, ", bogus TCP header length (%u, must be at least %u)", hdr, HDR);
		return;
	}
	print_number(b, " Len=", d, l, TCP_LEN);
	ni_tcp_options_summary(d, l, b);
	if (d->part && d->part->of_pdu)
		ni_buf_str(b, " [TCP segment of a reassembled PDU]");
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < 4)
		return;
	ni_buf_fmt(b, ", Src Port: %u, Dst Port: %u", ni_be16(s.p), ni_be16(s.p + 2));
	print_number(b, ", Seq: ", d, l, TCP_SEQ);
	if (s.cap >= HDR && s.p[13] & NI_TH_ACK)
		print_number(b, ", Ack: ", d, l, TCP_ACK);
	print_number(b, ", Len: ", d, l, TCP_LEN);
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, TCP},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_tcp = {
    .key = "tcp",
    .name = "TCP",
    .title = "Transmission Control Protocol",
    .ref = "RFC 9293",
    .fields = ni_tcp_fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
};

const struct ni_proto *const ni_protos_tcp[] = {&ni_proto_tcp, NULL};
