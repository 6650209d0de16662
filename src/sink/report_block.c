/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TCP connection in full, as it would be drawn on a blackboard: the segments that opened it and
 * closed it with their numbers and why each acknowledgement is what it is, and what that came to.
 */
#include <string.h>

#include "i18n.h"
#include "report.h"
#include "tcp_track.h"

enum {
	LEFT = 11,     /* where text behind a label begins */
	FRAME_END = 8, /* columns of the blackboard */
	TIME_END = 19,
	WHO = 21,
	FLAGS = 38,
	NUMBERS = 47,
};

static const char *
side(unsigned s)
{
	return s == NI_CLIENT ? _("client") : _("server");
}

/* ---- the blackboard ---- */

struct board {
	const struct rp_ctx *ctx;
	const struct ni_step *step[NI_OPEN_STEPS + NI_CLOSE_STEPS]; /* drawn so far */
	unsigned n;
};

static void
put_flags(struct ni_buf *b, unsigned flags)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
	    {NI_TH_SYN, "SYN"}, {NI_TH_FIN, "FIN"}, {NI_TH_RST, "RST"}, {NI_TH_ACK, "ACK"}};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(flags & names[i].bit))
			continue;
		ni_buf_str(b, b->len ? "," : "");
		ni_buf_str(b, names[i].name);
	}
	if (!b->len)
		ni_buf_str(b, _("none"));
}

/* Write the sum that gives @s's acknowledgement, if it acknowledges a segment on the board. */
static void
put_sum(const struct board *bd, const struct ni_step *s, struct ni_buf *b)
{
	for (unsigned i = bd->n; i-- > 0;) {
		const struct ni_step *o = bd->step[i];
		uint32_t control =
		    (o->flags & NI_TH_SYN ? 1u : 0) + (o->flags & NI_TH_FIN ? 1u : 0);
		if (o->side == s->side || !control)
			continue;
		if (s->ack == o->seq + control)
			ni_buf_fmt(b, " = %u + 1", o->seq);
		else if (o->len && s->ack == o->seq + o->len + control)
			ni_buf_fmt(b, " = %u + %u + 1", o->seq, o->len);
		else
			continue;
		if (s->ack < o->seq)
			ni_buf_str(b, " - 2^32");
		return;
	}
}

/* Whether the sender of @s has said the same on the board already. */
static bool
is_repeated(const struct board *bd, const struct ni_step *s)
{
	for (unsigned i = 0; i < bd->n; i++) {
		const struct ni_step *o = bd->step[i];
		if (o->side == s->side && o->flags & NI_TH_ACK && o->ack == s->ack)
			return true;
	}
	return false;
}

/* The left part of a line: which frame, when, from whom to whom, which flags. */
static void
draw_head(const struct board *bd, const struct ni_step *s)
{
	struct rp_page *p = bd->ctx->page;
	char mem[32];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_buf_u64(&b, s->frame);
	rp_to(p, b.len < FRAME_END ? FRAME_END - (unsigned)b.len : 1);
	rp_put(p, ni_buf_z(&b));
	b.len = 0;
	rp_clock(&b, bd->ctx, s->ts_ns);
	rp_to(p, TIME_END - (unsigned)b.len);
	rp_put(p, ni_buf_z(&b));
	rp_to(p, WHO);
	rp_fmt(p, "%s → %s", side(s->side), side(!s->side));
	rp_to(p, FLAGS);
	b.len = 0;
	put_flags(&b, s->flags);
	rp_put_color(p, s->flags & NI_TH_RST ? NI_C_BAD : NI_C_BOLD, ni_buf_z(&b));
}

