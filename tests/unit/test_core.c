/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ground floor: spans and cursors, the text builder, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netinspect/buf.h"
#include "netinspect/err.h"
#include "netinspect/span.h"

#define U(s) ((const uint8_t *)(s))

/* A builder over its own memory, so that a test is one line. */
static char memory[256];
static struct ni_buf b;

static int
fresh(void **state)
{
	(void)state;
	memset(memory, '#', sizeof(memory));
	b = ni_buf(memory, sizeof(memory));
	return 0;
}

static void
expect(const char *text)
{
	assert_string_equal(ni_buf_z(&b), text);
	assert_false(b.cut);
	b.len = 0;
}

/* ---- spans ---- */

static void
need_tells_cut_from_lie(void **state)
{
	static const uint8_t bytes[10];
	struct ni_span s = {bytes, 4, 8};
	(void)state;
	assert_int_equal(ni_need(s, 0), NI_OK);
	assert_int_equal(ni_need(s, 4), NI_OK);
	assert_int_equal(ni_need(s, 5), NI_TRUNCATED);
	assert_int_equal(ni_need(s, 8), NI_TRUNCATED);
	assert_int_equal(ni_need(s, 9), NI_MALFORMED);
	assert_int_equal(ni_need(s, UINT32_MAX), NI_MALFORMED);
}

static void
from_and_clip_keep_both_lengths(void **state)
{
	static const uint8_t bytes[10];
	struct ni_span s = {bytes, 4, 8};
	(void)state;
	struct ni_span t = ni_from(s, 2);
	assert_ptr_equal(t.p, bytes + 2);
	assert_int_equal(t.cap, 2);
	assert_int_equal(t.len, 6);
	t = ni_from(s, 6); /* behind the capture, inside the claim */
	assert_int_equal(t.cap, 0);
	assert_int_equal(t.len, 2);
	t = ni_from(s, UINT32_MAX);
	assert_int_equal(t.cap, 0);
	assert_int_equal(t.len, 0);
	t = ni_clip(s, 6);
	assert_int_equal(t.cap, 4);
	assert_int_equal(t.len, 6);
	t = ni_clip(s, 3);
	assert_int_equal(t.cap, 3);
	assert_int_equal(t.len, 3);
	t = ni_clip(s, 100);
	assert_int_equal(t.len, 8);
}

static void
cursor_is_sticky(void **state)
{
	static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};
	struct ni_cur c = ni_cur((struct ni_span){bytes, 8, 8});
	(void)state;
	assert_int_equal(ni_take8(&c), 1);
	assert_int_equal(ni_take16(&c), 0x0203);
	assert_int_equal(ni_take32(&c), 0x04050607);
	assert_true(ni_more(&c));
	assert_int_equal(ni_left(&c), 1);
	assert_int_equal(ni_take16(&c), 0);
	assert_int_equal(c.rc, NI_MALFORMED);
	assert_false(ni_more(&c));
	assert_int_equal(ni_left(&c), 0);
	assert_int_equal(ni_take8(&c), 0); /* the byte is there, but the cursor is stuck */
	assert_null(ni_take(&c, 0));
}

static void
cursor_skips_over_what_was_not_captured(void **state)
{
	static const uint8_t bytes[4];
	struct ni_cur c = ni_cur((struct ni_span){bytes, 4, 8});
	(void)state;
	ni_skip(&c, 6);
	assert_int_equal(c.rc, NI_TRUNCATED);
	c = ni_cur((struct ni_span){bytes, 4, 8});
	ni_skip(&c, 9);
	assert_int_equal(c.rc, NI_MALFORMED);
	c = ni_cur((struct ni_span){bytes, 4, 8});
	ni_skip(&c, UINT32_MAX);
	assert_int_equal(c.rc, NI_MALFORMED);
	c = ni_cur((struct ni_span){bytes, 4, 8});
	ni_skip(&c, 4);
	assert_int_equal(c.rc, NI_OK);
	assert_null(ni_take(&c, 1));
	assert_int_equal(c.rc, NI_TRUNCATED);
}

