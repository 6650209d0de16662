/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder of one conversation of a capture, filled in slices and kept up to date. */
#ifndef NI_RUNGS_H
#define NI_RUNGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "netinspect/ladder.h"
#include "watch.h"

struct ni_rungs {
	struct ni_watch *watch;
	struct ni_ladder_pool *pool;
	struct ni_ladder *ladder;
	struct ni_conn conn; /* as it is after the last packet; id UINT32_MAX: none seen yet */
	size_t rows;         /* laid out by ni_rungs_layout() */
	uint64_t laid_out;   /* version of the watch + 1 that this was for */
};

/** Begin with TCP conversation @conn (as in struct ni_entry). NULL with @err filled. */
struct ni_rungs *ni_rungs_new(struct ni_model *m, uint32_t conn, struct ni_err *err);
void ni_rungs_free(struct ni_rungs **r);

/** Make the rows if something is new, or @again. Returns how many there are. */
size_t ni_rungs_layout(struct ni_rungs *r, bool again);

#endif
