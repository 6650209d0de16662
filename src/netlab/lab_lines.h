/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lines of a lab file: `KEY[.LANGUAGE] VALUE` at the margin or behind one tab; lines behind two
 * tabs go on with the text of the entry above. `#` begins a comment, at the start of a line or
 * between blanks (not in texts).
 */
#ifndef NI_NETLAB_LAB_LINES_H
#define NI_NETLAB_LAB_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "lab_pool.h"
#include "netinspect/err.h"

struct nl_lines {
	struct nl_pool *pool;
	const char *path, *p, *end;
	unsigned line; /* the last one that was read */
};

struct nl_entry {
	bool property; /* behind a tab */
	const char *key, *language, *value;
	const char *more; /* the lines that go on, joined; "" if there are none */
	unsigned line;
};

enum { NL_LINES_END = 1 };

/** Take the next entry. Returns 0, NL_LINES_END, or NI_ERR_INPUT. */
int nl_lines_next(struct nl_lines *l, struct nl_entry *e, struct ni_err *err);

/** The bytes of the UTF-8 character at @p of @n bytes; 0: it is none. */
size_t nl_utf8(const char *p, size_t n);

/** Take the next word off *@p; NULL at the end. */
const char *nl_word_next(struct nl_pool *pool, const char **p);

#endif
