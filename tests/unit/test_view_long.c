/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows far into long conversations: whatever a view jumps to, the text, marks, numbers and states
 * it shows are those that one pass over all packets gives, and it takes in a bounded number of
 * packets for that. With NI_LONG_CAPTURE a capture is looked at instead of those made here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "columns.h"
#include "filtering.h"
#include "model.h"
#include "netinspect/proto.h"
#include "replay.h"
#include "sorted.h"
#include "tcp_track.h"

enum { PAGE = 40, SLICE_NS = 2000000, SHOWN = 10, MOST = 30000000 };

/* ---- captures ---- */

static char path[] = "/tmp/netinspect-long-XXXXXX";

struct side {
	uint32_t seq;
	uint16_t port;
	uint8_t ip[4], mac;
};

struct made {
	FILE *file;
	int64_t us;
	uint64_t state; /* of chance */
	uint64_t packets;
};

static uint32_t
chance(struct made *m, uint32_t below)
{
	/* xorshift64* by S. Vigna */
	m->state ^= m->state >> 12;
	m->state ^= m->state << 25;
	m->state ^= m->state >> 27;
	return (uint32_t)((m->state * UINT64_C(0x2545F4914F6CDD1D) >> 33) % below);
}

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

/* A segment of @a, whose sequence number is as it says; text NULL: @n bytes of no meaning. */
static void
segment(struct made *m, const struct side *a, const struct side *b, unsigned flags, uint32_t win,
	const char *text, uint32_t n)
{
	uint8_t f[2000] = {0};
	uint32_t opt = flags & NI_TH_SYN ? 8 : 0;
	uint32_t len = 54 + opt + n;
	f[5] = b->mac;
	f[11] = a->mac;
	f[12] = 8;
	f[14] = 0x45;
	put16(f + 16, len - 14);
	put16(f + 18, (unsigned)m->packets & 0xffff);
	f[22] = 64;
	f[23] = 6;
	memcpy(f + 26, a->ip, 4);
	memcpy(f + 30, b->ip, 4);
	put16(f + 34, a->port);
	put16(f + 36, b->port);
	put32(f + 38, a->seq);
	put32(f + 42, flags & NI_TH_ACK ? b->seq : 0);
	f[46] = (uint8_t)((5 + opt / 4) << 4);
	f[47] = (uint8_t)flags;
	put16(f + 48, win);
	if (opt)
		memcpy(f + 54, "\2\4\5\xb4\1\3\3\7", 8);
	if (text)
		memcpy(f + 54 + opt, text, n);
	m->us += 20 + chance(m, 400);
	uint32_t head[4] = {(uint32_t)(m->us / 1000000), (uint32_t)(m->us % 1000000), len, len};
	fwrite(head, sizeof(head), 1, m->file);
	fwrite(f, len, 1, m->file);
	m->packets++;
}

static void
begin_file(struct made *m, const char *file)
{
	static const uint32_t head[6] = {0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1};
	*m = (struct made){.us = 1700000000000000, .state = 88172645463325252U};
	m->file = fopen(file, "wb");
	assert_non_null(m->file);
	fwrite(head, sizeof(head), 1, m->file);
}

static struct side
side(unsigned host, unsigned port, uint32_t seq)
{
	return (struct side){.seq = seq,
			     .port = (uint16_t)port,
			     .ip = {10, 0, (uint8_t)(host >> 8), (uint8_t)host},
			     .mac = (uint8_t)host};
}

static void
open_talk(struct made *m, struct side *c, struct side *s)
{
	segment(m, c, s, NI_TH_SYN, 64240, NULL, 0);
	c->seq++;
	segment(m, s, c, NI_TH_SYN | NI_TH_ACK, 65160, NULL, 0);
	s->seq++;
	segment(m, c, s, NI_TH_ACK, 502, NULL, 0);
}

static void
close_talk(struct made *m, struct side *c, struct side *s)
{
	segment(m, c, s, NI_TH_FIN | NI_TH_ACK, 502, NULL, 0);
	c->seq++;
	segment(m, s, c, NI_TH_FIN | NI_TH_ACK, 502, NULL, 0);
	s->seq++;
	segment(m, c, s, NI_TH_ACK, 502, NULL, 0);
}

