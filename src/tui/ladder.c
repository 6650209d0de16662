/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ladder of one TCP connection: its segments as arrows between two lanes, and what they mean.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "columns.h"
#include "i18n.h"
#include "ladder_write.h"
#include "lines.h"
#include "rungs.h"
#include "told.h"

enum {
	LINE = 2048,
	WORDS = 4096,
	EXPLAIN_FROM = 17,      /* rows of the view, to explain below the ladder … */
	EXPLAIN_BESIDE = 120,   /* … or columns, to do so beside it */
	FEW_DIGITS = 6,         /* of a second's fraction, as differences have … */
	MANY_DIGITS_FROM = 100, /* … below so many columns, for the sake of the lanes */
	LEAST_ROWS = 4,         /* of the ladder, however much there is to explain */
};

struct ladder {
	struct ni_view view;
	uint32_t key; /* conversation */
	struct ni_rungs *rungs;
	struct ni_ladder_writing *writing; /* NULL: it is not being written */
	struct ni_ladder_look look;
	struct ni_list list;
	/* The selected row, wherever it moves as others come in. */
	uint64_t frame;
	uint8_t kind;
	bool absolute; /* sequence numbers are shown as on the wire */
	bool seek;     /* go where something went wrong, once everything is there */
	bool again;    /* the rows have to be laid out anew */
	bool explain;  /* what the selected row means is shown below */
	bool room;     /* and there is room for that */
	struct ni_lines words;
	uint64_t words_of; /* row that they are about */
	struct ni_rect at; /* of the rows */
};

/* ---- rows ---- */

static const struct ni_ladder_row *
row_at(const struct ladder *l, uint64_t i)
{
	return i < l->rungs->rows ? ni_ladder_row(l->rungs->ladder, i) : NULL;
}

static void
remember(struct ladder *l)
{
	const struct ni_ladder_row *r = row_at(l, l->list.cursor);
	l->frame = r ? r->first_frame : 0;
	l->kind = r ? r->kind : NI_LADDER_SEGMENT;
}

static void
select_frame(struct ladder *l, uint64_t frame, unsigned kind)
{
	size_t i = ni_ladder_find(l->rungs->ladder, frame);
	if (i == SIZE_MAX)
		return;
	for (size_t k = i; kind == NI_LADDER_MESSAGE && k + 1 < l->rungs->rows; k++) {
		const struct ni_ladder_row *r = row_at(l, k + 1);
		if (r->kind != NI_LADDER_MESSAGE)
			break;
		if (r->first_frame == frame) {
			i = k + 1;
			break;
		}
	}
	l->list.cursor = i;
}

/* The same ladder with the other kind of sequence numbers. */
static void
renumber(struct ladder *l)
{
	struct ni_app *a = l->view.app;
	struct ni_rungs *fresh = ni_rungs_new(a->model, l->key, NULL);
	l->absolute = a->absolute;
	if (!fresh)
		return;
	ni_rungs_free(&l->rungs);
	l->rungs = fresh;
}

static void
set_look(struct ladder *l, int width)
{
	const struct ni_app *a = l->view.app;
	uint32_t iface = 0;
	struct ni_entry e;
	if (ni_index_get(ni_model_index(a->model), l->frame, &e))
		iface = e.iface;
	unsigned digits = ni_model_ts_digits(a->model, iface);
	if (width < MANY_DIGITS_FROM && digits > FEW_DIGITS)
		digits = FEW_DIGITS;
	l->look = (struct ni_ladder_look){
	    .width = (unsigned)width,
	    .ascii = ni_screen_ascii(),
	    .digits = digits,
	    .zero_ns = ni_model_first_ns(a->model),
	    .time = ni_ladder_time,
	    .time_format = (int)a->time,
	    .no_delta = a->time == NI_TIME_DELTA || a->time == NI_TIME_DELTA_DISPLAYED,
	};
	ni_ladder_fit(&l->look, l->rungs->ladder);
}

