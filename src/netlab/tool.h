/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the small clients share: their command lines, addresses as they are typed, the clock, and
 * waiting until something comes, a moment is there, or the user has had enough.
 */
#ifndef NI_NETLAB_TOOL_H
#define NI_NETLAB_TOOL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/err.h"
#include "opts.h"

enum {
	NL_MS = 1000,
	NL_SECOND = 1000000,
	NL_MINUTE = 60000000
}; /* in microseconds, as all times here */

/* A word that a subcommand takes beside its options: a step, a kind of frame. */
struct nl_word {
	const char *name, *arg, *help; /* arg: "=N", or NULL */
};

/* Rows of any kind that begin with a struct nl_word. */
struct nl_words {
	const char *title;
	const struct nl_word *first;
	size_t n, size; /* rows, and bytes of a row */
};

/* A subcommand's options and words, and what its --help says around them. */
struct nl_tool {
	struct ni_opt_table table;
	const char *usage, *after;
	size_t help_at;                          /* where in its options the bool of --help is */
	const struct nl_words *words, *settings; /* NULL: it takes none */
};

/**
 * Parse the command line of @t into its options @o, which hold their defaults; do what --help asks.
 * Returns -1 to go on, optind being the first operand; else the exit status.
 */
int nl_tool_begin(const struct nl_tool *t, void *o, int argc, char **argv);

/** Print options and words as roff to standard output. */
void nl_tool_man(const struct nl_tool *t);

/** Say what is wrong; return the exit status for @rc. */
int nl_tool_fail(const struct nl_tool *t, const struct ni_err *err, int rc);

/**
 * Take a number with up to three decimals as the value of @opt: thousandths, at most @max of them.
 * @unit is what it counts ("milliseconds"), for the hint.
 */
int nl_take_thousandths(const struct ni_opt *opt, const char *arg, int64_t max, const char *unit,
			int64_t *v, struct ni_err *err);

/** For NI_OPT_CALL: a time in milliseconds, with decimals, as int64_t microseconds; max in
 * microseconds, too. */
int nl_opt_ms(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err);

/** For NI_OPT_CALL: a uint32_t that may be hexadecimal (0x1f). */
int nl_opt_hex(void *o, const struct ni_opt *opt, const char *arg, struct ni_err *err);

/** Take a MAC address, its bytes in hex between colons or hyphens; @name says in a failure what it
 * belongs to ("--to "). */
int nl_take_mac(const char *name, const char *arg, uint8_t mac[static 6], struct ni_err *err);

/** Take an IPv4 address; likewise. */
int nl_take_ip4(const char *name, const char *arg, uint8_t ip[static 4], struct ni_err *err);

/** The monotonic clock in microseconds. */
int64_t nl_now(void);

/** From now on SIGINT and SIGTERM end nl_wait(), and nothing else; so does the end of an hour. */
void nl_stop_on_signals(void);

/** Whether one of them came, or the hour is over. */
bool nl_stopped(void);

/** Wait for @fds until @until of nl_now(). Returns as poll() does; 0 also after a signal. */
int nl_wait(struct pollfd *fds, nfds_t n, int64_t until);

#endif
