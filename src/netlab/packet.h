/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets made from scratch, with right lengths and checksums. */
#ifndef NI_NETLAB_PACKET_H
#define NI_NETLAB_PACKET_H

#include <stdbool.h>
#include <stdint.h>

enum {
	NL_PACKET_MAX = 1514,
	NL_ETHERTYPE_IP = 0x0800,
	NL_ETHERTYPE_ARP = 0x0806,
	NL_ARP_REQUEST = 1,
	NL_ARP_REPLY = 2,
};

struct nl_packet {
	uint8_t p[NL_PACKET_MAX];
	uint32_t n;
	bool cut; /* something did not fit; its lengths and checksums are wrong */
};

struct nl_arp {
	uint16_t op;
	uint8_t sender_mac[6], sender_ip[4], target_mac[6], target_ip[4];
};

struct nl_ip {
	uint8_t src[4], dst[4], ttl, tos;
	uint16_t id;
	bool df;
};

struct nl_tcp {
	uint16_t sport, dport, window, mss; /* mss 0: no such option */
	uint32_t seq, ack;
	uint8_t flags;
};

/** Append. */
void nl_put(struct nl_packet *k, const void *p, uint32_t n);
void nl_put8(struct nl_packet *k, uint8_t v);
void nl_put16(struct nl_packet *k, uint16_t v);
void nl_put32(struct nl_packet *k, uint32_t v);

/** Append an Ethernet header. */
void nl_put_ethernet(struct nl_packet *k, const uint8_t dst[static 6], const uint8_t src[static 6],
		     uint16_t type);

/** Append an ARP message for IPv4 over Ethernet (RFC 826). */
void nl_put_arp(struct nl_packet *k, const struct nl_arp *a);

/** Append an IPv4 packet with a UDP datagram or a TCP segment that carries @n bytes at @data. */
void nl_put_udp(struct nl_packet *k, const struct nl_ip *ip, uint16_t sport, uint16_t dport,
		const void *data, uint32_t n);
void nl_put_tcp(struct nl_packet *k, const struct nl_ip *ip, const struct nl_tcp *t,
		const void *data, uint32_t n);
/** Append an ICMP echo request without an IP header. */
void nl_put_echo(struct nl_packet *k, uint16_t id, uint16_t seq, const void *data, uint32_t n);

#endif
