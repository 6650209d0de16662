/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bodies as files: their names, and what is said when files cannot be made. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "netinspect/stream.h"
#include "objects.h"
#include "talk.h"

static void
names(void **state)
{
	(void)state;
	static const struct {
		const char *uri;
		const char *name;
		const char *second;
	} table[] = {
	    {"http://h/a/b.html", "b.html", "b(1).html"},
	    {"/b.tar.gz?x=/y.z#q/r", "b.tar.gz", "b.tar(1).gz"},
	    {"", "index", "index(1)"},
	    {"http://h/", "index", "index(1)"},
	    {"/..", "_.", "_(1)."},
	    {"/../..", "_.", "_(1)."},
	    {"/.", "_", "_(1)"},
	    {"/.profile", "_profile", "_profile(1)"},
	    {"/-rf", "_rf", "_rf(1)"},
	    {"/a\\..\\b", "b", "b(1)"},
	    {"/a b;c|d", "a_b_c_d", "a_b_c_d(1)"},
	    {"/\033[2J\n", "__2J_", "__2J_(1)"},
	    {"/\xe4\xbd\xa0.txt", "___.txt", "___(1).txt"},
	    {"/%2e%2e%2f", "%2e%2e%2f", "%2e%2e%2f(1)"},
	};
	char name[NI_OBJECT_NAME];
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t n = strlen(table[i].uri);
		ni_object_name(name, table[i].uri, n, false, 0);
		assert_string_equal(name, table[i].name);
		ni_object_name(name, table[i].uri, n, false, 1);
		assert_string_equal(name, table[i].second);
	}
	ni_object_name(name, "/up.txt", 7, true, 12);
	assert_string_equal(name, "request-up(12).txt");
	ni_object_name(name, "/a\0b", 4, false, 0);
	assert_string_equal(name, "a_b");
}

static void
long_names(void **state)
{
	(void)state;
	char uri[1000];
	char name[NI_OBJECT_NAME];
	for (size_t dot = 0; dot < sizeof(uri); dot++) {
		memset(uri, 'x', sizeof(uri));
		uri[dot] = '.';
		ni_object_name(name, uri, sizeof(uri), true, UINT32_MAX);
		size_t n = strlen(name);
		assert_true(n > 20 && n < NI_OBJECT_NAME);
		assert_non_null(strstr(name, "(4294967295)"));
	}
}

static int create_errno;

static int
cannot_create(int dir, const char *name)
{
	(void)dir;
	(void)name;
	errno = create_errno;
	return -1;
}

/* Where the bytes of files go that are created. */
static int
create_pipe(int dir, const char *name)
{
	(void)dir;
	(void)name;
	return dup(STDERR_FILENO);
}

static int export(struct ni_objects_stats *st, int (*create)(int, const char *), uint64_t max_bytes)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\n\n";
	static const char ask[] = "GET /x HTTP/1.1\r\n\r\n";
	struct ni_objects_opts o = {
	    .dir_name = "d", .stats = st, .create = create, .max_bytes = max_bytes};
	struct talk *t = calloc(1, sizeof(*t));
	struct ni_err err = {.what = ""};
	assert_non_null(t);
	assert_true(talk_begin(t, NULL));
	assert_int_equal(ni_session_add(t->s, ni_objects_sink(&o), &err), 0);
	talk_handshake(t, 4000, 80);
	for (unsigned i = 0; i < 3; i++) {
		talk_send(t, 0, ask, sizeof(ask) - 1);
		talk_send(t, 1, answer, sizeof(answer) - 1);
	}
	talk_close(t, 0);
	int rc = ni_session_end(t->s, &err);
	talk_end(t);
	free(t);
	return rc;
}

