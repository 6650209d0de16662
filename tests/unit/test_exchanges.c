/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pairing of DHCP and NTP messages, and the table in which they wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"
#include "waiting.h"

enum { DISCOVER = 1, OFFER, REQUEST, DECLINE, ACK, NAK, RELEASE, DHCP = 300, NTP = 48 };

static const int64_t SECOND = 1000000000;

static int
begin(void **state)
{
	struct talk *t = calloc(1, sizeof(*t));
	struct ni_session_opts o = {.seed = 3};
	*state = t;
	return t && talk_begin(t, &o) ? 0 : -1;
}

static int
end(void **state)
{
	struct talk *t = *state;
	if (t->s)
		talk_end(t);
	free(t);
	return 0;
}

static void
put32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* ---- DHCP ---- */

/* A message of @type (0: BOOTP) in transaction @xid of the client whose MAC ends in @who. */
static void
dhcp(struct talk *t, unsigned type, uint32_t xid, uint8_t who)
{
	uint8_t p[DHCP] = {0};
	bool reply = type == OFFER || type == ACK || type == NAK;
	static const uint8_t yours[4] = {10, 0, 0, 77};
	p[0] = reply ? 2 : 1;
	p[1] = 1;
	p[2] = 6;
	put32(p + 4, xid);
	if (type == OFFER || type == ACK)
		memcpy(p + 16, yours, 4);
	p[33] = who;
	put32(p + 236, 0x63825363);
	uint8_t *o = p + 240;
	if (type) {
		*o++ = 53;
		*o++ = 1;
		*o++ = (uint8_t)type;
	}
	if (type == REQUEST) {
		memcpy(o, "\x0c\x03pc1", 5);
		o += 5;
	}
	if (type == OFFER || type == ACK) {
		memcpy(o, "\x33\x04\x00\x00\x0e\x10\x03\x04\x0a\x00\x00\x01", 12);
		o += 12;
	}
	*o = 255;
	t->port[0] = 68;
	t->port[1] = 67;
	talk_datagram(t, reply, p, sizeof(p));
}

static void
lease(void **state)
{
	struct talk *t = *state;
	static const uint8_t types[] = {DISCOVER, OFFER, REQUEST, ACK};
	for (unsigned i = 0; i < 4; i++)
		dhcp(t, types[i], 0x1234, 9);
	assert_int_equal(t->ndhcp, 1);
	const struct ni_dhcp_exchange *x = &t->dhcp[0];
	assert_int_equal(x->outcome, NI_DHCP_ACKNOWLEDGED);
	assert_string_equal(ni_dhcp_outcome_name(x->outcome), "acknowledged");
	assert_int_equal(x->total, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(x->type[i], types[i]);
		assert_int_equal(x->frame[i], i + 1);
	}
	assert_int_equal(x->last.xid, 0x1234);
	assert_int_equal(x->last.mac.b[5], 9);
	assert_int_equal(x->last.ip.b[3], 77);
	assert_int_equal(x->last.router.b[3], 1);
	assert_true(x->last.has_lease);
	assert_int_equal(x->last.lease_s, 3600);
	assert_string_equal(x->last.name, "pc1"); /* of the request */
	assert_true(x->last_ns > x->first_ns);
	/* The answer of a second server is no exchange of its own. */
	dhcp(t, OFFER, 0x1234, 9);
	talk_end(t);
	assert_int_equal(t->ndhcp, 1);
}

/* Exchanges of one number and several clients, of one client and several numbers. */
static void
kept_apart(void **state)
{
	struct talk *t = *state;
	dhcp(t, REQUEST, 1, 1);
	dhcp(t, REQUEST, 1, 2);
	dhcp(t, REQUEST, 2, 1);
	dhcp(t, NAK, 1, 2);
	assert_int_equal(t->ndhcp, 1);
	assert_int_equal(t->dhcp[0].outcome, NI_DHCP_REFUSED);
	assert_int_equal(t->dhcp[0].last.mac.b[5], 2);
	dhcp(t, ACK, 2, 1);
	assert_int_equal(t->ndhcp, 2);
	assert_int_equal(t->dhcp[1].last.xid, 2);
	talk_end(t);
	assert_int_equal(t->ndhcp, 3);
	assert_int_equal(t->dhcp[2].outcome, NI_DHCP_SILENT);
	assert_int_equal(t->dhcp[2].total, 1);
}

