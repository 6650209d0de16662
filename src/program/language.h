/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which language the program speaks. */
#ifndef NI_LANGUAGE_H
#define NI_LANGUAGE_H

#include <stdbool.h>

/**
 * Speak the language that the user's locale asks for, if there is a catalogue for it and the locale
 * can show it (UTF-8); else English. Numbers and dates stay as they are in every locale. Call it
 * before rights are dropped: it reads the catalogue.
 */
void ni_language_choose(void);

/**
 * Begin (@on) or stop to speak the user's language in what is UTF-8 whatever the terminal can show:
 * a page of HTML. For the calling thread.
 */
void ni_language_page(bool on);

/** Speak English from now on, as where nothing but ASCII may be shown. */
void ni_language_plain(void);

#endif
