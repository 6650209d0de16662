/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture filters: libpcap's language, compiled for a link type and run on frames of files. */
#ifndef NETINSPECT_CAPTURE_BPF_H
#define NETINSPECT_CAPTURE_BPF_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/err.h"

struct ni_bpf;
struct bpf_program;
struct pcap;

/**
 * Compile the capture filter @text for @linktype (a LINKTYPE_ value).
 * Host names in it are looked up. Returns 0 and sets *@out, to be freed by ni_bpf_free(); or fails
 * with NI_ERR_INPUT, naming the filter, libpcap's reason and the place if it can be told, or
 * NI_ERR_RUN.
 */
int ni_bpf_compile(struct ni_bpf **out, const char *text, uint32_t linktype, struct ni_err *err);

/** Say whether a frame of @cap captured and @len original bytes passes. Does not allocate. */
bool ni_bpf_match(const struct ni_bpf *b, const uint8_t *data, uint32_t cap, uint32_t len);

/** Free *@b and set it to NULL. *@b may be NULL. */
void ni_bpf_free(struct ni_bpf **b);

/**
 * Tell where in @text the first word stands that cannot be right, for a caret under it.
 * A guess, made by compiling beginnings of @text; it takes at most some 100 ms.
 * Returns a byte offset, the length of @text if something is missing at its end, or -1.
 */
int ni_bpf_locate(const char *text, uint32_t linktype);

/**
 * Compile @text for the live handle @p and set it there.
 * @netmask: of the interface, for "ip broadcast"; PCAP_NETMASK_UNKNOWN if not known.
 * Fails like ni_bpf_compile().
 */
int ni_bpf_attach(struct pcap *p, const char *text, uint32_t netmask, struct ni_err *err);

#endif
