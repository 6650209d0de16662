/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is said about segments and connections: the classic cases word by word, and that every
 * sentence of the table can be reached, names facts that there are, and leaves none unfilled.
 *
 * A script is a list of segments, "WHO FLAGS SEQ[+LEN] [ACK] [KEY=VALUE]...; …":
 *   WHO    c or s;  FLAGS of SFRPAUECW (E ECE, C CWR, W AE), 0 for none; ACK is there if A is
 *   KEY    ms=N since the one before (10), win=N (1000), opt=no: a SYN without an MSS
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explain_priv.h"
#include "tcp_track.h"

enum { NSEGS = 64, TEXT = 8192, SAID = 1 << 20 };

static struct ni_tcp_seg segs[NSEGS];
static char said[SAID]; /* by all scripts */
static size_t said_len;

struct run {
	struct ni_tcp tcp[3];
	unsigned n;
	struct ni_tcp_pool pool;
	struct ni_tcp_env env;
	int64_t now;
	uint64_t frame;
	bool absolute;
	char last[TEXT], last_full[TEXT]; /* what was said about the last segment */
};

static void
remember(const char *text)
{
	size_t n = strlen(text) + 1;
	assert_true(said_len + n < SAID);
	memcpy(said + said_len, text, n);
	said_len += n;
	if (strchr(text, '{') && !strstr(text, "2^{"))
		fail_msg("not filled in: %s", text);
}

static uint16_t
flags_of(const char *s)
{
	static const char letters[] = "FSRPAUECW";
	uint16_t flags = 0;
	for (; *s; s++) {
		const char *l = strchr(letters, *s);
		flags = (uint16_t)(flags | (l && *s != '0' ? 1u << (l - letters) : 0));
	}
	return flags;
}

static void
begin(struct run *r, const struct ni_tcp_in *in)
{
	assert_true(r->n < 3);
	struct ni_tcp *t = &r->tcp[r->n];
	t->c.port[0] = 51000;
	t->c.port[1] = 80;
	t->c.ipproto = 6;
	t->c.addr[0] = (struct ni_addr){4, {10, 0, 0, 2}};
	t->c.addr[1] = (struct ni_addr){4, {10, 0, 0, 1}};
	if (!(in->flags & NI_TH_SYN))
		t->c.flags = NI_CONN_GUESSED;
	ni_tcp_init(t, in, r->n ? t - 1 : NULL);
	r->n++;
}

static void
explain(struct run *r, const struct ni_tcp_in *in, const struct ni_tcp_out *out)
{
	const struct ni_conn *c = &r->tcp[r->n - 1].c;
	struct ni_rung g;
	struct ni_buf b = ni_buf(r->last, TEXT);
	struct ni_buf full = ni_buf(r->last_full, TEXT);
	ni_rung_make(&g, in, out, c->id);
	if (r->absolute) {
		g.rel_seq = g.seq;
		g.rel_ack = g.ack;
	}
	ni_explain_segment(&b, &g, c);
	ni_explain_segment_fully(&full, &g, c);
	remember(ni_buf_z(&b));
	remember(ni_buf_z(&full));
	assert_int_not_equal(full.len, 0);
	assert_false(b.cut || full.cut);
}

/* "sack=FROM-TO": a SACK option alone. */
static void
put_sack(struct ni_tcp_in *in, const char *text)
{
	static uint8_t sack[12] = {1, 1, 5, 10};
	char *to;
	uint32_t from = (uint32_t)strtoul(text, &to, 10);
	uint32_t ends[2] = {from, (uint32_t)strtoul(to + 1, NULL, 10)};
	for (unsigned i = 0; i < 8; i++)
		sack[4 + i] = (uint8_t)(ends[i / 4] >> (24 - 8 * (i % 4)));
	in->opts = sack;
	in->optlen = sizeof(sack);
}

