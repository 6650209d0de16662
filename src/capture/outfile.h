/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An output file that always ends behind a whole record: records are put together in a buffer that
 * is written as a whole, and when a write fails half-way, the file is cut back to the last whole
 * one.
 */
#ifndef NETINSPECT_CAPTURE_OUTFILE_H
#define NETINSPECT_CAPTURE_OUTFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/err.h"
#include "privilege.h"

struct ni_outfile {
	int fd;       /* or -1 */
	bool owned;   /* fd is closed by ni_outfile_close() */
	bool hung_up; /* the reader of the pipe is gone */
	bool failed;  /* a write went wrong, nothing more is written */
	uint8_t *buf;
	size_t len;       /* bytes waiting in buf: whole records */
	size_t size;      /* of buf */
	uint64_t written; /* bytes in the file */
	char *name;       /* for messages: the path, or "standard output" */
	/* The length of the whole record at @p, of which @n bytes are there; 0 if fewer than it
	 * has. */
	size_t (*record_len)(const uint8_t *p, size_t n);
};

/* How a file is opened. */
struct ni_outfile_place {
	int dir;                     /* descriptor of the directory, or AT_FDCWD */
	const char *base;            /* the name in it, or "-" for standard output */
	const char *name;            /* for messages */
	const struct ni_user *owner; /* whom a new file will belong to, if known; may be NULL */
	uint64_t input_dev; /* the file that is being read, which must not be written over … */
	uint64_t input_ino; /* … or 0 */
};

/**
 * Open @o for writing at @at, creating it or cutting it to nothing; mode 0644 without the umask.
 * @o must be zeroed, or closed. Returns 0 or fails with NI_ERR_INPUT (it is the input) or
 * NI_ERR_RUN.
 */
int ni_outfile_open(struct ni_outfile *o, const struct ni_outfile_place *at, struct ni_err *err);

/** Take over the open descriptor @fd, which stays the caller's. Fails with NI_ERR_RUN. */
int ni_outfile_adopt(struct ni_outfile *o, int fd, const char *name, struct ni_err *err);

/**
 * Get room for a record of @n bytes, to be filled in and then committed; writes the buffer when it
 * is full. Returns NULL with @err filled in if that fails. Allocates for uncommonly large records.
 */
uint8_t *ni_outfile_reserve(struct ni_outfile *o, size_t n, struct ni_err *err);

/** Count the @n bytes that were filled in after ni_outfile_reserve() as a record. */
static inline void
ni_outfile_commit(struct ni_outfile *o, size_t n)
{
	o->len += n;
}

/** Bytes of the file, written or waiting. */
static inline uint64_t
ni_outfile_size(const struct ni_outfile *o)
{
	return o->written + o->len;
}

/** Write what waits. Returns 0 or fails with NI_ERR_RUN. */
int ni_outfile_flush(struct ni_outfile *o, struct ni_err *err);

/** Flush, close and free. @err is filled if that fails, with NI_ERR_RUN; @o is closed either way.
 */
int ni_outfile_close(struct ni_outfile *o, struct ni_err *err);

#endif
