/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of DNS numbers, from IANA's "Domain Name System (DNS) Parameters" and its sisters. */
#include <stddef.h>

#include "dns_fields.h"

/* clang-format off */
const struct ni_label dns_l_types[] = {
	{0, 0, "Unused"},
	{1, 1, "A"},
	{2, 2, "NS"},
	{3, 3, "MD"},
	{4, 4, "MF"},
	{5, 5, "CNAME"},
	{6, 6, "SOA"},
	{7, 7, "MB"},
	{8, 8, "MG"},
	{9, 9, "MR"},
	{10, 10, "NULL"},
	{11, 11, "WKS"},
	{12, 12, "PTR"},
	{13, 13, "HINFO"},
	{14, 14, "MINFO"},
	{15, 15, "MX"},
	{16, 16, "TXT"},
	{17, 17, "RP"},
	{18, 18, "AFSDB"},
	{19, 19, "X25"},
	{20, 20, "ISDN"},
	{21, 21, "RT"},
	{22, 22, "NSAP"},
	{23, 23, "NSAP-PTR"},
	{24, 24, "SIG"},
	{25, 25, "KEY"},
	{26, 26, "PX"},
	{27, 27, "GPOS"},
	{28, 28, "AAAA"},
	{29, 29, "LOC"},
	{30, 30, "NXT"},
	{31, 31, "EID"},
	{32, 32, "NIMLOC"},
	{33, 33, "SRV"},
	{34, 34, "ATMA"},
	{35, 35, "NAPTR"},
	{36, 36, "KX"},
	{37, 37, "CERT"},
	{38, 38, "A6"},
	{39, 39, "DNAME"},
	{40, 40, "SINK"},
	{41, 41, "OPT"},
	{42, 42, "APL"},
	{43, 43, "DS"},
	{44, 44, "SSHFP"},
	{45, 45, "IPSECKEY"},
	{46, 46, "RRSIG"},
	{47, 47, "NSEC"},
	{48, 48, "DNSKEY"},
	{49, 49, "DHCID"},
	{50, 50, "NSEC3"},
	{51, 51, "NSEC3PARAM"},
	{52, 52, "TLSA"},
	{53, 53, "SMIMEA"},
	{55, 55, "HIP"},
	{56, 56, "NINFO"},
	{57, 57, "RKEY"},
	{58, 58, "TALINK"},
	{59, 59, "CDS"},
	{60, 60, "CDNSKEY"},
	{61, 61, "OPENPGPKEY"},
	{62, 62, "CSYNC"},
	{63, 63, "ZONEMD"},
	{64, 64, "SVCB"},
	{65, 65, "HTTPS"},
	{99, 99, "SPF"},
	{100, 100, "UINFO"},
	{101, 101, "UID"},
	{102, 102, "GID"},
	{103, 103, "UNSPEC"},
	{104, 104, "NID"},
	{105, 105, "L32"},
	{106, 106, "L64"},
	{107, 107, "LP"},
	{108, 108, "EUI48"},
	{109, 109, "EUI64"},
	{249, 249, "TKEY"},
	{250, 250, "TSIG"},
	{251, 251, "IXFR"},
	{252, 252, "AXFR"},
	{253, 253, "MAILB"},
	{254, 254, "MAILA"},
	{255, 255, "ANY"},
	{256, 256, "URI"},
	{257, 257, "CAA"},
	{258, 258, "AVC"},
	{259, 259, "DOA"},
	{260, 260, "AMTRELAY"},
	{261, 261, "RESINFO"},
	{262, 262, "WALLET"},
	{32768, 32768, "TA"},
	{32769, 32769, "DLV"},
	{65281, 65281, "WINS"},
	{65282, 65282, "WINS-R"},
	{0, 0, NULL},
};

const struct ni_label dns_l_classes[] = {
	{1, 1, "IN"},
	{2, 2, "CS"},
	{3, 3, "CH"},
	{4, 4, "HS"},
	{254, 254, "NONE"},
	{255, 255, "ANY"},
	{0, 0, NULL},
};

const struct ni_label dns_l_response[] = {
	{0, 0, "This is a query"},
	{1, 1, "This is a response"},
	{0, 0, NULL},
};

