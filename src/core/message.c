/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages in a byte stream that is in order: which protocol it is, where each message ends, what
 * is kept of it, and the layer it becomes.
 */
#include <string.h>

#include "i18n.h"
#include "stream_priv.h"

static const struct ni_note_def note_message_cut = {
    "tcp.message_cut", N_("the connection ends here, but not the message that it carried"), NULL,
    NI_WARN};

static const uint8_t nothing[1]; /* no bytes, but somewhere */

static void
drop_head(struct ni_run *r, struct ni_half *h)
{
	ni_bound_later(&r->ss->mem, h->head);
	h->head = NULL;
	h->head_len = h->head_cap = 0;
}

/* Forget the open message. */
static void
discard(struct ni_run *r, struct ni_half *h)
{
	drop_head(r, h);
	h->open = h->gap = h->headless = false;
	h->start = NULL;
	h->total = h->skip = 0;
	h->segments = 0;
}

static bool
reserve(struct ni_run *r, struct ni_half *h, uint32_t n)
{
	if (n <= h->head_cap)
		return true;
	uint32_t cap = n < 256 ? 256 : n;
	if (h->head_cap && cap < 2 * h->head_cap)
		cap = 2 * h->head_cap;
	if (cap > h->keep && h->keep >= n)
		cap = h->keep;
	uint8_t *p = ni_bound_alloc(&r->ss->mem, cap);
	if (!p)
		return false;
	if (h->head_len)
		memcpy(p, h->head, h->head_len);
	ni_bound_free(&r->ss->mem, h->head);
	h->head = p;
	h->head_cap = cap;
	return true;
}

/* Keep as much of the next bytes of the message as is wanted of it. */
static void
keep(struct ni_run *r, struct ni_half *h, const uint8_t *p, uint32_t n)
{
	uint32_t most = h->keep < NI_HEAD_MAX ? h->keep : NI_HEAD_MAX;
	if (h->headless || h->gap || h->head_len >= most)
		return;
	if (n > most - h->head_len)
		n = most - h->head_len;
	if (!n || !p)
		return;
	if (!reserve(r, h, h->head_len + n)) {
		h->headless = true;
		return;
	}
	memcpy(h->head + h->head_len, p, n);
	h->head_len += n;
}

static void
open_message(struct ni_half *h, const uint8_t *p, struct ni_origin *o)
{
	h->open = true;
	h->gap = h->headless = false;
	h->start = p;
	h->keep = UINT32_MAX;
	h->total = h->skip = 0;
	h->segments = o->segments ? o->segments - 1 : 0; /* run() counts this piece */
	h->title_len = 0;
	h->title_stays = false;
	h->first_frame = o->frame;
	h->first_ns = o->ts_ns;
	h->last_frame = 0;
}

static void
count_segment(struct ni_half *h, struct ni_origin *o)
{
	if (h->last_frame != o->frame)
		h->segments++;
	h->last_frame = o->frame;
}

/* Has its receiver acknowledged what is not here? */
static bool
is_missing(const struct ni_order *o)
{
	bool end = o->fin && o->next == o->fin_seq;
	return o->placed && o->has_ack && !end && ni_seq_before(o->next, o->acked);
}

static struct ni_scan_ctx
context(const struct ni_run *r, const struct ni_half *h)
{
	unsigned dir = h == &r->st->half[1];
	return (struct ni_scan_ctx){
	    .state = r->st->state[dir],
	    .shared = r->st->shared,
	    .host = &r->ss->host,
	    .conn = r->conn,
	    .frame = r->ss->frame,
	    .ts_ns = r->ss->ts_ns,
	    .dir = (uint8_t)dir,
	    .reset = r->reset,
	    .peer_lost = is_missing(&r->st->half[!dir].order),
	    .first_frame = h->first_frame,
	    .first_ns = h->first_ns,
	    .total = h->total,
	    .keep = h->keep,
	};
}

