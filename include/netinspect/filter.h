/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Display filters: Wireshark's language over our fields, compiled once, then asked for every frame.
 */
#ifndef NETINSPECT_FILTER_H
#define NETINSPECT_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ni_dis;
struct ni_filter;
struct ni_registry;

/* What is wrong with a filter, and where. */
struct ni_filter_error {
	char what[256]; /* one clause: "\"tcp.flags.sin\" is no field" */
	char
	    hint[256]; /* what would be right: "did you mean tcp.flags.syn?"; "" if nothing helps */
	size_t at, len; /* bytes of the filter that are meant */
};

/**
 * Compile @text. An empty filter matches everything.
 * @reg must outlive the filter. Returns NULL with @err (not NULL) filled when the filter is wrong
 * or memory is short. Allocates; matching does not.
 */
struct ni_filter *ni_filter_compile(const struct ni_registry *reg, const char *text,
				    struct ni_filter_error *err);

/** Say whether a dissected frame matches. Never allocates, never fails. */
bool ni_filter_match(struct ni_filter *f, const struct ni_dis *d);

/** Say whether the filter asks about conversations as a whole (conn.*, tcp.completeness), which on
 * a file takes a first pass. */
bool ni_filter_needs_finals(const struct ni_filter *f);

/** Say whether field @key is about a conversation as a whole, so that it takes the same. */
bool ni_filter_is_final(const char *key);

/** What the filter has to know of the past: bits of enum ni_need. */
unsigned ni_filter_needs(const struct ni_filter *f);

void ni_filter_free(struct ni_filter **f);

/* What did not fit into the bounds of matching. Shown, never hidden. */
struct ni_filter_limits {
	uint64_t values_dropped;   /* more values in one frame than are looked at */
	uint64_t patterns_stopped; /* values for which a regular expression took too many steps */
};

struct ni_filter_limits ni_filter_limits(const struct ni_filter *f);

/** Say whether the filter is one test by a regular expression (http.host ~ "…"). */
bool ni_filter_is_pattern(const struct ni_filter *f);

/* A group that took part in a match; @name NULL: it has none. Valid during the call. */
typedef void ni_filter_group_fn(void *ctx, const char *name, const uint8_t *p, size_t n);

/**
 * Show what the groups of a pattern caught: the named ones, or all if none is named, or the whole
 * match if there are no groups; of each value that matches. Only for ni_filter_is_pattern().
 */
void ni_filter_groups(struct ni_filter *f, const struct ni_dis *d, ni_filter_group_fn *show,
		      void *ctx);

/**
 * Find the keys that begin with the word in front of @cursor (bytes into @text).
 * Where the word begins goes to *@start. The first @max keys in alphabetical order go to @keys and
 * live as long as @reg. Returns how many there are, perhaps more (the same key may count again
 * beyond @max); 0 inside a string.
 */
size_t ni_filter_complete(const struct ni_registry *reg, const char *text, size_t cursor,
			  size_t *start, const char **keys, size_t max);

#endif
