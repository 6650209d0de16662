/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of packet numbers, one bit each, that can be asked for its n-th member and back. */
#ifndef NI_SET_H
#define NI_SET_H

#include <stdbool.h>
#include <stdint.h>

struct ni_set {
	uint64_t *bits;
	uint32_t *before; /* members in all blocks before each block */
	uint64_t blocks;  /* that there is memory for */
	uint64_t seen;    /* the largest number that was told about */
	uint64_t count;   /* members */
};

void ni_set_free(struct ni_set *s);
/** Make @to, which is empty, the same as @from. False when memory is short. */
bool ni_set_copy(struct ni_set *to, const struct ni_set *from);
/** Tell about packet @number; numbers must ascend. False when memory is short. */
bool ni_set_add(struct ni_set *s, uint64_t number, bool member);
/** Bytes in use. */
uint64_t ni_set_bytes(const struct ni_set *s);
bool ni_set_has(const struct ni_set *s, uint64_t number);
/** Members smaller than @number. */
uint64_t ni_set_rank(const struct ni_set *s, uint64_t number);
/** The member with @rank others before it; 0 if there are fewer. */
uint64_t ni_set_select(const struct ni_set *s, uint64_t rank);

#endif
