/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP: errors with what the quoted packet says they are about, and echo requests with answers. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/proto.h"
#include "report.h"
#include "report_field.h"

/* What errors are counted together by. */
struct about {
	uint32_t code; /* rp_icmp_name() */
	uint32_t mtu;
	struct ni_addr from;     /* who sent the error */
	struct ni_addr src, dst; /* of the quoted packet; len 0: it is not there */
	uint8_t ipproto;
	uint16_t dport;
};

struct error {
	struct rp_node node;
	uint64_t hash; /* the key: of struct about without mtu */
	struct about about;
	struct rp_frames frames;
};

struct ping {
	struct rp_node node;
	struct ni_addr asker, asked; /* the key */
	uint64_t sent, answered;
	uint64_t last[2]; /* request and reply: identifier and sequence number, and 1 above them */
	int64_t last_ns[2];
	uint64_t timed;
	int64_t min, max;
	double sum;
};

enum { PING_KEY = 2 * sizeof(struct ni_addr), AGAIN_NS = 500000000 };

/* ---- names ---- */

static const char *
code_name(uint32_t code)
{
	static const struct {
		uint32_t code;
		const char *name;
	} names[] = {
	    {0x40300, N_("network unreachable")},
	    {0x40301, N_("host unreachable")},
	    {0x40302, N_("protocol unreachable")},
	    {0x40303, N_("port unreachable")},
	    {0x40304, N_("fragmentation needed")},
	    {0x40305, N_("source route failed")},
	    {0x40306, N_("network unknown")},
	    {0x40307, N_("host unknown")},
	    {0x40309, N_("network prohibited")},
	    {0x4030a, N_("host prohibited")},
	    {0x4030d, N_("prohibited by a filter")},
	    {0x40400, N_("source quench")},
	    {0x40500, N_("redirect for a network")},
	    {0x40501, N_("redirect for a host")},
	    {0x40b00, N_("TTL exceeded")},
	    {0x40b01, N_("reassembly timed out")},
	    {0x40c00, N_("bad parameter")},
	    {0x60100, N_("no route")},
	    {0x60101, N_("prohibited by a filter")},
	    {0x60102, N_("beyond source's scope")},
	    {0x60103, N_("address unreachable")},
	    {0x60104, N_("port unreachable")},
	    {0x60105, N_("source address refused")},
	    {0x60106, N_("route refused")},
	    {0x60200, N_("packet too big")},
	    {0x60300, N_("hop limit exceeded")},
	    {0x60301, N_("reassembly timed out")},
	    {0x60400, N_("bad header field")},
	    {0x60401, N_("unknown next header")},
	    {0x60402, N_("unknown option")},
	    {0x68900, N_("redirect")},
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == code)
			return _(names[i].name);
	return NULL;
}

void
rp_icmp_name(struct ni_buf *b, uint32_t code)
{
	const char *name = code_name(code);
	ni_buf_str(b, code >> 16 == 6 ? "ICMPv6 " : "ICMP ");
	if (name)
		ni_buf_str(b, name);
	else
		ni_buf_fmt(b, _("type %u code %u"), code >> 8 & 0xff, code & 0xff);
}

