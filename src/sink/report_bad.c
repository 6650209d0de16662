/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What did not end well: the list that is wanted first. Cases of one kind that concern the same
 * server, host or name are one line with a count. Each kind has room for so many lines of its own
 * that no flood of one kind hides another; the rest of a kind is one line more.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "i18n.h"
#include "report.h"

enum { GROUPS_A_KIND = 64, NAME_MAX_KEPT = 160 };

_Static_assert(sizeof(struct rp_bad_key) == 8 + 4 + 4 + 2 + 17 + 5, "padding in a key");

struct group {
	struct rp_node node;
	struct rp_bad_key key;
	uint64_t n;
	struct rp_frames frames;
	struct ni_addr from;
	const char *name;
	const char *all; /* for all names together, or NULL */
	uint16_t from_port;
	bool rest;       /* whatever else there was of this kind */
	bool many_names; /* not all cases have the first one's name … */
	bool many_from;  /* … or its client */
};

static const struct {
	const char *text;
	enum ni_color color;
} kinds[RP_NBAD] = {
    [RP_BAD_NONE] = {"", NI_C_NONE},
    [RP_BAD_CONFLICT] = {N_("address conflict"), NI_C_BAD},
    [RP_BAD_REFUSED] = {N_("refused"), NI_C_BAD},
    [RP_BAD_NO_ANSWER] = {N_("no answer to SYN"), NI_C_BAD},
    [RP_BAD_RESET] = {N_("reset"), NI_C_BAD},
    [RP_BAD_HTTP_SERVER] = {N_("HTTP 5xx"), NI_C_BAD},
    [RP_BAD_HTTP_SILENT] = {N_("HTTP without response"), NI_C_BAD},
    [RP_BAD_HTTP_CUT] = {N_("HTTP response cut off"), NI_C_BAD},
    [RP_BAD_DNS] = {N_("DNS"), NI_C_BAD},
    [RP_BAD_DNS_SILENT] = {N_("DNS without answer"), NI_C_BAD},
    [RP_BAD_DHCP_REFUSED] = {N_("DHCP refused"), NI_C_BAD},
    [RP_BAD_DHCP_SILENT] = {N_("DHCP without answer"), NI_C_BAD},
    [RP_BAD_NTP_SILENT] = {N_("NTP without answer"), NI_C_WARN},
    [RP_BAD_ICMP] = {N_("ICMP"), NI_C_WARN},
    [RP_BAD_PING] = {N_("ping without answer"), NI_C_WARN},
    [RP_BAD_HALF_OPEN] = {N_("handshake not finished"), NI_C_WARN},
    [RP_BAD_ABORTED] = {N_("opening aborted"), NI_C_WARN},
    [RP_BAD_IGNORED] = {N_("forged or stale segment"), NI_C_WARN},
    [RP_BAD_LOSSY] = {N_("many retransmissions"), NI_C_WARN},
    [RP_BAD_ZERO_WINDOW] = {N_("receiver too slow"), NI_C_WARN},
    [RP_BAD_HTTP_CLIENT] = {N_("HTTP 4xx"), NI_C_WARN},
    [RP_BAD_HALF_CLOSED] = {N_("only one side closed"), NI_C_WARN},
    [RP_BAD_TIMEOUT] = {N_("fell silent"), NI_C_WARN},
    [RP_BAD_RESET_AFTER_FIN] = {N_("reset after FIN"), NI_C_NOTE},
    [RP_BAD_STRAY] = {N_("segment without connection"), NI_C_NOTE},
    [RP_BAD_ARP_SILENT] = {N_("ARP without answer"), NI_C_NOTE},
};

const char *
rp_bad_name(enum rp_bad_kind kind)
{
	return kinds[kind].text;
}

enum ni_color
rp_bad_color(enum rp_bad_kind kind)
{
	return kinds[kind].color;
}

uint64_t
rp_bad_hash(const char *s)
{
	return XXH3_64bits(s, strlen(s));
}

static const char *
keep_name(struct rp_bad *b, const char *name)
{
	size_t n = name ? strlen(name) : 0;
	if (!n)
		return NULL;
	return rp_texts_add(&b->texts, name, n < NAME_MAX_KEPT ? n : NAME_MAX_KEPT);
}

static bool
is_name(const char *kept, const char *name)
{
	if (!kept || !name)
		return !kept && !(name && *name);
	return !strncmp(kept, name, NAME_MAX_KEPT);
}

