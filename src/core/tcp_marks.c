/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Marks on segments, with the names and the meaning of Wireshark's tcp.analysis.*: each looks only
 * at what was captured before, never at what a kernel would make of it (that is tcp_judge.c).
 */
#include "tcp_priv.h"

#define SFR (NI_TH_SYN | NI_TH_FIN | NI_TH_RST)

enum {
	FAST_NS = 20 * 1000 * 1000,   /* a fast retransmission follows its duplicate ACK within */
	REORDER_NS = 3 * 1000 * 1000, /* reordering happens within, as long as no RTT is known */
	ID_RUN = 4,                   /* so many identifications in a row show a counter */
	ID_STEP = 256,                /* and the widest step of one */
	NO_DUPS = UINT16_MAX,         /* dup_acks after an ACK of what was not captured */
};

/* Empty, and with the numbers of its sender's last segment. */
static bool
repeats_ack(const struct ni_tcp_side *s, const struct ni_tcp_in *in)
{
	return in->len == 0 && !(in->flags & SFR) && (s->has & NI_HAS_SENT) &&
	       in->seq == s->snd_nxt && in->ack == s->ack;
}

bool
ni_tcp_fills_window(const struct ni_tcp *t, const struct ni_tcp_in *in)
{
	const struct ni_tcp_side *p = &t->side[!in->dir];
	unsigned shift = t->c.wscale[!in->dir];
	if (in->len == 0 || (in->flags & SFR) || shift == NI_WSCALE_UNKNOWN)
		return false;
	if (shift == NI_WSCALE_OFF || !(p->has & NI_HAS_SCALED))
		shift = 0;
	return in->seq + in->len == p->ack + ((uint32_t)p->window << shift);
}

/* Marks of probes, window changes and repeated ACKs. */
static uint32_t
window_marks(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];
	const struct ni_tcp_side *p = &t->side[!in->dir];
	bool began = s->has & NI_HAS_SENT;
	uint32_t marks = 0;

	if (in->len == 1 && began && in->seq == s->snd_nxt && (p->has & NI_HAS_SENT) &&
	    p->window == 0)
		return BIT(ZERO_WINDOW_PROBE);
	if (in->win == 0 && !(in->flags & SFR))
		marks |= BIT(ZERO_WINDOW);
	if (began && seq_gt(in->seq, s->snd_nxt) && !(in->flags & NI_TH_RST))
		marks |= BIT(LOST_SEGMENT);
	if (in->len <= 1 && began && in->seq == s->snd_nxt - 1 && !(in->flags & SFR))
		marks |= BIT(KEEP_ALIVE);
	if (ni_tcp_fills_window(t, in))
		marks |= BIT(WINDOW_FULL);
	if (!repeats_ack(s, in))
		return marks;
	if (in->win && in->win != s->window)
		return marks | BIT(WINDOW_UPDATE);
	if (in->win != s->window)
		return marks;
	if (in->win && (p->last_flags & NI_LAST_KEEP_ALIVE))
		return marks | BIT(KEEP_ALIVE_ACK);
	if (!in->win)
		return marks | (p->last_flags & NI_LAST_PROBE ? BIT(ZERO_WINDOW_PROBE_ACK) : 0);
	s->dup_acks = s->dup_acks == NO_DUPS ? 1 : (uint16_t)(s->dup_acks + 1);
	x->out->dup_ack_num = s->dup_acks;
	x->out->dup_ack_frame = s->ack_frame;
	return marks | BIT(DUPLICATE_ACK);
}

static uint32_t
ack_lost_mark(struct ni_tcp_side *p, const struct ni_tcp_in *in)
{
	if (!(in->flags & NI_TH_ACK) || !(p->has & NI_HAS_SENT) || !seq_gt(in->ack, p->snd_con))
		return 0;
	if (seq_lt(p->snd_con, p->snd_nxt)) {
		p->snd_con = p->snd_nxt;
		return BIT(ACK_LOST_SEGMENT);
	}
	bool first = p->dup_acks == 0;
	p->dup_acks = NO_DUPS;
	return first ? BIT(ACK_LOST_SEGMENT) : 0;
}

/* The segment that @in repeats is the oldest one at or behind its number; else the highest so far.
 */
