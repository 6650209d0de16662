/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which sentences a segment is worth. The first rule that fits gives the main one; then come what
 * its marks say and the changes of state that no sentence has told.
 */
#include <string.h>

#include "explain_priv.h"
#include "tcp_priv.h"

#define NONE   (STATE(CLOSED) | STATE(LISTEN))
#define OPENED (STATE(ESTABLISHED) | STATE(CLOSE_WAIT))
#define ENDING (STATE(FIN_WAIT_1) | STATE(FIN_WAIT_2) | STATE(CLOSING))
#define SYNCED (OPENED | ENDING | STATE(LAST_ACK) | STATE(TIME_WAIT))

#define FIN NI_TH_FIN
#define SYN NI_TH_SYN
#define RST NI_TH_RST
#define ACK NI_TH_ACK

/* ---- conditions ---- */

static const struct ni_step *
fin_of(const struct ni_conn *c, unsigned side)
{
	unsigned i = c->closed_first == side ? 0 : 2;
	return c->closing[i].frame && (c->closing[i].flags & FIN) ? &c->closing[i] : NULL;
}

/* Does it acknowledge the peer's SYN and nothing more? */
static bool
acks_syn(const struct ni_rung *r, const struct ni_conn *c)
{
	return c->isn_known[!r->side] && r->ack == c->isn[!r->side] + 1;
}

static bool
acks_fin(const struct ni_rung *r, const struct ni_conn *c)
{
	const struct ni_step *fin = fin_of(c, !r->side);
	return fin && r->ack == fin->seq + fin->len + 1;
}

static bool
crossed_syns(const struct ni_conn *c)
{
	return c->opening[1].frame && (c->opening[1].flags & (SYN | ACK)) == SYN;
}

static bool
is_crossing_syn(const struct ni_rung *r, const struct ni_conn *c)
{
	return crossed_syns(c) && c->opening[1].frame == r->frame;
}

static bool
is_crossed_syn_ack(const struct ni_rung *r, const struct ni_conn *c)
{
	(void)r;
	return crossed_syns(c);
}

/* The SYN, or SYN,ACK, that this side has sent before? */
static bool
repeats_syn(const struct ni_rung *r, const struct ni_conn *c)
{
	const struct ni_step *first = &c->opening[r->side];
	return first->frame && first->frame < r->frame && first->seq == r->seq;
}

static bool
repeats_refused(const struct ni_rung *r, const struct ni_conn *c)
{
	for (unsigned i = 1; i < NI_OPEN_STEPS; i++)
		if (c->opening[i].frame && c->opening[i].frame < r->frame &&
		    (c->opening[i].flags & RST))
			return repeats_syn(r, c);
	return false;
}

/* Much earlier than any time-out of a SYN? */
static bool
doubles_syn(const struct ni_rung *r, const struct ni_conn *c)
{
	const int64_t early_ns = INT64_C(200) * 1000 * 1000;
	return repeats_syn(r, c) && ns_since(r->ts_ns, c->opening[0].ts_ns) < early_ns;
}

static bool
is_relative(const struct ni_rung *r, const struct ni_conn *c)
{
	(void)c;
	return r->rel_seq != r->seq;
}

static bool
accepts_syn_data(const struct ni_rung *r, const struct ni_conn *c)
{
	return c->opening[0].len && c->isn_known[!r->side] && seq_gt(r->ack, c->isn[!r->side] + 1);
}

static bool
lacks_syn(const struct ni_rung *r, const struct ni_conn *c)
{
	(void)r;
	return !c->opening[0].frame && (c->flags & NI_CONN_FROM_SYNACK);
}

static bool
is_stray(const struct ni_rung *r, const struct ni_conn *c)
{
	(void)r;
	return c->open == NI_OPEN_STRAY;
}

static bool
is_stray_first(const struct ni_rung *r, const struct ni_conn *c)
{
	return is_stray(r, c) && r->frame == c->first_frame;
}

