/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who talked to whom: conv,TYPE and endpoints,TYPE for eth, ip, ipv6, tcp and udp. Bytes are those
 * of the whole frame. The innermost addresses of a frame count.
 */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "look.h"
#include "report_mem.h"

enum { MAX_ROWS = 65536, ADDR = 16 };

enum type { ETH, IP, IPV6, TCP, UDP };

static const struct {
	const char *name;
	uint8_t kind, kind2; /* enum ni_addr_kind */
	uint8_t ipproto;     /* 0: any */
} types[] = {
    [ETH] = {"eth", NI_ADDR_ETHER, NI_ADDR_ETHER, 0}, [IP] = {"ip", NI_ADDR_IP4, NI_ADDR_IP4, 0},
    [IPV6] = {"ipv6", NI_ADDR_IP6, NI_ADDR_IP6, 0},   [TCP] = {"tcp", NI_ADDR_IP4, NI_ADDR_IP6, 6},
    [UDP] = {"udp", NI_ADDR_IP4, NI_ADDR_IP6, 17},
};

struct end {
	uint8_t addr[ADDR];
	uint8_t kind; /* enum ni_addr_kind */
	uint8_t zero;
	uint16_t port;
};

/* A conversation: both ends, the smaller first. An endpoint: the second one is zero. */
struct key {
	struct end end[2];
};

struct row {
	struct rp_node link;
	struct key key;
	uint8_t first;                 /* which end was the first to send; endpoints: 0 */
	uint64_t packets[2], bytes[2]; /* sent by key.end[i]; endpoints: sent, received */
	int64_t first_ns, last_ns;
};

struct pairs {
	struct stat_base base;
	struct rp_map rows;
	enum type type;
	bool endpoints;
};

/* The two ends of a frame, source first. False: it has none of the wanted kind. */
static bool
ends_of(const struct pairs *p, const struct ni_dis *d, struct end e[2])
{
	const struct ni_addr_pair *a = p->type == ETH ? &d->link : &d->net;
	static const uint8_t size[] = {
	    [NI_ADDR_NONE] = 0, [NI_ADDR_ETHER] = 6, [NI_ADDR_IP4] = 4, [NI_ADDR_IP6] = 16};
	if (a->kind != types[p->type].kind && a->kind != types[p->type].kind2)
		return false;
	if (!a->src || !a->dst) /* a cooked capture knows the sender alone */
		return false;
	bool ports = types[p->type].ipproto != 0;
	if (ports && (d->transport_layer >= d->nlayers || d->ipproto != types[p->type].ipproto))
		return false;
	memset(e, 0, 2 * sizeof(*e));
	memcpy(e[0].addr, a->src, size[a->kind]);
	memcpy(e[1].addr, a->dst, size[a->kind]);
	for (unsigned i = 0; i < 2; i++) {
		e[i].kind = a->kind;
		e[i].port = ports ? d->port[i] : 0;
	}
	return true;
}

static void
count(struct pairs *p, const struct key *k, unsigned dir, const struct ni_frame *f)
{
	uint32_t before = p->rows.items.n;
	struct row *r = rp_map_get(&p->rows, k);
	if (!r)
		return;
	if (p->rows.items.n != before) {
		r->first = p->endpoints ? 0 : (uint8_t)dir;
		r->first_ns = f->ts_ns;
	}
	r->last_ns = f->ts_ns;
	r->packets[dir]++;
	r->bytes[dir] += f->len;
}

static void
frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct pairs *p = (struct pairs *)sink;
	struct end e[2];
	struct key k;
	if (!stat_takes(&p->base, d) || !ends_of(p, d, e))
		return;
	memset(&k, 0, sizeof(k));
	if (p->endpoints) {
		for (unsigned i = 0; i < 2; i++) {
			k.end[0] = e[i];
			count(p, &k, i, d->frame);
		}
		return;
	}
	unsigned turned = memcmp(&e[0], &e[1], sizeof(e[0])) > 0;
	k.end[0] = e[turned];
	k.end[1] = e[!turned];
	count(p, &k, turned, d->frame);
}

/* ---- writing ---- */

