/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory runs out at every place in turn: it is told, nothing crashes and nothing leaks. Linked
 * with -Wl,--wrap for each of the functions below.
 */
#include "test_capture_util.h"

#include <errno.h>

#include "capture/iflist.h"
#include "capture/writer.h"

static long left = -1; /* allocations until one fails; negative: none does */
static bool failed;

static bool
fails(void)
{
	if (left < 0 || left-- > 0)
		return false;
	failed = true;
	errno = ENOMEM;
	return true;
}

/* The names are the linker's. NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
 */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);
int __wrap_asprintf(char **out, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

char *
__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *
__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}

int
__wrap_asprintf(char **out, const char *fmt, ...)
{
	if (fails())
		return -1;
	va_list ap;
	va_start(ap, fmt);
	int n = vasprintf(out, fmt, ap);
	va_end(ap);
	return n;
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static int
copy(const char *from, int to, struct ni_err *err)
{
	struct ni_source *s;
	struct ni_frame f;
	struct ni_file_options in = {.path = from, .filter = "greater 1"};
	int r = ni_source_open_file(&s, &in, err);
	if (r < 0)
		return r;
	struct ni_writer *w;
	struct ni_writer_options out = {.fd = to, .input = s};
	r = ni_writer_open(&w, &out, err);
	while (r == 0) {
		r = ni_source_next(s, &f, err);
		if (r == NI_SOURCE_FRAME)
			r = ni_writer_put(w, &f, err);
	}
	int c = ni_writer_close(&w, r < 0 ? NULL : err);
	ni_source_close(&s);
	return r < 0 ? r : c;
}

static void
make(struct blob *o)
{
	add_section(o);
	for (uint32_t i = 0; i < 6; i++)
		add_interface(o, i % 2 ? 113 : 1, 0, "eth0", 0);
	for (uint32_t i = 0; i < 6; i++) {
		size_t at = begin_packet(o, i, 1, 40, 40);
		add_option(o, 1, "one", 3);
		add_option(o, 1, "two", 3);
		add_option(o, 0, "", 0);
		end_block(o, at);
	}
}

static void
copying(void **state)
{
	(void)state;
	struct blob o = {0};
	struct memfile from;
	struct memfile to;
	make(&o);
	put_file(&from, o.b, o.n);
	put_file(&to, NULL, 0);
	long n = 0;
	do {
		struct ni_err err = {.what = ""};
		left = n++;
		failed = false;
		int r = copy(from.path, to.fd, &err);
		left = -1;
		/* A comment is left out rather than a packet. */
		if (r < 0) {
			assert_true(failed);
			assert_int_equal(r, NI_ERR_RUN);
			assert_non_null(strstr(err.what, "out of memory"));
		}
	} while (failed);
	assert_true(n > 20);
	drop_file(&from);
	drop_file(&to);
}

static void
ring(void **state)
{
	(void)state;
	char dir[] = "/tmp/netinspect-test-XXXXXX";
	char path[64];
	struct ni_limits l = {.several = true, .next_packets = 1, .keep_files = 2};
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x.pcap", dir);
	long n = 0;
	do {
		struct ni_err err = {.what = ""};
		struct ni_frame f = {
		    .linktype = 1, .data = (const uint8_t *)"x", .cap = 1, .len = 1, .number = 1};
		struct ni_writer_options out = {.path = path, .limits = &l};
		struct ni_writer *w;
		left = n++;
		failed = false;
		int r = ni_writer_open(&w, &out, &err);
		for (int i = 0; i < 4 && r == 0; i++)
			r = ni_writer_put(w, &f, &err);
		ni_writer_close(&w, NULL);
		left = -1;
		assert_int_equal(r, failed ? NI_ERR_RUN : 0);
	} while (failed);
	char command[96];
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

static void
interfaces(void **state)
{
	(void)state;
	long n = 0;
	do {
		struct ni_err err;
		struct ni_iflist *list;
		left = n++;
		failed = false;
		int r = ni_iflist_get(&list, &err);
		left = -1;
		assert_int_equal(r, failed ? NI_ERR_RUN : 0);
		ni_iflist_free(&list);
	} while (failed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(copying),
	    cmocka_unit_test(ring),
	    cmocka_unit_test(interfaces),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
