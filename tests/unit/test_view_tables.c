/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the views beside packets show: conversations run again in slices say the same as at once;
 * tables of exchanges, addresses, names and traffic; bodies as text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bodytext.h"
#include "exporting.h"
#include "ifrates.h"
#include "messages.h"
#include "model.h"
#include "netinspect/event.h"
#include "netinspect/http.h"
#include "netinspect/proto.h"
#include "netinspect/stream.h"
#include "rungs.h"
#include "said.h"
#include "tables.h"
#include "talkers.h"
#include "vendor.h"

enum { SLICE_NS = 1000000 };

/* ---- a capture ---- */

struct capture {
	struct ni_source *source;
	struct ni_model *m;
	struct ni_tables *tables;
};

static struct ni_session *
make_session(void *ctx, const struct ni_session_opts *o, struct ni_err *err)
{
	(void)ctx;
	return ni_session_new(o, err);
}

static struct capture
load(const char *name)
{
	struct capture c;
	char path[4096];
	snprintf(path, sizeof(path), "%s/captures/%s", getenv("srcdir") ? getenv("srcdir") : ".",
		 name);
	struct ni_file_options file = {.path = path};
	assert_int_equal(ni_source_open_file(&c.source, &file, NULL), 0);
	struct ni_model_opts o = {.source = c.source, .session = make_session};
	assert_int_equal(ni_model_new(&c.m, &o, NULL), 0);
	c.tables = ni_tables_new(c.m);
	assert_non_null(c.tables);
	assert_int_equal(ni_model_start(c.m, NULL), 0);
	for (int i = 0; ni_model_stats(c.m).state != NI_MODEL_DONE; i++) {
		assert_true(i < 1000000);
		ni_model_work(c.m, SLICE_NS);
	}
	return c;
}

static void
leave(struct capture *c)
{
	ni_model_free(&c->m);
	ni_tables_free(&c->tables);
	ni_source_close(&c->source);
}

static void
finish(struct ni_watch *w, int64_t slice_ns)
{
	for (int i = 0; ni_watch_work(w, slice_ns); i++)
		assert_true(i < 1000000 && ni_watch_percent(w) <= 100);
	assert_true(ni_watch_through(w));
	assert_int_equal(ni_watch_percent(w), 100);
}

/* ---- conversations run again ---- */

static void
test_ladder(void **state)
{
	(void)state;
	struct capture c = load("tcp-close-4.pcap");
	struct ni_rungs *thin = ni_rungs_new(c.m, ni_index_conn_key(6, 0), NULL);
	struct ni_rungs *whole = ni_rungs_new(c.m, ni_index_conn_key(6, 0), NULL);
	assert_int_equal(ni_rungs_layout(thin, false), 0);
	finish(thin->watch, 0);
	finish(whole->watch, NI_WATCH_ALL);
	size_t n = ni_rungs_layout(thin, false);
	assert_true(n >= 11);
	assert_int_equal(ni_rungs_layout(whole, true), n);
	for (size_t i = 0; i < n; i++) {
		const struct ni_ladder_row *a = ni_ladder_row(thin->ladder, i);
		const struct ni_ladder_row *b = ni_ladder_row(whole->ladder, i);
		assert_int_equal(a->kind, b->kind);
		assert_int_equal(a->first_frame, b->first_frame);
	}
	assert_int_equal(thin->conn.close, NI_CLOSE_4WAY);
	assert_int_equal(thin->conn.open, NI_OPEN_3WAY);
	ni_rungs_free(&thin);
	ni_rungs_free(&whole);
	leave(&c);
}

/* A conversation that is not there has no rows, and nothing goes wrong. */
static void
test_no_such_ladder(void **state)
{
	(void)state;
	struct capture c = load("tcp-close-4.pcap");
	struct ni_rungs *r = ni_rungs_new(c.m, ni_index_conn_key(6, 77), NULL);
	finish(r->watch, 0);
	assert_int_equal(ni_rungs_layout(r, true), 0);
	ni_rungs_free(&r);
	leave(&c);
}

