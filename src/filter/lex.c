/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tokens of the filter language; see syntax.h. */
#include <ctype.h>
#include <string.h>

#include "syntax.h"

struct name {
	const char *text;
	enum ni_tok kind;
	int op;
	bool all;
};

/* Longer ones first where one begins with another. */
static const struct name signs[] = {
    {"===", NI_TOK_CMP, NI_CMP_EQ, true}, {"!==", NI_TOK_CMP, NI_CMP_NE, false},
    {"==", NI_TOK_CMP, NI_CMP_EQ, false}, {"!=", NI_TOK_CMP, NI_CMP_NE, true},
    {"~=", NI_TOK_CMP, NI_CMP_NE, false}, {"<=", NI_TOK_CMP, NI_CMP_LE, false},
    {">=", NI_TOK_CMP, NI_CMP_GE, false}, {"&&", NI_TOK_AND, 0, false},
    {"||", NI_TOK_OR, 0, false},          {"^^", NI_TOK_XOR, 0, false},
    {"..", NI_TOK_DOTS, 0, false},        {"<", NI_TOK_CMP, NI_CMP_LT, false},
    {">", NI_TOK_CMP, NI_CMP_GT, false},  {"~", NI_TOK_CMP, NI_CMP_MATCHES, false},
    {"!", NI_TOK_NOT, 0, false},          {"&", NI_TOK_ARITH, '&', false},
    {"+", NI_TOK_ARITH, '+', false},      {"-", NI_TOK_ARITH, '-', false},
    {"*", NI_TOK_ARITH, '*', false},      {"/", NI_TOK_ARITH, '/', false},
    {"%", NI_TOK_ARITH, '%', false},      {"(", NI_TOK_SIGN, '(', false},
    {")", NI_TOK_SIGN, ')', false},       {"{", NI_TOK_SIGN, '{', false},
    {"}", NI_TOK_SIGN, '}', false},       {"[", NI_TOK_SIGN, '[', false},
    {"]", NI_TOK_SIGN, ']', false},       {",", NI_TOK_SIGN, ',', false},
    {"#", NI_TOK_SIGN, '#', false},
};

static const struct name words[] = {
    {"eq", NI_TOK_CMP, NI_CMP_EQ, false},
    {"any_eq", NI_TOK_CMP, NI_CMP_EQ, false},
    {"all_eq", NI_TOK_CMP, NI_CMP_EQ, true},
    {"ne", NI_TOK_CMP, NI_CMP_NE, true},
    {"all_ne", NI_TOK_CMP, NI_CMP_NE, true},
    {"any_ne", NI_TOK_CMP, NI_CMP_NE, false},
    {"lt", NI_TOK_CMP, NI_CMP_LT, false},
    {"le", NI_TOK_CMP, NI_CMP_LE, false},
    {"gt", NI_TOK_CMP, NI_CMP_GT, false},
    {"ge", NI_TOK_CMP, NI_CMP_GE, false},
    {"contains", NI_TOK_CMP, NI_CMP_CONTAINS, false},
    {"matches", NI_TOK_CMP, NI_CMP_MATCHES, false},
    {"and", NI_TOK_AND, 0, false},
    {"or", NI_TOK_OR, 0, false},
    {"xor", NI_TOK_XOR, 0, false},
    {"not", NI_TOK_NOT, 0, false},
    {"in", NI_TOK_IN, 0, false},
    {"any", NI_TOK_ANY, 0, false},
    {"all", NI_TOK_ALL, 0, false},
    {"bitand", NI_TOK_ARITH, '&', false},
    {"bitwise_and", NI_TOK_ARITH, '&', false},
};

bool
ni_flt_is_word(int c)
{
	return isalnum(c) || c == '_' || c == '.' || c >= 0x80;
}

static bool
in_word(int c)
{
	return ni_flt_is_word(c) || c == ':';
}

/* "10.0.0.0/8", but not "tcp.len/2": whether the "/" at @at belongs to the address before it. */
static bool
is_prefix(const char *p, size_t at)
{
	size_t digits = 0;
	if (!isdigit((unsigned char)p[at + 1]))
		return false;
	if (memchr(p, ':', at))
		return true;
	for (size_t i = 0; i < at; i++) {
		if (p[i] != '.' && !isdigit((unsigned char)p[i]))
			return false;
		digits += p[i] == '.';
	}
	return digits > 0;
}

static size_t
word_length(const char *p)
{
	size_t n = 0;
	bool prefix = false;
	for (;; n++) {
		int c = (unsigned char)p[n];
		if (c == '.' && p[n + 1] == '.')
			break;
		if (in_word(c))
			continue;
		if (c == '-' && n && isalnum((unsigned char)p[n - 1]) &&
		    isalnum((unsigned char)p[n + 1]))
			continue;
		if (c != '/' || prefix || !is_prefix(p, n))
			break;
		prefix = true;
	}
	return n;
}

/* A string or character up to its closing quote; NI_TOK_BAD if there is none. */
static struct ni_token
quoted(const char *text, size_t at, size_t quote, enum ni_tok kind)
{
	struct ni_token t = {.kind = kind, .at = at};
	size_t i = quote + 1;
	while (text[i] && text[i] != text[quote])
		i += text[i] == '\\' && text[i + 1] ? 2 : 1;
	if (!text[i])
		t.kind = NI_TOK_BAD;
	t.len = i - at + (text[i] != '\0');
	return t;
}

static struct ni_token
named(const struct name *n, size_t at, size_t len)
{
	return (struct ni_token){n->kind, n->op, n->all, at, len};
}

struct ni_token
ni_flt_token(const char *text, size_t at)
{
	while (isspace((unsigned char)text[at]))
		at++;
	const char *p = text + at;
	if (!*p)
		return (struct ni_token){.kind = NI_TOK_END, .at = at};
	if (*p == '"')
		return quoted(text, at, at, NI_TOK_STRING);
	if ((*p == 'r' || *p == 'R') && p[1] == '"')
		return quoted(text, at, at + 1, NI_TOK_RAW);
	if (*p == '\'')
		return quoted(text, at, at, NI_TOK_CHAR);
	size_t n = word_length(p);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i].text) == n && !strncmp(p, words[i].text, n))
			return named(&words[i], at, n);
	if (n)
		return (struct ni_token){.kind = NI_TOK_WORD, .at = at, .len = n};
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		n = strlen(signs[i].text);
		if (!strncmp(p, signs[i].text, n))
			return named(&signs[i], at, n);
	}
	return (struct ni_token){.kind = NI_TOK_BAD, .at = at, .len = 1};
}
