/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges and preconditions: RFC 9110 sections 13 and 14; see conn_priv.h. */
#include <string.h>
#include <strings.h>

#include "conn_priv.h"

/* Digits at @*p; false if there are none. A number too large to hold is as good as the largest. */
static bool
number(const char **p, const char *end, uint64_t *v)
{
	const char *start = *p;
	*v = 0;
	for (; *p < end && **p >= '0' && **p <= '9'; (*p)++) {
		if (*v > (UINT64_MAX >> 5))
			*v = UINT64_MAX >> 5;
		*v = 10 * *v + (uint64_t)(**p - '0');
	}
	return *p > start;
}

static const char *
skip_space(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* One range-spec: 1 if it lies in the content, 0 if it does not, -1 if it is no range. */
static int
one_range(const char **p, const char *end, uint64_t size, struct ni_hd_range *r)
{
	uint64_t first = 0;
	uint64_t last = 0;
	bool has_first = number(p, end, &first);
	if (*p == end || **p != '-')
		return -1;
	++*p;
	bool has_last = number(p, end, &last);
	if (!has_first) {
		if (!has_last)
			return -1;
		r->n = last < size ? last : size; /* the last so many bytes */
		r->first = size - r->n;
		return r->n > 0;
	}
	if (has_last && last < first)
		return -1;
	if (first >= size)
		return 0;
	if (!has_last || last >= size)
		last = size - 1;
	r->first = first;
	r->n = last - first + 1;
	return 1;
}

int
ni_hd_ranges(struct ni_hd_span field, uint64_t size, struct ni_hd_range out[NI_HD_RANGES_MAX])
{
	const char *p = field.p;
	const char *end = p + field.n;
	uint64_t total = 0;
	int n = 0;
	if (field.n < 7 || strncasecmp(p, "bytes=", 6) != 0)
		return 0;
	for (p += 6;;) {
		struct ni_hd_range r = {0, 0};
		p = skip_space(p, end);
		int rc = one_range(&p, end, size, &r);
		if (rc < 0)
			return 0;
		if (rc > 0) {
			/* Section 14.2: many or overlapping ranges are an attack on the server. */
			if (n == NI_HD_RANGES_MAX)
				return 0;
			out[n++] = r;
			total += r.n;
		}
		p = skip_space(p, end);
		if (p == end)
			break;
		if (*p++ != ',')
			return 0;
	}
	if (n > 1 && total > size)
		return 0;
	return n ? n : -1;
}

/* Find @etag in a list of entity tags; @strong: a weak tag in the list does not match. */
static bool
has_tag(struct ni_hd_span list, const char *etag, bool strong)
{
	const char *p = list.p;
	const char *end = p + list.n;
	size_t n = strlen(etag);
	if (list.n == 1 && *p == '*')
		return true;
	while (p < end) {
		p = skip_space(p, end);
		bool weak = end - p > 2 && p[0] == 'W' && p[1] == '/';
		if (weak)
			p += 2;
		if ((size_t)(end - p) >= n && !memcmp(p, etag, n) && !(weak && strong))
			return true;
		if (p == end || *p != '"')
			return false;
		const char *close = memchr(p + 1, '"', (size_t)(end - p - 1));
		if (!close)
			return false;
		p = skip_space(close + 1, end);
		if (p < end && *p++ != ',')
			return false;
	}
	return false;
}

int
ni_hd_precondition(const struct ni_hd_request *r, const struct ni_hd_file *f)
{
	struct ni_hd_span match = r->field[NI_HD_F_IF_MATCH];
	struct ni_hd_span none = r->field[NI_HD_F_IF_NONE_MATCH];
	struct ni_hd_span since = r->field[NI_HD_F_IF_MODIFIED_SINCE];
	struct ni_hd_span unmodified = r->field[NI_HD_F_IF_UNMODIFIED_SINCE];
	if (match.p) {
		if (!has_tag(match, f->etag, true))
			return 412;
	} else if (unmodified.p) {
		int64_t t = ni_hd_date_parse(unmodified.p, unmodified.n);
		if (t >= 0 && f->mtime > t)
			return 412;
	}
	if (none.p)
		return has_tag(none, f->etag, false) ? 304 : 0;
	if (since.p) {
		int64_t t = ni_hd_date_parse(since.p, since.n);
		if (t >= 0 && f->mtime <= t)
			return 304;
	}
	return 0;
}

bool
ni_hd_range_applies(const struct ni_hd_request *r, const struct ni_hd_file *f)
{
	struct ni_hd_span v = r->field[NI_HD_F_IF_RANGE];
	if (!r->field[NI_HD_F_RANGE].p || r->method != NI_HD_GET)
		return false;
	if (!v.p)
		return true;
	if (v.n && (*v.p == '"' || *v.p == 'W'))
		return v.n == strlen(f->etag) && !memcmp(v.p, f->etag, v.n);
	return ni_hd_date_parse(v.p, v.n) == f->mtime;
}
