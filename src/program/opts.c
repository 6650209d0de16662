/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line as a table; see opts.h. */
#include "opts.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"

enum { LONG_BASE = 256, HELP_COLUMN = 34, HELP_WIDTH = 80 };

int
ni_opts_number(const char *name, const char *arg, uint64_t max, uint64_t *v, struct ni_err *err)
{
	char *end = NULL;
	errno = 0;
	*v = strtoull(arg, &end, 10);
	if (arg[0] < '0' || arg[0] > '9' || *end || errno)
		return ni_fail(err, NI_ERR_INPUT, _("--%s %s: not a number"), name, arg);
	if (*v > max)
		return ni_fail(err, NI_ERR_INPUT, _("--%s %s: at most %llu"), name, arg,
			       (unsigned long long)max);
	return NI_SUCCESS;
}

static int
apply(const struct ni_opt *opt, void *o, const char *arg, struct ni_err *err)
{
	void *at = (char *)o + opt->at;
	uint64_t v = 0;
	int rc = NI_SUCCESS;
	switch (opt->kind) {
	case NI_OPT_HEADING:
		break;
	case NI_OPT_FLAG:
		*(bool *)at = true;
		break;
	case NI_OPT_STRING:
		*(const char **)at = arg;
		break;
	case NI_OPT_NUMBER:
		rc = ni_opts_number(opt->name, arg, opt->max ? opt->max : UINT32_MAX, &v, err);
		*(uint32_t *)at = (uint32_t)v;
		break;
	case NI_OPT_BIG:
		rc = ni_opts_number(opt->name, arg, opt->max ? opt->max : UINT64_MAX >> 8, &v, err);
		*(uint64_t *)at = v;
		break;
	case NI_OPT_CALL:
		rc = opt->call(o, opt, arg ? arg : "", err);
		break;
	}
	return rc;
}

static void
getopt_tables(const struct ni_opt_table *table, char *letters, struct option *longs)
{
	*letters++ = ':';
	for (size_t i = 0; i < table->n; i++) {
		const struct ni_opt *o = &table->row[i];
		if (o->kind == NI_OPT_HEADING)
			continue;
		if (o->letter) {
			*letters++ = o->letter;
			if (o->arg)
				*letters++ = ':';
		}
		*longs++ = (struct option){o->name, o->arg ? required_argument : no_argument, NULL,
					   LONG_BASE + (int)i};
	}
	*letters = '\0';
	*longs = (struct option){NULL, 0, NULL, 0};
}

static const struct ni_opt *
find(const struct ni_opt_table *table, int c)
{
	if (c >= LONG_BASE)
		return &table->row[c - LONG_BASE];
	for (size_t i = 0; i < table->n; i++)
		if (table->row[i].letter && table->row[i].letter == c)
			return &table->row[i];
	return NULL;
}

/* What getopt_long() could not take; @c is what it returned. */
static int
refuse(const struct ni_opt_table *table, int c, const char *word, struct ni_err *err)
{
	if (c == ':')
		ni_fail(err, NI_ERR_INPUT, _("%s: needs an argument"), word);
	else
		ni_fail(err, NI_ERR_INPUT, _("%s: no such option, or it takes no argument"), word);
	ni_hint(err, _("'%s --help' lists all options"), table->program);
	return NI_ERR_INPUT;
}

int
ni_opts_parse(const struct ni_opt_table *table, void *o, int argc, char **argv, struct ni_err *err)
{
	char letters[2 * NI_OPTS_MAX + 2];
	struct option longs[NI_OPTS_MAX + 1];
	int c;
	int rc = NI_SUCCESS;
	if (table->n > NI_OPTS_MAX)
		return ni_fail(err, NI_ERR_RUN, "%zu options", table->n);
	getopt_tables(table, letters, longs);
	opterr = 0;
	while (!rc && (c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		const struct ni_opt *opt = find(table, c);
		rc = opt ? apply(opt, o, optarg, err) : refuse(table, c, argv[optind - 1], err);
	}
	return rc;
}

/* @text from column HELP_COLUMN on, broken between words; @at is where the pen stands. */
static void
wrap(const char *text, int at)
{
	if (at >= HELP_COLUMN) {
		putchar('\n');
		at = 0;
	}
	printf("%*s", HELP_COLUMN - at, "");
	for (int column = HELP_COLUMN; *text;) {
		int n = (int)strcspn(text, " ");
		if (column + n > HELP_WIDTH && column > HELP_COLUMN) {
			printf("\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		printf("%s%.*s", column > HELP_COLUMN ? " " : "", n, text);
		column += n + 1;
		text += n + (text[n] == ' ');
	}
	putchar('\n');
}

void
ni_opts_help(const struct ni_opt_table *table)
{
	for (const struct ni_opt *o = table->row; o < table->row + table->n; o++) {
		if (o->kind == NI_OPT_HEADING) {
			printf("\n%s\n", _(o->name));
			continue;
		}
		int n = o->letter ? printf("  -%c, --%s", o->letter, o->name)
				  : printf("      --%s", o->name);
		if (o->arg)
			n += printf(" %s", o->arg);
		wrap(_(o->help), n);
	}
}

static void
roff(const char *s)
{
	for (; *s; s++)
		printf(*s == '-' || *s == '\\' ? "\\%c" : "%c", *s);
}

void
ni_opts_man(const struct ni_opt_table *table)
{
	for (const struct ni_opt *o = table->row; o < table->row + table->n; o++) {
		if (o->kind == NI_OPT_HEADING) {
			printf(".SS %s\n", o->name);
			continue;
		}
		fputs(".TP\n\\fB", stdout);
		if (o->letter)
			printf("\\-%c\\fR, \\fB", o->letter);
		fputs("\\-\\-", stdout);
		roff(o->name);
		fputs("\\fR", stdout);
		if (o->arg)
			printf(" \\fI%s\\fR", o->arg);
		putchar('\n');
		roff(o->help);
		puts(".");
	}
}

int
ni_opts_fail(const char *program, const struct ni_err *err, int rc)
{
	fprintf(stderr, "%s: %s\n", program, err->what);
	if (err->hint[0])
		fprintf(stderr, "%s\n", err->hint);
	return rc == NI_ERR_INPUT ? 2 : 1;
}
