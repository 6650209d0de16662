/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The strict request parser; see request.h. */
#include "request.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	size_t n;
} methods[] = {{"GET", 3},     {"HEAD", 4},   {"POST", 4}, {"PUT", 3},
	       {"OPTIONS", 7}, {"DELETE", 6}, {"PATCH", 5}};

/* In the order of enum ni_hd_field. @once: a second one makes the message ambiguous. */
static const struct {
	const char *name;
	size_t n;
	bool once;
} fields[NI_HD_NFIELDS] = {
    {"host", 4, true},
    {"range", 5, false},
    {"if-range", 8, false},
    {"if-match", 8, false},
    {"if-none-match", 13, false},
    {"if-modified-since", 17, false},
    {"if-unmodified-since", 19, false},
    {"accept-encoding", 15, false},
    {"user-agent", 10, false},
    {"referer", 7, false},
    {"content-length", 14, true},
    {"transfer-encoding", 17, true},
    {"connection", 10, false},
    {"expect", 6, true},
};

/* RFC 9110 section 5.6.2: tchar, a bit for each of the 128 characters: this is asked of every byte
 * of every name. */
static bool
is_tchar(char c)
{
	static const uint32_t tchars[4] = {0, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff};
	unsigned char u = (unsigned char)c;
	return u < 128 && (tchars[u / 32] >> u % 32 & 1);
}

bool
ni_hd_span_is(struct ni_hd_span s, const char *z)
{
	return s.p && strlen(z) == s.n && !strncasecmp(s.p, z, s.n);
}

static struct ni_hd_span
trim(const char *p, size_t n)
{
	while (n && (*p == ' ' || *p == '\t')) {
		p++;
		n--;
	}
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	return (struct ni_hd_span){p, n};
}

/* Cut the next element off a comma-separated list; false at its end. */
static bool
next_item(struct ni_hd_span *list, struct ni_hd_span *item)
{
	if (!list->n)
		return false;
	const char *comma = memchr(list->p, ',', list->n);
	size_t n = comma ? (size_t)(comma - list->p) : list->n;
	*item = trim(list->p, n);
	n += comma != NULL;
	list->p += n;
	list->n -= n;
	return true;
}

bool
ni_hd_has_token(struct ni_hd_span list, const char *word)
{
	struct ni_hd_span item;
	if (!list.p)
		return false;
	while (next_item(&list, &item))
		if (ni_hd_span_is(item, word))
			return true;
	return false;
}

/* Whether the weight in @params (from the ';' on) is zero: q=0, q=0.0, q=0.000. */
static bool
is_refused(struct ni_hd_span params)
{
	const char *q = params.p;
	size_t n = params.n;
	while (n && (*q == ';' || *q == ' ' || *q == '\t')) {
		q++;
		n--;
	}
	if (n < 3 || (*q != 'q' && *q != 'Q') || q[1] != '=')
		return false;
	for (size_t i = 2; i < n; i++)
		if (q[i] >= '1' && q[i] <= '9')
			return false;
	return true;
}

bool
ni_hd_accepts_gzip(struct ni_hd_span list)
{
	struct ni_hd_span item;
	bool any = false;
	if (!list.p)
		return false;
	while (next_item(&list, &item)) {
		const char *semi = memchr(item.p, ';', item.n);
		size_t n = semi ? (size_t)(semi - item.p) : item.n;
		struct ni_hd_span name = trim(item.p, n);
		bool refused = semi && is_refused((struct ni_hd_span){semi, item.n - n});
		if (ni_hd_span_is(name, "gzip") || ni_hd_span_is(name, "x-gzip"))
			return !refused;
		if (ni_hd_span_is(name, "*"))
			any = !refused;
	}
	return any;
}

