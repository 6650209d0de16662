/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sentences of a story; see story.h. Texts from the wire are escaped here. */
#include "config.h"

#include <string.h>

#include "i18n.h"
#include "story.h"

enum { TEXT = 4 * NI_STORY_NAME };

/* Texts of one sentence. */
struct words {
	char mem[5][TEXT];
	unsigned n;
};

typedef unsigned long long ull;

static const char *
addr(struct words *w, const struct ni_addr *a)
{
	struct ni_buf b = ni_buf(w->mem[w->n], TEXT);
	w->n++;
	rp_addr(&b, a);
	return ni_buf_z(&b);
}

static const char *
mac(struct words *w, const uint8_t *p)
{
	struct ni_buf b = ni_buf(w->mem[w->n], TEXT);
	w->n++;
	ni_buf_ether(&b, p);
	return ni_buf_z(&b);
}

static const char *
end_point(struct words *w, const struct ni_conn *c, unsigned side)
{
	struct ni_buf b = ni_buf(w->mem[w->n], TEXT);
	w->n++;
	rp_end_point(&b, &c->addr[side], c->port[side]);
	return ni_buf_z(&b);
}

static const char *
wire(struct words *w, const char *s)
{
	struct ni_buf b = ni_buf(w->mem[w->n], TEXT);
	w->n++;
	rp_wire(&b, s);
	return ni_buf_z(&b);
}

static const char *
dur(struct words *w, int64_t ns)
{
	struct ni_buf b = ni_buf(w->mem[w->n], TEXT);
	w->n++;
	rp_dur(&b, ns);
	return ni_buf_z(&b);
}

/* ---- the way ---- */

static const struct ni_story_lease *
lease_of(const struct ni_story *s, const struct ni_addr *client)
{
	const struct ni_story_lease *best = NULL;
	for (uint32_t i = 0; i < s->leases.n; i++) {
		const struct ni_story_lease *l = rp_list_at(&s->leases, i);
		if (rp_addr_equal(&l->ip, client))
			best = l;
	}
	return best;
}

/* The MAC to which @client sends what is for @to, or NULL. */
static const uint8_t *
hop(const struct ni_story *s, const struct ni_addr *client, const struct ni_addr *to)
{
	for (uint32_t i = 0; i < s->hops.items.n; i++) {
		const struct ni_story_hop *h = rp_list_at(&s->hops.items, i);
		if (rp_addr_equal(&h->from, client) && rp_addr_equal(&h->to, to))
			return h->mac;
	}
	return NULL;
}

/* Who answered that @hw is its MAC, or NULL. */
static const struct ni_arp_event *
owner(const struct ni_story *s, const uint8_t *hw)
{
	for (uint32_t i = 0; i < s->arp.n; i++) {
		const struct ni_arp_event *a = rp_list_at(&s->arp, i);
		if (a->kind == NI_ARP_ANSWERED && !memcmp(a->mac, hw, sizeof(a->mac)))
			return a;
	}
	return NULL;
}

/* What the addresses say, where the mask is known. */
static void
say_by_mask(struct ni_buf *b, const struct ni_net *net, const struct ni_story_lease *l,
	    const struct ni_addr *to, struct words *w)
{
	bool inside = ni_net_has(net, to);
	const char *t = addr(w, to);
	const char *n = addr(w, &net->addr);
	if (l && inside)
		ni_buf_fmt(b,
			   _("%s is in its own network: the first %u bits are those of its address "
			     "%s (mask from DHCP, frame %llu)."),
			   t, net->bits, n, (ull)l->frame);
	else if (l)
		ni_buf_fmt(b,
			   _("%s is in another network: the first %u bits are not those of its "
			     "address %s (mask from DHCP, frame %llu)."),
			   t, net->bits, n, (ull)l->frame);
	else if (inside)
		ni_buf_fmt(b, _("%s is in its own network %s/%u (given with --net)."), t, n,
			   net->bits);
	else
		ni_buf_fmt(b, _("%s is not in its own network %s/%u (given with --net)."), t, n,
			   net->bits);
	ni_buf_c(b, ' ');
}

/* What the frames say: to whom they went. */
static void
say_by_frames(struct ni_buf *b, const struct ni_story *s, const uint8_t *hw,
	      const struct ni_addr *to, struct words *w)
{
	const struct ni_arp_event *a = hw ? owner(s, hw) : NULL;
	const char *t = addr(w, to);
	if (!hw)
		return;
	if (a && rp_addr_equal(&a->ip, to))
		ni_buf_fmt(b, _("Packets for %s go straight to its own MAC address %s."), t,
			   mac(w, hw));
	else if (a)
		ni_buf_fmt(b,
			   _("Packets for %s go to the MAC address %s of the gateway %s, which "
			     "passes them on."),
			   t, mac(w, hw), addr(w, &a->ip));
	else
		ni_buf_fmt(b,
			   _("Packets for %s go to the MAC address %s; no ARP or "
			     "neighbour discovery that would say whose it is was captured."),
			   t, mac(w, hw));
}

