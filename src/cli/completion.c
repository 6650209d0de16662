/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Completion for bash, zsh and fish; see completion.h. Options come from their table, what their
 * arguments may be from the table below. */
#include "completion.h"

#include <string.h>

#include "i18n.h"
#include "options_priv.h"

enum source_kind { WORDS, COMMAND, FILES, DIRECTORIES };

/* What completes an argument: found by the option's name, else by what its argument is called. */
struct source {
	const char *option;       /* or NULL */
	const char *arg;          /* or NULL */
	const struct word *words; /* WORDS: the table that the parser uses, or NULL */
	const char *text;         /* WORDS without a table: the words; COMMAND: what prints them */
	enum source_kind kind;
};

#define FIELD_KEYS                                                                                 \
	"netinspect -G fields 2>/dev/null | awk -F\"\\t\" \"\\$1 == \\\"F\\\" {print \\$3}\""

/* clang-format off */
static const struct source sources[] = {
	{"format", NULL, ni_cli_formats, NULL, WORDS},
	{"time", NULL, ni_cli_times, NULL, WORDS},
	{"color", NULL, ni_cli_colors, NULL, WORDS},
	{"records", NULL, NULL, "conn http dns arp dhcp ntp note", WORDS},
	{"glossary", NULL, NULL, "fields protocols values decodes", WORDS},
	{"file-format", NULL, NULL, "pcap nsecpcap pcapng", WORDS},
	{"autostop", NULL, NULL, "duration: filesize: files: packets:", WORDS},
	{"ring-buffer", NULL, NULL, "duration: filesize: packets: files:", WORDS},
	{"field-layout", NULL, NULL, "header=y header=n bom=y bom=n separator= quote=d quote=s quote=n occurrence=a occurrence=f occurrence=l aggregator=", WORDS},
	{"completion", NULL, NULL, "bash zsh fish", WORDS},
	{"export-objects", NULL, NULL, "http,", WORDS},
	{"statistic", NULL, NULL, "netinspect -z help 2>/dev/null | sed -n \"s/^  \\([a-z]\\)/\\1/; s/^\\([a-z_,]*\\).*/\\1/p\" | sed \"/^$/d\"", COMMAND},
	{"display-filter", NULL, NULL, FIELD_KEYS, COMMAND},
	{"decode-as", NULL, NULL, "tcp.port== udp.port== ip.proto== ethertype==", WORDS},
	{NULL, "IFACE", NULL, "netinspect -D 2>/dev/null | awk \"{print \\$2}\"", COMMAND},
	{NULL, "FIELD", NULL, FIELD_KEYS, COMMAND},
	{NULL, "GLOB", NULL, FIELD_KEYS, COMMAND},
	{NULL, "PROTOCOLS", NULL, "netinspect -G protocols 2>/dev/null | cut -f3", COMMAND},
	{NULL, "USER", NULL, "getent passwd | cut -d: -f1", COMMAND},
	{NULL, "FILE", NULL, NULL, FILES},
	{NULL, "DIR", NULL, NULL, DIRECTORIES},
};
/* clang-format on */

static const struct source *
source_of(const struct ni_opt *o)
{
	for (size_t i = 0; o->arg && i < sizeof(sources) / sizeof(sources[0]); i++) {
		const struct source *s = &sources[i];
		if (s->option ? !strcmp(s->option, o->name) : !strcmp(s->arg, o->arg))
			return s;
	}
	return NULL;
}

static void
put_words(FILE *f, const struct source *s)
{
	if (s->text)
		fputs(s->text, f);
	for (const struct word *w = s->words; w && w->name; w++)
		fprintf(f, "%s%s", w == s->words ? "" : " ", w->name);
}

/* For single quotes of a shell, where nothing but a quote ends them; @also: to be escaped too. */
static void
put_quoted(FILE *f, const char *text, const char *also)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", f);
		else
			fprintf(f, strchr(also, *text) ? "\\%c" : "%c", *text);
	}
}

static void
bash_case(FILE *f, const struct ni_opt *o, const struct source *s)
{
	fputs("\t", f);
	if (o->letter)
		fprintf(f, "-%c | ", o->letter);
	fprintf(f, "--%s)\n\t\t", o->name);
	switch (s ? s->kind : FILES) {
	case WORDS:
		fputs("COMPREPLY=($(compgen -W '", f);
		put_words(f, s);
		fputs("' -- \"$cur\"))\n", f);
		break;
	case COMMAND:
		fprintf(f, "COMPREPLY=($(compgen -W \"$(%s)\" -- \"$cur\"))\n", s->text);
		break;
	case DIRECTORIES:
		fputs("COMPREPLY=($(compgen -d -- \"$cur\"))\n", f);
		break;
	case FILES:
		fputs(s ? "COMPREPLY=($(compgen -f -- \"$cur\"))\n" : "COMPREPLY=()\n", f);
		break;
	}
	fputs("\t\treturn ;;\n", f);
}

