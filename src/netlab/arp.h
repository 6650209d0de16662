/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking by ARP who has an address. */
#ifndef NI_NETLAB_ARP_H
#define NI_NETLAB_ARP_H

#include "link.h"
#include "packet.h"

struct nl_look;

extern const uint8_t nl_broadcast[6];

/** Send an ARP message to @dst from @src (MAC addresses). */
int nl_arp_send(const struct nl_link *l, const uint8_t dst[static 6], const struct nl_arp *a,
		struct ni_err *err);

/** The ARP message in the frame of @n bytes at @p, or false. */
bool nl_arp_read(struct nl_look *k, const uint8_t *p, uint32_t n, struct nl_arp *a);

/** Ask who has @ip, some times in a second. Fails with NI_ERR_RUN if nobody says. */
int nl_arp_ask(const struct nl_link *l, struct nl_look *k, const uint8_t ip[static 4],
	       uint8_t mac[static 6], struct ni_err *err);

#endif
