/* SPDX-License-Identifier: GPL-2.0-or-later */
/* View 4: how much over time, by protocol and by address; what was dropped. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app.h"
#include "i18n.h"
#include "lines.h"
#include "netinspect/proto.h"
#include "tables.h"
#include "talkers.h"

enum {
	LINE = 1024,
	TREE = RP_BRANCHES,
	TALKERS = 15,
	LABEL = 14, /* columns left of the graphs */
	HIGHEST = 5,
	NAME = 39,   /* columns of names and addresses, at most … */
	BESIDE = 42, /* … for there are numbers beside them */
};

enum pane { TEXT, GRAPHS, NPANES };

struct stats {
	struct ni_view view;
	struct ni_lines lines;
	uint64_t version; /* of the model + 1 that the lines were made for */
	int width;
	struct ni_talker talker[TALKERS];
	unsigned talkers;
	uint64_t talkers_lost;
	uint64_t counted;  /* version that talkers were counted for + 1 … */
	time_t counted_at; /* … and when: it takes a while */
	struct ni_traffic_row tree[TREE];
};

static const struct ni_traffic *
traffic(const struct stats *s)
{
	return &s->view.app->o.tables->traffic;
}

static void
stats_destroy(struct ni_view *v)
{
	ni_lines_free(&((struct stats *)v)->lines);
	free(v);
}

static struct ni_view *
stats_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct stats *s = calloc(1, sizeof(*s));
	(void)arg;
	if (!s) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	s->view = (struct ni_view){.ops = &ni_stats_view, .app = a};
	s->view.panes.n = NPANES;
	return &s->view;
}

/* ---- graphs ---- */

struct graph {
	double value[512]; /* a second */
	double most;
	int n;
};

static void
measure(const struct stats *s, int width, bool bytes, struct graph *g)
{
	const struct ni_traffic *t = traffic(s);
	const int room = (int)(sizeof(g->value) / sizeof(g->value[0]));
	g->n = width < room ? width : room;
	g->most = 0;
	for (int i = 0; i < g->n && t->bins; i++) {
		uint64_t p;
		uint64_t b;
		unsigned n = (unsigned)g->n;
		unsigned bins = ((unsigned)i + 1) * t->bins / n - (unsigned)i * t->bins / n;
		double seconds = (double)(bins ? bins : 1) * (double)t->bin_ns / 1e9;
		ni_traffic_sum(t, (unsigned)i, n, &p, &b);
		g->value[i] = (double)(bytes ? b : p) / seconds;
		g->most = g->value[i] > g->most ? g->value[i] : g->most;
	}
}

/* Row @y of @h, from the top: eighths of a block, or whole ones where there is ASCII alone. */
static void
draw_graph_row(const struct graph *g, struct ni_rect r, int y, enum ni_role role)
{
	static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	char line[LINE * 2];
	struct ni_buf b = ni_buf(line, sizeof(line));
	for (int i = 0; i < g->n; i++) {
		double eighths = g->most > 0 ? g->value[i] / g->most * r.h * 8 : 0;
		int here = (int)(eighths + 0.5) - (r.h - 1 - y) * 8;
		if (g->value[i] > 0 && y == r.h - 1 && here < 1)
			here = 1; /* a little is not nothing */
		here = here < 0 ? 0 : here > 8 ? 8 : here;
		if (ni_screen_ascii())
			here = here >= 4 || (here && y == r.h - 1) ? 8 : 0;
		ni_buf_str(&b, blocks[here]);
	}
	ni_screen_text(r.y + y, r.x, r.w, ni_buf_z(&b), role, false);
}

static void
draw_graph(const struct stats *s, struct ni_rect r, bool bytes)
{
	char label[64];
	struct ni_buf b = ni_buf(label, sizeof(label));
	struct graph g = {.n = 0};
	enum ni_role role = bytes ? NI_ROLE_SERVER : NI_ROLE_CLIENT;
	struct ni_rect at = {r.y, r.x + LABEL, r.h, r.w - LABEL};
	measure(s, at.w, bytes, &g);
	if (bytes)
		ni_app_bytes(&b, (uint64_t)(g.most + 0.5));
	else
		ni_app_number(&b, (uint64_t)(g.most + 0.5));
	ni_screen_text(r.y, r.x, LABEL - 1, ni_buf_z(&b), NI_ROLE_TEXT, false);
	if (r.h > 1)
		ni_screen_text(r.y + 1, r.x, LABEL - 1, bytes ? _("bytes/s") : _("packets/s"),
			       NI_ROLE_DIM, false);
	for (int y = 0; y < r.h; y++)
		draw_graph_row(&g, at, y, role);
}

/* ---- text ---- */

static void
add(struct stats *s, struct ni_buf *b, enum ni_role role)
{
	ni_buf_c(b, '\n');
	ni_lines_buf(&s->lines, b, s->width, role);
}

