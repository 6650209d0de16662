/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Classic capture files in all their variants, whole, cut, damaged and compressed. */
#include "test_capture_util.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

enum { CAPS = 3 };
static const uint32_t caps[CAPS] = {60, 0, 33};

/* Three packets after the file header, the second without bytes, the third cut by the snap length.
 */
static void
make(struct blob *o, uint32_t magic, uint32_t extra)
{
	add_pcap_header(o, magic, 4, 65535, 1);
	for (uint32_t i = 0; i < CAPS; i++)
		add_record(o, 1700000000 + i, 123456 + i, caps[i], i == 2 ? 1500 : caps[i], extra);
}

static void
check(const struct got *g, uint32_t extra, int64_t unit)
{
	assert_int_equal(g->last, NI_SOURCE_END);
	assert_int_equal(g->n, CAPS);
	uint64_t at = 24;
	for (int i = 0; i < CAPS; i++) {
		assert_int_equal(g->f[i].cap, caps[i]);
		assert_int_equal(g->f[i].len, i == 2 ? 1500 : caps[i]);
		assert_int_equal(g->f[i].ts_ns,
				 (1700000000 + i) * INT64_C(1000000000) + (123456 + i) * unit);
		assert_true(g->f[i].right);
		assert_int_equal(g->f[i].linktype, 1);
		at += 16 + extra;
		assert_int_equal(g->f[i].offset, at);
		at += caps[i];
	}
	assert_int_equal(g->stats.received, CAPS);
}

static void
variants(void **state)
{
	(void)state;
	static const struct {
		uint32_t magic;
		uint32_t extra;
		int64_t unit;
		const char *name;
	} v[] = {
	    {0xa1b2c3d4, 0, 1000, "pcap (microseconds)"},
	    {0xa1b23c4d, 0, 1, "pcap (nanoseconds)"},
	    {0xa1b2cd34, 8, 1000, "pcap (microseconds, Kuznetzov's)"},
	    /* Those whose magic hides what they are. */
	    {0xa1b2c3d4, 4, 1000, "pcap (microseconds, Nokia's)"},
	    {0xa1b2c3d4, 8, 1000, "pcap (microseconds, Kuznetzov's)"},
	    {0xa1b2cd34, 12, 1000, "pcap (microseconds, ss990915's)"},
	};
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]) * 2; i++) {
		struct blob o = {.swap = i % 2};
		struct got g;
		make(&o, v[i / 2].magic, v[i / 2].extra);
		read_blob(&o, &g);
		check(&g, v[i / 2].extra, v[i / 2].unit);
		assert_string_equal(g.format, v[i / 2].name);
	}
}

static void
ixia(void **state)
{
	(void)state;
	for (uint32_t magic = 0x1c0001ab; magic <= 0x1c0001ac; magic++) {
		struct blob o = {.swap = true};
		struct got g;
		add_pcap_header(&o, magic, 4, 65535, 1);
		add32(&o, 60 + 16);
		add_record(&o, 5, 999999999, 60, 60, 0);
		read_blob(&o, &g);
		assert_int_equal(g.n, 1);
		assert_int_equal(g.last, NI_SOURCE_END);
		assert_int_equal(g.f[0].ts_ns, 5999999999);
	}
}

static void
old_versions(void **state)
{
	(void)state;
	/* Before 2.3 the lengths stood the other way round, in 2.3 they may. */
	struct got g;
	for (uint16_t minor = 2; minor <= 3; minor++) {
		struct blob o = {0};
		add_pcap_header(&o, 0xa1b2c3d4, minor, 65535, 1);
		add32(&o, 1);
		add32(&o, 2);
		add32(&o, 1500);
		add32(&o, 40);
		add_data(&o, 40);
		read_blob(&o, &g);
		assert_int_equal(g.n, 1);
		assert_int_equal(g.f[0].cap, 40);
		assert_int_equal(g.f[0].len, 1500);
	}
	struct blob bad = {0};
	add_pcap_header(&bad, 0xa1b2c3d4, 9, 65535, 1);
	read_blob(&bad, &g);
	assert_error(&g, NI_ERR_INPUT, "pcap version 2.9");
}

