/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of what the tracker said; see tcp_analysis.h. */
#include "tcp_analysis.h"

#include "tcp_track.h"

uint32_t
tcp_marks_of(const struct ni_tcp_out *seg)
{
	const uint32_t kinds =
	    1U << NI_MARK_FAST_RETRANSMISSION | 1U << NI_MARK_SPURIOUS_RETRANSMISSION;
	return seg->marks & kinds ? seg->marks | 1U << NI_MARK_RETRANSMISSION : seg->marks;
}

bool
ni_tcp_analysed(const struct ni_tcp_out *seg)
{
	return seg && (seg->acks_frame || seg->bytes_in_flight || seg->push_bytes || seg->marks ||
		       seg->rto_frame);
}

static bool
has_mark(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v, unsigned mark)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->text = ni_tcp_fields[TCP_MARK_FIRST + mark].name;
	return seg && tcp_marks_of(seg) >> mark & 1;
}

#define DEFINE(m)                                                                                  \
	bool TCP_GET_MARK(m)(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v) \
	{                                                                                          \
		return has_mark(d, l, v, NI_MARK_##m);                                             \
	}
TCP_MARKS(DEFINE)
#undef DEFINE

bool
tcp_get_analysis(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	v->text = ni_tcp_fields[TCP_ANALYSIS].name;
	return ni_tcp_analysed(ni_tcp_seg(d, l));
}

bool
tcp_get_analysis_flags(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->text = ni_tcp_fields[TCP_ANALYSIS_FLAGS].name;
	return seg && seg->marks;
}

/* The segment, if it is a duplicate acknowledgement. */
static const struct ni_tcp_out *
dup_ack(const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	return seg && seg->marks >> NI_MARK_DUPLICATE_ACK & 1 ? seg : NULL;
}

bool
tcp_get_dup_ack_num(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = dup_ack(d, l);
	v->u = seg ? seg->dup_ack_num : 0;
	return seg != NULL;
}

bool
tcp_get_dup_ack_frame(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = dup_ack(d, l);
	v->u = seg ? seg->dup_ack_frame : 0;
	return seg != NULL;
}

/* Of segments with marks alone. */
static const struct ni_tcp_out *
rto(const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	return seg && seg->marks && seg->rto_frame ? seg : NULL;
}

bool
tcp_get_rto(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = rto(d, l);
	v->i = seg ? seg->rto_ns : 0;
	return seg != NULL;
}

bool
tcp_get_rto_frame(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = rto(d, l);
	v->u = seg ? seg->rto_frame : 0;
	return seg != NULL;
}

bool
tcp_get_acks_frame(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->u = seg ? seg->acks_frame : 0;
	return v->u != 0;
}

bool
tcp_get_ack_rtt(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->i = seg ? seg->ack_rtt_ns : 0;
	return seg && seg->acks_frame;
}

/* As tshark has it: with segments about which there is more to say. */
bool
tcp_get_initial_rtt(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->i = ni_tcp_analysed(seg) ? seg->initial_rtt_ns : 0;
	return v->i != 0;
}

bool
tcp_get_in_flight(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->u = seg ? seg->bytes_in_flight : 0;
	return v->u != 0;
}

bool
tcp_get_push_bytes(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_tcp_out *seg = ni_tcp_seg(d, l);
	v->u = seg ? seg->push_bytes : 0;
	return v->u != 0;
}
