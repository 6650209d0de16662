/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which messages of DHCP (same transaction id and client, RFC 2131 4.1) and NTP (the response's
 * origin is the request's transmit timestamp, RFC 5905 8) belong together. Bounded; what waits too
 * long or finds no room is told as it is.
 */
#ifndef NI_EXCHANGES_H
#define NI_EXCHANGES_H

#include <stdint.h>

#include "netinspect/event.h"
#include "netinspect/exchange.h"

struct ni_exchanges;
struct ni_registry;

struct ni_exchanges_opts {
	const struct ni_registry *reg;
	uint64_t seed;
	uint32_t max; /* exchanges of each protocol at a time; 0: the default, 1024 */
	void (*tell)(void *ctx, const struct ni_event *e);
	void *ctx;
};

/** Make the tables; @o is copied. NULL when memory is short. */
struct ni_exchanges *ni_exchanges_new(const struct ni_exchanges_opts *o);
void ni_exchanges_free(struct ni_exchanges **x);

/** Take in what stands above the transport layer of @d, if it is of these protocols. */
void ni_exchanges_frame(struct ni_exchanges *x, const struct ni_dis *d, int64_t now_ns);

/** Time has passed: tell what has waited too long. */
void ni_exchanges_tick(struct ni_exchanges *x, int64_t now_ns);

/** The capture is over: tell what waits, oldest first. */
void ni_exchanges_end(struct ni_exchanges *x);

/** How many had to be given up for lack of room. */
uint64_t ni_exchanges_evicted(const struct ni_exchanges *x);

#endif
