/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Display filters: where errors point, what is completed, what patterns catch, which frames and
 * events of a session pass. The language itself is compared with tshark in tests/filter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netinspect/filter.h"
#include "netinspect/proto.h"
#include "regex.h"
#include "talk.h"

static struct ni_registry *reg;
static struct talk t;

static struct ni_filter *
compile(const char *text)
{
	struct ni_filter_error err;
	struct ni_filter *f = ni_filter_compile(reg, text, &err);
	if (!f)
		fail_msg("%s: %s", text, err.what);
	return f;
}

static void
test_places(void **state)
{
	static const struct {
		const char *text;
		size_t at, len;
	} wrong[] = {
	    {"tcp.flags.sin == 1", 0, 13},  {"tcp.port == 99999", 12, 5}, {"tcp and", 7, 1},
	    {"http.host ~ \"a(b\"", 16, 1}, {"ip.addr#0", 7, 1},          {"frame[1:x] == 0", 6, 3},
	    {"tcp.port in {1, zz}", 16, 2}, {"foo(tcp) == 1", 0, 3},      {"tcp == \"abc", 7, 4},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct ni_filter_error err;
		assert_null(ni_filter_compile(reg, wrong[i].text, &err));
		assert_true(err.what[0] != '\0');
		assert_int_equal(err.at, wrong[i].at);
		assert_int_equal(err.len, wrong[i].len);
	}
}

/* @n times @open, then @inside, then @n times @close. */
static char *
nest(size_t n, char open, const char *inside, char close)
{
	size_t k = strlen(inside);
	char *s = malloc(2 * n + k + 1);
	assert_non_null(s);
	memset(s, open, n);
	memcpy(s + n, inside, k);
	memset(s + n + k, close, n);
	s[2 * n + k] = '\0';
	return s;
}

static void
test_depth(void **state)
{
	(void)state;
	static const struct {
		size_t n;
		const char *inside;
		char open, close;
		bool ok;
	} cases[] = {
	    {150, "tcp", '(', ')', true},
	    {3000, "tcp", '(', ')', false},
	    {3000, "tcp", '!', ' ', true},
	    {3000, "tcp.port == 1", '{', '}', false},
	    {3000, "tcp.port == 1", '-', ' ', false},
	    {9000, "tcp", ' ', ' ', false}, /* too long */
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ni_filter_error err;
		char *s = nest(cases[i].n, cases[i].open, cases[i].inside, cases[i].close);
		struct ni_filter *f = ni_filter_compile(reg, s, &err);
		assert_int_equal(f != NULL, cases[i].ok);
		ni_filter_free(&f);
		free(s);
	}
}

static void
test_regex_limit(void **state)
{
	(void)state;
	char what[128];
	size_t at;
	char subject[64];
	size_t from;
	size_t to;
	memset(subject, 'a', sizeof(subject));
	struct ni_re *re = ni_re_new("(x+x+)+y|(a+a+)+$b", 18, what, sizeof(what), &at);
	assert_non_null(re);
	assert_int_equal(ni_re_match(re, (const uint8_t *)subject, sizeof(subject)), -1);
	assert_int_equal(ni_re_match(re, (const uint8_t *)"XXY", 3), 1);
	assert_true(ni_re_group(re, 1, &from, &to));
	assert_int_equal(to - from, 2);
	assert_int_equal(ni_re_match(re, NULL, 0), 0);
	ni_re_free(&re);
	assert_null(ni_re_new("a(b", 3, what, sizeof(what), &at));
	assert_int_equal(at, 3);
}

static void
test_completion(void **state)
{
	(void)state;
	const char *keys[3];
	size_t start = 0;
	const char *text = "ip and tcp.flags.s";
	size_t n = ni_filter_complete(reg, text, strlen(text), &start, keys, 3);
	assert_int_equal(start, 7);
	assert_true(n >= 2);
	assert_string_equal(keys[0], "tcp.flags.str");
	assert_string_equal(keys[1], "tcp.flags.syn");
	assert_int_equal(ni_filter_complete(reg, "tcp.portx", 8, &start, keys, 3), 1);
	assert_string_equal(keys[0], "tcp.port");
	assert_int_equal(ni_filter_complete(reg, "http ~ \"tcp.f", 13, &start, keys, 3), 0);
	assert_int_equal(ni_filter_complete(reg, "nothing.", 8, &start, keys, 3), 0);
	n = ni_filter_complete(reg, "", 0, &start, keys, 3);
	assert_true(n > 3);
	assert_true(strcmp(keys[0], keys[1]) < 0 && strcmp(keys[1], keys[2]) < 0);
}

static void
test_finals(void **state)
{
	static const struct {
		const char *text;
		bool pattern, finals;
	} cases[] = {
	    {"conn.close == \"reset\"", false, true},
	    {"tcp.completeness == 31", false, true},
	    {"tcp.port == 80", false, false},
	    {"http.host ~ \"x\"", true, false},
	    {"tcp and http.host ~ \"x\"", false, false},
	    {"", false, false},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ni_filter *f = compile(cases[i].text);
		assert_int_equal(ni_filter_is_pattern(f), cases[i].pattern);
		assert_int_equal(ni_filter_needs_finals(f), cases[i].finals);
		ni_filter_free(&f);
	}
}

