/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the core has to tell beside frames: things that became known. Values valid during the call.
 */
#ifndef NETINSPECT_EVENT_H
#define NETINSPECT_EVENT_H

#include <stdint.h>

struct ni_conn;
struct ni_http_exchange;
struct ni_dns_lookup;
struct ni_arp_event;
struct ni_dhcp_exchange;
struct ni_ntp_exchange;
struct ni_stream_bytes;
struct ni_body_event;

enum ni_event_kind {
	NI_EV_CONN_NEW,   /* conn, side: first packet of a conversation, and who sent it */
	NI_EV_CONN_STATE, /* conn, side, from, to, why: a TCP endpoint changed its state */
	NI_EV_CONN_END,   /* conn: final verdict; it will not be heard of again */
	NI_EV_HTTP,       /* http, conn: an exchange is complete or will never be */
	NI_EV_DNS,        /* dns: a lookup was answered or never will be */
	NI_EV_ARP,        /* arp: an address was learned, asked for, claimed twice */
	NI_EV_DHCP,       /* dhcp: a transaction has ended, or goes no further */
	NI_EV_NTP,        /* ntp: a request was answered or never will be */

	/* Only for sinks that want them, see struct ni_sink. */
	NI_EV_STREAM, /* conn, side, stream: what that side sent goes on */
	NI_EV_BODY,   /* conn, side, body: a message of that side begins, goes on, ends */
};

struct ni_event {
	uint8_t kind;     /* enum ni_event_kind */
	uint8_t side;     /* enum ni_side */
	uint8_t from, to; /* enum ni_tcp_state */
	uint64_t frame;   /* that brought it about; 0: the end of the capture or a timeout */
	int64_t ts_ns;
	const struct ni_conn *conn;
	union {
		const char *why;
		const struct ni_http_exchange *http;
		const struct ni_dns_lookup *dns;
		const struct ni_arp_event *arp;
		const struct ni_dhcp_exchange *dhcp;
		const struct ni_ntp_exchange *ntp;
		const struct ni_stream_bytes *stream;
		const struct ni_body_event *body;
	};
};

#endif
