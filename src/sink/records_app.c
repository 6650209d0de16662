/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of http and dns records; see records.h. */
#include "records.h"

#define GET(name) static bool name(const struct rec_in *in, unsigned i, struct rec_value *v)

/* ---- http ---- */

GET(http_ts)
{
	const struct ni_http_exchange *x = in->http;
	(void)i;
	v->ns = x->request_first ? x->request_first_ns : x->response_first_ns;
	return true;
}

GET(http_stream)
{
	(void)i;
	v->u = in->http->stream;
	return true;
}

GET(http_number)
{
	(void)i;
	v->u = in->http->number;
	return true;
}

GET(http_method)
{
	(void)i;
	return rec_text(v, in->http->method);
}

GET(http_host)
{
	(void)i;
	return rec_text(v, in->http->host);
}

GET(http_uri)
{
	(void)i;
	return rec_text(v, in->http->uri);
}

static const char *
version_word(unsigned i)
{
	static const char *const words[] = {"0.9", "1.0", "1.1"};
	return words[i];
}

enum { VERSIONS = 3 };

GET(http_version)
{
	uint8_t n =
	    in->http->request_version ? in->http->request_version : in->http->response_version;
	(void)i;
	return n >= 9 && n < 9 + VERSIONS && rec_text(v, version_word(n - 9U));
}

GET(http_user_agent)
{
	(void)i;
	return rec_text(v, in->http->user_agent);
}

GET(http_referrer)
{
	(void)i;
	return rec_text(v, in->http->referrer);
}

GET(http_status)
{
	(void)i;
	return rec_nonzero(v, in->http->status);
}

GET(http_reason)
{
	(void)i;
	return rec_text(v, in->http->reason);
}

GET(http_request_body)
{
	(void)i;
	v->u = in->http->request_body;
	return in->http->request_first != 0;
}

GET(http_response_body)
{
	(void)i;
	v->u = in->http->response_body;
	return in->http->status != 0;
}

GET(http_type)
{
	(void)i;
	return rec_text(v, in->http->type);
}

GET(http_encoding)
{
	(void)i;
	return rec_text(v, in->http->encoding);
}

GET(http_informational)
{
	(void)i;
	return rec_nonzero(v, in->http->informational);
}

/* A flag that says something only with a response. */
static bool
response_flag(const struct rec_in *in, struct rec_value *v, unsigned flag)
{
	v->u = in->http->flags & flag;
	return in->http->status != 0;
}

GET(http_keep_alive)
{
	(void)i;
	return response_flag(in, v, NI_HTTP_KEEP_ALIVE);
}

GET(http_chunked)
{
	(void)i;
	return response_flag(in, v, NI_HTTP_CHUNKED);
}

GET(http_pipelined)
{
	(void)i;
	return rec_nonzero(v, in->http->flags & NI_HTTP_PIPELINED);
}

GET(http_upgraded)
{
	(void)i;
	return rec_nonzero(v, in->http->flags & NI_HTTP_UPGRADED);
}

GET(http_until_close)
{
	(void)i;
	return rec_nonzero(v, in->http->flags & NI_HTTP_UNTIL_CLOSE);
}

GET(http_cut)
{
	(void)i;
	return rec_nonzero(v, in->http->flags & NI_HTTP_CUT);
}

GET(http_gap)
{
	(void)i;
	return rec_nonzero(v, in->http->flags & NI_HTTP_GAP);
}

GET(http_send)
{
	const struct ni_http_exchange *x = in->http;
	(void)i;
	return x->request_frame && rec_between(v, x->request_first_ns, x->request_last_ns);
}

GET(http_wait)
{
	const struct ni_http_exchange *x = in->http;
	(void)i;
	return x->request_frame && x->response_first &&
	       rec_between(v, x->request_last_ns, x->response_first_ns);
}

GET(http_receive)
{
	const struct ni_http_exchange *x = in->http;
	(void)i;
	return x->response_first && x->response_frame &&
	       rec_between(v, x->response_first_ns, x->response_last_ns);
}

static uint64_t
http_frame(const struct ni_http_exchange *x, unsigned i)
{
	const uint64_t all[] = {x->request_first, x->request_frame, x->response_first,
				x->response_frame};
	for (unsigned k = 0; k < 4; k++)
		if (all[k] && (!k || all[k] != all[k - 1]) && !i--)
			return all[k];
	return 0;
}

GET(http_frames)
{
	return rec_nonzero(v, http_frame(in->http, i));
}

