/* SPDX-License-Identifier: GPL-2.0-or-later */
/* View 3: HTTP exchanges, and where their time went. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "columns.h"
#include "exporting.h"
#include "i18n.h"
#include "messages.h"
#include "netinspect/http.h"
#include "table.h"
#include "tables.h"

enum column { TIME, METHOD, STATUS, HOST, URI, TYPE, SIZE, WAIT, RECEIVE, CONN, BAR, NCOLS };

/* clang-format off */
static const struct ni_column_def columns[NCOLS] = {
	[TIME] = {N_("time"), "time", 8, 18, 0, NI_FIT_RIGHT, 0, 9},
	[METHOD] = {N_("method"), "method", 4, 8, 0, NI_FIT_LEFT, 3, 0},
	[STATUS] = {N_("code"), "status", 4, 4, 0, NI_FIT_RIGHT, 4, 0},
	[HOST] = {N_("host"), "host", 6, 40, 12, NI_FIT_MIDDLE, 6, 7},
	[URI] = {N_("URI"), "uri", 8, 0, 14, NI_FIT_MIDDLE, 5, 0},
	[TYPE] = {N_("type"), "type", 6, 24, 9, NI_FIT_LEFT, 6, 8},
	[SIZE] = {N_("size"), "size", 4, 10, 0, NI_FIT_RIGHT, 0, 4},
	[WAIT] = {N_("wait"), "wait", 6, 8, 0, NI_FIT_RIGHT, 0, 3},
	[RECEIVE] = {N_("receive"), "receive", 5, 8, 0, NI_FIT_RIGHT, 0, 5},
	[CONN] = {N_("conn"), "conn", 4, 14, 11, NI_FIT_LEFT, 4, 6},
	[BAR] = {"", "waterfall", 10, 0, 16, NI_FIT_LEFT, 9, 0},
};
/* clang-format on */

struct http {
	struct ni_view view;
	struct ni_table table;
	int64_t from_ns, to_ns; /* of the exchanges on the screen */
	struct ni_exporting *exporting;
};

static const struct ni_http_row *
row(const struct ni_view *v, uint64_t i)
{
	return ni_httptab_row(&v->app->o.tables->http, i);
}

/* ---- cells ---- */

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

static void
http_cell(struct ni_view *v, uint64_t i, int col, struct ni_buf *b)
{
	const struct ni_http_row *r = row(v, i);
	const struct ni_app *a = v->app;
	struct ni_clock clock = {ni_model_first_ns(a->model), ni_http_row_from(r), 0};
	switch ((enum column)col) {
	case TIME:
		ni_time_print(b, ni_http_row_from(r), 6, &clock,
			      a->time == NI_TIME_DELTA ? NI_TIME_RELATIVE : a->time);
		break;
	case METHOD:
		put_wire(b, r->flags & NI_HTTP_NO_REQUEST ? "?" : r->method);
		break;
	case STATUS:
		if (r->status)
			ni_buf_u64(b, r->status);
		else
			ni_buf_str(b, "–");
		break;
	case HOST:
		put_wire(b, r->host);
		break;
	case URI:
		put_wire(b, r->uri);
		break;
	case TYPE:
		put_wire(b, r->type);
		break;
	case SIZE:
		ni_app_bytes(b, r->size);
		break;
	case WAIT:
		put_phase(b, r, NI_HTTP_WAIT);
		break;
	case RECEIVE:
		put_phase(b, r, NI_HTTP_RECEIVE);
		break;
	case CONN:
		put_conn(b, r);
		break;
	case BAR:
	case NCOLS:
		break;
	}
}

/* What is on the screen is to scale. */
static void
http_prepare(struct ni_view *v, const uint64_t *rows, int n)
{
	struct http *h = (struct http *)v;
	h->from_ns = INT64_MAX;
	h->to_ns = INT64_MIN;
	for (int i = 0; i < n; i++) {
		const struct ni_http_row *r = row(v, rows[i]);
		int64_t from = ni_http_row_from(r);
		int64_t to = ni_http_row_to(r);
		h->from_ns = from < h->from_ns ? from : h->from_ns;
		h->to_ns = to > h->to_ns ? to : h->to_ns;
	}
}

static int
cell_of(const struct http *h, int64_t ns, int width)
{
	double span = h->to_ns > h->from_ns ? (double)h->to_ns - (double)h->from_ns : 1;
	int x = (int)(((double)ns - (double)h->from_ns) / span * width);
	return x < 0 ? 0 : x < width ? x : width - 1;
}

