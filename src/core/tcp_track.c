/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TCP tracker's way in: counts a segment, takes the short cut for the ordinary one in the
 * middle of a connection, and leads every other one past the judges, the rules and the verdicts.
 */
#include <stddef.h>
#include <string.h>

#include "netinspect/span.h"
#include "tcp_priv.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define SECOND      ((int64_t)1000 * 1000 * 1000)

enum {
	TCP = 6,
	MAX_MOVES = 4,          /* state changes of one side by one segment; the rules need three */
	TWICE_NS = 1000 * 1000, /* the same frame is captured again within */
	TWICE_BLIND_NS = 50 * 1000,
	ORDINARY = HAS(SENT) | HAS(BASE) | HAS(MORE) | HAS(RCV) | HAS(WUP) | HAS(UNA) |
		   HAS(FLIGHT) | HAS(ADV) | HAS(SCALED),
	SPECIAL = HAS(FIN) | HAS(RST) | HAS(MUST_ACK),
};

enum ni_side
ni_tcp_guess_originator(unsigned flags, uint16_t sport, uint16_t dport, bool *guessed)
{
	*guessed = false;
	if ((flags & NI_TH_SYN) && !(flags & NI_TH_ACK))
		return NI_CLIENT;
	if (flags & NI_TH_SYN)
		return NI_SERVER;
	*guessed = true;
	/* Servers wait on well-known or at least on lower ports (RFC 6335 section 6). */
	return sport < dport ? NI_SERVER : NI_CLIENT;
}

static void
set_state(struct ni_tcp *t, unsigned side, unsigned why, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_rule *rule = &ni_tcp_rules[why];
	struct ni_tcp_side *s = &t->side[side];
	unsigned from = t->c.state[side];
	unsigned to = rule->to == NI_TCP_BEFORE ? s->was : rule->to;

	if (from == to)
		return;
	if (to == NI_TCP_CLOSED || to == NI_TCP_LISTEN)
		s->was = (uint8_t)from;
	if (rule->to == NI_TCP_BEFORE)
		s->has |= NI_HAS_READ;
	if (rule->guard & (NI_G_FIN_IN | NI_G_RST_OK | NI_G_ORPHAN))
		s->fin_ns = x->in->ts_ns;
	if (rule->guard & (NI_G_ACKS_SYN | NI_G_ACKS_FIN))
		s->ack_ns = x->in->ts_ns;
	if ((rule->guard & NI_G_ACKS_SYN) && (x->opt.has & NI_OPT_TS)) {
		s->ack_ts = x->opt.tsval;
		s->has |= NI_HAS_ACK_TS;
	}
	t->c.state[side] = (uint8_t)to;
	x->out->why[side] = (uint8_t)why;
	if (x->env->emit)
		x->env->emit(x->env->ctx, (enum ni_side)side, (enum ni_tcp_state)from,
			     (enum ni_tcp_state)to, why);
}

/* Apply the rules for one side until none fits any more. */
static void
move(struct ni_tcp *t, unsigned side, enum ni_tcp_act act, unsigned flags,
     const struct ni_tcp_seen *x)
{
	for (unsigned moves = 0; moves < MAX_MOVES; moves++) {
		unsigned state = 1u << t->c.state[side];
		unsigned i = 0;
		for (; i < ni_tcp_nrules; i++) {
			const struct ni_tcp_rule *r = &ni_tcp_rules[i];
			if ((r->from & state) && r->act == act && (flags & r->set) == r->set &&
			    !(flags & r->clear) && (x->guard & r->guard) == r->guard)
				break;
		}
		if (i == ni_tcp_nrules)
			return;
		set_state(t, side, i, x);
	}
}

static void
init_side(struct ni_tcp_side *s)
{
	*s = (struct ni_tcp_side){0};
	s->head = s->tail = NI_TCP_NO_SEG;
	s->rtt_us = UINT32_MAX;
	s->has = NI_HAS_FLIGHT;
}

