/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields of an HTTP message, with Wireshark's keys, in the order of the tree. */
#include <stdio.h>
#include <string.h>

#include "http.h"
#include "netinspect/http.h"

enum {
	F_CHAT,
	F_METHOD,
	F_URI,
	F_PATH,
	F_QUERY,
	F_PARAMETER,
	F_REQUEST_VERSION,
	F_RESPONSE_VERSION,
	F_CODE,
	F_CODE_DESC,
	F_PHRASE,
	F_REQUEST_LINE,
	F_RESPONSE_LINE,
	F_UNKNOWN,
	F_LENGTH,
	F_COOKIE_PAIR,
	F_AUTHBASIC,
	F_BAD_NAME,
	F_TE_AND_LENGTH,
	F_TE_UNKNOWN,
	F_LEADING_CRLF,
	F_FULL_URI,
	F_REQUEST,
	F_RESPONSE,
	F_REQUEST_NUMBER,
	F_RESPONSE_NUMBER,
	F_TIME,
	F_PREV_REQUEST,
	F_PREV_RESPONSE,
	F_REQUEST_IN,
	F_RESPONSE_FOR,
	F_CHUNK_SIZE,
	F_CHUNK_DATA,
	F_CHUNK_BOUNDARY,
	F_TRAILER,
	F_FILE_DATA,
	F_HEADERS, /* from here on one for each header that has a field of its own */
};

/* Status codes as Wireshark names them; IANA HTTP Status Code Registry. */
static const struct ni_label codes[] = {
    {100, 100, "Continue"},
    {101, 101, "Switching Protocols"},
    {102, 102, "Processing"},
    {103, 103, "Early Hints"},
    {199, 199, "Informational - Others"},
    {200, 200, "OK"},
    {201, 201, "Created"},
    {202, 202, "Accepted"},
    {203, 203, "Non-authoritative Information"},
    {204, 204, "No Content"},
    {205, 205, "Reset Content"},
    {206, 206, "Partial Content"},
    {207, 207, "Multi-Status"},
    {208, 208, "Already Reported"},
    {226, 226, "IM Used"},
    {299, 299, "Success - Others"},
    {300, 300, "Multiple Choices"},
    {301, 301, "Moved Permanently"},
    {302, 302, "Found"},
    {303, 303, "See Other"},
    {304, 304, "Not Modified"},
    {305, 305, "Use Proxy"},
    {307, 307, "Temporary Redirect"},
    {308, 308, "Permanent Redirect"},
    {399, 399, "Redirection - Others"},
    {400, 400, "Bad Request"},
    {401, 401, "Unauthorized"},
    {402, 402, "Payment Required"},
    {403, 403, "Forbidden"},
    {404, 404, "Not Found"},
    {405, 405, "Method Not Allowed"},
    {406, 406, "Not Acceptable"},
    {407, 407, "Proxy Authentication Required"},
    {408, 408, "Request Time-out"},
    {409, 409, "Conflict"},
    {410, 410, "Gone"},
    {411, 411, "Length Required"},
    {412, 412, "Precondition Failed"},
    {413, 413, "Request Entity Too Large"},
    {414, 414, "Request-URI Too Long"},
    {415, 415, "Unsupported Media Type"},
    {416, 416, "Requested Range Not Satisfiable"},
    {417, 417, "Expectation Failed"},
    {418, 418, "I'm a teapot"},
    {421, 421, "Misdirected Request"},
    {422, 422, "Unprocessable Entity"},
    {423, 423, "Locked"},
    {424, 424, "Failed Dependency"},
    {425, 425, "Too Early"},
    {426, 426, "Upgrade Required"},
    {428, 428, "Precondition Required"},
    {429, 429, "Too Many Requests"},
    {431, 431, "Request Header Fields Too Large"},
    {451, 451, "Unavailable For Legal Reasons"},
    {499, 499, "Client Error - Others"},
    {500, 500, "Internal Server Error"},
    {501, 501, "Not Implemented"},
    {502, 502, "Bad Gateway"},
    {503, 503, "Service Unavailable"},
    {504, 504, "Gateway Time-out"},
    {505, 505, "HTTP Version not supported"},
    {506, 506, "Variant Also Negotiates"},
    {507, 507, "Insufficient Storage"},
    {508, 508, "Loop Detected"},
    {510, 510, "Not Extended"},
    {511, 511, "Network Authentication Required"},
    {599, 599, "Server Error - Others"},
    {0, 0, NULL},
};

