/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP options: RFC 9293 3.2, RFC 1072 (echo), RFC 1644 (CC), RFC 2018 and 2883 (SACK), RFC 2385
 * (MD5), RFC 4782 (quick-start), RFC 5482 (user timeout), RFC 5925 (AO), RFC 6994 (experiments),
 * RFC 7323 (window scale, timestamps), RFC 7413 (fast open), RFC 8684 (MPTCP; see tcp_mptcp.c)
 *
 * OFFSET SIZE FIELD
 *      0    1 kind; kinds 0 and 1 have no more than this
 *      1    1 length, these two bytes included
 *      2  var data
 *
 * Not decoded: SCPS, Riverbed's probes, alternate checksums, accurate ECN counters.
 */
#include "tcp.h"

#include <stddef.h>

#include "inet.h"
#include "tcp_track.h"

enum {
	HDR = 20,
	K_EOL = 0,
	K_NOP = 1,
	K_MSS = 2,
	K_WSCALE = 3,
	K_SACK_PERM = 4,
	K_SACK = 5,
	K_ECHO = 6,
	K_ECHO_REPLY = 7,
	K_TS = 8,
	K_CC = 11,
	K_CC_NEW = 12,
	K_CC_ECHO = 13,
	K_MD5 = 19,
	K_SCPS = 20,
	K_QS = 27,
	K_USER_TO = 28,
	K_AO = 29,
	K_MPTCP = 30,
	K_TFO = 34,
	K_EXP1 = 253,
	K_EXP2 = 254,
	EXID_TFO = 0xf989,
	MAX_SHIFT = 14, /* RFC 7323 2.3 */
};

/* Where each kind's heading is and how long it may be (0: any length from min up). */
static const struct kind {
	uint8_t kind, min, max;
	uint8_t field; /* enum ni_tcp_field */
} kinds[] = {
    {K_EOL, 1, 1, TCP_OPT_EOL},
    {K_NOP, 1, 1, TCP_OPT_NOP},
    {K_MSS, 4, 4, TCP_OPT_MSS},
    {K_WSCALE, 3, 3, TCP_OPT_WSCALE},
    {K_SACK_PERM, 2, 2, TCP_OPT_SACK_PERM},
    {K_SACK, 2, 0, TCP_OPT_SACK},
    {K_ECHO, 6, 6, TCP_OPT_ECHO},
    {K_ECHO_REPLY, 6, 6, TCP_OPT_ECHO_REPLY},
    {K_TS, 10, 10, TCP_OPT_TS},
    {K_CC, 6, 6, TCP_OPT_CC},
    {K_CC_NEW, 6, 6, TCP_OPT_CC_NEW},
    {K_CC_ECHO, 6, 6, TCP_OPT_CC_ECHO},
    {K_MD5, 18, 18, TCP_OPT_MD5},
    {K_SCPS, 4, 0, TCP_OPT_SCPS},
    {K_QS, 8, 8, TCP_OPT_QS},
    {K_USER_TO, 4, 4, TCP_OPT_USER_TO},
    {K_AO, 4, 0, TCP_OPT_AO},
    {K_MPTCP, 3, 0, TCP_OPT_MPTCP},
    {K_TFO, 2, 0, TCP_OPT_TFO},
    {K_EXP1, 2, 0, TCP_OPT_EXP},
    {K_EXP2, 2, 0, TCP_OPT_EXP},
};

/* One option, whole and captured. */
struct option {
	const uint8_t *p; /* its kind byte */
	uint32_t off;     /* of that byte in the layer */
	uint8_t kind;
	uint8_t len;
	bool bad; /* the length cannot be that of its kind, or goes past the header's end */
};

static const struct kind *
kind_of(uint8_t kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	return NULL;
}

/* Read the next option (an EOL for each byte of padding). False when there is no more to be read.
 */
