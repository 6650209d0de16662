/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The TCP tracker under random segments, and its short cut against its long way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tcp_track.h"

enum { NSEGS = 4096 };

static struct ni_tcp_seg segs[2][NSEGS];
static uint64_t seed;

/* One tracker of the two that are compared, and the states as its events tell them. */
struct run {
	struct ni_tcp tcp;
	struct ni_tcp_pool pool;
	struct ni_tcp_env env;
	struct ni_tcp_out out;
	uint8_t state[2];
	bool begun;
};

static void
see_change(void *ctx, enum ni_side side, enum ni_tcp_state from, enum ni_tcp_state to, unsigned why)
{
	struct run *r = ctx;
	assert_true(to < NI_TCP_NSTATES && from != to);
	assert_int_equal(from, r->state[side]);
	assert_string_not_equal(ni_tcp_why_text(why), "?");
	r->state[side] = (uint8_t)to;
}

static void
put32(uint8_t *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

static void
prepare(struct run *r, unsigned which, uint32_t room)
{
	memset(r, 0, sizeof(*r));
	ni_tcp_pool_init(&r->pool, segs[which], room);
	r->env = (struct ni_tcp_env){&r->pool, see_change, r, which};
}

static void
begin(struct run *r, const struct ni_tcp_in *in, const struct ni_tcp *before)
{
	memset(&r->tcp, 0, sizeof(r->tcp));
	r->tcp.c.port[0] = 40000;
	r->tcp.c.port[1] = 80;
	ni_tcp_init(&r->tcp, in, before);
	memcpy(r->state, r->tcp.c.state, sizeof(r->state));
	r->begun = true;
}

/* Feed it as the flow table does; says whether a new connection began. */
static bool
feed(struct run *r, const struct ni_tcp_in *in)
{
	struct ni_tcp before;
	if (!r->begun)
		begin(r, in, NULL);
	memset(&r->out, 0xa5, sizeof(r->out));
	if (ni_tcp_track(&r->tcp, in, &r->out, &r->env) == NI_TRACK_OK)
		return false;
	ni_tcp_finish(&r->tcp, NI_TCP_END_REPLACED, &r->env);
	before = r->tcp;
	begin(r, in, &before);
	assert_int_equal(ni_tcp_track(&r->tcp, in, &r->out, &r->env), NI_TRACK_OK);
	return true;
}

static uint32_t
rnd(uint32_t below)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % below;
}

/* A number at or near what the side has sent, or anywhere. */
static uint32_t
near_number(const struct ni_tcp *t, unsigned side)
{
	static const int off[] = {0, 0, 0, 0, 1, -1, 1448, -1448, 70000, -70000};
	uint32_t n = t->side[side].snd_nxt + (uint32_t)off[rnd(10)];
	return rnd(20) ? n : rnd(UINT32_MAX);
}

static int64_t
random_time(int64_t now)
{
	if (!rnd(5000))
		return rnd(2) ? INT64_MAX - (int64_t)rnd(9) : INT64_MIN + (int64_t)rnd(9);
	uint64_t step = rnd(3)   ? rnd(20000000)
			: rnd(2) ? (uint64_t)rnd(2000000000) * 60
				 : -(uint64_t)rnd(9000000);
	return (int64_t)((uint64_t)now + step);
}

static void
random_segment(const struct ni_tcp *t, struct ni_tcp_in *in, uint8_t opts[40])
{
	static const uint8_t just_ts[4] = {1, 1, 8, 10};
	static const uint16_t flags[] = {16, 16, 16, 24, 24, 17, 17, 2, 18, 4, 20, 1, 0, 3, 6, 5};
	in->dir = (uint8_t)rnd(2);
	in->flags = rnd(10) ? flags[rnd(16)] : (uint16_t)rnd(512);
	in->seq = near_number(t, in->dir);
	in->ack = near_number(t, !in->dir);
	in->len = rnd(3) ? rnd(1449) : rnd(50) ? 0 : rnd(UINT32_MAX);
	in->win = (uint16_t)(rnd(5) ? 1000 + rnd(3) : rnd(65536));
	in->ip_len = in->len + 40;
	in->ip_id = (uint16_t)rnd(4);
	in->ts_ns = random_time(in->ts_ns);
	in->optlen = (uint8_t)(rnd(3) ? 12 : rnd(41));
	for (unsigned i = 0; i < in->optlen; i++)
		opts[i] = (uint8_t)rnd(rnd(2) ? 12 : 256);
	if (rnd(2) && in->optlen >= 12) {
		memcpy(opts, just_ts, sizeof(just_ts));
		put32(opts + 4, (uint32_t)(in->ts_ns / 1000000));
		put32(opts + 8, rnd(100));
	}
}

