/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Link types. Files carry LINKTYPE_ values, which are the same everywhere; libpcap's functions take
 * DLT_ values, of which a few differ from them and between systems.
 */
#ifndef NETINSPECT_CAPTURE_LINKTYPE_H
#define NETINSPECT_CAPTURE_LINKTYPE_H

#include <stdint.h>
#include <stdio.h>

#include "netinspect/err.h"

/* Those that src/capture itself has to know. */
enum {
	NI_LINKTYPE_ETHERNET = 1,
	NI_LINKTYPE_RAW = 101,
};

/** The largest capture length that @linktype can plausibly have (libpcap's limits). */
uint32_t ni_linktype_max_cap(uint32_t linktype);

/** Turn the value that stands in a file into the LINKTYPE_ value that was meant. */
uint32_t ni_linktype_from_file(uint32_t linktype);

/** LINKTYPE_ value of libpcap's @dlt. */
uint32_t ni_linktype_from_dlt(int dlt);

/** DLT_ value, for libpcap, of @linktype. */
int ni_linktype_to_dlt(uint32_t linktype);

/** Name as -y takes it ("EN10MB"), or NULL if @linktype is unknown to libpcap. Static. */
const char *ni_linktype_name(uint32_t linktype);

/** Description ("Ethernet"), or NULL if @linktype is unknown to libpcap. Static. */
const char *ni_linktype_description(uint32_t linktype);

/**
 * Parse @name, a name as -y takes it, in any case, with or without "DLT_".
 * Returns 0 and sets *@dlt, or fails with NI_ERR_INPUT.
 */
int ni_linktype_parse(const char *name, int *dlt, struct ni_err *err);

#endif
