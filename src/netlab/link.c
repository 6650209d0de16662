/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An Ethernet interface; see link.h. */
#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "i18n.h"
#include "tool.h"

enum { RECEIVE_BUFFER = 16 << 20, TAG_AT = 12, TAG = 4 };

/* The only interface that a frame could leave through. */
static int
choose(char name[static IF_NAMESIZE], struct ni_err *err)
{
	struct if_nameindex *all = if_nameindex();
	unsigned n = 0;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	for (const struct if_nameindex *i = all; i && i->if_index; i++) {
		struct ifreq r = {.ifr_flags = 0};
		snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", i->if_name);
		if (ioctl(fd, SIOCGIFFLAGS, &r) || !(r.ifr_flags & IFF_UP) ||
		    r.ifr_flags & IFF_LOOPBACK)
			continue;
		if (!n++)
			memcpy(name, r.ifr_name, IF_NAMESIZE);
	}
	close(fd);
	if_freenameindex(all);
	if (n == 1)
		return NI_SUCCESS;
	if (n)
		ni_fail(err, NI_ERR_INPUT, _("there are %u interfaces that are up"), n);
	else
		ni_fail(err, NI_ERR_INPUT, _("there is no interface that is up"));
	ni_hint(err, _("'ip link' lists them all; choose one with -I"));
	return NI_ERR_INPUT;
}

/* What the kernel says of the interface. */
static int
describe(struct nl_link *l, struct ni_err *err)
{
	struct ifreq r = {.ifr_flags = 0};
	memcpy(r.ifr_name, l->name, sizeof(r.ifr_name));
	if (ioctl(l->fd, SIOCGIFINDEX, &r)) {
		ni_fail(err, NI_ERR_INPUT, _("%s: no such interface"), l->name);
		ni_hint(err, _("'ip link' lists them all"));
		return NI_ERR_INPUT;
	}
	l->index = r.ifr_ifindex;
	if (ioctl(l->fd, SIOCGIFHWADDR, &r) || r.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return ni_fail(err, NI_ERR_INPUT, _("%s: not an Ethernet interface"), l->name);
	memcpy(l->mac, r.ifr_hwaddr.sa_data, 6);
	if (ioctl(l->fd, SIOCGIFFLAGS, &r) || !(r.ifr_flags & IFF_UP)) {
		ni_fail(err, NI_ERR_INPUT, _("%s: the interface is down"), l->name);
		ni_hint(err, _("'ip link set %s up' changes that"), l->name);
		return NI_ERR_INPUT;
	}
	return NI_SUCCESS;
}

/* The first IPv4 address of an interface, of @name if that is not "", in whose network @near is if
 * that is not NULL. */
static void
find_address(struct nl_link *l, const uint8_t *near)
{
	struct ifaddrs *all = NULL;
	struct sockaddr_in in;
	l->has_ip = false;
	if (getifaddrs(&all))
		return;
	for (const struct ifaddrs *i = all; i && !l->has_ip; i = i->ifa_next) {
		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || !i->ifa_netmask ||
		    (l->name[0] && strcmp(i->ifa_name, l->name) != 0))
			continue;
		memcpy(&in, i->ifa_addr, sizeof(in));
		memcpy(l->ip, &in.sin_addr, 4);
		memcpy(&in, i->ifa_netmask, sizeof(in));
		memcpy(l->mask, &in.sin_addr, 4);
		l->has_ip = true;
		if (near && !nl_link_near(l, near))
			l->has_ip = false;
		else if (!l->name[0])
			snprintf(l->name, sizeof(l->name), "%s", i->ifa_name);
	}
	freeifaddrs(all);
}

