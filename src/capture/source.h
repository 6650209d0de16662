/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where frames come from: a capture file, standard input, a FIFO or live interfaces, all behind one
 * handle. A source is used by one thread; only ni_source_break() may be called from elsewhere.
 */
#ifndef NETINSPECT_CAPTURE_SOURCE_H
#define NETINSPECT_CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "netinspect/err.h"
#include "netinspect/frame.h"

struct ni_source;

/* What ni_source_next() found, when it did not fail. */
enum ni_source_result {
	NI_SOURCE_IDLE = 0,  /* nothing now: look at signals and timers, then ask again */
	NI_SOURCE_FRAME = 1, /* the frame is filled in */
	NI_SOURCE_END = 2,   /* there will never be another */
};

struct ni_file_options {
	const char *path;   /* a file, or "-" for standard input */
	const char *filter; /* capture filter, or NULL */
	bool follow;        /* the file is still being written: wait at its end instead of ending */
};

struct ni_live_options {
	const char *const *ifaces; /* names, or numbers from ni_iflist_get() */
	size_t n_ifaces;           /* at least 1 */
	const char *filter;        /* capture filter, or NULL */
	const char *linktype;      /* -y: "EN10MB", "LINUX_SLL2" …; NULL for the usual one */
	uint32_t snaplen;          /* bytes kept of a packet; 0 for 262144 */
	uint32_t buffer_mib;       /* kernel buffer of each interface; 0 for the default */
	bool no_promisc;
	bool filter_later; /* the filter comes by ni_source_live_filter() */
	bool not_asked;    /* this is not what the command line of this process asks for */
	/* Told, from within ni_source_next(), what happens to an interface; may be NULL. */
	void (*notice)(void *ctx, const struct ni_err *what);
	void *ctx;
};

/* An interface that frames were captured on. In a file, one interface block of one section. */
struct ni_source_iface {
	const char *name;        /* or NULL; valid until the source is closed */
	const char *description; /* or NULL; the same */
	uint32_t linktype;       /* LINKTYPE_ value */
	uint32_t snaplen;        /* 0 when the file does not say */
	uint32_t fcs_len; /* bytes of frame check sequence at the end of each frame; 0 if unknown */
	unsigned ts_digits;  /* decimals of a second that the time stamps have */
	uint64_t received;   /* by the capturing kernel; 0 when unknown */
	uint64_t dropped;    /* by the capturing kernel */
	uint64_t if_dropped; /* by the interface */
};

struct ni_source_info {
	const char *name;   /* the path, "standard input", or "eth0, wlan0" */
	const char *format; /* "pcap (microseconds)", "pcapng", "live"; "" before the first bytes */
	const char *compression; /* "gzip", "zstd" or NULL */
	bool live;
	bool devices;      /* live, and not all of them are network interfaces */
	uint32_t n_ifaces; /* so far: a pcapng file declares them as it goes */
	uint64_t size;     /* bytes of the file as it lies on disk; 0 when unknown */
	uint64_t position; /* bytes of it that were taken in */
	uint64_t dev;      /* st_dev and st_ino of the file, so that nobody writes over it; */
	uint64_t ino;      /* 0: it is no regular file */
	int store_fd; /* a plain regular file, so that pread() at frame.offset works; else -1 */
};

/* Counters since the source was opened; the kernel's 32-bit counters are extended. */
struct ni_source_stats {
	uint64_t captured; /* frames delivered by ni_source_next() */
	uint64_t
	    received;     /* frames that reached the capture filter (files) or passed it (kernel) */
	uint64_t dropped; /* by the kernel: its buffer was full */
	uint64_t if_dropped; /* by the interface or its driver */
};

/**
 * Open a capture file: pcap or pcapng, plain or compressed with gzip or zstd.
 * Of a regular file the header is read here; of a pipe only by ni_source_next(), so that a slow
 * writer does not block. @opt and its strings may go once this returns.
 * Returns 0 and sets *@out, to be freed by ni_source_close(); or fails with NI_ERR_INPUT (no such
 * file, not a capture file, filter) or NI_ERR_RUN (memory).
 */
int ni_source_open_file(struct ni_source **out, const struct ni_file_options *opt,
			struct ni_err *err);

/**
 * Open interfaces for capturing; frames arrive merged by time. Needs CAP_NET_RAW now, no right
 * later.
 * @opt and its strings may go once this returns, @opt->ctx must live as long as the source.
 * Returns 0 and sets *@out, to be freed by ni_source_close(); or fails with NI_ERR_INPUT
 * (interface, link type or filter unknown) or NI_ERR_RUN (no permission, interface down, memory).
 */
int ni_source_open_live(struct ni_source **out, const struct ni_live_options *opt,
			struct ni_err *err);

/** Whether this process may capture at all. */
bool ni_live_allowed(void);

/**
 * Let only what matches capture filter @filter (NULL or "": everything) in, by a live source that
 * has not been asked for a frame yet. Needs no right. Returns 0 or fails with NI_ERR_INPUT.
 */
int ni_source_live_filter(struct ni_source *s, const char *filter, struct ni_err *err);

/**
 * Open what has no frames: its end is there at once, its name is @name, which is copied.
 * Returns 0 and sets *@out, to be freed by ni_source_close(); or fails with NI_ERR_RUN (memory).
 */
int ni_source_open_none(struct ni_source **out, const char *name, struct ni_err *err);

/**
 * Get the next frame. Waits at most as long as ni_source_set_wait() says, 100 ms by default; longer
 * only where the system blocks on a regular file.
 * @f is filled in if the result is NI_SOURCE_FRAME; its pointers are valid until the next call.
 * A cut or damaged file gives all its whole frames first, then NI_ERR_INPUT once, then
 * NI_SOURCE_END. Allocates only when a record is larger than any before it.
 * Returns an enum ni_source_result, or a negative enum ni_status with @err filled in.
 */
int ni_source_next(struct ni_source *s, struct ni_frame *f, struct ni_err *err);

/**
 * Set how long ni_source_next() may wait for a frame.
 * @ms: milliseconds, 0 to return at once (for callers that poll ni_source_fd()).
 */
void ni_source_set_wait(struct ni_source *s, int ms);

/**
 * Stop the source. Safe in a signal handler and from another thread.
 * From then on ni_source_next() delivers what the kernel still holds (live), what the pipe or the
 * followed file still has, and then NI_SOURCE_END; a plain file ends at once. Bounded in time.
 */
void ni_source_break(struct ni_source *s);

/**
 * Get a descriptor that becomes readable when there may be frames; -1 if there is none (a regular
 * file, which is always ready). With several interfaces, or a followed file, a frame may also
 * become ready without it: poll with a timeout of at most 50 ms. Owned by the source.
 */
int ni_source_fd(const struct ni_source *s);

/** Fill @info. Its strings are valid until the next call of any function on @s. */
void ni_source_info(struct ni_source *s, struct ni_source_info *info);

/** Get interface @i (0-based, as in frame.iface), or NULL. Valid until the next ni_source_next().
 */
const struct ni_source_iface *ni_source_iface(const struct ni_source *s, uint32_t i);

/** Fill @st with the counters until now; also brings those of ni_source_iface() up to date. */
void ni_source_stats(struct ni_source *s, struct ni_source_stats *st);

/** Close *@s, free it and set it to NULL. *@s may be NULL. */
void ni_source_close(struct ni_source **s);

#endif
