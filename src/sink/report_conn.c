/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TCP connections. Few of them are told in full; of many, those that did not end well are, and all
 * are a row in a table. What is said of all of them together is counted as they end, so it holds
 * for any number of connections.
 */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "report.h"

enum { KIND_LIMIT = RP_CONNS - RP_TROUBLED }; /* rows for connections that ended well */

/* One row of the table. */
struct row {
	int64_t first_ns, last_ns;
	int64_t rtt_ns; /* of the handshake; 0: not known */
	uint64_t packets;
	uint64_t data[2];
	const char *service;
	uint32_t id, requests;
	uint32_t detail; /* number + 1 in details; 0: not kept */
	uint16_t port[2];
	struct ni_addr addr[2];
	struct rp_verdict verdict;
	uint8_t trouble; /* enum rp_bad_kind */
};

struct server {
	struct rp_node node;
	struct ni_addr addr;
	uint8_t zero;
	uint16_t port;
	const char *service;
	uint64_t conns, troubled, requests;
	uint64_t data[2];
	uint64_t rtt_n;
	int64_t rtt_min;
	double rtt_sum;
};

enum { SERVER_KEY = sizeof(struct ni_addr) + 1 + sizeof(uint16_t) };

/* ---- taking in ---- */

static void
count_requests(struct rp_conns *c, const struct ni_conn *conn)
{
	if (!conn->requests)
		return;
	c->requests += conn->requests;
	if (conn->requests == 1) {
		c->short_conns++;
	} else {
		c->long_conns++;
		c->long_requests += conn->requests;
	}
	if (conn->requests > c->most_requests) {
		c->most_requests = conn->requests;
		c->most_id = conn->id;
	}
}

static bool
was_open(const struct ni_conn *c)
{
	return c->open == NI_OPEN_3WAY || c->open == NI_OPEN_FAST ||
	       c->open == NI_OPEN_SIMULTANEOUS || c->open == NI_OPEN_MID_STREAM;
}

/* Ports that were merely tried are no servers: a scan would fill the table. */
static void
count_server(struct rp_conns *c, const struct ni_conn *conn, bool troubled)
{
	struct {
		struct ni_addr addr;
		uint8_t zero;
		uint16_t port;
	} key = {rp_addr_key(&conn->addr[1]), 0, conn->port[1]};
	_Static_assert(sizeof(key) == SERVER_KEY, "padding in a key");
	if (!was_open(conn))
		return;
	c->servers.key = SERVER_KEY;
	c->servers.items.item = sizeof(struct server);
	c->servers.items.max = RP_SERVERS;
	struct server *s = rp_map_get(&c->servers, &key);
	if (!s)
		return;
	s->conns++;
	s->troubled += troubled;
	s->requests += conn->requests;
	s->data[0] += conn->data_bytes[0];
	s->data[1] += conn->data_bytes[1];
	if (conn->service)
		s->service = conn->service;
	if (conn->initial_rtt_ns > 0) {
		if (!s->rtt_n || conn->initial_rtt_ns < s->rtt_min)
			s->rtt_min = conn->initial_rtt_ns;
		s->rtt_sum += (double)conn->initial_rtt_ns;
		s->rtt_n++;
	}
}

static void
keep(struct rp_conns *c, const struct ni_conn *conn, enum rp_bad_kind trouble)
{
	struct row made = {
	    .first_ns = conn->first_ns,
	    .last_ns = conn->last_ns,
	    .rtt_ns = conn->initial_rtt_ns,
	    .packets = conn->packets[0] + conn->packets[1],
	    .data = {conn->data_bytes[0], conn->data_bytes[1]},
	    .service = conn->service,
	    .id = conn->id,
	    .requests = conn->requests,
	    .port = {conn->port[0], conn->port[1]},
	    .addr = {conn->addr[0], conn->addr[1]},
	    .verdict = {conn->open, conn->close, conn->closed_first, conn->reset_by},
	    .trouble = (uint8_t)trouble,
	};
	uint64_t bytes = conn->data_bytes[0] + conn->data_bytes[1];
	c->largest.item = sizeof(struct row);
	struct row *r = rp_top_add(&c->largest, bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX);
	if (r)
		*r = made;
	c->rows.item = sizeof(struct row);
	c->rows.max = trouble ? RP_CONNS : KIND_LIMIT;
	r = rp_list_add(&c->rows);
	if (!r)
		return;
	*r = made;
	/* Good ones are told in full only when there are few connections at all. */
	if (!trouble && c->total > RP_BLOCKS + 2)
		return;
	c->details.item = sizeof(struct ni_conn);
	c->details.max = c->full ? RP_DETAILS_FULL : RP_DETAILS;
	struct ni_conn *detail = rp_list_add(&c->details);
	if (detail) {
		*detail = *conn;
		r->detail = c->details.n;
	}
}

