/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng files: sections, interfaces, clocks, comments, and what is wrong with them. */
#include "test_capture_util.h"

static const uint64_t US = 1700000000123456;

/* Two sections in opposite byte orders, with three interfaces of two link types between them. */
static void
make(struct blob *o)
{
	add_section(o);
	add_interface(o, 1, 65535, "eth0", 0);
	add_packet(o, 0, US, 60, 60);
	add_interface(o, 113, 0, "any", 9);
	/* An unknown block, and the names of hosts: stepped over. */
	size_t at = begin_block(o, 0x7777);
	add_data(o, 40);
	end_block(o, at);
	at = begin_block(o, 4);
	add32(o, 0);
	end_block(o, at);
	add_packet(o, 1, US * 1000 + 7, 33, 1500);
	o->swap = !o->swap;
	add_section(o);
	add_interface(o, 101, 20, NULL, 0x80 | 10);
	add_packet(o, 0, (uint64_t)1700000000 << 10 | 512, 5, 5);
	o->swap = !o->swap;
}

static void
check(const struct got *g)
{
	assert_int_equal(g->last, NI_SOURCE_END);
	assert_int_equal(g->n, 3);
	static const struct {
		uint32_t cap, len, linktype;
		int64_t ts_ns;
		const char *name;
	} want[] = {
	    {60, 60, 1, 1700000000123456000, "eth0"},
	    {33, 1500, 113, 1700000000123456007, "any"},
	    {5, 5, 101, 1700000000500000000, "-"},
	};
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(g->f[i].cap, want[i].cap);
		assert_int_equal(g->f[i].len, want[i].len);
		assert_int_equal(g->f[i].linktype, want[i].linktype);
		assert_int_equal(g->f[i].ts_ns, want[i].ts_ns);
		assert_int_equal(g->f[i].iface, i);
		assert_string_equal(g->f[i].ifname, want[i].name);
		assert_string_equal(g->f[i].comment, "-");
		assert_true(g->f[i].right);
	}
}

static void
sections(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct blob o = {.swap = i == 1};
		struct got g;
		make(&o);
		read_blob(&o, &g);
		check(&g);
		assert_string_equal(g.format, "pcapng");
	}
}

static void
offsets(void **state)
{
	(void)state;
	struct blob o = {0};
	struct got g;
	make(&o);
	read_blob(&o, &g);
	for (int i = 0; i < g.n; i++)
		assert_true(is_data(o.b + g.f[i].offset, g.f[i].cap, g.f[i].cap));
}

/* One packet at @ticks with the resolution and offset given; its time in nanoseconds. */
static int64_t
time_of(uint8_t resolution, uint64_t ticks, int64_t offset)
{
	struct blob o = {0};
	struct got g;
	add_section(&o);
	size_t at = begin_block(&o, 1);
	add16(&o, 1);
	add16(&o, 0);
	add32(&o, 0);
	add_option(&o, 9, &resolution, 1);
	add_option(&o, 14, &offset, 8);
	end_block(&o, at);
	add_packet(&o, 0, ticks, 4, 4);
	read_blob(&o, &g);
	assert_int_equal(g.n, 1);
	return g.f[0].ts_ns;
}

