/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of TLS numbers, from IANA's "TLS Parameters" and "TLS Extensions". */
#include <stddef.h>

#include "tls_fields.h"

/* clang-format off */
const struct ni_label tls_l_alert_levels[] = {
	{1, 1, "Warning"},
	{2, 2, "Fatal"},
	{0, 0, NULL},
};

const struct ni_label tls_l_alerts[] = {
	{0, 0, "Close Notify"},
	{10, 10, "Unexpected Message"},
	{20, 20, "Bad Record MAC"},
	{21, 21, "Decryption Failed"},
	{22, 22, "Record Overflow"},
	{30, 30, "Decompression Failure"},
	{40, 40, "Handshake Failure"},
	{41, 41, "No Certificate"},
	{42, 42, "Bad Certificate"},
	{43, 43, "Unsupported Certificate"},
	{44, 44, "Certificate Revoked"},
	{45, 45, "Certificate Expired"},
	{46, 46, "Certificate Unknown"},
	{47, 47, "Illegal Parameter"},
	{48, 48, "Unknown CA"},
	{49, 49, "Access Denied"},
	{50, 50, "Decode Error"},
	{51, 51, "Decrypt Error"},
	{60, 60, "Export Restriction"},
	{70, 70, "Protocol Version"},
	{71, 71, "Insufficient Security"},
	{80, 80, "Internal Error"},
	{86, 86, "Inappropriate Fallback"},
	{90, 90, "User Canceled"},
	{100, 100, "No Renegotiation"},
	{109, 109, "Missing Extension"},
	{110, 110, "Unsupported Extension"},
	{111, 111, "Certificate Unobtainable"},
	{112, 112, "Unrecognized Name"},
	{113, 113, "Bad Certificate Status Response"},
	{114, 114, "Bad Certificate Hash Value"},
	{115, 115, "Unknown PSK Identity"},
	{116, 116, "Certificate Required"},
	{120, 120, "No application Protocol"},
	{121, 121, "ECH Required"},
	{0, 0, NULL},
};

const struct ni_label tls_l_cert_compressions[] = {
	{1, 1, "zlib"},
	{2, 2, "brotli"},
	{3, 3, "zstd"},
	{0, 0, NULL},
};

const struct ni_label tls_l_cert_types[] = {
	{1, 1, "RSA Sign"},
	{2, 2, "DSS Sign"},
	{3, 3, "RSA Fixed DH"},
	{4, 4, "DSS Fixed DH"},
	{20, 20, "Fortezza DMS"},
	{64, 64, "ECDSA Sign"},
	{65, 65, "RSA Fixed ECDH"},
	{66, 66, "ECDSA Fixed ECDH"},
	{67, 67, "GOST 256 Sign"},
	{68, 68, "GOST 512 Sign"},
	{0, 0, NULL},
};

const struct ni_label tls_l_compressions[] = {
	{0, 0, "null"},
	{1, 1, "DEFLATE"},
	{64, 64, "LZS"},
	{0, 0, NULL},
};

const struct ni_label tls_l_contents[] = {
	{20, 20, "Change Cipher Spec"},
	{21, 21, "Alert"},
	{22, 22, "Handshake"},
	{23, 23, "Application Data"},
	{24, 24, "Heartbeat"},
	{25, 25, "Connection ID"},
	{0, 0, NULL},
};

const struct ni_label tls_l_curve_types[] = {
	{1, 1, "explicit_prime"},
	{2, 2, "explicit_char2"},
	{3, 3, "named_curve"},
	{0, 0, NULL},
};

const struct ni_label tls_l_extensions[] = {
	{0, 0, "server_name"},
	{1, 1, "max_fragment_length"},
	{2, 2, "client_certificate_url"},
	{3, 3, "trusted_ca_keys"},
	{4, 4, "truncated_hmac"},
	{5, 5, "status_request"},
	{6, 6, "user_mapping"},
	{7, 7, "client_authz"},
	{8, 8, "server_authz"},
	{9, 9, "cert_type"},
	{10, 10, "supported_groups"},
	{11, 11, "ec_point_formats"},
	{12, 12, "srp"},
	{13, 13, "signature_algorithms"},
	{14, 14, "use_srtp"},
	{15, 15, "heartbeat"},
	{16, 16, "application_layer_protocol_negotiation"},
	{17, 17, "status_request_v2"},
	{18, 18, "signed_certificate_timestamp"},
	{19, 19, "client_certificate_type"},
	{20, 20, "server_certificate_type"},
	{21, 21, "padding"},
	{22, 22, "encrypt_then_mac"},
	{23, 23, "extended_master_secret"},
	{24, 24, "token_binding"},
	{25, 25, "cached_info"},
	{27, 27, "compress_certificate"},
	{28, 28, "record_size_limit"},
	{34, 34, "delegated_credential"},
	{35, 35, "session_ticket"},
	{41, 41, "pre_shared_key"},
	{42, 42, "early_data"},
	{43, 43, "supported_versions"},
	{44, 44, "cookie"},
	{45, 45, "psk_key_exchange_modes"},
	{47, 47, "certificate_authorities"},
	{48, 48, "oid_filters"},
	{49, 49, "post_handshake_auth"},
	{50, 50, "signature_algorithms_cert"},
	{51, 51, "key_share"},
	{52, 52, "transparency_info"},
	{54, 54, "connection_id"},
	{55, 55, "external_id_hash"},
	{56, 56, "external_session_id"},
	{57, 57, "quic_transport_parameters"},
	{58, 58, "ticket_request"},
	{59, 59, "dnssec_chain"},
	{13172, 13172, "next_protocol_negotiation"},
	{17513, 17513, "application_settings"},
	{17613, 17613, "application_settings (new)"},
	{30032, 30032, "channel_id"},
	{65037, 65037, "encrypted_client_hello"},
	{65281, 65281, "renegotiation_info"},
	TLS_GREASE,
	{0, 0, NULL},
};