static void
test_said(void **state)
{
	(void)state;
	struct capture c = load("http-gzip.pcap");
	struct ni_said *s = ni_said_new(c.m, ni_index_conn_key(6, 0), NULL);
	finish(s->watch, 0);
	assert_int_equal(s->total[NI_CLIENT], 263);
	assert_int_equal(s->total[NI_SERVER], 1357);
	assert_int_equal(s->turns, 4);
	assert_int_equal(s->dropped, 0);
	uint64_t before[2] = {0, 0};
	for (size_t i = 0; i < s->turns; i++) {
		const struct ni_turn *t = &s->turn[i];
		assert_int_equal(t->side, i % 2 ? NI_SERVER : NI_CLIENT);
		assert_int_equal(t->before, before[t->side]);
		before[t->side] += t->n;
		assert_memory_equal(s->bytes + t->off, i % 2 ? "HTTP" : "GET ", 4);
	}
	ni_said_free(&s);
	leave(&c);
}

static void
test_said_datagrams(void **state)
{
	(void)state;
	struct capture c = load("dns.pcap");
	struct ni_said *s = ni_said_new(c.m, ni_index_conn_key(17, 0), NULL);
	const struct ni_conn_row *r =
	    ni_conntab_find(ni_model_conns(c.m), ni_index_conn_key(17, 0));
	finish(s->watch, NI_WATCH_ALL);
	assert_non_null(r);
	assert_int_equal(s->turns, r->packets[0] + r->packets[1]);
	assert_int_equal(s->total[0], r->bytes[0]);
	assert_int_equal(s->total[1], r->bytes[1]);
	ni_said_free(&s);
	leave(&c);
}

/* What a snap length cut is missing, not silently gone. */
static void
test_said_cut(void **state)
{
	(void)state;
	struct capture c = load("http-download-snap96.pcap");
	struct ni_said *s = ni_said_new(c.m, ni_index_conn_key(6, 0), NULL);
	uint64_t lost = 0, there = 0;
	finish(s->watch, NI_WATCH_ALL);
	for (size_t i = 0; i < s->turns; i++) {
		lost += s->turn[i].lost;
		there += s->turn[i].n;
	}
	assert_true(lost > there);
	assert_int_equal(lost + there, s->total[0] + s->total[1]);
	ni_said_free(&s);
	leave(&c);
}

static void
test_messages(void **state)
{
	(void)state;
	struct capture c = load("http-gzip.pcap");
	struct ni_messages_what what = {.conn = ni_index_conn_key(6, 0), .number = 1};
	struct ni_messages *m = ni_messages_new(c.m, &what, NULL);
	finish(m->watch, 0);
	assert_int_equal(m->n, 2);
	assert_true(m->message[0].request && !m->message[1].request);
	assert_int_equal(m->message[0].body_n, 0);
	const struct ni_message *x = &m->message[1];
	assert_true(x->whole && !x->cut);
	assert_int_equal(x->outcome, NI_BODY_OK);
	assert_string_equal(x->encoding, "gzip");
	assert_int_equal(x->coded, 414);
	assert_true(x->decoded > x->coded);
	assert_int_equal(x->body_n, x->decoded);
	ni_messages_free(&m);

	/* The second response, by the frame that it begins in. */
	what = (struct ni_messages_what){.conn = what.conn, .frame = 9};
	m = ni_messages_new(c.m, &what, NULL);
	finish(m->watch, NI_WATCH_ALL);
	assert_int_equal(m->n, 1);
	assert_false(m->message[0].request);
	assert_string_equal(m->message[0].type, "text/html");
	ni_messages_free(&m);
	leave(&c);
}

static void
test_exporting(void **state)
{
	(void)state;
	struct capture c = load("page-load.pcap");
	char dir[] = "/tmp/netinspect-test-XXXXXX";
	char path[sizeof(dir) + 32];
	char said[256];
	struct ni_buf b = ni_buf(said, sizeof(said));
	static const char *const names[] = {"index.html", "style.css", "script.js", "logo.png",
					    "favicon.ico"};
	/* It makes the directory that is missing. */
	assert_non_null(mkdtemp(dir));
	assert_int_equal(rmdir(dir), 0);
	struct ni_exporting *x = ni_exporting_new(c.m, dir, NULL);
	assert_non_null(x);
	while (ni_exporting_work(x, 0))
		assert_true(ni_exporting_percent(x) < 100);
	assert_int_equal(ni_exporting_sum_up(x, &b, NULL), 0);
	assert_non_null(strstr(ni_buf_z(&b), "5 objects"));
	ni_exporting_free(&x);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir(dir), 0);
	leave(&c);
}

/* ---- tables ---- */

