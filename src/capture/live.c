/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Live interfaces as a source. Several are read side by side and merged by time stamp, so that a
 * packet that is routed from one to the other is seen in that order.
 */
#include "config.h"

#include "live.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "i18n.h"
#include "linktype.h"
#include "source_impl.h"

enum {
	MAX_IFACES = 64,
	ROOM = 65536,               /* for a frame, before a larger one is seen */
	CLOCK_EVERY_FRAMES = 65536, /* for the regular work */
	IDLE_FD_MS = 10,            /* how long to wait for a device that cannot be polled */
};

/* The kernel's counters have 32 bits: they must be read before they can wrap. */
static const int64_t STATS_EVERY_NS = 10000000000;

static const int64_t LINKS_EVERY_NS = 500000000;

/* A frame is visible to us at the latest this long after its time stamp. */
static const int64_t HOLD_NS = (NI_LIVE_RETIRE_MS + 20) * INT64_C(1000000);

/* After a break, blocks that are being filled arrive within this time. */
static const int64_t DRAIN_NS = (2 * NI_LIVE_RETIRE_MS + 60) * INT64_C(1000000);

struct handle {
	pcap_t *p;
	int fd;      /* to poll, or -1 */
	bool netdev; /* a network interface, which may go */
	uint32_t iface;
	int64_t ns_per_unit;
	/* The next frame, copied out of the ring, while full. */
	bool full;
	int64_t ts_ns;
	uint32_t cap;
	uint32_t len;
	uint8_t *data;
	uint32_t room;
	int64_t empty_ns; /* when it was last found to have nothing, in the clock of time stamps */
	bool down;
	bool no_memory;
	bool limited;    /* drained: no new frames get in */
	int64_t gone_ns; /* 0, or when the ring of a vanished interface is empty for good */
	struct pcap_stat last;
};

struct live {
	struct ni_source base;
	struct handle h[MAX_IFACES];
	size_t n;
	char *name;
	int epoll;
	bool draining;
	bool over;
	int64_t drain_ns; /* monotonic: when nothing more can come */
	int64_t stop_ns;  /* wall clock: when the drain began */
	int64_t stats_ns; /* monotonic: when to read the counters next … */
	int64_t links_ns; /* … and to look whether interfaces are up */
	void (*notice)(void *ctx, const struct ni_err *what);
	void *ctx;
};

static void
tell(struct live *l, const struct ni_err *what)
{
	if (l->notice)
		l->notice(l->ctx, what);
}

/*
 * libpcap hands the block back to the kernel as soon as the callback for its last frame returns;
 * when the ring is full, the kernel then writes over that frame while we would still be looking at
 * it. Hence the copy, here and not behind pcap_next_ex().
 */
static void
on_frame(u_char *user, const struct pcap_pkthdr *hdr, const u_char *data)
{
	struct handle *h = (struct handle *)(void *)user;
	if (hdr->caplen > h->room) {
		uint8_t *p = realloc(h->data, hdr->caplen);
		if (!p) {
			h->no_memory = true;
			return;
		}
		h->data = p;
		h->room = hdr->caplen;
	}
	memcpy(h->data, data, hdr->caplen);
	h->cap = hdr->caplen;
	h->len = hdr->len < hdr->caplen ? hdr->caplen : hdr->len;
	h->ts_ns = (int64_t)hdr->ts.tv_sec * 1000000000 + hdr->ts.tv_usec * h->ns_per_unit;
	h->full = true;
}

static const char *
handle_name(const struct live *l, const struct handle *h)
{
	return l->base.ifaces[h->iface].name;
}

/* Ask about the interface called @name through @h. False: there is none. */
static bool
look_up(const struct handle *h, const char *name, unsigned long request, struct ifreq *r)
{
	*r = (struct ifreq){0};
	if (strlen(name) >= sizeof(r->ifr_name))
		return false;
	memcpy(r->ifr_name, name, strlen(name) + 1);
	return ioctl(pcap_fileno(h->p), request, r) == 0;
}

/* libpcap reported an error on @h, which it does not for an interface that only went down. */
static void
on_trouble(struct live *l, struct handle *h)
{
	struct ni_err e;
	const char *name = handle_name(l, h);
	struct ifreq r;
	if (h->gone_ns || (h->netdev && look_up(h, name, SIOCGIFINDEX, &r)))
		return;
	/* What it had received before may still lie in a block that is being filled. */
	h->gone_ns = ni_mono_ns() + DRAIN_NS;
	ni_fail(&e, 0, _("%s: %s"), name,
		h->netdev ? _("the interface disappeared") : pcap_geterr(h->p));
	tell(l, &e);
}

