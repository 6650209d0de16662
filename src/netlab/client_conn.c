/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One connection of netlab client, from its SYN to its last segment; see client.h. */
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"

enum { READ_MAX = 65536, HALF_SECOND_US = 500000, ROUNDS = 64 };

static int64_t
ms(uint32_t v)
{
	return (int64_t)v * 1000;
}

/* Give the socket back, with a reset if @reset. */
static void
close_fd(struct nl_conn *c, bool reset)
{
	struct linger now = {.l_onoff = 1, .l_linger = 0};
	if (c->fd < 0)
		return;
	if (reset)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(c->fd);
	c->fd = -1;
}

void
nl_conn_end(struct nl_conn *c, const char *why, int error)
{
	close_fd(c, false);
	c->phase = NL_END;
	c->end = why;
	c->error = error;
	nl_report_connection(c);
	nl_http_fini(&c->http);
}

static void
broke(struct nl_conn *c, int error)
{
	if (error == ECONNREFUSED) {
		nl_conn_end(c, "refused", error);
		return;
	}
	if (!c->closed_first && (error == ECONNRESET || error == EPIPE))
		c->closed_first = NL_BY_SERVER;
	nl_conn_end(c, error == ECONNRESET || error == EPIPE ? "reset" : "error", error);
}

static void
set_phase(struct nl_conn *c, enum nl_phase phase, int64_t us)
{
	c->phase = phase;
	c->phase_until = us ? c->run->now + us : 0;
}

/* ---- opening ---- */

static int
bind_source(const struct nl_conn *c, int fd)
{
	const struct nl_client_opts *o = c->run->o;
	struct sockaddr_storage a = {.ss_family = o->to.ss_family};
	socklen_t len = o->to_len;
	struct ni_err err;
	if (!o->source && !o->source_port)
		return 0;
	if (o->source && ni_address_parse("", o->source, 0, &a, &len, &err))
		return EINVAL; /* options.c has looked already */
	/* Connections after the first take the next ports. Without a port, bind() would look for
	 * one that nobody uses to any target, which takes long once thousands are in use. */
	if (o->source_port)
		ni_address_set_port(&a, (uint16_t)(o->source_port + c->number - 1));
	else
		ni_sockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	return bind(fd, (struct sockaddr *)&a, len) ? errno : 0;
}

