/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ladder as a drawing of vectors; see html.h. */
#include "html.h"
#include "i18n.h"
#include "netinspect/cells.h"
#include "netinspect/explain.h"
#include "out.h"
#include "report.h"

enum {
	WIDTH = 1120,
	TIME_END = 84,
	DELTA_END = 176,
	STATE_END = 300,
	CLIENT = 312,
	SERVER = 692,
	MIDDLE = (CLIENT + SERVER) / 2,
	STATE = 704,
	FRAME = 806,
	NOTE = 866,
	ARROW = 27, /* height of a row with one */
	TEXT = 18,  /* of a row without */
	SLOPE = 5,
	HEAD = 46,
	PIECE = 24, /* rows of one drawing */
	LANE_CELLS = 50,
	NOTE_CELLS = 34,
};

static bool
has_arrow(const struct ni_ladder_row *row)
{
	return row->kind == NI_LADDER_SEGMENT || row->kind == NI_LADDER_FOLD;
}

static const char *
class_of(enum ni_ladder_tone tone)
{
	static const char *const names[] = {
	    [NI_TONE_PLAIN] = "",    [NI_TONE_QUIET] = "quiet", [NI_TONE_GOOD] = "good",
	    [NI_TONE_TALK] = "talk", [NI_TONE_WARN] = "warn",   [NI_TONE_BAD] = "bad",
	};
	return names[tone];
}

/* Text that is cut after @cells cells; then a tool tip has it all. */
static void
put_text(struct ni_buf *b, int x, int y, const char *name, const struct ni_buf *text,
	 unsigned cells)
{
	char mem[1024];
	struct ni_buf cut = ni_buf(mem, sizeof(mem));
	if (!text->len)
		return;
	ni_cells_cut(&cut, text->p, text->len, cells, false);
	ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\" class=\"%s\">", x, y, name);
	if (ni_cells(text->p, text->len) > cells) {
		ni_buf_str(b, "<title>");
		ni_html_text(b, text->p, text->len);
		ni_buf_str(b, "</title>");
	}
	ni_html_text(b, mem, cut.len);
	ni_buf_str(b, "</text>");
}

static void
put_arrow(struct ni_buf *b, const struct ni_ladder_row *row, int y)
{
	bool right = row->side == NI_CLIENT;
	int from = right ? CLIENT : SERVER;
	int to = right ? SERVER : CLIENT;
	const char *kind = row->kind == NI_LADDER_FOLD ? "arrow fold" : "arrow";
	ni_buf_fmt(b, "<path class=\"%s\" d=\"M%d %dL%d %d\"/>", kind, from, y, to, y + SLOPE);
	ni_buf_fmt(b, "<path class=\"head\" d=\"M%d %dl%d -4.5l0 9z\"/>", to, y + SLOPE,
		   right ? -9 : 9);
}

static void
put_label(struct ni_buf *b, const struct ni_ladder_row *row, int y)
{
	char mem[512];
	struct ni_buf text;
	unsigned brief = 0;
	do {
		text = ni_buf(mem, sizeof(mem));
		ni_ladder_label(&text, row, brief);
	} while (ni_cells(mem, text.len) > LANE_CELLS && ++brief < 3);
	put_text(b, MIDDLE, y - 4, "m", &text, LANE_CELLS);
}

static void
put_states(struct ni_buf *b, const struct ni_ladder_row *row, int y)
{
	const struct ni_rung *r = row->kind == NI_LADDER_SEGMENT ? row->rung : NULL;
	if (r && r->was[0] != r->state[0])
		ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\" class=\"e st\">%s</text>", STATE_END, y + 4,
			   ni_tcp_state_name(r->state[0]));
	if (r && r->was[1] != r->state[1])
		ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\" class=\"st\">%s</text>", STATE, y + 4,
			   ni_tcp_state_name(r->state[1]));
}

static void
put_times(struct ni_buf *b, const struct ni_ladder_row *row, int y, int64_t zero_ns)
{
	ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\" class=\"e\">", TIME_END, y + 4);
	ni_buf_sec(b, rp_diff(row->first_ns, zero_ns), 6);
	ni_buf_str(b, "</text>");
	int64_t delta = rp_diff(row->first_ns, row->previous_ns);
	if (!delta)
		return;
	ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\" class=\"e dim\">%s", DELTA_END, y + 4,
		   delta > 0 ? "+" : "-");
	rp_dur(b, delta > 0 ? delta : -delta);
	ni_buf_str(b, "</text>");
}

static void
put_frames(struct ni_buf *b, const struct ni_ladder_row *row, int y)
{
	ni_buf_fmt(b, "<text x=\"%d\" y=\"%d\" class=\"dim\">#%llu", FRAME, y + 4,
		   (unsigned long long)row->first_frame);
	if (row->last_frame != row->first_frame)
		ni_buf_fmt(b, "–%llu", (unsigned long long)row->last_frame);
	ni_buf_str(b, "</text>");
}

static void
put_between(struct ni_buf *b, const struct ni_ladder *l, const struct ni_ladder_row *row, int y)
{
	char mem[512];
	struct ni_buf text = ni_buf(mem, sizeof(mem));
	if (row->kind == NI_LADDER_MESSAGE)
		ni_ladder_text(l, row, &text);
	else if (row->kind == NI_LADDER_GAP)
		ni_ladder_label(&text, row, 1);
	else
		ni_ladder_note(&text, l, row);
	bool left = row->kind == NI_LADDER_MESSAGE && row->side == NI_CLIENT;
	bool right = row->kind == NI_LADDER_MESSAGE && !left;
	put_text(b,
		 left    ? CLIENT + 12
		 : right ? SERVER - 12
			 : MIDDLE,
		 y + 2,
		 left    ? "tx"
		 : right ? "tx e"
			 : "m",
		 &text, LANE_CELLS);
}

