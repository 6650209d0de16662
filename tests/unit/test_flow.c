/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flow table: same conversation, same flow; bounds, lists, and what is given up first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "flow.h"
#include "netinspect/dis.h"

/* The key of a packet from one end to the other, told by two numbers. */
static struct ni_flow_key
key(uint32_t from, uint32_t to, uint8_t proto, uint32_t tag)
{
	struct ni_flow_key k;
	uint16_t port[2] = {(uint16_t)from, (uint16_t)to};
	struct ni_dis d = {
	    .net = {(const uint8_t *)&from, (const uint8_t *)&to, NI_ADDR_IP4},
	    .ipproto = proto,
	    .flow_tag = tag,
	};
	memset(&k, 0xaa, sizeof(k));
	assert_true(ni_flow_key(&k, &d, port));
	return k;
}

static void
test_key(void **state)
{
	(void)state;
	struct ni_flow_key a = key(1, 2, 6, 0), b = key(2, 1, 6, 0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.b, b.b, a.len);
	assert_int_not_equal(a.swapped, b.swapped);
	struct ni_flow_key other = key(1, 2, 17, 0), tagged = key(1, 2, 6, 7);
	assert_memory_not_equal(a.b, other.b, a.len);
	assert_memory_not_equal(a.b, tagged.b, a.len);
	/* Both ends the same, port and all: one direction, and no difference between them. */
	assert_int_equal(key(3, 3, 6, 0).swapped, 0);
	struct ni_dis d = {.ipproto = 6};
	uint16_t port[2] = {1, 2};
	assert_false(ni_flow_key(&a, &d, port));
}

static void
test_key_ip6(void **state)
{
	(void)state;
	uint8_t low[16] = {1}, high[16] = {2};
	uint16_t forth[2] = {9, 4}, back[2] = {4, 9};
	struct ni_dis d = {.net = {low, high, NI_ADDR_IP6}, .ipproto = 6};
	struct ni_flow_key a, b;
	assert_true(ni_flow_key(&a, &d, forth));
	d.net = (struct ni_addr_pair){high, low, NI_ADDR_IP6};
	assert_true(ni_flow_key(&b, &d, back));
	assert_int_equal(a.len, NI_FLOW_KEY_MAX);
	assert_memory_equal(a.b, b.b, a.len);
	assert_false(a.swapped);
	assert_true(b.swapped);
}

static void
test_find(void **state)
{
	(void)state;
	enum { N = 5000 };
	struct ni_flows *t = ni_flows_new(1, N, sizeof(struct ni_conn));
	assert_non_null(t);
	for (uint32_t i = 0; i < N; i++) {
		struct ni_flow_key k = key(i, i + 1, 6, 0);
		assert_null(ni_flows_find(t, &k));
		struct ni_flow *f = ni_flows_add(t, &k, NI_CLIENT, NI_FLOWS_OPEN);
		assert_non_null(f);
		f->conn->id = i;
		assert_int_equal(ni_flow_dir(f, &k), NI_CLIENT);
	}
	assert_int_equal(ni_flows_count(t), N);
	for (uint32_t i = 0; i < N; i++) {
		struct ni_flow_key k = key(i + 1, i, 6, 0); /* the answer */
		struct ni_flow *f = ni_flows_find(t, &k);
		assert_non_null(f);
		assert_int_equal(f->conn->id, i);
		assert_int_equal(ni_flow_dir(f, &k), NI_SERVER);
		ni_flow_turn(f, &k, NI_CLIENT);
		assert_int_equal(ni_flow_dir(f, &k), NI_CLIENT);
	}
	/* Every third goes; the others are still found. */
	for (uint32_t i = 0; i < N; i += 3) {
		struct ni_flow_key k = key(i, i + 1, 6, 0);
		ni_flows_remove(t, ni_flows_find(t, &k));
	}
	for (uint32_t i = 0; i < N; i++) {
		struct ni_flow_key k = key(i, i + 1, 6, 0);
		struct ni_flow *f = ni_flows_find(t, &k);
		assert_int_equal(f != NULL, i % 3 != 0);
		if (f)
			assert_int_equal(f->conn->id, i);
	}
	ni_flows_free(&t);
	assert_null(t);
}