/* Tell when an interface went down or came up; its socket survives both. */
static void
check_links(struct live *l)
{
	l->links_ns = ni_mono_ns() + LINKS_EVERY_NS;
	for (size_t i = 0; i < l->n; i++) {
		struct handle *h = &l->h[i];
		const char *name = handle_name(l, h);
		struct ifreq r;
		/* Fails for what is no network interface. */
		if (h->gone_ns || !look_up(h, name, SIOCGIFFLAGS, &r))
			continue;
		bool down = !(r.ifr_flags & IFF_UP);
		if (down == h->down)
			continue;
		h->down = down;
		struct ni_err e;
		ni_fail(&e, 0,
			down ? _("%s: the interface went down")
			     : _("%s: the interface is up again"),
			name);
		if (down)
			ni_hint(&e, _("capturing goes on when it comes up again"));
		tell(l, &e);
	}
}

static bool
finished(const struct handle *h)
{
	return !h->full && h->gone_ns && ni_mono_ns() > h->gone_ns;
}

/* Have the next frame of @h in its slot, if there is one. */
static int
refill(struct live *l, struct handle *h, struct ni_err *err)
{
	int64_t now = ni_wall_ns();
	errno = 0;
	int r = pcap_dispatch(h->p, 1, on_frame, (u_char *)(void *)h);
	/* libpcap calls it an error when netfilter has nothing for us. */
	bool nothing_yet = r < 0 && errno == EAGAIN && !h->netdev;
	if (h->no_memory)
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), handle_name(l, h));
	if (h->full) {
		/* Where the kernel goes on letting frames in, later ones are not ours. */
		if (l->draining && !h->limited && h->ts_ns > l->stop_ns)
			h->full = false;
		return NI_SUCCESS;
	}
	h->empty_ns = now;
	if (r < 0 && !nothing_yet)
		on_trouble(l, h);
	return NI_SUCCESS;
}

static struct handle *
earliest(struct live *l)
{
	struct handle *first = NULL;
	for (size_t i = 0; i < l->n; i++) {
		struct handle *h = &l->h[i];
		if (h->full && (!first || h->ts_ns < first->ts_ns))
			first = h;
	}
	return first;
}

/* Say whether @h may still bring a frame from before @ts_ns. */
static bool
may_precede(const struct handle *h, int64_t ts_ns)
{
	return !h->full && !finished(h) && h->empty_ns < ts_ns + HOLD_NS;
}

/*
 * Find the frame to deliver, and set *@first to its handle; NULL if there is none yet. *@wait_ns is
 * then how long one is being held back because an earlier one may come by another interface.
 */
static int
pick(struct live *l, struct handle **first, int64_t *wait_ns, struct ni_err *err)
{
	*wait_ns = INT64_MAX;
	*first = earliest(l);
	/* Without a candidate everybody is asked, else those who may have something earlier. */
	for (size_t i = 0; i < l->n; i++) {
		struct handle *h = &l->h[i];
		if (h->full || finished(h) || (*first && !may_precede(h, (*first)->ts_ns)))
			continue;
		int r = refill(l, h, err);
		if (r < 0)
			return r;
	}
	*first = earliest(l);
	if (!*first)
		return NI_SUCCESS;
	int64_t now = ni_wall_ns();
	/* A clock that was set back must not hold frames for ever. */
	if (l->n == 1 || (*first)->ts_ns > now + HOLD_NS)
		return NI_SUCCESS;
	for (size_t i = 0; i < l->n; i++) {
		if (may_precede(&l->h[i], (*first)->ts_ns)) {
			*wait_ns = (*first)->ts_ns + HOLD_NS - now;
			*first = NULL;
			break;
		}
	}
	return NI_SUCCESS;
}

/* Let no new frames into the ring, and note when what is in it must have come. */
static void
start_draining(struct live *l)
{
	struct sock_filter none = {.code = BPF_RET | BPF_K, .k = 0};
	struct sock_fprog program = {.len = 1, .filter = &none};
	l->draining = true;
	l->stop_ns = ni_wall_ns();
	/*
	 * Not by pcap_setfilter(): that would also filter, in user space, what the ring holds. No
	 * right is needed. Devices that are no packet sockets refuse it.
	 */
	for (size_t i = 0; i < l->n; i++) {
		l->h[i].limited = setsockopt(pcap_fileno(l->h[i].p), SOL_SOCKET, SO_ATTACH_FILTER,
					     &program, sizeof(program)) == 0;
	}
	l->drain_ns = ni_mono_ns() + DRAIN_NS;
}

