/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS and SSL 3.0: RFC 8446 (1.3), RFC 5246 (1.2), RFC 4346 (1.1), RFC 2246 (1.0), RFC 6101 (SSL)
 *
 * OFFSET SIZE FIELD
 *      0    1 content type             20 change cipher spec, 21 alert, 22 handshake, 23 data
 *      1    2 version                  of the record layer: 0x0303 from TLS 1.2 on, for good
 *      3    2 length                   at most 16384, encrypted 2048 more
 *      5    n handshake messages: type 1, length 3, body; or alert: level 1, description 1; or what
 *             is encrypted
 *
 * A layer is one record, or the records that a handshake message is spread over. What the record
 * alone does not say (the version that was agreed on, whether handshake messages are encrypted)
 * comes with the message from its stream, see tls_stream.c.
 *
 * The files: tls_hello.c, tls_ext.c, tls_handshake.c, tls_cert.c the messages, tls_item.c what they
 * are made of, tls_fields.c the field table, tls_labels.c and tls_suites.c names of numbers.
 *
 * Not decoded: anything encrypted; SSL 2.0; heartbeats.
 */
#include <stdio.h>
#include <string.h>

#include "netinspect/stream.h"

#include "i18n.h"
#include "tls.h"
#include "tls_fields.h"

enum { JOINED = 20 * 1024 }; /* bytes of a message over several records that are read */

static const struct ni_note_def note_length = {
    "tls.record_length", N_("a record is longer than any may be"), "RFC 8446 5.2", NI_ERROR};
static const struct ni_note_def note_inside = {
    "tls.handshake_length", N_("a length inside a handshake message does not fit it"), "RFC 8446 4",
    NI_ERROR};
static const struct ni_note_def note_cut = {"tls.handshake_cut",
					    N_("a handshake message ends before its length says"),
					    "RFC 8446 5.1", NI_WARN};
static const struct ni_note_def note_fatal = {
    "tls.fatal_alert", N_("a side gave up the TLS connection"), "RFC 8446 6.2", NI_WARN};

/* What is known of a layer beside its bytes. */
struct past {
	uint16_t version, suite;
	bool encrypted, lost;
	bool known; /* it came with a stream */
};

struct record {
	uint32_t off;
	uint8_t type;
	uint16_t version, len;
	struct ni_cur body;
};

/* Goes through the handshake messages of a layer, over the borders of its records. */
struct messages {
	struct ni_cur records;
	struct ni_cur body; /* of the record being read */
	uint8_t type;
	uint32_t len;
	uint32_t off;        /* where it begins in the layer */
	bool gathered;       /* it is in joined, not in the layer */
	bool cut;            /* the layer ends before it does */
	struct ni_cur bytes; /* its body */
	uint8_t joined[JOINED];
};

static struct past
past_of(const struct ni_dis *d, const struct ni_layer *l)
{
	if (l->aux >= d->npdus || !d->pdus)
		return (struct past){0};
	uint32_t info = d->pdus[l->aux].info;
	uint32_t version = info >> TLS_I_VERSION_SHIFT & TLS_I_VERSION;
	return (struct past){
	    .version = version ? (uint16_t)(0x0300 + version - 1) : 0,
	    .suite = info & TLS_I_SUITE,
	    .encrypted = info & TLS_I_ENCRYPTED,
	    .lost = info & TLS_I_LOST,
	    .known = true,
	};
}

static bool
next_record(struct ni_cur *c, struct record *r)
{
	if (!ni_more(c))
		return false;
	r->off = c->off;
	r->type = ni_take8(c);
	r->version = ni_take16(c);
	r->len = ni_take16(c);
	if (c->rc != NI_OK)
		return false;
	r->body = ni_sub(c, r->len);
	if (r->body.rc == NI_MALFORMED) {
		/* The stream ended within it. */
		r->body = *c;
		r->body.rc = NI_OK;
	}
	return true;
}

