/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes the reference of all fields from their tables: `fields_doc DIR` a page a protocol for
 * docs/fields/, `fields_doc --man` the list in netinspect-filter(5).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "glossary.h"
#include "netinspect/proto.h"

enum { VALUES = 16 };

/* A '|' would end the cell of a table. */
static void
cell(FILE *out, const char *text)
{
	for (; text && *text; text++)
		fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

/* What defines the protocol defines the field, if nothing else is said. */
static const char *
ref_of(const struct ni_proto *p, const struct ni_field *f)
{
	return f->ref ? f->ref : p->ref ? p->ref : "";
}

static void
write_row(FILE *out, const struct ni_proto *p, const struct ni_field *f, const char *key)
{
	fprintf(out, "| `%s` | %s | ", key, ni_type_name(f->type));
	cell(out, f->name);
	if (f->doc) {
		fputs(": ", out);
		cell(out, f->doc);
	}
	fputs(" | ", out);
	ni_print_values(out, f, VALUES);
	fprintf(out, " | %s |\n", ref_of(p, f));
}

static void
write_page(FILE *out, const struct ni_proto *p)
{
	fprintf(out, "# %s (`%s`)\n\n", p->title, p->key);
	if (p->ref)
		fprintf(out, "%s\n\n", p->ref);
	fputs("| key | type | meaning | values | reference |\n| --- | --- | --- | --- | --- |\n",
	      out);
	for (const struct ni_field *f = p->fields; f && f->key; f++) {
		if (!ni_key_seen(p, f))
			write_row(out, p, f, f->key);
		if (f->alias && !ni_alias_seen(p, f))
			write_row(out, p, f, f->alias);
	}
	if (p->binds && p->binds->table < NI_NTABLES)
		fputs("\nFound under:", out);
	for (const struct ni_bind *b = p->binds; b && b->table < NI_NTABLES; b++)
		fprintf(out, "%s `%s` %u", b == p->binds ? "" : ",", ni_table_name(b->table),
			b->key);
	fputs(p->binds && p->binds->table < NI_NTABLES ? "\n" : "", out);
}

static FILE *
create(const char *dir, const char *name)
{
	char path[4096];
	snprintf(path, sizeof(path), "%s/%s.md", dir, name);
	FILE *f = fopen(path, "w");
	if (!f) {
		fprintf(stderr, "fields_doc: %s: %s\n", path, strerror(errno));
		exit(1);
	}
	return f;
}

static unsigned
count_keys(const struct ni_proto *p)
{
	unsigned n = 0;
	for (const struct ni_field *f = p->fields; f && f->key; f++)
		n += !ni_key_seen(p, f);
	return n;
}

static void
write_pages(const struct ni_registry *reg, const char *dir)
{
	FILE *index = create(dir, "README");
	fputs(
	    "# Fields\n\nEvery field that can be shown (`-e`), filtered (`-Y`) and found in JSON. "
	    "These pages are written\nfrom the field tables by `tests/fields-doc --update`; "
	    "`netinspect --list-fields` prints the same.\n\n"
	    "| protocol | name | fields |\n| --- | --- | --- |\n",
	    index);
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_proto *p = ni_registry_proto(reg, id);
		fprintf(index, "| [`%s`](%s.md) | %s | %u |\n", p->key, p->key, p->title,
			count_keys(p));
		FILE *page = create(dir, p->key);
		write_page(page, p);
		fclose(page);
	}
	fclose(index);
}

/* Roff takes a '-' for a hyphen and a backslash for an escape. */
static void
roff(FILE *out, const char *s)
{
	for (; s && *s; s++)
		fprintf(out, *s == '-' || *s == '\\' ? "\\%c" : "%c", *s);
}

static void
man_values(FILE *out, const struct ni_field *f)
{
	char *text = NULL;
	size_t n = 0;
	FILE *mem = open_memstream(&text, &n);
	if (!mem)
		exit(1);
	ni_print_values(mem, f, VALUES);
	if (fclose(mem))
		exit(1);
	if (n) {
		fputs("\n.br\nValues: ", out);
		roff(out, text);
		fputc('.', out);
	}
	free(text);
}

static void
man_field(FILE *out, const struct ni_proto *p, const struct ni_field *f)
{
	fprintf(out, ".TP\n.B %s\n", f->key);
	roff(out, f->name);
	if (f->doc)
		fputs(": ", out);
	roff(out, f->doc);
	fprintf(out, " (%s%s%s", ni_type_name(f->type), ref_of(p, f)[0] ? "; " : "", ref_of(p, f));
	if (f->alias)
		fprintf(out, "; also \\fB%s\\fP", f->alias);
	fputs(").", out);
	man_values(out, f);
	fputc('\n', out);
}

static void
write_man(FILE *out, const struct ni_registry *reg)
{
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_proto *p = ni_registry_proto(reg, id);
		fputs(".SS ", out);
		roff(out, p->title);
		fprintf(out, " (%s)\n", p->key);
		for (const struct ni_field *f = p->fields; f && f->key; f++)
			if (!ni_key_seen(p, f))
				man_field(out, p, f);
	}
}

int
main(int argc, char **argv)
{
	struct ni_registry *reg = ni_registry_new();
	if (!reg || argc != 2) {
		fputs("usage: fields_doc DIR | --man\n", stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--man"))
		write_man(stdout, reg);
	else
		write_pages(reg, argv[1]);
	ni_registry_free(&reg);
	return ferror(stdout) ? 1 : 0;
}
