/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One conversation under observation; see watch.h. */
#include "watch.h"

#include <stdlib.h>

#include "i18n.h"
#include "mono.h"

enum { LOOK_AT_CLOCK = 4096 }; /* steps between two looks; a frame counts as many */

struct ni_watch {
	struct ni_model *m;
	struct ni_session *session;
	uint32_t conn;
	uint64_t begun, next; /* packets */
	uint64_t left;
	uint64_t version;
	bool over; /* the conversation has ended, or was forgotten */
};

struct ni_watch *
ni_watch_new(struct ni_model *m, uint32_t conn, uint64_t max, struct ni_sink *sink,
	     struct ni_err *err)
{
	const struct ni_conn_row *r = ni_conntab_find(ni_model_conns(m), conn);
	struct ni_watch *w = calloc(1, sizeof(*w));
	struct ni_session *s = w ? ni_model_session(m, err) : NULL;
	if (!w)
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	if (!s || ni_session_add(s, sink, err)) {
		if (sink->ops->free)
			sink->ops->free(sink);
		ni_session_free(&s);
		free(w);
		return NULL;
	}
	w->m = m;
	w->session = s;
	w->conn = conn;
	w->left = max;
	w->begun = w->next = r ? r->first_frame : 1;
	return w;
}

void
ni_watch_free(struct ni_watch **w)
{
	if (!*w)
		return;
	ni_session_free(&(*w)->session);
	free(*w);
	*w = NULL;
}

/* The number behind the last packet that need be looked at now. */
static uint64_t
end_of(const struct ni_watch *w)
{
	const struct ni_conn_row *r = ni_conntab_find(ni_model_conns(w->m), w->conn);
	return (r ? r->last_frame : ni_index_last(ni_model_index(w->m))) + 1;
}

uint64_t
ni_watch_last(const struct ni_watch *w)
{
	return end_of(w) - 1;
}

void
ni_watch_from(struct ni_watch *w, uint64_t number)
{
	uint64_t frame;
	const struct ni_past *p = ni_keeps_find(ni_model_keeps(w->m), w->conn, number, &frame);
	if (p && ni_session_resume(w->session, p))
		w->begun = w->next = frame + 1;
}

static void
take(struct ni_watch *w, uint64_t number)
{
	struct ni_frame f;
	struct ni_excerpt x = ni_model_excerpt(w->m, number);
	if (!ni_model_frame(w->m, number, &f))
		return;
	if (!w->left)
		return;
	w->left--;
	ni_session_expect(w->session, &x);
	ni_session_frame(w->session, &f);
	w->version++;
}

int
ni_watch_end(struct ni_watch *w, struct ni_err *err)
{
	if (w->over)
		return NI_SUCCESS;
	w->over = true;
	w->version++;
	return ni_session_end(w->session, err);
}

/* All packets are through: perhaps that was all there ever will be. */
static void
settle(struct ni_watch *w)
{
	const struct ni_conn_row *r = ni_conntab_find(ni_model_conns(w->m), w->conn);
	bool done = ni_model_stats(w->m).state == NI_MODEL_DONE;
	if (r ? !r->ended : !done)
		return;
	ni_watch_end(w, NULL);
}

bool
ni_watch_work(struct ni_watch *w, int64_t budget_ns)
{
	const struct ni_index *ix = ni_model_index(w->m);
	int64_t end = ni_mono_ns() + budget_ns;
	uint64_t last = end_of(w);
	unsigned steps = 0;
	if (w->over)
		return false;
	if (ni_index_last(ix) + 1 < w->next) { /* the capture began anew */
		w->over = true;
		return false;
	}
	if (w->next < ni_index_first(ix))
		w->next = ni_index_first(ix);
	for (; w->next < last; w->next++) {
		bool ours = ni_index_conn(ix, w->next) == w->conn;
		if (ours)
			take(w, w->next);
		steps += ours ? LOOK_AT_CLOCK / 16 : 1;
		if (steps >= LOOK_AT_CLOCK) {
			steps = 0;
			if (ni_mono_ns() >= end) {
				w->next++;
				return true;
			}
		}
	}
	settle(w);
	return false;
}

uint64_t
ni_watch_version(const struct ni_watch *w)
{
	return w->version;
}

bool
ni_watch_through(const struct ni_watch *w)
{
	return w->over || w->next >= end_of(w);
}

unsigned
ni_watch_percent(const struct ni_watch *w)
{
	uint64_t end = end_of(w);
	if (ni_watch_through(w) || end <= w->begun)
		return 100;
	return (unsigned)((w->next - w->begun) * 100 / (end - w->begun));
}
