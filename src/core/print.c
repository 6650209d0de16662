/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as text: for -T fields, for the detail tree, for JSON. */
#include <stdio.h>
#include <time.h>

#include "netinspect/buf.h"
#include "netinspect/field.h"

enum { NS = 1000000000 };

static unsigned
type_bytes(unsigned type)
{
	switch (type) {
	case NI_BOOL:
	case NI_U8:
		return 1;
	case NI_U16:
		return 2;
	case NI_U24:
		return 3;
	case NI_U64:
	case NI_I64:
		return 8;
	default:
		return 4;
	}
}

static void
print_abstime(struct ni_buf *b, int64_t ns)
{
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int64_t sec = ns / NS - (ns % NS < 0);
	time_t t = (time_t)sec;
	struct tm tm;
	if (!gmtime_r(&t, &tm)) {
		ni_buf_sec(b, ns, 9);
		return;
	}
	ni_buf_fmt(b, "%s %2d, %d %02d:%02d:%02d.%09lld UTC", months[tm.tm_mon], tm.tm_mday,
		   tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec, (long long)(ns - sec * NS));
}

static void
print_hex(struct ni_buf *b, const struct ni_field *f, uint64_t u)
{
	ni_buf_str(b, "0x");
	ni_buf_hex(b, u, 2 * type_bytes(f->type));
}

static void
print_number(struct ni_buf *b, const struct ni_field *f, uint64_t u)
{
	if (f->base == NI_HEX || f->base == NI_HEX_DEC)
		print_hex(b, f, u);
	else if (f->base == NI_OCT)
		ni_buf_fmt(b, "%llo", (unsigned long long)u);
	else
		ni_buf_u64(b, u);
}

/* Everything that is written the same way wherever it appears. */
static void
print_plain(struct ni_buf *b, const struct ni_field *f, const struct ni_value *v)
{
	switch ((enum ni_type)f->type) {
	case NI_NONE:
		break;
	case NI_BOOL:
	case NI_U8:
	case NI_U16:
	case NI_U24:
	case NI_U32:
	case NI_U64:
		print_number(b, f, v->u);
		break;
	case NI_I32:
	case NI_I64:
		ni_buf_i64(b, v->i);
		break;
	case NI_DOUBLE:
		ni_buf_fmt(b, "%.15g", v->d);
		break;
	case NI_STR:
		ni_buf_escape(b, v->p, v->n);
		break;
	case NI_BYTES:
		ni_buf_hexbytes(b, v->p, v->n, 0);
		break;
	case NI_ETHER:
		ni_buf_hexbytes(b, v->p, v->n, ':');
		break;
	case NI_IP4:
		ni_buf_ip4(b, v->p);
		break;
	case NI_IP6:
		ni_buf_ip6(b, v->p);
		break;
	case NI_RELTIME:
		ni_buf_sec(b, v->i, 9);
		break;
	case NI_ABSTIME:
		print_abstime(b, v->i);
		break;
	}
}

void
ni_field_print(struct ni_buf *b, const struct ni_field *f, const struct ni_value *v)
{
	if (f->type == NI_NONE)
		ni_buf_c(b, '1');
	else
		print_plain(b, f, v);
}

/* "..01 ...." in front of a field that is some bits of a larger number. */
static void
print_bits(struct ni_buf *b, const struct ni_field *f, uint64_t u)
{
	unsigned width = f->len ? f->len * 8U : type_bytes(f->type) * 8U;
	u <<= __builtin_ctzll(f->mask);
	for (unsigned i = width; i-- > 0;) {
		char bit = '.';
		if (f->mask >> i & 1)
			bit = u >> i & 1 ? '1' : '0';
		ni_buf_c(b, bit);
		if (i && i % 4 == 0)
			ni_buf_c(b, ' ');
	}
	ni_buf_str(b, " = ");
}

static void
print_number_tree(struct ni_buf *b, const struct ni_field *f, uint64_t u)
{
	const char *label = ni_label_find(f->labels, u);
	if (f->type == NI_BOOL) {
		ni_buf_str(b, label ? label : u ? "True" : "False");
		return;
	}
	if (label) {
		ni_buf_str(b, label);
		ni_buf_str(b, " (");
	}
	print_number(b, f, u);
	if (label)
		ni_buf_c(b, ')');
	if (f->base == NI_DEC_HEX) {
		ni_buf_str(b, " (");
		print_hex(b, f, u);
		ni_buf_c(b, ')');
	} else if (f->base == NI_HEX_DEC) {
		ni_buf_fmt(b, " (%llu)", (unsigned long long)u);
	}
}

void
ni_field_print_tree(struct ni_buf *b, const struct ni_field *f, const struct ni_value *v)
{
	bool number = f->type >= NI_BOOL && f->type <= NI_U64;
	bool computed = f->flags & NI_F_COMPUTED;
	if (number && f->mask && !computed)
		print_bits(b, f, v->u);
	if (computed)
		ni_buf_c(b, '[');
	if (v->text) {
		const char *end = v->text;
		while (*end)
			end++;
		ni_buf_escape(b, (const uint8_t *)v->text, (size_t)(end - v->text));
	} else {
		ni_buf_str(b, f->name);
		if (f->type != NI_NONE)
			ni_buf_str(b, ": ");
		if (number)
			print_number_tree(b, f, v->u);
		else
			print_plain(b, f, v);
		if (f->type == NI_RELTIME)
			ni_buf_str(b, " seconds");
	}
	if (computed)
		ni_buf_c(b, ']');
}

void
ni_field_print_json(struct ni_buf *b, const struct ni_field *f, const struct ni_value *v)
{
	switch ((enum ni_type)f->type) {
	case NI_NONE:
		ni_buf_str(b, "true");
		break;
	case NI_BOOL:
		ni_buf_str(b, v->u ? "true" : "false");
		break;
	case NI_U8:
	case NI_U16:
	case NI_U24:
	case NI_U32:
	case NI_U64:
		ni_buf_u64(b, v->u);
		break;
	case NI_I32:
	case NI_I64:
	case NI_DOUBLE:
	case NI_RELTIME:
		print_plain(b, f, v);
		break;
	case NI_ABSTIME:
		ni_buf_sec(b, v->i, 9);
		break;
	case NI_STR:
		ni_buf_c(b, '"');
		ni_buf_json(b, v->p, v->n);
		ni_buf_c(b, '"');
		break;
	case NI_BYTES:
	case NI_ETHER:
	case NI_IP4:
	case NI_IP6:
		ni_buf_c(b, '"');
		print_plain(b, f, v);
		ni_buf_c(b, '"');
		break;
	}
}
