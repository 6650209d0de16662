/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The waterfall of HTTP exchanges: a bar for each that shows where its time went, all of them to
 * one scale, and an axis with times. No curses in here.
 */
#ifndef NI_WATERFALL_H
#define NI_WATERFALL_H

#include <stdint.h>

#include "httptab.h"
#include "netinspect/buf.h"

/* What the width stands for. */
enum ni_scale {
	NI_SCALE_ALL,  /* from the first to the last exchange of the list */
	NI_SCALE_ROWS, /* of those on the screen */
	NI_SCALE_CONN, /* of those on the selected one's connection */
	NI_NSCALES,
};

struct ni_waterfall {
	int64_t from_ns, to_ns; /* from > to: nothing was taken yet */
};

enum { NI_WATERFALL_MAX = 300, NI_WATERFALL_NONE = NI_HTTP_NPHASES };

void ni_waterfall_clear(struct ni_waterfall *w);
/** Let the scale reach over @r. */
void ni_waterfall_take(struct ni_waterfall *w, const struct ni_http_row *r);

/** Append an axis of @width cells: marks at round times since the left end. */
void ni_waterfall_axis(const struct ni_waterfall *w, int width, struct ni_buf *b);

/**
 * Say what stands in each of @width cells (at most NI_WATERFALL_MAX) of @r's bar: an enum
 * ni_http_phase or NI_WATERFALL_NONE.
 */
void ni_waterfall_cells(const struct ni_waterfall *w, const struct ni_http_row *r, int width,
			uint8_t *at);

/** The character of phase @phase, or a blank: they differ without colours, too. */
const char *ni_waterfall_mark(unsigned phase);

#endif
