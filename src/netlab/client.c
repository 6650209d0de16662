/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlab client: the event loop over all connections; see client.h. */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>

#include "i18n.h"
#include "netinspect/buf.h"
#include "netlab.h"
#include "opts.h"

enum { SPARE_DESCRIPTORS = 16, HEAD_ROOM = 65536, BATCH = 256, WAIT_MAX_US = 60000000 };

/* Whether a header that was asked for says which host is meant. */
static bool
names_host(const struct nl_client_opts *o)
{
	for (uint32_t i = 0; i < o->nheaders; i++)
		if (!strncasecmp(o->header[i], "Host:", 5))
			return true;
	return false;
}

/* The bytes of a request, the last of its connection if @last. */
static char *
build(const struct nl_client_opts *o, bool last, size_t *len)
{
	char host[64];
	char *p = malloc(HEAD_ROOM + o->body);
	struct ni_buf b = ni_buf(p, HEAD_ROOM + o->body);
	if (!p)
		return NULL;
	ni_address_text(&o->to, host, sizeof(host));
	ni_buf_str(&b, o->method);
	ni_buf_c(&b, ' ');
	ni_buf_str(&b, o->path[0] == '/' ? "" : "/");
	ni_buf_str(&b, o->path);
	if (o->http09) {
		ni_buf_str(&b, "\r\n");
		*len = b.len;
		return p;
	}
	ni_buf_str(&b, " HTTP/1.1\r\n");
	if (!names_host(o))
		ni_buf_fmt(&b, "Host: %s\r\n", host);
	ni_buf_str(&b, "User-Agent: netlab\r\n");
	for (uint32_t i = 0; i < o->nheaders; i++) {
		ni_buf_str(&b, o->header[i]);
		ni_buf_str(&b, "\r\n");
	}
	if (o->body)
		ni_buf_fmt(&b, "Content-Length: %llu\r\n", (unsigned long long)o->body);
	/* A server that is to close first must be told; in the other cases it must wait for us. */
	if (last && o->close_first == NL_CLOSE_SERVER)
		ni_buf_str(&b, "Connection: close\r\n");
	ni_buf_str(&b, "\r\n");
	ni_buf_pad(&b, 'b', o->body);
	*len = b.len;
	if (!b.cut)
		return p;
	free(p);
	return NULL;
}

int
nl_run_init(struct nl_run *r, const struct nl_client_opts *o, struct ni_err *err)
{
	*r = (struct nl_run){.o = o, .out = stdout};
	r->sums = calloc(1, sizeof(*r->sums));
	r->request = build(o, false, &r->request_len);
	r->last = build(o, true, &r->last_len);
	if (!r->sums || !r->request || !r->last)
		return ni_fail(err, NI_ERR_RUN,
			       _("the request is too long, or there is not enough memory"));
	return NI_SUCCESS;
}

void
nl_run_fini(struct nl_run *r)
{
	free(r->sums);
	free(r->request);
	free(r->last);
}

/* As many at a time as there can be descriptors. */
static uint32_t
concurrency(const struct nl_client_opts *o)
{
	struct rlimit l;
	uint32_t n = o->concurrency < o->connections ? o->concurrency : o->connections;
	if (getrlimit(RLIMIT_NOFILE, &l))
		return n;
	l.rlim_cur = l.rlim_max;
	setrlimit(RLIMIT_NOFILE, &l);
	if (!getrlimit(RLIMIT_NOFILE, &l) && l.rlim_cur > SPARE_DESCRIPTORS &&
	    n > l.rlim_cur - SPARE_DESCRIPTORS) {
		n = (uint32_t)(l.rlim_cur - SPARE_DESCRIPTORS);
		fprintf(stderr,
			_("netlab client: at most %u at a time, by the limit of descriptors\n"), n);
	}
	return n;
}

/* What one run of the loop works on: connections 0..n-1 are open. */
struct pool {
	struct nl_conn *conn;
	struct pollfd *fds;
	uint32_t n, cap, begun;
	int64_t start, end;
};

