/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What dissection leaves behind for one frame: a stack of layers (where each header sits) and notes
 * (what is wrong with it). Values are fetched and formatted later, and only those somebody wants.
 */
#ifndef NETINSPECT_DIS_H
#define NETINSPECT_DIS_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/frame.h"
#include "netinspect/span.h"

struct ni_clock;
struct ni_conn;
struct ni_dns_pair;
struct ni_proto;
struct ni_registry;
struct ni_state;
struct ni_tcp_out;
struct ni_part;
struct ni_pdu;

enum {
	NI_MAX_DEPTH = 32,  /* nested headers; beyond that NI_TOO_DEEP */
	NI_MAX_LAYERS = 64, /* headers and application messages in one frame */
	NI_MAX_SOURCES = 16,
	NI_MAX_NOTES = 16,
};

enum ni_layer_flag {
	NI_L_QUOTED = 1 << 0,   /* inside an ICMP error: shown, never tracked */
	NI_L_FRAGMENT = 1 << 1, /* part of a datagram that is not (yet) whole */
	NI_L_BAD_SUM = 1 << 2,  /* a TCP segment whose checksum was verified and is wrong */
};

struct ni_layer {
	uint32_t off;  /* first byte, from the start of its source */
	uint32_t len;  /* bytes it claims, payload included, never more than its parent gives it */
	uint16_t hdr;  /* header bytes */
	uint16_t aux;  /* the protocol's own; for an application message its index in pdus[] */
	uint8_t proto; /* index into the registry */
	uint8_t rc;    /* enum ni_rc */
	uint8_t src;   /* 0: the frame; n: sources[n] */
	uint8_t flags; /* enum ni_layer_flag */
};

/* Bytes that layers point into: the frame itself, or a buffer that was put together from several.
 */
struct ni_source_bytes {
	const uint8_t *p;
	uint32_t cap;
	uint32_t len;
	const char *name; /* "Frame", "Reassembled IPv4", "Reassembled TCP" */
};

enum ni_severity {
	NI_CHAT,  /* ordinary, worth a line */
	NI_NOTE,  /* unusual */
	NI_WARN,  /* something went wrong */
	NI_ERROR, /* malformed */
};

/* A kind of remark. One static const each, in the file that makes it. */
struct ni_note_def {
	const char *key;  /* "ipv4.len_exceeds_frame" */
	const char *text; /* one sentence, no full stop */
	const char *ref;  /* RFC section or NULL */
	uint8_t severity;
};

struct ni_note {
	const struct ni_note_def *def;
	uint8_t layer;
};

enum ni_addr_kind { NI_ADDR_NONE, NI_ADDR_ETHER, NI_ADDR_IP4, NI_ADDR_IP6 };

/* A pair of addresses as they stand in the packet; src and dst point into a source. */
struct ni_addr_pair {
	const uint8_t *src, *dst;
	uint8_t kind; /* enum ni_addr_kind */
};

struct ni_dis {
	const struct ni_frame *frame;
	const struct ni_registry *reg;
	struct ni_state *state; /* fragments and the like; NULL when a packet is looked at alone */
	const struct ni_clock *clock; /* NULL when a packet is looked at alone */
	uint8_t nlayers, nsources, nnotes, depth;
	uint8_t notes_lost;   /* more remarks than fit */
	uint16_t layers_lost; /* more messages than fit */

	struct ni_addr_pair link; /* innermost link-layer addresses */
	struct ni_addr_pair net;  /* innermost network addresses, those flows are made of */
	uint8_t net_layer;        /* index of the layer that gave net; 0xff: none */
	uint8_t transport_layer;  /* index of the (unquoted) TCP, UDP or ICMP layer; 0xff: none */
	uint8_t ipproto;          /* of that layer */
	uint16_t port[2];         /* source, destination */
	uint32_t flow_tag; /* VLAN ids and tunnel keys on the way: flows in different ones differ */

	struct {
		struct ni_span span;
		uint16_t aux;
		uint8_t proto; /* number in the registry; 0: nothing more */
		uint8_t src;
	} next;         /* what the decoder asks the loop to take apart next */
	uint8_t src;    /* source of the layer being decoded */
	uint8_t lflags; /* NI_L_* flags that every further layer inherits */

	/* Filled by the session for the frame's own (unquoted) transport segment; NULL otherwise.
	 */
	const struct ni_conn *conn;
	const struct ni_tcp_out *seg;
	uint8_t dir; /* enum ni_side that sent it */
	uint8_t npdus;
	const struct ni_pdu *pdus;     /* of application messages that end in this frame */
	const struct ni_part *part;    /* of a message that ends later, in this frame; NULL: none */
	const struct ni_dns_pair *dns; /* of DNS messages in this frame, a list; NULL: none */

	struct ni_layer layers[NI_MAX_LAYERS];
	struct ni_source_bytes sources[NI_MAX_SOURCES];
	struct ni_note notes[NI_MAX_NOTES];
};

/** Bytes of layer @l that can be read, with the length it claims. Header included. */
static inline struct ni_span
ni_layer_span(const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_source_bytes *s = &d->sources[l->src];
	uint32_t cap = l->off < s->cap ? s->cap - l->off : 0;
	return (struct ni_span){s->p + (cap ? l->off : 0), cap < l->len ? cap : l->len, l->len};
}

/** Payload of layer @l. */
static inline struct ni_span
ni_layer_payload(const struct ni_dis *d, const struct ni_layer *l)
{
	return ni_from(ni_layer_span(d, l), l->hdr);
}

/** The protocol of a layer. Never NULL. */
const struct ni_proto *ni_layer_proto(const struct ni_dis *d, const struct ni_layer *l);

/** The nearest layer of @proto below @above (NULL: the topmost one in the frame), or NULL. */
const struct ni_layer *ni_layer_find(const struct ni_dis *d, const struct ni_layer *above,
				     const struct ni_proto *proto);

/** Remember a remark about layer @l. Beyond NI_MAX_NOTES it is only counted. */
void ni_note(struct ni_dis *d, const struct ni_layer *l, const struct ni_note_def *def);

/**
 * Take @f apart down to its transport layer (and, for UDP, the application).
 * @d is reused from frame to frame; @reg and @state are kept as given. Never fails, never allocates
 * but in @state's bounded fragment buffers. Pointers in @d die with the frame.
 */
void ni_dissect(struct ni_dis *d, const struct ni_frame *f);

/** Add a layer of @proto over @s in source @src and take it apart. False when layers are full. */
bool ni_dissect_more(struct ni_dis *d, const struct ni_proto *proto, struct ni_span s, uint8_t src,
		     uint16_t aux);

/** Add a source of bytes. Returns its number, or 0 when there is no room. */
uint8_t ni_source_add(struct ni_dis *d, struct ni_span s, const char *name);

#endif