/* Copy @n bytes of the records' bodies, as far as they are there. Returns how many. */
static uint32_t
gather(struct messages *m, uint8_t *to, uint32_t n)
{
	uint32_t done = 0;
	struct record r;
	while (done < n) {
		if (!ni_more(&m->body) &&
		    (!next_record(&m->records, &r) || r.type != TLS_HANDSHAKE))
			break;
		if (!ni_more(&m->body))
			m->body = r.body;
		uint32_t take = ni_left(&m->body) < n - done ? ni_left(&m->body) : n - done;
		const uint8_t *p = ni_take(&m->body, take);
		if (!p)
			break;
		if (to && done < JOINED)
			memcpy(to + done, p, take < JOINED - done ? take : JOINED - done);
		done += take;
	}
	return done;
}

/* The message lies in @here alone: in whole, or as much of it as there is. */
static void
in_place(struct messages *m, struct ni_cur here)
{
	m->gathered = false;
	m->cut = ni_left(&here) < m->len && here.cap >= here.len;
	m->bytes = here;
	m->bytes.len = here.off + m->len;
	if (m->bytes.cap > m->bytes.len)
		m->bytes.cap = m->bytes.len;
}

static bool
next_message(struct messages *m)
{
	uint8_t h[TLS_MESSAGE_HDR];
	struct record r;
	if (!ni_more(&m->body)) {
		if (!next_record(&m->records, &r) || r.type != TLS_HANDSHAKE)
			return false;
		m->body = r.body;
	}
	m->off = m->body.off;
	if (gather(m, h, sizeof(h)) < sizeof(h))
		return false;
	m->type = h[0];
	m->len = ni_be24(h + 1);
	if (ni_left(&m->body) >= m->len || !ni_more(&m->records)) {
		in_place(m, m->body);
		ni_skip(&m->body, m->len);
		return true;
	}
	uint32_t got = gather(m, m->joined, m->len);
	m->gathered = true;
	m->cut = got < m->len;
	if (got > JOINED)
		got = JOINED;
	m->bytes = ni_cur((struct ni_span){m->joined, got, m->len});
	return true;
}

static void
begin(struct messages *m, struct ni_span s)
{
	m->records = ni_cur(s);
	m->body = (struct ni_cur){.rc = NI_MALFORMED}; /* none yet */
}

static bool
is_clear(const struct past *past, struct ni_span s)
{
	if (past->known)
		return !past->encrypted && !past->lost;
	/* Nothing is known of what went before: judge by the look. */
	const uint32_t n = TLS_RECORD_HDR + TLS_MESSAGE_HDR;
	return s.cap < n || tls_plausible(s.p[TLS_RECORD_HDR], ni_be24(s.p + TLS_RECORD_HDR + 1));
}

static bool
is_clear_alert(const struct record *r)
{
	struct ni_cur c = r->body;
	uint8_t level = ni_take8(&c);
	return r->len == 2 && (level == 1 || level == 2);
}

/* The version by which messages are read: the record's where none was agreed on, or not seen. */
static uint16_t
version_of(const struct past *past, struct ni_span s)
{
	return past->version || s.cap < 3 ? past->version : ni_be16(s.p + 1);
}

/* Whether the lengths inside the messages fit. */
static bool
judge(struct ni_span s, const struct past *past, bool *cut)
{
	struct messages m;
	uint16_t version = version_of(past, s);
	bool wrong = false;
	begin(&m, s);
	*cut = false;
	while (next_message(&m)) {
		struct tls_out o = {.version = version, .suite = past->suite};
		struct ni_cur c = m.bytes;
		tls_message(&o, m.type, &c);
		wrong |= o.wrong;
		*cut |= m.cut;
	}
	return wrong;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	struct past past = past_of(d, l);
	struct ni_cur c = ni_cur(s);
	struct record r;
	bool handshake = false;
	bool cut = false;
	while (next_record(&c, &r)) {
		handshake |= r.type == TLS_HANDSHAKE;
		if (r.len > TLS_RECORD_MAX) {
			ni_note(d, l, &note_length);
			return NI_MALFORMED;
		}
		if (r.type == TLS_ALERT && is_clear_alert(&r) && r.body.cap > r.body.off &&
		    r.body.p[r.body.off] == 2)
			ni_note(d, l, &note_fatal);
	}
	l->hdr = (uint16_t)(s.len < UINT16_MAX ? s.len : UINT16_MAX);
	if (handshake && is_clear(&past, s) && judge(s, &past, &cut)) {
		ni_note(d, l, &note_inside);
		return NI_MALFORMED;
	}
	if (cut)
		ni_note(d, l, &note_cut);
	return c.rc;
}

