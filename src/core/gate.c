/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gate in front of the sinks; see gate.h. */
#include "gate.h"

#include <stdlib.h>
#include <string.h>

#include "netinspect/arp.h"
#include "netinspect/conn.h"
#include "netinspect/dis.h"
#include "netinspect/dns.h"
#include "netinspect/exchange.h"
#include "netinspect/http.h"

/* Of so many frames back it is known whether they passed; older ones count as if they had not. */
enum { FRAMES = 1 << 20, WAITING = 64, WAITING_DNS = 16 };

struct ni_gate {
	void (*tell)(void *ctx, const struct ni_event *e);
	void *ctx;
	uint64_t last; /* newest frame of which it is known */
	uint8_t passed[FRAMES / 8];
	unsigned nwaiting, ndns;
	unsigned used; /* places of copies that are taken: events move up, copies do not */
	struct ni_event waiting[WAITING];
	struct ni_arp_event arp[WAITING];
	struct ni_dns_lookup dns[WAITING_DNS];
	struct ni_dns_answer answers[WAITING_DNS][NI_DNS_ANSWER_MAX];
	struct ni_dhcp_exchange dhcp[WAITING];
	struct ni_ntp_exchange ntp[WAITING];
};

struct ni_gate *
ni_gate_new(void (*tell)(void *ctx, const struct ni_event *e), void *ctx)
{
	struct ni_gate *g = calloc(1, sizeof(*g));
	if (g) {
		g->tell = tell;
		g->ctx = ctx;
	}
	return g;
}

void
ni_gate_free(struct ni_gate **g)
{
	free(*g);
	*g = NULL;
}

static void
record(struct ni_gate *g, uint64_t frame, bool passed)
{
	uint8_t bit = (uint8_t)(1U << frame % 8);
	uint8_t *at = &g->passed[frame % FRAMES / 8];
	*at = (uint8_t)(passed ? *at | bit : *at & ~bit);
	g->last = frame;
}

static bool
did_pass(const struct ni_gate *g, uint64_t frame)
{
	return frame && frame <= g->last && g->last - frame < FRAMES &&
	       g->passed[frame % FRAMES / 8] >> frame % 8 & 1;
}

static bool
is_shown(const struct ni_conn *c)
{
	return c && c->flags & NI_CONN_SHOWN;
}

static bool
dhcp_passed(const struct ni_gate *g, const struct ni_dhcp_exchange *x)
{
	unsigned n = x->total < NI_DHCP_MESSAGES ? x->total : NI_DHCP_MESSAGES;
	bool any = did_pass(g, x->last_frame);
	for (unsigned i = 0; i < n; i++)
		any |= did_pass(g, x->frame[i]);
	return any;
}

/* Whether a frame passed that the event is about. */
static bool
goes_out(const struct ni_gate *g, const struct ni_event *e)
{
	switch ((enum ni_event_kind)e->kind) {
	case NI_EV_CONN_NEW:
		return false; /* told with the first frame that passes */
	case NI_EV_CONN_STATE:
		return e->frame ? did_pass(g, e->frame) : is_shown(e->conn);
	case NI_EV_CONN_END:
		return is_shown(e->conn);
	case NI_EV_HTTP:
		return did_pass(g, e->http->request_first) || did_pass(g, e->http->request_frame) ||
		       did_pass(g, e->http->response_first) || did_pass(g, e->http->response_frame);
	case NI_EV_DNS:
		return did_pass(g, e->dns->query_frame) || did_pass(g, e->dns->response_frame);
	case NI_EV_ARP:
		return did_pass(g, e->arp->request_frame) || did_pass(g, e->arp->reply_frame) ||
		       did_pass(g, e->frame);
	case NI_EV_DHCP:
		return dhcp_passed(g, e->dhcp);
	case NI_EV_NTP:
		return did_pass(g, e->ntp->request_frame) || did_pass(g, e->ntp->response_frame);
	case NI_EV_STREAM:
	case NI_EV_BODY:
		break; /* who follows a stream wants it without holes */
	}
	return true;
}

/* Let out what waits for @conn (NULL: everything), or drop it. */
static void
release(struct ni_gate *g, const struct ni_conn *conn)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < g->nwaiting; i++) {
		struct ni_event *e = &g->waiting[i];
		if (conn && e->conn != conn)
			g->waiting[kept++] = *e;
		else if (goes_out(g, e))
			g->tell(g->ctx, e);
	}
	g->nwaiting = kept;
	g->ndns = kept ? g->ndns : 0;
	g->used = kept ? g->used : 0;
}

/* Keep the event with a copy of what will be gone; false if there is no room. */
static bool
wait_for_frame(struct ni_gate *g, const struct ni_event *e)
{
	unsigned i = g->nwaiting;
	unsigned at = g->used;
	if (i == WAITING || at == WAITING || (e->kind == NI_EV_DNS && g->ndns == WAITING_DNS))
		return false;
	g->waiting[i] = *e;
	if (e->kind == NI_EV_ARP) {
		g->arp[at] = *e->arp;
		g->waiting[i].arp = &g->arp[at];
	} else if (e->kind == NI_EV_DHCP) {
		g->dhcp[at] = *e->dhcp;
		g->waiting[i].dhcp = &g->dhcp[at];
	} else if (e->kind == NI_EV_NTP) {
		g->ntp[at] = *e->ntp;
		g->waiting[i].ntp = &g->ntp[at];
	} else if (e->kind == NI_EV_DNS) {
		struct ni_dns_lookup *l = &g->dns[g->ndns];
		unsigned n = e->dns->nanswers;
		*l = *e->dns;
		l->nanswers = n < NI_DNS_ANSWER_MAX ? n : NI_DNS_ANSWER_MAX;
		if (l->nanswers)
			memcpy(g->answers[g->ndns], l->answers,
			       l->nanswers * sizeof(l->answers[0]));
		l->answers = g->answers[g->ndns++];
		g->waiting[i].dns = l;
	}
	g->nwaiting++;
	g->used++;
	return true;
}

static bool
waits(unsigned kind)
{
	return kind != NI_EV_CONN_NEW && kind != NI_EV_STREAM && kind != NI_EV_BODY;
}

void
ni_gate_event(struct ni_gate *g, const struct ni_event *e, uint64_t frame)
{
	if (e->kind == NI_EV_CONN_END) /* its memory may be another's soon */
		release(g, e->conn);
	else if (frame && waits(e->kind) && wait_for_frame(g, e))
		return;
	if (goes_out(g, e))
		g->tell(g->ctx, e);
}

void
ni_gate_frame(struct ni_gate *g, const struct ni_dis *d, struct ni_conn *conn, bool passed)
{
	record(g, d->frame->number, passed);
	if (passed && conn && !is_shown(conn)) {
		struct ni_event e = {.kind = NI_EV_CONN_NEW,
				     .side = d->dir,
				     .frame = d->frame->number,
				     .ts_ns = d->frame->ts_ns,
				     .conn = conn};
		conn->flags |= NI_CONN_SHOWN;
		g->tell(g->ctx, &e);
	}
	release(g, NULL);
}
