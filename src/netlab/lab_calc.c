/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sums of a lab file. From loosest to tightest: ?:, comparisons (1 or 0), | and &, + and -,
 * * / and %, a sign, parentheses. Whole numbers stay whole as long as they can; an address is a
 * whole number that is written as an address.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "lab.h"

enum { DEPTH_MAX = 32 };

struct num {
	bool decimal, address;
	int64_t i;
	long double d; /* also where it is whole */
};

struct calc {
	const char *p;
	const char *wrong; /* what, or NULL */
	unsigned depth;
};

static struct num ternary(struct calc *c);

static struct num
whole(int64_t i)
{
	return (struct num){.i = i, .d = (long double)i};
}

static struct num
broken(struct calc *c, const char *why)
{
	if (!c->wrong)
		c->wrong = why;
	return whole(0);
}

static void
blanks(struct calc *c)
{
	while (*c->p == ' ' || *c->p == '\t')
		c->p++;
}

/* Take the operator if it is next. */
static bool
op(struct calc *c, const char *word)
{
	blanks(c);
	if (strncmp(c->p, word, strlen(word)) != 0)
		return false;
	c->p += strlen(word);
	return true;
}

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "10.0.0.1" */
static bool
address(struct calc *c, struct num *v)
{
	const char *p = c->p;
	int64_t sum = 0;
	for (unsigned part = 0; part < 4; part++) {
		unsigned byte = 0;
		size_t n = 0;
		for (; n < 3 && digit(p[n]); n++)
			byte = byte * 10 + (unsigned)(p[n] - '0');
		if (!n || byte > 255 || (part < 3 && p[n] != '.'))
			return false;
		p += n + (part < 3);
		sum = sum << 8 | byte;
	}
	if (digit(*p) || *p == '.')
		return false;
	c->p = p;
	*v = whole(sum);
	v->address = true;
	return true;
}

static struct num
number(struct calc *c)
{
	struct num v;
	char *end;
	blanks(c);
	if (address(c, &v))
		return v;
	if (!digit(*c->p))
		return broken(c, *c->p ? _("not a number") : _("a value is missing"));
	bool hex = c->p[0] == '0' && (c->p[1] == 'x' || c->p[1] == 'X');
	size_t n = hex ? 0 : strspn(c->p, "0123456789");
	if (n && c->p[n] == '.') {
		v = (struct num){.decimal = true, .d = strtold(c->p, &end)};
	} else {
		unsigned long long u = strtoull(c->p, &end, hex ? 16 : 10);
		if (u > INT64_MAX)
			return broken(c, _("too large"));
		v = whole((int64_t)u);
	}
	c->p = end;
	return v;
}

/* The result of + - * on what is whole, or as decimals if it does not fit. */
static struct num
arith(char o, struct num a, struct num b)
{
	struct num v = {.address = o != '*' && a.address != b.address};
	bool over = o == '+'   ? __builtin_add_overflow(a.i, b.i, &v.i)
		    : o == '-' ? __builtin_sub_overflow(a.i, b.i, &v.i)
			       : __builtin_mul_overflow(a.i, b.i, &v.i);
	v.d = o == '+' ? a.d + b.d : o == '-' ? a.d - b.d : a.d * b.d;
	v.decimal = a.decimal || b.decimal || over;
	if (!v.decimal)
		v.d = (long double)v.i;
	return v;
}

static struct num
factor(struct calc *c)
{
	struct num v;
	if (c->depth++ > DEPTH_MAX)
		return broken(c, _("nested too deeply"));
	if (op(c, "(")) {
		v = ternary(c);
		if (!op(c, ")"))
			v = broken(c, _("a parenthesis is not closed"));
	} else if (op(c, "-")) {
		v = arith('-', whole(0), factor(c));
	} else {
		v = number(c);
	}
	c->depth--;
	return v;
}