#define MADE NI_F_COMPUTED

/* clang-format off */
const struct ni_field http_fields[] = {
	[F_CHAT] = {"http.chat", "First line", NI_NONE, .ref = "RFC 9112 2.1"},
	[F_METHOD] = {"http.request.method", "Request Method", NI_STR, .depth = 1,
		.ref = "RFC 9110 9"},
	[F_URI] = {"http.request.uri", "Request URI", NI_STR, .depth = 1, .ref = "RFC 9112 3.2"},
	[F_PATH] = {"http.request.uri.path", "Request URI Path", NI_STR, .depth = 2,
		.ref = "RFC 3986 3.3", .doc = "Only where a query follows it."},
	[F_QUERY] = {"http.request.uri.query", "Request URI Query", NI_STR, .depth = 2,
		.ref = "RFC 3986 3.4"},
	[F_PARAMETER] = {"http.request.uri.query.parameter", "Request URI Query Parameter", NI_STR,
		.depth = 3},
	[F_REQUEST_VERSION] = {"http.request.version", "Request Version", NI_STR, .depth = 1,
		.ref = "RFC 9112 2.3"},
	[F_RESPONSE_VERSION] = {"http.response.version", "Response Version", NI_STR, .depth = 1,
		.ref = "RFC 9112 2.3"},
	[F_CODE] = {"http.response.code", "Status Code", NI_U16, NI_DEC, .depth = 1,
		.ref = "RFC 9110 15"},
	[F_CODE_DESC] = {"http.response.code.desc", "Status Code Description", NI_STR, .depth = 1,
		.flags = MADE, .doc = "What the code means by the registry, whatever the phrase says."},
	[F_PHRASE] = {"http.response.phrase", "Response Phrase", NI_STR, .depth = 1,
		.ref = "RFC 9112 4"},
	[F_REQUEST_LINE] = {"http.request.line", "Request line", NI_STR, .flags = NI_F_HIDDEN,
		.doc = "A header line of a request, line end included."},
	[F_RESPONSE_LINE] = {"http.response.line", "Response line", NI_STR, .flags = NI_F_HIDDEN,
		.doc = "A header line of a response, line end included."},
	[F_UNKNOWN] = {"http.unknown_header", "Header", NI_STR,
		.doc = "A header line that has no field of its own."},
	[F_LENGTH] = {"http.content_length", "Content length", NI_U64, NI_DEC, .depth = 1,
		.flags = MADE, .ref = "RFC 9110 8.6"},
	[F_COOKIE_PAIR] = {"http.cookie_pair", "Cookie pair", NI_STR, .depth = 1,
		.ref = "RFC 6265 4.2"},
	[F_AUTHBASIC] = {"http.authbasic", "Credentials", NI_STR, .depth = 1, .ref = "RFC 7617 2",
		.doc = "User and password of Basic authentication, decoded."},
	[F_BAD_NAME] = {"http.bad_header_name", "Illegal characters found in header name", NI_NONE,
		.depth = 1, .flags = MADE, .ref = "RFC 9110 5.1"},
	[F_TE_AND_LENGTH] = {"http.te_and_length",
		"The Content-Length and Transfer-Encoding header must not be set together", NI_NONE,
		.flags = MADE, .ref = "RFC 9112 6.1"},
	[F_TE_UNKNOWN] = {"http.te_unknown",
		"Unknown transfer coding name in Transfer-Encoding header", NI_NONE, .flags = MADE,
		.ref = "RFC 9112 6.1"},
	[F_LEADING_CRLF] = {"http.leading_crlf",
		"Leading CRLF previous message in the stream may have extra CRLF", NI_NONE,
		.flags = MADE, .ref = "RFC 9112 2.2"},
	[F_FULL_URI] = {"http.request.full_uri", "Full request URI", NI_STR, .flags = MADE},
	[F_REQUEST] = {"http.request", "Request", NI_BOOL, .flags = MADE | NI_F_HIDDEN},
	[F_RESPONSE] = {"http.response", "Response", NI_BOOL, .flags = MADE | NI_F_HIDDEN},
	[F_REQUEST_NUMBER] = {"http.request_number", "Request number", NI_U32, NI_DEC, .flags = MADE,
		.doc = "Which request of its connection this is."},
	[F_RESPONSE_NUMBER] = {"http.response_number", "Response number", NI_U32, NI_DEC,
		.flags = MADE, .doc = "Which response of its connection this is."},
	[F_TIME] = {"http.time", "Time since request", NI_RELTIME, .flags = MADE},
	[F_PREV_REQUEST] = {"http.prev_request_in", "Prev request in frame", NI_U64, NI_DEC,
		.flags = MADE},
	[F_PREV_RESPONSE] = {"http.prev_response_in", "Prev response in frame", NI_U64, NI_DEC,
		.flags = MADE},
	[F_REQUEST_IN] = {"http.request_in", "Request in frame", NI_U64, NI_DEC, .flags = MADE},
	[F_RESPONSE_FOR] = {"http.response_for.uri", "Request URI", NI_STR, .flags = MADE},
	[F_CHUNK_SIZE] = {"http.chunk_size", "Chunk size", NI_U32, NI_DEC, .depth = 1,
		.ref = "RFC 9112 7.1"},
	[F_CHUNK_DATA] = {"http.chunk_data", "Chunk data", NI_BYTES, .depth = 1},
	[F_CHUNK_BOUNDARY] = {"http.chunk_boundary", "Chunk boundary", NI_BYTES, .depth = 1},
	[F_TRAILER] = {"http.chunked_trailer_part", "trailer-part", NI_STR, .depth = 1,
		.ref = "RFC 9112 7.1.2"},
	[F_FILE_DATA] = {"http.file_data", "File Data", NI_STR,
		.doc = "The body, where all of it is at hand and neither chunked nor coded."},

	/* Their names, made lower case and with _ for -, are the keys' last part. */
	{"http.authorization", "Authorization", NI_STR, .ref = "RFC 9110 11.6.2"},
	{"http.proxy_authenticate", "Proxy-Authenticate", NI_STR, .ref = "RFC 9110 11.7.1"},
	{"http.proxy_authorization", "Proxy-Authorization", NI_STR, .ref = "RFC 9110 11.7.2"},
	{"http.www_authenticate", "WWW-Authenticate", NI_STR, .ref = "RFC 9110 11.6.1"},
	{"http.content_type", "Content-Type", NI_STR, .ref = "RFC 9110 8.3"},
	{"http.content_length_header", "Content-Length", NI_STR, .ref = "RFC 9110 8.6"},
	{"http.content_encoding", "Content-Encoding", NI_STR, .ref = "RFC 9110 8.4"},
	{"http.transfer_encoding", "Transfer-Encoding", NI_STR, .ref = "RFC 9112 6.1"},
	{"http.upgrade", "Upgrade", NI_STR, .ref = "RFC 9110 7.8"},
	{"http.user_agent", "User-Agent", NI_STR, .ref = "RFC 9110 10.1.5"},
	{"http.host", "Host", NI_STR, .ref = "RFC 9110 7.2"},
	{"http.connection", "Connection", NI_STR, .ref = "RFC 9110 7.6.1"},
	{"http.cookie", "Cookie", NI_STR, .ref = "RFC 6265 5.4"},
	{"http.accept", "Accept", NI_STR, .ref = "RFC 9110 12.5.1"},
	{"http.referer", "Referer", NI_STR, .ref = "RFC 9110 10.1.3"},
	{"http.accept_language", "Accept-Language", NI_STR, .ref = "RFC 9110 12.5.4"},
	{"http.accept_encoding", "Accept-Encoding", NI_STR, .ref = "RFC 9110 12.5.3"},
	{"http.date", "Date", NI_STR, .ref = "RFC 9110 6.6.1"},
	{"http.cache_control", "Cache-Control", NI_STR, .ref = "RFC 9111 5.2"},
	{"http.server", "Server", NI_STR, .ref = "RFC 9110 10.2.4"},
	{"http.location", "Location", NI_STR, .ref = "RFC 9110 10.2.2"},
	{"http.sec_websocket_accept", "Sec-WebSocket-Accept", NI_STR, .ref = "RFC 6455 11.3"},
	{"http.sec_websocket_extensions", "Sec-WebSocket-Extensions", NI_STR,
		.ref = "RFC 6455 11.3"},
	{"http.sec_websocket_key", "Sec-WebSocket-Key", NI_STR, .ref = "RFC 6455 11.3"},
	{"http.sec_websocket_protocol", "Sec-WebSocket-Protocol", NI_STR, .ref = "RFC 6455 11.3"},
	{"http.sec_websocket_version", "Sec-WebSocket-Version", NI_STR, .ref = "RFC 6455 11.3"},
	{"http.set_cookie", "Set-Cookie", NI_STR, .ref = "RFC 6265 4.1"},
	{"http.last_modified", "Last-Modified", NI_STR, .ref = "RFC 9110 8.8.2"},
	{"http.x_forwarded_for", "X-Forwarded-For", NI_STR, .ref = "RFC 7239 7.4"},
	{"http.http2_settings", "HTTP2-Settings", NI_STR, .ref = "RFC 7540 3.2.1"},
	{0},
};
/* clang-format on */

