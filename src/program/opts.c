/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line as a table; see opts.h. */
#include "opts.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/cells.h"
#include "netinspect/lookup.h"

enum { LONG_BASE = 256, HELP_COLUMN = 34, HELP_WIDTH = 80 };

const char *
ni_opts_called(const struct ni_opt *opt, char name[static 64])
{
	if (opt->letter)
		snprintf(name, 64, "-%c", opt->letter);
	else
		snprintf(name, 64, "--%s", opt->name);
	return name;
}

int
ni_opts_number(const struct ni_opt *opt, const char *arg, uint64_t max, uint64_t *v,
	       struct ni_err *err)
{
	char name[64];
	char *end = NULL;
	errno = 0;
	*v = strtoull(arg, &end, 10);
	if (arg[0] < '0' || arg[0] > '9' || *end || errno)
		return ni_fail(err, NI_ERR_INPUT, _("%s %s: not a number"),
			       ni_opts_called(opt, name), arg);
	if (*v > max)
		return ni_fail(err, NI_ERR_INPUT, _("%s %s: at most %llu"),
			       ni_opts_called(opt, name), arg, (unsigned long long)max);
	return NI_SUCCESS;
}

static int
add(struct ni_opt_list *list, const struct ni_opt *opt, const char *arg, struct ni_err *err)
{
	char name[64];
	if (list->n == NI_OPT_LIST_MAX)
		return ni_fail(err, NI_ERR_INPUT, _("%s: given more than %d times"),
			       ni_opts_called(opt, name), NI_OPT_LIST_MAX);
	list->v[list->n++] = arg;
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
	case NI_OPT_LIST:
		rc = add(at, opt, arg, err);
		break;
	case NI_OPT_NUMBER:
		rc = ni_opts_number(opt, arg, opt->max ? opt->max : UINT32_MAX, &v, err);
		*(uint32_t *)at = (uint32_t)v;
		break;
	case NI_OPT_BIG:
		rc = ni_opts_number(opt, arg, opt->max ? opt->max : UINT64_MAX, &v, err);
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

/* The option whose name is most like @given, or NULL. */
static const struct ni_opt *
nearest(const struct ni_opt_table *table, const char *given)
{
	const struct ni_opt *best = NULL;
	unsigned near = 4;
	char name[64];
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(given, "="), given);
	for (const struct ni_opt *o = table->row; o < table->row + table->n; o++) {
		unsigned d = o->kind == NI_OPT_HEADING ? near : ni_word_distance(o->name, name);
		if (d < near) {
			near = d;
			best = o;
		}
	}
	return best;
}

/* What getopt_long() could not take; @c is what it returned. */
static int
refuse(const struct ni_opt_table *table, int c, const char *given, struct ni_err *err)
{
	bool is_long = given[0] == '-' && given[1] == '-';
	const struct ni_opt *near = NULL;
	if (c == ':') {
		const struct ni_opt *opt = find(table, optopt);
		char name[64];
		if (is_long)
			ni_fail(err, NI_ERR_INPUT, _("%s: needs an argument"), given);
		else
			ni_fail(err, NI_ERR_INPUT, _("-%c: needs an argument"), optopt);
		if (opt)
			ni_hint(err, _("it is %s %s; '%s --help' lists all options"),
				ni_opts_called(opt, name), opt->arg, table->program);
		return NI_ERR_INPUT;
	}
	if (is_long) {
		ni_fail(err, NI_ERR_INPUT, _("%s: no such option, or it takes no argument"), given);
		near = nearest(table, given + 2);
	} else {
		ni_fail(err, NI_ERR_INPUT, _("-%c: no such option"), optopt);
	}
	if (near)
		ni_hint(err, _("did you mean --%s?"), near->name);
	else
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
ni_opts_help(const struct ni_opt_table *table, FILE *f)
{
	for (const struct ni_opt *o = table->row; o < table->row + table->n; o++) {
		if (o->kind == NI_OPT_HEADING) {
			fprintf(f, "\n%s\n", _(o->name));
			continue;
		}
		int n = o->letter ? fprintf(f, "  -%c, --%s", o->letter, o->name)
				  : fprintf(f, "      --%s", o->name);
		if (o->arg)
			n += fprintf(f, " %s", o->arg);
		wrap(f, _(o->help), n);
	}
}

void
ni_opts_roff(FILE *f, const char *s)
{
	for (; *s; s++)
		fprintf(f, *s == '-' || *s == '\\' ? "\\%c" : "%c", *s);
}

void
ni_opts_man(const struct ni_opt_table *table, FILE *f)
{
	for (const struct ni_opt *o = table->row; o < table->row + table->n; o++) {
		if (o->kind == NI_OPT_HEADING) {
			fprintf(f, ".SS %s\n", o->name);
			continue;
		}
		fputs(".TP\n\\fB", f);
		if (o->letter)
			fprintf(f, "\\-%c\\fR, \\fB", o->letter);
		fputs("\\-\\-", f);
		ni_opts_roff(f, o->name);
		fputs("\\fR", f);
		if (o->arg)
			fprintf(f, " \\fI%s\\fR", o->arg);
		fputc('\n', f);
		ni_opts_roff(f, o->help);
		fputs(".\n", f);
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