static void
find_original(const struct ni_tcp_side *s, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_seg *g = ni_tcp_segs_find(x->env->pool, s, x->in->seq);
	x->out->rto_frame = g ? g->frame : s->nxt_frame;
	x->out->rto_ns = ns_since(x->in->ts_ns, g ? g->ts_ns : s->nxt_ns);
}

/*
 * Was it sent before (-1) or after (1) the segment with the highest number, or does nothing tell
 * (0)? By timestamps (RFC 7323), else by IP identifications, if its sender counts them up.
 */
static int
sent_order(const struct ni_tcp_side *s, const struct ni_tcp_seen *x)
{
	if ((x->opt.has & NI_OPT_TS) && (s->has & NI_HAS_NXT_TS) && x->opt.tsval != s->nxt_tsval)
		return seq_lt(x->opt.tsval, s->nxt_tsval) ? -1 : 1;
	int16_t ahead = (int16_t)(x->in->ip_id - s->nxt_id);
	if (s->id_run < ID_RUN || ahead == 0 || ahead > ID_STEP || ahead < -ID_STEP)
		return 0;
	return ahead < 0 ? -1 : 1;
}

/* Were all its bytes captured before? Then it is sent again, whatever the order. */
static bool
captured_before(const struct ni_tcp_side *s, const struct ni_tcp_seen *x)
{
	if (seq_le(x->end, s->snd_con))
		return true;
	return seq_ge(ni_tcp_segs_cover(x->env->pool, s, x->in->seq), x->end);
}

/* Take the mark that time suggests, unless there is evidence; say so if there is none. */
static uint32_t
weigh(const struct ni_tcp_side *s, const struct ni_tcp_seen *x, uint32_t mark)
{
	int order = sent_order(s, x);
	if (order < 0)
		return BIT(OUT_OF_ORDER);
	if (mark == BIT(SPURIOUS_RETRANSMISSION))
		return mark;
	if (order > 0 || captured_before(s, x))
		return mark == BIT(OUT_OF_ORDER) ? BIT(RETRANSMISSION) : mark;
	return mark | BIT(AMBIGUOUS);
}

/* What repeats or fills in numbers below the highest one seen, judged by time as Wireshark does. */
static uint32_t
repeat_by_time(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	const struct ni_tcp_side *s = &t->side[in->dir];
	const struct ni_tcp_side *p = &t->side[!in->dir];
	bool low = (s->has & NI_HAS_SENT) && seq_lt(in->seq, s->snd_nxt);
	unsigned one = in->flags & (NI_TH_SYN | NI_TH_FIN) ? 1 : 0;
	int64_t reorder_ns = t->c.initial_rtt_ns ? t->c.initial_rtt_ns : REORDER_NS;

	if (in->len == 0 && !one)
		return 0;
	if (in->len > 1 && in->seq == s->snd_nxt - 1) /* begins with what a probe carried */
		low = false;
	if (in->len && p->ack && seq_le(in->seq + in->len, p->ack))
		return BIT(SPURIOUS_RETRANSMISSION);
	if (!low)
		return 0;
	if (p->dup_acks >= 2 && p->dup_acks != NO_DUPS && p->ack == in->seq &&
	    ns_since(in->ts_ns, p->last_ns) < FAST_NS)
		return BIT(FAST_RETRANSMISSION);
	if (ns_since(in->ts_ns, s->nxt_ns) < reorder_ns && s->snd_nxt != in->seq + in->len + one)
		return BIT(OUT_OF_ORDER);
	return BIT(RETRANSMISSION);
}

static uint32_t
repeat_mark(const struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_side *s = &t->side[x->in->dir];
	uint32_t mark = repeat_by_time(t, x);

	if (mark)
		mark = weigh(s, x, mark);
	if (mark & BIT(RETRANSMISSION)) {
		find_original(s, x);
		x->out->unseen = !captured_before(s, x);
	}
	return mark;
}

void
ni_tcp_marks(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];
	uint32_t ack = in->flags & NI_TH_ACK ? in->ack : 0;

	x->marks |= window_marks(t, x);
	if (ack != s->ack || !(s->has & NI_HAS_SENT)) {
		s->ack_frame = in->frame;
		s->dup_acks = 0;
	}
	x->marks |= ack_lost_mark(&t->side[!in->dir], in);
	if (!(x->marks & BIT(KEEP_ALIVE)))
		x->marks |= repeat_mark(t, x);
	if ((in->flags & NI_TH_SYN) && in->len)
		x->marks |= BIT(FAST_OPEN_DATA);
	if (in->seq + in->len < in->seq)
		x->marks |= BIT(SEQ_WRAP);
}

