/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two ends of a conversation said, in the order of capture, in bounded memory. */
#ifndef NI_SAID_H
#define NI_SAID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "netinspect/conn.h"
#include "watch.h"

enum { NI_SAID_BYTES = 8 * 1024 * 1024, NI_SAID_TURNS = 100000 };

/* Bytes of one end until the other speaks (of UDP: a datagram); or bytes that are missing. */
struct ni_turn {
	uint8_t side;    /* enum ni_side */
	uint32_t off, n; /* in struct ni_said */
	uint64_t before; /* bytes that this end had said before */
	uint64_t lost;   /* not in the capture; n is 0 then */
	uint64_t frame;  /* the first one */
	int64_t ts_ns;
};

struct ni_said {
	struct ni_watch *watch;
	struct ni_conn conn; /* id UINT32_MAX: nothing seen yet */
	uint8_t *bytes;
	size_t n, room;
	struct ni_turn *turn; /* all but the last one stay as they are */
	size_t turns, turn_room;
	uint64_t total[2]; /* bytes that each end has said */
	uint64_t dropped;  /* of them not kept */
};

/** Begin with conversation @conn (as in struct ni_entry), TCP or UDP. NULL with @err filled. */
struct ni_said *ni_said_new(struct ni_model *m, uint32_t conn, struct ni_err *err);
void ni_said_free(struct ni_said **s);

#endif
