/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has which address, as ARP (RFC 826, RFC 5227) and IPv6 neighbour discovery (RFC 4861) tell:
 * pairs questions with their answers, and notices when two claim the same address. Bounded; timed
 * by the capture.
 */
#ifndef NI_ARP_TABLE_H
#define NI_ARP_TABLE_H

#include <stdint.h>

#include "netinspect/arp.h"
#include "netinspect/dis.h"
#include "netinspect/event.h"

struct ni_arp_table;

struct ni_arp_table_opts {
	const struct ni_registry *reg;
	uint64_t seed; /* makes the hash unpredictable */
	uint32_t max;  /* addresses, and as many open questions; 0: the default, 4096 */
	void (*tell)(void *ctx, const struct ni_event *e);
	void *ctx;
};

/** Make the table; @o is copied. NULL when memory is short. */
struct ni_arp_table *ni_arp_table_new(const struct ni_arp_table_opts *o);
void ni_arp_table_free(struct ni_arp_table **t);

/** Take in the ARP or neighbour discovery message of @d, if it holds one. */
void ni_arp_table_frame(struct ni_arp_table *t, struct ni_dis *d);

/** Say whether the next message claims what another MAC had claimed; then of every one. */
void ni_arp_table_expect(struct ni_arp_table *t, bool conflict);

/** Time has passed: tell of questions that nobody answers. */
void ni_arp_table_tick(struct ni_arp_table *t, int64_t now_ns);

/** The capture is over: tell of all open questions, oldest first. */
void ni_arp_table_end(struct ni_arp_table *t);

#endif