static void
put_part(struct ni_walk *w, unsigned field, struct http_part part)
{
	ni_put_bytes(w, &http_fields[field], part.off, part.len);
}

/* ---- the first line ---- */

static void
put_query(struct ni_walk *w, const uint8_t *p, struct http_part uri)
{
	const uint8_t *mark = memchr(p + uri.off, '?', uri.len);
	if (!mark)
		return;
	uint32_t at = (uint32_t)(mark - p);
	uint32_t end = uri.off + uri.len;
	if (at + 1 == end)
		return;
	put_part(w, F_PATH, (struct http_part){uri.off, at - uri.off});
	put_part(w, F_QUERY, (struct http_part){at + 1, end - at - 1});
	for (uint32_t i = at + 1; i < end;) {
		const uint8_t *and = memchr(p + i, '&', end - i);
		uint32_t to = and? (uint32_t)(and-p) : end;
		if (to > i)
			put_part(w, F_PARAMETER, (struct http_part){i, to - i});
		i = to + 1;
	}
}

static void
put_code_desc(struct ni_walk *w, const struct http_start *s)
{
	char mem[32];
	const char *text = ni_label_find(codes, s->status);
	if (!text) {
		snprintf(mem, sizeof(mem), "Unknown (%u)", s->status);
		text = mem;
	}
	ni_put_made(w, &http_fields[F_CODE_DESC], 0, 0, text, (uint32_t)strlen(text));
}

