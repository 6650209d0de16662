/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture filters as display filters, for who mixed the two languages up. */
#ifndef NI_TWINS_H
#define NI_TWINS_H

#include <stdbool.h>
#include <stddef.h>

/** Whether capture filter @text names nothing that had to be looked up (hosts, services). */
bool ni_twin_is_plain(const char *text);

/**
 * Write the display filter that means what capture filter @text does.
 * False for what goes beyond protocols, hosts, networks and ports.
 */
bool ni_twin(const char *text, char *out, size_t size);

#endif
