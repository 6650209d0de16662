/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DHCP options with a structure of their own. Each function gets a cursor over the option's value.
 *
 * Not decoded: vendors' own suboptions, which show as bytes.
 */
#include <string.h>

#include "dhcp.h"
#include "dns.h"

static const struct ni_field *
row(unsigned f)
{
	return &dhcp_fields[f];
}

static void
put_u8(struct ni_walk *w, unsigned f, struct ni_cur *c)
{
	uint8_t v = ni_take8(c);
	if (c->rc == NI_OK)
		ni_put_uint(w, row(f), c->off - 1, 1, v);
}

static void
put_u16(struct ni_walk *w, unsigned f, struct ni_cur *c)
{
	uint16_t v = ni_take16(c);
	if (c->rc == NI_OK)
		ni_put_uint(w, row(f), c->off - 2, 2, v);
}

static void
put_u32(struct ni_walk *w, unsigned f, struct ni_cur *c)
{
	uint32_t v = ni_take32(c);
	if (c->rc == NI_OK)
		ni_put_uint(w, row(f), c->off - 4, 4, v);
}

static void
put_bytes(struct ni_walk *w, unsigned f, struct ni_cur *c, uint32_t n)
{
	if (ni_take(c, n))
		ni_put_bytes(w, row(f), c->off - n, n);
}

static void
put_rest(struct ni_walk *w, unsigned f, struct ni_cur *c)
{
	if (ni_more(c))
		put_bytes(w, f, c, ni_left(c));
}

/* Bytes as hex digits, as text. */
static void
put_hex(struct ni_walk *w, unsigned f, struct ni_cur *c, uint32_t n, char sep)
{
	char text[3 * 255];
	struct ni_buf b = ni_buf(text, sizeof(text));
	const uint8_t *p = ni_take(c, n);
	if (!p)
		return;
	ni_buf_hexbytes(&b, p, n, sep);
	ni_put_made(w, row(f), c->off - n, n, text, (uint32_t)b.len);
}

/* RFC 4578 2.3: the first three groups are little-endian, as on the machines it was made for. */
static void
put_uuid(struct ni_walk *w, struct ni_cur *c)
{
	static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
	char text[36];
	struct ni_buf b = ni_buf(text, sizeof(text));
	const uint8_t *p = ni_take(c, 16);
	if (!p)
		return;
	for (unsigned i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			ni_buf_c(&b, '-');
		ni_buf_hex(&b, p[order[i]], 2);
	}
	ni_put_made(w, row(H_CID_UUID), c->off - 16, 16, text, (uint32_t)b.len);
}

/* An address of link layer @type to the end. */
static void
put_link_address(struct ni_walk *w, struct ni_cur *c, uint16_t type)
{
	if (ni_more(c))
		put_hex(w, H_DUID_LL, c, ni_left(c), type == 1 ? ':' : 0);
}

/* RFC 8415 11 */
static void
put_duid(struct ni_walk *w, struct ni_cur *c)
{
	struct ni_cur ahead = *c;
	uint16_t type = ni_take16(&ahead);
	uint16_t hardware = ni_take16(&ahead);
	put_u16(w, H_DUID_TYPE, c);
	switch (type) {
	case 1:
		put_u16(w, H_DUID_LLT_HW, c);
		put_u32(w, H_DUID_TIME, c);
		put_link_address(w, c, hardware);
		break;
	case 2:
		put_u32(w, H_DUID_ENTERPRISE, c);
		put_rest(w, H_DUID_ID, c);
		break;
	case 3:
		put_u16(w, H_DUID_LL_HW, c);
		put_link_address(w, c, hardware);
		break;
	default:
		break;
	}
}

/* RFC 2132 9.14, RFC 4361 6.1: a hardware address, or IAID and DUID, or whatever one likes. */
void
dhcp_walk_client_id(struct ni_walk *w, struct ni_cur *c)
{
	uint32_t n = ni_left(c);
	struct ni_cur ahead = *c;
	uint8_t type = ni_take8(&ahead);
	if (n == 17 && !type) {
		*c = ahead;
		put_uuid(w, c);
	} else if (n == 7 && (type == 1 || type == 6)) {
		w->depth++; /* the rows are those of the header */
		put_u8(w, H_HW_TYPE, c);
		put_bytes(w, H_HW_MAC, c, 6);
		w->depth--;
	} else if (n >= 7 && type == 255) {
		*c = ahead;
		put_hex(w, H_CID_IAID, c, 4, 0);
		put_duid(w, c);
	} else if (n && !type) {
		put_u8(w, H_CID_TYPE, c);
		put_rest(w, H_CID_UNDEF, c);
	}
}

