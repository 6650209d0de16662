/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Segments of a connection put into order: in-order bytes are passed on at once from where they
 * lie, early ones wait, and a hole that will not be filled any more is passed on as such: when its
 * receiver has acknowledged it (so it was sent, but not captured), when what waits behind it grows
 * too large or too old, or when the connection ends.
 */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "stream_priv.h"
#include "tcp_track.h"

enum {
	SECOND = 1000000000,
	PATIENCE_S = 30, /* a retransmission that takes longer will not come */
	ONE_SIDED = 32,  /* segments to wait for a hole when no acknowledgements are captured */
	SHARE = 4,       /* one direction may use 1/4 of the memory for what waits */
	FAR = 1 << 30,   /* the largest window there is (RFC 7323 section 2.3) */
};

static const struct ni_note_def note_conflict = {
    "tcp.overlap_conflict",
    N_("a segment repeats bytes, but not with the same content; the first to be captured count"),
    "RFC 9293 3.10.7.4", NI_WARN};

static void *
host_alloc(struct ni_stream_host *h, size_t n)
{
	struct ni_streams *ss = (struct ni_streams *)h;
	void *p = ni_bound_alloc(&ss->mem, n);
	return p ? memset(p, 0, n) : NULL;
}

static void
host_release(struct ni_stream_host *h, void *p)
{
	struct ni_streams *ss = (struct ni_streams *)h;
	ni_bound_later(&ss->mem, p);
}

static void
host_tell_http(struct ni_stream_host *h, const struct ni_conn *conn,
	       const struct ni_http_exchange *x)
{
	struct ni_streams *ss = (struct ni_streams *)h;
	struct ni_event e = {
	    .kind = NI_EV_HTTP, .frame = ss->frame, .ts_ns = ss->ts_ns, .conn = conn};
	e.http = x;
	if (ss->o.tell)
		ss->o.tell(ss->o.ctx, &e);
}

static void
host_tell_body(struct ni_stream_host *h, const struct ni_conn *conn, unsigned dir,
	       const struct ni_body_event *b)
{
	struct ni_streams *ss = (struct ni_streams *)h;
	struct ni_event e = {.kind = NI_EV_BODY,
			     .side = (uint8_t)dir,
			     .frame = ss->frame,
			     .ts_ns = ss->ts_ns,
			     .conn = conn};
	e.body = b;
	if (h->want_bodies && ss->o.tell)
		ss->o.tell(ss->o.ctx, &e);
}

static void
host_dropped(struct ni_stream_host *h)
{
	struct ni_streams *ss = (struct ni_streams *)h;
	ss->stats.messages_dropped++;
}

struct ni_streams *
ni_streams_new(const struct ni_registry *reg, const struct ni_streams_opts *o)
{
	struct ni_streams *ss = calloc(1, sizeof(*ss));
	if (!ss)
		return NULL;
	ss->o = *o;
	ss->reg = reg;
	ss->mem.max = o->max_bytes;
	ss->host = (struct ni_stream_host){
	    .alloc = host_alloc,
	    .release = host_release,
	    .tell_http = host_tell_http,
	    .tell_body = host_tell_body,
	    .dropped = host_dropped,
	};
	ss->waiters.prev = ss->waiters.later = &ss->waiters;
	for (unsigned i = 1; reg && i <= ni_registry_count(reg); i++) {
		const struct ni_proto *p = ni_registry_proto(reg, i);
		if (p->stream && ss->nprotos < NI_STREAM_PROTOS)
			ss->protos[ss->nprotos++] = p;
	}
	return ss;
}

void
ni_streams_free(struct ni_streams **ss)
{
	if (!*ss)
		return;
	ni_bound_sweep(&(*ss)->mem);
	free(*ss);
	*ss = NULL;
}

void
ni_streams_keep_bodies(struct ni_streams *ss, uint32_t n)
{
	if (ss->host.body_keep < n)
		ss->host.body_keep = n;
}

