/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Extensions of hello messages: RFC 8446 4.2, RFC 6066, and the RFCs that the rows of fields name
 *
 * OFFSET SIZE FIELD
 *      0    2 type
 *      2    2 length
 *      4    n what the type says; often other things in a request than in its answer
 *
 * Not decoded: extensions without a row, which show as bytes under their name.
 */
#include <stdio.h>

#include "tls.h"
#include "tls_fields.h"

typedef void read_fn(struct tls_out *o, struct ni_cur *c, uint8_t type);

/* A heading over all that is left. */
static void
heading(struct tls_out *o, const struct ni_cur *c, unsigned f)
{
	if (c->rc == NI_OK)
		tls_heading(o, f, c->off, ni_left(c), NULL);
}

static void
read_server_name(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	if (!ni_more(c))
		return;
	struct ni_cur list = tls_vector(o, c, T_SNI_LIST_LEN, 2);
	while (ni_more(&list)) {
		tls_uint(o, &list, T_SNI_TYPE, 1);
		tls_counted(o, &list, T_SNI_LEN, 2);
	}
	tls_end(o, &list);
}

static void
read_max_fragment(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	tls_uint(o, c, T_MAX_FRAGMENT, 1);
}

static void
read_status_request(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	if (type != TLS_CLIENT_HELLO || !ni_more(c))
		return;
	tls_deeper(o, 1);
	uint32_t kind = tls_uint(o, c, T_STATUS_TYPE, 1);
	tls_deeper(o, -1);
	if (kind != 1) {
		tls_rest(o, c, T_EXT_DATA);
		return;
	}
	struct ni_cur ids = tls_vector(o, c, T_STATUS_IDS_LEN, 2);
	struct ni_cur exts = tls_vector(o, c, T_STATUS_EXTS_LEN, 2);
	(void)ids;
	(void)exts;
}

static void
read_groups(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	struct ni_cur list = tls_vector(o, c, T_GROUPS_LEN, 2);
	heading(o, &list, T_GROUPS);
	while (ni_more(&list))
		tls_uint(o, &list, T_GROUP, 2);
	tls_end(o, &list);
}

static void
read_formats(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	struct ni_cur list = tls_vector(o, c, T_FORMATS_LEN, 1);
	heading(o, &list, T_FORMATS);
	while (ni_more(&list))
		tls_uint(o, &list, T_FORMAT, 1);
	tls_end(o, &list);
}

void
tls_signature(struct tls_out *o, struct ni_cur *c)
{
	uint32_t v = tls_uint(o, c, T_SIG_ALG, 2);
	if (c->rc != NI_OK)
		return;
	tls_put(o, T_SIG_HASH, c->off - 2, 1, v >> 8);
	tls_put(o, T_SIG_SIG, c->off - 1, 1, v & 0xff);
}

void
tls_signatures(struct tls_out *o, struct ni_cur *c)
{
	struct ni_cur list = tls_vector(o, c, T_SIG_ALGS_LEN, 2);
	heading(o, &list, T_SIG_ALGS);
	tls_deeper(o, 1);
	while (ni_more(&list))
		tls_signature(o, &list);
	tls_deeper(o, -1);
	tls_end(o, &list);
}

static void
read_signatures(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	tls_deeper(o, 1);
	tls_signatures(o, c);
	tls_deeper(o, -1);
}

static void
read_alpn(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	struct ni_cur list = tls_vector(o, c, T_ALPN_LEN, 2);
	heading(o, &list, T_ALPN_LIST);
	while (ni_more(&list))
		tls_counted(o, &list, T_ALPN_STR_LEN, 1);
	tls_end(o, &list);
}

static void
read_sct(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	if (type == TLS_CLIENT_HELLO)
		return;
	tls_vector(o, c, T_SCT_LEN, 2);
}

static void
read_padding(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	tls_rest(o, c, T_PADDING);
}

static void
read_compress_certificate(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	struct ni_cur list = tls_vector(o, c, T_COMPRESS_CERT_LEN, 1);
	while (ni_more(&list))
		tls_uint(o, &list, T_COMPRESS_CERT, 2);
	tls_end(o, &list);
}

static void
read_record_limit(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	tls_uint(o, c, T_RECORD_LIMIT, 2);
}

static void
read_data(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	tls_rest(o, c, T_EXT_DATA);
}

