/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorted lists, files written from them, comments, and what is said of troubled connections. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "comments.h"
#include "detail.h"
#include "model.h"
#include "netinspect/proto.h"
#include "report.h"
#include "sorted.h"
#include "writing.h"

enum { SLICE_NS = 1000000, MAX_PACKETS = 2000 };

static struct ni_session *
make_session(void *ctx, const struct ni_session_opts *o, struct ni_err *err)
{
	(void)ctx;
	return ni_session_new(o, err);
}

static struct ni_model *
load(const char *name, struct ni_source **s)
{
	struct ni_model *m;
	char path[4096];
	snprintf(path, sizeof(path), "%s/captures/%s", getenv("srcdir") ? getenv("srcdir") : ".",
		 name);
	struct ni_file_options file = {.path = path};
	assert_int_equal(ni_source_open_file(s, &file, NULL), 0);
	struct ni_model_opts o = {.source = *s, .session = make_session};
	assert_int_equal(ni_model_new(&m, &o, NULL), 0);
	assert_int_equal(ni_model_start(m, NULL), 0);
	for (int i = 0; ni_model_stats(m).state != NI_MODEL_DONE; i++) {
		assert_true(i < 1000000);
		ni_model_work(m, SLICE_NS);
	}
	return m;
}

static void
finish(struct ni_sorted *o, const struct ni_sorted_of *of, int64_t slice_ns)
{
	for (int i = 0; ni_sorted_work(o, of, slice_ns); i++)
		assert_true(i < 10000000);
	assert_int_equal(ni_sorted_percent(o), 100);
}

/* Every packet is there once, and found again; returns the entries in their order. */
static uint64_t
entries(struct ni_model *m, const struct ni_sorted *o, struct ni_entry *e)
{
	static bool seen[MAX_PACKETS + 1];
	uint64_t n = ni_sorted_count(o);
	assert_true(n <= MAX_PACKETS);
	memset(seen, 0, sizeof(seen));
	for (uint64_t i = 0; i < n; i++) {
		uint64_t k = ni_sorted_number(o, i);
		assert_true(k && k <= MAX_PACKETS && !seen[k]);
		seen[k] = true;
		assert_int_equal(ni_sorted_row(o, k), i);
		assert_true(ni_index_get(ni_model_index(m), k, &e[i]));
	}
	assert_int_equal(ni_sorted_number(o, n), 0);
	assert_int_equal(ni_sorted_row(o, MAX_PACKETS + 1), n);
	assert_true(ni_sorted_bytes(o) <= 5 * n + 64);
	return n;
}

static const char *
proto(struct ni_model *m, const struct ni_entry *e)
{
	return ni_registry_proto(ni_model_registry(m), e->proto)->key;
}

static void
check(struct ni_model *m, enum ni_sorted_key by, bool reverse, int64_t slice_ns)
{
	static struct ni_entry e[MAX_PACKETS];
	struct ni_sorted_of of = {.last = ni_index_last(ni_model_index(m))};
	struct ni_sorted *o = ni_sorted_new(m, by, reverse);
	assert_non_null(o);
	finish(o, &of, slice_ns);
	uint64_t n = entries(m, o, e);
	assert_int_equal(n, of.last);
	for (uint64_t i = 1; i < n; i++) {
		const struct ni_entry *a = reverse ? &e[i] : &e[i - 1];
		const struct ni_entry *b = reverse ? &e[i - 1] : &e[i];
		if (by == NI_SORTED_NUMBER)
			assert_int_equal(ni_sorted_number(o, i - 1), reverse ? n - i + 1 : i);
		else if (by == NI_SORTED_LENGTH)
			assert_true(a->len <= b->len);
		else if (by == NI_SORTED_TIME)
			assert_true(a->ts_ns <= b->ts_ns);
		else if (by == NI_SORTED_PROTOCOL)
			assert_true(strcmp(proto(m, a), proto(m, b)) <= 0);
	}
	ni_sorted_free(&o);
}

static void
test_keys(void **state)
{
	(void)state;
	struct ni_source *s;
	struct ni_model *m = load("page-load.pcap", &s);
	for (int by = NI_SORTED_NUMBER; by <= NI_SORTED_TROUBLE; by++)
		for (int reverse = 0; reverse < 2; reverse++) {
			check(m, (enum ni_sorted_key)by, reverse, SLICE_NS);
			check(m, (enum ni_sorted_key)by, reverse, 0);
		}
	ni_model_free(&m);
	ni_source_close(&s);
}

/* A filter lets some through, another one others; what comes late is taken in. */
static void
test_members(void **state)
{
	(void)state;
	static struct ni_entry e[MAX_PACKETS];
	struct ni_source *s;
	struct ni_model *m = load("page-load.pcap", &s);
	uint64_t last = ni_index_last(ni_model_index(m));
	struct ni_set third = {.seen = 0};
	for (uint64_t k = 1; k <= last; k++)
		assert_true(ni_set_add(&third, k, k % 3 == 0));
	struct ni_sorted *o = ni_sorted_new(m, NI_SORTED_LENGTH, true);
	struct ni_sorted_of of = {.members = &third, .last = 9};
	finish(o, &of, SLICE_NS);
	assert_int_equal(entries(m, o, e), 3);
	of.last = last;
	finish(o, &of, SLICE_NS);
	assert_int_equal(entries(m, o, e), last / 3);
	for (uint64_t i = 1; i < last / 3; i++)
		assert_true(e[i - 1].len >= e[i].len);
	of = (struct ni_sorted_of){.last = last, .changes = 1};
	finish(o, &of, SLICE_NS);
	assert_int_equal(entries(m, o, e), last);
	ni_sorted_free(&o);
	ni_set_free(&third);
	ni_model_free(&m);
	ni_source_close(&s);
}

