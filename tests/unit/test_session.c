/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session: conversations begin and end, in order and within bounds; what ARP and neighbour
 * discovery tell; time is the capture's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netinspect/finals.h"
#include "talk.h"
#include "tcp_track.h"

#define SECOND INT64_C(1000000000)

static struct talk t;

static void
begin(const struct ni_session_opts *o)
{
	assert_true(talk_begin(&t, o));
}

static void
ports(uint16_t client, uint16_t server)
{
	t.port[0] = client;
	t.port[1] = server;
}

/* A connection from SYN to the last ACK. */
static void
whole(uint16_t client)
{
	talk_handshake(&t, client, 7788);
	talk_close(&t, 0);
}

/* ---- conversations ---- */

static void
test_tcp(void **state)
{
	(void)state;
	begin(NULL);
	whole(40000);
	assert_int_equal(t.id, 0);
	whole(40001);
	assert_int_equal(t.id, 1);
	assert_int_equal(t.nnew, 2);
	assert_true(t.nstates > 10);
	assert_int_equal(t.nended, 0);
	talk_end(&t);
	assert_int_equal(t.nended, 2);
	for (unsigned i = 0; i < 2; i++) {
		const struct ni_conn *c = &t.ended[i];
		assert_int_equal(c->id, i);
		assert_int_equal(c->ipproto, 6);
		assert_int_equal(c->port[NI_CLIENT], 40000 + i);
		assert_int_equal(c->port[NI_SERVER], 7788);
		assert_int_equal(c->addr[NI_CLIENT].b[3], 1);
		assert_int_equal(c->addr[NI_SERVER].b[3], 2);
		assert_int_equal(c->open, NI_OPEN_3WAY);
		assert_int_equal(c->close, NI_CLOSE_3SEGMENT);
		assert_int_equal(c->closed_first, NI_CLIENT);
		assert_int_equal(c->packets[0] + c->packets[1], 6);
		assert_int_equal(c->first_frame, 6 * i + 1);
		assert_int_equal(c->last_frame, 6 * i + 6);
	}
}

/* A new SYN on the ports of a connection that is over is a new connection. */
static void
test_ports_reused(void **state)
{
	(void)state;
	begin(NULL);
	whole(40000);
	t.ts_ns += 70 * SECOND;
	t.port[0] = 40000;
	t.next[0] = 77000000;
	t.next[1] = 99000000;
	talk_segment(&t, 0, TALK_SYN, t.next[0]++, NULL, 0);
	assert_int_equal(t.id, 1);
	assert_int_equal(t.nended, 1);
	assert_int_equal(t.ended[0].close, NI_CLOSE_3SEGMENT);
	talk_segment(&t, 1, TALK_SYN | TALK_ACK, t.next[1]++, NULL, 0);
	assert_int_equal(t.dir, NI_SERVER);
	talk_ack(&t, 0);
	talk_end(&t);
	assert_int_equal(t.nended, 2);
	assert_int_equal(t.ended[1].open, NI_OPEN_3WAY);
	assert_int_equal(t.ended[1].close, NI_CLOSE_OPEN);
}

/* Seen from the middle, and the first segment came from the server. */
static void
test_mid_stream(void **state)
{
	(void)state;
	begin(NULL);
	ports(40000, 80);
	t.next[0] = 5;
	t.next[1] = 9;
	talk_send(&t, 1, "abc", 3);
	assert_int_equal(t.dir, NI_SERVER);
	talk_ack(&t, 0);
	assert_int_equal(t.dir, NI_CLIENT);
	talk_end(&t);
	assert_int_equal(t.ended[0].port[NI_CLIENT], 40000);
	assert_int_equal(t.ended[0].open, NI_OPEN_MID_STREAM);
	assert_true(t.ended[0].flags & NI_CONN_GUESSED);
}

static void
test_udp(void **state)
{
	(void)state;
	begin(NULL);
	ports(5000, 6000);
	talk_datagram(&t, 1, "first", 5); /* who begins is the client */
	assert_int_equal(t.dir, NI_CLIENT);
	talk_datagram(&t, 0, "answers", 7);
	assert_int_equal(t.dir, NI_SERVER);
	whole(40000);
	assert_int_equal(t.id, 0); /* each protocol counts for itself */
	ports(5001, 6000);
	talk_datagram(&t, 0, "x", 1);
	assert_int_equal(t.id, 1);
	talk_end(&t);
	assert_int_equal(t.nended, 3);
	const struct ni_conn *c = &t.ended[1]; /* TCP is told first */
	assert_int_equal(c->ipproto, 17);
	assert_int_equal(c->port[NI_CLIENT], 6000);
	assert_int_equal(c->data_bytes[NI_CLIENT], 5);
	assert_int_equal(c->data_bytes[NI_SERVER], 7);
	assert_int_equal(c->ip_bytes[NI_CLIENT], 33);
	assert_int_equal(c->packets[NI_SERVER], 1);
	assert_null(c->service);
}

