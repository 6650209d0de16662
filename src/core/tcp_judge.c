/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a segment proves about its sender.
 *
 * An observer does not see what gets lost behind it. A segment is taken for delivered until its
 * receiver sends something that it would not have sent had it come: an acknowledgement that does
 * not cover it, a repeated SYN or FIN. That proves it only if there was time to know, that is, if
 * it was sent more than its sender's shortest response time after the segment was seen. Timestamp
 * options (RFC 7323) tell to the millisecond when a segment was sent, however long it queued on its
 * way to the observer.
 *
 * Nor does it see who really sent a segment. What contradicts the numbers and timestamps that its
 * sender must know is taken for forged: it proves nothing about its sender, though its receiver
 * may still act on it.
 */
#include "tcp_priv.h"

enum {
	UNKNOWN_RTT_US = 30 * 1000,        /* a response time as long as none was measured */
	JITTER_US = 1500,                  /* of a clock that ticks every millisecond */
	QUEUE_MAX_US = 500 * 1000,         /* a longer delay is another clock rate */
	ANSWER_NS = 50 * 1000 * 1000,      /* in which a kernel answers */
	BURST_NS = 12 * 1000 * 1000,       /* a longer pause is none of a queue's */
	DELAYED_ACK_NS = 40 * 1000 * 1000, /* as long as Linux at least delays an ACK */
	RETRY_NS = 500 * 1000 * 1000, /* after which a kernel repeats its SYN, at the earliest */
	ODD_MAX = 3,                  /* implausible segments in a row that are taken for forged */
};

static int64_t
response_ns(const struct ni_tcp_side *s)
{
	int64_t rtt = s->rtt_us == UINT32_MAX ? UNKNOWN_RTT_US : s->rtt_us;
	return (rtt + rtt / 4 + JITTER_US) * 1000;
}

/*
 * Would the sender of @x have known by then of a segment that was captured at @ns, and answered,
 * had it delayed its answer by @delay_ns?
 */
static bool
aware_after(const struct ni_tcp_side *s, const struct ni_tcp_seen *x, int64_t ns, int64_t delay_ns)
{
	return ns_since(x->sent_ns, ns) > response_ns(s) + delay_ns;
}

/* The same for what is answered at once. */
static bool
aware(const struct ni_tcp_side *s, const struct ni_tcp_seen *x, int64_t ns)
{
	return aware_after(s, x, ns, 0);
}

/*
 * When was it sent, at the latest that can be excluded? By its timestamp, if it has one: the least
 * delay so far between its sender's clock and ours counts as none. Else what follows closely upon
 * another segment may have queued behind it all the way.
 */
int64_t
ni_tcp_judge_sent(struct ni_tcp_side *s, const struct ni_tcp_seen *x)
{
	int64_t now = x->in->ts_ns;
	if (!(x->opt.has & NI_OPT_TS) || !x->trusted) {
		if (!(s->has & NI_HAS_SENT) ||
		    ns_since(now, s->last_ns) > response_ns(s) + BURST_NS)
			s->burst_ns = now;
		return s->burst_ns;
	}
	int64_t offset = now / 1000 - (int64_t)x->opt.tsval * 1000;
	int64_t elapsed = ns_since(now, s->last_ns) / 1000;
	if (!(s->has & NI_HAS_TS) || offset - s->clock_us > QUEUE_MAX_US || offset < s->clock_us)
		s->clock_us = offset;
	else if (elapsed > 0)
		s->clock_us += elapsed / 4096; /* clocks drift apart */
	int64_t queued = offset - s->clock_us;
	return ns_since(now, queued > 0 ? queued * 1000 : 0);
}

bool
ni_tcp_judge_ack_possible(const struct ni_tcp *t, unsigned side, uint32_t ack)
{
	const struct ni_tcp_side *s = &t->side[side];
	const struct ni_tcp_side *p = &t->side[!side];

	if (t->c.isn_known[!side] && seq_le(ack, t->c.isn[!side]))
		return false;
	if (!(p->has & (NI_HAS_SENT | NI_HAS_UNA)))
		return true;
	uint32_t top = sent_up_to(p);
	if (seq_le(ack, top))
		return seq_ge(ack, top - (1u << 30));
	return !(s->has & NI_HAS_ADV) || seq_le(ack, s->adv);
}

