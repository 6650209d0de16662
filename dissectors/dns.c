/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS, multicast DNS and LLMNR: RFC 1035 4, RFC 6895 2 (flags), RFC 2136 2 (updates),
 * RFC 6762 18 (mDNS), RFC 4795 2.1 (LLMNR), RFC 7766 8 (TCP)
 *
 * OFFSET SIZE FIELD
 *      0    2 length of the rest         over TCP only; what follows counts from here
 *      0    2 transaction id
 *      2    2 flags                      response 1, opcode 4, AA, TC, RD, RA, Z, AD, CD, rcode 4
 *      4    2 questions                  zones in an update
 *      6    2 answer records             prerequisites in an update
 *      8    2 authority records          updates in an update
 *     10    2 additional records
 *     12      questions: name, type 2, class 2
 *             records: see dns_rr.c
 *
 * The files: dns_name.c names, dns_rr.c records and their table, dns_item.c what the table is made
 * of, dns_rdata.c and dns_opt.c the rest of record data, dns_fields.c the field table, dns_labels.c
 * names of numbers, dns_stream.c DNS over TCP, dns_brief.c what the core wants to know.
 *
 * Not decoded: messages inside messages; encrypted DNS, which shows as TLS.
 */
#include <string.h>

#include "dns.h"
#include "dns_fields.h"
#include "i18n.h"

enum { OP_UPDATE = 5, OP_DSO = 6, SECTIONS = 4, QUESTIONS = 0 };

static const struct ni_note_def note_loop = {
    "dns.name_loop", N_("a compressed name points back to itself"), "RFC 1035 4.1.4", NI_ERROR};
static const struct ni_note_def note_long = {
    "dns.name_too_long", N_("a name is longer than 255 bytes"), "RFC 1035 2.3.4", NI_ERROR};
static const struct ni_note_def note_label = {"dns.label_type",
					      N_("a name has a label of a type that was withdrawn"),
					      "RFC 6891 5", NI_ERROR};
static const struct ni_note_def note_outside = {
    "dns.pointer_outside", N_("a compressed name points to where no name can be"), "RFC 1035 4.1.4",
    NI_ERROR};
static const struct ni_note_def note_forward = {
    "dns.pointer_forward", N_("a compressed name points forward, which it must not"),
    "RFC 1035 4.1.4", NI_WARN};
static const struct ni_note_def note_rdata = {
    "dns.rdata_length", N_("the length of a record's data does not fit its type"), "RFC 1035 4.1.3",
    NI_ERROR};
static const struct ni_note_def note_counts = {
    "dns.counts_exceed_message", N_("the header counts more records than the message holds"),
    "RFC 1035 4.1.1", NI_ERROR};

static const struct {
	uint8_t fault; /* enum dns_fault */
	bool fatal;
	const struct ni_note_def *note;
} faults[] = {
    {DNS_F_LOOP, true, &note_loop},        {DNS_F_LONG, true, &note_long},
    {DNS_F_LABEL, true, &note_label},      {DNS_F_OUTSIDE, true, &note_outside},
    {DNS_F_FORWARD, false, &note_forward}, {DNS_F_RDATA, true, &note_rdata},
};

struct dns_msg
dns_message(const struct ni_dis *d, const struct ni_layer *l)
{
	const struct ni_proto *proto = ni_layer_proto(d, l);
	struct ni_span s = ni_layer_span(d, l);
	bool stream = d->ipproto == 6 && !(l->flags & NI_L_QUOTED);
	uint32_t base = stream && s.cap >= DNS_PREFIX ? DNS_PREFIX : 0;
	return (struct dns_msg){
	    .s = base ? ni_clip(ni_from(s, base), ni_be16(s.p)) : s,
	    .base = base,
	    .lowest = DNS_HDR,
	    .mdns = proto == &ni_proto_mdns,
	    .llmnr = proto == &ni_proto_llmnr,
	};
}

bool
dns_reader(struct dns_reader *r, struct dns_msg *m)
{
	*r = (struct dns_reader){.m = m, .c = ni_cur(m->s)};
	ni_take16(&r->c);
	r->flags = ni_take16(&r->c);
	for (unsigned i = 0; i < SECTIONS; i++)
		r->left[i] = ni_take16(&r->c);
	return m->s.cap >= 4;
}

bool
dns_question(struct dns_reader *r, struct dns_question *q)
{
	if (!r->left[QUESTIONS] || r->c.rc != NI_OK)
		return false;
	q->off = r->c.off;
	if (!dns_name(r->m, &r->c, &q->name))
		return false;
	q->fixed = r->c.off;
	q->type = ni_take16(&r->c);
	q->class = ni_take16(&r->c);
	r->left[QUESTIONS]--;
	return r->c.rc == NI_OK;
}