static bool
next_option(struct ni_cur *c, struct option *o)
{
	if (!ni_more(c))
		return false;
	*o = (struct option){.off = c->off, .len = 1};
	o->p = ni_take(c, 1);
	if (!o->p)
		return false;
	o->kind = *o->p;
	if (o->kind == K_EOL && c->off < c->cap && c->p[c->off] != K_EOL)
		c->len = c->cap = c->off; /* what follows the end is no option */
	if (o->kind == K_EOL || o->kind == K_NOP)
		return true;
	o->len = ni_take8(c);
	if (c->rc != NI_OK)
		return false;
	const struct kind *k = kind_of(o->kind);
	o->bad = o->len < 2 || o->len - 2U > ni_left(c) ||
		 (k && (o->len < k->min || (k->max && o->len > k->max)));
	if (o->len < 2 || o->len - 2U > ni_left(c)) {
		c->rc = NI_MALFORMED; /* nothing behind it can be found */
		return true;
	}
	return ni_take(c, o->len - 2U) != NULL;
}

static struct ni_cur
options(const struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_cur c = ni_cur(ni_clip(ni_layer_span(d, l), l->hdr));
	ni_skip(&c, HDR);
	return c;
}

/* What to add to a number of the peer's to make it relative as tcp.ack is. */
static uint32_t
peer_shift(const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	struct ni_span s = ni_layer_span(d, l);
	return seg && seg->rel_ack_valid ? seg->rel_ack - ni_be32(s.p + 8) : 0;
}

/* A heading: the option's bytes as value, and a line of its own in the tree. */
static void
put_heading(struct ni_walk *w, const struct option *o, enum ni_tcp_field f)
{
	char text[128];
	struct ni_buf b = ni_buf(text, sizeof(text));
	struct ni_value v = {.off = w->layer->off + o->off, .len = o->len, .n = o->len};
	v.p = o->p;
	ni_buf_fmt(&b, "TCP Option - %s", ni_tcp_fields[f].name);
	if (o->bad)
		ni_buf_fmt(&b, " (length %u is not right)", o->len);
	else if (o->kind == K_MSS)
		ni_buf_fmt(&b, ": %u bytes", ni_be16(o->p + 2));
	else if (o->kind == K_WSCALE)
		ni_buf_fmt(&b, ": %u (multiply by %u)", o->p[2],
			   1U << (o->p[2] < MAX_SHIFT ? o->p[2] : MAX_SHIFT));
	else if (o->kind == K_TS)
		ni_buf_fmt(&b, ": TSval %u, TSecr %u", ni_be32(o->p + 2), ni_be32(o->p + 6));
	v.text = ni_buf_z(&b);
	w->visit(w->ctx, &ni_tcp_fields[f], &v, (unsigned)ni_tcp_fields[f].depth + w->depth);
}

static void
put_sack(struct ni_walk *w, const struct option *o)
{
	const struct ni_field *f = ni_tcp_fields;
	uint32_t shift = peer_shift(w->dis, w->layer);
	uint32_t ack = ni_be32(ni_layer_span(w->dis, w->layer).p + 8) + shift;
	unsigned n = (o->len - 2U) / 8;
	for (unsigned i = 0; i < n; i++) {
		uint32_t at = 2 + 8 * i;
		uint32_t le = ni_be32(o->p + at) + shift;
		uint32_t re = ni_be32(o->p + at + 4) + shift;
		ni_put_uint(w, &f[TCP_SACK_LE], o->off + at, 4, le);
		ni_put_uint(w, &f[TCP_SACK_RE], o->off + at + 4, 4, re);
	}
	if (!n)
		return;
	ni_put_uint(w, &f[TCP_SACK_COUNT], 0, 0, n);
	/* The first block reports a duplicate if it lies below the acknowledgment (RFC 2883 4). */
	uint32_t le = ni_be32(o->p + 2) + shift;
	uint32_t re = ni_be32(o->p + 6) + shift;
	if ((int32_t)(ack - re) >= 0) {
		ni_put_uint(w, &f[TCP_DSACK_LE], o->off + 2, 4, le);
		ni_put_uint(w, &f[TCP_DSACK_RE], o->off + 6, 4, re);
	}
}

