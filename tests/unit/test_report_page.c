/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the report is made of: numbers as people write them, bounded memory, lines and tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "netinspect/conn.h"
#include "report.h"
#include "report_mem.h"
#include "report_page.h"

#define MS INT64_C(1000000)

/* ---- values ---- */

static char value_memory[256];

static const char *
value(void (*put)(struct ni_buf *, uint64_t), uint64_t v)
{
	struct ni_buf b = ni_buf(value_memory, sizeof(value_memory));
	put(&b, v);
	return ni_buf_z(&b);
}

static const char *
duration(int64_t ns)
{
	struct ni_buf b = ni_buf(value_memory, sizeof(value_memory));
	rp_dur(&b, ns);
	return ni_buf_z(&b);
}

static void
values(void **state)
{
	(void)state;
	assert_string_equal(value(rp_num, 0), "0");
	assert_string_equal(value(rp_num, 999), "999");
	assert_string_equal(value(rp_num, 1000), "1,000");
	assert_string_equal(value(rp_num, 1234567), "1,234,567");
	assert_string_equal(value(rp_num, UINT64_MAX), "18,446,744,073,709,551,615");
	assert_string_equal(value(rp_size, 999), "999 B");
	assert_string_equal(value(rp_size, 1000), "1.00 kB");
	assert_string_equal(value(rp_size, 12649), "12.6 kB");
	assert_string_equal(value(rp_size, 999999), "1.00 MB");
	assert_string_equal(value(rp_size, 1244972744), "1.24 GB");
	assert_string_equal(value(rp_size, UINT64_MAX), "18400 PB");
	assert_string_equal(duration(0), "0 s");
	assert_string_equal(duration(812), "812 ns");
	assert_string_equal(duration(81200), "81.2 µs");
	assert_string_equal(duration(24 * MS), "24.0 ms");
	assert_string_equal(duration(1234567890), "1.23 s");
	assert_string_equal(duration(INT64_C(125000000000)), "2 min 05 s");
	assert_string_equal(duration(INT64_C(7500000000000)), "2 h 05 min");
	assert_string_equal(duration(INT64_C(273600000000000)), "3 d 04 h");
	assert_string_equal(duration(-5 * MS), "-5.00 ms");
	assert_non_null(duration(INT64_MIN));
	assert_true(rp_diff(INT64_MAX, INT64_MIN) == INT64_MAX);
	assert_true(rp_diff(INT64_MIN, 1) == INT64_MIN);
}

static void
lists_maps_and_spreads(void **state)
{
	struct rp_map m = {.key = 4, .items = {.item = 64, .max = 100}};
	struct rp_hist *h = calloc(1, sizeof(*h));
	(void)state;
	for (uint32_t i = 0; i < 150; i++)
		assert_int_equal(rp_map_get(&m, &i) != NULL, i < 100);
	for (uint32_t i = 0; i < 100; i++)
		assert_ptr_equal(rp_map_get(&m, &i), rp_list_at(&m.items, i));
	assert_int_equal(m.items.n, 100);
	assert_int_equal(m.items.lost, 50);
	rp_map_free(&m);
	assert_non_null(h);
	for (int64_t i = 1; i <= 1000; i++)
		rp_hist_add(h, i * MS);
	assert_true(h->min == MS && h->max == 1000 * MS);
	assert_in_range(rp_hist_quantile(h, 50), 485 * MS, 515 * MS);
	assert_in_range(rp_hist_quantile(h, 95), 921 * MS, 979 * MS);
	rp_hist_add(h, -7);
	rp_hist_add(h, INT64_MAX);
	assert_true(h->min == 0 && h->max == INT64_MAX);
	assert_true(rp_hist_quantile(h, 100) > 0);
	free(h);
}

