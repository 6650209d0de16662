/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMPv6's field numbers, for the files that walk its messages. */
#ifndef NI_ICMPV6_H
#define NI_ICMPV6_H

#include "icmp.h"
#include "netinspect/proto.h"

enum ni_icmpv6_field {
	I6_TYPE,
	I6_CODE,
	I6_CHECKSUM,
	I6_CHECKSUM_STATUS,
	I6_RESERVED,
	I6_DATA,
	I6_LENGTH,
	I6_MTU,
	I6_POINTER,
	I6_ECHO_IDENT,
	I6_ECHO_SEQ,
	I6_RESP_TO,
	I6_RESPTIME,
	I6_EXT_SEQ,
	I6_EXT_RES,
	I6_EXT_LOCAL,
	I6_EXT_STATE,
	I6_EXT_RSP_RES,
	I6_EXT_ACTIVE,
	I6_EXT_IPV4,
	I6_EXT_IPV6,
	I6_RA_HLIM,
	I6_RA_FLAG,
	I6_RA_M,
	I6_RA_O,
	I6_RA_H,
	I6_RA_PRF,
	I6_RA_P,
	I6_RA_RSV,
	I6_RA_LIFETIME,
	I6_RA_REACHABLE,
	I6_RA_RETRANS,
	I6_NS_TARGET,
	I6_NA_FLAG,
	I6_NA_R,
	I6_NA_S,
	I6_NA_O,
	I6_NA_RSV,
	I6_NA_TARGET,
	I6_RD_TARGET,
	I6_RD_DST,
	I6_OPT,
	I6_OPT_TYPE,
	I6_OPT_LENGTH,
	I6_OPT_RESERVED,
	I6_OPT_PADDING,
	I6_OPT_LINKADDR,
	I6_OPT_SRC_LINKADDR,
	I6_OPT_TGT_LINKADDR,
	I6_OPT_PREFIX_LEN,
	I6_OPT_PREFIX_FLAG,
	I6_OPT_PREFIX_L,
	I6_OPT_PREFIX_A,
	I6_OPT_PREFIX_R,
	I6_OPT_PREFIX_RSV,
	I6_OPT_VALID,
	I6_OPT_PREFERRED,
	I6_OPT_PREFIX,
	I6_OPT_REDIRECTED,
	I6_OPT_MTU,
	I6_OPT_ADV_INTERVAL,
	I6_OPT_HA_PREFERENCE,
	I6_OPT_HA_LIFETIME,
	I6_OPT_IPV6,
	I6_OPT_TIMESTAMP,
	I6_OPT_NONCE,
	I6_OPT_ROUTE_FLAG,
	I6_OPT_ROUTE_PREF,
	I6_OPT_ROUTE_RSV,
	I6_OPT_ROUTE_LIFETIME,
	I6_OPT_RDNSS_LIFETIME,
	I6_OPT_RDNSS,
	I6_OPT_DNSSL_LIFETIME,
	I6_OPT_DNSSL,
	I6_OPT_EFO,
	I6_OPT_EFO_M,
	I6_OPT_EFO_O,
	I6_OPT_EFO_H,
	I6_OPT_EFO_PRF,
	I6_OPT_EFO_P,
	I6_OPT_EFO_RSV,
	I6_OPT_PORTAL,
	I6_OPT_P64_LIFETIME,
	I6_OPT_P64_PLC,
	I6_OPT_P64_PREFIX,
	I6_MLD_DELAY,
	I6_MLD_CODE,
	I6_MLD_ADDR,
	I6_MLD_FLAG,
	I6_MLD_S,
	I6_MLD_QRV,
	I6_MLD_RSV,
	I6_MLD_QQI,
	I6_MLD_NB_SOURCES,
	I6_MLD_SOURCE,
	I6_MLDR_NB,
	I6_MLDR_MAR,
	I6_MLDR_TYPE,
	I6_MLDR_AUX_LEN,
	I6_MLDR_NB_SOURCES,
	I6_MLDR_ADDR,
	I6_MLDR_SOURCE,
	I6_MLDR_AUX,
	I6_NI_QTYPE,
	I6_NI_FLAG,
	I6_NI_NONCE,
	I6_MIP_IDENT,
	I6_MIP_HA,
	I6_EXT_FIRST, /* in the order of icmp_ext.def */
	I6_NFIELDS = I6_EXT_FIRST + ICMP_NFIELDS - ICMP_EXT,
};

extern const struct ni_field ni_icmpv6_fields[I6_NFIELDS + 1];

enum ni_icmpv6_type {
	I6T_UNREACHABLE = 1,
	I6T_TOO_BIG = 2,
	I6T_EXCEEDED = 3,
	I6T_PARAMETER = 4,
	I6T_ECHO = 128,
	I6T_ECHO_REPLY = 129,
	I6T_MLD_QUERY = 130,
	I6T_MLD_REPORT = 131,
	I6T_MLD_DONE = 132,
	I6T_RS = 133,
	I6T_RA = 134,
	I6T_NS = 135,
	I6T_NA = 136,
	I6T_REDIRECT = 137,
	I6T_NI_QUERY = 139,
	I6T_NI_REPLY = 140,
	I6T_IND_SOLICIT = 141,
	I6T_IND_ADVERT = 142,
	I6T_MLD2_REPORT = 143,
	I6T_HA_REQUEST = 144,
	I6T_HA_REPLY = 145,
	I6T_MP_SOLICIT = 146,
	I6T_MP_ADVERT = 147,
	I6T_EXT_ECHO = 160,
	I6T_EXT_ECHO_REPLY = 161,
};

enum { I6O_SOURCE = 1, I6O_TARGET = 2, I6O_REDIRECTED = 4 };

/** The Info column's name of a type, or NULL. */
const char *ni_icmpv6_type_name(uint8_t type);
/** The labels of the codes of @type, or NULL where they have none. */
const struct ni_label *ni_icmpv6_codes(uint8_t type);

/** Where the neighbour discovery options of a message of @type begin; 0: it has none. */
uint32_t ni_icmpv6_options_offset(uint8_t type);

/** Find the first option of @type in message @s. Returns its offset, 0 if it is not there whole. */
uint32_t ni_icmpv6_find_option(struct ni_span s, uint8_t type);

/** Emit a number of @n bytes (1, 2, 4 or 8) that stands at @off; nothing if it was not captured. */
void ni_icmpv6_put(struct ni_walk *w, enum ni_icmpv6_field f, uint32_t off, uint32_t n);

/** Emit the rows @first to @last, all bits of the @n bytes at @off. */
void ni_icmpv6_put_bits(struct ni_walk *w, enum ni_icmpv6_field first, enum ni_icmpv6_field last,
			uint32_t off, uint32_t n);

/** Emit a neighbour discovery message behind its checksum; false if it is another message. */
bool ni_icmpv6_put_nd(struct ni_walk *w, struct ni_span s);
/** Emit neighbour discovery options from @off on. */
void ni_icmpv6_put_options(struct ni_walk *w, uint32_t off);
/** Emit a multicast listener message behind its checksum; false if it is another message. */
bool ni_icmpv6_put_mld(struct ni_walk *w, struct ni_span s);

#endif