static void
check(const struct run *r)
{
	const struct ni_tcp *t = &r->tcp;
	const struct ni_conn *c = &t->c;
	assert_memory_equal(r->out.state, r->state, 2);
	assert_memory_equal(r->out.state, c->state, 2);
	assert_int_equal(r->pool.used, t->side[0].count + t->side[1].count);
	assert_true(strlen(c->history) < NI_HISTORY_MAX);
	assert_non_null(ni_conn_zeek_state(c));
	assert_true(c->open < NI_OPEN_NKINDS && c->close < NI_CLOSE_NKINDS);
	assert_true(c->closed_first <= NI_BOTH && c->reset_by <= NI_BOTH &&
		    c->time_wait <= NI_BOTH);
	assert_true(r->out.marks >> NI_NMARKS == 0);
	assert_true(ni_tcp_idle_limit(t) > 0);
	for (unsigned i = 0; i < 2; i++)
		assert_true((t->side[i].head == NI_TCP_NO_SEG) == (t->side[i].count == 0));
}

/* Both ways must have come to the same. */
static void
compare(const struct run *a, const struct run *b)
{
	assert_memory_equal(a->out.state, b->out.state, 2);
	assert_int_equal(a->out.marks, b->out.marks);
	assert_int_equal(a->out.rel_seq, b->out.rel_seq);
	assert_int_equal(a->out.rel_ack, b->out.rel_ack);
	assert_int_equal(a->out.window, b->out.window);
	assert_int_equal(a->out.window_scale, b->out.window_scale);
	assert_int_equal(a->out.dup_ack_num, b->out.dup_ack_num);
	assert_int_equal(a->out.bytes_in_flight, b->out.bytes_in_flight);
	assert_int_equal(a->out.push_bytes, b->out.push_bytes);
	assert_int_equal(a->out.acks_frame, b->out.acks_frame);
	assert_int_equal(a->out.ack_rtt_ns, b->out.ack_rtt_ns);
	assert_int_equal(a->out.rto_frame, b->out.rto_frame);
	assert_string_equal(a->tcp.c.history, b->tcp.c.history);
	for (unsigned i = 0; i < 2; i++) {
		const struct ni_tcp_side *s = &a->tcp.side[i];
		const struct ni_tcp_side *u = &b->tcp.side[i];
		assert_int_equal(a->tcp.c.data_bytes[i], b->tcp.c.data_bytes[i]);
		assert_int_equal(s->has, u->has);
		assert_int_equal(s->snd_nxt, u->snd_nxt);
		assert_int_equal(s->rcv_nxt, u->rcv_nxt);
		assert_int_equal(s->whole, u->whole);
		assert_int_equal(s->rtt_us, u->rtt_us);
		assert_int_equal(s->ts_recent, u->ts_recent);
	}
}

/* Whatever comes: nothing breaks, the states are those the events told, and what is borrowed
 * returns. */
static void
test_random(void **state)
{
	enum { RUNS = 300, LENGTH = 600, FEW = 64 };
	static struct run a;
	static struct run b;
	(void)state;
	for (unsigned i = 0; i < RUNS; i++) {
		struct ni_tcp_in in = {.ts_ns = 1000000000};
		seed = i;
		prepare(&a, 0, i % 3 ? NSEGS : FEW);
		prepare(&b, 1, i % 3 ? NSEGS : FEW);
		for (unsigned k = 0; k < LENGTH; k++) {
			uint8_t opts[40];
			random_segment(&a.tcp, &in, opts);
			/* In a block of just its size, so that one byte too far is seen. */
			uint8_t *exact = test_malloc(in.optlen ? in.optlen : 1);
			memcpy(exact, opts, in.optlen);
			in.opts = in.optlen ? exact : NULL;
			in.frame = k + 1;
			assert_int_equal(feed(&a, &in), feed(&b, &in));
			check(&a);
			compare(&a, &b);
			test_free(exact);
		}
		ni_tcp_finish(&a.tcp, NI_TCP_END_CAPTURE, &a.env);
		ni_tcp_finish(&b.tcp, NI_TCP_END_EVICTED, &b.env);
		assert_int_equal(a.pool.used, 0);
		assert_int_equal(b.pool.used, 0);
	}
}

