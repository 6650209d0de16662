/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture files put together in memory, and read back whole, for the tests of src/capture. */
#ifndef NETINSPECT_TEST_CAPTURE_UTIL_H
#define NETINSPECT_TEST_CAPTURE_UTIL_H

#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "capture/source.h"

struct blob {
	uint8_t b[16384];
	size_t n;
	bool swap; /* numbers go in in the other byte order */
};

static inline void
add(struct blob *o, const void *p, size_t n)
{
	assert_true(n <= sizeof(o->b) - o->n);
	memcpy(o->b + o->n, p, n);
	o->n += n;
}

static inline void
add16(struct blob *o, uint16_t v)
{
	v = o->swap ? __builtin_bswap16(v) : v;
	add(o, &v, sizeof(v));
}

static inline void
add32(struct blob *o, uint32_t v)
{
	v = o->swap ? __builtin_bswap32(v) : v;
	add(o, &v, sizeof(v));
}

static inline void
add64(struct blob *o, uint64_t v)
{
	v = o->swap ? __builtin_bswap64(v) : v;
	add(o, &v, sizeof(v));
}

/* @n bytes that tell which packet they belong to. */
static inline void
add_data(struct blob *o, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		uint8_t v = (uint8_t)(n + i * 7);
		add(o, &v, 1);
	}
}

static inline bool
is_data(const uint8_t *p, uint32_t n, uint32_t whole)
{
	for (uint32_t i = 0; i < n; i++) {
		if (p[i] != (uint8_t)(whole + i * 7))
			return false;
	}
	return true;
}

static inline void
add_pcap_header(struct blob *o, uint32_t magic, uint16_t minor, uint32_t snaplen, uint32_t linktype)
{
	add32(o, magic);
	add16(o, 2);
	add16(o, minor);
	add64(o, 0);
	add32(o, snaplen);
	add32(o, linktype);
}

/* A record with a header that has @extra bytes more than the usual. */
static inline void
add_record(struct blob *o, uint32_t sec, uint32_t frac, uint32_t cap, uint32_t len, uint32_t extra)
{
	add32(o, sec);
	add32(o, frac);
	add32(o, cap);
	add32(o, len);
	for (uint32_t i = 0; i < extra; i += 4)
		add32(o, 0x01020304);
	add_data(o, cap);
}

/* Begin a pcapng block; end_block() puts its length in. */
static inline size_t
begin_block(struct blob *o, uint32_t type)
{
	size_t start = o->n;
	add32(o, type);
	add32(o, 0);
	return start;
}

static inline void
end_block(struct blob *o, size_t start)
{
	uint32_t total = (uint32_t)(o->n - start) + 4;
	add32(o, total);
	memcpy(o->b + start + 4, o->b + o->n - 4, 4);
}

static inline void
add_padded(struct blob *o, const void *p, size_t n)
{
	add(o, p, n);
	while (o->n % 4)
		add(o, "", 1);
}

static inline void
add_option(struct blob *o, uint16_t code, const void *p, uint16_t n)
{
	add16(o, code);
	add16(o, n);
	add_padded(o, p, n);
}

static inline void
add_section(struct blob *o)
{
	size_t at = begin_block(o, 0x0a0d0d0a);
	add32(o, 0x1a2b3c4d);
	add16(o, 1);
	add16(o, 0);
	add64(o, UINT64_MAX);
	end_block(o, at);
}

/* An interface; @name may be NULL, @resolution 0 stands for none given. */
static inline void
add_interface(struct blob *o, uint16_t linktype, uint32_t snaplen, const char *name,
	      uint8_t resolution)
{
	size_t at = begin_block(o, 1);
	add16(o, linktype);
	add16(o, 0);
	add32(o, snaplen);
	if (name)
		add_option(o, 2, name, (uint16_t)strlen(name));
	if (resolution)
		add_option(o, 9, &resolution, 1);
	add_option(o, 0, "", 0);
	end_block(o, at);
}

/* Up to its options. */
static inline size_t
begin_packet(struct blob *o, uint32_t iface, uint64_t ticks, uint32_t cap, uint32_t len)
{
	size_t at = begin_block(o, 6);
	add32(o, iface);
	add32(o, (uint32_t)(ticks >> 32));
	add32(o, (uint32_t)ticks);
	add32(o, cap);
	add32(o, len);
	add_data(o, cap);
	while (o->n % 4)
		add(o, "", 1);
	return at;
}