static void
sub_cursor_ends_where_its_part_ends(void **state)
{
	static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6};
	struct ni_cur c = ni_cur((struct ni_span){bytes, 6, 6});
	(void)state;
	ni_take8(&c);
	struct ni_cur s = ni_sub(&c, 2);
	assert_int_equal(ni_left(&s), 2);
	assert_int_equal(s.off, 1);
	assert_int_equal(ni_take16(&s), 0x0203);
	assert_null(ni_take(&s, 1));
	assert_int_equal(s.rc, NI_MALFORMED);
	assert_int_equal(c.rc, NI_OK);
	assert_int_equal(ni_take8(&c), 4);
	s = ni_sub(&c, 3);
	assert_int_equal(s.rc, NI_MALFORMED);
	assert_int_equal(c.rc, NI_MALFORMED);
}

static void
sub_cursor_over_a_cut_capture(void **state)
{
	static const uint8_t bytes[4];
	struct ni_cur c = ni_cur((struct ni_span){bytes, 4, 8});
	(void)state;
	struct ni_cur s = ni_sub(&c, 6);
	assert_int_equal(ni_left(&s), 6);
	assert_non_null(ni_take(&s, 4));
	assert_null(ni_take(&s, 1));
	assert_int_equal(s.rc, NI_TRUNCATED);
	assert_int_equal(c.rc, NI_TRUNCATED);
}

/* ---- the text builder ---- */

static void
builder_cuts_and_remembers(void **state)
{
	char four[4] = "####";
	struct ni_buf s = ni_buf(four, 3);
	(void)state;
	ni_buf_str(&s, "ab");
	assert_false(s.cut);
	ni_buf_str(&s, "cd");
	assert_true(s.cut);
	assert_memory_equal(four, "abc#", 4);
	ni_buf_c(&s, 'x');
	assert_int_equal(s.len, 3);
	assert_string_equal(ni_buf_z(&s), "ab");
	s = ni_buf(four, 3);
	ni_buf_fmt(&s, "%s", "12345");
	assert_true(s.cut);
	assert_int_equal(s.len, 3);
	assert_memory_equal(four, "123#", 4);
}

static void
builder_of_no_size(void **state)
{
	struct ni_buf s = ni_buf(NULL, 0);
	(void)state;
	ni_buf_str(&s, "");
	assert_false(s.cut);
	ni_buf_str(&s, "a");
	ni_buf_u64(&s, 7);
	ni_buf_escape(&s, U("\x1b"), 1);
	assert_true(s.cut);
	assert_int_equal(s.len, 0);
}

static void
format_longer_than_its_scratch_space(void **state)
{
	static char big[4096];
	static char text[3000];
	struct ni_buf s = ni_buf(big, sizeof(big));
	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	ni_buf_fmt(&s, "%s", text);
	assert_true(s.cut);
	assert_true(s.len > 0 && s.len < sizeof(text));
}

/* Three digits, rounded; what is rounded up to the next unit is shown in that. */
static void
quantities(void **state)
{
	static const struct {
		uint64_t size;
		const char *text;
	} sizes[] = {
	    {0, "0 B"},           {999, "999 B"},           {1000, "1.00 kB"},
	    {1079, "1.08 kB"},    {16963, "17.0 kB"},       {999499, "999 kB"},
	    {999500, "1.00 MB"},  {999900, "1.00 MB"},      {1234567, "1.23 MB"},
	    {1235000, "1.24 MB"}, {UINT64_MAX, "18400 PB"},
	};
	static const struct {
		int64_t ns;
		const char *text;
	} spans[] = {
	    {0, "0 s"},
	    {999, "999 ns"},
	    {4995000, "5.00 ms"},
	    {-5076000, "-5.08 ms"},
	    {999999, "1.00 ms"},
	    {999999999, "1.00 s"},
	    {99940000000, "99.9 s"},
	    {99960000000, "1 min 40 s"},
	    {3599999999999, "59 min 59 s"},
	    {7500000000000, "2 h 05 min"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ni_buf_size(&b, sizes[i].size);
		expect(sizes[i].text);
	}
	for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
		ni_buf_dur(&b, spans[i].ns);
		expect(spans[i].text);
	}
}

