/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The outcome of every conversation; see finals.h. Conversations are numbered from 0 in each
 * protocol, and a second pass over the same frames numbers them the same: the number is the index.
 */
#include "netinspect/finals.h"

#include <stdlib.h>

enum { BLOCK = 256, PROTOCOLS = 256 };

struct block {
	bool known[BLOCK];
	struct ni_conn conn[BLOCK];
};

struct slot {
	struct block *block; /* NULL: nothing known of these numbers */
};

/* Blocks of one protocol, found by number / BLOCK. */
struct list {
	struct slot *slots;
	uint32_t nslots;
};

struct ni_finals {
	uint32_t used, max;
	uint64_t missed;
	struct list list[PROTOCOLS];
};

struct finals_sink {
	struct ni_sink sink;
	struct ni_finals *finals;
};

struct ni_finals *
ni_finals_new(uint32_t max)
{
	struct ni_finals *f = calloc(1, sizeof(*f));
	if (f)
		f->max = max;
	return f;
}

void
ni_finals_clear(struct ni_finals *f)
{
	for (size_t p = 0; p < PROTOCOLS; p++) {
		for (uint32_t i = 0; i < f->list[p].nslots; i++)
			free(f->list[p].slots[i].block);
		free(f->list[p].slots);
		f->list[p] = (struct list){.slots = NULL};
	}
	f->used = 0;
	f->missed = 0;
}

void
ni_finals_free(struct ni_finals **f)
{
	if (!*f)
		return;
	ni_finals_clear(*f);
	free(*f);
	*f = NULL;
}

static struct block *
block_for(struct list *l, uint32_t id)
{
	uint32_t i = id / BLOCK;
	if (i >= l->nslots) {
		uint32_t n = 2 * i + 16;
		struct slot *more = realloc(l->slots, n * sizeof(*more));
		if (!more)
			return NULL;
		for (uint32_t k = l->nslots; k < n; k++)
			more[k].block = NULL;
		l->slots = more;
		l->nslots = n;
	}
	if (!l->slots[i].block)
		l->slots[i].block = calloc(1, sizeof(struct block));
	return l->slots[i].block;
}

static void
event(struct ni_sink *s, const struct ni_event *e)
{
	struct ni_finals *f = ((struct finals_sink *)s)->finals;
	if (e->kind != NI_EV_CONN_END)
		return;
	struct block *b =
	    f->used < f->max ? block_for(&f->list[e->conn->ipproto], e->conn->id) : NULL;
	if (!b) {
		f->missed++;
		return;
	}
	b->conn[e->conn->id % BLOCK] = *e->conn;
	b->known[e->conn->id % BLOCK] = true;
	f->used++;
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {.name = "finals", .event = event, .free = destroy};

struct ni_sink *
ni_finals_sink(struct ni_finals *f)
{
	struct finals_sink *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->sink.ops = &ops;
	s->finals = f;
	return &s->sink;
}

const struct ni_conn *
ni_finals_find(const struct ni_finals *f, const struct ni_conn *c)
{
	const struct list *l = &f->list[c->ipproto];
	uint32_t i = c->id / BLOCK;
	const struct block *b = i < l->nslots ? l->slots[i].block : NULL;
	return b && b->known[c->id % BLOCK] ? &b->conn[c->id % BLOCK] : c;
}

uint64_t
ni_finals_missed(const struct ni_finals *f)
{
	return f->missed;
}
