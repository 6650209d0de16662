/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of conn records, Zeek's names where they mean the same; see records.h. */
#include "records.h"

#define GET(name) static bool name(const struct rec_in *in, unsigned i, struct rec_value *v)

static const struct ni_conn *
tcp(const struct rec_in *in)
{
	return in->conn->ipproto == 6 ? in->conn : NULL;
}

static uint64_t
step(const struct ni_step *steps, unsigned n, unsigned i)
{
	for (unsigned k = 0; k < n; k++)
		if (steps[k].frame && !i--)
			return steps[k].frame;
	return 0;
}

GET(ts)
{
	(void)i;
	v->ns = in->conn->first_ns;
	return true;
}

GET(stream)
{
	(void)i;
	v->u = in->conn->id;
	return true;
}

GET(icmp_id)
{
	(void)i;
	v->u = in->conn->port[0];
	return in->conn->ipproto == 1 || in->conn->ipproto == 58;
}

GET(service)
{
	(void)i;
	return in->conn->service && rec_text(v, in->conn->service);
}

GET(duration)
{
	(void)i;
	rec_between(v, in->conn->first_ns, in->conn->last_ns);
	return true;
}

GET(orig_bytes)
{
	(void)i;
	v->u = in->conn->data_bytes[NI_CLIENT];
	return true;
}

GET(resp_bytes)
{
	(void)i;
	v->u = in->conn->data_bytes[NI_SERVER];
	return true;
}

GET(conn_state)
{
	(void)i;
	return rec_text(v, ni_conn_zeek_state(in->conn));
}

GET(history)
{
	(void)i;
	return rec_text(v, in->conn->history);
}

GET(orig_pkts)
{
	(void)i;
	v->u = in->conn->packets[NI_CLIENT];
	return true;
}

GET(resp_pkts)
{
	(void)i;
	v->u = in->conn->packets[NI_SERVER];
	return true;
}

GET(orig_ip_bytes)
{
	(void)i;
	v->u = in->conn->ip_bytes[NI_CLIENT];
	return true;
}

GET(resp_ip_bytes)
{
	(void)i;
	v->u = in->conn->ip_bytes[NI_SERVER];
	return true;
}

GET(is_tcp)
{
	(void)i;
	(void)v;
	return tcp(in) != NULL;
}

GET(open_kind)
{
	(void)i;
	return rec_text(v, ni_conn_open_name(in->conn->open));
}

GET(open_frames)
{
	return rec_nonzero(v, step(in->conn->opening, NI_OPEN_STEPS, i));
}

GET(open_rtt)
{
	(void)i;
	v->ns = in->conn->initial_rtt_ns;
	return v->ns > 0;
}

GET(syn_repeats)
{
	(void)i;
	return rec_nonzero(v, (uint64_t)in->conn->syn_repeats + in->conn->synack_repeats);
}

GET(close_kind)
{
	(void)i;
	return rec_text(v, ni_conn_close_name(in->conn->close));
}

GET(close_frames)
{
	return rec_nonzero(v, step(in->conn->closing, NI_CLOSE_STEPS, i));
}

GET(closed_first)
{
	(void)i;
	return rec_text(v, ni_side_name(in->conn->closed_first));
}

GET(reset_by)
{
	(void)i;
	return rec_text(v, ni_side_name(in->conn->reset_by));
}

GET(time_wait)
{
	(void)i;
	return rec_text(v, ni_side_name(in->conn->time_wait));
}

GET(orig_state)
{
	(void)i;
	return tcp(in) && rec_text(v, ni_tcp_state_name(in->conn->state[NI_CLIENT]));
}

GET(resp_state)
{
	(void)i;
	return tcp(in) && rec_text(v, ni_tcp_state_name(in->conn->state[NI_SERVER]));
}

GET(marks)
{
	v->u = tcp(in) ? in->conn->marks[i] : 0;
	return v->u != 0;
}

GET(requests)
{
	(void)i;
	return rec_nonzero(v, in->conn->requests);
}

GET(first_frame)
{
	(void)i;
	v->u = in->conn->first_frame;
	return true;
}

GET(last_frame)
{
	(void)i;
	v->u = in->conn->last_frame;
	return true;
}

GET(guessed)
{
	(void)i;
	return rec_nonzero(v, in->conn->flags & NI_CONN_GUESSED);
}

GET(evicted)
{
	(void)i;
	return rec_nonzero(v, in->conn->flags & NI_CONN_EVICTED);
}

static const char *
state_word(unsigned i)
{
	static const char *const words[] = {"S0",   "S1",     "SF",    "REJ", "S2",  "S3", "RSTO",
					    "RSTR", "RSTOS0", "RSTRH", "SH",  "SHR", "OTH"};
	return words[i];
}

enum { STATES = 13, SIDES = 2, HOLDERS = 3 };

/* Who may hold TIME_WAIT: nobody has no name. */
static const char *
holder(unsigned i)
{
	return ni_side_name(i == 2 ? NI_BOTH : i);
}

