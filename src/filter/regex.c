/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regular expressions; see regex.h. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "regex.h"

#include <pcre2.h>
#include <stdlib.h>

enum {
	MATCH_LIMIT = 200000, /* steps in one value: some milliseconds */
	HEAP_KIB = 1024,
	STACK_LEAST = 32 << 10,
	STACK_MOST = 512 << 10,
};

struct ni_re {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	uint32_t names, name_size, groups;
	PCRE2_SPTR table;
};

static bool
prepare(struct ni_re *re)
{
	re->data = pcre2_match_data_create_from_pattern(re->code, NULL);
	re->context = pcre2_match_context_create(NULL);
	if (!re->data || !re->context)
		return false;
	pcre2_set_match_limit(re->context, MATCH_LIMIT);
	pcre2_set_heap_limit(re->context, HEAP_KIB);
	/* Without it patterns are interpreted: slower, the same result. */
	if (pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE) == 0) {
		re->stack = pcre2_jit_stack_create(STACK_LEAST, STACK_MOST, NULL);
		if (!re->stack)
			return false;
		pcre2_jit_stack_assign(re->context, NULL, re->stack);
	}
	pcre2_pattern_info(re->code, PCRE2_INFO_NAMECOUNT, &re->names);
	pcre2_pattern_info(re->code, PCRE2_INFO_NAMEENTRYSIZE, &re->name_size);
	pcre2_pattern_info(re->code, PCRE2_INFO_NAMETABLE, &re->table);
	pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT, &re->groups);
	return true;
}

struct ni_re *
ni_re_new(const char *pattern, size_t n, char *what, size_t size, size_t *at)
{
	int code = PCRE2_ERROR_NOMEMORY;
	PCRE2_SIZE offset = 0;
	struct ni_re *re = calloc(1, sizeof(*re));
	if (re)
		re->code = pcre2_compile((PCRE2_SPTR)pattern, n, PCRE2_CASELESS | PCRE2_NEVER_UTF,
					 &code, &offset, NULL);
	if (re && re->code && !prepare(re)) {
		code = PCRE2_ERROR_NOMEMORY;
		pcre2_code_free(re->code);
		re->code = NULL;
	}
	if (re && re->code)
		return re;
	pcre2_get_error_message(code, (PCRE2_UCHAR *)what, size);
	*at = offset;
	ni_re_free(&re);
	return NULL;
}

void
ni_re_free(struct ni_re **re)
{
	if (!*re)
		return;
	pcre2_jit_stack_free((*re)->stack);
	pcre2_match_context_free((*re)->context);
	pcre2_match_data_free((*re)->data);
	pcre2_code_free((*re)->code);
	free(*re);
	*re = NULL;
}

int
ni_re_match(struct ni_re *re, const uint8_t *p, size_t n)
{
	int rc = pcre2_match(re->code, n ? p : (const uint8_t *)"", n, 0, 0, re->data, re->context);
	if (rc >= 0)
		return 1;
	return rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

unsigned
ni_re_groups(const struct ni_re *re)
{
	return re->groups;
}

/* A row of PCRE2's table: the number, big-endian, then the name. */
const char *
ni_re_name(const struct ni_re *re, unsigned i)
{
	for (uint32_t k = 0; k < re->names; k++) {
		PCRE2_SPTR row = re->table + (size_t)k * re->name_size;
		if ((unsigned)(row[0] << 8 | row[1]) == i)
			return (const char *)row + 2;
	}
	return NULL;
}

bool
ni_re_group(const struct ni_re *re, unsigned i, size_t *from, size_t *to)
{
	const PCRE2_SIZE *v = pcre2_get_ovector_pointer(re->data);
	const PCRE2_SIZE *pair = v + (size_t)2 * i;
	if (i >= pcre2_get_ovector_count(re->data) || pair[0] == PCRE2_UNSET || pair[0] > pair[1])
		return false;
	*from = pair[0];
	*to = pair[1];
	return true;
}
