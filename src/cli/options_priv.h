/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The option table itself, for those who print it: help, manual page, completion. */
#ifndef NI_OPTIONS_PRIV_H
#define NI_OPTIONS_PRIV_H

#include "options.h"

/* A choice that an option's argument may be; tables end with name NULL. */
struct word {
	const char *name;
	int value;
};

extern const struct ni_opt_table ni_cli_options;
extern const struct word ni_cli_formats[], ni_cli_times[], ni_cli_colors[]; /* of -T, -t, --color */

#endif
