/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A source without frames: a view that is open before anything is captured. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "i18n.h"
#include "source_impl.h"

struct none {
	struct ni_source base;
	char *name;
};

static int
none_next(struct ni_source *s, struct ni_frame *f, struct ni_err *err)
{
	(void)s;
	(void)f;
	(void)err;
	return NI_SOURCE_END;
}

static void
none_info(struct ni_source *s, struct ni_source_info *info)
{
	info->name = ((struct none *)s)->name;
	info->format = "";
}

static void
none_stats(struct ni_source *s, struct ni_source_stats *st)
{
	(void)s;
	(void)st;
}

static int
none_fd(const struct ni_source *s)
{
	(void)s;
	return -1;
}

static void
none_close(struct ni_source *s)
{
	free(((struct none *)s)->name);
	ni_source_fini(s);
	free(s);
}

static const struct ni_source_ops none_ops = {
    .next = none_next,
    .info = none_info,
    .stats = none_stats,
    .fd = none_fd,
    .close = none_close,
};

int
ni_source_open_none(struct ni_source **out, const char *name, struct ni_err *err)
{
	struct none *n = calloc(1, sizeof(*n));
	*out = NULL;
	if (n)
		n->name = strdup(name);
	if (!n || !n->name) {
		free(n);
		return ni_fail(err, NI_ERR_RUN, _("capture: out of memory"));
	}
	ni_source_init(&n->base, &none_ops);
	*out = &n->base;
	return NI_SUCCESS;
}
