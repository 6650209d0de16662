/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TCP tracker: scripts of segments with the states of both ends after each, all the rows of the
 * table that two Linux kernels were asked for and what no kernel can be brought to do.
 *
 * A line of a script is  [+MS] WHO FLAGS SEQ[+LEN] [ACK] [KEY=VALUE]... CLIENT/SERVER [!MARK|!~MARK]...
 *   +MS    milliseconds since the line before, 10 if left out
 *   WHO    c or s: the client or the server of the first connection
 *   FLAGS  of SFRPA; 0 for none. ACK is there if A is
 *   KEY    ts=VAL,ECR  timestamps    win=N  window, 1000 if left out    sack=L,R    opt=no  no
 * options    id=N  IP identification, counting if left out. SYNs carry an MSS, so that windows are not scaled. A line `= OPEN CLOSE FIRST TIME_WAIT
 * STATE HISTORY` expects that of the next connection, in their order; - stands for nobody or
 * nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tcp_track.h"

enum { NSEGS = 4096, NCONNS = 4, TEXT = 4096 };

static struct ni_tcp_seg segs[NSEGS];
static unsigned opens_seen, closes_seen, marks_seen;

/* clang-format off */
#define HS   "c S 100 SS/SR; s SA 500 101 E/SR; c A 101 501 E/E;"
#define DATA "c PA 101+58 501 E/E; s A 501 159 E/E; s PA 501+279 159 E/E; c A 159 780 E/E;"
#define OPEN HS DATA
#define BYE  "c FA 159 780 F1/CW; s A 780 160 F2/CW; s FA 780 160 TW/LA; c A 160 781 TW/C;"
#define SF   "= 3-way 4-way client client SF ShADadFf"

