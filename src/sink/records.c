/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * -T records: JSON Lines, an object for whatever has come to its end: a conversation, an HTTP
 * exchange, a lookup, an answer of ARP, DHCP or NTP, a remark about a packet.
 */
#include "records.h"

#include <stdlib.h>
#include <string.h>

#include "jsonw.h"
#include "netinspect/proto.h"
#include "sink.h"

static const int64_t FLUSH_NS = 1000000000;

struct records {
	struct ni_sink sink;
	struct ni_out *out;
	struct ni_jsonw w;
	unsigned kinds; /* bits of enum ni_record_kind */
	bool live;
	int64_t flushed_ns;
};

const struct rec_kind rec_kinds[] = {
    [NI_RECORD_CONN] = {"conn", "a conversation of TCP, UDP or ICMP echo, when it ends",
			rec_conn_keys},
    [NI_RECORD_HTTP] = {"http", "a request and its response", rec_http_keys},
    [NI_RECORD_DNS] = {"dns", "a question and its answer", rec_dns_keys},
    [NI_RECORD_ARP] = {"arp", "a question for an address, or a claim to one", rec_arp_keys},
    [NI_RECORD_DHCP] = {"dhcp", "all messages of one DHCP transaction", rec_dhcp_keys},
    [NI_RECORD_NTP] = {"ntp", "a question for the time and its answer", rec_ntp_keys},
    [NI_RECORD_NOTE] = {"note", "a remark about a packet", rec_note_keys},
};

const char *
ni_record_name(unsigned kind)
{
	return kind < NI_RECORD_NKINDS ? rec_kinds[kind].name : NULL;
}

/* ---- what getters share ---- */

bool
rec_text(struct rec_value *v, const char *s)
{
	v->p = s;
	v->n = strlen(s);
	return v->n != 0;
}

bool
rec_addr(struct rec_value *v, const struct ni_addr *a)
{
	struct ni_buf b = ni_buf(v->mem, sizeof(v->mem));
	if (a->len == 4)
		ni_buf_ip4(&b, a->b);
	else if (a->len == 16)
		ni_buf_ip6(&b, a->b);
	else
		ni_buf_hexbytes(&b, a->b, a->len, ':');
	v->p = v->mem;
	v->n = b.len;
	return b.len != 0;
}

bool
rec_nonzero(struct rec_value *v, uint64_t u)
{
	v->u = u;
	return u != 0;
}

bool
rec_span(struct rec_value *v, int64_t ns)
{
	v->ns = ns;
	return ns >= 0;
}

bool
rec_between(struct rec_value *v, int64_t from_ns, int64_t to_ns)
{
	if (__builtin_sub_overflow(to_ns, from_ns, &v->ns))
		v->ns = to_ns < from_ns ? INT64_MIN : INT64_MAX;
	return v->ns >= 0;
}

static const struct {
	uint8_t ipproto;
	const char *name;
} protos[] = {{6, "tcp"}, {17, "udp"}, {1, "icmp"}, {136, "udplite"}, {58, "icmp"}};

const char *
rec_proto_name(unsigned i)
{
	return protos[i].name;
}

bool
rec_get_proto(const struct rec_in *in, unsigned i, struct rec_value *v)
{
	for (i = 0; i < sizeof(protos) / sizeof(protos[0]); i++)
		if (protos[i].ipproto == in->ends->ipproto)
			return rec_text(v, protos[i].name);
	return false;
}

bool
rec_get_orig_h(const struct rec_in *in, unsigned i, struct rec_value *v)
{
	(void)i;
	return rec_addr(v, &in->ends->addr[NI_CLIENT]);
}

bool
rec_get_orig_p(const struct rec_in *in, unsigned i, struct rec_value *v)
{
	(void)i;
	v->u = in->ends->port[NI_CLIENT];
	return true;
}

bool
rec_get_resp_h(const struct rec_in *in, unsigned i, struct rec_value *v)
{
	(void)i;
	return rec_addr(v, &in->ends->addr[NI_SERVER]);
}

bool
rec_get_resp_p(const struct rec_in *in, unsigned i, struct rec_value *v)
{
	(void)i;
	v->u = in->ends->port[NI_SERVER];
	return true;
}

bool
rec_get_community_id(const struct rec_in *in, unsigned i, struct rec_value *v)
{
	_Static_assert(sizeof(v->mem) >= NI_COMMUNITY_ID, "room for a Community ID");
	(void)i;
	return ni_community_id(v->mem, in->ends->addr, in->ends->port, in->ends->ipproto) &&
	       rec_text(v, v->mem);
}

/* ---- writing ---- */

static void
write_value(struct ni_jsonw *w, const struct rec_key *k, const struct rec_value *v)
{
	switch ((enum rec_type)k->type) {
	case REC_INTEGER:
		ni_json_u64(w, v->u);
		break;
	case REC_SECONDS:
		ni_json_sec(w, v->ns);
		break;
	case REC_TEXT:
		ni_json_text(w, v->p, v->n);
		break;
	case REC_FLAG:
		ni_json_bool(w, v->u != 0);
		break;
	case REC_OBJECT:
	case REC_COUNTS:
		break;
	}
}

static void
write_counts(struct ni_jsonw *w, const struct rec_in *in, const struct rec_key *k)
{
	struct rec_value v;
	bool any = false;
	for (unsigned i = 0; i < k->words; i++) {
		if (!k->get(in, i, &v) || !v.u)
			continue;
		if (!any) {
			ni_json_key(w, k->key);
			ni_json_open(w, '{');
		}
		any = true;
		ni_json_key(w, k->word(i));
		ni_json_u64(w, v.u);
	}
	if (any)
		ni_json_close(w, '}');
}

