/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal view as the command line asks for it. */
#ifndef NI_CLI_VIEW_H
#define NI_CLI_VIEW_H

#include <stdio.h>

#include "options.h"

/** Whether @c asks for the terminal view, by --tui or because both ends are a terminal and nothing
 * else is asked for. */
bool ni_view_asked(const struct ni_cli *c);

/** Run it until the user leaves it; what ni_run() returns. */
int ni_view_run(struct ni_cli *c, struct ni_err *err);

/** Write the list of the view's keys in roff, for the manual page. */
void ni_view_man(FILE *f);

#endif
