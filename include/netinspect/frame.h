/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One captured frame, as every source delivers it and every writer takes it. */
#ifndef NETINSPECT_FRAME_H
#define NETINSPECT_FRAME_H

#include <stdbool.h>
#include <stdint.h>

/* A frame's bytes and strings belong to its source and are valid until the next one is asked for.
 */
struct ni_frame {
	const uint8_t *data;
	uint32_t cap; /* bytes at data */
	uint32_t len; /* bytes on the wire; cap <= len (a source mends files that say otherwise) */
	uint64_t number; /* 1, 2, 3 … in the order of capture */
	int64_t ts_ns;   /* nanoseconds since 1970-01-01 UTC */
	uint64_t offset; /* where data stands in the (uncompressed) input; UINT64_MAX if nowhere */
	uint32_t
	    linktype;   /* LINKTYPE_ value as written in files (1 Ethernet, 113 Linux cooked …) */
	uint32_t iface; /* 0-based number of the interface in its source */
	bool has_iface; /* the source tells interfaces apart (pcapng, live) */
	uint8_t ts_digits;   /* decimals of a second that the source records: 6, 9 … */
	const char *ifname;  /* its name, or NULL */
	const char *comment; /* pcapng opt_comment, not NUL-terminated, or NULL */
	uint32_t comment_len;
};

#endif
