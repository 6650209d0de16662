/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two points of capture compared: which packets are the same, and what lies between; see points.h.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "points.h"

enum { FLOWS_TOLD = 10, TEXT = 128, NOBODY = -1, PROXY_MAX = 1000 };

/* Which flow of B a flow of A is. */
struct pair {
	int32_t other;            /* index in B; NOBODY */
	bool proxy;               /* not the same packets, but the same words */
	uint32_t both[2];         /* packets seen at both points, by sender */
	struct rp_frames only[2]; /* frames seen at A alone, at B alone */
};

/* By how much a sender's packets were later at B than at A, as the clocks have it. */
struct span {
	bool known;
	int64_t least, most;
};

struct match {
	const struct ni_point *a, *b;
	struct rp_page *page;
	bool full;
	uint32_t *order[2]; /* packets of A and of B by fingerprint, rank, then as they came */
	uint64_t *rank[2];  /* of each flow: same packets have flows of the same rank */
	struct pair *pairs; /* of each flow of A */
	int32_t *back;      /* of each flow of B: its flow of A, or NOBODY */
	uint32_t same;      /* packets */
	struct span way[2];
};

typedef unsigned long long ull;

static const struct ni_point_packet *
packet(const struct ni_point *p, uint32_t i)
{
	return rp_list_at(&p->packets, i);
}

static const struct ni_point_flow *
flow(const struct ni_point *p, uint32_t i)
{
	return rp_list_at(&p->flows.items, i);
}

static const struct ni_point *
point(const struct match *m, unsigned side)
{
	return side ? m->b : m->a;
}

/* What packet @i of one point is compared by with those of the other. */
struct key {
	uint64_t print, rank;
};

static struct key
key_of(const struct match *m, unsigned side, uint32_t i)
{
	const struct ni_point_packet *k = packet(point(m, side), i);
	return (struct key){k->print, m->rank[side][k->flow]};
}

static int
compare(struct key a, struct key b)
{
	if (a.print != b.print)
		return a.print < b.print ? -1 : 1;
	return a.rank < b.rank ? -1 : a.rank > b.rank;
}

struct sorting {
	const struct match *m;
	unsigned side;
};

static int
by_key(const void *x, const void *y, void *sorting)
{
	const struct sorting *s = sorting;
	uint32_t i = *(const uint32_t *)x;
	uint32_t j = *(const uint32_t *)y;
	int c = compare(key_of(s->m, s->side, i), key_of(s->m, s->side, j));
	return c ? c : i < j ? -1 : i > j;
}

/* Flows of a point rank by the other point's flow that they are; the others are all alike. */
static void
rank_by_pair(struct match *m)
{
	for (uint32_t i = 0; i < m->a->flows.items.n; i++)
		m->rank[0][i] = m->pairs[i].other == NOBODY ? UINT64_MAX : i;
	for (uint32_t i = 0; i < m->b->flows.items.n; i++)
		m->rank[1][i] = m->back[i] == NOBODY ? UINT64_MAX : (uint64_t)m->back[i];
}

static void
rank_by_ends(struct match *m)
{
	for (unsigned side = 0; side < 2; side++)
		for (uint32_t i = 0; i < point(m, side)->flows.items.n; i++)
			m->rank[side][i] = flow(point(m, side), i)->ends;
}

static void
sort(struct match *m)
{
	for (unsigned side = 0; side < 2; side++) {
		struct sorting s = {m, side};
		qsort_r(m->order[side], point(m, side)->packets.n, sizeof(*m->order[side]), by_key,
			&s);
	}
}

static bool
prepare(struct match *m)
{
	uint32_t na = m->a->flows.items.n;
	uint32_t nb = m->b->flows.items.n;
	for (unsigned side = 0; side < 2; side++) {
		const struct ni_point *p = point(m, side);
		m->order[side] = malloc((p->packets.n + 1UL) * sizeof(*m->order[side]));
		m->rank[side] = calloc(p->flows.items.n + 1UL, sizeof(*m->rank[side]));
		for (uint32_t i = 0; m->order[side] && i < p->packets.n; i++)
			m->order[side][i] = i;
	}
	m->pairs = calloc(na + 1UL, sizeof(*m->pairs));
	m->back = calloc(nb + 1UL, sizeof(*m->back));
	if (!m->order[0] || !m->order[1] || !m->rank[0] || !m->rank[1] || !m->pairs || !m->back)
		return false;
	for (uint32_t i = 0; i < na; i++)
		m->pairs[i].other = NOBODY;
	for (uint32_t i = 0; i < nb; i++)
		m->back[i] = NOBODY;
	return true;
}

