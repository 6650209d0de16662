/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How a connection opened and closed: the words, the segments they rest on, and who did it. Fed
 * with every segment that is not plain data in the middle, before it is taken into its sender's
 * numbers.
 */
#include <string.h>

#include "tcp_priv.h"
#include "tcp_zeek.h"

static void
step(struct ni_step *to, const struct ni_tcp_in *in)
{
	*to = (struct ni_step){.frame = in->frame,
			       .ts_ns = in->ts_ns,
			       .seq = in->seq,
			       .ack = in->flags & NI_TH_ACK ? in->ack : 0,
			       .len = in->len,
			       .flags = (uint8_t)in->flags,
			       .side = in->dir};
}

/* Put a segment behind the last one that stands there. */
static void
append(struct ni_step *steps, unsigned n, const struct ni_tcp_in *in)
{
	while (n > 1 && !steps[n - 2].frame)
		n--;
	if (!steps[n - 1].frame)
		step(&steps[n - 1], in);
}

static void
bump(uint16_t *n)
{
	if (*n < UINT16_MAX)
		++*n;
}

/* The three bits by which a SYN and its answer agree on ECN (RFC 3168 6.1.1, RFC 9768 3.1). */
static unsigned
ecn_bits(unsigned flags)
{
	return (flags & NI_TH_AE ? 4 : 0) | (flags & NI_TH_CWR ? 2 : 0) |
	       (flags & NI_TH_ECE ? 1 : 0);
}

/* The last SYN counts: what was offered in vain is left out of its repetition. */
static void
see_ecn(struct ni_tcp *t, const struct ni_tcp_in *in)
{
	/* By the bits of a SYN,ACK that answers an AccECN SYN: RFC 9768, table 2. */
	static const uint8_t answers[8] = {NI_ECN_OFFERED,  NI_ECN_CLASSIC,  NI_ECN_ACCURATE,
					   NI_ECN_ACCURATE, NI_ECN_ACCURATE, NI_ECN_CLASSIC,
					   NI_ECN_ACCURATE, NI_ECN_OFFERED};
	unsigned bits = ecn_bits(in->flags);

	if (!(in->flags & NI_TH_ACK)) {
		if (in->dir == NI_CLIENT) {
			t->c.ecn = (bits & 3) == 3 ? NI_ECN_OFFERED : NI_ECN_NO;
			t->ecn_syn = (uint8_t)bits;
		}
	} else if (t->c.ecn > NI_ECN_NO && in->dir == NI_SERVER) {
		t->c.ecn = t->ecn_syn == 7 ? answers[bits]
			   : bits == 1     ? NI_ECN_CLASSIC
					   : NI_ECN_OFFERED;
	}
}

static void
see_syn(struct ni_tcp *t, const struct ni_tcp_in *in)
{
	struct ni_conn *c = &t->c;
	bool synack = in->flags & NI_TH_ACK;

	see_ecn(t, in);
	if (c->isn_known[in->dir]) {
		if (in->seq == c->isn[in->dir])
			bump(synack ? &c->synack_repeats : &c->syn_repeats);
		if (!synack || !(t->acc & NI_ACC_SYN2) || in->seq != c->isn[in->dir])
			return;
	}
	if (t->acc & NI_ACC_SYN2) {
		struct ni_step *to = &c->opening[2 + in->dir];
		if (!to->frame)
			step(to, in);
		return;
	}
	if (synack) {
		step(&c->opening[1], in);
		t->acc |= NI_ACC_SYNACK;
		if (c->isn_known[NI_CLIENT] && in->ack - c->isn[NI_CLIENT] > 1 &&
		    in->ack - c->isn[NI_CLIENT] < 1u << 16)
			t->acc |= NI_ACC_TFO;
	} else if (in->dir == NI_CLIENT) {
		step(&c->opening[0], in);
		t->acc |= NI_ACC_SYN;
	} else {
		step(&c->opening[1], in);
		t->acc |= NI_ACC_SYN2;
	}
}

