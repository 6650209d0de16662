/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of a ladder as lines of text; see netinspect/ladder.h. From left to right:
 *
 *   time  +delta  client's state  ├── what it sends ──▶│  server's state  #frame  note
 *
 * A state stands where it changes. What finds no room goes, the least needed first: the note moves
 * below its segment, then delta and time go, then states are cut short.
 */
#include "i18n.h"
#include "ladder_priv.h"
#include "netinspect/buf.h"
#include "netinspect/cells.h"
#include "tcp_track.h"

enum {
	LINE = 2048, /* bytes of one line */
	LABEL = 512,
	TIME = 8,  /* least cells of a time … */
	DELTA = 8, /* … and of a difference */
	STATE = 12,
	STATE_SHORT = 8,
	NOTE = 29,
	LANE_LEAST = 10,
	LANE_WIDEST = 64,
	GAP = 2, /* cells before state and note */
	MS = 1000000,
};

/* ---- columns ---- */

static void
put_time(struct ni_buf *b, const struct ni_ladder_look *k, int64_t ts_ns, int64_t previous_ns)
{
	if (k->time)
		k->time(b, k, ts_ns, previous_ns);
	else
		ni_buf_sec(b, ts_ns - k->zero_ns, k->digits ? k->digits : 6);
}

/* "+0.016ms", "+12.345 s" */
static void
put_delta(struct ni_buf *b, int64_t ns)
{
	ni_buf_c(b, ns < 0 ? '-' : '+');
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	if (u >= 10000ull * MS) {
		ni_buf_sec(b, (int64_t)(u / 1000 * 1000), 3);
		ni_buf_str(b, " s");
		return;
	}
	ni_buf_fmt(b, "%u.%03ums", (unsigned)(u / MS), (unsigned)(u % MS / 1000));
}

static unsigned
time_cells(const struct ni_ladder_look *k, const struct ni_ladder *l)
{
	char mem[64];
	unsigned most = TIME;
	const struct ni_ladder_row *ends[2] = {l->row, l->rows ? &l->row[l->rows - 1] : NULL};
	for (unsigned i = 0; i < 2 && l->rows; i++) {
		struct ni_buf b = ni_buf(mem, sizeof(mem));
		put_time(&b, k, ends[i]->last_ns, ends[i]->previous_ns);
		unsigned cells = ni_cells(mem, b.len);
		most = cells > most ? cells : most;
	}
	return most;
}

static unsigned
delta_cells(const struct ni_ladder *l)
{
	char mem[64];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	int64_t most = 0;
	for (size_t i = 0; i < l->rows; i++) {
		int64_t ns = l->row[i].first_ns - l->row[i].previous_ns;
		ns = ns >= 0 ? ns : ns == INT64_MIN ? INT64_MAX : -ns;
		most = ns > most ? ns : most;
	}
	put_delta(&b, most);
	unsigned cells = ni_cells(mem, b.len);
	return cells > DELTA ? cells : DELTA;
}

static unsigned
digits(uint64_t v)
{
	unsigned n = 1;
	for (; v > 9; v /= 10)
		n++;
	return n;
}

/* Cells of everything but the lane; its bars count here. */
static unsigned
beside(const struct ni_ladder_look *k)
{
	unsigned n = 2 * k->state_cells + 2 + 2;
	n += k->time_cells ? k->time_cells + GAP : 0;
	n += k->delta_cells ? k->delta_cells + GAP : 0;
	n += k->frame_cells ? k->frame_cells + 1 : 0;
	return n + (k->note_cells ? k->note_cells + GAP : 0);
}

static bool
leaves(const struct ni_ladder_look *k, unsigned lane)
{
	return beside(k) + lane <= k->width;
}

