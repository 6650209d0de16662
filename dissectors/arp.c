/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ARP and RARP: RFC 826, RFC 903, RFC 5227 (probe, announcement), RFC 2390 (InARP)
 *
 * OFFSET SIZE FIELD
 *      0    2 hardware type            1 = Ethernet
 *      2    2 protocol type            an EtherType
 *      4    1 hardware address length  h
 *      5    1 protocol address length  p
 *      6    2 opcode
 *      8    h sender hardware address
 *    8+h    p sender protocol address
 *  8+h+p    h target hardware address
 * 8+2h+p    p target protocol address
 *
 * Not decoded: ATM's address formats (RFC 2225), which show as plain bytes.
 */
#include "netinspect/proto.h"

#include <string.h>

#include "i18n.h"
#include "labels.h"
#include "netinspect/arp.h"

enum { HDR = 8, REQUEST = 1, REPLY = 2, RARP_REQUEST = 3, RARP_REPLY = 4 };
enum { DRARP_REQUEST = 5, DRARP_ERROR = 7, INARP_REQUEST = 8, INARP_REPLY = 9 };

const struct ni_note_def ni_arp_conflict = {
    "arp.duplicate_address", N_("another MAC address has claimed this address before"),
    "RFC 5227 2.4", NI_WARN};

static const struct ni_label opcodes[] = {
    {1, 1, "request"},
    {2, 2, "reply"},
    {3, 3, "reverse request"},
    {4, 4, "reverse reply"},
    {5, 5, "drarp request"},
    {6, 6, "drarp reply"},
    {7, 7, "drarp error"},
    {8, 8, "inverse request"},
    {9, 9, "inverse reply"},
    {10, 10, "arp nak"},
    {0, 0, NULL},
};

/* The addresses of one packet; offsets are 0 for what is not there. */
struct addrs {
	uint32_t sha, spa, tha, tpa; /* offsets */
	uint8_t hlen, plen;
	bool ether; /* hardware addresses are MACs */
	bool ip4;   /* protocol addresses are IPv4 */
};

static struct addrs
addrs(const uint8_t *p)
{
	uint8_t h = p[4];
	uint8_t n = p[5];
	return (struct addrs){
	    .sha = HDR,
	    .spa = HDR + h,
	    .tha = (uint32_t)(HDR + h + n),
	    .tpa = HDR + 2U * h + n,
	    .hlen = h,
	    .plen = n,
	    .ether = (ni_be16(p) == 1 || ni_be16(p) == 6) && h == 6,
	    .ip4 = ni_be16(p + 2) == 0x0800 && n == 4,
	};
}

static bool
is_zero(const uint8_t *p, uint32_t n)
{
	while (n && !*p)
		p++, n--;
	return !n;
}

/* Gratuitous: sender and target address are the same, so nobody is asked anything (RFC 5227 3). */
static bool
is_gratuitous(const uint8_t *p, const struct addrs *a)
{
	return a->ip4 && !memcmp(p + a->spa, p + a->tpa, 4) && !is_zero(p + a->spa, 4) &&
	       ni_be16(p + 6) <= REPLY;
}

/* Announcement: a gratuitous request with no target hardware address (RFC 5227 2.3). */
static bool
is_announcement(const uint8_t *p, const struct addrs *a)
{
	return is_gratuitous(p, a) && ni_be16(p + 6) == REQUEST && is_zero(p + a->tha, a->hlen);
}

/* Probe: who wants to use an address asks for it without claiming it (RFC 5227 1.1). */
static bool
is_probe(const uint8_t *p, const struct addrs *a)
{
	return a->ip4 && ni_be16(p + 6) == REQUEST && is_zero(p + a->spa, 4) &&
	       !is_zero(p + a->tpa, 4);
}

