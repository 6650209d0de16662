/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every sink there is, for tests that want to see what whole captures do to them. */
#ifndef NI_TEST_SINKS_H
#define NI_TEST_SINKS_H

#include <stddef.h>

#include "netinspect/session.h"
#include "objects.h"
#include "points.h"
#include "sink.h"

/* What the sinks of one session need; outlives the session. */
struct sinks {
	struct ni_report_input about;
	struct ni_objects_stats objects;
	struct ni_point point;
	size_t ladder_memory; /* 0: the default */
};

/*
 * Add sinks to @s that write to @out, and return how many could not be made: those that show
 * packets and sum up the capture, those of the statistics, and the two that write elsewhere
 * (objects go to /dev/null).
 */
unsigned sinks_add_outputs(struct sinks *k, struct ni_session *s, struct ni_out *out);
unsigned sinks_add_stats(struct sinks *k, struct ni_session *s, struct ni_out *out);
unsigned sinks_add_others(struct sinks *k, struct ni_session *s);

#endif