void
ni_ladder_fit(struct ni_ladder_look *k, const struct ni_ladder *l)
{
	enum { FOR_NOTE = 30, FOR_DELTA = 26, FOR_TIME = 26, FOR_STATE = 20 };
	if (k->width < NI_LADDER_MIN_WIDTH)
		k->width = NI_LADDER_MIN_WIDTH;
	k->time_cells = time_cells(k, l);
	k->delta_cells = k->no_delta ? 0 : delta_cells(l);
	k->state_cells = STATE;
	k->frame_cells = 1 + digits(l->last_frame);
	k->note_cells = NOTE;
	if (!leaves(k, FOR_NOTE))
		k->note_cells = 0;
	if (!leaves(k, FOR_DELTA))
		k->delta_cells = 0;
	if (!leaves(k, FOR_TIME))
		k->time_cells = 0;
	if (!leaves(k, FOR_STATE))
		k->state_cells = STATE_SHORT;
	if (!leaves(k, LANE_LEAST))
		k->frame_cells = 0;
	k->lane_cells = k->width - beside(k);
	if (k->lane_cells > LANE_WIDEST) {
		k->note_cells += k->note_cells ? k->lane_cells - LANE_WIDEST : 0;
		k->lane_cells = LANE_WIDEST;
	}
	k->lane_at = k->state_cells + 1;
	k->lane_at += k->time_cells ? k->time_cells + GAP : 0;
	k->lane_at += k->delta_cells ? k->delta_cells + GAP : 0;
}

/* ---- a line that is being written ---- */

struct pen {
	const struct ni_ladder_look *k;
	struct ni_buf *b;
	unsigned at;   /* cells written */
	unsigned owed; /* blanks before the next text: none stand at the end of a line */
};

static void
to(struct pen *p, unsigned at)
{
	if (at > p->at + p->owed)
		p->owed = at - p->at;
}

/* Write converted text in at most @cells cells. */
static void
write_cut(struct pen *p, const char *s, size_t n, unsigned cells)
{
	unsigned room = p->k->width > p->at + p->owed ? p->k->width - p->at - p->owed : 0;
	if (cells > room)
		cells = room;
	if (!n || !cells)
		return;
	ni_buf_pad(p->b, ' ', p->owed);
	p->at += p->owed;
	p->owed = 0;
	unsigned all = ni_cells(s, n);
	ni_cells_cut(p->b, s, n, cells, p->k->ascii);
	p->at += all < cells ? all : cells;
}

static void
put(struct pen *p, const char *text, unsigned cells)
{
	char mem[LINE];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_cells_show(&b, text, strlen(text), p->k->ascii);
	write_cut(p, mem, b.len, cells);
}

static void
fill(struct pen *p, const char *text, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		put(p, text, 1);
}

/* Text that ends at @end. */
static void
put_right(struct pen *p, const struct ni_buf *b, unsigned end)
{
	unsigned cells = ni_cells(b->p, b->len);
	to(p, cells < end ? end - cells : 0);
	write_cut(p, b->p, b->len, cells);
}

/* ---- labels and notes ---- */

/* The longest label that fits into @room; the shortest is cut if need be. */
static void
choose_label(struct ni_buf *b, const struct ni_ladder_look *k, const struct ni_ladder_row *row,
	     unsigned room)
{
	char mem[LABEL];
	for (unsigned brief = 0; brief < 3; brief++) {
		struct ni_buf raw = ni_buf(mem, sizeof(mem));
		ni_ladder_label(&raw, row, brief);
		b->len = 0;
		ni_cells_show(b, mem, raw.len, k->ascii);
		if (ni_cells(b->p, b->len) <= room)
			return;
	}
	struct ni_buf cut = ni_buf(mem, sizeof(mem));
	ni_cells_cut(&cut, b->p, b->len, room, k->ascii);
	b->len = 0;
	ni_buf_mem(b, mem, cut.len);
}

/* ---- lines ---- */

static void
draw_arrow(struct pen *p, const struct ni_ladder_row *row)
{
	enum { FRAME = 6 }; /* cells around the label: "── " before it, " ─▶" behind it */
	const struct ni_ladder_look *k = p->k;
	bool fold = row->kind == NI_LADDER_FOLD;
	const char *dash = fold ? "═" : "─";
	char mem[LABEL];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	unsigned tight = k->lane_cells < 18 ? 2 : 0; /* one dash less on either side */
	choose_label(&b, k, row, k->lane_cells - FRAME + tight);
	unsigned label = ni_cells(mem, b.len);
	unsigned lead = 2 - tight / 2;
	unsigned rest = k->lane_cells - label - lead - 3;
	to(p, k->lane_at);
	if (row->side == NI_CLIENT) {
		put(p, fold ? "╞" : "├", 1);
		fill(p, dash, lead);
	} else {
		put(p, "│", 1);
		put(p, "◀", 1);
		fill(p, dash, rest);
	}
	p->owed = 1;
	write_cut(p, mem, b.len, label);
	p->owed = 1;
	if (row->side == NI_CLIENT) {
		fill(p, dash, rest);
		put(p, "▶", 1);
		put(p, "│", 1);
	} else {
		fill(p, dash, lead);
		put(p, fold ? "╡" : "┤", 1);
	}
}

