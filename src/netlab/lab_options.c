/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command lines of netlab list, show, ask, run, shell, grade and solve. */
#include <getopt.h>
#include <string.h>

#include "i18n.h"
#include "lab.h"
#include "netlab.h"
#include "opts.h"

#define AT(member) offsetof(struct nl_lab_opts, member)

/* clang-format off */
#define HELP {NI_OPT_FLAG, 'h', "help", NULL, N_("this text"), AT(help), 0, NULL}
#define SEED(text) {NI_OPT_STRING, 's', "seed", "TEXT", text, AT(seed), 0, NULL}
#define DIR_ {NI_OPT_STRING, 'd', "dir", "DIR", N_("put captures and form there (default LAB-SEED); new or empty"), AT(dir), 0, NULL}

static const struct ni_opt plain_options[] = {HELP};
static const struct ni_opt ask_options[] = {
	SEED(N_("the seed of the run that the form is for (default: a new one)")),
	{NI_OPT_FLAG, 'p', "predict", NULL, N_("only what can be answered before the run"), AT(predict), 0, NULL},
	HELP,
};
static const struct ni_opt run_options[] = {
	SEED(N_("what addresses, ports and events are drawn from, for example a student's number (default: a new one)")),
	DIR_,
	{NI_OPT_STRING, 'p', "predictions", "FILE", N_("a form of 'netlab ask --predict', filled in; its seed is taken"), AT(predictions), 0, NULL},
	HELP,
};
static const struct ni_opt shell_options[] = {
	SEED(N_("what addresses and ports are drawn from (default: a new one)")),
	DIR_,
	{NI_OPT_STRING, 'n', "node", "HOST", N_("the host that the shell runs on (default: the first)"), AT(node), 0, NULL},
	HELP,
};
static const struct ni_opt grade_options[] = {
	SEED(N_("the seed, whatever the form says")),
	{NI_OPT_FLAG, 'b', "brief", NULL, N_("a line for each submission: !wrong -blank"), AT(brief), 0, NULL},
	{NI_OPT_FLAG, 'j', "json", NULL, N_("a JSON object a line for each submission"), AT(json), 0, NULL},
	HELP,
};
static const struct ni_opt solve_options[] = {
	SEED(N_("the seed of the run, if the folder does not say it")),
	{NI_OPT_FLAG, 'j', "json", NULL, N_("a JSON object a line for each question, with known mistakes"), AT(json), 0, NULL},
	HELP,
};

static const struct command {
	struct ni_opt_table table;
	const char *usage, *about;
	int least, most; /* operands */
	int (*run)(const struct nl_lab_opts *o, struct nl_pool *pool, struct ni_err *err);
} commands[] = {
	{{"netlab list", plain_options, 1}, "netlab list", N_("List the labs."), 0, 0, nl_do_list},
	{{"netlab show", plain_options, 1}, "netlab show LAB", N_("Print the text of a lab. LAB is its number, its name, or a folder with a slash."), 1, 1, nl_do_show},
	{{"netlab ask", ask_options, 3}, "netlab ask LAB [options]", N_("Print the questions of a lab as a form to fill in."), 1, 1, nl_do_ask},
	{{"netlab run", run_options, 4}, "netlab run LAB [options]", N_("Make the network of a lab, do its steps, and write the captures."), 1, 1, nl_do_run},
	{{"netlab shell", shell_options, 4}, "netlab shell LAB [options]", N_("Make the network of a lab and give a shell on a host; 'on HOST COMMAND' works there."), 1, 1, nl_do_shell},
	{{"netlab grade", grade_options, 4}, "netlab grade LAB (ANSWERS CAPTURE... | DIRECTORY...)", N_("Compute every answer from the captures, and say which of the form are right."), 2, INT32_MAX, nl_do_grade},
	{{"netlab solve", solve_options, 3}, "netlab solve LAB DIRECTORY\n       netlab solve LAB CAPTURE...", N_("Print the right answers, with the commands that show them."), 2, INT32_MAX, nl_do_solve},
};
/* clang-format on */

static const struct command *
find(const char *name)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(commands[i].table.program + strlen("netlab "), name))
			return &commands[i];
	return NULL;
}

static void
help(const struct command *c)
{
	printf(_("Usage: %s\n\n%s\n"), c->usage, _(c->about));
	ni_opts_help(&c->table, stdout);
}

void
nl_lab_man(const char *name)
{
	ni_opts_man(&find(name)->table, stdout);
}

static int
parse(const struct command *c, struct nl_lab_opts *o, int argc, char **argv, struct ni_err *err)
{
	int rc = ni_opts_parse(&c->table, o, argc, argv, err);
	if (rc || o->help)
		return rc;
	o->argc = argc - optind;
	o->argv = argv + optind;
	if (o->argc >= c->least && o->argc <= c->most)
		return NI_SUCCESS;
	if (o->argc > c->most)
		ni_fail(err, NI_ERR_INPUT, _("%s: one word too many"), o->argv[c->most]);
	else
		ni_fail(err, NI_ERR_INPUT, o->argc ? _("no captures") : _("which lab?"));
	ni_hint(err, _("usage: %s"), c->usage);
	return NI_ERR_INPUT;
}

int
nl_lab(int argc, char **argv)
{
	const struct command *c = find(argv[0]);
	struct nl_lab_opts o = {.seed = NULL};
	struct nl_pool pool = {NULL};
	struct ni_err err = {.what = "", .hint = ""};
	int rc = parse(c, &o, argc, argv, &err);
	if (!rc && o.help)
		help(c);
	else if (!rc)
		rc = c->run(&o, &pool, &err);
	if (!rc && (fflush(stdout) || ferror(stdout)))
		rc = ni_fail(&err, NI_ERR_RUN, _("standard output: cannot be written"));
	nl_pool_free(&pool);
	if (rc < 0 && !err.what[0])
		return rc == NI_ERR_INPUT ? 2 : 1;
	return rc < 0 ? ni_opts_fail(c->table.program, &err, rc) : rc;
}
