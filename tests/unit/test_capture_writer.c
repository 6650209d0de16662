/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing captures: what is written is read back the same, and what goes wrong leaves whole files.
 */
#include "test_capture_util.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

#include "capture/writer.h"

static char dir[64];

static int
make_dir(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/netinspect-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

/* Names in the directory, in order; returns their number. */
static int
list_dir(char names[][64], int room)
{
	struct dirent **e;
	int n = scandir(dir, &e, NULL, alphasort);
	int found = 0;
	for (int i = 0; i < n; i++) {
		if (e[i]->d_name[0] != '.' && found < room)
			snprintf(names[found++], 64, "%.63s", e[i]->d_name);
		free(e[i]);
	}
	free(e);
	return found;
}

static int
remove_dir(void **state)
{
	(void)state;
	char names[64][64];
	int n = list_dir(names, 64);
	int d = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < n; i++)
		unlinkat(d, names[i], 0);
	close(d);
	return rmdir(dir);
}

static const char *
in_dir(const char *name)
{
	static char path[160];
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static uint8_t bytes[300000];

static struct ni_frame
frame(uint64_t number, uint32_t cap)
{
	for (uint32_t i = 0; i < cap; i++)
		bytes[i] = (uint8_t)(cap + i * 7);
	return (struct ni_frame){
	    .data = bytes,
	    .cap = cap,
	    .len = cap + 10,
	    .number = number,
	    .ts_ns = INT64_C(1700000000123456789) + (int64_t)number * 1000000000,
	    .offset = UINT64_MAX,
	    .linktype = 1,
	};
}

static struct ni_writer *
open_writer(struct ni_writer_options opt)
{
	struct ni_writer *w;
	struct ni_err err;
	if (ni_writer_open(&w, &opt, &err) < 0)
		fail_msg("%s", err.what);
	return w;
}

static int
put(struct ni_writer *w, const struct ni_frame *f)
{
	struct ni_err err;
	int r = ni_writer_put(w, f, &err);
	if (r < 0)
		fail_msg("%s", err.what);
	return r;
}

static void
formats(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum ni_writer_format format;
		const char *says;
		int64_t unit;
	} v[] = {
	    {"x.pcap", NI_WRITER_AUTO, "pcap (nanoseconds)", 1},
	    {"x.CAP", NI_WRITER_AUTO, "pcap (nanoseconds)", 1},
	    {"x.pcapng", NI_WRITER_AUTO, "pcapng", 1},
	    {"x", NI_WRITER_AUTO, "pcapng", 1},
	    {"x.pcapng", NI_WRITER_PCAP, "pcap (microseconds)", 1000},
	    {"x.pcapng", NI_WRITER_PCAP_NS, "pcap (nanoseconds)", 1},
	    {"x.pcap", NI_WRITER_PCAPNG, "pcapng", 1},
	};
	static const uint32_t caps[] = {60, 0, 1, 2, 3, 262144, 1514};
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		const char *path = in_dir(v[i].name);
		struct ni_writer *w =
		    open_writer((struct ni_writer_options){.path = path, .format = v[i].format});
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		for (uint64_t k = 0; k < 7; k++) {
			struct ni_frame f = frame(k, caps[k]);
			assert_int_equal(put(w, &f), NI_WRITER_GO);
			/* The store finds it again. */
			assert_int_equal(ni_writer_flush(w, NULL), 0);
			uint8_t first = 0;
			if (caps[k] > 0)
				assert_int_equal(pread(fd, &first, 1, (off_t)ni_writer_offset(w)),
						 1);
			assert_int_equal(first, (uint8_t)caps[k]);
		}
		struct ni_writer_stats st;
		ni_writer_stats(w, &st);
		assert_int_equal(st.packets, 7);
		assert_int_equal(st.files, 1);
		assert_int_equal(ni_writer_close(&w, NULL), 0);
		assert_null(w);
		close(fd);
		struct got g;
		read_path(path, NULL, &g);
		assert_int_equal(g.last, NI_SOURCE_END);
		assert_int_equal(g.n, 7);
		assert_string_equal(g.format, v[i].says);
		for (int k = 0; k < 7; k++) {
			struct ni_frame f = frame((uint64_t)k, 0);
			assert_int_equal(g.f[k].cap, caps[k]);
			assert_int_equal(g.f[k].len, caps[k] + 10);
			assert_int_equal(g.f[k].ts_ns, f.ts_ns / v[i].unit * v[i].unit);
			assert_true(g.f[k].right);
		}
	}
}

