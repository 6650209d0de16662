/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorting in slices; see sorter.h. */
#include "sorter.h"
#include "mono.h"

enum {
	SMALL = 12,          /* rows that are sorted by insertion */
	LOOK_AT_CLOCK = 512, /* rows between two looks */
};

static void
insert(struct ni_sorter *s, const struct ni_sorter_range *r)
{
	for (uint64_t i = r->lo + 1; i <= r->hi; i++) {
		s->ops->pick(s->rows, i);
		/* Rows that come before it stay; the others make room, one after another. */
		for (uint64_t j = i; j > r->lo && !s->ops->before(s->rows, j - 1); j--)
			s->ops->swap(s->rows, j, j - 1);
	}
	s->settled += r->hi - r->lo + 1;
}

static void
push(struct ni_sorter *s, uint64_t lo, uint64_t hi)
{
	if (lo <= hi && hi != UINT64_MAX)
		s->wait[s->depth++] = (struct ni_sorter_range){lo, hi};
}

/* The pivot is chosen by chance, so that no capture makes this slow. */
static void
begin_parting(struct ni_sorter *s)
{
	const struct ni_sorter_range *r = &s->now;
	s->chance = s->chance * 6364136223846793005ULL + 1442695040888963407ULL;
	s->ops->swap(s->rows, r->lo + (s->chance >> 24) % (r->hi - r->lo + 1), r->hi);
	s->ops->pick(s->rows, r->hi);
	s->i = s->j = r->lo;
	s->parting = true;
}

static void
end_parting(struct ni_sorter *s)
{
	const struct ni_sorter_range *r = &s->now;
	s->ops->swap(s->rows, s->i, r->hi);
	s->settled++;
	s->parting = false;
	bool left_is_larger = s->i - r->lo > r->hi - s->i;
	if (left_is_larger && s->i > r->lo)
		push(s, r->lo, s->i - 1);
	push(s, s->i + 1, r->hi);
	if (!left_is_larger && s->i > r->lo)
		push(s, r->lo, s->i - 1);
}

/* Returns whether the range was parted before @end. */
static bool
part(struct ni_sorter *s, int64_t end)
{
	for (; s->j < s->now.hi; s->j++) {
		if (s->ops->before(s->rows, s->j))
			s->ops->swap(s->rows, s->i++, s->j);
		if (s->j % LOOK_AT_CLOCK == 0 && ni_mono_ns() >= end) {
			s->j++;
			return false;
		}
	}
	end_parting(s);
	return true;
}

void
ni_sorter_begin(struct ni_sorter *s, const struct ni_sorter_ops *ops, void *rows, uint64_t n)
{
	uint64_t chance = s->chance ? s->chance : (uint64_t)ni_mono_ns() | 1;
	*s = (struct ni_sorter){
	    .ops = ops, .rows = rows, .sorting = n > 0, .n = n, .chance = chance};
	if (n)
		push(s, 0, n - 1);
}

bool
ni_sorter_work(struct ni_sorter *s, int64_t budget_ns)
{
	int64_t end = ni_mono_ns() + budget_ns;
	for (unsigned i = 1; s->sorting && (s->parting || s->depth); i++) {
		if (s->parting && !part(s, end))
			return true;
		if (!s->depth)
			break;
		s->now = s->wait[--s->depth];
		if (s->now.hi - s->now.lo < SMALL)
			insert(s, &s->now);
		else
			begin_parting(s);
		if (i % (LOOK_AT_CLOCK / SMALL) == 0 && ni_mono_ns() >= end)
			return true;
	}
	s->sorting = false;
	return false;
}

unsigned
ni_sorter_percent(const struct ni_sorter *s)
{
	return s->sorting ? (unsigned)(s->settled * 100 / s->n) : 100;
}
