/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is: -G for programs and for people with grep, --list-fields for people. */
#ifndef NI_GLOSSARY_H
#define NI_GLOSSARY_H

#include <stdbool.h>
#include <stdio.h>

#include "netinspect/err.h"

struct ni_field;
struct ni_proto;
struct ni_registry;

/** Print list @what ("fields", "protocols", "values", "decodes") to @out in tshark's format. 0, or
 * NI_ERR_INPUT for an unknown list. */
int ni_glossary(FILE *out, const char *what, const struct ni_registry *reg, struct ni_err *err);

/** Print the fields whose key fits @glob. 0, or NI_ERR_INPUT when none does. */
int ni_list_fields(FILE *out, const char *glob, const struct ni_registry *reg, struct ni_err *err);

/** Say whether an earlier row of @p has the key of @f, or its alias: rows may share them. */
bool ni_key_seen(const struct ni_proto *p, const struct ni_field *f);
bool ni_alias_seen(const struct ni_proto *p, const struct ni_field *f);

/** Print the names of a field's values, at most @most: "1 request, 2 reply". */
void ni_print_values(FILE *out, const struct ni_field *f, unsigned most);

#endif
