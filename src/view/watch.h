/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One conversation, run through a session of its own in slices, and kept up with as more of its
 * packets come in: what ladders, streams and bodies are made of.
 */
#ifndef NI_WATCH_H
#define NI_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"

struct ni_watch;

#define NI_WATCH_ALL INT64_C(3600000000000) /* a budget for who waits until all is through */

/**
 * Begin with conversation @conn (as in struct ni_entry), whose packets and events go to @sink; the
 * session owns it from now on, also when this fails. At most @max packets. NULL with @err filled.
 */
struct ni_watch *ni_watch_new(struct ni_model *m, uint32_t conn, uint64_t max, struct ni_sink *sink,
			      struct ni_err *err);
void ni_watch_free(struct ni_watch **w);

/**
 * Leave out what need not be seen to know all of the conversation from packet @number on; before
 * any work. ni_watch_last() is the last of its packets.
 */
void ni_watch_from(struct ni_watch *w, uint64_t number);
uint64_t ni_watch_last(const struct ni_watch *w);

/** Go on for about @budget_ns. Returns whether there is more to do at once. */
bool ni_watch_work(struct ni_watch *w, int64_t budget_ns);

/** Say that this is all: the session ends, and its sinks with it. 0, or what they said. */
int ni_watch_end(struct ni_watch *w, struct ni_err *err);

/** Changes when there was something new. */
uint64_t ni_watch_version(const struct ni_watch *w);
/** Whether everything that is there by now was looked at. */
bool ni_watch_through(const struct ni_watch *w);
/** How far it is, in percent. */
unsigned ni_watch_percent(const struct ni_watch *w);

#endif
