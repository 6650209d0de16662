/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the report remembers of a capture of any length, in memory that is bounded beforehand:
 * lists, maps and texts that count what they refuse, and sums that never grow.
 */
#ifndef NI_REPORT_MEM_H
#define NI_REPORT_MEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of equally large items, which never move. Zeroed memory but for item and max is empty. */
struct rp_list {
	char **slab;
	size_t item;    /* bytes of one */
	uint32_t max;   /* items kept at most */
	uint32_t n;     /* items kept */
	uint32_t slabs; /* allocated */
	uint64_t lost;  /* refused: no room, or no memory */
};

/** Append a zeroed item. NULL, and counted in @l->lost, when there is no room. */
void *rp_list_add(struct rp_list *l);
/** Item @i, below @l->n. */
void *rp_list_at(const struct rp_list *l, size_t i);
void rp_list_free(struct rp_list *l);

/* What every item of a map begins with; its key follows. */
struct rp_node {
	uint32_t next; /* of the same bucket, +1; 0: none */
	uint32_t hash;
};

/* Items found by a key of a fixed size. The hash is seeded: keys come from the wire. */
struct rp_map {
	struct rp_list items;
	size_t key; /* bytes of the key, without padding inside */
	uint32_t *bucket;
	uint32_t buckets;
	uint64_t seed;
};

/** Find the item with @key or add a zeroed one that has it. NULL, and counted, when it is full. */
void *rp_map_get(struct rp_map *m, const void *key);
void rp_map_free(struct rp_map *m);

/* Texts, one behind the other. They are found by their address. */
struct rp_texts {
	struct rp_list blocks;
	size_t used; /* of the last block */
};

enum { RP_TEXT_BLOCK = 32 << 10 };

/** Keep @n bytes and a NUL, @n below RP_TEXT_BLOCK. NULL when memory is short. */
const char *rp_texts_add(struct rp_texts *t, const char *s, size_t n);
void rp_texts_free(struct rp_texts *t);

/* The few items with the largest keys of any number. */
enum { RP_TOP = 20 };

struct rp_top {
	char *slot; /* RP_TOP of them; NULL until needed */
	size_t item;
	int64_t key[RP_TOP];
	unsigned n, least; /* slots in use, and which of them goes next */
};

/** A slot to fill for an item with @key, not cleared; NULL if RP_TOP others have larger ones. */
void *rp_top_add(struct rp_top *t, int64_t key);
/** The item with the @i-th largest key, below @t->n; keys of the same size in order of arrival. */
const void *rp_top_at(const struct rp_top *t, unsigned i);
void rp_top_free(struct rp_top *t);

/* The first frames of a kind, and how many there are. */
enum { RP_FRAMES = 3 };

struct rp_frames {
	uint64_t n;
	uint64_t first[RP_FRAMES];
};

static inline void
rp_frames_add(struct rp_frames *f, uint64_t frame)
{
	if (f->n < RP_FRAMES)
		f->first[f->n] = frame;
	f->n++;
}

/** Add those of @b to @a, whose first frames are the first of both then. */
void rp_frames_join(struct rp_frames *a, const struct rp_frames *b);

/* How times are spread: exact ends, everything between the mean of its bin, 3 per cent wide. */
enum { RP_HIST_SUB = 32, RP_HIST = 60 * RP_HIST_SUB };

struct rp_hist {
	uint64_t n;
	int64_t min, max;
	double sum[RP_HIST];
	uint32_t bin[RP_HIST];
};

/** Count @ns; what is negative counts as 0. */
void rp_hist_add(struct rp_hist *h, int64_t ns);
/** The value that @percent per cent of all do not exceed; 0 when there are none. */
int64_t rp_hist_quantile(const struct rp_hist *h, unsigned percent);

#endif