static void
test_bound_and_order(void **state)
{
	(void)state;
	struct ni_flows *t = ni_flows_new(2, 4, 8);
	struct ni_flow *f[4];
	static const enum ni_flow_list lists[] = {NI_FLOWS_OPEN, NI_FLOWS_CLOSED, NI_FLOWS_OPENING,
						  NI_FLOWS_CLOSED};
	assert_null(ni_flows_victim(t));
	for (uint32_t i = 0; i < 4; i++) {
		struct ni_flow_key k = key(i, 99, 17, 0);
		f[i] = ni_flows_add(t, &k, NI_CLIENT, NI_FLOWS_OPEN);
		ni_flows_touch(t, f[i], lists[i], i);
	}
	struct ni_flow_key more = key(50, 99, 17, 0);
	assert_null(ni_flows_add(t, &more, NI_CLIENT, NI_FLOWS_OPEN));
	/* First those that are closed, longest silent first; then the half-open; then the open. */
	static const unsigned order[] = {1, 3, 2, 0};
	for (unsigned i = 0; i < 4; i++) {
		assert_ptr_equal(ni_flows_victim(t), f[order[i]]);
		ni_flows_remove(t, ni_flows_victim(t));
	}
	assert_int_equal(ni_flows_count(t), 0);
	ni_flows_free(&t);
}

static void
test_touch(void **state)
{
	(void)state;
	struct ni_flows *t = ni_flows_new(3, 10, 8);
	struct ni_flow *f[3];
	for (uint32_t i = 0; i < 3; i++) {
		struct ni_flow_key k = key(i, 99, 6, 0);
		f[i] = ni_flows_add(t, &k, NI_SERVER, NI_FLOWS_OPEN);
		ni_flows_touch(t, f[i], NI_FLOWS_OPEN, 1);
	}
	assert_ptr_equal(ni_flows_oldest(t, NI_FLOWS_OPEN), f[0]);
	ni_flows_touch(t, f[0], NI_FLOWS_OPEN, 1); /* the same second: not worth moving */
	assert_ptr_equal(ni_flows_oldest(t, NI_FLOWS_OPEN), f[0]);
	ni_flows_touch(t, f[0], NI_FLOWS_OPEN, 2);
	assert_ptr_equal(ni_flows_oldest(t, NI_FLOWS_OPEN), f[1]);
	ni_flows_touch(t, f[1], NI_FLOWS_CLOSED, 2);
	assert_ptr_equal(ni_flows_oldest(t, NI_FLOWS_OPEN), f[2]);
	assert_ptr_equal(ni_flows_oldest(t, NI_FLOWS_CLOSED), f[1]);
	ni_flows_free(&t);
}

struct seen {
	uint32_t next;
	bool ordered;
};

static void
see(void *ctx, struct ni_flow *f)
{
	struct seen *s = ctx;
	s->ordered &= f->conn->id == s->next++;
}

static void
test_drain(void **state)
{
	(void)state;
	struct ni_flows *t = ni_flows_new(4, 1000, sizeof(struct ni_conn));
	for (uint32_t i = 0; i < 1000; i++) {
		struct ni_flow_key k = key(i * 7919, 1, 6, 0);
		ni_flows_add(t, &k, NI_CLIENT, NI_FLOWS_OPEN)->conn->id = i;
	}
	struct seen s = {0, true};
	ni_flows_drain(t, see, &s);
	assert_int_equal(s.next, 1000);
	assert_true(s.ordered);
	assert_int_equal(ni_flows_count(t), 0);
	/* And it is as good as new. */
	struct ni_flow_key k = key(5, 6, 6, 0);
	assert_null(ni_flows_find(t, &k));
	assert_non_null(ni_flows_add(t, &k, NI_CLIENT, NI_FLOWS_OPEN));
	assert_non_null(ni_flows_find(t, &k));
	ni_flows_free(&t);
}

/* Flows come and go at random; the table agrees with a plain array all the time. */
static void
test_random(void **state)
{
	(void)state;
	enum { KEYS = 300, MAX = 200, ROUNDS = 60000 };
	struct ni_flows *t = ni_flows_new(5, MAX, 16);
	struct ni_flow *there[KEYS] = {NULL};
	uint32_t seed = 1, count = 0;
	for (unsigned i = 0; i < ROUNDS; i++) {
		seed = seed * 1664525 + 1013904223;
		uint32_t n = (seed >> 8) % KEYS;
		struct ni_flow_key k = key(n, 1000 + n, 6, 0);
		assert_ptr_equal(ni_flows_find(t, &k), there[n]);
		if (there[n]) {
			ni_flows_remove(t, there[n]);
			there[n] = NULL;
			count--;
		} else if (count < MAX) {
			there[n] = ni_flows_add(t, &k, NI_CLIENT, NI_FLOWS_OPEN);
			assert_non_null(there[n]);
			count++;
		} else {
			assert_null(ni_flows_add(t, &k, NI_CLIENT, NI_FLOWS_OPEN));
		}
		assert_int_equal(ni_flows_count(t), count);
	}
	ni_flows_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_key),    cmocka_unit_test(test_key_ip6),
	    cmocka_unit_test(test_find),   cmocka_unit_test(test_bound_and_order),
	    cmocka_unit_test(test_touch),  cmocka_unit_test(test_drain),
	    cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