static void
bash(FILE *f)
{
	fputs("# bash completion of netinspect, written from its option table\n"
	      "_netinspect() {\n"
	      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	      "\tcompopt -o nospace 2>/dev/null\n"
	      "\tcase $prev in\n",
	      f);
	for (size_t i = 0; i < ni_cli_options.n; i++)
		if (ni_cli_options.row[i].kind != NI_OPT_HEADING && ni_cli_options.row[i].arg)
			bash_case(f, &ni_cli_options.row[i], source_of(&ni_cli_options.row[i]));
	fputs("\tesac\n\tcompopt +o nospace 2>/dev/null\n\tif [[ $cur == -* ]]; then\n"
	      "\t\tCOMPREPLY=($(compgen -W '",
	      f);
	for (size_t i = 0; i < ni_cli_options.n; i++) {
		const struct ni_opt *o = &ni_cli_options.row[i];
		if (o->kind == NI_OPT_HEADING)
			continue;
		if (o->letter)
			fprintf(f, "-%c ", o->letter);
		fprintf(f, "--%s ", o->name);
	}
	fputs("' -- \"$cur\"))\n\telse\n\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\tfi\n}\n"
	      "complete -o filenames -F _netinspect netinspect\n",
	      f);
}

static void
zsh_argument(FILE *f, const struct ni_opt *o)
{
	const struct source *s = source_of(o);
	fputc(':', f);
	put_quoted(f, o->arg, ":");
	switch (s ? s->kind : FILES) {
	case WORDS:
		fputs(":(", f);
		put_quoted(f, s->text ? s->text : "", ":");
		for (const struct word *w = s->words; w && w->name; w++)
			fprintf(f, "%s%s", w == s->words ? "" : " ", w->name);
		fputc(')', f);
		break;
	case COMMAND:
		fputs(":{compadd -- ${(f)\"$(", f);
		put_quoted(f, s->text, "");
		fputs(")\"}}", f);
		break;
	case DIRECTORIES:
		fputs(":_directories", f);
		break;
	case FILES:
		fputs(s ? ":_files" : ": ", f);
		break;
	}
}

static void
zsh(FILE *f)
{
	fputs("#compdef netinspect\n# written from the option table of netinspect\n"
	      "_arguments -s \\\n",
	      f);
	for (size_t i = 0; i < ni_cli_options.n; i++) {
		const struct ni_opt *o = &ni_cli_options.row[i];
		bool again = o->kind == NI_OPT_LIST || o->kind == NI_OPT_CALL;
		if (o->kind == NI_OPT_HEADING)
			continue;
		fputs(again ? "\t'*'" : "\t", f);
		if (o->letter)
			fprintf(f, "{-%c,--%s}'[", o->letter, o->name);
		else
			fprintf(f, "'--%s[", o->name);
		put_quoted(f, o->help, "[]:");
		fputc(']', f);
		if (o->arg)
			zsh_argument(f, o);
		fputs("' \\\n", f);
	}
	fputs("\t'*:capture filter: '\n", f);
}

static void
fish(FILE *f)
{
	fputs("# fish completion of netinspect, written from its option table\n"
	      "complete -c netinspect -f\n",
	      f);
	for (size_t i = 0; i < ni_cli_options.n; i++) {
		const struct ni_opt *o = &ni_cli_options.row[i];
		const struct source *s = source_of(o);
		if (o->kind == NI_OPT_HEADING)
			continue;
		fputs("complete -c netinspect", f);
		if (o->letter)
			fprintf(f, " -s %c", o->letter);
		fprintf(f, " -l %s -d '", o->name);
		for (const char *p = o->help; *p; p++)
			fprintf(f, *p == '\'' || *p == '\\' ? "\\%c" : "%c", *p);
		fputc('\'', f);
		if (s && s->kind == WORDS) {
			fputs(" -x -a '", f);
			put_words(f, s);
			fputc('\'', f);
		} else if (s && s->kind == COMMAND) {
			fprintf(f, " -x -a '(%s)'", s->text);
		} else if (s) {
			fputs(s->kind == FILES ? " -r -F"
					       : " -x -a '(__fish_complete_directories)'",
			      f);
		} else if (o->arg) {
			fputs(" -x", f);
		}
		fputc('\n', f);
	}
}

int
ni_completion(FILE *f, const char *shell, struct ni_err *err)
{
	if (!strcmp(shell, "bash"))
		bash(f);
	else if (!strcmp(shell, "zsh"))
		zsh(f);
	else if (!strcmp(shell, "fish"))
		fish(f);
	else {
		ni_fail(err, NI_ERR_INPUT, _("--completion %s: no such shell"), shell);
		ni_hint(err, _("one of: bash, zsh, fish"));
		return NI_ERR_INPUT;
	}
	return NI_SUCCESS;
}
