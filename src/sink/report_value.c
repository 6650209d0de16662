/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, sizes, times and addresses as the report writes them; see report_page.h. */
#include "report_page.h"

#include <string.h>

void
rp_num(struct ni_buf *b, uint64_t v)
{
	if (v >= 1000) {
		rp_num(b, v / 1000);
		ni_buf_fmt(b, ",%03u", (unsigned)(v % 1000));
	} else {
		ni_buf_u64(b, v);
	}
}

void
rp_count(struct ni_buf *b, uint64_t v, const char *one, const char *many)
{
	rp_num(b, v);
	ni_buf_c(b, ' ');
	ni_buf_str(b, v == 1 ? one : many);
}

/* @v / @unit in three significant digits: 1.23, 12.3, 123. Cut, not rounded, so that 999.9 kB
 * does not become 1000 kB. */
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
rp_size(struct ni_buf *b, uint64_t v)
{
	static const char units[][4] = {"kB", "MB", "GB", "TB", "PB"};
	uint64_t unit = 1000;
	unsigned u = 0;
	if (v < 1000) {
		ni_buf_u64(b, v);
		ni_buf_str(b, " B");
		return;
	}
	while (u < 4 && v / unit >= 1000) {
		unit *= 1000;
		u++;
	}
	three_digits(b, v, unit);
	ni_buf_c(b, ' ');
	ni_buf_str(b, units[u]);
}

void
rp_dur(struct ni_buf *b, int64_t ns)
{
	uint64_t u = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
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
		rp_num(b, s / 86400);
		ni_buf_fmt(b, " d %02u h", (unsigned)(s / 3600 % 24));
	}
}

void
rp_percent(struct ni_buf *b, uint64_t part, uint64_t whole)
{
	if (whole)
		ni_buf_fmt(b, "%.1f %%", 100.0 * (double)part / (double)whole);
}

void
rp_addr(struct ni_buf *b, const struct ni_addr *a)
{
	if (a->len == 4)
		ni_buf_ip4(b, a->b);
	else if (a->len == 16)
		ni_buf_ip6(b, a->b);
	else if (a->len == 6)
		ni_buf_ether(b, a->b);
	else
		ni_buf_c(b, '?');
}

void
rp_end_point(struct ni_buf *b, const struct ni_addr *a, uint16_t port)
{
	if (a->len == 16)
		ni_buf_c(b, '[');
	rp_addr(b, a);
	if (a->len == 16)
		ni_buf_c(b, ']');
	ni_buf_c(b, ':');
	ni_buf_u64(b, port);
}

void
rp_frames(struct ni_buf *b, const struct rp_frames *f)
{
	/* What is told at the end of something does not come in the order of frames. */
	uint64_t last = 0;
	unsigned n = f->n < RP_FRAMES ? (unsigned)f->n : RP_FRAMES;
	for (unsigned shown = 0; shown < n; shown++) {
		uint64_t next = UINT64_MAX;
		for (unsigned i = 0; i < n; i++)
			if (f->first[i] > last && f->first[i] < next)
				next = f->first[i];
		if (next == UINT64_MAX)
			break;
		if (shown)
			ni_buf_str(b, ", ");
		ni_buf_u64(b, next);
		last = next;
	}
	if (f->n > RP_FRAMES)
		ni_buf_str(b, " …");
}

void
rp_wire(struct ni_buf *b, const char *s)
{
	ni_buf_escape(b, (const uint8_t *)s, strlen(s));
}

void
rp_spread(struct ni_buf *b, const struct rp_hist *h)
{
	rp_dur(b, h->min);
	ni_buf_str(b, " at least, ");
	rp_dur(b, rp_hist_quantile(h, 50));
	ni_buf_str(b, " median, ");
	rp_dur(b, rp_hist_quantile(h, 95));
	ni_buf_str(b, " for 95 %, ");
	rp_dur(b, h->max);
	ni_buf_str(b, " at most");
}

struct ni_addr
rp_addr_key(const struct ni_addr *a)
{
	struct ni_addr k = {0};
	k.len = a->len <= sizeof(a->b) ? a->len : 0;
	memcpy(k.b, a->b, k.len);
	return k;
}

bool
rp_addr_equal(const struct ni_addr *a, const struct ni_addr *b)
{
	return a->len == b->len && a->len <= sizeof(a->b) && !memcmp(a->b, b->b, a->len);
}

int64_t
rp_diff(int64_t a, int64_t b)
{
	int64_t d;
	if (__builtin_sub_overflow(a, b, &d))
		return a < b ? INT64_MIN : INT64_MAX;
	return d;
}