void
rp_conns_end(struct rp_conns *c, const struct ni_conn *conn, struct rp_bad *bad, int64_t last_ns)
{
	enum rp_bad_kind trouble = rp_conn_trouble(conn, last_ns);
	enum rp_bad_kind second = rp_segment_trouble(conn);
	c->total++;
	c->troubled += trouble != RP_BAD_NONE;
	if (conn->open < NI_OPEN_NKINDS)
		c->open[conn->open]++;
	if (conn->close < NI_CLOSE_NKINDS)
		c->close[conn->close]++;
	if (conn->closed_first <= NI_NOBODY)
		c->first[conn->closed_first]++;
	if (conn->time_wait <= NI_BOTH)
		c->time_wait[conn->time_wait]++;
	if (conn->initial_rtt_ns > 0)
		rp_hist_add(&c->rtt, conn->initial_rtt_ns);
	count_requests(c, conn);
	count_server(c, conn, trouble != RP_BAD_NONE);
	rp_report_end(bad, conn, trouble);
	if (second != trouble)
		rp_report_end(bad, conn, second);
	keep(c, conn, trouble);
}

/* ---- writing ---- */

void
rp_verdict(struct ni_buf *b, const struct rp_verdict *v)
{
	bool opened = v->open == NI_OPEN_3WAY || v->open == NI_OPEN_FAST ||
		      v->open == NI_OPEN_SIMULTANEOUS || v->open == NI_OPEN_MID_STREAM;
	if (!opened) {
		ni_buf_str(b, ni_conn_open_name(v->open));
		return;
	}
	const char *close = ni_conn_close_name(v->close);
	bool reset = v->close == NI_CLOSE_RESET;
	unsigned who = reset ? v->reset_by : v->closed_first;
	if (who != NI_CLIENT && who != NI_SERVER)
		ni_buf_str(b, close);
	else if (reset)
		ni_buf_fmt(b, who == NI_CLIENT ? _("%s by client") : _("%s by server"), close);
	else
		/* TRANSLATORS: how a connection was closed, and who closed first. */
		ni_buf_fmt(b, who == NI_CLIENT ? _("%s client") : _("%s server"), close);
}

struct rows {
	const struct rp_conns *conns;
	uint32_t *index;
};

static const struct row *
row_at(const struct rp_conns *c, uint32_t i)
{
	return rp_list_at(&c->rows, i);
}

/* All of them in the order of @index, or the largest when there is none. */
static const struct row *
shown(const struct rows *r, size_t i)
{
	return r->index ? row_at(r->conns, r->index[i])
			: rp_top_at(&r->conns->largest, (unsigned)i);
}

static bool
earlier(const void *ctx, uint32_t a, uint32_t b)
{
	return row_at(ctx, a)->id < row_at(ctx, b)->id;
}

static void
cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct row *c = shown(r, i);
	switch (col) {
	case 0:
		ni_buf_fmt(b, "#%u", c->id);
		break;
	case 1:
		rp_end_point(b, &c->addr[0], c->port[0]);
		break;
	case 2:
		rp_end_point(b, &c->addr[1], c->port[1]);
		break;
	case 3:
		rp_verdict(b, &c->verdict);
		break;
	case 4:
		rp_dur(b, rp_diff(c->last_ns, c->first_ns));
		break;
	case 5:
		rp_size(b, c->data[0] + c->data[1]);
		break;
	case 6:
		ni_buf_str(b, c->service ? c->service : "");
		break;
	case 7:
		if (c->requests)
			rp_num(b, c->requests);
		break;
	default:
		if (c->rtt_ns > 0)
			rp_dur(b, c->rtt_ns);
		break;
	}
}

static enum ni_color
color(const void *ctx, size_t i)
{
	const struct rows *r = ctx;
	return shown(r, i)->trouble ? NI_C_WARN : NI_C_NONE;
}

static void
write_table(const struct rp_conns *c, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{N_("#"), RP_RIGHT, 0},
					     {N_("client"), RP_ELIDE, 12},
					     {N_("server"), RP_ELIDE, 12},
					     {N_("verdict"), 0, 0},
					     {N_("time"), RP_RIGHT, 0},
					     {N_("data"), RP_RIGHT, 0},
					     {"", RP_OPTION, 0},
					     {N_("requests"), RP_RIGHT | RP_OPTION, 0},
					     {N_("handshake"), RP_RIGHT | RP_OPTION, 0},
					     {NULL, 0, 0}};
	bool cut = !ctx->full && c->total > RP_ROWS + 2;
	struct rows r = {c, cut ? NULL : rp_sorted(ctx, c->rows.n, earlier, c)};
	struct rp_table t = {.cols = cols,
			     .ctx = &r,
			     .rows = cut ? c->largest.n : c->rows.n,
			     .cell = cell,
			     .color = color};
	if (!cut && !r.index)
		return;
	rp_end(ctx->page);
	if (cut)
		rp_para(ctx->page, RP_INDENT, NULL,
			c->largest.key[c->largest.least] ? _("Those that carried most:")
							 : _("Some of them:"));
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, c->rows.n);
	rp_not_kept(ctx->page, c->rows.lost,
		    NI_PLURAL("%s further connection was not kept: no room for it",
			      "%s further connections were not kept: no room for them",
			      c->rows.lost));
	free(r.index);
}