static void
numbers(void **state)
{
	(void)state;
	ni_buf_u64(&b, 0);
	expect("0");
	ni_buf_u64(&b, UINT64_MAX);
	expect("18446744073709551615");
	ni_buf_i64(&b, INT64_MIN);
	expect("-9223372036854775808");
	ni_buf_i64(&b, -1);
	expect("-1");
	ni_buf_hex(&b, 0, 0);
	expect("0");
	ni_buf_hex(&b, 0x0800, 4);
	expect("0800");
	ni_buf_hex(&b, 0x12345, 4);
	expect("12345");
	ni_buf_hex(&b, UINT64_MAX, 99);
	expect("ffffffffffffffff");
	ni_buf_pad(&b, '.', 3);
	expect("...");
}

static void
seconds(void **state)
{
	(void)state;
	ni_buf_sec(&b, 1999999999, 6);
	expect("1.999999"); /* cut, not rounded */
	ni_buf_sec(&b, -1000000250, 9);
	expect("-1.000000250");
	ni_buf_sec(&b, -250, 9);
	expect("-0.000000250");
	ni_buf_sec(&b, 5, 0);
	expect("0");
	ni_buf_sec(&b, INT64_MIN, 9);
	expect("-9223372036.854775808");
	ni_buf_sec(&b, INT64_MAX, 99);
	expect("9223372036.854775807");
}

static void
addresses(void **state)
{
	(void)state;
	ni_buf_ip4(&b, U("\x00\x0a\x64\xff"));
	expect("0.10.100.255");
	ni_buf_ether(&b, U("\x02\x00\x00\x00\x00\xff"));
	expect("02:00:00:00:00:ff");
	ni_buf_ip6(&b, U("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	expect("::");
	ni_buf_ip6(&b, U("\x20\x01\x0d\xb8\0\0\0\0\0\1\0\0\0\0\0\1"));
	expect("2001:db8::1:0:0:1");
	ni_buf_ip6(&b, U("\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1"));
	expect("::ffff:10.0.0.1");
	ni_buf_hexbytes(&b, U("\x00\xff"), 2, '-');
	expect("00-ff");
	ni_buf_hexbytes(&b, NULL, 0, ':');
	expect("");
}

/* One row a kind of text: what comes in, what a terminal gets, what JSON gets. */
static const struct {
	const char *in;
	size_t n;
	const char *escaped, *json;
} texts[] = {
    {"plain", 5, "plain", "plain"},
    {"a\"b", 3, "a\"b", "a\\\"b"},
    {"a\\b", 3, "a\\\\b", "a\\\\b"},
    {"\r\n\t", 3, "\\r\\n\\t", "\\u000d\\u000a\\u0009"},
    {"\0", 1, "\\x00", "\\u0000"},
    {"\x1b[2J", 4, "\\x1b[2J", "\\u001b[2J"},
    {"\x7f", 1, "\\x7f", "\\u007f"},
    {"\xc3\xa9", 2, "\xc3\xa9", "\xc3\xa9"},
    {"\xe2\x82\xac", 3, "\xe2\x82\xac", "\xe2\x82\xac"},
    {"\xf0\x9f\x99\x82", 4, "\xf0\x9f\x99\x82", "\xf0\x9f\x99\x82"},
    {"\xff", 1, "\\xff", "\\u00ff"},
    {"\xc3", 1, "\\xc3", "\\u00c3"},                                 /* cut */
    {"\xc0\x80", 2, "\\xc0\\x80", "\\u00c0\\u0080"},                 /* overlong NUL */
    {"\xed\xa0\x80", 3, "\\xed\\xa0\\x80", "\\u00ed\\u00a0\\u0080"}, /* surrogate */
    {"\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80", "\\u00f4\\u0090\\u0080\\u0080"},
    {"\xc2\x9b"
     "2J",
     4, "\\xc2\\x9b2J", "\\u009b2J"},                  /* C1 control */
    {"\xe2\x80\xae", 3, "\\xe2\\x80\\xae", "\\u202e"}, /* from right to left */
    {"\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf", "\\u00e0\\u0080\\u00af"},
};

static void
text_from_the_wire(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ni_buf_escape(&b, U(texts[i].in), texts[i].n);
		expect(texts[i].escaped);
		ni_buf_json(&b, U(texts[i].in), texts[i].n);
		expect(texts[i].json);
	}
}

/* Well-formed UTF-8 that still moves a terminal's cursor or the order of its text. */
static void
unsafe_utf8_never_reaches_a_terminal(void **state)
{
	static const char *const unsafe[] = {
	    "\xc2\x9b",     /* CSI */
	    "\xe2\x80\xae", /* right-to-left override */
	    "\xe2\x81\xa6", /* left-to-right isolate */
	    "\xe2\x80\x8b", /* zero width space */
	    "\xef\xbb\xbf", /* byte order mark */
	};
	(void)state;
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++) {
		ni_buf_escape(&b, U(unsafe[i]), strlen(unsafe[i]));
		assert_null(strstr(ni_buf_z(&b), unsafe[i]));
		assert_memory_equal(memory, "\\x", 2);
		b.len = 0;
	}
}

