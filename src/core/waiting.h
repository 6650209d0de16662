/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Things that wait for an answer: a bounded table of items found by a key of a fixed size, in the
 * order of last use. What waits too long, or has to make room, is told of and forgotten.
 */
#ifndef NI_WAITING_H
#define NI_WAITING_H

#include <stddef.h>
#include <stdint.h>

struct ni_waiting;

enum ni_gone {
	NI_GONE_TIMED_OUT,
	NI_GONE_EVICTED,
	NI_GONE_ENDED, /* the capture is over */
};

struct ni_waiting_opts {
	uint64_t seed; /* of the hash: keys come from the wire */
	uint32_t max;  /* items at a time */
	size_t key;    /* bytes of a key, without padding */
	size_t item;   /* bytes of an item */
	int64_t patience_ns;
	/* @item is about to be forgotten, but for ni_waiting_drop(). Leaves the table alone. */
	void (*gone)(void *ctx, void *item, enum ni_gone why);
	void *ctx;
};

/** Make the table; @o is copied. NULL when memory is short. */
struct ni_waiting *ni_waiting_new(const struct ni_waiting_opts *o);
/** Free it, telling nothing more. */
void ni_waiting_free(struct ni_waiting **t);

/** The item with @key, or NULL. */
void *ni_waiting_find(struct ni_waiting *t, const void *key);
/** Add a zeroed item with @key, which must not be there; the oldest goes if there is no room. */
void *ni_waiting_add(struct ni_waiting *t, const void *key, int64_t now_ns);
/** @item was heard of again: it waits from now on. */
void ni_waiting_touch(struct ni_waiting *t, void *item, int64_t now_ns);
/** Forget @item, telling nothing. */
void ni_waiting_drop(struct ni_waiting *t, void *item);

/** Forget what has waited for too long. */
void ni_waiting_tick(struct ni_waiting *t, int64_t now_ns);
/** Forget everything, the oldest first. */
void ni_waiting_end(struct ni_waiting *t);

#endif
