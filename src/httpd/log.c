/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The access log: the combined form that every log analyser reads, or JSON lines with what a lab
 * wants to compare with the capture. Lines are collected and written in one go; what a client sent
 * is escaped, so that a log cannot be forged or a terminal driven by a request.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "netinspect/buf.h"
#include "server.h"

enum { BUFFER = 65536, LINE_MAX_BYTES = 4096 };

struct ni_hd_log {
	const char *name, *model;
	int fd;
	bool json;
	pthread_mutex_t lock;
	size_t len;
	time_t last;
	char buf[BUFFER];
};

struct ni_hd_log *
ni_hd_log_open(const struct ni_hd_opts *o, const char *model, struct ni_err *err)
{
	struct ni_hd_log *l = calloc(1, sizeof(*l));
	if (!l) {
		ni_fail(err, NI_ERR_RUN, "out of memory");
		return NULL;
	}
	l->name = o->access_log;
	l->model = model;
	l->json = o->log_format && !strcmp(o->log_format, "json");
	l->fd = strcmp(l->name, "-") != 0
		    ? open(l->name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640)
		    : STDOUT_FILENO;
	pthread_mutex_init(&l->lock, NULL);
	if (l->fd < 0) {
		ni_fail(err, NI_ERR_INPUT, "--access-log %s: %s", l->name, strerror(errno));
		free(l);
		return NULL;
	}
	return l;
}