void
rp_bad_add(struct rp_bad *b, const struct rp_case *c)
{
	struct rp_bad_key rest;
	const struct rp_bad_key *key = &c->key;
	b->groups.key = sizeof(*key);
	b->groups.items.item = sizeof(struct group);
	b->groups.items.max = RP_NBAD * (GROUPS_A_KIND + 1);
	if (b->used[key->kind] > GROUPS_A_KIND) {
		rest = (struct rp_bad_key){.kind = key->kind, .code = UINT32_MAX};
		key = &rest;
	}
	uint32_t before = b->groups.items.n;
	struct group *g = rp_map_get(&b->groups, key);
	if (!g)
		return;
	if (b->groups.items.n != before) {
		b->used[key->kind]++;
		g->rest = key == &rest;
		g->name = keep_name(b, c->name);
		g->all = keep_name(b, c->group);
		if (c->from)
			g->from = *c->from;
		g->from_port = c->from_port;
	} else {
		g->many_names |= !is_name(g->name, c->name);
		g->many_from |=
		    c->from && (g->from_port != c->from_port || !rp_addr_equal(&g->from, c->from));
	}
	g->n += c->times ? c->times : 1;
	if (c->frame)
		rp_frames_add(&g->frames, c->frame);
}

/* ---- writing ---- */

/* A line: one group, or several of a kind together. */
struct line {
	const struct group *g;
	uint64_t n;
	uint32_t groups; /* 1: g alone */
	bool rest;       /* and more than that */
};

struct rows {
	struct line *line;
	size_t n;
};

static const struct group *
group_at(const struct rp_bad *b, uint32_t i)
{
	return rp_list_at(&b->groups.items, i);
}

static bool
worse(const void *ctx, uint32_t a, uint32_t b)
{
	const struct group *x = group_at(ctx, a);
	const struct group *y = group_at(ctx, b);
	if (x->key.kind != y->key.kind)
		return x->key.kind < y->key.kind;
	if (x->rest != y->rest)
		return y->rest;
	return x->n > y->n;
}

static void
put_http_status(struct ni_buf *b, uint32_t status)
{
	static const struct {
		uint16_t status;
		const char *text;
	} names[] = {
	    {400, "Bad Request"},        {401, "Unauthorized"},
	    {403, "Forbidden"},          {404, "Not Found"},
	    {405, "Method Not Allowed"}, {406, "Not Acceptable"},
	    {407, "Proxy Auth"},         {408, "Request Timeout"},
	    {409, "Conflict"},           {410, "Gone"},
	    {411, "Length Required"},    {413, "Content Too Large"},
	    {414, "URI Too Long"},       {416, "Range"},
	    {421, "Misdirected"},        {429, "Too Many"},
	    {500, "Server Error"},       {501, "Not Implemented"},
	    {502, "Bad Gateway"},        {503, "Unavailable"},
	    {504, "Gateway Timeout"},    {505, "HTTP Version"},
	};
	ni_buf_fmt(b, "HTTP %u", status);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].status == status)
			ni_buf_fmt(b, " %s", names[i].text);
}

static void
put_what(struct ni_buf *b, const struct line *l)
{
	const struct group *g = l->g;
	uint32_t code = g->key.code;
	if (g->rest || l->groups > 1) {
		ni_buf_fmt(b, _("%s: others"), _(kinds[g->key.kind].text));
	} else if (g->key.kind == RP_BAD_HTTP_CLIENT || g->key.kind == RP_BAD_HTTP_SERVER) {
		put_http_status(b, code);
	} else if (g->key.kind == RP_BAD_DNS) {
		const char *name = ni_dns_rcode_name(code);
		ni_buf_fmt(b, "DNS: %s", name ? name : _("unknown error"));
	} else if (g->key.kind == RP_BAD_ICMP) {
		rp_icmp_name(b, code);
	} else if (g->key.kind == RP_BAD_RESET) {
		ni_buf_fmt(b, _("reset in %s"), ni_tcp_state_name(code));
	} else {
		ni_buf_str(b, _(kinds[g->key.kind].text));
	}
}

