/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding fields by the names that people type. */
#ifndef NETINSPECT_LOOKUP_H
#define NETINSPECT_LOOKUP_H

#include <stddef.h>

#include "netinspect/err.h"
#include "netinspect/proto.h"

/* One row that answers to a key: several may ("ip.addr" is ip.src and ip.dst). */
struct ni_field_ref {
	uint8_t proto; /* number in the registry */
	const struct ni_field *field;
};

/**
 * Collect the rows whose key or alias is @key, in the order of the tables, at most @max.
 * Returns how many there are (perhaps more than @max); 0 when the key is unknown.
 */
size_t ni_field_lookup(const struct ni_registry *r, const char *key, struct ni_field_ref *out,
		       size_t max);

/** What the row's value takes: bits of enum ni_need, 0: the frame alone. */
unsigned ni_field_needs(const struct ni_registry *r, const struct ni_field_ref *ref);

/** What it takes to know whether a frame has layers of @proto; the same. */
unsigned ni_layer_needs(const struct ni_proto *proto);

/** Append up to three known keys that look like @key ("tcp.flags.syn or tcp.flags.fin"). */
void ni_field_suggest(const struct ni_registry *r, const char *key, struct ni_buf *b);

/** Number of edits (insert, delete, replace, swap) between two words, at most 99. */
unsigned ni_word_distance(const char *a, const char *b);

#endif
