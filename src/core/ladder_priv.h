/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of the ladder share: how it keeps segments and messages. */
#ifndef NI_LADDER_PRIV_H
#define NI_LADDER_PRIV_H

#include "netinspect/ladder.h"

enum {
	NI_CELLS = 16,     /* of a block */
	NI_CELL_TEXT = 80, /* bytes of a message in one cell */
	NI_TEXT_CELLS = 4, /* cells of one message */
};

enum ni_cell_kind {
	NI_CELL_SEGMENT,
	NI_CELL_MESSAGE,
	NI_CELL_MORE, /* the message in the cell before goes on */
};

struct ni_message_cell {
	uint64_t frame;
	char text[NI_CELL_TEXT];
};

struct ni_cell {
	uint8_t kind; /* enum ni_cell_kind */
	uint8_t side; /* of a message */
	uint8_t len;  /* of its text */
	bool toggled; /* the fold that begins here is unlike the others */
	union {
		struct ni_rung rung;
		struct ni_message_cell message;
	};
};

struct ni_block {
	struct ni_block *next;
	uint32_t from, to; /* cells in use */
	struct ni_cell cell[NI_CELLS];
};

/* Blocks in their order. */
struct ni_blocks {
	struct ni_block *first, *last;
	uint32_t blocks, cells;
};

/* What was not kept. */
struct ni_ladder_gap {
	uint64_t segments[2], bytes[2];
	uint64_t marked, messages;
	uint64_t first_frame, last_frame;
	int64_t first_ns, last_ns;
};

struct ni_ladder {
	struct ni_ladder_pool *pool;
	struct ni_ladder *rich_next, *rich_prev; /* those that can spare a block */
	uint32_t keep;
	struct ni_blocks head, tail;
	struct ni_ladder_gap gap;
	/* The message that began last on each side, so that its later segments are not taken for
	 * new ones. */
	uint32_t title_hash[2];
	bool title_open[2];
	uint32_t said_hash; /* the last message, and whose it was */
	uint8_t said_side;
	bool unfold_all;
	uint8_t was[2]; /* states before the first segment */
	bool begun;

	struct ni_ladder_row *row;
	size_t rows, row_room;
	const struct ni_conn *conn; /* of the last layout */
	uint64_t last_frame;
};

/** The cell with number @at: those of the head count from 0, those of the tail follow. */
struct ni_cell *ni_ladder_cell(const struct ni_ladder *l, uint32_t at);

#endif
