/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a filter taken apart: tokens, and the tree that the parser makes of them. Which types
 * go together is the compiler's business (compile.h), but which words are fields is known here.
 */
#ifndef NI_FILTER_SYNTAX_H
#define NI_FILTER_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/filter.h"
#include "netinspect/lookup.h"

enum {
	NI_FLT_MAX_TEXT = 8192, /* bytes of a filter */
	NI_FLT_MAX_DEPTH = 200, /* of parentheses and the like */
	NI_FLT_MAX_PARTS = 8,   /* pieces of one slice */
};

enum ni_tok {
	NI_TOK_END,
	NI_TOK_WORD,   /* a field, a number, an address … */
	NI_TOK_STRING, /* "…" */
	NI_TOK_RAW,    /* r"…" */
	NI_TOK_CHAR,   /* '…' */
	NI_TOK_CMP,    /* one of the comparisons: op */
	NI_TOK_AND,
	NI_TOK_OR,
	NI_TOK_XOR,
	NI_TOK_NOT,
	NI_TOK_IN,
	NI_TOK_ANY,
	NI_TOK_ALL,
	NI_TOK_ARITH, /* + - * / % &: op is the character */
	NI_TOK_SIGN,  /* every other character that means something: op is the character */
	NI_TOK_DOTS,  /* .. */
	NI_TOK_BAD,
};

enum ni_cmp {
	NI_CMP_EQ,
	NI_CMP_NE,
	NI_CMP_LT,
	NI_CMP_LE,
	NI_CMP_GT,
	NI_CMP_GE,
	NI_CMP_CONTAINS,
	NI_CMP_MATCHES,
};

struct ni_token {
	enum ni_tok kind;
	int op;
	bool all; /* NI_TOK_CMP: by itself about all values, not any */
	size_t at, len;
};

/** Find the token at or behind @at. */
struct ni_token ni_flt_token(const char *text, size_t at);

/** Whether the word at @at is the beginning of a key that is being typed (for completion). */
bool ni_flt_is_word(int c);

enum ni_node_kind {
	NI_N_OR,
	NI_N_AND,
	NI_N_XOR,
	NI_N_NOT,
	NI_N_TEST,  /* left: is it there, is it true */
	NI_N_CMP,   /* left op right, for all or any values */
	NI_N_IN,    /* left in: right is the first of a list of NI_N_RANGE or values */
	NI_N_RANGE, /* left .. right */
	NI_N_FIELD, /* a field or a protocol */
	NI_N_WORD,  /* what is no field: a literal without quotes */
	NI_N_STRING,
	NI_N_CHAR,
	NI_N_SLICE, /* of left */
	NI_N_CALL,  /* text is the name, left the first argument */
	NI_N_NEG,
	NI_N_ARITH, /* left op right */
};

/* From @from, @to is behind the last; negative: from the end. */
struct ni_part_range {
	int32_t from, to;
	bool open;    /* up to the end */
	bool counted; /* to is a length */
};

struct ni_node {
	uint8_t kind;
	uint8_t op; /* enum ni_cmp, or a character */
	bool all;
	bool raw;                    /* a string in which \ means nothing */
	uint8_t nparts;              /* of parts */
	int left, right, next;       /* nodes; 0: none */
	size_t at, len;              /* where it stands in the filter */
	const char *text;            /* of words and strings; not NUL-terminated */
	size_t text_len;             /* a string's escapes are resolved */
	struct ni_part_range *parts; /* of a slice, or the layers of a field; NULL: none */
};

struct ni_tree {
	const struct ni_registry *reg;
	const char *text;
	struct ni_filter_error *err;
	struct ni_node *nodes; /* from 1 */
	int nnodes, max;
	struct ni_part_range *parts;
	int nparts;
	char *strings; /* resolved escapes */
	size_t nstrings;
	struct ni_token tok; /* the next one */
	unsigned depth;
	size_t last_end; /* of the token before the next one */
};

/**
 * Parse @text. Returns the root, 0 when the filter is empty, or -1 with t->err filled.
 * @t is to be zeroed but for reg, text and err; the caller frees it.
 */
int ni_flt_parse(struct ni_tree *t);
void ni_flt_tree_free(struct ni_tree *t);

/* ---- of the parser ---- */

/** Go on to the next token. */
void ni_flt_advance(struct ni_tree *t);
/** Add a node that begins at @at; -1 when there is no room. */
int ni_flt_new_node(struct ni_tree *t, enum ni_node_kind kind, size_t at);
/** Take the string or character that is the next token; of a pattern the escapes stay. */
int ni_flt_parse_quoted(struct ni_tree *t, bool pattern);
/** Take the ranges in brackets, of which the first is the next token, for @n. 0 or -1. */
int ni_flt_parse_ranges(struct ni_tree *t, struct ni_node *n);
/** Read a number, and step over it and blanks around it. */
bool ni_flt_parse_number(const char **p, int32_t *v);

/** Fill @err; always -1. */
int ni_flt_fail(struct ni_filter_error *err, size_t at, size_t len, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void ni_flt_hint(struct ni_filter_error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