static int
open_socket(struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	struct ni_err err;
	c->fd = socket(o->to.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		return errno;
	if (ni_sockopts_set(c->fd, o->to.ss_family, &o->sock, &err))
		return EINVAL;
	if (o->reuseport)
		ni_sockopt(c->fd, SOL_SOCKET, SO_REUSEPORT, 1);
	if (o->fastopen)
		ni_sockopt(c->fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
	return bind_source(c, c->fd);
}

static void
on_connected(struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	struct sockaddr_storage a = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(a);
	if (!getsockname(c->fd, (struct sockaddr *)&a, &len))
		ni_address_text(&a, c->local, sizeof(c->local));
	ni_sockopts_connected(c->fd, &o->sock);
	c->connected = c->run->now;
	c->write_at = c->run->now + ms(o->delay_send_ms);
	c->read_at = c->run->now + ms(o->no_read_ms);
	if (o->no_request)
		set_phase(c, NL_HOLD, ms(o->hold_ms));
	else
		set_phase(c, NL_TALK, 0);
}

static void
start_connect(struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	c->began = c->run->now;
	if (!connect(c->fd, (const struct sockaddr *)&o->to, o->to_len))
		on_connected(c);
	else if (errno == EINPROGRESS)
		c->phase_until = 0;
	else
		broke(c, errno);
}

void
nl_conn_begin(struct nl_conn *c, struct nl_run *r, uint32_t number)
{
	const struct nl_client_opts *o = r->o;
	*c = (struct nl_conn){.run = r, .number = number, .fd = -1, .local = "-"};
	c->late_left = o->late_data;
	c->http.no_content = !strcmp(o->method, "HEAD");
	c->began = r->now;
	c->deadline = r->now + ms(o->timeout_s) * 1000;
	r->sums->begun++;
	int error = open_socket(c);
	c->phase = NL_CONNECT;
	if (error)
		broke(c, error);
	else if (o->tick)
		c->phase_until = (r->now / HALF_SECOND_US + 1) * HALF_SECOND_US;
	else
		start_connect(c);
}

/* ---- closing ---- */

/* Our FIN. What the server still sends is read. */
static void
shut(struct nl_conn *c)
{
	char byte;
	if (c->shut)
		return;
	/* Its FIN or its RST may be here already. */
	ssize_t n = recv(c->fd, &byte, 1, MSG_PEEK);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		broke(c, errno);
		return;
	}
	if (!c->closed_first)
		c->closed_first = n == 0 ? NL_BY_SERVER : NL_BY_CLIENT;
	shutdown(c->fd, SHUT_WR);
	c->shut = true;
}

static void
abort_now(struct nl_conn *c)
{
	if (!c->closed_first)
		c->closed_first = NL_BY_CLIENT;
	close_fd(c, true);
	nl_conn_end(c, "aborted", 0);
}

/* As if the machine had been switched off: the socket goes and the peer is not told. */
static void
vanish(struct nl_conn *c)
{
	int on = 1;
	if (setsockopt(c->fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		nl_conn_end(c, "error", errno);
	else
		nl_conn_end(c, "vanished", 0);
}

/* Both directions are closed, or are as soon as the kernel sends our FIN. */
static void
complete(struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	bool all = o->no_request || o->partial || c->answered == o->requests;
	nl_conn_end(c, all ? "fin" : "cut", 0);
}

/* The server's FIN is here and all it sent is read. */
static void
on_eof(struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	c->eof = true;
	if (!c->closed_first)
		c->closed_first = NL_BY_SERVER;
	if (nl_http_eof(&c->http)) {
		c->answered++;
		nl_report_exchange(c);
	}
	if (!c->shut && o->close_delay_ms)
		set_phase(c, NL_DELAY, ms(o->close_delay_ms));
	else if (!c->shut && c->late_left)
		set_phase(c, NL_LATE, 0);
	else
		complete(c);
}

/* Everything asked for has come, and --hold is over. */
static void
finish(struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	if (o->abort == NL_ABORT_LINGER0) {
		abort_now(c);
	} else if (o->vanish) {
		vanish(c);
	} else if (c->shut) {
		set_phase(c, NL_SHUT, 0);
	} else if (o->close_first == NL_CLOSE_SERVER) {
		set_phase(c, NL_WAIT_FIN, 0);
	} else if (o->close_first == NL_CLOSE_BOTH) {
		c->phase = NL_TICK;
		c->phase_until = (c->run->now / HALF_SECOND_US + 1) * HALF_SECOND_US;
	} else {
		shut(c);
		if (c->phase != NL_END)
			set_phase(c, NL_SHUT, 0);
	}
}

/* ---- sending ---- */

/* Whether request @c->sent may be sent now. */
static bool
may_ask(const struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	return c->phase == NL_TALK && c->sent < o->requests && c->sent - c->answered < o->pipeline;
}

static bool
has_output(const struct nl_conn *c)
{
	return (c->phase == NL_LATE && c->late_left) || may_ask(c);
}

/* At most @n bytes by --send and --segment. */
static size_t
portion(const struct nl_client_opts *o, size_t n)
{
	if (o->send.bytes && n > o->send.bytes)
		n = o->send.bytes;
	if (o->segment && n > o->segment)
		n = o->segment;
	return n;
}

static void
request_sent(struct nl_conn *c)
{
	const struct nl_client_opts *o = c->run->o;
	c->offset = 0;
	c->sent++;
	if (c->sent == o->requests && o->half_close)
		shut(c);
	if (c->phase != NL_END && o->partial && o->hold_ms)
		set_phase(c, NL_HOLD, ms(o->hold_ms));
}

/* Returns false if nothing could be sent. */
static bool
send_some(struct nl_conn *c)
{
	static const char late[256] = "late data late data late data\n";
	const struct nl_client_opts *o = c->run->o;
	const struct nl_run *r = c->run;
	bool last = c->sent + 1 == o->requests;
	const char *from = c->phase == NL_LATE ? late : last ? r->last : r->request;
	size_t len = c->phase == NL_LATE ? sizeof(late) : last ? r->last_len : r->request_len;
	if (o->partial && len > o->partial)
		len = o->partial;
	size_t want = len - c->offset;
	if (c->phase == NL_LATE && want > c->late_left)
		want = c->late_left;
	want = portion(o, want);
	/* Pipelined requests share segments unless they are to be cut. */
	bool more = c->phase == NL_TALK && !o->send.bytes && !o->segment &&
		    c->offset + want == len && !last && c->sent + 1 - c->answered < o->pipeline;
	ssize_t n = send(c->fd, from + c->offset, want, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			broke(c, errno);
		return false;
	}
	c->bytes_out += (uint64_t)n;
	if (o->send.bytes)
		c->write_at = c->run->now + ms(o->send.ms);
	if (c->phase == NL_LATE) {
		c->late_left -= (uint32_t)n;
		if (!c->late_left)
			complete(c);
		return true;
	}
	if (!c->asked)
		c->asked = c->run->now;
	c->offset += (uint64_t)n;
	if (c->offset == len)
		request_sent(c);
	return true;
}

/* ---- receiving ---- */

static void
on_data(struct nl_conn *c, const char *p, size_t n)
{
	const struct nl_client_opts *o = c->run->o;
	c->bytes_in += n;
	while (n && c->phase == NL_TALK) {
		size_t used = n;
		if (!c->first)
			c->first = c->run->now;
		int rc = nl_http_feed(&c->http, p, &used);
		p += used;
		n -= used;
		if (rc == NL_HTTP_BROKEN) {
			close_fd(c, false);
			nl_conn_end(c, "broken", 0);
			return;
		}
		if (rc == NL_HTTP_DONE) {
			c->answered++;
			nl_report_exchange(c);
			c->first = c->asked = 0;
			if (c->answered == o->requests)
				set_phase(c, NL_HOLD, ms(o->hold_ms));
		}
	}
	if (o->abort == NL_ABORT_AFTER && c->bytes_in >= o->abort_after && c->phase != NL_END)
		abort_now(c);
}

/* Returns false if there was nothing. */
static bool
receive_some(struct nl_conn *c)
{
	char buf[READ_MAX];
	const struct nl_client_opts *o = c->run->o;
	if (o->abort == NL_ABORT_UNREAD) {
		/* close() with data in the receive buffer: the kernel answers with a reset. */
		c->closed_first = NL_BY_CLIENT;
		nl_conn_end(c, "aborted", 0);
		return true;
	}
	size_t want = o->read.bytes && o->read.bytes < sizeof(buf) ? o->read.bytes : sizeof(buf);
	if (o->abort == NL_ABORT_AFTER && want > o->abort_after - c->bytes_in)
		want = (size_t)(o->abort_after - c->bytes_in);
	ssize_t n = recv(c->fd, buf, want, 0);
	if (n > 0)
		on_data(c, buf, (size_t)n);
	else if (n == 0)
		on_eof(c);
	else if (errno == EAGAIN || errno == EINTR)
		return false;
	else
		broke(c, errno);
	if (o->read.bytes)
		c->read_at = c->run->now + ms(o->read.ms);
	return true;
}

/* ---- turns ---- */

static bool
reads(const struct nl_conn *c)
{
	switch (c->phase) {
	case NL_TALK:
	case NL_HOLD:
	case NL_TICK:
	case NL_SHUT:
	case NL_WAIT_FIN:
		return !c->eof;
	case NL_CONNECT:
	case NL_DELAY:
	case NL_LATE:
	case NL_END:
		break;
	}
	return false;
}

short
nl_conn_events(const struct nl_conn *c)
{
	int64_t now = c->run->now;
	if (c->phase == NL_CONNECT)
		return c->phase_until ? 0 : POLLOUT;
	return (short)((reads(c) && now >= c->read_at ? POLLIN : 0) |
		       (has_output(c) && now >= c->write_at ? POLLOUT : 0));
}

int64_t
nl_conn_due(const struct nl_conn *c)
{
	int64_t due = c->deadline;
	int64_t now = c->run->now;
	if ((c->phase_until || c->phase == NL_HOLD) && c->phase_until < due)
		due = c->phase_until;
	if (c->phase != NL_CONNECT && reads(c) && c->read_at > now && c->read_at < due)
		due = c->read_at;
	if (has_output(c) && c->write_at > now && c->write_at < due)
		due = c->write_at;
	return due;
}

/* The time of a phase is over. Returns whether something changed. */
static bool
on_time(struct nl_conn *c)
{
	int64_t now = c->run->now;
	enum nl_phase was = c->phase;
	if (now >= c->deadline) {
		nl_conn_end(c, "timeout", 0);
		return true;
	}
	if (c->phase_until > now)
		return false;
	switch (c->phase) {
	case NL_CONNECT:
		if (c->phase_until)
			start_connect(c);
		break;
	case NL_HOLD:
		finish(c);
		break;
	case NL_TICK:
		shut(c);
		if (c->phase != NL_END)
			set_phase(c, NL_SHUT, 0);
		break;
	case NL_DELAY:
		if (c->late_left)
			set_phase(c, NL_LATE, 0);
		else
			complete(c);
		break;
	case NL_TALK:
	case NL_SHUT:
	case NL_WAIT_FIN:
	case NL_LATE:
	case NL_END:
		break;
	}
	return c->phase != was;
}

static void
connecting(struct nl_conn *c, short revents)
{
	int error = 0;
	socklen_t len = sizeof(error);
	if (!revents || c->phase_until)
		return;
	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len);
	if (error)
		broke(c, error);
	else
		on_connected(c);
}

void
nl_conn_run(struct nl_conn *c, short revents)
{
	c->run->now = nl_now();
	if (c->phase == NL_CONNECT)
		connecting(c, revents);
	/* --abort unread must not touch what has come, only know that something has. */
	bool look = c->run->o->abort != NL_ABORT_UNREAD || (revents & POLLIN);
	for (int i = 0; i < ROUNDS && c->phase != NL_END; i++) {
		bool moved = on_time(c);
		if (c->phase == NL_END || c->phase == NL_CONNECT)
			return;
		short want = nl_conn_events(c);
		if (want & POLLOUT)
			moved |= send_some(c);
		if (c->phase != NL_END && (want & POLLIN) && look)
			moved |= receive_some(c);
		if (!moved)
			return;
		c->run->now = nl_now();
	}
}