static void
other_ends(void **state)
{
	struct talk *t = *state;
	dhcp(t, RELEASE, 5, 1);
	dhcp(t, DECLINE, 6, 1);
	assert_int_equal(t->ndhcp, 2);
	assert_int_equal(t->dhcp[0].outcome, NI_DHCP_RELEASED);
	assert_int_equal(t->dhcp[1].outcome, NI_DHCP_DECLINED);
	dhcp(t, DISCOVER, 7, 1);
	dhcp(t, DISCOVER, 7, 1);
	dhcp(t, OFFER, 7, 1);
	assert_int_equal(t->ndhcp, 2);
	ni_session_tick(t->s, t->ts_ns + 60 * SECOND);
	assert_int_equal(t->ndhcp, 2);
	ni_session_tick(t->s, t->ts_ns + 80 * SECOND);
	assert_int_equal(t->ndhcp, 3);
	assert_int_equal(t->dhcp[2].outcome, NI_DHCP_OFFERED);
	assert_int_equal(t->dhcp[2].total, 3);
}

/* A lease is renewed with the number of the last time. */
static void
again(void **state)
{
	struct talk *t = *state;
	for (unsigned i = 0; i < 2; i++) {
		dhcp(t, REQUEST, 5, 1);
		dhcp(t, ACK, 5, 1);
	}
	assert_int_equal(t->ndhcp, 2);
	assert_int_equal(t->dhcp[1].frame[0], 3);
	assert_int_equal(t->dhcp[1].total, 2);
}

static void
many_messages(void **state)
{
	struct talk *t = *state;
	for (unsigned i = 0; i < 20; i++)
		dhcp(t, DISCOVER, 5, 1);
	talk_end(t);
	assert_int_equal(t->ndhcp, 1);
	assert_int_equal(t->dhcp[0].total, 20);
	assert_int_equal(t->dhcp[0].frame[NI_DHCP_MESSAGES - 1], NI_DHCP_MESSAGES);
	assert_int_equal(t->dhcp[0].last_frame, 20);
}

static void
flood(void **state)
{
	struct talk *t = *state;
	for (unsigned i = 0; i < 1030; i++)
		dhcp(t, DISCOVER, i, 1);
	struct ni_session_drops drops = ni_session_drops(t->s);
	assert_int_equal(t->ndhcp, 6);
	assert_int_equal(drops.exchanges_evicted, 6);
	assert_int_equal(t->dhcp[0].last.xid, 0);
}

/* ---- NTP ---- */

static void
ntp(struct talk *t, unsigned mode, uint32_t org, uint32_t xmt)
{
	uint8_t p[NTP] = {0};
	p[0] = (uint8_t)(4 << 3 | mode);
	p[1] = mode == 4 ? 2 : 0;
	put32(p + 24, org);
	put32(p + 32, 100);
	put32(p + 40, xmt);
	t->port[0] = 40000;
	t->port[1] = 123;
	talk_datagram(t, mode == 4 || mode == 2, p, sizeof(p));
}