static void
put_end(struct ni_buf *b, const struct end *e, bool port)
{
	bool six = port && e->kind == NI_ADDR_IP6;
	if (six)
		ni_buf_c(b, '[');
	if (e->kind == NI_ADDR_ETHER)
		ni_buf_ether(b, e->addr);
	else if (e->kind == NI_ADDR_IP4)
		ni_buf_ip4(b, e->addr);
	else
		ni_buf_ip6(b, e->addr);
	if (six)
		ni_buf_c(b, ']');
	if (port)
		ni_buf_fmt(b, ":%u", e->port);
}

static size_t
end_width(const struct end *e, bool port)
{
	char text[64];
	struct ni_buf b = ni_buf(text, sizeof(text));
	put_end(&b, e, port);
	return b.len;
}

static int
by_packets(const void *a, const void *b, void *arg)
{
	const struct pairs *p = arg;
	uint32_t i = *(const uint32_t *)a;
	uint32_t j = *(const uint32_t *)b;
	const struct row *x = rp_list_at(&p->rows.items, i);
	const struct row *y = rp_list_at(&p->rows.items, j);
	uint64_t m = x->packets[0] + x->packets[1];
	uint64_t n = y->packets[0] + y->packets[1];
	if (m != n)
		return m < n ? 1 : -1;
	return i < j ? -1 : i > j;
}

static void
json_row(const struct pairs *p, const struct row *r)
{
	struct ni_buf *b = &p->base.env.out->b;
	bool ports = types[p->type].ipproto != 0;
	unsigned a = r->first;
	const char *sent = p->endpoints ? "tx" : "a_to_b";
	const char *got = p->endpoints ? "rx" : "b_to_a";
	for (unsigned i = 0; i < (p->endpoints ? 1U : 2U); i++) {
		ni_buf_fmt(b, "%s\"%s\":\"", i ? "," : "{",
			   p->endpoints ? "address"
			   : i          ? "b"
					: "a");
		put_end(b, &r->key.end[a ^ i], false);
		ni_buf_c(b, '"');
		if (ports)
			ni_buf_fmt(b, ",\"%s\":%u",
				   p->endpoints ? "port"
				   : i          ? "b_port"
						: "a_port",
				   r->key.end[a ^ i].port);
	}
	for (unsigned i = 0; i < 2; i++)
		ni_buf_fmt(b, ",\"%s_packets\":%llu,\"%s_bytes\":%llu", i ? got : sent,
			   (unsigned long long)r->packets[a ^ i], i ? got : sent,
			   (unsigned long long)r->bytes[a ^ i]);
	ni_buf_str(b, ",\"start\":");
	ni_buf_sec(b, r->first_ns - p->base.first_ns, 9);
	ni_buf_str(b, ",\"duration\":");
	ni_buf_sec(b, r->last_ns - r->first_ns, 9);
	ni_buf_c(b, '}');
	ni_out_line(p->base.env.out);
}

static void
text_row(const struct pairs *p, const struct row *r, const size_t width[2])
{
	struct ni_buf *b = &p->base.env.out->b;
	bool ports = types[p->type].ipproto != 0;
	unsigned a = r->first;
	char n[32];
	for (unsigned i = 0; i < (p->endpoints ? 1U : 2U); i++) {
		size_t start = b->len;
		put_end(b, &r->key.end[a ^ i], ports);
		ni_buf_pad(b, ' ', width[i] - (b->len - start));
		if (!p->endpoints && !i)
			ni_buf_str(b, " <-> ");
	}
	uint64_t all = r->packets[0] + r->packets[1];
	uint64_t bytes = r->bytes[0] + r->bytes[1];
	ni_buf_fmt(b, " %9llu %12llu %9llu %12llu %9llu %12llu", (unsigned long long)all,
		   (unsigned long long)bytes, (unsigned long long)r->packets[a],
		   (unsigned long long)r->bytes[a], (unsigned long long)r->packets[!a],
		   (unsigned long long)r->bytes[!a]);
	if (!p->endpoints) {
		struct ni_buf t = ni_buf(n, sizeof(n));
		ni_buf_sec(&t, r->first_ns - p->base.first_ns, 6);
		ni_buf_fmt(b, " %13s", ni_buf_z(&t));
		t.len = 0;
		ni_buf_sec(&t, r->last_ns - r->first_ns, 6);
		ni_buf_fmt(b, " %13s", ni_buf_z(&t));
	}
	ni_buf_c(b, '\n');
	ni_out_line(p->base.env.out);
}