static void
play_segment(struct run *r, char *line)
{
	static const uint8_t mss[] = {2, 4, 5, 180, 3, 3, 7, 0};
	char flags[16];
	char *save = NULL;
	char *end;
	long ms = 10;
	struct ni_tcp_in in = {.win = 1000, .opts = mss, .frame = ++r->frame};
	struct ni_tcp_out out;

	in.dir = *strtok_r(line, " ", &save) == 's';
	snprintf(flags, sizeof(flags), "%s", strtok_r(NULL, " ", &save));
	in.flags = flags_of(flags);
	in.optlen = in.flags & NI_TH_SYN ? sizeof(mss) : 0;
	in.seq = (uint32_t)strtoul(strtok_r(NULL, " ", &save), &end, 10);
	in.len = *end ? (uint32_t)strtoul(end, NULL, 10) : 0;
	if (in.flags & NI_TH_ACK)
		in.ack = (uint32_t)strtoul(strtok_r(NULL, " ", &save), NULL, 10);
	in.ip_id = (uint16_t)r->frame;
	for (char *k = strtok_r(NULL, " ", &save); k; k = strtok_r(NULL, " ", &save)) {
		if (!strncmp(k, "ms=", 3))
			ms = strtol(k + 3, NULL, 10);
		else if (!strncmp(k, "win=", 4))
			in.win = (uint16_t)strtoul(k + 4, NULL, 10);
		else if (!strcmp(k, "twice"))
			in.ip_id--;
		else if (!strncmp(k, "id=", 3))
			in.ip_id = (uint16_t)strtoul(k + 3, NULL, 10);
		else if (!strncmp(k, "sack=", 5))
			put_sack(&in, k + 5);
		else
			in.optlen = 0;
	}
	in.ts_ns = r->now += (int64_t)ms * 1000000;
	in.ip_len = in.len + 40;
	if (!r->n)
		begin(r, &in);
	if (ni_tcp_track(&r->tcp[r->n - 1], &in, &out, &r->env) == NI_TRACK_NEW) {
		ni_tcp_finish(&r->tcp[r->n - 1], NI_TCP_END_REPLACED, &r->env);
		begin(r, &in);
		assert_int_equal(ni_tcp_track(&r->tcp[r->n - 1], &in, &out, &r->env), NI_TRACK_OK);
	}
	explain(r, &in, &out);
}

static struct run run;

static const char *
conn_text(const struct ni_conn *c)
{
	static char text[TEXT];
	struct ni_buf b = ni_buf(text, sizeof(text));
	ni_explain_conn(&b, c);
	remember(ni_buf_z(&b));
	return text;
}

/* Returns what is said about the last segment. */
static const char *
play(const char *script)
{
	char copy[TEXT];
	char *save = NULL;
	bool absolute = run.absolute;
	run = (struct run){.now = 1000000000, .absolute = absolute};
	ni_tcp_pool_init(&run.pool, segs, NSEGS);
	run.env = (struct ni_tcp_env){.pool = &run.pool};
	snprintf(copy, sizeof(copy), "%s", script);
	for (char *l = strtok_r(copy, ";", &save); l; l = strtok_r(NULL, ";", &save))
		play_segment(&run, l);
	return run.last;
}

/* Plays, ends the capture, and returns what is said about the last connection. */
static const char *
tell(const char *script, enum ni_tcp_end why)
{
	play(script);
	struct ni_tcp *t = &run.tcp[run.n - 1];
	ni_tcp_finish(t, why, &run.env);
	return conn_text(&t->c);
}

#define HS   "c S 100;s SA 500 101;c A 101 501;"
#define DATA "c PA 101+58 501;s A 501 159;s PA 501+279 159;c A 159 780;"
#define OPEN HS DATA

