/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The capture as views see it: rows made by replaying conversations say what one pass over the file
 * says, in whatever order they are asked for; filters and searches find what that pass finds.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conntab.h"
#include "detail.h"
#include "filtering.h"
#include "model.h"
#include "netinspect/proto.h"
#include "rows.h"

enum { MAX_PACKETS = 400, PATH = 4096, SLICE_NS = 100000 };

/* What the one pass says of each packet. */
static char said[MAX_PACKETS + 1][480];
static uint64_t packets;

static struct ni_session *
make_session(void *ctx, const struct ni_session_opts *o, struct ni_err *err)
{
	(void)ctx;
	return ni_session_new(o, err);
}

static struct ni_source *
open_file(const char *path)
{
	struct ni_source *s;
	struct ni_file_options o = {.path = path};
	return ni_source_open_file(&s, &o, NULL) ? NULL : s;
}

static bool
pass(const char *path)
{
	struct ni_source *s = open_file(path);
	struct ni_session *session = ni_session_new(NULL, NULL);
	struct ni_frame f;
	packets = 0;
	assert_non_null(session);
	while (s && packets < MAX_PACKETS && ni_source_next(s, &f, NULL) == NI_SOURCE_FRAME) {
		f.number = ++packets;
		const struct ni_dis *d = ni_session_frame(session, &f);
		struct ni_buf b = ni_buf(said[packets], sizeof(said[packets]));
		ni_column_print(&b, d, NI_COL_INFO, NI_TIME_RELATIVE);
		ni_buf_z(&b);
	}
	ni_session_free(&session);
	ni_source_close(&s);
	return packets > 0;
}

static struct ni_model *
load(struct ni_source *s, uint64_t count)
{
	struct ni_model *m;
	struct ni_model_opts o = {.source = s, .session = make_session, .count = count};
	assert_int_equal(ni_model_new(&m, &o, NULL), 0);
	assert_int_equal(ni_model_start(m, NULL), 0);
	for (int i = 0; ni_model_stats(m).state != NI_MODEL_DONE; i++) {
		assert_true(i < 1000000);
		ni_model_work(m, SLICE_NS);
	}
	return m;
}

static void
expect_rows(struct ni_model *m, uint64_t from, uint64_t step)
{
	uint64_t numbers[40];
	size_t n = 0;
	struct ni_rows *rows = ni_rows_new(m);
	for (uint64_t k = from; k <= packets && n < 40; k += step)
		numbers[n++] = k;
	while (ni_rows_want(rows, numbers, n, 0))
		;
	for (size_t i = 0; i < n; i++) {
		const struct ni_row *r = ni_rows_get(rows, numbers[i]);
		assert_non_null(r);
		assert_string_equal(r->info, said[numbers[i]]);
	}
	ni_rows_free(&rows);
}

static void
expect_details(struct ni_model *m)
{
	struct ni_detail d = {.number = 0};
	struct ni_frame f;
	assert_int_equal(ni_detail_make(&d, m, packets, NULL), 0);
	assert_int_equal(d.number, packets);
	assert_true(d.n > 0 && d.nsources > 0);
	assert_true(ni_model_frame(m, packets, &f));
	assert_int_equal(d.source[0].n, f.cap);
	for (uint32_t i = 0; i < d.n; i++)
		for (const char *s = ni_detail_text(&d, i); *s; s++)
			assert_true((uint8_t)*s >= 0x20 && *s != 0x7f);
	assert_int_not_equal(ni_detail_make(&d, m, packets + 1, NULL), 0);
	assert_int_equal(d.number, 0);
	ni_detail_free(&d);
}

