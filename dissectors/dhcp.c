/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * BOOTP and DHCP: RFC 951, RFC 2131 2, RFC 2132 (options)
 *
 * OFFSET SIZE FIELD
 *      0    1 message type             1 request, 2 reply
 *      1    1 hardware type
 *      2    1 hardware address length
 *      3    1 hops
 *      4    4 transaction id
 *      8    2 seconds since the client began
 *     10    2 flags                    broadcast 1
 *     12    4 client's address, if it has one
 *     16    4 your address, as the server gives it
 *     20    4 next server's address
 *     24    4 relay agent's address
 *     28   16 client's hardware address
 *     44   64 server's name            or options (option 52)
 *    108  128 boot file                or options (option 52)
 *    236    4 99.130.83.99: options follow; anything else: 64 bytes of the vendor's own
 *    240      options: code 1, length 1, value; 0 pads, 255 ends
 *
 * The files: dhcp_fields.c the field table, dhcp_option.c the table of options, dhcp_special.c the
 * options with a structure, dhcp_labels.c names of numbers.
 */
#include "dhcp.h"
#include "i18n.h"

#include <string.h>

enum {
	OFF_CHADDR = 28,
	CHADDR = 16,
	OFF_SNAME = 44,
	SNAME = 64,
	OFF_FILE = 108,
	FILE_NAME = 128,
	OFF_COOKIE = 236,
	COOKIE = 0x63825363,
	PROXY_PORT = 4011,
	OVERLOAD_FILE = 1,
	OVERLOAD_SNAME = 2,
};

static const struct ni_note_def note_length = {
    "dhcp.option_exceeds_message", N_("an option's length exceeds what is left of the message"),
    "RFC 2132 2", NI_ERROR};
static const struct ni_note_def note_value = {
    "dhcp.option_length", N_("an option has a length that its kind cannot have"), "RFC 2132",
    NI_WARN};
static const struct ni_note_def note_end = {
    "dhcp.no_end", N_("the options do not end with the end option"), "RFC 2131 4.1", NI_NOTE};

/* What a look through all options finds. */
struct digest {
	enum ni_rc rc;
	int message;      /* option 53; -1: none */
	uint8_t overload; /* option 52 */
	bool misfit;      /* a length does not fit */
	bool ended;
};

/* Take the next option at @c, its code and length; pads are taken singly. False at the end. */
static bool
next_option(struct ni_cur *c, uint8_t *code, uint8_t *n)
{
	if (!ni_more(c))
		return false;
	*code = ni_take8(c);
	*n = 0;
	if (*code != DHCP_PAD && *code != DHCP_END)
		*n = ni_take8(c);
	return c->rc == NI_OK;
}

static void
scan(struct ni_cur c, struct digest *g)
{
	uint8_t code;
	uint8_t n;
	g->ended = false;
	while (next_option(&c, &code, &n)) {
		if (code == DHCP_END) {
			g->ended = true;
			return;
		}
		if (code == DHCP_PAD)
			continue;
		g->misfit |= !dhcp_option_fits(code, n);
		const uint8_t *p = ni_take(&c, n);
		if (p && n && code == DHCP_MESSAGE)
			g->message = p[0];
		if (p && n && code == DHCP_OVERLOAD)
			g->overload = p[0];
	}
	if (c.rc != NI_OK)
		g->rc = c.rc;
}

static struct ni_cur
part(struct ni_span s, uint32_t off, uint32_t n)
{
	struct ni_cur c = ni_cur(ni_clip(s, off + n));
	ni_skip(&c, off);
	return c;
}

/* Options behind the header, then those in the file name, then those in the server name. */
static struct digest
look(struct ni_span s)
{
	struct digest g = {.rc = NI_OK, .message = -1};
	if (s.cap < DHCP_HDR || ni_be32(s.p + OFF_COOKIE) != COOKIE)
		return g;
	scan(part(s, DHCP_HDR, s.len - DHCP_HDR), &g);
	bool ended = g.ended;
	enum ni_rc rc = g.rc;
	if (g.overload & OVERLOAD_FILE)
		scan(part(s, OFF_FILE, FILE_NAME), &g);
	if (g.overload & OVERLOAD_SNAME)
		scan(part(s, OFF_SNAME, SNAME), &g);
	g.ended = ended;
	g.rc = rc == NI_OK ? g.rc : rc;
	return g;
}

