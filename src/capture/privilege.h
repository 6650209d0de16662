/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Giving rights up. Everything that needs them comes first: devices opened, filters compiled,
 * output files opened; then ni_privilege_drop(); and only then is the first packet looked at. What
 * is open goes on working: reading, draining and counting on packet sockets need no right.
 */
#ifndef NETINSPECT_CAPTURE_PRIVILEGE_H
#define NETINSPECT_CAPTURE_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "netinspect/err.h"

/* Whom this process works for, where that is not who it runs as. */
struct ni_user {
	bool known; /* there is such a user; else the rest means nothing */
	uid_t uid;
	gid_t gid;
	char name[64]; /* "" if the uid has no name */
};

/**
 * Find out on whose behalf this process runs: @name (of -Z, NULL if not given), else the caller of
 * sudo. Not known if that is who it runs as already, or in a user namespace without that uid.
 * Call it before any file is opened. Returns 0, or fails with NI_ERR_INPUT if @name is no user or
 * this process may not become it, or with NI_ERR_RUN in a set-uid program.
 */
int ni_user_find(struct ni_user *u, const char *name, struct ni_err *err);

/**
 * Become @u if known, give up all capabilities, and forbid ever getting any back (no_new_privs).
 * @later_files: root that stays root keeps CAP_DAC_OVERRIDE, to create ring files where it likes.
 * @note is filled if rights had to be kept, else its what is empty.
 * Returns 0 or fails with NI_ERR_RUN if they could not be dropped although they should; then do not
 * go on.
 */
int ni_privilege_drop(const struct ni_user *u, bool later_files, struct ni_err *note,
		      struct ni_err *err);

#endif