static void
settle(struct ladder *l)
{
	uint64_t before = l->rungs->laid_out;
	bool again = l->again;
	if (l->view.app->held && before && !again)
		return;
	ni_rungs_layout(l->rungs, again);
	l->again = false;
	if ((before == l->rungs->laid_out && !again) || !l->rungs->rows)
		return;
	if (!l->list.follow && l->kind == NI_LADDER_END)
		l->list.cursor = l->rungs->rows - 1;
	else if (!l->list.follow && l->frame)
		select_frame(l, l->frame, l->kind);
	if (!l->look.width)
		set_look(l, NI_LADDER_ROOM); /* until it is drawn */
	ni_list_resize(&l->list, l->rungs->rows, l->list.height);
	if (l->frame && ni_ladder_find(l->rungs->ladder, l->frame) != SIZE_MAX)
		remember(l);
}

/* The first row of the worst that there is. */
static void
seek_trouble(struct ladder *l)
{
	static const enum ni_ladder_tone worst[] = {NI_TONE_BAD, NI_TONE_WARN};
	l->seek = false;
	for (size_t w = 0; w < sizeof(worst) / sizeof(worst[0]); w++)
		for (uint64_t i = 0; i < l->rungs->rows; i++) {
			if (ni_ladder_tone(l->rungs->ladder, row_at(l, i)) != worst[w])
				continue;
			ni_list_go(&l->list, i);
			remember(l);
			return;
		}
}

/* ---- beginning and end ---- */

static void
ladder_destroy(struct ni_view *v)
{
	struct ladder *l = (struct ladder *)v;
	ni_ladder_writing_free(&l->writing);
	ni_rungs_free(&l->rungs);
	ni_lines_free(&l->words);
	free(l);
}

static struct ni_view *
ladder_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct ladder *l = calloc(1, sizeof(*l));
	if (!l || arg->conn >> NI_IX_CONN_SHIFT != NI_IX_TCP) {
		ni_fail(err, NI_ERR_RUN, "%s",
			l ? _("only TCP connections have a ladder") : _("view: no memory"));
		free(l);
		return NULL;
	}
	l->view = (struct ni_view){.ops = &ni_ladder_view, .app = a};
	l->key = arg->conn;
	l->frame = arg->packet;
	l->seek = arg->trouble;
	l->absolute = a->absolute;
	l->rungs = ni_rungs_new(a->model, l->key, err);
	if (l->rungs)
		return &l->view;
	free(l);
	return NULL;
}

static bool
ladder_work(struct ni_view *v, int64_t ns)
{
	struct ladder *l = (struct ladder *)v;
	if (l->absolute != v->app->absolute)
		renumber(l);
	uint64_t before = ni_watch_version(l->rungs->watch);
	bool more = ni_watch_work(l->rungs->watch, ns);
	if (l->writing)
		more |= ni_ladder_writing_work(v->app, &l->writing, ns);
	v->app->dirty |= before != ni_watch_version(l->rungs->watch);
	return more;
}

/* ---- drawing ---- */

static enum ni_role
role_of(enum ni_ladder_tone tone)
{
	static const uint8_t roles[] = {
	    [NI_TONE_PLAIN] = NI_ROLE_TEXT, [NI_TONE_QUIET] = NI_ROLE_DIM,
	    [NI_TONE_GOOD] = NI_ROLE_GOOD,  [NI_TONE_TALK] = NI_ROLE_NOTE,
	    [NI_TONE_WARN] = NI_ROLE_WARN,  [NI_TONE_BAD] = NI_ROLE_BAD,
	};
	return (enum ni_role)roles[tone];
}

static void
ladder_title(const struct ni_view *v, struct ni_buf *b)
{
	const struct ladder *l = (const struct ladder *)v;
	const struct ni_conn *c = &l->rungs->conn;
	char ends[2][64];
	for (unsigned i = 0; i < 2 && l->rungs->rows; i++) {
		struct ni_buf e = ni_buf(ends[i], sizeof(ends[i]));
		ni_end_point_print(&e, &c->addr[i], c->port[i]);
		ni_buf_z(&e);
	}
	if (!l->rungs->rows)
		ni_buf_fmt(b, _("Connection %u"), l->key & NI_IX_CONN_ID);
	else
		ni_buf_fmt(b, _("Connection %u: %s → %s"), l->key & NI_IX_CONN_ID, ends[0],
			   ends[1]);
	if (l->rungs->rows && c->service)
		ni_buf_fmt(b, "  %s", c->service);
	if (!ni_watch_through(l->rungs->watch))
		ni_buf_fmt(b, "  %u%%", ni_watch_percent(l->rungs->watch));
}

