/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the terminal view that need no terminal: lists, columns, keys, prompts, lines. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "columns_fit.h"
#include "keys.h"
#include "line.h"
#include "list.h"
#include "prompt.h"
#include "waterfall.h"

/* ---- lists ---- */

static void
expect_list(const struct ni_list *l)
{
	if (!l->count) {
		assert_int_equal(l->cursor, 0);
		assert_int_equal(l->top, 0);
		return;
	}
	assert_true(l->cursor < l->count);
	assert_true(l->top <= l->cursor);
	assert_true(l->cursor - l->top < (uint64_t)(l->height > 0 ? l->height : 1));
}

/* Whatever is done to a list of whatever size, the cursor is in it and on the screen. */
static void
test_list_sizes(void **state)
{
	(void)state;
	uint32_t seed = 7;
	for (uint64_t count = 0; count < 30; count++) {
		for (int height = 0; height < 8; height++) {
			struct ni_list l = {.count = 0};
			ni_list_resize(&l, count, height);
			for (int i = 0; i < 60; i++) {
				seed = seed * 1103515245 + 12345;
				int64_t by = (int64_t)(seed >> 16 & 31) - 16;
				if (seed >> 28 == 0)
					ni_list_end(&l);
				else if (seed >> 28 < 3)
					ni_list_go(&l, seed >> 8 & 31);
				else if (seed >> 28 < 8)
					ni_list_scroll(&l, by);
				else
					ni_list_move(&l, by);
				expect_list(&l);
			}
		}
	}
}

static void
test_list_follow(void **state)
{
	(void)state;
	struct ni_list l = {.follow = true};
	ni_list_resize(&l, 5, 10);
	assert_int_equal(l.cursor, 4);
	ni_list_resize(&l, 100, 10);
	assert_int_equal(l.cursor, 99);
	assert_int_equal(l.top, 90);
	ni_list_move(&l, -1);
	assert_false(l.follow);
	ni_list_resize(&l, 200, 10);
	assert_int_equal(l.cursor, 98);
	assert_int_equal(l.top, 90);
}

static void
test_list_huge(void **state)
{
	(void)state;
	struct ni_list l = {.count = 0};
	ni_list_resize(&l, UINT64_MAX / 2, 20);
	ni_list_move(&l, INT64_MAX);
	expect_list(&l);
	ni_list_move(&l, -INT64_MAX);
	assert_int_equal(l.cursor, 0);
	ni_list_go(&l, 1000000);
	assert_int_equal(l.cursor, 1000000);
	ni_list_shift(&l, 999999);
	assert_int_equal(l.cursor, 1);
	ni_list_shift(&l, 5);
	assert_int_equal(l.cursor, 0);
}

/* ---- columns ---- */

static const struct ni_column_def defs[] = {
    {"No.", "number", 5, 12, 0, NI_FIT_RIGHT, 0, 0},
    {"Time", "time", 8, 27, 0, NI_FIT_RIGHT, 0, 4},
    {"Source", "source", 9, 39, 15, NI_FIT_MIDDLE, 3, 0},
    {"Info", "info", 12, 0, 20, NI_FIT_LEFT, 9, 0},
};

static int
total(const int *w)
{
	int sum = -1;
	for (int i = 0; i < 4; i++)
		sum += w[i] ? w[i] + 1 : 0;
	return sum;
}

static void
test_columns(void **state)
{
	(void)state;
	const int natural[4] = {3, 8, 30, 200};
	int w[4];
	ni_columns_fit(defs, 4, natural, 100, w);
	assert_int_equal(w[0], 5);
	assert_int_equal(w[1], 8);
	assert_int_equal(w[2], 30);
	assert_int_equal(w[3], 100 - 5 - 8 - 30 - 3);
	/* Info shrinks first, then the address, then the time goes. */
	ni_columns_fit(defs, 4, natural, 60, w);
	assert_int_equal(w[3], 20);
	assert_int_equal(w[2], 24);
	ni_columns_fit(defs, 4, natural, 45, w);
	assert_int_equal(w[1], 0);
	assert_true(w[2] >= 15 && w[3] >= 20);
	for (int cols = 1; cols < 300; cols++) {
		ni_columns_fit(defs, 4, natural, cols, w);
		assert_int_equal(total(w), cols);
	}
}

