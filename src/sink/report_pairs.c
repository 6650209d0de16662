/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who talked to whom: packets and bytes each way per pair of addresses and protocol. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "report.h"

enum { LARGE = 10000 }; /* bytes */

/* The two addresses in the order of their bytes, so that both directions find the same pair. */
struct key {
	struct ni_addr addr[2];
	uint8_t ipproto;
	uint8_t zero[5];
};

struct pair {
	struct rp_node node;
	struct key key;
	bool swapped; /* addr[1] was the first to speak, or the client */
	uint64_t conns;
	uint64_t packets[2], bytes[2]; /* by the first to speak, by the other */
	int64_t first_ns, last_ns;
};

_Static_assert(sizeof(struct key) == 2 * 17 + 1 + 5, "padding in a key");

/* The pair of @a, who have exchanged @bytes; *forth is the direction from a[0] to a[1] in it. */
static struct pair *
find(struct rp_pairs *p, const struct ni_addr a[2], uint8_t ipproto, uint64_t bytes,
     unsigned *forth)
{
	struct key key = {.addr = {rp_addr_key(&a[0]), rp_addr_key(&a[1])}, .ipproto = ipproto};
	bool swapped = memcmp(&key.addr[0], &key.addr[1], sizeof(key.addr[0])) > 0;
	if (swapped) {
		struct ni_addr t = key.addr[0];
		key.addr[0] = key.addr[1];
		key.addr[1] = t;
	}
	p->map.key = sizeof(key);
	p->map.items.item = sizeof(struct pair);
	/* A scan must not keep out those who really talk. */
	p->map.items.max = bytes >= LARGE ? RP_PAIRS : RP_PAIRS - RP_LARGE_PAIRS;
	uint32_t before = p->map.items.n;
	struct pair *pair = rp_map_get(&p->map, &key);
	if (pair && p->map.items.n != before) {
		pair->swapped = swapped;
		pair->first_ns = INT64_MAX;
		pair->last_ns = INT64_MIN;
	}
	*forth = pair && pair->swapped != swapped;
	return pair;
}

struct host {
	struct rp_node node;
	struct ni_addr addr; /* the key */
	uint64_t peers;
	bool more_peers;               /* that were not counted */
	uint64_t packets[2], bytes[2]; /* sent, received */
};

/* What was exchanged between hosts whose pair is not kept counts for each of them all the same. */
static void
add_rest(struct rp_pairs *p, const struct ni_addr a[2], const uint64_t packets[2],
	 const uint64_t bytes[2])
{
	p->lost_packets += packets[0] + packets[1];
	p->rest.key = sizeof(struct ni_addr);
	p->rest.items.item = sizeof(struct host);
	p->rest.items.max = RP_PAIRS;
	for (unsigned end = 0; end < 2; end++) {
		struct ni_addr key = rp_addr_key(&a[end]);
		struct host *h = rp_map_get(&p->rest, &key);
		for (unsigned i = 0; h && i < 2; i++) {
			h->packets[i] += packets[end ^ i];
			h->bytes[i] += bytes[end ^ i];
		}
	}
}

static void
add_span(struct pair *p, int64_t first, int64_t last)
{
	if (first < p->first_ns)
		p->first_ns = first;
	if (last > p->last_ns)
		p->last_ns = last;
}

void
rp_pairs_conn(struct rp_pairs *p, const struct ni_conn *c)
{
	unsigned forth;
	struct pair *pair = find(p, c->addr, c->ipproto, c->ip_bytes[0] + c->ip_bytes[1], &forth);
	if (!pair) {
		add_rest(p, c->addr, c->packets, c->ip_bytes);
		return;
	}
	pair->conns++;
	for (unsigned i = 0; i < 2; i++) {
		pair->packets[i ^ forth] += c->packets[i];
		pair->bytes[i ^ forth] += c->ip_bytes[i];
	}
	add_span(pair, c->first_ns, c->last_ns);
}

