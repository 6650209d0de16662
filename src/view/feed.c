/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The capture thread; see feed.h. */
#include "feed.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "i18n.h"
#include "mono.h"

enum { FLUSH_NS = 20 * 1000 * 1000, STATS_NS = 200 * 1000 * 1000, WAIT_MS = 50 };

struct ni_feed {
	struct ni_source *source;
	struct ni_spool *spool;
	pthread_t thread;
	bool started;
	int fd;
	atomic_bool hold, over, told;
	atomic_uint_fast64_t frames, dropped;
	struct ni_err err; /* read once over is set */
	bool failed;
	int64_t flush_ns, stats_ns;
	uint64_t fresh; /* frames since the last flush */
};

static void
wake(struct ni_feed *f)
{
	uint64_t one = 1;
	if (!atomic_exchange(&f->told, true) && write(f->fd, &one, sizeof(one)) < 0)
		atomic_store(&f->told, false);
}

static int
flush(struct ni_feed *f)
{
	if (!f->fresh)
		return NI_SUCCESS;
	int rc = ni_spool_flush(f->spool, &f->err);
	atomic_fetch_add(&f->frames, f->fresh);
	f->fresh = 0;
	wake(f);
	return rc;
}

/* What has to be done now and then. */
static int
upkeep(struct ni_feed *f, bool idle)
{
	int64_t now = ni_mono_ns();
	if (now >= f->stats_ns) {
		struct ni_source_stats st;
		ni_source_stats(f->source, &st);
		atomic_store(&f->dropped, st.dropped + st.if_dropped);
		f->stats_ns = now + STATS_NS;
	}
	if (!idle && now < f->flush_ns)
		return NI_SUCCESS;
	f->flush_ns = now + FLUSH_NS;
	return flush(f);
}

static void *
run(void *arg)
{
	struct ni_feed *f = arg;
	struct ni_frame frame;
	int rc = NI_SOURCE_IDLE;
	for (unsigned i = 0; rc >= 0 && rc != NI_SOURCE_END; i++) {
		rc = ni_source_next(f->source, &frame, &f->err);
		int bad = NI_SUCCESS;
		if (rc == NI_SOURCE_FRAME && !atomic_load(&f->hold)) {
			bad = ni_spool_put(f->spool, &frame, &f->err);
			f->fresh++;
		}
		if (!bad && (rc != NI_SOURCE_FRAME || i % 64 == 0))
			bad = upkeep(f, rc != NI_SOURCE_FRAME);
		rc = bad ? bad : rc;
	}
	f->failed = rc < 0;
	flush(f);
	atomic_store(&f->over, true);
	atomic_store(&f->told, false);
	wake(f);
	return NULL;
}

int
ni_feed_new(struct ni_feed **out, struct ni_source *source, struct ni_spool *spool,
	    struct ni_err *err)
{
	struct ni_feed *f = calloc(1, sizeof(*f));
	*out = NULL;
	if (!f)
		return ni_fail(err, NI_ERR_RUN, _("capture: no memory"));
	f->source = source;
	f->spool = spool;
	f->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (f->fd < 0) {
		free(f);
		return ni_fail(err, NI_ERR_RUN, _("capture: no event descriptor"));
	}
	*out = f;
	return NI_SUCCESS;
}

int
ni_feed_start(struct ni_feed *f, struct ni_err *err)
{
	sigset_t all;
	sigset_t old;
	ni_source_set_wait(f->source, WAIT_MS);
	/* Signals are the other thread's business. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int rc = pthread_create(&f->thread, NULL, run, f);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc)
		return ni_fail(err, NI_ERR_RUN, _("capture: no thread: %s"), strerror(rc));
	f->started = true;
	return NI_SUCCESS;
}

void
ni_feed_free(struct ni_feed **f)
{
	if (!*f)
		return;
	if ((*f)->started) {
		ni_source_break((*f)->source);
		pthread_join((*f)->thread, NULL);
	}
	close((*f)->fd);
	free(*f);
	*f = NULL;
}

void
ni_feed_hold(struct ni_feed *f, bool hold)
{
	atomic_store(&f->hold, hold);
}

int
ni_feed_fd(const struct ni_feed *f)
{
	return f->fd;
}

void
ni_feed_heard(struct ni_feed *f)
{
	uint64_t n;
	if (read(f->fd, &n, sizeof(n)) > 0)
		atomic_store(&f->told, false);
}

uint64_t
ni_feed_frames(const struct ni_feed *f)
{
	return atomic_load(&f->frames);
}

uint64_t
ni_feed_dropped(const struct ni_feed *f)
{
	return atomic_load(&f->dropped);
}

bool
ni_feed_over(const struct ni_feed *f, struct ni_err *err)
{
	if (!atomic_load(&f->over))
		return false;
	if (f->failed && err)
		*err = f->err;
	return true;
}