static void
release(struct match *m)
{
	free(m->order[0]);
	free(m->order[1]);
	free(m->rank[0]);
	free(m->rank[1]);
	free(m->pairs);
	free(m->back);
}

/* Go over both lists at once: @same is told of each pair, @only of what stands alone. */
static void
merge(struct match *m, void (*same)(struct match *, uint32_t, uint32_t),
      void (*only)(struct match *, unsigned, uint32_t))
{
	uint32_t i = 0;
	uint32_t j = 0;
	while (i < m->a->packets.n || j < m->b->packets.n) {
		bool has_a = i < m->a->packets.n;
		bool has_b = j < m->b->packets.n;
		int c = !has_a ? 1
			: !has_b
			    ? -1
			    : compare(key_of(m, 0, m->order[0][i]), key_of(m, 1, m->order[1][j]));
		if (!c)
			same(m, m->order[0][i++], m->order[1][j++]);
		else if (c < 0)
			only(m, 0, m->order[0][i++]);
		else
			only(m, 1, m->order[1][j++]);
	}
}

/* The first packet that two flows share makes them a pair. */
static void
join(struct match *m, uint32_t i, uint32_t j)
{
	uint32_t x = packet(m->a, i)->flow;
	uint32_t y = packet(m->b, j)->flow;
	if (m->pairs[x].other != NOBODY || m->back[y] != NOBODY)
		return;
	m->pairs[x].other = (int32_t)y;
	m->back[y] = (int32_t)x;
}

static void
ignore(struct match *m, unsigned side, uint32_t i)
{
	(void)m;
	(void)side;
	(void)i;
}

static void
count_only(struct match *m, unsigned side, uint32_t i)
{
	const struct ni_point_packet *k = packet(side ? m->b : m->a, i);
	int32_t x = side ? m->back[k->flow] : (int32_t)k->flow;
	if (x != NOBODY && m->pairs[x].other != NOBODY)
		rp_frames_add(&m->pairs[x].only[side], k->frame);
}

static void
count_same(struct match *m, uint32_t i, uint32_t j)
{
	const struct ni_point_packet *p = packet(m->a, i);
	const struct ni_point_packet *q = packet(m->b, j);
	if (m->pairs[p->flow].other != (int32_t)q->flow) {
		count_only(m, 0, i);
		count_only(m, 1, j);
		return;
	}
	struct span *w = &m->way[p->dir];
	int64_t took = rp_diff(q->ts_ns, p->ts_ns);
	if (!w->known)
		*w = (struct span){true, took, took};
	if (took < w->least)
		w->least = took;
	if (took > w->most)
		w->most = took;
	m->pairs[p->flow].both[p->dir]++;
	m->same++;
}

/* Flows without a packet in common whose clients say the same: a proxy speaks for one of them. */
static void
find_proxies(struct match *m)
{
	uint32_t na = m->a->flows.items.n;
	uint32_t nb = m->b->flows.items.n;
	for (uint32_t i = 0; i < na && i < PROXY_MAX; i++) {
		const struct ni_point_flow *x = flow(m->a, i);
		for (uint32_t j = 0; j < nb && j < PROXY_MAX; j++) {
			const struct ni_point_flow *y = flow(m->b, j);
			if (m->pairs[i].other != NOBODY || m->back[j] != NOBODY || !x->said ||
			    x->said != y->said || x->ipproto != y->ipproto)
				continue;
			m->pairs[i].other = (int32_t)j;
			m->pairs[i].proxy = true;
			m->back[j] = (int32_t)i;
		}
	}
}

/* ---- telling ---- */

static void
put_ends(struct ni_buf *b, const struct ni_point_flow *f)
{
	static const char *const protos[] = {
	    [1] = "ICMP", [6] = "TCP", [17] = "UDP", [58] = "ICMPv6"};
	bool named = f->ipproto < sizeof(protos) / sizeof(protos[0]) && protos[f->ipproto];
	bool ports = f->ipproto == 6 || f->ipproto == 17;
	ni_buf_fmt(b, "%s ", named ? protos[f->ipproto] : "IP");
	for (unsigned i = 0; i < 2; i++) {
		if (i)
			ni_buf_str(b, " → ");
		if (ports)
			rp_end_point(b, &f->addr[i], f->port[i]);
		else
			rp_addr(b, &f->addr[i]);
	}
}