static void
put_right(struct ni_buf *b, const char *cell, int width)
{
	ni_buf_c(b, ' ');
	ni_line_fit(b, cell, width, NI_FIT_RIGHT);
}

static void
put_number(struct ni_buf *b, uint64_t n, int width)
{
	char mem[40];
	struct ni_buf c = ni_buf(mem, sizeof(mem));
	ni_app_number(&c, n);
	put_right(b, ni_buf_z(&c), width);
}

static void
put_bytes(struct ni_buf *b, uint64_t n)
{
	char mem[40];
	struct ni_buf c = ni_buf(mem, sizeof(mem));
	ni_app_bytes(&c, n);
	put_right(b, ni_buf_z(&c), 10);
}

static void
put_name(const struct stats *s, struct ni_buf *b, const char *name)
{
	int room = s->width - BESIDE;
	ni_line_fit(b, name, room < NAME ? room : NAME, NI_FIT_MIDDLE);
}

static void
add_tree(struct stats *s, struct ni_buf *b)
{
	const struct ni_registry *reg = ni_model_registry(s->view.app->model);
	unsigned n = ni_traffic_tree(traffic(s), s->tree, TREE);
	uint64_t all = ni_model_stats(s->view.app->model).packets;
	put_name(s, b, _("protocols"));
	put_right(b, _("packets"), 12);
	put_right(b, "%", 6);
	put_right(b, _("bytes"), 10);
	add(s, b, NI_ROLE_TITLE);
	for (unsigned i = 0; i < n; i++) {
		const struct ni_traffic_row *r = &s->tree[i];
		const struct ni_proto *p = ni_registry_proto(reg, r->proto);
		char name[128];
		struct ni_buf c = ni_buf(name, sizeof(name));
		ni_buf_pad(&c, ' ', (size_t)2 * (r->depth < 20 ? r->depth : 20));
		ni_buf_str(&c, p ? p->name : "?");
		put_name(s, b, ni_buf_z(&c));
		put_number(b, r->packets, 12);
		ni_buf_fmt(b, " %5.1f%%", all ? (double)r->packets * 100 / (double)all : 0.0);
		put_bytes(b, r->bytes);
		add(s, b, NI_ROLE_TEXT);
	}
	if (traffic(s)->tree.lost) {
		ni_buf_fmt(b, _("%llu packets are counted higher up for lack of room"),
			   (unsigned long long)traffic(s)->tree.lost);
		add(s, b, NI_ROLE_WARN);
	}
}

static void
add_talkers(struct stats *s, struct ni_buf *b)
{
	struct ni_model *m = s->view.app->model;
	time_t now = time(NULL);
	if (s->counted != ni_model_version(m) + 1 && (!s->counted || now != s->counted_at)) {
		s->counted = ni_model_version(m) + 1;
		s->counted_at = now;
		s->talkers = ni_talkers(ni_model_conns(m), s->talker, TALKERS, &s->talkers_lost);
	}
	ni_buf_c(b, '\n');
	put_name(s, b, _("who talks most"));
	put_right(b, _("packets"), 8);
	put_right(b, _("sent"), 10);
	put_right(b, _("received"), 10);
	put_right(b, _("conv."), 8);
	add(s, b, NI_ROLE_TITLE);
	for (unsigned i = 0; i < s->talkers; i++) {
		const struct ni_talker *t = &s->talker[i];
		char name[64];
		struct ni_buf c = ni_buf(name, sizeof(name));
		ni_addr_print(&c, &t->addr);
		put_name(s, b, ni_buf_z(&c));
		put_number(b, t->packets, 8);
		put_bytes(b, t->sent);
		put_bytes(b, t->received);
		put_number(b, t->conns, 8);
		add(s, b, NI_ROLE_TEXT);
	}
}

static void
add_drop(struct stats *s, struct ni_buf *b, uint64_t n, const char *what)
{
	put_number(b, n, 9);
	ni_buf_str(b, "  ");
	ni_buf_str(b, what);
	add(s, b, n ? NI_ROLE_WARN : NI_ROLE_DIM);
}

