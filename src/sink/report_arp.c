/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which MAC address has which IP address, how that became known, and who disagrees. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "report.h"

/* An address and one who has it: two entries when two claim it. */
struct entry {
	struct rp_node node;
	struct ni_addr ip; /* the key, with */
	uint8_t mac[6];    /* zero: nobody answered */
	uint8_t kinds;     /* 1 << enum ni_arp_kind */
	uint64_t asked;
	int64_t rtt_ns; /* of the first answer; -1: none */
	struct rp_frames frames;
};

enum { KEY = sizeof(struct ni_addr) + 6 };

static const uint8_t nobody[6];

static uint64_t
frame_of(const struct ni_arp_event *e)
{
	return e->reply_frame ? e->reply_frame : e->request_frame;
}

static void
add_trouble(const struct ni_arp_event *e, struct rp_bad *bad, bool patient)
{
	char mem[128];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct rp_case c = {.key = {.addr = rp_addr_key(&e->ip)}, .frame = frame_of(e)};
	char ip[64];
	char asker[64];
	struct ni_buf i = ni_buf(ip, sizeof(ip));
	struct ni_buf a = ni_buf(asker, sizeof(asker));
	rp_addr(&i, &e->ip);
	rp_addr(&a, &e->asker);
	ni_buf_z(&i);
	ni_buf_z(&a);
	if (e->kind == NI_ARP_CONFLICT) {
		c.key.kind = RP_BAD_CONFLICT;
		ni_buf_fmt(&b, _("%s is claimed by several MACs"), ip);
	} else if (e->kind == NI_ARP_UNANSWERED && !patient) {
		c.key.kind = RP_BAD_ARP_SILENT;
		if (e->asker.len)
			ni_buf_fmt(&b, _("%s, asked for by %s"), ip, asker);
		else
			ni_buf_str(&b, ip);
	} else {
		return;
	}
	c.name = ni_buf_z(&b);
	rp_bad_add(bad, &c);
}

static struct entry *
find(struct rp_arp *a, const struct ni_addr *ip, const uint8_t mac[6])
{
	uint8_t key[KEY];
	struct ni_addr addr = rp_addr_key(ip);
	memcpy(key, &addr, sizeof(addr));
	memcpy(key + sizeof(addr), mac, 6);
	a->map.key = KEY;
	a->map.items.item = sizeof(struct entry);
	a->map.items.max = RP_ADDRESSES;
	struct entry *t = rp_map_get(&a->map, key);
	if (t && !t->kinds)
		t->rtt_ns = -1;
	return t;
}

void
rp_arp_add(struct rp_arp *a, const struct ni_arp_event *e, struct rp_bad *bad, bool patient)
{
	add_trouble(e, bad, patient);
	struct entry *t = find(a, &e->ip, e->mac);
	if (!t)
		return;
	t->kinds |= (uint8_t)(1u << e->kind);
	t->asked += e->tries;
	if (t->rtt_ns < 0 && e->kind == NI_ARP_ANSWERED)
		t->rtt_ns = e->rtt_ns;
	rp_frames_add(&t->frames, frame_of(e));
	if (e->kind == NI_ARP_CONFLICT && (t = find(a, &e->ip, e->other_mac)))
		t->kinds |= 1u << NI_ARP_CONFLICT;
}

/* ---- writing ---- */

struct rows {
	const struct rp_arp *arp;
	uint32_t *index;
};

static const struct entry *
entry_at(const struct rp_arp *a, uint32_t i)
{
	return rp_list_at(&a->map.items, i);
}

static bool
is_known(const struct entry *e)
{
	return memcmp(e->mac, nobody, sizeof(nobody)) != 0;
}

/* What is known first; by address. What was folded away is last. */
static bool
before(const void *ctx, uint32_t a, uint32_t b)
{
	const struct entry *x = entry_at(ctx, a);
	const struct entry *y = entry_at(ctx, b);
	if (!x->kinds || !y->kinds)
		return x->kinds && !y->kinds;
	if (is_known(x) != is_known(y))
		return is_known(x);
	return memcmp(&x->ip, &y->ip, KEY) < 0;
}

