/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bounded lists, maps, texts and sums for the report; see report_mem.h. */
#include "report_mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <xxhash.h>

enum { SLAB = 32 << 10, FIRST_BUCKETS = 64 };

/* A power of two, so that rp_list_at() divides by shifting. */
static uint32_t
per_slab(const struct rp_list *l)
{
	uint32_t n = 1;
	while (2 * l->item * n <= SLAB)
		n *= 2;
	return n;
}

void *
rp_list_at(const struct rp_list *l, size_t i)
{
	uint32_t per = per_slab(l);
	return l->slab[i / per] + i % per * l->item;
}

/* Room for one more item behind the last. */
static bool
make_room(struct rp_list *l)
{
	if (l->n / per_slab(l) < l->slabs)
		return true;
	char *slab = calloc(per_slab(l), l->item);
	char **more = slab ? realloc(l->slab, (l->slabs + 1) * sizeof(*more)) : NULL;
	if (!more) {
		free(slab);
		return false;
	}
	l->slab = more;
	l->slab[l->slabs++] = slab;
	return true;
}

void *
rp_list_add(struct rp_list *l)
{
	if (l->n >= l->max || !make_room(l)) {
		l->lost++;
		return NULL;
	}
	return rp_list_at(l, l->n++);
}

void
rp_list_free(struct rp_list *l)
{
	for (uint32_t i = 0; i < l->slabs; i++)
		free(l->slab[i]);
	free(l->slab);
	l->slab = NULL;
	l->n = l->slabs = 0;
}

static struct rp_node *
node_at(const struct rp_map *m, uint32_t i)
{
	return rp_list_at(&m->items, i);
}

/* Twice as many buckets; the map goes on with what it has when memory is short. */
static void
spread(struct rp_map *m)
{
	uint32_t n = m->buckets ? m->buckets * 2 : FIRST_BUCKETS;
	uint32_t *b = calloc(n, sizeof(*b));
	if (!b)
		return;
	if (!m->seed && getrandom(&m->seed, sizeof(m->seed), GRND_NONBLOCK) != sizeof(m->seed))
		m->seed = (uint64_t)time(NULL) | 1;
	for (uint32_t i = 0; i < m->items.n; i++) {
		struct rp_node *node = node_at(m, i);
		/* The first seed comes with the first buckets, before there is any item. */
		node->next = b[node->hash & (n - 1)];
		b[node->hash & (n - 1)] = i + 1;
	}
	free(m->bucket);
	m->bucket = b;
	m->buckets = n;
}

void *
rp_map_get(struct rp_map *m, const void *key)
{
	if (m->items.n >= m->buckets)
		spread(m);
	if (!m->buckets) {
		m->items.lost++;
		return NULL;
	}
	uint32_t hash = (uint32_t)XXH3_64bits_withSeed(key, m->key, m->seed);
	uint32_t *bucket = &m->bucket[hash & (m->buckets - 1)];
	for (uint32_t i = *bucket; i;) {
		struct rp_node *node = node_at(m, i - 1);
		if (node->hash == hash && !memcmp(node + 1, key, m->key))
			return node;
		i = node->next;
	}
	struct rp_node *node = rp_list_add(&m->items);
	if (!node)
		return NULL;
	node->hash = hash;
	node->next = *bucket;
	memcpy(node + 1, key, m->key);
	*bucket = m->items.n;
	return node;
}

void
rp_map_free(struct rp_map *m)
{
	rp_list_free(&m->items);
	free(m->bucket);
	m->bucket = NULL;
	m->buckets = 0;
}

const char *
rp_texts_add(struct rp_texts *t, const char *s, size_t n)
{
	assert(n < RP_TEXT_BLOCK);
	if (!t->blocks.item)
		t->blocks = (struct rp_list){.item = RP_TEXT_BLOCK, .max = UINT32_MAX};
	if (!t->blocks.n || RP_TEXT_BLOCK - t->used <= n) {
		if (!rp_list_add(&t->blocks))
			return NULL;
		t->used = 0;
	}
	char *p = (char *)rp_list_at(&t->blocks, t->blocks.n - 1) + t->used;
	memcpy(p, s, n);
	p[n] = '\0';
	t->used += n + 1;
	return p;
}

void
rp_texts_free(struct rp_texts *t)
{
	rp_list_free(&t->blocks);
}

static void
insert_frame(struct rp_frames *f, unsigned n, uint64_t frame)
{
	unsigned at = n;
	while (at && f->first[at - 1] > frame)
		at--;
	if (at == RP_FRAMES)
		return;
	unsigned last = n < RP_FRAMES ? n : RP_FRAMES - 1;
	memmove(&f->first[at + 1], &f->first[at], (last - at) * sizeof(f->first[0]));
	f->first[at] = frame;
}

void
rp_frames_join(struct rp_frames *a, const struct rp_frames *b)
{
	unsigned n = a->n < RP_FRAMES ? (unsigned)a->n : RP_FRAMES;
	for (unsigned i = 0; i < RP_FRAMES && i < b->n; i++) {
		insert_frame(a, n, b->first[i]);
		n += n < RP_FRAMES;
	}
	a->n += b->n;
}

static void
find_least(struct rp_top *t)
{
	t->least = 0;
	for (unsigned i = 1; i < t->n; i++)
		if (t->key[i] < t->key[t->least])
			t->least = i;
}

void *
rp_top_add(struct rp_top *t, int64_t key)
{
	unsigned i = t->least;
	if (t->n == RP_TOP && key <= t->key[i])
		return NULL;
	if (!t->slot)
		t->slot = calloc(RP_TOP, t->item);
	if (!t->slot)
		return NULL;
	if (t->n < RP_TOP)
		i = t->n++;
	t->key[i] = key;
	find_least(t);
	return t->slot + i * t->item;
}

const void *
rp_top_at(const struct rp_top *t, unsigned i)
{
	for (unsigned k = 0; k < t->n; k++) {
		unsigned before = 0;
		for (unsigned m = 0; m < t->n; m++)
			before += t->key[m] > t->key[k] || (t->key[m] == t->key[k] && m < k);
		if (before == i)
			return t->slot + k * t->item;
	}
	return NULL;
}

void
rp_top_free(struct rp_top *t)
{
	free(t->slot);
	t->slot = NULL;
	t->n = 0;
}

/* Values below RP_HIST_SUB have a bin each, then each power of two has RP_HIST_SUB bins. */
static unsigned
bin_of(uint64_t v)
{
	unsigned shift = 0;
	while (v >> shift >= 2 * (uint64_t)RP_HIST_SUB)
		shift++;
	unsigned bin = shift * RP_HIST_SUB + (unsigned)(v >> shift);
	return bin < RP_HIST ? bin : RP_HIST - 1;
}

void
rp_hist_add(struct rp_hist *h, int64_t ns)
{
	if (ns < 0)
		ns = 0;
	if (!h->n || ns < h->min)
		h->min = ns;
	if (ns > h->max)
		h->max = ns;
	h->n++;
	unsigned bin = bin_of((uint64_t)ns);
	h->sum[bin] += (double)ns;
	h->bin[bin]++;
}

int64_t
rp_hist_quantile(const struct rp_hist *h, unsigned percent)
{
	uint64_t want = h->n / 100 * percent + (h->n % 100 * percent + 99) / 100;
	uint64_t seen = 0;
	for (unsigned i = 0; i < RP_HIST; i++) {
		seen += h->bin[i];
		if (h->bin[i] && seen >= want) {
			double mean = h->sum[i] / h->bin[i];
			return mean < (double)h->max ? (int64_t)(mean + 0.5) : h->max;
		}
	}
	return h->max;
}