/* Everything that found no room anywhere. What cannot be lost in a file is only told live. */
static void
add_drops(struct stats *s, struct ni_buf *b)
{
	const struct ni_app *a = s->view.app;
	struct ni_model_stats st = ni_model_stats(a->model);
	struct ni_session_drops d = ni_model_drops(a->model);
	const struct ni_tables *t = a->o.tables;
	ni_buf_c(b, '\n');
	ni_buf_str(b, _("dropped for lack of room"));
	add(s, b, NI_ROLE_TITLE);
	add_drop(s, b, st.dropped, _("packets, by the kernel or the interface"));
	add_drop(s, b, st.lost, _("packets, overwritten before they were looked at"));
	add_drop(s, b, st.forgotten, _("packets, looked at but no longer kept"));
	add_drop(s, b, d.flows_evicted, _("conversations forgotten by the tracker"));
	add_drop(s, b, ni_conntab_dropped(ni_model_conns(a->model)),
		 _("conversations no longer listed"));
	add_drop(s, b, d.fragments_dropped, _("fragments"));
	add_drop(s, b, d.stream_bytes_dropped, _("bytes of streams, out of order"));
	add_drop(s, b, d.streams_dropped + d.messages_dropped, _("streams and messages"));
	add_drop(s, b, d.lookups_evicted + d.exchanges_evicted, _("lookups and exchanges"));
	add_drop(s, b, t->http.rows.lost, _("HTTP exchanges not listed"));
	add_drop(s, b, t->net.hosts.items.lost + t->net.macs.items.lost, _("addresses not listed"));
	add_drop(s, b, t->net.names.items.lost, _("lookups of names not listed"));
	add_drop(s, b, s->talkers_lost, _("ends of conversations not counted among who talks"));
	ni_buf_fmt(b, _("missing from the capture itself: %llu gaps, %llu bytes"),
		   (unsigned long long)d.gaps, (unsigned long long)d.gap_bytes);
	add(s, b, NI_ROLE_DIM);
}

static void
make_lines(struct stats *s, int width)
{
	char mem[LINE];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	uint64_t now = ni_model_version(s->view.app->model) + 1;
	bool same = s->width == width;
	if (same && (s->version == now || (s->view.app->held && s->version)))
		return;
	s->width = width;
	s->version = now;
	ni_lines_clear(&s->lines);
	add_tree(s, &b);
	add_talkers(s, &b);
	add_drops(s, &b);
}

/* ---- the view ---- */

/* Packets above, bytes below, and how long it took. */
static void
draw_graphs(const struct stats *s, struct ni_rect r)
{
	char line[128];
	struct ni_buf b = ni_buf(line, sizeof(line));
	const struct ni_traffic *t = traffic(s);
	int h = (r.h - 1) / 2;
	h = h < 1 ? 1 : h;
	draw_graph(s, (struct ni_rect){r.y, r.x, h, r.w}, false);
	draw_graph(s, (struct ni_rect){r.y + h, r.x, h, r.w}, true);
	ni_app_span(&b, t->bin_ns * (int64_t)t->bins);
	ni_screen_text(r.y + 2 * h, r.x, LABEL - 1, ni_buf_z(&b), NI_ROLE_DIM, false);
	ni_screen_hline(r.y + 2 * h, r.x + LABEL, r.w - LABEL, NI_ROLE_DIM);
}

static int
stats_border(struct ni_view *v, unsigned border, struct ni_rect r, bool beside)
{
	(void)v;
	(void)border;
	int h = r.h / 5 < HIGHEST ? r.h / 5 : HIGHEST;
	return beside ? r.w / 2 : r.h - 2 * (h < 2 ? 2 : h) - 2;
}

static void
stats_draw_pane(struct ni_view *v, unsigned pane, struct ni_rect r)
{
	struct stats *s = (struct stats *)v;
	if (pane == GRAPHS) {
		draw_graphs(s, r);
		return;
	}
	make_lines(s, r.w);
	ni_lines_draw(&s->lines, r, false);
}

static bool
stats_act(struct ni_view *v, enum ni_act act)
{
	return ni_lines_act(&((struct stats *)v)->lines, act);
}

static void
stats_position(const struct ni_view *v, uint64_t *at, uint64_t *rows)
{
	const struct ni_list *l = &((const struct stats *)v)->lines.list;
	*rows = l->count;
	*at = l->count ? l->top + 1 : 0;
}

static bool
stats_search(struct ni_view *v, const char *text, int way)
{
	return ni_lines_search(&((struct stats *)v)->lines, text, way);
}

static int
stats_write(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err)
{
	return ni_lines_write(&((struct stats *)v)->lines, path, said, err);
}

static void
stats_copy(struct ni_view *v, struct ni_buf *b)
{
	ni_lines_copy(&((struct stats *)v)->lines, b);
}

static void
stats_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	ni_list_scroll(&((struct stats *)v)->lines.list, 3 * (int64_t)m->wheel);
}

const struct ni_view_ops ni_stats_view = {
    .name = N_("Statistics"),
    .place = NI_AT_STATS,
    .create = stats_create,
    .destroy = stats_destroy,
    .draw = ni_panes_draw,
    .draw_pane = stats_draw_pane,
    .border = stats_border,
    .act = stats_act,
    .position = stats_position,
    .copy = stats_copy,
    .mouse = stats_mouse,
    .search = stats_search,
    .write = stats_write,
};
