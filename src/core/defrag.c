/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting fragmented datagrams together; see defrag.h. */
#include "defrag.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

enum {
	BUCKETS = 4096,  /* a power of two */
	MAX_LEN = 65535, /* no IP datagram is longer (RFC 791 3.2; jumbograms are never cut) */
	UNIT = 8,        /* fragments begin at multiples of this (RFC 791 3.2, RFC 8200 4.5) */
	UNITS = 65536 / UNIT,
	KEY = 16 + 16 + 4 + 4 + 2,
	MIN_BUF = 2048,
	MIN_PARTS = 8,
};

/* RFC 8200 4.5; RFC 1122 3.3.2 allows 60 to 120 s. */
static const uint64_t timeout_ns = 60 * UINT64_C(1000000000);

struct entry {
	struct entry *chain;         /* in its bucket */
	struct entry *older, *newer; /* by the time of the first fragment */
	uint8_t key[KEY];
	uint32_t bucket;
	int64_t first_ns;
	uint8_t *buf;
	uint32_t buf_cap;
	uint32_t end;   /* behind the last byte seen */
	uint32_t total; /* length as the last fragment gives it */
	bool total_known;
	uint32_t have; /* units held */
	struct ni_frag_part *parts;
	uint32_t parts_cap;
	struct ni_datagram whole;
	uint64_t held[UNITS / 64]; /* a bit a unit */
};

struct ni_defrag {
	uint64_t seed;
	size_t max_bytes;
	struct entry *bucket[BUCKETS];
	struct entry *oldest, *newest;
	struct entry *done; /* completed in frame done_frame, linked by chain */
	uint64_t done_frame;
	struct ni_defrag_stats stats;
};

struct ni_defrag *
ni_defrag_new(uint64_t seed, size_t max_bytes)
{
	struct ni_defrag *d = calloc(1, sizeof(*d));
	if (d) {
		d->seed = seed;
		d->max_bytes = max_bytes;
	}
	return d;
}

static size_t
entry_bytes(const struct entry *e)
{
	return sizeof(*e) + e->buf_cap + e->parts_cap * sizeof(e->parts[0]);
}

static void
entry_free(struct entry *e)
{
	free(e->buf);
	free(e->parts);
	free(e);
}

/* Take @e out of the table; it still is the caller's to free. */
static void
entry_unlink(struct ni_defrag *d, struct entry *e)
{
	struct entry **p = &d->bucket[e->bucket];
	assert(e != d->oldest || !e->older);
	while (*p != e)
		p = &(*p)->chain;
	*p = e->chain;
	if (e->older)
		e->older->newer = e->newer;
	else
		d->oldest = e->newer;
	if (e->newer)
		e->newer->older = e->older;
	else
		d->newest = e->older;
	d->stats.bytes -= entry_bytes(e);
	d->stats.waiting--;
}

static void
free_done(struct ni_defrag *d)
{
	while (d->done) {
		struct entry *e = d->done;
		d->done = e->chain;
		entry_free(e);
	}
}

void
ni_defrag_free(struct ni_defrag **d)
{
	if (!*d)
		return;
	free_done(*d);
	for (struct entry *e = (*d)->oldest, *next; e; e = next) {
		next = e->newer;
		entry_free(e);
	}
	free(*d);
	*d = NULL;
}

static void
put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static void
make_key(uint8_t *key, const struct ni_frag *f)
{
	memset(key, 0, KEY);
	memcpy(key, f->src, f->addr_len);
	memcpy(key + 16, f->dst, f->addr_len);
	put32(key + 32, f->id);
	put32(key + 36, f->tag);
	key[40] = f->addr_len;
	key[41] = f->addr_len == 4 ? f->proto : 0;
}

/* Give up datagrams whose rest is overdue. */
static void
expire(struct ni_defrag *d, int64_t now_ns)
{
	while (d->oldest && now_ns > d->oldest->first_ns &&
	       (uint64_t)now_ns - (uint64_t)d->oldest->first_ns > timeout_ns) {
		struct entry *e = d->oldest;
		entry_unlink(d, e);
		assert(d->oldest != e);
		entry_free(e);
		d->stats.timed_out++;
	}
}

/* Make room for @n more bytes at the cost of the oldest datagrams, but not of @keep. */
static bool
make_room(struct ni_defrag *d, size_t n, const struct entry *keep)
{
	while (d->stats.bytes + n > d->max_bytes) {
		struct entry *e = d->oldest == keep && keep ? keep->newer : d->oldest;
		if (!e)
			return false;
		entry_unlink(d, e);
		entry_free(e);
		d->stats.evicted++;
	}
	return true;
}

static struct entry *
lookup(struct ni_defrag *d, const struct ni_frag *f)
{
	uint8_t key[KEY];
	make_key(key, f);
	uint32_t b = (uint32_t)XXH3_64bits_withSeed(key, sizeof(key), d->seed) % BUCKETS;
	struct entry *e = d->bucket[b];
	while (e && memcmp(e->key, key, sizeof(key)) != 0)
		e = e->chain;
	if (e || !make_room(d, sizeof(*e), NULL))
		return e;
	e = calloc(1, sizeof(*e));
	if (!e)
		return NULL;
	memcpy(e->key, key, sizeof(key));
	e->bucket = b;
	e->first_ns = f->ts_ns;
	e->chain = d->bucket[b];
	d->bucket[b] = e;
	e->older = d->newest;
	if (d->newest)
		d->newest->newer = e;
	else
		d->oldest = e;
	d->newest = e;
	d->stats.bytes += entry_bytes(e);
	d->stats.waiting++;
	return e;
}

