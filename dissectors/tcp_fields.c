/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP's fields; the header and its decoder are in tcp.c. */
#include "tcp_analysis.h"

#include <string.h>

#include "cksum.h"
#include "inet.h"
#include "labels.h"
#include "tcp_track.h"

enum { HDR = 20, TCP = 6 };
enum { PARTIAL = NI_L_QUOTED | NI_L_FRAGMENT }; /* the packet does not hold all of the segment */

_Static_assert(TCP_MARK_LAST - TCP_MARK_FIRST + 1 == NI_NMARKS, "a row for each mark");

const struct ni_tcp_out *
ni_tcp_seg(const struct ni_dis *d, const struct ni_layer *l)
{
	return ni_is_transport(d, l) ? d->seg : NULL;
}

static const struct ni_conn *
conn_of(const struct ni_dis *d, const struct ni_layer *l)
{
	return ni_is_transport(d, l) ? d->conn : NULL;
}

struct ni_cksum_result
ni_tcp_verify(const struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_cksum_field f = {
	    .off = 16, .proto = TCP, .pseudo = true, .cover = l->len, .claim = l->len};
	struct ni_cksum_result r = {.status = NI_CKSUM_UNVERIFIED};
	return ni_checking(d) ? ni_cksum_segment(d, l, &f) : r;
}

static bool
get_status(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	v->u = ni_tcp_verify(d, l).status;
	return ni_layer_span(d, l).cap >= 18;
}

static bool
get_calculated(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_cksum_result r = ni_tcp_verify(d, l);
	v->u = r.expected;
	return r.status == NI_CKSUM_GOOD || r.status == NI_CKSUM_BAD;
}

static bool
get_stream(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	v->u = c ? c->id : 0;
	return c != NULL;
}

static bool
get_completeness(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	v->u = c ? c->completeness : 0;
	return c != NULL;
}

static bool
get_len(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)d;
	v->u = l->hdr ? l->len - l->hdr : 0;
	return l->hdr && !(l->flags & PARTIAL);
}

static bool
get_seq(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->u = s.cap < 8 ? 0 : seg ? seg->rel_seq : ni_be32(s.p + 4);
	return s.cap >= 8;
}

static bool
get_nxtseq(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	if (!l->hdr || l->flags & PARTIAL || s.cap < HDR || !get_seq(d, l, v))
		return false;
	v->u = (uint32_t)(v->u + l->len - l->hdr + ((s.p[13] & (NI_TH_SYN | NI_TH_FIN)) != 0));
	v->len = 0;
	return true;
}

static bool
get_ack(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->u = s.cap < 12 ? 0 : seg && seg->rel_ack_valid ? seg->rel_ack : ni_be32(s.p + 8);
	return s.cap >= 12;
}

static bool
get_hdr_len(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	v->u = s.cap > 12 ? (s.p[12] >> 4) * 4U : 0;
	return s.cap > 12;
}

static bool
get_res(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	v->u = s.cap > 12 && s.p[12] & 0x0e;
	return s.cap > 12;
}

static bool
get_window(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->u = s.cap < 16 ? 0 : seg ? seg->window : ni_be16(s.p + 14);
	v->len = 2;
	v->off = l->off + 14;
	return s.cap >= 16;
}

/* A SYN's window is never scaled (RFC 7323 2.2). */
static bool
get_window_scale(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->i = seg ? seg->window_scale : 0;
	return seg && seg->window_scale;
}

static bool
get_state(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v, unsigned side)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	if (!seg)
		return false;
	const char *name = ni_tcp_state_name(seg->state[side]);
	v->p = (const uint8_t *)name;
	v->n = (uint32_t)strlen(name);
	return true;
}

static bool
get_state_client(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	return get_state(d, l, v, NI_CLIENT);
}

static bool
get_state_server(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	return get_state(d, l, v, NI_SERVER);
}

static bool
get_time_relative(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	v->i = c ? d->frame->ts_ns - c->first_ns : 0;
	return c != NULL;
}

static bool
get_time_delta(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->i = seg ? seg->delta_ns : 0;
	return conn_of(d, l) != NULL;
}

