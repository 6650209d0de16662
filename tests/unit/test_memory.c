/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory is short: whatever is done is done again and again, each time with one more allocation
 * that succeeds before the one that fails. Nothing may crash or leak (the sanitizer looks), and
 * what fails says so. Our own calls of malloc() and its kin go through the linker's --wrap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "netinspect/filter.h"
#include "netinspect/session.h"
#include "outputs.h"
#include "sinks.h"
#include "source.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

/* Beyond so many allocations only some are made to fail. */
enum { ALL = 400, STEP = 37, LAST = 20000 };

static unsigned long count;   /* allocations so far */
static unsigned long fail_at; /* this one fails; 0: none */
static const char *top;

static bool
fails(void)
{
	return ++count == fail_at;
}

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

struct job {
	const char *name;
	void (*what)(void);
};

/* Do @what with the n-th allocation failing, for every n until none fails any more. */
static void
exhaust(void (*what)(void))
{
	unsigned long n = 1;
	for (; n < LAST; n += n < ALL ? 1 : STEP) {
		count = 0;
		fail_at = n;
		what();
		if (count < n)
			break;
	}
	fail_at = 0;
	assert_true(n > 1);
}

/* ---- what is done ---- */

static void
registry(void)
{
	struct ni_registry *r = ni_registry_new();
	if (r)
		ni_registry_bind(r, NI_BY_TCP_PORT, 9, NULL);
	ni_registry_free(&r);
}

static void
every_output(void)
{
	struct ni_registry *r = ni_registry_new();
	struct outputs o;
	if (r) {
		outputs_open(&o, r);
		outputs_close(&o);
	}
	ni_registry_free(&r);
}

/* Read what @path names, through a source. */
static struct ni_source *
open_capture(const char *name)
{
	char path[4096];
	struct ni_source *s = NULL;
	struct ni_err err = {.what = ""};
	snprintf(path, sizeof(path), "%s/%s", top, name);
	struct ni_file_options opt = {.path = path, .filter = "ip or ip6 or arp or vlan"};
	int rc = ni_source_open_file(&s, &opt, &err);
	if (rc) {
		assert_null(s);
		assert_true(err.what[0] != '\0');
	}
	return s;
}

static void
read_capture(const char *name, struct ni_session *session)
{
	struct ni_source *s = open_capture(name);
	struct ni_frame f;
	struct ni_err err = {.what = ""};
	int rc = s ? NI_SOURCE_FRAME : NI_SOURCE_END;
	while (rc == NI_SOURCE_FRAME || rc == NI_SOURCE_IDLE) {
		rc = ni_source_next(s, &f, &err);
		if (rc == NI_SOURCE_FRAME && session)
			ni_session_frame(session, &f);
		if (rc < 0)
			assert_true(err.what[0] != '\0');
	}
	ni_source_close(&s);
}

static void
pcap_file(void)
{
	read_capture("captures/page-load.pcap", NULL);
}

static void
pcapng_file(void)
{
	read_capture("captures/nat.pcapng", NULL);
}

static void
gzip_file(void)
{
	read_capture("captures/http-download.pcap.gz", NULL);
}

/* Filters with everything that takes memory, right and wrong ones. */
static void
filters(void)
{
	static const char *const texts[] = {
	    "",
	    "tcp.port in {80, 7788, 1..5} and ip.addr#[1-2] == 10.0.0.0/8 xor http.host ~ \"a(b)\"",
	    "upper(http.request.method) == \"GET\" or eth.src[0:2,3] contains 02:00",
	    "max(tcp.srcport, tcp.dstport) + 1 > 5 and frame.time > \"2026-01-01\"",
	    "http.host ~ \"(\"",
	    "tcp.prot == 5",
	};
	struct ni_registry *r = ni_registry_new();
	for (size_t i = 0; r && i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct ni_filter_error err;
		struct ni_filter *f = ni_filter_compile(r, texts[i], &err);
		assert_true(f || err.what[0]);
		ni_filter_free(&f);
	}
	ni_registry_free(&r);
}

