/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes that nothing here takes apart; the parent says what they are. */
#include "netinspect/proto.h"

enum { F_DATA, F_LEN };

static bool
get_len(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	v->u = ni_layer_span(d, l).cap;
	return true;
}

/* clang-format off */
static const struct ni_field fields[] = {
	[F_DATA] = {"data.data", "Data", NI_BYTES},
	[F_LEN] = {"data.len", "Length", NI_U32, NI_DEC, .flags = NI_F_FIXED | NI_F_COMPUTED,
		.get = get_len, .doc = "Of what was captured, as in Wireshark."},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	(void)d;
	(void)l;
	return s.cap < s.len ? NI_TRUNCATED : NI_OK;
}

static void
walk(struct ni_walk *w)
{
	ni_put_bytes(w, &fields[F_DATA], 0, w->layer->len);
	ni_put(w, &fields[F_LEN]);
}

const struct ni_proto ni_proto_data = {
    .key = "data",
    .name = "Data",
    .title = "Data",
    .fields = fields,
    .decode = decode,
    .walk = walk,
};

const struct ni_proto *const ni_protos_data[] = {&ni_proto_data, NULL};
