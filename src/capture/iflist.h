/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interfaces that can be captured on (-D), and their link types (-L). */
#ifndef NETINSPECT_CAPTURE_IFLIST_H
#define NETINSPECT_CAPTURE_IFLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "netinspect/err.h"

struct ni_ifaddr {
	char text[64]; /* "192.0.2.1/24", "fe80::1/64", "02:00:00:00:00:01" */
};

struct ni_ifentry {
	unsigned number; /* 1-based, as -i takes it */
	char *name;
	char *description; /* or NULL */
	bool up;
	bool running;
	bool loopback;
	bool wireless;
	bool disconnected; /* it has no carrier */
	bool stateless;    /* no device: up and down do not apply */
	struct ni_ifaddr *addrs;
	size_t n_addrs;
};

struct ni_iflist {
	struct ni_ifentry *entries;
	size_t n;
};

struct ni_linktype_entry {
	uint32_t linktype;
	const char *name;        /* as -y takes it; static */
	const char *description; /* static */
};

struct ni_linktypes {
	struct ni_linktype_entry *entries;
	size_t n;
};

/**
 * List the interfaces, in the order and with the numbers of tcpdump -D.
 * Returns 0 and sets *@out, to be freed by ni_iflist_free(); or fails with NI_ERR_RUN. Needs no
 * right; an interface that this user may not open is listed all the same.
 */
int ni_iflist_get(struct ni_iflist **out, struct ni_err *err);

void ni_iflist_free(struct ni_iflist **list);

/** Print @list to @f, one interface a line. */
void ni_iflist_print(const struct ni_iflist *list, FILE *f);

/** Find the interface called @spec, or with the number @spec; NULL if there is none. */
const struct ni_ifentry *ni_iflist_find(const struct ni_iflist *list, const char *spec);

/** The name in @list that @name may be a slip of the pen for, or NULL. */
const char *ni_iflist_nearest(const struct ni_iflist *list, const char *name);

/**
 * List the link types that interface @spec (name or number) can be captured with, the usual one
 * first. Returns 0 and sets *@out, to be freed by ni_linktypes_free(); or fails like
 * ni_source_open_live(), for it has to open the interface.
 */
int ni_linktypes_get(struct ni_linktypes **out, const char *spec, struct ni_err *err);

void ni_linktypes_free(struct ni_linktypes **types);

/** Print @types to @f, one a line. */
void ni_linktypes_print(const struct ni_linktypes *types, FILE *f);

#endif
