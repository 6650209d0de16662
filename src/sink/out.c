/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buffered output of the sinks; see out.h. */
#include "out.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"

enum { SIZE = NI_OUT_LINE + (256 << 10), FLUSH_AT = 192 << 10 };

int
ni_out_init(struct ni_out *o, int fd, struct ni_err *err)
{
	*o = (struct ni_out){.fd = fd, .width = 80};
	o->mem = malloc(SIZE);
	if (!o->mem)
		return ni_fail(err, NI_ERR_RUN, _("output: no memory"));
	o->b = ni_buf(o->mem, SIZE);
	return NI_SUCCESS;
}

void
ni_out_free(struct ni_out *o)
{
	free(o->mem);
	o->mem = NULL;
}

static void
drain(struct ni_out *o)
{
	size_t done = 0;
	while (!o->error && done < o->b.len) {
		ssize_t n = write(o->fd, o->b.p + done, o->b.len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR && errno != EAGAIN)
			o->error = errno;
	}
	o->b.len = 0;
	o->b.cut = false;
}

void
ni_out_line(struct ni_out *o)
{
	if (o->line_flush || o->b.len >= FLUSH_AT)
		drain(o);
}

int
ni_out_flush(struct ni_out *o, struct ni_err *err)
{
	drain(o);
	if (!o->error)
		return NI_SUCCESS;
	return ni_fail(err, NI_ERR_RUN, _("output: %s"), strerror(o->error));
}

void
ni_out_color(struct ni_out *o, enum ni_color c)
{
	static const char *const codes[] = {
	    [NI_C_NONE] = "\033[0m",  [NI_C_DIM] = "\033[2m",   [NI_C_BOLD] = "\033[1m",
	    [NI_C_GOOD] = "\033[32m", [NI_C_NOTE] = "\033[36m", [NI_C_WARN] = "\033[33m",
	    [NI_C_BAD] = "\033[31m",
	};
	if (o->color)
		ni_buf_str(&o->b, codes[c]);
}