static const char *
version_name(uint16_t version)
{
	switch (version) {
	case 0x0300:
		return "SSLv3";
	case 0x0301:
		return "TLSv1";
	case 0x0302:
		return "TLSv1.1";
	case 0x0303:
		return "TLSv1.2";
	case 0x0304:
		return "TLSv1.3";
	default:
		return "TLS";
	}
}

static const char *
column(const struct ni_dis *d, const struct ni_layer *l)
{
	struct past past = past_of(d, l);
	return version_name(version_of(&past, ni_layer_span(d, l)));
}

static const char *
message_name(const struct messages *m)
{
	struct ni_cur c = m->bytes;
	uint32_t n = c.off < c.cap ? c.cap - c.off : 0;
	if (m->type == TLS_SERVER_HELLO && n && tls_is_retry(c.p + c.off, n))
		return "Hello Retry Request";
	const char *name = ni_label_find(tls_l_handshakes, m->type);
	return name ? name : "Unknown Handshake Message";
}

static void
print_messages(struct ni_span s, struct ni_buf *b)
{
	struct messages m;
	const char *sep = "";
	begin(&m, s);
	while (next_message(&m) && !b->cut) {
		ni_buf_str(b, sep);
		ni_buf_fmt(b, m.cut ? "[%s Fragment]" : "%s", message_name(&m));
		sep = ", ";
	}
}

static void
print_alert(const struct record *r, struct ni_buf *b)
{
	struct ni_cur c = r->body;
	if (!is_clear_alert(r)) {
		ni_buf_str(b, "Encrypted Alert");
		return;
	}
	const char *level = ni_label_find(tls_l_alert_levels, ni_take8(&c));
	uint8_t desc = ni_take8(&c);
	const char *what = ni_label_find(tls_l_alerts, desc);
	ni_buf_fmt(b, "Alert (Level: %s, Description: ", level);
	if (what)
		ni_buf_str(b, what);
	else
		ni_buf_fmt(b, "Unknown (%u)", desc);
	ni_buf_c(b, ')');
}

/* What a record holds, in the words of the Info column. */
static void
describe(const struct past *past, const struct record *r, struct ni_span s, struct ni_buf *b)
{
	switch (r->type) {
	case TLS_CHANGE_CIPHER_SPEC:
		ni_buf_str(b, "Change Cipher Spec");
		break;
	case TLS_ALERT:
		print_alert(r, b);
		break;
	case TLS_HANDSHAKE:
		if (is_clear(past, s))
			print_messages(s, b);
		else
			ni_buf_str(b, past->lost ? "Handshake Fragment"
						 : "Encrypted Handshake Message");
		break;
	case TLS_APPLICATION_DATA:
		ni_buf_str(b, "Application Data");
		break;
	case TLS_HEARTBEAT:
		ni_buf_str(b, "Heartbeat");
		break;
	default:
		ni_buf_str(b, "Ignored Unknown Record");
	}
}

/* The last record of a frame speaks for those before it too. */
static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	const struct ni_layer *first = l;
	while (first > d->layers && first[-1].proto == l->proto)
		first--;
	for (; first <= l && !b->cut; first++) {
		struct ni_span s = ni_layer_span(d, first);
		struct past past = past_of(d, first);
		struct ni_cur c = ni_cur(s);
		struct record r;
		size_t before = b->len;
		if (next_record(&c, &r))
			describe(&past, &r, s, b);
		if (first < l && b->len > before)
			ni_buf_str(b, ", ");
	}
}

static void
put_alert(struct tls_out *o, const struct record *r)
{
	struct ni_cur c = r->body;
	if (!is_clear_alert(r)) {
		tls_heading(o, T_ALERT, c.off, r->len, "Encrypted Alert");
		return;
	}
	tls_heading(o, T_ALERT, c.off, r->len, NULL);
	tls_uint(o, &c, T_ALERT_LEVEL, 1);
	tls_uint(o, &c, T_ALERT_DESC, 1);
}

