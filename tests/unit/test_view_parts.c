/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the view model is made of: index, sets of packets, spool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arranged.h"
#include "index.h"
#include "set.h"
#include "spool.h"

enum { CHUNK = 8192 };

static struct ni_entry
entry(uint64_t number)
{
	uint32_t cap = (uint32_t)(number % 97 ? number % 2000 : 65530 + number % 400000);
	uint32_t more = (uint32_t)(number % 89 ? number % 7 : 65000 + number % 300000);
	return (struct ni_entry){.offset = 24 + number * 100,
				 .ts_ns = (int64_t)number * 1000 - 5,
				 .cap = cap,
				 .len = cap + more,
				 .conn = (uint32_t)(number % 13),
				 .iface = (uint16_t)(number % 3),
				 .proto = (uint8_t)(number % 250),
				 .level = (uint8_t)(number % 5 ? number % 4 : NI_IX_PLAIN),
				 .part = number % 11 == 0};
}

static void
expect_entry(const struct ni_index *ix, uint64_t number)
{
	struct ni_entry want = entry(number), e;
	assert_true(ni_index_get(ix, number, &e));
	assert_int_equal(e.offset, want.offset);
	assert_int_equal(e.ts_ns, want.ts_ns);
	assert_int_equal(e.cap, want.cap);
	assert_int_equal(e.len, want.len);
	assert_int_equal(e.conn, want.conn);
	assert_int_equal(e.iface, want.iface);
	assert_int_equal(e.proto, want.proto);
	assert_int_equal(e.level, want.level);
	assert_int_equal(e.part, want.part);
	assert_int_equal(ni_index_part(ix, number), want.part);
	assert_int_equal(ni_index_conn(ix, number), want.conn);
}

static void
test_index(void **state)
{
	(void)state;
	enum { N = 5 * CHUNK + 17 };
	struct ni_index *ix = ni_index_new(64 << 20);
	struct ni_entry e;
	assert_int_equal(ni_index_last(ix), 0);
	assert_false(ni_index_get(ix, 1, &e));
	for (uint64_t i = 1; i <= N; i++) {
		e = entry(i);
		assert_true(ni_index_add(ix, &e));
	}
	assert_int_equal(ni_index_last(ix), N);
	for (uint64_t i = 1; i <= N; i++)
		expect_entry(ix, i);
	assert_false(ni_index_get(ix, 0, &e));
	assert_false(ni_index_get(ix, N + 1, &e));
	assert_int_equal(ni_index_at(ix, entry(777).offset), 777);
	assert_int_equal(ni_index_at(ix, entry(777).offset + 1), 778);
	assert_int_equal(ni_index_at(ix, UINT64_MAX), N + 1);
	/* At most 28 bytes a packet: sorting and filtering need 4 bytes and a bit more. */
	assert_true(ni_index_bytes(ix) <= 28 * (N + CHUNK) + 1024);
	ni_index_clear(ix);
	assert_int_equal(ni_index_last(ix), 0);
	e = entry(1);
	assert_true(ni_index_add(ix, &e));
	expect_entry(ix, 1);
	ni_index_free(&ix);
	assert_null(ix);
}

/* What most captures are: one interface, no packet beyond 64 KiB. */
static void
test_index_plain(void **state)
{
	(void)state;
	enum { N = 40 * CHUNK };
	struct ni_index *ix = ni_index_new(64 << 20);
	for (uint64_t i = 1; i <= N; i++) {
		struct ni_entry e = {.offset = 100 * i, .cap = 65535, .len = 131070, .iface = 7};
		assert_true(ni_index_add(ix, &e));
	}
	struct ni_entry e;
	assert_true(ni_index_get(ix, N, &e));
	assert_int_equal(e.cap, 65535);
	assert_int_equal(e.len, 131070);
	assert_int_equal(e.iface, 7);
	assert_true(ni_index_bytes(ix) <= 24 * N + 4096);
	ni_index_free(&ix);
}