/* clang-format off */
static void
test_handshake(void **state)
{
	(void)state;
	run.absolute = true;
	assert_string_equal(play("c S 11"),
		"Client 10.0.0.2:51000 asks to open a connection to 10.0.0.1:80: SYN, its sequence numbers start at 11. "
		"It is now SYN_SENT; the answer must acknowledge 12 = 11 + 1 (a SYN counts as one byte; RFC 9293 3.4). "
		"If somebody listens on port 80, the server is now SYN_RECEIVED and answers with SYN,ACK; a closed port answers with RST (RFC 9293 3.10.7).");
	assert_string_equal(play("c S 11;s SA 500 12"),
		"The server agrees and asks to open its own direction: SYN,ACK. It acknowledges 12 = 11 + 1, its own sequence numbers start at 500. "
		"The client is now ESTABLISHED; the server stays SYN_RECEIVED until its own SYN is acknowledged with 501 = 500 + 1 (RFC 9293 3.5).");
	assert_string_equal(play("c S 11;s SA 500 12;c A 12 501"),
		"The client acknowledges the SYN,ACK: 501 = 500 + 1. The server is now ESTABLISHED, as is the client: "
		"the three-way handshake of frames 1, 2 and 3 is complete, 20.0 ms after its first SYN (RFC 9293 3.5).");
	run.absolute = false;
	assert_string_equal(play("c S 11;s SA 500 12"),
		"The server agrees and asks to open its own direction: SYN,ACK. It acknowledges 1 = 0 + 1, its own sequence numbers start at 500, shown as 0. "
		"The client is now ESTABLISHED; the server stays SYN_RECEIVED until its own SYN is acknowledged with 1 = 0 + 1 (RFC 9293 3.5).");
	assert_string_equal(play(OPEN "c PA 159+10 780"), ""); /* nothing worth saying */
	assert_string_equal(play("c S 100;s SA 500 101;c A 101 501;c PA 101+58 501"),
		"The client sends its first data: 58 bytes, with the sequence numbers 1 to 58. All of it is acknowledged by 59 = 1 + 58 (RFC 9293 3.4).");
	assert_string_equal(play("c S 100;s SA 500 101;c A 101 501;c PA 101+58 501;s A 501 159"),
		"The server has received 58 bytes: it acknowledges 59 = 1 + 58, the number of the byte that it expects next (RFC 9293 3.4). "
		"It covers frame 4, sent 10.0 ms before.");
}

static void
test_close(void **state)
{
	(void)state;
	assert_string_equal(play(OPEN "c FA 159 780"),
		"The client closes first: FIN with the sequence number 59. A FIN counts as one byte, so 60 = 59 + 1 will acknowledge it. "
		"The client sends no more data but still receives and is now FIN_WAIT_1; the server is CLOSE_WAIT until its program closes too (RFC 9293 3.6).");
	assert_string_equal(play(OPEN "c FA 159 780;s A 780 160"),
		"The server acknowledges the FIN of frame 8: 60 = 59 + 1. The client is now FIN_WAIT_2 and waits for the other FIN. "
		"The server is CLOSE_WAIT: its program has not closed yet and may still send (half-closed). "
		"When it closes later, its FIN is a segment of its own: then the close takes four (RFC 9293 3.6).");
	assert_string_equal(play(OPEN "c FA 159 780;s A 780 160;s FA 780 160"),
		"The server closes too: FIN with the sequence number 280, to be acknowledged by 281 = 280 + 1. "
		"It is now LAST_ACK and has only to wait for that ACK; the client has closed and has seen the other close, and is TIME_WAIT (RFC 9293 3.6).");
	assert_string_equal(play(OPEN "c FA 159 780;s FA 780 160"),
		"The server closes too, and this one segment says both: it acknowledges the FIN of frame 8 with 60, and it is a FIN itself, number 280, "
		"to be acknowledged by 281 = 280 + 1. That is why this close takes three segments instead of four: the program of the server closed before "
		"the ACK had gone out, for an ACK may wait for company (delayed ACK, RFC 9293 3.8.6.3). The server is now LAST_ACK, the client TIME_WAIT.");
	assert_string_equal(play(OPEN "s FA 780 159;c FA 159 781;s A 781 160"),
		"The server acknowledges the FIN of frame 9: 60 = 59 + 1. The client is done: CLOSED. The server stays in TIME_WAIT, 60 s on Linux and "
		"2 MSL = 4 minutes by the RFC, in case this ACK gets lost and so that no late segment falls into a new connection (RFC 9293 3.6).");
	assert_string_equal(play(OPEN "c FPA 159+3 780"),
		"The client closes first, with its last 3 bytes: the FIN stands behind them, at 62 = 59 + 3. A FIN counts as one byte, so 63 = 62 + 1 will acknowledge it. "
		"The client sends no more data but still receives and is now FIN_WAIT_1; the server is CLOSE_WAIT until its program closes too (RFC 9293 3.6).");
	assert_string_equal(play("c S 100;s RA 0 101 opt=no"),
		"The server refuses: nobody listens on port 80, or a firewall says so. The RST acknowledges the SYN, 1 = 0 + 1, so the client believes it and is CLOSED: "
		"its connect() fails with \"Connection refused\". The server is CLOSED (RFC 9293 3.10.7.1, 3.10.7.3).");
}

