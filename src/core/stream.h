/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The byte streams of TCP connections: finds their protocol, gives it the bytes in order and makes
 * layers of the messages that end in the frame being taken in. What protocols do is in
 * netinspect/stream.h.
 */
#ifndef NI_STREAM_H
#define NI_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "netinspect/conn.h"
#include "netinspect/dis.h"
#include "netinspect/event.h"
#include "netinspect/stream.h"

struct ni_stream;  /* of one connection */
struct ni_streams; /* what all of them share */

struct ni_streams_opts {
	size_t max_bytes; /* memory for everything that waits or is kept */
	void (*tell)(void *ctx, const struct ni_event *e);
	void *ctx;
};

/* Counted, never hidden. */
struct ni_streams_stats {
	uint64_t gaps, gap_bytes;  /* not captured, or given up */
	uint64_t bytes_dropped;    /* early data that found no room */
	uint64_t messages_dropped; /* found, but not shown */
	uint64_t streams_dropped;  /* connections not looked into for lack of memory */
};

/* A segment of a connection, payload cut to what the capture holds. */
struct ni_stream_seg {
	uint32_t seq, ack;
	uint16_t flags; /* NI_TH_* */
	uint8_t dir;    /* enum ni_side that sent it */
	uint8_t src;    /* source of data in the dissection */
	struct ni_span data;
};

/**
 * Make the streams' common part for the protocols of @reg (NULL: just to keep copies in). NULL when
 * memory is short.
 */
struct ni_streams *ni_streams_new(const struct ni_registry *reg, const struct ni_streams_opts *o);
/** Frees it; every stream must have been ended. */
void ni_streams_free(struct ni_streams **ss);

/** From now on keep at least @n bytes of each body, for showing. */
void ni_streams_keep_bodies(struct ni_streams *ss, uint32_t n);

/** From now on tell NI_EV_STREAM of every connection if @streams, NI_EV_BODY if @bodies. */
void ni_streams_want(struct ni_streams *ss, bool streams, bool bodies);

/** Frame @frame (0: the end of the capture) begins: what the last one showed is freed. */
void ni_streams_begin(struct ni_streams *ss, uint64_t frame, int64_t ts_ns);

/**
 * Take in one segment that its receiver accepts. Messages that end with it become layers of @d, and
 * d->pdus and d->part are set.
 * *@st is NULL at first and becomes the connection's stream once it has data.
 * Returns false when nothing in it will ever be understood: do not come back.
 */
bool ni_stream_segment(struct ni_streams *ss, struct ni_stream **st, struct ni_conn *conn,
		       struct ni_dis *d, const struct ni_stream_seg *seg);

/**
 * The connection is over: what waits is passed on, open messages end, exchanges are told of.
 * @d is the frame that ends it (a reset), or NULL. *@st may be NULL and becomes so.
 */
void ni_stream_end(struct ni_streams *ss, struct ni_stream **st, struct ni_conn *conn,
		   struct ni_dis *d);

/**
 * Copy @from, which may be NULL, of @conn, into *@to in memory of @ss. False when there is no room.
 */
bool ni_stream_copy(struct ni_streams *ss, struct ni_stream **to, const struct ni_stream *from,
		    struct ni_conn *conn);

/** Forget *@st, which may be NULL, and tell nobody. */
void ni_stream_forget(struct ni_streams *ss, struct ni_stream **st, struct ni_conn *conn);

struct ni_streams_stats ni_streams_stats(const struct ni_streams *ss);

#endif
