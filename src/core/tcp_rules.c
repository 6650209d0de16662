/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state machine of RFC 9293 section 3.3.2 as an observer sees it: a table of rules. A segment
 * moves its sender (what it proves about who sent it) and then its receiver (what that makes of
 * it). Of the rules that fit the first one is taken, and the table is searched again from the new
 * state. docs/tcp-states.md is written from this table.
 */
#include "i18n.h"
#include "tcp_priv.h"

#define CLOSED       (1u << NI_TCP_CLOSED)
#define LISTEN       (1u << NI_TCP_LISTEN)
#define SYN_SENT     (1u << NI_TCP_SYN_SENT)
#define SYN_RECEIVED (1u << NI_TCP_SYN_RECEIVED)
#define ESTABLISHED  (1u << NI_TCP_ESTABLISHED)
#define FIN_WAIT_1   (1u << NI_TCP_FIN_WAIT_1)
#define FIN_WAIT_2   (1u << NI_TCP_FIN_WAIT_2)
#define CLOSE_WAIT   (1u << NI_TCP_CLOSE_WAIT)
#define CLOSING      (1u << NI_TCP_CLOSING)
#define LAST_ACK     (1u << NI_TCP_LAST_ACK)
#define TIME_WAIT    (1u << NI_TCP_TIME_WAIT)
#define NONE         (CLOSED | LISTEN)
#define SYNCED       (ESTABLISHED | FIN_WAIT_1 | FIN_WAIT_2 | CLOSE_WAIT | CLOSING | LAST_ACK | TIME_WAIT)

#define FIN NI_TH_FIN
#define SYN NI_TH_SYN
#define RST NI_TH_RST
#define ACK NI_TH_ACK

