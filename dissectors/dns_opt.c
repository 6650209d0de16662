/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lists of key, length, value inside records: EDNS options (RFC 6891 6.1.2), parameters of service
 * bindings (RFC 9460 2.2), and the TLVs of DNS stateful operations (RFC 8490 5.4).
 *
 * OFFSET SIZE FIELD
 *      0    2 code
 *      2    2 length
 *      4    n value
 *
 * Not decoded: options 1, 2, 4, 9, 14 and those above 15, which show as bytes under their name.
 */
#include <stdio.h>

#include "dns.h"
#include "dns_fields.h"

static void
take_u8s(struct dns_out *o, struct ni_cur *c, unsigned f)
{
	while (ni_more(c))
		dns_take_uint(o, c, f, 1);
}

static void
take_rest(struct dns_out *o, struct ni_cur *c, unsigned f)
{
	if (ni_more(c))
		dns_take_bytes(o, c, f, ni_left(c));
}

/* RFC 7873 4: 8 bytes of the client, then 8 to 32 of the server. */
static void
read_cookie(struct dns_out *o, struct ni_cur *c)
{
	dns_take_bytes(o, c, D_COOKIE_CLIENT, 8);
	take_rest(o, c, D_COOKIE_SERVER);
}

static void
read_option(struct dns_out *o, struct ni_cur *c, uint32_t code)
{
	switch (code) {
	case 5:
		take_u8s(o, c, D_OPT_DAU);
		break;
	case 6:
		take_u8s(o, c, D_OPT_DHU);
		break;
	case 7:
		take_u8s(o, c, D_OPT_N3U);
		break;
	case 8:
		dns_read_subnet(o, c);
		break;
	case 10:
		read_cookie(o, c);
		break;
	case 11:
		if (ni_more(c))
			dns_take_uint(o, c, D_KEEPALIVE, 2);
		break;
	case 12:
		take_rest(o, c, D_PADDING);
		break;
	case 13:
		dns_take_name(o, c, D_CHAIN);
		break;
	case 15:
		dns_take_uint(o, c, D_EDE_CODE, 2);
		take_rest(o, c, D_EDE_TEXT);
		break;
	default:
		ni_skip(c, ni_left(c));
	}
}

void
dns_read_opt(struct dns_out *o, struct ni_cur *c)
{
	while (ni_more(c)) {
		struct ni_cur head = *c;
		uint16_t code = ni_take16(&head);
		uint16_t n = ni_take16(&head);
		const char *name = ni_label_find(dns_l_options, code);
		if (head.rc == NI_OK)
			dns_put_heading(o, D_OPT, c->off, 4U + n, name ? name : "unknown");
		dns_take_uint(o, c, D_OPT_CODE, 2);
		dns_take_uint(o, c, D_OPT_LEN, 2);
		struct ni_cur data = ni_sub(c, n);
		struct ni_cur bytes = data;
		take_rest(o, &bytes, D_OPT_DATA);
		read_option(o, &data, code);
		if (data.rc == NI_MALFORMED)
			o->m->faults |= DNS_F_RDATA;
	}
}

enum svc_key { MANDATORY, ALPN, NO_DEFAULT_ALPN, PORT, IPV4HINT, ECH, IPV6HINT, ODOH = 32769 };

static void
read_svc_value(struct dns_out *o, struct ni_cur *c, uint32_t key)
{
	switch (key) {
	case MANDATORY:
		while (ni_more(c))
			dns_take_uint(o, c, D_SVC_MANDATORY, 2);
		break;
	case ALPN:
		while (ni_more(c))
			dns_take_string(o, c, D_SVC_ALPN_LEN);
		break;
	case NO_DEFAULT_ALPN:
		break;
	case PORT:
		dns_take_uint(o, c, D_SVC_PORT, 2);
		break;
	case IPV4HINT:
		while (ni_more(c))
			dns_take_bytes(o, c, D_SVC_IP4, 4);
		break;
	case ECH:
		take_rest(o, c, D_SVC_ECH);
		break;
	case IPV6HINT:
		while (ni_more(c))
			dns_take_bytes(o, c, D_SVC_IP6, 16);
		break;
	case ODOH:
		take_rest(o, c, D_SVC_ODOH);
		break;
	default:
		take_rest(o, c, D_SVC_VALUE);
	}
}

void
dns_read_svcb(struct dns_out *o, struct ni_cur *c)
{
	while (ni_more(c)) {
		struct ni_cur head = *c;
		char text[24];
		bool show = o->show;
		uint16_t key = ni_take16(&head);
		uint16_t n = ni_take16(&head);
		const char *name = ni_label_find(dns_l_svc_keys, key);
		if (name)
			snprintf(text, sizeof(text), "%s", name);
		else
			snprintf(text, sizeof(text), "key%u", key);
		if (head.rc == NI_OK)
			dns_put_heading(o, D_SVCPARAM, c->off, 4U + n, text);
		o->show = false;
		dns_take_uint(o, c, D_SVC_KEY, 2);
		dns_take_uint(o, c, D_SVC_LEN, 2);
		o->show = show;
		struct ni_cur value = ni_sub(c, n);
		if (o->b && show && value.rc == NI_OK) {
			dns_space(o);
			ni_buf_str(o->b, text);
			ni_buf_str(o->b, n ? ":" : "");
		}
		read_svc_value(o, &value, key);
		if (value.rc == NI_MALFORMED || (value.rc == NI_OK && value.off < value.len))
			o->m->faults |= DNS_F_RDATA;
	}
}

static void
read_dso_value(struct dns_out *o, struct ni_cur *c, uint32_t type)
{
	switch (type) {
	case 1:
		dns_take_uint(o, c, D_DSO_INACTIVITY, 4);
		dns_take_uint(o, c, D_DSO_INTERVAL, 4);
		break;
	case 2:
		dns_take_uint(o, c, D_DSO_RETRY, 4);
		break;
	case 3:
		take_rest(o, c, D_DSO_PADDING);
		break;
	default:
		take_rest(o, c, D_DSO_DATA);
	}
}

void
dns_read_dso(struct dns_out *o, struct ni_cur *c)
{
	if (ni_more(c))
		dns_put_heading(o, D_DSO, c->off, ni_left(c), NULL);
	while (ni_more(c)) {
		struct ni_cur head = *c;
		uint16_t type = ni_take16(&head);
		uint16_t n = ni_take16(&head);
		if (head.rc == NI_OK)
			dns_put_heading(o, D_DSO_TLV, c->off, 4U + n,
					ni_label_find(dns_l_dso, type));
		dns_take_uint(o, c, D_DSO_TYPE, 2);
		dns_take_uint(o, c, D_DSO_LEN, 2);
		struct ni_cur value = ni_sub(c, n);
		read_dso_value(o, &value, type);
		if (value.rc == NI_MALFORMED || (value.rc == NI_OK && value.off < value.len))
			o->m->faults |= DNS_F_RDATA;
	}
}