/* The user's choice of columns, and its faults. */
static void
test_columns_chosen(void **state)
{
	(void)state;
	static const struct ni_column_def three[] = {
	    {"A", "a", 1, 5, 0, NI_FIT_LEFT, 0, 0},
	    {"B", "bb", 1, 5, 0, NI_FIT_RIGHT, 0, 0},
	    {"C", "c", 2, 0, 0, NI_FIT_LEFT, 1, 0},
	};
	static const char cells[3][8] = {"a", "b", "c"};
	int natural[] = {3, 4, 5};
	int width[3];
	char mem[64];
	struct ni_err err;
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct ni_columns c = ni_columns_all(3);
	assert_int_equal(ni_columns_step(&c, 2, 1), 0);
	assert_int_equal(ni_columns_step(&c, 0, -1), 2);
	assert_int_equal(ni_columns_parse(&c, three, "c,bb", &err), 0);
	assert_int_equal(ni_columns_at(&c, 0), 2);
	assert_int_equal(ni_columns_at(&c, 1), 1);
	assert_int_equal(ni_columns_at(&c, 2), -1);
	assert_int_equal(ni_columns_step(&c, 2, 1), 1);
	assert_int_equal(ni_columns_step(&c, 0, 1), 2); /* not shown: the first one */
	ni_columns_fit_shown(&c, three, natural, 12, width);
	assert_int_equal(width[0], 0);
	/* c is 7 wide, bb 4: where each can be clicked */
	static const int hits[] = {2, 2, 2, 2, 2, 2, 2, -1, 1, 1, 1, 1, -1};
	for (int x = 0; x < 13; x++)
		assert_int_equal(ni_columns_hit(&c, width, x), hits[x]);
	assert_int_equal(ni_columns_hit(&c, width, -1), -1);
	assert_int_equal(width[1], 4);
	assert_int_equal(width[2], 7);
	ni_columns_line(&b, &c, three, width, cells[0], sizeof(cells[0]));
	assert_string_equal(ni_buf_z(&b), "c          b ");
	assert_int_not_equal(ni_columns_parse(&c, three, "a,x", &err), 0);
	assert_non_null(strstr(err.what, "x"));
	assert_string_equal(err.hint, "a,bb,c");
	assert_int_not_equal(ni_columns_parse(&c, three, "a,a", &err), 0);
	assert_int_not_equal(ni_columns_parse(&c, three, "", &err), 0);
	assert_int_equal(c.n, 2);
}

/* ---- lines ---- */

static const char *
fit(const char *s, int width, enum ni_fit how)
{
	static char mem[256];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_line_fit(&b, s, width, how);
	assert_int_equal(ni_line_width(b.p, b.len), width > 0 ? width : 0);
	return ni_buf_z(&b);
}

static void
test_line(void **state)
{
	(void)state;
	assert_string_equal(fit("abc", 5, NI_FIT_LEFT), "abc  ");
	assert_string_equal(fit("abc", 5, NI_FIT_RIGHT), "  abc");
	assert_string_equal(fit("abcdef", 4, NI_FIT_LEFT), "abc…");
	assert_string_equal(fit("2001:db8::1:2:3:4", 9, NI_FIT_MIDDLE), "2001…:3:4");
	assert_string_equal(fit("日本語", 5, NI_FIT_LEFT), "日本…");
	assert_string_equal(fit("日本語", 4, NI_FIT_LEFT), "日… ");
	for (int w = 0; w < 12; w++) {
		fit("日本a語b\xff\xc3", w, NI_FIT_MIDDLE);
		fit("日本a語b\xff\xc3", w, NI_FIT_LEFT);
		fit("日本a語b\xff\xc3", w, NI_FIT_RIGHT);
	}
	assert_int_equal(ni_line_ascii(0x2192), '>');
	assert_int_equal(ni_line_ascii('a'), 'a');
	assert_int_equal(ni_line_ascii(0x1b), '?');
	assert_int_equal(ni_line_ascii(0x65e5), '?');
}