void
ni_streams_want(struct ni_streams *ss, bool streams, bool bodies)
{
	ss->want_streams |= streams;
	ss->host.want_bodies |= bodies;
}

void
ni_streams_begin(struct ni_streams *ss, uint64_t frame, int64_t ts_ns)
{
	ni_bound_sweep(&ss->mem);
	ss->frame = frame;
	ss->ts_ns = ts_ns;
}

struct ni_streams_stats
ni_streams_stats(const struct ni_streams *ss)
{
	return ss->stats;
}

void
ni_stream_queue(struct ni_streams *ss, struct ni_order *o)
{
	bool queued = o->later != NULL;
	if (queued == (o->first != NULL))
		return;
	if (queued) {
		o->prev->later = o->later;
		o->later->prev = o->prev;
		o->prev = o->later = NULL;
		return;
	}
	o->later = &ss->waiters;
	o->prev = ss->waiters.prev;
	o->prev->later = o;
	ss->waiters.prev = o;
}

/* Memory is short: what has waited longest goes, unless that is @mine. Its bytes may come again. */
static bool
make_room(struct ni_streams *ss, const struct ni_order *mine)
{
	struct ni_order *o = ss->waiters.later;
	if (o == mine)
		o = o->later;
	if (o == &ss->waiters)
		return false;
	ss->stats.bytes_dropped += ni_order_clear(o, &ss->mem);
	ni_stream_queue(ss, o);
	return true;
}

static void
tell_stream(struct ni_run *r, unsigned dir, struct ni_span s)
{
	struct ni_streams *ss = r->ss;
	struct ni_stream_bytes bytes = {s.p, s.cap, s.len - s.cap};
	struct ni_event e = {.kind = NI_EV_STREAM,
			     .side = (uint8_t)dir,
			     .frame = ss->frame,
			     .ts_ns = ss->ts_ns,
			     .conn = r->conn};
	e.stream = &bytes;
	if (s.len && ss->o.tell)
		ss->o.tell(ss->o.ctx, &e);
}

/* For sinks that want the streams themselves: @s comes next. */
static void
tell_bytes(struct ni_run *r, unsigned dir, struct ni_span s)
{
	struct ni_half *h = &r->st->half[dir];
	if (!r->ss->want_streams)
		return;
	h->ahead = h->ahead && ni_seq_before(h->order.next, h->told);
	tell_stream(r, dir, h->ahead ? ni_from(s, h->told - h->order.next) : s);
}

/*
 * The hole before what waits is known to stay, since its receiver has acknowledged it. Messages
 * wait until their sender is heard of again, but the order of the two directions would suffer.
 */
static void
tell_ahead(struct ni_run *r, unsigned dir)
{
	struct ni_half *h = &r->st->half[dir];
	const struct ni_order *o = &h->order;
	if (!r->ss->want_streams || !o->has_ack)
		return;
	uint32_t at = h->ahead && ni_seq_before(o->next, h->told) ? h->told : o->next;
	for (const struct ni_chunk *c = o->first; c; c = c->after) {
		if (ni_seq_before(at, c->seq) && ni_seq_before(o->acked, c->seq))
			break;
		if (ni_seq_before(at, c->seq)) {
			tell_stream(r, dir, (struct ni_span){NULL, 0, c->seq - at});
			at = c->seq;
		}
		if (at - c->seq < c->len) {
			struct ni_span s = {c->data, c->cap, c->len};
			tell_stream(r, dir, ni_from(s, at - c->seq));
			at = c->seq + c->len;
		}
	}
	h->ahead = at != o->next;
	h->told = at;
}

static void
pass_on(struct ni_run *r, unsigned dir, struct ni_span s, const struct ni_origin *o)
{
	tell_bytes(r, dir, s);
	r->st->half[dir].order.next += s.len;
	ni_message_bytes(r, dir, s, o);
}

