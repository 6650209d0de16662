/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of the text report. Each part has a struct that takes in what it wants to know while
 * the capture runs, in bounded memory, and a function that writes its section at the end.
 */
#ifndef NI_REPORT_H
#define NI_REPORT_H

#include "netinspect/arp.h"
#include "netinspect/conn.h"
#include "netinspect/dis.h"
#include "netinspect/dns.h"
#include "netinspect/exchange.h"
#include "netinspect/http.h"
#include "report_mem.h"
#include "report_page.h"
#include "sink.h"

/* What was asked less than so long before the capture ended may still be answered. */
#define RP_PATIENCE_NS INT64_C(1000000000)

enum {
	RP_ROWS = RP_TOP, /* of a list that is cut */
	RP_BLOCKS = 10,   /* connections told in full */
};

/* What every section needs to know when it is written. */
struct rp_ctx {
	struct rp_page *page;
	bool full;       /* no list is cut */
	int64_t zero_ns; /* the first frame of the capture: times count from it */
	int64_t last_ns; /* the last one */
	bool *no_memory; /* set when a list could not be sorted and is missing */
};

/** How many of @n rows to show. */
size_t rp_rows(const struct rp_ctx *c, size_t n);
/** Seconds since the capture began, six decimals, fewer if it would be wider than 10 columns. */
void rp_clock(struct ni_buf *b, const struct rp_ctx *c, int64_t ns);
/** Indices 0 to @n - 1, sorted; to be freed. NULL when @n is 0, or memory is short. */
uint32_t *rp_sorted(const struct rp_ctx *c, size_t n,
		    bool (*before)(const void *arg, uint32_t a, uint32_t b), const void *arg);

/* ---- report_capture.c: the capture as a whole ---- */

enum { RP_IFACES = 16, RP_IFACE_NAME = 32 };

struct rp_iface {
	uint32_t number, linktype;
	uint64_t packets;
	char name[RP_IFACE_NAME];
};

struct rp_capture {
	uint64_t packets, bytes, cap_bytes;
	int64_t first_ns, last_ns; /* the earliest and the latest */
	int64_t zero_ns;           /* of the first frame in the capture */
	int64_t previous_ns;
	uint64_t backwards; /* frames older than the one before */
	uint64_t snapped, cut_header, malformed, unsupported, too_deep;
	uint32_t shortest, longest;
	struct rp_iface iface[RP_IFACES];
	unsigned ifaces, current;
	uint64_t other_ifaces; /* packets of those that found no room */
};

void rp_capture_frame(struct rp_capture *c, const struct ni_dis *d, unsigned rcs);
void rp_capture_write(const struct rp_capture *c, const struct rp_ctx *ctx,
		      const struct ni_report_opts *opts, const struct ni_registry *reg);

/* ---- report_tree.c: packets and bytes per protocol ---- */

enum rp_special {
	RP_ICMP = 1 << 0,
};

struct rp_branch {
	uint64_t packets, bytes; /* of frames that end here, until they are summed up */
	uint16_t child, sibling; /* 0: none */
	uint8_t proto;
	uint8_t special; /* enum rp_special, of it and those above */
};

enum { RP_BRANCHES = 2048 };

struct rp_tree {
	uint64_t path[2]; /* protocols of a recent frame, a byte each; 0: none */
	uint16_t leaf[2];
	struct rp_branch *branch; /* RP_BRANCHES; [0] is the root */
	uint16_t n;
	uint64_t lost; /* frames counted higher up for lack of room */
};

/** Count a frame. Returns enum rp_special bits of what it carries; *rcs has a bit a layer's ni_rc.
 */
unsigned rp_tree_frame(struct rp_tree *t, const struct ni_dis *d, unsigned *rcs);
void rp_tree_write(struct rp_tree *t, const struct rp_ctx *ctx, const struct ni_registry *reg);
void rp_tree_free(struct rp_tree *t);

/* ---- report_notes.c: remarks about packets, marks of segments ---- */

enum { RP_NOTE_KINDS = 512 };

struct rp_note {
	const struct ni_note_def *def;
	struct rp_frames frames;
};

struct rp_notes {
	struct rp_note *note; /* open addressing by the definition's address; NULL until needed */
	unsigned n;
	uint64_t lost;
	struct rp_frames marks[NI_NMARKS];
};

/** Take in the remarks and marks of a frame that has any. */
void rp_notes_frame(struct rp_notes *n, const struct ni_dis *d);
void rp_notes_write(const struct rp_notes *n, const struct rp_ctx *ctx);
void rp_notes_free(struct rp_notes *n);
/** "2 retransmissions" for mark @m. */
void rp_mark_count(struct ni_buf *b, unsigned m, uint64_t n);
/** Whether a mark says that something is not as it should be. */
bool rp_mark_is_trouble(unsigned m);

/* ---- report_bad.c: what did not end well ---- */

