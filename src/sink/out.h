/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where sinks write: one buffer in front of one descriptor, with colours if wanted. */
#ifndef NI_OUT_H
#define NI_OUT_H

#include <stdbool.h>

#include "netinspect/buf.h"
#include "netinspect/err.h"

enum ni_color {
	NI_C_NONE,
	NI_C_DIM,
	NI_C_BOLD,
	NI_C_GOOD, /* green */
	NI_C_NOTE, /* cyan */
	NI_C_WARN, /* yellow */
	NI_C_BAD,  /* red */
};

struct ni_out {
	struct ni_buf b; /* append here; at most NI_OUT_LINE bytes between two ni_out_line() */
	int fd;          /* not owned */
	int error;       /* errno of the first failed write; nothing is written after it */
	bool line_flush; /* hand over every line at once */
	bool color;
	bool ascii;     /* no characters outside ASCII of our own (data are escaped anyway) */
	unsigned width; /* columns a report may use */
	char *mem;      /* the buffer */
};

enum { NI_OUT_LINE = 1 << 20 };

/** Make an output on @fd. Returns 0, or NI_ERR_RUN when memory is short. */
int ni_out_init(struct ni_out *o, int fd, struct ni_err *err);
void ni_out_free(struct ni_out *o);

/** A line (or record) is complete: write out if the buffer is filling up or line_flush is set. */
void ni_out_line(struct ni_out *o);

/** Write out everything. 0, or NI_ERR_RUN with @err ("standard output: No space left on device").
 */
int ni_out_flush(struct ni_out *o, struct ni_err *err);

/** Switch colour; nothing happens when colours are off. NI_C_NONE ends it. */
void ni_out_color(struct ni_out *o, enum ni_color c);

#endif
