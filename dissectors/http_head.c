/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The head of an HTTP message: RFC 9112 sections 2 to 6, RFC 1945 (HTTP/1.0 and 0.9)
 *
 *   request:  method SP target SP HTTP/x.y CRLF     response: HTTP/x.y SP status [SP phrase] CRLF
 *   then      *( name ":" OWS value OWS CRLF ) CRLF
 *
 * An observer must show what a server should refuse: lines may end in LF alone, a field may go on
 * in the next line, a name may have a space before its colon. All of it is remarked on.
 */
#include <string.h>

#include "http.h"

enum {
	EMPTY_MAX = 4,   /* CRs and LFs before a message that are still taken for empty lines */
	METHOD_MAX = 24, /* letters; the longest registered has 17 */
};

static bool
is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* RFC 9110 section 5.6.2: letters, digits and !#$%&'*+-.^_`|~, a bit each. */
static bool
is_token(uint8_t c)
{
	static const uint32_t bits[8] = {0x00000000, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff};
	return bits[c / 32] >> c % 32 & 1;
}

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool
same(const uint8_t *p, uint32_t n, const char *s)
{
	uint32_t i = 0;
	while (i < n && s[i] && lower(p[i]) == lower((uint8_t)s[i]))
		i++;
	return i == n && !s[i];
}

bool
http_is(const uint8_t *p, struct http_part part, const char *name)
{
	return same(p + part.off, part.len, name);
}

static struct http_part
trimmed(const uint8_t *p, uint32_t from, uint32_t to)
{
	while (from < to && (is_space(p[from]) || p[from] == '\r' || p[from] == '\n'))
		from++;
	while (to > from && (is_space(p[to - 1]) || p[to - 1] == '\r' || p[to - 1] == '\n'))
		to--;
	return (struct http_part){from, to - from};
}

bool
http_lists(const uint8_t *p, struct http_part part, const char *token)
{
	uint32_t end = part.off + part.len;
	for (uint32_t i = part.off; i < end;) {
		const uint8_t *comma = memchr(p + i, ',', end - i);
		uint32_t to = comma ? (uint32_t)(comma - p) : end;
		if (http_is(p, trimmed(p, i, to), token))
			return true;
		i = to + 1;
	}
	return false;
}

/* The end of the line that begins at @from (its LF), or @n. */
static uint32_t
line_end(const uint8_t *p, uint32_t n, uint32_t from)
{
	const uint8_t *lf = from < n ? memchr(p + from, '\n', n - from) : NULL;
	return lf ? (uint32_t)(lf - p) : n;
}

/* Find @c between @from and @to, or return @to. */
static uint32_t
find(const uint8_t *p, uint32_t from, uint32_t to, uint8_t c)
{
	const uint8_t *q = from < to ? memchr(p + from, c, to - from) : NULL;
	return q ? (uint32_t)(q - p) : to;
}

/* "GET /path" and no version: HTTP/0.9, which has no header fields (RFC 1945 section 4.1). */
static bool
is_simple(const uint8_t *p, uint32_t from, uint32_t to)
{
	while (to > from && (p[to - 1] == '\r' || is_space(p[to - 1])))
		to--;
	if (to - from < 5 || memcmp(p + from, "GET ", 4) != 0)
		return false;
	if (p[from + 4] != '/' && lower(p[from + 4]) != 'h')
		return false;
	return find(p, from + 4, to, ' ') == to;
}

uint32_t
http_head_end(const uint8_t *p, uint32_t n, struct http_search *s)
{
	while (s->seen < n) {
		uint32_t end = line_end(p, n, s->seen);
		uint32_t line = s->line;
		if (end == n) {
			s->seen = n;
			return 0;
		}
		s->seen = s->line = end + 1;
		bool empty = end == line || (end == line + 1 && p[line] == '\r');
		if (line != s->begin) {
			if (empty)
				return end + 1;
		} else if (empty) {
			s->begin = end + 1;
		} else if (is_simple(p, line, end)) {
			return end + 1;
		}
	}
	return 0;
}

/* "HTTP/1.1" at @from: 11; 0 if it is something else. */
static uint8_t
version_at(const uint8_t *p, uint32_t from, uint32_t to)
{
	if (to - from < 8 || memcmp(p + from, "HTTP/", 5) != 0 || p[from + 6] != '.')
		return 0;
	unsigned major = p[from + 5] - '0';
	unsigned minor = p[from + 7] - '0';
	return major <= 9 && minor <= 9 ? (uint8_t)(10 * major + minor) : 0;
}

static bool
read_status_line(const uint8_t *p, uint32_t from, uint32_t to, struct http_start *s)
{
	uint32_t i = from + 8;
	uint32_t text = s->text.off + s->text.len;
	s->kind = HTTP_RESPONSE;
	s->proto = (struct http_part){from, 8};
	s->version = version_at(p, from, to);
	while (i < to && is_space(p[i]))
		i++;
	if (i == from + 8 || to - i < 3)
		return false;
	for (unsigned k = 0; k < 3; k++) {
		if (p[i + k] < '0' || p[i + k] > '9')
			return false;
		s->status = (uint16_t)(s->status * 10 + p[i + k] - '0');
	}
	i += 3;
	if (i < to && !is_space(p[i]))
		return false;
	while (i < text && is_space(p[i]))
		i++;
	s->phrase = (struct http_part){i, text - i};
	return s->version / 10 == 1;
}

