/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -T report: takes in a capture of any length in bounded memory and writes one page about it at the
 * end. Frames cost a few comparisons; what is rare (connections that end, exchanges, lookups, ICMP)
 * goes to the part of the report that is about it.
 */
#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/dis.h"
#include "netinspect/event.h"
#include "story.h"
#include "tcp_track.h"

struct report {
	struct ni_sink sink;
	struct ni_out *out;
	struct ni_report_opts opts;
	const struct ni_registry *reg; /* lives as long as the session */
	struct rp_capture capture;
	struct rp_tree tree;
	struct rp_notes notes;
	struct rp_bad bad;
	struct rp_conns conns;
	struct rp_pairs pairs;
	struct rp_http http;
	struct rp_dns dns;
	struct rp_arp arp;
	struct rp_icmp icmp;
	struct rp_dhcp dhcp;
	struct ni_story story;
};

/* ---- what the sections share ---- */

size_t
rp_rows(const struct rp_ctx *c, size_t n)
{
	/* A list is not cut for the sake of two lines. */
	return c->full || n <= RP_ROWS + 2 ? n : RP_ROWS;
}

void
rp_clock(struct ni_buf *b, const struct rp_ctx *c, int64_t ns)
{
	enum { WIDTH = 10, DIGITS = 6 };
	int64_t t = rp_diff(ns, c->zero_ns);
	size_t start = b->len;
	ni_buf_sec(b, t, 0);
	size_t whole = b->len - start;
	b->len = start;
	ni_buf_sec(b, t,
		   whole + 1 + DIGITS <= WIDTH ? DIGITS
		   : whole + 2 < WIDTH         ? (unsigned)(WIDTH - 1 - whole)
					       : 0);
}

struct order {
	bool (*before)(const void *arg, uint32_t a, uint32_t b);
	const void *arg;
};

static int
compare(const void *a, const void *b, void *order)
{
	const struct order *o = order;
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;
	if (o->before(o->arg, x, y))
		return -1;
	return o->before(o->arg, y, x) ? 1 : x < y ? -1 : x > y;
}

uint32_t *
rp_sorted(const struct rp_ctx *c, size_t n, bool (*before)(const void *arg, uint32_t a, uint32_t b),
	  const void *arg)
{
	struct order o = {before, arg};
	uint32_t *index = n ? malloc(n * sizeof(*index)) : NULL;
	if (!index) {
		*c->no_memory |= n != 0;
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		index[i] = (uint32_t)i;
	qsort_r(index, n, sizeof(*index), compare, &o);
	return index;
}

/* ---- taking in ---- */

static void
take_frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct report *r = (struct report *)s;
	unsigned rcs;
	unsigned special = rp_tree_frame(&r->tree, d, &rcs);

	r->reg = d->reg;
	rp_capture_frame(&r->capture, d, rcs);
	if (d->nnotes || (d->seg && d->seg->marks))
		rp_notes_frame(&r->notes, d);
	if (d->seg && d->seg->marks)
		rp_conns_segment(d, &r->bad);
	if (!d->conn && d->net_layer != 0xff)
		rp_pairs_frame(&r->pairs, d);
	if (special & RP_ICMP)
		rp_icmp_frame(&r->icmp, d, &r->bad);
	if (d->conn)
		ni_story_frame(&r->story, d);
}

static bool
is_recent(const struct report *r, int64_t ns)
{
	return rp_diff(r->capture.last_ns, ns) < RP_PATIENCE_NS;
}

static void
take_ntp(struct report *r, const struct ni_ntp_exchange *x)
{
	struct rp_case c = {
	    .key = {.kind = RP_BAD_NTP_SILENT,
		    .addr = rp_addr_key(&x->server),
		    .port = x->server_port},
	    .from = &x->client,
	    .from_port = x->client_port,
	    .frame = x->request_frame,
	};
	if (x->rtt_ns < 0 && !is_recent(r, x->request_ns))
		rp_bad_add(&r->bad, &c);
}

/* Did the server send what was not captured? Then silence, or half an answer, is the capture's. */
static bool
missed_bytes(const struct ni_conn *c)
{
	return c && (!c->packets[NI_SERVER] || c->marks[NI_MARK_ACK_LOST_SEGMENT]);
}

