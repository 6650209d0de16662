/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What netlab's small clients send and read: packets are right by the inspector's own judgement;
 * answers that are cut at any byte, or have any bit flipped, neither break a reader nor get a
 * control character out; numbers, addresses, rules and steps are taken as they are typed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arp.h"
#include "lease.h"
#include "netinspect/session.h"
#include "query.h"
#include "talk.h"
#include "wire.h"

static const uint8_t mac_a[6] = {2, 0, 0, 0, 0, 1};
static const uint8_t mac_b[6] = {2, 0, 0, 0, 0, 2};
static const struct nl_ip ip = {.src = {10, 0, 0, 1}, .dst = {10, 0, 0, 2}, .ttl = 7, .id = 0x1234};

/* ---- packets ---- */

static struct ni_session *session;

/* The packet as a session sees it that verifies checksums; it lives until the next one. */
static const struct ni_dis *
seen(const struct nl_packet *k)
{
	static struct ni_frame f;
	const struct ni_session_opts opts = {.check_checksums = true, .seed = 1};
	struct ni_err err;
	ni_session_free(&session);
	session = ni_session_new(&opts, &err);
	assert_non_null(session);
	f = (struct ni_frame){.data = k->p, .cap = k->n, .len = k->n, .number = 1, .linktype = 1};
	return ni_session_frame(session, &f);
}

static uint64_t
field(const struct ni_dis *d, const char *key)
{
	uint64_t v = UINT64_MAX;
	assert_true(nl_look_number(d, key, false, &v));
	return v;
}

enum { GOOD = 1 };

static void
test_udp(void **state)
{
	(void)state;
	/* All lengths, odd ones too, and contents that have every checksum. */
	for (unsigned i = 0; i < 2000; i++) {
		uint8_t data[64] = {(uint8_t)(i >> 8), (uint8_t)i};
		struct nl_packet k = {.n = 0};
		uint32_t n = 2 + i % 62;
		nl_put_ethernet(&k, mac_b, mac_a, NL_ETHERTYPE_IP);
		nl_put_udp(&k, &ip, 1000, 9, data, n);
		assert_false(k.cut);
		const struct ni_dis *d = seen(&k);
		assert_int_equal(field(d, "ip.checksum.status"), GOOD);
		assert_int_equal(field(d, "udp.checksum.status"), GOOD);
		assert_int_equal(field(d, "udp.length"), 8 + n);
		assert_int_equal(field(d, "ip.len"), 28 + n);
		assert_int_equal(field(d, "ip.ttl"), 7);
		assert_int_equal(field(d, "ip.id"), 0x1234);
	}
}

/* A checksum that comes out as 0 is written as 0xffff: 0 says that there is none. */
static void
test_udp_zero(void **state)
{
	unsigned found = 0;
	(void)state;
	for (unsigned i = 0; i < 0x10000; i++) {
		const uint8_t data[2] = {(uint8_t)(i >> 8), (uint8_t)i};
		struct nl_packet k = {.n = 0};
		nl_put_udp(&k, &ip, 1000, 9, data, 2);
		assert_true(k.p[26] || k.p[27]);
		found += k.p[26] == 0xff && k.p[27] == 0xff;
	}
	assert_int_equal(found, 1);
}

static void
test_tcp(void **state)
{
	struct nl_tcp t = {
	    .sport = 80, .dport = 4000, .seq = 0xfffffff0, .ack = 7, .flags = 0x14, .window = 99};
	(void)state;
	for (unsigned i = 0; i < 64; i++) {
		struct nl_packet k = {.n = 0};
		t.mss = i % 2 ? 1460 : 0;
		nl_put_ethernet(&k, mac_b, mac_a, NL_ETHERTYPE_IP);
		nl_put_tcp(&k, &ip, &t,
			   "the quick brown fox jumps over the lazy dog, again and again", i % 60);
		const struct ni_dis *d = seen(&k);
		assert_int_equal(field(d, "ip.checksum.status"), GOOD);
		assert_int_equal(field(d, "tcp.checksum.status"), GOOD);
		assert_int_equal(field(d, "tcp.seq_raw"), 0xfffffff0);
		assert_int_equal(field(d, "tcp.ack_raw"), 7);
		assert_int_equal(field(d, "tcp.flags"), 0x14);
		assert_int_equal(field(d, "tcp.window_size_value"), 99);
		assert_int_equal(field(d, "tcp.len"), i % 60);
		if (t.mss)
			assert_int_equal(field(d, "tcp.options.mss_val"), 1460);
	}
}

