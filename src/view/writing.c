/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets into a file; see writing.h. */
#include "writing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "mono.h"
#include "writer.h"

enum { LOOK_AT_CLOCK = 64 };

struct ni_writing {
	struct ni_model *m;
	struct ni_writer *w;
	char *path;
	struct ni_set members;
	bool all;
	uint64_t first, last, next; /* packets */
	uint64_t written;
	int rc;
	struct ni_err err;
};

struct ni_writing *
ni_writing_new(struct ni_model *m, const char *path, const struct ni_set *members, uint64_t last,
	       struct ni_err *err)
{
	/* Standard output is the screen. */
	const char *name = strcmp(path, "-") ? path : "./-";
	struct ni_writer_options o = {.path = name, .input = ni_model_source(m)};
	struct ni_writing *w = calloc(1, sizeof(*w));
	if (w)
		w->path = strdup(name);
	if (!w || !w->path || (members && !ni_set_copy(&w->members, members))) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		ni_writing_free(&w);
		return NULL;
	}
	w->m = m;
	w->all = !members;
	w->first = w->next = ni_index_first(ni_model_index(m));
	w->last = last;
	if (ni_writer_open(&w->w, &o, err)) {
		w->rc = NI_ERR_RUN;
		ni_writing_free(&w);
	}
	return w;
}

void
ni_writing_free(struct ni_writing **out)
{
	struct ni_writing *w = *out;
	if (!w)
		return;
	if (w->w) {
		ni_writer_close(&w->w, NULL);
		unlink(w->path);
	}
	ni_set_free(&w->members);
	free(w->path);
	free(w);
	*out = NULL;
}

bool
ni_writing_work(struct ni_writing *w, int64_t budget_ns)
{
	int64_t end = ni_mono_ns() + budget_ns;
	while (w->next <= w->last && !w->rc) {
		struct ni_frame f;
		uint64_t k = w->next++;
		if ((w->all || ni_set_has(&w->members, k)) && ni_model_frame(w->m, k, &f)) {
			w->rc = ni_writer_put(w->w, &f, &w->err);
			w->written += !w->rc;
		}
		if (k % LOOK_AT_CLOCK == 0 && ni_mono_ns() >= end)
			break;
	}
	return w->next <= w->last && !w->rc;
}

unsigned
ni_writing_percent(const struct ni_writing *w)
{
	uint64_t n = w->last + 1 - w->first;
	return n ? (unsigned)((w->next - w->first) * 100 / n) : 100;
}

const char *
ni_writing_path(const struct ni_writing *w)
{
	return w->path;
}

int
ni_writing_finish(struct ni_writing *w, uint64_t *packets, struct ni_err *err)
{
	int closed = ni_writer_close(&w->w, w->rc ? NULL : err);
	*packets = w->written;
	if (w->rc)
		*err = w->err;
	return w->rc ? w->rc : closed;
}
