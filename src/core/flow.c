/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flow table; see flow.h. Open addressing with linear probing and backward-shift deletion: a
 * lookup reads one or two neighbouring buckets, then the first cache line of its flow.
 */
#define XXH_INLINE_ALL
#include "flow.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "netinspect/dis.h"

enum {
	SLAB = 256, /* flows allocated at a time */
	LINE = 64,  /* flows begin at a cache line */
	FIRST_BUCKETS = 1024,
	KEY4 = 20,
	KEY6 = NI_FLOW_KEY_MAX,
};

static const uint32_t none = UINT32_MAX;

struct bucket {
	uint32_t hash;
	uint32_t slot; /* none: empty */
};

struct list {
	uint32_t oldest, newest;
};

struct ni_flows {
	struct bucket *buckets;
	uint32_t mask; /* number of buckets - 1 */
	uint32_t count, max;
	uint32_t made; /* slots ever used; those given back hang on free */
	uint32_t free;
	size_t size; /* bytes of one flow */
	uint64_t seed;
	struct list lists[NI_FLOWS_NLISTS];
	unsigned char *slabs[]; /* (max + SLAB - 1) / SLAB */
};

static struct bucket *
make_buckets(uint32_t n)
{
	struct bucket *b = malloc(n * sizeof(*b));
	if (b)
		memset(b, 0xff, n * sizeof(*b)); /* every slot is `none` */
	return b;
}

struct ni_flows *
ni_flows_new(uint64_t seed, uint32_t max, size_t room)
{
	uint32_t nslabs = max / SLAB + 1;
	struct ni_flows *t = calloc(1, sizeof(*t) + nslabs * sizeof(t->slabs[0]));
	if (!t)
		return NULL;
	t->buckets = make_buckets(FIRST_BUCKETS);
	if (!t->buckets) {
		free(t);
		return NULL;
	}
	t->mask = FIRST_BUCKETS - 1;
	t->max = max;
	t->free = none;
	t->seed = seed;
	t->size = (sizeof(struct ni_flow) + room + LINE - 1) / LINE * LINE;
	for (unsigned i = 0; i < NI_FLOWS_NLISTS; i++)
		t->lists[i] = (struct list){none, none};
	return t;
}

void
ni_flows_free(struct ni_flows **t)
{
	if (!*t)
		return;
	for (uint32_t i = 0; i < (*t)->max / SLAB + 1; i++)
		free((*t)->slabs[i]);
	free((*t)->buckets);
	free(*t);
	*t = NULL;
}

static struct ni_flow *
at(const struct ni_flows *t, uint32_t slot)
{
	void *p = t->slabs[slot / SLAB] + (slot % SLAB) * t->size;
	return p;
}

/* Both ends, ports, tag and protocol, one after another; ends of @n bytes, known when compiled. */
static inline void
fill_key(struct ni_flow_key *k, const struct ni_dis *d, const uint16_t port[2], const size_t n)
{
	uint32_t proto = d->ipproto;
	int order = memcmp(d->net.src, d->net.dst, n);
	k->swapped = order ? order > 0 : port[0] > port[1];
	memcpy(k->b, k->swapped ? d->net.dst : d->net.src, n);
	memcpy(k->b + n, k->swapped ? d->net.src : d->net.dst, n);
	memcpy(k->b + 2 * n, &port[k->swapped], sizeof(port[0]));
	memcpy(k->b + 2 * n + 2, &port[!k->swapped], sizeof(port[0]));
	memcpy(k->b + 2 * n + 4, &d->flow_tag, sizeof(d->flow_tag));
	memcpy(k->b + 2 * n + 8, &proto, sizeof(proto));
	k->len = (uint8_t)(2 * n + 12);
}

