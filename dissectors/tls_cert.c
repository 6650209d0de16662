/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The readable parts of X.509 certificates: RFC 5280 4.1, in DER (X.690 8, 10)
 *
 *   SEQUENCE {
 *     SEQUENCE { [0] version, serial number, algorithm, issuer, SEQUENCE { not before, not after },
 *                subject, public key, …, [3] SEQUENCE of extensions }
 *     algorithm, signature }
 *
 * Every step goes down to a fixed level: nothing here recurses, and every byte is looked at a fixed
 * number of times.
 *
 * Not decoded: public keys, all extensions but the subject's alternative names, indefinite lengths
 * and tags above 30, which DER or X.509 do not have.
 */
#include <stdio.h>
#include <string.h>

#include "tls.h"
#include "tls_fields.h"

enum tag {
	INTEGER = 0x02,
	OCTET_STRING = 0x04,
	OID = 0x06,
	UTF8_STRING = 0x0c,
	PRINTABLE_STRING = 0x13,
	TELETEX_STRING = 0x14,
	IA5_STRING = 0x16,
	UTC_TIME = 0x17,
	GENERALIZED_TIME = 0x18,
	UNIVERSAL_STRING = 0x1c,
	BMP_STRING = 0x1e,
	SEQUENCE = 0x30,
	SET = 0x31,
	VERSION = 0xa0,
	EXTENSIONS = 0xa3,
};

struct item {
	uint8_t tag;
	uint32_t off; /* of its tag */
	uint32_t all; /* its length with tag and length */
	uint32_t n;   /* bytes it holds */
	struct ni_cur in;
};

/* Take the next item at @c. */
static bool
next(struct ni_cur *c, struct item *i)
{
	i->off = c->off;
	i->tag = ni_take8(c);
	uint32_t n = ni_take8(c);
	if (n & 0x80) {
		unsigned bytes = n & 0x7f;
		if (!bytes || bytes > 4)
			return false;
		for (n = 0; bytes; bytes--)
			n = n << 8 | ni_take8(c);
	}
	if (c->rc != NI_OK || (i->tag & 0x1f) == 0x1f)
		return false;
	i->n = n;
	i->in = ni_sub(c, n);
	i->all = i->in.off - i->off + n;
	return i->in.rc == NI_OK;
}

/* The same, and it must be a @tag. */
static bool
expect(struct ni_cur *c, struct item *i, uint8_t tag)
{
	return next(c, i) && i->tag == tag;
}

/* The bytes of @i, NULL if they are not all captured. */
static const uint8_t *
bytes_of(const struct item *i)
{
	struct ni_cur c = i->in;
	return ni_take(&c, i->n);
}

static void
put(struct tls_out *o, unsigned f, const struct item *i)
{
	const uint8_t *p = bytes_of(i);
	if (p)
		tls_put_made(o, f, i->in.off, i->n, p, i->n);
}

static void
put_text(struct tls_out *o, unsigned f, const struct item *i, struct ni_buf *b)
{
	tls_put_made(o, f, i->in.off, i->n, b->p, (uint32_t)b->len);
}

/* A choice between kinds, with what was chosen as its text in the tree. */
static void
put_choice(struct tls_out *o, unsigned f, const struct item *i, uint64_t choice, const char *text)
{
	const struct ni_field *field = &tls_fields[f];
	struct ni_value v = {.u = choice, .text = text};
	v.off = o->w->layer->off + o->base + (o->gathered ? 0 : i->off);
	v.len = o->gathered ? 0 : i->all;
	o->w->visit(o->w->ctx, field, &v, (unsigned)field->depth + o->w->depth);
}

/* X.690 8.19: base 128, and the first number holds two. */
static void
print_oid(struct ni_buf *b, const uint8_t *p, uint32_t n)
{
	uint64_t v = 0;
	bool first = true;
	for (uint32_t k = 0; k < n; k++) {
		v = v << 7 | (p[k] & 0x7f);
		if (p[k] & 0x80)
			continue;
		if (first) {
			unsigned root = v < 40 ? 0 : v < 80 ? 1 : 2;
			ni_buf_fmt(b, "%u", root);
			v -= (uint64_t)root * 40;
		}
		ni_buf_c(b, '.');
		ni_buf_u64(b, v);
		first = false;
		v = 0;
	}
}

static void
put_oid(struct tls_out *o, unsigned f, const struct item *i)
{
	char text[128];
	struct ni_buf b = ni_buf(text, sizeof(text));
	const uint8_t *p = bytes_of(i);
	if (!p)
		return;
	print_oid(&b, p, i->n);
	put_text(o, f, i, &b);
}

static bool
is_oid(const struct item *i, const char *der, uint32_t n)
{
	const uint8_t *p = bytes_of(i);
	return p && i->n == n && !memcmp(p, der, n);
}

