/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab: find the subcommand and run it. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "language.h"
#include "netlab.h"

/* The commands of the labs share a command line: see lab_options.c. */
#define LAB(word)                                                                                  \
	static void man_##word(void)                                                               \
	{                                                                                          \
		nl_lab_man(#word);                                                                 \
	}
LAB(list)
LAB(show)
LAB(ask)
LAB(run)
LAB(shell)
LAB(grade)
LAB(solve)

static const struct nl_command commands[] = {
    {"list", N_("the exercises that there are"), nl_lab, man_list},
    {"show", N_("the text of an exercise"), nl_lab, man_show},
    {"ask", N_("its questions, as a form"), nl_lab, man_ask},
    {"run", N_("make its network, do its steps, write captures"), nl_lab, man_run},
    {"shell", N_("its network, and a shell in it"), nl_lab, man_shell},
    {"grade", N_("which answers are right, by the captures"), nl_lab, man_grade},
    {"solve", N_("the right answers, by the captures"), nl_lab, man_solve},
    {"client", N_("an HTTP client whose every move on the wire can be chosen"), nl_client,
     nl_client_man},
    {"arping", N_("ask by ARP who has an address"), nl_arping, nl_arping_man},
    {"dhcp", N_("get an address by DHCP, step by step"), nl_dhcp, nl_dhcp_man},
    {"dns", N_("ask a DNS server"), nl_dns, nl_dns_man},
    {"send", N_("forged frames, inside of a lab"), nl_send, nl_send_man},
    {"tcp", N_("one end of a TCP connection, step by step"), nl_tcp, nl_tcp_man},
    {"trace", N_("find the routers on the way to an address"), nl_trace, nl_trace_man},
    {"udp", N_("one end of a conversation over UDP, step by step"), nl_udp, nl_udp_man},
    {"wire", N_("two interfaces joined by a long, slow, lossy wire"), nl_wire, nl_wire_man},
};

enum { NCOMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void
help(void)
{
	printf(_("Usage: netlab COMMAND [options]\n\nTools of a network lab.\n\n"));
	for (size_t i = 0; i < NCOMMANDS; i++)
		printf("  %-10s %s\n", commands[i].name, _(commands[i].help));
	fputs(_("\nAn exercise, with a student's number:\n"), stdout);
	puts("  netlab show 10\n"
	     "  netlab run 10 --seed 20231234\n"
	     "  netlab grade 10 10-teardown-20231234");
	printf(_("\n'netlab COMMAND --help' lists the options of a command.\n"));
}

static int
wrong(const char *word)
{
	if (word)
		fprintf(stderr, _("netlab: %s: no such command\n"), word);
	else
		fputs(_("netlab: no command\n"), stderr);
	fputs(_("'netlab --help' lists the commands\n"), stderr);
	return 2;
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	ni_language_choose();
	if (!word)
		return wrong(NULL);
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (!strcmp(word, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
		help();
	} else if (!strcmp(word, "--version") || !strcmp(word, "-v")) {
		puts("netlab " PACKAGE_VERSION);
	} else if (!strcmp(word, "--man-options")) {
		for (size_t i = 0; i < NCOMMANDS; i++) {
			printf(".SH OPTIONS OF %s\n", commands[i].name);
			commands[i].man();
		}
	} else {
		return wrong(word);
	}
	return 0;
}