static bool
read_request_line(const uint8_t *p, uint32_t from, uint32_t to, struct http_start *s)
{
	uint32_t i = from;
	s->kind = HTTP_REQUEST;
	while (i < to && is_token(p[i]))
		i++;
	s->method = (struct http_part){from, i - from};
	if (i == from || i == to || !is_space(p[i]))
		return false;
	if (is_simple(p, from, to)) {
		s->version = 9;
		s->uri = trimmed(p, i, to);
		return true;
	}
	uint32_t last = to;
	while (last > i && !is_space(p[last - 1]))
		last--;
	s->version = version_at(p, last, to);
	s->proto = (struct http_part){last, to - last};
	s->uri = trimmed(p, i, last);
	return s->uri.len && s->proto.len == 8 && s->version / 10 == 1;
}

bool
http_start(const uint8_t *p, uint32_t n, struct http_start *s)
{
	uint32_t from = 0;
	*s = (struct http_start){.kind = HTTP_REQUEST};
	while (from < n &&
	       (p[from] == '\n' || (p[from] == '\r' && from + 1 < n && p[from + 1] == '\n')))
		from++;
	uint32_t end = line_end(p, n, from);
	uint32_t to = end;
	if (end == n)
		return false;
	while (to > from && (p[to - 1] == '\r' || is_space(p[to - 1])))
		to--;
	s->line = (struct http_part){from, end + 1 - from};
	s->text = (struct http_part){from, end - from - (end > from && p[end - 1] == '\r')};
	if (version_at(p, from, to))
		return read_status_line(p, from, to, s);
	return read_request_line(p, from, to, s);
}

/* What is no method in use may be one all the same; all of them have capital letters. */
static bool
may_be_method(const uint8_t *p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if ((p[i] < 'A' || p[i] > 'Z') && p[i] != '-' && p[i] != '_')
			return false;
	return n <= METHOD_MAX;
}

/* The line is not whole. Its first word must look like a method, and the rest like text. */
static enum ni_probe
probe_beginning(struct ni_span s, uint32_t space)
{
	if (!may_be_method(s.p, space))
		return NI_PROBE_NO;
	for (uint32_t i = space; i < s.cap; i++)
		if (s.p[i] < ' ' && s.p[i] != '\t' && s.p[i] != '\r')
			return NI_PROBE_NO;
	if (s.cap == s.len)
		return NI_PROBE_MORE;
	/* The rest of the line is not in the capture: this must do. */
	return space >= 3 && s.cap > space + 1 && s.p[space + 1] == '/' ? NI_PROBE_YES
									: NI_PROBE_NO;
}

static enum ni_probe
probe_request(struct ni_span s)
{
	uint32_t end = line_end(s.p, s.cap, 0);
	uint32_t space = find(s.p, 0, end, ' ');
	struct http_start start;
	for (uint32_t i = 0; i < space; i++)
		if (!is_token(s.p[i]) && (s.p[i] != '\r' || i + 1 < end))
			return NI_PROBE_NO;
	if (end == s.cap)
		return probe_beginning(s, space);
	return http_start(s.p, s.cap, &start) ? NI_PROBE_YES : NI_PROBE_NO;
}

enum ni_probe
http_probe(struct ni_span s)
{
	static const char name[] = "HTTP/1.";
	for (unsigned i = 0; i < EMPTY_MAX && s.cap && (*s.p == '\r' || *s.p == '\n'); i++)
		s = ni_from(s, 1);
	uint32_t n = s.cap < sizeof(name) - 1 ? s.cap : sizeof(name) - 1;
	if (!s.cap)
		return s.len ? NI_PROBE_NO : NI_PROBE_MORE;
	if (!is_token(s.p[0]))
		return NI_PROBE_NO;
	if (!memcmp(s.p, name, n))
		return n < sizeof(name) - 1 ? NI_PROBE_MORE : NI_PROBE_YES;
	return probe_request(s);
}

/* Where a field ends: behind the last line that a space or tab does not continue; 0: not whole. */
static uint32_t
field_end(const uint8_t *p, uint32_t n, uint32_t off, uint32_t *odd)
{
	for (uint32_t from = off;;) {
		uint32_t end = line_end(p, n, from);
		if (end == n)
			return 0;
		if (find(p, from, end, '\r') + 1 < end)
			*odd |= 1U << HTTP_BARE_CR;
		if (end == from || p[end - 1] != '\r')
			*odd |= 1U << HTTP_BARE_LF;
		/* RFC 9112 section 5.2. An empty line never is continued. */
		if (end + 1 == n || !is_space(p[end + 1]))
			return end + 1;
		*odd |= 1U << HTTP_FOLDED;
		from = end + 1;
	}
}

