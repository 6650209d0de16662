/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPv6 hop-by-hop and destination options headers: RFC 8200 4.2, 4.3 and 4.6; options: RFC 2473
 * (tunnel limit), RFC 2675 (jumbo), RFC 2711 (router alert), RFC 4782 (quick-start), RFC 6275 (home
 * address), RFC 6553 (RPL), RFC 6788 (line id), RFC 9268 (path MTU)
 *
 * OFFSET SIZE FIELD
 *      0    1 next header
 *      1    1 length in units of 8 bytes, not counting the first
 *      2  var options
 * an option:
 *      0    1 type: what to do if it is unknown (2 bits), may change on the way (1), rest (5); type
 * 0 has no more than this 1    1 length of its data 2  var data
 *
 * Not decoded: CALIPSO, IOAM, MPL, SMF, ILNP and performance metrics, whose data are not shown.
 */
#include "i18n.h"
#include "netinspect/proto.h"

#include "inet.h"
#include "labels.h"
#include "protos.h"

enum { IP6_HDR = 40, HOP_BY_HOP = 0, DESTINATION = 60 };

enum option {
	PAD1 = 0x00,
	PADN = 0x01,
	TEL = 0x04,
	ROUTER_ALERT = 0x05,
	QUICK_START = 0x26,
	PMTU = 0x30,
	RPL_NEW = 0x23,
	RPL = 0x63,
	LINE_ID = 0x8c,
	JUMBO = 0xc2,
	HOME = 0xc9,
};

static const struct ni_note_def note_jumbo = {
    "ipv6.jumbo", N_("a jumbo payload length that is not one: below 65536, or plen is not 0"),
    "RFC 2675 3", NI_WARN};
static const struct ni_note_def note_jumbo_long = {
    "ipv6.jumbo_exceeds_frame", N_("the jumbo payload length claims more bytes than the frame has"),
    "RFC 2675 3", NI_ERROR};

static const struct ni_label types[] = {
    {0x00, 0x00, "Pad1"},
    {0x01, 0x01, "PadN"},
    {0x04, 0x04, "Tunnel Encapsulation Limit"},
    {0x05, 0x05, "Router Alert"},
    {0x07, 0x07, "CALIPSO"},
    {0x08, 0x08, "SMF_DPD"},
    {0x0f, 0x0f, "Performance and Diagnostic Metrics"},
    {0x26, 0x26, "Quick-Start"},
    {0x30, 0x30, "Path MTU Option"},
    {0x31, 0x31, "IOAM Option"},
    {0x63, 0x63, "RPL Option"},
    {0x6d, 0x6d, "MPL Option"},
    {0x8a, 0x8a, "Endpoint Identification"},
    {0x8b, 0x8b, "ILNP Nonce"},
    {0x8c, 0x8c, "Line-Identification Option"},
    {0xc2, 0xc2, "Jumbo Payload"},
    {0xc9, 0xc9, "Home Address"},
    {0xee, 0xee, "IP_DFF"},
    {0, 0, NULL},
};

static const struct ni_label actions[] = {
    {0, 0, "Skip and continue"},
    {1, 1, "Discard"},
    {2, 2, "Discard and send ICMP Parameter Problem"},
    {3, 3, "Discard and send ICMP if not multicast"},
    {0, 0, NULL},
};

static const struct ni_label alerts[] = {
    {0, 0, "MLD"},
    {1, 1, "RSVP"},
    {2, 2, "Active Network"},
    {0, 0, NULL},
};

enum {
	F_NXT,
	F_LEN,
	F_LEN_OCT,
	F_OPT,
	F_TYPE,
	F_ACTION,
	F_CHANGE,
	F_REST,
	F_LENGTH,
	F_PAD1,
	F_PADN,
	F_TEL,
	F_ROUTER_ALERT,
	F_JUMBO,
	F_PMTU_MIN,
	F_PMTU_RTN,
	F_QS_FUNC,
	F_QS_RATE,
	F_QS_TTL,
	F_QS_UNUSED,
	F_QS_NONCE,
	F_QS_RESERVED,
	F_HOME,
	F_RPL_FLAG,
	F_RPL_O,
	F_RPL_R,
	F_RPL_F,
	F_RPL_RSV,
	F_RPL_INSTANCE,
	F_RPL_RANK,
	F_LIO_LENGTH,
	F_LIO_ID,
	F_EXPERIMENT,
	F_UNKNOWN,
};

