/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of packet rows; see rows.h. */
#include "rows.h"

#include <stdint.h>
#include <stdlib.h>

#include "mono.h"
#include "replay.h"

enum {
	SLOTS = 1024,
	AT_ONCE = 400,
	NEAR = 4000, /* packets from the first to the last that are replayed together */
};

struct ni_rows {
	struct ni_model *m;
	uint64_t number[SLOTS]; /* of the rows, apart from them, to be searched; 0: none */
	struct ni_row slot[SLOTS];
	size_t next;              /* slot to be used again */
	struct ni_replay *replay; /* that makes some of them */
	uint64_t taken;           /* packets taken in to make rows */
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
	if (!*r)
		return;
	ni_replay_free(&(*r)->replay);
	free(*r);
	*r = NULL;
}

void
ni_rows_clear(struct ni_rows *r)
{
	ni_replay_free(&r->replay);
	for (size_t i = 0; i < SLOTS; i++)
		r->number[i] = 0;
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
	struct ni_row *row = &r->slot[r->next];
	r->number[r->next] = d->frame->number;
	r->next = (r->next + 1) % SLOTS;
	row->number = d->frame->number;
	put(row->source, sizeof(row->source), d, NI_COL_SOURCE);
	put(row->destination, sizeof(row->destination), d, NI_COL_DESTINATION);
	put(row->protocol, sizeof(row->protocol), d, NI_COL_PROTOCOL);
	put(row->info, sizeof(row->info), d, NI_COL_INFO);
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* How many of @n ascending numbers lie so close together that they can share their context. */
static size_t
neighbours(const uint64_t *numbers, size_t n)
{
	size_t k = 1;
	while (k < n && numbers[k] - numbers[0] <= NEAR)
		k++;
	return k;
}

/* Whether what is being made is still wanted: some of the @n ascending numbers in @missing. */
static bool
still_wanted(const struct ni_rows *r, const uint64_t *missing, size_t n)
{
	size_t left;
	const uint64_t *numbers = ni_replay_left(r->replay, &left);
	for (size_t i = 0; i < left; i++)
		if (bsearch(&numbers[i], missing, n, sizeof(*missing), compare))
			return true;
	return false;
}

/* Make those of the @n ascending numbers in @missing. Returns whether that is done. */
static bool
make_some(struct ni_rows *r, const uint64_t *missing, size_t n, int64_t budget_ns)
{
	if (r->replay && !still_wanted(r, missing, n))
		ni_replay_free(&r->replay);
	if (!r->replay)
		r->replay = ni_replay_new(r->m, missing, n, NULL);
	if (!r->replay)
		return false;
	uint64_t before = ni_replay_taken(r->replay);
	bool more = ni_replay_work(r->replay, budget_ns, take, r);
	r->taken += ni_replay_taken(r->replay) - before;
	if (!more)
		ni_replay_free(&r->replay);
	return !more;
}

/* Those of @numbers that have no text yet, ascending. */
static size_t
missing_of(const struct ni_rows *r, const uint64_t *numbers, size_t n, uint64_t *missing)
{
	size_t k = 0;
	for (size_t i = 0; i < n && k < AT_ONCE; i++)
		if (!ni_rows_get(r, numbers[i]))
			missing[k++] = numbers[i];
	qsort(missing, k, sizeof(*missing), compare);
	return k;
}

bool
ni_rows_want(struct ni_rows *r, const uint64_t *numbers, size_t n, int64_t budget_ns)
{
	uint64_t missing[AT_ONCE];
	int64_t end = ni_mono_ns() + budget_ns;
	size_t gone = 0; /* the first ones, which cannot be made: they are not there any more */
	size_t k = missing_of(r, numbers, n, missing);
	while (k > gone) {
		size_t some = neighbours(missing + gone, k - gone);
		int64_t left = end - ni_mono_ns();
		bool done = make_some(r, missing + gone, some, left > 0 ? left : 0);
		if (!r->replay && !done)
			return false;
		size_t before = k;
		k = missing_of(r, numbers, n, missing);
		if (done && k == before)
			gone += some;
		if (!done || ni_mono_ns() >= end)
			break;
	}
	return k > gone;
}

uint64_t
ni_rows_taken(const struct ni_rows *r)
{
	return r->taken;
}

const struct ni_row *
ni_rows_get(const struct ni_rows *r, uint64_t number)
{
	for (size_t i = 0; number && i < SLOTS; i++)
		if (r->number[i] == number)
			return &r->slot[i];
	return NULL;
}