static int
start(struct nl_link *l, struct ni_err *err)
{
	const int on = 1;
	const int room = RECEIVE_BUFFER;
	struct packet_mreq all = {.mr_ifindex = l->index, .mr_type = PACKET_MR_PROMISC};
	struct sockaddr_ll at = {
	    .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = l->index};
	/* Without the right to more, the usual room must do. */
	if (setsockopt(l->fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		setsockopt(l->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	if (setsockopt(l->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on)) ||
	    setsockopt(l->fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) ||
	    setsockopt(l->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) ||
	    bind(l->fd, (struct sockaddr *)&at, sizeof(at)))
		return ni_fail(err, NI_ERR_RUN, "%s: %s", l->name, strerror(errno));
	return NI_SUCCESS;
}

int
nl_link_open(struct nl_link *l, const char *name, struct ni_err *err)
{
	*l = (struct nl_link){.fd = -1};
	int rc = NI_SUCCESS;
	if (!name)
		rc = choose(l->name, err);
	else if (strlen(name) >= sizeof(l->name))
		rc = ni_fail(err, NI_ERR_INPUT, _("%s: no such interface"), name);
	else
		snprintf(l->name, sizeof(l->name), "%s", name);
	if (rc)
		return rc;
	/* Bound to no protocol it receives nothing until start(). */
	l->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0) {
		ni_fail(err, NI_ERR_RUN, "%s: %s", l->name, strerror(errno));
		if (errno == EPERM)
			ni_hint(err, _("whole frames need CAP_NET_RAW: be root, on the machine or "
				       "in a lab"));
		return NI_ERR_RUN;
	}
	rc = describe(l, err);
	if (!rc)
		rc = start(l, err);
	if (rc)
		nl_link_close(l);
	else
		find_address(l, NULL);
	return rc;
}

int
nl_link_open_for(struct nl_link *l, const char *name, const uint8_t ip[static 4],
		 struct ni_err *err)
{
	struct nl_link any = {.fd = -1};
	if (!name)
		find_address(&any, ip);
	return nl_link_open(l, any.has_ip ? any.name : name, err);
}

bool
nl_link_near(const struct nl_link *l, const uint8_t ip[static 4])
{
	for (int i = 0; i < 4; i++)
		if ((l->ip[i] ^ ip[i]) & l->mask[i])
			return false;
	return l->has_ip;
}

void
nl_link_close(struct nl_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

int
nl_link_send(const struct nl_link *l, const uint8_t *p, uint32_t n, struct ni_err *err)
{
	if (send(l->fd, p, n, 0) == (ssize_t)n)
		return NI_SUCCESS;
	return ni_fail(err, NI_ERR_RUN, "%s: %s", l->name, strerror(errno));
}

/* What the kernel keeps beside the bytes: a VLAN tag goes back to where it stood on the wire. */
static void
take_auxdata(struct msghdr *m, uint8_t *p, struct nl_got *got)
{
	struct tpacket_auxdata aux;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA ||
		    c->cmsg_len < CMSG_LEN(sizeof(aux)))
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		got->unfinished = aux.tp_status & TP_STATUS_CSUMNOTREADY;
		if (!(aux.tp_status & TP_STATUS_VLAN_VALID) || got->n < TAG_AT ||
		    got->n > NL_FRAME_MAX - TAG)
			continue;
		uint16_t type =
		    aux.tp_status & TP_STATUS_VLAN_TPID_VALID ? aux.tp_vlan_tpid : ETH_P_8021Q;
		memmove(p + TAG_AT + TAG, p + TAG_AT, got->n - TAG_AT);
		p[TAG_AT] = (uint8_t)(type >> 8);
		p[TAG_AT + 1] = (uint8_t)type;
		p[TAG_AT + 2] = (uint8_t)(aux.tp_vlan_tci >> 8);
		p[TAG_AT + 3] = (uint8_t)aux.tp_vlan_tci;
		got->n += TAG;
	}
}

int
nl_link_take(const struct nl_link *l, uint8_t *p, struct nl_got *got, struct ni_err *err)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	struct iovec v = {p, NL_FRAME_MAX};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &control,
			   .msg_controllen = sizeof(control)};
	*got = (struct nl_got){.n = 0};
	ssize_t n = recvmsg(l->fd, &m, 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR
			   ? NI_SUCCESS
			   : ni_fail(err, NI_ERR_RUN, "%s: %s", l->name, strerror(errno));
	got->n = (uint32_t)n;
	take_auxdata(&m, p, got);
	return NI_SUCCESS;
}

int
nl_link_receive(const struct nl_link *l, uint8_t *p, struct nl_got *got, int64_t until,
		struct ni_err *err)
{
	struct pollfd f = {.fd = l->fd, .events = POLLIN};
	*got = (struct nl_got){.n = 0};
	do {
		if (nl_wait(&f, 1, until) > 0) {
			int rc = nl_link_take(l, p, got, err);
			if (rc || got->n)
				return rc;
		}
	} while (!nl_stopped() && nl_now() < until);
	return NI_SUCCESS;
}

uint32_t
nl_link_missed(const struct nl_link *l)
{
	struct tpacket_stats s = {0};
	socklen_t n = sizeof(s);
	return getsockopt(l->fd, SOL_PACKET, PACKET_STATISTICS, &s, &n) ? 0 : s.tp_drops;
}
