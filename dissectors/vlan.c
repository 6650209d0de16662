/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * VLAN tags: IEEE 802.1Q (0x8100), its old stacked form (0x9100), and IEEE 802.1ad (0x88a8)
 *
 * OFFSET SIZE FIELD
 *      0    2 tag control: priority (3 bits), drop eligible (1), VLAN id (12)
 *      2    2 EtherType of what follows, or its length, which then begins with LLC
 *
 * Not decoded: IEEE 802.1ah backbone tags.
 */
#include "netinspect/proto.h"

#include "eth.h"
#include "inet.h"
#include "labels.h"

enum { HDR = 4, MAX_LENGTH = 1500, SERVICE_TAG = 0x88a8, VID = 0x0fff };

static const struct ni_label priorities[] = {
    {0, 0, "Best Effort (default)"},
    {1, 1, "Background"},
    {2, 2, "Spare"},
    {3, 3, "Excellent Effort"},
    {4, 4, "Controlled Load"},
    {5, 5, "Video, < 100ms latency and jitter"},
    {6, 6, "Voice, < 10ms latency and jitter"},
    {7, 7, "Network Control"},
    {0, 0, NULL},
};

static const struct ni_label eligible[] = {
    {0, 0, "Ineligible"},
    {1, 1, "Eligible"},
    {0, 0, NULL},
};

enum { F_PRIORITY, F_DEI, F_ID, F_ETYPE, F_LEN, F_TRAILER, F_PADDING };

/* clang-format off */
static const struct ni_field fields[] = {
	[F_PRIORITY] = {"vlan.priority", "Priority", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .mask = 0xe000, .labels = priorities, .ref = "IEEE 802.1Q 9.6"},
	[F_DEI] = {"vlan.dei", "DEI", NI_BOOL, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .mask = 0x1000, .labels = eligible, .ref = "IEEE 802.1Q 9.6",
		.doc = "May be dropped first when there is congestion."},
	[F_ID] = {"vlan.id", "ID", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .mask = VID, .ref = "IEEE 802.1Q 9.6"},
	[F_ETYPE] = {"vlan.etype", "Type", NI_U16, NI_HEX,
		.off = 2, .len = 2, .labels = ni_ethertypes},
	[F_LEN] = {"vlan.len", "Length", NI_U16, NI_DEC, .off = 2, .len = 2},
	[F_TRAILER] = {"vlan.trailer", "Trailer", NI_BYTES},
	[F_PADDING] = {"eth.padding", "Padding", NI_BYTES},
	{0},
};

enum { A_PRIORITY, A_DEI, A_ID, A_TYPE, A_TRAILER, A_PADDING };

static const struct ni_field ad_fields[] = {
	[A_PRIORITY] = {"ieee8021ad.priority", "Priority", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .mask = 0xe000, .labels = priorities, .ref = "IEEE 802.1Q 9.6"},
	[A_DEI] = {"ieee8021ad.dei", "DEI", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .mask = 0x1000, .ref = "IEEE 802.1Q 9.6"},
	[A_ID] = {"ieee8021ad.id", "ID", NI_U16, NI_DEC, .flags = NI_F_FIXED,
		.off = 0, .len = 2, .mask = VID, .ref = "IEEE 802.1Q 9.6"},
	[A_TYPE] = {"ieee8021ad.etype", "Type", NI_U16, NI_HEX,
		.off = 2, .len = 2, .labels = ni_ethertypes},
	[A_TRAILER] = {"ieee8021ad.trailer", "Trailer", NI_BYTES},
	[A_PADDING] = {"eth.padding", "Padding", NI_BYTES},
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
	uint16_t type = ni_be16(s.p + 2);
	struct ni_span rest = ni_from(s, HDR);
	/* VLAN 0 only carries a priority (IEEE 802.1Q 6.9.1). */
	ni_tag_flow(d, ni_be16(s.p) & VID);
	if (type > MAX_LENGTH)
		ni_next(d, NI_BY_ETHERTYPE, type, rest);
	else
		ni_next(d, NI_BY_LLC, NI_LLC_ITSELF, ni_clip(rest, type));
	return NI_OK;
}

static void
walk(struct ni_walk *w)
{
	struct ni_value v;
	ni_put_range(w, &fields[F_PRIORITY], &fields[F_ID]);
	if (ni_field_get(w->dis, w->layer, &fields[F_ETYPE], &v))
		ni_put(w, &fields[v.u > MAX_LENGTH ? F_ETYPE : F_LEN]);
	ni_eth_put_trailer(w, &fields[F_PADDING], &fields[F_TRAILER], NULL);
}

static void
walk_ad(struct ni_walk *w)
{
	ni_put_range(w, &ad_fields[A_PRIORITY], &ad_fields[A_TYPE]);
	ni_eth_put_trailer(w, &ad_fields[A_PADDING], &ad_fields[A_TRAILER], NULL);
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap >= HDR)
		ni_buf_fmt(b, ", PRI: %u, DEI: %u, ID: %u", s.p[0] >> 5, s.p[0] >> 4 & 1,
			   ni_be16(s.p) & VID);
}

static const struct ni_bind binds[] = {
    {NI_BY_ETHERTYPE, 0x8100},
    {NI_BY_ETHERTYPE, 0x9100},
    {NI_NTABLES, 0},
};

static const struct ni_bind ad_binds[] = {
    {NI_BY_ETHERTYPE, SERVICE_TAG},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_vlan = {
    .key = "vlan",
    .name = "VLAN",
    .title = "802.1Q Virtual LAN",
    .ref = "IEEE 802.1Q",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .headline = headline,
};

const struct ni_proto ni_proto_vlan_ad = {
    .key = "ieee8021ad",
    .name = "802.1AD",
    .title = "IEEE 802.1ad",
    .ref = "IEEE 802.1ad",
    .fields = ad_fields,
    .binds = ad_binds,
    .decode = decode,
    .walk = walk_ad,
    .headline = headline,
};

const struct ni_proto *const ni_protos_vlan[] = {&ni_proto_vlan, &ni_proto_vlan_ad, NULL};
