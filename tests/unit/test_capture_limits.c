/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -a and -b: what is understood, what is refused and in which words. */
#include "test_capture_util.h"

#include "capture/limits.h"

static void
understands(void **state)
{
	(void)state;
	struct ni_limits l = {0};
	struct ni_err err;
	static const char *const stop[] = {"duration:0.5", "filesize:3", "files:99999",
					   "packets:7"};
	static const char *const next[] = {"duration:60", "interval:3600", "filesize:1000000",
					   "packets:1",   "files:2",       "nametimenum:1"};
	for (size_t i = 0; i < sizeof(stop) / sizeof(stop[0]); i++)
		assert_int_equal(ni_limits_autostop(&l, stop[i], &err), 0);
	for (size_t i = 0; i < sizeof(next) / sizeof(next[0]); i++)
		assert_int_equal(ni_limits_ring(&l, next[i], &err), 0);
	assert_int_equal(l.stop_ns, 500000000);
	assert_int_equal(l.stop_bytes, 3000);
	assert_int_equal(l.stop_files, 99999);
	assert_int_equal(l.stop_packets, 7);
	assert_true(l.several);
	assert_int_equal(l.next_ns, 60000000000);
	assert_int_equal(l.next_interval_ns, 3600000000000);
	assert_int_equal(l.next_bytes, 1000000000);
	assert_int_equal(l.next_packets, 1);
	assert_int_equal(l.keep_files, 2);
	assert_false(l.time_first);
	assert_int_equal(ni_limits_ring(&l, "nametimenum:2", &err), 0);
	assert_true(l.time_first);
	assert_int_equal(ni_limits_check(&l, "x.pcap", &err), 0);
}

static void
refuses(void **state)
{
	(void)state;
	static const struct {
		bool ring;
		const char *text;
		const char *error;
	} v[] = {
	    {false, "duration", "-a duration: not of the form"},
	    {false, "duration:", "-a duration:: not a number of seconds"},
	    {false, "duration:abc", "not a number of seconds"},
	    {false, "duration:0", "not a number of seconds above 0"},
	    {false, "duration:-1", "not a number of seconds"},
	    {false, "duration:1.2.3", "not a number of seconds"},
	    {false, "duration:inf", "not a number of seconds"},
	    {false, "duration:99999999999999999999", "not a number of seconds"},
	    {false, "filesize:", "not a whole number"},
	    {false, "filesize:1.5", "not a whole number"},
	    {false, "filesize:18446744073709551615", "too large"},
	    {false, "files:0", "not a whole number above 0"},
	    {false, "files:100000", "more than 99999 files"},
	    {false, "packets:-3", "not a whole number"},
	    {false, "size:3", "unknown criterion"},
	    {false, "file:3", "unknown criterion"},
	    {true, "printname:x", "-b printname:x: unknown criterion"},
	    {true, "nametimenum:3", "neither 1"},
	    {true, "files:1e3", "not a whole number"},
	};
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct ni_limits l = {0};
		struct ni_err err;
		int r = v[i].ring ? ni_limits_ring(&l, v[i].text, &err)
				  : ni_limits_autostop(&l, v[i].text, &err);
		assert_int_equal(r, NI_ERR_INPUT);
		if (!strstr(err.what, v[i].error))
			fail_msg("%s: %s", v[i].text, err.what);
		assert_true(strlen(err.hint) > 0);
	}
}

static void
refuses_combinations(void **state)
{
	(void)state;
	struct ni_err err;
	struct ni_limits l = {.several = true, .keep_files = 2};
	assert_int_equal(ni_limits_check(&l, "x", &err), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "when to begin the next file"));
	l.next_packets = 1;
	assert_int_equal(ni_limits_check(&l, "x", &err), 0);
	assert_int_equal(ni_limits_check(&l, "-", &err), NI_ERR_INPUT);
	assert_int_equal(ni_limits_check(&l, NULL, &err), NI_ERR_INPUT);
	/* As in tshark, -a filesize says with -b when the next file begins. */
	l = (struct ni_limits){.several = true, .stop_bytes = 1000};
	assert_int_equal(ni_limits_check(&l, "x", &err), 0);
	l = (struct ni_limits){.stop_bytes = 1000};
	assert_int_equal(ni_limits_check(&l, NULL, &err), NI_ERR_INPUT);
	l = (struct ni_limits){.stop_files = 2};
	assert_int_equal(ni_limits_check(&l, "x", &err), NI_ERR_INPUT);
}

static void
becomes_due(void **state)
{
	(void)state;
	const int64_t s = 1000000000;
	struct ni_progress p;
	ni_progress_start(&p, (struct ni_now){100 * s, 1700000003 * s});
	ni_progress_start_file(&p, (struct ni_now){100 * s, 1700000003 * s});
	struct ni_limits l = {.stop_ns = 20 * s, .next_ns = 5 * s, .next_interval_ns = 10 * s};
	struct ni_now now = {104 * s, 1700000007 * s};
	assert_int_equal(ni_limits_by_time(&l, &p, now), NI_DUE_NOTHING);
	now = (struct ni_now){105 * s, 1700000008 * s};
	assert_int_equal(ni_limits_by_time(&l, &p, now), NI_DUE_NEXT_FILE);
	/* The clock on the wall decides about intervals. */
	now = (struct ni_now){101 * s, 1700000010 * s};
	assert_int_equal(ni_limits_by_time(&l, &p, now), NI_DUE_NEXT_FILE);
	now = (struct ni_now){120 * s, 1700000003 * s};
	assert_int_equal(ni_limits_by_time(&l, &p, now), NI_DUE_STOP);
	l = (struct ni_limits){.stop_packets = 5, .next_packets = 2, .stop_bytes = 500};
	p.packets = p.file_packets = 1;
	assert_int_equal(ni_limits_by_size(&l, &p), NI_DUE_NOTHING);
	p.file_packets = 2;
	assert_int_equal(ni_limits_by_size(&l, &p), NI_DUE_NEXT_FILE);
	p.packets = 5;
	assert_int_equal(ni_limits_by_size(&l, &p), NI_DUE_STOP);
	p.packets = p.file_packets = 1;
	p.file_bytes = 500;
	assert_int_equal(ni_limits_by_size(&l, &p), NI_DUE_STOP);
	l.several = true;
	assert_int_equal(ni_limits_by_size(&l, &p), NI_DUE_NEXT_FILE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(understands),
	    cmocka_unit_test(refuses),
	    cmocka_unit_test(refuses_combinations),
	    cmocka_unit_test(becomes_due),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