/* Copy the capture file @o to @path with the writer that the path asks for. */
static void
copy(const struct blob *o, const char *path)
{
	struct memfile m;
	struct ni_source *s;
	struct ni_frame f;
	struct ni_err err;
	put_file(&m, o->b, o->n);
	struct ni_file_options in = {.path = m.path};
	assert_int_equal(ni_source_open_file(&s, &in, &err), 0);
	struct ni_writer *w = open_writer((struct ni_writer_options){.path = path, .input = s});
	while (ni_source_next(s, &f, &err) == NI_SOURCE_FRAME)
		put(w, &f);
	assert_int_equal(ni_writer_close(&w, &err), 0);
	ni_source_close(&s);
	drop_file(&m);
}

static void
keeps_everything(void **state)
{
	(void)state;
	struct blob o = {0};
	struct got g;
	add_section(&o);
	add_interface(&o, 1, 96, "eth0", 0);
	add_interface(&o, 113, 0, "any", 9);
	add_interface(&o, 101, 0, NULL, 0x80 | 20);
	for (uint32_t i = 0; i < 3; i++) {
		size_t at = begin_packet(&o, i, UINT64_C(1700000000123456) + i, 7 + i, 100);
		if (i == 1)
			add_option(&o, 1, "look here", 9);
		end_block(&o, at);
	}
	size_t at = begin_block(&o, 5);
	uint64_t drops = 12;
	add32(&o, 0);
	add64(&o, 0);
	add_option(&o, 7, &drops, 8);
	end_block(&o, at);
	copy(&o, in_dir("all.pcapng"));
	read_path(in_dir("all.pcapng"), NULL, &g);
	struct got was;
	read_blob(&o, &was);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.stats.dropped, 12);
	for (int i = 0; i < 3; i++) {
		/* Where it stands in the file is all that may differ. */
		g.f[i].offset = was.f[i].offset;
		assert_memory_equal(&g.f[i], &was.f[i], sizeof(g.f[i]));
	}
	assert_string_equal(g.f[1].comment, "look here");
}

static void
same_bytes(void **state)
{
	(void)state;
	/* A classic file comes out as it went in, resolution and all. */
	static const uint32_t magics[] = {0xa1b2c3d4, 0xa1b23c4d};
	for (size_t i = 0; i < 2; i++) {
		struct blob o = {0};
		uint8_t back[sizeof(o.b)];
		add_pcap_header(&o, magics[i], 4, 1234, 0x24000001);
		add_record(&o, 1, 999, 30, 40, 0);
		add_record(&o, 2, 999, 0, 40, 0);
		copy(&o, in_dir("same.pcap"));
		int fd = open(in_dir("same.pcap"), O_RDONLY | O_CLOEXEC);
		assert_int_equal(read(fd, back, sizeof(back)), o.n);
		assert_memory_equal(back, o.b, o.n);
		close(fd);
	}
}

static void
empty_files(void **state)
{
	(void)state;
	static const char *const names[] = {"empty.pcap", "empty.pcapng"};
	for (int i = 0; i < 2; i++) {
		struct ni_writer *w =
		    open_writer((struct ni_writer_options){.path = in_dir(names[i])});
		assert_int_equal(ni_writer_close(&w, NULL), 0);
		struct got g;
		read_path(in_dir(names[i]), NULL, &g);
		assert_int_equal(g.n, 0);
		assert_int_equal(g.last, NI_SOURCE_END);
	}
}

static void
second_link_type(void **state)
{
	(void)state;
	struct ni_writer *w = open_writer((struct ni_writer_options){.path = in_dir("two.pcap")});
	struct ni_frame f = frame(1, 60);
	struct ni_err err;
	put(w, &f);
	f.linktype = 113;
	assert_int_equal(ni_writer_put(w, &f, &err), NI_ERR_INPUT);
	assert_non_null(strstr(err.what, "Ethernet and Linux cooked"));
	assert_non_null(strstr(err.hint, "pcapng"));
	ni_writer_close(&w, NULL);
}

static void
never_its_input(void **state)
{
	(void)state;
	struct blob o = {0};
	struct ni_source *s;
	struct ni_writer *w;
	struct ni_err err;
	struct got g;
	add_pcap_header(&o, 0xa1b2c3d4, 4, 1234, 1);
	add_record(&o, 1, 1, 30, 30, 0);
	copy(&o, in_dir("in.pcap"));
	char other[160];
	snprintf(other, sizeof(other), "%s", in_dir("link.pcap"));
	assert_int_equal(link(in_dir("in.pcap"), other), 0);
	struct ni_file_options in = {.path = in_dir("in.pcap")};
	assert_int_equal(ni_source_open_file(&s, &in, &err), 0);
	struct ni_writer_options out = {.path = other, .input = s};
	assert_int_equal(ni_writer_open(&w, &out, &err), NI_ERR_INPUT);
	assert_null(w);
	assert_non_null(strstr(err.what, "is the file that is being read"));
	ni_source_close(&s);
	read_path(in_dir("in.pcap"), NULL, &g);
	assert_int_equal(g.n, 1);
}

