/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The Internet checksum; see cksum.h. */
#include "cksum.h"

#include <stddef.h>

#include "netinspect/span.h"

const struct ni_label ni_cksum_status[] = {
    {NI_CKSUM_BAD, NI_CKSUM_BAD, "Bad"},
    {NI_CKSUM_GOOD, NI_CKSUM_GOOD, "Good"},
    {NI_CKSUM_UNVERIFIED, NI_CKSUM_UNVERIFIED, "Unverified"},
    {NI_CKSUM_NOT_PRESENT, NI_CKSUM_NOT_PRESENT, "Not present"},
    {NI_CKSUM_ILLEGAL, NI_CKSUM_ILLEGAL, "Illegal"},
    {0, 0, NULL},
};

uint32_t
ni_cksum_add(uint32_t sum, const uint8_t *p, uint32_t n)
{
	uint64_t s = sum;
	for (; n >= 4; p += 4, n -= 4)
		s += ni_be32(p);
	if (n >= 2) {
		s += ni_be16(p);
		p += 2;
		n -= 2;
	}
	if (n)
		s += (uint64_t)*p << 8;
	while (s >> 32)
		s = (s & 0xffffffff) + (s >> 32);
	return (uint32_t)s;
}

uint16_t
ni_cksum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

uint16_t
ni_cksum_expected(uint32_t sum, uint16_t have)
{
	uint32_t without = (uint32_t)ni_cksum_fold(sum) + (0xffffU - have);
	return (uint16_t)~ni_cksum_fold(without);
}
