/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows in order; see arranged.h. */
#include "arranged.h"

#include <stdlib.h>

#include "mono.h"

enum { LOOK_AT_CLOCK = 1024 };

static void
swap(void *rows, uint64_t a, uint64_t b)
{
	struct ni_arranged *x = rows;
	uint64_t row = x->next[a];
	x->next[a] = x->next[b];
	x->next[b] = row;
}

static void
pick(void *rows, uint64_t i)
{
	struct ni_arranged *a = rows;
	a->picked = a->next[i];
}

static bool
comes_before(const struct ni_arranged *a, uint64_t row, uint64_t other)
{
	int by = a->ops->compare(a->ctx, row, other);
	if (!by)
		by = row < other ? -1 : row > other;
	return a->reverse ? by > 0 : by < 0;
}

static bool
before(void *rows, uint64_t i)
{
	struct ni_arranged *a = rows;
	return comes_before(a, a->next[i], a->picked);
}

static const struct ni_sorter_ops sorter_ops = {swap, pick, before};

void
ni_arranged_begin(struct ni_arranged *a, const struct ni_arranged_ops *ops, void *ctx,
		  uint64_t first, uint64_t end)
{
	a->ops = ops;
	a->ctx = ctx;
	a->at = first;
	a->end = end;
	a->next_n = 0;
	a->sorter.sorting = false;
	a->spent_ns = 0;
	a->busy = a->in_order = true;
	if (end - first <= a->next_room)
		return;
	uint64_t room = end - first + (end - first) / 2;
	free(a->next);
	a->next = malloc(room * sizeof(*a->next));
	a->next_room = a->next ? room : 0;
	if (!a->next)
		a->end = a->at; /* there is no memory for it */
}

/* Returns whether there are more rows to ask. */
static bool
fill(struct ni_arranged *a, int64_t end)
{
	while (a->at < a->end) {
		uint64_t row = a->at++;
		if (!a->ops->shown || a->ops->shown(a->ctx, row)) {
			a->in_order &= !a->ops->compare || !a->next_n ||
				       comes_before(a, a->next[a->next_n - 1], row);
			a->next[a->next_n++] = row;
		}
		if (row % LOOK_AT_CLOCK == 0 && ni_mono_ns() >= end)
			break;
	}
	if (a->at < a->end)
		return true;
	if (!a->in_order)
		ni_sorter_begin(&a->sorter, &sorter_ops, a, a->next_n);
	return false;
}

static void
show(struct ni_arranged *a)
{
	uint64_t *row = a->row;
	uint64_t room = a->room;
	a->row = a->next;
	a->room = a->next_room;
	a->n = a->next_n;
	a->next = row;
	a->next_room = room;
	a->busy = false;
}

bool
ni_arranged_work(struct ni_arranged *a, int64_t budget_ns)
{
	int64_t begun = ni_mono_ns();
	int64_t end = begun + budget_ns;
	bool more = a->at < a->end && fill(a, end);
	if (!a->busy)
		return false;
	/* It may be empty from the beginning, or have been filled now. */
	if (!more)
		more = ni_sorter_work(&a->sorter, end - ni_mono_ns());
	a->spent_ns += ni_mono_ns() - begun;
	if (!more)
		show(a);
	return more;
}

void
ni_arranged_forget(struct ni_arranged *a, uint64_t first)
{
	uint64_t n = 0;
	for (uint64_t i = 0; i < a->n; i++)
		if (a->row[i] >= first)
			a->row[n++] = a->row[i];
	a->n = n;
}

void
ni_arranged_free(struct ni_arranged *a)
{
	free(a->row);
	free(a->next);
	*a = (struct ni_arranged){.n = 0};
}