/* The next segment of a bulk transfer both ways, some of it lost or late. */
static void
bulk_segment(struct ni_tcp_in *in, unsigned k, uint32_t nxt[2], uint32_t got[2], bool ts)
{
	static uint8_t syn[20] = {2, 4, 5, 180, 3, 3, 7, 1, 1, 1, 8, 10};
	static uint8_t ack[12] = {1, 1, 8, 10};
	unsigned d = k < 3 ? k & 1 : rnd(2);

	*in = (struct ni_tcp_in){.frame = k + 1, .ts_ns = (int64_t)k * 700000, .dir = (uint8_t)d};
	in->seq = nxt[d];
	in->ack = got[d];
	in->win = 600;
	in->ip_id = (uint16_t)k;
	in->flags = k ? NI_TH_ACK : NI_TH_SYN;
	in->opts = k < 2 ? syn : ack;
	in->optlen = ts ? (k < 2 ? 20 : 12) : (k < 2 ? 8 : 0);
	put32(syn + 12, k);
	put32(ack + 4, k);
	if (k < 2) {
		in->flags |= NI_TH_SYN;
		nxt[d]++;
	} else if (k > 3 && rnd(3)) {
		in->len = 1 + rnd(1448);
		in->flags |= rnd(4) ? 0 : NI_TH_PSH;
		nxt[d] += in->len;
	}
	if (rnd(50) || k < 4)
		got[!d] = nxt[d];
}

static void
test_short_cut(void **state)
{
	enum { LENGTH = 20000 };
	static struct run a;
	static struct run b;
	(void)state;
	for (unsigned ts = 0; ts < 2; ts++) {
		uint32_t nxt[2] = {UINT32_MAX - 5000, 500};
		uint32_t got[2] = {0, 0};
		seed = ts;
		prepare(&a, 0, NSEGS);
		prepare(&b, 1, NSEGS);
		for (unsigned k = 0; k < LENGTH; k++) {
			struct ni_tcp_in in;
			bulk_segment(&in, k, nxt, got, ts);
			assert_false(feed(&a, &in));
			assert_false(feed(&b, &in));
			check(&a);
			compare(&a, &b);
		}
		assert_int_equal(a.tcp.c.open, NI_OPEN_3WAY);
		ni_tcp_finish(&a.tcp, NI_TCP_END_CAPTURE, &a.env);
		ni_tcp_finish(&b.tcp, NI_TCP_END_CAPTURE, &b.env);
	}
}

/* More in flight than there is room to remember: said, and nothing worse. */
static void
test_no_room(void **state)
{
	static struct run a;
	struct ni_tcp_in in = {.win = 1000, .flags = NI_TH_ACK};
	(void)state;
	prepare(&a, 0, 4);
	for (unsigned k = 0; k < 3000; k++) {
		in.frame = k + 1;
		in.ts_ns += 1000;
		in.len = 100;
		in.seq += 100 + (k % 7 == 0 ? 1U : 0U);
		assert_false(feed(&a, &in));
		check(&a);
	}
	assert_int_equal(a.pool.used, 4);
	assert_true(a.pool.missed > 2900);
	a.env.pool = NULL;
	in.seq += 100;
	assert_int_equal(ni_tcp_track(&a.tcp, &in, &a.out, &a.env), NI_TRACK_OK);
	a.env.pool = &a.pool;
	ni_tcp_finish(&a.tcp, NI_TCP_END_CAPTURE, &a.env);
	assert_int_equal(a.pool.used, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_random),
	    cmocka_unit_test(test_short_cut),
	    cmocka_unit_test(test_no_room),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
