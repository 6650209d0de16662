/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two ends of a conversation said, as text or as bytes. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "bodytext.h"
#include "columns.h"
#include "i18n.h"
#include "lines.h"
#include "mono.h"
#include "said.h"

enum {
	GUTTER = 2,
	LINE = 512,
	PIECE = 16384,      /* bytes that are made into lines at a time */
	MAKE_NS = 15000000, /* for a picture */
};

struct stream {
	struct ni_view view;
	uint32_t key;
	struct ni_said *said;
	struct ni_lines lines;
	bool hex;
	bool chosen; /* somebody said whether it is to be hex */
	/* What the lines were made for: */
	int width;
	bool made_hex;
	uint64_t made;                 /* version of the watch + 1 */
	size_t made_turns, made_bytes; /* that there were */
	/* Where making lines goes on: in this turn, of which so many bytes are done. */
	size_t turns;
	uint32_t done;
	size_t head;         /* the line above it … */
	uint32_t said_bytes; /* … says that it has so many */
	size_t count, bytes; /* of lines before the last piece, which may go on */
};

static void
stream_destroy(struct ni_view *v)
{
	struct stream *s = (struct stream *)v;
	ni_said_free(&s->said);
	ni_lines_free(&s->lines);
	free(s);
}

static struct ni_view *
stream_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct stream *s = calloc(1, sizeof(*s));
	unsigned kind = arg->conn >> NI_IX_CONN_SHIFT;
	bool has = arg->conn != NI_IX_NO_CONN && (kind == NI_IX_TCP || kind == NI_IX_UDP);
	if (!s || !has) {
		ni_fail(err, NI_ERR_RUN, "%s",
			s ? _("only TCP and UDP conversations are streams") : _("view: no memory"));
		free(s);
		return NULL;
	}
	s->view = (struct ni_view){.ops = &ni_stream_view, .app = a};
	s->key = arg->conn;
	s->said = ni_said_new(a->model, s->key, err);
	if (s->said)
		return &s->view;
	free(s);
	return NULL;
}

static bool
stream_work(struct ni_view *v, int64_t ns)
{
	struct stream *s = (struct stream *)v;
	uint64_t before = ni_watch_version(s->said->watch);
	bool more = ni_watch_work(s->said->watch, ns);
	v->app->dirty |= before != ni_watch_version(s->said->watch);
	return more;
}

/* ---- text ---- */

static void
print_head(const struct stream *s, const struct ni_turn *t, struct ni_buf *b)
{
	const struct ni_conn *c = &s->said->conn;
	struct ni_model *m = s->view.app->model;
	struct ni_clock clock = {ni_model_first_ns(m), t->ts_ns, t->ts_ns};
	bool absolute = s->view.app->time != NI_TIME_DELTA;
	ni_buf_str(b, t->side == NI_CLIENT ? "── » " : "── « ");
	ni_end_point_print(b, &c->addr[t->side], c->port[t->side]);
	ni_buf_fmt(b, "  #%llu  ", (unsigned long long)t->frame);
	ni_time_print(b, t->ts_ns, 6, &clock, absolute ? s->view.app->time : NI_TIME_RELATIVE);
	ni_buf_str(b, "  ");
	if (t->lost)
		ni_buf_fmt(b,
			   NI_PLURAL("%llu byte is not in the capture",
				     "%llu bytes are not in the capture", t->lost),
			   (unsigned long long)t->lost);
	else
		ni_buf_fmt(b, NI_PLURAL("%u byte", "%u bytes", t->n), t->n);
}

/* The line above a turn, again if the turn has grown since. */
static void
put_head(struct stream *s, const struct ni_turn *t)
{
	char mem[LINE];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (s->done && s->said_bytes == t->n)
		return;
	print_head(s, t, &b);
	s->said_bytes = t->n;
	if (s->done) {
		ni_lines_replace(&s->lines, s->head, &b);
		return;
	}
	s->head = s->lines.count;
	ni_lines_buf(&s->lines, &b, s->width, t->lost ? NI_ROLE_WARN : NI_ROLE_DIM);
}

/* How much of a turn is made into lines at a time: text up to the end of a line. */
static uint32_t
piece_of(const struct stream *s, const struct ni_turn *t)
{
	const uint8_t *p = s->said->bytes + t->off + s->done;
	uint32_t n = t->n - s->done;
	if (n <= PIECE)
		return n;
	const uint8_t *feed = s->hex ? NULL : memrchr(p, '\n', PIECE);
	if (feed)
		return (uint32_t)(feed - p) + 1;
	for (n = PIECE; !s->hex && n > PIECE - 4 && (p[n] & 0xc0) == 0x80;)
		n--; /* not within a character */
	return n;
}

static void
add_piece(struct stream *s, const struct ni_turn *t, uint32_t piece)
{
	const uint8_t *p = s->said->bytes + t->off + s->done;
	enum ni_role role = t->side == NI_CLIENT ? NI_ROLE_CLIENT : NI_ROLE_SERVER;
	size_t n;
	char *text = s->hex ? ni_bodytext_hex(p, piece, t->before + s->done, s->width, &n)
			    : ni_bodytext("", p, piece, NI_BODY_TEXT, &n);
	if (text)
		ni_lines_add(&s->lines, text, n, s->width, role);
	free(text);
}

/* The next piece of what was said; false when there is none. What may go on is made anew then. */
static bool
add_some(struct stream *s)
{
	const struct ni_turn *t = &s->said->turn[s->turns];
	if (s->turns == s->said->turns)
		return false;
	size_t before = s->lines.n;
	put_head(s, t);
	uint32_t piece = piece_of(s, t);
	bool last = s->done + piece == t->n;
	if (last && s->turns + 1 == s->said->turns) {
		s->count = s->done ? s->lines.count : s->head;
		s->bytes = s->done ? s->lines.n : before;
	}
	if (piece)
		add_piece(s, t, piece);
	if (!last) {
		s->done += piece;
	} else if (s->turns + 1 == s->said->turns) {
		return false;
	} else {
		s->turns++;
		s->done = 0;
	}
	return true;
}

