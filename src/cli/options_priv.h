/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The option table itself, for those who print it: help, manual page, completion. */
#ifndef NI_OPTIONS_PRIV_H
#define NI_OPTIONS_PRIV_H

#include "options.h"

enum kind { HEADING, FLAG, STRING, LIST, NUMBER, BIGNUMBER, CALL };

struct opt {
	enum kind kind;
	char letter;      /* 0: long form only */
	const char *name; /* long form; of a heading: its text */
	const char *arg;  /* what the argument is called; NULL: none */
	const char *help;
	size_t at;    /* where in struct ni_cli the value goes */
	uint32_t max; /* NUMBER: 0 for no limit but 32 bits */
	int (*call)(struct ni_cli *cli, const char *arg, struct ni_err *err);
};

/* A choice that an option's argument may be; tables end with name NULL. */
struct word {
	const char *name;
	int value;
};

extern const struct opt ni_cli_options[];
extern const size_t ni_cli_noptions;
extern const struct word ni_cli_formats[], ni_cli_times[], ni_cli_colors[]; /* of -T, -t, --color */

#endif
