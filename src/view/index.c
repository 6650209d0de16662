/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packet index; see index.h. */
#include "index.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 8192, BITS16 = 0xffff, BITS24 = 0xffffff };
enum { PART = 0x80, DIR = 0x40, CONFLICT = 0x20, LEVEL = 0x1f }; /* flags and level in where[] */

/*
 * Arrays instead of structures: no padding, and a scan for conversations touches only them. What
 * most chunks do not need is made when the first packet needs it.
 */
struct chunk {
	uint64_t where[CHUNK]; /* offset << 16 | proto << 8 | flags | level */
	int64_t ts_ns[CHUNK];
	uint32_t size[CHUNK]; /* cap << 16 | (len - cap), 16 bits of each */
	uint32_t conn[CHUNK];
	uint16_t *high;  /* the next 8 bits of each; NULL: they are 0 */
	uint16_t *iface; /* NULL: all came in at … */
	uint16_t iface_of_all;
};

enum { MORE = CHUNK * sizeof(uint16_t) }; /* bytes of each that is made later */

struct ni_index {
	struct chunk **chunks; /* those that are there; [0] holds packet base + 1 */
	uint32_t n, room;
	uint64_t base;        /* packets in chunks that went */
	uint64_t first, last; /* numbers */
	uint64_t bytes, max;  /* of chunks */
};

struct ni_index *
ni_index_new(uint64_t max_bytes)
{
	struct ni_index *ix = calloc(1, sizeof(*ix));
	if (!ix)
		return NULL;
	ix->max = max_bytes < 2 * sizeof(struct chunk) ? 2 * sizeof(struct chunk) : max_bytes;
	ix->first = 1;
	return ix;
}

static void
free_chunk(struct ni_index *ix, struct chunk *c)
{
	ix->bytes -= sizeof(*c) + (c->high ? MORE : 0) + (c->iface ? MORE : 0);
	free(c->high);
	free(c->iface);
	free(c);
}

void
ni_index_clear(struct ni_index *ix)
{
	for (uint32_t i = 0; i < ix->n; i++)
		free_chunk(ix, ix->chunks[i]);
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
		free_chunk(ix, ix->chunks[gone++]);
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
	while (ix->n > 1 && ix->bytes + sizeof(struct chunk) > ix->max)
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
	if (!c)
		return NULL;
	c->high = c->iface = NULL;
	ix->bytes += sizeof(*c);
	ix->chunks[ix->n++] = c;
	return c;
}

/* Make *@more, in which all is @preset so far. */
static bool
make_more(struct ni_index *ix, uint16_t **more, uint16_t preset)
{
	if (*more)
		return true;
	*more = malloc(MORE);
	if (!*more)
		return false;
	for (uint32_t i = 0; i < CHUNK; i++)
		(*more)[i] = preset;
	ix->bytes += MORE;
	return true;
}

/* Sizes and interface, in as few bytes as they need. */
static bool
put_size(struct ni_index *ix, struct chunk *c, uint64_t at, const struct ni_entry *e)
{
	uint32_t cap = e->cap < BITS24 ? e->cap : BITS24;
	uint32_t more = e->len > e->cap ? e->len - e->cap : 0;
	more = more < BITS24 ? more : BITS24;
	uint16_t high = (uint16_t)(cap >> 16 << 8 | more >> 16);
	if (!at)
		c->iface_of_all = e->iface;
	if (high && !make_more(ix, &c->high, 0))
		return false;
	if (e->iface != c->iface_of_all && !make_more(ix, &c->iface, c->iface_of_all))
		return false;
	c->size[at] = cap << 16 | (more & BITS16);
	if (c->high)
		c->high[at] = high;
	if (c->iface)
		c->iface[at] = e->iface;
	return true;
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
	if (!put_size(ix, c, at, e))
		return false;
	unsigned low = (e->level & LEVEL) | (e->part ? PART : 0U) | (e->dir & 1U ? DIR : 0U) |
		       (e->conflict ? CONFLICT : 0U);
	c->where[at] = e->offset << 16 | (uint64_t)e->proto << 8 | low;
	c->ts_ns[at] = e->ts_ns;
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
	    .cap = (c->high ? c->high[at] >> 8U : 0U) << 16 | c->size[at] >> 16,
	    .conn = c->conn[at],
	    .iface = c->iface ? c->iface[at] : c->iface_of_all,
	    .proto = (uint8_t)(c->where[at] >> 8),
	    .level = c->where[at] & LEVEL,
	    .dir = c->where[at] & DIR ? 1 : 0,
	    .conflict = c->where[at] & CONFLICT,
	    .part = c->where[at] & PART,
	};
	uint32_t high = c->high ? c->high[at] & 0xffU : 0;
	e->len = e->cap + (high << 16 | (c->size[at] & BITS16));
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
	return ix->bytes + ix->room * sizeof(struct chunk *);
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