bool
dns_record(struct dns_reader *r, struct dns_rr *rr)
{
	while (r->section < SECTIONS && !r->left[r->section])
		r->section++;
	if (r->section == SECTIONS || r->section == QUESTIONS || r->c.rc != NI_OK)
		return false;
	r->left[r->section]--;
	return dns_rr_next(r->m, &r->c, rr);
}

static bool
is_dso(const struct dns_reader *r)
{
	return (r->flags >> 11 & 15) == OP_DSO;
}

/* Read everything, showing nothing, to see whether it can be read. */
static enum ni_rc
judge(struct dns_msg *m)
{
	struct dns_reader r;
	struct dns_question q;
	struct dns_rr rr;
	dns_reader(&r, m);
	while (dns_question(&r, &q))
		;
	while (dns_record(&r, &rr)) {
		struct dns_out o = {.m = m, .rr = &rr};
		dns_rdata(&o);
	}
	if (is_dso(&r) && r.c.rc == NI_OK) {
		struct dns_out o = {.m = m};
		dns_read_dso(&o, &r.c);
	}
	return r.c.rc;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	struct dns_msg m = dns_message(d, l);
	enum ni_rc rc = ni_need(s, m.base + DNS_HDR);
	if (rc == NI_OK) {
		l->hdr = (uint16_t)(s.len < UINT16_MAX ? s.len : UINT16_MAX);
		rc = judge(&m);
		if (rc == NI_MALFORMED && !(l->flags & NI_L_QUOTED))
			ni_note(d, l, &note_counts);
	}
	for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (!(m.faults & faults[i].fault))
			continue;
		ni_note(d, l, faults[i].note);
		if (faults[i].fatal && rc == NI_OK)
			rc = NI_MALFORMED;
	}
	return rc == NI_MALFORMED && l->flags & NI_L_QUOTED ? NI_TRUNCATED : rc;
}

static void
put_flags(struct dns_out *o, const struct dns_reader *r)
{
	bool response = r->flags & 0x8000;
	unsigned rows[] = {
	    D_RESPONSE,
	    D_OPCODE,
	    o->m->llmnr ? D_CONFLICT
	    : response  ? D_AUTHORITATIVE
			: D_LENGTH,
	    D_TRUNCATED,
	    o->m->llmnr ? D_TENTATIVE : D_RECDESIRED,
	    o->m->llmnr || !response ? D_LENGTH : D_RECAVAIL,
	    o->m->llmnr ? D_LENGTH : D_Z,
	    o->m->llmnr || !(response || r->flags & 0x20) ? D_LENGTH : D_AUTHENTICATED,
	    o->m->llmnr ? D_LENGTH : D_CHECKDISABLE,
	    response ? D_RCODE : D_LENGTH,
	};
	dns_put_uint(o, D_FLAGS, 2, 2, r->flags);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i] != D_LENGTH) /* stands for: not here */
			dns_put_uint(o, rows[i], 2, 2, r->flags);
}

/* Rows of the counts and headings of the four sections: in general, and in an update. */
static const uint16_t count_rows[2][SECTIONS] = {
    {D_C_QUERIES, D_C_ANSWERS, D_C_AUTH_RR, D_C_ADD_RR},
    {D_C_ZONES, D_C_PREREQ, D_C_UPDATES, D_C_ADD_RR},
};
static const uint16_t heading_rows[2][SECTIONS] = {
    {D_H_QUERIES, D_H_ANSWERS, D_H_AUTHORITIES, D_H_ADDITIONALS},
    {D_H_ZONES, D_H_PREREQ, D_H_UPDATES, D_H_ADDITIONALS},
};

static void
put_question(struct dns_out *o, const struct dns_question *q)
{
	uint32_t len = q->fixed - q->off;
	if (o->w->want_text) {
		char text[400];
		struct ni_buf b = ni_buf(text, sizeof(text));
		const char *class =
		    ni_label_find(dns_l_classes, o->m->mdns ? q->class & 0x7fff : q->class);
		dns_name_print(&b, &q->name);
		ni_buf_str(&b, ": type ");
		dns_type_print(&b, q->type);
		ni_buf_fmt(&b, ", class %s", class ? class : "unknown");
		ni_put_label(o->w, &dns_fields[D_QRY], o->m->base + q->off, len + 4, "%s",
			     ni_buf_z(&b));
	} else {
		ni_put_label(o->w, &dns_fields[D_QRY], o->m->base + q->off, len + 4, NULL);
	}
	ni_put_made(o->w, &dns_fields[D_QRY_NAME], o->m->base + q->off, len, q->name.text,
		    q->name.n);
	if (!q->name.bad) {
		dns_put_uint(o, D_QRY_NAME_LEN, q->off, 0, q->name.n);
		dns_put_uint(o, D_LABELS, q->off, 0, q->name.labels ? q->name.labels : 1U);
	}
	dns_put_uint(o, D_QRY_TYPE, q->fixed, 2, q->type);
	dns_put_uint(o, D_QRY_CLASS, q->fixed + 2, 2, o->m->mdns ? q->class & 0x7fff : q->class);
	if (o->m->mdns)
		dns_put_uint(o, D_QRY_QU, q->fixed + 2, 2, q->class);
}