/* Pass on what has been waiting and is next. */
static void
drain(struct ni_run *r, unsigned dir)
{
	struct ni_order *o = &r->st->half[dir].order;
	struct ni_chunk *c;
	while ((c = ni_order_pop(o))) {
		struct ni_origin from = {.frame = c->frame, .ts_ns = c->ts_ns, .unseen = c->unseen};
		pass_on(r, dir, (struct ni_span){c->data, c->cap, c->len}, &from);
		ni_bound_later(&r->ss->mem, c);
	}
}

static void
give_up(struct ni_run *r, unsigned dir, uint32_t n)
{
	tell_bytes(r, dir, (struct ni_span){NULL, 0, n});
	r->st->half[dir].order.next += n;
	ni_message_lost(r, dir, n);
	drain(r, dir);
}

/* How far its receiver says it has got. */
static void
acknowledged(struct ni_order *o, uint32_t ack)
{
	if (!o->placed)
		return;
	if (!o->has_ack || ni_seq_before(o->acked, ack))
		o->acked = ack;
	o->has_ack = true;
}

/*
 * What its receiver acknowledged will not be sent again: if it is not here, it was not captured.
 * Done when the sender is heard of again, so that messages appear in frames of who sent them.
 */
static void
stop_waiting(struct ni_run *r, unsigned dir)
{
	struct ni_half *h = &r->st->half[dir];
	struct ni_order *o = &h->order;
	if (!o->has_ack || (!o->first && !o->fin))
		return;
	while (o->first && !ni_seq_before(o->acked, o->first->seq))
		give_up(r, dir, ni_order_hole(o));
	ni_stream_queue(r->ss, o);
	if (o->fin && !h->closed && ni_seq_before(o->fin_seq, o->acked)) {
		if (ni_seq_before(o->next, o->fin_seq))
			give_up(r, dir, o->fin_seq - o->next);
		ni_message_eof(r, dir);
	}
}

/* Bytes that came before: do they say the same, as far as that is still known? */
static bool
same_again(const struct ni_half *h, const struct ni_piece *p, uint32_t behind)
{
	uint32_t n = behind < p->data.cap ? behind : p->data.cap;
	if (!h->open || h->gap || !h->head || behind > h->total || !n)
		return true;
	uint64_t at = h->total - behind;
	if (at >= h->head_len)
		return true;
	if (n > h->head_len - at)
		n = (uint32_t)(h->head_len - at);
	return !memcmp(h->head + at, p->data.p, n);
}

void
ni_stream_note(struct ni_run *r, const struct ni_note_def *def)
{
	struct ni_dis *d = r->d;
	if (d && d->transport_layer < d->nlayers)
		ni_note(d, &d->layers[d->transport_layer], def);
}

static bool
too_patient(const struct ni_run *r, unsigned dir)
{
	const struct ni_order *o = &r->st->half[dir].order;
	if (!o->first)
		return false;
	return o->bytes > r->ss->mem.max / SHARE ||
	       (!r->conn->packets[!dir] && o->nchunks > ONE_SIDED) ||
	       r->ss->ts_ns - o->first->ts_ns > (int64_t)PATIENCE_S * SECOND;
}

/* Whether some sink wants all bytes of this direction. */
static bool
wanted(const struct ni_streams *ss, const struct ni_half *h)
{
	return ss->want_streams || (ss->host.want_bodies && h->mode != NI_HALF_OFF);
}

/*
 * Keep @p, which is not next, until it is; or, where that cannot be, stop waiting for what is next.
 * Returns whether @p is kept; if not, something before it has been passed on.
 */
