/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many frames, one after the other: flows, TCP tracker, streams, fragments, report. The input is a
 * classic little-endian capture file (so that every capture is a seed), read without mercy: a
 * length that is too long means what is there.
 */
#include "fuzz.h"

enum { FILE_HEADER = 24, LINKTYPE = 20, RECORD = 16, MAX_FRAMES = 4000 };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_session f;
	if (size < FILE_HEADER)
		return 0;
	uint32_t linktype = fuzz_le32(data + LINKTYPE) & 0xffff;
	fuzz_begin(&f);
	data += FILE_HEADER;
	size -= FILE_HEADER;
	while (size >= RECORD && f.number < MAX_FRAMES) {
		uint32_t cap = fuzz_le32(data + 8);
		uint32_t len = fuzz_le32(data + 12);
		f.ts_ns = (int64_t)fuzz_le32(data) * 1000000000 +
			  (int64_t)fuzz_le32(data + 4) % 1000000 * 1000;
		data += RECORD;
		size -= RECORD;
		if (cap > size)
			cap = (uint32_t)size;
		if (len > cap + 65536)
			len = cap + 65536;
		fuzz_frame(&f, linktype, data, cap, len);
		data += cap;
		size -= cap;
	}
	fuzz_end(&f);
	return 0;
}
