/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page load told over all protocols in the order in which it happened: same network or gateway,
 * ARP, DNS, handshake, HTTP, close. It takes in what is rare (what was looked up, asked and
 * opened), in bounded memory, for all clients, and tells of one of them at the end.
 */
#ifndef NI_STORY_H
#define NI_STORY_H

#include "netinspect/arp.h"
#include "netinspect/conn.h"
#include "netinspect/dis.h"
#include "netinspect/event.h"
#include "report_mem.h"
#include "report_page.h"

enum {
	NI_STORY_FACTS = 2000, /* of each kind */
	NI_STORY_STEPS = 40,   /* told unless all are asked for */
	NI_STORY_NAME = 96,
};

/* A network: an address and how many of its bits count. */
struct ni_net {
	struct ni_addr addr; /* len 0: none */
	uint8_t bits;
};

/* Who sends to whom, and to which MAC. */
struct ni_story_hop {
	struct rp_node node;
	struct ni_addr from, to; /* the key */
	uint8_t mac[6];
};

struct ni_story_lease {
	struct ni_addr ip;
	uint8_t bits;
	struct ni_addr router;
	uint64_t frame;
};

struct ni_story_dns {
	struct ni_addr client, server;
	uint64_t query_frame, response_frame;
	int64_t query_ns, rtt_ns;
	uint16_t rcode;
	bool truncated; /* to be asked again over TCP */
	uint32_t answers;
	char type[16];
	char name[NI_STORY_NAME];
	char answer[NI_STORY_NAME];
	char rcode_name[32];
};

struct ni_story_http {
	struct ni_addr client;
	uint16_t port, status;
	uint64_t request_frame, response_frame, body;
	int64_t request_ns, response_ns;
	char method[16];
	char uri[NI_STORY_NAME];
	char reason[32];
	char type[48];
};

struct ni_story {
	struct ni_net net; /* what the user said the client's network is */
	struct rp_map hops;
	struct rp_list leases, arp, dns, http, conns;
};

/** Make an empty story with the network @net (may be NULL). */
void ni_story_init(struct ni_story *s, const struct ni_net *net);
void ni_story_free(struct ni_story *s);

/** Read "192.0.2.0/24". 0, or NI_ERR_INPUT with @err filled. */
int ni_net_parse(struct ni_net *net, const char *text, struct ni_err *err);
/** Read an address. False if @text is none. */
bool ni_addr_parse(struct ni_addr *a, const char *text);
/** Whether @a lies in @net. */
bool ni_net_has(const struct ni_net *net, const struct ni_addr *a);

void ni_story_frame(struct ni_story *s, const struct ni_dis *d);
void ni_story_event(struct ni_story *s, const struct ni_event *e);

/** Find who asked for most over HTTP. False: nobody asked for anything. */
bool ni_story_busiest(const struct ni_story *s, struct ni_addr *client);

/**
 * Tell the story of @client, times from @zero_ns, all steps if @full. Allocates. Returns false,
 * with nothing written, if there is none to tell, or memory is short.
 */
bool ni_story_tell(const struct ni_story *s, struct rp_page *p, const struct ni_addr *client,
		   int64_t zero_ns, bool full);

/* ---- story_say.c: the sentences ---- */

/** Why packets from @client to @to take the way they take. */
void ni_story_say_way(const struct ni_story *s, struct ni_buf *b, const struct ni_addr *client,
		      const struct ni_addr *to);
void ni_story_say_arp(struct ni_buf *b, const struct ni_arp_event *e);
void ni_story_say_dns(struct ni_buf *b, const struct ni_story_dns *q);
void ni_story_say_open(struct ni_buf *b, const struct ni_conn *c);
void ni_story_say_http(struct ni_buf *b, const struct ni_story_http *x);
void ni_story_say_close(struct ni_buf *b, const struct ni_conn *c);

#endif
