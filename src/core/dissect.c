/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dissect loop: one header after another, each decoder saying what comes next. Here are the
 * only two limits (how deep, how many) and the only place where a layer comes into being.
 */
#include <stddef.h>

#include "i18n.h"
#include "netinspect/dis.h"
#include "protos.h"

static const struct ni_note_def note_truncated = {
    "frame.truncated", N_("the capture holds only the beginning of this packet (snap length)"),
    NULL, NI_CHAT};
static const struct ni_note_def note_malformed = {
    "frame.malformed", N_("malformed: a header does not fit into what the packet says of itself"),
    NULL, NI_ERROR};
static const struct ni_note_def note_too_deep = {
    "frame.too_deep", N_("more nested headers than are taken apart"), NULL, NI_WARN};

const struct ni_proto *
ni_layer_proto(const struct ni_dis *d, const struct ni_layer *l)
{
	return ni_registry_proto(d->reg, l->proto);
}

const struct ni_layer *
ni_layer_find(const struct ni_dis *d, const struct ni_layer *above, const struct ni_proto *proto)
{
	const struct ni_layer *l = above ? above : d->layers + d->nlayers;
	while (l-- > d->layers)
		if (ni_layer_proto(d, l) == proto)
			return l;
	return NULL;
}

void
ni_note(struct ni_dis *d, const struct ni_layer *l, const struct ni_note_def *def)
{
	if (d->nnotes == NI_MAX_NOTES) {
		d->notes_lost = d->notes_lost < UINT8_MAX ? d->notes_lost + 1 : UINT8_MAX;
		return;
	}
	d->notes[d->nnotes++] = (struct ni_note){def, (uint8_t)(l - d->layers)};
}

uint8_t
ni_source_add(struct ni_dis *d, struct ni_span s, const char *name)
{
	if (d->nsources == NI_MAX_SOURCES)
		return 0;
	d->sources[d->nsources] = (struct ni_source_bytes){s.p, s.cap, s.len, name};
	return d->nsources++;
}

static void
next_number(struct ni_dis *d, uint8_t number, uint16_t aux, struct ni_span s, uint8_t src)
{
	d->next.proto = number;
	d->next.aux = aux;
	d->next.span = s;
	d->next.src = src;
}

void
ni_next_source(struct ni_dis *d, enum ni_table table, uint16_t key, struct ni_span s, uint8_t src)
{
	uint8_t number = ni_lookup_number(d->reg, table, key);
	if (number)
		next_number(d, number, key, s, src);
	else if (s.len)
		next_number(d, ni_proto_number(d->reg, &ni_proto_data), 0, s, src);
}

void
ni_next(struct ni_dis *d, enum ni_table table, uint16_t key, struct ni_span s)
{
	ni_next_source(d, table, key, s, d->src);
}

void
ni_next_proto(struct ni_dis *d, const struct ni_proto *proto, struct ni_span s)
{
	if (s.len || proto != &ni_proto_data)
		next_number(d, ni_proto_number(d->reg, proto), 0, s, d->src);
}

static void
judge(struct ni_dis *d, const struct ni_layer *l)
{
	if (l->rc == NI_TRUNCATED && l->flags & NI_L_QUOTED)
		return; /* an ICMP error quotes only the beginning, by design */
	if (l->rc == NI_TRUNCATED)
		ni_note(d, l, &note_truncated);
	else if (l->rc == NI_MALFORMED)
		ni_note(d, l, &note_malformed);
	else if (l->rc == NI_TOO_DEEP)
		ni_note(d, l, &note_too_deep);
}

/* Take apart what d->next asks for, and what that asks for, until nobody asks. */
static void
run(struct ni_dis *d)
{
	while (d->next.proto && d->nlayers < NI_MAX_LAYERS) {
		struct ni_span s = d->next.span;
		struct ni_layer *l = &d->layers[d->nlayers++];
		const struct ni_proto *proto = ni_registry_proto(d->reg, d->next.proto);

		*l = (struct ni_layer){
		    .off = (uint32_t)(s.p - d->sources[d->next.src].p),
		    .len = s.len,
		    .aux = d->next.aux,
		    .proto = d->next.proto,
		    .src = d->next.src,
		    .flags = d->lflags,
		};
		d->src = l->src;
		d->next.proto = 0;
		if (d->depth++ == NI_MAX_DEPTH)
			l->rc = NI_TOO_DEEP;
		else
			l->rc = (uint8_t)proto->decode(d, l, s);
		if (l->rc != NI_OK) {
			judge(d, l);
			if (l->rc != NI_UNSUPPORTED)
				d->next.proto = 0;
		}
	}
	if (d->next.proto)
		d->layers_lost++;
}

void
ni_dissect(struct ni_dis *d, const struct ni_frame *f)
{
	struct ni_span s = {f->data, f->cap, f->len};

	d->frame = f;
	d->nlayers = d->nsources = d->nnotes = d->depth = 0;
	d->notes_lost = 0;
	d->layers_lost = 0;
	d->link.kind = d->net.kind = NI_ADDR_NONE;
	d->net_layer = d->transport_layer = 0xff;
	d->ipproto = 0;
	d->port[0] = d->port[1] = 0;
	d->flow_tag = 0;
	d->lflags = 0;
	d->conn = NULL;
	d->seg = NULL;
	d->npdus = 0;
	d->pdus = NULL;
	d->part = NULL;
	d->dns = NULL;
	ni_source_add(d, s, "Frame");
	next_number(d, ni_proto_number(d->reg, &ni_proto_frame), 0, s, 0);
	run(d);
}

bool
ni_dissect_more(struct ni_dis *d, const struct ni_proto *proto, struct ni_span s, uint8_t src,
		uint16_t aux)
{
	uint8_t depth = d->depth;
	if (d->nlayers == NI_MAX_LAYERS) {
		d->layers_lost++;
		return false;
	}
	next_number(d, ni_proto_number(d->reg, proto), aux, s, src);
	run(d);
	d->depth = depth; /* messages stand beside each other, not inside */
	return true;
}
