/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Ethernet shares with the tags that stand behind its header. */
#ifndef NI_ETH_H
#define NI_ETH_H

#include "netinspect/proto.h"

/* In the table NI_BY_LLC: the LLC header, no SAP (they have 8 bits). */
enum { NI_LLC_ITSELF = 0xffff };

/**
 * Emit what lies behind the payload of the walked layer: @padding up to the shortest frame, the
 * @trailer, and what looks like a frame check sequence as @fcs (NULL: never looked for).
 */
void ni_eth_put_trailer(struct ni_walk *w, const struct ni_field *padding,
			const struct ni_field *trailer, const struct ni_field *fcs);

#endif
