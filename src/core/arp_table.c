/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions for addresses and claims to them; see arp_table.h. */
#define XXH_INLINE_ALL
#include "arp_table.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "netinspect/proto.h"

enum {
	DEFAULT_MAX = 4096,
	NONE = UINT16_MAX,
	KEY = 40,
	ARP_LEN = 28,
	ICMP6 = 58,
	SOLICITATION = 135, /* RFC 4861 section 4.3 */
	ADVERTISEMENT = 136,
	SOURCE_MAC = 1, /* options, section 4.6.1 */
	TARGET_MAC = 2,
};

/* Linux asks three times, a second apart, and then gives up. */
static const int64_t patience_ns = 3000000000;

/* An entry is a claim (somebody has the address) or a question (somebody asks for it). */
enum kind { CLAIM, QUESTION, NKINDS };

struct entry {
	uint8_t key[KEY]; /* kind, address length, 0, 0, tag (4), address (16), asker (16) */
	uint8_t mac[6];   /* claim: who has it; question: who asks */
	bool probe;       /* the asker wants it for itself: no answer is good news */
	bool answered;    /* kept for a while, for further answers */
	bool alone;       /* question: asked by unicast */
	bool known;       /* question: about what somebody had claimed */
	uint32_t tries;
	uint64_t frame; /* of the first question */
	int64_t first_ns, last_ns;
	uint32_t hash;
	uint16_t chain; /* next with the same bucket; or next free */
	uint16_t older, newer;
};

struct list {
	uint16_t oldest, newest;
	uint32_t count;
};

struct ni_arp_table {
	struct ni_arp_table_opts o;
	struct entry *entries; /* 2 * max: touched only as used */
	uint16_t *buckets;
	uint32_t mask;
	uint32_t made;
	uint16_t free;
	uint8_t arp; /* number of the protocol */
	struct list lists[NKINDS];
	uint64_t frame; /* being taken in; 0: none */
	int64_t now_ns;
	bool conflict; /* the message being taken in claims what another MAC had claimed */
	bool told;     /* somebody who has seen more says of every message … */
	bool expected; /* … whether it does that */
};

/* One message, whichever protocol it came in. */
struct message {
	uint8_t len;           /* of addresses */
	const uint8_t *ip;     /* asked for, or claimed */
	const uint8_t *asker;  /* NULL: nobody with an address of his own */
	const uint8_t *mac;    /* of who sent it; for a reply: of who has it */
	const uint8_t *sender; /* address that a question claims by the way; NULL: none */
	bool question;
	bool unasked; /* a claim that does not answer anybody */
};

struct ni_arp_table *
ni_arp_table_new(const struct ni_arp_table_opts *o)
{
	struct ni_arp_table *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->o = *o;
	if (!t->o.max || t->o.max > NONE / 2)
		t->o.max = DEFAULT_MAX;
	t->mask = 1;
	while (t->mask < 2 * t->o.max)
		t->mask *= 2;
	t->entries = calloc(2 * (size_t)t->o.max, sizeof(*t->entries));
	t->buckets = malloc(t->mask * sizeof(*t->buckets));
	if (!t->entries || !t->buckets) {
		ni_arp_table_free(&t);
		return NULL;
	}
	for (uint32_t i = 0; i < t->mask; i++)
		t->buckets[i] = NONE;
	t->mask--;
	t->free = NONE;
	for (unsigned i = 0; i < NKINDS; i++)
		t->lists[i] = (struct list){NONE, NONE, 0};
	t->arp = ni_proto_number(o->reg, ni_registry_find(o->reg, "arp"));
	return t;
}

void
ni_arp_table_free(struct ni_arp_table **t)
{
	if (!*t)
		return;
	free((*t)->entries);
	free((*t)->buckets);
	free(*t);
	*t = NULL;
}

/* ---- the table ---- */

static void
unlink_entry(struct ni_arp_table *t, uint16_t i)
{
	struct entry *e = &t->entries[i];
	struct list *l = &t->lists[e->key[0]];
	if (e->older == NONE)
		l->oldest = e->newer;
	else
		t->entries[e->older].newer = e->newer;
	if (e->newer == NONE)
		l->newest = e->older;
	else
		t->entries[e->newer].older = e->older;
	l->count--;
}

