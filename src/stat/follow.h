/* SPDX-License-Identifier: GPL-2.0-or-later */
/* -z follow: what is followed, and how it is written. */
#ifndef NI_STAT_FOLLOW_H
#define NI_STAT_FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "netinspect/conn.h"
#include "out.h"
#include "stat.h"

enum follow_mode { FOLLOW_ASCII, FOLLOW_HEX, FOLLOW_RAW };

struct follow_end {
	struct ni_addr addr;
	uint16_t port;
};

/* What the arguments say. */
struct follow_what {
	const char *proto; /* "tcp", "udp", "http" */
	uint8_t ipproto;
	uint8_t mode;    /* enum follow_mode */
	bool http;       /* messages, not segments */
	bool by_ends;    /* end[] says which conversation, not stream */
	uint32_t stream; /* tcp.stream, udp.stream */
	uint32_t from;   /* the first and last chunk to be shown, from 1 */
	uint32_t to;
	struct follow_end end[2];
};

/* Where messages of HTTP go; sides are enum ni_side. */
struct ni_follow_out {
	void (*chunk)(void *ctx, unsigned side, const uint8_t *p, size_t n);
	void (*missing)(void *ctx, unsigned side, uint64_t n);
	void *ctx;
};

struct ni_body_event;
struct ni_follow_http;

/** Make what puts messages together, of one connection. NULL when memory is short. */
struct ni_follow_http *ni_follow_http_new(const struct ni_follow_out *out);
void ni_follow_http_free(struct ni_follow_http **h);
/** Take in an event of the connection. */
void ni_follow_http_event(struct ni_follow_http *h, unsigned side, const struct ni_body_event *e);
/** The connection is over. */
void ni_follow_http_end(struct ni_follow_http *h);

/** Read the arguments of follow. 0, or NI_ERR_INPUT with @err filled. */
int ni_follow_parse(struct follow_what *w, const struct ni_stat *stat, const char *args,
		    struct ni_err *err);

/** Write the lines before the first chunk; @node are the ends, the first to send first. */
void ni_follow_head(struct ni_out *out, const struct follow_what *w, const struct follow_end *node);

/**
 * Write a chunk of @n bytes that node @from sent, behind @offset others. However long: the output
 * is flushed on the way.
 */
void ni_follow_chunk(struct ni_out *out, enum follow_mode mode, unsigned from, uint64_t offset,
		     const uint8_t *p, size_t n);

/** Write the line behind the last chunk. */
void ni_follow_tail(struct ni_out *out);

#endif