static void
test_dns_service(void **state)
{
	static const uint8_t query[] = {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1};
	uint8_t response[sizeof(query)];
	(void)state;
	begin(NULL);
	ports(5000, 53);
	talk_datagram(&t, 0, query, sizeof(query));
	memcpy(response, query, sizeof(query));
	response[2] = 0x81;
	talk_datagram(&t, 1, response, sizeof(response));
	talk_end(&t);
	assert_int_equal(t.nended, 1);
	assert_string_equal(t.ended[0].service, "dns");
	assert_int_equal(t.ended[0].requests, 1);
}

/* ---- bounds and time ---- */

static void
test_eviction(void **state)
{
	struct ni_session_opts o = {.seed = 1, .max_flows = 10};
	(void)state;
	begin(&o);
	talk_handshake(&t, 1, 7788); /* established: the last to go */
	for (uint16_t i = 0; i < 100; i++) {
		ports((uint16_t)(1000 + i), 7788);
		t.next[0] = i;
		talk_segment(&t, 0, TALK_SYN, t.next[0], NULL, 0);
	}
	assert_int_equal(t.nended, 91);
	assert_int_equal(ni_session_drops(t.s).flows_evicted, 91);
	for (unsigned i = 0; i < 91; i++) {
		assert_int_equal(t.ended[i].port[0], 1000 + i); /* longest silent first */
		assert_true(t.ended[i].flags & NI_CONN_EVICTED);
		assert_int_equal(t.ended[i].open, NI_OPEN_NO_ANSWER);
	}
	talk_end(&t);
	assert_int_equal(t.nended, 101);
	assert_int_equal(t.ended[91].id, 0);
	assert_int_equal(t.ended[91].open, NI_OPEN_3WAY);
}

static void
test_timeouts(void **state)
{
	(void)state;
	begin(NULL);
	whole(40000);
	ports(40001, 7788);
	talk_segment(&t, 0, TALK_SYN, 1, NULL, 0);
	talk_handshake(&t, 40002, 7788);
	t.ts_ns += 600 * SECOND;
	ports(1, 2);
	talk_datagram(&t, 0, "x", 1);
	assert_int_equal(t.nended, 2); /* closed, and never answered */
	t.ts_ns -= 500 * SECOND;       /* clocks that jump do no harm */
	talk_datagram(&t, 0, "x", 1);
	t.ts_ns += 500 * SECOND;
	/* No frames: time passes all the same. */
	ni_session_tick(t.s, t.ts_ns + 4 * 3600 * SECOND);
	assert_int_equal(t.nended, 4);
	assert_int_equal(t.ended[2].close, NI_CLOSE_TIMEOUT);
	assert_int_equal(t.ended[3].ipproto, 17);
	talk_end(&t);
	assert_int_equal(t.nended, 4);
}

/* The same frames give the same, whatever the seed. */
static void
test_replay(void **state)
{
	static struct ni_conn first[TALK_MAX];
	(void)state;
	for (uint64_t seed = 1; seed < 4; seed++) {
		struct ni_session_opts o = {.seed = seed, .max_flows = 20};
		uint32_t random = 5;
		begin(&o);
		for (unsigned i = 0; i < 400; i++) {
			ports((uint16_t)(talk_random(&random) % 60), 7788);
			t.next[0] = talk_random(&random);
			t.next[1] = talk_random(&random);
			t.ts_ns += (int64_t)(talk_random(&random) % 20) * SECOND;
			talk_segment(&t, talk_random(&random) % 2,
				     talk_random(&random) & (TALK_SYN | TALK_ACK | TALK_FIN),
				     t.next[0], "xyz", talk_random(&random) % 3);
		}
		talk_end(&t);
		assert_true(t.nended > 50 && t.nended < TALK_MAX);
		if (seed == 1)
			memcpy(first, t.ended, sizeof(first));
		for (unsigned i = 0; i < t.nended; i++) {
			assert_int_equal(t.ended[i].id, first[i].id);
			assert_int_equal(t.ended[i].close, first[i].close);
			assert_string_equal(t.ended[i].history, first[i].history);
		}
	}
}

/* ---- ARP ---- */

