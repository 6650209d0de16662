/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCP and NTP beyond one packet: which messages belong together, and what came of them. And what a
 * message says of itself, for those who pair them.
 */
#ifndef NETINSPECT_EXCHANGE_H
#define NETINSPECT_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/conn.h"
#include "netinspect/dis.h"

enum { NI_DHCP_MESSAGES = 8, NI_DHCP_NAME = 64 };

enum ni_dhcp_outcome {
	NI_DHCP_ACKNOWLEDGED, /* the client has its lease (or what it asked for) */
	NI_DHCP_REFUSED,      /* NAK */
	NI_DHCP_OFFERED,      /* offered, but not taken or not acknowledged */
	NI_DHCP_DECLINED,     /* the client found the address in use */
	NI_DHCP_RELEASED,     /* the client gives the address back */
	NI_DHCP_ANSWERED,     /* BOOTP: no lease, but an answer */
	NI_DHCP_SILENT,       /* nobody answered */
	NI_DHCP_NOUTCOMES,
};

/* One message, as it says itself. */
struct ni_dhcp_brief {
	uint32_t xid;
	bool reply;
	uint8_t type;       /* 1 Discover, 2 Offer, 3 Request …; 0: BOOTP, without a type */
	struct ni_addr mac; /* of the client, as its hardware has it, at most 16 bytes */
	struct ni_addr ip;  /* yiaddr; of a client's message the one it asks for or has */
	struct ni_addr router, dns, mask, server; /* the first of each; len 0: none */
	bool has_lease;
	uint32_t lease_s;        /* all bits set: for ever (RFC 2131 3.3) */
	char name[NI_DHCP_NAME]; /* raw, cut, NUL-terminated; "" for none */
};

/* All messages with one transaction id from and to one client. */
struct ni_dhcp_exchange {
	uint8_t outcome; /* enum ni_dhcp_outcome */
	/* Of the last acknowledgement or offer; what it does not say from the client's message. */
	struct ni_dhcp_brief last;
	unsigned total; /* messages, those sent again included; of them the first stand here: */
	uint8_t type[NI_DHCP_MESSAGES];
	uint64_t frame[NI_DHCP_MESSAGES];
	uint64_t last_frame;
	int64_t first_ns, last_ns;
};

struct ni_ntp_brief {
	uint8_t version, mode, stratum;
	uint8_t refid[4];
	uint64_t org, rec, xmt; /* 32.32 seconds, raw */
};

/* A request and the response that repeats its transmit timestamp (RFC 5905 8). */
struct ni_ntp_exchange {
	struct ni_addr client, server;
	uint16_t client_port, server_port;
	struct ni_ntp_brief request, response; /* response.mode 0: none came */
	uint64_t request_frame, response_frame;
	int64_t request_ns;
	int64_t rtt_ns;   /* from the first sending; -1: not answered */
	uint32_t repeats; /* of the request */
};

/** "acknowledged"; "?" outside the range. */
const char *ni_dhcp_outcome_name(unsigned outcome);
/** "Discover", or NULL. */
const char *ni_dhcp_message_name(unsigned type);

/** Read the DHCP or BOOTP layer @l. False if it is none, or its header is not there. */
bool ni_dhcp_brief(const struct ni_dis *d, const struct ni_layer *l, struct ni_dhcp_brief *out);

/** Read the NTP layer @l. False if it is none, has no timestamps (control, private) or is cut. */
bool ni_ntp_brief(const struct ni_dis *d, const struct ni_layer *l, struct ni_ntp_brief *out);

#endif
