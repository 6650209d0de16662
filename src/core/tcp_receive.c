/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the receiver of a segment makes of it (RFC 9293 3.10.7, RFC 5961, RFC 7323 5), where the
 * RFCs leave a choice as Linux does it, and whether it begins a new connection for it.
 */
#include "tcp_priv.h"

enum {
	FAR = 1 << 20, /* numbers further off belong to another connection */
};

#define TIME_WAIT_NS (INT64_C(60) * 1000 * 1000 * 1000) /* how long Linux waits */

static const unsigned synchronized = STATE(ESTABLISHED) | STATE(FIN_WAIT_1) | STATE(FIN_WAIT_2) |
				     STATE(CLOSE_WAIT) | STATE(CLOSING) | STATE(LAST_ACK) |
				     STATE(TIME_WAIT);

/* RFC 9293 3.10.7.4 first step, RFC 7323 5.3; exceptions as Linux makes them. */
static bool
acceptable(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	const struct ni_tcp_side *s = &t->side[in->dir];
	const struct ni_tcp_side *r = &t->side[!in->dir];

	if ((x->opt.has & NI_OPT_TS) && (r->has & NI_HAS_RECENT) && !(in->flags & NI_TH_RST) &&
	    (int32_t)(r->ts_recent - x->opt.tsval) > 1)
		return false;
	if ((r->has & NI_HAS_WUP) && seq_lt(x->end, r->wup))
		return false;
	if (x->forced)
		return true;
	if ((in->flags & NI_TH_ACK) && !ni_tcp_judge_ack_possible(t, in->dir, in->ack))
		return false;
	if (!(r->has & NI_HAS_ADV))
		return true;
	if (in->len && !r->window && in->seq == r->ack && r->ack == r->wup)
		return false; /* what probes a closed window is dropped whole; its answer tells */
	if (in->len ? seq_lt(in->seq, r->adv) : seq_le(in->seq, r->adv))
		return true;
	/* Going on behind the edge: the ACK that moved it was not captured. */
	return in->seq == s->snd_nxt && r->window;
}

static bool
rst_accepted(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	const struct ni_tcp_side *r = &t->side[!in->dir];
	unsigned state = 1u << t->c.state[!in->dir];

	if (!(r->has & NI_HAS_RCV))
		return true;
	if (state & STATE(SYN_RECEIVED))
		return seq_ge(in->seq, r->rcv_nxt) &&
		       (!(r->has & NI_HAS_ADV) || seq_le(in->seq, r->adv));
	if (in->seq == r->rcv_nxt)
		return true;
	/* Linux also takes one right behind the last it acknowledges selectively. */
	if ((r->has & t->side[in->dir].has & NI_HAS_SACK) && seq_gt(in->seq, r->rcv_nxt) &&
	    in->seq == ni_tcp_segs_top(x->env->pool, &t->side[in->dir], r->rcv_nxt))
		return true;
	/* An RST that counts from before the FIN, as some systems send it; Linux lets it pass. */
	return (state & (STATE(CLOSE_WAIT) | STATE(LAST_ACK) | STATE(CLOSING))) &&
	       in->seq == r->rcv_nxt - 1;
}

static void
judge_rst(const struct ni_tcp *t, struct ni_tcp_seen *x)
{
	unsigned side = !x->in->dir;
	if (in_state(t, side, STATE(SYN_SENT))) {
		x->ignored = !(x->guard & NI_G_ACKS_SYN);
	} else if (in_state(t, side, synchronized | STATE(SYN_RECEIVED))) {
		if (rst_accepted(t, x))
			x->guard |= NI_G_RST_OK;
		else
			x->ignored = true;
	}
	if (x->ignored)
		x->marks = BIT(RST_IGNORED);
}