static void
test_arp(void **state)
{
	struct nl_look *look = nl_look_new(NULL);
	struct nl_packet k = {.n = 0};
	struct nl_arp back;
	const struct nl_arp a = {
	    NL_ARP_REPLY, {2, 0, 0, 0, 0, 9}, {10, 0, 0, 9}, {2, 0, 0, 0, 0, 8}, {10, 0, 0, 8}};
	(void)state;
	assert_non_null(look);
	nl_put_ethernet(&k, mac_b, mac_a, NL_ETHERTYPE_ARP);
	nl_put_arp(&k, &a);
	assert_int_equal(k.n, 42);
	for (uint32_t n = 0; n <= k.n; n++) {
		uint8_t *copy = malloc(n ? n : 1);
		assert_non_null(copy);
		memcpy(copy, k.p, n);
		assert_int_equal(nl_arp_read(look, copy, n, &back), n == k.n);
		free(copy);
	}
	assert_true(nl_arp_read(look, k.p, k.n, &back));
	assert_memory_equal(&back, &a, sizeof(a));
	nl_look_free(&look);
}

static void
test_full(void **state)
{
	static const uint8_t much[2000];
	struct nl_packet k = {.n = 0};
	(void)state;
	nl_put_udp(&k, &ip, 1, 2, much, sizeof(much));
	assert_true(k.cut);
	assert_int_equal(k.n, NL_PACKET_MAX);
}

/* ---- answers ---- */