static void
read_nothing(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)o;
	(void)c;
	(void)type;
}

static void
read_pre_shared_key(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	if (type != TLS_CLIENT_HELLO) {
		tls_uint(o, c, T_PSK_SELECTED, 2);
		return;
	}
	struct ni_cur ids = tls_vector(o, c, T_PSK_IDS_LEN, 2);
	while (ni_more(&ids)) {
		tls_counted(o, &ids, T_PSK_ID_LEN, 2);
		tls_uint(o, &ids, T_PSK_AGE, 4);
	}
	tls_end(o, &ids);
	struct ni_cur binders = tls_vector(o, c, T_PSK_BINDERS_LEN, 2);
	heading(o, &binders, T_PSK_BINDERS);
}

static void
read_early_data(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	if (ni_more(c))
		tls_uint(o, c, T_EARLY_DATA_MAX, 4);
}

static void
read_versions(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	if (type != TLS_CLIENT_HELLO) {
		tls_uint(o, c, T_VERSION_OFFERED, 2);
		return;
	}
	struct ni_cur list = tls_vector(o, c, T_VERSIONS_LEN, 1);
	while (ni_more(&list))
		tls_uint(o, &list, T_VERSION_OFFERED, 2);
	tls_end(o, &list);
}

static void
read_cookie(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	tls_counted(o, c, T_COOKIE_LEN, 2);
}

static void
read_psk_modes(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	struct ni_cur list = tls_vector(o, c, T_PSK_MODES_LEN, 1);
	while (ni_more(&list))
		tls_uint(o, &list, T_PSK_MODE, 1);
	tls_end(o, &list);
}

static void
read_share(struct tls_out *o, struct ni_cur *c)
{
	tls_uint(o, c, T_SHARE_GROUP, 2);
	tls_counted(o, c, T_SHARE_KEY_LEN, 2);
}

static void
read_key_share(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	if (type == TLS_HELLO_RETRY_REQUEST) {
		tls_uint(o, c, T_SHARE_SELECTED, 2);
		return;
	}
	if (type == TLS_SERVER_HELLO) {
		read_share(o, c);
		return;
	}
	struct ni_cur list = tls_vector(o, c, T_SHARE_LEN, 2);
	while (ni_more(&list))
		read_share(o, &list);
	tls_end(o, &list);
}

static void
read_renegotiation(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	(void)type;
	tls_counted(o, c, T_RENEG_LEN, 1);
}

static const struct {
	uint16_t type;
	read_fn *read;
} readers[] = {
    {0, read_server_name},
    {1, read_max_fragment},
    {5, read_status_request},
    {10, read_groups},
    {11, read_formats},
    {13, read_signatures},
    {16, read_alpn},
    {18, read_sct},
    {21, read_padding},
    {22, read_nothing}, /* encrypt_then_mac */
    {23, read_nothing}, /* extended_master_secret */
    {27, read_compress_certificate},
    {28, read_record_limit},
    {41, read_pre_shared_key},
    {42, read_early_data},
    {TLS_EXT_SUPPORTED_VERSIONS, read_versions},
    {44, read_cookie},
    {45, read_psk_modes},
    {49, read_nothing}, /* post_handshake_auth */
    {50, read_signatures},
    {51, read_key_share},
    {65281, read_renegotiation},
};

static read_fn *
reader_of(uint32_t type)
{
	for (unsigned i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (readers[i].type == type)
			return readers[i].read;
	return read_data;
}

void
tls_extensions(struct tls_out *o, struct ni_cur *c, uint8_t type)
{
	while (ni_more(c)) {
		struct ni_cur ahead = *c;
		char text[80];
		uint16_t code = ni_take16(&ahead);
		uint16_t n = ni_take16(&ahead);
		const char *name = ni_label_find(tls_l_extensions, code);
		if (ahead.rc == NI_OK) {
			snprintf(text, sizeof(text), "%s (len=%u)", name ? name : "unknown", n);
			tls_heading(o, T_EXTENSION, c->off, 4U + n, text);
		}
		tls_uint(o, c, T_EXT_TYPE, 2);
		struct ni_cur data = tls_vector(o, c, T_EXT_LEN, 2);
		reader_of(code)(o, &data, type);
		tls_end(o, &data);
	}
	tls_end(o, c);
}
