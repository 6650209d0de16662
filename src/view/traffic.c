/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of what; see traffic.h. */
#include "traffic.h"
#include "table_sink.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BIN_NS = 10000 };

static void
halve(struct ni_traffic *t)
{
	for (size_t i = 0; i < NI_TRAFFIC_BINS / 2; i++) {
		t->packets[i] = t->packets[2 * i] + t->packets[2 * i + 1];
		t->bytes[i] = t->bytes[2 * i] + t->bytes[2 * i + 1];
	}
	memset(t->packets + NI_TRAFFIC_BINS / 2, 0, sizeof(t->packets) / 2);
	memset(t->bytes + NI_TRAFFIC_BINS / 2, 0, sizeof(t->bytes) / 2);
	t->bin_ns *= 2;
	t->bins = (t->bins + 1) / 2;
}

void
ni_traffic_add(struct ni_traffic *t, int64_t ts_ns, uint32_t len)
{
	if (!t->bin_ns) {
		t->first_ns = ts_ns;
		t->bin_ns = FIRST_BIN_NS;
	}
	/* Clocks may run backwards: then it counts at the beginning. */
	uint64_t since = ts_ns > t->first_ns ? (uint64_t)ts_ns - (uint64_t)t->first_ns : 0;
	while (since / (uint64_t)t->bin_ns >= NI_TRAFFIC_BINS)
		halve(t);
	unsigned i = (unsigned)(since / (uint64_t)t->bin_ns);
	t->packets[i]++;
	t->bytes[i] += len;
	if (i >= t->bins)
		t->bins = i + 1;
}

void
ni_traffic_sum(const struct ni_traffic *t, unsigned i, unsigned n, uint64_t *packets,
	       uint64_t *bytes)
{
	unsigned from = i * t->bins / n;
	unsigned to = (i + 1) * t->bins / n;
	*packets = *bytes = 0;
	for (unsigned k = from; k < to || k == from; k++) {
		if (k >= t->bins)
			return;
		*packets += t->packets[k];
		*bytes += t->bytes[k];
	}
}

/* Branches below @above, each with what all below it has. */
static unsigned
collect(const struct rp_tree *t, uint16_t above, unsigned depth, struct ni_traffic_row *rows,
	unsigned max)
{
	unsigned n = 0;
	for (uint16_t i = t->branch[above].child; i && n < max; i = t->branch[i].sibling) {
		struct ni_traffic_row *r = &rows[n++];
		*r = (struct ni_traffic_row){t->branch[i].packets, t->branch[i].bytes,
					     t->branch[i].proto, (uint8_t)depth};
		unsigned below = collect(t, i, depth + 1, rows + n, max - n);
		for (unsigned k = n; k < n + below; k++) {
			if (rows[k].depth != depth + 1)
				continue;
			r->packets += rows[k].packets;
			r->bytes += rows[k].bytes;
		}
		n += below;
	}
	return n;
}

unsigned
ni_traffic_tree(const struct ni_traffic *t, struct ni_traffic_row *rows, unsigned max)
{
	return t->tree.branch ? collect(&t->tree, 0, 0, rows, max) : 0;
}

static void
take_frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct ni_traffic *t = ((struct ni_table_sink *)s)->table;
	unsigned rcs;
	rp_tree_frame(&t->tree, d, &rcs);
	ni_traffic_add(t, d->frame->ts_ns, d->frame->len);
}

static const struct ni_sink_ops ops = {
    .name = "traffic", .frame = take_frame, .free = ni_table_sink_free};

static struct ni_sink *
make_sink(void *table)
{
	return ni_table_sink(&ops, table);
}

static void
clear(void *table)
{
	struct ni_traffic *t = table;
	rp_tree_free(&t->tree);
	memset(t, 0, sizeof(*t));
}

struct ni_model_table
ni_traffic_table(struct ni_traffic *t)
{
	return (struct ni_model_table){t, make_sink, clear};
}
