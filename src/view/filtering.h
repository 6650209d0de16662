/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is shown: the display filter in force and what it has found so far; and searching, which is
 * the same for matches one jumps to. Both are passes over all packets in slices.
 */
#ifndef NI_FILTERING_H
#define NI_FILTERING_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "netinspect/filter.h"
#include "pass.h"

struct ni_filtering;
struct ni_search;

/** Make one that shows everything. NULL when memory is short. */
struct ni_filtering *ni_filtering_new(struct ni_model *m);
void ni_filtering_free(struct ni_filtering **f);

/**
 * Put @text in force; empty: everything is shown. Returns 0, or NI_ERR_INPUT with @err filled, and
 * the filter before stays in force.
 */
int ni_filtering_set(struct ni_filtering *f, const char *text, struct ni_filter_error *err);
/** Begin the pass anew, after the packets were forgotten. */
void ni_filtering_restart(struct ni_filtering *f);

/** The text in force, "" for none. */
const char *ni_filtering_text(const struct ni_filtering *f);
/** The packets that match, of those looked at; NULL: no filter, all do. */
const struct ni_set *ni_filtering_found(const struct ni_filtering *f);
/** Whether any packet of conversation @conn was found to match. */
bool ni_filtering_has_conn(const struct ni_filtering *f, uint32_t conn);
/** Changes when what was found did. */
uint64_t ni_filtering_version(const struct ni_filtering *f);
/** Changes when another filter is put in force, or the pass begins anew. */
uint64_t ni_filtering_changes(const struct ni_filtering *f);
/** How far it is, in percent; 100: through with what there is. */
unsigned ni_filtering_percent(const struct ni_filtering *f);
/** Whether it waits for the file to be loaded, because it asks how conversations end. */
bool ni_filtering_waits(const struct ni_filtering *f);
bool ni_filtering_work(struct ni_filtering *f, int64_t budget_ns);

/**
 * Prepare a search: "text" in the columns, "x 0d0a" in the bytes, "~ RE" a regular expression in
 * the columns. NULL with @err filled.
 */
struct ni_search *ni_search_new(struct ni_model *m, const char *what, struct ni_err *err);
void ni_search_free(struct ni_search **s);
bool ni_search_work(struct ni_search *s, int64_t budget_ns);
struct ni_pass *ni_search_pass(struct ni_search *s);
const char *ni_search_text(const struct ni_search *s);

#endif
