/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory that is freed all at once; see lab_pool.h. */
#include "lab_pool.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"

enum { CHUNK = 64 << 10 };

struct nl_chunk {
	struct nl_chunk *next;
	size_t used, size;
	max_align_t mem[];
};

static void
no_memory(void)
{
	fputs(_("netlab: no memory\n"), stderr);
	exit(1);
}

void *
nl_take(struct nl_pool *pool, size_t n)
{
	struct nl_chunk *c = pool->first;
	if (n > SIZE_MAX / 2)
		no_memory();
	n = (n + _Alignof(max_align_t) - 1) & ~(_Alignof(max_align_t) - 1);
	if (!c || c->size - c->used < n) {
		size_t size = n > CHUNK ? n : CHUNK;
		c = calloc(1, sizeof(*c) + size);
		if (!c) {
			no_memory();
			return NULL;
		}
		c->size = size;
		c->next = pool->first;
		pool->first = c;
	}
	void *p = (char *)c->mem + c->used;
	c->used += n;
	return p;
}

char *
nl_copy(struct nl_pool *pool, const char *p, size_t n)
{
	char *s = nl_take(pool, n + 1);
	if (n)
		memcpy(s, p, n);
	return s;
}

char *
nl_join(struct nl_pool *pool, const char *const *word, size_t n)
{
	size_t len = 0;
	for (size_t i = 0; i < n; i++)
		len += strlen(word[i]) + 1;
	char *s = nl_take(pool, len + 1);
	char *p = s;
	for (size_t i = 0; i < n; i++) {
		size_t k = strlen(word[i]);
		if (i)
			*p++ = ' ';
		memcpy(p, word[i], k);
		p += k;
	}
	return s;
}

char *
nl_fmt(struct nl_pool *pool, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	char *s = nl_take(pool, (size_t)(n < 0 ? 0 : n) + 1);
	va_start(ap, fmt);
	if (n > 0)
		vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

void
nl_pool_free(struct nl_pool *pool)
{
	while (pool->first) {
		struct nl_chunk *next = pool->first->next;
		free(pool->first);
		pool->first = next;
	}
}