/* The owner of an SRV record says service, protocol and domain (RFC 2782). */
static bool
put_srv_name(struct dns_out *o, const struct dns_rr *rr)
{
	const uint8_t *p = rr->name.text;
	const uint8_t *dot = memchr(p, '.', rr->name.n);
	const uint8_t *end = p + rr->name.n;
	const uint8_t *second = dot ? memchr(dot + 1, '.', (size_t)(end - dot - 1)) : NULL;
	uint32_t off = o->m->base + rr->off;
	if (!second || rr->name.bad)
		return false;
	ni_put_made(o->w, &dns_fields[D_SRV_SERVICE], off, rr->name_len, p, (uint32_t)(dot - p));
	ni_put_made(o->w, &dns_fields[D_SRV_PROTO], off, rr->name_len, dot + 1,
		    (uint32_t)(second - dot - 1));
	ni_put_made(o->w, &dns_fields[D_SRV_NAME], off, rr->name_len, second + 1,
		    (uint32_t)(end - second - 1));
	return true;
}

/* RFC 6891 6.1.2: in an OPT record, class and time to live mean something else. */
static void
put_edns(struct dns_out *o, const struct dns_rr *rr)
{
	uint32_t at = rr->fixed + 2;
	dns_put_uint(o, D_UDP_SIZE, at, 2, o->m->mdns ? rr->class & 0x7fff : rr->class);
	if (o->m->mdns)
		dns_put_uint(o, D_CACHE_FLUSH, at, 2, rr->class);
	dns_put_uint(o, D_EXT_RCODE, at + 2, 1, rr->ttl >> 24);
	dns_put_uint(o, D_EDNS_VERSION, at + 3, 1, rr->ttl >> 16 & 0xff);
	dns_put_uint(o, D_EDNS_Z, at + 4, 2, rr->ttl & 0xffff);
	dns_put_uint(o, D_EDNS_DO, at + 4, 2, rr->ttl & 0xffff);
	dns_put_uint(o, D_EDNS_RESERVED, at + 4, 2, rr->ttl & 0xffff);
}

static void
put_record(struct dns_out *o, const struct dns_rr *rr)
{
	uint32_t at = rr->fixed;
	uint32_t all = at + 10 - rr->off + rr->len;
	if (o->w->want_text) {
		char text[500];
		struct ni_buf b = ni_buf(text, sizeof(text));
		dns_rr_headline(o->m, rr, &b);
		ni_put_label(o->w, &dns_fields[D_RR], o->m->base + rr->off, all, "%s",
			     ni_buf_z(&b));
	} else {
		ni_put_label(o->w, &dns_fields[D_RR], o->m->base + rr->off, all, NULL);
	}
	if (rr->type != DNS_SRV || !put_srv_name(o, rr))
		ni_put_made(o->w, &dns_fields[D_RESP_NAME], o->m->base + rr->off, rr->name_len,
			    rr->name.text, rr->name.n);
	dns_put_uint(o, D_RESP_TYPE, at, 2, rr->type);
	if (rr->type == DNS_OPT) {
		put_edns(o, rr);
	} else {
		dns_put_uint(o, D_RESP_CLASS, at + 2, 2,
			     o->m->mdns ? rr->class & 0x7fff : rr->class);
		if (o->m->mdns)
			dns_put_uint(o, D_CACHE_FLUSH, at + 2, 2, rr->class);
		dns_put_uint(o, D_TTL, at + 4, 4, rr->ttl);
	}
	dns_put_uint(o, D_RDLEN, at + 8, 2, rr->len);
	o->rr = rr;
	dns_rdata(o);
	o->rr = NULL;
}

static void
put_rest(struct dns_out *o, struct dns_reader *r)
{
	if (r->c.rc != NI_OK)
		return;
	if (is_dso(r)) {
		dns_read_dso(o, &r->c);
	} else if (ni_more(&r->c)) {
		uint32_t n = ni_left(&r->c);
		ni_put_bytes(o->w, &dns_fields[D_EXTRA], o->m->base + r->c.off, n);
		dns_put_uint(o, D_EXTRA_LEN, r->c.off, 0, n);
	}
}

