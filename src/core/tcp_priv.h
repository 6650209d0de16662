/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the TCP tracker share with each other and with nobody else. */
#ifndef NI_TCP_PRIV_H
#define NI_TCP_PRIV_H

#include "tcp_track.h"

/* What is known of a side. */
enum ni_tcp_has {
	NI_HAS_SENT = 1 << 0,      /* a segment from it was captured */
	NI_HAS_BASE = 1 << 1,      /* ni_tcp_side.base is set */
	NI_HAS_MORE = 1 << 2,      /* it sent more than SYNs and RSTs: it is past its handshake */
	NI_HAS_FIN = 1 << 3,       /* it sent a FIN; fin_seq is set */
	NI_HAS_TS = 1 << 4,        /* it sends timestamps */
	NI_HAS_RECENT = 1 << 5,    /* ts_recent is set */
	NI_HAS_ADV = 1 << 6,       /* adv is set: its window is known */
	NI_HAS_SACK = 1 << 7,      /* it allowed selective acknowledgements */
	NI_HAS_RST = 1 << 8,       /* it sent an RST that its peer took */
	NI_HAS_SCALED = 1 << 9,    /* it sent an ACK after its SYN: its windows are scaled now */
	NI_HAS_FLIGHT = 1 << 10,   /* bytes in flight can be told (none since a hole) */
	NI_HAS_PUSHED = 1 << 11,   /* its last data had PSH */
	NI_HAS_EMPTY = 1 << 12,    /* what last moved snd_nxt had no data */
	NI_HAS_NXT_TS = 1 << 13,   /* nxt_tsval is set */
	NI_HAS_READ = 1 << 14,     /* it took data after its FIN: somebody still reads */
	NI_HAS_MUST_ACK = 1 << 15, /* it owes a challenge ACK (RFC 5961) */
	NI_HAS_RCV = 1 << 16,      /* rcv_nxt is set */
	NI_HAS_WUP = 1 << 17,      /* wup is set */
	NI_HAS_UNA = 1 << 18,      /* snd_una is set */
	NI_HAS_BEYOND = 1 << 20,   /* beyond is set */
	NI_HAS_ACK_TS = 1 << 21,   /* ack_ts is set */
	NI_HAS_TAKEN = 1 << 22,    /* fin_taken is set */
	NI_HAS_UNREAD = 1 << 19,   /* it was sent data and has sent none since */
};

/* What its last segment was, for the marks of the answer. */
enum { NI_LAST_KEEP_ALIVE = 1, NI_LAST_PROBE = 2 };

/* How far the handshake and teardown got, for the verdict words. */
enum ni_tcp_acc {
	NI_ACC_SYN = 1 << 0,     /* a SYN from the client */
	NI_ACC_SYN2 = 1 << 1,    /* a SYN without ACK from the server */
	NI_ACC_SYNACK = 1 << 2,  /* a SYN,ACK that matches */
	NI_ACC_OPEN = 1 << 3,    /* both sides were past the handshake */
	NI_ACC_CROSSED = 1 << 4, /* the FINs crossed */
	NI_ACC_JOINED = 1 << 5,  /* the second FIN acknowledged the first */
	NI_ACC_TFO = 1 << 6,     /* data in the SYN was accepted */
	NI_ACC_DOUBT = 1 << 7,   /* begins with what may be a probe */
};

/* Does an endpoint move by sending the segment, or by being given it? */
enum ni_tcp_act { NI_SENDS = 1, NI_GETS = 2 };

/* Conditions of the rules, computed for each segment; text in tcp_rules.c. */
enum ni_guard {
	/* sender */
	NI_G_REAL = 1 << 0,
	NI_G_FIRST_SYN = 1 << 1,
	NI_G_MISSED_SYNACK = 1 << 2,
	NI_G_MISSED_ACK = 1 << 3,
	NI_G_MISSED_FIN = 1 << 4,
	NI_G_REDIAL = 1 << 5,
	NI_G_NEXT = 1 << 6,
	NI_G_PAST = 1 << 7,
	NI_G_HAS_FIN = 1 << 8,
	NI_G_CROSSED = 1 << 9,
	NI_G_OLD_ECHO = 1 << 10,
	NI_G_ALIVE = 1 << 11,
	NI_G_GENUINE = 1 << 12,
	NI_G_REFUSES = 1 << 13,
	NI_G_MIDSTREAM = 1 << 14,
	NI_G_COMPLETES = 1 << 15,
	NI_G_NO_FIN = 1 << 21,
	NI_G_BEYOND_FIN = 1 << 22,
	/* receiver */
	NI_G_ACKS_SYN = 1 << 16,
	NI_G_ACKS_FIN = 1 << 17,
	NI_G_FIN_IN = 1 << 18,
	NI_G_RST_OK = 1 << 19,
	NI_G_ORPHAN = 1 << 20,
};