/* The oldest go when it is full; numbers stay. */
static void
test_index_bound(void **state)
{
	(void)state;
	enum { N = 10 * CHUNK };
	uint64_t bound = 3 * 28 * CHUNK;
	struct ni_index *ix = ni_index_new(bound);
	struct ni_entry e;
	for (uint64_t i = 1; i <= N; i++) {
		e = entry(i);
		assert_true(ni_index_add(ix, &e));
		assert_true(ni_index_bytes(ix) <= bound + 1024 + 4 * CHUNK);
	}
	assert_int_equal(ni_index_first(ix), 7 * CHUNK + 1);
	assert_int_equal(ni_index_last(ix), N);
	assert_false(ni_index_get(ix, 7 * CHUNK, &e));
	expect_entry(ix, 7 * CHUNK + 1);
	expect_entry(ix, N);
	ni_index_forget(ix, N - 3);
	assert_int_equal(ni_index_first(ix), N - 3);
	assert_false(ni_index_get(ix, N - 4, &e));
	ni_index_forget(ix, UINT64_MAX);
	assert_int_equal(ni_index_first(ix), N + 1);
	e = entry(N + 1);
	assert_true(ni_index_add(ix, &e));
	expect_entry(ix, N + 1);
	ni_index_free(&ix);
}

static void
test_index_sizes(void **state)
{
	(void)state;
	struct ni_index *ix = ni_index_new(1 << 20);
	struct ni_entry e = {.offset = (1ULL << 48) - 1, .cap = UINT32_MAX, .len = UINT32_MAX};
	e.conn = NI_IX_NO_CONN;
	e.iface = UINT16_MAX;
	assert_true(ni_index_add(ix, &e));
	assert_true(ni_index_get(ix, 1, &e));
	assert_int_equal(e.offset, (1ULL << 48) - 1);
	assert_int_equal(e.cap, 0xffffff);
	assert_true(e.len >= e.cap);
	assert_int_equal(e.conn, NI_IX_NO_CONN);
	assert_int_equal(e.iface, UINT16_MAX);
	assert_int_equal(ni_index_conn_key(6, 5), 5);
	assert_int_not_equal(ni_index_conn_key(17, 5), 5);
	assert_int_equal(ni_index_conn_key(99, 5), NI_IX_NO_CONN);
	assert_int_equal(ni_index_conn_key(6, UINT32_MAX), NI_IX_NO_CONN);
	ni_index_free(&ix);
}

static bool
is_member(uint64_t n)
{
	return n % 3 == 1 || (n > 9000 && n < 9100);
}

static void
test_set(void **state)
{
	(void)state;
	enum { N = 30000 };
	struct ni_set s = {.bits = NULL};
	uint64_t members = 0;
	assert_int_equal(ni_set_select(&s, 0), 0);
	assert_int_equal(ni_set_rank(&s, 5), 0);
	assert_false(ni_set_has(&s, 1));
	for (uint64_t i = 1; i <= N; i++)
		assert_true(ni_set_add(&s, i, is_member(i)));
	for (uint64_t i = 1; i <= N; i++) {
		assert_int_equal(ni_set_has(&s, i), is_member(i));
		assert_int_equal(ni_set_rank(&s, i), members);
		if (is_member(i))
			assert_int_equal(ni_set_select(&s, members++), i);
	}
	assert_int_equal(s.count, members);
	assert_int_equal(ni_set_rank(&s, N + 1), members);
	assert_int_equal(ni_set_select(&s, members), 0);
	ni_set_free(&s);
	assert_int_equal(s.count, 0);
}

/* Numbers may be left out, many of them at once. */
static void
test_set_gap(void **state)
{
	(void)state;
	struct ni_set s = {.bits = NULL};
	assert_true(ni_set_add(&s, 20000, true));
	assert_true(ni_set_add(&s, 50001, true));
	assert_int_equal(ni_set_select(&s, 0), 20000);
	assert_int_equal(ni_set_select(&s, 1), 50001);
	assert_int_equal(ni_set_rank(&s, 30000), 1);
	assert_int_equal(ni_set_rank(&s, 100), 0);
	assert_false(ni_set_has(&s, 20001));
	ni_set_free(&s);
}