static void
put_tfo(struct ni_walk *w, const struct option *o, uint32_t skip)
{
	if (o->len == skip)
		ni_put_label(w, &ni_tcp_fields[TCP_TFO_REQUEST], o->off, o->len, NULL);
	else
		ni_put_bytes(w, &ni_tcp_fields[TCP_TFO_COOKIE], o->off + skip, o->len - skip);
}

static void
put_experiment(struct ni_walk *w, const struct option *o)
{
	if (o->len < 4)
		return;
	uint16_t exid = ni_be16(o->p + 2);
	ni_put_uint(w, &ni_tcp_fields[TCP_EXP_EXID], o->off + 2, 2, exid);
	if (exid == EXID_TFO)
		put_tfo(w, o, 4);
	else if (o->len > 4)
		ni_put_bytes(w, &ni_tcp_fields[TCP_EXP_DATA], o->off + 4, o->len - 4U);
}

static void
put_ao(struct ni_walk *w, const struct option *o)
{
	ni_put_uint(w, &ni_tcp_fields[TCP_AO_KEYID], o->off + 2, 1, o->p[2]);
	ni_put_uint(w, &ni_tcp_fields[TCP_AO_RNEXT], o->off + 3, 1, o->p[3]);
	if (o->len > 4)
		ni_put_bytes(w, &ni_tcp_fields[TCP_AO_MAC], o->off + 4, o->len - 4U);
}

static void
put_wscale(struct ni_walk *w, const struct option *o)
{
	unsigned shift = o->p[2] < MAX_SHIFT ? o->p[2] : MAX_SHIFT;
	ni_put_uint(w, &ni_tcp_fields[TCP_WS_SHIFT], o->off + 2, 1, o->p[2]);
	ni_put_uint(w, &ni_tcp_fields[TCP_WS_MULTIPLIER], 0, 0, UINT64_C(1) << shift);
}

/* The data of an option of known kind and good length. */
static void
put_data(struct ni_walk *w, const struct option *o)
{
	const struct ni_field *f = ni_tcp_fields;
	switch (o->kind) {
	case K_MSS:
		ni_put_uint(w, &f[TCP_MSS_VAL], o->off + 2, 2, ni_be16(o->p + 2));
		break;
	case K_WSCALE:
		put_wscale(w, o);
		break;
	case K_SACK:
		put_sack(w, o);
		break;
	case K_ECHO:
	case K_ECHO_REPLY:
		ni_put_uint(w, &f[TCP_ECHO_VALUE], o->off + 2, 4, ni_be32(o->p + 2));
		break;
	case K_TS:
		ni_put_uint(w, &f[TCP_TSVAL], o->off + 2, 4, ni_be32(o->p + 2));
		ni_put_uint(w, &f[TCP_TSECR], o->off + 6, 4, ni_be32(o->p + 6));
		break;
	case K_CC:
	case K_CC_NEW:
	case K_CC_ECHO:
		ni_put_uint(w, &f[TCP_CC_VALUE], o->off + 2, 4, ni_be32(o->p + 2));
		break;
	case K_MD5:
		ni_put_bytes(w, &f[TCP_MD5_DIGEST], o->off + 2, 16);
		break;
	case K_QS:
		ni_put_uint(w, &f[TCP_QS_RATE], o->off + 2, 1, o->p[2]);
		ni_put_uint(w, &f[TCP_QS_TTL_DIFF], o->off + 3, 1, o->p[3]);
		break;
	case K_USER_TO:
		ni_put_uint(w, &f[TCP_USER_TO_GRANULARITY], o->off + 2, 2, ni_be16(o->p + 2));
		ni_put_uint(w, &f[TCP_USER_TO_VAL], o->off + 2, 2, ni_be16(o->p + 2));
		break;
	case K_AO:
		put_ao(w, o);
		break;
	case K_MPTCP:
		ni_tcp_put_mptcp(w, o->off, o->len);
		break;
	case K_TFO:
		put_tfo(w, o, 2);
		break;
	case K_EXP1:
	case K_EXP2:
		put_experiment(w, o);
		break;
	default:
		break;
	}
}