static void
test_line_next(void **state)
{
	(void)state;
	static const struct {
		const char *s;
		uint32_t c;
		size_t n;
	} cases[] = {
	    {"a", 'a', 1},        {"é", 0xe9, 2},          {"→", 0x2192, 3},
	    {"😀", 0x1f600, 4},    {"\xff", 0xfffd, 1},     {"\xc3", 0xfffd, 1},
	    {"\xc3(", 0xfffd, 1}, {"\xe2\x86", 0xfffd, 1}, {"\xc0\x80", 0xfffd, 1},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *s = cases[i].s;
		assert_int_equal(ni_line_next(&s, s + strlen(s)), cases[i].c);
		assert_int_equal(s - cases[i].s, cases[i].n);
	}
}

/* ---- keys ---- */

static unsigned
places_of(enum ni_act act)
{
	const struct ni_key_row *r = ni_keys_table();
	while (r->act != act)
		r++;
	return r->places;
}

/* Every key of the table can be read; what means two things means one of them in fewer places. */
static void
test_key_table(void **state)
{
	(void)state;
	struct ni_keymap k;
	ni_keymap_init(&k);
	assert_true(k.n > 60);
	for (size_t i = 0; i < k.n; i++) {
		char name[32];
		struct ni_buf b = ni_buf(name, sizeof(name));
		assert_int_not_equal(k.bind[i].key, NI_KEY_NONE);
		ni_key_print(&b, k.bind[i].key);
		assert_int_equal(ni_key_parse(ni_buf_z(&b), b.len), k.bind[i].key);
		for (size_t j = 0; j < i; j++)
			assert_true(k.bind[i].key != k.bind[j].key ||
				    places_of(k.bind[i].act) != places_of(k.bind[j].act));
	}
	for (const struct ni_key_row *r = ni_keys_table(); r->name; r++) {
		assert_true(r->places);
		assert_true(!r->label == !r->importance);
	}
}

static void
test_key_names(void **state)
{
	(void)state;
	assert_int_equal(ni_key_parse("F4", 2), NI_KEY_F1 + 3);
	assert_int_equal(ni_key_parse("F12", 3), NI_KEY_F12);
	assert_int_equal(ni_key_parse("F13", 3), NI_KEY_NONE);
	assert_int_equal(ni_key_parse("^L", 2), 12);
	assert_int_equal(ni_key_parse("Space", 5), ' ');
	assert_int_equal(ni_key_parse("é", 2), 0xe9);
	assert_int_equal(ni_key_parse("nonsense", 8), NI_KEY_NONE);
	assert_int_equal(ni_key_parse("", 0), NI_KEY_NONE);
}

static void
test_keymap(void **state)
{
	(void)state;
	struct ni_keymap k;
	struct ni_err err;
	ni_keymap_init(&k);
	assert_int_equal(ni_keymap_find(&k, 'j', NI_AT_PACKETS), NI_ACT_DOWN);
	assert_int_equal(ni_keymap_find(&k, 'm', NI_AT_TEXT), NI_ACT_NONE);
	assert_int_equal(ni_keymap_find(&k, ' ', NI_AT_CONNS), NI_ACT_PAGE_DOWN);
	assert_int_equal(ni_keymap_find(&k, ' ', NI_AT_IFACES), NI_ACT_CHOOSE);
	assert_int_equal(ni_keymap_set(&k, "j", "up", &err), 0);
	assert_int_equal(ni_keymap_find(&k, 'j', NI_AT_PACKETS), NI_ACT_UP);
	assert_int_equal(ni_keymap_set(&k, "^N", "down", &err), 0);
	assert_int_equal(ni_keymap_find(&k, 14, NI_AT_PACKETS), NI_ACT_DOWN);
	assert_int_equal(ni_keymap_set(&k, "Q", "none", &err), 0);
	assert_int_equal(ni_keymap_find(&k, 'Q', NI_AT_PACKETS), NI_ACT_NONE);
	assert_int_equal(ni_keymap_set(&k, "j", "fly", &err), NI_ERR_INPUT);
	assert_int_equal(ni_keymap_set(&k, "Meta-j", "up", &err), NI_ERR_INPUT);
	assert_true(err.what[0] && err.hint[0]);
}

