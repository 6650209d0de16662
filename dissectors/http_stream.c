/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1.x in a byte stream: where messages end (RFC 9112 section 6), which response answers which
 * request (section 9.3.2: in order), and the exchange the two make.
 */
#include <string.h>

#include "http_exchange.h"
#include "netinspect/conn.h"

enum {
	LINES_MAX = 16 * 1024, /* bytes between two chunks, or of trailers */
	PROBED = 64,
};

enum phase {
	HEAD,
	BODY, /* skipped by the core */
	CHUNK_SIZE,
	CHUNK_EXTENSION,
	CHUNK_END, /* the line end behind a chunk's data */
	TRAILER,
};

/* One direction. */
struct state {
	struct http_search search;
	struct http_part title;
	uint64_t head;  /* bytes */
	uint64_t body;  /* transfer coding removed */
	uint64_t chunk; /* size being read */
	uint64_t ahead; /* where the chunk at hand ends, in bytes of the message */
	uint32_t line;  /* bytes of the current chunk or trailer line, CR not counted */
	uint32_t lines; /* bytes of all of them since the last chunk */
	uint32_t odd;
	uint8_t phase; /* enum phase */
	uint8_t kind;  /* enum http_kind */
	uint8_t usual; /* the kind of the message before this one */
	bool until_close;
	bool crlf;   /* empty lines came before the message */
	bool digits; /* the chunk size has some */
	bool told;   /* that a body began, but not that it ended */
};

/* Sinks that want bodies: here is one (or none, but a head). */
static void
tell_begin(struct ni_scan_ctx *c, uint32_t head, const struct http_start *s,
	   const struct http_framing *f)
{
	struct state *st = c->state;
	const struct http_queue *q = c->shared;
	const struct http_node *node = q->open[c->dir];
	struct ni_body_event b = {
	    .step = NI_BODY_BEGIN,
	    .request = s->kind == HTTP_REQUEST,
	    .status = s->status,
	    .p = c->msg,
	    .n = head,
	    .type = f->type.len ? c->msg + f->type.off : NULL,
	    .type_len = f->type.len,
	    .encoding = f->encoding.len ? c->msg + f->encoding.off : NULL,
	    .encoding_len = f->encoding.len,
	    .http = node ? &node->x : NULL,
	};
	if (!c->host->want_bodies)
		return;
	st->told = true;
	c->host->tell_body(c->host, c->conn, c->dir, &b);
}

static void
tell_end(struct ni_scan_ctx *c, bool cut)
{
	struct state *st = c->state;
	const struct http_queue *q = c->shared;
	const struct http_node *node = q->open[c->dir];
	struct ni_body_event b = {.step = NI_BODY_END, .cut = cut, .http = node ? &node->x : NULL};
	if (!st->told)
		return;
	st->told = false;
	c->host->tell_body(c->host, c->conn, c->dir, &b);
}

/* The message is over, well or badly. The exchange stays readable until the frame is shown. */
static void
end_message(struct ni_scan_ctx *c, unsigned flags)
{
	struct state *st = c->state;
	struct http_queue *q = c->shared;
	struct http_node *node = q->open[c->dir];
	tell_end(c, flags & (NI_HTTP_CUT | NI_HTTP_GAP));
	q->open[c->dir] = NULL;
	st->crlf = false;
	c->info = st->odd;
	if (node) {
		node->x.flags |= (uint16_t)flags;
		c->http = &node->x;
	}
	if (st->kind == HTTP_REQUEST)
		http_end_request(c, node, st->body);
	else
		http_end_response(c, node, st->body);
}

/* ---- bodies ---- */

