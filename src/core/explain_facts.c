/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts that sentences speak of, by name. */
#include <string.h>

#include "explain_priv.h"
#include "i18n.h"
#include "tcp_priv.h"

typedef void print_fn(struct ni_buf *b, const struct ni_ex *x);

/* ---- who ---- */

static void
put_side(struct ni_buf *b, unsigned side, bool first)
{
	if (side == NI_CLIENT)
		ni_buf_str(b, first ? _("The client") : _("the client"));
	else
		ni_buf_str(b, first ? _("The server") : _("the server"));
}

#define SIDE(name, side, first)                                                                    \
	static void name(struct ni_buf *b, const struct ni_ex *x)                                  \
	{                                                                                          \
		put_side(b, side, first);                                                          \
	}
SIDE(sender_first, x->r->side, true)
SIDE(sender, x->r->side, false)
SIDE(peer_first, !x->r->side, true)
SIDE(peer, !x->r->side, false)
SIDE(mover, x->mover, true)
SIDE(closer_first, x->c->closed_first, true)
SIDE(closer, x->c->closed_first, false)
SIDE(other_closer, !x->c->closed_first, false)
SIDE(resetter_first, x->c->reset_by, true)
SIDE(resetter, x->c->reset_by, false)

static void
client(struct ni_buf *b, const struct ni_ex *x)
{
	ni_end_point_print(b, &x->c->addr[NI_CLIENT], x->c->port[NI_CLIENT]);
}

static void
server(struct ni_buf *b, const struct ni_ex *x)
{
	ni_end_point_print(b, &x->c->addr[NI_SERVER], x->c->port[NI_SERVER]);
}

/* ---- numbers; those of sequence are counted modulo 2^32 ---- */

#define NUMBER(name, value)                                                                        \
	static void name(struct ni_buf *b, const struct ni_ex *x)                                  \
	{                                                                                          \
		ni_buf_u64(b, value);                                                              \
	}
NUMBER(client_port, x->c->port[NI_CLIENT])
NUMBER(server_port, x->c->port[NI_SERVER])
NUMBER(sender_port, x->c->port[x->r->side])
NUMBER(frame, x->r->frame)
NUMBER(seq, x->r->rel_seq)
NUMBER(seq_1, x->r->rel_seq + 1)
NUMBER(raw_seq, x->r->seq)
NUMBER(ack, x->r->rel_ack)
NUMBER(ack_1, x->r->rel_ack - 1)
NUMBER(len, x->r->len)
NUMBER(end, x->r->rel_seq + x->r->len + (x->r->flags & NI_TH_SYN ? 1 : 0))
NUMBER(last, x->r->rel_seq + x->r->len - 1)
NUMBER(fin, x->r->rel_seq + x->r->len)
NUMBER(fin_1, x->r->rel_seq + x->r->len + 1)
NUMBER(mss, x->r->mss)
NUMBER(shift, x->r->wscale)
NUMBER(dup, x->r->dup_ack_num)
NUMBER(other, x->r->other_frame)
NUMBER(acked_from, x->r->rel_ack - x->r->acked)
NUMBER(acked_len, x->r->acked)
NUMBER(acked_frame, x->r->acks_frame)
NUMBER(opening_1, x->c->opening[0].frame)
NUMBER(opening_2, x->c->opening[1].frame)
NUMBER(opening_3, x->c->opening[2].frame)
NUMBER(closing_1, x->c->closing[0].frame)
NUMBER(closing_2, x->c->closing[1].frame)
NUMBER(closing_3, x->c->closing[2].frame)
NUMBER(closing_4, x->c->closing[3].frame)
NUMBER(requests_n, x->c->requests)
NUMBER(largest, x->c->largest[x->mover])
NUMBER(their_mss, x->c->mss[!x->mover])
NUMBER(icmp_frame, x->c->icmp_frame)
NUMBER(icmp_code, x->c->icmp_code)
NUMBER(sack_from, x->r->sack_from)
NUMBER(sack_last, x->r->sack_from + x->r->sack_len - 1)

