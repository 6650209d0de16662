/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ladders by the number of their connection; see ladders.h. */
#include "ladders.h"

#include <stdlib.h>

enum { MOST = 1 << 16, BUCKETS = 1 << 14 };

struct entry {
	struct entry *next;
	struct ni_ladder *ladder;
	uint32_t id;
};

struct ladders {
	struct ni_ladder_pool *pool;
	uint32_t keep, n;
	/* By number: these are given in order, nobody on the wire chooses them. */
	struct entry *bucket[BUCKETS];
};

struct ladders *
ladders_new(size_t bytes, uint32_t keep)
{
	struct ladders *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->keep = keep;
	s->pool = ni_ladder_pool_new(bytes);
	if (!s->pool)
		ladders_free(&s);
	return s;
}

void
ladders_free(struct ladders **s)
{
	if (!*s)
		return;
	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct entry *e = (*s)->bucket[i], *next; e; e = next) {
			next = e->next;
			ni_ladder_free(&e->ladder);
			free(e);
		}
	}
	ni_ladder_pool_free(&(*s)->pool);
	free(*s);
	*s = NULL;
}

static struct entry **
find(struct ladders *s, uint32_t id)
{
	struct entry **e = &s->bucket[id % BUCKETS];
	while (*e && (*e)->id != id)
		e = &(*e)->next;
	return e;
}

struct ni_ladder *
ladders_get(struct ladders *s, uint32_t id)
{
	struct entry **at = find(s, id);
	if (*at)
		return (*at)->ladder;
	struct entry *e = s->n < MOST ? calloc(1, sizeof(*e)) : NULL;
	if (!e)
		return NULL;
	e->id = id;
	e->ladder = ni_ladder_new(s->pool, s->keep);
	if (!e->ladder) {
		free(e);
		return NULL;
	}
	s->n++;
	*at = e;
	return e->ladder;
}

struct ni_ladder *
ladders_remove(struct ladders *s, uint32_t id)
{
	struct entry **at = find(s, id);
	struct entry *e = *at;
	if (!e)
		return NULL;
	struct ni_ladder *l = e->ladder;
	*at = e->next;
	free(e);
	s->n--;
	return l;
}
