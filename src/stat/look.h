/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What statistics have in common: their filter, and looking up values of a layer by field key. */
#ifndef NI_STAT_LOOK_H
#define NI_STAT_LOOK_H

#include "netinspect/dis.h"
#include "netinspect/filter.h"
#include "netinspect/lookup.h"
#include "netinspect/session.h"
#include "out.h"
#include "stat.h"

/* The first member of the struct of every statistic but those that follow streams. */
struct stat_base {
	struct ni_sink sink;
	struct ni_stat_env env;
	const struct ni_stat *stat;
	struct ni_filter *filter;  /* NULL: every frame counts */
	char text[512];            /* of the filter */
	uint64_t frames;           /* that counted */
	int64_t first_ns, last_ns; /* of the frames seen, counted or not */
	bool begun;
};

/**
 * Fill @b, compile @filter ("" for none). 0, or a negative ni_status with @err filled.
 * stat_base_free() gives back what it took, not @b itself.
 */
int stat_base_init(struct stat_base *b, const struct ni_stat_env *env, const struct ni_stat *stat,
		   const char *filter, struct ni_err *err);
void stat_base_free(struct stat_base *b);

/** Note the frame's time, and say whether it passes the filter. */
bool stat_takes(struct stat_base *b, const struct ni_dis *d);

/** The time between the first and the last frame, in seconds. */
double stat_seconds(const struct stat_base *b);

/** Write the heading of a statistic in text: its title and its filter. */
void stat_head(const struct stat_base *b, const char *title);

/** Write @text to the right of a column of @width, at least a blank before it. */
void stat_cell(struct ni_buf *b, const char *text, size_t width);

/** Begin and end the line of JSON of a statistic: {"stat":…,"filter":…, and }. */
void stat_json_begin(const struct stat_base *b);
void stat_json_end(const struct stat_base *b);

/* Which connections had a frame that passed the filter: a bit each. */
enum { STAT_CONNS = 1 << 23 };

struct stat_conns {
	uint64_t *bits; /* STAT_CONNS of them; NULL until one is set */
	bool beyond;    /* ids that find no room count as passed */
};

void stat_conns_add(struct stat_conns *c, uint32_t id);

/** Say whether @conn is to be counted at its end: always, when there is no filter. */
bool stat_conns_has(const struct stat_conns *c, const struct stat_base *b,
		    const struct ni_conn *conn);
void stat_conns_free(struct stat_conns *c);

/* A field that a statistic asks each layer of a protocol for. */
enum { WANT_ROWS = 4, WANT_TEXT = 256 };

struct stat_want {
	const char *key;
	struct ni_field_ref row[WANT_ROWS];
	unsigned rows;
	unsigned n;            /* values found by the last look */
	struct ni_value value; /* the first of them; pointers die with the frame */
	const struct ni_field *field;
	char text[WANT_TEXT]; /* the first one as -T fields prints it */
	/* Called for every value, if not NULL. */
	void (*each)(void *ctx, const struct ni_field *f, const struct ni_value *v);
	void *ctx;
};

/** Find the rows of each of @n wants. */
void stat_wants_init(struct stat_want *w, size_t n, const struct ni_registry *reg);

/** Fetch the values of one layer. */
void stat_look(struct stat_want *w, size_t n, const struct ni_dis *d, const struct ni_layer *l);

#endif
