/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets and bytes per protocol, as a tree. Most frames have the protocols of one of the last two
 * kinds of frames: then counting is one comparison. A quoted packet (in an ICMP error) was not sent
 * and is not counted.
 */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/proto.h"
#include "report.h"

enum { PATH_BYTES = 8 };

/* What must be looked into when a protocol is on the way. */
static unsigned
special_of(const struct ni_proto *p)
{
	if (!strcmp(p->key, "icmp") || !strcmp(p->key, "icmpv6"))
		return RP_ICMP;
	return 0;
}

/* The branch for @proto below @above; @above itself when there is no room. */
static uint16_t
grow(struct rp_tree *t, uint16_t above, const struct ni_dis *d, const struct ni_layer *l)
{
	uint16_t *link = &t->branch[above].child;
	while (*link) {
		if (t->branch[*link].proto == l->proto)
			return *link;
		link = &t->branch[*link].sibling;
	}
	if (t->n == RP_BRANCHES) {
		t->lost++;
		return above;
	}
	*link = t->n;
	t->branch[t->n] = (struct rp_branch){
	    .proto = l->proto,
	    .special = (uint8_t)(t->branch[above].special | special_of(ni_layer_proto(d, l))),
	};
	return t->n++;
}

/* Walk down the tree. Several messages of one protocol in a frame are one step. */
static uint16_t
find(struct rp_tree *t, const struct ni_dis *d)
{
	uint16_t at = 0;
	for (unsigned i = 1; i < d->nlayers; i++) {
		const struct ni_layer *l = &d->layers[i];
		if (l->flags & NI_L_QUOTED)
			break;
		if (!at || l->proto != d->layers[i - 1].proto)
			at = grow(t, at, d, l);
	}
	return at;
}

static void
count(struct rp_tree *t, uint16_t leaf, const struct ni_dis *d)
{
	t->branch[leaf].packets++;
	t->branch[leaf].bytes += d->frame->len;
}

unsigned
rp_tree_frame(struct rp_tree *t, const struct ni_dis *d, unsigned *rcs)
{
	uint64_t path = 0;
	unsigned seen = 0;
	unsigned flags = 0;
	for (unsigned i = 1; i < d->nlayers; i++) {
		const struct ni_layer *l = &d->layers[i];
		path = path << 8 | l->proto;
		seen |= 1u << l->rc;
		flags |= l->flags;
	}
	*rcs = seen;
	if (!t->branch) {
		t->branch = calloc(RP_BRANCHES, sizeof(*t->branch));
		if (!t->branch) {
			t->lost++;
			return 0;
		}
		t->n = 1;
	}
	bool simple = d->nlayers <= PATH_BYTES + 1 && !(flags & NI_L_QUOTED);
	for (unsigned i = 0; simple && i < 2; i++) {
		if (t->path[i] == path) {
			count(t, t->leaf[i], d);
			return t->branch[t->leaf[i]].special;
		}
	}
	uint16_t leaf = find(t, d);
	if (simple && path) {
		t->path[1] = t->path[0];
		t->leaf[1] = t->leaf[0];
		t->path[0] = path;
		t->leaf[0] = leaf;
	}
	count(t, leaf, d);
	return t->branch[leaf].special;
}

/* ---- writing ---- */

struct row {
	uint64_t packets, bytes;
	uint16_t branch;
	uint16_t depth;
};

struct rows {
	struct row *row;
	size_t n;
	uint64_t packets, bytes;
	const struct rp_tree *tree;
	const struct ni_registry *reg;
};

/* Append the branches below @above with what all below them has; the deepest nesting is
 * NI_MAX_LAYERS. */
static void
collect(struct rows *r, uint16_t above, uint16_t depth)
{
	for (uint16_t i = r->tree->branch[above].child; i; i = r->tree->branch[i].sibling) {
		struct row *row = &r->row[r->n++];
		*row = (struct row){r->tree->branch[i].packets, r->tree->branch[i].bytes, i, depth};
		size_t first = r->n;
		collect(r, i, (uint16_t)(depth + 1));
		for (size_t k = first; k < r->n; k++) {
			if (r->row[k].depth == depth + 1) {
				row->packets += r->row[k].packets;
				row->bytes += r->row[k].bytes;
			}
		}
	}
}

static void
cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct row *row = &r->row[i];
	switch (col) {
	case 0:
		ni_buf_pad(b, ' ', (size_t)row->depth * 2);
		ni_buf_str(b, ni_registry_proto(r->reg, r->tree->branch[row->branch].proto)->key);
		break;
	case 1:
		rp_num(b, row->packets);
		break;
	case 2:
		rp_percent(b, row->packets, r->packets);
		break;
	case 3:
		rp_num(b, row->bytes);
		break;
	default:
		rp_percent(b, row->bytes, r->bytes);
		break;
	}
}

void
rp_tree_write(struct rp_tree *t, const struct rp_ctx *ctx, const struct ni_registry *reg)
{
	static const struct rp_col cols[] = {{N_("protocol"), RP_ELIDE, 20},
					     {N_("packets"), RP_RIGHT, 0},
					     {"", RP_RIGHT, 0},
					     {N_("bytes"), RP_RIGHT, 0},
					     {"", RP_RIGHT, 0},
					     {NULL, 0, 0}};
	*ctx->no_memory |= !t->branch;
	if (!t->branch || t->n == 1)
		return;
	struct rows r = {.row = calloc(t->n, sizeof(*r.row)), .tree = t, .reg = reg};
	if (!r.row) {
		*ctx->no_memory = true;
		return;
	}
	collect(&r, 0, 0);
	r.packets = t->branch[0].packets;
	r.bytes = t->branch[0].bytes;
	for (size_t i = 0; i < r.n; i++) {
		if (!r.row[i].depth) {
			r.packets += r.row[i].packets;
			r.bytes += r.row[i].bytes;
		}
	}
	struct rp_table table = {.cols = cols, .ctx = &r, .rows = r.n, .cell = cell};
	rp_heading(ctx->page, _("Protocols"), NULL);
	rp_table(ctx->page, &table);
	rp_not_kept(
	    ctx->page, t->lost,
	    NI_PLURAL("%s packet is counted with its parent alone: no room for its branch",
		      "%s packets are counted with their parents alone: no room for their branches",
		      t->lost));
	free(r.row);
}

void
rp_tree_free(struct rp_tree *t)
{
	free(t->branch);
	t->branch = NULL;
}
