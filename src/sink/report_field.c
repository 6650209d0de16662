/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single fields by their keys; see report_field.h. */
#include "report_field.h"

#include <string.h>

static const struct ni_field *
find(const struct ni_dis *d, const struct ni_layer *l, const char *key)
{
	const struct ni_proto *p = ni_layer_proto(d, l);
	for (const struct ni_field *f = p->fields; f && f->key; f++)
		if (!strcmp(f->key, key))
			return f;
	return NULL;
}

bool
rp_field(const struct ni_dis *d, const struct ni_layer *l, const char *key, struct ni_value *v)
{
	const struct ni_field *f = find(d, l, key);
	return f && ni_field_get(d, l, f, v);
}

struct search {
	const char *key;
	struct ni_value *value;
	const struct ni_field *found;
};

static void
visit(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	struct search *s = ctx;
	(void)depth;
	if (s->found || strcmp(f->key, s->key) != 0)
		return;
	s->found = f;
	*s->value = *v;
}

bool
rp_field_number(const struct ni_dis *d, const struct ni_layer *l, const char *key, uint64_t *n)
{
	struct ni_value v;
	struct search s = {.key = key, .value = &v};
	ni_walk_layer(d, l, visit, &s, false);
	if (s.found)
		*n = v.u;
	return s.found != NULL;
}

bool
rp_field_ns(const struct ni_dis *d, const struct ni_layer *l, const char *key, int64_t *ns)
{
	enum { NS_A_MS = 1000000 };
	struct ni_value v;
	struct search s = {.key = key, .value = &v};
	ni_walk_layer(d, l, visit, &s, false);
	if (!s.found)
		return false;
	/* Wireshark keeps response times of ICMP as milliseconds in a double. */
	*ns = s.found->type == NI_DOUBLE ? (int64_t)(v.d * NS_A_MS + 0.5) : v.i;
	return true;
}