/* clang-format off */
#define HEADER(prefix)                                                                             \
	[F_NXT] = {prefix ".nxt", "Next Header", NI_U8, NI_DEC, .flags = NI_F_FIXED,               \
		.off = 0, .len = 1, .labels = ni_ipprotos, .ref = "RFC 8200 4.3"},                 \
	[F_LEN] = {prefix ".len", "Length", NI_U8, NI_DEC, .flags = NI_F_FIXED,                    \
		.off = 1, .len = 1, .ref = "RFC 8200 4.3",                                         \
		.doc = "In units of 8 bytes, not counting the first."},                            \
	[F_LEN_OCT] = {prefix ".len_oct", "Length", NI_U16, NI_DEC, 1,                             \
		NI_F_FIXED | NI_F_COMPUTED, .get = ni_ipv6_ext_octets, .doc = "In bytes."}

static const struct ni_field hop_fields[] = {
	HEADER("ipv6.hopopts"),
#include "ipv6_options.def"
	{0},
};

static const struct ni_field dst_fields[] = {
	HEADER("ipv6.dstopts"),
#include "ipv6_options.def"
	{0},
};
/* clang-format on */

/* The jumbo payload length in the options, or 0. */
static uint32_t
jumbo_length(struct ni_span options)
{
	struct ni_cur c = ni_cur(options);
	while (ni_more(&c)) {
		uint8_t type = ni_take8(&c);
		if (type == PAD1)
			continue;
		uint8_t len = ni_take8(&c);
		const uint8_t *p = ni_take(&c, len);
		if (p && type == JUMBO && len == 4)
			return ni_be32(p);
	}
	return 0;
}

/* A jumbogram's hop-by-hop options hold the length that did not fit into the IPv6 header. */
static void
clip_to_jumbo(struct ni_dis *d, struct ni_layer *l, struct ni_span *s)
{
	const struct ni_layer *ip = l - 1;
	uint32_t jumbo = jumbo_length(ni_from(ni_clip(*s, l->hdr), 2));
	if (!jumbo || ip < d->layers || ni_layer_proto(d, ip) != &ni_proto_ipv6)
		return;
	if (jumbo <= UINT16_MAX || ni_be16(ni_layer_span(d, ip).p + 4)) {
		ni_note(d, l, &note_jumbo);
		return;
	}
	if (jumbo > s->len && !ni_quoted(d))
		ni_note(d, l, &note_jumbo_long);
	*s = ni_clip(*s, jumbo);
	l->len = s->len;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need_quoted(d, s, 2);
	if (rc != NI_OK)
		return rc;
	uint32_t hdr = ni_ipv6_ext_len(s.p);
	rc = ni_need_quoted(d, s, hdr);
	if (rc != NI_OK)
		return rc;
	l->hdr = (uint16_t)hdr;
	if (l->aux == HOP_BY_HOP)
		clip_to_jumbo(d, l, &s);
	ni_set_ipproto(d, s.p[0]);
	ni_next(d, NI_BY_IPPROTO, s.p[0], ni_from(s, hdr));
	return NI_OK;
}

/* One option whose data are all there: its field table, where the data stand, the data. */
struct opt {
	struct ni_walk *w;
	const struct ni_field *f;
	const uint8_t *p;
	uint32_t off;
	uint32_t len;
};

static void
put_number(const struct opt *o, unsigned row, uint32_t at, uint32_t n)
{
	uint64_t v = 0;
	if (at + n > o->len)
		return;
	for (uint32_t i = 0; i < n; i++)
		v = v << 8 | o->p[at + i];
	ni_put_uint(o->w, &o->f[row], o->off + at, n, v);
}

