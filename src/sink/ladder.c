/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -T ladder: every TCP connection as an arrow diagram, written when it has ended. Connections under
 * way share one bounded memory; those that find no place at all are counted.
 */
#include <stdlib.h>

#include "columns.h"
#include "i18n.h"
#include "ladders.h"
#include "netinspect/event.h"
#include "netinspect/explain.h"
#include "report_page.h"
#include "sink.h"

enum {
	KEEP = 1024, /* segments of the beginning, and of the end, of each */
	TCP = 6,
};
#define POOL_BYTES ((size_t)96 << 20) /* touched as it is used */

struct drawer {
	struct ni_sink sink;
	struct ni_out *out;
	struct ni_ladder_opts opts;
	struct ladders *ladders; /* of connections under way */
	uint64_t written, missed;
	bool refused; /* there was no room for a connection */
	struct ni_ladder_look look;
	uint64_t *seen; /* a bit for each of opts.conns that was written */
};

/* ---- taking in ---- */

static bool
is_wanted(const struct drawer *s, uint32_t id, size_t *which)
{
	for (size_t i = 0; i < s->opts.nconns; i++) {
		*which = i;
		if (s->opts.conns[i] == id)
			return true;
	}
	return !s->opts.nconns;
}

/* ---- writing ---- */

static enum ni_color
color_of(enum ni_ladder_tone tone)
{
	static const uint8_t colors[] = {
	    [NI_TONE_PLAIN] = NI_C_NONE, [NI_TONE_QUIET] = NI_C_DIM, [NI_TONE_GOOD] = NI_C_GOOD,
	    [NI_TONE_TALK] = NI_C_NOTE,  [NI_TONE_WARN] = NI_C_WARN, [NI_TONE_BAD] = NI_C_BAD,
	};
	return (enum ni_color)colors[tone];
}

static void
write_title(struct drawer *s, const struct ni_conn *c)
{
	char mem[256];
	char client[64];
	char server[64];
	struct ni_buf b = ni_buf(client, sizeof(client));
	struct rp_page page = rp_page(s->out);
	rp_end_point(&b, &c->addr[0], c->port[0]);
	ni_buf_z(&b);
	b = ni_buf(server, sizeof(server));
	rp_end_point(&b, &c->addr[1], c->port[1]);
	ni_buf_z(&b);
	b = ni_buf(mem, sizeof(mem));
	ni_buf_fmt(&b, _("Connection %u: %s → %s"), c->id, client, server);
	page.width = s->look.width;
	page.begun = s->written > 0;
	rp_heading(&page, ni_buf_z(&b), c->service);
}

static void
write_lines(struct drawer *s, const struct ni_ladder *l, const struct ni_ladder_row *row)
{
	struct ni_buf *b = &s->out->b;
	enum ni_color color = color_of(ni_ladder_tone(l, row));
	unsigned lines = ni_ladder_lines(&s->look, l, row);
	for (unsigned i = 0; i < lines; i++) {
		if (color)
			ni_out_color(s->out, color);
		ni_ladder_line(b, &s->look, l, row, i);
		if (color)
			ni_out_color(s->out, NI_C_NONE);
		ni_buf_c(b, '\n');
		ni_out_line(s->out);
	}
}

/* Sentences, set in below what they are about. */
static void
para(struct drawer *s, const struct ni_buf *words)
{
	enum { LEFT = 6 };
	struct rp_page page = rp_page(s->out);
	page.width = s->look.width;
	if (words->len)
		rp_para(&page, LEFT, NULL, words->p);
}

static void
explain_row(struct drawer *s, const struct ni_ladder_row *row, const struct ni_conn *c)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (row->kind != NI_LADDER_SEGMENT)
		return;
	ni_explain_segment(&b, row->rung, c);
	ni_buf_z(&b);
	para(s, &b);
}

static void
explain_conn(struct drawer *s, const struct ni_conn *c)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_explain_conn(&b, c);
	ni_buf_z(&b);
	if (b.len)
		ni_buf_c(&s->out->b, '\n');
	para(s, &b);
}