/* The source of the bytes being passed on: the frame's, or one made when first needed. */
static uint8_t
source_of(struct ni_run *r, struct ni_origin *o)
{
	if (!o->in_src)
		o->src = ni_source_add(r->d, o->piece, "Reassembled TCP");
	o->in_src = true;
	return o->src;
}

/* Make the finished message a layer of the current frame. */
static void
show(struct ni_run *r, struct ni_half *h, const struct ni_scan_ctx *c, struct ni_origin *o,
     bool cut)
{
	struct ni_dis *d = r->d;
	uint32_t len = h->total < UINT32_MAX ? (uint32_t)h->total : UINT32_MAX;
	struct ni_span s = {h->start ? h->start : h->head, h->head_len, len};
	bool here = h->start && o;
	if (!d || (!s.p && !h->headless))
		return;
	if (h->headless || d->nlayers == NI_MAX_LAYERS || d->npdus == NI_MAX_LAYERS ||
	    (d->nsources == NI_MAX_SOURCES && !(here && o->in_src))) {
		r->ss->stats.messages_dropped++;
		return;
	}
	uint8_t src = here ? source_of(r, o) : ni_source_add(d, s, "Reassembled TCP");
	r->ss->pdus[d->npdus] = (struct ni_pdu){
	    .first_frame = h->first_frame,
	    .first_ns = h->first_ns,
	    .len = h->total,
	    .segments = h->segments,
	    .info = c->info,
	    .gap = h->gap,
	    .cut = cut,
	    .http = c->http,
	};
	d->pdus = r->ss->pdus;
	d->npdus++;
	ni_dissect_more(d, r->st->proto, s, src, (uint16_t)(d->npdus - 1));
}

/* The open message is over. @o is where the bytes being passed on come from, NULL if there are
 * none. */
static void
finish(struct ni_run *r, struct ni_half *h, const struct ni_scan_ctx *c, struct ni_origin *o,
       bool cut)
{
	r->st->messages++;
	if (c->request)
		r->conn->requests++;
	if (!r->conn->service)
		r->conn->service = r->st->proto->key;
	/* A FIN or RST that cuts a message short is more worth seeing than the message. */
	if (!cut || h->gap)
		show(r, h, c, o, cut);
	discard(r, h);
}

static void
reset_half(struct ni_run *r, struct ni_half *h)
{
	discard(r, h);
	h->tries = 0;
	h->from_start = true;
	if (!h->closed)
		h->mode = NI_HALF_PROBE;
}

/* What follows is another protocol: begin anew, but not for ever. */
static void
change_protocol(struct ni_run *r)
{
	ni_message_end(r);
	for (unsigned i = 0; i < 2; i++) {
		reset_half(r, &r->st->half[i]);
		if (r->st->changes == NI_PROTO_CHANGES)
			r->st->half[i].mode = NI_HALF_OFF;
	}
	r->st->changes++;
}

static void
reject(struct ni_run *r, struct ni_half *h)
{
	discard(r, h);
	h->mode = NI_HALF_SEEK;
}

/* Ask the protocol what it makes of @n more bytes. Returns how many it used. */
static uint32_t
scan(struct ni_run *r, struct ni_half *h, const uint8_t *p, uint32_t n, struct ni_origin *o)
{
	struct ni_scan_ctx c = context(r, h);
	uint32_t used = 0;
	c.fresh = !h->total;
	if (h->start) {
		c.msg = h->start;
		c.msg_len = (uint32_t)(p - h->start) + n;
	} else {
		keep(r, h, p, n);
		c.msg = h->head;
		c.msg_len = h->headless ? 0 : h->head_len;
	}
	enum ni_scan verdict = r->st->proto->stream->scan(&c, p, n, &used);
	if (used > n)
		used = n;
	h->total += used;
	h->keep = c.keep;
	h->skip = c.skip;
	h->body = c.body;
	if (h->start)
		h->head_len += used;
	else if (h->head_len > h->total)
		h->head_len = (uint32_t)h->total;
	h->title_off = c.title_off;
	h->title_len = c.title_len;
	h->title_stays = c.title_stays;
	bool stuck = verdict == NI_SCAN_MORE && used < n && !c.skip;
	bool empty = verdict != NI_SCAN_MORE && !h->total;
	if (verdict == NI_SCAN_REJECT || stuck || empty) {
		if (c.note)
			ni_stream_note(r, c.note);
		reject(r, h);
	} else if (verdict == NI_SCAN_NOTHING) {
		discard(r, h);
	} else if (verdict != NI_SCAN_MORE) {
		finish(r, h, &c, o, false);
		if (verdict == NI_SCAN_LAST)
			change_protocol(r);
	}
	return used;
}

