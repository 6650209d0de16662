/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a ladder: folds, the gap, and where the verdicts fall; see netinspect/ladder.h. */
#include <stdlib.h>

#include "ladder_priv.h"
#include "netinspect/buf.h"
#include "tcp_track.h"

enum { LEAST_FOLDED = 3 };

static uint64_t
last_step(const struct ni_step *s, unsigned n)
{
	uint64_t last = 0;
	for (unsigned i = 0; i < n; i++)
		if (s[i].frame > last)
			last = s[i].frame;
	return last;
}

uint64_t
ni_ladder_open_frame(const struct ni_conn *c)
{
	switch ((enum ni_conn_open)c->open) {
	case NI_OPEN_3WAY:
	case NI_OPEN_SIMULTANEOUS:
	case NI_OPEN_FAST:
	case NI_OPEN_REFUSED:
	case NI_OPEN_ABORTED:
		return last_step(c->opening, NI_OPEN_STEPS);
	case NI_OPEN_MID_STREAM:
	case NI_OPEN_STRAY:
		return c->first_frame;
	case NI_OPEN_NONE:
	case NI_OPEN_NO_ANSWER:
	case NI_OPEN_HALF_OPEN:
	case NI_OPEN_NKINDS:
		break;
	}
	return 0;
}

uint64_t
ni_ladder_close_frame(const struct ni_conn *c)
{
	switch ((enum ni_conn_close)c->close) {
	case NI_CLOSE_RESET:
		for (unsigned i = 0; i < NI_CLOSE_STEPS; i++)
			if (c->closing[i].frame && c->closing[i].flags & NI_TH_RST)
				return c->closing[i].frame;
		break;
	case NI_CLOSE_4WAY:
	case NI_CLOSE_3SEGMENT:
	case NI_CLOSE_SIMULTANEOUS:
		return last_step(c->closing, NI_CLOSE_STEPS);
	case NI_CLOSE_NONE:
	case NI_CLOSE_OPEN:
	case NI_CLOSE_HALF_CLOSED:
	case NI_CLOSE_TIMEOUT:
	case NI_CLOSE_NKINDS:
		break;
	}
	return 0;
}

/* ---- making them ---- */

struct maker {
	struct ni_ladder *l;
	uint64_t open, close; /* frames of the verdicts; 0: none, or placed already */
	int64_t previous_ns;
	bool begun; /* previous_ns is set */
	uint32_t at;
	/* The run of ordinary segments that ends here: rows from `first` on. */
	size_t first;
	uint32_t run;
	uint8_t data; /* enum ni_side whose data it is; NI_NOBODY: acknowledgements alone */
	bool full;    /* no memory */
};

static struct ni_ladder_row *
add(struct maker *m)
{
	struct ni_ladder *l = m->l;
	if (l->rows == l->row_room) {
		size_t room = l->row_room ? 2 * l->row_room : 64;
		struct ni_ladder_row *row = realloc(l->row, room * sizeof(*row));
		m->full |= !row;
		if (!row)
			return NULL;
		l->row = row;
		l->row_room = room;
	}
	struct ni_ladder_row *r = &l->row[l->rows++];
	*r = (struct ni_ladder_row){.at = m->at};
	return r;
}

static bool
is_ordinary(const struct ni_rung *r)
{
	return !(r->flags & ~(NI_TH_ACK | NI_TH_PSH)) && !r->marks && r->was[0] == r->state[0] &&
	       r->was[1] == r->state[1];
}

/* Rows of the run from @first on become one, unless they are to stand unfolded. */
static void
end_run(struct maker *m)
{
	struct ni_ladder *l = m->l;
	uint32_t n = m->run;
	m->run = 0;
	if (n < LEAST_FOLDED || m->full)
		return;
	struct ni_ladder_row *f = &l->row[m->first];
	bool unfolded = ni_ladder_cell(l, f->at)->toggled != l->unfold_all;
	uint32_t group = f->at + 1;
	for (size_t i = 0; i < n; i++) {
		f[i].group = group;
		f[i].folding = true;
	}
	if (unfolded)
		return;
	for (size_t i = 1; i < n; i++) {
		for (unsigned s = 0; s < 2; s++) {
			f->segments[s] += f[i].segments[s];
			f->bytes[s] += f[i].bytes[s];
		}
		f->last_frame = f[i].last_frame;
		f->last_ns = f[i].last_ns;
	}
	f->kind = NI_LADDER_FOLD;
	if (m->data != NI_NOBODY)
		f->side = m->data;
	l->rows = m->first + 1;
}

static void
join_run(struct maker *m, const struct ni_rung *r, bool ordinary)
{
	bool other = r->len && m->data != NI_NOBODY && m->data != r->side;
	if (m->run && (!ordinary || other))
		end_run(m);
	if (!ordinary)
		return;
	if (!m->run) {
		m->first = m->l->rows;
		m->data = NI_NOBODY;
	}
	m->run++;
	if (r->len)
		m->data = r->side;
}

static void
place_verdicts(struct maker *m, struct ni_ladder_row *row)
{
	row->opened = m->open && m->open >= row->first_frame && m->open <= row->last_frame;
	row->closed = m->close && m->close >= row->first_frame && m->close <= row->last_frame;
	if (row->opened)
		m->open = 0;
	if (row->closed)
		m->close = 0;
}

static void
set_time(struct maker *m, struct ni_ladder_row *row)
{
	row->previous_ns = m->begun ? m->previous_ns : row->first_ns;
	m->previous_ns = row->last_ns;
	m->begun = true;
}

