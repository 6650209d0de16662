/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packet index; see index.h. */
#include "index.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 8192, BITS24 = 0xffffff };
enum { PART = 0x80, DIR = 0x40, CONFLICT = 0x20, LEVEL = 0x1f }; /* flags and level in where[] */

/* Arrays instead of structures: no padding, and a scan for conversations touches only them. */
struct chunk {
	uint64_t where[CHUNK]; /* offset << 16 | proto << 8 | flags | level */
	int64_t ts_ns[CHUNK];
	uint64_t size[CHUNK]; /* cap << 40 | (len - cap) << 16 | iface */
	uint32_t conn[CHUNK];
};

struct ni_index {
	struct chunk **chunks; /* those that are there; [0] holds packet base + 1 */
	uint32_t n, room;
	uint64_t base;        /* packets in chunks that went */
	uint64_t first, last; /* numbers */
	uint32_t max;         /* chunks */
};

struct ni_index *
ni_index_new(uint64_t max_bytes)
{
	struct ni_index *ix = calloc(1, sizeof(*ix));
	uint64_t max = max_bytes / sizeof(struct chunk);
	if (!ix)
		return NULL;
	ix->max = max < 2 ? 2 : max > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)max;
	ix->first = 1;
	return ix;
}

void
ni_index_clear(struct ni_index *ix)
{
	for (uint32_t i = 0; i < ix->n; i++)
		free(ix->chunks[i]);
	ix->n = 0;
	ix->base = ix->last = 0;
	ix->first = 1;
}

void
ni_index_free(struct ni_index **ix)
{
	if (!*ix)
		return;
	ni_index_clear(*ix);
	free((*ix)->chunks);
	free(*ix);
	*ix = NULL;
}

/* Let go of chunks that hold nothing at or behind packet first. */
static void
drop_chunks(struct ni_index *ix)
{
	uint32_t gone = 0;
	while (gone < ix->n && ix->first > ix->base + CHUNK) {
		free(ix->chunks[gone++]);
		ix->base += CHUNK;
	}
	ix->n -= gone;
	if (gone)
		memmove(ix->chunks, ix->chunks + gone, ix->n * sizeof(struct chunk *));
}

void
ni_index_forget(struct ni_index *ix, uint64_t first)
{
	if (first > ix->last + 1)
		first = ix->last + 1;
	if (first <= ix->first)
		return;
	ix->first = first;
	drop_chunks(ix);
}

static struct chunk *
new_chunk(struct ni_index *ix)
{
	if (ix->n == ix->max)
		ni_index_forget(ix, ix->base + CHUNK + 1);
	if (ix->n == ix->room) {
		uint32_t room = ix->room ? 2 * ix->room : 16;
		struct chunk **more = realloc(ix->chunks, room * sizeof(struct chunk *));
		if (!more)
			return NULL;
		ix->chunks = more;
		ix->room = room;
	}
	struct chunk *c = malloc(sizeof(*c));
	if (c)
		ix->chunks[ix->n++] = c;
	return c;
}

static uint64_t
at_most24(uint32_t v)
{
	return v < BITS24 ? v : BITS24;
}

bool
ni_index_add(struct ni_index *ix, const struct ni_entry *e)
{
	uint64_t at = ix->last - ix->base;
	if (at >= (uint64_t)ix->n * CHUNK) {
		if (!new_chunk(ix))
			return false;
		at = ix->last - ix->base;
	}
	struct chunk *c = ix->chunks[at / CHUNK];
	at %= CHUNK;
	uint64_t more = e->len > e->cap ? e->len - e->cap : 0;
	unsigned low = (e->level & LEVEL) | (e->part ? PART : 0U) | (e->dir & 1U ? DIR : 0U) |
		       (e->conflict ? CONFLICT : 0U);
	c->where[at] = e->offset << 16 | (uint64_t)e->proto << 8 | low;
	c->ts_ns[at] = e->ts_ns;
	c->size[at] = at_most24(e->cap) << 40 | at_most24((uint32_t)more) << 16 | e->iface;
	c->conn[at] = e->conn;
	ix->last++;
	return true;
}

uint64_t
ni_index_first(const struct ni_index *ix)
{
	return ix->first;
}

uint64_t
ni_index_last(const struct ni_index *ix)
{
	return ix->last;
}

static const struct chunk *
find(const struct ni_index *ix, uint64_t number, uint32_t *at)
{
	if (number < ix->first || number > ix->last)
		return NULL;
	uint64_t i = number - 1 - ix->base;
	*at = (uint32_t)(i % CHUNK);
	return ix->chunks[i / CHUNK];
}

bool
ni_index_get(const struct ni_index *ix, uint64_t number, struct ni_entry *e)
{
	uint32_t at;
	const struct chunk *c = find(ix, number, &at);
	if (!c)
		return false;
	*e = (struct ni_entry){
	    .offset = c->where[at] >> 16,
	    .ts_ns = c->ts_ns[at],
	    .cap = (uint32_t)(c->size[at] >> 40),
	    .conn = c->conn[at],
	    .iface = (uint16_t)c->size[at],
	    .proto = (uint8_t)(c->where[at] >> 8),
	    .level = c->where[at] & LEVEL,
	    .dir = c->where[at] & DIR ? 1 : 0,
	    .conflict = c->where[at] & CONFLICT,
	    .part = c->where[at] & PART,
	};
	e->len = e->cap + (uint32_t)(c->size[at] >> 16 & BITS24);
	return true;
}

uint32_t
ni_index_conn(const struct ni_index *ix, uint64_t number)
{
	uint32_t at;
	const struct chunk *c = find(ix, number, &at);
	return c ? c->conn[at] : NI_IX_NO_CONN;
}

const uint32_t *
ni_index_conns(const struct ni_index *ix, uint64_t number, uint64_t *base)
{
	uint32_t at;
	const struct chunk *c = find(ix, number, &at);
	*base = c ? number - at : number;
	return c ? c->conn : NULL;
}

bool
ni_index_part(const struct ni_index *ix, uint64_t number)
{
	uint32_t at;
	const struct chunk *c = find(ix, number, &at);
	return c && (c->where[at] & PART);
}

uint64_t
ni_index_at(const struct ni_index *ix, uint64_t offset)
{
	uint64_t lo = ix->first;
	uint64_t hi = ix->last + 1;
	while (lo < hi) {
		uint64_t mid = lo + (hi - lo) / 2;
		uint32_t at;
		const struct chunk *c = find(ix, mid, &at);
		if (c && c->where[at] >> 16 < offset)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

uint64_t
ni_index_bytes(const struct ni_index *ix)
{
	return ix->n * sizeof(struct chunk) + ix->room * sizeof(struct chunk *);
}

uint32_t
ni_index_conn_key(unsigned ipproto, uint32_t id)
{
	static const uint8_t protocols[] = {6, 17, 1, 58};
	if (id >= NI_IX_CONN_ID)
		return NI_IX_NO_CONN;
	for (uint32_t i = 0; i < 4; i++)
		if (protocols[i] == ipproto)
			return i << NI_IX_CONN_SHIFT | id;
	return NI_IX_NO_CONN;
}
