/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One way through all packets in order, in slices, that finds those which match: for display
 * filters and for searching. It follows the packets as more come in. What it has not looked at yet
 * is in no result; nothing it says is ever about other packets than those that are there.
 */
#ifndef NI_PASS_H
#define NI_PASS_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "set.h"

struct ni_pass;

/* What decides. @d is NULL when the pass was made with raw: only the frame is looked at. */
struct ni_pass_ops {
	bool (*match)(void *ctx, const struct ni_dis *d, const struct ni_frame *f);
	bool raw;    /* looks at bytes alone; much faster */
	bool finals; /* asks how conversations ended: a file has to be loaded first */
};

/** Begin; @ops and @ctx must outlive the pass. NULL with @err filled. */
struct ni_pass *ni_pass_new(struct ni_model *m, const struct ni_pass_ops *ops, void *ctx,
			    struct ni_err *err);
void ni_pass_free(struct ni_pass **p);

/** The registry of the pass's own session; NULL when it is raw. */
struct ni_session *ni_pass_session(struct ni_pass *p);

/** Go on for about @budget_ns. Returns whether there is more to do at once. */
bool ni_pass_work(struct ni_pass *p, int64_t budget_ns);

/** The packets that match, of those looked at. */
const struct ni_set *ni_pass_found(const struct ni_pass *p);
/** The last packet that was looked at; 0: none. */
uint64_t ni_pass_seen(const struct ni_pass *p);
/** How far it is, in percent of the packets that are there. */
unsigned ni_pass_percent(const struct ni_pass *p);

#endif