static enum ni_rc
decode(struct ni_dis *d, struct ni_layer *l, struct ni_span s)
{
	enum ni_rc rc = ni_need(s, DHCP_HDR);
	if (rc == NI_OK) {
		l->hdr = (uint16_t)(s.len < UINT16_MAX ? s.len : UINT16_MAX);
		if (ni_be32(s.p + OFF_COOKIE) != COOKIE)
			return s.cap < s.len ? NI_TRUNCATED : NI_OK;
		struct digest g = look(s);
		rc = g.rc;
		if (rc == NI_MALFORMED && !(l->flags & NI_L_QUOTED))
			ni_note(d, l, &note_length);
		if (g.misfit)
			ni_note(d, l, &note_value);
		if (rc == NI_OK && !g.ended && s.cap == s.len)
			ni_note(d, l, &note_end);
	}
	return rc == NI_MALFORMED && l->flags & NI_L_QUOTED ? NI_TRUNCATED : rc;
}

static bool
is_mac(uint8_t type, uint8_t len)
{
	return (type == 1 || type == 6) && len == 6;
}

static void
put_hardware(struct ni_walk *w, struct ni_span s)
{
	if (s.cap < OFF_CHADDR + 1)
		return;
	uint8_t len = s.p[2];
	bool mac = is_mac(s.p[1], len);
	uint32_t n = len < CHADDR ? len : CHADDR;
	if (n)
		ni_put_bytes(w, &dhcp_fields[mac ? H_HW_MAC : H_HW_ADDR], OFF_CHADDR, n);
	if (n && n < CHADDR && s.cap >= OFF_CHADDR + CHADDR)
		ni_put_bytes(w, &dhcp_fields[H_HW_PADDING], OFF_CHADDR + n, CHADDR - n);
}

/* A name that ends at its first NUL or fills its space. */
static void
put_name(struct ni_walk *w, unsigned f, struct ni_span s, uint32_t off, uint32_t n)
{
	if (s.cap < off + n || !s.p[off])
		return;
	const uint8_t *end = memchr(s.p + off, 0, n);
	ni_put_bytes(w, &dhcp_fields[f], off, end ? (uint32_t)(end - s.p) - off : n);
}

/* A run of pads is one line. */
static void
put_padding(struct ni_walk *w, struct ni_cur *c)
{
	uint32_t off = c->off - 1;
	while (ni_more(c) && c->off < c->cap && c->p[c->off] == DHCP_PAD)
		ni_take8(c);
	ni_put_uint(w, &dhcp_fields[H_OPTION], off, 1, DHCP_PAD);
	ni_put_bytes(w, &dhcp_fields[H_PADDING], off, c->off - off);
}

static void
put_option(struct ni_walk *w, struct ni_cur *c, uint8_t code, uint8_t n)
{
	ni_put_uint(w, &dhcp_fields[H_OPTION], c->off - 2, 1, code);
	ni_put_uint(w, &dhcp_fields[H_LENGTH], c->off - 1, 1, n);
	dhcp_option_walk(w, code, c, n);
	ni_skip(c, n);
}

/* @depth levels deeper than usual. */
static void
walk_options(struct ni_walk *w, struct ni_cur c, uint8_t depth)
{
	uint8_t code = DHCP_PAD;
	uint8_t n;
	w->depth = (uint8_t)(w->depth + depth);
	while (next_option(&c, &code, &n)) {
		if (code == DHCP_PAD) {
			put_padding(w, &c);
		} else if (code == DHCP_END) {
			ni_put_uint(w, &dhcp_fields[H_OPTION], c.off - 1, 1, code);
			ni_put_uint(w, &dhcp_fields[H_END], c.off - 1, 1, code);
			break;
		} else {
			put_option(w, &c, code, n);
		}
	}
	if (code == DHCP_END && !depth && ni_more(&c) && c.off < c.cap)
		ni_put_bytes(w, &dhcp_fields[H_PADDING], c.off, ni_left(&c));
	w->depth = (uint8_t)(w->depth - depth);
}

