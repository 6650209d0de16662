/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets have in common. Each is a file with LLVMFuzzerTestOneInput(), which is
 * linked with libFuzzer (make fuzz) or with replay.c, a main() that gives it files and variations
 * of them.
 */
#ifndef NI_FUZZ_H
#define NI_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "../unit/sinks.h"
#include "netinspect/session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Stop at once: something that must never be untrue is. */
_Noreturn void fuzz_fail(const char *what);

/** Stop if @d contradicts itself. */
void fuzz_check(const struct ni_dis *d);

/* A session with every sink there is, writing to nowhere. */
struct fuzz_session {
	struct ni_session *s;
	struct sinks sinks;
	int64_t ts_ns;
	uint64_t number;
};

/** Begin a session; small bounds, so that they are met. */
void fuzz_begin(struct fuzz_session *f);

/** Give it a frame, in a copy of exactly its size: @cap bytes, of which the wire had @len. */
void fuzz_frame(struct fuzz_session *f, uint32_t linktype, const uint8_t *p, uint32_t cap,
		uint32_t len);

/** End it; looks whether the bounds were kept. */
void fuzz_end(struct fuzz_session *f);

static inline uint16_t
fuzz_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
fuzz_le32(const uint8_t *p)
{
	return (uint32_t)fuzz_le16(p) | (uint32_t)fuzz_le16(p + 2) << 16;
}

#endif