static const struct {
	const char *name, *text;
} scripts[] = {
{"close4_client_first", OPEN BYE SF},
{"close4_server_first", OPEN "s FA 780 159 CW/F1; c A 159 781 CW/F2; c FA 159 781 LA/TW; s A 781 160 C/TW;"
	"= 3-way 4-way server server SF ShADadfF"},
{"close3_fin_ack_combined", OPEN "c FA 159 780 F1/CW; s FA 780 160 TW/LA; c A 160 781 TW/C;"
	"= 3-way 3-segment client client SF ShADadFf"},
{"close_fin_with_data", OPEN "s FPA 780+3 159 CW/F1; c A 159 784 CW/F2; c FA 159 784 LA/TW; s A 784 160 C/TW;"
	"= 3-way 4-way server server SF ShADadfF"},
{"half_close_with_data", OPEN "c FA 159 780 F1/CW; s A 780 160 F2/CW; s A 780+1448 160 F2/CW; c A 160 2228 F2/CW;"
	"s PA 2228+100 160 F2/CW; s FA 2328 160 TW/LA; c A 160 2329 TW/C;" SF},
{"simultaneous_open", "c S 100 SS/SR; +1 s S 500 SR/SR; c SA 100 501 SR/E; s SA 500 101 E/E !retransmission;"
	"c A 101 501 E/E; c FA 101 501 F1/CW; s A 501 102 F2/CW; s FA 501 102 TW/LA; c A 102 502 TW/C;"
	"= simultaneous 4-way client client SF SsAFaf"},
{"simultaneous_close", OPEN "c FA 159 780 F1/CW; +1 s FA 780 159 CG/CG; c A 160 781 CG/TW; s A 781 160 TW/TW;"
	"= 3-way simultaneous client both SF ShADadFf"},
{"syn_retransmit", "c S 100 SS/SR; +1000 c S 100 SS/SR !retransmission; s SA 500 101 E/SR; c A 101 501 E/E;" DATA BYE SF},
{"syn_no_answer", "c S 100 SS/SR; +1000 c S 100 SS/SR; +2000 c S 100 SS/SR !retransmission;"
	"= no-answer none - - S0 S"},
{"syn_refused_rst", "c S 100 SS/SR; s RA 0 101 opt=no C/C; = refused none - - REJ Sr"},
{"synack_lost", "c S 100 SS/SR; s SA 500 101 E/SR; +1000 c S 100 SS/SR; s SA 500 101 E/SR; c A 101 501 E/E;" DATA BYE SF},
{"handshake_ack_lost", HS "+1000 s SA 500 101 E/SR; c A 101 501 E/E !duplicate_ack;" DATA BYE SF},
{"half_open_no_final_ack", "c S 100 SS/SR; s SA 500 101 E/SR; +1000 s SA 500 101 E/SR; = half-open none - - S1 Sh"},
{"half_open_discovery", OPEN "c S 9000 SS/E !syn_ignored; s A 780 159 SS/E !challenge_ack; c R 159 SS/C;"
	"+1000 c S 9000 SS/SR !reused_ports; s SA 3000 9001 E/SR; c A 9001 3001 E/E; c FA 9001 3001 F1/CW;"
	"= 3-way reset client - RSTO ShADadSR; = 3-way half-closed client - S2 ShAF"},
{"half open, answered by a SYN,ACK", OPEN "c S 9000 SS/E; s SA 3000 9001 E/SR; c A 9001 3001 E/E;"
	"= 3-way timeout - - S1 ShADadS; = 3-way open - - S1 ShA"},
{"scan_syn_rst", "c S 100 opt=no C/SR; s SA 500 101 C/SR; c R 101 C/L; = aborted none - - RSTO ShR"},
{"a SYN without options that was no probe", "c S 100 opt=no C/SR; s SA 500 101 C/SR; c A 101 501 E/E;" DATA BYE SF},
{"synack_unsolicited", "s SA 500 101 opt=no C/C; c R 101 C/C; = stray none - - RSTO ^hR"},
{"rst_before_established", "c S 100 SS/SR; c R 101 SS/L; = aborted none - - RSTOS0 SR"},
{"rst_abort_client", OPEN "c RA 159 780 C/C; = 3-way reset client - RSTO ShADadR"},
{"rst_abort_server", OPEN "s RA 780 159 C/C; = 3-way reset server - RSTR ShADadr"},
{"rst_after_fin_client_sends", OPEN "s FA 780 159 CW/F1; c A 159 781 CW/F2; c PA 159+9 781 CW/C; s R 781 C/C;"
	"= 3-way reset server - RSTR ShADadfr"},
{"data for a server that only shut down", OPEN "s FA 780 159 CW/F1; c A 159 781 CW/F2; c PA 159+9 781 CW/C;"
	"s A 781 168 CW/F2; c PA 168+9 781 CW/F2; c FA 177 781 LA/TW; s A 781 178 C/TW; = 3-way 4-way server server SF ShADadfF"},
{"rst_after_own_fin", OPEN "c FA 159 780 F1/CW; s A 780 160 F2/CW; c RA 160 780 C/C; = 3-way reset client - RSTO ShADadFR"},
{"blind_rst_out_of_window", OPEN "c R 1000000159 E/E !rst_ignored; c PA 159+10 780 E/E; s A 780 169 E/E;"
	"c FA 169 780 F1/CW; s FA 780 170 TW/LA; c A 170 781 TW/C; = 3-way 3-segment client client SF ShADadFf"},
{"rst_in_window_challenge", OPEN "c R 164 E/E !rst_ignored; s A 780 159 E/E !challenge_ack;" BYE SF},
{"syn_in_established_challenge", OPEN "c S 100159 opt=no E/E !syn_ignored; s A 780 159 E/E !challenge_ack;" BYE SF},
{"time_wait_reuse", OPEN "s FA 780 159 CW/F1; c A 159 781 CW/F2; c FA 159 781 LA/TW; s A 781 160 C/TW;"
	"c S 90000 SS/SR !reused_ports; s SA 70000 90001 E/SR; c A 90001 70001 E/E;"
	"= 3-way 4-way server server SF ShADadfF; = 3-way open - - S1 ShA"},
{"older SYN in TIME_WAIT", OPEN "s FA 780 159 CW/F1; c A 159 781 CW/F2; c FA 159 781 LA/TW; s A 781 160 C/TW;"
	"c S 90 opt=no C/TW !syn_ignored; +61000 c S 91 SS/SR !reused_ports;"
	"= 3-way 4-way server server SF ShADadfF; = no-answer none - - S0 S"},
{"SYN for a caller in TIME_WAIT", OPEN BYE "s S 90000 opt=no TW/C !syn_ignored;" SF},
{"port_reuse_after_rst", OPEN "c RA 159 780 C/C; c S 9000 SS/SR !reused_ports; s SA 7000 9001 E/SR;"
	"= 3-way reset client - RSTO ShADadR; = half-open none - - S1 Sh"},
{"keepalive", OPEN "+9999 c A 158 780 E/E !keep_alive; s A 780 159 E/E !keep_alive_ack;" BYE SF},
{"keepalive_dead_peer", OPEN "+1000 c A 158 780 E/E !keep_alive; +1000 c A 158 780 E/E; +1000 c RA 159 780 C/C;"
	"= 3-way reset client - RSTO ShADadR"},
{"zero_window", HS "c PA 101+1000 501 E/E !window_full; s A 501 1101 win=0 E/E !zero_window; c A 1101+1 501 E/E !zero_window_probe;"
	"s A 501 1101 win=0 E/E !zero_window_probe_ack; s A 501 1101 E/E !window_update; c PA 1101+9 501 E/E;"
	"= 3-way open - - S1 ShADaw"},
{"tfo_data_in_syn", "c S 100+58 SS/SR !fast_open_data; s SA 500 159 E/SR; s PA 501+279 159 E/SR; c A 159 780 E/E;" BYE
	"= fast-open 4-way client client SF SThdAFaf"},
{"data in SYN not taken", "c S 100+58 SS/SR; s SA 500 101 E/SR; c A 101 501 E/E; c PA 101+58 501 E/E !retransmission;"
	"s A 501 159 E/E; = 3-way open - - S1 SThADa"},
{"out_of_order_fin", OPEN "c FA 168 780 F1/E !lost_segment; s A 780 159 F1/E; c PA 159+9 780 F1/CW; s A 780 169 F2/CW;"
	"s FA 780 169 TW/LA; c A 169 781 TW/C; = 3-way 4-way client client SF ShADadFTf"},
{"fin_retransmit", OPEN "c FA 159 780 F1/CW; +200 c FA 159 780 F1/CW !retransmission; s A 780 160 F2/CW; s FA 780 160 TW/LA; c A 160 781 TW/C;" SF},
{"last_ack_lost", OPEN "c FA 159 780 F1/CW; s A 780 160 F2/CW; s FA 780 160 TW/LA; c A 160 781 TW/C; +200 s FA 780 160 TW/LA;"
	"c A 160 781 TW/C;" SF},
{"fin lost", OPEN "c FA 159 780 F1/CW; +500 s PA 780+20 159 F1/E; +200 c FA 159 800 F1/CW; s A 800 160 F2/CW;"
	"= 3-way half-closed client - S2 ShADadF"},
{"ACK of FIN lost", OPEN "c FA 159 780 F1/CW; s A 780 160 F2/CW; +500 c FA 159 780 F1/CW; s A 780 160 F2/CW;"
	"= 3-way half-closed client - S2 ShADadF"},
{"FIN and ACK of FIN lost", OPEN "c FA 159 780 F1/CW; s FA 780 160 TW/LA; +500 c FA 159 780 F1/LA; s FA 780 160 TW/LA; c A 160 781 TW/C;"
	"= 3-way 3-segment client client SF ShADadFf"},
{"seq_wraparound", "c S 4294967290 SS/SR; s SA 500 4294967291 E/SR; c A 4294967291 501 E/E; c PA 4294967291+58 501 E/E !seq_wrap;"
	"s A 501 53 E/E; c FA 53 501 F1/CW; s A 501 54 F2/CW; s FA 501 54 TW/LA; c A 54 502 TW/C; = 3-way 4-way client client SF ShADaFf"},
{"fast_retransmit", OPEN "s A 780+100 159 E/E; s A 980+100 159 E/E !lost_segment; c A 159 880 E/E; s A 1080+100 159 E/E;"
	"c A 159 880 E/E !duplicate_ack; c A 159 880 E/E; s A 880+100 159 E/E !fast_retransmission; c A 159 1180 E/E;"
	"= 3-way open - - S1 ShADadt"},
{"rto_retransmit", OPEN "s PA 780+4 159 E/E; +300 s PA 780+4 159 E/E !retransmission; c A 159 784 E/E; s PA 780+4 159 E/E !spurious_retransmission;"
	"= 3-way open - - S1 ShADadt"},
{"reordered_data", OPEN "+100 s A 880+100 159 E/E !lost_segment; +1 s A 780+100 159 E/E !out_of_order; c A 159 980 E/E; = 3-way open - - S1 ShADadt"},
{"duplicate_packets", "c S 100 SS/SR; c S 100 SS/SR; s SA 500 101 E/SR; s SA 500 101 E/SR; c A 101 501 E/E; +2 s SA 500 101 E/E;"
	"c PA 101+58 501 E/E; c PA 101+58 501 E/E; = 3-way open - - S1 ShADT"},
{"duplicate frames", HS "c PA 101+58 501 E/E; +0 c PA 101+58 501 E/E !duplicate_frame; = 3-way open - - S1 ShAD"},
{"midstream_no_handshake", "c PA 101+58 501 E/E; s A 501 159 E/E; s PA 501+279 159 E/E; c A 159 780 E/E;" BYE
	"= mid-stream 4-way client client SF DadAFf"},
{"midstream_from_synack", "s SA 500 101 E/SR; c A 101 501 E/E;" DATA BYE "= mid-stream 4-way client client SF ^hADadFf"},
{"capture_ends_established", OPEN "= 3-way open - - S1 ShADad"},
{"capture_ends_fin_wait2", OPEN "c FA 159 780 F1/CW; s A 780 160 F2/CW; = 3-way half-closed client - S2 ShADadF"},
{"capture_ends_after_server_fin", OPEN "s FA 780 159 CW/F1; c A 159 781 CW/F2; = 3-way half-closed server - S3 ShADadf"},
{"one_direction_client_only", "c S 100 SS/SR; c A 101 501 E/E; c PA 101+58 501 E/E; c A 159 780 E/E; c FA 159 780 F1/CW; c A 160 781 F1/CW;"
	"= 3-way half-closed client - SH SADF"},
{"one_direction_server_only", "s SA 500 101 E/SR; s A 501 159 E/E; s PA 501+279 159 E/E; s A 780 160 E/E; s FA 780 160 CW/F1;"
	"= mid-stream half-closed server - SHR ^hadf"},
{"data_segment_not_captured", HS "c PA 101+58 501 E/E; s A 501 159 E/E; c A 159 780 E/E !ack_lost_segment;" BYE
	"= 3-way 4-way client client SF ShADagFf"},
{"NULL scan", "c 0 5000 opt=no C/C; = stray none - - OTH -"},
{"NULL scan, closed port", "c 0 5000 opt=no C/C; s RA 0 5000 opt=no C/C; = stray none - - RSTRH r"},
{"FIN scan", "c F 5000 opt=no C/C; = stray none - - SH F"},
{"XMAS scan, closed port", "c FP 5000 opt=no C/C; s RA 0 5001 opt=no C/C; = stray none - - RSTR Fr"},
{"ACK scan", "c A 5000 7000 opt=no C/C; s R 7000 opt=no C/C; = stray none - - RSTRH Ar"},
{"SYN,FIN", "c SF 5000 opt=no C/L; s RA 0 5002 opt=no C/C; = stray none - - RSTR Qr"},
{"a lone RST", "c R 5000 opt=no C/C; = stray none - - OTH R"},
{"mid-stream, begun by a bare ACK", "c A 101 501 opt=no C/C; s PA 501+9 101 E/E; = mid-stream open - - OTH Ad"},
{"simultaneous open, a SYN seen twice", "c S 100 SS/SR; +1 s S 500 SR/SR; +4 s S 500 SR/SR; c SA 100 501 SR/E;"
	"= simultaneous none - - S1 Ss"},
{"a closed window keeps data out", OPEN "s A 780 159 win=0 E/E !zero_window; +300 c A 159+100 780 E/E; s A 780 159 win=0 E/E;"
	"c RA 159 780 C/C; = 3-way reset client - RSTO ShADadwR"},
{"an ACK of what was not captured, borne out", OPEN "s A 780 359 E/E !ack_lost_segment; c FA 359 780 F1/CW !lost_segment;"
	"= 3-way half-closed client - S2 ShADadGF"},
{"half open, answered by a SYN,ACK for Fast Open data", OPEN "c S 9000+60 SS/E; s SA 3000 9061 E/SR; c A 9061 3001 E/E;"
	"= 3-way timeout - - S1 ShADadS; = fast-open open - - S1 ShA"},
#define TSHS "c S 100 ts=10,0 SS/SR; s SA 500 101 ts=70,10 E/SR; c A 101 501 ts=20,70 E/E;"
#define IDS "c PA 101+10 501 id=21 E/E; c PA 111+10 501 id=22 E/E; c PA 121+10 501 id=23 E/E; c PA 131+10 501 id=24 E/E;" \
	"c PA 141+10 501 id=25 E/E; c PA 161+10 501 id=27 E/E !lost_segment;"
#define FILLED "= 3-way open - - S1 ShADT"
{"a hole filled late, sent early by its timestamp", TSHS "c PA 101+10 501 ts=30,70 E/E; c PA 121+10 501 ts=33,70 E/E;"
	"+900 c PA 111+10 501 ts=31,70 E/E !out_of_order !~ambiguous;" FILLED},
{"a hole filled soon, sent late by its timestamp", TSHS "c PA 101+10 501 ts=30,70 E/E; c PA 121+10 501 ts=33,70 E/E;"
	"+1 c PA 111+10 501 ts=34,70 E/E !retransmission !~out_of_order !~ambiguous;" FILLED},
{"a hole filled late, sent early by its IP identification", HS IDS "+900 c PA 151+10 501 id=26 E/E !out_of_order !~ambiguous;" FILLED},
{"a hole filled soon, sent late by its IP identification", HS IDS "+1 c PA 151+10 501 id=28 E/E !retransmission !~ambiguous;" FILLED},
{"a hole filled, IP identification no counter", HS IDS "+900 c PA 151+10 501 id=9999 E/E !retransmission !ambiguous;" FILLED},
{"sent again soon: captured before, so no reordering", HS "c PA 101+10 501 E/E; c PA 111+10 501 E/E; +1 c PA 101+10 501 E/E !retransmission !~out_of_order;" FILLED},
/* What no kernel does. */
{"RST in TIME_WAIT", OPEN BYE "s R 781 C/C;" "= 3-way 4-way client client SF ShADadFfr"},
{"RST, then life goes on", OPEN "c RA 159 780 C/C; +1000 s PA 780+9 159 C/E; +1000 c PA 159+9 789 E/E; = 3-way open - - RSTO ShADadR"},
{"FIN out of window", OPEN "c FA 900159 780 E/E !out_of_window;" BYE SF},
{"data out of window", OPEN "s PA 900780+9 159 E/E !out_of_window;" BYE SF},
{"old FIN", OPEN "c FA 120 780 E/E;" BYE SF},
{"RST just before the window", OPEN "s R 779 E/E !rst_ignored;" BYE SF},
{"ACK of what was never sent", OPEN "+100 c A 159 900780 E/E !out_of_window;" BYE SF},
{"timestamps: old duplicate", "c S 100 ts=10,0 SS/SR; s SA 500 101 ts=70,10 E/SR; c A 101 501 ts=20,70 E/E; c PA 101+9 501 ts=90,70 E/E;"
	"s A 501 110 ts=80,90 E/E; c FA 110 501 ts=30,70 F1/E !out_of_window; = 3-way half-closed client - S2 ShADaF"},
{"timestamps: forged for want of one", "c S 100 ts=10,0 SS/SR; s SA 500 101 ts=70,10 E/SR; c A 101 501 ts=20,70 E/E;"
	"c FA 101 501 E/CW; = 3-way open - - S1 ShA"},
{"old timestamp echo", "c S 100 ts=10,0 SS/SR; s SA 500 101 ts=70,10 E/SR; c A 101 501 ts=30,70 E/E; +500 s A 501 101 ts=590,10 E/SR;"
	"= half-open none - - S1 ShAa"},
{"SACK: what is behind the hole has come", "c S 100 sack=ok SS/SR; s SA 500 101 sack=ok E/SR; c A 101 501 E/E; c A 101+100 501 E/E;"
	"c FA 201 501 F1/CW; s A 501 101 sack=201,202 F1/E; c A 101+100 501 F1/CW; = 3-way half-closed client - S2 ShADFaT"},
{"server refuses, caller insists", "c S 100 SS/SR; s RA 0 101 opt=no C/C; +500 c S 100 SS/C; s RA 0 101 opt=no C/C; = refused none - - REJ Sr"},
{"SYN with another ISN", "c S 100 SS/SR; +3000 c S 9000 SS/SR !reused_ports; = no-answer none - - S0 S; = no-answer none - - S0 S"},
{"window never seen to move", OPEN "c A 159+700 780 E/E; c A 859+700 780 E/E; c A 1559+700 780 E/E; c FA 2259 780 F1/CW; = 3-way half-closed client - S2 ShADadF"},
{"lost by the capture, then believed", OPEN "c A 90159+9 780 E/E; c A 90168+9 780 E/E; c A 90177+9 780 E/E; c A 90186+9 780 E/E !lost_segment; c FA 90195 780 F1/E;"
	"s A 780 90196 F2/CW; = 3-way half-closed client - S2 ShADadFG"},
};
/* clang-format on */

