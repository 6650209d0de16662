/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of what conn.h counts, and Zeek's conn_state. */
#include "netinspect/conn.h"

#include "netinspect/buf.h"
#include "tcp_zeek.h"

enum { TCP = 6, UDP = 17 };

static const char *const state_names[] = {
    "CLOSED",     "LISTEN",     "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1",
    "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING",  "LAST_ACK",     "TIME_WAIT",
};
static const char *const open_names[] = {
    "none",      "3-way",     "simultaneous", "fast-open",  "refused",
    "no-answer", "half-open", "aborted",      "mid-stream", "stray",
};
static const char *const close_names[] = {
    "none", "open", "4-way", "3-segment", "simultaneous", "reset", "half-closed", "timeout",
};
static const char *const ecn_names[] = {"", "no", "offered", "ecn", "accecn"};
static const char *const side_names[] = {"client", "server", "", "both"};

enum zeek {
	ZEEK_S0,
	ZEEK_S1,
	ZEEK_SF,
	ZEEK_REJ,
	ZEEK_S2,
	ZEEK_S3,
	ZEEK_RSTO,
	ZEEK_RSTR,
	ZEEK_RSTOS0,
	ZEEK_RSTRH,
	ZEEK_SH,
	ZEEK_SHR,
	ZEEK_OTH,
};
static const char *const zeek_names[] = {
    [ZEEK_S0] = "S0",         [ZEEK_S1] = "S1",       [ZEEK_SF] = "SF",     [ZEEK_REJ] = "REJ",
    [ZEEK_S2] = "S2",         [ZEEK_S3] = "S3",       [ZEEK_RSTO] = "RSTO", [ZEEK_RSTR] = "RSTR",
    [ZEEK_RSTOS0] = "RSTOS0", [ZEEK_RSTRH] = "RSTRH", [ZEEK_SH] = "SH",     [ZEEK_SHR] = "SHR",
    [ZEEK_OTH] = "OTH"};
