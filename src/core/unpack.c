/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decompression; see unpack.h. Memory is bounded by the formats' windows: 32 KiB for gzip and
 * deflate, 16 MiB for brotli, and for zstd what the caller says or the library's default limit of
 * 128 MiB (frames made with --long=28 and more are refused with the library's message).
 */
#include "config.h"

#include "unpack.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_ZLIB
#define ZLIB_CONST /* for a next_in that takes const bytes */
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_BROTLI
#include <brotli/decode.h>

#include "i18n.h"
#endif

const char *
ni_unpack_probe(const uint8_t *p, size_t n)
{
	if (n >= 2 && p[0] == 0x1f && p[1] == 0x8b)
		return "gzip";
	if (n >= 4 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd && p[0] == 0x28)
		return "zstd";
	/* A zstd file may start with a skippable frame, as pzstd writes. */
	if (n >= 4 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18 && (p[0] & 0xf0) == 0x50)
		return "zstd";
	return NULL;
}

#ifdef HAVE_ZLIB

struct gunzip {
	struct ni_unpack u;
	z_stream z;
	uint8_t head[2]; /* deflate: the first bytes */
	uint8_t nhead;
	bool decided; /* … and what they mean */
};

static const char *
inflate_run(struct gunzip *g, struct ni_unpack_io *io)
{
	uInt room = io->n_out > UINT32_MAX ? UINT32_MAX : (uInt)io->n_out;
	g->z.next_in = io->in;
	g->z.avail_in = (uInt)io->n_in;
	g->z.next_out = io->out;
	g->z.avail_out = room;
	int r = inflate(&g->z, Z_NO_FLUSH);
	io->used = io->n_in - g->z.avail_in;
	io->made = room - g->z.avail_out;
	g->u.whole = r == Z_STREAM_END;
	if (r == Z_STREAM_END)
		return inflateReset(&g->z) == Z_OK ? NULL : N_("cannot start the next member");
	if (r == Z_OK || r == Z_BUF_ERROR)
		return NULL;
	return g->z.msg ? g->z.msg : r == Z_MEM_ERROR ? N_("out of memory") : N_("invalid data");
}

static const char *
gunzip_run(struct ni_unpack *u, struct ni_unpack_io *io)
{
	io->used = io->made = 0;
	if (io->n_in == 0 && u->whole)
		return NULL;
	if (u->whole && io->in[0] != 0x1f)
		return N_("other data follows");
	return inflate_run((struct gunzip *)u, io);
}

/*
 * "deflate" is the format of zlib (RFC 9110 section 8.4.1.2), but some send RFC 1951 without a
 * header: the first two bytes tell which.
 */
static const char *
deflate_run(struct ni_unpack *u, struct ni_unpack_io *io)
{
	struct gunzip *g = (struct gunzip *)u;
	io->used = io->made = 0;
	if (u->whole)
		return io->n_in ? N_("other data follows") : NULL;
	while (g->nhead < sizeof(g->head) && io->used < io->n_in)
		g->head[g->nhead++] = io->in[io->used++];
	if (g->nhead < sizeof(g->head))
		return NULL;
	if (!g->decided) {
		bool zlib =
		    (g->head[0] & 0x0f) == Z_DEFLATED && (g->head[0] * 256 + g->head[1]) % 31 == 0;
		struct ni_unpack_io head = {
		    .in = g->head, .n_in = sizeof(g->head), .out = io->out, .n_out = io->n_out};
		g->decided = true;
		if (inflateReset2(&g->z, zlib ? 15 : -15) != Z_OK)
			return N_("cannot begin");
		const char *wrong = inflate_run(g, &head);
		io->made = head.made;
		return wrong;
	}
	return inflate_run(g, io);
}

static void
gunzip_free(struct ni_unpack *u)
{
	struct gunzip *g = (struct gunzip *)u;
	inflateEnd(&g->z);
	free(g);
}

static struct ni_unpack *
gunzip_new(bool deflate)
{
	struct gunzip *g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->u = (struct ni_unpack){
	    .name = deflate ? "deflate" : "gzip",
	    .run = deflate ? deflate_run : gunzip_run,
	    .free = gunzip_free,
	};
	/* 15 window bits, and 16 for "gzip header only". */
	if (inflateInit2(&g->z, 15 + 16) != Z_OK) {
		free(g);
		return NULL;
	}
	return &g->u;
}

#endif
#ifdef HAVE_ZSTD

struct unzstd {
	struct ni_unpack u;
	ZSTD_DStream *z;
	size_t first; /* input that the library wants at the start of a frame */
	size_t want;  /* input that it wants next */
};

static const char *
unzstd_run(struct ni_unpack *u, struct ni_unpack_io *io)
{
	struct unzstd *s = (struct unzstd *)u;
	/*
	 * The library forgets what a call has made when it then meets damage. Fed no more than it
	 * asks for, it does one block (128 KiB) a call, and the blocks before the damaged one
	 * count.
	 */
	ZSTD_inBuffer i = {io->in, io->n_in < s->want ? io->n_in : s->want, 0};
	ZSTD_outBuffer o = {io->out, io->n_out, 0};
	io->used = io->made = 0;
	/* Without input the next frame would be begun, and the input no longer count as whole. */
	if (io->n_in == 0 && u->whole)
		return NULL;
	size_t r = ZSTD_decompressStream(s->z, &o, &i);
	io->used = i.pos;
	io->made = o.pos;
	if (ZSTD_isError(r))
		return ZSTD_getErrorName(r);
	u->whole = r == 0;
	s->want = r == 0 ? s->first : r;
	return NULL;
}

static void
unzstd_free(struct ni_unpack *u)
{
	struct unzstd *s = (struct unzstd *)u;
	ZSTD_freeDStream(s->z);
	free(s);
}

static struct ni_unpack *
unzstd_new(int window_log)
{
	struct unzstd *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->u = (struct ni_unpack){.name = "zstd", .run = unzstd_run, .free = unzstd_free};
	s->z = ZSTD_createDStream();
	if (!s->z) {
		free(s);
		return NULL;
	}
	s->first = s->want = ZSTD_initDStream(s->z);
	if (window_log)
		ZSTD_DCtx_setParameter(s->z, ZSTD_d_windowLogMax, window_log);
	return &s->u;
}

#endif
#ifdef HAVE_BROTLI

struct unbrotli {
	struct ni_unpack u;
	BrotliDecoderState *z;
};

static const char *
unbrotli_run(struct ni_unpack *u, struct ni_unpack_io *io)
{
	struct unbrotli *s = (struct unbrotli *)u;
	const uint8_t *in = io->in;
	uint8_t *out = io->out;
	size_t n_in = io->n_in;
	size_t n_out = io->n_out;
	io->used = io->made = 0;
	if (u->whole)
		return io->n_in ? N_("other data follows") : NULL;
	BrotliDecoderResult r = BrotliDecoderDecompressStream(s->z, &n_in, &in, &n_out, &out, NULL);
	io->used = io->n_in - n_in;
	io->made = io->n_out - n_out;
	u->whole = r == BROTLI_DECODER_RESULT_SUCCESS;
	if (r == BROTLI_DECODER_RESULT_ERROR)
		return BrotliDecoderErrorString(BrotliDecoderGetErrorCode(s->z));
	return NULL;
}

static void
unbrotli_free(struct ni_unpack *u)
{
	struct unbrotli *s = (struct unbrotli *)u;
	BrotliDecoderDestroyInstance(s->z);
	free(s);
}

static struct ni_unpack *
unbrotli_new(void)
{
	struct unbrotli *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->u = (struct ni_unpack){.name = "br", .run = unbrotli_run, .free = unbrotli_free};
	s->z = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	if (!s->z) {
		free(s);
		return NULL;
	}
	return &s->u;
}

#endif

struct ni_unpack *
ni_unpack_new(const char *name, int window_log, bool *missing)
{
	*missing = false;
	(void)name;
	(void)window_log;
#ifdef HAVE_ZLIB
	if (strcmp(name, "gzip") == 0 || strcmp(name, "deflate") == 0)
		return gunzip_new(name[0] == 'd');
#endif
#ifdef HAVE_ZSTD
	if (strcmp(name, "zstd") == 0)
		return unzstd_new(window_log);
#endif
#ifdef HAVE_BROTLI
	if (strcmp(name, "br") == 0)
		return unbrotli_new();
#endif
	*missing = true;
	return NULL;
}