static const struct ni_label kinds[] = {
    {0, 0, "End of Option List"},
    {1, 1, "No-Operation"},
    {2, 2, "Maximum Segment Size"},
    {3, 3, "Window Scale"},
    {4, 4, "SACK Permitted"},
    {5, 5, "SACK"},
    {6, 6, "Echo"},
    {7, 7, "Echo Reply"},
    {8, 8, "Time Stamp Option"},
    {9, 9, "Partial Order Connection Permitted"},
    {10, 10, "Partial Order Service Profile"},
    {11, 11, "CC"},
    {12, 12, "CC.NEW"},
    {13, 13, "CC.ECHO"},
    {14, 14, "TCP Alternate Checksum Request"},
    {15, 15, "TCP Alternate Checksum Data"},
    {16, 16, "Skeeter"},
    {17, 17, "Bubba"},
    {18, 18, "Trailer Checksum Option"},
    {19, 19, "MD5 Signature Option"},
    {20, 20, "SCPS Capabilities"},
    {21, 21, "Selective Negative Acknowledgements"},
    {22, 22, "Record Boundaries"},
    {23, 23, "Corruption experienced"},
    {24, 24, "SNAP"},
    {26, 26, "TCP Compression Filter"},
    {27, 27, "Quick-Start Response"},
    {28, 28, "User Timeout Option"},
    {29, 29, "The TCP Authentication Option"},
    {30, 30, "Multipath TCP"},
    {34, 34, "TCP Fast Open Cookie"},
    {172, 172, "Accurate ECN Order 0"},
    {174, 174, "Accurate ECN Order 1"},
    {253, 253, "RFC3692-style Experiment 1"},
    {254, 254, "RFC3692-style Experiment 2"},
    {0, 0, NULL},
};

static const struct ni_label mptcp_subtypes[] = {
    {0, 0, "Multipath Capable"},
    {1, 1, "Join Connection"},
    {2, 2, "Data Sequence Signal"},
    {3, 3, "Add Address"},
    {4, 4, "Remove Address"},
    {5, 5, "Change Subflow Priority"},
    {6, 6, "TCP Fallback"},
    {7, 7, "Fast Close"},
    {8, 8, "TCP Reset"},
    {0, 0, NULL},
};

static const struct ni_label mptcp_reasons[] = {
    {0, 0, "Unspecified error"},         {1, 1, "MPTCP-specific error"},
    {2, 2, "Lack of resources"},         {3, 3, "Administratively prohibited"},
    {4, 4, "Too much outstanding data"}, {5, 5, "Unacceptable performance"},
    {6, 6, "Middlebox interference"},    {0, 0, NULL},
};

static const struct ni_label granularity[] = {
    {0, 0, "Seconds"},
    {1, 1, "Minutes"},
    {0, 0, NULL},
};

#define TRACKED (NI_F_FIXED | NI_F_COMPUTED)
#define FLAG(k, n, bit)                                                                            \
	{                                                                                          \
		.key = (k), .name = (n), .type = NI_BOOL, .depth = 1, .flags = NI_F_FIXED,         \
		.off = 12, .len = 2, .mask = (bit), .labels = ni_set, .ref = "RFC 9293 3.1"        \
	}
#define MARK(m, k, n)                                                                              \
	{                                                                                          \
		.key = (k), .name = (n), .type = NI_NONE, .depth = 2, .flags = TRACKED,            \
		.get = TCP_GET_MARK(m)                                                             \
	}
#define OPTION(k, n)                                                                               \
	{                                                                                          \
		.key = (k), .name = (n), .type = NI_BYTES, .depth = 1                              \
	}
#define BIT(k, n, bit)                                                                             \
	{                                                                                          \
		.key = (k), .name = (n), .type = NI_U8, .base = NI_DEC, .depth = 3, .len = 1,      \
		.mask = (bit), .ref = "RFC 8684"                                                   \
	}

