/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comments that a file has about packets, as far as there is room for them. */
#ifndef NI_COMMENTS_H
#define NI_COMMENTS_H

#include <stdint.h>

#include "netinspect/frame.h"

enum { NI_COMMENTS_BYTES = 8 * 1024 * 1024 };

struct ni_comments {
	struct ni_comment {
		uint64_t number; /* of the packet */
		uint32_t at, len;
	} * of;
	char *text;
	uint32_t n, room;
	uint32_t text_n, text_room;
	uint64_t dropped; /* for lack of room or memory */
};

/** Keep the comment of packet @number, if @f has one; numbers ascend. */
void ni_comments_add(struct ni_comments *c, uint64_t number, const struct ni_frame *f);
/** Give @f the comment of packet @number, valid until the next is added. */
void ni_comments_get(const struct ni_comments *c, uint64_t number, struct ni_frame *f);
/** Forget them all. */
void ni_comments_clear(struct ni_comments *c);

#endif
