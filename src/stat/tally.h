/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tree of counts with names, as tshark's "tree" statistics show it: how many, how large, how
 * often. Bounded: what finds no room is counted at its parent and said.
 */
#ifndef NI_TALLY_H
#define NI_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "out.h"
#include "report_mem.h"

enum { TALLY_ROOT = 0, TALLY_MAX = 20000, TALLY_NAME = 96 };

struct tally {
	struct rp_map nodes;
	uint64_t lost; /* items that were counted higher up for lack of room */
};

/* What is printed of each node. */
enum tally_columns {
	TALLY_VALUES = 1 << 0, /* average, least and largest of what was measured */
	TALLY_RATE = 1 << 1,   /* per second of the time given */
	TALLY_BYTES = 1 << 2,  /* sum of what was measured, as bytes */
	TALLY_SORT = 1 << 3,   /* children with the largest count first; else as they came */
};

struct tally_look {
	const char *stat;   /* "http,tree" */
	const char *title;  /* in the reader's language */
	const char *filter; /* "" for none */
	unsigned columns;   /* enum tally_columns */
	double seconds;     /* that TALLY_RATE relates to */
	bool json;
};

/** Make an empty tree. False when memory is short. */
bool tally_init(struct tally *t);
void tally_free(struct tally *t);

/** Find or make the node @name (cut to TALLY_NAME bytes) below @parent; @parent if it has no room.
 */
uint32_t tally_node(struct tally *t, uint32_t parent, const char *name);

/** Count one at @node. */
void tally_count(struct tally *t, uint32_t node);

/** Count one at @node, with a measured value. */
void tally_value(struct tally *t, uint32_t node, int64_t value);

/** tally_node() and tally_count() in one. Returns the node. */
uint32_t tally_hit(struct tally *t, uint32_t parent, const char *name);

/** Write the tree: an indented table, or one line of JSON. */
void tally_print(const struct tally *t, struct ni_out *out, const struct tally_look *look);

#endif