static bool
is_null(const struct ni_rung *r, const struct ni_conn *c)
{
	return is_stray(r, c) && !(r->flags & 0x3f);
}

static bool
is_lone_fin(const struct ni_rung *r, const struct ni_conn *c)
{
	return is_stray(r, c) && (r->flags & 0x3f) == FIN;
}

static bool
is_xmas(const struct ni_rung *r, const struct ni_conn *c)
{
	return is_stray(r, c) && (r->flags & 0x3f) == (FIN | NI_TH_PSH | NI_TH_URG);
}

static bool
had_syn_ack(const struct ni_rung *r, const struct ni_conn *c)
{
	return c->opening[1].frame && c->opening[1].side == !r->side;
}

static bool
ends_handshake(const struct ni_rung *r, const struct ni_conn *c)
{
	return c->opening[0].frame && c->opening[1].frame && !crossed_syns(c) &&
	       c->opening[2].frame == r->frame && acks_syn(r, c);
}

static bool
misses_syn_ack(const struct ni_rung *r, const struct ni_conn *c)
{
	(void)r;
	return !c->opening[1].frame;
}

static bool
had_closed(const struct ni_rung *r, const struct ni_conn *c)
{
	const struct ni_step *fin = fin_of(c, r->side);
	return fin && fin->frame < r->frame;
}

static bool
had_closed_first(const struct ni_rung *r, const struct ni_conn *c)
{
	return had_closed(r, c) && c->closed_first == r->side;
}

static bool
lacks_keep_alive_acks(const struct ni_rung *r, const struct ni_conn *c)
{
	(void)r;
	return c->marks[NI_MARK_KEEP_ALIVE] > c->marks[NI_MARK_KEEP_ALIVE_ACK];
}

static bool
is_first_fin(const struct ni_rung *r, const struct ni_conn *c)
{
	return c->closing[0].frame == r->frame;
}

/* Nothing came from the peer so far: whether that closed before, nobody knows. */
static bool
is_one_way(const struct ni_rung *r, const struct ni_conn *c)
{
	return is_first_fin(r, c) && !c->packets[!r->side];
}

static bool
is_first_fin_with_data(const struct ni_rung *r, const struct ni_conn *c)
{
	return is_first_fin(r, c) && r->len;
}

static bool
is_second_fin(const struct ni_rung *r, const struct ni_conn *c)
{
	return c->closing[2].frame == r->frame;
}

static bool
is_second_fin_and_ack(const struct ni_rung *r, const struct ni_conn *c)
{
	return is_second_fin(r, c) && c->closing[1].frame == r->frame;
}

static bool
crossed_fins(const struct ni_rung *r, const struct ni_conn *c)
{
	return c->close == NI_CLOSE_SIMULTANEOUS && acks_fin(r, c);
}

static bool
repeats_last_ack(const struct ni_rung *r, const struct ni_conn *c)
{
	return acks_fin(r, c) && !r->len && !r->acked && c->closing[3].frame < r->frame;
}

static bool
is_data(const struct ni_rung *r, const struct ni_conn *c)
{
	(void)c;
	return r->len > 0;
}

/* The first data behind the ACK of the other side's FIN. */
static bool
is_half_closed_data(const struct ni_rung *r, const struct ni_conn *c)
{
	const struct ni_step *ack = &c->closing[1];
	return r->len && ack->frame && ack->side == r->side && r->seq == ack->seq + ack->len &&
	       ack->frame < r->frame;
}

static bool
is_first_data(const struct ni_rung *r, const struct ni_conn *c)
{
	uint32_t repeats = BIT(RETRANSMISSION) | BIT(FAST_RETRANSMISSION) |
			   BIT(SPURIOUS_RETRANSMISSION) | BIT(OUT_OF_WINDOW);
	return r->len && c->isn_known[r->side] && r->seq == c->isn[r->side] + 1 &&
	       !(r->marks & repeats);
}