static struct num
divide(struct calc *c, char o, struct num a, struct num b)
{
	if (b.d == 0 || (!b.decimal && !b.i))
		return broken(c, _("division by zero"));
	if (!b.decimal && b.i == -1) /* which INT64_MIN must not be divided by */
		return o == '%' ? whole(0) : arith('-', whole(0), a);
	if (a.decimal || b.decimal || (o == '/' && a.i % b.i != 0)) {
		if (o == '%')
			return broken(c, _("a remainder is of whole numbers"));
		return (struct num){.decimal = true, .d = a.d / b.d};
	}
	return whole(o == '/' ? a.i / b.i : a.i % b.i);
}

static struct num
term(struct calc *c)
{
	struct num v = factor(c);
	while (!c->wrong) {
		if (op(c, "*"))
			v = arith('*', v, factor(c));
		else if (op(c, "/"))
			v = divide(c, '/', v, factor(c));
		else if (op(c, "%"))
			v = divide(c, '%', v, factor(c));
		else
			break;
	}
	return v;
}

static struct num
sum(struct calc *c)
{
	struct num v = term(c);
	while (!c->wrong) {
		if (op(c, "+"))
			v = arith('+', v, term(c));
		else if (op(c, "-"))
			v = arith('-', v, term(c));
		else
			break;
	}
	return v;
}

static struct num
bits(struct calc *c)
{
	struct num v = sum(c);
	while (!c->wrong) {
		bool both = op(c, "&");
		if (!both && !op(c, "|"))
			break;
		struct num b = sum(c);
		if (v.decimal || b.decimal)
			return broken(c, _("& and | are for whole numbers"));
		bool is_address = v.address || b.address;
		v = whole(both ? v.i & b.i : v.i | b.i);
		v.address = is_address;
	}
	return v;
}

static struct num
comparison(struct calc *c)
{
	static const char *const words[] = {"==", "!=", "<=", ">=", "<", ">"};
	struct num a = bits(c);
	for (unsigned i = 0; !c->wrong && i < 6; i++) {
		if (!op(c, words[i]))
			continue;
		struct num b = bits(c);
		bool less = a.d < b.d;
		bool same = a.d == b.d;
		const bool holds[] = {same, !same, less || same, !less, less, !less && !same};
		return whole(holds[i]);
	}
	return a;
}

static struct num
ternary(struct calc *c)
{
	struct num v = comparison(c);
	if (c->wrong || !op(c, "?"))
		return v;
	if (c->depth++ > DEPTH_MAX)
		return broken(c, _("nested too deeply"));
	struct num yes = ternary(c);
	if (!op(c, ":"))
		return broken(c, _("? without :"));
	struct num no = ternary(c);
	c->depth--;
	return v.d != 0 ? yes : no;
}

const char *
nl_calc(struct nl_pool *pool, const char *text, struct ni_err *err)
{
	struct calc c = {.p = text};
	struct num v = ternary(&c);
	blanks(&c);
	if (!c.wrong && *c.p)
		c.wrong = _("not understood from here on");
	if (c.wrong) {
		ni_fail(err, NI_ERR_INPUT, "calc %s: %s: '%.40s'", text, c.wrong, c.p);
		return NULL;
	}
	if (v.address && v.i >= 0 && v.i <= UINT32_MAX)
		return nl_fmt(pool, "%u.%u.%u.%u", (unsigned)(v.i >> 24) & 255,
			      (unsigned)(v.i >> 16) & 255, (unsigned)(v.i >> 8) & 255,
			      (unsigned)v.i & 255);
	if (!v.decimal)
		return nl_fmt(pool, "%" PRId64, v.i);
	/* Nine decimals, as many as a capture's times have, without zeros at the end. */
	char *s = nl_fmt(pool, "%.9Lf", v.d);
	size_t n = strlen(s);
	while (n && s[n - 1] == '0')
		s[--n] = '\0';
	if (n && s[n - 1] == '.')
		s[n - 1] = '\0';
	return s;
}
