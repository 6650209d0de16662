/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which connections belong into the list of what did not end well, and under what name. */
#include "report.h"
#include "tcp_track.h"

enum {
	LOSSY_LEAST = 3,  /* segments sent again … */
	LOSSY_SHARE = 50, /* … and one of so many */
	LEAK = 10,        /* half-closed for so many times RP_PATIENCE_NS is worth a line */
};

/* Segments sent again, but for those of the handshake: an unanswered SYN is no lossy line. */
static uint64_t
resent(const struct ni_conn *c)
{
	uint64_t n = (uint64_t)c->marks[NI_MARK_RETRANSMISSION] +
		     c->marks[NI_MARK_FAST_RETRANSMISSION] +
		     c->marks[NI_MARK_SPURIOUS_RETRANSMISSION];
	uint64_t opening = (uint64_t)c->syn_repeats + c->synack_repeats;
	return n > opening ? n - opening : 0;
}

static bool
is_lossy(const struct ni_conn *c)
{
	uint64_t n = resent(c);
	return n >= LOSSY_LEAST && n * LOSSY_SHARE >= c->packets[0] + c->packets[1];
}

static enum rp_bad_kind
close_trouble(const struct ni_conn *c, int64_t last_ns)
{
	switch ((enum ni_conn_close)c->close) {
	case NI_CLOSE_RESET:
		return c->flags & NI_CONN_RST_AFTER_FIN ? RP_BAD_RESET_AFTER_FIN : RP_BAD_RESET;
	case NI_CLOSE_TIMEOUT:
		return RP_BAD_TIMEOUT;
	case NI_CLOSE_HALF_CLOSED:
		if (rp_diff(last_ns, c->last_ns) / RP_PATIENCE_NS >= LEAK)
			return RP_BAD_HALF_CLOSED;
		break;
	case NI_CLOSE_NONE:
	case NI_CLOSE_NKINDS:
	case NI_CLOSE_OPEN:
	case NI_CLOSE_4WAY:
	case NI_CLOSE_3SEGMENT:
	case NI_CLOSE_SIMULTANEOUS:
		break;
	}
	return RP_BAD_NONE;
}

enum rp_bad_kind
rp_segment_trouble(const struct ni_conn *c)
{
	if (c->marks[NI_MARK_RST_IGNORED] || c->marks[NI_MARK_SYN_IGNORED])
		return RP_BAD_IGNORED;
	if (is_lossy(c))
		return RP_BAD_LOSSY;
	return c->marks[NI_MARK_ZERO_WINDOW] ? RP_BAD_ZERO_WINDOW : RP_BAD_NONE;
}

enum rp_bad_kind
rp_conn_trouble(const struct ni_conn *c, int64_t last_ns)
{
	bool patient = rp_diff(last_ns, c->last_ns) < RP_PATIENCE_NS;
	switch ((enum ni_conn_open)c->open) {
	case NI_OPEN_REFUSED:
		return RP_BAD_REFUSED;
	case NI_OPEN_NO_ANSWER:
		return patient && !c->syn_repeats ? RP_BAD_NONE : RP_BAD_NO_ANSWER;
	case NI_OPEN_HALF_OPEN:
		return patient && !c->synack_repeats ? RP_BAD_NONE : RP_BAD_HALF_OPEN;
	case NI_OPEN_ABORTED:
		return RP_BAD_ABORTED;
	case NI_OPEN_STRAY:
		return RP_BAD_STRAY;
	case NI_OPEN_NONE:
	case NI_OPEN_NKINDS:
	case NI_OPEN_3WAY:
	case NI_OPEN_SIMULTANEOUS:
	case NI_OPEN_FAST:
	case NI_OPEN_MID_STREAM:
		break;
	}
	enum rp_bad_kind close = close_trouble(c, last_ns);
	enum rp_bad_kind segment = rp_segment_trouble(c);
	if (!close || !segment)
		return close ? close : segment;
	return close < segment ? close : segment;
}

static uint64_t
rst_frame(const struct ni_conn *c)
{
	for (unsigned i = 0; i < NI_CLOSE_STEPS; i++)
		if (c->closing[i].frame && c->closing[i].flags & 4)
			return c->closing[i].frame;
	for (unsigned i = 0; i < NI_OPEN_STEPS; i++)
		if (c->opening[i].frame && c->opening[i].flags & 4)
			return c->opening[i].frame;
	return c->last_frame;
}

static void
report_trouble(struct rp_bad *bad, const struct ni_conn *c, enum rp_bad_kind kind, uint64_t frame)
{
	struct rp_case what = {
	    .key = {.kind = kind, .addr = rp_addr_key(&c->addr[1]), .port = c->port[1]},
	    .from = &c->addr[0],
	    .from_port = c->port[0],
	    .frame = frame,
	};
	if (kind == RP_BAD_RESET)
		what.key.code = c->reset_state;
	rp_bad_add(bad, &what);
}

void
rp_report_end(struct rp_bad *bad, const struct ni_conn *c, enum rp_bad_kind kind)
{
	if (kind == RP_BAD_REFUSED || kind == RP_BAD_RESET || kind == RP_BAD_RESET_AFTER_FIN)
		report_trouble(bad, c, kind, rst_frame(c));
	else if (kind == RP_BAD_LOSSY)
		report_trouble(bad, c, kind, 0);
	else if (kind != RP_BAD_NONE && kind != RP_BAD_IGNORED && kind != RP_BAD_ZERO_WINDOW)
		report_trouble(bad, c, kind, c->first_frame);
}

/* Of these each segment is a case of its own, with its frame. */
void
rp_conns_segment(const struct ni_dis *d, struct rp_bad *bad)
{
	const uint32_t ignored = 1u << NI_MARK_RST_IGNORED | 1u << NI_MARK_SYN_IGNORED;
	if (!d->conn)
		return;
	if (d->seg->marks & ignored)
		report_trouble(bad, d->conn, RP_BAD_IGNORED, d->frame->number);
	if (d->seg->marks & 1u << NI_MARK_ZERO_WINDOW)
		report_trouble(bad, d->conn, RP_BAD_ZERO_WINDOW, d->frame->number);
}