static bool
is_first_byte(const struct ni_rung *r, const struct ni_conn *c)
{
	return is_first_data(r, c) && r->len == 1;
}

/* ---- the main sentence ---- */

struct rule {
	uint16_t set, clear;   /* NI_TH_* */
	uint32_t mark;         /* one of them; 0: whatever */
	uint16_t was_s, now_s; /* 1 << state of the sender; 0: whatever */
	uint16_t was_p, now_p; /* of its peer */
	bool (*when)(const struct ni_rung *r, const struct ni_conn *c); /* NULL: always */
	enum ni_msg msg;
};

/* clang-format off */
static const struct rule rules[] = {
{0, 0, BIT(DUPLICATE_FRAME), 0, 0, 0, 0, NULL, NI_MSG_DUPLICATE_FRAME},
/* RST */
{RST, 0, BIT(RST_IGNORED), 0, 0, 0, STATE(SYN_SENT), NULL, NI_MSG_RST_IGNORED_OPENING},
{RST, 0, BIT(RST_IGNORED), 0, 0, 0, 0, NULL, NI_MSG_RST_IGNORED},
{RST, 0, 0, 0, 0, STATE(SYN_SENT), NONE, acks_syn, NI_MSG_REFUSED},
{RST, 0, 0, 0, 0, STATE(SYN_SENT), NONE, NULL, NI_MSG_REFUSED_MORE},
{RST, 0, 0, NONE, 0, STATE(SYN_RECEIVED), NONE, had_syn_ack, NI_MSG_OPEN_ABORTED_SCAN},
{RST, 0, 0, 0, 0, STATE(SYN_RECEIVED), STATE(LISTEN), NULL, NI_MSG_OPEN_ABORTED},
{RST, 0, 0, STATE(SYN_SENT), 0, SYNCED, STATE(CLOSED), NULL, NI_MSG_RST_HALF_OPEN},
{RST, 0, 0, 0, 0, STATE(TIME_WAIT), STATE(CLOSED), NULL, NI_MSG_RST_TIME_WAIT},
{RST, 0, 0, NONE, 0, OPENED | ENDING, STATE(CLOSED), had_closed, NI_MSG_RST_NOBODY},
{RST, 0, 0, ENDING, STATE(CLOSED), 0, STATE(CLOSED), had_closed_first, NI_MSG_RST_AFTER_OWN_FIN},
{RST, 0, 0, STATE(CLOSE_WAIT), STATE(CLOSED), 0, STATE(CLOSED), NULL, NI_MSG_RST_FOR_FIN},
{RST, ACK, 0, STATE(ESTABLISHED), STATE(CLOSED), STATE(ESTABLISHED), STATE(CLOSED), lacks_keep_alive_acks, NI_MSG_RST_FORGOTTEN},
{RST | ACK, 0, 0, STATE(ESTABLISHED), STATE(CLOSED), STATE(ESTABLISHED), STATE(CLOSED), lacks_keep_alive_acks, NI_MSG_RST_DEAD},
{RST, 0, 0, STATE(ESTABLISHED), STATE(CLOSED), STATE(ESTABLISHED), STATE(CLOSED), NULL, NI_MSG_RST_ABORT},
{RST, 0, 0, NONE, NONE, NONE, NONE, is_stray_first, NI_MSG_RST_LONE},
{RST, 0, 0, NONE, NONE, NONE, NONE, is_stray, NI_MSG_RST_CLOSED_PORT},
{RST, 0, 0, NONE | STATE(TIME_WAIT), 0, NONE, NONE, NULL, NI_MSG_RST_LATE},
/* SYN */
{SYN, RST | ACK, BIT(SYN_IGNORED), 0, STATE(SYN_SENT), 0, 0, NULL, NI_MSG_SYN_REDIAL},
{SYN, RST, BIT(SYN_IGNORED), 0, 0, 0, STATE(TIME_WAIT), NULL, NI_MSG_SYN_TIME_WAIT},
{SYN, RST, BIT(SYN_IGNORED), 0, 0, 0, 0, NULL, NI_MSG_SYN_IGNORED},
{SYN, ACK | RST | FIN, 0, 0, 0, 0, 0, is_crossing_syn, NI_MSG_SYN_CROSS},
{SYN, ACK | RST | FIN, 0, 0, 0, 0, 0, repeats_refused, NI_MSG_SYN_AGAIN_REFUSED},
{SYN, ACK | RST | FIN, 0, STATE(ESTABLISHED) | STATE(SYN_RECEIVED), STATE(SYN_SENT), 0, 0, repeats_syn, NI_MSG_SYN_AGAIN_MISSED},
{SYN, ACK | RST | FIN, 0, 0, STATE(SYN_SENT), 0, 0, doubles_syn, NI_MSG_SYN_DOUBLED},
{SYN, ACK | RST | FIN, 0, 0, STATE(SYN_SENT), 0, 0, repeats_syn, NI_MSG_SYN_AGAIN},
{SYN, ACK | RST | FIN, 0, 0, NONE, 0, 0, NULL, NI_MSG_SYN_BARE},
{SYN, ACK | RST | FIN, 0, 0, STATE(SYN_SENT), 0, 0, is_relative, NI_MSG_SYN_RELATIVE},
{SYN, ACK | RST | FIN, 0, 0, STATE(SYN_SENT), 0, 0, NULL, NI_MSG_SYN},
{SYN | ACK, RST | FIN, 0, 0, 0, 0, 0, is_crossed_syn_ack, NI_MSG_SYN_ACK_CROSS},
{SYN | ACK, RST | FIN, 0, OPENED, STATE(SYN_RECEIVED), 0, 0, repeats_syn, NI_MSG_SYN_ACK_AGAIN_MISSED},
{SYN | ACK, RST | FIN, 0, 0, 0, 0, 0, repeats_syn, NI_MSG_SYN_ACK_AGAIN},
{SYN | ACK, RST | FIN, 0, 0, 0, 0, 0, is_stray, NI_MSG_SYN_ACK_STRAY},
{SYN | ACK, RST | FIN, 0, 0, 0, 0, 0, lacks_syn, NI_MSG_SYN_ACK_FIRST},
{SYN | ACK, RST | FIN, 0, 0, 0, 0, STATE(ESTABLISHED), accepts_syn_data, NI_MSG_SYN_ACK_FAST},
{SYN | ACK, RST | FIN, 0, 0, STATE(SYN_RECEIVED), 0, NONE, acks_syn, NI_MSG_SYN_ACK_SCAN},
{SYN | ACK, RST | FIN, 0, 0, STATE(SYN_RECEIVED), 0, STATE(ESTABLISHED), is_relative, NI_MSG_SYN_ACK_RELATIVE},
{SYN | ACK, RST | FIN, 0, 0, STATE(SYN_RECEIVED), 0, STATE(ESTABLISHED), NULL, NI_MSG_SYN_ACK},
/* of no connection */
{0, ACK | SYN | RST, 0, NONE, NONE, 0, NONE, is_null, NI_MSG_SCAN_NULL},
{FIN, ACK | SYN | RST, 0, NONE, NONE, 0, NONE, is_lone_fin, NI_MSG_SCAN_FIN},
{FIN, ACK | SYN | RST, 0, NONE, NONE, 0, NONE, is_xmas, NI_MSG_SCAN_XMAS},
{0, RST, 0, NONE, NONE, 0, NONE, is_stray, NI_MSG_STRAY},
/* FIN */
{FIN, SYN | RST, 0, 0, STATE(FIN_WAIT_1), 0, 0, is_one_way, NI_MSG_FIN},
{FIN, SYN | RST, 0, 0, STATE(FIN_WAIT_1), 0, STATE(CLOSE_WAIT), is_first_fin_with_data, NI_MSG_FIN_FIRST_DATA},
{FIN, SYN | RST, 0, 0, STATE(FIN_WAIT_1), 0, STATE(CLOSE_WAIT), is_first_fin, NI_MSG_FIN_FIRST},
{FIN, SYN | RST, 0, 0, STATE(FIN_WAIT_1), 0, STATE(ESTABLISHED), is_first_fin, NI_MSG_FIN_FIRST_HOLE},
{FIN, SYN | RST, 0, 0, STATE(FIN_WAIT_1) | STATE(CLOSING), 0, STATE(CLOSING), is_second_fin, NI_MSG_FIN_CROSSED},
{FIN, SYN | RST, 0, 0, STATE(LAST_ACK), 0, STATE(TIME_WAIT), is_second_fin_and_ack, NI_MSG_FIN_JOINED},
{FIN, SYN | RST, 0, 0, STATE(LAST_ACK), 0, STATE(TIME_WAIT), is_second_fin, NI_MSG_FIN_SECOND},
{FIN, SYN | RST, 0, 0, 0, STATE(TIME_WAIT), STATE(TIME_WAIT), had_closed, NI_MSG_FIN_AGAIN_TIME_WAIT},
{FIN, SYN | RST, 0, 0, 0, 0, 0, had_closed, NI_MSG_FIN_AGAIN},
{FIN, SYN | RST, BIT(OUT_OF_WINDOW), 0, 0, 0, 0, NULL, NI_MSG_NONE},
{FIN, SYN | RST, 0, 0, ENDING | STATE(LAST_ACK), 0, 0, NULL, NI_MSG_FIN},
/* ACK */
{ACK, SYN | RST | FIN, 0, 0, STATE(ESTABLISHED), STATE(SYN_RECEIVED), STATE(ESTABLISHED), ends_handshake, NI_MSG_OPEN_ACK},
{ACK, SYN | RST | FIN, 0, STATE(SYN_SENT), STATE(ESTABLISHED), STATE(SYN_RECEIVED), STATE(ESTABLISHED), misses_syn_ack, NI_MSG_OPEN_ACK_UNSEEN},
{ACK, SYN | RST | FIN, 0, 0, 0, STATE(SYN_RECEIVED), STATE(ESTABLISHED), NULL, NI_MSG_OPEN_ACK_MORE},
{ACK, SYN | RST | FIN, 0, 0, 0, ENDING, STATE(CLOSED), is_data, NI_MSG_DATA_FOR_NOBODY},
{ACK, SYN | RST | FIN, 0, 0, STATE(CLOSE_WAIT), STATE(FIN_WAIT_1), STATE(FIN_WAIT_2), acks_fin, NI_MSG_ACK_FIN_FIRST},
{ACK, SYN | RST | FIN, 0, 0, STATE(TIME_WAIT), STATE(LAST_ACK), STATE(CLOSED), acks_fin, NI_MSG_ACK_FIN_SECOND},
{ACK, SYN | RST | FIN, 0, 0, 0, STATE(FIN_WAIT_1) | STATE(CLOSING), STATE(TIME_WAIT), crossed_fins, NI_MSG_ACK_FIN_CROSSED},
{ACK, SYN | RST | FIN, 0, STATE(TIME_WAIT), STATE(TIME_WAIT), NONE, NONE, repeats_last_ack, NI_MSG_ACK_FIN_AGAIN},
{ACK, SYN | RST | FIN, 0, STATE(CLOSE_WAIT), STATE(CLOSE_WAIT), 0, STATE(FIN_WAIT_2), is_half_closed_data, NI_MSG_HALF_CLOSED_DATA},
{ACK, SYN | RST | FIN, 0, 0, 0, 0, 0, is_first_byte, NI_MSG_DATA_FIRST_ONE},
{ACK, SYN | RST | FIN, 0, 0, 0, 0, 0, is_first_data, NI_MSG_DATA_FIRST},
};
/* clang-format on */

