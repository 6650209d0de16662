/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of any length of which only the rows on the screen are ever looked at. No curses in here.
 */
#ifndef NI_LIST_H
#define NI_LIST_H

#include <stdbool.h>
#include <stdint.h>

struct ni_list {
	uint64_t count;  /* rows */
	uint64_t cursor; /* the selected one; 0 when there is none */
	uint64_t top;    /* the first one on the screen */
	int height;      /* rows on the screen */
	bool follow;     /* stay at the last row as more come in */
};

/** Say how many rows there are and fit on the screen; cursor and top are mended. */
void ni_list_resize(struct ni_list *l, uint64_t count, int height);
/** Move the cursor by @rows; up ends following. */
void ni_list_move(struct ni_list *l, int64_t rows);
/** Select row @row. */
void ni_list_go(struct ni_list *l, uint64_t row);
/** Select the last row, whatever it will be. */
void ni_list_end(struct ni_list *l);
/** Scroll by @rows; the cursor stays on the screen. */
void ni_list_scroll(struct ni_list *l, int64_t rows);
/** The oldest @rows rows have gone; the same ones as before stay selected. */
void ni_list_shift(struct ni_list *l, uint64_t rows);

#endif
