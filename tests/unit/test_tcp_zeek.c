/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conn_state and history against what Zeek's documentation says of them: a connection for each
 * state, one for each letter, and how often a letter comes again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tcp_track.h"

enum { POOL = 4096, SEGS = 12, C = NI_CLIENT, S = NI_SERVER };

static const int64_t SECOND = 1000000000;

/* One segment. */
struct seg {
	unsigned who;
	const char *flags; /* of SFRPA */
	uint32_t seq, len, ack;
	unsigned times; /* sent so often, a second apart; 0: once */
	uint32_t step;  /* ack grows by so much each time */
	bool win0;      /* its window is closed */
	bool bad;       /* its checksum is wrong */
};

struct row {
	const char *state, *history;
	struct seg segs[SEGS];
};

/* clang-format off */
#define HANDSHAKE {C, "S", 100, 0, .ack = 0}, {S, "SA", 500, 0, .ack = 101}, {C, "A", 101, 0, .ack = 501}
#define TALK      {C, "PA", 101, 50, .ack = 501}, {S, "A", 501, 0, .ack = 151}, {S, "PA", 501, 70, .ack = 151}, \
		  {C, "A", 151, 0, .ack = 571}

static const struct row rows[] = {
	/* the states, in the order of Zeek's table */
	{"S0", "S", {{C, "S", 100, 0, .ack = 0}}},
	{"S1", "ShADad", {HANDSHAKE, TALK}},
	{"S1", "Sh", {{C, "S", 100, 0, .ack = 0}, {S, "SA", 500, 0, .ack = 101}}},
	{"SF", "ShADadFf", {HANDSHAKE, {C, "PA", 101, 50, .ack = 501}, {S, "A", 501, 0, .ack = 151},
		{S, "PA", 501, 70, .ack = 151}, {C, "FA", 151, 0, .ack = 571}, {S, "FA", 571, 0, .ack = 152},
		{C, "A", 152, 0, .ack = 572}}},
	{"REJ", "Sr", {{C, "S", 100, 0, .ack = 0}, {S, "RA", 0, 0, .ack = 101}}},
	{"S2", "ShADadF", {HANDSHAKE, TALK, {C, "FA", 151, 0, .ack = 571}, {S, "A", 571, 0, .ack = 152}}},
	{"S3", "ShADadf", {HANDSHAKE, TALK, {S, "FA", 571, 0, .ack = 151}, {C, "A", 151, 0, .ack = 572}}},
	{"RSTO", "ShADadR", {HANDSHAKE, TALK, {C, "RA", 151, 0, .ack = 571}}},
	{"RSTO", "ShR", {{C, "S", 100, 0, .ack = 0}, {S, "SA", 500, 0, .ack = 101}, {C, "R", 101, 0, .ack = 0}}},
	{"RSTR", "ShADadr", {HANDSHAKE, TALK, {S, "RA", 571, 0, .ack = 151}}},
	{"RSTOS0", "SR", {{C, "S", 100, 0, .ack = 0}, {C, "R", 101, 0, .ack = 0}}},
	{"RSTRH", "^hr", {{S, "SA", 500, 0, .ack = 101}, {S, "R", 501, 0, .ack = 0}}},
	{"SH", "SF", {{C, "S", 100, 0, .ack = 0}, {C, "FA", 101, 0, .ack = 501}}},
	{"SHR", "^hf", {{S, "SA", 500, 0, .ack = 101}, {S, "FA", 501, 0, .ack = 101}}},
	{"OTH", "DdA", {{C, "PA", 101, 50, .ack = 501}, {S, "PA", 501, 70, .ack = 151}, {C, "A", 151, 0, .ack = 571}}},

	/* letters that come once a direction, however often it happens */
	{"S1", "ShADa", {HANDSHAKE, {C, "PA", 101, 50, .ack = 501}, {S, "A", 501, 0, .ack = 151},
		{C, "PA", 151, 50, .ack = 501}, {S, "A", 501, 0, .ack = 201}, {C, "A", 201, 0, .ack = 501}}},
	{"RSTR", "ShADadi", {HANDSHAKE, TALK, {S, "FRA", 571, 0, .ack = 151}}},
	{"RSTO", "ShADadI", {HANDSHAKE, TALK, {C, "FRA", 151, 0, .ack = 571}}},
	{"RSTR", "Qr", {{C, "SF", 100, 0, .ack = 0}, {S, "RA", 0, 0, .ack = 102}}},
	{"OTH", "Q", {{C, "SR", 100, 0, .ack = 0}}},

	/* letters that come again with another sequence number */
	{"S0", "S", {{C, "S", 100, 0, .ack = 0, .times = 5}}},
	{"REJ", "Sr", {{C, "S", 100, 0, .ack = 0}, {S, "RA", 0, 0, .ack = 101, .times = 3}}},
	{"S2", "ShADadF", {HANDSHAKE, TALK, {C, "FA", 151, 0, .ack = 571, .times = 4}}},
	{"RSTO", "ShADadR", {HANDSHAKE, TALK, {C, "RA", 151, 0, .ack = 571, .times = 3}}},

	/* letters that come at the 1st, 10th, 100th … time */
	{"S1", "ShADadT", {HANDSHAKE, TALK, {C, "PA", 101, 50, .ack = 571, .times = 9}}},
	{"S1", "ShADadTT", {HANDSHAKE, TALK, {C, "PA", 101, 50, .ack = 571, .times = 10}}},
	{"S1", "ShADadTT", {HANDSHAKE, TALK, {C, "PA", 101, 50, .ack = 571, .times = 99}}},
	{"S1", "ShADadTTT", {HANDSHAKE, TALK, {C, "PA", 101, 50, .ack = 571, .times = 100}}},
	{"S1", "ShADadttt", {HANDSHAKE, TALK, {S, "PA", 501, 70, .ack = 151, .times = 100}}},
	{"S1", "ShADadww", {HANDSHAKE, TALK, {S, "A", 571, 0, .ack = 151, .times = 11, .win0 = true}}},
	{"S1", "ShADadWWW", {HANDSHAKE, TALK, {C, "A", 151, 0, .ack = 571, .times = 120, .win0 = true}}},
	{"S1", "ShADadG", {HANDSHAKE, TALK, {S, "A", 571, 0, .ack = 251, .times = 9, .step = 100}}},
	{"S1", "ShADadGG", {HANDSHAKE, TALK, {S, "A", 571, 0, .ack = 251, .times = 10, .step = 100}}},
	{"S1", "ShADadg", {HANDSHAKE, TALK, {C, "A", 151, 0, .ack = 671}}},

	{"S1", "ShADadCC", {HANDSHAKE, TALK, {C, "A", 151, 0, .ack = 571, .times = 10, .bad = true}}},
	{"S0", "CS", {{C, "S", 100, 0, .ack = 0, .bad = true}}},
	{"S1", "ShADadc", {HANDSHAKE, TALK, {S, "A", 571, 0, .ack = 151, .times = 9, .bad = true}}},

	/* captures that begin in the middle: neither side counts as one that was open */
	{"RSTRH", "DdAr", {{C, "PA", 101, 50, .ack = 501}, {S, "PA", 501, 70, .ack = 151},
		{C, "A", 151, 0, .ack = 571}, {S, "RA", 571, 0, .ack = 151}}},
	{"OTH", "DdAR", {{C, "PA", 101, 50, .ack = 501}, {S, "PA", 501, 70, .ack = 151},
		{C, "A", 151, 0, .ack = 571}, {C, "RA", 151, 0, .ack = 571}}},
	{"SH", "DdAFa", {{C, "PA", 101, 50, .ack = 501}, {S, "PA", 501, 70, .ack = 151},
		{C, "A", 151, 0, .ack = 571}, {C, "FA", 151, 0, .ack = 571}, {S, "A", 571, 0, .ack = 152}}},
	{"SHR", "DdAf", {{C, "PA", 101, 50, .ack = 501}, {S, "PA", 501, 70, .ack = 151},
		{C, "A", 151, 0, .ack = 571}, {S, "FA", 571, 0, .ack = 151}, {C, "A", 151, 0, .ack = 572}}},
	{"SF", "DdAFf", {{C, "PA", 101, 50, .ack = 501}, {S, "PA", 501, 70, .ack = 151},
		{C, "A", 151, 0, .ack = 571}, {C, "FA", 151, 0, .ack = 571}, {S, "FA", 571, 0, .ack = 152}}},
	/* … or with the SYN,ACK: the answer to it opens the connection */
	{"RSTR", "^hADr", {{S, "SA", 500, 0, .ack = 101}, {C, "A", 101, 0, .ack = 501},
		{C, "PA", 101, 50, .ack = 501}, {S, "RA", 501, 0, .ack = 151}}},
	{"RSTO", "^hADR", {{S, "SA", 500, 0, .ack = 101}, {C, "A", 101, 0, .ack = 501},
		{C, "PA", 101, 50, .ack = 501}, {C, "RA", 151, 0, .ack = 501}}},
	{"S3", "^hAf", {{S, "SA", 500, 0, .ack = 101}, {C, "A", 101, 0, .ack = 501},
		{S, "FA", 501, 0, .ack = 101}}},

	/* what differs from Zeek: the kernels ignore this, and so do we */
	{"S1", "ShADad", {HANDSHAKE, TALK, {S, "R", 900000000, 0, .ack = 0}}},

	/* a client that has forgotten the connection and calls again: no forgery, so it counts */
	{"S1", "ShADadS", {HANDSHAKE, TALK, {C, "S", 900000000, 0, .ack = 0},
		{S, "A", 571, 0, .ack = 151}}},
};
/* clang-format on */