static bool
busier(const void *ctx, uint32_t a, uint32_t b)
{
	const struct rp_conns *c = ctx;
	const struct server *x = rp_list_at(&c->servers.items, a);
	const struct server *y = rp_list_at(&c->servers.items, b);
	return x->conns != y->conns ? x->conns > y->conns
				    : x->data[0] + x->data[1] > y->data[0] + y->data[1];
}

static void
server_cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct server *s = rp_list_at(&r->conns->servers.items, r->index[i]);
	switch (col) {
	case 0:
		rp_end_point(b, &s->addr, s->port);
		break;
	case 1:
		ni_buf_str(b, s->service ? s->service : "");
		break;
	case 2:
		rp_num(b, s->conns);
		break;
	case 3:
		if (s->troubled)
			rp_num(b, s->troubled);
		break;
	case 4:
		if (s->requests)
			rp_num(b, s->requests);
		break;
	case 5:
	case 6:
		rp_size(b, s->data[col - 5]);
		break;
	default:
		if (s->rtt_n)
			rp_dur(b, (int64_t)(s->rtt_sum / (double)s->rtt_n));
		break;
	}
}

static void
write_servers(const struct rp_conns *c, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{N_("server"), RP_ELIDE, 21},
					     {"", 0, 0},
					     {N_("conns"), RP_RIGHT, 0},
					     {N_("troubled"), RP_RIGHT, 0},
					     {N_("requests"), RP_RIGHT, 0},
					     {N_("sent to it"), RP_RIGHT, 0},
					     {N_("by it"), RP_RIGHT, 0},
					     {N_("handshake"), RP_RIGHT | RP_OPTION, 0},
					     {NULL, 0, 0}};
	size_t n = c->servers.items.n;
	size_t show = rp_rows(ctx, n);
	struct rows r = {c, rp_sorted(ctx, n, busier, c)};
	struct rp_table t = {.cols = cols, .ctx = &r, .rows = show, .cell = server_cell};
	if (!r.index)
		return;
	rp_end(ctx->page);
	rp_table(ctx->page, &t);
	rp_more(ctx->page, show, n);
	rp_not_kept(ctx->page, c->servers.items.lost,
		    NI_PLURAL("%s further connection's server was not kept: no room for it",
			      "%s further connections' servers were not kept: no room for them",
			      c->servers.items.lost));
	free(r.index);
}

/* "1,234 3-way, 5 refused": how many of each but of the first, the most common first. */
static void
put_tally(struct ni_buf *b, const uint64_t *count, unsigned n, const char *(*name)(unsigned))
{
	bool done[16] = {false};
	for (;;) {
		unsigned best = n;
		for (unsigned i = 1; i < n; i++)
			if (!done[i] && count[i] && (best == n || count[i] > count[best]))
				best = i;
		if (best == n)
			return;
		done[best] = true;
		ni_buf_str(b, b->len ? _(", ") : "");
		ni_buf_fmt(b, _("%s %s"), rp_word_num(count[best]).z, name(best));
	}
}

static void
put_closers(const struct rp_conns *c, struct ni_buf *b)
{
	if (!c->first[NI_CLIENT] && !c->first[NI_SERVER])
		return;
	ni_buf_fmt(b, _("; by the client first %s, by the server first %s"),
		   rp_word_num(c->first[NI_CLIENT]).z, rp_word_num(c->first[NI_SERVER]).z);
}

/* A handshake costs a round trip: how many requests share one. */
static void
put_requests(const struct rp_conns *c, struct ni_buf *b)
{
	if (c->short_conns)
		ni_buf_fmt(b,
			   NI_PLURAL("%llu short connection: one request for its handshake",
				     "%llu short connections: one request for each handshake",
				     c->short_conns),
			   (unsigned long long)c->short_conns);
	if (c->short_conns && c->long_conns)
		ni_buf_str(b, _("; "));
	if (!c->long_conns)
		return;
	ni_buf_fmt(b,
		   NI_PLURAL("%llu long connection: %.1f requests for its handshake, that is %.2f "
			     "handshakes a request",
			     "%llu long connections: %.1f requests for each handshake, that is "
			     "%.2f handshakes a request",
			     c->long_conns),
		   (unsigned long long)c->long_conns,
		   (double)c->long_requests / (double)c->long_conns,
		   (double)c->long_conns / (double)c->long_requests);
	ni_buf_fmt(b, _("; most requests: %llu on #%u"), (unsigned long long)c->most_requests,
		   c->most_id);
}

