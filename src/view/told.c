/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Explanations; see told.h. */
#include "told.h"

#include <stdlib.h>

#include "i18n.h"
#include "netinspect/explain.h"
#include "netinspect/rung.h"
#include "replay.h"
#include "rungs.h"
#include "watch.h"

enum { MAX_PACKETS = 200000, TCP = 6 };

static void
take_packet(void *ctx, const struct ni_dis *d)
{
	struct ni_buf *b = ctx;
	struct ni_rung r;
	if (d->conn && ni_rung_of(d, &r))
		ni_explain_segment_fully(b, &r, d->conn);
}

void
ni_told_packet(struct ni_buf *b, struct ni_model *m, uint64_t number)
{
	ni_replay_one(m, number, take_packet, b, NULL);
}

/* Keeps what is known of the conversation when its packets are through. */
struct last {
	struct ni_sink sink;
	struct ni_conn *conn;
	bool *known;
};

static void
frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct last *l = (struct last *)s;
	if (d->conn) {
		*l->conn = *d->conn;
		*l->known = true;
	}
}

static void
event(struct ni_sink *s, const struct ni_event *e)
{
	struct last *l = (struct last *)s;
	if (e->kind == NI_EV_CONN_END) {
		*l->conn = *e->conn;
		*l->known = true;
	}
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "last", .frame = frame, .event = event, .free = destroy};

void
ni_told_conn(struct ni_buf *b, struct ni_model *m, uint32_t conn)
{
	struct ni_conn c;
	bool known = false;
	struct last *l = calloc(1, sizeof(*l));
	if (!l)
		return;
	*l = (struct last){.sink = {.ops = &ops}, .conn = &c, .known = &known};
	struct ni_watch *w = ni_watch_new(m, conn, MAX_PACKETS, &l->sink, NULL);
	if (!w)
		return;
	ni_watch_from(w, ni_watch_last(w));
	ni_watch_work(w, NI_WATCH_ALL);
	ni_watch_free(&w);
	if (known && c.ipproto == TCP)
		ni_explain_conn(b, &c);
}

void
ni_told_rung(struct ni_buf *b, const struct ni_rungs *l, uint64_t i)
{
	const struct ni_ladder_row *r = i < l->rows ? ni_ladder_row(l->ladder, i) : NULL;
	while (r && r->kind == NI_LADDER_MESSAGE && i)
		r = ni_ladder_row(l->ladder, --i); /* of the segment that brought it */
	if (!r)
		return;
	if (r->kind == NI_LADDER_SEGMENT || r->kind == NI_LADDER_MESSAGE) {
		if (r->rung)
			ni_explain_segment_fully(b, r->rung, &l->conn);
		return;
	}
	if (r->kind == NI_LADDER_FOLD) {
		ni_buf_fmt(b,
			   _("%llu segments of data with %llu bytes and %llu acknowledgements, "
			     "nothing odd among them; Enter shows each. The first of them: "),
			   (unsigned long long)r->segments[r->side],
			   (unsigned long long)r->bytes[r->side],
			   (unsigned long long)r->segments[!r->side]);
		ni_explain_segment_fully(b, r->rung, &l->conn);
		return;
	}
	if (r->kind == NI_LADDER_GAP)
		ni_buf_fmt(b,
			   _("The middle of this connection was too long to be kept: %llu "
			     "segments, of them %llu with marks."),
			   (unsigned long long)r->segments[0] + r->segments[1],
			   (unsigned long long)r->marked);
	else
		ni_explain_conn(b, &l->conn);
}
