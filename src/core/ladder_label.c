/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said on and beside the arrows of a ladder; see netinspect/ladder.h. */
#include "i18n.h"
#include "ladder_priv.h"
#include "netinspect/buf.h"
#include "tcp_track.h"

/* ---- what stands on an arrow ---- */

static void
put_flags(struct ni_buf *b, unsigned flags)
{
	static const struct {
		uint16_t bit;
		char name[6];
	} names[] = {
	    {NI_TH_SYN, "SYN"}, {NI_TH_FIN, "FIN"}, {NI_TH_RST, "RST"},
	    {NI_TH_PSH, "PSH"}, {NI_TH_URG, "URG"}, {NI_TH_ECE, "ECE"},
	    {NI_TH_CWR, "CWR"}, {NI_TH_AE, "AE"},   {NI_TH_ACK, "ACK"},
	};
	size_t start = b->len;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!(flags & names[i].bit))
			continue;
		if (b->len > start)
			ni_buf_c(b, ',');
		ni_buf_str(b, names[i].name);
	}
	if (b->len == start)
		ni_buf_str(b, "(no flags)");
}

static void
put_options(struct ni_buf *b, const struct ni_rung *r)
{
	if (!(r->flags & NI_TH_SYN))
		return;
	if (r->mss)
		ni_buf_fmt(b, " MSS=%u", r->mss);
	if (r->wscale <= 14)
		ni_buf_fmt(b, " WS=%u", 1u << r->wscale);
}

static void
segment_label(struct ni_buf *b, const struct ni_rung *r, unsigned brief)
{
	bool control = r->flags & (NI_TH_SYN | NI_TH_FIN | NI_TH_RST);
	bool has_ack = r->flags & NI_TH_ACK;
	put_flags(b, r->flags);
	if (control || r->len || !has_ack || r->marks & 1u << NI_MARK_KEEP_ALIVE)
		ni_buf_fmt(b, brief < 2 || control ? " seq=%u" : "", r->rel_seq);
	if (has_ack && (brief < 1 || !r->len) && (brief < 2 || !control))
		ni_buf_fmt(b, " ack=%u", r->rel_ack);
	if (r->len)
		ni_buf_fmt(b, " len=%u", r->len);
	if (brief < 1)
		put_options(b, r);
}

static void
fold_label(struct ni_buf *b, const struct ni_ladder_row *row, unsigned brief)
{
	unsigned long long data = row->segments[row->side];
	unsigned long long acks = row->segments[!row->side];
	unsigned long long bytes = row->bytes[row->side];
	if (!bytes)
		ni_buf_fmt(b, "%llu × ACK", data + acks);
	else if (brief == 0 && !acks)
		ni_buf_fmt(b,
			   NI_PLURAL("%llu segment, %llu bytes", "%llu segments, %llu bytes", data),
			   data, bytes);
	else if (brief == 0)
		ni_buf_fmt(b,
			   NI_PLURAL("%llu segment, %llu bytes; ACKs back: %llu",
				     "%llu segments, %llu bytes; ACKs back: %llu", data),
			   data, bytes, acks);
	else if (brief == 1 && acks)
		ni_buf_fmt(b, _("%llu × data %llu B, %llu × ACK"), data, bytes, acks);
	else
		ni_buf_fmt(b, "%llu × %llu B", data + acks, bytes);
}

static void
gap_label(struct ni_buf *b, const struct ni_ladder_row *row, unsigned brief)
{
	unsigned long long n = row->segments[0] + row->segments[1];
	if (brief == 2) {
		ni_buf_fmt(b, _("%llu not kept"), n);
		return;
	}
	if (brief == 1) {
		ni_buf_fmt(b, NI_PLURAL("%llu segment not kept", "%llu segments not kept", n), n);
		return;
	}
	ni_buf_fmt(b,
		   _("segments not kept: %llu; bytes from client %llu, from server %llu; marked: "
		     "%llu; messages: %llu"),
		   n, (unsigned long long)row->bytes[0], (unsigned long long)row->bytes[1],
		   (unsigned long long)row->marked, (unsigned long long)row->messages);
}

void
ni_ladder_label(struct ni_buf *b, const struct ni_ladder_row *row, unsigned brief)
{
	if (row->kind == NI_LADDER_SEGMENT)
		segment_label(b, row->rung, brief);
	else if (row->kind == NI_LADDER_FOLD)
		fold_label(b, row, brief);
	else if (row->kind == NI_LADDER_GAP)
		gap_label(b, row, brief);
}

/* ---- notes ---- */

static void
separate(struct ni_buf *b, size_t start)
{
	if (b->len > start)
		ni_buf_str(b, _("; "));
}

static void
put_close(struct ni_buf *b, const struct ni_conn *c)
{
	if (c->close == NI_CLOSE_OPEN) {
		ni_buf_str(b, _("still open"));
		return;
	}
	const char *word = ni_conn_close_name(c->close);
	unsigned who = c->close == NI_CLOSE_RESET ? c->reset_by : c->closed_first;
	if (who >= NI_NOBODY || c->close == NI_CLOSE_SIMULTANEOUS)
		ni_buf_fmt(b, "CLOSE %s", word);
	else if (c->close == NI_CLOSE_RESET)
		ni_buf_fmt(b, who == NI_CLIENT ? _("CLOSE %s by client") : _("CLOSE %s by server"),
			   word);
	else
		ni_buf_fmt(
		    b, who == NI_CLIENT ? _("CLOSE %s, client first") : _("CLOSE %s, server first"),
		    word);
}

