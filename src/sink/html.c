/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --html: the report as one page that needs nothing from anywhere else. The sections are the
 * report's own; the drawings stand between them. A policy in the page forbids it every request and
 * every script but its own, whatever the capture may have smuggled in.
 */
#include "html.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "i18n.h"
#include "ladders.h"
#include "netinspect/clock.h"
#include "netinspect/event.h"
#include "out.h"
#include "report.h"
#include "tcp_track.h"

enum {
	KEEP = 80, /* segments of the beginning, and of the end, of a drawing */
	DRAWINGS = 40,
	FIRST = 20, /* of them for the first connections, however they ended */
	TCP = 6,
};
#define POOL_BYTES ((size_t)48 << 20)

struct drawing {
	struct ni_ladder *ladder;
	bool trouble;
	struct ni_conn conn;
};

struct page {
	struct ni_sink sink;
	struct ni_out *out;
	struct rp_html more; /* what the report asks us for */
	void (*language)(bool on);
	const struct ni_report_input *input;
	struct ni_sink *report; /* takes in the same, and writes the sections */
	struct ladders *ladders;
	struct drawing drawing[DRAWINGS];
	unsigned drawings;
	uint64_t undrawn;
	bool refused; /* there was no room for a connection */
	int64_t zero_ns, last_ns;
	struct html_graph graph;
	struct html_waterfall waterfall;
};

/* ---- taking in ---- */

static void
speak(const struct page *p, bool on)
{
	if (p->language)
		p->language(on);
}

static void
take_frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct page *p = (struct page *)s;
	speak(p, true);
	p->report->ops->frame(p->report, d);
	speak(p, false);
	p->zero_ns = d->clock ? d->clock->first_ns : 0;
	p->last_ns = d->frame->ts_ns;
	html_graph_add(&p->graph, d->frame->ts_ns, d->seg && d->seg->marks);
	if (!d->seg || !d->conn)
		return;
	struct ni_ladder *l = ladders_get(p->ladders, d->conn->id);
	if (l)
		ni_ladder_take(l, d);
	else
		p->refused = true;
}

/* The drawing that gives way to @trouble when all places are taken; NULL: none does. */
static struct drawing *
least_wanted(struct page *p, bool trouble)
{
	for (unsigned i = DRAWINGS; trouble && i-- > FIRST;)
		if (!p->drawing[i].trouble)
			return &p->drawing[i];
	return NULL;
}

/* Of many connections the first are drawn, and of the others rather those that did not end well. */
static void
end_conn(struct page *p, const struct ni_conn *c)
{
	struct ni_ladder *l = ladders_remove(p->ladders, c->id);
	bool trouble = rp_conn_trouble(c, p->last_ns) != RP_BAD_NONE;
	if (!l && !p->refused)
		return; /* the filter let nothing of it through */
	struct drawing *d = NULL;
	if (l && p->drawings < DRAWINGS)
		d = &p->drawing[p->drawings++];
	else if (l)
		d = least_wanted(p, trouble);
	if (!d || d->ladder)
		p->undrawn++;
	if (!d) {
		ni_ladder_free(&l);
		return;
	}
	ni_ladder_free(&d->ladder);
	*d = (struct drawing){l, trouble, *c};
}

static void
take_event(struct ni_sink *s, const struct ni_event *e)
{
	struct page *p = (struct page *)s;
	speak(p, true);
	p->report->ops->event(p->report, e);
	speak(p, false);
	if (e->kind == NI_EV_HTTP)
		html_waterfall_add(&p->waterfall, e->http);
	else if (e->kind == NI_EV_CONN_END && e->conn->ipproto == TCP)
		end_conn(p, e->conn);
}

/* ---- between the report's sections ---- */

static bool
is_drawn(void *ctx, uint32_t conn)
{
	const struct page *p = ctx;
	for (unsigned i = 0; i < p->drawings; i++)
		if (p->drawing[i].conn.id == conn)
			return true;
	return false;
}

static int
by_number(const void *a, const void *b)
{
	const struct drawing *x = a;
	const struct drawing *y = b;
	return x->conn.id < y->conn.id ? -1 : x->conn.id > y->conn.id;
}

static void
write_drawings(struct page *p)
{
	struct ni_buf *b = &p->out->b;
	qsort(p->drawing, p->drawings, sizeof(p->drawing[0]), by_number);
	for (unsigned i = 0; i < p->drawings; i++)
		html_ladder_write(p->out, p->drawing[i].ladder, &p->drawing[i].conn, p->zero_ns);
	if (!p->undrawn)
		return;
	ni_buf_str(b, "<p class=\"warn\">");
	ni_buf_fmt(b,
		   NI_PLURAL("%llu further connection is not drawn; -T ladder --conn N draws it.",
			     "%llu further connections are not drawn; -T ladder --conn N draws "
			     "them.",
			     p->undrawn),
		   (unsigned long long)p->undrawn);
	ni_buf_str(b, "</p>\n");
}