static bool
past_handshake(unsigned state)
{
	return state >= NI_TCP_ESTABLISHED;
}

/* Both ends are past the handshake, or are known not to be after all. */
static void
see_open(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_conn *c = &t->c;
	bool both = past_handshake(c->state[0]) && past_handshake(c->state[1]);

	if (both && !(t->acc & NI_ACC_OPEN)) {
		t->acc |= NI_ACC_OPEN;
		c->close = NI_CLOSE_OPEN;
		if (t->acc & NI_ACC_SYN2)
			c->open = NI_OPEN_SIMULTANEOUS;
		else if (!(t->acc & NI_ACC_SYN))
			c->open = NI_OPEN_MID_STREAM;
		else
			c->open = t->acc & NI_ACC_TFO ? NI_OPEN_FAST : NI_OPEN_3WAY;
		if (in->dir == NI_CLIENT && (in->flags & NI_TH_ACK) && !(in->flags & NI_TH_SYN) &&
		    !(t->acc & NI_ACC_SYN2) && (t->acc & (NI_ACC_SYN | NI_ACC_SYNACK)))
			step(&c->opening[2], in);
	} else if ((t->acc & NI_ACC_OPEN) && c->state[NI_SERVER] == NI_TCP_SYN_RECEIVED &&
		   c->close == NI_CLOSE_OPEN) {
		t->acc &= (uint8_t)~NI_ACC_OPEN;
		c->close = NI_CLOSE_NONE;
		c->open = NI_OPEN_NONE;
		c->opening[2] = (struct ni_step){0};
	}
}

static void
see_fin(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_conn *c = &t->c;
	const struct ni_tcp_side *p = &t->side[!in->dir];

	if (t->side[in->dir].has & NI_HAS_FIN) {
		if (x->end - 1 == t->side[in->dir].fin_seq)
			bump(&c->fin_repeats);
		return;
	}
	if (!(p->has & NI_HAS_FIN)) {
		c->closed_first = in->dir;
		step(&c->closing[0], in);
		return;
	}
	step(&c->closing[2], in);
	if (seq_le(in->ack, p->fin_seq))
		t->acc |= NI_ACC_CROSSED;
	else if (c->closing[1].frame == in->frame)
		t->acc |= NI_ACC_JOINED;
}

void
ni_tcp_verdict_no_fin(struct ni_tcp *t, unsigned side)
{
	struct ni_conn *c = &t->c;
	bool first = c->closing[0].frame && c->closing[0].side == side;

	if (first) { /* the other FIN, if there is one, was the first then */
		c->closing[0] = c->closing[2];
		c->closing[1] = c->closing[3];
		c->closed_first = c->closing[0].frame ? !side : NI_NOBODY;
	}
	c->closing[2] = c->closing[3] = (struct ni_step){0};
	t->acc &= (uint8_t) ~(NI_ACC_CROSSED | NI_ACC_JOINED);
	if (c->close == NI_CLOSE_4WAY || c->close == NI_CLOSE_3SEGMENT ||
	    c->close == NI_CLOSE_SIMULTANEOUS)
		c->close = NI_CLOSE_OPEN;
	if ((c->zeek[side] & NI_ZEEK_STATE) == NI_ZEEK_CLOSED)
		c->zeek[side] >>= NI_ZEEK_BEFORE;
}

/* The first segment that acknowledges a FIN. */
static void
see_fin_ack(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	const struct ni_tcp_side *p = &t->side[!in->dir];
	if (!x->ack_ok || !(p->has & NI_HAS_FIN) || seq_le(in->ack, p->fin_seq))
		return;
	struct ni_step *to = &t->c.closing[t->c.closed_first == in->dir ? 3 : 1];
	if (!to->frame)
		step(to, in);
}

static bool
all_closed(const struct ni_tcp *t)
{
	return t->c.closing[1].frame && t->c.closing[2].frame && t->c.closing[3].frame;
}

