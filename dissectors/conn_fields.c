/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conn.*: what is known of the connection that a frame belongs to, as fields. They have no bytes;
 * TCP's and UDP's tables both hold the rows (conn_fields.def), and show them below their own.
 */
#include "conn_fields.h"

#include <string.h>

#include "inet.h"
#include "netinspect/community_id.h"
#include "netinspect/conn.h"
#include "state.h"

static bool
text(struct ni_value *v, const char *s)
{
	v->p = (const uint8_t *)s;
	v->n = (uint32_t)strlen(s);
	return v->n != 0;
}

/* The connection, if @l is the layer it is about. */
static const struct ni_conn *
conn_of(const struct ni_dis *d, const struct ni_layer *l)
{
	return ni_is_transport(d, l) ? d->conn : NULL;
}

/* The connection, if it is one of TCP's. */
static const struct ni_conn *
tcp(const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_conn *c = conn_of(d, l);
	return c && c->ipproto == 6 ? c : NULL;
}

bool
ni_conn_id(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	v->u = c ? c->id : 0;
	return c != NULL;
}

bool
ni_conn_sender(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	return c && text(v, ni_side_name(d->dir));
}

bool
ni_conn_open(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && text(v, ni_conn_open_name(c->open));
}

bool
ni_conn_close(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && text(v, ni_conn_close_name(c->close));
}

bool
ni_conn_closed_first(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && text(v, ni_side_name(c->closed_first));
}

bool
ni_conn_reset_by(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && text(v, ni_side_name(c->reset_by));
}

bool
ni_conn_reset_state(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && c->reset_by != NI_NOBODY && text(v, ni_tcp_state_name(c->reset_state));
}

bool
ni_conn_reset_after_fin(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	v->u = c && c->flags & NI_CONN_RST_AFTER_FIN;
	return v->u != 0;
}

bool
ni_conn_time_wait(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && text(v, ni_side_name(c->time_wait));
}

bool
ni_conn_state(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	return c && text(v, ni_conn_zeek_state(c));
}

bool
ni_conn_history(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	return c && text(v, c->history);
}

bool
ni_conn_orig_state(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && text(v, ni_tcp_state_name(c->state[NI_CLIENT]));
}

bool
ni_conn_resp_state(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && text(v, ni_tcp_state_name(c->state[NI_SERVER]));
}

bool
ni_conn_rtt(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	v->i = c ? c->initial_rtt_ns : 0;
	return v->i != 0;
}

bool
ni_conn_duration(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	v->i = c ? c->last_ns - c->first_ns : 0;
	return c != NULL;
}

bool
ni_conn_orig_bytes(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	v->u = c ? c->data_bytes[NI_CLIENT] : 0;
	return c != NULL;
}

bool
ni_conn_resp_bytes(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	v->u = c ? c->data_bytes[NI_SERVER] : 0;
	return c != NULL;
}

bool
ni_conn_service(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	return c && c->service && text(v, c->service);
}

bool
ni_conn_field_community_id(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = conn_of(d, l);
	return c && d->state && ni_conn_community_id(d->state->community_id, c) &&
	       text(v, d->state->community_id);
}

bool
ni_conn_ecn(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && text(v, ni_conn_ecn_name(c->ecn));
}

/* A size, absent where it is not known. */
static bool
size(struct ni_value *v, uint32_t bytes)
{
	v->u = bytes;
	return bytes != 0;
}

bool
ni_conn_mss_client(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && size(v, c->mss[NI_CLIENT]);
}

bool
ni_conn_mss_server(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && size(v, c->mss[NI_SERVER]);
}

bool
ni_conn_mss_changed(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	v->u = c && c->flags & NI_CONN_MSS_CHANGED;
	return v->u != 0;
}

bool
ni_conn_largest_client(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && size(v, c->largest[NI_CLIENT]);
}

bool
ni_conn_largest_server(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_conn *c = tcp(d, l);
	return c && size(v, c->largest[NI_SERVER]);
}

/* No protocol: nothing is bound to it. */
const struct ni_proto *const ni_protos_conn_fields[] = {NULL};
