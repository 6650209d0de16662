/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP/1.x: RFC 9110 (semantics), RFC 9112 (HTTP/1.1), RFC 1945 (HTTP/1.0 and 0.9)
 *
 * A layer is one message: first line, header fields, an empty line, then the body or as much of it
 * as is kept. Where messages begin and end is found in http_stream.c, what answers what in
 * http_exchange.c; here is what a message looks like once it is whole.
 *
 * Not decoded: bodies and their codings; HTTP/2 and later, whose framing is another protocol's.
 */
#include "http.h"

#include <string.h>

#include "i18n.h"
#include "netinspect/http.h"

const struct ni_note_def http_notes[HTTP_NODDS] = {
    [HTTP_TE_AND_LENGTH] =
	{"http.te_and_length",
	 N_("Content-Length beside Transfer-Encoding: an attempt at request smuggling?"),
	 "RFC 9112 6.1", NI_WARN},
    [HTTP_LENGTHS_DIFFER] = {"http.lengths_differ",
			     N_("two Content-Length values that differ; the first is taken"),
			     "RFC 9112 6.3", NI_WARN},
    [HTTP_LENGTH_BAD] = {"http.length_bad", N_("Content-Length is not a number"), "RFC 9110 8.6",
			 NI_WARN},
    [HTTP_TE_UNKNOWN] = {"http.te_unknown", N_("the last transfer coding is not \"chunked\""),
			 "RFC 9112 6.3", NI_WARN},
    [HTTP_TE_IN_REQUEST] = {"http.te_in_request",
			    N_("a request with a transfer coding beside \"chunked\""),
			    "RFC 9112 6.1", NI_NOTE},
    [HTTP_SPACE_BEFORE_COLON] =
	{"http.space_before_colon",
	 N_("space between a field's name and its colon: servers must refuse it"), "RFC 9112 5.1",
	 NI_WARN},
    [HTTP_NO_COLON] = {"http.no_colon", N_("a header line without a colon"), "RFC 9112 5", NI_WARN},
    [HTTP_BAD_NAME] = {"http.bad_header_name", N_("a field name with characters it may not have"),
		       "RFC 9110 5.1", NI_WARN},
    [HTTP_NUL] = {"http.nul", N_("a NUL byte in a header field"), "RFC 9110 5.5", NI_WARN},
    [HTTP_BARE_LF] = {"http.bare_lf", N_("a header line ends in LF without CR"), "RFC 9112 2.2",
		      NI_NOTE},
    [HTTP_BARE_CR] = {"http.bare_cr", N_("a CR inside a header line"), "RFC 9112 2.2", NI_WARN},
    [HTTP_FOLDED] = {"http.folded", N_("a header field goes on in the next line (obsolete)"),
		     "RFC 9112 5.2", NI_NOTE},
    [HTTP_LEADING_CRLF] = {"http.leading_crlf", N_("empty lines before the first line"),
			   "RFC 9112 2.2", NI_NOTE},
    [HTTP_CHUNK_ODD] = {"http.chunk_odd", N_("a chunk's lines end in LF without CR"),
			"RFC 9112 7.1", NI_NOTE},
};

const struct ni_note_def http_note_gap = {"http.gap", N_("bytes of this message were not captured"),
					  NULL, NI_CHAT};

const struct ni_note_def http_note_stray = {
    "http.stray_bytes",
    N_("bytes behind the end of a response that begin no other: more was sent than it announces"),
    "RFC 9112 6.3", NI_WARN};

/* How Wireshark's columns speak of bodies: its dissectors for these types say something else. */
static const struct media {
	const char *type;
	const char *column;         /* of Protocol; NULL: unchanged */
	const char *before, *after; /* what stands around the type; NULL: the type is not told */
} media[] = {
    {"application/octet-stream", NULL, NULL, NULL},
    {"application/grpc", NULL, NULL, NULL},
    {"application/cbor", NULL, NULL, NULL},
    {"application/sdp", "HTTP/SDP", NULL, NULL},
    {"application/smil", "HTTP/SMIL", NULL, NULL},
    {"application/json", "HTTP/JSON", ", JavaScript Object Notation (", ")"},
    {"application/problem+json", "HTTP/JSON", ", JavaScript Object Notation (", ")"},
    {"application/json-rpc", "HTTP/JSON", ", JavaScript Object Notation (", ")"},
    {"application/jsonrequest", "HTTP/JSON", ", JavaScript Object Notation (", ")"},
    {"application/senml+json", "HTTP/JSON", ", JavaScript Object Notation (", ")"},
    {"application/json-patch+json", "HTTP/JSON", ", JavaScript Object Notation (", ")"},
    {"application/merge-patch+json", "HTTP/JSON", ", JavaScript Object Notation (", ")"},
    {"application/x-ndjson", "HTTP/JSON", ", JavaScript Object Notation (", ")"},
    {"text/xml", "HTTP/XML", NULL, NULL},
    {"application/xml", "HTTP/XML", NULL, NULL},
    {"application/xml-dtd", "HTTP/XML", NULL, NULL},
    {"application/soap+xml", "HTTP/XML", NULL, NULL},
    {"application/rss+xml", "HTTP/XML", NULL, NULL},
    {"application/atom+xml", "HTTP/XML", NULL, NULL},
    {"image/svg+xml", "HTTP/XML", NULL, NULL},
    {"text/vnd.wap.wml", "HTTP/XML", NULL, NULL},
};