static bool
is_error(bool v6, unsigned type)
{
	if (v6)
		return type < 128 || type == 137;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/* "udp 10.0.0.1 → 10.0.0.2:53": the source port differs from try to try. */
static void
put_about(struct ni_buf *b, const struct about *a)
{
	if (!a->dst.len) {
		ni_buf_str(b, _("a packet that is not quoted"));
		return;
	}
	ni_buf_str(b, a->ipproto == 6    ? "tcp "
		      : a->ipproto == 17 ? "udp "
		      : a->ipproto == 1  ? "icmp "
		      : a->ipproto == 58 ? "icmpv6 "
					 : "");
	rp_addr(b, &a->src);
	ni_buf_str(b, " → ");
	if (a->dport)
		rp_end_point(b, &a->dst, a->dport);
	else
		rp_addr(b, &a->dst);
	if (a->mtu)
		ni_buf_fmt(b, _(", MTU %u"), a->mtu);
}

/* ---- taking in ---- */

static void
take_addr(struct ni_addr *a, const struct ni_value *v)
{
	if (v->n == 4 || v->n == 16) {
		a->len = (uint8_t)v->n;
		memcpy(a->b, v->p, v->n);
	}
}

/* Read the innermost quoted packet of the error in @d. */
static void
read_quoted(const struct ni_dis *d, struct about *a)
{
	struct ni_value v;
	for (unsigned i = 1; i < d->nlayers; i++) {
		const struct ni_layer *l = &d->layers[i];
		const char *key = ni_layer_proto(d, l)->key;
		if (!(l->flags & NI_L_QUOTED))
			continue;
		bool v4 = !strcmp(key, "ip"), v6 = !strcmp(key, "ipv6");
		bool tcp = !strcmp(key, "tcp"), udp = !strcmp(key, "udp");
		if (v4 || v6) {
			if (rp_field(d, l, v4 ? "ip.src" : "ipv6.src", &v))
				take_addr(&a->src, &v);
			if (rp_field(d, l, v4 ? "ip.dst" : "ipv6.dst", &v))
				take_addr(&a->dst, &v);
			if (rp_field(d, l, v4 ? "ip.proto" : "ipv6.nxt", &v))
				a->ipproto = (uint8_t)v.u;
		} else if (tcp || udp) {
			a->ipproto = tcp ? 6 : 17;
			if (rp_field(d, l, tcp ? "tcp.dstport" : "udp.dstport", &v))
				a->dport = (uint16_t)v.u;
		}
	}
}

static struct ni_addr
net_addr(const struct ni_dis *d, bool dst)
{
	struct ni_addr a = {0};
	if (d->net.kind == NI_ADDR_IP4 || d->net.kind == NI_ADDR_IP6) {
		a.len = d->net.kind == NI_ADDR_IP4 ? 4 : 16;
		memcpy(a.b, dst ? d->net.dst : d->net.src, a.len);
	}
	return a;
}

/* The key: everything but the MTU. */
static uint64_t
hash_about(const struct about *a)
{
	char mem[160];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_buf_hex(&b, a->code, 1);
	ni_buf_c(&b, ' ');
	rp_addr(&b, &a->from);
	ni_buf_c(&b, ' ');
	rp_addr(&b, &a->src);
	ni_buf_c(&b, ' ');
	rp_addr(&b, &a->dst);
	ni_buf_fmt(&b, " %u %u", a->ipproto, a->dport);
	return rp_bad_hash(ni_buf_z(&b));
}

static void
add_error(struct rp_icmp *i, const struct ni_dis *d, const struct about *a, struct rp_bad *bad)
{
	char mem[160];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct rp_case c = {.key = {.kind = RP_BAD_ICMP, .code = a->code, .addr = a->dst},
			    .frame = d->frame->number};
	uint64_t hash = hash_about(a);
	put_about(&b, a);
	c.name = ni_buf_z(&b);
	rp_bad_add(bad, &c);
	i->total++;
	i->errors.key = sizeof(hash);
	i->errors.items.item = sizeof(struct error);
	i->errors.items.max = RP_ICMP_ERRORS;
	struct error *e = rp_map_get(&i->errors, &hash);
	if (!e)
		return;
	if (!e->frames.n)
		e->about = *a;
	rp_frames_add(&e->frames, d->frame->number);
}

/*
 * Whether this is the echo that came just before: where a router has one interface for both ways,
 * and where a packet goes in circles, it is captured again and again. (Some programs give all their
 * requests the same number, but not so fast.)
 */
static bool
seen_again(struct ping *p, const struct ni_dis *d, const struct ni_layer *l, bool reply)
{
	bool v6 = d->net.kind == NI_ADDR_IP6;
	uint64_t id = 0;
	uint64_t seq = 0;
	int64_t since = rp_diff(d->frame->ts_ns, p->last_ns[reply]);
	p->last_ns[reply] = d->frame->ts_ns;
	if (!rp_field_number(d, l, v6 ? "icmpv6.echo.identifier" : "icmp.ident", &id) ||
	    !rp_field_number(d, l, v6 ? "icmpv6.echo.sequence_number" : "icmp.seq", &seq))
		return false;
	uint64_t which = 1ULL << 32 | id << 16 | seq;
	bool again = p->last[reply] == which && since < AGAIN_NS;
	p->last[reply] = which;
	return again;
}

static void
add_echo(struct rp_icmp *i, const struct ni_dis *d, const struct ni_layer *l, bool reply)
{
	struct ni_addr key[2] = {net_addr(d, reply), net_addr(d, !reply)};
	int64_t rtt;
	i->pings.key = PING_KEY;
	i->pings.items.item = sizeof(struct ping);
	i->pings.items.max = RP_PINGS;
	struct ping *p = rp_map_get(&i->pings, key);
	if (!p || seen_again(p, d, l, reply))
		return;
	if (!reply) {
		p->sent++;
		return;
	}
	p->answered++;
	if (!rp_field_ns(d, l, d->net.kind == NI_ADDR_IP6 ? "icmpv6.resptime" : "icmp.resptime",
			 &rtt))
		return;
	if (!p->timed || rtt < p->min)
		p->min = rtt;
	if (rtt > p->max)
		p->max = rtt;
	p->sum += (double)rtt;
	p->timed++;
}

void
rp_icmp_frame(struct rp_icmp *i, const struct ni_dis *d, struct rp_bad *bad)
{
	if (d->transport_layer == 0xff || (d->ipproto != 1 && d->ipproto != 58))
		return;
	const struct ni_layer *l = &d->layers[d->transport_layer];
	bool v6 = d->ipproto == 58;
	struct ni_value type;
	struct ni_value code;
	uint64_t mtu;
	if (!rp_field(d, l, v6 ? "icmpv6.type" : "icmp.type", &type) ||
	    !rp_field(d, l, v6 ? "icmpv6.code" : "icmp.code", &code))
		return;
	if (is_error(v6, (unsigned)type.u)) {
		struct about a = {.code = (uint32_t)((v6 ? 6u : 4u) << 16 | type.u << 8 | code.u),
				  .from = net_addr(d, false)};
		if (rp_field_number(d, l, v6 ? "icmpv6.mtu" : "icmp.mtu", &mtu))
			a.mtu = (uint32_t)mtu;
		read_quoted(d, &a);
		/* A traceroute tries one port after another. */
		if (!v6 ? type.u == 11 : type.u == 3)
			a.dport = 0;
		add_error(i, d, &a, bad);
	} else if (type.u == (v6 ? 128 : 8) || type.u == (v6 ? 129 : 0)) {
		add_echo(i, d, l, type.u == (v6 ? 129 : 0));
	}
}

void
rp_icmp_end(const struct rp_icmp *i, struct rp_bad *bad, int64_t last_ns)
{
	for (uint32_t k = 0; k < i->pings.items.n; k++) {
		const struct ping *p = rp_list_at(&i->pings.items, k);
		uint64_t due = p->sent;
		char mem[128];
		struct ni_buf b = ni_buf(mem, sizeof(mem));
		if (due && rp_diff(last_ns, p->last_ns[0]) < RP_PATIENCE_NS)
			due--;
		if (due <= p->answered)
			continue;
		rp_addr(&b, &p->asker);
		ni_buf_str(&b, " → ");
		rp_addr(&b, &p->asked);
		struct rp_case c = {.key = {.kind = RP_BAD_PING, .addr = p->asked},
				    .name = ni_buf_z(&b),
				    .times = due - p->answered};
		c.key.name = rp_bad_hash(c.name);
		rp_bad_add(bad, &c);
	}
}

/* ---- writing ---- */

struct rows {
	const struct rp_icmp *icmp;
	uint32_t *index;
};

static bool
more_often(const void *ctx, uint32_t a, uint32_t b)
{
	const struct rp_icmp *i = ctx;
	const struct error *x = rp_list_at(&i->errors.items, a);
	const struct error *y = rp_list_at(&i->errors.items, b);
	return x->frames.n > y->frames.n;
}

static void
error_cell(const void *ctx, size_t row, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct error *e = rp_list_at(&r->icmp->errors.items, r->index[row]);
	const char *name = code_name(e->about.code);
	if (col == 0)
		rp_num(b, e->frames.n);
	else if (col == 1 && name)
		ni_buf_str(b, name);
	else if (col == 1)
		ni_buf_fmt(b, _("type %u code %u"), e->about.code >> 8 & 0xff,
			   e->about.code & 0xff);
	else if (col == 2)
		rp_addr(b, &e->about.from);
	else if (col == 3)
		put_about(b, &e->about);
	else
		rp_frames(b, &e->frames);
}

static void
write_errors(const struct rp_icmp *i, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {
	    {N_("count"), RP_RIGHT, 0},  {N_("says"), RP_ELIDE, 12},  {N_("from"), RP_ELIDE, 9},
	    {N_("about"), RP_ELIDE, 20}, {N_("frames"), RP_ELIDE, 4}, {NULL, 0, 0}};
	size_t n = i->errors.items.n;
	struct rows r = {i, rp_sorted(ctx, n, more_often, i)};
	struct rp_table t = {.cols = cols, .ctx = &r, .rows = rp_rows(ctx, n), .cell = error_cell};
	char mem[32];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (!r.index)
		return;
	rp_num(&b, i->total);
	rp_heading(ctx->page, _("ICMP errors"), ni_buf_z(&b));
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, n);
	rp_not_kept(ctx->page, i->errors.items.lost,
		    NI_PLURAL("%s further error was not kept: no room for it",
			      "%s further errors were not kept: no room for them",
			      i->errors.items.lost));
	free(r.index);
}

