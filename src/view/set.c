/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of packet numbers; see set.h. */
#include "set.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 64, BLOCK = WORDS * 64 }; /* words and numbers of a block */

void
ni_set_free(struct ni_set *s)
{
	free(s->bits);
	free(s->before);
	*s = (struct ni_set){0};
}

static bool
grow(struct ni_set *s, uint64_t blocks)
{
	if (blocks <= s->blocks)
		return true;
	uint64_t n = blocks + blocks / 4 + 4;
	uint64_t *bits = realloc(s->bits, n * WORDS * sizeof(*bits));
	if (!bits)
		return false;
	s->bits = bits;
	uint32_t *before = realloc(s->before, n * sizeof(*before));
	if (!before)
		return false;
	s->before = before;
	memset(bits + s->blocks * WORDS, 0, (n - s->blocks) * WORDS * sizeof(*bits));
	s->blocks = n;
	return true;
}

bool
ni_set_add(struct ni_set *s, uint64_t number, bool member)
{
	uint64_t block = number / BLOCK;
	if (!grow(s, block + 1))
		return false;
	uint64_t next = s->seen / BLOCK + 1;
	if (!s->seen)
		next = 0;
	for (; next <= block; next++)
		s->before[next] = (uint32_t)s->count;
	s->seen = number;
	if (member) {
		s->bits[number / 64] |= 1ULL << number % 64;
		s->count++;
	}
	return true;
}

bool
ni_set_copy(struct ni_set *to, const struct ni_set *from)
{
	if (!from->blocks)
		return true;
	if (!grow(to, from->blocks))
		return false;
	memcpy(to->bits, from->bits, from->blocks * WORDS * sizeof(*to->bits));
	memcpy(to->before, from->before, from->blocks * sizeof(*to->before));
	to->seen = from->seen;
	to->count = from->count;
	return true;
}

uint64_t
ni_set_bytes(const struct ni_set *s)
{
	return s->blocks * (WORDS * sizeof(*s->bits) + sizeof(*s->before));
}

bool
ni_set_has(const struct ni_set *s, uint64_t number)
{
	return number <= s->seen && s->bits && (s->bits[number / 64] >> number % 64 & 1);
}

uint64_t
ni_set_rank(const struct ni_set *s, uint64_t number)
{
	if (number > s->seen)
		return s->count;
	if (!s->bits)
		return 0;
	uint64_t n = s->before[number / BLOCK];
	for (uint64_t w = number / BLOCK * WORDS; w < number / 64; w++)
		n += (uint64_t)__builtin_popcountll(s->bits[w]);
	uint64_t below = s->bits[number / 64] & ((1ULL << number % 64) - 1);
	return n + (uint64_t)__builtin_popcountll(below);
}

/* The block that holds the member with @rank others before it. */
static uint64_t
block_of(const struct ni_set *s, uint64_t rank)
{
	uint64_t lo = 0;
	uint64_t hi = s->seen / BLOCK;
	while (lo < hi) {
		uint64_t mid = lo + (hi - lo + 1) / 2;
		if (s->before[mid] <= rank)
			lo = mid;
		else
			hi = mid - 1;
	}
	return lo;
}

uint64_t
ni_set_select(const struct ni_set *s, uint64_t rank)
{
	if (rank >= s->count)
		return 0;
	uint64_t block = block_of(s, rank);
	uint64_t left = rank - s->before[block];
	for (uint64_t w = block * WORDS;; w++) {
		uint64_t bits = s->bits[w];
		uint64_t n = (uint64_t)__builtin_popcountll(bits);
		if (left >= n) {
			left -= n;
			continue;
		}
		for (; left; left--)
			bits &= bits - 1;
		return w * 64 + (uint64_t)__builtin_ctzll(bits);
	}
}
