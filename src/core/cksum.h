/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum (RFC 1071) and what its field says of a packet. */
#ifndef NI_CKSUM_H
#define NI_CKSUM_H

#include <stdint.h>

#include "netinspect/field.h"

/* Wireshark's values of every "….checksum.status" field. */
enum ni_cksum_status {
	NI_CKSUM_BAD,
	NI_CKSUM_GOOD,
	NI_CKSUM_UNVERIFIED,
	NI_CKSUM_NOT_PRESENT,
	NI_CKSUM_ILLEGAL, /* not present where it must be */
};

extern const struct ni_label ni_cksum_status[];

/** Add @n bytes as big-endian 16-bit words to @sum; an odd last byte counts as followed by 0. */
uint32_t ni_cksum_add(uint32_t sum, const uint8_t *p, uint32_t n);

/** Fold @sum into 16 bits, not complemented: 0xffff if the bytes summed include a right checksum.
 */
uint16_t ni_cksum_fold(uint32_t sum);

/** The right content of a 16-bit checksum field @have in bytes that sum (with it) to @sum. */
uint16_t ni_cksum_expected(uint32_t sum, uint16_t have);

#endif