static bool
wait_for_hole(struct ni_run *r, unsigned dir, struct ni_piece *p)
{
	struct ni_half *h = &r->st->half[dir];
	struct ni_order *o = &h->order;
	enum ni_put rc;
	uint64_t ahead = (uint64_t)(p->seq - o->next) + p->data.len;
	p->unseen = !wanted(r->ss, h) &&
		    (h->mode == NI_HALF_OFF || (h->mode == NI_HALF_RUN && h->skip >= ahead &&
						h->total + (p->seq - o->next) >= h->keep));
	do
		rc = ni_order_put(o, &r->ss->mem, p);
	while (rc == NI_PUT_FULL && o->nchunks < NI_ORDER_CHUNKS && make_room(r->ss, o));
	if (rc == NI_PUT_FULL && o->first && o->first->seq == o->next)
		drain(r, dir);
	else if (rc == NI_PUT_FULL)
		give_up(r, dir, o->first ? ni_order_hole(o) : p->seq - o->next);
	if (rc == NI_PUT_CONFLICT)
		ni_stream_note(r, &note_conflict);
	return rc != NI_PUT_FULL;
}

/* Cut off what has been passed on already. */
static void
trim(struct ni_run *r, unsigned dir, struct ni_piece *p)
{
	struct ni_half *h = &r->st->half[dir];
	if (!ni_seq_before(p->seq, h->order.next))
		return;
	uint32_t behind = h->order.next - p->seq;
	if (!same_again(h, p, behind))
		ni_stream_note(r, &note_conflict);
	p->seq += behind < p->data.len ? behind : p->data.len;
	p->data = ni_from(p->data, behind);
}

/* Take in a segment's bytes. */
static void
arrive(struct ni_run *r, unsigned dir, struct ni_piece *p, uint8_t src)
{
	struct ni_order *o = &r->st->half[dir].order;
	trim(r, dir, p);
	if (p->data.len && p->seq - o->next > FAR)
		return;
	/* Its receiver said long ago that it has what is missing here. */
	if (p->data.len && p->seq != o->next && !o->first && o->has_ack &&
	    !ni_seq_before(o->acked, p->seq))
		give_up(r, dir, p->seq - o->next);
	while (p->data.len) {
		if (p->seq == o->next && (!o->first || p->data.len <= ni_order_hole(o))) {
			struct ni_origin from = {
			    .frame = p->frame, .ts_ns = p->ts_ns, .src = src, .in_src = true};
			pass_on(r, dir, p->data, &from);
			break;
		}
		if (wait_for_hole(r, dir, p))
			break;
		trim(r, dir, p);
	}
	drain(r, dir);
	while (too_patient(r, dir))
		give_up(r, dir, ni_order_hole(o));
	ni_stream_queue(r->ss, o);
}

/* The first sequence number of data in this direction. */
static void
place(struct ni_run *r, const struct ni_stream_seg *seg, uint32_t seq)
{
	struct ni_half *h = &r->st->half[seg->dir];
	if (h->order.placed)
		return;
	h->order.placed = true;
	h->order.next = seq;
	if (!r->conn->isn_known[seg->dir])
		return;
	uint32_t first = r->conn->isn[seg->dir] + 1;
	if (seq - first < FAR) {
		h->order.next = first;
		h->from_start = true;
	}
}

/* The user has said what this port carries. False: nothing that comes in streams. */
static bool
obey(struct ni_run *r)
{
	for (unsigned i = 2; i-- > 0;) {
		uint16_t port = r->conn->port[i];
		if (!ni_registry_forced(r->ss->reg, NI_BY_TCP_PORT, port))
			continue;
		const struct ni_proto *p = ni_lookup(r->ss->reg, NI_BY_TCP_PORT, port);
		if (!p || !p->stream || !ni_message_adopt(r, p))
			return false;
		r->st->half[0].mode = r->st->half[1].mode = NI_HALF_RUN;
	}
	return true;
}

static bool
begin(struct ni_run *r, struct ni_stream **st)
{
	r->st = ni_bound_alloc(&r->ss->mem, sizeof(*r->st));
	if (!r->st) {
		r->ss->stats.streams_dropped++;
		return false;
	}
	memset(r->st, 0, sizeof(*r->st));
	*st = r->st;
	if (obey(r))
		return true;
	r->st->half[0].mode = r->st->half[1].mode = NI_HALF_OFF;
	return r->ss->want_streams;
}

