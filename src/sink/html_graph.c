/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets over time; see html.h. Steps are decimal: when all are used, ten become one. */
#include "html.h"
#include "i18n.h"
#include "out.h"
#include "report_page.h"

enum { FINEST_NS = 100000, SECOND = 1000000000, MERGE = 10 };
enum { WIDTH = 1000, HEIGHT = 150, TOP = 16, LEFT = 60, BASE = HEIGHT - 24 };

static void
merge(struct html_graph *g)
{
	for (uint32_t i = 0; i < NI_STEPS / MERGE; i++) {
		uint32_t packets = 0;
		uint32_t marked = 0;
		for (uint32_t k = MERGE * i; k < MERGE * (i + 1); k++) {
			packets += g->packets[k];
			marked += g->marked[k];
			g->packets[k] = g->marked[k] = 0;
		}
		g->packets[i] = packets;
		g->marked[i] = marked;
	}
	g->step_ns *= MERGE;
	g->used = (g->used + MERGE - 1) / MERGE;
}

void
html_graph_add(struct html_graph *g, int64_t ts_ns, bool marked)
{
	if (!g->step_ns) {
		g->step_ns = FINEST_NS;
		g->zero_ns = ts_ns;
	}
	int64_t at = rp_diff(ts_ns, g->zero_ns);
	at = at < 0 ? 0 : at; /* older than the first packet */
	while (at / g->step_ns >= NI_STEPS && g->step_ns < INT64_MAX / MERGE)
		merge(g);
	int64_t n = at / g->step_ns;
	uint32_t i = n < NI_STEPS ? (uint32_t)n : NI_STEPS - 1;
	g->packets[i]++;
	g->marked[i] += marked;
	if (i >= g->used)
		g->used = i + 1;
}

/* Bars of one kind as one path. */
static void
bars(const struct html_graph *g, struct ni_out *o, const uint32_t *count, uint32_t most,
     const char *name)
{
	double wide = (double)(WIDTH - LEFT) / g->used;
	ni_buf_fmt(&o->b, "<path class=\"%s\" d=\"", name);
	for (uint32_t i = 0; i < g->used; i++) {
		if (!count[i])
			continue;
		double high = (double)count[i] * (BASE - TOP) / most;
		ni_buf_fmt(&o->b, "M%.1f %dh%.1fv-%.1fh-%.1fz", LEFT + i * wide, BASE,
			   wide > 2 ? wide - 1 : wide, high < 1 ? 1 : high,
			   wide > 2 ? wide - 1 : wide);
	}
	ni_buf_str(&o->b, "\"/>\n");
}

static void
write_caption(const struct html_graph *g, struct ni_out *o, bool marked)
{
	char mem[32];
	struct ni_buf step = ni_buf(mem, sizeof(mem));
	rp_dur(&step, g->step_ns);
	ni_buf_str(&o->b, "<figcaption>");
	if (g->step_ns == SECOND)
		ni_buf_str(&o->b, _("Packets per second"));
	else if (g->step_ns < SECOND)
		ni_buf_fmt(&o->b, _("Packets in every %s"), ni_buf_z(&step));
	else
		ni_buf_fmt(&o->b, _("Packets per second, on average over %s"), ni_buf_z(&step));
	if (marked) {
		ni_buf_str(&o->b, _("; "));
		ni_buf_str(&o->b, "<span class=\"warn\">");
		ni_buf_str(&o->b, _("those with marks of TCP analysis"));
		ni_buf_str(&o->b, "</span>");
	}
	ni_buf_str(&o->b, "</figcaption></figure>\n");
}

void
html_graph_write(const struct html_graph *g, struct ni_out *o)
{
	struct ni_buf *b = &o->b;
	uint32_t most = 0;
	bool marked = false;
	for (uint32_t i = 0; i < g->used; i++) {
		most = g->packets[i] > most ? g->packets[i] : most;
		marked |= g->marked[i] != 0;
	}
	if (!most)
		return;
	ni_buf_fmt(b, "<figure><svg viewBox=\"0 0 %d %d\">\n", WIDTH, HEIGHT);
	ni_buf_fmt(b, "<path class=\"axis\" d=\"M%d %dH%dM%d %dH%d\"/>\n", LEFT, BASE, WIDTH, LEFT,
		   TOP, WIDTH);
	bars(g, o, g->packets, most, "bar");
	if (marked)
		bars(g, o, g->marked, most, "bar warn");
	double rate = g->step_ns > SECOND ? (double)most * SECOND / (double)g->step_ns : most;
	ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\" class=\"e\">%.*f</text>", LEFT - 6, TOP + 4,
		   rate < 10 && g->step_ns > SECOND, rate);
	ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\" class=\"e\">0</text>", LEFT - 6, BASE + 4);
	ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\">0 s</text>", LEFT, HEIGHT - 6);
	ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\" class=\"e\">", WIDTH, HEIGHT - 6);
	rp_dur(b, g->used * g->step_ns);
	ni_buf_str(b, "</text>\n</svg>\n");
	write_caption(g, o, marked);
	ni_out_line(o);
}
