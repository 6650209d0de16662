/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is known of one conversation: who, when, how much, and for TCP the state of both sides, how
 * it opened, how it closed and by whom. The tracker writes it, everybody else only reads it.
 */
#ifndef NETINSPECT_CONN_H
#define NETINSPECT_CONN_H

#include <stdbool.h>
#include <stdint.h>

struct ni_buf;

/* RFC 9293 section 3.3.2. */
enum ni_tcp_state {
	NI_TCP_CLOSED,
	NI_TCP_LISTEN,
	NI_TCP_SYN_SENT,
	NI_TCP_SYN_RECEIVED,
	NI_TCP_ESTABLISHED,
	NI_TCP_FIN_WAIT_1,
	NI_TCP_FIN_WAIT_2,
	NI_TCP_CLOSE_WAIT,
	NI_TCP_CLOSING,
	NI_TCP_LAST_ACK,
	NI_TCP_TIME_WAIT,
	NI_TCP_NSTATES,
};

enum ni_conn_open {
	NI_OPEN_NONE, /* nothing decided yet */
	NI_OPEN_3WAY,
	NI_OPEN_SIMULTANEOUS,
	NI_OPEN_FAST,
	NI_OPEN_REFUSED,
	NI_OPEN_NO_ANSWER,
	NI_OPEN_HALF_OPEN,
	NI_OPEN_ABORTED,
	NI_OPEN_MID_STREAM,
	NI_OPEN_STRAY,
	NI_OPEN_NKINDS,
};

enum ni_conn_close {
	NI_CLOSE_NONE, /* never was open */
	NI_CLOSE_OPEN, /* still open when last seen */
	NI_CLOSE_4WAY,
	NI_CLOSE_3SEGMENT,
	NI_CLOSE_SIMULTANEOUS,
	NI_CLOSE_RESET,
	NI_CLOSE_HALF_CLOSED,
	NI_CLOSE_TIMEOUT,
	NI_CLOSE_NKINDS,
};

/* Who did something. Index into the two-element arrays below, or nobody. */
enum ni_side {
	NI_CLIENT = 0, /* the originator: who sent the first SYN, else the best guess */
	NI_SERVER = 1,
	NI_NOBODY = 2,
	NI_BOTH = 3,
};

enum ni_conn_flag {
	NI_CONN_GUESSED = 1 << 0,     /* mid-stream: which side is the client is a guess */
	NI_CONN_FROM_SYNACK = 1 << 1, /* the capture began with the SYN,ACK */
	NI_CONN_RST_AFTER_FIN = 1 << 2,
	NI_CONN_EVICTED = 1 << 3,     /* given up for lack of room, not for silence */
	NI_CONN_ENDED = 1 << 4,       /* both sides are through with it */
	NI_CONN_REPLACED = 1 << 5,    /* a new connection began on the same ports */
	NI_CONN_SHOWN = 1 << 6,       /* with a display filter: a frame of it has passed */
	NI_CONN_MSS_CHANGED = 1 << 7, /* one SYN was captured with two maximum segment sizes */
};

/* What the handshake agreed on about explicit congestion notification. */
enum ni_conn_ecn {
	NI_ECN_UNKNOWN,  /* the SYN was not seen */
	NI_ECN_NO,       /* not asked for */
	NI_ECN_OFFERED,  /* asked for, and not agreed to, or not yet */
	NI_ECN_CLASSIC,  /* RFC 3168 */
	NI_ECN_ACCURATE, /* AccECN, RFC 9768 */
	NI_ECN_NKINDS,
};

/* Marks on one segment, counted per connection. Names are Wireshark's tcp.analysis.* */
enum ni_mark {
	NI_MARK_RETRANSMISSION,
	NI_MARK_FAST_RETRANSMISSION,
	NI_MARK_SPURIOUS_RETRANSMISSION,
	NI_MARK_OUT_OF_ORDER,
	NI_MARK_LOST_SEGMENT,     /* a segment before this one was not captured */
	NI_MARK_ACK_LOST_SEGMENT, /* acknowledges data that was not captured */
	NI_MARK_DUPLICATE_ACK,
	NI_MARK_WINDOW_FULL,
	NI_MARK_ZERO_WINDOW,
	NI_MARK_ZERO_WINDOW_PROBE,
	NI_MARK_ZERO_WINDOW_PROBE_ACK,
	NI_MARK_KEEP_ALIVE,
	NI_MARK_KEEP_ALIVE_ACK,
	NI_MARK_WINDOW_UPDATE,
	NI_MARK_REUSED_PORTS,
	NI_MARK_DUPLICATE_FRAME, /* the same frame captured twice (any, bridge, bond) */
	NI_MARK_RST_IGNORED,     /* RST that its receiver must ignore (RFC 5961 section 3) */
	NI_MARK_SYN_IGNORED,     /* SYN in a synchronized state (RFC 5961 section 4) */
	NI_MARK_CHALLENGE_ACK,   /* the answer to one of the two above */
	NI_MARK_OUT_OF_WINDOW,   /* a segment its receiver must drop (RFC 9293 3.10.7.4) */
	NI_MARK_FAST_OPEN_DATA,  /* data in a SYN (RFC 7413) */
	NI_MARK_SEQ_WRAP,        /* the sequence number passed 2^32 */
	NI_MARK_AMBIGUOUS,       /* retransmission or reordering: nothing captured tells which */
	NI_NMARKS,
};