static void
make_lines(struct stream *s, int width)
{
	uint64_t now = ni_watch_version(s->said->watch) + 1;
	const struct ni_turn *first = s->said->turn;
	if (!s->chosen && s->said->turns && first->n)
		s->hex = ni_bodytext_kind("", s->said->bytes + first->off, first->n) == NI_BODY_HEX;
	bool same = s->width == width && s->made_hex == s->hex;
	if (same && (s->made == now || (s->view.app->held && s->made)))
		return;
	bool nothing_new = s->made_turns == s->said->turns && s->made_bytes == s->said->n;
	if (same && nothing_new && s->made) {
		s->made = now;
		return;
	}
	if (!same) {
		ni_lines_clear(&s->lines);
		s->turns = s->count = s->bytes = s->done = 0;
		s->made = 0;
	}
	s->width = width;
	s->made_hex = s->hex;
	if (s->made) {
		s->lines.count = s->count;
		s->lines.n = s->bytes;
	}
	s->made = 0;
	int64_t end = ni_mono_ns() + MAKE_NS;
	bool more;
	do
		more = add_some(s);
	while (more && ni_mono_ns() < end);
	if (more) {
		s->view.app->dirty = true; /* the rest comes with the next pictures */
		return;
	}
	s->made = now;
	s->made_turns = s->said->turns;
	s->made_bytes = s->said->n;
}

static void
stream_title(const struct ni_view *v, struct ni_buf *b)
{
	const struct stream *s = (const struct stream *)v;
	const struct ni_said *d = s->said;
	ni_buf_fmt(b, _("Stream of conversation %u"), s->key & NI_IX_CONN_ID);
	if (d->conn.id == UINT32_MAX)
		return;
	ni_buf_fmt(b, _(": » client %llu bytes, « server %llu bytes"),
		   (unsigned long long)d->total[NI_CLIENT],
		   (unsigned long long)d->total[NI_SERVER]);
	if (d->dropped || s->lines.cut)
		ni_buf_str(b, _("; only the beginning is shown"));
	if (!ni_watch_through(d->watch))
		ni_buf_fmt(b, "  %u%%", ni_watch_percent(d->watch));
}

static void
stream_draw(struct ni_view *v, struct ni_rect r)
{
	struct stream *s = (struct stream *)v;
	struct ni_rect at = {r.y, r.x + GUTTER, r.h, r.w - GUTTER};
	make_lines(s, at.w);
	ni_lines_draw(&s->lines, at, false);
	for (int y = 0; y < at.h && s->lines.list.top + (uint64_t)y < s->lines.count; y++) {
		unsigned role = s->lines.line[s->lines.list.top + (uint64_t)y].role;
		if (role == NI_ROLE_CLIENT || role == NI_ROLE_SERVER)
			ni_screen_text(at.y + y, r.x, 1, role == NI_ROLE_CLIENT ? "»" : "«",
				       (enum ni_role)role, false);
	}
	if (!s->lines.count && ni_watch_through(s->said->watch))
		ni_screen_text(at.y + 1, at.x, at.w, _("nothing was said"), NI_ROLE_DIM, false);
}

static bool
stream_act(struct ni_view *v, enum ni_act act)
{
	struct stream *s = (struct stream *)v;
	if (act == NI_ACT_STREAM) {
		s->hex = !s->hex;
		s->chosen = true;
	} else if (act == NI_ACT_FOLLOW) {
		s->lines.list.follow = !s->lines.list.follow;
	} else {
		return ni_lines_act(&s->lines, act);
	}
	return true;
}

static void
stream_position(const struct ni_view *v, uint64_t *at, uint64_t *rows)
{
	const struct ni_list *l = &((const struct stream *)v)->lines.list;
	*rows = l->count;
	*at = l->count ? l->top + 1 : 0;
}

static bool
stream_follows(const struct ni_view *v)
{
	return ((const struct stream *)v)->lines.list.follow;
}

static bool
stream_search(struct ni_view *v, const char *text, int way)
{
	return ni_lines_search(&((struct stream *)v)->lines, text, way);
}

static int
stream_write(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err)
{
	return ni_lines_write(&((struct stream *)v)->lines, path, said, err);
}

static void
stream_copy(struct ni_view *v, struct ni_buf *b)
{
	ni_lines_copy(&((struct stream *)v)->lines, b);
}

static void
stream_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	ni_list_scroll(&((struct stream *)v)->lines.list, 3 * (int64_t)m->wheel);
}

void
ni_stream_follow(struct ni_app *a)
{
	uint64_t packet = ni_app_packet(a);
	struct ni_view_arg arg = {.conn = NI_IX_NO_CONN, .packet = packet};
	const struct ni_index *ix = ni_model_index(a->model);
	if (packet >= ni_index_first(ix) && packet <= ni_index_last(ix))
		arg.conn = ni_index_conn(ix, packet);
	ni_app_push(a, &ni_stream_view, &arg);
}

const struct ni_view_ops ni_stream_view = {
    .name = N_("Stream"),
    .place = NI_AT_STREAM,
    .create = stream_create,
    .destroy = stream_destroy,
    .draw = stream_draw,
    .title = stream_title,
    .act = stream_act,
    .position = stream_position,
    .work = stream_work,
    .copy = stream_copy,
    .mouse = stream_mouse,
    .search = stream_search,
    .write = stream_write,
    .follows = stream_follows,
};