/* Is it believable that @ack covers what was not captured? Once may be a forgery, twice is not. */
static bool
ack_confirmed(struct ni_tcp_side *s, const struct ni_tcp_side *p, uint32_t ack)
{
	if (!(p->has & NI_HAS_SENT) || seq_le(ack, sent_up_to(p)))
		return true;
	bool again = (s->has & NI_HAS_BEYOND) && seq_ge(ack, s->beyond);
	s->beyond = ack;
	s->has |= NI_HAS_BEYOND;
	return again;
}

/* Its sender goes on where an acknowledgement once ended that covered more than was captured. */
static void
confirm_ack(struct ni_tcp_side *s, struct ni_tcp_side *p, const struct ni_tcp_seen *x)
{
	if (!(p->has & NI_HAS_BEYOND) || x->in->seq != p->beyond || !x->trusted ||
	    (x->in->flags & NI_TH_SYN) || !(p->has & NI_HAS_WUP) || seq_le(p->beyond, p->wup))
		return;
	p->rcv_nxt = p->wup = s->snd_una = p->beyond;
	p->has |= NI_HAS_RCV;
	s->has |= NI_HAS_UNA;
}

/* Can it be from this side at all, by its numbers? A FIN is behind everything sent. */
static bool
plausible(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	const struct ni_tcp_side *s = &t->side[in->dir];
	const struct ni_tcp_side *p = &t->side[!in->dir];

	if (in->flags & (NI_TH_RST | NI_TH_SYN))
		return true;
	/* RFC 9293 3.10.7.4: without ACK nothing is taken in, so no host sends it (a probe does).
	 */
	if (!(in->flags & NI_TH_ACK) && p->has & NI_HAS_SENT && s->has & NI_HAS_SENT)
		return false;
	/* RFC 7323 3.2: once negotiated, timestamps stand in every segment but RSTs. */
	if (!(x->opt.has & NI_OPT_TS) && (s->has & p->has & NI_HAS_TS))
		return false;
	if ((in->flags & NI_TH_ACK) && !ni_tcp_judge_ack_possible(t, in->dir, in->ack))
		return false;
	if ((p->has & NI_HAS_ADV) && seq_gt(in->seq, p->adv) && in->seq != s->snd_nxt)
		return false;
	if ((in->flags & NI_TH_FIN) && (s->has & NI_HAS_FIN))
		return x->end - 1 == s->fin_seq;
	if (!(in->flags & NI_TH_FIN) || !(s->has & NI_HAS_SENT) || seq_ge(x->end, s->snd_nxt))
		return true;
	/* What went further was empty, and this goes on where the data ended: that was forged. */
	return (s->has & NI_HAS_EMPTY) && (s->has & NI_HAS_UNA) && in->seq == s->snd_una;
}

void
ni_tcp_judge_facts(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];
	struct ni_tcp_side *p = &t->side[!in->dir];
	bool ts = x->opt.has & NI_OPT_TS;

	x->end = in->seq;
	if (!(in->flags & NI_TH_RST))
		x->end +=
		    in->len + (in->flags & NI_TH_SYN ? 1 : 0) + (in->flags & NI_TH_FIN ? 1 : 0);
	x->trusted = plausible(t, x);
	bool bare = !(in->flags & (NI_TH_ACK | NI_TH_RST | NI_TH_SYN)); /* a probe, however often */
	if (x->trusted)
		s->odd = 0;
	else if (!bare && s->odd < ODD_MAX)
		s->odd++;
	else if (!bare)
		x->trusted = x->forced = true;
	confirm_ack(s, p, x);
	x->fresh = !(ts && (s->has & NI_HAS_TS)) || seq_ge(x->opt.tsval, s->tsval);
	if ((in->flags & NI_TH_ACK) && (s->has & NI_HAS_WUP) && seq_lt(in->ack, s->wup))
		x->fresh = false;
	x->sent_ns = ni_tcp_judge_sent(s, x);
	x->ack_ok = (in->flags & NI_TH_ACK) && x->trusted &&
		    (x->forced || (ni_tcp_judge_ack_possible(t, in->dir, in->ack) &&
				   ack_confirmed(s, p, in->ack)));
	if (ts && x->trusted && x->fresh) {
		s->tsval = x->opt.tsval;
		s->has |= NI_HAS_TS;
	}
}