static void
put_how(struct ni_buf *b, const struct entry *e)
{
	static const struct {
		uint8_t kind;
		const char *text;
	} how[] = {
	    {NI_ARP_ANSWERED, N_("answer")},
	    {NI_ARP_GRATUITOUS, N_("announced")},
	    {NI_ARP_PROBE, N_("probe")},
	};
	size_t start = b->len;
	if (e->kinds >> NI_ARP_CONFLICT & 1) {
		ni_buf_str(b, _("CONFLICT"));
		return;
	}
	for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		if (!(e->kinds >> how[i].kind & 1))
			continue;
		ni_buf_str(b, b->len > start ? _(", ") : "");
		ni_buf_str(b, _(how[i].text));
	}
	if (b->len == start)
		ni_buf_str(b, _("nobody answered"));
}

static void
cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct entry *e = entry_at(r->arp, r->index[i]);
	switch (col) {
	case 0:
		rp_addr(b, &e->ip);
		break;
	case 1:
		if (is_known(e))
			ni_buf_ether(b, e->mac);
		break;
	case 2:
		put_how(b, e);
		break;
	case 3:
		if (e->asked)
			rp_num(b, e->asked);
		break;
	case 4:
		if (e->rtt_ns >= 0)
			rp_dur(b, e->rtt_ns);
		break;
	default:
		rp_frames(b, &e->frames);
		break;
	}
}

static enum ni_color
color(const void *ctx, size_t i)
{
	const struct rows *r = ctx;
	const struct entry *e = entry_at(r->arp, r->index[i]);
	return e->kinds >> NI_ARP_CONFLICT & 1 ? NI_C_BAD : is_known(e) ? NI_C_NONE : NI_C_NOTE;
}

/* Probes and questions that nobody answered belong to whoever has the address later on. Returns
 * how many entries are left. */
static size_t
fold(const struct rp_arp *a)
{
	size_t left = a->map.items.n;
	for (uint32_t i = 0; i < a->map.items.n; i++) {
		struct entry *e = rp_list_at(&a->map.items, i);
		struct entry *owner = NULL;
		for (uint32_t k = 0; !is_known(e) && k < a->map.items.n; k++) {
			struct entry *o = rp_list_at(&a->map.items, k);
			if (is_known(o) && rp_addr_equal(&o->ip, &e->ip))
				owner = o;
		}
		if (!owner)
			continue;
		owner->kinds |= e->kinds;
		owner->asked += e->asked;
		rp_frames_join(&owner->frames, &e->frames);
		e->kinds = 0;
		left--;
	}
	return left;
}

void
rp_arp_write(const struct rp_arp *a, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{N_("address"), RP_ELIDE, 15},
					     {N_("MAC"), 0, 0},
					     {N_("known from"), RP_ELIDE, 8},
					     {N_("asked"), RP_RIGHT, 0},
					     {N_("answered in"), RP_RIGHT | RP_OPTION, 0},
					     {N_("frames"), RP_ELIDE, 4},
					     {NULL, 0, 0}};
	char mem[32];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	size_t n = fold(a);
	struct rows r = {a, rp_sorted(ctx, a->map.items.n, before, a)};
	struct rp_table t = {
	    .cols = cols, .ctx = &r, .rows = rp_rows(ctx, n), .cell = cell, .color = color};
	if (!r.index)
		return;
	rp_num(&b, n);
	rp_heading(ctx->page, _("ARP and neighbours"), ni_buf_z(&b));
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, n);
	rp_not_kept(ctx->page, a->map.items.lost,
		    NI_PLURAL("%s further finding was not kept: no room for it",
			      "%s further findings were not kept: no room for them",
			      a->map.items.lost));
	free(r.index);
}

void
rp_arp_free(struct rp_arp *a)
{
	rp_map_free(&a->map);
}
