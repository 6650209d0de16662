/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversations; see conns.h. */
#include "conns.h"

#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "netinspect/proto.h"
#include "past.h"
#include "stream.h"
#include "tcp_track.h"

enum {
	TCP = 6,
	UDP = 17,
	UDP_LITE = 136,
	ICMP = 1,
	ICMP6 = 58,
	TCP_HDR = 20,
	DEFAULT_MAX = 16384,
	POOL = 32768, /* segments in flight that the tracker remembers, of all connections */
	SECOND = 1000000000,
	UDP_IDLE_S = 300, /* as a NAT forgets its mapping: RFC 4787 REQ-5 */
	ECHO_IDLE_S = 60, /* RFC 5508 REQ-2 */
	NIDS = 256,
};

struct ni_conns {
	struct ni_conns_opts o;
	struct ni_flows *tcp, *others;
	struct ni_tcp_env env;
	struct ni_tcp_pool pool;
	struct ni_tcp_seg *segs;
	struct ni_tcp_out out; /* of the frame being taken in */
	struct ni_tcp before;  /* a connection that has just been replaced */
	struct ni_conn *conn;  /* that the tracker is busy with */
	struct ni_flow *flow;  /* of the frame being taken in; NULL: no TCP */
	uint64_t frame;
	int64_t now_ns;
	uint64_t evicted;
	uint32_t ids[NIDS]; /* next id of each IP protocol */
	uint32_t expected;  /* id of a conversation that begins now; UINT32_MAX: as counted */
	bool no_streams;
};

static void
tell(const struct ni_conns *c, enum ni_event_kind kind, unsigned side, const struct ni_conn *conn)
{
	struct ni_event e = {
	    .kind = (uint8_t)kind,
	    .side = (uint8_t)side,
	    .frame = c->frame,
	    .ts_ns = c->now_ns,
	    .conn = conn,
	};
	c->o.tell(c->o.ctx, &e);
}

static void
tell_state(void *ctx, enum ni_side side, enum ni_tcp_state from, enum ni_tcp_state to, unsigned why)
{
	const struct ni_conns *c = ctx;
	struct ni_event e = {
	    .kind = NI_EV_CONN_STATE,
	    .side = (uint8_t)side,
	    .from = (uint8_t)from,
	    .to = (uint8_t)to,
	    .frame = c->frame,
	    .ts_ns = c->now_ns,
	    .conn = c->conn,
	};
	e.why = ni_tcp_why_text(why);
	c->o.tell(c->o.ctx, &e);
}

struct ni_conns *
ni_conns_new(const struct ni_conns_opts *o)
{
	struct ni_conns *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->o = *o;
	c->expected = UINT32_MAX;
	if (!c->o.max)
		c->o.max = DEFAULT_MAX;
	c->tcp = ni_flows_new(o->seed, c->o.max, sizeof(struct ni_tcp));
	c->others = ni_flows_new(o->seed, c->o.max / 2 + 1, sizeof(struct ni_conn));
	c->segs = malloc(POOL * sizeof(*c->segs));
	if (!c->tcp || !c->others || !c->segs) {
		ni_conns_free(&c);
		return NULL;
	}
	ni_tcp_pool_init(&c->pool, c->segs, POOL);
	c->env = (struct ni_tcp_env){.pool = &c->pool, .emit = tell_state, .ctx = c};
	return c;
}

/* Streams hold memory of their own. */
static void
drop(void *ctx, struct ni_flow *f)
{
	struct ni_conns *c = ctx;
	ni_stream_end(c->o.streams, &f->stream, f->conn, NULL);
}

static void
be_silent(void *ctx, const struct ni_event *e)
{
	(void)ctx;
	(void)e;
}

void
ni_conns_free(struct ni_conns **c)
{
	if (!*c)
		return;
	(*c)->o.tell = be_silent;
	if ((*c)->tcp)
		ni_flows_drain((*c)->tcp, drop, *c);
	ni_flows_free(&(*c)->tcp);
	ni_flows_free(&(*c)->others);
	free((*c)->segs);
	free(*c);
	*c = NULL;
}

static struct ni_tcp *
tcp_of(struct ni_flow *f)
{
	void *p = f->conn;
	return p;
}

static bool
is_echo(const struct ni_conn *conn)
{
	return conn->ipproto == ICMP || conn->ipproto == ICMP6;
}