const struct ni_label dns_l_opcodes[] = {
	{0, 0, "Standard query"},
	{1, 1, "Inverse query"},
	{2, 2, "Server status request"},
	{4, 4, "Zone change notification"},
	{5, 5, "Dynamic update"},
	{6, 6, "DNS Stateful operations (DSO)"},
	{0, 0, NULL},
};

const struct ni_label dns_l_rcodes[] = {
	{0, 0, "No error"},
	{1, 1, "Format error"},
	{2, 2, "Server failure"},
	{3, 3, "No such name"},
	{4, 4, "Not implemented"},
	{5, 5, "Refused"},
	{6, 6, "Name exists"},
	{7, 7, "RRset exists"},
	{8, 8, "RRset does not exist"},
	{9, 9, "Not authoritative"},
	{10, 10, "Name out of zone"},
	{11, 11, "DSO-Type not implemented"},
	{16, 16, "Bad EDNS version or signature"},
	{17, 17, "Key not recognized"},
	{18, 18, "Signature out of time window"},
	{19, 19, "Bad TKEY mode"},
	{20, 20, "Duplicate key name"},
	{21, 21, "Algorithm not supported"},
	{22, 22, "Bad truncation"},
	{23, 23, "Bad or missing server cookie"},
	{0, 0, NULL},
};

const struct ni_label dns_l_do[] = {
	{0, 0, "DNSSEC records not wanted"},
	{1, 1, "DNSSEC records wanted"},
	{0, 0, NULL},
};

const struct ni_label dns_l_algorithms[] = {
	{1, 1, "RSA/MD5"},
	{2, 2, "Diffie-Hellman"},
	{3, 3, "DSA/SHA-1"},
	{5, 5, "RSA/SHA-1"},
	{6, 6, "DSA-NSEC3-SHA1"},
	{7, 7, "RSASHA1-NSEC3-SHA1"},
	{8, 8, "RSA/SHA-256"},
	{10, 10, "RSA/SHA-512"},
	{12, 12, "GOST R 34.10-2001"},
	{13, 13, "ECDSA P-256 with SHA-256"},
	{14, 14, "ECDSA P-384 with SHA-384"},
	{15, 15, "Ed25519"},
	{16, 16, "Ed448"},
	{157, 157, "HMAC/MD5"},
	{252, 252, "Indirect key"},
	{253, 253, "Private, named by a domain"},
	{254, 254, "Private, named by an OID"},
	{0, 0, NULL},
};

const struct ni_label dns_l_digests[] = {
	{1, 1, "SHA-1"},
	{2, 2, "SHA-256"},
	{3, 3, "GOST R 34.11-94"},
	{4, 4, "SHA-384"},
	{0, 0, NULL},
};

const struct ni_label dns_l_nsec3_hashes[] = {
	{1, 1, "SHA-1"},
	{0, 0, NULL},
};

const struct ni_label dns_l_sshfp[] = {
	{1, 1, "RSA"},
	{2, 2, "DSA"},
	{3, 3, "ECDSA"},
	{4, 4, "Ed25519"},
	{6, 6, "Ed448"},
	{0, 0, NULL},
};

const struct ni_label dns_l_sshfp_hashes[] = {
	{1, 1, "SHA-1"},
	{2, 2, "SHA-256"},
	{0, 0, NULL},
};

const struct ni_label dns_l_cert_types[] = {
	{1, 1, "PKIX"},
	{2, 2, "SPKI"},
	{3, 3, "PGP"},
	{4, 4, "IPKIX"},
	{5, 5, "ISPKI"},
	{6, 6, "IPGP"},
	{7, 7, "ACPKIX"},
	{8, 8, "IACPKIX"},
	{253, 253, "URI private"},
	{254, 254, "OID private"},
	{0, 0, NULL},
};

const struct ni_label dns_l_options[] = {
	{1, 1, "Long-lived query (LLQ)"},
	{2, 2, "Update lease (UL)"},
	{3, 3, "Name server identifier (NSID)"},
	{4, 4, "Owner"},
	{5, 5, "DNSSEC algorithms understood (DAU)"},
	{6, 6, "DS hashes understood (DHU)"},
	{7, 7, "NSEC3 hashes understood (N3U)"},
	{8, 8, "Client subnet (ECS)"},
	{9, 9, "Expire"},
	{10, 10, "Cookie"},
	{11, 11, "TCP keepalive"},
	{12, 12, "Padding"},
	{13, 13, "Chain"},
	{14, 14, "Key tag"},
	{15, 15, "Extended DNS error"},
	{16, 16, "Client tag"},
	{17, 17, "Server tag"},
	{18, 18, "Report channel"},
	{19, 19, "Zone version"},
	{0, 0, NULL},
};