/* In the order in which they are shown. */
enum rp_bad_kind {
	RP_BAD_NONE,
	RP_BAD_CONFLICT,
	RP_BAD_REFUSED,
	RP_BAD_NO_ANSWER,
	RP_BAD_RESET,
	RP_BAD_HTTP_SERVER,
	RP_BAD_HTTP_SILENT,
	RP_BAD_HTTP_CUT,
	RP_BAD_DNS,
	RP_BAD_DNS_SILENT,
	RP_BAD_DHCP_REFUSED,
	RP_BAD_DHCP_SILENT,
	RP_BAD_NTP_SILENT,
	RP_BAD_ICMP,
	RP_BAD_PING,
	RP_BAD_HALF_OPEN,
	RP_BAD_ABORTED,
	RP_BAD_IGNORED,
	RP_BAD_LOSSY,
	RP_BAD_ZERO_WINDOW,
	RP_BAD_HTTP_CLIENT,
	RP_BAD_HALF_CLOSED,
	RP_BAD_TIMEOUT,
	RP_BAD_RESET_AFTER_FIN,
	RP_BAD_STRAY,
	RP_BAD_ARP_SILENT,
	RP_NBAD,
};

/* What is counted together. */
struct rp_bad_key {
	uint64_t name; /* hash of a host or name, or 0 */
	uint32_t kind; /* enum rp_bad_kind */
	uint32_t code; /* status, return code, state, rp_icmp_name()'s code, or 0 */
	uint16_t port;
	struct ni_addr addr;
	uint8_t zero[5]; /* no padding: keys are compared as bytes */
};

/* One case of it. */
struct rp_case {
	struct rp_bad_key key;
	const struct ni_addr *from; /* a connection's client, or NULL */
	uint16_t from_port;
	const char *name;  /* raw text to show instead of addresses, or NULL */
	const char *group; /* the same when names differ, or NULL */
	uint64_t frame;    /* 0: no single one */
	uint64_t times;    /* so many cases at once; 0: one */
};

struct rp_bad {
	struct rp_map groups;
	struct rp_texts texts;
	uint32_t used[RP_NBAD]; /* groups of each kind */
};

/* What was looked at, to say that all of it went well. */
struct rp_seen {
	uint64_t conns, exchanges, lookups, packets;
};

void rp_bad_add(struct rp_bad *b, const struct rp_case *c);
void rp_bad_write(const struct rp_bad *b, const struct rp_ctx *ctx, const struct rp_seen *seen);
void rp_bad_free(struct rp_bad *b);
uint64_t rp_bad_hash(const char *s);

/* ---- report_conn.c: TCP connections; report_block.c: one of them in full ---- */

enum {
	RP_CONNS = 100000,   /* kept as a row of the table */
	RP_TROUBLED = 10000, /* of these rows kept for those that did not end well */
	RP_DETAILS = 500,    /* kept in full */
	RP_DETAILS_FULL = 10000,
	RP_SERVERS = 2048,
};

struct rp_conns {
	struct rp_list rows;
	struct rp_top largest;
	struct rp_list details;
	struct rp_map servers;
	bool full;
	uint64_t total, troubled;
	uint64_t open[NI_OPEN_NKINDS], close[NI_CLOSE_NKINDS];
	uint64_t first[3];     /* closed first: client, server, nobody */
	uint64_t time_wait[4]; /* enum ni_side */
	uint64_t short_conns, long_conns, requests, long_requests, most_requests;
	uint32_t most_id;
	struct rp_hist rtt;
};

void rp_conns_end(struct rp_conns *c, const struct ni_conn *conn, struct rp_bad *bad,
		  int64_t last_ns);
/** Take in a segment that has marks. */
void rp_conns_segment(const struct ni_dis *d, struct rp_bad *bad);
void rp_conns_write(struct rp_conns *c, const struct rp_ctx *ctx);
void rp_conns_free(struct rp_conns *c);

/** Write one connection as a block. */
void rp_block(const struct rp_ctx *ctx, const struct ni_conn *c);
/** How it ended (or how it failed to open) in a few words: "4-way, client first". */
struct rp_verdict {
	uint8_t open, close, closed_first, reset_by;
};
void rp_verdict(struct ni_buf *b, const struct rp_verdict *v);
/** What is bad, in a few words that are to be translated; "" for RP_BAD_NONE. */
const char *rp_bad_name(enum rp_bad_kind kind);
/** How bad it is. */
enum ni_color rp_bad_color(enum rp_bad_kind kind);
/** The worst that can be said of @c; RP_BAD_NONE if all is well. */
enum rp_bad_kind rp_conn_trouble(const struct ni_conn *c, int64_t last_ns);
/** The same from its segments alone, however it opened and closed. */
enum rp_bad_kind rp_segment_trouble(const struct ni_conn *c);
/** Put a connection that has ended into the list. */
void rp_report_end(struct rp_bad *bad, const struct ni_conn *c, enum rp_bad_kind kind);

