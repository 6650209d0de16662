/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ladder of one TCP connection: its segments and messages in their order, in bounded memory,
 * as rows that can be drawn: a segment, a fold of many ordinary data segments and their
 * acknowledgements, a message, the middle of a long connection that was not kept, a verdict that no
 * segment decided. Every segment taken in stands in exactly one row.
 */
#ifndef NETINSPECT_LADDER_H
#define NETINSPECT_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/conn.h"
#include "netinspect/rung.h"

struct ni_buf;
struct ni_dis;
struct ni_ladder;
struct ni_ladder_pool;

/* ---- collecting ---- */

/**
 * Make memory that ladders share, @bytes in all (a few KiB at least). When it is used up, the
 * longest-kept middles of ladders give way; each ladder keeps its beginning and its end.
 * NULL when memory is short.
 */
struct ni_ladder_pool *ni_ladder_pool_new(size_t bytes);
/** All its ladders must be gone. */
void ni_ladder_pool_free(struct ni_ladder_pool **p);

/**
 * Make an empty ladder in @p that keeps the first and the last @keep segments and messages (at
 * least 16 of each); what lies between is counted. NULL when memory is short.
 */
struct ni_ladder *ni_ladder_new(struct ni_ladder_pool *p, uint32_t keep);
void ni_ladder_free(struct ni_ladder **l);

/**
 * Take in the TCP segment of @d, which belongs to this ladder's connection, and the messages that
 * begin in it. Call it from a sink's frame(). False if the frame has none. Does not allocate.
 */
bool ni_ladder_take(struct ni_ladder *l, const struct ni_dis *d);

/** Take in a segment alone. */
void ni_ladder_segment(struct ni_ladder *l, const struct ni_rung *r);
/** Take in a message that begins in @frame and that @side sent: one line, escaped already. */
void ni_ladder_message(struct ni_ladder *l, unsigned side, uint64_t frame, const char *text,
		       size_t n);

/* ---- rows ---- */

enum ni_ladder_kind {
	NI_LADDER_SEGMENT,
	NI_LADDER_FOLD,    /* data of one side and the other's acknowledgements */
	NI_LADDER_MESSAGE, /* belongs to the segment above it */
	NI_LADDER_GAP,     /* the middle that was not kept */
	NI_LADDER_END,     /* behind the last segment: a verdict that none of them decided */
};

struct ni_ladder_row {
	uint8_t kind; /* enum ni_ladder_kind */
	uint8_t side; /* who sent it; of a fold: who sent its data */
	bool folding; /* a fold, or a segment that one was unfolded into */
	bool opened;  /* the verdict of opening is decided here */
	bool closed;  /* the verdict of closing is decided here */
	/* Of segments, and the first of a fold; NULL for others. Valid until the ladder takes in
	 * more. */
	const struct ni_rung *rung;
	uint64_t first_frame, last_frame; /* a message: that it begins in; an end: 0 */
	int64_t first_ns, last_ns;
	int64_t previous_ns;  /* of the segment before; equal to first_ns if there is none */
	uint64_t segments[2]; /* that it stands for, by side */
	uint64_t bytes[2];    /* of payload in them */
	uint64_t marked;      /* a gap: segments in it that had marks */
	uint64_t messages;    /* a gap: messages in it */
	uint32_t at;          /* the ladder's own */
	uint32_t group;       /* the ladder's own */
};

/**
 * Make the rows of what was taken in so far; @c is the connection as it is now, for the verdicts,
 * and must stay as long as the rows are looked at. Returns how many there are, 0 also when memory
 * is short. Rows are valid until the next call, and until the ladder takes in more.
 */
size_t ni_ladder_layout(struct ni_ladder *l, const struct ni_conn *c);
/** Row @i, below what ni_ladder_layout() returned. */
const struct ni_ladder_row *ni_ladder_row(const struct ni_ladder *l, size_t i);
/** The row in which @frame stands (its segment, not its message), or SIZE_MAX. */
size_t ni_ladder_find(const struct ni_ladder *l, uint64_t frame);

/** Unfold fold @i, or fold the segments again that row @i is one of; true if there was anything to
 * do. The rows must then be laid out anew. */
bool ni_ladder_toggle(struct ni_ladder *l, size_t i);
/** Fold nothing from now on, but for what is toggled; or everything. */
void ni_ladder_unfold_all(struct ni_ladder *l, bool unfold);

/** Append a message's text, one line. */
void ni_ladder_text(const struct ni_ladder *l, const struct ni_ladder_row *row, struct ni_buf *b);

/** The segment that decided how @c opened; 0 if none did (yet). */
uint64_t ni_ladder_open_frame(const struct ni_conn *c);
/** The segment that decided how @c closed; 0 if none did (yet). */
uint64_t ni_ladder_close_frame(const struct ni_conn *c);

/* ---- rows as text ---- */

/* How a ladder is written. Zeroed but for width it means: seconds since @zero_ns, UTF-8. */
struct ni_ladder_look {
	unsigned width; /* cells of a line; less than NI_LADDER_MIN_WIDTH counts as that */
	bool ascii;
	unsigned digits; /* decimals of seconds; 0: 6 */
	int64_t zero_ns; /* times count from here */
	/* Write the time column; NULL: seconds since zero_ns. */
	void (*time)(struct ni_buf *b, const struct ni_ladder_look *k, int64_t ts_ns,
		     int64_t previous_ns);
	int time_format; /* for time() */
	bool no_delta;   /* time() shows the delta already */

	/* Set by ni_ladder_fit(): cells of the columns, 0 for one that is left out. */
	unsigned time_cells, delta_cells, state_cells, lane_cells, frame_cells, note_cells;
	unsigned lane_at; /* where the client's lane stands */
};

enum { NI_LADDER_MIN_WIDTH = 40 };

/* What a row is, for who has colours. */
enum ni_ladder_tone {
	NI_TONE_PLAIN,
	NI_TONE_QUIET, /* folds, gaps */
	NI_TONE_GOOD,  /* opened, closed in order */
	NI_TONE_TALK,  /* messages */
	NI_TONE_WARN,  /* marks */
	NI_TONE_BAD,   /* resets, what did not open */
};

/** Choose the columns of @k for the rows of @l at its width. */
void ni_ladder_fit(struct ni_ladder_look *k, const struct ni_ladder *l);

enum { NI_LADDER_HEADS = 2 };
/** Append line @line (below NI_LADDER_HEADS) of the head: who stands where, and where each began.
 */
void ni_ladder_head(struct ni_buf *b, const struct ni_ladder_look *k, const struct ni_ladder *l,
		    unsigned line);
/** How many lines @row takes: 1, or 2 where its verdict and marks find no room beside it. */
unsigned ni_ladder_lines(const struct ni_ladder_look *k, const struct ni_ladder *l,
			 const struct ni_ladder_row *row);
/** Append one line of @row, at most k->width cells, without a line feed. */
void ni_ladder_line(struct ni_buf *b, const struct ni_ladder_look *k, const struct ni_ladder *l,
		    const struct ni_ladder_row *row, unsigned line);
/** Append what is to be said beside a row: verdicts, marks; nothing for most. */
void ni_ladder_note(struct ni_buf *b, const struct ni_ladder *l, const struct ni_ladder_row *row);
/** Append what stands on a row's arrow, in one of three lengths (0 is the longest). */
void ni_ladder_label(struct ni_buf *b, const struct ni_ladder_row *row, unsigned brief);
enum ni_ladder_tone ni_ladder_tone(const struct ni_ladder *l, const struct ni_ladder_row *row);

#endif