/* What the connection before this one on the same ports tells about this one's beginning. */
static void
inherit(struct ni_tcp *t, const struct ni_tcp *before, bool real)
{
	bool same = t->c.port[0] == before->c.port[0];
	for (unsigned i = 0; i < 2; i++) {
		unsigned was = same ? i : !i;
		if (t->c.state[i] != NI_TCP_LISTEN && !real) {
			/* A probe: who seems to send it has not moved. */
			t->c.state[i] = before->c.state[was];
			t->side[i].rcv_nxt = before->side[was].rcv_nxt;
			t->side[i].has |= before->side[was].has & NI_HAS_RCV;
		}
		if (t->c.state[i] == NI_TCP_LISTEN && was == NI_CLIENT && before->c.mss[was] &&
		    (before->acc & NI_ACC_OPEN))
			t->c.state[i] = NI_TCP_CLOSED; /* he calls from there and does not listen */
	}
}

/* Is the first segment captured one that no connection consists of, or the middle of one? */
static void
init_doubt(struct ni_tcp *t, const struct ni_tcp_in *first, const struct ni_tcp_opts *opt)
{
	unsigned flags = first->flags & (NI_TH_SYN | NI_TH_ACK | NI_TH_RST | NI_TH_FIN);

	if (flags == NI_TH_SYN) {
		t->c.state[!first->dir] = NI_TCP_LISTEN;
		return;
	}
	if (flags == (NI_TH_SYN | NI_TH_ACK) && (opt->has & NI_OPT_MSS))
		return;
	t->c.open = NI_OPEN_STRAY; /* as long as nothing shows that there is a connection */
	if (flags == NI_TH_ACK && !first->len && !first->optlen)
		t->acc |= NI_ACC_DOUBT;
}

void
ni_tcp_init(struct ni_tcp *t, const struct ni_tcp_in *first, const struct ni_tcp *before)
{
	struct ni_conn *c = &t->c;
	unsigned syn = first->flags & (NI_TH_SYN | NI_TH_ACK);
	struct ni_tcp_opts opt;

	ni_tcp_opts_read(first, &opt);
	memset(&c->state, 0, sizeof(*c) - offsetof(struct ni_conn, state));
	c->ipproto = TCP;
	c->flags &= NI_CONN_GUESSED;
	c->first_frame = first->frame;
	c->first_ns = first->ts_ns;
	c->closed_first = c->reset_by = c->time_wait = NI_NOBODY;
	c->wscale[0] = c->wscale[1] = NI_WSCALE_UNKNOWN;
	if (syn == (NI_TH_SYN | NI_TH_ACK))
		c->flags |= NI_CONN_FROM_SYNACK;
	init_side(&t->side[0]);
	init_side(&t->side[1]);
	t->syn_ns = 0;
	t->redial_frame = 0;
	t->acc = 0;
	t->reused = before != NULL;
	t->ecn_syn = 0;
	t->last_dir = NI_NOBODY;
	init_doubt(t, first, &opt);
	if (!before)
		return;
	inherit(t, before, opt.has & NI_OPT_MSS);
	if (before->redial_frame && syn != NI_TH_SYN)
		ni_tcp_verdict_redial(t, before);
}

/* Where relative numbers start: the ISN, or one before the first byte seen. */
static void
set_bases(struct ni_tcp *t, const struct ni_tcp_in *in)
{
	struct ni_tcp_side *s = &t->side[in->dir];
	struct ni_tcp_side *p = &t->side[!in->dir];
	bool syn = in->flags & NI_TH_SYN;

	if (!(s->has & NI_HAS_BASE) || (syn && !t->c.isn_known[in->dir]))
		s->base = syn ? in->seq : in->seq - 1;
	s->has |= NI_HAS_BASE;
	if (!(p->has & NI_HAS_BASE) && (in->flags & NI_TH_ACK)) {
		p->base = in->ack - 1;
		p->has |= NI_HAS_BASE;
	}
}

static uint32_t
scaled(const struct ni_tcp *t, const struct ni_tcp_in *in)
{
	unsigned shift = t->c.wscale[in->dir];
	return (uint32_t)in->win << (shift >= NI_WSCALE_OFF || (in->flags & NI_TH_SYN) ? 0 : shift);
}

static void
fill_out(const struct ni_tcp *t, const struct ni_tcp_in *in, struct ni_tcp_out *out)
{
	const struct ni_tcp_side *s = &t->side[in->dir];
	unsigned shift = t->c.wscale[in->dir];

	out->state[0] = t->c.state[0];
	out->state[1] = t->c.state[1];
	out->rel_seq = in->seq - s->base;
	out->rel_ack_valid = in->flags & NI_TH_ACK;
	out->rel_ack = out->rel_ack_valid ? in->ack - t->side[!in->dir].base : 0;
	out->wrapped = in->seq + in->len < s->base;
	out->window = scaled(t, in);
	out->window_scale = in->flags & NI_TH_SYN        ? 0
			    : shift == NI_WSCALE_UNKNOWN ? -1
			    : shift == NI_WSCALE_OFF     ? -2
							 : 1 << shift;
}

