/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: frames go in, dissected frames and events come out at its sinks. It owns the flow
 * table, the trackers and all other memory of the past, every bit of it bounded.
 */
#ifndef NETINSPECT_SESSION_H
#define NETINSPECT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/clock.h"
#include "netinspect/dis.h"
#include "netinspect/err.h"
#include "netinspect/event.h"

struct ni_filter;
struct ni_finals;
struct ni_session;
struct ni_sink;

/* What a sink does. Every member but @name may be NULL. */
struct ni_sink_ops {
	const char *name;
	/* A frame has been taken in. @d and all it points to die with the call. */
	void (*frame)(struct ni_sink *s, const struct ni_dis *d);
	void (*event)(struct ni_sink *s, const struct ni_event *e);
	/* The capture is over, everything has been told. 0, or a negative ni_status. */
	int (*finish)(struct ni_sink *s, struct ni_err *err);
	void (*free)(struct ni_sink *s);
};

/* What a session remembers for others than itself. It leaves out what nobody needs. */
enum ni_need {
	NI_NEED_PAST = 1 << 0,    /* conversations and pairs of messages: ni_dis.conn, .seg, .dns,
				     and all events */
	NI_NEED_STREAMS = 1 << 1, /* what TCP streams carry: layers, ni_dis.pdus, .part, events */
	NI_NEED_ALL = NI_NEED_PAST | NI_NEED_STREAMS,
};

/* The first member of every sink's own struct. */
struct ni_sink {
	const struct ni_sink_ops *ops;
	uint32_t body_bytes; /* of each application message's body that it wants to show; 0: none.
				To be set before the sink is added, as are these: */
	bool want_streams;   /* is told NI_EV_STREAM, of all TCP connections */
	bool want_bodies;    /* is told NI_EV_BODY */
	uint8_t spares;      /* enum ni_need: it does without */
};

struct ni_session_opts {
	bool check_checksums;
	uint8_t spares; /* enum ni_need: what the caller, beside his sinks, does without */
	const struct ni_finals
	    *finals;        /* of a first pass; NULL: conversations as they are so far */
	bool absolute_seq;  /* show TCP sequence numbers as they stand on the wire */
	uint64_t seed;      /* of all hash tables; 0: take one from the system */
	uint32_t max_flows; /* TCP connections remembered at a time, half as many of other kinds;
			       0: the default */
	uint32_t
	    max_stream_kib; /* memory for out-of-order data and message heads; 0: the default */
};

/* Things that did not fit into their bounds. Shown, never hidden. */
struct ni_session_drops {
	uint64_t flows_evicted;
	uint64_t fragments_dropped;
	uint64_t stream_bytes_dropped; /* out-of-order data that found no room */
	uint64_t messages_dropped;     /* beyond what one frame or one connection may hold */
	uint64_t streams_dropped;      /* connections whose bytes found no room */
	uint64_t segments_missed; /* in flight, but not remembered: no round-trip times of them */
	uint64_t lookups_evicted;
	uint64_t exchanges_evicted; /* of DHCP and NTP */
	uint64_t filter_values;     /* of fields, beyond what the display filter looks at */
	uint64_t filter_patterns;   /* matches that a regular expression took too many steps for */
	uint64_t gaps,
	    gap_bytes; /* in streams: bytes that the capture does not hold (no drop of ours) */
};

/**
 * Make a session with its registry and tables.
 * @opts may be NULL. Returns NULL with @err filled when memory is short.
 */
struct ni_session *ni_session_new(const struct ni_session_opts *opts, struct ni_err *err);

/** Frees the session and its sinks. */
void ni_session_free(struct ni_session **s);

/** The registry, for decode-as and for looking up fields. Lives as long as the session. */
struct ni_registry *ni_session_registry(struct ni_session *s);

/** Add a sink, which the session owns from now on. 0, or NI_ERR_RUN when there are too many. */
int ni_session_add(struct ni_session *s, struct ni_sink *sink, struct ni_err *err);

/**
 * Set the display filter, which the session owns from now on; before the first frame. Everything is
 * taken in as before, but sinks are told only of frames that pass. A conversation begins for them
 * (NI_EV_CONN_NEW) with its first frame that passes, and events tell of it, of an HTTP exchange or
 * a lookup if a frame of theirs passed; states change if the frame that does it passed.
 * Returns 0 or NI_ERR_RUN when memory is short (the filter is freed then, too).
 */
int ni_session_set_filter(struct ni_session *s, struct ni_filter *f, struct ni_err *err);

/** Whether the last frame passed the display filter; true if there is none. */
bool ni_session_passed(const struct ni_session *s);

/** Take in one frame and hand it to all sinks. The dissection is valid until the next call. */
const struct ni_dis *ni_session_frame(struct ni_session *s, const struct ni_frame *f);

/* What a session that is given only some frames of a capture cannot know of the next of them. */
struct ni_excerpt {
	int64_t first_ns;    /* of the capture's first frame */
	int64_t previous_ns; /* of the frame before in the capture */
	uint32_t conn;       /* the number of its conversation; UINT32_MAX: it has none */
	bool conflict;       /* it claims an address that was claimed by another before (ARP) */
};

/**
 * Tell about the frame that comes next, for a session that sees an excerpt of a capture and shall
 * show times and numbers of the whole. Every frame from then on has to be told about.
 */
void ni_session_expect(struct ni_session *s, const struct ni_excerpt *x);

/**
 * Say that the last frame was shown, for who decides that without ni_session_set_filter(). Who
 * never calls this has every frame that passes count as shown.
 */
void ni_session_shown(struct ni_session *s);

/* Memory for what sessions knew of TCP connections at some time, and one such knowledge. */
struct ni_pasts;
struct ni_past;

/** Make room for at most @max_bytes. NULL when memory is short. */
struct ni_pasts *ni_pasts_new(size_t max_bytes);
/** Frees it; all that was kept in it must have been freed. */
void ni_pasts_free(struct ni_pasts **p);
/** Bytes in use. */
size_t ni_pasts_bytes(const struct ni_pasts *p);

/**
 * Copy what @s knows of the TCP connection of the last frame: its states, what is in flight, what
 * its streams wait for. NULL when that frame belongs to none, or there is no room.
 */
struct ni_past *ni_session_keep(const struct ni_session *s, struct ni_pasts *room);
void ni_past_free(struct ni_past **p);

/**
 * Make @s know @p as if it had taken in that connection up to there; before it takes in a frame of
 * it. Nothing is told. False when there is no room.
 */
bool ni_session_resume(struct ni_session *s, const struct ni_past *p);

/** Say that time has passed without frames (live), so that timeouts happen. */
void ni_session_tick(struct ni_session *s, int64_t now_ns);

/** The end: all conversations get their final verdict, all sinks finish. */
int ni_session_end(struct ni_session *s, struct ni_err *err);

/** What had to be dropped so far. */
struct ni_session_drops ni_session_drops(const struct ni_session *s);

#endif
