/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlab client: the other half of netinspect-httpd. An HTTP client with the mirror of the server's
 * knobs: who closes first and how, when it reads, how it writes, how many connections. One event
 * loop runs all connections; each is a small state machine.
 */
#ifndef NI_NETLAB_CLIENT_H
#define NI_NETLAB_CLIENT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>

#include "netinspect/err.h"
#include "request.h"
#include "sockopts.h"
#include "tool.h"

enum {
	NL_HEADERS_MAX = 16,
	NL_HEAD_MAX = 16384,           /* of a response */
	NL_CONNECTIONS_MAX = 100000,   /* in one run */
	NL_SECONDS_MAX = 300,          /* of one run with several connections */
	NL_UNPROTECTED_CONNECTIONS = 4 /* more are a storm */
};

enum nl_close_first { NL_CLOSE_AUTO, NL_CLOSE_CLIENT, NL_CLOSE_SERVER, NL_CLOSE_BOTH };
enum nl_abort { NL_ABORT_NONE, NL_ABORT_LINGER0, NL_ABORT_UNREAD, NL_ABORT_AFTER };

/* An amount every so many milliseconds; bytes 0: no such limit. */
struct nl_pace {
	uint32_t bytes, ms;
};

struct nl_client_opts {
	/* what is asked */
	struct sockaddr_storage to;
	socklen_t to_len;
	const char *path, *method;
	const char *header[NL_HEADERS_MAX];
	uint32_t nheaders, requests, pipeline, partial;
	uint64_t body;
	bool no_request, http09;
	/* how bytes move */
	struct nl_pace send, read;
	uint32_t segment, delay_send_ms, no_read_ms;
	/* how it ends */
	enum nl_close_first close_first;
	enum nl_abort abort;
	uint32_t abort_after, close_delay_ms, late_data, hold_ms, timeout_s;
	bool half_close, vanish;
	/* TCP */
	struct ni_sockopts sock;
	const char *source;
	uint32_t source_port;
	bool reuseport, fastopen, tick;
	/* how many */
	uint32_t connections, concurrency, rate, seconds;
	bool any_target;
	/* what is printed */
	bool json, quiet, help;
};

/* ---- client_http.c: reading responses ---- */

enum nl_http_state {
	NL_HTTP_HEAD,
	NL_HTTP_LENGTH,
	NL_HTTP_CHUNKED,
	NL_HTTP_TO_END, /* until the server closes */
};

struct nl_http {
	enum nl_http_state state;
	char *head; /* of the response that is being read; NULL between responses */
	uint32_t head_len;
	int status;      /* 0: no status line, HTTP/0.9 */
	bool no_content; /* the request was a HEAD */
	uint64_t left, bytes;
	struct ni_hd_chunked chunks;
};

enum { NL_HTTP_BROKEN = -1, NL_HTTP_MORE = 0, NL_HTTP_DONE = 1 };

/**
 * Feed @*n bytes at @p; @*n becomes what was used. Returns NL_HTTP_DONE at the end of a response
 * (status and bytes are set until the next feed), NL_HTTP_MORE, or NL_HTTP_BROKEN.
 */
int nl_http_feed(struct nl_http *h, const char *p, size_t *n);

/** The server closed. Whether that ends a response orderly (else one was cut short, or none begun).
 */
bool nl_http_eof(const struct nl_http *h);

void nl_http_fini(struct nl_http *h);

/* ---- client_conn.c: one connection ---- */

enum nl_phase {
	NL_CONNECT,
	NL_TALK,     /* requests and responses */
	NL_HOLD,     /* all is said: stay for --hold */
	NL_TICK,     /* wait for the half second at which both close */
	NL_SHUT,     /* our FIN is out: read until the server's */
	NL_WAIT_FIN, /* the server is to close first */
	NL_DELAY,    /* its FIN is here: wait for --close-delay */
	NL_LATE,     /* send --late-data */
	NL_END
};

enum nl_who { NL_NOBODY, NL_BY_CLIENT, NL_BY_SERVER };

struct nl_conn {
	struct nl_run *run;
	uint32_t number; /* from 1 */
	int fd;
	enum nl_phase phase;
	enum nl_who closed_first;
	const char *end; /* a word for how it ended, once in NL_END */
	int error;       /* errno behind that, or 0 */
	struct nl_http http;
	uint32_t sent, answered; /* requests */
	uint64_t offset;         /* in the request that is being sent */
	uint32_t late_left;
	uint64_t bytes_out, bytes_in;
	bool shut, eof;
	/* microseconds, monotonic; 0: not yet */
	int64_t began, connected, asked, first;
	int64_t deadline, write_at, read_at, phase_until;
	char local[64];
};

/* What all connections share. */
struct nl_run {
	const struct nl_client_opts *o;
	char *request, *last; /* bytes of a request, and of the last one of a connection */
	size_t request_len, last_len;
	int64_t now; /* microseconds, monotonic */
	FILE *out;
	struct nl_sums *sums;
};

/** Build the requests. Fails without memory. */
int nl_run_init(struct nl_run *r, const struct nl_client_opts *o, struct ni_err *err);
void nl_run_fini(struct nl_run *r);

/** Begin connection @number. It may be in NL_END at once. */
void nl_conn_begin(struct nl_conn *c, struct nl_run *r, uint32_t number);

/** Which of POLLIN and POLLOUT it waits for; 0 means time alone. */
short nl_conn_events(const struct nl_conn *c);

/** When it is to be run although nothing happened (microseconds). */
int64_t nl_conn_due(const struct nl_conn *c);

/** Give it its turn; @revents is what poll() said. */
void nl_conn_run(struct nl_conn *c, short revents);

/** End it now, with a word for why. Closes the socket. */
void nl_conn_end(struct nl_conn *c, const char *why, int error);

/* ---- client_report.c: what is printed ---- */

/* Counted over all connections. */
struct nl_sums {
	uint32_t begun, served, failed;
	uint64_t responses, bytes_in, bytes_out;
	int64_t first_min, first_max, first_sum; /* microseconds */
	struct {
		const char *word;
		uint32_t n;
	} end[12];
	struct {
		int status;
		uint64_t n;
	} status[16];
};

/** A response is complete. */
void nl_report_exchange(struct nl_conn *c);
/** A connection is over. */
void nl_report_connection(struct nl_conn *c);
/** The run is over, after @us microseconds; @all: every connection was begun. */
void nl_report_sums(const struct nl_run *r, int64_t us, bool all);

/* ---- client_options.c ---- */

int nl_client_parse(struct nl_client_opts *o, int argc, char **argv, struct ni_err *err);
void nl_client_help(void);

#endif
