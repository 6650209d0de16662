/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What IPv4's and IPv6's dissectors do with a fragment; see inet.h, and src/core/defrag.h for how.
 */
#include "defrag.h"
#include "i18n.h"
#include "inet.h"
#include "protos.h"
#include "state.h"

static const struct ni_note_def note_overlap = {
    "ip.fragment_overlap", N_("fragments overlap: the bytes that came first are shown"),
    "RFC 5722 3", NI_WARN};
static const struct ni_note_def note_conflict = {
    "ip.fragment_conflict",
    N_("fragments overlap with different content: the bytes that came first are shown"), "RFC 1858",
    NI_WARN};
static const struct ni_note_def note_long = {
    "ip.fragment_too_long", N_("a fragment ends behind the largest datagram, 65535 bytes"),
    "RFC 791 3.2", NI_ERROR};
static const struct ni_note_def note_end = {
    "ip.fragment_contradiction", N_("a fragment contradicts another about where the datagram ends"),
    "RFC 791 3.2", NI_WARN};
static const struct ni_note_def note_room = {
    "ip.fragment_dropped", N_("no room to keep this fragment: the datagram will not be whole"),
    NULL, NI_NOTE};

static void
remark(struct ni_dis *d, const struct ni_layer *l, enum ni_defrag_rc rc, unsigned seen)
{
	if (seen & NI_DEFRAG_CONFLICT)
		ni_note(d, l, &note_conflict);
	else if (seen & NI_DEFRAG_OVERLAP)
		ni_note(d, l, &note_overlap);
	if (rc == NI_DEFRAG_LONG)
		ni_note(d, l, &note_long);
	else if (rc == NI_DEFRAG_CONTRA)
		ni_note(d, l, &note_end);
	else if (rc == NI_DEFRAG_NO_ROOM)
		ni_note(d, l, &note_room);
}

/* Keep the fragment; if it completes its datagram go on with that one. */
static bool
reassemble(struct ni_dis *d, const struct ni_layer *l, struct ni_frag *f, struct ni_span payload)
{
	const struct ni_datagram *whole = NULL;
	unsigned seen = 0;
	f->tag = d->flow_tag;
	f->frame = d->frame->number;
	f->ts_ns = d->frame->ts_ns;
	f->p = payload.p;
	f->len = payload.len;
	enum ni_defrag_rc rc = ni_defrag_add(d->state->defrag, f, &whole, &seen);
	remark(d, l, rc, seen);
	if (rc != NI_DEFRAG_DONE)
		return false;
	struct ni_span s = {whole->p, whole->len, whole->len};
	uint8_t src =
	    ni_source_add(d, s, f->addr_len == 4 ? "Reassembled IPv4" : "Reassembled IPv6");
	if (!src)
		return false;
	ni_set_ipproto(d, whole->proto);
	ni_next_source(d, NI_BY_IPPROTO, whole->proto, s, src);
	return true;
}

void
ni_next_fragment(struct ni_dis *d, struct ni_layer *l, struct ni_frag *f, struct ni_span payload,
		 uint32_t claim)
{
	bool keep = payload.cap == payload.len && payload.len >= claim && d->state &&
		    d->state->defrag && !ni_quoted(d);
	if (keep && reassemble(d, l, f, payload))
		return;
	l->flags |= NI_L_FRAGMENT;
	d->lflags |= NI_L_FRAGMENT;
	if (!f->off && !keep)
		ni_next(d, NI_BY_IPPROTO, f->proto, payload);
	else
		ni_next_proto(d, &ni_proto_data, payload);
}

/* The heading; IPv4's has the whole datagram as its value. */
static void
put_fragments(struct ni_walk *w, const struct ni_field *f, const struct ni_datagram *g)
{
	char text[64];
	struct ni_buf b = ni_buf(text, sizeof(text));
	ni_buf_fmt(&b, "%u fragments (%u bytes)", g->nparts, g->len);
	struct ni_value v = {.n = g->len, .text = ni_buf_z(&b)};
	v.p = g->p;
	w->visit(w->ctx, f, &v, (unsigned)f->depth + w->depth);
}

void
ni_put_reassembled(struct ni_walk *w, const struct ni_field *f)
{
	const struct ni_dis *d = w->dis;
	const struct ni_layer *next = w->layer + 1;
	if (next >= d->layers + d->nlayers || next->src == w->layer->src || !d->state ||
	    !d->state->defrag)
		return;
	const struct ni_datagram *g = ni_defrag_find(d->state->defrag, d->sources[next->src].p);
	if (!g)
		return;
	put_fragments(w, &f[NI_FRAGMENTS], g);
	for (uint32_t i = 0; i < g->nparts; i++)
		ni_put_uint(w, &f[NI_FRAGMENT], 0, 0, g->parts[i].frame);
	if (g->overlap)
		ni_put_uint(w, &f[NI_FRAGMENT_OVERLAP], 0, 0, 1);
	if (g->conflict)
		ni_put_uint(w, &f[NI_FRAGMENT_CONFLICT], 0, 0, 1);
	ni_put_uint(w, &f[NI_FRAGMENT_COUNT], 0, 0, g->nparts);
	ni_put_uint(w, &f[NI_REASSEMBLED_LEN], 0, 0, g->len);
	ni_put_made(w, &f[NI_REASSEMBLED_DATA], 0, 0, g->p, g->len);
}
