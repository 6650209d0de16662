/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page load as a story: what is remembered, and in which order it is told; see story.h. */
#include "config.h"

#include "story.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/dns.h"
#include "netinspect/http.h"
#include "netinspect/proto.h"

enum { TCP = 6, UDP = 17, DNS_TRUNCATED = 0x0200, DHCP_ACK = 5, DHCP_CLIENT = 68, MAX_WAYS = 4 };

/* ---- networks ---- */

bool
ni_addr_parse(struct ni_addr *a, const char *text)
{
	*a = (struct ni_addr){.len = 4};
	if (inet_pton(AF_INET, text, a->b) == 1)
		return true;
	a->len = 16;
	return inet_pton(AF_INET6, text, a->b) == 1;
}

int
ni_net_parse(struct ni_net *net, const char *text, struct ni_err *err)
{
	char addr[INET6_ADDRSTRLEN];
	size_t n = strcspn(text, "/");
	char *end = NULL;
	unsigned long bits = text[n] ? strtoul(text + n + 1, &end, 10) : 0;
	bool digits = end && !*end && text[n + 1] >= '0' && text[n + 1] <= '9';
	if (n < sizeof(addr) && digits) {
		memcpy(addr, text, n);
		addr[n] = '\0';
		if (ni_addr_parse(&net->addr, addr) && bits <= net->addr.len * 8UL) {
			net->bits = (uint8_t)bits;
			return NI_SUCCESS;
		}
	}
	ni_fail(err, NI_ERR_INPUT, _("--net %s: not a network"), text);
	ni_hint(err, _("an address and how many bits of it count, for example 192.168.1.0/24"));
	return NI_ERR_INPUT;
}

bool
ni_net_has(const struct ni_net *net, const struct ni_addr *a)
{
	if (!net->addr.len || net->addr.len != a->len)
		return false;
	unsigned whole = net->bits / 8;
	uint8_t rest = (uint8_t)(0xff00 >> net->bits % 8);
	return !memcmp(net->addr.b, a->b, whole) &&
	       (whole == a->len || !((net->addr.b[whole] ^ a->b[whole]) & rest));
}

/* ---- taking in ---- */

static void
list(struct rp_list *l, size_t item)
{
	l->item = item;
	l->max = NI_STORY_FACTS;
}

void
ni_story_init(struct ni_story *s, const struct ni_net *net)
{
	*s = (struct ni_story){.net = net ? *net : (struct ni_net){.bits = 0}};
	list(&s->hops.items, sizeof(struct ni_story_hop));
	s->hops.key = 2 * sizeof(struct ni_addr);
	list(&s->leases, sizeof(struct ni_story_lease));
	list(&s->arp, sizeof(struct ni_arp_event));
	list(&s->dns, sizeof(struct ni_story_dns));
	list(&s->http, sizeof(struct ni_story_http));
	list(&s->conns, sizeof(struct ni_conn));
}

void
ni_story_free(struct ni_story *s)
{
	rp_map_free(&s->hops);
	rp_list_free(&s->leases);
	rp_list_free(&s->arp);
	rp_list_free(&s->dns);
	rp_list_free(&s->http);
	rp_list_free(&s->conns);
}

struct message {
	uint64_t type;
	struct ni_story_lease lease;
};

static void
visit(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	struct message *m = ctx;
	struct ni_addr a = {.len = 4};
	(void)depth;
	if (!strcmp(f->key, "dhcp.option.dhcp"))
		m->type = v->u;
	if (v->n != 4 || !v->p)
		return;
	memcpy(a.b, v->p, 4);
	if (!strcmp(f->key, "dhcp.ip.your"))
		m->lease.ip = a;
	else if (!strcmp(f->key, "dhcp.option.subnet_mask"))
		m->lease.bits = (uint8_t)__builtin_popcount(ni_be32(a.b));
	else if (!strcmp(f->key, "dhcp.option.router") && !m->lease.router.len)
		m->lease.router = a;
}

static void
dhcp(struct ni_story *s, const struct ni_dis *d)
{
	struct message m = {.lease = {.frame = d->frame->number}};
	for (unsigned i = d->transport_layer; i < d->nlayers; i++)
		if (!strcmp(ni_layer_proto(d, &d->layers[i])->key, "dhcp"))
			ni_walk_layer(d, &d->layers[i], visit, &m, false);
	if (m.type != DHCP_ACK || !m.lease.ip.len || !m.lease.bits)
		return;
	struct ni_story_lease *l = rp_list_add(&s->leases);
	if (l)
		*l = m.lease;
}

void
ni_story_frame(struct ni_story *s, const struct ni_dis *d)
{
	const struct ni_conn *c = d->conn;
	if (!c || c->first_frame != d->frame->number) {
		if (d->ipproto != TCP && c && c->port[d->dir ^ 1U] == DHCP_CLIENT)
			dhcp(s, d);
		return;
	}
	if (c->port[0] == DHCP_CLIENT || c->port[1] == DHCP_CLIENT)
		dhcp(s, d);
	if (d->link.kind != NI_ADDR_ETHER || !d->link.dst)
		return;
	struct ni_addr key[2] = {rp_addr_key(&c->addr[d->dir & 1]),
				 rp_addr_key(&c->addr[(d->dir & 1) ^ 1])};
	struct ni_story_hop *h = rp_map_get(&s->hops, key);
	if (h)
		memcpy(h->mac, d->link.dst, sizeof(h->mac));
}