static const char *const mark_names[] = {
    [NI_MARK_RETRANSMISSION] = "retransmission",
    [NI_MARK_FAST_RETRANSMISSION] = "fast_retransmission",
    [NI_MARK_SPURIOUS_RETRANSMISSION] = "spurious_retransmission",
    [NI_MARK_OUT_OF_ORDER] = "out_of_order",
    [NI_MARK_LOST_SEGMENT] = "lost_segment",
    [NI_MARK_ACK_LOST_SEGMENT] = "ack_lost_segment",
    [NI_MARK_DUPLICATE_ACK] = "duplicate_ack",
    [NI_MARK_WINDOW_FULL] = "window_full",
    [NI_MARK_ZERO_WINDOW] = "zero_window",
    [NI_MARK_ZERO_WINDOW_PROBE] = "zero_window_probe",
    [NI_MARK_ZERO_WINDOW_PROBE_ACK] = "zero_window_probe_ack",
    [NI_MARK_KEEP_ALIVE] = "keep_alive",
    [NI_MARK_KEEP_ALIVE_ACK] = "keep_alive_ack",
    [NI_MARK_WINDOW_UPDATE] = "window_update",
    [NI_MARK_REUSED_PORTS] = "reused_ports",
    [NI_MARK_DUPLICATE_FRAME] = "duplicate_frame",
    [NI_MARK_RST_IGNORED] = "rst_ignored",
    [NI_MARK_SYN_IGNORED] = "syn_ignored",
    [NI_MARK_CHALLENGE_ACK] = "challenge_ack",
    [NI_MARK_OUT_OF_WINDOW] = "out_of_window",
    [NI_MARK_FAST_OPEN_DATA] = "fast_open_data",
    [NI_MARK_SEQ_WRAP] = "seq_wrap",
    [NI_MARK_AMBIGUOUS] = "ambiguous",
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
_Static_assert(COUNT(state_names) == NI_TCP_NSTATES, "a name a state");
_Static_assert(COUNT(open_names) == NI_OPEN_NKINDS, "a name a kind of open");
_Static_assert(COUNT(close_names) == NI_CLOSE_NKINDS, "a name a kind of close");
_Static_assert(COUNT(ecn_names) == NI_ECN_NKINDS, "a name a kind of ECN");
_Static_assert(COUNT(mark_names) == NI_NMARKS, "a name a mark");

static const char *
name(const char *const *names, unsigned count, unsigned i)
{
	return i < count ? names[i] : "?";
}

const char *
ni_tcp_state_name(unsigned state)
{
	return name(state_names, COUNT(state_names), state);
}

const char *
ni_conn_open_name(unsigned open)
{
	return name(open_names, COUNT(open_names), open);
}

const char *
ni_conn_close_name(unsigned close)
{
	return name(close_names, COUNT(close_names), close);
}

const char *
ni_conn_ecn_name(unsigned ecn)
{
	return name(ecn_names, COUNT(ecn_names), ecn);
}

const char *
ni_side_name(unsigned side)
{
	return name(side_names, COUNT(side_names), side);
}

const char *
ni_mark_name(unsigned mark)
{
	return name(mark_names, COUNT(mark_names), mark);
}

void
ni_addr_print(struct ni_buf *b, const struct ni_addr *a)
{
	if (a->len == 4)
		ni_buf_ip4(b, a->b);
	else if (a->len == 16)
		ni_buf_ip6(b, a->b);
	else if (a->len == 6)
		ni_buf_ether(b, a->b);
	else
		ni_buf_c(b, '?');
}

void
ni_end_point_print(struct ni_buf *b, const struct ni_addr *a, uint16_t port)
{
	if (a->len == 16)
		ni_buf_c(b, '[');
	ni_addr_print(b, a);
	if (a->len == 16)
		ni_buf_c(b, ']');
	ni_buf_c(b, ':');
	ni_buf_u64(b, port);
}

/*
 * A lone SYN (and its repeats) and then an RST from the same side, without SYN,ACK, ACK, FIN, gap
 * or inconsistent packet of its own between them: Zeek's pattern ^\^?S[^HAFGIQ]*R.*.
 */
static bool
syn_then_rst(const char *h)
{
	if (*h == '^')
		h++;
	if (*h++ != 'S')
		return false;
	for (; *h; h++) {
		if (*h == 'R')
			return true;
		for (const char *bad = "HAFGIQ"; *bad; bad++)
			if (*h == *bad)
				return false;
	}
	return false;
}

/* Of datagrams it only says who sent any; Zeek gives ICMP no states at all. */
static enum zeek
datagrams_state(const struct ni_conn *c)
{
	if (c->ipproto != UDP)
		return ZEEK_OTH;
	if (c->packets[NI_CLIENT])
		return c->packets[NI_SERVER] ? ZEEK_SF : ZEEK_S0;
	return c->packets[NI_SERVER] ? ZEEK_SHR : ZEEK_OTH;
}

static enum zeek
zeek_state(const struct ni_conn *c)
{
	if (c->ipproto != TCP)
		return datagrams_state(c);
	unsigned os = c->zeek[NI_CLIENT] & NI_ZEEK_STATE;
	unsigned rs = c->zeek[NI_SERVER] & NI_ZEEK_STATE;
	bool o_quiet = os == NI_ZEEK_INACTIVE || os == NI_ZEEK_PARTIAL;
	bool r_quiet = rs == NI_ZEEK_INACTIVE || rs == NI_ZEEK_PARTIAL;
	bool no_data = !c->data_bytes[NI_CLIENT] && !c->data_bytes[NI_SERVER];

	if (rs == NI_ZEEK_RESET) {
		if (os == NI_ZEEK_SYN_SENT || os == NI_ZEEK_SYN_ACK_SENT ||
		    (os == NI_ZEEK_RESET && no_data))
			return ZEEK_REJ;
		return o_quiet ? ZEEK_RSTRH : ZEEK_RSTR;
	}
	if (os == NI_ZEEK_RESET) {
		if (r_quiet)
			return syn_then_rst(c->history) ? ZEEK_RSTOS0 : ZEEK_OTH;
		return ZEEK_RSTO;
	}
	if (rs == NI_ZEEK_CLOSED && os == NI_ZEEK_CLOSED)
		return ZEEK_SF;
	if (os == NI_ZEEK_CLOSED)
		return r_quiet ? ZEEK_SH : ZEEK_S2;
	if (rs == NI_ZEEK_CLOSED)
		return o_quiet ? ZEEK_SHR : ZEEK_S3;
	if (os == NI_ZEEK_SYN_SENT && rs == NI_ZEEK_INACTIVE)
		return ZEEK_S0;
	if (os == NI_ZEEK_ESTABLISHED && rs == NI_ZEEK_ESTABLISHED)
		return ZEEK_S1;
	return ZEEK_OTH;
}

const char *
ni_conn_zeek_state(const struct ni_conn *c)
{
	return zeek_names[zeek_state(c)];
}

const char *
ni_conn_zeek_name(unsigned i)
{
	return name(zeek_names, COUNT(zeek_names), i);
}