/* clang-format off */
const struct rec_key rec_http_keys[] = {
	{"ts", REC_SECONDS, REC_ALWAYS | REC_SIGNED, http_ts, .doc = "begin of the request, seconds since 1970 UTC"},
	{"stream", REC_INTEGER, REC_ALWAYS, http_stream, .doc = "tcp.stream: joins with conn's"},
	REC_ENDS,
	{"trans_depth", REC_INTEGER, REC_ALWAYS, http_number, .doc = "1, 2, 3 ... on its connection"},
	{"method", REC_TEXT, 0, http_method, .doc = "GET, POST ..., as sent"},
	{"host", REC_TEXT, 0, http_host, .doc = "of the Host header, cut at 63 bytes"},
	{"uri", REC_TEXT, 0, http_uri, .doc = "as sent, cut at 191 bytes"},
	{"version", REC_TEXT, 0, http_version, .doc = "of the request; of the response if that was not seen",
		.word = version_word, .words = VERSIONS},
	{"user_agent", REC_TEXT, 0, http_user_agent, .doc = "cut at 95 bytes"},
	{"referrer", REC_TEXT, 0, http_referrer, .doc = "cut at 95 bytes"},
	{"status_code", REC_INTEGER, 0, http_status, .doc = "absent: no response was seen"},
	{"status_msg", REC_TEXT, 0, http_reason, .doc = "the words behind the code, cut at 31 bytes"},
	{"request_body_len", REC_INTEGER, 0, http_request_body, .doc = "bytes, without transfer coding"},
	{"response_body_len", REC_INTEGER, 0, http_response_body, .doc = "bytes, without transfer coding"},
	{"resp_mime", REC_TEXT, 0, http_type, .doc = "Content-Type of the response, cut at 47 bytes"},
	{"encoding", REC_TEXT, 0, http_encoding, .doc = "its Content-Encoding"},
	{"informational", REC_INTEGER, 0, http_informational, .doc = "1xx responses before the final one"},
	{"keep_alive", REC_FLAG, 0, http_keep_alive, .doc = "both sides agree to go on after it"},
	{"chunked", REC_FLAG, 0, http_chunked, .doc = "the response was"},
	{"pipelined", REC_FLAG, 0, http_pipelined, .doc = "true: sent before the answer to the one before"},
	{"upgraded", REC_FLAG, 0, http_upgraded, .doc = "true: what follows is no HTTP"},
	{"until_close", REC_FLAG, 0, http_until_close, .doc = "true: the response's end is the close"},
	{"cut", REC_FLAG, 0, http_cut, .doc = "true: the response ended before its length"},
	{"gap", REC_FLAG, 0, http_gap, .doc = "true: bytes of it were not captured, lengths are lower bounds"},
	{"send", REC_SECONDS, 0, http_send, .doc = "seconds from the first to the last byte of the request"},
	{"wait", REC_SECONDS, 0, http_wait, .doc = "seconds from there to the first byte of the response"},
	{"receive", REC_SECONDS, 0, http_receive, .doc = "seconds from there to its last byte"},
	{"frames", REC_INTEGER, REC_LIST, http_frames,
		.doc = "packets with the first and last byte of the request, then of the response; each once"},
	{0},
};
/* clang-format on */

/* ---- dns ---- */

GET(dns_ts)
{
	(void)i;
	v->ns = in->dns->query_ns;
	return true;
}

GET(dns_kind)
{
	(void)i;
	return rec_text(v, in->dns->proto);
}

GET(dns_id)
{
	(void)i;
	v->u = in->dns->id;
	return true;
}

GET(dns_query)
{
	(void)i;
	return rec_text(v, in->dns->query);
}

GET(dns_qclass)
{
	(void)i;
	v->u = in->dns->qclass;
	return in->dns->query[0] != 0;
}

GET(dns_qtype)
{
	(void)i;
	v->u = in->dns->qtype;
	return in->dns->query[0] != 0;
}

GET(dns_qtype_name)
{
	(void)i;
	return rec_text(v, in->dns->type_name);
}

static const char *
outcome_word(unsigned i)
{
	static const char *const words[] = {[NI_DNS_ANSWERED] = "answered",
					    [NI_DNS_TIMED_OUT] = "no-answer",
					    [NI_DNS_EVICTED] = "evicted",
					    [NI_DNS_ENDED] = "capture-ended"};
	return words[i];
}

enum { OUTCOMES = NI_DNS_ENDED + 1 };

GET(dns_outcome)
{
	(void)i;
	return rec_text(v, outcome_word(in->dns->outcome));
}

GET(dns_rcode)
{
	(void)i;
	v->u = in->dns->rcode;
	return in->dns->outcome == NI_DNS_ANSWERED;
}

