/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that a person reads: one line that says what is wrong, one that says what would be right.
 */
#ifndef NETINSPECT_ERR_H
#define NETINSPECT_ERR_H

/* What a fallible call returns: 0 for success, else one of these; they map onto the exit status. */
enum ni_status {
	NI_SUCCESS = 0,
	NI_ERR_RUN = -1,   /* capture, memory, output: exit status 1 */
	NI_ERR_INPUT = -2, /* usage, filter, unreadable or cut file: exit status 2 */
};

struct ni_err {
	char what[512]; /* "WHAT: reason", no newline, already escaped for a terminal */
	char hint[512]; /* one line of help, or "" */
};

/**
 * Fill @err with a formatted reason and clear its hint.
 * @err may be NULL. Returns @status, so that a caller can write `return ni_fail(...)`.
 */
int ni_fail(struct ni_err *err, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Set the line of help that follows the reason. @err may be NULL. */
void ni_hint(struct ni_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