bool
ni_flow_key(struct ni_flow_key *k, const struct ni_dis *d, const uint16_t port[2])
{
	if (d->net.kind == NI_ADDR_IP4)
		fill_key(k, d, port, 4);
	else if (d->net.kind == NI_ADDR_IP6)
		fill_key(k, d, port, 16);
	else
		return false;
	return true;
}

/* The two lengths there are, so that the comparison needs no call. */
static inline bool
same_key(const struct ni_flow *f, const struct ni_flow_key *k)
{
	if (f->key_len != k->len)
		return false;
	return k->len == KEY4 ? !memcmp(f->key, k->b, KEY4) : !memcmp(f->key, k->b, KEY6);
}

static uint32_t
hash_key(const struct ni_flows *t, const struct ni_flow_key *k)
{
	return (uint32_t)XXH3_64bits_withSeed(k->b, k->len, t->seed);
}

/*
 * Whoever finds a flow reads most of it, and of many thousand flows it is in no cache: ask for all
 * its lines at once instead of waiting for one after another.
 */
static inline void
prefetch(const struct ni_flows *t, const struct ni_flow *f)
{
	const unsigned char *p = (const unsigned char *)f;
	for (size_t i = LINE; i < t->size; i += LINE)
		__builtin_prefetch(p + i, 1);
}

struct ni_flow *
ni_flows_find(struct ni_flows *t, const struct ni_flow_key *k)
{
	uint32_t hash = hash_key(t, k);
	for (uint32_t i = hash & t->mask; t->buckets[i].slot != none; i = (i + 1) & t->mask) {
		if (t->buckets[i].hash != hash)
			continue;
		struct ni_flow *f = at(t, t->buckets[i].slot);
		prefetch(t, f);
		if (same_key(f, k))
			return f;
	}
	return NULL;
}

static void
insert(struct bucket *buckets, uint32_t mask, struct bucket b)
{
	uint32_t i = b.hash & mask;
	while (buckets[i].slot != none)
		i = (i + 1) & mask;
	buckets[i] = b;
}

/* Keep at least half of the buckets empty, while there is memory for it. */
static bool
make_buckets_suffice(struct ni_flows *t)
{
	uint32_t n = t->mask + 1;
	if (t->count < n / 2)
		return true;
	struct bucket *b = make_buckets(2 * n);
	if (!b)
		return t->count < n - n / 8;
	for (uint32_t i = 0; i < n; i++)
		if (t->buckets[i].slot != none)
			insert(b, 2 * n - 1, t->buckets[i]);
	free(t->buckets);
	t->buckets = b;
	t->mask = 2 * n - 1;
	return true;
}

static struct ni_flow *
take_slot(struct ni_flows *t)
{
	uint32_t slot = t->free;
	if (slot != none) {
		t->free = at(t, slot)->newer;
	} else {
		slot = t->made;
		unsigned char **slab = &t->slabs[slot / SLAB];
		if (!*slab)
			*slab = aligned_alloc(LINE, SLAB * t->size);
		if (!*slab)
			return NULL;
		t->made++;
	}
	struct ni_flow *f = at(t, slot);
	memset(f, 0, t->size);
	f->slot = slot;
	void *room = f + 1;
	f->conn = room;
	return f;
}

static void
unlink_flow(struct ni_flows *t, struct ni_flow *f)
{
	struct list *l = &t->lists[f->list];
	if (f->older == none)
		l->oldest = f->newer;
	else
		at(t, f->older)->newer = f->newer;
	if (f->newer == none)
		l->newest = f->older;
	else
		at(t, f->newer)->older = f->older;
}

static void
link_flow(struct ni_flows *t, struct ni_flow *f, enum ni_flow_list list)
{
	struct list *l = &t->lists[list];
	f->list = (uint8_t)list;
	f->newer = none;
	f->older = l->newest;
	if (l->newest == none)
		l->oldest = f->slot;
	else
		at(t, l->newest)->newer = f->slot;
	l->newest = f->slot;
}

