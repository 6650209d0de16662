/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Top talkers; see talkers.h. */
#include "talkers.h"

#include <string.h>

#include "report_mem.h"

enum { MAX_ADDRESSES = 32768, KEY = sizeof(struct ni_addr) };

struct host {
	struct rp_node node;
	struct ni_talker talker; /* begins with its address, the key */
};

static void
count(struct rp_map *m, const struct ni_conn_row *r, unsigned side)
{
	struct ni_addr key = {.len = r->addr[side].len};
	memcpy(key.b, r->addr[side].b, key.len <= sizeof(key.b) ? key.len : 0);
	struct host *h = rp_map_get(m, &key);
	if (!h)
		return;
	h->talker.conns++;
	h->talker.sent += r->bytes[side];
	h->talker.received += r->bytes[!side];
	h->talker.packets += r->packets[0] + r->packets[1];
}

static bool
more(const struct ni_talker *a, const struct ni_talker *b)
{
	uint64_t x = a->sent + a->received;
	uint64_t y = b->sent + b->received;
	return x != y ? x > y : a->packets > b->packets;
}

/* Put @x into its place among the largest. */
static unsigned
insert(struct ni_talker *out, unsigned n, unsigned max, const struct ni_talker *x)
{
	unsigned at = n;
	while (at && more(x, &out[at - 1]))
		at--;
	if (at >= max)
		return n;
	unsigned keep = n < max ? n : max - 1;
	memmove(out + at + 1, out + at, (keep - at) * sizeof(*out));
	out[at] = *x;
	return keep + 1;
}

unsigned
ni_talkers(const struct ni_conntab *t, struct ni_talker *out, unsigned max, uint64_t *lost)
{
	struct rp_map m = {
	    .items = {.item = sizeof(struct host), .max = MAX_ADDRESSES},
	    .key = KEY,
	};
	unsigned n = 0;
	for (uint64_t i = 0; i < ni_conntab_count(t); i++) {
		const struct ni_conn_row *r = ni_conntab_row(t, i);
		for (unsigned side = 0; r && side < 2; side++)
			count(&m, r, side);
	}
	for (uint32_t i = 0; i < m.items.n && max; i++) {
		const struct host *h = rp_list_at(&m.items, i);
		n = insert(out, n, max, &h->talker);
	}
	*lost = m.items.lost;
	rp_map_free(&m);
	return n;
}