const struct ni_label tls_l_fragments[] = {
	{1, 1, "512"},
	{2, 2, "1024"},
	{3, 3, "2048"},
	{4, 4, "4096"},
	{0, 0, NULL},
};

const struct ni_label tls_l_groups[] = {
	{0x0001, 0x0001, "sect163k1"},
	{0x0002, 0x0002, "sect163r1"},
	{0x0003, 0x0003, "sect163r2"},
	{0x0004, 0x0004, "sect193r1"},
	{0x0005, 0x0005, "sect193r2"},
	{0x0006, 0x0006, "sect233k1"},
	{0x0007, 0x0007, "sect233r1"},
	{0x0008, 0x0008, "sect239k1"},
	{0x0009, 0x0009, "sect283k1"},
	{0x000a, 0x000a, "sect283r1"},
	{0x000b, 0x000b, "sect409k1"},
	{0x000c, 0x000c, "sect409r1"},
	{0x000d, 0x000d, "sect571k1"},
	{0x000e, 0x000e, "sect571r1"},
	{0x000f, 0x000f, "secp160k1"},
	{0x0010, 0x0010, "secp160r1"},
	{0x0011, 0x0011, "secp160r2"},
	{0x0012, 0x0012, "secp192k1"},
	{0x0013, 0x0013, "secp192r1"},
	{0x0014, 0x0014, "secp224k1"},
	{0x0015, 0x0015, "secp224r1"},
	{0x0016, 0x0016, "secp256k1"},
	{0x0017, 0x0017, "secp256r1"},
	{0x0018, 0x0018, "secp384r1"},
	{0x0019, 0x0019, "secp521r1"},
	{0x001a, 0x001a, "brainpoolP256r1"},
	{0x001b, 0x001b, "brainpoolP384r1"},
	{0x001c, 0x001c, "brainpoolP512r1"},
	{0x001d, 0x001d, "x25519"},
	{0x001e, 0x001e, "x448"},
	{0x001f, 0x001f, "brainpoolP256r1tls13"},
	{0x0020, 0x0020, "brainpoolP384r1tls13"},
	{0x0021, 0x0021, "brainpoolP512r1tls13"},
	{0x0022, 0x0022, "GC256A"},
	{0x0023, 0x0023, "GC256B"},
	{0x0024, 0x0024, "GC256C"},
	{0x0025, 0x0025, "GC256D"},
	{0x0026, 0x0026, "GC512A"},
	{0x0027, 0x0027, "GC512B"},
	{0x0028, 0x0028, "GC512C"},
	{0x0029, 0x0029, "curveSM2"},
	{0x0100, 0x0100, "ffdhe2048"},
	{0x0101, 0x0101, "ffdhe3072"},
	{0x0102, 0x0102, "ffdhe4096"},
	{0x0103, 0x0103, "ffdhe6144"},
	{0x0104, 0x0104, "ffdhe8192"},
	{0x0200, 0x0200, "MLKEM512"},
	{0x0201, 0x0201, "MLKEM768"},
	{0x0202, 0x0202, "MLKEM1024"},
	{0x11eb, 0x11eb, "SecP256r1MLKEM768"},
	{0x11ec, 0x11ec, "X25519MLKEM768"},
	{0x11ed, 0x11ed, "SecP384r1MLKEM1024"},
	{0x6399, 0x6399, "X25519Kyber768Draft00"},
	{0xff01, 0xff01, "arbitrary_explicit_prime_curves"},
	{0xff02, 0xff02, "arbitrary_explicit_char2_curves"},
	TLS_GREASE,
	{0, 0, NULL},
};

