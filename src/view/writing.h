/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets on their way into a file, in slices. */
#ifndef NI_WRITING_H
#define NI_WRITING_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "set.h"

struct ni_writing;

/**
 * Create the file @path for the packets up to @last that are in @members (copied; NULL: all).
 * NULL with @err filled.
 */
struct ni_writing *ni_writing_new(struct ni_model *m, const char *path,
				  const struct ni_set *members, uint64_t last, struct ni_err *err);
/** Close it. If it was not finished, the file goes. */
void ni_writing_free(struct ni_writing **w);

/** Go on for about @budget_ns. Returns whether there is more to do. */
bool ni_writing_work(struct ni_writing *w, int64_t budget_ns);
unsigned ni_writing_percent(const struct ni_writing *w);
const char *ni_writing_path(const struct ni_writing *w);

/** Finish, once there is no more to do: packets written, or NI_ERR_RUN with @err filled. */
int ni_writing_finish(struct ni_writing *w, uint64_t *packets, struct ni_err *err);

#endif
