/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -T text: one line a packet, all layers in detail (-V, -O), bytes (-x); any of them together. */
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "i18n.h"
#include "netinspect/conn.h"
#include "netinspect/explain.h"
#include "netinspect/proto.h"
#include "netinspect/rung.h"
#include "report_page.h"
#include "sink.h"
#include "tcp_track.h"

enum { NUMBER_WIDTH = 5, TIME_WIDTH = 10, ADDR_WIDTH = 12, BYTES_A_LINE = 16, EXPLAIN_LEFT = 6 };

struct text {
	struct ni_sink sink;
	struct ni_out *out;
	struct ni_text_opts opts;
	uint64_t changed; /* the frame that last changed a TCP state */
};

/* What was just written from @start on becomes at least @width columns, right-aligned. */
static void
align_right(struct ni_buf *b, size_t start, size_t width)
{
	size_t n = b->len - start;
	if (n >= width || width - n > b->cap - b->len)
		return;
	memmove(b->p + start + (width - n), b->p + start, n);
	memset(b->p + start, ' ', width - n);
	b->len += width - n;
}

static void
column(struct text *t, const struct ni_dis *d, enum ni_column c, int width)
{
	struct ni_buf *b = &t->out->b;
	size_t start = b->len;
	ni_column_print(b, d, c, t->opts.time);
	if (width > 0)
		align_right(b, start, (size_t)width);
	else if (width < 0 && b->len - start < (size_t)-width)
		ni_buf_pad(b, ' ', (size_t)-width - (b->len - start));
	ni_buf_c(b, ' ');
}

static enum ni_color
line_color(const struct ni_dis *d)
{
	unsigned worst = NI_CHAT;
	for (unsigned i = 0; i < d->nnotes; i++)
		if (d->notes[i].def->severity > worst)
			worst = d->notes[i].def->severity;
	return worst == NI_ERROR  ? NI_C_BAD
	       : worst == NI_WARN ? NI_C_WARN
	       : worst == NI_NOTE ? NI_C_NOTE
				  : NI_C_NONE;
}

/* The states of both ends, behind a segment that changed one of them: what tshark does not know. */
static void
states(struct text *t, const struct ni_dis *d)
{
	if (!d->seg || t->changed != d->frame->number)
		return;
	ni_buf_str(&t->out->b, "  ");
	ni_out_color(t->out, NI_C_DIM);
	ni_buf_str(&t->out->b, "{client ");
	ni_buf_str(&t->out->b, ni_tcp_state_name(d->seg->state[NI_CLIENT]));
	ni_buf_str(&t->out->b, ", server ");
	ni_buf_str(&t->out->b, ni_tcp_state_name(d->seg->state[NI_SERVER]));
	ni_buf_c(&t->out->b, '}');
	ni_out_color(t->out, NI_C_NONE);
}

static void
line(struct text *t, const struct ni_dis *d)
{
	struct ni_buf *b = &t->out->b;
	enum ni_color color = line_color(d);
	if (color)
		ni_out_color(t->out, color);
	column(t, d, NI_COL_NUMBER, NUMBER_WIDTH);
	column(t, d, NI_COL_TIME, TIME_WIDTH);
	column(t, d, NI_COL_SOURCE, ADDR_WIDTH);
	ni_buf_str(b, t->out->ascii ? "-> " : "→ ");
	column(t, d, NI_COL_DESTINATION, -ADDR_WIDTH);
	column(t, d, NI_COL_PROTOCOL, 0);
	column(t, d, NI_COL_LENGTH, 0);
	ni_column_print(b, d, NI_COL_INFO, t->opts.time);
	if (color)
		ni_out_color(t->out, NI_C_NONE);
	states(t, d);
	ni_buf_c(b, '\n');
	ni_out_line(t->out);
}

static void
print_field(void *ctx, const struct ni_field *f, const struct ni_value *v, unsigned depth)
{
	struct text *t = ctx;
	if (f->flags & NI_F_HIDDEN)
		return;
	ni_buf_pad(&t->out->b, ' ', 4 * (size_t)(depth + 1));
	ni_field_print_tree(&t->out->b, f, v);
	ni_buf_c(&t->out->b, '\n');
	ni_out_line(t->out);
}

static void
print_notes(struct text *t, const struct ni_dis *d, unsigned layer)
{
	static const char *const severity[] = {[NI_CHAT] = N_("Chat"),
					       [NI_NOTE] = N_("Note"),
					       [NI_WARN] = N_("Warning"),
					       [NI_ERROR] = N_("Error")};
	for (unsigned i = 0; i < d->nnotes; i++) {
		const struct ni_note_def *n = d->notes[i].def;
		if (d->notes[i].layer != layer)
			continue;
		ni_buf_str(&t->out->b, "    [");
		ni_buf_fmt(&t->out->b, _("%s: %s"), _(severity[n->severity]), _(n->text));
		if (n->ref)
			ni_buf_fmt(&t->out->b, _(" (%s)"), n->ref);
		ni_buf_str(&t->out->b, "]\n");
	}
}