/* UTF-16 without surrogates to UTF-8. */
static void
print_bmp(struct ni_buf *b, const uint8_t *p, uint32_t n)
{
	for (uint32_t k = 0; k + 1 < n; k += 2) {
		unsigned u = ni_be16(p + k);
		if (u < 0x80) {
			ni_buf_c(b, (char)u);
		} else if (u < 0x800) {
			ni_buf_c(b, (char)(0xc0 | u >> 6));
			ni_buf_c(b, (char)(0x80 | (u & 0x3f)));
		} else {
			ni_buf_c(b, (char)(0xe0 | u >> 12));
			ni_buf_c(b, (char)(0x80 | (u >> 6 & 0x3f)));
			ni_buf_c(b, (char)(0x80 | (u & 0x3f)));
		}
	}
}

static void
put_string(struct tls_out *o, const struct item *i, bool country)
{
	char text[512];
	struct ni_buf b = ni_buf(text, sizeof(text));
	const uint8_t *p = bytes_of(i);
	switch (i->tag) {
	case UTF8_STRING:
		put(o, country ? T_X_COUNTRY : T_X_UTF8, i);
		break;
	case PRINTABLE_STRING:
		put(o, country ? T_X_COUNTRY : T_X_PRINTABLE, i);
		break;
	case TELETEX_STRING:
		put(o, T_X_TELETEX, i);
		break;
	case IA5_STRING:
		put(o, T_X_IA5, i);
		break;
	case UNIVERSAL_STRING:
		put(o, T_X_UNIVERSAL, i);
		break;
	case BMP_STRING:
		if (p)
			print_bmp(&b, p, i->n);
		if (p)
			put_text(o, T_X_BMP, i, &b);
		break;
	default:
		break;
	}
}

/* What attributes are called in a line (RFC 4514 3). */
static const struct {
	const char *oid;
	uint32_t n;
	const char *name;
} attributes[] = {
    {"\x55\x04\x03", 3, "CN"},
    {"\x55\x04\x05", 3, "serialNumber"},
    {"\x55\x04\x06", 3, "C"},
    {"\x55\x04\x07", 3, "L"},
    {"\x55\x04\x08", 3, "ST"},
    {"\x55\x04\x0a", 3, "O"},
    {"\x55\x04\x0b", 3, "OU"},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9, "emailAddress"},
    {"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10, "DC"},
};

static void
print_attribute(struct ni_buf *b, const struct item *oid, const struct item *value)
{
	const uint8_t *p = bytes_of(value);
	ni_buf_str(b, b->len ? ", " : "");
	size_t mark = b->len;
	for (unsigned i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (is_oid(oid, attributes[i].oid, attributes[i].n))
			ni_buf_str(b, attributes[i].name);
	if (b->len == mark)
		print_oid(b, bytes_of(oid), oid->n);
	ni_buf_c(b, '=');
	if (value->tag == BMP_STRING)
		print_bmp(b, p, value->n);
	else
		ni_buf_mem(b, p, value->n);
}

/* The next type and value of a name: @set is the one being read, a set of them in @names. */
static bool
next_attribute(struct ni_cur *names, struct item *set, struct item *oid, struct item *value)
{
	struct item pair;
	while (!ni_more(&set->in))
		if (!ni_more(names) || !expect(names, set, SET))
			return false;
	if (!expect(&set->in, &pair, SEQUENCE) || !expect(&pair.in, oid, OID) ||
	    !next(&pair.in, value))
		return false;
	return bytes_of(oid) && bytes_of(value);
}

/* The attributes of a name: in one line, or one after the other. */
static void
walk_name(struct tls_out *o, struct ni_cur names, struct ni_buf *line)
{
	struct item set = {0};
	struct item oid;
	struct item value;
	set.in.rc = NI_MALFORMED; /* none is being read */
	while (next_attribute(&names, &set, &oid, &value)) {
		if (line) {
			print_attribute(line, &oid, &value);
			continue;
		}
		put_oid(o, T_X_OID, &oid);
		put_string(o, &value, is_oid(&oid, "\x55\x04\x06", 3));
	}
}

static void
put_name(struct tls_out *o, unsigned f, const struct item *i)
{
	char text[512];
	struct ni_buf b = ni_buf(text, sizeof(text) - 1);
	if (o->w->want_text) {
		char line[480];
		struct ni_buf l = ni_buf(line, sizeof(line));
		walk_name(o, i->in, &l);
		ni_buf_fmt(&b, "%s: ", tls_fields[f].name);
		ni_buf_mem(&b, line, l.len);
		text[b.len] = '\0';
		put_choice(o, f, i, 0, text);
	} else {
		put_choice(o, f, i, 0, NULL);
	}
	walk_name(o, i->in, NULL);
}

void
tls_name(struct tls_out *o, struct ni_cur c)
{
	struct item i;
	if (expect(&c, &i, SEQUENCE))
		walk_name(o, i.in, NULL);
}

/* Two digits. */
static unsigned
two(const uint8_t *p)
{
	return (p[0] - '0') * 10U + (p[1] - '0');
}

/* "261121124237Z" as "2026-11-21 12:42:37 (UTC)", "20261121124237Z" as moments are printed. */
static void
print_time(struct ni_buf *b, const uint8_t *p, uint8_t tag)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	if (tag == UTC_TIME) { /* RFC 5280 4.1.2.5.1 */
		ni_buf_fmt(b, "%u-%02u-%02u %02u:%02u:%02u (UTC)",
			   two(p) + (two(p) < 50 ? 2000U : 1900U), two(p + 2), two(p + 4),
			   two(p + 6), two(p + 8), two(p + 10));
		return;
	}
	unsigned month = two(p + 4);
	ni_buf_fmt(b, "%s %2u, %u %02u:%02u:%02u.000000000 UTC",
		   month >= 1 && month <= 12 ? months[month - 1] : "???", two(p + 6),
		   two(p) * 100 + two(p + 2), two(p + 8), two(p + 10), two(p + 12));
}

