/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -d KEY==N[-M],PROTOCOL; see decode_as.h. */
#include "decode_as.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/lookup.h"
#include "netinspect/proto.h"

/* The table that a rule's key names; NI_NTABLES if none. */
static enum ni_table
find_table(const char *rule, size_t n)
{
	for (unsigned t = NI_BY_ETHERTYPE; t < NI_NTABLES; t++)
		if (strlen(ni_table_name(t)) == n && !strncmp(ni_table_name(t), rule, n))
			return (enum ni_table)t;
	return NI_NTABLES;
}

/* "8000" or "8000-8010", decimal or 0x hexadecimal, up to the comma. */
static const char *
parse_range(const char *p, unsigned long *from, unsigned long *to)
{
	char *end = NULL;
	if (*p < '0' || *p > '9')
		return NULL;
	*from = *to = strtoul(p, &end, 0);
	if (*end == '-') {
		p = end + 1;
		if (*p < '0' || *p > '9')
			return NULL;
		*to = strtoul(p, &end, 0);
	}
	return *end == ',' && *from <= *to && *to <= UINT16_MAX ? end + 1 : NULL;
}

static int
unknown_protocol(const struct ni_registry *reg, char option, const char *arg, const char *name,
		 struct ni_err *err)
{
	const char *best = NULL;
	unsigned near = 4;
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		unsigned d = ni_word_distance(ni_registry_proto(reg, id)->key, name);
		if (d < near) {
			near = d;
			best = ni_registry_proto(reg, id)->key;
		}
	}
	ni_fail(err, NI_ERR_INPUT, _("-%c %s: no protocol '%s'"), option, arg, name);
	if (best)
		ni_hint(err, _("did you mean %s?"), best);
	else
		ni_hint(err, _("'netinspect -G protocols' lists them"));
	return NI_ERR_INPUT;
}

int
ni_decode_as(struct ni_registry *reg, const char *rule, struct ni_err *err)
{
	size_t n = strcspn(rule, "=");
	enum ni_table table = find_table(rule, n);
	unsigned long from = 0;
	unsigned long to = 0;
	const char *name = NULL;
	if (table != NI_NTABLES && !strncmp(rule + n, "==", 2))
		name = parse_range(rule + n + 2, &from, &to);
	if (!name) {
		ni_fail(err, NI_ERR_INPUT, _("-d %s: not of the form KEY==N,PROTOCOL"), rule);
		ni_hint(err, _("KEY is tcp.port, udp.port, ip.proto, ethertype, llc.dsap or "
			       "ppp.protocol, N a "
			       "number or a range: -d tcp.port==8000-8010,http"));
		return NI_ERR_INPUT;
	}
	const struct ni_proto *p = ni_registry_find(reg, name);
	if (!p)
		return unknown_protocol(reg, 'd', rule, name, err);
	for (unsigned long k = from; k <= to; k++)
		if (!ni_registry_bind(reg, table, (uint16_t)k, p))
			return ni_fail(err, NI_ERR_RUN, _("-d %s: no memory"), rule);
	return NI_SUCCESS;
}

int
ni_check_protocols(const struct ni_registry *reg, const char *const *names, struct ni_err *err)
{
	for (; *names; names++)
		if (!ni_registry_find(reg, *names))
			return unknown_protocol(reg, 'O', *names, *names, err);
	return NI_SUCCESS;
}