static void
first_frames_and_largest_items(void **state)
{
	struct rp_frames a = {0};
	struct rp_frames b = {0};
	struct rp_top top = {.item = sizeof(uint32_t)};
	(void)state;
	rp_frames_add(&a, 4);
	rp_frames_add(&a, 9);
	rp_frames_add(&b, 7);
	rp_frames_join(&a, &b);
	assert_true(a.n == 3 && a.first[0] == 4 && a.first[1] == 7 && a.first[2] == 9);
	b.first[0] = 1;
	rp_frames_join(&a, &b);
	assert_true(a.n == 4 && a.first[0] == 1 && a.first[1] == 4 && a.first[2] == 7);
	for (uint32_t i = 0; i < 1000; i++) {
		uint32_t *slot = rp_top_add(&top, i * 37 % 500);
		if (slot)
			*slot = i * 37 % 500;
	}
	assert_int_equal(top.n, RP_TOP);
	for (unsigned i = 0; i < RP_TOP; i++)
		assert_int_equal(*(const uint32_t *)rp_top_at(&top, i), 499 - i / 2);
	assert_null(rp_top_at(&top, RP_TOP));
	rp_top_free(&top);
}

static void
texts_stay_where_they_are(void **state)
{
	static char line[RP_TEXT_BLOCK];
	struct rp_texts t = {0};
	const char *kept[50];
	(void)state;
	memset(line, 'x', sizeof(line));
	for (size_t i = 0; i < 50; i++) {
		kept[i] = rp_texts_add(&t, line, i * 600);
		assert_non_null(kept[i]);
	}
	for (size_t i = 0; i < 50; i++)
		assert_int_equal(strlen(kept[i]), i * 600);
	assert_non_null(rp_texts_add(&t, line, RP_TEXT_BLOCK - 1));
	rp_texts_free(&t);
}

/* ---- the page ---- */

static struct ni_out out;
static struct rp_page page;

static int
fresh(void **state)
{
	(void)state;
	if (ni_out_init(&out, -1, NULL))
		return -1;
	out.width = 60;
	page = rp_page(&out);
	return 0;
}

static int
done(void **state)
{
	(void)state;
	ni_out_free(&out);
	return 0;
}

static void
expect(const char *text)
{
	assert_string_equal(ni_buf_z(&out.b), text);
	out.b.len = 0;
}

static void
wide_characters_take_two_columns(void **state)
{
	(void)state;
	assert_int_equal(rp_columns(&page, "abc"), 3);
	assert_int_equal(rp_columns(&page, "→…"), 2);
	assert_int_equal(rp_columns(&page, "服务器"), 6);
	assert_int_equal(rp_columns(&page, "e\xcc\x81"), 1);
	assert_int_equal(rp_columns(&page, "\xff"), 4);
	out.ascii = true;
	assert_int_equal(rp_columns(&page, "→…"), 5);
	assert_int_equal(rp_columns(&page, "服"), 12);
}

static void
paragraphs_wrap_between_words(void **state)
{
	(void)state;
	rp_para(&page, 8, "what", "a b");
	expect("  what  a b\n");
	rp_para(&page, 40, "what", "twenty columns are x enough for this");
	expect("  what                                  twenty columns are x\n"
	       "                                        enough for this\n");
	rp_para(&page, 50, NULL, "a longer-than-the-page b");
	expect("                                                  a\n"
	       "                                                  longer-tha\n"
	       "                                                  n-the-page\n"
	       "                                                  b\n");
	rp_para(&page, 8, "what", "");
	expect("  what\n");
	out.ascii = true;
	rp_para(&page, 8, "what", "a → \xff");
	expect("  what  a -> \\xff\n");
}

static void
lines_end_at_the_edge(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 30; i++)
		rp_put(&page, "abc");
	rp_put(&page, "more");
	rp_end(&page);
	expect("abcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabcabc\n");
	rp_to(&page, 58);
	rp_put(&page, "abc");
	rp_end(&page);
	expect("                                                          a…\n");
	rp_heading(&page, "Title", "12");
	expect("\n── Title ──────────────────────────────────────────────── 12\n");
}

static void
what_is_left_out_is_said(void **state)
{
	(void)state;
	rp_more(&page, 20, 20);
	rp_not_kept(&page, 0, "%s further thing was not kept: no room for it");
	expect("");
	rp_more(&page, 20, 99920);
	expect("  … and 99,900 more (--full shows all)\n");
	rp_not_kept(&page, 1, "%s further thing was not kept: no room for it");
	rp_not_kept(&page, 12345, "%s further things were not kept: no room for them");
	expect("  1 further thing was not kept: no room for it\n"
	       "  12,345 further things were not kept: no room for them\n");
}

