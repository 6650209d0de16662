/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree and the bytes of one packet; see detail.h. */
#include "detail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/proto.h"
#include "replay.h"

enum { MAX_LINES = 8192, MAX_TEXT = 512 * 1024, LINE = 1024 };

struct making {
	struct ni_detail *d;
	const struct ni_layer *layer;
	const struct ni_proto *proto;
	bool begun, failed;
};

void
ni_detail_free(struct ni_detail *d)
{
	for (unsigned i = 0; i < d->nsources; i++)
		free(d->source[i].p);
	free(d->lines);
	free(d->text);
	*d = (struct ni_detail){0};
}

static bool
room(struct making *k)
{
	struct ni_detail *d = k->d;
	if (d->n == MAX_LINES || d->text_n + LINE > MAX_TEXT) {
		d->cut = true;
		return false;
	}
	if (d->lines)
		return true;
	d->lines = malloc(MAX_LINES * sizeof(*d->lines));
	d->text = malloc(MAX_TEXT);
	k->failed = !d->lines || !d->text;
	return !k->failed;
}

/* The text of the next line goes here. */
static struct ni_buf
text_of(struct ni_detail *d)
{
	return ni_buf(d->text + d->text_n, LINE);
}

static void
add(struct making *k, struct ni_buf *b, struct ni_detail_line line)
{
	struct ni_detail *d = k->d;
	size_t n = strlen(ni_buf_z(b));
	line.text = d->text_n;
	line.proto = k->proto;
	d->lines[d->n++] = line;
	d->text_n += (uint32_t)n + 1;
}

static void
add_field(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	struct making *k = ctx;
	if (f->flags & NI_F_HIDDEN || !room(k))
		return;
	struct ni_buf b = text_of(k->d);
	struct ni_detail_line line = {.field = f, .level = NI_IX_PLAIN, .source = k->layer->src};
	line.depth = (uint16_t)(depth + 1);
	line.off = v->off;
	line.len = v->len;
	ni_field_print_tree(&b, f, v);
	add(k, &b, line);
}

static void
add_notes(struct making *k, const struct ni_dis *dis, unsigned layer)
{
	for (unsigned i = 0; i < dis->nnotes; i++) {
		const struct ni_note_def *n = dis->notes[i].def;
		if (dis->notes[i].layer != layer || !room(k))
			continue;
		struct ni_buf b = text_of(k->d);
		struct ni_detail_line line = {.level = n->severity, .depth = 1};
		ni_buf_fmt(&b, "[%s", _(n->text));
		if (n->ref)
			ni_buf_fmt(&b, _(" (%s)"), n->ref);
		ni_buf_c(&b, ']');
		add(k, &b, line);
	}
}

static void
add_layer(struct making *k, const struct ni_dis *dis, unsigned i)
{
	const struct ni_layer *l = &dis->layers[i];
	k->layer = l;
	k->proto = ni_layer_proto(dis, l);
	if (!room(k))
		return;
	struct ni_buf b = text_of(k->d);
	struct ni_detail_line line = {.level = NI_IX_PLAIN, .source = l->src, .off = l->off};
	line.len = l->hdr ? l->hdr : l->len;
	ni_buf_str(&b, k->proto->title);
	if (k->proto->headline)
		k->proto->headline(dis, l, &b);
	add(k, &b, line);
	add_notes(k, dis, i);
	ni_walk_layer(dis, l, add_field, k, true);
}

static void
add_source(struct making *k, const struct ni_source_bytes *s)
{
	struct ni_detail_source *to = &k->d->source[k->d->nsources];
	to->p = malloc(s->cap ? s->cap : 1);
	if (!to->p) {
		k->failed = true;
		return;
	}
	if (s->cap)
		memcpy(to->p, s->p, s->cap);
	to->n = s->cap;
	snprintf(to->name, sizeof(to->name), "%s", s->name ? s->name : "");
	k->d->nsources++;
}

static void
take(void *ctx, const struct ni_dis *dis)
{
	struct making *k = ctx;
	if (k->begun)
		return;
	k->begun = true;
	k->d->number = dis->frame->number;
	for (unsigned i = 0; i < dis->nsources && !k->failed; i++)
		add_source(k, &dis->sources[i]);
	for (unsigned i = 0; i < dis->nlayers && !k->failed; i++)
		add_layer(k, dis, i);
}

int
ni_detail_make(struct ni_detail *d, struct ni_model *m, uint64_t number, struct ni_err *err)
{
	struct making k = {.d = d};
	ni_detail_free(d);
	int rc = ni_replay_one(m, number, take, &k, err);
	if (!rc && k.failed)
		rc = ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	if (!rc && !k.begun)
		rc = ni_fail(err, NI_ERR_RUN, _("packet %llu is no longer there"),
			     (unsigned long long)number);
	if (rc)
		ni_detail_free(d);
	return rc;
}

const char *
ni_detail_text(const struct ni_detail *d, uint32_t line)
{
	return d->text + d->lines[line].text;
}

bool
ni_detail_has_children(const struct ni_detail *d, uint32_t line)
{
	return line + 1 < d->n && d->lines[line + 1].depth > d->lines[line].depth;
}
