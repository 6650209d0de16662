/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How wide the columns of a list are: as wide as what is on the screen. No curses in here. */
#ifndef NI_COLUMNS_FIT_H
#define NI_COLUMNS_FIT_H

#include <stdint.h>

#include "line.h"

enum { NI_COLUMNS_MAX = 16 };

struct ni_column_def {
	const char *title; /* N_(), or "" */
	const char *name;  /* in the configuration and after :columns */
	int min, max;      /* columns; max 0: no limit */
	int soft;          /* not narrower than this as long as others can be left out */
	uint8_t fit;       /* enum ni_fit */
	uint8_t shrink;    /* the higher the sooner it gives up room; 0: never */
	uint8_t drop;      /* the higher the sooner it is left out altogether; 0: never */
};

/** The title in the reader's language. */
const char *ni_column_title(const struct ni_column_def *c);

/**
 * Share @total columns of the screen, one between each two, among @n columns.
 * @natural: how wide the titles and visible cells are. @width gets the results; 0: left out. What
 * is left over goes to the one with the highest shrink.
 */
void ni_columns_fit(const struct ni_column_def *defs, int n, const int *natural, int total,
		    int *width);

#endif
