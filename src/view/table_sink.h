/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sink by which a table of the view hears of frames and events. */
#ifndef NI_TABLE_SINK_H
#define NI_TABLE_SINK_H

#include "netinspect/session.h"

struct ni_table_sink {
	struct ni_sink sink;
	void *table; /* not owned */
};

/** Make a sink with @ops, whose free is ni_table_sink_free(). NULL when memory is short. */
struct ni_sink *ni_table_sink(const struct ni_sink_ops *ops, void *table);
void ni_table_sink_free(struct ni_sink *s);

#endif
