/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ladder: every segment stands in exactly one row, whatever is folded and however little is
 * kept; lines keep their width; what was left out is counted.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netinspect/buf.h"
#include "netinspect/cells.h"
#include "netinspect/ladder.h"
#include "netinspect/session.h"
#include "sink.h"
#include "source.h"
#include "talk.h"
#include "tcp_track.h"

enum { MANY = 100000, KEEP = 2048 };

static struct ni_ladder_pool *pool;
static struct ni_ladder *ladder;
static struct ni_conn conn;

static void
begin(size_t bytes, uint32_t keep)
{
	pool = ni_ladder_pool_new(bytes);
	assert_non_null(pool);
	ladder = ni_ladder_new(pool, keep);
	assert_non_null(ladder);
	conn = (struct ni_conn){.id = 7, .ipproto = 6, .addr = {{.len = 4}, {.len = 16}}};
}

static void
end(void)
{
	ni_ladder_free(&ladder);
	ni_ladder_pool_free(&pool);
	assert_null(ladder);
	assert_null(pool);
}

static struct ni_rung
segment(uint64_t frame, unsigned side, uint32_t len)
{
	return (struct ni_rung){.frame = frame,
				.ts_ns = (int64_t)frame * 1000,
				.len = len,
				.side = (uint8_t)side,
				.flags = NI_TH_ACK,
				.was = {NI_TCP_ESTABLISHED, NI_TCP_ESTABLISHED},
				.state = {NI_TCP_ESTABLISHED, NI_TCP_ESTABLISHED}};
}

static void
give(uint64_t frame, unsigned side, uint32_t len)
{
	struct ni_rung r = segment(frame, side, len);
	ni_ladder_segment(ladder, &r);
}

static void
say(unsigned side, uint64_t frame, const char *text)
{
	ni_ladder_message(ladder, side, frame, text, strlen(text));
}

static const struct ni_ladder_row *
row(size_t i)
{
	return ni_ladder_row(ladder, i);
}

/* ---- folding ---- */

static void
test_fold(void **state)
{
	(void)state;
	begin(1 << 20, KEEP);
	for (uint64_t f = 1; f <= 9; f++)
		give(f, f % 3 ? NI_SERVER : NI_CLIENT, f % 3 ? 1000 : 0);
	assert_int_equal(ni_ladder_layout(ladder, &conn), 1);
	assert_int_equal(row(0)->kind, NI_LADDER_FOLD);
	assert_int_equal(row(0)->side, NI_SERVER);
	assert_int_equal(row(0)->segments[NI_SERVER], 6);
	assert_int_equal(row(0)->segments[NI_CLIENT], 3);
	assert_int_equal(row(0)->bytes[NI_SERVER], 6000);
	assert_int_equal(row(0)->first_frame, 1);
	assert_int_equal(row(0)->last_frame, 9);
	assert_int_equal(ni_ladder_find(ladder, 5), 0);

	assert_true(ni_ladder_toggle(ladder, 0));
	assert_int_equal(ni_ladder_layout(ladder, &conn), 9);
	assert_int_equal(row(4)->kind, NI_LADDER_SEGMENT);
	assert_int_equal(row(4)->first_frame, 5);
	assert_int_equal(row(4)->previous_ns, 4000);
	assert_true(ni_ladder_toggle(ladder, 6)); /* from the middle */
	assert_int_equal(ni_ladder_layout(ladder, &conn), 1);

	ni_ladder_unfold_all(ladder, true);
	assert_int_equal(ni_ladder_layout(ladder, &conn), 9);
	assert_true(ni_ladder_toggle(ladder, 3));
	assert_int_equal(ni_ladder_layout(ladder, &conn), 1);
	assert_false(ni_ladder_toggle(ladder, 1));
	end();
}

