/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorted packets; see sorted.h. */
#include "sorted.h"

#include <stdlib.h>
#include <string.h>

#include "mono.h"
#include "netinspect/proto.h"
#include "sorter.h"

enum {
	LOOK_AT_CLOCK = 512, /* rows between two looks */
	PROTOS = 256,
	PATIENCE = 10,        /* times as long as sorting took passes before it is done again */
	AGAIN_NS = 500000000, /* at least */
};

/* What two packets are compared by: kind first, then hi, lo, number. */
struct key {
	uint8_t kind;
	uint64_t hi, lo, number;
};

struct ni_sorted {
	struct ni_model *m;
	enum ni_sorted_key by;
	bool reverse;
	uint32_t *row; /* packets, as distances from base */
	uint64_t n, room, base;
	uint64_t filled; /* the last packet that was asked whether it belongs here */
	uint64_t changes;
	uint16_t rank[PROTOS]; /* of protocols by name */

	struct ni_sorter sorter;
	struct key pivot;
	int64_t begun_ns, done_ns, took_ns;
};

/* ---- keys ---- */

static void
rank_protocols(struct ni_sorted *o)
{
	const struct ni_registry *reg = ni_model_registry(o->m);
	unsigned n = ni_registry_count(reg);
	for (unsigned i = 0; i < n && i < PROTOS; i++) {
		const struct ni_proto *p = ni_registry_proto(reg, i);
		for (unsigned k = 0; p && k < n; k++) {
			const struct ni_proto *other = ni_registry_proto(reg, k);
			if (other && strcmp(other->key, p->key) < 0)
				o->rank[i]++;
		}
	}
}

static uint64_t
word_of(const uint8_t *p, unsigned n)
{
	uint64_t w = 0;
	for (unsigned i = 0; i < n; i++)
		w = w << 8 | p[i];
	return w;
}

static void
address(const struct ni_sorted *o, const struct ni_entry *e, struct key *k)
{
	const struct ni_conn_row *r = ni_conntab_find(ni_model_conns(o->m), e->conn);
	if (!r)
		return;
	unsigned side = o->by == NI_SORTED_SOURCE ? e->dir & 1U : !(e->dir & 1U);
	const struct ni_addr *a = &r->addr[side];
	k->kind = a->len;
	if (a->len == 16) {
		k->hi = word_of(a->b, 8);
		k->lo = word_of(a->b + 8, 8);
	} else {
		k->hi = word_of(a->b, 4);
		k->lo = r->port[side];
	}
}

static struct key
key_of(const struct ni_sorted *o, uint32_t row)
{
	struct key k = {.number = o->base + row};
	struct ni_entry e;
	if (o->by == NI_SORTED_NUMBER || !ni_index_get(ni_model_index(o->m), k.number, &e))
		return k;
	switch (o->by) {
	case NI_SORTED_TIME:
		k.hi = (uint64_t)e.ts_ns ^ 1ULL << 63;
		break;
	case NI_SORTED_SOURCE:
	case NI_SORTED_DESTINATION:
		address(o, &e, &k);
		break;
	case NI_SORTED_PROTOCOL:
		k.hi = o->rank[e.proto];
		break;
	case NI_SORTED_LENGTH:
		k.hi = e.len;
		break;
	case NI_SORTED_TROUBLE:
		k.hi = e.level == NI_IX_PLAIN ? UINT8_MAX : UINT8_MAX - 1U - e.level;
		break;
	case NI_SORTED_NUMBER:
		break;
	}
	return k;
}

static bool
before(const struct ni_sorted *o, const struct key *a, const struct key *b)
{
	bool reverse = o->reverse;
	if (a->kind != b->kind)
		return (a->kind < b->kind) != reverse;
	if (a->hi != b->hi)
		return (a->hi < b->hi) != reverse;
	if (a->lo != b->lo)
		return (a->lo < b->lo) != reverse;
	return (a->number < b->number) != (reverse && o->by == NI_SORTED_NUMBER);
}

/* ---- sorting ---- */

static void
swap(void *rows, uint64_t a, uint64_t b)
{
	struct ni_sorted *o = rows;
	uint32_t row = o->row[a];
	o->row[a] = o->row[b];
	o->row[b] = row;
}

static void
pick(void *rows, uint64_t i)
{
	struct ni_sorted *o = rows;
	o->pivot = key_of(o, o->row[i]);
}

static bool
comes_before(void *rows, uint64_t i)
{
	struct ni_sorted *o = rows;
	struct key k = key_of(o, o->row[i]);
	return before(o, &k, &o->pivot);
}

static const struct ni_sorter_ops sorter_ops = {swap, pick, comes_before};

/* Returns whether there is more to sort. */
static bool
sort(struct ni_sorted *o, int64_t budget_ns)
{
	if (ni_sorter_work(&o->sorter, budget_ns))
		return true;
	o->done_ns = ni_mono_ns();
	o->took_ns = o->done_ns - o->begun_ns;
	return false;
}

