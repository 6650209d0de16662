/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ethernet II and IEEE 802.3: RFC 894, IEEE 802.3 clause 3
 *
 * OFFSET SIZE FIELD
 *      0    6 destination
 *      6    6 source
 *     12    2 EtherType (>= 1536) or length of the payload (<= 1500), which then begins with LLC
 *     14  var payload
 *          var padding up to 60 bytes, trailer, frame check sequence: what the payload leaves over
 *
 * Captures do not say whether frames end in a check sequence. It is assumed where a frame of 64
 * bytes or more has 4 bytes left over, which no sender had a reason to pad.
 *
 * Not decoded: what switches and taps put into trailers; Cisco's ISL.
 */
#include "eth.h"

#include "cksum.h"
#include "i18n.h"
#include "labels.h"
#include "protos.h"

enum { HDR = 14, MAX_LENGTH = 1500, MIN_TYPE = 1536, MIN_FRAME = 60, FCS = 4, RAW_IPX = 0xffff };

enum { ETHERNET = 1 }; /* link type: the frame itself, which alone can have a check sequence */

static const struct ni_note_def note_len_long = {
    "eth.len_exceeds_frame", N_("the 802.3 length claims more bytes than the frame has"),
    "IEEE 802.3 3.2.6", NI_ERROR};
static const struct ni_note_def note_type = {
    "eth.invalid_type", N_("neither a length (up to 1500) nor an EtherType (from 1536)"),
    "IEEE 802.3 3.2.6", NI_WARN};
static const struct ni_note_def note_source = {
    "eth.source_is_group", N_("the source is a group address, which no sender has"),
    "IEEE 802.3 3.2.3", NI_WARN};

static bool
get_bit(const struct ni_dis *d, const struct ni_layer *l, uint32_t off, uint8_t bit,
	struct ni_value *v)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap <= off)
		return false;
	v->off = l->off + off;
	v->len = 3;
	v->u = (s.p[off] & bit) != 0;
	return true;
}

static bool
get_dst_lg(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	return get_bit(d, l, 0, 2, v);
}

static bool
get_dst_ig(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	return get_bit(d, l, 0, 1, v);
}

static bool
get_src_lg(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	return get_bit(d, l, 6, 2, v);
}

static bool
get_src_ig(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	return get_bit(d, l, 6, 1, v);
}

static const struct ni_label lg_bit[] = {
    {0, 0, "Globally unique address (factory default)"},
    {1, 1, "Locally administered address (this is NOT the factory default)"},
    {0, 0, NULL},
};

static const struct ni_label ig_bit[] = {
    {0, 0, "Individual address (unicast)"},
    {1, 1, "Group address (multicast/broadcast)"},
    {0, 0, NULL},
};

enum {
	F_DST,
	F_DST_LG,
	F_DST_IG,
	F_SRC,
	F_SRC_LG,
	F_SRC_IG,
	F_TYPE,
	F_LEN,
	F_INVALID,
	F_PADDING,
	F_TRAILER,
	F_FCS,
	F_FCS_STATUS,
};

/* clang-format off */
static const struct ni_field fields[] = {
	[F_DST] = {"eth.dst", "Destination", NI_ETHER, .flags = NI_F_FIXED,
		.off = 0, .len = 6, .alias = "eth.addr"},
	[F_DST_LG] = {"eth.dst.lg", "LG bit", NI_BOOL, .depth = 1, .flags = NI_F_FIXED,
		.labels = lg_bit, .get = get_dst_lg, .alias = "eth.lg"},
	[F_DST_IG] = {"eth.dst.ig", "IG bit", NI_BOOL, .depth = 1, .flags = NI_F_FIXED,
		.labels = ig_bit, .get = get_dst_ig, .alias = "eth.ig"},
	[F_SRC] = {"eth.src", "Source", NI_ETHER, .flags = NI_F_FIXED,
		.off = 6, .len = 6, .alias = "eth.addr"},
	[F_SRC_LG] = {"eth.src.lg", "LG bit", NI_BOOL, .depth = 1, .flags = NI_F_FIXED,
		.labels = lg_bit, .get = get_src_lg, .alias = "eth.lg"},
	[F_SRC_IG] = {"eth.src.ig", "IG bit", NI_BOOL, .depth = 1, .flags = NI_F_FIXED,
		.labels = ig_bit, .get = get_src_ig, .alias = "eth.ig"},
	[F_TYPE] = {"eth.type", "Type", NI_U16, NI_HEX,
		.off = 12, .len = 2, .labels = ni_ethertypes, .ref = "RFC 894"},
	[F_LEN] = {"eth.len", "Length", NI_U16, NI_DEC,
		.off = 12, .len = 2, .ref = "IEEE 802.3 3.2.6"},
	[F_INVALID] = {"eth.invalid_lentype", "Invalid length/type", NI_U16, NI_HEX_DEC,
		.off = 12, .len = 2, .ref = "IEEE 802.3 3.2.6"},
	[F_PADDING] = {"eth.padding", "Padding", NI_BYTES,
		.doc = "Zeros up to the shortest frame, 60 bytes."},
	[F_TRAILER] = {"eth.trailer", "Trailer", NI_BYTES,
		.doc = "Behind the payload and its padding."},
	[F_FCS] = {"eth.fcs", "Frame check sequence", NI_U32, NI_HEX,
		.doc = "The last 4 bytes left over, where the frame is too long to need padding."},
	[F_FCS_STATUS] = {"eth.fcs.status", "FCS Status", NI_U8, NI_DEC, .flags = NI_F_COMPUTED,
		.labels = ni_cksum_status},
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
	if (!(d->lflags & NI_L_QUOTED))
		d->link = (struct ni_addr_pair){s.p + 6, s.p, NI_ADDR_ETHER};
	uint16_t type = ni_be16(s.p + 12);
	struct ni_span rest = ni_from(s, HDR);
	if (s.p[6] & 1)
		ni_note(d, l, &note_source);
	if (type >= MIN_TYPE) {
		ni_next(d, NI_BY_ETHERTYPE, type, rest);
	} else if (type > MAX_LENGTH) {
		ni_note(d, l, &note_type);
		ni_next_proto(d, &ni_proto_data, rest);
	} else {
		if (type > rest.len)
			ni_note(d, l, &note_len_long);
		rest = ni_clip(rest, type);
		bool ipx = rest.cap >= 2 && ni_be16(rest.p) == RAW_IPX;
		if (ipx)
			ni_next_proto(d, &ni_proto_data, rest);
		else
			ni_next(d, NI_BY_LLC, NI_LLC_ITSELF, rest);
	}
	return NI_OK;
}