static void
expect_phases(const struct ni_http_row *r)
{
	int64_t end = ni_http_row_from(r);
	for (unsigned p = 0; p < NI_HTTP_NPHASES; p++) {
		int64_t from, to;
		if (!ni_http_row_phase(r, (enum ni_http_phase)p, &from, &to))
			continue;
		assert_true(from >= end && to >= from);
		end = to;
	}
	assert_true(end <= ni_http_row_to(r));
}

static void
test_exchanges(void **state)
{
	(void)state;
	struct capture c = load("page-load.pcap");
	const struct ni_httptab *t = &c.tables->http;
	int64_t from, to;
	assert_int_equal(ni_httptab_count(t), 5);
	for (uint64_t i = 0; i < 5; i++) {
		const struct ni_http_row *r = ni_httptab_row(t, i);
		expect_phases(r);
		assert_int_equal(r->number, i + 1);
		assert_int_equal(r->status, i == 4 ? 404 : 200);
		/* The connection was opened for the first alone. */
		assert_int_equal(ni_http_row_phase(r, NI_HTTP_CONNECT, &from, &to), i == 0);
	}
	leave(&c);
	c = load("http-pipelining.pcap");
	t = &c.tables->http;
	assert_int_equal(ni_httptab_count(t), 3);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(!!(ni_httptab_row(t, i)->flags & NI_HTTP_PIPELINED), i > 0);
	leave(&c);
}

static void
test_addresses(void **state)
{
	(void)state;
	struct capture c = load("arp-conflict.pcap");
	const struct ni_netmap *t = &c.tables->net;
	const struct ni_netmap_host *h;
	unsigned claims = 0;
	for (uint64_t i = 0; (h = ni_netmap_host(t, i)); i++)
		claims += h->kinds >> NI_ARP_CONFLICT & 1;
	assert_int_equal(claims, 2);
	leave(&c);

	/* DHCP names the router, ARP its MAC: one line. */
	c = load("dhcp.pcap");
	t = &c.tables->net;
	unsigned routers = 0;
	for (uint64_t i = 0; (h = ni_netmap_host(t, i)); i++)
		routers += h->router && !h->superseded;
	assert_int_equal(routers, 1);
	leave(&c);
}

static void
test_names(void **state)
{
	(void)state;
	struct capture c = load("page-load.pcap");
	const struct ni_netmap *t = &c.tables->net;
	const struct ni_netmap_name *a = ni_netmap_name(t, 0);
	const struct ni_netmap_name *b = ni_netmap_name(t, 1);
	assert_true(a && b && !ni_netmap_name(t, 2));
	assert_string_equal(a->name, "www.lab.test");
	assert_string_equal(a->answer, "203.0.113.80");
	assert_string_equal(a->type, "A");
	assert_string_equal(b->type, "AAAA");
	assert_int_equal(a->lookups, 1);
	assert_int_equal(a->answered, 1);
	leave(&c);
}

/* A MAC that packets of many addresses come from is a gateway; one with two addresses is not. */
static void
test_gateway(void **state)
{
	(void)state;
	static const uint8_t host[6] = {2, 0, 0, 0, 0, 1};
	static const uint8_t gateway[6] = {2, 0, 0, 0, 0, 9};
	struct ni_netmap t = {.hosts = {.key = 0}};
	struct ni_model_table table = ni_netmap_table(&t);
	struct ni_sink *s = table.sink(&t);
	struct ni_conn conn = {.packets = {1, 0}};
	for (uint8_t i = 0; i < 10; i++) {
		uint8_t src[4] = {192, 0, 2, 1};
		uint8_t dst[4] = {198, 51, 100, i};
		struct ni_dis d = {
		    .conn = &conn,
		    .link = {host, gateway, NI_ADDR_ETHER},
		    .net = {src, dst, NI_ADDR_IP4},
		};
		s->ops->frame(s, &d);
		d.link.dst = NULL; /* as in a cooked header */
		s->ops->frame(s, &d);
	}
	assert_int_equal(ni_netmap_behind(&t, host), 0);
	assert_int_equal(ni_netmap_behind(&t, gateway), 9);
	s->ops->free(s);
	table.clear(&t);
	assert_int_equal(ni_netmap_behind(&t, gateway), 0);
}