static void
test_conn(void **state)
{
	(void)state;
	assert_string_equal(tell(OPEN "c FA 159 780;s FA 780 160;c A 160 781", NI_TCP_END_CAPTURE),
		"Client 10.0.0.2:51000 opened this connection to server 10.0.0.1:80 by the three-way handshake of frames 1, 2 and 3, which took 20.0 ms. "
		"The client sent 58 bytes of data in 6 packets, the server 279 bytes in 4 packets. "
		"The client closed first, and the close took three segments: FIN in frame 8, FIN and ACK together in frame 9, ACK in frame 10. "
		"It is not four because the program of the server closed before the ACK had gone out (delayed ACK, RFC 9293 3.8.6.3). "
		"So it is the client that waits in TIME_WAIT, 60 s on Linux (2 MSL = 4 minutes by RFC 9293), holding its own port 51000. "
		"This does not hinder the server: as far as this connection goes, it can be restarted on port 80 at once.");
	assert_string_equal(tell(OPEN "s FA 780 159;c A 159 781;c FA 159 781 ms=300;s A 781 160", NI_TCP_END_CAPTURE),
		"Client 10.0.0.2:51000 opened this connection to server 10.0.0.1:80 by the three-way handshake of frames 1, 2 and 3, which took 20.0 ms. "
		"The client sent 58 bytes of data in 6 packets, the server 279 bytes in 5 packets. "
		"The server closed first, and the close took four segments: FIN in frame 8, its ACK in frame 9, the other FIN in frame 10, its ACK in frame 11. "
		"The ACK and the second FIN did not join, because the program of the client had not closed yet when the ACK went out: the FIN followed 300 ms later. "
		"So it is the server that waits in TIME_WAIT, 60 s on Linux (2 MSL = 4 minutes by RFC 9293). "
		"A server restarted on port 80 within this time gets \"Address already in use\" from bind(), unless it sets SO_REUSEADDR before, "
		"as on Linux the server before it must have done too.");
	assert_string_equal(tell("c S 100;s SA 500 101;c A 101 501;c RA 101 501", NI_TCP_END_CAPTURE),
		"Client 10.0.0.2:51000 opened this connection to server 10.0.0.1:80 by the three-way handshake of frames 1, 2 and 3, which took 20.0 ms. "
		"No data were exchanged. The client ended it with an RST in frame 4, in state ESTABLISHED: what was still on its way is lost. "
		"After a reset nobody waits in TIME_WAIT: the port can be used again at once.");
}

