/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same packets captured at two points. Each capture is taken in by a sink that keeps of every
 * packet a fingerprint of what routers and NATs leave alone (sequence numbers, payload), and of
 * every conversation who it was at that point; then the two are matched.
 */
#ifndef NI_POINTS_H
#define NI_POINTS_H

#include "netinspect/conn.h"
#include "netinspect/session.h"
#include "report_mem.h"
#include "report_page.h"

enum {
	NI_POINT_FLOWS = 5000,
	NI_POINT_PACKETS = 300000,
};

/* A conversation as it was seen at one point. */
struct ni_point_flow {
	struct rp_node node;
	uint32_t id;      /* the key: both … */
	uint32_t ipproto; /* … of these */
	struct ni_addr addr[2];
	uint16_t port[2];
	uint64_t packets[2];
	uint64_t first_frame;
	uint8_t mac[2][2][6]; /* by sender: source, destination of its first packet */
	bool has_mac[2];
	uint8_t ttl[2]; /* of its first packet; 0: none seen */
	uint64_t ends;  /* fingerprint of addresses and ports */
	uint64_t said;  /* fingerprint of the client's first payload; 0: none */
	uint32_t isn[2];
	bool isn_known;
	uint32_t index; /* among the flows */
};

struct ni_point_packet {
	uint64_t print;
	uint64_t frame;
	int64_t ts_ns;
	uint32_t flow; /* index */
	uint32_t dir;  /* enum ni_side */
};

/* What is known of one capture. */
struct ni_point {
	const char *name; /* of the file; not owned */
	struct rp_map flows;
	struct rp_list packets;
	uint64_t total;
};

void ni_point_init(struct ni_point *p, const char *name);
void ni_point_free(struct ni_point *p);

/** Make the sink that fills @p, which must outlive it. NULL when memory is short. */
struct ni_sink *ni_point_sink(struct ni_point *p);

/** Match @a and @b and write what was seen at both points. False when memory is short. */
bool ni_points_compare(const struct ni_point *a, const struct ni_point *b, struct rp_page *page,
		       bool full);

#endif
