/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sorting rows in slices: a quicksort that can stop at any row and go on later. Meanwhile they are
 * the same rows in no order. What they are compared by may even change while that goes on.
 */
#ifndef NI_SORTER_H
#define NI_SORTER_H

#include <stdbool.h>
#include <stdint.h>

/* What is sorted: rows by their place. */
struct ni_sorter_ops {
	void (*swap)(void *rows, uint64_t a, uint64_t b);
	/* Remember row @i, to be compared with others while it moves. */
	void (*pick)(void *rows, uint64_t i);
	/* Whether row @i comes before the one remembered. */
	bool (*before)(void *rows, uint64_t i);
};

enum { NI_SORTER_DEPTH = 64 };

struct ni_sorter {
	const struct ni_sorter_ops *ops;
	void *rows;
	bool sorting, parting; /* parting: a range is being parted … */
	struct ni_sorter_range {
		uint64_t lo, hi; /* both inclusive */
	} wait[NI_SORTER_DEPTH]; /* the larger half waits, so they are log2(rows) */
	unsigned depth;
	struct ni_sorter_range now; /* … this one */
	uint64_t i, j;
	uint64_t n, settled; /* rows, and those that are in their place */
	uint64_t chance;
};

/** Begin to sort @n rows. */
void ni_sorter_begin(struct ni_sorter *s, const struct ni_sorter_ops *ops, void *rows, uint64_t n);

/** Go on for about @budget_ns. Returns whether there is more to sort. */
bool ni_sorter_work(struct ni_sorter *s, int64_t budget_ns);

/** How far it is, in percent. */
unsigned ni_sorter_percent(const struct ni_sorter *s);

#endif