static void
say(const struct match *m, const char *label, const char *fmt, ...)
{
	enum { LEFT = 12 };
	char text[RP_PARAGRAPH];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	rp_para(m->page, LEFT, label, text);
}

/* What became of one end; only called if something did. */
static void
say_end(const struct match *m, const char *label, const struct ni_point_flow *x,
	const struct ni_point_flow *y, unsigned side)
{
	char before[TEXT];
	char after[TEXT];
	struct ni_buf b = ni_buf(before, TEXT);
	struct ni_buf a = ni_buf(after, TEXT);
	bool client = side == NI_CLIENT;
	if (x->port[side] == y->port[side]) {
		rp_addr(&b, &x->addr[side]);
		rp_addr(&a, &y->addr[side]);
		ni_buf_z(&b);
		ni_buf_z(&a);
		say(m, label,
		    client ? _("The client's address %s at A is rewritten to %s at B; its port or "
			       "identifier %u stays.")
			   : _("The server's address %s at A is rewritten to %s at B; its port or "
			       "identifier %u stays."),
		    before, after, x->port[side]);
		return;
	}
	rp_end_point(&b, &x->addr[side], x->port[side]);
	rp_end_point(&a, &y->addr[side], y->port[side]);
	ni_buf_z(&b);
	ni_buf_z(&a);
	say(m, label,
	    client ? _("The client's address and port %s at A are rewritten to %s at B.")
		   : _("The server's address and port %s at A are rewritten to %s at B."),
	    before, after);
}

/* Who was rewritten, and into what. */
static void
say_rewritten(const struct match *m, const struct ni_point_flow *x, const struct ni_point_flow *y)
{
	unsigned found = 0;
	for (unsigned i = 0; i < 2; i++)
		if (!rp_addr_equal(&x->addr[i], &y->addr[i]) || x->port[i] != y->port[i])
			say_end(m, found++ ? NULL : _("NAT"), x, y, i);
	if (!found)
		say(m, _("addresses"),
		    _("IP addresses and ports are the same at both points: no NAT lies between."));
}

static void
say_macs(const struct match *m, const struct ni_point_flow *x, const struct ni_point_flow *y)
{
	char text[4][TEXT];
	if (!x->has_mac[0] || !y->has_mac[0])
		return;
	for (unsigned i = 0; i < 4; i++) {
		struct ni_buf b = ni_buf(text[i], TEXT);
		ni_buf_ether(&b, i < 2 ? x->mac[0][i] : y->mac[0][i - 2]);
		ni_buf_z(&b);
	}
	if (memcmp(x->mac[0], y->mac[0], sizeof(x->mac[0])) != 0)
		say(m, _("MAC"),
		    _("The client's frames go from %s to %s at A, but from %s to %s at B: each "
		      "network has its own pair."),
		    text[0], text[1], text[2], text[3]);
	else
		say(m, _("MAC"),
		    _("The client's frames go from %s to %s at both points: a switch or hub "
		      "passes frames on as they are."),
		    text[0], text[1]);
}

/* Routers take one off each (RFC 1812 section 5.3.1). */
static void
say_ttl(const struct match *m, const struct ni_point_flow *x, const struct ni_point_flow *y)
{
	for (unsigned i = 0; i < 2; i++) {
		unsigned a = x->ttl[i];
		unsigned b = y->ttl[i];
		const char *label = i ? NULL : _("TTL");
		if (!a || !b)
			continue;
		if (a == b)
			say(m, label,
			    i ? _("From the server it is %u at both points.")
			      : _("From the client it is %u at both points."),
			    a);
		else
			say(m, label,
			    i ? _("From the server it is %u at A and %u at B; number of routers "
				  "between the points: %u.")
			      : _("From the client it is %u at A and %u at B; number of routers "
				  "between the points: %u."),
			    a, b, a > b ? a - b : b - a);
	}
}

