/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP messages of a conversation as they are read: heads, and bodies without their codings. */
#ifndef NI_MESSAGES_H
#define NI_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "netinspect/body.h"
#include "watch.h"

enum { NI_MESSAGES_MAX = 8, NI_MESSAGE_BODY = 4 * 1024 * 1024, NI_MESSAGE_HEAD = 256 * 1024 };

struct ni_message {
	bool request;
	bool interim;    /* a response that another one follows */
	bool whole;      /* its end was seen */
	bool cut;        /* … but it came too early */
	uint64_t lost;   /* bytes of the body that are not in the capture */
	uint8_t outcome; /* enum ni_body_outcome */
	char type[128];  /* as sent, cut, NUL-terminated */
	char encoding[64];
	uint8_t *head, *body;
	uint32_t head_n;
	size_t body_n, body_room;
	uint64_t coded, decoded; /* bytes of the body; decoded may be more than body_n */
};

/* Which messages: those of exchange @number on the connection; or what begins in @frame. */
struct ni_messages_what {
	uint32_t conn;   /* as in struct ni_entry */
	uint32_t number; /* 0: by frame */
	uint64_t frame;
};

struct ni_messages {
	struct ni_watch *watch;
	struct ni_messages_what what;
	struct ni_message message[NI_MESSAGES_MAX];
	unsigned n;
	struct ni_message *open[2]; /* under way, by side */
	struct ni_body *decoder[2];
};

/** Begin. NULL with @err filled. */
struct ni_messages *ni_messages_new(struct ni_model *m, const struct ni_messages_what *what,
				    struct ni_err *err);
void ni_messages_free(struct ni_messages **m);

/** Go on until all of them are there. */
void ni_messages_finish(struct ni_messages *m);

#endif
