/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In which language the program speaks. */
#ifndef NI_LANGUAGE_H
#define NI_LANGUAGE_H

/**
 * Speak the language that the user's locale asks for, if there is a catalogue for it and the locale
 * can show it (UTF-8); else English. Numbers and dates stay as they are in every locale. Call it
 * before rights are dropped: it reads the catalogue.
 */
void ni_language_choose(void);

/** Speak English from now on, as where nothing but ASCII may be shown. */
void ni_language_plain(void);

#endif
