/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory with a bound: allocations count against a maximum, and can be freed after the frame. */
#ifndef NI_BOUND_H
#define NI_BOUND_H

#include <stddef.h>

struct ni_block;

struct ni_bound {
	size_t used, max;         /* bytes, what is kept for bookkeeping included */
	struct ni_block *garbage; /* to be freed by ni_bound_sweep() */
};

/** Allocate @n bytes, not zeroed, aligned for any type. NULL when the bound or memory is reached.
 */
void *ni_bound_alloc(struct ni_bound *b, size_t n);

/** Whether @n bytes would fit now. */
int ni_bound_fits(const struct ni_bound *b, size_t n);

/** Free what ni_bound_alloc() gave; NULL is allowed. */
void ni_bound_free(struct ni_bound *b, void *p);

/** Free @p at the next ni_bound_sweep(): something shown in this frame points into it. */
void ni_bound_later(struct ni_bound *b, void *p);

void ni_bound_sweep(struct ni_bound *b);

#endif