/* What a reader is given: every prefix of @k, and @k with every bit flipped. */
static void
damage(const struct nl_packet *k, void (*read)(const uint8_t *p, uint32_t n))
{
	for (uint32_t n = 0; n <= k->n; n++) {
		uint8_t *copy = malloc(n ? n : 1);
		assert_non_null(copy);
		memcpy(copy, k->p, n);
		read(copy, n);
		free(copy);
	}
	uint8_t *copy = malloc(k->n);
	assert_non_null(copy);
	memcpy(copy, k->p, k->n);
	for (uint32_t bit = 0; bit < 8 * k->n; bit++) {
		copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
		read(copy, k->n);
		copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
	free(copy);
}

static struct nl_look *look;
static struct nl_packet asked;
static unsigned answers;

static void
read_answer(const uint8_t *p, uint32_t n)
{
	char *text = NULL;
	size_t len = 0;
	const char *why = NULL;
	FILE *f = open_memstream(&text, &len);
	assert_non_null(f);
	if (nl_query_answered(look, &asked, p, n, &why))
		answers++;
	else
		assert_non_null(why);
	nl_query_show(look, f, p, n);
	fclose(f);
	for (size_t i = 0; i < len; i++)
		assert_true((uint8_t)text[i] >= ' ' || text[i] == '\n');
	free(text);
}

static void
put_record(struct nl_packet *k, uint16_t name, uint16_t type, const void *data, uint16_t n)
{
	nl_put16(k, name);
	nl_put16(k, type);
	nl_put16(k, 1);
	nl_put32(k, 300);
	nl_put16(k, n);
	nl_put(k, data, n);
}

/* A response to the query in @asked with records of many types and names of many kinds. */
static struct nl_packet
response(void)
{
	struct nl_packet k = asked;
	k.p[2] |= 0x80;
	k.p[7] = 7;
	k.n = 12 + 14 + 4; /* without what may follow the question */
	k.p[10] = k.p[11] = 0;
	put_record(&k, 0xc00c, 1, "\x0a\0\0\x50", 4);
	put_record(&k, 0xc00c, 5,
		   "\x03"
		   "ftp"
		   "\xc0\x10",
		   6);
	put_record(&k, 0xc00c, 15, "\0\x0a\x04mail\xc0\x10", 9);
	put_record(&k, 0xc00c, 16,
		   "\x05"
		   "a\x1b[2J"
		   "\x02\r\n",
		   9);
	put_record(&k, 0xc01e, 1, "\x0a\0\0\x51", 4); /* a name that begins with itself */
	put_record(&k, 0xffff, 28, "0123456789abcdef", 16);
	put_record(&k, 0xc00c, 6,
		   "\xc0\x0c\xc0\x0c"
		   "aaaabbbbccccddddeeee",
		   24);
	return k;
}

static void
test_dns(void **state)
{
	const struct nl_query q = {.name = "www.lab.test", .id = 0xbeef, .type = 1, .edns = 1232};
	struct ni_err err;
	const char *why;
	(void)state;
	look = nl_look_new(&err);
	assert_non_null(look);
	assert_int_equal(nl_query_make(&asked, &q, &err), 0);
	assert_int_equal(asked.n, 12 + 14 + 4 + 11);
	/* A query is no answer to itself. */
	assert_false(nl_query_answered(look, &asked, asked.p, asked.n, &why));
	struct nl_packet k = response();
	assert_true(nl_query_answered(look, &asked, k.p, k.n, &why));
	answers = 0;
	damage(&k, read_answer);
	/* Not those whose id, question or kind is another: the id alone has 16 bits. */
	assert_true(answers > 8 * (k.n - 30) && answers < 9 * k.n - 16);
	k.p[0] ^= 1;
	assert_false(nl_query_answered(look, &asked, k.p, k.n, &why));
	assert_string_equal(why, "another id");
	nl_look_free(&look);
}

static void
test_dns_text(void **state)
{
	char *text = NULL;
	size_t len = 0;
	const struct nl_query q = {.name = "www.lab.test", .id = 0xbeef, .type = 1};
	struct ni_err err;
	(void)state;
	look = nl_look_new(&err);
	assert_non_null(look);
	assert_int_equal(nl_query_make(&asked, &q, &err), 0);
	struct nl_packet k = response();
	FILE *f = open_memstream(&text, &len);
	assert_non_null(f);
	assert_int_equal(nl_query_show(look, f, k.p, k.n), 0);
	fclose(f);
	assert_non_null(strstr(text, "answer     www.lab.test 300 A 10.0.0.80\n"));
	assert_non_null(strstr(text, "answer     www.lab.test 300 CNAME ftp.lab.test\n"));
	assert_non_null(strstr(text, "answer     www.lab.test 300 MX 10 mail.lab.test\n"));
	assert_null(strchr(text, '\x1b'));
	free(text);
	nl_look_free(&look);
}

static void
test_dns_names(void **state)
{
	static const char *const bad[] = {
	    "a..b", ".a", "..",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b"};
	static const struct {
		const char *name;
		uint32_t n;
	} good[] = {{".", 1}, {"", 1}, {"a", 3}, {"a.", 3}, {"a.bc", 6}};
	char longest[256];
	struct nl_packet k;
	struct ni_err err;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const struct nl_query q = {.name = bad[i], .type = 1};
		assert_int_equal(nl_query_make(&k, &q, &err), NI_ERR_INPUT);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const struct nl_query q = {.name = good[i].name, .type = 1};
		assert_int_equal(nl_query_make(&k, &q, &err), 0);
		assert_int_equal(k.n, 12 + good[i].n + 4);
	}
	for (size_t n = 253; n < 255; n++) {
		memset(longest, 'a', n);
		longest[n] = '\0';
		for (size_t i = 50; i < n; i += 50)
			longest[i] = '.';
		const struct nl_query q = {.name = longest, .type = 1};
		assert_int_equal(nl_query_make(&k, &q, &err), n == 253 ? 0 : NI_ERR_INPUT);
	}
	assert_int_equal(nl_query_type("aaaa"), 28);
	assert_int_equal(nl_query_type("ANY"), 255);
	assert_int_equal(nl_query_type("TYPE65300"), 65300);
	assert_int_equal(nl_query_type("nonsense"), 0);
}

static void
test_dns_reverse(void **state)
{
	const struct nl_query q = {.name = "10.0.0.80", .type = 12};
	struct nl_packet k;
	struct ni_err err;
	(void)state;
	assert_int_equal(nl_query_make(&k, &q, &err), 0);
	assert_memory_equal(k.p + 12,
			    "\x02"
			    "80\x01"
			    "0\x01"
			    "0\x02"
			    "10\x07in-addr\x04"
			    "arpa",
			    24);
}

static struct nl_dhcp request;
static unsigned leases;

static void
read_lease(const uint8_t *p, uint32_t n)
{
	struct nl_lease l;
	if (!nl_lease_read(nl_look_at(look, NL_FROM_ETHERNET, p, n), &request, &l))
		return;
	leases++;
	assert_true(l.type == NL_OFFER || l.type == NL_ACK || l.type == NL_NAK);
}

static void
test_dhcp(void **state)
{
	struct nl_packet body = {.n = 0};
	struct nl_packet k = {.n = 0};
	struct nl_lease l;
	struct ni_err err;
	(void)state;
	look = nl_look_new(&err);
	assert_non_null(look);
	request = (struct nl_dhcp){.type = NL_OFFER, .xid = 77, .server = {10, 0, 0, 1}};
	memcpy(request.mac, mac_a, 6);
	nl_put_dhcp(&body, &request);
	assert_int_equal(body.n, 300);
	/* As a server would say it: a reply, with an address and a mask. */
	body.p[0] = 2;
	memcpy(body.p + 16, "\x0a\0\0\x63", 4);
	memcpy(body.p + 258,
	       "\x01\x04\xff\xff\xff\0\x33\x04\0\0\0\x78\x03\x08\x0a\0\0\xfe\x0a\0\0\xfd\xff", 23);
	nl_put_ethernet(&k, mac_a, mac_b, NL_ETHERTYPE_IP);
	nl_put_udp(&k, &ip, 67, 68, body.p, body.n);
	assert_true(nl_lease_read(nl_look_at(look, NL_FROM_ETHERNET, k.p, k.n), &request, &l));
	assert_int_equal(l.type, NL_OFFER);
	assert_memory_equal(l.ip, "\x0a\0\0\x63", 4);
	assert_memory_equal(l.server, "\x0a\0\0\x01", 4);
	assert_memory_equal(l.mask, "\xff\xff\xff\0", 4);
	assert_memory_equal(l.router, "\x0a\0\0\xfe", 4);
	assert_int_equal(l.seconds, 120);
	leases = 0;
	damage(&k, read_lease);
	assert_true(leases > 1000);
	request.xid++;
	assert_false(nl_lease_read(nl_look_at(look, NL_FROM_ETHERNET, k.p, k.n), &request, &l));
	nl_look_free(&look);
}

/* What a client says, by the inspector. */
static void
test_dhcp_message(void **state)
{
	struct nl_dhcp m = {.type = NL_DECLINE,
			    .xid = 0xfeedbeef,
			    .secs = 3,
			    .broadcast = true,
			    .requested = {10, 0, 0, 5},
			    .server = {10, 0, 0, 1},
			    .hostname = "laptop"};
	struct nl_packet body = {.n = 0};
	struct nl_packet k = {.n = 0};
	char text[64];
	struct ni_buf b = ni_buf(text, sizeof(text));
	(void)state;
	nl_put_dhcp(&body, &m);
	nl_put_ethernet(&k, mac_b, mac_a, NL_ETHERTYPE_IP);
	nl_put_udp(&k, &ip, 68, 67, body.p, body.n);
	const struct ni_dis *d = seen(&k);
	assert_int_equal(field(d, "udp.checksum.status"), GOOD);
	assert_int_equal(field(d, "dhcp.option.dhcp"), NL_DECLINE);
	assert_int_equal(field(d, "dhcp.id"), 0xfeedbeef);
	assert_int_equal(field(d, "dhcp.secs"), 3);
	assert_int_equal(field(d, "dhcp.flags.bc"), 1);
	assert_true(nl_look_print(&b, d, "dhcp.option.requested_ip_address"));
	ni_buf_c(&b, ' ');
	assert_true(nl_look_print(&b, d, "dhcp.option.hostname"));
	assert_string_equal(ni_buf_z(&b), "10.0.0.5 laptop");
}

/* ---- the wire ---- */

static void
test_queue(void **state)
{
	struct nl_queue q;
	struct ni_err err;
	uint32_t r = 1;
	int64_t last = 0;
	uint64_t order = 0;
	(void)state;
	assert_int_equal(nl_queue_init(&q, &err), 0);
	for (unsigned i = 0; i < 5000; i++) {
		r = r * 1664525 + 1013904223;
		struct nl_flight *f = nl_flight_new(&q, (const uint8_t *)"x", 1, 0);
		assert_non_null(f);
		nl_queue_push(&q, f, r >> 22);
	}
	for (unsigned i = 0; i < 5000; i++) {
		struct nl_flight *f = nl_queue_pop(&q);
		assert_true(f->due > last || (f->due == last && (!i || f->order > order)));
		last = f->due;
		order = f->order;
		nl_flight_free(&q, f);
	}
	assert_null(nl_queue_first(&q));
	assert_int_equal(q.bytes, 0);
	nl_queue_fini(&q);
}

static void
test_queue_bound(void **state)
{
	static uint8_t big[65536];
	struct nl_queue q;
	struct ni_err err;
	struct nl_flight *f;
	unsigned n = 0;
	(void)state;
	assert_int_equal(nl_queue_init(&q, &err), 0);
	for (; (f = nl_flight_new(&q, big, sizeof(big), 1)); n++)
		nl_queue_push(&q, f, n);
	assert_int_equal(n, NL_QUEUE_BYTES / sizeof(big));
	nl_queue_fini(&q);
	assert_int_equal(nl_queue_init(&q, &err), 0);
	for (n = 0; (f = nl_flight_new(&q, big, 1, 1)); n++)
		nl_queue_push(&q, f, n);
	assert_true(n < NL_QUEUE_FRAMES && n > NL_QUEUE_FRAMES - 10);
	nl_queue_fini(&q);
}

static void
test_rules(void **state)
{
	static const char *const bad[] = {"",
					  "0",
					  "x",
					  "1,",
					  ",1",
					  "3-2",
					  "1x",
					  "-3",
					  "1 tcp.sny",
					  "1 2",
					  "99999999999",
					  "1--2",
					  "1 conn.state == \"x\""};
	static const char *const good[] = {
	    "1", "1,2", "1-3,7-", "4-", "1-", "12 udp", "2,5-6 udp.length > 0"};
	struct ni_err err;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct nl_rules r = {.n = 0};
		int rc = nl_rule_add(&r, NL_DROP, "drop", bad[i], &err);
		if (!rc)
			rc = nl_rules_ready(&r, false, &err);
		assert_int_equal(rc, NI_ERR_INPUT);
		nl_rules_free(&r);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct nl_rules r = {.n = 0};
		assert_int_equal(nl_rule_add(&r, NL_DROP, "drop", good[i], &err), 0);
		assert_int_equal(nl_rules_ready(&r, false, &err), 0);
		nl_rules_free(&r);
	}
	struct nl_rules r = {.n = 0};
	for (unsigned i = 0; i < NL_RULES_MAX; i++)
		assert_int_equal(nl_rule_add(&r, NL_DUP, "dup", "1", &err), 0);
	assert_int_equal(nl_rule_add(&r, NL_DUP, "dup", "1", &err), NI_ERR_INPUT);
}

