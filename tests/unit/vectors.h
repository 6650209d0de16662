/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Byte vectors: frames in hex with a name, in text files that people can read.
 *
 *     # what this file is about
 *     name: request
 *     link: 1
 *     hex: ffffffffffff 020000000001 0806
 *       0001 0800 06 04 0001 …
 *
 * A record ends at an empty line. Instead of `link:` a record may have `proto:`, the key of a
 * protocol whose message the bytes are (for what is carried by TCP streams).
 */
#ifndef NI_TEST_VECTORS_H
#define NI_TEST_VECTORS_H

#include <stddef.h>
#include <stdint.h>

struct vector {
	char *file; /* "arp", without directory and suffix */
	char *name;
	char *proto; /* NULL: a frame */
	uint32_t link;
	uint8_t *bytes;
	size_t len;
};

struct vectors {
	struct vector *v;
	size_t n;
};

/**
 * Read every *.txt in @dir, in the order of their names.
 * Returns 0, or -1 after it has said on stderr which line is wrong.
 */
int vectors_read(struct vectors *all, const char *dir);
void vectors_free(struct vectors *all);

#endif
