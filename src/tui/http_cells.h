/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of the view of HTTP exchanges. */
#ifndef NI_HTTP_CELLS_H
#define NI_HTTP_CELLS_H

#include "columns_fit.h"
#include "httptab.h"

struct ni_app;

enum ni_http_column {
	NI_HCOL_TIME,
	NI_HCOL_METHOD,
	NI_HCOL_STATUS,
	NI_HCOL_HOST,
	NI_HCOL_URI,
	NI_HCOL_TYPE,
	NI_HCOL_SIZE,
	NI_HCOL_WAIT,
	NI_HCOL_RECEIVE,
	NI_HCOL_CONN,
	NI_HCOL_BAR,
	NI_HCOLS
};

extern const struct ni_column_def ni_http_columns[NI_HCOLS];

/** Append the cell of column @c; the bar has none. */
void ni_http_cell(struct ni_buf *b, const struct ni_app *a, const struct ni_http_row *r,
		  enum ni_http_column c);
/** Orders two rows by column @c. */
int ni_http_compare(const struct ni_http_row *x, const struct ni_http_row *y,
		    enum ni_http_column c);

#endif