void
ni_story_say_way(const struct ni_story *s, struct ni_buf *b, const struct ni_addr *client,
		 const struct ni_addr *to)
{
	struct words w = {.n = 0};
	const struct ni_story_lease *l = lease_of(s, client);
	struct ni_net net = s->net;
	if (!ni_net_has(&net, client) && l)
		net = (struct ni_net){l->ip, l->bits};
	else
		l = NULL;
	if (ni_net_has(&net, client) && net.addr.len == to->len)
		say_by_mask(b, &net, l, to, &w);
	w.n = 0;
	say_by_frames(b, s, hop(s, client, to), to, &w);
}

/* ---- the steps ---- */

void
ni_story_say_arp(struct ni_buf *b, const struct ni_arp_event *e)
{
	struct words w = {.n = 0};
	const char *ip = addr(&w, &e->ip);
	bool four = e->ip.len == 4;
	bool answered = e->kind == NI_ARP_ANSWERED && e->rtt_ns >= 0;
	if (e->alone && answered)
		ni_buf_fmt(b,
			   _("It makes sure that %s is still at its MAC address: it asks that host "
			     "alone, by unicast (frame %llu). %s later the answer comes: %s (frame "
			     "%llu)."),
			   ip, (ull)e->request_frame, dur(&w, e->rtt_ns), mac(&w, e->mac),
			   (ull)e->reply_frame);
	else if (e->alone)
		ni_buf_fmt(b,
			   _("It asks %s alone, by unicast, whether it is still there (frame "
			     "%llu), but no answer was seen."),
			   ip, (ull)e->request_frame);
	else if (answered && e->known)
		ni_buf_fmt(b,
			   four ? _("It asks everybody in its network once more by broadcast who "
				    "has %s (frame %llu). %s later the owner answers it alone, by "
				    "unicast: %s (frame %llu).")
				: _("It asks once more by multicast who has %s (frame %llu). %s "
				    "later the owner answers it alone, by unicast: %s (frame "
				    "%llu)."),
			   ip, (ull)e->request_frame, dur(&w, e->rtt_ns), mac(&w, e->mac),
			   (ull)e->reply_frame);
	else if (!answered)
		ni_buf_fmt(b,
			   four ? _("It asks everybody in its network by broadcast who has %s "
				    "(frame %llu), but no answer was seen.")
				: _("It asks by multicast who has %s (frame %llu), but no answer "
				    "was seen."),
			   ip, (ull)e->request_frame);
	else
		ni_buf_fmt(b,
			   four ? _("It does not know the MAC address of %s and asks everybody in "
				    "its network by broadcast (frame %llu). %s later the owner "
				    "answers it alone, by unicast: %s (frame %llu).")
				: _("It does not know the MAC address of %s and asks by multicast "
				    "(frame %llu). %s later the owner answers it alone, by "
				    "unicast: %s (frame %llu)."),
			   ip, (ull)e->request_frame, dur(&w, e->rtt_ns), mac(&w, e->mac),
			   (ull)e->reply_frame);
}

void
ni_story_say_dns(struct ni_buf *b, const struct ni_story_dns *q)
{
	struct words w = {.n = 0};
	const char *server = addr(&w, &q->server);
	const char *name = wire(&w, q->name);
	if (q->rtt_ns < 0)
		ni_buf_fmt(b,
			   _("It asks the DNS server %s for the %s record of %s (frame %llu), but "
			     "no answer was seen."),
			   server, q->type, name, (ull)q->query_frame);
	else if (q->truncated)
		ni_buf_fmt(b,
			   _("It asks the DNS server %s for the %s record of %s (frame %llu); %s "
			     "later the answer is that there is more than fits into a datagram, "
			     "so that it has to be asked for over TCP (frame %llu)."),
			   server, q->type, name, (ull)q->query_frame, dur(&w, q->rtt_ns),
			   (ull)q->response_frame);
	else if (!q->rcode && !q->answers)
		ni_buf_fmt(b,
			   _("It asks the DNS server %s for the %s record of %s (frame %llu); %s "
			     "later the answer is that the name has none (frame %llu)."),
			   server, q->type, name, (ull)q->query_frame, dur(&w, q->rtt_ns),
			   (ull)q->response_frame);
	else if (q->rcode)
		ni_buf_fmt(b,
			   _("It asks the DNS server %s for the %s record of %s (frame %llu); %s "
			     "later the answer is an error: %s (frame %llu)."),
			   server, q->type, name, (ull)q->query_frame, dur(&w, q->rtt_ns),
			   q->rcode_name, (ull)q->response_frame);
	else
		ni_buf_fmt(b,
			   _("It asks the DNS server %s for the %s record of %s (frame %llu); %s "
			     "later the answer is %s (frame %llu)."),
			   server, q->type, name, (ull)q->query_frame, dur(&w, q->rtt_ns),
			   wire(&w, q->answer), (ull)q->response_frame);
}

