/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flood IFACE RATE SECONDS: sends so many packets a second of 64 bytes (UDP, a thousand
 * conversations) on an interface, several with each call and past its queue. Says how many were
 * sent, and how fast. For bench/flood.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 64, SIZE = 64, PORTS = 1000, MOST_RATE = 5000000, MOST_SECONDS = 60 };

static uint8_t frames[AT_ONCE][SIZE];
static struct iovec parts[AT_ONCE];
static struct mmsghdr messages[AT_ONCE];

static int64_t
now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
make_frames(void)
{
	static const uint8_t head[] = {2,  0, 0, 0, 0, 2,  2,  0, 0, 0,  0, 1, 8, 0,  0x45, 0, 0,
				       50, 0, 0, 0, 0, 64, 17, 0, 0, 10, 8, 0, 1, 10, 8,    0, 2};
	for (int i = 0; i < AT_ONCE; i++) {
		uint8_t *f = frames[i];
		memcpy(f, head, sizeof(head));
		unsigned sum = 0;
		for (int k = 14; k < 34; k += 2)
			sum += (unsigned)f[k] << 8 | f[k + 1];
		sum = (sum & 0xffff) + (sum >> 16);
		put16(f + 24, ~sum & 0xffff);
		put16(f + 36, 9);
		put16(f + 38, 30);
		parts[i] = (struct iovec){f, SIZE};
		messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
	}
}

static int
open_socket(const char *name)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	int on = 1;
	if (fd < 0 || !at.sll_ifindex || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		return -1;
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	return fd;
}

int
main(int argc, char **argv)
{
	long rate = argc == 4 ? atol(argv[2]) : 0;
	long seconds = argc == 4 ? atol(argv[3]) : 0;
	if (rate < AT_ONCE || rate > MOST_RATE || seconds < 1 || seconds > MOST_SECONDS) {
		fprintf(stderr, "usage: flood IFACE RATE SECONDS\n");
		return 2;
	}
	int fd = open_socket(argv[1]);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	make_frames();
	int64_t begun = now_ns();
	int64_t end = begun + seconds * 1000000000;
	uint64_t sent = 0;
	for (int64_t now = begun; now < end; now = now_ns()) {
		uint64_t due = (uint64_t)(now - begun) / 1000 * (uint64_t)rate / 1000000;
		if (sent + AT_ONCE > due) {
			usleep(200);
			continue;
		}
		for (unsigned i = 0; i < AT_ONCE; i++)
			put16(frames[i] + 34, 10000 + (unsigned)((sent + i) % PORTS));
		int n = sendmmsg(fd, messages, AT_ONCE, 0);
		sent += n > 0 ? (uint64_t)n : 0;
	}
	double took = (double)(now_ns() - begun) / 1e9;
	printf("%llu packets, %.0f a second\n", (unsigned long long)sent, (double)sent / took);
	return 0;
}
