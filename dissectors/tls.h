/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the TLS dissector share: records, handshake messages, the items they hold. */
#ifndef NI_TLS_H
#define NI_TLS_H

#include "netinspect/proto.h"

enum {
	TLS_RECORD_HDR = 5,
	TLS_RECORD_MAX = 16384 + 2048, /* with what encryption may add (RFC 5246 6.2.3) */
	TLS_MESSAGE_HDR = 4,

	TLS_CHANGE_CIPHER_SPEC = 20, /* content types */
	TLS_ALERT = 21,
	TLS_HANDSHAKE = 22,
	TLS_APPLICATION_DATA = 23,
	TLS_HEARTBEAT = 24,

	TLS_CLIENT_HELLO = 1, /* handshake messages */
	TLS_SERVER_HELLO = 2,
	TLS_HELLO_RETRY_REQUEST = 6,

	TLS_EXT_SUPPORTED_VERSIONS = 43,

	TLS_1_2 = 0x0303,
	TLS_1_3 = 0x0304,
};

/* What the connection's past says of a message, as its stream hands it on in struct ni_pdu. */
enum {
	TLS_I_SUITE = 0xffff,     /* cipher suite, once it is known */
	TLS_I_VERSION_SHIFT = 16, /* and version: its last byte plus one; 0: not known */
	TLS_I_VERSION = 0xf,
	TLS_I_ENCRYPTED = 1 << 20, /* handshake messages of this direction are */
	TLS_I_LOST = 1 << 21,      /* where handshake messages begin is not known */
};

/* Reading a handshake message: showing it to a walk, or only judging it. */
struct tls_out {
	struct ni_walk *w; /* NULL: only judge */
	uint32_t base;     /* where its first byte stands in the layer */
	bool gathered;     /* from several records: its parts have no place of their own */
	bool wrong;        /* a length inside it does not fit */
	uint16_t version;  /* of the connection; 0: not known */
	uint16_t suite;
};

/* ---- tls_item.c; @f is a row of tls_fields ---- */

/** Read a number of 1 to 4 bytes. */
uint32_t tls_uint(struct tls_out *o, struct ni_cur *c, unsigned f, unsigned size);
/** Read bytes, text or an address; nothing is shown if @n is 0. */
const uint8_t *tls_bytes(struct tls_out *o, struct ni_cur *c, unsigned f, uint32_t n);
/** Read all that is left of @c. */
void tls_rest(struct tls_out *o, struct ni_cur *c, unsigned f);
/** Read a length of @size bytes and give what it covers as a cursor. */
struct ni_cur tls_vector(struct tls_out *o, struct ni_cur *c, unsigned f, unsigned size);
/** Read bytes behind their length of @size bytes: rows @f and @f + 1. */
void tls_counted(struct tls_out *o, struct ni_cur *c, unsigned f, unsigned size);
/** @v, read before and standing at @off, under another row too. */
void tls_put(struct tls_out *o, unsigned f, uint32_t off, uint32_t len, uint64_t v);
/** Text or bytes made from what stands at @off. */
void tls_put_made(struct tls_out *o, unsigned f, uint32_t off, uint32_t len, const void *p,
		  uint32_t n);
/** A heading over @len bytes, with @text behind its name if that is not NULL. */
void tls_heading(struct tls_out *o, unsigned f, uint32_t off, uint32_t len, const char *text);
/** What follows is indented so many levels more (or less) than its rows say. */
void tls_deeper(struct tls_out *o, int levels);
/** @c has been read to where its contents should end. */
void tls_end(struct tls_out *o, const struct ni_cur *c);

/* ---- the messages ---- */

/** tls_handshake.c: the body of a message. */
void tls_message(struct tls_out *o, uint8_t type, struct ni_cur *c);
/** tls_hello.c */
void tls_client_hello(struct tls_out *o, struct ni_cur *c);
void tls_server_hello(struct tls_out *o, struct ni_cur *c);
/** Whether the body of a Server Hello at @p asks to try again (RFC 8446 4.1.3). */
bool tls_is_retry(const uint8_t *p, uint32_t n);
/** tls_ext.c: the extensions of a hello message of that type. */
void tls_extensions(struct tls_out *o, struct ni_cur *c, uint8_t type);
/** A signature algorithm. */
void tls_signature(struct tls_out *o, struct ni_cur *c);
/** Signature algorithms behind their length. */
void tls_signatures(struct tls_out *o, struct ni_cur *c);
/** tls_cert.c: one certificate in DER. */
void tls_certificate(struct tls_out *o, struct ni_cur c);
/** A distinguished name in DER. */
void tls_name(struct tls_out *o, struct ni_cur c);

/* ---- tls_stream.c ---- */

extern const struct ni_stream_ops tls_stream;

/** Whether a message of this type and length can be: else what stands here is encrypted. */
bool tls_plausible(uint8_t type, uint32_t len);

#endif