/* The `to` of a rule that undoes: the state before the one that turned out to be wrong. */
#define NI_TCP_BEFORE NI_TCP_NSTATES

struct ni_tcp_rule {
	uint16_t from;  /* 1 << enum ni_tcp_state */
	uint8_t act;    /* enum ni_tcp_act */
	uint8_t set;    /* NI_TH_* that must be set */
	uint8_t clear;  /* NI_TH_* that must not */
	uint8_t to;     /* enum ni_tcp_state or NI_TCP_BEFORE */
	bool inferred;  /* not seen to happen: follows from this segment */
	uint32_t guard; /* enum ni_guard, all of them */
	const char *why;
	const char *ref;
};

extern const struct ni_tcp_rule ni_tcp_rules[];
extern const unsigned ni_tcp_nrules;
/** The condition a guard stands for, as a clause for the documentation. */
const char *ni_tcp_guard_text(enum ni_guard guard);

/* TCP options that the tracker reads. */
enum ni_tcp_opt {
	NI_OPT_TS = 1 << 0,
	NI_OPT_MSS = 1 << 1,
	NI_OPT_WSCALE = 1 << 2,
	NI_OPT_SACK_OK = 1 << 3,
	NI_OPT_BAD = 1 << 4, /* a length that cannot be */
};

struct ni_tcp_opts {
	uint32_t tsval, tsecr;
	uint16_t mss;
	uint8_t wscale;
	uint8_t has;   /* enum ni_tcp_opt */
	uint8_t nsack; /* blocks */
	uint32_t sack[4][2];
};

/** Walk the options of a segment; stops at the first one whose length cannot be. */
void ni_tcp_opts_read(const struct ni_tcp_in *in, struct ni_tcp_opts *o);

/* One segment on its way through the slow path. */
struct ni_tcp_seen {
	const struct ni_tcp_in *in;
	const struct ni_tcp_env *env;
	struct ni_tcp_out *out;
	struct ni_tcp_opts opt;
	uint32_t end;    /* sequence number behind it, SYN and FIN counted */
	uint32_t marks;  /* 1 << enum ni_mark */
	uint32_t guard;  /* enum ni_guard */
	int64_t sent_ns; /* when it was sent, as far as its timestamp tells */
	bool fresh;      /* nothing newer from its sender was captured before */
	bool trusted;    /* nothing shows that somebody else forged it */
	bool forced;  /* it came too often to be forged: part of the connection was not captured */
	bool dropped; /* its receiver must drop it */
	bool ack_ok;  /* its acknowledgement can be true */
	bool hole;    /* it acknowledges what was not captured, for the first time */
	bool ignored; /* an RST or SYN without effect on its receiver, perhaps forged */
};

static inline bool
seq_lt(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static inline bool
seq_le(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) <= 0;
}

static inline bool
seq_gt(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) > 0;
}

static inline bool
seq_ge(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) >= 0;
}

/* Time from @b to @a; timestamps are hostile too, so it may wrap but not overflow. */
static inline int64_t
ns_since(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a - (uint64_t)b);
}

#define BIT(mark) (1u << NI_MARK_##mark)
#define HAS(what) ((uint32_t)NI_HAS_##what)
#define STATE(s)  (1u << NI_TCP_##s)

static inline bool
in_state(const struct ni_tcp *t, unsigned side, unsigned mask)
{
	return mask >> t->c.state[side] & 1;
}

/** Has no segment been taken in yet? */
static inline bool
nothing_yet(const struct ni_tcp *t)
{
	return t->c.packets[0] + t->c.packets[1] == 0;
}

/** Behind the last byte that a side is known to have sent, captured or not. */
static inline uint32_t
sent_up_to(const struct ni_tcp_side *s)
{
	bool more = (s->has & NI_HAS_UNA) && seq_gt(s->snd_una, s->snd_nxt);
	return more || !(s->has & NI_HAS_SENT) ? s->snd_una : s->snd_nxt;
}

/* tcp_segs.c: the segments in flight of one side. */

/** Remember a segment; if it was sent before, note when it was sent again. */
void ni_tcp_segs_add(struct ni_tcp_pool *pool, struct ni_tcp_side *s, const struct ni_tcp_seen *x);
/** Forget what @ack covers; return the oldest segment that ended exactly there, or NULL. */
const struct ni_tcp_seg *ni_tcp_segs_ack(struct ni_tcp_pool *pool, struct ni_tcp_side *s,
					 uint32_t ack);