const struct ni_label dns_l_ede[] = {
	{0, 0, "Other error"},
	{1, 1, "Unsupported DNSKEY algorithm"},
	{2, 2, "Unsupported DS digest type"},
	{3, 3, "Stale answer"},
	{4, 4, "Forged answer"},
	{5, 5, "DNSSEC indeterminate"},
	{6, 6, "DNSSEC bogus"},
	{7, 7, "Signature expired"},
	{8, 8, "Signature not yet valid"},
	{9, 9, "DNSKEY missing"},
	{10, 10, "RRSIGs missing"},
	{11, 11, "No zone key bit set"},
	{12, 12, "NSEC missing"},
	{13, 13, "Cached error"},
	{14, 14, "Not ready"},
	{15, 15, "Blocked"},
	{16, 16, "Censored"},
	{17, 17, "Filtered"},
	{18, 18, "Prohibited"},
	{19, 19, "Stale NXDOMAIN answer"},
	{20, 20, "Not authoritative"},
	{21, 21, "Not supported"},
	{22, 22, "No reachable authority"},
	{23, 23, "Network error"},
	{24, 24, "Invalid data"},
	{25, 25, "Signature expired before valid"},
	{26, 26, "Too early"},
	{27, 27, "Unsupported NSEC3 iterations value"},
	{28, 28, "Unable to conform to policy"},
	{29, 29, "Synthesized"},
	{30, 30, "Invalid query type"},
	{0, 0, NULL},
};

const struct ni_label dns_l_families[] = {
	{1, 1, "IPv4"},
	{2, 2, "IPv6"},
	{0, 0, NULL},
};

const struct ni_label dns_l_gateways[] = {
	{0, 0, "None"},
	{1, 1, "IPv4"},
	{2, 2, "IPv6"},
	{3, 3, "Domain name"},
	{0, 0, NULL},
};

const struct ni_label dns_l_tlsa_usages[] = {
	{0, 0, "PKIX-TA: CA constraint"},
	{1, 1, "PKIX-EE: service certificate constraint"},
	{2, 2, "DANE-TA: trust anchor assertion"},
	{3, 3, "DANE-EE: domain-issued certificate"},
	{255, 255, "PrivCert"},
	{0, 0, NULL},
};

const struct ni_label dns_l_tlsa_selectors[] = {
	{0, 0, "Full certificate"},
	{1, 1, "SubjectPublicKeyInfo"},
	{0, 0, NULL},
};

const struct ni_label dns_l_tlsa_matching[] = {
	{0, 0, "No hash"},
	{1, 1, "SHA-256"},
	{2, 2, "SHA-512"},
	{0, 0, NULL},
};

const struct ni_label dns_l_svc_keys[] = {
	{0, 0, "mandatory"},
	{1, 1, "alpn"},
	{2, 2, "no-default-alpn"},
	{3, 3, "port"},
	{4, 4, "ipv4hint"},
	{5, 5, "ech"},
	{6, 6, "ipv6hint"},
	{7, 7, "dohpath"},
	{8, 8, "ohttp"},
	{32769, 32769, "odohconfig"},
	{0, 0, NULL},
};

const struct ni_label dns_l_tkey_modes[] = {
	{1, 1, "Server assignment"},
	{2, 2, "Diffie-Hellman exchange"},
	{3, 3, "GSS-API negotiation"},
	{4, 4, "Resolver assignment"},
	{5, 5, "Key deletion"},
	{0, 0, NULL},
};

const struct ni_label dns_l_dso[] = {
	{1, 1, "Keepalive"},
	{2, 2, "Retry delay"},
	{3, 3, "Encryption padding"},
	{0x40, 0x40, "Subscribe"},
	{0x41, 0x41, "Push"},
	{0x42, 0x42, "Unsubscribe"},
	{0x43, 0x43, "Reconfirm"},
	{0, 0, NULL},
};
/* clang-format on */
