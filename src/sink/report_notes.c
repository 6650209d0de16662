/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remarks that the dissectors make about packets, and marks that the tracker puts on segments. */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/conn.h"
#include "report.h"
#include "tcp_track.h"

enum { COUNT_END = 18 };

static const struct {
	const char *one, *many;
	bool trouble;
} marks[NI_NMARKS] = {
    [NI_MARK_RETRANSMISSION] = {N_PLURAL("retransmission", "retransmissions"), true},
    [NI_MARK_FAST_RETRANSMISSION] = {N_PLURAL("fast retransmission", "fast retransmissions"), true},
    [NI_MARK_SPURIOUS_RETRANSMISSION] = {N_PLURAL("spurious retransmission",
						  "spurious retransmissions"),
					 true},
    [NI_MARK_OUT_OF_ORDER] = {N_PLURAL("segment out of order", "segments out of order"), true},
    [NI_MARK_LOST_SEGMENT] = {N_PLURAL("segment after one not captured",
				       "segments after one not captured"),
			      true},
    [NI_MARK_ACK_LOST_SEGMENT] = {N_PLURAL("ACK of data not captured", "ACKs of data not captured"),
				  true},
    [NI_MARK_DUPLICATE_ACK] = {N_PLURAL("duplicate ACK", "duplicate ACKs"), true},
    [NI_MARK_WINDOW_FULL] = {N_PLURAL("segment that fills the window",
				      "segments that fill the window"),
			     true},
    [NI_MARK_ZERO_WINDOW] = {N_PLURAL("zero window", "zero windows"), true},
    [NI_MARK_ZERO_WINDOW_PROBE] = {N_PLURAL("zero window probe", "zero window probes"), true},
    [NI_MARK_ZERO_WINDOW_PROBE_ACK] = {N_PLURAL("answer to a zero window probe",
						"answers to zero window probes"),
				       true},
    [NI_MARK_KEEP_ALIVE] = {N_PLURAL("keep-alive", "keep-alives"), false},
    [NI_MARK_KEEP_ALIVE_ACK] = {N_PLURAL("keep-alive ACK", "keep-alive ACKs"), false},
    [NI_MARK_WINDOW_UPDATE] = {N_PLURAL("window update", "window updates"), false},
    [NI_MARK_REUSED_PORTS] = {N_PLURAL("SYN on reused ports", "SYNs on reused ports"), false},
    [NI_MARK_DUPLICATE_FRAME] = {N_PLURAL("frame captured twice", "frames captured twice"), false},
    [NI_MARK_RST_IGNORED] = {N_PLURAL("RST that must be ignored", "RSTs that must be ignored"),
			     true},
    [NI_MARK_SYN_IGNORED] = {N_PLURAL("SYN that must be ignored", "SYNs that must be ignored"),
			     true},
    [NI_MARK_CHALLENGE_ACK] = {N_PLURAL("challenge ACK", "challenge ACKs"), true},
    [NI_MARK_OUT_OF_WINDOW] = {N_PLURAL("segment outside the window",
					"segments outside the window"),
			       true},
    [NI_MARK_FAST_OPEN_DATA] = {N_PLURAL("SYN with data (Fast Open)", "SYNs with data (Fast Open)"),
				false},
    [NI_MARK_AMBIGUOUS] = {N_PLURAL("of these retransmitted or out of order, which cannot be told",
				    "of these retransmitted or out of order, which cannot be told"),
			   false},
    [NI_MARK_SEQ_WRAP] = {N_PLURAL("wrap of the sequence numbers", "wraps of the sequence numbers"),
			  false},
};

void
rp_mark_count(struct ni_buf *b, unsigned m, uint64_t n)
{
	/* TRANSLATORS: how many, and marks of which kind: "3 retransmissions". */
	ni_buf_fmt(b, _("%s %s"), rp_word_num(n).z, NI_PLURAL(marks[m].one, marks[m].many, n));
}

bool
rp_mark_is_trouble(unsigned m)
{
	return marks[m].trouble;
}

/* The slot of @def, or of nobody yet. NULL when all others are taken. */
static struct rp_note *
find(struct rp_notes *n, const struct ni_note_def *def)
{
	uintptr_t at = ((uintptr_t)def >> 4) * 0x9e3779b1u;
	for (unsigned i = 0; i < RP_NOTE_KINDS; i++) {
		struct rp_note *note = &n->note[(at + i) % RP_NOTE_KINDS];
		if (note->def == def)
			return note;
		if (!note->def) {
			n->n++;
			note->def = def;
			return note;
		}
	}
	return NULL;
}