static void
put_time(struct tls_out *o, unsigned f, const struct item *i)
{
	char text[64];
	char line[80];
	struct ni_buf b = ni_buf(text, sizeof(text));
	const uint8_t *p = bytes_of(i);
	uint32_t digits = i->tag == UTC_TIME ? 12 : 14;
	if ((i->tag != UTC_TIME && i->tag != GENERALIZED_TIME) || !p || i->n < digits)
		return;
	for (uint32_t k = 0; k < digits; k++)
		if (p[k] < '0' || p[k] > '9')
			return;
	print_time(&b, p, i->tag);
	snprintf(line, sizeof(line), "%s: %s", tls_fields[f].name, ni_buf_z(&b));
	put_choice(o, f, i, i->tag == GENERALIZED_TIME, o->w->want_text ? line : NULL);
	put_text(o, i->tag == UTC_TIME ? T_X_UTC : T_X_GENERALIZED, i, &b);
}

/* RFC 5280 4.2.1.6 */
static void
walk_alternatives(struct tls_out *o, struct ni_cur c)
{
	struct item list;
	struct item i;
	if (!expect(&c, &list, SEQUENCE))
		return;
	while (ni_more(&list.in) && next(&list.in, &i)) {
		if (i.tag == 0x81)
			put(o, T_X_MAIL, &i);
		else if (i.tag == 0x82)
			put(o, T_X_DNS, &i);
		else if (i.tag == 0x86)
			put(o, T_X_URI, &i);
		else if (i.tag == 0x87 && i.n == 4)
			put(o, T_X_IP4, &i);
		else if (i.tag == 0x87 && i.n == 16)
			put(o, T_X_IP6, &i);
	}
}

static void
walk_extensions(struct tls_out *o, struct ni_cur c)
{
	struct item list;
	struct item ext;
	struct item i;
	if (!expect(&c, &list, SEQUENCE))
		return;
	while (ni_more(&list.in) && expect(&list.in, &ext, SEQUENCE)) {
		if (!expect(&ext.in, &i, OID))
			return;
		bool alternatives = is_oid(&i, "\x55\x1d\x11", 3);
		put_oid(o, T_X_EXTENSION, &i);
		while (ni_more(&ext.in) && next(&ext.in, &i))
			if (alternatives && i.tag == OCTET_STRING)
				walk_alternatives(o, i.in);
	}
}

/* An algorithm and its parameters. */
static bool
walk_algorithm(struct tls_out *o, struct ni_cur *c)
{
	struct item outer;
	struct item oid;
	if (!expect(c, &outer, SEQUENCE))
		return false;
	if (expect(&outer.in, &oid, OID))
		put_oid(o, T_X_ALGORITHM, &oid);
	return true;
}

static bool
walk_validity(struct tls_out *o, struct ni_cur *c)
{
	struct item validity;
	struct item i;
	if (!expect(c, &validity, SEQUENCE))
		return false;
	if (next(&validity.in, &i))
		put_time(o, T_X_NOT_BEFORE, &i);
	if (next(&validity.in, &i))
		put_time(o, T_X_NOT_AFTER, &i);
	return true;
}

static void
walk_signed(struct tls_out *o, struct ni_cur c)
{
	struct item i;
	struct item in;
	if (!next(&c, &i))
		return;
	if (i.tag == VERSION) {
		const uint8_t *p = expect(&i.in, &in, INTEGER) && in.n == 1 ? bytes_of(&in) : NULL;
		if (p)
			tls_put(o, T_X_VERSION, in.in.off, 1, p[0]);
		if (!next(&c, &i))
			return;
	}
	if (i.tag != INTEGER)
		return;
	put(o, T_X_SERIAL, &i);
	if (!walk_algorithm(o, &c) || !expect(&c, &i, SEQUENCE))
		return;
	put_name(o, T_X_ISSUER, &i);
	if (!walk_validity(o, &c) || !expect(&c, &i, SEQUENCE))
		return;
	put_name(o, T_X_SUBJECT, &i);
	if (!expect(&c, &i, SEQUENCE) || !walk_algorithm(o, &i.in))
		return;
	while (ni_more(&c) && next(&c, &i))
		if (i.tag == EXTENSIONS)
			walk_extensions(o, i.in);
}

void
tls_certificate(struct tls_out *o, struct ni_cur c)
{
	struct item certificate;
	struct item body;
	if (!expect(&c, &certificate, SEQUENCE) || !expect(&certificate.in, &body, SEQUENCE))
		return;
	walk_signed(o, body.in);
	walk_algorithm(o, &certificate.in);
}
