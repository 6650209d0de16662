/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Resource records: RFC 1035 3.2, RFC 6891 6.1.2 (OPT), and the RFCs that the rows of fields name
 *
 * OFFSET SIZE FIELD
 *      0    n name
 *      n    2 type
 *    n+2    2 class                OPT: the UDP payload that the sender can take
 *    n+4    4 time to live         OPT: 1 upper bits of the response code, 1 version, 2 flags
 *    n+8    2 length of the data
 *   n+10    l data
 *
 * What the data of a type are made of stands in one table, in the order of the wire; only what is
 * no plain sequence has code of its own (dns_rdata.c, dns_opt.c).
 *
 * Not decoded: the data of types without a row, which show as bytes under the type's name.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dns.h"
#include "dns_fields.h"

enum { T_SRV = 33, T_OPT = 41, CLASS_NONE = 254, CLASS_ANY = 255 };

enum kind {
	END,
	U8,
	U16,
	U32,
	TIME,
	IP4,
	IP6,
	MAC,
	NAME,
	STRING, /* one; strings to the end: STRINGS */
	STRINGS,
	COUNTED,
	EIGHT, /* bytes */
	REST,
	BITS, /* rows f to last of the number before */
	KINDS = 0x0f,
	SHOW = 0x80, /* part of the Info column */
};

struct item {
	uint8_t kind;
	uint16_t f, last;
};

enum { MAX_ITEMS = 10 };

struct shape {
	struct item items[MAX_ITEMS];
	bool owner;         /* the Info column names the record's owner */
	dns_rdata_fn *rest; /* what follows the items */
};

