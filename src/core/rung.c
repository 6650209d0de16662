/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A segment's record; see netinspect/rung.h. */
#include "netinspect/rung.h"

#include "conns.h"
#include "netinspect/dis.h"
#include "tcp_priv.h"

void
ni_rung_make(struct ni_rung *r, const struct ni_tcp_in *in, const struct ni_tcp_out *s,
	     uint32_t conn)
{
	struct ni_tcp_opts opt = {.wscale = 0};
	bool acks = (in->flags & NI_TH_ACK) && s->acked_before && seq_gt(in->ack, s->acked_from);
	ni_tcp_opts_read(in, &opt);
	bool sack = opt.nsack && (in->flags & NI_TH_ACK) && seq_gt(opt.sack[0][1], opt.sack[0][0]);
	*r = (struct ni_rung){
	    .frame = in->frame,
	    .ts_ns = in->ts_ns,
	    .seq = in->seq,
	    .ack = in->ack,
	    .rel_seq = s->rel_seq,
	    .rel_ack = s->rel_ack,
	    .len = in->len,
	    .window = s->window,
	    .marks = s->marks,
	    .dup_ack_num = s->dup_ack_num,
	    .other_frame = s->dup_ack_num ? s->dup_ack_frame : s->rto_frame,
	    .acks_frame = s->acks_frame,
	    .ack_rtt_ns = s->ack_rtt_ns,
	    .rto_ns = s->rto_frame ? s->rto_ns : 0,
	    .acked = acks ? in->ack - s->acked_from : 0,
	    .conn = conn,
	    .flags = in->flags,
	    .mss = in->flags & NI_TH_SYN ? opt.mss : 0,
	    .wscale =
		(in->flags & NI_TH_SYN) && (opt.has & NI_OPT_WSCALE) ? opt.wscale : NI_WSCALE_OFF,
	    .side = in->dir,
	    .sack_from = sack ? opt.sack[0][0] - in->ack + s->rel_ack : 0,
	    .sack_len = sack ? opt.sack[0][1] - opt.sack[0][0] : 0,
	    .peer_full = s->peer_full,
	    .unseen = s->unseen,
	    .acked_already = s->acked_already,
	    .was = {s->was[0], s->was[1]},
	    .state = {s->state[0], s->state[1]},
	    .why = {s->why[0], s->why[1]},
	};
}

bool
ni_rung_of(const struct ni_dis *d, struct ni_rung *r)
{
	struct ni_tcp_in in;
	if (!d->seg || !ni_conns_segment(d, &d->layers[d->transport_layer], &in))
		return false;
	in.dir = d->dir;
	ni_rung_make(r, &in, d->seg, d->conn->id);
	return true;
}
