/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which ICMP request an answer belongs to. A table of fixed size in which a newer request takes the
 * place of an older one: a request that nobody answers costs nothing.
 */
#ifndef NI_PINGS_H
#define NI_PINGS_H

#include <stdbool.h>
#include <stdint.h>

struct ni_pings;

/* What a request and its answer have in common. */
struct ni_ping_key {
	const uint8_t *asker, *asked; /* addresses, addr_len bytes each */
	uint8_t addr_len;
	uint8_t kind; /* the request's ICMP type */
	uint16_t ident, seq;
	uint32_t tag; /* VLANs and tunnels on the way */
};

/** Make the table; @seed makes its hash unpredictable. NULL when memory is short. */
struct ni_pings *ni_pings_new(uint64_t seed);
void ni_pings_free(struct ni_pings **p);

/** Remember that @frame asks. */
void ni_ping_request(struct ni_pings *p, const struct ni_ping_key *k, uint64_t frame,
		     int64_t ts_ns);

/** Find the request that @frame answers and keep it at hand for ni_ping_answered(). */
void ni_ping_reply(struct ni_pings *p, const struct ni_ping_key *k, uint64_t frame, int64_t ts_ns);

/** The request that @frame, the latest answer, belongs to, and the time between. False: none. */
bool ni_ping_answered(const struct ni_pings *p, uint64_t frame, uint64_t *request, int64_t *rtt_ns);

#endif
