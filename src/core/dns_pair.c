/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairing DNS queries and responses; see dns_pair.h. */
#include "dns_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "netinspect/proto.h"

enum {
	MAX_LOOKUPS = 4096,
	MAX_ALIKE = 8, /* with the same key; a flood of them replaces its own oldest */
	NIL = UINT32_MAX,
};

static const int64_t TIMEOUT_NS = 60LL * 1000000000;
/* Within this time the same query is a retransmission; later it is sent anew, as tshark sees it. */
static const int64_t REPEAT_NS = 5LL * 1000000000;

/* All zero where nothing is set, so that it can be hashed and compared as bytes. */
struct key {
	uint8_t client[16], server[16];
	uint16_t client_port, server_port;
	uint16_t id;
	uint8_t addr_len;
	uint8_t ipproto;
	uint32_t tag;
	uint32_t llmnr;
};

struct lookup {
	struct key key;
	uint64_t question; /* hash of its question */
	uint32_t bucket;
	uint32_t chain;        /* next in its bucket */
	uint32_t older, newer; /* by last use */
	uint64_t first_frame;  /* that asked */
	int64_t first_ns;
	uint64_t query_frame; /* the sending that responses and repeats are counted from */
	int64_t query_ns;
	uint64_t response_frame;
	int64_t last_ns;
	uint32_t repeats;
	uint16_t qtype, qclass, flags;
	struct ni_addr server; /* asked; the key has none where anybody may answer */
	uint8_t name_len;
	bool answered;
	bool has_question;
	uint8_t name[NI_DNS_NAME_MAX];
};

struct ni_dns_pairs {
	struct ni_dns_pairs_opts opts;
	uint32_t *buckets; /* opts.max of them */
	uint32_t oldest, newest;
	uint32_t free; /* chained by .chain */
	uint64_t evicted;
	struct ni_dns_pair pairs[NI_MAX_LAYERS]; /* of the frame taken in last */
	struct ni_dns_answer answers[NI_DNS_ANSWER_MAX];
	struct lookup lookups[];
};

struct ni_dns_pairs *
ni_dns_pairs_new(const struct ni_dns_pairs_opts *opts)
{
	struct ni_dns_pairs_opts o = opts ? *opts : (struct ni_dns_pairs_opts){0};
	if (!o.max)
		o.max = MAX_LOOKUPS;
	if (!o.timeout_ns)
		o.timeout_ns = TIMEOUT_NS;
	struct ni_dns_pairs *p = calloc(1, sizeof(*p) + (size_t)o.max * sizeof(p->lookups[0]));
	if (!p)
		return NULL;
	p->opts = o;
	p->oldest = p->newest = NIL;
	p->buckets = malloc(o.max * sizeof(p->buckets[0]));
	if (!p->buckets) {
		free(p);
		return NULL;
	}
	for (uint32_t i = 0; i < o.max; i++) {
		p->buckets[i] = NIL;
		p->lookups[i].chain = i + 1 < o.max ? i + 1 : NIL;
	}
	return p;
}

void
ni_dns_pairs_free(struct ni_dns_pairs **p)
{
	if (!*p)
		return;
	free((*p)->buckets);
	free(*p);
	*p = NULL;
}

uint64_t
ni_dns_pairs_evicted(const struct ni_dns_pairs *p)
{
	return p->evicted;
}

static void
unlink_use(struct ni_dns_pairs *p, struct lookup *e)
{
	if (e->older == NIL)
		p->oldest = e->newer;
	else
		p->lookups[e->older].newer = e->newer;
	if (e->newer == NIL)
		p->newest = e->older;
	else
		p->lookups[e->newer].older = e->older;
}

static void
link_newest(struct ni_dns_pairs *p, struct lookup *e)
{
	uint32_t i = (uint32_t)(e - p->lookups);
	e->older = p->newest;
	e->newer = NIL;
	if (p->newest == NIL)
		p->oldest = i;
	else
		p->lookups[p->newest].newer = i;
	p->newest = i;
}

static void
touch(struct ni_dns_pairs *p, struct lookup *e, int64_t now_ns)
{
	unlink_use(p, e);
	link_newest(p, e);
	e->last_ns = now_ns;
}

static void
set_addr(struct ni_addr *out, const uint8_t *p, uint8_t n)
{
	*out = (struct ni_addr){.len = n};
	memcpy(out->b, p, n);
}

/* Fill in what is known from the query. */
static void
describe(struct ni_dns_lookup *l, const struct lookup *e)
{
	*l = (struct ni_dns_lookup){
	    .ipproto = e->key.ipproto,
	    .proto = e->key.llmnr ? "llmnr" : "dns",
	    .server = e->server,
	    .client_port = e->key.client_port,
	    .server_port = e->key.server_port,
	    .id = e->key.id,
	    .qtype = e->qtype,
	    .qclass = e->qclass,
	    .flags = e->flags,
	    .query_frame = e->first_frame,
	    .query_ns = e->first_ns,
	    .rtt_ns = -1,
	    .repeats = e->repeats,
	};
	set_addr(&l->client, e->key.client, e->key.addr_len);
	if (!e->has_question)
		return;
	ni_dns_type_name(l->type_name, e->qtype);
	memcpy(l->query, e->name, e->name_len);
	if (!e->name_len)
		l->query[0] = '.';
}

