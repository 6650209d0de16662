/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A directory for files whose names come from the wire: opened (and made) while there are rights,
 * written into when there are none any more. Nothing that is there already is ever touched.
 */
#ifndef NETINSPECT_CAPTURE_OUTDIR_H
#define NETINSPECT_CAPTURE_OUTDIR_H

#include "netinspect/err.h"
#include "privilege.h"

/**
 * Open the directory @path, making it (but not its parents) where it is missing; a new one belongs
 * to @owner if known. The last part of @path must not be a symbolic link. *@fd is the caller's to
 * close. Returns 0, or fails with NI_ERR_INPUT or NI_ERR_RUN.
 */
int ni_outdir_open(int *fd, const char *path, const struct ni_user *owner, struct ni_err *err);

/** Say whether files can be created in it, once rights were dropped. 0, or NI_ERR_RUN. */
int ni_outdir_check(int fd, const char *path, struct ni_err *err);

/**
 * Create the file @name, which must not be there, for writing. @name has no slash.
 * Returns its descriptor, or -1 with errno set: EEXIST if something has that name.
 */
int ni_outdir_create(int fd, const char *name);

#endif
