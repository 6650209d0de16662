/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multicast listener discovery: RFC 2710 (version 1), RFC 3810 (version 2)
 *
 * OFFSET SIZE FIELD (queries, and version 1's reports; behind type, code and checksum)
 *      4    2 longest response delay in ms; version 2: a code for it
 *      6    2 reserved
 *      8   16 group; 0 in a general query
 * a query of version 2 goes on:
 *     24    1 reserved (4 bits), suppress (1), querier's robustness (3)
 *     25    1 querier's interval
 *     26    2 number of sources
 *     28 16n  sources
 * a report of version 2:
 *      4    2 reserved
 *      6    2 number of records
 *      8  var records: type (1), words of auxiliary data (1), number of sources (2), group (16),
 *             sources (16 each), auxiliary data
 */
#include "icmpv6.h"

enum { V1 = 24, V2_QUERY = 28, ADDR = 16, RECORD = 20, FLOATING = 0x8000 };

/* Values from 32768 are a floating point number (RFC 3810 5.1.3). */
static uint32_t
decode_time(uint16_t v)
{
	return v < FLOATING ? v : ((v & 0xfffU) | 0x1000U) << ((v >> 12 & 7) + 3);
}

static void
put_sources(struct ni_walk *w, struct ni_cur *c, enum ni_icmpv6_field f, uint32_t n)
{
	while (n-- && c->rc == NI_OK) {
		uint32_t off = c->off;
		if (ni_take(c, ADDR))
			ni_put_bytes(w, &ni_icmpv6_fields[f], off, ADDR);
	}
}

static void
put_query(struct ni_walk *w, struct ni_span s)
{
	struct ni_cur c = ni_cur(s);
	ni_icmpv6_put_bits(w, I6_MLD_FLAG, I6_MLD_RSV, 24, 1);
	ni_icmpv6_put(w, I6_MLD_QQI, 25, 1);
	ni_icmpv6_put(w, I6_MLD_NB_SOURCES, 26, 2);
	ni_skip(&c, V2_QUERY);
	if (c.rc == NI_OK)
		put_sources(w, &c, I6_MLD_SOURCE, ni_be16(s.p + 26));
}

static void
put_records(struct ni_walk *w, struct ni_span s)
{
	struct ni_cur c = ni_cur(s);
	ni_put_bytes(w, &ni_icmpv6_fields[I6_RESERVED], 4, 2);
	ni_icmpv6_put(w, I6_MLDR_NB, 6, 2);
	ni_skip(&c, 8);
	uint32_t n = c.rc == NI_OK ? ni_be16(s.p + 6) : 0;
	while (n-- && ni_more(&c)) {
		uint32_t off = c.off;
		const uint8_t *p = ni_take(&c, RECORD);
		if (!p)
			return;
		uint32_t sources = ni_be16(p + 2);
		uint32_t aux = p[1] * 4U;
		const char *name = ni_label_find(ni_icmpv6_fields[I6_MLDR_TYPE].labels, p[0]);
		ni_put_label(w, &ni_icmpv6_fields[I6_MLDR_MAR], off, RECORD + sources * ADDR + aux,
			     "Multicast Address Record %s", name ? name : "Unknown Record Type");
		ni_icmpv6_put(w, I6_MLDR_TYPE, off, 1);
		ni_icmpv6_put(w, I6_MLDR_AUX_LEN, off + 1, 1);
		ni_icmpv6_put(w, I6_MLDR_NB_SOURCES, off + 2, 2);
		ni_put_bytes(w, &ni_icmpv6_fields[I6_MLDR_ADDR], off + 4, ADDR);
		put_sources(w, &c, I6_MLDR_SOURCE, sources);
		off = c.off;
		if (aux && ni_take(&c, aux))
			ni_put_bytes(w, &ni_icmpv6_fields[I6_MLDR_AUX], off, aux);
	}
}

bool
ni_icmpv6_put_mld(struct ni_walk *w, struct ni_span s)
{
	bool v2 = s.p[0] == I6T_MLD_QUERY && s.len >= V2_QUERY;
	switch (s.p[0]) {
	case I6T_MLD2_REPORT:
		put_records(w, s);
		return true;
	case I6T_MLD_QUERY:
	case I6T_MLD_REPORT:
	case I6T_MLD_DONE:
		break;
	default:
		return false;
	}
	if (v2 && s.cap >= 6)
		ni_put_uint(w, &ni_icmpv6_fields[I6_MLD_CODE], 4, 2, decode_time(ni_be16(s.p + 4)));
	else
		ni_icmpv6_put(w, I6_MLD_DELAY, 4, 2);
	ni_put_bytes(w, &ni_icmpv6_fields[I6_RESERVED], 6, 2);
	ni_put_bytes(w, &ni_icmpv6_fields[I6_MLD_ADDR], 8, ADDR);
	if (v2)
		put_query(w, s);
	return true;
}