static bool
wanted(const struct text *t, const struct ni_proto *p)
{
	if (!t->opts.only)
		return true;
	for (const char *const *k = t->opts.only; *k; k++)
		if (!strcmp(*k, p->key))
			return true;
	return false;
}

static void
tree(struct text *t, const struct ni_dis *d)
{
	for (unsigned i = 0; i < d->nlayers; i++) {
		const struct ni_layer *l = &d->layers[i];
		const struct ni_proto *p = ni_layer_proto(d, l);
		ni_buf_str(&t->out->b, p->title);
		if (p->headline)
			p->headline(d, l, &t->out->b);
		ni_buf_c(&t->out->b, '\n');
		if (wanted(t, p)) {
			ni_walk_layer(d, l, print_field, t, true);
			print_notes(t, d, i);
		}
	}
	ni_buf_c(&t->out->b, '\n');
	ni_out_line(t->out);
}

static void
hex_line(struct ni_buf *b, const uint8_t *p, uint32_t off, uint32_t n)
{
	ni_buf_hex(b, off, 4);
	ni_buf_str(b, "  ");
	ni_buf_hexbytes(b, p, n, ' ');
	ni_buf_pad(b, ' ', 3 * (BYTES_A_LINE - (size_t)n) + 3);
	for (uint32_t i = 0; i < n; i++) {
		char c = '.';
		if (p[i] >= 0x20 && p[i] < 0x7f)
			c = (char)p[i];
		ni_buf_c(b, c);
	}
	ni_buf_c(b, '\n');
}

static void
hex(struct text *t, const struct ni_dis *d)
{
	for (unsigned i = 0; i < d->nsources; i++) {
		const struct ni_source_bytes *s = &d->sources[i];
		if (d->nsources > 1)
			ni_buf_fmt(&t->out->b, "%s (%u bytes):\n", s->name, s->cap);
		for (uint32_t off = 0; off < s->cap; off += BYTES_A_LINE) {
			uint32_t left = s->cap - off;
			hex_line(&t->out->b, s->p + off, off,
				 left < BYTES_A_LINE ? left : BYTES_A_LINE);
			ni_out_line(t->out);
		}
		ni_buf_c(&t->out->b, '\n');
	}
	ni_out_line(t->out);
}

/* ---- --explain ---- */

static void
para(struct text *t, const char *words)
{
	struct rp_page page = rp_page(t->out);
	rp_para(&page, EXPLAIN_LEFT, NULL, words);
}

static void
explain_frame(struct text *t, const struct ni_dis *d)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct ni_rung r;
	if (!d->conn || !ni_rung_of(d, &r))
		return;
	ni_explain_segment(&b, &r, d->conn);
	if (b.len)
		para(t, ni_buf_z(&b));
	if (b.len && t->opts.tree)
		ni_buf_c(&t->out->b, '\n');
}

static void
explain_conn(struct text *t, const struct ni_conn *c)
{
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	ni_out_color(t->out, NI_C_BOLD);
	ni_buf_fmt(&t->out->b, _("Connection %u"), c->id);
	ni_out_color(t->out, NI_C_NONE);
	ni_buf_c(&t->out->b, '\n');
	ni_explain_conn(&b, c);
	para(t, ni_buf_z(&b));
}

static void
frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct text *t = (struct text *)s;
	if (t->opts.summary)
		line(t, d);
	if (t->opts.tree)
		tree(t, d);
	if (t->opts.explain)
		explain_frame(t, d);
	if (t->opts.hex)
		hex(t, d);
}

static void
event(struct ni_sink *s, const struct ni_event *e)
{
	struct text *t = (struct text *)s;
	if (e->kind == NI_EV_CONN_STATE)
		t->changed = e->frame;
	else if (e->kind == NI_EV_CONN_END && t->opts.explain && e->conn->ipproto == 6)
		explain_conn(t, e->conn);
}

static int
finish(struct ni_sink *s, struct ni_err *err)
{
	return ni_out_flush(((struct text *)s)->out, err);
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "text", .frame = frame, .event = event, .finish = finish, .free = destroy};

struct ni_sink *
ni_text_sink(struct ni_out *out, const struct ni_text_opts *opts)
{
	struct text *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->sink.ops = &ops;
	t->sink.body_bytes = opts->tree ? NI_SHOWN_BODY : 0;
	t->out = out;
	t->opts = *opts;
	return &t->sink;
}