static void
cell(const void *ctx, size_t row, unsigned col, struct ni_buf *b)
{
	const char *const *cells = ctx;
	ni_buf_str(b, cells[row * 4 + col]);
}

static void
tables_fit(void **state)
{
	static const struct rp_col cols[] = {{"n", RP_RIGHT, 0},
					     {"name", RP_ELIDE, 10},
					     {"extra", RP_OPTION, 0},
					     {"end", 0, 0},
					     {NULL, 0, 0}};
	static const char *const narrow[][4] = {{"1", "a", "", "x"}, {"22", "", "", "y"}};
	static const char *const wide[][4] = {
	    {"1", "0123456789012345678901234567890123456789012345678901234567890", "e", ""},
	    {"2", "b", "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", "end"}};
	static const char *const wider[][4] = {{"1", "0123456789012345678901234567890",
						"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee",
						"eeeeeeeeeeeeeeeeeeee"}};
	struct rp_table t = {.cols = cols, .ctx = &narrow[0][0], .rows = 2, .cell = cell};
	(void)state;
	rp_table(&page, &t);
	expect("   n  name  end\n"
	       "   1  a     x\n"
	       "  22        y\n");
	t.ctx = &wide[0][0];
	rp_table(&page, &t);
	expect("  n name              extra                              end\n"
	       "  1 01234567…34567890 e\n"
	       "  2 b                 eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee end\n");
	t.ctx = &wider[0][0];
	t.rows = 1;
	rp_table(&page, &t);
	expect("  n  name                             end\n"
	       "  1  0123456789012345678901234567890  eeeeeeeeeeeeeeeeeeee\n");
}

/* More clients than pairs are kept of: the server's numbers are right all the same. */
static void
hosts_are_counted_beyond_their_pairs(void **state)
{
	enum { CLIENTS = RP_PAIRS + 100 };
	struct rp_pairs pairs = {0};
	struct rp_ctx ctx = {.page = &page};
	(void)state;
	for (unsigned i = 0; i < CLIENTS; i++) {
		uint8_t high = (uint8_t)(i >> 8);
		struct ni_conn c = {.ipproto = 6,
				    .addr = {{4, {10, 1, high, (uint8_t)i}}, {4, {10, 0, 0, 1}}},
				    .packets = {3, 2},
				    .ip_bytes = {300, 200}};
		rp_pairs_conn(&pairs, &c);
	}
	assert_int_equal(pairs.lost_packets, (CLIENTS - (RP_PAIRS - RP_LARGE_PAIRS)) * UINT64_C(5));
	rp_hosts_write(&pairs, &ctx);
	const char *row = strstr(ni_buf_z(&out.b), "\n  10.0.0.1 ");
	assert_non_null(row);
	unsigned sent[2];
	unsigned received[2];
	assert_int_equal(
	    sscanf(row + 13, "%u,%u %u,%u", &sent[0], &sent[1], &received[0], &received[1]), 4);
	assert_int_equal(sent[0] * 1000 + sent[1], CLIENTS * 2);
	assert_int_equal(received[0] * 1000 + received[1], CLIENTS * 3);
	rp_pairs_free(&pairs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values),
	    cmocka_unit_test(lists_maps_and_spreads),
	    cmocka_unit_test(first_frames_and_largest_items),
	    cmocka_unit_test(texts_stay_where_they_are),
	    cmocka_unit_test_setup_teardown(wide_characters_take_two_columns, fresh, done),
	    cmocka_unit_test_setup_teardown(paragraphs_wrap_between_words, fresh, done),
	    cmocka_unit_test_setup_teardown(lines_end_at_the_edge, fresh, done),
	    cmocka_unit_test_setup_teardown(what_is_left_out_is_said, fresh, done),
	    cmocka_unit_test_setup_teardown(tables_fit, fresh, done),
	    cmocka_unit_test_setup_teardown(hosts_are_counted_beyond_their_pairs, fresh, done),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