/* RFC 4578 2.3 */
void
dhcp_walk_uuid(struct ni_walk *w, struct ni_cur *c)
{
	if (ni_left(c) != 17 || ni_take8(c))
		return;
	put_uuid(w, c);
}

/* RFC 4578 2.2 */
void
dhcp_walk_network(struct ni_walk *w, struct ni_cur *c)
{
	if (ni_take8(c) != 1)
		return;
	put_u8(w, H_NETWORK_MAJOR, c);
	put_u8(w, H_NETWORK_MINOR, c);
}

/* Whether @c is filled by items that each say their length in a byte, none of them empty. */
static bool
is_list(struct ni_cur c)
{
	while (ni_more(&c)) {
		uint8_t n = ni_take8(&c);
		if (!n)
			return false;
		ni_skip(&c, n);
	}
	return c.rc == NI_OK;
}

/* RFC 3004 4: counted items; many send plain text instead. */
void
dhcp_walk_user_class(struct ni_walk *w, struct ni_cur *c)
{
	if (!is_list(*c)) {
		put_rest(w, H_USER_CLASS_TEXT, c);
		return;
	}
	for (unsigned i = 0; ni_more(c); i++) {
		uint32_t off = c->off;
		uint8_t n = ni_take8(c);
		ni_put_uint(w, row(H_USER_CLASS), off, 1U + n, i);
		ni_put_uint(w, row(H_USER_CLASS_LEN), off, 1, n);
		put_bytes(w, H_USER_CLASS_DATA, c, n);
	}
}

/* The domain names that fill @s, which stands at @off; pointers count from its start. */
static void
put_names(struct ni_walk *w, unsigned f, struct ni_span s, uint32_t off)
{
	struct dns_msg m = {.s = s};
	struct dns_name n;
	struct ni_cur c = ni_cur(s);
	while (ni_more(&c)) {
		uint32_t at = c.off;
		if (!dns_name(&m, &c, &n))
			return;
		ni_put_made(w, row(f), off + at, c.off - at, n.text, n.n);
	}
}

static struct ni_span
rest_of(const struct ni_cur *c)
{
	uint32_t cap = c->off < c->cap ? c->cap - c->off : 0;
	return (struct ni_span){c->p + c->off, cap, ni_left(c)};
}

/* RFC 4702 2.1 */
void
dhcp_walk_fqdn(struct ni_walk *w, struct ni_cur *c)
{
	uint8_t flags = ni_take8(c);
	if (c->rc != NI_OK)
		return;
	for (unsigned f = H_FQDN_FLAGS; f <= H_FQDN_S; f++)
		ni_put_uint(w, row(f), c->off - 1, 1, flags);
	put_u8(w, H_FQDN_RCODE1, c);
	put_u8(w, H_FQDN_RCODE2, c);
	if (flags & 0x04) {
		put_names(w, H_FQDN_NAME, rest_of(c), c->off);
		return;
	}
	struct ni_span s = rest_of(c);
	const uint8_t *end = s.cap ? memchr(s.p, 0, s.cap) : NULL;
	put_bytes(w, H_FQDN_NAME, c, end ? (uint32_t)(end - s.p) : s.len);
}

static void
put_agent_value(struct ni_walk *w, uint8_t code, struct ni_cur *c)
{
	switch (code) {
	case 1:
		put_rest(w, H_AGENT_CIRCUIT, c);
		break;
	case 2:
		put_rest(w, H_AGENT_REMOTE, c);
		break;
	case 4:
		put_u32(w, H_AGENT_DOCSIS, c);
		break;
	case 5:
		put_bytes(w, H_AGENT_LINK, c, 4);
		break;
	case 6:
		put_rest(w, H_AGENT_SUBSCRIBER, c);
		break;
	case 7:
		put_rest(w, H_AGENT_RADIUS, c);
		break;
	case 8:
		put_rest(w, H_AGENT_AUTH, c);
		break;
	case 9:
		while (ni_more(c)) {
			put_u32(w, H_AGENT_ENTERPRISE, c);
			uint8_t n = ni_take8(c);
			if (c->rc == NI_OK)
				ni_put_uint(w, row(H_AGENT_VI_LEN), c->off - 1, 1, n);
			ni_skip(c, n);
		}
		break;
	case 10:
		put_u8(w, H_AGENT_FLAGS, c);
		break;
	case 11:
		put_bytes(w, H_AGENT_SERVER, c, 4);
		break;
	case 12:
		put_rest(w, H_AGENT_RELAY, c);
		break;
	default:
		break;
	}
}

