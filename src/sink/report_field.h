/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of single fields for the report, where no event carries them. */
#ifndef NI_REPORT_FIELD_H
#define NI_REPORT_FIELD_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/proto.h"

/** Fetch a declared or computed field of @l by its key. False when it is not there. */
bool rp_field(const struct ni_dis *d, const struct ni_layer *l, const char *key,
	      struct ni_value *v);

/** Look for a number among all fields of @l, those of its variable parts too. Walks the layer. */
bool rp_field_number(const struct ni_dis *d, const struct ni_layer *l, const char *key,
		     uint64_t *n);

/** The same for a span of time, in nanoseconds, however the field keeps it. */
bool rp_field_ns(const struct ni_dis *d, const struct ni_layer *l, const char *key, int64_t *ns);

#endif
