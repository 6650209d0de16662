/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decompression as a stream, of capture files and of HTTP bodies: gzip and deflate (zlib), zstd, br
 * (brotli), each library optional.
 */
#ifndef NI_UNPACK_H
#define NI_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NI_UNPACK_MAGIC = 4 }; /* bytes that ni_unpack_new() looks at */

/* Where one step of unpacking reads and writes, and how far it came. */
struct ni_unpack_io {
	const uint8_t *in;
	size_t n_in;
	size_t used;
	uint8_t *out;
	size_t n_out;
	size_t made;
};

struct ni_unpack {
	const char *name; /* "gzip" */
	bool whole;       /* the last member is complete: the input may end here */
	/*
	 * Turn bytes of io->in into bytes of io->out, and set io->used and io->made. Returns NULL,
	 * or what is wrong with the data. Concatenated members are one stream.
	 */
	const char *(*run)(struct ni_unpack *u, struct ni_unpack_io *io);
	void (*free)(struct ni_unpack *u);
};

/** Say whether a file that starts with @p (@n bytes) is compressed: "gzip", "zstd", else NULL. */
const char *ni_unpack_probe(const uint8_t *p, size_t n);

/**
 * Make a decompressor for @name: a result of ni_unpack_probe(), or "deflate" (with or without the
 * header of zlib, as servers send it) or "br"; to be freed by its free(). @window_log bounds the
 * memory that zstd may ask for, as a power of 2; 0: the library's own bound.
 * Returns NULL with *@missing true if this program was built without the library, false if memory
 * is short.
 */
struct ni_unpack *ni_unpack_new(const char *name, int window_log, bool *missing);

#endif
