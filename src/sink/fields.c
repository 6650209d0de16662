/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -T fields: chosen values of every packet, a line each, as tshark prints them. */
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "i18n.h"
#include "netinspect/filter.h"
#include "netinspect/lookup.h"
#include "netinspect/proto.h"
#include "sink.h"

enum { MAX_ROWS = 8, CELL = 256 << 10 };

#define COLUMN_PREFIX "_ws.col."

/* One -e: a list column, a protocol's presence, the rows that answer to the key, or a pattern. */
struct cell {
	const char *key;
	struct ni_filter *pattern; /* what its groups catch is printed; NULL: it is none */
	int column;                /* enum ni_column, or -1 */
	uint8_t proto;             /* its headline is wanted; 0: no */
	bool of_frame;             /* the rows are of no layer */
	unsigned nrows;
	struct ni_field_ref rows[MAX_ROWS];
	struct ni_buf text;
	unsigned count; /* values in text */
};

struct fields {
	struct ni_sink sink;
	struct ni_out *out;
	struct ni_fields_opts opts;
	unsigned ncells;
	bool any_of_frame;
	bool *wanted; /* by protocol number: some cell asks for it */
	bool *walked; /* by protocol number: some asked field needs a walk */
	char *mem;
	struct cell cells[];
};

/* Make room for one more value; false if it is not to be printed. */
static bool
begin_value(const struct fields *s, struct cell *c)
{
	if (c->count && s->opts.occurrence == 'f')
		return false;
	if (c->count && s->opts.occurrence == 'l')
		c->text.len = 0;
	else if (c->count)
		ni_buf_c(&c->text, s->opts.aggregator);
	c->count++;
	return true;
}

static void
put(struct fields *s, struct cell *c, const struct ni_field *f, const struct ni_value *v)
{
	if (begin_value(s, c))
		ni_field_print(&c->text, f, v);
}

struct group {
	const struct fields *s;
	struct cell *cell;
};

static void
put_group(void *ctx, const char *name, const uint8_t *p, size_t n)
{
	const struct group *g = ctx;
	(void)name;
	if (begin_value(g->s, g->cell))
		ni_buf_escape(&g->cell->text, p, n);
}

struct visit {
	struct fields *s;
	uint8_t proto;
};

static void
visit(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	const struct visit *w = ctx;
	(void)depth;
	for (unsigned i = 0; i < w->s->ncells; i++) {
		struct cell *c = &w->s->cells[i];
		for (unsigned k = 0; k < c->nrows; k++) {
			if (c->rows[k].field != f)
				continue;
			put(w->s, c, f, v);
			break; /* protocols may share one table: the row is there several times */
		}
	}
}

/* Every asked field of this protocol is in every layer: fetch them one by one, walk nothing. */
static void
fetch(struct fields *s, const struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_value v;
	for (unsigned i = 0; i < s->ncells; i++) {
		struct cell *c = &s->cells[i];
		for (unsigned k = 0; k < c->nrows; k++)
			if (c->rows[k].proto == l->proto &&
			    ni_field_get(d, l, c->rows[k].field, &v))
				put(s, c, c->rows[k].field, &v);
	}
}

/* Fields about the frame as a whole, which no layer brings up. */
static void
fetch_of_frame(struct fields *s, const struct ni_dis *d)
{
	struct ni_value v;
	for (unsigned i = 0; i < s->ncells; i++) {
		struct cell *c = &s->cells[i];
		for (unsigned k = 0; c->of_frame && k < c->nrows; k++)
			if (ni_field_get(d, &d->layers[0], c->rows[k].field, &v))
				put(s, c, c->rows[k].field, &v);
	}
}

static void
put_headline(struct fields *s, struct cell *c, const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_proto *p = ni_layer_proto(d, l);
	if (c->count++)
		ni_buf_c(&c->text, s->opts.aggregator);
	ni_buf_str(&c->text, p->title);
	if (p->headline)
		p->headline(d, l, &c->text);
}

