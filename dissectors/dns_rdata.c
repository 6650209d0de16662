/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Record data that are no plain sequence of items. Each function gets the cursor where the items of
 * its row in dns_rr.c end, and reads to the end of the record.
 */
#include <string.h>

#include "dns.h"
#include "dns_fields.h"

/* A bit for each type, the first octet's highest is @first; NSEC, NXT, CSYNC. */
static void
read_bits(struct dns_out *o, struct ni_cur *c, uint32_t first, uint32_t n)
{
	const uint8_t *p = ni_take(c, n);
	if (!p)
		return;
	for (uint32_t i = 0; i < n * 8; i++) {
		uint32_t type = first + i;
		if (!(p[i / 8] & 0x80 >> i % 8))
			continue;
		dns_put_uint(o, D_BITMAP_TYPE, c->off - n + i / 8, 1, type);
		if (o->b && o->show && o->b->len < o->b->cap) {
			dns_space(o);
			dns_type_print(o->b, (uint16_t)type);
		}
	}
}

/* RFC 4034 4.1.2: blocks of window, length, bits. */
void
dns_read_bitmap(struct dns_out *o, struct ni_cur *c)
{
	while (ni_more(c)) {
		uint32_t window = ni_take8(c);
		uint32_t n = ni_take8(c);
		read_bits(o, c, window << 8, n);
	}
}

void
dns_read_nxt(struct dns_out *o, struct ni_cur *c)
{
	if (ni_more(c))
		read_bits(o, c, 0, ni_left(c) < 32 ? ni_left(c) : 32);
}

void
dns_read_csync(struct dns_out *o, struct ni_cur *c)
{
	struct ni_cur whole = *c;
	bool show = o->show;
	o->show = false;
	if (ni_more(&whole))
		dns_take_bytes(o, &whole, D_CSYNC_BITMAP, ni_left(&whole));
	o->show = show;
	dns_read_bitmap(o, c);
}

/* RFC 1035 3.4.2: a bit for each port; those octets are shown that have one. */
void
dns_read_wks(struct dns_out *o, struct ni_cur *c)
{
	uint32_t n = ni_left(c);
	const uint8_t *p = ni_take(c, n);
	for (uint32_t i = 0; p && i < n; i++)
		if (p[i])
			dns_put_uint(o, D_WKS_BITS, c->off - n + i, 1, p[i]);
}

/* RFC 2874 3.1.1: the lower bits of the address that the prefix leaves, then the prefix' name. */
void
dns_read_a6(struct dns_out *o, struct ni_cur *c)
{
	uint8_t addr[16] = {0};
	uint32_t prefix = (uint32_t)o->last.value;
	uint32_t n = prefix < 128 ? (128 - prefix + 7) / 8 : 0;
	const uint8_t *p = ni_take(c, n);
	if (!p)
		return;
	memcpy(addr + 16 - n, p, n);
	if (prefix % 8 && n)
		addr[16 - n] &= (uint8_t)(0xff >> prefix % 8);
	if (o->w && n)
		ni_put_made(o->w, &dns_fields[D_A6_SUFFIX], o->m->base + c->off - n, n, addr, 16);
	o->show = true;
	if (o->b) {
		dns_space(o);
		ni_buf_ip6(o->b, addr);
	}
	if (prefix)
		dns_take_name(o, c, D_A6_NAME);
	else
		dns_space(o);
}

/* An address cut after its last non-zero byte (APL) or after its prefix (client subnet). */
static void
take_short_address(struct dns_out *o, struct ni_cur *c, const unsigned rows[3], uint32_t family,
		   uint32_t n)
{
	uint8_t addr[16] = {0};
	uint32_t size = family == 1 ? 4 : family == 2 ? 16 : 0;
	if (!size || n > size) {
		if (n)
			dns_take_bytes(o, c, rows[2], n);
		return;
	}
	const uint8_t *p = ni_take(c, n);
	if (!p)
		return;
	memcpy(addr, p, n);
	if (o->w)
		ni_put_made(o->w, &dns_fields[rows[family - 1]], o->m->base + c->off - n, n, addr,
			    size);
}

