/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened, in sentences a student understands, in the reader's language. All sentences come
 * from one table of messages.
 */
#ifndef NETINSPECT_EXPLAIN_H
#define NETINSPECT_EXPLAIN_H

struct ni_buf;
struct ni_conn;
struct ni_rung;

/**
 * Explain one segment: what it asks or says, with the arithmetic of its numbers, what it makes of
 * both ends, the RFC section, and what may come next. One or two sentences; nothing when there is
 * nothing worth saying (an ordinary data segment in the middle of a transfer).
 * Does not allocate. Text from the wire is not quoted.
 */
void ni_explain_segment(struct ni_buf *b, const struct ni_rung *r, const struct ni_conn *c);

/** As ni_explain_segment(), but says something about every segment, however ordinary. */
void ni_explain_segment_fully(struct ni_buf *b, const struct ni_rung *r, const struct ni_conn *c);

/**
 * Tell a connection in one paragraph that cites frame numbers: how it opened, what was exchanged,
 * who closed first and with how many segments and why, who waits in TIME_WAIT and what that means.
 */
void ni_explain_conn(struct ni_buf *b, const struct ni_conn *c);

#endif
