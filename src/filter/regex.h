/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regular expressions: PCRE2 with bounds, so that no pattern can hang. */
#ifndef NI_FILTER_REGEX_H
#define NI_FILTER_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ni_re;

/**
 * Compile @n bytes of pattern, case-insensitive as in Wireshark.
 * Returns NULL with @what (a clause) and @at (the place in the pattern) set.
 */
struct ni_re *ni_re_new(const char *pattern, size_t n, char *what, size_t size, size_t *at);
void ni_re_free(struct ni_re **re);

/** 1: matches, 0: does not, -1: gave up at a limit. Does not allocate where PCRE2 has its JIT. */
int ni_re_match(struct ni_re *re, const uint8_t *p, size_t n);

/** Groups in the pattern; 0: none. */
unsigned ni_re_groups(const struct ni_re *re);
/** The name of group @i (from 1), or NULL. */
const char *ni_re_name(const struct ni_re *re, unsigned i);
/** Where group @i (0: all) stood in the last match; false: it took no part. */
bool ni_re_group(const struct ni_re *re, unsigned i, size_t *from, size_t *to);

#endif
