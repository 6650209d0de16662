/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run: open everything, give up privileges, move frames from the source to sinks and writer. */
#ifndef NI_RUN_H
#define NI_RUN_H

#include "options.h"

/**
 * Do what @cli asks for.
 * Returns 0, NI_ERR_RUN or NI_ERR_INPUT; @err then says why, but for faults that were reported on
 * stderr already (err->what is empty).
 */
int ni_run(struct ni_cli *cli, struct ni_err *err);

#endif