/* The options of a SYN as this host sends them, if it was seen to send one before. */
static bool
own_options(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	unsigned side = x->in->dir;
	const struct ni_tcp_side *s = &t->side[side];
	bool ts = x->opt.has & NI_OPT_TS;
	if (!(x->opt.has & NI_OPT_MSS) || (s->has & NI_HAS_TS && !ts))
		return false;
	return !t->c.isn_known[side] || (t->c.mss[side] == x->opt.mss && x->fresh);
}

static uint32_t
guards_syn(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	unsigned side = x->in->dir;
	const struct ni_tcp_side *s = &t->side[side];
	bool again = t->c.isn_known[side] && x->in->seq == t->c.isn[side];
	bool missed =
	    again && x->fresh && !(s->has & NI_HAS_MORE) && s->ack_ns && aware(s, x, s->ack_ns);
	bool real =
	    (x->opt.has & NI_OPT_MSS) || (again && ns_since(x->in->ts_ns, s->last_ns) >= RETRY_NS);
	uint32_t g = real ? NI_G_REAL : 0;

	if (x->in->flags & NI_TH_ACK)
		return g | (missed ? NI_G_MISSED_ACK : 0);
	if (!t->c.isn_known[side] && !(s->has & NI_HAS_MORE))
		g |= NI_G_FIRST_SYN;
	else if (!again && own_options(t, x))
		g |= NI_G_REDIAL;
	return g | (missed ? NI_G_MISSED_SYNACK : 0);
}

/* Is this RST one that its sender's kernel would send (RFC 9293 3.5.2, 3.10.5)? */
static bool
genuine_rst(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	const struct ni_tcp_side *s = &t->side[in->dir];
	const struct ni_tcp_side *p = &t->side[!in->dir];

	if (!(s->has & NI_HAS_SENT))
		return !in_state(t, in->dir, STATE(SYN_RECEIVED));
	/* Without ACK it is an answer, and answers come at once. Others may have sent it. */
	if (!(in->flags & NI_TH_ACK) && (p->has & NI_HAS_SENT) &&
	    ns_since(in->ts_ns, p->last_ns) > response_ns(s) + ANSWER_NS)
		return false;
	if (in->seq == sent_up_to(s))
		return true; /* an abort */
	if ((p->has & NI_HAS_SENT) && !p->window && in->seq == p->ack)
		return true; /* what lies behind a closed window does not count as sent (Linux) */
	if ((x->opt.has & NI_OPT_TS) && (s->has & NI_HAS_TS))
		return x->fresh;
	if (in->flags & NI_TH_ACK) /* an answer to what had no ACK */
		return in->seq == 0 && (p->has & NI_HAS_SENT) && in->ack == p->snd_nxt;
	return !in_state(t, in->dir, STATE(SYN_RECEIVED)) && (p->has & NI_HAS_WUP) &&
	       (in->seq == p->wup || in->seq == p->ack);
}

/* Does it say that something sent after @g has come, but @g has not? */
static bool
waits_for(const struct ni_tcp_side *s, const struct ni_tcp_seen *x, const struct ni_tcp_side *p,
	  const struct ni_tcp_seg *g)
{
	if (!x->opt.nsack) /* one may answer a duplicate, two hardly do */
		return x->in->len == 0 && s->dup_acks >= 2 && s->dup_acks != UINT16_MAX;
	if (seq_le(x->opt.sack[0][0], x->in->ack))
		return false;
	const struct ni_tcp_seg *later = ni_tcp_segs_find(x->env->pool, p, x->opt.sack[0][0]);
	return later && later->re_ns > g->re_ns;
}