/* What a filter has to know beside the frame decides what a session may leave out. */
static void
test_needs(void **state)
{
	static const struct {
		const char *text;
		unsigned needs;
	} cases[] = {
	    {"", 0},
	    {"tcp.flags.reset == 1", 0},
	    {"ip.addr == 10.0.0.0/8 and frame.len > 60", 0},
	    {"udp or tcp", 0},
	    {"tcp[13] & 2", 0},
	    {"tcp.seq == 1", NI_NEED_PAST},
	    {"tcp.stream == 3", NI_NEED_PAST},
	    {"tcp.port == 80 and http", NI_NEED_ALL},
	    {"dns.qry.name == \"a\"", NI_NEED_ALL},
	    {"data", NI_NEED_ALL},
	    {"conn.close == \"reset\"", NI_NEED_ALL},
	    {"tcp.analysis.retransmission", NI_NEED_PAST},
	    {"frame.protocols contains \"http\"", NI_NEED_ALL},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ni_filter *f = compile(cases[i].text);
		if (ni_filter_needs(f) != cases[i].needs)
			fail_msg("%s: needs %u", cases[i].text, ni_filter_needs(f));
		ni_filter_free(&f);
	}
}

/* Both ways to compare (at once, and with values that are kept) say the same of repeated fields. */
static void
test_plain(void **state)
{
	static const char *const same[][2] = {
	    {"tcp.srcport == 40000", "40000 == tcp.srcport"},
	    {"tcp.srcport != 40000", "40000 != tcp.srcport"},
	    {"tcp.srcport ~= 40000", "40000 ~= tcp.srcport"},
	    {"tcp.srcport < 40000", "40000 > tcp.srcport"},
	    {"all tcp.srcport >= 40000", "not any tcp.srcport < 40000"},
	    {"udp.srcport == 1", "1 == udp.srcport"},
	    {"udp.srcport != 1", "1 != udp.srcport"},
	    {"tcp.flags.syn == True", "1 == tcp.flags.syn"},
	};
	(void)state;
	struct ni_filter *f[2];
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		assert_true(talk_begin(&t, NULL));
		talk_handshake(&t, 40000, 7788);
		struct ni_frame frame = {.data = (const uint8_t *)"", .number = ++t.number};
		for (unsigned k = 0; k < 2; k++)
			f[k] = compile(same[i][k]);
		for (unsigned n = 0; n < 3; n++) {
			uint8_t bytes[54] = {[12] = 8,
					     [14] = 0x45,
					     [17] = 40,
					     [23] = 6,
					     [34] = n ? 0x9c : 0x1e,
					     [35] = 0x40,
					     [46] = 0x50,
					     [47] = n > 1 ? 2 : 16};
			frame.data = bytes;
			frame.cap = frame.len = sizeof(bytes);
			frame.linktype = 1;
			const struct ni_dis *d = ni_session_frame(t.s, &frame);
			if (ni_filter_match(f[0], d) != ni_filter_match(f[1], d))
				fail_msg("%s: frame %u", same[i][0], n);
		}
		for (unsigned k = 0; k < 2; k++)
			ni_filter_free(&f[k]);
		talk_end(&t);
	}
}

/* ---- in a session ---- */

static void
begin(const char *text)
{
	struct ni_filter_error err;
	assert_true(talk_begin(&t, NULL));
	struct ni_filter *f = ni_filter_compile(ni_session_registry(t.s), text, &err);
	assert_non_null(f);
	assert_int_equal(ni_session_set_filter(t.s, f, NULL), 0);
}

static void
two_connections(void)
{
	for (uint16_t port = 40000; port < 40002; port++) {
		talk_handshake(&t, port, 7788);
		talk_close(&t, 0);
	}
	talk_end(&t);
}

static void
test_events_of_shown_only(void **state)
{
	(void)state;
	begin("tcp.port == 40001 and tcp.flags.fin == 1");
	two_connections();
	assert_int_equal(t.nnew, 1);
	assert_int_equal(t.nended, 1);
	assert_int_equal(t.ended[0].port[0], 40001);
	assert_true(t.nstates > 0);
}

static void
test_no_events(void **state)
{
	(void)state;
	begin("udp");
	two_connections();
	assert_int_equal(t.nnew, 0);
	assert_int_equal(t.nended, 0);
	assert_int_equal(t.nstates, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_places),      cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_regex_limit), cmocka_unit_test(test_completion),
	    cmocka_unit_test(test_finals),      cmocka_unit_test(test_needs),
	    cmocka_unit_test(test_plain),       cmocka_unit_test(test_events_of_shown_only),
	    cmocka_unit_test(test_no_events),
	};
	reg = ni_registry_new();
	int failed = cmocka_run_group_tests_name("filter", tests, NULL, NULL);
	ni_registry_free(&reg);
	return failed;
}