/* Without states: what was answered is worth most, and each list has one idle limit. */
static enum ni_flow_list
list_of_other(const struct ni_conn *conn)
{
	if (is_echo(conn))
		return NI_FLOWS_CLOSING;
	return conn->packets[0] && conn->packets[1] ? NI_FLOWS_OPEN : NI_FLOWS_OPENING;
}

/* ---- ends ---- */

static void
end_tcp(struct ni_conns *c, struct ni_flow *f, enum ni_tcp_end why, struct ni_dis *d)
{
	c->conn = f->conn;
	ni_stream_end(c->o.streams, &f->stream, f->conn, d);
	ni_tcp_finish(tcp_of(f), why, &c->env);
	tell(c, NI_EV_CONN_END, NI_NOBODY, f->conn);
}

static void
end_flow(struct ni_conns *c, struct ni_flows *t, struct ni_flow *f, enum ni_tcp_end why)
{
	/* Nothing is lost with a connection that both sides are through with. */
	if (why == NI_TCP_END_EVICTED && !(f->conn->flags & NI_CONN_ENDED)) {
		c->evicted++;
		f->conn->flags |= NI_CONN_EVICTED;
	}
	if (t == c->tcp)
		end_tcp(c, f, why, NULL);
	else
		tell(c, NI_EV_CONN_END, NI_NOBODY, f->conn);
	ni_flows_remove(t, f);
}

static void
end_at_last(void *ctx, struct ni_flow *f)
{
	struct ni_conns *c = ctx;
	if (f->conn->ipproto == TCP)
		end_tcp(c, f, NI_TCP_END_CAPTURE, NULL);
	else
		tell(c, NI_EV_CONN_END, NI_NOBODY, f->conn);
}

void
ni_conns_end(struct ni_conns *c)
{
	c->frame = 0;
	ni_flows_drain(c->tcp, end_at_last, c);
	ni_flows_drain(c->others, end_at_last, c);
}

static int64_t
idle_limit(const struct ni_conns *c, const struct ni_flows *t, struct ni_flow *f)
{
	if (t == c->tcp)
		return ni_tcp_idle_limit(tcp_of(f));
	return (int64_t)(is_echo(f->conn) ? ECHO_IDLE_S : UDP_IDLE_S) * SECOND;
}

static void
expire(struct ni_conns *c, struct ni_flows *t)
{
	for (unsigned i = 0; i < NI_FLOWS_NLISTS; i++) {
		struct ni_flow *f;
		while ((f = ni_flows_oldest(t, (enum ni_flow_list)i)) &&
		       c->now_ns - f->conn->last_ns > idle_limit(c, t, f))
			end_flow(c, t, f, NI_TCP_END_IDLE);
	}
}

void
ni_conns_tick(struct ni_conns *c, int64_t now_ns)
{
	c->frame = 0;
	c->now_ns = now_ns;
	c->flow = NULL;
	expire(c, c->tcp);
	expire(c, c->others);
}

void
ni_conns_spare_streams(struct ni_conns *c)
{
	c->no_streams = true;
}

void
ni_conns_expect(struct ni_conns *c, uint32_t id)
{
	c->expected = id;
}

struct ni_conns_stats
ni_conns_stats(const struct ni_conns *c)
{
	return (struct ni_conns_stats){c->evicted, c->pool.missed};
}

/* ---- beginnings ---- */

static struct ni_flow *
add_flow(struct ni_conns *c, struct ni_flows *t, const struct ni_flow_key *k, enum ni_side side,
	 enum ni_flow_list list)
{
	struct ni_flow *f = ni_flows_add(t, k, side, list);
	while (!f && ni_flows_count(t)) {
		end_flow(c, t, ni_flows_victim(t), NI_TCP_END_EVICTED);
		f = ni_flows_add(t, k, side, list);
	}
	return f;
}

/* Who talks, seen from the packet's sender, who is @side. */
static void
fill_ends(struct ni_conns *c, struct ni_conn *conn, const struct ni_dis *d, enum ni_side side)
{
	uint8_t n = d->net.kind == NI_ADDR_IP4 ? 4 : 16;
	conn->id = c->expected == UINT32_MAX ? c->ids[d->ipproto]++ : c->expected;
	conn->ipproto = d->ipproto;
	conn->flags = 0;
	conn->addr[side].len = conn->addr[!side].len = n;
	memcpy(conn->addr[side].b, d->net.src, n);
	memcpy(conn->addr[!side].b, d->net.dst, n);
	conn->port[side] = d->port[0];
	conn->port[!side] = d->port[1];
}