/* For sinks that want bodies. */
static void
tell_body(struct ni_run *r, const struct ni_half *h, const uint8_t *p, uint32_t n, uint32_t lost)
{
	struct ni_body_event b = {
	    .step = lost ? NI_BODY_LOST : NI_BODY_BYTES, .p = p, .n = n, .lost = lost};
	if (h->body)
		r->ss->host.tell_body(&r->ss->host, r->conn, h == &r->st->half[1], &b);
}

/* Pass bytes over a body that needs no look. */
static uint32_t
skip(struct ni_run *r, struct ni_half *h, const uint8_t *p, uint32_t n)
{
	if (h->skip < n)
		n = (uint32_t)h->skip;
	tell_body(r, h, p, n, 0);
	if (h->start)
		h->head_len += n;
	else
		keep(r, h, p, n);
	if (h->skip != UINT64_MAX)
		h->skip -= n;
	h->total += n;
	return n;
}

/* A message that goes on in a later piece: its beginning must outlive this one. */
static void
save(struct ni_run *r, struct ni_half *h)
{
	const uint8_t *p = h->start;
	uint32_t n = h->head_len;
	bool gap = h->gap; /* if there is one, it is behind these bytes */
	h->start = NULL;
	h->head_len = 0;
	h->gap = false;
	keep(r, h, p, n);
	h->gap = gap;
}

/* Bytes of a known protocol. Returns how many were used before it stopped being so. */
static uint32_t
run(struct ni_run *r, struct ni_half *h, struct ni_span s, struct ni_origin *o)
{
	uint32_t done = 0;
	bool due = false; /* a body has been skipped: the protocol must say how to go on */
	while (h->mode == NI_HALF_RUN && (done < s.cap || due)) {
		const uint8_t *p = s.p + done;
		if (!h->open)
			open_message(h, p, o);
		count_segment(h, o);
		if (h->skip) {
			done += skip(r, h, p, s.cap - done);
			due = !h->skip;
		} else {
			due = false;
			done += scan(r, h, p, s.cap - done, o);
		}
	}
	return done;
}

static enum ni_probe
ask(const struct ni_proto *p, struct ni_span s, const struct ni_proto **proto)
{
	enum ni_probe answer = p->stream->probe ? p->stream->probe(s) : NI_PROBE_NO;
	if (answer == NI_PROBE_YES)
		*proto = p;
	return answer;
}

/* The protocol that the ports speak for, if they do. */
static const struct ni_proto *
hint(const struct ni_run *r)
{
	for (unsigned i = 2; i-- > 0;) {
		const struct ni_proto *p = ni_lookup(r->ss->reg, NI_BY_TCP_PORT, r->conn->port[i]);
		if (p && p->stream)
			return p;
	}
	return NULL;
}

/*
 * Which protocol @s is the beginning of. Content decides; a port only where the content could be
 * that of its protocol, but is too little to tell.
 */