enum {
	F_HW_TYPE,
	F_PROTO_TYPE,
	F_HW_SIZE,
	F_PROTO_SIZE,
	F_OPCODE,
	F_GRATUITOUS,
	F_PROBE,
	F_ANNOUNCEMENT,
	F_SRC_HW,
	F_SRC_HW_MAC,
	F_SRC_PROTO,
	F_SRC_PROTO_IP4,
	F_DST_HW,
	F_DST_HW_MAC,
	F_DST_PROTO,
	F_DST_PROTO_IP4,
	F_DUPLICATE,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_HW_TYPE] = {"arp.hw.type", "Hardware type", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .labels = ni_hardware_types, .ref = "RFC 826"},
	[F_PROTO_TYPE] = {"arp.proto.type", "Protocol type", NI_U16, NI_HEX, .flags = NI_F_FIXED,
		.off = 2, .len = 2, .labels = ni_ethertypes, .ref = "RFC 826"},
	[F_HW_SIZE] = {"arp.hw.size", "Hardware size", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 4, .len = 1, .ref = "RFC 826"},
	[F_PROTO_SIZE] = {"arp.proto.size", "Protocol size", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 5, .len = 1, .ref = "RFC 826"},
	[F_OPCODE] = {"arp.opcode", "Opcode", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 6, .len = 2, .labels = opcodes, .ref = "RFC 826"},
	[F_GRATUITOUS] = {"arp.isgratuitous", "Is gratuitous", NI_BOOL, .flags = NI_F_COMPUTED,
		.ref = "RFC 5227 3", .doc = "Sender and target protocol address are the same."},
	[F_PROBE] = {"arp.isprobe", "Is probe", NI_BOOL, .flags = NI_F_COMPUTED,
		.ref = "RFC 5227 1.1", .doc = "The sender asks for an address without having one."},
	[F_ANNOUNCEMENT] = {"arp.isannouncement", "Is announcement", NI_BOOL,
		.flags = NI_F_COMPUTED,
		.ref = "RFC 5227 2.3", .doc = "A request in which the sender claims the address."},
	[F_SRC_HW] = {"arp.src.hw", "Sender hardware address", NI_BYTES},
	[F_SRC_HW_MAC] = {"arp.src.hw_mac", "Sender MAC address", NI_ETHER},
	[F_SRC_PROTO] = {"arp.src.proto", "Sender protocol address", NI_BYTES},
	[F_SRC_PROTO_IP4] = {"arp.src.proto_ipv4", "Sender IP address", NI_IP4},
	[F_DST_HW] = {"arp.dst.hw", "Target hardware address", NI_BYTES},
	[F_DST_HW_MAC] = {"arp.dst.hw_mac", "Target MAC address", NI_ETHER},
	[F_DST_PROTO] = {"arp.dst.proto", "Target protocol address", NI_BYTES},
	[F_DST_PROTO_IP4] = {"arp.dst.proto_ipv4", "Target IP address", NI_IP4},
	[F_DUPLICATE] = {"arp.duplicate-address-detected", "Duplicate IP address", NI_NONE,
		.flags = NI_F_COMPUTED, .ref = "RFC 5227 2.4",
		.doc = "The sender claims an address that another MAC address claimed last."},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need(s, HDR);
	(void)d;
	if (rc != NI_OK)
		return rc;
	l->hdr = (uint16_t)(HDR + 2U * s.p[4] + 2U * s.p[5]);
	rc = ni_need(s, l->hdr);
	if (rc == NI_OK)
		l->len = l->hdr;
	return rc;
}

static void
put_address(struct ni_walk *w, const struct ni_field *f, bool typed, uint32_t off, uint32_t len)
{
	/* Each address has two rows: bytes of any kind, then the common kind. */
	if (len)
		ni_put_bytes(w, typed ? f + 1 : f, off, len);
}

/* The table of addresses has left a remark. */
static bool
is_conflict(const struct ni_dis *d, const struct ni_layer *l)
{
	for (unsigned i = 0; i < d->nnotes; i++)
		if (d->notes[i].def == &ni_arp_conflict && &d->layers[d->notes[i].layer] == l)
			return true;
	return false;
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	ni_put_range(w, &fields[F_HW_TYPE], &fields[F_OPCODE]);
	if (s.cap < HDR || w->layer->rc == NI_MALFORMED)
		return;
	struct addrs a = addrs(s.p);
	if (w->layer->rc == NI_OK) {
		if (is_probe(s.p, &a))
			ni_put_uint(w, &fields[F_PROBE], 0, 0, 1);
		if (is_gratuitous(s.p, &a))
			ni_put_uint(w, &fields[F_GRATUITOUS], 0, 0, 1);
		if (is_announcement(s.p, &a))
			ni_put_uint(w, &fields[F_ANNOUNCEMENT], 0, 0, 1);
	}
	put_address(w, &fields[F_SRC_HW], a.ether, a.sha, a.hlen);
	put_address(w, &fields[F_SRC_PROTO], a.ip4, a.spa, a.plen);
	put_address(w, &fields[F_DST_HW], a.ether, a.tha, a.hlen);
	put_address(w, &fields[F_DST_PROTO], a.ip4, a.tpa, a.plen);
	if (is_conflict(w->dis, w->layer))
		ni_put_label(w, &fields[F_DUPLICATE], 0, 0, "Duplicate IP address detected");
}