void
ni_tcp_put_options(struct ni_walk *w)
{
	struct ni_cur c = options(w->dis, w->layer);
	struct option o;
	while (next_option(&c, &o)) {
		const struct kind *k = kind_of(o.kind);
		if (o.bad && o.len - 2U > c.len - c.off)
			o.len = (uint8_t)(c.off - o.off); /* show what there is of it */
		put_heading(w, &o, k ? k->field : TCP_OPT_UNKNOWN);
		ni_put_uint(w, &ni_tcp_fields[TCP_OPT_KIND], o.off, 1, o.kind);
		if (o.kind == K_EOL || o.kind == K_NOP)
			continue;
		ni_put_uint(w, &ni_tcp_fields[TCP_OPT_LEN], o.off + 1, 1, o.p[1]);
		if (o.bad)
			continue;
		if (k)
			put_data(w, &o);
		else if (o.len > 2)
			ni_put_bytes(w, &ni_tcp_fields[TCP_UNKNOWN_PAYLOAD], o.off + 2, o.len - 2U);
	}
}

static void
print_sack(const struct ni_dis *d, const struct ni_layer *l, const struct option *o,
	   struct ni_buf *b)
{
	uint32_t shift = peer_shift(d, l);
	for (uint32_t at = 2; at + 8 <= o->len; at += 8)
		ni_buf_fmt(b, " SLE=%u SRE=%u", ni_be32(o->p + at) + shift,
			   ni_be32(o->p + at + 4) + shift);
}

static void
print_option(const struct ni_dis *d, const struct ni_layer *l, const struct option *o,
	     struct ni_buf *b)
{
	const uint8_t *p = o->p;
	switch (o->kind) {
	case K_MSS:
		ni_buf_fmt(b, " MSS=%u", ni_be16(p + 2));
		break;
	case K_WSCALE:
		ni_buf_fmt(b, " WS=%u", 1U << (p[2] < MAX_SHIFT ? p[2] : MAX_SHIFT));
		break;
	case K_SACK_PERM:
		ni_buf_str(b, " SACK_PERM");
		break;
	case K_SACK:
		print_sack(d, l, o, b);
		break;
	case K_ECHO:
		ni_buf_fmt(b, " ECHO=%u", ni_be32(p + 2));
		break;
	case K_ECHO_REPLY:
		ni_buf_fmt(b, " ECHOREPLY=%u", ni_be32(p + 2));
		break;
	case K_TS:
		/* In nearly every segment: too often for printf. */
		ni_buf_str(b, " TSval=");
		ni_buf_u64(b, ni_be32(p + 2));
		ni_buf_str(b, " TSecr=");
		ni_buf_u64(b, ni_be32(p + 6));
		break;
	case K_CC:
		ni_buf_fmt(b, " CC=%u", ni_be32(p + 2));
		break;
	case K_CC_NEW:
		ni_buf_fmt(b, " CC.NEW=%u", ni_be32(p + 2));
		break;
	case K_CC_ECHO:
		ni_buf_fmt(b, " CC.ECHO=%u", ni_be32(p + 2));
		break;
	case K_MD5:
		ni_buf_str(b, " MD5");
		break;
	case K_TFO:
		ni_buf_str(b, o->len == 2 ? " TFO=R" : " TFO=C");
		break;
	case K_EXP1:
	case K_EXP2:
		if (o->len >= 4 && ni_be16(p + 2) == EXID_TFO)
			ni_buf_str(b, o->len == 4 ? " TFO=R" : " TFO=C");
		break;
	default:
		break;
	}
}

void
ni_tcp_options_summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_cur c = options(d, l);
	struct option o;
	while (next_option(&c, &o))
		if (!o.bad)
			print_option(d, l, &o, b);
}