static void
after(void *ctx, enum rp_place place)
{
	struct page *p = ctx;
	if (place == RP_AFTER_CAPTURE)
		html_graph_write(&p->graph, p->out);
	else if (place == RP_AFTER_CONNS)
		write_drawings(p);
	else
		html_waterfall_write(&p->waterfall, p->out, p->zero_ns);
}

/* ---- the page ---- */

/* The policy's name of a text that stands in the page itself. */
static void
put_digest(struct ni_buf *b, const char *text)
{
	struct sha256_ctx ctx;
	uint8_t digest[SHA256_DIGEST_SIZE];
	char name[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE)];
	sha256_init(&ctx);
	sha256_update(&ctx, strlen(text), (const uint8_t *)text);
	sha256_digest(&ctx, sizeof(digest), digest);
	base64_encode_raw(name, sizeof(digest), digest);
	ni_buf_str(b, "'sha256-");
	ni_buf_mem(b, name, sizeof(name));
	ni_buf_c(b, '\'');
}

static void
put_name(struct ni_buf *b, const struct page *p)
{
	char mem[512];
	struct ni_buf name = ni_buf(mem, sizeof(mem));
	if (p->input && p->input->name)
		rp_wire(&name, p->input->name);
	ni_html_text(b, mem, name.len);
}

static void
write_head(struct page *p)
{
	struct ni_buf *b = &p->out->b;
	/* Translators: the language tag of this catalogue, as in <html lang="zh-CN">. */
	ni_buf_fmt(b, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
		   _("en"));
	ni_buf_str(b, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "base-uri 'none'; form-action 'none'; style-src ");
	put_digest(b, ni_html_style);
	ni_buf_str(b, "; script-src ");
	put_digest(b, ni_html_script);
	ni_buf_str(b, "\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
		      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	put_name(b, p);
	ni_buf_fmt(b, " – %s</title>\n<style>", PACKAGE_NAME);
	ni_buf_str(b, ni_html_style);
	ni_buf_str(b, "</style>\n</head>\n<body data-filter=\"");
	ni_html_text(b, _("show only rows with …"), strlen(_("show only rows with …")));
	ni_buf_str(b, "\">\n<h1>");
	put_name(b, p);
	ni_buf_str(b, "</h1>\n");
	ni_out_line(p->out);
}

static void
write_tail(struct page *p)
{
	struct ni_buf *b = &p->out->b;
	ni_buf_str(b, "<footer>");
	ni_buf_fmt(b, _("Written by %s."), PACKAGE_STRING);
	ni_buf_str(b, "</footer>\n<script>");
	ni_buf_str(b, ni_html_script);
	ni_buf_str(b, "</script>\n</body>\n</html>\n");
}

static int
finish(struct ni_sink *s, struct ni_err *err)
{
	struct page *p = (struct page *)s;
	speak(p, true);
	write_head(p);
	int rc = p->report->ops->finish(p->report, err);
	write_tail(p);
	speak(p, false);
	int end = ni_out_flush(p->out, NULL);
	if (end && p->out->error)
		return ni_fail(err, NI_ERR_RUN, "--html: %s", strerror(p->out->error));
	return rc ? rc : end;
}

static void
destroy(struct ni_sink *s)
{
	struct page *p = (struct page *)s;
	for (unsigned i = 0; i < p->drawings; i++)
		ni_ladder_free(&p->drawing[i].ladder);
	ladders_free(&p->ladders);
	rp_list_free(&p->waterfall.list);
	if (p->report)
		p->report->ops->free(p->report);
	free(p);
}

static const struct ni_sink_ops ops = {
    .name = "html", .frame = take_frame, .event = take_event, .finish = finish, .free = destroy};

struct ni_sink *
ni_html_sink(struct ni_out *out, const struct ni_report_opts *opts)
{
	struct page *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	struct ni_report_opts report = *opts;
	p->sink.ops = &ops;
	p->out = out;
	p->input = opts->input;
	p->language = opts->page;
	p->more = (struct rp_html){after, is_drawn, p};
	report.html = &p->more;
	p->report = ni_report_sink(out, &report, NULL);
	p->ladders = ladders_new(POOL_BYTES, KEEP);
	if (p->report && p->ladders)
		return &p->sink;
	destroy(&p->sink);
	return NULL;
}