/* ---- report_pairs.c: who talked to whom ---- */

enum {
	RP_PAIRS = 16384,
	RP_LARGE_PAIRS = 4096, /* of these kept for large conversations */
	RP_HOSTS = 10,         /* shown, those with the most bytes */
};

struct rp_pairs {
	struct rp_map map;
	struct rp_map rest; /* hosts, with the traffic of pairs that were not kept */
	uint64_t lost_packets;
};

void rp_pairs_conn(struct rp_pairs *p, const struct ni_conn *c);
/** Count an IP packet that belongs to no connection. */
void rp_pairs_frame(struct rp_pairs *p, const struct ni_dis *d);
void rp_pairs_write(const struct rp_pairs *p, const struct rp_ctx *ctx);
/** Write who sent and received most, whoever the other end was. */
void rp_hosts_write(const struct rp_pairs *p, const struct rp_ctx *ctx);
void rp_pairs_free(struct rp_pairs *p);

/* ---- report_http.c; report_http_groups.c: many exchanges counted together ---- */

enum { RP_EXCHANGES = 20000, RP_HTTP_GROUPS = 1024 };

enum rp_http_group { RP_HTTP_HOST, RP_HTTP_STATUS, RP_HTTP_TYPE, RP_HTTP_NGROUPS };

struct rp_http {
	struct rp_list list;
	struct rp_top slowest;
	struct rp_map groups[RP_HTTP_NGROUPS];
	struct rp_texts texts;
	uint64_t total;
	uint64_t by_class[6]; /* [0]: no response */
	uint64_t bytes;
	uint64_t pipelined, chunked, gaps;
	struct rp_hist wait;
};

/** @patient: the capture ended while the response could still come, or it may have missed it. */
void rp_http_add(struct rp_http *h, const struct ni_http_exchange *x, struct rp_bad *bad,
		 bool patient);
void rp_http_write(const struct rp_http *h, const struct rp_conns *conns, const struct rp_ctx *ctx);
void rp_http_free(struct rp_http *h);

void rp_http_count(struct rp_http *h, const struct ni_http_exchange *x, int64_t wait_ns);
/** A table of the exchanges by host, status or type; nothing if all are of one. */
void rp_http_groups_write(const struct rp_http *h, enum rp_http_group by, const struct rp_ctx *ctx);
/** The host of all exchanges ("" if none was named), NULL if there are several. */
const char *rp_http_only_host(const struct rp_http *h);
void rp_http_groups_free(struct rp_http *h);

/* ---- report_dns.c ---- */

enum { RP_LOOKUPS = 5000 };

struct rp_dns {
	struct rp_list list;
	struct rp_top slowest;
	struct rp_texts texts;
	uint64_t total, failed, silent, repeats;
	struct rp_hist rtt;
};

void rp_dns_add(struct rp_dns *d, const struct ni_dns_lookup *l, struct rp_bad *bad, bool patient);
void rp_dns_write(const struct rp_dns *d, const struct rp_ctx *ctx);
void rp_dns_free(struct rp_dns *d);

/* ---- report_arp.c ---- */

enum { RP_ADDRESSES = 4096 };

struct rp_arp {
	struct rp_map map;
};

void rp_arp_add(struct rp_arp *a, const struct ni_arp_event *e, struct rp_bad *bad, bool patient);
void rp_arp_write(const struct rp_arp *a, const struct rp_ctx *ctx);
void rp_arp_free(struct rp_arp *a);

/* ---- report_icmp.c: errors and what they were about, echo; report_dhcp.c: leases ---- */

enum { RP_ICMP_ERRORS = 1024, RP_PINGS = 1024, RP_LEASES = 512 };

struct rp_icmp {
	struct rp_map errors, pings;
	uint64_t total; /* errors */
};

void rp_icmp_frame(struct rp_icmp *i, const struct ni_dis *d, struct rp_bad *bad);
/** Put pings that nobody answered into the list. */
void rp_icmp_end(const struct rp_icmp *i, struct rp_bad *bad, int64_t last_ns);
void rp_icmp_write(const struct rp_icmp *i, const struct rp_ctx *ctx);
void rp_icmp_free(struct rp_icmp *i);
/** Name an ICMP error; @code is version 6 << 16 | type << 8 | code. */
void rp_icmp_name(struct ni_buf *b, uint32_t code);

struct rp_dhcp {
	struct rp_map leases;
};

/** @patient: the capture ended while the answer could still come. */
void rp_dhcp_add(struct rp_dhcp *h, const struct ni_dhcp_exchange *x, struct rp_bad *bad,
		 bool patient);
void rp_dhcp_write(const struct rp_dhcp *h, const struct rp_ctx *ctx);
void rp_dhcp_free(struct rp_dhcp *h);

#endif
