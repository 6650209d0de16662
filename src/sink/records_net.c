/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of arp, dhcp, ntp and note records; see records.h. */
#include <string.h>

#include "netinspect/proto.h"
#include "records.h"

#define GET(name) static bool name(const struct rec_in *in, unsigned i, struct rec_value *v)

static bool
mac(struct rec_value *v, const uint8_t p[6])
{
	static const uint8_t none[6];
	struct ni_addr a = {.len = 6};
	memcpy(a.b, p, 6);
	return memcmp(p, none, 6) != 0 && rec_addr(v, &a);
}

/* ---- arp ---- */

GET(arp_ts)
{
	(void)i;
	v->ns = in->arp->request_ns >= 0 ? in->arp->request_ns : in->ts_ns;
	return true;
}

static const char *
arp_kind_word(unsigned i)
{
	static const char *const words[] = {[NI_ARP_ANSWERED] = "answered",
					    [NI_ARP_UNANSWERED] = "unanswered",
					    [NI_ARP_GRATUITOUS] = "gratuitous",
					    [NI_ARP_PROBE] = "probe",
					    [NI_ARP_CONFLICT] = "conflict"};
	return words[i];
}

enum { ARP_KINDS = NI_ARP_CONFLICT + 1 };

GET(arp_kind)
{
	(void)i;
	return rec_text(v, arp_kind_word(in->arp->kind));
}

GET(arp_ip)
{
	(void)i;
	return rec_addr(v, &in->arp->ip);
}

GET(arp_mac)
{
	(void)i;
	return mac(v, in->arp->mac);
}

GET(arp_before)
{
	(void)i;
	return in->arp->kind == NI_ARP_CONFLICT && mac(v, in->arp->other_mac);
}

GET(arp_asker)
{
	(void)i;
	return rec_addr(v, &in->arp->asker);
}

GET(arp_asker_mac)
{
	(void)i;
	return in->arp->kind != NI_ARP_CONFLICT && mac(v, in->arp->other_mac);
}

GET(arp_tries)
{
	(void)i;
	return rec_nonzero(v, in->arp->tries);
}

GET(arp_rtt)
{
	(void)i;
	return rec_span(v, in->arp->rtt_ns);
}

GET(arp_frames)
{
	const struct ni_arp_event *a = in->arp;
	uint64_t first = a->request_frame ? a->request_frame : a->reply_frame;
	return i < 2 && rec_nonzero(v, !i ? first : first == a->request_frame ? a->reply_frame : 0);
}

/* clang-format off */
const struct rec_key rec_arp_keys[] = {
	{"ts", REC_SECONDS, REC_ALWAYS | REC_SIGNED, arp_ts,
		.doc = "the first question, or the claim that nobody asked for; seconds since 1970 UTC"},
	{"kind", REC_TEXT, REC_ALWAYS, arp_kind,
		.doc = "gratuitous: claimed unasked; probe: about to be claimed; conflict: a second MAC claims it",
		.word = arp_kind_word, .words = ARP_KINDS},
	{"ip", REC_TEXT, REC_ALWAYS, arp_ip, .doc = "the address in question; IPv6: neighbour discovery"},
	{"mac", REC_TEXT, 0, arp_mac, .doc = "who has it, or claims it"},
	{"claimed_before_by", REC_TEXT, 0, arp_before, .doc = "conflict: the MAC that claimed it before"},
	{"asker", REC_TEXT, 0, arp_asker, .doc = "address of who asked"},
	{"asker_mac", REC_TEXT, 0, arp_asker_mac, .doc = "MAC of who asked"},
	{"tries", REC_INTEGER, 0, arp_tries, .doc = "requests"},
	{"rtt", REC_SECONDS, 0, arp_rtt, .doc = "seconds from the first request to the reply"},
	{"frames", REC_INTEGER, REC_LIST, arp_frames, .doc = "packets of the request and the reply"},
	{0},
};
/* clang-format on */

/* ---- dhcp ---- */

GET(dhcp_ts)
{
	(void)i;
	v->ns = in->dhcp->first_ns;
	return true;
}

GET(dhcp_xid)
{
	(void)i;
	v->u = in->dhcp->last.xid;
	return true;
}

GET(dhcp_mac)
{
	(void)i;
	return rec_addr(v, &in->dhcp->last.mac);
}

GET(dhcp_outcome)
{
	(void)i;
	return rec_text(v, ni_dhcp_outcome_name(in->dhcp->outcome));
}

GET(dhcp_type)
{
	const char *name;
	if (i >= in->dhcp->total || i >= NI_DHCP_MESSAGES)
		return false;
	name = ni_dhcp_message_name(in->dhcp->type[i]);
	if (!in->dhcp->type[i])
		name = "BOOTP";
	return rec_text(v, name ? name : "unknown");
}

