/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TCP tracker: takes one segment after another of one connection and keeps the state of both
 * ends as their kernels would report it. It knows no packets, no clock and no memory manager.
 *
 * Use: find the connection by its addresses and ports. If there is none, ask
 * ni_tcp_guess_originator() which side is the client, fill addresses, ports, id and ipproto of a
 * struct ni_tcp, ni_tcp_init() it, and then give it every segment, the first one too, through
 * ni_tcp_track(). NI_TRACK_NEW means that the segment was not taken in and belongs to a new
 * connection: finish the old one and start over.
 */
#ifndef NI_TCP_TRACK_H
#define NI_TCP_TRACK_H

#include "netinspect/conn.h"

struct ni_rung;
struct ni_tcp_side;

enum {
	NI_TH_FIN = 0x001,
	NI_TH_SYN = 0x002,
	NI_TH_RST = 0x004,
	NI_TH_PSH = 0x008,
	NI_TH_ACK = 0x010,
	NI_TH_URG = 0x020,
	NI_TH_ECE = 0x040,
	NI_TH_CWR = 0x080,
	NI_TH_AE = 0x100,
};

/* One segment as it stood on the wire. */
struct ni_tcp_in {
	uint64_t frame;
	int64_t ts_ns;
	uint32_t seq, ack;
	uint32_t len;        /* payload bytes claimed */
	uint32_t ip_len;     /* IP header and up */
	uint16_t win;        /* unscaled */
	uint16_t flags;      /* NI_TH_* */
	uint16_t ip_id;      /* IPv4 identification, 0 for IPv6 */
	uint8_t dir;         /* enum ni_side that sent it */
	uint8_t optlen;      /* bytes at opts that were captured */
	bool bad_sum;        /* its checksum is wrong */
	const uint8_t *opts; /* TCP options, hostile; may be NULL if optlen is 0 */
};

/* What the tracker says about that segment. */
struct ni_tcp_out {
	uint8_t state[2]; /* of both sides once the segment has been taken in */
	uint8_t was[2];   /* before */
	uint8_t why[2]; /* the last rule that moved a side, for ni_tcp_why_text() and its kin; only
			   where was and state differ */
	bool rel_ack_valid;
	bool wrapped;   /* the sequence number passed 2^32 in or before this segment */
	uint32_t marks; /* 1 << enum ni_mark */
	uint32_t rel_seq, rel_ack;
	uint32_t window;          /* scaled as far as known */
	int32_t window_scale;     /* multiplier; -1 unknown, -2 no scaling; 0 in a SYN, which never
				     scales */
	uint32_t dup_ack_num;     /* n-th duplicate of dup_ack_frame; 0: it is none */
	uint32_t bytes_in_flight; /* with this segment; 0: unknown */
	uint32_t push_bytes;      /* since the last PSH; 0: no data */
	uint32_t acked_from; /* the highest acknowledgement of its sender before; if it had one */
	bool acked_before;   /* it had one */
	bool peer_full;      /* the last window that its peer announced was 0 */
	bool unseen;         /* a retransmission of what was not captured before */
	bool acked_already;  /* it begins with a number that was acknowledged before */
	uint64_t dup_ack_frame;
	uint64_t acks_frame;    /* the segment this one acknowledges; 0: none */
	int64_t ack_rtt_ns;     /* since acks_frame */
	uint64_t rto_frame;     /* retransmission: of which segment; 0: not known */
	int64_t rto_ns;         /* since rto_frame */
	int64_t delta_ns;       /* since the segment before it; 0: it is the first */
	int64_t initial_rtt_ns; /* the connection's, as far as known with this segment; 0: not */
};

/*
 * Segments sent and not yet acknowledged, of all connections together: a pool that the caller
 * allocates once. When it is used up segments go unremembered, which `missed` counts; states stay
 * as good as acknowledgements tell, round-trip times and retransmitted frames get lost.
 */
struct ni_tcp_seg {
	int64_t ts_ns;  /* first sent */
	int64_t re_ns;  /* last sent again; equal to ts_ns if never */
	uint64_t frame; /* that sent it first */
	uint32_t next;  /* index into the pool */
	uint32_t seq, end;
	bool lost; /* known not to have arrived */
};