/* Its own address is known from ARP: one more behind it is enough. */
static void
test_gateway_of_one(void **state)
{
	(void)state;
	static const uint8_t host[6] = {2, 0, 0, 0, 0, 1};
	struct ni_arp_event arp = {
	    .kind = NI_ARP_ANSWERED,
	    .ip = {.len = 4, .b = {192, 0, 2, 254}},
	    .mac = {2, 0, 0, 0, 0, 9},
	    .reply_frame = 2,
	};
	struct ni_event e = {.kind = NI_EV_ARP, .frame = 2, .arp = &arp};
	struct ni_netmap t = {.hosts = {.key = 0}};
	struct ni_model_table table = ni_netmap_table(&t);
	struct ni_sink *s = table.sink(&t);
	struct ni_conn conn = {.packets = {1, 0}};
	uint8_t src[4] = {192, 0, 2, 1};
	uint8_t own[4] = {192, 0, 2, 254};
	uint8_t far[4] = {198, 51, 100, 7};
	struct ni_dis d = {
	    .conn = &conn,
	    .link = {host, arp.mac, NI_ADDR_ETHER},
	    .net = {src, own, NI_ADDR_IP4},
	};
	s->ops->event(s, &e);
	s->ops->frame(s, &d);
	assert_int_equal(ni_netmap_behind(&t, arp.mac), 0);
	d.net.dst = far;
	s->ops->frame(s, &d);
	assert_int_equal(ni_netmap_behind(&t, arp.mac), 1);
	s->ops->free(s);
	table.clear(&t);
}

static void
test_traffic(void **state)
{
	(void)state;
	static struct ni_traffic t;
	uint64_t packets = 0, bytes = 0;
	const int64_t begin = INT64_C(1700000000000000000);
	/* Seconds, then an hour, then a year; and a clock that was put back. */
	const int64_t at[] = {0, 5000, 1000000000, 3600000000000, 31536000000000000, -5};
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++)
		ni_traffic_add(&t, begin + at[i], 100 + (uint32_t)i);
	assert_true(t.bins > 0 && t.bins <= NI_TRAFFIC_BINS);
	for (unsigned i = 0; i < 7; i++) {
		uint64_t p, b;
		ni_traffic_sum(&t, i, 7, &p, &b);
		packets += p;
		bytes += b;
	}
	assert_int_equal(packets, 6);
	assert_int_equal(bytes, 615);
	ni_traffic_add(&t, INT64_MAX, 1);
	ni_traffic_add(&t, INT64_MIN, 1);
	assert_true(t.bins <= NI_TRAFFIC_BINS);
}

static void
test_tree(void **state)
{
	(void)state;
	struct capture c = load("page-load.pcap");
	struct ni_traffic_row rows[64];
	unsigned n = ni_traffic_tree(&c.tables->traffic, rows, 64);
	const struct ni_registry *reg = ni_model_registry(c.m);
	assert_true(n > 4);
	assert_int_equal(rows[0].depth, 0);
	assert_string_equal(ni_registry_proto(reg, rows[0].proto)->key, "eth");
	assert_int_equal(rows[0].packets, 29);
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(ni_registry_proto(reg, rows[i].proto)->key, "http"))
			assert_int_equal(rows[i].packets, 10);
	/* However little room there is. */
	assert_int_equal(ni_traffic_tree(&c.tables->traffic, rows, 2), 2);
	leave(&c);
}

static void
test_talkers(void **state)
{
	(void)state;
	struct capture c = load("page-load.pcap");
	struct ni_talker t[8];
	uint64_t lost;
	unsigned n = ni_talkers(ni_model_conns(c.m), t, 8, &lost);
	assert_int_equal(n, 3);
	assert_int_equal(lost, 0);
	uint64_t sent = 0, received = 0;
	for (unsigned i = 0; i < n; i++) {
		sent += t[i].sent;
		received += t[i].received;
		if (i)
			assert_true(t[i - 1].sent + t[i - 1].received >= t[i].sent + t[i].received);
	}
	assert_int_equal(sent, received);
	struct ni_talker top;
	assert_int_equal(ni_talkers(ni_model_conns(c.m), &top, 1, &lost), 1);
	assert_memory_equal(&top.addr, &t[0].addr, sizeof(top.addr));
	leave(&c);
}

/* ---- text ---- */

static void
expect_text(const char *type, const char *in, size_t n, const char *out)
{
	size_t len;
	enum ni_body_kind kind = ni_bodytext_kind(type, (const uint8_t *)in, n);
	char *text = ni_bodytext(type, (const uint8_t *)in, n, kind, &len);
	assert_non_null(text);
	assert_string_equal(text, out);
	assert_int_equal(len, strlen(out));
	free(text);
}

