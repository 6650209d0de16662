/* SPDX-License-Identifier: GPL-2.0-or-later */
/* View 3: HTTP exchanges, and where their time went. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "exporting.h"
#include "http_cells.h"
#include "i18n.h"
#include "messages.h"
#include "netinspect/http.h"
#include "table.h"
#include "tables.h"
#include "waterfall.h"

enum pane { LIST, MESSAGE, NPANES };

struct http {
	struct ni_view view;
	struct ni_table table;
	enum ni_scale scale;
	struct ni_waterfall bars;
	uint64_t scaled;       /* version of the table that all of it was measured for; 0: none */
	struct ni_inner inner; /* the message */
	struct ni_exporting *exporting;
};

static const struct ni_http_row *
row(const struct ni_view *v, uint64_t i)
{
	return ni_httptab_row(&v->app->o.tables->http, i);
}

static const struct ni_http_row *
selected(const struct http *h)
{
	uint64_t i = ni_table_row(&h->table);
	return i == UINT64_MAX ? NULL : row(&h->view, i);
}

/* ---- cells ---- */

static void
http_cell(struct ni_view *v, uint64_t i, int col, struct ni_buf *b)
{
	ni_http_cell(b, v->app, row(v, i), (enum ni_http_column)col);
}

/* What the bars are to scale with. */
static void
http_prepare(struct ni_view *v, const uint64_t *rows, int n)
{
	struct http *h = (struct http *)v;
	const struct ni_table *t = &h->table;
	const struct ni_http_row *here = selected(h);
	if (h->scale == NI_SCALE_ALL && h->scaled == t->version)
		return;
	h->scaled = h->scale == NI_SCALE_ALL ? t->version : 0;
	ni_waterfall_clear(&h->bars);
	bool shown = h->scale == NI_SCALE_ROWS;
	for (uint64_t i = 0; i < (shown ? (uint64_t)n : t->n); i++) {
		const struct ni_http_row *r = row(v, shown ? rows[i] : t->order[i]);
		if (h->scale != NI_SCALE_CONN || (here && r->conn == here->conn))
			ni_waterfall_take(&h->bars, r);
	}
}

static void
http_fill(struct ni_view *v, uint64_t i, int width, struct ni_buf *b)
{
	uint8_t at[NI_WATERFALL_MAX];
	const struct http *h = (const struct http *)v;
	width = width < NI_WATERFALL_MAX ? width : NI_WATERFALL_MAX;
	ni_waterfall_cells(&h->bars, row(v, i), width, at);
	for (int x = 0; x < width; x++)
		ni_buf_str(b, ni_waterfall_mark(at[x]));
}

/* Colours repeat what the characters say. */
static void
http_paint(struct ni_view *v, uint64_t i, struct ni_rect r)
{
	static const enum ni_role roles[] = {[NI_HTTP_CONNECT] = NI_ROLE_WARN,
					     [NI_HTTP_SEND] = NI_ROLE_CLIENT,
					     [NI_HTTP_WAIT] = NI_ROLE_DIM,
					     [NI_HTTP_RECEIVE] = NI_ROLE_GOOD};
	uint8_t at[NI_WATERFALL_MAX];
	const struct http *h = (const struct http *)v;
	int width = r.w < NI_WATERFALL_MAX ? r.w : NI_WATERFALL_MAX;
	ni_waterfall_cells(&h->bars, row(v, i), width, at);
	for (int x = 0; x < width; x++)
		if (at[x] != NI_WATERFALL_NONE)
			ni_screen_text(r.y, r.x + x, 1, ni_waterfall_mark(at[x]), roles[at[x]],
				       false);
}

static void
http_head(struct ni_view *v, int width, struct ni_buf *b)
{
	ni_waterfall_axis(&((struct http *)v)->bars, width, b);
}

static int
http_compare(struct ni_view *v, uint64_t a, uint64_t b, int col)
{
	return ni_http_compare(row(v, a), row(v, b), (enum ni_http_column)col);
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
    .columns = ni_http_columns,
    .n = NI_HCOLS,
    .wide = NI_HCOL_BAR,
    .none = N_("no HTTP yet"),
    .cell = http_cell,
    .fill = http_fill,
    .head = http_head,
    .paint = http_paint,
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
	ni_inner_free(&h->inner);
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
	h->view = (struct ni_view){.ops = &ni_http_view, .app = a};
	h->view.panes.n = NPANES;
	ni_table_init(&h->table, &table_ops, &h->view);
	h->table.sort = NI_HCOL_TIME;
	return &h->view;
}

static void
put_scale(const struct http *h, struct ni_buf *b)
{
	char span[32];
	struct ni_buf s = ni_buf(span, sizeof(span));
	if (h->bars.to_ns <= h->bars.from_ns)
		return;
	ni_app_span(&s, h->bars.to_ns - h->bars.from_ns);
	ni_buf_str(b, "   ");
	if (h->scale == NI_SCALE_ALL)
		ni_buf_fmt(b, _("all: %s"), ni_buf_z(&s));
	else if (h->scale == NI_SCALE_ROWS)
		ni_buf_fmt(b, _("these rows: %s"), ni_buf_z(&s));
	else
		ni_buf_fmt(b, _("this connection: %s"), ni_buf_z(&s));
}

