/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Raw IP: link types that have no header of their own (LINKTYPE_RAW 101, and 12 and 14, which some
 * systems write for it). The version in the first byte tells IPv4 from IPv6.
 */
#include "netinspect/proto.h"

#include "protos.h"

static const struct ni_field fields[] = {{0}};

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need(s, 1);
	(void)l;
	if (rc != NI_OK)
		return rc;
	if (s.p[0] >> 4 == 4)
		ni_next_proto(d, &ni_proto_ipv4, s);
	else if (s.p[0] >> 4 == 6)
		ni_next_proto(d, &ni_proto_ipv6, s);
	else
		ni_next_proto(d, &ni_proto_data, s);
	return NI_OK;
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	(void)d;
	(void)l;
	ni_buf_str(b, "Raw packet data");
}

static const struct ni_bind binds[] = {
    {NI_BY_LINKTYPE, 12},
    {NI_BY_LINKTYPE, 14},
    {NI_BY_LINKTYPE, 101},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_raw = {
    .key = "raw",
    .name = "Raw",
    .title = "Raw packet data",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .summary = summary,
};

const struct ni_proto *const ni_protos_raw[] = {&ni_proto_raw, NULL};
