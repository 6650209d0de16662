/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every output at once; see outputs.h. */
#include "outputs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const columns[] = {
    "_ws.col.No.",      "_ws.col.Time",   "_ws.col.Source", "_ws.col.Destination",
    "_ws.col.Protocol", "_ws.col.Length", "_ws.col.Info",
};

enum { NCOLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* Columns, protocols, and every key of every field, some of them several times: that is allowed. */
static const char **
all_keys(const struct ni_registry *reg)
{
	size_t n = NCOLUMNS;
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		n++;
		for (const struct ni_field *f = ni_registry_proto(reg, id)->fields; f && f->key;
		     f++)
			n += f->alias ? 2 : 1;
	}
	const char **keys = calloc(n + 1, sizeof(*keys));
	if (!keys)
		return NULL;
	memcpy(keys, columns, sizeof(columns));
	n = NCOLUMNS;
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_proto *p = ni_registry_proto(reg, id);
		keys[n++] = p->key;
		for (const struct ni_field *f = p->fields; f && f->key; f++) {
			keys[n++] = f->key;
			if (f->alias)
				keys[n++] = f->alias;
		}
	}
	return keys;
}

bool
outputs_open(struct outputs *o, const struct ni_registry *reg)
{
	struct ni_text_opts text = {.summary = true, .tree = true, .hex = true};
	struct ni_fields_opts fields = {.separator = '\t', .aggregator = ',', .occurrence = 'a'};
	memset(o, 0, sizeof(*o));
	o->fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (o->fd < 0)
		return false;
	for (unsigned i = 0; i < OUTPUT_COUNT; i++)
		if (ni_out_init(&o->out[i], o->fd, NULL))
			return false;
	fields.keys = o->keys = all_keys(reg);
	if (!o->keys)
		return false;
	o->sink[OUTPUT_TEXT] = ni_text_sink(&o->out[OUTPUT_TEXT], &text);
	o->sink[OUTPUT_FIELDS] = ni_fields_sink(&o->out[OUTPUT_FIELDS], &fields, reg, NULL);
	o->sink[OUTPUT_JSON] = ni_json_sink(&o->out[OUTPUT_JSON], false);
	return o->sink[OUTPUT_TEXT] && o->sink[OUTPUT_FIELDS] && o->sink[OUTPUT_JSON];
}

void
outputs_close(struct outputs *o)
{
	for (unsigned i = 0; i < OUTPUT_COUNT; i++) {
		if (o->sink[i])
			o->sink[i]->ops->free(o->sink[i]);
		ni_out_free(&o->out[i]);
	}
	free(o->keys);
	if (o->fd >= 0)
		close(o->fd);
}

const char *
outputs_show(struct outputs *o, unsigned which, const struct ni_dis *d, size_t *n)
{
	struct ni_buf *b = &o->out[which].b;
	b->len = 0;
	b->cut = false;
	o->sink[which]->ops->frame(o->sink[which], d);
	*n = b->len;
	return b->p;
}

/* RFC 3629, without looking for what is well-formed but unsafe to show. */
static size_t
utf8_length(const unsigned char *p, size_t n)
{
	size_t k = *p < 0x80   ? 1
		   : *p < 0xc2 ? 0
		   : *p < 0xe0 ? 2
		   : *p < 0xf0 ? 3
		   : *p < 0xf5 ? 4
			       : 0;
	if (k > n)
		return 0;
	for (size_t i = 1; i < k; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	return k;
}

const char *
outputs_judge(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;
	for (size_t i = 0; i < n;) {
		size_t k = utf8_length(u + i, n - i);
		if (!k)
			return "output is no UTF-8";
		if ((u[i] < 0x20 && u[i] != '\n' && u[i] != '\t') || u[i] == 0x7f)
			return "output has a control character";
		i += k;
	}
	return NULL;
}

const char *
outputs_show_all(struct outputs *o, const struct ni_dis *d)
{
	const char *wrong = NULL;
	for (unsigned i = 0; i < OUTPUT_COUNT; i++) {
		size_t n;
		if (i == OUTPUT_FIELDS && o->shown++ % 16)
			continue;
		const char *text = outputs_show(o, i, d, &n);
		const char *judged = outputs_judge(text, n);
		if (judged)
			wrong = judged;
	}
	return wrong;
}