static void
draw(struct board *bd, const struct ni_step *s)
{
	struct rp_page *p = bd->ctx->page;
	char mem[80];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	bool control = s->flags & (NI_TH_SYN | NI_TH_FIN | NI_TH_RST);
	bool had_seq = control || !(s->flags & NI_TH_ACK);

	draw_head(bd, s);
	if (had_seq) {
		ni_buf_fmt(&b, "seq=%u", s->seq);
		if (s->len)
			ni_buf_fmt(&b, " len=%u", s->len);
		rp_to(p, NUMBERS);
		rp_put(p, ni_buf_z(&b));
		b.len = 0;
	}
	/* An acknowledgement that repeats an older one says nothing new beside a FIN or RST. */
	if (s->flags & NI_TH_ACK && !(had_seq && is_repeated(bd, s)))
		put_sum(bd, s, &b);
	if (b.len || (s->flags & NI_TH_ACK && !had_seq)) {
		char line[100];
		struct ni_buf l = ni_buf(line, sizeof(line));
		ni_buf_fmt(&l, "ack=%u", s->ack);
		ni_buf_mem(&l, mem, b.len);
		unsigned cols = rp_columns(p, ni_buf_z(&l));
		if (had_seq || NUMBERS + cols > p->width)
			rp_end(p);
		rp_to(p, NUMBERS + cols <= p->width ? NUMBERS : p->width - cols);
		rp_put(p, ni_buf_z(&l));
	}
	rp_end(p);
	bd->step[bd->n++] = s;
}

/* Draw those of @n steps that were seen, in their order; one that stands twice is drawn once. */
static void
draw_steps(struct board *bd, const char *label, const struct ni_step *s, unsigned n)
{
	uint64_t last = 0;
	for (;;) {
		const struct ni_step *next = NULL;
		for (unsigned i = 0; i < n; i++)
			if (s[i].frame > last && (!next || s[i].frame < next->frame))
				next = &s[i];
		if (!next)
			return;
		if (!last) {
			rp_to(bd->ctx->page, RP_INDENT);
			rp_put_color(bd->ctx->page, NI_C_DIM, label);
			rp_end(bd->ctx->page);
		}
		last = next->frame;
		if (!bd->n || bd->step[bd->n - 1]->frame != last)
			draw(bd, next);
	}
}

/* ---- what it came to, in words ---- */

static void
put_repeats(struct ni_buf *b, unsigned n, const char *what)
{
	if (n)
		ni_buf_fmt(b, NI_PLURAL("; %s sent again %u time", "; %s sent again %u times", n),
			   what, n);
}

static int64_t
between(const struct ni_step *a, const struct ni_step *b)
{
	return a->frame && b->frame ? rp_diff(b->ts_ns, a->ts_ns) : -1;
}

static void
put_three_way(const struct ni_conn *c, struct ni_buf *b)
{
	int64_t whole = between(&c->opening[0], &c->opening[2]);
	int64_t there = between(&c->opening[0], &c->opening[1]);
	if (whole < 0)
		ni_buf_str(b, _("three-way handshake"));
	else if (there < 0)
		ni_buf_fmt(b, _("three-way handshake in %s"), rp_word_dur(whole).z);
	else
		ni_buf_fmt(b,
			   _("three-way handshake in %s (server answers after %s, client after "
			     "%s)"),
			   rp_word_dur(whole).z, rp_word_dur(there).z,
			   rp_word_dur(whole - there).z);
}

/* Nothing may be concluded from silence if there was little time to break it. */
static void
put_end_of_capture(const struct rp_ctx *ctx, const struct ni_conn *c, struct ni_buf *b)
{
	int64_t left = rp_diff(ctx->last_ns, c->last_ns);
	if (left == 0)
		ni_buf_str(b, _("; it is the last packet of the capture"));
	else if (left > 0 && left < RP_PATIENCE_NS)
		ni_buf_fmt(b, _("; the capture ends %s later"), rp_word_dur(left).z);
}

static void
put_no_answer(const struct ni_conn *c, struct ni_buf *b)
{
	if (c->syn_repeats)
		ni_buf_fmt(b, _("no answer after %u SYNs in %s"), c->syn_repeats + 1u,
			   rp_word_dur(rp_diff(c->last_ns, c->first_ns)).z);
	else
		ni_buf_str(b, _("no answer after 1 SYN"));
	if (c->icmp_frame)
		ni_buf_fmt(b,
			   _("; ICMP says that the destination is unreachable, code %u (frame "
			     "%llu)"),
			   c->icmp_code, (unsigned long long)c->icmp_frame);
}

