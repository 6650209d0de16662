/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP leases, from the servers' acknowledgements. */
#include <stdlib.h>
#include <string.h>

#include "netinspect/proto.h"
#include "report.h"

enum { DHCP_ACK = 5, DHCP_NAK = 6, NAME = 40, NS = 1000000000 };

struct lease {
	struct rp_node node;
	struct ni_addr mac; /* the key */
	struct ni_addr ip, router, dns, server;
	char name[NAME]; /* raw */
	uint64_t seconds;
	struct rp_frames frames;
};

/* What one message says. */
struct message {
	uint64_t type;
	struct lease lease;
};

static void
take_addr(struct ni_addr *a, const struct ni_value *v)
{
	if (a->len || v->n > sizeof(a->b) || !v->n || !v->p)
		return;
	a->len = (uint8_t)v->n;
	memcpy(a->b, v->p, v->n);
}

static void
visit(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	struct message *m = ctx;
	(void)depth;
	if (!strcmp(f->key, "dhcp.option.dhcp"))
		m->type = v->u;
	else if (!strcmp(f->key, "dhcp.ip.your"))
		take_addr(&m->lease.ip, v);
	else if (!strcmp(f->key, "dhcp.hw.mac_addr"))
		take_addr(&m->lease.mac, v);
	else if (!strcmp(f->key, "dhcp.option.router"))
		take_addr(&m->lease.router, v);
	else if (!strcmp(f->key, "dhcp.option.domain_name_server"))
		take_addr(&m->lease.dns, v);
	else if (!strcmp(f->key, "dhcp.option.dhcp_server_id"))
		take_addr(&m->lease.server, v);
	else if (!strcmp(f->key, "dhcp.option.ip_address_lease_time"))
		m->lease.seconds = v->u;
	else if (!strcmp(f->key, "dhcp.option.hostname") && v->p)
		memcpy(m->lease.name, v->p, v->n < NAME - 1 ? v->n : NAME - 1);
}

void
rp_dhcp_frame(struct rp_dhcp *h, const struct ni_dis *d)
{
	struct message m = {0};
	for (unsigned i = 1; i < d->nlayers; i++)
		if (!strcmp(ni_layer_proto(d, &d->layers[i])->key, "dhcp"))
			ni_walk_layer(d, &d->layers[i], visit, &m, false);
	if (m.type != DHCP_ACK || !m.lease.mac.len)
		return;
	h->leases.key = sizeof(m.lease.mac);
	h->leases.items.item = sizeof(struct lease);
	h->leases.items.max = RP_LEASES;
	struct lease *l = rp_map_get(&h->leases, &m.lease.mac);
	if (!l)
		return;
	/* The last one counts; its name may have stood in the request alone. */
	m.lease.node = l->node;
	m.lease.frames = l->frames;
	rp_frames_add(&m.lease.frames, d->frame->number);
	*l = m.lease;
}

/* ---- writing ---- */

static void
cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rp_dhcp *h = ctx;
	const struct lease *l = rp_list_at(&h->leases.items, i);
	const struct ni_addr *a[] = {&l->ip, &l->mac, NULL, &l->router, &l->dns, &l->server};
	if (col < 6 && a[col]) {
		if (a[col]->len)
			rp_addr(b, a[col]);
	} else if (col == 2) {
		/* An endless lease has all bits set (RFC 2131 3.3). */
		if (l->seconds == UINT32_MAX)
			ni_buf_str(b, "for ever");
		else if (l->seconds)
			rp_dur(b, (int64_t)l->seconds * NS);
	} else {
		rp_frames(b, &l->frames);
	}
}

void
rp_dhcp_write(const struct rp_dhcp *h, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{"address", 0, 0},       {"MAC", 0, 0},
					     {"for", RP_RIGHT, 0},    {"router", RP_OPTION, 0},
					     {"DNS", RP_OPTION, 0},   {"server", RP_OPTION, 0},
					     {"frames", RP_ELIDE, 4}, {NULL, 0, 0}};
	size_t n = h->leases.items.n;
	struct rp_table t = {.cols = cols, .ctx = h, .rows = rp_rows(ctx, n), .cell = cell};
	if (!n)
		return;
	rp_heading(ctx->page, "DHCP leases", NULL);
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, n);
	rp_not_kept(ctx->page, h->leases.items.lost, "lease was", "leases were");
}

void
rp_dhcp_free(struct rp_dhcp *h)
{
	rp_map_free(&h->leases);
}
