/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -T ladder: every TCP connection as an arrow diagram, written when it has ended. Connections under
 * way share one bounded memory; those that find no place at all are counted.
 */
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "i18n.h"
#include "netinspect/cells.h"
#include "netinspect/event.h"
#include "netinspect/ladder.h"
#include "report_page.h"
#include "sink.h"

enum {
	OPEN_AT_A_TIME = 1 << 16, /* connections */
	BUCKETS = 1 << 14,
	KEEP = 1024, /* segments of the beginning, and of the end, of each */
	TCP = 6,
};
#define POOL_BYTES ((size_t)96 << 20) /* touched as it is used */

/* A connection under way. */
struct entry {
	struct entry *next;
	struct ni_ladder *ladder;
	uint32_t id;
};

struct ladders {
	struct ni_sink sink;
	struct ni_out *out;
	struct ni_ladder_opts opts;
	struct ni_ladder_pool *pool;
	struct entry
	    *bucket[BUCKETS]; /* by number; numbers are given in order, nobody chooses them */
	uint32_t open;
	uint64_t written, missed;
	struct ni_ladder_look look;
	uint64_t *seen; /* a bit for each of opts.conns that was written */
};

/* ---- taking in ---- */

static bool
is_wanted(const struct ladders *s, uint32_t id, size_t *which)
{
	for (size_t i = 0; i < s->opts.nconns; i++) {
		*which = i;
		if (s->opts.conns[i] == id)
			return true;
	}
	return !s->opts.nconns;
}

static struct entry **
find(struct ladders *s, uint32_t id)
{
	struct entry **e = &s->bucket[id % BUCKETS];
	while (*e && (*e)->id != id)
		e = &(*e)->next;
	return e;
}

static struct entry *
begin(struct ladders *s, struct entry **at, uint32_t id)
{
	struct entry *e = s->open < OPEN_AT_A_TIME ? calloc(1, sizeof(*e)) : NULL;
	if (!e)
		return NULL;
	e->ladder = ni_ladder_new(s->pool, KEEP);
	if (!e->ladder) {
		free(e);
		return NULL;
	}
	ni_ladder_unfold_all(e->ladder, s->opts.full);
	e->id = id;
	*at = e;
	s->open++;
	return e;
}

static void
take_frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct ladders *s = (struct ladders *)sink;
	size_t which;
	if (!d->seg || !d->conn || !is_wanted(s, d->conn->id, &which))
		return;
	struct entry **at = find(s, d->conn->id);
	struct entry *e = *at ? *at : begin(s, at, d->conn->id);
	if (e)
		ni_ladder_take(e->ladder, d);
	s->look.zero_ns = d->clock ? d->clock->first_ns : 0;
	s->look.digits = d->frame->ts_digits;
}

/* ---- writing ---- */

static void
print_time(struct ni_buf *b, const struct ni_ladder_look *k, int64_t ts_ns, int64_t previous_ns)
{
	struct ni_clock c = {k->zero_ns, previous_ns, previous_ns};
	ni_time_print(b, ts_ns, k->digits ? k->digits : 6, &c, (enum ni_time_format)k->time_format);
}

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
write_title(struct ladders *s, const struct ni_conn *c)
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
write_lines(struct ladders *s, const struct ni_ladder *l, const struct ni_ladder_row *row)
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

static void
write_ladder(struct ladders *s, struct ni_ladder *l, const struct ni_conn *c)
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
	for (size_t i = 0; i < rows; i++)
		write_lines(s, l, ni_ladder_row(l, i));
	ni_out_line(s->out);
}

static void
end_conn(struct ladders *s, const struct ni_conn *c)
{
	size_t which;
	if (!is_wanted(s, c->id, &which))
		return;
	struct entry **at = find(s, c->id);
	struct entry *e = *at;
	if (!e) {
		s->missed++;
		return;
	}
	if (s->opts.nconns)
		s->seen[which / 64] |= UINT64_C(1) << which % 64;
	write_ladder(s, e->ladder, c);
	*at = e->next;
	s->open--;
	ni_ladder_free(&e->ladder);
	free(e);
}

static void
take_event(struct ni_sink *sink, const struct ni_event *e)
{
	if (e->kind == NI_EV_CONN_END && e->conn->ipproto == TCP)
		end_conn((struct ladders *)sink, e->conn);
}

/* What was asked for and is not there. */
static void
write_absent(struct ladders *s)
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
	struct ladders *s = (struct ladders *)sink;
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
	struct ladders *s = (struct ladders *)sink;
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct entry *e = s->bucket[i], *next; e; e = next) {
			next = e->next;
			ni_ladder_free(&e->ladder);
			free(e);
		}
	}
	ni_ladder_pool_free(&s->pool);
	free(s->seen);
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "ladder", .frame = take_frame, .event = take_event, .finish = finish, .free = destroy};

struct ni_sink *
ni_ladder_sink(struct ni_out *out, const struct ni_ladder_opts *opts)
{
	struct ladders *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->sink.ops = &ops;
	s->out = out;
	s->opts = *opts;
	s->look = (struct ni_ladder_look){
	    .width = out->width,
	    .ascii = out->ascii,
	    .time = print_time,
	    .time_format = opts->time,
	    .no_delta = opts->time == NI_TIME_DELTA || opts->time == NI_TIME_DELTA_DISPLAYED,
	};
	s->pool = ni_ladder_pool_new(POOL_BYTES);
	s->seen = calloc(opts->nconns / 64 + 1, sizeof(*s->seen));
	if (s->pool && s->seen)
		return &s->sink;
	destroy(&s->sink);
	return NULL;
}