static void
put_open(const struct rp_ctx *ctx, const struct ni_conn *c, struct ni_buf *b)
{
	switch ((enum ni_conn_open)c->open) {
	case NI_OPEN_NONE:
	case NI_OPEN_NKINDS:
		ni_buf_str(b, _("too little was seen to say"));
		break;
	case NI_OPEN_3WAY:
		put_three_way(c, b);
		break;
	case NI_OPEN_SIMULTANEOUS:
		ni_buf_str(b, _("simultaneous open: both sides sent a SYN, and the SYNs crossed"));
		break;
	case NI_OPEN_FAST:
		put_three_way(c, b);
		ni_buf_fmt(b, _("; TCP Fast Open: %u bytes in the SYN were accepted"),
			   c->opening[0].len);
		break;
	case NI_OPEN_REFUSED:
		ni_buf_fmt(
		    b,
		    _("refused: the SYN was answered by RST; nobody listens on port %u, or a "
		      "firewall says so"),
		    c->port[1]);
		break;
	case NI_OPEN_NO_ANSWER:
		put_no_answer(c, b);
		put_end_of_capture(ctx, c, b);
		return;
	case NI_OPEN_HALF_OPEN:
		ni_buf_str(b, _("half-open: the ACK that would end the handshake was never seen"));
		put_end_of_capture(ctx, c, b);
		break;
	case NI_OPEN_ABORTED:
		ni_buf_str(b, _("aborted: the client sent RST before the handshake ended, as a SYN "
				"scan does"));
		break;
	case NI_OPEN_MID_STREAM:
		ni_buf_str(b, c->flags & NI_CONN_FROM_SYNACK
				  ? _("the capture begins with the server's SYN,ACK")
				  : _("the capture begins when it is open already"));
		break;
	case NI_OPEN_STRAY:
		ni_buf_str(b, _("no connection: nothing here opens one, and no SYN went before"));
		return;
	}
	put_repeats(b, c->syn_repeats, "SYN");
	put_repeats(b, c->synack_repeats, "SYN,ACK");
	if (c->flags & NI_CONN_GUESSED)
		ni_buf_str(b, _("; which side is the client is a guess"));
}

/* How long the second side went on after it had acknowledged the first one's FIN. */
static void
put_half_closed(const struct ni_conn *c, struct ni_buf *b)
{
	enum { WORTH_SAYING_NS = 10000000 };
	int64_t ns = between(&c->closing[1], &c->closing[2]);
	if (ns < WORTH_SAYING_NS)
		return;
	ni_buf_fmt(b, _("; half-closed for %s"), rp_word_dur(ns).z);
}

static void
put_reset(const struct ni_conn *c, struct ni_buf *b)
{
	const char *state = ni_tcp_state_name(c->reset_state);
	if (c->reset_by == NI_CLIENT)
		ni_buf_fmt(b, _("reset by the client in %s"), state);
	else if (c->reset_by == NI_SERVER)
		ni_buf_fmt(b, _("reset by the server in %s"), state);
	else
		ni_buf_str(b, _("reset"));
	if (!(c->flags & NI_CONN_RST_AFTER_FIN))
		return;
	if (c->closed_first == c->reset_by)
		ni_buf_str(b, _(", after its own FIN"));
	else
		ni_buf_str(b, c->closed_first == NI_CLIENT ? _(", after the client's FIN")
							   : _(", after the server's FIN"));
}

static void
put_time_wait(const struct ni_conn *c, struct ni_buf *b)
{
	if (c->time_wait == NI_BOTH)
		ni_buf_str(b, _("; both sides wait in TIME_WAIT"));
	else if (c->time_wait == NI_CLIENT)
		ni_buf_str(b, _("; the client waits in TIME_WAIT"));
	else if (c->time_wait == NI_SERVER)
		ni_buf_fmt(
		    b,
		    _("; the server waits in TIME_WAIT, and port %u can be bound again before "
		      "that is over only with SO_REUSEADDR"),
		    c->port[1]);
}

