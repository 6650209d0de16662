/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Statistics that count what the core knows in a tree: io,phs (protocols), expert (remarks and
 * marks), verdict (how connections opened and closed). */
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "look.h"
#include "netinspect/conn.h"
#include "netinspect/event.h"
#include "netinspect/proto.h"
#include "tally.h"
#include "tcp_track.h"

struct counts;

struct kind {
	const char *stat, *title;
	void (*frame)(struct counts *c, const struct ni_dis *d);
	void (*end)(struct counts *c, const struct ni_conn *conn); /* of a connection */
	unsigned columns;                                          /* enum tally_columns */
};

struct counts {
	struct stat_base base;
	const struct kind *kind;
	struct tally tally;
	struct stat_conns conns; /* those with a frame that passed the filter */
	uint8_t least;           /* expert: enum ni_severity */
};

/* ---- io,phs ---- */

static void
count_protocols(struct counts *c, const struct ni_dis *d)
{
	uint32_t at = TALLY_ROOT;
	for (unsigned i = 1; i < d->nlayers; i++) {
		const struct ni_layer *l = &d->layers[i];
		if (l->flags & NI_L_QUOTED)
			break;
		if (i > 1 && l->proto == d->layers[i - 1].proto)
			continue; /* several messages of one protocol are one step */
		at = tally_node(&c->tally, at, ni_layer_proto(d, l)->key);
		tally_value(&c->tally, at, d->frame->len);
	}
}

/* ---- expert ---- */

static const char *const severities[] = {[NI_CHAT] = N_("Chats"),
					 [NI_NOTE] = N_("Notes"),
					 [NI_WARN] = N_("Warns"),
					 [NI_ERROR] = N_("Errors")};

/* Wireshark's severities where it has them. */
static const struct {
	uint8_t severity;
	const char *text;
} marks[NI_NMARKS] = {
    [NI_MARK_RETRANSMISSION] = {NI_NOTE, N_("retransmission")},
    [NI_MARK_FAST_RETRANSMISSION] = {NI_NOTE, N_("fast retransmission")},
    [NI_MARK_SPURIOUS_RETRANSMISSION] = {NI_NOTE, N_("spurious retransmission")},
    [NI_MARK_OUT_OF_ORDER] = {NI_WARN, N_("segment out of order")},
    [NI_MARK_LOST_SEGMENT] = {NI_WARN, N_("a segment before this one was not captured")},
    [NI_MARK_ACK_LOST_SEGMENT] = {NI_WARN, N_("acknowledges data that was not captured")},
    [NI_MARK_DUPLICATE_ACK] = {NI_NOTE, N_("duplicate ACK")},
    [NI_MARK_WINDOW_FULL] = {NI_WARN, N_("fills the receiver's window")},
    [NI_MARK_ZERO_WINDOW] = {NI_WARN, N_("zero window")},
    [NI_MARK_ZERO_WINDOW_PROBE] = {NI_NOTE, N_("zero window probe")},
    [NI_MARK_ZERO_WINDOW_PROBE_ACK] = {NI_NOTE, N_("answer to a zero window probe")},
    [NI_MARK_KEEP_ALIVE] = {NI_NOTE, N_("keep-alive")},
    [NI_MARK_KEEP_ALIVE_ACK] = {NI_NOTE, N_("answer to a keep-alive")},
    [NI_MARK_WINDOW_UPDATE] = {NI_CHAT, N_("window update")},
    [NI_MARK_REUSED_PORTS] = {NI_NOTE, N_("a new connection on ports used before")},
    [NI_MARK_DUPLICATE_FRAME] = {NI_CHAT, N_("the same frame, captured twice")},
    [NI_MARK_RST_IGNORED] = {NI_WARN, N_("a reset that its receiver ignores")},
    [NI_MARK_SYN_IGNORED] = {NI_WARN, N_("a SYN that its receiver ignores")},
    [NI_MARK_CHALLENGE_ACK] = {NI_NOTE, N_("challenge ACK")},
    [NI_MARK_OUT_OF_WINDOW] = {NI_WARN, N_("outside the receiver's window")},
    [NI_MARK_FAST_OPEN_DATA] = {NI_CHAT, N_("data in a SYN (TCP Fast Open)")},
    [NI_MARK_SEQ_WRAP] = {NI_CHAT, N_("the sequence number passes 2^32")},
};

/* JSON is the same in every language. */
static const char *
said(const struct counts *c, const char *text)
{
	return c->base.env.json ? text : _(text);
}

static void
count_remark(struct counts *c, unsigned severity, const char *proto, const char *text)
{
	char name[TALLY_NAME];
	if (severity < c->least)
		return;
	uint32_t n = tally_hit(&c->tally, TALLY_ROOT, said(c, severities[severity & 3]));
	struct ni_buf b = ni_buf(name, sizeof(name));
	ni_buf_fmt(&b, "%-6s %s", proto, said(c, text));
	tally_hit(&c->tally, n, ni_buf_z(&b));
}

