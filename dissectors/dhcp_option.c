/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCP options: RFC 2132, and those that the rows of fields name. What an option holds stands in
 * one table; only what is no list of equal values has code of its own (dhcp_special.c).
 */
#include "dhcp.h"

enum kind {
	RAW, /* no row: shown as bytes */
	U8,
	U16,
	U32,
	I32,
	BOOL,
	IP4,
	STR,
	BYTES,
	U8S, /* lists from here on */
	U16S,
	IP4S,
	PAIRS,   /* of addresses: rows f and f + 1 */
	SPECIAL, /* as it is told by walk */
};

struct shape {
	uint8_t kind;
	uint16_t f;
	dhcp_option_fn *walk;
};

/* clang-format off */
static const struct shape shapes[256] = {
	[1] = {IP4, H_SUBNET_MASK},
	[2] = {I32, H_TIME_OFFSET},
	[3] = {IP4S, H_ROUTER},
	[4] = {IP4S, H_TIME_SERVER},
	[5] = {IP4S, H_NAME_SERVER},
	[6] = {IP4S, H_DOMAIN_NAME_SERVER},
	[7] = {IP4S, H_LOG_SERVER},
	[8] = {IP4S, H_QUOTES_SERVER},
	[9] = {IP4S, H_LPR_SERVER},
	[10] = {IP4S, H_IMPRESS_SERVER},
	[11] = {IP4S, H_RESOURCE_LOCATION_SERVER},
	[12] = {STR, H_HOSTNAME},
	[13] = {U16, H_BOOT_FILE_SIZE},
	[14] = {STR, H_MERIT_DUMP_FILE},
	[15] = {STR, H_DOMAIN_NAME},
	[16] = {IP4, H_SWAP_SERVER},
	[17] = {STR, H_ROOT_PATH},
	[18] = {STR, H_EXTENSION_PATH},
	[19] = {BOOL, H_IP_FORWARDING},
	[20] = {BOOL, H_NON_LOCAL_SOURCE_ROUTING},
	[21] = {PAIRS, H_POLICY_FILTER_IP},
	[22] = {U16, H_MAX_DATAGRAM_REASSEMBLY_SIZE},
	[23] = {U8, H_DEFAULT_IP_TTL},
	[24] = {U32, H_PATH_MTU_AGING_TIMEOUT},
	[25] = {U16S, H_PATH_MTU_PLATEAU_TABLE_ITEM},
	[26] = {U16, H_INTERFACE_MTU},
	[27] = {BOOL, H_ALL_SUBNETS_ARE_LOCAL},
	[28] = {IP4, H_BROADCAST_ADDRESS},
	[29] = {BOOL, H_PERFORM_MASK_DISCOVERY},
	[30] = {BOOL, H_MASK_SUPPLIER},
	[31] = {BOOL, H_PERFORM_ROUTER_DISCOVER},
	[32] = {IP4, H_ROUTER_SOLICITATION_ADDRESS},
	[33] = {PAIRS, H_STATIC_ROUTE_IP},
	[34] = {BOOL, H_TRAILER_ENCAPSULATION},
	[35] = {U32, H_ARP_CACHE_TIMEOUT},
	[36] = {BOOL, H_ETHERNET_ENCAPSULATION},
	[37] = {U8, H_TCP_DEFAULT_TTL},
	[38] = {U32, H_TCP_KEEPALIVE_INTERVAL},
	[39] = {BOOL, H_TCP_KEEPALIVE_GARBAGE},
	[40] = {STR, H_NIS_DOMAIN},
	[41] = {IP4S, H_NIS_SERVER},
	[42] = {IP4S, H_NTP_SERVER},
	[43] = {BYTES, H_VENDOR_VALUE},
	[44] = {IP4S, H_NETBIOS_OVER_TCPIP_NAME_SERVER},
	[45] = {IP4S, H_NETBIOS_OVER_TCPIP_DD_NAME_SERVER},
	[46] = {U8, H_NETBIOS_OVER_TCPIP_NODE_TYPE},
	[47] = {STR, H_NETBIOS_OVER_TCPIP_SCOPE},
	[48] = {IP4S, H_XWINDOWS_SYSTEM_FONT_SERVER},
	[49] = {IP4S, H_XWINDOWS_SYSTEM_DISPLAY_MANAGER},
	[50] = {IP4, H_REQUESTED_IP_ADDRESS},
	[51] = {U32, H_IP_ADDRESS_LEASE_TIME},
	[52] = {U8, H_OPTION_OVERLOAD},
	[53] = {U8, H_DHCP},
	[54] = {IP4, H_DHCP_SERVER_ID},
	[55] = {U8S, H_REQUEST_LIST_ITEM},
	[56] = {STR, H_MESSAGE},
	[57] = {U16, H_DHCP_MAX_MESSAGE_SIZE},
	[58] = {U32, H_RENEWAL_TIME_VALUE},
	[59] = {U32, H_REBINDING_TIME_VALUE},
	[60] = {STR, H_VENDOR_CLASS_ID},
	[64] = {STR, H_NIS_PLUS_DOMAIN},
	[65] = {IP4S, H_NIS_PLUS_SERVER},
	[66] = {STR, H_TFTP_SERVER_NAME},
	[67] = {STR, H_BOOTFILE_NAME},
	[68] = {IP4S, H_MOBILE_IP_HOME_AGENT},
	[69] = {IP4S, H_SMTP_SERVER},
	[70] = {IP4S, H_POP3_SERVER},
	[71] = {IP4S, H_NNTP_SERVER},
	[72] = {IP4S, H_DEFAULT_WWW_SERVER},
	[73] = {IP4S, H_DEFAULT_FINGER_SERVER},
	[74] = {IP4S, H_DEFAULT_IRC_SERVER},
	[75] = {IP4S, H_STREETTALK_SERVER},
	[76] = {IP4S, H_STREETTALK_DA_SERVER},
	[85] = {IP4S, H_NOVELL_DSS_IP},
	[86] = {STR, H_NOVELL_DS_TREE_NAME},
	[87] = {STR, H_NOVELL_DS_CONTEXT},
	[91] = {U32, H_CLIENT_LAST_TRANSACTION_TIME},
	[92] = {IP4S, H_ASSOCIATED_IP_OPTION},
	[93] = {U16S, H_CLIENT_SYSTEM_ARCHITECTURE},
	[100] = {STR, H_TZ_PCODE},
	[101] = {STR, H_TZ_TCODE},
	[112] = {IP4S, H_NETINFO_PARENT_SERVER_ADDRESS},
	[113] = {STR, H_NETINFO_PARENT_SERVER_TAG},
	[114] = {STR, H_CAPTIVE_PORTAL},
	[116] = {U8, H_DHCP_AUTO_CONFIGURATION},
	[118] = {IP4, H_SUBNET_SELECTION_OPTION},
	[136] = {IP4S, H_PANA_AGENT},
	[138] = {IP4S, H_CAPWAP_ACCESS_CONTROLLER},
	[142] = {IP4S, H_ANDSF_SERVER},
	[145] = {U8S, H_FORCERENEW_NONCE_ALGORITHM},
	[150] = {IP4S, H_TFTP_SERVER_ADDRESS},
	[161] = {STR, H_MUDURL},
	[209] = {STR, H_PXE_CONFIG_FILE},
	[210] = {STR, H_PXE_PATH_PREFIX},
	[252] = {STR, H_PRIVATE_PROXY_AUTODISCOVERY},
	[61] = {SPECIAL, 0, dhcp_walk_client_id},
	[77] = {SPECIAL, 0, dhcp_walk_user_class},
	[81] = {SPECIAL, 0, dhcp_walk_fqdn},
	[82] = {SPECIAL, 0, dhcp_walk_agent},
	[94] = {SPECIAL, 0, dhcp_walk_network},
	[97] = {SPECIAL, 0, dhcp_walk_uuid},
	[108] = {U32, H_V6ONLY},
	[DHCP_SEARCH] = {SPECIAL, 0, dhcp_walk_search},
	[120] = {SPECIAL, 0, dhcp_walk_sip},
	[121] = {SPECIAL, 0, dhcp_walk_routes},
	[124] = {SPECIAL, 0, dhcp_walk_vi_class},
	[125] = {SPECIAL, 0, dhcp_walk_vi},
	[160] = {STR, H_CAPTIVE_PORTAL}, /* before RFC 8910 */
	[249] = {SPECIAL, 0, dhcp_walk_routes},
};
/* clang-format on */