/* A segment that the open or close verdict rests on, as it would be written on a blackboard. */
struct ni_step {
	uint64_t frame; /* 0: not seen */
	int64_t ts_ns;
	uint32_t seq, ack; /* raw */
	uint32_t len;      /* payload bytes */
	uint8_t flags;     /* FIN 1 SYN 2 RST 4 PSH 8 ACK 16 */
	uint8_t side;      /* who sent it */
};

struct ni_addr {
	uint8_t len; /* 4, 16, 6 (a MAC), or 0 for none */
	uint8_t b[16];
};

#define NI_OPEN_STEPS     4
#define NI_CLOSE_STEPS    4
#define NI_HISTORY_MAX    40
#define NI_WSCALE_UNKNOWN 255 /* its SYN was not seen */
#define NI_WSCALE_OFF     254 /* one SYN did not offer it: windows are what they say */

struct ni_conn {
	uint32_t id;     /* tcp.stream or udp.stream: 0, 1, 2 … in order of first sight */
	uint8_t ipproto; /* 6, 17, 1, 58 */
	uint8_t flags;   /* enum ni_conn_flag */
	uint16_t port[2];
	struct ni_addr addr[2]; /* [NI_CLIENT], [NI_SERVER] */

	/* TCP only: these four lines */
	uint8_t state[2];     /* enum ni_tcp_state, as its kernel would say */
	uint8_t open;         /* enum ni_conn_open */
	uint8_t close;        /* enum ni_conn_close */
	uint8_t closed_first; /* enum ni_side: who sent the first FIN or the RST that ended it */
	uint8_t reset_by;     /* enum ni_side */
	uint8_t reset_state;  /* enum ni_tcp_state the resetting side was in */
	uint8_t time_wait;    /* enum ni_side: who holds TIME_WAIT */
	uint8_t wscale[2];    /* shift, or NI_WSCALE_UNKNOWN, NI_WSCALE_OFF */
	uint8_t ecn;          /* enum ni_conn_ecn */
	uint8_t zeek[2];      /* how Zeek sees the two ends; read by ni_conn_zeek_state() alone */

	uint64_t first_frame, last_frame;
	int64_t first_ns, last_ns;
	uint64_t packets[2];
	uint64_t ip_bytes[2];   /* IP header and up, claimed */
	uint64_t data_bytes[2]; /* payload sent, retransmissions counted once */

	/* TCP only, from here on */
	uint64_t icmp_frame;    /* the first "destination unreachable" about its SYN; 0: none */
	uint8_t icmp_code;      /* of that message */
	int64_t initial_rtt_ns; /* SYN to the first ACK that follows it; 0: not known */
	uint16_t syn_repeats, synack_repeats, fin_repeats;
	uint8_t completeness; /* which kinds of segments were seen, as tshark's tcp.completeness:
				 SYN 1, SYN+ACK 2, ACK 4, data 8, FIN 16, RST 32 */
	bool isn_known[2];
	uint32_t isn[2];
	uint32_t mss[2];     /* 0: not announced; the least, if a router lowered it */
	uint32_t largest[2]; /* payload of the largest segment each sent */
	/*
	 * SYN, SYN+ACK, ACK. Simultaneous: the client's SYN, the server's SYN, the client's
	 * SYN+ACK, the server's. Refused or aborted: the RST stands behind what went before it.
	 */
	struct ni_step opening[NI_OPEN_STEPS];
	/*
	 * The first FIN, its ACK, the other FIN, its ACK (one segment may stand twice). For a reset
	 * the RST follows the last of them that was seen.
	 */
	struct ni_step closing[NI_CLOSE_STEPS];
	uint32_t marks[NI_NMARKS];    /* how many segments had each */
	char history[NI_HISTORY_MAX]; /* Zeek's letters; NUL-terminated */

	/* What the streams turned out to carry. */
	uint32_t requests;   /* application requests seen (HTTP, DNS) */
	const char *service; /* "http", "tls", "dns" … or NULL */
};

/** Write an address, whatever its kind; "?" for none. */
void ni_addr_print(struct ni_buf *b, const struct ni_addr *a);
/** Write "10.0.0.1:80" or "[2001:db8::1]:80". */
void ni_end_point_print(struct ni_buf *b, const struct ni_addr *a, uint16_t port);

/* Names as users meet them: "SYN_SENT"; "3-way"; "reset". Never NULL; "?" outside the range. */
const char *ni_tcp_state_name(unsigned state);
const char *ni_conn_open_name(unsigned open);
const char *ni_conn_close_name(unsigned close);
const char *ni_conn_ecn_name(unsigned ecn); /* "no", "offered", "ecn", "accecn" */
const char *ni_side_name(unsigned side);    /* "client", "server", "", "both" */
const char *ni_mark_name(unsigned mark);    /* "retransmission" … */

/**
 * Say why a state changed, from the number that the tracker's event carries: one clause without a
 * full stop ("acknowledges the SYN"). Never NULL; "?" outside the range.
 */
const char *ni_tcp_why_text(unsigned why);
/** The RFC section that a change of state follows ("RFC 9293 3.10.7.3"); "" if it is inferred
 * alone. */
const char *ni_tcp_why_ref(unsigned why);
/** Say whether a change of state was not seen to happen but follows from what was seen later. */
bool ni_tcp_why_inferred(unsigned why);

/** Derive Zeek's conn_state ("SF", "S0", "REJ" …) with Zeek's meaning; a constant string. */
const char *ni_conn_zeek_state(const struct ni_conn *c);
/** The conn_states there are, 0, 1 …; "?" behind the last. */
const char *ni_conn_zeek_name(unsigned i);

#endif