static void
tell_unanswered(struct ni_dns_pairs *p, const struct lookup *e, enum ni_dns_outcome why)
{
	struct ni_dns_lookup l;
	if (e->answered || !p->opts.done)
		return;
	describe(&l, e);
	l.outcome = (uint8_t)why;
	p->opts.done(p->opts.ctx, &l);
}

static void
drop(struct ni_dns_pairs *p, struct lookup *e)
{
	uint32_t i = (uint32_t)(e - p->lookups);
	uint32_t *at = &p->buckets[e->bucket];
	while (*at != i)
		at = &p->lookups[*at].chain;
	*at = e->chain;
	unlink_use(p, e);
	e->chain = p->free;
	p->free = i;
}

static void
evict(struct ni_dns_pairs *p, struct lookup *e)
{
	p->evicted += !e->answered;
	tell_unanswered(p, e, NI_DNS_EVICTED);
	drop(p, e);
}

void
ni_dns_pairs_tick(struct ni_dns_pairs *p, int64_t now_ns)
{
	while (p->oldest != NIL) {
		struct lookup *e = &p->lookups[p->oldest];
		if (now_ns - e->last_ns <= p->opts.timeout_ns)
			return;
		tell_unanswered(p, e, NI_DNS_TIMED_OUT);
		drop(p, e);
	}
}

void
ni_dns_pairs_end(struct ni_dns_pairs *p)
{
	while (p->oldest != NIL) {
		struct lookup *e = &p->lookups[p->oldest];
		tell_unanswered(p, e, NI_DNS_ENDED);
		drop(p, e);
	}
}

/* Names are the same whatever their case (RFC 1035 2.3.3); resolvers play with it (0x20). */
static uint64_t
question_hash(const struct ni_dns_pairs *p, const struct ni_dns_brief *b)
{
	uint8_t text[NI_DNS_NAME_MAX + 4];
	for (unsigned i = 0; i < b->name_len; i++)
		text[i] = b->name[i] >= 'A' && b->name[i] <= 'Z' ? b->name[i] | 0x20 : b->name[i];
	memcpy(text + b->name_len, &b->qtype, 2);
	memcpy(text + b->name_len + 2, &b->qclass, 2);
	return XXH3_64bits_withSeed(text, b->name_len + 4U, p->opts.seed);
}

static bool
key_of(const struct ni_dis *d, bool llmnr, const struct ni_dns_brief *b, struct key *k)
{
	unsigned from = b->response; /* index of the client's port and address */
	const uint8_t *addr[2] = {d->net.src, d->net.dst};
	memset(k, 0, sizeof(*k));
	k->addr_len = d->net.kind == NI_ADDR_IP4 ? 4 : d->net.kind == NI_ADDR_IP6 ? 16 : 0;
	if (!k->addr_len)
		return false;
	memcpy(k->client, addr[from], k->addr_len);
	/* LLMNR asks a group, and a member answers with its own address. */
	if (!llmnr)
		memcpy(k->server, addr[!from], k->addr_len);
	k->client_port = d->port[from];
	k->server_port = d->port[!from];
	k->id = b->id;
	k->ipproto = d->ipproto;
	k->tag = d->flow_tag;
	k->llmnr = llmnr;
	return true;
}

static uint32_t
bucket_of(const struct ni_dns_pairs *p, const struct key *k)
{
	return (uint32_t)(XXH3_64bits_withSeed(k, sizeof(*k), p->opts.seed) % p->opts.max);
}

/* Which of the lookups with the same key is meant. */
struct match {
	struct lookup *latest; /* with this question */
	struct lookup *oldest; /* of all alike */
	unsigned alike;
};

static struct match
find(struct ni_dns_pairs *p, const struct key *k, uint32_t bucket, const struct ni_dns_brief *b)
{
	struct match m = {0};
	uint64_t question = question_hash(p, b);
	for (uint32_t i = p->buckets[bucket]; i != NIL; i = p->lookups[i].chain) {
		struct lookup *e = &p->lookups[i];
		if (memcmp(&e->key, k, sizeof(*k)) != 0)
			continue;
		m.alike++;
		if (!m.oldest || e->first_frame < m.oldest->first_frame)
			m.oldest = e;
		/* An error may come without its question. */
		if (e->question != question && (b->question || !b->response))
			continue;
		if (!m.latest || e->first_frame > m.latest->first_frame)
			m.latest = e;
	}
	return m;
}