/* What must not be said, because nobody can know it or because it is not so. */
static void
test_no_more_than_is_known(void **state)
{
	(void)state;
	/* An RST far outside the window is not answered; the next ACK acknowledges data. */
	assert_null(strstr(play(OPEN "c R 1000000159;c PA 159+10 780;s A 780 169"), "Challenge"));
	assert_non_null(strstr(play(OPEN "c R 164;s A 780 159"), "Challenge"));
	/* One direction: who closed first cannot be seen. */
	assert_non_null(strstr(play("s SA 500 101;s PA 501+279 159;s FA 780 160"), "The server closes its direction"));
	const char *one = tell("s SA 500 101;s PA 501+279 159;s FA 780 160", NI_TCP_END_CAPTURE);
	assert_non_null(strstr(one, "Only one direction was captured"));
	assert_null(strstr(one, "half-closed"));
	/* One gap is one gap, though the ACK of it and the ACK of the FIN lie behind it, too. */
	one = tell(HS "c PA 101+58 501;s A 501 159;c A 159 780;c FA 159 780;s A 780 160;s FA 780 160;c A 160 781", NI_TCP_END_CAPTURE);
	assert_non_null(strstr(one, "were seen once:"));
	/* A connection that goes on may carry more. */
	tell(OPEN, NI_TCP_END_CAPTURE);
	run.tcp[0].c.service = "http";
	run.tcp[0].c.requests = 1;
	assert_null(strstr(conn_text(&run.tcp[0].c), "short connection"));
	/* The answer to a repeated FIN is no call for a fast retransmission. */
	assert_null(strstr(play(OPEN "c FA 159 780;s A 780 160;s FA 780 160;c A 160 781;s FA 780 160 ms=300;c A 160 781"), "Duplicate ACK"));
	/* What was captured twice was not sent twice. */
	assert_non_null(strstr(tell(OPEN "s PA 780+4 159;s PA 780+4 159 ms=0 twice", NI_TCP_END_CAPTURE),
			       "It happened once that a frame was captured twice"));
	/* A clock that went back measures nothing. */
	assert_non_null(strstr(play(OPEN "s PA 780+4 159;s PA 780+4 159 ms=-300"), "How much later cannot be said"));
	assert_null(strstr(play(HS "c PA 101+58 501;s A 501 159 ms=-5"), "sent"));
	/* Who asks in vain resets with an ACK; who was asked and knows nothing, without. */
	assert_non_null(strstr(play(OPEN "s A 779 159 ms=9999;c R 159"), "answers the keep-alive with RST"));
	assert_null(strstr(play(OPEN "s A 779 159 ms=9999;s RA 780 159"), "answers the keep-alive"));
	/* A lone byte that nobody has acknowledged is no keep-alive. */
	assert_null(strstr(play(OPEN "c PA 159+1 780;c PA 159+1 780 ms=300"), "eep-alive"));
}

static void
test_sack(void **state)
{
	(void)state;
	assert_non_null(strstr(play(OPEN "s A 880+100 159;c A 159 780 sack=880-980"),
		"The client has the bytes 380 to 479 already, so the server need not send those again (SACK, RFC 2018)."));
	assert_null(strstr(play(OPEN "s A 880+100 159;c A 159 780 sack=980-880"), "SACK"));
	const char *twice = play(OPEN "s PA 780+4 159;c A 159 784;s PA 780+4 159;c A 159 784 sack=780-784");
	assert_string_equal(twice, "The client has got the bytes 280 to 283 twice: they were sent again without need, or doubled on their way (D-SACK, RFC 2883).");
	assert_string_equal(play(HS "c PA 101+9 501;c PA 110+9 501;c PA 119+9 501;c PA 128+9 501;c PA 146+9 501 id=20;c PA 137+9 501 ms=1 id=19"),
		"Out of order: its timestamp or its IP identification shows that it was sent before segments that were captured earlier. It was overtaken on its way.");
}

