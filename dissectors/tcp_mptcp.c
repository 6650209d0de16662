/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Multipath TCP option: RFC 8684 (version 1), RFC 6824 (version 0)
 *
 * OFFSET SIZE FIELD
 *      0    1 kind 30
 *      1    1 length
 *      2    1 subtype (4 bits), version, flags or nothing (4)
 *      3  var what the subtype says
 *
 * Not decoded: what takes the whole connection to know (relative data sequence numbers, tokens).
 */
#include "tcp.h"

#include "inet.h"

enum subtype {
	CAPABLE,
	JOIN,
	DSS,
	ADD_ADDR,
	REMOVE_ADDR,
	PRIO,
	FAIL,
	FASTCLOSE,
	RST,
};

enum { DSS_ACK = 1, DSS_ACK8 = 2, DSS_SEQ = 4, DSS_SEQ8 = 8 };

static void
put(struct ni_walk *w, struct ni_cur *c, enum ni_tcp_field f, uint32_t n)
{
	uint32_t off = c->off;
	const uint8_t *p = ni_take(c, n);
	uint64_t v = 0;
	for (uint32_t i = 0; p && i < n; i++)
		v = v << 8 | p[i];
	if (p)
		ni_put_uint(w, &ni_tcp_fields[f], off, n, v);
}

static void
put_bytes(struct ni_walk *w, struct ni_cur *c, enum ni_tcp_field f, uint32_t n)
{
	uint32_t off = c->off;
	if (ni_take(c, n))
		ni_put_bytes(w, &ni_tcp_fields[f], off, n);
}

static void
put_bits(struct ni_walk *w, uint32_t off, uint8_t v, enum ni_tcp_field first,
	 enum ni_tcp_field last)
{
	for (unsigned f = first; f <= last; f++)
		ni_put_uint(w, &ni_tcp_fields[f], off, 1, v);
}

static void
put_capable(struct ni_walk *w, struct ni_cur *c, uint8_t first)
{
	uint8_t version = first & 15;
	ni_put_uint(w, &ni_tcp_fields[MPTCP_VERSION], c->off - 1, 1, version);
	uint32_t off = c->off;
	uint8_t flags = ni_take8(c);
	if (c->rc != NI_OK)
		return;
	ni_put_uint(w, &ni_tcp_fields[MPTCP_FLAGS], off, 1, flags);
	put_bits(w, off, flags, MPTCP_CHECKSUM_REQ,
		 version ? MPTCP_NO_MORE_SUBFLOWS : MPTCP_EXTENSIBILITY);
	ni_put_uint(w, &ni_tcp_fields[version ? MPTCP_SHA256 : MPTCP_SHA1], off, 1, flags);
	if (ni_more(c))
		put(w, c, MPTCP_SEND_KEY, 8);
	if (ni_more(c))
		put(w, c, MPTCP_RECV_KEY, 8);
	if (ni_more(c))
		put(w, c, MPTCP_DATA_LEN, 2);
	if (ni_more(c))
		put(w, c, MPTCP_CHECKSUM, 2);
}

static void
put_reserved(struct ni_walk *w, struct ni_cur *c, uint8_t first)
{
	uint32_t off = c->off - 1;
	uint8_t second = ni_take8(c);
	if (c->rc == NI_OK)
		ni_put_uint(w, &ni_tcp_fields[MPTCP_RESERVED], off, 2,
			    (uint64_t)first << 8 | second);
}

/* SYN, SYN+ACK and ACK carry different things, told apart by their length (RFC 8684 3.2). */
static void
put_join(struct ni_walk *w, struct ni_cur *c, uint8_t first)
{
	enum { SYN = 9, SYN_ACK = 13, ACK = 21 };
	uint32_t n = c->len - c->off;
	if (n == SYN || n == SYN_ACK) {
		ni_put_uint(w, &ni_tcp_fields[MPTCP_FLAGS], c->off - 1, 1, first);
		ni_put_uint(w, &ni_tcp_fields[MPTCP_BACKUP], c->off - 1, 1, first);
		put(w, c, MPTCP_ADDR_ID, 1);
	}
	if (n == SYN) {
		put(w, c, MPTCP_RECV_TOK, 4);
		put(w, c, MPTCP_SEND_RAND, 4);
	} else if (n == SYN_ACK) {
		put(w, c, MPTCP_SEND_TRUNC_HMAC, 8);
		put(w, c, MPTCP_SEND_RAND, 4);
	} else if (n == ACK) {
		put_reserved(w, c, first);
		put_bytes(w, c, MPTCP_SEND_HMAC, 20);
	}
}

