/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The outcome of every conversation, from a first pass over a file, so that conn.* fields mean the
 * final state on every packet of the second.
 */
#ifndef NETINSPECT_FINALS_H
#define NETINSPECT_FINALS_H

#include <stddef.h>
#include <stdint.h>

#include "netinspect/conn.h"
#include "netinspect/session.h"

struct ni_finals;

/** Make a store for at most @max conversations; it grows as used. NULL when memory is short. */
struct ni_finals *ni_finals_new(uint32_t max);
void ni_finals_free(struct ni_finals **f);

/** Forget everything that is in @f; sessions that have it find nothing any more. */
void ni_finals_clear(struct ni_finals *f);

/**
 * Make the sink that fills @f. Give it to the session of the first pass, which frees it; @f stays
 * the caller's and must outlive both sessions. NULL when memory is short.
 */
struct ni_sink *ni_finals_sink(struct ni_finals *f);

/** Find how @c ended in the first pass; @c itself if it did not fit into the store. */
const struct ni_conn *ni_finals_find(const struct ni_finals *f, const struct ni_conn *c);

/** Conversations that did not fit: for these conn.* fields mean the state so far. */
uint64_t ni_finals_missed(const struct ni_finals *f);

#endif