/* Images are told by their first bytes. */
static const struct magic {
	const char *type;
	const char *bytes;
	uint8_t n;
	uint8_t least; /* bytes of body below which it is not tried */
	const char *name;
} magics[] = {
    {"image/png", "\x89PNG\r\n\x1a\n", 8, 8, "PNG"},
    {"image/gif", "GIF89a", 6, 20, "GIF89a"},
    {"image/gif", "GIF87a", 6, 20, "GIF87a"},
    {"image/jpeg", "\xff\xd8", 2, 20, "JPEG JFIF image"},
    {"image/jpg", "\xff\xd8", 2, 20, "JPEG JFIF image"},
};

const struct ni_pdu *
http_pdu(const struct ni_dis *d, const struct ni_layer *l)
{
	return d->pdus && l->aux < d->npdus ? &d->pdus[l->aux] : NULL;
}

/* Everything about a message that its lines need: read anew each time, since nobody waits for it.
 */
struct message {
	struct ni_span s;
	struct http_start start;
	struct http_framing framing;
	uint64_t body; /* bytes, transfer coding included */
};

static bool
read_message(const struct ni_dis *d, const struct ni_layer *l, struct message *m)
{
	const struct ni_pdu *pdu = http_pdu(d, l);
	m->s = ni_layer_span(d, l);
	if (!http_start(m->s.p, m->s.cap, &m->start))
		return false;
	http_framing(m->s.p, l->hdr && l->hdr < m->s.cap ? l->hdr : m->s.cap,
		     m->start.line.off + m->start.line.len, &m->framing);
	uint64_t len = pdu ? pdu->len : l->len;
	m->body = l->hdr && len > l->hdr ? len - l->hdr : 0;
	return true;
}

static void
add_notes(struct ni_dis *d, const struct ni_layer *l, const struct ni_pdu *pdu, uint32_t odd)
{
	for (; odd; odd &= odd - 1)
		ni_note(d, l, &http_notes[__builtin_ctz(odd)]);
	if (pdu && pdu->gap)
		ni_note(d, l, &http_note_gap);
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	const struct ni_pdu *pdu = http_pdu(d, l);
	struct http_search search = {0, 0, 0};
	struct http_start start;
	struct http_framing f = {.odd = 0};
	uint32_t n = s.cap < HTTP_HEAD_MAX - 1 ? s.cap : HTTP_HEAD_MAX - 1;
	uint32_t head = http_head_end(s.p, n, &search);
	l->hdr = (uint16_t)head;
	if (!pdu && http_start(s.p, n, &start))
		http_framing(s.p, head ? head : n, start.line.off + start.line.len, &f);
	else if (!pdu && head)
		return NI_MALFORMED;
	add_notes(d, l, pdu, pdu ? pdu->info : f.odd);
	if (head)
		return s.cap < s.len && pdu && pdu->gap && !l->src ? NI_TRUNCATED : NI_OK;
	return s.cap < s.len || n < s.cap || (pdu && pdu->gap) ? NI_TRUNCATED : NI_MALFORMED;
}

/* ---- columns ---- */

