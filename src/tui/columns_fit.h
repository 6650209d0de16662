/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How wide the columns of a list are: as wide as what is on the screen. No curses in here. */
#ifndef NI_COLUMNS_FIT_H
#define NI_COLUMNS_FIT_H

#include <stdint.h>

#include "line.h"
#include "netinspect/err.h"

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

/* The columns that are shown, in that order. */
struct ni_columns {
	uint8_t which[NI_COLUMNS_MAX];
	uint8_t n, all; /* shown; there are */
};

/** All of @n columns. */
struct ni_columns ni_columns_all(int n);
/** Read names of @defs with commas between them. 0; or NI_ERR_INPUT, and @c stays as it was. */
int ni_columns_parse(struct ni_columns *c, const struct ni_column_def *defs, const char *names,
		     struct ni_err *err);
/** Whichever column stands at place @i of those that are shown; -1 behind the last. */
int ni_columns_at(const struct ni_columns *c, int i);
/** The column of those shown that stands @way places from column @at, in a circle. */
int ni_columns_step(const struct ni_columns *c, int at, int way);
/** The column that stands at cell @x of a row; -1: none. */
int ni_columns_hit(const struct ni_columns *c, const int *width, int x);
/** Append a row: the cells of columns that have a @width; @text has @cell bytes for each column. */
void ni_columns_line(struct ni_buf *b, const struct ni_columns *c, const struct ni_column_def *defs,
		     const int *width, const char *text, size_t cell);
/** As ni_columns_fit(), for those that are shown; @width of the others is 0. */
void ni_columns_fit_shown(const struct ni_columns *c, const struct ni_column_def *defs,
			  const int *natural, int total, int *width);

#endif
