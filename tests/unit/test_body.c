/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Content codings: what comes out, in whatever pieces they come; damage; bombs. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "netinspect/body.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#define TEXT                                                                                       \
	"All work and no play makes a dull capture. All work and no play makes a dull capture.\n"

struct vector {
	const char *encoding;
	const char *bytes;
	size_t n;
};

#define V(encoding, bytes)                                                                         \
	{                                                                                          \
		encoding, bytes, sizeof(bytes) - 1                                                 \
	}

/* clang-format off */
#define DEFLATED \
	"\x73\xcc\xc9\x51\x28\xcf\x2f\xca\x56\x48\xcc\x4b\x51\xc8\xcb\x57\x28\xc8\x49\xac\x54\xc8\x4d" \
	"\xcc\x4e\x2d\x56\x48\x54\x48\x29\x05\xca\x26\x27\x16\x94\x94\x16\xa5\xea\x29\x38\x12\xad\x94" \
	"\x0b\x00"
#define GZIP "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03" DEFLATED "\x69\xd8\x8e\x94\x56\x00\x00\x00"

static const struct vector vectors[] = {
	V("", TEXT),
	V(NULL, TEXT),
	V("identity", TEXT),
	V(" , Identity ,", TEXT),
#ifdef HAVE_ZLIB
	V("gzip", GZIP),
	V("X-GZip", GZIP),
	V("\tgzip ", GZIP),
	V("deflate", "\x78\x9c" DEFLATED "\x1e\xc8\x1d\xf9"),
	V("deflate", DEFLATED),
#endif
#ifdef HAVE_BROTLI
	V("br",
	  "\x1b\x55\x00\x60\x1d\x07\x6e\x4c\xd9\xae\xed\xc5\x5d\x44\xc9\x16\x04\x52\x64\x6e\xa9\xf0\x56"
	  "\x07\x0e\x39\x70\xff\xc1\xc2\xb6\x50\xeb\x50\x8c\x86\xd3\x49\x06\xcc\x02\x2c\xda\x38\x33\x33"
	  "\xe8\x32\x06"),
#endif
#ifdef HAVE_ZSTD
	V("zstd",
	  "\x28\xb5\x2f\xfd\x20\x56\xa5\x01\x00\xc4\x02\x41\x6c\x6c\x20\x77\x6f\x72\x6b\x20\x61\x6e\x64"
	  "\x20\x6e\x6f\x20\x70\x6c\x61\x79\x20\x6d\x61\x6b\x65\x73\x20\x61\x20\x64\x75\x6c\x6c\x20\x63"
	  "\x61\x70\x74\x75\x72\x65\x2e\x20\x0a\x01\x00\xeb\x20\x55\x06"),
#endif
};
/* clang-format on */

enum { NVECTORS = sizeof(vectors) / sizeof(vectors[0]), ROOM = 4096 };

/* What came out. */
struct sunk {
	uint8_t p[ROOM];
	size_t n; /* also of what found no room in p */
};

static void
sink(void *ctx, const uint8_t *p, size_t n)
{
	struct sunk *s = ctx;
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++, s->n++)
		if (s->n < ROOM)
			s->p[s->n] = p[i];
}

/* Decode @n bytes in pieces of @step, each in a heap copy of its own size. */
static enum ni_body_outcome
decode(const char *encoding, const void *bytes, size_t n, size_t step, struct ni_body_opts o,
       struct sunk *s)
{
	const uint8_t *p = bytes;
	s->n = 0;
	o.out = sink;
	o.ctx = s;
	struct ni_body *b =
	    ni_body_new((const uint8_t *)encoding, encoding ? strlen(encoding) : 0, &o);
	assert_non_null(b);
	for (size_t done = 0; done < n;) {
		size_t k = n - done < step ? n - done : step;
		uint8_t *copy = malloc(k);
		assert_non_null(copy);
		memcpy(copy, p + done, k);
		ni_body_put(b, copy, k);
		free(copy);
		done += k;
	}
	enum ni_body_outcome outcome = ni_body_end(b);
	assert_int_equal(outcome, ni_body_end(b));
	assert_int_equal(ni_body_out(b), s->n);
	ni_body_free(&b);
	assert_null(b);
	return outcome;
}