struct ni_tcp_pool {
	struct ni_tcp_seg *seg;
	uint32_t size, free, used;
	uint64_t missed;
};

/** Copy the segments of @side that @pool holds, at most @n, to @to in order; says how many. */
uint32_t ni_tcp_segs_copy(const struct ni_tcp_pool *pool, const struct ni_tcp_side *side,
			  struct ni_tcp_seg *to, uint32_t n);
/** Make @n segments at @seg those of @side, which has none, as far as the pool reaches. */
void ni_tcp_segs_put(struct ni_tcp_pool *pool, struct ni_tcp_side *side,
		     const struct ni_tcp_seg *seg, uint32_t n);

#define NI_TCP_NO_SEG UINT32_MAX
#define NI_TCP_QUEUE  1024 /* segments remembered of one side */

/** Make a pool of @n segments at @seg, which the caller owns and keeps as long as the pool. */
void ni_tcp_pool_init(struct ni_tcp_pool *pool, struct ni_tcp_seg *seg, uint32_t n);

/**
 * Called at every change of state, in order. @why is a number for ni_tcp_why_text() and its kin.
 */
typedef void ni_tcp_event_fn(void *ctx, enum ni_side side, enum ni_tcp_state from,
			     enum ni_tcp_state to, unsigned why);

/* What the tracker needs from outside, the same for all connections. */
struct ni_tcp_env {
	struct ni_tcp_pool *pool; /* NULL: do without */
	ni_tcp_event_fn *emit;    /* NULL: nobody listens */
	void *ctx;                /* for emit */
	bool thorough;            /* never take the short cut for ordinary segments; for tests */
};

/* What is kept of one side beside struct ni_conn. Only the tracker looks inside. */
struct ni_tcp_side {
	uint32_t base;      /* relative numbers count from here */
	uint32_t snd_nxt;   /* behind the highest sequence number it sent, SYN and FIN included */
	uint32_t snd_con;   /* as snd_nxt, up to the first hole in what was captured */
	uint32_t whole;     /* up to here all was captured, or its absence noted */
	uint32_t snd_una;   /* highest number of its own that its peer acknowledged */
	uint32_t rcv_nxt;   /* what it has received in order, as far as can be told */
	uint32_t ack;       /* in its last segment */
	uint32_t wup;       /* highest acknowledgement it sent */
	uint32_t adv;       /* right edge of the widest window it offered */
	uint32_t beyond;    /* its last acknowledgement of what was not captured */
	uint32_t fin_seq;   /* where its FIN stands */
	uint32_t fin_taken; /* where the FIN stands that it was given */
	uint32_t last[4];   /* hashes of its last segments' headers, a ring */
	uint32_t tsval;     /* newest timestamp it sent */
	uint32_t ts_recent; /* newest timestamp it took from its peer (RFC 7323 4.3) */
	uint32_t ack_ts;    /* timestamp of the first ACK of its SYN */
	uint32_t sacked;    /* bytes that its last segment acknowledged selectively */
	uint32_t push_bytes;
	uint32_t nxt_tsval;  /* timestamp of what last moved snd_nxt; see NI_HAS_NXT_TS */
	uint32_t head, tail; /* its segments in flight, in the pool, by sequence number */
	uint32_t rtt_us;     /* shortest time from a segment to its answer; UINT32_MAX: unknown */
	int64_t clock_us;    /* least (capture time - tsval): its clock without the path's delay */
	int64_t last_ns;     /* when its last segment was captured */
	int64_t burst_ns;    /* when the first of those was that came closely together */
	int64_t nxt_ns;      /* when snd_nxt last grew */
	int64_t fin_ns;      /* when it was given its peer's FIN or an RST */
	int64_t ack_ns;      /* when it was given the ACK of its SYN or FIN */
	uint64_t nxt_frame;
	uint64_t ack_frame;                       /* the first of its segments with this ack */
	uint32_t rexmits, zero_windows, bad_sums; /* for Zeek's letters */
	uint32_t rst_seq;
	uint16_t gaps;
	uint16_t count; /* segments between head and tail */
	uint16_t dup_acks;
	uint16_t window;  /* in its last segment, unscaled */
	uint16_t max_win; /* the widest but in its SYN */
	uint16_t nxt_id;  /* IP identification of what last moved snd_nxt */
	uint8_t id_run;   /* so many in a row counted upwards */
	uint8_t last_at;  /* where in the ring the newest hash stands */
	uint32_t has;     /* enum ni_tcp_has, tcp_priv.h */
	uint8_t last_flags;
	uint8_t was;     /* enum ni_tcp_state before it was taken for gone */
	uint8_t odd;     /* implausible segments in a row */
	uint8_t letters; /* Zeek's letters already used */
};

