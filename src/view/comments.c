/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Comments about packets; see comments.h. */
#include "comments.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Make room for @n more of @size bytes, twice as many as before. */
static bool
reserve(void **p, uint32_t used, uint32_t *room, uint32_t n, size_t size)
{
	if (n <= *room - used)
		return true;
	if ((used + (uint64_t)n) * size > NI_COMMENTS_BYTES / 2)
		return false;
	uint32_t more = 2 * (used + n);
	void *q = realloc(*p, more * size);
	if (!q)
		return false;
	*p = q;
	*room = more;
	return true;
}

void
ni_comments_add(struct ni_comments *c, uint64_t number, const struct ni_frame *f)
{
	void *of = c->of;
	void *text = c->text;
	uint32_t n = f->comment_len;
	if (!f->comment)
		return;
	bool ok = reserve(&of, c->n, &c->room, 1, sizeof(*c->of));
	ok = reserve(&text, c->text_n, &c->text_room, n, 1) && ok;
	c->of = of;
	c->text = text;
	if (!ok) {
		c->dropped++;
		return;
	}
	c->of[c->n++] = (struct ni_comment){number, c->text_n, n};
	if (n)
		memcpy(c->text + c->text_n, f->comment, n);
	c->text_n += n;
}

static int
compare(const void *key, const void *member)
{
	const uint64_t *number = key;
	const struct ni_comment *c = member;
	return *number < c->number ? -1 : *number > c->number;
}

void
ni_comments_get(const struct ni_comments *c, uint64_t number, struct ni_frame *f)
{
	const struct ni_comment *found =
	    c->n ? bsearch(&number, c->of, c->n, sizeof(*c->of), compare) : NULL;
	if (!found)
		return;
	f->comment = found->len ? c->text + found->at : "";
	f->comment_len = found->len;
}

void
ni_comments_clear(struct ni_comments *c)
{
	free(c->of);
	free(c->text);
	*c = (struct ni_comments){.n = 0};
}