static void
link_entry(struct ni_arp_table *t, uint16_t i)
{
	struct entry *e = &t->entries[i];
	struct list *l = &t->lists[e->key[0]];
	e->newer = NONE;
	e->older = l->newest;
	if (l->newest == NONE)
		l->oldest = i;
	else
		t->entries[l->newest].newer = i;
	l->newest = i;
	l->count++;
}

static void
remove_entry(struct ni_arp_table *t, uint16_t i)
{
	struct entry *e = &t->entries[i];
	uint16_t *at = &t->buckets[e->hash & t->mask];
	while (*at != i)
		at = &t->entries[*at].chain;
	*at = e->chain;
	unlink_entry(t, i);
	e->chain = t->free;
	t->free = i;
}

static void
make_key(uint8_t key[KEY], enum kind kind, const struct ni_dis *d, const struct message *m,
	 const uint8_t *ip)
{
	memset(key, 0, KEY);
	key[0] = (uint8_t)kind;
	key[1] = m->len;
	memcpy(key + 4, &d->flow_tag, sizeof(d->flow_tag));
	memcpy(key + 8, ip, m->len);
	if (kind == QUESTION && m->asker)
		memcpy(key + 24, m->asker, m->len);
}

static struct entry *
find(struct ni_arp_table *t, const uint8_t key[KEY])
{
	uint32_t hash = (uint32_t)XXH3_64bits_withSeed(key, KEY, t->o.seed);
	for (uint16_t i = t->buckets[hash & t->mask]; i != NONE; i = t->entries[i].chain)
		if (t->entries[i].hash == hash && !memcmp(t->entries[i].key, key, KEY))
			return &t->entries[i];
	return NULL;
}

static void expire(struct ni_arp_table *t, uint16_t i);

/* The entry with @key, made if need be, as the newest of its kind. */
static struct entry *
get(struct ni_arp_table *t, const uint8_t key[KEY], bool *fresh)
{
	struct entry *e = find(t, key);
	*fresh = !e;
	if (e) {
		unlink_entry(t, (uint16_t)(e - t->entries));
		link_entry(t, (uint16_t)(e - t->entries));
		return e;
	}
	if (t->lists[key[0]].count == t->o.max)
		expire(t, t->lists[key[0]].oldest);
	uint16_t i = t->free != NONE ? t->free : (uint16_t)t->made++;
	e = &t->entries[i];
	if (i == t->free)
		t->free = e->chain;
	*e = (struct entry){.hash = (uint32_t)XXH3_64bits_withSeed(key, KEY, t->o.seed)};
	memcpy(e->key, key, KEY);
	e->chain = t->buckets[e->hash & t->mask];
	t->buckets[e->hash & t->mask] = i;
	link_entry(t, i);
	return e;
}

/* ---- telling ---- */

static struct ni_addr
address(const uint8_t *p, uint8_t len)
{
	struct ni_addr a = {.len = len};
	memcpy(a.b, p, len);
	return a;
}

static void
tell(const struct ni_arp_table *t, const struct ni_arp_event *arp)
{
	struct ni_event e = {.kind = NI_EV_ARP, .frame = t->frame, .ts_ns = t->now_ns};
	e.arp = arp;
	if (t->o.tell)
		t->o.tell(t->o.ctx, &e);
}

static struct ni_arp_event
about_question(enum ni_arp_kind kind, const struct entry *e)
{
	static const uint8_t nobody[16];
	struct ni_arp_event arp = {
	    .kind = (uint8_t)kind,
	    .ip = address(e->key + 8, e->key[1]),
	    .tries = e->tries,
	    .alone = e->alone,
	    .known = e->known,
	    .request_frame = e->frame,
	    .request_ns = e->first_ns,
	    .rtt_ns = -1,
	};
	if (memcmp(e->key + 24, nobody, e->key[1]) != 0)
		arp.asker = address(e->key + 24, e->key[1]);
	memcpy(arp.other_mac, e->mac, sizeof(arp.other_mac));
	return arp;
}

