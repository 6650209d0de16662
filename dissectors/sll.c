/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux cooked capture, what "-i any" writes: LINKTYPE_LINUX_SLL 113 and LINKTYPE_LINUX_SLL2 276
 *
 * OFFSET SIZE FIELD (version 1)
 *      0    2 packet type: to us, broadcast, multicast, to another host, from us
 *      2    2 hardware type, as ARP's
 *      4    2 length of the address
 *      6    8 link-layer address of the sender, padded
 *     14    2 EtherType, or a number below 1536 for what has none
 *
 * OFFSET SIZE FIELD (version 2)
 *      0    2 EtherType
 *      2    2 reserved
 *      4    4 interface index
 *      8    2 hardware type
 *     10    1 packet type
 *     11    1 length of the address
 *     12    8 link-layer address of the sender, padded
 *
 * Not decoded: netlink messages, CAN, IrDA and other payloads without an EtherType but LLC.
 */
#include "eth.h"

#include <stddef.h>

#include "labels.h"
#include "protos.h"

enum {
	V1 = 113,
	V2 = 276,
	V1_HDR = 16,
	V2_HDR = 20,
	ADDR = 8,
	MIN_TYPE = 1536,
	LLC = 4,
	ETHER = 6,
	IP4 = 4
};
enum { HATYPE_GRE = 778, HATYPE_GRE6 = 823, HATYPE_NETLINK = 824 };

static const struct ni_label packet_types[] = {
    {0, 0, "Unicast to us"},           {1, 1, "Broadcast"},  {2, 2, "Multicast"},
    {3, 3, "Unicast to another host"}, {4, 4, "Sent by us"}, {0, 0, NULL},
};

static const struct ni_label low_types[] = {
    {1, 1, "Raw 802.3"},
    {3, 3, "Ethernet"},
    {4, 4, "802.2 LLC"},
    {7, 7, "PPP (HDLC)"},
    {12, 12, "CAN"},
    {13, 13, "CAN FD"},
    {0x17, 0x17, "IrDA LAP"},
    {0xf5, 0xf5, "ISI"},
    {0xf6, 0xf6, "IEEE 802.15.4"},
    {0, 0, NULL},
};

/* Where the fields of one version stand. */
struct form {
	uint8_t hdr, type, hatype, pkttype, halen, addr;
	uint8_t small; /* bytes of packet type and address length */
};

static const struct form forms[2] = {
    {V1_HDR, 14, 2, 0, 4, 6, 2},
    {V2_HDR, 0, 8, 10, 11, 12, 1},
};

static const struct form *
form_of(const struct ni_layer *l)
{
	return &forms[l->aux == V2];
}

static uint32_t
small(const struct form *f, const uint8_t *p)
{
	return f->small == 2 ? ni_be16(p) : *p;
}

enum {
	F_PKTTYPE,
	F_HATYPE,
	F_IFINDEX,
	F_HALEN,
	F_ETHER,
	F_IP4,
	F_OTHER,
	F_UNUSED,
	F_ETYPE,
	F_LTYPE,
	F_GRETYPE,
	F_TRAILER,
	F_PADDING,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_PKTTYPE] = {"sll.pkttype", "Packet type", NI_U16, NI_DEC, .labels = packet_types},
	[F_HATYPE] = {"sll.hatype", "Link-layer address type", NI_U16, NI_DEC,
		.labels = ni_hardware_types},
	[F_IFINDEX] = {"sll.ifindex", "Interface index", NI_U32, NI_DEC},
	[F_HALEN] = {"sll.halen", "Link-layer address length", NI_U16, NI_DEC},
	[F_ETHER] = {"sll.src.eth", "Source", NI_ETHER},
	[F_IP4] = {"sll.src.ipv4", "Source", NI_IP4},
	[F_OTHER] = {"sll.src.other", "Source", NI_BYTES},
	[F_UNUSED] = {"sll.unused", "Unused", NI_BYTES},
	[F_ETYPE] = {"sll.etype", "Protocol", NI_U16, NI_HEX, .labels = ni_ethertypes},
	[F_LTYPE] = {"sll.ltype", "Protocol", NI_U16, NI_HEX, .labels = low_types},
	[F_GRETYPE] = {"sll.gretype", "Protocol", NI_U16, NI_HEX, .labels = ni_ethertypes},
	[F_TRAILER] = {"sll.trailer", "Trailer", NI_BYTES},
	[F_PADDING] = {"eth.padding", "Padding", NI_BYTES},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	const struct form *f = form_of(l);
	enum ni_rc rc = ni_need(s, f->hdr);
	if (rc != NI_OK)
		return rc;
	l->hdr = f->hdr;
	uint16_t type = ni_be16(s.p + f->type);
	struct ni_span rest = ni_from(s, f->hdr);
	if (small(f, s.p + f->halen) == ETHER)
		d->link = (struct ni_addr_pair){s.p + f->addr, NULL, NI_ADDR_ETHER};
	bool netlink = ni_be16(s.p + f->hatype) == HATYPE_NETLINK;
	if (!netlink && type >= MIN_TYPE)
		ni_next(d, NI_BY_ETHERTYPE, type, rest);
	else if (!netlink && type == LLC)
		ni_next(d, NI_BY_LLC, NI_LLC_ITSELF, rest);
	else
		ni_next_proto(d, &ni_proto_data, rest);
	return NI_OK;
}