/* How the body of this message ends (RFC 9112 section 6.3). Returns false when it has none. */
static bool
begin_body(struct ni_scan_ctx *c, const struct http_start *s, const struct http_framing *f)
{
	struct state *st = c->state;
	const struct http_queue *q = c->shared;
	struct http_node *node = q->open[c->dir];
	bool response = s->kind == HTTP_RESPONSE;
	if (response &&
	    (s->status / 100 == 1 || s->status == 204 || s->status == 304 || (node && node->head)))
		return false;
	if (response && node && node->connect && s->status / 100 == 2)
		return false;
	c->body = true;
	if (f->chunked) {
		st->phase = CHUNK_SIZE;
		return true;
	}
	st->phase = BODY;
	if (f->has_length && !(response && f->coded)) {
		c->skip = f->length;
		st->body = f->length;
		return f->length != 0;
	}
	if (!response)
		return false;
	c->skip = UINT64_MAX;
	st->until_close = true;
	if (node)
		node->x.flags |= NI_HTTP_UNTIL_CLOSE;
	return true;
}

/* Does another protocol take over behind this response? */
static bool
is_last(const struct ni_scan_ctx *c, const struct http_start *s)
{
	const struct http_queue *q = c->shared;
	const struct http_node *node = q->open[c->dir];
	if (s->kind != HTTP_RESPONSE)
		return false;
	return s->status == 101 || (node && node->connect && s->status / 100 == 2);
}

