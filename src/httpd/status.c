/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /status: what the kernel says of every connection of this process (TCP_INFO), to be laid beside
 * what netinspect saw on the wire. Answered to this host alone. */
#include <arpa/inet.h>
#include <linux/tcp.h>
#include <string.h>
#include <unistd.h>

#include "netinspect/buf.h"
#include "server.h"

static const char *
state_name(unsigned state)
{
	/* In the kernel's order, from 1. */
	static const char *const names[] = {"?",          "ESTABLISHED", "SYN_SENT",  "SYN_RECV",
					    "FIN_WAIT1",  "FIN_WAIT2",   "TIME_WAIT", "CLOSE",
					    "CLOSE_WAIT", "LAST_ACK",    "LISTEN",    "CLOSING"};
	return names[state < 12 ? state : 0];
}

static void
put_peer(struct ni_buf *b, const struct ni_hd_link *l)
{
	const struct in6_addr *a = &l->peer.addr.sin6_addr;
	bool v4 = IN6_IS_ADDR_V4MAPPED(a);
	ni_buf_str(b, v4 ? "" : "[");
	ni_hd_put_address(b, a);
	ni_buf_fmt(b, "%s:%u", v4 ? "" : "]", ntohs(l->peer.addr.sin6_port));
}

static void
put_link(struct ni_buf *b, struct ni_hd_link *l, bool html, bool first)
{
	struct tcp_info t;
	socklen_t len = sizeof(t);
	memset(&t, 0, sizeof(t));
	getsockopt(l->fd, IPPROTO_TCP, TCP_INFO, &t, &len);
	ni_buf_str(b, html ? "<tr><td>" : first ? "\n{\"peer\":\"" : ",\n{\"peer\":\"");
	put_peer(b, l);
	ni_buf_fmt(b,
		   html ? "</td><td>%s</td><td>%u</td><td>%u</td><td>%u</td><td>%u</td><td>%u</td>"
			  "<td>%u</td><td>%u</td><td>%u</td></tr>\n"
			: "\",\"state\":\"%s\",\"requests\":%u,\"rtt_us\":%u,\"rttvar_us\":%u,"
			  "\"cwnd\":%u,\"unacked\":%u,\"retransmits\":%u,\"mss\":%u,\"rto_us\":%u}",
		   state_name(t.tcpi_state), atomic_load(&l->requests), t.tcpi_rtt, t.tcpi_rttvar,
		   t.tcpi_snd_cwnd, t.tcpi_unacked, t.tcpi_total_retrans, t.tcpi_snd_mss,
		   t.tcpi_rto);
}

size_t
ni_hd_status(struct ni_hd_conn *c, bool html, char *buf, size_t cap)
{
	struct ni_hd_link *asking = (struct ni_hd_link *)(void *)c;
	struct ni_hd_server *s = asking->server;
	struct ni_buf b = ni_buf(buf, cap);
	enum { ROW = 512 };
	bool first = true;
	if (!ni_hd_is_loopback(&asking->peer.addr.sin6_addr))
		return 0;
	pthread_mutex_lock(&s->lock);
	ni_buf_fmt(&b,
		   html ? "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">"
			  "<title>status</title><link rel=\"stylesheet\" href=\"/style.css\">\n"
			  "<h1>%s</h1>\n<p>process %d, accepted %llu, refused %llu, requests %llu, "
			  "connections now %u</p>\n<table>\n<tr><th>peer</th><th>state</th>"
			  "<th>requests</th><th>rtt µs</th><th>rttvar µs</th><th>cwnd</th>"
			  "<th>unacked</th><th>retransmits</th><th>mss</th><th>rto µs</th></tr>\n"
			: "{\"model\":\"%s\",\"pid\":%d,\"accepted\":%llu,\"refused\":%llu,"
			  "\"requests\":%llu,\"connections_now\":%u,\"connections\":[",
		   s->model->name, (int)getpid(), atomic_load(&s->accepted),
		   atomic_load(&s->refused), atomic_load(&s->requests), s->nlinks);
	for (struct ni_hd_link *l = s->links; l && b.cap - b.len > ROW; l = l->next) {
		put_link(&b, l, html, first);
		first = false;
	}
	pthread_mutex_unlock(&s->lock);
	ni_buf_str(&b, html ? "</table>\n</html>\n" : "]}\n");
	return b.len;
}