static inline void
add_packet(struct blob *o, uint32_t iface, uint64_t ticks, uint32_t cap, uint32_t len)
{
	end_block(o, begin_packet(o, iface, ticks, cap, len));
}

/* A file in memory with a path. */
struct memfile {
	int fd;
	char path[32];
};

static inline void
put_file(struct memfile *m, const uint8_t *p, size_t n)
{
	m->fd = memfd_create("test", MFD_CLOEXEC);
	assert_true(m->fd >= 0);
	snprintf(m->path, sizeof(m->path), "/proc/self/fd/%d", m->fd);
	if (n > 0)
		assert_int_equal(write(m->fd, p, n), n);
}

static inline void
drop_file(struct memfile *m)
{
	close(m->fd);
}

enum { GOT_MAX = 64 };

/* What came out of a source. */
struct got {
	int n;
	struct {
		uint32_t cap;
		uint32_t len;
		uint32_t linktype;
		uint32_t iface;
		int64_t ts_ns;
		uint64_t offset;
		char ifname[16];
		char comment[64];
		bool right; /* the data is what add_data() makes */
	} f[GOT_MAX];
	int idles;
	int last; /* the result that ended it: NI_SOURCE_END or an error */
	struct ni_err err;
	struct ni_source_stats stats;
	char format[64];
};

static inline void
note_frame(struct got *g, const struct ni_frame *f)
{
	assert_int_equal(f->number, g->n + 1);
	assert_true(f->cap <= f->len);
	if (g->n < GOT_MAX) {
		g->f[g->n].cap = f->cap;
		g->f[g->n].len = f->len;
		g->f[g->n].linktype = f->linktype;
		g->f[g->n].iface = f->iface;
		g->f[g->n].ts_ns = f->ts_ns;
		g->f[g->n].offset = f->offset;
		g->f[g->n].right = is_data(f->data, f->cap, f->cap);
		snprintf(g->f[g->n].ifname, sizeof(g->f[g->n].ifname), "%s",
			 f->ifname ? f->ifname : "-");
		snprintf(g->f[g->n].comment, sizeof(g->f[g->n].comment), "%.*s",
			 f->comment ? (int)f->comment_len : 1, f->comment ? f->comment : "-");
	}
	g->n++;
}

/* Read @s until it has waited @idles times, or to its end. */
static inline void
read_some(struct ni_source *s, struct got *g, int idles)
{
	struct ni_frame f;
	g->idles = 0;
	for (;;) {
		g->last = ni_source_next(s, &f, &g->err);
		if (g->last == NI_SOURCE_IDLE && ++g->idles >= idles)
			return;
		if (g->last < 0 || g->last == NI_SOURCE_END)
			return;
		if (g->last == NI_SOURCE_FRAME)
			note_frame(g, &f);
	}
}

/* Open @path and read all of it; what goes wrong at opening counts as the end. */
static inline void
read_path(const char *path, const char *filter, struct got *g)
{
	struct ni_file_options o = {.path = path, .filter = filter};
	struct ni_source *s;
	memset(g, 0, sizeof(*g));
	g->last = ni_source_open_file(&s, &o, &g->err);
	if (g->last < 0) {
		assert_null(s);
		return;
	}
	read_some(s, g, 100);
	struct ni_err again;
	struct ni_frame f;
	assert_int_equal(ni_source_next(s, &f, &again), NI_SOURCE_END);
	struct ni_source_info info;
	ni_source_info(s, &info);
	snprintf(g->format, sizeof(g->format), "%s", info.format);
	ni_source_stats(s, &g->stats);
	assert_int_equal(g->stats.captured, g->n);
	ni_source_close(&s);
	assert_null(s);
}

static inline void
read_bytes(const uint8_t *p, size_t n, struct got *g)
{
	struct memfile m;
	put_file(&m, p, n);
	read_path(m.path, NULL, g);
	drop_file(&m);
}

static inline void
read_blob(const struct blob *o, struct got *g)
{
	read_bytes(o->b, o->n, g);
}

/* The error must name its file and the text @part. */
static inline void
assert_error(const struct got *g, int status, const char *part)
{
	if (g->last != status || !strstr(g->err.what, part))
		print_error("result %d, error: %s\n", g->last, g->last < 0 ? g->err.what : "");
	assert_int_equal(g->last, status);
	assert_non_null(strstr(g->err.what, part));
}

#endif
