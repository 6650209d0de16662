/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two directions of a conversation; see said.h. */
#include "said.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/event.h"
#include "netinspect/stream.h"

enum { UDP = 17 };

struct sink {
	struct ni_sink sink;
	struct ni_said *said;
};

static bool
reserve(struct ni_said *s, size_t n)
{
	if (n > NI_SAID_BYTES - s->n)
		return false;
	if (s->n + n <= s->room)
		return true;
	size_t room = 2 * (s->n + n);
	uint8_t *p = realloc(s->bytes, room);
	if (!p)
		return false;
	s->bytes = p;
	s->room = room;
	return true;
}

static struct ni_turn *
add_turn(struct ni_said *s)
{
	if (s->turns == NI_SAID_TURNS)
		return NULL;
	if (s->turns == s->turn_room) {
		size_t room = s->turn_room ? 2 * s->turn_room : 64;
		struct ni_turn *t = realloc(s->turn, room * sizeof(*t));
		if (!t)
			return NULL;
		s->turn = t;
		s->turn_room = room;
	}
	return &s->turn[s->turns++];
}

/* A place, and what is said there. */
struct word {
	unsigned side;
	const uint8_t *p;
	size_t n;
	uint64_t lost;
	uint64_t frame;
	int64_t ts_ns;
	bool apart; /* a turn of its own */
};

static void
say(struct ni_said *s, const struct word *w)
{
	struct ni_turn *t = s->turns ? &s->turn[s->turns - 1] : NULL;
	bool joins = t && t->side == w->side && !t->lost && !w->lost && !w->apart;
	if (s->dropped || !reserve(s, w->n) || (!joins && !(t = add_turn(s)))) {
		/* From here on nothing is kept: what there is has no holes that are not shown. */
		s->dropped += w->n;
		s->total[w->side] += w->n;
		return;
	}
	if (!joins)
		*t = (struct ni_turn){
		    .side = (uint8_t)w->side,
		    .off = (uint32_t)s->n,
		    .before = s->total[w->side],
		    .lost = w->lost,
		    .frame = w->frame,
		    .ts_ns = w->ts_ns,
		};
	if (w->n)
		memcpy(s->bytes + s->n, w->p, w->n);
	s->n += w->n;
	t->n += (uint32_t)w->n;
	s->total[w->side] += w->n + w->lost;
}

static void
take_event(struct ni_sink *sink, const struct ni_event *e)
{
	struct ni_said *s = ((struct sink *)sink)->said;
	if (e->conn)
		s->conn = *e->conn;
	if (e->kind != NI_EV_STREAM)
		return;
	const struct ni_stream_bytes *b = e->stream;
	struct word w = {
	    .side = e->side, .p = b->p, .n = b->n, .frame = e->frame, .ts_ns = e->ts_ns};
	if (b->n)
		say(s, &w);
	w.n = 0;
	w.lost = b->lost;
	if (b->lost)
		say(s, &w);
}

static void
take_frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct ni_said *s = ((struct sink *)sink)->said;
	if (!d->conn || d->conn->ipproto != UDP || d->transport_layer >= d->nlayers)
		return;
	struct ni_span data = ni_layer_payload(d, &d->layers[d->transport_layer]);
	struct word w = {
	    .side = d->dir,
	    .p = data.p,
	    .n = data.cap,
	    .frame = d->frame->number,
	    .ts_ns = d->frame->ts_ns,
	    .apart = true,
	};
	s->conn = *d->conn;
	if (data.cap)
		say(s, &w);
	w.n = 0;
	w.lost = data.len - data.cap;
	if (w.lost)
		say(s, &w);
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "said", .frame = take_frame, .event = take_event, .free = destroy};

struct ni_said *
ni_said_new(struct ni_model *m, uint32_t conn, struct ni_err *err)
{
	struct ni_said *s = calloc(1, sizeof(*s));
	struct sink *k = calloc(1, sizeof(*k));
	if (!s || !k) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		free(s);
		free(k);
		return NULL;
	}
	s->conn.id = UINT32_MAX;
	k->sink = (struct ni_sink){.ops = &ops, .want_streams = true};
	k->said = s;
	s->watch = ni_watch_new(m, conn, UINT64_MAX, &k->sink, err);
	if (!s->watch)
		ni_said_free(&s);
	return s;
}

void
ni_said_free(struct ni_said **s)
{
	if (!*s)
		return;
	ni_watch_free(&(*s)->watch);
	free((*s)->bytes);
	free((*s)->turn);
	free(*s);
	*s = NULL;
}
