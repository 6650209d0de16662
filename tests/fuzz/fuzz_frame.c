/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One frame alone, through every output.
 *
 * OFFSET SIZE FIELD
 *      0    1 link type, an index into the list below
 *      1    1 bytes that the capture does not hold
 *      2      the frame
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "../unit/outputs.h"
#include "state.h"

static const uint16_t linktypes[] = {1, 113, 276, 0,  108, 101, 228, 229,
				     9, 50,  51,  12, 14,  104, 105};

enum { HEADER = 2, NTYPES = sizeof(linktypes) / sizeof(linktypes[0]) };

/* Made once: they remember nothing from one frame to the next. */
static struct ni_registry *registry;
static struct outputs outputs;

static void
set_up(void)
{
	registry = ni_registry_new();
	if (!registry || !outputs_open(&outputs, registry))
		fuzz_fail("no memory");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ni_dis d;
	struct ni_state state = {.check_checksums = true};
	if (!registry)
		set_up();
	if (size < HEADER)
		return 0;
	uint32_t n = (uint32_t)size - HEADER;
	uint8_t *copy = malloc(n ? n : 1);
	if (!copy)
		fuzz_fail("no memory");
	memcpy(copy, data + HEADER, n);
	struct ni_frame f = {
	    .data = copy,
	    .cap = n,
	    .len = n + data[1],
	    .number = 1,
	    .ts_ns = 1700000000000000000,
	    .offset = UINT64_MAX,
	    .linktype = linktypes[data[0] % NTYPES],
	    .ts_digits = 9,
	};
	memset(&d, 0, sizeof(d));
	d.reg = registry;
	d.state = &state;
	ni_dissect(&d, &f);
	fuzz_check(&d);
	const char *wrong = outputs_show_all(&outputs, &d);
	if (wrong)
		fuzz_fail(wrong);
	free(copy);
	return 0;
}