static void
write_totals(const struct rp_conns *c, const struct rp_ctx *ctx)
{
	enum { LEFT = 14 };
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	put_tally(&b, c->open, NI_OPEN_NKINDS, ni_conn_open_name);
	if (b.len)
		rp_para(ctx->page, LEFT, _("opened"), ni_buf_z(&b));
	b.len = 0;
	put_tally(&b, c->close, NI_CLOSE_NKINDS, ni_conn_close_name);
	put_closers(c, &b);
	if (b.len)
		rp_para(ctx->page, LEFT, _("closed"), ni_buf_z(&b));
	b.len = 0;
	if (c->rtt.n) {
		rp_spread(&b, &c->rtt);
		rp_para(ctx->page, LEFT, _("handshake"), ni_buf_z(&b));
		b.len = 0;
	}
	if (c->requests) {
		put_requests(c, &b);
		rp_para(ctx->page, LEFT, _("requests"), ni_buf_z(&b));
	}
}

/* Those that did not end well, then the others, each in the order of their numbers. */
static bool
worse(const void *ctx, uint32_t a, uint32_t b)
{
	bool x = row_at(ctx, a)->trouble != RP_BAD_NONE;
	bool y = row_at(ctx, b)->trouble != RP_BAD_NONE;
	return x != y ? x : earlier(ctx, a, b);
}

static void
write_all_blocks(const struct rp_conns *c, const struct rp_ctx *ctx)
{
	uint32_t *index = rp_sorted(ctx, c->rows.n, worse, c);
	for (uint32_t i = 0; index && i < c->rows.n; i++) {
		const struct row *r = row_at(c, index[i]);
		if (i)
			rp_end(ctx->page);
		if (r->detail)
			rp_block(ctx, rp_list_at(&c->details, r->detail - 1));
	}
	free(index);
}

static void
write_untold(const struct rp_ctx *ctx, uint64_t n)
{
	char mem[128];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (ctx->full)
		ni_buf_fmt(&b, _("… and %s more that did not end well"), rp_word_num(n).z);
	else
		ni_buf_fmt(&b, _("… and %s more that did not end well (--full tells up to %u)"),
			   rp_word_num(n).z, RP_DETAILS_FULL);
	rp_end(ctx->page);
	rp_para(ctx->page, RP_INDENT, NULL, ni_buf_z(&b));
}

/* Of many connections those that did not end well; of each kind a few, unless all are wanted. */
static void
write_troubled(const struct rp_conns *c, const struct rp_ctx *ctx)
{
	enum { OF_A_KIND = 2 };
	uint32_t *index = rp_sorted(ctx, c->rows.n, earlier, c);
	size_t of_kind[RP_NBAD] = {0};
	size_t shown = 0;
	for (uint32_t i = 0; index && i < c->rows.n; i++) {
		const struct row *r = row_at(c, index[i]);
		if (!r->trouble || !r->detail)
			continue;
		if (!ctx->full && (shown == RP_BLOCKS || of_kind[r->trouble] == OF_A_KIND))
			continue;
		rp_end(ctx->page);
		rp_block(ctx, rp_list_at(&c->details, r->detail - 1));
		of_kind[r->trouble]++;
		shown++;
	}
	if (shown && shown < c->troubled)
		write_untold(ctx, c->troubled - shown);
	free(index);
}

void
rp_conns_write(struct rp_conns *c, const struct rp_ctx *ctx)
{
	char mem[32];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (!c->total)
		return;
	rp_num(&b, c->total);
	rp_heading(ctx->page, _("TCP connections"), ni_buf_z(&b));
	if (ctx->page->html) { /* which draws connections itself */
		write_totals(c, ctx);
		write_servers(c, ctx);
		write_table(c, ctx);
	} else if (c->total <= RP_BLOCKS + 2) { /* not cut for the sake of two, as with rows */
		write_all_blocks(c, ctx);
	} else {
		write_totals(c, ctx);
		write_servers(c, ctx);
		write_troubled(c, ctx);
		write_table(c, ctx);
	}
}

void
rp_conns_free(struct rp_conns *c)
{
	rp_list_free(&c->rows);
	rp_list_free(&c->details);
	rp_map_free(&c->servers);
	rp_top_free(&c->largest);
}
