/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Explanations of packets and conversations that went by long ago. */
#ifndef NI_TOLD_H
#define NI_TOLD_H

#include "model.h"
#include "netinspect/buf.h"

struct ni_rungs;

/** Append what there is to say about TCP packet @number; nothing about others. */
void ni_told_packet(struct ni_buf *b, struct ni_model *m, uint64_t number);

/** Append the story of conversation @conn, as far as it went; nothing unless it is TCP. */
void ni_told_conn(struct ni_buf *b, struct ni_model *m, uint32_t conn);

/** Append what row @i of a ladder means. */
void ni_told_rung(struct ni_buf *b, const struct ni_rungs *l, uint64_t i);

#endif
