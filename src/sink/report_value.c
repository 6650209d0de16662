/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers, sizes, times and addresses as the report writes them; see report_page.h. */
#include "report_page.h"

#include <string.h>

#include "i18n.h"

void
rp_num(struct ni_buf *b, uint64_t v)
{
	ni_buf_num(b, v);
}

void
rp_count(struct ni_buf *b, uint64_t v, const char *words)
{
	const char *at = strstr(words, "%s");
	ni_buf_mem(b, words, at ? (size_t)(at - words) : 0);
	rp_num(b, v);
	ni_buf_str(b, at ? at + 2 : words);
}

void
rp_item(struct ni_buf *b, uint64_t v, const char *words)
{
	if (!v)
		return;
	if (b->len)
		/* TRANSLATORS: between two of a list. */
		ni_buf_str(b, _(", "));
	rp_count(b, v, words);
}

struct rp_word
rp_word_num(uint64_t v)
{
	struct rp_word w;
	struct ni_buf b = ni_buf(w.z, sizeof(w.z));
	rp_num(&b, v);
	ni_buf_z(&b);
	return w;
}

struct rp_word
rp_word_size(uint64_t v)
{
	struct rp_word w;
	struct ni_buf b = ni_buf(w.z, sizeof(w.z));
	rp_size(&b, v);
	ni_buf_z(&b);
	return w;
}

struct rp_word
rp_word_dur(int64_t ns)
{
	struct rp_word w;
	struct ni_buf b = ni_buf(w.z, sizeof(w.z));
	rp_dur(&b, ns);
	ni_buf_z(&b);
	return w;
}

void
rp_size(struct ni_buf *b, uint64_t v)
{
	ni_buf_size(b, v);
}

void
rp_dur(struct ni_buf *b, int64_t ns)
{
	ni_buf_dur(b, ns);
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
	ni_addr_print(b, a);
}

void
rp_end_point(struct ni_buf *b, const struct ni_addr *a, uint16_t port)
{
	ni_end_point_print(b, a, port);
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
	ni_buf_fmt(b, _("%s at least, %s median, %s for 95 %%, %s at most"), rp_word_dur(h->min).z,
		   rp_word_dur(rp_hist_quantile(h, 50)).z, rp_word_dur(rp_hist_quantile(h, 95)).z,
		   rp_word_dur(h->max).z);
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