#define EXPECT(type, in, out) expect_text(type, in, sizeof(in) - 1, out)

static void
test_bodytext(void **state)
{
	(void)state;
	EXPECT("text/plain", "one\r\ntwo\tthree\n", "one\ntwo    three\n");
	EXPECT("text/plain", "clears \x1b[2J the screen, it hopes",
	       "clears \\x1b[2J the screen, it hopes");
	EXPECT("text/html; charset=ISO-8859-1", "caf\xe9", "caf\xc3\xa9");
	EXPECT("text/html; charset=\"utf-8\"", "caf\xc3\xa9\xff", "caf\xc3\xa9\\xff");
	EXPECT("text/plain; charset=utf-16le", "h\0i\0", "hi");
	EXPECT("text/plain; charset=no-such-thing", "as it is", "as it is");
	EXPECT("application/json", "{\"a\":[1,{}],\"b\":\"x, \\\"{\"}",
	       "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"x, \\\"{\"\n}");
	EXPECT("application/problem+json", "]]}{\"open", "\n]\n]\n}{\n  \"open");
	EXPECT("", "GET / HTTP/1.1", "GET / HTTP/1.1");
	EXPECT("application/octet-stream", "\x01\xff",
	       "000000  01 ff                                             ..\n");
	EXPECT("text/plain", "C:\\dir\\x1b", "C:\\dir\\x1b");
	EXPECT("text/plain", "", "");
	assert_int_equal(ni_bodytext_kind("image/png", NULL, 0), NI_BODY_MEDIA);
	assert_int_equal(ni_bodytext_kind("image/svg+xml", NULL, 0), NI_BODY_TEXT);
	assert_int_equal(ni_bodytext_kind("text/plain", (const uint8_t *)"a\0b", 3), NI_BODY_HEX);
}

/* The deepest JSON and the strangest bytes stay within bounds and contain nothing a terminal obeys.
 */
/* Offsets go on where those before ended; lines are as wide as there is room. */
static void
test_bodytext_hex(void **state)
{
	static const uint8_t bytes[] = "netinspect looks at";
	size_t n;
	(void)state;
	char *text = ni_bodytext_hex(bytes, 19, 0x5e, 80, &n);
	assert_string_equal(text,
			    "00005e  6e 65 74 69 6e 73 70 65  63 74 20 6c 6f 6f 6b 73  "
			    "netinspect looks\n"
			    "00006e  20 61 74                                           at\n");
	assert_int_equal(n, strlen(text));
	free(text);
	text = ni_bodytext_hex(bytes, 9, 0x1000000, 45, &n);
	assert_string_equal(text, "0001000000  6e 65 74 69 6e 73 70 65  netinspe\n"
				  "0001000008  63                       c\n");
	free(text);
	text = ni_bodytext_hex(bytes, 2, 0, 1, &n);
	assert_string_equal(text, "000000  6e  n\n000001  65  e\n");
	free(text);
	text = ni_bodytext_hex(bytes, 0, 0, 80, &n);
	assert_string_equal(text, "");
	free(text);
}

static void
test_bodytext_hostile(void **state)
{
	(void)state;
	enum { N = 5000 };
	static char in[N];
	static const char *const types[] = {"application/json", "text/plain; charset=utf-16",
					    "text/plain; charset=iso-2022-jp", "x/y"};
	for (unsigned k = 0; k < 3; k++) {
		for (size_t i = 0; i < N; i++)
			in[i] = k == 0 ? '[' : k == 1 ? (char)(i * 7919 >> 3) : "{\"\x1b,"[i % 4];
		for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++) {
			size_t n;
			enum ni_body_kind kind = ni_bodytext_kind(types[t], (uint8_t *)in, N);
			char *text = ni_bodytext(types[t], (uint8_t *)in, N, kind, &n);
			assert_non_null(text);
			for (size_t i = 0; i < n; i++)
				assert_true((uint8_t)text[i] >= ' ' || text[i] == '\n');
			free(text);
		}
	}
}

/* ---- the machine ---- */