/* Let the data of an accepted segment, and what waited for it, arrive. */
void
ni_tcp_deliver(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	const struct ni_tcp_side *s = &t->side[in->dir];
	struct ni_tcp_side *r = &t->side[!in->dir];

	if (!(r->has & NI_HAS_RCV)) {
		r->rcv_nxt = in->seq;
		r->has |= NI_HAS_RCV;
	}
	if (seq_gt(x->end, r->rcv_nxt) && seq_le(in->seq, r->rcv_nxt)) {
		r->rcv_nxt = x->end;
		if (seq_gt(s->snd_nxt, x->end))
			r->rcv_nxt = ni_tcp_segs_reach(x->env->pool, s, x->end);
	}
	if ((x->opt.has & NI_OPT_TS) && (!(r->has & NI_HAS_WUP) || seq_le(in->seq, r->wup)) &&
	    (!(r->has & NI_HAS_RECENT) || seq_ge(x->opt.tsval, r->ts_recent))) {
		r->ts_recent = x->opt.tsval;
		r->has |= NI_HAS_RECENT;
	}
}

/* What moved the receiver has come once more: only from now on can it be expected to know. */
static void
refresh(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *r = &t->side[!in->dir];
	if ((in->flags & NI_TH_FIN) && (t->side[in->dir].has & NI_HAS_FIN) && r->fin_ns)
		r->fin_ns = in->ts_ns;
	if ((x->guard & NI_G_ACKS_FIN) || ((x->guard & NI_G_ACKS_SYN) && !(r->has & NI_HAS_MORE)))
		r->ack_ns = in->ts_ns;
}

/* A SYN in a synchronized state: nothing but a challenge ACK comes of it (RFC 5961 4.2). */
static void
judge_syn(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	unsigned side = x->in->dir;
	bool known = t->c.isn_known[side];
	bool again = known && x->in->seq == t->c.isn[side];
	bool first = !known && (x->guard & NI_G_REAL) && x->ack_ok;

	x->dropped = true;
	if (again)
		refresh(t, x);
	else if (!first)
		x->marks = BIT(SYN_IGNORED);
	x->ignored = !again && !first && !(x->guard & NI_G_REDIAL);
}

/*
 * Does new data find nobody to read it? Whether a FIN came from close() or from shutdown() cannot
 * be seen; see docs/tcp-states.md for what speaks for close(): a guess until the answer comes.
 */
static bool
orphaned(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	unsigned side = !x->in->dir;
	const struct ni_tcp_side *r = &t->side[side];
	return side == NI_SERVER && x->in->len && (r->has & NI_HAS_FIN) &&
	       !(r->has & NI_HAS_READ) && (r->has & NI_HAS_RCV) &&
	       seq_gt(x->in->seq + x->in->len, r->rcv_nxt) && seq_gt(x->in->ack, r->fin_seq) &&
	       in_state(t, side, STATE(FIN_WAIT_1) | STATE(FIN_WAIT_2));
}

static void
give_fin(struct ni_tcp_side *r, struct ni_tcp_seen *x, uint32_t fin_seq)
{
	x->guard |= NI_G_FIN_IN;
	r->fin_taken = fin_seq;
	r->has |= NI_HAS_TAKEN;
}

void
ni_tcp_receive(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	unsigned side = !in->dir;
	const struct ni_tcp_side *s = &t->side[in->dir];
	struct ni_tcp_side *r = &t->side[side];
	bool known = t->c.isn_known[side];
	bool in_sync = in_state(t, side, synchronized);

	if ((in->flags & NI_TH_ACK) &&
	    (known ? seq_gt(in->ack, t->c.isn[side]) && seq_le(in->ack, sent_up_to(r)) : x->ack_ok))
		x->guard |= NI_G_ACKS_SYN;
	if (in->flags & NI_TH_RST) {
		judge_rst(t, x);
		return;
	}
	if (in_sync && (in->flags & NI_TH_SYN)) {
		judge_syn(t, x);
		return;
	}
	if (in_sync || in_state(t, side, STATE(SYN_RECEIVED)))
		x->dropped = !(in->flags & NI_TH_ACK) || !acceptable(t, x);
	if (x->dropped) {
		bool again = (in->flags & NI_TH_SYN) && t->c.isn_known[in->dir] &&
			     in->seq == t->c.isn[in->dir];
		x->marks |= again || seq_lt(x->end, r->wup) ? 0 : BIT(OUT_OF_WINDOW);
		return;
	}
	if (in_state(t, side, STATE(CLOSED)) && !nothing_yet(t))
		return;
	if ((in->flags & NI_TH_ACK) && (r->has & NI_HAS_FIN) && x->ack_ok &&
	    seq_gt(in->ack, r->fin_seq))
		x->guard |= NI_G_ACKS_FIN;
	if (orphaned(t, x)) {
		x->guard |= NI_G_ORPHAN;
		return;
	}
	ni_tcp_deliver(t, x);
	refresh(t, x);
	bool fin = in->flags & NI_TH_FIN;
	uint32_t fin_seq = fin ? x->end - 1 : s->fin_seq;
	/* What lies behind a FIN shows that it was forged: it is old by now. */
	if ((fin || (s->has & NI_HAS_FIN)) && r->rcv_nxt == fin_seq + 1)
		give_fin(r, x, fin_seq);
}