static int
hex(uint8_t ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 0x20;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* The size line of a chunk is whole; it ends @at bytes behind the message's beginning. */
static enum ni_scan
begin_chunk(struct ni_scan_ctx *c, uint64_t at)
{
	struct state *st = c->state;
	if (!st->digits)
		return NI_SCAN_REJECT;
	st->ahead = at + st->chunk;
	st->digits = false;
	st->line = st->lines = 0;
	st->phase = st->chunk ? CHUNK_END : TRAILER;
	st->body += st->chunk;
	c->skip = st->chunk;
	c->body = true;
	st->chunk = 0;
	return NI_SCAN_MORE;
}

/* One byte of the lines between chunks (RFC 9112 section 7.1), which ends @at bytes behind the
 * message's beginning. */
static enum ni_scan
chunk_byte(struct ni_scan_ctx *c, uint8_t ch, uint64_t at)
{
	struct state *st = c->state;
	bool end = ch == '\n';
	if (++st->lines > LINES_MAX)
		return NI_SCAN_REJECT;
	if (st->phase == TRAILER) {
		if (end && !st->line)
			return NI_SCAN_DONE;
		st->line = end ? 0 : st->line + (ch != '\r');
		return NI_SCAN_MORE;
	}
	if (st->phase == CHUNK_END) {
		if (end)
			st->phase = CHUNK_SIZE;
		return end || ch == '\r' ? NI_SCAN_MORE : NI_SCAN_REJECT;
	}
	if (end)
		return begin_chunk(c, at);
	int digit = st->phase == CHUNK_SIZE ? hex(ch) : -1;
	if (digit >= 0) {
		if (st->chunk >> 56)
			return NI_SCAN_REJECT;
		st->chunk = st->chunk << 4 | (unsigned)digit;
		st->digits = true;
	} else if (ch != '\r') {
		if (ch != ';' && ch != ' ' && ch != '\t' && st->phase == CHUNK_SIZE)
			return NI_SCAN_REJECT;
		st->phase = CHUNK_EXTENSION;
	}
	return NI_SCAN_MORE;
}

static enum ni_scan
scan_chunks(struct ni_scan_ctx *c, const uint8_t *p, uint32_t n, uint32_t *used)
{
	enum ni_scan v = NI_SCAN_MORE;
	while (*used < n && v == NI_SCAN_MORE && !c->skip) {
		uint8_t ch = p[(*used)++];
		struct state *st = c->state;
		if (ch == '\n' && *used >= 2 && p[*used - 2] != '\r')
			st->odd |= 1U << HTTP_CHUNK_ODD;
		v = chunk_byte(c, ch, c->total + *used);
	}
	if (v == NI_SCAN_DONE)
		end_message(c, 0);
	return v;
}

/* ---- heads ---- */

static void
set_title(struct ni_scan_ctx *c, const struct state *st)
{
	c->title_off = st->title.off;
	c->title_len = st->title.len;
	c->title_stays =
	    st->phase >= CHUNK_SIZE; /* so Wireshark does, which reads on in every segment */
}

/* Make of the first @n bytes at c->msg what there is to be made: @n is the head, or all there is.
 */
static bool
read_head(struct ni_scan_ctx *c, uint32_t n, struct http_start *s, struct http_framing *f)
{
	struct state *st = c->state;
	struct http_queue *q = c->shared;
	if (!http_start(c->msg, n, s))
		return false;
	http_framing(c->msg, n, s->line.off + s->line.len, f);
	st->kind = st->usual = s->kind;
	st->head = n;
	st->title = s->text;
	st->odd = f->odd;
	if (st->crlf)
		st->odd |= 1U << HTTP_LEADING_CRLF;
	if (s->kind == HTTP_REQUEST && f->coded)
		st->odd |= 1U << HTTP_TE_IN_REQUEST;
	q->open[c->dir] = s->kind == HTTP_REQUEST ? http_begin_request(c, c->msg, s, f)
						  : http_begin_response(c, c->msg, s, f);
	tell_begin(c, n, s, f);
	return true;
}

/* The whole head is there: @head bytes, the last of them among the @n at @p. */
static enum ni_scan
scan_body(struct ni_scan_ctx *c, const uint8_t *p, uint32_t n, uint32_t head, uint32_t *used)
{
	struct state *st = c->state;
	struct http_start s;
	struct http_framing f;
	if (!read_head(c, head, &s, &f))
		return NI_SCAN_REJECT;
	*used = n - (c->msg_len - head);
	c->keep = head + (c->host->body_keep > HTTP_PEEK ? c->host->body_keep : HTTP_PEEK);
	if (!begin_body(c, &s, &f)) {
		bool last = is_last(c, &s);
		end_message(c, last ? NI_HTTP_UPGRADED : 0);
		return last ? NI_SCAN_LAST : NI_SCAN_DONE;
	}
	set_title(c, st);
	if (st->phase != CHUNK_SIZE)
		return NI_SCAN_MORE;
	return scan_chunks(c, p, n, used);
}

/* HTTP/0.9: the response is a body, and nothing says where it begins or ends but the connection. */
static bool
is_bare_response(const struct ni_scan_ctx *c)
{
	const struct http_queue *q = c->shared;
	return q->first && q->first->x.request_version == 9 && !q->first->request_open &&
	       c->dir == NI_SERVER;
}

static enum ni_scan
scan_bare(struct ni_scan_ctx *c)
{
	struct state *st = c->state;
	struct http_queue *q = c->shared;
	struct http_start s = {.kind = HTTP_RESPONSE, .version = 9};
	struct http_framing f = {.close = true};
	st->kind = HTTP_RESPONSE;
	st->phase = BODY;
	st->until_close = true;
	q->open[c->dir] = http_begin_response(c, c->msg, &s, &f);
	if (q->open[c->dir])
		q->open[c->dir]->x.flags |= NI_HTTP_UNTIL_CLOSE;
	tell_begin(c, 0, &s, &f);
	c->body = true;
	c->keep = 0;
	c->skip = UINT64_MAX;
	return NI_SCAN_MORE;
}

/* These bytes begin no message. Where a response has just ended, somebody meant them for part of
 * it. */
static enum ni_scan
no_message(struct ni_scan_ctx *c)
{
	const struct state *st = c->state;
	c->note = st->usual == HTTP_RESPONSE ? &http_note_stray : NULL;
	return NI_SCAN_REJECT;
}

/* The head has no more bytes than these: its sender has closed. The first line may say enough. */
static enum ni_scan
cut_head(struct ni_scan_ctx *c)
{
	struct http_start s;
	struct http_framing f;
	if (!c->msg || !c->msg_len)
		return NI_SCAN_REJECT;
	if (!read_head(c, c->msg_len, &s, &f))
		return no_message(c);
	end_message(c, NI_HTTP_CUT);
	return NI_SCAN_MORE;
}

static enum ni_scan
scan_head(struct ni_scan_ctx *c, const uint8_t *p, uint32_t n, uint32_t *used)
{
	struct state *st = c->state;
	struct http_start s;
	if (c->eof)
		return cut_head(c);
	if (c->fresh && is_bare_response(c) && http_probe((struct ni_span){p, n, n}) == NI_PROBE_NO)
		return scan_bare(c);
	/* RFC 9112 section 2.2: empty lines in front are to be ignored. */
	if (c->fresh && (*p == '\r' || *p == '\n')) {
		while (*used < n && (p[*used] == '\r' || p[*used] == '\n'))
			++*used;
		st->crlf = true;
		return NI_SCAN_NOTHING;
	}
	/* The bytes before these were plausible; once the first line is whole it has been read. */
	if (!c->msg || st->search.seen + n != c->msg_len)
		return NI_SCAN_REJECT;
	uint32_t head = http_head_end(c->msg, c->msg_len, &st->search);
	if (head && head < HTTP_HEAD_MAX)
		return scan_body(c, p, n, head, used);
	if (c->msg_len >= HTTP_HEAD_MAX)
		return NI_SCAN_REJECT;
	/* What a line's first bytes do not tell need not be asked again with every further one. */
	if (st->search.line == st->search.begin && c->msg_len - n < PROBED &&
	    http_probe((struct ni_span){c->msg, c->msg_len, c->msg_len}) == NI_PROBE_NO)
		return no_message(c);
	if (st->search.line != st->search.begin && !st->title.len) {
		if (!http_start(c->msg, c->msg_len, &s))
			return no_message(c);
		st->title = s.text;
	}
	set_title(c, st);
	*used = n;
	return NI_SCAN_MORE;
}

/* The message has no more bytes than these: its sender has closed. */
static enum ni_scan
cut(struct ni_scan_ctx *c)
{
	struct state *st = c->state;
	bool whole = st->until_close && !c->reset;
	if (st->phase == BODY)
		st->body = c->total - st->head;
	else if (st->ahead > c->total)
		st->body -= st->ahead - c->total;
	end_message(c, whole ? 0 : NI_HTTP_CUT);
	return whole ? NI_SCAN_DONE : NI_SCAN_MORE;
}

static enum ni_scan
scan_rest(struct ni_scan_ctx *c, const uint8_t *p, uint32_t n, uint32_t *used)
{
	struct state *st = c->state;
	if (c->eof)
		return cut(c);
	if (st->phase == BODY) {
		end_message(c, 0);
		return NI_SCAN_DONE;
	}
	set_title(c, st);
	return scan_chunks(c, p, n, used);
}

static enum ni_scan
scan(struct ni_scan_ctx *c, const uint8_t *p, uint32_t n, uint32_t *used)
{
	struct state *st = c->state;
	const struct http_queue *q = c->shared;
	*used = 0;
	if (c->fresh)
		*st = (struct state){.phase = HEAD, .usual = st->usual, .crlf = st->crlf};
	enum ni_scan v = st->phase == HEAD ? scan_head(c, p, n, used) : scan_rest(c, p, n, used);
	if (v == NI_SCAN_REJECT && q->open[c->dir])
		end_message(c, NI_HTTP_CUT);
	else if (v == NI_SCAN_REJECT)
		tell_end(c, true);
	return v;
}

static bool
lost(struct ni_scan_ctx *c)
{
	struct state *st = c->state;
	struct http_queue *q = c->shared;
	struct http_start s;
	struct http_framing f;
	bool worth = c->total > 0;
	if (worth && st->phase == HEAD)
		worth = c->msg_len && read_head(c, c->msg_len, &s, &f);
	if (worth)
		end_message(c, NI_HTTP_GAP);
	if (st->usual == HTTP_RESPONSE || (st->usual == HTTP_NOTHING && c->dir == NI_SERVER))
		q->response_lost = true;
	*st = (struct state){.phase = HEAD, .usual = st->usual};
	return worth;
}

const struct ni_stream_ops http_stream = {
    .state_size = sizeof(struct state),
    .shared_size = sizeof(struct http_queue),
    .probe = http_probe,
    .scan = scan,
    .lost = lost,
    .copy = http_queue_copy,
    .end = http_end_all,
};