static bool
grow_buf(struct ni_defrag *d, struct entry *e, uint32_t end)
{
	uint32_t cap = e->buf_cap ? e->buf_cap : MIN_BUF;
	while (cap < end)
		cap *= 2;
	if (cap == e->buf_cap)
		return true;
	if (!make_room(d, cap - e->buf_cap, e))
		return false;
	uint8_t *p = realloc(e->buf, cap);
	if (!p)
		return false;
	d->stats.bytes += cap - e->buf_cap;
	e->buf = p;
	e->buf_cap = cap;
	return true;
}

static bool
grow_parts(struct ni_defrag *d, struct entry *e)
{
	uint32_t n = e->parts_cap ? 2 * e->parts_cap : MIN_PARTS;
	if (e->whole.nparts < e->parts_cap)
		return true;
	if (!make_room(d, (n - e->parts_cap) * sizeof(e->parts[0]), e))
		return false;
	struct ni_frag_part *p = realloc(e->parts, n * sizeof(*p));
	if (!p)
		return false;
	d->stats.bytes += (n - e->parts_cap) * sizeof(*p);
	e->parts = p;
	e->parts_cap = n;
	return true;
}

/* Copy the units of @f that are not there yet; report those that are. */
static unsigned
copy_units(struct entry *e, const struct ni_frag *f, uint32_t len)
{
	uint32_t old = 0;
	uint32_t fresh = 0;
	unsigned seen = 0;
	for (uint32_t at = 0; at < len; at += UNIT) {
		uint32_t n = len - at < UNIT ? len - at : UNIT;
		uint32_t unit = (f->off + at) / UNIT;
		uint64_t bit = UINT64_C(1) << unit % 64;
		if (e->held[unit / 64] & bit) {
			old++;
			if (memcmp(e->buf + f->off + at, f->p + at, n) != 0)
				seen = NI_DEFRAG_CONFLICT;
			continue;
		}
		e->held[unit / 64] |= bit;
		memcpy(e->buf + f->off + at, f->p + at, n);
		fresh++;
	}
	e->have += fresh;
	if (old)
		e->whole.overlap = true;
	if (seen)
		e->whole.conflict = true;
	return seen || (old && fresh) ? seen | NI_DEFRAG_OVERLAP : 0; /* a mere copy is no news */
}

static enum ni_defrag_rc
refuse(struct ni_defrag *d, struct entry *e, enum ni_defrag_rc rc)
{
	if (e && !e->whole.nparts) {
		entry_unlink(d, e);
		entry_free(e);
	}
	d->stats.refused++;
	return rc;
}

static bool
contradicts(const struct entry *e, const struct ni_frag *f, uint32_t end)
{
	if (!f->more && e->total_known)
		return end != e->total;
	return f->more ? e->total_known && end > e->total : e->end > end;
}

enum ni_defrag_rc
ni_defrag_add(struct ni_defrag *d, const struct ni_frag *f, const struct ni_datagram **whole,
	      unsigned *seen)
{
	/* Only the last fragment may end in the middle of a unit; Linux cuts others likewise. */
	uint32_t len = f->more ? f->len - f->len % UNIT : f->len;
	uint32_t end = f->off + len;

	*seen = 0;
	if (d->done_frame != f->frame) {
		free_done(d);
		d->done_frame = f->frame;
	}
	expire(d, f->ts_ns);
	if (f->len > MAX_LEN || end > MAX_LEN)
		return refuse(d, NULL, NI_DEFRAG_LONG);
	if (f->more && !len)
		return refuse(d, NULL, NI_DEFRAG_CONTRA);
	struct entry *e = lookup(d, f);
	if (!e)
		return refuse(d, NULL, NI_DEFRAG_NO_ROOM);
	if (contradicts(e, f, end))
		return refuse(d, e, NI_DEFRAG_CONTRA);
	if (!grow_buf(d, e, end) || !grow_parts(d, e))
		return refuse(d, e, NI_DEFRAG_NO_ROOM);
	*seen = copy_units(e, f, len);
	e->parts[e->whole.nparts++] = (struct ni_frag_part){f->frame, f->off, len};
	d->stats.fragments++;
	d->stats.overlaps += *seen != 0;
	if (!f->off)
		e->whole.proto = f->proto;
	if (end > e->end)
		e->end = end;
	if (!f->more) {
		e->total = end;
		e->total_known = true;
	}
	if (!e->total_known || e->have != (e->total + UNIT - 1) / UNIT)
		return NI_DEFRAG_WAIT;
	entry_unlink(d, e);
	e->chain = d->done;
	d->done = e;
	d->stats.datagrams++;
	e->whole.p = e->buf;
	e->whole.len = e->total;
	e->whole.parts = e->parts;
	*whole = &e->whole;
	return NI_DEFRAG_DONE;
}

const struct ni_datagram *
ni_defrag_find(const struct ni_defrag *d, const uint8_t *p)
{
	for (const struct entry *e = d->done; e; e = e->chain)
		if (e->whole.p == p)
			return &e->whole;
	return NULL;
}

void
ni_defrag_stats(const struct ni_defrag *d, struct ni_defrag_stats *out)
{
	*out = d->stats;
}
