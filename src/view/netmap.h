/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is there: addresses and their MACs, names that were asked for, and who forwards; bounded. */
#ifndef NI_NETMAP_H
#define NI_NETMAP_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "netinspect/arp.h"
#include "netinspect/conn.h"
#include "report_mem.h"

enum { NI_NETMAP_HOSTS = 4096, NI_NETMAP_NAMES = 16384, NI_NETMAP_NAME = 96 };

/* An address and a MAC that has it, as ARP or neighbour discovery told. */
struct ni_netmap_host {
	struct rp_node node;
	struct ni_addr ip; /* the key, with */
	uint8_t mac[6];    /* zero: nobody answered */
	uint8_t kinds;     /* 1 << enum ni_arp_kind */
	bool router;       /* DHCP says so */
	bool superseded;   /* nobody answered, but there is a row with a MAC */
	uint64_t packet;   /* the last one that told */
	uint64_t asked;
	int64_t first_ns, last_ns;
};

/* A MAC from or to which packets of other hosts go: enough of them, and it is a gateway. */
enum { NI_NETMAP_BEHIND = 4 };
struct ni_netmap_mac {
	struct rp_node node;
	uint8_t mac[6]; /* the key */
	uint8_t zero[2];
	struct ni_addr behind[NI_NETMAP_BEHIND]; /* the first addresses seen behind it */
	uint32_t addresses;                      /* that were unlike these, counted each time */
	uint8_t nbehind;
};

/* A name and a type that were asked for. */
struct ni_netmap_name {
	struct rp_node node;
	char name[NI_NETMAP_NAME]; /* the key, with: as sent, cut, NUL-padded */
	uint16_t qtype;
	uint8_t zero[6];
	char type[16];
	uint64_t lookups, answered;
	uint64_t packet; /* the last query */
	int64_t last_ns, rtt_ns;
	char rcode[24];  /* of the last answer, "" for none */
	char answer[64]; /* its last record, as sent */
};

struct ni_netmap {
	struct rp_map hosts, macs, names;
};

struct ni_model_table ni_netmap_table(struct ni_netmap *t);

const struct ni_netmap_host *ni_netmap_host(const struct ni_netmap *t, uint64_t i);
const struct ni_netmap_name *ni_netmap_name(const struct ni_netmap *t, uint64_t i);
const struct ni_netmap_mac *ni_netmap_mac(const struct ni_netmap *t, uint64_t i);

/** Whether the owner of @mac seems to forward packets of others: how many addresses are known
 * behind it that it does not claim itself; 0: it does not. */
unsigned ni_netmap_behind(const struct ni_netmap *t, const uint8_t mac[6]);
/** The same of a row. */
unsigned ni_netmap_mac_behind(const struct ni_netmap *t, const struct ni_netmap_mac *m);

#endif