/* Forget an entry; a question that nobody answered is told of. */
static void
expire(struct ni_arp_table *t, uint16_t i)
{
	const struct entry *e = &t->entries[i];
	if (e->key[0] == QUESTION && !e->answered && !e->probe) {
		struct ni_arp_event arp = about_question(NI_ARP_UNANSWERED, e);
		tell(t, &arp);
	}
	remove_entry(t, i);
}

/* ---- messages ---- */

/* @m's sender says that @ip is at its MAC. */
static void
claim(struct ni_arp_table *t, const struct ni_dis *d, const struct message *m, const uint8_t *ip)
{
	uint8_t key[KEY];
	bool fresh;
	make_key(key, CLAIM, d, m, ip);
	struct entry *e = get(t, key, &fresh);
	e->last_ns = t->now_ns;
	if (!fresh && memcmp(e->mac, m->mac, sizeof(e->mac)) != 0) {
		struct ni_arp_event arp = {
		    .kind = NI_ARP_CONFLICT,
		    .ip = address(ip, m->len),
		    .reply_frame = t->frame,
		    .request_ns = -1,
		    .rtt_ns = -1,
		};
		memcpy(arp.mac, m->mac, sizeof(arp.mac));
		memcpy(arp.other_mac, e->mac, sizeof(arp.other_mac));
		tell(t, &arp);
		t->conflict = true;
	}
	memcpy(e->mac, m->mac, sizeof(e->mac));
}

static void
ask(struct ni_arp_table *t, const struct ni_dis *d, const struct message *m)
{
	uint8_t key[KEY];
	bool fresh;
	if (m->sender)
		claim(t, d, m, m->sender);
	make_key(key, CLAIM, d, m, m->ip);
	bool known = find(t, key) != NULL;
	make_key(key, QUESTION, d, m, m->ip);
	struct entry *e = get(t, key, &fresh);
	if (fresh || e->answered) {
		e->tries = 0;
		e->answered = false;
		e->frame = t->frame;
		e->first_ns = t->now_ns;
		e->known = known;
		e->alone = d->link.kind == NI_ADDR_ETHER && d->link.dst && !(d->link.dst[0] & 1);
	}
	e->tries++;
	e->last_ns = t->now_ns;
	e->probe = !m->asker;
	memcpy(e->mac, m->mac, sizeof(e->mac));
	if (e->probe) {
		struct ni_arp_event arp = about_question(NI_ARP_PROBE, e);
		arp.tries = 1;
		arp.request_frame = t->frame;
		arp.request_ns = t->now_ns;
		tell(t, &arp);
	}
}

static void
answer(struct ni_arp_table *t, const struct ni_dis *d, const struct message *m)
{
	uint8_t key[KEY];
	make_key(key, QUESTION, d, m, m->ip);
	struct entry *e = m->unasked ? NULL : find(t, key);
	struct ni_arp_event arp = {
	    .kind = NI_ARP_GRATUITOUS,
	    .ip = address(m->ip, m->len),
	    .request_ns = -1,
	    .rtt_ns = -1,
	};
	if (e) {
		arp = about_question(NI_ARP_ANSWERED, e);
		arp.rtt_ns = t->now_ns - e->first_ns;
	}
	arp.reply_frame = t->frame;
	memcpy(arp.mac, m->mac, sizeof(arp.mac));
	/* A second answer is news only if it says something else, which claim() notices. */
	if (!e || !e->answered)
		tell(t, &arp);
	if (e)
		e->answered = true;
	claim(t, d, m, m->ip);
}

static bool
is_zero(const uint8_t *p, unsigned n)
{
	while (n && !*p)
		p++, n--;
	return !n;
}

/* RFC 826: what is asked for is the target, who asks is the sender. */
static bool
read_arp(const struct ni_dis *d, const struct ni_layer *l, struct message *m)
{
	struct ni_span s = ni_layer_span(d, l);
	if (l->rc != NI_OK || s.cap < ARP_LEN || (ni_be16(s.p) != 1 && ni_be16(s.p) != 6) ||
	    ni_be16(s.p + 2) != 0x0800 || s.p[4] != 6 || s.p[5] != 4)
		return false;
	const uint8_t *sha = s.p + 8;
	const uint8_t *spa = s.p + 14;
	const uint8_t *tpa = s.p + 24;
	unsigned op = ni_be16(s.p + 6);
	bool same = !memcmp(spa, tpa, 4);
	*m = (struct message){.len = 4, .mac = sha};
	if ((op != 1 && op != 2) || (is_zero(spa, 4) && (op == 2 || is_zero(tpa, 4))))
		return false;
	m->question = op == 1 && !same;
	if (m->question) {
		m->ip = tpa;
		m->asker = is_zero(spa, 4) ? NULL : spa;
		m->sender = m->asker;
		return true;
	}
	m->ip = spa;
	m->unasked = same; /* RFC 5227 section 3 */
	m->asker = is_zero(tpa, 4) ? NULL : tpa;
	return true;
}

