/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a capture stops by itself (-a) and when its output goes on in another file (-b), with
 * tshark's words and meaning.
 */
#ifndef NETINSPECT_CAPTURE_LIMITS_H
#define NETINSPECT_CAPTURE_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/err.h"

/* 0 everywhere: no limit. */
struct ni_limits {
	/* -a: stop after … */
	int64_t stop_ns;
	uint64_t stop_bytes; /* in the file; with -b, go on in the next */
	uint64_t stop_packets;
	uint32_t stop_files;
	/* -b: next file after … */
	bool several; /* -b was given */
	int64_t next_ns;
	int64_t next_interval_ns; /* at whole multiples of this since 1970 */
	uint64_t next_bytes;
	uint64_t next_packets;
	uint32_t keep_files; /* and then delete the oldest beyond these */
	bool time_first;     /* NAME_time_number instead of NAME_number_time */
};

/* The time by both clocks; for a capture that is read from a file, its time stamps in both. */
struct ni_now {
	int64_t mono_ns;
	int64_t wall_ns;
};

/* How far a capture is. The owner counts packets, bytes and files up. */
struct ni_progress {
	uint64_t packets;
	uint64_t file_packets; /* in the current file */
	uint64_t file_bytes;
	uint32_t files; /* begun */
	struct ni_now start;
	struct ni_now file_start;
};

enum ni_due {
	NI_DUE_NOTHING,
	NI_DUE_NEXT_FILE,
	NI_DUE_STOP,
};

/**
 * Parse @text, the argument of -a: "duration:SECONDS", "filesize:KB" (1000 bytes), "files:N" or
 * "packets:N", and set that in @l. Returns 0 or fails with NI_ERR_INPUT.
 */
int ni_limits_autostop(struct ni_limits *l, const char *text, struct ni_err *err);

/**
 * Parse @text, an argument of -b: "duration:SECONDS", "interval:SECONDS", "filesize:KB",
 * "packets:N", "files:N" or "nametimenum:1|2", and set that in @l. Returns 0 or fails with
 * NI_ERR_INPUT.
 */
int ni_limits_ring(struct ni_limits *l, const char *text, struct ni_err *err);

/**
 * Check what the options make together, once all are parsed.
 * @path: of -w, or NULL. Returns 0 or fails with NI_ERR_INPUT.
 */
int ni_limits_check(const struct ni_limits *l, const char *path, struct ni_err *err);

/** Read the clocks. */
struct ni_now ni_now(void);

/** Begin a capture, or a file of it. */
void ni_progress_start(struct ni_progress *p, struct ni_now now);
void ni_progress_start_file(struct ni_progress *p, struct ni_now now);

/** Tell what the time makes due. NI_DUE_NEXT_FILE also if that would be a file too many. */
enum ni_due ni_limits_by_time(const struct ni_limits *l, const struct ni_progress *p,
			      struct ni_now now);

/** Tell what the packets and bytes that were taken in make due; the same. */
enum ni_due ni_limits_by_size(const struct ni_limits *l, const struct ni_progress *p);

#endif