const struct ni_label tls_l_handshakes[] = {
	{0, 0, "Hello Request"},
	{1, 1, "Client Hello"},
	{2, 2, "Server Hello"},
	{3, 3, "Hello Verify Request"},
	{4, 4, "New Session Ticket"},
	{5, 5, "End of Early Data"},
	{6, 6, "Hello Retry Request"},
	{8, 8, "Encrypted Extensions"},
	{11, 11, "Certificate"},
	{12, 12, "Server Key Exchange"},
	{13, 13, "Certificate Request"},
	{14, 14, "Server Hello Done"},
	{15, 15, "Certificate Verify"},
	{16, 16, "Client Key Exchange"},
	{20, 20, "Finished"},
	{21, 21, "Client Certificate URL"},
	{22, 22, "Certificate Status"},
	{23, 23, "Supplemental Data"},
	{24, 24, "Key Update"},
	{25, 25, "Compressed Certificate"},
	{67, 67, "Next Protocol"},
	{0, 0, NULL},
};

const struct ni_label tls_l_hashes[] = {
	{0, 0, "None"},
	{1, 1, "MD5"},
	{2, 2, "SHA1"},
	{3, 3, "SHA224"},
	{4, 4, "SHA256"},
	{5, 5, "SHA384"},
	{6, 6, "SHA512"},
	{7, 7, "SM3"},
	{8, 8, "Intrinsic"},
	{0, 0, NULL},
};

const struct ni_label tls_l_name_types[] = {
	{0, 0, "host_name"},
	{0, 0, NULL},
};

const struct ni_label tls_l_point_formats[] = {
	{0, 0, "uncompressed"},
	{1, 1, "ansiX962_compressed_prime"},
	{2, 2, "ansiX962_compressed_char2"},
	{0, 0, NULL},
};

const struct ni_label tls_l_psk_modes[] = {
	{0, 0, "PSK alone (psk_ke)"},
	{1, 1, "PSK with (EC)DHE (psk_dhe_ke)"},
	{0, 0, NULL},
};

const struct ni_label tls_l_sig_kinds[] = {
	{0, 0, "Anonymous"},
	{1, 1, "RSA"},
	{2, 2, "DSA"},
	{3, 3, "ECDSA"},
	{0, 0, NULL},
};

const struct ni_label tls_l_signatures[] = {
	{0x0201, 0x0201, "rsa_pkcs1_sha1"},
	{0x0203, 0x0203, "ecdsa_sha1"},
	{0x0401, 0x0401, "rsa_pkcs1_sha256"},
	{0x0403, 0x0403, "ecdsa_secp256r1_sha256"},
	{0x0501, 0x0501, "rsa_pkcs1_sha384"},
	{0x0503, 0x0503, "ecdsa_secp384r1_sha384"},
	{0x0601, 0x0601, "rsa_pkcs1_sha512"},
	{0x0603, 0x0603, "ecdsa_secp521r1_sha512"},
	{0x0708, 0x0708, "sm2sig_sm3"},
	{0x0804, 0x0804, "rsa_pss_rsae_sha256"},
	{0x0805, 0x0805, "rsa_pss_rsae_sha384"},
	{0x0806, 0x0806, "rsa_pss_rsae_sha512"},
	{0x0807, 0x0807, "ed25519"},
	{0x0808, 0x0808, "ed448"},
	{0x0809, 0x0809, "rsa_pss_pss_sha256"},
	{0x080a, 0x080a, "rsa_pss_pss_sha384"},
	{0x080b, 0x080b, "rsa_pss_pss_sha512"},
	{0x081a, 0x081a, "ecdsa_brainpoolP256r1tls13_sha256"},
	{0x081b, 0x081b, "ecdsa_brainpoolP384r1tls13_sha384"},
	{0x081c, 0x081c, "ecdsa_brainpoolP512r1tls13_sha512"},
	TLS_GREASE,
	{0, 0, NULL},
};

const struct ni_label tls_l_status_types[] = {
	{1, 1, "OCSP"},
	{2, 2, "OCSP multi"},
	{0, 0, NULL},
};

const struct ni_label tls_l_times[] = {
	{0, 0, "utcTime"},
	{1, 1, "generalizedTime"},
	{0, 0, NULL},
};

const struct ni_label tls_l_versions[] = {
	{0x0002, 0x0002, "SSL 2.0"},
	{0x0300, 0x0300, "SSL 3.0"},
	{0x0301, 0x0301, "TLS 1.0"},
	{0x0302, 0x0302, "TLS 1.1"},
	{0x0303, 0x0303, "TLS 1.2"},
	{0x0304, 0x0304, "TLS 1.3"},
	{0x7f17, 0x7f17, "TLS 1.3 (draft 23)"},
	{0x7f1a, 0x7f1a, "TLS 1.3 (draft 26)"},
	{0x7f1b, 0x7f1b, "TLS 1.3 (draft 27)"},
	{0x7f1c, 0x7f1c, "TLS 1.3 (draft 28)"},
	TLS_GREASE,
	{0, 0, NULL},
};

const struct ni_label tls_l_x509_versions[] = {
	{0, 0, "v1"},
	{1, 1, "v2"},
	{2, 2, "v3"},
	{0, 0, NULL},
};
/* clang-format on */
