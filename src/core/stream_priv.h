/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the stream core share: stream.c (order) and message.c (meaning). */
#ifndef NI_STREAM_PRIV_H
#define NI_STREAM_PRIV_H

#include "netinspect/proto.h"
#include "order.h"
#include "stream.h"

enum {
	NI_STREAM_PROTOS = 16,    /* protocols that streams may carry */
	NI_HEAD_MAX = 128 * 1024, /* bytes of one message that are ever kept */
	NI_PROBE_MAX = 4096,      /* bytes after which probing must have come to a result */
	NI_PROBE_TRIES = 16,      /* pieces of a stream that may be no beginning */
	NI_PROTO_CHANGES = 4,     /* protocols that may follow each other on a connection */
};

enum ni_half_mode {
	NI_HALF_PROBE, /* the protocol is not known */
	NI_HALF_SEEK,  /* it is, but not where its next message begins */
	NI_HALF_RUN,
	NI_HALF_OFF, /* nobody looks */
};

/* One direction. */
struct ni_half {
	struct ni_order order;
	uint8_t mode; /* enum ni_half_mode */
	uint8_t tries;
	uint32_t told;   /* sinks that want the stream know it up to this sequence number … */
	bool ahead;      /* … if this is set; else up to order.next */
	bool from_start; /* its bytes so far are all there */
	bool closed;     /* its end has been told */

	/* The open message; while probing, what may become one. */
	bool open;
	bool gap;
	bool headless;        /* no memory: what should have been kept is not there */
	const uint8_t *start; /* its first byte, while that lies in the piece being passed on */
	uint8_t *head;        /* its first bytes, from an earlier piece */
	uint32_t head_len, head_cap, keep;
	uint32_t segments;
	uint32_t title_off, title_len; /* as its protocol last said */
	bool title_stays;
	uint64_t total, skip;
	bool body; /* what is skipped is told as a body */
	uint64_t first_frame, last_frame;
	int64_t first_ns;
};

struct ni_stream {
	struct ni_half half[2];
	const struct ni_proto *proto; /* NULL: not known */
	void *block;                  /* the protocol's memory: */
	void *state[2];
	void *shared;
	uint32_t messages;
	uint8_t changes; /* of protocol */
};

struct ni_streams {
	struct ni_stream_host host; /* first: protocols hand it back */
	struct ni_bound mem;
	struct ni_streams_opts o;
	struct ni_streams_stats stats;
	const struct ni_registry *reg;
	const struct ni_proto *protos[NI_STREAM_PROTOS];
	unsigned nprotos;
	bool want_streams;       /* somebody is told NI_EV_STREAM */
	struct ni_order waiters; /* ring of directions with chunks */
	uint64_t frame;          /* being taken in; 0: none */
	int64_t ts_ns;
	struct ni_pdu pdus[NI_MAX_LAYERS];
	struct ni_part part;
};

/* Everything a call needs to know. */
struct ni_run {
	struct ni_streams *ss;
	struct ni_stream *st;
	struct ni_conn *conn;
	struct ni_dis *d; /* NULL: messages have no frame to be shown in */
	bool reset;       /* the connection ended without a FIN */
};

/* Where bytes in order come from. */
struct ni_origin {
	uint64_t frame;
	int64_t ts_ns;
	uint32_t segments; /* they were gathered from so many earlier frames */
	uint8_t src;
	bool in_src;          /* they lie in source src of the dissection */
	struct ni_span piece; /* all of them; set by ni_message_bytes() */
	bool unseen; /* they came, but were not kept, as they are body that needs no look */
};

/** The protocol's memory of a stream: bytes of one direction's and of the common part. */
struct ni_stream_layout {
	size_t one, shared;
};
struct ni_stream_layout ni_stream_layout(const struct ni_proto *proto);

/** Make @block the memory of @proto, which speaks in @st. */
void ni_stream_place(struct ni_stream *st, const struct ni_proto *proto, uint8_t *block);

/** Keep @o in the ring of directions that wait if and only if it does. */
void ni_stream_queue(struct ni_streams *ss, struct ni_order *o);

/** Say @def of the segment that is being taken in, if one is. */
void ni_stream_note(struct ni_run *r, const struct ni_note_def *def);

/** Pass on bytes in order; of those claimed but not captured it is told, too. */
void ni_message_bytes(struct ni_run *r, unsigned dir, struct ni_span data,
		      const struct ni_origin *o);
/** Pass on that @n bytes are missing here. */
void ni_message_lost(struct ni_run *r, unsigned dir, uint32_t n);
/** Pass on that no more bytes will come. */
void ni_message_eof(struct ni_run *r, unsigned dir);
/** Give the stream's protocol, from its first byte on. False when memory is short. */
bool ni_message_adopt(struct ni_run *r, const struct ni_proto *proto);
/** Let the protocol, if there is one, tell what it still has to, and forget it. */
void ni_message_end(struct ni_run *r);

#endif