static int
hex(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/*
 * RFC 3986 section 5.2.4 lets a server remove dot segments; a ".." that is still there after the
 * client removed them is an attempt to get out, so it is refused, in every encoding.
 */
static int
end_segment(struct ni_hd_request *r, const size_t *from)
{
	size_t n = r->path_len - *from;
	const char *s = r->path + *from;
	if (n == 2 && s[0] == '.' && s[1] == '.')
		return 400;
	if (n == 1 && s[0] == '.')
		r->path_len = *from;
	return 0;
}

/* Decode @n bytes of an absolute path that begins with '/'. */
static int
decode_path(struct ni_hd_request *r, const char *p, size_t n)
{
	size_t from = 0;
	r->path_len = 0;
	for (size_t i = 1; i < n; i++) {
		char c = p[i];
		if (c == '%') {
			int hi = i + 2 < n ? hex(p[i + 1]) : -1;
			int lo = hi >= 0 ? hex(p[i + 2]) : -1;
			if (lo < 0)
				return 400;
			c = (char)(hi << 4 | lo);
			/* A NUL ends the name for the kernel; a '/' would add a segment that a
			 * proxy in front did not see. */
			if (c == '\0' || c == '/')
				return 400;
			i += 2;
		} else if (c == '/') {
			if (end_segment(r, &from))
				return 400;
			if (r->path_len == from)
				continue; /* "//" and "/./" add nothing */
			from = r->path_len + 1;
		}
		if (r->path_len + 1 >= sizeof(r->path))
			return 414;
		r->path[r->path_len++] = c;
	}
	if (end_segment(r, &from))
		return 400;
	r->path[r->path_len] = '\0';
	return 0;
}

/* RFC 9112 section 3.2: origin-form, absolute-form, or "*" for OPTIONS. */
static int
parse_target(struct ni_hd_request *r)
{
	const char *p = r->target.p;
	size_t n = r->target.n;
	if (n == 1 && *p == '*' && r->method == NI_HD_OPTIONS) {
		memcpy(r->path, "*", 2);
		r->path_len = 1;
		return 0;
	}
	if (n > 7 && !strncasecmp(p, "http://", 7)) {
		size_t host = 7;
		while (host < n && p[host] != '/' && p[host] != '?')
			host++;
		if (host == 7 || memchr(p + 7, '@', host - 7))
			return 400;
		p += host;
		n -= host;
		if (!n || *p == '?') {
			r->query =
			    n ? (struct ni_hd_span){p + 1, n - 1} : (struct ni_hd_span){NULL, 0};
			r->path_len = 0;
			r->path[0] = '\0';
			return 0;
		}
	}
	if (*p != '/')
		return 400;
	const char *q = memchr(p, '?', n);
	if (q) {
		r->query = (struct ni_hd_span){q + 1, n - (size_t)(q + 1 - p)};
		n = (size_t)(q - p);
	}
	return decode_path(r, p, n);
}

static enum ni_hd_method
find_method(const char *p, size_t n)
{
	for (unsigned i = 0; i < NI_HD_UNKNOWN; i++)
		if (methods[i].n == n && !memcmp(methods[i].name, p, n))
			return (enum ni_hd_method)i;
	return NI_HD_UNKNOWN;
}

int
ni_hd_request_simple(struct ni_hd_request *r, const char *p, size_t n)
{
	memset(r, 0, offsetof(struct ni_hd_request, path));
	while (n && (p[n - 1] == '\n' || p[n - 1] == '\r'))
		n--;
	r->line = (struct ni_hd_span){p, n};
	if (n < 5 || memcmp(p, "GET /", 5) != 0)
		return 400;
	for (size_t i = 4; i < n; i++)
		if (p[i] <= 0x20 || p[i] >= 0x7f || p[i] == '#')
			return 400;
	r->method = NI_HD_GET;
	r->method_text = (struct ni_hd_span){p, 3};
	r->target = (struct ni_hd_span){p + 4, n - 4};
	return parse_target(r);
}

int
ni_hd_request_line(struct ni_hd_request *r, const char *p, size_t n)
{
	size_t m = 0;
	size_t t;
	r->line = (struct ni_hd_span){p, n};
	while (m < n && is_tchar(p[m]))
		m++;
	if (!m || m == n || p[m] != ' ')
		return 400;
	r->method_text = (struct ni_hd_span){p, m};
	r->method = find_method(p, m);
	for (t = m + 1; t < n && p[t] > 0x20 && p[t] < 0x7f && p[t] != '#'; t++)
		;
	r->target = (struct ni_hd_span){p + m + 1, t - m - 1};
	/* A line without a version is HTTP/0.9, which has no status codes and no end of body. */
	if (t == m + 1 || t == n || p[t] != ' ')
		return 400;
	const char *v = p + t + 1;
	if (n - t - 1 != 8 || memcmp(v, "HTTP/", 5) != 0 || v[5] < '0' || v[5] > '9' ||
	    v[6] != '.' || v[7] < '0' || v[7] > '9')
		return 400;
	if (v[5] != '1')
		return 505;
	r->minor = (unsigned)(v[7] - '0');
	return r->method == NI_HD_UNKNOWN ? 501 : parse_target(r);
}

/* RFC 9112 section 6.3: digits only; a list, a sign or an overflow is an unrecoverable error. */
static int
parse_length(struct ni_hd_request *r)
{
	struct ni_hd_span v = r->field[NI_HD_F_CONTENT_LENGTH];
	uint64_t len = 0;
	if (!v.p)
		return 0;
	if (!v.n || v.n > 18)
		return v.n ? 413 : 400;
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] < '0' || v.p[i] > '9')
			return 400;
		len = 10 * len + (uint64_t)(v.p[i] - '0');
	}
	r->has_length = true;
	r->length = len;
	return 0;
}

/*
 * RFC 9112 section 6.1: chunked must be the last coding and be there once; both lengths together,
 * or Transfer-Encoding from an HTTP/1.0 client, are how requests are smuggled.
 */