static void
put_row(struct ni_buf *b, const struct ni_ladder *l, const struct ni_ladder_row *row, int y,
	int64_t zero_ns)
{
	ni_buf_fmt(b, "<g class=\"%s\">", class_of(ni_ladder_tone(l, row)));
	if (has_arrow(row)) {
		char mem[512];
		struct ni_buf note = ni_buf(mem, sizeof(mem));
		put_times(b, row, y, zero_ns);
		put_arrow(b, row, y);
		put_label(b, row, y);
		put_states(b, row, y);
		put_frames(b, row, y);
		ni_ladder_note(&note, l, row);
		put_text(b, NOTE, y + 4, "note", &note, NOTE_CELLS);
	} else {
		put_between(b, l, row, y);
		if (row->kind == NI_LADDER_GAP)
			put_frames(b, row, y);
	}
	ni_buf_str(b, "</g>\n");
}

static void
put_end(struct ni_buf *b, const struct ni_conn *c, unsigned side)
{
	char end[64];
	char mem[96];
	struct ni_buf e = ni_buf(end, sizeof(end));
	struct ni_buf text = ni_buf(mem, sizeof(mem));
	rp_end_point(&e, &c->addr[side], c->port[side]);
	ni_buf_fmt(&text, side ? _("server %s") : _("client %s"), ni_buf_z(&e));
	ni_buf_fmt(b, "<text x=\"%d\" y=\"14\" class=\"m lane\">", side ? SERVER : CLIENT);
	ni_html_text(b, mem, text.len);
	ni_buf_str(b, "</text>");
}

static void
put_title(struct ni_buf *b, const struct ni_conn *c)
{
	char mem[160];
	struct ni_buf text = ni_buf(mem, sizeof(mem));
	struct rp_verdict v = {c->open, c->close, c->closed_first, c->reset_by};
	ni_buf_fmt(b, "<h3 id=\"conn-%u\">#%u ", c->id, c->id);
	rp_end_point(&text, &c->addr[0], c->port[0]);
	ni_buf_str(&text, " → ");
	rp_end_point(&text, &c->addr[1], c->port[1]);
	ni_html_text(b, mem, text.len);
	ni_buf_str(b, " <span class=\"n\">");
	if (c->service)
		ni_buf_fmt(b, "%s · ", c->service);
	rp_verdict(b, &v);
	ni_buf_str(b, "</span></h3>\n");
}

static void
put_story(struct ni_buf *b, const struct ni_conn *c)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf text = ni_buf(mem, sizeof(mem));
	ni_explain_conn(&text, c);
	ni_buf_str(b, "<p class=\"story\">");
	ni_html_text(b, mem, text.len);
	ni_buf_str(b, "</p>\n");
}

/* Who stands where, and the states before the first segment. */
static void
put_head(struct ni_buf *b, const struct ni_ladder *l, size_t rows, const struct ni_conn *c)
{
	const struct ni_rung *r = rows ? ni_ladder_row(l, 0)->rung : NULL;
	put_end(b, c, NI_CLIENT);
	put_end(b, c, NI_SERVER);
	if (!r)
		return;
	ni_buf_fmt(b, "<text x=\"%d\" y=\"34\" class=\"e st\">%s</text>", STATE_END,
		   ni_tcp_state_name(r->was[0]));
	ni_buf_fmt(b, "<text x=\"%d\" y=\"34\" class=\"st\">%s</text>\n", STATE,
		   ni_tcp_state_name(r->was[1]));
}

static int
height(const struct ni_ladder_row *row)
{
	return has_arrow(row) ? ARROW : TEXT;
}

void
html_ladder_write(struct ni_out *o, struct ni_ladder *l, const struct ni_conn *c, int64_t zero_ns)
{
	struct ni_buf *b = &o->b;
	size_t rows = ni_ladder_layout(l, c);
	size_t i = 0;
	ni_buf_str(b, "<figure class=\"ladder\">");
	put_title(b, c);
	/* In pieces that join without a seam: where paper is cut, no arrow is. */
	do {
		bool first = i == 0;
		size_t end = rows - i < PIECE ? rows : i + PIECE;
		int y = first ? HEAD : 0;
		int high = y;
		for (size_t k = i; k < end; k++)
			high += height(ni_ladder_row(l, k));
		ni_buf_fmt(b, "<svg viewBox=\"0 0 %d %d\">\n", WIDTH, high);
		ni_buf_fmt(b, "<path class=\"life\" d=\"M%d %dV%dM%d %dV%d\"/>", CLIENT,
			   first ? 20 : 0, high, SERVER, first ? 20 : 0, high);
		if (first)
			put_head(b, l, rows, c);
		for (; i < end; i++) {
			y += height(ni_ladder_row(l, i));
			put_row(b, l, ni_ladder_row(l, i), y - 8, zero_ns);
			ni_out_line(o);
		}
		ni_buf_str(b, "</svg>\n");
	} while (i < rows);
	put_story(b, c);
	ni_buf_str(b, "</figure>\n");
	ni_out_line(o);
}