static void
flight(struct ni_tcp_side *s, const struct ni_tcp_side *p, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	uint32_t span = ni_tcp_segs_span(x->env->pool, s) - p->sacked;
	bool push = in->flags & NI_TH_PSH;

	if (in->len == 0 || !(s->has & NI_HAS_FLIGHT) || s->count == 0)
		return;
	if ((int32_t)span > 0)
		x->out->bytes_in_flight = span - (in->flags & (NI_TH_SYN | NI_TH_FIN) ? 1 : 0);
	s->push_bytes = (s->has & NI_HAS_PUSHED ? 0 : s->push_bytes) + in->len;
	s->has = push ? s->has | NI_HAS_PUSHED : s->has & ~HAS(PUSHED);
	x->out->push_bytes = s->push_bytes;
}

/* Move the highest number seen from this side, and the one up to which nothing was missed. */
static void
advance(struct ni_tcp_side *s, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	unsigned one = in->flags & (NI_TH_SYN | NI_TH_FIN) ? 1 : 0;
	bool began = s->has & NI_HAS_SENT;
	uint32_t end = in->seq + in->len + one;

	if (x->marks & BIT(ZERO_WINDOW_PROBE))
		return;
	if (!began || seq_gt(end, s->snd_nxt + one))
		s->has = in->len ? s->has & ~HAS(EMPTY) : s->has | NI_HAS_EMPTY;
	bool joins = !began || in->seq == s->snd_con;
	if (!began || seq_gt(end, s->snd_nxt)) {
		uint16_t step = (uint16_t)(in->ip_id - s->nxt_id);
		s->id_run = !began || step == 0 || step > ID_STEP ? 0
			    : s->id_run < ID_RUN                  ? s->id_run + 1
								  : ID_RUN;
		s->nxt_id = in->ip_id;
		s->nxt_tsval = x->opt.tsval;
		s->has = x->opt.has & NI_OPT_TS ? s->has | NI_HAS_NXT_TS : s->has & ~HAS(NXT_TS);
		s->snd_nxt = end;
		s->nxt_ns = in->ts_ns;
		s->nxt_frame = in->frame;
	}
	if (joins)
		s->snd_con = s->snd_nxt;
}

void
ni_tcp_marks_take(struct ni_tcp *t, struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	struct ni_tcp_side *s = &t->side[in->dir];
	struct ni_tcp_side *p = &t->side[!in->dir];

	if (in->flags & NI_TH_ACK)
		p->has |= NI_HAS_FLIGHT;
	if (x->marks & BIT(LOST_SEGMENT))
		s->has &= ~HAS(FLIGHT);
	if (x->end != in->seq)
		ni_tcp_segs_add(x->env->pool, s, x);
	advance(s, x);
	s->window = in->win;
	s->ack = in->flags & NI_TH_ACK ? in->ack : 0;
	s->last_flags = (uint8_t)((x->marks & BIT(KEEP_ALIVE) ? NI_LAST_KEEP_ALIVE : 0) |
				  (x->marks & BIT(ZERO_WINDOW_PROBE) ? NI_LAST_PROBE : 0));
	s->sacked = 0;
	for (unsigned i = 0; i < x->opt.nsack; i++)
		if (seq_gt(x->opt.sack[i][0], in->ack)) /* what was received twice is below */
			s->sacked += x->opt.sack[i][1] - x->opt.sack[i][0];
	flight(s, p, x);
	if (in->flags & NI_TH_SYN) {
		s->has &= ~HAS(SCALED);
		if (!(in->flags & NI_TH_ACK))
			t->syn_ns = in->ts_ns;
	} else if (in->flags & NI_TH_ACK) {
		s->has |= NI_HAS_SCALED;
		if (t->syn_ns && !t->c.initial_rtt_ns && in->ts_ns > t->syn_ns)
			t->c.initial_rtt_ns = ns_since(in->ts_ns, t->syn_ns);
	}
}
