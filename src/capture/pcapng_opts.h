/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of pcapng blocks: code, length, value padded to 32 bits, until code 0 or the end. */
#ifndef NETINSPECT_CAPTURE_PCAPNG_OPTS_H
#define NETINSPECT_CAPTURE_PCAPNG_OPTS_H

#include "bytes.h"

enum {
	NI_OPT_END = 0,
	NI_OPT_COMMENT = 1,
	NI_OPT_IF_NAME = 2,
	NI_OPT_IF_DESCRIPTION = 3,
	NI_OPT_SHB_USERAPPL = 4,
	NI_OPT_IF_TSRESOL = 9,
	NI_OPT_IF_FCSLEN = 13,
	NI_OPT_IF_TSOFFSET = 14,
	NI_OPT_ISB_IFRECV = 4,
	NI_OPT_ISB_IFDROP = 5,
	NI_OPT_ISB_OSDROP = 7,
};

/* Block types. */
enum {
	NI_BLOCK_INTERFACE = 1,
	NI_BLOCK_OLD_PACKET = 2,
	NI_BLOCK_SIMPLE_PACKET = 3,
	NI_BLOCK_STATISTICS = 5,
	NI_BLOCK_PACKET = 6,
};

/* An iterator: what is left to read, and the option that was read last. */
struct ni_opts {
	const uint8_t *p;
	size_t left;
	bool swap;
	bool broken; /* the options run over the end of the block */
	uint16_t code;
	uint16_t len;
	const uint8_t *value;
};

static inline uint32_t
ni_pad4(uint32_t n)
{
	return (n + 3) & ~(uint32_t)3;
}

/** Step to the next option of @o; false at the end, and then broken tells whether it is a proper
 * one. */
static inline bool
ni_opts_next(struct ni_opts *o)
{
	if (o->left < 4)
		return false;
	o->code = ni_file16(o->p, o->swap);
	o->len = ni_file16(o->p + 2, o->swap);
	o->value = o->p + 4;
	if (o->code == NI_OPT_END)
		return false;
	o->broken = o->len > o->left - 4;
	if (o->broken)
		return false;
	/* The padding of the last option may be missing. */
	size_t step = 4 + (size_t)ni_pad4(o->len);
	step = step < o->left ? step : o->left;
	o->p += step;
	o->left -= step;
	return true;
}

#endif
