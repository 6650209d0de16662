/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of conversations; see conntab.h. */
#include "conntab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "netinspect/http.h"
#include "report.h"
#include "tcp_track.h"

enum { KINDS = 4, FIRST_ROOM = 256, TCP = 6, SERVER_ERROR = 500 };

/* Rows are a ring by order of first sight; place[] finds a row by its number, a ring as well. */
struct ni_conntab {
	struct ni_conn_row *rows;
	uint32_t *place[KINDS];
	uint32_t room, max; /* powers of two */
	uint64_t begun;     /* rows ever */
	uint64_t troubled;  /* of those that are there */
	uint32_t ended;     /* key of the one that ended last … */
	uint64_t ended_at;  /* … with this packet */
};

struct sink {
	struct ni_sink sink;
	struct ni_conntab *t;
};

struct ni_conntab *
ni_conntab_new(uint32_t max)
{
	struct ni_conntab *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	for (t->max = FIRST_ROOM; t->max < max && t->max < 1U << 30; t->max *= 2)
		;
	return t;
}

void
ni_conntab_clear(struct ni_conntab *t)
{
	for (unsigned k = 0; k < KINDS; k++) {
		free(t->place[k]);
		t->place[k] = NULL;
	}
	free(t->rows);
	t->rows = NULL;
	t->room = 0;
	t->begun = 0;
	t->troubled = 0;
	t->ended_at = 0;
}

void
ni_conntab_free(struct ni_conntab **t)
{
	if (!*t)
		return;
	ni_conntab_clear(*t);
	free(*t);
	*t = NULL;
}

static uint32_t *
slot(const struct ni_conntab *t, uint32_t key)
{
	return &t->place[key >> NI_IX_CONN_SHIFT][(key & NI_IX_CONN_ID) & (t->room - 1)];
}

/* Twice the room; only called while nothing has been overwritten yet. */
static bool
grow(struct ni_conntab *t)
{
	uint32_t room = t->room ? 2 * t->room : FIRST_ROOM;
	struct ni_conn_row *rows = realloc(t->rows, room * sizeof(*rows));
	if (!rows)
		return false;
	t->rows = rows;
	for (unsigned k = 0; k < KINDS; k++) {
		uint32_t *p = realloc(t->place[k], room * sizeof(*p));
		if (!p)
			return false;
		t->place[k] = p;
		memset(p, 0, room * sizeof(*p));
	}
	t->room = room;
	for (uint32_t i = 0; i < t->begun; i++)
		*slot(t, rows[i].key) = i;
	return true;
}

static struct ni_conn_row *
find(const struct ni_conntab *t, uint32_t key)
{
	if (key == NI_IX_NO_CONN || !t->begun)
		return NULL;
	struct ni_conn_row *r = &t->rows[*slot(t, key)];
	return r->key == key ? r : NULL;
}

static struct ni_conn_row *
add(struct ni_conntab *t, uint32_t key)
{
	if (t->begun == t->room && t->room < t->max && !grow(t))
		return NULL;
	uint32_t i = (uint32_t)(t->begun & (t->room - 1));
	if (t->begun >= t->room)
		t->troubled -= ni_conn_row_is_troubled(&t->rows[i]);
	t->rows[i] = (struct ni_conn_row){.key = key, .before = NI_IX_NO_CONN};
	*slot(t, key) = i;
	t->begun++;
	return &t->rows[i];
}

static void
update(struct ni_conn_row *r, const struct ni_conn *c)
{
	/* Who is the client may turn out later. */
	memcpy(r->addr, c->addr, sizeof(r->addr));
	memcpy(r->port, c->port, sizeof(r->port));
	memcpy(r->state, c->state, sizeof(r->state));
	memcpy(r->packets, c->packets, sizeof(r->packets));
	memcpy(r->bytes, c->data_bytes, sizeof(r->bytes));
	r->ipproto = c->ipproto;
	r->flags = c->flags;
	r->open = c->open;
	r->close = c->close;
	r->closed_first = c->closed_first;
	r->reset_by = c->reset_by;
	r->first_frame = c->first_frame;
	r->last_frame = c->last_frame;
	r->first_ns = c->first_ns;
	r->last_ns = c->last_ns;
	r->rtt_ns = c->initial_rtt_ns;
	r->requests = c->requests;
	r->service = c->service;
}

