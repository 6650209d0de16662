/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the dissectors of the IP family share. */
#ifndef NI_INET_H
#define NI_INET_H

#include "netinspect/proto.h"

/* Ask for @n bytes of a header. What an ICMP error quotes is cut short by design: never malformed.
 */
static inline enum ni_rc
ni_need_quoted(const struct ni_dis *d, struct ni_span s, uint32_t n)
{
	enum ni_rc rc = ni_need(s, n);
	return rc == NI_MALFORMED && d->lflags & NI_L_QUOTED ? NI_TRUNCATED : rc;
}

static inline bool
ni_quoted(const struct ni_dis *d)
{
	return d->lflags & NI_L_QUOTED;
}

/** Keep flows apart that differ in @key: a VLAN id, a tunnel's key. 0 changes nothing. */
static inline void
ni_tag_flow(struct ni_dis *d, uint32_t key)
{
	if (key && !ni_quoted(d))
		d->flow_tag = (d->flow_tag << 12 | d->flow_tag >> 20) ^ key;
}

/** Set what flows are made of, for a network layer that is not quoted; @ipproto follows. */
static inline void
ni_set_net(struct ni_dis *d, const struct ni_layer *l, struct ni_addr_pair a, uint8_t ipproto)
{
	if (ni_quoted(d))
		return;
	d->net = a;
	d->net_layer = (uint8_t)(l - d->layers);
	d->transport_layer = 0xff;
	d->ipproto = ipproto;
	d->port[0] = d->port[1] = 0;
}

/** Say which protocol follows an extension header; the same. */
static inline void
ni_set_ipproto(struct ni_dis *d, uint8_t ipproto)
{
	if (!ni_quoted(d))
		d->ipproto = ipproto;
}

/** Set the transport layer; the same. */
static inline void
ni_set_transport(struct ni_dis *d, const struct ni_layer *l, uint8_t ipproto, uint16_t sport,
		 uint16_t dport)
{
	if (ni_quoted(d))
		return;
	d->transport_layer = (uint8_t)(l - d->layers);
	d->ipproto = ipproto;
	d->port[0] = sport;
	d->port[1] = dport;
}

/** Whether @l is the layer that the frame's connection is about. */
static inline bool
ni_is_transport(const struct ni_dis *d, const struct ni_layer *l)
{
	return d->transport_layer == (uint8_t)(l - d->layers);
}

/** Whether checksums are to be verified. */
bool ni_checking(const struct ni_dis *d);

/* Where a transport layer's checksum stands and what it covers. */
struct ni_cksum_field {
	uint16_t off;   /* of the checksum in the layer */
	uint8_t proto;  /* in the pseudo-header */
	bool pseudo;    /* there is one */
	uint32_t cover; /* bytes from the start of the layer */
	uint32_t claim; /* length in the pseudo-header */
};

struct ni_cksum_result {
	uint8_t status; /* enum ni_cksum_status; unverified if bytes are missing */
	bool partial;   /* bad, but what a sender leaves who lets the network card do the sum */
	uint16_t expected;
};

/** Verify the checksum of transport layer @l. */
struct ni_cksum_result ni_cksum_segment(const struct ni_dis *d, const struct ni_layer *l,
					const struct ni_cksum_field *f);

/** The Info column where an IPv6 or extension header @l is the last thing known: what follows it.
 */
void ni_ipv6_print_next(const struct ni_dis *d, const struct ni_layer *l, uint8_t nxt,
			struct ni_buf *b);

/** The length of the IPv6 extension header at @p (2 bytes of it are there), in bytes (RFC 8200 4).
 */
static inline uint32_t
ni_ipv6_ext_len(const uint8_t *p)
{
	return (p[1] + 1U) * 8;
}

/** The same as a field's value; false if the length was not captured. */
bool ni_ipv6_ext_octets(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v);

struct ni_frag;

/**
 * Go on with a fragment that @l carries: with the datagram that it completes, with the bytes alone
 * if it only was kept, with what it holds if it is a first one that cannot be kept. The caller
 * fills addr_len, src, dst, proto, more, id and off of @f. @claim: bytes that the payload has
 * according to the IP header; a fragment of which the frame has less is not kept.
 */
void ni_next_fragment(struct ni_dis *d, struct ni_layer *l, struct ni_frag *f,
		      struct ni_span payload, uint32_t claim);

/* The rows about a completed datagram stand in every table that has them in this order. */
enum {
	NI_FRAGMENTS,
	NI_FRAGMENT,
	NI_FRAGMENT_OVERLAP,
	NI_FRAGMENT_CONFLICT,
	NI_FRAGMENT_COUNT,
	NI_REASSEMBLED_LEN,
	NI_REASSEMBLED_DATA,
};

/** Emit what is known of the datagram that the walked layer completed; nothing if it did not. */
void ni_put_reassembled(struct ni_walk *w, const struct ni_field *f);

#endif
