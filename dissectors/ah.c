/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication header: RFC 4302
 *
 * OFFSET SIZE FIELD
 *      0    1 next header
 *      1    1 length in words of 4 bytes, minus 2
 *      2    2 reserved
 *      4    4 security parameters index
 *      8    4 sequence number
 *     12  var integrity check value
 *
 * Not decoded: nothing; the value is not verified.
 */
#include "netinspect/proto.h"

#include "inet.h"
#include "labels.h"

enum { HDR = 12, AH = 51 };

enum { F_NEXT, F_LENGTH, F_RESERVED, F_SPI, F_SEQUENCE, F_ICV };

/* clang-format off */
static const struct ni_field fields[] = {
	[F_NEXT] = {"ah.next_header", "Next header", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 1, .labels = ni_ipprotos, .ref = "RFC 4302 2.1"},
	[F_LENGTH] = {"ah.length", "Length", NI_U8, NI_DEC, .flags = NI_F_FIXED,
		.off = 1, .len = 1, .ref = "RFC 4302 2.2", .doc = "In words of 4 bytes, minus 2."},
	[F_RESERVED] = {"ah.reserved", "Reserved", NI_BYTES, .flags = NI_F_FIXED,
		.off = 2, .len = 2},
	[F_SPI] = {"ah.spi", "AH SPI", NI_U32, NI_HEX, .flags = NI_F_FIXED,
		.off = 4, .len = 4, .ref = "RFC 4302 2.4"},
	[F_SEQUENCE] = {"ah.sequence", "AH Sequence", NI_U32, NI_DEC, .flags = NI_F_FIXED,
		.off = 8, .len = 4, .ref = "RFC 4302 2.5"},
	[F_ICV] = {"ah.icv", "AH ICV", NI_BYTES, .ref = "RFC 4302 2.6"},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, HDR);
	if (rc != NI_OK)
		return rc;
	uint32_t hdr = (s.p[1] + 2U) * 4;
	if (hdr < HDR)
		return NI_MALFORMED;
	rc = ni_need_quoted(d, s, hdr);
	if (rc != NI_OK)
		return rc;
	l->hdr = (uint16_t)hdr;
	ni_set_ipproto(d, s.p[0]);
	ni_next(d, NI_BY_IPPROTO, s.p[0], ni_from(s, hdr));
	return NI_OK;
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	ni_put_range(w, &fields[F_NEXT], &fields[F_SEQUENCE]);
	uint32_t hdr = s.cap >= 2 ? (s.p[1] + 2U) * 4 : 0;
	if (hdr > HDR)
		ni_put_bytes(w, &fields[F_ICV], HDR, hdr - HDR);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap >= 8)
		ni_buf_fmt(b, "AH (SPI=0x%08x)", ni_be32(s.p + 4));
}

static const struct ni_bind binds[] = {
    {NI_BY_IPPROTO, AH},
    {NI_NTABLES, 0},
};

static const struct ni_proto proto_ah = {
    .key = "ah",
    .name = "AH",
    .title = "Authentication Header",
    .ref = "RFC 4302",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
};

const struct ni_proto *const ni_protos_ah[] = {&proto_ah, NULL};
