/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Things that wait for an answer; see waiting.h. */
#include "waiting.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

enum { NIL = UINT32_MAX, ALIGN = 16 };

/* What stands in front of each item; its key stands behind it. */
struct head {
	int64_t last_ns;
	uint32_t hash;
	uint32_t chain;        /* next in its bucket, or next free */
	uint32_t older, newer; /* by last use */
};

struct ni_waiting {
	struct ni_waiting_opts o;
	size_t room, key_at;
	uint32_t made; /* slots that were ever used: memory is touched as needed */
	uint32_t free;
	uint32_t oldest, newest;
	uint32_t *buckets; /* o.max of them */
	char *slots;
};

enum { ITEM_AT = (sizeof(struct head) + ALIGN - 1) / ALIGN * ALIGN };

struct ni_waiting *
ni_waiting_new(const struct ni_waiting_opts *o)
{
	struct ni_waiting *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->o = *o;
	t->key_at = ITEM_AT + o->item;
	t->room = (t->key_at + o->key + ALIGN - 1) / ALIGN * ALIGN;
	t->free = t->oldest = t->newest = NIL;
	t->buckets = malloc(o->max * sizeof(*t->buckets));
	t->slots = calloc(o->max, t->room);
	if (!t->buckets || !t->slots) {
		ni_waiting_free(&t);
		return NULL;
	}
	for (uint32_t i = 0; i < o->max; i++)
		t->buckets[i] = NIL;
	return t;
}

void
ni_waiting_free(struct ni_waiting **t)
{
	if (!*t)
		return;
	free((*t)->buckets);
	free((*t)->slots);
	free(*t);
	*t = NULL;
}

static struct head *
head_at(const struct ni_waiting *t, uint32_t i)
{
	void *p = t->slots + i * t->room;
	return p;
}

static char *
item_at(const struct ni_waiting *t, uint32_t i)
{
	return t->slots + i * t->room + ITEM_AT;
}

static uint32_t
number_of(const struct ni_waiting *t, const void *item)
{
	return (uint32_t)((size_t)((const char *)item - ITEM_AT - t->slots) / t->room);
}

static uint32_t
hash_of(const struct ni_waiting *t, const void *key)
{
	return (uint32_t)XXH3_64bits_withSeed(key, t->o.key, t->o.seed);
}

static void
unlink_use(struct ni_waiting *t, const struct head *h)
{
	if (h->older == NIL)
		t->oldest = h->newer;
	else
		head_at(t, h->older)->newer = h->newer;
	if (h->newer == NIL)
		t->newest = h->older;
	else
		head_at(t, h->newer)->older = h->older;
}

static void
link_newest(struct ni_waiting *t, uint32_t i, int64_t now_ns)
{
	struct head *h = head_at(t, i);
	h->last_ns = now_ns;
	h->older = t->newest;
	h->newer = NIL;
	if (t->newest == NIL)
		t->oldest = i;
	else
		head_at(t, t->newest)->newer = i;
	t->newest = i;
}

void *
ni_waiting_find(struct ni_waiting *t, const void *key)
{
	uint32_t hash = hash_of(t, key);
	for (uint32_t i = t->buckets[hash % t->o.max]; i != NIL; i = head_at(t, i)->chain)
		if (head_at(t, i)->hash == hash &&
		    !memcmp(t->slots + i * t->room + t->key_at, key, t->o.key))
			return item_at(t, i);
	return NULL;
}

static void
drop(struct ni_waiting *t, uint32_t i)
{
	struct head *h = head_at(t, i);
	uint32_t *at = &t->buckets[h->hash % t->o.max];
	while (*at != i)
		at = &head_at(t, *at)->chain;
	*at = h->chain;
	unlink_use(t, h);
	h->chain = t->free;
	t->free = i;
}

static void
give_up(struct ni_waiting *t, uint32_t i, enum ni_gone why)
{
	t->o.gone(t->o.ctx, item_at(t, i), why);
	drop(t, i);
}

void *
ni_waiting_add(struct ni_waiting *t, const void *key, int64_t now_ns)
{
	if (t->free == NIL && t->made == t->o.max)
		give_up(t, t->oldest, NI_GONE_EVICTED);
	uint32_t i = t->free;
	if (i == NIL)
		i = t->made++;
	else
		t->free = head_at(t, i)->chain;
	struct head *h = head_at(t, i);
	memset(item_at(t, i), 0, t->o.item);
	memcpy(t->slots + i * t->room + t->key_at, key, t->o.key);
	h->hash = hash_of(t, key);
	uint32_t *bucket = &t->buckets[h->hash % t->o.max];
	h->chain = *bucket;
	*bucket = i;
	link_newest(t, i, now_ns);
	return item_at(t, i);
}

void
ni_waiting_touch(struct ni_waiting *t, void *item, int64_t now_ns)
{
	uint32_t i = number_of(t, item);
	unlink_use(t, head_at(t, i));
	link_newest(t, i, now_ns);
}

void
ni_waiting_drop(struct ni_waiting *t, void *item)
{
	drop(t, number_of(t, item));
}

void
ni_waiting_tick(struct ni_waiting *t, int64_t now_ns)
{
	while (t->oldest != NIL && now_ns - head_at(t, t->oldest)->last_ns > t->o.patience_ns)
		give_up(t, t->oldest, NI_GONE_TIMED_OUT);
}

void
ni_waiting_end(struct ni_waiting *t)
{
	while (t->oldest != NIL)
		give_up(t, t->oldest, NI_GONE_ENDED);
}
