/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion for shells, written from the option table. */
#ifndef NI_COMPLETION_H
#define NI_COMPLETION_H

#include <stdio.h>

#include "netinspect/err.h"

/**
 * Write the completion script for @shell ("bash", "zsh" or "fish") to @f.
 * 0, or NI_ERR_INPUT with @err filled for another shell.
 */
int ni_completion(FILE *f, const char *shell, struct ni_err *err);

#endif