static bool
in(uint16_t mask, unsigned state)
{
	return !mask || (mask >> state & 1);
}

static enum ni_msg
main_sentence(const struct ni_rung *r, const struct ni_conn *c)
{
	unsigned s = r->side;
	for (unsigned i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		const struct rule *u = &rules[i];
		if ((r->flags & u->set) == u->set && !(r->flags & u->clear) &&
		    (!u->mark || (r->marks & u->mark)) && in(u->was_s, r->was[s]) &&
		    in(u->now_s, r->state[s]) && in(u->was_p, r->was[!s]) &&
		    in(u->now_p, r->state[!s]) && (!u->when || u->when(r, c)))
			return u->msg;
	}
	return NI_MSG_NONE;
}

/* ---- what stands beside it ---- */

static const struct {
	uint32_t mark, unless; /* 1 << enum ni_mark */
	enum ni_msg msg;
} mark_texts[] = {
    {BIT(FAST_RETRANSMISSION), 0, NI_MSG_FAST_RETRANSMISSION},
    {BIT(SPURIOUS_RETRANSMISSION), 0, NI_MSG_SPURIOUS},
    {BIT(LOST_SEGMENT), BIT(OUT_OF_WINDOW), NI_MSG_LOST_SEGMENT},
    {BIT(ACK_LOST_SEGMENT), BIT(OUT_OF_WINDOW), NI_MSG_ACK_LOST},
    {BIT(WINDOW_FULL), 0, NI_MSG_WINDOW_FULL},
    {BIT(ZERO_WINDOW), BIT(ZERO_WINDOW_PROBE_ACK), NI_MSG_ZERO_WINDOW},
    {BIT(ZERO_WINDOW_PROBE), 0, NI_MSG_PROBE},
    {BIT(ZERO_WINDOW_PROBE_ACK), 0, NI_MSG_PROBE_ACK},
    {BIT(WINDOW_UPDATE), 0, NI_MSG_WINDOW_UPDATE},
    {BIT(KEEP_ALIVE_ACK), 0, NI_MSG_KEEP_ALIVE_ACK},
    {BIT(CHALLENGE_ACK), 0, NI_MSG_CHALLENGE_ACK},
    {BIT(OUT_OF_WINDOW), 0, NI_MSG_OUT_OF_WINDOW},
    {BIT(SEQ_WRAP), 0, NI_MSG_SEQ_WRAP},
};