static void
put_where(struct ni_buf *b, const struct line *l)
{
	char mem[RP_CELL];
	struct ni_buf m = ni_buf(mem, sizeof(mem));
	const struct group *g = l->g;
	if (l->rest) {
		ni_buf_str(b, _("elsewhere"));
		return;
	}
	if (l->groups > 1) {
		ni_buf_fmt(b, NI_PLURAL("in %u other place", "in %u other places", l->groups),
			   l->groups);
		return;
	}
	if (g->key.kind == RP_BAD_ICMP && g->many_names) {
		rp_addr(&m, &g->key.addr);
		ni_buf_fmt(b, _("packets to %s"), ni_buf_z(&m));
		return;
	}
	if (g->name) {
		rp_wire(&m, g->many_names && g->all ? g->all : g->name);
		ni_buf_z(&m);
		if (g->many_names)
			ni_buf_fmt(b, g->all ? _("%s, several") : _("%s and others"), mem);
		else
			ni_buf_str(b, mem);
		return;
	}
	if (g->from.len && !g->many_from) {
		rp_end_point(b, &g->from, g->from_port);
		ni_buf_str(b, " → ");
	}
	if (g->from.len)
		rp_end_point(b, &g->key.addr, g->key.port);
	else
		rp_addr(b, &g->key.addr);
}

static void
cell(const void *ctx, size_t row, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct line *l = &r->line[row];
	if (col == 0)
		rp_num(b, l->n);
	else if (col == 1)
		put_what(b, l);
	else if (col == 2)
		put_where(b, l);
	else if (l->groups == 1)
		rp_frames(b, &l->g->frames);
}

static enum ni_color
color(const void *ctx, size_t row)
{
	const struct rows *r = ctx;
	return kinds[r->line[row].g->key.kind].color;
}

/* Make the lines of the groups in the order of @index: all, or a few of each kind. */
static void
make_lines(struct rows *r, const struct rp_bad *b, const uint32_t *index, bool all)
{
	enum { OF_A_KIND = 4 };
	unsigned of_kind = 0;
	for (size_t i = 0; i < b->groups.items.n; i++) {
		const struct group *g = group_at(b, index[i]);
		struct line *last = r->n ? &r->line[r->n - 1] : NULL;
		of_kind = last && last->g->key.kind == g->key.kind ? of_kind + 1 : 0;
		if (!all && of_kind > OF_A_KIND) {
			last->n += g->n;
			last->groups++;
			last->rest |= g->rest;
			continue;
		}
		r->line[r->n++] = (struct line){g, g->n, 1, g->rest};
	}
}

static void
write_all_well(const struct rp_ctx *ctx, const struct rp_seen *seen)
{
	char mem[256];
	char line[320];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct ni_buf l = ni_buf(line, sizeof(line));
	rp_item(&b, seen->conns, NI_PLURAL("%s TCP connection", "%s TCP connections", seen->conns));
	rp_item(&b, seen->exchanges,
		NI_PLURAL("%s HTTP exchange", "%s HTTP exchanges", seen->exchanges));
	rp_item(&b, seen->lookups, NI_PLURAL("%s DNS lookup", "%s DNS lookups", seen->lookups));
	if (!b.len)
		rp_item(&b, seen->packets, NI_PLURAL("%s packet", "%s packets", seen->packets));
	ni_buf_fmt(&l, _("Nothing: %s, and no error among them."), ni_buf_z(&b));
	rp_para(ctx->page, RP_INDENT, NULL, ni_buf_z(&l));
}

void
rp_bad_write(const struct rp_bad *b, const struct rp_ctx *ctx, const struct rp_seen *seen)
{
	static const struct rp_col cols[] = {{N_("count"), RP_RIGHT, 0},
					     {N_("what"), RP_ELIDE, 20},
					     {N_("where"), RP_ELIDE, 20},
					     {N_("frames"), RP_ELIDE, 8},
					     {NULL, 0, 0}};
	size_t n = b->groups.items.n;
	rp_heading(ctx->page, _("What did not end well"), NULL);
	if (!n) {
		write_all_well(ctx, seen);
		return;
	}
	uint32_t *index = rp_sorted(ctx, n, worse, b);
	struct rows r = {.line = index ? calloc(n, sizeof(*r.line)) : NULL};
	*ctx->no_memory |= !r.line;
	if (r.line) {
		make_lines(&r, b, index, rp_rows(ctx, n) == n);
		struct rp_table table = {
		    .cols = cols, .ctx = &r, .rows = r.n, .cell = cell, .color = color};
		rp_table(ctx->page, &table);
		if (r.n < n)
			rp_para(ctx->page, RP_INDENT, NULL, _("(--full shows all)"));
	}
	free(r.line);
	free(index);
}

void
rp_bad_free(struct rp_bad *b)
{
	rp_map_free(&b->groups);
	rp_texts_free(&b->texts);
}
