/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets in their context; see replay.h. */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "mono.h"

enum {
	BACK = 4000000,     /* packets that are looked through for what has no state to be exact */
	CONTEXT = 8000,     /* of those that are run again */
	HEAD = 4,           /* and the beginning of each of their conversations … */
	HEAD_IN = 2000,     /* … if it is not spread further */
	NEIGHBOURS = 100,   /* just before the first one, of whatever kind */
	FRAGMENTS = 5000,   /* packets before the first one that are searched for fragments */
	WANTED = 2048,      /* conversations at a time … */
	BEFORE = 4,         /* … and so many before each on the same ports */
	FILTER_BITS = 4096, /* of a quick look whether one is wanted */
	LOOK_AT_CLOCK = 16, /* packets between two looks */
};

struct wanted {
	uint32_t conn;
	uint64_t after; /* packets behind this one are context */
	const struct ni_past *past;
};

struct ni_replay {
	struct ni_model *m;
	const struct ni_index *ix;
	struct ni_session *session;
	uint64_t *numbers;
	size_t n, told;
	struct wanted wanted[WANTED];
	size_t nwanted;
	uint64_t maybe[FILTER_BITS / 64];

	/* Collecting, from the last packet asked for down to stop. */
	bool collected;
	uint64_t at, stop, near, parts;
	size_t others;     /* packets of context that are not TCP */
	uint64_t *context; /* ascending once collected */
	size_t ncontext, room, ran;
	bool failed;
};

static int
compare64(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;
	return *x < *y ? -1 : *x > *y;
}

static int
by_conn(const void *a, const void *b)
{
	const struct wanted *x = a;
	const struct wanted *y = b;
	return x->conn < y->conn ? -1 : x->conn > y->conn;
}

static int
by_time(const void *a, const void *b)
{
	const struct wanted *x = a;
	const struct wanted *y = b;
	return x->after < y->after ? -1 : x->after > y->after;
}

static bool
is_tcp(uint32_t conn)
{
	return conn >> NI_IX_CONN_SHIFT == NI_IX_TCP;
}

/* ---- which conversations, and from where on ---- */

static unsigned
bit_of(uint32_t conn)
{
	return (conn ^ conn >> NI_IX_CONN_SHIFT) % FILTER_BITS;
}

static void
want_one(struct ni_replay *r, uint32_t conn)
{
	if (conn != NI_IX_NO_CONN && r->nwanted < WANTED)
		r->wanted[r->nwanted++].conn = conn;
}

/* Keep each once. */
static void
tidy(struct ni_replay *r)
{
	size_t k = 0;
	qsort(r->wanted, r->nwanted, sizeof(*r->wanted), by_conn);
	for (size_t i = 0; i < r->nwanted; i++)
		if (!k || r->wanted[k - 1].conn != r->wanted[i].conn)
			r->wanted[k++] = r->wanted[i];
	r->nwanted = k;
}

/* Where its context begins: behind what was kept of it, or with its first packet. */
static void
begin_at(struct ni_replay *r, struct wanted *w)
{
	const struct ni_conn_row *row = ni_conntab_find(ni_model_conns(r->m), w->conn);
	uint64_t lo = r->numbers[0];
	w->past = ni_keeps_find(ni_model_keeps(r->m), w->conn, lo, &w->after);
	if (w->past)
		return;
	w->after = row && row->first_frame ? row->first_frame - 1 : 0;
	if ((!row || !is_tcp(w->conn)) && lo > BACK && w->after < lo - BACK)
		w->after = lo - BACK;
}

/* How one begins may hang on those before it on the same ports: what their last SYN said. */
static void
want_before(struct ni_replay *r, uint32_t conn)
{
	const struct ni_conntab *t = ni_model_conns(r->m);
	uint64_t frame;
	for (unsigned i = 0; i < BEFORE; i++) {
		const struct ni_conn_row *row = ni_conntab_find(t, conn);
		if (!row || row->before == NI_IX_NO_CONN ||
		    ni_keeps_find(ni_model_keeps(r->m), conn, r->numbers[0], &frame))
			return;
		conn = row->before;
		want_one(r, conn);
	}
}