/* clang-format off */
const struct ni_tcp_rule ni_tcp_rules[] = {
/* What sending a segment proves. */
{NONE, NI_SENDS, SYN, ACK | RST | FIN, NI_TCP_SYN_SENT, false, NI_G_REAL,
	N_("asks to open"), "RFC 9293 3.10.1"},
{NONE, NI_SENDS, SYN | ACK, RST | FIN, NI_TCP_SYN_RECEIVED, true, NI_G_REAL,
	N_("answers a SYN that was not captured"), "RFC 9293 3.10.7.2"},
{NONE, NI_SENDS, ACK, SYN | RST, NI_TCP_ESTABLISHED, true, NI_G_MIDSTREAM,
	N_("is in the middle of a connection"), ""},
{NONE, NI_SENDS, ACK, SYN | RST, NI_TCP_ESTABLISHED, true, NI_G_COMPLETES,
	N_("completes the handshake, so its bare SYN was no probe"), "RFC 9293 3.10.7.3"},
{SYN_SENT, NI_SENDS, SYN | ACK, RST | FIN, NI_TCP_SYN_RECEIVED, false, 0,
	N_("answers a SYN that crossed its own"), "RFC 9293 3.10.7.3"},
{SYN_SENT, NI_SENDS, ACK, SYN | RST, NI_TCP_ESTABLISHED, true, NI_G_NEXT,
	N_("acknowledges a SYN,ACK that was not captured"), "RFC 9293 3.10.7.3"},
{SYN_RECEIVED, NI_SENDS, SYN, ACK | RST | FIN, NI_TCP_SYN_SENT, true, NI_G_FIRST_SYN | NI_G_REAL,
	N_("asks to open too: the SYNs cross"), "RFC 9293 3.5"},
{SYN_RECEIVED, NI_SENDS, ACK, SYN | RST, NI_TCP_ESTABLISHED, true, NI_G_PAST,
	N_("sends on, so the last ACK of the handshake has reached it"), "RFC 9293 3.10.7.4"},
{ESTABLISHED | SYN_RECEIVED, NI_SENDS, SYN, ACK | RST | FIN, NI_TCP_SYN_SENT, true, NI_G_MISSED_SYNACK,
	N_("asks again, so the SYN,ACK has not reached it"), "RFC 9293 3.8.1"},
{ESTABLISHED | CLOSE_WAIT, NI_SENDS, SYN | ACK, RST | FIN, NI_TCP_SYN_RECEIVED, true, NI_G_MISSED_ACK,
	N_("repeats its SYN,ACK, so the last ACK of the handshake has not reached it"), "RFC 9293 3.8.1"},
{ESTABLISHED | CLOSE_WAIT, NI_SENDS, ACK, SYN | RST, NI_TCP_SYN_RECEIVED, true, NI_G_OLD_ECHO,
	N_("echoes an older timestamp than the last ACK of the handshake had"), "RFC 7323 4.3"},
{SYNCED, NI_SENDS, SYN, ACK | RST | FIN, NI_TCP_SYN_SENT, true, NI_G_REDIAL,
	N_("has forgotten this connection and asks for a new one"), "RFC 9293 3.5.1"},
{NONE, NI_SENDS, 0, SYN | RST, NI_TCP_BEFORE, true, NI_G_ALIVE,
	N_("still sends, so what seemed to end it has not reached it"), ""},
{FIN_WAIT_1 | FIN_WAIT_2, NI_SENDS, ACK, SYN | RST, NI_TCP_ESTABLISHED, true, NI_G_NO_FIN,
	N_("sends on behind its FIN, so somebody else sent that"), "RFC 9293 3.10.4"},
{CLOSING | LAST_ACK | TIME_WAIT, NI_SENDS, ACK, SYN | RST, NI_TCP_CLOSE_WAIT, true, NI_G_NO_FIN,
	N_("sends on behind its FIN, so somebody else sent that"), "RFC 9293 3.10.4"},
{CLOSE_WAIT, NI_SENDS, ACK, RST, NI_TCP_ESTABLISHED, true, NI_G_BEYOND_FIN,
	N_("acknowledges more than the FIN, so it has not taken that"), "RFC 9293 3.10.7.4"},
{CLOSING, NI_SENDS, ACK, RST, NI_TCP_FIN_WAIT_1, true, NI_G_BEYOND_FIN,
	N_("acknowledges more than the FIN, so it has not taken that"), "RFC 9293 3.10.7.4"},
{TIME_WAIT, NI_SENDS, ACK, RST, NI_TCP_FIN_WAIT_2, true, NI_G_BEYOND_FIN,
	N_("acknowledges more than the FIN, so it has not taken that"), "RFC 9293 3.10.7.4"},
{ESTABLISHED, NI_SENDS, ACK, RST, NI_TCP_CLOSE_WAIT, true, NI_G_HAS_FIN,
	N_("acknowledges the FIN"), "RFC 9293 3.10.7.4"},
{FIN_WAIT_1, NI_SENDS, ACK, RST, NI_TCP_CLOSING, true, NI_G_HAS_FIN,
	N_("acknowledges the FIN"), "RFC 9293 3.10.7.4"},
{FIN_WAIT_2, NI_SENDS, ACK, RST, NI_TCP_TIME_WAIT, true, NI_G_HAS_FIN,
	N_("acknowledges the FIN"), "RFC 9293 3.10.7.4"},
{CLOSE_WAIT, NI_SENDS, ACK, RST, NI_TCP_ESTABLISHED, true, NI_G_MISSED_FIN,
	N_("acknowledges less than the FIN, so that has not reached it"), "RFC 9293 3.8.1"},
{CLOSING, NI_SENDS, ACK, RST, NI_TCP_FIN_WAIT_1, true, NI_G_MISSED_FIN,
	N_("acknowledges less than the FIN, so that has not reached it"), "RFC 9293 3.8.1"},
{TIME_WAIT, NI_SENDS, ACK, RST, NI_TCP_FIN_WAIT_2, true, NI_G_MISSED_FIN,
	N_("acknowledges less than the FIN, so that has not reached it"), "RFC 9293 3.8.1"},
{FIN_WAIT_2, NI_SENDS, FIN, RST, NI_TCP_FIN_WAIT_1, true, NI_G_MISSED_ACK,
	N_("repeats its FIN, so the ACK of it has not reached it"), "RFC 9293 3.8.1"},
{TIME_WAIT, NI_SENDS, FIN, RST, NI_TCP_CLOSING, true, NI_G_MISSED_ACK,
	N_("repeats its FIN, so the ACK of it has not reached it"), "RFC 9293 3.8.1"},
{CLOSE_WAIT, NI_SENDS, FIN, RST, NI_TCP_FIN_WAIT_1, false, NI_G_CROSSED,
	N_("closes while the other FIN is still on its way: they cross"), "RFC 9293 3.10.4"},
{ESTABLISHED | SYN_RECEIVED, NI_SENDS, FIN, RST, NI_TCP_FIN_WAIT_1, false, 0,
	N_("closes"), "RFC 9293 3.10.4"},
{CLOSE_WAIT, NI_SENDS, FIN, RST, NI_TCP_LAST_ACK, false, 0,
	N_("closes too"), "RFC 9293 3.10.4"},
{SYN_RECEIVED, NI_SENDS, RST | ACK, SYN, NI_TCP_CLOSED, true, NI_G_REFUSES,
	N_("refuses: nobody listens there"), "RFC 9293 3.10.7.1"},
{SYN_RECEIVED | SYNCED, NI_SENDS, RST, SYN, NI_TCP_CLOSED, false, NI_G_GENUINE,
	N_("resets"), "RFC 9293 3.10.5"},
/* What being given a segment does. */
{LISTEN, NI_GETS, SYN, ACK | RST | FIN, NI_TCP_SYN_RECEIVED, false, 0,
	N_("is asked to open"), "RFC 9293 3.10.7.2"},
{NONE, NI_GETS, SYN | ACK, RST | FIN, NI_TCP_ESTABLISHED, true, NI_G_MIDSTREAM | NI_G_REAL,
	N_("is answered, so it sent a SYN that was not captured"), "RFC 9293 3.10.7.3"},
{NONE, NI_GETS, ACK, SYN | RST, NI_TCP_ESTABLISHED, true, NI_G_MIDSTREAM,
	N_("is in the middle of a connection"), ""},
{SYN_SENT, NI_GETS, SYN | ACK, RST | FIN, NI_TCP_ESTABLISHED, false, NI_G_ACKS_SYN,
	N_("gets the SYN,ACK for its SYN"), "RFC 9293 3.10.7.3"},
{SYN_SENT, NI_GETS, SYN, ACK | RST | FIN, NI_TCP_SYN_RECEIVED, false, 0,
	N_("gets a SYN that crossed its own"), "RFC 9293 3.10.7.3"},
{SYN_SENT, NI_GETS, RST | ACK, 0, NI_TCP_CLOSED, false, NI_G_ACKS_SYN,
	N_("is refused"), "RFC 9293 3.10.7.3"},
{SYN_RECEIVED, NI_GETS, RST, 0, NI_TCP_LISTEN, false, NI_G_RST_OK,
	N_("is reset before it was open and waits for the next SYN"), "RFC 9293 3.10.7.4"},
{SYN_RECEIVED, NI_GETS, ACK, RST, NI_TCP_ESTABLISHED, false, NI_G_ACKS_SYN,
	N_("gets the ACK of its SYN"), "RFC 9293 3.10.7.4"},
{SYNCED, NI_GETS, RST, 0, NI_TCP_CLOSED, false, NI_G_RST_OK,
	N_("is reset"), "RFC 9293 3.10.7.4, RFC 5961 3.2"},
{FIN_WAIT_1, NI_GETS, ACK, SYN | RST, NI_TCP_FIN_WAIT_2, false, NI_G_ACKS_FIN,
	N_("gets the ACK of its FIN"), "RFC 9293 3.10.7.4"},
{FIN_WAIT_2, NI_GETS, ACK, SYN | RST, NI_TCP_CLOSED, true, NI_G_ORPHAN,
	N_("gets data that nobody is left to read"), "RFC 9293 3.6.1"},
{CLOSING, NI_GETS, ACK, SYN | RST, NI_TCP_TIME_WAIT, false, NI_G_ACKS_FIN,
	N_("gets the ACK of its FIN"), "RFC 9293 3.10.7.4"},
{LAST_ACK, NI_GETS, ACK, SYN | RST, NI_TCP_CLOSED, false, NI_G_ACKS_FIN,
	N_("gets the ACK of its FIN"), "RFC 9293 3.10.7.4"},
{ESTABLISHED, NI_GETS, 0, SYN | RST, NI_TCP_CLOSE_WAIT, false, NI_G_FIN_IN,
	N_("gets the FIN"), "RFC 9293 3.10.7.4"},
{FIN_WAIT_1, NI_GETS, 0, SYN | RST, NI_TCP_CLOSING, false, NI_G_FIN_IN,
	N_("gets the FIN, its own not yet acknowledged"), "RFC 9293 3.10.7.4"},
{FIN_WAIT_2, NI_GETS, 0, SYN | RST, NI_TCP_TIME_WAIT, false, NI_G_FIN_IN,
	N_("gets the FIN"), "RFC 9293 3.10.7.4"},
};
/* clang-format on */