static void
put_start(struct ni_walk *w, const uint8_t *p, const struct http_start *s)
{
	char mem[256];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (w->want_text) {
		size_t most = s->line.len < sizeof(mem) / 2 ? s->line.len : sizeof(mem) / 2;
		ni_buf_mem(&b, p + s->line.off, most);
	}
	ni_put_label(w, &http_fields[F_CHAT], s->line.off, s->line.len, "%s", ni_buf_z(&b));
	if (s->kind == HTTP_REQUEST) {
		put_part(w, F_METHOD, s->method);
		put_part(w, F_URI, s->uri);
		put_query(w, p, s->uri);
		if (s->proto.len)
			put_part(w, F_REQUEST_VERSION, s->proto);
		return;
	}
	put_part(w, F_RESPONSE_VERSION, s->proto);
	ni_put_uint(w, &http_fields[F_CODE], s->proto.off + s->proto.len + 1, 3, s->status);
	put_code_desc(w, s);
	if (s->phrase.len)
		put_part(w, F_PHRASE, s->phrase);
}

/* ---- header fields ---- */

static const struct ni_field *
find_field(const uint8_t *p, struct http_part name)
{
	for (const struct ni_field *f = &http_fields[F_HEADERS]; f->key; f++)
		if (http_is(p, name, f->name))
			return f;
	return NULL;
}

static void
put_cookies(struct ni_walk *w, const uint8_t *p, struct http_part v)
{
	uint32_t end = v.off + v.len;
	for (uint32_t i = v.off; i < end;) {
		const uint8_t *semi = memchr(p + i, ';', end - i);
		uint32_t to = semi ? (uint32_t)(semi - p) : end;
		while (i < to && p[i] == ' ')
			i++;
		if (i < to)
			put_part(w, F_COOKIE_PAIR, (struct http_part){i, to - i});
		i = to + 1;
	}
}