/* An RST that its receiver took, or that says that its sender is gone. */
static void
see_rst(struct ni_tcp *t, const struct ni_tcp_seen *x, const uint8_t was[2])
{
	const struct ni_tcp_in *in = x->in;
	struct ni_conn *c = &t->c;
	unsigned state = was[in->dir];
	bool took = was[!in->dir] != c->state[!in->dir] ||
		    (in->dir == NI_SERVER && (x->guard & NI_G_ACKS_SYN) && !(t->acc & NI_ACC_OPEN));
	bool fin = (t->side[0].has | t->side[1].has) & NI_HAS_FIN;

	if (!took && was[in->dir] == c->state[in->dir])
		return;
	if (!(t->acc & NI_ACC_OPEN)) {
		if (c->open == NI_OPEN_STRAY || c->open == NI_OPEN_ABORTED ||
		    c->open == NI_OPEN_REFUSED)
			return;
		if (t->acc & NI_ACC_SYN)
			c->open = in->dir == NI_CLIENT ? NI_OPEN_ABORTED : NI_OPEN_REFUSED;
		else
			c->open = NI_OPEN_STRAY;
		append(c->opening, NI_OPEN_STEPS, in);
	} else if (c->close != NI_CLOSE_RESET && !all_closed(t)) {
		c->close = NI_CLOSE_RESET;
		if (fin)
			c->flags |= NI_CONN_RST_AFTER_FIN;
		append(c->closing, NI_CLOSE_STEPS, in);
	} else {
		return;
	}
	if (!fin)
		c->closed_first = in->dir;
	c->reset_by = in->dir;
	c->reset_state = (uint8_t)(state == NI_TCP_CLOSED ? t->side[in->dir].was : state);
}

static void
see_states(struct ni_tcp *t, const uint8_t was[2])
{
	struct ni_conn *c = &t->c;
	unsigned over = STATE(CLOSED) | STATE(LISTEN) | STATE(TIME_WAIT);
	bool fins = c->closing[0].frame && c->closing[2].frame;

	for (unsigned i = 0; i < 2; i++) {
		if (c->state[i] == NI_TCP_TIME_WAIT && was[i] != NI_TCP_TIME_WAIT)
			c->time_wait =
			    c->time_wait == !i || c->time_wait == NI_BOTH ? NI_BOTH : (uint8_t)i;
		else if (c->state[i] != NI_TCP_TIME_WAIT && was[i] == NI_TCP_TIME_WAIT &&
			 c->state[i] != NI_TCP_CLOSED)
			c->time_wait = c->time_wait == NI_BOTH ? !i : NI_NOBODY;
	}
	if (c->close == NI_CLOSE_RESET && c->state[0] && c->state[1]) {
		/* Both go on after all: the RST did not end it. */
		c->close = NI_CLOSE_OPEN;
		c->reset_by = NI_NOBODY;
		c->flags &= (uint8_t)~NI_CONN_RST_AFTER_FIN;
		for (unsigned i = 0; i < NI_CLOSE_STEPS; i++)
			if (c->closing[i].flags & NI_TH_RST)
				c->closing[i] = (struct ni_step){0};
		if (!c->closing[0].frame)
			c->closed_first = NI_NOBODY;
	}
	if ((c->close == NI_CLOSE_OPEN || c->close == NI_CLOSE_HALF_CLOSED) && fins)
		c->close = t->acc & NI_ACC_CROSSED  ? NI_CLOSE_SIMULTANEOUS
			   : t->acc & NI_ACC_JOINED ? NI_CLOSE_3SEGMENT
						    : NI_CLOSE_4WAY;
	if ((over >> c->state[0] & over >> c->state[1] & 1) && c->open != NI_OPEN_NONE)
		c->flags |= NI_CONN_ENDED;
	else
		c->flags &= (uint8_t)~NI_CONN_ENDED;
}