static void
draw_head(struct ladder *l, struct ni_rect r)
{
	char mem[LINE];
	for (unsigned i = 0; i < NI_LADDER_HEADS; i++) {
		struct ni_buf b = ni_buf(mem, sizeof(mem));
		ni_ladder_head(&b, &l->look, l->rungs->ladder, i);
		ni_screen_text(r.y + (int)i, r.x, r.w, ni_buf_z(&b), NI_ROLE_NOTE, false);
	}
}

/* Rows may take two lines: make sure that the selected one is seen. */
static void
scroll_to_cursor(struct ladder *l)
{
	for (;;) {
		unsigned lines = 0;
		for (uint64_t i = l->list.top; i <= l->list.cursor && i < l->rungs->rows; i++)
			lines += ni_ladder_lines(&l->look, l->rungs->ladder, row_at(l, i));
		if (lines <= (unsigned)l->list.height || l->list.top >= l->list.cursor)
			return;
		l->list.top++;
	}
}

static void
draw_rows(struct ladder *l, struct ni_rect r)
{
	char mem[LINE];
	int y = 0;
	for (uint64_t i = l->list.top; i < l->rungs->rows && y < r.h; i++) {
		const struct ni_ladder_row *row = row_at(l, i);
		unsigned lines = ni_ladder_lines(&l->look, l->rungs->ladder, row);
		enum ni_role role = role_of(ni_ladder_tone(l->rungs->ladder, row));
		bool on = i == l->list.cursor && !l->view.passive;
		for (unsigned k = 0; k < lines && y < r.h; k++) {
			struct ni_buf b = ni_buf(mem, sizeof(mem));
			ni_ladder_line(&b, &l->look, l->rungs->ladder, row, k);
			ni_screen_text(r.y + y++, r.x, r.w, ni_buf_z(&b),
				       on ? NI_ROLE_SELECTED : role, on);
		}
	}
}

/* ---- explaining ---- */

static void
make_words(struct ladder *l, int width)
{
	char mem[WORDS];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_told_rung(&b, l->rungs, l->list.cursor);
	ni_lines_clear(&l->words);
	ni_lines_buf(&l->words, &b, width, NI_ROLE_TEXT);
	if (l->words_of != l->list.cursor)
		l->words.list.top = l->words.list.cursor = 0;
	l->words_of = l->list.cursor;
}

/* The ladder gets what its words leave; beside them, what it needs to show times. */
static int
ladder_border(struct ni_view *v, unsigned border, struct ni_rect r, bool beside)
{
	struct ladder *l = (struct ladder *)v;
	int least = NI_LADDER_HEADS + LEAST_ROWS;
	(void)border;
	if (beside)
		return r.w * 5 / 8 > NI_LADDER_ROOM ? r.w * 5 / 8 : NI_LADDER_ROOM;
	make_words(l, r.w - 2);
	int rows = r.h - 1 - (int)(l->words.count < INT16_MAX ? l->words.count : INT16_MAX);
	return rows < least ? least : rows;
}

static void
draw_rungs(struct ladder *l, struct ni_rect r)
{
	set_look(l, r.w);
	draw_head(l, r);
	l->at = (struct ni_rect){r.y + NI_LADDER_HEADS, r.x, r.h - NI_LADDER_HEADS, r.w};
	if (!l->list.height)
		l->list.top = 0; /* keys that came before the first picture moved it */
	ni_list_resize(&l->list, l->rungs->rows, l->at.h);
	scroll_to_cursor(l);
	draw_rows(l, l->at);
}

static void
ladder_draw_pane(struct ni_view *v, unsigned pane, struct ni_rect r)
{
	struct ladder *l = (struct ladder *)v;
	if (pane == 0) {
		draw_rungs(l, r);
		return;
	}
	make_words(l, r.w - 2);
	ni_lines_draw(&l->words, (struct ni_rect){r.y, r.x + 1, r.h, r.w - 2}, false);
}