const unsigned ni_tcp_nrules = sizeof(ni_tcp_rules) / sizeof(ni_tcp_rules[0]);

static const struct {
	uint32_t guard;
	const char *text;
} guard_texts[] = {
    {NI_G_REAL, "it has an MSS option, as every kernel's SYN does and a probe's often does not, or "
		"is repeated as a kernel does"},
    {NI_G_FIRST_SYN, "it is this side's first SYN"},
    {NI_G_MISSED_SYNACK,
     "it repeats its SYN though a SYN,ACK was there in time, and sent nothing since"},
    {NI_G_MISSED_ACK, "it repeats what was acknowledged in time for it to know"},
    {NI_G_MISSED_FIN, "it does not acknowledge a FIN that was there in time"},
    {NI_G_BEYOND_FIN, "it acknowledges data behind the FIN that its sender was given"},
    {NI_G_NO_FIN, "it carries data behind a FIN of its sender that nobody has acknowledged"},
    {NI_G_OLD_ECHO, "the last ACK of the handshake was there in time to be echoed"},
    {NI_G_REDIAL, "it has another ISN and the options of this host's own SYN"},
    {NI_G_NEXT, "its sequence number follows the SYN"},
    {NI_G_PAST, "it carries or acknowledges data, and Fast Open does not explain it"},
    {NI_G_HAS_FIN, "its acknowledgement covers the FIN"},
    {NI_G_CROSSED, "its acknowledgement does not cover a FIN that was seen too shortly before"},
    {NI_G_ALIVE, "it was sent after what ended this side should have reached it"},
    {NI_G_GENUINE, "its numbers are those its kernel would use"},
    {NI_G_REFUSES, "no SYN,ACK was seen, and it acknowledges the SYN"},
    {NI_G_MIDSTREAM, "nothing was captured of the handshake"},
    {NI_G_COMPLETES, "it is the next after a SYN and acknowledges the SYN,ACK"},
    {NI_G_ACKS_SYN, "it acknowledges this side's SYN"},
    {NI_G_ACKS_FIN, "it is acceptable and acknowledges this side's FIN"},
    {NI_G_FIN_IN, "everything up to and with the FIN has arrived"},
    {NI_G_RST_OK,
     "its sequence number is exactly the one expected (in SYN_RECEIVED: in the window)"},
    {NI_G_ORPHAN, "new data for a server that closed first and has read nothing since"},
};

const char *
ni_tcp_guard_text(enum ni_guard guard)
{
	for (unsigned i = 0; i < sizeof(guard_texts) / sizeof(guard_texts[0]); i++)
		if (guard_texts[i].guard == (uint32_t)guard)
			return guard_texts[i].text;
	return "?";
}

const char *
ni_tcp_why_text(unsigned why)
{
	return why < ni_tcp_nrules ? ni_tcp_rules[why].why : "?";
}

const char *
ni_tcp_why_ref(unsigned why)
{
	return why < ni_tcp_nrules ? ni_tcp_rules[why].ref : "";
}

bool
ni_tcp_why_inferred(unsigned why)
{
	return why < ni_tcp_nrules && ni_tcp_rules[why].inferred;
}
