/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory with a bound; see bound.h. Each block has its size in front. */
#include "bound.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

struct ni_block {
	alignas(max_align_t) size_t size;
	struct ni_block *next;
};

int
ni_bound_fits(const struct ni_bound *b, size_t n)
{
	return n <= b->max && b->used <= b->max - n &&
	       sizeof(struct ni_block) <= b->max - n - b->used;
}

void *
ni_bound_alloc(struct ni_bound *b, size_t n)
{
	if (!ni_bound_fits(b, n))
		return NULL;
	struct ni_block *k = malloc(sizeof(*k) + n);
	if (!k)
		return NULL;
	k->size = sizeof(*k) + n;
	b->used += k->size;
	return k + 1;
}

void
ni_bound_free(struct ni_bound *b, void *p)
{
	if (!p)
		return;
	struct ni_block *k = (struct ni_block *)p - 1;
	b->used -= k->size;
	free(k);
}

void
ni_bound_later(struct ni_bound *b, void *p)
{
	if (!p)
		return;
	struct ni_block *k = (struct ni_block *)p - 1;
	k->next = b->garbage;
	b->garbage = k;
}

void
ni_bound_sweep(struct ni_bound *b)
{
	while (b->garbage) {
		struct ni_block *k = b->garbage;
		b->garbage = k->next;
		ni_bound_free(b, k + 1);
	}
}
