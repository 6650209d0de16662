/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which rows of a table are shown, and in which order: made in slices, while what was made before
 * is shown.
 */
#ifndef NI_ARRANGED_H
#define NI_ARRANGED_H

#include <stdbool.h>
#include <stdint.h>

#include "sorter.h"

struct ni_arranged_ops {
	/* Whether row @row is shown; NULL: all are. */
	bool (*shown)(void *ctx, uint64_t row);
	/* Less than, equal to or more than 0; rows that are alike stay in order. NULL: no order. */
	int (*compare)(void *ctx, uint64_t a, uint64_t b);
};

struct ni_arranged {
	uint64_t *row; /* those shown, in order */
	uint64_t n;
	/* Being made: */
	const struct ni_arranged_ops *ops;
	void *ctx;
	bool busy, reverse;
	bool in_order; /* the rows so far are, as they came */
	uint64_t *next;
	uint64_t next_n, room, next_room;
	uint64_t at, end; /* rows to be asked whether they are shown */
	uint64_t picked;
	struct ni_sorter sorter;
	int64_t spent_ns;
};

/** Begin to make it anew of the rows from @first to before @end. @a must stay where it is. */
void ni_arranged_begin(struct ni_arranged *a, const struct ni_arranged_ops *ops, void *ctx,
		       uint64_t first, uint64_t end);
/** Go on for about @budget_ns. Returns whether there is more to do; once there is not it is shown.
 */
bool ni_arranged_work(struct ni_arranged *a, int64_t budget_ns);
/** Rows before @first are gone. */
void ni_arranged_forget(struct ni_arranged *a, uint64_t first);
void ni_arranged_free(struct ni_arranged *a);

#endif