static struct ni_frame
frame(uint64_t i, uint8_t *data)
{
	uint32_t cap = (uint32_t)(i * 37 % 1500);
	memset(data, (int)(i & 0xff), cap);
	return (struct ni_frame){.data = data,
				 .cap = cap,
				 .len = cap + 3,
				 .ts_ns = (int64_t)i,
				 .linktype = 1,
				 .iface = (uint32_t)(i % 4),
				 .has_iface = true,
				 .ts_digits = 9};
}

static void
expect_frame(const struct ni_frame *f, uint64_t i)
{
	assert_int_equal(f->cap, i * 37 % 1500);
	assert_int_equal(f->len, f->cap + 3);
	assert_int_equal(f->ts_ns, i);
	assert_int_equal(f->iface, i % 4);
	assert_int_equal(f->ts_digits, 9);
	for (uint32_t k = 0; k < f->cap; k++)
		assert_int_equal(f->data[k], i & 0xff);
}

static void
test_spool(void **state)
{
	(void)state;
	enum { N = 3000 };
	struct ni_spool *s;
	struct ni_spool_pos pos = {.offset = 0};
	struct ni_frame f;
	uint8_t data[1500], again[1500];
	assert_int_equal(ni_spool_new(&s, 64 << 20, NULL), 0);
	assert_int_equal(ni_spool_next(s, &pos, &f), 0);
	for (uint64_t i = 1; i <= N; i++) {
		f = frame(i, data);
		assert_int_equal(ni_spool_put(s, &f, NULL), 0);
	}
	assert_int_equal(ni_spool_flush(s, NULL), 0);
	for (uint64_t i = 1; i <= N; i++) {
		assert_int_equal(ni_spool_next(s, &pos, &f), 1);
		expect_frame(&f, i);
		assert_true(ni_spool_read(s, f.offset, again, f.cap));
		assert_memory_equal(again, f.data, f.cap);
	}
	assert_int_equal(ni_spool_next(s, &pos, &f), 0);
	assert_int_equal(pos.lost, 0);
	assert_int_equal(ni_spool_oldest(s), 0);
	assert_false(ni_spool_read(s, pos.offset, again, 1));
	ni_spool_free(&s);
	assert_null(s);
}

/* The writer comes round: what is overwritten is counted, what is there is right. */
static void
test_spool_round(void **state)
{
	(void)state;
	enum { N = 60000 }; /* some 45 MB through 8 MB */
	struct ni_spool *s;
	struct ni_spool_pos pos = {.offset = 0};
	struct ni_frame f;
	uint8_t data[1500];
	uint64_t got = 0;
	assert_int_equal(ni_spool_new(&s, 1, NULL), 0);
	for (uint64_t i = 1; i <= N; i++) {
		f = frame(i, data);
		assert_int_equal(ni_spool_put(s, &f, NULL), 0);
		if (i == 100) { /* read some, then fall behind */
			assert_int_equal(ni_spool_flush(s, NULL), 0);
			while (ni_spool_next(s, &pos, &f))
				expect_frame(&f, ++got);
			assert_int_equal(got, 100);
		}
	}
	assert_int_equal(ni_spool_flush(s, NULL), 0);
	assert_true(ni_spool_oldest(s) > 0);
	assert_false(ni_spool_read(s, 48, data, 10));
	assert_true(ni_spool_bytes(s) <= 8 << 20);
	while (ni_spool_next(s, &pos, &f)) {
		got++;
		expect_frame(&f, (uint64_t)f.ts_ns);
		assert_int_equal((uint64_t)f.ts_ns, pos.seen);
	}
	assert_true(pos.lost > 0);
	assert_int_equal(got + pos.lost, N);
	ni_spool_free(&s);
}