static void
put_states(const struct ni_conn *c, struct ni_buf *b)
{
	ni_buf_fmt(b, _(" (client %s, server %s)"), ni_tcp_state_name(c->state[0]),
		   ni_tcp_state_name(c->state[1]));
}

/* The words for a client, a server, or nobody known that closed first. */
static void
put_closed(const struct ni_conn *c, struct ni_buf *b, const char *const words[3])
{
	unsigned who = c->closed_first < NI_NOBODY ? c->closed_first : NI_NOBODY;
	ni_buf_str(b, _(words[who]));
}

static const char *const four_segments[] = {
    N_("closed by the client first, 4 segments (FIN, ACK, FIN, ACK)"),
    N_("closed by the server first, 4 segments (FIN, ACK, FIN, ACK)"),
    N_("closed, 4 segments (FIN, ACK, FIN, ACK)")};
static const char *const three_segments[] = {
    N_("closed by the client first, 3 segments (FIN, FIN+ACK, ACK): the second FIN carries the ACK "
       "of the first"),
    N_("closed by the server first, 3 segments (FIN, FIN+ACK, ACK): the second FIN carries the ACK "
       "of the first"),
    N_("closed, 3 segments (FIN, FIN+ACK, ACK): the second FIN carries the ACK of the first")};
static const char *const one_fin[] = {N_("half-closed: only one FIN was seen, the client's"),
				      N_("half-closed: only one FIN was seen, the server's"),
				      N_("half-closed: only one FIN was seen")};
/* Of one captured direction nobody can say whether the other closed, before or after. */
static const char *const one_way_fin[] = {
    N_("closed by the client; the other direction was not captured"),
    N_("closed by the server; the other direction was not captured"),
    N_("closed; the other direction was not captured")};

static void
put_close(const struct ni_conn *c, struct ni_buf *b)
{
	switch ((enum ni_conn_close)c->close) {
	case NI_CLOSE_NONE:
	case NI_CLOSE_NKINDS:
		return;
	case NI_CLOSE_OPEN:
		ni_buf_str(b, c->flags & NI_CONN_REPLACED
				  ? _("never closed: a new connection began on the same ports")
				  : _("still open when the capture ends"));
		put_states(c, b);
		break;
	case NI_CLOSE_4WAY:
		put_closed(c, b, four_segments);
		put_half_closed(c, b);
		break;
	case NI_CLOSE_3SEGMENT:
		put_closed(c, b, three_segments);
		break;
	case NI_CLOSE_SIMULTANEOUS:
		ni_buf_str(b, _("closed by both sides at once: the FINs crossed"));
		break;
	case NI_CLOSE_RESET:
		put_reset(c, b);
		break;
	case NI_CLOSE_HALF_CLOSED:
		if (!c->packets[0] || !c->packets[1]) {
			put_closed(c, b, one_way_fin);
			break;
		}
		put_closed(c, b, one_fin);
		put_states(c, b);
		break;
	case NI_CLOSE_TIMEOUT:
		ni_buf_str(b, c->flags & NI_CONN_EVICTED
				  ? _("given up here to make room for other connections")
				  : _("given up here: it fell silent"));
		put_states(c, b);
		break;
	}
	put_repeats(b, c->fin_repeats, "FIN");
	put_time_wait(c, b);
}