/* What else can happen; together with the tests above these reach every sentence. */
static const char *const scripts[] = {
	"c S 100 opt=no;s SA 500 101;c R 101",
	"c S 100;c S 100;c S 100 ms=1000;s RA 0 101 opt=no;c S 100 ms=500",
	"c S 100;s SA 500 101;c S 100 ms=1000",
	"c S 100;c R 101",
	"c S 100;s RA 0 90 opt=no",
	"c S 100+9;s RA 0 110 opt=no",
	"c S 100+9;s SA 500 110;s PA 501+9 110;c A 110 510",
	"c S 100+9;s SA 500 101;c A 101 501;c PA 101+9 501",
	"c S 100;s S 500 ms=1;c SA 100 501;s SA 500 101;c A 101 501",
	"c SEC 100;s SAE 500 101;c A 101 501;c AEC 101+9 501", "c SECW 100",
	HS "s SA 500 101 ms=1000;c A 101 501", HS "s SA 500 101 ms=5",
	"s SA 500 101;c A 101 501", "s SA 500 101 opt=no;c R 101",
	"c S 100;c A 101 501", "c A 101+9 501;s A 501 110;s A 501 110", "c 0 5000", "c F 5000", "c FPU 5000", "c A 5000 7000;s R 7000", "c R 5000",
	OPEN "c S 9000;s A 780 159;c R 159", OPEN "c S 100159 opt=no", OPEN "c R 1000000159", OPEN "c R 164;s A 780 159",
	OPEN "c RA 159 780;s A 780 159;c R 159", OPEN "c RA 159 780 ms=99;c S 9000", OPEN "c PA 900159+9 780",
	OPEN "c A 158 780 ms=9999;s A 780 159", OPEN "c A 158 780 ms=9999;c A 158 780 ms=9999;c RA 159 780 ms=999",
	HS "c PA 101+1 501;c PA 102+9 501", OPEN "c PA 159+1 780;c PA 160+8 780", HS "c PA 101+1000 501;s A 501 1101 win=0;c A 1101+1 501;s A 501 1101 win=0;c A 1100 501;s A 501 1101",
	OPEN "s PA 780+4 159;s PA 780+4 159 ms=300;c A 159 784;s PA 780+4 159",
	OPEN "s PA 780+4 159;s PA 780+4 159 ms=0 twice",
	OPEN "s A 780+100 159;s A 980+100 159;c A 159 880;s A 1080+100 159;c A 159 880;c A 159 880;c A 159 880;c A 159 880;s A 880+100 159",
	OPEN "s A 880+100 159 ms=100;s A 780+100 159 ms=1;c A 159 980",
	"c S 4294967290;s SA 500 4294967291;c A 4294967291 501;c PA 4294967291+58 501",
	HS "c PA 101+58 501;s A 501 159;c A 159 780;c FA 159 780;s A 780 160",
	OPEN "c FA 168 780;s A 780 159;c PA 159+9 780", OPEN "c FA 159 780;c FA 159 780 ms=300;s A 780 160;s FA 780 160;c A 160 781;s FA 780 160 ms=300;c A 160 781;c A 160 781 ms=1",
	OPEN "c FA 159 780;s FA 780 159 ms=1;c A 160 781;s A 781 160", OPEN "c FA 159 780;s A 780 160;s PA 780+9 160;s FA 789 160;c A 160 790",
	OPEN "c FA 168 780;s FA 780 159",
	OPEN "s FA 780 159;c A 159 781;c PA 159+9 781;s R 781", OPEN "c FA 159 780;s A 780 160;c RA 160 780", OPEN "c FA 159 780;s A 780 160;s RA 780 160",
	OPEN "c FA 159 780;s A 780 160;s FA 780 160;c A 160 781;s R 781", OPEN "s FA 780 159;c A 159 781;c FA 159 781;s A 781 160;c S 90 opt=no",
	OPEN "c RA 159 780;c PA 900000159+9 900000 ms=70000", OPEN "c FA 159 780;s A 780 160;s FA 790 160",
	OPEN "c FA 159 780;s A 780 160;s FA 780 160", OPEN "c FA 159 780;s FA 780 160", OPEN "c FA 159 780;s FA 780 159 ms=1",
	OPEN "c RA 159 780;s PA 780+9 159 ms=1000;c PA 159+9 789 ms=1000",
	"c S 100;s SA 500 101;s A 501 159;s PA 501+279 159", "s SA 500 101;s A 501 159",
};
/* clang-format on */

static bool
was_said(const char *pattern)
{
	for (size_t at = 0; at < said_len; at += strlen(said + at) + 1) {
		const char *s = said + at;
		const char *p = pattern;
		/* Each piece between two facts must come, in order. */
		while (s && *p) {
			char piece[1024];
			size_t n = strcspn(p, "{");
			snprintf(piece, sizeof(piece), "%.*s", (int)n, p);
			s = strstr(s, piece);
			s = s ? s + n : NULL;
			p += n;
			if (*p)
				p += strcspn(p, "}") + 1;
		}
		if (s)
			return true;
	}
	return false;
}