static void
begin_sorting(struct ni_sorted *o)
{
	ni_sorter_begin(&o->sorter, &sorter_ops, o, o->n);
	o->begun_ns = ni_mono_ns();
	if (!o->n)
		sort(o, 0);
}

/* ---- which rows ---- */

/* Let go of packets that are no longer there. */
static void
forget(struct ni_sorted *o)
{
	uint64_t first = ni_index_first(ni_model_index(o->m));
	uint64_t k = 0;
	if (first <= o->base)
		return;
	uint64_t gone = first - o->base;
	for (uint64_t i = 0; i < o->n; i++)
		if (o->row[i] >= gone)
			o->row[k++] = (uint32_t)(o->row[i] - gone);
	o->n = k;
	o->base = first;
}

static bool
reserve(struct ni_sorted *o, uint64_t n)
{
	if (n <= o->room)
		return true;
	uint64_t room = n + n / 64;
	uint32_t *more = realloc(o->row, room * sizeof(*more));
	if (!more)
		return false;
	o->row = more;
	o->room = room;
	return true;
}

static void
restart(struct ni_sorted *o, const struct ni_sorted_of *of)
{
	o->n = 0;
	o->base = ni_index_first(ni_model_index(o->m));
	o->filled = o->base - 1;
	o->changes = of->changes;
	o->sorter.sorting = false;
	o->done_ns = 0;
}

/* Returns whether there is more to be taken in. */
static bool
fill(struct ni_sorted *o, const struct ni_sorted_of *of, int64_t end)
{
	uint64_t last = of->last;
	if (of->members && of->members->seen < last)
		last = of->members->seen;
	if (o->filled < o->base - 1)
		o->filled = o->base - 1;
	if (last > o->base && last - o->base >= UINT32_MAX)
		last = o->base + UINT32_MAX - 1;
	uint64_t most = of->members ? of->members->count : last - o->base + 1;
	if (o->filled >= last || !reserve(o, most < o->n ? o->n : most))
		return false;
	while (o->filled < last) {
		uint64_t k = ++o->filled;
		if ((!of->members || ni_set_has(of->members, k)) && reserve(o, o->n + 1))
			o->row[o->n++] = (uint32_t)(k - o->base);
		if (k % LOOK_AT_CLOCK == 0 && ni_mono_ns() >= end)
			break;
	}
	return o->filled < last;
}

/* How long to leave the rows as they are while more of them come in. */
static int64_t
pause_ns(const struct ni_sorted *o, const struct ni_sorted_of *of, uint64_t seen)
{
	bool all = ni_model_stats(o->m).state == NI_MODEL_DONE && seen == of->last;
	if (all)
		return 0;
	return o->took_ns * PATIENCE > AGAIN_NS ? o->took_ns * PATIENCE : AGAIN_NS;
}

bool
ni_sorted_work(struct ni_sorted *o, const struct ni_sorted_of *of, int64_t budget_ns)
{
	int64_t now = ni_mono_ns();
	int64_t end = now + budget_ns;
	if (of->changes != o->changes || of->last < o->filled)
		restart(o, of);
	if (o->sorter.sorting)
		return sort(o, budget_ns);
	forget(o);
	uint64_t seen = of->members ? of->members->seen : of->last;
	if (o->filled >= seen || (o->done_ns && now < o->done_ns + pause_ns(o, of, seen)))
		return false;
	if (!fill(o, of, end))
		begin_sorting(o);
	return true;
}

/* ---- the whole ---- */

struct ni_sorted *
ni_sorted_new(struct ni_model *m, enum ni_sorted_key by, bool reverse)
{
	struct ni_sorted *o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->m = m;
	o->by = by;
	o->reverse = reverse;
	o->base = ni_index_first(ni_model_index(m));
	o->filled = o->base - 1;
	if (by == NI_SORTED_PROTOCOL)
		rank_protocols(o);
	return o;
}

void
ni_sorted_free(struct ni_sorted **o)
{
	if (!*o)
		return;
	free((*o)->row);
	free(*o);
	*o = NULL;
}

uint64_t
ni_sorted_count(const struct ni_sorted *o)
{
	return o->n;
}

uint64_t
ni_sorted_number(const struct ni_sorted *o, uint64_t row)
{
	return row < o->n ? o->base + o->row[row] : 0;
}

uint64_t
ni_sorted_row(const struct ni_sorted *o, uint64_t number)
{
	uint64_t i = 0;
	while (i < o->n && o->base + o->row[i] != number)
		i++;
	return i;
}

unsigned
ni_sorted_percent(const struct ni_sorted *o)
{
	return o->sorter.sorting ? ni_sorter_percent(&o->sorter) : o->done_ns ? 100 : 0;
}

uint64_t
ni_sorted_bytes(const struct ni_sorted *o)
{
	return o->room * sizeof(*o->row);
}