static void
test_judge(void **state)
{
	struct nl_rules r = {.n = 0};
	struct nl_packet udp = {.n = 0};
	struct nl_packet other = {.n = 0};
	struct ni_err err;
	char dropped[32] = "";
	char doubled[32] = "";
	(void)state;
	nl_put_ethernet(&udp, mac_b, mac_a, NL_ETHERTYPE_IP);
	nl_put_udp(&udp, &ip, 1000, 9, "x", 1);
	nl_put_ethernet(&other, mac_b, mac_a, 0x9999);
	assert_int_equal(nl_rule_add(&r, NL_DROP, "drop", "2,4- udp.dstport == 9", &err), 0);
	assert_int_equal(nl_rule_add(&r, NL_DUP, "dup", "1-2,9", &err), 0);
	assert_int_equal(nl_rules_ready(&r, false, &err), 0);
	for (int i = 0; i < 10; i++) {
		const struct nl_packet *k = i % 2 ? &other : &udp;
		struct nl_verdict v = nl_rules_judge(&r, k->p, k->n, i);
		dropped[i] = v.act[NL_DROP] ? 'x' : '.';
		doubled[i] = v.act[NL_DUP] ? 'x' : '.';
		assert_false(v.act[NL_SWAP]);
		assert_non_null(v.dis);
	}
	assert_string_equal(dropped, "..x...x.x.");
	assert_string_equal(doubled, "xx......x.");
	nl_rules_free(&r);
}

