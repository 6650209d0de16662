/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The least that a server can do, for bench/server: accept, receive, send the same bytes to
 * everybody, close if the request says so. No parser, no file, no deadline, no limit. What this
 * costs is the kernel's, and no server can cost less.
 *
 *     floor PORT
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONTENT = 600, BATCH = 256, READ = 2048 };

static char answer[2048];
static size_t answer_len;

static void
make_answer(void)
{
	int n =
	    snprintf(answer, sizeof(answer),
		     "HTTP/1.1 200 OK\r\nServer: floor\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
		     "Content-Type: text/html; charset=utf-8\r\n"
		     "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nETag: \"69550800-258-0\"\r\n"
		     "Accept-Ranges: bytes\r\nContent-Length: %d\r\n\r\n",
		     CONTENT);
	memset(answer + n, 'x', CONTENT);
	answer_len = (size_t)n + CONTENT;
}

static int
listen_on(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	int one = 1;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 4096)) {
		perror("floor");
		exit(1);
	}
	return fd;
}

/* Answer what is there, if anything is. False: the connection is over. */
static bool
serve(int fd)
{
	char in[READ];
	ssize_t n = recv(fd, in, sizeof(in), 0);
	if (n < 0)
		return true;
	bool over = n == 0 || memmem(in, (size_t)n, "close", 5);
	if (n > 0)
		send(fd, answer, answer_len, MSG_NOSIGNAL);
	if (over)
		close(fd);
	return !over;
}

/* As ours: a request that is there already is answered at once, and what closes then is never
 * registered. */
static void
accept_all(int ep, int listener)
{
	int fd;
	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct epoll_event e = {.events = (uint32_t)EPOLLIN | EPOLLET, .data.fd = fd};
		if (serve(fd))
			epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
	}
}

int
main(int argc, char **argv)
{
	struct epoll_event events[BATCH];
	struct rlimit files;
	make_answer();
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	int listener = listen_on(argc > 1 ? (uint16_t)atoi(argv[1]) : 0);
	int ep = epoll_create1(0);
	struct epoll_event e = {.events = EPOLLIN, .data.fd = listener};
	epoll_ctl(ep, EPOLL_CTL_ADD, listener, &e);
	for (;;) {
		int n = epoll_wait(ep, events, BATCH, -1);
		bool knocked = false;
		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == listener)
				knocked = true;
			else
				serve(events[i].data.fd);
		}
		if (knocked)
			accept_all(ep, listener);
	}
}
