/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TCP options that the tracker needs (RFC 9293 3.1, RFC 7323, RFC 2018):
 *
 *   KIND  LENGTH  MEANING
 *   0     -       end of the list
 *   1     -       padding
 *   2     4       maximum segment size
 *   3     3       window scale: shift
 *   4     2       selective acknowledgements allowed
 *   5     2+8n    selective acknowledgement: left and right edges
 *   8     10      timestamps: value, echo
 */
#include <string.h>

#include "netinspect/span.h"
#include "tcp_priv.h"

enum { MAX_SHIFT = 14 }; /* RFC 7323 2.3 */

static void
read_one(struct ni_tcp_opts *o, uint8_t kind, const uint8_t *p, unsigned len)
{
	switch (kind) {
	case 2:
		if (len != 2)
			break;
		o->mss = ni_be16(p);
		o->has |= NI_OPT_MSS;
		return;
	case 3:
		if (len != 1)
			break;
		o->wscale = p[0] > MAX_SHIFT ? MAX_SHIFT : p[0];
		o->has |= NI_OPT_WSCALE;
		return;
	case 4:
		o->has |= NI_OPT_SACK_OK;
		return;
	case 5:
		for (; len >= 8 && o->nsack < 4; p += 8, len -= 8, o->nsack++) {
			o->sack[o->nsack][0] = ni_be32(p);
			o->sack[o->nsack][1] = ni_be32(p + 4);
		}
		return;
	case 8:
		if (len != 8)
			break;
		o->tsval = ni_be32(p);
		o->tsecr = ni_be32(p + 4);
		o->has |= NI_OPT_TS;
		return;
	default:
		return;
	}
	o->has |= NI_OPT_BAD;
}

void
ni_tcp_opts_read(const struct ni_tcp_in *in, struct ni_tcp_opts *o)
{
	static const uint8_t just_ts[4] = {1, 1, 8, 10};
	const uint8_t *p = in->opts;
	unsigned left = p ? in->optlen : 0;

	*o = (struct ni_tcp_opts){0};
	if (left == 12 && !memcmp(p, just_ts, sizeof(just_ts))) {
		o->tsval = ni_be32(p + 4);
		o->tsecr = ni_be32(p + 8);
		o->has = NI_OPT_TS;
		return;
	}
	while (left) {
		uint8_t kind = p[0];
		if (kind == 0)
			return;
		unsigned len = kind == 1 ? 1 : left > 1 ? p[1] : 0;
		if (len > left || (kind != 1 && len < 2)) {
			o->has |= NI_OPT_BAD;
			return;
		}
		if (kind != 1)
			read_one(o, kind, p + 2, len - 2);
		p += len;
		left -= len;
	}
}