static void
begin_tcp(struct ni_conns *c, struct ni_flow *f, const struct ni_dis *d, struct ni_tcp_in *in,
	  const struct ni_tcp *before)
{
	bool guessed;
	enum ni_side side = ni_tcp_guess_originator(in->flags, d->port[0], d->port[1], &guessed);
	fill_ends(c, f->conn, d, side);
	if (guessed)
		f->conn->flags = NI_CONN_GUESSED;
	in->dir = (uint8_t)side;
	f->opaque = false;
	ni_tcp_init(tcp_of(f), in, before);
	tell(c, NI_EV_CONN_NEW, side, f->conn);
}

/* ---- TCP ---- */

static uint32_t
ip_len(const struct ni_dis *d)
{
	return d->net_layer < d->nlayers ? d->layers[d->net_layer].len : 0;
}

bool
ni_conns_segment(const struct ni_dis *d, const struct ni_layer *l, struct ni_tcp_in *in)
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < TCP_HDR || l->hdr < TCP_HDR)
		return false;
	*in = (struct ni_tcp_in){
	    .frame = d->frame->number,
	    .ts_ns = d->frame->ts_ns,
	    .seq = ni_be32(s.p + 4),
	    .ack = ni_be32(s.p + 8),
	    .len = l->len - l->hdr,
	    .ip_len = ip_len(d),
	    .win = ni_be16(s.p + 14),
	    .flags = ni_be16(s.p + 12) & 0x1ff,
	    .optlen = (uint8_t)((l->hdr < s.cap ? l->hdr : s.cap) - TCP_HDR),
	    .bad_sum = l->flags & NI_L_BAD_SUM,
	    .opts = s.p + TCP_HDR,
	};
	if (d->net.kind == NI_ADDR_IP4 && d->net_layer < d->nlayers) {
		struct ni_span ip = ni_layer_span(d, &d->layers[d->net_layer]);
		in->ip_id = ip.cap >= 6 ? ni_be16(ip.p + 4) : 0;
	}
	return true;
}

static enum ni_flow_list
list_of(const struct ni_conn *conn)
{
	unsigned a = conn->state[0];
	unsigned b = conn->state[1];
	if (a == NI_TCP_ESTABLISHED && b == NI_TCP_ESTABLISHED)
		return NI_FLOWS_OPEN;
	bool gone[2];
	for (unsigned i = 0; i < 2; i++)
		gone[i] = conn->state[i] == NI_TCP_CLOSED || conn->state[i] == NI_TCP_LISTEN ||
			  conn->state[i] == NI_TCP_TIME_WAIT;
	if (gone[0] && gone[1])
		return NI_FLOWS_CLOSED;
	if (a <= NI_TCP_SYN_RECEIVED || b <= NI_TCP_SYN_RECEIVED)
		return NI_FLOWS_OPENING;
	return NI_FLOWS_CLOSING;
}

/* Hand the segment's bytes to the streams, unless its receiver throws them away. */
static void
stream(struct ni_conns *c, struct ni_flow *f, struct ni_dis *d, const struct ni_layer *l,
       const struct ni_tcp_in *in)
{
	const uint32_t refused =
	    1U << NI_MARK_RST_IGNORED | 1U << NI_MARK_SYN_IGNORED | 1U << NI_MARK_OUT_OF_WINDOW;
	if (c->out.marks & refused)
		return;
	struct ni_stream_seg seg = {
	    .seq = in->seq,
	    .ack = in->ack,
	    .flags = in->flags,
	    .dir = in->dir,
	    .src = l->src,
	    .data = ni_layer_payload(d, l),
	};
	if (in->flags & NI_TH_RST) {
		ni_stream_end(c->o.streams, &f->stream, f->conn, d);
		f->opaque = true;
		return;
	}
	if (!ni_stream_segment(c->o.streams, &f->stream, f->conn, d, &seg))
		f->opaque = true;
}