static void
failures(void **state)
{
	(void)state;
	struct ni_objects_stats st = {0};
	create_errno = ENOSPC;
	assert_int_equal(export(&st, cannot_create, 0), NI_ERR_RUN);
	assert_int_equal(st.objects, 0);
	st = (struct ni_objects_stats){0};
	create_errno = EMFILE;
	assert_int_equal(export(&st, cannot_create, 0), 0);
	assert_int_equal(st.skipped, 3);
	st = (struct ni_objects_stats){0};
	create_errno = EEXIST;
	assert_int_equal(export(&st, cannot_create, 0), 0);
	assert_int_equal(st.skipped, 3);
	st = (struct ni_objects_stats){0};
	assert_int_equal(export(&st, create_pipe, 0), 0);
	assert_int_equal(st.objects, 3);
	assert_int_equal(st.bytes, 6);
	assert_int_equal(st.incomplete + st.cut + st.coded + st.skipped, 0);
	st = (struct ni_objects_stats){0};
	assert_int_equal(export(&st, create_pipe, 1), 0);
	assert_int_equal(st.bytes, 3);
	assert_int_equal(st.cut, 3);
}

static void
summary(void **state)
{
	(void)state;
	struct ni_objects_stats st = {.objects = 1, .bytes = 7};
	struct ni_objects_opts o = {.dir_name = "d", .stats = &st};
	char line[256];
	struct ni_buf b = ni_buf(line, sizeof(line));
	ni_objects_summary(&b, &o);
	assert_string_equal(ni_buf_z(&b), "d: 1 object with 7 bytes");
	st = (struct ni_objects_stats){2, 8, 3, 4, 5, 6};
	b = ni_buf(line, sizeof(line));
	ni_objects_summary(&b, &o);
	assert_string_equal(ni_buf_z(&b),
			    "d: 2 objects with 8 bytes; 3 incomplete; 4 cut at 256 MiB, or because "
			    "they grow like a bomb; 5 left in an unknown coding; 6 skipped");
}

/* What a sink that wants streams is told, as text. */
struct listener {
	struct ni_sink sink;
	char said[1024];
	size_t n;
};

static void
listen(struct ni_sink *s, const struct ni_event *e)
{
	struct listener *l = (struct listener *)s;
	struct ni_buf b = ni_buf(l->said + l->n, sizeof(l->said) - l->n);
	assert_true(e->kind != NI_EV_BODY || s->want_bodies);
	if (e->kind != NI_EV_STREAM)
		return;
	ni_buf_c(&b, e->side ? 'S' : 'C');
	ni_buf_escape(&b, e->stream->p, e->stream->n);
	if (e->stream->lost)
		ni_buf_fmt(&b, "-%u", e->stream->lost);
	ni_buf_c(&b, ' ');
	l->n += strlen(ni_buf_z(&b));
}

static const struct ni_sink_ops listener_ops = {.name = "listener", .event = listen};

static void
streams(void **state)
{
	(void)state;
	static struct talk t;
	static struct listener l;
	l.sink = (struct ni_sink){.ops = &listener_ops, .want_streams = true};
	assert_true(talk_begin(&t, NULL));
	assert_int_equal(ni_session_add(t.s, &l.sink, NULL), 0);
	talk_handshake(&t, 4000, 9);
	talk_send(&t, 0, "ask", 3);
	talk_ack(&t, 1);
	/* In the wrong order, and one of them twice. */
	uint32_t seq = t.next[1];
	talk_segment(&t, 1, TALK_ACK, seq + 2, "cd", 2);
	talk_segment(&t, 1, TALK_ACK, seq, "abcd", 4);
	talk_segment(&t, 1, TALK_ACK, seq, "ab", 2);
	/* A hole whose bytes were acknowledged, and what was said then. */
	talk_segment(&t, 1, TALK_ACK, seq + 7, "hi", 2);
	t.next[1] = seq + 9;
	talk_ack(&t, 0);
	talk_send(&t, 0, "more", 4);
	talk_segment(&t, 1, TALK_ACK, seq + 4, "efg", 3);
	talk_send(&t, 1, "end", 3);
	/* And one that nobody acknowledges. */
	talk_segment(&t, 1, TALK_ACK, t.next[1] + 5, "last", 4);
	talk_end(&t);
	assert_string_equal(l.said, "Cask Sab Scd S-3 Shi Cmore Send S-5 Slast ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names),   cmocka_unit_test(long_names), cmocka_unit_test(failures),
	    cmocka_unit_test(summary), cmocka_unit_test(streams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
