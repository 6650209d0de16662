/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP's field numbers, for the files that walk its messages and their extensions. */
#ifndef NI_ICMP_H
#define NI_ICMP_H

#include "netinspect/proto.h"

enum ni_icmp_field {
	ICMP_TYPE,
	ICMP_CODE,
	ICMP_CHECKSUM,
	ICMP_CHECKSUM_STATUS,
	ICMP_IDENT,
	ICMP_IDENT_LE,
	ICMP_SEQ,
	ICMP_SEQ_LE,
	ICMP_RESP_TO,
	ICMP_RESPTIME,
	ICMP_DATA_TIME,
	ICMP_DATA_TIME_RELATIVE,
	ICMP_UNUSED,
	ICMP_LENGTH,
	ICMP_ORIGINAL_LENGTH,
	ICMP_MTU,
	ICMP_POINTER,
	ICMP_REDIR_GW,
	ICMP_NUM_ADDRS,
	ICMP_ENTRY_SIZE,
	ICMP_LIFETIME,
	ICMP_ROUTER,
	ICMP_PREFERENCE,
	ICMP_ORIGINATE,
	ICMP_RECEIVE,
	ICMP_TRANSMIT,
	ICMP_MASK,
	ICMP_MIP_TYPE,
	ICMP_MIP_LENGTH,
	ICMP_MIP_PREFIX_LENGTH,
	ICMP_MIP_SEQ,
	ICMP_MIP_LIFE,
	ICMP_MIP_FLAGS,
	ICMP_MIP_COA,
	ICMP_MIP_CHALLENGE,
	ICMP_MIP_CONTENT,
	ICMP_EXT_ECHO_SEQ,
	ICMP_EXT_ECHO_RES,
	ICMP_EXT_ECHO_LOCAL,
	ICMP_EXT_ECHO_STATE,
	ICMP_EXT_ECHO_RSP_RES,
	ICMP_EXT_ECHO_ACTIVE,
	ICMP_EXT_ECHO_IPV4,
	ICMP_EXT_ECHO_IPV6,
	ICMP_EXT,
	ICMP_EXT_VERSION,
	ICMP_EXT_RES,
	ICMP_EXT_CHECKSUM,
	ICMP_EXT_CHECKSUM_STATUS,
	ICMP_EXT_LENGTH,
	ICMP_EXT_CLASS,
	ICMP_EXT_CTYPE,
	ICMP_EXT_DATA,
	ICMP_MPLS_LABEL,
	ICMP_MPLS_EXP,
	ICMP_MPLS_S,
	ICMP_MPLS_TTL,
	ICMP_INT_ROLE,
	ICMP_INT_RESERVED,
	ICMP_INT_HAS_INDEX,
	ICMP_INT_HAS_ADDR,
	ICMP_INT_HAS_NAME,
	ICMP_INT_HAS_MTU,
	ICMP_INT_INDEX,
	ICMP_INT_AFI,
	ICMP_INT_IPV4,
	ICMP_INT_IPV6,
	ICMP_INT_UNKNOWN,
	ICMP_INT_NAME_LENGTH,
	ICMP_INT_NAME,
	ICMP_INT_MTU,
	ICMP_IDENT_NAME,
	ICMP_IDENT_INDEX,
	ICMP_IDENT_AFI,
	ICMP_IDENT_ADDR_LENGTH,
	ICMP_IDENT_RESERVED,
	ICMP_IDENT_IPV4,
	ICMP_IDENT_IPV6,
	ICMP_IDENT_ADDRESS,
	ICMP_NFIELDS,
};

extern const struct ni_field ni_icmp_fields[ICMP_NFIELDS + 1];

extern const struct ni_label ni_icmp_ext_roles[], ni_icmp_ext_classes[], ni_icmp_ext_states[];
/* Codes of extended echo (RFC 8335), of the request and of the reply. */
extern const struct ni_label ni_icmp_ext_request[], ni_icmp_ext_reply[];

/**
 * Take the echo message at @p, all 8 bytes of its header there, into the table of pings, as a
 * request if its type is @request, else as a reply to one.
 */
void ni_icmp_match_echo(struct ni_dis *d, const uint8_t *p, uint8_t request);

/**
 * Emit the extension structure (RFC 4884) that begins at @off in the walked layer. @rows: where the
 * rows of icmp_ext.def begin in its table.
 */
void ni_icmp_put_extensions(struct ni_walk *w, uint32_t off, const struct ni_field *rows);

/** The Info column's name of an ICMP type; never NULL. */
const char *ni_icmp_type_name(uint8_t type);
/** The Info column's name of a code, or NULL where codes of @type have no names. */
const char *ni_icmp_code_name(uint8_t type, uint8_t code);

#endif
