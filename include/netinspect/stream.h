/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How messages are found in a TCP byte stream. The stream core hands bytes over in order, each
 * once, straight from the frame; the protocol says where a message ends and how much of its
 * beginning has to be kept so that it can be shown when it is complete. A body that nobody looks at
 * is never copied.
 */
#ifndef NETINSPECT_STREAM_H
#define NETINSPECT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/span.h"

struct ni_conn;
struct ni_http_exchange;
struct ni_note_def;

/* Bytes of one direction of a TCP connection, in order, each once: then @lost that are missing. */
struct ni_stream_bytes {
	const uint8_t *p;
	uint32_t n;
	uint32_t lost; /* sent, but not in the capture */
};

enum ni_body_step {
	NI_BODY_BEGIN, /* the head of a message is there */
	NI_BODY_BYTES, /* more of its body, transfer coding removed */
	NI_BODY_LOST,  /* bytes of its body are missing */
	NI_BODY_END,
};

/*
 * A message and its body. Steps of one side of a connection never mix; the end is missing only when
 * the connection ends or another message begins, which then ends it.
 */
struct ni_body_event {
	uint8_t step;     /* enum ni_body_step */
	bool request;     /* BEGIN */
	bool cut;         /* END: it came too early, by a close or a gap */
	uint16_t status;  /* BEGIN, of a response */
	const uint8_t *p; /* BEGIN: the head with its empty line; BYTES: of the body */
	uint32_t n;
	uint64_t lost; /* LOST */
	/* BEGIN: Content-Type and Content-Encoding, as sent; NULL: none */
	const uint8_t *type, *encoding;
	uint32_t type_len, encoding_len;
	const struct ni_http_exchange *http; /* BEGIN and END, so far; NULL: found no room */
};

enum ni_scan {
	NI_SCAN_MORE,    /* all bytes used, the message goes on */
	NI_SCAN_DONE,    /* the message ends behind the *used bytes */
	NI_SCAN_LAST,    /* the same, and what follows in both directions is another protocol */
	NI_SCAN_NOTHING, /* the *used bytes belong to no message; only at the beginning of one */
	NI_SCAN_REJECT,  /* these bytes are no message of this protocol: resynchronise */
};

enum ni_probe {
	NI_PROBE_NO,
	NI_PROBE_YES,
	NI_PROBE_MORE, /* too few bytes to tell */
};

/* What the core does for a protocol while it scans. */
struct ni_stream_host {
	/* Memory that counts against the session's bound; NULL when there is none. Zeroed. */
	void *(*alloc)(struct ni_stream_host *h, size_t n);
	/* Give it back once the frame that is being taken in has been shown. */
	void (*release)(struct ni_stream_host *h, void *p);
	/* Tell the sinks of an exchange (NI_EV_HTTP). */
	void (*tell_http)(struct ni_stream_host *h, const struct ni_conn *conn,
			  const struct ni_http_exchange *x);
	/* Tell the sinks that want bodies (NI_EV_BODY). */
	void (*tell_body)(struct ni_stream_host *h, const struct ni_conn *conn, unsigned dir,
			  const struct ni_body_event *b);
	/* Count a message that did not fit into its bounds. */
	void (*dropped)(struct ni_stream_host *h);
	uint32_t body_keep; /* bytes of a body that somebody wants to see */
	bool want_bodies;   /* somebody wants whole bodies as they come */
};

/* One direction of one connection as its protocol sees it. */
struct ni_scan_ctx {
	void *state;  /* of this direction: state_size bytes, zeroed at first */
	void *shared; /* of the connection: shared_size bytes, zeroed at first */
	struct ni_stream_host *host;
	const struct ni_conn *conn;
	uint64_t frame; /* that is being taken in; 0: the end of the capture */
	int64_t ts_ns;
	uint8_t dir;    /* enum ni_side that sends */
	bool fresh;     /* these bytes are the first of a message */
	bool peer_lost; /* bytes of the other side were received, but (so far) not captured */
	bool eof;   /* the sender has closed: scan() is called with n = 0 if a message is open */
	bool reset; /* … and it did so by a reset, or was never seen to close */

	/*
	 * The message so far in one piece; its last bytes are those now given. Incomplete (msg_len
	 * smaller than what was given of this message, this time included) once it has outgrown
	 * what is kept.
	 */
	const uint8_t *msg;
	uint32_t msg_len;
	uint64_t total;       /* bytes of it given before these, whether or not kept */
	uint64_t first_frame; /* that brought its first byte */
	int64_t first_ns;

	/* Set by scan(). */
	uint32_t keep; /* this many bytes from the start of the message are needed to show it;
			  UINT32_MAX (the preset): all. What lies behind is only counted */
	uint64_t skip; /* with NI_SCAN_MORE: so many bytes of body follow that need no look; the
			  core counts them down, over gaps too, then goes on with scan().
			  UINT64_MAX: all until the sender closes */
	bool body;     /* … and sinks that want bodies get those bytes */
	/* What to call a segment with a part of the message: these bytes of it (HTTP: its first
	 * line). For this segment alone, or for all to come as well. */
	uint32_t title_off, title_len;
	bool title_stays;
	uint32_t info; /* with NI_SCAN_DONE: handed on in struct ni_pdu */
	const struct ni_note_def
	    *note;    /* with NI_SCAN_REJECT: to be said of the segment, or NULL */
	bool request; /* with NI_SCAN_DONE: to be counted in ni_conn.requests */
	const struct ni_http_exchange *http; /* with NI_SCAN_DONE: handed on */
};

struct ni_stream_ops {
	size_t state_size;
	size_t shared_size;
	/* Whether @s, the first bytes in a direction, begin a message. Content decides, never
	 * ports. */
	enum ni_probe (*probe)(struct ni_span s);
	/* Take in @n bytes that follow those given before; say in *used how many belong to this
	 * message: all of them with NI_SCAN_MORE, unless skip says how to go on. */
	enum ni_scan (*scan)(struct ni_scan_ctx *c, const uint8_t *p, uint32_t n, uint32_t *used);
	/* Bytes were lost of which the message, if one is open, had not said that they may be
	 * skipped: it will not be heard of again, the next scan() begins a new one. Returns whether
	 * what there is of it (msg, msg_len 0: none was open) is worth showing. May be NULL: it is
	 * not. */
	bool (*lost)(struct ni_scan_ctx *c);
	/* Make @to, a copy of @from byte by byte, a connection's shared of its own: copy what it
	 * points to with h->alloc. False: no room; what @to points to by then is its own. May be
	 * NULL: it points to nothing. */
	bool (*copy)(void *to, const void *from, struct ni_stream_host *h);
	/* The connection is over or given up: let go of what shared holds (state is NULL). May be
	 * NULL. */
	void (*end)(struct ni_scan_ctx *c);
};

/* A message that ended in the current frame: what its layer's bytes do not say. */
struct ni_pdu {
	uint64_t first_frame; /* where it began */
	int64_t first_ns;
	uint64_t len;                        /* bytes from first to last, body included */
	uint32_t segments;                   /* frames it came in */
	uint32_t info;                       /* the protocol's own */
	bool gap;                            /* some of its bytes were not captured */
	bool cut;                            /* ended by the close or a gap, not by its own rules */
	const struct ni_http_exchange *http; /* pairs request and response; NULL for others */
};

/* What a segment is to the streams, where no layer says it: for the Info column of TCP. */
struct ni_part {
	bool of_pdu; /* holds part of a message that ends in a later frame */
	const uint8_t
	    *title; /* that begins here and can be called so (HTTP: its first line), or NULL */
	uint32_t title_len;
};

#endif