enum { WIDEST = 300, EMPTY = NI_HTTP_NPHASES };

/* In each cell stands the phase that had most of its time. */
static void
fill_cells(const struct http *h, const struct ni_http_row *r, int width, uint8_t *at)
{
	double per = (double)(h->to_ns - h->from_ns) / width;
	double most[WIDEST] = {0};
	for (unsigned p = 0; p < NI_HTTP_NPHASES; p++) {
		int64_t from;
		int64_t to;
		if (!ni_http_row_phase(r, (enum ni_http_phase)p, &from, &to))
			continue;
		int last = cell_of(h, to, width);
		for (int x = cell_of(h, from, width); x <= last; x++) {
			double begin = (double)h->from_ns + per * x;
			double lo = (double)from > begin ? (double)from : begin;
			double hi = (double)to < begin + per ? (double)to : begin + per;
			if (at[x] != EMPTY && hi - lo <= most[x])
				continue;
			at[x] = (uint8_t)p;
			most[x] = hi - lo;
		}
	}
}

/* A phase that is too short to have a cell takes the one it begins in, if that leaves others. */
static void
show_short(const struct http *h, const struct ni_http_row *r, int width, uint8_t *at)
{
	unsigned cells[NI_HTTP_NPHASES + 1] = {0};
	for (int x = 0; x < width; x++)
		cells[at[x]]++;
	for (unsigned p = 0; p < NI_HTTP_NPHASES; p++) {
		int64_t from;
		int64_t to;
		if (cells[p] || !ni_http_row_phase(r, (enum ni_http_phase)p, &from, &to))
			continue;
		uint8_t *cell = &at[cell_of(h, from, width)];
		if (cells[*cell] < 2)
			continue;
		cells[*cell]--;
		*cell = (uint8_t)p;
		cells[p]++;
	}
}

/* Connect, send, wait and receive differ in their characters, not only in colour. */
static void
http_fill(struct ni_view *v, uint64_t i, int width, struct ni_buf *b)
{
	static const char *const marks[] = {[NI_HTTP_CONNECT] = "·",
					    [NI_HTTP_SEND] = "▶",
					    [NI_HTTP_WAIT] = "─",
					    [NI_HTTP_RECEIVE] = "█",
					    [EMPTY] = " "};
	uint8_t at[WIDEST];
	const struct http *h = (const struct http *)v;
	width = width < WIDEST ? width : WIDEST;
	memset(at, EMPTY, sizeof(at));
	fill_cells(h, row(v, i), width, at);
	show_short(h, row(v, i), width, at);
	for (int x = 0; x < width; x++)
		ni_buf_str(b, marks[at[x]]);
}

static int64_t
number_of(const struct ni_http_row *r, enum column col)
{
	int64_t from;
	int64_t to;
	switch (col) {
	case STATUS:
		return r->status;
	case SIZE:
		return (int64_t)r->size;
	case CONN:
		return r->conn;
	case WAIT:
	case RECEIVE:
		if (!ni_http_row_phase(r, col == WAIT ? NI_HTTP_WAIT : NI_HTTP_RECEIVE, &from, &to))
			return -1;
		return to - from;
	case TIME:
	case METHOD:
	case HOST:
	case URI:
	case TYPE:
	case BAR:
	case NCOLS:
		break;
	}
	return ni_http_row_from(r);
}

static int
http_compare(struct ni_view *v, uint64_t a, uint64_t b, int col)
{
	const struct ni_http_row *x = row(v, a);
	const struct ni_http_row *y = row(v, b);
	if (col == METHOD)
		return strcmp(x->method, y->method);
	if (col == HOST)
		return strcmp(x->host, y->host);
	if (col == URI)
		return strcmp(x->uri, y->uri);
	if (col == TYPE)
		return strcmp(x->type, y->type);
	int64_t nx = number_of(x, (enum column)col);
	int64_t ny = number_of(y, (enum column)col);
	return nx < ny ? -1 : nx > ny;
}

static enum ni_role
http_role(struct ni_view *v, uint64_t i)
{
	unsigned status = row(v, i)->status;
	return !status || status >= 500 ? NI_ROLE_BAD : status >= 400 ? NI_ROLE_WARN : NI_ROLE_TEXT;
}