/* clang-format off */
const struct ni_field ni_tcp_fields[TCP_NFIELDS + 1] = {
	[TCP_SPORT] = {"tcp.srcport", "Source Port", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .alias = "tcp.port", .ref = "RFC 9293 3.1"},
	[TCP_DPORT] = {"tcp.dstport", "Destination Port", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 2, .len = 2, .alias = "tcp.port", .ref = "RFC 9293 3.1"},
	[TCP_STREAM] = {"tcp.stream", "Stream index", NI_U32, NI_DEC, .flags = TRACKED,
		.get = get_stream,
		.doc = "Number of the connection, from 0 in the order of first sight."},
	[TCP_COMPLETENESS] = {"tcp.completeness", "Conversation completeness", NI_U8, NI_DEC,
		.flags = TRACKED, .get = get_completeness,
		.doc = "Segments seen: SYN 1, SYN+ACK 2, ACK 4, data 8, FIN 16, RST 32. conn.open "
		       "and conn.close say more."},
	[TCP_LEN] = {"tcp.len", "TCP Segment Len", NI_U32, NI_DEC, .flags = TRACKED,
		.get = get_len, .doc = "Bytes of payload that the IP length leaves."},
	[TCP_SEQ] = {"tcp.seq", "Sequence Number", NI_U32, NI_DEC, .flags = NI_F_FIXED,
		.off = 4, .len = 4, .get = get_seq, .ref = "RFC 9293 3.4",
		.doc = "Counted from the sender's first one; as it stands where none is known."},
	[TCP_SEQ_RAW] = {"tcp.seq_raw", "Sequence Number (raw)", NI_U32, NI_DEC,
		.flags = NI_F_FIXED, .off = 4, .len = 4, .ref = "RFC 9293 3.1"},
	[TCP_NXTSEQ] = {"tcp.nxtseq", "Next Sequence Number", NI_U32, NI_DEC, .flags = TRACKED,
		.get = get_nxtseq, .doc = "Behind this segment, SYN and FIN counted."},
	[TCP_ACK] = {"tcp.ack", "Acknowledgment Number", NI_U32, NI_DEC, .flags = NI_F_FIXED,
		.off = 8, .len = 4, .get = get_ack, .ref = "RFC 9293 3.4",
		.doc = "Counted from the peer's first sequence number."},
	[TCP_ACK_RAW] = {"tcp.ack_raw", "Acknowledgment number (raw)", NI_U32, NI_DEC,
		.flags = NI_F_FIXED, .off = 8, .len = 4, .ref = "RFC 9293 3.1"},
	[TCP_HDR_LEN] = {"tcp.hdr_len", "Header Length", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 12, .len = 1, .get = get_hdr_len, .ref = "RFC 9293 3.1", .doc = "In bytes."},
	[TCP_FLAGS] = {"tcp.flags", "Flags", NI_U16, NI_HEX, .flags = NI_F_FIXED,
		.off = 12, .len = 2, .mask = 0x0fff, .ref = "RFC 9293 3.1"},
	[TCP_FLAGS_RES] = {"tcp.flags.res", "Reserved", NI_BOOL, .depth = 1, .flags = NI_F_FIXED,
		.off = 12, .len = 1, .labels = ni_set, .get = get_res, .ref = "RFC 9293 3.1"},
	[TCP_FLAGS_AE] = FLAG("tcp.flags.ae", "Accurate ECN", NI_TH_AE),
	[TCP_FLAGS_CWR] = FLAG("tcp.flags.cwr", "Congestion Window Reduced", NI_TH_CWR),
	[TCP_FLAGS_ECE] = FLAG("tcp.flags.ece", "ECN-Echo", NI_TH_ECE),
	[TCP_FLAGS_URG] = FLAG("tcp.flags.urg", "Urgent", NI_TH_URG),
	[TCP_FLAGS_ACK] = FLAG("tcp.flags.ack", "Acknowledgment", NI_TH_ACK),
	[TCP_FLAGS_PUSH] = FLAG("tcp.flags.push", "Push", NI_TH_PSH),
	[TCP_FLAGS_RESET] = FLAG("tcp.flags.reset", "Reset", NI_TH_RST),
	[TCP_FLAGS_SYN] = FLAG("tcp.flags.syn", "Syn", NI_TH_SYN),
	[TCP_FLAGS_FIN] = FLAG("tcp.flags.fin", "Fin", NI_TH_FIN),
	[TCP_FLAGS_STR] = {"tcp.flags.str", "TCP Flags", NI_STR, .depth = 1,
		.flags = NI_F_COMPUTED},
	[TCP_WINDOW_VALUE] = {"tcp.window_size_value", "Window", NI_U16, NI_DEC,
		.flags = NI_F_FIXED, .off = 14, .len = 2, .ref = "RFC 9293 3.1",
		.doc = "As it stands in the segment, not scaled."},
	[TCP_WINDOW] = {"tcp.window_size", "Calculated window size", NI_U32, NI_DEC,
		.flags = TRACKED, .get = get_window, .ref = "RFC 7323 2",
		.doc = "Scaled as far as the handshake was seen."},
	[TCP_WINDOW_SCALE] = {"tcp.window_size_scalefactor", "Window size scaling factor", NI_I32,
		NI_DEC, .flags = TRACKED, .get = get_window_scale, .ref = "RFC 7323 2",
		.doc = "-1: unknown, the handshake was not seen; -2: no scaling."},
	[TCP_CHECKSUM] = {"tcp.checksum", "Checksum", NI_U16, NI_HEX, .flags = NI_F_FIXED,
		.off = 16, .len = 2, .ref = "RFC 9293 3.1"},
	[TCP_CHECKSUM_STATUS] = {"tcp.checksum.status", "Checksum Status", NI_U8, NI_DEC,
		.flags = TRACKED, .labels = ni_cksum_status, .get = get_status},
	[TCP_CHECKSUM_CALCULATED] = {"tcp.checksum_calculated", "Calculated Checksum", NI_U16,
		NI_HEX, .flags = TRACKED, .get = get_calculated},
	[TCP_URGENT] = {"tcp.urgent_pointer", "Urgent Pointer", NI_U16, NI_DEC,
		.flags = NI_F_FIXED, .off = 18, .len = 2, .ref = "RFC 9293 3.1"},
	[TCP_OPTIONS] = {"tcp.options", "TCP Options", NI_BYTES},
	[TCP_STATE_CLIENT] = {"tcp.state.client", "State of the client", NI_STR, .flags = TRACKED,
		.get = get_state_client, .ref = "RFC 9293 3.3.2", .word = ni_tcp_state_name,
		.doc = "Once this segment has been taken in, as its kernel would report it."},
	[TCP_STATE_SERVER] = {"tcp.state.server", "State of the server", NI_STR, .flags = TRACKED,
		.get = get_state_server, .ref = "RFC 9293 3.3.2", .word = ni_tcp_state_name,
		.doc = "Once this segment has been taken in, as its kernel would report it."},
	[TCP_ANALYSIS] = {"tcp.analysis", "SEQ/ACK analysis", NI_NONE, .flags = TRACKED,
		.get = tcp_get_analysis},
	[TCP_ACKS_FRAME] = {"tcp.analysis.acks_frame", "This is an ACK to the segment in frame",
		NI_U64, NI_DEC, 1, TRACKED, .get = tcp_get_acks_frame},
	[TCP_ACK_RTT] = {"tcp.analysis.ack_rtt", "The RTT to ACK the segment was", NI_RELTIME,
		.depth = 1, .flags = TRACKED, .get = tcp_get_ack_rtt},
	[TCP_INITIAL_RTT] = {"tcp.analysis.initial_rtt", "iRTT", NI_RELTIME, .depth = 1,
		.flags = TRACKED, .get = tcp_get_initial_rtt,
		.doc = "From the SYN to the first acknowledgement behind it."},
	[TCP_IN_FLIGHT] = {"tcp.analysis.bytes_in_flight", "Bytes in flight", NI_U32, NI_DEC, 1,
		TRACKED, .get = tcp_get_in_flight},
	[TCP_PUSH_BYTES] = {"tcp.analysis.push_bytes_sent", "Bytes sent since last PSH flag",
		NI_U32, NI_DEC, 1, TRACKED, .get = tcp_get_push_bytes},
	[TCP_ANALYSIS_FLAGS] = {"tcp.analysis.flags", "TCP Analysis Flags", NI_NONE, .depth = 1,
		.flags = TRACKED, .get = tcp_get_analysis_flags},
	[TCP_MARK_FIRST + NI_MARK_RETRANSMISSION] = MARK(RETRANSMISSION,
		"tcp.analysis.retransmission",
		"This frame is a (suspected) retransmission"),
	[TCP_MARK_FIRST + NI_MARK_FAST_RETRANSMISSION] = MARK(FAST_RETRANSMISSION,
		"tcp.analysis.fast_retransmission",
		"This frame is a (suspected) fast retransmission"),
	[TCP_MARK_FIRST + NI_MARK_SPURIOUS_RETRANSMISSION] = MARK(SPURIOUS_RETRANSMISSION,
		"tcp.analysis.spurious_retransmission",
		"This frame is a (suspected) spurious retransmission"),
	[TCP_MARK_FIRST + NI_MARK_OUT_OF_ORDER] = MARK(OUT_OF_ORDER,
		"tcp.analysis.out_of_order",
		"This frame is a (suspected) out-of-order segment"),
	[TCP_MARK_FIRST + NI_MARK_LOST_SEGMENT] = MARK(LOST_SEGMENT,
		"tcp.analysis.lost_segment",
		"Previous segment(s) not captured (common at capture start)"),
	[TCP_MARK_FIRST + NI_MARK_ACK_LOST_SEGMENT] = MARK(ACK_LOST_SEGMENT,
		"tcp.analysis.ack_lost_segment",
		"ACKed segment that wasn't captured (common at capture start)"),
	[TCP_MARK_FIRST + NI_MARK_DUPLICATE_ACK] = MARK(DUPLICATE_ACK,
		"tcp.analysis.duplicate_ack",
		"Duplicate ACK"),
	[TCP_MARK_FIRST + NI_MARK_WINDOW_FULL] = MARK(WINDOW_FULL,
		"tcp.analysis.window_full",
		"TCP window specified by the receiver is now completely full"),
	[TCP_MARK_FIRST + NI_MARK_ZERO_WINDOW] = MARK(ZERO_WINDOW,
		"tcp.analysis.zero_window",
		"TCP Zero Window segment"),
	[TCP_MARK_FIRST + NI_MARK_ZERO_WINDOW_PROBE] = MARK(ZERO_WINDOW_PROBE,
		"tcp.analysis.zero_window_probe",
		"TCP Zero Window Probe"),
	[TCP_MARK_FIRST + NI_MARK_ZERO_WINDOW_PROBE_ACK] = MARK(ZERO_WINDOW_PROBE_ACK,
		"tcp.analysis.zero_window_probe_ack", "ACK to a TCP Zero Window Probe"),
	[TCP_MARK_FIRST + NI_MARK_KEEP_ALIVE] = MARK(KEEP_ALIVE,
		"tcp.analysis.keep_alive",
		"TCP keep-alive segment"),
	[TCP_MARK_FIRST + NI_MARK_KEEP_ALIVE_ACK] = MARK(KEEP_ALIVE_ACK,
		"tcp.analysis.keep_alive_ack",
		"ACK to a TCP keep-alive segment"),
	[TCP_MARK_FIRST + NI_MARK_WINDOW_UPDATE] = MARK(WINDOW_UPDATE,
		"tcp.analysis.window_update",
		"TCP window update"),
	[TCP_MARK_FIRST + NI_MARK_REUSED_PORTS] = MARK(REUSED_PORTS,
		"tcp.analysis.reused_ports",
		"A new tcp session is started with the same ports as an earlier session "
		"in this trace"),
	[TCP_MARK_FIRST + NI_MARK_DUPLICATE_FRAME] = MARK(DUPLICATE_FRAME,
		"tcp.analysis.duplicate_frame",
		"The same frame was captured before"),
	[TCP_MARK_FIRST + NI_MARK_RST_IGNORED] = MARK(RST_IGNORED,
		"tcp.analysis.rst_ignored",
		"RST that its receiver must ignore"),
	[TCP_MARK_FIRST + NI_MARK_SYN_IGNORED] = MARK(SYN_IGNORED,
		"tcp.analysis.syn_ignored",
		"SYN that its receiver must ignore"),
	[TCP_MARK_FIRST + NI_MARK_CHALLENGE_ACK] = MARK(CHALLENGE_ACK,
		"tcp.analysis.challenge_ack",
		"Challenge ACK: answers a RST or SYN that was ignored"),
	[TCP_MARK_FIRST + NI_MARK_OUT_OF_WINDOW] = MARK(OUT_OF_WINDOW,
		"tcp.analysis.out_of_window",
		"Segment that its receiver must drop"),
	[TCP_MARK_FIRST + NI_MARK_FAST_OPEN_DATA] = MARK(FAST_OPEN_DATA,
		"tcp.analysis.fast_open_data",
		"Data in a SYN (TCP Fast Open)"),
	[TCP_MARK_FIRST + NI_MARK_SEQ_WRAP] = MARK(SEQ_WRAP,
		"tcp.analysis.seq_wrap",
		"The sequence number passes 2^32"),
	[TCP_MARK_FIRST + NI_MARK_AMBIGUOUS] = MARK(AMBIGUOUS,
		"tcp.analysis.ambiguous",
		"Retransmission or reordering: neither timestamps nor IP identification tell "
		"which"),
	[TCP_DUP_ACK_NUM] = {"tcp.analysis.duplicate_ack_num", "Duplicate ACK #", NI_U32, NI_DEC,
		1, TRACKED, .get = tcp_get_dup_ack_num},
	[TCP_DUP_ACK_FRAME] = {"tcp.analysis.duplicate_ack_frame", "Duplicate to the ACK in frame",
		NI_U64, NI_DEC, 1, TRACKED, .get = tcp_get_dup_ack_frame},
	[TCP_RTO] = {"tcp.analysis.rto", "The RTO for this segment was", NI_RELTIME, .depth = 1,
		.flags = TRACKED, .get = tcp_get_rto},
	[TCP_RTO_FRAME] = {"tcp.analysis.rto_frame", "RTO based on delta from frame", NI_U64,
		NI_DEC, 1, TRACKED, .get = tcp_get_rto_frame},
	[TCP_TIME_RELATIVE] = {"tcp.time_relative", "Time since first frame in this TCP stream",
		NI_RELTIME, .flags = TRACKED, .get = get_time_relative},
	[TCP_TIME_DELTA] = {"tcp.time_delta", "Time since previous frame in this TCP stream",
		NI_RELTIME, .flags = TRACKED, .get = get_time_delta},
	[TCP_PAYLOAD] = {"tcp.payload", "TCP payload", NI_BYTES},
	[TCP_OPT_EOL] = OPTION("tcp.options.eol", "End of Option List (EOL)"),
	[TCP_OPT_NOP] = OPTION("tcp.options.nop", "No-Operation (NOP)"),
	[TCP_OPT_MSS] = OPTION("tcp.options.mss", "Maximum segment size"),
	[TCP_OPT_WSCALE] = OPTION("tcp.options.wscale", "Window scale"),
	[TCP_OPT_SACK_PERM] = OPTION("tcp.options.sack_perm", "SACK permitted"),
	[TCP_OPT_SACK] = OPTION("tcp.options.sack", "SACK"),
	[TCP_OPT_ECHO] = OPTION("tcp.options.echo", "Echo"),
	[TCP_OPT_ECHO_REPLY] = OPTION("tcp.options.echoreply", "Echo reply"),
	[TCP_OPT_TS] = OPTION("tcp.options.timestamp", "Timestamps"),
	[TCP_OPT_CC] = OPTION("tcp.options.cc", "CC"),
	[TCP_OPT_CC_NEW] = OPTION("tcp.options.ccnew", "CC.NEW"),
	[TCP_OPT_CC_ECHO] = OPTION("tcp.options.ccecho", "CC.ECHO"),
	[TCP_OPT_MD5] = OPTION("tcp.options.md5", "TCP MD5 signature"),
	[TCP_OPT_SCPS] = OPTION("tcp.options.scps", "SCPS capabilities"),
	[TCP_OPT_QS] = OPTION("tcp.options.qs", "Quick-Start"),
	[TCP_OPT_USER_TO] = OPTION("tcp.options.user_to", "User Timeout"),
	[TCP_OPT_AO] = OPTION("tcp.options.ao", "TCP Authentication Option (TCP-AO)"),
	[TCP_OPT_MPTCP] = OPTION("tcp.options.mptcp", "Multipath Transmission Control Protocol"),
	[TCP_OPT_TFO] = OPTION("tcp.options.tfo", "TCP Fast Open"),
	[TCP_OPT_EXP] = OPTION("tcp.options.experimental", "Experimental"),
	[TCP_OPT_UNKNOWN] = OPTION("tcp.options.unknown", "Unknown"),
	[TCP_OPT_KIND] = {"tcp.option_kind", "Kind", NI_U8, NI_DEC, 2, .labels = kinds,
		.ref = "RFC 9293 3.2"},
	[TCP_OPT_LEN] = {"tcp.option_len", "Length", NI_U8, NI_DEC, 2, .ref = "RFC 9293 3.2"},
	[TCP_MSS_VAL] = {"tcp.options.mss_val", "MSS Value", NI_U16, NI_DEC, 2,
		.ref = "RFC 9293 3.7.1"},
	[TCP_WS_SHIFT] = {"tcp.options.wscale.shift", "Shift count", NI_U8, NI_DEC, 2,
		.ref = "RFC 7323 2"},
	[TCP_WS_MULTIPLIER] = {"tcp.options.wscale.multiplier", "Multiplier", NI_U16, NI_DEC, 2,
		NI_F_COMPUTED, .ref = "RFC 7323 2"},
	[TCP_SACK_COUNT] = {"tcp.options.sack.count", "TCP SACK Count", NI_U8, NI_DEC, 2,
		NI_F_COMPUTED, .ref = "RFC 2018"},
	[TCP_SACK_LE] = {"tcp.options.sack_le", "TCP SACK Left Edge", NI_U32, NI_DEC, 2,
		.ref = "RFC 2018"},
	[TCP_SACK_RE] = {"tcp.options.sack_re", "TCP SACK Right Edge", NI_U32, NI_DEC, 2,
		.ref = "RFC 2018"},
	[TCP_DSACK_LE] = {"tcp.options.sack.dsack_le", "TCP D-SACK Left Edge", NI_U32, NI_DEC, 2,
		.ref = "RFC 2883"},
	[TCP_DSACK_RE] = {"tcp.options.sack.dsack_re", "TCP D-SACK Right Edge", NI_U32, NI_DEC, 2,
		.ref = "RFC 2883"},
	[TCP_ECHO_VALUE] = {"tcp.options.echo_value", "TCP Echo Option", NI_U32, NI_DEC, 2,
		.ref = "RFC 1072"},
	[TCP_TSVAL] = {"tcp.options.timestamp.tsval", "Timestamp value", NI_U32, NI_DEC, 2,
		.ref = "RFC 7323 3"},
	[TCP_TSECR] = {"tcp.options.timestamp.tsecr", "Timestamp echo reply", NI_U32, NI_DEC, 2,
		.ref = "RFC 7323 3"},
	[TCP_CC_VALUE] = {"tcp.options.cc_value", "TCP CC Option", NI_U32, NI_DEC, 2,
		.ref = "RFC 1644"},
	[TCP_MD5_DIGEST] = {"tcp.options.md5.digest", "MD5 digest", NI_BYTES, .depth = 2,
		.ref = "RFC 2385"},
	[TCP_QS_RATE] = {"tcp.options.qs.rate", "QS Rate", NI_U8, NI_DEC, 2,
		.len = 1, .mask = 0x0f, .labels = ni_quick_start_rate, .ref = "RFC 4782"},
	[TCP_QS_TTL_DIFF] = {"tcp.options.qs.ttl_diff", "QS Rate", NI_U8, NI_DEC, 2,
		.ref = "RFC 4782"},
	[TCP_USER_TO_GRANULARITY] = {"tcp.options.user_to_granularity", "Granularity", NI_BOOL, 0,
		2, .len = 2, .mask = 0x8000, .labels = granularity, .ref = "RFC 5482"},
	[TCP_USER_TO_VAL] = {"tcp.options.user_to_val", "User Timeout", NI_U16, NI_DEC, 2,
		.len = 2, .mask = 0x7fff, .ref = "RFC 5482"},
	[TCP_AO_KEYID] = {"tcp.options.ao.keyid", "AO KeyID", NI_U8, NI_DEC, 2, .ref = "RFC 5925"},
	[TCP_AO_RNEXT] = {"tcp.options.ao.rnextkeyid", "AO RNextKeyID", NI_U8, NI_DEC, 2,
		.ref = "RFC 5925"},
	[TCP_AO_MAC] = {"tcp.options.ao.mac", "AO MAC", NI_BYTES, .depth = 2, .ref = "RFC 5925"},
	[TCP_TFO_REQUEST] = {"tcp.options.tfo.request", "Fast Open Cookie Request", NI_NONE,
		.depth = 2, .ref = "RFC 7413"},
	[TCP_TFO_COOKIE] = {"tcp.options.tfo.cookie", "Fast Open Cookie", NI_BYTES, .depth = 2,
		.ref = "RFC 7413"},
	[TCP_EXP_EXID] = {"tcp.options.experimental.exid", "Experiment Identifier", NI_U16, NI_HEX,
		2, .ref = "RFC 6994"},
	[TCP_EXP_DATA] = {"tcp.options.experimental.data", "Data", NI_BYTES, .depth = 2},
	[TCP_UNKNOWN_PAYLOAD] = {"tcp.options.unknown.payload", "Payload", NI_BYTES, .depth = 2},

	[MPTCP_SUBTYPE] = {"tcp.options.mptcp.subtype", "Multipath TCP subtype", NI_U8, NI_DEC, 2,
		.len = 1, .mask = 0xf0, .labels = mptcp_subtypes, .ref = "RFC 8684 3"},
	[MPTCP_VERSION] = {"tcp.options.mptcp.version", "Multipath TCP version", NI_U8, NI_DEC, 2,
		.len = 1, .mask = 0x0f, .ref = "RFC 8684 3.1"},
	[MPTCP_FLAGS] = {"tcp.options.mptcp.flags", "Multipath TCP flags", NI_U8, NI_HEX, 2,
		.ref = "RFC 8684"},
	[MPTCP_CHECKSUM_REQ] = BIT("tcp.options.mptcp.checksumreq.flags", "Checksum required",
		0x80),
	[MPTCP_EXTENSIBILITY] = BIT("tcp.options.mptcp.extensibility.flag", "Extensibility", 0x40),
	[MPTCP_NO_MORE_SUBFLOWS] = BIT("tcp.options.mptcp.nomoresubflows.flag",
		"Do not attempt to establish new subflows to this address and port", 0x20),
	[MPTCP_SHA1] = BIT("tcp.options.mptcp.sha1.flag", "Use HMAC-SHA1", 0x01),
	[MPTCP_SHA256] = BIT("tcp.options.mptcp.sha256.flag", "Use HMAC-SHA256", 0x01),
	[MPTCP_BACKUP] = BIT("tcp.options.mptcp.backup.flag", "Backup flag", 0x01),
	[MPTCP_ADDR_ID] = {"tcp.options.mptcp.addrid", "Address ID", NI_U8, NI_DEC, 2,
		.ref = "RFC 8684"},
	[MPTCP_SEND_KEY] = {"tcp.options.mptcp.sendkey", "Sender's Key", NI_U64, NI_DEC, 2,
		.ref = "RFC 8684 3.1"},
	[MPTCP_RECV_KEY] = {"tcp.options.mptcp.recvkey", "Receiver's Key", NI_U64, NI_DEC, 2,
		.ref = "RFC 8684 3.1"},
	[MPTCP_RECV_TOK] = {"tcp.options.mptcp.recvtok", "Receiver's Token", NI_U32, NI_DEC, 2,
		.ref = "RFC 8684 3.2"},
	[MPTCP_SEND_RAND] = {"tcp.options.mptcp.sendrand", "Sender's Random Number", NI_U32,
		NI_DEC, 2, .ref = "RFC 8684 3.2"},
	[MPTCP_SEND_TRUNC_HMAC] = {"tcp.options.mptcp.sendtrunchmac", "Sender's Truncated HMAC",
		NI_U64, NI_DEC, 2, .ref = "RFC 8684 3.2"},
	[MPTCP_SEND_HMAC] = {"tcp.options.mptcp.sendhmac", "Sender's HMAC", NI_BYTES, .depth = 2,
		.ref = "RFC 8684 3.2"},
	[MPTCP_DATA_FIN] = BIT("tcp.options.mptcp.datafin.flag", "DATA_FIN", 0x10),
	[MPTCP_DSEQN8] = BIT("tcp.options.mptcp.dseqn8.flag",
		"Data Sequence Number is 8 octets", 0x08),
	[MPTCP_DSEQN_PRESENT] = BIT("tcp.options.mptcp.dseqnpresent.flag",
		"Data Sequence Number, Subflow Sequence Number, Data-level Length, "
		"Checksum present",
		0x04),
	[MPTCP_DATA_ACK8] = BIT("tcp.options.mptcp.dataack8.flag", "Data ACK is 8 octets", 0x02),
	[MPTCP_DATA_ACK_PRESENT] = BIT("tcp.options.mptcp.dataackpresent.flag",
		"Data ACK is present", 0x01),
	[MPTCP_RAW_DATA_ACK] = {"tcp.options.mptcp.rawdataack", "Original MPTCP Data ACK", NI_U64,
		NI_DEC, 2, .ref = "RFC 8684 3.3"},
	[MPTCP_RAW_DATA_SEQ] = {"tcp.options.mptcp.rawdataseqno", "Data Sequence Number", NI_U64,
		NI_DEC, 2, .ref = "RFC 8684 3.3"},
	[MPTCP_SUBFLOW_SEQ] = {"tcp.options.mptcp.subflowseqno", "Subflow Sequence Number", NI_U32,
		NI_DEC, 2, .ref = "RFC 8684 3.3"},
	[MPTCP_DATA_LEN] = {"tcp.options.mptcp.datalvllen", "Data-level Length", NI_U16, NI_DEC, 2,
		.ref = "RFC 8684 3.3"},
	[MPTCP_CHECKSUM] = {"tcp.options.mptcp.checksum", "Checksum", NI_U16, NI_HEX, 2,
		.ref = "RFC 8684 3.3"},
	[MPTCP_IPVER] = {"tcp.options.mptcp.ipver", "IP version", NI_U8, NI_DEC, 2,
		.len = 1, .mask = 0x0f, .ref = "RFC 6824 3.4.1"},
	[MPTCP_ECHO] = {"tcp.options.mptcp.echo", "Echo", NI_U8, NI_DEC, 2,
		.len = 1, .mask = 0x01, .ref = "RFC 8684 3.4.1"},
	[MPTCP_IPV4] = {"tcp.options.mptcp.ipv4", "Advertised IPv4 Address", NI_IP4, .depth = 2,
		.ref = "RFC 8684 3.4.1"},
	[MPTCP_IPV6] = {"tcp.options.mptcp.ipv6", "Advertised IPv6 Address", NI_IP6, .depth = 2,
		.ref = "RFC 8684 3.4.1"},
	[MPTCP_PORT] = {"tcp.options.mptcp.port", "Advertised port", NI_U16, NI_DEC, 2,
		.ref = "RFC 8684 3.4.1"},
	[MPTCP_ADD_TRUNC_HMAC] = {"tcp.options.mptcp.addaddrtrunchmac", "Truncated HMAC", NI_U64,
		NI_DEC, 2, .ref = "RFC 8684 3.4.1"},
	[MPTCP_RESERVED] = {"tcp.options.mptcp.reserved", "Reserved", NI_U16, NI_HEX, 2,
		.len = 2, .mask = 0x0fff},
	[MPTCP_FLAG_T] = {"tcp.options.mptcp.flag_T.flag", "Transient", NI_BOOL, 0, 2,
		.len = 1, .mask = 0x01, .labels = ni_set, .ref = "RFC 8684 3.6"},
	[MPTCP_RST_REASON] = {"tcp.options.mptcp.rst_reason", "TCPRST Reason", NI_U8, NI_HEX, 2,
		.labels = mptcp_reasons, .ref = "RFC 8684 3.6"},
#define CONN_ROW(n) [TCP_CONN_FIRST + (n)]
#include "conn_fields.def"
	[TCP_NFIELDS] = {0},
};
/* clang-format on */
