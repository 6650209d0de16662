/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -Y; see display_filter.h. */
#include "display_filter.h"

#include <stdio.h>
#include <string.h>

#include "bpf.h"
#include "i18n.h"
#include "netinspect/buf.h"
#include "twins.h"

enum { LINE = 16384, ETHERNET = 1, SHOWN = 1000 };

/* Columns that @n bytes of text take: one a character of UTF-8. */
static size_t
columns(const char *p, size_t n)
{
	size_t c = 0;
	for (size_t i = 0; i < n; i++)
		c += ((unsigned char)p[i] & 0xc0) != 0x80;
	return c;
}

/* Nothing of @p may steer a terminal; but a backslash, which filters are full of, stays one. */
static void
escape(struct ni_buf *b, const char *p, size_t n)
{
	while (n) {
		const char *slash = memchr(p, '\\', n);
		size_t k = slash ? (size_t)(slash - p) : n;
		ni_buf_escape(b, (const uint8_t *)p, k);
		if (slash)
			ni_buf_c(b, '\\');
		k += slash != NULL;
		p += k;
		n -= k;
	}
}

/* The filter, escaped, and below it carets under the bytes from @at on. */
static void
point(const char *text, size_t at, size_t len)
{
	static char line[LINE];
	struct ni_buf b = ni_buf(line, sizeof(line));
	size_t n = strlen(text);
	size_t from = at > SHOWN ? at - SHOWN / 2 : 0;
	size_t to = n - from > SHOWN ? from + SHOWN : n;
	size_t end = at + len < to ? at + len : to;
	at = at < to ? at : to;
	escape(&b, text + from, at - from);
	size_t before = columns(line, b.len);
	size_t mark = b.len;
	escape(&b, text + at, end > at ? end - at : 0);
	size_t under = columns(line + mark, b.len - mark);
	escape(&b, text + end, to > end ? to - end : 0);
	fprintf(stderr, "  %.*s\n  %*s", (int)b.len, line, (int)before, "");
	for (size_t i = 0; i < (under ? under : 1); i++)
		fputc(i ? '~' : '^', stderr);
	fputc('\n', stderr);
}

static void
say(const char *before, const char *text, const char *after)
{
	char safe[1024];
	struct ni_buf b = ni_buf(safe, sizeof(safe));
	escape(&b, text, strlen(text));
	fprintf(stderr, "%s%.*s%s\n", before, (int)b.len, safe, after);
}

static bool
is_capture_filter(const char *text)
{
	struct ni_err err;
	struct ni_bpf *b = NULL;
	/* A name would have to be looked up: only what is about numbers and protocols. */
	if (!ni_twin_is_plain(text) || ni_bpf_compile(&b, text, ETHERNET, &err))
		return false;
	ni_bpf_free(&b);
	return true;
}

struct ni_filter *
ni_display_filter(const struct ni_registry *reg, const char *text, const char *option)
{
	struct ni_filter_error e;
	char twin[1024];
	struct ni_filter *f = ni_filter_compile(reg, text, &e);
	if (f)
		return f;
	fprintf(stderr, "netinspect: %s: ", option);
	say("", e.what, "");
	point(text, e.at, e.len);
	if (is_capture_filter(text) && ni_twin(text, twin, sizeof(twin)))
		fprintf(stderr, _("  this is a capture filter; the display filter is: -Y '%s'\n"),
			twin);
	else if (is_capture_filter(text))
		fputs(_("  this is a capture filter; it belongs behind -f\n"), stderr);
	else if (e.hint[0])
		say("  ", e.hint, "");
	return NULL;
}

int
ni_display_filter_check(const char *text, const char *option, bool *finals, struct ni_err *err)
{
	struct ni_registry *reg = ni_registry_new();
	if (!reg)
		return ni_fail(err, NI_ERR_RUN, _("%s: no memory"), option);
	struct ni_filter *f = ni_display_filter(reg, text, option);
	if (f)
		*finals = ni_filter_needs_finals(f);
	int rc = f ? NI_SUCCESS : NI_ERR_INPUT;
	ni_filter_free(&f);
	ni_registry_free(&reg);
	return rc;
}

bool
ni_display_filter_instead(const char *text, struct ni_err *err)
{
	struct ni_filter_error e;
	struct ni_registry *reg = ni_registry_new();
	struct ni_filter *f = reg ? ni_filter_compile(reg, text, &e) : NULL;
	if (f && strchr(text, '\''))
		ni_hint(err, _("this is a display filter; it belongs behind -Y"));
	else if (f)
		ni_hint(err, _("this is a display filter; type: -Y '%s'"), text);
	bool is_one = f;
	ni_filter_free(&f);
	ni_registry_free(&reg);
	return is_one;
}
