/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sink of a table; see table_sink.h. */
#include "table_sink.h"

#include <stdlib.h>

struct ni_sink *
ni_table_sink(const struct ni_sink_ops *ops, void *table)
{
	struct ni_table_sink *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->sink.ops = ops;
	s->table = table;
	return &s->sink;
}

void
ni_table_sink_free(struct ni_sink *s)
{
	free(s);
}