static int
base64(uint8_t c)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* RFC 7617: "Basic" SP base64(user ":" password) */
static void
put_credentials(struct ni_walk *w, const uint8_t *p, struct http_part v)
{
	uint8_t text[192];
	uint32_t n = 0;
	uint32_t bits = 0;
	uint32_t have = 0;
	struct http_part scheme = {v.off, v.len < 6 ? v.len : 6};
	if (!http_is(p, scheme, "basic "))
		return;
	for (uint32_t i = v.off + 6; i < v.off + v.len && n < sizeof(text); i++) {
		int d = base64(p[i]);
		if (d < 0)
			continue;
		bits = (bits << 6 | (unsigned)d) & 0xffff;
		have += 6;
		if (have < 8)
			continue;
		have -= 8;
		text[n++] = (uint8_t)(bits >> have);
	}
	ni_put_made(w, &http_fields[F_AUTHBASIC], v.off + 6, v.len - 6, text, n);
}

static void
put_number(struct ni_walk *w, const uint8_t *p, struct http_part v)
{
	uint64_t n = 0;
	uint32_t i = 0;
	for (; i < v.len && p[v.off + i] >= '0' && p[v.off + i] <= '9'; i++)
		n = n * 10 + p[v.off + i] - '0';
	if (i)
		ni_put_uint(w, &http_fields[F_LENGTH], v.off, v.len, n);
}

static void
put_header(struct ni_walk *w, const uint8_t *p, const struct http_field *h, bool request)
{
	const struct ni_field *f = find_field(p, h->name);
	struct http_part text = {h->line.off, h->line.len};
	while (text.len &&
	       (p[text.off + text.len - 1] == '\n' || p[text.off + text.len - 1] == '\r'))
		text.len--;
	if (!f)
		put_part(w, F_UNKNOWN, text);
	else
		ni_put_bytes(w, f, h->value.off, h->value.len);
	put_part(w, request ? F_REQUEST_LINE : F_RESPONSE_LINE, h->line);
	if (h->odd & 1U << HTTP_BAD_NAME)
		ni_put_label(w, &http_fields[F_BAD_NAME], 0, 0, NULL);
	if (http_is(p, h->name, "content-length"))
		put_number(w, p, h->value);
	else if (http_is(p, h->name, "cookie"))
		put_cookies(w, p, h->value);
	else if (http_is(p, h->name, "authorization") || http_is(p, h->name, "proxy-authorization"))
		put_credentials(w, p, h->value);
}

/* ---- what other frames tell ---- */

static void
put_frame(struct ni_walk *w, unsigned field, uint64_t frame)
{
	if (frame)
		ni_put_uint(w, &http_fields[field], 0, 0, frame);
}

static void
put_uri(struct ni_walk *w, unsigned field, const struct ni_http_exchange *x)
{
	if (x->full_uri_len)
		ni_put_made(w, &http_fields[field], 0, 0, x->full_uri, x->full_uri_len);
}

static void
put_exchange(struct ni_walk *w, const struct ni_http_exchange *x, const struct http_start *s)
{
	if (s->kind == HTTP_REQUEST) {
		if (x->host[0])
			put_uri(w, F_FULL_URI, x);
		ni_put_uint(w, &http_fields[F_REQUEST], 0, 0, 1);
		ni_put_uint(w, &http_fields[F_REQUEST_NUMBER], 0, 0, x->number);
		put_frame(w, F_PREV_REQUEST, x->request_before);
		return;
	}
	ni_put_uint(w, &http_fields[F_RESPONSE], 0, 0, 1);
	ni_put_uint(w, &http_fields[F_RESPONSE_NUMBER], 0, 0, x->response_number);
	if (s->status / 100 == 1 && s->status != 101)
		return;
	if (x->request_frame)
		ni_put_time(w, &http_fields[F_TIME], 0, 0,
			    w->dis->frame->ts_ns - x->request_last_ns);
	put_frame(w, F_PREV_REQUEST, x->request_before);
	put_frame(w, F_PREV_RESPONSE, x->response_before);
	put_frame(w, F_REQUEST_IN, x->request_frame);
	put_uri(w, F_RESPONSE_FOR, x);
}