/* Is a SYN surely newer than the connection its receiver waits for in TIME_WAIT (RFC 6191)? */
static bool
newer_than_time_wait(const struct ni_tcp_side *r, const struct ni_tcp_in *in)
{
	struct ni_tcp_opts o;
	ni_tcp_opts_read(in, &o);
	if ((o.has & NI_OPT_TS) && (r->has & NI_HAS_RECENT)) {
		if (seq_lt(o.tsval, r->ts_recent))
			return false;
		if (seq_gt(o.tsval, r->ts_recent))
			return true;
	}
	return seq_gt(in->seq, r->rcv_nxt);
}

static bool
new_by_syn(const struct ni_tcp *t, const struct ni_tcp_in *in)
{
	unsigned side = in->dir;
	const struct ni_tcp_side *r = &t->side[!side];

	if (t->c.isn_known[side] && in->seq == t->c.isn[side])
		return (t->c.flags & NI_CONN_ENDED) && t->c.open != NI_OPEN_REFUSED;
	switch ((enum ni_tcp_state)t->c.state[!side]) {
	case NI_TCP_CLOSED:
	case NI_TCP_LISTEN:
		return true;
	case NI_TCP_TIME_WAIT:
		if (side == NI_SERVER && t->c.isn_known[NI_CLIENT])
			return false; /* nobody listens on the port he called from */
		return newer_than_time_wait(r, in) || ns_since(in->ts_ns, r->fin_ns) > TIME_WAIT_NS;
	case NI_TCP_SYN_RECEIVED:
		return !(t->acc & NI_ACC_SYNACK) && t->c.isn_known[side];
	case NI_TCP_SYN_SENT:
	case NI_TCP_ESTABLISHED:
	case NI_TCP_FIN_WAIT_1:
	case NI_TCP_FIN_WAIT_2:
	case NI_TCP_CLOSE_WAIT:
	case NI_TCP_CLOSING:
	case NI_TCP_LAST_ACK:
	case NI_TCP_NSTATES:
		break;
	}
	return false;
}

bool
ni_tcp_begins(const struct ni_tcp *t, const struct ni_tcp_in *in)
{
	const struct ni_tcp_side *s = &t->side[in->dir];
	uint32_t off = in->seq - s->snd_nxt;

	if (nothing_yet(t) || (in->flags & NI_TH_RST))
		return false;
	if ((in->flags & NI_TH_SYN) && !(in->flags & NI_TH_ACK))
		return new_by_syn(t, in);
	if (t->redial_frame &&
	    (t->redial_side == in->dir ? in->seq : in->ack) - t->redial_seq - 1 <= t->redial_len)
		return true;
	if (in->flags & NI_TH_SYN) {
		struct ni_tcp_opts o;
		ni_tcp_opts_read(in, &o);
		return (t->c.flags & NI_CONN_ENDED) && (o.has & NI_OPT_MSS) &&
		       !(t->c.isn_known[in->dir] && in->seq == t->c.isn[in->dir]);
	}
	/* In the middle of one whose beginning was not captured, but no straggler or forgery. */
	if (!(t->c.flags & NI_CONN_ENDED) || !(in->flags & NI_TH_ACK) || !in->len ||
	    off + FAR <= 2 * FAR)
		return false;
	return ns_since(in->ts_ns, t->c.last_ns) > TIME_WAIT_NS;
}
