/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others want to know of a DNS message without walking its fields; and its place in a lookup.
 */
#include <string.h>

#include "dns.h"
#include "dns_fields.h"

bool
ni_is_dns(const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_proto *p = ni_layer_proto(d, l);
	return p == &ni_proto_dns || p == &ni_proto_mdns || p == &ni_proto_llmnr;
}

/* The upper bits of the response code, from the OPT record if there is one (RFC 6891 6.1.3). */
static uint16_t
upper_rcode(struct dns_reader *r)
{
	struct dns_rr rr;
	while (dns_record(r, &rr))
		if (rr.type == DNS_OPT)
			return (uint16_t)(rr.ttl >> 24 << 4);
	return 0;
}

bool
ni_dns_brief(const struct ni_dis *d, const struct ni_layer *l, struct ni_dns_brief *out)
{
	struct dns_msg m = dns_message(d, l);
	struct dns_reader r;
	struct dns_question q;
	struct dns_question ignored;
	if (!dns_reader(&r, &m) || m.s.cap < DNS_HDR)
		return false;
	out->id = ni_be16(m.s.p);
	out->flags = r.flags;
	out->response = r.flags & 0x8000;
	out->answers = r.left[1];
	out->rcode = r.flags & 15;
	out->qtype = out->qclass = 0;
	out->name_len = 0;
	out->question = dns_question(&r, &q);
	if (out->question) {
		out->qtype = q.type;
		out->qclass = q.class;
		out->name_len = q.name.labels || q.name.bad ? q.name.n : 0;
		memcpy(out->name, q.name.text, out->name_len);
		while (dns_question(&r, &ignored))
			;
	}
	if (out->response)
		out->rcode |= upper_rcode(&r);
	return true;
}

unsigned
ni_dns_answers(const struct ni_dis *d, const struct ni_layer *l, struct ni_dns_answer *out,
	       unsigned max)
{
	struct dns_msg m = dns_message(d, l);
	struct dns_reader r;
	struct dns_question q;
	struct dns_rr rr;
	unsigned n = 0;
	if (!dns_reader(&r, &m))
		return 0;
	while (dns_question(&r, &q))
		;
	while (n < max && dns_record(&r, &rr) && r.section == 1) {
		struct ni_buf b = ni_buf(out[n].text, sizeof(out[n].text));
		out[n].type = rr.type;
		out[n].ttl = rr.ttl;
		ni_dns_type_name(out[n].type_name, rr.type);
		dns_rr_text(&m, &rr, &b);
		ni_buf_z(&b);
		n++;
	}
	return n;
}

static const struct ni_dns_pair *
pair_of(const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_dns_pair *p = d->dns;
	while (p && p->layer != (uint8_t)(l - d->layers))
		p = p->next;
	return p;
}

static bool
give(struct ni_value *v, uint64_t u)
{
	v->u = u;
	return u != 0;
}

bool
dns_get_response_to(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_dns_pair *p = pair_of(d, l);
	return p && p->response && !p->retransmission && give(v, p->query_frame);
}

bool
dns_get_time(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_dns_pair *p = pair_of(d, l);
	if (!p || !p->response || p->retransmission || !p->query_frame)
		return false;
	v->i = p->rtt_ns;
	return true;
}

bool
dns_get_retransmission(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_dns_pair *p = pair_of(d, l);
	return p && give(v, p->retransmission);
}

bool
dns_get_repeats_request(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_dns_pair *p = pair_of(d, l);
	return p && !p->response && p->retransmission && give(v, p->query_frame);
}

bool
dns_get_repeats_response(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_dns_pair *p = pair_of(d, l);
	return p && p->response && p->retransmission && give(v, p->response_frame);
}

bool
dns_get_unsolicited(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	const struct ni_dns_pair *p = pair_of(d, l);
	return p && give(v, p->unsolicited);
}