static bool
http_shown(struct ni_view *v, uint64_t i)
{
	return ni_filtering_has_conn(v->app->filter, row(v, i)->conn);
}

static const struct ni_table_ops table_ops = {
    .columns = columns,
    .n = NCOLS,
    .wide = BAR,
    .none = N_("no HTTP yet"),
    .cell = http_cell,
    .fill = http_fill,
    .prepare = http_prepare,
    .compare = http_compare,
    .role = http_role,
    .shown = http_shown,
};

/* ---- the view ---- */

static void
http_destroy(struct ni_view *v)
{
	struct http *h = (struct http *)v;
	ni_table_free(&h->table);
	ni_exporting_free(&h->exporting);
	free(h);
}

static struct ni_view *
http_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct http *h = calloc(1, sizeof(*h));
	(void)arg;
	if (!h) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	h->view = (struct ni_view){&ni_http_view, a};
	ni_table_init(&h->table, &table_ops, &h->view);
	h->table.sort = TIME;
	return &h->view;
}

static void
draw_legend(const struct http *h, struct ni_rect r)
{
	char line[256];
	struct ni_buf b = ni_buf(line, sizeof(line));
	uint64_t lost = h->view.app->o.tables->http.rows.lost;
	ni_buf_str(&b, _("· connect  ▶ send  ─ wait  █ receive"));
	if (h->to_ns > h->from_ns) {
		ni_buf_str(&b, "   ");
		ni_buf_str(&b, _("width: "));
		ni_app_span(&b, h->to_ns - h->from_ns);
	}
	if (lost)
		ni_buf_fmt(&b, _("   %llu more found no room"), (unsigned long long)lost);
	ni_screen_text(r.y + r.h - 1, r.x, r.w, ni_buf_z(&b), NI_ROLE_DIM, false);
}

static void
http_draw(struct ni_view *v, struct ni_rect r)
{
	struct http *h = (struct http *)v;
	uint64_t version = ni_model_version(v->app->model) + ni_filtering_version(v->app->filter);
	struct ni_rect at = {r.y, r.x, r.h - 1, r.w};
	ni_table_draw(&h->table, at, ni_httptab_count(&v->app->o.tables->http), version, true);
	draw_legend(h, r);
}

static const struct ni_http_row *
selected(const struct http *h)
{
	uint64_t i = ni_table_row(&h->table);
	return i == UINT64_MAX ? NULL : row(&h->view, i);
}

static void
open_row(struct http *h, const struct ni_view_ops *ops)
{
	const struct ni_http_row *r = selected(h);
	if (!r)
		return;
	struct ni_view_arg arg = {.conn = r->conn, .packet = r->packet, .number = r->number};
	if (ops == &ni_message_view && r->flags & NI_HTTP_NO_REQUEST)
		arg.number = 0; /* it has none of its own */
	ni_app_push(h->view.app, ops, &arg);
}

static bool
http_act(struct ni_view *v, enum ni_act act)
{
	struct http *h = (struct http *)v;
	if (h->exporting && act == NI_ACT_BACK) {
		ni_exporting_free(&h->exporting);
		ni_app_say(v->app, NI_ROLE_NOTE, "%s",
			   _("stopped; the files written so far are there"));
	} else if (act == NI_ACT_OPEN) {
		open_row(h, &ni_message_view);
	} else if (act == NI_ACT_STREAM) {
		open_row(h, &ni_stream_view);
	} else {
		return ni_table_act(&h->table, act);
	}
	return true;
}

static bool
http_work(struct ni_view *v, int64_t ns)
{
	struct http *h = (struct http *)v;
	char line[400];
	struct ni_buf b = ni_buf(line, sizeof(line));
	struct ni_err err = {.what = "", .hint = ""};
	if (!h->exporting)
		return false;
	if (ni_exporting_work(h->exporting, ns)) {
		ni_app_say(v->app, NI_ROLE_NOTE, _("writing bodies: %u%%; Esc stops"),
			   ni_exporting_percent(h->exporting));
		return true;
	}
	if (ni_exporting_sum_up(h->exporting, &b, &err))
		ni_app_say(v->app, NI_ROLE_BAD, "%s", err.what);
	else
		ni_app_say(v->app, NI_ROLE_GOOD, "%s", ni_buf_z(&b));
	ni_exporting_free(&h->exporting);
	return false;
}

