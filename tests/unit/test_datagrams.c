/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conversations without a connection: who is the client, when they end, which give way. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static const int64_t SECOND = 1000000000;

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

static void
test_icmp(void **state)
{
	(void)state;
	begin(NULL);
	talk_ping(&t, 0, 8, 7);
	assert_int_equal(t.id, 0);
	talk_ping(&t, 1, 0, 7);
	assert_int_equal(t.id, 0);
	assert_int_equal(t.dir, NI_SERVER);
	talk_ping(&t, 0, 8, 8);
	assert_int_equal(t.id, 1);
	talk_ping(&t, 0, 13, 8); /* a timestamp request is no echo */
	assert_int_equal(t.id, UINT32_MAX);
	talk_end(&t);
	assert_int_equal(t.nended, 2);
	assert_int_equal(t.ended[0].ipproto, 1);
	assert_int_equal(t.ended[0].packets[0], 1);
	assert_int_equal(t.ended[0].packets[1], 1);
}

/* UDP and echoes end by silence alone, each after a time of its own. */
static void
test_silence(void **state)
{
	(void)state;
	begin(NULL);
	ports(1, 2);
	talk_datagram(&t, 0, "x", 1);
	ports(3, 4);
	talk_datagram(&t, 0, "x", 1);
	talk_datagram(&t, 1, "x", 1);
	talk_ping(&t, 0, 8, 7);
	talk_ping(&t, 1, 0, 7);
	int64_t last = t.ts_ns;
	ni_session_tick(t.s, last + 58 * SECOND);
	assert_int_equal(t.nended, 0);
	ni_session_tick(t.s, last + 63 * SECOND);
	assert_int_equal(t.nended, 1);
	assert_int_equal(t.ended[0].ipproto, 1);
	ni_session_tick(t.s, last + 290 * SECOND);
	assert_int_equal(t.nended, 1);
	ni_session_tick(t.s, last + 303 * SECOND);
	assert_int_equal(t.nended, 3);
	assert_string_equal(ni_conn_zeek_state(&t.ended[1]), "S0");
	assert_string_equal(t.ended[1].history, "D");
	assert_string_equal(ni_conn_zeek_state(&t.ended[2]), "SF");
	assert_string_equal(t.ended[2].history, "Dd");
	t.ts_ns = last + 304 * SECOND;
	ports(3, 4);
	talk_datagram(&t, 1, "x", 1); /* a new one, and who speaks first is its client */
	assert_int_equal(t.id, 2);
	assert_int_equal(t.dir, NI_CLIENT);
	talk_end(&t);
	assert_int_equal(t.nended, 4);
}

/* Datagrams that nobody answers push out each other, not those that were answered. */
static void
test_datagram_flood(void **state)
{
	struct ni_session_opts o = {.seed = 1, .max_flows = 20};
	(void)state;
	begin(&o);
	ports(3, 4);
	talk_datagram(&t, 0, "x", 1);
	talk_datagram(&t, 1, "x", 1);
	for (uint16_t i = 0; i < 100; i++) {
		ports((uint16_t)(1000 + i), 53);
		talk_datagram(&t, 0, "x", 1);
	}
	assert_true(t.nended >= 80);
	for (unsigned i = 0; i < t.nended; i++)
		assert_int_equal(t.ended[i].packets[1], 0);
	talk_end(&t);
	assert_int_equal(t.nended, 101);
}

/* The answer to an echo that came before the capture: who is asked is the server all the same. */
static void
test_echo_answer_alone(void **state)
{
	(void)state;
	begin(NULL);
	talk_ping(&t, 1, 0, 7);
	assert_int_equal(t.dir, NI_SERVER);
	talk_ping(&t, 0, 8, 7);
	assert_int_equal(t.dir, NI_CLIENT);
	talk_end(&t);
	assert_int_equal(t.nended, 1);
	assert_int_equal(t.ended[0].first_frame, 1);
}

/* An ICMP error is the answer to the SYN that it quotes, and to nothing else. */
static void
test_unreachable(void **state)
{
	(void)state;
	begin(NULL);
	ports(4000, 81);
	t.next[0] = 100;
	talk_unreachable(&t, 13); /* about nothing that is known */
	talk_segment(&t, 0, TALK_SYN, t.next[0]++, NULL, 0);
	ports(4000, 82);
	talk_unreachable(&t, 13);
	ports(4000, 81);
	talk_unreachable(&t, 13);
	talk_unreachable(&t, 1);
	talk_handshake(&t, 4001, 81);
	talk_unreachable(&t, 1);
	talk_end(&t);
	assert_int_equal(t.nended, 2);
	assert_int_equal(t.ended[0].icmp_frame, 4);
	assert_int_equal(t.ended[0].icmp_code, 13);
	assert_int_equal(t.ended[1].icmp_frame, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_icmp),           cmocka_unit_test(test_silence),
	    cmocka_unit_test(test_datagram_flood), cmocka_unit_test(test_echo_answer_alone),
	    cmocka_unit_test(test_unreachable),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
