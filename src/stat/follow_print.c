/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How -z follow is written, byte for byte as tshark does. */
#include "follow.h"

#include <string.h>

enum { ROW = 16, PIECE = 4096 };

static const char line[] = "===================================================================\n";

static void
ip(struct ni_buf *b, const struct ni_addr *a)
{
	if (a->len == 4)
		ni_buf_ip4(b, a->b);
	else if (a->len == 16)
		ni_buf_ip6(b, a->b);
}

/* One direction of the filter that two ends make. */
static void
one_way(struct ni_buf *b, const struct follow_what *w, unsigned from)
{
	const struct follow_end *s = &w->end[from];
	const struct follow_end *d = &w->end[!from];
	const char *net = s->addr.len == 4 ? "ip" : "ipv6";
	const char *proto = w->ipproto == 17 ? "udp" : "tcp";
	ni_buf_fmt(b, "((%s.src eq ", net);
	ip(b, &s->addr);
	ni_buf_fmt(b, " and %s.srcport eq %u) and (%s.dst eq ", proto, s->port, net);
	ip(b, &d->addr);
	ni_buf_fmt(b, " and %s.dstport eq %u))", proto, d->port);
}

void
ni_follow_head(struct ni_out *out, const struct follow_what *w, const struct follow_end *node)
{
	static const char *const modes[] = {"ascii", "hex", "raw"};
	struct ni_buf *b = &out->b;
	ni_buf_fmt(b, "\n%sFollow: %s,%s\nFilter: ", line, w->proto, modes[w->mode]);
	if (w->by_ends) {
		one_way(b, w, 0);
		ni_buf_str(b, " or ");
		one_way(b, w, 1);
	} else {
		ni_buf_fmt(b, "%s.stream eq %u", w->ipproto == 17 ? "udp" : "tcp", w->stream);
	}
	for (unsigned i = 0; i < 2; i++) {
		bool six = node[i].addr.len == 16;
		ni_buf_fmt(b, "\nNode %u: %s", i, six ? "[" : "");
		ip(b, &node[i].addr);
		ni_buf_fmt(b, "%s:%u", six ? "]" : "", node[i].port);
	}
	ni_buf_c(b, '\n');
	ni_out_line(out);
}

void
ni_follow_tail(struct ni_out *out)
{
	ni_buf_str(&out->b, line);
	ni_out_line(out);
}

static char
printable(uint8_t c)
{
	return (char)(c >= 0x20 && c < 0x7f ? c : '.');
}

static void
row(struct ni_buf *b, unsigned from, uint64_t offset, const uint8_t *p, size_t n)
{
	if (from)
		ni_buf_c(b, '\t');
	ni_buf_fmt(b, "%08llX  ", (unsigned long long)offset);
	for (size_t i = 0; i < ROW; i++) {
		if (i == ROW / 2)
			ni_buf_c(b, ' ');
		if (i < n)
			ni_buf_fmt(b, "%02x ", p[i]);
		else
			ni_buf_str(b, "   ");
	}
	ni_buf_c(b, ' ');
	for (size_t i = 0; i < n; i++) {
		ni_buf_c(b, printable(p[i]));
		if (i == ROW / 2 - 1)
			ni_buf_c(b, ' ');
	}
	if (b->len && b->p[b->len - 1] == ' ')
		b->len--; /* one, as tshark */
	ni_buf_c(b, '\n');
}

static void
text(struct ni_buf *b, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool as_is = p[i] == '\n' || p[i] == '\r';
		ni_buf_c(b, (char)(as_is ? p[i] : printable(p[i])));
	}
}

void
ni_follow_chunk(struct ni_out *out, enum follow_mode mode, unsigned from, uint64_t offset,
		const uint8_t *p, size_t n)
{
	struct ni_buf *b = &out->b;
	if (mode == FOLLOW_ASCII)
		ni_buf_fmt(b, "%s%zu\n", from ? "\t" : "", n);
	else if (mode == FOLLOW_RAW && from)
		ni_buf_c(b, '\t');
	for (size_t done = 0; done < n;) {
		size_t k = mode == FOLLOW_HEX ? ROW : PIECE;
		if (k > n - done)
			k = n - done;
		if (mode == FOLLOW_HEX)
			row(b, from, offset + done, p + done, k);
		else if (mode == FOLLOW_RAW)
			ni_buf_hexbytes(b, p + done, k, 0);
		else
			text(b, p + done, k);
		done += k;
		ni_out_line(out);
	}
	if (mode != FOLLOW_HEX)
		ni_buf_c(b, '\n');
	ni_out_line(out);
}
