/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Putting fragmented IPv4 and IPv6 datagrams together, in bounded memory and by the capture's time.
 *
 * Overlaps: the bytes that came first win, as they do in this program's TCP streams. What is shown
 * is therefore what an observer saw first; hosts differ (Linux since 4.19 and RFC 5722 discard the
 * whole datagram), which is why every overlap is remarked on.
 */
#ifndef NI_DEFRAG_H
#define NI_DEFRAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/span.h"

struct ni_defrag;

/* One fragment as it stood on the wire. All pointers are only read during the call. */
struct ni_frag {
	const uint8_t *src, *dst;
	uint8_t addr_len; /* 4 or 16 */
	uint8_t
	    proto; /* of the payload: part of IPv4's key, for IPv6 the first fragment's counts */
	bool more;
	uint32_t id;
	uint32_t tag; /* VLANs and tunnels on the way: datagrams in different ones differ */
	uint32_t off; /* bytes; a multiple of 8 */
	uint64_t frame;
	int64_t ts_ns;
	const uint8_t *p;
	uint32_t len;
};

/* Where a piece of a datagram came from. */
struct ni_frag_part {
	uint64_t frame;
	uint32_t off, len;
};

/* A whole datagram. It lives until a fragment of a later frame is added. */
struct ni_datagram {
	const uint8_t *p;
	uint32_t len;
	uint32_t nparts;
	const struct ni_frag_part *parts; /* in the order of their arrival */
	uint8_t proto;                    /* IPv6: next header of the first fragment */
	bool overlap;                     /* two fragments cover the same bytes … */
	bool conflict;                    /* … and do not agree about them */
};

enum ni_defrag_rc {
	NI_DEFRAG_WAIT,    /* kept; the datagram is not whole */
	NI_DEFRAG_DONE,    /* this fragment completed it */
	NI_DEFRAG_LONG,    /* not kept: it would end behind 65535 bytes */
	NI_DEFRAG_CONTRA,  /* not kept: it ends elsewhere than an earlier last fragment said */
	NI_DEFRAG_NO_ROOM, /* not kept: memory is short */
};

/* Overlap found while the last fragment was added. */
enum ni_defrag_seen { NI_DEFRAG_OVERLAP = 1, NI_DEFRAG_CONFLICT = 2 };

struct ni_defrag_stats {
	uint64_t fragments; /* taken in */
	uint64_t datagrams; /* put together */
	uint64_t timed_out; /* datagrams given up because their rest did not come in time */
	uint64_t evicted;   /* datagrams given up for lack of room */
	uint64_t refused;   /* fragments not kept */
	uint64_t overlaps;  /* fragments that overlapped another */
	uint64_t waiting;   /* datagrams that are not whole now */
	uint64_t bytes;     /* memory they hold now */
};

/**
 * Make a defragmenter that holds at most @max_bytes. @seed makes its hash unpredictable to who
 * sends the fragments. NULL when memory is short.
 */
struct ni_defrag *ni_defrag_new(uint64_t seed, size_t max_bytes);
void ni_defrag_free(struct ni_defrag **d);

/**
 * Take in a fragment. With NI_DEFRAG_DONE *@whole is the datagram; @seen gets enum ni_defrag_seen
 * bits. Allocates within its bound; a failing allocation only loses the datagram.
 */
enum ni_defrag_rc ni_defrag_add(struct ni_defrag *d, const struct ni_frag *f,
				const struct ni_datagram **whole, unsigned *seen);

/** The whole datagram of the current frame whose bytes start at @p, or NULL. */
const struct ni_datagram *ni_defrag_find(const struct ni_defrag *d, const uint8_t *p);

void ni_defrag_stats(const struct ni_defrag *d, struct ni_defrag_stats *out);

#endif