static void
mends_lengths(void **state)
{
	(void)state;
	struct blob o = {0};
	struct got g;
	add_pcap_header(&o, 0xa1b2c3d4, 4, 65535, 1);
	add_record(&o, 1, 0, 60, 42, 0);
	/* Larger than the snap length says, as some Solaris versions wrote. */
	o.b[16] = 10;
	o.b[17] = o.b[18] = 0;
	read_blob(&o, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.f[0].cap, 60);
	assert_int_equal(g.f[0].len, 60);
}

static void
link_types(void **state)
{
	(void)state;
	static const struct {
		uint32_t in_file;
		uint32_t linktype;
		uint32_t fcs;
	} v[] = {
	    {1, 1, 0},    {0x24000001, 1, 4}, {0x30000084, 0x84, 0}, {12, 101, 0},
	    {14, 101, 0}, {101, 101, 0},      {276, 276, 0},
	};
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		struct blob o = {0};
		struct memfile m;
		add_pcap_header(&o, 0xa1b2c3d4, 4, 96, v[i].in_file);
		put_file(&m, o.b, o.n);
		struct ni_file_options opt = {.path = m.path};
		struct ni_source *s;
		assert_int_equal(ni_source_open_file(&s, &opt, NULL), 0);
		const struct ni_source_iface *f = ni_source_iface(s, 0);
		assert_int_equal(f->linktype, v[i].linktype);
		assert_int_equal(f->fcs_len, v[i].fcs);
		assert_int_equal(f->snaplen, 96);
		assert_null(ni_source_iface(s, 1));
		ni_source_close(&s);
		drop_file(&m);
	}
}

/* Every beginning of a file gives its whole packets, and then one error, or the end. */
static void
every_prefix(void **state)
{
	(void)state;
	struct blob o = {0};
	make(&o, 0xa1b2c3d4, 0);
	size_t ends[CAPS + 1] = {24};
	for (int i = 0; i < CAPS; i++)
		ends[i + 1] = ends[i] + 16 + caps[i];
	for (size_t n = 0; n < o.n; n++) {
		struct got g;
		int whole = 0;
		bool boundary = false;
		read_bytes(o.b, n, &g);
		for (int i = 0; i <= CAPS; i++) {
			whole = n >= ends[i] ? i : whole;
			boundary = boundary || n == ends[i];
		}
		assert_int_equal(g.n, whole);
		if (boundary) {
			assert_int_equal(g.last, NI_SOURCE_END);
			continue;
		}
		if (n >= 24) {
			char part[64];
			snprintf(part, sizeof(part), "packet %d at byte %zu:", whole + 1,
				 ends[whole]);
			assert_error(&g, NI_ERR_INPUT, part);
		} else {
			assert_int_equal(g.last, NI_ERR_INPUT);
		}
	}
}

static void
claims_too_much(void **state)
{
	(void)state;
	struct blob o = {0};
	struct got g;
	make(&o, 0xa1b2c3d4, 0);
	add32(&o, 1);
	add32(&o, 1);
	add32(&o, UINT32_MAX);
	add32(&o, UINT32_MAX);
	add_data(&o, 100);
	read_blob(&o, &g);
	assert_int_equal(g.n, CAPS);
	char part[96];
	snprintf(part, sizeof(part), "packet 4 at byte %zu claims 4294967295 captured bytes",
		 o.n - 116);
	assert_error(&g, NI_ERR_INPUT, part);
}

