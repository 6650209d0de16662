/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets in their context; see replay.h. */
#include "replay.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"

enum {
	BACK = 4000000,     /* packets of the index that are looked through for context */
	CONTEXT = 8000,     /* packets of context that are run again */
	HEAD = 4,           /* of those the beginning of each conversation */
	NEIGHBOURS = 100,   /* just before the first one, of whatever kind */
	FRAGMENTS = 5000,   /* packets before the first one that are searched for fragments */
	WANTED = 512,       /* conversations at a time */
	FILTER_BITS = 4096, /* of a quick look whether one is wanted */
};

struct job {
	struct ni_model *m;
	const struct ni_index *ix;
	const uint64_t *numbers;
	size_t n;
	uint32_t wanted[WANTED];
	size_t nwanted;
	uint64_t maybe[FILTER_BITS / 64];
	uint64_t *context; /* ascending once collected */
	size_t ncontext;
};

static int
compare32(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;
	return *x < *y ? -1 : *x > *y;
}

static int
compare64(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;
	return *x < *y ? -1 : *x > *y;
}

static unsigned
bit_of(uint32_t conn)
{
	return (conn ^ conn >> NI_IX_CONN_SHIFT) % FILTER_BITS;
}

static void
want(struct job *j)
{
	for (size_t i = 0; i < j->n && j->nwanted < WANTED; i++) {
		uint32_t c = ni_index_conn(j->ix, j->numbers[i]);
		if (c != NI_IX_NO_CONN)
			j->wanted[j->nwanted++] = c;
	}
	qsort(j->wanted, j->nwanted, sizeof(*j->wanted), compare32);
	size_t k = 0;
	for (size_t i = 0; i < j->nwanted; i++)
		if (!k || j->wanted[k - 1] != j->wanted[i])
			j->wanted[k++] = j->wanted[i];
	j->nwanted = k;
	for (size_t i = 0; i < k; i++)
		j->maybe[bit_of(j->wanted[i]) / 64] |= 1ULL << bit_of(j->wanted[i]) % 64;
}

static bool
is_wanted(const struct job *j, uint32_t conn)
{
	if (conn == NI_IX_NO_CONN || !(j->maybe[bit_of(conn) / 64] >> bit_of(conn) % 64 & 1))
		return false;
	return bsearch(&conn, j->wanted, j->nwanted, sizeof(conn), compare32) != NULL;
}

/* The first packets of each conversation, where the capture still has them. */
static void
collect_heads(struct job *j)
{
	for (size_t i = 0; i < j->nwanted; i++) {
		const struct ni_conn_row *r = ni_conntab_find(ni_model_conns(j->m), j->wanted[i]);
		unsigned found = 0;
		if (!r || r->first_frame < ni_index_first(j->ix))
			continue;
		uint64_t end = r->first_frame + 2000;
		for (uint64_t k = r->first_frame;
		     found < HEAD && k < end && k <= j->numbers[j->n - 1]; k++) {
			if (ni_index_conn(j->ix, k) != j->wanted[i])
				continue;
			j->context[j->ncontext++] = k;
			found++;
		}
	}
}

/* The earliest packet that any wanted conversation has; what is before it need not be searched. */
static uint64_t
earliest(const struct job *j)
{
	uint64_t first = j->numbers[0];
	for (size_t i = 0; i < j->nwanted; i++) {
		const struct ni_conn_row *r = ni_conntab_find(ni_model_conns(j->m), j->wanted[i]);
		if (!r)
			return ni_index_first(j->ix);
		if (r->first_frame < first)
			first = r->first_frame;
	}
	return first;
}

static bool
is_asked_for(const struct job *j, uint64_t number)
{
	return bsearch(&number, j->numbers, j->n, sizeof(number), compare64) != NULL;
}

static void
collect(struct job *j)
{
	uint64_t lo = j->numbers[0];
	uint64_t hi = j->numbers[j->n - 1];
	uint64_t first = ni_index_first(j->ix);
	uint64_t stop = earliest(j);
	size_t room = CONTEXT + j->n;
	uint64_t near = lo > NEIGHBOURS ? lo - NEIGHBOURS : 1;
	uint64_t parts = lo > FRAGMENTS ? lo - FRAGMENTS : 1;
	if (stop > parts)
		stop = parts;
	if (hi - stop > BACK)
		stop = hi - BACK;
	stop = stop < first ? first : stop;
	for (uint64_t k = hi; k >= stop && k && j->ncontext < room; k--) {
		bool take = (k >= near && k < lo) || (k >= parts && ni_index_part(j->ix, k));
		if (take || is_wanted(j, ni_index_conn(j->ix, k)) || is_asked_for(j, k))
			j->context[j->ncontext++] = k;
	}
	collect_heads(j);
	qsort(j->context, j->ncontext, sizeof(*j->context), compare64);
}

static void
run(struct job *j, struct ni_session *s, ni_replay_fn *fn, void *ctx)
{
	size_t next = 0;
	uint64_t last = 0;
	for (size_t i = 0; i < j->ncontext; i++) {
		uint64_t k = j->context[i];
		struct ni_frame f;
		struct ni_excerpt x = ni_model_excerpt(j->m, k);
		if (k == last || !ni_model_frame(j->m, k, &f))
			continue;
		last = k;
		ni_session_expect(s, &x);
		const struct ni_dis *d = ni_session_frame(s, &f);
		while (next < j->n && j->numbers[next] < k)
			next++;
		if (next < j->n && j->numbers[next] == k)
			fn(ctx, d);
	}
}

int
ni_replay(struct ni_model *m, const uint64_t *numbers, size_t n, ni_replay_fn *fn, void *ctx,
	  struct ni_err *err)
{
	struct job *j = calloc(1, sizeof(*j));
	struct ni_session *s = NULL;
	int rc = NI_SUCCESS;
	if (!n || !j) {
		free(j);
		return n ? ni_fail(err, NI_ERR_RUN, _("view: no memory")) : NI_SUCCESS;
	}
	j->m = m;
	j->ix = ni_model_index(m);
	j->numbers = numbers;
	j->n = n;
	j->context = malloc(((size_t)CONTEXT + n + (size_t)WANTED * HEAD) * sizeof(*j->context));
	s = j->context ? ni_model_session(m, err) : NULL;
	if (s) {
		want(j);
		collect(j);
		run(j, s, fn, ctx);
	} else {
		rc = j->context ? NI_ERR_RUN : ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	}
	ni_session_free(&s);
	free(j->context);
	free(j);
	return rc;
}
