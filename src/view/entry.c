/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the index remembers of a packet; see entry.h. */
#include "entry.h"

#include "netinspect/arp.h"
#include "netinspect/conn.h"
#include "netinspect/proto.h"

static uint8_t
speaks(const struct ni_dis *d)
{
	for (unsigned i = d->nlayers; i-- > 1;)
		if (!(d->layers[i].flags & NI_L_QUOTED) &&
		    ni_layer_proto(d, &d->layers[i])->summary)
			return d->layers[i].proto;
	return d->nlayers ? d->layers[d->nlayers - 1].proto : 0;
}

static bool
is_part(const struct ni_dis *d)
{
	for (unsigned i = 0; i < d->nlayers; i++)
		if (d->layers[i].flags & NI_L_FRAGMENT || d->layers[i].src)
			return true;
	return false;
}

static uint8_t
worst(const struct ni_dis *d)
{
	uint8_t level = NI_IX_PLAIN;
	for (unsigned i = 0; i < d->nnotes; i++)
		if (level == NI_IX_PLAIN || d->notes[i].def->severity > level)
			level = d->notes[i].def->severity;
	return level;
}

static bool
has_conflict(const struct ni_dis *d)
{
	for (unsigned i = 0; i < d->nnotes; i++)
		if (d->notes[i].def == &ni_arp_conflict)
			return true;
	return false;
}

void
ni_entry_of(struct ni_entry *e, const struct ni_dis *d)
{
	const struct ni_frame *f = d->frame;
	*e = (struct ni_entry){
	    .ts_ns = f->ts_ns,
	    .cap = f->cap,
	    .len = f->len,
	    .conn = d->conn ? ni_index_conn_key(d->conn->ipproto, d->conn->id) : NI_IX_NO_CONN,
	    .iface = (uint16_t)f->iface,
	    .proto = speaks(d),
	    .level = worst(d),
	    .dir = d->dir,
	    .part = is_part(d),
	    .conflict = has_conflict(d),
	};
}
