/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TCP connections made up segment by segment and given to a session, and what came out of it. */
#ifndef NI_TEST_TALK_H
#define NI_TEST_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/arp.h"
#include "netinspect/conn.h"
#include "netinspect/exchange.h"
#include "netinspect/http.h"
#include "netinspect/proto.h"
#include "netinspect/session.h"

enum {
	TALK_MAX = 512, /* exchanges, ends and layers remembered */
	TALK_FIN = 1,
	TALK_SYN = 2,
	TALK_RST = 4,
	TALK_PSH = 8,
	TALK_ACK = 16,
};

/* An application layer that appeared. */
struct talk_layer {
	uint64_t frame;
	char key[16];
	uint64_t len;
	uint32_t segments;
	uint8_t rc;
	bool gap, cut;
};

/* The session's only sink, first of all; and the connection that segments are made for. */
struct talk {
	struct ni_sink sink;
	struct ni_session *s;
	struct ni_http_exchange http[TALK_MAX];
	struct ni_conn ended[TALK_MAX];
	struct ni_arp_event arp[TALK_MAX];
	struct ni_dhcp_exchange dhcp[TALK_MAX];
	struct ni_ntp_exchange ntp[TALK_MAX];
	struct talk_layer layers[TALK_MAX];
	unsigned nhttp, nended, narp, ndhcp, nntp, nlayers, nnew, nstates;
	bool part; /* the last frame holds part of a message */
	char title[128];
	unsigned notes; /* of all frames */
	uint32_t id;    /* of the last frame's conversation */
	uint8_t dir;

	uint64_t number; /* of the last frame */
	int64_t ts_ns;
	uint16_t port[2];
	uint32_t next[2]; /* sequence numbers */
	uint32_t snap;    /* bytes of payload captured; 0: all */
};

/** Begin a session. False when memory is short. */
bool talk_begin(struct talk *t, const struct ni_session_opts *opts);
/** The capture is over; what came out stays readable. */
void talk_end(struct talk *t);

/** Give the session a frame of Ethernet. */
void talk_frame(struct talk *t, const uint8_t *p, uint32_t cap, uint32_t len);

/** Side @from sends @n bytes at sequence number @seq; next is left alone. */
void talk_segment(struct talk *t, unsigned from, unsigned flags, uint32_t seq, const void *p,
		  size_t n);
/** Side @from sends @n bytes that come next. */
void talk_send(struct talk *t, unsigned from, const void *p, size_t n);
/** The same, in segments of at most @mss bytes. */
void talk_send_cut(struct talk *t, unsigned from, const void *p, size_t n, size_t mss);
/** @from acknowledges everything its peer sent. */
void talk_ack(struct talk *t, unsigned from);
void talk_handshake(struct talk *t, uint16_t client_port, uint16_t server_port);
/** FIN, FIN and ACK, ACK; @first closes. */
void talk_close(struct talk *t, unsigned first);
void talk_reset(struct talk *t, unsigned from);

/** A datagram of UDP between the two ends. */
void talk_datagram(struct talk *t, unsigned from, const void *p, size_t n);

/** An ICMP message of @type; 8 and 0 are echo request and reply. */
void talk_ping(struct talk *t, unsigned from, uint8_t type, uint16_t ident);

/** "Destination unreachable" with @code from the server's side about a segment of the client's. */
void talk_unreachable(struct talk *t, uint8_t code);

/** Repeatable randomness. */
uint32_t talk_random(uint32_t *seed);

#endif