/* The bar never holds half an entry, and F1 and Enter are kept longest. */
static void
test_bar(void **state)
{
	(void)state;
	struct ni_keymap k;
	ni_keymap_init(&k);
	for (int w = 1; w < 200; w++) {
		char mem[512], all[512];
		struct ni_buf b = ni_buf(mem, sizeof(mem));
		struct ni_buf whole = ni_buf(all, sizeof(all));
		ni_keymap_bar(&b, &k, NI_AT_PACKETS, w);
		ni_keymap_bar(&whole, &k, NI_AT_PACKETS, 500);
		assert_true(ni_line_width(b.p, b.len) <= w);
		ni_buf_z(&whole);
		ni_buf_z(&b);
		char *save = NULL;
		for (char *s = strtok_r(mem, " ", &save); s; s = strtok_r(NULL, " ", &save))
			assert_non_null(strstr(all, s));
		if (w >= 7)
			assert_memory_equal(mem, "F1", 3);
	}
}

/* A click finds what stands there. */
static void
test_bar_click(void **state)
{
	(void)state;
	char mem[512];
	struct ni_keymap k;
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_keymap_init(&k);
	ni_keymap_bar(&b, &k, NI_AT_PACKETS, 80);
	const char *open = strstr(ni_buf_z(&b), "Enter Open");
	assert_non_null(open);
	int at = (int)(open - mem);
	assert_int_equal(ni_keymap_bar_at(&k, NI_AT_PACKETS, 80, 0), NI_ACT_HELP);
	assert_int_equal(ni_keymap_bar_at(&k, NI_AT_PACKETS, 80, at - 1), NI_ACT_NONE);
	assert_int_equal(ni_keymap_bar_at(&k, NI_AT_PACKETS, 80, at), NI_ACT_OPEN);
	assert_int_equal(ni_keymap_bar_at(&k, NI_AT_PACKETS, 80, at + 9), NI_ACT_OPEN);
	assert_int_equal(ni_keymap_bar_at(&k, NI_AT_PACKETS, 80, at + 10), NI_ACT_NONE);
	assert_int_equal(ni_keymap_bar_at(&k, NI_AT_PACKETS, 80, 79), NI_ACT_NONE);
	assert_int_equal(ni_keymap_bar_at(&k, NI_AT_PACKETS, 80, -1), NI_ACT_NONE);
}

/* ---- prompts ---- */

static enum ni_prompt_result
type(struct ni_prompt *p, const char *s)
{
	enum ni_prompt_result r = NI_PROMPT_GOES_ON;
	const char *end = s + strlen(s);
	while (s < end)
		r = ni_prompt_key(p, ni_line_next(&s, end));
	return r;
}