/* A session gets its filter. */
static void
filtered_session(void)
{
	struct ni_filter_error err;
	struct ni_session *s = ni_session_new(NULL, NULL);
	struct ni_filter *f = s ? ni_filter_compile(ni_session_registry(s), "tcp", &err) : NULL;
	if (f)
		ni_session_set_filter(s, f, NULL);
	ni_session_free(&s);
}

enum { OUTPUTS = 1, STATS = 2, OTHERS = 4 };

/* Read @name with the sinks of @which; what could not be made is left out. */
static void
whole_run(const char *name, unsigned which, struct sinks *k)
{
	struct ni_err err = {.what = ""};
	struct ni_session_opts opts = {.seed = 1, .check_checksums = true};
	struct ni_out out = {.fd = -1};
	struct ni_session *s = ni_session_new(&opts, &err);
	assert_true(s || err.what[0]);
	if (s && !ni_out_init(&out, -1, NULL)) {
		k->about = (struct ni_report_input){.name = name, .format = "pcap"};
		if (which & OUTPUTS)
			sinks_add_outputs(k, s, &out);
		if (which & STATS)
			sinks_add_stats(k, s, &out);
		if (which & OTHERS)
			sinks_add_others(k, s);
		read_capture(name, s);
		ni_session_end(s, &err);
	}
	ni_session_free(&s);
	ni_out_free(&out);
}

static void
run_page_load(void)
{
	struct sinks k = {0};
	whole_run("captures/page-load.pcap", OUTPUTS, &k);
}

static void
run_out_of_order(void)
{
	struct sinks k = {0};
	whole_run("captures/tcp-out-of-order.pcap", OUTPUTS, &k);
}

static void
run_fragments(void)
{
	struct sinks k = {0};
	whole_run("captures/ipv4-fragments.pcap", OUTPUTS, &k);
}

static void
run_statistics(void)
{
	struct sinks k = {0};
	whole_run("captures/page-load.pcap", STATS, &k);
}

static void
run_coded_bodies(void)
{
	struct sinks k = {0};
	whole_run("captures/http-gzip.pcap", STATS | OTHERS, &k);
	ni_point_free(&k.point);
}

/* Two captures of the same packets, and what they have in common. */
static void
run_two_points(void)
{
	struct sinks a = {0};
	struct sinks b = {0};
	struct ni_out out = {.fd = -1};
	whole_run("captures/nat-inside.pcap", OTHERS, &a);
	whole_run("captures/nat-outside.pcap", OTHERS, &b);
	if (a.point.name && b.point.name && !ni_out_init(&out, -1, NULL)) {
		struct rp_page page = rp_page(&out);
		ni_points_compare(&a.point, &b.point, &page, true);
	}
	ni_out_free(&out);
	ni_point_free(&a.point);
	ni_point_free(&b.point);
}

/* ---- the tests ---- */

static void
test_exhaust(void **state)
{
	const struct job *job = *state;
	exhaust(job->what);
}

static void
finding_nothing_is_no_leak(void **state)
{
	(void)state;
	count = fail_at = 0;
	struct ni_source *s = open_capture("captures/no such capture");
	assert_null(s);
}

static struct job jobs[] = {
    {"registry", registry},
    {"every output", every_output},
    {"pcap file", pcap_file},
    {"pcapng file", pcapng_file},
    {"gzip file", gzip_file},
    {"filters", filters},
    {"filtered session", filtered_session},
    {"run: page load", run_page_load},
    {"run: fragments", run_fragments},
    {"run: out of order", run_out_of_order},
    {"run: statistics", run_statistics},
    {"run: coded bodies", run_coded_bodies},
    {"run: two points", run_two_points},
};

enum { NJOBS = sizeof(jobs) / sizeof(jobs[0]) };

int
main(void)
{
	struct CMUnitTest tests[NJOBS + 1] = {cmocka_unit_test(finding_nothing_is_no_leak)};
	for (size_t i = 0; i < NJOBS; i++)
		tests[i + 1] =
		    (struct CMUnitTest){jobs[i].name, test_exhaust, NULL, NULL, &jobs[i]};
	top = getenv("NI_SRCDIR");
	top = top ? top : ".";
	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