bool
http_field(const uint8_t *p, uint32_t n, uint32_t *off, struct http_field *f)
{
	uint32_t from = *off;
	*f = (struct http_field){.odd = 0};
	if (from >= n || p[from] == '\n' ||
	    (p[from] == '\r' && from + 1 < n && p[from + 1] == '\n'))
		return false;
	uint32_t end = field_end(p, n, from, &f->odd);
	if (!end)
		return false;
	uint32_t colon = find(p, from, end, ':');
	f->line = (struct http_part){from, end - from};
	*off = end;
	if (colon == end) {
		f->odd |= 1U << HTTP_NO_COLON;
		f->value = trimmed(p, from, end);
		return true;
	}
	f->name = trimmed(p, from, colon);
	f->value = trimmed(p, colon + 1, end);
	if (is_space(p[from]))
		f->odd |= 1U << HTTP_FOLDED; /* a continuation of nothing */
	if (f->name.off + f->name.len < colon)
		f->odd |= 1U << HTTP_SPACE_BEFORE_COLON;
	for (uint32_t i = 0; i < f->name.len; i++)
		if (!is_token(p[f->name.off + i]))
			f->odd |= 1U << HTTP_BAD_NAME;
	if (find(p, from, end, 0) != end)
		f->odd |= 1U << HTTP_NUL;
	return true;
}

/* RFC 9112 section 6.3: several equal values, in a list or in lines of their own, are one. */
static void
read_length(const uint8_t *p, struct http_part v, struct http_framing *f)
{
	uint32_t i = v.off;
	uint32_t end = v.off + v.len;
	do {
		uint64_t n = 0;
		uint32_t digits = i;
		while (i < end && p[i] >= '0' && p[i] <= '9' && n < UINT64_MAX / 20)
			n = n * 10 + p[i++] - '0';
		if (i == digits) {
			f->odd |= 1U << HTTP_LENGTH_BAD;
			return;
		}
		if (f->has_length && f->length != n)
			f->odd |= 1U << HTTP_LENGTHS_DIFFER;
		else
			f->length = n;
		f->has_length = true;
		while (i < end && (is_space(p[i]) || p[i] == ','))
			i++;
	} while (i < end);
}

static void
read_coding(const uint8_t *p, struct http_part v, struct http_framing *f)
{
	static const char chunked[] = "chunked";
	uint32_t last = v.off + v.len;
	while (last > v.off && p[last - 1] != ',')
		last--;
	f->has_coding = true;
	struct http_part final = trimmed(p, last, v.off + v.len);
	if (http_is(p, v, "identity"))
		return; /* RFC 2616 had it; it means nothing */
	f->chunked = http_is(p, final, chunked);
	f->coded |= !http_is(p, v, chunked);
	if (!f->chunked)
		f->odd |= 1U << HTTP_TE_UNKNOWN;
}

static void
read_connection(const uint8_t *p, struct http_part v, struct http_framing *f)
{
	f->close |= http_lists(p, v, "close");
	f->keep_alive |= http_lists(p, v, "keep-alive");
	f->upgrade |= http_lists(p, v, "upgrade");
}

/* Most fields say nothing about framing: the length of the name sorts them out first. */
static void
read_field(const uint8_t *p, const struct http_field *h, struct http_framing *f)
{
	f->odd |= h->odd;
	switch (h->name.len) {
	case 4:
		if (!f->host.len && http_is(p, h->name, "host"))
			f->host = h->value;
		break;
	case 7:
		if (http_is(p, h->name, "referer"))
			f->referrer = h->value;
		break;
	case 10:
		if (http_is(p, h->name, "user-agent"))
			f->agent = h->value;
		else if (http_is(p, h->name, "connection"))
			read_connection(p, h->value, f);
		break;
	case 12:
		if (http_is(p, h->name, "content-type"))
			f->type = h->value;
		break;
	case 14:
		if (http_is(p, h->name, "content-length"))
			read_length(p, h->value, f);
		break;
	case 16:
		if (http_is(p, h->name, "content-encoding"))
			f->encoding = h->value;
		break;
	case 17:
		if (http_is(p, h->name, "transfer-encoding"))
			read_coding(p, h->value, f);
		break;
	default:
		break;
	}
}

void
http_framing(const uint8_t *p, uint32_t n, uint32_t off, struct http_framing *f)
{
	struct http_field h;
	*f = (struct http_framing){.length = 0};
	while (http_field(p, n, &off, &h))
		read_field(p, &h, f);
	if (f->has_length && f->has_coding)
		f->odd |= 1U << HTTP_TE_AND_LENGTH;
}

bool
http_wants_host(const uint8_t *p, const struct http_start *s, const struct http_framing *f)
{
	struct http_part scheme = {s->uri.off, s->uri.len < 8 ? s->uri.len : 8};
	bool absolute = http_is(p, scheme, "https://");
	scheme.len = scheme.len < 7 ? scheme.len : 7;
	absolute |= http_is(p, scheme, "http://");
	return f->host.len && !absolute && !http_is(p, s->method, "CONNECT");
}
