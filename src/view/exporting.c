/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exporting objects in slices; see exporting.h. */
#include "exporting.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "mono.h"
#include "objects.h"
#include "outdir.h"

enum { LOOK_AT_CLOCK = 64 };

struct ni_exporting {
	struct ni_model *m;
	struct ni_session *session;
	struct ni_objects_opts opts;
	struct ni_objects_stats stats;
	char *name;
	uint64_t next, last;
	struct ni_err err;
	int rc;
	bool over;
};

void
ni_exporting_free(struct ni_exporting **x)
{
	if (!*x)
		return;
	ni_session_free(&(*x)->session);
	if ((*x)->opts.dir >= 0)
		close((*x)->opts.dir);
	free((*x)->name);
	free(*x);
	*x = NULL;
}

static int
begin(struct ni_exporting *x, const char *path, struct ni_err *err)
{
	const struct ni_user nobody_else = {.known = false}; /* rights were dropped long ago */
	x->name = strdup(path);
	if (!x->name)
		return ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	int rc = ni_outdir_open(&x->opts.dir, x->name, &nobody_else, err);
	if (!rc)
		rc = ni_outdir_check(x->opts.dir, x->name, err);
	if (rc)
		return rc;
	x->opts.dir_name = x->name;
	x->opts.stats = &x->stats;
	x->opts.create = ni_outdir_create;
	x->session = ni_model_session(x->m, err);
	if (!x->session)
		return NI_ERR_RUN;
	struct ni_sink *s = ni_objects_sink(&x->opts);
	return s ? ni_session_add(x->session, s, err)
		 : ni_fail(err, NI_ERR_RUN, _("view: no memory"));
}

struct ni_exporting *
ni_exporting_new(struct ni_model *m, const char *path, struct ni_err *err)
{
	struct ni_exporting *x = calloc(1, sizeof(*x));
	if (!x) {
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
		return NULL;
	}
	x->m = m;
	x->opts.dir = -1;
	x->next = ni_index_first(ni_model_index(m));
	x->last = ni_index_last(ni_model_index(m));
	if (begin(x, path, err))
		ni_exporting_free(&x);
	return x;
}

bool
ni_exporting_work(struct ni_exporting *x, int64_t budget_ns)
{
	int64_t end = ni_mono_ns() + budget_ns;
	for (unsigned n = 1; !x->over && x->next <= x->last; x->next++, n++) {
		struct ni_frame f;
		struct ni_excerpt e = ni_model_excerpt(x->m, x->next);
		if (n % LOOK_AT_CLOCK == 0 && ni_mono_ns() >= end)
			return true;
		if (!ni_model_frame(x->m, x->next, &f))
			continue;
		ni_session_expect(x->session, &e);
		ni_session_frame(x->session, &f);
	}
	if (!x->over)
		x->rc = ni_session_end(x->session, &x->err);
	x->over = true;
	return false;
}

unsigned
ni_exporting_percent(const struct ni_exporting *x)
{
	return x->over || !x->last ? 100 : (unsigned)(x->next * 100 / (x->last + 1));
}

int
ni_exporting_sum_up(struct ni_exporting *x, struct ni_buf *said, struct ni_err *err)
{
	if (x->rc) {
		*err = x->err;
		return x->rc;
	}
	ni_objects_summary(said, &x->opts);
	return NI_SUCCESS;
}