static void
put_data(const struct opt *o, uint8_t type)
{
	switch ((enum option)type) {
	case PAD1:
		return;
	case PADN:
		ni_put_bytes(o->w, &o->f[F_PADN], o->off, o->len);
		return;
	case TEL:
		put_number(o, F_TEL, 0, 1);
		return;
	case ROUTER_ALERT:
		put_number(o, F_ROUTER_ALERT, 0, 2);
		return;
	case JUMBO:
		put_number(o, F_JUMBO, 0, 4);
		return;
	case PMTU:
		put_number(o, F_PMTU_MIN, 0, 2);
		put_number(o, F_PMTU_RTN, 2, 2);
		return;
	case QUICK_START:
		put_number(o, F_QS_FUNC, 0, 1);
		put_number(o, F_QS_RATE, 0, 1);
		put_number(o, o->len && o->p[0] >> 4 ? F_QS_UNUSED : F_QS_TTL, 1, 1);
		put_number(o, F_QS_NONCE, 2, 4);
		put_number(o, F_QS_RESERVED, 2, 4);
		return;
	case HOME:
		if (o->len >= 16)
			ni_put_bytes(o->w, &o->f[F_HOME], o->off, 16);
		return;
	case RPL:
	case RPL_NEW:
		for (unsigned row = F_RPL_FLAG; row <= F_RPL_RSV; row++)
			put_number(o, row, 0, 1);
		put_number(o, F_RPL_INSTANCE, 1, 1);
		put_number(o, F_RPL_RANK, 2, 2);
		return;
	case LINE_ID:
		put_number(o, F_LIO_LENGTH, 0, 1);
		if (o->len > 1)
			ni_put_bytes(o->w, &o->f[F_LIO_ID], o->off + 1, o->len - 1);
		return;
	default:
		break;
	}
	if ((type & 0x1f) == 0x1e) /* RFC 4727 3.2 */
		ni_put_bytes(o->w, &o->f[F_EXPERIMENT], o->off, o->len);
	else if (!ni_label_find(types, type))
		ni_put_bytes(o->w, &o->f[F_UNKNOWN], o->off, o->len);
}

static void
put_options(struct ni_walk *w, const struct ni_field *f)
{
	struct ni_cur c = ni_cur(ni_clip(ni_layer_span(w->dis, w->layer), w->layer->hdr));
	ni_skip(&c, 2);
	while (ni_more(&c)) {
		struct opt o = {.w = w, .f = f};
		uint32_t off = c.off;
		uint8_t type = ni_take8(&c);
		const char *name = ni_label_find(types, type);
		ni_put_label(w, &f[F_OPT], off, 1, "IPv6 Option (%s)", name ? name : "Unknown");
		for (unsigned row = F_TYPE; row <= (type == PAD1 ? F_TYPE : F_REST); row++)
			ni_put_uint(w, &f[row], off, 1, type);
		if (type == PAD1) {
			ni_put_label(w, &f[F_PAD1], off, 1, NULL);
			continue;
		}
		o.len = ni_take8(&c);
		if (c.rc != NI_OK)
			return;
		ni_put_uint(w, &f[F_LENGTH], off + 1, 1, o.len);
		o.off = c.off;
		o.p = ni_take(&c, o.len);
		if (o.p)
			put_data(&o, type);
	}
}

static void
walk_hop(struct ni_walk *w)
{
	ni_put_range(w, &hop_fields[F_NXT], &hop_fields[F_LEN_OCT]);
	put_options(w, hop_fields);
}

static void
walk_dst(struct ni_walk *w)
{
	ni_put_range(w, &dst_fields[F_NXT], &dst_fields[F_LEN_OCT]);
	put_options(w, dst_fields);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	size_t before = b->len;
	if (l->rc == NI_OK && s.cap)
		ni_ipv6_print_next(d, l, s.p[0], b);
	if (b->len == before)
		ni_buf_str(b, l->aux == HOP_BY_HOP ? "IPv6 hop-by-hop options"
						   : "IPv6 destination options");
}

static const struct ni_bind hop_binds[] = {{NI_BY_IPPROTO, HOP_BY_HOP}, {NI_NTABLES, 0}};
static const struct ni_bind dst_binds[] = {{NI_BY_IPPROTO, DESTINATION}, {NI_NTABLES, 0}};

static const struct ni_proto hop_by_hop = {
    .key = "ipv6.hopopts",
    .name = "IPv6",
    .title = "IPv6 Hop-by-Hop Option",
    .ref = "RFC 8200 4.3",
    .fields = hop_fields,
    .binds = hop_binds,
    .decode = decode,
    .walk = walk_hop,
    .summary = summary,
};

static const struct ni_proto destination = {
    .key = "ipv6.dstopts",
    .name = "IPv6",
    .title = "Destination Options for IPv6",
    .ref = "RFC 8200 4.6",
    .fields = dst_fields,
    .binds = dst_binds,
    .decode = decode,
    .walk = walk_dst,
    .summary = summary,
};

const struct ni_proto *const ni_protos_ipv6_options[] = {&hop_by_hop, &destination, NULL};
