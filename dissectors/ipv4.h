/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4's field numbers, for the two files that walk its header and its options. */
#ifndef NI_IPV4_H
#define NI_IPV4_H

#include "netinspect/proto.h"

enum ni_ipv4_field {
	IP_VERSION,
	IP_HDR_LEN,
	IP_DSFIELD,
	IP_DSCP,
	IP_ECN,
	IP_LEN,
	IP_ID,
	IP_FLAGS,
	IP_FLAGS_RB,
	IP_FLAGS_DF,
	IP_FLAGS_MF,
	IP_FRAG_OFFSET,
	IP_TTL,
	IP_PROTO,
	IP_CHECKSUM,
	IP_CHECKSUM_STATUS,
	IP_CHECKSUM_CALCULATED,
	IP_SRC,
	IP_DST,
	IP_OPT,
	IP_OPT_TYPE,
	IP_OPT_COPY,
	IP_OPT_CLASS,
	IP_OPT_NUMBER,
	IP_OPT_LEN,
	IP_OPT_PTR,
	IP_OPT_OVERFLOW,
	IP_OPT_FLAG,
	IP_OPT_TIME,
	IP_OPT_TIME_ADDR,
	IP_REC_RT,
	IP_CUR_RT,
	IP_SRC_RT,
	IP_EMPTY_RT,
	IP_OPT_SID,
	IP_OPT_MTU,
	IP_OPT_ID_NUMBER,
	IP_OPT_OHC,
	IP_OPT_RHC,
	IP_OPT_ORIGINATOR,
	IP_OPT_RA,
	IP_OPT_ADDR,
	IP_OPT_PADDING,
	IP_OPT_QS_FUNC,
	IP_OPT_QS_RATE,
	IP_OPT_QS_TTL,
	IP_OPT_QS_UNUSED,
	IP_OPT_QS_NONCE,
	IP_OPT_QS_RESERVED,
	IP_OPT_SEC_CL,
	IP_OPT_SEC_FLAGS,
	IP_OPT_SEC_RFC791,
	IP_OPT_SEC_COMP,
	IP_OPT_SEC_HR,
	IP_OPT_SEC_TCC,
	IP_OPT_EXT_CODE,
	IP_OPT_EXT_INFO,
	IP_CIPSO_DOI,
	IP_CIPSO_TAG_TYPE,
	IP_CIPSO_LEVEL,
	IP_CIPSO_TAG_DATA,
	IP_OPT_BAD_LEN,
	IP_FRAGMENTS,
	IP_FRAGMENT,
	IP_FRAGMENT_OVERLAP,
	IP_FRAGMENT_CONFLICT,
	IP_FRAGMENT_COUNT,
	IP_REASSEMBLED_LEN,
	IP_REASSEMBLED_DATA,
};

extern const struct ni_field ni_ipv4_fields[];

/** The folded sum of the IPv4 header at the start of @s; 0: not wanted or not captured. */
uint16_t ni_ipv4_header_sum(const struct ni_dis *d, struct ni_span s);

/**
 * How far behind the destination field the address stands that the packet really goes to: the last
 * one of a source route that is not used up (RFC 791 3.1). 0: none. @hdr bytes are at @ip.
 */
uint32_t ni_ipv4_route_end(const uint8_t *ip, uint32_t hdr);

/** Emit the options of the walked IPv4 layer: @len bytes at offset 20. */
void ni_ipv4_put_options(struct ni_walk *w, uint32_t len);

#endif