static void
arp(uint16_t op, uint8_t mac, uint8_t from, uint8_t to)
{
	uint8_t p[42] = {0xff,        0xff, 0xff, 0xff, 0xff, 0xff, 2,
			 0,           0,    0,    0,    mac,  8,    6,
			 0,           1,    8,    0,    6,    4,    (uint8_t)(op >> 8),
			 (uint8_t)op, 2,    0,    0,    0,    0,    mac};
	if (from) {
		p[28] = 10;
		p[31] = from;
	}
	if (to) {
		p[38] = 10;
		p[41] = to;
	}
	talk_frame(&t, p, sizeof(p), sizeof(p));
}

static void
test_arp(void **state)
{
	(void)state;
	begin(NULL);
	arp(1, 1, 1, 2);
	arp(1, 1, 1, 2);
	arp(2, 2, 2, 1);
	assert_int_equal(t.narp, 1);
	const struct ni_arp_event *e = &t.arp[0];
	assert_int_equal(e->kind, NI_ARP_ANSWERED);
	assert_int_equal(e->ip.b[3], 2);
	assert_int_equal(e->mac[5], 2);
	assert_int_equal(e->asker.b[3], 1);
	assert_int_equal(e->other_mac[5], 1);
	assert_int_equal(e->tries, 2);
	assert_int_equal(e->request_frame, 1);
	assert_int_equal(e->reply_frame, 3);
	assert_int_equal(e->rtt_ns, 2000000);
	/* A second one answers: both cannot have it. */
	arp(2, 3, 2, 1);
	assert_int_equal(t.narp, 2);
	assert_int_equal(t.arp[1].kind, NI_ARP_CONFLICT);
	assert_int_equal(t.arp[1].mac[5], 3);
	assert_int_equal(t.arp[1].other_mac[5], 2);
	/* An announcement, and an answer nobody asked for. */
	arp(1, 4, 4, 4);
	arp(2, 5, 5, 1);
	assert_int_equal(t.narp, 4);
	assert_int_equal(t.arp[2].kind, NI_ARP_GRATUITOUS);
	assert_int_equal(t.arp[3].kind, NI_ARP_GRATUITOUS);
	/* A probe that nobody minds; then a question that nobody answers. */
	arp(1, 6, 0, 6);
	assert_int_equal(t.arp[4].kind, NI_ARP_PROBE);
	arp(1, 1, 1, 9);
	t.ts_ns += 5 * SECOND;
	arp(1, 1, 1, 1);
	assert_int_equal(t.narp, 7);
	assert_int_equal(t.arp[5].kind, NI_ARP_UNANSWERED);
	assert_int_equal(t.arp[5].ip.b[3], 9);
	arp(1, 1, 1, 10);
	talk_end(&t);
	assert_int_equal(t.narp, 8);
	assert_int_equal(t.arp[7].kind, NI_ARP_UNANSWERED);
	assert_int_equal(t.arp[7].ip.b[3], 10);
}

/* More questions and claims than are remembered. */
static void
test_arp_flood(void **state)
{
	(void)state;
	begin(NULL);
	for (unsigned i = 0; i < 70000; i++) {
		uint8_t p[42] = {[12] = 8, [13] = 6, [15] = 1, [16] = 8,  [18] = 6,
				 [19] = 4, [21] = 1, [22] = 2, [28] = 10, [38] = 11};
		p[30] = p[40] = (uint8_t)(i >> 8);
		p[31] = p[41] = (uint8_t)i;
		p[29] = p[39] = (uint8_t)(i >> 16);
		t.ts_ns -= 999999; /* a microsecond each */
		talk_frame(&t, p, sizeof(p), sizeof(p));
	}
	talk_end(&t);
	assert_int_equal(t.narp, TALK_MAX);
	for (unsigned i = 0; i < t.narp; i++)
		assert_int_equal(t.arp[i].kind, NI_ARP_UNANSWERED);
}

/* ---- sinks, clock, options ---- */

struct other {
	struct ni_sink sink;
	unsigned frames, events, finished, freed;
	int rc;
};

static void
count_frame(struct ni_sink *s, const struct ni_dis *d)
{
	(void)d;
	((struct other *)s)->frames++;
}

static void
count_event(struct ni_sink *s, const struct ni_event *e)
{
	(void)e;
	((struct other *)s)->events++;
}

static int
count_finish(struct ni_sink *s, struct ni_err *err)
{
	struct other *o = (struct other *)s;
	o->finished++;
	return o->rc ? ni_fail(err, o->rc, "no room") : 0;
}

static void
count_free(struct ni_sink *s)
{
	((struct other *)s)->freed++;
}

