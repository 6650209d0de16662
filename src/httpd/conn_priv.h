/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the core share: the queue of output and the making of responses. */
#ifndef NI_HTTPD_CONN_PRIV_H
#define NI_HTTPD_CONN_PRIV_H

#include "core.h"

enum { NI_HD_SEGS = 38, NI_HD_SEGS_FEW = 4, NI_HD_OUT_SMALL = 888, NI_HD_RANGES_MAX = 16 };

/* A stretch of output: of a file, or (file NULL) of the queue's buffer. */
struct ni_hd_seg {
	const struct ni_hd_file *file;
	uint64_t off, n;
};

/* An ordinary answer fits into it as it is: one piece of memory, of a size that malloc() has at
 * hand. */
struct ni_hd_outq {
	char *buf; /* small, or allocated */
	size_t len, cap;
	struct ni_hd_seg *seg; /* few, or allocated: NI_HD_SEGS */
	unsigned first, n;     /* segments first..n-1 are still to be sent */
	struct ni_hd_seg few[NI_HD_SEGS_FEW];
	char small[NI_HD_OUT_SMALL];
};

/* A request whose body is being read: the head is kept and parsed again when it is complete. */
struct ni_hd_body {
	char *head, *data;
	size_t head_len, len, cap;
	struct ni_hd_chunked chunks;
	uint64_t left; /* without chunks */
	bool chunked, keep;
};

/* A stretch of a file that a Range asked for. */
struct ni_hd_range {
	uint64_t first, n;
};

/**
 * Parse a Range field for content of @size bytes. Returns the number of ranges, 0 if the field is
 * to be ignored, -1 if none can be satisfied (416). RFC 9110 section 14.1.2.
 */
int ni_hd_ranges(struct ni_hd_span field, uint64_t size, struct ni_hd_range out[NI_HD_RANGES_MAX]);

/** Judge the If- fields (RFC 9110 section 13.2.2): 0 to go on, 304 or 412. */
int ni_hd_precondition(const struct ni_hd_request *r, const struct ni_hd_file *f);

/** Whether Range still applies under If-Range (RFC 9110 section 13.1.5). */
bool ni_hd_range_applies(const struct ni_hd_request *r, const struct ni_hd_file *f);

/** Take @n bytes from the memory for bodies; false if there are not so many. */
bool ni_hd_memory_take(const struct ni_hd_core *core, size_t n);

/** Give @n bytes back to it. */
void ni_hd_memory_give(const struct ni_hd_core *core, size_t n);

/** Free @b, which may be NULL. */
void ni_hd_body_free(const struct ni_hd_core *core, struct ni_hd_body *b);

/**
 * Take what belongs to @b from the @*n bytes at @p; @*n becomes how much that is. Returns 0 for
 * more, 1 at its end, or a status code.
 */
int ni_hd_body_take(const struct ni_hd_core *core, struct ni_hd_body *b, const char *p, size_t *n);

/** Make room for @n more bytes of output; false without memory, and nothing is lost then. */
bool ni_hd_room(struct ni_hd_conn *c, size_t n);

/** Append @n bytes to the output. On lack of memory the connection is aborted. */
void ni_hd_put(struct ni_hd_conn *c, const char *p, size_t n);

/** Append @n bytes of @f from @off; takes over the reference to @f. */
void ni_hd_put_file(struct ni_hd_conn *c, const struct ni_hd_file *f, uint64_t off, uint64_t n);

/** Throw away all output. */
void ni_hd_outq_free(struct ni_hd_conn *c);

/** Whether the target is one that sends the body back. */
bool ni_hd_is_echo(const struct ni_hd_request *r);

/**
 * Queue the response to @r. @body of @n bytes: what came with it. @status: a refusal decided
 * before, or 0. If the connection is to end after it, the phase becomes NI_HD_FLUSH.
 */
void ni_hd_respond(struct ni_hd_conn *c, const struct ni_hd_request *r, int status,
		   const char *body, size_t n);

/* A response in the making. */
struct ni_hd_reply {
	int status;
	bool close;
	const char *type;              /* NULL: no content */
	const char *extra;             /* more fields, each with its CRLF, or "" */
	const char *body;              /* content, or NULL for file */
	const struct ni_hd_file *file; /* reference handed over */
	uint64_t off, n;
};

/** Queue @rep as it stands, framed as the knobs say. */
void ni_hd_emit(struct ni_hd_conn *c, const struct ni_hd_request *r, const struct ni_hd_reply *rep);

/** Answer with a small page about @status. @extra: more fields or "". */
void ni_hd_emit_error(struct ni_hd_conn *c, const struct ni_hd_request *r, int status,
		      const char *extra, bool close);

#endif