static struct ni_tcp_seg segments[POOL];

static uint16_t
flags_of(const char *s)
{
	static const char letters[] = "FSRPA";
	uint16_t flags = 0;
	for (; *s; s++)
		flags |= (uint16_t)(1U << (strchr(letters, *s) - letters));
	return flags;
}

/* The connection's MSS alone: windows are not scaled. */
static void
take(struct ni_tcp *t, const struct ni_tcp_env *env, const struct seg *g, unsigned time,
     uint64_t *frame)
{
	static const uint8_t mss[4] = {2, 4, 5, 0xb4};
	struct ni_tcp_out out;
	bool syn = strchr(g->flags, 'S') != NULL;
	struct ni_tcp_in in = {
	    .frame = ++*frame,
	    .ts_ns = (int64_t)*frame * SECOND,
	    .seq = g->seq,
	    .ack = g->ack + time * g->step,
	    .len = g->len,
	    .ip_len = 40 + g->len,
	    .win = g->win0 ? 0 : 60000,
	    .flags = flags_of(g->flags),
	    .dir = (uint8_t)g->who,
	    .bad_sum = g->bad,
	    .ip_id = (uint16_t)*frame,
	    .optlen = syn ? 4 : 0,
	    .opts = mss,
	};
	if (*frame == 1) {
		t->c.port[0] = 40000;
		t->c.port[1] = 80;
		ni_tcp_init(t, &in, NULL);
	}
	ni_tcp_track(t, &in, &out, env);
}