/* Something that the server sends, with what goes wrong now and then. */
static void
push(struct made *m, struct side *c, struct side *s, const char *text, uint32_t n)
{
	uint32_t fate = chance(m, 100);
	struct side was = *s;
	unsigned flags = NI_TH_ACK | (fate & 1 ? NI_TH_PSH : 0);
	if (fate >= 3) /* else it is lost before the capture, for the time being */
		segment(m, s, c, flags, 502, text, n);
	s->seq += n;
	struct side heard = *c;
	if (fate < 3) {
		struct side behind = was;
		unsigned dups = chance(m, 12);
		for (unsigned i = 0; i < dups; i++) {
			segment(m, s, c, flags, 502, NULL, 1000);
			s->seq += 1000;
			segment(m, &heard, &was, NI_TH_ACK, 502, NULL, 0);
		}
		segment(m, &behind, c, flags, 502, text, n);
	}
	if (fate == 5)
		segment(m, &was, c, flags, 502, text, n); /* sent twice */
	if (fate == 6) {                                  /* a full window, and it opens again */
		segment(m, c, s, NI_TH_ACK, 0, NULL, 0);
		segment(m, c, s, NI_TH_ACK, 502, NULL, 0);
	}
	if (fate == 7) {
		struct side alive = *c;
		alive.seq--;
		segment(m, &alive, s, NI_TH_ACK, 502, NULL, 0);
	}
	if (fate % 2)
		segment(m, c, s, NI_TH_ACK, 502, NULL, 0);
}

static void
exchange(struct made *m, struct side *c, struct side *s, unsigned i)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "GET /%u HTTP/1.1\r\nHost: lab.test\r\n\r\n", i);
	unsigned segments = chance(m, 8);
	segment(m, c, s, NI_TH_ACK | NI_TH_PSH, 502, text, (uint32_t)n);
	c->seq += (uint32_t)n;
	n = snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n",
		     segments * 1400);
	push(m, c, s, text, (uint32_t)n);
	for (; segments; segments--)
		push(m, c, s, NULL, 1400);
}

/* One connection with nothing but bytes, or with exchanges. */
static void
make_one(const char *file, uint64_t packets, bool http)
{
	struct made m;
	begin_file(&m, file);
	struct side c = side(1, 40000, 1000);
	struct side s = side(2, http ? 80 : 5201, UINT32_MAX - 100000);
	open_talk(&m, &c, &s);
	for (unsigned i = 0; m.packets < packets; i++) {
		if (http)
			exchange(&m, &c, &s, i);
		else
			push(&m, &c, &s, NULL, 1400);
	}
	close_talk(&m, &c, &s);
	fclose(m.file);
}

/* Several long ones, with short ones on the same ports again and again among them. */
static void
make_many(const char *file, uint64_t packets)
{
	enum { LONG = 5 };
	struct made m;
	struct side c[LONG];
	struct side s[LONG];
	begin_file(&m, file);
	for (unsigned i = 0; i < LONG; i++) {
		c[i] = side(1 + i, 40000 + i, 5000 * i);
		s[i] = side(100, 80, 7000 * i);
		open_talk(&m, &c[i], &s[i]);
	}
	for (unsigned k = 0; m.packets < packets; k++) {
		unsigned i = chance(&m, LONG);
		exchange(&m, &c[i], &s[i], k);
		if (chance(&m, 4))
			continue;
		struct side again = side(50, 50000 + chance(&m, 3), chance(&m, 1000000000));
		struct side there = side(100, 81, chance(&m, 1000000000));
		open_talk(&m, &again, &there);
		exchange(&m, &again, &there, k);
		if (chance(&m, 3))
			close_talk(&m, &again, &there);
	}
	fclose(m.file);
}

/* ---- one pass over all, and what views make of it ---- */

static struct ni_session *
make_session(void *ctx, const struct ni_session_opts *o, struct ni_err *err)
{
	(void)ctx;
	return ni_session_new(o, err);
}

static struct ni_source *
open_file(const char *file)
{
	struct ni_source *s;
	struct ni_file_options o = {.path = file};
	assert_int_equal(ni_source_open_file(&s, &o, NULL), 0);
	return s;
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0xff51afd7ed558ccd);
	return h ^ h >> 32;
}

