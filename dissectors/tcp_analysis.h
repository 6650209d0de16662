/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tracker said about a segment, as values of fields: no walk is needed to find them. */
#ifndef NI_TCP_ANALYSIS_H
#define NI_TCP_ANALYSIS_H

#include "tcp.h"

#define TCP_MARKS(X)                                                                               \
	X(RETRANSMISSION)                                                                          \
	X(FAST_RETRANSMISSION)                                                                     \
	X(SPURIOUS_RETRANSMISSION)                                                                 \
	X(OUT_OF_ORDER)                                                                            \
	X(LOST_SEGMENT)                                                                            \
	X(ACK_LOST_SEGMENT)                                                                        \
	X(DUPLICATE_ACK)                                                                           \
	X(WINDOW_FULL)                                                                             \
	X(ZERO_WINDOW)                                                                             \
	X(ZERO_WINDOW_PROBE)                                                                       \
	X(ZERO_WINDOW_PROBE_ACK)                                                                   \
	X(KEEP_ALIVE)                                                                              \
	X(KEEP_ALIVE_ACK)                                                                          \
	X(WINDOW_UPDATE)                                                                           \
	X(REUSED_PORTS)                                                                            \
	X(DUPLICATE_FRAME)                                                                         \
	X(RST_IGNORED)                                                                             \
	X(SYN_IGNORED)                                                                             \
	X(CHALLENGE_ACK)                                                                           \
	X(OUT_OF_WINDOW)                                                                           \
	X(FAST_OPEN_DATA)                                                                          \
	X(SEQ_WRAP)                                                                                \
	X(AMBIGUOUS)

typedef bool tcp_get_fn(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v);

#define TCP_GET_MARK(m) tcp_get_mark_##m
#define TCP_DECLARE(m)  tcp_get_fn TCP_GET_MARK(m);
TCP_MARKS(TCP_DECLARE)
#undef TCP_DECLARE
tcp_get_fn tcp_get_analysis, tcp_get_analysis_flags, tcp_get_dup_ack_num, tcp_get_dup_ack_frame;
tcp_get_fn tcp_get_rto, tcp_get_rto_frame, tcp_get_acks_frame, tcp_get_ack_rtt;
tcp_get_fn tcp_get_initial_rtt, tcp_get_in_flight, tcp_get_push_bytes;

/** The marks of @seg as fields have them: retransmission is said beside what kind of one it is. */
uint32_t tcp_marks_of(const struct ni_tcp_out *seg);

#endif
