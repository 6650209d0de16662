/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PPP: RFC 1661, RFC 1662 (HDLC framing)
 *
 * OFFSET SIZE FIELD
 *      0    2 address 0xff and control 0x03; left out where the peers agreed on it, and over PPPoE
 *      2  1/2 protocol; one byte if its lowest bit is 1 (compressed), which no first byte has
 *
 * The control protocols (LCP, IPCP …) show their code; see ppp_control.c.
 *
 * Not decoded: frame check sequences (captures do not hold them), multilink, compressed headers.
 */
#include "netinspect/proto.h"

#include "ppp.h"

enum { ADDRESS = 0xff, PLAIN = 9, HDLC = 50 };

const struct ni_label ni_ppp_protocols[] = {
    {0x0001, 0x0001, "Padding Protocol"},
    {0x0021, 0x0021, "Internet Protocol version 4"},
    {0x0023, 0x0023, "OSI Network Layer"},
    {0x0029, 0x0029, "Appletalk"},
    {0x002b, 0x002b, "Novell IPX"},
    {0x002d, 0x002d, "Van Jacobson Compressed TCP/IP"},
    {0x002f, 0x002f, "Van Jacobson Uncompressed TCP/IP"},
    {0x0031, 0x0031, "Bridging PDU"},
    {0x003d, 0x003d, "PPP Multilink Protocol"},
    {0x0053, 0x0053, "Encryption"},
    {0x0057, 0x0057, "Internet Protocol version 6"},
    {0x0059, 0x0059, "PPP Muxing"},
    {0x00fb, 0x00fb, "Single link compression in multilink"},
    {0x00fd, 0x00fd, "Compressed datagram"},
    {0x0201, 0x0201, "802.1d Hello Packets"},
    {0x0281, 0x0281, "MPLS Unicast"},
    {0x0283, 0x0283, "MPLS Multicast"},
    {0x8021, 0x8021, "Internet Protocol Control Protocol"},
    {0x8023, 0x8023, "OSI Network Layer Control Protocol"},
    {0x8029, 0x8029, "Appletalk Control Protocol"},
    {0x802b, 0x802b, "Novell IPX Control Protocol"},
    {0x8031, 0x8031, "Bridging Control Protocol"},
    {0x8053, 0x8053, "Encryption Control Protocol"},
    {0x8057, 0x8057, "IPv6 Control Protocol"},
    {0x80fb, 0x80fb, "Single Link Compression Control Protocol"},
    {0x80fd, 0x80fd, "Compression Control Protocol"},
    {0x8281, 0x8281, "MPLS Control Protocol"},
    {0xc021, 0xc021, "Link Control Protocol"},
    {0xc023, 0xc023, "Password Authentication Protocol"},
    {0xc025, 0xc025, "Link Quality Report"},
    {0xc02b, 0xc02b, "Bandwidth Allocation Control Protocol"},
    {0xc02d, 0xc02d, "Bandwidth Allocation Protocol"},
    {0xc223, 0xc223, "Challenge Handshake Authentication Protocol"},
    {0xc227, 0xc227, "Extensible Authentication Protocol"},
    {0, 0, NULL},
};

enum { F_ADDRESS, F_CONTROL, F_PROTOCOL };

/* clang-format off */
static const struct ni_field fields[] = {
	[F_ADDRESS] = {"ppp.address", "Address", NI_U8, NI_HEX, .ref = "RFC 1662 3.1"},
	[F_CONTROL] = {"ppp.control", "Control", NI_U8, NI_HEX, .ref = "RFC 1662 3.1"},
	[F_PROTOCOL] = {"ppp.protocol", "Protocol", NI_U16, NI_HEX, .labels = ni_ppp_protocols,
		.ref = "RFC 1661 2"},
	{0},
};
/* clang-format on */

/* How long address and control are, and the protocol. */
struct frame {
	uint8_t framing, size;
	uint16_t protocol;
};

static enum ni_rc
parse(struct ni_span s, struct frame *f)
{
	enum ni_rc rc = ni_need(s, 1);
	if (rc != NI_OK)
		return rc;
	*f = (struct frame){0};
	if (s.p[0] == ADDRESS)
		f->framing = 2;
	rc = ni_need(s, f->framing);
	if (rc != NI_OK)
		return rc;
	s = ni_from(s, f->framing);
	rc = ni_need(s, 1);
	if (rc != NI_OK)
		return rc;
	f->size = s.p[0] & 1 ? 1 : 2;
	rc = ni_need(s, f->size);
	if (rc == NI_OK)
		f->protocol = f->size == 1 ? s.p[0] : ni_be16(s.p);
	return rc;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	struct frame f;
	enum ni_rc rc = parse(s, &f);
	if (rc != NI_OK)
		return rc;
	l->hdr = f.framing + f.size;
	ni_next(d, NI_BY_PPP, f.protocol, ni_from(s, l->hdr));
	return NI_OK;
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	struct frame f;
	if (parse(s, &f) != NI_OK)
		return;
	if (f.framing) {
		ni_put_uint(w, &fields[F_ADDRESS], 0, 1, s.p[0]);
		ni_put_uint(w, &fields[F_CONTROL], 1, 1, s.p[1]);
	}
	ni_put_uint(w, &fields[F_PROTOCOL], f.framing, f.size, f.protocol);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct frame f;
	if (parse(ni_layer_span(d, l), &f) != NI_OK)
		return;
	const char *name = ni_label_find(ni_ppp_protocols, f.protocol);
	ni_buf_fmt(b, "PPP %s (0x%04x)", name ? name : "Unknown", f.protocol);
}

static const struct ni_bind binds[] = {
    {NI_BY_LINKTYPE, PLAIN},
    {NI_BY_LINKTYPE, HDLC},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_ppp = {
    .key = "ppp",
    .name = "PPP",
    .title = "Point-to-Point Protocol",
    .ref = "RFC 1661",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
};

const struct ni_proto *const ni_protos_ppp[] = {&ni_proto_ppp, NULL};