static void
take_event(struct ni_sink *s, const struct ni_event *e)
{
	struct report *r = (struct report *)s;
	ni_story_event(&r->story, e);
	switch ((enum ni_event_kind)e->kind) {
	case NI_EV_CONN_NEW:
	case NI_EV_CONN_STATE:
	case NI_EV_STREAM:
	case NI_EV_BODY:
		break;
	case NI_EV_CONN_END:
		rp_pairs_conn(&r->pairs, e->conn);
		if (e->conn->ipproto == 6)
			rp_conns_end(&r->conns, e->conn, &r->bad, r->capture.last_ns);
		break;
	case NI_EV_HTTP:
		rp_http_add(&r->http, e->http, &r->bad,
			    missed_bytes(e->conn) ||
				(!e->frame && is_recent(r, e->http->request_last_ns)));
		break;
	case NI_EV_DNS:
		rp_dns_add(&r->dns, e->dns, &r->bad, is_recent(r, e->dns->query_ns));
		break;
	case NI_EV_ARP:
		rp_arp_add(&r->arp, e->arp, &r->bad, is_recent(r, e->arp->request_ns));
		break;
	case NI_EV_DHCP:
		rp_dhcp_add(&r->dhcp, e->dhcp, &r->bad, is_recent(r, e->dhcp->last_ns));
		break;
	case NI_EV_NTP:
		take_ntp(r, e->ntp);
		break;
	}
}

/* ---- writing ---- */

static void
write_story(const struct report *r, const struct rp_ctx *ctx)
{
	struct ni_addr client;
	if (ni_story_busiest(&r->story, &client))
		ni_story_tell(&r->story, ctx->page, &client, ctx->zero_ns, ctx->full);
}

/* A page of HTML has drawings beside the sections. */
static void
more(struct rp_page *p, enum rp_place place)
{
	if (!p->html)
		return;
	rp_html_close(p);
	p->html->after(p->html->ctx, place);
}

static int
finish(struct ni_sink *s, struct ni_err *err)
{
	struct report *r = (struct report *)s;
	struct rp_page page = rp_page(r->out);
	bool no_memory = false;
	page.html = r->opts.html;
	struct rp_ctx ctx = {.page = &page,
			     .no_memory = &no_memory,
			     .full = r->opts.full || page.html,
			     .zero_ns = r->capture.zero_ns,
			     .last_ns = r->capture.last_ns};
	struct rp_seen seen = {.conns = r->conns.total,
			       .exchanges = r->http.total,
			       .lookups = r->dns.total,
			       .packets = r->capture.packets};

	rp_capture_write(&r->capture, &ctx, &r->opts, r->reg);
	more(&page, RP_AFTER_CAPTURE);
	if (r->capture.packets) {
		rp_icmp_end(&r->icmp, &r->bad, r->capture.last_ns);
		rp_bad_write(&r->bad, &ctx, &seen);
	}
	if (r->capture.packets && !r->opts.head_only) {
		rp_tree_write(&r->tree, &ctx, r->reg);
		rp_arp_write(&r->arp, &ctx);
		rp_dhcp_write(&r->dhcp, &ctx);
		rp_hosts_write(&r->pairs, &ctx);
		rp_pairs_write(&r->pairs, &ctx);
		rp_dns_write(&r->dns, &ctx);
		rp_conns_write(&r->conns, &ctx);
		more(&page, RP_AFTER_CONNS);
		rp_http_write(&r->http, &r->conns, &ctx);
		more(&page, RP_AFTER_HTTP);
		write_story(r, &ctx);
		rp_icmp_write(&r->icmp, &ctx);
		rp_notes_write(&r->notes, &ctx);
	}
	if (page.html)
		rp_html_close(&page);
	int rc = ni_out_flush(r->out, err);
	if (!rc && no_memory)
		return ni_fail(err, NI_ERR_RUN, _("report: not enough memory, lists are missing"));
	return rc;
}

static void
free_report(struct ni_sink *s)
{
	struct report *r = (struct report *)s;
	rp_tree_free(&r->tree);
	rp_notes_free(&r->notes);
	rp_bad_free(&r->bad);
	rp_conns_free(&r->conns);
	rp_pairs_free(&r->pairs);
	rp_http_free(&r->http);
	rp_dns_free(&r->dns);
	rp_arp_free(&r->arp);
	rp_icmp_free(&r->icmp);
	rp_dhcp_free(&r->dhcp);
	ni_story_free(&r->story);
	free(r);
}

static const struct ni_sink_ops ops = {
    .name = "report",
    .frame = take_frame,
    .event = take_event,
    .finish = finish,
    .free = free_report,
};

struct ni_sink *
ni_report_sink(struct ni_out *out, const struct ni_report_opts *opts, struct ni_err *err)
{
	struct ni_net net = {.bits = 0};
	if (opts->net && ni_net_parse(&net, opts->net, err))
		return NULL;
	struct report *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->sink.ops = &ops;
	r->out = out;
	r->opts = *opts;
	r->conns.full = opts->full;
	ni_story_init(&r->story, &net);
	return &r->sink;
}
