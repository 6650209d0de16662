/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TCP tracker: scripts of segments with the states of both ends after each, all the rows of the
 * table that two Linux kernels were asked for and what no kernel can be brought to do.
 *
 * A line of a script is  [+MS] WHO FLAGS SEQ[+LEN] [ACK] [KEY=VALUE]... CLIENT/SERVER
 * [!MARK|!~MARK]... +MS    milliseconds since the line before, 10 if left out WHO    c or s: the
 * client or the server of the first connection FLAGS  of SFRPAUECN (N: AE); 0 for none. ACK is
 * there if A is KEY    ts=VAL,ECR  timestamps    win=N  window, 1000 if left out    sack=L,R opt=no
 * no options    id=N  IP identification, counting if left out. SYNs carry an MSS, so that windows
 * are not scaled. A line `= OPEN CLOSE FIRST TIME_WAIT STATE HISTORY` expects that of the next
 * connection, in their order; - stands for nobody or nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tcp_track.h"

enum { NSEGS = 4096, NCONNS = 4, TEXT = 4096 };

static struct ni_tcp_seg segs[NSEGS];
static unsigned opens_seen, closes_seen, marks_seen;

/* clang-format off */
#define HS   "c S 100 SS/SR; s SA 500 101 E/SR; c A 101 501 E/E;"
#define DATA "c PA 101+58 501 E/E; s A 501 159 E/E; s PA 501+279 159 E/E; c A 159 780 E/E;"
#define OPEN HS DATA
#define BYE  "c FA 159 780 F1/CW; s A 780 160 F2/CW; s FA 780 160 TW/LA; c A 160 781 TW/C;"
#define SF   "= 3-way 4-way client client SF ShADadFf"
/* clang-format on */

static const struct {
	const char *name, *text;
} scripts[] = {
#include "tcp_scripts.def"
};

struct run {
	struct ni_tcp tcp[NCONNS];
	unsigned n;     /* connections begun */
	unsigned shown; /* … and compared */
	struct ni_tcp_pool pool;
	struct ni_tcp_env env;
	uint8_t state[2]; /* as the events tell it */
	int64_t now;
	uint64_t frame;
	const char *name;
	char line[256];
};

static const char *const brief[] = {"C", "L", "SS", "SR", "E", "F1", "F2", "CW", "CG", "LA", "TW"};

static void
see_change(void *ctx, enum ni_side side, enum ni_tcp_state from, enum ni_tcp_state to, unsigned why)
{
	struct run *r = ctx;
	(void)from;
	assert_true(to < NI_TCP_NSTATES);
	assert_string_not_equal(ni_tcp_why_text(why), "?");
	assert_non_null(ni_tcp_why_ref(why));
	(void)ni_tcp_why_inferred(why);
	r->state[side] = (uint8_t)to;
}

static unsigned
state_by_name(const char *s, size_t n)
{
	for (unsigned i = 0; i < NI_TCP_NSTATES; i++)
		if (strlen(brief[i]) == n && !strncmp(brief[i], s, n))
			return i;
	fail_msg("no state %s", s);
	return 0;
}