/* Note what is wrong with it, as the report would put it at @now_ns. */
static void
judge(struct ni_conntab *t, struct ni_conn_row *r, const struct ni_conn *c, int64_t now_ns)
{
	enum rp_bad_kind kind = c->ipproto == TCP ? rp_conn_trouble(c, now_ns) : RP_BAD_NONE;
	if (!kind && r->status >= SERVER_ERROR)
		kind = RP_BAD_HTTP_SERVER;
	t->troubled -= ni_conn_row_is_troubled(r);
	r->trouble = (uint8_t)kind;
	t->troubled += ni_conn_row_is_troubled(r);
}

static struct ni_conn_row *
row_of(struct ni_conntab *t, const struct ni_conn *c)
{
	return find(t, ni_index_conn_key(c->ipproto, c->id));
}

static void
take_http(struct ni_conn_row *r, const struct ni_http_exchange *x)
{
	snprintf(r->method, sizeof(r->method), "%.*s", (int)sizeof(r->method) - 1, x->method);
	snprintf(r->uri, sizeof(r->uri), "%.*s", (int)sizeof(r->uri) - 1, x->uri);
	r->status = x->status;
}

/* Whether the conversation of @e begins where another one has just ended for it. */
static bool
replaced(const struct ni_conntab *t, const struct ni_event *e)
{
	const struct ni_conn_row *was = t->ended_at == e->frame ? find(t, t->ended) : NULL;
	const struct ni_conn *c = e->conn;
	if (!e->frame || !was || was->ipproto != c->ipproto)
		return false;
	unsigned turned = was->port[0] != c->port[0];
	return was->port[turned] == c->port[0] && was->port[!turned] == c->port[1];
}

static void
event(struct ni_sink *s, const struct ni_event *e)
{
	struct ni_conntab *t = ((struct sink *)s)->t;
	struct ni_conn_row *r = e->conn ? row_of(t, e->conn) : NULL;
	if (e->kind == NI_EV_CONN_NEW && e->conn && !r) {
		uint32_t key = ni_index_conn_key(e->conn->ipproto, e->conn->id);
		r = key == NI_IX_NO_CONN ? NULL : add(t, key);
		if (r && replaced(t, e))
			r->before = t->ended;
	}
	if (!r)
		return;
	update(r, e->conn);
	if (e->kind == NI_EV_CONN_END) {
		r->ended = true;
		t->ended = r->key;
		t->ended_at = e->frame;
		r->marks = 0;
		for (unsigned i = 0; i < NI_NMARKS; i++)
			r->marks += e->conn->marks[i];
	}
	if (e->kind == NI_EV_HTTP)
		take_http(r, e->http);
	judge(t, r, e->conn, e->ts_ns > e->conn->last_ns ? e->ts_ns : e->conn->last_ns);
}

static void
frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct ni_conntab *t = ((struct sink *)s)->t;
	struct ni_conn_row *r = d->conn ? row_of(t, d->conn) : NULL;
	if (!r)
		return;
	bool news = r->open != d->conn->open || r->close != d->conn->close;
	update(r, d->conn);
	if (news || (d->seg && d->seg->marks))
		judge(t, r, d->conn, d->conn->last_ns);
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "connections", .frame = frame, .event = event, .free = destroy};

struct ni_sink *
ni_conntab_sink(struct ni_conntab *t)
{
	struct sink *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->sink.ops = &ops;
	s->t = t;
	return &s->sink;
}

uint64_t
ni_conntab_count(const struct ni_conntab *t)
{
	return t->begun < t->room ? t->begun : t->room;
}

uint64_t
ni_conntab_dropped(const struct ni_conntab *t)
{
	return t->begun - ni_conntab_count(t);
}

uint64_t
ni_conntab_troubled(const struct ni_conntab *t)
{
	return t->troubled;
}

bool
ni_conn_row_is_troubled(const struct ni_conn_row *r)
{
	enum ni_color c = rp_bad_color((enum rp_bad_kind)r->trouble);
	return c == NI_C_BAD || c == NI_C_WARN;
}

const struct ni_conn_row *
ni_conntab_row(const struct ni_conntab *t, uint64_t i)
{
	if (i >= ni_conntab_count(t))
		return NULL;
	return &t->rows[(ni_conntab_dropped(t) + i) & (t->room - 1)];
}

const struct ni_conn_row *
ni_conntab_find(const struct ni_conntab *t, uint32_t key)
{
	return find(t, key);
}
