/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -T json: JSON Lines, an object a packet. Layers by protocol, their values by field key, native
 * types; what occurs several times (a field in a layer, a protocol in a packet) is an array.
 */
#include <stdlib.h>
#include <string.h>

#include "jsonw.h"
#include "netinspect/proto.h"
#include "sink.h"

enum { MAX_ITEMS = 16384, SLOTS = 2048, NAMES = 8192, TEXT = 512 << 10 };

/* One printed value; those of the same field are chained in order. */
struct item {
	const struct ni_field *field;
	uint32_t start, len; /* in text */
	uint32_t next;       /* item number + 1 of the next value of the field; 0: last */
	bool follows;        /* not the first of its field */
};

struct slot {
	const struct ni_field *field;
	uint32_t stamp; /* valid if it is the layer's */
	uint32_t last;  /* item number of the field's last value */
};

/* Rows of a table that share their key are one name in JSON: that of the first. */
struct name {
	const struct ni_field *field, *first;
};

struct json {
	struct ni_sink sink;
	struct ni_out *out;
	struct ni_jsonw w;
	bool hex;
	uint32_t nitems, lost, stamp;
	struct ni_buf text;
	const struct ni_field *rows; /* of the layer's protocol */
	struct name names[NAMES];    /* by field; more than there are fields */
	struct slot slots[SLOTS];
	struct item items[MAX_ITEMS];
	char mem[TEXT];
};

static struct slot *
slot_of(struct json *j, const struct ni_field *f)
{
	size_t i = (uintptr_t)f / sizeof(*f) % SLOTS;
	while (j->slots[i].stamp == j->stamp && j->slots[i].field != f)
		i = (i + 1) % SLOTS;
	return &j->slots[i];
}

static const struct ni_field *
first_of_name(struct json *j, const struct ni_field *f)
{
	size_t i = (uintptr_t)f / sizeof(*f) % NAMES;
	while (j->names[i].field && j->names[i].field != f)
		i = (i + 1) % NAMES;
	struct name *name = &j->names[i];
	if (name->field)
		return name->first;
	const struct ni_field *first = j->rows;
	while (first->key && strcmp(first->key, f->key) != 0)
		first++;
	*name = (struct name){f, first->key ? first : f};
	return name->first;
}

static void
collect(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	struct json *j = ctx;
	(void)depth;
	if (f->flags & NI_F_HIDDEN)
		return;
	size_t start = j->text.len;
	ni_field_print_json(&j->text, f, v);
	if (j->nitems == MAX_ITEMS || j->text.cut) {
		j->text.len = start;
		j->lost++;
		return;
	}
	uint32_t n = j->nitems++;
	f = first_of_name(j, f);
	j->items[n] = (struct item){f, (uint32_t)start, (uint32_t)(j->text.len - start), 0, false};
	struct slot *s = slot_of(j, f);
	if (s->stamp == j->stamp) {
		j->items[s->last].next = n + 1;
		j->items[n].follows = true;
	}
	*s = (struct slot){f, j->stamp, n};
}

static void
write_values(struct json *j, const struct item *it)
{
	struct ni_jsonw *w = &j->w;
	bool several = it->next != 0;
	if (several)
		ni_json_open(w, '[');
	for (;; it = &j->items[it->next - 1]) {
		ni_json_next(w);
		ni_buf_mem(w->b, j->text.p + it->start, it->len);
		if (!it->next)
			break;
	}
	if (several)
		ni_json_close(w, ']');
}

static const char *
rc_name(unsigned rc)
{
	static const char *const names[] = {[NI_TRUNCATED] = "truncated",
					    [NI_MALFORMED] = "malformed",
					    [NI_UNSUPPORTED] = "unsupported",
					    [NI_TOO_DEEP] = "too deep"};
	return rc && rc < sizeof(names) / sizeof(names[0]) ? names[rc] : NULL;
}

