/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where every packet lies: 24 bytes a packet in chunks, 2 more where packets are larger than 64 KiB
 * and 2 where they came in at several interfaces. The oldest can go when the bound is reached.
 * Packets are numbered 1, 2, 3 … as shown.
 */
#ifndef NI_INDEX_H
#define NI_INDEX_H

#include <stdbool.h>
#include <stdint.h>

struct ni_index;

/* The upper two bits of an entry's conversation say of which protocol its number is. */
enum {
	NI_IX_TCP,
	NI_IX_UDP,
	NI_IX_ICMP,
	NI_IX_ICMPV6,
};
#define NI_IX_NO_CONN    UINT32_MAX
#define NI_IX_CONN_SHIFT 30
#define NI_IX_CONN_ID    ((1U << NI_IX_CONN_SHIFT) - 1)

struct ni_entry {
	uint64_t offset; /* in the store, 48 bits */
	int64_t ts_ns;
	uint32_t cap, len; /* saturate at 16 MiB each (len: beyond cap) */
	uint32_t conn;     /* protocol and number of its conversation, or NI_IX_NO_CONN */
	uint16_t iface;
	uint8_t proto; /* number in the registry of the layer that speaks for it */
	uint8_t level; /* enum ni_severity of its worst note; NI_IX_PLAIN: it has none */
	uint8_t dir;   /* who of its conversation sent it: NI_CLIENT or NI_SERVER */
	bool part;     /* a fragment of a datagram */
	bool conflict; /* its ARP claims an address that another one had claimed */
};
enum { NI_IX_PLAIN = 0x1f };

/** Make an index of at most @max_bytes. NULL when memory is short. */
struct ni_index *ni_index_new(uint64_t max_bytes);
void ni_index_free(struct ni_index **ix);

/** Forget everything; numbers begin at 1 again. */
void ni_index_clear(struct ni_index *ix);

/** Append; the oldest go when it is full. False when memory is short. */
bool ni_index_add(struct ni_index *ix, const struct ni_entry *e);

/** Numbers of the first and the last packet that are there; first > last: none. */
uint64_t ni_index_first(const struct ni_index *ix);
uint64_t ni_index_last(const struct ni_index *ix);

/** Forget all packets before @first. */
void ni_index_forget(struct ni_index *ix, uint64_t first);

/** Get packet @number. False if it is not there. */
bool ni_index_get(const struct ni_index *ix, uint64_t number, struct ni_entry *e);

/** Only the conversation of packet @number, which must be there. */
uint32_t ni_index_conn(const struct ni_index *ix, uint64_t number);

/**
 * The conversations of many packets at once: element number - *@base of what this returns is that
 * of packet @number, those of packets from *@base to @number stand before it. NULL: it is not
 * there.
 */
const uint32_t *ni_index_conns(const struct ni_index *ix, uint64_t number, uint64_t *base);

/** Whether packet @number, which must be there, is a fragment. */
bool ni_index_part(const struct ni_index *ix, uint64_t number);

/** The first packet from @number on that lies at @offset or later; last + 1 if none does. */
uint64_t ni_index_at(const struct ni_index *ix, uint64_t offset);

/** Bytes in use. */
uint64_t ni_index_bytes(const struct ni_index *ix);

/** Conversation of IP protocol @ipproto and number @id as an entry holds it. */
uint32_t ni_index_conn_key(unsigned ipproto, uint32_t id);

#endif
