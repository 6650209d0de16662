/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -G: the fields and protocols, as tshark prints its own. */
#include "glossary.h"

#include <fnmatch.h>
#include <string.h>

#include "i18n.h"
#include "netinspect/lookup.h"
#include "netinspect/proto.h"

static const char *
tshark_type(const struct ni_field *f)
{
	static const char *const names[] = {
	    [NI_NONE] = "FT_NONE",
	    [NI_BOOL] = "FT_BOOLEAN",
	    [NI_U8] = "FT_UINT8",
	    [NI_U16] = "FT_UINT16",
	    [NI_U24] = "FT_UINT24",
	    [NI_U32] = "FT_UINT32",
	    [NI_U64] = "FT_UINT64",
	    [NI_I32] = "FT_INT32",
	    [NI_I64] = "FT_INT64",
	    [NI_DOUBLE] = "FT_DOUBLE",
	    [NI_STR] = "FT_STRING",
	    [NI_BYTES] = "FT_BYTES",
	    [NI_ETHER] = "FT_ETHER",
	    [NI_IP4] = "FT_IPv4",
	    [NI_IP6] = "FT_IPv6",
	    [NI_RELTIME] = "FT_RELATIVE_TIME",
	    [NI_ABSTIME] = "FT_ABSOLUTE_TIME",
	};
	return names[f->type];
}

static const char *
tshark_base(const struct ni_field *f)
{
	static const char *const names[] = {
	    [NI_DEC] = "BASE_DEC",         [NI_HEX] = "BASE_HEX", [NI_DEC_HEX] = "BASE_DEC_HEX",
	    [NI_HEX_DEC] = "BASE_HEX_DEC", [NI_OCT] = "BASE_OCT",
	};
	return f->type >= NI_U8 && f->type <= NI_I64 ? names[f->base] : "BASE_NONE";
}

static void
print_field(FILE *out, const struct ni_proto *p, const struct ni_field *f, const char *key)
{
	fprintf(out, "F\t%s\t%s\t%s\t%s\t%s\t0x%llx\t%s%s%s\n", f->name, key, tshark_type(f),
		p->key, tshark_base(f), (unsigned long long)f->mask, f->doc ? f->doc : "",
		f->doc && f->ref ? " " : "", f->ref ? f->ref : "");
}

bool
ni_alias_seen(const struct ni_proto *p, const struct ni_field *f)
{
	for (const struct ni_field *g = p->fields; g < f; g++)
		if (g->alias && !strcmp(g->alias, f->alias))
			return true;
	return false;
}

static void
print_fields(FILE *out, const struct ni_proto *p)
{
	for (const struct ni_field *f = p->fields; f && f->key; f++) {
		print_field(out, p, f, f->key);
		if (f->alias && !ni_alias_seen(p, f))
			print_field(out, p, f, f->alias);
	}
}

/* The names of a field's values, once for each of its keys. */
static void
print_values_of(FILE *out, const struct ni_field *f)
{
	for (const struct ni_label *l = f->labels; l && l->text; l++) {
		if (l->lo == l->hi)
			fprintf(out, "V\t%s\t%u\t%s\n", f->key, l->lo, l->text);
		else
			fprintf(out, "R\t%s\t%u\t%u\t%s\n", f->key, l->lo, l->hi, l->text);
	}
}

bool
ni_key_seen(const struct ni_proto *p, const struct ni_field *f)
{
	for (const struct ni_field *g = p->fields; g < f; g++)
		if (!strcmp(g->key, f->key))
			return true;
	return false;
}

static void
print_values(FILE *out, const struct ni_proto *p)
{
	for (const struct ni_field *f = p->fields; f && f->key; f++)
		if (!ni_key_seen(p, f))
			print_values_of(out, f);
}

static void
print_protocol(FILE *out, const struct ni_proto *p)
{
	fprintf(out, "%s\t%s\t%s\n", p->title, p->name, p->key);
}