/* Bytes of one value; 0 if any number will do. */
static uint32_t
size_of(unsigned kind)
{
	switch ((enum kind)kind) {
	case U8:
	case BOOL:
	case U8S:
		return 1;
	case U16:
	case U16S:
		return 2;
	case U32:
	case I32:
	case IP4:
	case IP4S:
		return 4;
	case PAIRS:
		return 8;
	case RAW:
	case STR:
	case BYTES:
	case SPECIAL:
		break;
	}
	return 0;
}

bool
dhcp_option_fits(uint8_t code, uint32_t n)
{
	unsigned kind = shapes[code].kind;
	uint32_t size = size_of(kind);
	if (!size)
		return true;
	return kind >= U8S ? n && n % size == 0 : n == size;
}

static void
put_number(struct ni_walk *w, const struct ni_field *f, struct ni_cur *c, uint32_t size)
{
	uint32_t off = c->off;
	uint32_t v = size == 1 ? ni_take8(c) : size == 2 ? ni_take16(c) : ni_take32(c);
	if (c->rc != NI_OK)
		return;
	if (f->type == NI_I32)
		ni_put_uint(w, f, off, size, (uint64_t)(int64_t)(int32_t)v);
	else
		ni_put_uint(w, f, off, size, f->type == NI_BOOL ? v != 0 : v);
}

