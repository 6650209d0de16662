/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Zeek's history letters and endpoint states, by the rules of its TCP analyzer:
 *
 *   S SYN, H SYN,ACK, A pure ACK, D data, F FIN, R RST, I FIN with RST, Q SYN with FIN or RST: once
 *   a direction, but S, H, F and R again when their sequence number differs from the last one's;
 *   T data sent before, W zero window, G gap, C wrong checksum: at the 1st, 10th, 100th … time;
 *   upper case from the originator; ^ in front if the first segment came from the responder.
 *
 * Where Zeek obeys an RST or SYN that the kernels ignore, ours are those of the kernels.
 */
#include <string.h>

#include "tcp_priv.h"
#include "tcp_zeek.h"

static void
letter(struct ni_tcp *t, char c, unsigned side)
{
	char *h = t->c.history;
	size_t n = strlen(h);
	if (n + 1 < NI_HISTORY_MAX)
		h[n] = (char)(side == NI_CLIENT ? c : c | 0x20);
}

/* Once a direction; says whether it was there already. */
static bool
once(struct ni_tcp *t, char c, unsigned bit, unsigned side)
{
	struct ni_tcp_side *s = &t->side[side];
	if (s->letters & bit)
		return true;
	s->letters |= (uint8_t)bit;
	letter(t, c, side);
	return false;
}

static void
at_powers(struct ni_tcp *t, char c, uint32_t n, unsigned side)
{
	while (n >= 10 && n % 10 == 0)
		n /= 10;
	if (n == 1)
		letter(t, c, side);
}

static void
flag_letters(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	unsigned side = in->dir;
	struct ni_tcp_side *s = &t->side[side];
	unsigned flags = in->flags & (NI_TH_SYN | NI_TH_FIN | NI_TH_RST);

	switch (flags) {
	case NI_TH_SYN: {
		char c = in->flags & NI_TH_ACK ? 'H' : 'S';
		if (once(t, c, NI_LETTER_S, side) && in->seq != t->c.isn[side])
			letter(t, c, side);
		break;
	}
	case NI_TH_FIN:
		if (once(t, 'F', NI_LETTER_F, side) && (s->has & NI_HAS_FIN) &&
		    x->end - 1 != s->fin_seq)
			letter(t, 'F', side);
		break;
	case NI_TH_RST:
		if (once(t, 'R', NI_LETTER_R, side) && in->seq != s->rst_seq)
			letter(t, 'R', side);
		s->rst_seq = in->seq;
		break;
	case 0:
		if (in->len)
			once(t, 'D', NI_LETTER_D, side);
		else if (in->flags & NI_TH_ACK)
			once(t, 'A', NI_LETTER_A, side);
		break;
	default:
		if (flags == (NI_TH_FIN | NI_TH_RST))
			once(t, 'I', NI_LETTER_I, side);
		else
			once(t, 'Q', NI_LETTER_Q, side);
	}
}

static unsigned
state_of(const struct ni_tcp *t, unsigned side)
{
	return t->c.zeek[side] & NI_ZEEK_STATE;
}

static unsigned
before(const struct ni_tcp *t, unsigned side)
{
	return t->c.zeek[side] >> NI_ZEEK_BEFORE;
}

static void
set(struct ni_tcp *t, unsigned side, enum ni_zeek state)
{
	if (state_of(t, side) != state)
		t->c.zeek[side] = (uint8_t)(state | state_of(t, side) << NI_ZEEK_BEFORE);
}

