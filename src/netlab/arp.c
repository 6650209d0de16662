/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking by ARP; see arp.h. */
#include "arp.h"

#include <string.h>

#include "i18n.h"
#include "look.h"
#include "tool.h"

enum { TRIES = 3, TRY_US = 300 * NL_MS };

const uint8_t nl_broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

int
nl_arp_send(const struct nl_link *l, const uint8_t dst[static 6], const struct nl_arp *a,
	    struct ni_err *err)
{
	struct nl_packet k = {.n = 0};
	nl_put_ethernet(&k, dst, l->mac, NL_ETHERTYPE_ARP);
	nl_put_arp(&k, a);
	return nl_link_send(l, k.p, k.n, err);
}

bool
nl_arp_read(struct nl_look *k, const uint8_t *p, uint32_t n, struct nl_arp *a)
{
	const struct ni_dis *d = nl_look_at(k, NL_FROM_ETHERNET, p, n);
	uint64_t op = 0;
	if (!nl_look_number(d, "arp.opcode", false, &op))
		return false;
	a->op = (uint16_t)op;
	return nl_look_bytes(d, "arp.src.hw_mac", false, a->sender_mac, 6) &&
	       nl_look_bytes(d, "arp.src.proto_ipv4", false, a->sender_ip, 4) &&
	       nl_look_bytes(d, "arp.dst.hw_mac", false, a->target_mac, 6) &&
	       nl_look_bytes(d, "arp.dst.proto_ipv4", false, a->target_ip, 4);
}

int
nl_arp_ask(const struct nl_link *l, struct nl_look *k, const uint8_t ip[static 4],
	   uint8_t mac[static 6], struct ni_err *err)
{
	static uint8_t frame[NL_FRAME_MAX];
	struct nl_arp ask = {.op = NL_ARP_REQUEST};
	struct nl_arp a;
	memcpy(ask.sender_mac, l->mac, 6);
	memcpy(ask.sender_ip, l->ip, 4);
	memcpy(ask.target_ip, ip, 4);
	for (int try = 0; try < TRIES && !nl_stopped(); try++) {
		int64_t until = nl_now() + TRY_US;
		struct nl_got got = {.n = 1};
		int rc = nl_arp_send(l, nl_broadcast, &ask, err);
		while (!rc && got.n) {
			rc = nl_link_receive(l, frame, &got, until, err);
			if (!rc && nl_arp_read(k, frame, got.n, &a) && a.op == NL_ARP_REPLY &&
			    !memcmp(a.sender_ip, ip, 4)) {
				memcpy(mac, a.sender_mac, 6);
				return NI_SUCCESS;
			}
		}
		if (rc)
			return rc;
	}
	return ni_fail(err, NI_ERR_RUN, _("%s: nobody says that he has %u.%u.%u.%u"), l->name,
		       ip[0], ip[1], ip[2], ip[3]);
}