void
rp_pairs_frame(struct rp_pairs *p, const struct ni_dis *d)
{
	struct ni_addr a[2] = {{0}};
	unsigned forth;
	if (d->net.kind != NI_ADDR_IP4 && d->net.kind != NI_ADDR_IP6)
		return;
	a[0].len = a[1].len = d->net.kind == NI_ADDR_IP4 ? 4 : 16;
	memcpy(a[0].b, d->net.src, a[0].len);
	memcpy(a[1].b, d->net.dst, a[1].len);
	struct pair *pair = find(p, a, d->ipproto, 0, &forth);
	if (!pair) {
		add_rest(p, a, (uint64_t[]){1, 0}, (uint64_t[]){d->layers[d->net_layer].len, 0});
		return;
	}
	pair->packets[forth]++;
	pair->bytes[forth] += d->layers[d->net_layer].len;
	add_span(pair, d->frame->ts_ns, d->frame->ts_ns);
}

/* ---- writing ---- */

struct rows {
	const struct rp_pairs *pairs;
	uint32_t *index;
};

static const struct pair *
pair_at(const struct rp_pairs *p, uint32_t i)
{
	return rp_list_at(&p->map.items, i);
}

static bool
larger(const void *ctx, uint32_t a, uint32_t b)
{
	const struct pair *x = pair_at(ctx, a);
	const struct pair *y = pair_at(ctx, b);
	return x->bytes[0] + x->bytes[1] > y->bytes[0] + y->bytes[1];
}

static void
put_proto(struct ni_buf *b, uint8_t ipproto)
{
	static const struct {
		uint8_t number;
		const char *name;
	} names[] = {{6, "TCP"},   {17, "UDP"},  {1, "ICMP"},      {58, "ICMPv6"}, {2, "IGMP"},
		     {47, "GRE"},  {50, "ESP"},  {51, "AH"},       {89, "OSPF"},   {132, "SCTP"},
		     {103, "PIM"}, {4, "IPIP"},  {41, "IPv6"},     {112, "VRRP"},  {88, "EIGRP"},
		     {46, "RSVP"}, {33, "DCCP"}, {136, "UDP-Lite"}};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].number == ipproto) {
			ni_buf_str(b, names[i].name);
			return;
		}
	}
	ni_buf_fmt(b, "IP %u", ipproto);
}

static void
cell(const void *ctx, size_t row, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct pair *p = pair_at(r->pairs, r->index[row]);
	switch (col) {
	case 0:
		rp_addr(b, &p->key.addr[p->swapped]);
		break;
	case 1:
		rp_addr(b, &p->key.addr[!p->swapped]);
		break;
	case 2:
		put_proto(b, p->key.ipproto);
		break;
	case 3:
	case 4:
		rp_num(b, p->packets[col - 3]);
		break;
	case 5:
	case 6:
		rp_size(b, p->bytes[col - 5]);
		break;
	case 7:
		rp_dur(b, rp_diff(p->last_ns, p->first_ns));
		break;
	default:
		if (p->conns)
			rp_num(b, p->conns);
		break;
	}
}

/* ---- hosts: the pairs summed up by address ---- */

static void
add_host(struct rp_map *hosts, const struct pair *p, unsigned end)
{
	/* By the first to speak, by the other: end 0 of the key spoke first unless swapped. */
	unsigned sent = end ^ p->swapped;
	struct host *h = rp_map_get(hosts, &p->key.addr[end]);
	if (!h)
		return;
	h->peers++;
	for (unsigned i = 0; i < 2; i++) {
		h->packets[i] += p->packets[sent ^ i];
		h->bytes[i] += p->bytes[sent ^ i];
	}
}

static uint64_t
traffic(const struct host *h)
{
	return h->bytes[0] + h->bytes[1];
}

static bool
talks_more(const void *ctx, uint32_t a, uint32_t b)
{
	const struct rp_map *hosts = ctx;
	return traffic(rp_list_at(&hosts->items, a)) > traffic(rp_list_at(&hosts->items, b));
}

struct host_rows {
	const struct rp_map *hosts;
	uint32_t *index;
};