static void
put32(uint8_t *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

static void
put16(uint8_t *p, unsigned long v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* Write the option that a token asks for; returns how many bytes there are now. */
static uint8_t
add_option(uint8_t *o, uint8_t n, const char *token)
{
	static const uint8_t ts[4] = {1, 1, 8, 10};
	static const uint8_t sack[4] = {1, 1, 5, 10};
	static const uint8_t sack_ok[4] = {4, 2, 1, 1};
	char *comma;

	if (!strcmp(token, "sack=ok")) {
		memcpy(o + n, sack_ok, sizeof(sack_ok));
		return (uint8_t)(n + 4);
	}
	memcpy(o + n, *token == 't' ? ts : sack, sizeof(ts));
	put32(o + n + 4, (uint32_t)strtoul(strchr(token, '=') + 1, &comma, 10));
	put32(o + n + 8, (uint32_t)strtoul(comma + 1, NULL, 10));
	return (uint8_t)(n + 12);
}

static void
begin(struct run *r, struct ni_tcp_in *in)
{
	assert_true(r->n < NCONNS);
	struct ni_tcp *t = &r->tcp[r->n];
	memset(t, 0, sizeof(*t));
	t->c.port[0] = 40000;
	t->c.port[1] = 80;
	ni_tcp_init(t, in, r->n ? t - 1 : NULL);
	memcpy(r->state, t->c.state, 2);
	r->n++;
}

static void
check_marks(const struct run *r, const struct ni_tcp_out *out, char **save)
{
	for (char *m = strtok_r(NULL, " ", save); m; m = strtok_r(NULL, " ", save)) {
		unsigned i = 0;
		unsigned not = m[1] == '~';
		while (i < NI_NMARKS && strcmp(m + 1 + not, ni_mark_name(i)) != 0)
			i++;
		if (i == NI_NMARKS || (out->marks >> i & 1) == not )
			fail_msg("%s: %s: not %s: %x", r->name, r->line, m, out->marks);
	}
}

static void
check_states(const struct run *r, const struct ni_tcp_out *out, const char *want)
{
	const char *slash = strchr(want, '/');
	assert_non_null(slash);
	unsigned a = state_by_name(want, (size_t)(slash - want));
	unsigned b = state_by_name(slash + 1, strlen(slash + 1));
	if (a == NI_TCP_LISTEN && out->state[0] == NI_TCP_CLOSED)
		a = NI_TCP_CLOSED;
	if (b <= NI_TCP_LISTEN && out->state[1] <= NI_TCP_LISTEN)
		b = out->state[1];
	if (out->state[0] != a || out->state[1] != b)
		fail_msg("%s: %s: got %s/%s", r->name, r->line, brief[out->state[0]],
			 brief[out->state[1]]);
	assert_memory_equal(out->state, r->state, 2);
}

static const char *
dash(const char *s)
{
	return *s ? s : "-";
}

static void
expect_conn(struct run *r)
{
	char got[256];
	assert_true(r->shown < r->n);
	struct ni_tcp *t = &r->tcp[r->shown];
	bool last = ++r->shown == r->n;
	ni_tcp_finish(t, last ? NI_TCP_END_CAPTURE : NI_TCP_END_REPLACED, &r->env);
	snprintf(got, sizeof(got), "= %s %s %s %s %s %s", ni_conn_open_name(t->c.open),
		 ni_conn_close_name(t->c.close), dash(ni_side_name(t->c.closed_first)),
		 dash(ni_side_name(t->c.time_wait)), ni_conn_zeek_state(&t->c), dash(t->c.history));
	if (strcmp(got, r->line) != 0)
		fail_msg("%s: wanted %s\n got %s", r->name, r->line, got);
	opens_seen |= 1u << t->c.open;
	closes_seen |= 1u << t->c.close;
	for (unsigned i = 0; i < NI_NMARKS; i++)
		marks_seen |= t->c.marks[i] ? 1u << i : 0;
}

static uint16_t
flag_of(char c)
{
	static const char letters[] = "FSRPAUECN"; /* as in enum NI_TH_* */
	const char *at = strchr(letters, c);
	return at ? (uint16_t)(1U << (at - letters)) : 0;
}

static void
play_line(struct run *r, const char *line)
{
	uint8_t opts[40] = {2, 4, 5, 180};
	struct ni_tcp_in in = {.win = 1000, .opts = opts};
	struct ni_tcp_out out;
	char text[256];
	char *save = NULL;
	unsigned long ms = 10;

	snprintf(r->line, sizeof(r->line), "%s", line);
	if (*line == '=') {
		expect_conn(r);
		return;
	}
	snprintf(text, sizeof(text), "%s", line);
	char *tok = strtok_r(text, " ", &save);
	if (*tok == '+') {
		ms = strtoul(tok, NULL, 10);
		tok = strtok_r(NULL, " ", &save);
	}
	in.dir = *tok == 's';
	for (char *f = strtok_r(NULL, " ", &save); *f; f++)
		in.flags |= flag_of(*f);
	char *plus;
	in.seq = (uint32_t)strtoul(strtok_r(NULL, " ", &save), &plus, 10);
	in.len = *plus ? (uint32_t)strtoul(plus, NULL, 10) : 0;
	if (in.flags & NI_TH_ACK)
		in.ack = (uint32_t)strtoul(strtok_r(NULL, " ", &save), NULL, 10);
	in.optlen = in.flags & NI_TH_SYN ? 4 : 0;
	in.ip_id = (uint16_t)(ms ? r->frame + 1 : r->frame);
	for (tok = strtok_r(NULL, " ", &save); strchr(tok, '='); tok = strtok_r(NULL, " ", &save)) {
		if (!strncmp(tok, "win=", 4))
			in.win = (uint16_t)strtoul(tok + 4, NULL, 10);
		else if (!strncmp(tok, "id=", 3))
			in.ip_id = (uint16_t)strtoul(tok + 3, NULL, 10);
		else if (!strncmp(tok, "mss=", 4))
			put16(opts + 2, strtoul(tok + 4, NULL, 10));
		else
			in.optlen = strcmp(tok, "opt=no") ? add_option(opts, in.optlen, tok) : 0;
	}
	in.ts_ns = r->now += (int64_t)ms * 1000000;
	in.frame = ++r->frame;
	in.ip_len = in.len + 40;
	if (!r->n)
		begin(r, &in);
	if (ni_tcp_track(&r->tcp[r->n - 1], &in, &out, &r->env) == NI_TRACK_NEW) {
		begin(r, &in);
		assert_int_equal(ni_tcp_track(&r->tcp[r->n - 1], &in, &out, &r->env), NI_TRACK_OK);
	}
	check_states(r, &out, tok);
	check_marks(r, &out, &save);
}

static void
play(const char *name, const char *text, bool thorough, struct run *r)
{
	char copy[TEXT];
	char *save = NULL;
	memset(r, 0, sizeof(*r));
	r->name = name;
	r->now = 1000000000;
	ni_tcp_pool_init(&r->pool, segs, NSEGS);
	r->env = (struct ni_tcp_env){
	    .pool = &r->pool, .emit = see_change, .ctx = r, .thorough = thorough};
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *l = strtok_r(copy, ";", &save); l; l = strtok_r(NULL, ";", &save)) {
		while (*l == ' ')
			l++;
		if (*l)
			play_line(r, l);
	}
	assert_int_equal(r->shown, r->n);
	assert_int_equal(r->pool.used, 0);
	assert_int_equal(r->pool.missed, 0);
}

static void
test_scripts(void **state)
{
	static struct run r;
	(void)state;
	for (unsigned i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		play(scripts[i].name, scripts[i].text, true, &r);
		play(scripts[i].name, scripts[i].text, false, &r);
	}
}

/* The segments a person would write on a blackboard, and how long it took. */
static void
test_steps(void **state)
{
	static struct run r;
	(void)state;
	play("steps", OPEN BYE SF, false, &r);
	const struct ni_conn *c = &r.tcp[0].c;
	static const uint64_t closing[NI_CLOSE_STEPS] = {8, 9, 10, 11};
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(c->opening[i].frame, i + 1);
	assert_int_equal(c->opening[3].frame, 0);
	assert_int_equal(c->opening[1].seq, 500);
	assert_int_equal(c->opening[1].ack, 101);
	assert_int_equal(c->opening[1].flags, NI_TH_SYN | NI_TH_ACK);
	assert_int_equal(c->opening[2].side, NI_CLIENT);
	for (unsigned i = 0; i < NI_CLOSE_STEPS; i++)
		assert_int_equal(c->closing[i].frame, closing[i]);
	assert_int_equal(c->initial_rtt_ns, 20000000);
	assert_int_equal(c->data_bytes[NI_CLIENT], 58);
	assert_int_equal(c->data_bytes[NI_SERVER], 279);
	assert_int_equal(c->packets[NI_CLIENT], 6);
	assert_int_equal(c->ip_bytes[NI_SERVER], 5 * 40 + 279);
	assert_int_equal(c->mss[NI_SERVER], 1460);
	assert_int_equal(c->wscale[NI_CLIENT], NI_WSCALE_OFF);
	assert_true(c->flags & NI_CONN_ENDED);

	play("reset",
	     OPEN "c FA 159 780 F1/CW; s A 780 160 F2/CW; c RA 160 780 C/C;"
		  "= 3-way reset client - RSTO ShADadFR",
	     false, &r);
	assert_int_equal(c->closing[2].flags, NI_TH_RST | NI_TH_ACK);
	assert_int_equal(c->reset_by, NI_CLIENT);
	assert_int_equal(c->reset_state, NI_TCP_FIN_WAIT_2);
	assert_true(c->flags & NI_CONN_RST_AFTER_FIN);

	play("repeats",
	     "c S 100 SS/SR; +900 c S 100 SS/SR; s SA 500 101 E/SR; +900 s SA 500 101 E/SR;"
	     "c A 101 501 E/E; c FA 101 501 F1/CW; +300 c FA 101 501 F1/CW;"
	     "= 3-way half-closed client - S2 ShAF",
	     false, &r);
	assert_int_equal(c->syn_repeats, 1);
	assert_int_equal(c->synack_repeats, 1);
	assert_int_equal(c->fin_repeats, 1);
	assert_int_equal(c->opening[0].frame, 1);
}

/* What the SYNs say beside their numbers. */
static void
test_options(void **state)
{
	static const struct {
		const char *syn, *synack;
		unsigned ecn;
	} cases[] = {
	    {"S", "SA", NI_ECN_NO},
	    {"SEC", "SA", NI_ECN_OFFERED},
	    {"SEC", "SAE", NI_ECN_CLASSIC},
	    {"SEC", "SAEC", NI_ECN_OFFERED},
	    {"SECN", "SA", NI_ECN_OFFERED},
	    {"SECN", "SAE", NI_ECN_CLASSIC},
	    {"SECN", "SAC", NI_ECN_ACCURATE},
	    {"SECN", "SAEC", NI_ECN_ACCURATE},
	    {"SECN", "SAN", NI_ECN_ACCURATE},
	    {"SECN", "SAEN", NI_ECN_CLASSIC},
	    {"SECN", "SACN", NI_ECN_ACCURATE},
	    {"SECN", "SAECN", NI_ECN_OFFERED},
	};
	static struct run r;
	char text[256];
	const struct ni_conn *c = &r.tcp[0].c;
	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(
		    text, sizeof(text),
		    "c %s 100 SS/SR; s %s 500 101 E/SR; c A 101 501 E/E; = 3-way open - - S1 ShA",
		    cases[i].syn, cases[i].synack);
		play(text, text, false, &r);
		assert_int_equal(c->ecn, cases[i].ecn);
	}
	assert_string_equal(ni_conn_ecn_name(NI_ECN_ACCURATE), "accecn");
	assert_string_equal(ni_conn_ecn_name(NI_ECN_NKINDS), "?");
	play("offered in vain, then left out",
	     "c SECN 100 SS/SR; +1000 c S 100 SS/SR; s SA 500 101 E/SR; = half-open none - - S1 Sh",
	     false, &r);
	assert_int_equal(c->ecn, NI_ECN_NO);
	play("mid-stream", "s SA 500 101 E/SR; = half-open none - - OTH ^h", false, &r);
	assert_int_equal(c->ecn, NI_ECN_UNKNOWN);

	play("clamped",
	     "c S 100 SS/SR; +0 c S 100 mss=1204 SS/SR; s SA 500 101 E/SR; c A 101 501 E/E;"
	     "s PA 501+1000 101 E/E; s PA 1501+20 101 E/E; = 3-way open - - S1 ShAd",
	     false, &r);
	assert_int_equal(c->mss[NI_CLIENT], 1204);
	assert_int_equal(c->mss[NI_SERVER], 1460);
	assert_int_equal(c->largest[NI_SERVER], 1000);
	assert_int_equal(c->largest[NI_CLIENT], 0);
	assert_true(c->flags & NI_CONN_MSS_CHANGED);
}

