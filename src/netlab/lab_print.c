/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts for a terminal and for programs. */
#include <string.h>

#include "lab.h"
#include "lab_lines.h"
#include "netinspect/buf.h"

enum { COLUMNS = 80 };

/* Columns of the UTF-8 character at @p: what is written in East Asia takes two. */
static unsigned
columns(const char *p)
{
	unsigned char c = (unsigned char)*p;
	return c < 0xe2 || (c == 0xe2 && (unsigned char)p[1] < 0xba) ? 1 : 2;
}

/* A character that must not begin a line. */
static bool
closing(const char *p)
{
	static const char *const marks[] = {",",  "]",  "，", "。", "；", "：",
					    "）", "？", "！", "、", "”",  "》"};
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (!strncmp(p, marks[i], strlen(marks[i])))
			return true;
	return false;
}

/* Bytes up to where the line may be broken, at least one character; *width: its columns. */
static size_t
piece(const char *p, unsigned *width)
{
	size_t n = 0;
	*width = 0;
	do {
		size_t len = nl_utf8(p + n, strlen(p + n));
		*width += columns(p + n);
		n += len ? len : 1;
		bool wide = columns(p + n - (len ? len : 1)) == 2;
		if (p[n] && !closing(p + n) && (wide || columns(p + n) == 2))
			break;
	} while (p[n] && p[n] != ' ');
	return n;
}

void
nl_wrap(FILE *out, const char *first, const char *prefix, const char *text)
{
	unsigned start = (unsigned)strlen(prefix);
	unsigned at = start;
	fputs(first, out);
	while (*text) {
		bool space = *text == ' ';
		text += strspn(text, " ");
		if (!*text)
			break;
		unsigned width;
		size_t n = piece(text, &width);
		if (at > start && at + space + width > COLUMNS) {
			fprintf(out, "\n%s", prefix);
			at = start;
			space = false;
		}
		fprintf(out, "%s%.*s", space && at > start ? " " : "", (int)n, text);
		at += width + (space && at > start);
		text += n;
	}
	fputc('\n', out);
}

const char *
nl_escaped(struct nl_pool *pool, const char *text)
{
	size_t n = strlen(text);
	size_t cap = 4 * n + 1;
	struct ni_buf b = ni_buf(nl_take(pool, cap), cap);
	ni_buf_escape(&b, (const uint8_t *)text, n);
	return ni_buf_z(&b);
}

void
nl_json_string(struct nl_pool *pool, const char *before, const char *text)
{
	size_t n = strlen(text);
	size_t cap = 6 * n + 1;
	struct ni_buf b = ni_buf(nl_take(pool, cap), cap);
	ni_buf_json(&b, (const uint8_t *)text, n);
	printf("%s\"%s\"", before, ni_buf_z(&b));
}
