/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages in the reader's language: _() translates, N_() marks a string of a table that _() will
 * translate where it is shown, NI_PLURAL(one, many, n) chooses by number, and N_PLURAL(one, many)
 * marks two strings of a table that it will choose from. Field keys, state names, verdict words
 * and everything a program reads stay as they are.
 */
#ifndef NI_I18N_H
#define NI_I18N_H

#include "config.h"

#ifdef ENABLE_NLS
#include <libintl.h>
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp): its usual name */
#define _(s)                    dgettext(PACKAGE, s)
#define NI_PLURAL(one, many, n) dngettext(PACKAGE, one, many, n)
#else
#define _(s)                    (s)
#define NI_PLURAL(one, many, n) ((n) == 1 ? (one) : (many))
#endif
#define N_(s)               s
#define N_PLURAL(one, many) one, many

#endif