static void
print_field_table(FILE *out, const struct ni_proto *p)
{
	fprintf(out, "P\t%s\t%s\n", p->title, p->key);
	print_fields(out, p);
}

static void
print_decodes(FILE *out, const struct ni_proto *p)
{
	for (const struct ni_bind *b = p->binds; b && b->table < NI_NTABLES; b++)
		fprintf(out, "%s\t%u\t%s\n", ni_table_name(b->table), b->key, p->key);
}

int
ni_glossary(FILE *out, const char *what, const struct ni_registry *reg, struct ni_err *err)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out, const struct ni_proto *p);
	} lists[] = {
	    {"fields", print_field_table},
	    {"protocols", print_protocol},
	    {"values", print_values},
	    {"decodes", print_decodes},
	};
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (strcmp(lists[i].name, what) != 0)
			continue;
		for (unsigned id = 1; id <= ni_registry_count(reg); id++)
			lists[i].print(out, ni_registry_proto(reg, id));
		return NI_SUCCESS;
	}
	ni_fail(err, NI_ERR_INPUT, _("-G %s: no such list"), what);
	ni_hint(err, _("one of: fields, protocols, values, decodes"));
	return NI_ERR_INPUT;
}

/* A word without wildcards is looked for anywhere in the key. */
static bool
fits(const char *glob, const char *key)
{
	return strpbrk(glob, "*?[") ? !fnmatch(glob, key, 0) : strstr(key, glob) != NULL;
}

void
ni_print_values(FILE *out, const struct ni_field *f, unsigned most)
{
	const struct ni_label *l = f->labels;
	bool hex = f->base == NI_HEX || f->base == NI_HEX_DEC;
	for (unsigned n = 0; l && l->text && n < most; n++, l++) {
		fprintf(out, hex ? "%s0x%x" : "%s%u", n ? ", " : "", l->lo);
		if (l->lo != l->hi)
			fprintf(out, hex ? "-0x%x" : "-%u", l->hi);
		fprintf(out, " %s", l->text);
	}
	if (l && l->text)
		fputs(", ...", out);
	bool any = false;
	for (unsigned i = 0; f->word && strcmp(f->word(i), "?") != 0; i++) {
		if (*f->word(i))
			fprintf(out, "%s%s", any ? ", " : "", f->word(i));
		any = any || *f->word(i);
	}
}

static void
print_for_people(FILE *out, const struct ni_field *f, const char *key)
{
	enum { VALUES = 8 };
	fprintf(out, "%-32s %s%s%s\n    %s", key, f->name, f->doc ? ": " : "", f->doc ? f->doc : "",
		ni_type_name(f->type));
	if (f->ref)
		fprintf(out, "; %s", f->ref);
	fputs(f->labels || f->word ? "\n    " : "", out);
	ni_print_values(out, f, VALUES);
	fputc('\n', out);
}

int
ni_list_fields(FILE *out, const char *glob, const struct ni_registry *reg, struct ni_err *err)
{
	unsigned found = 0;
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_proto *p = ni_registry_proto(reg, id);
		for (const struct ni_field *f = p->fields; f && f->key; f++) {
			bool alias = f->alias && !ni_alias_seen(p, f) && fits(glob, f->alias);
			bool key = !ni_key_seen(p, f) && fits(glob, f->key);
			if (key)
				print_for_people(out, f, f->key);
			if (alias)
				print_for_people(out, f, f->alias);
			found += key + alias;
		}
	}
	if (found)
		return NI_SUCCESS;
	char near[256];
	struct ni_buf b = ni_buf(near, sizeof(near));
	ni_field_suggest(reg, glob, &b);
	ni_fail(err, NI_ERR_INPUT, _("--list-fields %s: no field fits"), glob);
	if (b.len)
		ni_hint(err, _("did you mean %s?"), ni_buf_z(&b));
	else
		ni_hint(err, _("for example 'tcp.*', '*.port' or response"));
	return NI_ERR_INPUT;
}
