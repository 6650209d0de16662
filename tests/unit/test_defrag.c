/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting fragments together, pairing pings, checksums: what the network layer remembers and sums.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cksum.h"
#include "defrag.h"
#include "pings.h"

enum { ROOM = 1 << 20, SECOND = 1000000000, MAX_LEN = 65535 };

static const uint8_t alice[16] = {10, 0, 0, 1};
static const uint8_t bob[16] = {10, 0, 0, 2};

static uint8_t bytes[MAX_LEN + 1]; /* what datagrams are made of */
static struct ni_defrag *defrag;
static uint64_t frame;
static int64_t now_ns;
static unsigned seen;
static const struct ni_datagram *whole;

static int
start(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7 + i / 256);
	defrag = ni_defrag_new(1, ROOM);
	frame = 0;
	now_ns = SECOND;
	return defrag ? 0 : -1;
}

static int
stop(void **unused)
{
	(void)unused;
	ni_defrag_free(&defrag);
	assert_null(defrag);
	return 0;
}

static struct ni_frag
fragment(uint32_t id, uint32_t off, uint32_t len, bool more)
{
	return (struct ni_frag){
	    .src = alice,
	    .dst = bob,
	    .addr_len = 4,
	    .proto = 17,
	    .more = more,
	    .id = id,
	    .off = off,
	    .frame = ++frame,
	    .ts_ns = now_ns,
	    .p = bytes + off,
	    .len = len,
	};
}

static enum ni_defrag_rc
add(uint32_t id, uint32_t off, uint32_t len, bool more)
{
	struct ni_frag f = fragment(id, off, len, more);
	return ni_defrag_add(defrag, &f, &whole, &seen);
}

static struct ni_defrag_stats
stats(void)
{
	struct ni_defrag_stats s;
	ni_defrag_stats(defrag, &s);
	return s;
}

static void
expect_whole(uint32_t len)
{
	assert_int_equal(whole->len, len);
	assert_memory_equal(whole->p, bytes, len);
	assert_ptr_equal(ni_defrag_find(defrag, whole->p), whole);
	assert_int_equal(stats().waiting, 0);
	assert_int_equal(stats().bytes, 0);
}

static void
in_order(void **unused)
{
	(void)unused;
	assert_int_equal(add(1, 0, 1480, true), NI_DEFRAG_WAIT);
	assert_int_equal(add(1, 1480, 1480, true), NI_DEFRAG_WAIT);
	assert_int_equal(add(1, 2960, 41, false), NI_DEFRAG_DONE);
	expect_whole(3001);
	assert_int_equal(whole->nparts, 3);
	assert_int_equal(whole->parts[0].frame, 1);
	assert_int_equal(whole->parts[2].off, 2960);
	assert_int_equal(whole->proto, 17);
	assert_false(whole->overlap);
}

static void
backwards(void **unused)
{
	(void)unused;
	assert_int_equal(add(1, 65528, 7, false), NI_DEFRAG_WAIT);
	for (uint32_t off = 65520; off > 0; off -= 8)
		assert_int_equal(add(1, off, 8, true), NI_DEFRAG_WAIT);
	assert_int_equal(add(1, 0, 8, true), NI_DEFRAG_DONE);
	expect_whole(MAX_LEN);
	assert_int_equal(whole->nparts, 8192);
}

static void
only_the_last_may_be_odd(void **unused)
{
	(void)unused;
	assert_int_equal(add(1, 0, 13, true), NI_DEFRAG_WAIT); /* cut to 8 */
	assert_int_equal(add(1, 8, 3, false), NI_DEFRAG_DONE);
	expect_whole(11);
	assert_int_equal(add(2, 0, 7, true), NI_DEFRAG_CONTRA);
	assert_int_equal(stats().waiting, 0);
}