struct ni_tcp {
	struct ni_conn c;
	struct ni_tcp_side side[2];
	int64_t syn_ns;        /* the last SYN */
	uint64_t redial_frame; /* a SYN for which its sender must have forgotten this connection */
	int64_t redial_ns;
	uint32_t redial_seq;
	uint16_t redial_len; /* bytes of data in it (Fast Open) */
	uint8_t redial_side;
	uint8_t last_dir; /* of the last segment */
	uint8_t ecn_syn;  /* AE, CWR and ECE of the client's last SYN */
	bool reused;      /* follows another connection on the same ports */
	uint8_t acc;      /* handshake and teardown so far, enum ni_tcp_acc, tcp_priv.h */
};

enum ni_track {
	NI_TRACK_OK,
	NI_TRACK_NEW, /* not taken in: this segment begins a new connection on the same ports */
};

/* Why no more segments will come. */
enum ni_tcp_end {
	NI_TCP_END_CAPTURE,  /* the capture is over */
	NI_TCP_END_IDLE,     /* silent for ni_tcp_idle_limit() */
	NI_TCP_END_EVICTED,  /* its room was needed */
	NI_TCP_END_REPLACED, /* NI_TRACK_NEW */
};

/**
 * Say which side of a connection is the client, from the first segment captured of it: the sender
 * of a SYN, the receiver of a SYN,ACK, else whoever has the less server-like port.
 * @flags NI_TH_*; @sport, @dport of that segment; @guessed (not NULL) tells whether it is a guess.
 * Returns the side that sent the segment, as ni_tcp_in.dir wants it.
 */
enum ni_side ni_tcp_guess_originator(unsigned flags, uint16_t sport, uint16_t dport, bool *guessed);

/**
 * Make @t ready for @first, the first segment captured of a connection. Keeps what the caller wrote
 * into id, ipproto, port, addr and NI_CONN_GUESSED of @t->c and sets everything else.
 * @before is the connection that @first put an end to (NI_TRACK_NEW), or NULL; it may lie where @t
 * does not and is not changed. @first itself must still be given to ni_tcp_track().
 */
void ni_tcp_init(struct ni_tcp *t, const struct ni_tcp_in *first, const struct ni_tcp *before);

/**
 * Take in one segment: count it, judge it, move the states, update verdicts and marks.
 * @out is filled completely unless NI_TRACK_NEW is returned, in which case neither @t nor @out
 * changed. Never allocates; any content of @in is allowed.
 */
enum ni_track ni_tcp_track(struct ni_tcp *t, const struct ni_tcp_in *in, struct ni_tcp_out *out,
			   const struct ni_tcp_env *env);

/** Make the record of a segment from what the tracker said about it; @conn is its tcp.stream. */
void ni_rung_make(struct ni_rung *r, const struct ni_tcp_in *in, const struct ni_tcp_out *out,
		  uint32_t conn);

/** Settle the verdict words so that they hold if nothing more comes; @t may go on afterwards. */
void ni_tcp_settle(struct ni_tcp *t, enum ni_tcp_end why);

/** Settle, and give back what @t holds in the pool. @t must not be tracked any further. */
void ni_tcp_finish(struct ni_tcp *t, enum ni_tcp_end why, const struct ni_tcp_env *env);

/**
 * Say for how many nanoseconds of capture time a connection in this state may be silent before it
 * is given up: 130 s while opening (Linux sends SYNs for 127 s), 2 h 5 min established
 * (keep-alive's two hours), 5 min closing, 2 min in TIME_WAIT alone or closed (Linux waits 1 min,
 * RFC 9293 4).
 */
int64_t ni_tcp_idle_limit(const struct ni_tcp *t);

#endif