static void
print_ip(struct ni_buf *b, const uint8_t *p, const struct addrs *a, uint32_t off)
{
	if (a->ip4)
		ni_buf_ip4(b, p + off);
	else if (!a->plen)
		ni_buf_str(b, "<No address>");
	else
		ni_buf_hexbytes(b, p + off, a->plen, 0);
}

static void
print_hw(struct ni_buf *b, const uint8_t *p, const struct addrs *a, uint32_t off)
{
	if (a->hlen)
		ni_buf_hexbytes(b, p + off, a->hlen, a->ether ? ':' : 0);
	else
		ni_buf_str(b, "<No address>");
}

static void
summary_request(struct ni_buf *b, const uint8_t *p, const struct addrs *a)
{
	if (is_probe(p, a)) {
		ni_buf_str(b, "Who has ");
		print_ip(b, p, a, a->tpa);
		ni_buf_str(b, "? (ARP Probe)");
	} else if (is_gratuitous(p, a)) {
		ni_buf_str(b,
			   is_announcement(p, a) ? "ARP Announcement for " : "Gratuitous ARP for ");
		print_ip(b, p, a, a->tpa);
		ni_buf_str(b, is_announcement(p, a) ? "" : " (Request)");
	} else {
		ni_buf_str(b, "Who has ");
		print_ip(b, p, a, a->tpa);
		ni_buf_str(b, "? Tell ");
		print_ip(b, p, a, a->spa);
	}
}

static void
summary_message(const struct ni_span s, struct ni_buf *b)
{
	struct addrs a = addrs(s.p);
	switch (ni_be16(s.p + 6)) {
	case REQUEST:
		summary_request(b, s.p, &a);
		break;
	case REPLY:
		if (is_gratuitous(s.p, &a))
			ni_buf_str(b, "Gratuitous ARP for ");
		print_ip(b, s.p, &a, a.spa);
		ni_buf_str(b, is_gratuitous(s.p, &a) ? " (Reply)" : " is at ");
		if (!is_gratuitous(s.p, &a))
			print_hw(b, s.p, &a, a.sha);
		break;
	case RARP_REQUEST:
		ni_buf_str(b, "Who is ");
		print_hw(b, s.p, &a, a.tha);
		ni_buf_str(b, "? Tell ");
		print_hw(b, s.p, &a, a.sha);
		break;
	case RARP_REPLY:
		print_hw(b, s.p, &a, a.tha);
		ni_buf_str(b, " is at ");
		print_ip(b, s.p, &a, a.tpa);
		break;
	default: {
		const char *op = ni_label_find(opcodes, ni_be16(s.p + 6));
		ni_buf_str(b, op ? op : "Unknown ARP opcode");
		if (!op)
			ni_buf_fmt(b, " 0x%04x", ni_be16(s.p + 6));
	}
	}
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (l->rc != NI_OK)
		return;
	summary_message(s, b);
	if (is_conflict(d, l)) {
		struct addrs a = addrs(s.p);
		ni_buf_str(b, " (duplicate use of ");
		print_ip(b, s.p, &a, a.spa);
		ni_buf_str(b, " detected!)");
	}
}

static const char *
column(const struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_span s = ni_layer_span(d, l);
	uint16_t op = s.cap >= HDR ? ni_be16(s.p + 6) : 0;
	if (op >= RARP_REQUEST && op <= RARP_REPLY)
		return "RARP";
	if (op >= DRARP_REQUEST && op <= DRARP_ERROR)
		return "DRARP";
	return op == INARP_REQUEST || op == INARP_REPLY ? "Inverse ARP" : "ARP";
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_value v;
	if (!ni_field_get(d, l, &fields[F_OPCODE], &v))
		return;
	const char *op = ni_label_find(opcodes, v.u);
	ni_buf_fmt(b, " (%s)", op ? op : "unknown opcode");
}

static const struct ni_bind binds[] = {
    {NI_BY_ETHERTYPE, 0x0806},
    {NI_BY_ETHERTYPE, 0x8035},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_arp = {
    .key = "arp",
    .name = "ARP",
    .title = "Address Resolution Protocol",
    .ref = "RFC 826",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
    .column = column,
};

const struct ni_proto *const ni_protos_arp[] = {&ni_proto_arp, NULL};
