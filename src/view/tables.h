/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables that views show beside packets and connections, filled as the capture is taken in. */
#ifndef NI_TABLES_H
#define NI_TABLES_H

#include "httptab.h"
#include "netmap.h"
#include "traffic.h"

struct ni_tables {
	struct ni_httptab http;
	struct ni_netmap net;
	struct ni_traffic traffic;
};

/** Make empty tables and have @m fill them; before ni_model_start(). NULL when memory is short. */
struct ni_tables *ni_tables_new(struct ni_model *m);
/** After the model. */
void ni_tables_free(struct ni_tables **t);

#endif