static void
test_prompt_edit(void **state)
{
	(void)state;
	struct ni_prompt p;
	ni_prompt_begin(&p, "tcp", NULL);
	type(&p, ".port é");
	assert_string_equal(p.text, "tcp.port é");
	ni_prompt_key(&p, NI_KEY_LEFT);
	ni_prompt_key(&p, NI_KEY_BACKSPACE);
	assert_string_equal(p.text, "tcp.porté");
	ni_prompt_key(&p, NI_KEY_DELETE);
	assert_string_equal(p.text, "tcp.port");
	ni_prompt_key(&p, NI_KEY_HOME);
	type(&p, "!");
	assert_string_equal(p.text, "!tcp.port");
	ni_prompt_key(&p, NI_KEY_END);
	type(&p, " and udp");
	ni_prompt_key(&p, 23); /* ^W */
	assert_string_equal(p.text, "!tcp.port and ");
	ni_prompt_key(&p, 21); /* ^U */
	assert_string_equal(p.text, "");
	ni_prompt_key(&p, NI_KEY_BACKSPACE);
	ni_prompt_key(&p, NI_KEY_DELETE);
	ni_prompt_key(&p, NI_KEY_LEFT);
	assert_int_equal(p.len, 0);
	assert_int_equal(ni_prompt_key(&p, NI_KEY_ESC), NI_PROMPT_CANCELLED);
}

static void
test_prompt_full(void **state)
{
	(void)state;
	struct ni_prompt p;
	ni_prompt_begin(&p, "", NULL);
	for (int i = 0; i < 2 * NI_PROMPT_MAX; i++)
		ni_prompt_key(&p, i % 2 ? 'x' : 0x65e5);
	assert_true(p.len < NI_PROMPT_MAX);
	assert_int_equal(strlen(p.text), p.len);
}

static void
test_prompt_history(void **state)
{
	(void)state;
	struct ni_history h = {.n = 0};
	struct ni_prompt p;
	ni_history_add(&h, "one");
	ni_history_add(&h, "two");
	ni_history_add(&h, "two");
	ni_history_add(&h, "");
	assert_int_equal(h.n, 2);
	ni_prompt_begin(&p, "", &h);
	type(&p, "thr");
	ni_prompt_key(&p, NI_KEY_UP);
	assert_string_equal(p.text, "two");
	ni_prompt_key(&p, NI_KEY_UP);
	ni_prompt_key(&p, NI_KEY_UP);
	assert_string_equal(p.text, "one");
	ni_prompt_key(&p, NI_KEY_DOWN);
	ni_prompt_key(&p, NI_KEY_DOWN);
	ni_prompt_key(&p, NI_KEY_DOWN);
	assert_string_equal(p.text, "thr");
	assert_int_equal(ni_prompt_key(&p, NI_KEY_ENTER), NI_PROMPT_ENTERED);
	assert_string_equal(h.line[2], "thr");
	for (int i = 0; i < 3 * NI_PROMPT_HISTORY; i++)
		ni_history_add(&h, i % 2 ? "a" : "b");
	assert_int_equal(h.n, NI_PROMPT_HISTORY);
	ni_history_free(&h);
}

static const char *
words(void *ctx, const struct ni_prompt *p, size_t *from, unsigned n)
{
	static const char *const all[] = {"tcp.port", "tcp.seq", "udp.port"};
	size_t at = p->at;
	(void)ctx;
	while (at && p->text[at - 1] != ' ')
		at--;
	*from = at;
	for (size_t i = 0; i < 3; i++)
		if (!strncmp(all[i], p->text + at, p->at - at) && n-- == 0)
			return all[i];
	return NULL;
}

static void
test_prompt_complete(void **state)
{
	(void)state;
	struct ni_prompt p;
	ni_prompt_begin(&p, "arp or tc", NULL);
	p.complete = words;
	ni_prompt_key(&p, NI_KEY_TAB);
	assert_string_equal(p.text, "arp or tcp.port");
	ni_prompt_key(&p, NI_KEY_TAB);
	assert_string_equal(p.text, "arp or tcp.seq");
	ni_prompt_key(&p, NI_KEY_TAB);
	assert_string_equal(p.text, "arp or tc");
	ni_prompt_key(&p, NI_KEY_TAB);
	type(&p, " ");
	assert_string_equal(p.text, "arp or tcp.port ");
	type(&p, "x");
	ni_prompt_key(&p, NI_KEY_TAB);
	assert_string_equal(p.text, "arp or tcp.port x");
}

