/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The strict request parser (RFC 9112, RFC 9110). It refuses whatever two parsers could read in two
 * ways; the inspector's tolerant parser in dissectors/ is another program for another purpose.
 */
#ifndef NI_HTTPD_REQUEST_H
#define NI_HTTPD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	NI_HD_LINE_MAX = 8192,  /* request line, then 414 */
	NI_HD_HEAD_MAX = 16384, /* request line and fields, then 431 */
	NI_HD_FIELDS_MAX = 100, /* fields, then 431 */
	NI_HD_PATH_MAX = 1024,  /* decoded path, then 414 */
};

/* Bytes inside a buffer that somebody else owns; not terminated. p is NULL if absent. */
struct ni_hd_span {
	const char *p;
	size_t n;
};

enum ni_hd_method {
	NI_HD_GET,
	NI_HD_HEAD,
	NI_HD_POST,
	NI_HD_PUT,
	NI_HD_OPTIONS,
	NI_HD_DELETE,
	NI_HD_PATCH,
	NI_HD_UNKNOWN
};

enum ni_hd_field {
	NI_HD_F_HOST,
	NI_HD_F_RANGE,
	NI_HD_F_IF_RANGE,
	NI_HD_F_IF_MATCH,
	NI_HD_F_IF_NONE_MATCH,
	NI_HD_F_IF_MODIFIED_SINCE,
	NI_HD_F_IF_UNMODIFIED_SINCE,
	NI_HD_F_ACCEPT_ENCODING,
	NI_HD_F_USER_AGENT,
	NI_HD_F_REFERER,
	NI_HD_F_CONTENT_LENGTH,
	NI_HD_F_TRANSFER_ENCODING,
	NI_HD_F_CONNECTION,
	NI_HD_F_EXPECT,
	NI_HD_NFIELDS,
};

/* One request head. The spans point into the bytes that were parsed. */
struct ni_hd_request {
	enum ni_hd_method method;
	unsigned minor; /* of HTTP/1.x */
	bool chunked, has_length, expect_continue, keep_alive;
	uint64_t length; /* of Content-Length */
	struct ni_hd_span line, method_text, target, query;
	struct ni_hd_span field[NI_HD_NFIELDS]; /* the first of each kind */
	char path[NI_HD_PATH_MAX]; /* decoded, without the leading '/'; "*" for OPTIONS * */
	size_t path_len;
};

/* Where the search for the end of the head stands. All zero to begin with. */
struct ni_hd_scan {
	uint32_t pos;  /* bytes looked at */
	uint32_t line; /* where the current line begins */
	uint32_t lines;
};

enum { NI_HD_SCAN_MORE = 0, NI_HD_SCAN_DONE = 1 };

/**
 * Go on looking for the end of a request head in the @n bytes at @p, which always begin with the
 * same byte. Returns NI_HD_SCAN_DONE with @s->pos after the empty line, NI_HD_SCAN_MORE, or the
 * status code of a refusal (400, 414, 431, 501, 505). The answer depends on the bytes alone, never
 * on how they were cut.
 */
int ni_hd_scan(struct ni_hd_scan *s, const char *p, size_t n);

/**
 * Parse the complete head of @n bytes at @p that ni_hd_scan() found. Returns 0 or a status code
 * (400, 414, 417, 501, 505). Allocates nothing; @r points into @p.
 */
int ni_hd_request_parse(struct ni_hd_request *r, const char *p, size_t n);

/** Parse only the request line (without CRLF), as ni_hd_request_parse() does. */
int ni_hd_request_line(struct ni_hd_request *r, const char *p, size_t n);

/** Parse "GET /path" without a version, a whole request of HTTP/0.9, from a line of @n bytes with
 * or without its CRLF. 0 or a status code. */
int ni_hd_request_simple(struct ni_hd_request *r, const char *p, size_t n);

/** Find token @word in the comma-separated list @list, without regard to case. */
bool ni_hd_has_token(struct ni_hd_span list, const char *word);

/** Whether @list, an Accept-Encoding, accepts gzip (RFC 9110 section 12.5.3: q=0 means no). */
bool ni_hd_accepts_gzip(struct ni_hd_span list);

/** Whether @s is @z, without regard to case. */
bool ni_hd_span_is(struct ni_hd_span s, const char *z);

/** The chunked transfer coding, RFC 9112 section 7.1. All zero to begin with. */
struct ni_hd_chunked {
	uint8_t state, digits;
	uint16_t line; /* bytes of the extension or of the trailer section so far */
	uint64_t left;
};

/**
 * Decode chunked bytes from @in, @*n bytes; put what was decoded to @out (may be NULL to discard;
 * else @*n bytes of room) and its length into @out_len. @*n becomes what was consumed. Returns 0
 * for more, 1 at the end of the body, or 400, 413 (more than @max in all), 431 (trailers).
 */
int ni_hd_chunked_decode(struct ni_hd_chunked *d, const char *in, size_t *n, char *out,
			 size_t *out_len, uint64_t max);

#endif
