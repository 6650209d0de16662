/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text builder; see buf.h. */
#include "netinspect/buf.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *
ni_buf_z(struct ni_buf *b)
{
	b->p[b->len < b->cap ? b->len : b->cap - 1] = '\0';
	return b->p;
}

void
ni_buf_pad(struct ni_buf *b, char c, size_t n)
{
	while (n--)
		ni_buf_c(b, c);
}

void
ni_buf_fmt(struct ni_buf *b, const char *fmt, ...)
{
	char tmp[1024];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(tmp, sizeof(tmp), fmt, ap);
	va_end(ap);
	if (n > 0)
		ni_buf_mem(b, tmp, (size_t)n < sizeof(tmp) ? (size_t)n : sizeof(tmp) - 1);
	if (n >= (int)sizeof(tmp))
		b->cut = true;
}

void
ni_buf_u64(struct ni_buf *b, uint64_t v)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char d[20];
	size_t i = sizeof(d);
	while (v >= 10) {
		i -= 2;
		memcpy(d + i, pairs + 2 * (v % 100), 2);
		v /= 100;
	}
	if (v || i == sizeof(d))
		d[--i] = (char)('0' + v);
	else if (d[i] == '0')
		i++;
	ni_buf_mem(b, d + i, sizeof(d) - i);
}

