/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -G: the fields and protocols, as tshark prints its own. */
#include "glossary.h"

#include <string.h>

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

static bool
alias_seen(const struct ni_proto *p, const struct ni_field *f)
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
		if (f->alias && !alias_seen(p, f))
			print_field(out, p, f, f->alias);
	}
}

int
ni_glossary(FILE *out, const char *what, const struct ni_registry *reg, struct ni_err *err)
{
	bool fields = !strcmp(what, "fields");
	if (!fields && strcmp(what, "protocols") != 0) {
		ni_fail(err, NI_ERR_INPUT, "-G %s: no such list", what);
		ni_hint(err, "one of: fields, protocols");
		return NI_ERR_INPUT;
	}
	for (unsigned id = 1; id <= ni_registry_count(reg); id++) {
		const struct ni_proto *p = ni_registry_proto(reg, id);
		if (!fields) {
			fprintf(out, "%s\t%s\t%s\n", p->title, p->name, p->key);
			continue;
		}
		fprintf(out, "P\t%s\t%s\n", p->title, p->key);
		print_fields(out, p);
	}
	return NI_SUCCESS;
}
