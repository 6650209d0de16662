/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tree of counts; see tally.h. */
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "look.h"
#include "netinspect/cells.h"

struct key {
	uint32_t parent;
	char name[TALLY_NAME]; /* zero behind its end */
};

struct node {
	struct rp_node link;
	struct key key;
	uint32_t number;
	uint32_t child, last, sibling; /* 0: none; the root is nobody's child */
	uint32_t depth;
	uint64_t count, measured;
	int64_t sum, least, most;
};

bool
tally_init(struct tally *t)
{
	*t = (struct tally){.nodes = {.items = {.item = sizeof(struct node), .max = TALLY_MAX},
				      .key = sizeof(struct key)}};
	struct key root = {.parent = UINT32_MAX, .name = ""};
	return rp_map_get(&t->nodes, &root) != NULL;
}

void
tally_free(struct tally *t)
{
	rp_map_free(&t->nodes);
}

static struct node *
at(const struct tally *t, uint32_t number)
{
	return rp_list_at(&t->nodes.items, number);
}

uint32_t
tally_node(struct tally *t, uint32_t parent, const char *name)
{
	struct key key = {.parent = parent, .name = ""};
	uint32_t before = t->nodes.items.n;
	memcpy(key.name, name, strnlen(name, TALLY_NAME - 1));
	struct node *n = rp_map_get(&t->nodes, &key);
	if (!n) {
		t->lost++;
		return parent;
	}
	if (t->nodes.items.n == before)
		return n->number;
	struct node *p = at(t, parent);
	n->number = before;
	n->depth = p->depth + 1;
	if (p->last)
		at(t, p->last)->sibling = before;
	else
		p->child = before;
	p->last = before;
	return before;
}

void
tally_count(struct tally *t, uint32_t node)
{
	at(t, node)->count++;
}

void
tally_value(struct tally *t, uint32_t node, int64_t value)
{
	struct node *n = at(t, node);
	n->count++;
	if (!n->measured || value < n->least)
		n->least = value;
	if (!n->measured || value > n->most)
		n->most = value;
	n->measured++;
	n->sum += value;
}

uint32_t
tally_hit(struct tally *t, uint32_t parent, const char *name)
{
	uint32_t n = tally_node(t, parent, name);
	tally_count(t, n);
	return n;
}

/* ---- writing ---- */

struct print {
	const struct tally *t;
	const struct tally_look *look;
	struct ni_out *out;
	size_t width;   /* of the names */
	uint32_t *list; /* room to sort children in */
};