/* Does the acknowledgement cover something that was never captured, and was not noted before? */
static bool
covers_hole(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	struct ni_tcp_side *p = &t->side[!x->in->dir];
	uint32_t ack = x->in->ack;
	bool began = p->has & NI_HAS_SENT;

	if (!began || seq_le(ack, p->whole))
		return false;
	uint32_t reach = ni_tcp_segs_cover(x->env->pool, p, p->whole);
	p->whole = ack;
	return seq_lt(reach, ack);
}

/* The acknowledged segment and how long it took. */
static void
take_acked(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_out *out = x->out;
	struct ni_tcp_side *s = &t->side[in->dir];
	const struct ni_tcp_seg *g = ni_tcp_segs_ack(x->env->pool, &t->side[!in->dir], in->ack);
	if (!g)
		return;
	int64_t rtt = ns_since(in->ts_ns, g->ts_ns);
	out->acks_frame = g->frame;
	out->ack_rtt_ns = rtt;
	if (!in->len && !(x->opt.has & NI_OPT_TS) && x->sent_ns > g->re_ns)
		x->sent_ns = g->re_ns; /* sent as soon as that arrived */
	if (rtt >= 0 && g->re_ns == g->ts_ns && rtt / 1000 < s->rtt_us)
		s->rtt_us = (uint32_t)(rtt / 1000);
}

/* The SYN's sequence number and options hold for all that follows. */
static void
take_syn(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	unsigned side = x->in->dir;
	struct ni_conn *c = &t->c;
	bool synack = x->in->flags & NI_TH_ACK;

	if (c->isn_known[side])
		return; /* see_mss() compares */
	c->isn[side] = x->in->seq;
	c->isn_known[side] = true;
	c->mss[side] = x->opt.mss;
	if (x->opt.has & NI_OPT_SACK_OK)
		t->side[side].has |= NI_HAS_SACK;
	if (!(x->opt.has & NI_OPT_WSCALE))
		c->wscale[side] = c->wscale[!side] = NI_WSCALE_OFF;
	else if (!(synack && c->wscale[!side] == NI_WSCALE_OFF))
		c->wscale[side] = x->opt.wscale;
	if (x->opt.has & NI_OPT_TS)
		t->side[side].has |= NI_HAS_TS;
}

/* A SYN captured on both sides of a router that lowers the MSS shows two of them. */
static void
see_mss(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	unsigned side = x->in->dir;
	struct ni_conn *c = &t->c;

	if (!(x->in->flags & NI_TH_SYN) || !(x->opt.has & NI_OPT_MSS) || !c->isn_known[side] ||
	    c->isn[side] != x->in->seq || !c->mss[side] || c->mss[side] == x->opt.mss)
		return;
	c->flags |= NI_CONN_MSS_CHANGED;
	if (x->opt.mss < c->mss[side])
		c->mss[side] = x->opt.mss;
}