static void
want(struct ni_replay *r)
{
	for (size_t i = 0; i < r->n; i++)
		want_one(r, ni_index_conn(r->ix, r->numbers[i]));
	tidy(r);
	for (size_t i = r->nwanted; i-- > 0;)
		want_before(r, r->wanted[i].conn);
	tidy(r);
	for (size_t i = 0; i < r->nwanted; i++) {
		unsigned bit = bit_of(r->wanted[i].conn);
		r->maybe[bit / 64] |= 1ULL << bit % 64;
		begin_at(r, &r->wanted[i]);
	}
}

/* The session goes on from what was kept, in the order of time. */
static void
resume(struct ni_replay *r)
{
	qsort(r->wanted, r->nwanted, sizeof(*r->wanted), by_time);
	for (size_t i = 0; i < r->nwanted; i++)
		if (r->wanted[i].past)
			ni_session_resume(r->session, r->wanted[i].past);
	qsort(r->wanted, r->nwanted, sizeof(*r->wanted), by_conn);
}

static const struct wanted *
wanted(const struct ni_replay *r, uint32_t conn)
{
	struct wanted key = {.conn = conn};
	if (conn == NI_IX_NO_CONN || !(r->maybe[bit_of(conn) / 64] >> bit_of(conn) % 64 & 1))
		return NULL;
	return bsearch(&key, r->wanted, r->nwanted, sizeof(key), by_conn);
}

/* ---- which packets ---- */

static void
add(struct ni_replay *r, uint64_t number)
{
	if (r->ncontext == r->room) {
		size_t room = r->room ? 2 * r->room : 1024;
		uint64_t *more = realloc(r->context, room * sizeof(*more));
		if (!more) {
			r->failed = true;
			return;
		}
		r->context = more;
		r->room = room;
	}
	r->context[r->ncontext++] = number;
}

static bool
is_asked_for(const struct ni_replay *r, uint64_t number)
{
	return bsearch(&number, r->numbers, r->n, sizeof(number), compare64) != NULL;
}

static bool
is_near(const struct ni_replay *r, uint64_t k)
{
	bool near = k >= r->near && k < r->numbers[0];
	return near || (k >= r->parts && (ni_index_part(r->ix, k) || is_asked_for(r, k)));
}

static bool
is_context(struct ni_replay *r, uint64_t number, uint32_t conn)
{
	const struct wanted *w = wanted(r, conn);
	if (w && w->past && number <= w->after)
		return false; /* that is known already */
	if (w && number > w->after && (is_tcp(conn) || r->others++ < CONTEXT))
		return true;
	return number >= r->parts && is_near(r, number);
}

/* The first packets of what is not TCP: who begins is the client. */
static void
collect_heads(struct ni_replay *r)
{
	for (size_t i = 0; i < r->nwanted; i++) {
		uint32_t conn = r->wanted[i].conn;
		const struct ni_conn_row *row = ni_conntab_find(ni_model_conns(r->m), conn);
		unsigned found = 0;
		if (is_tcp(conn) || !row || row->first_frame < ni_index_first(r->ix))
			continue;
		uint64_t end = row->first_frame + HEAD_IN;
		for (uint64_t k = row->first_frame;
		     found < HEAD && k < end && k <= r->numbers[r->n - 1]; k++) {
			if (ni_index_conn(r->ix, k) != conn)
				continue;
			add(r, k);
			found++;
		}
	}
}

static void
begin_collecting(struct ni_replay *r)
{
	uint64_t lo = r->numbers[0];
	r->near = lo > NEIGHBOURS ? lo - NEIGHBOURS : 1;
	r->parts = lo > FRAGMENTS ? lo - FRAGMENTS : 1;
	r->at = r->numbers[r->n - 1];
	r->stop = r->parts;
	for (size_t i = 0; i < r->nwanted; i++)
		if (r->wanted[i].after + 1 < r->stop)
			r->stop = r->wanted[i].after + 1;
}