/* RFC 3123 4 */
void
dns_read_apl(struct dns_out *o, struct ni_cur *c)
{
	static const unsigned rows[3] = {D_APL_IP4, D_APL_IP6, D_APL_DATA};
	while (ni_more(c)) {
		uint32_t family = dns_take_uint(o, c, D_APL_FAMILY, 2);
		dns_take_uint(o, c, D_APL_PREFIX, 1);
		uint8_t n = ni_take8(c);
		if (c->rc != NI_OK)
			return;
		dns_put_uint(o, D_APL_NEGATION, c->off - 1, 1, n);
		dns_put_uint(o, D_APL_LEN, c->off - 1, 1, n);
		take_short_address(o, c, rows, family, n & 0x7f);
	}
}

/* RFC 1876 2 */
void
dns_read_loc(struct dns_out *o, struct ni_cur *c)
{
	struct ni_cur whole = *c;
	uint32_t version = dns_take_uint(o, c, D_LOC_VERSION, 1);
	if (c->rc != NI_OK)
		return;
	if (version) {
		dns_take_bytes(o, &whole, D_LOC_UNKNOWN, ni_left(&whole));
		*c = whole;
		return;
	}
	for (unsigned f = D_LOC_SIZE; f <= D_LOC_VERTICAL; f++)
		dns_take_uint(o, c, f, 1);
	for (unsigned f = D_LOC_LATITUDE; f <= D_LOC_ALTITUDE; f++)
		dns_take_uint(o, c, f, 4);
}

/* RFC 3403 4.1: the replacement, whose length is that of its wire form. */
void
dns_read_naptr(struct dns_out *o, struct ni_cur *c)
{
	struct ni_cur ahead = *c;
	struct dns_name n;
	if (dns_name(o->m, &ahead, &n))
		dns_put_uint(o, D_NAPTR_REPL_LEN, c->off, 0, n.n);
	dns_take_name(o, c, D_NAPTR_REPL);
}

/* RFC 4025 2.1 */
void
dns_read_ipseckey(struct dns_out *o, struct ni_cur *c)
{
	uint32_t type = dns_take_uint(o, c, D_IPSECKEY_TYPE, 1);
	dns_take_uint(o, c, D_IPSECKEY_ALGO, 1);
	if (type == 1)
		dns_take_bytes(o, c, D_IPSECKEY_IP4, 4);
	else if (type == 2)
		dns_take_bytes(o, c, D_IPSECKEY_IP6, 16);
	else if (type == 3)
		dns_take_name(o, c, D_IPSECKEY_DNS);
	if (ni_more(c))
		dns_take_bytes(o, c, D_IPSECKEY, ni_left(c));
}

