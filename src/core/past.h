/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of one TCP connection between two of its segments, copied to go on from there. */
#ifndef NI_PAST_H
#define NI_PAST_H

#include "flow.h"
#include "tcp_track.h"

struct ni_conns;
struct ni_pasts;
struct ni_streams;

struct ni_past {
	struct ni_streams *room; /* whose memory this is in */
	struct ni_flow_key key;
	uint8_t first, list; /* as in struct ni_flow */
	bool opaque;
	struct ni_stream *stream; /* NULL: none */
	struct ni_tcp tcp;
	uint32_t nsegs[2];       /* segments in flight of each side, in this order: */
	struct ni_tcp_seg seg[]; /* */
};

/** The memory of @p. */
struct ni_streams *ni_pasts_room(struct ni_pasts *p);

/** Copy what is known of @f, with what @pool holds of it, into memory of @room. NULL: no room. */
struct ni_past *ni_past_make(struct ni_streams *room, const struct ni_flow *f,
			     const struct ni_tcp_pool *pool);
/** The way back: into @f, which is new. False when there is no room. */
bool ni_past_put(const struct ni_past *p, struct ni_flow *f, struct ni_tcp_pool *pool,
		 struct ni_streams *ss);

/**
 * Copy what @c knows of the TCP connection of the last frame into memory of @room. NULL when that
 * frame had none, or there is no room.
 */
struct ni_past *ni_conns_keep(const struct ni_conns *c, struct ni_streams *room);

/** Make @c know @p, a connection that it does not know. False when there is no room. */
bool ni_conns_resume(struct ni_conns *c, const struct ni_past *p);

#endif