static void
test_every_sentence(void **state)
{
	static const enum ni_tcp_end ends[] = {NI_TCP_END_CAPTURE, NI_TCP_END_IDLE,
					       NI_TCP_END_EVICTED, NI_TCP_END_REPLACED};
	(void)state;
	for (unsigned i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++)
		tell(scripts[i], NI_TCP_END_CAPTURE);
	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		tell(OPEN, ends[i]);
		tell("c S 100;s SA 500 101", ends[i]);
	}
	assert_null(strstr(tell(HS "s A 501+1460 101", NI_TCP_END_CAPTURE), "offload"));
	assert_non_null(
	    strstr(tell(HS "s A 501+2920 101", NI_TCP_END_CAPTURE),
		   "The server seems to have sent up to 2920 bytes in a segment, though the "
		   "MSS is 1460"));
	tell("c S 100", NI_TCP_END_CAPTURE);
	run.tcp[0].c.icmp_frame = 2;
	conn_text(&run.tcp[0].c);
	play("c S 100");
	conn_text(&run.tcp[0].c); /* not over yet */
	tell(OPEN "c FA 159 780;s FA 780 160;c A 160 781", NI_TCP_END_CAPTURE);
	run.tcp[0].c.service = "http";
	conn_text(&run.tcp[0].c);
	for (run.tcp[0].c.requests = 1; run.tcp[0].c.requests < 3; run.tcp[0].c.requests++)
		conn_text(&run.tcp[0].c);
	run.tcp[0].c.ipproto = 17;
	conn_text(&run.tcp[0].c);
	unsigned missing = 0;
	for (unsigned m = 0; m < NI_MSG_COUNT; m++) {
		if (was_said(ni_msg_text((enum ni_msg)m)))
			continue;
		print_error("never said: %s\n", ni_msg_text((enum ni_msg)m));
		missing++;
	}
	assert_int_equal(missing, 0);
}

static bool
is_fact(const char *name, size_t n)
{
	for (unsigned i = 0; ni_fact_name(i); i++)
		if (strlen(ni_fact_name(i)) == n && !strncmp(ni_fact_name(i), name, n))
			return true;
	return false;
}

static void
test_table(void **state)
{
	(void)state;
	for (unsigned m = 0; m < NI_MSG_COUNT; m++) {
		const char *s = ni_msg_text((enum ni_msg)m);
		assert_true(strlen(s) > 10);
		assert_int_equal(s[strlen(s) - 1], '.');
		while ((s = strchr(s, '{'))) {
			size_t n = strcspn(s, "}");
			if (!is_fact(s + 1, n - 1))
				fail_msg("no such fact: %s", s);
			s += n;
		}
	}
	for (unsigned i = 0; ni_fact_name(i); i++) {
		char braced[64];
		unsigned used = 0;
		snprintf(braced, sizeof(braced), "{%s}", ni_fact_name(i));
		for (unsigned m = 0; m < NI_MSG_COUNT; m++)
			used += strstr(ni_msg_text((enum ni_msg)m), braced) != NULL;
		if (!used)
			fail_msg("nothing speaks of %s", braced);
	}
	assert_string_equal(ni_msg_text(NI_MSG_NONE), "");
}

/* Whatever verdicts come together, something is said, and nothing is left unfilled. */
static void
test_verdicts(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NI_OPEN_NKINDS * NI_CLOSE_NKINDS; i++) {
		struct ni_conn c = {.ipproto = 6,
				    .open = (uint8_t)(i / NI_CLOSE_NKINDS),
				    .close = (uint8_t)(i % NI_CLOSE_NKINDS),
				    .closed_first = (uint8_t)(i % 4),
				    .reset_by = (uint8_t)(i % 3),
				    .time_wait = (uint8_t)(i % 4)};
		assert_true(strlen(conn_text(&c)) > 20);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_handshake),      cmocka_unit_test(test_close),
	    cmocka_unit_test(test_conn),           cmocka_unit_test(test_table),
	    cmocka_unit_test(test_sack),           cmocka_unit_test(test_no_more_than_is_known),
	    cmocka_unit_test(test_every_sentence), cmocka_unit_test(test_verdicts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