/* Keys of an object inside a record, whose own values are no objects. */
static void
write_flat(struct ni_jsonw *w, const struct rec_in *in, const struct rec_key *keys, unsigned at)
{
	ni_json_open(w, '{');
	for (const struct rec_key *k = keys; k->key; k++) {
		struct rec_value v;
		bool list = k->flags & REC_LIST;
		unsigned i = list ? 0 : at;
		if (!k->get(in, i, &v))
			continue;
		ni_json_key(w, k->key);
		if (list)
			ni_json_open(w, '[');
		do
			write_value(w, k, &v);
		while (list && k->get(in, ++i, &v));
		if (list)
			ni_json_close(w, ']');
	}
	ni_json_close(w, '}');
}

static void
write_key(struct ni_jsonw *w, const struct rec_in *in, const struct rec_key *k)
{
	struct rec_value v;
	bool list = k->flags & REC_LIST;
	if (k->type == REC_COUNTS) {
		write_counts(w, in, k);
		return;
	}
	if (!k->get(in, 0, &v))
		return;
	ni_json_key(w, k->key);
	if (list)
		ni_json_open(w, '[');
	unsigned i = 0;
	do {
		if (k->type == REC_OBJECT)
			write_flat(w, in, k->sub, i);
		else
			write_value(w, k, &v);
	} while (list && k->get(in, ++i, &v));
	if (list)
		ni_json_close(w, ']');
}

static void
write_record(struct records *r, enum ni_record_kind kind, const struct rec_in *in)
{
	struct ni_jsonw *w = &r->w;
	if (!(r->kinds & 1U << kind))
		return;
	*w = (struct ni_jsonw){.b = &r->out->b};
	ni_json_open(w, '{');
	ni_json_key(w, "record");
	ni_json_word(w, rec_kinds[kind].name);
	ni_json_key(w, "schema");
	ni_json_u64(w, REC_SCHEMA);
	for (const struct rec_key *k = rec_kinds[kind].keys; k->key; k++)
		write_key(w, in, k);
	ni_json_close(w, '}');
	ni_buf_c(w->b, '\n');
	ni_out_line(r->out);
}

/* ---- taking in ---- */

static struct rec_ends
ends_of(const struct ni_conn *c)
{
	struct rec_ends e = {.addr = {c->addr[0], c->addr[1]}, .ipproto = c->ipproto};
	ni_conn_ports(e.port, c);
	return e;
}

static void
frame(struct ni_sink *s, const struct ni_dis *d)
{
	struct records *r = (struct records *)s;
	struct rec_in in = {.dis = d, .frame = d->frame->number, .ts_ns = d->frame->ts_ns};
	for (unsigned i = 0; i < d->nnotes; i++) {
		in.note = &d->notes[i];
		write_record(r, NI_RECORD_NOTE, &in);
	}
	/* When nothing comes the program flushes by itself. */
	if (r->live && in.ts_ns - r->flushed_ns >= FLUSH_NS) {
		ni_out_flush(r->out, NULL);
		r->flushed_ns = in.ts_ns;
	}
}

static void
dns_event(struct records *r, struct rec_in in)
{
	const struct ni_dns_lookup *l = in.dns;
	struct rec_ends e = {{l->client, l->server}, {l->client_port, l->server_port}, l->ipproto};
	in.ends = &e;
	write_record(r, NI_RECORD_DNS, &in);
}

static void
ntp_event(struct records *r, struct rec_in in)
{
	const struct ni_ntp_exchange *x = in.ntp;
	struct rec_ends e = {{x->client, x->server}, {x->client_port, x->server_port}, 17};
	in.ends = &e;
	write_record(r, NI_RECORD_NTP, &in);
}

static void
event(struct ni_sink *s, const struct ni_event *e)
{
	struct records *r = (struct records *)s;
	struct rec_in in = {.conn = e->conn, .frame = e->frame, .ts_ns = e->ts_ns};
	struct rec_ends ends;
	if (e->conn) {
		ends = ends_of(e->conn);
		in.ends = &ends;
	}
	switch ((enum ni_event_kind)e->kind) {
	case NI_EV_CONN_NEW:
	case NI_EV_CONN_STATE:
	case NI_EV_STREAM:
	case NI_EV_BODY:
		break;
	case NI_EV_CONN_END:
		write_record(r, NI_RECORD_CONN, &in);
		break;
	case NI_EV_HTTP:
		in.http = e->http;
		write_record(r, NI_RECORD_HTTP, &in);
		break;
	case NI_EV_DNS:
		in.dns = e->dns;
		dns_event(r, in);
		break;
	case NI_EV_ARP:
		in.arp = e->arp;
		write_record(r, NI_RECORD_ARP, &in);
		break;
	case NI_EV_DHCP:
		in.dhcp = e->dhcp;
		write_record(r, NI_RECORD_DHCP, &in);
		break;
	case NI_EV_NTP:
		in.ntp = e->ntp;
		ntp_event(r, in);
		break;
	}
}

static int
finish(struct ni_sink *s, struct ni_err *err)
{
	return ni_out_flush(((struct records *)s)->out, err);
}

static void
destroy(struct ni_sink *s)
{
	free(s);
}

static const struct ni_sink_ops ops = {
    .name = "records",
    .frame = frame,
    .event = event,
    .finish = finish,
    .free = destroy,
};

struct ni_sink *
ni_records_sink(struct ni_out *out, unsigned kinds, bool live)
{
	struct records *r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->sink.ops = &ops;
	r->out = out;
	r->kinds = kinds ? kinds : NI_RECORDS_ALL;
	r->live = live;
	return &r->sink;
}