static enum ni_probe
probe(const struct ni_run *r, struct ni_span s, const struct ni_proto **proto)
{
	if (r->st->proto)
		return ask(r->st->proto, s, proto);
	const struct ni_proto *likely = hint(r);
	bool more = false, likely_more = false;
	for (unsigned i = 0; i < r->ss->nprotos; i++) {
		const struct ni_proto *p = r->ss->protos[i];
		enum ni_probe answer = ask(p, s, proto);
		if (answer == NI_PROBE_YES)
			return answer;
		more |= answer == NI_PROBE_MORE;
		likely_more |= answer == NI_PROBE_MORE && p == likely;
	}
	if (likely_more) {
		*proto = likely;
		return NI_PROBE_YES;
	}
	return more ? NI_PROBE_MORE : NI_PROBE_NO;
}

/* From now on @h runs: first with what probing has gathered. */
static void
replay(struct ni_run *r, struct ni_half *h)
{
	uint8_t *p = h->head;
	struct ni_span s = {p, h->head_len, h->head_len};
	struct ni_origin o = {
	    .frame = h->first_frame, .ts_ns = h->first_ns, .segments = h->segments};
	h->head = NULL;
	h->head_len = h->head_cap = 0;
	discard(r, h);
	h->mode = NI_HALF_RUN;
	ni_message_bytes(r, h == &r->st->half[1], s, &o);
	ni_bound_later(&r->ss->mem, p);
}

/* The protocol has just become known: what of the other direction? */
static void
wake(struct ni_run *r, struct ni_half *h)
{
	if (h->closed || h->mode == NI_HALF_RUN)
		return;
	if (h->mode == NI_HALF_PROBE && h->open)
		replay(r, h);
	else
		h->mode = h->mode == NI_HALF_PROBE && !h->tries ? NI_HALF_RUN : NI_HALF_SEEK;
}

static void
probe_failed(struct ni_run *r, struct ni_half *h)
{
	bool hopeless = h->tries >= NI_PROBE_TRIES && !r->st->messages;
	discard(r, h);
	if (h->mode == NI_HALF_PROBE && h->from_start)
		hopeless = true;
	if (hopeless)
		h->mode = NI_HALF_OFF;
	else if (h->tries < UINT8_MAX)
		h->tries++;
}

/* Bytes of an unknown protocol, or of a known one that lost its way. Returns whether it is found
 * and the bytes have not been passed on. */
static bool
find(struct ni_run *r, struct ni_half *h, struct ni_span s, struct ni_origin *o)
{
	const struct ni_proto *proto = NULL;
	uint32_t lost = s.len - s.cap;
	struct ni_span all = s;
	if (h->open) {
		keep(r, h, s.p, s.cap);
		all = (struct ni_span){h->head, h->head_len, h->head_len + lost};
		h->segments++;
	}
	enum ni_probe answer = h->headless ? NI_PROBE_NO : probe(r, all, &proto);
	if (answer == NI_PROBE_MORE && (lost || all.cap >= NI_PROBE_MAX))
		answer = NI_PROBE_NO; /* more will not come, or not help */
	if (answer == NI_PROBE_NO || (proto && !ni_message_adopt(r, proto))) {
		probe_failed(r, h);
		return false;
	}
	if (answer == NI_PROBE_MORE) {
		if (!h->open) {
			open_message(h, NULL, o);
			h->segments = 1;
			keep(r, h, s.p, s.cap);
		}
		return false;
	}
	bool gathered = h->open;
	if (gathered)
		replay(r, h);
	else
		h->mode = NI_HALF_RUN;
	wake(r, &r->st->half[h == &r->st->half[0]]);
	return !gathered;
}

/* Go over @n bytes of body that are not at hand. */
static void
pass_body(struct ni_run *r, struct ni_half *h, uint32_t n, struct ni_origin *o)
{
	tell_body(r, h, NULL, 0, n);
	if (h->skip != UINT64_MAX)
		h->skip -= n;
	h->total += n;
	if (!h->skip)
		scan(r, h, h->start ? h->start + h->head_len : nothing, 0, o);
}

/* @n bytes are missing; @o is where those before them came from, NULL if from an earlier segment.
 */
