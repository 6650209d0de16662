/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a DHCP client says and hears, each message shown. */
#ifndef NI_NETLAB_DHCP_TALK_H
#define NI_NETLAB_DHCP_TALK_H

#include "lease.h"

struct nl_dhcp_opts {
	const char *link, *hostname;
	uint8_t requested[4], server[4];
	uint32_t xid, tries;
	int64_t wait_us;
	bool broadcast, apply, help;
};

struct nl_dhcp_talk {
	const struct nl_dhcp_opts *o;
	struct nl_link link;
	struct nl_look *look;
	struct nl_lease lease; /* what we have, if its ip is not zero */
	uint32_t xid;
	int64_t start;
	uint8_t frame[NL_FRAME_MAX];
};

/** Send @m to everybody, or to the server of the lease alone (@to_server). */
int nl_dhcp_say(struct nl_dhcp_talk *c, struct nl_dhcp *m, bool to_server, struct ni_err *err);

/** Say @m until somebody answers: the first answer that counts goes to @lease. With @all, answers
 * are waited for and shown until the time is over. Fails with NI_ERR_RUN if none comes. */
int nl_dhcp_converse(struct nl_dhcp_talk *c, struct nl_dhcp *m, bool to_server, bool all,
		     struct nl_lease *lease, struct ni_err *err);

/** Take our port at the kernel, which would else say to a server that nobody listens there. Returns
 * a descriptor to close, or -1, which does no harm. */
int nl_dhcp_occupy_port(const struct nl_link *l);

#endif
