/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing JSON as it comes: values, keys and brackets one by one; commas are put where they belong.
 */
#ifndef NI_JSONW_H
#define NI_JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/buf.h"

struct ni_jsonw {
	struct ni_buf *b;
	bool more; /* what comes next needs a comma before it */
};

/** Begin a value that the caller appends to b himself. */
void ni_json_next(struct ni_jsonw *w);
/** '{' or '['. */
void ni_json_open(struct ni_jsonw *w, char bracket);
/** '}' or ']'. */
void ni_json_close(struct ni_jsonw *w, char bracket);
/** A key of our own, which needs no escaping. */
void ni_json_key(struct ni_jsonw *w, const char *key);
/** Text from the wire: what is no UTF-8 becomes the code points of its bytes. */
void ni_json_text(struct ni_jsonw *w, const void *p, size_t n);
void ni_json_word(struct ni_jsonw *w, const char *s);
void ni_json_u64(struct ni_jsonw *w, uint64_t v);
void ni_json_bool(struct ni_jsonw *w, bool v);
/** Seconds with nine decimals. */
void ni_json_sec(struct ni_jsonw *w, int64_t ns);

#endif