/* Same identification, but another protocol, peer, VLAN or address family. */
static void
kept_apart(void **unused)
{
	(void)unused;
	struct ni_frag f = fragment(1, 0, 8, true);
	assert_int_equal(ni_defrag_add(defrag, &f, &whole, &seen), NI_DEFRAG_WAIT);
	f = fragment(1, 8, 8, false);
	f.proto = 6;
	assert_int_equal(ni_defrag_add(defrag, &f, &whole, &seen), NI_DEFRAG_WAIT);
	f = fragment(1, 8, 8, false);
	f.src = bob;
	assert_int_equal(ni_defrag_add(defrag, &f, &whole, &seen), NI_DEFRAG_WAIT);
	f = fragment(1, 8, 8, false);
	f.tag = 5;
	assert_int_equal(ni_defrag_add(defrag, &f, &whole, &seen), NI_DEFRAG_WAIT);
	f = fragment(1, 8, 8, false);
	f.addr_len = 16;
	assert_int_equal(ni_defrag_add(defrag, &f, &whole, &seen), NI_DEFRAG_WAIT);
	assert_int_equal(stats().waiting, 5);
	assert_int_equal(add(1, 8, 8, false), NI_DEFRAG_DONE);
}

/* IPv6: only the first fragment's next header counts (RFC 8200 4.5). */
static void
ipv6_next_header(void **unused)
{
	(void)unused;
	struct ni_frag f = fragment(1, 8, 8, false);
	f.addr_len = 16;
	f.proto = 44;
	assert_int_equal(ni_defrag_add(defrag, &f, &whole, &seen), NI_DEFRAG_WAIT);
	f = fragment(1, 0, 8, true);
	f.addr_len = 16;
	f.proto = 58;
	assert_int_equal(ni_defrag_add(defrag, &f, &whole, &seen), NI_DEFRAG_DONE);
	assert_int_equal(whole->proto, 58);
}

static void
copies_are_no_news(void **unused)
{
	(void)unused;
	add(1, 0, 16, true);
	assert_int_equal(add(1, 0, 16, true), NI_DEFRAG_WAIT);
	assert_int_equal(seen, 0);
	assert_int_equal(add(1, 16, 5, false), NI_DEFRAG_DONE);
	assert_true(whole->overlap);
	assert_false(whole->conflict);
	assert_int_equal(whole->nparts, 3);
}

static void
first_bytes_win(void **unused)
{
	(void)unused;
	uint8_t other[24];
	memset(other, 0xee, sizeof(other));
	add(1, 0, 16, true);
	struct ni_frag f = fragment(1, 8, sizeof(other), false);
	f.p = other;
	assert_int_equal(ni_defrag_add(defrag, &f, &whole, &seen), NI_DEFRAG_DONE);
	assert_int_equal(seen, NI_DEFRAG_OVERLAP | NI_DEFRAG_CONFLICT);
	assert_true(whole->conflict);
	assert_int_equal(whole->len, 32);
	assert_memory_equal(whole->p, bytes, 16);
	assert_memory_equal(whole->p + 16, other, 16);
	assert_int_equal(stats().overlaps, 1);
}

static void
contradictions(void **unused)
{
	(void)unused;
	add(1, 16, 8, false);
	assert_int_equal(add(1, 24, 8, true), NI_DEFRAG_CONTRA);  /* behind the end */
	assert_int_equal(add(1, 8, 8, false), NI_DEFRAG_CONTRA);  /* another end */
	assert_int_equal(add(1, 32, 8, false), NI_DEFRAG_CONTRA); /* another end */
	assert_int_equal(add(1, 0, 16, true), NI_DEFRAG_DONE);
	expect_whole(24);
	add(2, 0, 64, true);
	assert_int_equal(add(2, 8, 8, false), NI_DEFRAG_CONTRA); /* an end before what is there */
	assert_int_equal(stats().refused, 4);
}

