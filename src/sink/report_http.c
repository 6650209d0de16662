/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP exchanges: which request got which answer, and how long each part of it took. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "report.h"

struct row {
	int64_t wait_ns, receive_ns; /* -1: not known */
	uint64_t size;
	const char *method, *host, *uri, *type; /* raw */
	uint32_t stream, number;
	uint16_t status, flags;
};

/* One of the slowest, with texts of its own. */
struct slow {
	struct row row;
	struct ni_http_exchange x;
};

/* ---- taking in ---- */

static int64_t
between(int64_t a_ns, int64_t b_ns)
{
	int64_t d = rp_diff(b_ns, a_ns);
	return d < 0 ? 0 : d;
}

/* Something to name the exchange by: host and path, or what there is. */
static void
put_target(struct ni_buf *b, const char *host, const char *uri)
{
	/* A proxy request's URI names the host itself. */
	if (uri[0] == '/' || uri[0] == '*')
		ni_buf_str(b, host);
	ni_buf_str(b, uri[0] ? uri : host);
}

static void
add_trouble(const struct ni_http_exchange *x, struct rp_bad *bad, bool patient)
{
	char mem[sizeof(x->host) + sizeof(x->uri)];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct rp_case c = {.key = {.name = rp_bad_hash(x->host), .code = x->status}};
	c.frame = x->response_frame ? x->response_frame : x->request_frame;
	if (x->status >= 500)
		c.key.kind = RP_BAD_HTTP_SERVER;
	else if (x->status >= 400)
		c.key.kind = RP_BAD_HTTP_CLIENT;
	else if (!x->status && !patient)
		c.key.kind = RP_BAD_HTTP_SILENT;
	else if (x->status && x->flags & NI_HTTP_CUT && !patient)
		c.key.kind = RP_BAD_HTTP_CUT;
	else
		return;
	if (!c.frame)
		c.frame = x->request_first;
	put_target(&b, x->host, x->uri);
	c.name = ni_buf_z(&b);
	c.group = x->host;
	rp_bad_add(bad, &c);
}

static const char *
text(struct rp_http *h, const char *s)
{
	const char *t = s[0] ? rp_texts_add(&h->texts, s, strlen(s)) : "";
	return t ? t : "";
}

static struct row
make_row(const struct ni_http_exchange *x, int64_t wait_ns)
{
	return (struct row){
	    .wait_ns = wait_ns,
	    .receive_ns = x->response_frame && x->response_first
			      ? between(x->response_first_ns, x->response_last_ns)
			      : -1,
	    .size = x->response_body,
	    .method = x->method,
	    .host = x->host,
	    .uri = x->uri,
	    .type = x->type,
	    .stream = x->stream,
	    .number = x->number,
	    .status = x->status,
	    .flags = x->flags,
	};
}

static void
keep(struct rp_http *h, const struct ni_http_exchange *x, int64_t wait_ns)
{
	h->slowest.item = sizeof(struct slow);
	struct slow *s = rp_top_add(&h->slowest, wait_ns);
	if (s) {
		s->x = *x;
		s->row = make_row(&s->x, wait_ns);
	}
	h->list.item = sizeof(struct row);
	h->list.max = RP_EXCHANGES;
	struct row *r = rp_list_add(&h->list);
	if (!r)
		return;
	*r = make_row(x, wait_ns);
	r->method = text(h, x->method);
	r->host = text(h, x->host);
	r->uri = text(h, x->uri);
	r->type = text(h, x->type);
}

void
rp_http_add(struct rp_http *h, const struct ni_http_exchange *x, struct rp_bad *bad, bool patient)
{
	bool timed = x->request_frame && x->response_first;
	int64_t wait_ns = timed ? between(x->request_last_ns, x->response_first_ns) : -1;
	h->total++;
	h->by_class[x->status / 100 <= 5 ? x->status / 100 : 0]++;
	h->bytes += x->response_body;
	h->pipelined += (x->flags & NI_HTTP_PIPELINED) != 0;
	h->chunked += (x->flags & NI_HTTP_CHUNKED) != 0;
	h->gaps += (x->flags & NI_HTTP_GAP) != 0;
	if (timed)
		rp_hist_add(&h->wait, wait_ns);
	add_trouble(x, bad, patient);
	rp_http_count(h, x, wait_ns);
	keep(h, x, wait_ns);
}