static void
check_file(const char *path)
{
	if (!pass(path))
		return;
	struct ni_source *s = open_file(path);
	struct ni_model *m = load(s, packets);
	assert_int_equal(ni_index_last(ni_model_index(m)), packets);
	/* From the end backwards, a page at a time; then every seventh packet. */
	for (uint64_t k = packets; k > 40; k -= 40)
		expect_rows(m, k - 39, 1);
	expect_rows(m, 1, 1);
	expect_rows(m, 3, 7);
	expect_details(m);
	ni_model_free(&m);
	ni_source_close(&s);
}

static void
check_folder(const char *folder)
{
	char path[PATH];
	DIR *dir = opendir(folder);
	struct dirent *e;
	unsigned files = 0;
	assert_non_null(dir);
	while ((e = readdir(dir))) {
		if (!strstr(e->d_name, "cap"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		print_message("%s\n", e->d_name);
		check_file(path);
		files++;
	}
	closedir(dir);
	assert_true(files > 10);
}

static const char *
captures(void)
{
	static char path[PATH];
	const char *top = getenv("NI_SRCDIR");
	snprintf(path, sizeof(path), "%s/captures", top ? top : ".");
	return path;
}

static void
test_rows(void **state)
{
	(void)state;
	check_folder(captures());
}

static void
test_foreign_rows(void **state)
{
	(void)state;
	const char *folder = getenv("NETINSPECT_CAPTURES");
	if (!folder || getenv("NI_QUICK"))
		skip();
	check_folder(folder);
}

static struct ni_model *
page_load(struct ni_source **s)
{
	char path[PATH + 16];
	snprintf(path, sizeof(path), "%s/page-load.pcap", captures());
	assert_true(pass(path));
	*s = open_file(path);
	return load(*s, 0);
}

static uint64_t
matches(struct ni_model *m, const char *filter)
{
	struct ni_filter_error e;
	struct ni_filtering *f = ni_filtering_new(m);
	assert_int_equal(ni_filtering_set(f, filter, &e), 0);
	/* In the thinnest slices: never a packet that was not looked at. */
	while (ni_filtering_work(f, 0))
		assert_true(ni_filtering_percent(f) < 100);
	assert_int_equal(ni_filtering_percent(f), 100);
	uint64_t n = ni_filtering_found(f)->count;
	ni_filtering_free(&f);
	return n;
}

static void
test_filter(void **state)
{
	(void)state;
	struct ni_source *s;
	struct ni_model *m = page_load(&s);
	assert_int_equal(matches(m, "tcp.flags.syn == 1"), 2);
	assert_int_equal(matches(m, "tcp.stream == 0 && tcp.seq == 0"), 2);
	assert_int_equal(matches(m, "arp || dns"), 6);
	assert_int_equal(matches(m, "conn.close == \"3-segment\" && tcp"), packets - 6);
	assert_int_equal(matches(m, "tcp.port == 9"), 0);
	ni_model_free(&m);
	ni_source_close(&s);
}

/* A wrong filter leaves the one before in force. */
static void
test_filter_wrong(void **state)
{
	(void)state;
	struct ni_source *s;
	struct ni_model *m = page_load(&s);
	struct ni_filter_error e;
	struct ni_filtering *f = ni_filtering_new(m);
	assert_null(ni_filtering_found(f));
	assert_true(ni_filtering_has_conn(f, 0));
	assert_int_equal(ni_filtering_set(f, "arp", &e), 0);
	assert_int_not_equal(ni_filtering_set(f, "tcp.flags.sin", &e), 0);
	assert_true(e.what[0] && e.len > 0);
	assert_string_equal(ni_filtering_text(f), "arp");
	while (ni_filtering_work(f, SLICE_NS))
		;
	assert_int_equal(ni_filtering_found(f)->count, 2);
	assert_false(ni_filtering_has_conn(f, 0));
	assert_int_equal(ni_filtering_set(f, "  ", &e), 0);
	assert_null(ni_filtering_found(f));
	ni_filtering_free(&f);
	ni_model_free(&m);
	ni_source_close(&s);
}

static uint64_t
found(struct ni_model *m, const char *what)
{
	struct ni_err err = {.what = ""};
	struct ni_search *x = ni_search_new(m, what, &err);
	if (!x) {
		assert_true(err.what[0]);
		return UINT64_MAX;
	}
	while (ni_search_work(x, SLICE_NS))
		;
	uint64_t n = ni_pass_found(ni_search_pass(x))->count;
	ni_search_free(&x);
	return n;
}

static void
test_search(void **state)
{
	(void)state;
	struct ni_source *s;
	struct ni_model *m = page_load(&s);
	uint64_t gets = 0;
	for (uint64_t i = 1; i <= packets; i++)
		gets += strstr(said[i], "GET /") != NULL;
	assert_true(gets > 2);
	assert_int_equal(found(m, "get /"), gets);
	assert_int_equal(found(m, "~ ^.*HTTP GET /[a-z]+\\.css"), 1);
	assert_int_equal(found(m, "x 47 45:54202f"), gets);
	assert_int_equal(found(m, "nowhere to be found"), 0);
	assert_int_equal(found(m, "x 4"), UINT64_MAX);
	assert_int_equal(found(m, "x "), UINT64_MAX);
	assert_int_equal(found(m, "~ ("), UINT64_MAX);
	ni_model_free(&m);
	ni_source_close(&s);
}

static void
test_conns(void **state)
{
	(void)state;
	struct ni_source *s;
	struct ni_model *m = page_load(&s);
	const struct ni_conntab *t = ni_model_conns(m);
	assert_int_equal(ni_conntab_count(t), 2);
	assert_int_equal(ni_conntab_dropped(t), 0);
	const struct ni_conn_row *r = ni_conntab_find(t, ni_index_conn_key(6, 0));
	assert_non_null(r);
	assert_true(r->ended);
	assert_int_equal(r->open, NI_OPEN_3WAY);
	assert_int_equal(r->close, NI_CLOSE_3SEGMENT);
	assert_int_equal(r->first_frame, 7);
	assert_int_equal(r->last_frame, packets);
	assert_string_equal(r->method, "GET");
	assert_ptr_equal(ni_conntab_row(t, 1), r);
	assert_null(ni_conntab_row(t, 2));
	assert_null(ni_conntab_find(t, ni_index_conn_key(6, 1)));
	ni_model_free(&m);
	ni_source_close(&s);
}

/* More conversations than there are rows for: the oldest go and are counted. */
static void
test_conns_bound(void **state)
{
	(void)state;
	enum { N = 3000, ROOM = 1024 };
	struct ni_conntab *t = ni_conntab_new(1000);
	struct ni_sink *sink = ni_conntab_sink(t);
	for (uint32_t i = 0; i < N; i++) {
		struct ni_conn c = {.id = i, .ipproto = i % 2 ? 17 : 6, .first_frame = i + 1};
		struct ni_event e = {.kind = NI_EV_CONN_NEW, .conn = &c};
		sink->ops->event(sink, &e);
	}
	assert_int_equal(ni_conntab_count(t), ROOM);
	assert_int_equal(ni_conntab_dropped(t), N - ROOM);
	for (uint32_t i = 0; i < ROOM; i++) {
		uint32_t id = N - ROOM + i;
		const struct ni_conn_row *r = ni_conntab_row(t, i);
		assert_int_equal(r->first_frame, id + 1);
		assert_ptr_equal(ni_conntab_find(t, ni_index_conn_key(id % 2 ? 17 : 6, id)), r);
	}
	assert_null(ni_conntab_find(t, ni_index_conn_key(6, 0)));
	sink->ops->free(sink);
	ni_conntab_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rows),        cmocka_unit_test(test_foreign_rows),
	    cmocka_unit_test(test_filter),      cmocka_unit_test(test_filter_wrong),
	    cmocka_unit_test(test_search),      cmocka_unit_test(test_conns),
	    cmocka_unit_test(test_conns_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
