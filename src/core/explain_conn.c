/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection in one paragraph: how it opened, what it carried, how it closed and what remains. */
#include "explain_priv.h"
#include "tcp_priv.h"

static void
say_times(struct ni_ex *x, uint64_t n, enum ni_msg m)
{
	x->times = n;
	if (n)
		ni_say(x, m);
}

static enum ni_msg
opening(const struct ni_conn *c)
{
	switch ((enum ni_conn_open)c->open) {
	case NI_OPEN_3WAY:
		return c->opening[1].frame && c->opening[2].frame ? NI_MSG_C_THREE_WAY
								  : NI_MSG_C_THREE_WAY_PART;
	case NI_OPEN_SIMULTANEOUS:
		return NI_MSG_C_SIMULTANEOUS;
	case NI_OPEN_FAST:
		return NI_MSG_C_FAST;
	case NI_OPEN_REFUSED:
		return NI_MSG_C_REFUSED;
	case NI_OPEN_NO_ANSWER:
		return c->icmp_frame ? NI_MSG_C_UNREACHABLE : NI_MSG_C_NO_ANSWER;
	case NI_OPEN_HALF_OPEN:
		return c->opening[0].frame ? NI_MSG_C_HALF_OPEN : NI_MSG_C_FROM_SYN_ACK;
	case NI_OPEN_ABORTED:
		return NI_MSG_C_ABORTED;
	case NI_OPEN_MID_STREAM:
		return c->flags & NI_CONN_FROM_SYNACK ? NI_MSG_C_FROM_SYN_ACK : NI_MSG_C_MID_STREAM;
	case NI_OPEN_STRAY:
		return NI_MSG_C_STRAY;
	case NI_OPEN_NONE:
	case NI_OPEN_NKINDS:
		break;
	}
	return NI_MSG_C_OPENING;
}

static bool
was_open(const struct ni_conn *c)
{
	return c->close != NI_CLOSE_NONE;
}

/* Was one side captured alone, and the connection is known to have been open? */
static bool
one_way(const struct ni_conn *c)
{
	return !c->packets[NI_CLIENT] || !c->packets[NI_SERVER];
}

/* Nothing more can come: so many requests it carried and no more. */
static bool
is_over(const struct ni_conn *c)
{
	return c->close != NI_CLOSE_OPEN && c->close != NI_CLOSE_TIMEOUT;
}

static void
say_content(struct ni_ex *x)
{
	const struct ni_conn *c = x->c;
	uint64_t again = (uint64_t)c->marks[NI_MARK_RETRANSMISSION] +
			 c->marks[NI_MARK_FAST_RETRANSMISSION] +
			 c->marks[NI_MARK_SPURIOUS_RETRANSMISSION];
	uint64_t control = (uint64_t)c->syn_repeats + c->synack_repeats + c->fin_repeats;
	bool data = c->data_bytes[0] || c->data_bytes[1];

	if (one_way(c))
		ni_say(x, NI_MSG_C_ONE_WAY);
	ni_say(x, data ? NI_MSG_C_DATA : NI_MSG_C_NO_DATA);
	say_times(x, c->marks[NI_MARK_DUPLICATE_FRAME], NI_MSG_C_TWICE);
	for (x->mover = 0; x->mover < 2; x->mover++) {
		if (c->mss[!x->mover] && c->largest[x->mover] > c->mss[!x->mover]) {
			ni_say(x, NI_MSG_C_OFFLOAD);
			break;
		}
	}
	if (data && c->service)
		ni_say(x, c->requests ? NI_MSG_C_REQUESTS : NI_MSG_C_SERVICE);
	if (c->requests && c->opening[0].frame && (c->requests > 1 || is_over(c)))
		ni_say(x, c->requests == 1 ? NI_MSG_C_SHORT : NI_MSG_C_LONG);
	say_times(x, again > control ? again - control : 0, NI_MSG_C_REPEATS);
	uint64_t gaps = c->marks[NI_MARK_LOST_SEGMENT];
	say_times(x, gaps ? gaps : c->marks[NI_MARK_ACK_LOST_SEGMENT], NI_MSG_C_NOT_CAPTURED);
	say_times(x, c->fin_repeats, NI_MSG_C_FIN_REPEATS);
	say_times(x, c->marks[NI_MARK_ZERO_WINDOW], NI_MSG_C_ZERO_WINDOW);
	say_times(x, (uint64_t)c->marks[NI_MARK_RST_IGNORED] + c->marks[NI_MARK_SYN_IGNORED],
		  NI_MSG_C_IGNORED);
}

