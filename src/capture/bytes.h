/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes of a capture file, decompressed, in large blocks. Records are parsed where they lie in
 * the block: what is copied is only the cut tail of a block when the next one is read. The file is
 * read, not mapped, because a mapped file that is truncated under our hands kills us with SIGBUS.
 */
#ifndef NETINSPECT_CAPTURE_BYTES_H
#define NETINSPECT_CAPTURE_BYTES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "netinspect/err.h"
#include "unpack.h"

/* What ni_bytes_need() found, when it did not fail; the values are those of ni_source_next(). */
enum {
	NI_BYTES_IDLE = 0, /* not yet */
	NI_BYTES_HAVE = 1, /* they are there */
	NI_BYTES_END = 2,  /* fewer are left, and there will be no more */
};

struct ni_bytes {
	uint8_t *buf;
	size_t pos;    /* the next byte to parse */
	size_t end;    /* bytes in buf */
	size_t size;   /* of buf */
	uint64_t skip; /* bytes still to be stepped over before pos means anything */
	uint64_t base; /* where buf[0] stands in the decompressed input */

	int fd;
	bool regular;
	bool follow;
	bool probed;        /* it is known whether the input is compressed */
	bool raw_end;       /* the file has no more bytes */
	bool cut_inside;    /* the compressed data ends before its end mark */
	int watch;          /* inotify descriptor in follow mode, or -1 */
	int64_t give_up_ns; /* when a pipe is no longer drained after a break; 0 before */
	uint64_t raw;       /* offset in the file behind the last read */
	const char *name;   /* as in error messages */
	const int *wait_ms; /* the source's */
	const atomic_bool *stop;

	struct ni_unpack *unpack; /* NULL for a plain file */
	uint8_t *in;              /* compressed bytes, while unpack is set */
	size_t in_pos;
	size_t in_end;
};

/**
 * Open @path ("-": standard input) for reading; only fails, reads nothing.
 * @b must be zeroed but for name, follow, stop and wait_ms, which must outlive it.
 * Returns 0 or fails with NI_ERR_INPUT or NI_ERR_RUN; ni_bytes_close() is safe either way.
 */
int ni_bytes_open(struct ni_bytes *b, const char *path, struct ni_err *err);

/** The slow half of ni_bytes_need(): read until @n bytes lie at pos. May move the buffer. */
int ni_bytes_fill(struct ni_bytes *b, size_t n, struct ni_err *err);

/** Step over @n bytes, which need not have been read yet. */
void ni_bytes_skip(struct ni_bytes *b, uint64_t n);

/** Bytes of the file as it lies on disk that the parser has taken in. */
uint64_t ni_bytes_position(const struct ni_bytes *b);

/** Close the file and free the buffers. */
void ni_bytes_close(struct ni_bytes *b);

/**
 * Make @n bytes readable at ni_bytes_at(). Pointers into the buffer die.
 * Returns NI_BYTES_HAVE, _IDLE or _END, or a negative enum ni_status with @err filled in.
 */
static inline int
ni_bytes_need(struct ni_bytes *b, size_t n, struct ni_err *err)
{
	if (b->end - b->pos >= n && b->skip == 0)
		return NI_BYTES_HAVE;
	return ni_bytes_fill(b, n, err);
}

static inline const uint8_t *
ni_bytes_at(const struct ni_bytes *b)
{
	return b->buf + b->pos;
}

/** The offset of the next byte in the decompressed input. */
static inline uint64_t
ni_bytes_offset(const struct ni_bytes *b)
{
	return b->base + b->pos;
}

/** Bytes that lie ready behind the parser. */
static inline size_t
ni_bytes_ready(const struct ni_bytes *b)
{
	return b->end - b->pos;
}

/* Numbers of a file in the byte order of this machine, or in the other one if @swap. */
static inline uint16_t
ni_file16(const uint8_t *p, bool swap)
{
	uint16_t v;
	memcpy(&v, p, sizeof(v));
	return swap ? __builtin_bswap16(v) : v;
}

static inline uint32_t
ni_file32(const uint8_t *p, bool swap)
{
	uint32_t v;
	memcpy(&v, p, sizeof(v));
	return swap ? __builtin_bswap32(v) : v;
}

static inline uint64_t
ni_file64(const uint8_t *p, bool swap)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return swap ? __builtin_bswap64(v) : v;
}

#endif
