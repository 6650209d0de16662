/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether this is a network of a lab, out of which nothing leads. */
#ifndef NI_NETLAB_WORLD_H
#define NI_NETLAB_WORLD_H

#include "netinspect/err.h"

/**
 * Fail with NI_ERR_INPUT unless this is a host in a lab's private network. That guards against
 * mistakes; whoever is root can do to a real network what he likes anyhow.
 */
int nl_world_check(struct ni_err *err);

/** Fail likewise unless interface @name is a virtual cable (veth): a network card that somebody
 * moved into the lab leads out. */
int nl_world_check_cable(const char *name, struct ni_err *err);

#endif
