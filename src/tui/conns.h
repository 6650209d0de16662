/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of the view of connections. */
#ifndef NI_CONNS_H
#define NI_CONNS_H

#include "columns_fit.h"
#include "conntab.h"

enum { NI_CONNS_CELL = 128 };

enum ni_conns_column {
	NI_CONNS_MARK,
	NI_CONNS_NUMBER,
	NI_CONNS_CLIENT,
	NI_CONNS_ARROW,
	NI_CONNS_SERVER,
	NI_CONNS_OPEN,
	NI_CONNS_CLOSE,
	NI_CONNS_TROUBLE,
	NI_CONNS_STATES,
	NI_CONNS_HTTP,
	NI_CONNS_RTT,
	NI_CONNS_BYTES,
	NI_CONNS_PACKETS,
	NI_CONNS_AGE,
	NI_CONNS_N
};

extern const struct ni_column_def ni_conns_columns[NI_CONNS_N];

/** How bad what is wrong with it is: 3 worst, 0 all is well. */
int ni_conns_severity(const struct ni_conn_row *r);
/** What is wrong with it, in words. */
const char *ni_conns_trouble(const struct ni_conn_row *r);
/** What rows are sorted by. */
int64_t ni_conns_key(const struct ni_conn_row *r, enum ni_conns_column c);
/** Append the cell of column @c, and a NUL. */
void ni_conns_cell(struct ni_buf *b, const struct ni_conn_row *r, enum ni_conns_column c);

#endif