static void
text(char *to, size_t size, const char *from, size_t n)
{
	n = n < size - 1 ? n : size - 1;
	memcpy(to, from, n);
	to[n] = '\0';
}

#define COPY(to, from) text(to, sizeof(to), from, strlen(from))

/* What was asked for: the first record of that type, behind the names that stand for others. */
static const char *
told(const struct ni_dns_lookup *l)
{
	for (unsigned i = 0; i < l->nanswers; i++)
		if (l->answers[i].type == l->qtype)
			return l->answers[i].text;
	return l->nanswers ? l->answers[l->nanswers - 1].text : "";
}

static void
take_dns(struct ni_story *s, const struct ni_dns_lookup *l)
{
	struct ni_story_dns *q = rp_list_add(&s->dns);
	if (!q)
		return;
	q->client = l->client;
	q->server = l->server;
	q->query_frame = l->query_frame;
	q->response_frame = l->response_frame;
	q->query_ns = l->query_ns;
	q->rtt_ns = l->rtt_ns;
	q->rcode = l->rcode;
	q->answers = l->nanswers;
	COPY(q->type, l->type_name);
	COPY(q->name, l->query);
	COPY(q->rcode_name, l->rcode_name);
	q->truncated = l->ipproto == UDP && l->flags & DNS_TRUNCATED;
	COPY(q->answer, told(l));
}

static void
take_http(struct ni_story *s, const struct ni_conn *c, const struct ni_http_exchange *h)
{
	if (!c || !h->method[0])
		return;
	struct ni_story_http *x = rp_list_add(&s->http);
	if (!x)
		return;
	x->client = c->addr[NI_CLIENT];
	x->port = c->port[NI_CLIENT];
	x->status = h->status;
	x->request_frame = h->request_frame;
	x->response_frame = h->response_frame;
	x->body = h->response_body;
	x->request_ns = h->request_first_ns;
	x->response_ns = h->response_last_ns;
	COPY(x->method, h->method);
	COPY(x->uri, h->uri);
	COPY(x->reason, h->reason);
	text(x->type, sizeof(x->type), h->type, strcspn(h->type, "; "));
}

/* Connections that carried a page, or failed to. */
static void
take_conn(struct ni_story *s, const struct ni_conn *c)
{
	bool failed = c->open == NI_OPEN_REFUSED || c->open == NI_OPEN_NO_ANSWER;
	if (c->ipproto != TCP || (!failed && (!c->service || strcmp(c->service, "http") != 0)))
		return;
	struct ni_conn *copy = rp_list_add(&s->conns);
	if (copy)
		*copy = *c;
}

void
ni_story_event(struct ni_story *s, const struct ni_event *e)
{
	if (e->kind == NI_EV_DNS) {
		take_dns(s, e->dns);
	} else if (e->kind == NI_EV_HTTP) {
		take_http(s, e->conn, e->http);
	} else if (e->kind == NI_EV_CONN_END) {
		take_conn(s, e->conn);
	} else if (e->kind == NI_EV_ARP && e->arp->asker.len && e->arp->kind <= NI_ARP_UNANSWERED) {
		struct ni_arp_event *a = rp_list_add(&s->arp);
		if (a)
			*a = *e->arp;
	}
}

bool
ni_story_busiest(const struct ni_story *s, struct ni_addr *client)
{
	struct count {
		struct rp_node node;
		struct ni_addr addr;
		uint32_t n;
	};
	struct rp_map m = {.key = sizeof(struct ni_addr)};
	uint32_t most = 0;
	list(&m.items, sizeof(struct count));
	for (uint32_t i = 0; i < s->http.n; i++) {
		const struct ni_story_http *x = rp_list_at(&s->http, i);
		struct ni_addr key = rp_addr_key(&x->client);
		struct count *c = rp_map_get(&m, &key);
		if (!c || ++c->n <= most)
			continue;
		most = c->n;
		*client = c->addr;
	}
	rp_map_free(&m);
	return most > 0;
}

/* ---- telling ---- */

enum kind { ARP, DNS, OPEN, HTTP, CLOSE };

struct step {
	int64_t ns;
	const void *fact;
	uint32_t kind; /* enum kind; later ones come later where times are the same */
	uint32_t index;
};

struct steps {
	struct step *v;
	size_t n;
	struct ni_addr ways[MAX_WAYS]; /* whom it talks to */
	unsigned nways;
};

static void
add_way(struct steps *st, const struct ni_addr *to)
{
	for (unsigned i = 0; i < st->nways; i++)
		if (rp_addr_equal(&st->ways[i], to))
			return;
	if (st->nways < MAX_WAYS)
		st->ways[st->nways++] = *to;
}

