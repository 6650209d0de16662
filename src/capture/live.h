/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening an interface for capturing, and saying why it cannot be; for src/capture alone. */
#ifndef NETINSPECT_CAPTURE_LIVE_H
#define NETINSPECT_CAPTURE_LIVE_H

#include <stdbool.h>

#include "source.h"

struct pcap;

/*
 * How long the kernel may collect frames in a block of its ring before it hands the block over: too
 * short for a person to notice, long enough for the blocks to fill.
 *
 * The alternative, libpcap's immediate mode, wakes us for every frame and uses the older ring,
 * whose slots all have the size of the largest frame. Flooding the loopback interface for 3 s, it
 * took 1.1 s of CPU time for 600,000 frames and lost 2 to 40 % of them; blocks took 0.12 s for a
 * million and lost none. With the reader stopped for 6 s at 5,000 frames a second it kept 1,280 of
 * 30,000 frames; blocks of 20 ms kept 13,700, of 40 ms 26,500. (libpcap 1.10.3, Linux 6.18, 32
 * MiB.)
 */
enum { NI_LIVE_RETIRE_MS = 40 };

/**
 * Open interface @name (not a number) and start capturing, with @opt's filter and link type.
 * @notice is filled with what deserves to be told although it worked; else its what is empty.
 * Returns 0 and sets *@out to a non-blocking handle, to be freed by pcap_close(); or fails like
 * ni_source_open_live().
 */
int ni_live_open(struct pcap **out, const char *name, const struct ni_live_options *opt,
		 struct ni_err *notice, struct ni_err *err);

/** Attach capture filter @filter (NULL or "": none) to @p. 0 or NI_ERR_INPUT. Needs no right. */
int ni_live_filter(struct pcap *p, const char *name, const char *filter, struct ni_err *err);

/**
 * Turn @spec, a name or a number, into the name of an interface.
 * Returns 0 and sets *@name, to be freed; or fails with NI_ERR_INPUT.
 */
int ni_live_name(char **name, const char *spec, struct ni_err *err);

#endif
