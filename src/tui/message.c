/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One HTTP exchange as it is read: heads, and bodies without their codings. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "bodytext.h"
#include "i18n.h"
#include "lines.h"
#include "messages.h"
#include "mono.h"

enum {
	LINE = 512,
	PIECE = 65536,      /* bytes of a body that are made into lines of hex at a time */
	MAKE_NS = 15000000, /* for a picture */
};

struct message {
	struct ni_view view;
	struct ni_messages *messages;
	struct ni_lines lines;
	int width;
	uint64_t made; /* measure() + 1 that the lines were made for */
	unsigned next; /* message to be made into lines, of which so many bytes are done */
	size_t done;
};

static void
message_destroy(struct ni_view *v)
{
	struct message *m = (struct message *)v;
	ni_messages_free(&m->messages);
	ni_lines_free(&m->lines);
	free(m);
}

static struct ni_view *
message_create(struct ni_app *a, const struct ni_view_arg *arg, struct ni_err *err)
{
	struct message *m = calloc(1, sizeof(*m));
	struct ni_messages_what what = {arg->conn, arg->number, arg->packet};
	if (!m) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	m->view = (struct ni_view){.ops = &ni_message_view, .app = a};
	m->messages = ni_messages_new(a->model, &what, err);
	if (m->messages)
		return &m->view;
	free(m);
	return NULL;
}

static bool
message_work(struct ni_view *v, int64_t ns)
{
	struct message *m = (struct message *)v;
	uint64_t before = ni_watch_version(m->messages->watch);
	bool more = ni_watch_work(m->messages->watch, ns);
	v->app->dirty |= before != ni_watch_version(m->messages->watch);
	return more;
}

/* ---- text ---- */

static void
add_head(struct message *m, const struct ni_message *x, int width)
{
	size_t n;
	size_t head = x->head_n;
	while (head && (x->head[head - 1] == '\r' || x->head[head - 1] == '\n'))
		head--;
	char *text = ni_bodytext("", x->head, head, NI_BODY_TEXT, &n);
	if (!text)
		return;
	const char *feed = memchr(text, '\n', n);
	size_t first = feed ? (size_t)(feed - text) + 1 : n;
	enum ni_role role = x->request ? NI_ROLE_CLIENT : NI_ROLE_SERVER;
	ni_lines_add(&m->lines, text, first, width, role);
	ni_lines_add(&m->lines, text + first, n - first, width, NI_ROLE_TEXT);
	free(text);
}

/* How large the body is, and what is wrong with it. */
static void
add_remarks(struct message *m, const struct ni_message *x, int width)
{
	char mem[LINE];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	uint64_t coded = x->whole ? x->coded : 0;
	ni_buf_c(&b, '\n');
	ni_buf_fmt(&b, NI_PLURAL("body of %llu byte", "body of %llu bytes", x->decoded),
		   (unsigned long long)x->decoded);
	if (*x->encoding && coded)
		ni_buf_fmt(&b, _(", sent as %llu bytes of %s"), (unsigned long long)coded,
			   x->encoding);
	if (*x->type) {
		ni_buf_str(&b, _(", "));
		ni_buf_escape(&b, (const uint8_t *)x->type, strlen(x->type));
	}
	ni_buf_c(&b, '\n');
	ni_lines_buf(&m->lines, &b, width, NI_ROLE_DIM);
	if (x->body_n < x->decoded)
		ni_buf_fmt(&b, _("only the first %zu bytes are shown\n"), x->body_n);
	if (x->lost)
		ni_buf_fmt(&b, _("%llu bytes of it are not in the capture\n"),
			   (unsigned long long)x->lost);
	if (x->outcome != NI_BODY_OK && x->whole)
		ni_buf_fmt(&b, "%s\n", ni_body_text((enum ni_body_outcome)x->outcome));
	else if (x->cut)
		ni_buf_fmt(&b, "%s\n", ni_body_text(NI_BODY_CUT));
	else if (!x->whole)
		ni_buf_fmt(&b, _("the message goes on\n"));
	ni_lines_buf(&m->lines, &b, width, NI_ROLE_WARN);
}

static void
add_top(struct message *m, const struct ni_message *x, int width)
{
	if (m->lines.count)
		ni_lines_add(&m->lines, "\n", 1, width, NI_ROLE_TEXT);
	add_head(m, x, width);
	if (x->decoded || x->coded || x->lost || x->outcome != NI_BODY_OK || x->cut)
		add_remarks(m, x, width);
}

/* A message, or of one that is shown as bytes a piece. Returns whether there are more. */
static bool
add_some(struct message *m, int width)
{
	const struct ni_message *x = &m->messages->message[m->next];
	if (m->next >= m->messages->n)
		return false;
	enum ni_body_kind kind = ni_bodytext_kind(x->type, x->body, x->body_n);
	const uint8_t *p = x->body ? x->body + m->done : NULL;
	size_t left = kind == NI_BODY_MEDIA ? 0 : x->body_n - m->done;
	size_t piece = kind == NI_BODY_HEX && left > PIECE ? PIECE : left;
	size_t n;
	if (!m->done)
		add_top(m, x, width);
	char *text = !piece                ? NULL
		     : kind == NI_BODY_HEX ? ni_bodytext_hex(p, piece, m->done, width, &n)
					   : ni_bodytext(x->type, p, piece, kind, &n);
	if (text)
		ni_lines_add(&m->lines, text, n, width, NI_ROLE_TEXT);
	free(text);
	m->done += piece;
	if (piece == left) {
		m->next++;
		m->done = 0;
	}
	return true;
}

