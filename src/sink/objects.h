/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --export-objects: the bodies of HTTP messages, decoded, each a file. */
#ifndef NI_OBJECTS_H
#define NI_OBJECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/buf.h"

struct ni_sink;

enum {
	NI_OBJECT_NAME = 128,              /* bytes of a file's name, its NUL included */
	NI_OBJECT_MAX = 256 * 1024 * 1024, /* bytes of one object */
	NI_OBJECTS_MAX = 100000,           /* objects */
};

#define NI_OBJECTS_BYTES ((uint64_t)8 << 30) /* of all objects */

/* What became of the bodies. */
struct ni_objects_stats {
	uint64_t objects, bytes;
	uint64_t incomplete; /* objects of which something is missing or damaged */
	uint64_t cut;        /* objects cut because they are too large */
	uint64_t coded;      /* objects left in a content coding that is unknown */
	uint64_t skipped;    /* bodies that made no object: too many, or nothing could be decoded */
};

struct ni_objects_opts {
	int dir;                        /* where to create files; stays the caller's */
	const char *dir_name;           /* for messages */
	struct ni_objects_stats *stats; /* outlives the sink */
	uint64_t max_bytes;             /* of one object; 0: NI_OBJECT_MAX */
	/* Create a file that is not there yet: its descriptor, or -1 with errno set. */
	int (*create)(int dir, const char *name);
};

/** Make the sink. NULL when memory is short. */
struct ni_sink *ni_objects_sink(const struct ni_objects_opts *o);

/** Append the line that sums up: how many objects, and what happened to others. */
void ni_objects_summary(struct ni_buf *b, const struct ni_objects_opts *o);

/**
 * Make a file's name of the URI of @n bytes that was asked for: the last part of its path without
 * anything that a file system or a shell takes for more than a letter. Never empty, never hidden,
 * shorter than NI_OBJECT_NAME. @number, if not 0, stands before the extension.
 */
void ni_object_name(char out[NI_OBJECT_NAME], const char *uri, size_t n, bool request,
		    uint32_t number);

#endif
