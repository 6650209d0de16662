/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PPP's control protocols, which all speak alike: LCP (RFC 1661), IPCP (RFC 1332), IPV6CP (RFC
 * 5072), CCP (RFC 1962), PAP (RFC 1334), CHAP (RFC 1994)
 *
 * OFFSET SIZE FIELD
 *      0    1 code
 *      1    1 identifier
 *      2    2 length, header included
 *      4  var options or data
 *
 * Not decoded: the options.
 */
#include "i18n.h"
#include "netinspect/proto.h"

enum { HDR = 4, PAP = 0xc023, CHAP = 0xc223 };

static const struct ni_note_def note_len = {
    "ppp.length", N_("the length of a PPP control packet does not fit into its frame"),
    "RFC 1661 5", NI_ERROR};

static const struct ni_label codes[] = {
    {1, 1, "Configuration Request"}, {2, 2, "Configuration Ack"},
    {3, 3, "Configuration Nak"},     {4, 4, "Configuration Reject"},
    {5, 5, "Termination Request"},   {6, 6, "Termination Ack"},
    {7, 7, "Code Reject"},           {8, 8, "Protocol Reject"},
    {9, 9, "Echo Request"},          {10, 10, "Echo Reply"},
    {11, 11, "Discard Request"},     {12, 12, "Identification"},
    {13, 13, "Time Remaining"},      {14, 14, "Reset Request"},
    {15, 15, "Reset Ack"},           {0, 0, NULL},
};

static const struct ni_label pap_codes[] = {
    {1, 1, "Authenticate-Request"},
    {2, 2, "Authenticate-Ack"},
    {3, 3, "Authenticate-Nak"},
    {0, 0, NULL},
};

static const struct ni_label chap_codes[] = {
    {1, 1, "Challenge"}, {2, 2, "Response"}, {3, 3, "Success"}, {4, 4, "Failure"}, {0, 0, NULL},
};

enum { F_CODE, F_IDENTIFIER, F_LENGTH };

/* clang-format off */
#define ROWS(prefix, names)                                                                        \
	[F_CODE] = {prefix ".code", "Code", NI_U8, NI_DEC, .flags = NI_F_FIXED,                    \
		.off = 0, .len = 1, .labels = (names), .ref = "RFC 1661 5"},                       \
	[F_IDENTIFIER] = {prefix ".identifier", "Identifier", NI_U8, NI_DEC_HEX,                   \
		.flags = NI_F_FIXED, .off = 1, .len = 1, .ref = "RFC 1661 5"},                     \
	[F_LENGTH] = {prefix ".length", "Length", NI_U16, NI_DEC, .flags = NI_F_FIXED,             \
		.off = 2, .len = 2, .ref = "RFC 1661 5"}

static const struct ni_field fields[] = {ROWS("ppp", codes), {0}};
static const struct ni_field pap_fields[] = {ROWS("pap", pap_codes), {0}};
static const struct ni_field chap_fields[] = {ROWS("chap", chap_codes), {0}};
/* clang-format on */

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need(s, HDR);
	if (rc != NI_OK)
		return rc;
	uint32_t len = ni_be16(s.p + 2);
	l->hdr = HDR;
	if (len < HDR || len > s.len) {
		ni_note(d, l, &note_len);
		return NI_OK;
	}
	l->len = len;
	l->hdr = (uint16_t)len;
	return NI_OK;
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	if (!s.cap)
		return;
	const char *name = ni_label_find(ni_layer_proto(d, l)->fields[F_CODE].labels, s.p[0]);
	if (name)
		ni_buf_str(b, name);
	else
		ni_buf_fmt(b, "Unknown code %u", s.p[0]);
}

static const struct ni_bind lcp_binds[] = {{NI_BY_PPP, 0xc021}, {NI_NTABLES, 0}};
static const struct ni_bind ipcp_binds[] = {{NI_BY_PPP, 0x8021}, {NI_NTABLES, 0}};
static const struct ni_bind ipv6cp_binds[] = {{NI_BY_PPP, 0x8057}, {NI_NTABLES, 0}};
static const struct ni_bind ccp_binds[] = {{NI_BY_PPP, 0x80fd}, {NI_NTABLES, 0}};
static const struct ni_bind pap_binds[] = {{NI_BY_PPP, PAP}, {NI_NTABLES, 0}};
static const struct ni_bind chap_binds[] = {{NI_BY_PPP, CHAP}, {NI_NTABLES, 0}};

#define CONTROL(k, n, t, r, b, f)                                                                  \
	{                                                                                          \
		.key = (k), .name = (n), .title = (t), .ref = (r), .fields = (f), .binds = (b),    \
		.decode = decode, .summary = summary                                               \
	}

static const struct ni_proto lcp =
    CONTROL("lcp", "PPP LCP", "PPP Link Control Protocol", "RFC 1661", lcp_binds, fields);
static const struct ni_proto ipcp =
    CONTROL("ipcp", "PPP IPCP", "PPP IP Control Protocol", "RFC 1332", ipcp_binds, fields);
static const struct ni_proto ipv6cp =
    CONTROL("ipv6cp", "PPP IPV6CP", "PPP IPv6 Control Protocol", "RFC 5072", ipv6cp_binds, fields);
static const struct ni_proto ccp =
    CONTROL("ccp", "PPP CCP", "PPP Compression Control Protocol", "RFC 1962", ccp_binds, fields);
static const struct ni_proto pap = CONTROL("pap", "PPP PAP", "PPP Password Authentication Protocol",
					   "RFC 1334", pap_binds, pap_fields);
static const struct ni_proto chap =
    CONTROL("chap", "PPP CHAP", "PPP Challenge Handshake Authentication Protocol", "RFC 1994",
	    chap_binds, chap_fields);

const struct ni_proto *const ni_protos_ppp_control[] = {&lcp, &ipcp, &ipv6cp, &ccp,
							&pap, &chap, NULL};