/* Padding: zeros that bring a frame without its trailer up to the shortest one. */
static uint32_t
padding_bytes(struct ni_span trailer, uint32_t frame_len)
{
	uint32_t n = 0;
	if (frame_len < MIN_FRAME || frame_len - trailer.len >= MIN_FRAME)
		return 0;
	n = MIN_FRAME - (frame_len - trailer.len);
	for (uint32_t i = 0; i < n; i++)
		if (i >= trailer.cap || trailer.p[i])
			return 0;
	return n;
}

void
ni_eth_put_trailer(struct ni_walk *w, const struct ni_field *padding,
		   const struct ni_field *trailer, const struct ni_field *fcs)
{
	const struct ni_layer *l = w->layer;
	const struct ni_layer *next = l + 1;
	if (l->rc != NI_OK || next >= w->dis->layers + w->dis->nlayers || next->src != l->src)
		return;
	uint32_t off = next->off + next->len - l->off;
	struct ni_span t = ni_from(ni_layer_span(w->dis, l), off);
	uint32_t n = padding_bytes(t, w->dis->frame->len);
	if (n) {
		ni_put_bytes(w, padding, off, n);
		t = ni_from(t, n);
		off += n;
	}
	bool check = fcs && t.len >= FCS && l->len >= MIN_FRAME + FCS;
	uint32_t len = check ? t.len - FCS : t.len;
	if (len && t.cap)
		ni_put_bytes(w, trailer, off, len < t.cap ? len : t.cap);
	if (check && t.cap == t.len) {
		ni_put_uint(w, fcs, off + len, FCS, ni_be32(t.p + len));
		ni_put_uint(w, fcs + 1, 0, 0, NI_CKSUM_UNVERIFIED);
	}
}

static void
walk(struct ni_walk *w)
{
	struct ni_value v;
	ni_put_range(w, &fields[F_DST], &fields[F_SRC_IG]);
	if (!ni_field_get(w->dis, w->layer, &fields[F_TYPE], &v))
		return;
	ni_put(w, &fields[v.u >= MIN_TYPE ? F_TYPE : v.u > MAX_LENGTH ? F_INVALID : F_LEN]);
	ni_eth_put_trailer(w, &fields[F_PADDING], &fields[F_TRAILER],
			   w->layer->aux == ETHERNET ? &fields[F_FCS] : NULL);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < HDR)
		return;
	uint16_t type = ni_be16(s.p + 12);
	const char *name = ni_label_find(ni_ethertypes, type);
	if (type > MAX_LENGTH && type < MIN_TYPE)
		ni_buf_fmt(b, "Ethernet Unknown: Invalid length/type: 0x%04x (%u)", type, type);
	else if (type >= MIN_TYPE && name)
		ni_buf_str(b, name);
	else
		ni_buf_str(b, type >= MIN_TYPE ? "Ethernet II" : "IEEE 802.3 Ethernet");
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < HDR)
		return;
	ni_buf_str(b, ", Src: ");
	ni_buf_ether(b, s.p + 6);
	ni_buf_str(b, ", Dst: ");
	ni_buf_ether(b, s.p);
}

static const struct ni_bind binds[] = {
    {NI_BY_LINKTYPE, 1},
    {NI_BY_ETHERTYPE, 0x6558},
    {NI_BY_IPPROTO, 143},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_eth = {
    .key = "eth",
    .name = "Ethernet",
    .title = "Ethernet II",
    .ref = "RFC 894",
    .fields = fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
};

const struct ni_proto *const ni_protos_eth[] = {&ni_proto_eth, NULL};
