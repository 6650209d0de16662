/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every output at once, for tests that want to see what happens when a packet is shown. */
#ifndef NI_TEST_OUTPUTS_H
#define NI_TEST_OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>

#include "netinspect/proto.h"
#include "sink.h"

enum { OUTPUT_TEXT, OUTPUT_FIELDS, OUTPUT_JSON, OUTPUT_COUNT };

/* Sinks that write into memory of their own, and what each of them wrote last. */
struct outputs {
	struct ni_out out[OUTPUT_COUNT];
	struct ni_sink *sink[OUTPUT_COUNT];
	const char **keys; /* all there are, for the fields */
	unsigned shown;
	int fd;
};

/** Make all outputs for the protocols of @reg. False when memory is short. */
bool outputs_open(struct outputs *o, const struct ni_registry *reg);
void outputs_close(struct outputs *o);

/** Show @d through output @which; *@n gets the length of the text, which lives until the next call.
 */
const char *outputs_show(struct outputs *o, unsigned which, const struct ni_dis *d, size_t *n);

/**
 * Show @d everywhere; as fields, of which there are thousands, only every 16th time.
 * Returns NULL, or what is wrong with what came out (controls, no UTF-8).
 */
const char *outputs_show_all(struct outputs *o, const struct ni_dis *d);

/** Say what is wrong with @n bytes of output, or NULL. Newlines and tabs are allowed. */
const char *outputs_judge(const char *p, size_t n);

#endif