static void
put_bytes(struct ni_walk *w, const struct ni_field *f, struct ni_cur *c, uint32_t n)
{
	uint32_t off = c->off;
	if (ni_take(c, n))
		ni_put_bytes(w, f, off, n);
}

/* Text may end with a NUL that does not belong to it (RFC 2132 2). */
static void
put_text(struct ni_walk *w, const struct ni_field *f, struct ni_cur *c)
{
	uint32_t off = c->off;
	uint32_t n = ni_left(c);
	const uint8_t *p = ni_take(c, n);
	while (p && n && !p[n - 1])
		n--;
	if (p)
		ni_put_bytes(w, f, off, n);
}

static void
put_value(struct ni_walk *w, const struct shape *s, struct ni_cur *c)
{
	const struct ni_field *f = &dhcp_fields[s->f];
	uint32_t size = size_of(s->kind);
	switch ((enum kind)s->kind) {
	case U8:
	case U16:
	case U32:
	case I32:
	case BOOL:
	case U8S:
	case U16S:
		put_number(w, f, c, size);
		break;
	case IP4:
	case IP4S:
		put_bytes(w, f, c, 4);
		break;
	case PAIRS:
		put_bytes(w, f, c, 4);
		put_bytes(w, f + 1, c, 4);
		break;
	case STR:
		put_text(w, f, c);
		break;
	case BYTES:
		put_bytes(w, f, c, ni_left(c));
		break;
	case SPECIAL:
		s->walk(w, c);
		break;
	case RAW:
		break;
	}
}

void
dhcp_option_walk(struct ni_walk *w, uint8_t code, const struct ni_cur *c, uint32_t n)
{
	const struct shape *s = &shapes[code];
	struct ni_cur from = *c;
	struct ni_cur value = ni_sub(&from, n);
	struct ni_cur whole = value;
	bool raw = s->kind == RAW || (s->kind < U8S && !dhcp_option_fits(code, n));
	put_bytes(w, &dhcp_fields[raw ? H_VALUE_SHOWN : H_VALUE], &whole, n);
	if (raw)
		return;
	if (s->kind < U8S || s->kind == SPECIAL) {
		put_value(w, s, &value);
		return;
	}
	while (ni_left(&value) >= size_of(s->kind) && ni_more(&value))
		put_value(w, s, &value);
}