static void
take_layer(struct fields *s, const struct ni_dis *d, const struct ni_layer *l)
{
	struct visit w = {s, l->proto};
	for (unsigned i = 0; i < s->ncells; i++)
		if (s->cells[i].proto == l->proto)
			put_headline(s, &s->cells[i], d, l);
	if (s->walked[l->proto])
		ni_walk_layer(d, l, visit, &w, false);
	else
		fetch(s, d, l);
}

static void
write_cell(struct fields *s, const struct cell *c)
{
	struct ni_buf *b = &s->out->b;
	if (s->opts.quote && c->text.len)
		ni_buf_c(b, s->opts.quote);
	for (size_t i = 0; i < c->text.len; i++) {
		if (s->opts.quote && c->text.p[i] == s->opts.quote)
			ni_buf_c(b, '\\');
		ni_buf_c(b, c->text.p[i]);
	}
	if (s->opts.quote && c->text.len)
		ni_buf_c(b, s->opts.quote);
}

static void
frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct fields *s = (struct fields *)sink;
	for (unsigned i = 0; i < s->ncells; i++) {
		s->cells[i].text.len = 0;
		s->cells[i].count = 0;
		if (s->cells[i].column >= 0)
			ni_column_print(&s->cells[i].text, d, (enum ni_column)s->cells[i].column,
					s->opts.time);
	}
	for (unsigned i = 0; i < d->nlayers; i++)
		if (s->wanted[d->layers[i].proto])
			take_layer(s, d, &d->layers[i]);
	if (s->any_of_frame)
		fetch_of_frame(s, d);
	for (unsigned i = 0; i < s->ncells; i++) {
		struct group g = {s, &s->cells[i]};
		if (s->cells[i].pattern)
			ni_filter_groups(s->cells[i].pattern, d, put_group, &g);
	}
	for (unsigned i = 0; i < s->ncells; i++) {
		if (i)
			ni_buf_c(&s->out->b, s->opts.separator);
		write_cell(s, &s->cells[i]);
		ni_out_line(s->out);
	}
	ni_buf_c(&s->out->b, '\n');
	ni_out_line(s->out);
}

static int
finish(struct ni_sink *s, struct ni_err *err)
{
	return ni_out_flush(((struct fields *)s)->out, err);
}

static void
destroy(struct ni_sink *sink)
{
	struct fields *s = (struct fields *)sink;
	for (unsigned i = 0; i < s->ncells; i++)
		ni_filter_free(&s->cells[i].pattern);
	free(s->wanted);
	free(s->walked);
	free(s->mem);
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "fields", .frame = frame, .finish = finish, .free = destroy};

/* 'http.request.uri ~ "/(?<page>[^/.]+)"': a field whose text is taken apart. */
static int
resolve_pattern(struct cell *c, const struct ni_registry *reg, struct ni_err *err)
{
	struct ni_filter_error e;
	c->pattern = ni_filter_compile(reg, c->key, &e);
	if (c->pattern && ni_filter_is_pattern(c->pattern))
		return NI_SUCCESS;
	if (c->pattern) {
		ni_fail(err, NI_ERR_INPUT, _("-e %s: neither a field nor a pattern"), c->key);
		ni_hint(err, _("a pattern is one test with a regular expression, as in "
			       "'http.request.uri ~ \"/([^/.]+)\"'"));
		return NI_ERR_INPUT;
	}
	ni_fail(err, NI_ERR_INPUT, _("-e %s: %s (column %zu)"), c->key, e.what, e.at + 1);
	if (e.hint[0])
		ni_hint(err, "%s", e.hint);
	return NI_ERR_INPUT;
}