static void
cannot_open(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *error;
	} v[] = {{"nodir/x.pcap", "No such file"}, {"", "is a directory"}};
	struct ni_writer *w;
	struct ni_err err;
	for (int i = 0; i < 2; i++) {
		struct ni_writer_options out = {.path = in_dir(v[i].name)};
		assert_true(ni_writer_open(&w, &out, &err) < 0);
		assert_non_null(strstr(err.what, v[i].error));
	}
	enum ni_writer_format format;
	assert_int_equal(ni_writer_format_parse("nsecpcap", &format, &err), 0);
	assert_int_equal(format, NI_WRITER_PCAP_NS);
	assert_int_equal(ni_writer_format_parse("erf", &format, &err), NI_ERR_INPUT);
}

/* A full disk, played by a limit on the size of files: the file ends behind a whole packet. */
static void
full_disk(void **state)
{
	(void)state;
	static const char *const names[] = {"full.pcap", "full.pcapng"};
	struct rlimit was;
	getrlimit(RLIMIT_FSIZE, &was);
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	for (int i = 0; i < 2; i++) {
		struct ni_writer *w =
		    open_writer((struct ni_writer_options){.path = in_dir(names[i])});
		struct rlimit l = {600001, was.rlim_max};
		struct ni_err err;
		int r = 0;
		setrlimit(RLIMIT_FSIZE, &l);
		for (uint64_t k = 0; k < 2000 && r == 0; k++) {
			struct ni_frame f = frame(k, 1000);
			r = ni_writer_put(w, &f, &err);
		}
		setrlimit(RLIMIT_FSIZE, &was);
		assert_int_equal(r, NI_ERR_RUN);
		assert_non_null(strstr(err.what, "cannot be written: File too large"));
		struct ni_frame f = frame(1, 60);
		assert_int_equal(ni_writer_put(w, &f, &err), NI_ERR_RUN);
		assert_int_equal(ni_writer_close(&w, &err), 0);
		struct got g;
		read_path(in_dir(names[i]), NULL, &g);
		assert_int_equal(g.last, NI_SOURCE_END);
		assert_in_range(g.n, 570, 591);
	}
	signal(SIGXFSZ, handler);
}

static void
hung_up_pipe(void **state)
{
	(void)state;
	int p[2];
	struct ni_err err;
	struct ni_writer_stats st;
	assert_int_equal(pipe(p), 0);
	void (*handler)(int) = signal(SIGPIPE, SIG_IGN);
	struct ni_writer *w = open_writer((struct ni_writer_options){.fd = p[1]});
	close(p[0]);
	struct ni_frame f = frame(1, 60);
	put(w, &f);
	assert_int_equal(ni_writer_flush(w, &err), NI_ERR_RUN);
	ni_writer_stats(w, &st);
	assert_true(st.hung_up);
	assert_int_equal(ni_writer_close(&w, &err), 0);
	/* It was not ours to close. */
	assert_int_equal(close(p[1]), 0);
	signal(SIGPIPE, handler);
}

/* ---- several files ---- */

static struct ni_limits
limits(const char *a, const char *b1, const char *b2)
{
	struct ni_limits l = {0};
	struct ni_err err;
	if (a)
		assert_int_equal(ni_limits_autostop(&l, a, &err), 0);
	if (b1)
		assert_int_equal(ni_limits_ring(&l, b1, &err), 0);
	if (b2)
		assert_int_equal(ni_limits_ring(&l, b2, &err), 0);
	assert_int_equal(ni_limits_check(&l, "x", &err), 0);
	return l;
}

/* Put frames of 84 bytes into x.pcap until told to stop, at most @n. Returns how many were put. */
static int
fill(const struct ni_limits *l, int n)
{
	struct ni_writer *w = open_writer((struct ni_writer_options){
	    .path = in_dir("x.pcap"), .limits = l, .capture_time = true});
	int k = 0;
	int r = NI_WRITER_GO;
	for (; k < n && r == NI_WRITER_GO; k++) {
		struct ni_frame f = frame((uint64_t)k, 84);
		r = put(w, &f);
	}
	assert_int_equal(ni_writer_close(&w, NULL), 0);
	return k;
}

