/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where this program lies: in its build directory, what belongs to it lies beside it. */
#ifndef NI_PLACE_H
#define NI_PLACE_H

#include <stdbool.h>
#include <stddef.h>

/** Write the folder of the running program to @path, @n bytes, without a slash at its end. False:
 * not known. */
bool ni_own_folder(char *path, size_t n);

#endif