static void
walk(struct ni_walk *w)
{
	struct ni_span s = ni_layer_span(w->dis, w->layer);
	struct digest g = look(s);
	ni_put_range(w, &dhcp_fields[H_TYPE], &dhcp_fields[H_GIADDR]);
	put_hardware(w, s);
	if (!(g.overload & OVERLOAD_SNAME))
		put_name(w, H_SERVER, s, OFF_SNAME, SNAME);
	if (!(g.overload & OVERLOAD_FILE))
		put_name(w, H_FILE, s, OFF_FILE, FILE_NAME);
	if (s.cap < DHCP_HDR)
		return;
	if (ni_be32(s.p + OFF_COOKIE) != COOKIE) {
		ni_put_bytes(w, &dhcp_fields[H_VENDOR], OFF_COOKIE, s.len - OFF_COOKIE);
		return;
	}
	ni_put(w, &dhcp_fields[H_COOKIE]);
	walk_options(w, part(s, DHCP_HDR, s.len - DHCP_HDR), 0);
	if (g.overload & OVERLOAD_FILE) {
		ni_put_label(w, &dhcp_fields[H_OVERLOADED_FILE], OFF_FILE, FILE_NAME, NULL);
		walk_options(w, part(s, OFF_FILE, FILE_NAME), 1);
	}
	if (g.overload & OVERLOAD_SNAME) {
		ni_put_label(w, &dhcp_fields[H_OVERLOADED_SNAME], OFF_SNAME, SNAME, NULL);
		walk_options(w, part(s, OFF_SNAME, SNAME), 1);
	}
}

static void
summary_bootp(struct ni_span s, struct ni_buf *b)
{
	const char *op = ni_label_find(dhcp_l_ops, s.p[0]);
	if (!op) {
		ni_buf_fmt(b, "Unknown BOOTP message type (%u)", s.p[0]);
		return;
	}
	ni_buf_str(b, op);
	if (s.p[0] != 1)
		return;
	uint8_t n = s.p[2] < CHADDR ? s.p[2] : CHADDR;
	ni_buf_str(b, " from ");
	ni_buf_hexbytes(b, s.p + OFF_CHADDR, n, ':');
	ni_buf_str(b, " (");
	ni_buf_hexbytes(b, s.p + OFF_CHADDR, n, ':');
	ni_buf_c(b, ')');
}

static void
summary(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	struct ni_span s = ni_layer_span(d, l);
	struct digest g = look(s);
	if (s.cap < OFF_CHADDR + CHADDR)
		return;
	if (g.message < 0) {
		summary_bootp(s, b);
		return;
	}
	bool proxy = d->port[0] == PROXY_PORT || d->port[1] == PROXY_PORT;
	const char *name = ni_label_find(dhcp_l_messages, (unsigned)g.message);
	ni_buf_str(b, proxy ? "proxyDHCP " : "DHCP ");
	if (name)
		ni_buf_fmt(b, "%-8s", name);
	else
		ni_buf_fmt(b, "Unknown Message Type (0x%02x)", (unsigned)g.message);
	ni_buf_fmt(b, " - Transaction ID 0x%x", ni_be32(s.p + 4));
}

static void
headline(const struct ni_dis *d, const struct ni_layer *l, struct ni_buf *b)
{
	int message = look(ni_layer_span(d, l)).message;
	const char *name = message < 0 ? NULL : ni_label_find(dhcp_l_messages, (unsigned)message);
	if (name)
		ni_buf_fmt(b, " (%s)", name);
}

static const char *
column(const struct ni_dis *d, const struct ni_layer *l)
{
	return look(ni_layer_span(d, l)).message < 0 ? "BOOTP" : "DHCP";
}

static const struct ni_bind binds[] = {
    {NI_BY_UDP_PORT, 67},
    {NI_BY_UDP_PORT, 68},
    {NI_BY_UDP_PORT, PROXY_PORT},
    {NI_NTABLES, 0},
};

const struct ni_proto ni_proto_dhcp = {
    .key = "dhcp",
    .name = "DHCP",
    .title = "Dynamic Host Configuration Protocol",
    .ref = "RFC 2131",
    .fields = dhcp_fields,
    .binds = binds,
    .decode = decode,
    .walk = walk,
    .summary = summary,
    .headline = headline,
    .column = column,
};

const struct ni_proto *const ni_protos_dhcp[] = {&ni_proto_dhcp, NULL};
