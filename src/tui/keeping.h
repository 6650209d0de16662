/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that keeps the rights, and the views that it forks; see src/view/keeper.h. */
#ifndef NI_KEEPING_H
#define NI_KEEPING_H

#include "keeper.h"

/*
 * One view, run in a process of its own: as the command line asks for (@wish NULL), or as another
 * view did; then it says READY or FAILED and waits for GO. Returns what ni_view_run() does.
 */
typedef int (*ni_keeping_view)(void *ctx, const struct ni_wish *wish, struct ni_keeper *line,
			       struct ni_err *err);

/**
 * Fork @view and keep the rights until the last view has ended. @drop gives them up after all.
 * Returns twice: in the view's process what @view returned; in the other how the last view ended,
 * with @err filled only if nobody else has said why. A view that a signal ended ends this process
 * as well.
 */
int ni_keeping_run(ni_keeping_view view, void (*drop)(void *ctx), void *ctx, struct ni_err *err);

#endif
