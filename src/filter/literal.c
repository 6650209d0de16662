/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Literals: what a word, string or character means where a value of some type is expected. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "i18n.h"
#include "program.h"

enum { NS = 1000000000, WORD = 128 };

bool
ni_flt_is_int(enum ni_ft t)
{
	return t == NI_FT_BOOL || t == NI_FT_UINT || t == NI_FT_SINT;
}

bool
ni_flt_is_bytes(enum ni_ft t)
{
	return t == NI_FT_STR || t == NI_FT_BYTES || t == NI_FT_ETHER || t == NI_FT_PROTO;
}

int
ni_flt_quote(const struct ni_node *n)
{
	return n->len < 60 ? (int)n->len : 60;
}

/* Its text with a NUL; false if it is too long. */
static bool
word(const struct ni_node *n, char *to)
{
	if (n->text_len >= WORD || memchr(n->text, '\0', n->text_len))
		return false;
	memcpy(to, n->text, n->text_len);
	to[n->text_len] = '\0';
	return true;
}

static uint8_t *
keep(struct ni_filter *f, const void *p, size_t n)
{
	uint8_t *at = f->literals + f->nliterals;
	if (n)
		memcpy(at, p, n);
	f->nliterals += n;
	return at;
}

/* Decimal, 0x hexadecimal, 0 octal, 0b binary, with a minus sign. */
static bool
integer(const char *s, uint64_t *u, bool *minus)
{
	*minus = *s == '-';
	s += *minus;
	int base = 10;
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		base = 16;
	else if (s[0] == '0' && (s[1] == 'b' || s[1] == 'B'))
		base = 2;
	else if (s[0] == '0' && s[1])
		base = 8;
	s += base == 16 || base == 2 ? 2 : 0;
	if (!*s)
		return false;
	for (*u = 0; *s; s++) {
		int c = tolower((unsigned char)*s);
		int d = isdigit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
		if (d >= base || __builtin_mul_overflow(*u, (uint64_t)base, u) ||
		    __builtin_add_overflow(*u, (uint64_t)d, u))
			return false;
	}
	return !*minus || *u <= INT64_MAX;
}

/* The value that @labels has under @name. */
static bool
by_label(const struct ni_label *labels, const char *name, uint64_t *u)
{
	for (const struct ni_label *l = labels; l && l->text; l++)
		if (!strcmp(l->text, name)) {
			*u = l->lo;
			return true;
		}
	for (const struct ni_label *l = labels; l && l->text; l++)
		if (!strcasecmp(l->text, name)) {
			*u = l->lo;
			return true;
		}
	return false;
}

/* The @i-th name or word that a value of @field may have; NULL behind the last. */
static const char *
nth_name(const struct ni_field *field, unsigned i)
{
	if (field->labels)
		return field->labels[i].text;
	const char *word = field->word(i);
	return strcmp(word, "?") ? word : NULL;
}

static const char *
nearest(const struct ni_field *field, const char *name)
{
	const char *best = NULL;
	const char *text;
	unsigned near = 1 + (unsigned)strlen(name) / 2;
	for (unsigned i = 0; (text = nth_name(field, i)); i++) {
		unsigned d = ni_word_distance(text, name);
		if (strcasestr(text, name) && d > 1)
			d = 1;
		if (d < near) {
			near = d;
			best = text;
		}
	}
	return best;
}

/* The names that a value may have, the likely ones first. */
static void
hint_names(struct ni_filter_error *err, const struct ni_field *field, const char *name)
{
	char list[200];
	struct ni_buf b = ni_buf(list, sizeof(list));
	const char *text = nearest(field, name);
	if (text) {
		ni_flt_hint(err, _("did you mean \"%s\"?"), text);
		return;
	}
	for (unsigned i = 0; (text = nth_name(field, i)); i++) {
		if (b.len + strlen(text) + 8 > sizeof(list)) {
			ni_buf_str(&b, " ...");
			break;
		}
		if (*text)
			ni_buf_fmt(&b, "%s\"%s\"", b.len ? ", " : "", text);
	}
	ni_flt_hint(err, field->labels ? _("a number, or one of: %s") : _("one of: %s"),
		    ni_buf_z(&b));
}