static void
test_ifrates(void **state)
{
	(void)state;
	static struct ni_ifrates r;
	static const char head[] = "Inter-|   Receive\n face |bytes    packets errs drop\n";
	char text[1024];
	snprintf(text, sizeof(text), "%s    lo: 1000 10 0 1 0 0 0 0 2000 20 0 2 0 0 0 0\n", head);
	ni_ifrates_take(&r, text, 1000000000);
	const struct ni_ifrate *lo = ni_ifrates_find(&r, "lo");
	assert_non_null(lo);
	assert_null(ni_ifrates_find(&r, "l"));
	assert_true(lo->there && lo->packets_s[NI_IF_RX] < 1e-9);
	snprintf(text, sizeof(text),
		 "%s    lo: 3000 14 0 1 0 0 0 0 2500 30 0 2 0 0 0 0\n  eth0:7 1 0 0 0 0 0 0 8 1\n",
		 head);
	ni_ifrates_take(&r, text, 3000000000);
	assert_int_equal((int)lo->bytes_s[NI_IF_RX], 1000);
	assert_int_equal((int)lo->bytes_s[NI_IF_TX], 250);
	assert_int_equal((int)lo->packets_s[NI_IF_TX], 5);
	assert_int_equal(lo->drops[NI_IF_TX], 2);
	assert_int_equal((int)lo->past[NI_IFRATES_PAST - 1], 1250);
	assert_int_equal(ni_ifrates_find(&r, "eth0")->bytes[NI_IF_TX], 8);
	/* It goes, and comes back with counters from 0. */
	ni_ifrates_take(&r, head, 4000000000);
	assert_false(lo->there);
	snprintf(text, sizeof(text), "%s lo: 5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n", head);
	ni_ifrates_take(&r, text, 5000000000);
	assert_true(lo->there && lo->bytes_s[NI_IF_RX] < 1e-9);
}

static void
test_vendors(void **state)
{
	(void)state;
	char path[] = "/tmp/netinspect-test-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	assert_non_null(f);
	fputs("OUI/MA-L\n\n00-00-0C   (hex)\t\tOne, Inc\r\n00000C     (base 16)\t\tOne, Inc\n"
	      "0000AA Two\n# remark\n00:00:BB\tThr\tThree Ltd\n00:00:B\tno\n",
	      f);
	fclose(f);
	struct ni_vendors *v = ni_vendors_new(path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ni_vendors_count(v), 3);
	assert_string_equal(ni_vendor(v, (const uint8_t[6]){0, 0, 0x0c, 1, 2, 3}), "One, Inc");
	assert_string_equal(ni_vendor(v, (const uint8_t[6]){0, 0, 0xaa, 1, 2, 3}), "Two");
	assert_string_equal(ni_vendor(v, (const uint8_t[6]){0, 0, 0xbb, 1, 2, 3}), "Three Ltd");
	assert_string_equal(ni_vendor(v, (const uint8_t[6]){0, 0, 0xcc, 1, 2, 3}), "");
	assert_string_equal(ni_vendor(v, (const uint8_t[6]){2, 0, 0, 1, 2, 3}),
			    "locally administered");
	assert_string_equal(ni_vendor(v, (const uint8_t[6]){1, 0, 0x5e, 1, 2, 3}), "multicast");
	ni_vendors_free(&v);
	v = ni_vendors_new("/nowhere/at/all");
	assert_int_equal(ni_vendors_count(v), 0);
	ni_vendors_free(&v);
}

/* Rows that are gone are asked for between forgetting them and the next picture. */
static void
test_no_exchanges(void **state)
{
	(void)state;
	struct ni_httptab t = {.rows = {.n = 0}};
	struct ni_model_table table = ni_httptab_table(&t);
	assert_null(ni_httptab_row(&t, 0));
	table.clear(table.table);
	assert_int_equal(ni_httptab_count(&t), 0);
	assert_null(ni_httptab_row(&t, 0));
	assert_null(ni_httptab_row(&t, UINT64_MAX));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ladder),
	    cmocka_unit_test(test_no_such_ladder),
	    cmocka_unit_test(test_said),
	    cmocka_unit_test(test_said_datagrams),
	    cmocka_unit_test(test_said_cut),
	    cmocka_unit_test(test_messages),
	    cmocka_unit_test(test_exporting),
	    cmocka_unit_test(test_exchanges),
	    cmocka_unit_test(test_no_exchanges),
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_gateway),
	    cmocka_unit_test(test_gateway_of_one),
	    cmocka_unit_test(test_traffic),
	    cmocka_unit_test(test_tree),
	    cmocka_unit_test(test_talkers),
	    cmocka_unit_test(test_bodytext),
	    cmocka_unit_test(test_bodytext_hex),
	    cmocka_unit_test(test_bodytext_hostile),
	    cmocka_unit_test(test_ifrates),
	    cmocka_unit_test(test_vendors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