static void
ladder_draw(struct ni_view *v, struct ni_rect r)
{
	struct ladder *l = (struct ladder *)v;
	l->room = r.h >= EXPLAIN_FROM || r.w >= EXPLAIN_BESIDE;
	settle(l);
	v->panes.n = l->explain && l->room && l->rungs->rows ? 2 : 1;
	if (l->seek && l->rungs->rows && ni_watch_through(l->rungs->watch))
		seek_trouble(l);
	if (l->rungs->rows)
		ni_panes_draw(v, r);
	else if (ni_watch_through(l->rungs->watch))
		ni_screen_text(r.y + 1, r.x + 2, r.w - 2,
			       _("the packets of this connection are gone"), NI_ROLE_DIM, false);
}

/* ---- keys ---- */

static void
open_packet(struct ladder *l, uint64_t frame)
{
	struct ni_view_arg arg = {.conn = l->key, .packet = frame};
	ni_app_push(l->view.app, &ni_packets_view, &arg);
}

static void
toggle(struct ladder *l, const struct ni_ladder_row *r)
{
	l->frame = r->first_frame;
	l->kind = r->kind;
	if (!ni_ladder_toggle(l->rungs->ladder, l->list.cursor))
		return;
	l->again = true;
	l->list.follow = false;
	settle(l);
}

static void
fold(struct ladder *l, bool open)
{
	const struct ni_ladder_row *r = row_at(l, l->list.cursor);
	if (r && r->folding && open == (r->kind == NI_LADDER_FOLD))
		toggle(l, r);
}

static void
open_row(struct ladder *l)
{
	const struct ni_ladder_row *r = row_at(l, l->list.cursor);
	if (!r)
		return;
	if (r->kind == NI_LADDER_FOLD) {
		toggle(l, r);
	} else if (r->kind == NI_LADDER_MESSAGE) {
		struct ni_view_arg arg = {.conn = l->key, .packet = r->first_frame};
		ni_app_push(l->view.app, &ni_message_view, &arg);
	} else if (r->kind == NI_LADDER_SEGMENT) {
		open_packet(l, r->first_frame);
	}
}

static bool
ladder_act(struct ni_view *v, enum ni_act act)
{
	struct ladder *l = (struct ladder *)v;
	struct ni_view_arg arg = {.conn = l->key, .packet = l->frame};
	l->seek = false;
	if (act == NI_ACT_BACK && l->writing) {
		ni_app_say(v->app, NI_ROLE_WARN, _("stopped: %s was not written"),
			   ni_ladder_writing_path(l->writing));
		ni_ladder_writing_free(&l->writing);
		return true;
	}
	settle(l);
	if (v->panes.n > 1 && v->panes.active == 1 && ni_lines_act(&l->words, act))
		return true;
	if (ni_list_act(&l->list, act))
		remember(l);
	else if (act == NI_ACT_OPEN)
		open_row(l);
	else if (act == NI_ACT_RIGHT || act == NI_ACT_LEFT)
		fold(l, act == NI_ACT_RIGHT);
	else if (act == NI_ACT_EXPLAIN && l->room)
		l->explain = !l->explain;
	else if (act == NI_ACT_FOLLOW)
		l->list.follow = !l->list.follow;
	else if (act == NI_ACT_STREAM)
		ni_app_push(v->app, &ni_stream_view, &arg);
	else
		return false;
	return true;
}

static void
ladder_position(const struct ni_view *v, uint64_t *at, uint64_t *rows)
{
	const struct ladder *l = (const struct ladder *)v;
	*rows = l->list.count;
	*at = l->list.count ? l->list.cursor + 1 : 0;
}

static bool
ladder_follows(const struct ni_view *v)
{
	return ((const struct ladder *)v)->list.follow;
}

static void
print_row(const struct ladder *l, const struct ni_ladder_row *r, struct ni_buf *b)
{
	unsigned lines = ni_ladder_lines(&l->look, l->rungs->ladder, r);
	for (unsigned k = 0; k < lines; k++) {
		if (k)
			ni_buf_c(b, '\n');
		ni_ladder_line(b, &l->look, l->rungs->ladder, r, k);
	}
}

