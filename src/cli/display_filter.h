/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -Y: making the display filter, and saying to a person what is wrong with it. */
#ifndef NI_DISPLAY_FILTER_H
#define NI_DISPLAY_FILTER_H

#include <stdbool.h>

#include "netinspect/err.h"
#include "netinspect/filter.h"
#include "netinspect/proto.h"

/**
 * Compile @text, which @option brought in ("-Y").
 * Returns NULL after it has told on standard error what is wrong and where, with @err filled but
 * for its text.
 */
struct ni_filter *ni_display_filter(const struct ni_registry *reg, const char *text,
				    const char *option);

/** Look whether @text is right before anything is opened; @finals as ni_filter_needs_finals(). */
int ni_display_filter_check(const char *text, const char *option, bool *finals, struct ni_err *err);

/**
 * A capture filter was refused with @err: if @text is a display filter, the hint becomes the option
 * to type instead. Returns whether it is one.
 */
bool ni_display_filter_instead(const char *text, struct ni_err *err);

#endif
