/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bars of HTTP exchanges; see waterfall.h. */
#include "waterfall.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "line.h"

void
ni_waterfall_clear(struct ni_waterfall *w)
{
	w->from_ns = INT64_MAX;
	w->to_ns = INT64_MIN;
}

void
ni_waterfall_take(struct ni_waterfall *w, const struct ni_http_row *r)
{
	int64_t from = ni_http_row_from(r);
	int64_t to = ni_http_row_to(r);
	w->from_ns = from < w->from_ns ? from : w->from_ns;
	w->to_ns = to > w->to_ns ? to : w->to_ns;
}

static int
cell_of(const struct ni_waterfall *w, int64_t ns, int width)
{
	double span = w->to_ns > w->from_ns ? (double)w->to_ns - (double)w->from_ns : 1;
	int x = (int)(((double)ns - (double)w->from_ns) / span * width);
	return x < 0 ? 0 : x < width ? x : width - 1;
}

/* In each cell stands the phase that had most of its time. */
static void
fill_cells(const struct ni_waterfall *w, const struct ni_http_row *r, int width, uint8_t *at)
{
	double per = (double)(w->to_ns - w->from_ns) / width;
	double most[NI_WATERFALL_MAX] = {0};
	for (unsigned p = 0; p < NI_HTTP_NPHASES; p++) {
		int64_t from;
		int64_t to;
		if (!ni_http_row_phase(r, (enum ni_http_phase)p, &from, &to))
			continue;
		int last = cell_of(w, to, width);
		for (int x = cell_of(w, from, width); x <= last; x++) {
			double begin = (double)w->from_ns + per * x;
			double lo = (double)from > begin ? (double)from : begin;
			double hi = (double)to < begin + per ? (double)to : begin + per;
			bool moment = from == to; /* nothing of it lies in any cell */
			bool taken = at[x] != NI_WATERFALL_NONE && hi - lo <= most[x];
			if (taken || (hi <= lo && !moment))
				continue;
			at[x] = (uint8_t)p;
			most[x] = hi - lo;
		}
	}
}

/* A phase that is too short to have a cell takes the one it begins in, if that leaves others. */
static void
show_short(const struct ni_waterfall *w, const struct ni_http_row *r, int width, uint8_t *at)
{
	unsigned cells[NI_HTTP_NPHASES + 1] = {0};
	for (int x = 0; x < width; x++)
		cells[at[x]]++;
	for (unsigned p = 0; p < NI_HTTP_NPHASES; p++) {
		int64_t from;
		int64_t to;
		if (cells[p] || !ni_http_row_phase(r, (enum ni_http_phase)p, &from, &to))
			continue;
		uint8_t *cell = &at[cell_of(w, from, width)];
		if (cells[*cell] < 2)
			continue;
		cells[*cell]--;
		*cell = (uint8_t)p;
		cells[p]++;
	}
}

void
ni_waterfall_cells(const struct ni_waterfall *w, const struct ni_http_row *r, int width,
		   uint8_t *at)
{
	memset(at, NI_WATERFALL_NONE, (size_t)width);
	fill_cells(w, r, width, at);
	show_short(w, r, width, at);
}

const char *
ni_waterfall_mark(unsigned phase)
{
	static const char *const marks[] = {[NI_HTTP_CONNECT] = "·",
					    [NI_HTTP_SEND] = "▶",
					    [NI_HTTP_WAIT] = "─",
					    [NI_HTTP_RECEIVE] = "█",
					    [NI_WATERFALL_NONE] = " "};
	return marks[phase];
}

/* ---- axis ---- */

/* The next of 1, 2, 5, 10, 20, 50 … ns that is at least @least. */
static double
round_up(double least)
{
	double step = 1;
	static const double factor[] = {2, 2.5, 2};
	for (unsigned i = 0; step < least; i++)
		step *= factor[i % 3];
	return step;
}

static int
put_label(char *text, size_t n, double ns, bool seconds)
{
	if (ns <= 0)
		return snprintf(text, n, "│0");
	return snprintf(text, n, seconds ? "│%.9gs" : "│%.9gms", ns / (seconds ? 1e9 : 1e6));
}

void
ni_waterfall_axis(const struct ni_waterfall *w, int width, struct ni_buf *b)
{
	enum { APART = 9 };
	char label[40];
	int x = 0;
	double span = w->to_ns > w->from_ns ? (double)w->to_ns - (double)w->from_ns : 0;
	if (span <= 0 || width <= 0)
		return;
	double step = round_up(span * APART / width);
	for (unsigned i = 0; i * step < span; i++) {
		double t = i * step;
		int at = cell_of(w, w->from_ns + (int64_t)t, width);
		put_label(label, sizeof(label), t, span >= 1e9);
		int cells = ni_line_width(label, strlen(label));
		if (at < x || at + cells > width)
			continue;
		ni_buf_pad(b, ' ', (size_t)(at - x));
		ni_buf_str(b, label);
		x = at + cells;
	}
}