static void
put_source(struct ni_walk *w, const struct form *f, uint32_t halen)
{
	uint32_t n = halen < ADDR ? halen : ADDR;
	if (n)
		ni_put_bytes(w,
			     &fields[n == ETHER ? F_ETHER
				     : n == IP4 ? F_IP4
						: F_OTHER],
			     f->addr, n);
	if (n < ADDR)
		ni_put_bytes(w, &fields[F_UNUSED], f->addr + n, ADDR - n);
}

static void
put_type(struct ni_walk *w, const struct form *f, const uint8_t *p)
{
	uint16_t type = ni_be16(p + f->type);
	uint16_t hatype = ni_be16(p + f->hatype);
	unsigned row = type < MIN_TYPE ? F_LTYPE : F_ETYPE;
	if (hatype == HATYPE_NETLINK)
		return;
	if (hatype == HATYPE_GRE || hatype == HATYPE_GRE6)
		row = F_GRETYPE;
	ni_put_uint(w, &fields[row], f->type, 2, type);
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	const struct form *f = form_of(w->layer);
	if (s.cap < f->hdr)
		return;
	bool v2 = f->small == 1;
	if (v2) {
		put_type(w, f, s.p);
		ni_put_uint(w, &fields[F_IFINDEX], 4, 4, ni_be32(s.p + 4));
		ni_put_uint(w, &fields[F_HATYPE], f->hatype, 2, ni_be16(s.p + f->hatype));
	}
	ni_put_uint(w, &fields[F_PKTTYPE], f->pkttype, f->small, small(f, s.p + f->pkttype));
	if (!v2)
		ni_put_uint(w, &fields[F_HATYPE], f->hatype, 2, ni_be16(s.p + f->hatype));
	uint32_t halen = small(f, s.p + f->halen);
	ni_put_uint(w, &fields[F_HALEN], f->halen, f->small, halen);
	put_source(w, f, halen);
	if (!v2)
		put_type(w, f, s.p);
	ni_eth_put_trailer(w, &fields[F_PADDING], &fields[F_TRAILER], NULL);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	const struct form *f = form_of(l);
	if (s.cap < f->hdr)
		return;
	uint16_t type = ni_be16(s.p + f->type);
	const char *name = ni_label_find(type < MIN_TYPE ? low_types : ni_ethertypes, type);
	if (name)
		ni_buf_str(b, name);
	else
		ni_buf_fmt(b, "Unknown protocol 0x%04x", type);
}

static const struct ni_bind binds[] = {
    {NI_BY_LINKTYPE, V1},
    {NI_BY_LINKTYPE, V2},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_sll = {
    .key = "sll",
    .name = "SLL",
    .title = "Linux cooked capture",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
};

const struct ni_proto *const ni_protos_sll[] = {&ni_proto_sll, NULL};
