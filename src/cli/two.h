/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two captures of the same packets, from both sides of a router, NAT or proxy: -r A -r B. */
#ifndef NI_TWO_H
#define NI_TWO_H

#include "options.h"

/**
 * Report on both files of @cli and on what was seen at both points.
 * Returns 0, NI_ERR_RUN or NI_ERR_INPUT with @err filled; what is whole is shown also then.
 */
int ni_run_two(struct ni_cli *cli, struct ni_err *err);

#endif
