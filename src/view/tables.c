/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables; see tables.h. */
#include "tables.h"

#include <stdlib.h>

struct ni_tables *
ni_tables_new(struct ni_model *m)
{
	struct ni_tables *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	struct ni_model_table all[] = {ni_httptab_table(&t->http), ni_netmap_table(&t->net),
				       ni_traffic_table(&t->traffic)};
	bool room = true;
	for (size_t i = 0; room && i < sizeof(all) / sizeof(all[0]); i++)
		room = ni_model_add_table(m, &all[i]);
	if (!room)
		ni_tables_free(&t);
	return t;
}

void
ni_tables_free(struct ni_tables **t)
{
	if (!*t)
		return;
	struct ni_model_table all[] = {ni_httptab_table(&(*t)->http), ni_netmap_table(&(*t)->net),
				       ni_traffic_table(&(*t)->traffic)};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		all[i].clear(all[i].table);
	free(*t);
	*t = NULL;
}