/* What is not ordinary stands alone and ends a fold; so do a message and data of the other side. */
static void
test_fold_ends(void **state)
{
	(void)state;
	static const struct {
		unsigned flags, marks, side;
	} odd[] = {{NI_TH_FIN, 0, 0}, {NI_TH_SYN, 0, 0}, {NI_TH_RST, 0, 1},
		   {NI_TH_URG, 0, 1}, {NI_TH_ECE, 0, 1}, {0, 1u << NI_MARK_OUT_OF_ORDER, 1}};
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		begin(1 << 20, KEEP);
		for (uint64_t f = 1; f <= 11; f++) {
			struct ni_rung r = segment(f, NI_SERVER, 100);
			if (f == 6) {
				r.side = (uint8_t)odd[i].side;
				r.flags = (uint16_t)(NI_TH_ACK | odd[i].flags);
				r.marks = odd[i].marks;
			}
			ni_ladder_segment(ladder, &r);
		}
		assert_int_equal(ni_ladder_layout(ladder, &conn), 3);
		assert_int_equal(row(1)->kind, NI_LADDER_SEGMENT);
		assert_int_equal(row(1)->first_frame, 6);
		assert_int_equal(row(2)->last_frame, 11);
		assert_false(ni_ladder_toggle(ladder, 1));
		end();
	}
	begin(1 << 20, KEEP);
	for (uint64_t f = 1; f <= 4; f++)
		give(f, NI_SERVER, 100);
	for (uint64_t f = 5; f <= 8; f++)
		give(f, NI_CLIENT, 100);
	say(NI_CLIENT, 8, "GET / HTTP/1.1");
	give(9, NI_CLIENT, 100);
	give(10, NI_CLIENT, 100);
	assert_int_equal(ni_ladder_layout(ladder, &conn), 5);
	assert_int_equal(row(0)->segments[NI_SERVER], 4);
	assert_int_equal(row(1)->segments[NI_CLIENT], 4);
	assert_int_equal(row(2)->kind, NI_LADDER_MESSAGE);
	assert_int_equal(row(4)->first_frame, 10);
	end();
}

static void
test_states_end_folds(void **state)
{
	(void)state;
	begin(1 << 20, KEEP);
	for (uint64_t f = 1; f <= 8; f++) {
		struct ni_rung r = segment(f, NI_SERVER, 100);
		if (f == 4)
			r.state[NI_CLIENT] = NI_TCP_CLOSE_WAIT;
		ni_ladder_segment(ladder, &r);
	}
	assert_int_equal(ni_ladder_layout(ladder, &conn), 3);
	end();
}

/* ---- messages ---- */