/* Take a segment that is no forgery into what is known of its sender. */
static void
take(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];
	bool began = s->has & NI_HAS_SENT;
	uint32_t from = began ? s->snd_nxt : in->seq;

	if (in->flags & NI_TH_SYN)
		take_syn(t, x);
	if (!began)
		s->whole = in->seq;
	if (s->whole == in->seq)
		s->whole = x->end;
	if (seq_gt(x->end, from) && !(in->flags & NI_TH_RST))
		t->c.data_bytes[in->dir] += x->end - from - (in->flags & NI_TH_SYN ? 1 : 0) -
					    (in->flags & NI_TH_FIN ? 1 : 0);
	if ((in->flags & NI_TH_FIN) && !(s->has & NI_HAS_FIN)) {
		s->fin_seq = x->end - 1;
		s->has |= NI_HAS_FIN;
		/* With data unread, close() sends an RST: by this FIN somebody still reads. */
		if ((s->has & NI_HAS_UNREAD) || in->win < s->max_win)
			s->has |= NI_HAS_READ;
	}
	if (in->len) {
		if (in->len > t->c.largest[in->dir])
			t->c.largest[in->dir] = in->len;
		s->has &= ~HAS(UNREAD);
		t->side[!in->dir].has |= NI_HAS_UNREAD;
	}
	if (in->win > s->max_win && !(in->flags & NI_TH_SYN))
		s->max_win = in->win;
	ni_tcp_marks_take(t, x);
	s->has |= NI_HAS_SENT;
	if (!(in->flags & (NI_TH_SYN | NI_TH_RST)) && t->c.state[in->dir] != NI_TCP_SYN_RECEIVED)
		s->has |= NI_HAS_MORE;
	if ((in->flags & NI_TH_RST) && t->c.state[in->dir] == NI_TCP_CLOSED)
		s->has |= NI_HAS_RST;
	if (x->ack_ok && t->c.wscale[in->dir] != NI_WSCALE_UNKNOWN && !(in->flags & NI_TH_RST)) {
		uint32_t edge = in->ack + scaled(t, in);
		if (!(s->has & NI_HAS_ADV) || seq_gt(edge, s->adv))
			s->adv = edge;
		s->has |= NI_HAS_ADV;
	}
}

/* Everything by which two frames that are the same could differ, in one number. */
static uint32_t
fingerprint(const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	uint64_t h = in->seq * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ in->ack ^ (uint64_t)in->ip_id << 32) * UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ in->len ^ (uint64_t)in->flags << 32) * UINT64_C(0xc4ceb9fe1a85ec53);
	if (x->opt.nsack)
		h = (h ^ x->opt.sack[0][0] ^ (uint64_t)x->opt.sack[0][1] << 32) *
		    UINT64_C(0xff51afd7ed558ccd);
	h = (h ^ h >> 32 ^ x->opt.tsval ^ (uint64_t)in->win << 32) * UINT64_C(0x9e3779b97f4a7c15);
	return (uint32_t)(h >> 32);
}

/*
 * The same frame again, captured twice on its way through this machine? What has neither an IP
 * identification nor a timestamp of its own may as well have been sent twice, and so may an ACK
 * without identification, since timestamps count milliseconds. Else answers may lie between.
 */
static bool
same_frame(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	const struct ni_tcp_side *s = &t->side[in->dir];
	int64_t age = ns_since(in->ts_ns, s->last_ns);
	bool pure = !in->len && !(in->flags & (NI_TH_SYN | NI_TH_FIN | NI_TH_RST));
	bool own = in->ip_id || ((x->opt.has & NI_OPT_TS) && !pure);

	if (!(s->has & NI_HAS_SENT) || age < 0 || age >= (own ? TWICE_NS : TWICE_BLIND_NS))
		return false;
	uint32_t hash = fingerprint(x);
	bool newest = hash == s->last[s->last_at] && t->last_dir == in->dir;
	bool any = false;
	for (unsigned i = 0; i < COUNT_OF(s->last); i++)
		any |= hash == s->last[i];
	return own ? any : newest;
}

static void
count(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];

	s->last_at = (uint8_t)((s->last_at + 1) % COUNT_OF(s->last));
	s->last[s->last_at] = fingerprint(x);
	s->last_ns = in->ts_ns;
	t->last_dir = in->dir;
	t->c.last_frame = in->frame;
	t->c.last_ns = in->ts_ns;
	t->c.packets[in->dir]++;
	t->c.ip_bytes[in->dir] += in->ip_len;
}

/*
 * What crossed this segment on its way has arrived at its sender by now: its peer's SYN or FIN,
 * captured before it and not acknowledged by it.
 */
static void
arrive(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	unsigned side = x->in->dir;
	struct ni_tcp_seen other = {.in = x->in, .env = x->env, .out = x->out};

	if (in_state(t, side, STATE(FIN_WAIT_1)) && (x->guard & NI_G_CROSSED)) {
		other.guard = NI_G_FIN_IN;
		move(t, side, NI_GETS, NI_TH_FIN, &other);
	} else if (in_state(t, side, STATE(SYN_SENT)) && (x->guard & NI_G_FIRST_SYN) &&
		   t->c.isn_known[!side]) {
		t->side[side].ack_ns = x->in->ts_ns;
		move(t, side, NI_GETS, NI_TH_SYN, &other);
	}
}

