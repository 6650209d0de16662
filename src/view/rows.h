/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of rows of a packet list: made for those on the screen, kept for a while. */
#ifndef NI_ROWS_H
#define NI_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "columns.h"
#include "model.h"

struct ni_rows;

struct ni_row {
	uint64_t number; /* 0: nothing here */
	char source[64], destination[64], protocol[24];
	char info[480];
};

struct ni_rows *ni_rows_new(struct ni_model *m);
void ni_rows_free(struct ni_rows **r);
/** Forget all text (the packets are others, or are to be shown otherwise). */
void ni_rows_clear(struct ni_rows *r);
/**
 * Make the text of the packets @numbers, in any order, where it is not there yet, for about
 * @budget_ns. Returns whether there is more to make.
 */
bool ni_rows_want(struct ni_rows *r, const uint64_t *numbers, size_t n, int64_t budget_ns);
/** Packets that were taken in so far to make rows. */
uint64_t ni_rows_taken(const struct ni_rows *r);
/** The row of packet @number, if it is there. */
const struct ni_row *ni_rows_get(const struct ni_rows *r, uint64_t number);

#endif