/* Take what the acknowledgement says its sender has received; tell whether that is news. */
bool
ni_tcp_judge_ack(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];
	struct ni_tcp_side *p = &t->side[!in->dir];
	bool news = !(s->has & NI_HAS_RCV) || seq_gt(in->ack, s->rcv_nxt);
	bool advances = !(s->has & NI_HAS_WUP) || seq_gt(in->ack, s->wup);

	if (!(p->has & NI_HAS_UNA) || seq_gt(in->ack, p->snd_una))
		p->snd_una = in->ack;
	if ((s->has & NI_HAS_WUP) && seq_gt(in->ack, s->wup) && (s->has & NI_HAS_FIN))
		s->has |= NI_HAS_READ;
	if (!(s->has & NI_HAS_WUP) || seq_gt(in->ack, s->wup))
		s->wup = in->ack;
	p->has |= NI_HAS_UNA;
	s->has |= NI_HAS_WUP | NI_HAS_RCV;
	if (news || ((in->flags & NI_TH_SYN) && !t->c.isn_known[in->dir])) {
		s->rcv_nxt = in->ack; /* a SYN,ACK also tells what was taken of data in the SYN */
		const struct ni_tcp_seg *next = ni_tcp_segs_find(x->env->pool, p, in->ack);
		if (next && !aware_after(s, x, next->re_ns, DELAYED_ACK_NS))
			s->rcv_nxt = ni_tcp_segs_reach(x->env->pool, p, in->ack);
		return true;
	}
	if (!x->fresh)
		return false;
	if (!in->win && !s->window && in->ack == s->ack) {
		s->rcv_nxt = in->ack; /* its window was closed and still is: it took nothing */
		ni_tcp_segs_lost(x->env->pool, p, x, INT64_MAX);
	}
	if (seq_ge(in->ack, s->rcv_nxt))
		return false;
	const struct ni_tcp_seg *g = ni_tcp_segs_find(x->env->pool, p, in->ack);
	/* One that goes on may be the delayed answer to what came before @g. */
	int64_t delay = advances ? DELAYED_ACK_NS : 0;
	if (g && (waits_for(s, x, p, g) || aware_after(s, x, g->re_ns, delay))) {
		s->rcv_nxt = in->ack;
		ni_tcp_segs_lost(x->env->pool, p, x, ns_since(x->sent_ns, response_ns(s)));
	}
	return false;
}

static uint32_t
guards_fin(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];
	const struct ni_tcp_side *p = &t->side[!in->dir];

	if ((s->has & NI_HAS_TAKEN) && seq_gt(in->ack, s->fin_taken + 1) &&
	    !((p->has & NI_HAS_FIN) && p->fin_seq == s->fin_taken)) {
		s->has &= ~HAS(TAKEN); /* that FIN was forged, and not taken after all */
		return NI_G_BEYOND_FIN;
	}
	if (!(p->has & NI_HAS_FIN))
		return 0;
	if (seq_gt(in->ack, p->fin_seq))
		return NI_G_HAS_FIN;
	if (!x->fresh || seq_le(s->rcv_nxt, p->fin_seq))
		return s->fin_ns && x->fresh ? NI_G_MISSED_FIN : 0;
	if (aware(s, x, s->fin_ns)) {
		s->rcv_nxt = in->ack;
		return NI_G_MISSED_FIN;
	}
	return NI_G_CROSSED;
}