GET(dns_rcode_name)
{
	(void)i;
	return rec_text(v, in->dns->rcode_name);
}

GET(dns_aa)
{
	(void)i;
	v->u = in->dns->flags & 0x400;
	return in->dns->outcome == NI_DNS_ANSWERED;
}

GET(dns_tc)
{
	(void)i;
	v->u = in->dns->flags & 0x200;
	return in->dns->outcome == NI_DNS_ANSWERED;
}

GET(dns_rd)
{
	(void)i;
	v->u = in->dns->flags & 0x100;
	return true;
}

GET(dns_ra)
{
	(void)i;
	v->u = in->dns->flags & 0x80;
	return in->dns->outcome == NI_DNS_ANSWERED;
}

GET(dns_rtt)
{
	(void)i;
	return rec_span(v, in->dns->rtt_ns);
}

GET(dns_repeats)
{
	(void)i;
	return rec_nonzero(v, in->dns->repeats);
}

GET(dns_answer)
{
	(void)v;
	return i < in->dns->nanswers;
}

GET(dns_answer_type)
{
	return rec_text(v, in->dns->answers[i].type_name);
}

GET(dns_answer_ttl)
{
	v->u = in->dns->answers[i].ttl;
	return true;
}

GET(dns_answer_data)
{
	rec_text(v, in->dns->answers[i].text);
	return true;
}

GET(dns_left_out)
{
	uint64_t n = in->dns->answers_total;
	(void)i;
	return in->dns->outcome == NI_DNS_ANSWERED &&
	       rec_nonzero(v, n > in->dns->nanswers ? n - in->dns->nanswers : 0);
}

GET(dns_frames)
{
	const uint64_t all[] = {in->dns->query_frame, in->dns->response_frame};
	return i < 2 && rec_nonzero(v, all[i]);
}

/* clang-format off */
static const struct rec_key answer[] = {
	{"type", REC_TEXT, REC_ALWAYS, dns_answer_type, .doc = "A, AAAA, CNAME ..."},
	{"ttl", REC_INTEGER, REC_ALWAYS, dns_answer_ttl, .doc = "seconds"},
	{"data", REC_TEXT, REC_ALWAYS, dns_answer_data, .doc = "the record as text"},
	{0},
};

const struct rec_key rec_dns_keys[] = {
	{"ts", REC_SECONDS, REC_ALWAYS | REC_SIGNED, dns_ts, .doc = "the first query, seconds since 1970 UTC"},
	REC_ENDS,
	{"service", REC_TEXT, REC_ALWAYS, dns_kind, .doc = "dns or llmnr"},
	{"trans_id", REC_INTEGER, REC_ALWAYS, dns_id, .doc = "identifier of query and response"},
	{"query", REC_TEXT, 0, dns_query, .doc = "the name asked for"},
	{"qclass", REC_INTEGER, 0, dns_qclass, .doc = "its class, 1 for Internet"},
	{"qtype", REC_INTEGER, 0, dns_qtype, .doc = "the type asked for"},
	{"qtype_name", REC_TEXT, 0, dns_qtype_name, .doc = "A, AAAA, PTR ..."},
	{"outcome", REC_TEXT, REC_ALWAYS, dns_outcome, .doc = "what came of it",
		.word = outcome_word, .words = OUTCOMES},
	{"rcode", REC_INTEGER, 0, dns_rcode, .doc = "return code, with EDNS's upper bits"},
	{"rcode_name", REC_TEXT, 0, dns_rcode_name, .doc = "in Wireshark's words: No error, No such name ..."},
	{"AA", REC_FLAG, 0, dns_aa, .doc = "authoritative answer"},
	{"TC", REC_FLAG, 0, dns_tc, .doc = "the answer was cut"},
	{"RD", REC_FLAG, REC_ALWAYS, dns_rd, .doc = "recursion desired"},
	{"RA", REC_FLAG, 0, dns_ra, .doc = "recursion available"},
	{"rtt", REC_SECONDS, 0, dns_rtt, .doc = "seconds from the first query to the response"},
	{"repeats", REC_INTEGER, 0, dns_repeats, .doc = "times that the query was sent again"},
	{"answers", REC_OBJECT, REC_LIST, dns_answer, .doc = "the records of the answer section, at most 16",
		.sub = answer},
	{"answers_left_out", REC_INTEGER, 0, dns_left_out, .doc = "answers beyond these"},
	{"frames", REC_INTEGER, REC_LIST, dns_frames, .doc = "packets of the query and the response"},
	{0},
};
/* clang-format on */
