/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The body of a request while it comes in, and the memory that all bodies share; see conn_priv.h.
 */
#include <stdlib.h>
#include <string.h>

#include "conn_priv.h"

bool
ni_hd_memory_take(const struct ni_hd_core *core, size_t n)
{
	if (!core->body_used || atomic_fetch_add(core->body_used, n) + n <= core->body_total)
		return true;
	atomic_fetch_sub(core->body_used, n);
	return false;
}

void
ni_hd_memory_give(const struct ni_hd_core *core, size_t n)
{
	if (core->body_used && n)
		atomic_fetch_sub(core->body_used, n);
}

void
ni_hd_body_free(const struct ni_hd_core *core, struct ni_hd_body *b)
{
	if (!b)
		return;
	ni_hd_memory_give(core, b->cap);
	free(b->head);
	free(b->data);
	free(b);
}

/* Room for @n bytes more; false if there is no memory, or all bodies together have too much. */
static bool
make_room(const struct ni_hd_core *core, struct ni_hd_body *b, size_t n)
{
	if (b->cap - b->len >= n)
		return true;
	size_t cap = b->cap ? b->cap : 1024;
	while (cap - b->len < n)
		cap *= 2;
	size_t more = cap - b->cap;
	if (!ni_hd_memory_take(core, more))
		return false;
	char *p = realloc(b->data, cap);
	if (!p) {
		ni_hd_memory_give(core, more);
		return false;
	}
	b->data = p;
	b->cap = cap;
	return true;
}

int
ni_hd_body_take(const struct ni_hd_core *core, struct ni_hd_body *b, const char *p, size_t *n)
{
	size_t got = 0;
	if (b->keep && !make_room(core, b, *n))
		return 503;
	char *to = b->keep ? b->data + b->len : NULL;
	if (b->chunked) {
		uint64_t max = core->limits.body_max - b->len;
		int rc = ni_hd_chunked_decode(&b->chunks, p, n, to, &got, max);
		b->len += got;
		return rc;
	}
	if (*n > b->left)
		*n = (size_t)b->left;
	if (to)
		memcpy(to, p, *n);
	b->len += *n;
	b->left -= *n;
	return b->left == 0;
}
