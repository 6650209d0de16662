/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netinspect: what the command line asks for, and the exit status. */
#include "config.h"

#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "completion.h"
#include "glossary.h"
#include "i18n.h"
#include "iflist.h"
#include "language.h"
#include "netinspect/proto.h"
#include "options.h"
#include "run.h"
#include "stat.h"
#include "two.h"
#include "view.h"

enum { EXIT_RUN = 1, EXIT_INPUT = 2 };

static int
complain(const struct ni_err *err, int status)
{
	if (status && err->what[0])
		fprintf(stderr, "netinspect: %s\n", err->what);
	if (status && err->what[0] && err->hint[0])
		fprintf(stderr, "  %s\n", err->hint);
	return status == NI_SUCCESS ? 0 : status == NI_ERR_INPUT ? EXIT_INPUT : EXIT_RUN;
}

static void
print_version(void)
{
	printf("netinspect %s\n%s\n", VERSION, pcap_lib_version());
	printf("%s", _("compiled with: "));
	printf(
#ifdef HAVE_ZLIB
	    "gzip "
#endif
#ifdef HAVE_ZSTD
	    "zstd "
#endif
#ifdef HAVE_LIBCAP_NG
	    "libcap-ng "
#endif
#ifdef USE_SECCOMP
	    "libseccomp "
#endif
	    "xxhash\n");
	printf("%s", _("Licence GPL-2.0-or-later; there is no warranty.\n"));
}

static int
print_glossary(const struct ni_cli *cli, struct ni_err *err)
{
	struct ni_registry *reg = ni_registry_new();
	int rc = NI_SUCCESS;
	if (!reg)
		rc = ni_fail(err, NI_ERR_RUN, _("lists: no memory"));
	else if (cli->glossary)
		rc = ni_glossary(stdout, cli->glossary, reg, err);
	else
		rc = ni_list_fields(stdout, cli->list_fields, reg, err);
	ni_registry_free(&reg);
	return rc;
}

static int
print_ifaces(struct ni_err *err)
{
	struct ni_iflist *list = NULL;
	int rc = ni_iflist_get(&list, err);
	if (rc == NI_SUCCESS)
		ni_iflist_print(list, stdout);
	ni_iflist_free(&list);
	return rc;
}

static int
print_linktypes(const struct ni_cli *cli, struct ni_err *err)
{
	struct ni_linktypes *types = NULL;
	int rc = ni_linktypes_get(&types, cli->ifaces.n ? cli->ifaces.v[0] : "1", err);
	if (rc == NI_SUCCESS)
		ni_linktypes_print(types, stdout);
	ni_linktypes_free(&types);
	return rc;
}

/* What only prints something about the program or the machine. */
static int
answer(const struct ni_cli *cli, struct ni_err *err)
{
	if (cli->help)
		ni_cli_help(stdout);
	else if (cli->version)
		print_version();
	else if (cli->glossary || cli->list_fields)
		return print_glossary(cli, err);
	else if (cli->completion)
		return ni_completion(stdout, cli->completion, err);
	else if (cli->list_stats)
		ni_stat_help(stdout);
	else if (cli->list_ifaces)
		return print_ifaces(err);
	else
		return print_linktypes(cli, err);
	return NI_SUCCESS;
}

int
main(int argc, char **argv)
{
	static struct ni_cli cli;
	struct ni_err err = {.what = "", .hint = ""};
	signal(SIGPIPE, SIG_IGN); /* a reader that has seen enough is no error */
	signal(SIGXFSZ, SIG_IGN); /* a file at its limit is a failed write like any other */
	/* For the build, which makes the manual page from the tables. */
	if (argc == 2 && !strcmp(argv[1], "--man-options")) {
		ni_cli_man(stdout);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--man-statistics")) {
		ni_stat_man(stdout);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "--man-keys")) {
		ni_view_man(stdout);
		return 0;
	}
	ni_language_choose();
	int rc = ni_cli_parse(&cli, argc, argv, &err);
	if (cli.ascii)
		ni_language_plain();
	if (rc == NI_SUCCESS) {
		bool about = cli.help || cli.version || cli.glossary || cli.list_fields ||
			     cli.completion || cli.list_ifaces || cli.list_linktypes ||
			     cli.list_stats;
		rc = about                 ? answer(&cli, &err)
		     : cli.read_second     ? ni_run_two(&cli, &err)
		     : ni_view_asked(&cli) ? ni_view_run(&cli, &err)
					   : ni_run(&cli, &err);
	}
	return complain(&err, rc);
}
