/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes docs/tcp-states.md to the standard output, from the tracker's own table of rules. */
#include <stdio.h>

#include "tcp_priv.h"

static const char intro[] =
    "<!-- Written by src/core/tcp_states_doc.c from the table in src/core/tcp_rules.c. -->\n"
    "# TCP states, as netinspect infers them\n"
    "\n"
    "netinspect keeps the state of both ends of every TCP connection as their kernels would\n"
    "report it (RFC 9293 section 3.3.2). It sees segments, not sockets. Every segment first\n"
    "moves its sender, by what it proves about who sent it, and then its receiver, by what that\n"
    "makes of it. Of the rules below the first one that fits is taken, and the table is searched\n"
    "again from the new state until none fits.\n"
    "\n"
    "A rule marked *inferred* follows from the segment without having been seen to happen.\n"
    "\n"
    "## What cannot be seen\n"
    "\n"
    "- **Losses behind the observer.** A segment is taken for delivered until its receiver sends\n"
    "  what it would not have sent had it come: an acknowledgement that does not cover it, a\n"
    "  repeated SYN or FIN, an old timestamp echo. This counts only if there was time to know:\n"
    "  the segment must have been sent later than its sender's shortest response time after the\n"
    "  other one was seen. Timestamp options tell when it was sent; without them, what closely\n"
    "  follows another segment may have queued behind it.\n"
    "- **Who sent it.** A segment whose numbers or timestamps its sender cannot have used is\n"
    "  taken for forged: its sender does not move, its receiver does what RFC 5961 and RFC 7323\n"
    "  tell it to. Four in a row are believed: then part of the connection was not captured.\n"
    "- **Applications.** A FIN that cannot be sent yet (no window, data before it) has moved the\n"
    "  kernel to FIN_WAIT_1 or LAST_ACK already; a socket closed in SYN_SENT is gone without a\n"
    "  word. Nothing on the wire tells, until it does.\n"
    "- **close() or shutdown().** Both send a FIN. New data for a side in FIN_WAIT_2 is read\n"
    "  after shutdown() and answered with an RST after close(). Until the answer comes it is\n"
    "  taken to be read, except by a server that has answered all it was sent, in a FIN that\n"
    "  shows no data waiting: such servers close().\n"
    "- **Closed ports.** The receiver of a first SYN is taken to listen; the next segment tells.\n"
    "\n";

static const char outro[] =
    "## New connections on the same ports\n"
    "\n"
    "A SYN begins a new connection if its receiver would begin one: it is CLOSED or listens, or\n"
    "is in TIME_WAIT as the side that was called and the SYN is newer by its timestamp or\n"
    "sequence number (RFC 6191) or one minute has passed, or is in SYN_RECEIVED by assumption\n"
    "alone. In every other state it is answered with a challenge ACK and changes nothing (RFC\n"
    "5961 section 4). If its sender's own kernel seems to have sent it, that has forgotten the\n"
    "connection (RFC 9293 figure 9): it is SYN_SENT, its RST ends the old connection, and its\n"
    "next SYN begins the new one.\n"
    "\n"
    "## Where Wireshark 4.0 and Zeek differ\n"
    "\n"
    "Marks have the meaning of tcp.analysis.*, but for these:\n"
    "\n"
    "- An RST or SYN that the kernels ignore moves no number: Wireshark counts what follows a\n"
    "  forged RST as retransmission and begins a new stream, with new relative numbers, at a\n"
    "  forged SYN. The SYN of a host that forgot a connection still belongs to the old one.\n"
    "- The same frame captured twice is `duplicate_frame` and nothing else.\n"
    "- bytes_in_flight does not subtract SACK blocks that report duplicates (RFC 2883).\n"
    "- rto_frame is the oldest segment at or behind the repeated number, as Wireshark has it\n"
    "  since 4.2, not the oldest unacknowledged one.\n"
    "- An ACK field of 0 in an RST acknowledges nothing.\n"
    "\n"
    "conn_state and history follow Zeek's rules, but an ignored RST or SYN leaves no letter, a\n"
    "simultaneous open is one connection, and one SYN is not forgotten after five seconds.\n";

static void
states(unsigned from)
{
	const char *comma = "";
	for (unsigned s = 0; s < NI_TCP_NSTATES; s++) {
		if (!(from >> s & 1))
			continue;
		printf("%s%s", comma, ni_tcp_state_name(s));
		comma = ", ";
	}
}

static void
flags(const struct ni_tcp_rule *r)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
	    {NI_TH_SYN, "SYN"}, {NI_TH_FIN, "FIN"}, {NI_TH_RST, "RST"}, {NI_TH_ACK, "ACK"}};
	const char *sep = "";

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (r->set & names[i].bit) {
			printf("%s%s", sep, names[i].name);
			sep = ",";
		}
	if (!*sep)
		printf("any");
	sep = " without ";
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (r->clear & names[i].bit) {
			printf("%s%s", sep, names[i].name);
			sep = ", ";
		}
}

static void
rules(enum ni_tcp_act act)
{
	printf("| from | segment | if | to | that is, it … | RFC |\n"
	       "| --- | --- | --- | --- | --- | --- |\n");
	for (unsigned i = 0; i < ni_tcp_nrules; i++) {
		const struct ni_tcp_rule *r = &ni_tcp_rules[i];
		const char *sep = "";
		if (r->act != act)
			continue;
		printf("| ");
		states(r->from);
		printf(" | ");
		flags(r);
		printf(" | ");
		for (uint32_t g = 1; g; g <<= 1)
			if (r->guard & g) {
				printf("%s%s", sep, ni_tcp_guard_text((enum ni_guard)g));
				sep = "; ";
			}
		printf(" | %s | %s%s | %s |\n",
		       r->to == NI_TCP_BEFORE ? "the state before" : ni_tcp_state_name(r->to),
		       r->why, r->inferred ? " *(inferred)*" : "", r->ref);
	}
	printf("\n");
}

int
main(void)
{
	printf("%s## What sending a segment proves\n\n", intro);
	rules(NI_SENDS);
	printf("## What being given a segment does\n\n");
	rules(NI_GETS);
	printf("%s", outro);
	return fflush(stdout) ? 1 : 0;
}
