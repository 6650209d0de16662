/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: the order in which a frame goes through everything that remembers (dissection, flow
 * table, tracker, streams, pairings) and out to the sinks. All time here is the capture's.
 */
#include "netinspect/session.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "arp_table.h"
#include "conns.h"
#include "defrag.h"
#include "dns_pair.h"
#include "exchanges.h"
#include "gate.h"
#include "i18n.h"
#include "netinspect/filter.h"
#include "netinspect/finals.h"
#include "netinspect/proto.h"
#include "past.h"
#include "pings.h"
#include "state.h"
#include "stream.h"

enum {
	SINKS = 40,
	STREAM_KIB = 12 * 1024,
	FRAGMENT_BYTES = 4 * 1024 * 1024,
	SECOND = 1000000000,
	UDP = 17,
};

struct ni_session {
	struct ni_dis dis;
	struct ni_clock clock;
	struct ni_state state;
	struct ni_registry *reg;
	struct ni_streams *streams;
	struct ni_conns *conns;
	struct ni_dns_pairs *dns;
	struct ni_exchanges *exchanges;
	struct ni_arp_table *arp;
	const struct ni_finals *finals;
	struct ni_filter *filter; /* NULL: every frame passes */
	struct ni_gate *gate;     /* with a filter */
	struct ni_sink *sinks[SINKS];
	unsigned nsinks;
	int64_t now_ns;    /* never goes back, though frames may */
	int64_t second_ns; /* when to look for timeouts again */
	uint64_t frame;    /* 0: none is being taken in */
	bool begun, ended;
	bool passed;     /* the last frame did */
	uint8_t spares;  /* enum ni_need: nobody needs it */
	bool shown_told; /* somebody calls ni_session_shown() */
};

static bool
wants(const struct ni_sink *sink, const struct ni_event *e)
{
	if (e->kind == NI_EV_STREAM)
		return sink->want_streams;
	return e->kind != NI_EV_BODY || sink->want_bodies;
}

static void
tell_sinks(void *ctx, const struct ni_event *e)
{
	struct ni_session *s = ctx;
	for (unsigned i = 0; i < s->nsinks; i++)
		if (s->sinks[i]->ops->event && wants(s->sinks[i], e))
			s->sinks[i]->ops->event(s->sinks[i], e);
}

static void
tell(void *ctx, const struct ni_event *e)
{
	struct ni_session *s = ctx;
	if (s->gate)
		ni_gate_event(s->gate, e, s->frame);
	else
		tell_sinks(s, e);
}

static void
tell_dns(void *ctx, const struct ni_dns_lookup *l)
{
	struct ni_session *s = ctx;
	struct ni_event e = {.kind = NI_EV_DNS, .frame = s->frame, .ts_ns = s->now_ns};
	e.dns = l;
	tell(s, &e);
}

static uint64_t
make_seed(uint64_t wanted)
{
	uint64_t seed = wanted;
	if (!wanted && getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint64_t)(uintptr_t)make_seed; /* the loader chose that address by chance */
	return seed;
}

static bool
make_parts(struct ni_session *s, const struct ni_session_opts *o)
{
	uint64_t seed = make_seed(o->seed);
	uint32_t kib = o->max_stream_kib ? o->max_stream_kib : STREAM_KIB;
	s->reg = ni_registry_new();
	if (!s->reg)
		return false;
	struct ni_streams_opts streams = {(size_t)kib * 1024, tell, s};
	struct ni_dns_pairs_opts dns = {.seed = seed, .done = tell_dns, .ctx = s};
	struct ni_arp_table_opts arp = {.reg = s->reg, .seed = seed, .tell = tell, .ctx = s};
	struct ni_exchanges_opts exchanges = {.reg = s->reg, .seed = seed, .tell = tell, .ctx = s};
	s->state.defrag = ni_defrag_new(seed, FRAGMENT_BYTES);
	s->state.pings = ni_pings_new(seed);
	s->streams = ni_streams_new(s->reg, &streams);
	s->dns = ni_dns_pairs_new(&dns);
	s->exchanges = ni_exchanges_new(&exchanges);
	s->arp = ni_arp_table_new(&arp);
	if (!s->state.defrag || !s->state.pings || !s->streams || !s->dns || !s->exchanges ||
	    !s->arp)
		return false;
	struct ni_conns_opts conns = {
	    .streams = s->streams,
	    .seed = seed,
	    .max = o->max_flows,
	    .absolute_seq = o->absolute_seq,
	    .tell = tell,
	    .ctx = s,
	};
	s->conns = ni_conns_new(&conns);
	return s->conns != NULL;
}

