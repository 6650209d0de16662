/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is printed from the option table: --help and the manual page's OPTIONS. */
#include "i18n.h"
#include "options_priv.h"

void
ni_cli_help(FILE *f)
{
	fputs(_("Usage: netinspect [-i IFACE | -r FILE] [options] [capture filter]\n\n"
		"Show every conversation on a wire and say what happened in it.\n"),
	      f);
	ni_opts_help(&ni_cli_options, f);
	fprintf(f, "\n%s\n", _("Examples"));
	fputs("  sudo netinspect -i eth0 'tcp port 7788'\n"
	      "  netinspect -r lab.pcap -T report\n"
	      "  netinspect -r lab.pcap -T fields -e frame.number -e tcp.state.client\n",
	      f);
}

void
ni_cli_man(FILE *f)
{
	ni_opts_man(&ni_cli_options, f);
}