struct ni_flow *
ni_flows_add(struct ni_flows *t, const struct ni_flow_key *k, enum ni_side side,
	     enum ni_flow_list list)
{
	if (t->count == t->max || !make_buckets_suffice(t))
		return NULL;
	struct ni_flow *f = take_slot(t);
	if (!f)
		return NULL;
	memcpy(f->key, k->b, k->len);
	f->key_len = k->len;
	f->hash = hash_key(t, k);
	ni_flow_turn(f, k, side);
	insert(t->buckets, t->mask, (struct bucket){f->hash, f->slot});
	link_flow(t, f, list);
	t->count++;
	return f;
}

void
ni_flow_turn(struct ni_flow *f, const struct ni_flow_key *k, enum ni_side side)
{
	f->first = (uint8_t)(side ^ k->swapped);
}

void
ni_flows_touch(struct ni_flows *t, struct ni_flow *f, enum ni_flow_list list, uint32_t now)
{
	/* Within a second the order does not matter, and three other flows need not be touched. */
	if (f->touched == now && f->list == list)
		return;
	f->touched = now;
	unlink_flow(t, f);
	link_flow(t, f, list);
}

struct ni_flow *
ni_flows_oldest(struct ni_flows *t, enum ni_flow_list list)
{
	uint32_t slot = t->lists[list].oldest;
	return slot == none ? NULL : at(t, slot);
}

struct ni_flow *
ni_flows_victim(struct ni_flows *t)
{
	struct ni_flow *f = NULL;
	for (unsigned i = 0; !f && i < NI_FLOWS_NLISTS; i++)
		f = ni_flows_oldest(t, (enum ni_flow_list)i);
	return f;
}

/* Close the gap that bucket @i leaves: move up whoever probed past it. */
static void
clear_bucket(struct ni_flows *t, uint32_t i)
{
	uint32_t j = i;
	for (;;) {
		j = (j + 1) & t->mask;
		if (t->buckets[j].slot == none)
			break;
		uint32_t home = t->buckets[j].hash & t->mask;
		if (((j - home) & t->mask) >= ((j - i) & t->mask)) {
			t->buckets[i] = t->buckets[j];
			i = j;
		}
	}
	t->buckets[i].slot = none;
}

void
ni_flows_remove(struct ni_flows *t, struct ni_flow *f)
{
	uint32_t i = f->hash & t->mask;
	while (t->buckets[i].slot != f->slot)
		i = (i + 1) & t->mask;
	clear_bucket(t, i);
	unlink_flow(t, f);
	f->newer = t->free;
	t->free = f->slot;
	t->count--;
}

uint32_t
ni_flows_count(const struct ni_flows *t)
{
	return t->count;
}

static int
by_age(const void *a, const void *b, void *table)
{
	const struct ni_conn *x = at(table, ((const struct bucket *)a)->slot)->conn;
	const struct ni_conn *y = at(table, ((const struct bucket *)b)->slot)->conn;
	if (x->first_frame != y->first_frame)
		return x->first_frame < y->first_frame ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

void
ni_flows_drain(struct ni_flows *t, void (*fn)(void *ctx, struct ni_flow *f), void *ctx)
{
	/* The buckets serve as the list to sort: no memory needed. */
	uint32_t n = 0;
	for (uint32_t i = 0; i <= t->mask; i++)
		if (t->buckets[i].slot != none)
			t->buckets[n++] = t->buckets[i];
	qsort_r(t->buckets, n, sizeof(t->buckets[0]), by_age, t);
	for (uint32_t i = 0; i < n; i++)
		fn(ctx, at(t, t->buckets[i].slot));
	for (uint32_t i = 0; i <= t->mask; i++)
		t->buckets[i].slot = none;
	for (unsigned i = 0; i < NI_FLOWS_NLISTS; i++)
		t->lists[i] = (struct list){none, none};
	t->count = 0;
	t->made = 0;
	t->free = none;
}
