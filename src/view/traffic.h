/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much of what: packets and bytes over time, and by protocol; bounded. */
#ifndef NI_TRAFFIC_H
#define NI_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "report.h"

enum { NI_TRAFFIC_BINS = 1024 };

/* Bins of equal length; when the time exceeds them, every two become one. */
struct ni_traffic {
	struct rp_tree tree;
	int64_t first_ns, bin_ns;
	unsigned bins; /* in use */
	uint64_t packets[NI_TRAFFIC_BINS], bytes[NI_TRAFFIC_BINS];
};

struct ni_model_table ni_traffic_table(struct ni_traffic *t);

/** Count a packet of @len bytes at @ts_ns. */
void ni_traffic_add(struct ni_traffic *t, int64_t ts_ns, uint32_t len);

/** Sum up the bins that stretch @i of @n of the whole time covers. */
void ni_traffic_sum(const struct ni_traffic *t, unsigned i, unsigned n, uint64_t *packets,
		    uint64_t *bytes);

/* A line of the tree of protocols, with everything below it. */
struct ni_traffic_row {
	uint64_t packets, bytes;
	uint8_t proto; /* number in the registry */
	uint8_t depth;
};

/** Write the tree into @rows, at most @max of them. Returns how many there are. */
unsigned ni_traffic_tree(const struct ni_traffic *t, struct ni_traffic_row *rows, unsigned max);

#endif
