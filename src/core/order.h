/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Putting the bytes that one side of a TCP connection sends into order: what comes early waits here
 * until the hole before it is filled or given up. Where segments overlap, the bytes captured first
 * win, since a receiver that had room has already passed them on.
 */
#ifndef NI_ORDER_H
#define NI_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "bound.h"
#include "netinspect/span.h"

/* Bytes that wait. */
struct ni_chunk {
	struct ni_chunk *after;
	uint64_t frame; /* that brought them */
	int64_t ts_ns;
	uint32_t seq;
	uint32_t len; /* claimed */
	uint32_t cap; /* held, from the start */
	bool unseen;  /* none are held, since nobody will look */
	uint8_t data[];
};

/* The order of one direction. Waiting directions form a ring, longest waiting first. */
struct ni_order {
	uint32_t next;  /* sequence number of the first byte not yet passed on */
	uint32_t acked; /* the highest acknowledgement its receiver sent */
	uint32_t fin_seq;
	bool placed; /* next is known */
	bool has_ack;
	bool fin; /* fin_seq is known */
	uint16_t nchunks;
	uint32_t bytes; /* held in chunks */
	struct ni_chunk *first, *last;
	struct ni_order *prev, *later; /* in the ring of those that wait; NULL: not in it */
};

enum { NI_ORDER_CHUNKS = 1024 }; /* that may wait in one direction: searches stay short */

/* A segment's payload, or what is left of it. */
struct ni_piece {
	uint32_t seq;
	struct ni_span data;
	uint64_t frame;
	int64_t ts_ns;
	bool unseen; /* nobody will look at the bytes: remember only that they came */
};

enum ni_put {
	NI_PUT_OK,
	NI_PUT_CONFLICT, /* some bytes were there before, and were different */
	NI_PUT_FULL,     /* not all of it found room */
};

/** Keep what @p adds to the bytes waiting in @o; everything before o->next must be cut off. */
enum ni_put ni_order_put(struct ni_order *o, struct ni_bound *mem, const struct ni_piece *p);

/** Take out the chunk that begins at o->next, or NULL. The caller frees it and moves o->next. */
struct ni_chunk *ni_order_pop(struct ni_order *o);

/** Bytes missing before the first chunk; 0 if nothing waits. */
uint32_t ni_order_hole(const struct ni_order *o);

/** Forget everything that waits. Returns how many bytes of data that was. */
uint32_t ni_order_clear(struct ni_order *o, struct ni_bound *mem);

/** Whether a comes before b; less than 2^31 apart (RFC 9293 section 3.4). */
static inline bool
ni_seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

#endif