/* The MAC in option @type of a neighbour discovery message, else that of the frame. NULL: none. */
static const uint8_t *
nd_mac(const struct ni_dis *d, struct ni_span options, uint8_t type)
{
	struct ni_cur c = ni_cur(options);
	while (ni_more(&c)) {
		const uint8_t *head = ni_take(&c, 2);
		if (!head || !head[1])
			break;
		const uint8_t *body = ni_take(&c, head[1] * 8U - 2);
		if (body && head[0] == type && head[1] == 1)
			return body;
	}
	return d->link.kind == NI_ADDR_ETHER ? d->link.src : NULL;
}

static bool
read_nd(const struct ni_dis *d, const struct ni_layer *l, struct message *m)
{
	struct ni_span s = ni_layer_span(d, l);
	if (d->net.kind != NI_ADDR_IP6 || l->rc != NI_OK || s.cap < 24 ||
	    (s.p[0] != SOLICITATION && s.p[0] != ADVERTISEMENT))
		return false;
	m->len = 16;
	m->ip = s.p + 8;
	m->sender = NULL;
	m->question = s.p[0] == SOLICITATION;
	m->mac = nd_mac(d, ni_from(s, 24), m->question ? SOURCE_MAC : TARGET_MAC);
	m->unasked = !m->question && !(s.p[4] & 0x40);
	m->asker = m->question ? d->net.src : d->net.dst;
	/* Duplicate address detection asks without an address (RFC 4862 section 5.4). */
	if (m->question && is_zero(m->asker, 16))
		m->asker = NULL;
	m->sender = m->question ? m->asker : NULL;
	return m->mac != NULL;
}

/* The layer with a message of ARP or neighbour discovery, or NULL. */
static const struct ni_layer *
read_message(const struct ni_arp_table *t, const struct ni_dis *d, struct message *m)
{
	if (d->net.kind != NI_ADDR_NONE) {
		if (d->ipproto != ICMP6 || d->transport_layer >= d->nlayers)
			return NULL;
		const struct ni_layer *l = &d->layers[d->transport_layer];
		return read_nd(d, l, m) ? l : NULL;
	}
	for (unsigned i = 1; i < d->nlayers; i++)
		if (d->layers[i].proto == t->arp)
			return read_arp(d, &d->layers[i], m) ? &d->layers[i] : NULL;
	return NULL;
}

void
ni_arp_table_frame(struct ni_arp_table *t, struct ni_dis *d)
{
	struct message m;
	const struct ni_layer *l = read_message(t, d, &m);
	if (!l)
		return;
	ni_arp_table_tick(t, d->frame->ts_ns);
	t->frame = d->frame->number;
	t->now_ns = d->frame->ts_ns;
	t->conflict = false;
	if (m.question)
		ask(t, d, &m);
	else
		answer(t, d, &m);
	if (t->told ? t->expected : t->conflict)
		ni_note(d, l, &ni_arp_conflict);
}

void
ni_arp_table_expect(struct ni_arp_table *t, bool conflict)
{
	t->told = true;
	t->expected = conflict;
}

void
ni_arp_table_tick(struct ni_arp_table *t, int64_t now_ns)
{
	const struct list *l = &t->lists[QUESTION];
	t->frame = 0;
	t->now_ns = now_ns;
	while (l->oldest != NONE && now_ns - t->entries[l->oldest].last_ns > patience_ns)
		expire(t, l->oldest);
}

void
ni_arp_table_end(struct ni_arp_table *t)
{
	const struct list *l = &t->lists[QUESTION];
	t->frame = 0;
	while (l->oldest != NONE)
		expire(t, l->oldest);
}