static void
write_ladder(struct drawer *s, struct ni_ladder *l, const struct ni_conn *c)
{
	size_t rows = ni_ladder_layout(l, c);
	ni_ladder_fit(&s->look, l);
	write_title(s, c);
	s->written++;
	if (!rows) {
		ni_buf_str(&s->out->b, _("There was no memory to draw this connection.\n"));
		return;
	}
	for (unsigned i = 0; i < NI_LADDER_HEADS; i++) {
		ni_ladder_head(&s->out->b, &s->look, l, i);
		ni_buf_c(&s->out->b, '\n');
	}
	const struct ni_ladder_row *segment = NULL;
	for (size_t i = 0; i < rows; i++) {
		const struct ni_ladder_row *row = ni_ladder_row(l, i);
		write_lines(s, l, row);
		if (row->kind != NI_LADDER_MESSAGE)
			segment = row;
		/* Messages stay with their segment. */
		bool last = i + 1 == rows || ni_ladder_row(l, i + 1)->kind != NI_LADDER_MESSAGE;
		if (s->opts.explain && last && segment)
			explain_row(s, segment, c);
	}
	if (s->opts.explain)
		explain_conn(s, c);
	ni_out_line(s->out);
}

static void
end_conn(struct drawer *s, const struct ni_conn *c)
{
	size_t which = 0;
	if (!is_wanted(s, c->id, &which))
		return;
	struct ni_ladder *l = ladders_remove(s->ladders, c->id);
	if (!l) {
		/* Else the filter let nothing of it through. */
		s->missed += s->refused;
		return;
	}
	if (s->opts.nconns)
		s->seen[which / 64] |= UINT64_C(1) << which % 64;
	ni_ladder_unfold_all(l, s->opts.full);
	write_ladder(s, l, c);
	ni_ladder_free(&l);
}

/* ---- the sink ---- */

static void
take_frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct drawer *s = (struct drawer *)sink;
	size_t which = 0;
	if (!d->seg || !d->conn || !is_wanted(s, d->conn->id, &which))
		return;
	struct ni_ladder *l = ladders_get(s->ladders, d->conn->id);
	if (l)
		ni_ladder_take(l, d);
	else
		s->refused = true;
	s->look.zero_ns = d->clock ? d->clock->first_ns : 0;
	s->look.digits = d->frame->ts_digits;
	/* Nobody waits for a minute of TIME_WAIT; what comes of it later is drawn later. */
	if (s->opts.live && d->conn->flags & NI_CONN_ENDED)
		end_conn(s, d->conn);
}

static void
take_event(struct ni_sink *sink, const struct ni_event *e)
{
	if (e->kind == NI_EV_CONN_END && e->conn->ipproto == TCP)
		end_conn((struct drawer *)sink, e->conn);
}

/* What was asked for and is not there. */
static void
write_absent(struct drawer *s)
{
	struct ni_buf *b = &s->out->b;
	for (size_t i = 0; i < s->opts.nconns; i++)
		if (!(s->seen[i / 64] >> i % 64 & 1))
			ni_buf_fmt(b, _("There is no TCP connection with number %u.\n"),
				   s->opts.conns[i]);
	if (!s->opts.nconns && !s->written && !s->missed)
		ni_buf_str(b, _("There is no TCP connection.\n"));
}

static int
finish(struct ni_sink *sink, struct ni_err *err)
{
	struct drawer *s = (struct drawer *)sink;
	write_absent(s);
	if (s->missed)
		ni_buf_fmt(&s->out->b,
			   NI_PLURAL("%llu connection was not drawn: no room for it.\n",
				     "%llu connections were not drawn: no room for them.\n",
				     s->missed),
			   (unsigned long long)s->missed);
	return ni_out_flush(s->out, err);
}

static void
destroy(struct ni_sink *sink)
{
	struct drawer *s = (struct drawer *)sink;
	ladders_free(&s->ladders);
	free(s->seen);
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "ladder", .frame = take_frame, .event = take_event, .finish = finish, .free = destroy};

struct ni_sink *
ni_ladder_sink(struct ni_out *out, const struct ni_ladder_opts *opts)
{
	struct drawer *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->sink.ops = &ops;
	s->out = out;
	s->opts = *opts;
	s->look = (struct ni_ladder_look){
	    .width = out->width,
	    .ascii = out->ascii,
	    .time = ni_ladder_time,
	    .time_format = opts->time,
	    .no_delta = opts->time == NI_TIME_DELTA || opts->time == NI_TIME_DELTA_DISPLAYED,
	};
	s->ladders = ladders_new(opts->memory ? opts->memory : POOL_BYTES, KEEP);
	s->seen = calloc(opts->nconns / 64 + 1, sizeof(*s->seen));
	if (s->ladders && s->seen)
		return &s->sink;
	destroy(&s->sink);
	return NULL;
}