static enum ni_msg
four_way(const struct ni_conn *c)
{
	const struct ni_step *s = c->closing;
	if (!s[1].frame || !s[3].frame)
		return NI_MSG_C_CLOSE_4_PART;
	return s[2].seq + s[2].len != s[1].seq + s[1].len ? NI_MSG_C_CLOSE_4_HALF
							  : NI_MSG_C_CLOSE_4;
}

static enum ni_msg
closing(const struct ni_conn *c)
{
	switch ((enum ni_conn_close)c->close) {
	case NI_CLOSE_4WAY:
		return four_way(c);
	case NI_CLOSE_3SEGMENT:
		return c->closing[3].frame ? NI_MSG_C_CLOSE_3 : NI_MSG_C_CLOSE_3_PART;
	case NI_CLOSE_SIMULTANEOUS:
		return NI_MSG_C_CLOSE_BOTH;
	case NI_CLOSE_RESET:
		return (c->flags & NI_CONN_RST_AFTER_FIN) && c->closing[0].frame
			   ? NI_MSG_C_RESET_AFTER_FIN
			   : NI_MSG_C_RESET;
	case NI_CLOSE_HALF_CLOSED:
		return one_way(c) ? NI_MSG_C_CLOSED_ONE_WAY : NI_MSG_C_HALF_CLOSED;
	case NI_CLOSE_OPEN:
		return NI_MSG_C_STILL_OPEN;
	case NI_CLOSE_TIMEOUT:
		return c->flags & NI_CONN_EVICTED    ? NI_MSG_C_EVICTED
		       : c->flags & NI_CONN_REPLACED ? NI_MSG_C_REPLACED
						     : NI_MSG_C_IDLE;
	case NI_CLOSE_NONE:
	case NI_CLOSE_NKINDS:
		break;
	}
	return NI_MSG_NONE;
}

static void
say_wait(struct ni_ex *x)
{
	const struct ni_conn *c = x->c;
	if (c->close == NI_CLOSE_RESET)
		ni_say(x, NI_MSG_C_WAIT_NOBODY);
	else if (c->time_wait == NI_BOTH)
		ni_say(x, NI_MSG_C_WAIT_BOTH);
	else if (c->time_wait == NI_SERVER)
		ni_say(x, NI_MSG_C_WAIT_SERVER);
	else if (c->time_wait == NI_CLIENT)
		ni_say(x, NI_MSG_C_WAIT_CLIENT);
}

void
ni_explain_conn(struct ni_buf *b, const struct ni_conn *c)
{
	struct ni_ex x = {.b = b, .c = c};

	if (c->ipproto != 6) {
		ni_say(&x, NI_MSG_C_FLOW);
		if (c->service)
			ni_say(&x, c->requests ? NI_MSG_C_REQUESTS : NI_MSG_C_SERVICE);
		return;
	}
	ni_say(&x, opening(c));
	if (c->flags & NI_CONN_GUESSED)
		ni_say(&x, NI_MSG_C_GUESSED);
	if (c->open != NI_OPEN_SIMULTANEOUS) {
		say_times(&x, c->syn_repeats, NI_MSG_C_SYN_REPEATS);
		say_times(&x, c->synack_repeats, NI_MSG_C_SYN_ACK_REPEATS);
	}
	if (was_open(c))
		say_content(&x);
	ni_say(&x, closing(c));
	say_wait(&x);
}