static void
ping_cell(const void *ctx, size_t row, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct ping *p = rp_list_at(&r->icmp->pings.items, row);
	switch (col) {
	case 0:
		rp_addr(b, &p->asker);
		break;
	case 1:
		rp_addr(b, &p->asked);
		break;
	case 2:
		rp_num(b, p->sent);
		break;
	case 3:
		rp_num(b, p->answered);
		break;
	case 4:
		if (p->sent >= p->answered)
			rp_percent(b, p->sent - p->answered, p->sent);
		break;
	case 5:
		if (p->timed)
			rp_dur(b, p->min);
		break;
	case 6:
		if (p->timed)
			rp_dur(b, (int64_t)(p->sum / (double)p->timed));
		break;
	default:
		if (p->timed)
			rp_dur(b, p->max);
		break;
	}
}

static void
write_pings(const struct rp_icmp *i, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{N_("asks"), RP_ELIDE, 12},
					     {N_("is asked"), RP_ELIDE, 12},
					     {N_("sent"), RP_RIGHT, 0},
					     {N_("answered"), RP_RIGHT, 0},
					     {N_("lost"), RP_RIGHT, 0},
					     {N_("fastest"), RP_RIGHT, 0},
					     {N_("mean"), RP_RIGHT, 0},
					     {N_("slowest"), RP_RIGHT, 0},
					     {NULL, 0, 0}};
	size_t n = i->pings.items.n;
	struct rows r = {i, NULL};
	struct rp_table t = {.cols = cols, .ctx = &r, .rows = rp_rows(ctx, n), .cell = ping_cell};
	if (!n)
		return;
	rp_heading(ctx->page, _("Ping (ICMP echo)"), NULL);
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, n);
	rp_not_kept(ctx->page, i->pings.items.lost,
		    NI_PLURAL("%s further packet's pair was not kept: no room for it",
			      "%s further packets' pairs were not kept: no room for them",
			      i->pings.items.lost));
}

void
rp_icmp_write(const struct rp_icmp *i, const struct rp_ctx *ctx)
{
	write_errors(i, ctx);
	write_pings(i, ctx);
}

void
rp_icmp_free(struct rp_icmp *i)
{
	rp_map_free(&i->errors);
	rp_map_free(&i->pings);
}