/* ---- writing ---- */

struct rows {
	const struct rp_http *http;
	uint32_t *index;
	bool one_host; /* said once, not in every row */
	bool numbered; /* some connection carried more than one */
};

static const struct row *
row_at(const struct rp_http *h, uint32_t i)
{
	return rp_list_at(&h->list, i);
}

static bool
in_order(const void *ctx, uint32_t a, uint32_t b)
{
	const struct row *x = row_at(ctx, a);
	const struct row *y = row_at(ctx, b);
	return x->stream != y->stream ? x->stream < y->stream : x->number < y->number;
}

/* All of them in the order of @index, or the slowest when there is none. */
static const struct row *
shown(const struct rows *r, size_t i)
{
	return r->index ? row_at(r->http, r->index[i])
			: &((const struct slow *)rp_top_at(&r->http->slowest, (unsigned)i))->row;
}

/* "text/html; charset=utf-8" is html here. */
static void
put_type(struct ni_buf *b, const char *type)
{
	size_t n = strcspn(type, "; ");
	const char *slash = memchr(type, '/', n);
	if (slash && slash + 1 < type + n) {
		n -= (size_t)(slash + 1 - type);
		type = slash + 1;
	}
	ni_buf_escape(b, (const uint8_t *)type, n);
}

static void
cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct row *x = shown(r, i);
	switch (col) {
	case 0:
		ni_buf_fmt(b, "#%u", x->stream);
		break;
	case 1:
		if (r->numbered)
			ni_buf_u64(b, x->number);
		break;
	case 2:
		rp_wire(b, x->method);
		break;
	case 3:
		if (!r->one_host && (x->uri[0] == '/' || x->uri[0] == '*' || !x->uri[0]))
			rp_wire(b, x->host);
		rp_wire(b, x->uri);
		break;
	case 4:
		if (x->status)
			ni_buf_u64(b, x->status);
		else
			ni_buf_str(b, _("none"));
		break;
	case 5:
		put_type(b, x->type);
		break;
	case 6:
		/* What was not captured makes the size a lower bound. */
		if (x->status && x->flags & NI_HTTP_GAP)
			ni_buf_str(b, "≥ ");
		if (x->status)
			rp_size(b, x->size);
		break;
	case 7:
		if (x->wait_ns >= 0)
			rp_dur(b, x->wait_ns);
		break;
	default:
		if (x->receive_ns >= 0)
			rp_dur(b, x->receive_ns);
		break;
	}
}

static enum ni_color
color(const void *ctx, size_t i)
{
	const struct rows *r = ctx;
	uint16_t status = shown(r, i)->status;
	return status >= 500 || !status ? NI_C_BAD : status >= 400 ? NI_C_WARN : NI_C_NONE;
}

static void
write_table(const struct rp_http *h, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{N_("#"), RP_RIGHT, 0},
					     {N_("no."), RP_RIGHT, 0},
					     {N_("method"), RP_ELIDE, 4},
					     {N_("request"), RP_ELIDE, 20},
					     {N_("status"), RP_RIGHT, 0},
					     {N_("type"), RP_ELIDE, 8},
					     {N_("size"), RP_RIGHT, 0},
					     {N_("wait"), RP_RIGHT, 0},
					     {N_("receive"), RP_RIGHT | RP_OPTION, 0},
					     {NULL, 0, 0}};
	bool cut = !ctx->full && h->total > RP_ROWS + 2;
	struct rows r = {.http = h, .index = cut ? NULL : rp_sorted(ctx, h->list.n, in_order, h)};
	struct rp_table t = {.cols = cols,
			     .ctx = &r,
			     .rows = cut ? h->slowest.n : h->list.n,
			     .cell = cell,
			     .color = color};
	if (!cut && !r.index)
		return;
	r.one_host = rp_http_only_host(h) != NULL;
	for (uint32_t i = 0; i < t.rows; i++)
		r.numbered |= shown(&r, i)->number > 1;
	rp_end(ctx->page);
	if (cut)
		rp_para(ctx->page, RP_INDENT, NULL, _("Those that were waited for longest:"));
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, h->list.n);
	rp_not_kept(ctx->page, h->list.lost,
		    NI_PLURAL("%s further exchange was not kept: no room for it",
			      "%s further exchanges were not kept: no room for them",
			      h->list.lost));
	free(r.index);
}

