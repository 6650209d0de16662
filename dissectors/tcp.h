/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP's field numbers, for the files that walk its header and its options. */
#ifndef NI_TCP_H
#define NI_TCP_H

#include "conn_fields.h"
#include "netinspect/proto.h"

enum ni_tcp_field {
	TCP_SPORT,
	TCP_DPORT,
	TCP_STREAM,
	TCP_COMPLETENESS,
	TCP_LEN,
	TCP_SEQ,
	TCP_SEQ_RAW,
	TCP_NXTSEQ,
	TCP_ACK,
	TCP_ACK_RAW,
	TCP_HDR_LEN,
	TCP_FLAGS,
	TCP_FLAGS_RES,
	TCP_FLAGS_AE,
	TCP_FLAGS_CWR,
	TCP_FLAGS_ECE,
	TCP_FLAGS_URG,
	TCP_FLAGS_ACK,
	TCP_FLAGS_PUSH,
	TCP_FLAGS_RESET,
	TCP_FLAGS_SYN,
	TCP_FLAGS_FIN,
	TCP_FLAGS_STR,
	TCP_WINDOW_VALUE,
	TCP_WINDOW,
	TCP_WINDOW_SCALE,
	TCP_CHECKSUM,
	TCP_CHECKSUM_STATUS,
	TCP_CHECKSUM_CALCULATED,
	TCP_URGENT,
	TCP_OPTIONS,
	TCP_STATE_CLIENT,
	TCP_STATE_SERVER,
	TCP_ANALYSIS,
	TCP_ACKS_FRAME,
	TCP_ACK_RTT,
	TCP_INITIAL_RTT,
	TCP_IN_FLIGHT,
	TCP_PUSH_BYTES,
	TCP_ANALYSIS_FLAGS,
	TCP_MARK_FIRST, /* one row for each enum ni_mark, in its order */
	TCP_MARK_LAST = TCP_MARK_FIRST + 22,
	TCP_DUP_ACK_NUM,
	TCP_DUP_ACK_FRAME,
	TCP_RTO,
	TCP_RTO_FRAME,
	TCP_TIME_RELATIVE,
	TCP_TIME_DELTA,
	TCP_PAYLOAD,

	TCP_OPT_EOL,
	TCP_OPT_NOP,
	TCP_OPT_MSS,
	TCP_OPT_WSCALE,
	TCP_OPT_SACK_PERM,
	TCP_OPT_SACK,
	TCP_OPT_ECHO,
	TCP_OPT_ECHO_REPLY,
	TCP_OPT_TS,
	TCP_OPT_CC,
	TCP_OPT_CC_NEW,
	TCP_OPT_CC_ECHO,
	TCP_OPT_MD5,
	TCP_OPT_SCPS,
	TCP_OPT_QS,
	TCP_OPT_USER_TO,
	TCP_OPT_AO,
	TCP_OPT_MPTCP,
	TCP_OPT_TFO,
	TCP_OPT_EXP,
	TCP_OPT_UNKNOWN,
	TCP_OPT_KIND,
	TCP_OPT_LEN,
	TCP_MSS_VAL,
	TCP_WS_SHIFT,
	TCP_WS_MULTIPLIER,
	TCP_SACK_COUNT,
	TCP_SACK_LE,
	TCP_SACK_RE,
	TCP_DSACK_LE,
	TCP_DSACK_RE,
	TCP_ECHO_VALUE,
	TCP_TSVAL,
	TCP_TSECR,
	TCP_CC_VALUE,
	TCP_MD5_DIGEST,
	TCP_QS_RATE,
	TCP_QS_TTL_DIFF,
	TCP_USER_TO_GRANULARITY,
	TCP_USER_TO_VAL,
	TCP_AO_KEYID,
	TCP_AO_RNEXT,
	TCP_AO_MAC,
	TCP_TFO_REQUEST,
	TCP_TFO_COOKIE,
	TCP_EXP_EXID,
	TCP_EXP_DATA,
	TCP_UNKNOWN_PAYLOAD,

	MPTCP_SUBTYPE,
	MPTCP_VERSION,
	MPTCP_FLAGS,
	MPTCP_CHECKSUM_REQ,
	MPTCP_EXTENSIBILITY,
	MPTCP_NO_MORE_SUBFLOWS,
	MPTCP_SHA1,
	MPTCP_SHA256,
	MPTCP_BACKUP,
	MPTCP_ADDR_ID,
	MPTCP_SEND_KEY,
	MPTCP_RECV_KEY,
	MPTCP_RECV_TOK,
	MPTCP_SEND_RAND,
	MPTCP_SEND_TRUNC_HMAC,
	MPTCP_SEND_HMAC,
	MPTCP_DATA_FIN,
	MPTCP_DSEQN8,
	MPTCP_DSEQN_PRESENT,
	MPTCP_DATA_ACK8,
	MPTCP_DATA_ACK_PRESENT,
	MPTCP_RAW_DATA_ACK,
	MPTCP_RAW_DATA_SEQ,
	MPTCP_SUBFLOW_SEQ,
	MPTCP_DATA_LEN,
	MPTCP_CHECKSUM,
	MPTCP_IPVER,
	MPTCP_ECHO,
	MPTCP_IPV4,
	MPTCP_IPV6,
	MPTCP_PORT,
	MPTCP_ADD_TRUNC_HMAC,
	MPTCP_RESERVED,
	MPTCP_FLAG_T,
	MPTCP_RST_REASON,
	TCP_CONN_FIRST, /* in the order of enum ni_conn_field */
	TCP_NFIELDS = TCP_CONN_FIRST + CONN_NFIELDS,
};

extern const struct ni_field ni_tcp_fields[TCP_NFIELDS + 1];

/** Emit the options of the walked TCP layer. */
void ni_tcp_put_options(struct ni_walk *w);

/** Append what the Info column says of the options (" MSS=1460 SACK_PERM"). */
void ni_tcp_options_summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b);

/** Emit the MPTCP option at @off, @len bytes, in the walked TCP layer. */
void ni_tcp_put_mptcp(struct ni_walk *w, uint32_t off, uint32_t len);

/** Verify the checksum of TCP layer @l. */
struct ni_cksum_result ni_tcp_verify(const struct ni_dis *d, const struct ni_layer *l);

/** What the tracker says of this segment; NULL if it is not what the frame's connection is about.
 */
const struct ni_tcp_out *ni_tcp_seg(const struct ni_dis *d, const struct ni_layer *l);

/** Whether the tracker found something about a segment beside its numbers and states. */
bool ni_tcp_analysed(const struct ni_tcp_out *seg);

#endif
