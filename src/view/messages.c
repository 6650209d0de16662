/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP messages for reading; see messages.h. */
#include "messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/event.h"
#include "netinspect/http.h"
#include "netinspect/stream.h"

enum { SLICE_NS = 1000000 };

struct sink {
	struct ni_sink sink;
	struct ni_messages *m;
};

static void
decoded(void *ctx, const uint8_t *p, size_t n)
{
	struct ni_message *x = ctx;
	x->decoded += n;
	if (n > NI_MESSAGE_BODY - x->body_n)
		n = NI_MESSAGE_BODY - x->body_n;
	if (x->body_n + n > x->body_room) {
		size_t room = 2 * (x->body_n + n);
		uint8_t *more = realloc(x->body, room);
		if (!more)
			return;
		x->body = more;
		x->body_room = room;
	}
	if (n)
		memcpy(x->body + x->body_n, p, n);
	x->body_n += n;
}

static bool
is_wanted(const struct ni_messages *m, const struct ni_body_event *b)
{
	const struct ni_http_exchange *x = b->http;
	if (!x || m->n == NI_MESSAGES_MAX)
		return false;
	if (m->what.number)
		return x->number == m->what.number;
	return (b->request ? x->request_first : x->response_first) == m->what.frame;
}

static void
end(struct ni_messages *m, unsigned side, bool whole, bool cut)
{
	struct ni_message *x = m->open[side];
	if (!x)
		return;
	x->whole = whole;
	x->cut = cut;
	if (m->decoder[side]) {
		x->outcome = (uint8_t)ni_body_end(m->decoder[side]);
		x->coded = ni_body_in(m->decoder[side]);
	}
	ni_body_free(&m->decoder[side]);
	m->open[side] = NULL;
}

static void
begin(struct ni_messages *m, unsigned side, const struct ni_body_event *b)
{
	end(m, side, true, true);
	if (!is_wanted(m, b))
		return;
	struct ni_message *x = &m->message[m->n++];
	struct ni_body_opts o = {.out = decoded, .ctx = x};
	uint32_t n = b->n < NI_MESSAGE_HEAD ? b->n : NI_MESSAGE_HEAD;
	*x = (struct ni_message){.request = b->request,
				 .interim = !b->request && b->status / 100 == 1,
				 .head = malloc(n ? n : 1)};
	if (x->head) {
		memcpy(x->head, b->p, n);
		x->head_n = n;
	}
	snprintf(x->type, sizeof(x->type), "%.*s", (int)b->type_len,
		 b->type ? (const char *)b->type : "");
	snprintf(x->encoding, sizeof(x->encoding), "%.*s", (int)b->encoding_len,
		 b->encoding ? (const char *)b->encoding : "");
	m->open[side] = x;
	m->decoder[side] = ni_body_new(b->encoding, b->encoding_len, &o);
	if (!m->decoder[side] || ni_body_end(m->decoder[side]) != NI_BODY_UNKNOWN)
		return;
	/* As it is, then; the head says which coding that is. */
	ni_body_free(&m->decoder[side]);
	m->decoder[side] = ni_body_new(NULL, 0, &o);
}

static void
take_event(struct ni_sink *s, const struct ni_event *e)
{
	struct ni_messages *m = ((struct sink *)s)->m;
	if (e->kind == NI_EV_CONN_END) {
		end(m, 0, true, true);
		end(m, 1, true, true);
	}
	if (e->kind != NI_EV_BODY)
		return;
	const struct ni_body_event *b = e->body;
	struct ni_message *x = m->open[e->side];
	switch ((enum ni_body_step)b->step) {
	case NI_BODY_BEGIN:
		begin(m, e->side, b);
		break;
	case NI_BODY_BYTES:
		if (x && m->decoder[e->side])
			x->outcome = (uint8_t)ni_body_put(m->decoder[e->side], b->p, b->n);
		break;
	case NI_BODY_LOST:
		if (x && m->decoder[e->side])
			ni_body_lost(m->decoder[e->side]);
		if (x)
			x->lost += b->lost;
		break;
	case NI_BODY_END:
		end(m, e->side, true, b->cut);
		break;
	}
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {.name = "messages", .event = take_event, .free = destroy};

struct ni_messages *
ni_messages_new(struct ni_model *model, const struct ni_messages_what *what, struct ni_err *err)
{
	struct ni_messages *m = calloc(1, sizeof(*m));
	struct sink *s = calloc(1, sizeof(*s));
	if (!m || !s) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		free(m);
		free(s);
		return NULL;
	}
	m->what = *what;
	s->sink = (struct ni_sink){.ops = &ops, .want_bodies = true};
	s->m = m;
	m->watch = ni_watch_new(model, what->conn, UINT64_MAX, &s->sink, err);
	if (m->watch && what->frame)
		ni_watch_from(m->watch, what->frame);
	if (!m->watch)
		ni_messages_free(&m);
	return m;
}

static bool
complete(const struct ni_messages *m)
{
	const struct ni_message *x = m->n ? &m->message[m->n - 1] : NULL;
	return x && !m->open[0] && !m->open[1] && x->whole && !x->interim &&
	       (!x->request || !m->what.number);
}

void
ni_messages_finish(struct ni_messages *m)
{
	while (!complete(m) && ni_watch_work(m->watch, SLICE_NS))
		;
}

void
ni_messages_free(struct ni_messages **m)
{
	if (!*m)
		return;
	ni_watch_free(&(*m)->watch);
	for (unsigned i = 0; i < 2; i++)
		ni_body_free(&(*m)->decoder[i]);
	for (unsigned i = 0; i < (*m)->n; i++) {
		free((*m)->message[i].head);
		free((*m)->message[i].body);
	}
	free(*m);
	*m = NULL;
}