/* Does a side that was taken for gone still send as if nothing had happened? */
static bool
alive(struct ni_tcp *t, const struct ni_tcp_seen *x, bool news)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];
	int64_t gone_ns = s->fin_ns > s->ack_ns ? s->fin_ns : s->ack_ns;
	bool ts = x->opt.has & NI_OPT_TS;

	if (!in_state(t, in->dir, STATE(CLOSED) | STATE(LISTEN)) || s->was == NI_TCP_CLOSED ||
	    !x->fresh || ((in->flags & NI_TH_ACK) && !x->ack_ok))
		return false;
	if (!ts && (s->has & NI_HAS_UNA) && seq_lt(x->end, s->snd_una + (in->len ? 1 : 0)))
		return false; /* acknowledged long ago */
	if (in->len == 0 && in->ack == s->wup && in->seq == s->snd_nxt &&
	    seq_lt(in->ack, s->rcv_nxt)) {
		s->rcv_nxt = in->ack; /* a challenge ACK repeats the one before (RFC 5961 3.2) */
		return true;
	}
	bool more = false;
	for (unsigned i = 0; i < x->opt.nsack; i++)
		more |= seq_gt(x->opt.sack[i][1], s->rcv_nxt);
	return news || more || (s->has & NI_HAS_RST) || aware(s, x, gone_ns);
}

void
ni_tcp_judge_sender(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	unsigned side = in->dir;
	struct ni_tcp_side *s = &t->side[side];
	bool news = false;
	uint32_t g = 0;

	if (!x->trusted)
		return;
	if (in->flags & NI_TH_RST) {
		g |= genuine_rst(t, x) ? NI_G_GENUINE : 0;
		bool acks_syn = t->c.isn_known[!side] && in->ack == sent_up_to(&t->side[!side]);
		g |= !(t->acc & NI_ACC_SYNACK) && acks_syn ? NI_G_REFUSES : 0;
		x->guard |= g;
		return;
	}
	if (in->len && (s->has & NI_HAS_FIN) && seq_gt(in->seq + in->len, s->fin_seq + 1) &&
	    !((s->has & NI_HAS_UNA) && seq_gt(s->snd_una, s->fin_seq))) {
		g |= NI_G_NO_FIN;
		s->has &= ~HAS(FIN);
		ni_tcp_verdict_no_fin(t, side);
	}
	if (x->ack_ok) {
		news = ni_tcp_judge_ack(t, x);
		g |= guards_fin(t, x);
	}
	if (in->flags & NI_TH_SYN)
		g |= guards_syn(t, x);
	if ((in->flags & NI_TH_FIN) && (s->has & NI_HAS_FIN) && x->end - 1 == s->fin_seq &&
	    x->fresh && aware(s, x, s->ack_ns))
		g |= NI_G_MISSED_ACK;
	if (t->redial_frame && t->redial_side == side ? in->seq == t->redial_seq + 1
						      : seq_ge(in->seq, s->snd_nxt))
		g |= NI_G_NEXT;
	if (x->ack_ok && side == NI_SERVER && !(t->side[!side].has & NI_HAS_MORE) &&
	    t->c.isn_known[!side] && seq_gt(in->ack, t->c.isn[!side] + 1))
		t->acc |= NI_ACC_TFO; /* nothing but data in the SYN can be meant */
	if ((in->len || (in->flags & NI_TH_FIN) ||
	     (news && seq_gt(in->ack, t->c.isn[!side] + 1))) &&
	    !(t->acc & NI_ACC_TFO))
		g |= NI_G_PAST;
	if ((s->has & NI_HAS_ACK_TS) && !(s->has & NI_HAS_MORE) && (x->opt.has & NI_OPT_TS) &&
	    x->fresh && seq_lt(x->opt.tsecr, s->ack_ts) && aware(s, x, s->ack_ns))
		g |= NI_G_OLD_ECHO;
	if (alive(t, x, news))
		g |= NI_G_ALIVE;
	if (t->c.isn_known[side] && (t->acc & NI_ACC_SYNACK) && x->ack_ok &&
	    s->was == NI_TCP_CLOSED && !(s->has & NI_HAS_MORE) && in->seq == s->snd_nxt &&
	    seq_gt(in->ack, t->c.isn[!side]))
		g |= NI_G_COMPLETES;
	if ((in->flags & NI_TH_ACK) && (t->c.open == NI_OPEN_STRAY || nothing_yet(t)) &&
	    !(nothing_yet(t) && (t->acc & NI_ACC_DOUBT)))
		g |= NI_G_MIDSTREAM;
	x->guard |= g;
}
