/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is printed from the option table: --help and the manual page's OPTIONS. */
#include <string.h>

#include "i18n.h"
#include "netinspect/cells.h"
#include "options_priv.h"

enum { HELP_COLUMN = 34, HELP_WIDTH = 80 };

/* @text from column HELP_COLUMN on, broken between words; @at is where the pen stands. */
static void
wrap(FILE *f, const char *text, int at)
{
	if (at >= HELP_COLUMN) {
		fputc('\n', f);
		at = 0;
	}
	for (size_t left = strlen(text), next; left; text += next, left -= next, at = 0) {
		size_t n = ni_cells_line(text, left, HELP_WIDTH - HELP_COLUMN, &next);
		fprintf(f, "%*s%.*s\n", HELP_COLUMN - at, "", (int)n, text);
	}
}

void
ni_cli_help(FILE *f)
{
	fputs(_("Usage: netinspect [-i IFACE | -r FILE] [options] [capture filter]\n\n"
		"Show every conversation on a wire and say what happened in it.\n"),
	      f);
	for (size_t i = 0; i < ni_cli_noptions; i++) {
		const struct opt *o = &ni_cli_options[i];
		if (o->kind == HEADING) {
			fprintf(f, "\n%s\n", _(o->name));
			continue;
		}
		int n = o->letter ? fprintf(f, "  -%c, --%s", o->letter, o->name)
				  : fprintf(f, "      --%s", o->name);
		if (o->arg)
			n += fprintf(f, " %s", o->arg);
		wrap(f, _(o->help), n);
	}
	fprintf(f, "\n%s\n", _("Examples"));
	fputs("  sudo netinspect -i eth0 'tcp port 7788'\n"
	      "  netinspect -r lab.pcap -T report\n"
	      "  netinspect -r lab.pcap -T fields -e frame.number -e tcp.state.client\n",
	      f);
}

/* Roff takes a '-' for a hyphen and a line that begins with a '.' for a request. */
static void
roff(FILE *f, const char *s)
{
	for (; *s; s++)
		fprintf(f, *s == '-' || *s == '\\' ? "\\%c" : "%c", *s);
}

void
ni_cli_man(FILE *f)
{
	for (size_t i = 0; i < ni_cli_noptions; i++) {
		const struct opt *o = &ni_cli_options[i];
		if (o->kind == HEADING) {
			fprintf(f, ".SS %s\n", o->name);
			continue;
		}
		fputs(".TP\n\\fB", f);
		if (o->letter)
			fprintf(f, "\\-%c\\fR, \\fB", o->letter);
		fputs("\\-\\-", f);
		roff(f, o->name);
		fputs("\\fR", f);
		if (o->arg)
			fprintf(f, " \\fI%s\\fR", o->arg);
		fputc('\n', f);
		roff(f, o->help);
		fputs(".\n", f);
	}
}