/* ---- what is typed ---- */

static void
test_typed(void **state)
{
	static const struct {
		const char *text;
		int64_t v; /* -1: wrong */
	} numbers[] = {{"0", 0},        {"20", 20000},   {"0.5", 500},
		       {"1.25", 1250},  {"1.125", 1125}, {"1.1255", -1},
		       {"1.", -1},      {".5", 500},     {"", -1},
		       {"-1", -1},      {"1e3", -1},     {"100", 100000},
		       {"100.001", -1}, {"1..2", -1},    {"999999999999999999999999", -1}};
	static const char *const bad_macs[] = {"",
					       "02:00:00:00:00",
					       "02:00:00:00:00:0",
					       "2:0:0:0:0:1",
					       "02:00:00:00:00:01:",
					       "02:00:00:00:00:0g",
					       "020000000001",
					       "02:00:00:00:00:011"};
	static const char *const bad_ips[] = {"",         "1.2.3", "1.2.3.256",
					      "1.2.3.4 ", "a",     "1.2.3.4.5"};
	const struct ni_opt opt = {.name = "x"};
	struct ni_err err;
	uint8_t b[6];
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		int64_t v = -1;
		int rc = nl_take_thousandths(&opt, numbers[i].text, 100000, "apples", &v, &err);
		assert_int_equal(rc, numbers[i].v < 0 ? NI_ERR_INPUT : 0);
		assert_int_equal(v, numbers[i].v);
	}
	for (size_t i = 0; i < sizeof(bad_macs) / sizeof(bad_macs[0]); i++)
		assert_int_equal(nl_take_mac("", bad_macs[i], b, &err), NI_ERR_INPUT);
	assert_int_equal(nl_take_mac("", "0A-ff:00:1b:2c:3D", b, &err), 0);
	assert_memory_equal(b, "\x0a\xff\x00\x1b\x2c\x3d", 6);
	for (size_t i = 0; i < sizeof(bad_ips) / sizeof(bad_ips[0]); i++)
		assert_int_equal(nl_take_ip4("", bad_ips[i], b, &err), NI_ERR_INPUT);
}