/* ---- waterfalls ---- */

enum { MS = 1000000 };

/* Connecting 10 ms, sending 10, waiting 40, receiving 40, from @at ms on. */
static struct ni_http_row
exchange(int64_t at)
{
	return (struct ni_http_row){.opened_ns = at * MS,
				    .connected_ns = (at + 10) * MS,
				    .asked_ns = (at + 10) * MS,
				    .sent_ns = (at + 20) * MS,
				    .first_ns = (at + 60) * MS,
				    .last_ns = (at + 100) * MS};
}

static void
expect_bar(const struct ni_waterfall *w, const struct ni_http_row *r, int width,
	   const char *expected)
{
	uint8_t at[NI_WATERFALL_MAX];
	char line[4 * NI_WATERFALL_MAX];
	struct ni_buf b = ni_buf(line, sizeof(line));
	ni_waterfall_cells(w, r, width, at);
	for (int i = 0; i < width; i++)
		ni_buf_str(&b, ni_waterfall_mark(at[i]));
	assert_string_equal(ni_buf_z(&b), expected);
}

static void
test_waterfall(void **state)
{
	(void)state;
	struct ni_waterfall w;
	struct ni_http_row first = exchange(1000);
	struct ni_http_row second = exchange(1100);
	ni_waterfall_clear(&w);
	ni_waterfall_take(&w, &second);
	expect_bar(&w, &second, 10, "·▶────████");
	ni_waterfall_take(&w, &first);
	expect_bar(&w, &first, 20, "·▶────████          ");
	expect_bar(&w, &second, 20, "          ·▶────████");
	/* Where there are more phases than cells, the longest ones are left. */
	expect_bar(&w, &second, 4, "  ─█");
	expect_bar(&w, &second, 1, "─");
	/* A response alone, without a request. */
	struct ni_http_row bare = {.first_ns = 1050 * MS, .last_ns = 1150 * MS};
	expect_bar(&w, &bare, 20, "     ██████████     ");
}

static void
expect_axis(int64_t to_ns, int width, const char *expected)
{
	char line[512];
	struct ni_buf b = ni_buf(line, sizeof(line));
	struct ni_waterfall w = {INT64_C(5000000000), INT64_C(5000000000) + to_ns};
	ni_waterfall_axis(&w, width, &b);
	assert_string_equal(ni_buf_z(&b), expected);
}

static void
test_waterfall_axis(void **state)
{
	(void)state;
	expect_axis(100 * MS, 40, "│0                  │50ms");
	expect_axis(100 * MS, 60, "│0          │20ms       │40ms       │60ms       │80ms");
	expect_axis(100 * MS, 13, "│0");
	expect_axis(100 * MS, 1, "");
	expect_axis(INT64_C(40000) * MS, 30, "│0             │20s");
	expect_axis(INT64_C(1500) * MS, 30, "│0        │0.5s     │1s");
	expect_axis(MS / 1000, 20, "│0        │0.0005ms");
	expect_axis(0, 20, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_list_sizes),
	    cmocka_unit_test(test_list_follow),
	    cmocka_unit_test(test_list_huge),
	    cmocka_unit_test(test_columns),
	    cmocka_unit_test(test_columns_chosen),
	    cmocka_unit_test(test_line),
	    cmocka_unit_test(test_line_next),
	    cmocka_unit_test(test_key_table),
	    cmocka_unit_test(test_key_names),
	    cmocka_unit_test(test_keymap),
	    cmocka_unit_test(test_bar),
	    cmocka_unit_test(test_bar_click),
	    cmocka_unit_test(test_waterfall),
	    cmocka_unit_test(test_waterfall_axis),
	    cmocka_unit_test(test_prompt_edit),
	    cmocka_unit_test(test_prompt_full),
	    cmocka_unit_test(test_prompt_history),
	    cmocka_unit_test(test_prompt_complete),
	};
	setlocale(LC_ALL, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
