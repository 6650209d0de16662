/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Community ID, version 1: one short text that every monitor gives to the same conversation, so
 * that their records can be joined. The hash of addresses, protocol and ports in an order that does
 * not depend on who sent first; https://github.com/corelight/community-id-spec.
 */
#ifndef NETINSPECT_COMMUNITY_ID_H
#define NETINSPECT_COMMUNITY_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/conn.h"

enum { NI_COMMUNITY_ID = 2 + 28 + 1 }; /* "1:", base64 of 20 bytes, NUL */

/**
 * Write the Community ID (seed 0) of packets from @addr[0], @port[0] to @addr[1], @port[1].
 * ICMP and ICMPv6 have type and code of the message for ports; protocols other than these, TCP, UDP
 * and SCTP have none, and @port is not looked at.
 * Returns false, with @out empty, unless both addresses are IPv4 or both are IPv6.
 */
bool ni_community_id(char out[NI_COMMUNITY_ID], const struct ni_addr addr[2],
		     const uint16_t port[2], uint8_t ipproto);

/** The ports of @c as Zeek has them, too: of an ICMP echo type and code of the request. */
void ni_conn_ports(uint16_t port[2], const struct ni_conn *c);

/** The Community ID of a conversation. */
bool ni_conn_community_id(char out[NI_COMMUNITY_ID], const struct ni_conn *c);

#endif
