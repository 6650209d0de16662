/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP exchanges over time, as a browser's network panel shows them; see html.h. */
#include "html.h"
#include "i18n.h"
#include "netinspect/cells.h"
#include "out.h"
#include "report_page.h"

enum {
	WIDTH = 1000,
	ROW = 20,
	LEFT = 380,
	RIGHT = 90,
	SPAN = WIDTH - LEFT - RIGHT,
	LABEL = 40,
	PIECE = 30
};

void
html_waterfall_add(struct html_waterfall *w, const struct ni_http_exchange *x)
{
	w->list.item = sizeof(struct html_exchange);
	w->list.max = NI_WATERFALL;
	struct html_exchange *e = rp_list_add(&w->list);
	if (!e)
		return;
	struct ni_buf b = ni_buf(e->label, sizeof(e->label));
	e->asked_ns = x->request_first ? x->request_first_ns : x->response_first_ns;
	e->sent_ns = x->request_frame ? x->request_last_ns : e->asked_ns;
	e->first_ns = x->status ? x->response_first_ns : 0;
	e->last_ns = x->response_frame ? x->response_last_ns : e->first_ns;
	e->stream = x->stream;
	e->status = x->status;
	rp_wire(&b, x->method);
	ni_buf_c(&b, ' ');
	rp_wire(&b, x->uri);
	ni_buf_z(&b);
}

struct scale {
	int64_t from_ns;
	double per_ns;
};

static double
x_of(const struct scale *s, int64_t ns)
{
	double x = LEFT + (double)rp_diff(ns, s->from_ns) * s->per_ns;
	return x < LEFT ? LEFT : x > LEFT + SPAN ? LEFT + SPAN : x;
}

static void
bar(struct ni_out *o, const struct scale *s, int64_t from_ns, int64_t to_ns, int y,
    const char *name)
{
	double x = x_of(s, from_ns);
	double wide = x_of(s, to_ns) - x;
	ni_buf_fmt(&o->b, "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
		   name, x, y + 4, wide < 1 ? 1 : wide, ROW - 8);
}

static const char *
class_of(unsigned status)
{
	return !status || status >= 500 ? "bad" : status >= 400 ? "warn" : "good";
}

static void
write_row(struct ni_out *o, const struct scale *s, const struct html_exchange *e, int y)
{
	struct ni_buf *b = &o->b;
	char mem[sizeof(e->label) + 8];
	struct ni_buf cut = ni_buf(mem, sizeof(mem));
	int64_t end = e->last_ns ? e->last_ns : e->sent_ns;
	ni_cells_cut(&cut, e->label, strlen(e->label), LABEL, false);
	ni_buf_fmt(b, "<text x=\"34\" y=\"%d\" class=\"e dim\">#%u</text><text x=\"40\" y=\"%d\">",
		   y + 14, e->stream, y + 14);
	ni_html_text(b, mem, cut.len);
	ni_buf_fmt(b, "</text><text x=\"%d\" y=\"%d\" class=\"e %s\">", LEFT - 8, y + 14,
		   class_of(e->status));
	if (e->status)
		ni_buf_u64(b, e->status);
	else
		ni_buf_str(b, _("none"));
	ni_buf_str(b, "</text>");
	bar(o, s, e->asked_ns, e->sent_ns, y, "send");
	if (e->first_ns) {
		bar(o, s, e->sent_ns, e->first_ns, y, "wait");
		bar(o, s, e->first_ns, end, y, "recv");
	}
	ni_buf_fmt(b, "<text x=\"%.1f\" y=\"%d\">", x_of(s, end) + 6, y + 14);
	if (e->last_ns)
		rp_dur(b, rp_diff(end, e->asked_ns));
	ni_buf_str(b, "</text>\n");
	ni_out_line(o);
}

static const struct html_exchange *
at(const struct html_waterfall *w, size_t i)
{
	return rp_list_at(&w->list, i);
}

static void
write_legend(const struct html_waterfall *w, struct ni_out *o)
{
	struct ni_buf *b = &o->b;
	ni_buf_str(b, "<figcaption><span class=\"key send\"></span> ");
	ni_buf_str(b, _("request"));
	ni_buf_str(b, " <span class=\"key wait\"></span> ");
	ni_buf_str(b, _("waiting for the first byte"));
	ni_buf_str(b, " <span class=\"key recv\"></span> ");
	ni_buf_str(b, _("response"));
	if (w->list.lost)
		ni_buf_fmt(b,
			   NI_PLURAL(". %llu further exchange is not drawn.",
				     ". %llu further exchanges are not drawn.", w->list.lost),
			   (unsigned long long)w->list.lost);
	ni_buf_str(b, "</figcaption></figure>\n");
}

void
html_waterfall_write(const struct html_waterfall *w, struct ni_out *o, int64_t zero_ns)
{
	struct ni_buf *b = &o->b;
	if (!w->list.n)
		return;
	int64_t from = at(w, 0)->asked_ns;
	int64_t to = from;
	for (size_t i = 0; i < w->list.n; i++) {
		const struct html_exchange *e = at(w, i);
		int64_t end = e->last_ns ? e->last_ns : e->sent_ns;
		from = e->asked_ns < from ? e->asked_ns : from;
		to = end > to ? end : to;
	}
	int64_t span = rp_diff(to, from);
	struct scale s = {from, (double)SPAN / (double)(span > 0 ? span : 1)};
	ni_buf_fmt(b, "<figure><svg viewBox=\"0 0 %d %d\">\n", WIDTH, ROW);
	ni_buf_fmt(b, "<path class=\"axis\" d=\"M%d %dH%d\"/>", LEFT, ROW - 1, LEFT + SPAN);
	ni_buf_fmt(b, "<text x=\"%d\" y=\"14\">", LEFT);
	rp_dur(b, rp_diff(from, zero_ns));
	ni_buf_fmt(b, "</text><text x=\"%d\" y=\"14\" class=\"e\">+", LEFT + SPAN);
	rp_dur(b, span);
	ni_buf_str(b, "</text></svg>\n");
	/* In pieces that join without a seam: paper is cut between them. */
	for (size_t i = 0; i < w->list.n; i++) {
		size_t rest = w->list.n - i;
		if (i % PIECE == 0)
			ni_buf_fmt(b, "<svg viewBox=\"0 0 %d %d\">\n", WIDTH,
				   ROW * (int)(rest < PIECE ? rest : PIECE));
		write_row(o, &s, at(w, i), ROW * (int)(i % PIECE));
		if (rest == 1 || i % PIECE == PIECE - 1)
			ni_buf_str(b, "</svg>\n");
	}
	write_legend(w, o);
	ni_out_line(o);
}