GET(dhcp_frame)
{
	v->u = i < NI_DHCP_MESSAGES ? in->dhcp->frame[i] : 0;
	return i < in->dhcp->total && v->u;
}

GET(dhcp_more)
{
	unsigned n = in->dhcp->total;
	(void)i;
	return rec_nonzero(v, n > NI_DHCP_MESSAGES ? n - NI_DHCP_MESSAGES : 0);
}

GET(dhcp_ip)
{
	(void)i;
	return rec_addr(v, &in->dhcp->last.ip);
}

GET(dhcp_mask)
{
	(void)i;
	return rec_addr(v, &in->dhcp->last.mask);
}

GET(dhcp_router)
{
	(void)i;
	return rec_addr(v, &in->dhcp->last.router);
}

GET(dhcp_dns)
{
	(void)i;
	return rec_addr(v, &in->dhcp->last.dns);
}

GET(dhcp_server)
{
	(void)i;
	return rec_addr(v, &in->dhcp->last.server);
}

GET(dhcp_lease)
{
	(void)i;
	v->u = in->dhcp->last.lease_s;
	return in->dhcp->last.has_lease;
}

GET(dhcp_name)
{
	(void)i;
	return rec_text(v, in->dhcp->last.name);
}

GET(dhcp_duration)
{
	(void)i;
	rec_between(v, in->dhcp->first_ns, in->dhcp->last_ns);
	return true;
}

/* clang-format off */
const struct rec_key rec_dhcp_keys[] = {
	{"ts", REC_SECONDS, REC_ALWAYS | REC_SIGNED, dhcp_ts, .doc = "first message, seconds since 1970 UTC"},
	{"trans_id", REC_INTEGER, REC_ALWAYS, dhcp_xid, .doc = "transaction id"},
	{"mac", REC_TEXT, 0, dhcp_mac, .doc = "hardware address of the client"},
	{"outcome", REC_TEXT, REC_ALWAYS, dhcp_outcome, .doc = "what came of it",
		.word = ni_dhcp_outcome_name, .words = NI_DHCP_NOUTCOMES},
	{"assigned_addr", REC_TEXT, 0, dhcp_ip, .doc = "the address given, or (not given) the one asked for"},
	{"lease_time", REC_INTEGER, 0, dhcp_lease, .doc = "seconds; 4294967295: for ever"},
	{"mask", REC_TEXT, 0, dhcp_mask, .doc = "subnet mask"},
	{"router", REC_TEXT, 0, dhcp_router, .doc = "the first router"},
	{"dns", REC_TEXT, 0, dhcp_dns, .doc = "the first name server"},
	{"server", REC_TEXT, 0, dhcp_server, .doc = "server identifier"},
	{"host_name", REC_TEXT, 0, dhcp_name, .doc = "the client's, cut at 63 bytes"},
	{"duration", REC_SECONDS, REC_ALWAYS | REC_SIGNED, dhcp_duration,
		.doc = "seconds from the first message to the last"},
	{"msg_types", REC_TEXT, REC_ALWAYS | REC_LIST, dhcp_type, .doc = "the first eight messages"},
	{"frames", REC_INTEGER, REC_ALWAYS | REC_LIST, dhcp_frame, .doc = "their packets"},
	{"messages_left_out", REC_INTEGER, 0, dhcp_more, .doc = "messages beyond these"},
	{0},
};
/* clang-format on */

/* ---- ntp ---- */

GET(ntp_ts)
{
	(void)i;
	v->ns = in->ntp->request_ns;
	return true;
}

GET(ntp_version)
{
	(void)i;
	v->u = in->ntp->request.version;
	return true;
}

GET(ntp_mode)
{
	(void)i;
	v->u = in->ntp->request.mode;
	return true;
}

static const char *
ntp_outcome_word(unsigned i)
{
	static const char *const words[] = {"answered", "no-answer"};
	return words[i];
}

GET(ntp_outcome)
{
	(void)i;
	return rec_text(v, ntp_outcome_word(!in->ntp->response_frame));
}

GET(ntp_stratum)
{
	(void)i;
	v->u = in->ntp->response.stratum;
	return in->ntp->response_frame != 0;
}

/* Stratum 0 is no clock but a word: RATE, DENY … (RFC 5905 7.4). */
GET(ntp_kiss)
{
	(void)i;
	v->p = in->ntp->response.refid;
	v->n = 4;
	while (v->n && !in->ntp->response.refid[v->n - 1])
		v->n--;
	return in->ntp->response_frame && !in->ntp->response.stratum && v->n;
}

