/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --export-objects: the directory, the sink and the line at the end. */
#ifndef NI_EXPORT_H
#define NI_EXPORT_H

#include "netinspect/err.h"
#include "objects.h"
#include "privilege.h"

struct ni_session;

/* Zeroed and with dir -1 at first. */
struct ni_export {
	struct ni_objects_opts opts; /* dir -1: nothing is exported */
	struct ni_objects_stats stats;
};

/** Say whether @arg is PROTOCOL,DIR. 0, or NI_ERR_INPUT with what would be right. */
int ni_export_parse(const char *arg, const char **dir, struct ni_err *err);

/** Open the directory of @arg, which must outlive @x, before rights are dropped. */
int ni_export_open(struct ni_export *x, const char *arg, const struct ni_user *owner,
		   struct ni_err *err);

/** Now that rights are dropped: add the sink to @s, if anything is exported. */
int ni_export_add(struct ni_export *x, struct ni_session *s, struct ni_err *err);

/** Say on standard error what was exported. */
void ni_export_sum_up(const struct ni_export *x);

void ni_export_close(struct ni_export *x);

#endif