/* What was there is not read, and not lost either. */
static void
test_spool_skip(void **state)
{
	(void)state;
	struct ni_spool *sp;
	struct ni_spool_pos pos = {.offset = 0};
	struct ni_frame f = {.data = (const uint8_t *)"abcd", .cap = 4, .len = 4};
	assert_int_equal(ni_spool_new(&sp, 1 << 20, NULL), 0);
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(ni_spool_put(sp, &f, NULL), 0);
	assert_int_equal(ni_spool_flush(sp, NULL), 0);
	ni_spool_skip(sp, &pos, 90);
	struct ni_frame got;
	assert_int_equal(ni_spool_next(sp, &pos, &got), 0);
	assert_int_equal(ni_spool_put(sp, &f, NULL), 0);
	assert_int_equal(ni_spool_flush(sp, NULL), 0);
	assert_int_equal(ni_spool_next(sp, &pos, &got), 1);
	assert_int_equal(pos.lost, 0);
	assert_int_equal(pos.seen, 101);
	ni_spool_free(&sp);
}

/* ---- rows in order ---- */

struct rows {
	uint32_t value[5000];
	unsigned asked; /* since the last slice began */
};

static bool
is_even(void *ctx, uint64_t row)
{
	(void)ctx;
	return row % 2 == 0;
}

static int
by_value(void *ctx, uint64_t a, uint64_t b)
{
	struct rows *r = ctx;
	r->asked++;
	return r->value[a] < r->value[b] ? -1 : r->value[a] > r->value[b];
}

static void
expect_order(const struct ni_arranged *a, const struct rows *r, uint64_t n)
{
	assert_int_equal(a->n, n);
	for (uint64_t i = 1; i < n; i++) {
		uint32_t x = r->value[a->row[i - 1]];
		uint32_t y = r->value[a->row[i]];
		assert_true(a->reverse ? x >= y : x <= y);
		if (x == y)
			assert_true((a->row[i - 1] < a->row[i]) != a->reverse);
	}
}

/* In the thinnest slices: rows before stay until the new ones are there, no slice is long. */
static void
test_arranged(void **state)
{
	(void)state;
	static const struct ni_arranged_ops ops = {is_even, by_value}, all = {NULL, by_value};
	struct ni_arranged a = {.n = 0};
	struct rows *r = calloc(1, sizeof(*r));
	enum { N = sizeof(r->value) / sizeof(r->value[0]) };
	assert_non_null(r);
	for (uint32_t i = 0; i < N; i++)
		r->value[i] = i * 2654435761U % 500;
	ni_arranged_begin(&a, &ops, r, 0, N);
	while (ni_arranged_work(&a, 0)) {
		assert_int_equal(a.n, 0);
		assert_true(r->asked < 4000);
		r->asked = 0;
	}
	expect_order(&a, r, N / 2);
	a.reverse = true;
	ni_arranged_begin(&a, &all, r, 0, N);
	while (ni_arranged_work(&a, 0))
		assert_int_equal(a.n, N / 2);
	expect_order(&a, r, N);
	ni_arranged_forget(&a, 100);
	assert_int_equal(a.n, N - 100);
	/* What is in order is not sorted. */
	for (uint32_t i = 0; i < N; i++)
		r->value[i] = i / 3;
	a.reverse = false;
	r->asked = 0;
	ni_arranged_begin(&a, &all, r, 0, N);
	while (ni_arranged_work(&a, 0))
		;
	assert_true(r->asked < N);
	expect_order(&a, r, N);
	ni_arranged_begin(&a, &all, r, 7, 7);
	assert_false(ni_arranged_work(&a, 0));
	assert_int_equal(a.n, 0);
	ni_arranged_free(&a);
	free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_spool_skip),  cmocka_unit_test(test_arranged),
	    cmocka_unit_test(test_index),       cmocka_unit_test(test_index_plain),
	    cmocka_unit_test(test_index_bound), cmocka_unit_test(test_index_sizes),
	    cmocka_unit_test(test_set),         cmocka_unit_test(test_set_gap),
	    cmocka_unit_test(test_spool),       cmocka_unit_test(test_spool_round),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
