/* SPDX-License-Identifier: GPL-2.0-or-later */
/* HTTP exchanges counted together: by host, by status, by media type. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "report.h"

struct group {
	struct rp_node node;
	uint64_t hash;    /* the key */
	const char *name; /* raw */
	uint64_t requests, errors, silent, bytes;
	uint64_t waits;
	double wait_sum;
	int64_t wait_max;
};

static void
add(struct rp_map *m, struct rp_texts *texts, const char *name, const struct ni_http_exchange *x,
    int64_t wait_ns)
{
	uint64_t hash = rp_bad_hash(name);
	m->key = sizeof(hash);
	m->items.item = sizeof(struct group);
	m->items.max = RP_HTTP_GROUPS;
	struct group *g = rp_map_get(m, &hash);
	if (!g)
		return;
	if (!g->requests)
		g->name = rp_texts_add(texts, name, strlen(name));
	g->requests++;
	g->errors += x->status >= 400;
	g->silent += !x->status;
	g->bytes += x->response_body;
	if (wait_ns >= 0) {
		g->waits++;
		g->wait_sum += (double)wait_ns;
		if (wait_ns > g->wait_max)
			g->wait_max = wait_ns;
	}
}

void
rp_http_count(struct rp_http *h, const struct ni_http_exchange *x, int64_t wait_ns)
{
	char name[sizeof(x->type) + sizeof(x->reason)];
	struct ni_buf b = ni_buf(name, sizeof(name));
	add(&h->groups[RP_HTTP_HOST], &h->texts, x->host, x, wait_ns);
	if (!x->status)
		return;
	ni_buf_fmt(&b, "%u", x->status);
	if (x->reason[0])
		ni_buf_fmt(&b, " %s", x->reason);
	add(&h->groups[RP_HTTP_STATUS], &h->texts, ni_buf_z(&b), x, wait_ns);
	b.len = 0;
	ni_buf_mem(&b, x->type, strcspn(x->type, "; "));
	add(&h->groups[RP_HTTP_TYPE], &h->texts, ni_buf_z(&b), x, wait_ns);
}

/* ---- writing ---- */

struct rows {
	const struct rp_map *map;
	uint32_t *index;
	enum rp_http_group by;
};

static const struct group *
group_at(const struct rp_map *m, uint32_t i)
{
	return rp_list_at(&m->items, i);
}

static bool
busier(const void *ctx, uint32_t a, uint32_t b)
{
	return group_at(ctx, a)->requests > group_at(ctx, b)->requests;
}

/* A status begins with its number. */
static bool
smaller(const void *ctx, uint32_t a, uint32_t b)
{
	const char *x = group_at(ctx, a)->name;
	const char *y = group_at(ctx, b)->name;
	return x && y && strcmp(x, y) < 0;
}

static void
cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct group *g = group_at(r->map, r->index[i]);
	uint64_t count = col == 1 ? g->requests : col == 2 ? g->errors : g->silent;
	switch (col) {
	case 0:
		if (g->name && g->name[0])
			rp_wire(b, g->name);
		else
			ni_buf_str(b, _("(none named)"));
		break;
	case 1:
	case 2:
	case 3:
		/* That it is an error is what the status says itself. */
		if (count && (col == 1 || r->by != RP_HTTP_STATUS))
			rp_num(b, count);
		break;
	case 4:
		rp_size(b, g->bytes);
		break;
	case 5:
		if (g->waits)
			rp_dur(b, (int64_t)(g->wait_sum / (double)g->waits));
		break;
	default:
		if (g->waits)
			rp_dur(b, g->wait_max);
		break;
	}
}

static const char *
first_title(enum rp_http_group by)
{
	return by == RP_HTTP_HOST ? N_("host") : by == RP_HTTP_STATUS ? N_("status") : N_("type");
}

void
rp_http_groups_write(const struct rp_http *h, enum rp_http_group by, const struct rp_ctx *ctx)
{
	const struct rp_col cols[] = {
	    {first_title(by), RP_ELIDE, 20}, {N_("requests"), RP_RIGHT, 0},
	    {N_("errors"), RP_RIGHT, 0},     {N_("unanswered"), RP_RIGHT, 0},
	    {N_("bytes"), RP_RIGHT, 0},      {N_("mean wait"), RP_RIGHT, 0},
	    {N_("longest"), RP_RIGHT, 0},    {NULL, 0, 0}};
	const struct rp_map *m = &h->groups[by];
	size_t n = m->items.n;
	struct rows r = {.map = m, .by = by};
	struct rp_table t = {.cols = cols, .ctx = &r, .rows = rp_rows(ctx, n), .cell = cell};
	/* Of one kind alone everything has been said. */
	if (n < 2)
		return;
	r.index = rp_sorted(ctx, n, by == RP_HTTP_STATUS ? smaller : busier, m);
	if (!r.index)
		return;
	rp_end(ctx->page);
	rp_table(ctx->page, &t);
	rp_more(ctx->page, t.rows, n);
	if (by == RP_HTTP_HOST)
		rp_not_kept(ctx->page, m->items.lost,
			    NI_PLURAL("%s further exchange's host was not kept: no room for it",
				      "%s further exchanges' hosts were not kept: no room for them",
				      m->items.lost));
	else if (by == RP_HTTP_STATUS)
		rp_not_kept(
		    ctx->page, m->items.lost,
		    NI_PLURAL("%s further exchange's status was not kept: no room for it",
			      "%s further exchanges' statuses were not kept: no room for them",
			      m->items.lost));
	else
		rp_not_kept(ctx->page, m->items.lost,
			    NI_PLURAL("%s further exchange's type was not kept: no room for it",
				      "%s further exchanges' types were not kept: no room for them",
				      m->items.lost));
	free(r.index);
}

const char *
rp_http_only_host(const struct rp_http *h)
{
	const struct rp_map *m = &h->groups[RP_HTTP_HOST];
	if (m->items.n != 1 || m->items.lost)
		return NULL;
	const char *name = group_at(m, 0)->name;
	return name ? name : "";
}

void
rp_http_groups_free(struct rp_http *h)
{
	for (unsigned i = 0; i < RP_HTTP_NGROUPS; i++)
		rp_map_free(&h->groups[i]);
}