static void
ping_of_death(void **unused)
{
	(void)unused;
	assert_int_equal(add(1, 65528, 8, false), NI_DEFRAG_LONG);
	assert_int_equal(add(1, 65528, 7, false), NI_DEFRAG_WAIT);
	struct ni_frag f = fragment(2, 8, 0, false);
	f.len = UINT32_MAX - 4;
	assert_int_equal(ni_defrag_add(defrag, &f, &whole, &seen), NI_DEFRAG_LONG);
	assert_int_equal(stats().refused, 2);
}

static void
too_late(void **unused)
{
	(void)unused;
	add(1, 0, 8, true);
	now_ns += 61 * (int64_t)SECOND;
	assert_int_equal(add(1, 8, 8, false), NI_DEFRAG_WAIT); /* a new datagram */
	assert_int_equal(stats().timed_out, 1);
	now_ns = INT64_MIN; /* a clock that runs backwards harms nobody */
	assert_int_equal(add(2, 0, 8, true), NI_DEFRAG_WAIT);
	now_ns = INT64_MAX;
	assert_int_equal(add(3, 0, 8, true), NI_DEFRAG_WAIT);
	assert_int_equal(stats().waiting, 1);
}

/* 10^6 beginnings of datagrams: the memory stays within its bound, the oldest make room. */
static void
flood(void **unused)
{
	(void)unused;
	for (uint32_t i = 0; i < 1000000; i++) {
		assert_int_equal(add(i, 0, 8, true), NI_DEFRAG_WAIT);
		if (i % 1000 == 0)
			assert_true(stats().bytes <= ROOM);
	}
	struct ni_defrag_stats s = stats();
	assert_int_equal(s.waiting + s.evicted, 1000000);
	assert_true(s.waiting > 100);
	assert_int_equal(add(999999, 8, 8, false), NI_DEFRAG_DONE);
	assert_int_equal(add(0, 8, 8, false), NI_DEFRAG_WAIT);
}

static void
no_room_at_all(void **unused)
{
	(void)unused;
	ni_defrag_free(&defrag);
	defrag = ni_defrag_new(1, 4000);
	assert_int_equal(add(1, 0, 8, true), NI_DEFRAG_WAIT);
	assert_int_equal(add(1, 60000, 8, false), NI_DEFRAG_NO_ROOM);
	assert_int_equal(add(1, 8, 8, false), NI_DEFRAG_DONE); /* what was kept is still there */
	ni_defrag_free(&defrag);
	defrag = ni_defrag_new(1, 10);
	assert_int_equal(add(1, 0, 8, true), NI_DEFRAG_NO_ROOM);
	assert_int_equal(stats().waiting, 0);
	assert_int_equal(stats().bytes, 0);
}

/* Two datagrams that one frame completes (a fragmented tunnel) live until the next frame's. */
static void
two_in_one_frame(void **unused)
{
	(void)unused;
	add(1, 0, 8, true);
	add(2, 0, 8, true);
	assert_int_equal(add(1, 8, 8, false), NI_DEFRAG_DONE);
	const uint8_t *first = whole->p;
	frame--;
	assert_int_equal(add(2, 8, 16, false), NI_DEFRAG_DONE);
	assert_int_equal(ni_defrag_find(defrag, first)->len, 16);
	assert_int_equal(ni_defrag_find(defrag, whole->p)->len, 24);
	add(3, 0, 8, true);
	assert_null(ni_defrag_find(defrag, first));
}

static struct ni_ping_key
echo(uint16_t seq)
{
	return (struct ni_ping_key){
	    .asker = alice, .asked = bob, .addr_len = 4, .kind = 8, .ident = 7, .seq = seq};
}