static void
every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct ni_tcp_pool pool;
		struct ni_tcp_env env = {.pool = &pool};
		struct ni_tcp *t = calloc(1, sizeof(*t));
		uint64_t frame = 0;
		assert_non_null(t);
		ni_tcp_pool_init(&pool, segments, POOL);
		for (unsigned k = 0; k < SEGS && r->segs[k].flags; k++)
			for (unsigned n = 0; n == 0 || n < r->segs[k].times; n++)
				take(t, &env, &r->segs[k], n, &frame);
		if (strcmp(t->c.history, r->history) != 0 ||
		    strcmp(ni_conn_zeek_state(&t->c), r->state) != 0)
			fail_msg("row %zu: wanted %s %s, got %s %s", i, r->state, r->history,
				 ni_conn_zeek_state(&t->c), t->c.history);
		ni_tcp_finish(t, NI_TCP_END_CAPTURE, &env);
		free(t);
	}
}

/* All of Zeek's states are in the table above. */
static void
every_state(void **state)
{
	static const char *const all[] = {"S0",   "S1",     "SF",    "REJ", "S2",  "S3", "RSTO",
					  "RSTR", "RSTOS0", "RSTRH", "SH",  "SHR", "OTH"};
	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		bool found = false;
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
			found |= !strcmp(rows[k].state, all[i]);
		assert_true(found);
	}
}

/* More letters than fit are left away; what is there stays a text. */
static void
full(void **state)
{
	struct ni_tcp_pool pool;
	struct ni_tcp_env env = {.pool = &pool};
	struct ni_tcp *t = calloc(1, sizeof(*t));
	uint64_t frame = 0;
	static const struct seg start[] = {HANDSHAKE};
	(void)state;
	assert_non_null(t);
	ni_tcp_pool_init(&pool, segments, POOL);
	for (unsigned i = 0; i < 3; i++)
		take(t, &env, &start[i], 0, &frame);
	for (uint32_t i = 0; i < 200; i++) {
		struct seg fin = {.who = C, .flags = "FA", .seq = 101 + i, .ack = 501};
		take(t, &env, &fin, 0, &frame);
	}
	assert_true(strlen(t->c.history) < NI_HISTORY_MAX);
	assert_memory_equal(t->c.history, "ShAF", 4);
	free(t);
}

/* Of datagrams: who sent any. */
static void
datagrams(void **state)
{
	struct ni_conn c = {.ipproto = 17};
	(void)state;
	assert_string_equal(ni_conn_zeek_state(&c), "OTH");
	c.packets[NI_CLIENT] = 2;
	assert_string_equal(ni_conn_zeek_state(&c), "S0");
	c.packets[NI_SERVER] = 1;
	assert_string_equal(ni_conn_zeek_state(&c), "SF");
	c.packets[NI_CLIENT] = 0;
	assert_string_equal(ni_conn_zeek_state(&c), "SHR");
	c.ipproto = 1;
	assert_string_equal(ni_conn_zeek_state(&c), "OTH");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_row),
	    cmocka_unit_test(every_state),
	    cmocka_unit_test(full),
	    cmocka_unit_test(datagrams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