static void
clocks(void **state)
{
	(void)state;
	const int64_t s = 1000000000;
	assert_int_equal(time_of(0, 17, 0), 17 * s);
	assert_int_equal(time_of(3, 17001, 0), 17 * s + 1000000);
	assert_int_equal(time_of(6, 17000001, 0), 17 * s + 1000);
	assert_int_equal(time_of(9, 17000000001, 0), 17 * s + 1);
	assert_int_equal(time_of(12, 17000000001999, 0), 17 * s + 1);
	assert_int_equal(time_of(0x80, 17, 0), 17 * s);
	assert_int_equal(time_of(0x80 | 1, 35, 0), 17 * s + s / 2);
	assert_int_equal(time_of(0x80 | 32, (uint64_t)17 << 32 | 0x40000000, 0), 17 * s + s / 4);
	assert_int_equal(time_of(0x80 | 60, (uint64_t)7 << 60 | (uint64_t)1 << 59, 0),
			 7 * s + s / 2);
	assert_int_equal(time_of(6, 17000001, 1000), 1017 * s + 1000);
	assert_int_equal(time_of(6, 17000001, -20), -3 * s + 1000);
	/* What does not fit stays at the end of time. */
	assert_int_equal(time_of(0, UINT64_MAX, 0), INT64_MAX);
	assert_int_equal(time_of(6, UINT64_MAX, 0), INT64_MAX);
	assert_int_equal(time_of(0x80 | 1, UINT64_MAX, 0), INT64_MAX);
	assert_int_equal(time_of(9, UINT64_MAX, 0), INT64_MAX);
}

static void
wrong_clock(void **state)
{
	(void)state;
	struct blob o = {0};
	struct got g;
	add_section(&o);
	add_interface(&o, 1, 0, NULL, 100);
	read_blob(&o, &g);
	assert_error(&g, NI_ERR_INPUT, "has the time resolution 100");
}

static void
comments(void **state)
{
	(void)state;
	struct blob o = {0};
	struct got g;
	add_section(&o);
	add_interface(&o, 1, 0, NULL, 0);
	static const uint8_t flags[4] = {1, 0, 0, 0};
	for (int n = 0; n <= 3; n++) {
		size_t at = begin_packet(&o, 0, US, 7, 7);
		add_option(&o, 2, flags, 4);
		if (n > 0)
			add_option(&o, 1, "first", 5);
		if (n > 1)
			add_option(&o, 1, "second one", 10);
		if (n > 2)
			add_option(&o, 1, "3", 1);
		add_option(&o, 0, "", 0);
		end_block(&o, at);
	}
	read_blob(&o, &g);
	assert_int_equal(g.n, 4);
	assert_string_equal(g.f[0].comment, "-");
	assert_string_equal(g.f[1].comment, "first");
	assert_string_equal(g.f[2].comment, "first\nsecond one");
	assert_string_equal(g.f[3].comment, "first\nsecond one\n3");
}

static void
broken_packet_option(void **state)
{
	(void)state;
	/* The packet is whole, so it counts. */
	struct blob o = {0};
	struct got g;
	add_section(&o);
	add_interface(&o, 1, 0, NULL, 0);
	size_t at = begin_packet(&o, 0, US, 8, 8);
	add16(&o, 1);
	add16(&o, 5000);
	add32(&o, 0);
	end_block(&o, at);
	read_blob(&o, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.last, NI_SOURCE_END);
	assert_string_equal(g.f[0].comment, "-");
}

static void
simple_packets(void **state)
{
	(void)state;
	struct blob o = {0};
	struct got g;
	add_section(&o);
	add_interface(&o, 1, 32, "lo", 0);
	size_t at = begin_block(&o, 3);
	add32(&o, 9);
	add_data(&o, 9);
	add(&o, "\0\0\0", 3);
	end_block(&o, at);
	/* Cut by the snap length, which alone tells so. */
	at = begin_block(&o, 3);
	add32(&o, 1500);
	add_data(&o, 32);
	end_block(&o, at);
	read_blob(&o, &g);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.f[0].cap, 9);
	assert_true(g.f[0].right);
	assert_int_equal(g.f[0].ts_ns, 0);
	assert_int_equal(g.f[1].cap, 32);
	assert_int_equal(g.f[1].len, 1500);
	assert_string_equal(g.f[1].ifname, "lo");
}