/* All bodies into a directory, or the one of the selected exchange into a file. */
static int
http_write(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err)
{
	struct http *h = (struct http *)v;
	const struct ni_http_row *r = selected(h);
	size_t n = strlen(path);
	if (n > 1 && path[n - 1] == '/') {
		char dir[NI_PROMPT_MAX];
		struct ni_buf b = ni_buf(dir, sizeof(dir));
		ni_buf_mem(&b, path, n - 1);
		ni_exporting_free(&h->exporting);
		h->exporting = ni_exporting_new(v->app->model, ni_buf_z(&b), err);
		ni_buf_str(said, _("writing bodies"));
		return h->exporting ? NI_SUCCESS : NI_ERR_RUN;
	}
	if (!r)
		return ni_fail(err, NI_ERR_RUN, "%s", _("there is no body to write"));
	struct ni_messages_what what = {r->conn, r->number, r->packet};
	struct ni_messages *m = ni_messages_new(v->app->model, &what, err);
	if (!m)
		return NI_ERR_RUN;
	ni_watch_work(m->watch, NI_WATCH_ALL);
	int rc = ni_message_write_body(m, path, said, err);
	ni_messages_free(&m);
	return rc;
}

static void
http_position(const struct ni_view *v, uint64_t *at, uint64_t *rows)
{
	ni_table_position(&((const struct http *)v)->table, at, rows);
}

static uint64_t
http_packet(const struct ni_view *v)
{
	const struct ni_http_row *r = selected((const struct http *)v);
	return r ? r->packet : 0;
}

static void
http_copy(struct ni_view *v, struct ni_buf *b)
{
	ni_table_copy(&((struct http *)v)->table, b);
}

static bool
http_search(struct ni_view *v, const char *text, int way)
{
	return ni_table_search(&((struct http *)v)->table, text, way);
}

static void
http_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	struct http *h = (struct http *)v;
	ni_table_mouse(&h->table, m);
	if (m->twice)
		open_row(h, &ni_message_view);
}

static bool
http_follows(const struct ni_view *v)
{
	return ((const struct http *)v)->table.list.follow;
}

static void
say_phase(struct ni_buf *b, enum ni_http_phase p, const char *span)
{
	switch (p) {
	case NI_HTTP_CONNECT:
		ni_buf_fmt(b, _("The connection was opened for this request; that took %s.\n"),
			   span);
		break;
	case NI_HTTP_SEND:
		ni_buf_fmt(b, _("The request was sent within %s.\n"), span);
		break;
	case NI_HTTP_WAIT:
		ni_buf_fmt(b,
			   _("Then it took %s until the first byte of the response: the way there "
			     "and back, and the server's work.\n"),
			   span);
		break;
	case NI_HTTP_RECEIVE:
		ni_buf_fmt(b, _("The response came in within %s.\n"), span);
		break;
	case NI_HTTP_NPHASES:
		break;
	}
}

/* Where the time went, in words. */
static void
http_explain(struct ni_view *v, struct ni_buf *b)
{
	const struct ni_http_row *r = selected((struct http *)v);
	if (!r)
		return;
	for (unsigned p = 0; p < NI_HTTP_NPHASES; p++) {
		char span[32];
		struct ni_buf s = ni_buf(span, sizeof(span));
		int64_t from;
		int64_t to;
		if (!ni_http_row_phase(r, (enum ni_http_phase)p, &from, &to))
			continue;
		ni_app_span(&s, to - from);
		say_phase(b, (enum ni_http_phase)p, ni_buf_z(&s));
	}
	if (r->number > 1)
		ni_buf_str(b, _("The connection was there already: no time was lost to open it "
				"(RFC 9112 9.3).\n"));
	if (r->flags & NI_HTTP_PIPELINED)
		ni_buf_str(b, _("The request was sent before the response to the one before it had "
				"come: pipelining (RFC 9112 9.3.2).\n"));
	if (!r->status)
		ni_buf_str(b, _("No response was seen.\n"));
}

const struct ni_view_ops ni_http_view = {
    .name = N_("HTTP"),
    .place = NI_AT_HTTP,
    .create = http_create,
    .destroy = http_destroy,
    .draw = http_draw,
    .act = http_act,
    .position = http_position,
    .work = http_work,
    .copy = http_copy,
    .mouse = http_mouse,
    .packet = http_packet,
    .search = http_search,
    .write = http_write,
    .follows = http_follows,
    .explain = http_explain,
    .columns = columns,
    .ncolumns = NCOLS,
};
