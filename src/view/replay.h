/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets as the tracker saw them, long after they went by: to show some of them, everything of
 * their conversations that came before them is run through a session of its own once more. So
 * relative numbers, marks, states and reassembled messages are right without a byte of memory for
 * each packet.
 */
#ifndef NI_REPLAY_H
#define NI_REPLAY_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"

typedef void ni_replay_fn(void *ctx, const struct ni_dis *d);

/**
 * Call @fn for the @n packets @numbers, which ascend, each dissected in its context. Packets that
 * are gone are left out. At most some ten thousand packets of context are looked at: of longer
 * conversations the beginning and what came last. 0, or NI_ERR_RUN.
 */
int ni_replay(struct ni_model *m, const uint64_t *numbers, size_t n, ni_replay_fn *fn, void *ctx,
	      struct ni_err *err);

#endif
