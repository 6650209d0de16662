/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table in columns over rows that somebody else has: which of them are shown in which order,
 * which one is selected, drawing, searching. Rows are known by their numbers, which stay.
 */
#ifndef NI_TABLE_H
#define NI_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "app.h"
#include "arranged.h"

enum { NI_TABLE_CELL = 1000 }; /* bytes, for bars as wide as a screen */

struct ni_table_ops {
	const struct ni_column_def *columns;
	int n;
	int wide;         /* the column that is made for its width, or -1 */
	const char *none; /* N_(); said when there are no rows at all */
	void (*cell)(struct ni_view *v, uint64_t row, int col, struct ni_buf *b);
	/* The text of column wide; @rows are those on the screen. NULL if there is none. */
	void (*fill)(struct ni_view *v, uint64_t row, int width, struct ni_buf *b);
	/* The title of column wide, as wide as that is; and the column of a row once more, in its
	 * own roles. NULL: a plain title; nothing. */
	void (*head)(struct ni_view *v, int width, struct ni_buf *b);
	void (*paint)(struct ni_view *v, uint64_t row, struct ni_rect r);
	/* Before rows are drawn: these are on the screen. May be NULL. */
	void (*prepare)(struct ni_view *v, const uint64_t *rows, int n);
	/* Orders two rows by column @col. */
	int (*compare)(struct ni_view *v, uint64_t a, uint64_t b, int col);
	/* NULL: everything is plain, everything is shown. */
	enum ni_role (*role)(struct ni_view *v, uint64_t row);
	bool (*shown)(struct ni_view *v, uint64_t row);
};

struct ni_table {
	const struct ni_table_ops *ops;
	struct ni_view *v;
	struct ni_list list;
	struct ni_arranged arranged;
	const uint64_t *order; /* rows that are shown */
	uint64_t n, all;
	uint64_t version, made_for; /* that order was made for, + 1; UINT64_MAX: not yet done */
	int sort;                   /* column; -1: as they came */
	bool reverse;
	uint64_t selected; /* row; UINT64_MAX: none yet */
	struct ni_rect at;
	int width[NI_COLUMNS_MAX]; /* of the columns, in the last picture */
};

void ni_table_init(struct ni_table *t, const struct ni_table_ops *ops, struct ni_view *v);
void ni_table_free(struct ni_table *t);

/** Settle which rows are shown, in which order: as ni_table_draw() does first. */
void ni_table_arrange(struct ni_table *t, uint64_t rows, uint64_t version);
/**
 * Draw rows 0 to @rows - 1 in pane @pane of its view; @version changes when rows, or what is shown
 * of them, did.
 */
void ni_table_draw(struct ni_table *t, struct ni_rect r, uint64_t rows, uint64_t version,
		   unsigned pane);

/** The selected row; UINT64_MAX: there is none. */
uint64_t ni_table_row(const struct ni_table *t);

/** Move, sort. False: @act says nothing about that. */
bool ni_table_act(struct ni_table *t, enum ni_act act);
/** Sort by @column, or the other way round if that is the one already. */
void ni_table_sort(struct ni_table *t, int column);
/** What a view tells of its table; see struct ni_view_ops. */
struct ni_sorts ni_table_sorts(const struct ni_table *t);
bool ni_table_search(struct ni_table *t, const char *text, int way);
void ni_table_mouse(struct ni_table *t, const struct ni_mouse *m);
/** Write all rows that are shown to the new file @path, a line each; see struct ni_view_ops. */
int ni_table_write(const struct ni_table *t, const char *path, struct ni_buf *said,
		   struct ni_err *err);
/** Append the cells of the selected row. */
void ni_table_copy(const struct ni_table *t, struct ni_buf *b);
void ni_table_position(const struct ni_table *t, uint64_t *at, uint64_t *rows);

#endif
