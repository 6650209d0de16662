/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long connections at some of their segments; see keeps.h. */
#include "keeps.h"

#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "netinspect/conn.h"
#include "netinspect/proto.h"

enum {
	FIRST_EVERY = 2048,        /* segments from one to the next, at first */
	LEAST_BYTES = 1024 * 1024, /* that may always be used … */
	PER_PACKET = 2,            /* … and so many more for each packet … */
	MOST_BYTES = 32 * 1024 * 1024,
	ONE_OF = 8, /* … of which one may take this part */
	ROOM = 64,
};

struct keep {
	uint32_t conn;
	uint64_t frame;
	uint64_t segments; /* of its connection by then */
	struct ni_past *past;
};

/* In order of connection and frame. */
struct ni_keeps {
	struct ni_pasts *room;
	struct keep *keep;
	size_t n, space;
	uint64_t every;
};

struct ni_keeps *
ni_keeps_new(void)
{
	struct ni_keeps *k = calloc(1, sizeof(*k));
	if (!k)
		return NULL;
	k->every = FIRST_EVERY;
	k->room = ni_pasts_new(MOST_BYTES);
	if (!k->room)
		ni_keeps_free(&k);
	return k;
}

void
ni_keeps_clear(struct ni_keeps *k)
{
	for (size_t i = 0; i < k->n; i++)
		ni_past_free(&k->keep[i].past);
	k->n = 0;
	k->every = FIRST_EVERY;
}

void
ni_keeps_free(struct ni_keeps **k)
{
	if (!*k)
		return;
	ni_keeps_clear(*k);
	ni_pasts_free(&(*k)->room);
	free((*k)->keep);
	free(*k);
	*k = NULL;
}

/* How many come before packet @number of connection @conn. */
static size_t
place(const struct ni_keeps *k, uint32_t conn, uint64_t number)
{
	size_t lo = 0;
	size_t hi = k->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct keep *x = &k->keep[mid];
		if (x->conn < conn || (x->conn == conn && x->frame < number))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void
thin(struct ni_keeps *k)
{
	size_t n = 0;
	k->every *= 2;
	for (size_t i = 0; i < k->n; i++) {
		if (k->keep[i].segments % k->every)
			ni_past_free(&k->keep[i].past);
		else
			k->keep[n++] = k->keep[i];
	}
	k->n = n;
}

static bool
reserve(struct ni_keeps *k)
{
	if (k->n < k->space)
		return true;
	size_t space = k->space ? 2 * k->space : ROOM;
	struct keep *more = realloc(k->keep, space * sizeof(*more));
	if (!more)
		return false;
	k->keep = more;
	k->space = space;
	return true;
}

static void
add(struct ni_keeps *k, const struct keep *x)
{
	size_t at = place(k, x->conn, x->frame);
	memmove(k->keep + at + 1, k->keep + at, (k->n - at) * sizeof(*x));
	k->keep[at] = *x;
	k->n++;
}

void
ni_keeps_take(struct ni_keeps *k, const struct ni_session *s, const struct ni_dis *d)
{
	uint64_t allowed = LEAST_BYTES + PER_PACKET * d->frame->number;
	if (!d->seg || !d->conn || (d->conn->packets[0] + d->conn->packets[1]) % k->every)
		return;
	if (allowed > MOST_BYTES)
		allowed = MOST_BYTES;
	uint64_t used = ni_keeps_bytes(k);
	if (used > allowed)
		thin(k);
	struct keep x = {
	    .conn = ni_index_conn_key(d->conn->ipproto, d->conn->id),
	    .frame = d->frame->number,
	    .segments = d->conn->packets[0] + d->conn->packets[1],
	};
	if (x.segments % k->every || !reserve(k))
		return;
	used = ni_keeps_bytes(k);
	x.past = ni_session_keep(s, k->room);
	if (x.past && ni_keeps_bytes(k) - used > allowed / ONE_OF)
		ni_past_free(&x.past);
	if (x.past)
		add(k, &x);
}

const struct ni_past *
ni_keeps_find(const struct ni_keeps *k, uint32_t conn, uint64_t number, uint64_t *frame)
{
	size_t at = place(k, conn, number);
	if (!at || k->keep[at - 1].conn != conn)
		return NULL;
	*frame = k->keep[at - 1].frame;
	return k->keep[at - 1].past;
}

uint64_t
ni_keeps_bytes(const struct ni_keeps *k)
{
	return ni_pasts_bytes(k->room) + k->space * sizeof(*k->keep);
}
