/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clock by which work is done in slices. */
#ifndef NI_MONO_H
#define NI_MONO_H

#include <stdint.h>
#include <time.h>

/** Nanoseconds since some moment in the past; never goes back. */
static inline int64_t
ni_mono_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

#endif