/* RFC 3046 2: what relays add. */
void
dhcp_walk_agent(struct ni_walk *w, struct ni_cur *c)
{
	while (ni_more(c)) {
		struct ni_cur ahead = *c;
		uint8_t code = ni_take8(&ahead);
		uint8_t n = ni_take8(&ahead);
		if (ahead.rc != NI_OK)
			return;
		ni_put_uint(w, row(H_AGENT), c->off, 1, code);
		ni_put_uint(w, row(H_SUB_LEN), c->off + 1, 1, n);
		*c = ahead;
		struct ni_cur value = ni_sub(c, n);
		struct ni_cur bytes = value;
		put_rest(w, H_AGENT_VALUE, &bytes);
		put_agent_value(w, code, &value);
	}
}

/*
 * RFC 3397 2, RFC 3396 5: what is too long for one option goes on in the next of the same code, and
 * is read as one once the last is there.
 */
void
dhcp_walk_search(struct ni_walk *w, struct ni_cur *c)
{
	uint8_t joined[1024];
	uint32_t n = 0;
	unsigned parts = 0;
	bool last = false;
	struct ni_cur all = ni_cur(ni_layer_span(w->dis, w->layer));
	ni_skip(&all, DHCP_HDR);
	while (ni_more(&all)) {
		uint8_t code = ni_take8(&all);
		uint8_t len = code == DHCP_PAD || code == DHCP_END ? 0 : ni_take8(&all);
		const uint8_t *p = ni_take(&all, len);
		if (code == DHCP_END || !p)
			break;
		if (code != DHCP_SEARCH || len > sizeof(joined) - n)
			continue;
		memcpy(joined + n, p, len);
		n += len;
		parts++;
		last = all.off - len == c->off;
	}
	if (parts > 1 && last)
		put_names(w, H_SEARCH, (struct ni_span){joined, n, n}, c->off);
	else if (parts <= 1)
		put_names(w, H_SEARCH, rest_of(c), c->off);
}

/* RFC 3361 3 */
void
dhcp_walk_sip(struct ni_walk *w, struct ni_cur *c)
{
	struct ni_cur ahead = *c;
	uint8_t encoding = ni_take8(&ahead);
	put_u8(w, H_SIP_ENCODING, c);
	if (encoding == 0 && c->rc == NI_OK)
		put_names(w, H_SIP_NAME, rest_of(c), c->off);
	while (encoding == 1 && ni_more(c))
		put_bytes(w, H_SIP_ADDRESS, c, 4);
}

/* RFC 3442: width of the destination, its significant bytes, router. */
void
dhcp_walk_routes(struct ni_walk *w, struct ni_cur *c)
{
	while (ni_more(c)) {
		uint32_t off = c->off;
		uint8_t dest[4] = {0};
		uint8_t width = ni_take8(c);
		uint32_t n = (width + 7U) / 8;
		const uint8_t *p = width <= 32 ? ni_take(c, n) : NULL;
		const uint8_t *router = p ? ni_take(c, 4) : NULL;
		if (!router)
			return;
		memcpy(dest, p, n);
		struct ni_value v = {.off = w->layer->off + off, .len = 5 + n, .n = 5 + n};
		char text[64];
		struct ni_buf b = ni_buf(text, sizeof(text));
		ni_buf_str(&b, "Route: ");
		ni_buf_ip4(&b, dest);
		ni_buf_fmt(&b, "/%u via ", width);
		ni_buf_ip4(&b, router);
		v.p = p - 1;
		v.text = ni_buf_z(&b);
		w->visit(w->ctx, row(H_ROUTE), &v, (unsigned)row(H_ROUTE)->depth + w->depth);
	}
}

/* RFC 3925 3 */
void
dhcp_walk_vi_class(struct ni_walk *w, struct ni_cur *c)
{
	while (ni_more(c)) {
		put_u32(w, H_VICLASS_ENTERPRISE, c);
		uint8_t n = ni_take8(c);
		put_bytes(w, H_VICLASS_DATA, c, n);
	}
}

/* RFC 3925 4 */
void
dhcp_walk_vi(struct ni_walk *w, struct ni_cur *c)
{
	while (ni_more(c)) {
		put_u32(w, H_VI_ENTERPRISE, c);
		uint8_t n = ni_take8(c);
		if (c->rc == NI_OK)
			ni_put_uint(w, row(H_VI_LEN), c->off - 1, 1, n);
		put_bytes(w, H_VI_VALUE, c, n);
	}
}