static void
large_packets(void **state)
{
	(void)state;
	/* What libpcap would still take: 256 KiB of Ethernet, and more of USB. */
	static const struct {
		uint32_t linktype;
		uint32_t cap;
	} v[] = {{1, 262144}, {220, 3000000}};
	for (size_t i = 0; i < 2; i++) {
		struct blob o = {0};
		struct memfile m;
		struct got g;
		add_pcap_header(&o, 0xa1b2c3d4, 4, 262144, v[i].linktype);
		add_record(&o, 1, 0, 20, 20, 0);
		add32(&o, 2);
		add32(&o, 0);
		add32(&o, v[i].cap);
		add32(&o, v[i].cap);
		put_file(&m, o.b, o.n);
		uint8_t *big = calloc(1, v[i].cap);
		assert_int_equal(write(m.fd, big, v[i].cap), v[i].cap);
		free(big);
		struct blob last = {0};
		add_record(&last, 3, 0, 30, 30, 0);
		assert_int_equal(write(m.fd, last.b, last.n), last.n);
		read_path(m.path, NULL, &g);
		assert_int_equal(g.n, 3);
		assert_int_equal(g.f[1].cap, v[i].cap);
		assert_true(g.f[2].right);
		assert_int_equal(g.last, NI_SOURCE_END);
		drop_file(&m);
	}
}

/* No flipped bit crashes or hangs the reader, and nothing comes out that is not in the file. */
static void
every_bit(void **state)
{
	(void)state;
	struct blob o = {0};
	make(&o, 0xa1b2c3d4, 0);
	for (size_t i = 0; i < o.n * 8; i++) {
		struct got g;
		o.b[i / 8] ^= (uint8_t)(1 << i % 8);
		read_blob(&o, &g);
		assert_true(g.n <= 10);
		assert_true(g.last == NI_SOURCE_END || g.last == NI_ERR_INPUT);
		for (int k = 0; k < g.n; k++)
			assert_true(g.f[k].cap <= o.n);
		o.b[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void
not_captures(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t n;
		const char *error;
	} v[] = {
	    {"", 0, "is empty"},
	    {"ab", 2, "only 2 bytes"},
	    {"# a script\necho\n", 16, "looks like text"},
	    {"\177ELF\2\1\1\0\0\0\0\0", 12, "looks like an ELF program"},
	    {"\xfd"
	     "7zXZ\0\0\4",
	     8, "looks like an xz file"},
	    {"\0\0\0\0\0\0\0\0", 8, "looks like zeros"},
	    {"snoop\0\0\0\0\0\0\2", 12, "looks like a snoop capture"},
	    {"\1\2\3\4\5\6\7\0", 8, "looks like other data"},
	};
	struct got g;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
		read_bytes((const uint8_t *)v[i].bytes, v[i].n, &g);
		assert_error(&g, NI_ERR_INPUT, v[i].error);
	}
	read_path("/nonexistent/x.pcap", NULL, &g);
	assert_error(&g, NI_ERR_INPUT, "/nonexistent/x.pcap: No such file");
	read_path("/", NULL, &g);
	assert_error(&g, NI_ERR_INPUT, "is a directory");
}

static void
filtered(void **state)
{
	(void)state;
	struct blob o = {0};
	struct memfile m;
	struct got g;
	make(&o, 0xa1b2c3d4, 0);
	put_file(&m, o.b, o.n);
	read_path(m.path, "less 50", &g);
	/* By the original length, as everywhere. */
	assert_int_equal(g.n, 1);
	assert_int_equal(g.f[0].cap, 0);
	assert_int_equal(g.stats.received, CAPS);
	read_path(m.path, "", &g);
	assert_int_equal(g.n, CAPS);
	read_path(m.path, "tcp prot 80", &g);
	assert_error(&g, NI_ERR_INPUT, "capture filter 'tcp prot 80': syntax error at 'prot'");
	drop_file(&m);
}

/* ---- compressed ---- */

#ifdef HAVE_ZLIB
static size_t
pack_gzip(const struct blob *o, uint8_t *out, size_t room)
{
	z_stream z = {0};
	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
	uint8_t copy[sizeof(o->b)];
	memcpy(copy, o->b, o->n);
	z.next_in = copy;
	z.avail_in = (uInt)o->n;
	z.next_out = out;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	size_t n = room - z.avail_out;
	deflateEnd(&z);
	return n;
}
#endif

#ifdef HAVE_ZSTD
static size_t
pack_zstd(const struct blob *o, uint8_t *out, size_t room)
{
	ZSTD_CCtx *c = ZSTD_createCCtx();
	ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1);
	size_t n = ZSTD_compress2(c, out, room, o->b, o->n);
	ZSTD_freeCCtx(c);
	assert_false(ZSTD_isError(n));
	return n;
}
#endif

