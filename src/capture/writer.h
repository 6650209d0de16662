/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing captures: pcap and pcapng, one file or many. */
#ifndef NETINSPECT_CAPTURE_WRITER_H
#define NETINSPECT_CAPTURE_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "limits.h"
#include "netinspect/err.h"
#include "netinspect/frame.h"
#include "privilege.h"
#include "source.h"

struct ni_writer;

enum ni_writer_format {
	NI_WRITER_AUTO,    /* by suffix: .pcap, .cap, .dmp: pcap; everything else pcapng */
	NI_WRITER_PCAP,    /* time stamps in microseconds */
	NI_WRITER_PCAP_NS, /* in nanoseconds */
	NI_WRITER_PCAPNG,
};

/* What ni_writer_put() and ni_writer_tick() return beside errors. */
enum {
	NI_WRITER_GO = 0,
	NI_WRITER_STOP = 1, /* a limit of -a is reached: close the writer and end the capture */
};

struct ni_writer_options {
	const char *path; /* "-" for standard output; NULL to write to fd */
	int fd;           /* stays the caller's */
	enum ni_writer_format format;
	struct ni_source *input; /* where the frames come from, or NULL; must outlive the writer */
	const struct ni_limits *limits; /* or NULL; copied */
	bool capture_time;              /* durations count in time stamps, as the input is a file */
	const struct ni_user *owner;    /* whom new files shall belong to, or NULL; copied */
};

struct ni_writer_stats {
	const char *path;       /* of the current file; valid until the next call */
	uint64_t packets;       /* in all files */
	uint64_t bytes;         /* in all files */
	uint32_t files;         /* begun */
	uint64_t lost_comments; /* packet comments that the pcap format has no place for */
	bool hung_up;           /* writing failed because the reader of a pipe went away */
};

/**
 * Parse @name, the argument of -F: "pcap", "nsecpcap" or "pcapng".
 * Returns 0 or fails with NI_ERR_INPUT.
 */
int ni_writer_format_parse(const char *name, enum ni_writer_format *format, struct ni_err *err);

/**
 * Create the file, or the first of several; never one that @opt->input is reading.
 * The process must not be in a hurry to lose its rights: later files of -b are created in the
 * directory that is opened here, with the rights of then; see ni_writer_check_ring().
 * Returns 0 and sets *@out, to be freed by ni_writer_close(); or fails with NI_ERR_INPUT or
 * NI_ERR_RUN.
 */
int ni_writer_open(struct ni_writer **out, const struct ni_writer_options *opt, struct ni_err *err);

/**
 * Check, after the rights were dropped, that further files of -b can be created.
 * Returns 0, also if there will be none, or fails with NI_ERR_RUN.
 */
int ni_writer_check_ring(const struct ni_writer *w, struct ni_err *err);

/**
 * Write @f, or put it in the buffer; it is copied. Begins another file where -b says so.
 * Returns NI_WRITER_GO; NI_WRITER_STOP, where @f has been written unless it came after a duration
 * of -a; or fails with NI_ERR_RUN (disk full: what was written before is whole) or NI_ERR_INPUT (a
 * second link type in a pcap file). Allocates only for uncommonly large frames.
 */
int ni_writer_put(struct ni_writer *w, const struct ni_frame *f, struct ni_err *err);

/**
 * Let time pass while there are no frames: begins another file where a duration of -b says so.
 * Returns what ni_writer_put() does.
 */
int ni_writer_tick(struct ni_writer *w, struct ni_err *err);

/** Write out what is buffered. Returns 0 or fails with NI_ERR_RUN. */
int ni_writer_flush(struct ni_writer *w, struct ni_err *err);

/** Where the data of the frame that was put last stands in the current file. */
uint64_t ni_writer_offset(const struct ni_writer *w);

void ni_writer_stats(const struct ni_writer *w, struct ni_writer_stats *st);

/**
 * Finish the file, in pcapng with the counters of the interfaces, and free *@w, which is set to
 * NULL and may be NULL. Call it before the input is closed. Returns 0 or fails with NI_ERR_RUN; *@w
 * is freed either way.
 */
int ni_writer_close(struct ni_writer **w, struct ni_err *err);

#endif
