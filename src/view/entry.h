/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a dissected packet to what the index remembers of it. */
#ifndef NI_ENTRY_H
#define NI_ENTRY_H

#include "index.h"
#include "netinspect/dis.h"

/** Fill @e from @d, but for the offset in the store. */
void ni_entry_of(struct ni_entry *e, const struct ni_dis *d);

#endif