static void
redial(struct ni_tcp *t, const struct ni_tcp_in *in)
{
	t->redial_frame = in->frame;
	t->redial_ns = in->ts_ns;
	t->redial_seq = in->seq;
	t->redial_len = (uint16_t)in->len;
	t->redial_side = in->dir;
}

/* Of RSTs that are ignored only those in the window are answered (RFC 5961 3.2). */
static bool
challenged(const struct ni_tcp *t, const struct ni_tcp_in *in)
{
	const struct ni_tcp_side *r = &t->side[!in->dir];
	return (r->has & NI_HAS_RCV) && seq_gt(in->seq, r->rcv_nxt) &&
	       (!(r->has & NI_HAS_ADV) || seq_lt(in->seq, r->adv));
}

static void
challenge(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	struct ni_tcp_side *s = &t->side[x->in->dir];
	if (!(s->has & NI_HAS_MUST_ACK))
		return;
	if (x->in->len == 0 && (x->in->flags & 0x3f) == NI_TH_ACK && x->in->ack == s->ack &&
	    x->in->seq == s->snd_nxt)
		x->marks |= BIT(CHALLENGE_ACK);
	s->has &= ~HAS(MUST_ACK);
}

static void
slow(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	uint8_t was[2];

	ni_tcp_judge_facts(t, x);
	memcpy(was, t->c.state, sizeof(was));
	ni_tcp_marks(t, x);
	if (x->trusted && (in->flags & (NI_TH_ACK | NI_TH_RST)) == NI_TH_ACK)
		x->hole = covers_hole(t, x);
	if (x->ack_ok)
		take_acked(t, x);
	ni_tcp_judge_sender(t, x);
	if (x->trusted)
		move(t, in->dir, NI_SENDS, in->flags, x);
	arrive(t, x);
	ni_tcp_receive(t, x);
	if (!x->dropped && !x->ignored)
		move(t, !in->dir, NI_GETS, in->flags, x);
	if ((x->marks & BIT(SYN_IGNORED)) || ((x->marks & BIT(RST_IGNORED)) && challenged(t, in)))
		t->side[!in->dir].has |= NI_HAS_MUST_ACK;
	challenge(t, x);
	if (x->guard & NI_G_REDIAL)
		redial(t, in);
	if (!x->ignored && x->trusted)
		ni_tcp_zeek(t, x);
	ni_tcp_verdict(t, x, was);
	if (x->ignored || !x->trusted || (x->guard & NI_G_REDIAL))
		return;
	take(t, x);
}

/* Is it the next segment of an open connection, with nothing to say but data or an ACK of some? */
static bool
ordinary(const struct ni_tcp *t, const struct ni_tcp_in *in)
{
	const struct ni_tcp_side *s = &t->side[in->dir];
	const struct ni_tcp_side *p = &t->side[!in->dir];
	unsigned quiet = NI_TH_PSH | NI_TH_ECE | NI_TH_CWR | NI_TH_AE;
	uint32_t end = in->seq + in->len;

	return (in->flags & ~quiet) == NI_TH_ACK && t->c.state[0] == NI_TCP_ESTABLISHED &&
	       t->c.state[1] == NI_TCP_ESTABLISHED && (s->has & p->has & ORDINARY) == ORDINARY &&
	       !((s->has | p->has) & SPECIAL) && in->seq == s->snd_nxt && in->seq == s->snd_con &&
	       in->seq == s->whole && in->seq == p->rcv_nxt && seq_le(in->seq, p->adv) &&
	       p->snd_con == p->snd_nxt && p->whole == p->snd_nxt && seq_ge(in->ack, s->wup) &&
	       seq_le(in->ack, p->snd_nxt) && in->win && p->window && end >= in->seq &&
	       !(p->last_flags | s->last_flags) &&
	       (in->len ? in->len > 1 && (s->letters & NI_LETTER_D) && !ni_tcp_fills_window(t, in)
			: in->ack != s->ack && (s->letters & NI_LETTER_A));
}