struct ni_session *
ni_session_new(const struct ni_session_opts *opts, struct ni_err *err)
{
	static const struct ni_session_opts defaults;
	const struct ni_session_opts *o = opts ? opts : &defaults;
	struct ni_session *s = calloc(1, sizeof(*s));
	if (!s || !make_parts(s, o)) {
		ni_session_free(&s);
		ni_fail(err, NI_ERR_RUN, _("session: no memory"));
		return NULL;
	}
	s->finals = o->finals;
	s->spares = o->spares;
	s->state.check_checksums = o->check_checksums;
	s->dis.reg = s->reg;
	s->dis.state = &s->state;
	s->dis.clock = &s->clock;
	return s;
}

void
ni_session_free(struct ni_session **s)
{
	struct ni_session *p = *s;
	if (!p)
		return;
	for (unsigned i = 0; i < p->nsinks; i++)
		if (p->sinks[i]->ops->free)
			p->sinks[i]->ops->free(p->sinks[i]);
	p->nsinks = 0;
	ni_conns_free(&p->conns);
	ni_filter_free(&p->filter);
	ni_gate_free(&p->gate);
	ni_streams_free(&p->streams);
	ni_arp_table_free(&p->arp);
	ni_exchanges_free(&p->exchanges);
	ni_dns_pairs_free(&p->dns);
	ni_pings_free(&p->state.pings);
	ni_defrag_free(&p->state.defrag);
	ni_registry_free(&p->reg);
	free(p);
	*s = NULL;
}

struct ni_registry *
ni_session_registry(struct ni_session *s)
{
	return s->reg;
}

int
ni_session_add(struct ni_session *s, struct ni_sink *sink, struct ni_err *err)
{
	if (s->nsinks == SINKS)
		return ni_fail(err, NI_ERR_RUN, _("output: more than %d at a time"), SINKS);
	s->sinks[s->nsinks++] = sink;
	ni_streams_keep_bodies(s->streams, sink->body_bytes);
	ni_streams_want(s->streams, sink->want_streams, sink->want_bodies);
	s->spares &= sink->spares;
	return 0;
}

int
ni_session_set_filter(struct ni_session *s, struct ni_filter *f, struct ni_err *err)
{
	s->gate = ni_gate_new(tell_sinks, s);
	if (!s->gate) {
		ni_filter_free(&f);
		return ni_fail(err, NI_ERR_RUN, _("session: no memory"));
	}
	s->filter = f;
	s->spares &= (uint8_t)~ni_filter_needs(f);
	return 0;
}

bool
ni_session_passed(const struct ni_session *s)
{
	return s->passed;
}

/* Let what has been silent for too long time out, once a second. */
static void
expire(struct ni_session *s)
{
	if (s->now_ns < s->second_ns)
		return;
	s->second_ns = s->now_ns + SECOND;
	s->frame = 0;
	ni_streams_begin(s->streams, 0, s->now_ns);
	ni_conns_tick(s->conns, s->now_ns);
	ni_arp_table_tick(s->arp, s->now_ns);
	ni_dns_pairs_tick(s->dns, s->now_ns);
	ni_exchanges_tick(s->exchanges, s->now_ns);
}

static void
advance(struct ni_session *s, int64_t ts_ns)
{
	if (!s->begun) {
		s->clock = (struct ni_clock){ts_ns, ts_ns, ts_ns};
		s->now_ns = ts_ns;
		s->second_ns = ts_ns + SECOND;
		s->begun = true;
		if (s->spares & NI_NEED_STREAMS)
			ni_conns_spare_streams(s->conns);
	}
	if (ts_ns > s->now_ns)
		s->now_ns = ts_ns;
	expire(s);
}

/* Returns the frame's conversation or NULL. */
static struct ni_conn *
take_in(struct ni_session *s, struct ni_dis *d)
{
	struct ni_conn *conn = NULL;
	d->dns = NULL;
	if (s->spares & NI_NEED_PAST)
		return NULL;
	if (d->transport_layer < d->nlayers)
		conn = ni_conns_frame(s->conns, d, s->now_ns);
	ni_arp_table_frame(s->arp, d);
	if (d->transport_layer >= d->nlayers || d->transport_layer + 1U < d->nlayers)
		ni_dns_pairs_frame(s->dns, d); /* something stands above the transport layer */
	if (d->transport_layer < d->nlayers && d->ipproto == UDP)
		ni_exchanges_frame(s->exchanges, d, s->now_ns);
	for (const struct ni_dns_pair *p = conn ? d->dns : NULL; p; p = p->next)
		conn->requests += !p->response && !p->retransmission;
	if (d->conn && s->finals)
		d->conn = ni_finals_find(s->finals, d->conn);
	return conn;
}