void
rp_notes_frame(struct rp_notes *n, const struct ni_dis *d)
{
	uint64_t frame = d->frame->number;
	if (!n->note)
		n->note = calloc(RP_NOTE_KINDS, sizeof(*n->note));
	for (unsigned i = 0; i < d->nnotes; i++) {
		struct rp_note *note = n->note ? find(n, d->notes[i].def) : NULL;
		if (note)
			rp_frames_add(&note->frames, frame);
		else
			n->lost++;
	}
	n->lost += d->notes_lost;
	uint32_t bits = d->seg ? d->seg->marks : 0;
	for (unsigned m = 0; m < NI_NMARKS && bits >> m; m++)
		if (bits >> m & 1)
			rp_frames_add(&n->marks[m], frame);
}

/* ---- writing ---- */

struct rows {
	uint8_t mark[NI_NMARKS];
	const struct rp_notes *notes;
};

/* The worst first, then the most frequent; slots without a remark last. */
static bool
worse(const void *arg, uint32_t a, uint32_t b)
{
	const struct rp_notes *n = arg;
	const struct rp_note *x = &n->note[a];
	const struct rp_note *y = &n->note[b];
	if (!x->def || !y->def)
		return x->def != NULL && !y->def;
	if (x->def->severity != y->def->severity)
		return x->def->severity > y->def->severity;
	if (x->frames.n != y->frames.n)
		return x->frames.n > y->frames.n;
	return strcmp(x->def->key, y->def->key) < 0;
}

/* One remark: how bad, how often, what, where. Sentences are wrapped, not shortened. */
static void
write_note(const struct rp_ctx *ctx, const struct rp_note *n)
{
	static const struct {
		const char *word;
		enum ni_color color;
	} severity[] = {
	    [NI_CHAT] = {N_("chat"), NI_C_NONE},
	    [NI_NOTE] = {N_("note"), NI_C_NOTE},
	    [NI_WARN] = {N_("warning"), NI_C_WARN},
	    [NI_ERROR] = {N_("error"), NI_C_BAD},
	};
	unsigned level = n->def->severity <= NI_ERROR ? n->def->severity : NI_ERROR;
	char mem[RP_PARAGRAPH];
	struct ni_buf b = ni_buf(mem, sizeof(mem));
	struct rp_page *p = ctx->page;

	rp_to(p, RP_INDENT);
	rp_put_color(p, severity[level].color, _(severity[level].word));
	rp_num(&b, n->frames.n);
	rp_to(p, COUNT_END - (unsigned)b.len);
	rp_put(p, ni_buf_z(&b));
	b.len = 0;
	char what[RP_CELL];
	char where[128];
	struct ni_buf t = ni_buf(what, sizeof(what));
	struct ni_buf w = ni_buf(where, sizeof(where));
	ni_buf_str(&t, _(n->def->text));
	if (n->def->ref)
		ni_buf_fmt(&t, _(" (%s)"), n->def->ref);
	rp_frames(&w, &n->frames);
	ni_buf_fmt(&b, NI_PLURAL("%s: frame %s", "%s: frames %s", n->frames.n), ni_buf_z(&t),
		   ni_buf_z(&w));
	rp_para(p, COUNT_END + 2, NULL, ni_buf_z(&b));
}

static void
mark_cell(const void *ctx, size_t i, unsigned col, struct ni_buf *b)
{
	const struct rows *r = ctx;
	const struct rp_frames *f = &r->notes->marks[r->mark[i]];
	if (col == 0)
		rp_num(b, f->n);
	else if (col == 1)
		ni_buf_str(b, NI_PLURAL(marks[r->mark[i]].one, marks[r->mark[i]].many, f->n));
	else
		rp_frames(b, f);
}

static void
write_marks(const struct rp_notes *n, const struct rp_ctx *ctx)
{
	static const struct rp_col cols[] = {{N_("count"), RP_RIGHT, 0},
					     {N_("segments"), RP_ELIDE, 20},
					     {N_("frames"), 0, 0},
					     {NULL, 0, 0}};
	struct rows r = {.notes = n};
	struct rp_table table = {.cols = cols, .ctx = &r, .cell = mark_cell};
	for (unsigned m = 0; m < NI_NMARKS; m++)
		if (n->marks[m].n)
			r.mark[table.rows++] = (uint8_t)m;
	if (!table.rows)
		return;
	rp_heading(ctx->page, _("TCP segments worth a look"), NULL);
	rp_table(ctx->page, &table);
}

void
rp_notes_write(const struct rp_notes *n, const struct rp_ctx *ctx)
{
	write_marks(n, ctx);
	if (!n->n && !n->lost)
		return;
	uint32_t *index = n->n ? rp_sorted(ctx, RP_NOTE_KINDS, worse, n) : NULL;
	rp_heading(ctx->page, _("Notes"), NULL);
	for (unsigned i = 0; index && i < n->n; i++)
		write_note(ctx, &n->note[index[i]]);
	rp_not_kept(ctx->page, n->lost,
		    NI_PLURAL("%s further remark was not kept: no room for it",
			      "%s further remarks were not kept: no room for them", n->lost));
	free(index);
}

void
rp_notes_free(struct rp_notes *n)
{
	free(n->note);
	n->note = NULL;
}