static void
expect_trouble(const char *capture, enum rp_bad_kind kind)
{
	struct ni_source *s;
	struct ni_model *m = load(capture, &s);
	const struct ni_conntab *t = ni_model_conns(m);
	uint64_t troubled = 0;
	bool found = kind == RP_BAD_NONE;
	for (uint64_t i = 0; i < ni_conntab_count(t); i++) {
		const struct ni_conn_row *r = ni_conntab_row(t, i);
		troubled += ni_conn_row_is_troubled(r);
		found |= r->trouble == kind;
	}
	assert_true(found);
	assert_int_equal(ni_conntab_troubled(t), troubled);
	assert_int_equal(troubled > 0, kind != RP_BAD_NONE);
	ni_model_free(&m);
	ni_source_close(&s);
}

static void
test_trouble(void **state)
{
	(void)state;
	expect_trouble("tcp-reset.pcap", RP_BAD_RESET);
	expect_trouble("tcp-refused.pcap", RP_BAD_REFUSED);
	expect_trouble("tcp-syn-no-answer.pcap", RP_BAD_NO_ANSWER);
	expect_trouble("tcp-close-3.pcap", RP_BAD_NONE);
	expect_trouble("http-keepalive.pcap", RP_BAD_NONE);
}

static bool
has_line(const struct ni_detail *d, const char *text)
{
	for (uint32_t i = 0; i < d->n; i++)
		if (strstr(ni_detail_text(d, i), text))
			return true;
	return false;
}

/* A packet's comment stands in its details however late they are made. */
static void
test_comment(void **state)
{
	(void)state;
	struct ni_source *s;
	struct ni_model *m = load("nat.pcapng", &s);
	struct ni_detail d = {.number = 0};
	assert_int_equal(ni_detail_make(&d, m, 1, NULL), 0);
	assert_true(has_line(&d, "The same echo request as packet 2"));
	assert_int_equal(ni_detail_make(&d, m, 3, NULL), 0);
	assert_false(has_line(&d, "The same echo request"));
	assert_int_equal(ni_model_stats(m).comments_dropped, 0);
	ni_detail_free(&d);
	ni_model_free(&m);
	ni_source_close(&s);
}

static void
test_comments_bound(void **state)
{
	(void)state;
	static char text[1024 * 1024];
	struct ni_comments c = {.n = 0};
	memset(text, 'x', sizeof(text));
	struct ni_frame f = {.comment = text, .comment_len = sizeof(text)};
	struct ni_frame none = {.comment = NULL};
	for (uint64_t k = 1; k <= 20; k++)
		ni_comments_add(&c, k, k % 2 ? &f : &none);
	assert_true(c.n > 2 && c.n < 10);
	assert_int_equal(c.n + c.dropped, 10);
	assert_true(c.text_room <= NI_COMMENTS_BYTES);
	ni_comments_get(&c, 3, &none);
	assert_int_equal(none.comment_len, sizeof(text));
	none.comment = NULL;
	ni_comments_get(&c, 4, &none);
	assert_null(none.comment);
	ni_comments_clear(&c);
}

/* Every third packet into a file, a slice at a time; and one that is given up half-way. */
static void
test_writing(void **state)
{
	(void)state;
	char path[] = "/tmp/ni-writing-XXXXXX.pcap";
	struct ni_source *s;
	struct ni_model *m = load("page-load.pcap", &s);
	uint64_t last = ni_index_last(ni_model_index(m));
	uint64_t n = 0;
	struct ni_err err;
	struct ni_set third = {.seen = 0};
	for (uint64_t k = 1; k <= last; k++)
		assert_true(ni_set_add(&third, k, k % 3 == 0));
	assert_true(close(mkstemps(path, 5)) == 0);
	struct ni_writing *w = ni_writing_new(m, path, &third, last, &err);
	ni_set_free(&third);
	assert_non_null(w);
	while (ni_writing_work(w, 0))
		assert_true(ni_writing_percent(w) < 100);
	assert_int_equal(ni_writing_percent(w), 100);
	assert_int_equal(ni_writing_finish(w, &n, &err), 0);
	assert_int_equal(n, last / 3);
	ni_writing_free(&w);
	struct ni_source *back;
	struct ni_file_options o = {.path = path};
	assert_int_equal(ni_source_open_file(&back, &o, NULL), 0);
	struct ni_frame f;
	for (n = 0; ni_source_next(back, &f, NULL) == NI_SOURCE_FRAME;)
		n++;
	assert_int_equal(n, last / 3);
	ni_source_close(&back);
	w = ni_writing_new(m, path, NULL, last, &err);
	assert_non_null(w);
	ni_writing_work(w, 0);
	ni_writing_free(&w);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_null(ni_writing_new(m, "/dev/null/x.pcap", NULL, last, &err));
	ni_model_free(&m);
	ni_source_close(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),           cmocka_unit_test(test_members),
	    cmocka_unit_test(test_trouble),        cmocka_unit_test(test_comment),
	    cmocka_unit_test(test_comments_bound), cmocka_unit_test(test_writing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
