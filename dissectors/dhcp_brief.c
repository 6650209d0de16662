/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a DHCP message says of itself, for those who pair messages; see exchange.h. */
#include "dhcp.h"

#include <string.h>

#include "netinspect/exchange.h"

enum { HDR = 28 };

static void
take_addr(struct ni_addr *a, const struct ni_value *v)
{
	if (a->len || v->n > sizeof(a->b) || !v->n || !v->p)
		return;
	a->len = (uint8_t)v->n;
	memcpy(a->b, v->p, v->n);
}

/* The address that a client speaks of: what it has goes before what it asks for. */
static void
take_ip(struct ni_dhcp_brief *m, const struct ni_value *v)
{
	static const uint8_t none[4];
	if (v->n == 4 && v->p && memcmp(v->p, none, 4) != 0)
		take_addr(&m->ip, v);
}

static void
take_name(struct ni_dhcp_brief *m, const struct ni_value *v)
{
	if (v->p)
		memcpy(m->name, v->p, v->n < NI_DHCP_NAME - 1 ? v->n : NI_DHCP_NAME - 1);
}

static void
visit(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	struct ni_dhcp_brief *m = ctx;
	(void)depth;
	if (f == &dhcp_fields[H_DHCP]) {
		m->type = (uint8_t)v->u;
	} else if (f == &dhcp_fields[H_YIADDR] || f == &dhcp_fields[H_CIADDR] ||
		   f == &dhcp_fields[H_REQUESTED_IP_ADDRESS]) {
		take_ip(m, v);
	} else if (f == &dhcp_fields[H_HW_MAC] || f == &dhcp_fields[H_HW_ADDR]) {
		take_addr(&m->mac, v);
	} else if (f == &dhcp_fields[H_ROUTER]) {
		take_addr(&m->router, v);
	} else if (f == &dhcp_fields[H_DOMAIN_NAME_SERVER]) {
		take_addr(&m->dns, v);
	} else if (f == &dhcp_fields[H_SUBNET_MASK]) {
		take_addr(&m->mask, v);
	} else if (f == &dhcp_fields[H_DHCP_SERVER_ID]) {
		take_addr(&m->server, v);
	} else if (f == &dhcp_fields[H_IP_ADDRESS_LEASE_TIME]) {
		m->has_lease = true;
		m->lease_s = (uint32_t)v->u;
	} else if (f == &dhcp_fields[H_HOSTNAME]) {
		take_name(m, v);
	}
}

bool
ni_dhcp_brief(const struct ni_dis *d, const struct ni_layer *l, struct ni_dhcp_brief *out)
{
	struct ni_span s = ni_layer_span(d, l);
	if (strcmp(ni_layer_proto(d, l)->key, "dhcp") != 0 || l->rc == NI_MALFORMED || s.cap < HDR)
		return false;
	*out = (struct ni_dhcp_brief){.xid = ni_be32(s.p + 4), .reply = s.p[0] == 2};
	ni_walk_layer(d, l, visit, out, false);
	return true;
}

const char *
ni_dhcp_message_name(unsigned type)
{
	return ni_label_find(dhcp_l_messages, type);
}