/* "12 2xx"; class 0 is what was not answered. */
static void
put_class(struct ni_buf *b, unsigned class, uint64_t n)
{
	if (!class) {
		rp_item(b, n, _("%s without response"));
	} else if (n) {
		ni_buf_str(b, b->len ? _(", ") : "");
		ni_buf_fmt(b, _("%s %uxx"), rp_word_num(n).z, class);
	}
}

static void
write_summary(const struct rp_http *h, const struct rp_conns *conns, const struct rp_ctx *ctx)
{
	enum { LEFT = 14 };
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	const char *host = rp_http_only_host(h);

	if (host && host[0]) {
		rp_wire(&b, host);
		rp_para(ctx->page, LEFT, _("host"), ni_buf_z(&b));
		b.len = 0;
	}
	for (unsigned i = 1; i <= 6; i++)
		put_class(&b, i % 6, h->by_class[i % 6]);
	rp_para(ctx->page, LEFT, _("status"), ni_buf_z(&b));
	b.len = 0;
	rp_item(&b, conns->short_conns,
		NI_PLURAL("%s short connection (one exchange)",
			  "%s short connections (one exchange each)", conns->short_conns));
	rp_item(&b, conns->long_conns,
		NI_PLURAL("%s long connection (several)", "%s long connections (several)",
			  conns->long_conns));
	if (b.len)
		rp_para(ctx->page, LEFT, _("connections"), ni_buf_z(&b));
	b.len = 0;
	if (h->wait.n > RP_BLOCKS) {
		rp_spread(&b, &h->wait);
		rp_para(ctx->page, LEFT, _("wait"), ni_buf_z(&b));
		b.len = 0;
	}
	rp_item(&b, h->pipelined,
		NI_PLURAL("%s request pipelined", "%s requests pipelined", h->pipelined));
	rp_item(&b, h->chunked,
		NI_PLURAL("%s response chunked", "%s responses chunked", h->chunked));
	rp_item(&b, h->gaps,
		NI_PLURAL("%s exchange with bytes not captured",
			  "%s exchanges with bytes not captured", h->gaps));
	if (b.len)
		rp_para(ctx->page, LEFT, _("also"), ni_buf_z(&b));
}

void
rp_http_write(const struct rp_http *h, const struct rp_conns *conns, const struct rp_ctx *ctx)
{
	char mem[32];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (!h->total)
		return;
	rp_num(&b, h->total);
	rp_heading(ctx->page, _("HTTP exchanges"), ni_buf_z(&b));
	write_summary(h, conns, ctx);
	rp_http_groups_write(h, RP_HTTP_HOST, ctx);
	/* Of a few exchanges each is listed with its status and type. */
	if (ctx->full || h->total > RP_ROWS + 2) {
		rp_http_groups_write(h, RP_HTTP_STATUS, ctx);
		rp_http_groups_write(h, RP_HTTP_TYPE, ctx);
	}
	write_table(h, ctx);
}

void
rp_http_free(struct rp_http *h)
{
	rp_list_free(&h->list);
	rp_http_groups_free(h);
	rp_texts_free(&h->texts);
	rp_top_free(&h->slowest);
}