/* Ask the filter, let out what waited for its answer. */
static bool
passes(struct ni_session *s, const struct ni_dis *d, struct ni_conn *conn)
{
	if (!s->filter)
		return true;
	bool passed = ni_filter_match(s->filter, d);
	ni_gate_frame(s->gate, d, conn, passed);
	return passed;
}

const struct ni_dis *
ni_session_frame(struct ni_session *s, const struct ni_frame *f)
{
	struct ni_dis *d = &s->dis;
	advance(s, f->ts_ns);
	s->frame = f->number;
	ni_streams_begin(s->streams, f->number, f->ts_ns);
	ni_dissect(d, f);
	s->passed = passes(s, d, take_in(s, d));
	for (unsigned i = 0; s->passed && i < s->nsinks; i++)
		if (s->sinks[i]->ops->frame)
			s->sinks[i]->ops->frame(s->sinks[i], d);
	s->clock.previous_ns = f->ts_ns;
	if (!s->shown_told && s->passed)
		s->clock.shown_ns = f->ts_ns;
	return d;
}

void
ni_session_expect(struct ni_session *s, const struct ni_excerpt *x)
{
	if (!s->begun) {
		s->now_ns = x->previous_ns;
		s->second_ns = x->previous_ns + SECOND;
		s->begun = true;
	}
	s->clock = (struct ni_clock){x->first_ns, x->previous_ns, x->previous_ns};
	ni_conns_expect(s->conns, x->conn);
	ni_arp_table_expect(s->arp, x->conflict);
}

struct ni_past *
ni_session_keep(const struct ni_session *s, struct ni_pasts *room)
{
	return ni_conns_keep(s->conns, ni_pasts_room(room));
}

bool
ni_session_resume(struct ni_session *s, const struct ni_past *p)
{
	return ni_conns_resume(s->conns, p);
}

void
ni_session_shown(struct ni_session *s)
{
	s->shown_told = true;
	s->clock.shown_ns = s->clock.previous_ns;
}

void
ni_session_tick(struct ni_session *s, int64_t now_ns)
{
	if (!s->begun || now_ns <= s->now_ns)
		return;
	s->now_ns = now_ns;
	expire(s);
}

int
ni_session_end(struct ni_session *s, struct ni_err *err)
{
	int rc = 0;
	if (s->ended)
		return 0;
	s->ended = true;
	s->frame = 0;
	ni_streams_begin(s->streams, 0, s->now_ns);
	ni_conns_end(s->conns);
	ni_dns_pairs_end(s->dns);
	ni_exchanges_end(s->exchanges);
	ni_arp_table_end(s->arp);
	for (unsigned i = 0; i < s->nsinks; i++) {
		struct ni_sink *sink = s->sinks[i];
		int one = sink->ops->finish ? sink->ops->finish(sink, rc ? NULL : err) : 0;
		rc = rc ? rc : one;
	}
	return rc;
}

struct ni_session_drops
ni_session_drops(const struct ni_session *s)
{
	struct ni_streams_stats streams = ni_streams_stats(s->streams);
	struct ni_conns_stats conns = ni_conns_stats(s->conns);
	struct ni_defrag_stats defrag;
	struct ni_filter_limits limits = {0, 0};
	if (s->filter)
		limits = ni_filter_limits(s->filter);
	ni_defrag_stats(s->state.defrag, &defrag);
	return (struct ni_session_drops){
	    .flows_evicted = conns.evicted,
	    .fragments_dropped = defrag.evicted + defrag.refused,
	    .stream_bytes_dropped = streams.bytes_dropped,
	    .messages_dropped = streams.messages_dropped,
	    .streams_dropped = streams.streams_dropped,
	    .segments_missed = conns.segments_missed,
	    .lookups_evicted = ni_dns_pairs_evicted(s->dns),
	    .exchanges_evicted = ni_exchanges_evicted(s->exchanges),
	    .filter_values = limits.values_dropped,
	    .filter_patterns = limits.patterns_stopped,
	    .gaps = streams.gaps,
	    .gap_bytes = streams.gap_bytes,
	};
}
