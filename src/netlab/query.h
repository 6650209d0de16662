/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS messages: a query made, a response shown. */
#ifndef NI_NETLAB_QUERY_H
#define NI_NETLAB_QUERY_H

#include <stdio.h>

#include "look.h"
#include "packet.h"

struct nl_query {
	const char *name; /* as typed */
	uint16_t id, type;
	uint16_t edns; /* bytes that we take over UDP; 0: say nothing of it */
	bool recursion;
};

/** Find the record type @name ("mx", "TYPE65300"). 0 if there is none. */
uint16_t nl_query_type(const char *name);

/** Make the message. An IPv4 address as the name of a PTR query stands for its name in
 * in-addr.arpa. Fails with NI_ERR_INPUT for what cannot be a name. */
int nl_query_make(struct nl_packet *k, const struct nl_query *q, struct ni_err *err);

/** Whether the message of @n bytes at @p is a response to @k; else *@why says why not. */
bool nl_query_answered(struct nl_look *look, const struct nl_packet *k, const uint8_t *p,
		       uint32_t n, const char **why);

/** Print a message, a line a record. Returns its response code, or -1 for what is no message. */
int nl_query_show(struct nl_look *look, FILE *f, const uint8_t *p, uint32_t n);

#endif