static void
walk(struct ni_walk *w)
{
	struct dns_msg m = dns_message(w->dis, w->layer);
	struct dns_out o = {.m = &m, .w = w};
	struct dns_reader r;
	struct dns_question q;
	struct dns_rr rr;
	if (m.base)
		ni_put_uint(w, &dns_fields[D_LENGTH], 0, 2, ni_be16(m.s.p - m.base));
	ni_put(w, &dns_fields[D_ID]);
	if (!dns_reader(&r, &m))
		return;
	bool update = (r.flags >> 11 & 15) == OP_UPDATE;
	put_flags(&o, &r);
	for (unsigned i = 0; i < SECTIONS && m.s.cap >= 6 + 2 * i; i++)
		dns_put_uint(&o, count_rows[update][i], 4 + 2 * i, 2, r.left[i]);
	if (r.left[QUESTIONS])
		dns_put_heading(&o, heading_rows[update][QUESTIONS], r.c.off, 0, NULL);
	while (dns_question(&r, &q))
		put_question(&o, &q);
	unsigned section = QUESTIONS;
	while (dns_record(&r, &rr)) {
		if (r.section != section)
			dns_put_heading(&o, heading_rows[update][r.section], rr.off, 0, NULL);
		section = r.section;
		put_record(&o, &rr);
	}
	put_rest(&o, &r);
	ni_put_range(w, &dns_fields[D_REPEATS_REQUEST], &dns_fields[D_UNSOLICITED]);
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct dns_msg m = dns_message(d, l);
	struct dns_reader r;
	struct dns_question q;
	struct dns_rr rr;
	if (!dns_reader(&r, &m))
		return;
	bool response = r.flags & 0x8000;
	unsigned opcode = r.flags >> 11 & 15;
	const char *op = ni_label_find(dns_l_opcodes, opcode);
	const char *error = ni_dns_rcode_name(r.flags & 15);
	if (op)
		ni_buf_str(b, op);
	else
		ni_buf_fmt(b, "Unknown operation (%u)", opcode);
	ni_buf_fmt(b, "%s 0x%04x", response ? " response" : "", ni_be16(m.s.p));
	if (response && r.flags & 15 && error)
		ni_buf_fmt(b, " %s", error);
	else if (response && r.flags & 15)
		ni_buf_fmt(b, " Unknown error (%u)", r.flags & 15);
	while (dns_question(&r, &q) && !b->cut) {
		ni_buf_c(b, ' ');
		dns_type_print(b, q.type);
		ni_buf_c(b, ' ');
		dns_name_print(b, &q.name);
		if (m.mdns)
			ni_buf_str(b, q.class & 0x8000 ? ", \"QU\" question" : ", \"QM\" question");
	}
	while (!b->cut && dns_record(&r, &rr)) {
		ni_buf_c(b, ' ');
		dns_rr_summary(&m, &rr, b);
	}
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_value v;
	if (dns_get_flags(d, l, &v))
		ni_buf_str(b, v.u & 0x8000 ? " (response)" : " (query)");
}

static bool
get_header(const struct ni_dis *d, const struct ni_layer *l, uint32_t off, struct ni_value *v)
{
	struct dns_msg m = dns_message(d, l);
	if (m.s.cap < off + 2)
		return false;
	v->off = l->off + m.base + off;
	v->len = 2;
	v->u = ni_be16(m.s.p + off);
	return true;
}

bool
dns_get_id(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	return get_header(d, l, 0, v);
}

bool
dns_get_flags(const struct ni_dis *d, const struct ni_layer *l, struct ni_value *v)
{
	return get_header(d, l, 2, v);
}

static const struct ni_bind dns_binds[] = {
    {NI_BY_UDP_PORT, 53},
    {NI_BY_TCP_PORT, 53},
    {NI_NTABLES, 0},
};

static const struct ni_bind mdns_binds[] = {
    {NI_BY_UDP_PORT, 5353},
    {NI_NTABLES, 0},
};

static const struct ni_bind llmnr_binds[] = {
    {NI_BY_UDP_PORT, 5355},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_dns = {
    .key = "dns",
    .name = "DNS",
    .title = "Domain Name System",
    .ref = "RFC 1035",
    .fields = dns_fields,
    .binds = dns_binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
    .stream = &dns_stream,
};

const struct ni_proto ni_proto_mdns = {
    .key = "mdns",
    .name = "MDNS",
    .title = "Multicast Domain Name System",
    .ref = "RFC 6762",
    .fields = dns_fields,
    .binds = mdns_binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
};

const struct ni_proto ni_proto_llmnr = {
    .key = "llmnr",
    .name = "LLMNR",
    .title = "Link-local Multicast Name Resolution",
    .ref = "RFC 4795",
    .fields = dns_fields,
    .binds = llmnr_binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
};

const struct ni_proto *const ni_protos_dns[] = {
    &ni_proto_dns,
    &ni_proto_mdns,
    &ni_proto_llmnr,
    NULL,
};