static int
parse_coding(struct ni_hd_request *r)
{
	struct ni_hd_span v = r->field[NI_HD_F_TRANSFER_ENCODING];
	struct ni_hd_span item = {NULL, 0};
	unsigned n = 0;
	unsigned chunked = 0;
	if (!v.p)
		return 0;
	if (r->field[NI_HD_F_CONTENT_LENGTH].p || r->minor == 0)
		return 400;
	while (next_item(&v, &item)) {
		n++;
		chunked += ni_hd_span_is(item, "chunked");
	}
	if (chunked != 1 || !ni_hd_span_is(item, "chunked"))
		return 400;
	if (n != 1)
		return 501;
	r->chunked = true;
	return 0;
}

/* What cannot stand in a host, or would end it for another parser. */
static bool
is_foul_in_host(char c)
{
	switch (c) {
	case '/':
	case '?':
	case '#':
	case '@':
	case '\\':
	case ',':
	case '"':
	case '<':
	case '>':
		return true;
	default:
		return c <= 0x20 || c >= 0x7f;
	}
}

static int
check_host(const struct ni_hd_request *r)
{
	struct ni_hd_span h = r->field[NI_HD_F_HOST];
	if (!h.p)
		return r->minor ? 400 : 0; /* RFC 9112 section 3.2 */
	for (size_t i = 0; i < h.n; i++)
		if (is_foul_in_host(h.p[i]))
			return 400;
	return 0;
}

static int
parse_field(struct ni_hd_request *r, const char *p, size_t n)
{
	size_t k = 0;
	while (k < n && is_tchar(p[k]))
		k++;
	/* A space before the colon, or a folded line, is read differently by different parsers
	 * (RFC 9112 sections 5.1 and 5.2). */
	if (!k || k == n || p[k] != ':')
		return 400;
	for (size_t i = k + 1; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return 400;
	}
	for (unsigned f = 0; f < NI_HD_NFIELDS; f++) {
		if (fields[f].n != k || strncasecmp(fields[f].name, p, k) != 0)
			continue;
		if (r->field[f].p)
			return fields[f].once ? 400 : 0;
		r->field[f] = trim(p + k + 1, n - k - 1);
		break;
	}
	return 0;
}

int
ni_hd_request_parse(struct ni_hd_request *r, const char *p, size_t n)
{
	memset(r, 0, offsetof(struct ni_hd_request, path));
	r->path_len = 0;
	const char *end = p + n - 2; /* the empty line */
	const char *lf = memchr(p, '\n', n);
	int rc = ni_hd_request_line(r, p, (size_t)(lf - 1 - p));
	for (p = lf + 1; !rc && p < end; p = lf + 1) {
		lf = memchr(p, '\n', (size_t)(end - p));
		if (!lf)
			return 400;
		rc = parse_field(r, p, (size_t)(lf - 1 - p));
	}
	if (!rc)
		rc = check_host(r);
	if (!rc)
		rc = parse_coding(r);
	if (!rc)
		rc = parse_length(r);
	if (rc)
		return rc;
	struct ni_hd_span c = r->field[NI_HD_F_CONNECTION];
	r->keep_alive = r->minor ? !ni_hd_has_token(c, "close") : ni_hd_has_token(c, "keep-alive");
	if (r->field[NI_HD_F_EXPECT].p && r->minor) {
		if (!ni_hd_span_is(r->field[NI_HD_F_EXPECT], "100-continue"))
			return 417;
		r->expect_continue = true;
	}
	return 0;
}

/* The line that ends with the LF at @lf: 0 to go on, NI_HD_SCAN_DONE, or a refusal. */
static int
scan_line(struct ni_hd_scan *s, const char *p, size_t lf)
{
	if (lf >= (s->lines ? NI_HD_HEAD_MAX : NI_HD_LINE_MAX))
		return s->lines ? 431 : 414;
	if (lf == s->line || p[lf - 1] != '\r')
		return 400; /* a bare LF: RFC 9112 section 2.2 lets one accept it; smugglers too */
	size_t n = lf - 1 - s->line;
	if (!s->lines) {
		struct ni_hd_request r;
		int rc = ni_hd_request_line(&r, p + s->line, n);
		if (rc)
			return rc;
	} else if (!n) {
		return NI_HD_SCAN_DONE;
	} else if (s->lines > NI_HD_FIELDS_MAX) {
		return 431;
	}
	s->lines++;
	return 0;
}

int
ni_hd_scan(struct ni_hd_scan *s, const char *p, size_t n)
{
	while (s->pos < n) {
		const char *lf = memchr(p + s->pos, '\n', n - s->pos);
		if (!lf) {
			s->pos = (uint32_t)n;
			break;
		}
		int rc = scan_line(s, p, (size_t)(lf - p));
		s->pos = (uint32_t)(lf - p) + 1;
		s->line = s->pos;
		if (rc)
			return rc;
	}
	if (s->lines)
		return n >= NI_HD_HEAD_MAX ? 431 : NI_HD_SCAN_MORE;
	return n >= NI_HD_LINE_MAX ? 414 : NI_HD_SCAN_MORE;
}