/* Differs when there is more to show. */
static uint64_t
measure(const struct ni_messages *m)
{
	uint64_t sum = m->n;
	for (unsigned i = 0; i < m->n; i++)
		sum += 4 * (m->message[i].decoded + m->message[i].lost) +
		       (uint64_t)2 * m->message[i].whole;
	return sum;
}

static void
message_title(const struct ni_view *v, struct ni_buf *b)
{
	const struct ni_messages *m = ((const struct message *)v)->messages;
	ni_buf_fmt(b, _("HTTP on connection %u"), m->what.conn & NI_IX_CONN_ID);
	if (!ni_watch_through(m->watch))
		ni_buf_fmt(b, "  %u%%", ni_watch_percent(m->watch));
}

static void
message_draw(struct ni_view *v, struct ni_rect r)
{
	struct message *m = (struct message *)v;
	const struct ni_watch *w = m->messages->watch;
	uint64_t now = measure(m->messages) + 1;
	if (m->width != r.w - 1 || m->made != now) {
		m->width = r.w - 1;
		m->made = now;
		ni_lines_clear(&m->lines);
		m->next = 0;
		m->done = 0;
	}
	int64_t end = ni_mono_ns() + MAKE_NS;
	while (add_some(m, m->width))
		if (ni_mono_ns() >= end) {
			v->app->dirty = true; /* the rest comes with the next pictures */
			break;
		}
	struct ni_rect at = {r.y, r.x + 1, r.h, r.w - 1};
	ni_lines_draw(&m->lines, at, false);
	if (!m->lines.count && ni_watch_through(w))
		ni_screen_text(at.y + 1, at.x, at.w, _("this message is not in the capture"),
			       NI_ROLE_DIM, false);
}

static bool
message_act(struct ni_view *v, enum ni_act act)
{
	struct message *m = (struct message *)v;
	struct ni_view_arg arg = {.conn = m->messages->what.conn};
	if (act != NI_ACT_STREAM)
		return ni_lines_act(&m->lines, act);
	ni_app_push(v->app, &ni_stream_view, &arg);
	return true;
}

static void
message_position(const struct ni_view *v, uint64_t *at, uint64_t *rows)
{
	const struct ni_list *l = &((const struct message *)v)->lines.list;
	*rows = l->count;
	*at = l->count ? l->top + 1 : 0;
}

static bool
message_search(struct ni_view *v, const char *text, int way)
{
	return ni_lines_search(&((struct message *)v)->lines, text, way);
}

static void
message_copy(struct ni_view *v, struct ni_buf *b)
{
	ni_lines_copy(&((struct message *)v)->lines, b);
}

static void
message_mouse(struct ni_view *v, const struct ni_mouse *m)
{
	ni_list_scroll(&((struct message *)v)->lines.list, 3 * (int64_t)m->wheel);
}

/* The decoded body of the response, or of the request if only that has one. */
static const struct ni_message *
body_to_write(const struct ni_messages *m)
{
	const struct ni_message *best = NULL;
	for (unsigned i = 0; i < m->n; i++) {
		const struct ni_message *x = &m->message[i];
		if (x->body_n && (!best || !x->request))
			best = x;
	}
	return best;
}

int
ni_message_write_body(const struct ni_messages *m, const char *path, struct ni_buf *said,
		      struct ni_err *err)
{
	const struct ni_message *x = body_to_write(m);
	if (!x)
		return ni_fail(err, NI_ERR_RUN, "%s", _("there is no body to write"));
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return ni_fail(err, NI_ERR_RUN, "%s: %s", path, strerror(errno));
	size_t done = 0;
	while (done < x->body_n) {
		ssize_t k = write(fd, x->body + done, x->body_n - done);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			break;
		done += (size_t)k;
	}
	if (close(fd) || done < x->body_n)
		return ni_fail(err, NI_ERR_RUN, "%s: %s", path, strerror(errno));
	ni_buf_fmt(said, _("the body, %zu bytes, is in %s"), done, path);
	if (done < x->decoded)
		ni_buf_fmt(said, _("; the rest of %llu is not"),
			   (unsigned long long)(x->decoded - done));
	return NI_SUCCESS;
}

static int
message_write(struct ni_view *v, const char *path, struct ni_buf *said, struct ni_err *err)
{
	return ni_message_write_body(((struct message *)v)->messages, path, said, err);
}

const struct ni_view_ops ni_message_view = {
    .name = N_("Message"),
    .place = NI_AT_MESSAGE,
    .create = message_create,
    .destroy = message_destroy,
    .draw = message_draw,
    .title = message_title,
    .act = message_act,
    .position = message_position,
    .work = message_work,
    .copy = message_copy,
    .mouse = message_mouse,
    .search = message_search,
    .write = message_write,
};