static void
sleep_for(struct live *l, int64_t wait_ns)
{
	struct pollfd p[MAX_IFACES];
	nfds_t n = 0;
	int64_t ms = wait_ns / 1000000 + 1;
	if (ms > l->base.wait_ms)
		ms = l->base.wait_ms;
	for (size_t i = 0; i < l->n; i++) {
		/* One whose frame is being held back would wake us at once. */
		if (l->h[i].full || l->h[i].gone_ns)
			continue;
		if (l->h[i].fd < 0)
			ms = ms < IDLE_FD_MS ? ms : IDLE_FD_MS;
		else
			p[n++] = (struct pollfd){.fd = l->h[i].fd, .events = POLLIN};
	}
	(void)poll(p, n, (int)ms);
}

/* There is no frame to deliver now: tell whether there may be one later. */
static int
nothing(struct live *l, int64_t wait_ns, struct ni_err *err)
{
	bool waiting = false;
	size_t left = 0;
	for (size_t i = 0; i < l->n; i++) {
		waiting = waiting || l->h[i].full;
		left += !finished(&l->h[i]);
	}
	if (l->draining && !waiting) {
		int64_t rest = l->drain_ns - ni_mono_ns();
		if (rest <= 0 || left == 0) {
			l->over = true;
			return NI_SOURCE_END;
		}
		wait_ns = wait_ns < rest ? wait_ns : rest;
	}
	if (left == 0) {
		l->over = true;
		return ni_fail(err, NI_ERR_RUN, _("%s: the capture ended, its interface is gone"),
			       l->name);
	}
	sleep_for(l, wait_ns < INT64_C(1000000000) ? wait_ns : INT64_C(1000000000));
	return NI_SOURCE_IDLE;
}

/* Extend the counters of @h, whose differences are right even when they have wrapped once. */
static void
read_counters(struct live *l, struct handle *h)
{
	struct pcap_stat st;
	if (pcap_stats(h->p, &st) < 0)
		return;
	struct ni_source_iface *i = &l->base.ifaces[h->iface];
	i->received += st.ps_recv - h->last.ps_recv;
	i->dropped += st.ps_drop - h->last.ps_drop;
	i->if_dropped += st.ps_ifdrop - h->last.ps_ifdrop;
	h->last = st;
}

static void
read_all_counters(struct live *l)
{
	for (size_t i = 0; i < l->n; i++)
		read_counters(l, &l->h[i]);
	l->stats_ns = ni_mono_ns() + STATS_EVERY_NS;
}

static void
regular_work(struct live *l)
{
	int64_t now = ni_mono_ns();
	if (now > l->stats_ns)
		read_all_counters(l);
	if (now > l->links_ns)
		check_links(l);
}

static int
live_next(struct ni_source *s, struct ni_frame *f, struct ni_err *err)
{
	struct live *l = (struct live *)s;
	if (l->over)
		return NI_SOURCE_END;
	if (ni_source_stopped(s) && !l->draining)
		start_draining(l);
	struct handle *h;
	int64_t wait_ns;
	int r = pick(l, &h, &wait_ns, err);
	if (r < 0)
		return r;
	if (!h || s->captured % CLOCK_EVERY_FRAMES == 0)
		regular_work(l);
	if (!h)
		return nothing(l, wait_ns, err);
	const struct ni_source_iface *i = &s->ifaces[h->iface];
	*f = (struct ni_frame){
	    .data = h->data,
	    .cap = h->cap,
	    .len = h->len,
	    .ts_ns = h->ts_ns,
	    .offset = UINT64_MAX,
	    .linktype = i->linktype,
	    .iface = h->iface,
	    .has_iface = true,
	    .ts_digits = (uint8_t)i->ts_digits,
	    .ifname = i->name,
	};
	h->full = false;
	return NI_SOURCE_FRAME;
}

static void
live_info(struct ni_source *s, struct ni_source_info *info)
{
	struct live *l = (struct live *)s;
	info->name = l->name;
	info->format = "live";
	info->live = true;
	for (size_t i = 0; i < l->n; i++) {
		int domain = 0;
		socklen_t n = sizeof(domain);
		info->devices |=
		    getsockopt(pcap_fileno(l->h[i].p), SOL_SOCKET, SO_DOMAIN, &domain, &n) < 0 ||
		    domain != AF_PACKET;
	}
}

static void
live_stats(struct ni_source *s, struct ni_source_stats *st)
{
	struct live *l = (struct live *)s;
	read_all_counters(l);
	for (uint32_t i = 0; i < s->n_ifaces; i++) {
		st->received += s->ifaces[i].received;
		st->dropped += s->ifaces[i].dropped;
		st->if_dropped += s->ifaces[i].if_dropped;
	}
}

static int
live_fd(const struct ni_source *s)
{
	const struct live *l = (const struct live *)s;
	return l->epoll;
}

static void
live_close(struct ni_source *s)
{
	struct live *l = (struct live *)s;
	for (size_t i = 0; i < l->n; i++) {
		pcap_close(l->h[i].p);
		free(l->h[i].data);
	}
	if (l->epoll >= 0)
		close(l->epoll);
	free(l->name);
	ni_source_fini(s);
	free(l);
}

