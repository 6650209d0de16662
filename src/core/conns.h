/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Conversations: which one a packet belongs to, when they begin and end, and for TCP the way of a
 * segment through tracker and streams.
 */
#ifndef NI_CONNS_H
#define NI_CONNS_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/conn.h"
#include "netinspect/dis.h"
#include "netinspect/event.h"

struct ni_conns;
struct ni_streams;
struct ni_tcp_in;

struct ni_conns_opts {
	struct ni_streams *streams;
	uint64_t seed;
	uint32_t max;      /* TCP connections at a time, half as many others; 0: the default */
	bool absolute_seq; /* numbers as they stand on the wire count as the relative ones */
	void (*tell)(void *ctx, const struct ni_event *e);
	void *ctx;
};

struct ni_conns_stats {
	uint64_t evicted;         /* given up for lack of room */
	uint64_t segments_missed; /* not remembered by the tracker for lack of room */
};

/** Make the tables; @o is copied. NULL when memory is short. */
struct ni_conns *ni_conns_new(const struct ni_conns_opts *o);
void ni_conns_free(struct ni_conns **c);

/**
 * Take in the transport layer of @d, which has one: sets conn, seg and dir of @d, and adds the
 * messages that end here. @now_ns never goes back.
 * Returns the conversation, or NULL if it is none or there is no memory for it.
 */
struct ni_conn *ni_conns_frame(struct ni_conns *c, struct ni_dis *d, int64_t now_ns);

/**
 * Read the TCP segment of layer @l of @d as the tracker wants it, but for its direction.
 * False: too little of it was captured.
 */
bool ni_conns_segment(const struct ni_dis *d, const struct ni_layer *l, struct ni_tcp_in *in);

/** Give up what has been silent for too long. */
void ni_conns_tick(struct ni_conns *c, int64_t now_ns);

/** The capture is over: end everything, TCP first, each in the order of their first frames. */
void ni_conns_end(struct ni_conns *c);

/** From now on hand no bytes to the streams. */
void ni_conns_spare_streams(struct ni_conns *c);

/** The next frame is of conversation @id, should it be of any; UINT32_MAX, the preset: they are
 * counted. */
void ni_conns_expect(struct ni_conns *c, uint32_t id);

struct ni_conns_stats ni_conns_stats(const struct ni_conns *c);

#endif
