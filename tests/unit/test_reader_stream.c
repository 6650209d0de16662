/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are still being written, and pipes. */
#include "test_capture_util.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

enum { IDLES = 3 };

static struct blob whole;

static int
prepare(void **state)
{
	(void)state;
	whole = (struct blob){0};
	add_pcap_header(&whole, 0xa1b2c3d4, 4, 65535, 1);
	for (uint32_t i = 1; i <= 3; i++)
		add_record(&whole, i, i, 50 * i, 50 * i, 0);
	return 0;
}

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct ni_source *
open_source(const char *path, bool follow)
{
	struct ni_file_options o = {.path = path, .follow = follow};
	struct ni_source *s;
	struct ni_err err;
	if (ni_source_open_file(&s, &o, &err) < 0)
		fail_msg("%s", err.what);
	ni_source_set_wait(s, 5);
	return s;
}

/* A file that grows by one byte at a time gives each packet as soon as it is whole. */
static void
follows(void **state)
{
	(void)state;
	struct memfile m;
	struct got g = {0};
	put_file(&m, NULL, 0);
	struct ni_source *s = open_source(m.path, true);
	ni_source_set_wait(s, 0);
	static const size_t ends[] = {24 + 66, 24 + 66 + 116, 24 + 66 + 116 + 166};
	for (size_t i = 0; i < whole.n; i++) {
		assert_int_equal(write(m.fd, whole.b + i, 1), 1);
		read_some(s, &g, 1);
		assert_int_equal(g.last, NI_SOURCE_IDLE);
		assert_int_equal(g.n, (i + 1 >= ends[0]) + (i + 1 >= ends[1]) + (i + 1 >= ends[2]));
	}
	/* Half a record at the end is not an error, but about to be written. */
	assert_int_equal(write(m.fd, whole.b + 24, 30), 30);
	read_some(s, &g, IDLES);
	assert_int_equal(g.last, NI_SOURCE_IDLE);
	ni_source_break(s);
	read_some(s, &g, IDLES);
	assert_int_equal(g.last, NI_SOURCE_END);
	assert_int_equal(g.n, 3);
	ni_source_close(&s);
	drop_file(&m);
}

static void
follow_notices_cut(void **state)
{
	(void)state;
	struct memfile m;
	struct got g = {0};
	put_file(&m, whole.b, whole.n);
	struct ni_source *s = open_source(m.path, true);
	read_some(s, &g, 1);
	assert_int_equal(g.n, 3);
	assert_int_equal(ftruncate(m.fd, 100), 0);
	read_some(s, &g, IDLES);
	assert_error(&g, NI_ERR_INPUT, "to 100 bytes while being followed");
	ni_source_close(&s);
	drop_file(&m);
}

static void
cut_under_our_hands(void **state)
{
	(void)state;
	/* More than one block, so that the reader has to come back. */
	struct memfile m;
	struct got g = {0};
	put_file(&m, whole.b, 24);
	struct blob one = {0};
	add_record(&one, 1, 1, 10000, 10000, 0);
	for (int i = 0; i < 60; i++)
		assert_int_equal(write(m.fd, one.b, one.n), one.n);
	struct ni_source *s = open_source(m.path, false);
	struct ni_frame f;
	assert_int_equal(ni_source_next(s, &f, &g.err), NI_SOURCE_FRAME);
	note_frame(&g, &f);
	assert_int_equal(ftruncate(m.fd, 300000), 0);
	read_some(s, &g, IDLES);
	assert_error(&g, NI_ERR_INPUT, "cut short in packet");
	assert_true(g.n >= 20 && g.n < 60);
	ni_source_close(&s);
	drop_file(&m);
}

static void
breaks_at_once(void **state)
{
	(void)state;
	struct memfile m;
	struct ni_err err;
	struct ni_frame f;
	put_file(&m, whole.b, whole.n);
	struct ni_source *s = open_source(m.path, false);
	assert_int_equal(ni_source_next(s, &f, &err), NI_SOURCE_FRAME);
	ni_source_break(s);
	assert_int_equal(ni_source_next(s, &f, &err), NI_SOURCE_END);
	ni_source_close(&s);
	drop_file(&m);
}