/* Its options, if they are none or just an advancing timestamp. */
static bool
ordinary_options(const struct ni_tcp *t, struct ni_tcp_seen *x)
{
	static const uint8_t just_ts[4] = {1, 1, 8, 10};
	const struct ni_tcp_in *in = x->in;
	const struct ni_tcp_side *s = &t->side[in->dir];
	const struct ni_tcp_side *p = &t->side[!in->dir];

	if (!(s->has & p->has & NI_HAS_TS))
		return in->optlen == 0;
	if (in->optlen != 12 || memcmp(in->opts, just_ts, sizeof(just_ts)) != 0)
		return false;
	x->opt.has = NI_OPT_TS;
	x->opt.tsval = ni_be32(in->opts + 4);
	x->opt.tsecr = ni_be32(in->opts + 8);
	return seq_ge(x->opt.tsval, s->tsval) && seq_ge(x->opt.tsval, p->ts_recent);
}

/* The short cut: the same as slow() would do, without asking what cannot be. */
static void
fast(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];

	x->end = in->seq + in->len;
	x->trusted = x->fresh = x->ack_ok = true;
	s->odd = 0;
	x->sent_ns = ni_tcp_judge_sent(s, x);
	if (x->opt.has)
		s->tsval = x->opt.tsval;
	if (in->ack != s->ack) {
		s->ack_frame = in->frame;
		s->dup_acks = 0;
	}
	if (t->side[!in->dir].count)
		take_acked(t, x);
	ni_tcp_judge_ack(t, x);
	ni_tcp_deliver(t, x);
	take(t, x);
}

static bool
began_acked(const struct ni_tcp_side *s, const struct ni_tcp_in *in)
{
	return (s->has & NI_HAS_UNA) && seq_lt(in->seq, s->snd_una);
}

enum ni_track
ni_tcp_track(struct ni_tcp *t, const struct ni_tcp_in *in, struct ni_tcp_out *out,
	     const struct ni_tcp_env *env)
{
	struct ni_tcp_seen x = {.in = in, .env = env, .out = out};
	bool short_cut = !env->thorough && ordinary(t, in) && ordinary_options(t, &x);

	if (!short_cut && ni_tcp_begins(t, in))
		return NI_TRACK_NEW;
	*out = (struct ni_tcp_out){.was = {t->c.state[0], t->c.state[1]},
				   .acked_from = t->side[in->dir].wup,
				   .acked_before = t->side[in->dir].has & NI_HAS_WUP,
				   .peer_full = (t->side[!in->dir].has & NI_HAS_SENT) &&
						!t->side[!in->dir].window,
				   .acked_already = began_acked(&t->side[in->dir], in)};
	if (short_cut) {
		fast(t, &x);
	} else {
		set_bases(t, in);
		ni_tcp_opts_read(in, &x.opt);
		see_mss(t, &x);
		if (same_frame(t, &x))
			x.marks = BIT(DUPLICATE_FRAME);
		else
			slow(t, &x);
		if (t->reused && nothing_yet(t))
			x.marks |= BIT(REUSED_PORTS);
		for (uint32_t m = x.marks, i = 0; m; m >>= 1, i++)
			t->c.marks[i] += m & 1;
	}
	out->marks = x.marks;
	out->delta_ns = nothing_yet(t) ? 0 : ns_since(in->ts_ns, t->c.last_ns);
	out->initial_rtt_ns = t->c.initial_rtt_ns;
	count(t, &x);
	fill_out(t, in, out);
	return NI_TRACK_OK;
}

int64_t
ni_tcp_idle_limit(const struct ni_tcp *t)
{
	unsigned opening = STATE(SYN_SENT) | STATE(SYN_RECEIVED);
	static const uint16_t seconds[NI_TCP_NSTATES] = {
	    [NI_TCP_CLOSED] = 120,       [NI_TCP_LISTEN] = 120,       [NI_TCP_SYN_SENT] = 130,
	    [NI_TCP_SYN_RECEIVED] = 130, [NI_TCP_ESTABLISHED] = 7500, [NI_TCP_FIN_WAIT_1] = 300,
	    [NI_TCP_FIN_WAIT_2] = 300,   [NI_TCP_CLOSE_WAIT] = 7500,  [NI_TCP_CLOSING] = 300,
	    [NI_TCP_LAST_ACK] = 300,     [NI_TCP_TIME_WAIT] = 120,
	};
	unsigned a = seconds[t->c.state[0]];
	unsigned b = seconds[t->c.state[1]];
	if (in_state(t, 0, opening) || in_state(t, 1, opening))
		return seconds[NI_TCP_SYN_SENT] * SECOND;
	return (a > b ? a : b) * SECOND;
}
