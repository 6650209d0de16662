/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of the HTTP/1.x dissector share: the head of a message (its first line and its
 * header lines, RFC 9112 sections 2 to 5), read from contiguous bytes, which may end anywhere.
 */
#ifndef NI_HTTP_MESSAGE_H
#define NI_HTTP_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/proto.h"
#include "netinspect/stream.h"

enum {
	HTTP_HEAD_MAX = 64 * 1024, /* bytes of a head; beyond it is not taken for HTTP any more */
	HTTP_PEEK = 64,            /* bytes of a body that tell what it is */
};

/* What is odd about a message. Bits of ni_pdu.info, each with a note. */
enum http_odd {
	HTTP_TE_AND_LENGTH,
	HTTP_LENGTHS_DIFFER,
	HTTP_LENGTH_BAD,
	HTTP_TE_UNKNOWN,
	HTTP_TE_IN_REQUEST,
	HTTP_SPACE_BEFORE_COLON,
	HTTP_NO_COLON,
	HTTP_BAD_NAME,
	HTTP_NUL,
	HTTP_BARE_LF,
	HTTP_BARE_CR,
	HTTP_FOLDED,
	HTTP_LEADING_CRLF,
	HTTP_CHUNK_ODD,
	HTTP_NODDS,
};

/* A stretch of the message. */
struct http_part {
	uint32_t off, len;
};

enum http_kind { HTTP_NOTHING, HTTP_REQUEST, HTTP_RESPONSE };

/* The first line. */
struct http_start {
	uint8_t kind;          /* enum http_kind */
	uint8_t version;       /* 9, 10, 11 …; 0: unreadable */
	uint16_t status;       /* responses */
	struct http_part line; /* terminator included */
	struct http_part text; /* terminator not included */
	struct http_part method, uri, proto, phrase;
};

/* One header field, continuation lines included. */
struct http_field {
	struct http_part line; /* terminator included */
	struct http_part name, value;
	uint32_t odd; /* 1 << enum http_odd */
};

/* What follows the head, and how far (RFC 9112 section 6). */
struct http_framing {
	bool has_length, has_coding;
	bool chunked, coded; /* coded: by a transfer coding that is not "chunked" alone */
	bool close, keep_alive, upgrade; /* options of Connection */
	uint64_t length;
	struct http_part host, agent, referrer, type, encoding;
	uint32_t odd;
};

/* How far the search for the end of a head has come; all 0 at first. */
struct http_search {
	uint32_t begin; /* of the first line: behind empty ones, which belong to nothing */
	uint32_t line;  /* where the line begins that is not known to be whole */
	uint32_t seen;
};

/**
 * Find the end of the head in the first @n bytes of a message, going on where @s left off.
 * Returns the head's length with its empty line, or 0: not there yet.
 */
uint32_t http_head_end(const uint8_t *p, uint32_t n, struct http_search *s);

/** Whether @s looks like the beginning of a message, as far as it goes. */
enum ni_probe http_probe(struct ni_span s);

/**
 * Read the first line, behind empty ones.
 * False when it is not whole, or not HTTP's.
 */
bool http_start(const uint8_t *p, uint32_t n, struct http_start *s);

/**
 * Read the header field at *@off and go behind it.
 * False at the empty line, or when the field is not whole (*@off stays where it is).
 */
bool http_field(const uint8_t *p, uint32_t n, uint32_t *off, struct http_field *f);

/** Read all header fields from @off on for what they say about the message's body. */
void http_framing(const uint8_t *p, uint32_t n, uint32_t off, struct http_framing *f);

/** Whether the full URI is host and URI, and not the URI alone (absolute, or of CONNECT). */
bool http_wants_host(const uint8_t *p, const struct http_start *s, const struct http_framing *f);

/** Whether the field's name is @name, whatever its case. */
bool http_is(const uint8_t *p, struct http_part part, const char *name);

/** Whether the comma-separated list @part has the member @token, whatever its case. */
bool http_lists(const uint8_t *p, struct http_part part, const char *token);

extern const struct ni_stream_ops http_stream;
extern const struct ni_field http_fields[];
extern const struct ni_note_def http_notes[HTTP_NODDS];
extern const struct ni_note_def http_note_gap, http_note_stray;

void http_walk(struct ni_walk *w);

/** What the message is about; NULL when the layer is looked at alone. */
const struct ni_pdu *http_pdu(const struct ni_dis *d, const struct ni_layer *l);

#endif