static void
put_data(const struct ni_conn *c, struct ni_buf *b)
{
	if (!c->data_bytes[0] && !c->data_bytes[1]) {
		ni_buf_str(b, _("none"));
		return;
	}
	ni_buf_fmt(b, _("%s client → server, %s server → client"), rp_word_size(c->data_bytes[0]).z,
		   rp_word_size(c->data_bytes[1]).z);
	if (!c->requests)
		return;
	bool open = c->close == NI_CLOSE_OPEN || c->close == NI_CLOSE_TIMEOUT;
	if (c->requests == 1)
		ni_buf_str(b,
			   open ? _("; 1 request so far") : _("; 1 request: a short connection"));
	else
		ni_buf_fmt(b, _("; %u requests: a long connection, %.2f handshakes a request"),
			   c->requests, 1.0 / c->requests);
}

static void
put_marks(const struct ni_conn *c, struct ni_buf *b)
{
	for (unsigned m = 0; m < NI_NMARKS; m++) {
		if (!c->marks[m])
			continue;
		ni_buf_str(b, b->len ? _(", ") : "");
		rp_mark_count(b, m, c->marks[m]);
	}
}

/* Nothing on the wire is larger than the MSS: such a segment is still, or again, in one piece. */
static void
put_offload(const struct ni_conn *c, struct ni_buf *b)
{
	for (unsigned i = 0; i < 2; i++) {
		if (!c->mss[!i] || c->largest[i] <= c->mss[!i])
			continue;
		ni_buf_fmt(b,
			   i == NI_CLIENT
			       ? _("the client's segments seem to have up to %u bytes, but the MSS "
				   "is %u: they were captured before the network card cut them, or "
				   "after it joined them")
			       : _("the server's segments seem to have up to %u bytes, but the MSS "
				   "is %u: they were captured before the network card cut them, or "
				   "after it joined them"),
			   c->largest[i], c->mss[!i]);
		return;
	}
}

/* ---- the block ---- */

static void
write_head(const struct rp_ctx *ctx, const struct ni_conn *c)
{
	char mem[160];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct rp_page *p = ctx->page;
	ni_buf_fmt(&b, "#%u  ", c->id);
	rp_end_point(&b, &c->addr[0], c->port[0]);
	ni_buf_str(&b, " → ");
	rp_end_point(&b, &c->addr[1], c->port[1]);
	rp_put_color(p, NI_C_BOLD, ni_buf_z(&b));
	b.len = 0;
	if (c->service)
		ni_buf_fmt(&b, "  %s", c->service);
	ni_buf_str(&b, "  ");
	rp_dur(&b, rp_diff(c->last_ns, c->first_ns));
	ni_buf_str(&b, "  ");
	/* TRANSLATORS: from the client and from the server. */
	ni_buf_fmt(&b, _("%s+%s packets"), rp_word_num(c->packets[0]).z,
		   rp_word_num(c->packets[1]).z);
	if (p->col + rp_columns(p, ni_buf_z(&b)) > p->width) {
		rp_end(p);
		rp_put(p, "  ");
	}
	rp_put(p, mem);
	rp_end(p);
}

static void
sentence(const struct rp_ctx *ctx, const char *label, struct ni_buf *b)
{
	if (b->len)
		rp_para(ctx->page, LEFT, label, ni_buf_z(b));
	b->len = 0;
}

void
rp_block(const struct rp_ctx *ctx, const struct ni_conn *c)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct board bd = {.ctx = ctx};

	write_head(ctx, c);
	draw_steps(&bd, _("opening"), c->opening, NI_OPEN_STEPS);
	put_open(ctx, c, &b);
	sentence(ctx, bd.n ? "" : _("opening"), &b);
	put_data(c, &b);
	sentence(ctx, _("data"), &b);
	put_marks(c, &b);
	sentence(ctx, _("marks"), &b);
	put_offload(c, &b);
	sentence(ctx, _("offload"), &b);
	unsigned opened = bd.n;
	draw_steps(&bd, c->open == NI_OPEN_STRAY ? _("probe") : _("closing"), c->closing,
		   NI_CLOSE_STEPS);
	put_close(c, &b);
	sentence(ctx, bd.n > opened ? "" : _("closing"), &b);
	ni_buf_fmt(&b, "%s %s", ni_conn_zeek_state(c), c->history);
	sentence(ctx, "Zeek", &b);
}
