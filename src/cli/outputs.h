/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which outputs the command line asks for, as sinks of the session. */
#ifndef NI_OUTPUTS_H
#define NI_OUTPUTS_H

#include <stdbool.h>

#include "options.h"

/** Say whether anything is to be shown: with -w alone frames go to the file untouched. */
bool ni_outputs_asked(const struct ni_cli *c);

/** Cells of a line that outputs may use: --width, the terminal's, or 80. */
unsigned ni_outputs_width(const struct ni_cli *c);

/**
 * Open standard output as @out and add to @s every sink that @c asks for. @c, @out and @about stay
 * the caller's and must outlive @s. 0, or a negative ni_status with @err filled.
 */
int ni_outputs_open(struct ni_out *out, struct ni_cli *c, struct ni_session *s,
		    const struct ni_report_input *about, struct ni_err *err);

/**
 * Make of @fd, which stays the caller's, the output @out for the page of --html, and add its sink
 * to @s. What is given must outlive @s. 0, or a negative ni_status with @err filled.
 */
int ni_outputs_open_html(struct ni_out *out, int fd, const struct ni_cli *c, struct ni_session *s,
			 const struct ni_report_input *about, struct ni_err *err);
/** Whether the output is to be coloured (--color, NO_COLOR, a terminal). */
bool ni_outputs_color(const struct ni_cli *c);

/** Open standard output as @out, as @c wants it to look. 0 or NI_ERR_RUN. */
int ni_outputs_stdout(struct ni_out *out, const struct ni_cli *c, struct ni_err *err);

/** Add @sink to @s. NULL: it could not be made, which @err tells already unless memory is short. */
int ni_outputs_add(struct ni_session *s, struct ni_sink *sink, struct ni_err *err);

#endif