static void
say_marks(struct ni_ex *x, enum ni_msg main)
{
	const struct ni_rung *r = x->r;
	bool again = main == NI_MSG_ACK_FIN_AGAIN || (r->flags & (SYN | FIN));
	uint32_t marks = r->marks;
	bool twice = r->sack_len && (int32_t)(r->sack_from - r->rel_ack) < 0;

	if ((r->flags & SYN) || (again && main != NI_MSG_NONE && !r->len))
		marks &= ~(BIT(RETRANSMISSION) | BIT(FAST_RETRANSMISSION) |
			   BIT(SPURIOUS_RETRANSMISSION) | BIT(DUPLICATE_ACK) | BIT(OUT_OF_ORDER));
	if (r->flags & SYN) /* a repeated one is dropped, but that is not the point of it */
		marks &= ~BIT(OUT_OF_WINDOW);
	if (marks & BIT(RETRANSMISSION))
		ni_say(x, r->rto_ns < 0 ? NI_MSG_RETRANSMISSION_BACK
			  : r->unseen   ? NI_MSG_RETRANSMISSION_UNSEEN
					: NI_MSG_RETRANSMISSION);
	if ((marks & BIT(DUPLICATE_ACK)) && main == NI_MSG_NONE && !twice &&
	    !(marks & BIT(CHALLENGE_ACK)))
		ni_say(x, r->dup_ack_num < 4 ? NI_MSG_DUPLICATE_ACK : NI_MSG_DUPLICATE_ACK_MORE);
	if (r->sack_len > 1)
		ni_say(x, twice ? NI_MSG_SACK_TWICE : NI_MSG_SACK);
	if ((r->flags & RST) || is_stray(r, x->c))
		marks &= ~BIT(ACK_LOST_SEGMENT);
	if (acks_syn(r, x->c) && r->seq == x->c->isn[r->side] + 1)
		marks &= ~BIT(WINDOW_UPDATE); /* it only begins to scale its window */
	if (marks & BIT(KEEP_ALIVE))
		ni_say(x, r->peer_full                  ? NI_MSG_PROBE_OLD
			  : r->len && !r->acked_already ? NI_MSG_LAST_BYTE_AGAIN
							: NI_MSG_KEEP_ALIVE);
	if (marks & BIT(OUT_OF_ORDER))
		ni_say(x, marks & BIT(AMBIGUOUS) ? NI_MSG_OUT_OF_ORDER : NI_MSG_OVERTAKEN);
	for (unsigned i = 0; i < sizeof(mark_texts) / sizeof(mark_texts[0]); i++)
		if ((marks & mark_texts[i].mark) && !(marks & mark_texts[i].unless))
			ni_say(x, mark_texts[i].msg);
}

