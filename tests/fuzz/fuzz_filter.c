/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The display filter's compiler and evaluator.
 *
 * The input is the text of a filter up to its first NUL, then an Ethernet frame it is asked about.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "netinspect/filter.h"
#include "netinspect/proto.h"

static struct ni_registry *registry;

static void
ask(struct ni_filter *f, const uint8_t *frame, size_t n)
{
	static struct ni_dis d;
	struct ni_frame in = {
	    .data = frame,
	    .cap = (uint32_t)n,
	    .len = (uint32_t)n,
	    .number = 1,
	    .ts_ns = 1700000000000000000,
	    .offset = UINT64_MAX,
	    .linktype = 1,
	    .ts_digits = 9,
	};
	memset(&d, 0, sizeof(d));
	d.reg = registry;
	ni_dissect(&d, &in);
	bool first = ni_filter_match(f, &d);
	if (ni_filter_match(f, &d) != first)
		fuzz_fail("the same question has two answers");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ni_filter_error err;
	const char *keys[8];
	size_t start;
	size_t n = strnlen((const char *)data, size);
	char *text = malloc(n + 1);
	size_t rest = n < size ? size - n - 1 : 0;
	uint8_t *frame = malloc(rest ? rest : 1);
	if (!registry)
		registry = ni_registry_new();
	if (!text || !frame || !registry)
		fuzz_fail("no memory");
	memcpy(text, data, n);
	text[n] = '\0';
	memcpy(frame, data + size - rest, rest);
	struct ni_filter *f = ni_filter_compile(registry, text, &err);
	if (f)
		ask(f, frame, rest);
	else if (!err.what[0] || err.at > n)
		fuzz_fail("an error without a text or a place");
	ni_filter_free(&f);
	ni_filter_complete(registry, text, n, &start, keys, sizeof(keys) / sizeof(keys[0]));
	if (start > n)
		fuzz_fail("a word begins behind the cursor");
	free(text);
	free(frame);
	return 0;
}