static uint64_t
greatest(const struct ni_field *field)
{
	switch (field ? field->type : NI_U64) {
	case NI_U8:
		return UINT8_MAX;
	case NI_U16:
		return UINT16_MAX;
	case NI_U24:
		return 0xffffff;
	case NI_U32:
		return UINT32_MAX;
	default:
		return UINT64_MAX;
	}
}

static bool
truth(const char *s, uint64_t *u)
{
	*u = !strcasecmp(s, "true");
	return *u || !strcasecmp(s, "false");
}

static int
lit_int(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *like,
	struct ni_val *v)
{
	char s[WORD];
	bool minus = false;
	const struct ni_label *labels = like->field ? like->field->labels : NULL;
	v->type = NI_FT_UINT;
	if (n->kind == NI_N_CHAR) {
		v->u = (uint8_t)n->text[0];
		return 0;
	}
	if (!word(n, s))
		return ni_flt_fail(f->tree.err, n->at, n->len, _("%.*s is no number"),
				   ni_flt_quote(n), f->text + n->at);
	if (!integer(s, &v->u, &minus) && !by_label(labels, s, &v->u) &&
	    !(like->type == NI_FT_BOOL && truth(s, &v->u))) {
		ni_flt_fail(f->tree.err, n->at, n->len,
			    labels ? _("%.*s is no number and no name of a value of %s")
				   : _("%.*s is no number; %s takes one"),
			    ni_flt_quote(n), f->text + n->at,
			    like->key ? like->key : ni_flt_type_name(like));
		if (labels)
			hint_names(f->tree.err, like->field, s);
		else if (strchr(s + 1, '-') && like->key)
			ni_flt_hint(f->tree.err, _("a range is written %s in {80..90}"), like->key);
		else if (like->key)
			ni_flt_hint(f->tree.err, "%s: %s", like->key, ni_flt_type_name(like));
		return -1;
	}
	if (like->type == NI_FT_BOOL)
		v->u = v->u != 0;
	if (!minus && v->u > greatest(like->field)) {
		ni_flt_fail(f->tree.err, n->at, n->len, _("%.*s is too large"), ni_flt_quote(n),
			    f->text + n->at);
		ni_flt_hint(f->tree.err, _("%s is at most %llu"), like->key,
			    (unsigned long long)greatest(like->field));
		return -1;
	}
	if (minus) {
		v->type = NI_FT_SINT;
		v->i = -v->i;
	}
	return 0;
}

static int
lit_double(struct ni_filter *f, const struct ni_node *n, struct ni_val *v)
{
	char s[WORD];
	char *end = s;
	if (word(n, s))
		v->d = strtod(s, &end);
	v->type = NI_FT_DOUBLE;
	return end == s || *end ? ni_flt_fail(f->tree.err, n->at, n->len, _("%.*s is no number"),
					      ni_flt_quote(n), f->text + n->at)
				: 0;
}

/* Seconds with decimals, exactly; what follows in *@end. */
static bool
seconds(const char *s, int64_t *ns, const char **end)
{
	int64_t sec = 0;
	int64_t frac = 0;
	int64_t unit = NS;
	const char *start = s;
	for (; isdigit((unsigned char)*s); s++)
		if (__builtin_mul_overflow(sec, 10, &sec) ||
		    __builtin_add_overflow(sec, *s - '0', &sec))
			return false;
	if (*s == '.')
		for (s++; isdigit((unsigned char)*s); s++)
			if (unit >= 10) {
				unit /= 10;
				frac += (*s - '0') * unit;
			}
	*end = s;
	return s != start && !__builtin_mul_overflow(sec, NS, ns) &&
	       !__builtin_add_overflow(*ns, frac, ns);
}

static int
lit_reltime(struct ni_filter *f, const struct ni_node *n, struct ni_val *v)
{
	char s[WORD];
	const char *end = "?";
	v->type = NI_FT_RELTIME;
	bool ok = word(n, s) && seconds(s + (*s == '-'), &v->i, &end);
	if (ok && *s == '-')
		v->i = -v->i;
	if (ok && *end == 'e') { /* 1e-3 */
		char *stop = NULL;
		double d = strtod(s, &stop) * 1e9;
		v->i = d > -9e18 && d < 9e18 ? (int64_t)d : 0;
		end = stop;
	}
	return ok && !*end
		   ? 0
		   : ni_flt_fail(f->tree.err, n->at, n->len, _("%.*s is no number of seconds"),
				 ni_flt_quote(n), f->text + n->at);
}

