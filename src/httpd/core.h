/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The HTTP/1.1 core: it has no socket and no clock. A driver puts in the bytes that arrived and the
 * time, and takes out bytes or file ranges to send, what the connection waits for, and until when.
 * Every driver (one at a time, processes, threads, event loops, coroutines) drives this same core,
 * so all of them answer with the same bytes.
 */
#ifndef NI_HTTPD_CORE_H
#define NI_HTTPD_CORE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "knobs.h"
#include "request.h"
#include "site.h"

/* Time is data. Whoever drives connections keeps one and brings it up to date. */
struct ni_hd_env {
	int64_t now_ms; /* monotonic */
	time_t wall;
	char date[30]; /* IMF-fixdate of wall, RFC 9110 section 5.6.7 */
};

/* Bring @env to @now_ms and @wall; the text is only made anew when the second changes. */
void ni_hd_env_set(struct ni_hd_env *env, int64_t now_ms, time_t wall);

/* What the operator set. All deadlines are totals: a byte now and then does not move them. */
struct ni_hd_limits {
	uint32_t head_ms;      /* from the first byte of a request to the end of its head */
	uint32_t body_ms;      /* for a body, plus one second for every body_rate bytes received */
	uint32_t body_rate;    /* bytes a second */
	uint32_t keepalive_ms; /* between requests */
	uint32_t write_ms;     /* for a response, as body_ms */
	uint32_t linger_ms;    /* after the last response, for the client to close */
	uint64_t body_max;
	uint32_t requests_max; /* per connection, 0: no limit */
};

struct ni_hd_conn;

/* What all connections share. */
struct ni_hd_core {
	struct ni_hd_limits limits;
	struct ni_hd_knobs knobs;
	struct ni_hd_site *site;
	const char *model;
	/* Memory of all bodies together, of requests and of responses that were made here, and how
	 * much it may be; NULL: not counted. */
	atomic_ullong *body_used;
	uint64_t body_total;
	bool list;      /* directory lists */
	bool fixed;     /* every GET gets one and the same page */
	bool url_knobs; /* knobs may stand in the query */
	/* Called once a response is queued; may be NULL. @bytes: of content. */
	void (*log)(struct ni_hd_conn *c, const struct ni_hd_request *r, int status,
		    uint64_t bytes);
	/* Turn a knob of the socket, for the rest of the connection; may be NULL. False if it has
	 * no such value; names that it does not know are left alone. */
	bool (*socket_knob)(struct ni_hd_conn *c, struct ni_hd_span name, struct ni_hd_span value);
	/* Fill @buf with the state of all connections, return its length; may be NULL. */
	size_t (*status)(struct ni_hd_conn *c, bool html, char *buf, size_t cap);
};

enum ni_hd_phase {
	NI_HD_REQUEST,  /* reading a request head, or idle between requests */
	NI_HD_BODY,     /* reading a request body */
	NI_HD_FLUSH,    /* last response queued: send it, then close */
	NI_HD_SHUT,     /* all sent: the driver is to shut down its sending side */
	NI_HD_LINGER,   /* shut down: read and drop until the client closes */
	NI_HD_WAIT_FIN, /* knob: all sent, wait for the client to close first */
	NI_HD_HOLD,     /* knob: wait a while before closing */
	NI_HD_CLOSED,
	NI_HD_ABORTED, /* close with a reset */
};

struct ni_hd_outq;
struct ni_hd_body;

struct ni_hd_conn {
	const struct ni_hd_core *core;
	const struct ni_hd_env *env;
	const struct ni_hd_knobs *knobs; /* the core's, or own_knobs */
	struct ni_hd_knobs *own_knobs;   /* from a query, else NULL */
	char *in;                        /* bytes that are not yet used up; NULL if none */
	uint32_t in_len, in_cap;
	struct ni_hd_scan scan;
	struct ni_hd_body *body; /* NULL but in NI_HD_BODY */
	struct ni_hd_outq *out;  /* NULL if there is nothing to send */
	int64_t deadline_ms;     /* of the phase */
	int64_t hold_ms;         /* send nothing before; 0: no hold */
	int64_t read_hold_ms;    /* read nothing before */
	uint64_t bytes_in, bytes_out;
	uint64_t phase_bytes; /* moved in this phase, which moves a deadline by rate */
	uint32_t requests;
	enum ni_hd_phase phase;
	uint8_t empty_lines; /* before the current request */
	bool eof;            /* the client sent its FIN */
	bool begun;          /* a byte of the current request arrived */
	bool draining;       /* the server is stopping */
	bool unread;         /* the client may still be sending: linger before closing */
	bool timed_out;      /* for the log */
	bool fin_sent;       /* before the client's came, for the log too */
};

enum {
	NI_HD_WANT_READ = 1,
	NI_HD_WANT_WRITE = 2,
	NI_HD_WANT_SHUT = 4,
	NI_HD_WANT_CLOSE = 8,
	NI_HD_WANT_ABORT = 16
};

/* The next piece to send: bytes at p, or (p NULL) n bytes of the file fd from off. */
struct ni_hd_piece {
	const char *p;
	size_t n;
	int fd;
	uint64_t off;
	bool more; /* another piece follows at once */
};

/** Begin. @core and @env must outlive the connection. Allocates nothing. */
void ni_hd_conn_init(struct ni_hd_conn *c, const struct ni_hd_core *core,
		     const struct ni_hd_env *env);

/** Free what the connection holds; the struct itself is the caller's. */
void ni_hd_conn_fini(struct ni_hd_conn *c);

/** @n bytes at @p arrived. What is not used at once is copied. */
void ni_hd_conn_feed(struct ni_hd_conn *c, const char *p, size_t n);

/** The client will send nothing more. */
void ni_hd_conn_eof(struct ni_hd_conn *c);

/** Time passed: act on the deadline if it is over. Call it when ni_hd_conn_deadline() is reached.
 */
void ni_hd_conn_tick(struct ni_hd_conn *c);

/** What the connection waits for: a set of NI_HD_WANT_ bits; 0 means time alone. */
unsigned ni_hd_conn_wants(const struct ni_hd_conn *c);

/** When ni_hd_conn_tick() is to be called, in the time of env->now_ms. */
int64_t ni_hd_conn_deadline(const struct ni_hd_conn *c);

/** Get what to send next; valid until the next call that changes @c. False if there is nothing. */
bool ni_hd_conn_piece(const struct ni_hd_conn *c, struct ni_hd_piece *piece);

/** @n bytes of the last ni_hd_conn_piece() were sent. */
void ni_hd_conn_sent(struct ni_hd_conn *c, size_t n);

/** The driver did what NI_HD_WANT_SHUT asked for. */
void ni_hd_conn_shut(struct ni_hd_conn *c);

/** The server is stopping: finish what was begun, then close. */
void ni_hd_conn_drain(struct ni_hd_conn *c);

/** How many milliseconds @c has waited for a request or for the rest of one; -1 if it is busy. */
int64_t ni_hd_conn_waited(const struct ni_hd_conn *c);

/** Close @c, which waits, in favour of others. */
void ni_hd_conn_dismiss(struct ni_hd_conn *c);

/** Whether nothing is going on but waiting for a request. */
bool ni_hd_conn_idle(const struct ni_hd_conn *c);

#endif