static void
say_syn(struct ni_ex *x, bool fully)
{
	const struct ni_rung *r = x->r;
	unsigned ecn = r->flags & (NI_TH_ECE | NI_TH_CWR | NI_TH_AE);
	bool synack = r->flags & ACK;

	if (!synack && (r->marks & BIT(FAST_OPEN_DATA)))
		ni_say(x, NI_MSG_SYN_DATA);
	if (synack && x->c->opening[0].len && acks_syn(r, x->c))
		ni_say(x, NI_MSG_SYN_ACK_NOT_FAST);
	if (!synack && ecn == (NI_TH_ECE | NI_TH_CWR | NI_TH_AE))
		ni_say(x, NI_MSG_SYN_ACCECN);
	else if (!synack && ecn == (NI_TH_ECE | NI_TH_CWR))
		ni_say(x, NI_MSG_SYN_ECN);
	else if (synack && ecn == NI_TH_ECE)
		ni_say(x, NI_MSG_SYN_ACK_ECN);
	if (fully && r->mss)
		ni_say(x, NI_MSG_SYN_OPTIONS);
	if (fully && r->wscale < NI_WSCALE_OFF)
		ni_say(x, NI_MSG_SYN_SCALE);
}

/* Is this the first time that its sender acknowledges data? */
static bool
is_first_ack(const struct ni_rung *r, const struct ni_conn *c)
{
	return r->acked && c->isn_known[!r->side] && r->was[!r->side] == r->state[!r->side] &&
	       r->ack - r->acked == c->isn[!r->side] + 1 && !acks_fin(r, c);
}