const struct ni_step *
ni_ex_reset(const struct ni_conn *c)
{
	for (unsigned i = 0; i < NI_CLOSE_STEPS; i++)
		if (c->closing[i].frame && (c->closing[i].flags & NI_TH_RST))
			return &c->closing[i];
	return NULL;
}

NUMBER(reset_frame, ni_ex_reset(x->c) ? ni_ex_reset(x->c)->frame : x->c->last_frame)

/* ---- quantities ---- */

static void
put_bytes(struct ni_buf *b, uint64_t n)
{
	unsigned long long v = n;
	ni_buf_fmt(b, NI_PLURAL("%llu byte", "%llu bytes", n), v);
}

static void
put_packets(struct ni_buf *b, uint64_t n)
{
	unsigned long long v = n;
	ni_buf_fmt(b, NI_PLURAL("%llu packet", "%llu packets", n), v);
}

#define QUANTITY(name, put, value)                                                                 \
	static void name(struct ni_buf *b, const struct ni_ex *x)                                  \
	{                                                                                          \
		put(b, value);                                                                     \
	}
QUANTITY(data, put_bytes, x->r->len)
QUANTITY(acked, put_bytes, x->r->acked)
QUANTITY(window, put_bytes, x->r->window)
QUANTITY(client_bytes, put_bytes, x->c->data_bytes[NI_CLIENT])
QUANTITY(server_bytes, put_bytes, x->c->data_bytes[NI_SERVER])
QUANTITY(client_packets, put_packets, x->c->packets[NI_CLIENT])
QUANTITY(server_packets, put_packets, x->c->packets[NI_SERVER])
QUANTITY(packets, put_packets, x->c->packets[NI_CLIENT] + x->c->packets[NI_SERVER])

static void
times(struct ni_buf *b, const struct ni_ex *x)
{
	unsigned long long v = x->times;
	if (x->times == 1)
		ni_buf_str(b, _("once"));
	else
		ni_buf_fmt(b, NI_PLURAL("%llu time", "%llu times", x->times), v);
}

static void
requests(struct ni_buf *b, const struct ni_ex *x)
{
	ni_buf_fmt(b, NI_PLURAL("%u request", "%u requests", x->c->requests), x->c->requests);
}

/* The segments that do nothing but open and close: those of the verdicts, and their repeats. */
static void
overhead(struct ni_buf *b, const struct ni_ex *x)
{
	const struct ni_conn *c = x->c;
	unsigned n = (unsigned)c->syn_repeats + c->synack_repeats + c->fin_repeats;
	for (unsigned i = 0; i < NI_OPEN_STEPS; i++)
		n += c->opening[i].frame && !c->opening[i].len;
	for (unsigned i = 0; i < NI_CLOSE_STEPS; i++) {
		bool twice = i && c->closing[i].frame == c->closing[i - 1].frame;
		n += c->closing[i].frame && !c->closing[i].len && !twice;
	}
	ni_buf_fmt(b, NI_PLURAL("%u segment", "%u segments", n), n);
}

/* ---- times ---- */

static void
since(struct ni_buf *b, int64_t to, int64_t from)
{
	ni_buf_dur(b, ns_since(to, from));
}

#define TIME(name, to, from)                                                                       \
	static void name(struct ni_buf *b, const struct ni_ex *x)                                  \
	{                                                                                          \
		since(b, to, from);                                                                \
	}
TIME(rto, x->r->rto_ns, 0)
TIME(rtt, x->r->ack_rtt_ns, 0)
TIME(since_open, x->r->ts_ns, x->c->opening[0].ts_ns)
TIME(open_time, x->c->opening[2].ts_ns, x->c->opening[0].ts_ns)
TIME(close_gap, x->c->closing[2].ts_ns, x->c->closing[0].ts_ns)
TIME(fin_gap, x->c->closing[2].ts_ns, x->c->closing[1].ts_ns)

/* ---- names, which are the same in every language ---- */

