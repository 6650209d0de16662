/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP messages (RFC 2131 2, RFC 2132); see lease.h. */
#include "lease.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/route.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "i18n.h"

enum {
	COOKIE = 0x63825363,
	BOOTP_MIN = 300, /* bytes that a relay or server of BOOTP's time expects (RFC 1542 2.1) */
	HOSTNAME_MAX = 63,
	O_MASK = 1,
	O_ROUTER = 3,
	O_DNS = 6,
	O_HOSTNAME = 12,
	O_DOMAIN = 15,
	O_REQUESTED = 50,
	O_LEASE = 51,
	O_TYPE = 53,
	O_SERVER = 54,
	O_WANTED = 55,
	O_T1 = 58,
	O_T2 = 59,
	O_CLIENT_ID = 61,
	O_END = 255,
	REPLY = 2,
};

bool
nl_no_ip(const uint8_t ip[static 4])
{
	return !(ip[0] | ip[1] | ip[2] | ip[3]);
}

static void
put_option(struct nl_packet *k, uint8_t code, const void *p, uint32_t n)
{
	nl_put8(k, code);
	nl_put8(k, (uint8_t)n);
	nl_put(k, p, n);
}

static void
put_ip_option(struct nl_packet *k, uint8_t code, const uint8_t *ip)
{
	if (!nl_no_ip(ip))
		put_option(k, code, ip, 4);
}

void
nl_put_dhcp(struct nl_packet *k, const struct nl_dhcp *m)
{
	static const uint8_t zeros[BOOTP_MIN];
	static const uint8_t wanted[] = {O_MASK, O_ROUTER, O_DNS, O_DOMAIN, O_LEASE, O_T1, O_T2};
	uint32_t start = k->n;
	uint8_t type = (uint8_t)m->type;
	nl_put32(k, 0x01010600); /* request, Ethernet, 6 bytes, no relay */
	nl_put32(k, m->xid);
	nl_put16(k, m->secs);
	nl_put16(k, m->broadcast ? 0x8000 : 0);
	nl_put(k, m->client, 4);
	nl_put(k, zeros, 12); /* what a server and a relay fill in */
	nl_put(k, m->mac, 6);
	nl_put(k, zeros, 10 + 64 + 128); /* rest of the address, server's name, boot file */
	nl_put32(k, COOKIE);
	put_option(k, O_TYPE, &type, 1);
	nl_put16(k, O_CLIENT_ID << 8 | 7);
	nl_put8(k, 1); /* Ethernet */
	nl_put(k, m->mac, 6);
	put_ip_option(k, O_REQUESTED, m->requested);
	put_ip_option(k, O_SERVER, m->server);
	if (m->hostname && *m->hostname)
		put_option(k, O_HOSTNAME, m->hostname,
			   (uint32_t)strnlen(m->hostname, HOSTNAME_MAX));
	if (m->type != NL_DECLINE && m->type != NL_RELEASE)
		put_option(k, O_WANTED, wanted, sizeof(wanted));
	nl_put8(k, O_END);
	if (k->n - start < BOOTP_MIN)
		nl_put(k, zeros, BOOTP_MIN - (k->n - start));
}

bool
nl_lease_read(const struct ni_dis *d, const struct nl_dhcp *m, struct nl_lease *lease)
{
	uint64_t v = 0;
	uint8_t mac[6];
	*lease = (struct nl_lease){.seconds = 0};
	if (!nl_look_number(d, "dhcp.type", false, &v) || v != REPLY ||
	    !nl_look_number(d, "dhcp.id", false, &v) || v != m->xid ||
	    !nl_look_bytes(d, "dhcp.hw.mac_addr", false, mac, 6) || memcmp(mac, m->mac, 6) != 0 ||
	    !nl_look_number(d, "dhcp.option.dhcp", false, &v))
		return false;
	if (v != NL_OFFER && v != NL_ACK && v != NL_NAK)
		return false;
	lease->type = (enum nl_dhcp_type)v;
	nl_look_bytes(d, "dhcp.ip.your", false, lease->ip, 4);
	nl_look_bytes(d, "dhcp.option.dhcp_server_id", false, lease->server, 4);
	nl_look_bytes(d, "dhcp.option.subnet_mask", false, lease->mask, 4);
	nl_look_bytes(d, "dhcp.option.router", false, lease->router, 4);
	nl_look_bytes(d, "dhcp.option.domain_name_server", false, lease->dns, 4);
	if (nl_look_number(d, "dhcp.option.ip_address_lease_time", false, &v))
		lease->seconds = (uint32_t)v;
	return true;
}

static void
set_sockaddr(struct sockaddr *a, const uint8_t *ip)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	memcpy(&in.sin_addr, ip, 4);
	memcpy(a, &in, sizeof(in));
}

static int
set_address(int fd, const char *name, unsigned long request, const uint8_t *ip)
{
	struct ifreq r = {.ifr_flags = 0};
	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	set_sockaddr(&r.ifr_addr, ip);
	return ioctl(fd, request, &r);
}

static int
add_route(int fd, const char *name, const uint8_t *router)
{
	static const uint8_t any[4];
	char dev[IF_NAMESIZE];
	struct rtentry r = {.rt_flags = RTF_UP | RTF_GATEWAY};
	snprintf(dev, sizeof(dev), "%s", name);
	r.rt_dev = dev;
	set_sockaddr(&r.rt_dst, any);
	set_sockaddr(&r.rt_genmask, any);
	set_sockaddr(&r.rt_gateway, router);
	return ioctl(fd, SIOCADDRT, &r) && errno != EEXIST ? -1 : 0;
}

int
nl_lease_apply(const struct nl_link *l, const struct nl_lease *lease, struct ni_err *err)
{
	static const uint8_t none[4];
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int rc = NI_SUCCESS;
	if (fd < 0 || set_address(fd, l->name, SIOCSIFADDR, lease ? lease->ip : none) ||
	    (lease && !nl_no_ip(lease->mask) &&
	     set_address(fd, l->name, SIOCSIFNETMASK, lease->mask)) ||
	    (lease && !nl_no_ip(lease->router) && add_route(fd, l->name, lease->router)))
		rc = ni_fail(err, NI_ERR_RUN, _("%s: the address cannot be set: %s"), l->name,
			     strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}