/*
 * What tcp.c says of a segment whose bytes no layer shows. As in Wireshark bytes that came before
 * count where the segment is one that the receiver may have needed, not where it is a mere repeat.
 */
static void
set_part(struct ni_run *r, const struct ni_half *h, const struct ni_stream_seg *seg)
{
	const uint32_t needed = 1U << NI_MARK_FAST_RETRANSMISSION | 1U << NI_MARK_OUT_OF_ORDER;
	uint32_t behind = h->order.next - seg->seq;
	if (!r->d || h->mode != NI_HALF_RUN || !h->open)
		return;
	bool again = r->d->seg && r->d->seg->marks & needed && behind && behind <= h->total;
	if (h->last_frame != r->ss->frame && !again)
		return;
	struct ni_part *part = &r->ss->part;
	*part = (struct ni_part){.of_pdu = true};
	if (h->title_len && h->head && h->head_len >= h->title_off &&
	    h->head_len - h->title_off >= h->title_len) {
		part->title = h->head + h->title_off;
		part->title_len = h->title_len;
	}
	r->d->part = part;
}

static bool
is_over(const struct ni_streams *ss, const struct ni_stream *st)
{
	return !ss->want_streams && st->half[0].mode == NI_HALF_OFF &&
	       st->half[1].mode == NI_HALF_OFF;
}

static void
take(struct ni_run *r, const struct ni_stream_seg *seg)
{
	struct ni_half *h = &r->st->half[seg->dir];
	struct ni_piece p = {seg->seq, seg->data, r->ss->frame, r->ss->ts_ns, false};
	if (seg->flags & NI_TH_SYN)
		p.seq++;
	place(r, seg, p.seq);
	if (seg->flags & NI_TH_FIN && !h->order.fin) {
		h->order.fin = true;
		h->order.fin_seq = p.seq + p.data.len;
	}
	if (!h->title_stays)
		h->title_len = 0;
	if (p.data.len)
		arrive(r, seg->dir, &p, seg->src);
	if (h->order.fin && !ni_seq_before(h->order.next, h->order.fin_seq))
		ni_message_eof(r, seg->dir);
	set_part(r, h, seg);
}

bool
ni_stream_segment(struct ni_streams *ss, struct ni_stream **st, struct ni_conn *conn,
		  struct ni_dis *d, const struct ni_stream_seg *seg)
{
	struct ni_run r = {.ss = ss, .st = *st, .conn = conn, .d = d};
	bool ok = true;
	if (!r.st && !seg->data.len)
		return true;
	if (!r.st)
		ok = begin(&r, st);
	if (ok && seg->flags & NI_TH_ACK) {
		acknowledged(&r.st->half[!seg->dir].order, seg->ack);
		tell_ahead(&r, !seg->dir);
	}
	if (ok)
		stop_waiting(&r, seg->dir);
	if (ok && (seg->data.len || seg->flags & NI_TH_FIN))
		take(&r, seg);
	if (ok && !is_over(ss, r.st))
		return true;
	ni_stream_end(ss, st, conn, d);
	return false;
}

void
ni_stream_end(struct ni_streams *ss, struct ni_stream **st, struct ni_conn *conn, struct ni_dis *d)
{
	struct ni_run r = {.ss = ss, .st = *st, .conn = conn, .d = d, .reset = true};
	if (!r.st)
		return;
	for (unsigned dir = 0; dir < 2; dir++) {
		struct ni_order *o = &r.st->half[dir].order;
		r.d = d && d->dir == dir ? d : NULL;
		while (o->first)
			give_up(&r, dir, ni_order_hole(o));
		if (o->fin && ni_seq_before(o->next, o->fin_seq))
			give_up(&r, dir, o->fin_seq - o->next);
		ni_stream_queue(ss, o);
		ni_message_eof(&r, dir);
	}
	ni_message_end(&r);
	ni_bound_free(&ss->mem, r.st);
	*st = NULL;
}
