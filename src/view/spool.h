/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of a live capture on their way through an unlinked temporary file: one thread puts them in
 * and never waits for anybody, another one reads them, in order or at an offset. The file is a ring
 * of segments; when it is full the oldest segment goes. Offsets never wrap.
 */
#ifndef NI_SPOOL_H
#define NI_SPOOL_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/err.h"
#include "netinspect/frame.h"

struct ni_spool;

/**
 * Create the file in $TMPDIR, else /var/tmp, for at most @max_bytes.
 * Returns 0 and sets *@out, or fails with NI_ERR_RUN.
 */
int ni_spool_new(struct ni_spool **out, uint64_t max_bytes, struct ni_err *err);
void ni_spool_free(struct ni_spool **s);

/* ---- the writer ---- */

/** Put @f in; readers see it after the next ni_spool_flush(). 0, or NI_ERR_RUN when a write failed.
 */
int ni_spool_put(struct ni_spool *s, const struct ni_frame *f, struct ni_err *err);
int ni_spool_flush(struct ni_spool *s, struct ni_err *err);
/** Where the data of the frame that was put last lie. */
uint64_t ni_spool_last(const struct ni_spool *s);

/* ---- the reader ---- */

/* A place in the stream of frames. */
struct ni_spool_pos {
	uint64_t offset; /* of the next record */
	uint64_t lost;   /* frames that went before they were read */
	uint64_t seen;   /* records before this place */
	bool skipped;    /* … or about so many */
};

/**
 * Read the record at @pos and step behind it; frames that are gone are stepped over and counted.
 * @f->offset is set for ni_spool_read(); its data are valid until the next call.
 * Returns 1, or 0 when there is none yet.
 */
int ni_spool_next(struct ni_spool *s, struct ni_spool_pos *pos, struct ni_frame *f);

/** Step behind all records there are, about @records so far: those are not lost. */
void ni_spool_skip(struct ni_spool *s, struct ni_spool_pos *pos, uint64_t records);

/** Read @n bytes at @offset into @buf. False if they are gone. */
bool ni_spool_read(const struct ni_spool *s, uint64_t offset, uint8_t *buf, uint32_t n);

/** Data before this offset are gone. */
uint64_t ni_spool_oldest(const struct ni_spool *s);
/** Bytes that were put in and are there. */
uint64_t ni_spool_bytes(const struct ni_spool *s);

#endif