static void
asked_and_answered(void **state)
{
	struct talk *t = *state;
	ntp(t, 3, 0, 11);
	ntp(t, 3, 0, 12);
	ntp(t, 4, 12, 101);
	assert_int_equal(t->nntp, 1);
	const struct ni_ntp_exchange *x = &t->ntp[0];
	assert_int_equal(x->request_frame, 2);
	assert_int_equal(x->response_frame, 3);
	assert_int_equal(x->response.stratum, 2);
	assert_int_equal(x->client_port, 40000);
	assert_int_equal(x->server_port, 123);
	assert_true(x->rtt_ns > 0);
	ntp(t, 4, 12, 101); /* once more */
	ntp(t, 4, 13, 101); /* to nobody */
	assert_int_equal(t->nntp, 1);
	ntp(t, 3, 0, 11);
	talk_end(t);
	assert_int_equal(t->nntp, 2);
	assert_int_equal(t->ntp[1].request_frame, 1);
	assert_int_equal(t->ntp[1].repeats, 1);
	assert_int_equal(t->ntp[1].rtt_ns, -1);
	assert_int_equal(t->ntp[1].response.mode, 0);
}

static void
peers(void **state)
{
	struct talk *t = *state;
	ntp(t, 1, 0, 11);
	ntp(t, 4, 11, 101); /* a server's answer is none of a peer's */
	assert_int_equal(t->nntp, 0);
	ntp(t, 2, 11, 101);
	assert_int_equal(t->nntp, 1);
	ntp(t, 5, 0, 1); /* broadcast */
	ntp(t, 6, 0, 1); /* control */
	talk_end(t);
	assert_int_equal(t->nntp, 1);
}

/* ---- the table ---- */

static uint32_t gone[16], ngone;
static enum ni_gone gone_why;

static void
on_gone(void *ctx, void *item, enum ni_gone why)
{
	(void)ctx;
	gone[ngone++ % 16] = *(uint32_t *)item;
	gone_why = why;
}

static void
waiting(void **state)
{
	struct ni_waiting_opts o = {.seed = 1,
				    .max = 4,
				    .key = sizeof(uint32_t),
				    .item = sizeof(uint32_t),
				    .patience_ns = 10,
				    .gone = on_gone};
	struct ni_waiting *t = ni_waiting_new(&o);
	(void)state;
	assert_non_null(t);
	for (uint32_t i = 0; i < 4; i++)
		*(uint32_t *)ni_waiting_add(t, &i, i) = i;
	uint32_t key = 0;
	uint32_t *first = ni_waiting_find(t, &key);
	assert_non_null(first);
	ni_waiting_touch(t, first, 5);
	key = 7;
	assert_null(ni_waiting_find(t, &key));
	*(uint32_t *)ni_waiting_add(t, &key, 6) = 7;
	assert_int_equal(ngone, 1);
	assert_int_equal(gone[0], 1); /* 0 was touched */
	assert_int_equal(gone_why, NI_GONE_EVICTED);
	key = 2;
	ni_waiting_drop(t, ni_waiting_find(t, &key));
	assert_null(ni_waiting_find(t, &key));
	ni_waiting_tick(t, 14);
	assert_int_equal(ngone, 2);
	assert_int_equal(gone[1], 3);
	assert_int_equal(gone_why, NI_GONE_TIMED_OUT);
	key = 9;
	*(uint32_t *)ni_waiting_add(t, &key, 14) = 9;
	ni_waiting_end(t);
	assert_int_equal(ngone, 5);
	assert_int_equal(gone[2], 0);
	assert_int_equal(gone[3], 7);
	assert_int_equal(gone[4], 9);
	assert_int_equal(gone_why, NI_GONE_ENDED);
	ni_waiting_free(&t);
	assert_null(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(lease, begin, end),
	    cmocka_unit_test_setup_teardown(kept_apart, begin, end),
	    cmocka_unit_test_setup_teardown(other_ends, begin, end),
	    cmocka_unit_test_setup_teardown(again, begin, end),
	    cmocka_unit_test_setup_teardown(many_messages, begin, end),
	    cmocka_unit_test_setup_teardown(flood, begin, end),
	    cmocka_unit_test_setup_teardown(asked_and_answered, begin, end),
	    cmocka_unit_test_setup_teardown(peers, begin, end),
	    cmocka_unit_test(waiting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
