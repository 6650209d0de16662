/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writes what is said about records from their tables of keys: `records_doc --keys` for
 * docs/records.md, `records_doc --schema` for docs/records.schema.json.
 */
#include <stdio.h>
#include <string.h>

#include "records.h"
#include "sink.h"

/* ---- Markdown ---- */

static const char *
type_text(const struct rec_key *k)
{
	static const char *const one[] = {
	    [REC_INTEGER] = "number", [REC_SECONDS] = "seconds", [REC_TEXT] = "text",
	    [REC_FLAG] = "boolean",   [REC_OBJECT] = "object",   [REC_COUNTS] = "object"};
	static const char *const many[] = {
	    [REC_INTEGER] = "numbers", [REC_SECONDS] = "seconds", [REC_TEXT] = "texts",
	    [REC_FLAG] = "booleans",   [REC_OBJECT] = "objects",  [REC_COUNTS] = "objects"};
	return k->flags & REC_LIST ? many[k->type] : one[k->type];
}

static void
md_row(const char *above, const struct rec_key *k)
{
	printf("| `%s%s%s` | %s | %s | %s", above, above[0] ? "." : "", k->key, type_text(k),
	       k->flags & REC_ALWAYS ? "always" : "", k->doc);
	for (unsigned i = 0; k->word && i < k->words; i++)
		printf("%s`%s`", i ? ", " : ": ", k->word(i));
	puts(" |");
	for (const struct rec_key *s = k->sub; s && s->key; s++)
		md_row(k->key, s);
}

static void
write_md(void)
{
	for (unsigned i = 0; i < NI_RECORD_NKINDS; i++) {
		const struct rec_kind *kind = &rec_kinds[i];
		printf("### %s: %s\n\n| key | value | | meaning |\n| --- | --- | --- | --- |\n",
		       kind->name, kind->doc);
		for (const struct rec_key *k = kind->keys; k->key; k++)
			md_row("", k);
		putchar('\n');
	}
}

/* ---- JSON Schema ---- */

static void
indent(unsigned depth)
{
	printf("\n%*s", (int)(2 * depth), "");
}

static void
schema_words(const struct rec_key *k)
{
	fputs(", \"enum\": [", stdout);
	for (unsigned i = 0; i < k->words; i++)
		printf("%s\"%s\"", i ? ", " : "", k->word(i));
	putchar(']');
}

static void schema_keys(const struct rec_key *keys, unsigned depth);

static void
schema_type(const struct rec_key *k, unsigned depth)
{
	switch ((enum rec_type)k->type) {
	case REC_INTEGER:
		fputs("\"type\": \"integer\", \"minimum\": 0", stdout);
		break;
	case REC_SECONDS:
		fputs("\"type\": \"number\"", stdout);
		if (!(k->flags & REC_SIGNED))
			fputs(", \"minimum\": 0", stdout);
		break;
	case REC_TEXT:
		fputs("\"type\": \"string\"", stdout);
		if (k->word)
			schema_words(k);
		break;
	case REC_FLAG:
		fputs("\"type\": \"boolean\"", stdout);
		break;
	case REC_OBJECT:
		schema_keys(k->sub, depth);
		break;
	case REC_COUNTS:
		fputs("\"type\": \"object\", \"additionalProperties\": false, \"properties\": {",
		      stdout);
		for (unsigned i = 0; i < k->words; i++) {
			fputs(i ? "," : "", stdout);
			indent(depth + 1);
			printf("\"%s\": {\"type\": \"integer\", \"minimum\": 1}", k->word(i));
		}
		indent(depth);
		putchar('}');
		break;
	}
}

static void
schema_key(const struct rec_key *k, unsigned depth)
{
	printf("\"%s\": {\"description\": \"%s\", ", k->key, k->doc);
	if (k->flags & REC_LIST)
		fputs("\"type\": \"array\", \"minItems\": 1, \"items\": {", stdout);
	schema_type(k, depth);
	fputs(k->flags & REC_LIST ? "}}" : "}", stdout);
}

static void
schema_keys(const struct rec_key *keys, unsigned depth)
{
	const char *comma = "";
	fputs("\"type\": \"object\", \"additionalProperties\": false, \"required\": [", stdout);
	for (const struct rec_key *k = keys; k->key; k++) {
		if (!(k->flags & REC_ALWAYS))
			continue;
		printf("%s\"%s\"", comma, k->key);
		comma = ", ";
	}
	fputs("], \"properties\": {", stdout);
	for (const struct rec_key *k = keys; k->key; k++) {
		fputs(k == keys ? "" : ",", stdout);
		indent(depth + 1);
		schema_key(k, depth + 1);
	}
	indent(depth);
	putchar('}');
}

static void
schema_kind(const struct rec_kind *kind)
{
	printf("{\"title\": \"%s\", \"description\": \"%s\", \"type\": \"object\", "
	       "\"additionalProperties\": false,\n      \"required\": [\"record\", \"schema\"",
	       kind->name, kind->doc);
	for (const struct rec_key *k = kind->keys; k->key; k++)
		if (k->flags & REC_ALWAYS)
			printf(", \"%s\"", k->key);
	printf("],\n      \"properties\": {\n"
	       "        \"record\": {\"type\": \"string\", \"enum\": [\"%s\"]},\n"
	       "        \"schema\": {\"type\": \"integer\", \"enum\": [%d]}",
	       kind->name, REC_SCHEMA);
	for (const struct rec_key *k = kind->keys; k->key; k++) {
		fputs(",", stdout);
		indent(4);
		schema_key(k, 4);
	}
	fputs("\n      }}", stdout);
}

static void
write_schema(void)
{
	puts("{\n  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
	     "  \"title\": \"A line of netinspect -T records\",\n  \"oneOf\": [");
	for (unsigned i = 0; i < NI_RECORD_NKINDS; i++) {
		fputs(i ? ",\n    " : "    ", stdout);
		schema_kind(&rec_kinds[i]);
	}
	puts("\n  ]\n}");
}

int
main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "--keys"))
		write_md();
	else if (argc == 2 && !strcmp(argv[1], "--schema"))
		write_schema();
	else
		return 2;
	return fflush(stdout) ? 1 : 0;
}