static int
by_count(const void *a, const void *b, void *arg)
{
	const struct tally *t = arg;
	const struct node *x = at(t, *(const uint32_t *)a);
	const struct node *y = at(t, *(const uint32_t *)b);
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* Relink the children of every node in the order in which they are shown. */
static void
sort(struct print *p)
{
	for (uint32_t i = 0; i < p->t->nodes.items.n; i++) {
		struct node *n = at(p->t, i);
		size_t k = 0;
		for (uint32_t c = n->child; c; c = at(p->t, c)->sibling)
			p->list[k++] = c;
		qsort_r(p->list, k, sizeof(*p->list), by_count,
			(void *)(uintptr_t)p->t); /* NOLINT(performance-no-int-to-ptr) */
		for (size_t j = 0; j < k; j++)
			at(p->t, p->list[j])->sibling = j + 1 < k ? p->list[j + 1] : 0;
		if (k) {
			n->child = p->list[0];
			n->last = p->list[k - 1];
		}
	}
}

static uint64_t
parent_count(const struct tally *t, const struct node *n)
{
	return n->depth > 1 ? at(t, n->key.parent)->count : n->count;
}

static void
text_row(struct print *p, const struct node *n)
{
	struct ni_buf *b = &p->out->b;
	char v[48];
	size_t used = (size_t)(n->depth - 1) * 2 + ni_cells(n->key.name, strlen(n->key.name));
	ni_buf_pad(b, ' ', (size_t)(n->depth - 1) * 2);
	ni_buf_str(b, n->key.name);
	ni_buf_pad(b, ' ', p->width > used ? p->width - used : 0);
	snprintf(v, sizeof(v), "%llu", (unsigned long long)n->count);
	stat_cell(b, v, 10);
	uint64_t above = parent_count(p->t, n);
	snprintf(v, sizeof(v), "%.2f%%", above ? 100.0 * (double)n->count / (double)above : 0.0);
	stat_cell(b, v, 10);
	if (p->look->columns & TALLY_BYTES) {
		snprintf(v, sizeof(v), "%lld", (long long)n->sum);
		stat_cell(b, v, 14);
	}
	if (p->look->columns & TALLY_RATE) {
		double s = p->look->seconds;
		snprintf(v, sizeof(v), "%.4g", s > 0 ? (double)n->count / s : 0.0);
		stat_cell(b, v, 12);
	}
	if ((p->look->columns & TALLY_VALUES) && n->measured) {
		snprintf(v, sizeof(v), "%.2f", (double)n->sum / (double)n->measured);
		stat_cell(b, v, 12);
		snprintf(v, sizeof(v), "%lld", (long long)n->least);
		stat_cell(b, v, 10);
		snprintf(v, sizeof(v), "%lld", (long long)n->most);
		stat_cell(b, v, 10);
	}
	ni_buf_c(b, '\n');
	ni_out_line(p->out);
}

static void
text_head(struct print *p)
{
	struct ni_buf *b = &p->out->b;
	ni_out_color(p->out, NI_C_BOLD);
	ni_buf_str(b, p->look->title);
	ni_out_color(p->out, NI_C_NONE);
	if (p->look->filter[0])
		ni_buf_fmt(b, "  [%s]", p->look->filter);
	ni_buf_c(b, '\n');
	size_t start = b->len;
	ni_buf_pad(b, ' ', p->width > b->len - start ? p->width : 0);
	stat_cell(b, _("count"), 10);
	stat_cell(b, _("percent"), 10);
	if (p->look->columns & TALLY_BYTES)
		stat_cell(b, _("bytes"), 14);
	if (p->look->columns & TALLY_RATE)
		stat_cell(b, _("per second"), 12);
	if (p->look->columns & TALLY_VALUES) {
		stat_cell(b, _("average"), 12);
		stat_cell(b, _("least"), 10);
		stat_cell(b, _("most"), 10);
	}
	ni_buf_c(b, '\n');
	ni_out_line(p->out);
}

static void
json_node(struct print *p, const struct node *n)
{
	struct ni_buf *b = &p->out->b;
	ni_buf_str(b, "{\"name\":\"");
	ni_buf_json(b, (const uint8_t *)n->key.name, strlen(n->key.name));
	ni_buf_fmt(b, "\",\"count\":%llu", (unsigned long long)n->count);
	if ((p->look->columns & TALLY_BYTES))
		ni_buf_fmt(b, ",\"bytes\":%lld", (long long)n->sum);
	if ((p->look->columns & TALLY_VALUES) && n->measured)
		ni_buf_fmt(b, ",\"average\":%.6g,\"min\":%lld,\"max\":%lld",
			   (double)n->sum / (double)n->measured, (long long)n->least,
			   (long long)n->most);
	ni_out_line(p->out);
}

/* Depth first, without recursion: the tree is as deep as the capture likes. */
static void
walk(struct print *p)
{
	uint32_t i = at(p->t, TALLY_ROOT)->child;
	bool json = p->look->json;
	while (i) {
		struct node *n = at(p->t, i);
		if (json)
			json_node(p, n);
		else
			text_row(p, n);
		if (n->child) {
			if (json)
				ni_buf_str(&p->out->b, ",\"rows\":[");
			i = n->child;
			continue;
		}
		for (;;) {
			if (json)
				ni_buf_c(&p->out->b, '}');
			if (n->sibling || n->depth <= 1)
				break;
			if (json)
				ni_buf_c(&p->out->b, ']');
			n = at(p->t, n->key.parent);
		}
		i = n->sibling;
		if (i && json)
			ni_buf_c(&p->out->b, ',');
	}
}

void
tally_print(const struct tally *t, struct ni_out *out, const struct tally_look *look)
{
	struct print p = {.t = t, .look = look, .out = out};
	for (uint32_t i = 1; i < t->nodes.items.n; i++) {
		const struct node *n = at(t, i);
		size_t w = (size_t)(n->depth - 1) * 2 + ni_cells(n->key.name, strlen(n->key.name));
		p.width = w > p.width ? w : p.width;
	}
	p.list = look->columns & TALLY_SORT ? calloc(t->nodes.items.n, sizeof(*p.list)) : NULL;
	if (p.list)
		sort(&p);
	free(p.list);
	if (look->json) {
		ni_buf_fmt(&out->b, "{\"stat\":\"%s\",\"filter\":\"", look->stat);
		ni_buf_json(&out->b, (const uint8_t *)look->filter, strlen(look->filter));
		ni_buf_fmt(&out->b, "\",\"lost\":%llu,\"rows\":[", (unsigned long long)t->lost);
	} else {
		text_head(&p);
	}
	walk(&p);
	if (look->json)
		ni_buf_str(&out->b, "]}\n");
	else if (t->lost)
		ni_buf_fmt(&out->b,
			   NI_PLURAL("%llu more was counted with its heading for lack of room\n",
				     "%llu more were counted with their heading for lack of room\n",
				     t->lost),
			   (unsigned long long)t->lost);
	ni_out_line(out);
}