void
ni_story_say_open(struct ni_buf *b, const struct ni_conn *c)
{
	struct words w = {.n = 0};
	const struct ni_step *o = c->opening;
	const char *to = end_point(&w, c, NI_SERVER);
	if (c->open == NI_OPEN_3WAY && o[0].frame && o[1].frame && o[2].frame)
		ni_buf_fmt(b,
			   _("It opens a TCP connection from its port %u to %s by a three-way "
			     "handshake: SYN (frame %llu), SYN+ACK (frame %llu), ACK (frame "
			     "%llu), in %s."),
			   c->port[NI_CLIENT], to, (ull)o[0].frame, (ull)o[1].frame,
			   (ull)o[2].frame, dur(&w, rp_diff(o[2].ts_ns, o[0].ts_ns)));
	else if (c->open == NI_OPEN_REFUSED)
		ni_buf_fmt(b,
			   _("It asks %s for a TCP connection (SYN, frame %llu) and is refused "
			     "with an RST (frame %llu): nobody listens there, or a firewall "
			     "rejects it."),
			   to, (ull)c->first_frame, (ull)c->last_frame);
	else if (c->open == NI_OPEN_NO_ANSWER)
		ni_buf_fmt(b,
			   _("It asks %s for a TCP connection (SYN, frame %llu), repeats that %u "
			     "times, and gets no answer."),
			   to, (ull)c->first_frame, c->syn_repeats);
	else
		ni_buf_fmt(b,
			   _("Its TCP connection from port %u to %s is first seen in frame %llu "
			     "(%s)."),
			   c->port[NI_CLIENT], to, (ull)c->first_frame, ni_conn_open_name(c->open));
}

void
ni_story_say_http(struct ni_buf *b, const struct ni_story_http *x)
{
	struct words w = {.n = 0};
	const char *method = wire(&w, x->method);
	const char *uri = wire(&w, x->uri);
	if (!x->status) {
		ni_buf_fmt(b,
			   _("Over the connection from port %u it asks %s %s (frame %llu); no "
			     "answer was seen."),
			   x->port, method, uri, (ull)x->request_frame);
		return;
	}
	const char *reason = wire(&w, x->reason);
	const char *type = wire(&w, x->type);
	const char *took = dur(&w, rp_diff(x->response_ns, x->request_ns));
	if (x->response_frame)
		ni_buf_fmt(b,
			   _("Over the connection from port %u it asks %s %s (frame %llu); %s "
			     "later the answer is complete: %u %s, %llu bytes %s (frame %llu)."),
			   x->port, method, uri, (ull)x->request_frame, took, x->status, reason,
			   (ull)x->body, type, (ull)x->response_frame);
	else
		ni_buf_fmt(b,
			   _("Over the connection from port %u it asks %s %s (frame %llu); the "
			     "answer begins with %u %s, but its end is missing."),
			   x->port, method, uri, (ull)x->request_frame, x->status, reason);
}

static void
say_fins(struct ni_buf *b, const struct ni_conn *c)
{
	const struct ni_step *s = c->closing;
	bool client = c->closed_first == NI_CLIENT;
	if (c->close == NI_CLOSE_3SEGMENT)
		ni_buf_fmt(b,
			   client ? _("It closes the connection from port %u with three segments: "
				      "its FIN (frame %llu), the server's FIN with the ACK (frame "
				      "%llu), its ACK (frame %llu).")
				  : _("The server closes the connection from port %u with three "
				      "segments: its FIN (frame %llu), the client's FIN with the "
				      "ACK (frame %llu), its ACK (frame %llu)."),
			   c->port[NI_CLIENT], (ull)s[0].frame, (ull)s[2].frame, (ull)s[3].frame);
	else
		ni_buf_fmt(b,
			   client
			       ? _("It closes the connection from port %u with four segments: "
				   "its FIN (frame %llu) and its ACK (frame %llu), the server's "
				   "FIN (frame %llu) and its ACK (frame %llu).")
			       : _("The server closes the connection from port %u with four "
				   "segments: its FIN (frame %llu) and its ACK (frame %llu), the "
				   "client's FIN (frame %llu) and its ACK (frame %llu)."),
			   c->port[NI_CLIENT], (ull)s[0].frame, (ull)s[1].frame, (ull)s[2].frame,
			   (ull)s[3].frame);
}

void
ni_story_say_close(struct ni_buf *b, const struct ni_conn *c)
{
	if (c->close == NI_CLOSE_4WAY || c->close == NI_CLOSE_3SEGMENT)
		say_fins(b, c);
	else if (c->close == NI_CLOSE_RESET)
		ni_buf_fmt(b,
			   c->reset_by == NI_CLIENT
			       ? _("It resets the connection from port %u (last frame %llu).")
			       : _("The server resets the connection from port %u (last frame "
				   "%llu)."),
			   c->port[NI_CLIENT], (ull)c->last_frame);
	else if (c->close == NI_CLOSE_OPEN)
		ni_buf_fmt(b,
			   _("The connection from port %u is still open when it is last seen "
			     "(frame %llu)."),
			   c->port[NI_CLIENT], (ull)c->last_frame);
	else
		ni_buf_fmt(b, _("The connection from port %u ends (%s, last frame %llu)."),
			   c->port[NI_CLIENT], ni_conn_close_name(c->close), (ull)c->last_frame);
}
