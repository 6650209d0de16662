/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladders of all TCP connections under way, in one bounded memory. */
#ifndef NI_LADDERS_H
#define NI_LADDERS_H

#include <stddef.h>
#include <stdint.h>

#include "netinspect/ladder.h"

struct ladders;

/** Make room of @bytes for ladders that keep @keep segments of their beginning and of their end.
 * NULL when memory is short. */
struct ladders *ladders_new(size_t bytes, uint32_t keep);
/** Also frees the ladders in it; those taken out must be gone. */
void ladders_free(struct ladders **s);

/** The ladder of connection @id, made if there is none. NULL when there is no room. */
struct ni_ladder *ladders_get(struct ladders *s, uint32_t id);
/** Take the ladder of connection @id out; the caller frees it. NULL if there is none. */
struct ni_ladder *ladders_remove(struct ladders *s, uint32_t id);

#endif