/* Returns whether there is more to collect. */
static bool
collect(struct ni_replay *r, int64_t end)
{
	uint64_t first = ni_index_first(r->ix);
	uint64_t stop = r->stop < first ? first : r->stop;
	while (r->at >= stop && r->at) {
		uint64_t base;
		const uint32_t *conn = ni_index_conns(r->ix, r->at, &base);
		if (!conn)
			break;
		uint64_t last = base < stop ? stop : base;
		for (; r->at >= last; r->at--)
			if (is_context(r, r->at, conn[r->at - base]))
				add(r, r->at);
		if (ni_mono_ns() >= end)
			return true;
	}
	collect_heads(r);
	if (r->ncontext)
		qsort(r->context, r->ncontext, sizeof(*r->context), compare64);
	r->collected = true;
	return false;
}

/* ---- running them ---- */

static void
run_one(struct ni_replay *r, uint64_t k, ni_replay_fn *fn, void *ctx)
{
	struct ni_frame f;
	struct ni_excerpt x = ni_model_excerpt(r->m, k);
	if (!ni_model_frame(r->m, k, &f))
		return;
	ni_session_expect(r->session, &x);
	const struct ni_dis *d = ni_session_frame(r->session, &f);
	while (r->told < r->n && r->numbers[r->told] < k)
		r->told++;
	if (r->told < r->n && r->numbers[r->told] == k) {
		r->told++;
		fn(ctx, d);
	}
}

static bool
run(struct ni_replay *r, int64_t end, ni_replay_fn *fn, void *ctx)
{
	while (r->ran < r->ncontext) {
		uint64_t k = r->context[r->ran++];
		if (r->ran < 2 || r->context[r->ran - 2] != k)
			run_one(r, k, fn, ctx);
		if (r->ran % LOOK_AT_CLOCK == 0 && ni_mono_ns() >= end)
			break;
	}
	return r->ran < r->ncontext;
}

/* ---- the whole ---- */

struct ni_replay *
ni_replay_new(struct ni_model *m, const uint64_t *numbers, size_t n, struct ni_err *err)
{
	struct ni_replay *r = calloc(1, sizeof(*r));
	if (r)
		r->numbers = malloc((n + 1) * sizeof(*numbers));
	if (!r || !r->numbers) {
		free(r);
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	r->m = m;
	r->ix = ni_model_index(m);
	r->n = n;
	r->session = ni_model_session(m, err);
	if (!r->session) {
		ni_replay_free(&r);
		return NULL;
	}
	if (!n) {
		r->collected = true;
		return r;
	}
	memcpy(r->numbers, numbers, n * sizeof(*numbers));
	want(r);
	resume(r);
	begin_collecting(r);
	return r;
}

void
ni_replay_free(struct ni_replay **r)
{
	if (!*r)
		return;
	ni_session_free(&(*r)->session);
	free((*r)->numbers);
	free((*r)->context);
	free(*r);
	*r = NULL;
}

bool
ni_replay_work(struct ni_replay *r, int64_t budget_ns, ni_replay_fn *fn, void *ctx)
{
	int64_t end = ni_mono_ns() + budget_ns;
	if (!r->collected && collect(r, end))
		return !r->failed;
	return !r->failed && run(r, end, fn, ctx);
}

const uint64_t *
ni_replay_left(const struct ni_replay *r, size_t *n)
{
	*n = r->n - r->told;
	return r->numbers + r->told;
}

uint64_t
ni_replay_taken(const struct ni_replay *r)
{
	return r->ran;
}

int
ni_replay_one(struct ni_model *m, uint64_t number, ni_replay_fn *fn, void *ctx, struct ni_err *err)
{
	struct ni_replay *r = ni_replay_new(m, &number, 1, err);
	if (!r)
		return NI_ERR_RUN;
	ni_replay_work(r, NI_REPLAY_ALL, fn, ctx);
	int rc = r->failed ? ni_fail(err, NI_ERR_RUN, _("view: no memory")) : NI_SUCCESS;
	ni_replay_free(&r);
	return rc;
}