/* The media type without its parameters, in lower case. */
static const char *
media_type(const struct message *m, char *mem, size_t size)
{
	struct http_part t = m->framing.type;
	size_t n = 0;
	while (n < t.len && n < size - 1 && m->s.p[t.off + n] != ';') {
		uint8_t c = m->s.p[t.off + n];
		mem[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	while (n && (mem[n - 1] == ' ' || mem[n - 1] == '\t'))
		n--;
	mem[n] = '\0';
	return mem;
}

static const struct media *
find_media(const char *type)
{
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		if (!strcmp(media[i].type, type))
			return &media[i];
	return NULL;
}

static const char *
find_magic(const struct message *m, const struct ni_layer *l, const char *type)
{
	struct ni_span body = ni_from(m->s, l->hdr);
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (!strcmp(magics[i].type, type) && body.cap >= magics[i].n &&
		    m->body >= magics[i].least && !memcmp(body.p, magics[i].bytes, magics[i].n))
			return magics[i].name;
	return NULL;
}

/* Does anything but framing follow the head? */
static bool
has_body(const struct message *m, const struct ni_pdu *pdu)
{
	if (!m->framing.chunked)
		return m->body > 0;
	if (!pdu || !pdu->http)
		return m->body > sizeof("0\r\n\r\n") - 1;
	return m->start.kind == HTTP_REQUEST ? pdu->http->request_body : pdu->http->response_body;
}

static void
print_media(const struct message *m, const struct ni_layer *l, struct ni_buf *b)
{
	char mem[128];
	const char *type = media_type(m, mem, sizeof(mem));
	const struct media *row = find_media(type);
	const char *image = find_magic(m, l, type);
	if (!*type || !strncmp(type, "multipart/", 10) || (row && !row->before))
		return;
	ni_buf_str(b, row ? row->before : " (");
	ni_buf_escape(b, (const uint8_t *)(image ? image : type), strlen(image ? image : type));
	ni_buf_c(b, ')');
}

static void
print_message(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct message m;
	if (!read_message(d, l, &m)) {
		ni_buf_str(b, "Continuation");
		return;
	}
	ni_buf_escape(b, m.s.p + m.start.text.off, m.start.text.len);
	ni_buf_c(b, ' ');
	if (has_body(&m, http_pdu(d, l)))
		print_media(&m, l, b);
}

/* All messages that end in the frame, one after another, then that which begins in it. */
static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	for (const struct ni_layer *i = d->layers; i <= l; i++)
		if (i->proto == l->proto)
			print_message(d, i, b);
	if (d->part && d->part->title) {
		ni_buf_escape(b, d->part->title, d->part->title_len);
		ni_buf_c(b, ' ');
	}
}

static const char *
column(const struct ni_dis *d, const struct ni_layer *l)
{
	struct message m;
	char mem[128];
	const struct media *row;
	if (!read_message(d, l, &m) || !has_body(&m, http_pdu(d, l)))
		return NULL;
	row = find_media(media_type(&m, mem, sizeof(mem)));
	return row ? row->column : NULL;
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	const struct ni_pdu *pdu = http_pdu(d, l);
	struct message m;
	if (!read_message(d, l, &m))
		return;
	ni_buf_str(b, ", ");
	ni_buf_escape(b, m.s.p + m.start.text.off, m.start.text.len);
	if (pdu && pdu->segments > 1)
		ni_buf_fmt(b, " (%llu bytes in %u segments since frame %llu)",
			   (unsigned long long)pdu->len, pdu->segments,
			   (unsigned long long)pdu->first_frame);
}

/* Only hints: content decides. */
static const struct ni_bind binds[] = {
    {NI_BY_TCP_PORT, 80},   {NI_BY_TCP_PORT, 3128}, {NI_BY_TCP_PORT, 7788}, {NI_BY_TCP_PORT, 8000},
    {NI_BY_TCP_PORT, 8080}, {NI_BY_TCP_PORT, 8088}, {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_http = {
    .key = "http",
    .name = "HTTP",
    .title = "Hypertext Transfer Protocol",
    .ref = "RFC 9112",
    .fields = http_fields,
    .binds = binds,
    .decode = decode,
    .walk = http_walk,
    .summary = summary,
    .headline = headline,
    .column = column,
    .stream = &http_stream,
};

static const struct ni_bind ssdp_binds[] = {
    {NI_BY_UDP_PORT, 1900},
    {NI_NTABLES, 0},
};

/* HTTP's messages in datagrams: UPnP Device Architecture 2.0 section 1. */
const struct ni_proto ni_proto_ssdp = {
    .key = "ssdp",
    .name = "SSDP",
    .title = "Simple Service Discovery Protocol",
    .fields = http_fields,
    .binds = ssdp_binds,
    .decode = decode,
    .walk = http_walk,
    .summary = summary,
    .headline = headline,
};

const struct ni_proto *const ni_protos_http[] = {&ni_proto_http, &ni_proto_ssdp, NULL};
