/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the writer of files and the two formats share; for src/capture alone. */
#ifndef NETINSPECT_CAPTURE_WRITER_IMPL_H
#define NETINSPECT_CAPTURE_WRITER_IMPL_H

#include "outfile.h"
#include "writer.h"

/* A format writes records into the file's buffer. All return 0 or a negative enum ni_status. */
struct ni_writer_ops {
	size_t (*record_len)(const uint8_t *p, size_t n);
	int (*begin)(struct ni_writer *w, struct ni_err *err);
	int (*put)(struct ni_writer *w, const struct ni_frame *f, struct ni_err *err);
	int (*end)(struct ni_writer *w, struct ni_err *err);
};

struct ni_writer {
	const struct ni_writer_ops *ops;
	struct ni_outfile out;
	struct ni_source *input;
	uint64_t offset; /* of the data put last */

	/* pcap */
	bool nanoseconds;
	bool any_resolution; /* as fine as the input's */
	bool has_header;
	uint32_t linktype;

	/* pcapng: 1 + number of the interface block in this file, by number in the source; 0: none
	 */
	uint32_t *blocks;
	uint32_t blocks_room;
	uint32_t n_blocks;

	/* files */
	struct ni_limits limits;
	struct ni_progress progress;
	bool capture_time;
	bool begun;     /* capture_time: the clock has been set by a frame */
	bool next_due;  /* the next frame goes into another file */
	int dir;        /* of the files, or -1 */
	char *dir_name; /* "" or with a slash at its end */
	char *base;     /* of -w without directory */
	char **kept;    /* names of the latest files, a ring of limits.keep_files */
	struct ni_user owner;
	uint64_t bytes; /* in the files before this one */
	uint64_t lost_comments;
};

extern const struct ni_writer_ops ni_pcap_writer;
extern const struct ni_writer_ops ni_pcapng_writer;

#endif