/* How far a window is known depends on which SYNs were captured (RFC 7323 2). */
static void
test_scale(void **state)
{
	static const uint8_t opts[] = {2, 4, 5, 180, 3, 3, 7, 1};
	struct ni_tcp_in in = {
	    .frame = 1, .win = 500, .seq = 100, .flags = NI_TH_SYN, .opts = opts};
	struct ni_tcp_env env = {0};
	struct ni_tcp_out out;
	static struct ni_tcp t;
	(void)state;
	for (unsigned both = 0; both < 2; both++) {
		in.flags = NI_TH_SYN;
		in.dir = NI_CLIENT;
		in.optlen = sizeof(opts);
		in.seq = 100;
		ni_tcp_init(&t, &in, NULL);
		ni_tcp_track(&t, &in, &out, &env);
		assert_int_equal(out.window, 500);
		assert_int_equal(out.window_scale, 0);
		in = (struct ni_tcp_in){
		    .frame = 2, .win = 500, .seq = 500, .ack = 101, .opts = opts};
		in.flags = NI_TH_SYN | NI_TH_ACK;
		in.dir = NI_SERVER;
		in.optlen = both ? sizeof(opts) : 4;
		ni_tcp_track(&t, &in, &out, &env);
		in = (struct ni_tcp_in){.frame = 3, .win = 500, .seq = 101, .ack = 501};
		in.flags = NI_TH_ACK;
		ni_tcp_track(&t, &in, &out, &env);
		assert_int_equal(out.window, both ? 500 << 7 : 500);
		assert_int_equal(out.window_scale, both ? 1 << 7 : -2);
		in.opts = opts;
	}
	in.flags = NI_TH_ACK | NI_TH_PSH;
	ni_tcp_init(&t, &in, NULL);
	ni_tcp_track(&t, &in, &out, &env);
	assert_int_equal(out.window, 500);
	assert_int_equal(out.window_scale, -1);
}

