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
	    cmocka_unit_test(test_finals),      cmocka_unit_test(test_events_of_shown_only),
	    cmocka_unit_test(test_no_events),
	};
	reg = ni_registry_new();
	int failed = cmocka_run_group_tests_name("filter", tests, NULL, NULL);
	ni_registry_free(&reg);
	return failed;
}