/* The same query while the first waits: one lookup. */
static void
ask_again(struct ni_dns_pairs *p, struct lookup *e, const struct ni_dis *d, struct ni_dns_pair *out)
{
	int64_t now = d->frame->ts_ns;
	e->repeats++;
	touch(p, e, now);
	if (now - e->query_ns < REPEAT_NS) {
		out->retransmission = true;
		out->query_frame = e->query_frame;
	} else {
		e->query_frame = d->frame->number;
		e->query_ns = now;
	}
}

static void
take_query(struct ni_dns_pairs *p, const struct ni_dis *d, const struct key *k,
	   const struct ni_dns_brief *b, struct ni_dns_pair *out)
{
	uint32_t bucket = bucket_of(p, k);
	int64_t now = d->frame->ts_ns;
	struct match m = find(p, k, bucket, b);
	if (m.latest && !m.latest->answered) {
		ask_again(p, m.latest, d, out);
		return;
	}
	if (m.alike >= MAX_ALIKE)
		evict(p, m.oldest);
	else if (p->free == NIL)
		evict(p, &p->lookups[p->oldest]);
	uint32_t i = p->free;
	struct lookup *e = &p->lookups[i];
	p->free = e->chain;
	*e = (struct lookup){
	    .key = *k,
	    .question = question_hash(p, b),
	    .bucket = bucket,
	    .chain = p->buckets[bucket],
	    .first_frame = d->frame->number,
	    .first_ns = now,
	    .query_frame = d->frame->number,
	    .query_ns = now,
	    .last_ns = now,
	    .qtype = b->qtype,
	    .qclass = b->qclass,
	    .flags = b->flags,
	    .name_len = b->name_len,
	    .has_question = b->question,
	};
	memcpy(e->name, b->name, b->name_len);
	set_addr(&e->server, d->net.dst, k->addr_len);
	p->buckets[bucket] = i;
	link_newest(p, e);
}

static void
tell_answer(struct ni_dns_pairs *p, const struct ni_dis *d, const struct ni_layer *layer,
	    const struct lookup *e, const struct ni_dns_brief *b)
{
	struct ni_dns_lookup l;
	const char *rcode = ni_dns_rcode_name(b->rcode);
	if (!p->opts.done)
		return;
	describe(&l, e);
	l.outcome = NI_DNS_ANSWERED;
	l.flags = b->flags;
	l.rcode = b->rcode;
	if (rcode)
		snprintf(l.rcode_name, sizeof(l.rcode_name), "%s", rcode);
	else
		snprintf(l.rcode_name, sizeof(l.rcode_name), "Error %u", b->rcode);
	set_addr(&l.server, d->net.src, e->key.addr_len);
	l.response_frame = d->frame->number;
	l.rtt_ns = d->frame->ts_ns - e->first_ns;
	l.answers_total = b->answers;
	l.nanswers = ni_dns_answers(d, layer, p->answers, NI_DNS_ANSWER_MAX);
	l.answers = p->answers;
	p->opts.done(p->opts.ctx, &l);
}

static void
take_response(struct ni_dns_pairs *p, const struct ni_dis *d, const struct key *k,
	      const struct ni_dns_brief *b, struct ni_dns_pair *out)
{
	struct lookup *e = find(p, k, bucket_of(p, k), b).latest;
	if (!e) {
		out->unsolicited = true;
		return;
	}
	out->query_frame = e->query_frame;
	out->retransmission = e->answered;
	out->response_frame = e->response_frame;
	touch(p, e, d->frame->ts_ns);
	if (e->answered)
		return;
	out->rtt_ns = d->frame->ts_ns - e->query_ns;
	e->answered = true;
	e->response_frame = d->frame->number;
	tell_answer(p, d, &d->layers[out->layer], e, b);
}

/* Returns whether the message of layer @i takes part in pairing. */
static bool
take(struct ni_dns_pairs *p, const struct ni_dis *d, uint8_t i, struct ni_dns_pair *out)
{
	const struct ni_layer *l = &d->layers[i];
	struct ni_dns_brief b;
	struct key k;
	if (l->flags & NI_L_QUOTED || !ni_is_dns(d, l))
		return false;
	const char *proto = ni_layer_proto(d, l)->key;
	if (!strcmp(proto, "mdns") || !ni_dns_brief(d, l, &b) ||
	    !key_of(d, !strcmp(proto, "llmnr"), &b, &k))
		return false;
	*out = (struct ni_dns_pair){.layer = i, .response = b.response, .rtt_ns = -1};
	if (b.response)
		take_response(p, d, &k, &b, out);
	else
		take_query(p, d, &k, &b, out);
	return true;
}

void
ni_dns_pairs_frame(struct ni_dns_pairs *p, struct ni_dis *d)
{
	const struct ni_dns_pair **last = &d->dns;
	unsigned n = 0;
	ni_dns_pairs_tick(p, d->frame->ts_ns);
	d->dns = NULL;
	for (uint8_t i = 0; i < d->nlayers; i++) {
		if (!take(p, d, i, &p->pairs[n]))
			continue;
		*last = &p->pairs[n];
		last = &p->pairs[n++].next;
	}
}