static void
say_packets(const struct match *m, const struct pair *p, const struct ni_point_flow *x,
	    const struct ni_point_flow *y)
{
	char text[TEXT];
	say(m, _("packets"),
	    _("%llu from the client and %llu from the server at A, %llu and %llu at B; %u and %u "
	      "of them seen at both."),
	    (ull)x->packets[0], (ull)x->packets[1], (ull)y->packets[0], (ull)y->packets[1],
	    p->both[0], p->both[1]);
	for (unsigned i = 0; i < 2; i++) {
		struct ni_buf b = ni_buf(text, TEXT);
		if (!p->only[i].n)
			continue;
		rp_frames(&b, &p->only[i]);
		ni_buf_z(&b);
		say(m, NULL,
		    i ? _("Seen at B alone: %llu (frames of B: %s).")
		      : _("Seen at A alone: %llu (frames of A: %s)."),
		    (ull)p->only[i].n, text);
	}
}

/* Whether two conversations went the same way: through the same network cards and routers. */
static bool
same_way(const struct match *m, uint32_t i, uint32_t j)
{
	for (unsigned point = 0; point < 2; point++) {
		const struct ni_point_flow *f =
		    point ? flow(m->b, (uint32_t)m->pairs[i].other) : flow(m->a, i);
		const struct ni_point_flow *g =
		    point ? flow(m->b, (uint32_t)m->pairs[j].other) : flow(m->a, j);
		if (f->has_mac[0] != g->has_mac[0] || memcmp(f->ttl, g->ttl, sizeof(f->ttl)) != 0 ||
		    memcmp(f->mac[0], g->mac[0], sizeof(f->mac[0])) != 0)
			return false;
	}
	return true;
}

/* Conversation @i; its way is told where it is not that of @before, or there is none (NOBODY). */
static void
say_pair(const struct match *m, uint32_t i, int64_t before)
{
	const struct pair *p = &m->pairs[i];
	const struct ni_point_flow *x = flow(m->a, i);
	const struct ni_point_flow *y = flow(m->b, (uint32_t)p->other);
	char text[2 * TEXT];
	struct ni_buf b = ni_buf(text, sizeof(text));
	put_ends(&b, x);
	rp_para(m->page, RP_INDENT, NULL, ni_buf_z(&b));
	if (p->proxy) {
		b.len = 0;
		put_ends(&b, y);
		ni_buf_z(&b);
		if (x->ipproto == 6)
			say(m, _("proxy"),
			    _("%s at B says the same, but with other sequence numbers (the client "
			      "begins with %u at A, with %u at B): no NAT, but a proxy with a "
			      "connection of its own."),
			    text, x->isn[0], y->isn[0]);
		else
			say(m, _("proxy"), _("%s at B says the same, but its packets are others."),
			    text);
		return;
	}
	say_rewritten(m, x, y);
	if (before != NOBODY && same_way(m, i, (uint32_t)before)) {
		say(m, _("way"), _("The same as above: MAC addresses and TTL."));
	} else {
		say_macs(m, x, y);
		say_ttl(m, x, y);
	}
	say_packets(m, p, x, y);
}

/* Half the difference of the two ways is what one clock is ahead, if both ways take as long. */
static void
say_clocks(const struct match *m)
{
	char ahead[TEXT];
	char way[TEXT];
	struct ni_buf o = ni_buf(ahead, TEXT);
	struct ni_buf w = ni_buf(way, TEXT);
	if (!m->way[0].known || !m->way[1].known) {
		if (m->same)
			say(m, _("time"),
			    _("Packets were seen in one direction alone: what the clocks differ by "
			      "cannot be told from the time between the points."));
		return;
	}
	/* A is nearer to the client or to the server; the other guess makes packets travel back in
	 * time. */
	const struct span *c = &m->way[NI_CLIENT];
	const struct span *s = &m->way[NI_SERVER];
	int64_t by_client = c->least / 2 - s->most / 2;
	int64_t by_server = s->least / 2 - c->most / 2;
	bool client = by_client >= by_server;
	int64_t transit = client ? by_client : by_server;
	int64_t offset = client ? c->least / 2 + s->most / 2 : s->least / 2 + c->most / 2;
	rp_dur(&o, offset < 0 ? -offset : offset);
	rp_dur(&w, transit < 0 ? -transit : transit);
	ni_buf_z(&o);
	ni_buf_z(&w);
	if (offset <= transit && -offset <= transit) {
		say(m, _("time"),
		    _("A packet takes at least %s between the points, and the clocks agree to "
		      "about "
		      "as much. Both are estimated from the fastest packets of both directions, as "
		      "if these took the same time."),
		    way);
		return;
	}
	say(m, _("time"),
	    offset < 0
		? _("The clock of B is behind that of A by about %s; a packet takes at least "
		    "%s between the points. Both are estimated from the fastest packets of "
		    "both directions, as if these took the same time.")
		: _("The clock of B is ahead of that of A by about %s; a packet takes at "
		    "least %s between the points. Both are estimated from the fastest packets "
		    "of both directions, as if these took the same time."),
	    ahead, way);
}

