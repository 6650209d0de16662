/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TCP segment as the tracker saw it, in a record that outlives its frame: what a ladder draws
 * as one arrow and an explanation talks about. Everything that shows or explains segments works
 * from these records, whether they were made a moment ago or kept since.
 */
#ifndef NETINSPECT_RUNG_H
#define NETINSPECT_RUNG_H

#include <stdbool.h>
#include <stdint.h>

struct ni_dis;

struct ni_rung {
	uint64_t frame;
	int64_t ts_ns;
	uint32_t seq, ack;         /* as they stand on the wire */
	uint32_t rel_seq, rel_ack; /* as they are shown: relative, or raw when that was asked for */
	uint32_t len;              /* payload bytes claimed */
	uint32_t window;           /* bytes, scaled as far as known */
	uint32_t marks;            /* 1 << enum ni_mark */
	uint32_t dup_ack_num;      /* n-th duplicate of other_frame; 0: it is none */
	uint64_t other_frame;      /* the frame that it repeats or duplicates; 0: not known */
	uint64_t acks_frame;       /* the segment that it acknowledges; 0: none */
	int64_t ack_rtt_ns;        /* since acks_frame */
	int64_t rto_ns;            /* of a retransmission: since other_frame */
	uint32_t acked;            /* numbers that it acknowledges and its sender had not before */
	uint32_t conn;             /* tcp.stream */
	uint16_t flags;     /* NI_TH_*: FIN 1 SYN 2 RST 4 PSH 8 ACK 16 URG 32 ECE 64 CWR 128 */
	uint16_t mss;       /* option of a SYN; 0: none */
	uint8_t wscale;     /* option of a SYN: the shift; NI_WSCALE_OFF: none */
	uint8_t side;       /* enum ni_side that sent it */
	bool peer_full;     /* the last window that its peer announced was 0 */
	bool unseen;        /* a retransmission of what was not captured before */
	bool acked_already; /* it begins with a number that was acknowledged before */
	uint32_t sack_from; /* of its first SACK block, as rel_ack is shown */
	uint32_t sack_len;  /* 0: none */
	uint8_t was[2], state[2]; /* enum ni_tcp_state of both before and after it */
	uint8_t why[2];           /* for ni_tcp_why_text(), where was and state differ */
};

/**
 * Make the record of the frame's own TCP segment.
 * False, and nothing written, when the frame has none. Does not allocate.
 */
bool ni_rung_of(const struct ni_dis *d, struct ni_rung *r);

#endif