static void
obsolete_packets(void **state)
{
	(void)state;
	struct blob o = {.swap = true};
	struct got g;
	add_section(&o);
	add_interface(&o, 1, 0, NULL, 0);
	for (uint16_t drops = 3; drops; drops = drops == 3 ? 0xffff : 0) {
		size_t at = begin_block(&o, 2);
		add16(&o, 0);
		add16(&o, drops);
		add32(&o, (uint32_t)(US >> 32));
		add32(&o, (uint32_t)US);
		add32(&o, 12);
		add32(&o, 99);
		add_data(&o, 12);
		add_option(&o, 1, "old", 3);
		end_block(&o, at);
	}
	read_blob(&o, &g);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.f[0].cap, 12);
	assert_int_equal(g.f[0].len, 99);
	assert_int_equal(g.f[0].ts_ns, US * 1000);
	assert_string_equal(g.f[0].comment, "old");
	/* 0xffff says that the number is not known. */
	assert_int_equal(g.stats.dropped, 3);
}

static void
statistics(void **state)
{
	(void)state;
	struct blob o = {0};
	struct got g;
	add_section(&o);
	add_interface(&o, 1, 0, NULL, 0);
	add_packet(&o, 0, US, 4, 4);
	for (uint64_t v = 100; v <= 200; v += 100) {
		size_t at = begin_block(&o, 5);
		add32(&o, 0);
		add64(&o, 0);
		uint64_t n[3] = {v, v + 1, v + 2};
		add_option(&o, 4, &n[0], 8);
		add_option(&o, 5, &n[1], 8);
		add_option(&o, 7, &n[2], 8);
		end_block(&o, at);
	}
	read_blob(&o, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.stats.received, 1);
	assert_int_equal(g.stats.if_dropped, 201);
	assert_int_equal(g.stats.dropped, 202);
}

/* ---- what is wrong ---- */

static void
expect_error(const struct blob *o, int packets, const char *part)
{
	struct got g;
	read_blob(o, &g);
	assert_error(&g, NI_ERR_INPUT, part);
	assert_int_equal(g.n, packets);
}

static void
start(struct blob *o)
{
	*o = (struct blob){0};
	add_section(o);
	add_interface(o, 1, 0, NULL, 0);
	add_packet(o, 0, US, 20, 20);
}

static void
damaged(void **state)
{
	(void)state;
	struct blob o;
	start(&o);
	add_packet(&o, 4, US, 8, 8);
	expect_error(&o, 1, "undeclared interface, number 4");
	start(&o);
	size_t at = begin_packet(&o, 0, US, 8, 8);
	end_block(&o, at);
	o.b[at + 20] = 0xff;
	expect_error(&o, 1, "packet 2 at byte");
	start(&o);
	add_packet(&o, 0, US, 8, 8);
	o.b[o.n - 4] ^= 4;
	expect_error(&o, 1, "repeats its length wrongly");
	start(&o);
	add32(&o, 6);
	add32(&o, 33);
	add_data(&o, 100);
	expect_error(&o, 1, "claims a length of 33");
	start(&o);
	add32(&o, 6);
	add32(&o, 8);
	expect_error(&o, 1, "claims a length of 8");
	/* A gigabyte of options must not be read to find that they are not there. */
	start(&o);
	at = begin_packet(&o, 0, US, 8, 8);
	end_block(&o, at);
	o.b[at + 7] = 0x40;
	expect_error(&o, 1, "claims a length of 1073");
	o = (struct blob){0};
	add_section(&o);
	o.b[8] = 1;
	expect_error(&o, 0, "byte order");
	o = (struct blob){0};
	add_section(&o);
	o.b[12] = 2;
	expect_error(&o, 0, "pcapng version 2.0");
	o = (struct blob){0};
	add_section(&o);
	add_packet(&o, 0, US, 8, 8);
	expect_error(&o, 0, "undeclared interface");
}

static void
cut_in_unknown_block(void **state)
{
	(void)state;
	struct blob o;
	start(&o);
	add32(&o, 0x7777);
	add32(&o, 1000000);
	add_data(&o, 100);
	expect_error(&o, 1, "999892 bytes of a block are missing");
}

