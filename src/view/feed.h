/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The thread that moves frames from a live source into the spool and never waits for anybody. */
#ifndef NI_FEED_H
#define NI_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/err.h"
#include "source.h"
#include "spool.h"

struct ni_feed;

/** Make it; @source and @spool stay the caller's. The thread starts with ni_feed_start(). */
int ni_feed_new(struct ni_feed **out, struct ni_source *source, struct ni_spool *spool,
		struct ni_err *err);
int ni_feed_start(struct ni_feed *f, struct ni_err *err);
/** Stop the source and wait for the thread; bounded in time. */
void ni_feed_free(struct ni_feed **f);

/** Throw frames away (@hold), or keep them again. */
void ni_feed_hold(struct ni_feed *f, bool hold);
/** Becomes readable when there are new frames; ni_feed_heard() resets it. */
int ni_feed_fd(const struct ni_feed *f);
void ni_feed_heard(struct ni_feed *f);

/** Frames kept and dropped so far. */
uint64_t ni_feed_frames(const struct ni_feed *f);
uint64_t ni_feed_dropped(const struct ni_feed *f);
/** Whether the source has ended; @err gets the reason if it was an error. */
bool ni_feed_over(const struct ni_feed *f, struct ni_err *err);

#endif