/* Z, UTC, +01:00, -0330 or nothing, which is local time. */
static bool
zone(const char *s, struct tm *tm, int64_t *sec)
{
	struct tm east = {0};
	while (*s == ' ')
		s++;
	if (!*s) {
		tm->tm_isdst = -1;
		*sec = mktime(tm);
		return true;
	}
	const char *end = strcmp(s, "UTC") ? strptime(s, "%z", &east) : "";
	if (!end || *end)
		return false;
	*sec = timegm(tm) - east.tm_gmtoff;
	return true;
}

static int
lit_abstime(struct ni_filter *f, const struct ni_node *n, struct ni_val *v)
{
	static const char *const days[] = {"%Y-%m-%dT", "%Y-%m-%d ", "%b %d, %Y ", "%Y/%m/%d "};
	static const char *const clocks[] = {"%H:%M:%S", "%H:%M", "%H"};
	char s[WORD];
	const char *end = "";
	struct tm tm = {0};
	int64_t sec = 0;
	int64_t frac = 0;
	v->type = NI_FT_ABSTIME;
	if (!word(n, s))
		goto bad;
	if (seconds(s, &v->i, &end) && !*end && strlen(s) > 4)
		return 0; /* seconds since 1970 */
	end = NULL;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]) && !end; i++) {
		char day[WORD];
		snprintf(day, sizeof(day), "%s", days[i]);
		memset(&tm, 0, sizeof(tm));
		end = strptime(s, day, &tm);
		for (size_t k = 0; end && k < sizeof(clocks) / sizeof(clocks[0]); k++) {
			const char *rest = strptime(end, clocks[k], &tm);
			end = rest || k == 2 ? rest : end;
			if (rest)
				break;
		}
	}
	if (!end && !(end = strptime(s, "%Y-%m-%d", &tm)))
		goto bad;
	if (*end == '.') {
		char part[WORD + 1] = "0";
		snprintf(part + 1, sizeof(part) - 1, "%s", end);
		seconds(part, &frac, &end);
		end = s + (strlen(s) - strlen(end));
	}
	if (!zone(end, &tm, &sec) || __builtin_mul_overflow(sec, NS, &v->i) ||
	    __builtin_add_overflow(v->i, frac, &v->i))
		goto bad;
	return 0;
bad:
	ni_flt_fail(f->tree.err, n->at, n->len, _("%.*s is no date and time"), ni_flt_quote(n),
		    f->text + n->at);
	ni_flt_hint(f->tree.err,
		    _("for example \"2026-11-21 08:34:19.5\", with Z behind it for UTC"));
	return -1;
}

static bool
is_separator(char c)
{
	return c == ':' || c == '-' || c == '.';
}

/* 00:11:22, 00-11-22, 0011.2233, 001122, 0x0f, f; at most @max bytes. Returns how many, 0: none. */
static size_t
hex_bytes(const char *s, uint8_t *to, size_t max)
{
	size_t n = 0;
	char separator = '\0';
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2;
	else if (*s == ':')
		s++;
	while (*s && n < max) {
		char pair[3] = {s[0], isxdigit((unsigned char)s[1]) ? s[1] : '\0', '\0'};
		if (!isxdigit((unsigned char)s[0]) || (!pair[1] && s[1] && !is_separator(s[1])))
			return 0;
		to[n++] = (uint8_t)strtoul(pair, NULL, 16);
		s += strlen(pair);
		if (!is_separator(*s))
			continue;
		if (separator && *s != separator)
			return 0;
		separator = *s++;
	}
	return *s ? 0 : n;
}