/* The number of whole packets in the first @n bytes of what make() makes, and whether @n is an end.
 */
static int
whole_packets(const struct blob *o, size_t n, bool *boundary)
{
	int packets = 0;
	size_t at = 0;
	bool swap = false;
	*boundary = n == 0;
	while (at + 12 <= n) {
		uint32_t type;
		uint32_t total;
		memcpy(&type, o->b + at, 4);
		memcpy(&total, o->b + at + 4, 4);
		if (type == 0x0a0d0d0a)
			swap = o->b[at + 8] == 0x1a;
		type = swap ? __builtin_bswap32(type) : type;
		total = swap ? __builtin_bswap32(total) : total;
		if (at + total > n)
			break;
		at += total;
		packets += type == 6;
		*boundary = at == n;
	}
	return packets;
}

static void
every_prefix(void **state)
{
	(void)state;
	struct blob o = {0};
	make(&o);
	for (size_t n = 1; n < o.n; n++) {
		struct got g;
		bool boundary;
		int packets = whole_packets(&o, n, &boundary);
		read_bytes(o.b, n, &g);
		assert_int_equal(g.n, packets);
		assert_int_equal(g.last, boundary ? NI_SOURCE_END : NI_ERR_INPUT);
		if (!boundary && n >= 4)
			assert_non_null(strstr(g.err.what, "cut short"));
	}
}

static void
every_bit(void **state)
{
	(void)state;
	struct blob o = {0};
	make(&o);
	for (size_t i = 0; i < o.n * 8; i++) {
		struct got g;
		o.b[i / 8] ^= (uint8_t)(1 << i % 8);
		read_blob(&o, &g);
		assert_true(g.n <= 3);
		assert_true(g.last == NI_SOURCE_END || g.last == NI_ERR_INPUT);
		for (int k = 0; k < g.n; k++)
			assert_true(g.f[k].cap <= o.n);
		o.b[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void
filtered(void **state)
{
	(void)state;
	/* Compiled for each link type: the IPv4 header stands at another place in each. */
	static const uint8_t ip[20] = {0x45, 0, 0,  20, 0, 0, 0,  0, 64, 17,
				       0,    0, 10, 0,  0, 1, 10, 0, 0,  2};
	static const struct {
		uint16_t linktype;
		uint16_t header;
	} v[] = {{1, 14}, {113, 16}, {101, 0}};
	struct blob o = {0};
	struct memfile m;
	struct got g;
	add_section(&o);
	for (uint32_t i = 0; i < 3; i++)
		add_interface(&o, v[i].linktype, 0, NULL, 0);
	for (uint32_t i = 0; i < 3; i++) {
		size_t at = begin_packet(&o, i, US, v[i].header + 20u, v[i].header + 20u);
		uint8_t *data = o.b + at + 28;
		memset(data, 0, v[i].header);
		if (v[i].header)
			data[v[i].header - 2] = 8;
		memcpy(data + v[i].header, ip, sizeof(ip));
		end_block(&o, at);
	}
	put_file(&m, o.b, o.n);
	read_path(m.path, "host 10.0.0.1", &g);
	assert_int_equal(g.n, 3);
	read_path(m.path, "host 10.0.0.3", &g);
	assert_int_equal(g.n, 0);
	assert_int_equal(g.stats.received, 3);
	drop_file(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sections),
	    cmocka_unit_test(offsets),
	    cmocka_unit_test(clocks),
	    cmocka_unit_test(wrong_clock),
	    cmocka_unit_test(comments),
	    cmocka_unit_test(broken_packet_option),
	    cmocka_unit_test(simple_packets),
	    cmocka_unit_test(obsolete_packets),
	    cmocka_unit_test(statistics),
	    cmocka_unit_test(damaged),
	    cmocka_unit_test(cut_in_unknown_block),
	    cmocka_unit_test(every_prefix),
	    cmocka_unit_test(every_bit),
	    cmocka_unit_test(filtered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
