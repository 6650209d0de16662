/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP messages of a client (RFC 2131), and what a server grants. */
#ifndef NI_NETLAB_LEASE_H
#define NI_NETLAB_LEASE_H

#include "link.h"
#include "look.h"
#include "packet.h"

enum nl_dhcp_type {
	NL_DISCOVER = 1,
	NL_OFFER,
	NL_REQUEST,
	NL_DECLINE,
	NL_ACK,
	NL_NAK,
	NL_RELEASE,
	NL_INFORM,
};

/* What a client says. An address of zeros is left out. */
struct nl_dhcp {
	enum nl_dhcp_type type;
	uint32_t xid;
	uint16_t secs;
	bool broadcast; /* answers may not be addressed to us */
	uint8_t mac[6];
	uint8_t client[4], requested[4], server[4];
	const char *hostname; /* NULL: none */
};

/* What a server says. Zeros are what it does not say. */
struct nl_lease {
	enum nl_dhcp_type type;
	uint8_t ip[4], server[4], mask[4], router[4], dns[4];
	uint32_t seconds;
};

/** Whether @ip is no address. */
bool nl_no_ip(const uint8_t ip[static 4]);

/** Append the message, without the UDP header. */
void nl_put_dhcp(struct nl_packet *k, const struct nl_dhcp *m);

/** Read a server's answer to @m out of a frame; false if it is none. */
bool nl_lease_read(const struct ni_dis *d, const struct nl_dhcp *m, struct nl_lease *lease);

/** Give interface @l the address, mask and default route of @lease; none of them if it is NULL. */
int nl_lease_apply(const struct nl_link *l, const struct nl_lease *lease, struct ni_err *err);

#endif
