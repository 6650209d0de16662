/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an answer means the same as a value: spelling, notation and order do not count where they
 * mean nothing. */
#include <arpa/inet.h>
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "i18n.h"
#include "lab.h"
#include "lab_lines.h"

enum { TOKENS_MAX = 512, MAC_BYTES = 6 };

/* ---- one word ---- */

static bool
read_mac(const char *s, uint8_t mac[MAC_BYTES])
{
	unsigned n = 0;
	memset(mac, 0, MAC_BYTES);
	for (; *s; s++) {
		const char *digits = "0123456789abcdef";
		const char *d = strchr(digits, *s | 0x20);
		if (strchr(":-. ", *s))
			continue;
		if (!d || n == 2 * MAC_BYTES)
			return false;
		mac[n / 2] = (uint8_t)(mac[n / 2] << 4 | (d - digits));
		n++;
	}
	return n == 2 * MAC_BYTES;
}

static bool
read_address(const char *s, uint8_t out[16], int *family)
{
	while (*s == ' ')
		s++;
	memset(out, 0, 16);
	*family = strchr(s, ':') ? AF_INET6 : AF_INET;
	return inet_pton(*family, s, out) == 1;
}

static bool
same_address(const char *a, const char *b)
{
	uint8_t x[16];
	uint8_t y[16];
	int fx;
	int fy;
	return read_address(a, x, &fx) && read_address(b, y, &fy) && fx == fy && !memcmp(x, y, 16);
}

static bool
same_mac(const char *a, const char *b)
{
	uint8_t x[MAC_BYTES];
	uint8_t y[MAC_BYTES];
	return read_mac(a, x) && read_mac(b, y) && !memcmp(x, y, MAC_BYTES);
}

/* Case does not count, nor what words are joined with: FIN_WAIT_1, FIN-WAIT-1, fin wait 1. */
static bool
same_text(const char *a, const char *b)
{
	for (;;) {
		a += strspn(a, " \t_-");
		b += strspn(b, " \t_-");
		int x = tolower((unsigned char)*a);
		int y = tolower((unsigned char)*b);
		if (x != y)
			return false;
		if (!x)
			return true;
		a++;
		b++;
	}
}

/* A number; without a unit it has that of the question. */
static bool
in_unit(const struct nl_question *q, const char *text, struct nl_quantity *v)
{
	if (!nl_quantity_read(text, v))
		return false;
	if (v->unit == NL_UNIT_NONE && q->unit)
		v->v *= nl_unit_factor(q->unit);
	return true;
}

static bool
same_number(const struct nl_question *q, const char *value, const char *answer)
{
	struct nl_quantity v;
	struct nl_quantity a;
	if (!in_unit(q, value, &v) || !in_unit(q, answer, &a))
		return false;
	if (q->unit && a.unit != NL_UNIT_NONE && a.unit != NL_UNIT_OTHER) {
		/* An answer in bytes to a question about time is none. */
		struct nl_quantity own;
		char text[NL_NAME_MAX + 4] = "1 ";
		strncat(text, q->unit, NL_NAME_MAX);
		if (nl_quantity_read(text, &own) && own.unit != NL_UNIT_OTHER && own.unit != a.unit)
			return false;
	}
	long double off = fabsl(v.v - a.v);
	long double within = q->within_part ? fabsl(v.v) * (long double)q->within
			     : q->unit      ? (long double)q->within * nl_unit_factor(q->unit)
					    : (long double)q->within;
	/* Beyond that, only what turning decimals into binary costs. */
	return off <= within + fabsl(v.v) * 1e-12L;
}

/* ---- choices ---- */

/* The choice that @text means: by its word in any language, or by the value it stands for. */
static const char *
choice_of(struct nl_world *w, const struct nl_question *q, const char *text)
{
	size_t n = strlen(text);
	for (unsigned i = 0; i < q->nchoices; i++)
		if (same_text(q->choice[i].word, text) || nl_word_means(q->choice[i].word, text, n))
			return q->choice[i].word;
	for (unsigned i = 0; i < q->nchoices; i++) {
		const char *equals = q->choice[i].equals;
		equals = equals ? nl_fill(w, equals, false, NULL, NULL) : NULL;
		if (equals && *equals &&
		    (same_text(equals, text) || same_mac(equals, text) ||
		     same_address(equals, text)))
			return q->choice[i].word;
	}
	return NULL;
}

/* ---- lists ---- */

struct tokens {
	const char *p[TOKENS_MAX];
	size_t n;
};

/* Bytes of what stands between the words of a list at @p, 0: a word. */
static size_t
between(const char *p)
{
	static const char *const arrows[] = {"->", "=>", "→", "⇒", "、", "，", "；"};
	for (size_t i = 0; i < sizeof(arrows) / sizeof(arrows[0]); i++)
		if (!strncmp(p, arrows[i], strlen(arrows[i])))
			return strlen(arrows[i]);
	return *p && strchr(" \t,;>()[]", *p) ? 1 : 0;
}

static void
add_token(struct nl_pool *pool, struct tokens *t, const char *p, size_t n)
{
	if (t->n < TOKENS_MAX)
		t->p[t->n++] = nl_copy(pool, p, n);
}