static void
put_messages(struct ni_walk *w, const struct past *past, struct ni_span s)
{
	struct messages m;
	uint16_t version = version_of(past, s);
	begin(&m, s);
	while (next_message(&m)) {
		struct tls_out o = {
		    .w = w,
		    .base = m.gathered ? m.off : 0,
		    .gathered = m.gathered,
		    .version = version,
		    .suite = past->suite,
		};
		struct ni_cur c = m.bytes;
		uint32_t all = m.len + TLS_MESSAGE_HDR;
		ni_put_label(w, &tls_fields[T_HANDSHAKE], m.off, m.gathered ? 0 : all,
			     "Handshake Protocol: %s", message_name(&m));
		ni_put_uint(w, &tls_fields[T_TYPE], m.off, 1, m.type);
		ni_put_uint(w, &tls_fields[T_LENGTH], m.off + 1, 3, m.len);
		tls_message(&o, m.type, &c);
	}
}

static void
put_record(struct ni_walk *w, const struct past *past, const struct record *r, struct ni_span s)
{
	struct tls_out o = {.w = w};
	struct ni_cur c = r->body;
	bool opaque = past->version == TLS_1_3 && r->type == TLS_APPLICATION_DATA;
	if (w->want_text) {
		char text[200];
		struct ni_buf b = ni_buf(text, sizeof(text));
		describe(past, r, s, &b);
		ni_put_label(w, &tls_fields[T_RECORD], r->off, TLS_RECORD_HDR + r->len,
			     "%s Record Layer: %s",
			     version_name(past->version ? past->version : r->version),
			     ni_buf_z(&b));
	} else {
		ni_put_label(w, &tls_fields[T_RECORD], r->off, TLS_RECORD_HDR + r->len, NULL);
	}
	tls_put(&o, opaque ? T_OPAQUE_TYPE : T_CONTENT_TYPE, r->off, 1, r->type);
	tls_put(&o, T_RECORD_VERSION, r->off + 1, 2, r->version);
	tls_put(&o, T_RECORD_LENGTH, r->off + 3, 2, r->len);
	if (r->type == TLS_CHANGE_CIPHER_SPEC)
		tls_heading(&o, T_CHANGE_CIPHER_SPEC, c.off, r->len, NULL);
	else if (r->type == TLS_ALERT)
		put_alert(&o, r);
	else if (r->type == TLS_APPLICATION_DATA && r->len)
		ni_put_bytes(w, &tls_fields[T_APP_DATA], c.off, r->len);
	else if (r->type == TLS_HEARTBEAT)
		tls_heading(&o, T_HEARTBEAT, c.off, r->len, NULL);
	else if (r->type == TLS_HANDSHAKE && !is_clear(past, s))
		tls_heading(&o, T_HANDSHAKE, c.off, r->len,
			    past->lost ? "Fragment" : "Encrypted Handshake Message");
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	struct past past = past_of(w->dis, w->layer);
	struct ni_cur c = ni_cur(s);
	struct record r;
	bool handshake = false;
	while (next_record(&c, &r)) {
		put_record(w, &past, &r, s);
		handshake |= r.type == TLS_HANDSHAKE;
	}
	if (handshake && is_clear(&past, s))
		put_messages(w, &past, s);
}

static const struct ni_bind binds[] = {
    {NI_BY_TCP_PORT, 443},  {NI_BY_TCP_PORT, 465},  {NI_BY_TCP_PORT, 636},  {NI_BY_TCP_PORT, 853},
    {NI_BY_TCP_PORT, 990},  {NI_BY_TCP_PORT, 993},  {NI_BY_TCP_PORT, 995},  {NI_BY_TCP_PORT, 5061},
    {NI_BY_TCP_PORT, 5671}, {NI_BY_TCP_PORT, 8443}, {NI_BY_TCP_PORT, 8883}, {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_tls = {
    .key = "tls",
    .name = "TLS",
    .title = "Transport Layer Security",
    .ref = "RFC 8446",
    .fields = tls_fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .column = column,
    .stream = &tls_stream,
};

const struct ni_proto *const ni_protos_tls[] = {&ni_proto_tls, NULL};
