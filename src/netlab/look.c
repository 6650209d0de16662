/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is in a frame; see look.h. */
#include "look.h"

#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "i18n.h"
#include "netinspect/lookup.h"
#include "netinspect/proto.h"

enum { LINKTYPE_ETHERNET = 1, LINKTYPE_RAW = 101, LINKTYPE_DNS = 0xfff0 /* nobody else's */ };

struct nl_look {
	struct ni_registry *reg;
	struct ni_frame frame;
	struct ni_dis dis;
};

struct nl_look *
nl_look_new(struct ni_err *err)
{
	struct nl_look *k = calloc(1, sizeof(*k));
	if (k)
		k->reg = ni_registry_new();
	if (!k || !k->reg ||
	    !ni_registry_bind(k->reg, NI_BY_LINKTYPE, LINKTYPE_DNS,
			      ni_registry_find(k->reg, "dns"))) {
		nl_look_free(&k);
		ni_fail(err, NI_ERR_RUN, _("not enough memory"));
		return NULL;
	}
	k->dis.reg = k->reg;
	return k;
}

void
nl_look_free(struct nl_look **k)
{
	if (!*k)
		return;
	ni_registry_free(&(*k)->reg);
	free(*k);
	*k = NULL;
}

const struct ni_dis *
nl_look_at(struct nl_look *k, enum nl_look_from from, const uint8_t *p, uint32_t n)
{
	static const uint32_t linktypes[] = {
	    [NL_FROM_ETHERNET] = LINKTYPE_ETHERNET,
	    [NL_FROM_IP] = LINKTYPE_RAW,
	    [NL_FROM_DNS] = LINKTYPE_DNS,
	};
	k->frame = (struct ni_frame){.data = p,
				     .cap = n,
				     .len = n,
				     .number = k->frame.number + 1,
				     .offset = UINT64_MAX,
				     .linktype = linktypes[from]};
	ni_dissect(&k->dis, &k->frame);
	return &k->dis;
}

/* What is looked for, and the first that was found, or all of it as text. */
struct search {
	const char *key;
	bool found;
	struct ni_value value;
	struct ni_buf *all;
};

static void
visit(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	struct search *s = ctx;
	(void)depth;
	if (strcmp(f->key, s->key) != 0 && (!f->alias || strcmp(f->alias, s->key) != 0))
		return;
	if (!s->found)
		s->value = *v;
	if (s->all && s->found)
		ni_buf_c(s->all, ',');
	if (s->all)
		ni_field_print(s->all, f, v);
	s->found = true;
}

static bool
search(struct search *s, const struct ni_dis *d, bool quoted)
{
	for (unsigned i = 0; i < d->nlayers && (s->all || !s->found); i++)
		if (s->all || quoted == ((d->layers[i].flags & NI_L_QUOTED) != 0))
			ni_walk_layer(d, &d->layers[i], visit, s, false);
	return s->found;
}

bool
nl_look_number(const struct ni_dis *d, const char *key, bool quoted, uint64_t *v)
{
	struct search s = {.key = key};
	if (!search(&s, d, quoted))
		return false;
	*v = s.value.u;
	return true;
}

bool
nl_look_bytes(const struct ni_dis *d, const char *key, bool quoted, void *to, uint32_t n)
{
	struct search s = {.key = key};
	if (!search(&s, d, quoted) || s.value.n != n)
		return false;
	memcpy(to, s.value.p, n);
	return true;
}

bool
nl_look_print(struct ni_buf *b, const struct ni_dis *d, const char *key)
{
	struct search s = {.key = key, .all = b};
	return search(&s, d, false);
}

void
nl_look_line(struct ni_buf *b, const struct ni_dis *d)
{
	ni_column_print(b, d, NI_COL_SOURCE, NI_TIME_RELATIVE);
	ni_buf_str(b, " > ");
	ni_column_print(b, d, NI_COL_DESTINATION, NI_TIME_RELATIVE);
	ni_buf_c(b, ' ');
	ni_column_print(b, d, NI_COL_PROTOCOL, NI_TIME_RELATIVE);
	ni_buf_c(b, ' ');
	ni_column_print(b, d, NI_COL_INFO, NI_TIME_RELATIVE);
}

int
nl_look_known(const struct ni_registry *r, const char *key, struct ni_err *err)
{
	char near[256];
	struct ni_buf b = ni_buf(near, sizeof(near));
	if (ni_field_lookup(r, key, NULL, 0))
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, _("%s: no such field"), key);
	ni_field_suggest(r, key, &b);
	if (b.len)
		ni_hint(err, _("did you mean %s?"), ni_buf_z(&b));
	return NI_ERR_INPUT;
}
