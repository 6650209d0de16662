/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets as the tracker saw them, long after they went by: to show some of them, what came before
 * them in their conversations is run through a session of its own once more, from where one was
 * kept (keeps.h), else from the beginning. So relative numbers, marks, states and reassembled
 * messages are what one pass over all packets says, without a byte of memory for each of them.
 */
#ifndef NI_REPLAY_H
#define NI_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

struct ni_replay;

typedef void ni_replay_fn(void *ctx, const struct ni_dis *d);

/**
 * Prepare to call @fn for the @n packets @numbers, which ascend and are copied, each dissected in
 * its context. NULL with @err filled.
 */
struct ni_replay *ni_replay_new(struct ni_model *m, const uint64_t *numbers, size_t n,
				struct ni_err *err);
void ni_replay_free(struct ni_replay **r);

/**
 * Go on for about @budget_ns; packets that are gone are left out. Returns whether there is more to
 * do. With NI_REPLAY_ALL it is done at once.
 */
bool ni_replay_work(struct ni_replay *r, int64_t budget_ns, ni_replay_fn *fn, void *ctx);
#define NI_REPLAY_ALL INT64_C(3600000000000)

/** The packets asked for that were not yet told of. */
const uint64_t *ni_replay_left(const struct ni_replay *r, size_t *n);
/** Packets that were taken in so far, for those asked for. */
uint64_t ni_replay_taken(const struct ni_replay *r);

/** All of it at once: call @fn for packet @number. 0, or NI_ERR_RUN. */
int ni_replay_one(struct ni_model *m, uint64_t number, ni_replay_fn *fn, void *ctx,
		  struct ni_err *err);

#endif
