/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Client Hello, Server Hello, Hello Retry Request: RFC 8446 4.1, RFC 5246 7.4.1
 *
 * OFFSET SIZE FIELD
 *      0    2 version
 *      2   32 random                   a certain value makes a Server Hello a Hello Retry Request
 *     34  1+n session id
 *             client: 2+n cipher suites, 1+n compression methods; server: 2 suite, 1 method
 *             2+n extensions, or nothing
 */
#include <string.h>

#include "tls.h"
#include "tls_fields.h"

enum { RANDOM = 32 };

static const int64_t NS = 1000000000;

bool
tls_is_retry(const uint8_t *p, uint32_t n)
{
	/* SHA-256 of "HelloRetryRequest" */
	static const uint8_t random[RANDOM] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11,
					       0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
					       0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
					       0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
	return n >= 2 + RANDOM && !memcmp(p + 2, random, RANDOM);
}

static void
read_random(struct tls_out *o, struct ni_cur *c)
{
	const uint8_t *p = tls_bytes(o, c, T_RANDOM, RANDOM);
	/* Up to TLS 1.2 it began with the time. */
	if (!p || !o->w || o->version == TLS_1_3)
		return;
	uint32_t off = c->off - RANDOM;
	ni_put_time(o->w, &tls_fields[T_RANDOM_TIME], o->gathered ? o->base : o->base + off,
		    o->gathered ? 0 : 4, (int64_t)ni_be32(p) * NS);
	tls_put_made(o, T_RANDOM_BYTES, off + 4, RANDOM - 4, p + 4, RANDOM - 4);
}

static void
read_start(struct tls_out *o, struct ni_cur *c)
{
	tls_uint(o, c, T_VERSION, 2);
	read_random(o, c);
	tls_counted(o, c, T_SESSION_ID_LEN, 1);
}

/* SSL 3.0 and bare TLS end without extensions. */
static void
read_extensions(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	if (!ni_more(c))
		return;
	struct ni_cur list = tls_vector(o, c, T_EXTENSIONS_LEN, 2);
	tls_extensions(o, &list, type);
}

void
tls_client_hello(struct tls_out *o, struct ni_cur *c)
{
	read_start(o, c);
	struct ni_cur suites = tls_vector(o, c, T_SUITES_LEN, 2);
	if (suites.rc == NI_OK)
		tls_heading(o, T_SUITES, suites.off, ni_left(&suites), NULL);
	tls_deeper(o, 1);
	while (ni_more(&suites))
		tls_uint(o, &suites, T_SUITE, 2);
	tls_deeper(o, -1);
	tls_end(o, &suites);
	struct ni_cur methods = tls_vector(o, c, T_COMPRESSIONS_LEN, 1);
	if (methods.rc == NI_OK)
		tls_heading(o, T_COMPRESSIONS, methods.off, ni_left(&methods), NULL);
	tls_deeper(o, 1);
	while (ni_more(&methods))
		tls_uint(o, &methods, T_COMPRESSION, 1);
	tls_deeper(o, -1);
	tls_end(o, &methods);
	read_extensions(o, c, TLS_CLIENT_HELLO);
}

void
tls_server_hello(struct tls_out *o, struct ni_cur *c)
{
	uint32_t n = c->off < c->cap ? c->cap - c->off : 0;
	bool retry = tls_is_retry(c->p + c->off, n);
	read_start(o, c);
	tls_uint(o, c, T_SUITE, 2);
	tls_uint(o, c, T_COMPRESSION, 1);
	read_extensions(o, c, retry ? TLS_HELLO_RETRY_REQUEST : TLS_SERVER_HELLO);
}