/* A message by itself: in a datagram, or looked at without its stream. */
static void
put_alone(struct ni_walk *w, const uint8_t *p, const struct http_start *s,
	  const struct http_framing *f)
{
	char mem[512];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	if (s->kind == HTTP_RESPONSE) {
		ni_put_uint(w, &http_fields[F_RESPONSE], 0, 0, 1);
		return;
	}
	if (http_wants_host(p, s, f)) {
		ni_buf_str(&b, "http://");
		ni_buf_mem(&b, p + f->host.off, f->host.len);
		ni_buf_mem(&b, p + s->uri.off, s->uri.len);
		ni_put_made(w, &http_fields[F_FULL_URI], 0, 0, mem, (uint32_t)b.len);
	}
	ni_put_uint(w, &http_fields[F_REQUEST], 0, 0, 1);
}

/* ---- the body ---- */

/* Where the line at @off ends (behind its LF), 0 if that is not at hand. */
static uint32_t
next_line(struct ni_span s, uint32_t off)
{
	const uint8_t *lf = off < s.cap ? memchr(s.p + off, '\n', s.cap - off) : NULL;
	return lf ? (uint32_t)(lf - s.p) + 1 : 0;
}

static uint32_t
chunk_size(struct ni_span s, uint32_t off, uint32_t to)
{
	uint64_t n = 0;
	for (; off < to; off++) {
		uint8_t c = s.p[off];
		unsigned digit = c >= '0' && c <= '9' ? c - 48U : (c | 0x20U) - 'a' + 10U;
		if (digit > 15 || n > UINT32_MAX)
			break;
		n = n << 4 | digit;
	}
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static void
put_trailers(struct ni_walk *w, struct ni_span s, uint32_t off)
{
	uint32_t to;
	while ((to = next_line(s, off)) && to - off > 2) {
		put_part(w, F_TRAILER, (struct http_part){off, to - off});
		off = to;
	}
}

static void
put_chunks(struct ni_walk *w, struct ni_span s, uint32_t off)
{
	uint32_t data;
	while ((data = next_line(s, off))) {
		uint32_t size = chunk_size(s, off, data);
		ni_put_uint(w, &http_fields[F_CHUNK_SIZE], off, data - off, size);
		if (!size) {
			put_trailers(w, s, data);
			return;
		}
		if (size > s.cap - data)
			return;
		put_part(w, F_CHUNK_DATA, (struct http_part){data, size});
		uint32_t end = next_line(s, data + size);
		if (!end)
			return;
		put_part(w, F_CHUNK_BOUNDARY, (struct http_part){data + size, end - data - size});
		off = end;
	}
}

void
http_walk(struct ni_walk *w)
{
	const struct ni_layer *l = w->layer;
	const struct ni_pdu *pdu = http_pdu(w->dis, l);
	struct ni_span s = ni_layer_span(w->dis, l);
	uint32_t n = l->hdr && l->hdr < s.cap ? l->hdr : s.cap;
	struct http_start start;
	struct http_framing f;
	struct http_field h;

	if (!http_start(s.p, n, &start))
		return;
	uint32_t off = start.line.off + start.line.len;
	http_framing(s.p, n, off, &f);
	put_start(w, s.p, &start);
	if (start.line.off || (pdu && pdu->info & 1U << HTTP_LEADING_CRLF))
		ni_put_label(w, &http_fields[F_LEADING_CRLF], 0, 0, NULL);
	while (http_field(s.p, n, &off, &h))
		put_header(w, s.p, &h, start.kind == HTTP_REQUEST);
	if (f.odd & 1U << HTTP_TE_AND_LENGTH)
		ni_put_label(w, &http_fields[F_TE_AND_LENGTH], 0, 0, NULL);
	if (f.odd & 1U << HTTP_TE_UNKNOWN)
		ni_put_label(w, &http_fields[F_TE_UNKNOWN], 0, 0, NULL);
	if (pdu && pdu->http)
		put_exchange(w, pdu->http, &start);
	else
		put_alone(w, s.p, &start, &f);
	if (!l->hdr || l->hdr >= s.cap)
		return;
	if (s.cap < s.len)
		return; /* half a body would look like a whole one */
	if (f.chunked)
		put_chunks(w, s, l->hdr);
	else if (!f.encoding.len && !f.coded)
		put_part(w, F_FILE_DATA, (struct http_part){l->hdr, s.len - l->hdr});
}