static void
draw_legend(const struct http *h, struct ni_rect r)
{
	char line[256];
	struct ni_buf b = ni_buf(line, sizeof(line));
	uint64_t lost = h->view.app->o.tables->http.rows.lost;
	ni_buf_str(&b, _("· connect  ▶ send  ─ wait  █ receive"));
	put_scale(h, &b);
	if (lost)
		ni_buf_fmt(&b, _("   %llu more found no room"), (unsigned long long)lost);
	ni_screen_text(r.y + r.h - 1, r.x, r.w, ni_buf_z(&b), NI_ROLE_DIM, false);
}

static struct ni_view_arg
message_arg(const struct ni_http_row *r)
{
	bool bare = r->flags & NI_HTTP_NO_REQUEST; /* it has no number of its own */
	return (struct ni_view_arg){
	    .conn = r->conn, .packet = r->packet, .number = bare ? 0 : r->number};
}

static uint64_t
version(const struct ni_view *v)
{
	return ni_model_version(v->app->model) + ni_filtering_version(v->app->filter);
}

static void
http_draw(struct ni_view *v, struct ni_rect r)
{
	ni_table_arrange(&((struct http *)v)->table, ni_httptab_count(&v->app->o.tables->http),
			 version(v));
	ni_panes_draw(v, r);
}

static void
http_draw_pane(struct ni_view *v, unsigned pane, struct ni_rect r)
{
	struct http *h = (struct http *)v;
	if (pane != LIST)
		return;
	ni_table_draw(&h->table, (struct ni_rect){r.y, r.x, r.h - 1, r.w},
		      ni_httptab_count(&v->app->o.tables->http), version(v), LIST);
	draw_legend(h, r);
}

/* As many rows as there are exchanges, but half of them at most. */
static int
http_border(struct ni_view *v, unsigned border, struct ni_rect r, bool beside)
{
	enum { AROUND = 2, LEAST = 5 };
	const struct http *h = (const struct http *)v;
	int half = beside ? r.w * 3 / 5 : r.h / 2;
	(void)border;
	if (beside || h->table.n + AROUND > (uint64_t)half)
		return half;
	return (int)h->table.n + AROUND < LEAST ? LEAST : (int)h->table.n + AROUND;
}

static struct ni_view *
http_inner(struct ni_view *v, unsigned pane)
{
	const struct http *h = (const struct http *)v;
	const struct ni_http_row *r = pane == MESSAGE ? selected(h) : NULL;
	struct ni_view_arg arg;
	if (!r)
		return NULL;
	arg = message_arg(r);
	return ni_inner_view(&h->inner, &ni_message_view, &arg);
}

static void
open_row(struct http *h, const struct ni_view_ops *ops)
{
	const struct ni_http_row *r = selected(h);
	if (!r)
		return;
	struct ni_view_arg arg = message_arg(r);
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
	} else if (act == NI_ACT_SCALE) {
		h->scale = (enum ni_scale)((h->scale + 1) % NI_NSCALES);
		h->scaled = 0;
	} else {
		return ni_table_act(&h->table, act);
	}
	return true;
}

static bool export(struct ni_view *v, int64_t ns)
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

static bool
http_work(struct ni_view *v, int64_t ns)
{
	struct http *h = (struct http *)v;
	const struct ni_http_row *r = selected(h);
	struct ni_view_arg arg = {.conn = NI_IX_NO_CONN};
	bool seen = ni_panes_seen(v, MESSAGE) || v->panes.active == MESSAGE;
	if (r)
		arg = message_arg(r);
	bool more = ni_inner_work(&h->inner, v->app, r && seen ? &ni_message_view : NULL, &arg, ns);
	return export(v, ns) || more;
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
	ni_messages_finish(m);
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

static struct ni_sorts
http_sorts(const struct ni_view *v)
{
	const struct http *h = (const struct http *)v;
	return ni_table_sorts(&h->table);
}

static void
http_sort(struct ni_view *v, int column)
{
	struct http *h = (struct http *)v;
	ni_table_sort(&h->table, column);
}

const struct ni_view_ops ni_http_view = {
    .name = N_("HTTP"),
    .place = NI_AT_HTTP,
    .create = http_create,
    .destroy = http_destroy,
    .draw = http_draw,
    .draw_pane = http_draw_pane,
    .border = http_border,
    .least_rows = 18,
    .inner = http_inner,
    .act = http_act,
    .position = http_position,
    .work = http_work,
    .copy = http_copy,
    .mouse = http_mouse,
    .packet = http_packet,
    .search = http_search,
    .sorts = http_sorts,
    .sort = http_sort,
    .write = http_write,
    .follows = http_follows,
    .explain = http_explain,
    .columns = ni_http_columns,
    .ncolumns = NI_HCOLS,
};