static void
add_segment(struct maker *m, const struct ni_rung *r)
{
	bool verdict = r->frame == m->open || r->frame == m->close;
	join_run(m, r, is_ordinary(r) && !verdict);
	struct ni_ladder_row *row = add(m);
	if (!row)
		return;
	row->kind = NI_LADDER_SEGMENT;
	row->side = r->side;
	row->rung = r;
	row->first_frame = row->last_frame = r->frame;
	row->first_ns = row->last_ns = r->ts_ns;
	row->segments[r->side] = 1;
	row->bytes[r->side] = r->len;
	place_verdicts(m, row);
	set_time(m, row);
}

static void
add_message(struct maker *m, const struct ni_cell *c)
{
	end_run(m);
	struct ni_ladder_row *row = add(m);
	if (!row)
		return;
	row->kind = NI_LADDER_MESSAGE;
	row->side = c->side;
	row->first_frame = row->last_frame = c->message.frame;
	row->first_ns = row->last_ns = row->previous_ns = m->previous_ns;
}

static void
add_blocks(struct maker *m, const struct ni_blocks *list)
{
	const struct ni_block *b = list->blocks ? list->first : NULL;
	for (; b; b = b->next) {
		for (uint32_t i = b->from; i < b->to && !m->full; i++, m->at++) {
			const struct ni_cell *c = &b->cell[i];
			if (c->kind == NI_CELL_SEGMENT)
				add_segment(m, &c->rung);
			else if (c->kind == NI_CELL_MESSAGE)
				add_message(m, c);
		}
	}
	end_run(m);
}

static bool
stands_in(const struct ni_blocks *list, uint64_t frame)
{
	const struct ni_block *b = list->blocks ? list->first : NULL;
	for (; b; b = b->next)
		for (uint32_t i = b->from; i < b->to; i++)
			if (b->cell[i].kind == NI_CELL_SEGMENT && b->cell[i].rung.frame == frame)
				return true;
	return false;
}

static void
add_gap(struct maker *m)
{
	const struct ni_ladder_gap *g = &m->l->gap;
	if (!g->segments[0] && !g->segments[1] && !g->messages)
		return;
	struct ni_ladder_row *row = add(m);
	if (!row)
		return;
	row->kind = NI_LADDER_GAP;
	row->first_frame = g->first_frame;
	row->last_frame = g->last_frame;
	row->first_ns = g->first_ns;
	row->last_ns = g->last_ns;
	row->marked = g->marked;
	row->messages = g->messages;
	for (unsigned s = 0; s < 2; s++) {
		row->segments[s] = g->segments[s];
		row->bytes[s] = g->bytes[s];
	}
	/* A segment behind it may still have the verdict. */
	uint64_t open = m->open;
	uint64_t close = m->close;
	if (stands_in(&m->l->tail, open))
		m->open = 0;
	if (stands_in(&m->l->tail, close))
		m->close = 0;
	place_verdicts(m, row);
	m->open = row->opened ? 0 : open;
	m->close = row->closed ? 0 : close;
	set_time(m, row);
}

static void
add_end(struct maker *m, const struct ni_conn *c)
{
	/* Decided by no segment, or by one that a filter left out. */
	bool opened = c->open != NI_OPEN_NONE && (m->open || !ni_ladder_open_frame(c));
	bool closed = c->close != NI_CLOSE_NONE && (m->close || !ni_ladder_close_frame(c));
	struct ni_ladder_row *row = opened || closed ? add(m) : NULL;
	if (!row)
		return;
	row->kind = NI_LADDER_END;
	row->side = NI_NOBODY;
	row->opened = opened;
	row->closed = closed;
	row->first_ns = row->last_ns = row->previous_ns = m->previous_ns;
}

size_t
ni_ladder_layout(struct ni_ladder *l, const struct ni_conn *c)
{
	struct maker m = {
	    .l = l, .open = ni_ladder_open_frame(c), .close = ni_ladder_close_frame(c)};
	l->rows = 0;
	l->conn = c;
	add_blocks(&m, &l->head);
	add_gap(&m);
	add_blocks(&m, &l->tail);
	add_end(&m, c);
	if (m.full)
		l->rows = 0;
	return l->rows;
}

/* ---- looking at them ---- */

const struct ni_ladder_row *
ni_ladder_row(const struct ni_ladder *l, size_t i)
{
	return &l->row[i];
}

size_t
ni_ladder_find(const struct ni_ladder *l, uint64_t frame)
{
	for (size_t i = 0; i < l->rows; i++) {
		const struct ni_ladder_row *r = &l->row[i];
		if (r->kind != NI_LADDER_MESSAGE && r->kind != NI_LADDER_END &&
		    r->first_frame <= frame && frame <= r->last_frame)
			return i;
	}
	return SIZE_MAX;
}

bool
ni_ladder_toggle(struct ni_ladder *l, size_t i)
{
	if (i >= l->rows || !l->row[i].folding)
		return false;
	struct ni_cell *c = ni_ladder_cell(l, l->row[i].group - 1);
	c->toggled = !c->toggled;
	return true;
}

void
ni_ladder_unfold_all(struct ni_ladder *l, bool unfold)
{
	l->unfold_all = unfold;
}

void
ni_ladder_text(const struct ni_ladder *l, const struct ni_ladder_row *row, struct ni_buf *b)
{
	const struct ni_cell *c = ni_ladder_cell(l, row->at);
	ni_buf_mem(b, c->message.text, c->len);
	/* A long one may have lost its end with the block that held it. */
	for (uint32_t at = row->at + 1; at < l->head.cells + l->tail.cells; at++) {
		c = ni_ladder_cell(l, at);
		if (c->kind != NI_CELL_MORE || at == l->head.cells)
			return;
		ni_buf_mem(b, c->message.text, c->len);
	}
}
