/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run: open everything, give up privileges, move frames from the source to sinks and writer. */
#ifndef NI_RUN_H
#define NI_RUN_H

#include "netinspect/session.h"
#include "options.h"
#include "sandbox.h"
#include "source.h"

/**
 * Do what @cli asks for.
 * Returns 0, NI_ERR_RUN or NI_ERR_INPUT; @err then says why, but for faults that were reported on
 * stderr already (err->what is empty).
 */
int ni_run(struct ni_cli *cli, struct ni_err *err);

/** Open the source that @c asks for: a file, or interfaces. What ni_source_open_file() returns. */
int ni_run_source(const struct ni_cli *c, struct ni_source **source, struct ni_err *err);

/** What @c says about capturing on interfaces; nobody is told what happens to them yet. */
struct ni_live_options ni_run_live(const struct ni_cli *c);

/**
 * Enter the sandbox, unless @c says not to; @s is completed with what @c asks for. True: there is
 * something to say about it, in @note.
 */
bool ni_run_sandbox(const struct ni_cli *c, struct ni_sandbox *s, struct ni_err *note);

/** Make a session as @c asks for, decode-as and all, with @o for the rest. NULL with @err filled.
 */
struct ni_session *ni_run_session(const struct ni_cli *c, const struct ni_session_opts *o,
				  struct ni_err *err);

#endif
