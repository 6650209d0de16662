/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One packet taken apart for looking at: the lines of its tree and its bytes, kept as long as
 * wanted. */
#ifndef NI_DETAIL_H
#define NI_DETAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model.h"

struct ni_detail_line {
	const struct ni_proto *proto; /* these two say what kind of line it is */
	const struct ni_field *field; /* NULL: the line of a layer, or a remark on it */
	uint32_t text;                /* where its text begins, NUL-terminated and escaped */
	uint32_t off, len;            /* its bytes in the source; len 0: none */
	uint16_t depth;
	uint8_t source;
	uint8_t level; /* enum ni_severity of a remark; NI_IX_PLAIN: it is none */
};

struct ni_detail_source {
	char name[32];
	uint8_t *p;
	uint32_t n;
};

struct ni_detail {
	uint64_t number; /* of the packet; 0: none */
	struct ni_detail_line *lines;
	uint32_t n;
	char *text;
	uint32_t text_n;
	struct ni_detail_source source[NI_MAX_SOURCES];
	unsigned nsources;
	bool cut; /* there was more than is kept */
};

/** Take packet @number apart in its context. 0; or NI_ERR_RUN, and @d is empty. */
int ni_detail_make(struct ni_detail *d, struct ni_model *m, uint64_t number, struct ni_err *err);
void ni_detail_free(struct ni_detail *d);

const char *ni_detail_text(const struct ni_detail *d, uint32_t line);
/** Whether the line can be unfolded. */
bool ni_detail_has_children(const struct ni_detail *d, uint32_t line);

#endif