/* clang-format off */
static const struct shape shapes[] = {
	[1] = {{{IP4 | SHOW, D_A}}},
	[2] = {{{NAME | SHOW, D_NS}}},
	[3] = {{{NAME, D_MD}}, .owner = true},
	[4] = {{{NAME, D_MF}}, .owner = true},
	[5] = {{{NAME | SHOW, D_CNAME}}},
	[6] = {{{NAME | SHOW, D_SOA_MNAME}, {NAME, D_SOA_RNAME}, {U32, D_SOA_SERIAL},
		{U32, D_SOA_REFRESH}, {U32, D_SOA_RETRY}, {U32, D_SOA_EXPIRE},
		{U32, D_SOA_MINIMUM}}},
	[7] = {{{NAME, D_MB}}, .owner = true},
	[8] = {{{NAME, D_MG}}, .owner = true},
	[9] = {{{NAME, D_MR}}, .owner = true},
	[10] = {{{REST, D_NULL}}, .owner = true},
	[11] = {{{IP4 | SHOW, D_WKS_ADDRESS}, {U8, D_WKS_PROTOCOL}}, .rest = dns_read_wks},
	[12] = {{{NAME | SHOW, D_PTR}}},
	[13] = {{{STRING | SHOW, D_CPU_LEN}, {STRING | SHOW, D_OS_LEN}}},
	[14] = {{{NAME, D_MINFO_R}, {NAME, D_MINFO_E}}, .owner = true},
	[15] = {{{U16 | SHOW, D_MX_PREF}, {NAME | SHOW, D_MX}}},
	[16] = {{{STRINGS, D_TXT_LEN}}},
	[17] = {{{NAME, D_RP_MAILBOX}, {NAME, D_RP_TXT}}, .owner = true},
	[18] = {{{U16, D_AFSDB_SUBTYPE}, {NAME, D_AFSDB_HOST}}, .owner = true},
	[19] = {{{STRING, D_X25_LEN}}, .owner = true},
	[20] = {{{STRING, D_ISDN_LEN}, {STRINGS, D_ISDN_SA_LEN}}, .owner = true},
	[21] = {{{U16, D_RT_PREF}, {NAME, D_RT_HOST}}, .owner = true},
	[22] = {{{REST, D_NSAP}}, .owner = true},
	[23] = {{{NAME, D_NSAP_PTR}}, .owner = true},
	[25] = {{{U16, D_KEY_FLAGS}, {BITS, D_KEY_AUTHENTICATION, D_KEY_SIGNATORY},
		{U8, D_KEY_PROTO}, {U8, D_KEY_ALGO}}, .rest = dns_read_key_id},
	[26] = {{{U16, D_PX_PREF}, {NAME, D_PX_822}, {NAME, D_PX_400}}, .owner = true},
	[27] = {{{STRING, D_GPOS_LON_LEN}, {STRING, D_GPOS_LAT_LEN}, {STRING, D_GPOS_ALT_LEN}},
		.owner = true},
	[28] = {{{IP6 | SHOW, D_AAAA}}},
	[29] = {.rest = dns_read_loc},
	[30] = {{{NAME | SHOW, D_NXT}}, .rest = dns_read_nxt},
	[33] = {{{U16 | SHOW, D_SRV_PRIORITY}, {U16 | SHOW, D_SRV_WEIGHT},
		{U16 | SHOW, D_SRV_PORT}, {NAME | SHOW, D_SRV_TARGET}}},
	[35] = {{{U16 | SHOW, D_NAPTR_ORDER}, {U16 | SHOW, D_NAPTR_PREF},
		{STRING | SHOW, D_NAPTR_FLAGS_LEN}, {STRING, D_NAPTR_SERVICE_LEN},
		{STRING, D_NAPTR_REGEX_LEN}}, .rest = dns_read_naptr},
	[36] = {{{U16 | SHOW, D_KX_PREF}, {NAME | SHOW, D_KX}}},
	[37] = {{{U16, D_CERT_TYPE}, {U16, D_CERT_TAG}, {U8, D_CERT_ALGO}, {REST, D_CERT}}},
	[38] = {{{U8 | SHOW, D_A6_LEN}}, .rest = dns_read_a6},
	[39] = {{{NAME | SHOW, D_DNAME}}},
	[T_OPT] = {.rest = dns_read_opt},
	[42] = {.rest = dns_read_apl, .owner = true},
	[43] = {{{U16, D_DS_TAG}, {U8, D_DS_ALGO}, {U8, D_DS_TYPE}, {REST, D_DS}}},
	[44] = {{{U8, D_SSHFP_ALGO}, {U8, D_SSHFP_TYPE}, {REST, D_SSHFP}}},
	[45] = {{{U8, D_IPSECKEY_PREC}}, .rest = dns_read_ipseckey},
	[46] = {{{U16, D_SIG_TYPE}, {U8, D_SIG_ALGO}, {U8, D_SIG_LABELS}, {U32, D_SIG_TTL},
		{TIME, D_SIG_EXPIRATION}, {TIME, D_SIG_INCEPTION}, {U16, D_SIG_TAG},
		{NAME, D_SIG_NAME}, {REST, D_SIG}}},
	[47] = {{{NAME | SHOW, D_NSEC}}, .rest = dns_read_bitmap},
	[48] = {{{U16, D_DNSKEY_FLAGS}, {BITS, D_DNSKEY_ZONE, D_DNSKEY_RESERVED},
		{U8, D_DNSKEY_PROTO}, {U8, D_DNSKEY_ALGO}}, .rest = dns_read_key_id},
	[49] = {{{REST, D_DHCID}}, .owner = true},
	[50] = {{{U8, D_NSEC3_ALGO}, {U8, D_NSEC3_FLAGS}, {BITS, D_NSEC3_OPT_OUT, D_NSEC3_OPT_OUT},
		{U16, D_NSEC3_ITER}, {STRING, D_NSEC3_SALT_LEN}}, .rest = dns_read_nsec3},
	[51] = {{{U8, D_NSEC3_ALGO}, {U8, D_NSEC3_FLAGS}, {U16, D_NSEC3_ITER},
		{STRING, D_NSEC3_SALT_LEN}}, .owner = true},
	[52] = {{{U8, D_TLSA_USAGE}, {U8, D_TLSA_SELECTOR}, {U8, D_TLSA_MATCHING},
		{REST, D_TLSA}}, .owner = true},
	[55] = {.rest = dns_read_hip, .owner = true},
	[61] = {{{REST, D_OPENPGPKEY}}},
	[62] = {{{U32, D_CSYNC_SOA}, {U16, D_CSYNC_FLAGS},
		{BITS, D_CSYNC_IMMEDIATE, D_CSYNC_SOAMIN}}, .rest = dns_read_csync},
	[63] = {{{U32, D_ZONEMD_SERIAL}, {U8, D_ZONEMD_SCHEME}, {U8, D_ZONEMD_HASH},
		{REST, D_ZONEMD}}},
	[64] = {{{U16, D_SVCB_PRIORITY}, {NAME, D_SVCB_TARGET}}, .rest = dns_read_svcb},
	[99] = {{{STRINGS, D_SPF_LEN}}},
	[104] = {{{U16, D_NID_PREF}, {EIGHT, D_NID}}},
	[105] = {{{U16, D_L32_PREF}, {IP4, D_L32}}},
	[106] = {{{U16, D_L64_PREF}, {EIGHT, D_L64}}},
	[107] = {{{U16, D_LP_PREF}, {NAME, D_LP}}},
	[108] = {{{MAC, D_EUI48}}},
	[109] = {{{EIGHT, D_EUI64}}},
	[249] = {{{NAME, D_TKEY_NAME}, {TIME, D_TKEY_INCEPTION}, {TIME, D_TKEY_EXPIRATION},
		{U16, D_TKEY_MODE}, {U16, D_TKEY_ERROR}, {COUNTED, D_TKEY_SIZE},
		{COUNTED, D_TKEY_OTHER_SIZE}}},
	[250] = {{{NAME, D_TSIG_NAME}}, .rest = dns_read_tsig},
	[256] = {{{U16, D_URI_PRIORITY}, {U16, D_URI_WEIGHT}, {REST, D_URI}}},
	[257] = {{{U8, D_CAA_FLAGS}, {BITS, D_CAA_CRITICAL, D_CAA_CRITICAL}}, .rest = dns_read_caa},
};
/* clang-format on */