/* What tshark calls completeness: a segment of each kind that was seen. */
static uint8_t
kinds_of(const struct ni_tcp_in *in)
{
	if (in->flags & NI_TH_SYN)
		return in->flags & NI_TH_ACK ? 2 : 1;
	unsigned kinds = in->len ? 8 : in->flags & NI_TH_ACK ? 4 : 0;
	if (in->flags & NI_TH_FIN)
		kinds |= 16;
	if (in->flags & NI_TH_RST)
		kinds |= 32;
	return (uint8_t)kinds;
}

static struct ni_conn *
frame_tcp(struct ni_conns *c, struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_tcp_in in;
	struct ni_flow_key k;
	if (!ni_conns_segment(d, l, &in) || !ni_flow_key(&k, d, d->port))
		return NULL;
	struct ni_flow *f = ni_flows_find(c->tcp, &k);
	if (f) {
		in.dir = (uint8_t)ni_flow_dir(f, &k);
	} else {
		f = add_flow(c, c->tcp, &k, NI_CLIENT, NI_FLOWS_OPENING);
		if (!f)
			return NULL;
		begin_tcp(c, f, d, &in, NULL);
		ni_flow_turn(f, &k, (enum ni_side)in.dir);
	}
	c->conn = f->conn;
	/* Who has seen it all may know that this is another one. */
	bool other = c->expected != UINT32_MAX && f->conn->id != c->expected;
	if (other || ni_tcp_track(tcp_of(f), &in, &c->out, &c->env) == NI_TRACK_NEW) {
		end_tcp(c, f, NI_TCP_END_REPLACED, NULL);
		c->before = *tcp_of(f);
		begin_tcp(c, f, d, &in, &c->before);
		ni_flow_turn(f, &k, (enum ni_side)in.dir);
		ni_tcp_track(tcp_of(f), &in, &c->out, &c->env);
	}
	f->conn->completeness |= kinds_of(&in);
	ni_flows_touch(c->tcp, f, list_of(f->conn), (uint32_t)(c->now_ns / SECOND));
	if (c->o.absolute_seq) {
		c->out.rel_seq = in.seq;
		c->out.rel_ack = in.ack;
	}
	c->flow = f;
	d->conn = f->conn;
	d->seg = &c->out;
	d->dir = in.dir;
	if (!f->opaque && !c->no_streams && (f->stream || in.len || in.flags & NI_TH_RST))
		stream(c, f, d, l, &in);
	return f->conn;
}

/* ---- everything else ---- */

/*
 * The key of an ICMP echo is its identifier, which both directions share; who asks is the client.
 * Returns the sender, or NI_NOBODY if it is no echo.
 */
static enum ni_side
echo_ports(const struct ni_dis *d, const struct ni_layer *l, uint16_t port[2])
{
	struct ni_span s = ni_layer_span(d, l);
	if (s.cap < 6)
		return NI_NOBODY;
	port[0] = port[1] = ni_be16(s.p + 4);
	if (s.p[0] == (d->ipproto == ICMP ? 8 : 128))
		return NI_CLIENT;
	return s.p[0] == (d->ipproto == ICMP ? 0 : 129) ? NI_SERVER : NI_NOBODY;
}

/* What a datagram carries, as the dissectors above found out. */
static const char *
service(const struct ni_dis *d)
{
	unsigned i = d->transport_layer + 1U;
	if (i >= d->nlayers)
		return NULL;
	const struct ni_proto *p = ni_layer_proto(d, &d->layers[i]);
	return strcmp(p->key, "data") ? p->key : NULL;
}

static struct ni_conn *
frame_other(struct ni_conns *c, struct ni_dis *d, const struct ni_layer *l, const uint16_t port[2],
	    enum ni_side sender)
{
	struct ni_flow_key k;
	if (!ni_flow_key(&k, d, port))
		return NULL;
	struct ni_flow *f = ni_flows_find(c->others, &k);
	struct ni_conn *conn;
	if (!f) {
		f = add_flow(c, c->others, &k, sender, NI_FLOWS_OPENING);
		if (!f)
			return NULL;
		conn = f->conn;
		fill_ends(c, conn, d, sender);
		conn->port[0] = port[0];
		conn->port[1] = port[1];
		conn->first_frame = d->frame->number;
		conn->first_ns = d->frame->ts_ns;
		conn->closed_first = conn->reset_by = conn->time_wait = NI_NOBODY;
		tell(c, NI_EV_CONN_NEW, NI_CLIENT, conn);
	}
	conn = f->conn;
	enum ni_side dir = ni_flow_dir(f, &k);
	conn->last_frame = d->frame->number;
	conn->last_ns = d->frame->ts_ns;
	if (!conn->packets[dir]++ && d->ipproto == UDP) /* Zeek: D or d, once a direction */
		conn->history[strlen(conn->history)] = dir == NI_CLIENT ? 'D' : 'd';
	conn->ip_bytes[dir] += ip_len(d);
	conn->data_bytes[dir] += l->len > l->hdr ? l->len - l->hdr : 0;
	if (!conn->service)
		conn->service = service(d);
	ni_flows_touch(c->others, f, list_of_other(conn), (uint32_t)(c->now_ns / SECOND));
	d->conn = conn;
	d->dir = (uint8_t)dir;
	return conn;
}