/* Everything that is shown of a packet, in words and by fields. */
static void
print(struct ni_buf *b, const struct ni_dis *d)
{
	const struct ni_tcp_out *o = d->seg;
	ni_column_print(b, d, NI_COL_PROTOCOL, NI_TIME_RELATIVE);
	ni_buf_c(b, ' ');
	ni_column_print(b, d, NI_COL_INFO, NI_TIME_RELATIVE);
	if (!o)
		return;
	ni_buf_fmt(b, " | conn %u dir %u marks %x state %u %u was %u %u", d->conn->id, d->dir,
		   (unsigned)o->marks, o->state[0], o->state[1], o->was[0], o->was[1]);
	ni_buf_fmt(b, " rel %u %u win %u %d dup %u of %llu flight %u push %u", o->rel_seq,
		   o->rel_ack, o->window, o->window_scale, o->dup_ack_num,
		   (unsigned long long)o->dup_ack_frame, o->bytes_in_flight, o->push_bytes);
	ni_buf_fmt(b, " acks %llu %lld rto %llu %lld delta %lld rtt %lld",
		   (unsigned long long)o->acks_frame, (long long)o->ack_rtt_ns,
		   (unsigned long long)o->rto_frame, (long long)o->rto_ns, (long long)o->delta_ns,
		   (long long)o->initial_rtt_ns);
}

static uint64_t
hash(const struct ni_dis *d)
{
	char mem[4096];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	uint64_t h = 1;
	print(&b, d);
	for (const char *p = ni_buf_z(&b); *p; p++)
		h = mix(h, (uint8_t)*p);
	return h;
}

static uint64_t *said; /* a hash for each packet */
static uint64_t packets;

static void
pass(const char *file, uint64_t tell)
{
	struct ni_source *s = open_file(file);
	struct ni_session *session = ni_session_new(NULL, NULL);
	struct ni_frame f;
	uint64_t room = 0;
	packets = 0;
	while (packets < MOST && ni_source_next(s, &f, NULL) == NI_SOURCE_FRAME) {
		f.number = ++packets;
		const struct ni_dis *d = ni_session_frame(session, &f);
		if (packets >= room) {
			room = 2 * packets;
			said = realloc(said, room * sizeof(*said));
			assert_non_null(said);
		}
		said[packets] = hash(d);
		if (packets == tell) {
			char mem[4096];
			struct ni_buf b = ni_buf(mem, sizeof(mem));
			print(&b, d);
			print_message("one pass: %s\n", ni_buf_z(&b));
		}
	}
	ni_session_free(&session);
	ni_source_close(&s);
}

struct seen {
	uint64_t told, wrong;
	const char *path;
};

static void
look(void *ctx, const struct ni_dis *d)
{
	struct seen *seen = ctx;
	uint64_t k = d->frame->number;
	seen->told++;
	if (hash(d) == said[k] || seen->wrong++ >= SHOWN)
		return;
	char mem[4096];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	print(&b, d);
	print_message("packet %llu: %s\n", (unsigned long long)k, ni_buf_z(&b));
	uint64_t *mine = said;
	uint64_t n = packets;
	said = NULL;
	pass(seen->path, k);
	free(said);
	said = mine;
	packets = n;
}

static struct ni_model *
load(struct ni_source *s)
{
	struct ni_model *m;
	struct ni_model_opts o = {.source = s, .session = make_session};
	assert_int_equal(ni_model_new(&m, &o, NULL), 0);
	assert_int_equal(ni_model_start(m, NULL), 0);
	while (ni_model_stats(m).state != NI_MODEL_DONE)
		ni_model_work(m, SLICE_NS);
	assert_int_equal(ni_index_last(ni_model_index(m)), packets);
	return m;
}

/* A page of rows at @from, made in slices; says how many packets that took. */
static uint64_t
page(struct ni_model *m, uint64_t from, uint64_t step, struct seen *seen)
{
	uint64_t numbers[PAGE];
	size_t n = 0;
	for (uint64_t k = from; k <= packets && n < PAGE; k += step)
		numbers[n++] = k;
	struct ni_replay *r = ni_replay_new(m, numbers, n, NULL);
	assert_non_null(r);
	uint64_t before = seen->told;
	while (ni_replay_work(r, SLICE_NS, look, seen))
		;
	assert_int_equal(seen->told - before, n);
	uint64_t taken = ni_replay_taken(r);
	ni_replay_free(&r);
	return taken;
}

