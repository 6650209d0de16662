/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS over TCP: RFC 1035 4.2.2, RFC 7766 8. Every message stands behind its length. */
#include "netinspect/stream.h"

#include "dns.h"

enum { MAX_QUESTION = 4 + DNS_NAME_WIRE, OP_MAX = 6 };

/* Of one direction: the length field may come in two pieces. */
struct state {
	uint32_t seen; /* bytes of this message given so far */
	uint32_t len;  /* its length, prefix included; valid once seen >= 2 */
};

static bool
is_class(uint16_t class)
{
	return class == 1 || class == 3 || class == 4 || class == 254 || class == 255;
}

/* Whether the labels from @p on can be those of a question; *n is how far they go. */
static enum ni_probe
probe_name(struct ni_span s, uint32_t *n)
{
	uint32_t off = 0;
	while (off < s.cap && s.p[off]) {
		if (s.p[off] > 63 || off + s.p[off] + 2U > DNS_NAME_WIRE)
			return NI_PROBE_NO;
		for (uint32_t i = off + 1; i < s.cap && i <= off + s.p[off]; i++)
			if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
				return NI_PROBE_NO;
		off += 1U + s.p[off];
	}
	*n = off + 1;
	return off < s.cap ? NI_PROBE_YES : NI_PROBE_MORE;
}

/*
 * A length that leaves room for header and question, a known opcode, one question (or none in an
 * answer), few records for the length: what text, TLS or a random number hardly ever look like.
 */
static enum ni_probe
probe(struct ni_span s)
{
	uint32_t name = 0;
	if (s.cap < DNS_PREFIX + DNS_HDR)
		return s.cap >= 1 && s.p[0] > 0x40 ? NI_PROBE_NO : NI_PROBE_MORE;
	uint32_t len = ni_be16(s.p);
	const uint8_t *h = s.p + DNS_PREFIX;
	uint16_t flags = ni_be16(h + 2);
	uint32_t records = (uint32_t)ni_be16(h + 6) + ni_be16(h + 8) + ni_be16(h + 10);
	bool response = flags & 0x8000;
	if (len < DNS_HDR + 5 || (flags >> 11 & 15) > OP_MAX || flags & 0x40 ||
	    ni_be16(h + 4) != 1 || records * 11 > len || (!response && flags & 0x0f))
		return NI_PROBE_NO;
	struct ni_span rest = ni_from(s, DNS_PREFIX + DNS_HDR);
	enum ni_probe p = probe_name(rest, &name);
	if (p != NI_PROBE_YES)
		return p;
	if (rest.cap < name + 4)
		return NI_PROBE_MORE;
	return is_class(ni_be16(rest.p + name + 2)) && ni_be16(rest.p + name) ? NI_PROBE_YES
									      : NI_PROBE_NO;
}

static enum ni_scan
scan(struct ni_scan_ctx *c, const uint8_t *p, uint32_t n, uint32_t *used)
{
	struct state *st = c->state;
	*used = 0;
	if (c->fresh)
		*st = (struct state){0};
	while (st->seen < DNS_PREFIX && *used < n) {
		st->len = st->len << 8 | p[(*used)++];
		st->seen++;
	}
	if (st->seen < DNS_PREFIX)
		return NI_SCAN_MORE;
	if (st->len < DNS_HDR)
		return NI_SCAN_REJECT;
	uint32_t want = st->len + DNS_PREFIX - st->seen;
	uint32_t take = want < n - *used ? want : n - *used;
	*used += take;
	st->seen += take;
	return take == want ? NI_SCAN_DONE : NI_SCAN_MORE;
}

/* The beginning of a message is worth as much as one cut by the snap length. */
static bool
lost(struct ni_scan_ctx *c)
{
	return c->msg_len >= DNS_PREFIX + DNS_HDR;
}

const struct ni_stream_ops dns_stream = {
    .state_size = sizeof(struct state),
    .probe = probe,
    .scan = scan,
    .lost = lost,
};