/* Where the packet that an ICMP error at @s quotes has its ports, if that is TCP; else NULL. */
static const uint8_t *
quoted_tcp(struct ni_span s, bool v6, struct ni_addr_pair *net)
{
	enum { HEAD = 8, PORTS = 4 };
	const uint8_t *ip = s.p + HEAD;
	size_t header = v6 ? 40 : 20;
	if (s.cap < HEAD + header + PORTS || s.p[0] != (v6 ? 1 : 3))
		return NULL;
	if (!v6)
		header = (size_t)(ip[0] & 15U) * 4;
	if (ip[v6 ? 6 : 9] != TCP || ip[0] >> 4 != (v6 ? 6 : 4) || header < 20 ||
	    s.cap < HEAD + header + PORTS)
		return NULL;
	net->src = ip + (v6 ? 8 : 12);
	net->dst = ip + (v6 ? 24 : 16);
	return ip + header;
}

/* "Destination unreachable" about the SYN of a connection that is known is its answer. */
static void
take_error(struct ni_conns *c, struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_addr_pair net = d->net;
	const uint8_t proto = d->ipproto;
	struct ni_flow_key k;
	struct ni_span s = ni_layer_span(d, l);
	const uint8_t *p = quoted_tcp(s, proto == ICMP6, &d->net);
	d->ipproto = TCP;
	bool found = p && ni_flow_key(&k, d, (uint16_t[]){ni_be16(p), ni_be16(p + 2)});
	d->net = net;
	d->ipproto = proto;
	struct ni_flow *f = found ? ni_flows_find(c->tcp, &k) : NULL;
	if (!f || f->conn->icmp_frame || f->conn->packets[NI_SERVER] ||
	    ni_flow_dir(f, &k) != NI_CLIENT)
		return;
	f->conn->icmp_frame = d->frame->number;
	f->conn->icmp_code = s.p[1];
}

struct ni_conn *
ni_conns_frame(struct ni_conns *c, struct ni_dis *d, int64_t now_ns)
{
	const struct ni_layer *l = &d->layers[d->transport_layer];
	uint16_t port[2];
	c->frame = d->frame->number;
	c->now_ns = now_ns;
	c->flow = NULL;
	if (l->flags & (NI_L_QUOTED | NI_L_FRAGMENT))
		return NULL;
	switch (d->ipproto) {
	case TCP:
		return frame_tcp(c, d, l);
	case UDP:
	case UDP_LITE:
		return frame_other(c, d, l, d->port, NI_CLIENT);
	case ICMP:
	case ICMP6: {
		enum ni_side sender = echo_ports(d, l, port);
		if (sender != NI_NOBODY)
			return frame_other(c, d, l, port, sender);
		take_error(c, d, l);
		return NULL;
	}
	default:
		return NULL;
	}
}

/* ---- going on elsewhere ---- */

struct ni_past *
ni_conns_keep(const struct ni_conns *c, struct ni_streams *room)
{
	return c->flow ? ni_past_make(room, c->flow, &c->pool) : NULL;
}

bool
ni_conns_resume(struct ni_conns *c, const struct ni_past *p)
{
	if (ni_flows_find(c->tcp, &p->key))
		return false;
	struct ni_flow *f =
	    add_flow(c, c->tcp, &p->key, (enum ni_side)p->first, (enum ni_flow_list)p->list);
	if (!f)
		return false;
	if (ni_past_put(p, f, &c->pool, c->o.streams))
		return true;
	ni_flows_remove(c->tcp, f);
	return false;
}
