/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Content codings taken off as bytes come; see netinspect/body.h. */
#include "netinspect/body.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "i18n.h"
#include "unpack.h"

enum {
	PIECE = 16 * 1024,
	WINDOW_LOG = 23, /* RFC 9659 section 3: decoders of zstd need no larger window */
};

struct stage {
	struct ni_unpack *unpack;
	uint64_t made; /* bytes that it put out */
	uint8_t piece[PIECE];
};

struct ni_body {
	struct ni_body_opts o;
	uint64_t in, out;
	uint8_t outcome; /* enum ni_body_outcome */
	unsigned nstages;
	struct stage stages[]; /* the outermost coding first */
};

/* RFC 9110 section 8.4.1, RFC 7932, RFC 8878. */
static const struct {
	const char *name;
	const char *unpack; /* NULL: nothing to be done */
} codings[] = {
    {"gzip", "gzip"}, {"x-gzip", "gzip"}, {"deflate", "deflate"},
    {"br", "br"},     {"zstd", "zstd"},   {"identity", NULL},
};

/* What the name of @n bytes at @p means: an index into codings, or -1. */
static int
find(const uint8_t *p, size_t n)
{
	for (int i = 0; i < (int)(sizeof(codings) / sizeof(codings[0])); i++)
		if (n == strlen(codings[i].name) &&
		    !strncasecmp((const char *)p, codings[i].name, n))
			return i;
	return -1;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The next name of a comma-separated list; NULL at its end. */
static const uint8_t *
token(const uint8_t **p, const uint8_t *end, size_t *n)
{
	while (*p < end && (is_space(**p) || **p == ','))
		++*p;
	const uint8_t *first = *p;
	while (*p < end && **p != ',')
		++*p;
	const uint8_t *last = *p;
	while (last > first && is_space(last[-1]))
		last--;
	*n = (size_t)(last - first);
	return *n ? first : NULL;
}

/* The codings in the order in which they have to be taken off. */
static enum ni_body_outcome
read_list(const uint8_t *encoding, size_t n, const char *names[NI_BODY_CODINGS], unsigned *count)
{
	const uint8_t *p = encoding;
	const uint8_t *end = encoding ? encoding + n : NULL;
	const uint8_t *word;
	size_t len;
	*count = 0;
	while (p < end && (word = token(&p, end, &len))) {
		int i = find(word, len);
		if (i < 0)
			return NI_BODY_UNKNOWN;
		if (!codings[i].unpack)
			continue;
		if (*count == NI_BODY_CODINGS)
			return NI_BODY_UNKNOWN;
		memmove(names + 1, names, *count * sizeof(names[0]));
		names[0] = codings[i].unpack;
		++*count;
	}
	return NI_BODY_OK;
}

struct ni_body *
ni_body_new(const uint8_t *encoding, size_t n, const struct ni_body_opts *o)
{
	const char *names[NI_BODY_CODINGS + 1] = {NULL};
	unsigned count;
	enum ni_body_outcome outcome = read_list(encoding, n, names, &count);
	if (outcome)
		count = 0;
	struct ni_body *b = malloc(sizeof(*b) + count * sizeof(b->stages[0]));
	if (!b)
		return NULL;
	*b = (struct ni_body){.o = *o, .outcome = (uint8_t)outcome};
	if (!b->o.max_bytes)
		b->o.max_bytes = NI_BODY_MAX_BYTES;
	if (!b->o.max_ratio)
		b->o.max_ratio = NI_BODY_MAX_RATIO;
	for (unsigned i = 0; i < count; i++) {
		bool missing;
		struct ni_unpack *u = ni_unpack_new(names[i], WINDOW_LOG, &missing);
		if (!u && !missing) {
			ni_body_free(&b);
			return NULL;
		}
		if (!u) {
			b->outcome = NI_BODY_UNKNOWN;
			break;
		}
		b->stages[b->nstages].made = 0;
		b->stages[b->nstages++].unpack = u;
	}
	return b;
}

void
ni_body_free(struct ni_body **b)
{
	if (!*b)
		return;
	for (unsigned i = 0; i < (*b)->nstages; i++)
		(*b)->stages[i].unpack->free((*b)->stages[i].unpack);
	free(*b);
	*b = NULL;
}

static void
fail(struct ni_body *b, enum ni_body_outcome outcome)
{
	if (!b->outcome)
		b->outcome = (uint8_t)outcome;
}

/* Decoded bytes, as many as are allowed. */
static void
emit(struct ni_body *b, const uint8_t *p, size_t n)
{
	uint64_t room = b->o.max_bytes - b->out;
	bool large = n > room;
	if (large)
		n = (size_t)room;
	b->out += n;
	if (n)
		b->o.out(b->o.ctx, p, n);
	if (large)
		fail(b, NI_BODY_TOO_LARGE);
	else if (b->out > NI_BODY_RATIO_FREE && b->out / b->o.max_ratio > b->in)
		fail(b, NI_BODY_RATIO);
}

/* Bytes for the coding at @i, or, behind the last one, for the caller. As deep as there are
 * codings. */
static void
feed(struct ni_body *b, unsigned i, const uint8_t *p, size_t n)
{
	if (i == b->nstages) {
		emit(b, p, n);
		return;
	}
	struct stage *s = &b->stages[i];
	struct ni_unpack_io io = {.out = s->piece, .n_out = PIECE};
	do {
		io.in = p;
		io.n_in = n;
		const char *wrong = s->unpack->run(s->unpack, &io);
		p += io.used;
		n -= io.used;
		s->made += io.made;
		if (io.made)
			feed(b, i + 1, s->piece, io.made);
		if (wrong)
			fail(b, NI_BODY_CORRUPT);
		/* A layer that unfolds without end makes work before anything comes out. */
		if (s->made > b->o.max_bytes)
			fail(b, NI_BODY_TOO_LARGE);
	} while (!b->outcome && (io.used || io.made));
	if (n)
		fail(b, NI_BODY_CORRUPT);
}

enum ni_body_outcome
ni_body_put(struct ni_body *b, const uint8_t *p, size_t n)
{
	if (!b->outcome && n) {
		b->in += n;
		feed(b, 0, p, n);
	}
	return (enum ni_body_outcome)b->outcome;
}

enum ni_body_outcome
ni_body_lost(struct ni_body *b)
{
	if (b->nstages)
		fail(b, NI_BODY_CUT);
	return (enum ni_body_outcome)b->outcome;
}

enum ni_body_outcome
ni_body_end(struct ni_body *b)
{
	/* No bytes at all are no body, whatever its head says: answers to HEAD, for example. */
	for (unsigned i = 0; i < b->nstages && b->in; i++)
		if (!b->stages[i].unpack->whole)
			fail(b, NI_BODY_CUT);
	return (enum ni_body_outcome)b->outcome;
}

uint64_t
ni_body_in(const struct ni_body *b)
{
	return b->in;
}

uint64_t
ni_body_out(const struct ni_body *b)
{
	return b->out;
}

const char *
ni_body_text(enum ni_body_outcome outcome)
{
	static const char *const texts[NI_BODY_NOUTCOMES] = {
	    [NI_BODY_OK] = N_("complete"),
	    [NI_BODY_CUT] = N_("its end is missing"),
	    [NI_BODY_TOO_LARGE] = N_("it is larger than allowed and was cut"),
	    [NI_BODY_RATIO] = N_("it unpacks to so much that it was cut"),
	    [NI_BODY_CORRUPT] = N_("its content coding is damaged"),
	    [NI_BODY_UNKNOWN] = N_("its content coding is unknown"),
	};
	return outcome < NI_BODY_NOUTCOMES && texts[outcome] ? _(texts[outcome]) : "?";
}
