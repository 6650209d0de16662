/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -d: what a number means is said by the user. */
#ifndef NI_DECODE_AS_H
#define NI_DECODE_AS_H

#include "netinspect/err.h"

struct ni_registry;

/** Apply "tcp.port==8000-8010,http" to @reg. 0, or NI_ERR_INPUT with what would be right. */
int ni_decode_as(struct ni_registry *reg, const char *rule, struct ni_err *err);

/** Refuse names (of -O, up to NULL) that are no protocols. */
int ni_check_protocols(const struct ni_registry *reg, const char *const *names, struct ni_err *err);

#endif
