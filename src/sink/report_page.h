/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How the report is laid out: lines that never exceed the page, columns sized by what stands in
 * them, wrapped sentences, numbers as people write them, all of it in plain ASCII if need be.
 * Texts given here are our own or escaped already; nothing from the wire comes here raw.
 */
#ifndef NI_REPORT_PAGE_H
#define NI_REPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/buf.h"
#include "netinspect/conn.h"
#include "out.h"
#include "report_mem.h"

enum {
	RP_CELL = 512,       /* bytes of text in one cell of a table */
	RP_PARAGRAPH = 4096, /* bytes of text in one paragraph */
	RP_INDENT = 2,
	RP_MIN_WIDTH = 60, /* narrower pages are not laid out for */
};

/* Where a page of HTML may have more than the report's sections. */
enum rp_place { RP_AFTER_CAPTURE, RP_AFTER_CONNS, RP_AFTER_HTTP };

struct rp_html {
	void (*after)(void *ctx, enum rp_place place);
	bool (*drawn)(void *ctx, uint32_t conn); /* whether the page has a drawing of it */
	void *ctx;
};

struct rp_page {
	struct ni_out *o;
	const struct rp_html *html; /* NULL: text */
	const char *element;        /* of HTML that is open; NULL: none */
	unsigned width;
	unsigned col; /* columns used in the current line */
	bool begun;   /* something has been written */
};

struct rp_page rp_page(struct ni_out *o);

/** Append @text, cut at the right edge of the page. */
void rp_put(struct rp_page *p, const char *text);
void rp_fmt(struct rp_page *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Append @text in a colour. */
void rp_put_color(struct rp_page *p, enum ni_color c, const char *text);
/** Fill with blanks up to column @col; with one blank if the line is there already. */
void rp_to(struct rp_page *p, unsigned col);
/** End the line. */
void rp_end(struct rp_page *p);

/** Begin a section: an empty line, the title and a rule with a word at its right end (or NULL). */
void rp_heading(struct rp_page *p, const char *title, const char *right);
/** Write @label (or NULL) at the indent and @text behind column @left, wrapped between words. */
void rp_para(struct rp_page *p, unsigned left, const char *label, const char *text);
/** "… and 99,900 more (--full shows all)"; nothing if all are shown. */
void rp_more(struct rp_page *p, uint64_t shown, uint64_t total);
/** Write @words with the number, as rp_count(), as a warning; nothing if @lost is 0. */
void rp_not_kept(struct rp_page *p, uint64_t lost, const char *words);

/** Columns that @text takes up on this page once it is written. */
unsigned rp_columns(const struct rp_page *p, const char *text);

enum rp_col_flag {
	RP_RIGHT = 1 << 0,  /* numbers */
	RP_ELIDE = 1 << 1,  /* may be shortened in the middle when room is short */
	RP_OPTION = 1 << 2, /* may be left out when room is short; the last such first */
};

struct rp_col {
	const char *title; /* N_(), or "" */
	unsigned flags;    /* enum rp_col_flag */
	unsigned min;      /* RP_ELIDE: not narrower than this */
};

/** A column's title in the reader's language. */
const char *rp_title(const struct rp_col *c);

enum { RP_MAX_COLS = 12 };

/* Rows are made twice, once to be measured: no text is kept. A column that is empty in all rows is
 * left out. */
struct rp_table {
	const struct rp_col *cols; /* ends with title NULL */
	const void *ctx;
	size_t rows;
	void (*cell)(const void *ctx, size_t row, unsigned col, struct ni_buf *b);
	enum ni_color (*color)(const void *ctx, size_t row); /* or NULL */
};

void rp_table(struct rp_page *p, const struct rp_table *t);

/* ---- report_html.c: the same as HTML ---- */

void rp_html_close(struct rp_page *p);
void rp_html_heading(struct rp_page *p, const char *title, const char *right);
void rp_html_para(struct rp_page *p, const char *label, const char *words);
void rp_html_put(struct rp_page *p, enum ni_color c, const char *words);
void rp_html_to(struct rp_page *p, unsigned col);
void rp_html_end(struct rp_page *p);
void rp_html_table(struct rp_page *p, const struct rp_table *t);

/* ---- values ---- */

/** 1,234,567 */
void rp_num(struct ni_buf *b, uint64_t v);
/** Append @words, NI_PLURAL("%s packet", "%s packets", v), with the number. */
void rp_count(struct ni_buf *b, uint64_t v, const char *words);
/** The same behind a comma, if something went before; nothing if @v is 0. */
void rp_item(struct ni_buf *b, uint64_t v, const char *words);
/** 58 B, 12.6 kB, 1.24 GB */
void rp_size(struct ni_buf *b, uint64_t v);
/** Three significant digits of a span of time: 812 ns, 24.0 ms, 1.23 s, 2 min 05 s, 3 d 04 h */
void rp_dur(struct ni_buf *b, int64_t ns);
/** Each of the three as text, to fill in a sentence: rp_word_num(n).z */
struct rp_word {
	char z[32];
};
struct rp_word rp_word_num(uint64_t v);
struct rp_word rp_word_size(uint64_t v);
struct rp_word rp_word_dur(int64_t ns);
/** 12.3 % */
void rp_percent(struct ni_buf *b, uint64_t part, uint64_t whole);
void rp_addr(struct ni_buf *b, const struct ni_addr *a);
/** 10.0.0.1:80, [2001:db8::1]:80 */
void rp_end_point(struct ni_buf *b, const struct ni_addr *a, uint16_t port);
/** 12, 15, 19 … */
void rp_frames(struct ni_buf *b, const struct rp_frames *f);
/** Text from the wire that ends with NUL, escaped. */
void rp_wire(struct ni_buf *b, const char *s);
/** "1.02 ms at least, 1.20 ms median, 4.5 ms for 95 %, 80 ms at most" */
void rp_spread(struct ni_buf *b, const struct rp_hist *h);
/** A copy of @a whose unused bytes are zero, for keys. */
struct ni_addr rp_addr_key(const struct ni_addr *a);
bool rp_addr_equal(const struct ni_addr *a, const struct ni_addr *b);

/** @a - @b without overflow. */
int64_t rp_diff(int64_t a, int64_t b);

#endif
