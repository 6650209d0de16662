/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The page that --html writes, and its parts. Sections and tables are the report's, which writes
 * them through rp_page; what is drawn (graph, ladders, waterfall) is added here. Texts from the
 * wire reach the page only through ni_html_text().
 */
#ifndef NI_HTML_H
#define NI_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/conn.h"
#include "netinspect/http.h"
#include "netinspect/ladder.h"
#include "report_mem.h"

struct ni_buf;
struct ni_out;

/** Append text as the content of an element or attribute: what is no letter of a page stays text,
 * what is no character becomes U+FFFD. */
void ni_html_text(struct ni_buf *b, const char *s, size_t n);

/* What the page carries beside text. */
extern const char ni_html_style[], ni_html_script[];

/* ---- html_graph.c: packets over time, in steps that grow with the capture ---- */

enum { NI_STEPS = 1000 };

struct html_graph {
	int64_t zero_ns, step_ns; /* step_ns 0: nothing yet */
	uint32_t used;            /* steps up to the last packet */
	uint32_t packets[NI_STEPS], marked[NI_STEPS];
};

void html_graph_add(struct html_graph *g, int64_t ts_ns, bool marked);
void html_graph_write(const struct html_graph *g, struct ni_out *o);

/* ---- html_ladder.c: one connection ---- */

/** Draw @l, laid out for @c; @zero_ns: where times count from. */
void html_ladder_write(struct ni_out *o, struct ni_ladder *l, const struct ni_conn *c,
		       int64_t zero_ns);

/* ---- html_waterfall.c: HTTP exchanges to scale ---- */

enum { NI_WATERFALL = 200 };

struct html_exchange {
	int64_t asked_ns, sent_ns; /* first and last byte of the request */
	int64_t first_ns, last_ns; /* of the response; 0: none */
	uint32_t stream;
	uint16_t status;
	char label[96]; /* escaped */
};

struct html_waterfall {
	struct rp_list list; /* of struct html_exchange */
};

void html_waterfall_add(struct html_waterfall *w, const struct ni_http_exchange *x);
void html_waterfall_write(const struct html_waterfall *w, struct ni_out *o, int64_t zero_ns);

#endif
