/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who claims which address, as ARP (and IPv6 neighbour discovery) told. */
#ifndef NETINSPECT_ARP_H
#define NETINSPECT_ARP_H

#include <stdint.h>

#include "netinspect/conn.h"
#include "netinspect/dis.h"

enum ni_arp_kind {
	NI_ARP_ANSWERED,   /* a request got its reply */
	NI_ARP_UNANSWERED, /* nobody did (told at the end or after a while) */
	NI_ARP_GRATUITOUS, /* an address was claimed without being asked for */
	NI_ARP_PROBE,      /* an address is about to be claimed */
	NI_ARP_CONFLICT,   /* a second MAC claims an address */
};

struct ni_arp_event {
	uint8_t kind;         /* enum ni_arp_kind */
	uint8_t mac[6];       /* who has it; zero when unknown */
	uint8_t other_mac[6]; /* conflict: who claimed it before; else who asked */
	struct ni_addr ip;    /* the address in question */
	struct ni_addr asker; /* who asked; len 0: nobody */
	uint32_t tries;       /* requests */
	bool alone;           /* who has it was asked alone, by unicast, and not everybody */
	bool known;           /* somebody was seen to have it before it was asked for */
	uint64_t request_frame, reply_frame;
	int64_t request_ns, rtt_ns; /* -1: none */
};

/* The remark on a message that claims an address which another MAC had claimed before. */
extern const struct ni_note_def ni_arp_conflict;

#endif