static void
add(struct steps *st, enum kind kind, int64_t ns, const void *fact)
{
	st->v[st->n] = (struct step){ns, fact, kind, (uint32_t)st->n};
	st->n++;
}

static int64_t
close_ns(const struct ni_conn *c)
{
	return c->closing[0].frame && c->close != NI_CLOSE_RESET ? c->closing[0].ts_ns : c->last_ns;
}

static void
gather(const struct ni_story *s, const struct ni_addr *client, struct steps *st)
{
	for (uint32_t i = 0; i < s->arp.n; i++) {
		const struct ni_arp_event *a = rp_list_at(&s->arp, i);
		if (rp_addr_equal(&a->asker, client))
			add(st, ARP, a->request_ns, a);
	}
	for (uint32_t i = 0; i < s->dns.n; i++) {
		const struct ni_story_dns *q = rp_list_at(&s->dns, i);
		if (!rp_addr_equal(&q->client, client))
			continue;
		add(st, DNS, q->query_ns, q);
		add_way(st, &q->server);
	}
	for (uint32_t i = 0; i < s->conns.n; i++) {
		const struct ni_conn *c = rp_list_at(&s->conns, i);
		if (!rp_addr_equal(&c->addr[NI_CLIENT], client))
			continue;
		add(st, OPEN, c->first_ns, c);
		if (c->close != NI_CLOSE_NONE)
			add(st, CLOSE, close_ns(c), c);
		add_way(st, &c->addr[NI_SERVER]);
	}
	for (uint32_t i = 0; i < s->http.n; i++) {
		const struct ni_story_http *x = rp_list_at(&s->http, i);
		if (rp_addr_equal(&x->client, client))
			add(st, HTTP, x->request_ns, x);
	}
}

static int
earlier(const void *a, const void *b)
{
	const struct step *x = a;
	const struct step *y = b;
	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static void
say(struct ni_buf *b, const struct step *s)
{
	switch ((enum kind)s->kind) {
	case ARP:
		ni_story_say_arp(b, s->fact);
		break;
	case DNS:
		ni_story_say_dns(b, s->fact);
		break;
	case OPEN:
		ni_story_say_open(b, s->fact);
		break;
	case HTTP:
		ni_story_say_http(b, s->fact);
		break;
	case CLOSE:
		ni_story_say_close(b, s->fact);
		break;
	}
}

/* When, and how long after the step before. */
static void
stamp(struct ni_buf *b, int64_t since_zero, int64_t since_last, bool first)
{
	enum { DELTA_AT = 13 };
	ni_buf_sec(b, since_zero, 6);
	if (first)
		return;
	if (b->len < DELTA_AT)
		ni_buf_pad(b, ' ', DELTA_AT - b->len);
	else
		ni_buf_c(b, ' ');
	ni_buf_c(b, '+');
	rp_dur(b, since_last);
}

static void
tell_steps(const struct steps *st, struct rp_page *p, int64_t zero_ns, bool full)
{
	enum { LEFT = 26 };
	size_t shown = full || st->n <= NI_STORY_STEPS + 2 ? st->n : NI_STORY_STEPS;
	for (size_t i = 0; i < shown; i++) {
		char words[RP_PARAGRAPH];
		char when[64];
		struct ni_buf b = ni_buf(words, sizeof(words));
		struct ni_buf w = ni_buf(when, sizeof(when));
		int64_t last = i ? st->v[i - 1].ns : zero_ns;
		stamp(&w, rp_diff(st->v[i].ns, zero_ns), rp_diff(st->v[i].ns, last), !i);
		say(&b, &st->v[i]);
		rp_para(p, LEFT, ni_buf_z(&w), ni_buf_z(&b));
	}
	rp_more(p, shown, st->n);
}

bool
ni_story_tell(const struct ni_story *s, struct rp_page *p, const struct ni_addr *client,
	      int64_t zero_ns, bool full)
{
	size_t most = (size_t)s->arp.n + s->dns.n + s->http.n + 2 * (size_t)s->conns.n;
	struct steps st = {.v = malloc((most + 1) * sizeof(*st.v))};
	if (!st.v)
		return false;
	gather(s, client, &st);
	bool any = false;
	for (size_t i = 0; i < st.n; i++)
		any |= st.v[i].kind >= OPEN;
	if (any) {
		char words[RP_PARAGRAPH];
		struct ni_buf b = ni_buf(words, sizeof(words));
		rp_addr(&b, client);
		qsort(st.v, st.n, sizeof(*st.v), earlier);
		rp_heading(p, _("A page load as a story"), ni_buf_z(&b));
		for (unsigned i = 0; i < st.nways; i++) {
			b.len = 0;
			ni_story_say_way(s, &b, client, &st.ways[i]);
			rp_para(p, RP_INDENT, NULL, ni_buf_z(&b));
		}
		tell_steps(&st, p, zero_ns, full);
		uint64_t lost = s->arp.lost + s->dns.lost + s->http.lost + s->conns.lost;
		rp_not_kept(p, lost,
			    NI_PLURAL("%s further fact was not kept: no room for it",
				      "%s further facts were not kept: no room for them", lost));
	}
	free(st.v);
	return any;
}
