/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keeper of rights and what a view asks of it. The view gives all rights up before it looks at
 * a packet, so it cannot open another interface. The process that forked it can: it keeps the
 * rights it was started with, and sees neither a packet nor a key. Both have an end of a socket;
 * what goes over it are messages of one size, and whatever comes from a view is checked like
 * anything from outside.
 *
 * Another capture is another process: the keeper forks it, it opens the interfaces, gives its
 * rights up and says READY, or FAILED and why. In the first case the old view is told to LEAVE, and
 * when it has LEFT the screen, the new one may GO. In the second the old view hears REFUSED, and
 * nothing else has happened to it.
 */
#ifndef NI_KEEPER_H
#define NI_KEEPER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "iflist.h"
#include "netinspect/err.h"

enum {
	NI_WISH_IFACES = 64,
	NI_WISH_NAME = 32,
	NI_WISH_TEXT = 4096,
	NI_WISH_SETTINGS = 1024,
	NI_KEEPER_IFACES = 256,
	NI_KEEPER_ADDRESSES = 12,
};

/* A capture that a view would like to have. */
struct ni_wish {
	uint32_t n;
	char iface[NI_WISH_IFACES][NI_WISH_NAME];
	char filter[NI_WISH_TEXT]; /* capture filter, or "" */
	char display[NI_WISH_TEXT];
	char settings[NI_WISH_SETTINGS]; /* what :set was told, a line each */
	uint32_t time;                   /* enum ni_time_format */
	bool absolute;                   /* sequence numbers as on the wire */
};

enum ni_keeper_kind {
	NI_KEEPER_START,   /* view: open what is wished for */
	NI_KEEPER_LIST,    /* view: look which interfaces there are */
	NI_KEEPER_LEFT,    /* view: the screen is free */
	NI_KEEPER_READY,   /* view that has been started: everything is open */
	NI_KEEPER_FAILED,  /* the same: it is not */
	NI_KEEPER_GO,      /* keeper: the screen is yours */
	NI_KEEPER_LEAVE,   /* keeper: leave the screen to another view */
	NI_KEEPER_REFUSED, /* keeper: what was wished for cannot be */
	NI_KEEPER_LISTED,  /* keeper: the list is there */
};

struct ni_keeper_msg {
	uint32_t kind; /* enum ni_keeper_kind */
	int32_t rc;    /* FAILED, REFUSED: enum ni_status */
	uint32_t at; /* the same: the byte of the filter that is wrong, from 1; 0: it is not that */
	union {
		struct ni_wish wish;
		struct ni_err err;
	};
};

/* One interface in memory that keeper and views share: the keeper writes, views read. */
struct ni_keeper_iface {
	char name[NI_WISH_NAME], description[80];
	uint8_t up, running, loopback, wireless, disconnected, stateless;
	uint32_t n_addrs;
	struct ni_ifaddr addrs[NI_KEEPER_ADDRESSES];
};

struct ni_keeper_list {
	uint32_t n;
	struct ni_keeper_iface iface[NI_KEEPER_IFACES];
};

/* A view's end. */
struct ni_keeper {
	int fd;
	pid_t pid; /* of the keeper */
	const struct ni_keeper_list *list;
};

/** Send a message without waiting. False: the other end has gone, or does not read. */
bool ni_keeper_send(int fd, const struct ni_keeper_msg *m);
/** Send one that is nothing but its kind. */
bool ni_keeper_tell(int fd, enum ni_keeper_kind kind);
/** Take a message. 1; 0 if there is none and @wait is false; -1 when the other end has gone. */
int ni_keeper_take(int fd, struct ni_keeper_msg *m, bool wait);

/** Whether @w may be believed: all texts end, and each name is that of an interface of @list. */
bool ni_wish_check(const struct ni_wish *w, const struct ni_iflist *list, struct ni_err *err);

/** Copy @list for views to read; interfaces that find no room are left out. */
void ni_keeper_publish(struct ni_keeper_list *to, const struct ni_iflist *list);
/** What was published. NULL: no memory. */
struct ni_iflist *ni_keeper_published(const struct ni_keeper_list *from);

#endif