/* The layer's own remarks, under keys that no field has. */
static void
write_remarks(struct json *j, const struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_jsonw *w = &j->w;
	bool any = false;
	if (rc_name(l->rc)) {
		ni_json_key(w, "_status");
		ni_json_word(w, rc_name(l->rc));
	}
	if (l->flags & NI_L_QUOTED) {
		ni_json_key(w, "_quoted");
		ni_json_bool(w, true);
	}
	for (unsigned i = 0; i < d->nnotes; i++) {
		if (&d->layers[d->notes[i].layer] != l)
			continue;
		if (!any) {
			ni_json_key(w, "_notes");
			ni_json_open(w, '[');
		}
		ni_json_word(w, d->notes[i].def->key);
		any = true;
	}
	if (any)
		ni_json_close(w, ']');
	if (j->lost) {
		ni_json_key(w, "_values_left_out");
		ni_json_u64(w, j->lost);
	}
}

static void
write_layer(struct json *j, const struct ni_dis *d, const struct ni_layer *l)
{
	struct ni_jsonw *w = &j->w;
	j->nitems = j->lost = 0;
	j->text = ni_buf(j->mem, TEXT);
	if (!++j->stamp) {
		memset(j->slots, 0, sizeof(j->slots));
		j->stamp = 1;
	}
	j->rows = ni_layer_proto(d, l)->fields;
	ni_walk_layer(d, l, collect, j, false);
	ni_json_open(w, '{');
	for (uint32_t i = 0; i < j->nitems; i++) {
		if (j->items[i].follows)
			continue;
		ni_json_key(w, j->items[i].field->key);
		write_values(j, &j->items[i]);
	}
	write_remarks(j, d, l);
	ni_json_close(w, '}');
}

/* All layers of one protocol stand together, at the place of the first. */
static void
write_protocol(struct json *j, const struct ni_dis *d, unsigned first)
{
	struct ni_jsonw *w = &j->w;
	uint8_t proto = d->layers[first].proto;
	unsigned count = 0;
	for (unsigned i = first; i < d->nlayers; i++)
		count += d->layers[i].proto == proto;
	ni_json_key(w, ni_layer_proto(d, &d->layers[first])->key);
	if (count > 1)
		ni_json_open(w, '[');
	for (unsigned i = first; i < d->nlayers; i++) {
		if (d->layers[i].proto != proto)
			continue;
		write_layer(j, d, &d->layers[i]);
		ni_out_line(j->out); /* one layer may fill half the buffer */
	}
	if (count > 1)
		ni_json_close(w, ']');
}

static void
frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct json *j = (struct json *)s;
	struct ni_jsonw *w = &j->w;
	*w = (struct ni_jsonw){.b = &j->out->b};
	ni_json_open(w, '{');
	for (unsigned i = 0; i < d->nlayers; i++) {
		bool seen = false;
		for (unsigned k = 0; k < i; k++)
			seen |= d->layers[k].proto == d->layers[i].proto;
		if (!seen)
			write_protocol(j, d, i);
	}
	if (j->hex) {
		ni_json_key(w, "_raw");
		ni_buf_c(w->b, '"');
		ni_buf_hexbytes(w->b, d->frame->data, d->frame->cap, 0);
		ni_buf_c(w->b, '"');
	}
	ni_json_close(w, '}');
	ni_buf_c(w->b, '\n');
	ni_out_line(j->out);
}

static int
finish(struct ni_sink *s, struct ni_err *err)
{
	return ni_out_flush(((struct json *)s)->out, err);
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "json", .frame = frame, .finish = finish, .free = destroy};

struct ni_sink *
ni_json_sink(struct ni_out *out, bool hex)
{
	struct json *j = calloc(1, sizeof(*j));
	if (!j)
		return NULL;
	j->sink.ops = &ops;
	j->sink.body_bytes = NI_SHOWN_BODY;
	j->out = out;
	j->hex = hex;
	return &j->sink;
}