/* "10.0.0.1:80" is two words, and "5555:80". */
static void
add_word(struct nl_pool *pool, struct tokens *t, const char *p, size_t n)
{
	const char *colon = memchr(p, ':', n);
	size_t host = colon ? (size_t)(colon - p) : 0;
	if (colon && host && strspn(p, "0123456789.") == host &&
	    strspn(colon + 1, "0123456789") == n - host - 1) {
		add_token(pool, t, p, host);
		add_token(pool, t, colon + 1, n - host - 1);
	} else {
		add_token(pool, t, p, n);
	}
}

static void
split(struct nl_pool *pool, const char *text, struct tokens *t)
{
	while (*text) {
		size_t gap = between(text);
		if (gap) {
			text += gap;
			continue;
		}
		size_t n = 0;
		while (text[n] && !between(text + n))
			n += nl_utf8(text + n, strlen(text + n))
				 ? nl_utf8(text + n, strlen(text + n))
				 : 1;
		add_word(pool, t, text, n);
		text += n;
	}
}

static bool
same_word(struct nl_world *w, const struct nl_question *q, const char *value, const char *answer)
{
	const char *a = choice_of(w, q, value);
	const char *b = choice_of(w, q, answer);
	if (q->nchoices)
		return a && b ? !strcmp(a, b) : same_text(value, answer);
	return same_number(q, value, answer) || same_address(value, answer) ||
	       same_mac(value, answer) || same_text(value, answer);
}

static bool
same_list(struct nl_world *w, const struct nl_question *q, const struct nl_row *row, bool any_order,
	  const char *answer)
{
	struct tokens *want = nl_take(w->pool, sizeof(*want));
	struct tokens *have = nl_take(w->pool, sizeof(*have));
	bool *used = nl_take(w->pool, TOKENS_MAX * sizeof(*used));
	for (size_t i = 0; i < row->n; i++)
		split(w->pool, row->cell[i], want);
	split(w->pool, answer, have);
	if (want->n != have->n)
		return false;
	for (size_t i = 0; i < want->n; i++) {
		size_t k = any_order ? 0 : i;
		size_t end = any_order ? have->n : i + 1;
		while (k < end && (used[k] || !same_word(w, q, want->p[i], have->p[k])))
			k++;
		if (k == end)
			return false;
		used[k] = true;
	}
	return true;
}

/* ---- an answer ---- */

/* "frame 12", "#12", "第 12 帧" */
static bool
read_frame(const char *s, unsigned long *v)
{
	size_t from = strcspn(s, "0123456789");
	size_t n = strspn(s + from, "0123456789");
	*v = 0;
	for (size_t i = 0; i < n && i < 10; i++)
		*v = *v * 10 + (unsigned long)(s[from + i] - '0');
	return n && n < 10 && !s[from + n + strcspn(s + from + n, "0123456789")];
}

static bool
same_frame(const char *value, const char *answer)
{
	unsigned long v;
	unsigned long a;
	return read_frame(value, &v) && read_frame(answer, &a) && v == a;
}

static bool
same_row(struct nl_world *w, const struct nl_question *q, const struct nl_row *row, bool any_order,
	 const char *answer)
{
	const char *value = row->n ? row->cell[0] : "";
	switch (q->kind) {
	case NL_KIND_NUMBER:
		return same_number(q, value, answer);
	case NL_KIND_FRAME:
		return same_frame(value, answer);
	case NL_KIND_WORD:
		return same_word(w, q, value, answer);
	case NL_KIND_MAC:
		return same_mac(value, answer);
	case NL_KIND_ADDRESS:
		return same_address(value, answer);
	case NL_KIND_LIST:
	case NL_KIND_TUPLE:
		return same_list(w, q, row, any_order, answer);
	case NL_KIND_TEXT:
		return same_text(value, answer);
	}
	return false;
}

bool
nl_answer_is(struct nl_world *w, const struct nl_question *q, const struct nl_value *v,
	     const char *answer)
{
	for (size_t i = 0; i < v->nrows; i++)
		if (same_row(w, q, &v->row[i], v->any_order, answer))
			return true;
	return false;
}

const char *
nl_answer_unreadable(struct nl_world *w, const struct nl_question *q, const char *answer)
{
	struct nl_quantity v;
	uint8_t bytes[16];
	int family;
	unsigned long frame;
	switch (q->kind) {
	case NL_KIND_NUMBER:
		return nl_quantity_read(answer, &v) ? NULL : _("This is not a number.");
	case NL_KIND_FRAME:
		return read_frame(answer, &frame) ? NULL : _("This is not the number of a frame.");
	case NL_KIND_WORD:
		return choice_of(w, q, answer) ? NULL
					       : _("This is none of the words to choose from.");
	case NL_KIND_MAC:
		return read_mac(answer, bytes) ? NULL : _("This is not a MAC address.");
	case NL_KIND_ADDRESS:
		return read_address(answer, bytes, &family) ? NULL
							    : _("This is not an IP address.");
	case NL_KIND_LIST:
	case NL_KIND_TUPLE:
	case NL_KIND_TEXT:
		break;
	}
	return NULL;
}

const char *
nl_answer_text(struct nl_world *w, const struct nl_question *q, const struct nl_value *v)
{
	const struct nl_row *row = v->row;
	size_t n = v->nrows ? row->n : 0;
	const char **word = nl_take(w->pool, (n + 1) * sizeof(*word));
	for (size_t i = 0; i < n; i++) {
		const char *choice = q->nchoices ? choice_of(w, q, row->cell[i]) : NULL;
		word[i] = choice ? choice : row->cell[i];
	}
	return nl_join(w->pool, word, n);
}
