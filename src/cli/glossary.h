/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -G: what there is, for programs and for people with grep. */
#ifndef NI_GLOSSARY_H
#define NI_GLOSSARY_H

#include <stdio.h>

#include "netinspect/err.h"

struct ni_registry;

/** Print list @what ("fields", "protocols") to @out. 0, or NI_ERR_INPUT for an unknown list. */
int ni_glossary(FILE *out, const char *what, const struct ni_registry *reg, struct ni_err *err);

#endif
