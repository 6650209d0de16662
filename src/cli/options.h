/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: one table of options feeds parsing, --help and the manual page. */
#ifndef NI_OPTIONS_H
#define NI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "netinspect/err.h"
#include "opts.h"
#include "sink.h"

enum { NI_CLI_STATS = 32, NI_CLI_CONNS = 1024 };

enum ni_format {
	NI_FORMAT_DEFAULT,
	NI_FORMAT_TEXT,
	NI_FORMAT_TREE,
	NI_FORMAT_FIELDS,
	NI_FORMAT_JSON,
	NI_FORMAT_RECORDS,
	NI_FORMAT_REPORT,
	NI_FORMAT_LADDER,
};

/* What the user asked for. Strings point into argv or at constants. */
struct ni_cli {
	struct ni_opt_list ifaces, fields, autostop, ring, decode_as, stats;
	const char *read_file, *write_file, *write_format, *html;
	const char *read_second;    /* of two -r */
	const char *filter;         /* -f, or the trailing words joined */
	const char *display_filter; /* -Y */
	const char *linktype, *user, *glossary, *list_fields, *completion, *color;
	const char *net;            /* "192.0.2.0/24" */
	const char *export_objects; /* "http,DIR" */
	uint64_t count;             /* -c; 0: no limit */
	uint32_t snaplen, buffer_mib;
	uint64_t memory, spool; /* bytes; 0: the default */
	bool tui, no_mouse;
	bool no_promisc, no_sandbox, follow;
	bool list_ifaces, list_linktypes, list_stats, help, version;
	enum ni_format format;
	enum ni_time_format time;
	uint32_t width;               /* --width; 0: the terminal's */
	uint32_t conns[NI_CLI_CONNS]; /* --conn */
	size_t nconns;
	struct ni_fields_opts layout;          /* -E */
	const char *only[NI_OPT_LIST_MAX + 1]; /* -O, NULL-terminated; [0] NULL: all */
	unsigned records;                      /* --records: a bit a kind; 0: all */
	bool tree, hex, quiet, print, line_buffered, no_names;
	bool full, ascii, explain, check_checksums, absolute_seq;
	bool stats_json;
	char filter_mem[4096];
	char only_mem[512];
};

/**
 * Read the command line into @cli.
 * @argv is permuted and must outlive @cli. Returns 0, or NI_ERR_INPUT with @err filled.
 */
int ni_cli_parse(struct ni_cli *cli, int argc, char **argv, struct ni_err *err);

/** Write the help text, generated from the table. */
void ni_cli_help(FILE *f);

/** Write the OPTIONS section of the manual page in roff. */
void ni_cli_man(FILE *f);

#endif