#define WORD(name, value)                                                                          \
	static void name(struct ni_buf *b, const struct ni_ex *x)                                  \
	{                                                                                          \
		ni_buf_str(b, value);                                                              \
	}
WORD(now_sender, ni_tcp_state_name(x->r->state[x->r->side]))
WORD(now_peer, ni_tcp_state_name(x->r->state[!x->r->side]))
WORD(was_sender, ni_tcp_state_name(x->r->was[x->r->side]))
WORD(from, ni_tcp_state_name(x->r->was[x->mover]))
WORD(to, ni_tcp_state_name(x->r->state[x->mover]))
WORD(why, _(ni_tcp_why_text(x->r->why[x->mover])))
WORD(ref, ni_tcp_why_ref(x->r->why[x->mover]))
WORD(reset_state, ni_tcp_state_name(x->c->reset_state))
WORD(first_state, ni_tcp_state_name(x->c->state[x->c->closed_first & 1]))
WORD(second_state, ni_tcp_state_name(x->c->state[!x->c->closed_first]))
WORD(service, x->c->service ? x->c->service : "?")
WORD(transport, x->c->ipproto == 17                         ? "UDP"
		: x->c->ipproto == 1 || x->c->ipproto == 58 ? "ICMP"
							    : "IP")

/* clang-format off */
static const struct {
	const char *name;
	print_fn *print;
} facts[] = {
	{"Sender", sender_first}, {"sender", sender}, {"Peer", peer_first}, {"peer", peer},
	{"Mover", mover}, {"First", closer_first}, {"first", closer}, {"second", other_closer},
	{"Resetter", resetter_first}, {"resetter", resetter},
	{"client", client}, {"server", server}, {"client_port", client_port},
	{"server_port", server_port}, {"sender_port", sender_port}, {"frame", frame},
	{"seq", seq}, {"seq_1", seq_1}, {"raw_seq", raw_seq}, {"ack", ack}, {"ack_1", ack_1},
	{"len", len}, {"end", end}, {"last", last}, {"fin", fin}, {"fin_1", fin_1},
	{"mss", mss}, {"shift", shift}, {"dup", dup}, {"other", other},
	{"acked_from", acked_from}, {"acked_len", acked_len}, {"acked_frame", acked_frame},
	{"opening_1", opening_1}, {"opening_2", opening_2}, {"opening_3", opening_3},
	{"closing_1", closing_1}, {"closing_2", closing_2}, {"closing_3", closing_3},
	{"closing_4", closing_4}, {"reset_frame", reset_frame}, {"requests_n", requests_n},
	{"data", data}, {"acked", acked}, {"window", window},
	{"client_bytes", client_bytes}, {"server_bytes", server_bytes},
	{"client_packets", client_packets}, {"server_packets", server_packets},
	{"packets", packets}, {"times", times}, {"requests", requests}, {"overhead", overhead},
	{"rto", rto}, {"rtt", rtt}, {"since_open", since_open}, {"open_time", open_time},
	{"close_gap", close_gap}, {"fin_gap", fin_gap},
	{"largest", largest}, {"their_mss", their_mss}, {"icmp_frame", icmp_frame},
	{"icmp_code", icmp_code}, {"sack_from", sack_from}, {"sack_last", sack_last}, {"now_sender", now_sender}, {"now_peer", now_peer},
	{"was_sender", was_sender}, {"from", from}, {"to", to}, {"why", why}, {"ref", ref},
	{"reset_state", reset_state}, {"first_state", first_state},
	{"second_state", second_state}, {"service", service}, {"transport", transport},
};
/* clang-format on */

enum { NFACTS = sizeof(facts) / sizeof(facts[0]) };

const char *
ni_fact_name(unsigned i)
{
	return i < NFACTS ? facts[i].name : NULL;
}

bool
ni_fact(const struct ni_ex *x, const char *name, size_t n)
{
	for (unsigned i = 0; i < NFACTS; i++) {
		if (strlen(facts[i].name) != n || strncmp(facts[i].name, name, n) != 0)
			continue;
		facts[i].print(x->b, x);
		return true;
	}
	return false;
}
