/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Searching in packets; see filtering.h. */
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "filtering.h"
#include "i18n.h"
#include "regex.h"

enum { TEXT = 2048, MAX_BYTES = 512 };

struct ni_search {
	struct ni_pass *pass;
	struct ni_pass_ops ops;
	char *what;
	const char *text; /* what is looked for, in what */
	uint8_t bytes[MAX_BYTES];
	size_t nbytes;
	struct ni_re *re;
};

static bool
match_bytes(void *ctx, const struct ni_dis *d, const struct ni_frame *f)
{
	struct ni_search *s = ctx;
	(void)d;
	return memmem(f->data, f->cap, s->bytes, s->nbytes) != NULL;
}

/* Addresses, protocol and Info, as the list shows them. */
static const char *
columns(const struct ni_dis *d, char *mem, size_t n)
{
	static const enum ni_column which[] = {NI_COL_SOURCE, NI_COL_DESTINATION, NI_COL_PROTOCOL,
					       NI_COL_INFO};
	struct ni_buf b = ni_buf(mem, n);
	for (size_t i = 0; i < sizeof(which) / sizeof(which[0]); i++) {
		if (i)
			ni_buf_c(&b, ' ');
		ni_column_print(&b, d, which[i], NI_TIME_RELATIVE);
	}
	return ni_buf_z(&b);
}

static bool
match_text(void *ctx, const struct ni_dis *d, const struct ni_frame *f)
{
	struct ni_search *s = ctx;
	char mem[TEXT];
	(void)f;
	return strcasestr(columns(d, mem, sizeof(mem)), s->text) != NULL;
}

static bool
match_re(void *ctx, const struct ni_dis *d, const struct ni_frame *f)
{
	struct ni_search *s = ctx;
	char mem[TEXT];
	(void)f;
	const char *line = columns(d, mem, sizeof(mem));
	return ni_re_match(s->re, (const uint8_t *)line, strlen(line)) == 1;
}

static int
digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

static int
parse_bytes(struct ni_search *s, const char *p, struct ni_err *err)
{
	for (; *p; p++) {
		if (*p == ' ' || *p == ':')
			continue;
		int hi = digit(p[0]);
		int lo = hi < 0 ? -1 : digit(p[1]);
		if (lo < 0 || s->nbytes == sizeof(s->bytes))
			return ni_fail(err, NI_ERR_INPUT, _("%s: not pairs of hex digits"), p);
		s->bytes[s->nbytes++] = (uint8_t)(hi << 4 | lo);
		p++;
	}
	return s->nbytes ? NI_SUCCESS : ni_fail(err, NI_ERR_INPUT, "%s", _("no bytes to look for"));
}

static int
prepare(struct ni_search *s, struct ni_err *err)
{
	char why[128];
	if (s->what[0] == 'x' && s->what[1] == ' ') {
		s->ops = (struct ni_pass_ops){.match = match_bytes, .raw = true};
		return parse_bytes(s, s->what + 2, err);
	}
	s->text = s->what;
	s->ops.match = match_text;
	if (s->what[0] != '~')
		return NI_SUCCESS;
	s->text += 1 + strspn(s->what + 1, " ");
	s->ops.match = match_re;
	size_t at;
	s->re = ni_re_new(s->text, strlen(s->text), why, sizeof(why), &at);
	return s->re ? NI_SUCCESS
		     : ni_fail(err, NI_ERR_INPUT, _("%s: no regular expression: %s"), s->text, why);
}

struct ni_search *
ni_search_new(struct ni_model *m, const char *what, struct ni_err *err)
{
	struct ni_search *s = calloc(1, sizeof(*s));
	if (s)
		s->what = strdup(what);
	if (!s || !s->what) {
		ni_search_free(&s);
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	if (!prepare(s, err))
		s->pass = ni_pass_new(m, &s->ops, s, err);
	if (!s->pass)
		ni_search_free(&s);
	return s;
}

void
ni_search_free(struct ni_search **s)
{
	if (!*s)
		return;
	ni_pass_free(&(*s)->pass);
	ni_re_free(&(*s)->re);
	free((*s)->what);
	free(*s);
	*s = NULL;
}

bool
ni_search_work(struct ni_search *s, int64_t budget_ns)
{
	return ni_pass_work(s->pass, budget_ns);
}

struct ni_pass *
ni_search_pass(struct ni_search *s)
{
	return s->pass;
}

const char *
ni_search_text(const struct ni_search *s)
{
	return s->what;
}
