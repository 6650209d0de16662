/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who sent and received most, over all conversations of a table. */
#ifndef NI_TALKERS_H
#define NI_TALKERS_H

#include <stdint.h>

#include "conntab.h"

struct ni_talker {
	struct ni_addr addr;
	uint64_t conns;
	uint64_t sent, received; /* bytes of payload */
	uint64_t packets;        /* both ways */
};

/**
 * Write those who exchanged most bytes (of the same: packets) into @out, at most @max of them, the
 * largest first. Returns how many; *@lost: addresses that found no room while counting. Allocates
 * and frees.
 */
unsigned ni_talkers(const struct ni_conntab *t, struct ni_talker *out, unsigned max,
		    uint64_t *lost);

#endif
