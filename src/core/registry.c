/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registry: every protocol compiled in, its number, and the tables by which a parent finds its
 * child. Built once, read-only afterwards but for decode-as.
 */
#include <stdlib.h>
#include <string.h>

#include "netinspect/proto.h"

/* Made by the build from the list of files in Makefile.am: PROTO(eth) PROTO(arp) … */
#define PROTO(name) extern const struct ni_proto *const ni_protos_##name[];
#include "protos.def"
#undef PROTO

static const struct ni_proto *const *const all[] = {
#define PROTO(name) ni_protos_##name,
#include "protos.def"
#undef PROTO
};

enum { MAX_PROTOS = 255, KEYS = 65536 };

struct ni_registry {
	const struct ni_proto *protos[MAX_PROTOS + 1]; /* from 1; 0 means none */
	unsigned count;
	uint8_t *table[NI_NTABLES];  /* key -> protocol number */
	uint8_t *forced[NI_NTABLES]; /* one bit a key; NULL until something is */
};

const char *
ni_table_name(unsigned table)
{
	static const char *const names[NI_NTABLES] = {
	    [NI_BY_LINKTYPE] = "wtap_encap", [NI_BY_ETHERTYPE] = "ethertype",
	    [NI_BY_LLC] = "llc.dsap",        [NI_BY_PPP] = "ppp.protocol",
	    [NI_BY_IPPROTO] = "ip.proto",    [NI_BY_UDP_PORT] = "udp.port",
	    [NI_BY_TCP_PORT] = "tcp.port",
	};
	return table < NI_NTABLES ? names[table] : "?";
}

static bool
add(struct ni_registry *r, const struct ni_proto *p)
{
	if (r->count == MAX_PROTOS)
		return false;
	r->protos[++r->count] = p;
	for (const struct ni_bind *b = p->binds; b && b->table < NI_NTABLES; b++)
		r->table[b->table][b->key] = (uint8_t)r->count;
	return true;
}

struct ni_registry *
ni_registry_new(void)
{
	struct ni_registry *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	for (unsigned t = 0; t < NI_NTABLES; t++) {
		r->table[t] = calloc(KEYS, 1);
		if (!r->table[t])
			goto fail;
	}
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		for (const struct ni_proto *const *p = all[i]; *p; p++)
			if (!add(r, *p))
				goto fail;
	return r;
fail:
	ni_registry_free(&r);
	return NULL;
}

void
ni_registry_free(struct ni_registry **r)
{
	if (!*r)
		return;
	for (unsigned t = 0; t < NI_NTABLES; t++) {
		free((*r)->table[t]);
		free((*r)->forced[t]);
	}
	free(*r);
	*r = NULL;
}

uint8_t
ni_proto_number(const struct ni_registry *r, const struct ni_proto *proto)
{
	for (unsigned i = 1; i <= r->count; i++)
		if (r->protos[i] == proto)
			return (uint8_t)i;
	return 0;
}

bool
ni_registry_bind(struct ni_registry *r, enum ni_table table, uint16_t key,
		 const struct ni_proto *proto)
{
	if (!r->forced[table])
		r->forced[table] = calloc(KEYS / 8, 1);
	if (!r->forced[table])
		return false;
	r->table[table][key] = proto ? ni_proto_number(r, proto) : 0;
	r->forced[table][key / 8] |= (uint8_t)(1 << key % 8);
	return true;
}

bool
ni_registry_forced(const struct ni_registry *r, enum ni_table table, uint16_t key)
{
	return r->forced[table] && r->forced[table][key / 8] >> key % 8 & 1;
}

uint8_t
ni_lookup_number(const struct ni_registry *r, enum ni_table table, uint16_t key)
{
	return r->table[table][key];
}

const struct ni_proto *
ni_lookup(const struct ni_registry *r, enum ni_table table, uint16_t key)
{
	return r->protos[r->table[table][key]];
}

unsigned
ni_registry_count(const struct ni_registry *r)
{
	return r->count;
}

const struct ni_proto *
ni_registry_proto(const struct ni_registry *r, unsigned id)
{
	return id <= r->count ? r->protos[id] : NULL;
}

const struct ni_proto *
ni_registry_find(const struct ni_registry *r, const char *key)
{
	for (unsigned i = 1; i <= r->count; i++)
		if (!strcmp(r->protos[i]->key, key))
			return r->protos[i];
	return NULL;
}
