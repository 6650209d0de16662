/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which DNS response belongs to which query (RFC 5452 9.1: same addresses, ports, transport, id and
 * question). A bounded table in the order of last use; what waits too long or finds no room is told
 * as a lookup without an answer. Multicast DNS asks everybody and is not paired (RFC 6762 6).
 */
#ifndef NI_DNS_PAIR_H
#define NI_DNS_PAIR_H

#include <stdint.h>

#include "netinspect/dns.h"

struct ni_dns_pairs;

struct ni_dns_pairs_opts {
	uint64_t seed;      /* makes the hash unpredictable */
	uint32_t max;       /* lookups remembered at a time; 0: the default, 4096 */
	int64_t timeout_ns; /* silence after which one is given up; 0: the default, a minute */
	/* A lookup is over. The struct and all it points to die with the call. May be NULL. */
	void (*done)(void *ctx, const struct ni_dns_lookup *l);
	void *ctx;
};

/** Make the table. @opts may be NULL and is copied. NULL when memory is short. */
struct ni_dns_pairs *ni_dns_pairs_new(const struct ni_dns_pairs_opts *opts);

/** Free it, telling nothing more. */
void ni_dns_pairs_free(struct ni_dns_pairs **p);

/**
 * Take in all DNS messages of the dissected frame @d and set @d->dns, which stays valid until the
 * next call. To be called once a frame, after its stream messages have become layers; lookups that
 * have waited too long by the frame's time are told first.
 */
void ni_dns_pairs_frame(struct ni_dns_pairs *p, struct ni_dis *d);

/** Time has passed without frames: tell the lookups that have waited too long. */
void ni_dns_pairs_tick(struct ni_dns_pairs *p, int64_t now_ns);

/** The capture is over: tell all lookups that have no answer, oldest first. */
void ni_dns_pairs_end(struct ni_dns_pairs *p);

/** How many unanswered lookups had to be forgotten for lack of room. */
uint64_t ni_dns_pairs_evicted(const struct ni_dns_pairs *p);

#endif