static void
count_remarks(struct counts *c, const struct ni_dis *d)
{
	for (unsigned i = 0; i < d->nnotes; i++) {
		const struct ni_layer *l = &d->layers[d->notes[i].layer];
		count_remark(c, d->notes[i].def->severity, ni_layer_proto(d, l)->name,
			     d->notes[i].def->text);
	}
	if (!d->seg)
		return;
	for (unsigned m = 0; m < NI_NMARKS; m++)
		if (d->seg->marks >> m & 1 && marks[m].text)
			count_remark(c, marks[m].severity, "TCP", marks[m].text);
	if (d->seg->marks & 1U << NI_MARK_DUPLICATE_FRAME)
		return;
	struct ni_span s = ni_layer_span(d, &d->layers[d->transport_layer]);
	unsigned flags = ni_need(s, 14) == NI_OK ? s.p[13] : 0;
	if (flags & NI_TH_SYN)
		count_remark(c, NI_CHAT, "TCP",
			     flags & NI_TH_ACK ? N_("accepts a connection (SYN, ACK)")
					       : N_("asks for a connection (SYN)"));
	if (flags & NI_TH_FIN)
		count_remark(c, NI_CHAT, "TCP", N_("ends its direction (FIN)"));
	if (flags & NI_TH_RST)
		count_remark(c, NI_WARN, "TCP", N_("resets the connection (RST)"));
}

/* ---- verdict ---- */

static void
count_verdict(struct counts *c, const struct ni_conn *conn)
{
	struct tally *t = &c->tally;
	if (conn->ipproto != 6)
		return;
	tally_hit(t, tally_hit(t, TALLY_ROOT, "conn.open"), ni_conn_open_name(conn->open));
	uint32_t n = tally_hit(t, TALLY_ROOT, "conn.close");
	n = tally_hit(t, n, ni_conn_close_name(conn->close));
	unsigned who = conn->close == NI_CLOSE_RESET ? conn->reset_by : conn->closed_first;
	if (who != NI_NOBODY)
		tally_hit(t, n, ni_side_name(who));
	if (conn->time_wait != NI_NOBODY)
		tally_hit(t, tally_hit(t, TALLY_ROOT, "time_wait"), ni_side_name(conn->time_wait));
	tally_hit(t, tally_hit(t, TALLY_ROOT, "conn_state"), ni_conn_zeek_state(conn));
}

/* clang-format off */
static const struct kind kinds[] = {
	{"io,phs", N_("Protocols"), count_protocols, NULL, TALLY_BYTES},
	{"expert", N_("What stands out"), count_remarks, NULL, TALLY_SORT},
	{"verdict", N_("How connections opened and closed"), NULL, count_verdict, TALLY_SORT},
};
/* clang-format on */

static void
frame(struct ni_sink *sink, const struct ni_dis *d)
{
	struct counts *c = (struct counts *)sink;
	if (!stat_takes(&c->base, d))
		return;
	if (c->kind->frame)
		c->kind->frame(c, d);
	else if (d->conn && d->seg)
		stat_conns_add(&c->conns, d->conn->id);
}

static void
event(struct ni_sink *sink, const struct ni_event *e)
{
	struct counts *c = (struct counts *)sink;
	if (e->kind == NI_EV_CONN_END && c->kind->end &&
	    stat_conns_has(&c->conns, &c->base, e->conn))
		c->kind->end(c, e->conn);
}

static int
finish(struct ni_sink *sink, struct ni_err *err)
{
	const struct counts *c = (struct counts *)sink;
	struct tally_look look = {
	    .stat = c->kind->stat,
	    .title = _(c->kind->title),
	    .filter = c->base.text,
	    .columns = c->kind->columns,
	    .seconds = stat_seconds(&c->base),
	    .json = c->base.env.json,
	};
	tally_print(&c->tally, c->base.env.out, &look);
	return ni_out_flush(c->base.env.out, err);
}

static void
destroy(struct ni_sink *sink)
{
	struct counts *c = (struct counts *)sink;
	tally_free(&c->tally);
	stat_conns_free(&c->conns);
	stat_base_free(&c->base);
	free(c);
}

static const struct ni_sink_ops ops = {
    .name = "counts", .frame = frame, .event = event, .finish = finish, .free = destroy};

/* "warn", "warn,FILTER" or FILTER: the least severity, as tshark has it. */
static const char *
read_severity(struct counts *c, const char *args)
{
	static const char *const words[] = {
	    [NI_CHAT] = "chat", [NI_NOTE] = "note", [NI_WARN] = "warn", [NI_ERROR] = "error"};
	size_t n = strcspn(args, ",");
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i]) == n && !strncmp(words[i], args, n)) {
			c->least = (uint8_t)i;
			return args + n + (args[n] == ',');
		}
	}
	return args;
}

struct ni_sink *
ni_stat_counts(const struct ni_stat_env *env, const struct ni_stat *stat, const char *args,
	       struct ni_err *err)
{
	struct counts *c = calloc(1, sizeof(*c));
	if (!c)
		return NULL;
	c->base.sink.ops = &ops;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].stat, stat->name))
			c->kind = &kinds[i];
	if (!strcmp(stat->name, "expert"))
		args = read_severity(c, args);
	if (stat_base_init(&c->base, env, stat, args, err) || !tally_init(&c->tally)) {
		destroy(&c->base.sink);
		return NULL;
	}
	return &c->base.sink;
}
