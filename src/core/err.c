/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors that a person reads; see err.h. */
#include "netinspect/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "netinspect/buf.h"

/* What the user or a file name brought in may hold escape sequences: the terminal must not see
 * them. */
static void
set(char *dst, size_t size, const char *fmt, va_list ap)
{
	char raw[1024];
	int n = vsnprintf(raw, sizeof(raw), fmt, ap);
	if (n < 0)
		n = 0;
	struct ni_buf b = ni_buf(dst, size);
	ni_buf_escape(&b, (const uint8_t *)raw,
		      (size_t)n < sizeof(raw) ? (size_t)n : sizeof(raw) - 1);
	ni_buf_z(&b);
}

int
ni_fail(struct ni_err *err, int status, const char *fmt, ...)
{
	if (err) {
		va_list ap;
		va_start(ap, fmt);
		set(err->what, sizeof(err->what), fmt, ap);
		va_end(ap);
		err->hint[0] = '\0';
	}
	return status;
}

void
ni_hint(struct ni_err *err, const char *fmt, ...)
{
	if (!err)
		return;
	va_list ap;
	va_start(ap, fmt);
	set(err->hint, sizeof(err->hint), fmt, ap);
	va_end(ap);
}
