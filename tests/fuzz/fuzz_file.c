/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture file, as a regular file and through a pipe-like descriptor: every format, compressed or
 * not. Frames must be sane: no more captured than claimed, all captured bytes readable.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source.h"

enum { MAX_FRAMES = 20000, MAX_IDLE = 64 };

static volatile uint8_t sink; /* so that reading the bytes is not optimised away */

static void
look_at(const struct ni_frame *f)
{
	uint8_t sum = 0;
	if (f->cap > f->len)
		fuzz_fail("more captured than there was");
	for (uint32_t i = 0; i < f->cap; i++)
		sum = (uint8_t)(sum + f->data[i]);
	for (uint32_t i = 0; f->comment && i < f->comment_len; i++)
		sum = (uint8_t)(sum + (uint8_t)f->comment[i]);
	if (f->ifname)
		sum = (uint8_t)(sum + strlen(f->ifname));
	sink = sum;
}

static void
read_all(const char *path)
{
	struct ni_file_options opt = {.path = path};
	struct ni_source *s = NULL;
	struct ni_source_info info;
	struct ni_source_stats stats;
	struct ni_frame f;
	struct ni_err err;
	unsigned idle = 0;
	if (ni_source_open_file(&s, &opt, &err)) {
		if (!err.what[0])
			fuzz_fail("an error without a word");
		return;
	}
	ni_source_set_wait(s, 0);
	for (uint64_t n = 0; n < MAX_FRAMES && idle < MAX_IDLE;) {
		int rc = ni_source_next(s, &f, &err);
		if (rc == NI_SOURCE_END)
			break;
		if (rc == NI_SOURCE_FRAME) {
			look_at(&f);
			if (f.number != ++n)
				fuzz_fail("frames are not numbered one by one");
		} else if (rc == NI_SOURCE_IDLE) {
			idle++;
		} else if (!err.what[0]) {
			fuzz_fail("an error without a word");
		}
	}
	ni_source_info(s, &info);
	ni_source_stats(s, &stats);
	ni_source_close(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		fuzz_fail("no memory file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_all(path);
	close(fd);
	return 0;
}