static void
lost(struct ni_run *r, struct ni_half *h, uint32_t n, struct ni_origin *o)
{
	if (h->mode == NI_HALF_OFF)
		return;
	r->ss->stats.gaps++;
	r->ss->stats.gap_bytes += n;
	h->from_start = false;
	if (h->mode != NI_HALF_RUN) {
		discard(r, h);
		return;
	}
	if (h->open && h->skip >= n) {
		h->gap = true;
		pass_body(r, h, n, o);
		return;
	}
	struct ni_scan_ctx c = context(r, h);
	const struct ni_stream_ops *ops = r->st->proto->stream;
	if (h->open && !h->headless) {
		c.msg = h->start ? h->start : h->head;
		c.msg_len = h->head_len;
	}
	bool worth = ops->lost && ops->lost(&c);
	h->total += n;
	h->gap = true;
	if (h->open && worth)
		finish(r, h, &c, o, true);
	discard(r, h);
	h->mode = NI_HALF_SEEK;
}

void
ni_message_bytes(struct ni_run *r, unsigned dir, struct ni_span data, const struct ni_origin *from)
{
	struct ni_half *h = &r->st->half[dir];
	struct ni_origin o = *from;
	uint32_t missing = data.len - data.cap;
	if (o.unseen && h->open && h->skip >= missing) {
		count_segment(h, &o);
		pass_body(r, h, missing, &o);
		return;
	}
	o.piece = data;
	while (data.cap && h->mode != NI_HALF_OFF) {
		if (h->mode != NI_HALF_RUN && !find(r, h, data, &o))
			break;
		data = ni_from(data, run(r, h, data, &o));
		if (h->mode == NI_HALF_SEEK)
			break; /* look again where the next segment begins */
	}
	if (missing)
		lost(r, h, missing, &o);
	if (h->start)
		save(r, h);
}

void
ni_message_lost(struct ni_run *r, unsigned dir, uint32_t n)
{
	lost(r, &r->st->half[dir], n, NULL);
}

void
ni_message_eof(struct ni_run *r, unsigned dir)
{
	struct ni_half *h = &r->st->half[dir];
	if (h->closed)
		return;
	h->closed = true;
	if (h->mode == NI_HALF_RUN && h->open) {
		struct ni_scan_ctx c = context(r, h);
		uint32_t used = 0;
		c.eof = true;
		c.msg = h->head;
		c.msg_len = h->headless ? 0 : h->head_len;
		enum ni_scan verdict = r->st->proto->stream->scan(&c, nothing, 0, &used);
		if (verdict == NI_SCAN_MORE)
			ni_stream_note(r, &note_message_cut);
		else if (c.note)
			ni_stream_note(r, c.note);
		if (verdict != NI_SCAN_REJECT)
			finish(r, h, &c, NULL, verdict == NI_SCAN_MORE);
	}
	discard(r, h);
	h->mode = NI_HALF_OFF;
}

bool
ni_message_adopt(struct ni_run *r, const struct ni_proto *proto)
{
	struct ni_stream *st = r->st;
	struct ni_stream_layout is = ni_stream_layout(proto);
	if (st->proto == proto)
		return true;
	size_t n = 2 * is.one + is.shared;
	uint8_t *p = ni_bound_alloc(&r->ss->mem, n);
	if (!p) {
		r->ss->stats.streams_dropped++;
		return false;
	}
	memset(p, 0, n);
	ni_stream_place(st, proto, p);
	return true;
}

void
ni_message_end(struct ni_run *r)
{
	struct ni_stream *st = r->st;
	if (!st->proto)
		return;
	if (st->proto->stream->end) {
		struct ni_scan_ctx c = context(r, &st->half[0]);
		c.state = NULL;
		st->proto->stream->end(&c);
	}
	ni_bound_free(&r->ss->mem, st->block);
	st->block = st->shared = st->state[0] = st->state[1] = NULL;
	st->proto = NULL;
}