static const struct shape unknown = {.items = {{REST, D_DATA, 0}}};

static const struct shape *
shape_of(unsigned type)
{
	switch (type) {
	case 24: /* SIG is what RRSIG was before */
		type = 46;
		break;
	case 59: /* CDS, DLV: as DS */
	case 32769:
		type = 43;
		break;
	case 60: /* CDNSKEY: as DNSKEY */
		type = 48;
		break;
	case 65: /* HTTPS: as SVCB */
		type = 64;
		break;
	default:
		break;
	}
	if (type >= sizeof(shapes) / sizeof(shapes[0]))
		return &unknown;
	const struct shape *s = &shapes[type];
	return s->items[0].kind || s->rest ? s : &unknown;
}

static void
read_item(struct dns_out *o, struct ni_cur *c, const struct item *i)
{
	switch ((enum kind)(i->kind & KINDS)) {
	case U8:
		dns_take_uint(o, c, i->f, 1);
		break;
	case U16:
		dns_take_uint(o, c, i->f, 2);
		break;
	case U32:
		dns_take_uint(o, c, i->f, 4);
		break;
	case TIME:
		dns_take_time(o, c, i->f, 4);
		break;
	case IP4:
		dns_take_bytes(o, c, i->f, 4);
		break;
	case IP6:
		dns_take_bytes(o, c, i->f, 16);
		break;
	case MAC:
		dns_take_bytes(o, c, i->f, 6);
		break;
	case NAME:
		dns_take_name(o, c, i->f);
		break;
	case STRING:
		dns_take_string(o, c, i->f);
		break;
	case STRINGS:
		while (ni_more(c))
			dns_take_string(o, c, i->f);
		break;
	case COUNTED:
		dns_take_counted(o, c, i->f);
		break;
	case EIGHT:
		dns_take_bytes(o, c, i->f, 8);
		break;
	case REST:
		if (ni_more(c))
			dns_take_bytes(o, c, i->f, ni_left(c));
		break;
	case BITS:
		dns_put_bits(o, i->f, i->last);
		break;
	case END:
	case KINDS:
	case SHOW:
		break;
	}
}

