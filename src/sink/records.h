/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What records consist of. Each kind is a table of keys, which feeds the writer, docs/records.md
 * and docs/records.schema.json; nothing else knows a key.
 */
#ifndef NI_RECORDS_H
#define NI_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/arp.h"
#include "netinspect/community_id.h"
#include "netinspect/conn.h"
#include "netinspect/dis.h"
#include "netinspect/dns.h"
#include "netinspect/event.h"
#include "netinspect/exchange.h"
#include "netinspect/http.h"

/* Grows by one when a key changes its meaning or goes; new keys leave it alone. */
enum { REC_SCHEMA = 1 };

enum rec_type {
	REC_INTEGER, /* value u */
	REC_SECONDS, /* value ns */
	REC_TEXT,    /* value p, n */
	REC_FLAG,    /* value u: true or false */
	REC_OBJECT,  /* keys of its own */
	REC_COUNTS,  /* an object with a number for each of the words; zeros are left out */
};

enum rec_flag {
	REC_ALWAYS = 1 << 0, /* in every record of its kind (or object) */
	REC_LIST = 1 << 1,   /* an array: get() is asked for 0, 1, 2 … until it says no */
	REC_SIGNED = 1 << 2, /* seconds that may be negative */
};

/* Who talked; the client first. Of ICMP the ports are type and code, as in Zeek. */
struct rec_ends {
	struct ni_addr addr[2];
	uint16_t port[2];
	uint8_t ipproto;
};

/* What a record is made of; what its kind does not need is NULL. */
struct rec_in {
	const struct rec_ends *ends;
	const struct ni_conn *conn;
	const struct ni_http_exchange *http;
	const struct ni_dns_lookup *dns;
	const struct ni_arp_event *arp;
	const struct ni_dhcp_exchange *dhcp;
	const struct ni_ntp_exchange *ntp;
	const struct ni_dis *dis;
	const struct ni_note *note;
	uint64_t frame; /* being taken in; 0: none */
	int64_t ts_ns;
};

struct rec_value {
	uint64_t u;
	int64_t ns;
	const void *p;
	size_t n;
	char mem[64]; /* room for a text */
};

struct rec_key {
	const char *key;
	enum rec_type type;
	unsigned flags; /* enum rec_flag */
	/* Value @i (0 unless it is a list). False: there is none. NULL: an object that is there if
	 * one of its keys is. */
	bool (*get)(const struct rec_in *in, unsigned i, struct rec_value *v);
	const char *doc;           /* with its unit */
	const struct rec_key *sub; /* of REC_OBJECT; ends with key NULL */
	/* All values that a text can have, or the keys of REC_COUNTS. NULL: any. */
	const char *(*word)(unsigned i);
	unsigned words;
};

struct rec_kind {
	const char *name;
	const char *doc;
	const struct rec_key *keys; /* ends with key NULL */
};

/* In the order of enum ni_record_kind. */
extern const struct rec_kind rec_kinds[];

extern const struct rec_key rec_conn_keys[];
extern const struct rec_key rec_http_keys[];
extern const struct rec_key rec_dns_keys[];
extern const struct rec_key rec_arp_keys[];
extern const struct rec_key rec_dhcp_keys[];
extern const struct rec_key rec_ntp_keys[];
extern const struct rec_key rec_note_keys[];

/* ---- what getters share ---- */

bool rec_text(struct rec_value *v, const char *s); /* false if it is empty */
bool rec_addr(struct rec_value *v, const struct ni_addr *a);
/** A number that is not there when it is 0. */
bool rec_nonzero(struct rec_value *v, uint64_t u);
/** A span of time that is not there when it is negative. */
bool rec_span(struct rec_value *v, int64_t ns);
/** The same between two moments, which may be any numbers. */
bool rec_between(struct rec_value *v, int64_t from_ns, int64_t to_ns);

bool rec_get_proto(const struct rec_in *in, unsigned i, struct rec_value *v);
bool rec_get_orig_h(const struct rec_in *in, unsigned i, struct rec_value *v);
bool rec_get_orig_p(const struct rec_in *in, unsigned i, struct rec_value *v);
bool rec_get_resp_h(const struct rec_in *in, unsigned i, struct rec_value *v);
bool rec_get_resp_p(const struct rec_in *in, unsigned i, struct rec_value *v);
bool rec_get_community_id(const struct rec_in *in, unsigned i, struct rec_value *v);
const char *rec_proto_name(unsigned i);
enum { REC_PROTOS = 4 };

/* Rows of a table for who talked. */
/* clang-format off */
#define REC_ENDS \
	{"id.orig_h", REC_TEXT, REC_ALWAYS, rec_get_orig_h, .doc = "address of the client"}, \
	{"id.orig_p", REC_INTEGER, REC_ALWAYS, rec_get_orig_p, \
		.doc = "its port; of an ICMP echo the type of the request"}, \
	{"id.resp_h", REC_TEXT, REC_ALWAYS, rec_get_resp_h, .doc = "address of the server"}, \
	{"id.resp_p", REC_INTEGER, REC_ALWAYS, rec_get_resp_p, \
		.doc = "its port; of an ICMP echo the code of the request"}, \
	{"proto", REC_TEXT, REC_ALWAYS, rec_get_proto, \
		.doc = "transport protocol; icmp for ICMPv6, too", \
		.word = rec_proto_name, .words = REC_PROTOS}, \
	{"community_id", REC_TEXT, REC_ALWAYS, rec_get_community_id, \
		.doc = "Community ID version 1, seed 0"}
/* clang-format on */

#endif
