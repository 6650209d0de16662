/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a DHCP client says and hears; see dhcp_talk.h. */
#include "dhcp_talk.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arp.h"
#include "i18n.h"
#include "tool.h"

enum { CLIENT_PORT = 68, SERVER_PORT = 67 };

/* A line for a message, and one with what it says. */
static void
show(const struct nl_dhcp_talk *c, const struct ni_dis *d)
{
	static const char *const keys[] = {"dhcp.ip.client",
					   "dhcp.ip.your",
					   "dhcp.option.requested_ip_address",
					   "dhcp.option.dhcp_server_id",
					   "dhcp.option.ip_address_lease_time",
					   "dhcp.option.subnet_mask",
					   "dhcp.option.router",
					   "dhcp.option.domain_name_server",
					   "dhcp.option.hostname",
					   "dhcp.option.message"};
	char text[2048];
	struct ni_buf b = ni_buf(text, sizeof(text));
	ni_buf_sec(&b, (nl_now() - c->start) * 1000, 6);
	ni_buf_c(&b, ' ');
	nl_look_line(&b, d);
	puts(ni_buf_z(&b));
	b = ni_buf(text, sizeof(text));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char value[256];
		struct ni_buf v = ni_buf(value, sizeof(value));
		if (nl_look_print(&v, d, keys[i]) && strcmp(ni_buf_z(&v), "0.0.0.0") != 0)
			ni_buf_fmt(&b, " %s=%s", keys[i], value);
	}
	if (b.len)
		printf("   %s\n", ni_buf_z(&b));
}

int
nl_dhcp_say(struct nl_dhcp_talk *c, struct nl_dhcp *m, bool to_server, struct ni_err *err)
{
	struct nl_packet body = {.n = 0};
	struct nl_packet k = {.n = 0};
	struct nl_ip ip = {.ttl = 64, .dst = {255, 255, 255, 255}};
	uint8_t mac[6];
	int rc = NI_SUCCESS;
	memcpy(mac, nl_broadcast, 6);
	memcpy(ip.src, m->client, 4);
	if (to_server) {
		memcpy(ip.dst, c->lease.server, 4);
		memcpy(c->link.ip, m->client, 4);
		rc = nl_arp_ask(&c->link, c->look, ip.dst, mac, err);
	}
	if (rc)
		return rc;
	m->secs = (uint16_t)((nl_now() - c->start) / NL_SECOND);
	nl_put_dhcp(&body, m);
	nl_put_ethernet(&k, mac, c->link.mac, NL_ETHERTYPE_IP);
	nl_put_udp(&k, &ip, CLIENT_PORT, SERVER_PORT, body.p, body.n);
	show(c, nl_look_at(c->look, NL_FROM_ETHERNET, k.p, k.n));
	return nl_link_send(&c->link, k.p, k.n, err);
}

/* A server that answers to our address asks who has it. The kernel does not know that it is ours
 * unless the interface was given it. */
static int
answer_arp(struct nl_dhcp_talk *c, uint32_t n, struct ni_err *err)
{
	struct nl_arp a;
	struct nl_arp reply = {.op = NL_ARP_REPLY};
	if (c->o->apply || nl_no_ip(c->lease.ip) || !nl_arp_read(c->look, c->frame, n, &a) ||
	    a.op != NL_ARP_REQUEST || memcmp(a.target_ip, c->lease.ip, 4) != 0)
		return NI_SUCCESS;
	memcpy(reply.sender_mac, c->link.mac, 6);
	memcpy(reply.sender_ip, c->lease.ip, 4);
	memcpy(reply.target_mac, a.sender_mac, 6);
	memcpy(reply.target_ip, a.sender_ip, 4);
	return nl_arp_send(&c->link, a.sender_mac, &reply, err);
}

static bool
wanted(const struct nl_dhcp_talk *c, const struct nl_lease *l, enum nl_dhcp_type to)
{
	bool ours = nl_no_ip(c->o->server) || !memcmp(l->server, c->o->server, 4);
	return ours && (to == NL_DISCOVER) == (l->type == NL_OFFER);
}

/* Take the first answer to @m that counts, until @until; all of them are shown. */
static int
hear(struct nl_dhcp_talk *c, const struct nl_dhcp *m, int64_t until, bool all,
     struct nl_lease *lease, struct ni_err *err)
{
	struct nl_got got = {.n = 1};
	struct nl_lease l;
	while (got.n) {
		int rc = nl_link_receive(&c->link, c->frame, &got, until, err);
		if (!rc && got.n)
			rc = answer_arp(c, got.n, err);
		if (rc)
			return rc;
		const struct ni_dis *d = nl_look_at(c->look, NL_FROM_ETHERNET, c->frame, got.n);
		if (!nl_lease_read(d, m, &l))
			continue;
		show(c, d);
		if (wanted(c, &l, m->type))
			*lease = l;
		if (wanted(c, &l, m->type) && !all)
			return NI_SUCCESS;
	}
	return NI_SUCCESS;
}

int
nl_dhcp_converse(struct nl_dhcp_talk *c, struct nl_dhcp *m, bool to_server, bool all,
		 struct nl_lease *lease, struct ni_err *err)
{
	int64_t wait = c->o->wait_us;
	int rc = NI_SUCCESS;
	*lease = (struct nl_lease){.seconds = 0};
	for (uint32_t i = 0; !rc && !lease->type && i < c->o->tries && !nl_stopped(); i++) {
		rc = nl_dhcp_say(c, m, to_server, err);
		if (!rc)
			rc = hear(c, m, nl_now() + wait, all, lease, err);
		wait *= 2;
	}
	if (!rc && !lease->type)
		rc = ni_fail(err, NI_ERR_RUN, _("no answer, asked %u times"), c->o->tries);
	return rc;
}

int
nl_dhcp_occupy_port(const struct nl_link *l)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(CLIENT_PORT)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, l->name, (socklen_t)strlen(l->name)) ||
	     bind(fd, (struct sockaddr *)&at, sizeof(at)))) {
		close(fd);
		fd = -1;
	}
	return fd;
}