static void
test_sinks(void **state)
{
	static const struct ni_sink_ops all = {"all", count_frame, count_event, count_finish,
					       count_free};
	static const struct ni_sink_ops none = {.name = "none"};
	struct other a = {.sink = {.ops = &all}}, b = {.sink = {.ops = &all}, .rc = NI_ERR_RUN};
	struct other c = {.sink = {.ops = &none}};
	struct ni_err err = {.what = ""};
	(void)state;
	begin(NULL);
	assert_int_equal(ni_session_add(t.s, &a.sink, &err), 0);
	assert_int_equal(ni_session_add(t.s, &b.sink, &err), 0);
	assert_int_equal(ni_session_add(t.s, &c.sink, &err), 0);
	whole(40000);
	assert_int_equal(a.frames, 6);
	assert_int_equal(a.events, t.nnew + t.nstates);
	assert_int_equal(ni_session_end(t.s, &err), NI_ERR_RUN);
	assert_string_equal(err.what, "no room");
	assert_int_equal(ni_session_end(t.s, &err), 0); /* once is enough */
	assert_int_equal(a.finished, 1);
	assert_int_equal(b.finished, 1);
	assert_int_equal(b.events, t.nnew + t.nstates + t.nended);
	ni_session_free(&t.s);
	assert_int_equal(a.freed, 1);
	assert_int_equal(b.freed, 1);
	assert_null(t.s);
	ni_session_free(&t.s);

	begin(NULL);
	int rc = 0;
	for (unsigned i = 0; i < 100 && !rc; i++)
		rc = ni_session_add(t.s, &c.sink, &err);
	assert_int_equal(rc, NI_ERR_RUN);
	talk_end(&t);
}

static void
test_clock(void **state)
{
	(void)state;
	begin(NULL);
	ports(1, 2);
	int64_t first = t.ts_ns + 1000000;
	talk_datagram(&t, 0, "x", 1);
	struct ni_frame f = {.number = 9, .linktype = 1, .ts_ns = first + 5};
	const struct ni_dis *d = ni_session_frame(t.s, &f);
	assert_int_equal(d->clock->first_ns, first);
	assert_int_equal(d->clock->previous_ns, f.ts_ns);
	assert_int_equal(d->clock->shown_ns, f.ts_ns); /* nobody filters: all are shown */
	ni_session_shown(t.s);
	f.ts_ns = first + 9;
	ni_session_frame(t.s, &f);
	assert_int_equal(d->clock->shown_ns, first + 5);
	talk_end(&t);
}

static const struct ni_tcp_out *seen;
static struct ni_tcp_out copy;
static unsigned packets;

static void
look(struct ni_sink *s, const struct ni_dis *d)
{
	(void)s;
	seen = d->seg;
	if (seen)
		copy = *seen;
	packets = d->conn ? (unsigned)(d->conn->packets[0] + d->conn->packets[1]) : 0;
}

static void
test_options(void **state)
{
	static const struct ni_sink_ops ops = {.name = "look", .frame = look};
	struct ni_sink sink = {.ops = &ops};
	struct ni_session_opts o = {.seed = 1, .absolute_seq = true};
	(void)state;
	begin(&o);
	ni_session_add(t.s, &sink, NULL);
	talk_handshake(&t, 40000, 7788);
	assert_non_null(seen);
	assert_int_equal(copy.rel_seq, t.next[0]);
	assert_int_equal(copy.rel_ack, t.next[1]);
	talk_end(&t);

	/* With the outcome of a first pass every packet knows how it ends. */
	struct ni_finals *finals = ni_finals_new(10);
	begin(NULL);
	ni_session_add(t.s, ni_finals_sink(finals), NULL);
	whole(40000);
	talk_end(&t);
	o = (struct ni_session_opts){.seed = 1, .finals = finals};
	begin(&o);
	ni_session_add(t.s, &sink, NULL);
	talk_handshake(&t, 40000, 7788);
	assert_int_equal(packets, 6);
	talk_end(&t);
	ni_finals_free(&finals);
}

/* A session that is freed before its end leaks nothing and tells nobody. */
static void
test_given_up(void **state)
{
	(void)state;
	begin(NULL);
	talk_handshake(&t, 40000, 7788);
	talk_send(&t, 0, "GET / HTTP/1.1\r\n\r\nGET", 21);
	ni_session_free(&t.s);
	assert_int_equal(t.nended, 0);
	assert_int_equal(t.nhttp, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_tcp),         cmocka_unit_test(test_ports_reused),
	    cmocka_unit_test(test_mid_stream),  cmocka_unit_test(test_udp),
	    cmocka_unit_test(test_dns_service), cmocka_unit_test(test_eviction),
	    cmocka_unit_test(test_timeouts),    cmocka_unit_test(test_replay),
	    cmocka_unit_test(test_arp),         cmocka_unit_test(test_arp_flood),
	    cmocka_unit_test(test_sinks),       cmocka_unit_test(test_clock),
	    cmocka_unit_test(test_options),     cmocka_unit_test(test_given_up),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
