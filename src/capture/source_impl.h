/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kinds of source share; for src/capture alone. */
#ifndef NETINSPECT_CAPTURE_SOURCE_IMPL_H
#define NETINSPECT_CAPTURE_SOURCE_IMPL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source.h"

struct ni_source_ops {
	int (*next)(struct ni_source *s, struct ni_frame *f, struct ni_err *err);
	void (*info)(struct ni_source *s, struct ni_source_info *info);
	void (*stats)(struct ni_source *s, struct ni_source_stats *st);
	int (*fd)(const struct ni_source *s);
	void (*close)(struct ni_source *s); /* frees @s as well */
};

/* The first member of every kind of source. */
struct ni_source {
	const struct ni_source_ops *ops;
	atomic_bool stop; /* set by ni_source_break() */
	int wait_ms;
	uint64_t captured; /* frames delivered, the number of the latest */
	struct ni_source_iface *ifaces;
	uint32_t n_ifaces;
	uint32_t room; /* for ifaces */
};

/** Set up the common part; the rest of @s must be zero. */
void ni_source_init(struct ni_source *s, const struct ni_source_ops *ops);

/** Free the common part, not @s itself. */
void ni_source_fini(struct ni_source *s);

/**
 * Append an interface and copy @name and @description (each @..._len bytes, NULL for none).
 * Returns it, zeroed but for these; NULL when memory is short. Moves the earlier ones.
 */
struct ni_source_iface *ni_source_add_iface(struct ni_source *s, const char *name, size_t name_len,
					    const char *description, size_t description_len);

/** Nanoseconds of CLOCK_MONOTONIC. */
int64_t ni_mono_ns(void);

/** Nanoseconds of CLOCK_REALTIME, the clock of time stamps. */
int64_t ni_wall_ns(void);

static inline bool
ni_source_stopped(const struct ni_source *s)
{
	return atomic_load_explicit(&s->stop, memory_order_relaxed);
}

#endif
