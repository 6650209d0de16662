/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of packet rows; see rows.h. */
#include "rows.h"

#include <stdlib.h>

#include "replay.h"

enum { SLOTS = 1024, AT_ONCE = 400 };

struct ni_rows {
	struct ni_model *m;
	struct ni_row slot[SLOTS];
};

struct ni_rows *
ni_rows_new(struct ni_model *m)
{
	struct ni_rows *r = calloc(1, sizeof(*r));
	if (r)
		r->m = m;
	return r;
}

void
ni_rows_free(struct ni_rows **r)
{
	free(*r);
	*r = NULL;
}

void
ni_rows_clear(struct ni_rows *r)
{
	for (size_t i = 0; i < SLOTS; i++)
		r->slot[i].number = 0;
}

static void
put(char *to, size_t n, const struct ni_dis *d, enum ni_column c)
{
	struct ni_buf b = ni_buf(to, n);
	ni_column_print(&b, d, c, NI_TIME_RELATIVE);
	ni_buf_z(&b);
}

static void
take(void *ctx, const struct ni_dis *d)
{
	struct ni_rows *r = ctx;
	struct ni_row *row = &r->slot[d->frame->number % SLOTS];
	row->number = d->frame->number;
	put(row->source, sizeof(row->source), d, NI_COL_SOURCE);
	put(row->destination, sizeof(row->destination), d, NI_COL_DESTINATION);
	put(row->protocol, sizeof(row->protocol), d, NI_COL_PROTOCOL);
	put(row->info, sizeof(row->info), d, NI_COL_INFO);
}

void
ni_rows_want(struct ni_rows *r, const uint64_t *numbers, size_t n)
{
	uint64_t missing[AT_ONCE];
	size_t k = 0;
	for (size_t i = 0; i < n && k < AT_ONCE; i++)
		if (!ni_rows_get(r, numbers[i]))
			missing[k++] = numbers[i];
	if (k)
		ni_replay(r->m, missing, k, take, r, NULL);
}

const struct ni_row *
ni_rows_get(const struct ni_rows *r, uint64_t number)
{
	const struct ni_row *row = &r->slot[number % SLOTS];
	return number && row->number == number ? row : NULL;
}