/* Text between the lanes. If @over it may be longer than there is room. */
static void
draw_between(struct pen *p, const struct ni_buf *b, bool over)
{
	unsigned right = p->k->lane_at + p->k->lane_cells + 1;
	to(p, p->k->lane_at);
	put(p, "│", 1);
	p->owed = 1;
	bool fits = ni_cells(b->p, b->len) <= p->k->lane_cells - 2;
	write_cut(p, b->p, b->len, over ? p->k->width : p->k->lane_cells - 2);
	if (over && !fits)
		return;
	to(p, right);
	put(p, "│", 1);
}

static void
draw_states(struct pen *p, const struct ni_ladder_row *row, unsigned side)
{
	const struct ni_rung *r = row->kind == NI_LADDER_SEGMENT ? row->rung : NULL;
	if (!r || r->was[side] == r->state[side])
		return;
	const struct ni_ladder_look *k = p->k;
	to(p, side == NI_CLIENT ? k->lane_at - k->state_cells - 1 : k->lane_at + k->lane_cells + 3);
	put(p, ni_tcp_state_name(r->state[side]), k->state_cells);
}

static unsigned
frame_at(const struct ni_ladder_look *k)
{
	return k->lane_at + k->lane_cells + 3 + k->state_cells + 1;
}

static void
draw_times(struct pen *p, const struct ni_ladder_row *row)
{
	char mem[64];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	const struct ni_ladder_look *k = p->k;
	if (k->time_cells) {
		put_time(&b, k, row->first_ns, row->previous_ns);
		put_right(p, &b, k->time_cells);
	}
	if (!k->delta_cells || row->previous_ns == row->first_ns)
		return;
	b.len = 0;
	put_delta(&b, row->first_ns - row->previous_ns);
	put_right(p, &b, k->time_cells + GAP + k->delta_cells);
}

static void
draw_frame(struct pen *p, const struct ni_ladder_row *row)
{
	char mem[64];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (!p->k->frame_cells)
		return;
	unsigned at = frame_at(p->k);
	ni_buf_fmt(&b, "#%llu", (unsigned long long)row->first_frame);
	size_t first = b.len;
	if (row->last_frame != row->first_frame)
		ni_buf_fmt(&b, "-%llu", (unsigned long long)row->last_frame);
	/* Half a number would pass for another one. */
	if (at + b.len > p->k->width)
		b.len = first;
	to(p, at);
	write_cut(p, mem, b.len, p->k->width);
}

static void
converted_note(struct ni_buf *b, const struct ni_ladder_look *k, const struct ni_ladder *l,
	       const struct ni_ladder_row *row)
{
	char mem[LABEL];
	struct ni_buf raw = ni_buf(mem, sizeof(mem));
	ni_ladder_note(&raw, l, row);
	ni_cells_show(b, mem, raw.len, k->ascii);
}

/* Beside the row if there is room for it. */
static bool
is_beside(const struct ni_ladder_look *k, const struct ni_ladder_row *row, const struct ni_buf *b)
{
	return row->kind == NI_LADDER_SEGMENT && ni_cells(b->p, b->len) <= k->note_cells;
}

unsigned
ni_ladder_lines(const struct ni_ladder_look *k, const struct ni_ladder *l,
		const struct ni_ladder_row *row)
{
	char mem[LABEL];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	converted_note(&b, k, l, row);
	return row->kind != NI_LADDER_END && b.len && !is_beside(k, row, &b) ? 2 : 1;
}

static void
draw_text(struct pen *p, const struct ni_ladder *l, const struct ni_ladder_row *row)
{
	char raw[LABEL];
	char mem[LABEL + 8];
	struct ni_buf text = ni_buf(raw, sizeof(raw));
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (row->kind == NI_LADDER_MESSAGE) {
		ni_buf_str(&text, row->side == NI_CLIENT ? "» " : "« ");
		ni_ladder_text(l, row, &text);
		ni_cells_show(&b, raw, text.len, p->k->ascii);
	} else if (row->kind == NI_LADDER_GAP) {
		ni_cells_show(&b, "⋮ ", strlen("⋮ "), p->k->ascii);
		choose_label(&text, p->k, row, p->k->lane_cells - 4);
		ni_buf_mem(&b, raw, text.len);
	} else {
		converted_note(&b, p->k, l, row);
	}
	draw_between(p, &b, row->kind != NI_LADDER_GAP);
}

