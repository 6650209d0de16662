/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The choice of a language; see language.h. */
#include "language.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "i18n.h"
#include "place.h"

enum { PATH = 4096 };

static locale_t page_locale; /* of pages, where the terminal's language cannot be shown */

void
ni_language_plain(void)
{
	setlocale(LC_MESSAGES, "C");
}

void
ni_language_page(bool on)
{
	if (page_locale)
		uselocale(on ? page_locale : LC_GLOBAL_LOCALE);
}

/* Read the catalogue, while files may still be opened. */
static void
read_catalogue(void)
{
#ifdef ENABLE_NLS
	/* The build directory has catalogues beside the program; /usr/bin has a program locale. */
	char own[PATH + sizeof("/locale")];
	struct stat st;
	bool here = ni_own_folder(own, PATH);
	if (here)
		memcpy(own + strlen(own), "/locale", sizeof("/locale"));
	here = here && !stat(own, &st) && S_ISDIR(st.st_mode);
	bindtextdomain(PACKAGE, here ? own : LOCALEDIR);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	ni_language_page(true);
	(void)_("The client");
	ni_language_page(false);
#endif
}

void
ni_language_choose(void)
{
	/* No other category: a decimal comma in JSON would make it something else. */
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
		page_locale = newlocale(LC_MESSAGES_MASK, "", (locale_t)0);
		ni_language_plain();
	}
	read_catalogue();
}