static void
ladder_copy(struct ni_view *v, struct ni_buf *b)
{
	struct ladder *l = (struct ladder *)v;
	const struct ni_ladder_row *r = row_at(l, l->list.cursor);
	if (r)
		print_row(l, r, b);
}

static bool
ladder_search(struct ni_view *v, const char *text, int way)
{
	struct ladder *l = (struct ladder *)v;
	char mem[2 * LINE];
	settle(l);
	uint64_t n = l->rungs->rows;
	struct ni_app *app = v->app;
	for (uint64_t i = app->look.looked; i <= n && ni_app_looks(app, i); i++) {
		uint64_t at = (l->list.cursor + (way > 0 ? i : n - i)) % n;
		struct ni_buf b = ni_buf(mem, sizeof(mem));
		print_row(l, row_at(l, at), &b);
		if (!strcasestr(ni_buf_z(&b), text))
			continue;
		ni_list_go(&l->list, at);
		remember(l);
		return true;
	}
	return false;
}

static void
ladder_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	struct ladder *l = (struct ladder *)v;
	int y = l->at.y;
	if (v->panes.n > 1 && v->panes.at[1].h && m->wheel &&
	    !ni_rect_has(&v->panes.at[0], m->y, m->x)) {
		ni_list_scroll(&l->words.list, 3 * (int64_t)m->wheel);
		return;
	}
	if (m->wheel) {
		ni_list_scroll(&l->list, 3 * (int64_t)m->wheel);
		remember(l);
		return;
	}
	for (uint64_t i = l->list.top; i < l->rungs->rows && y < l->at.y + l->at.h; i++) {
		y += (int)ni_ladder_lines(&l->look, l->rungs->ladder, row_at(l, i));
		if (m->y < l->at.y || m->y >= y)
			continue;
		ni_list_go(&l->list, i);
		remember(l);
		if (m->twice)
			open_row(l);
		return;
	}
}

static void
ladder_go(struct ni_view *v, uint64_t number)
{
	struct ladder *l = (struct ladder *)v;
	if (ni_ladder_find(l->rungs->ladder, number) == SIZE_MAX) {
		ni_app_say(v->app, NI_ROLE_WARN, _("packet %llu is not in this connection"),
			   (unsigned long long)number);
		return;
	}
	l->list.follow = false;
	select_frame(l, number, NI_LADDER_SEGMENT);
	ni_list_go(&l->list, l->list.cursor);
	remember(l);
}

static uint64_t
ladder_packet(const struct ni_view *v)
{
	return ((const struct ladder *)v)->frame;
}

/* The whole ladder as -T ladder has it. */
static int
ladder_write(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err)
{
	struct ladder *l = (struct ladder *)v;
	(void)said; /* once it is done */
	ni_ladder_writing_free(&l->writing);
	l->writing = ni_ladder_writing_new(v->app, l->key, l->explain, path, err);
	return l->writing ? NI_SUCCESS : NI_ERR_RUN;
}

static void
ladder_busy(const struct ni_view *v, struct ni_buf *b)
{
	const struct ladder *l = (const struct ladder *)v;
	if (l->writing)
		ni_ladder_writing_busy(l->writing, b);
}

/* Where there is no room for it below. */
static void
ladder_explain(struct ni_view *v, struct ni_buf *b)
{
	const struct ladder *l = (const struct ladder *)v;
	ni_told_rung(b, l->rungs, l->list.cursor);
}

const struct ni_view_ops ni_ladder_view = {
    .name = N_("Ladder"),
    .place = NI_AT_LADDER,
    .create = ladder_create,
    .destroy = ladder_destroy,
    .draw = ladder_draw,
    .title = ladder_title,
    .draw_pane = ladder_draw_pane,
    .border = ladder_border,
    .act = ladder_act,
    .position = ladder_position,
    .work = ladder_work,
    .copy = ladder_copy,
    .mouse = ladder_mouse,
    .go = ladder_go,
    .packet = ladder_packet,
    .search = ladder_search,
    .write = ladder_write,
    .busy = ladder_busy,
    .follows = ladder_follows,
    .explain = ladder_explain,
};