/* The first segment from a side. */
static void
first_state(struct ni_tcp *t, const struct ni_tcp_in *in)
{
	unsigned side = in->dir;
	bool ack = in->flags & NI_TH_ACK;

	if (in->flags & NI_TH_SYN) {
		if (side == NI_CLIENT) {
			set(t, side, ack ? NI_ZEEK_SYN_ACK_SENT : NI_ZEEK_SYN_SENT);
		} else {
			if (state_of(t, NI_CLIENT) == NI_ZEEK_SYN_SENT)
				set(t, NI_CLIENT, NI_ZEEK_ESTABLISHED);
			set(t, side, NI_ZEEK_ESTABLISHED);
		}
	}
	if (in->flags & NI_TH_FIN)
		set(t, side, NI_ZEEK_CLOSED);
	if (in->flags & NI_TH_RST)
		set(t, side, NI_ZEEK_RESET);
	if (state_of(t, side) != NI_ZEEK_INACTIVE)
		return;
	if (side == NI_SERVER && in->len == 0 && state_of(t, NI_CLIENT) == NI_ZEEK_SYN_SENT)
		return; /* some acknowledge a SYN before they answer it */
	if (ack && state_of(t, !side) == NI_ZEEK_ESTABLISHED)
		set(t, side, NI_ZEEK_ESTABLISHED);
	else
		set(t, side, NI_ZEEK_PARTIAL);
}

static void
next_state(struct ni_tcp *t, const struct ni_tcp_in *in)
{
	unsigned side = in->dir;
	unsigned flags = in->flags;

	switch ((enum ni_zeek)state_of(t, side)) {
	case NI_ZEEK_INACTIVE:
		first_state(t, in);
		break;
	case NI_ZEEK_SYN_SENT:
	case NI_ZEEK_SYN_ACK_SENT:
		if (flags & NI_TH_FIN)
			set(t, side, NI_ZEEK_CLOSED);
		if (flags & NI_TH_RST)
			set(t, side, NI_ZEEK_RESET);
		break;
	case NI_ZEEK_PARTIAL:
	case NI_ZEEK_ESTABLISHED:
		if ((flags & NI_TH_SYN) && !(flags & NI_TH_ACK) &&
		    state_of(t, side) == NI_ZEEK_PARTIAL && state_of(t, !side) == NI_ZEEK_INACTIVE)
			set(t, side, NI_ZEEK_SYN_SENT);
		if ((flags & NI_TH_FIN) && !(flags & NI_TH_RST)) {
			set(t, side, NI_ZEEK_CLOSED);
			if (state_of(t, !side) == NI_ZEEK_RESET &&
			    before(t, !side) == NI_ZEEK_CLOSED)
				set(t, !side, NI_ZEEK_CLOSED); /* it closed before it reset */
		}
		if (flags & NI_TH_RST)
			set(t, side, NI_ZEEK_RESET);
		break;
	case NI_ZEEK_CLOSED:
		if ((flags & NI_TH_RST) && state_of(t, !side) != NI_ZEEK_CLOSED)
			set(t, side, NI_ZEEK_RESET);
		break;
	case NI_ZEEK_RESET:
		break;
	}
}

/* Zeek reports gaps only in connections that opened and closed cleanly. */
static bool
clean(const struct ni_tcp *t, unsigned side)
{
	unsigned s = state_of(t, side);
	return s == NI_ZEEK_ESTABLISHED ||
	       (s == NI_ZEEK_CLOSED && before(t, side) == NI_ZEEK_ESTABLISHED);
}

void
ni_tcp_zeek(struct ni_tcp *t, const struct ni_tcp_seen *x)
{
	const struct ni_tcp_in *in = x->in;
	unsigned side = in->dir;
	struct ni_tcp_side *s = &t->side[side];
	struct ni_tcp_side *p = &t->side[!side];
	bool began = s->has & NI_HAS_SENT;

	if (nothing_yet(t) && side == NI_SERVER && !t->c.history[0])
		t->c.history[0] = '^';
	if (in->bad_sum)
		at_powers(t, 'C', ++s->bad_sums, side);
	flag_letters(t, x);
	if (in->win == 0 && !(in->flags & NI_TH_RST) && state_of(t, !side) != NI_ZEEK_CLOSED &&
	    state_of(t, side) != NI_ZEEK_RESET)
		at_powers(t, 'W', ++s->zero_windows, side);
	if (in->len && !(in->flags & NI_TH_RST) &&
	    (began ? seq_le(x->end, s->snd_nxt) : (in->flags & NI_TH_SYN) != 0))
		at_powers(t, 'T', ++s->rexmits, side);
	next_state(t, in);
	if (x->hole && clean(t, side) && clean(t, !side))
		at_powers(t, 'G', ++p->gaps, !side);
}
