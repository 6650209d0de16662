/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversations in HTTP that are odd in one way or another, made up for the oracle. */
#ifndef NI_TEST_ODDITIES_H
#define NI_TEST_ODDITIES_H

#include <stddef.h>
#include <stdint.h>

#include "talk.h"

/** The name of the oddity @i; NULL behind the last. */
const char *oddity_name(size_t i);

/**
 * Let the ends of @t, which has begun, have that conversation: the segments it comes in, and which
 * of them are missing from the capture, depend on @seed.
 * @drop: the segment with data, counted from 0, that is missing; SIZE_MAX: none.
 * Returns how many segments with data there were.
 */
size_t oddity_talk(struct talk *t, size_t i, uint32_t seed, size_t drop);

#endif