static void
any_pieces(void **state)
{
	(void)state;
	static const struct ni_body_opts o;
	struct sunk s;
	for (unsigned i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		for (size_t step = 1; step <= v->n; step++) {
			assert_int_equal(decode(v->encoding, v->bytes, v->n, step, o, &s),
					 NI_BODY_OK);
			assert_int_equal(s.n, sizeof(TEXT) - 1);
			assert_memory_equal(s.p, TEXT, s.n);
		}
	}
}

static void
every_prefix(void **state)
{
	(void)state;
	static const struct ni_body_opts o;
	struct sunk s;
	for (unsigned i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		bool plain = v->bytes[0] == 'A';
		for (size_t n = 0; n < v->n; n++) {
			assert_int_equal(decode(v->encoding, v->bytes, n, 7, o, &s),
					 plain || !n ? NI_BODY_OK : NI_BODY_CUT);
			assert_true(s.n <= sizeof(TEXT) - 1);
			assert_memory_equal(s.p, TEXT, s.n);
		}
	}
}

static void
every_bit(void **state)
{
	(void)state;
	static const struct ni_body_opts o = {.max_bytes = 1 << 16};
	struct sunk s;
	for (unsigned i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		char copy[256];
		unsigned bad = 0;
		assert_true(v->n < sizeof(copy));
		for (size_t bit = 0; bit < 8 * v->n; bit++) {
			memcpy(copy, v->bytes, v->n);
			copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
			bad += decode(v->encoding, copy, v->n, 16, o, &s) != NI_BODY_OK;
			assert_true(s.n <= o.max_bytes);
		}
		if (v->bytes[0] != 'A')
			assert_true(bad > 2 * v->n);
	}
}

static void
odd_lists(void **state)
{
	(void)state;
	static const struct ni_body_opts o;
	struct sunk s;
	static const char *const unknown[] = {
	    "foo", "gzip, foo", "foo gzip", "gzi", "gzipp", "gzip;q=1", "gzip,gzip,gzip,gzip,gzip"};
	for (unsigned i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		assert_int_equal(decode(unknown[i], TEXT, 9, 9, o, &s), NI_BODY_UNKNOWN);
		assert_int_equal(s.n, 0);
	}
	for (unsigned i = 0; i < NI_BODY_NOUTCOMES; i++)
		assert_true(ni_body_text((enum ni_body_outcome)i)[0] > '?');
}

static void
limits(void **state)
{
	(void)state;
	struct sunk s;
	struct ni_body_opts o = {.max_bytes = 10};
	for (unsigned i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		assert_int_equal(decode(v->encoding, v->bytes, v->n, 5, o, &s), NI_BODY_TOO_LARGE);
		assert_int_equal(s.n, 10);
	}
	o.max_bytes = sizeof(TEXT) - 1;
	for (unsigned i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		assert_int_equal(decode(v->encoding, v->bytes, v->n, 5, o, &s), NI_BODY_OK);
	}
}

static void
gaps(void **state)
{
	(void)state;
	struct sunk s = {.n = 0};
	struct ni_body_opts o = {.out = sink, .ctx = &s};
	for (unsigned i = 0; i < NVECTORS; i++) {
		const struct vector *v = &vectors[i];
		const void *p = v->bytes;
		bool plain = v->bytes[0] == 'A';
		struct ni_body *b = ni_body_new((const uint8_t *)v->encoding,
						v->encoding ? strlen(v->encoding) : 0, &o);
		assert_non_null(b);
		ni_body_put(b, p, 20);
		assert_int_equal(ni_body_lost(b), plain ? NI_BODY_OK : NI_BODY_CUT);
		size_t before = s.n;
		ni_body_put(b, p, 20);
		assert_int_equal(s.n - before, plain ? 20 : 0);
		assert_int_equal(ni_body_in(b), plain ? 40 : 20);
		ni_body_free(&b);
	}
}