/* RFC 4034 appendix B: a checksum over all the data, but for the oldest algorithm. */
static uint16_t
key_tag(const uint8_t *p, uint32_t n, uint8_t algorithm)
{
	uint32_t sum = 0;
	if (algorithm == 1)
		return n > 2 ? ni_be16(p + n - 3) : 0;
	for (uint32_t i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	return (uint16_t)(sum + (sum >> 16));
}

/* KEY and DNSKEY: the key's tag, which is in no byte of the packet, and the key. */
void
dns_read_key_id(struct dns_out *o, struct ni_cur *c)
{
	bool dnskey = o->rr->type != 25;
	uint8_t algorithm = (uint8_t)o->last.value;
	const uint8_t *key = c->p + c->off;
	uint32_t n = ni_left(c);
	if (n && c->cap >= c->len)
		dns_put_uint(o, dnskey ? D_DNSKEY_ID : D_KEY_ID, c->off, 0,
			     key_tag(key - 4, n + 4, algorithm));
	if (n)
		dns_take_bytes(o, c, dnskey ? D_DNSKEY : D_KEY, n);
}

/* RFC 5155 3.3: the hash is shown as it stands in names, in base 32 with the extended alphabet. */
static uint32_t
base32hex(char *out, const uint8_t *p, uint32_t n)
{
	uint32_t k = 0;
	for (uint32_t bit = 0; bit < n * 8; bit += 5) {
		uint32_t i = bit / 8;
		uint32_t pair = (uint32_t)p[i] << 8 | (i + 1 < n ? p[i + 1] : 0);
		out[k++] = "0123456789abcdefghijklmnopqrstuv"[pair >> (11 - bit % 8) & 31];
	}
	return k;
}

void
dns_read_nsec3(struct dns_out *o, struct ni_cur *c)
{
	char text[255 * 8 / 5 + 1];
	uint32_t n = dns_take_uint(o, c, D_NSEC3_HASH_LEN, 1);
	const uint8_t *p = ni_take(c, n);
	if (!p)
		return;
	uint32_t len = base32hex(text, p, n);
	if (o->w)
		ni_put_made(o->w, &dns_fields[D_NSEC3_HASH], o->m->base + c->off - n, n, text, len);
	if (o->b && o->show) {
		dns_space(o);
		ni_buf_mem(o->b, text, len);
	}
	dns_read_bitmap(o, c);
}

/* RFC 8005 5 */
void
dns_read_hip(struct dns_out *o, struct ni_cur *c)
{
	uint32_t hit = dns_take_uint(o, c, D_HIP_HIT_LEN, 1);
	dns_take_uint(o, c, D_HIP_ALGO, 1);
	uint32_t key = dns_take_uint(o, c, D_HIP_PK_LEN, 2);
	dns_take_bytes(o, c, D_HIP_HIT, hit);
	dns_take_bytes(o, c, D_HIP_PK, key);
	while (ni_more(c))
		dns_take_name(o, c, D_HIP_RVS);
}

/* RFC 8945 4.2 */
void
dns_read_tsig(struct dns_out *o, struct ni_cur *c)
{
	dns_take_time(o, c, D_TSIG_TIME, 6);
	dns_take_uint(o, c, D_TSIG_FUDGE, 2);
	uint32_t n = dns_take_uint(o, c, D_TSIG_MAC_SIZE, 2);
	if (!ni_take(c, n))
		return;
	dns_put_heading(o, D_TSIG_MAC, c->off - n, n, NULL);
	dns_take_uint(o, c, D_TSIG_ID, 2);
	dns_take_uint(o, c, D_TSIG_ERROR, 2);
	dns_take_counted(o, c, D_TSIG_OTHER_LEN);
}

/* RFC 8659 4.1: the value stands under the name of its tag, then tag and value for themselves. */
void
dns_read_caa(struct dns_out *o, struct ni_cur *c)
{
	struct ni_cur tag = *c;
	uint32_t n = ni_take8(&tag);
	const uint8_t *p = ni_take(&tag, n);
	if (p) {
		struct ni_cur value = tag;
		bool show = o->show;
		unsigned f = n == 5 && !memcmp(p, "issue", 5)       ? D_CAA_ISSUE
			     : n == 9 && !memcmp(p, "issuewild", 9) ? D_CAA_ISSUEWILD
			     : n == 5 && !memcmp(p, "iodef", 5)     ? D_CAA_IODEF
								    : D_CAA_UNKNOWN;
		o->show = false;
		dns_take_bytes(o, &value, f, ni_left(&value));
		o->show = show;
	}
	dns_take_string(o, c, D_CAA_TAG_LEN);
	if (c->rc == NI_OK)
		dns_take_bytes(o, c, D_CAA_VALUE, ni_left(c));
}

/* RFC 7871 6, for dns_opt.c */
void
dns_read_subnet(struct dns_out *o, struct ni_cur *c)
{
	static const unsigned rows[3] = {D_ECS_ADDR4, D_ECS_ADDR6, D_ECS_ADDR};
	uint32_t family = dns_take_uint(o, c, D_ECS_FAMILY, 2);
	dns_take_uint(o, c, D_ECS_SOURCE, 1);
	dns_take_uint(o, c, D_ECS_SCOPE, 1);
	if (c->rc == NI_OK)
		take_short_address(o, c, rows, family, ni_left(c));
}