static void
host_cell(const void *ctx, size_t row, unsigned col, struct ni_buf *b)
{
	const struct host_rows *r = ctx;
	const struct host *h = rp_list_at(&r->hosts->items, r->index[row]);
	switch (col) {
	case 0:
		rp_addr(b, &h->addr);
		break;
	case 1:
	case 2:
		rp_num(b, h->packets[col - 1]);
		break;
	case 3:
	case 4:
		rp_size(b, h->bytes[col - 3]);
		break;
	default:
		if (h->more_peers)
			ni_buf_str(b, "> ");
		rp_num(b, h->peers);
		break;
	}
}

static void
write_hosts(const struct rp_map *hosts, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{N_("host"), RP_ELIDE, 15},
					     {N_("packets sent"), RP_RIGHT, 0},
					     {N_("received"), RP_RIGHT, 0},
					     {N_("IP bytes sent"), RP_RIGHT, 0},
					     {N_("received"), RP_RIGHT, 0},
					     {N_("peers"), RP_RIGHT, 0},
					     {NULL, 0, 0}};
	char mem[32];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	size_t n = hosts->items.n;
	struct host_rows r = {hosts, rp_sorted(ctx, n, talks_more, hosts)};
	struct rp_table t = {.cols = cols, .ctx = &r, .rows = n, .cell = host_cell};
	if (!r.index)
		return;
	if (!ctx->full && n > RP_HOSTS + 2)
		t.rows = RP_HOSTS;
	rp_num(&b, n);
	rp_heading(ctx->page, _("Hosts"), ni_buf_z(&b));
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, n);
	rp_not_kept(ctx->page, hosts->items.lost,
		    NI_PLURAL("%s further pair's host was not kept: no room for it",
			      "%s further pairs' hosts were not kept: no room for them",
			      hosts->items.lost));
	free(r.index);
}

void
rp_hosts_write(const struct rp_pairs *p, const struct rp_ctx *ctx)
{
	/* Of a few conversations everything stands in their own table. */
	enum { FEW = 5 };
	if (p->map.items.n <= FEW && !ctx->full)
		return;
	struct rp_map hosts = {.key = sizeof(struct ni_addr),
			       .items = {.item = sizeof(struct host),
					 .max = 3 * RP_PAIRS,
					 .lost = p->rest.items.lost}};
	for (uint32_t i = 0; i < p->map.items.n; i++) {
		add_host(&hosts, pair_at(p, i), 0);
		add_host(&hosts, pair_at(p, i), 1);
	}
	for (uint32_t i = 0; i < p->rest.items.n; i++) {
		const struct host *r = rp_list_at(&p->rest.items, i);
		struct host *h = rp_map_get(&hosts, &r->addr);
		for (unsigned k = 0; h && k < 2; k++) {
			h->packets[k] += r->packets[k];
			h->bytes[k] += r->bytes[k];
			h->more_peers = true;
		}
	}
	write_hosts(&hosts, ctx);
	rp_map_free(&hosts);
}

void
rp_pairs_write(const struct rp_pairs *p, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{N_("A"), RP_ELIDE, 15},
					     {N_("B"), RP_ELIDE, 15},
					     {"", 0, 0},
					     {N_("packets →"), RP_RIGHT, 0},
					     {N_("←"), RP_RIGHT, 0},
					     {N_("IP bytes →"), RP_RIGHT, 0},
					     {N_("←"), RP_RIGHT, 0},
					     {N_("time"), RP_RIGHT | RP_OPTION, 0},
					     {N_("flows"), RP_RIGHT | RP_OPTION, 0},
					     {NULL, 0, 0}};
	char mem[32];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	size_t n = p->map.items.n;
	struct rows r = {p, rp_sorted(ctx, n, larger, p)};
	struct rp_table t = {.cols = cols, .ctx = &r, .rows = rp_rows(ctx, n), .cell = cell};
	if (!r.index)
		return;
	rp_num(&b, n);
	rp_heading(ctx->page, _("Conversations"), ni_buf_z(&b));
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, n);
	rp_not_kept(ctx->page, p->lost_packets,
		    NI_PLURAL("%s further packet's pair was not kept: no room for it",
			      "%s further packets' pairs were not kept: no room for them",
			      p->lost_packets));
	free(r.index);
}

void
rp_pairs_free(struct rp_pairs *p)
{
	rp_map_free(&p->map);
	rp_map_free(&p->rest);
}
