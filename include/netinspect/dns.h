/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS beyond one packet: which response belongs to which query, and what a lookup came to. And what
 * a DNS layer says, for those who have to compare messages.
 */
#ifndef NETINSPECT_DNS_H
#define NETINSPECT_DNS_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/conn.h"
#include "netinspect/dis.h"

enum {
	NI_DNS_NAME_MAX = 255,  /* bytes of a name: 255 on the wire, its dots included */
	NI_DNS_ANSWER_MAX = 16, /* answers that a lookup carries */
	NI_DNS_TEXT_MAX = 320,  /* bytes of one answer's text, its NUL included */
};

/* What one message is in its conversation. The session hangs it into struct ni_dis. */
struct ni_dns_pair {
	const struct ni_dns_pair *next; /* of another message in the same frame, or NULL */
	uint8_t layer;                  /* index of the layer it is about */
	bool response;
	bool retransmission; /* the same query or response went before */
	bool unsolicited;    /* a response that no query in memory asks for */
	uint64_t
	    query_frame; /* response: answers this one; repeated query: repeats this one; 0: none */
	uint64_t response_frame; /* repeated response: the first one; 0 otherwise */
	int64_t rtt_ns;          /* from that query; -1: not known */
};

enum ni_dns_outcome {
	NI_DNS_ANSWERED,
	NI_DNS_TIMED_OUT, /* nothing came for a while */
	NI_DNS_EVICTED,   /* forgotten for lack of room */
	NI_DNS_ENDED,     /* the capture was over first */
};

/* One record of the answer section. */
struct ni_dns_answer {
	uint16_t type;
	uint32_t ttl;
	char type_name[16];         /* "CNAME", "TYPE65300" */
	char text[NI_DNS_TEXT_MAX]; /* "192.0.2.1", "10 mail.example.com"; raw, not escaped */
};

/* A question and what came of it. Valid during the call that delivers it. */
struct ni_dns_lookup {
	uint8_t outcome;   /* enum ni_dns_outcome */
	uint8_t ipproto;   /* 17 or 6 */
	const char *proto; /* "dns", "llmnr" */
	struct ni_addr client, server;
	uint16_t client_port, server_port;
	uint16_t id;
	uint16_t qtype, qclass;
	uint16_t rcode;      /* with the upper bits of EDNS; meaningless without an answer */
	uint16_t flags;      /* of the response's header; else of the query's */
	char type_name[16];  /* of the question */
	char rcode_name[32]; /* "No error", "No such name" … ; "" without an answer */
	char
	    query[NI_DNS_NAME_MAX + 1]; /* raw, not escaped; "." for the root, "" for no question */
	uint64_t query_frame, response_frame; /* first sending; 0: none */
	int64_t query_ns;
	int64_t rtt_ns;         /* from the first sending; -1: not answered */
	uint32_t repeats;       /* times the query was sent again */
	uint32_t answers_total; /* records that the answer section claims */
	unsigned nanswers;
	const struct ni_dns_answer *answers;
};

/* What a message says of itself and of its first question. */
struct ni_dns_brief {
	uint16_t id, flags, rcode, qtype, qclass;
	uint16_t answers; /* records that the answer section claims */
	bool response;
	bool question; /* there is one, and it could be read */
	uint8_t name_len;
	uint8_t name[NI_DNS_NAME_MAX]; /* raw, as sent */
};

/** Whether @l is a layer of the DNS family (dns, mdns, llmnr). */
bool ni_is_dns(const struct ni_dis *d, const struct ni_layer *l);

/**
 * Read header and first question of the DNS layer @l. False when its header is not there.
 * Does not allocate; fine on truncated layers.
 */
bool ni_dns_brief(const struct ni_dis *d, const struct ni_layer *l, struct ni_dns_brief *out);

/** Copy the records of the answer section, at most @max, as text. Returns how many. */
unsigned ni_dns_answers(const struct ni_dis *d, const struct ni_layer *l, struct ni_dns_answer *out,
			unsigned max);

/** The name of a record type, "TYPE65300" style where there is none. Writes at most 16 bytes. */
void ni_dns_type_name(char out[16], uint16_t type);

/** The name of a response code ("No such name"), or NULL. */
const char *ni_dns_rcode_name(unsigned rcode);

#endif
