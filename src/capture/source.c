/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a source that does not depend on its kind. */
#include "config.h"

#include "source_impl.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEFAULT_WAIT_MS = 100 };

void
ni_source_init(struct ni_source *s, const struct ni_source_ops *ops)
{
	s->ops = ops;
	s->wait_ms = DEFAULT_WAIT_MS;
	atomic_init(&s->stop, false);
}

/* The strings are handed out as const, but were allocated here. */
static void
free_string(const char *s)
{
	free((void *)(uintptr_t)s); /* NOLINT(performance-no-int-to-ptr) */
}

void
ni_source_fini(struct ni_source *s)
{
	for (uint32_t i = 0; i < s->n_ifaces; i++) {
		free_string(s->ifaces[i].name);
		free_string(s->ifaces[i].description);
	}
	free(s->ifaces);
	s->ifaces = NULL;
	s->n_ifaces = s->room = 0;
}

struct ni_source_iface *
ni_source_add_iface(struct ni_source *s, const char *name, size_t name_len, const char *description,
		    size_t description_len)
{
	if (s->n_ifaces == s->room) {
		uint32_t room = s->room ? s->room * 2 : 4;
		struct ni_source_iface *p = realloc(s->ifaces, room * sizeof(*p));
		if (!p)
			return NULL;
		s->ifaces = p;
		s->room = room;
	}
	char *n = name ? strndup(name, name_len) : NULL;
	char *d = description ? strndup(description, description_len) : NULL;
	if ((name && !n) || (description && !d)) {
		free(n);
		free(d);
		return NULL;
	}
	struct ni_source_iface *i = &s->ifaces[s->n_ifaces++];
	*i = (struct ni_source_iface){.name = n, .description = d};
	return i;
}

static int64_t
now_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t
ni_mono_ns(void)
{
	return now_ns(CLOCK_MONOTONIC);
}

int64_t
ni_wall_ns(void)
{
	return now_ns(CLOCK_REALTIME);
}

int
ni_source_next(struct ni_source *s, struct ni_frame *f, struct ni_err *err)
{
	int r = s->ops->next(s, f, err);
	if (r == NI_SOURCE_FRAME)
		f->number = ++s->captured;
	return r;
}

void
ni_source_set_wait(struct ni_source *s, int ms)
{
	s->wait_ms = ms < 0 ? 0 : ms;
}

void
ni_source_break(struct ni_source *s)
{
	atomic_store_explicit(&s->stop, true, memory_order_relaxed);
}

int
ni_source_fd(const struct ni_source *s)
{
	return s->ops->fd(s);
}

void
ni_source_info(struct ni_source *s, struct ni_source_info *info)
{
	*info = (struct ni_source_info){.n_ifaces = s->n_ifaces, .store_fd = -1};
	s->ops->info(s, info);
}

const struct ni_source_iface *
ni_source_iface(const struct ni_source *s, uint32_t i)
{
	return i < s->n_ifaces ? &s->ifaces[i] : NULL;
}

void
ni_source_stats(struct ni_source *s, struct ni_source_stats *st)
{
	*st = (struct ni_source_stats){.captured = s->captured};
	s->ops->stats(s, st);
}

void
ni_source_close(struct ni_source **s)
{
	if (!*s)
		return;
	(*s)->ops->close(*s);
	*s = NULL;
}
