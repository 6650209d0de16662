/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame itself: what the capture says about it. Always the first layer. */
#include "netinspect/proto.h"

#include <string.h>

#include "netinspect/clock.h"
#include "protos.h"

static bool
get_number(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->u = d->frame->number;
	return true;
}

static bool
get_len(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->u = d->frame->len;
	return true;
}

static bool
get_cap_len(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->u = d->frame->cap;
	return true;
}

static bool
get_time(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->i = d->frame->ts_ns;
	return true;
}

static bool
get_relative(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->i = d->clock ? d->frame->ts_ns - d->clock->first_ns : 0;
	return true;
}

static bool
get_delta(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->i = d->clock ? d->frame->ts_ns - d->clock->previous_ns : 0;
	return true;
}

static bool
get_delta_shown(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->i = d->clock ? d->frame->ts_ns - d->clock->shown_ns : 0;
	return true;
}

static bool
get_iface(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->u = d->frame->iface;
	return d->frame->has_iface;
}

static bool
get_ifname(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	if (!d->frame->ifname)
		return false;
	v->p = (const uint8_t *)d->frame->ifname;
	v->n = (uint32_t)strlen(d->frame->ifname);
	return true;
}

static bool
get_linktype(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->u = d->frame->linktype;
	return true;
}

static bool
get_comment(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	(void)l;
	v->p = (const uint8_t *)d->frame->comment;
	v->n = d->frame->comment_len;
	return d->frame->comment != NULL;
}

enum {
	F_IFACE,
	F_IFNAME,
	F_LINKTYPE,
	F_TIME,
	F_EPOCH,
	F_DELTA,
	F_DELTA_SHOWN,
	F_RELATIVE,
	F_NUMBER,
	F_LEN,
	F_CAP_LEN,
	F_PROTOCOLS,
	F_COMMENT,
};

#define META (NI_F_FIXED | NI_F_COMPUTED)

/* clang-format off */
static const struct ni_field fields[] = {
	[F_IFACE] = {"frame.interface_id", "Interface id", NI_U32, NI_DEC, .flags = NI_F_FIXED,
		.get = get_iface},
	[F_IFNAME] = {"frame.interface_name", "Interface name", NI_STR, .depth = 1,
		.flags = NI_F_FIXED, .get = get_ifname},
	[F_LINKTYPE] = {"frame.linktype", "Link type", NI_U32, NI_DEC, .flags = NI_F_FIXED,
		.get = get_linktype, .doc = "The LINKTYPE_ number that the capture gives."},
	[F_TIME] = {"frame.time", "Arrival Time", NI_ABSTIME, .flags = NI_F_FIXED, .get = get_time},
	[F_EPOCH] = {"frame.time_epoch", "Epoch Time", NI_RELTIME, .flags = NI_F_FIXED,
		.get = get_time, .doc = "Seconds since 1970-01-01 00:00 UTC."},
	[F_DELTA] = {"frame.time_delta", "Time delta from previous captured frame", NI_RELTIME,
		.flags = META, .get = get_delta},
	[F_DELTA_SHOWN] = {"frame.time_delta_displayed", "Time delta from previous displayed frame",
		NI_RELTIME, .flags = META, .get = get_delta_shown},
	[F_RELATIVE] = {"frame.time_relative", "Time since reference or first frame", NI_RELTIME,
		.flags = META, .get = get_relative},
	[F_NUMBER] = {"frame.number", "Frame Number", NI_U64, NI_DEC, .flags = NI_F_FIXED,
		.get = get_number},
	[F_LEN] = {"frame.len", "Frame Length", NI_U32, NI_DEC, .flags = NI_F_FIXED,
		.get = get_len, .doc = "Bytes on the wire."},
	[F_CAP_LEN] = {"frame.cap_len", "Capture Length", NI_U32, NI_DEC, .flags = NI_F_FIXED,
		.get = get_cap_len, .doc = "Bytes in the capture."},
	[F_PROTOCOLS] = {"frame.protocols", "Protocols in frame", NI_STR, .flags = NI_F_COMPUTED},
	[F_COMMENT] = {"frame.comment", "Comment", NI_STR, .flags = META, .get = get_comment},
	{0},
};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	(void)l;
	if (d->frame->linktype <= UINT16_MAX)
		ni_next(d, NI_BY_LINKTYPE, (uint16_t)d->frame->linktype, s);
	else
		ni_next_proto(d, &ni_proto_data, s);
	return NI_OK;
}

/* Wireshark counts the look-up by EtherType as a protocol of its own. */
static bool
leads_by_ethertype(const struct ni_dis *d, unsigned i)
{
	static const char *const keys[] = {"eth", "vlan", "ieee8021ad", "sll"};
	const char *key = ni_layer_proto(d, &d->layers[i])->key;
	if (i + 1 == d->nlayers || !strcmp(ni_layer_proto(d, &d->layers[i + 1])->key, "llc"))
		return false;
	for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		if (!strcmp(key, keys[k]))
			return true;
	return false;
}

static void
put_protocols(struct ni_walk *w)
{
	char text[512];
	struct ni_buf b = ni_buf(text, sizeof(text));
	for (unsigned i = 1; i < w->dis->nlayers; i++) {
		if (i > 1)
			ni_buf_c(&b, ':');
		ni_buf_str(&b, ni_layer_proto(w->dis, &w->dis->layers[i])->key);
		if (leads_by_ethertype(w->dis, i))
			ni_buf_str(&b, ":ethertype");
	}
	ni_put_made(w, &fields[F_PROTOCOLS], 0, 0, text, (uint32_t)b.len);
}

static void
walk(struct ni_walk *w)
{
	ni_put_range(w, &fields[F_IFACE], &fields[F_CAP_LEN]);
	put_protocols(w);
	ni_put(w, &fields[F_COMMENT]);
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	(void)l;
	ni_buf_fmt(b, " %llu: %u bytes on wire (%llu bits), %u bytes captured (%llu bits)",
		   (unsigned long long)d->frame->number, d->frame->len, 8ULL * d->frame->len,
		   d->frame->cap, 8ULL * d->frame->cap);
}

const struct ni_proto ni_proto_frame = {
    .key = "frame",
    .name = "Frame",
    .title = "Frame",
    .fields = fields,
    .decode = decode,
    .walk = walk,
    .headline = headline,
};

const struct ni_proto *const ni_protos_frame[] = {&ni_proto_frame, NULL};
