/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing a ladder as -T ladder has it; see ladder_write.h. */
#include "config.h"

#include "ladder_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "out.h"
#include "watch.h"

enum { WIDTH = 100 };

struct ni_ladder_writing {
	struct ni_out out;
	struct ni_watch *watch;
	int fd;
	char *path;
	bool out_open, done;
	uint32_t id; /* of the connection; the sink looks at it as long as it is there */
};

void
ni_ladder_writing_free(struct ni_ladder_writing **out)
{
	struct ni_ladder_writing *w = *out;
	if (!w)
		return;
	ni_watch_free(&w->watch);
	if (w->out_open)
		ni_out_free(&w->out);
	if (w->fd >= 0)
		close(w->fd);
	if (!w->done && w->path && w->fd >= 0)
		unlink(w->path);
	free(w->path);
	free(w);
	*out = NULL;
}

static int
begin(struct ni_ladder_writing *w, struct ni_app *a, uint32_t conn, bool explain,
      struct ni_err *err)
{
	w->id = conn & NI_IX_CONN_ID;
	struct ni_ladder_opts opts = {
	    .time = a->time, .explain = explain, .conns = &w->id, .nconns = 1};
	w->fd = open(w->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (w->fd < 0)
		return ni_fail(err, NI_ERR_RUN, "%s: %s", w->path, strerror(errno));
	int rc = ni_out_init(&w->out, w->fd, err);
	if (rc)
		return rc;
	w->out_open = true;
	w->out.width = WIDTH;
	w->out.ascii = ni_screen_ascii();
	struct ni_sink *s = ni_ladder_sink(&w->out, &opts);
	if (!s)
		return ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	w->watch = ni_watch_new(a->model, conn, UINT64_MAX, s, err);
	return w->watch ? NI_SUCCESS : NI_ERR_RUN;
}

struct ni_ladder_writing *
ni_ladder_writing_new(struct ni_app *a, uint32_t conn, bool explain, const char *path,
		      struct ni_err *err)
{
	struct ni_ladder_writing *w = calloc(1, sizeof(*w));
	if (w) {
		w->fd = -1;
		w->path = strdup(path);
	}
	if (!w || !w->path)
		ni_fail(err, NI_ERR_RUN, _("view: no memory"));
	if (w && (!w->path || begin(w, a, conn, explain, err)))
		ni_ladder_writing_free(&w);
	return w;
}

static int
finish(struct ni_ladder_writing *w, struct ni_err *err)
{
	int rc = ni_watch_end(w->watch, err);
	if (!rc)
		rc = ni_out_flush(&w->out, err);
	if (close(w->fd) && !rc)
		rc = ni_fail(err, NI_ERR_RUN, "%s: %s", w->path, strerror(errno));
	w->done = !rc;
	if (!w->done)
		unlink(w->path);
	w->fd = -1;
	return rc;
}

bool
ni_ladder_writing_work(struct ni_app *a, struct ni_ladder_writing **w, int64_t ns)
{
	struct ni_err err = {.what = "", .hint = ""};
	if (ni_watch_work((*w)->watch, ns)) {
		a->dirty = true;
		return true;
	}
	if (finish(*w, &err))
		ni_app_say(a, NI_ROLE_BAD, "%s", err.what);
	else
		ni_app_say(a, NI_ROLE_GOOD, _("the ladder is in %s"), (*w)->path);
	ni_ladder_writing_free(w);
	return false;
}

void
ni_ladder_writing_busy(const struct ni_ladder_writing *w, struct ni_buf *b)
{
	ni_buf_fmt(b, _("writing %s  %u%%  Esc stops"), w->path, ni_watch_percent(w->watch));
}

const char *
ni_ladder_writing_path(const struct ni_ladder_writing *w)
{
	return w->path;
}