int
ni_source_live_filter(struct ni_source *s, const char *filter, struct ni_err *err)
{
	struct live *l = (struct live *)s;
	int r = NI_SUCCESS;
	for (size_t i = 0; i < l->n && r == NI_SUCCESS; i++)
		r = ni_live_filter(l->h[i].p, handle_name(l, &l->h[i]), filter, err);
	return r;
}

static const struct ni_source_ops live_ops = {
    .next = live_next,
    .info = live_info,
    .stats = live_stats,
    .fd = live_fd,
    .close = live_close,
};

/* Take the open handle @p in as interface @name; on failure it is closed. */
static int
adopt(struct live *l, pcap_t *p, const char *name, uint32_t snaplen, struct ni_err *err)
{
	struct handle *h = &l->h[l->n];
	bool nano = pcap_get_tstamp_precision(p) == PCAP_TSTAMP_PRECISION_NANO;
	*h = (struct handle){.p = p, .fd = pcap_get_selectable_fd(p), .room = ROOM};
	h->ns_per_unit = nano ? 1 : 1000;
	h->netdev = if_nametoindex(name) > 0;
	h->data = malloc(ROOM);
	struct ni_source_iface *i = ni_source_add_iface(&l->base, name, strlen(name), NULL, 0);
	if (!h->data || !i) {
		free(h->data);
		pcap_close(p);
		return ni_fail(err, NI_ERR_RUN, _("%s: out of memory"), name);
	}
	h->iface = l->base.n_ifaces - 1;
	i->linktype = ni_linktype_from_dlt(pcap_datalink(p));
	i->snaplen = snaplen;
	i->ts_digits = nano ? 9 : 6;
	l->n++;
	if (h->fd >= 0) {
		struct epoll_event ev = {.events = EPOLLIN};
		(void)epoll_ctl(l->epoll, EPOLL_CTL_ADD, h->fd, &ev);
	}
	return NI_SUCCESS;
}

static int
open_one(struct live *l, const char *spec, const struct ni_live_options *opt, struct ni_err *err)
{
	struct ni_err notice;
	char *name;
	int r = ni_live_name(&name, spec, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < l->n && r == NI_SUCCESS; i++) {
		if (strcmp(handle_name(l, &l->h[i]), name) == 0)
			r = ni_fail(err, NI_ERR_INPUT, _("%s: given twice"), name);
	}
	pcap_t *p;
	if (r == NI_SUCCESS)
		r = ni_live_open(&p, name, opt, &notice, err);
	if (r == NI_SUCCESS)
		r = adopt(l, p, name, (uint32_t)pcap_snapshot(p), err);
	if (r == NI_SUCCESS && notice.what[0])
		tell(l, &notice);
	free(name);
	return r;
}

static char *
join_names(const struct live *l)
{
	size_t size = 1;
	for (size_t i = 0; i < l->n; i++)
		size += strlen(handle_name(l, &l->h[i])) + 2;
	char *s = malloc(size);
	if (!s)
		return NULL;
	char *p = s;
	*p = '\0';
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0)
			p = stpcpy(p, ", ");
		p = stpcpy(p, handle_name(l, &l->h[i]));
	}
	return s;
}

int
ni_source_open_live(struct ni_source **out, const struct ni_live_options *opt, struct ni_err *err)
{
	*out = NULL;
	if (opt->n_ifaces == 0 || opt->n_ifaces > MAX_IFACES) {
		return ni_fail(err, NI_ERR_INPUT,
			       _("%zu interfaces: 1 to %d can be captured at once"), opt->n_ifaces,
			       MAX_IFACES);
	}
	struct live *l = calloc(1, sizeof(*l));
	if (!l)
		return ni_fail(err, NI_ERR_RUN, _("capture: out of memory"));
	ni_source_init(&l->base, &live_ops);
	l->notice = opt->notice;
	l->ctx = opt->ctx;
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	int r = NI_SUCCESS;
	if (l->epoll < 0)
		r = ni_fail(err, NI_ERR_RUN, _("capture: %s"), strerror(errno));
	for (size_t i = 0; i < opt->n_ifaces && r == NI_SUCCESS; i++)
		r = open_one(l, opt->ifaces[i], opt, err);
	if (r == NI_SUCCESS) {
		l->name = join_names(l);
		if (!l->name)
			r = ni_fail(err, NI_ERR_RUN, _("capture: out of memory"));
	}
	if (r < 0) {
		live_close(&l->base);
		return r;
	}
	l->stats_ns = ni_mono_ns() + STATS_EVERY_NS;
	*out = &l->base;
	return NI_SUCCESS;
}