/* Numbers that netinspect prints in hexadecimal may be copied. */
static void
test_hex(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		int64_t v; /* -1: wrong */
	} numbers[] = {
	    {"0x1F", 0, 31},        {"31", 0, 31},          {"0XffffFFFF", 0, 0xffffffff},
	    {"0x100000000", 0, -1}, {"0x10000", 65535, -1}, {"0xffff", 65535, 65535},
	    {"0x", 0, -1},          {"0x-1", 0, -1},        {"0x 1", 0, -1},
	    {"0xfg", 0, -1},        {"x1", 0, -1},          {"", 0, -1},
	    {"0x0x1", 0, -1},       {"f", 0, -1},           {"0xfffffffffffffffffffff", 0, -1}};
	struct ni_err err;
	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct ni_opt opt = {.name = "x", .max = numbers[i].max};
		uint32_t v = 0;
		int rc = nl_opt_hex(&v, &opt, numbers[i].text, &err);
		assert_int_equal(rc, numbers[i].v < 0 ? NI_ERR_INPUT : 0);
		if (!rc)
			assert_int_equal(v, numbers[i].v);
	}
}

static void
test_steps(void **state)
{
	static struct nl_talk t = {.fd = -1};
	static const char *const bad[] = {"",      "foo",       "recv=",  "recv=x", "send",
					  "fill",  "fin=1",     "close=", "wait",   "ttl=256",
					  "recvx", "nodelay=2", "ttl"};
	static const char *const good[] = {"recv",   "recv=5", "send=",    "send=a=b",
					   "fill=3", "fin",    "abort",    "close",
					   "wait=0", "echo",   "recv-all", "ttl=9"};
	struct ni_err err;
	char word[64];
	char *v[] = {word};
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(word, sizeof(word), "%s", bad[i]);
		assert_int_equal(nl_talk_check(&t, v, 1, &err), NI_ERR_INPUT);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(word, sizeof(word), "%s", good[i]);
		t.udp = false;
		assert_int_equal(nl_talk_check(&t, v, 1, &err), 0);
		t.udp = true;
		bool of_tcp =
		    !strcmp(word, "fin") || !strcmp(word, "abort") || !strcmp(word, "recv-all");
		assert_int_equal(nl_talk_check(&t, v, 1, &err), of_tcp ? NI_ERR_INPUT : 0);
	}
	assert_int_equal(t.sock.ttl, 9);
	t.udp = false;
	char port[] = "port=4000";
	char recv[] = "recv";
	char *right[] = {port, recv};
	char *wrong[] = {recv, port};
	assert_int_equal(nl_talk_check(&t, right, 2, &err), 0);
	assert_int_equal(t.port, 4000);
	assert_int_equal(nl_talk_check(&t, wrong, 2, &err), NI_ERR_INPUT);
}

static int
finish(void **state)
{
	(void)state;
	ni_session_free(&session);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_udp),          cmocka_unit_test(test_udp_zero),
	    cmocka_unit_test(test_tcp),          cmocka_unit_test(test_arp),
	    cmocka_unit_test(test_full),         cmocka_unit_test(test_dns),
	    cmocka_unit_test(test_dns_text),     cmocka_unit_test(test_dns_names),
	    cmocka_unit_test(test_dns_reverse),  cmocka_unit_test(test_dhcp),
	    cmocka_unit_test(test_dhcp_message), cmocka_unit_test(test_queue),
	    cmocka_unit_test(test_queue_bound),  cmocka_unit_test(test_rules),
	    cmocka_unit_test(test_judge),        cmocka_unit_test(test_typed),
	    cmocka_unit_test(test_hex),          cmocka_unit_test(test_steps),
	};
	return cmocka_run_group_tests(tests, NULL, finish);
}