static int
packets_in(const char *name)
{
	struct got g;
	read_path(in_dir(name), NULL, &g);
	assert_int_equal(g.last, NI_SOURCE_END);
	return g.n;
}

static void
ring(void **state)
{
	(void)state;
	char names[16][64];
	struct ni_limits l = limits(NULL, "packets:10", "files:3");
	assert_int_equal(fill(&l, 45), 45);
	assert_int_equal(list_dir(names, 16), 3);
	static const int want[] = {10, 10, 5};
	for (int i = 0; i < 3; i++) {
		/* x_00003_20240714120117.pcap */
		unsigned number;
		char stamp[16];
		assert_int_equal(sscanf(names[i], "x_%5u_%14[0-9].pcap", &number, stamp), 2);
		assert_int_equal(number, i + 3);
		assert_int_equal(strlen(names[i]), strlen("x_00003_20240714120117.pcap"));
		assert_int_equal(packets_in(names[i]), want[i]);
	}
}

static void
stops(void **state)
{
	(void)state;
	char names[16][64];
	struct ni_limits l = limits("packets:7", NULL, NULL);
	assert_int_equal(fill(&l, 45), 7);
	/* 24 bytes of file header and 100 a packet; 2000 are reached by the 20th. */
	l = limits("filesize:2", NULL, NULL);
	assert_int_equal(fill(&l, 45), 20);
	assert_int_equal(packets_in("x.pcap"), 20);
	/* The fifth second begins with the sixth packet, which is not written. */
	l = limits("duration:5", NULL, NULL);
	assert_int_equal(fill(&l, 45), 6);
	assert_int_equal(packets_in("x.pcap"), 5);
	unlink(in_dir("x.pcap"));
	l = limits("files:2", "packets:3", NULL);
	assert_int_equal(fill(&l, 45), 6);
	assert_int_equal(list_dir(names, 16), 2);
}

static void
next_by_size_and_time(void **state)
{
	(void)state;
	char names[16][64];
	struct ni_limits l = limits(NULL, "filesize:1", "nametimenum:2");
	assert_int_equal(fill(&l, 15), 15);
	assert_int_equal(list_dir(names, 16), 2);
	assert_int_equal(strlen(names[0]), strlen("x_20240714120117_00001.pcap"));
	assert_int_equal(packets_in(names[0]), 10);
	assert_int_equal(packets_in(names[1]), 5);
	remove_dir(NULL);
	make_dir(NULL);
	l = limits(NULL, "duration:4", NULL);
	assert_int_equal(fill(&l, 9), 9);
	assert_int_equal(list_dir(names, 16), 3);
	assert_int_equal(packets_in(names[0]), 4);
	assert_int_equal(packets_in(names[2]), 1);
	remove_dir(NULL);
	make_dir(NULL);
	/* 1700000000 is a multiple of 10. */
	l = limits(NULL, "interval:10", NULL);
	assert_int_equal(fill(&l, 25), 25);
	assert_int_equal(list_dir(names, 16), 3);
	assert_int_equal(packets_in(names[0]), 10);
	assert_int_equal(packets_in(names[2]), 5);
}

static void
ticks(void **state)
{
	(void)state;
	/* By the clock of the wall, files are begun and the capture stops without packets, too. */
	struct ni_limits l = limits("duration:1", "duration:0.05", NULL);
	struct ni_writer *w =
	    open_writer((struct ni_writer_options){.path = in_dir("t.pcapng"), .limits = &l});
	struct timespec t = {0, 2000000};
	int r = NI_WRITER_GO;
	for (int i = 0; i < 1000 && r == NI_WRITER_GO; i++) {
		nanosleep(&t, NULL);
		r = ni_writer_tick(w, NULL);
	}
	assert_int_equal(r, NI_WRITER_STOP);
	struct ni_writer_stats st;
	ni_writer_stats(w, &st);
	/* A busy machine may sleep through some of the twenty. */
	assert_in_range(st.files, 2, 21);
	assert_int_equal(ni_writer_check_ring(w, NULL), 0);
	assert_int_equal(ni_writer_close(&w, NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(formats, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(keeps_everything, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(same_bytes, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(empty_files, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(second_link_type, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(never_its_input, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(cannot_open, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(full_disk, make_dir, remove_dir),
	    cmocka_unit_test(hung_up_pipe),
	    cmocka_unit_test_setup_teardown(ring, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(stops, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(next_by_size_and_time, make_dir, remove_dir),
	    cmocka_unit_test_setup_teardown(ticks, make_dir, remove_dir),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