static void
test_messages(void **state)
{
	(void)state;
	char lengthy[400];
	char mem[512];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	memset(lengthy, 'x', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	begin(1 << 20, KEEP);
	give(1, NI_CLIENT, 100);
	say(NI_CLIENT, 1, "GET / HTTP/1.1");
	give(2, NI_SERVER, 100);
	say(NI_SERVER, 2, lengthy);
	give(3, NI_SERVER, 100);
	say(NI_SERVER, 3, lengthy); /* the same again says nothing new */
	assert_int_equal(ni_ladder_layout(ladder, &conn), 5);
	ni_ladder_text(ladder, row(1), &b);
	assert_string_equal(ni_buf_z(&b), "GET / HTTP/1.1");
	assert_int_equal(row(1)->side, NI_CLIENT);
	b.len = 0;
	ni_ladder_text(ladder, row(3), &b);
	assert_int_equal(b.len, 320);
	end();
}

/* ---- verdicts ---- */

static void
test_verdicts(void **state)
{
	(void)state;
	begin(1 << 20, KEEP);
	for (uint64_t f = 1; f <= 20; f++)
		give(f, NI_SERVER, 100);
	conn.open = NI_OPEN_3WAY;
	conn.opening[2].frame = 5;
	conn.close = NI_CLOSE_RESET;
	conn.reset_by = NI_CLIENT;
	conn.closing[0] = (struct ni_step){.frame = 12, .flags = NI_TH_FIN};
	conn.closing[1] = (struct ni_step){.frame = 15, .flags = NI_TH_RST};
	size_t n = ni_ladder_layout(ladder, &conn);
	assert_int_equal(n, 5);
	assert_true(row(1)->opened && row(1)->first_frame == 5);
	assert_true(row(3)->closed && row(3)->first_frame == 15);
	char mem[100];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_ladder_note(&b, ladder, row(3));
	assert_string_equal(ni_buf_z(&b), "CLOSE reset by client");
	assert_int_equal(ni_ladder_tone(ladder, row(3)), NI_TONE_BAD);

	/* A filter may have left out what decided it: then it stands at the end. */
	conn.closing[1].frame = 30;
	n = ni_ladder_layout(ladder, &conn);
	assert_int_equal(row(n - 1)->kind, NI_LADDER_END);
	assert_true(row(n - 1)->closed);
	assert_false(row(n - 1)->opened);

	conn.open = NI_OPEN_NO_ANSWER;
	conn.close = NI_CLOSE_NONE;
	n = ni_ladder_layout(ladder, &conn);
	assert_int_equal(n, 2);
	assert_int_equal(row(1)->kind, NI_LADDER_END);
	assert_true(row(1)->opened);
	assert_false(row(1)->closed);
	end();
}

/* ---- bounds ---- */

static uint64_t
total(size_t rows, uint64_t *bytes)
{
	uint64_t n = 0;
	*bytes = 0;
	for (size_t i = 0; i < rows; i++) {
		n += row(i)->segments[0] + row(i)->segments[1];
		*bytes += row(i)->bytes[0] + row(i)->bytes[1];
	}
	return n;
}

/* The first and the last are kept, the middle is counted, nothing is silently lost. */
static void
test_bounded(void **state)
{
	(void)state;
	uint64_t bytes;
	begin(16 << 20, 1000);
	for (uint64_t f = 1; f <= MANY; f++) {
		give(f, f % 2 ? NI_CLIENT : NI_SERVER, 10);
		if (f % 5 == 0)
			say(NI_CLIENT, f, f % 2 ? "ping" : "pong");
	}
	size_t n = ni_ladder_layout(ladder, &conn);
	assert_in_range(n, 1000, 2001);
	assert_int_equal(total(n, &bytes), MANY);
	assert_int_equal(bytes, 10 * MANY);
	size_t gaps = 0;
	uint64_t messages = 0;
	for (size_t i = 0; i < n; i++) {
		gaps += row(i)->kind == NI_LADDER_GAP;
		messages += row(i)->messages + (row(i)->kind == NI_LADDER_MESSAGE);
	}
	assert_int_equal(gaps, 1);
	assert_int_equal(messages, MANY / 5);
	assert_int_equal(row(0)->first_frame, 1);
	assert_int_equal(row(n - 1)->last_frame, MANY);
	/* A verdict that fell into the gap is shown there. */
	conn.open = NI_OPEN_3WAY;
	conn.opening[2].frame = MANY / 2;
	n = ni_ladder_layout(ladder, &conn);
	size_t at = ni_ladder_find(ladder, MANY / 2);
	assert_in_range(at, 1, n - 2);
	assert_int_equal(row(at)->kind, NI_LADDER_GAP);
	assert_true(row(at)->opened);
	end();
}

/* Many ladders in little memory: each keeps its beginning and its end. */
static void
test_shared(void **state)
{
	(void)state;
	enum { LADDERS = 100, EACH = 500, ROOM = 220 << 11 };
	struct ni_ladder *all[LADDERS];
	uint64_t bytes;
	conn = (struct ni_conn){.ipproto = 6};
	pool = ni_ladder_pool_new(ROOM);
	assert_non_null(pool);
	for (size_t i = 0; i < LADDERS; i++)
		assert_non_null(all[i] = ni_ladder_new(pool, KEEP));
	for (uint64_t f = 1; f <= EACH; f++) {
		for (size_t i = 0; i < LADDERS; i++) {
			ladder = all[i];
			give(f, f % 2 ? NI_CLIENT : NI_SERVER, 1);
		}
	}
	for (size_t i = 0; i < LADDERS; i++) {
		ladder = all[i];
		size_t n = ni_ladder_layout(ladder, &conn);
		assert_int_equal(total(n, &bytes), EACH);
		assert_int_equal(bytes, EACH);
		assert_int_equal(row(0)->first_frame, 1);
		assert_int_equal(row(n - 1)->last_frame, EACH);
		assert_in_range(n, 10, 40);
	}
	for (size_t i = 0; i < LADDERS; i++)
		ni_ladder_free(&all[i]);
	ladder = NULL;
	end();
}

/* No room at all: everything is counted. */
static void
test_no_room(void **state)
{
	(void)state;
	enum { LADDERS = 50 };
	struct ni_ladder *all[LADDERS];
	uint64_t bytes;
	conn = (struct ni_conn){.ipproto = 6};
	pool = ni_ladder_pool_new(0);
	assert_non_null(pool);
	for (size_t i = 0; i < LADDERS; i++) {
		all[i] = ladder = ni_ladder_new(pool, 1);
		assert_non_null(ladder);
		for (uint64_t f = 1; f <= 40; f++) {
			give(f, NI_CLIENT, 1);
			say(NI_CLIENT, f, "a message");
		}
	}
	for (size_t i = 0; i < LADDERS; i++) {
		ladder = all[i];
		size_t n = ni_ladder_layout(ladder, &conn);
		assert_true(n > 0);
		assert_int_equal(total(n, &bytes), 40);
		ni_ladder_free(&all[i]);
	}
	ladder = NULL;
	end();
}

/* ---- real captures ---- */

enum { CONNS = 256 };

struct collector {
	struct ni_sink sink;
	uint32_t keep;
	bool ascii;
	struct ni_ladder *ladder[CONNS];
	uint64_t *frame[CONNS];
	size_t frames[CONNS];
	unsigned checked;
};

static void
collect(struct ni_sink *s, const struct ni_dis *d)
{
	struct collector *c = (struct collector *)s;
	if (!d->seg || d->conn->id >= CONNS)
		return;
	uint32_t id = d->conn->id;
	if (!c->ladder[id])
		assert_non_null(c->ladder[id] = ni_ladder_new(pool, c->keep));
	assert_true(ni_ladder_take(c->ladder[id], d));
	c->frame[id] = realloc(c->frame[id], (c->frames[id] + 1) * sizeof(uint64_t));
	assert_non_null(c->frame[id]);
	c->frame[id][c->frames[id]++] = d->frame->number;
}

static void
check_frames(const struct collector *c, uint32_t id, size_t rows)
{
	uint64_t bytes;
	assert_int_equal(total(rows, &bytes), c->frames[id]);
	size_t at = 0;
	for (size_t i = 0; i < c->frames[id]; i++) {
		uint64_t f = c->frame[id][i];
		unsigned in = 0;
		while (at < rows && (row(at)->kind == NI_LADDER_MESSAGE || row(at)->last_frame < f))
			at++;
		for (size_t k = at; k < rows && row(k)->first_frame <= f; k++)
			in += row(k)->kind != NI_LADDER_MESSAGE && row(k)->kind != NI_LADDER_END &&
			      row(k)->last_frame >= f;
		assert_int_equal(in, 1);
	}
}

static void
check_line(const struct ni_buf *b, const struct ni_ladder_look *k)
{
	assert_false(b->cut);
	assert_true(ni_cells(b->p, b->len) <= k->width);
	assert_true(!b->len || b->p[b->len - 1] != ' ');
	for (size_t i = 0; i < b->len; i++) {
		assert_false((uint8_t)b->p[i] < 0x20 || b->p[i] == 0x7f);
		assert_true(!k->ascii || (uint8_t)b->p[i] < 0x80);
	}
}

static void
check_lines(const struct collector *c, size_t rows, unsigned width)
{
	char mem[4096];
	struct ni_ladder_look k = {.width = width, .ascii = c->ascii};
	ni_ladder_fit(&k, ladder);
	for (unsigned i = 0; i < NI_LADDER_HEADS; i++) {
		struct ni_buf b = ni_buf(mem, sizeof(mem));
		ni_ladder_head(&b, &k, ladder, i);
		check_line(&b, &k);
	}
	for (size_t i = 0; i < rows; i++) {
		unsigned lines = ni_ladder_lines(&k, ladder, row(i));
		assert_in_range(lines, 1, 2);
		for (unsigned line = 0; line < lines; line++) {
			struct ni_buf b = ni_buf(mem, sizeof(mem));
			ni_ladder_line(&b, &k, ladder, row(i), line);
			check_line(&b, &k);
			assert_true(b.len > 0);
		}
	}
}

static void
ended(struct ni_sink *s, const struct ni_event *e)
{
	struct collector *c = (struct collector *)s;
	if (e->kind != NI_EV_CONN_END || e->conn->ipproto != 6 || e->conn->id >= CONNS)
		return;
	uint32_t id = e->conn->id;
	ladder = c->ladder[id];
	assert_non_null(ladder);
	size_t rows = ni_ladder_layout(ladder, e->conn);
	check_frames(c, id, rows);
	for (unsigned width = 1; width <= 300; width += width < 130 ? 1 : 17)
		check_lines(c, rows < 200 ? rows : 200, width);
	ni_ladder_unfold_all(ladder, true);
	check_frames(c, id, ni_ladder_layout(ladder, e->conn));
	c->checked++;
	ni_ladder_free(&c->ladder[id]);
	free(c->frame[id]);
	c->frame[id] = NULL;
	c->frames[id] = 0;
}

static unsigned
run_capture(const char *path, uint32_t keep, bool ascii)
{
	static const struct ni_sink_ops ops = {.name = "test", .frame = collect, .event = ended};
	static struct collector c;
	struct ni_file_options o = {.path = path};
	struct ni_source *source = NULL;
	struct ni_err err;
	struct ni_frame f;
	struct ni_session *s = ni_session_new(NULL, &err);
	c = (struct collector){.sink = {.ops = &ops}, .keep = keep, .ascii = ascii};
	assert_non_null(s);
	assert_int_equal(ni_source_open_file(&source, &o, &err), 0);
	assert_int_equal(ni_session_add(s, &c.sink, &err), 0);
	while (ni_source_next(source, &f, &err) == NI_SOURCE_FRAME)
		ni_session_frame(s, &f);
	assert_int_equal(ni_session_end(s, &err), 0);
	ni_session_free(&s);
	ni_source_close(&source);
	return c.checked;
}

/* Every frame of every connection of every capture here stands in exactly one row. */
static void
test_captures(void **state)
{
	(void)state;
	const char *top = getenv("NI_SRCDIR");
	char path[4096];
	unsigned checked = 0;
	snprintf(path, sizeof(path), "%s/captures", top ? top : ".");
	DIR *dir = opendir(path);
	assert_non_null(dir);
	pool = ni_ladder_pool_new(1 << 20);
	assert_non_null(pool);
	for (const struct dirent *e; (e = readdir(dir));) {
		if (!strstr(e->d_name, ".pcap"))
			continue;
		snprintf(path, sizeof(path), "%s/captures/%s", top ? top : ".", e->d_name);
		checked += run_capture(path, KEEP, false);
		checked += run_capture(path, 16, true);
	}
	closedir(dir);
	ladder = NULL;
	end();
	assert_true(checked > 40);
}

/* ---- the sink ---- */

/* Live a connection is drawn when both ends are through, not when TIME_WAIT is over; what still
 * comes of it is drawn, too. */
static void
test_live(void **state)
{
	(void)state;
	static struct talk t;
	for (unsigned live = 0; live < 2; live++) {
		struct ni_ladder_opts opts = {.live = live};
		struct ni_out out;
		char text[8192] = "";
		FILE *file = tmpfile();
		assert_non_null(file);
		assert_int_equal(ni_out_init(&out, fileno(file), NULL), 0);
		assert_true(talk_begin(&t, NULL));
		struct ni_sink *sink = ni_ladder_sink(&out, &opts);
		assert_non_null(sink);
		assert_int_equal(ni_session_add(t.s, sink, NULL), 0);
		talk_handshake(&t, 40000, 7788);
		assert_int_equal(out.b.len, 0);
		talk_close(&t, NI_SERVER);
		assert_int_equal(strstr(ni_buf_z(&out.b), "CLOSE 3-segment, server") != NULL, live);
		talk_segment(&t, NI_SERVER, TALK_ACK, t.next[NI_SERVER], NULL, 0);
		talk_end(&t);
		rewind(file);
		assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
		const char *again = strstr(strstr(text, "Connection 0") + 1, "Connection 0");
		assert_int_equal(again != NULL, live);
		assert_non_null(strstr(text, "#7"));
		fclose(file);
		ni_out_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fold),
	    cmocka_unit_test(test_fold_ends),
	    cmocka_unit_test(test_states_end_folds),
	    cmocka_unit_test(test_messages),
	    cmocka_unit_test(test_verdicts),
	    cmocka_unit_test(test_bounded),
	    cmocka_unit_test(test_shared),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_captures),
	    cmocka_unit_test(test_live),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