void
ni_tcp_verdict(struct ni_tcp *t, const struct ni_tcp_seen *x, const uint8_t was[2])
{
	const struct ni_tcp_in *in = x->in;
	bool real = !x->ignored && x->trusted && !(x->guard & NI_G_REDIAL);

	if (real && (in->flags & (NI_TH_SYN | NI_TH_RST)) == NI_TH_SYN)
		see_syn(t, in);
	see_open(t, x);
	if (real && (in->flags & (NI_TH_SYN | NI_TH_RST)) == 0) {
		see_fin_ack(t, x);
		if (in->flags & NI_TH_FIN)
			see_fin(t, x);
	}
	if (in->flags & NI_TH_RST)
		see_rst(t, x, was);
	see_states(t, was);
}

void
ni_tcp_verdict_redial(struct ni_tcp *t, const struct ni_tcp *before)
{
	bool same = t->c.port[0] == before->c.port[0];
	unsigned was = before->redial_side;
	unsigned side = same ? was : !was;
	struct ni_tcp_side *s = &t->side[side];

	if (side != NI_CLIENT)
		return;
	t->c.opening[0] = (struct ni_step){.frame = before->redial_frame,
					   .ts_ns = before->redial_ns,
					   .seq = before->redial_seq,
					   .len = before->redial_len,
					   .flags = NI_TH_SYN,
					   .side = NI_CLIENT};
	t->c.isn[side] = before->redial_seq;
	t->c.isn_known[side] = true;
	t->c.mss[side] = before->c.mss[was];
	t->c.wscale[side] = before->c.wscale[was];
	t->c.state[side] = NI_TCP_SYN_SENT;
	t->c.state[!side] = NI_TCP_LISTEN;
	t->c.open = NI_OPEN_NONE;
	t->c.flags &= (uint8_t)~NI_CONN_FROM_SYNACK;
	s->base = before->redial_seq;
	s->snd_nxt = s->snd_con = s->whole = before->redial_seq + 1 + before->redial_len;
	s->has |= NI_HAS_BASE | NI_HAS_SENT | (before->side[was].has & (NI_HAS_TS | NI_HAS_SACK));
	s->tsval = before->side[was].tsval;
	s->clock_us = before->side[was].clock_us;
	s->letters = NI_LETTER_S;
	t->c.history[0] = 'S';
	t->c.zeek[side] = NI_ZEEK_SYN_SENT;
	t->syn_ns = before->redial_ns;
	t->acc |= NI_ACC_SYN;
}

void
ni_tcp_settle(struct ni_tcp *t, enum ni_tcp_end why)
{
	struct ni_conn *c = &t->c;

	if (c->open == NI_OPEN_NONE)
		c->open = t->acc & NI_ACC_SYN2     ? NI_OPEN_SIMULTANEOUS
			  : t->acc & NI_ACC_SYNACK ? NI_OPEN_HALF_OPEN
						   : NI_OPEN_NO_ANSWER;
	if (why == NI_TCP_END_EVICTED)
		c->flags |= NI_CONN_EVICTED;
	if (why == NI_TCP_END_REPLACED)
		c->flags |= NI_CONN_REPLACED;
	if (c->close == NI_CLOSE_NONE)
		c->closed_first = NI_NOBODY;
	if (c->close == NI_CLOSE_OPEN && c->closed_first != NI_NOBODY)
		c->close = NI_CLOSE_HALF_CLOSED;
	else if (c->close == NI_CLOSE_OPEN && why != NI_TCP_END_CAPTURE)
		c->close = NI_CLOSE_TIMEOUT;
}

void
ni_tcp_finish(struct ni_tcp *t, enum ni_tcp_end why, const struct ni_tcp_env *env)
{
	ni_tcp_settle(t, why);
	ni_tcp_segs_free(env->pool, &t->side[0]);
	ni_tcp_segs_free(env->pool, &t->side[1]);
}
