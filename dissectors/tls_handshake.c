/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bodies of handshake messages that come in clear, up to TLS 1.2: RFC 5246 7.4, RFC 8422 5
 * (elliptic curves), RFC 4279 2 (pre-shared keys), RFC 5077 3.3 (tickets), RFC 6066 8 (status)
 *
 * Not decoded: explicit curves, SRP, Kerberos and GOST key exchange; OCSP responses.
 */
#include <string.h>

#include "tls.h"
#include "tls_fields.h"

/* How the cipher suite exchanges keys. */
enum exchange { UNKNOWN, RSA, DHE, DH_ANON, ECDHE, ECDH_ANON, PSK, RSA_PSK, DHE_PSK, ECDHE_PSK };

/* A suite's name says it: "TLS_ECDHE_RSA_WITH_…". */
static enum exchange
exchange_of(uint16_t suite)
{
	static const struct {
		const char *prefix;
		enum exchange exchange;
	} names[] = {
	    {"TLS_ECDHE_PSK_", ECDHE_PSK},
	    {"TLS_ECDHE_", ECDHE},
	    {"TLS_ECDH_anon_", ECDH_ANON},
	    {"TLS_ECDH_", ECDHE},
	    {"TLS_DHE_PSK_", DHE_PSK},
	    {"TLS_DHE_", DHE},
	    {"TLS_DH_anon_", DH_ANON},
	    {"TLS_DH_", DHE},
	    {"TLS_RSA_PSK_", RSA_PSK},
	    {"TLS_RSA_", RSA},
	    {"TLS_PSK_", PSK},
	};
	const char *name = suite ? ni_label_find(tls_l_suites, suite) : NULL;
	for (unsigned i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strncmp(name, names[i].prefix, strlen(names[i].prefix)))
			return names[i].exchange;
	return UNKNOWN;
}

/* From TLS 1.2 on a signature says how it was made. */
static void
read_signature(struct tls_out *o, struct ni_cur *c, unsigned f)
{
	if (o->version == TLS_1_2)
		tls_signature(o, c);
	tls_counted(o, c, f, 2);
}

static void
read_curve(struct tls_out *o, struct ni_cur *c)
{
	if (tls_uint(o, c, T_CURVE_TYPE, 1) != 3) {
		ni_skip(c, ni_left(c));
		return;
	}
	tls_uint(o, c, T_CURVE, 2);
	tls_counted(o, c, T_SERVER_POINT_LEN, 1);
}

static void
read_dh(struct tls_out *o, struct ni_cur *c)
{
	tls_counted(o, c, T_P_LEN, 2);
	tls_counted(o, c, T_G_LEN, 2);
	tls_counted(o, c, T_YS_LEN, 2);
}

static void
read_server_key_exchange(struct tls_out *o, struct ni_cur *c)
{
	enum exchange x = exchange_of(o->suite);
	if (x == PSK || x == RSA_PSK || x == DHE_PSK || x == ECDHE_PSK)
		tls_counted(o, c, T_HINT_LEN, 2);
	if (x == ECDHE || x == ECDH_ANON || x == ECDHE_PSK)
		read_curve(o, c);
	if (x == DHE || x == DH_ANON || x == DHE_PSK)
		read_dh(o, c);
	if ((x == ECDHE || x == DHE) && ni_more(c))
		read_signature(o, c, T_SIG_LEN);
	if (x == UNKNOWN || x == RSA)
		ni_skip(c, ni_left(c));
}

static void
read_client_key_exchange(struct tls_out *o, struct ni_cur *c)
{
	enum exchange x = exchange_of(o->suite);
	if (x == PSK || x == RSA_PSK || x == DHE_PSK || x == ECDHE_PSK)
		tls_counted(o, c, T_IDENTITY_LEN, 2);
	if (x == ECDHE || x == ECDH_ANON || x == ECDHE_PSK)
		tls_counted(o, c, T_CLIENT_POINT_LEN, 1);
	if (x == DHE || x == DH_ANON || x == DHE_PSK)
		tls_counted(o, c, T_YC_LEN, 2);
	if (x == RSA || x == RSA_PSK) {
		if (o->version == 0x0300) /* SSL 3.0 has no length here */
			tls_rest(o, c, T_EPMS);
		else
			tls_counted(o, c, T_EPMS_LEN, 2);
	}
	if (x == UNKNOWN)
		ni_skip(c, ni_left(c));
}

static void
read_certificates(struct tls_out *o, struct ni_cur *c)
{
	struct ni_cur list = tls_vector(o, c, T_CERTS_LEN, 3);
	if (list.rc == NI_OK && ni_more(&list))
		tls_heading(o, T_CERTS, list.off, ni_left(&list), NULL);
	while (ni_more(&list)) {
		uint32_t n = tls_uint(o, &list, T_CERT_LEN, 3);
		struct ni_cur der = ni_sub(&list, n);
		struct ni_cur bytes = der;
		if (der.rc != NI_OK || !n)
			continue;
		tls_bytes(o, &bytes, T_CERT, n);
		if (o->w)
			tls_certificate(o, der);
	}
	tls_end(o, &list);
}

static void
read_certificate_request(struct tls_out *o, struct ni_cur *c)
{
	struct ni_cur types = tls_vector(o, c, T_CERT_TYPES_COUNT, 1);
	if (types.rc == NI_OK && ni_more(&types))
		tls_heading(o, T_CERT_TYPES, types.off, ni_left(&types), NULL);
	while (ni_more(&types))
		tls_uint(o, &types, T_CERT_TYPE, 1);
	if (o->version == TLS_1_2)
		tls_signatures(o, c);
	struct ni_cur names = tls_vector(o, c, T_DNAMES_LEN, 2);
	if (names.rc == NI_OK && ni_more(&names))
		tls_heading(o, T_DNAMES, names.off, ni_left(&names), NULL);
	while (ni_more(&names)) {
		struct ni_cur name = tls_vector(o, &names, T_DNAME_LEN, 2);
		if (name.rc != NI_OK)
			break;
		tls_heading(o, T_DNAME, name.off, ni_left(&name), NULL);
		if (o->w)
			tls_name(o, name);
	}
	tls_end(o, &names);
}

static void
read_ticket(struct tls_out *o, struct ni_cur *c)
{
	tls_uint(o, c, T_TICKET_LIFETIME, 4);
	tls_counted(o, c, T_TICKET_LEN, 2);
}

static void
read_status(struct tls_out *o, struct ni_cur *c)
{
	if (tls_uint(o, c, T_STATUS_TYPE, 1) == 1)
		tls_vector(o, c, T_OCSP_LEN, 3);
	else
		ni_skip(c, ni_left(c));
}

void
tls_message(struct tls_out *o, uint8_t type, struct ni_cur *c)
{
	switch (type) {
	case TLS_CLIENT_HELLO:
		tls_client_hello(o, c);
		break;
	case TLS_SERVER_HELLO:
		tls_server_hello(o, c);
		break;
	case 4:
		read_ticket(o, c);
		break;
	case 11:
		read_certificates(o, c);
		break;
	case 12:
		read_server_key_exchange(o, c);
		break;
	case 13:
		read_certificate_request(o, c);
		break;
	case 15:
		read_signature(o, c, T_VERIFY_LEN);
		break;
	case 16:
		read_client_key_exchange(o, c);
		break;
	case 20:
		tls_heading(o, T_VERIFY_DATA, c->off, ni_left(c), NULL);
		ni_skip(c, ni_left(c));
		break;
	case 22:
		read_status(o, c);
		break;
	default:
		ni_skip(c, ni_left(c));
	}
	tls_end(o, c);
}