void
dns_rdata(struct dns_out *o)
{
	const struct dns_rr *rr = o->rr;
	const struct shape *s = shape_of(rr->type);
	struct ni_cur c = rr->data;
	/* A dynamic update names records without their data (RFC 2136 2.4, 2.5). */
	if (!rr->len && (rr->class == CLASS_NONE || rr->class == CLASS_ANY))
		return;
	for (const struct item *i = s->items; i < s->items + MAX_ITEMS && i->kind; i++) {
		o->show = o->all || (i->kind & SHOW);
		read_item(o, &c, i);
	}
	o->show = o->all;
	if (s->rest && c.rc == NI_OK)
		s->rest(o, &c);
	if (c.rc == NI_MALFORMED || (c.rc == NI_OK && c.off < c.len))
		o->m->faults |= DNS_F_RDATA;
}

bool
dns_rr_next(struct dns_msg *m, struct ni_cur *c, struct dns_rr *rr)
{
	rr->off = c->off;
	if (!dns_name(m, c, &rr->name))
		return false;
	rr->name_len = c->off - rr->off;
	rr->fixed = c->off;
	rr->type = ni_take16(c);
	rr->class = ni_take16(c);
	rr->ttl = ni_take32(c);
	rr->len = ni_take16(c);
	if (c->rc != NI_OK)
		return false;
	rr->data = ni_sub(c, rr->len);
	return true;
}

void
dns_type_print(struct ni_buf *b, uint16_t type)
{
	const char *name = ni_label_find(dns_l_types, type);
	if (name)
		ni_buf_str(b, name);
	else
		ni_buf_fmt(b, "Unknown (%u)", type);
}

void
ni_dns_type_name(char out[16], uint16_t type)
{
	const char *name = ni_label_find(dns_l_types, type);
	if (name)
		snprintf(out, 16, "%s", name);
	else
		snprintf(out, 16, "TYPE%u", type);
}

const char *
ni_dns_rcode_name(unsigned rcode)
{
	return ni_label_find(dns_l_rcodes, rcode);
}

void
dns_rr_headline(struct dns_msg *m, const struct dns_rr *rr, struct ni_buf *b)
{
	const char *class = ni_label_find(dns_l_classes, m->mdns ? rr->class & 0x7fff : rr->class);
	struct dns_out o = {.m = m, .rr = rr, .b = b};
	dns_name_print(b, &rr->name);
	ni_buf_str(b, ": type ");
	dns_type_print(b, rr->type);
	if (rr->type == T_OPT)
		return;
	ni_buf_fmt(b, ", class %s", class ? class : "unknown");
	if (m->mdns && rr->class & 0x8000)
		ni_buf_str(b, ", cache flush");
	size_t mark = b->len;
	ni_buf_c(b, ',');
	dns_rdata(&o);
	if (b->len == mark + 1)
		b->len = mark;
}

void
dns_rr_summary(struct dns_msg *m, const struct dns_rr *rr, struct ni_buf *b)
{
	struct dns_out o = {.m = m, .rr = rr, .b = b};
	dns_type_print(b, rr->type);
	if (m->mdns && rr->class & 0x8000 && rr->type != T_OPT)
		ni_buf_str(b, ", cache flush");
	if (shape_of(rr->type)->owner) {
		ni_buf_c(b, ' ');
		dns_name_print(b, &rr->name);
	} else {
		dns_rdata(&o);
	}
}

void
dns_rr_text(struct dns_msg *m, const struct dns_rr *rr, struct ni_buf *b)
{
	size_t start = b->len;
	struct dns_out o = {.m = m, .rr = rr, .b = b, .all = true};
	dns_rdata(&o);
	/* Every item begins with a space. */
	if (b->len == start)
		return;
	b->len--;
	memmove(b->p + start, b->p + start + 1, b->len - start);
}