static void
say_ack(struct ni_ex *x, enum ni_msg main, bool fully)
{
	const struct ni_rung *r = x->r;
	bool told = main != NI_MSG_NONE && main != NI_MSG_DATA_FIRST &&
		    main != NI_MSG_DATA_FIRST_ONE && main != NI_MSG_FIN_FIRST &&
		    main != NI_MSG_FIN_FIRST_DATA;

	if (!(r->flags & ACK) || (r->flags & (SYN | RST)) || told ||
	    (r->marks & BIT(OUT_OF_WINDOW)))
		return;
	if (is_first_ack(r, x->c))
		ni_say(x, NI_MSG_ACK_FIRST);
	else if (fully && r->acked)
		ni_say(x, NI_MSG_ACK);
	else
		return;
	if (r->acks_frame && r->ack_rtt_ns >= 0)
		ni_say(x, NI_MSG_ACK_OF);
}

/* Changes of state that no sentence so far has told. */
static void
say_moves(struct ni_ex *x)
{
	const struct ni_rung *r = x->r;
	for (unsigned k = 0; k < 2; k++) {
		unsigned i = k ? !r->side : r->side;
		if (r->was[i] == r->state[i] || x->told[i])
			continue;
		bool inferred = ni_tcp_why_inferred(r->why[i]);
		bool ref = *ni_tcp_why_ref(r->why[i]);
		x->mover = i;
		if (inferred)
			ni_say(x, ref ? NI_MSG_MOVE_INFERRED : NI_MSG_MOVE_INFERRED_PLAIN);
		else
			ni_say(x, ref ? NI_MSG_MOVE : NI_MSG_MOVE_PLAIN);
	}
}