/* Given up by the tracker's owner. */
static void
test_settle(void **state)
{
	static const struct {
		enum ni_tcp_end why;
		unsigned close, flag;
	} ends[] = {{NI_TCP_END_IDLE, NI_CLOSE_TIMEOUT, 0},
		    {NI_TCP_END_EVICTED, NI_CLOSE_TIMEOUT, NI_CONN_EVICTED},
		    {NI_TCP_END_REPLACED, NI_CLOSE_TIMEOUT, NI_CONN_REPLACED},
		    {NI_TCP_END_CAPTURE, NI_CLOSE_OPEN, 0}};
	static struct run r;
	(void)state;
	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		play("settle", HS "= 3-way open - - S1 ShA", false, &r);
		r.tcp[0].c.close = NI_CLOSE_OPEN;
		r.tcp[0].c.flags = 0;
		ni_tcp_settle(&r.tcp[0], ends[i].why);
		assert_int_equal(r.tcp[0].c.close, ends[i].close);
		assert_int_equal(r.tcp[0].c.flags, ends[i].flag);
		assert_true(ni_tcp_idle_limit(&r.tcp[0]) > (int64_t)7200 * 1000000000);
	}
	play("no answer", "c S 100 SS/SR; = no-answer none - - S0 S", false, &r);
	assert_int_equal(ni_tcp_idle_limit(&r.tcp[0]), (int64_t)130 * 1000000000);
	play("closed", OPEN BYE SF, false, &r);
	assert_int_equal(ni_tcp_idle_limit(&r.tcp[0]), (int64_t)120 * 1000000000);
}