static void
text_head(const struct pairs *p, const size_t width[2])
{
	struct ni_buf *b = &p->base.env.out->b;
	char title[128];
	snprintf(title, sizeof(title), p->endpoints ? _("Endpoints (%s)") : _("Conversations (%s)"),
		 types[p->type].name);
	stat_head(&p->base, title);
	ni_buf_pad(b, ' ', width[0] + (p->endpoints ? 0 : width[1] + 5));
	stat_cell(b, _("packets"), 10);
	stat_cell(b, _("bytes"), 13);
	/* TRANSLATORS: sent and received. */
	stat_cell(b, p->endpoints ? _("tx") : "->", 10);
	stat_cell(b, _("tx bytes"), 13);
	stat_cell(b, p->endpoints ? _("rx") : "<-", 10);
	stat_cell(b, _("rx bytes"), 13);
	if (!p->endpoints) {
		stat_cell(b, _("start"), 14);
		stat_cell(b, _("duration"), 14);
	}
	ni_buf_c(b, '\n');
}

static void
write_rows(const struct pairs *p, const uint32_t *order)
{
	uint32_t n = p->rows.items.n;
	bool ports = types[p->type].ipproto != 0;
	size_t width[2] = {12, 12};
	struct ni_buf *b = &p->base.env.out->b;
	for (uint32_t i = 0; i < n; i++) {
		const struct row *r = rp_list_at(&p->rows.items, i);
		for (unsigned k = 0; k < 2; k++) {
			size_t w = end_width(&r->key.end[r->first ^ k], ports);
			width[k] = w > width[k] ? w : width[k];
		}
	}
	bool json = p->base.env.json;
	if (json) {
		stat_json_begin(&p->base);
		ni_buf_fmt(b, "\"lost\":%llu,\"rows\":[", (unsigned long long)p->rows.items.lost);
	} else {
		text_head(p, width);
	}
	for (uint32_t i = 0; i < n; i++) {
		if (json && i)
			ni_buf_c(b, ',');
		const struct row *r = rp_list_at(&p->rows.items, order ? order[i] : i);
		if (json)
			json_row(p, r);
		else
			text_row(p, r, width);
	}
	if (json) {
		ni_buf_c(b, ']');
		stat_json_end(&p->base);
	} else if (p->rows.items.lost) {
		ni_buf_fmt(b, _("%llu packets of others were not counted: only %d rows are kept\n"),
			   (unsigned long long)p->rows.items.lost, MAX_ROWS);
	}
}

static int
finish(struct ni_sink *sink, struct ni_err *err)
{
	const struct pairs *p = (struct pairs *)sink;
	uint32_t n = p->rows.items.n;
	uint32_t *order = calloc(n ? n : 1, sizeof(*order));
	for (uint32_t i = 0; order && i < n; i++)
		order[i] = i;
	if (order)
		qsort_r(order, n, sizeof(*order), by_packets,
			(void *)(uintptr_t)p); /* NOLINT(performance-no-int-to-ptr) */
	write_rows(p, order);
	free(order);
	return ni_out_flush(p->base.env.out, err);
}

static void
destroy(struct ni_sink *sink)
{
	struct pairs *p = (struct pairs *)sink;
	rp_map_free(&p->rows);
	stat_base_free(&p->base);
	free(p);
}

static const struct ni_sink_ops ops = {
    .name = "pairs", .frame = frame, .finish = finish, .free = destroy};

struct ni_sink *
ni_stat_pairs(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
	      struct ni_err *err)
{
	struct pairs *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->base.sink.ops = &ops;
	p->rows = (struct rp_map){.items = {.item = sizeof(struct row), .max = MAX_ROWS},
				  .key = sizeof(struct key)};
	p->endpoints = stat->name[0] == 'e';
	const char *type = strchr(stat->name, ',') + 1;
	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].name, type))
			p->type = (enum type)i;
	if (stat_base_init(&p->base, env, stat, args, err)) {
		destroy(&p->base.sink);
		return NULL;
	}
	return &p->base.sink;
}