/* ---- errors ---- */

static void
errors_are_safe_to_show(void **state)
{
	struct ni_err e;
	(void)state;
	assert_int_equal(ni_fail(&e, NI_ERR_INPUT, "%s: no such file", "a\x1b[31m\nb"),
			 NI_ERR_INPUT);
	assert_string_equal(e.what, "a\\x1b[31m\\nb: no such file");
	assert_string_equal(e.hint, "");
	ni_hint(&e, "try %d", 7);
	assert_string_equal(e.hint, "try 7");
	ni_fail(&e, NI_ERR_RUN, "again");
	assert_string_equal(e.hint, "");
	assert_int_equal(ni_fail(NULL, NI_ERR_RUN, "nobody listens"), NI_ERR_RUN);
	ni_hint(NULL, "nobody listens");
}

static void
long_errors_are_cut(void **state)
{
	static char text[5000];
	struct ni_err e;
	(void)state;
	memset(text, '\x01', sizeof(text) - 1);
	ni_fail(&e, NI_ERR_RUN, "%s", text);
	assert_true(strlen(e.what) < sizeof(e.what));
	assert_true(strlen(e.what) > sizeof(e.what) / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(need_tells_cut_from_lie),
	    cmocka_unit_test(from_and_clip_keep_both_lengths),
	    cmocka_unit_test(cursor_is_sticky),
	    cmocka_unit_test(cursor_skips_over_what_was_not_captured),
	    cmocka_unit_test(sub_cursor_ends_where_its_part_ends),
	    cmocka_unit_test(sub_cursor_over_a_cut_capture),
	    cmocka_unit_test_setup(builder_cuts_and_remembers, fresh),
	    cmocka_unit_test_setup(builder_of_no_size, fresh),
	    cmocka_unit_test_setup(format_longer_than_its_scratch_space, fresh),
	    cmocka_unit_test_setup(quantities, fresh),
	    cmocka_unit_test_setup(numbers, fresh),
	    cmocka_unit_test_setup(seconds, fresh),
	    cmocka_unit_test_setup(addresses, fresh),
	    cmocka_unit_test_setup(text_from_the_wire, fresh),
	    cmocka_unit_test_setup(unsafe_utf8_never_reaches_a_terminal, fresh),
	    cmocka_unit_test(errors_are_safe_to_show),
	    cmocka_unit_test(long_errors_are_cut),
	};
	return cmocka_run_group_tests_name("core", tests, NULL, NULL);
}
