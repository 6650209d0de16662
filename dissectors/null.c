/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BSD loopback: LINKTYPE_NULL 0 and LINKTYPE_LOOP 108
 *
 * OFFSET SIZE FIELD
 *      0    4 address family of the payload: in the byte order of the host that captured (NULL), or
 *             big-endian (LOOP). IPv6's number is another one on every BSD.
 *
 * Families fit into two bytes, so the half that is 0 tells the byte order.
 */
#include "netinspect/proto.h"

#include "protos.h"

enum { HDR = 4, AF_INET4 = 2, LOOP = 108 };

static const struct ni_label families[] = {
    {2, 2, "IP"},     {7, 7, "OSI"},    {16, 16, "Appletalk"}, {23, 23, "Netware IPX/SPX"},
    {24, 24, "IPv6"}, {28, 28, "IPv6"}, {30, 30, "IPv6"},      {0, 0, NULL},
};

static uint32_t
family(const struct ni_layer *l, const uint8_t *p)
{
	uint32_t v = ni_be32(p);
	return l->aux != LOOP && v >> 16 ? __builtin_bswap32(v) : v;
}

static bool
get_family(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	v->u = s.cap >= HDR ? family(l, s.p) : 0;
	return s.cap >= HDR;
}

/* clang-format off */
static const struct ni_field fields[] = {
	{"null.family", "Family", NI_U32, NI_DEC, .flags = NI_F_FIXED, .off = 0, .len = 4,
		.labels = families, .get = get_family},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need(s, HDR);
	if (rc != NI_OK)
		return rc;
	l->hdr = HDR;
	uint32_t f = family(l, s.p);
	struct ni_span rest = ni_from(s, HDR);
	if (f == AF_INET4)
		ni_next_proto(d, &ni_proto_ipv4, rest);
	else if (f == 24 || f == 28 || f == 30)
		ni_next_proto(d, &ni_proto_ipv6, rest);
	else
		ni_next_proto(d, &ni_proto_data, rest);
	return NI_OK;
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_value v;
	if (!get_family(d, l, &v))
		return;
	const char *name = ni_label_find(families, v.u);
	ni_buf_fmt(b, "%s (%llu)", name ? name : "Unknown family", (unsigned long long)v.u);
}

static const struct ni_bind binds[] = {
    {NI_BY_LINKTYPE, 0},
    {NI_BY_LINKTYPE, LOOP},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_null = {
    .key = "null",
    .name = "Null/Loopback",
    .title = "Null/Loopback",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .summary = summary,
};

const struct ni_proto *const ni_protos_null[] = {&ni_proto_null, NULL};