void ni_tcp_segs_free(struct ni_tcp_pool *pool, struct ni_tcp_side *s);
/** The first segment at or behind @seq, or NULL. */
struct ni_tcp_seg *ni_tcp_segs_find(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s,
				    uint32_t seq);
/** How far one gets from @from through segments that are not known to be lost. */
uint32_t ni_tcp_segs_reach(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s,
			   uint32_t from);
/** As ni_tcp_segs_reach(), through all that were captured. */
uint32_t ni_tcp_segs_cover(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s,
			   uint32_t from);
/** The end of the highest one that is not known to be lost; @from if none reaches further. */
uint32_t ni_tcp_segs_top(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s,
			 uint32_t from);
/** Note what @x's acknowledgement, SACK blocks or closed window say about segments sent before
 * @before. */
void ni_tcp_segs_lost(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s,
		      const struct ni_tcp_seen *x, int64_t before);
/** Bytes between the first and the last remembered, 0 if there are none. */
uint32_t ni_tcp_segs_span(const struct ni_tcp_pool *pool, const struct ni_tcp_side *s);

/* tcp_marks.c */

/** Find what marks a segment deserves, before it is taken in. Fills dup_ack_*, rto_* of x->out. */
void ni_tcp_marks(struct ni_tcp *t, struct ni_tcp_seen *x);
/** Do its data go up to the very edge of its receiver's window? */
bool ni_tcp_fills_window(const struct ni_tcp *t, const struct ni_tcp_in *in);
/** Take the segment into what the marks of later ones are judged by; fills the rest of x->out. */
void ni_tcp_marks_take(struct ni_tcp *t, struct ni_tcp_seen *x);

/* tcp_judge.c: the sender. */

/** Say what can be told without looking at states: fresh, trusted, ack_ok, sent_ns, end. */
void ni_tcp_judge_facts(struct ni_tcp *t, struct ni_tcp_seen *x);
/** What the segment proves about its sender: guards of the SENDS rules. */
void ni_tcp_judge_sender(struct ni_tcp *t, struct ni_tcp_seen *x);
/** Can the peer of @side have sent what @ack acknowledges? */
bool ni_tcp_judge_ack_possible(const struct ni_tcp *t, unsigned side, uint32_t ack);

/* tcp_receive.c: the receiver. */

/** What its receiver makes of it: guards of the GETS rules. */
void ni_tcp_receive(struct ni_tcp *t, struct ni_tcp_seen *x);
/** When the segment was sent at the latest; keeps its sender's clock. */
int64_t ni_tcp_judge_sent(struct ni_tcp_side *s, const struct ni_tcp_seen *x);
/** Take in what a possible acknowledgement says its sender has received; was that news? */
bool ni_tcp_judge_ack(struct ni_tcp *t, struct ni_tcp_seen *x);
/** Let the data of an acceptable segment, and what waited for it, arrive at its receiver. */
void ni_tcp_deliver(struct ni_tcp *t, const struct ni_tcp_seen *x);
/** Would the receiver of this segment answer as if it began a new connection? */
bool ni_tcp_begins(const struct ni_tcp *t, const struct ni_tcp_in *in);

/* tcp_verdict.c */

/** Keep the steps and words of opening and closing; @was are the states before the segment. */
void ni_tcp_verdict(struct ni_tcp *t, const struct ni_tcp_seen *x, const uint8_t was[2]);
/** Take back what was kept of a FIN from @side that turned out to be forged. */
void ni_tcp_verdict_no_fin(struct ni_tcp *t, unsigned side);
/** Begin @t with the SYN that its client sent while @before was still open. */
void ni_tcp_verdict_redial(struct ni_tcp *t, const struct ni_tcp *before);

/* tcp_zeek.c */

/* Letters that are written once a direction: ni_tcp_side.letters. */
enum {
	NI_LETTER_A = 1 << 0,
	NI_LETTER_D = 1 << 1,
	NI_LETTER_F = 1 << 2,
	NI_LETTER_I = 1 << 3,
	NI_LETTER_Q = 1 << 4,
	NI_LETTER_R = 1 << 5,
	NI_LETTER_S = 1 << 6,
};

/** Follow Zeek's view of a segment: its letters and its two endpoint states. */
void ni_tcp_zeek(struct ni_tcp *t, const struct ni_tcp_seen *x);

#endif
