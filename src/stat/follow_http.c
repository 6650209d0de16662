/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -z follow,http: a message is a chunk for its head and one for its body, decoded; written when the
 * message is over, or, of a large body, in pieces on the way.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "follow.h"
#include "i18n.h"
#include "netinspect/body.h"
#include "netinspect/stream.h"

enum { PIECE_MAX = 16 * 1024 * 1024, PIECE_MIN = 4096 };

struct bytes {
	uint8_t *p;
	size_t n, cap;
};

struct message {
	bool open;
	bool told; /* what is wrong with its body */
	struct bytes head, body;
	struct ni_body *decoder; /* NULL: no memory */
	struct ni_follow_http *all;
	unsigned side;
};

struct ni_follow_http {
	struct ni_follow_out out;
	struct message side[2];
};

struct ni_follow_http *
ni_follow_http_new(const struct ni_follow_out *out)
{
	struct ni_follow_http *h = calloc(1, sizeof(*h));
	if (!h)
		return NULL;
	h->out = *out;
	for (unsigned i = 0; i < 2; i++) {
		h->side[i].all = h;
		h->side[i].side = i;
	}
	return h;
}

void
ni_follow_http_free(struct ni_follow_http **h)
{
	for (unsigned i = 0; *h && i < 2; i++) {
		struct message *m = &(*h)->side[i];
		free(m->head.p);
		free(m->body.p);
		ni_body_free(&m->decoder);
	}
	free(*h);
	*h = NULL;
}

/* Hand on what has been gathered. */
static void
give(struct message *m, struct bytes *b)
{
	if (b->n)
		m->all->out.chunk(m->all->out.ctx, m->side, b->p, b->n);
	b->n = 0;
}

static void
flush(struct message *m)
{
	give(m, &m->head);
	give(m, &m->body);
}

static bool
reserve(struct bytes *b, size_t n)
{
	size_t cap = b->cap ? b->cap : PIECE_MIN;
	while (cap < n)
		cap *= 2;
	if (cap == b->cap)
		return true;
	uint8_t *p = realloc(b->p, cap);
	if (!p)
		return false;
	b->p = p;
	b->cap = cap;
	return true;
}

static void
add(struct message *m, struct bytes *b, const uint8_t *p, size_t n)
{
	if (b->n + n > PIECE_MAX || !reserve(b, b->n + n)) {
		flush(m);
		m->all->out.chunk(m->all->out.ctx, m->side, p, n);
		return;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void
decoded(void *ctx, const uint8_t *p, size_t n)
{
	struct message *m = ctx;
	add(m, &m->body, p, n);
}

/* Say once what keeps the body from being all there. */
static void
remark(struct message *m, enum ni_body_outcome outcome)
{
	char s[256];
	struct ni_buf b = ni_buf(s, sizeof(s));
	if (outcome == NI_BODY_OK || m->told)
		return;
	m->told = true;
	flush(m);
	ni_buf_fmt(&b, _("[of this body: %s]"), ni_body_text(outcome));
	m->all->out.chunk(m->all->out.ctx, m->side, (const uint8_t *)s, b.len);
}

static void
end(struct message *m, bool cut)
{
	if (!m->open)
		return;
	m->open = false;
	if (m->decoder)
		remark(m, ni_body_end(m->decoder));
	if (cut)
		remark(m, NI_BODY_CUT);
	flush(m);
	ni_body_free(&m->decoder);
}

static void
begin(struct message *m, const struct ni_body_event *e)
{
	struct ni_body_opts o = {.max_bytes = UINT64_MAX, .out = decoded, .ctx = m};
	end(m, true);
	m->open = true;
	m->told = false;
	add(m, &m->head, e->p, e->n);
	m->decoder = ni_body_new(e->encoding, e->encoding_len, &o);
	if (!m->decoder || ni_body_end(m->decoder) != NI_BODY_UNKNOWN)
		return;
	/* As it is, then; its head says which coding that is. */
	ni_body_free(&m->decoder);
	m->decoder = ni_body_new(NULL, 0, &o);
}

void
ni_follow_http_event(struct ni_follow_http *h, unsigned side, const struct ni_body_event *e)
{
	struct message *m = &h->side[side];
	switch ((enum ni_body_step)e->step) {
	case NI_BODY_BEGIN:
		begin(m, e);
		break;
	case NI_BODY_BYTES:
		if (m->decoder)
			remark(m, ni_body_put(m->decoder, e->p, e->n));
		break;
	case NI_BODY_LOST:
		flush(m);
		h->out.missing(h->out.ctx, side, e->lost);
		if (m->decoder)
			remark(m, ni_body_lost(m->decoder));
		break;
	case NI_BODY_END:
		end(m, e->cut);
		break;
	}
}

void
ni_follow_http_end(struct ni_follow_http *h)
{
	for (unsigned i = 0; i < 2; i++)
		end(&h->side[i], true);
}
