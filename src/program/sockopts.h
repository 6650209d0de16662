/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server and a client both set on a socket, and how an address is written. */
#ifndef NI_PROGRAM_SOCKOPTS_H
#define NI_PROGRAM_SOCKOPTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "netinspect/err.h"

/* 0 leaves the kernel's choice; but nodelay is set as it is, quickack if it is 0 or 1. */
struct ni_sockopts {
	uint32_t rcvbuf, sndbuf, mss, window_clamp, nodelay, quickack, reuseaddr, ttl, tos;
	bool cork;
	const char *keepalive, *cc; /* keepalive: IDLE,INTERVAL,COUNT */
};

/** Set the number @v. Whether the kernel takes it is not looked at. */
void ni_sockopt(int fd, int level, int name, uint32_t v);

/** Set what holds from the first segment on: all but cork and quickack. Fails only for a congestion
 * control that is not there. */
int ni_sockopts_set(int fd, int family, const struct ni_sockopts *o, struct ni_err *err);

/** Set what holds only on a connection: cork and quickack. */
void ni_sockopts_connected(int fd, const struct ni_sockopts *o);

/**
 * Turn on the connection @fd what --@name @text would turn on its listener: nodelay, rcvbuf,
 * sndbuf, ttl, tos, window-clamp, cork, quickack, tcp-keepalive or cc. False if it cannot be that
 * value; a name that is none of these is left alone.
 */
bool ni_sockopt_turn(int fd, const char *name, const char *text);

/**
 * Parse "ADDRESS", "ADDRESS:PORT", "[V6]" or "[V6]:PORT" with @port as the usual port. @name says
 * in a failure what the text belongs to ("--listen ").
 */
int ni_address_parse(const char *name, const char *text, uint16_t port, struct sockaddr_storage *to,
		     socklen_t *len, struct ni_err *err);

/** The port of @a, IPv4 or IPv6. */
uint16_t ni_address_port(const struct sockaddr_storage *a);

/** Set the port of @a. */
void ni_address_set_port(struct sockaddr_storage *a, uint16_t port);

/** Write "192.0.2.1:80" or "[2001:db8::1]:80" to @to of @n bytes. */
void ni_address_text(const struct sockaddr_storage *a, char *to, size_t n);

#endif
