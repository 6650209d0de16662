/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the columns of the view of HTTP exchanges; see http_cells.h. */
#include "config.h"

#include "http_cells.h"

#include <string.h>

#include "app.h"
#include "columns.h"
#include "i18n.h"
#include "netinspect/http.h"

/* clang-format off */
const struct ni_column_def ni_http_columns[NI_HCOLS] = {
	[NI_HCOL_TIME] = {N_("time"), "time", 8, 18, 0, NI_FIT_RIGHT, 0, 9},
	[NI_HCOL_METHOD] = {N_("method"), "method", 4, 8, 0, NI_FIT_LEFT, 0, 0},
	[NI_HCOL_STATUS] = {N_("code"), "status", 4, 4, 0, NI_FIT_RIGHT, 4, 0},
	[NI_HCOL_HOST] = {N_("host"), "host", 6, 40, 12, NI_FIT_MIDDLE, 6, 7},
	[NI_HCOL_URI] = {N_("URI"), "uri", 8, 0, 14, NI_FIT_MIDDLE, 5, 0},
	[NI_HCOL_TYPE] = {N_("type"), "type", 6, 24, 9, NI_FIT_LEFT, 6, 8},
	[NI_HCOL_SIZE] = {N_("size"), "size", 4, 10, 0, NI_FIT_RIGHT, 0, 4},
	[NI_HCOL_WAIT] = {N_("wait"), "wait", 6, 8, 0, NI_FIT_RIGHT, 0, 3},
	[NI_HCOL_RECEIVE] = {N_("receive"), "receive", 5, 8, 0, NI_FIT_RIGHT, 0, 5},
	[NI_HCOL_CONN] = {N_("conn"), "conn", 4, 14, 8, NI_FIT_LEFT, 4, 2},
	[NI_HCOL_BAR] = {"", "waterfall", 20, 0, 0, NI_FIT_LEFT, 9, 0},
};
/* clang-format on */

static void
put_wire(struct ni_buf *b, const char *s)
{
	ni_buf_escape(b, (const uint8_t *)s, strlen(s));
}

static void
put_phase(struct ni_buf *b, const struct ni_http_row *r, enum ni_http_phase p)
{
	int64_t from;
	int64_t to;
	if (ni_http_row_phase(r, p, &from, &to))
		ni_app_span(b, to - from);
	else
		ni_buf_str(b, "–");
}

/* "3 new", "3 reused", "3 pipelined" */
static void
put_conn(struct ni_buf *b, const struct ni_http_row *r)
{
	ni_buf_fmt(b, "%u ", r->conn & NI_IX_CONN_ID);
	ni_buf_str(b, r->flags & NI_HTTP_PIPELINED ? _("pipelined")
		      : r->number > 1              ? _("reused")
						   : _("new"));
}

void
ni_http_cell(struct ni_buf *b, const struct ni_app *a, const struct ni_http_row *r,
	     enum ni_http_column c)
{
	struct ni_clock clock = {ni_model_first_ns(a->model), ni_http_row_from(r), 0};
	switch (c) {
	case NI_HCOL_TIME:
		ni_time_print(b, ni_http_row_from(r), 6, &clock,
			      a->time == NI_TIME_DELTA ? NI_TIME_RELATIVE : a->time);
		break;
	case NI_HCOL_METHOD:
		put_wire(b, r->flags & NI_HTTP_NO_REQUEST ? "?" : r->method);
		break;
	case NI_HCOL_STATUS:
		if (r->status)
			ni_buf_u64(b, r->status);
		else
			ni_buf_str(b, "–");
		break;
	case NI_HCOL_HOST:
		put_wire(b, r->host);
		break;
	case NI_HCOL_URI:
		put_wire(b, r->uri);
		break;
	case NI_HCOL_TYPE:
		put_wire(b, r->type);
		break;
	case NI_HCOL_SIZE:
		ni_app_bytes(b, r->size);
		break;
	case NI_HCOL_WAIT:
		put_phase(b, r, NI_HTTP_WAIT);
		break;
	case NI_HCOL_RECEIVE:
		put_phase(b, r, NI_HTTP_RECEIVE);
		break;
	case NI_HCOL_CONN:
		put_conn(b, r);
		break;
	case NI_HCOL_BAR:
	case NI_HCOLS:
		break;
	}
}

static int64_t
number_of(const struct ni_http_row *r, enum ni_http_column c)
{
	int64_t from;
	int64_t to;
	switch (c) {
	case NI_HCOL_STATUS:
		return r->status;
	case NI_HCOL_SIZE:
		return (int64_t)r->size;
	case NI_HCOL_CONN:
		return r->conn;
	case NI_HCOL_WAIT:
	case NI_HCOL_RECEIVE:
		if (!ni_http_row_phase(r, c == NI_HCOL_WAIT ? NI_HTTP_WAIT : NI_HTTP_RECEIVE, &from,
				       &to))
			return -1;
		return to - from;
	case NI_HCOL_TIME:
	case NI_HCOL_METHOD:
	case NI_HCOL_HOST:
	case NI_HCOL_URI:
	case NI_HCOL_TYPE:
	case NI_HCOL_BAR:
	case NI_HCOLS:
		break;
	}
	return ni_http_row_from(r);
}

int
ni_http_compare(const struct ni_http_row *x, const struct ni_http_row *y, enum ni_http_column c)
{
	if (c == NI_HCOL_METHOD)
		return strcmp(x->method, y->method);
	if (c == NI_HCOL_HOST)
		return strcmp(x->host, y->host);
	if (c == NI_HCOL_URI)
		return strcmp(x->uri, y->uri);
	if (c == NI_HCOL_TYPE)
		return strcmp(x->type, y->type);
	int64_t nx = number_of(x, c);
	int64_t ny = number_of(y, c);
	return nx < ny ? -1 : nx > ny;
}