static void
test_originator(void **state)
{
	bool guessed;
	(void)state;
	assert_int_equal(ni_tcp_guess_originator(NI_TH_SYN, 80, 40000, &guessed), NI_CLIENT);
	assert_false(guessed);
	assert_int_equal(ni_tcp_guess_originator(NI_TH_SYN | NI_TH_ACK, 40000, 80, &guessed),
			 NI_SERVER);
	assert_false(guessed);
	assert_int_equal(ni_tcp_guess_originator(NI_TH_ACK, 80, 40000, &guessed), NI_SERVER);
	assert_true(guessed);
	assert_int_equal(ni_tcp_guess_originator(NI_TH_ACK, 40000, 80, &guessed), NI_CLIENT);
}

static void
test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NI_TCP_NSTATES; i++)
		assert_string_not_equal(ni_tcp_state_name(i), "?");
	assert_string_equal(ni_tcp_state_name(NI_TCP_SYN_RECEIVED), "SYN_RECEIVED");
	assert_string_equal(ni_tcp_state_name(NI_TCP_NSTATES), "?");
	assert_string_equal(ni_conn_open_name(NI_OPEN_NKINDS), "?");
	assert_string_equal(ni_conn_close_name(NI_CLOSE_NKINDS), "?");
	assert_string_equal(ni_side_name(NI_BOTH), "both");
	assert_string_equal(ni_side_name(7), "?");
	assert_string_equal(ni_mark_name(NI_MARK_SEQ_WRAP), "seq_wrap");
	assert_string_equal(ni_mark_name(NI_NMARKS), "?");
	assert_string_equal(ni_tcp_why_text(9999), "?");
	assert_string_equal(ni_tcp_why_ref(9999), "");
	assert_false(ni_tcp_why_inferred(9999));
}

/* Every word and every mark came up in some script. */
static void
test_every_word(void **state)
{
	(void)state;
	for (unsigned i = NI_OPEN_NONE + 1; i < NI_OPEN_NKINDS; i++)
		if (!(opens_seen >> i & 1))
			fail_msg("no script opens %s", ni_conn_open_name(i));
	for (unsigned i = 0; i < NI_CLOSE_NKINDS; i++)
		if (!(closes_seen >> i & 1))
			fail_msg("no script closes %s", ni_conn_close_name(i));
	for (unsigned i = 0; i < NI_NMARKS; i++)
		if (!(marks_seen >> i & 1))
			fail_msg("no script has %s", ni_mark_name(i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_scripts), cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_scale),   cmocka_unit_test(test_options),
	    cmocka_unit_test(test_settle),  cmocka_unit_test(test_originator),
	    cmocka_unit_test(test_names),   cmocka_unit_test(test_every_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
