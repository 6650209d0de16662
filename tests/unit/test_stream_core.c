/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stream core without a session around it: what it holds, and when it lets go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "stream_priv.h"
#include "tcp_track.h"

#define ASK "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

struct alone {
	struct ni_registry *reg;
	struct ni_streams *ss;
	struct ni_conn conn;
	struct ni_dis d;
	uint64_t frame;
};

static bool
alone_begin(struct alone *a, size_t max)
{
	struct ni_streams_opts o = {.max_bytes = max};
	memset(a, 0, sizeof(*a));
	a->reg = ni_registry_new();
	if (!a->reg)
		return false;
	a->ss = ni_streams_new(a->reg, &o);
	a->d.reg = a->reg;
	a->conn.isn_known[0] = a->conn.isn_known[1] = true;
	a->conn.packets[0] = a->conn.packets[1] = 1;
	a->conn.port[1] = 4711;
	return a->ss != NULL;
}

static void
alone_end(struct alone *a)
{
	if (a->ss)
		assert_int_equal(a->ss->waiters.later == &a->ss->waiters, 1);
	ni_streams_free(&a->ss);
	ni_registry_free(&a->reg);
}

static bool
alone_take(struct alone *a, struct ni_stream **st, unsigned dir, uint32_t seq, const void *p,
	   size_t n)
{
	struct ni_stream_seg seg = {
	    .seq = seq,
	    .flags = NI_TH_ACK,
	    .dir = (uint8_t)dir,
	    .data = {p, (uint32_t)n, (uint32_t)n},
	};
	struct ni_frame f = {.data = p, .cap = (uint32_t)n, .len = (uint32_t)n};
	f.number = ++a->frame;
	f.ts_ns = (int64_t)a->frame;
	a->d.frame = &f;
	a->d.nlayers = a->d.nsources = a->d.nnotes = a->d.npdus = 0;
	a->d.transport_layer = 0xff;
	ni_source_add(&a->d, seg.data, "Frame");
	ni_streams_begin(a->ss, a->frame, f.ts_ns);
	bool on = ni_stream_segment(a->ss, st, &a->conn, &a->d, &seg);
	assert_true(a->ss->mem.used <= a->ss->mem.max);
	return on;
}

/* Streams of something else are let go as soon as that is clear, and cost nothing afterwards. */
static void
test_opaque(void **state)
{
	(void)state;
	static struct alone a;
	struct ni_stream *st = NULL;
	assert_true(alone_begin(&a, 1 << 20));
	assert_true(alone_take(&a, &st, 0, 1, "\xff\xfe no protocol", 14));
	assert_false(alone_take(&a, &st, 1, 1, "\xff\xfe none either", 15));
	assert_null(st);
	ni_streams_begin(a.ss, 0, 0);
	assert_int_equal(a.ss->mem.used, 0);
	alone_end(&a);
}

/* Early segments of many connections: the bound holds, and what waited longest makes room. */
static void
test_bound(void **state)
{
	(void)state;
	enum { CONNS = 40, MAX = 256 * 1024 };
	static struct alone a;
	static struct ni_stream *st[CONNS];
	char data[1000];
	memset(data, 'x', sizeof(data));
	memset(st, 0, sizeof(st));
	assert_true(alone_begin(&a, MAX));
	for (uint32_t i = 1; i < 300; i++)
		for (unsigned c = 0; c < CONNS; c++)
			alone_take(&a, &st[c], c % 2, 1 + 2000 * i, data, sizeof(data));
	assert_true(ni_streams_stats(a.ss).bytes_dropped > 0);
	for (unsigned c = 0; c < CONNS; c++)
		ni_stream_end(a.ss, &st[c], &a.conn, NULL);
	ni_streams_begin(a.ss, 0, 0);
	assert_int_equal(a.ss->mem.used, 0);
	alone_end(&a);
}

/* One connection that never fills its hole: given up at a share of the memory, or in time. */
static void
test_patience(void **state)
{
	(void)state;
	static struct alone a;
	struct ni_stream *st = NULL;
	assert_true(alone_begin(&a, 64 * 1024));
	for (uint32_t i = 0; i < 3000 && !ni_streams_stats(a.ss).gaps; i++)
		alone_take(&a, &st, 0, 100 + 20 * i, ASK, 20);
	assert_int_equal(ni_streams_stats(a.ss).gaps, 1);
	assert_int_equal(ni_streams_stats(a.ss).gap_bytes, 99);
	ni_stream_end(a.ss, &st, &a.conn, NULL);
	assert_true(alone_take(&a, &st, 0, 100, ASK, sizeof(ASK) - 1));
	a.frame += UINT64_C(31000000000); /* half a minute later */
	alone_take(&a, &st, 0, 200, ASK, sizeof(ASK) - 1);
	assert_int_equal(a.conn.requests, 1);
	ni_stream_end(a.ss, &st, &a.conn, NULL);
	assert_int_equal(a.conn.requests, 2);
	alone_end(&a);
}

/* One byte each, far apart and backwards: no search gets long. */
static void
test_scattered(void **state)
{
	(void)state;
	static struct alone a;
	struct ni_stream *st = NULL;
	assert_true(alone_begin(&a, 8 << 20));
	for (uint32_t i = 20000; i > 1; i--)
		alone_take(&a, &st, 0, i * 2, "x", 1);
	assert_true(st->half[0].order.nchunks <= NI_ORDER_CHUNKS);
	ni_stream_end(a.ss, &st, &a.conn, NULL);
	alone_end(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_opaque),
	    cmocka_unit_test(test_bound),
	    cmocka_unit_test(test_patience),
	    cmocka_unit_test(test_scattered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
