/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bodies of HTTP messages without their content codings (RFC 9110 section 8.4): gzip, deflate, br,
 * zstd, also several on top of each other. Bytes go in as they come and come out as they are
 * decoded; neither side is ever held as a whole. What comes out is bounded in size, in memory and
 * in proportion to what went in.
 */
#ifndef NETINSPECT_BODY_H
#define NETINSPECT_BODY_H

#include <stddef.h>
#include <stdint.h>

struct ni_body;

enum ni_body_outcome {
	NI_BODY_OK,        /* whole; before its end: so far */
	NI_BODY_CUT,       /* its end is missing, or bytes before it */
	NI_BODY_TOO_LARGE, /* more than max_bytes: the rest is left out */
	NI_BODY_RATIO,     /* grows as only a bomb does: the rest is left out */
	NI_BODY_CORRUPT,   /* not what its coding says; what came before is decoded */
	NI_BODY_UNKNOWN,   /* a coding that nothing here decodes: nothing came out */
	NI_BODY_NOUTCOMES,
};

struct ni_body_opts {
	uint64_t max_bytes; /* that come out at most; 0: NI_BODY_MAX_BYTES */
	uint32_t max_ratio; /* of bytes out to bytes in; 0: NI_BODY_MAX_RATIO */
	/* Called for each piece that is decoded, with at least a byte. */
	void (*out)(void *ctx, const uint8_t *p, size_t n);
	void *ctx;
};

enum {
	NI_BODY_MAX_BYTES = 64 * 1024 * 1024,
	NI_BODY_MAX_RATIO = 2048,         /* deflate cannot do more than 1032 */
	NI_BODY_RATIO_FREE = 1024 * 1024, /* so much may come out however little went in */
	NI_BODY_CODINGS = 4,              /* on top of each other */
};

/**
 * Begin a body with the value @encoding (@n bytes, may be NULL) of Content-Encoding.
 * Allocates, as the libraries for the codings do: at most about 20 MiB for each. NULL when memory
 * is short. A coding that is unknown shows in the outcome.
 */
struct ni_body *ni_body_new(const uint8_t *encoding, size_t n, const struct ni_body_opts *o);

/** Free it; *@b may be NULL and becomes so. */
void ni_body_free(struct ni_body **b);

/** Decode @n more bytes. Returns the outcome so far; once it is not NI_BODY_OK it stays so. */
enum ni_body_outcome ni_body_put(struct ni_body *b, const uint8_t *p, size_t n);

/** Say that bytes are missing here: without codings the body goes on behind them, else it ends. */
enum ni_body_outcome ni_body_lost(struct ni_body *b);

/** Say that no more bytes come. Returns the final outcome; may be called again. */
enum ni_body_outcome ni_body_end(struct ni_body *b);

/** Bytes that went in and that came out. */
uint64_t ni_body_in(const struct ni_body *b);
uint64_t ni_body_out(const struct ni_body *b);

/** Say in a clause, in the reader's language, what an outcome other than NI_BODY_OK means. */
const char *ni_body_text(enum ni_body_outcome outcome);

#endif
