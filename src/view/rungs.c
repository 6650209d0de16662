/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder of a conversation; see rungs.h. */
#include "rungs.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"

enum { KEEP = 100000 };               /* segments and messages of the beginning, and of the end */
#define POOL_BYTES ((size_t)64 << 20) /* touched as it is used */

struct sink {
	struct ni_sink sink;
	struct ni_rungs *r;
};

static void
take_frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct ni_rungs *r = ((struct sink *)s)->r;
	if (!d->seg || !d->conn)
		return;
	ni_ladder_take(r->ladder, d);
	r->conn = *d->conn;
}

static void
take_event(struct ni_sink *s, const struct ni_event *e)
{
	struct ni_rungs *r = ((struct sink *)s)->r;
	if (e->kind == NI_EV_CONN_END && e->conn->id == r->conn.id)
		r->conn = *e->conn;
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "rungs", .frame = take_frame, .event = take_event, .free = destroy};

struct ni_rungs *
ni_rungs_new(struct ni_model *m, uint32_t conn, struct ni_err *err)
{
	struct ni_rungs *r = calloc(1, sizeof(*r));
	struct sink *s = calloc(1, sizeof(*s));
	if (r && s) {
		r->conn.id = UINT32_MAX;
		r->pool = ni_ladder_pool_new(POOL_BYTES);
		r->ladder = r->pool ? ni_ladder_new(r->pool, KEEP) : NULL;
	}
	if (!r || !r->ladder) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		free(s);
		ni_rungs_free(&r);
		return NULL;
	}
	s->sink.ops = &ops;
	s->r = r;
	r->watch = ni_watch_new(m, conn, UINT64_MAX, &s->sink, err);
	if (!r->watch)
		ni_rungs_free(&r);
	return r;
}

void
ni_rungs_free(struct ni_rungs **r)
{
	if (!*r)
		return;
	ni_watch_free(&(*r)->watch);
	ni_ladder_free(&(*r)->ladder);
	ni_ladder_pool_free(&(*r)->pool);
	free(*r);
	*r = NULL;
}

size_t
ni_rungs_layout(struct ni_rungs *r, bool again)
{
	uint64_t now = ni_watch_version(r->watch) + 1;
	if (!again && r->laid_out == now)
		return r->rows;
	r->laid_out = now;
	r->rows = r->conn.id == UINT32_MAX ? 0 : ni_ladder_layout(r->ladder, &r->conn);
	return r->rows;
}
