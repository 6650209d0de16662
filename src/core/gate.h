/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The gate in front of the sinks when there is a display filter: which events go out with which
 * frames. An event about packets goes out when one of these passed. What a frame brings about is
 * told before the filter can be asked about that frame, so it waits here until the frame is done.
 */
#ifndef NI_GATE_H
#define NI_GATE_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/event.h"

struct ni_conn;
struct ni_dis;
struct ni_gate;

/** Make a gate that hands events on to @tell. NULL when memory is short. */
struct ni_gate *ni_gate_new(void (*tell)(void *ctx, const struct ni_event *e), void *ctx);
void ni_gate_free(struct ni_gate **g);

/** Take in an event while frame @frame is taken in (0: none is). */
void ni_gate_event(struct ni_gate *g, const struct ni_event *e, uint64_t frame);

/** The frame of @d is done: @passed says what the filter said; @conn: its conversation or NULL. */
void ni_gate_frame(struct ni_gate *g, const struct ni_dis *d, struct ni_conn *conn, bool passed);

#endif