static int
resolve(struct fields *s, struct cell *c, const struct ni_registry *reg, struct ni_err *err)
{
	char like[256];
	struct ni_buf b = ni_buf(like, sizeof(like));
	size_t prefix = strlen(COLUMN_PREFIX);
	c->column = -1;
	if (!strncmp(c->key, COLUMN_PREFIX, prefix)) {
		c->column = ni_column_find(c->key + prefix);
		if (c->column >= 0)
			return NI_SUCCESS;
	}
	for (unsigned id = 1; id <= ni_registry_count(reg); id++)
		if (!strcmp(ni_registry_proto(reg, id)->key, c->key))
			c->proto = (uint8_t)id;
	size_t n = ni_field_lookup(reg, c->key, c->rows, MAX_ROWS);
	c->nrows = (unsigned)(n < MAX_ROWS ? n : MAX_ROWS);
	for (unsigned k = 0; k < c->nrows; k++) {
		s->wanted[c->rows[k].proto] = true;
		c->of_frame |= ni_registry_proto(reg, c->rows[k].proto)->of_frame;
		if (!(c->rows[k].field->flags & NI_F_FIXED))
			s->walked[c->rows[k].proto] = true;
	}
	s->any_of_frame |= c->of_frame;
	if (c->proto)
		s->wanted[c->proto] = true;
	if (c->proto || c->nrows)
		return NI_SUCCESS;
	if (c->key[strcspn(c->key, " ~\"")])
		return resolve_pattern(c, reg, err);
	ni_fail(err, NI_ERR_INPUT, _("-e %s: no such field"), c->key);
	ni_field_suggest(reg, c->key, &b);
	if (b.len)
		ni_hint(err, _("did you mean %s?"), ni_buf_z(&b));
	else
		ni_hint(err, _("'netinspect -G fields' lists all fields"));
	return NI_ERR_INPUT;
}

static void
write_header(struct fields *s)
{
	if (s->opts.bom)
		ni_buf_str(&s->out->b, "\xef\xbb\xbf");
	if (!s->opts.header)
		return;
	for (unsigned i = 0; i < s->ncells; i++) {
		if (i)
			ni_buf_c(&s->out->b, s->opts.separator);
		ni_buf_str(&s->out->b, s->cells[i].key);
	}
	ni_buf_c(&s->out->b, '\n');
}

/* Whether a field's value lies in a body, which may have come in several segments. */
static bool
is_of_body(const char *key)
{
	static const char chunk[] = "http.chunk";
	return !strcmp(key, "http.file_data") || !strncmp(key, chunk, sizeof(chunk) - 1);
}

static unsigned
needs(const struct cell *c, const struct ni_registry *reg)
{
	unsigned all = c->column >= 0 ? NI_NEED_ALL : 0;
	if (c->pattern)
		return ni_filter_needs(c->pattern);
	if (c->proto) /* its headline may say anything */
		return NI_NEED_ALL;
	for (unsigned k = 0; k < c->nrows; k++)
		all |= ni_field_needs(reg, &c->rows[k]);
	return all;
}

struct ni_sink *
ni_fields_sink(struct ni_out *out, const struct ni_fields_opts *opts, const struct ni_registry *reg,
	       struct ni_err *err)
{
	size_t n = 0;
	while (opts->keys[n])
		n++;
	struct fields *s = calloc(1, sizeof(*s) + n * sizeof(s->cells[0]));
	if (!s)
		goto no_memory;
	s->sink.ops = &ops;
	s->out = out;
	s->opts = *opts;
	s->ncells = (unsigned)n;
	s->wanted = calloc(ni_registry_count(reg) + 1, sizeof(bool));
	s->walked = calloc(ni_registry_count(reg) + 1, sizeof(bool));
	s->mem = malloc(n * CELL + 1);
	if (!s->wanted || !s->walked || !s->mem)
		goto no_memory;
	s->sink.spares = NI_NEED_ALL;
	for (size_t i = 0; i < n; i++) {
		s->cells[i].key = opts->keys[i];
		if (is_of_body(opts->keys[i]))
			s->sink.body_bytes = NI_SHOWN_BODY;
		s->cells[i].text = ni_buf(s->mem + i * CELL, CELL);
		if (resolve(s, &s->cells[i], reg, err)) {
			destroy(&s->sink);
			return NULL;
		}
		s->sink.spares &= (uint8_t)~needs(&s->cells[i], reg);
	}
	write_header(s);
	return &s->sink;
no_memory:
	if (s)
		destroy(&s->sink);
	ni_fail(err, NI_ERR_RUN, _("-T fields: no memory"));
	return NULL;
}