static size_t
pack(int how, const struct blob *o, uint8_t *out, size_t room)
{
#ifdef HAVE_ZLIB
	if (how == 0)
		return pack_gzip(o, out, room);
#endif
#ifdef HAVE_ZSTD
	if (how == 1)
		return pack_zstd(o, out, room);
#endif
	(void)how;
	(void)o;
	(void)out;
	(void)room;
	return 0;
}

static void
compressed(void **state)
{
	(void)state;
	uint8_t z[sizeof(((struct blob *)0)->b) + 1024];
	for (int how = 0; how < 2; how++) {
		struct blob o = {0};
		struct got g;
		make(&o, 0xa1b2c3d4, 0);
		size_t n = pack(how, &o, z, sizeof(z));
		if (n == 0)
			continue;
		read_bytes(z, n, &g);
		check(&g, 0, 1000);
		/* In two members, as from: cat a.gz b.gz. */
		struct blob a = {.n = 100};
		struct blob b = {.n = o.n - 100};
		memcpy(a.b, o.b, 100);
		memcpy(b.b, o.b + 100, b.n);
		size_t k = pack(how, &a, z, sizeof(z));
		n = k + pack(how, &b, z + k, sizeof(z) - k);
		read_bytes(z, n, &g);
		check(&g, 0, 1000);
		/* With something else behind it: all packets, and then the error. */
		memcpy(z + n, "garbage!", 8);
		read_bytes(z, n + 8, &g);
		assert_int_equal(g.n, CAPS);
		assert_error(&g, NI_ERR_INPUT, "data is damaged");
	}
}

static void
compressed_prefixes_and_bits(void **state)
{
	(void)state;
	uint8_t z[sizeof(((struct blob *)0)->b) + 1024];
	for (int how = 0; how < 2; how++) {
		struct blob o = {0};
		struct got g;
		make(&o, 0xa1b2c3d4, 0);
		size_t n = pack(how, &o, z, sizeof(z));
		for (size_t i = 0; i < n; i++) {
			read_bytes(z, i, &g);
			assert_int_equal(g.last, NI_ERR_INPUT);
			assert_true(g.n <= CAPS);
		}
		for (size_t i = 0; i < n * 8; i++) {
			z[i / 8] ^= (uint8_t)(1 << i % 8);
			read_bytes(z, n, &g);
			assert_true(g.last == NI_SOURCE_END || g.last == NI_ERR_INPUT);
			assert_true(g.n <= 10);
			z[i / 8] ^= (uint8_t)(1 << i % 8);
		}
	}
}

static void
compressed_text(void **state)
{
	(void)state;
	uint8_t z[1024];
	struct blob o = {0};
	struct got g;
	add(&o, "hello, world\n", 13);
	size_t n = pack(0, &o, z, sizeof(z));
	if (n == 0)
		skip();
	read_bytes(z, n, &g);
	assert_error(&g, NI_ERR_INPUT, "text in a gzip file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(variants),
	    cmocka_unit_test(ixia),
	    cmocka_unit_test(old_versions),
	    cmocka_unit_test(mends_lengths),
	    cmocka_unit_test(link_types),
	    cmocka_unit_test(every_prefix),
	    cmocka_unit_test(claims_too_much),
	    cmocka_unit_test(large_packets),
	    cmocka_unit_test(every_bit),
	    cmocka_unit_test(not_captures),
	    cmocka_unit_test(filtered),
	    cmocka_unit_test(compressed),
	    cmocka_unit_test(compressed_prefixes_and_bits),
	    cmocka_unit_test(compressed_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