struct run {
	struct ni_tcp tcp[NCONNS];
	unsigned n;     /* connections begun */
	unsigned shown; /* … and compared */
	struct ni_tcp_pool pool;
	struct ni_tcp_env env;
	uint8_t state[2]; /* as the events tell it */
	int64_t now;
	uint64_t frame;
	const char *name;
	char line[256];
};

static const char *const brief[] = {"C", "L", "SS", "SR", "E", "F1", "F2", "CW", "CG", "LA", "TW"};

static void
see_change(void *ctx, enum ni_side side, enum ni_tcp_state from, enum ni_tcp_state to, unsigned why)
{
	struct run *r = ctx;
	(void)from;
	assert_true(to < NI_TCP_NSTATES);
	assert_string_not_equal(ni_tcp_why_text(why), "?");
	assert_non_null(ni_tcp_why_ref(why));
	(void)ni_tcp_why_inferred(why);
	r->state[side] = (uint8_t)to;
}

static unsigned
state_by_name(const char *s, size_t n)
{
	for (unsigned i = 0; i < NI_TCP_NSTATES; i++)
		if (strlen(brief[i]) == n && !strncmp(brief[i], s, n))
			return i;
	fail_msg("no state %s", s);
	return 0;
}

static void
put32(uint8_t *p, uint32_t v)
{
	for (int i = 3; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}

/* Write the option that a token asks for; returns how many bytes there are now. */
static uint8_t
add_option(uint8_t *o, uint8_t n, const char *token)
{
	static const uint8_t ts[4] = {1, 1, 8, 10};
	static const uint8_t sack[4] = {1, 1, 5, 10};
	static const uint8_t sack_ok[4] = {4, 2, 1, 1};
	char *comma;

	if (!strcmp(token, "sack=ok")) {
		memcpy(o + n, sack_ok, sizeof(sack_ok));
		return (uint8_t)(n + 4);
	}
	memcpy(o + n, *token == 't' ? ts : sack, sizeof(ts));
	put32(o + n + 4, (uint32_t)strtoul(strchr(token, '=') + 1, &comma, 10));
	put32(o + n + 8, (uint32_t)strtoul(comma + 1, NULL, 10));
	return (uint8_t)(n + 12);
}

static void
begin(struct run *r, struct ni_tcp_in *in)
{
	assert_true(r->n < NCONNS);
	struct ni_tcp *t = &r->tcp[r->n];
	memset(t, 0, sizeof(*t));
	t->c.port[0] = 40000;
	t->c.port[1] = 80;
	ni_tcp_init(t, in, r->n ? t - 1 : NULL);
	memcpy(r->state, t->c.state, 2);
	r->n++;
}

static void
check_marks(const struct run *r, const struct ni_tcp_out *out, char **save)
{
	for (char *m = strtok_r(NULL, " ", save); m; m = strtok_r(NULL, " ", save)) {
		unsigned i = 0;
		unsigned not = m[1] == '~';
		while (i < NI_NMARKS && strcmp(m + 1 + not, ni_mark_name(i)) != 0)
			i++;
		if (i == NI_NMARKS || (out->marks >> i & 1) == not)
			fail_msg("%s: %s: not %s: %x", r->name, r->line, m, out->marks);
	}
}

static void
check_states(const struct run *r, const struct ni_tcp_out *out, const char *want)
{
	const char *slash = strchr(want, '/');
	assert_non_null(slash);
	unsigned a = state_by_name(want, (size_t)(slash - want));
	unsigned b = state_by_name(slash + 1, strlen(slash + 1));
	if (a == NI_TCP_LISTEN && out->state[0] == NI_TCP_CLOSED)
		a = NI_TCP_CLOSED;
	if (b <= NI_TCP_LISTEN && out->state[1] <= NI_TCP_LISTEN)
		b = out->state[1];
	if (out->state[0] != a || out->state[1] != b)
		fail_msg("%s: %s: got %s/%s", r->name, r->line, brief[out->state[0]],
			 brief[out->state[1]]);
	assert_memory_equal(out->state, r->state, 2);
}

static const char *
dash(const char *s)
{
	return *s ? s : "-";
}

static void
expect_conn(struct run *r)
{
	char got[256];
	assert_true(r->shown < r->n);
	struct ni_tcp *t = &r->tcp[r->shown];
	bool last = ++r->shown == r->n;
	ni_tcp_finish(t, last ? NI_TCP_END_CAPTURE : NI_TCP_END_REPLACED, &r->env);
	snprintf(got, sizeof(got), "= %s %s %s %s %s %s", ni_conn_open_name(t->c.open),
		 ni_conn_close_name(t->c.close), dash(ni_side_name(t->c.closed_first)),
		 dash(ni_side_name(t->c.time_wait)), ni_conn_zeek_state(&t->c), dash(t->c.history));
	if (strcmp(got, r->line) != 0)
		fail_msg("%s: wanted %s\n got %s", r->name, r->line, got);
	opens_seen |= 1u << t->c.open;
	closes_seen |= 1u << t->c.close;
	for (unsigned i = 0; i < NI_NMARKS; i++)
		marks_seen |= t->c.marks[i] ? 1u << i : 0;
}

static uint16_t
flag_of(char c)
{
	switch (c) {
	case 'F':
		return NI_TH_FIN;
	case 'S':
		return NI_TH_SYN;
	case 'R':
		return NI_TH_RST;
	case 'P':
		return NI_TH_PSH;
	case 'A':
		return NI_TH_ACK;
	default:
		return 0;
	}
}

static void
play_line(struct run *r, const char *line)
{
	uint8_t opts[40] = {2, 4, 5, 180};
	struct ni_tcp_in in = {.win = 1000, .opts = opts};
	struct ni_tcp_out out;
	char text[256];
	char *save = NULL;
	unsigned long ms = 10;

	snprintf(r->line, sizeof(r->line), "%s", line);
	if (*line == '=') {
		expect_conn(r);
		return;
	}
	snprintf(text, sizeof(text), "%s", line);
	char *tok = strtok_r(text, " ", &save);
	if (*tok == '+') {
		ms = strtoul(tok, NULL, 10);
		tok = strtok_r(NULL, " ", &save);
	}
	in.dir = *tok == 's';
	for (char *f = strtok_r(NULL, " ", &save); *f; f++)
		in.flags |= flag_of(*f);
	char *plus;
	in.seq = (uint32_t)strtoul(strtok_r(NULL, " ", &save), &plus, 10);
	in.len = *plus ? (uint32_t)strtoul(plus, NULL, 10) : 0;
	if (in.flags & NI_TH_ACK)
		in.ack = (uint32_t)strtoul(strtok_r(NULL, " ", &save), NULL, 10);
	in.optlen = in.flags & NI_TH_SYN ? 4 : 0;
	in.ip_id = (uint16_t)(ms ? r->frame + 1 : r->frame);
	for (tok = strtok_r(NULL, " ", &save); strchr(tok, '='); tok = strtok_r(NULL, " ", &save)) {
		if (!strncmp(tok, "win=", 4))
			in.win = (uint16_t)strtoul(tok + 4, NULL, 10);
		else if (!strncmp(tok, "id=", 3))
			in.ip_id = (uint16_t)strtoul(tok + 3, NULL, 10);
		else
			in.optlen = strcmp(tok, "opt=no") ? add_option(opts, in.optlen, tok) : 0;
	}
	in.ts_ns = r->now += (int64_t)ms * 1000000;
	in.frame = ++r->frame;
	in.ip_len = in.len + 40;
	if (!r->n)
		begin(r, &in);
	if (ni_tcp_track(&r->tcp[r->n - 1], &in, &out, &r->env) == NI_TRACK_NEW) {
		begin(r, &in);
		assert_int_equal(ni_tcp_track(&r->tcp[r->n - 1], &in, &out, &r->env), NI_TRACK_OK);
	}
	check_states(r, &out, tok);
	check_marks(r, &out, &save);
}

static void
play(const char *name, const char *text, bool thorough, struct run *r)
{
	char copy[TEXT];
	char *save = NULL;
	memset(r, 0, sizeof(*r));
	r->name = name;
	r->now = 1000000000;
	ni_tcp_pool_init(&r->pool, segs, NSEGS);
	r->env = (struct ni_tcp_env){
	    .pool = &r->pool, .emit = see_change, .ctx = r, .thorough = thorough};
	snprintf(copy, sizeof(copy), "%s", text);
	for (char *l = strtok_r(copy, ";", &save); l; l = strtok_r(NULL, ";", &save)) {
		while (*l == ' ')
			l++;
		if (*l)
			play_line(r, l);
	}
	assert_int_equal(r->shown, r->n);
	assert_int_equal(r->pool.used, 0);
	assert_int_equal(r->pool.missed, 0);
}

static void
test_scripts(void **state)
{
	static struct run r;
	(void)state;
	for (unsigned i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		play(scripts[i].name, scripts[i].text, true, &r);
		play(scripts[i].name, scripts[i].text, false, &r);
	}
}

/* The segments a person would write on a blackboard, and how long it took. */
static void
test_steps(void **state)
{
	static struct run r;
	(void)state;
	play("steps", OPEN BYE SF, false, &r);
	const struct ni_conn *c = &r.tcp[0].c;
	static const uint64_t closing[NI_CLOSE_STEPS] = {8, 9, 10, 11};
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(c->opening[i].frame, i + 1);
	assert_int_equal(c->opening[3].frame, 0);
	assert_int_equal(c->opening[1].seq, 500);
	assert_int_equal(c->opening[1].ack, 101);
	assert_int_equal(c->opening[1].flags, NI_TH_SYN | NI_TH_ACK);
	assert_int_equal(c->opening[2].side, NI_CLIENT);
	for (unsigned i = 0; i < NI_CLOSE_STEPS; i++)
		assert_int_equal(c->closing[i].frame, closing[i]);
	assert_int_equal(c->initial_rtt_ns, 20000000);
	assert_int_equal(c->data_bytes[NI_CLIENT], 58);
	assert_int_equal(c->data_bytes[NI_SERVER], 279);
	assert_int_equal(c->packets[NI_CLIENT], 6);
	assert_int_equal(c->ip_bytes[NI_SERVER], 5 * 40 + 279);
	assert_int_equal(c->mss[NI_SERVER], 1460);
	assert_int_equal(c->wscale[NI_CLIENT], NI_WSCALE_OFF);
	assert_true(c->flags & NI_CONN_ENDED);

	play("reset",
	     OPEN "c FA 159 780 F1/CW; s A 780 160 F2/CW; c RA 160 780 C/C;"
		  "= 3-way reset client - RSTO ShADadFR",
	     false, &r);
	assert_int_equal(c->closing[2].flags, NI_TH_RST | NI_TH_ACK);
	assert_int_equal(c->reset_by, NI_CLIENT);
	assert_int_equal(c->reset_state, NI_TCP_FIN_WAIT_2);
	assert_true(c->flags & NI_CONN_RST_AFTER_FIN);

	play("repeats",
	     "c S 100 SS/SR; +900 c S 100 SS/SR; s SA 500 101 E/SR; +900 s SA 500 101 E/SR;"
	     "c A 101 501 E/E; c FA 101 501 F1/CW; +300 c FA 101 501 F1/CW;"
	     "= 3-way half-closed client - S2 ShAF",
	     false, &r);
	assert_int_equal(c->syn_repeats, 1);
	assert_int_equal(c->synack_repeats, 1);
	assert_int_equal(c->fin_repeats, 1);
	assert_int_equal(c->opening[0].frame, 1);
}

/* Given up by the tracker's owner. */
static void
test_settle(void **state)
{
	static const struct {
		enum ni_tcp_end why;
		unsigned close, flag;
	} ends[] = {{NI_TCP_END_IDLE, NI_CLOSE_TIMEOUT, 0},
		    {NI_TCP_END_EVICTED, NI_CLOSE_TIMEOUT, NI_CONN_EVICTED},
		    {NI_TCP_END_REPLACED, NI_CLOSE_TIMEOUT, NI_CONN_REPLACED},
		    {NI_TCP_END_CAPTURE, NI_CLOSE_OPEN, 0}};
	static struct run r;
	(void)state;
	for (unsigned i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		play("settle", HS "= 3-way open - - S1 ShA", false, &r);
		r.tcp[0].c.close = NI_CLOSE_OPEN;
		r.tcp[0].c.flags = 0;
		ni_tcp_settle(&r.tcp[0], ends[i].why);
		assert_int_equal(r.tcp[0].c.close, ends[i].close);
		assert_int_equal(r.tcp[0].c.flags, ends[i].flag);
		assert_true(ni_tcp_idle_limit(&r.tcp[0]) > (int64_t)7200 * 1000000000);
	}
	play("no answer", "c S 100 SS/SR; = no-answer none - - S0 S", false, &r);
	assert_int_equal(ni_tcp_idle_limit(&r.tcp[0]), (int64_t)130 * 1000000000);
	play("closed", OPEN BYE SF, false, &r);
	assert_int_equal(ni_tcp_idle_limit(&r.tcp[0]), (int64_t)120 * 1000000000);
}

static void
test_originator(void **state)
{
	bool guessed;
	(void)state;
	assert_int_equal(ni_tcp_guess_originator(NI_TH_SYN, 80, 40000, &guessed), NI_CLIENT);
	assert_false(guessed);
	assert_int_equal(ni_tcp_guess_originator(NI_TH_SYN | NI_TH_ACK, 40000, 80, &guessed),
			 NI_SERVER);
	assert_false(guessed);
	assert_int_equal(ni_tcp_guess_originator(NI_TH_ACK, 80, 40000, &guessed), NI_SERVER);
	assert_true(guessed);
	assert_int_equal(ni_tcp_guess_originator(NI_TH_ACK, 40000, 80, &guessed), NI_CLIENT);
}

static void
test_names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < NI_TCP_NSTATES; i++)
		assert_string_not_equal(ni_tcp_state_name(i), "?");
	assert_string_equal(ni_tcp_state_name(NI_TCP_SYN_RECEIVED), "SYN_RECEIVED");
	assert_string_equal(ni_tcp_state_name(NI_TCP_NSTATES), "?");
	assert_string_equal(ni_conn_open_name(NI_OPEN_NKINDS), "?");
	assert_string_equal(ni_conn_close_name(NI_CLOSE_NKINDS), "?");
	assert_string_equal(ni_side_name(NI_BOTH), "both");
	assert_string_equal(ni_side_name(7), "?");
	assert_string_equal(ni_mark_name(NI_MARK_SEQ_WRAP), "seq_wrap");
	assert_string_equal(ni_mark_name(NI_NMARKS), "?");
	assert_string_equal(ni_tcp_why_text(9999), "?");
	assert_string_equal(ni_tcp_why_ref(9999), "");
	assert_false(ni_tcp_why_inferred(9999));
}

/* Every word and every mark came up in some script. */
static void
test_every_word(void **state)
{
	(void)state;
	for (unsigned i = NI_OPEN_NONE + 1; i < NI_OPEN_NKINDS; i++)
		if (!(opens_seen >> i & 1))
			fail_msg("no script opens %s", ni_conn_open_name(i));
	for (unsigned i = 0; i < NI_CLOSE_NKINDS; i++)
		if (!(closes_seen >> i & 1))
			fail_msg("no script closes %s", ni_conn_close_name(i));
	for (unsigned i = 0; i < NI_NMARKS; i++)
		if (!(marks_seen >> i & 1))
			fail_msg("no script has %s", ni_mark_name(i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_scripts), cmocka_unit_test(test_steps),
	    cmocka_unit_test(test_settle),  cmocka_unit_test(test_originator),
	    cmocka_unit_test(test_names),   cmocka_unit_test(test_every_word),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
