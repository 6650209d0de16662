/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of HTTP exchanges; see httptab.h. */
#include "httptab.h"

#include <stdio.h>
#include <stdlib.h>

#include "netinspect/event.h"
#include "netinspect/http.h"
#include "table_sink.h"

enum { TCP = 6 };

/* When the handshake was over: its last step that was seen. */
static int64_t
connected(const struct ni_conn *c)
{
	int64_t at = 0;
	for (unsigned i = 1; i < NI_OPEN_STEPS; i++)
		if (c->opening[i].frame)
			at = c->opening[i].ts_ns;
	return c->opening[0].frame ? at : 0;
}

static void
add(struct ni_httptab *t, const struct ni_conn *c, const struct ni_http_exchange *x)
{
	t->rows.item = sizeof(struct ni_http_row);
	t->rows.max = NI_HTTPTAB_MAX;
	struct ni_http_row *r = rp_list_add(&t->rows);
	if (!r)
		return;
	r->conn = ni_index_conn_key(TCP, x->stream);
	r->number = x->number;
	r->status = x->status;
	r->flags = x->flags;
	r->packet = x->request_first ? x->request_first : x->response_first;
	r->size = x->response_body;
	if (x->number == 1 && c && connected(c)) {
		r->opened_ns = c->opening[0].ts_ns;
		r->connected_ns = connected(c);
	}
	r->asked_ns = x->request_first ? x->request_first_ns : 0;
	r->sent_ns = x->request_frame ? x->request_last_ns : 0;
	r->first_ns = x->response_first ? x->response_first_ns : 0;
	r->last_ns = x->response_frame ? x->response_last_ns : 0;
	snprintf(r->method, sizeof(r->method), "%.*s", (int)sizeof(r->method) - 1, x->method);
	snprintf(r->host, sizeof(r->host), "%.*s", (int)sizeof(r->host) - 1, x->host);
	snprintf(r->uri, sizeof(r->uri), "%.*s", (int)sizeof(r->uri) - 1, x->uri);
	snprintf(r->type, sizeof(r->type), "%.*s", (int)sizeof(r->type) - 1, x->type);
}

static void
take_event(struct ni_sink *s, const struct ni_event *e)
{
	if (e->kind == NI_EV_HTTP)
		add(((struct ni_table_sink *)s)->table, e->conn, e->http);
}

static const struct ni_sink_ops ops = {
    .name = "exchanges", .event = take_event, .free = ni_table_sink_free};

static struct ni_sink *
make_sink(void *table)
{
	return ni_table_sink(&ops, table);
}

static void
clear(void *table)
{
	struct ni_httptab *t = table;
	rp_list_free(&t->rows);
	*t = (struct ni_httptab){.rows = {.n = 0}};
}

struct ni_model_table
ni_httptab_table(struct ni_httptab *t)
{
	return (struct ni_model_table){t, make_sink, clear};
}

uint64_t
ni_httptab_count(const struct ni_httptab *t)
{
	return t->rows.n;
}

const struct ni_http_row *
ni_httptab_row(const struct ni_httptab *t, uint64_t i)
{
	return i < t->rows.n ? rp_list_at(&t->rows, i) : NULL;
}

int64_t
ni_http_row_from(const struct ni_http_row *r)
{
	return r->opened_ns ? r->opened_ns : r->asked_ns ? r->asked_ns : r->first_ns;
}

int64_t
ni_http_row_to(const struct ni_http_row *r)
{
	int64_t known[] = {r->last_ns, r->first_ns, r->sent_ns, r->asked_ns};
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i])
			return known[i];
	return 0;
}

bool
ni_http_row_phase(const struct ni_http_row *r, enum ni_http_phase p, int64_t *from, int64_t *to)
{
	const int64_t ends[NI_HTTP_NPHASES][2] = {
	    [NI_HTTP_CONNECT] = {r->opened_ns, r->connected_ns},
	    [NI_HTTP_SEND] = {r->asked_ns, r->sent_ns},
	    [NI_HTTP_WAIT] = {r->sent_ns, r->first_ns},
	    [NI_HTTP_RECEIVE] = {r->first_ns, r->last_ns},
	};
	*from = ends[p][0];
	*to = ends[p][1];
	return *from && *to && *to >= *from;
}