static void
draw_row(struct pen *p, const struct ni_ladder *l, const struct ni_ladder_row *row)
{
	bool segments = row->kind == NI_LADDER_SEGMENT || row->kind == NI_LADDER_FOLD;
	if (segments || row->kind == NI_LADDER_GAP)
		draw_times(p, row);
	draw_states(p, row, NI_CLIENT);
	if (!segments) {
		draw_text(p, l, row);
		if (row->kind == NI_LADDER_GAP)
			draw_frame(p, row);
		return;
	}
	draw_arrow(p, row);
	draw_states(p, row, NI_SERVER);
	draw_frame(p, row);
}

void
ni_ladder_line(struct ni_buf *b, const struct ni_ladder_look *k, const struct ni_ladder *l,
	       const struct ni_ladder_row *row, unsigned line)
{
	char mem[LABEL];
	struct ni_buf note = ni_buf(mem, sizeof(mem));
	struct pen p = {.k = k, .b = b};
	converted_note(&note, k, l, row);
	if (line) {
		draw_between(&p, &note, true);
		return;
	}
	draw_row(&p, l, row);
	if (row->kind != NI_LADDER_SEGMENT || !is_beside(k, row, &note))
		return;
	to(&p, frame_at(k) + (k->frame_cells ? k->frame_cells + GAP : 0));
	write_cut(&p, mem, note.len, k->width);
}

/* ---- the head ---- */

static void
put_end(struct pen *p, const struct ni_conn *c, unsigned side, bool right)
{
	char mem[128];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	char cut[128];
	struct ni_buf fit = ni_buf(cut, sizeof(cut));
	unsigned left_edge = p->k->lane_at - p->k->state_cells - 1;
	unsigned right_edge = frame_at(p->k) - 1;
	unsigned half = (right_edge - left_edge - GAP) / 2;
	char end[64];
	struct ni_buf e = ni_buf(end, sizeof(end));
	const struct ni_addr *a = &c->addr[side];
	ni_buf_str(&e, a->len == 16 ? "[" : "");
	if (a->len == 16)
		ni_buf_ip6(&e, a->b);
	else if (a->len == 4)
		ni_buf_ip4(&e, a->b);
	ni_buf_fmt(&e, a->len == 16 ? "]:%u" : ":%u", c->port[side]);
	ni_buf_fmt(&b, side == NI_CLIENT ? _("client %s") : _("server %s"), ni_buf_z(&e));
	ni_cells_elide(&fit, mem, b.len, half, p->k->ascii);
	if (right) {
		put_right(p, &fit, right_edge);
		return;
	}
	to(p, left_edge);
	write_cut(p, cut, fit.len, half);
}

static void
draw_titles(struct pen *p)
{
	const struct ni_ladder_look *k = p->k;
	char mem[64];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (k->time_cells) {
		ni_buf_str(&b, _("time"));
		put_right(p, &b, k->time_cells);
	}
	b.len = 0;
	if (k->delta_cells) {
		ni_buf_str(&b, _("+delta"));
		put_right(p, &b, k->time_cells + GAP + k->delta_cells);
	}
}

void
ni_ladder_head(struct ni_buf *b, const struct ni_ladder_look *k, const struct ni_ladder *l,
	       unsigned line)
{
	struct pen p = {.k = k, .b = b};
	if (!line) {
		draw_titles(&p);
		put_end(&p, l->conn, NI_CLIENT, false);
		put_end(&p, l->conn, NI_SERVER, true);
		return;
	}
	to(&p, k->lane_at - k->state_cells - 1);
	put(&p, ni_tcp_state_name(l->was[0]), k->state_cells);
	to(&p, k->lane_at);
	put(&p, "│", 1);
	to(&p, k->lane_at + k->lane_cells + 1);
	put(&p, "│", 1);
	to(&p, k->lane_at + k->lane_cells + 3);
	put(&p, ni_tcp_state_name(l->was[1]), k->state_cells);
}