/* The names of the marks as words. */
static const char *const mark_words[NI_NMARKS] = {
    [NI_MARK_RETRANSMISSION] = N_("retransmission"),
    [NI_MARK_FAST_RETRANSMISSION] = N_("fast retransmission"),
    [NI_MARK_SPURIOUS_RETRANSMISSION] = N_("spurious retransmission"),
    [NI_MARK_OUT_OF_ORDER] = N_("out of order"),
    [NI_MARK_LOST_SEGMENT] = N_("lost segment"),
    [NI_MARK_ACK_LOST_SEGMENT] = N_("ack lost segment"),
    [NI_MARK_DUPLICATE_ACK] = N_("duplicate ack"),
    [NI_MARK_WINDOW_FULL] = N_("window full"),
    [NI_MARK_ZERO_WINDOW] = N_("zero window"),
    [NI_MARK_ZERO_WINDOW_PROBE] = N_("zero window probe"),
    [NI_MARK_ZERO_WINDOW_PROBE_ACK] = N_("zero window probe ack"),
    [NI_MARK_KEEP_ALIVE] = N_("keep alive"),
    [NI_MARK_KEEP_ALIVE_ACK] = N_("keep alive ack"),
    [NI_MARK_WINDOW_UPDATE] = N_("window update"),
    [NI_MARK_REUSED_PORTS] = N_("reused ports"),
    [NI_MARK_DUPLICATE_FRAME] = N_("duplicate frame"),
    [NI_MARK_RST_IGNORED] = N_("rst ignored"),
    [NI_MARK_SYN_IGNORED] = N_("syn ignored"),
    [NI_MARK_CHALLENGE_ACK] = N_("challenge ack"),
    [NI_MARK_OUT_OF_WINDOW] = N_("out of window"),
    [NI_MARK_FAST_OPEN_DATA] = N_("fast open data"),
    [NI_MARK_SEQ_WRAP] = N_("seq wrap"),
    [NI_MARK_AMBIGUOUS] = N_("ambiguous"),
};

static void
put_mark(struct ni_buf *b, const struct ni_rung *r, unsigned mark)
{
	const uint32_t again = 1u << NI_MARK_RETRANSMISSION | 1u << NI_MARK_FAST_RETRANSMISSION |
			       1u << NI_MARK_SPURIOUS_RETRANSMISSION;
	char mem[64];
	if (mark == NI_MARK_KEEP_ALIVE && r->peer_full) { /* Linux asks with an old number */
		ni_buf_str(b, _("keep alive (zero window probe)"));
		return;
	}
	struct ni_buf name = ni_buf(mem, sizeof(mem));
	ni_buf_str(&name, _(mark_words[mark]));
	if (mark == NI_MARK_DUPLICATE_ACK && r->dup_ack_num)
		ni_buf_fmt(&name, " %u", r->dup_ack_num);
	bool names = (1u << mark & again && !r->unseen) || mark == NI_MARK_DUPLICATE_ACK;
	if (names && r->other_frame)
		ni_buf_fmt(b, _("%s of #%llu"), ni_buf_z(&name),
			   (unsigned long long)r->other_frame);
	else
		ni_buf_str(b, ni_buf_z(&name));
}

static uint32_t
shown_marks(const struct ni_rung *r)
{
	uint32_t special =
	    1u << NI_MARK_FAST_RETRANSMISSION | 1u << NI_MARK_SPURIOUS_RETRANSMISSION;
	return r->marks & special ? r->marks & ~(1u << NI_MARK_RETRANSMISSION) : r->marks;
}

void
ni_ladder_note(struct ni_buf *b, const struct ni_ladder *l, const struct ni_ladder_row *row)
{
	size_t start = b->len;
	if (row->opened)
		ni_buf_fmt(b, "OPEN %s", ni_conn_open_name(l->conn->open));
	if (row->closed) {
		separate(b, start);
		put_close(b, l->conn);
	}
	if (row->kind != NI_LADDER_SEGMENT || !row->rung->marks)
		return;
	uint32_t marks = shown_marks(row->rung);
	for (unsigned m = 0; m < NI_NMARKS; m++) {
		if (!(marks >> m & 1))
			continue;
		separate(b, start);
		put_mark(b, row->rung, m);
	}
}

static bool
opened_well(const struct ni_conn *c)
{
	return c->open == NI_OPEN_3WAY || c->open == NI_OPEN_FAST ||
	       c->open == NI_OPEN_SIMULTANEOUS || c->open == NI_OPEN_MID_STREAM;
}

static bool
closed_well(const struct ni_conn *c)
{
	return c->close == NI_CLOSE_4WAY || c->close == NI_CLOSE_3SEGMENT ||
	       c->close == NI_CLOSE_SIMULTANEOUS;
}

enum ni_ladder_tone
ni_ladder_tone(const struct ni_ladder *l, const struct ni_ladder_row *row)
{
	const uint32_t harmless = 1u << NI_MARK_WINDOW_UPDATE | 1u << NI_MARK_KEEP_ALIVE |
				  1u << NI_MARK_KEEP_ALIVE_ACK | 1u << NI_MARK_SEQ_WRAP |
				  1u << NI_MARK_FAST_OPEN_DATA;
	bool bad = (row->opened && !opened_well(l->conn)) || (row->closed && !closed_well(l->conn));
	const struct ni_rung *r = row->kind == NI_LADDER_SEGMENT ? row->rung : NULL;
	if (bad && row->kind == NI_LADDER_END)
		return NI_TONE_WARN;
	if (bad || (r && r->flags & NI_TH_RST))
		return NI_TONE_BAD;
	if (r && r->marks & ~harmless)
		return NI_TONE_WARN;
	if (row->opened || row->closed)
		return NI_TONE_GOOD;
	if (row->kind == NI_LADDER_MESSAGE)
		return NI_TONE_TALK;
	return row->kind == NI_LADDER_SEGMENT ? NI_TONE_PLAIN : NI_TONE_QUIET;
}
