/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen as a text file: what is on it, and below how it looks. */
#ifndef NI_TEST_GOLDEN_H
#define NI_TEST_GOLDEN_H

#include <stdio.h>

#include "term.h"

/** Write the screen: its lines, a line "--", and for each line the looks that are not plain. */
void golden_write(const struct term *t, FILE *f);
/** Write the lines alone, each between bars. */
void golden_show(const struct term *t, FILE *f);
/** Compare with the file @path, or write it when @update. False: it differs. */
bool golden_same(const struct term *t, const char *path, bool update);

#endif