static int
lit_bytes(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *like,
	  struct ni_val *v)
{
	char s[WORD];
	uint8_t bytes[WORD];
	size_t len = 0;
	v->type = NI_FT_BYTES;
	if (n->kind != NI_N_WORD) {
		v->p = keep(f, n->text, n->text_len);
		v->n = (uint32_t)n->text_len;
	} else {
		if (word(n, s))
			len = hex_bytes(s, bytes, sizeof(bytes));
		if (!len) {
			ni_flt_fail(f->tree.err, n->at, n->len,
				    _("%.*s is neither bytes nor a string"), ni_flt_quote(n),
				    f->text + n->at);
			ni_flt_hint(f->tree.err,
				    _("bytes are hexadecimal, as in 47:45:54; a string stands in "
				      "double quotes"));
			return -1;
		}
		v->p = keep(f, bytes, len);
		v->n = (uint32_t)len;
	}
	if (like->type == NI_FT_ETHER && like->field && v->n != 6) {
		ni_flt_fail(f->tree.err, n->at, n->len, _("%.*s is no Ethernet address"),
			    ni_flt_quote(n), f->text + n->at);
		ni_flt_hint(f->tree.err, _("it has six bytes, as in 02:00:00:12:34:56"));
		return -1;
	}
	return 0;
}

/* Whether a field that has only certain words for values has this one. */
static bool
is_word_of(const struct ni_field *field, const char *s)
{
	const char *text;
	for (unsigned i = 0; (text = nth_name(field, i)); i++)
		if (!strcmp(text, s))
			return true;
	return false;
}

static int
lit_string(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *like,
	   struct ni_val *v)
{
	char s[WORD];
	bool closed = like->field && like->field->word;
	bool short_enough = word(n, s);
	v->type = NI_FT_STR;
	v->p = keep(f, n->text, n->text_len);
	v->n = (uint32_t)n->text_len;
	if (!closed || (short_enough && is_word_of(like->field, s)))
		return 0;
	ni_flt_fail(f->tree.err, n->at, n->len, _("%s is never %.*s"), like->key, ni_flt_quote(n),
		    f->text + n->at);
	hint_names(f->tree.err, like->field, short_enough ? s : "");
	return -1;
}

static int
lit_address(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *like,
	    struct ni_val *v)
{
	char s[WORD];
	uint8_t addr[16];
	bool six = like->type == NI_FT_IP6;
	unsigned long bits = six ? 128 : 32;
	bool ok = word(n, s) && n->kind == NI_N_WORD;
	char *slash = ok ? strchr(s, '/') : NULL;
	if (slash) {
		char *end = NULL;
		unsigned long most = bits;
		*slash = '\0';
		bits = strtoul(slash + 1, &end, 10);
		ok = !*end && bits <= most;
	}
	ok = ok && inet_pton(six ? AF_INET6 : AF_INET, s, addr) == 1;
	if (!ok) {
		ni_flt_fail(f->tree.err, n->at, n->len,
			    six ? _("%.*s is no IPv6 address") : _("%.*s is no IPv4 address"),
			    ni_flt_quote(n), f->text + n->at);
		ni_flt_hint(f->tree.err, _("for example %s or the network %s"),
			    six ? "fe80::1" : "192.168.33.45",
			    six ? "fe80::/10" : "192.168.33.0/24");
		return -1;
	}
	v->type = (uint8_t)like->type;
	v->n = six ? 16 : 4;
	v->p = keep(f, addr, v->n);
	v->bits = (uint8_t)bits;
	return 0;
}

int
ni_flt_literal(struct ni_filter *f, const struct ni_node *n, const struct ni_operand *like,
	       struct ni_val *v)
{
	*v = (struct ni_val){.type = (uint8_t)like->type};
	switch (like->type) {
	case NI_FT_BOOL:
	case NI_FT_UINT:
	case NI_FT_SINT:
		return lit_int(f, n, like, v);
	case NI_FT_DOUBLE:
		return lit_double(f, n, v);
	case NI_FT_RELTIME:
		return lit_reltime(f, n, v);
	case NI_FT_ABSTIME:
		return lit_abstime(f, n, v);
	case NI_FT_STR:
		return lit_string(f, n, like, v);
	case NI_FT_BYTES:
	case NI_FT_ETHER:
	case NI_FT_PROTO:
		return lit_bytes(f, n, like, v);
	case NI_FT_IP4:
	case NI_FT_IP6:
		return lit_address(f, n, like, v);
	case NI_FT_NONE:
		break;
	}
	return ni_flt_fail(f->tree.err, n->at, n->len, _("%.*s is compared with what has no value"),
			   ni_flt_quote(n), f->text + n->at);
}