/* What an ordinary segment has to say. */
static void
say_ordinary(struct ni_ex *x, enum ni_msg main)
{
	const struct ni_rung *r = x->r;
	bool quiet = !(r->marks & ~BIT(SEQ_WRAP));

	if (r->len && quiet && main == NI_MSG_NONE)
		ni_say(x, r->len == 1 ? NI_MSG_DATA_ONE : NI_MSG_DATA);
	if (r->flags & SYN)
		return;
	if (r->len && (r->flags & NI_TH_PSH))
		ni_say(x, NI_MSG_PUSH);
	if (r->flags & NI_TH_ECE)
		ni_say(x, NI_MSG_ECE);
	if (r->flags & NI_TH_CWR)
		ni_say(x, NI_MSG_CWR);
	if (!x->b->len && (r->flags & ACK))
		ni_say(x, NI_MSG_ACK_SAME);
	else if (!x->b->len)
		ni_say(x, NI_MSG_STRAY);
}

/* The capture starts in the middle of a connection, with this segment. */
static bool
is_mid_stream(const struct ni_rung *r, const struct ni_conn *c)
{
	return c->open == NI_OPEN_MID_STREAM && !(r->flags & (SYN | RST)) && !c->opening[1].frame &&
	       in(NONE, r->was[0]) && in(NONE, r->was[1]) && in(SYNCED, r->state[0]) &&
	       in(SYNCED, r->state[1]);
}

static void
explain(struct ni_buf *b, const struct ni_rung *r, const struct ni_conn *c, bool fully)
{
	/* The sentences stand in a buffer of their own: whether there are any yet decides. */
	struct ni_buf own = ni_buf(b->p + b->len, b->cap - b->len);
	struct ni_ex x = {.b = &own, .r = r, .c = c};
	enum ni_msg main = main_sentence(r, c);

	if (is_mid_stream(r, c)) {
		ni_say(&x, NI_MSG_MID_STREAM);
		if (c->flags & NI_CONN_GUESSED)
			ni_say(&x, NI_MSG_GUESSED);
		x.told[0] = r->state[0] == NI_TCP_ESTABLISHED;
		x.told[1] = r->state[1] == NI_TCP_ESTABLISHED;
	}
	ni_say(&x, main);
	if (!(r->marks & BIT(DUPLICATE_FRAME))) {
		if ((main == NI_MSG_SYN || main == NI_MSG_SYN_RELATIVE) &&
		    r->state[!r->side] == NI_TCP_SYN_RECEIVED)
			ni_say(&x, NI_MSG_SYN_ASSUMED);
		if (r->marks & BIT(REUSED_PORTS))
			ni_say(&x, r->flags & SYN ? NI_MSG_SYN_REUSED : NI_MSG_REUSED_PORTS);
		if (r->flags & SYN)
			say_syn(&x, fully);
		if (fully && r->len && main == NI_MSG_NONE && !(r->marks & ~BIT(SEQ_WRAP)))
			ni_say(&x, r->len == 1 ? NI_MSG_DATA_ONE : NI_MSG_DATA);
		say_ack(&x, main, fully);
		say_marks(&x, main);
		say_moves(&x);
		if (fully)
			say_ordinary(&x, main);
	}
	b->len += own.len;
	b->cut |= own.cut;
}

void
ni_explain_segment(struct ni_buf *b, const struct ni_rung *r, const struct ni_conn *c)
{
	explain(b, r, c, false);
}

void
ni_explain_segment_fully(struct ni_buf *b, const struct ni_rung *r, const struct ni_conn *c)
{
	explain(b, r, c, true);
}
