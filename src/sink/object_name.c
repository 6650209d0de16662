/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of files from what requests ask for; see objects.h. */
#include "objects.h"

#include <string.h>

enum {
	STEM_MAX = 80,
	EXTENSION_MAX = 16, /* longer ones are part of the name */
};

static bool
is_harmless(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("._-+@%=,~", c));
}

static void
harmless(struct ni_buf *b, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool first = !b->len && (p[i] == '.' || p[i] == '-' || p[i] == '~');
		ni_buf_c(b, (char)(is_harmless(p[i]) && !first ? p[i] : '_'));
	}
}

/* The last part of the path in @n bytes of URI. */
static const char *
last_part(const char *uri, size_t *n)
{
	size_t end = 0;
	size_t begin = 0;
	while (end < *n && uri[end] != '?' && uri[end] != '#')
		end++;
	for (size_t i = 0; i < end; i++)
		if (uri[i] == '/' || uri[i] == '\\')
			begin = i + 1;
	*n = end - begin;
	return uri + begin;
}

void
ni_object_name(char out[NI_OBJECT_NAME], const char *uri, size_t n, bool request, uint32_t number)
{
	static const char unnamed[] = "index";
	struct ni_buf b = ni_buf(out, NI_OBJECT_NAME - 1);
	const char *p = last_part(uri, &n);
	if (!n) {
		p = unnamed;
		n = sizeof(unnamed) - 1;
	}
	size_t dot = n;
	while (dot > 0 && p[dot - 1] != '.' && n - dot < EXTENSION_MAX)
		dot--;
	bool has_extension = dot > 1 && p[dot - 1] == '.';
	size_t stem = has_extension ? dot - 1 : n;
	if (request)
		ni_buf_str(&b, "request-");
	harmless(&b, p, stem < STEM_MAX ? stem : STEM_MAX);
	if (number)
		ni_buf_fmt(&b, "(%u)", number);
	if (has_extension)
		harmless(&b, p + stem, n - stem);
	ni_buf_z(&b);
}
