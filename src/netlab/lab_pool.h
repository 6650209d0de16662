/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is freed all at once. Without memory the program ends: netlab is no library. */
#ifndef NI_NETLAB_LAB_POOL_H
#define NI_NETLAB_LAB_POOL_H

#include <stddef.h>

struct nl_chunk;

struct nl_pool {
	struct nl_chunk *first;
};

/** @n bytes, zeroed, aligned for anything. */
void *nl_take(struct nl_pool *pool, size_t n);
/** A copy of @n bytes as text. */
char *nl_copy(struct nl_pool *pool, const char *p, size_t n);
/** @n words with a blank between them. */
char *nl_join(struct nl_pool *pool, const char *const *word, size_t n);
/** A formatted text. */
char *nl_fmt(struct nl_pool *pool, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Free it all. */
void nl_pool_free(struct nl_pool *pool);

#endif