/* How many may have been begun by now, by --rate. */
static uint32_t
allowed(const struct pool *p, const struct nl_run *r)
{
	const struct nl_client_opts *o = r->o;
	if (!o->rate)
		return o->connections;
	uint64_t n = 1 + (uint64_t)(r->now - p->start) * o->rate / 1000000;
	return n < o->connections ? (uint32_t)n : o->connections;
}

/* Begin what may be begun; some at a time, so that the others get their turn. */
static void
begin_more(struct pool *p, struct nl_run *r)
{
	uint32_t may = allowed(p, r);
	for (int i = 0; i < BATCH && p->n < p->cap && p->begun < may; i++) {
		struct nl_conn *c = &p->conn[p->n];
		r->now = nl_now();
		nl_conn_begin(c, r, ++p->begun);
		p->fds[p->n] = (struct pollfd){.fd = c->fd};
		p->n += c->phase != NL_END;
	}
}

static int64_t
next_due(const struct pool *p, const struct nl_run *r)
{
	int64_t due = p->end;
	for (uint32_t i = 0; i < p->n; i++) {
		int64_t d = nl_conn_due(&p->conn[i]);
		if (d < due)
			due = d;
	}
	if (p->begun < r->o->connections && p->n < p->cap) {
		int64_t next = r->o->rate ? p->start + (int64_t)p->begun * 1000000 / r->o->rate : 0;
		if (next < due)
			due = next;
	}
	return due - r->now > WAIT_MAX_US ? r->now + WAIT_MAX_US : due;
}

/* One round: wait, and give everybody a turn. */
static void
turn(struct pool *p, struct nl_run *r)
{
	for (uint32_t i = 0; i < p->n; i++) {
		short events = nl_conn_events(&p->conn[i]);
		/* poll() reports a dead connection even to those who did not ask; while only time
		 * is waited for that would be a busy loop. */
		p->fds[i] = (struct pollfd){.fd = events ? p->conn[i].fd : -1, .events = events};
	}
	if (nl_wait(p->fds, p->n, next_due(p, r)) < 0)
		return;
	r->now = nl_now();
	for (uint32_t i = p->n; i-- > 0;) {
		struct nl_conn *c = &p->conn[i];
		short revents = 0;
		if (p->fds[i].fd >= 0)
			revents = p->fds[i].revents;
		if (revents || nl_conn_due(c) <= r->now)
			nl_conn_run(c, revents);
		if (c->phase == NL_END)
			*c = p->conn[--p->n];
	}
}

static int
run(const struct nl_client_opts *o, struct ni_err *err)
{
	struct nl_run r;
	struct pool p = {.cap = concurrency(o)};
	int rc = nl_run_init(&r, o, err);
	p.conn = calloc(p.cap, sizeof(*p.conn));
	p.fds = calloc(p.cap, sizeof(*p.fds));
	if (rc)
		goto out;
	if (!p.conn || !p.fds) {
		rc = ni_fail(err, NI_ERR_RUN, _("not enough memory"));
		goto out;
	}
	r.now = p.start = nl_now();
	p.end = o->connections > 1 ? p.start + (int64_t)o->seconds * 1000000 : INT64_MAX;
	while (!nl_stopped() && r.now < p.end && (p.n || p.begun < o->connections)) {
		begin_more(&p, &r);
		if (p.n || p.begun < o->connections)
			turn(&p, &r);
	}
	while (p.n)
		nl_conn_end(&p.conn[--p.n], nl_stopped() ? "interrupted" : "timeout", 0);
	nl_report_sums(&r, r.now - p.start, p.begun == o->connections);
	rc = r.sums->failed || p.begun < o->connections ? 1 : 0;
out:
	nl_run_fini(&r);
	free(p.conn);
	free(p.fds);
	return rc;
}

int
nl_client(int argc, char **argv)
{
	static struct nl_client_opts o;
	struct ni_err err = {"", ""};
	int rc = nl_client_parse(&o, argc, argv, &err);
	if (rc)
		return ni_opts_fail("netlab client", &err, rc);
	if (o.help) {
		nl_client_help();
		return 0;
	}
	nl_stop_on_signals();
	rc = run(&o, &err);
	return rc < 0 ? ni_opts_fail("netlab client", &err, rc) : rc;
}
