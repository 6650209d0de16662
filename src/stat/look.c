/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What statistics have in common; see look.h. */
#include "look.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/cells.h"
#include "netinspect/conn.h"

int
stat_base_init(struct stat_base *b, const struct ni_stat_env *env, const struct ni_stat *stat,
	       const char *filter, struct ni_err *err)
{
	struct ni_filter_error wrong;
	b->env = *env;
	b->stat = stat;
	if (!filter[0])
		return NI_SUCCESS;
	if (strlen(filter) >= sizeof(b->text))
		return ni_fail(err, NI_ERR_INPUT, _("-z %s: the filter is longer than %zu bytes"),
			       stat->name, sizeof(b->text) - 1);
	memcpy(b->text, filter, strlen(filter) + 1);
	b->filter = ni_filter_compile(ni_session_registry(env->session), filter, &wrong);
	if (b->filter)
		return NI_SUCCESS;
	ni_fail(err, NI_ERR_INPUT, "-z %s: %s", stat->name, wrong.what);
	if (wrong.hint[0])
		ni_hint(err, "%s", wrong.hint);
	return NI_ERR_INPUT;
}

void
stat_base_free(struct stat_base *b)
{
	ni_filter_free(&b->filter);
}

bool
stat_takes(struct stat_base *b, const struct ni_dis *d)
{
	if (!b->begun) {
		b->begun = true;
		b->first_ns = d->frame->ts_ns;
	}
	b->last_ns = d->frame->ts_ns;
	bool yes = !b->filter || ni_filter_match(b->filter, d);
	b->frames += yes;
	return yes;
}

double
stat_seconds(const struct stat_base *b)
{
	return (double)(b->last_ns - b->first_ns) / 1e9;
}

void
stat_head(const struct stat_base *b, const char *title)
{
	ni_out_color(b->env.out, NI_C_BOLD);
	ni_buf_str(&b->env.out->b, title);
	ni_out_color(b->env.out, NI_C_NONE);
	if (b->text[0])
		ni_buf_fmt(&b->env.out->b, "  [%s]", b->text);
	ni_buf_c(&b->env.out->b, '\n');
	ni_out_line(b->env.out);
}

void
stat_cell(struct ni_buf *b, const char *text, size_t width)
{
	size_t n = ni_cells(text, strlen(text));
	ni_buf_pad(b, ' ', width > n ? width - n : 1);
	ni_buf_str(b, text);
}

void
stat_json_begin(const struct stat_base *b)
{
	struct ni_buf *o = &b->env.out->b;
	ni_buf_fmt(o, "{\"stat\":\"%s\",\"filter\":\"", b->stat->name);
	ni_buf_json(o, (const uint8_t *)b->text, strlen(b->text));
	ni_buf_str(o, "\",");
}

void
stat_json_end(const struct stat_base *b)
{
	ni_buf_str(&b->env.out->b, "}\n");
	ni_out_line(b->env.out);
}

void
stat_conns_add(struct stat_conns *c, uint32_t id)
{
	if (!c->bits)
		c->bits = calloc(STAT_CONNS / 64, sizeof(*c->bits));
	if (c->bits && id < STAT_CONNS)
		c->bits[id / 64] |= UINT64_C(1) << id % 64;
	else
		c->beyond = true;
}

bool
stat_conns_has(const struct stat_conns *c, const struct stat_base *b, const struct ni_conn *conn)
{
	if (!b->filter)
		return true;
	if (conn->id >= STAT_CONNS || !c->bits)
		return c->beyond;
	return c->bits[conn->id / 64] >> conn->id % 64 & 1;
}

void
stat_conns_free(struct stat_conns *c)
{
	free(c->bits);
	c->bits = NULL;
}

void
stat_wants_init(struct stat_want *w, size_t n, const struct ni_registry *reg)
{
	for (size_t i = 0; i < n; i++) {
		size_t found = ni_field_lookup(reg, w[i].key, w[i].row, WANT_ROWS);
		w[i].rows = (unsigned)(found < WANT_ROWS ? found : WANT_ROWS);
	}
}

struct look {
	struct stat_want *want;
	size_t n;
};

static void
visit(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	const struct look *k = ctx;
	(void)depth;
	for (size_t i = 0; i < k->n; i++) {
		struct stat_want *w = &k->want[i];
		for (unsigned r = 0; r < w->rows; r++) {
			if (w->row[r].field != f)
				continue;
			if (w->each)
				w->each(w->ctx, f, v);
			if (!w->n++) {
				struct ni_buf b = ni_buf(w->text, sizeof(w->text));
				w->value = *v;
				w->field = f;
				ni_field_print(&b, f, v);
				ni_buf_z(&b);
			}
			break;
		}
	}
}

void
stat_look(struct stat_want *w, size_t n, const struct ni_dis *d, const struct ni_layer *l)
{
	struct look k = {w, n};
	for (size_t i = 0; i < n; i++) {
		w[i].n = 0;
		w[i].text[0] = '\0';
	}
	ni_walk_layer(d, l, visit, &k, false);
}
