/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an NTP message says of itself, for those who pair messages; see exchange.h and ntp.c. */
#include <string.h>

#include "netinspect/exchange.h"
#include "netinspect/proto.h"

enum { TIME_HDR = 48, MODE_CONTROL = 6 };

bool
ni_ntp_brief(const struct ni_dis *d, const struct ni_layer *l, struct ni_ntp_brief *out)
{
	struct ni_span s = ni_layer_span(d, l);
	if (strcmp(ni_layer_proto(d, l)->key, "ntp") != 0 || s.cap < TIME_HDR ||
	    (s.p[0] & 7) >= MODE_CONTROL)
		return false;
	*out = (struct ni_ntp_brief){
	    .version = s.p[0] >> 3 & 7,
	    .mode = s.p[0] & 7,
	    .stratum = s.p[1],
	    .org = ni_be64(s.p + 24),
	    .rec = ni_be64(s.p + 32),
	    .xmt = ni_be64(s.p + 40),
	};
	memcpy(out->refid, s.p + 12, sizeof(out->refid));
	return true;
}
