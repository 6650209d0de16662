/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Display filters: Wireshark's language over our fields, compiled once, then asked for every frame.
 */
#ifndef NETINSPECT_FILTER_H
#define NETINSPECT_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct ni_dis;
struct ni_filter;
struct ni_registry;

/* What is wrong with a filter, and where. */
struct ni_filter_error {
	char what[256]; /* one clause: "\"tcp.flags.sin\" is no field" */
	char hint[256]; /* what would be right: "did you mean tcp.flags.syn?"; "" if nothing helps */
	size_t at, len; /* bytes of the filter that are meant */
};

/**
 * Compile @text. An empty filter matches everything.
 * @reg must outlive the filter. Returns NULL with @err (not NULL) filled when the filter is wrong or
 * memory is short. Allocates; matching does not.
 */
struct ni_filter *ni_filter_compile(const struct ni_registry *reg, const char *text,
				    struct ni_filter_error *err);

/** Say whether a dissected frame matches. Never allocates, never fails. */
bool ni_filter_match(struct ni_filter *f, const struct ni_dis *d);

/** Say whether the filter asks about conversations as a whole (conn.*, tcp.completeness), which on a
 * file takes a first pass. */
bool ni_filter_needs_finals(const struct ni_filter *f);

void ni_filter_free(struct ni_filter **f);

#endif
