/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dissection remembers from one frame to the next. Owned by the session; every member may be
 * NULL, and what needs it then does without. */
#ifndef NI_STATE_H
#define NI_STATE_H

#include <stdbool.h>

#include "netinspect/community_id.h"

struct ni_defrag;
struct ni_pings;

struct ni_state {
	struct ni_defrag *defrag;           /* IP datagrams that are not whole yet */
	struct ni_pings *pings;             /* ICMP requests that wait for their answer */
	char community_id[NI_COMMUNITY_ID]; /* of the conversation asked for last */
	bool check_checksums; /* verify IPv4, TCP, UDP and ICMP checksums, and note what is wrong */
};

#endif