/* clang-format off */
static const struct rec_key handshake[] = {
	{"kind", REC_TEXT, REC_ALWAYS, open_kind, .doc = "how it opened",
		.word = ni_conn_open_name, .words = NI_OPEN_NKINDS},
	{"frames", REC_INTEGER, REC_LIST, open_frames, .doc = "the segments that say so: SYN, SYN+ACK, ACK"},
	{"rtt", REC_SECONDS, 0, open_rtt, .doc = "seconds from the SYN to the first ACK after it"},
	{"repeats", REC_INTEGER, 0, syn_repeats, .doc = "SYN and SYN+ACK segments sent again"},
	{0},
};

static const struct rec_key teardown[] = {
	{"kind", REC_TEXT, REC_ALWAYS, close_kind, .doc = "how it closed",
		.word = ni_conn_close_name, .words = NI_CLOSE_NKINDS},
	{"frames", REC_INTEGER, REC_LIST, close_frames,
		.doc = "the segments that say so: FIN, its ACK, the other FIN, its ACK; or the RST"},
	{"closed_first", REC_TEXT, 0, closed_first, .doc = "who sent the first FIN, or the RST that ended it",
		.word = ni_side_name, .words = SIDES},
	{"reset_by", REC_TEXT, 0, reset_by, .doc = "who sent the RST", .word = ni_side_name, .words = SIDES},
	{"time_wait", REC_TEXT, 0, time_wait, .doc = "who holds TIME_WAIT", .word = holder, .words = HOLDERS},
	{0},
};

const struct rec_key rec_conn_keys[] = {
	{"ts", REC_SECONDS, REC_ALWAYS | REC_SIGNED, ts, .doc = "first packet, seconds since 1970 UTC"},
	{"stream", REC_INTEGER, REC_ALWAYS, stream,
		.doc = "number of the conversation among those of its protocol, from 0: tcp.stream, udp.stream"},
	REC_ENDS,
	{"icmp_id", REC_INTEGER, 0, icmp_id, .doc = "identifier of an ICMP echo"},
	{"service", REC_TEXT, 0, service, .doc = "protocol that its content turned out to be"},
	{"duration", REC_SECONDS, REC_ALWAYS | REC_SIGNED, duration, .doc = "seconds from the first packet to the last"},
	{"orig_bytes", REC_INTEGER, REC_ALWAYS, orig_bytes,
		.doc = "bytes of payload from the client; what was sent again counts once"},
	{"resp_bytes", REC_INTEGER, REC_ALWAYS, resp_bytes, .doc = "the same from the server"},
	{"conn_state", REC_TEXT, REC_ALWAYS, conn_state, .doc = "Zeek's word for how it went, see below",
		.word = state_word, .words = STATES},
	{"history", REC_TEXT, 0, history, .doc = "Zeek's letters for what was seen, see below"},
	{"orig_pkts", REC_INTEGER, REC_ALWAYS, orig_pkts, .doc = "packets from the client"},
	{"resp_pkts", REC_INTEGER, REC_ALWAYS, resp_pkts, .doc = "packets from the server"},
	{"orig_ip_bytes", REC_INTEGER, REC_ALWAYS, orig_ip_bytes,
		.doc = "bytes from the client, IP headers included"},
	{"resp_ip_bytes", REC_INTEGER, REC_ALWAYS, resp_ip_bytes,
		.doc = "bytes from the server, IP headers included"},
	{"handshake", REC_OBJECT, 0, is_tcp, .doc = "TCP: how it opened", .sub = handshake},
	{"teardown", REC_OBJECT, 0, is_tcp, .doc = "TCP: how it closed", .sub = teardown},
	{"orig_state", REC_TEXT, 0, orig_state, .doc = "TCP: state of the client at the end (RFC 9293)",
		.word = ni_tcp_state_name, .words = NI_TCP_NSTATES},
	{"resp_state", REC_TEXT, 0, resp_state, .doc = "TCP: state of the server at the end (RFC 9293)",
		.word = ni_tcp_state_name, .words = NI_TCP_NSTATES},
	{"marks", REC_COUNTS, 0, marks, .doc = "TCP: how many segments had each mark; zeros are left out",
		.word = ni_mark_name, .words = NI_NMARKS},
	{"requests", REC_INTEGER, 0, requests, .doc = "requests seen (HTTP, DNS)"},
	{"first_frame", REC_INTEGER, REC_ALWAYS, first_frame, .doc = "number of its first packet"},
	{"last_frame", REC_INTEGER, REC_ALWAYS, last_frame, .doc = "number of its last packet"},
	{"orig_guessed", REC_FLAG, 0, guessed,
		.doc = "true: it was met in mid-stream, and which side is the client is a guess"},
	{"evicted", REC_FLAG, 0, evicted, .doc = "true: given up before its end, for lack of room"},
	{0},
};
/* clang-format on */
