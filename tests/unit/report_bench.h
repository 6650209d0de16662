/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A report over made-up frames and events, and what every page must fulfil. */
#ifndef NI_REPORT_BENCH_H
#define NI_REPORT_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/event.h"
#include "netinspect/proto.h"
#include "report.h"

#define MS INT64_C(1000000)
#define T0 INT64_C(1700000000000000000)

extern struct ni_registry *registry;
extern struct ni_out out;
extern struct ni_sink *sink;
extern struct ni_report_input input;
extern char *text; /* what the last report was */
extern char *flat; /* the same as one line: lines and blanks between words are one blank */

/** Begin a report of x.pcap; change out and input before the first frame, if at all. */
void begin(bool full);
/** End it: text and flat are what it wrote. Checks its width, and that nothing raw is in it. */
void end(void);
/** Demand that @what stands in the report, wherever its lines break. */
void has(const char *what);
/** How often @what stands in the report as it was written. */
unsigned count(const char *what);

/** A frame of protocols by their keys, which end with NULL, T0 + @number ms. */
void frame(uint64_t number, uint32_t len, const char *const *keys);
/** Eleven segments from T0: 3-way, one exchange, 4-way by the client. */
struct ni_conn good_conn(uint32_t id);
/** Two segments: SYN, RST. */
struct ni_conn refused_conn(uint32_t id);
void end_conn(const struct ni_conn *c);
/** GET www.example.org/index.html; the response comes after 2 ms. */
struct ni_http_exchange exchange(uint32_t stream, uint16_t status);
void end_exchange(const struct ni_http_exchange *x);

#endif