void
ni_buf_i64(struct ni_buf *b, int64_t v)
{
	if (v < 0)
		ni_buf_c(b, '-');
	ni_buf_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static const char hexdigit[] = "0123456789abcdef";

void
ni_buf_hex(struct ni_buf *b, uint64_t v, unsigned width)
{
	unsigned n = 1;
	while (n < 16 && v >> (4 * n))
		n++;
	if (n < width)
		n = width < 16 ? width : 16;
	while (n--)
		ni_buf_c(b, hexdigit[v >> (4 * n) & 15]);
}

void
ni_buf_hexbytes(struct ni_buf *b, const uint8_t *p, size_t n, char sep)
{
	size_t each = sep ? 3 : 2;
	size_t fit = (b->cap - b->len) / each;
	char *to = b->p + b->len;
	if (n > fit) {
		n = fit;
		b->cut = true;
	}
	for (size_t i = 0; i < n; i++) {
		*to++ = hexdigit[p[i] >> 4];
		*to++ = hexdigit[p[i] & 15];
		if (sep && i + 1 < n)
			*to++ = sep;
	}
	b->len = (size_t)(to - b->p);
}

void
ni_buf_sec(struct ni_buf *b, int64_t ns, unsigned digits)
{
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	if (ns < 0)
		ni_buf_c(b, '-');
	ni_buf_u64(b, u / 1000000000);
	if (!digits)
		return;
	char d[9];
	uint32_t f = (uint32_t)(u % 1000000000);
	for (int i = 8; i >= 0; i--, f /= 10)
		d[i] = (char)('0' + f % 10);
	ni_buf_c(b, '.');
	ni_buf_mem(b, d, digits < 9 ? digits : 9);
}

void
ni_buf_ip4(struct ni_buf *b, const uint8_t *p)
{
	for (int i = 0; i < 4; i++) {
		unsigned v = p[i];
		if (i)
			ni_buf_c(b, '.');
		if (v >= 100)
			ni_buf_c(b, (char)('0' + v / 100));
		if (v >= 10)
			ni_buf_c(b, (char)('0' + v / 10 % 10));
		ni_buf_c(b, (char)('0' + v % 10));
	}
}

void
ni_buf_ip6(struct ni_buf *b, const uint8_t *p)
{
	char s[INET6_ADDRSTRLEN];
	if (inet_ntop(AF_INET6, p, s, sizeof(s)))
		ni_buf_str(b, s);
}

void
ni_buf_ether(struct ni_buf *b, const uint8_t *p)
{
	ni_buf_hexbytes(b, p, 6, ':');
}

/* Length of the UTF-8 sequence at p (RFC 3629: no overlongs, no surrogates), 0 if there is none. */
static size_t
utf8_len(const uint8_t *p, size_t n)
{
	size_t k = p[0] < 0x80   ? 1
		   : p[0] < 0xc2 ? 0
		   : p[0] < 0xe0 ? 2
		   : p[0] < 0xf0 ? 3
		   : p[0] < 0xf5 ? 4
				 : 0;
	if (!k || k > n)
		return 0;
	for (size_t i = 1; i < k; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return k;
}

/* C1 controls (U+0080..U+009F), line separators, and the bidi and invisible controls move a
 * terminal's cursor or its text. Dashes, quotes and the ellipsis stand between them and do not. */
static bool
is_unsafe_utf8(const uint8_t *p, size_t k)
{
	if (k == 2)
		return (p[0] == 0xc2 && p[1] < 0xa0) || (p[0] == 0xd8 && p[1] == 0x9c);
	if (k == 3 && p[0] == 0xe2 && p[1] == 0x80)
		return (p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae);
	if (k == 3 && p[0] == 0xe2)
		return p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf;
	return k == 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf;
}

/* Of a character of two or three bytes. */
static unsigned
code_point(const uint8_t *p, size_t k)
{
	return k == 2 ? (p[0] & 0x1fU) << 6 | (p[1] & 0x3fU)
		      : (p[0] & 0x0fU) << 12 | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
}

void
ni_buf_escape(struct ni_buf *b, const uint8_t *p, size_t n)
{
	size_t i = 0;
	while (i < n) {
		size_t run = i;
		while (run < n && p[run] >= 0x20 && p[run] < 0x7f && p[run] != '\\')
			run++;
		ni_buf_mem(b, p + i, run - i);
		i = run;
		if (i == n)
			break;
		size_t k = p[i] >= 0x80 ? utf8_len(p + i, n - i) : 0;
		if (k > 1 && !is_unsafe_utf8(p + i, k)) {
			ni_buf_mem(b, p + i, k);
			i += k;
			continue;
		}
		uint8_t c = p[i++];
		const char *named = c == '\n'   ? "\\n"
				    : c == '\r' ? "\\r"
				    : c == '\t' ? "\\t"
				    : c == '\\' ? "\\\\"
						: NULL;
		if (named) {
			ni_buf_str(b, named);
		} else {
			ni_buf_str(b, "\\x");
			ni_buf_hex(b, c, 2);
		}
	}
}

void
ni_buf_json(struct ni_buf *b, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint8_t c = p[i];
		size_t k = utf8_len(p + i, n - i);
		if (k > 1 && !is_unsafe_utf8(p + i, k)) {
			ni_buf_mem(b, p + i, k);
			i += k;
			continue;
		}
		if (k > 1) {
			/* The same character, but harmless where JSON is shown as it is. */
			ni_buf_str(b, "\\u");
			ni_buf_hex(b, code_point(p + i, k), 4);
			i += k;
			continue;
		}
		i++;
		if (c == '"' || c == '\\') {
			ni_buf_c(b, '\\');
			ni_buf_c(b, (char)c);
		} else if (c >= 0x20 && c < 0x7f) {
			ni_buf_c(b, (char)c);
		} else {
			/* A byte that is no UTF-8 becomes the code point of the same number. */
			ni_buf_str(b, "\\u00");
			ni_buf_hex(b, c, 2);
		}
	}
}

void
ni_buf_num(struct ni_buf *b, uint64_t v)
{
	if (v >= 1000) {
		ni_buf_num(b, v / 1000);
		ni_buf_fmt(b, ",%03u", (unsigned)(v % 1000));
	} else {
		ni_buf_u64(b, v);
	}
}

/* To three significant digits, half up. The unit is chosen from the result: 999.9 kB is 1.00 MB. */
static uint64_t
round_to_three(uint64_t v)
{
	uint64_t step = 1;
	while (v / step >= 1000)
		step *= 10;
	uint64_t down = v / step * step;
	bool up = step > 1 && v - down >= step / 2;
	return up && down <= UINT64_MAX - step ? down + step : down;
}

/* @v / @unit, which was rounded, in three significant digits: 1.23, 12.3, 123. */
static void
three_digits(struct ni_buf *b, uint64_t v, uint64_t unit)
{
	uint64_t whole = v / unit;
	uint64_t rest = v % unit;
	unsigned digits = whole >= 100 ? 0 : whole >= 10 ? 1 : 2;
	ni_buf_u64(b, whole);
	if (digits)
		ni_buf_c(b, '.');
	while (digits--) {
		/* The units are powers of ten. */
		unit /= 10;
		ni_buf_c(b, (char)('0' + rest / unit));
		rest %= unit;
	}
}

void
ni_buf_size(struct ni_buf *b, uint64_t v)
{
	static const char units[][4] = {"kB", "MB", "GB", "TB", "PB"};
	uint64_t unit = 1000;
	unsigned u = 0;
	if (v < 1000) {
		ni_buf_u64(b, v);
		ni_buf_str(b, " B");
		return;
	}
	v = round_to_three(v);
	while (u < 4 && v / unit >= 1000) {
		unit *= 1000;
		u++;
	}
	three_digits(b, v, unit);
	ni_buf_c(b, ' ');
	ni_buf_str(b, units[u]);
}

void
ni_buf_dur(struct ni_buf *b, int64_t ns)
{
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
	if (u < UINT64_C(100) * 1000000000)
		u = round_to_three(u);
	uint64_t s = u / 1000000000;
	if (ns < 0)
		ni_buf_c(b, '-');
	if (u < 1000) {
		ni_buf_u64(b, u);
		ni_buf_str(b, u ? " ns" : " s");
	} else if (u < 1000000) {
		three_digits(b, u, 1000);
		ni_buf_str(b, " µs");
	} else if (u < 1000000000) {
		three_digits(b, u, 1000000);
		ni_buf_str(b, " ms");
	} else if (s < 100) {
		three_digits(b, u, 1000000000);
		ni_buf_str(b, " s");
	} else if (s < 3600) {
		ni_buf_fmt(b, "%u min %02u s", (unsigned)(s / 60), (unsigned)(s % 60));
	} else if (s < 86400) {
		ni_buf_fmt(b, "%u h %02u min", (unsigned)(s / 3600), (unsigned)(s / 60 % 60));
	} else {
		ni_buf_num(b, s / 86400);
		ni_buf_fmt(b, " d %02u h", (unsigned)(s / 3600 % 24));
	}
}
