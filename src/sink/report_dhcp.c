/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP leases, from the exchanges that ended with an acknowledgement. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "report.h"

enum { NS = 1000000000 };

struct lease {
	struct rp_node node;
	struct ni_addr mac; /* the key */
	struct ni_dhcp_brief last;
	struct rp_frames frames;
};

static void
add_trouble(const struct ni_dhcp_exchange *x, struct rp_bad *bad, bool patient)
{
	struct rp_case c = {.key = {.addr = rp_addr_key(&x->last.mac)}, .frame = x->frame[0]};
	if (x->outcome == NI_DHCP_REFUSED) {
		c.key.kind = RP_BAD_DHCP_REFUSED;
		c.frame = x->last_frame;
	} else if (x->outcome == NI_DHCP_SILENT && !patient) {
		c.key.kind = RP_BAD_DHCP_SILENT;
	} else {
		return;
	}
	rp_bad_add(bad, &c);
}

void
rp_dhcp_add(struct rp_dhcp *h, const struct ni_dhcp_exchange *x, struct rp_bad *bad, bool patient)
{
	struct ni_addr mac = rp_addr_key(&x->last.mac);
	add_trouble(x, bad, patient);
	if (x->outcome != NI_DHCP_ACKNOWLEDGED || !mac.len)
		return;
	h->leases.key = sizeof(mac);
	h->leases.items.item = sizeof(struct lease);
	h->leases.items.max = RP_LEASES;
	struct lease *l = rp_map_get(&h->leases, &mac);
	if (!l)
		return;
	/* The last one counts. */
	l->last = x->last;
	rp_frames_add(&l->frames, x->last_frame);
}

/* ---- writing ---- */

static void
cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rp_dhcp *h = ctx;
	const struct lease *l = rp_list_at(&h->leases.items, i);
	const struct ni_dhcp_brief *m = &l->last;
	const struct ni_addr *a[] = {&m->ip, &l->mac, NULL, &m->router, &m->dns, &m->server};
	if (col < 6 && a[col]) {
		if (a[col]->len)
			rp_addr(b, a[col]);
	} else if (col == 2) {
		/* An endless lease has all bits set (RFC 2131 3.3). */
		if (m->lease_s == UINT32_MAX)
			ni_buf_str(b, _("for ever"));
		else if (m->lease_s)
			rp_dur(b, (int64_t)m->lease_s * NS);
	} else {
		rp_frames(b, &l->frames);
	}
}

void
rp_dhcp_write(const struct rp_dhcp *h, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {
	    {N_("address"), 0, 0},       {N_("MAC"), 0, 0},
	    {N_("for"), RP_RIGHT, 0},    {N_("router"), RP_OPTION, 0},
	    {N_("DNS"), RP_OPTION, 0},   {N_("server"), RP_OPTION, 0},
	    {N_("frames"), RP_ELIDE, 4}, {NULL, 0, 0}};
	size_t n = h->leases.items.n;
	struct rp_table t = {.cols = cols, .ctx = h, .rows = rp_rows(ctx, n), .cell = cell};
	if (!n)
		return;
	rp_heading(ctx->page, _("DHCP leases"), NULL);
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, n);
	rp_not_kept(ctx->page, h->leases.items.lost,
		    NI_PLURAL("%s further lease was not kept: no room for it",
			      "%s further leases were not kept: no room for them",
			      h->leases.items.lost));
}

void
rp_dhcp_free(struct rp_dhcp *h)
{
	rp_map_free(&h->leases);
}
