/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domain names in messages: RFC 1035 3.1 (labels), 4.1.4 (compression)
 *
 * OFFSET SIZE FIELD
 *      0    1 00xxxxxx: length of the label that follows, 0 ends the name
 *             11xxxxxx: upper bits of a pointer to an earlier name; the lower 8 follow
 *
 * The work for one name is bounded: at most 255 bytes are copied and 127 pointers followed, since
 * no name can have more labels than that; so the work for a message is linear in its length,
 * whatever its pointers do. Pointers to what comes later are forbidden, yet followed (and noted):
 * they show what a careless resolver would have read.
 *
 * Not decoded: the label types 01 and 10 (RFC 2673, RFC 6891 5), which nobody may send any more.
 */
#include "dns.h"

#include <string.h>

static const char *
remark_of(unsigned fault)
{
	switch (fault) {
	case DNS_F_LOOP:
		return "<Name contains a pointer that loops>";
	case DNS_F_LONG:
		return "<Name too long>";
	case DNS_F_LABEL:
		return "<Unknown extended label>";
	default:
		return "<Name contains a pointer to no name>";
	}
}

static void
set_text(struct dns_name *out, const char *s)
{
	out->n = (uint8_t)strlen(s);
	memcpy(out->text, s, out->n);
}

static void
set_bad(struct dns_msg *m, struct dns_name *out, unsigned fault)
{
	m->faults |= (uint8_t)fault;
	if (out->bad)
		return;
	out->bad = true;
	set_text(out, remark_of(fault));
}

/* What one step of reading a name found. */
enum step { LABEL, POINTER, END, STUCK };

static void
add_label(struct dns_msg *m, struct dns_name *out, const uint8_t *p, uint32_t n)
{
	if (out->bad)
		return;
	/* The wire form is two bytes longer than the text: the first length and the last zero. */
	if (out->n + n + (out->n != 0) > DNS_NAME_WIRE - 2) {
		set_bad(m, out, DNS_F_LONG);
		return;
	}
	if (out->n)
		out->text[out->n++] = '.';
	memcpy(out->text + out->n, p, n);
	out->n = (uint8_t)(out->n + n);
	out->labels++;
}

/* Read one label or pointer at @c; a pointer's target goes to *target. */
static enum step
step(struct dns_msg *m, struct ni_cur *c, struct dns_name *out, uint32_t *target)
{
	uint8_t b = ni_take8(c);
	if (c->rc != NI_OK)
		return STUCK;
	switch (b & 0xc0) {
	case 0xc0:
		*target = (b & 0x3fU) << 8 | ni_take8(c);
		return c->rc == NI_OK ? POINTER : STUCK;
	case 0x00: {
		const uint8_t *p = ni_take(c, b);
		if (!p)
			return STUCK;
		if (!b)
			return END;
		add_label(m, out, p, b);
		return LABEL;
	}
	default:
		/* Where it ends cannot be told, nor then what follows. */
		set_bad(m, out, DNS_F_LABEL);
		c->rc = NI_MALFORMED;
		return STUCK;
	}
}

/* Follow the pointer to @target that ends the labels from @start to @end, to the end of the name.
 */
static void
follow(struct dns_msg *m, struct dns_name *out, uint32_t start, uint32_t end, uint32_t target)
{
	for (unsigned jumps = 0; jumps < DNS_POINTERS; jumps++) {
		struct ni_cur c = ni_cur(m->s);
		enum step s = LABEL;
		if (target < m->lowest || target >= m->s.len) {
			set_bad(m, out, DNS_F_OUTSIDE);
			return;
		}
		if (target >= start && target < end)
			break;
		if (target >= end)
			m->faults |= DNS_F_FORWARD;
		start = target;
		ni_skip(&c, target);
		while (s == LABEL && !out->bad)
			s = step(m, &c, out, &target);
		if (s == STUCK && c.rc == NI_MALFORMED && !out->bad)
			set_bad(m, out, DNS_F_OUTSIDE);
		if (s != POINTER || out->bad)
			return;
		end = c.off;
	}
	set_bad(m, out, DNS_F_LOOP);
}

bool
dns_name(struct dns_msg *m, struct ni_cur *c, struct dns_name *out)
{
	uint32_t start = c->off;
	uint32_t target = 0;
	enum step s = LABEL;
	out->n = out->labels = 0;
	out->bad = false;
	while (s == LABEL)
		s = step(m, c, out, &target);
	if (s == STUCK)
		return false;
	if (s == POINTER)
		follow(m, out, start, c->off, target);
	if (!out->n)
		set_text(out, "<Root>");
	return true;
}

void
dns_name_print(struct ni_buf *b, const struct dns_name *n)
{
	ni_buf_escape(b, n->text, n->n);
}