/* Jump around; for a page not more packets than @most, of all pages together. */
static void
check(const char *file, unsigned pages, uint64_t most)
{
	struct seen seen = {.path = file};
	uint64_t taken = 0;
	pass(file, 0);
	struct ni_source *s = open_file(file);
	struct ni_model *m = load(s);
	struct made random = {.state = 4711};
	for (unsigned i = 0; i < pages; i++) {
		uint64_t from = 1 + chance(&random, (uint32_t)packets);
		uint64_t n = page(m, from, i % 4 ? 1 : 1 + chance(&random, 50), &seen);
		taken = n > taken ? n : taken;
	}
	page(m, packets > PAGE ? packets - PAGE : 1, 1, &seen);
	print_message(
	    "%s: %llu packets, %llu rows, %llu wrong; at most %llu for a page; %llu KiB\n", file,
	    (unsigned long long)packets, (unsigned long long)seen.told,
	    (unsigned long long)seen.wrong, (unsigned long long)taken,
	    (unsigned long long)ni_model_stats(m).bytes / 1024);
	assert_int_equal(seen.wrong, 0);
	assert_true(taken <= most);
	assert_true(ni_model_stats(m).bytes <= 32 * packets + 2 * 1024 * 1024);
	ni_model_free(&m);
	ni_source_close(&s);
	free(said);
	said = NULL;
}

/* Bytes a packet when a list of all is filtered and sorted. */
static void
test_memory(void **state)
{
	(void)state;
	struct ni_filter_error why;
	const char *given = getenv("NI_LONG_CAPTURE");
	if (!given)
		make_one(path, 200000, false);
	pass(given ? given : path, 0);
	struct ni_source *s = open_file(given ? given : path);
	struct ni_model *m = load(s);
	struct ni_filtering *f = ni_filtering_new(m);
	assert_int_equal(ni_filtering_set(f, "frame", &why), 0);
	while (ni_filtering_work(f, SLICE_NS))
		;
	const struct ni_set *set = ni_filtering_found(f);
	struct ni_sorted_of of = {set, packets, ni_filtering_changes(f)};
	struct ni_sorted *o = ni_sorted_new(m, NI_SORTED_LENGTH, true);
	while (ni_sorted_work(o, &of, SLICE_NS))
		;
	assert_int_equal(ni_sorted_count(o), packets);
	uint64_t bytes = ni_model_stats(m).bytes + ni_sorted_bytes(o) + ni_set_bytes(set);
	print_message("%llu packets: %.2f bytes for each\n", (unsigned long long)packets,
		      (double)bytes / (double)packets);
	/* Beside the last chunk of the index, and what any list of connections may take. */
	assert_true(bytes <= 32 * packets + 8192 * 28 + 1024 * 1024);
	ni_sorted_free(&o);
	ni_filtering_free(&f);
	ni_model_free(&m);
	ni_source_close(&s);
	free(said);
	said = NULL;
}

static void
test_bytes(void **state)
{
	(void)state;
	if (getenv("NI_LONG_CAPTURE"))
		skip();
	make_one(path, 60000, false);
	check(path, 60, 10000);
}

static void
test_exchanges(void **state)
{
	(void)state;
	if (getenv("NI_LONG_CAPTURE"))
		skip();
	make_one(path, 60000, true);
	check(path, 60, 10000);
}

static void
test_many(void **state)
{
	(void)state;
	if (getenv("NI_LONG_CAPTURE"))
		skip();
	make_many(path, 80000);
	check(path, 60, 40000);
}

static void
test_given(void **state)
{
	const char *given = getenv("NI_LONG_CAPTURE");
	const char *pages = getenv("NI_LONG_PAGES");
	(void)state;
	if (!given)
		skip();
	check(given, pages ? (unsigned)atoi(pages) : 200, UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes), cmocka_unit_test(test_exchanges),
	    cmocka_unit_test(test_many),  cmocka_unit_test(test_memory),
	    cmocka_unit_test(test_given),
	};
	int fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	int rc = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return rc;
}
