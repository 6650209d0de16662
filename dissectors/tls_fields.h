/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of the TLS field table, and the names of TLS numbers. */
#ifndef NI_TLS_FIELDS_H
#define NI_TLS_FIELDS_H

#include "netinspect/field.h"

enum {
	T_RECORD,
	T_CONTENT_TYPE,
	T_OPAQUE_TYPE,
	T_RECORD_VERSION,
	T_RECORD_LENGTH,
	T_APP_DATA,
	T_CHANGE_CIPHER_SPEC,
	T_ALERT,
	T_ALERT_LEVEL,
	T_ALERT_DESC,
	T_HEARTBEAT,
	T_HANDSHAKE,
	T_TYPE,
	T_LENGTH,
	T_VERSION,
	T_RANDOM,
	T_RANDOM_TIME,
	T_RANDOM_BYTES,
	T_SESSION_ID_LEN,
	T_SESSION_ID,
	T_SUITES_LEN,
	T_SUITES,
	T_SUITE,
	T_COMPRESSIONS_LEN,
	T_COMPRESSIONS,
	T_COMPRESSION,
	T_EXTENSIONS_LEN,
	T_EXTENSION,
	T_EXT_TYPE,
	T_EXT_LEN,
	T_EXT_DATA,
	T_SNI_LIST_LEN,
	T_SNI_TYPE,
	T_SNI_LEN,
	T_SNI,
	T_MAX_FRAGMENT,
	T_STATUS_TYPE,
	T_STATUS_IDS_LEN,
	T_STATUS_EXTS_LEN,
	T_GROUPS_LEN,
	T_GROUPS,
	T_GROUP,
	T_FORMATS_LEN,
	T_FORMATS,
	T_FORMAT,
	T_SIG_ALGS_LEN,
	T_SIG_ALGS,
	T_SIG_ALG,
	T_SIG_HASH,
	T_SIG_SIG,
	T_ALPN_LEN,
	T_ALPN_LIST,
	T_ALPN_STR_LEN,
	T_ALPN_STR,
	T_PADDING,
	T_SCT_LEN,
	T_COMPRESS_CERT_LEN,
	T_COMPRESS_CERT,
	T_RECORD_LIMIT,
	T_PSK_IDS_LEN,
	T_PSK_ID_LEN,
	T_PSK_ID,
	T_PSK_AGE,
	T_PSK_BINDERS_LEN,
	T_PSK_BINDERS,
	T_PSK_SELECTED,
	T_EARLY_DATA_MAX,
	T_VERSIONS_LEN,
	T_VERSION_OFFERED,
	T_COOKIE_LEN,
	T_COOKIE,
	T_PSK_MODES_LEN,
	T_PSK_MODE,
	T_SHARE_LEN,
	T_SHARE_GROUP,
	T_SHARE_KEY_LEN,
	T_SHARE_KEY,
	T_SHARE_SELECTED,
	T_RENEG_LEN,
	T_RENEG,
	T_CERTS_LEN,
	T_CERTS,
	T_CERT_LEN,
	T_CERT,
	T_X_VERSION,
	T_X_SERIAL,
	T_X_ALGORITHM,
	T_X_ISSUER,
	T_X_NOT_BEFORE,
	T_X_NOT_AFTER,
	T_X_UTC,
	T_X_GENERALIZED,
	T_X_SUBJECT,
	T_X_OID,
	T_X_COUNTRY,
	T_X_UTF8,
	T_X_PRINTABLE,
	T_X_TELETEX,
	T_X_BMP,
	T_X_UNIVERSAL,
	T_X_IA5,
	T_X_EXTENSION,
	T_X_DNS,
	T_X_MAIL,
	T_X_URI,
	T_X_IP4,
	T_X_IP6,
	T_CERT_TYPES_COUNT,
	T_CERT_TYPES,
	T_CERT_TYPE,
	T_DNAMES_LEN,
	T_DNAMES,
	T_DNAME_LEN,
	T_DNAME,
	T_CURVE_TYPE,
	T_CURVE,
	T_SERVER_POINT_LEN,
	T_SERVER_POINT,
	T_P_LEN,
	T_P,
	T_G_LEN,
	T_G,
	T_YS_LEN,
	T_YS,
	T_YC_LEN,
	T_YC,
	T_CLIENT_POINT_LEN,
	T_CLIENT_POINT,
	T_EPMS_LEN,
	T_EPMS,
	T_HINT_LEN,
	T_HINT,
	T_IDENTITY_LEN,
	T_IDENTITY,
	T_SIG_LEN,
	T_SIG,
	T_VERIFY_LEN,
	T_VERIFY,
	T_TICKET_LIFETIME,
	T_TICKET_LEN,
	T_TICKET,
	T_OCSP_LEN,
	T_VERIFY_DATA,
};

extern const struct ni_field tls_fields[];

/* Values that clients send so that servers get used to unknown ones (RFC 8701). */
#define TLS_GREASE                                                                                 \
	{0x0a0a, 0x0a0a, "Reserved (GREASE)"}, {0x1a1a, 0x1a1a, "Reserved (GREASE)"},              \
	    {0x2a2a, 0x2a2a, "Reserved (GREASE)"}, {0x3a3a, 0x3a3a, "Reserved (GREASE)"},          \
	    {0x4a4a, 0x4a4a, "Reserved (GREASE)"}, {0x5a5a, 0x5a5a, "Reserved (GREASE)"},          \
	    {0x6a6a, 0x6a6a, "Reserved (GREASE)"}, {0x7a7a, 0x7a7a, "Reserved (GREASE)"},          \
	    {0x8a8a, 0x8a8a, "Reserved (GREASE)"}, {0x9a9a, 0x9a9a, "Reserved (GREASE)"},          \
	    {0xaaaa, 0xaaaa, "Reserved (GREASE)"}, {0xbaba, 0xbaba, "Reserved (GREASE)"},          \
	    {0xcaca, 0xcaca, "Reserved (GREASE)"}, {0xdada, 0xdada, "Reserved (GREASE)"},          \
	    {0xeaea, 0xeaea, "Reserved (GREASE)"},                                                 \
	{                                                                                          \
		0xfafa, 0xfafa, "Reserved (GREASE)"                                                \
	}

/* tls_labels.c, tls_suites.c */
extern const struct ni_label tls_l_alert_levels[];
extern const struct ni_label tls_l_alerts[];
extern const struct ni_label tls_l_cert_compressions[];
extern const struct ni_label tls_l_cert_types[];
extern const struct ni_label tls_l_compressions[];
extern const struct ni_label tls_l_contents[];
extern const struct ni_label tls_l_curve_types[];
extern const struct ni_label tls_l_extensions[];
extern const struct ni_label tls_l_fragments[];
extern const struct ni_label tls_l_groups[];
extern const struct ni_label tls_l_handshakes[];
extern const struct ni_label tls_l_hashes[];
extern const struct ni_label tls_l_name_types[];
extern const struct ni_label tls_l_point_formats[];
extern const struct ni_label tls_l_psk_modes[];
extern const struct ni_label tls_l_sig_kinds[];
extern const struct ni_label tls_l_signatures[];
extern const struct ni_label tls_l_status_types[];
extern const struct ni_label tls_l_suites[];
extern const struct ni_label tls_l_times[];
extern const struct ni_label tls_l_versions[];
extern const struct ni_label tls_l_x509_versions[];

#endif