static void
pings(void **unused)
{
	(void)unused;
	struct ni_pings *p = ni_pings_new(1);
	struct ni_ping_key k = echo(1), other = echo(2);
	uint64_t request = 0;
	int64_t rtt_ns = 0;
	assert_non_null(p);
	ni_ping_request(p, &k, 10, 1000);
	assert_false(ni_ping_answered(p, 10, &request, &rtt_ns));
	ni_ping_reply(p, &other, 11, 1500);
	assert_false(ni_ping_answered(p, 11, &request, &rtt_ns));
	ni_ping_reply(p, &k, 12, 1750);
	assert_true(ni_ping_answered(p, 12, &request, &rtt_ns));
	assert_int_equal(request, 10);
	assert_int_equal(rtt_ns, 750);
	assert_false(ni_ping_answered(p, 13, &request, &rtt_ns));
	other.asker = bob;
	other.asked = alice;
	other.seq = 1;
	ni_ping_reply(p, &other, 14, 2000);
	assert_false(ni_ping_answered(p, 14, &request, &rtt_ns));
	for (uint32_t i = 0; i < 200000; i++) {
		k = echo((uint16_t)i);
		k.ident = (uint16_t)(i >> 16);
		ni_ping_request(p, &k, i + 100, 0);
		ni_ping_reply(p, &k, i + 101, 0);
		assert_true(ni_ping_answered(p, i + 101, &request, &rtt_ns));
		assert_int_equal(request, i + 100);
	}
	ni_pings_free(&p);
	assert_null(p);
}

/* The example of RFC 1071 section 3, an odd byte, and a header of a real packet. */
static void
checksums(void **unused)
{
	(void)unused;
	static const uint8_t example[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
	static const uint8_t header[] = {0x45, 0x00, 0x00, 0x40, 0x76, 0x8f, 0x40,
					 0x00, 0x40, 0x06, 0xb0, 0x14, 0x0a, 0x09,
					 0x00, 0x01, 0x0a, 0x09, 0x00, 0x02};
	uint32_t sum = ni_cksum_add(0, header, sizeof(header));
	assert_int_equal(ni_cksum_fold(ni_cksum_add(0, example, sizeof(example))), 0xddf2);
	assert_int_equal(ni_cksum_fold(ni_cksum_add(0, example, 3)), 0xf201);
	assert_int_equal(ni_cksum_fold(sum), 0xffff);
	assert_int_equal(ni_cksum_expected(sum, 0xb014), 0xb014);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(ni_cksum_fold(ni_cksum_add(UINT32_MAX, bytes, MAX_LEN + 1)), 0xffff);
	for (uint32_t n = 0; n < 32; n++) {
		uint32_t slow = 0;
		for (uint32_t i = 0; i < n; i++)
			slow += (uint32_t)(i * 37 & 255) << (i % 2 ? 0 : 8);
		uint8_t b[32];
		for (uint32_t i = 0; i < n; i++)
			b[i] = (uint8_t)(i * 37);
		assert_int_equal(ni_cksum_fold(ni_cksum_add(0, b, n)), ni_cksum_fold(slow));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(in_order, start, stop),
	    cmocka_unit_test_setup_teardown(backwards, start, stop),
	    cmocka_unit_test_setup_teardown(only_the_last_may_be_odd, start, stop),
	    cmocka_unit_test_setup_teardown(kept_apart, start, stop),
	    cmocka_unit_test_setup_teardown(ipv6_next_header, start, stop),
	    cmocka_unit_test_setup_teardown(copies_are_no_news, start, stop),
	    cmocka_unit_test_setup_teardown(first_bytes_win, start, stop),
	    cmocka_unit_test_setup_teardown(contradictions, start, stop),
	    cmocka_unit_test_setup_teardown(ping_of_death, start, stop),
	    cmocka_unit_test_setup_teardown(too_late, start, stop),
	    cmocka_unit_test_setup_teardown(flood, start, stop),
	    cmocka_unit_test_setup_teardown(no_room_at_all, start, stop),
	    cmocka_unit_test_setup_teardown(two_in_one_frame, start, stop),
	    cmocka_unit_test(pings),
	    cmocka_unit_test(checksums),
	};
	return cmocka_run_group_tests_name("defrag", tests, NULL, NULL);
}