GET(ntp_rtt)
{
	(void)i;
	return rec_span(v, in->ntp->rtt_ns);
}

/* What is between two 32.32 timestamps of one clock. */
GET(ntp_server_time)
{
	uint64_t d = in->ntp->response.xmt - in->ntp->response.rec;
	(void)i;
	if (!in->ntp->response_frame || d >> 63)
		return false;
	v->ns = (int64_t)(d >> 32) * 1000000000 + (int64_t)((d & UINT32_MAX) * 1000000000 >> 32);
	return true;
}

GET(ntp_repeats)
{
	(void)i;
	return rec_nonzero(v, in->ntp->repeats);
}

GET(ntp_frames)
{
	const uint64_t all[] = {in->ntp->request_frame, in->ntp->response_frame};
	return i < 2 && rec_nonzero(v, all[i]);
}

/* clang-format off */
const struct rec_key rec_ntp_keys[] = {
	{"ts", REC_SECONDS, REC_ALWAYS | REC_SIGNED, ntp_ts, .doc = "the first request, seconds since 1970 UTC"},
	REC_ENDS,
	{"version", REC_INTEGER, REC_ALWAYS, ntp_version, .doc = "of NTP"},
	{"mode", REC_INTEGER, REC_ALWAYS, ntp_mode, .doc = "of the request: 3 client, 1 symmetric active"},
	{"outcome", REC_TEXT, REC_ALWAYS, ntp_outcome, .doc = "what came of it",
		.word = ntp_outcome_word, .words = 2},
	{"stratum", REC_INTEGER, 0, ntp_stratum, .doc = "of the server"},
	{"kiss", REC_TEXT, 0, ntp_kiss, .doc = "why the server does not serve: RATE, DENY ..."},
	{"rtt", REC_SECONDS, 0, ntp_rtt, .doc = "seconds from the first request to the response"},
	{"server_time", REC_SECONDS, 0, ntp_server_time,
		.doc = "seconds that the server says it took, by its own clock"},
	{"repeats", REC_INTEGER, 0, ntp_repeats, .doc = "times that the request was sent again"},
	{"frames", REC_INTEGER, REC_ALWAYS | REC_LIST, ntp_frames,
		.doc = "packets of the request and the response"},
	{0},
};
/* clang-format on */

/* ---- note ---- */

GET(note_ts)
{
	(void)i;
	v->ns = in->ts_ns;
	return true;
}

GET(note_frame)
{
	(void)i;
	v->u = in->frame;
	return true;
}

GET(note_proto)
{
	(void)i;
	return rec_text(v, ni_layer_proto(in->dis, &in->dis->layers[in->note->layer])->key);
}

GET(note_key)
{
	(void)i;
	return rec_text(v, in->note->def->key);
}

GET(note_text)
{
	(void)i;
	return rec_text(v, in->note->def->text);
}

static const char *
severity_word(unsigned i)
{
	static const char *const words[] = {
	    [NI_CHAT] = "chat", [NI_NOTE] = "note", [NI_WARN] = "warning", [NI_ERROR] = "error"};
	return words[i];
}

enum { SEVERITIES = NI_ERROR + 1 };

GET(note_severity)
{
	(void)i;
	return rec_text(v, severity_word(in->note->def->severity));
}

GET(note_ref)
{
	(void)i;
	return in->note->def->ref && rec_text(v, in->note->def->ref);
}

GET(note_stream)
{
	(void)i;
	v->u = in->dis->conn ? in->dis->conn->id : 0;
	return in->dis->conn != NULL;
}

/* clang-format off */
const struct rec_key rec_note_keys[] = {
	{"ts", REC_SECONDS, REC_ALWAYS | REC_SIGNED, note_ts, .doc = "the packet, seconds since 1970 UTC"},
	{"frame", REC_INTEGER, REC_ALWAYS, note_frame, .doc = "its number"},
	{"protocol", REC_TEXT, REC_ALWAYS, note_proto, .doc = "the layer that the remark is about"},
	{"key", REC_TEXT, REC_ALWAYS, note_key, .doc = "name of the remark, the same in every language"},
	{"text", REC_TEXT, REC_ALWAYS, note_text, .doc = "what it says"},
	{"severity", REC_TEXT, REC_ALWAYS, note_severity, .doc = "how bad it is",
		.word = severity_word, .words = SEVERITIES},
	{"ref", REC_TEXT, 0, note_ref, .doc = "where it is written: RFC and section"},
	{"stream", REC_INTEGER, 0, note_stream, .doc = "conversation of the packet, as in conn"},
	{0},
};
/* clang-format on */
