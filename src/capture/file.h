/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture file as a source, and what its two formats offer it; for src/capture alone. */
#ifndef NETINSPECT_CAPTURE_FILE_H
#define NETINSPECT_CAPTURE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf.h"
#include "bytes.h"
#include "source_impl.h"

struct ni_file;

/* One format. The functions return what ni_source_next() returns; IDLE means: call again. */
struct ni_file_format {
	/* Read what stands before the first packet. */
	int (*start)(struct ni_file *f, struct ni_err *err);
	int (*next)(struct ni_file *f, struct ni_frame *frame, struct ni_err *err);
};

/* What the classic format knows of its file. */
struct ni_pcapfile {
	uint32_t hdr_len; /* of a record's header: 16, or more in the variants */
	uint32_t max_cap; /* a record that claims more is damaged */
	uint32_t ns_per_unit;
	enum { NI_LENS_NORMAL, NI_LENS_SWAPPED, NI_LENS_EITHER } lens;
};

/* What reading the packets of one pcapng interface takes. */
struct ni_pcapng_iface {
	uint64_t mul; /* ns = ticks * mul / div, or for powers of two ns = ticks * 10^9 >> shift */
	uint64_t div;
	unsigned shift;    /* 0: use mul and div */
	int64_t offset_ns; /* if_tsoffset */
	uint32_t max_cap;  /* a packet that claims more is damaged */
};

struct ni_pcapng {
	struct ni_pcapng_iface *ifaces; /* parallel to base.ifaces */
	uint32_t room;
	uint32_t first;   /* first interface of the section */
	uint64_t dropped; /* as the obsolete packet blocks say */
	char *comment;    /* several comments of one packet, joined */
	size_t comment_room;
};

struct ni_file {
	struct ni_source base;
	struct ni_bytes bytes;
	const struct ni_file_format *format; /* NULL before the first bytes */
	const char *format_name;
	const char *name;
	char *path;
	char *filter;
	struct ni_bpf **bpf; /* by interface; NULL where not compiled yet */
	uint32_t bpf_room;
	bool swap;        /* numbers are in the other byte order */
	bool started;     /* the format's start() is through */
	bool over;        /* the end, or an error, has been reported */
	uint64_t packets; /* in the file, so far */
	struct ni_pcapfile pcap;
	struct ni_pcapng ng;
};

extern const struct ni_file_format ni_pcapfile_format;
extern const struct ni_file_format ni_pcapng_format;

/** Say whether @magic, read in this machine's byte order, starts a classic pcap file. */
bool ni_pcapfile_magic(uint32_t magic);

enum { NI_PCAPNG_SHB = 0x0a0d0d0a }; /* reads the same in both byte orders */

/** Free what the pcapng reader allocated. */
void ni_pcapng_free(struct ni_pcapng *ng);

/**
 * Report that the file ends where @need bytes of a record, or block, should begin at pos.
 * After ni_source_break(), that is no error. Returns what ni_source_next() must.
 */
int ni_file_cut(struct ni_file *f, uint64_t need, struct ni_err *err);

/** Hint in @err how many packets stand before the damage. */
void ni_file_hint_whole(const struct ni_file *f, struct ni_err *err);

/**
 * Describe what @p (@n bytes), which is no capture file, looks like: "a PNG image". Static.
 * @unpack: set to the command that unpacks it, or NULL.
 */
const char *ni_magic_describe(const uint8_t *p, size_t n, const char **unpack);

#endif
