/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP requests that wait for their answer; see pings.h. */
#include "pings.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

enum { SLOTS = 4096 };

struct slot {
	uint64_t hash;  /* of the whole key; stands for it */
	uint64_t frame; /* 0: free */
	int64_t ts_ns;
};

struct ni_pings {
	uint64_t seed;
	uint64_t answer, request; /* the latest answer and what it answers */
	int64_t rtt_ns;
	struct slot slots[SLOTS];
};

struct ni_pings *
ni_pings_new(uint64_t seed)
{
	struct ni_pings *p = calloc(1, sizeof(*p));
	if (p)
		p->seed = seed;
	return p;
}

void
ni_pings_free(struct ni_pings **p)
{
	free(*p);
	*p = NULL;
}

static uint64_t
key_hash(const struct ni_pings *p, const struct ni_ping_key *k)
{
	uint8_t b[16 + 16 + 10] = {0};
	memcpy(b, k->asker, k->addr_len);
	memcpy(b + 16, k->asked, k->addr_len);
	memcpy(b + 32, &k->ident, 2);
	memcpy(b + 34, &k->seq, 2);
	memcpy(b + 36, &k->tag, 4);
	b[40] = k->addr_len;
	b[41] = k->kind;
	return XXH3_64bits_withSeed(b, sizeof(b), p->seed);
}

void
ni_ping_request(struct ni_pings *p, const struct ni_ping_key *k, uint64_t frame, int64_t ts_ns)
{
	uint64_t h = key_hash(p, k);
	p->slots[h % SLOTS] = (struct slot){h, frame, ts_ns};
}

void
ni_ping_reply(struct ni_pings *p, const struct ni_ping_key *k, uint64_t frame, int64_t ts_ns)
{
	uint64_t h = key_hash(p, k);
	const struct slot *s = &p->slots[h % SLOTS];
	p->answer = 0;
	if (!s->frame || s->hash != h)
		return;
	p->answer = frame;
	p->request = s->frame;
	p->rtt_ns = (int64_t)((uint64_t)ts_ns - (uint64_t)s->ts_ns);
}

bool
ni_ping_answered(const struct ni_pings *p, uint64_t frame, uint64_t *request, int64_t *rtt_ns)
{
	if (p->answer != frame || !frame)
		return false;
	*request = p->request;
	*rtt_ns = p->rtt_ns;
	return true;
}