static void
write_out(struct ni_hd_log *l)
{
	size_t done = 0;
	while (done < l->len) {
		ssize_t n = write(l->fd, l->buf + done, l->len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break; /* a full disk must not stop the service */
		done += (size_t)n;
	}
	l->len = 0;
}

void
ni_hd_log_flush(struct ni_hd_log *l)
{
	pthread_mutex_lock(&l->lock);
	write_out(l);
	pthread_mutex_unlock(&l->lock);
}

void
ni_hd_log_settle(struct ni_hd_log *l, time_t wall)
{
	pthread_mutex_lock(&l->lock);
	if (l->len && l->last != wall)
		write_out(l);
	pthread_mutex_unlock(&l->lock);
}

void
ni_hd_log_reopen(struct ni_hd_log *l)
{
	if (l->fd == STDOUT_FILENO)
		return;
	int fd = open(l->name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (fd < 0) {
		fprintf(stderr, "netinspect-httpd: --access-log %s: %s; the old one stays\n",
			l->name, strerror(errno));
		return;
	}
	pthread_mutex_lock(&l->lock);
	write_out(l);
	close(l->fd);
	l->fd = fd;
	pthread_mutex_unlock(&l->lock);
}

static void
put_quoted(struct ni_buf *b, struct ni_hd_span s)
{
	ni_buf_c(b, '"');
	if (s.p)
		ni_buf_json(b, (const uint8_t *)s.p, s.n < 1024 ? s.n : 1024);
	else
		ni_buf_c(b, '-');
	ni_buf_c(b, '"');
}

static void
combined(struct ni_buf *b, const struct ni_hd_link *l, const struct ni_hd_request *r, int status,
	 uint64_t bytes)
{
	char when[40];
	struct tm tm;
	localtime_r(&l->env->wall, &tm);
	strftime(when, sizeof(when), "%d/%b/%Y:%H:%M:%S %z", &tm);
	ni_hd_put_address(b, &l->peer.addr.sin6_addr);
	ni_buf_fmt(b, " - - [%s] ", when);
	put_quoted(b, r->line);
	ni_buf_fmt(b, " %d ", status);
	ni_buf_u64(b, bytes);
	ni_buf_c(b, ' ');
	put_quoted(b, r->field[NI_HD_F_REFERER]);
	ni_buf_c(b, ' ');
	put_quoted(b, r->field[NI_HD_F_USER_AGENT]);
}

static const char *
close_reason(const struct ni_hd_link *l, const struct ni_hd_request *r, int status)
{
	if (l->conn.phase != NI_HD_FLUSH)
		return "kept";
	uint32_t max = l->server->opts.max_requests;
	return l->conn.timed_out                ? "timeout"
	       : status >= 400                  ? "refused"
	       : l->conn.draining               ? "drain"
	       : !r->keep_alive                 ? "asked"
	       : max && l->conn.requests >= max ? "limit"
						: "knob";
}

/* The four numbers that name the connection, as netinspect names them. */
static void
put_tuple(struct ni_buf *b, const struct ni_hd_link *l)
{
	struct sockaddr_storage a = {0};
	struct sockaddr_in6 own;
	socklen_t len = sizeof(a);
	getsockname(l->fd, (struct sockaddr *)&a, &len);
	ni_hd_map_address(&own, &a);
	ni_buf_str(b, "{\"ts\":");
	ni_buf_i64(b, l->env->wall);
	ni_buf_str(b, ",\"orig_h\":\"");
	ni_hd_put_address(b, &l->peer.addr.sin6_addr);
	ni_buf_fmt(b, "\",\"orig_p\":%u,\"resp_h\":\"", ntohs(l->peer.addr.sin6_port));
	ni_hd_put_address(b, &own.sin6_addr);
	ni_buf_fmt(b, "\",\"resp_p\":%u", ntohs(own.sin6_port));
}

static void
put_traffic(struct ni_buf *b, const struct ni_hd_link *l)
{
	ni_buf_str(b, ",\"conn_bytes_in\":");
	ni_buf_u64(b, l->conn.bytes_in);
	ni_buf_str(b, ",\"conn_bytes_out\":");
	ni_buf_u64(b, l->conn.bytes_out);
}

static void
json(struct ni_buf *b, const struct ni_hd_link *l, const struct ni_hd_request *r, int status,
     uint64_t bytes)
{
	put_tuple(b, l);
	ni_buf_str(b, ",\"request\":");
	put_quoted(b, r->line);
	ni_buf_fmt(b, ",\"number\":%u,\"status\":%d,\"bytes\":", l->conn.requests, status);
	ni_buf_u64(b, bytes);
	put_traffic(b, l);
	ni_buf_str(b, ",\"user_agent\":");
	put_quoted(b, r->field[NI_HD_F_USER_AGENT]);
	ni_buf_fmt(b, ",\"model\":\"%s\",\"close\":\"%s\"}", l->server->model->name,
		   close_reason(l, r, status));
}

/* Take the line in @b, which has room for its end. */
static void
append(struct ni_hd_log *log, struct ni_buf *b, time_t wall)
{
	b->cap++;
	ni_buf_c(b, '\n');
	pthread_mutex_lock(&log->lock);
	if (log->len + b->len > BUFFER)
		write_out(log);
	memcpy(log->buf + log->len, b->p, b->len);
	log->len += b->len;
	/* Somebody may be watching: nothing stays here for more than a second of traffic. */
	if (log->last != wall || log->fd == STDOUT_FILENO)
		write_out(log);
	log->last = wall;
	pthread_mutex_unlock(&log->lock);
}

void
ni_hd_log_request(struct ni_hd_conn *c, const struct ni_hd_request *r, int status, uint64_t bytes)
{
	struct ni_hd_link *l = (struct ni_hd_link *)(void *)c;
	struct ni_hd_log *log = l->server->log;
	/* For /status, which another thread may be answering. */
	atomic_store_explicit(&l->requests, c->requests, memory_order_relaxed);
	atomic_fetch_add_explicit(&l->server->requests, 1, memory_order_relaxed);
	if (!log)
		return;
	char line[LINE_MAX_BYTES];
	struct ni_buf b = ni_buf(line, sizeof(line) - 1);
	if (log->json)
		json(&b, l, r, status, bytes);
	else
		combined(&b, l, r, status, bytes);
	append(log, &b, l->env->wall);
}

bool
ni_hd_fin_came(int fd)
{
	struct tcp_info t;
	socklen_t len = sizeof(t);
	memset(&t, 0, sizeof(t));
	return !getsockopt(fd, IPPROTO_TCP, TCP_INFO, &t, &len) && t.tcpi_state == TCP_CLOSE_WAIT;
}

/* Who ended it, as the one who looks at the segments would say it. */
static const char *
closed_by(const struct ni_hd_link *l)
{
	const struct ni_hd_conn *c = &l->conn;
	if (c->phase == NI_HD_ABORTED || (c->unread && !c->fin_sent && !l->broken))
		return "server_reset";
	if (l->broken)
		return "client_reset";
	bool second = c->fin_sent ? l->answered_fin : c->eof || ni_hd_fin_came(l->fd);
	return second ? "client" : "server";
}

void
ni_hd_log_end(const struct ni_hd_link *l)
{
	struct ni_hd_log *log = l->server->log;
	char line[LINE_MAX_BYTES];
	struct ni_buf b = ni_buf(line, sizeof(line) - 1);
	if (!log->json)
		return;
	put_tuple(&b, l);
	ni_buf_fmt(&b, ",\"closed_by\":\"%s\",\"timeout\":%s,\"requests\":%u,\"duration_ms\":",
		   closed_by(l), l->conn.timed_out ? "true" : "false", l->conn.requests);
	ni_buf_i64(&b, l->env->now_ms - l->since_ms);
	put_traffic(&b, l);
	ni_buf_fmt(&b, ",\"model\":\"%s\"}", l->server->model->name);
	append(log, &b, l->env->wall);
}