static void
info_and_progress(void **state)
{
	(void)state;
	struct memfile m;
	struct got g = {0};
	struct ni_source_info info;
	put_file(&m, whole.b, whole.n);
	struct ni_source *s = open_source(m.path, false);
	ni_source_info(s, &info);
	assert_string_equal(info.name, m.path);
	assert_string_equal(info.format, "pcap (microseconds)");
	assert_null(info.compression);
	assert_false(info.live);
	assert_int_equal(info.n_ifaces, 1);
	assert_int_equal(info.size, whole.n);
	assert_int_equal(info.position, 24);
	assert_int_equal(ni_source_fd(s), -1);
	read_some(s, &g, 1);
	ni_source_info(s, &info);
	assert_int_equal(info.position, whole.n);
	/* The store reads a frame again by its offset. */
	uint8_t data[50];
	assert_int_equal(pread(info.store_fd, data, 50, (off_t)g.f[0].offset), 50);
	assert_true(is_data(data, 50, 50));
	ni_source_close(&s);
	drop_file(&m);
}

/* ---- pipes ---- */

static void
slow_pipe(void **state)
{
	(void)state;
	int p[2];
	char path[32];
	struct got g = {0};
	assert_int_equal(pipe(p), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	double start = now();
	struct ni_source *s = open_source(path, false);
	assert_true(ni_source_fd(s) >= 0);
	read_some(s, &g, 2);
	assert_int_equal(g.last, NI_SOURCE_IDLE);
	assert_true(now() - start < 2);
	for (size_t i = 0; i < whole.n; i++) {
		assert_int_equal(write(p[1], whole.b + i, 1), 1);
		if (i % 16 == 0)
			read_some(s, &g, 1);
	}
	close(p[1]);
	read_some(s, &g, 20);
	assert_int_equal(g.last, NI_SOURCE_END);
	assert_int_equal(g.n, 3);
	ni_source_close(&s);
	close(p[0]);
}

static void
cut_pipe(void **state)
{
	(void)state;
	int p[2];
	char path[32];
	struct got g;
	assert_int_equal(pipe(p), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	assert_int_equal(write(p[1], whole.b, 100), 100);
	close(p[1]);
	read_path(path, NULL, &g);
	assert_int_equal(g.n, 1);
	assert_error(&g, NI_ERR_INPUT, "packet 2 at byte 90: 16 bytes needed, 10 are there");
	close(p[0]);
}

/* What was sent before the break is delivered, and a writer that goes on does not hold us up. */
static void
break_drains_pipe(void **state)
{
	(void)state;
	int p[2];
	char path[32];
	struct got g = {0};
	assert_int_equal(pipe(p), 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	struct ni_source *s = open_source(path, false);
	assert_int_equal(write(p[1], whole.b, whole.n), whole.n);
	ni_source_break(s);
	double start = now();
	read_some(s, &g, 50);
	assert_int_equal(g.last, NI_SOURCE_END);
	assert_int_equal(g.n, 3);
	assert_true(now() - start < 2);
	ni_source_close(&s);
	close(p[0]);
	close(p[1]);
}

static void *
write_fifo(void *path)
{
	/* Give the reader time to find nobody writing. */
	struct timespec t = {0, 30000000};
	nanosleep(&t, NULL);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, whole.b, whole.n) != (ssize_t)whole.n)
		return path;
	close(fd);
	return NULL;
}

static void
fifo(void **state)
{
	(void)state;
	char dir[] = "/tmp/netinspect-test-XXXXXX";
	char path[64];
	struct got g = {0};
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	pthread_t t;
	assert_int_equal(pthread_create(&t, NULL, write_fifo, path), 0);
	/* Opening does not wait for the writer. */
	struct ni_source *s = open_source(path, false);
	read_some(s, &g, 1000);
	assert_int_equal(g.last, NI_SOURCE_END);
	assert_int_equal(g.n, 3);
	void *failed;
	pthread_join(t, &failed);
	assert_null(failed);
	ni_source_close(&s);
	unlink(path);
	rmdir(dir);
}

static void
standard_input(void **state)
{
	(void)state;
	struct memfile m;
	struct got g;
	put_file(&m, whole.b, whole.n);
	int saved = dup(0);
	lseek(m.fd, 0, SEEK_SET);
	dup2(m.fd, 0);
	read_path("-", NULL, &g);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.f[0].offset, 40);
	dup2(saved, 0);
	close(saved);
	drop_file(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(follows),
	    cmocka_unit_test(follow_notices_cut),
	    cmocka_unit_test(cut_under_our_hands),
	    cmocka_unit_test(breaks_at_once),
	    cmocka_unit_test(info_and_progress),
	    cmocka_unit_test(slow_pipe),
	    cmocka_unit_test(cut_pipe),
	    cmocka_unit_test(break_drains_pipe),
	    cmocka_unit_test(fifo),
	    cmocka_unit_test(standard_input),
	};
	return cmocka_run_group_tests(tests, prepare, NULL);
}
