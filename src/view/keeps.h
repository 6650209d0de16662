/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the loading session knew of long TCP connections every few thousand segments: from there a
 * row far into one is made without taking in all that came before. Bounded by the packets there
 * are; when there is no room every other one goes.
 */
#ifndef NI_KEEPS_H
#define NI_KEEPS_H

#include <stdint.h>

#include "netinspect/session.h"

struct ni_keeps;

/** NULL when memory is short. */
struct ni_keeps *ni_keeps_new(void);
void ni_keeps_free(struct ni_keeps **k);
void ni_keeps_clear(struct ni_keeps *k);

/** @s has taken in a packet: keep what it knows of its connection, if it is time for that. */
void ni_keeps_take(struct ni_keeps *k, const struct ni_session *s, const struct ni_dis *d);

/**
 * The last that was kept of connection @conn (as in struct ni_entry) before packet @number; *@frame
 * gets the packet it was kept after. NULL: nothing. Valid until the next ni_keeps_take().
 */
const struct ni_past *ni_keeps_find(const struct ni_keeps *k, uint32_t conn, uint64_t number,
				    uint64_t *frame);

/** Bytes in use. */
uint64_t ni_keeps_bytes(const struct ni_keeps *k);

#endif