/* Conversations that the other point does not have. */
static void
say_alone(const struct match *m, unsigned side)
{
	const struct ni_point *p = side ? m->b : m->a;
	uint32_t told = 0;
	uint32_t all = 0;
	for (uint32_t i = 0; i < p->flows.items.n; i++) {
		const struct ni_point_flow *f = flow(p, i);
		char text[2 * TEXT];
		struct ni_buf b = ni_buf(text, sizeof(text));
		if ((side ? m->back[i] : m->pairs[i].other) != NOBODY)
			continue;
		all++;
		if (!m->full && told >= FLOWS_TOLD)
			continue;
		put_ends(&b, f);
		ni_buf_z(&b);
		uint64_t packets = f->packets[0] + f->packets[1];
		char number[TEXT];
		struct ni_buf n = ni_buf(number, TEXT);
		rp_count(&n, packets, NI_PLURAL("%s packet", "%s packets", packets));
		ni_buf_z(&n);
		say(m,
		    told++ ? NULL
		    : side ? _("B alone")
			   : _("A alone"),
		    _("%s: %s, the first in frame %llu"), text, number, (ull)f->first_frame);
	}
	rp_more(m->page, told, all);
}

static void
say_name(const struct match *m, const char *label, const struct ni_point *p)
{
	char text[RP_CELL];
	struct ni_buf b = ni_buf(text, sizeof(text));
	rp_wire(&b, p->name);
	say(m, label, "%s", ni_buf_z(&b));
}

static void
say_all(const struct match *m)
{
	uint32_t na = m->a->flows.items.n;
	uint32_t matched = 0;
	uint32_t told = 0;
	int64_t before = NOBODY;
	for (uint32_t i = 0; i < na; i++)
		matched += m->pairs[i].other != NOBODY;
	rp_heading(m->page, _("Seen at both points"), NULL);
	say_name(m, "A", m->a);
	say_name(m, "B", m->b);
	say(m, _("same"),
	    _("%u packets, of %llu at A and %llu at B; %u conversations, of %u at A and %u at B."),
	    m->same, (ull)m->a->total, (ull)m->b->total, matched, na, m->b->flows.items.n);
	say_clocks(m);
	for (uint32_t i = 0; i < na && (m->full || told < FLOWS_TOLD); i++) {
		if (m->pairs[i].other == NOBODY)
			continue;
		say_pair(m, i, before);
		told++;
		if (!m->pairs[i].proxy)
			before = i;
	}
	rp_more(m->page, told, matched);
	say_alone(m, 0);
	say_alone(m, 1);
	uint64_t lost = m->a->packets.lost + m->b->packets.lost + m->a->flows.items.lost +
			m->b->flows.items.lost;
	rp_not_kept(m->page, lost,
		    NI_PLURAL("%s further packet was not kept: no room for it",
			      "%s further packets were not kept: no room for them", lost));
}

bool
ni_points_compare(const struct ni_point *a, const struct ni_point *b, struct rp_page *page,
		  bool full)
{
	struct match m = {.a = a, .b = b, .page = page, .full = full};
	bool ok = prepare(&m);
	if (ok) {
		/* Who is the same at both points is no NAT's work, whatever else looks alike. */
		rank_by_ends(&m);
		sort(&m);
		merge(&m, join, ignore);
		rank_by_pair(&m);
		sort(&m);
		merge(&m, join, ignore);
		rank_by_pair(&m);
		sort(&m);
		merge(&m, count_same, count_only);
		find_proxies(&m);
		say_all(&m);
	}
	release(&m);
	return ok;
}