#ifdef HAVE_BROTLI
static void
brotli_bomb(void **state)
{
	(void)state;
	/* 100 MiB of zeros. */
	static const char bomb[] =
	    "\xcf\xff\xff\x7f\x00\x24\x00\xe2\xb1\x40\x72\xef\xff\xf9\xff\xff\x0f\x80\x04\x40\x1c"
	    "\x16\x80\xee\xfd\x3f\xff\xff\xff\x01\x90\x00\x88\xc3\x02\xd0\xbd\xff\xe7\xff\xff\x3f"
	    "\x00\x12\x00\x71\x58\x00\xba\xf7\xff\xfc\xff\xff\x07\x40\x02\x20\x0e\x0b\x40\xf7\xfe"
	    "\x9f\xff\xff\xff\x00\x48\x00\xc4\x61\x01\xe8\xde\xff\xe7\xff\xff\x0f\x00\x09\x80\x38"
	    "\x2c\x00\xdd\xfb\x1f";
	static const struct ni_body_opts o;
	struct sunk s;
	assert_int_equal(decode("br", bomb, sizeof(bomb) - 1, 89, o, &s), NI_BODY_RATIO);
	assert_true(s.n <= NI_BODY_RATIO_FREE + 32 * 1024);
}
#endif

#ifdef HAVE_ZLIB
/* Compress @n bytes, freeing them; the caller frees what comes back. */
static uint8_t *
squeeze(uint8_t *p, size_t *n)
{
	uLongf m = compressBound(*n);
	uint8_t *q = malloc(m);
	assert_non_null(q);
	assert_int_equal(compress2(q, &m, p, *n, 9), Z_OK);
	free(p);
	*n = m;
	return q;
}

static void
stacked(void **state)
{
	(void)state;
	static const struct ni_body_opts o;
	struct sunk s;
	size_t n = sizeof(TEXT) - 1;
	uint8_t *p = malloc(n);
	assert_non_null(p);
	memcpy(p, TEXT, n);
	p = squeeze(squeeze(p, &n), &n);
	for (size_t step = 1; step < 20; step++) {
		assert_int_equal(decode("deflate, identity,deflate", p, n, step, o, &s),
				 NI_BODY_OK);
		assert_int_equal(s.n, sizeof(TEXT) - 1);
		assert_memory_equal(s.p, TEXT, s.n);
	}
	assert_int_equal(decode("deflate, deflate", p, n - 1, 9, o, &s), NI_BODY_CUT);
	free(p);
}

/* A gigabyte of zeros in some kilobytes, and more of the kind. */
static void
stacked_bomb(void **state)
{
	(void)state;
	static const struct ni_body_opts o = {.max_bytes = 8 << 20};
	struct sunk s;
	size_t n = 64 << 20;
	uint8_t *p = calloc(1, n);
	assert_non_null(p);
	p = squeeze(p, &n);
	assert_int_equal(decode("deflate", p, n, 1 << 16, o, &s), NI_BODY_TOO_LARGE);
	assert_int_equal(s.n, 8 << 20);
	p = squeeze(p, &n);
	assert_int_equal(decode("deflate, deflate", p, n, 1 << 16, o, &s), NI_BODY_RATIO);
	assert_true(s.n <= 8 << 20);
	free(p);
}

static void
rest_behind_the_end(void **state)
{
	(void)state;
	static const struct ni_body_opts o;
	struct sunk s;
	/* Two members are one body; anything else behind the end is damage. */
	assert_int_equal(decode("gzip", GZIP GZIP, sizeof(GZIP GZIP) - 1, 11, o, &s), NI_BODY_OK);
	assert_int_equal(s.n, 2 * (sizeof(TEXT) - 1));
	assert_int_equal(decode("gzip", GZIP "x", sizeof(GZIP), 11, o, &s), NI_BODY_CORRUPT);
	assert_int_equal(s.n, sizeof(TEXT) - 1);
	assert_int_equal(decode("deflate", DEFLATED "x", sizeof(DEFLATED), 11, o, &s),
			 NI_BODY_CORRUPT);
	assert_int_equal(s.n, sizeof(TEXT) - 1);
}
#endif

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_pieces),
	    cmocka_unit_test(every_prefix),
	    cmocka_unit_test(every_bit),
	    cmocka_unit_test(odd_lists),
	    cmocka_unit_test(limits),
	    cmocka_unit_test(gaps),
#ifdef HAVE_BROTLI
	    cmocka_unit_test(brotli_bomb),
#endif
#ifdef HAVE_ZLIB
	    cmocka_unit_test(stacked),
	    cmocka_unit_test(stacked_bomb),
	    cmocka_unit_test(rest_behind_the_end),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
