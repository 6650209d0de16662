/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A text builder over memory of a fixed size: appends never allocate and never overrun; what does
 * not fit is cut and remembered. Everything shown to a person or a program is built with it.
 */
#ifndef NETINSPECT_BUF_H
#define NETINSPECT_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ni_buf {
	char *p;
	size_t len; /* bytes written; p[len] is not a NUL unless ni_buf_z() was called */
	size_t cap;
	bool cut; /* something did not fit */
};

static inline struct ni_buf
ni_buf(char *p, size_t cap)
{
	return (struct ni_buf){p, 0, cap, false};
}

/** Terminate with NUL (over the last byte if full) and return the text. @b->cap must not be 0. */
const char *ni_buf_z(struct ni_buf *b);

void ni_buf_pad(struct ni_buf *b, char c, size_t n);
void ni_buf_fmt(struct ni_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ni_buf_u64(struct ni_buf *b, uint64_t v);
void ni_buf_i64(struct ni_buf *b, int64_t v);
/** Hexadecimal, lower case, at least @width digits, without 0x. */
void ni_buf_hex(struct ni_buf *b, uint64_t v, unsigned width);
/** @n bytes as pairs of hex digits with @sep between them (0: none). */
void ni_buf_hexbytes(struct ni_buf *b, const uint8_t *p, size_t n, char sep);
/** Seconds with @digits (0..9) decimals from nanoseconds, as "-1.000000250"; cut, not rounded. */
void ni_buf_sec(struct ni_buf *b, int64_t ns, unsigned digits);
/** With a comma between thousands: "1,234,567". */
void ni_buf_num(struct ni_buf *b, uint64_t v);
/** Bytes in three significant digits, rounded: "999 B", "1.23 MB". */
void ni_buf_size(struct ni_buf *b, uint64_t v);
/** A span of time in three significant digits, rounded: "42.0 µs", "1.50 s", "2 h 05 min". */
void ni_buf_dur(struct ni_buf *b, int64_t ns);
void ni_buf_ip4(struct ni_buf *b, const uint8_t *p);
/** RFC 5952 form, with the dotted tail that inet_ntop() gives to mapped and compatible addresses.
 */
void ni_buf_ip6(struct ni_buf *b, const uint8_t *p);
void ni_buf_ether(struct ni_buf *b, const uint8_t *p);
/** Text from the wire for a terminal: controls and what is no UTF-8 become \n, \r, \t or \xhh. */
void ni_buf_escape(struct ni_buf *b, const uint8_t *p, size_t n);
/** Text from the wire as the inside of a JSON string: quotes, controls, what is no UTF-8. */
void ni_buf_json(struct ni_buf *b, const uint8_t *p, size_t n);

static inline void
ni_buf_mem(struct ni_buf *b, const void *p, size_t n)
{
	if (n > b->cap - b->len) {
		n = b->cap - b->len;
		b->cut = true;
	}
	if (n) {
		memcpy(b->p + b->len, p, n);
		b->len += n;
	}
}

static inline void
ni_buf_str(struct ni_buf *b, const char *s)
{
	ni_buf_mem(b, s, strlen(s));
}

static inline void
ni_buf_c(struct ni_buf *b, char c)
{
	if (b->len < b->cap)
		b->p[b->len++] = c;
	else
		b->cut = true;
}

#endif