static void
put_dss(struct ni_walk *w, struct ni_cur *c)
{
	uint32_t off = c->off;
	uint8_t flags = ni_take8(c);
	if (c->rc != NI_OK)
		return;
	ni_put_uint(w, &ni_tcp_fields[MPTCP_FLAGS], off, 1, flags);
	put_bits(w, off, flags, MPTCP_DATA_FIN, MPTCP_DATA_ACK_PRESENT);
	if (flags & DSS_ACK)
		put(w, c, MPTCP_RAW_DATA_ACK, flags & DSS_ACK8 ? 8 : 4);
	if (!(flags & DSS_SEQ))
		return;
	put(w, c, MPTCP_RAW_DATA_SEQ, flags & DSS_SEQ8 ? 8 : 4);
	put(w, c, MPTCP_SUBFLOW_SEQ, 4);
	put(w, c, MPTCP_DATA_LEN, 2);
	if (ni_more(c))
		put(w, c, MPTCP_CHECKSUM, 2);
}

/*
 * Version 0 says 4 or 6, version 1 has a bit for "echo" there and leaves the address family to the
 * length: 4 or 16 bytes, a port of 2, and but for an echo an HMAC of 8.
 */
static void
put_add_addr(struct ni_walk *w, struct ni_cur *c, uint8_t first)
{
	uint32_t n = c->len - c->off - 1;
	bool six = n >= 16;
	if ((first & 15) == 4 || (first & 15) == 6)
		ni_put_uint(w, &ni_tcp_fields[MPTCP_IPVER], c->off - 1, 1, first);
	else
		ni_put_uint(w, &ni_tcp_fields[MPTCP_ECHO], c->off - 1, 1, first);
	put(w, c, MPTCP_ADDR_ID, 1);
	put_bytes(w, c, six ? MPTCP_IPV6 : MPTCP_IPV4, six ? 16 : 4);
	if (ni_left(c) == 2 || ni_left(c) == 10)
		put(w, c, MPTCP_PORT, 2);
	if (ni_left(c) >= 8)
		put(w, c, MPTCP_ADD_TRUNC_HMAC, 8);
}

void
ni_tcp_put_mptcp(struct ni_walk *w, uint32_t off, uint32_t len)
{
	struct ni_cur c = ni_cur(ni_clip(ni_layer_span(w->dis, w->layer), off + len));
	ni_skip(&c, off + 2);
	uint8_t first = ni_take8(&c);
	if (c.rc != NI_OK)
		return;
	ni_put_uint(w, &ni_tcp_fields[MPTCP_SUBTYPE], off + 2, 1, first);
	switch ((enum subtype)(first >> 4)) {
	case CAPABLE:
		put_capable(w, &c, first);
		break;
	case JOIN:
		put_join(w, &c, first);
		break;
	case DSS:
		put_dss(w, &c);
		break;
	case ADD_ADDR:
		if (ni_more(&c))
			put_add_addr(w, &c, first);
		break;
	case REMOVE_ADDR:
		while (ni_more(&c))
			put(w, &c, MPTCP_ADDR_ID, 1);
		break;
	case PRIO:
		ni_put_uint(w, &ni_tcp_fields[MPTCP_FLAGS], off + 2, 1, first);
		ni_put_uint(w, &ni_tcp_fields[MPTCP_BACKUP], off + 2, 1, first);
		if (ni_more(&c))
			put(w, &c, MPTCP_ADDR_ID, 1);
		break;
	case FAIL:
		put_reserved(w, &c, first);
		put(w, &c, MPTCP_RAW_DATA_SEQ, 8);
		break;
	case FASTCLOSE:
		put_reserved(w, &c, first);
		put(w, &c, MPTCP_RECV_KEY, 8);
		break;
	case RST:
		ni_put_uint(w, &ni_tcp_fields[MPTCP_FLAGS], off + 2, 1, first);
		ni_put_uint(w, &ni_tcp_fields[MPTCP_FLAG_T], off + 2, 1, first);
		put(w, &c, MPTCP_RST_REASON, 1);
		break;
	default:
		break;
	}
}
