/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The flow table: from addresses, ports and protocol of a packet to what is remembered of its
 * conversation. Bounded, grows only as used, and hashes with a secret seed since its input is
 * hostile. One table holds connections of one kind; it knows neither packets nor clocks.
 */
#ifndef NI_FLOW_H
#define NI_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/conn.h"

struct ni_dis;
struct ni_flows;
struct ni_stream;

enum { NI_FLOW_KEY_MAX = 44 };

/* Both directions of a conversation give the same bytes; swapped tells them apart. */
struct ni_flow_key {
	uint8_t len;
	bool swapped; /* the sender is the second of the two ends in the key */
	uint8_t b[NI_FLOW_KEY_MAX];
};

/* Flows wait in lists, each ordered by when its flows were last heard of. A table that is full
 * gives up the oldest of the first list that holds any: least is lost with those that are over. */
enum ni_flow_list {
	NI_FLOWS_CLOSED,
	NI_FLOWS_OPENING, /* before established: a flood of SYNs pushes out itself */
	NI_FLOWS_CLOSING,
	NI_FLOWS_OPEN,
	NI_FLOWS_NLISTS,
};

struct ni_flow {
	struct ni_conn *conn;     /* for TCP the first member of its struct ni_tcp */
	struct ni_stream *stream; /* TCP: its byte streams; NULL while there are none */
	uint32_t slot;            /* in the table */
	uint32_t hash;
	uint32_t older, newer; /* slots in its list */
	uint32_t touched;      /* second in which it last moved to the front */
	uint8_t list;          /* enum ni_flow_list */
	uint8_t first;         /* enum ni_side of the first end in the key */
	bool opaque;           /* its bytes are of no protocol known here: do not look again */
	uint8_t key_len;
	uint8_t key[NI_FLOW_KEY_MAX];
};

/**
 * Make a table for at most @max flows, each with @room zeroed bytes at conn.
 * Returns NULL when memory is short.
 */
struct ni_flows *ni_flows_new(uint64_t seed, uint32_t max, size_t room);
/** Frees the table; streams must be gone. */
void ni_flows_free(struct ni_flows **t);

/** Make the key of the packet in @d, whose ends are @port (source, destination). False: none. */
bool ni_flow_key(struct ni_flow_key *k, const struct ni_dis *d, const uint16_t port[2]);

/** The flow of @k, or NULL. */
struct ni_flow *ni_flows_find(struct ni_flows *t, const struct ni_flow_key *k);

/**
 * Add a flow for @k, which must not be there, whose sender is @side, to @list.
 * Returns NULL when the table is full or memory is short: make room with ni_flows_victim().
 */
struct ni_flow *ni_flows_add(struct ni_flows *t, const struct ni_flow_key *k, enum ni_side side,
			     enum ni_flow_list list);

/** Who sent the packet with key @k in its flow @f. */
static inline enum ni_side
ni_flow_dir(const struct ni_flow *f, const struct ni_flow_key *k)
{
	return (enum ni_side)(f->first ^ k->swapped);
}

/** Turn @f around: the sender of the packet with key @k is @side from now on. */
void ni_flow_turn(struct ni_flow *f, const struct ni_flow_key *k, enum ni_side side);

/** Say that @f was heard of in second @now and belongs to @list. */
void ni_flows_touch(struct ni_flows *t, struct ni_flow *f, enum ni_flow_list list, uint32_t now);

/** The flow that was silent longest in @list, or NULL. */
struct ni_flow *ni_flows_oldest(struct ni_flows *t, enum ni_flow_list list);

/** The flow to give up when there is no room; NULL if the table is empty. */
struct ni_flow *ni_flows_victim(struct ni_flows *t);

void ni_flows_remove(struct ni_flows *t, struct ni_flow *f);

uint32_t ni_flows_count(const struct ni_flows *t);

/**
 * Call @fn for every flow in the order of first_frame, then id, and forget them all. @fn leaves @t
 * alone.
 */
void ni_flows_drain(struct ni_flows *t, void (*fn)(void *ctx, struct ni_flow *f), void *ctx);

#endif
