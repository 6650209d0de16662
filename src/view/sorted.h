/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets in another order than that of time: 4 bytes a row, sorted in place and in slices. While
 * that goes on it is a list of the same packets that is not quite in order yet.
 */
#ifndef NI_SORTED_H
#define NI_SORTED_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "set.h"

struct ni_sorted;

/* What packets are sorted by; those that are alike stay in order of time. */
enum ni_sorted_key {
	NI_SORTED_NUMBER,
	NI_SORTED_TIME,
	NI_SORTED_SOURCE, /* addresses and ports of conversations; everything else goes before */
	NI_SORTED_DESTINATION,
	NI_SORTED_PROTOCOL, /* by name */
	NI_SORTED_LENGTH,
	NI_SORTED_TROUBLE, /* what is worst first */
};

/* Which packets are to be in it. */
struct ni_sorted_of {
	const struct ni_set *members; /* NULL: all */
	uint64_t last;                /* of them up to this one */
	uint64_t changes;             /* another number: they are others than before */
};

/** Begin an empty one. NULL when memory is short. */
struct ni_sorted *ni_sorted_new(struct ni_model *m, enum ni_sorted_key by, bool reverse);
void ni_sorted_free(struct ni_sorted **o);

/** Go on for about @budget_ns. Returns whether there is more to do at once. */
bool ni_sorted_work(struct ni_sorted *o, const struct ni_sorted_of *of, int64_t budget_ns);

uint64_t ni_sorted_count(const struct ni_sorted *o);
/** The packet in row @row; 0 if there is none. */
uint64_t ni_sorted_number(const struct ni_sorted *o, uint64_t row);
/** The row of packet @number; the number of rows if it has none. */
uint64_t ni_sorted_row(const struct ni_sorted *o, uint64_t number);
/** How far sorting is, in percent; 100: done. */
unsigned ni_sorted_percent(const struct ni_sorted *o);
/** Bytes in use. */
uint64_t ni_sorted_bytes(const struct ni_sorted *o);

#endif
