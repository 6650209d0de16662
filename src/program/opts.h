/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command line as a table. Each option is one row; the rows feed parsing, --help and the OPTIONS
 * section of the manual page.
 */
#ifndef NI_PROGRAM_OPTS_H
#define NI_PROGRAM_OPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "netinspect/err.h"

enum { NI_OPTS_MAX = 128, NI_OPT_LIST_MAX = 2048 };

enum ni_opt_kind {
	NI_OPT_HEADING, /* name is its text */
	NI_OPT_FLAG,    /* bool */
	NI_OPT_STRING,  /* const char * */
	NI_OPT_LIST,    /* struct ni_opt_list; may be given again and again */
	NI_OPT_NUMBER,  /* uint32_t */
	NI_OPT_BIG,     /* uint64_t */
	NI_OPT_CALL,
};

/* Values of an option that may be given several times; NULL-terminated, pointers into argv. */
struct ni_opt_list {
	const char *v[NI_OPT_LIST_MAX + 1];
	size_t n;
};

struct ni_opt {
	enum ni_opt_kind kind;
	char letter;                   /* 0: long form only */
	const char *name, *arg, *help; /* arg NULL: takes none; help without a full stop */
	size_t at;                     /* where in the options the value goes */
	uint64_t max;                  /* of a number; 0: what fits */
	/* NI_OPT_CALL: take @arg ("" if the option has none) into the options @o. */
	int (*call)(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err);
};

/* All rows of a program. */
struct ni_opt_table {
	const char *program; /* as its user types it */
	const struct ni_opt *row;
	size_t n; /* at most NI_OPTS_MAX */
};

/**
 * Parse @argv into the options @o by @table. Operands are moved to the end; optind is the first of
 * them. Returns 0 or NI_ERR_INPUT with @err filled.
 */
int ni_opts_parse(const struct ni_opt_table *table, void *o, int argc, char **argv,
		  struct ni_err *err);

/** Print the rows to @f for a terminal of 80 columns. */
void ni_opts_help(const struct ni_opt_table *table, FILE *f);

/** Print the rows as roff to @f. */
void ni_opts_man(const struct ni_opt_table *table, FILE *f);

/** Print @s to @f so that roff shows it as it is: it takes a '-' for a hyphen. */
void ni_opts_roff(FILE *f, const char *s);

/** What the user calls an option: "-s", or "--width" where it has no letter. */
const char *ni_opts_called(const struct ni_opt *opt, char name[static 64]);

/** A number of digits alone, at most @max, as the value of @opt. */
int ni_opts_number(const struct ni_opt *opt, const char *arg, uint64_t max, uint64_t *v,
		   struct ni_err *err);

/** Print "@program: what" and the hint to standard error; return the exit status for @rc. */
int ni_opts_fail(const char *program, const struct ni_err *err, int rc);

#endif
